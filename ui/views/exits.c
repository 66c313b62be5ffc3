/* exits.c: the running exits, orders and log: the middle and right of the cockpit. */
#include "ui/views/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "core/algo.h"
#include "core/order.h"
#include "base/banned.h"

const char *algo_text(uint8_t algo)
{
	return algo < ALGO_COUNT ? ALGO_INFO[algo].name : "?";
}

struct num how_text(const struct ticket *t)
{
	struct num n;

	if (t->algo == ALGO_SWEEP || t->horizon_ms <= 0)
		snprintf(n.s, sizeof n.s, "%s", algo_text(t->algo));
	else
		snprintf(n.s, sizeof n.s, "%s %s", algo_text(t->algo),
			 fmt_dur((double)t->horizon_ms * 1e-3).s);
	return n;
}

static double done_share(const struct snap_exit *x)
{
	double total = fabs(qty_to_double(x->total));

	return total > 0 ? fabs(qty_to_double(x->done)) / total : 0;
}

static double plan_share(const struct snap_exit *x)
{
	double total = fabs(qty_to_double(x->total));

	return total > 0 ? 1 - x->planned_left / total : 0;
}

static void progress_of(struct canvas *c, int x, int y, int w, double done, double planned,
			bool live)
{
	int full = (int)(done * w + 0.3), plan = (int)(planned * w + 0.3);

	full = full < 0 ? 0 : full > w ? w : full;
	plan = plan < 0 ? 0 : plan >= w ? w - 1 : plan;
	cv_hline(c, x, y, full, ROLE_ACCENT, G_FULL);
	cv_hline(c, x + full, y, w - full, ROLE_FAINT, G_THIN);
	if (live)
		cv_cell(c, x + plan, y, ROLE_STRONG, G_PLAN);
}

static void progress(struct canvas *c, int x, int y, int w, const struct snap_exit *e)
{
	progress_of(c, x, y, w, done_share(e), plan_share(e), exit_is_live(e));
}

/* "3s", "now", the state when it is not running. */
static struct num next_text(const struct ui *u, const struct snap_exit *x, const char **hot)
{
	struct num n;
	double left = (double)(x->next_ms - ui_wall_ms(u)) * 1e-3;

	*hot = T_DIM;
	switch (x->state) {
	case XS_PAUSED:
		*hot = T_CAUT;
		snprintf(n.s, sizeof n.s, "PAUSED");
		break;
	case XS_STOPPED_PRICE:
		*hot = T_CAUT;
		snprintf(n.s, sizeof n.s, "price");
		break;
	case XS_BLIND:
		*hot = T_DANG;
		snprintf(n.s, sizeof n.s, "BLIND");
		break;
	case XS_DONE:
		snprintf(n.s, sizeof n.s, "done");
		break;
	case XS_CLOSING:
		*hot = T_ACC;
		snprintf(n.s, sizeof n.s, "closes");
		break;
	case XS_WAITING:
		snprintf(n.s, sizeof n.s, "waits");
		break;
	default:
		if (!x->next_ms)
			snprintf(n.s, sizeof n.s, "–");
		else if (left <= -2) {
			*hot = T_CAUT;
			snprintf(n.s, sizeof n.s, "late %.8s", fmt_dur(-left).s);
		} else if (left < 1)
			snprintf(n.s, sizeof n.s, "now");
		else
			snprintf(n.s, sizeof n.s, "%.10s", fmt_dur(left).s);
	}
	return n;
}

