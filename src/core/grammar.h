/* grammar.h: words to struct cmd; one grammar for the shell and for ':' on the screen.
 *
 * Pure: the caller says the time, its account and the names of the accounts. Refusals are worded as
 * screens.md 5.7 and name the wrong word by its index. A bare number is never a size: sizes are
 * 0.5BTC, 25000USD, 40%, all. `k` is a thousand, `M` a million. Prices: 108.5k, -1% (of the mark),
 * liq+0.2%, bid-3bp, ask+1%, mark-1%, arrival-2%. Durations: 90s, 30m, 1h30m. Clock: 18:05Z. */
#ifndef EXEUNT_CORE_GRAMMAR_H
#define EXEUNT_CORE_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/cmd.h"
#include "core/instr.h"

struct gram_ctx {
	int64_t wall_ms; /* for --by */
	uint8_t account; /* when none is named; 0xff is all, where that has a meaning */
	int n_accounts;
	const char *const *accounts;
};

/* Where a value's error lies is told by `bad`, an index into words (n: something is missing). */
bool gram_parse(const struct gram_ctx *ctx, struct cmd *out, int n, const char *const *words,
		int *bad, struct err *e);

/* One option of a verb; choices are space-separated when the value is one of a list. */
struct gram_opt {
	const char *name; /* without "--" */
	const char *arg;  /* NULL: a switch */
	const char *choices;
	const char *help;
	uint8_t id; /* enum in grammar.c */
};

struct gram_verb {
	const char *name;
	const char *args; /* as shown after the name */
	const char *help;
	uint8_t kind; /* enum cmd_kind */
	uint8_t args_min, args_max;
	const struct gram_opt *const *opts; /* NULL-terminated */
};

extern const struct gram_verb gram_verbs[]; /* ends with name NULL */
const struct gram_verb *gram_verb_find(const char *name);

/* The single values. `s` is NUL-terminated; `coin` may be NULL when none is known. */
bool gram_size(struct size *out, const char *s, const char *coin, struct err *e);
bool gram_target(struct ticket *out, const char *s, const char *coin, struct err *e);
bool gram_price(struct price_spec *out, const char *s, struct err *e);
bool gram_percent(struct ratio *out, const char *s, struct err *e); /* "40%" or "25bp" */
bool gram_factor(struct ratio *out, const char *s, struct err *e);  /* "1.5x" */
bool gram_unit(struct ratio *out, const char *s, struct err *e);    /* 0..1 */
bool gram_duration(int64_t *ms, const char *s, struct err *e);
bool gram_clock(int64_t *until_ms, const char *s, int64_t wall_ms, struct err *e);
bool gram_exit_id(uint32_t *out, const char *s, struct err *e); /* "x2" */
/* "x2", or "p2" with WHICH_PANIC: a CARE or TRIM under way. */
bool gram_which(uint32_t *out, const char *s, struct err *e);

/* 108500.5 as 108,500.5: what people read in a refusal; out of 64. */
void gram_price_text(char *out, size_t cap, struct price p);
/* Price and size against the venue's rules, with the neighbours that would do. */
bool gram_price_on_tick(const struct instr *i, struct price p, struct err *e);

/* Splits a line at blanks in place (double quotes hold blanks together). Returns the number of
 * words, -1 when there are more than cap. */
int gram_split(char *line, const char **words, int cap);
/* Edit distance, at most 4; for "Near: ...". */
int gram_distance(const char *a, const char *b);
/* Fills `out` with the nearest of `n` names or leaves it empty. */
void gram_near(char *out, size_t cap, const char *word, const char *const *names, size_t n);

#endif
