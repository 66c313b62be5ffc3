/* trim.c: TRIM, a cut of each leg and no more (operations.md 3 and 4).
 *
 *   pressed again it takes the lower of both targets for each leg and begins at rung 1
 *   rung 1 ... 4, a second apart, then the last one again, as the ladder; but each leg waits for
 *   the proof of what became of its last order before anything more of it goes out.
 *
 * 1. No leg sells more than its cut, whatever answers are lost and whoever else trades.
 * 2. No order lies past the break-even of its leg: there a sale makes it worse. The leg stays at
 *    that price and the words say so.
 * 3. |net beta-delta| is never raised on the way beyond where it began: legs that lower it and legs
 *    that raise it go together, in sizes that hold whichever of them fills. A book that is hedged
 *    to less than a quarter of the smaller side moves in quarters of that side. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "exec/flat_in.h"
#include "plan/pairs.h"

static const struct flat_leg_view *view_of(const struct flat_view *v, const struct cut *c)
{
	for (uint32_t i = 0; i < v->n; i++)
		if (v->leg[i].szi.v != 0 && v->leg[i].account == c->account &&
		    !strncmp(v->leg[i].instr->coin, c->coin, COIN_MAX))
			return &v->leg[i];
	return NULL;
}

static double net_beta(const struct flat *f, const struct flat_view *v)
{
	double net = 0;
	for (uint32_t i = 0; i < v->n; i++)
		if (f->account == 0xff || v->leg[i].account == f->account)
			net += qty_to_double(v->leg[i].szi) * v->leg[i].beta_usd;
	return net;
}

/* Which legs raise |net| when they are cut. What it was at the start stays the bound. */
static void sides(struct flat *f, const struct flat_view *v)
{
	double net = net_beta(f, v);
	for (uint32_t i = 0; i < f->n; i++)
		f->leg[i].opposite = f->leg[i].buy ? net >= 0 : net < 0;
	f->net0 = fmax(f->net0, fabs(net));
}

bool trim_take(struct flat *f, const struct flat_view *v, struct err *e)
{
	if (f->cmd.n_cuts == 0)
		return err_set(e, ERR_RULE, "nothing to trim: no cut was given");
	for (uint8_t i = 0; i < f->cmd.n_cuts; i++) {
		const struct cut *c = &f->cmd.cut[i];
		const struct flat_leg_view *p = view_of(v, c);
		if (c->qty.v <= 0)
			return err_set(e, ERR_ARG, "a cut of %.31s is not more than zero", c->coin);
		if (!p || (f->account != 0xff && p->account != f->account))
			return err_set(e, ERR_RULE, "no position in %.31s", c->coin);
		for (uint32_t k = 0; k < f->n; k++)
			if (f->leg[k].account == p->account && f->leg[k].instr_id == p->instr_id)
				return err_set(e, ERR_ARG, "%.31s is cut twice", c->coin);
		struct flat_leg *l = flat_leg_add(f, p, VERB_TRIM);
		struct qty cut = instr_floor_qty(p->instr, c->qty);
		if (!l)
			return err_set(e, ERR_LIMIT, "more than %d legs", FLAT_LEGS);
		l->target.v = l->start.v > cut.v ? l->start.v - cut.v : 0;
		if (cut.v == 0)
			l->state = FL_KEPT;
	}
	sides(f, v);
	return true;
}

/* What is kept of the position that the cut was read beside. */
static int64_t kept_of(const struct cut *c, int64_t live, int64_t cut)
{
	int64_t of = c->of.v > 0 ? c->of.v : live;
	return of > cut ? of - cut : 0;
}

/* From now on at most the larger of what the ticket had left and of what this cut takes, with what
 * is in flight: whether the position shows that already nobody knows. */
