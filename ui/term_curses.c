/* term_curses.c: the only file that knows curses.
 *
 * 1. curses gets only the cells that changed: our own difference between two canvases, not curses'.
 * 2. The terminal is restored on every way out: close, suspend, a broken assertion, a crash.
 * 3. A terminal that has hung up is told to the loop once and never spun on. */
#define _XOPEN_SOURCE_EXTENDED 1
#include "ui/term_curses.h"

#include <curses.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "base/check.h"
#include "ui/keymap.h"

#define MOUSE_MASK (BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED)

enum { CODE_PASTE_ON = 1000, CODE_PASTE_OFF, PAIRS_MAX = 250 };

static struct {
	SCREEN *screen;
	FILE *in, *out;
	bool open, utf8, mouse, valid;
	const char *instead; /* the terminal drawn for, when $TERM is unknown */
	int colors;
	struct termios saved;
	bool have_saved;
	int err_real, err_held;
	struct cell *prev;
	int cols, rows, mouse_x, mouse_y;
	short pair_fg[PAIRS_MAX], pair_bg[PAIRS_MAX];
	short n_pairs;
	struct look looks[ROLE_COUNT][2];
} term = {.err_real = -1, .err_held = -1};

/* What brings any terminal back: out of the alternate screen, cursor on, paste and mouse off. */
static const char restore_seq[] =
	"\033[?2004l\033[?1000l\033[?1006l\033[?1049l\033[?25h\033[0m\r\n";

static void put_raw(const char *s, size_t n)
{
	while (n) {
		ssize_t k = write(fileno(term.out), s, n);
		if (k <= 0)
			return;
		s += k;
		n -= (size_t)k;
	}
}

static void crash_restore(void)
{
	if (!term.open)
		return;
	term.open = false;
	put_raw(restore_seq, sizeof restore_seq - 1);
	if (term.have_saved)
		tcsetattr(fileno(term.in), TCSANOW, &term.saved);
	if (term.err_real >= 0)
		dup2(term.err_real, STDERR_FILENO);
}

