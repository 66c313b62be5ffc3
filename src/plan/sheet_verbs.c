/* sheet_verbs.c: the lines TRIM, CARE, NOW and ADD.
 *
 * 1. Every leg in scope stands in NOW and CARE, whatever is not known of its pool: doubt takes no
 *    way out away.
 * 2. A line that is not offered says why, and names what else helps. */
#include <math.h>
#include <string.h>

#include "plan/sheet_inner.h"
#include "base/banned.h"

static const double NEXT_PART = 0.25;
static const int64_t WHOLE = 1000000000000;

/* "BTC -5 %" for a pool that a fall kills. */
static double shock_pct(const struct sheet_work *w)
{
	const struct sheet_pool *p = &w->out->pool[w->out->nearest];

	return (w->out->has_dies && p->sum.side < 0 ? 100 : -100) * w->shock;
}

static bool tradable(const struct sheet_leg_in *l)
{
	return l->wanted && l->szi.v && !l->cannot_trade && l->mark.v > 0;
}

static void say_left_out(const struct sheet_work *w, struct sheet_line *line)
{
	uint32_t halted = 0;

	for (uint32_t i = 0; i < w->in->n_legs; i++)
		halted += w->in->leg[i].wanted && !tradable(&w->in->leg[i]);
	if (w->in->unread)
		why_put(line->why, "%u position%s cannot be read: in no count of this sheet",
			w->in->unread, w->in->unread == 1 ? "" : "s");
	else if (halted)
		why_put(line->why,
			"%u cannot be traded now: tried all the same, it holds up nothing", halted);
	else if (w->in->left_out)
		why_put(line->why, "%u positions more are not on this sheet", w->in->left_out);
}

static void say_nothing(const struct sheet_work *w, struct sheet_line *line)
{
	if (w->in->unread)
		say_left_out(w, line);
	else
		why_put(line->why, "nothing to close");
}

/* From the first rung to the last. */
static double ladder_s(const struct sheet_work *w)
{
	return (SHEET_RUNGS - 1) * ((double)w->knob->rung_ms / 1e3);
}

/* What a fraction takes of a leg, on the lot; the whole of it as it is. */
static struct qty taken(const struct sheet_work *w, const struct sheet_leg_in *l)
{
	struct qty size = leg_held(l);
	struct instr i;

	if (w->in->part.v <= 0 || w->in->part.v >= WHOLE)
		return size;
	leg_instr(l, &i);
	if (!qty_times_ratio(&size, leg_held(l), w->in->part, ROUND_DOWN))
		size.v = 0;
	return instr_floor_qty(&i, size);
}

static double cost_of(const struct sheet_work *w, uint32_t leg, struct qty size)
{
	const struct sheet_leg_in *l = &w->in->leg[leg];
	struct sheet_leg_in one = *l;

	if (size.v == leg_held(l).v)
		return w->leg[leg].cost;
	one.szi.v = leg_long(l) ? size.v : -size.v;
	return sheet_close_cost(&one, NULL);
}

void make_now(struct sheet_work *w)
{
	struct sheet_line *line = &w->out->line[SHEET_NOW];

	for (uint32_t i = 0; i < w->in->n_legs; i++) {
		const struct sheet_leg_in *l = &w->in->leg[i];
		struct sheet_leg *o = &line->leg[line->n];

		struct qty size = taken(w, l);

		if (!l->wanted || size.v <= 0)
			continue;
		line->n++;
		leg_begin(w, o, i);
		leg_price(w, o, size, w->in->worst.v ? w->in->worst : o->zero, cost_of(w, i, size));
		leg_worse_past(w, o, o->part);
		if (!tradable(l))
			why_put(o->why, l->mark.v > 0 ? "halted or delisted at the venue"
						      : "no mark: priced from the book alone");
	}
	line->offered = line->n > 0;
	if (!line->offered)
		say_nothing(w, line);
	else
		say_left_out(w, line);
	line_order(w, line);
	now_sent(w, line);
	line_sums(w, line);
	line_rests(w, line, &w->in->apart);
	line_after(w, line, NULL, true);
	line->takes_s = line->n ? ladder_s(w) : 0;
}

