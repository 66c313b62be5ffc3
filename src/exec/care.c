/* care.c: CARE, slices on the way to zero within two minutes (operations.md 8).
 *
 *   slice 1 at once, then one each care_ms / care_slices, +-jitter in time and size. In a slice
 *   every leg gets its share, the most endangered first: rung 1, and rung 2 for what is left of it.
 *   After the last one the rest, held back by the depth of the book, goes on at the same pace.
 *
 * 1. A slice never takes more than its share of five levels of the book, but a tail that would stay
 *    below 20 USD goes with it, and a slice is worth 25 USD at least.
 * 2. CARE ends at zero, so a stale book never makes it wait (operations.md 0): a blind slice is its
 *    share of the time alone, priced from the mark, and that is said.
 * 3. How many slices are left is told by the sheet's own rule (plan/sheet_verbs.c), of a thin book
 *    from its mean of the last half minute, so that the sheet and the run say the same; what
 *    depends on depth to come is called about.
 * 4. What is in flight counts as sold until a verdict or a proof of death; the order that closes
 *    all that is held is one to zero and makes nothing wait. */
#include "base/check.h"
#include "base/prng.h"
#include "exec/flat_in.h"

enum { WEIGHT_ONE = 1000, SLICE_RUNGS = 2 };
static const int64_t CHILD_MIN = 2500000000, TAIL_MIN = 2000000000; /* 25 and 20 USD */
static const int64_t SHARE_ONE = 1000000000000;

/* Thousandths, 1000 +- jitter, the same for the same seed and number. */
static int64_t weight(const struct flat *f, uint32_t k, uint64_t salt, const struct panic_conf *c)
{
	int64_t j = c->care_jitter.v / (SHARE_ONE / WEIGHT_ONE);
	struct prng r;
	prng_seed(&r, f->seed + salt + (uint64_t)k * 0x9e3779b97f4a7c15u);
	return WEIGHT_ONE + (j ? prng_range(&r, -j, j) : 0);
}

static int64_t gap_ns(const struct flat *f, const struct panic_conf *c)
{
	return c->care_ms * FLAT_MS / (int64_t)c->care_slices * weight(f, f->slice, 1, c) /
	       WEIGHT_ONE;
}

/* What a slice may take of five levels that hold so much: 0 when there are none. */
static int64_t share_of(struct qty five, const struct panic_conf *c)
{
	int64_t cap = 0;
	return dec_muldiv(&cap, five.v, c->care_depth.v, SHARE_ONE, ROUND_DOWN) ? cap : 0;
}

static int64_t depth_cap(const struct flat_leg *l, const struct flat_leg_view *p,
			 const struct panic_conf *c)
{
	return share_of(book_five(p->book, l->buy ? SIDE_SELL : SIDE_BUY), c);
}

/* The same of slices to come: by the mean of the last half minute, for one frame says little. */
static int64_t depth_later(const struct flat_leg *l, const struct flat_leg_view *p,
			   const struct panic_conf *c)
{
	struct qty five = l->buy ? p->book->five_ask : p->book->five_bid;
	return five.v > 0 ? share_of(five, c) : depth_cap(l, p, c);
}

/* Coins that are worth so much at the mark, up to the lot above. */
static int64_t coins_of(int64_t usd, const struct flat_leg_view *p)
{
	struct qty q = {0};
	if (p->mark.v <= 0 || !money_over_price(&q, (struct money){usd}, p->mark, ROUND_UP))
		return 0;
	struct qty lots = instr_floor_qty(p->instr, q);
	return lots.v < q.v ? lots.v + instr_lot(p->instr).v : lots.v;
}

/* The leg's part of slice number f->slice. */
static int64_t slice_size(const struct flat *f, const struct flat_leg *l,
			  const struct flat_leg_view *p, const struct panic_conf *c, bool blind)
{
	int64_t free = flat_leg_left(l, flat_live(l, p)) - flat_waiting(l), size = free, sum = 0;
	if (free <= 0)
		return 0;
	for (uint32_t k = f->slice; k <= c->care_slices; k++)
		sum += weight(f, k, 0, c);
	if (sum > 0 && !dec_muldiv(&size, free, weight(f, f->slice, 0, c), sum, ROUND_DOWN))
		size = free;
	int64_t cap = blind ? free : depth_cap(l, p, c), least = coins_of(CHILD_MIN, p);
	if (size > cap)
		size = cap;
	if (size < least)
		size = least;
	size = instr_floor_qty(p->instr, (struct qty){size}).v;
	if (size > free || free - size < coins_of(TAIL_MIN, p))
		size = free;
	return size;
}

