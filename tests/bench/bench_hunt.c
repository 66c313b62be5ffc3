/* bench_hunt: what randomness is worth. The same exit of the real engine, in the simulated world,
 * with equal slices at even times (declared: the schedule is the same, what differs is whether
 * somebody meets it), with sizes jittered, and with sizes and times jittered, in a thin market
 *
 *   alone      nobody looks
 *   hunted     a hunter of the paper market learns period and size and sells ahead
 *   met        the same, and a provider who learned it too bids for the next slice
 *
 * Paired over seeds: one path of the market a seed. Cost is the shortfall of each fill against the
 * mid that the market of that seed has at that moment when nobody sells (its noise cancels, impact
 * and predation do not), fees left out. Intervals are 95 %, t over seeds. Leakage (quant 6.2): AUC
 * of a logistic detector that learns on the first half of an exit which orders of the tape are
 * ours, and is judged on the second; mean signed move of the mid in the 5 s before our slices
 * against random moments, both 0.5 and 0 when nothing leaks; the autocorrelation that our orders
 * add to the signs of the tape; and how much of the entropy of "one of ours in the next second" the
 * tape before it takes away.
 *
 * Placement, alone, a tenth of the size, so that its own impact is small: crossing against resting
 * first and against quotes, on the same path of each seed; fills against the mean of the mid until
 * the last of them (two runs of a seed part once their orders differ), fees in.
 *
 * A slice is its fills against the mid 5 s before: what the hunter takes. Its own impact on later
 * slices is in the cost of all only.
 *
 * Usage: bench_hunt [SEEDS [place]], place: the placements alone. Bar: when hunted, random slices
 * are cheaper than even ones. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "tests/bench/leak.h"
#include "tests/sim/world.h"

#define S 1000000000LL
enum {
	BEFORE_MS = 5000,
	EXIT_S = 900,
	LIMIT_S = 1500,
	STEP_MS = 250,
	OWN_ORDERS = 1000,
	MIDS = 8000
};
enum { SEEDS_DEFAULT = 16, SEEDS_MAX = 200 };

enum plan_kind { EVEN, SIZES, RANDOM, PLANS };
enum { CROSSES, RESTS_FIRST, QUOTES, PLACES };
static const uint8_t place_of[PLACES] = {PLACE_CROSS, PLACE_POST_CROSS, PLACE_QUOTES};
static const char *const place_name[PLACES] = {"cross", "post-cross", "quotes"};
enum company { ALONE, HUNTED, MET, COMPANIES };
static const char *const plan_name[PLANS] = {"even, declared", "jitter 5 %", "jitter 20 %"};
static const double jitter_of[PLANS] = {0, 0.05, 0.2};
static const double PART = 0.1;
static const char *const company_name[COMPANIES] = {"alone", "hunted", "met"};

static const struct scenario_knot calm[] = {{0, 0, 0.05, 2, 3, 0.1, 0, 0},
					    {4000, 0, 0.05, 2, 3, 0.1, 0, 0}};
static const struct scenario_step steps[COMPANIES][2] = {
	[HUNTED] = {{1, 0, "{\"hunter\":\"HYPE\",\"share\":\"1\"}"}},
	[MET] = {{1, 0, "{\"hunter\":\"HYPE\",\"share\":\"1\"}"},
		 {1, 0, "{\"hunter\":\"HYPE\",\"share\":\"1\",\"meets\":true}"}},
};
static const struct drill_coin coins[] = {{.like = {"BTC", "BTC", 5, 40, 112000, 1, 1}},
					  {.like = {"HYPE", "HYPE", 2, 10, 44.5, 1, 1}}};
static const struct drill_leg legs[] = {{"HYPE", 6000, 1, 2, 5}};

static struct leak_order tape[LEAK_ORDERS];
static uint32_t n_tape;
static double mids[MIDS];
static uint32_t n_mids;
static double untouched[MIDS]; /* of the same seed, nobody selling */

struct result {
	double cost_bp, slice_bp, left, earned[2], auc, drift_bp, placebo_bp;
	double runs_1, runs_20, told; /* bench/leak.h */
	double all_in_bp;	      /* against the mean of the mid, fees in */
	bool ok;
};

static struct drill world_of(enum company c)
{
	struct drill d = {
		.scene = {.name = "hunt", .about = "a calm, thin market", .step = steps[c]},
		.shows = "what randomness is worth",
		.coin = coins,
		.n_coins = 2,
		.leg = legs,
		.n_legs = 1,
		.dies_pct = 40,
		.safe_pct = 100,
		.plan_s = EXIT_S,
		.length_s = LIMIT_S + 60,
		.speed = 1,
		.aim = DRILL_FLAT};
	d.scene.path.knot = calm;
	d.scene.path.n = 2;
	d.scene.n_steps = (uint32_t)c;
	return d;
}

