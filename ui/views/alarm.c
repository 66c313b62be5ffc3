/* alarm.c: an alarm opened with Space: its whole text, the venue's clock where one runs, what
 * stopped, what stands, and the keys that act from there. */
#include "ui/views/view.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "ui/alarms.h"
#include "ui/panic.h"
#include "base/banned.h"

#define VENUE_CLOCK_S 30.0 /* from a partial liquidation to the next */

/* The keys as one line; those that do nothing now in parentheses with the reason. */
static void keys_line(const struct ui *u, struct canvas *c, const struct layout *l, int y,
		      const struct snap_alarm *a)
{
	struct alarm_key k[6];
	char text[400] = "";
	int n = alarm_keys(u, a, k, 5);
	size_t len = 0;

	for (int i = 0; i < n && len + 90 < sizeof text; i++)
		len += (size_t)snprintf(
			text + len, sizeof text - len,
			k[i].off ? "%s" T_OFF "(%c%s%s: %s)" : "%s" T_KEY "%c" T_TEXT "%s%s",
			len ? T_DIM " · " : "", k[i].key, k[i].key == ':' ? "" : " ", k[i].text,
			k[i].off ? k[i].off : "");
	if (a->code != NC_LIQUIDATED)
		len += (size_t)snprintf(text + len, sizeof text - len,
					"%s" T_KEY "Y" T_TEXT " quiet", len ? T_DIM " · " : "");
	cv_text(c, 1, y, l->cols - 2, ROLE_TEXT, text);
}

/* ---- facts: what stands behind it ---- */

struct facts {
	const struct ui *u;
	struct canvas *c;
	const struct layout *l;
	int y, bottom;
};

