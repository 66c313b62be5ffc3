/* days.c: the five days of the demo: calm, crash, thin, outage, frozen. */
#include "base/check.h"
#include "scenario/scenario.h"

#define KNOTS(k)                                                                                   \
	{                                                                                          \
		(k), COUNT_OF(k)                                                                   \
	}

/* The fall is uneven on purpose: waves of selling with short pauses, as in October 2025. */
static const struct scenario_knot crash[] = {
	{120, 0, 1, 1, 1, 1, 0, 0},	      {126, -0.25, 0.5, 2, 4, 2, 3, 0},
	{140, -0.70, 0.25, 4, 8, 3, 6, 0},    {150, -0.80, 0.30, 4, 6, 2.5, 6, 0},
	{165, -1.75, 0.12, 8, 10, 4, 9, 0},   {175, -1.70, 0.15, 6, 7, 3, 9, 0},
	{200, -3.10, 0.08, 10, 12, 4, 9, 0},  {220, -3.50, 0.08, 10, 10, 4, 9, 0},
	{240, -3.10, 0.15, 6, 7, 3, 6, 0},    {300, -2.40, 0.4, 3, 4, 2, 3, 0},
	{420, -2.30, 0.8, 1.5, 2, 1.3, 0, 0}, {600, -2.30, 1, 1, 1, 1, 0, 0},
};
static const struct scenario_knot thin[] = {{0, 0, 0.15, 3, 0.33, 1, 0, 0}};
static const struct scenario_knot outage[] = {
	{15, 0, 1, 1, 1, 1, 0, 0},
	{75, -0.6, 0.6, 2, 2, 1.5, 0, 0},
	{300, -1.2, 0.8, 1.5, 1.5, 1.2, 0, 0},
};

/* Bursts of 60 s in every 120. */
static const struct scenario_step outage_steps[] = {
	{15, 120, "{\"fault\":\"ack_lost\",\"count\":-1,\"per_mille\":200}"},
	{15, 120, "{\"fault\":\"ack_error\",\"count\":-1,\"per_mille\":250}"},
	{75, 120, "{\"fault\":\"ack_lost\",\"count\":0}"},
	{75, 120, "{\"fault\":\"ack_error\",\"count\":0}"},
};
static const struct scenario_step frozen_steps[] = {
	{15, 120, "{\"fault\":\"freeze\",\"count\":-1}"},
	{75, 120, "{\"fault\":\"freeze\",\"count\":0}"},
};

const struct scenario scenario_calm = {
	.name = "calm",
	.about = "the fitted market, unchanged",
};
const struct scenario scenario_crash = {
	.name = "crash",
	.about = "two minutes as usual, then a fall in steps: BTC -3.5 % in 100 s (others by beta, "
		 "at "
		 "least 1), depth down to 8 %, spreads wide, oracle and so the mark late by up to "
		 "9 s; "
		 "then a third of the way back",
	.path = KNOTS(crash),
	.beta_min = 1,
};
const struct scenario scenario_thin = {
	.name = "thin",
	.about = "15 % of the depth, three times the spread, a third of the trades",
	.path = KNOTS(thin),
};
const struct scenario scenario_outage = {
	.name = "outage",
	.about = "from 15 s on, in bursts of 60 s: 45 % of the answers lost or wrong (502) while "
		 "the "
		 "orders execute, and a slow fall",
	.path = KNOTS(outage),
	.beta_min = 1,
	.step = outage_steps,
	.n_steps = COUNT_OF(outage_steps),
};
const struct scenario scenario_frozen = {
	.name = "frozen",
	.about = "from 15 s on, 60 s of every 120: sockets up, market data stopped",
	.step = frozen_steps,
	.n_steps = COUNT_OF(frozen_steps),
};
