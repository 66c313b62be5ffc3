/* sheet.c: the emergency sheet from its input: what is in danger, and whom the scope means. The
 * lines are made in sheet_verbs.c and guard.c, from the parts in sheet_line.c, trim.c and curve.c.
 *
 * 1. A pool whose equity is not known has no distance; its legs are in scope like any other.
 * 2. A stop counts only when it fires before its leg dies. */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "plan/sheet_inner.h"
#include "base/banned.h"

const char *const sheet_verb_name[SHEET_VERBS] = {"GUARD", "TRIM", "CARE", "NOW", "ADD"};

static const int64_t WHOLE = 1000000000000;
static const double SHOCK = 0.05, SIGMAS = 3, STEP = 0.05;

void why_put(char why[SHEET_WHY], const char *fmt, ...)
{
	struct buf b;
	va_list ap;

	buf_init(&b, why, SHEET_WHY);
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
}

static bool listed(const char (*list)[COIN_MAX], int n, const char *coin)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(list[i], coin))
			return true;
	return false;
}

bool sheet_whole(const struct flatten *f)
{
	return !f || (f->scope == FLAT_ALL && !f->n_keep && (!f->part.v || f->part.v >= WHOLE));
}

bool sheet_wants(const struct flatten *f, uint8_t account, const char *coin, struct qty szi)
{
	if (!f)
		return true;
	if ((f->account != 0xff && f->account != account) || listed(f->keep, f->n_keep, coin))
		return false;
	switch ((enum flatten_scope)f->scope) {
	case FLAT_LONGS:
		return szi.v > 0;
	case FLAT_SHORTS:
		return szi.v < 0;
	case FLAT_COINS:
		return listed(f->coin, f->n_coins, coin);
	case FLAT_ALL:
		break;
	}
	return true;
}

/* ---- what is in danger ---- */

double sheet_close_cost(const struct sheet_leg_in *l, double *model)
{
	double q = qty_to_double(leg_held(l));
	struct take t = {0};
	struct curve c;

	if (l->mark.v > 0) {
		curve_make(&c, l, q);
		t = curve_take(&c, 0, q);
	}
	if (model)
		*model = l->blind ? t.cost : t.model;
	return t.cost;
}

static void read_leg(struct sheet_work *w, uint32_t i)
{
	const struct sheet_leg_in *l = &w->in->leg[i];
	struct pool_leg *p = &w->leg[i];
	double value = qty_to_double(leg_held(l)) * price_to_double(l->mark);

	*p = (struct pool_leg){.notional = leg_long(l) ? value : -value,
			       .beta = l->beta,
			       .sigma = l->sigma_hour,
			       .tiers = l->tiers,
			       .n_tiers = l->n_tiers,
			       .cost = sheet_close_cost(l, NULL)};
	if (l->n_tiers)
		p->maint = pool_maint(p, value);
	else /* nothing known: half of it, never too little */
		p->maint = l->max_leverage > 0 ? value / (2.0 * l->max_leverage) : value / 2;
}

struct price leg_dies(const struct sheet_work *w, uint32_t leg, uint32_t pool)
{
	const struct sheet_leg_in *l = &w->in->leg[leg];
	const struct sheet_pool *p = &w->out->pool[pool];
	bool is_long = leg_long(l);
	double x = is_long ? p->sum.down : p->sum.up;
	double px = price_to_double(l->mark) * (1 + (is_long ? -x : x) * l->beta);
	struct price joint = {0};

	if (p->has_equity && x < POOL_NEVER && px > 0 &&
	    !price_from_double(&joint, px, is_long ? ROUND_UP : ROUND_DOWN))
		joint.v = 0;
	if (!l->has_liq || l->liq.v <= 0)
		return joint;
	if (!joint.v)
		return l->liq;
	return is_long ? (joint.v > l->liq.v ? joint : l->liq)
		       : (joint.v < l->liq.v ? joint : l->liq);
}

bool stop_in_time(const struct sheet_leg_in *l, struct price dies)
{
	if (!l->stop.v)
		return false;
	return !dies.v || (leg_long(l) ? l->stop.v > dies.v : l->stop.v < dies.v);
}

