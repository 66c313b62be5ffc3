/* calc_updates.c: exeunt calc plan with "updates": the schedule that looks at the market a few
 * times (plan/adaptive.h). */
#include <math.h>

#include "base/check.h"
#include "host/calc_in.h"
#include "plan/ac.h"
#include "plan/adaptive.h"

/* Points of the policy that are told: every third. */
enum { EVERY = 3, TOLD = (ADAPTIVE_GAINS + EVERY - 1) / EVERY };

struct updates_in {
	struct ac ac;
	uint32_t slots, updates, done;
	double left, spent, kappa;
};
#define AT(f) offsetof(struct updates_in, f)
static const struct calc_field updates_fields[] = {
	{"size_units", CALC_NUM, CALC_ABOVE_0, .at = AT(ac.x)},
	{"horizon_s", CALC_NUM, CALC_ABOVE_0, .max = CALC_HORIZON_S, .at = AT(ac.horizon)},
	{"slots", CALC_INT, CALC_ABOVE_0, true, 240, .max = AC_SLOTS, .at = AT(slots)},
	{"sigma_usd_per_sqrt_s", CALC_NUM, CALC_ABOVE_0, .at = AT(ac.sigma)},
	{"eta_usd_s_per_unit2", CALC_NUM, CALC_ABOVE_0, .at = AT(ac.eta)},
	{"gamma_usd_per_unit2", CALC_NUM, CALC_FROM_0, true, 0, .at = AT(ac.gamma)},
	{"epsilon_usd_per_unit", CALC_NUM, CALC_FROM_0, true, 0, .at = AT(ac.epsilon)},
	{"lambda_per_usd", CALC_NUM, CALC_ABOVE_0, .at = AT(ac.lambda)},
	{"updates", CALC_INT, CALC_ABOVE_0, .max = ADAPTIVE_UPDATES, .at = AT(updates)},
	{"updates_done", CALC_INT, CALC_FROM_0, true, 0, .max = ADAPTIVE_UPDATES, .at = AT(done)},
	{"left_units", CALC_NUM, CALC_FROM_0, true, -1, .at = AT(left)},
	{"spent_usd", CALC_NUM, CALC_FROM_0, true, -1, .at = AT(spent)},
	{"kappa_per_s", CALC_NUM, CALC_FROM_0, true, -1, .at = AT(kappa)},
	CALC_END};
#undef AT

/* Where it stands: at the start, or told in full. */
static bool stands(const struct updates_in *in, struct err *e)
{
	bool told = in->left >= 0 && in->spent >= 0 && in->kappa >= 0;
	bool any = in->left >= 0 || in->spent >= 0 || in->kappa >= 0;

	if (in->done >= in->updates)
		return err_set(e, ERR_ARG, "updates_done is %u of %u: there is no next one.",
			       in->done, in->updates);
	if (in->done ? !told : any)
		return err_set(e, ERR_ARG,
			       "left_units, spent_usd and kappa_per_s are told with updates_done, "
			       "all of them.");
	if (in->done && in->left > in->ac.x)
		return err_set(e, ERR_ARG, "left_units of %g is more than size_units, %g.",
			       in->left, in->ac.x);
	return true;
}

bool calc_plan_updates(const struct jv *v, struct buf *b, struct err *e)
{
	static struct adaptive_work work;
	struct updates_in in = {0};
	struct adaptive a;
	struct adaptive_step s;

	if (!calc_read(v, updates_fields, "", &in, e) || !stands(&in, e))
		return false;
	const struct ac *c = &in.ac;
	double unit = c->sigma * sqrt(c->horizon) * c->x; /* USD */
	double eta = c->eta - c->gamma * c->horizon / in.slots / 2;
	if (!(eta > 0))
		return err_set(e, ERR_RULE,
			       "eta_usd_s_per_unit2 less half of gamma_usd_per_unit2 times a slot "
			       "is %g; it must be above 0: take more slots.",
			       eta);
	struct adaptive_in ask = {eta * c->x / c->horizon / (c->sigma * sqrt(c->horizon)),
				  c->lambda * unit, in.updates};
	if (!adaptive_solve(&ask, &work, &a))
		return err_set(e, ERR_RULE,
			       "market power %g and risk aversion %g (eta_usd_s_per_unit2, "
			       "lambda_per_usd) leave nothing to adapt to: leave out updates.",
			       ask.mu, ask.lambda);
	adaptive_next(&a, &work, in.done, in.done ? in.left / c->x : 1,
		      in.done ? in.spent / unit : 0,
		      in.done ? in.kappa * c->horizon : a.kappa_first, &s);
	double fixed = c->epsilon * c->x + c->gamma * c->x * c->x / 2;
	calc_num(b, "cost_usd", a.cost * unit + fixed);
	calc_num(b, "sd_usd", sqrt(a.variance) * unit);
	calc_num(b, "utility_usd", a.objective * unit + fixed);
	calc_num(b, "utility_without_updates_usd", a.objective_static * unit + fixed);
	calc_num(b, "kappa_first_per_s", a.kappa_first / c->horizon);
	calc_num(b, "update_at_s", c->horizon * s.update / (in.updates + 1));
	calc_num(b, "left_units", s.left * c->x);
	calc_num(b, "spent_usd", s.spent * unit);
	double gain[TOLD], kappa[TOLD];
	for (int i = 0; i < TOLD; i++) {
		gain[i] = s.gain[EVERY * i] * unit;
		kappa[i] = s.kappa[EVERY * i] / c->horizon;
	}
	calc_nums(b, "gains_usd", gain, TOLD);
	calc_nums(b, "kappas_per_s", kappa, TOLD);
	return true;
}