/* S and below: two or three lines an exit. Returns the rows used. */
static int exit_small(const struct ui *u, struct canvas *c, struct rect r, int y,
		      const struct snap_exit *x, bool two)
{
	const char *hot;
	struct num next = next_text(u, x, &hot);
	bool sel = x == ui_exit(u);
	struct num size = fmt_size5(x->total);
	if (!two && x->total.v % 100000000 == 0 && x->total.v / 100000000 >= 1000)
		size = fmt_size(x->total, 0);
	int bar_x = two ? r.x + 28 : r.x + 3;

	if (two && r.w < 44)
		bar_x = r.x + r.w; /* no room for the bar */
	int w = two ? r.x + 40 - bar_x + 3 : r.w - 9;
	int at = cv_textf(c, r.x, y, two ? bar_x - r.x : r.w - 9, ROLE_TEXT, "%sx%u %s%s %s %s %s",
			  sel ? T_ACCB : T_TEXT, x->id, T_STRONG, x->coin,
			  x->buy ? T_TEXT "buy" : T_TEXT "sell", size.s, how_text(&x->ticket).s);
	bool run = x->state == XS_RUNNING;
	if (!two) {
		cv_rightf(c, at + 1, r.x + r.w, y, ROLE_DIM, "%s%s%s", hot, run ? "next " : "",
			  next.s);
		y++;
	} else {
		cv_rightf(c, at + 1, r.x + r.w, y, ROLE_DIM, "%s%s%s", hot, run ? "next " : "",
			  next.s);
		w = r.x + r.w - 16 - bar_x;
	}
	if (w > 3) {
		progress(c, bar_x, y, w - (two ? 2 : 0), x);
		cv_rightf(c, bar_x, bar_x + w + (two ? 3 : 6), y, ROLE_TEXT, "%s%%",
			  fmt_double(floor(done_share(x) * 100 + 0.5), 0, 0).s);
	}
	y++;
	cv_textf(c, r.x + 3, y, r.w - 3, ROLE_TEXT, "%s bp" T_DIM "%s%s",
		 fmt_double(x->vs_start_bp, 1, SIGN_PLUS).s,
		 x->has_danger ? "  danger " T_TEXT : "",
		 x->has_danger ? fmt_chance(x->danger, false).s : "");
	return two ? 2 : 3;
}

static void exit_row(const struct ui *u, struct canvas *c, struct rect r, int y,
		     const struct snap_exit *x)
{
	const char *hot;
	struct num next = next_text(u, x, &hot);
	bool sel = x == ui_exit(u);

	cv_printf(c, r.x, y, sel ? ROLE_ACCENT_B : ROLE_TEXT, "x%u", x->id);
	cv_text(c, r.x + 3, y, 4, ROLE_STRONG, x->coin);
	cv_put(c, r.x + 7, y, ROLE_TEXT, x->buy ? "buy" : "sell");
	cv_num(c, r.x + 11, y, 8, ROLE_TEXT, fmt_size5(x->total).s);
	cv_text(c, r.x + 20, y, 9, ROLE_TEXT, how_text(&x->ticket).s);
	progress(c, r.x + 30, y, 12, x);
	cv_rightf(c, r.x + 42, r.x + 46, y, ROLE_TEXT, "%s%%",
		  fmt_double(floor(done_share(x) * 100 + 0.5), 0, 0).s);
	if (x->state == XS_RUNNING && cv_width(next.s) <= 4) {
		cv_rightf(c, r.x + 46, r.x + 50, y, ROLE_DIM, "%s%s", hot, next.s);
		cv_num(c, r.x + 50, y, 6, ROLE_TEXT,
		       fmt_double(x->vs_start_bp, fabs(x->vs_start_bp) < 999 ? 1 : 0, SIGN_PLUS).s);
	} else { /* the state takes the place of next and average */
		cv_textf(c, r.x + 47, y, 9, ROLE_DIM, "%s%s", hot, next.s);
	}
	if (x->has_danger)
		cv_right(c, r.x + 56, r.x + r.w, y, x->danger > 0.01 ? ROLE_TEXT : ROLE_TEXT,
			 fmt_chance(x->danger, true).s);
	else
		cv_right(c, r.x + 56, r.x + r.w, y, ROLE_DIM, "–");
}

