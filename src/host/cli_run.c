/* cli_run.c: what the verbs share: state directory, configuration, signer and engine on demand,
 * asking the engine, saying what went wrong. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <linux/limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/hex.h"
#include "base/utf8.h"
#include "host/breakglass.h"
#include "host/cli.h"
#include "host/clock.h"
#include "host/hook.h"
#include "host/host.h"
#include "host/keeper.h"
#include "host/lease.h"
#include "host/log.h"
#include "host/shellwords.h"
#include "signer/client.h"
#include "signer/keys.h"
#include "signer/signer.h"

enum { ENGINE_READY_MS = 15000 };

/* ---- words ---- */

static bool turns_lines(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x200b && cp <= 0x200f) ||
	       (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x2069) || cp == 0xfeff;
}

void cli_put(int fd, const char *text)
{
	char out[ATTACH_REPLY_MAX + 64];
	size_t n = strlen(text), at = 0, len = 0;
	ssize_t ignored;

	while (at < n && len + 5 < sizeof out) {
		uint32_t cp;
		size_t k = utf8_decode(&cp, text + at, n - at);
		if (k && (!turns_lines(cp) || cp == '\n')) {
			memcpy(out + len, text + at, k);
			len += k;
		} else {
			out[len++] = '?';
		}
		at += k ? k : 1;
	}
	fflush(stdout);
	ignored = write(fd, out, len);
	(void)ignored;
}

