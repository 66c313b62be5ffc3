/* lists.c: orders, exits, risk, journal, reports: tables at full height, and one record or report
 * in full. The cursor is u->row; the list scrolls so that it stays inside. */
#include "ui/views/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/order.h"
#include "base/check.h"
#include "base/banned.h"

static int first_row(struct ui *u, int n, int h)
{
	if (u->row >= n)
		u->row = n > 0 ? n - 1 : 0;
	if (u->row < u->top)
		u->top = u->row;
	if (u->row >= u->top + h)
		u->top = u->row - h + 1;
	if (u->top > n - h)
		u->top = n - h > 0 ? n - h : 0;
	u->page = h;
	return u->top;
}

static void mark_row(const struct ui *u, struct canvas *c, const struct layout *l, int y, int i)
{
	if (i != u->row)
		return;
	cv_put(c, 0, y, ROLE_ACCENT_B, "▸");
	cv_select(c, 0, y, l->cols);
	c->row_y = y;
}

static const char *order_kind(const struct snap_order *o)
{
	if (o->trigger)
		return o->take_profit	? "take profit"
		       : o->reduce_only ? "stop market"
					: "trigger market";
	return o->tif == TIF_ALO ? "post only" : o->tif == TIF_IOC ? "at once" : "limit";
}

static void order_row(const struct ui *u, struct canvas *c, const struct layout *l, int y,
		      const struct snap_order *o)
{
	const struct snap_leg *leg = ui_leg_find(u->snap, o->coin, -1);
	int szd = leg ? leg->sz_decimals : 4, pxd = leg ? leg->px_decimals : 6;
	struct price px = o->trigger && o->trigger_px.v ? o->trigger_px : o->px;
	double mark = leg ? price_to_double(leg->mark) : 0,
	       d = mark > 0 ? price_to_double(px) / mark - 1 : 0;
	char whose[40];
	struct num size = order_size(o, szd, 10);

	if (o->whose == WHOSE_EXIT)
		snprintf(whose, sizeof whose, o->slice ? "x%u slice %u" : "x%u", o->exit, o->slice);
	else
		snprintf(whose, sizeof whose, "%s",
			 o->whose == WHOSE_OTHER   ? "OTHER HAND"
			 : o->whose == WHOSE_PANIC ? "panic"
			 : o->whose == WHOSE_GUARD ? "guard"
						   : "yours");
	enum role st = o->state == ORDER_UNKNOWN ? ROLE_UNKNOWN : ROLE_TEXT;
	cv_text(c, 2, y, 7, ROLE_STRONG, o->coin);
	cv_put(c, 10, y, ROLE_TEXT, o->buy ? "buy" : "sell");
	if (l->size < SIZE_M) {
		if (l->cols >= 44)
			cv_text(c, 15, y, 10, ROLE_DIM, o->adds ? "ADDS" : order_kind(o));
		cv_num(c, l->cols >= 44 ? 25 : 13, y, 10, ROLE_TEXT, size.s);
		if (l->cols >= 46)
			cv_num(c, 36, y, 9, ROLE_TEXT, fmt_price(px, pxd).s);
		if (l->cols >= 60)
			cv_text(c, 47, y, 11, ROLE_DIM, whose);
		if (l->cols >= 72)
			cv_textf(c, 60, y, l->cols - 62, st, "%s %s", order_state_text(o->state),
				 fmt_dur((double)(ui_wall_ms(u) - o->since_ms) * 1e-3).s);
		return;
	}
	cv_text(c, 17, y, 14, ROLE_TEXT, order_kind(o));
	cv_num(c, 32, y, 11, ROLE_TEXT, size.s);
	cv_num(c, 43, y, 11, ROLE_DIM,
	       cv_width(fmt_size(o->filled, szd).s) > 10 ? fmt_size5(o->filled).s
							 : fmt_size(o->filled, szd).s);
	cv_num(c, 55, y, 10, ROLE_TEXT, fmt_price(px, pxd).s);
	if (mark > 0)
		cv_rightf(c, 65, 76, y, ROLE_DIM, fabs(d) < 0.001 ? "%s bp" : "%s %%",
			  fabs(d) < 0.001 ? fmt_double(d * 1e4, 1, SIGN_PLUS).s
					  : fmt_pct(d * 100, SIGN_PLUS).s);
	cv_put(c, 79, y, o->adds ? ROLE_CAUTION : ROLE_DIM, o->adds ? "ADDS" : "reduce");
	cv_right(c, 86, 104, y,
		 o->whose == WHOSE_EXIT	   ? ROLE_ACCENT_B
		 : o->whose == WHOSE_OTHER ? ROLE_CAUTION
					   : ROLE_DIM,
		 whose);
	cv_right(c, 105, 112, y, ROLE_DIM, fmt_dur((double)(ui_wall_ms(u) - o->since_ms) * 1e-3).s);
	cv_text(c, 113, y, l->cols - 114, st, order_state_text(o->state));
}

