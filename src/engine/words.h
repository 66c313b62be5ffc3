/* words.h: numbers inside the sentences of operations.md 9. English forms, never the locale's; the
 * numbers are estimates for people and reach no order. */
#ifndef EXEUNT_ENGINE_WORDS_H
#define EXEUNT_ENGINE_WORDS_H

#include <stdint.h>

#include "base/buf.h"
#include "core/dec.h"
#include "core/instr.h"

void put_money(struct buf *b, double usd);	 /* "110,929": whole USD, without a sign */
void put_money_short(struct buf *b, double usd); /* "1.84 M", "370k", "9,840" */
void put_size(struct buf *b, double coins);	 /* five digits, cut: "16.827", "4,032" */
void put_span_words(struct buf *b, int64_t ns); /* "3.2 s", "14 s", "2 min 10 s", "55 min", "3 h" */
void put_since_words(struct buf *b, int64_t ns); /* the same in whole seconds: "9 s" */
/* Time to a 1-in-10 touch, cut: "12 s", "2 min 15 s", "12 min", "15 h", "2 d". */
void put_touch_words(struct buf *b, double s);
void put_pct(struct buf *b, double share); /* signed, one decimal: "-0.5 %" */
/* A distance, one decimal, cut: never farther than it is, and as row 0 says it: "1.4 %". */
void put_distance(struct buf *b, double share);

#endif
