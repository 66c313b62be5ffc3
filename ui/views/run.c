/* run.c: the seconds after: every leg as a row, the time strip, what is known now, and the steps to
 * the end; then the end. UNKNOWN never turns into anything by waiting. */
#include "ui/views/view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "core/order.h"
#include "base/banned.h"

static const char *const verb_names[VERBS] = {
	[VERB_NOW] = "NOW", [VERB_CARE] = "CARE", [VERB_TRIM] = "TRIM"};

static double since_s(const struct ui *u)
{
	const struct snap_flat *f = &u->snap->flat;

	if (f->state >= FLAT_FLAT && f->end_ms > f->start_ms)
		return (double)(f->end_ms - f->start_ms) * 1e-3;
	return snap_age_s(u, f->start_ns);
}

/* The snapshot counts a loss as positive; a person reads it with its minus. */
static struct num loss(struct money m)
{
	return fmt_money((struct money){-m.v}, 12, SIGN_MINUS);
}

/* "−9,726", and how much of it lies beyond every book that was seen. */
static struct num expected(const struct snap_flat *f)
{
	struct num n = loss(f->expected);
	size_t len = strlen(n.s);
	double share = f->expected.v > 0 ? (double)f->model.v / (double)f->expected.v : 0;

	if (share >= 0.01)
		snprintf(n.s + len, sizeof n.s - len, " (%.0f %% model)", 100 * fmin(share, 1));
	return n;
}

/* Has filled what it was for: of NOW the order, of CARE and TRIM the whole of the leg's part. */
static bool row_done(const struct snap_flat_row *r)
{
	return (r->state == ORDER_FILLED && r->verb == VERB_NOW) ||
	       (r->sz.v > 0 && r->filled.v >= r->sz.v);
}

static uint32_t slices_of(const struct ui *u)
{
	const struct snap_flat *f = &u->snap->flat;

	return f->n_slices ? f->n_slices : u->snap->panic.care_slices;
}

/* "slice 5 of 12"; a thin book takes more of them than that. */
static void slice_words(const struct ui *u, char *out, size_t cap)
{
	uint32_t n = slices_of(u), at = u->snap->flat.slice;

	if (at && n && at <= n) /* more than planned: that hangs on the depth to come */
		snprintf(out, cap, "slice %u of %s%u", at,
			 n > u->snap->panic.care_slices && u->snap->panic.care_slices ? "~" : "",
			 n);
	else
		snprintf(out, cap, "slice %u", at);
}

static bool row_unknown(const struct snap_flat_row *r)
{
	return r->state == ORDER_UNKNOWN || r->waits;
}

/* Rows of one leg stand together: the first of them? */
static bool first_of_leg(const struct snap_flat *f, uint32_t i)
{
	for (uint32_t k = 0; k < i; k++)
		if (!strcmp(f->row[k].coin, f->row[i].coin))
			return false;
	return true;
}

/* What all sends of the leg of row i have filled. */
static struct qty leg_filled(const struct snap_flat *f, uint32_t i)
{
	struct qty sum = {0};

	for (uint32_t k = i; k < f->n; k++)
		if (!strcmp(f->row[k].coin, f->row[i].coin))
			sum.v += f->row[k].filled.v;
	return sum;
}

static bool leg_done(const struct snap_flat *f, uint32_t i)
{
	return row_done(&f->row[i]) || (f->row[i].sz.v > 0 && leg_filled(f, i).v >= f->row[i].sz.v);
}

static void state_of(const struct snap_flat *f, char *out, size_t cap)
{
	static const char *const not_yet[VERBS] = {[VERB_NOW] = "flat? not yet",
						   [VERB_CARE] = "flat? not yet",
						   [VERB_TRIM] = "cut? not yet"};

	if (f->state == FLAT_FLAT)
		snprintf(out, cap, T_OK "%s",
			 f->all			? "FLAT"
			 : f->verb == VERB_TRIM ? "TRIMMED"
						: "CLOSED");
	else if (f->state == FLAT_NOT_FLAT)
		snprintf(out, cap, T_DANG "%s", f->verb == VERB_TRIM ? "NOT TRIMMED" : "NOT FLAT");
	else if (f->paused)
		snprintf(out, cap, T_CAUT "PAUSED");
	else
		snprintf(out, cap, T_DIM "%s", not_yet[f->verb % VERBS]);
}