void cli_print(const char *fmt, ...)
{
	char text[8192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	cli_put(STDOUT_FILENO, text);
}

int cli_fail(const struct cli *c, const struct err *e)
{
	int status = err_exit_status(e->code);
	char words[SHELL_WORDS_MAX];

	shell_words(e->text, words, sizeof words);
	if (cli_has(c, OPT_JSON)) {
		char text[1024];
		struct buf b;
		buf_init(&b, text, sizeof text);
		buf_puts(&b, "{\"error\":");
		buf_json_str(&b, err_name(e->code));
		buf_puts(&b, ",\"text\":");
		buf_json_str(&b, words);
		buf_puts(&b, ",\"todo\":");
		buf_json_str(&b, err_todo(e->code));
		buf_printf(&b, ",\"exit_status\":%d}\n", status);
		cli_put(STDOUT_FILENO, text);
	}
	cli_put(STDERR_FILENO, "exeunt: ");
	cli_put(STDERR_FILENO, words);
	cli_put(STDERR_FILENO, "\n");
	if (*err_todo(e->code) && e->code != ERR_ARG && e->code != ERR_RULE) {
		cli_put(STDERR_FILENO, "        ");
		cli_put(STDERR_FILENO, err_todo(e->code));
		cli_put(STDERR_FILENO, "\n");
	}
	return status;
}

bool cli_seconds(int64_t *ms, const struct cli *c, enum cli_opt_id id, struct err *e)
{
	return !cli_has(c, id) || gram_duration(ms, c->value[id], e);
}

void cli_json_dec(struct buf *b, const char *key, int64_t v, int digits)
{
	buf_printf(b, "\"%s\":\"", key);
	dec_put(b, v, digits);
	buf_putc(b, '"');
}

/* ---- state directory and configuration ---- */

/* --address: no configuration at all. A directory of our own, so that nothing else is touched. */
static bool open_bare(struct cli *c, struct err *e)
{
	const char *network = c->value[OPT_NETWORK], *url = c->value[OPT_URL];
	const char *tmp = getenv("TMPDIR");
	char text[1024];

	if (!cli_has(c, OPT_KEY_FILE))
		return err_set(e, ERR_ARG, "--address needs --key-file FILE.");
	snprintf(text, sizeof text,
		 "[venue hyperliquid]\nnetwork = %.20s\n%s%.160s\n[account main]\n"
		 "address = %.80s\nkey = file\n",
		 network ? network : "paper", url ? "url = " : "", url ? url : "",
		 c->value[OPT_ADDRESS]);
	if (!conf_read_text(&c->conf, "options", text, e))
		return false;
	if (cli_has(c, OPT_STATE))
		return statedir_open(&c->dir, c->value[OPT_STATE], true, e);
	snprintf(c->own_dir, sizeof c->own_dir, "%.900s/exeunt-glass.XXXXXX",
		 tmp && *tmp == '/' ? tmp : "/tmp");
	if (!mkdtemp(c->own_dir)) {
		c->own_dir[0] = 0;
		return err_set(e, ERR_STORE, "cannot make a directory in %s: %s",
			       tmp ? tmp : "/tmp", strerror(errno));
	}
	return statedir_open(&c->dir, c->own_dir, false, e);
}

bool cli_open(struct cli *c, bool create, struct err *e)
{
	char path[sizeof c->conf_path];

	if (c->dir.fd >= 0)
		return true;
	if (cli_has(c, OPT_ADDRESS))
		return open_bare(c, e);
	if (cli_has(c, OPT_KEY_FILE) || cli_has(c, OPT_NETWORK) || cli_has(c, OPT_URL))
		return err_set(e, ERR_ARG, "--key-file, --network and --url go with --address.");
	if (!statedir_open(&c->dir, c->value[OPT_STATE], create, e))
		return false;
	if (cli_has(c, OPT_CONFIG)) {
		snprintf(c->conf_path, sizeof c->conf_path, "%s", c->value[OPT_CONFIG]);
		return conf_read(&c->conf, c->conf_path, true, e);
	}
	snprintf(path, sizeof path, "%.990s/exeunt.conf", c->dir.path);
	if (access(path, F_OK) == 0 || !conf_path_default(c->conf_path, sizeof c->conf_path))
		memcpy(c->conf_path, path, sizeof path);
	return conf_read(&c->conf, c->conf_path, false, e);
}

/* ---- processes ---- */

bool cli_self(char *out, size_t cap, const char *sibling)
{
	ssize_t n = readlink("/proc/self/exe", out, cap - 1);
	char *slash;

	if (n <= 0)
		return false;
	out[n] = 0;
	if (!sibling)
		return true;
	slash = strrchr(out, '/');
	if (!slash || (size_t)(slash + 1 - out) + strlen(sibling) + 1 > cap)
		return false;
	snprintf(slash + 1, cap - (size_t)(slash + 1 - out), "%s", sibling);
	return access(out, X_OK) == 0;
}

/* The child's side of cli_spawn: nothing of the terminal is kept when it detaches. */
static _Noreturn void spawned(const char *const *argv, int ready, bool detach)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	setsid();
	if (detach) {
		if (fork() != 0)
			_exit(0);
		if (chdir("/") != 0)
			_exit(1);
	}
	for (int i = 0; i <= 2; i++)
		dup2(null, i);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (ready >= 0) {
		ready = dup2(ready, 3) < 0 ? -1 : 3;
		close_range(4, ~0u, 0);
	} else {
		close_range(3, ~0u, 0);
	}
	execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

pid_t cli_spawn(const char *const *argv, int *ready_fd, bool detach, struct err *e)
{
	int p[2] = {-1, -1};
	pid_t pid;

	if (ready_fd && pipe2(p, O_CLOEXEC) != 0) {
		err_set(e, ERR_STORE, "no pipe: %s", strerror(errno));
		return -1;
	}
	pid = fork();
	if (!pid) {
		if (p[0] >= 0)
			close(p[0]);
		spawned(argv, p[1], detach);
	}
	if (p[1] >= 0)
		close(p[1]);
	if (pid < 0) {
		err_set(e, ERR_STORE, "cannot start %s: %s", argv[0], strerror(errno));
		return -1;
	}
	if (detach)
		waitpid(pid, NULL, 0);
	if (ready_fd)
		*ready_fd = p[0];
	return pid;
}

bool cli_ready(int fd, int timeout_ms, struct err *e)
{
	char line[ERR_TEXT_MAX + 64] = "", *text;
	int64_t until = clock_boot_ns() + (int64_t)timeout_ms * 1000000;
	size_t n = 0;

	while (!strchr(line, '\n') && n < sizeof line - 1) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = (until - clock_boot_ns()) / 1000000;
		ssize_t k = 0;
		if (left <= 0)
			return err_set(e, ERR_TIME, "it did not start in %d ms", timeout_ms);
		if (poll(&p, 1, (int)left) < 0 && errno != EINTR)
			break;
		if (p.revents)
			k = read(fd, line + n, sizeof line - 1 - n);
		if (p.revents && k <= 0)
			break;
		n += (size_t)k;
		line[n] = 0;
	}
	line[strcspn(line, "\n")] = 0;
	if (!strcmp(line, "ok"))
		return true;
	text = strchr(line, ' ');
	if (text) {
		*text++ = 0;
		for (int code = 1; code < ERR_COUNT; code++)
			if (!strcmp(err_name((enum err_code)code), line))
				return err_set(e, (enum err_code)code, "%s", text);
	}
	return err_set(e, ERR_BUG, "the engine ended before it was ready; see the log");
}

