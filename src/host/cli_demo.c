/* cli_demo.c: exeunt demo: the paper exchange beside this program on loopback, a throw-away state
 * directory and key, then the ordinary road: signer, engine, screen. The cockpit has no demo in it:
 * it differs by its address only.
 *
 * Order: key -> exchange (funded, agent approved) -> configuration -> signer -> engine -> screen.
 * Whatever was started here is ended here, also on SIGTERM, SIGINT and SIGHUP. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "base/hex.h"
#include "host/cli.h"
#include "host/clock.h"
#include "host/demo.h"
#include "host/entropy.h"
#include "signer/keys.h"
#include "signer/signer.h"

enum { PAPER_START_MS = 20000, DEMO_KEY_IDLE_MS = 60000, LINE = 512 };

/* ---- pieces ---- */

static bool dir_make(struct demo *d, struct err *e)
{
	const char *tmp = getenv("TMPDIR");

	if (cli_has(d->c, OPT_STATE)) {
		snprintf(d->dir, sizeof d->dir, "%s", d->c->value[OPT_STATE]);
	} else {
		snprintf(d->dir, sizeof d->dir, "%.900s/exeunt-demo.XXXXXX",
			 tmp && *tmp == '/' ? tmp : "/tmp");
		if (!mkdtemp(d->dir))
			return err_set(e, ERR_STORE, "cannot make %s: %s", d->dir, strerror(errno));
		d->own_dir = true;
	}
	d->c->value[OPT_STATE] = d->dir;
	if (!statedir_open(&d->c->dir, d->dir, true, e))
		return false;
	snprintf(d->dir, sizeof d->dir, "%.1000s", d->c->dir.path);
	return true;
}

/* A key of its own for every run; its password is chance and is known to this process only. */
static bool key_make(struct demo *d, struct err *e)
{
	char keys[1100], hex[65], file[1200];
	uint8_t raw[32], user[20];
	struct key_made m;
	struct secret s = {0};
	bool ok;

	entropy_fill(raw, sizeof raw);
	hex_encode(hex, raw, sizeof raw);
	snprintf(d->secret, sizeof d->secret, "%s\n", hex);
	entropy_fill(user, sizeof user);
	memcpy(d->user, "0x", 2);
	hex_encode(d->user + 2, user, sizeof user);
	snprintf(keys, sizeof keys, "%s/keys", d->dir);
	snprintf(file, sizeof file, "%s/demo.json", keys);
	if (!dirs_make(keys, e))
		return false;
	unlink(file);
	s.n = strlen(hex);
	memcpy(s.text, hex, s.n);
	ok = keys_new(&m, keys, "demo", &s, KEYFILE_N_LOG2_LIGHT, e);
	secret_wipe(&s);
	explicit_bzero(hex, sizeof hex);
	memcpy(d->agent, "0x", 2);
	hex_encode(d->agent + 2, m.address, 20);
	return ok;
}

static const char *find_paper(char *out, size_t cap)
{
	if (cli_self(out, cap, "exeunt-paper"))
		return out;
	return NULL;
}

/* The port out of {"port":N,...}: the one line our own program prints. */
static bool ready_port(const char *line, unsigned *port)
{
	const char *p = strstr(line, "\"port\":");

	return p && sscanf(p + 7, "%u", port) == 1 && *port && *port < 65536;
}

static bool read_line(int fd, char *line, size_t cap, int timeout_ms)
{
	int64_t until = clock_boot_ns() + (int64_t)timeout_ms * 1000000;
	size_t n = 0;

	while (n + 1 < cap && !memchr(line, '\n', n)) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = (until - clock_boot_ns()) / 1000000;
		ssize_t k;
		if (left <= 0 || poll(&p, 1, (int)left) <= 0)
			break;
		k = read(fd, line + n, cap - 1 - n);
		if (k <= 0)
			break;
		n += (size_t)k;
	}
	line[n] = 0;
	return memchr(line, '\n', n) != NULL;
}

