/* adaptive.c: see adaptive.h.
 *
 * Method: Var C = min over m of E(C - m)^2, so the objective is the least over m of
 * m + E[w + lambda w^2], w = C - m. What is still to come is a function of what is left and of w so
 * far alone: backward induction, without m, of
 *
 *   G_j(x, w) = min over kappa of c (1 + 2 lambda w) + lambda (c^2 + s^2) + E G_j+1(x', w + c - s
 * z)
 *
 * with c the cost and s the deviation of the period; G is what comes on top of w + lambda w^2, so
 * nothing large cancels. x lies on e^-ih of the most that can be left then, so a kappa that takes
 * one row to another does so wherever it begins: no interpolation in x, and in w every kappa is one
 * stencil. m and the first kappa come out of G_0(1, -m) + lambda m^2.
 *
 * Invariants: (1) cost and variance are those of the tables as they will be looked up, summed over
 * the tree of all periods; (2) never worse than the best schedule without an update: where the
 * tables cannot beat it, they are that schedule; (3) no kappa below 0: nothing is sold more slowly
 * than evenly. */
#include <math.h>

#include "base/check.h"
#include "plan/adaptive.h"
#include "base/banned.h"

/* The normal by the trapezoid rule, which is exact to 1e-13 for smooth functions at this step. */
enum { NODES = 15, RUNGS = 160 };
static const double NODE_STEP = 0.8;
static const double KAPPA_MOST = 1000, CERTAIN = 20;

static double normal_mass(double z, double step)
{
	return step * exp(-z * z / 2) / sqrt(2 * M_PI);
}

/* Integrals of v^2 and x^2 when 1 is sold over t by sinh(k (t - s)). */
static void whole(double k, double t, double *v2, double *x2)
{
	double a = k * t;
	if (a < 1e-4) {
		*v2 = 1 / t;
		*x2 = t / 3;
		return;
	}
	double e = exp(-2 * a), q = 1 - e, coth = (1 + e) / q, s2 = 4 * e / (q * q);
	*v2 = (k * coth + k * a * s2) / 2;
	*x2 = (coth / k - t * s2) / 2;
}

static double left_of(double k, double rest, double dt)
{
	double to = rest - dt;
	if (to <= 1e-12)
		return 0;
	if (k * rest < 1e-4)
		return to / rest;
	return exp(-k * dt) * expm1(-2 * k * to) / expm1(-2 * k * rest);
}

double adaptive_piece(double kappa, double rest, double dt, double *v2, double *x2)
{
	double rv, rx, left = left_of(kappa, rest, dt);
	whole(kappa, rest, v2, x2);
	if (left > 0) {
		whole(kappa, rest - dt, &rv, &rx);
		*v2 = fmax(*v2 - left * left * rv, 0);
		*x2 = fmax(*x2 - left * left * rx, 0);
	}
	return left;
}

/* The kappa that leaves `left`. */
static double kappa_of(double left, double rest, double dt)
{
	double lo = 0, hi = 1;
	while (left_of(hi, rest, dt) > left && hi < 1e9)
		hi *= 2;
	for (int i = 0; i < 60; i++) {
		double k = (lo + hi) / 2;
		if (left_of(k, rest, dt) > left)
			lo = k;
		else
			hi = k;
	}
	return lo;
}

/* ---- backward -------------------------------------------------------- */

/* Update j of n: the time to go, the length of a period, what is left at most. */
struct stage {
	double rest, dt, top;
};

static struct stage stage_at(uint32_t j, uint32_t updates)
{
	double dt = 1.0 / (updates + 1), rest = (updates + 1 - j) * dt;
	return (struct stage){rest, dt, rest};
}

/* The least of f between its rungs: a parabola through the best one and its neighbours; where it
 * lies, in rungs. The first rung may be the best one: then the parabola ends there. */
static double dip(const double *f, int n, int best, double *least)
{
	int mid = best < 1 ? 1 : best;
	if (n < 3 || best + 1 >= n) {
		*least = f[best];
		return best;
	}
	double slope = (f[mid + 1] - f[mid - 1]) / 2, curve = f[mid - 1] - 2 * f[mid] + f[mid + 1];
	double at = curve > 0 ? fmax(-1, fmin(-slope / curve, 1)) : best - mid;
	*least = f[mid] + slope * at + curve * at * at / 2;
	if (*least > f[best]) {
		*least = f[best];
		return best;
	}
	return mid + at;
}

