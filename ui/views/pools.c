/* pools.c: the table: what dies together, how far, how long, and the legs under it.
 *
 * Columns are one table of positions per size. A number is drawn in its form for that width or not
 * at all; text is cut. Legs keep their own rows; a pool of one leg is one row. */
#include "ui/views/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/banned.h"

enum col {
	COL_POOL,
	COL_SIDE,
	COL_MARGIN,
	COL_SIZE,
	COL_NOTIONAL,
	COL_ENTRY,
	COL_MARK,
	COL_LIQ,
	COL_ALONE,
	COL_DIES,
	COL_TOUCH,
	COL_RUNWAY,
	COL_HELPS,
	COL_UPNL,
	COL_FUND,
	COL_STOP,
	COL_TO_STOP,
	COL_AGE,
	COLS
};

struct at {
	uint8_t x, w;
};

static const struct at columns[4][COLS] = {
	/* 60 */
	{[COL_POOL] = {3, 5},
	 [COL_SIDE] = {9, 5},
	 [COL_SIZE] = {15, 7},
	 [COL_ALONE] = {23, 6},
	 [COL_DIES] = {30, 5},
	 [COL_TOUCH] = {36, 7},
	 [COL_STOP] = {45, 7},
	 [COL_AGE] = {54, 3}},
	/* S */
	{[COL_POOL] = {4, 5},
	 [COL_SIDE] = {10, 5},
	 [COL_SIZE] = {16, 7},
	 [COL_MARK] = {24, 7},
	 [COL_LIQ] = {32, 7},
	 [COL_ALONE] = {40, 5},
	 [COL_DIES] = {46, 5},
	 [COL_TOUCH] = {52, 7},
	 [COL_UPNL] = {60, 7},
	 [COL_STOP] = {68, 7},
	 [COL_AGE] = {76, 3}},
	/* M */
	{[COL_POOL] = {4, 6},
	 [COL_SIDE] = {11, 5},
	 [COL_SIZE] = {18, 8},
	 [COL_MARK] = {28, 8},
	 [COL_LIQ] = {38, 9},
	 [COL_ALONE] = {49, 7},
	 [COL_DIES] = {58, 13},
	 [COL_TOUCH] = {73, 10},
	 [COL_RUNWAY] = {86, 8},
	 [COL_UPNL] = {96, 8},
	 [COL_STOP] = {106, 8},
	 [COL_AGE] = {116, 3}},
	/* L */
	{[COL_POOL] = {4, 8},
	 [COL_SIDE] = {13, 5},
	 [COL_MARGIN] = {20, 8},
	 [COL_SIZE] = {30, 9},
	 [COL_NOTIONAL] = {41, 10},
	 [COL_ENTRY] = {53, 9},
	 [COL_MARK] = {64, 9},
	 [COL_LIQ] = {75, 9},
	 [COL_ALONE] = {87, 7},
	 [COL_DIES] = {97, 13},
	 [COL_TOUCH] = {113, 10},
	 [COL_RUNWAY] = {126, 16},
	 [COL_HELPS] = {145, 7},
	 [COL_UPNL] = {155, 8},
	 [COL_FUND] = {166, 6},
	 [COL_STOP] = {175, 8},
	 [COL_TO_STOP] = {185, 9},
	 [COL_AGE] = {196, 3}},
};

static const char *const titles[COLS][2] = {
	/* narrow, wide */
	[COL_POOL] = {"pool", "pool"},
	[COL_SIDE] = {"side", "side"},
	[COL_MARGIN] = {"margin", "margin"},
	[COL_SIZE] = {"size", "size"},
	[COL_NOTIONAL] = {"notional", "notional"},
	[COL_ENTRY] = {"entry", "entry"},
	[COL_MARK] = {"mark", "mark"},
	[COL_LIQ] = {"liq", "liq price"},
	[COL_ALONE] = {"alone", "alone %"},
	[COL_DIES] = {"BTC %", "dies at BTC %"},
	[COL_TOUCH] = {"1-in-10", "1-in-10 in"},
	[COL_RUNWAY] = {"", "0 to 4σ"},
	[COL_HELPS] = {"", "helps/k"},
	[COL_UPNL] = {"uPnL", "uPnL"},
	[COL_FUND] = {"", "fund/h"},
	[COL_STOP] = {"stop", "stop"},
	[COL_TO_STOP] = {"", "to stop %"},
	[COL_AGE] = {"age", "age"},
};

