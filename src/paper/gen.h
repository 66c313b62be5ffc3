/* gen.h: the generative market: 20 coins whose books and trades come from a seed.
 *
 * Per coin (all of it on market time, in steps of 100 ms):
 *   efficient price  m: log price; d m = beta dBTC + own noise + impact of market orders + drift.
 *                    Volatility is modulated by one slow factor common to all coins (clusters).
 *   quotes           follow m with a lag (`quote_s`): best bid and ask, in ticks; the spread is a
 *                    log-normal mean-reverting number of ticks, at least 1.
 *   depth            mean size by distance in ticks x a mean-reverting factor a side x a piecewise
 *                    constant factor a price; beyond 20 ticks on a coarser grid (10, then 50
 * ticks). market orders    Hawkes process with an exponential kernel: rate mo_rate in all,
 * mo_branch children an order, decay mo_decay; sides lean with a slow trend; sizes log-normal with
 * a cap. An order walks the book and is printed in pieces. resilience       what is taken at a
 * price comes back exponentially, half in refill_s. impact           an order of q coins moves m by
 * impact_bp * sqrt(q). Our own orders go through the same two rules (market.h: own_impact,
 * taken()).
 *
 * The parameters, where they come from and how well they reproduce the tape: gen_table.c. Doubles
 * live in here; prices and sizes leave through the venue's rounding. One seed, one sequence of
 * calls: the same market. */
#ifndef EXEUNT_PAPER_GEN_H
#define EXEUNT_PAPER_GEN_H

#include <stdbool.h>
#include <stdint.h>

#include "paper/market.h"
#include "scenario/scenario.h"

enum {
	GEN_COINS = 20,
	GEN_STEP_MS = 100,
	GEN_FITTED = 4, /* the first coins of the table with parameters from the tape */
};

struct gen_param {
	char name[12];
	int8_t sz_decimals;
	int32_t max_leverage;
	double px;		     /* first mid */
	double sigma_bp;	     /* noise of the efficient price, bp per sqrt s */
	double beta;		     /* on BTC */
	double quote_s;		     /* lag of the quotes */
	double spread_mu, spread_sd; /* log of the spread in ticks, before rounding */
	double spread_s;	     /* its memory */
	double top, near[4];	     /* mean size at the touch; 1, 4, 9, 19 ticks behind; coins */
	double empty, dust;	     /* share of prices with no order; with next to nothing */
	double depth_sd, depth_s;    /* log factor of a side: spread and memory */
	double refill_s;	     /* half-life of consumed depth */
	double mo_rate;		     /* market orders a second */
	double mo_branch, mo_decay;  /* children an order; 1/s */
	double mo_mu, mo_sd, mo_cap; /* log coins; coins */
	double prints;		     /* trades printed an order */
	double impact_bp;	     /* per sqrt(coin) */
};

/* The parameters of coin i; the first GEN_FITTED are fitted, the rest scaled (gen_table.c). */
void gen_param(struct gen_param *out, uint32_t i);
/* A coin that is not in the table: one of its coins carried to a price, with factors for
 * volatility and money. False: no coin of the name `like`. */
struct gen_like {
	const char *name, *like;
	int8_t sz_decimals;
	int32_t max_leverage;
	double px, vol, usd;
};
bool gen_param_like(struct gen_param *out, const struct gen_like *l);

/* The venue's margin table of this coin, when it has more than one tier. */
void gen_tiers(const struct gen_param *p, struct paper_coin *out);

struct gen_conf {
	uint64_t seed;
	int64_t start_ms;		 /* venue time; market time starts there too */
	double speed;			 /* market seconds a venue second; 0 means 1 */
	const struct scenario *scenario; /* NULL: calm; borrowed */
	/* For drills and for fitting: these coins instead of the table's; borrowed. */
	const struct gen_param *coin;
	uint32_t n_coins;
	int64_t clock_ms; /* added to the market's clock: where the funding hour falls */
};

struct gen;

struct gen *gen_new(const struct gen_conf *conf); /* NULL: out of memory */
void gen_free(struct gen *g);
const struct paper_market *gen_market(struct gen *g);

#endif