static const double CARE_REFILL_S = 20, CARE_CHILD_USD = 25, CARE_TAIL_USD = 20;

static double care_s(const struct sheet_work *w)
{
	return (double)w->knob->care_ms / 1e3;
}

/* What was taken returns exponentially, 95 % within a minute; a slice walks what is there. */
static struct take care_cost(const struct curve *c, double size, double slice, uint32_t slices,
			     double gap_s)
{
	double keep = exp(-gap_s / CARE_REFILL_S), gone = 0, more;
	struct take one = {0}, sum = {0};
	uint32_t k = 0;

	for (; k < slices && k < 32; k++) {
		double q = k + 1 < slices ? slice : fmax(size - slice * k, 0);

		one = curve_take(c, gone, gone + q);
		sum.cost += one.cost;
		sum.model += one.model;
		gone = (gone + q) * keep;
	}
	/* by then each costs the same */
	more = k < slices ? fmax(size - slice * k, 0) / slice : 0;
	sum.cost += one.cost * more;
	sum.model += one.model * more;
	return sum;
}

/* Coins worth so much, up to the lot above. */
static struct qty care_child(const struct sheet_leg_in *l, const struct instr *in, double usd)
{
	double mark = price_to_double(l->mark);
	int64_t lot = instr_lot(in).v;
	struct qty q = {0};

	if (mark > 0 && qty_from_double(&q, usd / mark))
		q.v = (q.v + lot - 1) / lot * lot;
	return q;
}

/* What a slice may take of five levels that hold so much. */
static int64_t care_cap(const struct sheet_work *w, struct qty five)
{
	struct qty cap = {0};

	return qty_times_ratio(&cap, five, w->knob->care_depth, ROUND_DOWN) ? cap.v : 0;
}

/* The slices of exec/care.c, without their jitter. */
struct care_plan {
	int64_t least, tail; /* of a slice; what would stay below it goes along */
	int64_t cap, later;  /* of the first, of the others; INT64_MAX none */
	int64_t first;
	uint32_t n;
};

static int64_t care_slice(const struct instr *i, const struct care_plan *p, int64_t even,
			  int64_t cap, int64_t free)
{
	int64_t size = even < cap ? even : cap;

	size = instr_floor_qty(i, (struct qty){size > p->least ? size : p->least}).v;
	return size <= 0 || size > free || free - size < p->tail ? free : size;
}

/* The planned ones in even shares of what is left, then as many as the depth lets be. */
static void care_count(const struct instr *i, uint32_t planned, int64_t held, struct care_plan *p)
{
	int64_t free = held, size;

	p->n = 0;
	for (uint32_t k = 0; k < planned && free > 0; k++) {
		size = care_slice(i, p, free / (planned - k), k ? p->later : p->cap, free);
		if (k == 0)
			p->first = size;
		free -= size;
		p->n++;
	}
	if (free <= 0)
		return;
	size = care_slice(i, p, free, p->later, free);
	p->n += (uint32_t)(free / size) + (free % size >= p->tail && free % size);
}

/* The first by the book of now, the others by its mean of the last half minute. */
static void care_leg(const struct sheet_work *w, struct sheet_leg *o)
{
	const struct sheet_leg_in *l = &w->in->leg[o->leg];
	const struct panic_conf *k = w->knob;
	const struct book *b = o->blind ? NULL : l->book; /* blind: its share of the time alone */
	struct care_plan p = {.cap = INT64_MAX, .later = INT64_MAX};
	double q = qty_to_double(o->size), gap_s = care_s(w) / k->care_slices, later;
	struct instr in;
	struct curve c;
	struct take t;

	leg_instr(l, &in);
	curve_make(&c, l, q);
	p.least = care_child(l, &in, CARE_CHILD_USD).v;
	p.tail = care_child(l, &in, CARE_TAIL_USD).v;
	if (b) {
		struct qty mean = o->buy ? b->five_ask : b->five_bid;

		p.cap = care_cap(w, book_five(b, o->buy ? SIDE_SELL : SIDE_BUY));
		p.later = mean.v > 0 ? care_cap(w, mean) : p.cap;
	}
	care_count(&in, k->care_slices, o->size.v, &p);
	o->slice.v = p.first;
	o->slices = p.n;
	o->takes_s = o->slices > 1 ? o->slices * gap_s : 0;
	o->about = o->slices > k->care_slices;
	if (o->about)
		why_put(o->why, "the book is thin: done in about %.0f s, not %g", o->takes_s,
			care_s(w));
	later = o->slices > 1 ? (q - qty_to_double(o->slice)) / (o->slices - 1) : q;
	t = care_cost(&c, q, later, o->slices, gap_s);
	o->cost = t.cost;
	o->cost_model = o->blind ? t.cost : fmin(t.model, t.cost);
	if (o->cost < 0 || o->cost > o->cost_worst)
		o->cost_worst = fmax(o->cost, o->cost_worst);
}

