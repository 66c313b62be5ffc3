/* sheet.c: the sheet from its input: what is in danger, and the five verbs over the scope.
 *
 * 1. Every leg in scope that can be traded stands in NOW and CARE, whatever is not known of its
 *    pool: doubt never takes a way out away.
 * 2. What a line says of the pool afterwards is measured like the pool now: exact, tiers included.
 * 3. A line that is not offered says why, and names what else helps. */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "plan/sheet_inner.h"
#include "base/banned.h"

const char *const sheet_verb_name[SHEET_VERBS] = {"GUARD", "TRIM", "CARE", "NOW", "ADD"};

static const double SHOCK = 0.05, SIGMAS = 3, STEP = 0.05, NEXT_PART = 0.25;
enum { BATCH = 30 }; /* orders of one signed action */

void why_put(char why[SHEET_WHY], const char *fmt, ...)
{
	struct buf b;
	va_list ap;

	buf_init(&b, why, SHEET_WHY);
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
}

static bool listed(const char (*list)[COIN_MAX], int n, const char *coin)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(list[i], coin))
			return true;
	return false;
}

bool sheet_wants(const struct flatten *f, uint8_t account, const char *coin, struct qty szi)
{
	if (!f)
		return true;
	if ((f->account != 0xff && f->account != account) || listed(f->keep, f->n_keep, coin))
		return false;
	switch ((enum flatten_scope)f->scope) {
	case FLAT_LONGS:
		return szi.v > 0;
	case FLAT_SHORTS:
		return szi.v < 0;
	case FLAT_COINS:
		return listed(f->coin, f->n_coins, coin);
	case FLAT_ALL:
		break;
	}
	return true;
}

static bool in_pool(const struct sheet_pool_in *p, uint32_t leg)
{
	return leg >= p->first && leg < (uint32_t)p->first + p->n;
}

static uint16_t pool_of_leg(const struct sheet_in *in, uint32_t leg)
{
	for (uint32_t p = 0; p < in->n_pools; p++)
		if (in_pool(&in->pool[p], leg))
			return (uint16_t)p;
	return 0;
}

/* ---- what is in danger ---- */

double sheet_close_cost(const struct sheet_leg_in *l)
{
	double q = qty_to_double(leg_held(l));
	struct curve c;

	if (l->mark.v <= 0)
		return 0;
	curve_make(&c, l, q);
	return curve_take(&c, 0, q).cost;
}

static void read_leg(struct sheet_work *w, uint32_t i)
{
	const struct sheet_leg_in *l = &w->in->leg[i];
	struct pool_leg *p = &w->leg[i];
	double value = qty_to_double(leg_held(l)) * price_to_double(l->mark);

	*p = (struct pool_leg){.notional = leg_long(l) ? value : -value,
			       .beta = l->beta,
			       .sigma = l->sigma_hour,
			       .tiers = l->tiers,
			       .n_tiers = l->n_tiers,
			       .cost = sheet_close_cost(l)};
	if (l->n_tiers)
		p->maint = pool_maint(p, value);
	else /* nothing known: half of it, never too little */
		p->maint = l->max_leverage > 0 ? value / (2.0 * l->max_leverage) : value / 2;
}

struct price leg_dies(const struct sheet_work *w, uint32_t leg, uint32_t pool)
{
	const struct sheet_leg_in *l = &w->in->leg[leg];
	const struct sheet_pool *p = &w->out->pool[pool];
	bool is_long = leg_long(l);
	double x = is_long ? p->sum.down : p->sum.up;
	double px = price_to_double(l->mark) * (1 + (is_long ? -x : x) * l->beta);
	struct price joint = {0};

	if (p->has_equity && x < POOL_NEVER && px > 0 &&
	    !price_from_double(&joint, px, is_long ? ROUND_UP : ROUND_DOWN))
		joint.v = 0;
	if (!l->has_liq || l->liq.v <= 0)
		return joint;
	if (!joint.v)
		return l->liq;
	return is_long ? (joint.v > l->liq.v ? joint : l->liq)
		       : (joint.v < l->liq.v ? joint : l->liq);
}