void view_orders(struct ui *u, struct canvas *c, const struct layout *l)
{
	static const char *const filters[] = {"", "  exits only", "  yours only",
					      "  OTHER HAND only", "  panic only"};
	const struct snap *s = u->snap;
	const struct snap_account *a = ui_account(u);
	int y = l->body.y, bottom = l->notice.y - (l->size >= SIZE_M ? 4 : 1);
	char other[64] = "";

	if (a && a->n_other)
		snprintf(other, sizeof other, ", " T_CAUT "%u OTHER HAND" T_DIM, a->n_other);
	if (a)
		cv_textf(c, 1, y, l->cols - 2, ROLE_TITLE,
			 "Orders" T_DIM
			 "   %u resting: %u exit, %u entry, %u protective%s   %s%u unknown" T_ACC
			 "%s",
			 a->n_orders, a->n_exit, a->n_entry, a->n_protective, other,
			 a->n_unknown ? T_UNK : T_DIM, a->n_unknown, filters[u->order_filter % 5]);
	y += l->rows >= 20 ? 2 : 1;
	if (l->size >= SIZE_M) {
		cv_put(c, 2, y, ROLE_DIM, "market  side   kind");
		cv_right(c, 0, 43, y, ROLE_DIM, "size");
		cv_right(c, 0, 54, y, ROLE_DIM, "filled");
		cv_right(c, 0, 65, y, ROLE_DIM, "price");
		cv_right(c, 0, 76, y, ROLE_DIM, "from mark");
		cv_put(c, 79, y, ROLE_DIM, "flags");
		cv_right(c, 0, 104, y, ROLE_DIM, "whose");
		cv_put(c, 106, y++, ROLE_DIM, "rested state");
	}
	if (!s->n_orders)
		cv_text(c, 2, y, l->cols - 4, ROLE_DIM, "No orders rest.");
	int h = bottom - y, n = 0, row = 0;
	for (uint32_t i = 0; i < s->n_orders; i++)
		n += ui_order_shown(u, &s->order[i]);
	int top = first_row(u, n, h > 0 ? h : 1), no_stop = 0;
	for (uint32_t i = 0; i < s->n_orders; i++) {
		if (!ui_order_shown(u, &s->order[i]))
			continue;
		if (row >= top && row < top + h) {
			order_row(u, c, l, y + row - top, &s->order[i]);
			mark_row(u, c, l, y + row - top, row);
		}
		row++;
	}
	if (l->size < SIZE_M)
		return;
	char naked[96] = "";
	for (uint32_t i = 0; i < s->n_legs && no_stop < 60; i++)
		if (s->leg[i].stop_state == STOP_NONE)
			no_stop += snprintf(naked + no_stop, sizeof naked - (size_t)no_stop, "%s%s",
					    no_stop ? ", " : "", s->leg[i].coin);
	if (no_stop)
		cv_textf(c, 2, l->notice.y - 3, l->cols - 4, ROLE_CAUTION, "! %s: NO STOP.", naked);
	if (a && a->n_other)
		cv_text(c, 2, l->notice.y - 2, l->cols - 4, ROLE_CAUTION,
			"! OTHER HAND orders could open after FLAT: panic cancels them too.");
}

/* Right in w columns: a minus sign is one of them and three bytes, which printf would count. */
static struct num right(struct num n, int w)
{
	struct num out;
	int pad = w - cv_width(n.s);

	snprintf(out.s, sizeof out.s, "%*s%.24s", pad > 0 ? pad : 0, "", n.s);
	return out;
}

