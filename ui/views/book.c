/* book.c: the ladder of the selected market: prices, sizes, cumulative depth, own orders, and which
 * rows the running exit would take if it were closed now. Rows are 1, 2 or 5 x 10^k ticks. */
#include "ui/views/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

enum { LADDER_MAX = 80 };

struct ladder {
	double step, mark, mid;
	int decimals, rows_up, rows_down;
	bool sell; /* the exit's side; it takes bids */
	double want, reach, filled, value;
	bool has_exit;
};

/* Walks the side the exit would hit. */
static void walk(struct ladder *l, const struct book *b)
{
	const struct level *side = l->sell ? b->bid : b->ask;
	int n = l->sell ? b->n_bid : b->n_ask;

	for (int i = 0; i < n && l->filled < l->want; i++) {
		double q = qty_to_double(side[i].sz), p = price_to_double(side[i].px);
		if (q > l->want - l->filled)
			q = l->want - l->filled;
		l->filled += q;
		l->value += q * p;
		l->reach = p;
	}
}

static double pick_step(double tick, double need, int offset)
{
	static const int m[] = {1, 2, 5};
	int i = 0;

	while (i < 40 && tick * m[i % 3] * pow(10, i / 3) < need * 0.999)
		i++;
	i += offset;
	if (i < 0)
		i = 0;
	return tick * m[i % 3] * pow(10, i / 3);
}

/* Depth of one row: levels inside (lo, hi]; asks are rounded up, bids down. */
static double row_depth(const struct book *b, bool bids, double px, double step)
{
	const struct level *side = bids ? b->bid : b->ask;
	int n = bids ? b->n_bid : b->n_ask;
	double sum = 0;

	for (int i = 0; i < n; i++) {
		double p = price_to_double(side[i].px);
		double row = bids ? floor(p / step + 1e-6) * step : ceil(p / step - 1e-6) * step;
		if (fabs(row - px) < step * 0.01)
			sum += qty_to_double(side[i].sz);
	}
	return sum;
}

static void own_orders(const struct ui *u, struct canvas *c, struct rect r, int x_min, int y,
		       const struct snap_book *b, double px, double step, bool bids)
{
	const struct snap *s = u->snap;

	for (uint32_t i = 0; i < s->n_orders; i++) {
		const struct snap_order *o = &s->order[i];
		double p = price_to_double(o->px);
		double row = bids ? floor(p / step + 1e-6) * step : ceil(p / step - 1e-6) * step;
		if (o->trigger || o->instr != b->book.instr || o->buy != bids ||
		    fabs(row - px) > step * 0.01)
			continue;
		struct num size = fmt_fixed(o->sz.v, QTY_DIGITS, 3, SIGN_MINUS);
		if (o->exit)
			cv_rightf(c, x_min, r.x + r.w, y, ROLE_ACCENT_B, "◂ %s x%u", size.s,
				  o->exit);
		else
			cv_rightf(c, x_min, r.x + r.w, y, ROLE_ACCENT_B, "◂ %s", size.s);
		return;
	}
}