bool stop_in_time(const struct sheet_leg_in *l, struct price dies)
{
	if (!l->stop.v)
		return false;
	return !dies.v || (leg_long(l) ? l->stop.v > dies.v : l->stop.v < dies.v);
}

static void sort_legs(struct sheet_work *w, const struct sheet_pool_in *in, struct sheet_pool *p)
{
	double v[SHEET_LEGS] = {0};

	if (p->has_equity && p->sum.has_dies) {
		pool_helps_all(&w->leg[in->first], in->n, in->equity, &p->sum, v);
		memcpy(&w->help[in->first], v, in->n * sizeof v[0]);
	}
	p->n = in->n;
	for (int i = 0; i < in->n; i++) {
		int j = i;

		if (!p->has_equity) /* the largest first */
			v[i] = fabs(w->leg[in->first + i].notional);
		for (double k = v[i]; j > 0 && k > v[p->order[j - 1] - in->first]; j--)
			p->order[j] = p->order[j - 1];
		p->order[j] = (uint16_t)(in->first + i);
	}
}

static void read_pool(struct sheet_work *w, uint32_t k)
{
	const struct sheet_pool_in *in = &w->in->pool[k];
	struct sheet_pool *p = &w->out->pool[k];

	p->has_equity = in->has_equity;
	p->equity = in->equity;
	for (uint32_t i = in->first; in_pool(in, i); i++) {
		read_leg(w, i);
		p->wanted = p->wanted || w->in->leg[i].wanted;
	}
	p->sum = pool_measure(&w->leg[in->first], in->n, in->equity, w->in->sigma_btc);
	if (!in->has_equity) {
		p->sum.has_dies = p->sum.has_zero = false;
		p->sum.touch_s = POOL_NEVER;
		p->sum.down = p->sum.up = POOL_NEVER;
	}
	sort_legs(w, in, p);
	for (uint32_t i = in->first; in_pool(in, i); i++)
		if (!stop_in_time(&w->in->leg[i], leg_dies(w, i, k)))
			p->n_no_stop++;
}

/* "BTC -5 %" for a pool that a fall kills. */
static double shock_pct(const struct sheet_work *w)
{
	const struct sheet_pool *p = &w->out->pool[w->out->nearest];

	return (w->out->has_dies && p->sum.side < 0 ? 100 : -100) * w->shock;
}

static double signed_pct(int side, double x)
{
	return -side * x * 100;
}

static void head(struct sheet_work *w)
{
	struct sheet *o = w->out;
	double nearest = POOL_NEVER;

	o->touch_s = POOL_NEVER;
	o->left_out = w->in->left_out;
	for (uint32_t k = 0; k < w->in->n_pools; k++) {
		const struct sheet_pool *p = &o->pool[k];

		if (!p->wanted)
			continue;
		o->n_pools++;
		o->equity += p->has_equity ? p->equity : 0;
		o->maintenance += p->sum.maint;
		o->net += p->sum.net;
		o->net_beta += p->sum.net_beta;
		for (uint32_t i = w->in->pool[k].first; in_pool(&w->in->pool[k], i); i++) {
			if (!w->in->leg[i].wanted)
				continue;
			o->n_legs++;
			o->notional += fabs(w->leg[i].notional);
			o->n_no_stop += !stop_in_time(&w->in->leg[i], leg_dies(w, i, k));
		}
		if (p->sum.touch_s < o->touch_s)
			o->touch_s = p->sum.touch_s;
		if (!p->sum.has_dies || p->sum.dies >= nearest)
			continue;
		nearest = p->sum.dies;
		o->has_dies = true;
		o->nearest = (uint16_t)k;
		o->dies_pct = signed_pct(p->sum.side, p->sum.dies);
		o->backstop_pct = signed_pct(p->sum.side, p->sum.backstop);
		o->zero_pct = p->sum.has_zero ? signed_pct(p->sum.side, p->sum.zero) : 0;
	}
}

/* ---- a leg of a line ---- */

