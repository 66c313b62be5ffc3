/* score.h: policies compared over a path: every slot, both sides, paired with market TWAP on the
 * same slot; intervals by a block bootstrap. Pure; the caller brings the rows.
 *
 * Slots begin every fifth of a slot (they overlap; the blocks of the bootstrap carry that), on a
 * grid from the path's first book. A slot that touches a silence of the books over TAPE_GAP_MS, its
 * tail included, is left out and counted: for every policy the same slots, whatever it does.
 *
 * Walk-forward: judge_halves cuts a tape in two paths that share no book. judge_fit is given the
 * first alone: there is no way from it to the second. */
#ifndef EXEUNT_JUDGE_SCORE_H
#define EXEUNT_JUDGE_SCORE_H

#include "judge/judge.h"

enum {
	JUDGE_BLOCK_MS = 300000, /* of the bootstrap */
	JUDGE_DRAWS = 2000,
	JUDGE_BLOCKS_MAX = 4096,
	JUDGE_THETAS = 6,
};
extern const double judge_thetas[JUDGE_THETAS]; /* tried by judge_fit */

struct judge_setup {
	int64_t slot_ms, latency_ms;
	double taker_bp, maker_bp;
	double usd;
	uint64_t seed;
};

struct judge_row {
	int64_t start_ms;
	enum side side;
	double all_in_bp; /* price and fee; what is left counts as taken */
	struct judge_result r;
};

/* First and second half of a coin's tape by time; they share no book. */
bool judge_halves(struct judge_path half[2], const struct tape_coin *k);
/* Rows that a path may need. */
uint32_t judge_rows_max(const struct judge_path *p, const struct judge_setup *s);
/* Fills rows, two a slot (buy, sell), and returns how many; *excluded slots touch a gap. The same
 * path and setup give the same slots in the same order for every rule. */
uint32_t judge_measure(struct judge_row *rows, uint32_t max, uint32_t *excluded,
		       const struct judge_path *p, const struct judge_setup *s,
		       const struct judge_rule *r);
/* The threshold with the least mean all-in cost on this path. Rows are scratch. */
double judge_fit(struct judge_row *rows, uint32_t max, const struct judge_path *train,
		 const struct judge_setup *s, enum judge_policy policy);

struct judge_score {
	uint32_t n;	  /* rows: slots times two sides */
	double all_in_bp; /* mean */
	double sd;	  /* of the all-in cost */
	double diff_bp;	  /* paired with the base: mean */
	uint32_t blocks;  /* of the bootstrap: under 2 there is no interval, under 6 a rough one */
	double lo, hi;	  /* 2.5 and 97.5 %; 0 without an interval */
	double relative;  /* diff over the base's mean all-in cost */
	double diff_sd;	  /* of the paired difference */
	/* Least difference seen at 80 % power, 5 % level, with as many independent slots as follow
	 * one another on the path (overlap and the second side not counted): sqrt(7.85/n) sd. */
	double mde;
	uint32_t independent;
	double maker;	 /* mean share filled at rest */
	double complete; /* share of rows with nothing left */
	double left;	 /* mean share left */
	double seconds, posts;
};
/* rows against base, both n long and of the same slots. */
void judge_compare(struct judge_score *out, const struct judge_row *rows,
		   const struct judge_row *base, uint32_t n, const struct judge_setup *s);

#endif
