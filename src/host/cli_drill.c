/* cli_drill.c: exeunt drill NAME: a drill of the paper exchange, played over the real protocol.
 *
 *   on a terminal   the demo's rig with the drill's account; when the cockpit is left the score and
 *                   the timeline are printed
 *   --headless      without a screen: NOW 2 s after the alarm (what a person needs to see it),
 * again every 5 s while something is held and no flatten runs; one JSON object
 *   --cold          no screen, no engine, no signer: at the alarm `exeunt flatten` is started with
 *                   nothing but the configuration, the key's file and its password
 *
 * What befalls the player's machine is carried out on the engine: sleep and wedge stop its process.
 * A full disk is not (tests/e2e has it). The score is the venue's: it knows the truth. From here it
 * learns when FLAT was said, by the engine's own notices. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "host/cli.h"
#include "host/clock.h"
#include "host/demo.h"
#include "host/http.h"
#include "host/url.h"
#include "wire/json.h"

enum {
	ANSWER_MAX = 1 << 20,
	SCORE_MS = 120000, /* the family is played on the same seed */
	STATUS_MS = 5000,
	STEP_MS = 200,
	ASK_MS = 3000,
	AGAIN_S = 5,
	QUIET_S = 15,
	FLATS = 16,
	HOST_STEPS = 4,
};
#define ACT_S 2.0

struct host_step {
	char what[16];
	double at_s, for_s;
	bool begun, done;
};

struct drill {
	struct demo d;
	const char *name;
	struct json *json;
	char *answer;
	size_t len;
	double t_s, length_s, first_s;
	bool over, flat, others;
	struct host_step step[HOST_STEPS];
	uint32_t n_steps, n_flats;
	int64_t flat_ms[FLATS];
	uint64_t seq; /* newest notice looked at */
	bool stopped; /* the engine's process, by a step */
};

/* ---- POST /paper ---- */

static int connect_paper(const struct drill *x, int timeout_ms)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)x->d.port)};
	struct timeval tv = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	close(fd);
	return -1;
}

/* The answer's object in x->answer; NULL with *e. */
static const struct jv *ask(struct drill *x, const char *body, int timeout_ms, struct err *e)
{
	static struct http_in in;
	char request[2048], got[65536];
	struct url u;
	struct buf b;
	int fd;

	buf_init(&b, request, sizeof request);
	if (!url_parse(&u, x->d.url, e))
		return NULL;
	http_put_post(&b, &u, "/paper", body, strlen(body));
	http_in_init(&in, x->answer, ANSWER_MAX);
	fd = connect_paper(x, timeout_ms);
	if (fd >= 0 && write(fd, request, b.len) == (ssize_t)b.len) {
		enum http_got g = HTTP_MORE;
		while (g == HTTP_MORE) {
			ssize_t k = read(fd, got, sizeof got);
			size_t used;
			if (k < 0)
				break;
			g = k == 0 ? http_end(&in) : http_feed(&in, got, (size_t)k, &used);
		}
		close(fd);
		if (g == HTTP_DONE && in.status == 200) {
			x->len = in.body_len;
			return json_parse(x->json, x->answer, in.body_len, e);
		}
	} else if (fd >= 0) {
		close(fd);
	}
	err_set(e, ERR_NET, "the paper exchange does not answer; see %s/paper.log", x->d.dir);
	return NULL;
}

static double num(const struct jv *v, const char *key)
{
	const char *s;
	size_t n;

	return jv_number(jv_get(v, key), &s, &n) ? atof(s) : 0;
}

static bool status(struct drill *x, struct err *e)
{
	const struct jv *v = ask(x, "{\"drill\":\"status\"}", STATUS_MS, e), *h;

	if (!v)
		return false;
	x->t_s = num(v, "t_s");
	x->length_s = num(v, "length_s");
	x->first_s = num(v, "first_s");
	jv_bool(jv_get(v, "over"), &x->over);
	jv_bool(jv_get(v, "flat"), &x->flat);
	jv_bool(jv_get(v, "others"), &x->others);
	if (x->n_steps)
		return true;
	for (h = jv_first(jv_get(v, "host")); h && x->n_steps < HOST_STEPS; h = jv_next(h)) {
		struct host_step *s = &x->step[x->n_steps++];

		jv_copy(jv_get(h, "what"), s->what, sizeof s->what);
		s->at_s = num(h, "at_s");
		s->for_s = num(h, "for_s");
	}
	return true;
}