void leg_worse_past(const struct sheet_work *w, struct sheet_leg *o, double part)
{
	const struct sheet_pool_in *in = &w->in->pool[o->pool];
	const struct sheet_leg_in *l = &w->in->leg[o->leg];
	double share, px;

	o->worse_past.v = 0;
	if (!in->has_equity ||
	    !pool_even_share(&w->leg[in->first], in->n, o->leg - in->first, in->equity,
			     &w->out->pool[o->pool].sum, part, &share))
		return;
	o->never_helps = share <= 0;
	share -= l->fee;
	px = price_to_double(l->mark) * (o->buy ? 1 + share : 1 - share);
	if (px > 0 && !price_from_double(&o->worse_past, px, o->buy ? ROUND_FLOOR : ROUND_CEIL))
		o->worse_past.v = 0;
}

/* What a limit loses against the mark, fee in, when all of it fills there. */
static double at_limit(const struct sheet_leg_in *l, bool buy, struct qty size, struct price px)
{
	double p = price_to_double(px), mark = price_to_double(l->mark);

	return qty_to_double(size) * ((buy ? p - mark : mark - p) + l->fee * p);
}

static uint8_t first_at(const struct price *px, bool buy, double reach)
{
	for (int k = 0; k < SHEET_RUNGS; k++)
		if (buy ? price_to_double(px[k]) >= reach : price_to_double(px[k]) <= reach)
			return (uint8_t)k;
	return SHEET_RUNGS;
}

void leg_price(const struct sheet_work *w, struct sheet_leg *o, struct qty size, struct price bound,
	       double cost)
{
	const struct sheet_leg_in *l = &w->in->leg[o->leg];
	double q = qty_to_double(size);
	struct curve c;
	struct take t;
	struct rungs r;

	o->size = size;
	o->part = q / qty_to_double(leg_held(l));
	o->zero_from = o->fills = SHEET_RUNGS;
	o->blind = l->blind || !l->book;
	curve_make(&c, l, q);
	t = curve_take(&c, 0, q);
	o->model = t.model > 0.005 * fabs(t.cost);
	(void)price_from_double(&o->expected, t.avg, ROUND_HALF_AWAY);
	o->cost = cost;
	if (rungs_make(l, size, bound, &r)) {
		memcpy(o->rung, r.px, sizeof o->rung);
		for (int k = SHEET_RUNGS - 1; k >= 0; k--)
			if (r.held[k])
				o->zero_from = (uint8_t)k;
	}
	o->worst = o->rung[SHEET_RUNGS - 1];
	o->cost_worst = fmax(at_limit(l, o->buy, size, o->worst), cost);
	if (c.seen && !o->model)
		o->fills = first_at(o->rung, o->buy, t.last);
}

void leg_begin(const struct sheet_work *w, struct sheet_leg *o, uint32_t leg)
{
	const struct sheet_leg_in *l = &w->in->leg[leg];
	const struct pool_leg *p = &w->leg[leg];

	memset(o, 0, sizeof *o);
	o->leg = (uint16_t)leg;
	o->pool = pool_of_leg(w->in, leg);
	o->buy = !leg_long(l);
	o->exit = l->exit;
	o->hedge = p->notional * w->out->pool[o->pool].sum.net_beta < 0;
	if (l->mark.v > 0 && w->in->pool[o->pool].has_equity) {
		double z =
			pool_zero_price(p, w->in->pool[o->pool].equity, price_to_double(l->mark));

		if (!price_from_double(&o->zero, z, o->buy ? ROUND_DOWN : ROUND_UP))
			o->zero.v = 0;
	}
}

/* ---- what stands after a line ---- */

static void after_pool(const struct sheet_work *w, const struct sheet_line *line, uint32_t k,
		       double extra, bool closes, struct sheet_after *a)
{
	const struct sheet_pool_in *in = &w->in->pool[k];
	struct pool_leg legs[SHEET_LEGS];
	struct pool_sum s;
	int n = 0;

	a->equity = in->equity + extra;
	memcpy(legs, &w->leg[in->first], in->n * sizeof legs[0]);
	for (uint32_t i = 0; closes && i < line->n; i++) {
		const struct sheet_leg *l = &line->leg[i];
		struct pool_leg *p;

		if (l->pool != k)
			continue;
		p = &legs[l->leg - in->first];
		p->notional *= l->part < 1 ? 1 - l->part : 0;
		p->maint = pool_maint(&w->leg[l->leg], fabs(p->notional));
		a->equity -= l->cost;
	}
	for (int i = 0; i < in->n; i++)
		if (legs[i].notional != 0)
			legs[n++] = legs[i];
	s = pool_measure(legs, n, a->equity, w->in->sigma_btc);
	a->touched = true;
	a->flat = n == 0;
	a->maintenance = s.maint;
	a->net = s.net;
	a->net_beta = s.net_beta;
	a->free = in->has_equity ? s.free : 0;
	a->has_dies = in->has_equity && s.has_dies;
	a->dies_pct = a->has_dies ? signed_pct(s.side, s.dies) : 0;
	a->short_by = in->has_equity ? cushion_missed(w, legs, n, a->equity, s.sd) : 0;
}