static void row(const struct ui *u, struct canvas *c, struct rect r, int y,
		const struct snap_book *b, const struct ladder *l, double px, double size,
		double cum, double max_cum, bool bids, enum size_class sz)
{
	bool hit = l->has_exit && bids == l->sell;
	bool taken =
		hit && (cum - size) < l->want - 1e-9 && l->want > 0 && (size > 0 || cum < l->want);
	enum role text = taken ? ROLE_TEXT : bids == l->sell && l->has_exit ? ROLE_TEXT : ROLE_DIM;
	int dec = max_cum < 100 ? 2 : max_cum < 10000 ? 1 : 0;
	int bars = r.w - 34;

	if (!l->has_exit)
		text = ROLE_TEXT;
	if (taken)
		cv_put(c, r.x, y, ROLE_ACCENT, "▌");
	cv_num(c, r.x + 1, y, 8, text, fmt_double(px, l->decimals, SIGN_MINUS).s);
	if (size > 0)
		cv_num(c, r.x + 9, y, 8, text,
		       (size < 99999 ? fmt_double(size, dec, 0) : fmt_km(size, 0)).s);
	else
		cv_num(c, r.x + 9, y, 8, ROLE_DIM, "–");
	cv_num(c, r.x + 17, y, 8, text, (cum < 99999 ? fmt_double(cum, dec, 0) : fmt_km(cum, 0)).s);
	if (r.w >= 34 && l->mark > 0)
		cv_num(c, r.x + 25, y, 7, text,
		       fmt_double((px / l->mark - 1) * 1e4, fabs(px / l->mark - 1) < 0.1 ? 1 : 0,
				  SIGN_PLUS)
			       .s);
	if (bars > 0 && max_cum > 0) {
		int len = (int)lround(cum / max_cum * bars);
		cv_hline(c, r.x + 34, y,
			 len < 1      ? 1
			 : len > bars ? bars
				      : len,
			 taken ? ROLE_ACCENT : ROLE_FAINT, G_FULL);
	}
	if (sz >= SIZE_M)
		own_orders(u, c, r, r.x + 34, y, b, px, l->step, bids);
}

static double span_end(const struct book *b, bool bids)
{
	int n = bids ? b->n_bid : b->n_ask;

	return n ? price_to_double((bids ? b->bid : b->ask)[n - 1].px) : 0;
}

/* Beyond the last level told: there is depth, but nobody said how much. */
static void row_end(struct canvas *c, struct rect r, int y, const struct ladder *l, double px,
		    bool first)
{
	cv_num(c, r.x + 1, y, 8, ROLE_DIM, fmt_double(px, l->decimals, SIGN_MINUS).s);
	cv_text(c, r.x + 12, y, r.w - 12, ROLE_DIM, first ? "the venue tells no deeper" : "");
}

static void summary(const struct ui *u, struct canvas *c, struct rect r, int y,
		    const struct ladder *l, const struct snap_exit *x, const struct snap_book *b,
		    enum size_class size)
{
	const struct snap_account *a = ui_account(u);
	double avg = l->filled > 0 ? l->value / l->filled : 0;
	double bp = l->mark > 0 ? (avg / l->mark - 1) * 1e4 * (l->sell ? 1 : -1) : 0;
	double cost = fabs(l->mark - avg) * l->filled;
	double fee = a ? l->value * ratio_to_double(a->fee_taker) : 0;
	struct num want = fmt_fixed(x->left.v, QTY_DIGITS, 3, SIGN_MINUS);
	bool all = l->filled >= l->want - 1e-9;
	int w = r.w - 2;

	cv_put(c, r.x, y, ROLE_ACCENT, "▌");
	if (size <= SIZE_S) {
		if (all)
			cv_textf(c, r.x + 2, y, w, ROLE_DIM,
				 "last " T_TEXT "%s" T_DIM " now: " T_TEXT "%s, %s bp", want.s,
				 fmt_double(l->reach, l->decimals, 0).s,
				 fmt_double(bp, 1, SIGN_PLUS).s);
		else
			cv_textf(c, r.x + 2, y, w, ROLE_DIM,
				 "last " T_TEXT "%s" T_DIM ": more than the book", want.s);
		return;
	}
	const char *verb = l->sell ? "sell" : "buy";
	if (all)
		cv_textf(c, r.x + 2, y, w, ROLE_DIM,
			 "%s the last " T_TEXT "%s" T_DIM " now: %s to " T_TEXT "%s", verb, want.s,
			 l->sell ? "down" : "up", fmt_double(l->reach, l->decimals, 0).s);
	else
		cv_textf(c, r.x + 2, y, w, ROLE_DIM,
			 "%s the last " T_TEXT "%s" T_DIM ": the book holds " T_TEXT "%s", verb,
			 want.s, fmt_double(l->filled, 3, 0).s);
	cv_put(c, r.x, y + 1, ROLE_ACCENT, "▌");
	cv_textf(c, r.x + 2, y + 1, w, ROLE_DIM,
		 "average " T_TEXT "%s" T_DIM ", %s bp, %s + fee %s USD",
		 fmt_double(avg, l->decimals, 0).s, fmt_double(bp, 1, SIGN_PLUS).s,
		 fmt_usd(cost, 9, 0).s, fmt_usd(fee, 9, 0).s);
	(void)b;
}