static const struct at *columns_of(enum size_class size)
{
	return columns[size == SIZE_L ? 3 : size == SIZE_M ? 2 : size == SIZE_S ? 1 : 0];
}

static void heading(struct canvas *c, const struct layout *l)
{
	const struct at *at = columns_of(l->size);

	for (int i = 0; i < COLS; i++) {
		const char *t = titles[i][l->size >= SIZE_M];
		if (!at[i].w)
			continue;
		if (i == COL_ALONE && l->size == SIZE_SHORT)
			t = "alone%";
		if (i == COL_RUNWAY && l->size == SIZE_L)
			t = "runway, 0 to 4σ";
		if (i <= COL_MARGIN || i == COL_RUNWAY)
			cv_put(c, at[i].x, l->heading.y, ROLE_DIM, t);
		else
			cv_right(c, 0, at[i].x + at[i].w, l->heading.y, ROLE_DIM, t);
	}
}

static void cell_num(struct canvas *c, const struct at *at, int col, int y, enum role role,
		     const char *s)
{
	if (at[col].w)
		cv_num(c, at[col].x, y, at[col].w, role, s);
}

static void runway(struct canvas *c, struct at at, int y, double sigmas, int level)
{
	int full = (int)ceil(sigmas / 4 * at.w - 1e-9);

	if (!at.w)
		return;
	if (full > at.w)
		full = at.w;
	if (full < 0)
		full = 0;
	cv_hline(c, at.x, y, full,
		 level >= 3   ? ROLE_BAR_DANGER
		 : level == 2 ? ROLE_CAUTION
			      : ROLE_DIM,
		 G_FULL);
	cv_hline(c, at.x + full, y, at.w - full, ROLE_FAINT, G_THIN);
}

static double leg_age(const struct ui *u, const struct snap_leg *leg)
{
	double a = snap_age_s(u, leg->mark_ns), b = snap_age_s(u, leg->account_ns);

	return a > b ? a : b;
}

static void age_cell(const struct ui *u, struct canvas *c, struct at at, int y, double age)
{
	(void)u;
	if (!at.w)
		return;
	cv_num(c, at.x, y, at.w, age_role(age, 3, 6),
	       fmt_dur(age < 0		  ? 0
		       : age > 99 * 86400 ? 99 * 86400
					  : age)
		       .s);
}

/* "12m"; "~12m" while the volatility under it is young. */
static struct num touch_of(const struct snap_pool *p)
{
	struct num n, t = fmt_touch(p->touch_s);

	snprintf(n.s, sizeof n.s, "%s%.30s", p->young ? "~" : "", t.s);
	return n;
}

static void pool_cells(const struct ui *u, struct canvas *c, const struct at *at, int y,
		       const struct snap_pool *p)
{
	int level;
	bool hot = pool_danger(p, &level);
	enum role r = level == 3 ? ROLE_DANGER : hot ? ROLE_CAUTION : ROLE_TEXT;

	(void)u;
	if (level >= 2)
		cv_put(c, 1, y, r, level == 3 ? "!!" : "! ");
	if (p->has_dies) {
		struct num n = at[COL_DIES].w > 5 ? fmt_double(p->dies_pct, 2, SIGN_MINUS)
						  : fmt_pct(p->dies_pct, SIGN_MINUS);
		cell_num(c, at, COL_DIES, y, r, n.s);
	} else {
		cell_num(c, at, COL_DIES, y, ROLE_DIM, "–");
	}
	if (p->has_time) {
		cell_num(c, at, COL_TOUCH, y, r, touch_of(p).s);
		runway(c, at[COL_RUNWAY], y, p->sigma_left, level);
	} else {
		cell_num(c, at, COL_TOUCH, y, ROLE_DIM, "–");
	}
}