/* Of the slice that runs: neither filled nor in flight, and not tried at both rungs. */
static int64_t slice_rest(const struct flat_leg *l, int64_t live)
{
	int64_t waiting = flat_waiting(l), free = flat_leg_left(l, live) - waiting;
	int64_t rest = l->slice_size.v - (l->filled.v + waiting - l->slice_from.v);
	if (rest > l->slice_size.v) /* what died of an earlier slice belongs to the next */
		rest = l->slice_size.v;
	if (l->rung >= SLICE_RUNGS || rest <= 0)
		return 0;
	return rest < free ? rest : free;
}

/* Slices after the one that runs: even parts of the planned rest, or what five levels give. `now`:
 * as thin as the book is at this moment, for what must not come too late. */
static uint32_t slices_after(const struct flat *f, const struct flat_leg *l,
			     const struct flat_leg_view *p, const struct flat_view *v, bool now)
{
	const struct panic_conf *c = flat_knobs(v);
	int64_t live = flat_live(l, p), least = coins_of(CHILD_MIN, p), cap, size;
	int64_t left = flat_leg_left(l, live) - flat_waiting(l) - slice_rest(l, live);
	int64_t planned = c->care_slices > f->slice ? c->care_slices - f->slice : 1;
	if (left <= 0)
		return 0;
	size = (left + planned - 1) / planned;
	cap = flat_blind(p, v) ? left : now ? depth_cap(l, p, c) : depth_later(l, p, c);
	if (size > cap)
		size = instr_floor_qty(p->instr, (struct qty){cap}).v; /* as it is sent */
	if (size < least)
		size = least;
	if (size <= 0 || left <= size)
		return 1;
	/* what would stay below the tail goes with the last */
	return (uint32_t)(left / size) + (left % size >= coins_of(TAIL_MIN, p) && left % size);
}

uint32_t care_slices(const struct flat *f, const struct flat_view *v)
{
	uint32_t most = 0;
	for (uint32_t i = 0; i < f->n; i++) {
		const struct flat_leg *l = &f->leg[i];
		const struct flat_leg_view *p = flat_leg_find(v, l);
		uint32_t n;
		if (l->verb != VERB_CARE || !p || l->state == FL_KEPT || l->state == FL_CANNOT ||
		    p->cannot_trade)
			continue;
		n = slices_after(f, l, p, v, false);
		most = n > most ? n : most;
	}
	return f->slice + most;
}

int64_t care_rest_ns(const struct flat *f, const struct flat_leg *l, const struct flat_view *v)
{
	const struct flat_leg_view *p = flat_leg_find(v, l);
	const struct panic_conf *c = flat_knobs(v);
	int64_t wait = f->due_ns > v->now_ns ? f->due_ns - v->now_ns : 0;
	uint32_t n = p ? slices_after(f, l, p, v, true) : 0;
	return n ? wait + (n - 1) * (c->care_ms * FLAT_MS / (int64_t)c->care_slices) : 0;
}

/* Sends what is left of the leg's slice; false: nothing went out. */
static bool leg_slice(struct flat *f, struct flat_leg *l, const struct flat_leg_view *p,
		      const struct flat_view *v, struct flat_out *o)
{
	int64_t live = flat_live(l, p), size = slice_rest(l, live);
	struct ladder d;
	if (size <= 0 || !flat_ladder(l, p, v, size, (struct price){0}, &d))
		return false;
	l->rung++;
	flat_orders_put(f, l, p, v, o, d.px[l->rung - 1], size, size == live);
	l->next_ns = v->now_ns + flat_interval(v);
	l->state = FL_WORKING;
	return true;
}

/* The leg's part of the slice that begins, or of the one that runs. */
static void leg_begin(const struct flat *f, struct flat_leg *l, const struct flat_leg_view *p,
		      const struct flat_view *v, struct flat_out *o)
{
	bool blind = flat_blind(p, v);
	if (blind && !l->blind_told)
		flat_notice(o, 2, NC_BLIND,
			    "BLIND: %s book frozen. CARE goes on, priced from the mark.", l->coin);
	l->blind_told = blind;
	l->slice_size.v = slice_size(f, l, p, flat_knobs(v), blind);
	l->rung = 0;
	l->next_ns = 0;
}

