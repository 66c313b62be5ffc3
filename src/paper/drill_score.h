/* drill_score.h: what a drill was worth, 0 to 100. The same function for people and for the
 * program; pure, so that every rule has a case counted by hand.
 *
 *   money 60   (nothing - you) / (nothing - best), clipped to 0..1. nothing: the loss of the same
 *              seed left alone; best: the least loss of a fixed family on the same seed. Where the
 *              two lie closer together than `grain`, grain stands for their difference: a seed in
 *              which nothing happens does not turn cents into points
 *   time 15    the first risk-reducing order on the wire: 15 at 3 s or less, 0 at 30 s; nothing
 *              unless the account was then flat (said, and true) or safe
 *   truth 15   -15 for any false FLAT, -5 for each unknown over 10 s that was not shown, -5 for
 * each number shown without its age while stale tidy 10    -5 for each naked minute, -5 for cutting
 * over 25 % more than safety needed, -5 for an empty budget, -3 for residue caps       liquidated
 * by the venue: 40; backstop: 20; a flip, an increase that no hedge needed or a sale above the
 * ticket: 0
 *
 * Each part stays at 0 or above. */
#ifndef EXEUNT_PAPER_DRILL_SCORE_H
#define EXEUNT_PAPER_DRILL_SCORE_H

#include <stdbool.h>
#include <stdint.h>

/* All of it measured by the venue, but what a screen said: that is told by the host. */
struct drill_facts {
	double nothing, best, you; /* losses, USD; positive is lost */
	double grain;		   /* USD */
	double first_s;		   /* from the alarm to the first risk-reducing order; < 0: none */
	bool settled;		   /* flat (said, and true), or safe, after it */
	uint32_t false_flats, hidden_unknowns, ageless; /* said by a screen */
	double naked_s;	   /* without a stop within 5 % of liquidation */
	double cut, need;  /* USD cut by orders; what safety needed, < 0: everything */
	bool budget_empty; /* a refusal for want of requests */
	bool residue;	   /* orders that could open, or dust, at the end */
	bool liquidated, backstopped;
	bool increased, above_ticket;
};

struct drill_points {
	double money, time, truth, tidy;
	double cap; /* 100: none */
	double total;
	const char *why_cap; /* "" none */
};

void drill_score(struct drill_points *out, const struct drill_facts *f);

#endif
