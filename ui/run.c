/* run.c: poll on the engine and the keyboard; draw at the repaint rate, at once after a key.
 *
 * 1. Nothing here decides anything: keys go to ui.c, commands come from it.
 * 2. A slow terminal slows the repaint, never the keys: after a frame that took over 250 ms the
 *    rate falls to 1 Hz. */
#include "ui/run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "ui/style.h"
#include "ui/term_curses.h"
#include "ui/thinker.h"
#include "base/banned.h"

static volatile sig_atomic_t got_winch, got_stop, got_end;

static void on_signal(int sig)
{
	if (sig == SIGWINCH)
		got_winch = 1;
	else if (sig == SIGTSTP)
		got_stop = 1;
	else
		got_end = 1;
}

struct loop {
	const struct ui_host *h;
	struct ui ui;
	struct snap *snap;
	struct canvas canvas;
	struct cell *cells;
	struct style style;
	int fd;
	bool slow, gone;
	int fast; /* frames in a row under 50 ms */
	int64_t drawn_ns, tried_ns, bell_ns;
	uint8_t bell_level;
	bool dirty, leave;
	struct thinker *thinker; /* NULL: bounds only */
	struct think_in ask;
};

static bool send_cmd(void *ctx, const struct cmd *cmd)
{
	struct loop *l = ctx;

	return l->h->send(l->h->ctx, cmd);
}

static bool start_hint(void *ctx, int key, char *said, size_t cap)
{
	struct loop *l = ctx;

	return l->h->start && l->h->start(l->h->ctx, key, said, cap);
}

static bool unlock(void *ctx, char *password, char *said, size_t cap)
{
	struct loop *l = ctx;

	return l->h->unlock(l->h->ctx, password, said, cap);
}

static bool load_style(struct loop *l, const char *name, struct err *err)
{
	int colors = term_colors();
	struct style st;
	bool own = l->h->theme_text && colors >= 256 &&
		   !strcmp(name, l->h->theme ? l->h->theme : "dark");

	memset(&st, 0, sizeof st);
	if (own ? !style_parse(&st, name, l->h->theme_text, err)
		: !style_builtin(&st, name, colors, err))
		return false; /* a bad name changes nothing */
	l->style = st;
	return true;
}

/* Alarms of level 2 and 3 ring, again every 30 s until they are seen. */
static void ring(struct loop *l, int64_t now)
{
	const struct snap *s = l->snap;
	const struct snap_alarm *a = NULL;

	for (uint32_t i = 0; i < s->n_alarms && !a; i++)
		if (s->alarm[i].level >= 2 && !s->alarm[i].seen)
			a = &s->alarm[i];
	if (!a) {
		l->bell_level = 0;
		return;
	}
	if (a->level > l->bell_level || now - l->bell_ns >= 30 * INT64_C(1000000000)) {
		if (l->h->bell)
			term_alarm(a->brief[0] ? a->brief : a->text);
		l->bell_ns = now;
		l->bell_level = a->level;
	}
}

static void read_engine(struct loop *l, int64_t now)
{
	struct ui_reply reply;
	bool fresh = false;

	for (int i = 0; i < 64 && l->fd >= 0; i++) {
		enum ui_read r = l->h->read(l->h->ctx, l->snap, &reply);
		if (r == UI_READ_NONE)
			break;
		if (r == UI_READ_SNAP) {
			fresh = true;
		} else if (r == UI_READ_REPLY) {
			ui_reply(&l->ui, reply.ok, reply.text);
			l->dirty = true;
		} else {
			l->fd = -1;
			l->gone = true;
			l->ui.n_asked = 0;
			ui_notice(&l->ui,
				  reply.text[0] ? reply.text
						: "The engine does not answer; trying again. From "
						  "a shell: exeunt flatten closes without it.");
			l->dirty = true;
		}
	}
	if (fresh) {
		ui_snap(&l->ui, l->snap, now);
		ring(l, now);
	}
}

static void on_mouse(struct loop *l, int k)
{
	int64_t now = l->h->now_ns(l->h->ctx);
	int x, y;

	term_mouse_at(&x, &y);
	if (k == TERM_KEY_CLICK)
		ui_click(&l->ui, y, now);
	else
		ui_wheel(&l->ui, k == TERM_KEY_WHEEL_UP ? -1 : 1, now);
}

