/* drills.c: the drills as data (drill.h). Twelve of them: those that need perpetuals only.
 *
 * Times in a path and in steps count from the start, so the calm comes first: A(t) is t market
 * seconds after the alarm at speed 1, A60(t) and A20(t) at those speeds. Knots: time, price %,
 * depth, spread, rate of orders, volatility, lateness of the rest of the world in s, its distance
 * from this book in %.
 *
 * Seeds: vary_move scales the path (0.15: 15 % either way), vary_s delays it and its steps. */
#include "base/check.h"
#include "paper/drill.h"

#include <string.h>

#define A(t)   (DRILL_CALM_S + (t))
#define A20(t) (DRILL_CALM_S * 20 + (t))
#define A60(t) (DRILL_CALM_S * 60 + (t))
#define PATH(k)                                                                                    \
	{                                                                                          \
		(k), COUNT_OF(k)                                                                   \
	}
#define STEPS(k) .step = (k), .n_steps = COUNT_OF(k)
#define COINS(k) .coin = (k), .n_coins = COUNT_OF(k)
#define LEGS(k)	 .leg = (k), .n_legs = COUNT_OF(k)

#define BTC                                                                                        \
	{                                                                                          \
		.like = { "BTC", "BTC", 5, 40, 112000, 1, 1 }                                      \
	}
#define ETH                                                                                        \
	{                                                                                          \
		.like = { "ETH", "ETH", 4, 25, 4100, 1, 1 }                                        \
	}
#define SOL                                                                                        \
	{                                                                                          \
		.like = { "SOL", "SOL", 2, 20, 205, 1, 1 }                                         \
	}
#define HYPE                                                                                       \
	{                                                                                          \
		.like = { "HYPE", "HYPE", 2, 10, 44.5, 1, 1 }                                      \
	}
/* Three times at most, and a book of 150,000 USD within 1 %. */
#define ALT                                                                                        \
	{                                                                                          \
		.like = { "ALT", "WLFI", 0, 3, 0.5, 1, 0.22 }                                      \
	}

/* ---- gap40: 20 BTC, 1.2 % away; the mark is up to 1.5 % behind the book ---- */

static const struct drill_coin btc_only[] = {BTC};
static const struct drill_leg gap40_leg[] = {{"BTC", 20, 1, 1, 40}};
static const struct scenario_knot gap40_path[] = {
	{A(0), 0, 1, 1, 1, 1, 0, 0},
	{A(3), -0.15, 0.5, 2, 4, 2, 9, 0},
	{A(15), -0.60, 0.2, 5, 8, 3, 20, 0},
	{A(25), -0.75, 0.2, 5, 6, 3, 25, 0},
	{A(45), -1.90, 0.1, 8, 10, 4, 36, 0},
	{A(55), -1.85, 0.1, 8, 8, 4, 40, 0},
	{A(80), -3.30, 0.1, 10, 12, 4, 45, 0},
	{A(90), -3.50, 0.1, 10, 10, 4, 45, 0},
	{A(110), -3.30, 0.15, 6, 7, 3, 36, 0},
	{A(180), -2.90, 0.4, 3, 4, 2, 9, 0},
	{A(300), -2.80, 0.7, 1.5, 2, 1.3, 0, 0},
};
static const struct scenario_step gap40_step[] = {
	{A(-4), 0, "{\"fault\":\"half\",\"count\":-1,\"per_mille\":300}"},
	{A(180), 0, "{\"fault\":\"half\",\"count\":0}"},
};

/* ---- october: the published clock of 2025-10-10, five legs, one of them the hedge ---- */