static void head(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct snap_flat *f = &u->snap->flat;
	const char *gap = l->size >= SIZE_M ? "   " : "  ";
	uint32_t filled = 0, legs = 0;
	char unknown[48] = "", state[64], care[80] = "", cancels[60] = "", text[400];

	for (uint32_t i = 0; i < f->n; i++) {
		legs += first_of_leg(f, i);
		filled += first_of_leg(f, i) && leg_done(f, i);
	}
	if (f->unknown)
		snprintf(unknown, sizeof unknown, T_DIM ", " T_UNK "%u UNKNOWN", f->unknown);
	if (f->verb == VERB_CARE) {
		char words[40];
		slice_words(u, words, sizeof words);
		snprintf(care, sizeof care, "%s" T_TEXT "%s", gap, words);
	}
	if (f->cancels_sent)
		snprintf(cancels, sizeof cancels, T_DIM "%scancels " T_TEXT "%u of %u", gap,
			 f->cancels_done, f->cancels_sent);
	state_of(f, state, sizeof state);
	if (l->cols < 60)
		snprintf(text, sizeof text, "%s " T_ACCB "%s s" T_DIM " " T_TEXT "%u/%u%s%s  %s",
			 verb_names[f->verb % VERBS], fmt_double(since_s(u), 1, 0).s, filled, legs,
			 unknown[0] ? "" : " filled", unknown, state);
	else if (l->cols < 80)
		snprintf(text, sizeof text,
			 "%s" T_DIM "  p%u  " T_ACCB "%s s" T_DIM "  " T_TEXT
			 "%u/%u filled%s%s  %s",
			 verb_names[f->verb % VERBS], f->id, fmt_double(since_s(u), 1, 0).s, filled,
			 legs, unknown, care, state);
	else
		snprintf(text, sizeof text,
			 "%s" T_DIM "  p%u%s" T_ACCB "%s s" T_DIM "%s%s" T_TEXT
			 "%u of %u filled%s%s%s%s%s",
			 verb_names[f->verb % VERBS], f->id, gap, fmt_double(since_s(u), 1, 0).s,
			 gap, l->size >= SIZE_M ? "legs " : "", filled, legs, unknown, care,
			 cancels, gap, state);
	int end = cv_text(c, 1, y, l->cols - 2, ROLE_TITLE, text);
	cv_rightf(c, end + 3, l->cols - 1, y, ROLE_DIM, "started %s", fmt_clock(f->start_ms).s);
}

/* ---- the table ---- */

/* Where the columns end: 120, 80, 60. */
struct run_cols {
	int side, size, rung, sent, answered, filled, average, bp, state;
};

static struct run_cols cols_of(const struct layout *l, const struct snap_flat *f)
{
	static const struct run_cols m = {6, 24, 31, 42, 51, 64, 75, 83, 86};
	static const struct run_cols s = {6, 20, 25, 32, 41, 51, 60, 66, 67};
	static const struct run_cols proof = {6, 20, 25, 0, 34, 44, 53, 59, 60}; /* room for it */
	static const struct run_cols small = {6, 20, 25, 0, 33, 44, 0, 0, 45};

	return l->size >= SIZE_M ? m : l->cols < 80 ? small : f->verb == VERB_NOW ? s : proof;
}

static void heading(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	struct run_cols k = cols_of(l, &u->snap->flat);
	bool m = l->size >= SIZE_M;

	cv_put(c, 1, y, ROLE_DIM, "leg");
	cv_right(c, 0, k.size, y, ROLE_DIM, "size");
	cv_right(c, 0, k.rung, y, ROLE_DIM, "rung");
	if (k.sent)
		cv_right(c, 0, k.sent, y, ROLE_DIM, m ? "sent ms" : "sent");
	cv_right(c, 0, k.answered, y, ROLE_DIM, m || k.sent ? "answered" : "answer");
	cv_right(c, 0, k.filled, y, ROLE_DIM, "filled");
	if (k.average) {
		cv_right(c, 0, k.average, y, ROLE_DIM, "average");
		cv_right(c, 0, k.bp, y, ROLE_DIM, "bp");
	}
	if (m)
		cv_put(c, k.state, y, ROLE_DIM, "state");
}