static void exit_line(const struct ui *u, struct canvas *c, const struct layout *l, int y,
		      const struct snap_exit *x)
{
	static const char *const ends[] = {"",	    "FLAT",    "target reached",
					   "ended", "BLOCKED", "done but for dust"};
	bool live = exit_is_live(x);
	enum role r = live ? ROLE_TEXT : ROLE_DIM;
	double total = fabs(qty_to_double(x->total)), done = fabs(qty_to_double(x->done));
	struct seg g[8];

	seg_set(&g[0], 0, false, "%s%s%-*u" T_STRONG "%-6s%s%-5s", live ? T_ACCB : T_DIM,
		x->ticket.group ? " x" : "x", x->ticket.group ? 2 : 3, x->id, x->coin,
		live ? T_TEXT : T_DIM, x->buy ? "buy" : "sell");
	seg_set(&g[1], 0, false, "%9s", fmt_size5(x->total).s);
	seg_set(&g[2], 3, false, "  %-9s", how_text(&x->ticket).s);
	seg_set(&g[3], 1, false, "  %3s %%",
		fmt_double(total > 0 ? floor(done / total * 100 + 0.5) : 0, 0, 0).s);
	seg_set(&g[4], 2, false, T_TEXT "  %s bp",
		right(fmt_double(x->vs_start_bp, 1, SIGN_PLUS), 5).s);
	seg_set(&g[5], 5, false, T_DIM "  cost %s USD",
		right(fmt_usd(x->cost.total, 9, SIGN_PLUS), 9).s);
	if (x->reason[0] && (!live || x->end == XE_BLOCKED)) /* why, instead of what is over */
		seg_set(&g[6], 1, false, T_CAUT "  %.60s", x->reason);
	else
		seg_set(&g[6], 4, false, T_DIM "  danger %s",
			live && x->has_danger ? fmt_chance(x->danger, true).s : "–");
	static const char *const st[] = {"waits", "runs",    "PAUSED", "STOPPED BY PRICE",
					 "BLIND", "closing", "DONE"};
	seg_set(&g[7], 0, true, "  %s%s%s%.16s",
		x->state == XS_RUNNING	       ? T_TEXT
		: live || x->end == XE_BLOCKED ? T_CAUT
					       : T_OK,
		st[x->state % 7], x->end ? ", " : "", ends[x->end % 6]);
	cv_segs(c, 2, y, l->cols - 4, g, 8);
	(void)u;
	(void)r;
}

/* The same columns: what the legs under it come to. */
static void group_line(struct canvas *c, const struct layout *l, int y, const struct group_sum *s)
{
	struct seg g[8];

	seg_set(&g[0], 0, false, "%sg%-3u" T_STRONG "%u legs%s", s->live ? T_ACCB : T_DIM, s->group,
		s->n, s->n > 9 ? "    " : "     ");
	seg_set(&g[1], 0, false, "%9s", fmt_usd(s->usd, 9, 0).s);
	seg_set(&g[2], 3, false, T_DIM "  %-9s", "USD");
	seg_set(&g[3], 1, false, T_TEXT "  %3s %%",
		fmt_double(s->usd > 0 ? floor(s->done / s->usd * 100 + 0.5) : 0, 0, 0).s);
	seg_set(&g[4], 2, false, T_TEXT "  %s bp", right(fmt_double(s->bp, 1, SIGN_PLUS), 5).s);
	seg_set(&g[5], 5, false, T_DIM "  cost %s USD", right(fmt_usd(s->cost, 9, SIGN_PLUS), 9).s);
	seg_set(&g[6], 4, false, T_DIM "  danger %s",
		s->has_danger ? fmt_chance(s->danger, true).s : "–");
	if (s->live && s->live < s->n)
		seg_set(&g[7], 0, true, T_TEXT "  %u run", s->live);
	else
		seg_set(&g[7], 0, true, s->live ? T_TEXT "  runs" : T_OK "  DONE");
	cv_segs(c, 2, y, l->cols - 4, g, 8);
}