static double mid_now(const struct world *w)
{
	return price_to_double(paper_mid_px(w->paper, "HYPE"));
}

static void watch(struct world *w, uint32_t *prints)
{
	struct paper_truth_print p;

	for (; *prints < paper_prints(w->paper, "HYPE"); ++*prints) {
		struct leak_order *o = n_tape ? &tape[n_tape - 1] : NULL;

		if (!paper_print(w->paper, "HYPE", w->user, *prints, &p))
			continue;
		if (o && o->ms == p.time_ms && o->sell == p.sell && o->ours == p.own) {
			o->size += qty_to_double(p.sz);
			continue;
		}
		if (n_tape < LEAK_ORDERS)
			tape[n_tape++] = (struct leak_order){.ms = p.time_ms,
							     .size = qty_to_double(p.sz),
							     .sell = p.sell,
							     .ours = p.own};
	}
	if (n_mids < MIDS)
		mids[n_mids++] = mid_now(w);
}

/* ---- what leaks ---- */

/* Mean move of the mid against a seller in the 5 s before, bp. */
static double drift(const int64_t *at_ms, uint32_t n, int64_t from_ms)
{
	double sum = 0;
	uint32_t used = 0;

	for (uint32_t i = 0; i < n; i++) {
		int64_t k = (at_ms[i] - from_ms) / STEP_MS - 1;

		if (k < BEFORE_MS / STEP_MS || k >= n_mids)
			continue;
		sum += (mids[k] / mids[k - BEFORE_MS / STEP_MS] - 1) * -1e4;
		used++;
	}
	return used ? sum / used : NAN;
}

static void leaks(struct result *r, int64_t from_ms, uint64_t seed)
{
	int64_t own[OWN_ORDERS], any[OWN_ORDERS];
	uint32_t n = 0, half = 0;
	double added[LEAK_LAGS];
	struct prng rng;

	leak_look_back(tape, n_tape);
	while (half < n_tape && tape[half].ms < from_ms + EXIT_S * 500)
		half++;
	r->auc = leak_auc(tape, half, n_tape);
	r->runs_1 = r->runs_20 = NAN;
	if (leak_acf_added(added, tape, n_tape)) {
		r->runs_1 = added[0];
		r->runs_20 = 0;
		for (int k = 0; k < LEAK_LAGS; k++)
			r->runs_20 += added[k] / LEAK_LAGS;
	}
	r->told = leak_next(tape, n_tape, from_ms, tape[n_tape - 1].ms);
	prng_seed(&rng, seed);
	for (uint32_t i = 0; i < n_tape && n < OWN_ORDERS; i++)
		if (tape[i].ours) {
			own[n] = tape[i].ms;
			any[n++] = from_ms + 5000 + (int64_t)prng_below(&rng, (EXIT_S - 5) * 1000);
		}
	r->drift_bp = drift(own, n, from_ms);
	r->placebo_bp = drift(any, n, from_ms);
}

/* ---- a run ---- */

static void measure(struct result *r, struct world *w, int64_t from_ms, double start)
{
	struct paper_truth_fill f;
	double cost = 0, sold = 0, slice = 0, later = 0, fees = 0, value = 0;

	for (uint32_t i = 0; paper_fill(w->paper, w->user, i, &f); i++) {
		int64_t k = (f.time_ms - from_ms) / STEP_MS;
		double px = price_to_double(f.px), q = qty_to_double(f.sz);

		ASSERT(k >= 0 && k < MIDS && !f.buy);
		cost += q * (1 - px / untouched[k]) * 1e4;
		sold += q;
		fees += (double)f.fee.v / 1e8;
		value += px * q;
		k -= 1 + BEFORE_MS / STEP_MS;
		if (k >= 0 && k < n_mids) {
			slice += q * (1 - px / mids[k]) * 1e4;
			later += q;
		}
	}
	r->left = 1 - sold / start;
	r->cost_bp = sold > 0 ? cost / sold : NAN;
	double mean = 0;
	for (uint32_t k = 0; k < n_mids; k++)
		mean += mids[k] / n_mids;
	r->all_in_bp = sold > 0 ? (1 - (value - fees) / sold / mean) * 1e4 : NAN;
	r->slice_bp = later > 0 ? slice / later : NAN;
	for (int k = 0; k < 2; k++)
		r->earned[k] = (double)paper_hunter_earned(w->paper, "HYPE", k) / 1e8;
}