/* What the legs under it come to. */
static void group_row(struct canvas *c, struct rect r, int y, const struct group_sum *g)
{
	double done = g->usd > 0 ? g->done / g->usd : 0;

	cv_textf(c, r.x, y, 11, ROLE_TEXT, T_ACCB "g%u " T_TEXT "%u legs", g->group, g->n);
	cv_num(c, r.x + 11, y, 8, ROLE_TEXT, fmt_usd(g->usd, 8, 0).s);
	cv_put(c, r.x + 20, y, ROLE_DIM, "USD");
	progress_of(c, r.x + 30, y, 12, done, g->usd > 0 ? 1 - g->planned / g->usd : 0,
		    g->live > 0);
	cv_rightf(c, r.x + 42, r.x + 46, y, ROLE_TEXT, "%s%%",
		  fmt_double(floor(done * 100 + 0.5), 0, 0).s);
	cv_num(c, r.x + 50, y, 6, ROLE_TEXT,
	       fmt_double(g->bp, fabs(g->bp) < 999 ? 1 : 0, SIGN_PLUS).s);
	cv_right(c, r.x + 56, r.x + r.w, y, g->has_danger ? ROLE_TEXT : ROLE_DIM,
		 g->has_danger ? fmt_chance(g->danger, true).s : "–");
}

/* Live exits first; returns how many rows of r were used. */
int view_exits(const struct ui *u, struct canvas *c, struct rect r, enum size_class size)
{
	const struct snap *s = u->snap;
	int live = 0, y = r.y, shown = 0, per;

	for (uint32_t i = 0; i < s->n_exits; i++)
		live += exit_is_live(&s->exit[i]);
	char blocked[40] = "";
	for (uint32_t i = 0; i < s->n_exits && !blocked[0]; i++)
		if (s->exit[i].end == XE_BLOCKED && !s->exit[i].panic)
			snprintf(blocked, sizeof blocked, "  " T_CAUT "x%u BLOCKED" T_DIM ": 3",
				 s->exit[i].id);
	cv_textf(c, r.x, y++, r.w, ROLE_TITLE, "Exits" T_DIM "  %s running%s",
		 live ? fmt_double(live, 0, 0).s : "none", blocked);
	if (!live) {
		const struct snap_leg *leg = ui_leg(u);
		if (leg && r.h > 2) {
			cv_textf(c, r.x, y + 1, r.w, ROLE_TEXT,
				 T_KEY "x" T_DIM " plans an exit for %s", leg->coin);
			y += 2;
		}
		return y - r.y;
	}
	if (size >= SIZE_M) {
		cv_right(c, r.x, r.x + 19, y, ROLE_DIM, "amount");
		cv_put(c, r.x + 20, y, ROLE_DIM, "how");
		cv_put(c, r.x + 30, y, ROLE_DIM, "done " T_STRONG "┃" T_DIM " plan");
		cv_right(c, r.x, r.x + 50, y, ROLE_DIM, "next");
		cv_right(c, r.x, r.x + 56, y, ROLE_DIM, "bp");
		cv_right(c, r.x, r.x + r.w, y++, ROLE_DIM, "danger");
	}
	per = size >= SIZE_M ? 1 : size == SIZE_S ? 3 : 2;
	for (uint32_t i = 0; i < s->n_exits && shown < 4; i++) {
		const struct snap_exit *x = &s->exit[i];
		struct group_sum g;
		if (!exit_is_live(x) || y + per > r.y + r.h)
			continue;
		if (size >= SIZE_M && y + 2 <= r.y + r.h && group_begins(s, i, true) &&
		    group_sum(s, x->ticket.group, &g))
			group_row(c, r, y++, &g);
		if (size >= SIZE_M)
			exit_row(u, c, r, y, x);
		else
			exit_small(u, c, r, y, x, size == SIZE_SHORT);
		y += per;
		shown++;
	}
	if (shown < live && y < r.y + r.h)
		cv_printf(c, r.x, y++, ROLE_DIM, "and %d more: 3", live - shown);
	return y - r.y;
}

const char *order_state_text(uint8_t state)
{
	/* enum order_state of the core, in its order */
	static const char *const t[] = {"signed",    "sent",	 "rests",   "PARTIAL", "FILLED",
					"CANCELLED", "REJECTED", "UNKNOWN", "DEAD"};

	return state < COUNT_OF(t) ? t[state] : "?";
}

static const char *kind_text(const struct snap_order *o)
{
	if (o->trigger)
		return o->take_profit ? "target" : "stop";
	return o->tif == TIF_ALO ? "post only" : o->tif == TIF_IOC ? "at once" : "limit";
}