/* Tables of kappa are kept so that they are smooth down to 0, as kappa^2 is by risk. */
static double kept(double kappa)
{
	return log1p(kappa * kappa);
}
static double kappa_kept(double y)
{
	return sqrt(expm1(y));
}

static double w_at(const struct adaptive_work *t, int i)
{
	return t->w_lo + t->w_step * i;
}

/* After the last update there is one kappa: the least of a ladder by log(1 + kappa). */
static void last_row(const struct adaptive_in *in, struct adaptive_work *t, uint32_t i,
		     double log_most)
{
	struct stage s = stage_at(in->updates, in->updates);
	double x = s.top * exp(-t->x_step * i), c[RUNGS], v[RUNGS];
	for (int r = 0; r < RUNGS; r++) {
		double v2, x2;
		whole(expm1(log_most * r / (RUNGS - 1)), s.rest, &v2, &x2);
		c[r] = in->mu * x * x * v2;
		v[r] = x * x * x2;
	}
	for (int j = 0; j < ADAPTIVE_W; j++) {
		double slope = 1 + 2 * in->lambda * w_at(t, j), f[RUNGS];
		int best = 0;
		for (int r = 0; r < RUNGS; r++) {
			f[r] = c[r] * slope + in->lambda * (c[r] * c[r] + v[r]);
			if (f[r] < f[best])
				best = r;
		}
		double at = dip(f, RUNGS, best, &t->g[in->updates & 1][i][j]);
		t->kappa[in->updates - 1][i][j] = (float)kept(expm1(at * log_most / (RUNGS - 1)));
	}
}

/* E G(row, w + move - s z) as weights on the grid of w: a cubic for every node. */
struct stencil {
	int from[NODES];
	double weight[NODES][4];
};

static void stencil_make(struct stencil *s, double move, double sd, double step)
{
	for (int q = 0; q < NODES; q++) {
		double at = (move - sd * NODE_STEP * (q - NODES / 2)) / step;
		double whole_at = floor(at), f = at - whole_at,
		       p = normal_mass(NODE_STEP * (q - NODES / 2), NODE_STEP);
		s->from[q] = (int)whole_at - 1;
		s->weight[q][0] = -p * f * (f - 1) * (f - 2) / 6;
		s->weight[q][1] = p * (f + 1) * (f - 1) * (f - 2) / 2;
		s->weight[q][2] = -p * (f + 1) * f * (f - 2) / 2;
		s->weight[q][3] = p * (f + 1) * f * (f - 1) / 6;
	}
}

/* Beyond its ends a row goes on straight. */
static double row_at(const double *g, int i)
{
	const int n = ADAPTIVE_W;
	if (i < 0)
		return g[0] + (g[1] - g[0]) * i;
	if (i >= n)
		return g[n - 1] + (g[n - 1] - g[n - 2]) * (i - n + 1);
	return g[i];
}

static double stencil_sum(const struct stencil *s, const double *g, int j)
{
	double sum = 0;
	for (int q = 0; q < NODES; q++) {
		int i = j + s->from[q];
		const double *w = s->weight[q];
		if (i >= 0 && i + 3 < ADAPTIVE_W)
			sum += w[0] * g[i] + w[1] * g[i + 1] + w[2] * g[i + 2] + w[3] * g[i + 3];
		else
			for (int k = 0; k < 4; k++)
				sum += w[k] * row_at(g, i + k);
	}
	return sum;
}

/* How stage j sells: kappa by how many rows it goes down, also between them. */
enum { FINE = 8 };
struct ways {
	double v2[ADAPTIVE_X], x2[ADAPTIVE_X];
	double kappa[FINE * (ADAPTIVE_X - 1) + 1];
};

static void ways_make(struct ways *y, uint32_t j, uint32_t updates, double step)
{
	struct stage s = stage_at(j, updates), to = stage_at(j + 1, updates);
	for (uint32_t d = 0; d <= FINE * (ADAPTIVE_X - 1); d++)
		y->kappa[d] =
			d == 0 ? 0 : kappa_of(to.top / s.top * exp(-step * d / FINE), s.rest, s.dt);
	for (uint32_t d = 0; d < ADAPTIVE_X; d++)
		adaptive_piece(y->kappa[FINE * d], s.rest, s.dt, &y->v2[d], &y->x2[d]);
}

static double ways_kept(const struct ways *y, double rows)
{
	double at = rows * FINE;
	int i = (int)fmin(at, FINE * (ADAPTIVE_X - 1) - 1);
	double a = kept(y->kappa[i]), b = kept(y->kappa[i + 1]);
	return a + (at - i) * (b - a);
}