/* What a row says of itself; capitals are venue facts or proofs. */
static enum role row_state(const struct snap_flat_row *r, double age_s, bool again, int w,
			   char *out, size_t cap)
{
	if (r->state == ORDER_UNKNOWN && !r->waits) {
		snprintf(out, cap, "UNKNOWN %s s", fmt_double(age_s, 1, 0).s);
		return age_s >= 3 ? ROLE_DANGER : ROLE_UNKNOWN;
	}
	if (r->waits) {
		snprintf(out, cap, w < 19 ? "waits for proof%.0s" : "waits for proof %s s",
			 fmt_double(age_s, 0, 0).s);
		return age_s >= 3 ? ROLE_DANGER : ROLE_UNKNOWN;
	}
	if (row_done(r)) {
		snprintf(out, cap, "FILLED");
		return ROLE_OK;
	}
	if (r->state == ORDER_FILLED && r->verb != VERB_NOW) {
		snprintf(out, cap, "%s filled", r->verb == VERB_CARE ? "slice" : "part");
		return ROLE_TEXT;
	}
	if (r->beyond) {
		snprintf(out, cap, w < 18 ? "at break-even" : "held at break-even");
		return ROLE_CAUTION;
	}
	if (r->rests || r->state == ORDER_RESTING) {
		snprintf(out, cap, "%s",
			 !r->rests ? "rests"
			 : w < 19  ? "first in line"
				   : "rests first in line");
		return ROLE_TEXT;
	}
	if (again && r->state == ORDER_SENT) {
		snprintf(out, cap, "sent %s s%s", fmt_double(age_s, 1, 0).s,
			 w < 20 ? "" : ", new nonce");
		return ROLE_TEXT;
	}
	snprintf(out, cap, "%s", r->sent_ms < 0 ? "waits its turn" : order_state_text(r->state));
	if (r->tries > 1 && w >= 24) {
		size_t n = strlen(out);
		snprintf(out + n, cap - n, ", %u tries", r->tries);
	}
	return r->state == ORDER_REJECTED ? ROLE_CAUTION : ROLE_TEXT;
}

static bool whole(struct qty q)
{
	return q.v % 100000000 == 0 && q.v < INT64_C(100000000000000);
}

static struct num filled_text(const struct snap_flat_row *r, int w)
{
	struct num n = fmt_size(r->filled, r->sz_decimals), all = fmt_size5(r->sz);

	if (row_done(r) || (!row_unknown(r) && r->state != ORDER_SENT))
		return cv_width(n.s) > w ? fmt_size5(r->filled) : n;
	/* a range while nobody knows */
	if (whole(r->sz))
		all = fmt_double(qty_to_double(r->sz), 0, 0);
	snprintf(n.s, sizeof n.s, "%.14s to %.14s", r->filled.v ? fmt_size5(r->filled).s : "0",
		 all.s);
	return cv_width(n.s) > w ? all : n;
}

static void row(const struct ui *u, struct canvas *c, const struct layout *l, int y, uint32_t i)
{
	const struct snap_flat *f = &u->snap->flat;
	const struct snap_flat_row *r = &f->row[i];
	struct run_cols k = cols_of(l, f);
	int room = l->cols < 60 ? l->cols - 21 : l->cols - k.state;
	bool again = !first_of_leg(f, i), unknown = row_unknown(r);
	double age = since_s(u) - r->sent_ms * 1e-3;
	char state[48];
	enum role st = row_state(r, age, again, room, state, sizeof state);

	if (again) {
		cv_put(c, k.side, y, ROLE_DIM, "again");
	} else {
		cv_text(c, 1, y, 4, ROLE_STRONG, r->coin);
		cv_put(c, k.side, y, ROLE_TEXT, r->buy ? "buy" : "sell");
	}
	if (l->cols < 60) {
		cv_num(c, 10, y, 9, ROLE_TEXT, fmt_size5(r->sz).s);
		cv_text(c, 21, y, room, st, state);
		return;
	}
	struct num size = fmt_size(r->sz, r->sz_decimals);
	cv_num(c, k.side + 5, y, k.size - k.side - 5, again ? ROLE_DIM : ROLE_TEXT,
	       cv_width(size.s) > k.size - k.side - 5 ? fmt_size5(r->sz).s : size.s);
	cv_num(c, k.size, y, k.rung - k.size, ROLE_TEXT,
	       f->verb == VERB_CARE && !r->rung ? "–" : fmt_double(r->rung, 0, 0).s);
	if (k.sent)
		cv_num(c, k.rung, y, k.sent - k.rung, ROLE_DIM,
		       r->sent_ms < 0 ? "–" : fmt_double(r->sent_ms, 0, 0).s);
	int from = k.sent ? k.sent : k.rung;
	cv_num(c, from, y, k.answered - from, unknown ? ROLE_UNKNOWN : ROLE_TEXT,
	       r->answered_ms < 0 ? "–" : fmt_double(r->answered_ms, 0, 0).s);
	if (!again || r->filled.v)
		cv_num(c, k.answered, y, k.filled - k.answered, unknown ? ROLE_UNKNOWN : ROLE_TEXT,
		       filled_text(r, k.filled - k.answered - 1).s);
	if (k.average && (!again || r->avg.v)) {
		cv_num(c, k.filled, y, k.average - k.filled, ROLE_TEXT,
		       fmt_price(r->avg, r->px_decimals).s);
		cv_num(c, k.average, y, k.bp - k.average, ROLE_TEXT,
		       r->avg.v ? fmt_double(r->bp, 1, SIGN_PLUS).s : "–");
	}
	cv_text(c, k.state, y, room, st, state);
}