static const struct drill_coin five[] = {BTC, ETH, SOL, HYPE, ALT};
static const struct drill_leg october_leg[] = {
	{"BTC", 6, 1.004, 1, 40},     {"ETH", 100, 1.01, 1.5, 25},  {"SOL", 1460, 1.01, 2, 20},
	{"HYPE", -4040, 1.03, 3, 10}, {"ALT", 1200000, 1.02, 4, 3},
};
static const struct scenario_knot october_btc[] = {
	{A(0), 0, 1, 1, 1, 1, 0, 0},
	{A(3), -0.4, 0.5, 3, 4, 2, 3, 0},
	{A(20), -2.2, 0.3, 5, 8, 3, 6, 0},
	{A(60), -5.2, 0.15, 8, 10, 4, 9, 0},
	{A(64), -6.0, 0.08, 12, 12, 4, 9, 0},
	{A(90), -6.4, 0.08, 12, 10, 4, 9, 0},
	{A(116), -8.0, 0.05, 15, 12, 4, 9, 0},
	{A(134), -9.3, 0.05, 15, 12, 4, 9, 0},
	{A(167), -10.4, 0.05, 15, 12, 4, 9, 0},
	{A(203), -11.4, 0.05, 15, 12, 4, 9, 0},
	{A(218), -12.0, 0.05, 15, 12, 4, 9, 0},
	{A(300), -11.0, 0.1, 8, 8, 3, 6, 0},
	{A(420), -9.2, 0.2, 5, 5, 2, 3, 0},
	{A(720), -8.0, 0.4, 3, 3, 1.5, 0, 0},
};
static const struct scenario_knot october_alt[] = {
	{A(0), 0, 1, 1, 1, 1, 0, 0},	      {A(3), -1.0, 0.3, 4, 4, 2, 3, 0},
	{A(20), -8, 0.1, 8, 8, 3, 6, 0},      {A(60), -26, 0.05, 15, 10, 4, 9, 0},
	{A(116), -46, 0.05, 20, 10, 4, 9, 0}, {A(167), -62, 0.05, 20, 10, 4, 9, 0},
	{A(218), -75, 0.05, 20, 10, 4, 9, 0}, {A(300), -62, 0.05, 15, 8, 3, 6, 0},
	{A(480), -50, 0.15, 8, 5, 2, 3, 0},   {A(720), -45, 0.3, 4, 3, 1.5, 0, 0},
};
static const struct scenario_knot october_hype[] = {
	{A(0), 0, 1, 1, 1, 1, 0, 0},	      {A(3), -0.6, 0.4, 3, 4, 2, 3, 0},
	{A(60), -15, 0.1, 10, 10, 4, 9, 0},   {A(116), -26, 0.05, 15, 10, 4, 9, 0},
	{A(218), -42, 0.05, 20, 10, 4, 9, 0}, {A(300), -34, 0.1, 10, 8, 3, 6, 0},
	{A(720), -25, 0.3, 4, 3, 1.5, 0, 0},
};
static const struct scenario_coin october_coin[] = {
	{.coin = "SOL", .move = 2.2},
	{.coin = "ETH", .move = 1.5},
	{.coin = "HYPE", .own = PATH(october_hype)},
	{.coin = "ALT", .own = PATH(october_alt)},
};
#define ADL "{\"adl\":\"*\",\"share\":\"0.35\"}"
static const struct scenario_step october_step[] = {
	{A(62), 0, ADL},  {A(64), 0, ADL},  {A(116), 0, ADL}, {A(126), 0, ADL}, {A(134), 0, ADL},
	{A(167), 0, ADL}, {A(203), 0, ADL}, {A(211), 0, ADL}, {A(218), 0, ADL},
};

/* ---- outage37: reads 20 % good, orders late behind errors; 1.5 sigma at 150 % against ---- */

