/* panic.h: what the emergency sheet says, in words and numbers, for the views, the one line and
 * linear mode alike. Everything is read from struct ui; nothing is computed twice. */
#ifndef EXEUNT_UI_PANIC_H
#define EXEUNT_UI_PANIC_H

#include "ui/fmt.h"
#include "ui/ui.h"

/* A line as it is to be drawn: the one chosen stands as it was chosen, the others move. */
struct panic_shown {
	const struct sheet_in *in;
	const struct sheet_line *line;
};
struct panic_shown panic_shown(const struct ui *u, int verb);
/* Verb of the live choice, -1 none. */
int panic_chosen(const struct ui *u);
/* An account in scope is not read yet: what is held is not known, and not known is not flat. */
bool panic_unread(const struct ui *u);
/* The cuts of TRIM as it stands now, not the one chosen. */
void panic_cuts(const struct ui *u, struct flatten *f);
/* Indices into line->leg in the order the rows stand; returns how many. */
uint32_t panic_rows(const struct ui *u, struct panic_shown p, uint16_t out[SHEET_LEGS]);

/* The scope, with a role mark when it is ALL ACCOUNTS; brief for narrow terminals. */
void panic_scope_words(const struct ui *u, char *out, size_t cap, bool brief);
/* What a verb takes: "ETH 60, BTC 35, HYPE 25 %", "all 5 legs, ETH first", within w cells. */
void panic_size_words(const struct ui *u, int verb, char *out, size_t cap, int w);
/* After `Y`: "sends 5 orders in 2 actions, 4 cancels". */
void panic_sends(const struct ui *u, int verb, char *out, size_t cap, bool wide);
/* Message 2 in at most n lines of w cells: what, worst, cost, distance now and after, what makes it
 * worse. Lines not used are empty. */
enum { PANIC_SENTENCE = 240 };
void panic_sentence(const struct ui *u, int verb, char out[][PANIC_SENTENCE], int n, int w);
/* A reason why something is not offered, to stand after those words. */
const char *panic_why(const char *why);
/* "makes it worse" alone; empty when no price does. */
void panic_worse(struct panic_shown p, char *out, size_t cap);
/* The name of a pool; with that of its account where there are several in scope. */
void panic_pool_name(const struct ui *u, const struct sheet_in *in, uint32_t pool, char *out,
		     size_t cap);
/* "flat", "−5.30 %", "none": where the nearest pool of the scope dies afterwards. */
struct num panic_dies(const struct sheet_line *l);
struct num panic_dies_now(const struct ui *u);
struct num panic_takes(const struct sheet_line *l, int verb);
struct num panic_worst(struct panic_shown p, int verb);

/* All of the account or accounts, none kept: LOCAL LOCK follows NOW then, and only then. */
bool panic_whole(const struct ui *u);
/* What happens beside the orders. */
struct panic_effects {
	struct resting rests; /* counts of the sheet's line */
	uint32_t ends;
	char exits[96];	    /* "x2, x1" */
	char named[2][110]; /* cancelled, kept: ": BTC 107,500, ..." */
	char spot[96];	    /* "120 HYPE" */
};
void panic_effects(const struct ui *u, int verb, struct panic_effects *e);
/* What the kept ones are called: "stops", or "reduce-only" when there are limits among them. */
const char *panic_kept_word(const struct resting *r);

#endif
