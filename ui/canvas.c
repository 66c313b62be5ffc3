/* canvas.c: cells in memory.
 *
 * 1. Nothing is written outside the clip, and the clip lies inside the canvas.
 * 2. A digit is drawn with its whole number or not at all: cv_num and cv_text never cut one; a
 *    digit that meets the clip all the same is counted in clipped_digits, and tests fail. */
#include "ui/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/glyph.h"
#include "base/banned.h"

static int imin(int a, int b)
{
	return a < b ? a : b;
}

static int imax(int a, int b)
{
	return a > b ? a : b;
}

struct rect rect_make(int x, int y, int w, int h)
{
	return (struct rect){x, y, w < 0 ? 0 : w, h < 0 ? 0 : h};
}

void canvas_init(struct canvas *c, struct cell *mem, size_t cap)
{
	memset(c, 0, sizeof *c);
	c->cell = mem;
	c->cap = cap;
}

void canvas_resize(struct canvas *c, int cols, int rows)
{
	c->cols = imax(1, imin(cols, CANVAS_COLS_MAX));
	c->rows = imax(1, imin(rows, CANVAS_ROWS_MAX));
	while ((size_t)c->cols * (size_t)c->rows > c->cap)
		c->rows--;
	canvas_clear(c);
}

void canvas_clear(struct canvas *c)
{
	size_t n = (size_t)c->cols * (size_t)c->rows;
	static const struct cell blank = {' ', ROLE_TEXT, 0, 0};

	for (size_t i = 0; i < n; i++)
		c->cell[i] = blank;
	c->clip = rect_make(0, 0, c->cols, c->rows);
	c->clipped_digits = 0;
	c->hashes = 0;
}

struct rect canvas_clip(struct canvas *c, struct rect r)
{
	struct rect old = c->clip;
	int x0 = imax(r.x, old.x), y0 = imax(r.y, old.y);
	int x1 = imin(r.x + r.w, old.x + old.w), y1 = imin(r.y + r.h, old.y + old.h);

	c->clip = rect_make(x0, y0, x1 - x0, y1 - y0);
	return old;
}

void cv_cell(struct canvas *c, int x, int y, enum role role, uint32_t cp)
{
	const struct rect *r = &c->clip;

	if (x < r->x || y < r->y || x >= r->x + r->w || y >= r->y + r->h) {
		/* a row that is not shown at all cuts nothing; half a number does */
		if (cp >= '0' && cp <= '9' && y >= r->y && y < r->y + r->h)
			c->clipped_digits++;
		return;
	}
	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
		cp = '?';
	if (c->ascii)
		cp = glyph_ascii(cp);
	struct cell *p = &c->cell[(size_t)y * (size_t)c->cols + (size_t)x];
	p->cp = cp;
	p->role = (uint8_t)role;
}

/* One step through s: a role mark (returns 0) or a code point (returns 1); false at the end. */
static bool next_cp(const char **s, enum role *role, uint32_t *cp, bool *glyph)
{
	unsigned char b = (unsigned char)**s;

	if (!b)
		return false;
	if (b < 0x20) {
		*role = (enum role)(b - 1);
		(*s)++;
		*glyph = false;
		return true;
	}
	size_t n = b < 0x80 ? 1 : utf8_decode(cp, *s, strlen(*s));
	if (b < 0x80)
		*cp = b;
	if (!n) {
		*cp = '?';
		n = 1;
	}
	*s += n;
	*glyph = true;
	return true;
}

int cv_width(const char *s)
{
	int w = 0;

	for (; *s; s++)
		if ((unsigned char)*s >= 0x20 && ((unsigned char)*s & 0xc0) != 0x80)
			w++;
	return w;
}

int cv_put(struct canvas *c, int x, int y, enum role role, const char *s)
{
	uint32_t cp;
	bool glyph;

	while (next_cp(&s, &role, &cp, &glyph))
		if (glyph)
			cv_cell(c, x++, y, role, cp);
	return x;
}

int cv_printf(struct canvas *c, int x, int y, enum role role, const char *fmt, ...)
{
	char s[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s, sizeof s, fmt, ap);
	va_end(ap);
	return cv_put(c, x, y, role, s);
}

/* How many cells of s may be kept so that the mark still fits and no number is cut: a number's
 * word goes whole. */
static int keep_cells(const char *s, int w)
{
	int at = 0, word = 0, keep = 0;
	bool digit = false;
	enum role role = ROLE_TEXT;
	uint32_t cp;
	bool glyph;

	while (next_cp(&s, &role, &cp, &glyph)) {
		if (!glyph)
			continue;
		if (cp == ' ') {
			word = at + 1;
			digit = false;
		} else if (cp >= '0' && cp <= '9') {
			digit = true;
		}
		at++;
		if (at > w - 1)
			break;
		keep = at;
	}
	if (at > w - 1 && !digit && cp != ' ') {
		/* the rest of the broken word may hold a digit */
		for (; *s && *s != ' '; s++)
			if (*s >= '0' && *s <= '9')
				digit = true;
	}
	return digit && at > w - 1 ? imin(word, keep) : keep;
}