/* What everybody asks of one leg. */
static void leg_cells(const struct ui *u, struct canvas *c, const struct layout *l,
		      const struct at *at, int y, const struct snap_leg *leg)
{
	double age = leg_age(u, leg);
	enum role val = age >= 3 ? ROLE_STALE : ROLE_TEXT;
	struct num size = fmt_size5(leg->szi.v < 0 ? (struct qty){-leg->szi.v} : leg->szi);
	int mw = at[COL_MARK].w;

	cv_text(c, at[COL_SIDE].x, y, at[COL_SIDE].w, val, leg->szi.v < 0 ? "SHORT" : "LONG");
	if (at[COL_MARGIN].w)
		cv_text(c, at[COL_MARGIN].x, y, at[COL_MARGIN].w, ROLE_DIM,
			leg->mode == MARGIN_ISOLATED ? "isolated" : "cross");
	if (cv_width(size.s) > at[COL_SIZE].w)
		size = fmt_km(fabs(qty_to_double(leg->szi)), SIGN_MINUS);
	cell_num(c, at, COL_SIZE, y, leg->unknown ? ROLE_UNKNOWN : val, size.s);
	if (leg->other_hand || leg->unknown)
		cv_put(c, at[COL_SIZE].x + at[COL_SIZE].w, y,
		       leg->unknown ? ROLE_UNKNOWN : ROLE_CAUTION, leg->unknown ? "?" : "*");
	cell_num(c, at, COL_NOTIONAL, y, val, fmt_money(leg->notional, 10, SIGN_MINUS).s);
	cell_num(c, at, COL_ENTRY, y, val, fmt_price(leg->entry, leg->px_decimals).s);
	if (mw)
		cell_num(c, at, COL_MARK, y, val, fmt_price(leg->mark, leg->px_decimals).s);
	if (leg->has_liq)
		cell_num(c, at, COL_LIQ, y, val, fmt_price(leg->liq, leg->px_decimals).s);
	else
		cell_num(c, at, COL_LIQ, y, ROLE_DIM, "–");
	if (leg->has_alone)
		cell_num(c, at, COL_ALONE, y, val,
			 leg->alone_pct >= 999.5
				 ? ">999"
				 : (at[COL_ALONE].w > 5
					    ? fmt_double(leg->alone_pct, 2, SIGN_MINUS)
					    : fmt_double(leg->alone_pct,
							 leg->alone_pct < 99.995 ? 2 : 1,
							 SIGN_MINUS))
					   .s);
	else
		cell_num(c, at, COL_ALONE, y, ROLE_DIM, "–");
	if (leg->has_helps)
		cell_num(c, at, COL_HELPS, y, val,
			 fabs(leg->helps_per_k) < 1000
				 ? fmt_double(leg->helps_per_k, 2, SIGN_MINUS).s
				 : ">999");
	cell_num(c, at, COL_UPNL, y, leg->upnl.v < 0 ? ROLE_LOSS : ROLE_GAIN,
		 fmt_money(leg->upnl, at[COL_UPNL].w, SIGN_PLUS).s);
	cell_num(c, at, COL_FUND, y, val,
		 fmt_double(money_to_double(leg->funding_per_hour),
			    fabs(money_to_double(leg->funding_per_hour)) < 999 ? 1 : 0, SIGN_PLUS)
			 .s);
	double mark = price_to_double(leg->mark), stop = price_to_double(leg->stop_px);
	double to = mark > 0 && stop > 0 ? fabs(stop / mark - 1) * 100 : 0;
	if (leg->stop_state == STOP_NONE) {
		cv_right(c, 0, at[COL_STOP].x + at[COL_STOP].w, y, ROLE_CAUTION, "NO STOP");
		cell_num(c, at, COL_TO_STOP, y, ROLE_DIM, "–");
	} else if (leg->stop_state == STOP_LATE) {
		cv_right(c, 0, at[COL_STOP].x + at[COL_STOP].w, y, ROLE_CAUTION, "late");
		cell_num(c, at, COL_TO_STOP, y, ROLE_CAUTION, fmt_pct(to, SIGN_MINUS).s);
	} else if (l->size >= SIZE_M) {
		cell_num(c, at, COL_STOP, y, val, fmt_price(leg->stop_px, leg->px_decimals).s);
		cell_num(c, at, COL_TO_STOP, y, val, fmt_pct(to, SIGN_MINUS).s);
	} else {
		cv_rightf(c, 0, at[COL_STOP].x + at[COL_STOP].w, y, val, "%s %%",
			  fmt_double(to, 1, SIGN_MINUS).s);
	}
	age_cell(u, c, at[COL_AGE], y, age);
}