void line_worst(const struct sheet_work *w, struct sheet_line *line)
{
	double by_pool[SHEET_POOLS] = {0};

	/* a pool cannot lose more than it has */
	for (uint32_t i = 0; i < line->n; i++)
		by_pool[line->leg[i].pool] += line->leg[i].cost_worst;
	for (uint32_t k = 0; k < w->in->n_pools; k++) {
		const struct sheet_pool_in *p = &w->in->pool[k];

		if (p->has_equity && p->equity > 0 && by_pool[k] >= p->equity) {
			by_pool[k] = p->equity;
			line->worst_is_all = true;
		}
		line->cost_worst += by_pool[k];
	}
}

/* Sums of the legs into the line; `trades`: positions shrink by size. */
static void line_sums(const struct sheet_work *w, struct sheet_line *line)
{
	double moved = 0, model = 0;
	uint32_t of_account[ACCOUNTS_MAX] = {0};
	double worst_room = INFINITY;

	for (uint32_t i = 0; i < line->n; i++) {
		const struct sheet_leg *l = &line->leg[i];
		const struct sheet_leg_in *in = &w->in->leg[l->leg];
		double mark = price_to_double(in->mark), q = qty_to_double(l->size);
		double avg = price_to_double(l->expected);
		double room = l->worse_past.v ? fabs(price_to_double(l->worse_past) / mark - 1)
					      : INFINITY;

		line->cost += l->cost;
		line->notional += q * mark;
		moved += (l->buy ? mark - avg : avg - mark) * q;
		model += l->model || l->blind ? l->cost : 0;
		line->orders += l->slices ? l->slices : 1;
		of_account[in->account < ACCOUNTS_MAX ? in->account : 0]++;
		if (l->takes_s > line->takes_s)
			line->takes_s = l->takes_s;
		if (room < worst_room) {
			worst_room = room;
			line->worse_leg = (uint16_t)i;
		}
	}
	line->expected_bp = line->notional > 0 ? moved / line->notional * 1e4 : 0;
	line->model_share = line->cost > 0 ? fmin(model / line->cost, 1) : 0;
	line_worst(w, line);
	for (int a = 0; a < ACCOUNTS_MAX; a++)
		line->actions += (of_account[a] + BATCH - 1) / BATCH;
}

void line_after(const struct sheet_work *w, struct sheet_line *line, const double *extra,
		bool closes)
{
	double nearest = POOL_NEVER;
	bool any = false;

	line->flat = w->out->n_legs > 0;
	for (uint32_t k = 0; k < w->in->n_pools; k++) {
		struct sheet_after *a = &line->pool[k];

		if (!w->out->pool[k].wanted)
			continue;
		after_pool(w, line, k, extra ? extra[k] : 0, closes, a);
		line->equity += w->in->pool[k].has_equity ? a->equity : 0;
		line->net += a->net;
		line->net_beta += a->net_beta;
		any = any || a->short_by > 0;
		if (a->has_dies && fabs(a->dies_pct) < nearest) {
			nearest = fabs(a->dies_pct);
			line->has_dies = true;
			line->dies_pct = a->dies_pct;
		}
	}
	line->enough = !any;
	for (uint32_t i = 0; i < w->in->n_legs; i++) { /* what is wanted and not gone */
		bool gone = !w->in->leg[i].wanted;

		for (uint32_t k = 0; closes && k < line->n && !gone; k++)
			gone = line->leg[k].leg == i && line->leg[k].part >= 1;
		line->flat = line->flat && gone;
	}
}