static void exits_table(struct ui *u, struct canvas *c, const struct layout *l, const char *title,
			const char *none)
{
	const struct snap *s = u->snap;
	int y = l->body.y, h, top;
	struct group_sum g;

	cv_textf(c, 1, y, l->cols - 2, ROLE_TITLE, "%s" T_DIM "   %u", title, s->n_exits);
	y += l->rows >= 16 ? 2 : 1;
	h = l->notice.y - y;
	if (!s->n_exits)
		cv_text(c, 2, y, l->cols - 4, ROLE_DIM, none);
	for (uint32_t i = 0; i < s->n_exits; i++) /* room for the lines of groups */
		h -= group_begins(s, i, false) && group_sum(s, s->exit[i].ticket.group, &g);
	top = first_row(u, (int)s->n_exits, h > 0 ? h : 1);
	for (int i = top; i < (int)s->n_exits && y < l->notice.y; i++) {
		if (group_begins(s, (uint32_t)i, false) &&
		    group_sum(s, s->exit[i].ticket.group, &g) && y + 1 < l->notice.y)
			group_line(c, l, y++, &g);
		exit_line(u, c, l, y, &s->exit[i]);
		mark_row(u, c, l, y++, i);
	}
}

void view_exit_list(struct ui *u, struct canvas *c, const struct layout *l)
{
	exits_table(u, c, l, "Exits", "No exit has run yet. x on the cockpit plans one.");
}

void view_reports(struct ui *u, struct canvas *c, const struct layout *l)
{
	exits_table(u, c, l, "Cost reports", "No exit has run yet: there is nothing to report.");
}

void view_risk(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct snap *s = u->snap;
	const struct snap_account *a = ui_account(u);
	int y = l->body.y;
	double net = 0, gross = 0;

	if (a)
		cv_textf(c, 1, y, l->cols - 2, ROLE_TITLE,
			 "Risk" T_DIM "   equity " T_TEXT "%s" T_DIM " USD",
			 fmt_money(a->equity, 12, 0).s);
	y += l->rows >= 16 ? 2 : 1;
	cv_put(c, 2, y, ROLE_DIM, "position");
	int dx = l->cols >= 34 ? 20 : 9; /* of the delta */
	cv_right(c, 10, dx + 12, y, ROLE_DIM, "delta");
	if (l->cols >= 60) {
		cv_right(c, 0, 46, y, ROLE_DIM, "delta USD");
		cv_right(c, 0, 58, y, ROLE_DIM, "alone %");
	}
	y++;
	for (uint32_t i = 0; i < s->n_legs && y < l->notice.y - 3; i++, y++) {
		const struct snap_leg *leg = &s->leg[i];
		double n = money_to_double(leg->notional) * (leg->szi.v < 0 ? -1 : 1);
		net += n;
		gross += fabs(n);
		cv_text(c, 2, y, dx - 2, ROLE_TEXT, leg->coin);
		cv_num(c, dx, y, 12, ROLE_TEXT, fmt_size5(leg->szi).s);
		if (l->cols >= 60) {
			cv_num(c, 34, y, 12, ROLE_TEXT, fmt_usd(n, 11, SIGN_PLUS).s);
			cv_num(c, 48, y, 10, ROLE_TEXT,
			       leg->has_alone ? fmt_double(leg->alone_pct, 2, 0).s : "–");
		}
		if (leg == ui_leg(u)) {
			cv_put(c, 0, y, ROLE_ACCENT_B, "▸");
			cv_select(c, 0, y, l->cols);
		}
	}
	cv_textf(c, 2, y++, l->cols - 4, ROLE_STRONG,
		 "net %s" T_DIM "  gross " T_TEXT "%s" T_DIM " USD", fmt_usd(net, 12, SIGN_PLUS).s,
		 fmt_usd(gross, 12, 0).s);
	if (y < l->notice.y)
		cv_text(c, 2, y, l->cols - 4, ROLE_DIM,
			"Greeks and the scenario grid need the options engine.");
}

