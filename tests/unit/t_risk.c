/* risk: no gate but the key stops what reduces; and nothing leaves without a seal. */
#include <string.h>

#include "core/risk.h"
#include "tests/run.h"

TEST(no_gate_stops_a_reduction)
{
	for (int g = 0; g < GATES; g++)
		for (int d = 0; d < DEEDS; d++) {
			if (!risk_is_reducing((enum deed)d))
				continue;
			if (g == GATE_KEY && d != DEED_PAUSE)
				CHECK(risk_stops((enum gate)g, (enum deed)d));
			else
				CHECK(!risk_stops((enum gate)g, (enum deed)d));
		}
}

TEST(every_gate_stops_an_increase)
{
	for (int g = 0; g < GATES; g++) {
		CHECK(risk_stops((enum gate)g, DEED_INCREASE));
		CHECK(strlen(risk_gate_words((enum gate)g)) > 10);
		CHECK(strlen(risk_gate_name((enum gate)g)) > 2);
	}
}

static const struct instr btc = {
	.coin = "BTC", .asset = 3, .sz_decimals = 5, .px_decimals = 1, .px_sig = 5};

static struct act_order sell(int64_t sz, bool reduce_only)
{
	return (struct act_order){.asset = 3,
				  .reduce_only = reduce_only,
				  .tif = TIF_IOC,
				  .px = {1000000000000000},
				  .sz = {sz}};
}

TEST(every_reducing_order_passes_with_all_gates_closed)
{
	uint32_t all = (gate_bit(GATES) - 1) & ~gate_bit(GATE_KEY);
	struct act_order o = sell(100000, true), plain = sell(100000, false);
	struct approved a = {0};
	struct err e = {0};

	CHECK(!risk_sealed(&a));
	for (int tif = 0; tif <= TIF_TRIGGER; tif++) {
		o.tif = (uint8_t)tif;
		o.trigger_px = o.px;
		for (int64_t held = -200000; held <= 200000; held += 100000) {
			CHECK(risk_approve(&a, &btc, &o, (struct qty){held}, all, &e));
			CHECK(risk_sealed(&a));
		}
	}
	/* not marked reduce-only: judged by the position */
	CHECK(risk_approve(&a, &btc, &plain, (struct qty){100000}, all, &e));
	CHECK_INT(a.deed, DEED_REDUCE);
	CHECK(!risk_approve(&a, &btc, &plain, (struct qty){99999}, all, &e));
	CHECK(!risk_approve(&a, &btc, &plain, (struct qty){-100000}, all, &e));
	CHECK_INT(e.code, ERR_GATE);
	CHECK(risk_approve(&a, &btc, &plain, (struct qty){-100000}, 0, &e));
	CHECK_INT(a.deed, DEED_INCREASE);
	CHECK(!risk_approve(&a, &btc, &o, (struct qty){100000}, gate_bit(GATE_KEY), &e));
	CHECK_INT(e.code, ERR_KEY);
}

TEST(numbers_off_the_grid_never_leave)
{
	struct act_order o = sell(100000, true);
	struct approved a;
	struct err e = {0};

	o.sz.v = 100001;
	CHECK(!risk_approve(&a, &btc, &o, (struct qty){100000}, 0, &e));
	CHECK_INT(e.code, ERR_RULE);
	o.sz.v = 0;
	CHECK(!risk_approve(&a, &btc, &o, (struct qty){100000}, 0, &e));
	o = sell(100000, true);
	o.px.v += 5000000000;
	CHECK(!risk_approve(&a, &btc, &o, (struct qty){100000}, 0, &e));
	o = sell(100000, true);
	o.asset = 4;
	CHECK(!risk_approve(&a, &btc, &o, (struct qty){100000}, 0, &e));
	o = sell(100000, true);
	o.tif = TIF_TRIGGER;
	CHECK(!risk_approve(&a, &btc, &o, (struct qty){100000}, 0, &e));
}

TEST_MAIN(T(no_gate_stops_a_reduction), T(every_gate_stops_an_increase),
	  T(every_reducing_order_passes_with_all_gates_closed), T(numbers_off_the_grid_never_leave))