/* ---- the signer ---- */

bool cli_signer_conf(struct cli *c, struct signer_conf *out, struct err *e)
{
	const char *labels[ACCOUNTS_MAX];
	uint8_t slot_of[ACCOUNTS_MAX];
	char dir[1100];

	memset(out, 0, sizeof *out);
	out->n_keys = conf_key_slots(&c->conf, labels, slot_of);
	out->state_dir = c->dir.path;
	out->mainnet = c->conf.network == NET_MAINNET;
	out->caps.order = c->conf.caps.order;
	out->caps.session = c->conf.caps.session;
	out->caps.hedge = c->conf.caps.hedge;
	out->caps.minute = c->conf.caps.minute.v ? c->conf.caps.minute : out->caps.session;
	out->key_idle_ms = c->conf.key_idle_ms;
	out->password_fd = out->ready_fd = -1;
	/* A state directory may carry its own keys (the demo's does). */
	snprintf(dir, sizeof dir, "%s/keys", c->dir.path);
	for (uint8_t s = 0; s < out->n_keys; s++) {
		struct signer_key_conf *k = &out->key[s];
		snprintf(k->label, sizeof k->label, "%s", labels[s]);
		if (cli_has(c, OPT_KEY_FILE)) { /* --address: the one key there is */
			char real[PATH_MAX];
			if (!realpath(c->value[OPT_KEY_FILE], real) ||
			    strlen(real) >= sizeof k->path)
				return err_set(e, ERR_KEY, "cannot find the key file %.200s: %s",
					       c->value[OPT_KEY_FILE], strerror(errno));
			memcpy(k->path, real, strlen(real) + 1);
			continue;
		}
		const char *from = access(dir, F_OK) == 0 ? dir : NULL;
		if (!keys_path(k->path, sizeof k->path, from, labels[s], e))
			return false;
		if (from && access(k->path, F_OK) != 0 &&
		    !keys_path(k->path, sizeof k->path, NULL, labels[s], e))
			return false;
	}
	for (uint8_t i = 0; i < c->conf.n_accounts; i++) {
		struct signer_key_conf *k;
		if (slot_of[i] == 0xff)
			continue;
		k = &out->key[slot_of[i]];
		if (!c->conf.account[i].vault)
			k->plain = true;
		else if (k->n_vaults < SIGNER_VAULTS_MAX)
			hex_decode(k->vault[k->n_vaults++], 20, c->conf.account[i].address + 2);
	}
	return true;
}

/* One password to a key: from --password-fd (lines), or asked for. */
static bool passwords(struct cli *c, const struct signer_conf *sc, char *out, size_t cap,
		      struct err *e)
{
	struct secret s;
	size_t n = 0;

