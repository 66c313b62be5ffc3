/* sheets.c: the panic sheet, the cancel sheet, small sheets and the opened alarm. Nothing here has
 * been sent; the sentence over the key bar is what `Y` sends. */
#include "ui/views/view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/banned.h"

/* Headline of a sheet with "nothing sent yet" at the right. */
static void headline(struct canvas *c, const struct layout *l, int y, const char *text)
{
	const char *quiet = l->cols >= 60 ? T_ACC "nothing sent yet" : "";
	int w = cv_width(quiet);

	cv_text(c, 1, y, l->cols - 3 - w, ROLE_TITLE, text);
	if (w)
		cv_right(c, 1, l->cols - 1, y, ROLE_TEXT, quiet);
}

static void scope_words(const struct ui *u, char *out, size_t cap, bool brief)
{
	const struct flatten *f = &u->sheet.flat;
	const struct snap_account *a = ui_account(u);
	const char *who = f->scope == FLAT_LONGS    ? ", longs only"
			  : f->scope == FLAT_SHORTS ? ", shorts only"
						    : "";

	if (f->scope == FLAT_COINS)
		snprintf(out, cap, "only %s%s", f->n_coins ? f->coin[0] : "–",
			 f->n_coins > 1 ? " and others" : "");
	else if (f->account == 0xff)
		snprintf(out, cap, T_CAUT "ALL ACCOUNTS%s" T_DIM, who);
	else if (brief)
		snprintf(out, cap, "this account%s", who);
	else
		snprintf(out, cap, "account on screen: %s %s%s", u->snap->venue, a ? a->name : "–",
			 who);
}

struct verb_row {
	const char *key, *name, *why;
};

static const struct verb_row verbs[] = {
	{"1", "GUARD", "needs the guard engine: no stop is placed from here"},
	{"2", "TRIM", "needs the trim engine: :exit BTC --size 40% cuts one market"},
	{"3", "CARE", "needs the care engine: :exit BTC --size all --for 2m slices one"},
	{"4", "NOW", NULL},
	{"5", "ADD", "needs the trim engine: the sum is not computed here"},
};

static void now_size(const struct ui *u, char *out, size_t cap)
{
	const struct flat_plan *p = &u->sheet.plan;

	if (!p->n)
		snprintf(out, cap, "nothing is open here");
	else if (p->n == 1)
		snprintf(out, cap, "%s %s", u->snap->leg[p->leg[0].leg].coin,
			 fmt_size5((struct qty){llabs(u->snap->leg[p->leg[0].leg].szi.v)}).s);
	else
		snprintf(out, cap, "all %u legs, %s first", p->n, u->snap->leg[p->leg[0].leg].coin);
}