static void read_keys(struct loop *l)
{
	for (int i = 0; i < 4096; i++) {
		int k = term_key();
		if (k == UK_NONE)
			return;
		if (k == TERM_KEY_GONE) {
			l->leave = true;
			return;
		}
		l->dirty = true;
		if (k == TERM_KEY_PASTE_ON || k == TERM_KEY_PASTE_OFF)
			ui_paste(&l->ui, k == TERM_KEY_PASTE_ON);
		else if (k == UK_RESIZE)
			got_winch = 1;
		else if (k >= TERM_KEY_CLICK)
			on_mouse(l, k);
		else
			ui_key(&l->ui, k, l->h->now_ns(l->h->ctx));
	}
}

static void suspend(struct loop *l)
{
	char words[200] = "";
	int n = 0;

	for (uint32_t i = 0; i < l->snap->n_exits && n < 120; i++)
		if (exit_is_live(&l->snap->exit[i]))
			n += snprintf(words + n, sizeof words - (size_t)n, "%sx%u",
				      n ? ", " : "exeunt: ", l->snap->exit[i].id);
	snprintf(words + n, sizeof words - (size_t)n, "%s",
		 n ? " run on. fg comes back." : "exeunt: fg comes back.");
	l->ui.suspend = false;
	term_suspend(words);
	got_stop = 0;
	l->dirty = true;
}

static void draw(struct loop *l)
{
	int cols, rows;
	struct err err;

	if (got_winch) {
		got_winch = 0;
		term_resized();
	}
	if (l->ui.theme_changed) {
		l->ui.theme_changed = false;
		if (!load_style(l, l->ui.theme, &err))
			ui_notice(&l->ui, "%s", err.text);
		term_invalidate();
	}
	term_mouse(l->ui.mouse);
	if (l->ui.repaint) {
		l->ui.repaint = false;
		term_invalidate();
	}
	term_size(&cols, &rows);
	canvas_resize(&l->canvas, cols, rows);
	l->canvas.ascii = !term_utf8() || l->ui.pen == PEN_ASCII;
	l->canvas.mono = l->style.mono;
	l->canvas.pen = l->canvas.ascii ? PEN_ASCII : l->ui.pen;
	int64_t t0 = l->h->now_ns(l->h->ctx);
	ui_draw(&l->ui, &l->canvas, t0);
	term_flush(&l->canvas, &l->style);
	int64_t t1 = l->h->now_ns(l->h->ctx);
	l->fast = t1 - t0 < INT64_C(50000000) ? l->fast + 1 : 0;
	if (l->slow && l->fast >= 5)
		l->slow = false; /* it was busy, not slow */
	if (t1 - t0 > INT64_C(250000000) && !l->slow) {
		l->slow = true;
		ui_notice(&l->ui, "Slow terminal: 1 frame a second.");
	}
	l->drawn_ns = t1;
	l->dirty = false;
	if (l->thinker && ui_question(&l->ui, &l->ask)) /* after the frame, never before a key */
		thinker_ask(l->thinker, &l->ask);
}

static void read_thinker(struct loop *l)
{
	struct think_out out;

	if (thinker_answer(l->thinker, &out) && ui_answer(&l->ui, &out))
		l->dirty = true;
}

static int64_t period(const struct loop *l)
{
	int hz = l->ui.repaint_hz > 0	? l->ui.repaint_hz
		 : l->h->repaint_hz > 0 ? l->h->repaint_hz
					: 4;

	hz = l->slow ? 1 : hz;

	if (!l->slow && (ui_top(&l->ui) == LAYER_SHEET || ui_top(&l->ui) == LAYER_RUN))
		hz = 10;
	return INT64_C(1000000000) / hz;
}

static void one_turn(struct loop *l, const sigset_t *open_mask)
{
	/* poll skips a descriptor of -1 */
	struct pollfd p[3] = {
		{STDIN_FILENO, POLLIN, 0}, {l->fd, POLLIN, 0}, {thinker_fd(l->thinker), POLLIN, 0}};
	int64_t now = l->h->now_ns(l->h->ctx);
	int64_t left = l->dirty ? 0 : l->drawn_ns + period(l) - now;
	struct timespec ts = {0, left > 0 ? (long)left : 0};

	if (ts.tv_nsec >= 1000000000) {
		ts.tv_sec = 1;
		ts.tv_nsec = 0;
	}
	int n = ppoll(p, 3, &ts, open_mask);
	now = l->h->now_ns(l->h->ctx);
	if (n > 0 && (p[0].revents & (POLLHUP | POLLERR | POLLNVAL)) && !(p[0].revents & POLLIN))
		l->leave = true;
	else if (n > 0 && p[0].revents)
		read_keys(l);
	if (l->fd >= 0 && n > 0 && p[1].revents)
		read_engine(l, now);
	if (n > 0 && p[2].revents)
		read_thinker(l);
	if (l->fd < 0 && l->h->reattach && now - l->tried_ns >= INT64_C(1000000000)) {
		l->tried_ns = now;
		l->fd = l->h->reattach(l->h->ctx);
		if (l->fd >= 0 && l->gone)
			ui_notice(&l->ui, "Attached again.");
		l->gone = l->fd < 0;
	}
	if (l->ui.quit || got_end)
		l->leave = true;
	if (l->ui.suspend || got_stop)
		suspend(l);
	if (!l->leave && (l->dirty || got_winch || now - l->drawn_ns >= period(l)))
		draw(l);
}