/* One row of stage j: G, and kappa as it is kept, for every w. */
static void row(const struct adaptive_in *in, const struct adaptive_work *t, uint32_t j,
		const struct ways *y, uint32_t i, double g[ADAPTIVE_W], double kappa[ADAPTIVE_W])
{
	double x = stage_at(j, in->updates).top * exp(-t->x_step * i);
	double f[ADAPTIVE_W][ADAPTIVE_X], range = t->w_step * ADAPTIVE_W;
	uint32_t n = 0;
	for (uint32_t d = 0; d < ADAPTIVE_X; d++) {
		double c = in->mu * x * x * y->v2[d], var = x * x * y->x2[d];
		uint32_t to = i + d;
		double deep = 1; /* below the last row G falls as x^2 */
		struct stencil s;
		if (d > 0 && c > range)
			break; /* more than could be wanted */
		if (to >= ADAPTIVE_X) {
			deep = exp(-2 * t->x_step * (to - ADAPTIVE_X + 1));
			to = ADAPTIVE_X - 1;
		}
		stencil_make(&s, fmin(c, range), fmin(sqrt(var), range), t->w_step);
		for (int k = 0; k < ADAPTIVE_W; k++)
			f[k][d] = c * (1 + 2 * in->lambda * w_at(t, k)) +
				  in->lambda * (c * c + var) +
				  deep * stencil_sum(&s, t->g[(j + 1) & 1][to], k);
		n = d + 1;
	}
	for (int k = 0; k < ADAPTIVE_W; k++) {
		uint32_t best = 0;
		for (uint32_t d = 1; d < n; d++)
			if (f[k][d] < f[k][best])
				best = d;
		kappa[k] = ways_kept(y, dip(f[k], (int)n, (int)best, &g[k]));
	}
}

/* ---- the policy ------------------------------------------------------ */

static double kappa_at(const struct adaptive_work *t, uint32_t updates, uint32_t j, double x,
		       double w)
{
	double top = stage_at(j, updates).top;
	double a = x > 0 ? -log(x / top) / t->x_step : ADAPTIVE_X, b = (w - t->w_lo) / t->w_step;
	a = fmax(0, fmin(a, ADAPTIVE_X - 1));
	b = fmax(0, fmin(b, ADAPTIVE_W - 1));
	int i = (int)fmin(a, ADAPTIVE_X - 2), k = (int)fmin(b, ADAPTIVE_W - 2);
	const float *p = t->kappa[j - 1][i], *q = t->kappa[j - 1][i + 1];
	a -= i, b -= k;
	return kappa_kept((1 - a) * ((1 - b) * p[k] + b * p[k + 1]) +
			  a * ((1 - b) * q[k] + b * q[k + 1]));
}

/* First and second moment of w at the end, over the tree from stage j on. Kappa bends sharply where
 * enough is gained, so the steps are as fine as the number of leaves allows. */
static const double TREE_STEP[ADAPTIVE_UPDATES + 1] = {0, 0.1, 0.2, 0.4, 0.5};
struct tree {
	const struct adaptive_in *in;
	const struct adaptive_work *t;
	double first, sum, sum2;
};

static void grow(struct tree *r, uint32_t j, double x, double w, double p)
{
	struct stage s = stage_at(j, r->in->updates);
	double v2, x2;
	double k = j ? kappa_at(r->t, r->in->updates, j, x, w) : r->first;
	double left = adaptive_piece(k, s.rest, s.dt, &v2, &x2);
	double sd = x * sqrt(x2);
	w += r->in->mu * x * x * v2;
	if (j == r->in->updates) {
		r->sum += p * w;
		r->sum2 += p * (w * w + sd * sd);
		return;
	}
	double step = TREE_STEP[r->in->updates];
	int half = (int)(5.6 / step);
	for (int q = -half; q <= half; q++)
		grow(r, j + 1, x * left, w - sd * step * q, p * normal_mass(step * q, step));
}

/* As if there were no update. */
static void flat(struct adaptive_work *t, uint32_t updates, double kappa)
{
	for (uint32_t j = 0; j < updates; j++)
		for (int i = 0; i < ADAPTIVE_X; i++)
			for (int k = 0; k < ADAPTIVE_W; k++)
				t->kappa[j][i][k] = (float)kept(kappa);
}