static void verb_rows(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct flat_plan *p = &u->sheet.plan;
	char size[64];
	bool m = l->size >= SIZE_M;
	int shift = 0, x_cost = m ? 72 : l->cols >= 80 ? 37 : 15;

	now_size(u, size, sizeof size);
	for (int i = 0; i < 5; i++, y++) {
		bool now = i == 3;
		enum role r = now && p->n ? ROLE_STRONG : ROLE_KEY_OFF;
		cv_put(c, 2 + shift, y, now ? ROLE_KEY : ROLE_KEY_OFF, verbs[i].key);
		cv_put(c, 4 + shift, y, r, verbs[i].name);
		if (!now) {
			cv_text(c, 11, y, l->cols - 13, ROLE_KEY_OFF, verbs[i].why);
			continue;
		}
		if (m || l->cols >= 80)
			cv_text(c, 11, y, m ? 29 : 26, ROLE_TEXT, size);
		if (p->n) {
			enum role worst = p->worst_share > 0.25 ? ROLE_CAUTION : ROLE_TEXT;
			if (m) {
				cv_right(c, 40, 46, y, ROLE_DIM, "1-3 s");
				cv_num(c, 47, y, 11, ROLE_TEXT, fmt_double(p->expected_bp, 1, 0).s);
				cv_right(c, 58, 70, y, ROLE_TEXT, "equity 0");
			}
			cv_num(c, x_cost, y, 8, ROLE_STRONG, fmt_usd(p->cost, 8, 0).s);
			cv_num(c, x_cost + 8, y, m ? 10 : 9, worst, fmt_usd(p->cost_worst, 8, 0).s);
			int x = x_cost + (m ? 18 : 17);
			bool flat = fabs(p->delta_after) < 1;
			if (l->cols >= 40)
				cv_right(c, x, x + 9, y, ROLE_STRONG, flat ? "flat" : "open");
			if (l->cols >= 60)
				cv_num(c, x + 9, y, 9, ROLE_TEXT, fmt_usd(p->equity_after, 8, 0).s);
			if (l->cols >= 60)
				cv_num(c, x + 18, y,
				       m	       ? 11
				       : l->cols >= 80 ? 7
						       : 7,
				       ROLE_TEXT,
				       (m ? fmt_usd(p->delta_after, 9, SIGN_PLUS)
					  : fmt_km(p->delta_after, SIGN_PLUS))
					       .s);
		}
		cv_put(c, 0, y, ROLE_ACCENT_B, "▸");
		cv_select(c, 0, y, l->cols);
	}
}

static void verb_heading(struct canvas *c, const struct layout *l, int y)
{
	bool m = l->size >= SIZE_M;
	int x = m ? 72 : l->cols >= 80 ? 37 : 15;

	if (m) {
		cv_put(c, 4, y, ROLE_DIM, "what   size");
		cv_right(c, 0, 46, y, ROLE_DIM, "takes");
		cv_right(c, 0, 58, y, ROLE_DIM, "expected bp");
		cv_right(c, 0, 70, y, ROLE_DIM, "worst");
	}
	cv_right(c, 0, x + 8, y, ROLE_DIM, m ? "cost USD" : "cost");
	cv_right(c, 0, x + (m ? 18 : 17), y, ROLE_DIM, "at worst");
	x += m ? 18 : 17;
	if (l->cols >= 40)
		cv_right(c, 0, x + 9, y, ROLE_DIM, "after");
	if (l->cols >= 60) {
		cv_right(c, 0, x + 18, y, ROLE_DIM, "equity");
		cv_right(c, 0,
			 x + (m		      ? 29
			      : l->cols >= 80 ? 25
					      : 25),
			 y, ROLE_DIM, m ? "net delta" : "delta");
	}
}

static void rung_cell(struct canvas *c, int x_end, int w, int y, const struct flat_leg *f, int k,
		      int pxd)
{
	char s[48];

	snprintf(s, sizeof s, "%s%s", f->zero <= k ? "=" : "", fmt_px(f->rung[k], pxd).s);
	cv_num(c, x_end - w, y, w,
	       f->fills == k ? ROLE_ACCENT_B
	       : k == 0	     ? ROLE_TEXT
			     : ROLE_DIM,
	       s);
}

