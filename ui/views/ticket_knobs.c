/* ticket_knobs.c: the knobs of the ticket in words: value, and what it means or does. */
#include <math.h>
#include <stdio.h>

#include "core/algo.h"
#include "core/pool.h"
#include "ui/views/ticket_in.h"

static const char *const knob_names[KNOBS] = {
	[KNOB_AMOUNT] = "amount",
	[KNOB_WITHIN] = "within",
	[KNOB_HOW] = "how",
	[KNOB_URGENCY] = "urgency",
	[KNOB_WORKING] = "working price",
	[KNOB_LAST] = "last price",
	[KNOB_DANGER] = "danger limit",
	[KNOB_CAP] = "volume cap",
	[KNOB_LATE] = "if late",
	[KNOB_SLICE] = "each slice",
	[KNOB_RANDOM] = "randomness",
	[KNOB_GUARD] = "guard",
	[KNOB_RUNS] = "runs on",
};

const struct snap_leg *ticket_leg_of(const struct ui *u)
{
	return ui_leg_find(u->snap, u->ticket.t.coin, u->ticket.t.account);
}

static int price_decimals(const struct ui *u)
{
	const struct snap_leg *l = ticket_leg_of(u);

	return l ? fmt_px_decimals(price_to_double(l->mark), l->px_decimals) : 2;
}

/* Where the pool's equity is zero with the other legs still; 0 not known. */
static double zero_price(const struct ui *u, const struct snap_leg *l, double mark)
{
	double notional = money_to_double(l->notional);
	struct pool_leg leg = {.notional = l->szi.v < 0 ? -notional : notional};
	uint32_t at = (uint32_t)(l - u->snap->leg);

	for (uint32_t i = 0; i < u->snap->n_pools; i++) {
		const struct snap_pool *p = &u->snap->pool[i];
		if (p->has_equity && at >= p->first_leg && at < (uint32_t)p->first_leg + p->n_legs)
			return pool_zero_price(&leg, money_to_double(p->equity), mark);
	}
	return 0;
}

void ticket_price_text(const struct ui *u, const struct price_spec *p, char *value, size_t vc,
		       char *note, size_t nc, bool last)
{
	const struct snap_leg *l = ticket_leg_of(u);
	double mark = l ? price_to_double(l->mark) : 0;
	double v = p->ref == PREF_ABS	      ? price_to_double(p->abs)
		   : p->ref == PREF_FROM_MARK ? mark * (1 + ratio_to_double(p->offset))
		   : p->ref == PREF_FROM_LIQ && l
			   ? price_to_double(l->liq) * (1 + ratio_to_double(p->offset))
			   : 0;

	if (p->ref == PREF_NONE && last && mark > 0) {
		double zero = zero_price(u, l, mark), away = l->max_leverage >= 20 ? 0.08 : 0.15;
		bool sell = l->szi.v > 0;
		v = mark * (sell ? 1 - away : 1 + away);
		bool nearer =
			zero > 0 && (sell ? zero > v && zero < mark : zero < v && zero > mark);
		v = nearer ? zero : v;
		snprintf(value, vc, "%s", fmt_double(v, price_decimals(u), 0).s);
		snprintf(note, nc,
			 nearer ? "%s %%: equity zero%.0s" : "%s %%; beyond it nothing %s",
			 fmt_pct((v / mark - 1) * 100, SIGN_PLUS).s, sell ? "sells" : "buys");
		return;
	}
	if (p->ref == PREF_NONE) {
		snprintf(value, vc, "none");
		snprintf(note, nc, "every price is taken");
		return;
	}
	snprintf(value, vc, "%s", v > 0 ? fmt_double(v, price_decimals(u), 0).s : "as typed");
	double zero = last && v > 0 && mark > 0 ? zero_price(u, l, mark) : 0;
	if (zero > 0 && (l->szi.v > 0 ? v < zero : v > zero)) {
		snprintf(note, nc, "! past equity zero %s: liquidation comes first",
			 fmt_double(zero, price_decimals(u), 0).s);
		return;
	}
	snprintf(note, nc, "%s%s%s",
		 mark > 0 && v > 0 ? fmt_pct((v / mark - 1) * 100, SIGN_PLUS).s : "",
		 mark > 0 && v > 0 ? " %; " : "",
		 last ? "beyond it nothing sells" : "beyond it only the danger rule sells");
}

