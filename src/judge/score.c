/* score.c: slots, pairing and the block bootstrap of score.h. */
#include "judge/score.h"

#include <math.h>
#include <string.h>

#include "base/check.h"

const double judge_thetas[JUDGE_THETAS] = {0.1, 0.3, 0.5, 0.7, 0.85, 0.95};

enum { STRIDES = 5, TAIL_MS = 3000, TAIL_LATENCIES = 4 };

bool judge_halves(struct judge_path half[2], const struct tape_coin *k)
{
	int64_t a = k->book[0].ms, b = k->book[k->n_book - 1].ms, mid = a + (b - a) / 2;

	return judge_path(&half[0], k, a, mid) && judge_path(&half[1], k, mid + 1, b);
}

/* Room after the slot's end for whoever still has to cancel and cross. */
static int64_t tail(const struct judge_setup *s)
{
	return TAIL_MS + TAIL_LATENCIES * s->latency_ms;
}

static int64_t stride(const struct judge_setup *s)
{
	return s->slot_ms / STRIDES > 0 ? s->slot_ms / STRIDES : 1;
}

uint32_t judge_rows_max(const struct judge_path *p, const struct judge_setup *s)
{
	return (uint32_t)(2 * ((p->end_ms - p->begin_ms) / stride(s) + 1));
}

/* A silence of the books within [from, to]; *b only moves forward, from ascending. */
static bool touches_gap(const struct judge_path *p, uint32_t *b, int64_t from, int64_t to)
{
	while (*b + 1 < p->n_book && p->book[*b + 1].ms <= from)
		(*b)++;
	for (uint32_t i = *b; i + 1 < p->n_book && p->book[i].ms <= to; i++)
		if (p->book[i + 1].ms - p->book[i].ms > TAPE_GAP_MS)
			return true;
	return false;
}

uint32_t judge_measure(struct judge_row *rows, uint32_t max, uint32_t *excluded,
		       const struct judge_path *p, const struct judge_setup *s,
		       const struct judge_rule *rule)
{
	uint32_t n = 0, b = 0;

	*excluded = 0;
	for (int64_t at = p->begin_ms; at + s->slot_ms + tail(s) <= p->end_ms; at += stride(s)) {
		if (touches_gap(p, &b, at, at + s->slot_ms + tail(s))) {
			++*excluded;
			continue;
		}
		for (int side = SIDE_BUY; side <= SIDE_SELL && n < max; side++) {
			struct judge_child c = {.side = (enum side)side,
						.start_ms = at,
						.end_ms = at + s->slot_ms,
						.latency_ms = s->latency_ms,
						.usd = s->usd,
						.seed = s->seed};
			struct judge_row *r = &rows[n];

			if (!judge_run(&r->r, p, &c, rule))
				continue;
			r->start_ms = at;
			r->side = c.side;
			r->all_in_bp = r->r.price_bp + r->r.maker * s->maker_bp +
				       (1 - r->r.maker) * s->taker_bp;
			n++;
		}
	}
	return n;
}

static double mean_cost(const struct judge_row *rows, uint32_t n)
{
	double sum = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += rows[i].all_in_bp;
	return n ? sum / n : 0;
}

double judge_fit(struct judge_row *rows, uint32_t max, const struct judge_path *train,
		 const struct judge_setup *s, enum judge_policy policy)
{
	double best = judge_thetas[0], least = INFINITY;

	for (uint32_t i = 0; i < JUDGE_THETAS; i++) {
		struct judge_rule r = {
			.policy = policy, .theta = judge_thetas[i], .param = tactic_defaults()};
		uint32_t excluded;
		uint32_t n = judge_measure(rows, max, &excluded, train, s, &r);
		double cost = mean_cost(rows, n);

		if (n > 0 && cost < least) {
			least = cost;
			best = judge_thetas[i];
		}
	}
	return best;
}

/* Shell's: no allocation, and n is small. */
static void sort(double *x, uint32_t n)
{
	for (uint32_t gap = n / 2; gap > 0; gap /= 2)
		for (uint32_t i = gap; i < n; i++)
			for (uint32_t j = i; j >= gap && x[j - gap] > x[j]; j -= gap) {
				double t = x[j];
				x[j] = x[j - gap];
				x[j - gap] = t;
			}
}

/* Whole blocks are drawn with replacement; the mean is over the rows that they bring. */
static void bootstrap(struct judge_score *out, const struct judge_row *rows,
		      const struct judge_row *base, uint32_t n, uint64_t seed)
{
	static _Thread_local double sum[JUDGE_BLOCKS_MAX], draw[JUDGE_DRAWS];
	static _Thread_local uint32_t count[JUDGE_BLOCKS_MAX];
	uint32_t blocks = 0;
	int64_t begun = 0;
	struct prng g;

	for (uint32_t i = 0; i < n; i++) {
		if (blocks == 0 ||
		    (rows[i].start_ms - begun >= JUDGE_BLOCK_MS && blocks < JUDGE_BLOCKS_MAX)) {
			begun = rows[i].start_ms;
			sum[blocks] = 0;
			count[blocks] = 0;
			blocks++;
		}
		sum[blocks - 1] += rows[i].all_in_bp - base[i].all_in_bp;
		count[blocks - 1]++;
	}
	out->blocks = blocks;
	if (blocks < 2)
		return;
	prng_seed(&g, seed);
	for (uint32_t d = 0; d < JUDGE_DRAWS; d++) {
		double total = 0;
		uint64_t rows_in = 0;

		for (uint32_t k = 0; k < blocks; k++) {
			uint64_t pick = prng_below(&g, blocks);
			total += sum[pick];
			rows_in += count[pick];
		}
		draw[d] = total / (double)rows_in;
	}
	sort(draw, JUDGE_DRAWS);
	out->lo = draw[JUDGE_DRAWS / 40];
	out->hi = draw[JUDGE_DRAWS - 1 - JUDGE_DRAWS / 40];
}

void judge_compare(struct judge_score *out, const struct judge_row *rows,
		   const struct judge_row *base, uint32_t n, const struct judge_setup *s)
{
	double m = mean_cost(rows, n), b = mean_cost(base, n), v = 0, dv = 0;

	memset(out, 0, sizeof *out);
	out->n = n;
	if (n == 0)
		return;
	out->all_in_bp = m;
	out->diff_bp = m - b;
	out->relative = b != 0 ? (m - b) / fabs(b) : 0;
	for (uint32_t i = 0; i < n; i++) {
		const struct judge_result *r = &rows[i].r;
		double d = rows[i].all_in_bp - base[i].all_in_bp - out->diff_bp;

		ASSERT(rows[i].start_ms == base[i].start_ms && rows[i].side == base[i].side);
		v += (rows[i].all_in_bp - m) * (rows[i].all_in_bp - m);
		dv += d * d;
		out->maker += r->maker / n;
		out->complete += (r->left > 0 ? 0.0 : 1.0) / n;
		out->left += r->left / n;
		out->seconds += r->seconds / n;
		out->posts += (double)r->posts / n;
	}
	out->sd = n > 1 ? sqrt(v / (n - 1)) : 0;
	out->diff_sd = n > 1 ? sqrt(dv / (n - 1)) : 0;
	out->independent = n / 2 / STRIDES > 0 ? n / 2 / STRIDES : 1;
	out->mde = sqrt(7.85 / out->independent) * out->diff_sd;
	bootstrap(out, rows, base, n, s->seed);
}
