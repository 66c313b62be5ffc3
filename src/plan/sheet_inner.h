/* sheet_inner.h: shared by the files of the sheet only: curve.c prices, sheet_line.c makes legs and
 * lines, trim.c cuts, sheet_verbs.c and guard.c fill the five lines, sheet.c the rest. */
#ifndef EXEUNT_PLAN_SHEET_INNER_H
#define EXEUNT_PLAN_SHEET_INNER_H

#include "base/buf.h"
#include "plan/sheet.h"
#include "plan/side.h"

/* curve.c: what taking coins from one leg's closing side costs. */
struct curve {
	bool buy, seen; /* seen: a book tells the depth */
	double mark, fee;
	double base; /* price at which the first coin goes */
	int n;
	/* USD worse than the best level; coins. A bucket of an aggregated book is one level, in its
	 * middle: what it costs on average. */
	double d[SIDE_ROOM(1)], q[SIDE_ROOM(1)];
	double depth;  /* coins of all levels */
	double depth5; /* of the five best */
	double coef;   /* beyond the depth the u-th coin goes at coef sqrt(u) worse than base */
};
struct take {
	double avg, last; /* prices; 0 when nothing was taken */
	double cost;	  /* USD against the mark, fee in */
	double model;	  /* of it, beyond the book or without one */
};
/* The fine book, and behind its last level the aggregated one when it holds less than `size`. */
void curve_make(struct curve *c, const struct sheet_leg_in *l, double size);
/* Coins from..to of the curve: what came before has not come back yet. */
struct take curve_take(const struct curve *c, double from, double to);

/* The instrument's rules for numbers alone. */
void leg_instr(const struct sheet_leg_in *l, struct instr *i);
/* The rungs of a close, by the rules of exec/ladder.c to the last digit. `bound`: never beyond,
 * 0 none. */
struct rungs {
	struct price px[SHEET_RUNGS], expected;
	bool held[SHEET_RUNGS]; /* at the bound */
};
bool rungs_make(const struct sheet_leg_in *l, const struct panic_conf *k, struct qty size,
		struct price bound, struct rungs *r);

/* One sheet being made. */
struct sheet_work {
	const struct sheet_in *in;
	const struct panic_conf *knob; /* the defaults when the input has none */
	struct sheet *out;
	double shock, sigmas, step;
	struct pool_leg leg[SHEET_LEGS]; /* of the pools as they are */
	double help[SHEET_LEGS];	 /* % of BTC for 1,000 USD, closed whole; 0: not known */
};

static inline bool leg_long(const struct sheet_leg_in *l)
{
	return l->szi.v > 0;
}
static inline struct qty leg_held(const struct sheet_leg_in *l)
{
	return (struct qty){l->szi.v < 0 ? -l->szi.v : l->szi.v};
}

static inline bool in_pool(const struct sheet_pool_in *p, uint32_t leg)
{
	return leg >= p->first && leg < (uint32_t)p->first + p->n;
}
static inline double signed_pct(int side, double x)
{
	return -side * x * 100;
}

/* Puts the leg's limits and costs for closing `size`; `bound` as for rungs_make. */
void leg_price(const struct sheet_work *w, struct sheet_leg *o, struct qty size, struct price bound,
	       double cost);
/* The price beyond which closing `part` of the leg makes its pool worse. */
void leg_worse_past(const struct sheet_work *w, struct sheet_leg *o, double part);
/* Sets up a leg of a line: its pool, side, price of zero equity. */
void leg_begin(const struct sheet_work *w, struct sheet_leg *o, uint32_t leg);
/* The price of the leg before which a stop must fire: where a common move the way that hurts it
 * kills its pool, or where the venue's own liquidation price stands, whichever comes first; 0:
 * neither. */
struct price leg_dies(const struct sheet_work *w, uint32_t leg, uint32_t pool);
/* Its stop rests on the safe side of that. */
bool stop_in_time(const struct sheet_leg_in *l, struct price dies);
/* cost_worst of the line from its legs: no pool loses more than it has. */
void line_worst(const struct sheet_work *w, struct sheet_line *line);
/* The pools in scope after the line. extra: USD put in, by pool, NULL none; closes: its legs go. */
void line_after(const struct sheet_work *w, struct sheet_line *line, const double *extra,
		bool closes);
/* What becomes of what rests: that of its legs, and `apart`, NULL none. */
void line_rests(const struct sheet_work *w, struct sheet_line *line, const struct resting *apart);
/* sheet_sent.c: orders and actions of the line, after line_order. */
void now_sent(const struct sheet_work *w, struct sheet_line *line);
void care_sent(const struct sheet_work *w, struct sheet_line *line);
void trim_sent(const struct sheet_work *w, struct sheet_line *line);
/* Costs of the line from its legs. */
void line_sums(const struct sheet_work *w, struct sheet_line *line);
/* The leg in most danger first. */
void line_order(const struct sheet_work *w, struct sheet_line *line);
void why_put(char why[SHEET_WHY], const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* sheet_verbs.c. CARE follows the legs of NOW. */
void make_now(struct sheet_work *w);
void make_care(struct sheet_work *w);
void make_trim(struct sheet_work *w);
void make_add(struct sheet_work *w);

/* guard.c: the line GUARD; after that of NOW, whose legs it follows. */
void guard_line(const struct sheet_work *w);

/* trim.c: the cuts of one pool, by leg of the pool. */
struct trim {
	struct qty cut[SHEET_LEGS];
	double cost[SHEET_LEGS];
	bool needed;	 /* the cushion is not there now */
	bool helps;	 /* some first step would move the death away, whatever it does to delta */
	bool enough;	 /* it is, with these cuts */
	bool any;	 /* something is cut */
	double short_by; /* USD of the conditions still missed */
	bool bounded;	 /* `least` says something */
	double least;	 /* USD: no cut of any size that reaches the cushion costs less */
};
void trim_pool(const struct sheet_work *w, uint32_t pool, struct trim *t);
/* trim_keep.c: the cuts shown before (sheet_leg_in.kept) in their place, where they do as well. */
void trim_keep(const struct sheet_work *w, uint32_t pool, struct trim *t);
/* The conditions of the cushion for a pool as it stands: USD missed, 0: met. */
double cushion_missed(const struct sheet_work *w, const struct pool_leg *legs, int n, double equity,
		      double sd);

#endif