static bool cut_more(struct flat_leg *l, const struct flat_leg_view *p, const struct cut *c,
		     int64_t cut)
{
	int64_t live = flat_live(l, p), keep = kept_of(c, live, cut);
	int64_t had = l->start.v - l->target.v - l->filled.v;
	int64_t takes = live - l->ahead.v - keep + flat_waiting(l);
	if (l->verb != VERB_TRIM || live == 0)
		return false;
	if (keep < l->target.v) {
		had = had > takes ? had : takes;
		l->target.v = keep;
		l->start.v = keep + l->filled.v + (had > 0 ? had : 0);
	}
	if (l->state == FL_KEPT && l->target.v < live)
		l->state = FL_WORKING;
	return flat_leg_left(l, live) > 0;
}

static struct flat_leg *leg_of(struct flat *f, const struct flat_leg_view *p)
{
	for (uint32_t k = 0; k < f->n; k++)
		if (f->leg[k].account == p->account && f->leg[k].instr_id == p->instr_id)
			return &f->leg[k];
	return NULL;
}

uint32_t flat_trim_again(struct flat *f, const struct flatten *c, const struct flat_view *v)
{
	uint32_t n = 0;
	for (uint8_t i = 0; i < c->n_cuts; i++) {
		const struct flat_leg_view *p = view_of(v, &c->cut[i]);
		struct flat_leg *l = p ? leg_of(f, p) : NULL;
		struct qty cut = p ? instr_floor_qty(p->instr, c->cut[i].qty) : (struct qty){0};
		if (!p || cut.v <= 0)
			continue;
		if (!l) {
			l = flat_leg_add(f, p, VERB_TRIM);
			if (!l)
				continue;
			l->target = l->start; /* nothing is cut of it yet */
		}
		bool ran = l->state == FL_WORKING;
		if (!cut_more(l, p, &c->cut[i], cut.v))
			continue;
		flat_leg_anew(l, ran);
		n++;
	}
	sides(f, v);
	f->started = false; /* what could open again goes in parallel, as at the beginning */
	f->paused = f->told_still = f->asked = false;
	f->rung_start_ns = f->moved_ns = v->now_ns;
	f->cmd.cushion = c->cushion;
	return n;
}

bool flat_cut_left(const struct flat *f, uint8_t account, uint16_t instr, struct qty szi,
		   struct qty *left)
{
	for (uint32_t k = 0; k < f->n; k++) {
		const struct flat_leg *l = &f->leg[k];
		bool other = l->buy ? szi.v > 0 : szi.v < 0;
		if (l->account != account || l->instr_id != instr || l->verb != VERB_TRIM)
			continue;
		left->v = l->state == FL_KEPT || other
				  ? 0
				  : flat_leg_left(l, szi.v < 0 ? -szi.v : szi.v);
		return true;
	}
	return false;
}

/* Beta dollars of a number of coins. */
static double dollars(const struct flat_leg_view *p, int64_t q)
{
	return qty_to_double((struct qty){q}) * p->beta_usd;
}

/* What may go out now, one side at a time. */
static struct pair_room room_now(const struct flat *f, const struct flat_view *v)
{
	struct pairs all = {.net0 = f->net0};
	double sign = 1;
	for (uint32_t i = 0; i < f->n; i++) {
		const struct flat_leg *l = &f->leg[i];
		const struct flat_leg_view *p = flat_leg_find(v, l);
		if (!p || l->verb != VERB_TRIM || l->state == FL_KEPT)
			continue;
		sign = l->opposite == l->buy ? 1 : -1; /* buys raise a net that is long */
		*(l->opposite ? &all.up : &all.down) += dollars(p, l->start.v - l->target.v);
		*(l->opposite ? &all.fly_up : &all.fly_down) += dollars(p, flat_waiting(l));
	}
	all.net = net_beta(f, v) * sign; /* positive on the side where it began */
	return pairs_room(&all);
}

/* The tighter of the two prices past which nothing of this leg is sold. */
static struct price bound_of(const struct flat_leg *l, const struct flat_leg_view *p)
{
	struct price worse = l->opposite ? (struct price){0} : p->worse;
	if (worse.v <= 0)
		return p->zero;
	if (p->zero.v <= 0)
		return worse;
	return (l->buy ? worse.v < p->zero.v : worse.v > p->zero.v) ? worse : p->zero;
}