static void on_crash(int sig)
{
	crash_restore();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void hold_stderr(void)
{
	fflush(stderr);
	term.err_held = memfd_create("stderr", MFD_CLOEXEC);
	if (term.err_held < 0)
		return;
	term.err_real = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	dup2(term.err_held, STDERR_FILENO);
}

static void release_stderr(void)
{
	char buf[4096];
	ssize_t n;

	if (term.err_real < 0)
		return;
	fflush(stderr);
	dup2(term.err_real, STDERR_FILENO);
	lseek(term.err_held, 0, SEEK_SET);
	while ((n = read(term.err_held, buf, sizeof buf)) > 0)
		if (write(STDERR_FILENO, buf, (size_t)n) < 0)
			break;
	close(term.err_held);
	close(term.err_real);
	term.err_real = term.err_held = -1;
}

static void modes_on(void)
{
	raw();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	meta(stdscr, TRUE);
	curs_set(0);
	define_key("\033[200~", CODE_PASTE_ON);
	define_key("\033[201~", CODE_PASTE_OFF);
	const char *t = termname();
	if (t && strcmp(t, "vt100"))
		put_raw("\033[?2004h", 8);
	mouseinterval(0);
	mousemask(term.mouse ? MOUSE_MASK : 0, NULL);
}

void term_mouse(bool on)
{
	if (on == term.mouse)
		return;
	term.mouse = on;
	mousemask(on ? MOUSE_MASK : 0, NULL);
}

const char *term_instead(void)
{
	return term.instead;
}

void term_mouse_at(int *x, int *y)
{
	*x = term.mouse_x;
	*y = term.mouse_y;
}

static SCREEN *try_terms(FILE *in, FILE *out)
{
	const char *names[] = {getenv("TERM"), "xterm-256color", "vt100"};

	for (unsigned i = 0; i < COUNT_OF(names); i++) {
		SCREEN *s = names[i] && *names[i] ? newterm(names[i], out, in) : NULL;
		term.instead = s && i ? names[i] : NULL;
		if (s)
			return s;
	}
	return NULL;
}

bool term_open(FILE *in, FILE *out, bool mouse, struct err *err)
{
	static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

	setlocale(LC_CTYPE, "");
	term.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	term.in = in;
	term.out = out;
	term.mouse = mouse;
	term.have_saved = tcgetattr(fileno(in), &term.saved) == 0;
	set_escdelay(100);
	term.screen = try_terms(in, out);
	if (!term.screen)
		return err_set(err, ERR_ARG, "no terminal of a known kind; --linear needs none");
	set_term(term.screen);
	/* Terminals that call themselves xterm do not all know `rep` (mosh, older PuTTY): a run of
	 * one character would leave what stood there before. The character itself always works. */
	repeat_char = NULL;
	typeahead(-1); /* a frame leaves in one write, not line by line */
	term.prev = calloc((size_t)CANVAS_COLS_MAX * CANVAS_ROWS_MAX, sizeof *term.prev);
	if (!term.prev)
		return err_set(err, ERR_LIMIT, "no memory for the screen");
	term.open = true;
	if (has_colors()) {
		start_color();
		use_default_colors();
		term.colors = COLORS >= 256 ? 256 : COLORS >= 16 ? 16 : COLORS >= 8 ? 8 : 0;
	}
	modes_on();
	hold_stderr();
	check_hook = crash_restore;
	for (unsigned i = 0; i < COUNT_OF(fatal); i++)
		signal(fatal[i], on_crash);
	getmaxyx(stdscr, term.rows, term.cols);
	return true;
}

void term_close(void)
{
	if (!term.screen)
		return;
	if (term.open) {
		const char *t = termname();
		if (t && strcmp(t, "vt100"))
			put_raw("\033[?2004l", 8);
		mousemask(0, NULL);
		curs_set(1);
		endwin();
	}
	term.open = false;
	check_hook = NULL;
	release_stderr();
	delscreen(term.screen);
	term.screen = NULL;
	free(term.prev);
	term.prev = NULL;
	term.valid = false;
	term.n_pairs = 0;
}

void term_size(int *cols, int *rows)
{
	*cols = term.cols;
	*rows = term.rows;
}

int term_colors(void)
{
	const char *no = getenv("NO_COLOR");

	return no && *no ? 0 : term.colors;
}

bool term_utf8(void)
{
	return term.utf8;
}

void term_invalidate(void)
{
	term.valid = false;
}

static short pair_for(int fg, int bg)
{
	if (fg < 0 && bg < 0)
		return 0;
	for (short i = 0; i < term.n_pairs; i++)
		if (term.pair_fg[i] == fg && term.pair_bg[i] == bg)
			return (short)(i + 1);
	if (term.n_pairs >= PAIRS_MAX || term.n_pairs + 1 >= COLOR_PAIRS)
		return 0;
	term.pair_fg[term.n_pairs] = (short)fg;
	term.pair_bg[term.n_pairs] = (short)bg;
	init_pair((short)(term.n_pairs + 1), (short)fg, (short)bg);
	return ++term.n_pairs;
}

static void send_cell(int x, int y, const struct cell *c, const struct style *s)
{
	struct look l = style_look(s, c);
	wchar_t w[2] = {(wchar_t)c->cp, 0};
	attr_t a = 0;
	cchar_t cc;

	if (l.attr & ATTR_BOLD)
		a |= A_BOLD;
	if (l.attr & ATTR_UNDERLINE)
		a |= A_UNDERLINE;
	if (l.attr & ATTR_REVERSE)
		a |= A_REVERSE;
	setcchar(&cc, w, a, term.colors ? pair_for(l.fg, l.bg) : 0, NULL);
	mvadd_wch(y, x, &cc);
}

static struct cell *drawn(int y)
{
	return &term.prev[(size_t)y * CANVAS_COLS_MAX];
}

static bool same_row(const struct canvas *c, int y, const struct cell *was, int cols)
{
	return !memcmp(&c->cell[(size_t)y * (size_t)c->cols], was, (size_t)cols * sizeof *was);
}

/* A row that goes elsewhere is wiped first: curses would scroll part of the screen to move it, and
 * terminals that call themselves xterm do not all know how (SU and SD), which leaves rows of before
 * among those of now. Seen by curses the row is then new. */
static void wipe_moved(const struct canvas *c, int cols, int rows)
{
	bool any = false;

	for (int from = 0; from < rows; from++) {
		if (same_row(c, from, drawn(from), cols))
			continue;
		for (int to = 0; to < rows; to++) {
			if (to == from || !same_row(c, to, drawn(from), cols) ||
			    same_row(c, to, drawn(to), cols))
				continue;
			move(from, 0);
			clrtoeol();
			memset(drawn(from), 0xff, (size_t)cols * sizeof(struct cell));
			any = true;
			break;
		}
	}
	if (any)
		refresh();
}

void term_flush(const struct canvas *c, const struct style *s)
{
	bool any = false, all = !term.valid;
	int cols = c->cols < term.cols ? c->cols : term.cols;
	int rows = c->rows < term.rows ? c->rows : term.rows;

	if (all)
		clear();
	else
		wipe_moved(c, cols, rows);
	for (int y = 0; y < rows; y++) {
		const struct cell *now = &c->cell[(size_t)y * (size_t)c->cols];
		struct cell *was = drawn(y);
		if (!all && !memcmp(now, was, (size_t)cols * sizeof *now))
			continue;
		for (int x = 0; x < cols; x++) {
			if (!all && !memcmp(&now[x], &was[x], sizeof *now))
				continue;
			send_cell(x, y, &now[x], s);
			was[x] = now[x];
			any = true;
		}
	}
	term.valid = true;
	if (any || all)
		refresh();
}

static int map_key(wint_t k)
{
	static const struct {
		int curses, key;
	} map[] = {
		{KEY_UP, UK_UP},
		{KEY_DOWN, UK_DOWN},
		{KEY_LEFT, UK_LEFT},
		{KEY_RIGHT, UK_RIGHT},
		{KEY_HOME, UK_HOME},
		{KEY_END, UK_END},
		{KEY_PPAGE, UK_PGUP},
		{KEY_NPAGE, UK_PGDN},
		{KEY_DC, UK_DEL},
		{KEY_BTAB, UK_BTAB},
		{KEY_BACKSPACE, UK_BS},
		{KEY_ENTER, UK_ENTER},
		{KEY_RESIZE, UK_RESIZE},
		{CODE_PASTE_ON, TERM_KEY_PASTE_ON},
		{CODE_PASTE_OFF, TERM_KEY_PASTE_OFF},
	};

	for (unsigned i = 0; i < COUNT_OF(map); i++)
		if ((int)k == map[i].curses)
			return map[i].key;
	if ((int)k > KEY_F0 && (int)k <= KEY_F0 + 12)
		return UK_F1 + (int)k - KEY_F0 - 1;
	if ((int)k == KEY_MOUSE) {
		MEVENT ev;
		if (getmouse(&ev) != OK)
			return UK_RESIZE + 1;
		term.mouse_x = ev.x;
		term.mouse_y = ev.y;
		if (ev.bstate & BUTTON4_PRESSED)
			return TERM_KEY_WHEEL_UP;
		if (ev.bstate & BUTTON5_PRESSED)
			return TERM_KEY_WHEEL_DOWN;
		if (ev.bstate & BUTTON1_PRESSED)
			return TERM_KEY_CLICK;
	}
	return UK_RESIZE + 1; /* a key without a meaning */
}

int term_key(void)
{
	wint_t k;
	int r = wget_wch(stdscr, &k);

	if (r == ERR) {
		struct pollfd p = {.fd = fileno(term.in), .events = POLLIN};
		int waiting = 0;
		if (poll(&p, 1, 0) > 0 &&
		    ((p.revents & (POLLHUP | POLLERR | POLLNVAL)) ||
		     ((p.revents & POLLIN) && ioctl(p.fd, FIONREAD, &waiting) == 0 && !waiting)))
			return TERM_KEY_GONE;
		return UK_NONE;
	}
	if (r == KEY_CODE_YES)
		return map_key(k);
	if (k == '\n' || k == '\r')
		return UK_ENTER;
	if (k == 8)
		return UK_BS;
	return (int)k;
}

void term_resized(void)
{
	struct winsize w;

	if (ioctl(fileno(term.out), TIOCGWINSZ, &w) == 0 && w.ws_col && w.ws_row)
		resizeterm(w.ws_row, w.ws_col);
	getmaxyx(stdscr, term.rows, term.cols);
	if (term.rows > CANVAS_ROWS_MAX)
		term.rows = CANVAS_ROWS_MAX;
	if (term.cols > CANVAS_COLS_MAX)
		term.cols = CANVAS_COLS_MAX;
	term.valid = false;
}

void term_suspend(const char *words)
{
	sigset_t set, old;

	put_raw("\033[?2004l", 8);
	mousemask(0, NULL);
	def_prog_mode();
	curs_set(1);
	endwin();
	put_raw("\r\033[K", 4); /* a terminal without a second screen keeps the last frame */
	put_raw(words, strlen(words));
	put_raw("\r\n", 2);
	signal(SIGTSTP, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, &old);
	raise(SIGTSTP);
	sigprocmask(SIG_SETMASK, &old, NULL);
	reset_prog_mode();
	refresh();
	modes_on();
	term_resized();
}

void term_alarm(const char *text)
{
	char osc[440], clean[181];
	size_t k = 0;

	/* only printable ASCII inside a sequence, and no separator of 777's */
	for (; text[k] && k < sizeof clean - 1; k++)
		clean[k] = text[k] < ' ' || text[k] > '~' || text[k] == ';' ? '-' : text[k];
	clean[k] = 0;
	int n = snprintf(osc, sizeof osc, "\a\033]9;%s\a\033]777;notify;exeunt;%s\a", clean, clean);
	if (n > 0)
		put_raw(osc, (size_t)n);
}
