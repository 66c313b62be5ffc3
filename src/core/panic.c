/* panic.c: the defaults of operations.md 8, as one table of values. */
#include "core/panic.h"

static const struct panic_conf defaults = {
	.ladder_liquid = {{5000000000}, {15000000000}, {40000000000}, {80000000000}},
	.ladder_others = {{10000000000}, {30000000000}, {80000000000}, {150000000000}},
	.liquid_leverage = 20,
	.rung_ms = 1000,
	.last_rung_ms = 2000,
	.rungs_alarm = 4,
	.give_up_ms = 120000,
	.expires_zero_ms = 30000,
	.expires_part_ms = 8000,
	.probe_ms = 2000,
	.care_slices = 12,
	.care_ms = 120000,
	.care_depth = {250000000000},
	.care_jitter = {200000000000},
	.trim_cushion = {50000000000},
	.trim_sigmas = {3000000000000},
	.trim_round = {50000000000},
	.guard_share = {500000000000},
	.guard_nearest = {4000000000},
	.guard_farthest = {20000000000},
	.guard_least = {8000000000},
	.guard_worst = {100000000000},
	.commit_wait_ms = 100,
	.cap_order = {500000000000},
	.cap_session = {2000000000000},
	.cap_hedge = {1200000000000},
};

void panic_defaults(struct panic_conf *p)
{
	*p = defaults;
}

const struct panic_conf *panic_default(void)
{
	return &defaults;
}