/* The path that the market takes by itself. */
static void leave_alone(uint64_t seed)
{
	const struct drill d = world_of(ALONE);
	const struct world_faults f = {.rtt_ms = 200, .drill = &d};
	struct world *w = world_new(seed, &f);

	world_run(w, w->now_ns + 130 * S);
	for (int k = 0; k < MIDS; k++) {
		if (k <= LIMIT_S * 1000 / STEP_MS)
			world_run(w, w->now_ns + STEP_MS * (S / 1000));
		untouched[k] = mid_now(w);
	}
	world_free(w);
}

static struct result run(uint64_t seed, enum company company, struct ticket t)
{
	const struct drill d = world_of(company);
	const struct world_faults f = {.rtt_ms = 200, .drill = &d};
	struct world *w = world_new(seed, &f);
	struct cmd c = {.kind = CMD_EXIT, .ticket = t};
	struct result r = {0};
	uint32_t prints;

	world_run(w, w->now_ns + 130 * S);
	snprintf(c.ticket.coin, sizeof c.ticket.coin, "HYPE");
	c.ticket.horizon_ms = EXIT_S * 1000;
	c.ticket.cap.v = 250000000000LL;
	c.ticket.depth.v = 1000000000000LL;
	c.ticket.risk.v = -1;
	c.ticket.seed = seed;
	prints = paper_prints(w->paper, "HYPE");
	n_tape = n_mids = 0;
	double start = fabs(qty_to_double(paper_szi(w->paper, w->user, "HYPE")));
	double target = t.size.unit == SIZE_ALL ? 0 : 1 - PART;
	int64_t from_ms = paper_now(w->paper);
	r.ok = world_cmd(w, &c) && w->reply.code == 0;
	if (!r.ok)
		printf("  refused: %s\n", w->reply.text);
	for (int64_t end = w->now_ns + LIMIT_S * S; r.ok && w->now_ns < end && !w->broken[0];) {
		world_run(w, w->now_ns + STEP_MS * (S / 1000));
		watch(w, &prints);
		if (qty_to_double(paper_szi(w->paper, w->user, "HYPE")) <= target * start)
			break;
	}
	if (w->broken[0]) {
		printf("  seed %llu: %s\n", (unsigned long long)seed, w->broken);
		r.ok = false;
	}
	if (r.ok) {
		measure(&r, w, from_ms, (1 - target) * start);
		leaks(&r, from_ms, seed);
	}
	world_free(w);
	return r;
}

static struct result run_plan(uint64_t seed, enum plan_kind plan, enum company company)
{
	return run(seed, company,
		   (struct ticket){.size.unit = SIZE_ALL,
				   .place = PLACE_CROSS,
				   .declared = plan == EVEN,
				   .random.v = (int64_t)llround(jitter_of[plan] * 1e12)});
}

static struct result run_place(uint64_t seed, int place)
{
	return run(seed, ALONE,
		   (struct ticket){.size = {.unit = SIZE_PERCENT, .part.v = (int64_t)(PART * 1e12)},
				   .place = place_of[place],
				   .place_set = true,
				   .random.v = 200000000000LL});
}

/* Mean and half of its 95 % interval; t by the normal for over 20 seeds. */
static void mean_of(const double *v, int n, double *mean, double *half)
{
	double s = 0, s2 = 0;
	int k = 0;

	for (int i = 0; i < n; i++)
		if (!isnan(v[i])) {
			s += v[i];
			s2 += v[i] * v[i];
			k++;
		}
	*mean = k ? s / k : NAN;
	*half = k > 1 ? 2.07 * sqrt(fmax(s2 / k - *mean * *mean, 0) / (k - 1)) : NAN;
}

#define COLUMN(expr, mean, half)                                                                   \
	do {                                                                                       \
		for (int i = 0; i < n; i++)                                                        \
			v[i] = (expr);                                                             \
		mean_of(v, n, &mean, &half);                                                       \
	} while (0)

static void print_places(struct result q[PLACES][SEEDS_MAX], int n)
{
	double v[SEEDS_MAX], m, h, m2, h2, left, x;

	printf("%-16s %-17s %s\n", "placement", "all in", "against cross");
	for (int p = 0; p < PLACES; p++) {
		COLUMN(q[p][i].all_in_bp, m, h);
		COLUMN(q[p][i].all_in_bp - q[CROSSES][i].all_in_bp, m2, h2);
		COLUMN(100 * q[p][i].left, left, x);
		printf("%-16s %6.2f +- %-7.2f %+6.2f +- %.2f, unsold %.1f %%\n", place_name[p], m,
		       h, m2, h2, left);
	}
}

