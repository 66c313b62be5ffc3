/* scenario.h: bad days, as modifiers of a market and a timetable of faults. Pure functions of the
 * time since the start; every number is here or in scenario.c, none in the markets.
 *
 *   calm     the fitted market, unchanged
 *   crash    two minutes as usual, then a fall in steps: BTC -3.5 % in 100 s (others by beta, at
 *            least 1), depth down to 8 %, spreads wide, oracle and so the mark late by up to 9 s;
 *            then a third of the way back
 *   thin     15 % of the depth, three times the spread, a third of the trades
 *   outage   from 15 s on, in bursts of 60 s: 45 % of the answers lost or wrong (502) while the
 *            orders execute, and a slow fall
 *   frozen   from 15 s on, 60 s of every 120: sockets up, market data stopped */
#ifndef EXEUNT_PAPER_SCENARIO_H
#define EXEUNT_PAPER_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#define SCENARIO_TABLE(X)                                                                          \
	X(CALM, "calm")                                                                            \
	X(CRASH, "crash")                                                                          \
	X(THIN, "thin")                                                                            \
	X(OUTAGE, "outage")                                                                        \
	X(FROZEN, "frozen")

enum scenario {
#define X(id, name) SCENARIO_##id,
	SCENARIO_TABLE(X)
#undef X
		SCENARIO_COUNT
};

struct scenario_now {
	double log_shift; /* what the scenario has moved BTC by since the start, natural log */
	double beta_min;  /* others follow with at least this beta */
	double depth;	  /* factor on displayed sizes */
	double spread;	  /* factor on the spread */
	double rate;	  /* factor on the rate of market orders */
	double vol;	  /* factor on volatility */
	int64_t oracle_late_ms;
};

/* At `ms` of market time since the start. */
void scenario_at(struct scenario_now *now, enum scenario s, int64_t ms);

struct paper;
/* Sets and clears the faults whose time has come in (from_ms, to_ms] of venue time since the start.
 */
void scenario_faults(enum scenario s, struct paper *p, int64_t from_ms, int64_t to_ms);

bool scenario_find(enum scenario *out, const char *name);
const char *scenario_name(enum scenario s);

#endif