/* ---- the time strip ---- */

static void strip_row(struct canvas *c, const struct snap_flat *f, uint32_t i, int x0, int w, int y,
		      double now, double span)
{
	int to = (int)(now / span * w);

	cv_text(c, 1, y, 10, ROLE_TEXT, f->row[i].coin);
	cv_hline(c, x0, y, to < w ? to : w, ROLE_FAINT, 0xb7);
	for (uint32_t k = i; k < f->n; k++) {
		const struct snap_flat_row *q = &f->row[k];
		bool unknown = row_unknown(q);
		if (strcmp(q->coin, f->row[i].coin) || q->sent_ms < 0)
			continue;
		int a = (int)(q->sent_ms * 1e-3 / span * w);
		double end = q->answered_ms < 0 ? now : q->answered_ms * 1e-3;
		int b = (int)(end / span * w);
		a = a < w - 1 ? a : w - 1;
		b = b > a + 1 ? b : a + 2; /* a quick answer is seen too */
		b = b < w - 1 ? b : w - 1;
		for (int n = a + 1; n < b; n++)
			cv_cell(c, x0 + n, y, unknown ? ROLE_UNKNOWN : ROLE_DIM,
				unknown ? '?' : G_THIN);
		if (q->answered_ms >= 0)
			cv_cell(c, x0 + b, y, row_done(q) ? ROLE_OK : ROLE_TEXT,
				row_done(q) ? G_DOT : G_RING);
		cv_cell(c, x0 + a, y, ROLE_ACCENT_B, G_MARK);
	}
}

/* One line a leg: sent, unknown, answered. Returns the row after it. */
static int strip(const struct ui *u, struct canvas *c, const struct layout *l, int y, int bottom)
{
	static const char *const key[] = {T_ACCB "▸" T_DIM " sent", T_TEXT "○" T_DIM " answered",
					  T_OK "●" T_DIM " filled", T_UNK "?" T_DIM " no answer"};
	const struct snap_flat *f = &u->snap->flat;
	bool m = l->size >= SIZE_M;
	int x0 = 12, w = l->cols - x0 - (m ? 26 : 16), top = y;
	double now = since_s(u), span = now < 3 ? 3 : now < 10 ? 10 : now < 30 ? 30 : 120;

	if (w < 20 || bottom - y < 3)
		return y;
	for (uint32_t i = 0; i < f->n && y < bottom - 1; i++)
		if (first_of_leg(f, i))
			strip_row(c, f, i, x0, w, y++, now, span);
	for (int i = 0; i < 4 && top + i < y; i++)
		cv_printf(c, l->cols - (m ? 24 : 13), top + i, ROLE_DIM, "%s%s", key[i],
			  m && i == 1 ? ", some left" : "");
	int at = x0 + (int)(now / span * w);
	bool tell = f->state < FLAT_FLAT;
	bool ten = span > 9 && span < 11; /* ticks at round seconds */
	for (int i = 0, n = w >= 60 ? (ten ? 5 : 6) : ten ? 2 : 3; i <= n; i++) {
		int x = x0 + w * i / n;
		if (tell && x > at - 6 && x < at + 5 && i)
			continue; /* now stands there */
		double t = span * i / n;
		cv_right(c, x0, i ? x + 1 : x0 + 1, y, ROLE_DIM,
			 fmt_double(t, fabs(t - round(t)) < 1e-9 ? 0 : 1, 0).s);
	}
	if (tell && at > x0 + 2)
		cv_put(c, at - 1, y, ROLE_ACCENT_B, "now");
	return y + 1;
}

/* ---- what is not known, in words ---- */

static const struct snap_alarm *unknown_alarm(const struct snap *s)
{
	for (uint32_t i = 0; i < s->n_alarms; i++)
		if (s->alarm[i].code == NC_UNKNOWN)
			return &s->alarm[i];
	return NULL;
}

static const struct snap_flat_row *unknown_row(const struct snap_flat *f)
{
	for (uint32_t i = 0; i < f->n; i++)
		if (row_unknown(&f->row[i]))
			return &f->row[i];
	return NULL;
}