static void start(const struct adaptive_in *in, const struct adaptive_work *t, struct adaptive *r)
{
	double g[ADAPTIVE_W], kappa[ADAPTIVE_W], f[ADAPTIVE_W], least;
	struct ways y;
	int best = 0;
	ways_make(&y, 0, in->updates, t->x_step);
	row(in, t, 0, &y, 0, g, kappa);
	for (int k = 0; k < ADAPTIVE_W; k++) {
		double m = -w_at(t, k);
		f[k] = in->lambda * m * m + g[k];
		if (f[k] < f[best])
			best = k;
	}
	double at = dip(f, ADAPTIVE_W, best, &least);
	int i = (int)fmin(at, ADAPTIVE_W - 2);
	r->mean = -t->w_lo - at * t->w_step;
	r->kappa_first = kappa_kept(kappa[i] + (at - i) * (kappa[i + 1] - kappa[i]));
}

bool adaptive_solve(const struct adaptive_in *in, struct adaptive_work *t, struct adaptive *out)
{
	struct adaptive r = {.in = *in};
	double v2, x2, k0 = sqrt(in->lambda / in->mu), dt = 1.0 / (in->updates + 1);
	if (in->updates < 1 || in->updates > ADAPTIVE_UPDATES ||
	    !(in->mu >= 1e-12 && in->mu <= 1e12) || !(in->lambda >= 1e-12 && in->lambda <= 1e12) ||
	    !(k0 <= KAPPA_MOST))
		return false;
	whole(k0, 1, &v2, &x2);
	if (in->mu * v2 > CERTAIN * sqrt(x2))
		return false;
	r.objective_static = in->mu * v2 + in->lambda * x2;
	t->w_lo = -2 * in->mu * v2 - 6 * sqrt(x2);
	t->w_step = (3 * in->mu * v2 + 12 * sqrt(x2)) / (ADAPTIVE_W - 1);
	t->x_step = fmax(6.0, 2 * k0 * dt + 4) / ADAPTIVE_X;
	for (uint32_t i = 0; i < ADAPTIVE_X; i++)
		last_row(in, t, i, fmax(8, log1p(k0) + 3));
	for (uint32_t j = in->updates - 1; j > 0; j--) {
		struct ways y;
		ways_make(&y, j, in->updates, t->x_step);
		for (uint32_t i = 0; i < ADAPTIVE_X; i++) {
			double kappa[ADAPTIVE_W];
			row(in, t, j, &y, i, t->g[j & 1][i], kappa);
			for (int k = 0; k < ADAPTIVE_W; k++)
				t->kappa[j - 1][i][k] = (float)kappa[k];
		}
	}
	start(in, t, &r);
	for (int plain = 0; plain < 2; plain++) {
		struct tree e = {.in = in, .t = t, .first = r.kappa_first};
		grow(&e, 0, 1, -r.mean, 1);
		r.cost = r.mean + e.sum;
		r.variance = e.sum2 - e.sum * e.sum;
		r.objective = r.cost + in->lambda * r.variance;
		if (r.objective <= r.objective_static * (1 + 1e-9))
			break;
		flat(t, in->updates, k0);
		r.kappa_first = k0;
		r.mean = in->mu * v2;
	}
	*out = r;
	return true;
}

void adaptive_next(const struct adaptive *a, const struct adaptive_work *w, uint32_t from,
		   double left, double spent, double kappa, struct adaptive_step *out)
{
	struct stage s = stage_at(from, a->in.updates);
	double v2, x2, all_v, sd;
	ASSERT(from < a->in.updates);
	out->update = from + 1;
	out->left = left * adaptive_piece(kappa, s.rest, s.dt, &v2, &x2);
	out->spent = spent + a->in.mu * left * left * v2;
	whole(a->kappa_first, 1, &all_v, &sd);
	for (int i = 0; i < ADAPTIVE_GAINS; i++) {
		double part = (double)(2 * i) / (ADAPTIVE_GAINS - 1) - 1;
		out->gain[i] = 3 * part * sqrt(sd);
		out->kappa[i] = kappa_at(w, a->in.updates, from + 1, out->left,
					 out->spent - a->mean - out->gain[i]);
	}
}

double adaptive_kappa(const struct adaptive_step *s, double gain)
{
	double step = s->gain[1] - s->gain[0], at = (gain - s->gain[0]) / step;
	at = fmax(0, fmin(at, ADAPTIVE_GAINS - 1));
	int i = (int)fmin(at, ADAPTIVE_GAINS - 2);
	at -= i;
	return kappa_kept((1 - at) * kept(s->kappa[i]) + at * kept(s->kappa[i + 1]));
}

void adaptive_keep(struct adaptive_step *s)
{
	for (int i = 1; i < ADAPTIVE_GAINS; i++)
		s->kappa[i] = fmax(s->kappa[i], s->kappa[i - 1]);
}
