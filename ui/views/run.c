/* run.c: the seconds after: every leg as a row, the time strip, what is known now, and the steps to
 * the end; then the end. UNKNOWN never turns into anything by waiting. */
#include "ui/views/run_in.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "core/order.h"
#include "base/banned.h"

static const char *const verb_names[VERBS] = {
	[VERB_NOW] = "NOW", [VERB_CARE] = "CARE", [VERB_TRIM] = "TRIM"};

double run_since_s(const struct ui *u)
{
	const struct snap_flat *f = ui_flat(u);

	if (f->state >= FLAT_FLAT && f->end_ms > f->start_ms)
		return (double)(f->end_ms - f->start_ms) * 1e-3;
	return snap_age_s(u, f->start_ns);
}

/* The snapshot counts a loss as positive; a person reads it with its minus. */
struct num run_loss(struct money m)
{
	return fmt_money((struct money){-m.v}, 12, SIGN_MINUS);
}

/* "−9,726", and how much of it lies beyond every book that was seen. */
struct num run_expected(const struct snap_flat *f)
{
	struct num n = run_loss(f->expected);
	size_t len = strlen(n.s);
	double share = f->expected.v > 0 ? (double)f->model.v / (double)f->expected.v : 0;

	if (share >= 0.01)
		snprintf(n.s + len, sizeof n.s - len, " (%.0f %% model)", 100 * fmin(share, 1));
	return n;
}

/* The leg has done what it was for. An order that filled is less: it may have been for a piece, or
 * for a part of the book. */
bool run_row_done(const struct snap_flat_row *r)
{
	return r->done || (r->sz.v > 0 && r->filled.v >= r->sz.v);
}

uint32_t run_slices_of(const struct ui *u)
{
	const struct snap_flat *f = ui_flat(u);

	return f->n_slices ? f->n_slices : u->snap->panic.care_slices;
}

/* "slice 5 of 12"; a thin book takes more of them than that. */
void run_slice_words(const struct ui *u, char *out, size_t cap)
{
	uint32_t n = run_slices_of(u), at = ui_flat(u)->slice;

	if (at && n && at <= n) /* more than planned: that hangs on the depth to come */
		snprintf(out, cap, "slice %u of %s%u", at,
			 n > u->snap->panic.care_slices && u->snap->panic.care_slices ? "~" : "",
			 n);
	else
		snprintf(out, cap, "slice %u", at);
}

bool run_row_unknown(const struct snap_flat_row *r)
{
	return r->state == ORDER_UNKNOWN || r->waits;
}

static bool same_leg(const struct snap_flat_row *a, const struct snap_flat_row *b)
{
	return a->account == b->account && !strcmp(a->coin, b->coin);
}

/* Rows of one leg stand together: the first of them? */
bool run_first_of_leg(const struct snap_flat *f, uint32_t i)
{
	for (uint32_t k = 0; k < i; k++)
		if (same_leg(&f->row[k], &f->row[i]))
			return false;
	return true;
}

/* What all sends of the leg of row i have filled. */
struct qty run_leg_filled(const struct snap_flat *f, uint32_t i)
{
	struct qty sum = {0};

	for (uint32_t k = i; k < f->n; k++)
		if (same_leg(&f->row[k], &f->row[i]))
			sum.v += f->row[k].filled.v;
	return sum;
}