static void sort_legs(struct sheet_work *w, const struct sheet_pool_in *in, struct sheet_pool *p)
{
	double v[SHEET_LEGS] = {0};

	if (p->has_equity && p->sum.has_dies) {
		pool_helps_all(&w->leg[in->first], in->n, in->equity, &p->sum, v);
		memcpy(&w->help[in->first], v, in->n * sizeof v[0]);
	}
	p->n = in->n;
	for (int i = 0; i < in->n; i++) {
		int j = i;

		if (!p->has_equity) /* the largest first */
			v[i] = fabs(w->leg[in->first + i].notional);
		for (double k = v[i]; j > 0 && k > v[p->order[j - 1] - in->first]; j--)
			p->order[j] = p->order[j - 1];
		p->order[j] = (uint16_t)(in->first + i);
	}
}

static void read_pool(struct sheet_work *w, uint32_t k)
{
	const struct sheet_pool_in *in = &w->in->pool[k];
	struct sheet_pool *p = &w->out->pool[k];

	p->has_equity = in->has_equity;
	p->equity = in->equity;
	for (uint32_t i = in->first; in_pool(in, i); i++) {
		read_leg(w, i);
		p->wanted = p->wanted || w->in->leg[i].wanted;
	}
	p->sum = pool_measure(&w->leg[in->first], in->n, in->equity, w->in->sigma_btc);
	if (!in->has_equity) {
		p->sum.has_dies = p->sum.has_zero = false;
		p->sum.touch_s = POOL_NEVER;
		p->sum.down = p->sum.up = POOL_NEVER;
	}
	sort_legs(w, in, p);
	for (uint32_t i = in->first; in_pool(in, i); i++)
		if (!stop_in_time(&w->in->leg[i], leg_dies(w, i, k)))
			p->n_no_stop++;
}

static void head(struct sheet_work *w)
{
	struct sheet *o = w->out;
	double nearest = POOL_NEVER;

	o->touch_s = POOL_NEVER;
	o->left_out = w->in->left_out;
	o->unread = w->in->unread;
	for (uint32_t k = 0; k < w->in->n_pools; k++) {
		const struct sheet_pool *p = &o->pool[k];

		if (!p->wanted)
			continue;
		o->n_pools++;
		o->equity += p->has_equity ? p->equity : 0;
		o->maintenance += p->sum.maint;
		o->net += p->sum.net;
		o->net_beta += p->sum.net_beta;
		for (uint32_t i = w->in->pool[k].first; in_pool(&w->in->pool[k], i); i++) {
			if (!w->in->leg[i].wanted)
				continue;
			o->n_legs++;
			o->notional += fabs(w->leg[i].notional);
			o->n_no_stop += !stop_in_time(&w->in->leg[i], leg_dies(w, i, k));
		}
		if (p->sum.touch_s < o->touch_s)
			o->touch_s = p->sum.touch_s;
		if (!p->sum.has_dies || p->sum.dies >= nearest)
			continue;
		nearest = p->sum.dies;
		o->has_dies = true;
		o->nearest = (uint16_t)k;
		o->dies_pct = signed_pct(p->sum.side, p->sum.dies);
		o->backstop_pct = signed_pct(p->sum.side, p->sum.backstop);
		o->zero_pct = p->sum.has_zero ? signed_pct(p->sum.side, p->sum.zero) : 0;
	}
}

void sheet_knobs(struct sheet_in *in, struct ratio cushion)
{
	const struct panic_conf *k = &in->panic;

	in->shock = ratio_to_double(cushion);
	if (!k->rung_ms) /* all defaults */
		return;
	if (!(in->shock > 0))
		in->shock = ratio_to_double(k->trim_cushion);
	in->sigmas = k->trim_sigmas.v ? ratio_to_double(k->trim_sigmas) : -1;
	in->step = ratio_to_double(k->trim_round);
}

void sheet_make(const struct sheet_in *in, struct sheet *out)
{
	struct sheet_work w = {
		.in = in, .knob = in->panic.rung_ms ? &in->panic : panic_default(), .out = out};

	memset(out, 0, sizeof *out);
	w.shock = in->shock > 0 ? in->shock : SHOCK;
	w.sigmas = in->sigmas > 0 ? in->sigmas : in->sigmas < 0 ? 0 : SIGMAS;
	w.step = in->step >= 0.02 ? fmin(in->step, 1) : STEP;
	for (uint32_t k = 0; k < in->n_pools; k++)
		read_pool(&w, k);
	head(&w);
	make_now(&w);
	guard_line(&w);
	make_care(&w);
	make_trim(&w);
	make_add(&w);
}