/* ---- the engine ---- */

static void collect(struct drill *x, const struct snap *s)
{
	for (uint32_t i = s->n_notices; i > 0; i--) { /* oldest first */
		const struct snap_notice *n = &s->notice[i - 1];

		if (n->seq <= x->seq)
			continue;
		x->seq = n->seq;
		if (n->code == NC_FLAT && !strncmp(n->text, "FLAT ", 5) && x->n_flats < FLATS)
			x->flat_ms[x->n_flats++] = n->wall_ms;
	}
}

static void host_steps(struct drill *x)
{
	for (uint32_t i = 0; i < x->n_steps; i++) {
		struct host_step *s = &x->step[i];

		if (!strcmp(s->what, "disk_full") || x->d.engine <= 0)
			continue;
		if (!s->begun && x->t_s >= s->at_s) {
			s->begun = x->stopped = true;
			kill(x->d.engine, SIGSTOP);
		}
		if (s->begun && !s->done && x->t_s >= s->at_s + s->for_s) {
			s->done = true;
			x->stopped = false;
			kill(x->d.engine, SIGCONT);
		}
	}
}

static bool press_now(struct drill *x)
{
	struct cmd c = {.kind = CMD_FLATTEN, .yes = 1};
	struct attach_reply *r = malloc(sizeof *r);
	struct err e = {0};
	bool ok;

	ASSERT(r);
	c.flatten.account = 0xff;
	c.flatten.scope = FLAT_ALL;
	c.flatten.part.v = 1000000000000LL;
	ok = cli_ask(x->d.c, &c, ASK_MS, r, &e);
	free(r);
	return ok;
}

static void pause_ms(int ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000L};

	nanosleep(&t, NULL);
}

static bool play(struct drill *x, struct err *e)
{
	double pressed_s = -1e9, quiet_s = 0;

	if (!cli_engine(x->d.c, false, e))
		return false;
	while (!demo_signalled()) {
		const struct snap *s = NULL;
		struct err quiet = {0};

		if (!status(x, e))
			return false;
		host_steps(x);
		if (!x->stopped)
			s = cli_snap(x->d.c, ASK_MS, &quiet);
		if (s)
			collect(x, s);
		if (!x->flat || !x->n_flats || x->others)
			quiet_s = x->t_s;
		if (x->over || x->t_s - quiet_s > QUIET_S)
			return true;
		if (s && x->t_s >= ACT_S && !x->flat && x->t_s - pressed_s >= AGAIN_S &&
		    s->flat[0].state != FLAT_SENDING && s->flat[0].state != FLAT_VERIFYING &&
		    press_now(x))
			pressed_s = x->t_s;
		pause_ms(STEP_MS);
	}
	return true;
}

/* ---- cold ---- */