static void mark_row(struct canvas *c, struct rect r, int y, const struct ladder *l,
		     const struct snap_book *b, enum size_class size)
{
	double oracle = price_to_double(b->oracle), last = price_to_double(b->last);
	int px = fmt_px_decimals(l->mark, 10);

	cv_num(c, r.x + 1, y, 8, ROLE_STRONG,
	       fmt_double(l->mark, l->decimals > px ? l->decimals : l->decimals, 0).s);
	int at = cv_put(c, r.x + 10, y, ROLE_DIM, "mark");
	if (size < SIZE_M || l->mark <= 0)
		return;
	if (size == SIZE_L && b->book.n_bid && b->book.n_ask) {
		double sp = price_to_double(b->book.ask[0].px) - price_to_double(b->book.bid[0].px);
		cv_textf(c, at + 4, y, r.x + r.w - at - 4, ROLE_DIM, "spread %s USD, %s bp",
			 fmt_double(sp, l->decimals, 0).s, fmt_double(sp / l->mark * 1e4, 1, 0).s);
		return;
	}
	if (oracle > 0)
		at = cv_printf(c, at + 4, y, ROLE_DIM, "oracle %s",
			       fmt_double((oracle / l->mark - 1) * 1e4, 1, SIGN_PLUS).s);
	if (last > 0)
		cv_textf(c, at + 2, y, r.x + r.w - at - 2, ROLE_DIM, "last %s bp",
			 fmt_double((last / l->mark - 1) * 1e4, 1, SIGN_PLUS).s);
}

static void extra_lines(const struct ui *u, struct canvas *c, struct rect r, int y,
			const struct ladder *l, const struct snap_book *b,
			const struct snap_exit *x)
{
	double oracle = price_to_double(b->oracle), last = price_to_double(b->last);

	if (l->mark > 0)
		cv_textf(c, r.x + 2, y, r.w - 2, ROLE_DIM,
			 "oracle " T_TEXT "%s" T_DIM " %s bp   last " T_TEXT "%s" T_DIM
			 " %s bp  %s",
			 fmt_double(oracle, l->decimals, 0).s,
			 fmt_double((oracle / l->mark - 1) * 1e4, 1, SIGN_PLUS).s,
			 fmt_double(last, l->decimals, 0).s,
			 fmt_double((last / l->mark - 1) * 1e4, 1, SIGN_PLUS).s,
			 fmt_dur(snap_age_s(u, b->last_ns)).s);
	char takes[64] = "";
	if (x)
		snprintf(takes, sizeof takes, "   x%u takes %s %% of it, cap %s %%", x->id,
			 fmt_double(x->cost.volume_share * 100, 0, 0).s,
			 fmt_double(x->cap * 100, 0, 0).s);
	cv_textf(c, r.x + 2, y + 1, r.w - 2, ROLE_DIM, "volume 1m " T_TEXT "%s" T_DIM " %s%s",
		 fmt_double(b->volume_1m, b->volume_1m < 1000 ? 1 : 0, 0).s, b->coin, takes);
}

/* From the touch to the last level known, on the side that would be taken. */
static double span(const struct book *b, bool sell)
{
	int n = sell ? b->n_bid : b->n_ask;
	const struct level *s = sell ? b->bid : b->ask;

	return n ? fabs(price_to_double(s[0].px) - price_to_double(s[n - 1].px)) : 0;
}