static const struct drill_coin two[] = {BTC, ETH};
static const struct drill_leg outage37_leg[] = {
	{"BTC", 8, 1, 1, 40},
	{"ETH", 150, 1, 1.2, 25},
};
static const struct scenario_knot outage37_path[] = {
	{A(0), 0, 1, 1, 1, 1, 0, 0},
	{A(60), -0.1, 0.6, 2, 1.5, 1.8, 0, 0},
	{A(700), -0.7, 0.5, 2, 1.5, 1.5, 0, 0},
	{A(1300), -1.2, 0.5, 2, 1.5, 1.5, 0, 0},
	{A(2220), -2.4, 0.5, 2, 1.5, 1.5, 0, 0},
	{A(2280), -2.4, 0.8, 1, 1, 1, 0, 0},
};
static const struct scenario_step outage37_step[] = {
	{A(-4), 0, "{\"fault\":\"late_exec\",\"count\":-1,\"ms\":40000}"},
	{A(-4), 0, "{\"fault\":\"read_error\",\"count\":-1,\"per_mille\":800}"},
	{A(2220), 0, "{\"fault\":\"late_exec\",\"count\":0}"},
	{A(2220), 0, "{\"fault\":\"read_error\",\"count\":0}"},
};

/* ---- frozen: the book stands still, then the mark too; the market falls behind them ---- */

static const struct drill_coin btc_sol[] = {BTC, SOL};
static const struct drill_leg frozen_leg[] = {
	{"BTC", 10, 1, 1, 40},
	{"SOL", 2000, 1, 2, 20},
};
static const struct scenario_knot frozen_path[] = {
	{A(0), 0, 1, 1, 1, 1, 0, 0},	      {A(10), -0.2, 0.6, 2, 3, 2, 0, 0},
	{A(120), -1.4, 0.4, 3, 5, 2.5, 0, 0}, {A(240), -3.0, 0.3, 4, 6, 3, 0, 0},
	{A(300), -2.8, 0.5, 2, 3, 2, 0, 0},
};
static const struct scenario_step frozen_step[] = {
	{A(-4), 0, "{\"fault\":\"freeze_book\",\"count\":-1}"},
	{A(120), 0, "{\"fault\":\"freeze_mark\",\"count\":-1}"},
	{A(270), 0, "{\"fault\":\"freeze_book\",\"count\":0}"},
	{A(270), 0, "{\"fault\":\"freeze_mark\",\"count\":0}"},
};

/* ---- postonly: nobody can trade for two minutes and a half, then through the book ---- */

static const struct drill_leg postonly_leg[] = {
	{"BTC", 10, 1, 1, 40},
	{"ETH", 200, 1, 1.2, 25},
};
static const struct scenario_knot postonly_path[] = {
	{A(0), 0, 1, 1, 1, 1, 0, 0},	    {A(5), 0, 0.7, 1, 1, 1, 0, 0},
	{A(150), -0.8, 0.5, 1, 1, 1, 0, 0}, {A(175), -1.7, 0.3, 4, 8, 3, 0, 0},
	{A(220), -2.2, 0.3, 4, 6, 3, 0, 0}, {A(300), -1.6, 0.6, 2, 3, 2, 0, 0},
};
static const struct scenario_step postonly_step[] = {
	{A(-4), 0, "{\"post_only\":true,\"ms\":154000}"},
};

/* ---- alt: situation 1.2, where the alt eats the margin and its book comes back slowly ---- */

static const struct drill_coin slow_five[] = {
	BTC, ETH, SOL, HYPE, {.like = {"ALT", "WLFI", 0, 3, 0.5, 1, 0.22}, .refill_s = 45}};
static const struct drill_leg alt_leg[] = {
	{"BTC", 6, 1, 1, 40},	   {"ETH", 100, 1, 1.4, 25},  {"SOL", 1460, 1, 1.8, 20},
	{"HYPE", -4040, 1, 2, 10}, {"ALT", 1200000, 1, 4, 3},
};
static const struct scenario_knot alt_path[] = {
	{A(0), 0, 1, 1, 1, 1, 0, 0},	      {A(10), -0.1, 0.7, 2, 2, 1.5, 0, 0},
	{A(90), -0.9, 0.6, 2, 3, 2, 0, 0},    {A(240), -1.8, 0.6, 2, 3, 2, 0, 0},
	{A(480), -2.8, 0.6, 2, 3, 1.5, 0, 0}, {A(600), -2.6, 0.8, 1.5, 1.5, 1.2, 0, 0},
};
static const struct scenario_coin alt_coin[] = {
	{.coin = "ETH", .move = 1.4},
	{.coin = "SOL", .move = 1.8},
	{.coin = "HYPE", .move = 2},
	{.coin = "ALT", .move = 4},
};

