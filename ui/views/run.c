/* run.c: the seconds after NOW: every send as a row, the time strip, what is known of the end.
 * UNKNOWN never turns into anything by waiting. */
#include "ui/views/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "core/order.h"
#include "base/banned.h"

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

static void head(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct snap_flat *f = &u->snap->flat;
	uint32_t filled = 0;
	char unknown[48] = "";

	for (uint32_t i = 0; i < f->n; i++)
		filled += f->row[i].state == ORDER_FILLED;
	if (f->unknown)
		snprintf(unknown, sizeof unknown, T_DIM ", " T_UNK "%u UNKNOWN", f->unknown);
	cv_textf(c, 1, y, l->cols - 2, ROLE_TITLE,
		 "NOW" T_DIM "  p%u   " T_ACCB "%s s" T_DIM "   sends " T_TEXT "%u filled%s" T_DIM
		 "   cancels " T_TEXT "%u of %u" T_DIM "   flat? %s",
		 f->id, fmt_double(since_s(u), 1, 0).s, filled, unknown, f->cancels_done,
		 f->cancels_sent,
		 f->state == FLAT_FLAT	     ? T_OK "FLAT"
		 : f->state == FLAT_NOT_FLAT ? T_DANG "NOT FLAT"
					     : "not yet");
}

static void row(const struct ui *u, struct canvas *c, const struct layout *l, int y,
		const struct snap_flat_row *r)
{
	bool wide = l->size >= SIZE_M;
	bool unknown = r->state == ORDER_UNKNOWN || r->state == ORDER_SENT;
	int x = 1;
	double age = since_s(u) - r->sent_ms * 1e-3;
	enum role st = r->state == ORDER_FILLED	   ? ROLE_OK
		       : r->state == ORDER_UNKNOWN ? (age >= 3 ? ROLE_DANGER : ROLE_UNKNOWN)
						   : ROLE_TEXT;

	cv_text(c, x, y, 5, ROLE_STRONG, r->coin);
	cv_put(c, x + 5, y, ROLE_TEXT, r->buy ? "buy" : "sell");
	if (l->cols < 60) {
		cv_num(c, x + 9, y, 10, ROLE_TEXT, fmt_size5(r->sz).s);
		cv_textf(c, x + 20, y, l->cols - x - 21, st, "%s", order_state_text(r->state));
		return;
	}
	cv_num(c, x + 9, y, 10, ROLE_TEXT, fmt_size(r->sz, r->sz_decimals).s);
	cv_num(c, x + 19, y, 4, ROLE_TEXT, fmt_double(r->rung, 0, 0).s);
	int at = wide ? x + 23 : x + 23;
	cv_num(c, at, y, wide ? 11 : 7, ROLE_TEXT,
	       r->sent_ms < 0 ? "–" : fmt_double(r->sent_ms, 0, 0).s);
	at += wide ? 11 : 7;
	cv_num(c, at, y, wide ? 10 : 8,
	       unknown && r->state == ORDER_UNKNOWN ? ROLE_UNKNOWN : ROLE_TEXT,
	       r->answered_ms < 0 ? "–" : fmt_double(r->answered_ms, 0, 0).s);
	at += wide ? 10 : 8;
	char filled[48];
	if (unknown)
		snprintf(filled, sizeof filled, "0 to %s",
			 fmt_double(qty_to_double(r->sz), 0, 0).s);
	else
		snprintf(filled, sizeof filled, "%s", fmt_size(r->filled, r->sz_decimals).s);
	cv_num(c, at, y, wide ? 13 : 11, unknown ? ROLE_UNKNOWN : ROLE_TEXT, filled);
	at += wide ? 13 : 11;
	if (l->cols >= 72) {
		cv_num(c, at, y, wide ? 11 : 9, ROLE_TEXT, fmt_price(r->avg, r->px_decimals).s);
		at += wide ? 11 : 9;
		cv_num(c, at, y, wide ? 8 : 6, ROLE_TEXT,
		       r->avg.v ? fmt_double(r->bp, 1, SIGN_PLUS).s : "–");
		at += wide ? 8 : 6;
	}
	if (r->state == ORDER_UNKNOWN)
		cv_textf(c, at + (wide ? 3 : 1), y, l->cols - at - 2, st, "UNKNOWN %s s",
			 fmt_double(age, 1, 0).s);
	else
		cv_textf(c, at + (wide ? 3 : 1), y, l->cols - at - 2, st, "%s",
			 order_state_text(r->state));
}