bool run_leg_done(const struct snap_flat *f, uint32_t i)
{
	return run_row_done(&f->row[i]) ||
	       (f->row[i].sz.v > 0 && run_leg_filled(f, i).v >= f->row[i].sz.v);
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

static const char *whose(const struct ui *u, uint8_t account)
{
	return account == 0xff		       ? "ALL ACCOUNTS"
	       : account < u->snap->n_accounts ? u->snap->account[account].name
					       : "";
}

static void head(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct snap_flat *f = ui_flat(u);
	const char *gap = l->size >= SIZE_M ? "   " : "  ";
	uint32_t filled = 0, legs = 0;
	char unknown[48] = "", state[64], care[80] = "", cancels[60] = "", who[40] = "", text[400];

	for (uint32_t i = 0; i < f->n; i++) {
		legs += run_first_of_leg(f, i);
		filled += run_first_of_leg(f, i) && run_leg_done(f, i);
	}
	if (f->unknown)
		snprintf(unknown, sizeof unknown, T_DIM ", " T_UNK "%u UNKNOWN", f->unknown);
	if (f->verb == VERB_CARE) {
		char words[40];
		run_slice_words(u, words, sizeof words);
		snprintf(care, sizeof care, "%s" T_TEXT "%s", gap, words);
	}
	if (f->cancels_sent)
		snprintf(cancels, sizeof cancels, T_DIM "%scancels " T_TEXT "%u of %u", gap,
			 f->cancels_done, f->cancels_sent);
	if (u->snap->n_accounts > 1) /* never left to be guessed */
		snprintf(who, sizeof who, " " T_STRONG "%.*s", l->cols < 60 ? 8 : 23,
			 whose(u, f->account));
	state_of(f, state, sizeof state);
	if (l->cols < 60)
		snprintf(text, sizeof text, "%s%s " T_ACCB "%s s" T_DIM " " T_TEXT "%u/%u%s%s  %s",
			 verb_names[f->verb % VERBS], who, fmt_double(run_since_s(u), 1, 0).s,
			 filled, legs, unknown[0] ? "" : " filled", unknown, state);
	else if (l->cols < 80)
		snprintf(text, sizeof text,
			 "%s" T_DIM "  p%u%s  " T_ACCB "%s s" T_DIM "  " T_TEXT
			 "%u/%u filled%s%s  %s",
			 verb_names[f->verb % VERBS], f->id, who,
			 fmt_double(run_since_s(u), 1, 0).s, filled, legs, unknown, care, state);
	else
		snprintf(text, sizeof text,
			 "%s" T_DIM "  p%u%s%s" T_ACCB "%s s" T_DIM "%s%s" T_TEXT
			 "%u of %u filled%s%s%s%s%s",
			 verb_names[f->verb % VERBS], f->id, who, gap,
			 fmt_double(run_since_s(u), 1, 0).s, gap, l->size >= SIZE_M ? "legs " : "",
			 filled, legs, unknown, care, cancels, gap, state);
	int end = cv_text(c, 1, y, l->cols - 2, ROLE_TITLE, text);
	cv_rightf(c, end + 3, l->cols - 1, y, ROLE_DIM, "started %s", fmt_clock(f->start_ms).s);
}

/* Of more than one account: every row says whose it is. */
static bool of_several(const struct ui *u)
{
	return ui_flat(u)->account == 0xff && u->snap->n_accounts > 1;
}

/* The other runs, one line: "also p2 CARE carry slice 3 of 12, p3 TRIM main". */
static int others(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct snap *s = u->snap;
	uint32_t more = s->n_flats_all > s->n_flats ? s->n_flats_all - s->n_flats : 0;
	char text[400] = "";
	size_t n = 0;

	for (uint32_t i = 0; i < s->n_flats; i++) {
		const struct snap_flat *f = &s->flat[i];
		char word[100], state[64];

		if (f == ui_flat(u))
			continue;
		state_of(f, state, sizeof state);
		snprintf(word, sizeof word, "%s" T_TEXT "p%u %s %.12s%s%s", n ? T_DIM ", " : "",
			 f->id, verb_names[f->verb % VERBS], whose(u, f->account),
			 l->cols < 60 ? "" : "  ", l->cols < 60 ? "" : state);
		if (cv_width(text) + cv_width(word) > l->cols - 19 ||
		    n + sizeof word > sizeof text) {
			more++;
			continue;
		}
		n += (size_t)snprintf(text + n, sizeof text - n, "%s", word);
	}
	if (!n && !more)
		return y;
	int end = cv_textf(c, 1, y, l->cols - 2, ROLE_DIM, "beside it  %s", text);
	if (more)
		cv_textf(c, end, y, l->cols - 1 - end, ROLE_DIM, "%s%u more", n ? ", " : "", more);
	return y + 1;
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

void run_heading(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	struct run_cols k = cols_of(l, ui_flat(u));
	bool m = l->size >= SIZE_M, several = of_several(u);

	cv_put(c, 1, y, ROLE_DIM, "leg");
	cv_right(c, 0, k.size, y, ROLE_DIM, "size");
	cv_right(c, 0, k.rung, y, ROLE_DIM, "rung");
	bool named = several && !m;
	if (named)
		cv_put(c, k.rung + 1, y, ROLE_DIM, k.sent ? "whose" : "account");
	else if (k.sent)
		cv_right(c, 0, k.sent, y, ROLE_DIM, m ? "sent ms" : "sent");
	if (k.sent || !named)
		cv_right(c, 0, k.answered, y, ROLE_DIM, m || k.sent ? "answered" : "answer");
	cv_right(c, 0, k.filled, y, ROLE_DIM, "filled");
	if (k.average) {
		cv_right(c, 0, k.average, y, ROLE_DIM, "average");
		cv_right(c, 0, k.bp, y, ROLE_DIM, "bp");
	}
	if (m)
		cv_put(c, k.state, y, ROLE_DIM, "state");
	if (m && several)
		cv_right(c, 0, l->cols - 1, y, ROLE_DIM, "account");
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
	if (run_row_done(r)) { /* the rest may be another hand's, a stop's or the venue's */
		bool filled = r->filled.v >= r->sz.v;
		snprintf(out, cap, "%s",
			 filled			? "FILLED"
			 : r->verb == VERB_TRIM ? "reached"
						: "closed");
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
	bool part = r->state == ORDER_FILLED; /* the order, not the leg */
	snprintf(out, cap, "%s",
		 r->sent_ms < 0 ? "waits its turn"
				: order_state_text(part ? ORDER_PARTIAL : r->state));
	if (r->tries > 1 && w >= 24) {
		size_t n = strlen(out);
		snprintf(out + n, cap - n, ", %u tries", r->tries);
	}
	return r->state == ORDER_REJECTED ? ROLE_CAUTION : ROLE_TEXT;
}

bool run_whole(struct qty q)
{
	return q.v % 100000000 == 0 && q.v < INT64_C(100000000000000);
}

static struct num filled_text(const struct snap_flat_row *r, int w)
{
	struct num n = fmt_size(r->filled, r->sz_decimals), all = fmt_size5(r->sz);

	if (run_row_done(r) || (!run_row_unknown(r) && r->state != ORDER_SENT))
		return cv_width(n.s) > w ? fmt_size5(r->filled) : n;
	/* a range while nobody knows */
	if (run_whole(r->sz))
		all = fmt_double(qty_to_double(r->sz), 0, 0);
	snprintf(n.s, sizeof n.s, "%.14s to %.14s", r->filled.v ? fmt_size5(r->filled).s : "0",
		 all.s);
	return cv_width(n.s) > w ? all : n;
}

/* Tenths where there is room for them. */
static struct num bp_text(double bp, int w)
{
	struct num n = fmt_double(bp, 1, SIGN_PLUS);

	return cv_width(n.s) > w ? fmt_double(bp, 0, SIGN_PLUS) : n;
}

void run_row(const struct ui *u, struct canvas *c, const struct layout *l, int y, uint32_t i)
{
	const struct snap_flat *f = ui_flat(u);
	const struct snap_flat_row *r = &f->row[i];
	struct run_cols k = cols_of(l, f);
	int room = l->cols < 60 ? l->cols - 21 : l->cols - k.state;
	bool again = !run_first_of_leg(f, i), unknown = run_row_unknown(r);
	double age = run_since_s(u) - r->sent_ms * 1e-3;
	char state[48];
	enum role st = row_state(r, age, again, room, state, sizeof state);

	const char *who = of_several(u) ? whose(u, r->account) : NULL;

	if (again) {
		cv_put(c, k.side, y, ROLE_DIM, "again");
	} else {
		cv_text(c, 1, y, 4, ROLE_STRONG, r->coin);
		cv_put(c, k.side, y, ROLE_TEXT, r->buy ? "buy" : "sell");
	}
	if (l->cols < 60) {
		if (who && !again)
			cv_text(c, k.side, y, 4, ROLE_TEXT, who);
		cv_num(c, 10, y, 9, ROLE_TEXT, fmt_size_in(r->sz, 8, 8).s);
		cv_text(c, 21, y, room, st, state);
		return;
	}
	struct num size = fmt_size(r->sz, r->sz_decimals);
	cv_num(c, k.side + 5, y, k.size - k.side - 5, again ? ROLE_DIM : ROLE_TEXT,
	       cv_width(size.s) > k.size - k.side - 5 ? fmt_size5(r->sz).s : size.s);
	cv_num(c, k.size, y, k.rung - k.size, ROLE_TEXT,
	       f->verb == VERB_CARE && !r->rung ? "–" : fmt_double(r->rung, 0, 0).s);
	bool named = who && l->size < SIZE_M; /* in the first of the two columns of times */
	int from = k.sent ? k.sent : k.rung;
	if (k.sent && !named)
		cv_num(c, k.rung, y, k.sent - k.rung, ROLE_DIM,
		       r->sent_ms < 0 ? "–" : fmt_double(r->sent_ms, 0, 0).s);
	if (named)
		cv_text(c, k.rung + 1, y, (k.sent ? k.sent : k.answered) - k.rung - 1, ROLE_DIM,
			who);
	if (k.sent || !named)
		cv_num(c, from, y, k.answered - from, unknown ? ROLE_UNKNOWN : ROLE_TEXT,
		       r->answered_ms < 0 ? "–" : fmt_double(r->answered_ms, 0, 0).s);
	if (!again || r->filled.v)
		cv_num(c, k.answered, y, k.filled - k.answered, unknown ? ROLE_UNKNOWN : ROLE_TEXT,
		       filled_text(r, k.filled - k.answered - 1).s);
	if (k.average && (!again || r->avg.v)) {
		cv_num(c, k.filled, y, k.average - k.filled, ROLE_TEXT,
		       fmt_price(r->avg, r->px_decimals).s);
		cv_num(c, k.average, y, k.bp - k.average, ROLE_TEXT,
		       r->avg.v ? bp_text(r->bp, k.bp - k.average - 1).s : "–");
	}
	int end = cv_text(c, k.state, y, room, st, state);
	if (who && l->size >= SIZE_M && end + 3 < l->cols)
		cv_rightf(c, end + 2, l->cols - 1, y, ROLE_DIM, "%s", who);
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
		bool unknown = run_row_unknown(q);
		if (!same_leg(q, &f->row[i]) || q->sent_ms < 0)
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
			cv_cell(c, x0 + b, y, run_row_done(q) ? ROLE_OK : ROLE_TEXT,
				run_row_done(q) ? G_DOT : G_RING);
		cv_cell(c, x0 + a, y, ROLE_ACCENT_B, G_MARK);
	}
}

/* One line a leg: sent, unknown, answered. Returns the row after it. */
static int strip(const struct ui *u, struct canvas *c, const struct layout *l, int y, int bottom)
{
	static const char *const key[] = {T_ACCB "▸" T_DIM " sent", T_TEXT "○" T_DIM " answered",
					  T_OK "●" T_DIM " filled", T_UNK "?" T_DIM " no answer"};
	const struct snap_flat *f = ui_flat(u);
	bool m = l->size >= SIZE_M;
	int x0 = 12, w = l->cols - x0 - (m ? 26 : 16), top = y;
	double now = run_since_s(u), span = now < 3 ? 3 : now < 10 ? 10 : now < 30 ? 30 : 120;

	if (w < 20 || bottom - y < 3)
		return y;
	for (uint32_t i = 0; i < f->n && y < bottom - 1; i++)
		if (run_first_of_leg(f, i))
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
	const struct snap_flat *f = ui_flat(u);

	if (l->cols >= 60)
		run_heading(u, c, l, y++);
	for (uint32_t i = 0; i < f->n && y < bottom; i++) {
		if (y == bottom - 1 && i + 1 < f->n) {
			cv_textf(c, 1, y++, l->cols - 2, ROLE_DIM, "and %u more", f->n - i);
			break;
		}
		run_row(u, c, l, y++, i);
	}
	return y;
}

void view_run(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct snap_flat *f = ui_flat(u);
	int y = l->body.y, bottom = l->notice.y;
	bool m = l->size >= SIZE_M;

	if (f->state == FLAT_NONE || (u->run_before && f->id == u->run_before)) {
		asked(u, c, l, y);
		return;
	}
	head(u, c, l, y++);
	y = others(u, c, l, y);
	y += l->rows >= 20;
	if (f->state >= FLAT_FLAT) {
		run_ended(u, c, l, y);
		return;
	}
	/* what must stay below the table: strip, doubt, panels */
	int legs = 0;
	for (uint32_t i = 0; i < f->n; i++)
		legs += run_first_of_leg(f, i);
	int below = m ? 10 + (legs < 8 ? legs : 8) : l->rows >= 24 ? 5 + (legs < 5 ? legs : 5) : 2;
	y = rows(u, c, l, y, bottom - below > y + 3 ? bottom - below : y + 4) + (l->rows >= 20);
	if (f->verb == VERB_CARE && y < bottom)
		y = run_care_bar(u, c, l, y) + m;
	bool low = l->rows < 36,
	     unsure = run_unknown_row(f); /* low: the strip whole or not at all */
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
	y = run_doubt(u, c, l, y, bottom - panels);
	y += m;
	if (m && bottom - y >= 4) {
		run_now_panel(u, c, 1, y, 50, bottom);
		run_steps_panel(u, c, 62, y, l->cols - 63, bottom);
	} else if (y < bottom && l->cols >= 60) {
		cv_textf(c, 1, y, l->cols - 2, ROLE_DIM,
			 "cost so far " T_TEXT "%s" T_DIM "   expected " T_TEXT "%s" T_DIM
			 "%s" T_TEXT "%s",
			 run_loss(f->cost).s, run_expected(f).s, f->worst.v ? "   at worst " : "",
			 f->worst.v ? run_loss(f->worst).s : "");
	}
}