	out[0] = 0;
	for (uint8_t i = 0; i < sc->n_keys; i++) {
		char prompt[600];
		int fd = -1;
		if (cli_has(c, OPT_PASSWORD_FD)) {
			const char *v = c->value[OPT_PASSWORD_FD];
			fd = *v >= '0' && *v <= '9' && !v[1] ? *v - '0' : 1000;
			if (i) /* one line serves all keys */
				break;
		}
		snprintf(prompt, sizeof prompt, "Password of %s: ", sc->key[i].path);
		if (!secret_ask(&s, fd, prompt, false, e)) {
			if (e->code == ERR_ARG)
				e->code = ERR_KEY;
			return false;
		}
		n += (size_t)snprintf(out + n, cap - n, "%s\n", s.text);
		secret_wipe(&s);
		if (n >= cap)
			return err_set(e, ERR_KEY, "the password is too long");
	}
	return true;
}

bool cli_signer(struct cli *c, struct err *e)
{
	static char secrets[SIGNER_KEYS_MAX * (PASSWORD_MAX + 2)];
	struct signer_conf sc;
	struct err none;
	bool ok;
	int fd;

	if (!cli_signer_conf(c, &sc, e))
		return false;
	if (!sc.n_keys)
		return true; /* watch only: the engine says so when it is asked to trade */
	fd = signer_connect(c->dir.path, &none);
	if (fd >= 0) {
		close(fd);
		return true;
	}
	ok = passwords(c, &sc, secrets, sizeof secrets, e) && signer_start(&sc, secrets, e);
	explicit_bzero(secrets, sizeof secrets); /* when it was not even begun */
	return ok;
}

/* ---- the engine ---- */

static bool engine_start_background(struct cli *c, bool rescue, int ready_ms, struct err *e)
{
	char self[1100], config[PATH_MAX];
	const char *argv[16];
	int n = 0, ready;
	bool ok;

	if (!cli_self(self, sizeof self, NULL))
		return err_set(e, ERR_BUG, "cannot find this program in /proc");
	argv[n++] = self;
	argv[n++] = "engine";
	argv[n++] = "--foreground";
	argv[n++] = "--state";
	argv[n++] = c->dir.path;
	if (cli_has(c, OPT_CONFIG)) { /* the engine runs in the root directory */
		if (!realpath(c->conf_path, config))
			return err_set(e, ERR_CONF, "cannot find %s: %s", c->conf_path,
				       strerror(errno));
		argv[n++] = "--config";
		argv[n++] = config;
	}
	argv[n++] = "--ready-fd";
	argv[n++] = "3";
	if (rescue)
		argv[n++] = "--rescue";
	argv[n] = NULL;
	if (cli_spawn(argv, &ready, true, e) < 0)
		return false;
	ok = cli_ready(ready, ready_ms, e);
	close(ready);
	return ok;
}

static bool engine_in(struct cli *c, bool start, int ready_ms, struct err *e)
{
	struct err why = {0};

	c->attach = attach_open(&c->dir, &why);
	if (c->attach)
		return true;
	if (why.code != ERR_NET || !start) {
		if (why.code == ERR_NET)
			return err_set(e, ERR_ENGINE, "no engine runs on %s", c->dir.path);
		*e = why;
		return false;
	}
	/* Somebody may start one at the same moment: the loser is told FENCED and attaches. */
	if (!engine_start_background(c, c->rescue, ready_ms, &why) && why.code != ERR_FENCED) {
		*e = why;
		return false;
	}
	c->started = true;
	c->attach = attach_open(&c->dir, e);
	if (!c->attach && why.code == ERR_FENCED)
		*e = why;
	return c->attach != NULL;
}

bool cli_engine(struct cli *c, bool start, struct err *e)
{
	return engine_in(c, start, ENGINE_READY_MS, e);
}

bool cli_engine_soon(struct cli *c, int ready_ms, struct err *e)
{
	return engine_in(c, true, ready_ms, e);
}

