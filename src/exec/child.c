/* child.c: what others can see of the children. See child.h.
 *
 * Invariants: (1) nothing here makes a child larger; (2) what it takes off is backlog, which later
 * slices take up, and never leaves a rest that cannot be sold; (3) equal states give equal sizes
 * and times, over a restart too: chance comes from the seed and the number of the slice. */
#include "base/prng.h"
#include "exec/child.h"
#include "exec/exit_in.h"

enum {
	ROUND_LOTS = 10,     /* sizes under this many lots cannot avoid round numbers */
	BEAT_MS = 10000,     /* whole ten seconds of the wall clock */
	BEAT_NEAR_MS = 300,  /* so near is on the beat */
	BEAT_AWAY_MS = 1200, /* and at most so late it leaves */
};

static bool hides(const struct exit *x)
{
	return x->jitter > 0 && !x->ticket.declared && x->algo != ALGO_SWEEP && !x->in_danger;
}

static void dice(struct prng *r, const struct exit *x)
{
	prng_seed(r, x->plan_seed + 0x9e3779b97f4a7c15u * (x->slice + 1ull));
}

struct qty child_depth_room(const struct exit *x, const struct exec_view *v, struct qty want,
			    bool *held)
{
	double part = x->ticket.depth.v > 0 ? ratio_to_double(x->ticket.depth) : DEPTH_PCT / 100.0;
	*held = false;
	if (x->algo == ALGO_SWEEP || x->in_danger || view_blind(v))
		return want;
	const struct level *l = x->buy ? v->book->ask : v->book->bid;
	int n = x->buy ? v->book->n_ask : v->book->n_bid;
	int64_t shown = 0;
	for (int k = 0; k < n; k++)
		shown += l[k].sz.v;
	struct qty room = {0}, least = worth(v->instr, v->mark, CHILD_USD);
	(void)qty_from_double(&room, part * qty_to_double((struct qty){shown}));
	room = instr_floor_qty(v->instr, room);
	if (room.v < least.v)
		room = least;
	if (n == 0 || want.v <= room.v)
		return want;
	*held = true;
	return room;
}

struct qty child_off_round(const struct exit *x, const struct exec_view *v, struct qty q,
			   struct qty rem)
{
	int64_t lot = instr_lot(v->instr).v, lots = q.v / lot;
	int64_t least = worth(v->instr, v->mark, CHILD_USD).v;
	struct prng r;
	if (!hides(x) || q.v >= rem.v || q.v % lot || lots < ROUND_LOTS)
		return q;
	dice(&r, x);
	while (lots % 5 == 0 || lots * lot == x->slice_planned.v)
		lots -= 1 + (int64_t)prng_below(&r, 3);
	return lots * lot >= least ? (struct qty){lots * lot} : q;
}

int64_t child_off_beat_ns(const struct exit *x, const struct exec_view *v)
{
	int64_t into = (v->wall_ms + BEAT_NEAR_MS) % BEAT_MS;
	struct prng r;
	if (!hides(x) || x->slice == 0 || into > 2 * BEAT_NEAR_MS)
		return 0;
	dice(&r, x);
	int64_t to =
		2 * BEAT_NEAR_MS + 1 + (int64_t)prng_below(&r, BEAT_AWAY_MS - 2 * BEAT_NEAR_MS);
	return (to - into) * MS_NS;
}