static void slice_begin(struct flat *f, const struct flat_view *v, struct flat_out *o)
{
	const struct panic_conf *c = flat_knobs(v);
	f->slice++;
	f->due_ns = v->now_ns + gap_ns(f, c);
	f->due_ms = v->wall_ms + (f->due_ns - v->now_ns) / FLAT_MS;
	for (uint32_t i = 0; i < f->n; i++) {
		struct flat_leg *l = &f->leg[i];
		const struct flat_leg_view *p = flat_leg_find(v, l);
		l->slice_size.v = 0;
		l->slice_from.v = l->filled.v + flat_waiting(l);
		if (l->verb != VERB_CARE || !p || l->state == FL_KEPT ||
		    (l->state == FL_CANNOT && !flat_tries_on(l)))
			continue;
		leg_begin(f, l, p, v, o);
	}
	o->save = true;
	if (f->slice == c->care_slices + 1 && !f->told_more) {
		f->told_more = true;
		flat_words(f, v, false);
		flat_notice(o, 2, NC_NOT_FLAT, "%s", f->text);
	}
}

bool care_late(const struct flat *f, const struct flat_view *v)
{
	const struct panic_conf *c = flat_knobs(v);
	int64_t end = f->rung_start_ns + c->care_ms * FLAT_MS;
	int64_t from = f->moved_ns > end ? f->moved_ns : end;
	return v->now_ns - from > c->give_up_ms * FLAT_MS;
}

/* Nobody can trade: the whole leg rests at the touch, its slices probe (flat_post.c). */
static void leg_post(struct flat *f, struct flat_leg *l, const struct flat_leg_view *p,
		     const struct flat_view *v, struct flat_out *o)
{
	struct price keep;
	if (flat_post_rest(f, l, p, v, o, flat_leg_left(l, flat_live(l, p))) || l != flat_first(f))
		return;
	keep = l->px;
	f->group++;
	l->rung = 0; /* no rung was tried as long as nobody can trade */
	(void)leg_slice(f, l, p, v, o);
	if (l->resting)
		l->px = keep;
	l->next_ns = v->now_ns + flat_knobs(v)->probe_ms * FLAT_MS;
}

void care_send(struct flat *f, const struct flat_view *v, struct flat_out *o)
{
	uint16_t at[FLAT_LEGS];
	struct batch b = {0};
	bool any = false;
	uint32_t n;
	for (uint32_t i = 0; i < f->n; i++)
		any = any || (f->leg[i].verb == VERB_CARE &&
			      (f->leg[i].state == FL_WAIT || f->leg[i].state == FL_WORKING ||
			       flat_tries_on(&f->leg[i])));
	if (!any || f->paused)
		return;
	if (f->due_ns == 0) { /* the first, or after a restart: at the time that was said */
		int64_t wait = (f->due_ms - v->wall_ms) * FLAT_MS;
		int64_t most = 2 * flat_knobs(v)->care_ms * FLAT_MS;
		f->due_ns = v->now_ns + (f->slice && wait > 0 && wait < most ? wait : 0);
	}
	if (v->now_ns >= f->due_ns)
		slice_begin(f, v, o);
	flat_wake(o, f->due_ns);
	n = flat_send_order(f, v, VERB_CARE, true, at);
	for (uint32_t i = 0; i < n; i++) {
		struct flat_leg *l = &f->leg[at[i]];
		const struct flat_leg_view *p = flat_leg_find(v, l);
		if (!p || flat_post_waits(f, l, p, v, o) || !flat_leg_ready(l, v, o))
			continue;
		if (v->post_only) {
			leg_post(f, l, p, v, o);
			continue;
		}
		flat_post_over(f, l, o);
		if (l->state == FL_WAIT && !l->first_ns && l->slice_size.v == 0)
			leg_begin(f, l, p, v, o); /* it came after the slice had begun */
		if (slice_rest(l, flat_live(l, p)) <= 0)
			continue;
		uint32_t before = l->attempt;
		bool first = !b.begun || l->state == FL_CANNOT; /* it takes nobody along */
		flat_batch_leg(f, &b, l, first);
		if (!leg_slice(f, l, p, v, o))
			continue;
		flat_batch_sent(f, &b, l, l->attempt - before, first);
		if (f->throttled) {
			f->rate_ns = v->now_ns + FLAT_THROTTLED_S * FLAT_SEC;
			flat_wake(o, f->rate_ns);
			break;
		}
	}
}