static void ladder_row(const struct ui *u, struct canvas *c, const struct layout *l, int y,
		       const struct flat_leg *f)
{
	const struct snap_leg *leg = &u->snap->leg[f->leg];
	int pxd = leg->px_decimals, px = fmt_px_decimals(f->mark, pxd);
	struct num size = fmt_size((struct qty){llabs(leg->szi.v)}, leg->sz_decimals);
	bool near = fabs(f->worse_past / f->mark - 1) < 0.05;
	enum role past = near ? ROLE_CAUTION : ROLE_DIM;

	(void)px;
	if (cv_width(size.s) > 11)
		size = fmt_size5((struct qty){llabs(leg->szi.v)});
	if (l->size >= SIZE_M) {
		cv_put(c, 1, y, ROLE_DIM, f->alone ? "alone" : "batch");
		cv_text(c, 9, y, 4, ROLE_STRONG, leg->coin);
		cv_put(c, 14, y, ROLE_TEXT, f->buy ? "buy" : "sell");
		cv_num(c, 18, y, 11, ROLE_TEXT, size.s);
		cv_num(c, 29, y, 10, ROLE_DIM, fmt_px(f->mark, pxd).s);
		for (int k = 0; k < RUNGS; k++)
			rung_cell(c, 51 + 12 * k, 11, y, f, k, pxd);
		cv_num(c, 88, y, 9, ROLE_TEXT, fmt_px(f->expected, pxd).s);
		cv_num(c, 97, y, 10, ROLE_TEXT, fmt_usd(f->cost, 9, 0).s);
		cv_num(c, 108, y, 11, past, fmt_px(f->worse_past, pxd).s);
	} else if (l->cols >= 80) {
		cv_put(c, 1, y, ROLE_DIM, f->alone ? "1" : "2");
		cv_text(c, 3, y, 5, ROLE_STRONG, leg->coin);
		cv_put(c, 9, y, ROLE_TEXT, f->buy ? "buy" : "sell");
		cv_num(c, 14, y, 12, ROLE_TEXT, size.s);
		for (int k = 0; k < RUNGS; k++)
			rung_cell(c, 36 + 10 * k, 9, y, f, k, pxd);
		cv_num(c, 67, y, 12, past, fmt_px(f->worse_past, pxd).s);
	} else {
		cv_put(c, 1, y, ROLE_DIM, f->alone ? "1" : "2");
		cv_text(c, 3, y, 4, ROLE_STRONG, leg->coin);
		cv_put(c, 8, y, ROLE_TEXT, f->buy ? "buy" : "sell");
		cv_num(c, 13, y, 11, ROLE_TEXT, size.s);
		if (l->cols >= 60) {
			rung_cell(c, 36, 11, y, f, 0, pxd);
			rung_cell(c, 47, 10, y, f, RUNGS - 1, pxd);
			cv_num(c, 47, y, 12, past, fmt_px(f->worse_past, pxd).s);
		} else if (l->cols >= 36) {
			rung_cell(c, 35, 10, y, f, RUNGS - 1, pxd);
		}
	}
}

static void ladder_heading(struct canvas *c, const struct layout *l, int y)
{
	static const char *const m[] = {"rung 1 +0s", "rung 2 +1s", "rung 3 +2s", "last +3s"};
	static const char *const s[] = {"rung 1", "rung 2", "rung 3", "last"};

	if (l->size >= SIZE_M) {
		cv_put(c, 9, y, ROLE_DIM, "leg");
		cv_right(c, 0, 29, y, ROLE_DIM, "size");
		cv_right(c, 0, 39, y, ROLE_DIM, "mark");
		for (int k = 0; k < RUNGS; k++)
			cv_right(c, 0, 51 + 12 * k, y, ROLE_DIM, m[k]);
		cv_right(c, 0, 97, y, ROLE_DIM, "expected");
		cv_right(c, 0, 107, y, ROLE_DIM, "cost USD");
		cv_right(c, 0, 119, y, ROLE_DIM, "worse past");
	} else if (l->cols >= 80) {
		cv_put(c, 1, y, ROLE_TITLE, "NOW sends");
		cv_right(c, 0, 26, y, ROLE_DIM, "size");
		for (int k = 0; k < RUNGS; k++)
			cv_right(c, 0, 36 + 10 * k, y, ROLE_DIM, s[k]);
		cv_right(c, 0, 79, y, ROLE_DIM, "worse past");
	} else {
		cv_right(c, 0, 24, y, ROLE_DIM, "size");
		if (l->cols >= 60) {
			cv_right(c, 0, 36, y, ROLE_DIM, "rung 1");
			cv_right(c, 0, 47, y, ROLE_DIM, "last");
			cv_right(c, 0, 59, y, ROLE_DIM, "worse past");
		} else if (l->cols >= 36) {
			cv_right(c, 0, 35, y, ROLE_DIM, "last");
		}
	}
}