/* ---- order of sending ---- */

/* As the engine ranks them: the pool's danger, within it what helps most for its cost. */
static double rank_of(const struct sheet_work *w, uint32_t pool, double help)
{
	const struct sheet_pool *p = &w->out->pool[pool];
	double rank = !p->has_equity	? 0.5 /* unknown is not safe */
		      : p->sum.has_dies ? 1 / (1 + p->sum.dies * 100)
					: 0;

	return rank + (help > 0 ? help / (1 + help) * 1e-3 : 0);
}

static void order_line(const struct sheet_work *w, struct sheet_line *line)
{
	double rank[SHEET_LEGS];

	for (uint32_t i = 0; i < line->n; i++) {
		struct sheet_leg l = line->leg[i];
		double r = rank_of(w, l.pool, w->help[l.leg]);
		uint32_t j = i;

		for (; j > 0 && r > rank[j - 1]; j--) {
			rank[j] = rank[j - 1];
			line->leg[j] = line->leg[j - 1];
		}
		rank[j] = r;
		line->leg[j] = l;
	}
	if (line->n > 1) {
		line->leg[0].alone = true;
		line->actions++;
	}
}

/* ---- the lines ---- */

static bool tradable(const struct sheet_leg_in *l)
{
	return l->wanted && l->szi.v && !l->cannot_trade && l->mark.v > 0;
}

static void say_left_out(const struct sheet_work *w, struct sheet_line *line)
{
	uint32_t halted = 0;

	for (uint32_t i = 0; i < w->in->n_legs; i++)
		halted += w->in->leg[i].wanted && !tradable(&w->in->leg[i]);
	if (halted)
		why_put(line->why,
			"%u cannot be traded now: tried all the same, it holds up nothing", halted);
	else if (w->in->left_out)
		why_put(line->why, "%u positions more are not on this sheet", w->in->left_out);
}

static void make_now(struct sheet_work *w)
{
	struct sheet_line *line = &w->out->line[SHEET_NOW];

	for (uint32_t i = 0; i < w->in->n_legs; i++) {
		const struct sheet_leg_in *l = &w->in->leg[i];
		struct sheet_leg *o = &line->leg[line->n];

		if (!l->wanted || !l->szi.v)
			continue;
		line->n++;
		leg_begin(w, o, i);
		leg_price(w, o, leg_held(l), w->in->worst.v ? w->in->worst : o->zero,
			  w->leg[i].cost);
		leg_worse_past(w, o, 1);
		if (!tradable(l))
			why_put(o->why, l->mark.v > 0 ? "halted or delisted at the venue"
						      : "no mark: priced from the book alone");
	}
	line->offered = line->n > 0;
	if (!line->offered)
		why_put(line->why, "nothing to close");
	else
		say_left_out(w, line);
	order_line(w, line);
	line_sums(w, line);
	line_after(w, line, NULL, true);
	line->takes_s = line->n ? SHEET_RUNGS - 1 : 0;
}

enum { CARE_SLICES = 12 };
static const double CARE_S = 120, CARE_SHARE = 0.25, CARE_REFILL_S = 20, CARE_CHILD_USD = 25;

/* What was taken returns exponentially, 95 % within a minute; a slice walks what is there. */
static double care_cost(const struct curve *c, double size, double slice, uint32_t slices)
{
	double keep = exp(-CARE_S / CARE_SLICES / CARE_REFILL_S), gone = 0, sum = 0, one = 0;
	uint32_t k = 0;

	for (; k < slices && k < 32; k++) {
		double q = k + 1 < slices ? slice : size - slice * k;

		one = curve_take(c, gone, gone + q).cost;
		sum += one;
		gone = (gone + q) * keep;
	}
	/* by then each costs the same */
	return k < slices ? sum + one / slice * (size - slice * k) : sum;
}

