/* drill_score.c: the score of a drill (drill_score.h). */
#include "paper/drill_score.h"

#define MONEY  60.0
#define TIME   15.0
#define TRUTH  15.0
#define TIDY   10.0

#define FULL_S 3.0
#define NONE_S 30.0
#define OVER   1.25 /* of what safety needed */

static double clip(double x, double lo, double hi)
{
	return x < lo ? lo : x > hi ? hi : x;
}

static double money(const struct drill_facts *f)
{
	double span = f->nothing - f->best;

	if (span < f->grain)
		span = f->grain;
	if (!(span > 0))
		return f->you <= f->best ? MONEY : 0;
	/* (nothing - you) / (nothing - best), written from the best's side. */
	return MONEY * clip(1.0 - (f->you - f->best) / span, 0, 1);
}

static double timely(const struct drill_facts *f)
{
	if (f->first_s < 0 || !f->settled)
		return 0;
	return TIME * clip((NONE_S - f->first_s) / (NONE_S - FULL_S), 0, 1);
}

static double truth(const struct drill_facts *f)
{
	double lost = 5.0 * (f->hidden_unknowns + f->ageless);

	return f->false_flats > 0 ? 0 : clip(TRUTH - lost, 0, TRUTH);
}

static double tidy(const struct drill_facts *f)
{
	double lost = 5.0 * (double)(uint32_t)(f->naked_s / 60.0);

	if (f->need >= 0 && f->cut > OVER * f->need)
		lost += 5;
	lost += f->budget_empty ? 5 : 0;
	lost += f->residue ? 3 : 0;
	return clip(TIDY - lost, 0, TIDY);
}

void drill_score(struct drill_points *out, const struct drill_facts *f)
{
	struct drill_points p = {.money = money(f),
				 .time = timely(f),
				 .truth = truth(f),
				 .tidy = tidy(f),
				 .cap = 100,
				 .why_cap = ""};

	if (f->liquidated) {
		p.cap = 40;
		p.why_cap = "liquidated by the venue";
	}
	if (f->backstopped) {
		p.cap = 20;
		p.why_cap = "taken by the backstop";
	}
	if (f->increased || f->above_ticket) {
		p.cap = 0;
		p.why_cap = f->increased ? "a position was increased or flipped"
					 : "more was sold than the ticket";
	}
	p.total = clip(p.money + p.time + p.truth + p.tidy, 0, p.cap);
	*out = p;
}