void make_care(struct sheet_work *w)
{
	struct sheet_line *line = &w->out->line[SHEET_CARE];
	const struct sheet_line *now = &w->out->line[SHEET_NOW];

	line->n = now->n;
	line->offered = now->offered;
	line->rests = now->rests;
	for (uint32_t i = 0; i < now->n; i++) {
		struct sheet_leg *o = &line->leg[i];
		double q, p, fee;

		*o = now->leg[i];
		o->alone = false;
		o->orders = 0;
		care_leg(w, o);
		/* the average that this cost means */
		q = qty_to_double(o->size);
		fee = w->in->leg[o->leg].fee;
		p = price_to_double(w->in->leg[o->leg].mark);
		if (q > 0)
			p = o->buy ? (p + o->cost / q) / (1 + fee) : (p - o->cost / q) / (1 - fee);
		(void)price_from_double(&o->expected, p, ROUND_HALF_AWAY);
	}
	if (!line->offered)
		say_nothing(w, line);
	care_sent(w, line);
	line_sums(w, line);
	line_after(w, line, NULL, true);
	for (uint32_t i = 0; i < line->n; i++)
		line->about = line->about || line->leg[i].slices > w->knob->care_slices;
	if (line->about)
		why_put(line->why, "thin books: done in about %.0f s, not %g", line->takes_s,
			care_s(w));
	else if (line->offered)
		say_left_out(w, line);
}

static void trim_leg(const struct sheet_work *w, struct sheet_leg *o, struct qty cut, double cost)
{
	const struct sheet_leg_in *l = &w->in->leg[o->leg];
	struct qty held = leg_held(l);
	struct price bound = o->zero;
	struct instr in;
	struct curve c;
	double next;

	leg_worse_past(w, o, qty_to_double(cut) / qty_to_double(held));
	if (o->worse_past.v &&
	    (!bound.v || (o->buy ? o->worse_past.v < bound.v : o->worse_past.v > bound.v)))
		bound = o->worse_past;
	leg_price(w, o, cut, bound, cost);
	leg_instr(l, &in);
	next = fmin(NEXT_PART * qty_to_double(held), qty_to_double((struct qty){held.v - cut.v}));
	if (!qty_from_double(&o->next, next))
		o->next.v = 0;
	o->next = instr_floor_qty(&in, o->next);
	curve_make(&c, l, qty_to_double(cut) + qty_to_double(o->next));
	o->next_cost = curve_take(&c, 0, qty_to_double(cut) + qty_to_double(o->next)).cost -
		       curve_take(&c, 0, qty_to_double(cut)).cost;
}

/* Why nothing, or not enough, is cut. */
static void trim_words(const struct sheet_work *w, struct sheet_line *line, bool needed,
		       bool unknown, bool helps)
{
	const char *reason = "";

	for (uint32_t k = 0; k < w->in->n_pools && unknown; k++)
		if (w->out->pool[k].wanted && !w->in->pool[k].has_equity)
			reason = w->in->pool[k].reason;
	line->offered = line->n > 0;
	if (line->offered) {
		if (!line->enough)
			why_put(line->why, "not enough for BTC %+g %%: add collateral too",
				shock_pct(w));
		return;
	}
	if (needed && helps) {
		why_put(line->why, "no cut reaches it without raising the net delta: ADD, or NOW");
	} else if (needed) {
		line->impossible = true;
		why_put(line->why, "impossible: every sale brings liquidation nearer");
	} else if (unknown) {
		why_put(line->why, "no cushion can be computed: %s", reason);
	} else if (!w->out->n_legs) {
		why_put(line->why, "nothing to cut");
	} else {
		why_put(line->why, "not needed: survives BTC %+g %% and %g sigma of an hour",
			shock_pct(w), w->sigmas);
	}
}

