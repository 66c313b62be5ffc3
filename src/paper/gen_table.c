/* gen_table.c: the generator's parameters, and how well they reproduce the tape.
 *
 * Fitted (`make fit && build/exeunt-fit DIR`, method in fit.c: moments, closed forms, six rounds of
 * simulated moments) to four Hyperliquid markets of 2025-09-04, 19:46:57-20:21:44 UTC, 2,088 s:
 * 3,785 books of 20 levels a coin (median spacing 0.54 s, one hole of 18 s left out) and 17,000
 * prints. Tape | generator, the generator over three tape lengths with the table below, seed 1:
 *
 *                                          BTC             ETH             SOL              WLFI
 * vol at 0.5 s, bp/sqrt s        0.373 | 0.404   0.847 | 0.952   0.939 | 0.986       3.67 | 3.85
 * volatility at 2 s               0.467 | 0.57     1.01 | 1.18     1.11 | 1.28       4.25 | 4.52
 * volatility at 10 s             0.599 | 0.668     1.12 | 1.25     1.34 | 1.46       4.62 | 4.75
 * volatility at 50 s             0.589 | 0.693    0.955 | 1.28     1.17 | 1.58       4.31 | 4.94
 * spread mean, ticks               1.27 | 1.41     1.21 | 1.33      1.11 | 1.3       5.67 | 5.64
 * share of 1-tick spreads        0.949 | 0.961   0.932 | 0.946   0.958 | 0.971   0.234 | 0.00144
 * spread 97.5 %, ticks                   4 | 2           4 | 3           3 | 2           14 | 12
 * size at the touch, coins         10.2 | 10.4       170 | 166     1425 | 1401         40k | 41k
 * depth in 20 ticks, coins         47.5 | 48.7     2826 | 2772       34k | 34k       543k | 555k
 * log spread of the depth        0.941 | 0.977   0.511 | 0.513   0.227 | 0.227      0.63 | 0.631
 * its autocorrelation at 1 s     0.658 | 0.674   0.544 | 0.537   0.665 | 0.654      0.293 | 0.28
 * its autocorrelation at 5 s     0.226 | 0.167   0.18 | 0.0546   0.344 | 0.103    0.119 | 0.0373
 * its half-life, s (refill)        1.88 | 1.89     1.17 | 1.14     2.14 | 1.62     0.496 | 0.544
 * market orders a second           1.14 | 1.17     1.39 | 1.37   0.937 | 0.901     0.519 | 0.503
 * prints an order                   2.8 | 2.82     2.35 | 2.32     2.25 | 2.24       2.33 | 2.41
 * Fano 1 s                          1.1 | 1.14     1.61 | 1.47      1.28 | 1.2        1.5 | 1.39
 * Fano 5 s                         1.76 | 1.73     3.27 | 3.37     2.06 | 1.93       2.48 | 2.67
 * Fano 20 s                        2.75 | 2.85     7.66 | 7.61     3.29 | 2.81       4.49 | 5.12
 * order mean, coins              0.232 | 0.233     6.15 | 7.82       92 | 97.9         14k | 12k
 * order median                 0.00455 | 0.00482     0.1 | 0.156      0.39 | 1.9       3218 | 1944
 * order 90 %                      0.25 | 0.236     6.88 | 6.98     84.9 | 86.3         22k | 24k
 * order 99 %                       5.42 | 5.31      93.2 | 149     1849 | 1814       155k | 164k
 * impact, bp per sqrt(coin)      0.489 | 0.469 0.0831 | 0.0726  0.0347 | 0.044   0.0195 | 0.0152
 * its R2 at 10 s                 0.275 | 0.155  0.185 | 0.0407     0.109 | 0.1    0.283 | 0.0679
 * beta on BTC at 10 s                    1 | 1     1.09 | 1.06      1.23 | 1.3    0.915 | 0.0212
 * correlation with BTC                   1 | 1   0.676 | 0.548   0.595 | 0.587   0.118 | 0.00284
 *
 * Known differences: the tape's WLFI shows one-tick spreads in a quarter of the books (a second
 * regime that one log-normal cannot have); depth keeps a longer memory than one exponential (5 s
 * row); the share of the moves that trades explain (R2) is lower here; volatility of one seed is up
 * to 15 % over (clusters); beyond 20 ticks (1.8 bp of BTC, 11 bp of WLFI) the tape shows nothing:
 * there a half, then a quarter of the density at 20 ticks is assumed. "Depth within 10 bp" of BTC
 * is 51.7 on the tape because its 20 levels end at 1.8 bp: compare depth in 20 ticks.
 *
 * The other 16 coins are NOT fitted: they are SOL's or WLFI's parameters carried to their price,
 * tick and size rules, with stated factors for volatility and money. */
#include "paper/gen.h"

#include <math.h>
#include <string.h>

#include "base/check.h"