/* The smallest distance of two levels: finer rows would be holes. */
static double gap(const struct book *b)
{
	double least = 0;

	for (int k = 0; k < 2; k++) {
		const struct level *s = k ? b->bid : b->ask;
		for (int i = 1; i < (k ? b->n_bid : b->n_ask); i++) {
			double d = fabs(price_to_double(s[i].px) - price_to_double(s[i - 1].px));
			least = least > 0 && least < d ? least : d;
		}
	}
	return least;
}

/* A step stays while it serves: one frame more or less of depth does not move the ladder. */
static double steady_step(struct ui *u, const char *coin, double tick, double need)
{
	double step = pick_step(tick, need, 0), roomy = pick_step(tick, need * 1.8, 0);

	if (strcmp(u->book_coin, coin) || u->book_auto < step * 0.999 ||
	    u->book_auto > roomy * 1.001)
		u->book_auto = step;
	snprintf(u->book_coin, sizeof u->book_coin, "%s", coin);
	return pick_step(tick, u->book_auto, u->book_step);
}

static void ladder_setup(struct ladder *l, struct ui *u, const struct snap_book *b,
			 const struct snap_exit *x, int n)
{
	*l = (struct ladder){0};
	l->mark = price_to_double(b->mark);
	l->sell = x ? !x->buy : true;
	l->has_exit = x && x->left.v != 0;
	l->want = x ? fabs(qty_to_double(x->left)) : 0;
	const struct snap_leg *leg = ui_leg_find(u->snap, b->coin, -1);
	int pxd = leg ? leg->px_decimals : 6;
	if (!x && leg)
		l->sell = leg->szi.v > 0;
	int dec = fmt_px_decimals(l->mark, pxd);
	double tick = pow(10, -dec);
	walk(l, &b->book);
	int hit = (int)lround(n * 0.72);
	if (hit < 1)
		hit = 1;
	double best = l->sell ? (b->book.n_bid ? price_to_double(b->book.bid[0].px) : l->mark)
			      : (b->book.n_ask ? price_to_double(b->book.ask[0].px) : l->mark);
	bool whole = l->reach > 0 && l->filled >= l->want * 0.999;
	double need = (whole ? fabs(best - l->reach) : span(&b->book, l->sell)) /
		      (hit > 13 ? hit + 1 : 14);
	l->step = steady_step(u, b->coin, tick, fmax(need, gap(&b->book)));
	while (dec > 0 &&
	       fabs(l->step * pow(10, dec - 1) - round(l->step * pow(10, dec - 1))) < 1e-9)
		dec--;
	int shown = fmt_px_decimals(l->mark, pxd);
	l->decimals = shown;
	l->rows_down = l->sell ? hit : n - hit;
	l->rows_up = n - l->rows_down;
}

static void ladder_heading(struct canvas *c, struct rect r, int y, enum size_class size)
{
	cv_right(c, r.x, r.x + 9, y, ROLE_DIM, "price");
	cv_right(c, r.x, r.x + 17, y, ROLE_DIM, "size");
	cv_right(c, r.x, r.x + 25, y, ROLE_DIM, "cum");
	cv_right(c, r.x, r.x + 32, y, ROLE_DIM, "bp");
	if (size >= SIZE_M)
		cv_put(c, r.x + 34, y, ROLE_DIM, "cum depth");
}

void view_book(struct ui *u, struct canvas *c, struct rect r, enum size_class size)
{
	view_book_of(u, c, r, size, ui_leg(u));
}

