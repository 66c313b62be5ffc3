/* Close-rest, and the danger rule, against a venue that refuses: above its largest order, halted,
 * while it does not take the key. */
#include <stdio.h>

#include "tests/unit/exec_world.h"

static struct exit x;
static struct world w;
static struct exec_out out;

static void start(double position, int leverage)
{
	struct ticket t = {.coin = "BTC", .algo = ALGO_TWAP, .horizon_ms = 600000};
	struct err e = {0};
	t.size.unit = SIZE_ALL;
	t.risk.v = -1;
	t.random_set = true;
	w_init(&w, test_seed, position);
	w.instr.max_leverage = leverage;
	if (!exit_init(&x, 3, &t, &w.v, 99, &e))
		test_fail(__FILE__, __LINE__, "exit_init: %s", e.text);
	REQUIRE(exit_close_rest(&x, &w.v, &e));
}

static void later(int64_t ms)
{
	w.v.now_ns += ms * W_MS;
	w.v.wall_ms += ms;
	w_view(&w);
}

static uint32_t orders(int64_t *sum)
{
	uint32_t n = 0;
	*sum = 0;
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == WANT_PLACE) {
			*sum += out.at[i].qty.v;
			n++;
		}
	return n;
}

static void refuse_all(uint8_t reject)
{
	struct exec_out was = out;
	for (uint32_t i = 0; i < was.n; i++) {
		struct exec_report r = {.kind = REP_CLOSED,
					.reject = reject,
					.slice = was.at[i].slice,
					.attempt = was.at[i].attempt};
		if (was.at[i].kind != WANT_PLACE)
			continue;
		snprintf(r.text, sizeof r.text, "words of the venue");
		exit_on_order(&x, &r, &w.v);
	}
}

/* 3.2 of 5 M USD each: one rung in pieces, at once and at one price. */
TEST(above_the_largest_order)
{
	int64_t sum, all;
	start(160, 5); /* 16 M USD */
	all = w.position;
	exit_step(&x, &w.v, &out);
	CHECK_INT(orders(&sum), 4);
	CHECK_INT(sum, all);
	for (uint32_t i = 1; i < out.n; i++)
		if (out.at[i].kind == WANT_PLACE && out.at[i - 1].kind == WANT_PLACE)
			CHECK_INT(out.at[i].px.v, out.at[i - 1].px.v);
	CHECK_INT(x.rung, 1);
	refuse_all(REJ_NO_MATCH);
	later(1000);
	exit_step(&x, &w.v, &out);
	CHECK_INT(orders(&sum), 4);
	CHECK_INT(sum, all);
	CHECK_INT(x.rung, 2);
	/* silence: the next rung goes all the same, and once there is no room for its pieces the
	 * oldest make it */
	for (int k = 0; k < 20; k++) {
		later(2000);
		exit_step(&x, &w.v, &out);
		CHECK(orders(&sum) > 0);
		for (int i = 0; i < EXIT_CHILDREN; i++) { /* the engine's word, 5 s after */
			struct exit_child *c = &x.child[i];
			if (c->state == CS_SENT && w.v.now_ns - c->sent_ns > 5000000000) {
				struct exec_report r = {.kind = REP_UNKNOWN,
							.slice = c->slice,
							.attempt = c->attempt};
				exit_on_order(&x, &r, &w.v);
			}
		}
	}
}

/* A close is not given up because the venue says three times that nothing trades, or that it does
 * not know the key: it is tried on for its two minutes, then it asks. */
TEST(refused_and_tried_on)
{
	static const uint8_t refusal[] = {REJ_NOT_TRADABLE, REJ_ACCESS, REJ_NUMBER, REJ_OTHER,
					  REJ_REDUCE_ONLY};
	int64_t sum;
	for (size_t k = 0; k < sizeof refusal; k++) {
		uint32_t n = 0;
		start(10, 40);
		for (int s = 0; s < 100 && !x.end; s++) {
			exit_step(&x, &w.v, &out);
			n += orders(&sum);
			if (orders(&sum))
				CHECK_INT(sum, 1000000000);
			refuse_all(refusal[k]);
			later(1000);
			w.v.reads++;
		}
		CHECK_INT(x.end, XE_NONE);
		CHECK_INT(x.state, XS_CLOSING);
		CHECK(n >= 45);
	}
}

TEST_MAIN(T(above_the_largest_order), T(refused_and_tried_on))