static _Noreturn void paper_child(const char *const *argv, int out, const char *log)
{
	sigset_t none;
	int null = open("/dev/null", O_RDONLY), fd;

	fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	dup2(null, 0);
	dup2(out, 1);
	dup2(fd >= 0 ? fd : null, 2);
	close_range(3, ~0u, 0);
	/* Ctrl-C is for the one who started it: it ends this one when it is done. */
	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static bool paper_start(struct demo *d, struct err *e)
{
	static const struct {
		uint8_t opt;
		const char *name;
	} pass[] = {{OPT_SCENARIO, "--scenario"},
		    {OPT_SEED, "--seed"},
		    {OPT_TAPE, "--tape"},
		    {OPT_SPEED, "--speed"}};
	char program[1100], agent[100], log[1100], line[LINE] = "";
	const char *argv[32], *book = d->c->value[OPT_BOOK] ? d->c->value[OPT_BOOK] : "default";
	int n = 0, p[2];

	if (!find_paper(program, sizeof program))
		return err_set(e, ERR_CONF,
			       "exeunt-paper is not beside this program (%s): build it, or install "
			       "both",
			       program);
	snprintf(agent, sizeof agent, "%s=%s", d->user, d->agent);
	snprintf(log, sizeof log, "%s/paper.log", d->dir);
	argv[n++] = program;
	argv[n++] = "--listen";
	argv[n++] = "127.0.0.1:0";
	argv[n++] = "--ready-json";
	argv[n++] = "--die-with-parent";
	argv[n++] = "--fund";
	argv[n++] = d->user;
	argv[n++] = d->drill ? "--drill" : "--book";
	argv[n++] = d->drill ? d->drill : book;
	argv[n++] = "--agent";
	argv[n++] = agent;
	for (size_t i = 0; i < COUNT_OF(pass); i++) {
		if (!cli_has(d->c, pass[i].opt))
			continue;
		argv[n++] = pass[i].name;
		argv[n++] = d->c->value[pass[i].opt];
	}
	argv[n] = NULL;
	if (pipe2(p, O_CLOEXEC) != 0)
		return err_set(e, ERR_STORE, "no pipe: %s", strerror(errno));
	d->paper = fork();
	if (!d->paper)
		paper_child(argv, p[1], log);
	close(p[1]);
	if (d->paper < 0 || !read_line(p[0], line, sizeof line, PAPER_START_MS) ||
	    !ready_port(line, &d->port)) {
		char last[400] = "";
		int fd = open(log, O_RDONLY | O_CLOEXEC);
		ssize_t k = fd >= 0 ? pread(fd, last, sizeof last - 1, 0) : -1;
		last[k > 0 ? k : 0] = 0;
		last[strcspn(last, "\n")] = 0;
		if (fd >= 0)
			close(fd);
		close(p[0]);
		if (!strncmp(last, "exeunt-paper: --", 16)) /* an option of ours that it refuses */
			return err_set(e, ERR_ARG, "%.200s", last + 14);
		return err_set(e, ERR_CONF, "the paper exchange did not start: %.200s",
			       *last ? last : "it said nothing");
	}
	close(p[0]);
	snprintf(d->url, sizeof d->url, "http://127.0.0.1:%u", d->port);
	return true;
}

static bool conf_write(struct demo *d, struct err *e)
{
	struct conf *c = &d->c->conf;
	char text[1024], path[1100];
	int fd;
	bool ok;

	snprintf(text, sizeof text,
		 "# Written by exeunt demo: the paper exchange on this machine.\n"
		 "[venue hyperliquid]\nnetwork = paper\nurl = %s\n\n"
		 "[account demo]\nvenue = hyperliquid\naddress = %s\nkey = demo\n\n"
		 "[key]\nidle = %ds\n",
		 d->url, d->user, DEMO_KEY_IDLE_MS / 1000);
	snprintf(path, sizeof path, "%s/exeunt.conf", d->dir);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	if (fd >= 0)
		close(fd);
	if (!ok)
		return err_set(e, ERR_STORE, "cannot write %s: %s", path, strerror(errno));
	snprintf(d->c->conf_path, sizeof d->c->conf_path, "%.1000s", path);
	return conf_read(c, path, true, e);
}

static bool signer_begin(struct demo *d, struct err *e)
{
	struct signer_conf sc;
	bool was, ok;

	/* A directory used again may still have the signer of the run before. */
	keys_lock(d->dir, &was, e);
	ok = cli_signer_conf(d->c, &sc, e) && signer_start(&sc, d->secret, e);
	explicit_bzero(d->secret, sizeof d->secret);
	return ok;
}

static bool engine_begin(struct demo *d, struct err *e)
{
	char self[1100];
	const char *argv[] = {self,	    "engine", "--foreground", "--die-with-parent",
			      "--ready-fd", "3",      "--state",      d->dir,
			      NULL};
	int ready;
	bool ok;

	if (!cli_self(self, sizeof self, NULL))
		return err_set(e, ERR_BUG, "cannot find this program in /proc");
	d->engine = cli_spawn(argv, &ready, false, e);
	if (d->engine < 0)
		return false;
	ok = cli_ready(ready, 15000, e);
	close(ready);
	return ok;
}

/* ---- the end ---- */

static void end_child(pid_t *pid)
{
	if (*pid <= 0)
		return;
	kill(*pid, SIGTERM);
	for (int i = 0; i < 500; i++) {
		struct timespec t = {0, 10000000};
		if (waitpid(*pid, NULL, WNOHANG) == *pid) {
			*pid = 0;
			return;
		}
		nanosleep(&t, NULL);
	}
	kill(*pid, SIGKILL);
	waitpid(*pid, NULL, 0);
	*pid = 0;
}

static void dir_remove(const char *path, int depth)
{
	DIR *dir = opendir(path);
	struct dirent *de;

	while (dir && (de = readdir(dir))) {
		struct stat st;
		char sub[1400];
		if (!strcmp(de->d_name, ".") || !strcmp(de->d_name, ".."))
			continue;
		if (fstatat(dirfd(dir), de->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		if (!S_ISDIR(st.st_mode)) {
			unlinkat(dirfd(dir), de->d_name, 0);
		} else if (depth < 2) {
			snprintf(sub, sizeof sub, "%.1100s/%.250s", path, de->d_name);
			dir_remove(sub, depth + 1);
		}
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

void cli_dir_remove(const char *path)
{
	dir_remove(path, 0);
}

void demo_end(struct demo *d)
{
	struct err e;
	bool was;

	attach_close(d->c->attach);
	d->c->attach = NULL;
	end_child(&d->engine);
	if (d->c->dir.fd >= 0)
		keys_lock(d->dir, &was, &e);
	end_child(&d->paper);
	if (d->own_dir)
		dir_remove(d->dir, 0);
}

/* ---- running ---- */

/* Until a signal, or until a part has ended by itself. */
static int stay(struct demo *d, struct err *e)
{
	struct pollfd p;
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	p = (struct pollfd){.fd = fd, .events = POLLIN};
	for (;;) {
		struct signalfd_siginfo si;
		int status;
		if (waitpid(d->paper, &status, WNOHANG) == d->paper) {
			d->paper = 0;
			err_set(e, ERR_NET, "the paper exchange ended by itself; see paper.log");
			return -1;
		}
		if (d->engine && waitpid(d->engine, &status, WNOHANG) == d->engine) {
			d->engine = 0;
			err_set(e, ERR_NET, "the engine ended by itself; see log");
			return -1;
		}
		if (poll(&p, 1, 1000) > 0 && read(fd, &si, sizeof si) == (ssize_t)sizeof si &&
		    si.ssi_signo != SIGCHLD)
			return 0;
	}
}

static volatile sig_atomic_t signalled;

static void on_signal(int sig)
{
	signalled = sig;
}

static int headless(struct demo *d, struct err *e)
{
	char line[2048];
	struct buf b;
	int rc;

	buf_init(&b, line, sizeof line);
	buf_puts(&b, "{\"state\":");
	buf_json_str(&b, d->dir);
	buf_puts(&b, ",\"paper_url\":");
	buf_json_str(&b, d->url);
	buf_printf(&b, ",\"user\":\"%s\",\"agent\":\"%s\"}\n", d->user, d->agent);
	fputs(line, stdout);
	fflush(stdout);
	rc = stay(d, e);
	return rc ? cli_fail(d->c, e) : 0;
}

void demo_signals_default(void)
{
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGINT, SIG_DFL);
}

bool demo_signalled(void)
{
	return signalled != 0;
}

bool demo_begin(struct demo *d, struct err *e)
{
	struct sigaction sa = {.sa_handler = on_signal};

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	return dir_make(d, e) && key_make(d, e) && paper_start(d, e) && conf_write(d, e) &&
	       (d->no_signer || signer_begin(d, e)) && (d->no_engine || engine_begin(d, e)) &&
	       !signalled;
}

int cli_demo(struct cli *c, int n, const char *const *words)
{
	static struct demo d;
	struct err e = {0};
	int status;

	d.c = c;
	d.no_engine = cli_has(c, OPT_IN_PROCESS) && !cli_has(c, OPT_HEADLESS);
	if (n > 1) {
		err_set(&e, ERR_ARG, "demo takes no word, but got %.40s.", words[1]);
		return cli_fail(c, &e);
	}
	if (!demo_begin(&d, &e)) {
		demo_end(&d);
		return e.code ? cli_fail(c, &e) : 0;
	}
	if (cli_has(c, OPT_HEADLESS)) {
		status = headless(&d, &e);
	} else {
		demo_signals_default();
		status = cli_screen(c);
	}
	demo_end(&d);
	return status;
}