static void effects(const struct ui *u, struct canvas *c, const struct layout *l, int y, int bottom)
{
	const struct flat_plan *p = &u->sheet.plan;
	const struct snap *s = u->snap;
	char exits[96] = "", spot[96] = "";
	int n = 0;

	for (uint32_t i = 0; i < s->n_exits && n < 80; i++)
		if (exit_is_live(&s->exit[i]))
			n += snprintf(exits + n, sizeof exits - (size_t)n, "%sx%u", n ? ", " : "",
				      s->exit[i].id);
	const struct snap_account *a = ui_account(u);
	n = 0;
	for (uint32_t i = 0; a && i < a->n_balances && i < COUNT_OF(a->balance) && n < 60; i++)
		if (strcmp(a->balance[i].coin, "USDC") && a->balance[i].total.v)
			n += snprintf(spot + n, sizeof spot - (size_t)n, "%s%s %s", n ? ", " : "",
				      fmt_double(qty_to_double(a->balance[i].total), 0, 0).s,
				      a->balance[i].coin);
	if (l->size < SIZE_M) {
		if (y < bottom)
			cv_textf(c, 1, y, l->cols - 2, ROLE_DIM,
				 "Cancels " T_TEXT "%u" T_DIM "  Keeps " T_TEXT "%u" T_DIM
				 " stops until flat  Ends " T_TEXT "%s" T_DIM "  Then " T_STRONG
				 "LOCAL LOCK",
				 p->cancels, p->keeps, exits[0] ? exits : "0");
		return;
	}
	const struct {
		const char *title;
		uint32_t n;
	} rows[] = {
		{"Cancels", p->cancels},
		{"Keeps", p->keeps},
	};
	char named[2][110] = {"", ""};
	for (uint32_t i = 0; i < s->n_orders; i++) {
		const struct snap_order *o = &s->order[i];
		const struct snap_leg *leg = ui_leg_find(s, o->coin, -1);
		bool keep = o->trigger && o->reduce_only;
		char *to = named[keep];
		size_t len = strlen(to);
		if (u->sheet.flat.scope == FLAT_COINS && u->sheet.flat.n_coins &&
		    strcmp(o->coin, u->sheet.flat.coin[0]))
			continue;
		if (len < 60)
			snprintf(to + len, sizeof named[0] - len, "%s%.10s %s%s", len ? ", " : ": ",
				 o->coin, keep ? (o->take_profit ? "target " : "stop ") : "",
				 fmt_price(o->trigger && o->trigger_px.v ? o->trigger_px : o->px,
					   leg ? leg->px_decimals : 6)
					 .s);
	}
	static const char *const what[] = {"entry and exit orders, in parallel",
					   "protective, until flat"};
	for (unsigned i = 0; i < COUNT_OF(rows) && y < bottom; i++, y++)
		cv_textf(c, 1, y, l->cols - 2, ROLE_TITLE,
			 "%s" T_DIM "%*s" T_STRONG "%-4u" T_DIM "%s%s", rows[i].title,
			 11 - (int)strlen(rows[i].title), "", rows[i].n, what[i], named[i]);
	if (y < bottom)
		cv_textf(c, 1, y++, l->cols - 2, ROLE_TITLE,
			 "Ends" T_DIM "       " T_STRONG "%-4u" T_DIM "exits%s%s", p->n_exits,
			 exits[0] ? ": " : "", exits);
	if (y < bottom)
		cv_textf(c, 1, y++, l->cols - 2, ROLE_TITLE,
			 "Leaves" T_DIM "     %s%s%sother venues and chains are NOT WATCHED",
			 spot[0] ? "spot: " : "", spot, spot[0] ? ".   " : "");
	if (y < bottom)
		cv_textf(c, 1, y, l->cols - 2, ROLE_TITLE,
			 "Then" T_DIM "       " T_STRONG "LOCAL LOCK" T_DIM
			 "   no new risk from here; other clients can still open");
}