/* A trim runs already: this one goes into it, and no leg is cut by less than that one has begun. */
static void trim_join(const struct sheet_work *w, uint32_t pool, struct trim *t,
		      struct sheet_line *line)
{
	const struct sheet_pool_in *p = &w->in->pool[pool];

	for (uint32_t i = 0; i < p->n && t->needed; i++) {
		const struct sheet_leg_in *l = &w->in->leg[p->first + i];

		if (l->wanted && l->cutting.v > t->cut[i].v) {
			t->cut[i] = l->cutting.v < leg_held(l).v ? l->cutting : leg_held(l);
			t->cost[i] = cost_of(w, p->first + i, t->cut[i]);
		}
		if (t->cut[i].v && l->trim && !line->joins)
			line->joins = l->trim;
	}
}

void make_trim(struct sheet_work *w)
{
	struct sheet_line *line = &w->out->line[SHEET_TRIM];
	bool needed = false, unknown = false, helps = false;
	struct trim t;

	line->bounded = true;

	for (uint32_t k = 0; k < w->in->n_pools; k++) {
		const struct sheet_pool_in *p = &w->in->pool[k];

		if (!w->out->pool[k].wanted)
			continue;
		if (!p->has_equity) {
			unknown = true;
			continue;
		}
		trim_pool(w, k, &t);
		trim_keep(w, k, &t);
		trim_join(w, k, &t, line);
		needed = needed || t.needed;
		helps = helps || t.helps;
		if (t.any) {
			line->bounded = line->bounded && t.bounded && t.enough;
			line->least += t.least;
		}
		for (uint32_t i = 0; i < p->n && t.needed; i++) {
			if (!t.cut[i].v)
				continue;
			leg_begin(w, &line->leg[line->n], p->first + i);
			trim_leg(w, &line->leg[line->n++], t.cut[i], t.cost[i]);
		}
	}
	line_order(w, line);
	trim_sent(w, line);
	line_sums(w, line);
	line_rests(w, line, NULL);
	line_after(w, line, NULL, true);
	line->takes_s = line->n ? ladder_s(w) : 0;
	line->bounded = line->bounded && line->n > 0;
	trim_words(w, line, needed, unknown, helps);
}

void make_add(struct sheet_work *w)
{
	struct sheet_line *line = &w->out->line[SHEET_ADD];
	double extra[SHEET_POOLS] = {0};
	uint32_t here = 0, elsewhere = 0, unknown = 0;

	for (uint32_t k = 0; k < w->in->n_pools; k++) {
		const struct sheet_pool_in *p = &w->in->pool[k];
		const struct sheet_pool *s = &w->out->pool[k];

		if (!s->wanted)
			continue;
		unknown += !p->has_equity;
		if (!p->has_equity)
			continue;
		extra[k] = ceil(cushion_missed(w, &w->leg[p->first], p->n, p->equity, s->sum.sd) -
				1e-6);
		line->add += extra[k];
		here += extra[k] > 0 && p->isolated;
		elsewhere += extra[k] > 0 && !p->isolated;
	}
	line_after(w, line, extra, true);
	for (uint32_t k = 0; k < w->in->n_pools; k++) {
		line->pool[k].add = extra[k];
		line->pool[k].add_here = w->in->pool[k].isolated;
	}
	line->offered = line->add > 0;
	line->actions = here;
	if (elsewhere)
		why_put(line->why,
			"%syou send it, on the venue's page: only you can sign a transfer",
			here ? "what is isolated goes from here; for the rest " : "");
	else if (here)
		why_put(line->why, "to isolated margin, from here");
	else if (unknown)
		why_put(line->why,
			"what is missing cannot be computed: the collateral is not read");
	else
		why_put(line->why, "not needed: survives BTC %+g %% and %g sigma of an hour",
			shock_pct(w), w->sigmas);
}
