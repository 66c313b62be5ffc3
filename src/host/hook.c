/* hook.c: double fork, so that nobody waits for it; at most one a second and ten at once, since
 * each may live for a minute and a refused close tells once a second for every leg. */
#include "host/hook.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "host/clock.h"
#include "host/log.h"

enum { HOOK_S = 60, BURST = 10, FOR_DEADLY = 4 };

static _Noreturn void child(const char *path, const char *json, size_t n)
{
	int in[2], null;
	ssize_t ignored;
	sigset_t none;

	if (fork() != 0)
		_exit(0);
	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (pipe(in) != 0)
		_exit(1);
	ignored = write(in[1], json, n); /* a pipe takes 64 kB at once */
	(void)ignored;
	null = open("/dev/null", O_RDWR);
	dup2(in[0], 0);
	dup2(null, 1);
	dup2(null, 2);
	close_range(3, ~0u, 0);
	alarm(HOOK_S); /* outlives exec: a hook that hangs ends */
	execl(path, path, (char *)NULL);
	_exit(127);
}

bool hook_may(struct hook_rate *r, uint8_t level, int64_t now_ns)
{
	const int64_t each = 1000000000, most = BURST * each;
	int64_t least = level < 3 ? (FOR_DEADLY + 1) * each : each;

	r->room_ns = r->from_ns ? r->room_ns + now_ns - r->from_ns : most;
	r->from_ns = now_ns;
	if (r->room_ns > most)
		r->room_ns = most;
	if (r->room_ns < least)
		return false;
	r->room_ns -= each;
	return true;
}

void hook_run(const char *path, uint8_t level, const char *event, int64_t wall_ms, uint32_t exit,
	      const char *text)
{
	static struct hook_rate rate;
	static unsigned untold;
	char json[1024];
	struct buf b;
	pid_t pid;

	if (!hook_may(&rate, level, clock_boot_ns())) {
		untold++; /* those that stand are told again, and all are in the log */
		return;
	}
	if (untold)
		log_line(LOG_WARN, "alarm hook: %u events came too fast to be told", untold);
	untold = 0;

	buf_init(&b, json, sizeof json);
	buf_printf(&b, "{\"level\":%u,\"event\":\"%s\",\"time_ms\":%lld,", level, event,
		   (long long)wall_ms);
	if (exit)
		buf_printf(&b, "\"exit\":\"x%u\",\"text\":", exit);
	else
		buf_puts(&b, "\"exit\":null,\"text\":");
	buf_json_str(&b, text);
	buf_puts(&b, "}\n");
	pid = fork();
	if (!pid)
		child(path, json, b.len);
	if (pid < 0)
		log_line(LOG_ERROR, "alarm hook: cannot start it");
	else
		waitpid(pid, NULL, 0);
}