int cv_text(struct canvas *c, int x, int y, int w, enum role role, const char *s)
{
	uint32_t cp;
	bool glyph;

	if (w <= 0)
		return x;
	if (cv_width(s) <= w)
		return cv_put(c, x, y, role, s);
	int keep = keep_cells(s, w), n = 0;
	while (n < keep && next_cp(&s, &role, &cp, &glyph))
		if (glyph) {
			cv_cell(c, x++, y, role, cp);
			n++;
		}
	cv_cell(c, x++, y, ROLE_DIM, G_MORE);
	return x;
}

int cv_textf(struct canvas *c, int x, int y, int w, enum role role, const char *fmt, ...)
{
	char s[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s, sizeof s, fmt, ap);
	va_end(ap);
	return cv_text(c, x, y, w, role, s);
}

void cv_num(struct canvas *c, int x, int y, int w, enum role role, const char *s)
{
	int n = cv_width(s);

	if (n <= w) {
		cv_put(c, x + w - n, y, role, s);
		return;
	}
	c->hashes++;
	cv_hline(c, x, y, w, role, '#');
}

bool cv_right(struct canvas *c, int x_min, int x_end, int y, enum role role, const char *s)
{
	int n = cv_width(s);

	if (x_end - n < x_min)
		return false;
	cv_put(c, x_end - n, y, role, s);
	return true;
}

bool cv_rightf(struct canvas *c, int x_min, int x_end, int y, enum role role, const char *fmt, ...)
{
	char s[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s, sizeof s, fmt, ap);
	va_end(ap);
	return cv_right(c, x_min, x_end, y, role, s);
}

void cv_hline(struct canvas *c, int x, int y, int w, enum role role, uint32_t cp)
{
	for (int i = 0; i < w; i++)
		cv_cell(c, x + i, y, role, cp);
}

void cv_select(struct canvas *c, int x, int y, int w)
{
	const struct rect *r = &c->clip;

	if (y < r->y || y >= r->y + r->h)
		return;
	for (int i = imax(x, r->x); i < imin(x + w, r->x + r->w); i++) {
		struct cell *p = &c->cell[(size_t)y * (size_t)c->cols + (size_t)i];
		p->sel = 1;
		if (p->role == ROLE_DIM)
			p->role = ROLE_TEXT;
	}
}

/* A number keeps its unit and the panic key its word: no line ends there. */
static bool holds_on(const char *from, const char *blank)
{
	bool key = blank > from && blank[-1] == '!' && (blank - from < 2 || blank[-2] == ' ');
	bool unit =
		blank[1] == '%' || (blank[1] == 'M' && (!blank[2] || strchr(" .,;)", blank[2])));

	return key || unit;
}

int cv_wrap(struct canvas *c, int x, int y, int w, int h, enum role role, const char *s)
{
	int row = 0;

	while (*s && row < h && w > 0) {
		/* the longest run of words that fits */
		const char *p = s, *cut = NULL;
		int n = 0;
		while (*p) {
			if (*p == ' ' && n <= w && !holds_on(s, p))
				cut = p;
			if ((unsigned char)*p >= 0x20 && ((unsigned char)*p & 0xc0) != 0x80)
				n++;
			p++;
			if (n > w)
				break;
		}
		if (n <= w)
			cut = p;
		if (row == h - 1 || !cut) { /* last row, or one word too long */
			cv_text(c, x, y + row, w, role, s);
			return row + 1;
		}
		char line[512];
		size_t len = (size_t)(cut - s);
		if (len >= sizeof line)
			len = sizeof line - 1;
		memcpy(line, s, len);
		line[len] = 0;
		cv_put(c, x, y + row, role, line);
		for (size_t i = 0; i < len; i++)
			if ((unsigned char)line[i] < 0x20)
				role = (enum role)(line[i] - 1);
		s = cut;
		while (*s == ' ')
			s++;
		row++;
	}
	return row;
}

void seg_set(struct seg *g, int drop, bool right, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(g->s, sizeof g->s, fmt, ap);
	va_end(ap);
	g->drop = (uint8_t)drop;
	g->right = right;
}

void cv_segs(struct canvas *c, int x, int y, int w, struct seg *g, int n)
{
	for (;;) {
		int total = 0, worst = -1;
		for (int i = 0; i < n; i++) {
			total += cv_width(g[i].s);
			if (g[i].s[0] && g[i].drop && (worst < 0 || g[i].drop >= g[worst].drop))
				worst = i;
		}
		if (total <= w || worst < 0)
			break;
		g[worst].s[0] = 0;
	}
	int rw = 0, at = x;
	for (int i = 0; i < n; i++)
		if (g[i].right)
			rw += cv_width(g[i].s);
	rw = imin(rw, w);
	for (int i = 0; i < n; i++)
		if (!g[i].right)
			at = cv_text(c, at, y, x + w - rw - at, ROLE_TEXT, g[i].s);
	at = x + w - rw;
	for (int i = 0; i < n; i++)
		if (g[i].right)
			at = cv_text(c, at, y, x + w - at, ROLE_TEXT, g[i].s);
}