const struct snap *cli_snap(struct cli *c, int timeout_ms, struct err *e)
{
	int64_t until = clock_boot_ns() + (int64_t)timeout_ms * 1000000;

	attach_want(c->attach);
	for (;;) {
		int left = (int)((until - clock_boot_ns()) / 1000000);
		enum attach_got got = attach_get(c->attach, left > 0 ? left : 0, e);
		if (got == GOT_SNAP)
			return attach_snap(c->attach);
		if (got == GOT_GONE)
			return NULL;
		if (got == GOT_NONE) {
			err_set(e, ERR_TIME, "the engine said nothing for %d ms", timeout_ms);
			return NULL;
		}
	}
}

bool cli_ask(struct cli *c, const struct cmd *cmd, int timeout_ms, struct attach_reply *out,
	     struct err *e)
{
	int64_t until = clock_boot_ns() + (int64_t)timeout_ms * 1000000;
	uint32_t seq, got_seq;

	if (!attach_send(c->attach, cmd, &seq)) {
		if (attach_get(c->attach, 0, e) == GOT_GONE && e->code == ERR_FENCED)
			return false; /* it said why */
		return err_set(e, ERR_NET, "the engine's socket broke; nothing was sent");
	}
	for (;;) {
		int left = (int)((until - clock_boot_ns()) / 1000000);
		enum attach_got got = attach_get(c->attach, left > 0 ? left : 0, e);
		if (got == GOT_REPLY) {
			const struct attach_reply *r = attach_reply_of(c->attach, &got_seq);
			if (got_seq != seq)
				continue;
			*out = *r;
			return true;
		}
		if (got == GOT_GONE && e->code == ERR_FENCED)
			return false;
		if (got == GOT_GONE)
			return err_set(e, ERR_UNKNOWN,
				       "the engine ended before it answered; it may have begun");
		if (got == GOT_NONE)
			return err_set(e, ERR_UNKNOWN,
				       "the engine did not answer in %d ms; it may still act",
				       timeout_ms);
	}
}

/* ---- exeunt engine ---- */

struct engine_run {
	struct cli *c;
	int ready;
};

static void tell_ready(int fd, const struct err *e)
{
	char line[ERR_TEXT_MAX + 32];
	ssize_t ignored;
	int n;

	if (fd < 0)
		return;
	if (!e->code)
		n = snprintf(line, sizeof line, "ok\n");
	else
		n = snprintf(line, sizeof line, "%s %s\n", err_name(e->code), e->text);
	ignored = write(fd, line, (size_t)n);
	(void)ignored;
	close(fd);
}

static int engine_child(void *arg, bool first)
{
	struct engine_run *r = arg;
	struct host_conf hc = {.dir = r->c->dir,
			       .conf = r->c->conf,
			       .listen = true,
			       .client_fd = -1,
			       .rescue = cli_has(r->c, OPT_RESCUE),
			       .own_signals = true};
	struct err e = {0};
	struct host *h;
	bool ended, fenced;

	if (cli_has(r->c, OPT_DIE_WITH_PARENT))
		prctl(PR_SET_PDEATHSIG, SIGTERM);
	h = host_new(&hc, &e);
	if (first)
		tell_ready(r->ready, &e);
	if (!h) {
		log_line(LOG_ERROR, "%s", e.text);
		return err_exit_status(e.code);
	}
	log_line(LOG_NOTE, "engine %s: pid %d, state %s", build_id(), (int)getpid(),
		 r->c->dir.path);
	ended = host_run(h);
	fenced = host_fenced(h);
	host_free(h);
	if (fenced) /* the keeper ends with it: two engines must not fight for a lease */
		return err_exit_status(ERR_FENCED);
	return ended ? 0 : KEEPER_BROKE;
}

/* The engine cannot wake anybody any more: its keeper does. */
static void engine_died(void *arg, const char *text)
{
	const struct engine_run *r = arg;

	if (r->c->conf.hook[0])
		hook_run(r->c->conf.hook, 3, "engine", clock_wall_ms(), 0, text);
}