static void pool_row(const struct ui *u, struct canvas *c, const struct layout *l, int y,
		     const struct snap_pool *p)
{
	const struct at *at = columns_of(l->size);
	const struct snap *s = u->snap;
	double age = 0, worst;
	int level;
	bool hot = pool_danger(p, &level);

	for (uint32_t i = 0; i < p->n_legs && p->first_leg + i < s->n_legs; i++) {
		worst = leg_age(u, &s->leg[p->first_leg + i]);
		if (worst > age)
			age = worst;
	}
	cv_text(c, at[COL_POOL].x, y, at[COL_POOL].w,
		level == 3 ? ROLE_DANGER
		: hot	   ? ROLE_CAUTION
			   : ROLE_STRONG,
		p->name);
	cv_put(c, at[COL_SIDE].x, y, ROLE_TEXT, p->net.v < 0 ? "net S" : "net L");
	if (at[COL_MARGIN].w)
		cv_put(c, at[COL_MARGIN].x, y, ROLE_DIM, "cross");
	cell_num(c, at, COL_SIZE, y, ROLE_TEXT,
		 fmt_km(fabs(money_to_double(p->net)), SIGN_MINUS).s);
	cell_num(c, at, COL_NOTIONAL, y, ROLE_TEXT, fmt_money(p->gross, 10, SIGN_MINUS).s);
	if (at[COL_LIQ].w)
		cv_rightf(c, at[COL_MARK].x - (l->size == SIZE_L ? 9 : 0),
			  at[COL_LIQ].x + at[COL_LIQ].w, y, ROLE_DIM,
			  l->size >= SIZE_M ? "%d legs die together" : "%d legs die as 1",
			  p->n_legs);
	pool_cells(u, c, at, y, p);
	cell_num(c, at, COL_UPNL, y, ROLE_TEXT, fmt_money(p->upnl, at[COL_UPNL].w, SIGN_PLUS).s);
	cell_num(c, at, COL_FUND, y, ROLE_TEXT,
		 fmt_double(money_to_double(p->funding_per_hour), 1, SIGN_PLUS).s);
	age_cell(u, c, at[COL_AGE], y, age);
}

static void leg_row(const struct ui *u, struct canvas *c, const struct layout *l, int y,
		    const struct snap_pool *p, const struct snap_leg *leg)
{
	const struct at *at = columns_of(l->size);
	bool single = p->n_legs == 1;
	int indent = single ? 0 : 1;

	cv_text(c, at[COL_POOL].x + indent, y, at[COL_POOL].w - (l->size == SIZE_L ? indent : 0),
		ROLE_STRONG, leg->coin);
	leg_cells(u, c, l, at, y, leg);
	if (single)
		pool_cells(u, c, at, y, p);
	if (leg == ui_leg(u)) {
		cv_put(c, 0, y, ROLE_ACCENT_B, "▸");
		cv_select(c, 0, y, l->cols);
	}
}