static bool set_up(struct loop *l, struct err *err)
{
	struct ui_out out = {l, send_cmd, start_hint, NULL};
	const struct ui_host *h = l->h;

	if (h->unlock)
		out.unlock = unlock;
	l->snap = calloc(1, sizeof *l->snap);
	l->cells = calloc((size_t)CANVAS_COLS_MAX * CANVAS_ROWS_MAX, sizeof *l->cells);
	if (!l->snap || !l->cells)
		return err_set(err, ERR_LIMIT, "no memory for the screen");
	canvas_init(&l->canvas, l->cells, (size_t)CANVAS_COLS_MAX * CANVAS_ROWS_MAX);
	if (!ui_init(&l->ui, &out, &h->source, err))
		return false;
	if (h->keys && !keymap_builtin(&l->ui.keys, h->keys, err))
		return false;
	if (h->keys_text && !keymap_read(&l->ui.keys, "keys", h->keys_text, err))
		return false;
	l->ui.pen = h->pen;
	l->ui.mouse = h->mouse;
	l->ui.snap = l->snap;
	l->snap->now_ns = h->now_ns(h->ctx);
	return true;
}

static bool catch_signals(sigset_t *open_mask)
{
	static const int sigs[] = {SIGWINCH, SIGTSTP, SIGTERM, SIGHUP, SIGINT, SIGQUIT};
	struct sigaction sa;
	sigset_t block;

	memset(&sa, 0, sizeof sa);
	sa.sa_handler = on_signal;
	sigemptyset(&block);
	for (unsigned i = 0; i < sizeof sigs / sizeof sigs[0]; i++) {
		sigaddset(&block, sigs[i]);
		sigaction(sigs[i], &sa, NULL);
	}
	signal(SIGPIPE, SIG_IGN);
	got_winch = got_stop = got_end = 0;
	return sigprocmask(SIG_BLOCK, &block, open_mask) == 0;
}

/* A screen drawn for another kind of terminal than it is may show strange signs: say why. */
static void tell_instead(struct loop *l, const char *term)
{
	char name[40] = "";

	escape_text(name, sizeof name, term ? term : "", term ? strnlen(term, 32) : 0);
	l->ui.now_ns = l->h->now_ns(l->h->ctx);
	ui_notice(&l->ui, "! TERM=%s is not known here; drawn as %s. --linear needs no terminal.",
		  name, term_instead());
}

int ui_run(const struct ui_host *h, struct err *err)
{
	struct loop *l = calloc(1, sizeof *l);
	const char *term = getenv("TERM");
	sigset_t open_mask;
	int status = 0;

	if (!l)
		return 1;
	if (h->linear || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
	    (term && !strcmp(term, "dumb"))) {
		free(l);
		return linear_run(h, err);
	}
	l->h = h;
	l->fd = h->fd;
	l->dirty = true;
	if (!set_up(l, err)) {
		status = err_exit_status(err->code);
	} else if (!term_open(stdin, stdout, h->mouse, err)) {
		status = linear_run(h, err);
	} else if (!load_style(l, h->theme ? h->theme : "dark", err) ||
		   !catch_signals(&open_mask)) {
		term_close();
		status = err_exit_status(err->code);
	} else {
		if (term_instead())
			tell_instead(l, term);
		l->thinker = thinker_new(); /* signals are blocked in it */
		while (!l->leave)
			one_turn(l, &open_mask);
		term_close();
		thinker_free(l->thinker);
		sigprocmask(SIG_SETMASK, &open_mask, NULL);
	}
	free(l->snap);
	free(l->cells);
	free(l);
	return status;
}