static int doubt(const struct ui *u, struct canvas *c, const struct layout *l, int y, int bottom)
{
	const struct snap_flat *f = &u->snap->flat;
	const struct snap_flat_row *r = unknown_row(f);
	const struct snap_alarm *a = unknown_alarm(u->snap);
	int w = l->cols - 2;
	char words[320];

	if (!r || bottom - y < 2)
		return y;
	bool zero = r->verb == VERB_NOW;
	if (l->rows >= 36)
		cv_textf(c, 1, y++, w, ROLE_STRONG, "%s" T_DIM "  %s", r->coin,
			 zero ? "target zero: it never waits for an answer"
			      : "a part: its size stays in flight until a verdict or a proof of "
				"death");
	if (a) {
		fmt_words(words, sizeof words, a->text);
		y += cv_wrap(c, 1, y, w < 78 ? w : 78, bottom - y < 2 ? bottom - y : 2, ROLE_TEXT,
			     words);
	}
	const struct snap_leg *g =
		ui_leg_find(u->snap, r->coin, f->account == 0xff ? -1 : f->account);
	if (g && y < bottom)
		cv_textf(c, 1, y++, w, ROLE_DIM,
			 "Last position %s ago: " T_TEXT "%s %s" T_DIM ".%s",
			 fmt_dur(snap_age_s(u, g->account_ns)).s,
			 fmt_size5((struct qty){llabs(g->szi.v)}).s, r->coin,
			 zero ? " Any path can answer." : " Nothing more goes for it until then.");
	return y;
}

/* ---- Now and Steps ---- */

static void pair(struct canvas *c, int x, int y, int w, const char *name, enum role role,
		 const char *value)
{
	cv_text(c, x, y, w - cv_width(value) - 1, ROLE_DIM, name);
	cv_right(c, x, x + w, y, role, value);
}

/* Legs still open of those under way: "ETH 310 or 0, BTC 4.2". */
static void left_words(const struct ui *u, char *out, size_t cap)
{
	const struct snap_flat *f = &u->snap->flat;
	size_t n = 0;
	int named = 0, more = 0;

	snprintf(out, cap, "none");
	for (uint32_t i = 0; i < f->n; i++) {
		const struct snap_flat_row *r = &f->row[i];
		if (!first_of_leg(f, i) || leg_done(f, i))
			continue;
		if (named >= 2 || (named && n > 14)) {
			more++;
			continue;
		}
		struct qty left = {r->sz.v - leg_filled(f, i).v};
		n += (size_t)snprintf(out + n, cap - n, "%s%.10s %s%s", named ? ", " : "", r->coin,
				      whole(left) ? fmt_double(qty_to_double(left), 0, 0).s
						  : fmt_size5(left).s,
				      row_unknown(r) ? " or 0" : "");
		named++;
	}
	if (more && n + 12 < cap)
		snprintf(out + n, cap - n, ", %d more", more);
}

static void now_panel(const struct ui *u, struct canvas *c, int x, int y, int w, int bottom)
{
	const struct snap *s = u->snap;
	const struct snap_flat *f = &s->flat;
	const struct snap_account *a = ui_account(u);
	char left[80], v[64];

	if (!a || y >= bottom)
		return;
	cv_textf(c, x, y++, w, ROLE_TITLE, "Now" T_DIM "  venue read %s ago",
		 fmt_dur(snap_age_s(u, a->read_ns)).s);
	snprintf(v, sizeof v, "%s est", fmt_money(a->equity, 12, 0).s);
	if (y < bottom)
		pair(c, x, y++, w, "equity USD", ROLE_STRONG, v);
	if (y < bottom)
		pair(c, x, y++, w, "cost so far USD, fees in", ROLE_TEXT, loss(f->cost).s);
	if (y < bottom)
		pair(c, x, y++, w, "expected was", ROLE_DIM, expected(f).s);
	if (y < bottom && f->worst.v)
		pair(c, x, y++, w, "at worst", ROLE_DIM, loss(f->worst).s);
	left_words(u, left, sizeof left);
	if (y < bottom)
		pair(c, x, y++, w, f->verb == VERB_TRIM ? "still to cut" : "positions left",
		     f->unknown ? ROLE_UNKNOWN : ROLE_TEXT, left);
	if (y < bottom && s->n_pools && s->pool[0].has_dies) {
		snprintf(v, sizeof v, "BTC %s %%", fmt_pct(s->pool[0].dies_pct, 0).s);
		pair(c, x, y, w, f->unknown ? "dies at, if nothing of it filled" : "dies at",
		     ROLE_TEXT, v);
	}
}

static void step(struct canvas *c, int x, int *y, int w, int bottom, const char *sign,
		 const char *words, const char *when)
{
	if (*y >= bottom)
		return;
	enum role r = sign[0] == '?' ? ROLE_UNKNOWN : sign[0] == '!' ? ROLE_CAUTION : ROLE_DIM;
	bool done = !strcmp(sign, "✓");

	cv_put(c, x, *y, done ? ROLE_OK : r, sign);
	cv_text(c, x + 2, *y, w - 3 - cv_width(when), done ? ROLE_TEXT : r, words);
	cv_right(c, x, x + w, *y, ROLE_DIM, when);
	++*y;
}