static void tell_beyond(struct flat *f, struct flat_leg *l, const struct flat_leg_view *p,
			struct price bound, struct flat_out *o)
{
	struct price touch = p->mark;
	char px[40], done[40], all[40];
	if (p->book && (l->buy ? p->book->n_ask : p->book->n_bid))
		touch = l->buy ? p->book->ask[0].px : p->book->bid[0].px;
	bool beyond = bound.v > 0 && (l->buy ? touch.v > bound.v : touch.v < bound.v);
	if (beyond && !l->beyond)
		flat_notice(o, 2, NC_NOT_FLAT,
			    "TRIM p%u: %s %s %s %s makes it worse: it stays there, %s of %s cut.",
			    f->id, l->buy ? "buying" : "selling", l->coin,
			    l->buy ? "above" : "below", price_word(px, bound),
			    qty_word(done, l->filled),
			    qty_word(all, (struct qty){l->start.v - l->target.v}));
	l->beyond = beyond;
}

static bool leg_trim(struct flat *f, struct flat_leg *l, const struct flat_leg_view *p,
		     const struct flat_view *v, struct flat_out *o, int64_t size)
{
	struct price bound = bound_of(l, p);
	struct ladder d;
	if (!flat_ladder(l, p, v, size, bound, &d))
		return false;
	if (l->rung < RUNGS)
		l->rung++;
	tell_beyond(f, l, p, bound, o);
	flat_orders_put(f, l, p, v, o, d.px[l->rung - 1], size, l->target.v == 0);
	l->next_ns = v->now_ns +
		     (l->rung < RUNGS ? flat_interval(v) : flat_knobs(v)->last_rung_ms * FLAT_MS);
	l->state = FL_WORKING;
	return true;
}

void trim_send(struct flat *f, const struct flat_view *v, struct flat_out *o)
{
	uint16_t at[FLAT_LEGS];
	struct batch b = {0};
	struct pair_room room = room_now(f, v);
	bool lowers = false, raises = false, paired;
	uint32_t n;
	if (f->paused)
		return;
	for (uint32_t i = 0; i < f->n; i++) {
		if (f->leg[i].verb != VERB_TRIM || f->leg[i].state == FL_KEPT)
			continue;
		lowers = lowers || !f->leg[i].opposite;
		raises = raises || f->leg[i].opposite;
	}
	paired = lowers && raises;
	n = flat_send_order(f, v, VERB_TRIM, !paired, at);
	for (uint32_t i = 0; i < n; i++) {
		struct flat_leg *l = &f->leg[at[i]];
		const struct flat_leg_view *p = flat_leg_find(v, l);
		if (!p || flat_post_waits(f, l, p, v, o) || !flat_leg_ready(l, v, o))
			continue;
		struct qty left = {flat_leg_left(l, flat_live(l, p))};
		int64_t size = instr_floor_qty(p->instr, left).v;
		if (paired)
			size = pairs_fit(&room, p->instr, l->opposite, p->beta_usd, size);
		if (size <= 0)
			continue; /* until the other side has filled */
		if (v->post_only && l != flat_first(f)) {
			(void)flat_post_rest(f, l, p, v, o, size);
			continue;
		}
		flat_post_over(f, l, o);
		uint32_t before = l->attempt;
		bool alone = !b.begun && !paired; /* offsetting legs leave together */
		flat_batch_leg(f, &b, l, alone);
		if (!leg_trim(f, l, p, v, o, size))
			continue;
		flat_batch_sent(f, &b, l, l->attempt - before, alone);
		if (v->post_only)
			l->next_ns = v->now_ns + flat_knobs(v)->probe_ms * FLAT_MS;
		if (f->throttled) {
			f->rate_ns = v->now_ns + FLAT_THROTTLED_S * FLAT_SEC;
			flat_wake(o, f->rate_ns);
			break;
		}
	}
}