/* ---- thin4h: 3 M HYPE over four hours at x60, weekend depth ---- */

static const struct drill_coin hype_only[] = {BTC, HYPE};
static const struct drill_leg thin4h_leg[] = {{"HYPE", 67000, 1, 2, 5}};
static const struct scenario_knot thin4h_path[] = {
	{0, 0, 0.06, 4, 0.4, 0.5, 0, 0},
	{A60(0), 0, 0.06, 4, 0.4, 0.5, 0, 0},
	{A60(3600), -0.4, 0.06, 4, 0.4, 0.5, 0, 0},
	{A60(4200), -0.7, 0.06, 4, 0.4, 0.6, 0, 0},
	{A60(4300), -0.8, 0.008, 10, 0.4, 0.6, 0, 0}, /* the first hole */
	{A60(5100), -0.9, 0.008, 10, 0.4, 0.6, 0, 0},
	{A60(5200), -0.8, 0.06, 4, 0.4, 0.5, 0, 0},
	{A60(9000), -1.3, 0.06, 4, 0.4, 0.5, 0, 0},
	{A60(9100), -1.5, 0.008, 10, 0.4, 0.6, 0, 0}, /* the second */
	{A60(10200), -1.6, 0.008, 10, 0.4, 0.6, 0, 0},
	{A60(10300), -1.5, 0.06, 4, 0.4, 0.5, 0, 0},
	{A60(14400), -2.2, 0.06, 4, 0.4, 0.5, 0, 0},
};
/* 100 % a year; somebody else's TWAP sells beside us: the path carries its drift. */
static const struct scenario_step thin4h_step[] = {
	{1, 0, "{\"funding\":\"HYPE\",\"rate\":\"0.000114\"}"},
};

/* ---- sleep: the machine is away for 55 minutes in the middle of an exit (x20) ---- */

static const struct drill_coin sol_only[] = {BTC, SOL};
static const struct drill_leg sleep_leg[] = {{"SOL", 5850, 1, 1.25, 10}};
static const struct scenario_knot sleep_path[] = {
	{A20(0), 0, 1, 1, 1, 1, 0, 0},
	{A20(1800), -0.2, 0.8, 1, 1, 1, 0, 0},
	{A20(3300), -2.4, 0.8, 1.5, 1.5, 1.3, 0, 0},
	{A20(5100), -2.0, 0.8, 1, 1, 1, 0, 0},
	{A20(7200), -2.2, 0.8, 1, 1, 1, 0, 0},
};

/* ---- twohands: somebody else trades on the account ---- */

static const struct drill_leg twohands_leg[] = {{"BTC", 50, 1, 1, 40}};
static const struct scenario_knot twohands_path[] = {
	{A(0), 0, 1, 1, 1, 1, 0, 0},
	{A(10), -0.1, 0.8, 1.5, 1.5, 1.3, 0, 0},
	{A(120), -1.0, 0.6, 2, 2, 2, 0, 0},
	{A(240), -2.2, 0.5, 2, 3, 2, 0, 0},
};
static const struct scenario_step twohands_step[] = {
	{A(1), 0, "{\"hand\":\"add\",\"coin\":\"BTC\",\"share\":\"0.1\"}"},
	{A(4), 0, "{\"hand\":\"trade\",\"coin\":\"BTC\",\"side\":\"B\",\"size\":\"2\"}"},
	{A(6), 0, "{\"hand\":\"close\",\"coin\":\"BTC\",\"share\":\"0.2\"}"},
	{A(8), 0,
	 "{\"hand\":\"twap\",\"coin\":\"BTC\",\"side\":\"B\",\"size\":\"2\",\"minutes\":30}"},
	{A(12), 0,
	 "{\"hand\":\"limit\",\"coin\":\"BTC\",\"side\":\"B\",\"size\":\"1\",\"away\":\"0.004\"}"},
	{A(14), 0, "{\"hand\":\"stop\",\"coin\":\"BTC\",\"share\":\"0.5\",\"away\":\"0.01\"}"},
	{A(40), 0, "{\"hand\":\"trade\",\"coin\":\"BTC\",\"side\":\"B\",\"size\":\"1\"}"},
};

