/* mood.c: what of the book of now is a mood. A book that is thin or wide beside what is usual of it
 * (EST_DEPTH_20, EST_SPREAD) is on its way back when an order gets there, and as often as not it
 * has not come far.
 *
 * A sweep meets the next book: its walk times (levels now / usual)^DEPTH_BACK, its half spread
 * times (usual / now)^SPREAD_BACK, each with its own error. A schedule meets many: its half spread
 * is the usual one, its slope stays that of the book (impact is a small part of it, and re-solving
 * takes a mean of late).
 *
 * The powers are chosen between what the paper market's sweeps paid (t_calib) and what the first
 * halves of the recorded tapes show from one book to the next; HACKING.md has both.
 *
 * Invariants: (1) without a measured usual nothing is changed and nothing doubted; (2) no ratio
 * beyond RATIO_MOST counts for more; (3) what the meter adds or takes is told as model. */
#include <math.h>

#include "plan/plan_in.h"
#include "base/banned.h"

static const double DEPTH_BACK = 0.25, DEPTH_BACK_SD = 0.15;
static const double SPREAD_BACK = 0.25;
static const double SPREAD_DOUBT = 0.5; /* of what the spread is off its usual */
static const double RATIO_MOST = 1000;

static double usable(const struct estimate *e, double *sd)
{
	bool ok = !e->prior && e->value > 0 && isfinite(e->value) && isfinite(e->sd);
	*sd = ok ? e->sd : 0;
	return ok ? e->value : 0;
}

void plan_usual_of(struct plan_usual *out, const struct estimate est[EST_KINDS])
{
	out->depth = usable(&est[EST_DEPTH_20], &out->depth_sd);
	out->spread = usable(&est[EST_SPREAD], &out->spread_sd) * 1e-4;
	out->spread_sd *= 1e-4;
}

static double log_ratio(double now, double usual)
{
	double r = log(now / usual), most = log(RATIO_MOST);
	return fmin(fmax(r, -most), most);
}

/* Coins that the side we hit shows; a fast feed tells fewer levels than the usual is of. */
static double levels_now(const struct plan_problem *p)
{
	const struct book *b = p->book;
	double sum = 0;
	if (!b || b->fast)
		return 0;
	for (int k = 0; k < (p->side == SIDE_SELL ? b->n_bid : b->n_ask); k++)
		sum += qty_to_double((p->side == SIDE_SELL ? b->bid : b->ask)[k].sz);
	return sum;
}

void market_mood(const struct plan_problem *p, const struct market *m, struct mood *out)
{
	const struct plan_usual *u = &p->usual;
	double now = levels_now(p), usual = u->spread / 2 * m->mid;
	*out = (struct mood){.impact = 1, .half = m->impact.epsilon};
	if (!m->book_any)
		return;
	if (u->depth > 0 && now > 0) {
		double r = log_ratio(now, u->depth);
		out->deep = now / u->depth;
		out->impact = exp(DEPTH_BACK * r);
		out->impact_sd = out->impact * hypot(DEPTH_BACK_SD * r,
						     DEPTH_BACK * fmin(u->depth_sd / u->depth, 1));
	}
	if (usual > 0 && out->half > 0) {
		out->wide = out->half / usual;
		double half = out->half * exp(-SPREAD_BACK * log_ratio(out->half, usual));
		double sd = SPREAD_BACK * half * fmin(u->spread_sd / u->spread, 1);
		out->half_sd = hypot(SPREAD_DOUBT * fabs(out->half - usual), sd);
		out->half = half;
	}
}