static struct num at_s(int32_t ms)
{
	struct num n;

	snprintf(n.s, sizeof n.s, "%s s", fmt_double(ms * 1e-3, 3, 0).s);
	return n;
}

/* The orders, as steps: the first, the rest, and each that is not known. */
static void order_steps(const struct ui *u, struct canvas *c, int x, int *y, int w, int bottom)
{
	const struct snap_flat *f = &u->snap->flat;
	const struct snap_flat_row *first = NULL;
	unsigned rest = 0, filled = 0, waiting = 0;
	int32_t last = -1;
	char words[96];

	for (uint32_t i = 0; i < f->n; i++)
		if (f->row[i].sent_ms >= 0 && (!first || f->row[i].sent_ms < first->sent_ms))
			first = &f->row[i];
	if (first) {
		snprintf(words, sizeof words, "%s: signed and sent", first->coin);
		step(c, x, y, w, bottom, "✓", words, at_s(first->sent_ms).s);
	}
	for (uint32_t i = 0; i < f->n; i++) {
		const struct snap_flat_row *r = &f->row[i];
		if (!first_of_leg(f, i))
			continue;
		waiting += r->sent_ms < 0;
		if (r == first || r->sent_ms < 0)
			continue;
		rest++;
		filled += leg_done(f, i);
		last = r->answered_ms > last ? r->answered_ms : last;
	}
	if (rest) {
		snprintf(words, sizeof words, "%u more sent: %u filled", rest, filled);
		step(c, x, y, w, bottom, filled == rest ? "✓" : "·", words,
		     last >= 0 ? at_s(last).s : "waiting");
	}
	if (waiting) {
		snprintf(words, sizeof words, "%u wait%s its turn", waiting,
			 waiting == 1 ? "s" : "");
		step(c, x, y, w, bottom, "·", words, "");
	}
	unsigned unknown = 0;
	for (uint32_t i = 0; i < f->n; i++)
		unknown += row_unknown(&f->row[i]);
	if (unknown > 2) {
		snprintf(words, sizeof words, "%u legs: no answer; %s", unknown,
			 f->verb == VERB_NOW ? "the next rung does not wait"
					     : "they wait for proof");
		step(c, x, y, w, bottom, "?", words, "");
		return;
	}
	for (uint32_t i = 0; i < f->n; i++) {
		const struct snap_flat_row *r = &f->row[i];
		if (!row_unknown(r))
			continue;
		bool zero = r->verb == VERB_NOW;
		snprintf(words, sizeof words, "%s rung %u: no answer%s", r->coin, r->rung,
			 zero ? "; the next rung does not wait" : "; waits for proof");
		step(c, x, y, w, bottom, "?", words, "");
	}
}

static void steps_panel(const struct ui *u, struct canvas *c, int x, int y, int w, int bottom)
{
	const struct snap_flat *f = &u->snap->flat;
	bool all_done = true, trim = f->verb == VERB_TRIM;
	char words[96];

	if (y >= bottom)
		return;
	cv_put(c, x, y++, ROLE_TITLE, "Steps");
	order_steps(u, c, x, &y, w, bottom);
	for (uint32_t i = 0; i < f->n; i++)
		all_done = all_done && (!first_of_leg(f, i) || leg_done(f, i));
	if (f->cancels_sent) {
		snprintf(words, sizeof words, "cancels sent, %u of %u gone", f->cancels_done,
			 f->cancels_sent);
		step(c, x, &y, w, bottom, f->cancels_done >= f->cancels_sent ? "✓" : "·", words,
		     "");
	}
	if (f->verb == VERB_CARE) {
		char when[24] = "";
		double left = (double)(f->next_ms - ui_wall_ms(u)) * 1e-3;
		if (f->next_ms && !f->paused && !all_done)
			snprintf(when, sizeof when, left > 0.5 ? "next in %s s" : "now",
				 fmt_double(left, 0, 0).s);
		slice_words(u, words, sizeof words);
		step(c, x, &y, w, bottom, all_done ? "✓" : "·", words, f->paused ? "paused" : when);
	}
	if (f->throttled)
		step(c, x, &y, w, bottom, "!", "the venue throttles: its pace is kept", "");
	snprintf(words, sizeof words, "two reads after the last answer: %u of 2", f->reads);
	step(c, x, &y, w, bottom, f->reads >= 2 ? "✓" : "·", words,
	     f->reads >= 2 ? ""
	     : all_done	   ? "waiting"
			   : "after");
	if (!trim) {
		step(c, x, &y, w, bottom, "·", "cancel protective stops, burn open nonces",
		     "after flat");
		step(c, x, &y, w, bottom, "·", f->all ? "say FLAT" : "say CLOSED", "");
	} else {
		step(c, x, &y, w, bottom, "·", "stops stay; say TRIMMED", "");
	}
}

