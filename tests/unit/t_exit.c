/* Exits against a small random venue: never more than the ticket, never across zero, every end,
 * no gap and no double child through pause, tune, close-rest and restart. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/exec_world.h"

static struct exit x, y;
static struct world w;
static struct exec_out out;

static struct ticket a_ticket(void)
{
	struct ticket t = {.coin = "BTC", .algo = ALGO_TWAP, .horizon_ms = 600000};
	t.size.unit = SIZE_COIN;
	t.size.coin.v = 500000000;
	t.risk.v = -1;
	t.cap.v = 250000000000;
	return t;
}

static struct prng anybody;

static void check_never_more(bool partial)
{
	CHECK(w.filled <= x.total.v);
	if (partial)
		CHECK(w.filled + w_flying(&w) <= x.total.v);
	CHECK(x.buy ? w.position <= 0 : w.position >= 0);
}

/* A planner that says anything at all, late, twice, about another schedule: nothing of it may break
 * an invariant. */
static void any_answer(struct prng *r)
{
	struct solve_in q;
	struct solve_out a = {0};
	if (!exit_question(&x, &w.v, &q) || prng_below(r, 3) == 0)
		return;
	a.exit = q.exit;
	a.plan = q.plan - (prng_below(r, 5) == 0);
	a.ok = prng_below(r, 8) > 0;
	a.p = prng_unit(r) * (prng_below(r, 2) ? 1 : 0.02);
	a.p_bound = a.p * 2;
	a.lgd = 1000 * prng_unit(r);
	a.searched = q.search;
	a.kind = (uint8_t)prng_below(r, 4);
	a.kappa_t = 20 * prng_unit(r);
	a.kappa_t_max = prng_below(r, 4) ? 30 * prng_unit(r) : -1;
	a.block = 12 * prng_unit(r); /* more than is held, now and then */
	a.block_cost = 50;
	exit_answer(&x, &a, &w.v);
}

/* One step of both; the records are tried all along. */
static void turn(int64_t dt_ns)
{
	w_tick(&w, dt_ns);
	w_orders(&w, &x);
	exit_step(&x, &w.v, &out);
	w_want(&w, &x, &out);
	any_answer(&anybody);
}

static void restart(void)
{
	uint8_t body[REC_BODY_MAX];
	uint32_t part = 0, last = 0;
	memset(&y, 0xa5, sizeof y);
	for (;; part++) {
		size_t n = exit_save(&x, part, body);
		if (n == 0)
			break;
		CHECK(n <= REC_BODY_MAX);
		REQUIRE(exit_load(&y, part, body, n, &w.instr, w.v.now_ns));
		last = part;
	}
	CHECK_INT(last, x.n_results ? exit_part_of(x.n_results) : 0);
	CHECK(y.plan.n == x.plan.n &&
	      !memcmp(y.plan.qty, x.plan.qty, x.plan.n * sizeof x.plan.qty[0]));
	CHECK_INT(exit_in_flight(&y).v, exit_in_flight(&x).v);
	CHECK(!memcmp(y.result, x.result, sizeof x.result));
	x = y;
}

static const char *end_name(uint8_t e)
{
	static const char *const name[] = {"none", "flat", "target", "ended", "blocked", "dust"};
	return e <= XE_DUST ? name[e] : "?";
}

static bool run(int64_t limit_s, bool partial)
{
	int64_t stop = w.v.now_ns + limit_s * 1000000000;
	while (x.state != XS_DONE && w.v.now_ns < stop) {
		turn(200 * W_MS);
		check_never_more(partial);
	}
	return x.state == XS_DONE;
}

static void start(const struct ticket *t, double position, uint64_t seed)
{
	struct err e = {0};
	w_init(&w, seed, position);
	bool ok = exit_init(&x, 1, t, &w.v, seed + 7, &e);
	if (!ok)
		test_fail(__FILE__, __LINE__, "exit_init: %s", e.text);
}