void view_book_of(struct ui *u, struct canvas *c, struct rect r, enum size_class size,
		  const struct snap_leg *leg)
{
	const struct snap_book *b = leg ? ui_book(u->snap, leg->coin) : NULL;
	int extra = size == SIZE_L ? 7 : size == SIZE_M ? 5 : 4;
	int n = r.h - extra, y = r.y;
	struct rect old = canvas_clip(c, r);

	if (!leg || r.h < 3 || r.w < 26) {
		canvas_clip(c, old);
		c->clip = old;
		return;
	}
	double age = b ? snap_age_s(u, b->book.seen_ns) : -1;
	const struct snap_exit *x = NULL;
	for (uint32_t i = 0; i < u->snap->n_exits; i++)
		if (exit_is_live(&u->snap->exit[i]) && u->snap->exit[i].instr == leg->instr) {
			x = &u->snap->exit[i];
			break;
		}
	if (!b || !b->book.n_bid || !b->book.n_ask) {
		cv_textf(c, r.x, y, r.w, ROLE_TITLE, "%s book" T_DIM "  no book yet", leg->coin);
		c->clip = old;
		return;
	}
	struct snap_book deep = *b; /* the same market, read as far as its size needs */
	double size_here = fabs(qty_to_double(x ? x->left : leg->szi));
	const struct book *chosen = ui_depth(b, x ? !x->buy : leg->szi.v > 0, size_here);
	bool is_deep = chosen == &b->deep;
	deep.book = *chosen;
	b = &deep;
	struct ladder l;
	ladder_setup(&l, u, b, x, n);
	int at = cv_printf(
		c, r.x, y, ROLE_TITLE, "%s book" T_DIM "  %s USD rows%s", leg->coin,
		fmt_double(l.step, l.step >= 1 ? 0 : (int)ceil(-log10(l.step) - 1e-9), 0).s,
		is_deep ? ", deep" : "");
	bool blind = age >= 3;
	cv_rightf(c, at + 1, r.x + r.w, y, ROLE_DIM, "%s%sage %s", blind ? T_DANG : "",
		  blind ? "BLIND " : "", age_text(age, 1e9).s);
	y++;
	if (n >= 2)
		ladder_heading(c, r, y++, size);
	if (n < 2) {
		c->clip = old;
		return;
	}
	double ask0 = ceil(price_to_double(b->book.ask[0].px) / l.step - 1e-6) * l.step;
	double bid0 = floor(price_to_double(b->book.bid[0].px) / l.step + 1e-6) * l.step;
	double up[LADDER_MAX], down[LADDER_MAX], cu = 0, cd = 0;
	int nu = l.rows_up < LADDER_MAX ? l.rows_up : LADDER_MAX;
	int nd = l.rows_down < LADDER_MAX ? l.rows_down : LADDER_MAX;
	for (int i = 0; i < nu; i++)
		cu += up[i] = row_depth(&b->book, false, ask0 + i * l.step, l.step);
	for (int i = 0; i < nd; i++)
		cd += down[i] = row_depth(&b->book, true, bid0 - i * l.step, l.step);
	double max = cu > cd ? cu : cd, cum = cu;
	int end_up = (int)lround((span_end(&b->book, false) - ask0) / l.step + 0.499);
	int end_down = (int)lround((bid0 - span_end(&b->book, true)) / l.step + 0.499);
	bool marked =
		false; /* it stands between the prices it lies between, not always the touch */
	for (int i = nu - 1; i >= 0; i--) {
		double px = ask0 + i * l.step;
		if (!marked && l.mark > px * (1 + 1e-9))
			mark_row(c, r, y++, &l, b, size), marked = true;
		if (i > end_up)
			row_end(c, r, y++, &l, px, i == end_up + 1);
		else
			row(u, c, r, y++, b, &l, px, up[i], cum, max, false, size);
		cum -= up[i];
	}
	cum = 0;
	for (int i = 0; i < nd; i++) {
		double px = bid0 - i * l.step;
		if (!marked && l.mark >= px * (1 - 1e-9))
			mark_row(c, r, y++, &l, b, size), marked = true;
		cum += down[i];
		if (i > end_down)
			row_end(c, r, y++, &l, px, i == end_down + 1);
		else
			row(u, c, r, y++, b, &l, px, down[i], cum, max, true, size);
	}
	if (!marked)
		mark_row(c, r, y++, &l, b, size);
	if (l.has_exit) {
		summary(u, c, r, y, &l, x, b, size);
		y += size >= SIZE_M ? 2 : 1;
	}
	if (size == SIZE_L)
		extra_lines(u, c, r, y, &l, b, x);
	c->clip = old;
}
