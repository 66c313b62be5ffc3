/* estimate.c: the names of estimates, one row each. */
#include "core/estimate.h"

#include <string.h>

const struct est_info EST_INFO[EST_KINDS] = {
	[EST_SIGMA_5M] = {"sigma_5m_year", "volatility, 5 min", "a year"},
	[EST_SIGMA_1H] = {"sigma_1h_year", "volatility, 1 h", "a year"},
	[EST_SIGMA_30D] = {"sigma_30d_year", "volatility, 30 days", "a year"},
	[EST_VOLUME] = {"volume_coins_s", "volume", "coins/s"},
	[EST_SPREAD] = {"spread_bp", "spread", "bp"},
	[EST_DEPTH_10BP] = {"depth_10bp_coins", "depth in 10 bp", "coins"},
	[EST_DEPTH_20] = {"depth_levels_coins", "depth of the levels told", "coins"},
	[EST_REFILL] = {"refill_s", "depth returns in", "s"},
	[EST_LAMBDA] = {"lambda_bp_musd", "impact of order flow", "bp/M USD"},
	[EST_SQRT_Y] = {"sqrt_y", "square-root law, Y", ""},
	[EST_OFI] = {"ofi_10s_coins", "order flow, 10 s", "coins"},
	[EST_LEAN] = {"lean", "book leans", ""},
};

static const char *const from_name[EST_FROM_COUNT] = {
	[EST_PRIOR] = "prior", [EST_FITTED] = "fitted", [EST_VENUE] = "venue", [EST_LIVE] = "live"};

const char *est_from_name(uint8_t from)
{
	return from < EST_FROM_COUNT ? from_name[from] : "prior";
}

enum est_kind est_find(const char *key)
{
	for (int k = 0; k < EST_KINDS; k++)
		if (strcmp(EST_INFO[k].key, key) == 0)
			return (enum est_kind)k;
	return EST_KINDS;
}
