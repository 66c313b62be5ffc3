/* grammar_in.h: the options' numbers and the draft of a command, shared by table and parser. */
#ifndef EXEUNT_CORE_GRAMMAR_IN_H
#define EXEUNT_CORE_GRAMMAR_IN_H

#include "core/grammar.h"

enum opt_id {
	O_SIZE,
	O_TO,
	O_ALGO,
	O_FOR,
	O_BY,
	O_URGENCY,
	O_RISK,
	O_DANGER,
	O_BLOCK,
	O_WORKING,
	O_LAST,
	O_CAP,
	O_PLACE,
	O_RANDOM,
	O_DECLARED,
	O_OVERSHOOT,
	O_DEPTH,
	O_SEED,
	O_CATCH_UP,
	O_GUARD,
	O_NO_GUARD,
	O_TRIGGER,
	O_OFF,
	O_USD,
	O_POST_FOR,
	O_CHASE_MAX,
	O_CHASE_BP,
	O_PACE,
	O_LONGS,
	O_SHORTS,
	O_KEEP,
	O_PART,
	O_WORST,
	O_CUSHION,
	O_STOPS,
	O_AT,
	O_WHY,
	O_ACCOUNT,
	O_ALL_ACCOUNTS,
	O_DRY_RUN,
	O_YES,
	O_COUNT
};

/* What a command is collected in before it is judged whole. */
struct draft {
	const struct gram_ctx *ctx;
	const struct gram_verb *verb;
	const char *coin; /* the argument that names a market, NULL */
	uint64_t given;	  /* or of 1 << opt_id */
	struct cmd cmd;
};

/* An option with its value ("" when it takes none); an argument, in its order. */
bool gram_set_option(struct draft *d, const struct gram_opt *o, const char *v, struct err *e);
bool gram_set_argument(struct draft *d, const char *word, struct err *e);

#endif