TEST(target_reached)
{
	struct ticket t = a_ticket();
	start(&t, 24, test_seed);
	REQUIRE(run(1200, true));
	CHECK_STR(end_name(x.end), "target");
	CHECK_INT(w.filled, 500000000);
	CHECK_INT(x.done.v, 500000000);
	CHECK(w.v.wall_ms - x.start_ms < 700000);
	CHECK(x.slice > 20);
	/* the parts add up, exactly, in money and as shown */
	static struct snap_exit s;
	exit_fill_snap(&x, &w.v, &s);
	const struct snap_cost *c = &s.cost;
	CHECK(c->total ==
	      c->delay + c->spread + c->impact + c->timing + c->fees + c->funding + c->unfilled);
	struct money value;
	price_times_qty(&value, x.arrival, x.cost.filled, ROUND_HALF_AWAY);
	int64_t price = x.cost.sum.delay.v + x.cost.sum.spread.v + x.cost.sum.impact.v +
			x.cost.sum.timing.v;
	CHECK(llabs((long long)(x.cost.value.v - value.v - price)) < 2000); /* roundings of 1e-8 */
	struct cost_parts sum = {0};
	for (uint32_t k = 0; k < x.n_results; k++)
		sum.fees.v += x.result[k].parts.fees.v;
	CHECK_INT(sum.fees.v, x.cost.sum.fees.v);
}

TEST(flat_and_short)
{
	struct ticket t = a_ticket();
	t.size.unit = SIZE_ALL;
	t.horizon_ms = 120000;
	start(&t, -2, test_seed);
	CHECK(x.buy && x.to_zero);
	REQUIRE(run(600, false));
	CHECK_STR(end_name(x.end), "flat");
	CHECK_INT(w.position, 0);
}

TEST(sweep)
{
	struct ticket t = a_ticket();
	t.algo = ALGO_SWEEP;
	t.horizon_ms = 0;
	start(&t, 24, test_seed);
	REQUIRE(run(60, true));
	CHECK_STR(end_name(x.end), "target");
	CHECK_INT(w.filled, 500000000);
}

static void random_op(struct prng *r)
{
	struct err e = {0};
	struct tune t = {0};
	switch (prng_below(r, 17)) {
	case 0:
		exit_pause(&x, &w.v, &e);
		break;
	case 1:
	case 2:
		exit_resume(&x, &w.v, &e);
		break;
	case 3:
		t.fields = TUNE_PACE;
		t.pace.v = 500000000000 + (int64_t)prng_below(r, 1000000000000);
		break;
	case 4:
		t.fields = TUNE_SIZE;
		t.size.unit = SIZE_COIN;
		t.size.coin.v = (int64_t)prng_below(r, 800000) * 1000;
		break;
	case 5:
		t.fields = TUNE_END;
		t.horizon_ms = 10000 + (int64_t)prng_below(r, 300000);
		break;
	case 6:
		t.fields = TUNE_ALGO | TUNE_URGENCY;
		t.algo = (uint8_t)prng_below(r, ALGO_COUNT);
		t.urgency.v = (int64_t)prng_below(r, 1000000000000);
		break;
	case 7:
		t.fields = TUNE_PLACE;
		t.place = (uint8_t)prng_below(r, PLACE_COUNT);
		break;
	case 8:
	case 9:
	case 10:
		restart();
		break;
	case 11:
		t.fields = TUNE_CAP;
		t.cap.v = (int64_t)prng_below(r, 250000000000);
		break;
	case 13:
		t.fields = TUNE_BLOCK;
		t.block.unit = SIZE_COIN;
		t.block.coin = x.block.v && prng_below(r, 2)
				       ? x.block
				       : (struct qty){(int64_t)prng_below(r, 800000) * 1000};
		break;
	case 14:
		t.fields = TUNE_RISK;
		t.risk.v = (int64_t)prng_below(r, 300000000000);
		break;
	case 15:
		w.v.sigma_year = 0.3 + 3 * prng_unit(r);
		break;
	case 12:
		if (prng_below(r, 20) == 0)
			exit_close_rest(&x, &w.v, &e);
		break;
	default:
		if (prng_below(r, 8) == 0)
			exit_end(&x, &w.v, &e);
		break;
	}
	if (t.fields)
		exit_tune(&x, &t, &w.v, &e);
}