/* "109,024" and where that is, or why there is none. */
static void guard_text(const struct ui *u, char *value, size_t vc, char *note, size_t nc)
{
	const struct ui_ticket *k = &u->ticket;
	const struct snap_leg *l = ticket_leg_of(u);
	struct num px = fmt_price(k->guard_px, l ? l->px_decimals : 6);
	double mark = l ? price_to_double(l->mark) : 0, at = price_to_double(k->guard_px);
	struct num away = fmt_pct(mark > 0 ? (at / mark - 1) * 100 : 0, SIGN_PLUS);

	if (k->guard == SG_NONE) {
		snprintf(value, vc, "none");
		snprintf(note, nc, "%s", k->guard_why[0] ? k->guard_why : "no position");
	} else if (k->guard == SG_IN_PLACE) {
		snprintf(value, vc, "%s", px.s);
		snprintf(note, nc, "%s %%; rests at the venue already", away.s);
	} else if (!k->t.guard) {
		snprintf(value, vc, "no");
		snprintf(note, nc, "default yes: %s%s", px.s,
			 k->guard_first ? ", before the working price" : "");
	} else {
		snprintf(value, vc, "%s", px.s);
		snprintf(note, nc,
			 k->guard_first ? "! fires before the working price"
					: "%s %%; first, at the venue",
			 away.s);
	}
}

/* The knobs below the prices. */
static void knob_limits(const struct ui *u, int k, char *value, size_t vc, char *note, size_t nc)
{
	static const char *const places[PLACE_COUNT] = {"cross", "post", "chase", "post first"};
	static const char *const place_notes[PLACE_COUNT] = {"takes at once", "rests at the touch",
							     "follows the touch, then crosses",
							     "crosses late, or when it must"};
	const struct ticket *t = &u->ticket.t;
	const struct ui_ticket *kt = &u->ticket;

	switch (k) {
	case KNOB_DANGER:
		snprintf(value, vc, "%s",
			 t->risk.v ? fmt_chance(ratio_to_double(t->risk), false).s : "none");
		snprintf(note, nc, "%s",
			 t->risk.v ? "crossed: sells to the last price" : "danger only alarms");
		break;
	case KNOB_CAP:
		snprintf(value, vc, "%s %%", fmt_double(ratio_to_double(t->cap) * 100, 0, 0).s);
		snprintf(note, nc, "of volume; danger overrides it");
		break;
	case KNOB_LATE:
		snprintf(value, vc, "%s", t->catch_up == CATCH_BY ? "keep end" : "keep pace");
		snprintf(note, nc, "%s",
			 t->catch_up == CATCH_BY ? "faster after a gap, up to 3x"
						 : "no catch-up; the end moves");
		break;
	case KNOB_SLICE:
		snprintf(value, vc, "%s", places[t->place % PLACE_COUNT]);
		snprintf(note, nc, "%s", place_notes[t->place % PLACE_COUNT]);
		break;
	case KNOB_RANDOM:
		if (t->declared) {
			snprintf(value, vc, "declared");
			snprintf(note, nc, "even, for all to see");
			break;
		}
		snprintf(value, vc, "%s %%",
			 fmt_double(ratio_to_double((struct ratio){t->random.v}) * 100, 0, 0).s);
		snprintf(note, nc, "size, time%s%s%s", kt->valid ? "; costs " : "",
			 kt->valid ? fmt_double(kt->plan.jitter_cost, 0, 0).s : "",
			 kt->valid ? " USD" : "");
		break;
	case KNOB_GUARD:
		guard_text(u, value, vc, note, nc);
		break;
	default:
		snprintf(value, vc, "%s", t->algo == ALGO_VENUE_TWAP ? "the venue" : "this host");
		snprintf(note, nc, "%s",
			 t->algo == ALGO_VENUE_TWAP ? "30s slots, none of these limits"
						    : "v at the venue: TWAP, no limits");
	}
}

/* ", until 3.0x": what the amount follows from, when it is not a size. */
static void target_text(const struct ticket *t, int px_decimals, char *out, size_t cap)
{
	double share = ratio_to_double((struct ratio){t->target_v});
	struct num v = fmt_money((struct money){t->target_v}, 12, 0);

	out[0] = 0;
	switch (t->target) {
	case TARGET_POSITION:
		snprintf(out, cap, ", until %s is left", fmt_size5((struct qty){t->target_v}).s);
		break;
	case TARGET_NOTIONAL:
		snprintf(out, cap, ", until %s USD is left", v.s);
		break;
	case TARGET_LEVERAGE:
		snprintf(out, cap, ", until %sx", fmt_double(share, 1, 0).s);
		break;
	case TARGET_LIQ_PRICE:
		snprintf(out, cap, ", until liq %s",
			 fmt_price((struct price){t->target_v}, px_decimals).s);
		break;
	case TARGET_CUSHION:
		snprintf(out, cap, ", until it lives a move of %s %%", fmt_pct(share * 100, 0).s);
		break;
	case TARGET_DELTA:
		snprintf(out, cap, ", until net delta %s USD", v.s);
		break;
	default:
		break;
	}
}

