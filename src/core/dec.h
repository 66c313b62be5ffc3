/* dec.h: fixed-point decimals in four types that C will not mix up.
 *
 *   struct price  1e-10 quote per coin     struct money  1e-8 quote (USD, USDC)
 *   struct qty    1e-8 coins, signed       struct ratio  1e-12, no unit (rates, shares)
 *
 * Products go through __int128. Every operation that can overflow returns false and leaves *out
 * alone; every rounding is named by the caller. Nothing here knows a locale or a double, but for
 * dec_*_to_double (drawing, models) and dec_*_from_double, the only quantisers back, which round
 * sizes toward zero and take a rounding for prices. */
#ifndef EXEUNT_CORE_DEC_H
#define EXEUNT_CORE_DEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum {
	PRICE_DIGITS = 10,
	QTY_DIGITS = 8,
	MONEY_DIGITS = 8,
	RATIO_DIGITS = 12,
};

struct price {
	int64_t v;
};
struct qty {
	int64_t v;
};
struct money {
	int64_t v;
};
struct ratio {
	int64_t v;
};

/* ROUND_DOWN is toward zero, FLOOR toward minus infinity. */
enum round { ROUND_DOWN, ROUND_UP, ROUND_FLOOR, ROUND_CEIL, ROUND_HALF_AWAY };

enum dec_result {
	DEC_OK,
	DEC_INEXACT, /* read, but digits beyond the scale were cut toward zero */
	DEC_BAD,     /* not a decimal number */
	DEC_RANGE,   /* does not fit */
};

/* Reads plain or exponent decimals ("1.2345e-1" occurs on the wire) of n bytes at `digits` scale.
 */
enum dec_result dec_parse(int64_t *out, const char *s, size_t n, int digits);
enum dec_result price_parse(struct price *out, const char *s, size_t n);
enum dec_result qty_parse(struct qty *out, const char *s, size_t n);
enum dec_result money_parse(struct money *out, const char *s, size_t n);
enum dec_result ratio_parse(struct ratio *out, const char *s, size_t n);

/* Wire text: plain, no exponent, trailing zeros and point stripped, "-0" is "0". */
void dec_put(struct buf *b, int64_t v, int digits);
void price_put(struct buf *b, struct price p);
void qty_put(struct buf *b, struct qty q);
/* Text of the wire as people read it: thousands before the point stand apart, "108,967.5". */
void dec_group(struct buf *b, const char *wire);
/* Into out, which they return, as sentences want them: sizes with every digit, prices by thousands
 * and with eight digits that count (what was computed has more), whole ones whole. */
const char *price_word(char out[40], struct price p);
const char *qty_word(char out[40], struct qty q);
void money_put(struct buf *b, struct money m);
void ratio_put(struct buf *b, struct ratio r);
/* Exactly `decimals` digits after the point, rounded half away from zero; for people. */
void dec_put_fixed(struct buf *b, int64_t v, int digits, int decimals);

/* v * 10^to / 10^from, rounded. */
bool dec_rescale(int64_t *out, int64_t v, int from, int to, enum round how);
/* Rounds v at `digits` scale to a multiple of 10^-decimals. */
bool dec_round(int64_t *out, int64_t v, int digits, int decimals, enum round how);
/* a*b/c in 128 bits, c != 0. */
bool dec_muldiv(int64_t *out, int64_t a, int64_t b, int64_t c, enum round how);

bool price_times_qty(struct money *out, struct price p, struct qty q, enum round how);
bool money_over_price(struct qty *out, struct money m, struct price p, enum round how);
bool money_over_qty(struct price *out, struct money m, struct qty q, enum round how);
bool money_times_ratio(struct money *out, struct money m, struct ratio r, enum round how);
bool money_over_money(struct ratio *out, struct money a, struct money b, enum round how);
bool price_times_ratio(struct price *out, struct price p, struct ratio r, enum round how);
bool qty_times_ratio(struct qty *out, struct qty q, struct ratio r, enum round how);
bool qty_add(struct qty *out, struct qty a, struct qty b);
bool money_add(struct money *out, struct money a, struct money b);
bool price_add(struct price *out, struct price a, struct price b);

double price_to_double(struct price p);
double qty_to_double(struct qty q);
double money_to_double(struct money m);
double ratio_to_double(struct ratio r);
bool price_from_double(struct price *out, double x,
		       enum round how);		 /* false: not finite or out of range */
bool qty_from_double(struct qty *out, double x); /* toward zero */
bool money_from_double(struct money *out, double x);

#endif