static void one_random(uint64_t seed, uint32_t ends[])
{
	struct prng r;
	prng_seed(&r, seed * 77 + 5);
	struct ticket t = a_ticket();
	bool partial = prng_below(&r, 2), ops = prng_below(&r, 3) > 0;
	bool hands = prng_below(&r, 4) == 0;
	t.algo = (uint8_t)prng_below(&r, ALGO_COUNT);
	t.place = (uint8_t)prng_below(&r, PLACE_COUNT);
	t.horizon_ms = 300000 + (int64_t)prng_below(&r, 600000);
	t.urgency.v = (int64_t)prng_below(&r, 1000000000001);
	t.catch_up = (uint8_t)prng_below(&r, 2);
	if (!partial)
		t.size.unit = SIZE_ALL;
	double pos = 6 + 4 * prng_unit(&r);
	start(&t, prng_below(&r, 2) ? pos : -pos, seed);
	w.loss_rate = 0.15 * (double)prng_below(&r, 3);
	w.ro_strict = prng_below(&r, 3) == 0;
	w.lag = prng_below(&r, 3) == 0;
	prng_seed(&anybody, seed);
	if (prng_below(&r, 3) == 0) {
		double n = fabs(pos) * w.mid;
		w.v.account = (struct plan_account){.known = true,
						    .isolated = true,
						    .equity = n * (0.014 + 0.02 * prng_unit(&r)),
						    .maintenance = n * 0.0125,
						    .mmr = 0.0125,
						    .beta = 1};
		x.risk = 0.1 * prng_unit(&r);
	}
	for (int k = 0; k < 60000 && x.state != XS_DONE; k++) {
		if (ops && prng_below(&r, 200) == 0)
			random_op(&r);
		if (hands && prng_below(&r, 2000) == 0) {
			int64_t d = (int64_t)prng_below(&r, 100000) * 1000; /* lots */
			int64_t was = w_live(&w, x.buy);
			if (prng_below(&r, 3)) /* takes some, or all */
				d = -(d < was ? d : was);
			w.position += w.position > 0 ? d : -d;
			w.v.foreign_net.v += w_live(&w, x.buy) - was;
		}
		turn(prng_below(&r, 300) == 0 ? 60000 * W_MS : 200 * W_MS);
		if (x.state == XS_PAUSED && prng_below(&r, 500) == 0) {
			struct err e = {0};
			exit_resume(&x, &w.v, &e);
		}
		CHECK(w.filled <= x.total.v);
		if (!x.to_zero)
			CHECK(w.filled + w_flying(&w) <= x.total.v);
		CHECK(x.buy ? w.position <= 0 : w.position >= 0);
	}
	if (getenv("T_VERBOSE"))
		printf("%llu %s algo %d place %d zero %d done %lld total %lld pos %lld %s\n",
		       (unsigned long long)seed, end_name(x.end), x.algo, x.place, x.to_zero,
		       (long long)x.done.v, (long long)x.total.v, (long long)w.position, x.reason);
	ends[x.state == XS_DONE ? x.end : XE_NONE]++;
	if (x.state != XS_DONE)
		test_fail(__FILE__, __LINE__,
			  "seed %llu did not end: state %d algo %d place %d left %lld fly %lld",
			  (unsigned long long)seed, x.state, x.algo, x.place,
			  (long long)exit_left(&x).v, (long long)exit_in_flight(&x).v);
	if (x.end == XE_TARGET)
		CHECK(w.filled == x.total.v || hands);
	if (x.end == XE_FLAT)
		CHECK_INT(w.position, 0);
}

TEST(random_markets)
{
	uint32_t ends[6] = {0};
	for (uint64_t s = 0; s < 150; s++)
		one_random(test_seed * 1000 + s, ends);
	printf("  ends:");
	for (uint8_t i = 0; i < 6; i++)
		printf(" %s %u", end_name(i), ends[i]);
	printf("\n");
	CHECK(ends[XE_FLAT] > 10 && ends[XE_TARGET] > 10 && ends[XE_ENDED] > 0);
}

TEST_MAIN(T(target_reached), T(flat_and_short), T(sweep), T(random_markets))