/* clang-format off: one coin a paragraph, in the order of struct gen_param, as exeunt-fit prints them. */
static const struct gen_param fitted[GEN_FITTED] = {
	{"BTC", 5,     40,     1.1002e+05, 0.591, 1.00,
	 0.473, -6.04, 3.39,   0.6,	   10.47, {2.718, 1.561, 1.781, 2.56},
	 0.03,	0.26,  0.91,   2.65,	   1.88,  1.137,
	 0.49,	0.238, -5.271, 2.964,	   25,	  2.55,
	 0.521},
	{"ETH",	 4,	25,	4286.6, 0.998, 1.09,
	 0.257,	 -3.48, 2.33,	0.6,	169.2, {65.26, 88.33, 159.6, 173.7},
	 0.04,	 0.11,	0.47,	1.58,	1.17,  1.331,
	 0.73,	 0.317, -1.828, 2.921,	2911,  2.21,
	 0.08218},
	{"SOL",	 2,	20,    202.63, 1.150,	  1.23,
	 0.350,	 -6.87, 3.57,  0.6,    1439,	  {728.5, 1506, 2137, 1666},
	 0.02,	 0.05,	0.16,  2.56,   2.14,	  0.909,
	 0.50,	 0.384, 0.702, 2.891,  2.108e+04, 2.28,
	 0.03663},
	{"WLFI", 0,	5,     0.18619, 4.734,	   0.91,
	 0.211,	 1.64,	0.43,  0.6,	4.073e+04, {2.22e+04, 1.992e+04, 2.337e+04, 3.825e+04},
	 0.44,	 0.12,	0.54,  0.69,	0.50,	   0.482,
	 0.58,	 0.422, 7.543, 1.904,	2.005e+06, 1.81,
	 0.01759},
};
/* clang-format on */

/* The rest: parameters of the coin they are `like`, carried to their price level, with volatility
 * and money (depth, order sizes) scaled. */
static const struct {
	const char *name;
	int8_t sz_decimals;
	int32_t max_leverage;
	uint32_t like;
	double px, vol, usd;
} scaled[] = {
	{"HYPE", 2, 10, 2, 46.2, 1.5, 0.20},   {"XRP", 0, 20, 2, 2.82, 1.0, 0.35},
	{"DOGE", 0, 10, 2, 0.2143, 1.3, 0.20}, {"BNB", 3, 10, 2, 848, 0.8, 0.15},
	{"SUI", 1, 10, 2, 3.32, 1.4, 0.15},    {"AVAX", 2, 10, 2, 24.1, 1.3, 0.10},
	{"LINK", 1, 10, 2, 22.9, 1.3, 0.12},   {"ADA", 0, 10, 2, 0.8215, 1.3, 0.10},
	{"LTC", 2, 10, 2, 111.4, 1.1, 0.08},   {"AAVE", 2, 10, 2, 318, 1.3, 0.08},
	{"ARB", 1, 10, 3, 0.4983, 0.5, 1.2},   {"OP", 1, 10, 3, 0.7034, 0.5, 0.8},
	{"NEAR", 1, 10, 3, 2.437, 0.45, 1.2},  {"APT", 2, 10, 3, 4.268, 0.45, 0.9},
	{"ENA", 0, 10, 2, 0.6612, 1.6, 0.12},  {"FARTCOIN", 1, 10, 2, 0.7583, 2.0, 0.12},
};

/* Size of a tick relative to the price, in bp. */
static double tick_bp(const struct gen_param *p)
{
	int e = (int)floor(log10(p->px)) - 4, finest = -(6 - p->sz_decimals);

	e = e > 0 ? 0 : e < finest ? finest : e;
	return pow(10.0, e) / p->px * 1e4;
}

static void carry(struct gen_param *out, const struct gen_param *like, const char *name,
		  int8_t sz_decimals, int32_t max_leverage, double px, double vol, double usd)
{
	*out = *like;
	memset(out->name, 0, sizeof out->name);
	strncpy(out->name, name, sizeof out->name - 1);
	out->sz_decimals = sz_decimals;
	out->max_leverage = max_leverage;
	out->px = px;

	/* Coins an order of the same money has; and how much wider a tick is here. */
	double coins = like->px / out->px * usd, wider = tick_bp(out) / tick_bp(like);

	out->sigma_bp *= vol;
	out->beta = fmin(out->beta * fmax(vol, 0.8), 1.6);
	out->impact_bp *= vol / sqrt(coins);
	out->top *= coins * fmax(1.0, sqrt(wider));
	for (int k = 0; k < 4; k++)
		out->near[k] *= coins * wider;
	out->spread_mu -= log(wider);
	out->mo_mu += log(coins);
	out->mo_cap *= coins;
	out->mo_rate *= 0.3 + 0.7 * fmin(1.0, sqrt(usd));
}

void gen_param(struct gen_param *out, uint32_t i)
{
	ASSERT(i < GEN_COINS);
	if (i < GEN_FITTED) {
		*out = fitted[i];
		return;
	}
	uint32_t k = i - GEN_FITTED;

	carry(out, &fitted[scaled[k].like], scaled[k].name, scaled[k].sz_decimals,
	      scaled[k].max_leverage, scaled[k].px, scaled[k].vol, scaled[k].usd);
}

bool gen_param_like(struct gen_param *out, const struct gen_like *l)
{
	struct gen_param like;

	for (uint32_t i = 0; i < GEN_COINS; i++) {
		gen_param(&like, i);
		if (strcmp(like.name, l->like) != 0)
			continue;
		carry(out, &like, l->name, l->sz_decimals, l->max_leverage, l->px, l->vol, l->usd);
		return true;
	}
	return false;
}

/* Margin tables of the venue: from this notional on the lower leverage holds. */
static const struct {
	const char *name;
	double lower;
	int32_t max_leverage;
	uint16_t id;
} tier[] = {
	{"BTC", 150e6, 20, 56},
	{"ETH", 100e6, 15, 55},
	{"SOL", 70e6, 10, 54},
	{"XRP", 40e6, 10, 53},
};

void gen_tiers(const struct gen_param *p, struct paper_coin *out)
{
	for (uint32_t i = 0; i < COUNT_OF(tier); i++)
		if (strcmp(tier[i].name, p->name) == 0) {
			out->margin_table_id = tier[i].id;
			out->n_tiers = 2;
			out->tiers[0].max_leverage = p->max_leverage;
			out->tiers[1].max_leverage = tier[i].max_leverage;
			(void)money_from_double(&out->tiers[1].lower, tier[i].lower);
		}
}
