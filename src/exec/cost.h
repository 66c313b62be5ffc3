/* cost.h: implementation shortfall against arrival, split so that the parts add up exactly.
 *
 * For one fill of q coins at P (sell; a buy has the signs turned), arrival mid S0, mid when the
 * first child left S1, mid M and touch B when this child left:
 *   delay  (S1-S0) q      the market between the decision and our first order
 *   timing (M-S1) q       the market while we traded
 *   spread (B-M) q        crossed: the half spread; posted: (P-M) q, a gain when the touch held
 *   impact (P-B) q        crossed only: how deep we went
 *   fees, funding         as the venue charged
 *   unfilled (Send-S0) u  what the part not traded lost, u coins
 * Money is exact (1e-8 USD); the price parts of a fill sum to q (P-S0) because impact (or, posted,
 * spread) is the remainder. Negative is a cost. */
#ifndef EXEUNT_EXEC_COST_H
#define EXEUNT_EXEC_COST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "core/book.h"
#include "core/dec.h"
#include "core/snap.h"

struct cost_parts { /* negative is a cost */
	struct money delay, spread, impact, timing, fees, funding, unfilled;
};

/* What a child remembers of the moment it left. */
struct cost_mark {
	struct price mid, touch; /* touch: best price of the side we hit */
};

struct cost {			     /* of one exit */
	enum side side;		     /* of our orders */
	struct price arrival, first; /* mids; first 0: nothing sent yet */
	struct qty filled, maker;
	struct money value; /* sum of px*sz */
	struct cost_parts sum;
};

/* One fill; the parts of it are added to c->sum and, when not NULL, to *slice. False: overflow. */
bool cost_fill(struct cost *c, struct cost_parts *slice, struct price px, struct qty sz,
	       struct money fee, bool crossed, const struct cost_mark *at);
void cost_funding(struct cost *c, struct money paid); /* signed as the venue: negative is paid */
/* Sets the unfilled part for `left` coins at the mid of the end. */
bool cost_unfilled(struct cost *c, struct qty left, struct price mid);
struct money cost_total(const struct cost_parts *p);
bool cost_avg(const struct cost *c, struct price *avg);
/* The parts into *out (plan_* and vs_mean, vs_all_now, vs_end are left alone): total is the sum of
 * the seven in the order of the struct, exactly. */
void cost_snap(const struct cost *c, struct snap_cost *out);

/* One row of the export. */
struct cost_row {
	uint32_t slice;
	int64_t wall_ms;
	struct qty planned, filled;
	struct price avg;
	bool posted;
	struct cost_parts parts;
};
void cost_csv_header(struct buf *b);
void cost_csv_row(struct buf *b, const struct cost_row *r);
void cost_csv_total(struct buf *b, const struct cost *c);
void cost_json_row(struct buf *b, const struct cost_row *r);
/* Of several exits: coins and prices do not add up, money does. */
bool cost_add(struct cost_parts *sum, const struct cost_parts *p); /* false: overflow */
void cost_csv_sum(struct buf *b, const struct cost_parts *sum);
void cost_json_parts(struct buf *b, const struct cost_parts *p);

#endif
