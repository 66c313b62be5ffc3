/* bench_plan: what one key on the ticket costs. Bar: 1 ms for the frontier (64 urgencies of 240
 * slices), so that every turn of a knob redraws in the same frame; 5 ms for 20 legs of 240 slices;
 * 200 us to look at a running schedule again, by the model alone and by the step of a running exit
 * on a new book; no allocation in either. And what the planner's thread costs while it is near its
 * danger limit, where it is asked most. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "exec/exit.h"
#include "plan/multi.h"
#include "plan/plan.h"
#include "plan/replan.h"

enum { REPEATS = 200, BAR_US = 1000, MULTI_US = 5000, REPLAN_US = 200 };

/* Counts what the C library is asked for. */
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
static unsigned long n_allocs;
void *malloc(size_t n)
{
	n_allocs++;
	return __libc_malloc(n);
}
void *calloc(size_t n, size_t size)
{
	n_allocs++;
	return __libc_calloc(n, size);
}

static double now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static struct price px(double x)
{
	struct price p = {0};
	price_from_double(&p, x, ROUND_HALF_AWAY);
	return p;
}

static struct plan_problem problem(const struct instr *i, const struct book *b)
{
	struct plan_problem p = {.instr = i,
				 .book = b,
				 .book_age_ns = 1000000,
				 .side = SIDE_SELL,
				 .size = {1200000000},
				 .position = {2400000000},
				 .mark = px(109742),
				 .sigma_year = 1.65,
				 .volume_s = 0.6,
				 .fee_taker = 0.00045,
				 .fee_maker = 0.00015,
				 .funding_hour = 0.0000125,
				 .now_ms = 1757000000000,
				 .horizon_ms = 4 * 3600000,
				 .slots = 240,
				 .urgency = 0.5,
				 .algo = ALGO_AC};
	p.account = (struct plan_account){.known = true,
					  .equity = 60000,
					  .maintenance = 33000,
					  .initial = 66000,
					  .mmr = 0.0125,
					  .leverage = 40,
					  .beta = 1};
	return p;
}

static int report(const char *what, double *us, double bar)
{
	qsort(us, REPEATS, sizeof *us, by_value);
	printf("%-40s median %8.1f us  p99 %8.1f us", what, us[REPEATS / 2],
	       us[REPEATS * 99 / 100]);
	if (bar > 0)
		printf("  bar %.0f us, ratio %.2f", bar, us[REPEATS / 2] / bar);
	printf("\n");
	return bar > 0 && us[REPEATS / 2] > bar;
}

static int legs(void)
{
	static struct multi m = {.legs = MULTI_LEGS, .n = 240, .horizon = 4, .lambda = 1e-3};
	static struct multi_out out;
	struct err e = {0};
	double us[REPEATS];
	for (uint32_t i = 0; i < MULTI_LEGS; i++) {
		m.x[i] = i % 3 ? 10.0 + i : -10.0;
		for (uint32_t j = 0; j < MULTI_LEGS; j++) {
			m.c[i * MULTI_LEGS + j] = (2.0 + i) * (2.0 + j) * (i == j ? 1 : 0.7);
			m.h[i * MULTI_LEGS + j] = i == j ? 0.1 + 0.02 * i : 0;
		}
	}
	for (int k = 0; k < REPEATS; k++) {
		m.lambda = 1e-4 * (k + 1);
		double t0 = now_us();
		if (!multi_solve(&m, &out, &e))
			return 1;
		us[k] = now_us() - t0;
	}
	return report("20 legs, 240 slices", us, MULTI_US);
}

static int again(void)
{
	static double old[241], x[241];
	struct replan_in in = {.now = {.x = 12,
				       .horizon = 14400,
				       .n = 240,
				       .sigma = 32,
				       .eta = 400,
				       .lambda = 1e-4},
			       .old = old,
			       .gain = 0.02,
			       .slack = 1e-3};
	struct ac_result r;
	struct replan_out out;
	double us[REPEATS];
	if (!ac_solve(&in.now, &r, old))
		return 1;
	for (int k = 0; k < REPEATS; k++) {
		in.now.sigma = 32 * (0.5 + (double)k / REPEATS);
		in.slice_max = k % 2 ? 0.3 : 0;
		double t0 = now_us();
		if (!replan(&in, &out, x))
			return 1;
		us[k] = now_us() - t0;
	}
	return report("re-plan, 240 slices left", us, REPLAN_US);
}