int main(int argc, char **argv)
{
	static struct result r[PLANS][COMPANIES][SEEDS_MAX], q[PLACES][SEEDS_MAX];
	double v[SEEDS_MAX], m, h, m2, h2;
	int n = argc > 1 ? (int)strtol(argv[1], NULL, 10) : SEEDS_DEFAULT;
	bool places_only = argc > 2 && !strcmp(argv[2], "place");
	bool bad = n < 2 || n > SEEDS_MAX, missed = false;

	if (bad) {
		fprintf(stderr, "bench_hunt: 2 to %d seeds\n", SEEDS_MAX);
		return 2;
	}
	for (int i = 0; i < n; i++) {
		leave_alone(500 + (uint64_t)i);
		for (int p = 0; p < PLANS && !places_only; p++)
			for (int c = 0; c < COMPANIES; c++) {
				r[p][c][i] = run_plan(500 + (uint64_t)i, p, c);
				bad |= !r[p][c][i].ok;
			}
		for (int p = 0; p < PLACES; p++) {
			q[p][i] = run_place(500 + (uint64_t)i, p);
			bad |= !q[p][i].ok;
		}
	}
	if (places_only) {
		print_places(q, n);
		return bad;
	}
	printf("sell 6,000 HYPE in 15 min, thin book, %d seeds; bp, 95 %%\n", n);
	printf("%-16s %-8s %-17s %-17s %9s %9s %7s\n", "slices", "", "cost of all", "of a slice",
	       "hunter", "provider", "unsold");
#define LEAK(format, field, times)                                                                 \
	do {                                                                                       \
		COLUMN((times)*r[p][c][i].field, m, h);                                            \
		printf(format, m, h);                                                              \
	} while (0)
	for (int c = 0; c < COMPANIES; c++)
		for (int p = 0; p < PLANS; p++) {
			double e0, e1, left, x;
			COLUMN(r[p][c][i].cost_bp, m, h);
			COLUMN(r[p][c][i].slice_bp, m2, h2);
			COLUMN(r[p][c][i].earned[0], e0, x);
			COLUMN(r[p][c][i].earned[1], e1, x);
			COLUMN(100 * r[p][c][i].left, left, x);
			printf("%-16s %-8s %6.2f +- %-7.2f %6.2f +- %-7.2f %9.0f %9.0f %5.1f %%\n",
			       plan_name[p], company_name[c], m, h, m2, h2, e0, e1, left);
		}
	COLUMN(r[EVEN][HUNTED][i].slice_bp - r[EVEN][ALONE][i].slice_bp, m, h);
	printf("the hunter costs even slices      %+6.2f +- %.2f bp a slice\n", m, h);
	COLUMN(r[RANDOM][HUNTED][i].slice_bp - r[RANDOM][ALONE][i].slice_bp, m, h);
	printf("the hunter costs random slices    %+6.2f +- %.2f\n", m, h);
	COLUMN(r[EVEN][MET][i].slice_bp - r[EVEN][HUNTED][i].slice_bp, m, h);
	printf("a provider, met by even slices    %+6.2f +- %.2f\n", m, h);
	COLUMN(r[RANDOM][ALONE][i].slice_bp - r[EVEN][ALONE][i].slice_bp, m, h);
	printf("randomness itself, alone          %+6.2f +- %.2f\n", m, h);
	COLUMN(r[RANDOM][HUNTED][i].slice_bp - r[EVEN][HUNTED][i].slice_bp, m, h);
	printf("worth of randomness when hunted   %+6.2f +- %.2f (negative saves)\n", m, h);
	missed = !(m + h < 0);
	printf("%-16s %-8s %-15s %-15s %-6s  %-13s %-15s %s\n", "leakage", "", "AUC",
	       "drift before, bp", "placebo", "runs, lag 1", "mean of 1..20", "next told, %");
	for (int c = 0; c < 2; c++)
		for (int p = 0; p < PLANS; p++) {
			printf("%-16s %-8s", plan_name[p], company_name[c]);
			LEAK(" %5.3f +- %-7.3f", auc, 1);
			LEAK(" %+5.2f +- %-7.2f", drift_bp, 1);
			LEAK(" %+5.2f (%.2f)", placebo_bp, 1);
			LEAK(" %+.3f +- %.3f", runs_1, 1);
			LEAK(" %+.3f +- %.3f", runs_20, 1);
			LEAK("  %5.1f +- %.1f\n", told, 100);
		}
	print_places(q, n);
	return bad || missed;
}