static double worst_book_age(const struct ui *u)
{
	double age = 0;

	for (uint32_t i = 0; i < u->sheet.plan.n; i++) {
		const struct snap_book *b =
			ui_book(u->snap, u->snap->leg[u->sheet.plan.leg[i].leg].coin);
		double a = b ? snap_age_s(u, b->book.seen_ns) : 1e9;
		if (a > age)
			age = a;
	}
	return age;
}

static void panic_confirm(const struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct flat_plan *p = &u->sheet.plan;
	char sends[96], s1[200], s2[160] = "";
	const struct snap_leg *leg = p->n ? &u->snap->leg[p->leg[0].leg] : NULL;
	bool dry = u->sheet.flat.dry_run;

	snprintf(sends, sizeof sends,
		 dry ? "shows the bytes of %u orders, sends nothing" : "sends %u orders", p->n);
	if (l->cols >= 100 && !dry)
		snprintf(sends, sizeof sends, "sends %u orders in %u actions, %u cancels", p->n,
			 p->actions, p->cancels);
	if (p->n) {
		struct num past = fmt_px(p->leg[0].worse_past, leg->px_decimals);
		char worse[96];
		snprintf(worse, sizeof worse, "%s %s %s %s makes it worse.",
			 p->leg[0].buy ? "Buying" : "Selling", leg->coin,
			 p->leg[0].buy ? "above" : "below", past.s);
		snprintf(s1, sizeof s1, "4 NOW  close %u leg%s%s, cost ~%s → flat%s. %s", p->n,
			 p->n == 1 ? "" : "s", l->cols >= 72 ? ", worst: equity zero" : "",
			 fmt_km(p->cost, 0).s, u->sheet.flat.scope == FLAT_ALL ? "" : " there",
			 l->cols >= 116 ? worse : "");
		if (l->cols < 116)
			snprintf(s2, sizeof s2, "%s Y send", worse);
	} else {
		snprintf(s1, sizeof s1, "Nothing is open in this scope.");
	}
	const struct snap_account *a = ui_account(u);
	if (a && !a->key_ready && !dry)
		snprintf(s2, sizeof s2,
			 T_DANG "KEY LOCKED: nothing can be signed." T_TEXT
				" From a shell: exeunt key unlock");
	view_confirm(u, c, l, "4 chooses, then Y within 3 s sends.", "4 NOW", sends, s1, s2);
}

static void panic_tiny(const struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct flat_plan *p = &u->sheet.plan;
	int y = l->body.y;
	double t = (double)(u->confirm.chosen_ns + CONFIRM_NS - u->now_ns) * 1e-9;
	bool chosen = u->confirm.choice && !u->confirm.late && t > 0;

	cv_textf(c, 0, y++, l->cols, ROLE_STRONG, "NOW " T_TEXT "%u legs", p->n);
	cv_textf(c, 0, y++, l->cols, ROLE_DIM, "cost " T_TEXT "%s" T_DIM " worst " T_TEXT "%s",
		 fmt_km(p->cost, 0).s, fmt_km(p->cost_worst, 0).s);
	if (chosen)
		cv_textf(c, 0, y, l->cols, ROLE_KEY, "Y" T_TEXT " sends " T_ACCB "%s s",
			 fmt_double(t, 1, 0).s);
	else
		cv_text(c, 0, y, l->cols, ROLE_TEXT,
			u->confirm.late ? T_CAUT "Too late: 4 again, Y"
					: T_KEY "4" T_TEXT ", then " T_KEY "Y");
}