/* "+1.2 bp" near, "−1.72 %" far. */
static struct num from_mark(const struct snap *s, const struct snap_order *o)
{
	const struct snap_leg *leg = ui_leg_find(s, o->coin, -1);
	double mark = leg ? price_to_double(leg->mark) : 0;
	double px = price_to_double(o->trigger && o->trigger_px.v ? o->trigger_px : o->px);
	struct num n = {"–"};

	if (mark <= 0 || px <= 0)
		return n;
	double d = px / mark - 1;
	if (fabs(d) < 0.001)
		snprintf(n.s, sizeof n.s, "%.20s bp", fmt_double(d * 1e4, 1, SIGN_PLUS).s);
	else
		snprintf(n.s, sizeof n.s, "%.20s %%", fmt_pct(d * 100, SIGN_PLUS).s);
	return n;
}

struct num order_size(const struct snap_order *o, int sz_decimals, int w)
{
	struct num n = {"all"}; /* of the position, whatever it is */

	if (!o->sz.v && o->trigger && o->reduce_only)
		return n;
	n = sz_decimals < 0 ? fmt_size5(o->sz) : fmt_size(o->sz, sz_decimals);
	return cv_width(n.s) > w ? fmt_size5(o->sz) : n;
}

static void whose_text(const struct snap_order *o, char *out, size_t cap)
{
	if (o->whose == WHOSE_EXIT && o->slice)
		snprintf(out, cap, T_ACCB "x%u slice %u", o->exit, o->slice);
	else if (o->whose == WHOSE_EXIT)
		snprintf(out, cap, T_ACCB "x%u", o->exit);
	else if (o->whose == WHOSE_OTHER)
		snprintf(out, cap, T_CAUT "OTHER HAND");
	else if (o->whose == WHOSE_PANIC)
		snprintf(out, cap, T_ACCB "panic");
	else if (o->whose == WHOSE_GUARD)
		snprintf(out, cap, T_ACC "guard");
	else
		snprintf(out, cap, T_DIM "yours");
}

void view_orders_brief(const struct ui *u, struct canvas *c, struct rect r, enum size_class size)
{
	const struct snap *s = u->snap;
	const struct snap_account *a = ui_account(u);
	char title[200], other[40] = "";

	if (!a || r.h < 1)
		return;
	if (a->n_other)
		snprintf(other, sizeof other, ", " T_CAUT "%u OTHER HAND" T_DIM, a->n_other);
	if (a->n_unknown)
		snprintf(other + strlen(other), sizeof other - strlen(other),
			 "  " T_UNK "%u UNKNOWN", a->n_unknown);
	if (size == SIZE_S && a->n_unknown) /* this never goes for want of room */
		snprintf(title, sizeof title, "Orders  " T_UNK "%u UNKNOWN" T_DIM ", %u resting",
			 a->n_unknown, a->n_orders);
	else if (size == SIZE_S)
		snprintf(title, sizeof title, "Orders" T_DIM "  %u exit, %u entry, %u stops%s",
			 a->n_exit, a->n_entry, a->n_protective, other);
	else if (size == SIZE_SHORT)
		snprintf(title, sizeof title,
			 "Orders" T_DIM "  %u exit, %u entry, %u stops   %s%u unknown", a->n_exit,
			 a->n_entry, a->n_protective, a->n_unknown ? T_UNK : "", a->n_unknown);
	else
		snprintf(title, sizeof title,
			 "Orders" T_DIM "  %u resting: %u exit, %u entry, %u protective%s",
			 a->n_orders, a->n_exit, a->n_entry, a->n_protective, other);
	cv_text(c, r.x, r.y, r.w, ROLE_TITLE, title);
	bool narrow = r.w < 60;
	for (uint32_t i = 0; i < s->n_orders && (int)i + 1 < r.h; i++) {
		const struct snap_order *o = &s->order[i];
		const struct snap_leg *leg = ui_leg_find(s, o->coin, -1);
		int y = r.y + 1 + (int)i;
		char whose[48];
		struct price px = o->trigger && o->trigger_px.v ? o->trigger_px : o->px;
		whose_text(o, whose, sizeof whose);
		cv_text(c, r.x, y, 5, ROLE_TEXT, o->coin);
		cv_put(c, r.x + 6, y, ROLE_TEXT,
		       o->trigger ? kind_text(o)
		       : o->buy	  ? "buy"
				  : "sell");
		cv_num(c, r.x + 11, y, 9, ROLE_TEXT, order_size(o, -1, 9).s);
		cv_num(c, r.x + 21, y, 9, ROLE_TEXT, fmt_price(px, leg ? leg->px_decimals : 6).s);
		int at = r.x + 30;
		if (!narrow) {
			cv_text(c, r.x + 32, y, 10,
				o->state == ORDER_UNKNOWN ? ROLE_UNKNOWN : ROLE_DIM,
				o->state == ORDER_UNKNOWN ? "UNKNOWN" : kind_text(o));
			at = r.x + 42;
		}
		if (o->state == ORDER_UNKNOWN)
			cv_rightf(c, at, narrow ? r.x + 40 : r.x + 53, y, ROLE_UNKNOWN,
				  narrow ? "UNKNOWN" : "? %s",
				  fmt_dur((double)(ui_wall_ms(u) - o->since_ms) * 1e-3).s);
		else
			cv_right(c, at, narrow ? r.x + 40 : r.x + 53, y, ROLE_DIM,
				 from_mark(s, o).s);
		cv_right(c, narrow ? r.x + 41 : r.x + 54, r.x + r.w, y, ROLE_TEXT, whose);
	}
}