/* Twelve of 24 coins in four hours, a second and a new book each step, nothing that fills. The less
 * equity, the more is asked of the planner. */
static int running(const struct instr *i, struct book *b, double equity)
{
	static struct exit x;
	static struct exec_out out;
	static struct solve_in in;
	static struct solve_out answer;
	static struct grid_work work;
	struct exec_view v = {.now_ns = 1000000000,
			      .wall_ms = 1757000000000,
			      .instr = i,
			      .may_send = true,
			      .book = b,
			      .mark = px(109742),
			      .position_known = true,
			      .position = {2400000000},
			      .sigma_year = 1.65,
			      .volume_s = 600,
			      .leverage = 40,
			      .fee_taker = 0.00045};
	struct ticket t = {.coin = "BTC", .algo = ALGO_AC, .horizon_ms = 4 * 3600000};
	struct err e = {0};
	double us[REPEATS], solving = 0;
	uint32_t asked = 0;
	t.size.unit = SIZE_COIN;
	t.size.coin.v = 1200000000;
	t.urgency.v = 500000000000;
	t.risk.v = 10000000000;
	v.account = (struct plan_account){.known = true,
					  .isolated = true,
					  .equity = equity,
					  .maintenance = 33000,
					  .mmr = 0.0125,
					  .leverage = 40,
					  .beta = 1};
	v.book_ns = v.mark_ns = v.position_ns = v.now_ns;
	if (!exit_init(&x, 1, &t, &v, 7, &e)) {
		printf("exit: %s\n", e.text);
		return 1;
	}
	unsigned long before = n_allocs;
	for (int k = 0; k < REPEATS; k++) {
		v.now_ns += 1000000000;
		v.wall_ms += 1000;
		v.book_ns = v.mark_ns = v.position_ns = v.now_ns;
		v.volume.v += 60000000000;
		for (int n = 0; n < BOOK_LEVELS; n++)
			b->bid[n].sz.v = 35000000 + (k * 37 + n * 11) % 17 * 1000000;
		double t0 = now_us();
		exit_step(&x, &v, &out);
		bool ask = exit_question(&x, &v, &in);
		us[k] = now_us() - t0;
		if (!ask)
			continue;
		t0 = now_us();
		plan_solve(&in, &work, &answer);
		solving += now_us() - t0;
		asked++;
		exit_answer(&x, &answer, &v);
	}
	unsigned long after = n_allocs;
	printf("running exit, %.0f USD over maintenance: the planner is asked %u times in %d s, "
	       "%.1f %% "
	       "of a core; %lu allocations\n",
	       equity - v.account.maintenance, asked, REPEATS, solving / REPEATS / 1e4,
	       after - before);
	return report("step of a running exit, new book", us, REPLAN_US) | (after != before);
}

int main(void)
{
	struct instr i = {.coin = "BTC", .sz_decimals = 5, .px_decimals = 1, .px_sig = 5};
	struct book b = {.n_bid = BOOK_LEVELS, .n_ask = BOOK_LEVELS};
	for (int k = 0; k < BOOK_LEVELS; k++) {
		b.bid[k] = (struct level){px(109741.5 - 1.7 * k), {35000000}, 1};
		b.ask[k] = (struct level){px(109742.5 + 1.7 * k), {35000000}, 1};
	}
	struct plan_problem p = problem(&i, &b);
	struct frontier_point f[64];
	struct plan_way w[WAYS];
	static struct plan plan;
	struct err e = {0};
	double frontier[REPEATS], ways[REPEATS], one[REPEATS];
	double sink = 0;
	for (int k = 0; k < REPEATS; k++) {
		p.urgency = (double)k / REPEATS;
		double t0 = now_us();
		plan_frontier(&p, f, 64);
		double t1 = now_us();
		plan_ways(&p, 0, w);
		double t2 = now_us();
		plan_make(&p, &plan, &e);
		double t3 = now_us();
		frontier[k] = t1 - t0;
		ways[k] = t2 - t1;
		one[k] = t3 - t2;
		sink += f[63].cost + w[4].sd + plan.sd;
	}
	int bad = report("frontier, 64 points of 240 slices", frontier, BAR_US);
	report("five ways of the ticket", ways, 0);
	report("one plan of 240 slices", one, 0);
	bad |= legs();
	bad |= again();
	bad |= running(&i, &b, 200000); /* re-planned now and then */
	bad |= running(&i, &b, 90000);	/* over its limit all the time: a search each */
	return bad || !isfinite(sink);
}
