/* scenario.h: bad days, as data: a path of the market, factors a coin, and a timetable of steps.
 *
 * A scenario is rows in a table (days.c has the five of the demo; drills have files of their own).
 * Nothing here has a state: the same scenario, seed and time give the same numbers.
 *
 *   path    knots in market time; between knots everything is a straight line, before the first and
 *           after the last it stays. Moves are of BTC; others follow by their beta, at least
 *           beta_min, unless they have a row of their own
 *   coins   a row for a coin: `move` times BTC's path (in logs), or a whole path of its own; and
 * how much thinner than the path says it gets steps   what the venue is told to do and when, in the
 * words of POST /paper (man exeunt-paper, FAULTS AT RUN TIME); repeated every `every_s` when that
 * is not 0
 *
 * Units: seconds of market time since the start, percent, factors. A text of a step is one JSON
 * object; the venue parses it, tests hold every step of every scenario to be accepted.
 *
 * To add one: a struct scenario in a file of this folder, and its row in SCENARIO_TABLE. */
#ifndef EXEUNT_SCENARIO_SCENARIO_H
#define EXEUNT_SCENARIO_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

struct scenario_knot {
	double at_s;
	double pct;		  /* of the price since the start, % */
	double depth;		  /* factor on displayed sizes */
	double spread, rate, vol; /* factors on spread, rate of market orders, volatility */
	double late_s;		  /* how late oracle and other venues' prices are */
	double apart_pct; /* the rest of the world (oracle, perps elsewhere) over this book, % */
};

struct scenario_path {
	const struct scenario_knot *knot;
	uint32_t n;
};

struct scenario_coin {
	const char *coin;
	double move;		  /* x BTC's log move; 0: by its beta, unless it has a path */
	double thin;		  /* x the path's depth while that is below 1; 0: as the path */
	struct scenario_path own; /* n > 0: instead of the scenario's path */
};

struct scenario_step {
	double at_s, every_s;
	const char *json;
};

struct scenario {
	const char *name, *about;
	struct scenario_path path;
	double beta_min; /* others follow with at least this beta */
	const struct scenario_coin *coin;
	uint32_t n_coins;
	const struct scenario_step *step;
	uint32_t n_steps;
	/* By seed: moves are 1 +- vary_move as large; all but steps at 0 come up to vary_s later.
	 */
	double vary_move, vary_s;
};

enum { SCENARIO_STEPS_MAX = 256 };

struct scenario_now {
	double log_shift; /* of the price since the start, natural log */
	bool own;	  /* log_shift is the coin's own: no beta */
	double beta_min;
	double depth, spread, rate, vol;
	int64_t late_ms;
	double apart; /* natural log of world / this book */
};

/* At `ms` of market time since the start, for a coin; NULL: the path itself (BTC). A NULL scenario
 * is calm. */
void scenario_at(struct scenario_now *now, const struct scenario *s, const char *coin,
		 uint64_t seed, int64_t ms);
/* When step i comes for the n-th time (n from 0), ms of market time; INT64_MAX: never. */
int64_t scenario_step_ms(const struct scenario *s, uint32_t i, uint32_t n, uint64_t seed);

/* By name; NULL: there is none. */
const struct scenario *scenario_find(const char *name);
/* The i-th of the table; NULL past its end. */
const struct scenario *scenario_row(uint32_t i);

#define SCENARIO_TABLE(X)                                                                          \
	X(scenario_calm)                                                                           \
	X(scenario_crash)                                                                          \
	X(scenario_thin)                                                                           \
	X(scenario_outage)                                                                         \
	X(scenario_frozen)

#define X(name) extern const struct scenario name;
SCENARIO_TABLE(X)
#undef X

#endif