int cli_engine_verb(struct cli *c, int n, const char *const *words)
{
	struct engine_run r = {.c = c, .ready = -1};
	struct lease_holder holder;
	struct err e = {0};
	char path[1100];

	if (n > 1) {
		err_set(&e, ERR_ARG, "engine takes no word, but got %.40s.", words[1]);
		return cli_fail(c, &e);
	}
	if (cli_has(c, OPT_READY_FD))
		r.ready = c->value[OPT_READY_FD][0] - '0';
	if (!cli_open(c, true, &e)) {
		tell_ready(r.ready, &e);
		return cli_fail(c, &e);
	}
	if (!cli_has(c, OPT_FOREGROUND)) {
		/* One that was fenced off may still take connections, and nothing else. */
		if (lease_holder(&c->dir, &holder) && breakglass_holds(c, &e))
			return cli_fail(c, &e);
		if (!cli_engine(c, true, &e))
			return cli_fail(c, &e);
		if (lease_holder(&c->dir, &holder))
			cli_print("engine runs: pid %d\n", (int)holder.pid);
		return 0;
	}
	if (cli_has(c, OPT_DIE_WITH_PARENT)) {
		pid_t parent = getppid();
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != parent)
			return 0;
	}
	statedir_path(&c->dir, path, sizeof path, "log");
	log_set_level((enum log_level)c->conf.log_level);
	if (!log_open(path, !cli_has(c, OPT_READY_FD), &e)) {
		tell_ready(r.ready, &e);
		return cli_fail(c, &e);
	}
	if (cli_has(c, OPT_READY_FD)) /* a last word of an ASSERT goes to the log */
		dup2(log_fd(), STDERR_FILENO);
	return keeper_run(engine_child, engine_died, &r);
}

void cli_leave(struct cli *c)
{
	struct err e;
	bool was;

	if (!c->own_dir[0])
		return;
	if (c->dir.fd >= 0)
		keys_lock(c->dir.path, &was, &e);
	cli_dir_remove(c->own_dir);
	c->own_dir[0] = 0;
}

/* ---- the screen ---- */

/* The directory of a demo whose exchange is gone: its key opens nothing any more, so no password is
 * asked for. */
static bool demo_is_over(const struct cli *c, struct err *e)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	char path[1100];
	bool there;
	int fd;

	snprintf(path, sizeof path, "%s/keys/demo.json", c->dir.path);
	if (c->conf.network != NET_PAPER || c->conf.n_accounts != 1 ||
	    strcmp(c->conf.account[0].key, "demo") || access(path, F_OK) != 0 ||
	    strcmp(c->conf.url.host, "127.0.0.1"))
		return false;
	to.sin_port = htons((uint16_t)c->conf.url.port);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	there = fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
	if (fd >= 0)
		close(fd);
	return !there && !err_set(e, ERR_NET,
				  "The demo of %.200s is over: its exchange on port %u is gone, "
				  "its positions with it. exeunt demo begins another.",
				  c->dir.path, (unsigned)c->conf.url.port);
}

int cli_cockpit(struct cli *c, int n, const char *const *words)
{
	struct err e = {0};

	if (n > 1) {
		err_set(&e, ERR_ARG, "attach takes no word, but got %.40s.", words[1]);
		return cli_fail(c, &e);
	}
	if (!cli_open(c, true, &e))
		return cli_fail(c, &e);
	if (demo_is_over(c, &e))
		return cli_fail(c, &e);
	/* Without the key one can still watch; a wrong password is said. */
	if (c->conf.n_accounts && !cli_signer(c, &e) &&
	    (cli_has(c, OPT_PASSWORD_FD) || isatty(STDIN_FILENO)))
		return cli_fail(c, &e);
	if (!cli_screen) {
		err_set(&e, ERR_BUG, "this build has no screen");
		return cli_fail(c, &e);
	}
	return cli_screen(c);
}