void view_panic(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct snap_account *a = ui_account(u);
	const struct flat_plan *p = &u->sheet.plan;
	char scope[96], head[240];
	int y = l->body.y, bottom = l->rule_y;
	double age = worst_book_age(u);
	bool blind = age >= 3 && p->n;

	if (l->size == SIZE_TINY) {
		panic_tiny(u, c, l);
		return;
	}
	scope_words(u, scope, sizeof scope, l->size < SIZE_M);
	struct num eq = fmt_usd(p->equity, 12, 0);
	double share =
		a && a->equity.v > 0 ? (double)a->maintenance.v / (double)a->equity.v * 100 : 0;
	if (l->size >= SIZE_M)
		snprintf(head, sizeof head,
			 "Panic" T_DIM "   %s   equity " T_STRONG "%s" T_DIM
			 "   maintenance " T_STRONG "%s %%" T_DIM "   %s%s%s",
			 scope, eq.s, fmt_double(share, 1, 0).s,
			 blind ? T_DANG "BLIND: mark prices, " : "", "book ",
			 age > 1e8 ? "–" : fmt_dur(age).s);
	else
		snprintf(head, sizeof head, "Panic" T_DIM "  %s  %sequity " T_STRONG "%s", scope,
			 blind ? T_DANG "BLIND " T_DIM : "", eq.s);
	headline(c, l, y, head);
	y += l->size >= SIZE_M ? 2 : 1;
	verb_heading(c, l, y++);
	verb_rows(u, c, l, y);
	y += l->size >= SIZE_M ? 6 : l->rows >= 24 ? 6 : 5;
	int room = bottom - y;
	if (l->size >= SIZE_M && p->n)
		cv_textf(c, 1, y++, l->cols - 2, ROLE_TITLE,
			 "NOW sends" T_DIM
			 "   %s first, alone: most danger; then one batch of %u; reduce-only; "
			 "one rung a second from min(mark, bid)",
			 u->snap->leg[p->leg[0].leg].coin, p->n - 1);
	if (room >= 3 && p->n) {
		int rows = bottom - y - (l->size >= SIZE_M ? 9 : 3);
		rows = rows < 1 ? 1 : rows;
		ladder_heading(c, l, y++);
		for (uint32_t i = 0; i < p->n && rows > 0; i++, rows--) {
			if (rows == 1 && i + 1 < p->n) {
				cv_textf(c, 1, y++, l->cols - 2, ROLE_DIM,
					 "and %u legs more, all sent", p->n - i);
				break;
			}
			ladder_row(u, c, l, y++, &p->leg[i]);
		}
		if (y < bottom && l->size >= SIZE_M) {
			cv_textf(c, 1, y, 60, ROLE_DIM, "all    %15s USD",
				 fmt_usd(p->notional, 14, 0).s);
			cv_text(c, 41, y, 50, ROLE_DIM,
				"bold: the book fills it   =: equity is zero");
			cv_num(c, 97, y++, 10, ROLE_STRONG, fmt_usd(p->cost, 9, 0).s);
			y++;
		} else if (y < bottom && l->cols >= 60) {
			cv_text(c, 1, y++, l->cols - 2, ROLE_DIM,
				"1 alone first, 2 one batch; one rung a second; = the pool's "
				"equity is zero");
		}
	}
	if (y < bottom)
		effects(u, c, l, y, bottom);
	panic_confirm(u, c, l);
}

static uint32_t count_whose(const struct snap *s, bool entry, bool exits, bool stops, char *list,
			    size_t cap)
{
	uint32_t k = 0;
	int n = 0;

	list[0] = 0;
	for (uint32_t i = 0; i < s->n_orders; i++) {
		const struct snap_order *o = &s->order[i];
		bool stop = o->trigger && o->reduce_only, ex = o->whose == WHOSE_EXIT;
		if (!((stop && stops) || (ex && exits) || (!stop && !ex && entry)))
			continue;
		k++;
		const struct snap_leg *leg = ui_leg_find(s, o->coin, -1);
		struct price px = o->trigger && o->trigger_px.v ? o->trigger_px : o->px;
		if (n < 60)
			n += snprintf(list + n, cap - (size_t)n, "%s%s %s", n ? "  " : "", o->coin,
				      fmt_price(px, leg ? leg->px_decimals : 6).s);
	}
	return k;
}

