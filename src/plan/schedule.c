/* schedule.c: sizes and times of the slices, from the ticket's numbers and a seed alone.
 *
 * Invariants: (1) the sizes add up to the size, exactly, in lots, and the last slice takes any part
 * below a lot; (2) no child under 25 USD but the whole, no last child under 20 USD; (3) times rise
 * strictly, the first is 0; (4) equal arguments give equal schedules. */
#include <math.h>

#include "base/check.h"
#include "base/prng.h"
#include "plan/ac.h"
#include "plan/plan.h"
#include "plan/plan_in.h"
#include "base/banned.h"

enum {
	MIN_CHILD_USD = 25,
	MIN_LAST_USD = 20,
	SLOT_MIN_MS = 20000,
	SLOT_MAX_MS = 60000,
	SLOT_SHORT_MS = 5000, /* least slot of exits under two minutes */
	SHORT_MS = 120000,
	VENUE_SLOT_MS = 30000,
	VENUE_CHILD_USD = 10,
	ROUND_LOTS = 10, /* sizes under this many lots cannot avoid round numbers */
	BEAT_MS = 10000, /* times keep off whole ten seconds */
	BEAT_NEAR_MS = 300,
};
static const double TIME_PER_SIZE = 4, TIME_MOST = 0.8;

double plan_kappa_t(double urgency, uint32_t n)
{
	if (!(urgency > 0))
		return 0;
	double top = 4.0 * n;
	if (urgency >= 1)
		return top;
	double k = 3 * urgency / (1 - urgency);
	return k < top ? k : top;
}

double plan_kt(double urgency, uint32_t n)
{
	return n ? 2 * asinh(plan_kappa_t(urgency, n) / n / 2) : 0;
}

/* Smallest whole number of lots worth at least usd. */
static int64_t lots_worth(const struct instr *i, struct price mark, double usd)
{
	double lot = qty_to_double(instr_lot(i)) * price_to_double(mark);
	if (!(lot > 0))
		return 1;
	double n = ceil(usd / lot);
	return n < 1 ? 1 : n > 1e15 ? (int64_t)1e15 : (int64_t)n;
}

uint32_t plan_slots(int64_t horizon_ms, const struct instr *i, struct qty size, struct price mark)
{
	if (horizon_ms <= 0)
		return 1;
	int64_t slot = horizon_ms / 60;
	if (slot < SLOT_MIN_MS)
		slot = SLOT_MIN_MS;
	if (slot > SLOT_MAX_MS)
		slot = SLOT_MAX_MS;
	if (horizon_ms <= SHORT_MS) {
		slot = horizon_ms / 12;
		if (slot < SLOT_SHORT_MS)
			slot = SLOT_SHORT_MS;
	}
	int64_t n = (horizon_ms + slot - 1) / slot;
	int64_t lots = size.v / instr_lot(i).v, child = lots_worth(i, mark, MIN_CHILD_USD);
	if (n > lots / child)
		n = lots / child;
	if (n > SLICES_MAX)
		n = SLICES_MAX;
	return n < 1 ? 1 : (uint32_t)n;
}

/* Weights of the slots; their sum is not 1 yet. */
static void weights(const struct schedule_in *in, uint32_t n, struct prng *r, double *w)
{
	double kt = algo_urgent(in->algo) ? plan_kt(in->urgency, n) : 0, before = 1;
	for (uint32_t j = 0; j < n; j++) {
		double l = ac_left(kt, n, j + 1);
		int64_t from = in->from_ms + in->horizon_ms * j / n;
		w[j] = before - l;
		before = l;
		if (in->algo == ALGO_VWAP) /* the same share of all that trades in the slot */
			w[j] = season_between(&in->season, from,
					      in->from_ms + in->horizon_ms * (j + 1) / n);
		if (in->jitter > 0)
			w[j] *= 1 + in->jitter * (2 * prng_unit(r) - 1);
	}
}

/* A round number, or a size that is there already: an eye that counts prints finds both. */
static bool shows(const struct schedule *s, int64_t lots, int64_t lot)
{
	if (lots < ROUND_LOTS)
		return false;
	for (uint32_t k = 0; k < s->n; k++)
		if (s->qty[k].v == lots * lot)
			return true;
	return lots % 5 == 0;
}

static int64_t off_round(const struct schedule *s, struct prng *r, int64_t lots, int64_t lot,
			 int64_t room)
{
	int64_t q = lots;
	while (shows(s, q, lot) && lots - q < room)
		q -= 1 + (int64_t)prng_below(r, 3);
	return lots - q < room ? q : lots;
}

/* The last two share what is left, so that neither shows. */
static void last_two(struct schedule *s, struct prng *r, int64_t lot, int64_t child)
{
	if (s->n < 2)
		return;
	struct qty *a = &s->qty[s->n - 2], *b = &s->qty[s->n - 1];
	int64_t left = a->v + b->v;
	uint32_t n = s->n;
	for (int tries = 0; tries < 16; tries++) {
		s->n = n - 2; /* against the others */
		bool ok = !shows(s, a->v / lot, lot) && !shows(s, b->v / lot, lot);
		s->n = n;
		if (ok && a->v != b->v)
			return;
		int64_t d = (1 + (int64_t)prng_below(r, 3)) * lot;
		if (a->v / lot < ROUND_LOTS || a->v - d < child * lot)
			return;
		a->v -= d;
		b->v = left - a->v;
	}
}