/* ---- depeg: the oracle 6 % low for ten minutes, the hour strikes in the middle of it ---- */

static const struct drill_leg depeg_leg[] = {{"BTC", 27, 1, 1, 10}};
static const struct scenario_knot depeg_path[] = {
	{A(0), 0, 1, 1, 1, 1, 0, 0},
	{A(700), -0.1, 1, 1, 1, 1, 0, 0},
	{A(780), -0.1, 1, 1, 1, 1, 0, 0},
};
static const struct scenario_step depeg_step[] = {
	{A(0), 0, "{\"oracle\":\"BTC\",\"pct\":\"-6\",\"over_ms\":3000,\"ms\":597000}"},
	{A(660), 0, "{\"external\":\"BTC\",\"pct\":\"-2\",\"ms\":60000}"},
};

/* ---- litter: a thousand orders, covered position, dust; oversize is refused ---- */

static const struct drill_coin three[] = {BTC, ETH, SOL};
static const struct drill_leg litter_leg[] = {{"BTC", 8, 1, 1, 40}};
static const struct scenario_knot litter_path[] = {
	{A(0), 0, 1, 1, 1, 1, 0, 0},	    {A(5), -0.1, 0.6, 2, 3, 2, 0, 0},
	{A(60), -1.0, 0.3, 4, 6, 3, 6, 0},  {A(150), -2.8, 0.2, 5, 8, 3, 9, 0},
	{A(240), -2.6, 0.4, 3, 4, 2, 3, 0},
};
static const struct scenario_step litter_step[] = {
	{1, 0, "{\"dust\":\"ETH\",\"usd\":\"6\"}"},
	{1, 0, "{\"dust\":\"SOL\",\"usd\":\"11\"}"},
	{2, 0, "{\"reduce_only\":\"reject\"}"},
	{2, 0, "{\"cover\":\"BTC\"}"},
	{3, 0, "{\"litter\":998}"},
};

/* ---- empty: no requests, a key that ends, a full disk, a wedged engine ---- */

static const struct drill_leg empty_leg[] = {{"BTC", 10, 1, 1, 40}};
static const struct scenario_knot empty_path[] = {
	{A(0), 0, 1, 1, 1, 1, 0, 0},	    {A(5), -0.1, 0.7, 2, 3, 2, 0, 0},
	{A(60), -0.8, 0.5, 3, 4, 2, 3, 0},  {A(180), -1.8, 0.3, 4, 6, 3, 6, 0},
	{A(300), -3.0, 0.3, 4, 6, 3, 6, 0},
};
static const struct scenario_step empty_step[] = {
	{A(0), 0, "{\"budget\":6}"},
	{A(0), 0, "{\"agent_expiry\":240000}"},
};

