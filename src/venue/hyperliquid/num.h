/* num.h: numbers as the venue writes them. Values are fixed point (core/dec.h), the tick and lot
 * rules are core/instr.h; here is only text: at most 8 decimals, no sign, no exponent, no trailing
 * zeros, no trailing point. */
#ifndef EXEUNT_VENUE_HYPERLIQUID_NUM_H
#define EXEUNT_VENUE_HYPERLIQUID_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/dec.h"
#include "core/instr.h"

enum { NUM_TEXT_MAX = 24, NUM_WIRE_DECIMALS = 8 };

/* The text for an action; returns its length, 0 when the value cannot be written: negative, or a
 * price with a ninth decimal. Zero is "0". */
size_t num_price_text(char out[NUM_TEXT_MAX], struct price p);
size_t num_qty_text(char out[NUM_TEXT_MAX], struct qty q);

/* Decimal text of a person or a program to wire text: surrounding zeros and a bare point go, "-0"
 * is "0". Refuses what is no number, what needs a ninth decimal, and what does not fit. */
bool num_to_wire(char out[NUM_TEXT_MAX], const char *text, size_t n);
/* Decimal text times 10^power as an integer, exactly. */
bool num_to_u64(uint64_t *out, const char *text, size_t n, int power);

/* What the venue's own parser takes in p and s: digits with at most one point inside, decimals
 * after the eighth all zero. Anything else is refused with HTTP 422. */
bool num_wire_ok(const char *text, size_t n);

enum num_result {
	NUM_OK,
	NUM_ZERO, /* the text is "0": nothing is left of the number; not for an order */
	NUM_BAD,  /* not a decimal number, or out of range; no text */
};

/* Text rounded by the instrument's rule, the sign kept: for numbers typed or taken from elsewhere.
 * Above 10^px_sig the venue also takes every integer: an integer passes as it is, a number with a
 * fraction is rounded to px_sig digits as the SDKs do (core/instr.h keeps the finer grid). */
enum num_result num_round_price(char out[NUM_TEXT_MAX + 1], const struct instr *i, const char *text,
				size_t n, enum round how);
enum num_result num_round_qty(char out[NUM_TEXT_MAX + 1], const struct instr *i, const char *text,
			      size_t n, enum round how);

#endif
