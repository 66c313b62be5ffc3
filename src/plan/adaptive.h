/* adaptive.h: arrival price with a few updates (Almgren and Lorenz 2007, "Adaptive arrival price";
 * Lorenz and Almgren 2011): follow kappa_first to the first of 1 to 4 updates, evenly spread over
 * the horizon, and choose kappa anew at each by what the market has given so far, so that
 * E + lambda V of the whole is least. The pre-committed optimum is aggressive in the money: it
 * spends gains to cut variance, so it lowers the objective, never the expected cost.
 *
 * No units: size, horizon and sigma sqrt(T) x size are 1; mu = (eta X/T)/(sigma sqrt T) is the
 * market power, lambda in 1/(sigma sqrt T X); kappa is kappa T. Worthless below mu 0.05, up to a
 * tenth of the objective for orders that strain the market (quant 1.7). */
#ifndef EXEUNT_PLAN_ADAPTIVE_H
#define EXEUNT_PLAN_ADAPTIVE_H

#include <stdbool.h>
#include <stdint.h>

enum { ADAPTIVE_UPDATES = 4, ADAPTIVE_GAINS = 61, ADAPTIVE_X = 56, ADAPTIVE_W = 192 };

struct adaptive_in {
	double mu, lambda;
	uint32_t updates; /* 1..ADAPTIVE_UPDATES, at j/(updates + 1) */
};

struct adaptive {
	struct adaptive_in in;
	double kappa_first;
	double mean; /* the cost that the policy is tied to: its own expected one */
	double cost, variance, objective; /* of the policy as it is written down */
	double objective_static;	  /* best without an update */
};

/* The policy at one update: kappa by the gain so far, the market's alone. It rises with the gain up
 * to the one at which the cost could be what it was said to be without any risk; past that the
 * optimum of E + lambda V is to wait and to burn the rest at the end, since a cost below the
 * expected one is variance too. adaptive_keep takes that back: never slower for having gained more;
 * what is gained beyond is kept, so the cost is less and more of it is spread. */
struct adaptive_step {
	uint32_t update;    /* 1.. */
	double left, spent; /* then: of the size; the model's cost of what was sold */
	double gain[ADAPTIVE_GAINS], kappa[ADAPTIVE_GAINS]; /* gains rise */
};

/* The caller's, about 0.4 MB. log(1 + kappa^2) after update j, by what is left and by the cost so
 * far less its expected whole. */
struct adaptive_work {
	double g[2][ADAPTIVE_X][ADAPTIVE_W];
	float kappa[ADAPTIVE_UPDATES][ADAPTIVE_X][ADAPTIVE_W];
	double w_lo, w_step, x_step;
};

/* False: updates out of range, mu or lambda not positive or beyond 1e-12..1e12, or nothing to
 * adapt to: an urgency sqrt(lambda/mu) over 1000, or a cost that is over 20 of its own deviations.
 * There the optimum is to burn what the market gives until the cost is what it was said to be.
 * About 0.1 s. */
bool adaptive_solve(const struct adaptive_in *in, struct adaptive_work *w, struct adaptive *out);
/* The next update of somebody who had `left` at update `from` (0: the start, left 1, spent 0) and
 * goes on by kappa. w: as adaptive_solve left it. from < updates. */
void adaptive_next(const struct adaptive *a, const struct adaptive_work *w, uint32_t from,
		   double left, double spent, double kappa, struct adaptive_step *out);
/* Between its points, and as at the outermost beyond them. */
double adaptive_kappa(const struct adaptive_step *s, double gain);

void adaptive_keep(struct adaptive_step *s);

/* What kappa sells of 1 in dt when `rest` is to go: the share left, and the integrals of v^2 and
 * x^2. */
double adaptive_piece(double kappa, double rest, double dt, double *v2, double *x2);

#endif