/* Somewhere inside its slot: the share of it grows with the jitter of sizes, at a fifth and more
 * the middle four fifths. The first is at once. */
static void put(struct schedule *s, uint32_t slot, int64_t lots, int64_t lot,
		const struct schedule_in *in, struct prng *r)
{
	int64_t at = (int64_t)slot * s->spacing_ms;
	if (slot && in->jitter > 0) {
		double j = fmin(TIME_PER_SIZE * in->jitter, TIME_MOST);
		at += (int64_t)((prng_unit(r) - 0.5) * j * (double)s->spacing_ms);
		if ((at + BEAT_NEAR_MS) % BEAT_MS <= 2 * BEAT_NEAR_MS)
			at += 2 * BEAT_NEAR_MS + 1 + (int64_t)prng_below(r, BEAT_NEAR_MS);
	}
	if (s->n && at <= s->at_ms[s->n - 1])
		at = s->at_ms[s->n - 1] + 1;
	s->at_ms[s->n] = s->n ? at : 0;
	s->qty[s->n++].v = lots * lot;
}

static void fill(const struct schedule_in *in, uint32_t n, struct schedule *s)
{
	int64_t lot = instr_lot(in->instr).v, total = in->size.v / lot;
	int64_t child = lots_worth(in->instr, in->mark, MIN_CHILD_USD);
	int64_t last = lots_worth(in->instr, in->mark, MIN_LAST_USD);
	struct prng r;
	double w[SLICES_MAX], sum = 0, cum = 0;
	prng_seed(&r, in->seed);
	weights(in, n, &r, w);
	for (uint32_t j = 0; j < n; j++)
		sum += w[j];
	int64_t given = 0;
	uint32_t slot = 0;
	bool fresh = true;
	for (uint32_t j = 0; j < n && given < total; j++) {
		cum += w[j];
		if (fresh)
			slot = j;
		int64_t upto = j + 1 == n ? total : (int64_t)((double)total * (cum / sum));
		if (upto > total)
			upto = total;
		int64_t lots = upto - given;
		fresh = false;
		if (lots < child && j + 1 < n)
			continue; /* merge into the next slot's */
		if (in->jitter > 0 && j + 1 < n)
			lots = off_round(s, &r, lots, lot, lots - child);
		if (total - given - lots < last)
			lots = total - given;
		if (lots > 0)
			put(s, slot, lots, lot, in, &r);
		given += lots;
		fresh = true;
	}
	if (in->jitter > 0)
		last_two(s, &r, lot, child);
	if (s->n) /* a part below a lot leaves with the last: a close of all takes the exact rest */
		s->qty[s->n - 1].v += in->size.v - given * lot;
}

/* The venue's own TWAP: n + 1 suborders, at least 30 s apart, each worth about 10 USD. */
static void fill_venue(const struct schedule_in *in, struct schedule *s)
{
	double usd = qty_to_double(in->size) * price_to_double(in->mark);
	int64_t n = in->horizon_ms / VENUE_SLOT_MS;
	if ((double)n > usd / VENUE_CHILD_USD - 1)
		n = (int64_t)(usd / VENUE_CHILD_USD) - 1;
	if (n < 1)
		n = 1;
	if (n > SLICES_MAX - 1)
		n = SLICES_MAX - 1;
	struct schedule_in even = *in;
	even.algo = ALGO_TWAP;
	even.jitter = 0;
	s->spacing_ms = in->horizon_ms / n;
	fill(&even, (uint32_t)n + 1, s);
}

void plan_schedule(const struct schedule_in *in, struct schedule *out)
{
	out->n = 0;
	out->spacing_ms = 0;
	if (in->size.v <= 0 || in->size.v < instr_lot(in->instr).v)
		return;
	if (in->algo == ALGO_SWEEP || in->horizon_ms <= 0) {
		out->n = 1;
		out->at_ms[0] = 0;
		out->qty[0] = in->size;
		return;
	}
	if (in->algo == ALGO_VENUE_TWAP) {
		fill_venue(in, out);
		return;
	}
	uint32_t most = plan_slots(in->horizon_ms, in->instr, in->size, in->mark);
	uint32_t n = in->slots && in->slots < most ? in->slots : most;
	if (in->slots > most && in->slots <= SLICES_MAX) {
		int64_t lots = in->size.v / instr_lot(in->instr).v;
		int64_t fit = lots / lots_worth(in->instr, in->mark, MIN_CHILD_USD);
		n = fit < (int64_t)in->slots ? (uint32_t)(fit > 1 ? fit : 1) : in->slots;
	}
	out->spacing_ms = in->horizon_ms / n;
	if (out->spacing_ms < 1)
		out->spacing_ms = 1;
	fill(in, n, out);
}