static void phone_row(const struct ui *u, struct canvas *c, const struct layout *l, int y,
		      const struct snap_pool *p, const struct snap_leg *leg)
{
	int w = l->cols, level;
	enum role r =
		pool_danger(p, &level) ? (level == 3 ? ROLE_DANGER : ROLE_CAUTION) : ROLE_TEXT;

	if (!leg) {
		cv_text(c, 1, y, 7, r, p->name);
		cv_printf(c, 9, y, ROLE_DIM, "%d legs", p->n_legs);
	} else {
		struct num size =
			fmt_size5((struct qty){leg->szi.v < 0 ? -leg->szi.v : leg->szi.v});
		cv_text(c, p->n_legs > 1 ? 2 : 1, y, 6, ROLE_STRONG, leg->coin);
		cv_num(c, 8, y, 8, ROLE_TEXT,
		       cv_width(size.s) > 8 ? fmt_km(fabs(qty_to_double(leg->szi)), 0).s : size.s);
	}
	if (!leg || p->n_legs == 1) {
		if (p->has_dies)
			cv_rightf(c, 16, 25, y, r, "%s %%", fmt_pct(p->dies_pct, SIGN_MINUS).s);
		if (p->has_time && w >= 32)
			cv_right(c, 25, 31, y, r, touch_of(p).s);
	} else if (leg->has_alone) {
		cv_rightf(c, 16, 25, y, ROLE_TEXT, "%s %%", fmt_double(leg->alone_pct, 2, 0).s);
	}
	if (leg && leg->stop_state == STOP_NONE && w >= 40)
		cv_right(c, 25, w - 1, y, ROLE_CAUTION, "NO STOP");
	if (leg && leg == ui_leg(u)) {
		cv_put(c, 0, y, ROLE_ACCENT_B, "▸");
		cv_select(c, 0, y, w);
	}
}

static void thresholds(const struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct snap *s = u->snap;
	const struct snap_pool *p = &s->pool[0];
	int y = l->thresholds.y;

	if (!l->thresholds.h || !s->n_pools || !p->has_dies)
		return;
	if (l->size == SIZE_M) {
		char text[240];
		snprintf(text, sizeof text,
			 "At BTC %s %% the venue sells 20 %% of each leg, 30 s later the rest. At "
			 "%s %% "
			 "the backstop takes the pool.",
			 fmt_pct(p->dies_pct, SIGN_MINUS).s,
			 fmt_pct(p->backstop_pct, SIGN_MINUS).s);
		cv_text(c, 4, y, l->cols - 6, ROLE_DIM, text);
		return;
	}
	double sig = p->has_time && p->sigma_left > 0 ? p->sigma_left : 0;
	double ratio = p->dies_pct != 0 ? p->backstop_pct / p->dies_pct : 0;
	cv_printf(c, 4, y, ROLE_TEXT, T_TITLE "Thresholds" T_DIM "  pool %s", p->name);
	cv_right(c, 0, 93, y, ROLE_DIM, "dies at BTC %");
	cv_right(c, 0, 101, y, ROLE_DIM, "σ 1h");
	cv_right(c, 0, 115, y, ROLE_DIM, "chance in 1h");
	cv_put(c, 4, y + 1, ROLE_TEXT,
	       "liquidation starts: 20 % of each leg over 100,000, after 30 s the rest");
	cv_put(c, 4, y + 2, ROLE_TEXT,
	       "backstop (equity under 2/3 of maintenance): the whole pool");
	for (int i = 0; i < 2; i++) {
		double k = i ? ratio : 1;
		cv_num(c, 80, y + 1 + i, 13, ROLE_TEXT, fmt_pct(p->dies_pct * k, SIGN_MINUS).s);
		if (sig <= 0)
			continue;
		cv_num(c, 93, y + 1 + i, 8, ROLE_TEXT, fmt_double(sig * k, 1, 0).s);
		cv_num(c, 103, y + 1 + i, 12, ROLE_TEXT,
		       fmt_chance(touch_probability(sig * k, 1), true).s);
	}
	cv_put(c, 125, y, ROLE_TEXT, T_TITLE "Volatility" T_DIM "  danger, % a year");
	int x = 125, row = 1;
	for (uint32_t i = 0; i < s->n_books && row < 3; i++) {
		const struct snap_book *b = &s->book[i];
		if (b->sigma_year <= 0)
			continue;
		x = cv_printf(c, x, y + row, ROLE_TEXT, T_DIM "%.8s " T_TEXT "%s   ", b->coin,
			      fmt_double(b->sigma_year * 100, 0, 0).s);
		if (x > l->cols - 30) {
			x = 125;
			row++;
		}
	}
}