static void notice_rows(struct ui *u, struct canvas *c, const struct layout *l, int y, int h)
{
	const struct snap *s = u->snap;
	int row = 0, n = 0;

	for (uint32_t i = 0; i < s->n_notices; i++)
		n += !u->find[0] || strcasestr(s->notice[i].text, u->find) != NULL;
	int top = first_row(u, n, h);
	for (uint32_t i = 0; i < s->n_notices; i++) {
		const struct snap_notice *k = &s->notice[i];
		if (u->find[0] && !strcasestr(k->text, u->find))
			continue;
		if (row >= top && row < top + h) {
			int yy = y + row - top;
			cv_textf(c, 1, yy, l->cols - 2, ROLE_DIM, "%s  %s" T_TEXT "%s",
				 fmt_clock_ms(k->wall_ms).s,
				 k->level >= 3 ? T_DANG "!! "
				 : k->level    ? T_CAUT "! "
					       : "",
				 k->text);
			mark_row(u, c, l, yy, row);
		}
		row++;
	}
}

enum { RECORDS = 120 };

/* Newest first from the store; the row is how far back. */
static void record_rows(struct ui *u, struct canvas *c, const struct layout *l, int y, int h)
{
	static struct ui_record rec[RECORDS];
	int n, top = u->row > h - 1 ? u->row - h + 1 : 0;

	h = h < RECORDS ? h : RECORDS;
	u->page = h;
	n = u->source.records(u->source.ctx, u->record, u->find, rec,
			      top + h < RECORDS ? top + h : RECORDS);
	if (u->row >= n)
		u->row = n > 0 ? n - 1 : 0;
	for (int i = top; i < n && i < top + h; i++) {
		const struct ui_record *k = &rec[i];
		struct seg g[4];
		seg_set(&g[0], 0, false, T_DIM "%s %s", fmt_clock_ms(k->wall_ms).s,
			k->level >= 3 ? T_DANG "!"
			: k->level    ? T_CAUT "!"
				      : " ");
		seg_set(&g[1], 1, false, T_TEXT " %-10.10s " T_DIM "%-6.6s ", k->what, k->who);
		cv_segs(c, 1, y + i - top, 36, g, 2);
		cv_text(c, l->cols >= 60 ? 36 : 16, y + i - top,
			l->cols - (l->cols >= 60 ? 37 : 17), ROLE_TEXT, k->text);
		mark_row(u, c, l, y + i - top, i);
	}
	if (!n)
		cv_text(c, 2, y, l->cols - 4, ROLE_DIM,
			u->find[0] ? "No record holds that." : "No records yet.");
}

void view_journal(struct ui *u, struct canvas *c, const struct layout *l)
{
	int y = l->body.y, h;
	char find[96] = "";

	if (u->find[0])
		snprintf(find, sizeof find, "   holding " T_ACC "%s", u->find);
	if (u->source.count)
		cv_textf(c, 1, y, l->cols - 2, ROLE_TITLE,
			 "Journal" T_DIM "   %s records   newest first%s",
			 fmt_double((double)u->source.count(u->source.ctx), 0, 0).s, find);
	else
		cv_textf(c, 1, y, l->cols - 2, ROLE_TITLE,
			 "Journal" T_DIM "   the newest %u lines%s", u->snap->n_notices, find);
	y += l->rows >= 16 ? 2 : 1;
	h = l->notice.y - y;
	if (h < 1)
		return;
	if (u->source.records)
		record_rows(u, c, l, y, h);
	else
		notice_rows(u, c, l, y, h);
}

void view_record(struct ui *u, struct canvas *c, const struct layout *l)
{
	static struct ui_record rec[RECORDS];
	int y = l->body.y, w = l->cols - 2;

	if (u->source.records) {
		int n = u->source.records(u->source.ctx, u->record, u->find, rec, RECORDS);
		if (u->row < n) {
			const struct ui_record *k = &rec[u->row];
			cv_textf(c, 1, y, w, ROLE_TITLE, "Record %s" T_DIM "   %s   %s   %s",
				 fmt_double((double)k->number, 0, 0).s, fmt_clock_ms(k->wall_ms).s,
				 k->what, k->who);
			cv_wrap(c, 1, y + 2, w, l->notice.y - y - 2, ROLE_TEXT, k->text);
		}
		return;
	}
	if ((uint32_t)u->row < u->snap->n_notices) {
		const struct snap_notice *k = &u->snap->notice[u->row];
		cv_textf(c, 1, y, w, ROLE_TITLE, "Line" T_DIM "   %s   level %d",
			 fmt_clock_ms(k->wall_ms).s, k->level);
		cv_wrap(c, 1, y + 2, w, l->notice.y - y - 2, ROLE_TEXT, k->text);
	}
}