static void fact(struct facts *f, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void fact(struct facts *f, const char *name, const char *fmt, ...)
{
	char text[300];
	va_list ap;
	int x = f->l->cols >= 60 ? 16 : 10;

	if (f->y >= f->bottom)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	cv_text(f->c, 1, f->y, x - 2, ROLE_DIM, name);
	cv_text(f->c, x, f->y++, f->l->cols - x - 1, ROLE_TEXT, text);
}

static void fact_dies(struct facts *f)
{
	const struct snap *s = f->u->snap;
	const struct snap_pool *p = &s->pool[0];

	if (s->n_pools && p->has_dies)
		fact(f, "dies at", "%s: BTC %s %%%s%s", p->name, fmt_pct(p->dies_pct, SIGN_PLUS).s,
		     p->has_time ? ", 1-in-10 in " : "",
		     p->has_time ? fmt_touch_words(p->touch_s).s : "");
}

/* Legs with a stop that works without us, and those without. */
static void fact_stops(struct facts *f, const char *name)
{
	const struct snap *s = f->u->snap;
	char rests[120] = "", naked[80] = "";
	size_t n = 0, m = 0;

	for (uint32_t i = 0; i < s->n_legs; i++) {
		const struct snap_leg *g = &s->leg[i];
		if (g->stop_state == STOP_OK && n < 90)
			n += (size_t)snprintf(rests + n, sizeof rests - n, "%s%.10s %s",
					      n ? ", " : "", g->coin,
					      fmt_price(g->stop_px, g->px_decimals).s);
		else if (g->stop_state != STOP_OK && m < 60)
			m += (size_t)snprintf(naked + m, sizeof naked - m, "%s%.10s", m ? ", " : "",
					      g->coin);
	}
	if (n)
		fact(f, name, "%s; they work without us", rests);
	if (m)
		fact(f, n ? "" : name, T_CAUT "NO STOP" T_TEXT " on %s", naked);
}

static void fact_exit(struct facts *f, const struct snap_exit *x)
{
	static const char *const states[] = {
		"waits",	   "runs", "paused", "stopped by its price", "waits: no book",
		"closes its rest", "done"};

	if (!x)
		return;
	fact(f, "exit", "x%u %s: %s of %s %s left, ends %s", x->id,
	     x->state < COUNT_OF(states) ? states[x->state] : "?", fmt_size5(x->left).s,
	     fmt_size5(x->total).s, x->coin, fmt_clock(x->planned_end_ms).s);
}

static void fact_each_exit(struct facts *f)
{
	for (uint32_t i = 0; i < f->u->snap->n_exits; i++)
		if (exit_is_live(&f->u->snap->exit[i]))
			fact_exit(f, &f->u->snap->exit[i]);
}

static void fact_exits(struct facts *f, const char *verb)
{
	const struct snap *s = f->u->snap;
	char list[120] = "";
	size_t n = 0;

	for (uint32_t i = 0; i < s->n_exits; i++)
		if (exit_is_live(&s->exit[i]) && n < 90)
			n += (size_t)snprintf(list + n, sizeof list - n, "%sx%u", n ? ", " : "",
					      s->exit[i].id);
	if (n)
		fact(f, "exits", "%s %s", list, verb);
}

static void fact_prices(struct facts *f, const struct snap_alarm *a)
{
	const struct snap_exit *x = alarm_exit(f->u, a);
	const struct snap_leg *g = alarm_leg(f->u, a);
	int pxd = g ? g->px_decimals : 6;

	if (!x)
		return;
	fact(f, "prices", "mark %s, working price %s, last price %s",
	     g ? fmt_price(g->mark, pxd).s : "–", fmt_price(x->working, pxd).s,
	     fmt_price(x->last, pxd).s);
	if (x->has_danger)
		fact(f, "danger", "%s that the pool is liquidated before it is done",
		     fmt_chance(x->danger, false).s);
}

static void fact_position(struct facts *f, const struct snap_alarm *a)
{
	const struct snap_leg *g = alarm_leg(f->u, a);

	if (g)
		fact(f, "position", "%s %s %s, read %s ago", g->szi.v < 0 ? "SHORT" : "LONG",
		     fmt_size((struct qty){llabs(g->szi.v)}, g->sz_decimals).s, g->coin,
		     fmt_dur(snap_age_s(f->u, g->account_ns)).s);
}

static void fact_delta(struct facts *f)
{
	double net = 0;

	for (uint32_t i = 0; i < f->u->snap->n_pools; i++)
		net += money_to_double(f->u->snap->pool[i].net);
	fact(f, "net delta", "%s USD over all pools", fmt_usd(net, 12, SIGN_PLUS).s);
}

static void fact_books(struct facts *f)
{
	const struct snap *s = f->u->snap;
	char list[140] = "";
	size_t n = 0;

	for (uint32_t i = 0; i < s->n_legs && n < 100; i++) {
		const struct snap_book *b = ui_book(s, s->leg[i].coin);
		double age = b ? snap_age_s(f->u, b->book.seen_ns) : 1e9;
		if (age >= 3)
			n += (size_t)snprintf(list + n, sizeof list - n, "%s%.10s %s",
					      n ? ", " : "", s->leg[i].coin,
					      age > 1e8 ? "none" : fmt_dur(age).s);
	}
	if (n)
		fact(f, "books", "%s", list);
}

static void fact_account(struct facts *f)
{
	const struct snap_account *a = ui_account(f->u);

	if (!a)
		return;
	fact(f, "budget", "%s requests, %u full flattens of what is open",
	     fmt_double((double)a->requests_left, 0, 0).s, a->flattens_left);
	if (a->agent_days >= 0)
		fact(f, "key", "%d days; no exit may outlive it", a->agent_days);
}

/* What the venue's act stopped, and the stops it cancelled that are placed again. */
static void fact_act(struct facts *f, const struct snap_venue_act *v)
{
	static const char *const states[] = {"off",   "waits", "sent",
					     "rests", "moves", "gone, sent again"};
	char list[140] = "";
	size_t n = 0;

	for (uint32_t i = 0; i < v->n_stopped && i < VA_EXITS && n < 90; i++)
		n += (size_t)snprintf(list + n, sizeof list - n, "%sx%u", n ? ", " : "",
				      v->stopped[i]);
	int szd = 8, pxd = 6;
	for (uint32_t i = 0; i < f->u->snap->n_legs; i++)
		if (f->u->snap->leg[i].instr == v->instr) {
			szd = f->u->snap->leg[i].sz_decimals;
			pxd = f->u->snap->leg[i].px_decimals;
		}
	fact(f, "stopped", "%s%s%s of %s %s left, taken at %s", list, n ? " slice no more; " : "",
	     fmt_size((struct qty){llabs(v->left.v)}, szd).s, fmt_size(v->of, szd).s, v->coin,
	     fmt_price(v->px, pxd).s);
	n = 0;
	list[0] = 0;
	for (uint32_t i = 0; i < v->n_guards && i < VA_GUARDS && n < 100; i++)
		n += (size_t)snprintf(list + n, sizeof list - n, "%s%.10s %s %s", n ? ", " : "",
				      v->guard[i].coin, fmt_price(v->guard[i].px, 6).s,
				      states[v->guard[i].state % 6]);
	if (n)
		fact(f, "re-placed", "guards it cancelled: %s", list);
}

/* LIQUIDATED: what is computed anew for what the venue left. */
static void fact_sheet(struct facts *f)
{
	const struct sheet_line *t = &f->u->sheet.plan.line[SHEET_TRIM];
	const struct sheet_line *add = &f->u->sheet.plan.line[SHEET_ADD];
	char size[96];

	panic_size_words(f->u, SHEET_TRIM, size, sizeof size, 48);
	if (t->offered)
		fact(f, "computed anew", "TRIM %s, cost ~%s%s%s", size, fmt_km(t->cost, 0).s,
		     add->offered ? "; ADD " : "", add->offered ? fmt_usd(add->add, 12, 0).s : "");
	else
		fact(f, "computed anew", "TRIM: %s%s%s", panic_why(t->why),
		     add->offered ? "; ADD " : "", add->offered ? fmt_usd(add->add, 12, 0).s : "");
}

static void facts_of(struct facts *f, const struct snap_alarm *a)
{
	const struct snap_exit *x = alarm_exit(f->u, a);
	const struct snap_venue_act *v = alarm_venue_act(f->u, a);

	switch (a->code) {
	case NC_LIQUIDATED:
		if (v)
			fact_act(f, v);
		else
			fact_position(f, a);
		fact_each_exit(f);
		fact_stops(f, "re-placed");
		fact_sheet(f);
		fact(f, "source", "fills of your address marked as liquidation; not an ADL");
		break;
	case NC_ADL:
		fact_position(f, a);
		if (v) {
			fact(f, "net delta", "%s USD, was %s; at BTC −2 %% it is %s",
			     fmt_money(v->net_after, 12, SIGN_PLUS).s,
			     fmt_money(v->net_before, 12, SIGN_PLUS).s,
			     fmt_money(v->net_fallen, 12, SIGN_PLUS).s);
			fact(f, "again", "~%s USD, on the venue's page: no key here hedges",
			     fmt_money(v->cost_again, 12, 0).s);
		} else {
			fact_delta(f);
		}
		fact(f, "source", "a fill marked Auto-Deleveraging; not your liquidation");
		fact_dies(f);
		break;
	case NC_STOPPED_PRICE:
	case NC_LATE:
	case NC_BEHIND:
		fact_exit(f, x);
		fact_prices(f, a);
		fact_dies(f);
		break;
	case NC_BLIND:
		fact_books(f);
		fact_exits(f, "wait: passive slices need a book under 3 s");
		fact(f, "never wait", "! panic, C cancel, P pause: at once, from the mark");
		fact_stops(f, "at the venue");
		fact_dies(f);
		break;
	case NC_VENUE_ERRORS:
	case NC_POST_ONLY:
		fact_exits(f, a->code == NC_POST_ONLY ? "wait" : "go on; an error is no verdict");
		fact_stops(f, "at the venue");
		fact_dies(f);
		break;
	case NC_UNKNOWN:
	case NC_NOT_FLAT:
		fact_position(f, a);
		fact(f, "rule", "a close to zero never waits; a part waits for proof");
		fact_dies(f);
		break;
	case NC_ASLEEP:
		fact_each_exit(f);
		fact_dies(f);
		break;
	case NC_OTHER_HAND:
	case NC_TWO_WRITERS:
		fact_position(f, a);
		fact_exit(f, x);
		fact(f, "rule", "growth by another hand is not sold unless you say so");
		break;
	case NC_KEY:
	case NC_BUDGET:
		fact_account(f);
		break;
	default:
		fact_dies(f);
		fact_stops(f, "stops");
		fact_exits(f, "run");
	}
}

/* The venue's 30 s until it takes the rest. */
static int clock_bar(struct facts *f, const struct snap_alarm *a)
{
	const struct snap_venue_act *v = alarm_venue_act(f->u, a);
	int64_t from = v ? v->wall_ms : a->since_ms;
	double all = v && v->clock_end_ms > from ? (double)(v->clock_end_ms - from) * 1e-3
						 : VENUE_CLOCK_S;
	double gone = (double)(ui_wall_ms(f->u) - from) * 1e-3;
	int x = f->l->cols >= 60 ? 20 : 1, w = f->l->cols - x - 2, y = f->y;
	char took[40] = "took it";

	if ((v && !v->clock_end_ms) || gone < 0 || gone > all || w < 20 || f->bottom - y < 3)
		return y;
	if (v)
		snprintf(took, sizeof took, "took %s", fmt_size5(v->taken).s);
	int k = (int)(gone / all * w);
	if (x > 1)
		cv_put(f->c, 1, y, ROLE_DIM, "the venue's clock");
	for (int i = 0; i < w; i++)
		cv_cell(f->c, x + i, y, i < k ? ROLE_BAR_DANGER : ROLE_FAINT,
			i < k ? 0x2501 : G_THIN);
	y++;
	char left[32];
	snprintf(left, sizeof left, "takes the rest in %s s", fmt_double(all - gone, 0, 0).s);
	int end = cv_put(f->c, x, y, ROLE_DIM, took);
	if (k > end - x + 2 && k < w - cv_width(left) - 3)
		cv_put(f->c, x + k - 1, y, ROLE_TEXT, "now");
	cv_right(f->c, end + 1, x + w, y, ROLE_DANGER, left);
	return y + 2;
}

/* The zone: opening it chose the sale. */
static void zone(const struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct ui_confirm *k = &u->confirm;
	double t = (double)(k->chosen_ns + CONFIRM_NS - u->now_ns) * 1e-9;
	char left[200], s[2][PANIC_SENTENCE], sends[110];
	int y = l->rule_y, w = l->cols - 2;

	panic_sends(u, SHEET_TRIM, sends, sizeof sends, l->cols >= 100);
	if (k->changed)
		snprintf(left, sizeof left,
			 T_CAUT "What it would sell changed. Space again, then Y.");
	else if (k->choice && !k->late && t > 0)
		snprintf(left, sizeof left,
			 T_STRONG "Space alarm" T_DIM " chosen   " T_KEY "Y" T_TEXT " %s   " T_ACCB
				  "%s s",
			 sends, fmt_double(t, 1, 0).s);
	else
		snprintf(left, sizeof left,
			 T_CAUT "Too late: 3 s are over. Space again, then Y. Nothing was sent.");
	cv_hline(c, 1, y, w, ROLE_FAINT, G_THIN);
	int end = cv_text(c, 1, y + 1, w, ROLE_TEXT, left);
	cv_right(c, end + 2, l->cols - 1, y + 1, ROLE_TEXT,
		 T_KEY "Esc" T_DIM " back, nothing sent");
	panic_sentence(u, SHEET_TRIM, s, 2, w);
	for (int i = 0; i < 2; i++)
		cv_text(c, 1, y + 2 + i, w, ROLE_TEXT, s[i]);
}

static void zone_line(const struct ui *u, struct canvas *c, int y, int w)
{
	const struct ui_confirm *k = &u->confirm;
	double t = (double)(k->chosen_ns + CONFIRM_NS - u->now_ns) * 1e-9;
	char sends[110];

	panic_sends(u, SHEET_TRIM, sends, sizeof sends, false);
	cv_hline(c, 0, y, w, ROLE_TEXT, ' ');
	if (k->choice && !k->late && !k->changed && t > 0)
		cv_textf(c, 0, y, w, ROLE_STRONG, T_KEY "Y" T_TEXT " %s  " T_ACCB "%s s",
			 w >= 30 ? sends : "sells", fmt_double(t, 1, 0).s);
	else
		cv_text(c, 0, y, w, ROLE_CAUTION,
			w >= 36 ? "Too late: Space again, then Y" : "Space again, then Y");
}

/* "also": what Space shows next. */
static void also(struct facts *f, const struct snap_alarm *a)
{
	const struct snap *s = f->u->snap;
	uint32_t n = s->n_alarms;

	if (n < 2)
		return;
	const struct snap_alarm *next = &s->alarm[(uint32_t)(a - s->alarm + 1) % n];
	char words[140];
	fmt_words(words, sizeof words, next->brief[0] ? next->brief : next->text);
	fact(f, "also", "%s" T_TEXT "%s", next->level >= 3 ? T_DANG "!! " : T_CAUT "! ", words);
}

/* The keys stand in a line of their own, with what is off; where the text ends in nothing but them
 * they are not said twice. */
static void cut_keys(char *words, const struct snap_alarm *a)
{
	const char *from = a->code == NC_LIQUIDATED	 ? " Y sell"
			   : a->code == NC_STOPPED_PRICE ? " l lower"
							 : NULL;
	char *at = from ? strstr(words, from) : NULL;

	if (at)
		*at = 0;
}

void view_alarm(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct snap *s = u->snap;
	const struct snap_alarm *a = ui_alarm(u);
	int y = l->body.y, w = l->cols - 2;

	if (!a) {
		cv_text(c, 1, y, w, ROLE_OK,
			s->n_alarms ? "This alarm is over. Space shows the next one."
				    : "No alarm is in force any more.");
		return;
	}
	bool sale = a->code == NC_LIQUIDATED && alarm_offers_sale(u);
	bool small = l->size < SIZE_SHORT; /* no room for a zone: its line stands last */
	int bottom = sale && !small ? l->rule_y : l->notice.y - (sale && small);
	cv_textf(c, 1, y, w, ROLE_TITLE, "Alarm" T_DIM "  %d of %u, level %d, since %s%s",
		 (int)(a - s->alarm) + 1, s->n_alarms, a->level, fmt_clock(a->since_ms).s,
		 a->seen ? "; bell quiet: you have seen it" : "");
	y += l->rows >= 16 ? 2 : 1;
	char words[320];
	fmt_words(words, sizeof words, a->text);
	cut_keys(words, a);
	int rows = bottom - y - 1;
	y += cv_wrap(c, 1, y, w < 78 ? w : 78, rows < 6 ? rows : 6,
		     a->level >= 3   ? ROLE_STRONG
		     : a->level == 2 ? ROLE_CAUTION
				     : ROLE_TEXT,
		     words);
	if (y < bottom)
		keys_line(u, c, l, y, a);
	struct facts f = {u, c, l, y + (l->rows >= 20 ? 2 : 1), bottom};
	if (a->code == NC_LIQUIDATED)
		f.y = clock_bar(&f, a);
	facts_of(&f, a);
	also(&f, a);
	if (sale && small)
		zone_line(u, c, bottom, l->cols);
	else if (sale)
		zone(u, c, l);
}