/* What found no row: how many legs, and which of them is nearest. A pool that is hidden whole is
 * told by its own distance; of one whose row stands, the leg that alone dies first. */
static void and_safer(const struct ui *u, struct canvas *c, const struct layout *l, int y,
		      const struct ui_row *rows, int from, int n)
{
	const struct snap *s = u->snap;
	const struct snap_leg *near = NULL;
	const struct snap_pool *pool = NULL;
	char what[120] = "";
	int legs = 0, at = 0;

	for (int i = from; i < n; i++) {
		const struct snap_pool *p = &s->pool[rows[i].pool];
		const struct snap_leg *g = rows[i].leg >= 0 ? &s->leg[rows[i].leg] : NULL;

		legs += g != NULL;
		if ((!g || p->n_legs == 1) && p->has_dies && !pool)
			pool = p; /* pools stand by danger */
		if (g && p->n_legs > 1 && g->has_alone &&
		    (!near || fabs(g->alone_pct) < fabs(near->alone_pct)))
			near = g;
	}
	if (near)
		at = snprintf(what, sizeof what, ", nearest alone %.8s %s %%", near->coin,
			      fmt_double(fabs(near->alone_pct), 2, 0).s);
	if (pool)
		snprintf(what + at, sizeof what - (size_t)at, ", %s BTC %s %%",
			 near ? "next pool" : "nearest", fmt_pct(pool->dies_pct, SIGN_MINUS).s);
	if (l->size <= SIZE_PHONE)
		cv_textf(c, 2, y, l->cols - 3, ROLE_DIM, "and %d legs, Enter lists", legs);
	else
		cv_textf(c, 4, y, l->cols - 6, ROLE_DIM, "and %d leg%s more%s", legs,
			 legs == 1 ? "" : "s", what);
}

void view_pools(const struct ui *u, struct canvas *c, const struct layout *l)
{
	struct ui_row rows[SNAP_POOLS + POSITIONS_MAX];
	const struct snap *s = u->snap;
	int h = l->pools.h, n, shown = ui_rows_shown(u, h, rows, (int)COUNT_OF(rows), &n);

	if (l->heading.h && n)
		heading(c, l);
	if (!n && l->pools.h)
		cv_text(c, l->size <= SIZE_PHONE ? 1 : 4, l->pools.y, l->cols - 5, ROLE_DIM,
			ui_no_positions(s));
	for (int i = 0; i < shown; i++) {
		const struct ui_row *r = &rows[i];
		const struct snap_pool *p = &s->pool[r->pool];
		int y = l->pools.y + i;
		if (l->size <= SIZE_PHONE)
			phone_row(u, c, l, y, p, r->leg < 0 ? NULL : &s->leg[r->leg]);
		else if (r->leg < 0)
			pool_row(u, c, l, y, p);
		else
			leg_row(u, c, l, y, p, &s->leg[r->leg]);
	}
	if (shown < n && h > 0)
		and_safer(u, c, l, l->pools.y + h - 1, rows, shown, n);
	thresholds(u, c, l);
}