static void care_leg(const struct sheet_work *w, struct sheet_leg *o)
{
	const struct sheet_leg_in *l = &w->in->leg[o->leg];
	struct qty held = leg_held(l), slice, cap = {0};
	double q = qty_to_double(held), mark = price_to_double(l->mark), even = q / CARE_SLICES;
	struct instr in;
	struct curve c;
	int64_t lot;

	leg_instr(l, &in);
	lot = instr_lot(&in).v;
	curve_make(&c, l, q);
	if (even * mark < CARE_CHILD_USD && mark > 0)
		even = CARE_CHILD_USD / mark;
	if (!qty_from_double(&slice, even))
		slice = held;
	slice.v = (slice.v + lot - 1) / lot * lot;
	if (c.depth5 > 0 && qty_from_double(&cap, CARE_SHARE * c.depth5)) {
		cap = instr_floor_qty(&in, cap);
		if (qty_to_double(cap) * mark < CARE_CHILD_USD && mark > 0 &&
		    qty_from_double(&cap, CARE_CHILD_USD / mark))
			cap.v = (cap.v + lot - 1) / lot * lot;
		if (cap.v > 0 && cap.v < slice.v)
			slice = cap;
	}
	if (slice.v > held.v || slice.v <= 0)
		slice = held;
	o->slice = slice;
	o->slices = (uint32_t)((held.v + slice.v - 1) / slice.v);
	o->takes_s = o->slices > 1 ? o->slices * CARE_S / CARE_SLICES : 0;
	if (o->takes_s > CARE_S)
		why_put(o->why, "the book is thin: done in %.0f s, not 120", o->takes_s);
	o->cost = care_cost(&c, q, qty_to_double(slice), o->slices);
	if (o->cost < 0 || o->cost > o->cost_worst)
		o->cost_worst = fmax(o->cost, o->cost_worst);
}

static void make_care(struct sheet_work *w)
{
	struct sheet_line *line = &w->out->line[SHEET_CARE];
	const struct sheet_line *now = &w->out->line[SHEET_NOW];

	line->n = now->n;
	line->offered = now->offered;
	for (uint32_t i = 0; i < now->n; i++) {
		struct sheet_leg *o = &line->leg[i];
		double q, p, fee;

		*o = now->leg[i];
		o->alone = false;
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
		why_put(line->why, "nothing to close");
	line_sums(w, line);
	line_after(w, line, NULL, true);
	line->actions = 0;
	for (uint32_t i = 0; i < line->n; i++) /* slices of all legs go together */
		if (line->leg[i].slices > line->actions)
			line->actions = line->leg[i].slices;
	if (line->takes_s > CARE_S)
		why_put(line->why, "thin books: done in %.0f s, not 120", line->takes_s);
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

static void make_trim(struct sheet_work *w)
{
	struct sheet_line *line = &w->out->line[SHEET_TRIM];
	bool needed = false, unknown = false, helps = false;
	struct trim t;

	for (uint32_t k = 0; k < w->in->n_pools; k++) {
		const struct sheet_pool_in *p = &w->in->pool[k];

		if (!w->out->pool[k].wanted)
			continue;
		if (!p->has_equity) {
			unknown = true;
			continue;
		}
		trim_pool(w, k, &t);
		needed = needed || t.needed;
		helps = helps || t.helps;
		for (uint32_t i = 0; i < p->n && t.needed; i++) {
			if (!t.cut[i].v)
				continue;
			leg_begin(w, &line->leg[line->n], p->first + i);
			trim_leg(w, &line->leg[line->n++], t.cut[i], t.cost[i]);
		}
	}
	order_line(w, line);
	line_sums(w, line);
	line_after(w, line, NULL, true);
	line->takes_s = line->n ? SHEET_RUNGS - 1 : 0;
	trim_words(w, line, needed, unknown, helps);
}

static void make_add(struct sheet_work *w)
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

void sheet_make(const struct sheet_in *in, struct sheet *out)
{
	struct sheet_work w = {.in = in, .out = out};

	memset(out, 0, sizeof *out);
	w.shock = in->shock > 0 ? in->shock : SHOCK;
	w.sigmas = in->sigmas > 0 ? in->sigmas : in->sigmas < 0 ? 0 : SIGMAS;
	w.step = in->step >= 0.02 ? fmin(in->step, 1) : STEP;
	for (uint32_t k = 0; k < in->n_pools; k++)
		read_pool(&w, k);
	head(&w);
	make_now(&w);
	guard_line(&w);
	make_care(&w);
	make_trim(&w);
	make_add(&w);
}
