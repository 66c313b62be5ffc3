/* guard.c: the stop that rests at the venue, for whole positions.
 *
 * The trigger stands half the distance before the price at which the leg dies, but 0.4 to 2.0 % of
 * that price; under 0.8 % of distance there is no room for one (the guard_* knobs). The price at
 * which a leg dies is the nearer of two: the one it has when a common move of the market (every
 * coin its beta) kills its pool, and the venue's own, with the other legs still. The first because
 * in a storm no other leg stands still, the second because a coin may also run alone.
 *
 * Why it fires first: along the common move of BTC by x leg k reaches its trigger at
 * x - gap * (1 - beta x) / beta < x; every stop of a pool fires before the pool dies, and what is
 * sold by then only moves the death further away.
 *
 * Invariants: (1) trigger strictly between the dying price and the mark, on the venue's grid; (2)
 * the limit is not on the near side of the trigger; (3) a stop that would fire before the working
 * price of a running exit says so. */
#include <math.h>
#include <string.h>

#include "plan/sheet_inner.h"
#include "base/banned.h"

/* A distance that comes back from doubles a hair short of the least is the least. */
static bool too_near(const struct panic_conf *k, double room)
{
	return room < ratio_to_double(k->guard_least) - 1e-9;
}

static void why_too_near(const struct panic_conf *k, char why[SHEET_WHY])
{
	why_put(why, "not offered under %g %% of distance: only TRIM",
		100 * ratio_to_double(k->guard_least));
}

static bool grid(const struct instr *i, struct price *out, double p, bool up)
{
	struct price x;

	return p > 0 && price_from_double(&x, p, ROUND_HALF_AWAY) &&
	       instr_round_price(i, out, x, up ? ROUND_UP : ROUND_DOWN);
}

bool sheet_guard_limit(const struct panic_conf *k, const struct instr *i, bool is_long,
		       struct price trigger, struct price *limit)
{
	double past = ratio_to_double(k->guard_worst);

	return grid(i, limit, price_to_double(trigger) * (is_long ? 1 - past : 1 + past), !is_long);
}

bool sheet_guard_prices(const struct panic_conf *k, const struct instr *i, bool is_long,
			struct price mark, struct price dies, struct price *trigger,
			struct price *limit, char why[SHEET_WHY])
{
	double m = price_to_double(mark), d = price_to_double(dies), room, gap;
	struct price t, l;
	bool between;

	why[0] = 0;
	if (mark.v <= 0 || dies.v <= 0) {
		why_put(why, mark.v <= 0 ? "no mark" : "no price of this coin kills it");
		return false;
	}
	room = is_long ? (m - d) / m : (d - m) / m;
	if (too_near(k, room)) {
		why_too_near(k, why);
		return false;
	}
	gap = fmax(ratio_to_double(k->guard_share) * fabs(m - d) / d,
		   ratio_to_double(k->guard_nearest));
	gap = fmin(gap, ratio_to_double(k->guard_farthest));
	/* rounded towards the mark: never later than the rule */
	between = grid(i, &t, is_long ? d * (1 + gap) : d * (1 - gap), is_long) &&
		  (is_long ? t.v > dies.v && t.v < mark.v : t.v < dies.v && t.v > mark.v);
	if (!between) {
		why_put(why, "no price of the venue lies between the mark and liquidation");
		return false;
	}
	if (!sheet_guard_limit(k, i, is_long, t, &l)) {
		why_put(why, "no valid limit");
		return false;
	}
	*trigger = t;
	*limit = l;
	return true;
}

/* What firing costs: the book's displacement at the trigger as it is now, and at worst the limit.
 */
static void guard_costs(const struct sheet_work *w, struct sheet_leg *o)
{
	const struct sheet_leg_in *l = &w->in->leg[o->leg];
	double q = qty_to_double(o->size), t = price_to_double(o->trigger);
	double mark = price_to_double(l->mark), far = price_to_double(o->worst);

	o->cost = w->leg[o->leg].cost * t / mark;
	o->cost_worst = q * (fabs(t - far) + l->fee * far);
	(void)price_from_double(&o->expected, t + (o->buy ? 1 : -1) * o->cost / q, ROUND_HALF_AWAY);
}