/* CARE: how far it is against its plan. */
static int care_bar(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct snap_flat *f = &u->snap->flat;
	double done = 0, all = 0;
	int w = l->cols >= 80 ? l->cols - 40 : l->cols - 22;

	for (uint32_t i = 0; i < f->n; i++) {
		const struct snap_flat_row *r = &f->row[i];
		double p = r->px.v ? price_to_double(r->px) : price_to_double(r->avg);
		if (!first_of_leg(f, i))
			continue;
		all += qty_to_double(r->sz) * p;
		done += qty_to_double(r->filled) * p;
	}
	double share = all > 0 ? done / all : 0;
	uint32_t n = slices_of(u);
	double plan = n ? (double)f->slice / n : 0;
	int k = (int)(share * w), at = (int)((plan < 1 ? plan : 1) * w);
	if (w < 12)
		return y;
	cv_put(c, 1, y, ROLE_DIM, "closed");
	for (int i = 0; i < w; i++)
		cv_cell(c, 9 + i, y, i < k ? ROLE_ACCENT : ROLE_FAINT, i < k ? 0x2501 : G_THIN);
	cv_cell(c, 9 + (at < w ? at : w - 1), y, ROLE_TEXT, G_PLAN);
	cv_textf(c, 10 + w, y, l->cols - w - 11, ROLE_STRONG, "%s %%" T_DIM "%s",
		 fmt_double(share * 100, 0, 0).s, l->cols >= 80 ? "  ┃ plan" : "");
	return y + 1;
}

/* ---- the end ---- */

static int fact(struct canvas *c, const struct layout *l, int y, const char *name, enum role role,
		unsigned n, const char *note)
{
	if (y >= l->notice.y)
		return y;
	cv_put(c, 1, y, ROLE_DIM, name);
	cv_num(c, 15, y, 5, role, fmt_double(n, 0, 0).s);
	cv_text(c, 22, y, l->cols - 23, ROLE_DIM, note);
	return y + 1;
}

static int end_facts(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct snap *s = u->snap;
	const struct snap_flat *f = &s->flat;
	unsigned open = 0, dead = 0, orders = 0, adds = 0, live = 0;
	char note[96], left[80];

	for (uint32_t i = 0; i < s->n_legs; i++)
		open += s->leg[i].szi.v && (f->account == 0xff || s->leg[i].account == f->account);
	for (uint32_t i = 0; i < s->n_orders; i++) {
		orders++;
		adds += s->order[i].adds;
	}
	for (uint32_t i = 0; i < f->n; i++)
		dead += f->row[i].state == ORDER_DEAD;
	for (uint32_t i = 0; i < s->n_exits; i++)
		live += exit_is_live(&s->exit[i]);
	left_words(u, left, sizeof left);
	if (f->state == FLAT_FLAT)
		snprintf(note, sizeof note, "read %u times, venue time after the last answer",
			 f->reads ? f->reads : 2);
	else
		snprintf(note, sizeof note, "not closed: %s", left);
	y = fact(c, l, y, "positions", open && f->all ? ROLE_DANGER : ROLE_TEXT, open, note);
	y = fact(c, l, y, "can still open", adds ? ROLE_CAUTION : ROLE_TEXT, adds,
		 "orders, triggers, venue TWAPs, foreign ones too");
	snprintf(note, sizeof note, "%s", orders ? "screen 2 lists them" : "");
	y = fact(c, l, y, "resting", ROLE_TEXT, orders, note);
	y = fact(c, l, y, "unknown", f->unknown ? ROLE_UNKNOWN : ROLE_TEXT, f->unknown,
		 !f->unknown		 ? ""
		 : f->state == FLAT_FLAT ? "never answered; nothing is left to fill, nonces burned"
					 : "r reads again; it may have filled");
	if (dead)
		y = fact(c, l, y, "burned", ROLE_TEXT, dead, "it cannot arrive later");
	return fact(c, l, y, "exits", ROLE_TEXT, live, live ? "run on" : "");
}