/* An alarm is told again and again: only its newest telling is worth a line here. */
static bool told_again(const struct snap *s, uint32_t i)
{
	const struct snap_notice *n = &s->notice[i];
	size_t head = strcspn(n->text, " ");

	for (uint32_t k = 0; k < i; k++)
		if (s->notice[k].wall_ms - n->wall_ms < 2000 && !strcmp(s->notice[k].text, n->text))
			return true;
	for (uint32_t k = 0; k < i && n->level >= 2; k++)
		if (s->notice[k].code == n->code && s->notice[k].level >= 2 &&
		    s->notice[k].exit == n->exit && !strncmp(s->notice[k].text, n->text, head + 1))
			return true;
	return false;
}

/* Of this exit, whole sentences wrapped; exit 0: of all, one line each. */
void view_log(const struct ui *u, struct canvas *c, struct rect r, uint32_t exit)
{
	const struct snap *s = u->snap;
	int y = r.y + 1, bottom = r.y + r.h;

	if (r.h < 2)
		return;
	if (exit)
		cv_printf(c, r.x, r.y, ROLE_TITLE, "Log" T_DIM "  of x%u", exit);
	else
		cv_put(c, r.x, r.y, ROLE_TITLE, "Log");
	for (uint32_t i = 0; i < s->n_notices && y < bottom; i++) {
		const struct snap_notice *n = &s->notice[i];
		const char *sign = n->level >= 3 ? T_DANG "!! " : n->level >= 2 ? T_CAUT "! " : "";
		char text[NOTICE_TEXT_MAX + 40];
		if (told_again(s, i) || (exit && n->exit != exit))
			continue;
		fmt_words(text, sizeof text, n->text);
		if (exit) {
			cv_put(c, r.x, y, ROLE_DIM, fmt_clock(n->wall_ms).s);
			int at = cv_put(c, r.x + 10, y, ROLE_TEXT, sign);
			y += cv_wrap(c, at, y, r.x + r.w - at, bottom - y < 3 ? bottom - y : 3,
				     ROLE_TEXT, text);
			continue;
		}
		char *stop = strstr(text, ". "); /* the first sentence, when all is too long */
		if (stop && cv_width(text) > r.w - 10)
			*stop = 0;
		cv_textf(c, r.x, y++, r.w, ROLE_DIM, "%s  %s" T_TEXT "%s", fmt_clock(n->wall_ms).s,
			 sign, text);
	}
}