static bool cold(struct drill *x, double *took_s, int *code, struct err *e)
{
	char self[1100], fd_text[16];
	const char *argv[] = {self,    "flatten", "--state", x->d.dir, "--password-fd",
			      fd_text, "--wait",  NULL};
	int p[2], st = 0;
	int64_t from;
	pid_t pid;

	do {
		if (!status(x, e) || demo_signalled())
			return false;
		pause_ms(20);
	} while (x->t_s < 0);
	if (!cli_self(self, sizeof self, NULL) || pipe(p) != 0)
		return err_set(e, ERR_BUG, "cannot start this program again");
	snprintf(fd_text, sizeof fd_text, "%d", p[0]);
	from = clock_boot_ns();
	pid = fork();
	if (pid == 0) {
		close(p[1]);
		dup2(2, 1); /* its words beside ours, not in our JSON */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execv(self, (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(p[0]);
	if (write(p[1], x->d.secret, strlen(x->d.secret)) < 0)
		st = -1;
	close(p[1]);
	explicit_bzero(x->d.secret, sizeof x->d.secret);
	if (pid < 0 || waitpid(pid, &st, 0) != pid)
		return err_set(e, ERR_BUG, "flatten could not be started");
	*took_s = (double)(clock_boot_ns() - from) / 1e9;
	*code = WIFEXITED(st) ? WEXITSTATUS(st) : 128;
	if (*code == 0)
		x->flat_ms[x->n_flats++] = clock_wall_ms();
	x->t_s = (double)from / 1e9; /* not used again */
	return true;
}

/* ---- the end ---- */

static const struct jv *score(struct drill *x, bool timeline, struct err *e)
{
	char body[1024];
	struct buf b;

	if (!ask(x, "{\"drill\":\"end\"}", STATUS_MS, e))
		return NULL;
	buf_init(&b, body, sizeof body);
	buf_puts(&b, "{\"drill\":\"score\",\"flats\":[");
	for (uint32_t i = 0; i < x->n_flats; i++)
		buf_printf(&b, "%s%lld", i ? "," : "", (long long)x->flat_ms[i]);
	buf_printf(&b, "],\"timeline\":%s}", timeline ? "true" : "false");
	return ask(x, body, SCORE_MS, e);
}

static void print_words(const struct jv *v)
{
	const char *text = jv_text(jv_get(v, "text"));

	for (const struct jv *l = jv_first(jv_get(v, "timeline")); l; l = jv_next(l))
		printf("%+8.1f s  %s\n", num(l, "t_s"),
		       jv_text(jv_get(l, "text")) ? jv_text(jv_get(l, "text")) : "");
	printf("\n%s", text ? text : "");
}

/* The venue's object as it came, with what only we know at its front. */
static void print_json(const struct drill *x, const char *mode, double took_s, int code)
{
	printf("{\"mode\":\"%s\",", mode);
	if (!strcmp(mode, "cold"))
		printf("\"flatten_s\":%.2f,\"flatten_status\":%d,", took_s, code);
	else
		printf("\"policy\":\"now\",");
	printf("%.*s\n", (int)x->len - 1, x->answer + 1);
	fflush(stdout);
}

static int on_screen(struct drill *x, struct err *e)
{
	const struct jv *v;
	const struct snap *s;
	struct err quiet = {0};

	demo_signals_default();
	cli_screen(x->d.c);
	s = cli_engine(x->d.c, false, &quiet) ? cli_snap(x->d.c, ASK_MS, &quiet) : NULL;
	if (s)
		collect(x, s);
	fprintf(stderr, "The same seed is played by the family, for the score...\n");
	v = score(x, true, e);
	if (!v)
		return cli_fail(x->d.c, e);
	print_words(v);
	return 0;
}

static int without_screen(struct drill *x, struct err *e)
{
	bool is_cold = cli_has(x->d.c, OPT_COLD);
	double took_s = 0;
	int code = 0;

	if (is_cold ? !cold(x, &took_s, &code, e) : !play(x, e))
		return e->code ? cli_fail(x->d.c, e) : 0;
	if (demo_signalled())
		return 0;
	if (!score(x, false, e))
		return cli_fail(x->d.c, e);
	print_json(x, is_cold ? "cold" : "headless", took_s, code);
	return 0;
}

int cli_drill(struct cli *c, int n, const char *const *words)
{
	static struct drill x;
	struct err e = {0};
	int rc;

	x.d.c = c;
	if (n > 2) {
		err_set(&e, ERR_ARG, "drill wants one name, but got %.40s too.", words[2]);
		return cli_fail(c, &e);
	}
	x.d.drill = n == 2 ? words[1] : ""; /* refused with the list of those there are */
	x.d.no_engine = x.d.no_signer = cli_has(c, OPT_COLD);
	x.json = json_new(1 << 20);
	x.answer = malloc(ANSWER_MAX);
	ASSERT(x.json && x.answer);
	if (demo_begin(&x.d, &e))
		rc = cli_has(c, OPT_COLD) || cli_has(c, OPT_HEADLESS) ? without_screen(&x, &e)
								      : on_screen(&x, &e);
	else
		rc = e.code ? cli_fail(c, &e) : 0;
	if (x.stopped && x.d.engine > 0)
		kill(x.d.engine, SIGCONT);
	demo_end(&x.d);
	json_free(x.json);
	free(x.answer);
	return rc;
}