static void working_price(const struct sheet_leg_in *l, struct sheet_leg *o)
{
	char text[40];
	struct buf b;

	if (!l->working.v || !o->trigger.v)
		return;
	o->before_working = o->buy ? o->trigger.v < l->working.v : o->trigger.v > l->working.v;
	if (!o->before_working)
		return;
	buf_init(&b, text, sizeof text);
	price_put(&b, l->working);
	why_put(o->why, "fires before the working price %s of x%u", text, o->exit);
}

/* The pool has too little room for any: its distance in BTC is under the least. */
static bool no_room(const struct sheet_work *w, const struct sheet_pool *p)
{
	return p->has_equity && p->sum.has_dies && too_near(w->knob, p->sum.dies);
}

static void guard_leg(const struct sheet_work *w, struct sheet_leg *o)
{
	const struct sheet_leg_in *l = &w->in->leg[o->leg];
	const struct sheet_pool *p = &w->out->pool[o->pool];
	struct instr i;

	o->size = leg_held(l);
	o->part = 1;
	o->dies = leg_dies(w, o->leg, o->pool);
	o->trigger = l->stop;
	if (stop_in_time(l, o->dies)) {
		o->guard = SG_IN_PLACE;
		working_price(l, o);
		return;
	}
	o->trigger.v = 0;
	leg_instr(l, &i);
	if (no_room(w, p)) {
		why_too_near(w->knob, o->why);
		return;
	}
	if (!sheet_guard_prices(w->knob, &i, leg_long(l), l->mark, o->dies, &o->trigger,
				&o->rung[0], o->why))
		return;
	o->guard = l->stop.v ? SG_REPAIR : SG_PLACE;
	o->worst = o->rung[0];
	guard_costs(w, o);
	working_price(l, o);
}

static void words(const struct sheet_work *w, struct sheet_line *line, uint32_t placed,
		  uint32_t kept, const struct sheet_leg *late)
{
	line->offered = placed > 0;
	if (late)
		memcpy(line->why, late->why, sizeof line->why);
	else if (line->n && !placed && kept == line->n)
		why_put(line->why, "in place: %u stop%s at the venue", kept, kept > 1 ? "s" : "");
	else if (!line->n)
		why_put(line->why, "nothing to guard");
	else if (!placed)
		memcpy(line->why, line->leg[0].why, sizeof line->why);
	else if (placed + kept < line->n)
		why_put(line->why, "%u of %u legs get none: no room, or no price kills them",
			line->n - placed - kept, line->n);
	else if (w->out->unread)
		why_put(line->why, "%u position%s cannot be read: without a stop from here",
			w->out->unread, w->out->unread == 1 ? "" : "s");
	else if (w->out->left_out)
		why_put(line->why, "%u positions more are not on this sheet", w->out->left_out);
}

void guard_line(const struct sheet_work *w)
{
	struct sheet_line *line = &w->out->line[SHEET_GUARD];
	const struct sheet_line *now = &w->out->line[SHEET_NOW];
	const struct sheet_leg *late = NULL;
	uint32_t placed = 0, kept = 0;

	for (uint32_t k = 0; k < now->n; k++) {
		struct sheet_leg *o = &line->leg[line->n++];

		leg_begin(w, o, now->leg[k].leg);
		guard_leg(w, o);
		kept += o->guard == SG_IN_PLACE;
		if (o->guard != SG_PLACE && o->guard != SG_REPAIR)
			continue;
		placed++;
		if (o->before_working && !late)
			late = o;
	}
	words(w, line, placed, kept, late);
	for (uint32_t k = 0; k < line->n; k++)
		if (line->leg[k].guard == SG_PLACE || line->leg[k].guard == SG_REPAIR) {
			line->cost += line->leg[k].cost;
			line->notional += fabs(w->leg[line->leg[k].leg].notional);
			line->orders++;
		}
	line->actions = line->orders; /* each stop is an action of its own (engine/guards.c) */
	line_worst(w, line);
	line_after(w, line, NULL, false);
}