static void cancel_rows(struct ui *u, struct canvas *c, const struct layout *l, int y,
			uint32_t *sends, uint32_t *keeps)
{
	const struct snap *s = u->snap;
	const struct cancel *k = &u->sheet.cancel;
	char lists[3][120];
	uint32_t n[3] = {count_whose(s, true, false, false, lists[0], sizeof lists[0]),
			 count_whose(s, true, true, false, lists[1], sizeof lists[1]),
			 count_whose(s, true, true, true, lists[2], sizeof lists[2])};
	static const char *const names[] = {"entry orders", "entry and exit orders",
					    "everything, stops too"};
	int live = 0, nx = l->cols >= 32 ? 26 : l->cols - 5;

	for (uint32_t i = 0; i < s->n_exits; i++)
		live += exit_is_live(&s->exit[i]);
	for (int i = 0; i < 3; i++, y++) {
		cv_textf(c, 2, y, nx - 3, ROLE_KEY, "%d" T_TEXT " %s", i + 1, names[i]);
		cv_num(c, nx, y, 4, ROLE_STRONG, fmt_double(n[i], 0, 0).s);
		if (l->cols >= 50)
			cv_text(c, 33, y, l->cols - 35, ROLE_DIM,
				i == 0	 ? lists[0]
				: i == 1 ? (live ? "and the running exits pause" : "")
					 : "type STOPS: those legs would have NO STOP");
		if (u->sheet.line == i) {
			cv_put(c, 0, y, ROLE_ACCENT_B, "▸");
			cv_select(c, 0, y, l->cols);
		}
	}
	int at = u->sheet.line < 3 ? u->sheet.line : 0;
	*sends = n[at];
	*keeps = n[2] - n[at];
	(void)k;
}

void view_cancel(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct cancel *k = &u->sheet.cancel;
	int y = l->body.y;
	uint32_t sends = 0, keeps = 0;
	char head[96], what[64], does[64], s1[160] = "";

	snprintf(head, sizeof head, "Cancel" T_DIM "   %u rest", u->snap->n_orders);
	headline(c, l, y, head);
	y += l->rows >= 20 ? 2 : 1;
	if (k->scope == CANCEL_ONE || k->scope == CANCEL_COIN) {
		if (k->scope == CANCEL_ONE)
			snprintf(what, sizeof what, "1 this %s order", k->coin);
		else
			snprintf(what, sizeof what, "1 every %s order but stops", k->coin);
		cv_text(c, 2, y, l->cols - 4, ROLE_TEXT, what);
		if (k->scope == CANCEL_ONE && k->stops)
			cv_text(c, 2, y + 1, l->cols - 4, ROLE_CAUTION,
				"! a protective stop: type STOPS; the leg would have NO STOP");
		snprintf(does, sizeof does, "sends the cancel");
	} else {
		cancel_rows(u, c, l, y, &sends, &keeps);
		static const char *const names[] = {"1 entry orders", "2 entry and exit orders",
						    "3 everything"};
		snprintf(what, sizeof what, "%s", names[u->sheet.line % 3]);
		snprintf(does, sizeof does, "sends %u cancels", sends);
		if (y + 4 < l->rule_y)
			cv_textf(c, 1, y + 4, l->cols - 2, ROLE_DIM,
				 "Sends 1 batch of " T_TEXT "%u" T_DIM " cancels   Keeps " T_TEXT
				 "%u",
				 sends, keeps);
		y += 4;
	}
	if (y + 2 < l->rule_y)
		cv_text(c, 1, y + 2, l->cols - 2, ROLE_DIM,
			"Each order is read back before it is called gone; one may have filled "
			"first.");
	view_confirm(u, c, l, "A digit chooses, then Y within 3 s sends.", what, does, s1, NULL);
}

