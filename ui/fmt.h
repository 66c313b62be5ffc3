/* fmt.h: numbers as people read them on every screen: comma for thousands, point, U+2212 minus,
 * never the locale's. Each returns its text by value: fmt_price(p, 2).s */
#ifndef EXEUNT_UI_FMT_H
#define EXEUNT_UI_FMT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/dec.h"

struct num {
	char s[40];
};

enum fmt_sign { SIGN_MINUS, SIGN_PLUS }; /* PLUS: a plus where the sign carries meaning */

/* x with so many decimals, half away from zero; "–" when it is not finite. */
struct num fmt_double(double x, int decimals, enum fmt_sign sign);
/* v at 10^-digits, cut toward zero to `decimals`. */
struct num fmt_fixed(int64_t v, int digits, int decimals, enum fmt_sign sign);
/* Whole USD; three significant digits with k or M when it needs more than w cells. */
struct num fmt_money(struct money m, int w, enum fmt_sign sign);
struct num fmt_usd(double usd, int w, enum fmt_sign sign);
struct num fmt_km(double usd, enum fmt_sign sign); /* always with k or M from 1,000 */
/* The venue's decimals, at most five significant digits; "–" for 0. */
struct num fmt_price(struct price p, int px_decimals);
struct num fmt_px(double p, int px_decimals);
/* Five digits, cut toward zero: for tables. */
struct num fmt_size5(struct qty q);
/* Whole if w cells hold it, else five digits, else with k or M. */
struct num fmt_size_in(struct qty q, int sz_decimals, int w);
/* Every digit of the venue's size. */
struct num fmt_size(struct qty q, int sz_decimals);
/* Distances: two decimals, one from 10 %. */
struct num fmt_pct(double pct, enum fmt_sign sign);
#define CHANCE_LEAST (1.0 / 500) /* no chance below it is told (operations.md 4) */
/* "1 in 64", "under 1 in 500"; short: "<1 in 500". */
struct num fmt_chance(double p, bool brief);
/* Time to a 1-in-10 touch, cut: "7m25", "12m", "15h", "2d". */
struct num fmt_touch(double s);
/* The same in words: "12 min", "2 min 15 s". */
struct num fmt_touch_words(double s);
/* At most two units: "<1s" "14s" "4m07" "1h36" "2d". */
struct num fmt_dur(double s);
struct num fmt_dur_words(double s);    /* "9 s", "2 min 10 s", "55 min" */
struct num fmt_clock(int64_t wall_ms); /* HH:MM:SS, UTC */
/* "ends near 20:31:05", "takes 15h": beyond half a day a time of day would be read as today's. */
struct num fmt_end(int64_t from_ms, double s);
struct num fmt_clock_ms(int64_t wall_ms); /* HH:MM:SS.mmm */
/* Text of the engine as a screen writes it: the minus of a number, arrows, plus-minus. */
void fmt_words(char *out, size_t cap, const char *text);
/* How many decimals price p of a market with px_decimals is shown with. */
int fmt_px_decimals(double p, int px_decimals);

#endif