static void ended(struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct snap_flat *f = &u->snap->flat;
	int w = l->cols - 2;
	bool flat = f->state == FLAT_FLAT;
	char words[320];

	fmt_words(words, sizeof words, f->text);
	y += cv_wrap(c, 1, y, w < 78 ? w : 78, l->rows >= 20 ? 4 : 3, flat ? ROLE_OK : ROLE_DANGER,
		     words) +
	     (l->rows >= 16);
	y = end_facts(u, c, l, y) + (l->rows >= 16);
	if (y < l->notice.y)
		cv_textf(c, 1, y++, w, ROLE_DIM,
			 "cost USD  " T_STRONG "%10s" T_DIM "  expected %s%s%s", loss(f->cost).s,
			 expected(f).s, f->worst.v ? ", at worst " : "",
			 f->worst.v ? loss(f->worst).s : "");
	if (u->snap->local_lock && y < l->notice.y)
		cv_text(c, 1, y++, w, ROLE_DIM,
			T_STRONG "LOCAL LOCK" T_DIM
				 ": no new risk from here; other clients can open.  " T_KEY
				 ":release");
	/* what every order did, while there is room */
	if (l->notice.y - y < 4 || l->cols < 60 || !f->n)
		return;
	heading(u, c, l, ++y);
	y++;
	for (uint32_t i = 0; i < f->n && y < l->notice.y; i++)
		row(u, c, l, y++, i);
}

/* ---- all ---- */

static void asked(struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	double age = snap_age_s(u, u->run_asked_ns);

	cv_textf(c, 1, y, l->cols - 2, ROLE_TITLE,
		 "%s" T_DIM "  asked %s ago; no word from the engine yet",
		 verb_names[u->run_verb % VERBS], fmt_dur(age).s);
	if (age >= 0.5)
		cv_wrap(c, 1, y + 2, l->cols - 2, 3, age >= 2 ? ROLE_DANGER : ROLE_CAUTION,
			"If it stays silent: exeunt flatten, from any shell, closes "
			"without the engine.");
}

static int rows(struct ui *u, struct canvas *c, const struct layout *l, int y, int bottom)
{
	const struct snap_flat *f = &u->snap->flat;

	if (l->cols >= 60)
		heading(u, c, l, y++);
	for (uint32_t i = 0; i < f->n && y < bottom; i++) {
		if (y == bottom - 1 && i + 1 < f->n) {
			cv_textf(c, 1, y++, l->cols - 2, ROLE_DIM, "and %u more", f->n - i);
			break;
		}
		row(u, c, l, y++, i);
	}
	return y;
}

void view_run(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct snap_flat *f = &u->snap->flat;
	int y = l->body.y, bottom = l->notice.y;
	bool m = l->size >= SIZE_M;

	if (f->state == FLAT_NONE || (u->run_before && f->id == u->run_before)) {
		asked(u, c, l, y);
		return;
	}
	head(u, c, l, y++);
	y += l->rows >= 20;
	if (f->state >= FLAT_FLAT) {
		ended(u, c, l, y);
		return;
	}
	/* what must stay below the table: strip, doubt, panels */
	int legs = 0;
	for (uint32_t i = 0; i < f->n; i++)
		legs += first_of_leg(f, i);
	int below = m ? 10 + (legs < 8 ? legs : 8) : l->rows >= 24 ? 5 + (legs < 5 ? legs : 5) : 2;
	y = rows(u, c, l, y, bottom - below > y + 3 ? bottom - below : y + 4) + (l->rows >= 20);
	if (f->verb == VERB_CARE && y < bottom)
		y = care_bar(u, c, l, y) + m;
	bool low = l->rows < 36, unsure = unknown_row(f); /* low: the strip whole or not at all */
	int panels = m ? 9 - low : l->rows >= 24 && !unsure;
	int words = !unsure ? 0 : m && low ? 2 : 3 + m;
	int end = bottom - panels - words - 1;
	if (l->rows >= 24 && l->cols >= 60 && end - y >= (!m ? 3 : low ? legs + 2 : 4)) {
		if (m)
			cv_put(c, 1, y++, ROLE_TITLE,
			       "Time" T_DIM "  seconds since the first signature");
		y = strip(u, c, l, y, end < y + legs + 1 ? end : y + legs + 1);
		y += m;
	}
	y = doubt(u, c, l, y, bottom - panels);
	y += m;
	if (m && bottom - y >= 4) {
		now_panel(u, c, 1, y, 50, bottom);
		steps_panel(u, c, 62, y, l->cols - 63, bottom);
	} else if (y < bottom && l->cols >= 60) {
		cv_textf(c, 1, y, l->cols - 2, ROLE_DIM,
			 "cost so far " T_TEXT "%s" T_DIM "   expected " T_TEXT "%s" T_DIM
			 "%s" T_TEXT "%s",
			 loss(f->cost).s, expected(f).s, f->worst.v ? "   at worst " : "",
			 f->worst.v ? loss(f->worst).s : "");
	}
}