static const struct drill table[] = {
	{.scene = {.name = "gap40",
		   .path = PATH(gap40_path),
		   .beta_min = 1,
		   STEPS(gap40_step),
		   .vary_move = 0.12,
		   .vary_s = 2,
		   .about = "20 BTC at 40x, 1.2 % away; -3.5 % in 90 s, a tenth of the depth, the "
			    "mark up to 1.5 % behind; 30 % of the answers 502, half of those "
			    "executed"},
	 .shows = "trim and now under doubt; the break-even discount",
	 COINS(btc_only),
	 LEGS(gap40_leg),
	 .dies_pct = 1.2,
	 .safe_pct = 3,
	 .plan_s = 120,
	 .length_s = 300,
	 .speed = 1,
	 .deadly = true},
	{.scene = {.name = "october",
		   .path = PATH(october_btc),
		   .beta_min = 1,
		   COINS(october_coin),
		   STEPS(october_step),
		   .vary_move = 0.12,
		   .vary_s = 2,
		   .about = "12 minutes on the clock of 10 October 2025: BTC -12 %, alts to -75 % "
			    "on a twentieth of the depth, ADL in bursts; five legs, one a hedge"},
	 .shows = "joint distance, ADL, the alt first",
	 COINS(five),
	 LEGS(october_leg),
	 .dies_pct = 2.5,
	 .safe_pct = 5,
	 .plan_s = 300,
	 .length_s = 720,
	 .speed = 1,
	 .deadly = true},
	{.scene = {.name = "outage37",
		   .path = PATH(outage37_path),
		   .beta_min = 1,
		   STEPS(outage37_step),
		   .vary_move = 0.2,
		   .vary_s = 2,
		   .about = "37 minutes in which a fifth of the reads is answered and orders are "
			    "executed 5 to 40 s late behind error answers, while the price drifts "
			    "1.5 sigma against"},
	 .shows = "long expiry, guard, no double partials",
	 COINS(two),
	 LEGS(outage37_leg),
	 .dies_pct = 1.2,
	 .safe_pct = 3,
	 .plan_s = 600,
	 .length_s = 2280,
	 .speed = 1,
	 .deadly = true},
	{.scene = {.name = "frozen",
		   .path = PATH(frozen_path),
		   .beta_min = 1,
		   STEPS(frozen_step),
		   .vary_move = 0.12,
		   .vary_s = 2,
		   .about = "sockets up, the book stands still while mark and trades move; two "
			    "minutes on the mark stands still too"},
	 .shows = "BLIND, ages",
	 COINS(btc_sol),
	 LEGS(frozen_leg),
	 .dies_pct = 1.8,
	 .safe_pct = 3,
	 .plan_s = 120,
	 .length_s = 300,
	 .speed = 1,
	 .deadly = true},
	{.scene = {.name = "postonly",
		   .path = PATH(postonly_path),
		   .beta_min = 1,
		   STEPS(postonly_step),
		   .vary_move = 0.12,
		   .vary_s = 2,
		   .about = "post-only for 150 s with -0.8 % of drift, then it opens through the "
			    "book"},
	 .shows = "queueing, budget",
	 COINS(two),
	 LEGS(postonly_leg),
	 .dies_pct = 1.3,
	 .safe_pct = 3,
	 .plan_s = 120,
	 .length_s = 300,
	 .speed = 1,
	 .deadly = true},
	{.scene = {.name = "alt",
		   .path = PATH(alt_path),
		   .beta_min = 1,
		   COINS(alt_coin),
		   .vary_move = 0.12,
		   .vary_s = 2,
		   .about = "five cross legs of which one alt holds three quarters of the margin; "
			    "its book refills slowly; BTC -2.8 % in 8 minutes, the alt four times "
			    "that"},
	 .shows = "trim by risk",
	 COINS(slow_five),
	 LEGS(alt_leg),
	 .dies_pct = 1.39,
	 .safe_pct = 3,
	 .plan_s = 300,
	 .length_s = 600,
	 .speed = 1,
	 .deadly = true},
	{.scene = {.name = "thin4h",
		   .path = PATH(thin4h_path),
		   .beta_min = 0,
		   STEPS(thin4h_step),
		   .vary_move = 0.3,
		   .about = "3 M USD of HYPE to be sold within four hours at x60: weekend depth, a "
			    "drift against, funding on the hour, two holes in the book"},
	 .shows = "planning, retune, two prices",
	 COINS(hype_only),
	 LEGS(thin4h_leg),
	 .dies_pct = 8,
	 .safe_pct = 100,
	 .plan_s = 225,
	 .length_s = 240,
	 .speed = 60,
	 .hour_s = 30,
	 .aim = DRILL_FLAT},
	{.scene = {.name = "sleep",
		   .path = PATH(sleep_path),
		   .beta_min = 0,
		   .vary_move = 0.4,
		   .about = "1.2 M USD of SOL to be sold in two hours (x20); the machine sleeps "
			    "for 55 minutes of them, the price goes to -2.4 %"},
	 .shows = "the rule for being late",
	 COINS(sol_only),
	 LEGS(sleep_leg),
	 .host = {{DRILL_SLEEP, 120, 165}},
	 .dies_pct = 4,
	 .safe_pct = 100,
	 .plan_s = 300,
	 .length_s = 360,
	 .speed = 20,
	 .aim = DRILL_FLAT},
	{.scene = {.name = "twohands",
		   .path = PATH(twohands_path),
		   .beta_min = 1,
		   STEPS(twohands_step),
		   .vary_move = 0.15,
		   .vary_s = 1,
		   .about = "50 BTC to be closed while another hand adds, closes, starts a venue "
			    "TWAP and rests orders and triggers that are not reduce-only"},
	 .shows = "the ticket's cap, FLAT",
	 COINS(btc_only),
	 LEGS(twohands_leg),
	 .dies_pct = 3.2,
	 .safe_pct = 100,
	 .plan_s = 120,
	 .length_s = 240,
	 .speed = 1,
	 .aim = DRILL_FLAT,
	 .others = true},
	{.scene = {.name = "depeg",
		   .path = PATH(depeg_path),
		   .beta_min = 1,
		   STEPS(depeg_step),
		   .vary_move = 0.2,
		   .vary_s = 2,
		   .about = "the oracle 6 % low for ten minutes while the mark stays; the funding "
			    "hour strikes in it; then one other venue's price is off"},
	 .shows = "sources, funding by the hour",
	 COINS(btc_only),
	 LEGS(depeg_leg),
	 .dies_pct = 8,
	 .safe_pct = 100,
	 .plan_s = 300,
	 .length_s = 780,
	 .speed = 1,
	 .hour_s = 480,
	 .aim = DRILL_FLAT},
	{.scene = {.name = "litter",
		   .path = PATH(litter_path),
		   .beta_min = 1,
		   STEPS(litter_step),
		   .vary_move = 0.12,
		   .vary_s = 2,
		   .about = "1,000 resting orders, take-profits over the whole position, legs of 6 "
			    "and 11 USD; an oversize reduce-only order is refused"},
	 .shows = "cleaning, dust",
	 COINS(three),
	 LEGS(litter_leg),
	 .dies_pct = 1.7,
	 .safe_pct = 100,
	 .plan_s = 120,
	 .length_s = 240,
	 .speed = 1,
	 .aim = DRILL_FLAT,
	 .deadly = true},
	{.scene = {.name = "empty",
		   .path = PATH(empty_path),
		   .beta_min = 1,
		   STEPS(empty_step),
		   .vary_move = 0.12,
		   .vary_s = 2,
		   .about = "6 requests left, the agent's key ends in 4 minutes, the disk is full "
			    "from 20 s on, the engine is wedged from 40 s on"},
	 .shows = "break-glass",
	 COINS(btc_only),
	 LEGS(empty_leg),
	 .host = {{DRILL_DISK_FULL, 20, 400}, {DRILL_WEDGE, 40, 400}},
	 .dies_pct = 1.6,
	 .safe_pct = 100,
	 .plan_s = 60,
	 .length_s = 300,
	 .speed = 1,
	 .aim = DRILL_FLAT,
	 .deadly = true},
};

const struct drill *drill_row(uint32_t i)
{
	return i < COUNT_OF(table) ? &table[i] : NULL;
}

const struct drill *drill_find(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (strcmp(table[i].scene.name, name) == 0)
			return &table[i];
	return NULL;
}