static void heading(struct canvas *c, const struct layout *l, int y)
{
	bool wide = l->size >= SIZE_M;
	int at = wide ? 35 : 31;

	if (l->cols < 60)
		return;
	cv_put(c, 1, y, ROLE_DIM, "leg");
	cv_right(c, 0, 19, y, ROLE_DIM, "size");
	cv_right(c, 0, 24, y, ROLE_DIM, "rung");
	cv_right(c, 24, at, y, ROLE_DIM, wide ? "sent ms" : "sent");
	at += wide ? 10 : 8;
	cv_right(c, 0, at, y, ROLE_DIM, wide ? "answered" : "answer");
	at += wide ? 13 : 11;
	cv_right(c, 0, at, y, ROLE_DIM, "filled");
	if (l->cols >= 72) {
		at += wide ? 11 : 9;
		cv_right(c, 0, at, y, ROLE_DIM, "average");
		at += wide ? 8 : 6;
		cv_right(c, 0, at, y, ROLE_DIM, "bp");
	}
	cv_put(c, at + (wide ? 3 : 1), y, ROLE_DIM, "state");
}

/* One line a coin: sent, unknown, answered. */
static void strip(const struct ui *u, struct canvas *c, const struct layout *l, int y, int bottom)
{
	const struct snap_flat *f = &u->snap->flat;
	int x0 = 12, w = l->cols - x0 - (l->cols >= 100 ? 26 : 4);
	double now = since_s(u), span = now < 3 ? 3 : now < 10 ? 10 : now < 30 ? 30 : 120;

	if (w < 20 || bottom - y < 3)
		return;
	for (uint32_t i = 0; i < f->n && y < bottom - 1; i++) {
		const struct snap_flat_row *r = &f->row[i];
		bool seen = false;
		for (uint32_t k = 0; k < i; k++)
			seen = seen || !strcmp(f->row[k].coin, r->coin);
		if (seen)
			continue;
		cv_text(c, 1, y, 10, ROLE_TEXT, r->coin);
		cv_hline(c, x0, y, (int)(now / span * w) < w ? (int)(now / span * w) : w,
			 ROLE_FAINT, 0xb7);
		for (uint32_t k = i; k < f->n; k++) {
			const struct snap_flat_row *q = &f->row[k];
			if (strcmp(q->coin, r->coin) || q->sent_ms < 0)
				continue;
			int a = (int)(q->sent_ms * 1e-3 / span * w);
			double end = q->answered_ms < 0 ? now : q->answered_ms * 1e-3;
			int b = (int)(end / span * w);
			a = a < w - 1 ? a : w - 1;
			b = b > a + 1 ? b : a + 2; /* a quick answer is seen too */
			b = b < w - 1 ? b : w - 1;
			for (int n = a + 1; n < b; n++)
				cv_cell(c, x0 + n, y,
					q->state == ORDER_UNKNOWN ? ROLE_UNKNOWN : ROLE_DIM,
					q->state == ORDER_UNKNOWN ? '?' : G_THIN);
			if (q->answered_ms >= 0)
				cv_cell(c, x0 + b, y,
					q->state == ORDER_FILLED ? ROLE_OK : ROLE_TEXT,
					q->state == ORDER_FILLED ? G_DOT : G_RING);
			cv_cell(c, x0 + a, y, ROLE_ACCENT_B, G_MARK);
		}
		y++;
	}
	cv_put(c, x0, y, ROLE_DIM, "0s");
	cv_rightf(c, x0 + 4, x0 + w, y, ROLE_DIM, "%ss", fmt_double(span, 0, 0).s);
	if (l->cols >= 100) {
		static const char *const key[] = {"▸ sent", "○ answered, some left", "● filled",
						  "? no answer"};
		for (int i = 0; i < 4; i++)
			cv_put(c, l->cols - 24, y - 4 + i, ROLE_DIM, key[i]);
	}
}