void view_small_sheet(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct ui_sheet *s = &u->sheet;
	int y = l->body.y;
	char what[120];

	headline(c, l, y, s->title);
	y += l->rows >= 20 ? 2 : 1;
	cv_put(c, 0, y, ROLE_ACCENT_B, "▸");
	cv_textf(c, 2, y, l->cols - 4, ROLE_KEY, "%c" T_TEXT " %s", s->choice_key, s->choice_text);
	cv_select(c, 0, y, l->cols);
	y += 2;
	for (int i = 0; i < 2 && y < l->rule_y; i++)
		if (s->sentence[i][0])
			cv_text(c, 1, y++, l->cols - 2, ROLE_DIM, s->sentence[i]);
	snprintf(what, sizeof what, "%c %s", s->choice_key, s->title);
	view_confirm(u, c, l, "1 chooses, then Y within 3 s sends.", what, "sends it",
		     s->choice_text, NULL);
}

static const char *alarm_keys(uint8_t code)
{
	switch (code) {
	case NC_OTHER_HAND:
		return "a include them · Y quiet · Esc back";
	case NC_STOPPED_PRICE:
	case NC_LATE:
		return "l lower… · n close rest… · w keep waiting · Space next";
	case NC_UNKNOWN:
	case NC_NOT_FLAT:
		return "r read again · ! panic · Y quiet · Space next";
	case NC_TWO_WRITERS:
		return ":take takes the seat · Y quiet · Esc back";
	case NC_DANGER:
	case NC_VENUE_ERRORS:
	case NC_BLIND:
	case NC_LIQUIDATED:
		return "! panic · Y quiet · Esc back";
	default:
		return "Y quiet · Esc back";
	}
}

void view_alarm(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct snap *s = u->snap;
	int y = l->body.y, w = l->cols - 2;

	if (!s->n_alarms) {
		cv_text(c, 1, y, w, ROLE_OK, "No alarm is in force any more.");
		return;
	}
	int i = u->alarm < (int)s->n_alarms ? u->alarm : 0;
	const struct snap_alarm *a = &s->alarm[i];
	cv_textf(c, 1, y, w, ROLE_TITLE, "Alarm" T_DIM "  %d of %u, level %d, since %s%s", i + 1,
		 s->n_alarms, a->level, fmt_clock(a->since_ms).s,
		 a->seen ? "; bell quiet: you have seen it" : "");
	y += l->rows >= 16 ? 2 : 1;
	char words[320];
	fmt_words(words, sizeof words, a->text);
	int rows = l->notice.y - y;
	y += cv_wrap(c, 1, y, w, rows < 6 ? rows : 6,
		     a->level >= 3   ? ROLE_STRONG
		     : a->level == 2 ? ROLE_CAUTION
				     : ROLE_TEXT,
		     words);
	if (y < l->notice.y)
		cv_text(c, 1, y, w, ROLE_TEXT, alarm_keys(a->code));
	y += 2;
	const struct snap_exit *x = a->exit ? ui_exit_find(s, a->exit) : NULL;
	if (x && y < l->notice.y)
		cv_textf(c, 1, y++, w, ROLE_DIM,
			 "exit           " T_TEXT "x%u has %s %s left of %s", x->id,
			 fmt_size5(x->left).s, x->coin, fmt_size5(x->total).s);
	if (s->n_pools && s->pool[0].has_dies && y < l->notice.y)
		cv_textf(c, 1, y++, w, ROLE_DIM, "dies at        " T_TEXT "%s: BTC %s %%",
			 s->pool[0].name, fmt_pct(s->pool[0].dies_pct, 0).s);
	if (s->n_alarms > 1 && y < l->notice.y)
		cv_textf(c, 1, y, w, ROLE_DIM, "also           " T_TEXT "%s",
			 s->alarm[(i + 1) % (int)s->n_alarms].brief);
}