static void knob_text(const struct ui *u, int k, char *value, size_t vc, char *note, size_t nc)
{
	const struct ticket *t = &u->ticket.t;
	const struct ui_ticket *kt = &u->ticket;
	const struct snap_leg *l = ticket_leg_of(u);
	double held = l ? fabs(qty_to_double(l->szi)) : 0, q = qty_to_double(kt->problem.size);
	char aim[64];

	bool chooses = false;

	value[0] = note[0] = 0;
	switch (k) {
	case KNOB_AMOUNT:
		snprintf(value, vc, "%s %%", held > 0 ? fmt_double(q / held * 100, 0, 0).s : "–");
		target_text(t, l ? l->px_decimals : 6, aim, sizeof aim);
		snprintf(note, nc, "%s %s%s",
			 l ? fmt_size(kt->problem.size, l->sz_decimals).s : "–", t->coin, aim);
		break;
	case KNOB_WITHIN: /* pov and is choose it themselves */
		chooses = t->algo == ALGO_POV || t->algo == ALGO_IS;
		snprintf(value, vc, "%s",
			 t->until_ms		? fmt_clock(t->until_ms).s
			 : kt->valid && chooses ? fmt_dur((double)kt->chosen.horizon_ms * 1e-3).s
			 : t->horizon_ms	? fmt_dur((double)t->horizon_ms * 1e-3).s
						: "at once");
		if (kt->valid && kt->plan.n > 1)
			snprintf(note, nc, "%u slices, one every %s", kt->plan.n,
				 fmt_dur((double)kt->plan.spacing_ms * 1e-3).s);
		break;
	case KNOB_HOW:
		snprintf(value, vc, "%s", algo_text(t->algo));
		snprintf(note, nc, "%s", t->algo < ALGO_COUNT ? ALGO_INFO[t->algo].words : "");
		break;
	case KNOB_URGENCY:
		snprintf(value, vc, "%s", fmt_double(ratio_to_double(t->urgency), 2, 0).s);
		snprintf(note, nc, "%s",
			 kt->way != WAY_DEADLINE   ? "of 5 by deadline"
			 : kt->hold == HOLD_DANGER ? "as the danger limit needs; Tab"
			 : kt->hold == HOLD_COST   ? "the calmest for that cost; Tab"
						   : "0 even, 1 nearly at once; for ac");
		break;
	case KNOB_WORKING:
		ticket_price_text(u, &t->working, value, vc, note, nc, false);
		break;
	case KNOB_LAST:
		ticket_price_text(u, &t->last, value, vc, note, nc, true);
		break;
	default:
		knob_limits(u, k, value, vc, note, nc);
	}
}

void ticket_knobs(const struct ui *u, struct canvas *c, int y, int bottom, int w)
{
	char value[48], note[120];
	int n = bottom - y, top = 0;

	if (n < KNOBS && u->ticket.knob >= n)
		top = u->ticket.knob - n + 1;
	for (int k = top; k < KNOBS && y < bottom; k++, y++) {
		bool sel = u->ticket.knob == k;
		knob_text(u, k, value, sizeof value, note, sizeof note);
		cv_text(c, 2, y, 14, sel ? ROLE_ACCENT_B : ROLE_DIM, knob_names[k]);
		cv_text(c, 17, y, w - 17 < 10 ? w - 17 : 10, sel ? ROLE_ACCENT_B : ROLE_STRONG,
			value);
		if (w > 40)
			cv_text(c, 28, y, w - 28, ROLE_DIM, note);
		if (sel)
			cv_put(c, 0, y, ROLE_ACCENT_B, "▸");
	}
}

void ticket_knob_line(const struct ui *u, char *out, size_t cap)
{
	char value[48], note[120];

	knob_text(u, u->ticket.knob, value, sizeof value, note, sizeof note);
	snprintf(out, cap, "%s " T_STRONG "%s" T_DIM "  %s", knob_names[u->ticket.knob % KNOBS],
		 value, note);
}