static void ended(struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct snap_flat *f = &u->snap->flat;
	int w = l->cols - 2;
	bool flat = f->state == FLAT_FLAT;

	y += cv_wrap(c, 1, y, w, 4, flat ? ROLE_OK : ROLE_DANGER, f->text) + 1;
	if (y >= l->notice.y)
		return;
	const struct snap_account *a = ui_account(u);
	cv_textf(c, 1, y++, w, ROLE_DIM,
		 "positions      " T_TEXT "%u" T_DIM "  in the account as read now",
		 u->snap->n_legs);
	if (a && y < l->notice.y)
		cv_textf(c, 1, y++, w, ROLE_DIM, "resting orders " T_TEXT "%u", a->n_orders);
	if (y < l->notice.y)
		cv_textf(c, 1, y++, w, ROLE_DIM, "unknown        %s%u", f->unknown ? T_UNK : T_TEXT,
			 f->unknown);
	if (y < l->notice.y)
		cv_textf(c, 1, y++, w, ROLE_DIM, "reads          " T_TEXT "%u", f->reads);
	y++;
	if (y < l->notice.y)
		cv_textf(c, 1, y++, w, ROLE_DIM,
			 "cost USD       " T_STRONG "%s" T_DIM "  expected %s, at worst %s",
			 loss(f->cost).s, loss(f->expected).s, loss(f->worst).s);
	if (u->snap->local_lock && y < l->notice.y)
		cv_text(c, 1, y, w, ROLE_DIM,
			T_STRONG "LOCAL LOCK" T_DIM
				 ": no new risk from here; other clients can open.  " T_KEY
				 ":release");
}

void view_run(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct snap_flat *f = &u->snap->flat;
	int y = l->body.y, bottom = l->notice.y;

	if (f->state == FLAT_NONE || (u->run_before && f->id == u->run_before)) {
		double age = snap_age_s(u, u->run_asked_ns);
		cv_textf(c, 1, y, l->cols - 2, ROLE_TITLE,
			 "NOW" T_DIM "  asked %s ago; no word from the engine yet", fmt_dur(age).s);
		if (age >= 0.5)
			cv_wrap(c, 1, y + 2, l->cols - 2, 3, age >= 2 ? ROLE_DANGER : ROLE_CAUTION,
				"If it stays silent: exeunt flatten, from any shell, closes "
				"without the engine.");
		return;
	}
	head(u, c, l, y++);
	if (l->rows >= 20)
		y++;
	if (f->state == FLAT_FLAT) {
		ended(u, c, l, y);
		return;
	}
	heading(c, l, y);
	y += l->cols >= 60;
	int rows = bottom - y - (l->rows >= 24 ? 9 : 2);
	for (uint32_t i = 0; i < f->n; i++) {
		if ((int)i >= rows - 1 && f->n > (uint32_t)rows) {
			cv_textf(c, 1, y++, l->cols - 2, ROLE_DIM, "and %u sends more", f->n - i);
			break;
		}
		row(u, c, l, y++, &f->row[i]);
	}
	y++;
	if (l->rows >= 24) {
		int strips = bottom - y - 3;
		strip(u, c, l, y, y + (strips < 8 ? strips : 8));
		y += (strips < 8 ? strips : 8) + 1;
	}
	if (f->state == FLAT_NOT_FLAT && y < bottom)
		cv_wrap(c, 1, y, l->cols - 2, bottom - y, ROLE_DANGER, f->text);
	else if (y < bottom)
		cv_textf(c, 1, y, l->cols - 2, ROLE_DIM,
			 "cost so far " T_TEXT "%s" T_DIM "   expected " T_TEXT "%s" T_DIM
			 "   at worst " T_TEXT "%s",
			 loss(f->cost).s, loss(f->expected).s, loss(f->worst).s);
}