void view_slices(const struct ui *u, struct canvas *c, struct rect r, const struct snap_exit *x)
{
	int px = 6;
	const struct snap_leg *leg = ui_leg_find(u->snap, x->coin, -1);

	if (leg)
		px = leg->px_decimals;
	if (r.h < 3 || r.w < 74)
		return;
	cv_printf(c, r.x, r.y, ROLE_TITLE, "x%u slices" T_DIM "  last %d, newest first", x->id,
		  (int)x->n_slices_shown < r.h - 2 ? (int)x->n_slices_shown : r.h - 2);
	cv_right(c, r.x, r.x + 3, r.y + 1, ROLE_DIM, "#");
	cv_right(c, r.x, r.x + 14, r.y + 1, ROLE_DIM, "time");
	cv_right(c, r.x, r.x + 25, r.y + 1, ROLE_DIM, "planned");
	cv_rightf(c, r.x, r.x + 36, r.y + 1, ROLE_DIM, "%s %.5s", x->buy ? "bought" : "sold",
		  x->coin);
	cv_right(c, r.x, r.x + 49, r.y + 1, ROLE_DIM, "price");
	cv_right(c, r.x, r.x + 59, r.y + 1, ROLE_DIM, "vs start");
	cv_put(c, r.x + 62, r.y + 1, ROLE_DIM, "how");
	cv_right(c, r.x, r.x + r.w, r.y + 1, ROLE_DIM, "fee");
	for (uint32_t i = 0; i < x->n_slices_shown && (int)i + 2 < r.h; i++) {
		const struct snap_slice *k = &x->slices[i];
		int y = r.y + 2 + (int)i;
		cv_printf(c, r.x, y, ROLE_DIM, "%3u", k->n);
		cv_put(c, r.x + 6, y, ROLE_DIM, fmt_clock(k->wall_ms).s);
		cv_num(c, r.x + 15, y, 10, ROLE_TEXT, fmt_size5(k->planned).s);
		cv_num(c, r.x + 26, y, 10, ROLE_TEXT, fmt_size5(k->filled).s);
		cv_num(c, r.x + 37, y, 12, ROLE_TEXT,
		       k->avg.v ? fmt_double(price_to_double(k->avg),
					     fmt_px_decimals(price_to_double(k->avg), px) + 1, 0)
					  .s
				: "–");
		cv_num(c, r.x + 50, y, 9, ROLE_TEXT, fmt_double(k->bp, 1, SIGN_PLUS).s);
		cv_put(c, r.x + 62, y, ROLE_DIM,
		       !k->filled.v ? "–"
		       : k->posted  ? "post"
				    : "crossed");
		cv_num(c, r.x + r.w - 8, y, 8, ROLE_TEXT,
		       fmt_double(money_to_double(k->fee), 2, 0).s);
	}
}

void view_danger(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct snap *s = u->snap;
	const struct snap_pool *p = &s->pool[0];
	int y = r.y;

	if (!s->n_pools || !p->has_dies || r.h < 4)
		return;
	if (r.w < 50 || r.h < 5) {
		if (p->has_time)
			cv_textf(c, r.x, y++, r.w, ROLE_DIM, "if idle " T_TEXT "%s" T_DIM " in 10m",
				 fmt_chance(touch_probability(p->sigma_left, sqrt(1 / 6.0)), false)
					 .s);
		cv_textf(c, r.x, y, r.w, ROLE_DIM, "dies at a gap of BTC " T_TEXT "%s %%",
			 fmt_pct(p->dies_pct, SIGN_MINUS).s);
		return;
	}
	cv_printf(c, r.x, y++, ROLE_TITLE, "Danger" T_DIM "  pool %s, chance of liquidation",
		  p->name);
	cv_right(c, r.x, r.x + 39, y, ROLE_DIM, "in 10m");
	cv_right(c, r.x, r.x + r.w, y++, ROLE_DIM, "in 1h");
	if (p->has_time) {
		cv_put(c, r.x, y, ROLE_TEXT, "if you do nothing");
		cv_right(c, r.x, r.x + 39, y, ROLE_TEXT,
			 fmt_chance(touch_probability(p->sigma_left, sqrt(1 / 6.0)), true).s);
		cv_right(c, r.x, r.x + r.w, y++, ROLE_TEXT,
			 fmt_chance(touch_probability(p->sigma_left, 1), true).s);
	}
	cv_put(c, r.x, y, ROLE_TEXT, "dies at an instant gap of");
	cv_rightf(c, r.x, r.x + r.w, y, ROLE_TEXT, "BTC %s %%", fmt_pct(p->dies_pct, SIGN_MINUS).s);
}
