/* drill_run.c: a drill while it runs (drill.h): the world as its row says, and the record of it.
 *
 * 1. The record is the venue's own knowledge: marks, positions, fills, requests as they came in. It
 *    is written once a second of venue time and reads no clock.
 * 2. Ours is what came over the wire or from a drill_hand: not the other hand's (client ids that
 *    begin with "hand"), not the venue's (liquidations, ADL), not what lay there at the start. */
#include "paper/drill.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "paper/state.h"

#include "base/banned.h"

enum { EVENTS_MAX = 20000 };
#define NEVER	  1e9
#define SPARE_USD 1e8

static double usd(int64_t v)
{
	return (double)v / (double)USD;
}

static double coins(int64_t v)
{
	return (double)v / 1e8;
}

static double px(int64_t v)
{
	return (double)v / (double)PX_ONE;
}

static const struct acct *acct(const struct drill_run *r)
{
	return r->paper->main;
}

double drill_seconds(const struct drill_run *r)
{
	return (double)(r->paper->now - r->alarm_ms) / 1000.0;
}

/* ---- the account ---- */

static double mid_of(const struct drill_run *r, uint32_t i)
{
	return px(r->paper->coin[r->asset[i]].mid);
}

/* Equity at which a joint move of dies_pct meets maintenance. */
static double equity_wanted(const struct drill_run *r)
{
	const struct drill *d = r->conf.drill;
	double maint = 0, delta = 0, back = 0, x = d->dies_pct / 100.0;

	for (uint32_t i = 0; i < d->n_legs; i++) {
		double n = d->leg[i].size * mid_of(r, i), b = d->leg[i].beta;
		double m = fabs(n) / (2.0 * r->paper->coin[r->asset[i]].c.max_leverage);

		maint += m;
		delta += n * b;
		back += m * b;
	}
	return maint + x * (fabs(delta) - (delta >= 0 ? back : -back));
}

static bool fund(struct drill_run *r, double by)
{
	struct money m;

	return money_from_double(&m, by) && paper_fund(r->paper, r->conf.addr, m);
}

static bool leg_make(struct drill_run *r, uint32_t i, struct err *e)
{
	const struct drill_leg *l = &r->conf.drill->leg[i];
	const struct coin *c = &r->paper->coin[r->asset[i]];
	struct price entry = {0};
	struct qty szi = {0};

	if (!price_from_double(&entry, mid_of(r, i) * l->entry, ROUND_HALF_AWAY) ||
	    !qty_from_double(&szi, l->size))
		return err_set(e, ERR_BUG, "drill leg %s", l->coin);
	entry.v = price_round(c, entry.v, false);
	return paper_position(r->paper, r->conf.addr, l->coin, szi, entry, l->leverage, false) ||
	       err_set(e, ERR_BUG, "drill leg %s: %s", l->coin,
		       r->paper->why ? r->paper->why : "refused");
}

static bool account_make(struct drill_run *r, struct err *e)
{
	const struct drill *d = r->conf.drill;
	struct margin m;

	if (!fund(r, SPARE_USD))
		return err_set(e, ERR_ARG, "the account %s cannot be funded", r->conf.addr);
	for (uint32_t i = 0; i < d->n_legs; i++) {
		int32_t c = coin_by_name(r->paper, d->leg[i].coin);

		ASSERT(c >= 0);
		r->asset[i] = (uint16_t)c;
		if (!leg_make(r, i, e))
			return false;
	}
	pm_sum(r->paper, acct(r), &m);
	if (!fund(r, equity_wanted(r) - usd(m.equity)))
		return err_set(e, ERR_BUG, "the account's cash is out of range");
	if (r->conf.agent[0] && !paper_agent(r->paper, r->conf.addr, r->conf.agent))
		return err_set(e, ERR_ARG, "the agent %s is refused", r->conf.agent);
	return true;
}

/* ---- start and end ---- */

static bool market_make(struct drill_run *r, struct err *e)
{
	const struct drill *d = r->conf.drill;
	double lead_ms = DRILL_CALM_S * 1000.0 * d->speed;
	struct gen_conf g = {.seed = r->conf.seed,
			     .start_ms = r->conf.start_ms,
			     .speed = r->conf.speed,
			     .scenario = &r->scene,
			     .coin = r->par,
			     .n_coins = d->n_coins};

	if (d->hour_s > 0) { /* the hour strikes then, on the market's clock */
		int64_t at = r->conf.start_ms + (int64_t)(lead_ms + d->hour_s * d->speed * 1000.0);

		g.clock_ms = (HOUR_MS - at % HOUR_MS) % HOUR_MS;
	}
	for (uint32_t i = 0; i < d->n_coins; i++) {
		if (!gen_param_like(&r->par[i], &d->coin[i].like))
			return err_set(e, ERR_BUG, "drill coin %s", d->coin[i].like.name);
		if (d->coin[i].refill_s > 0)
			r->par[i].refill_s = d->coin[i].refill_s;
	}
	r->gen = gen_new(&g);
	return r->gen || err_set(e, ERR_LIMIT, "out of memory");
}

/* A request came in: before any fault has touched it. */
static void on_request(void *ctx, const struct action *act);

bool drill_open(struct drill_run *r, const struct drill_conf *conf, struct err *e)
{
	struct paper_conf pc;

	*r = (struct drill_run){.conf = *conf, .scene = conf->drill->scene, .first_s = -1};
	if (!(r->conf.speed > 0))
		r->conf.speed = conf->drill->speed;
	r->pace = conf->drill->speed / r->conf.speed;
	r->alarm_ms = conf->start_ms + (int64_t)(DRILL_CALM_S * 1000 * r->pace);
	r->end_ms = r->alarm_ms + (int64_t)(conf->drill->length_s * 1000 * r->pace);
	r->sampled_ms = conf->start_ms;
	if (!market_make(r, e))
		return false;
	pc = (struct paper_conf){.seed = conf->seed,
				 .market = gen_market(r->gen),
				 .start_ms = conf->start_ms,
				 .source = conf->source,
				 .block_ms = conf->block_ms,
				 .scenario = &r->scene};
	r->paper = paper_new(&pc);
	if (!account_make(r, e)) {
		drill_close(r);
		return false;
	}
	r->paper->spy = on_request;
	r->paper->ask = drill_ask;
	r->paper->spy_ctx = r;
	return true;
}

void drill_close(struct drill_run *r)
{
	paper_free(r->paper);
	gen_free(r->gen);
	free(r->sample);
	free(r->event);
	*r = (struct drill_run){0};
}

/* ---- the record ---- */

static struct drill_event *event_add(struct drill_run *r, enum drill_event_kind kind)
{
	if (r->n_events == r->cap_events) {
		r->cap_events = r->cap_events ? 2 * r->cap_events : 64;
		r->event = realloc(r->event, r->cap_events * sizeof *r->event);
		ASSERT(r->event != NULL);
	}
	struct drill_event *v = &r->event[r->n_events];

	if (r->n_events + 1 < EVENTS_MAX)
		r->n_events++;
	*v = (struct drill_event){.t_s = drill_seconds(r), .kind = kind};
	return v;
}

static void order_words(const struct drill_run *r, const struct oreq *o, char *text, size_t cap)
{
	const struct coin *c = o->asset < r->paper->n_coins ? &r->paper->coin[o->asset] : NULL;

	snprintf(text, cap, "%s %.6g %s%s %.6g%s", o->buy ? "buy" : "sell", coins(o->s),
		 c ? c->c.name : "?", o->trigger ? ", worst" : " at", coins(o->p),
		 o->ro ? ", reduce-only" : "");
}

static bool reduces(const struct drill_run *r, const struct oreq *o)
{
	int64_t szi = o->asset < r->paper->n_coins ? acct(r)->pos[o->asset].szi : 0;

	return o->ro || (szi != 0 && (szi > 0) != o->buy);
}

static void first(struct drill_run *r, struct drill_event *v)
{
	v->reduces = true;
	if (r->first_s < 0 && v->t_s >= 0)
		r->first_s = v->t_s;
}

/* The same bytes by another road: one nonce, one action. */
static bool seen(struct drill_run *r, uint64_t nonce)
{
	for (uint32_t i = 0; nonce && i < DRILL_NONCES; i++)
		if (r->nonce[i] == nonce)
			return true;
	r->nonce[r->n_nonces++ % DRILL_NONCES] = nonce;
	return false;
}

static void on_request(void *ctx, const struct action *act)
{
	struct drill_run *r = ctx;
	struct drill_event *v;

	if (act && seen(r, act->nonce))
		return;
	if (act == NULL) { /* refused for want of requests */
		r->limited++;
		snprintf(event_add(r, DE_LIMITED)->text, sizeof v->text, "too many requests");
		return;
	}
	if (act->kind == AK_TWAP) {
		v = event_add(r, DE_ORDER);
		snprintf(v->text, sizeof v->text, "venue TWAP: %s %.6g over %lld min%s",
			 act->yes ? "buy" : "sell", coins(act->s), (long long)act->num,
			 act->yes2 ? ", reduce-only" : "");
		if (act->yes2)
			first(r, v);
		return;
	}
	if (act->kind != AK_ORDER) {
		bool cancel = act->kind == AK_CANCEL || act->kind == AK_CANCEL_CLOID;

		v = event_add(r, cancel ? DE_CANCEL : DE_OTHER);
		snprintf(v->text, sizeof v->text, "%s%s%u", act_name(act->kind),
			 cancel ? " of " : "", cancel ? act->n : 0);
		return;
	}
	for (uint32_t i = 0; i < act->n; i++) {
		const struct oreq *o = &act->order[i];

		v = event_add(r, o->trigger ? DE_STOP : DE_ORDER);
		order_words(r, o, v->text, sizeof v->text);
		if (reduces(r, o))
			first(r, v);
	}
}

/* Stops that would close the leg, coins. */
static int64_t stopped(const struct acct *a, uint16_t coin)
{
	int64_t szi = a->pos[coin].szi, sum = 0;

	for (const struct order *o = a->first; o != NULL; o = o->next)
		if (o->coin == coin && o->kind == OK_TRIGGER && !o->fired && !o->tp && o->ro &&
		    o->buy == (szi < 0))
			sum += o->position_tpsl && o->sz == 0 ? (szi < 0 ? -szi : szi) : o->sz;
	return sum;
}

/* The joint move of BTC that liquidates, in %; which way is *down. */
static double dies(const struct drill_run *r, bool *down)
{
	const struct drill *d = r->conf.drill;
	double maint = 0, delta = 0, back = 0, left;
	struct margin m;

	for (uint32_t i = 0; i < d->n_legs; i++) {
		const struct coin *c = &r->paper->coin[r->asset[i]];
		double n = usd(pm_ntl(c->mark, acct(r)->pos[r->asset[i]].szi));
		double mm = fabs(n) / (2.0 * c->c.max_leverage);

		maint += mm;
		delta += n * d->leg[i].beta;
		back += mm * d->leg[i].beta;
	}
	pm_sum(r->paper, acct(r), &m);
	*down = delta >= 0;
	left = usd(m.equity) - maint;
	if (!(fabs(delta) > 0))
		return NEVER;
	double speed = fabs(delta) - (*down ? back : -back);

	return speed > 0 ? 100.0 * left / speed : NEVER;
}

static bool is_naked(const struct drill_run *r, double dies_pct, bool down)
{
	const struct drill *d = r->conf.drill;

	if (dies_pct >= 5.0)
		return false;
	for (uint32_t i = 0; i < d->n_legs; i++) {
		int64_t szi = acct(r)->pos[r->asset[i]].szi, sz = szi < 0 ? -szi : szi;

		if (usd(pm_ntl(r->paper->coin[r->asset[i]].mark, sz)) < 1000 || (szi > 0) != down)
			continue;
		if (stopped(acct(r), r->asset[i]) < sz)
			return true;
	}
	return false;
}

static void sample(struct drill_run *r)
{
	const struct drill *d = r->conf.drill;
	struct margin m;
	bool down;

	if (r->n_samples == r->cap_samples) {
		r->cap_samples = r->cap_samples ? 2 * r->cap_samples : 512;
		r->sample = realloc(r->sample, r->cap_samples * sizeof *r->sample);
		ASSERT(r->sample != NULL);
	}
	struct drill_sample *s = &r->sample[r->n_samples++];

	pm_sum(r->paper, acct(r), &m);
	*s = (struct drill_sample){.t_s = drill_seconds(r), .equity = usd(m.all_equity)};
	s->dies_pct = dies(r, &down);
	s->naked = is_naked(r, s->dies_pct, down);
	for (uint32_t i = 0; i < d->n_legs; i++) {
		const struct coin *c = &r->paper->coin[r->asset[i]];

		s->szi[i] = coins(acct(r)->pos[r->asset[i]].szi);
		s->mark[i] = px(c->mark);
		s->mid[i] = px(c->mid);
	}
	if (r->alarmed || r->paper->now < r->alarm_ms)
		return;
	r->alarmed = true;
	r->equity0 = s->equity;
	memcpy(r->mark0, s->mark, sizeof r->mark0);
	memcpy(r->size0, s->szi, sizeof r->size0);
}

/* Spans of blocks in which it was flat. */
static void look_flat(struct drill_run *r)
{
	bool more = r->n_flat > 0 && r->flat[r->n_flat - 1].to_ms == r->looked_ms;

	r->looked_ms = r->paper->block;
	if (!drill_is_flat(r))
		return;
	if (!more) {
		if (r->n_flat == DRILL_FLATS)
			r->n_flat--; /* the newest matter */
		r->flat[r->n_flat++].from_ms = r->looked_ms;
	}
	r->flat[r->n_flat - 1].to_ms = r->looked_ms;
}

void drill_tick(struct drill_run *r)
{
	struct paper_note n;

	while (paper_note(r->paper, &n)) {
		struct drill_event *v = event_add(r, DE_NOTE);

		v->t_s = (double)(n.time_ms - r->alarm_ms) / 1000.0;
		snprintf(v->text, sizeof v->text, "%s%.100s", n.ok ? "" : "REFUSED ", n.text);
	}
	for (int mark = 0; mark < 2; mark++)
		if (!(mark ? mark_is_stale(r->paper) : book_is_stale(r->paper)))
			r->still_s[mark] = drill_seconds(r);
	if (r->paper->block > r->looked_ms)
		look_flat(r);
	if (r->paper->now < r->sampled_ms)
		return;
	while (r->sampled_ms <= r->paper->now)
		r->sampled_ms += 1000;
	sample(r);
}

void drill_finish(struct drill_run *r)
{
	sample(r);
}

bool drill_over(const struct drill_run *r)
{
	return r->paper->now >= r->end_ms || r->ended_flat;
}

double drill_still_s(const struct drill_run *r, bool mark)
{
	return drill_seconds(r) - r->still_s[mark];
}

/* ---- what it came to ---- */

bool drill_is_flat(const struct drill_run *r)
{
	for (uint32_t i = 0; i < r->paper->n_coins; i++)
		if (acct(r)->pos[i].szi != 0)
			return false;
	return paper_openers(r->paper, r->conf.addr) == 0;
}

double drill_notional(const struct drill_run *r)
{
	double sum = 0;

	for (uint32_t i = 0; i < r->conf.drill->n_legs; i++)
		sum += fabs(r->size0[i]) * r->mark0[i];
	return sum;
}

double drill_loss(const struct drill_run *r)
{
	const struct drill_sample *last = &r->sample[r->n_samples - 1];
	double equity = last->equity;

	if (!r->alarmed)
		return 0;
	for (uint32_t i = 0; i < r->conf.drill->n_legs; i++) {
		double worst = last->mark[i];

		for (uint32_t k = r->n_samples; k > 0 && r->sample[k - 1].t_s >= last->t_s - 60;
		     k--) {
			double m = r->sample[k - 1].mark[i];

			worst = last->szi[i] > 0 ? fmin(worst, m) : fmax(worst, m);
		}
		equity += last->szi[i] * (worst - last->mark[i]);
	}
	/* What is below nothing is the venue's. */
	return fmin(r->equity0 - equity, r->equity0);
}

static bool of_the_hand(const struct fill *f)
{
	return f->has_cloid && memcmp(f->cloid, "hand", 4) == 0;
}

static bool of_the_venue(const struct fill *f)
{
	return f->liq_mark > 0 || f->liq_user != NULL || f->backstop || f->adl;
}

/* Fills since the alarm that our requests made; TWAPs are ours when they are reduce-only. */
static uint32_t our_fills(const struct drill_run *r, const struct fill **list, bool slices)
{
	*list = slices ? acct(r)->slices : acct(r)->fills;
	return slices ? acct(r)->n_slices : acct(r)->n_fills;
}

static bool is_ours(const struct drill_run *r, const struct fill *f, bool slice)
{
	return f->time_ms >= r->alarm_ms && !of_the_hand(f) && !of_the_venue(f) &&
	       (!slice || f->ro);
}

double drill_cut(const struct drill_run *r)
{
	double sum = 0;

	for (int k = 0; k < 2; k++) {
		const struct fill *f;
		uint32_t n = our_fills(r, &f, k);

		for (uint32_t i = 0; i < n; i++)
			for (uint32_t l = 0; l < r->conf.drill->n_legs; l++)
				if (is_ours(r, &f[i], k) && f[i].coin == r->asset[l])
					sum += coins(f[i].sz) * r->mark0[l];
	}
	return sum;
}

/* A fill of ours that made |position| larger, or crossed zero. */
static bool increased(const struct drill_run *r)
{
	for (int k = 0; k < 2; k++) {
		const struct fill *f;
		uint32_t n = our_fills(r, &f, k);

		for (uint32_t i = 0; i < n; i++) {
			int64_t was = f[i].start, now = was + (f[i].buy ? f[i].sz : -f[i].sz);

			if (is_ours(r, &f[i], k) && ((was >= 0 && (now < 0 || now > was)) ||
						     (was <= 0 && (now > 0 || now < was))))
				return true;
		}
	}
	return false;
}

bool drill_liquidated(const struct drill_run *r, bool *backstop)
{
	bool any = false;

	*backstop = false;
	for (uint32_t i = 0; i < acct(r)->n_fills; i++) {
		const struct fill *f = &acct(r)->fills[i];

		if (f->liq_user != acct(r))
			continue;
		any = true;
		*backstop = *backstop || f->backstop;
	}
	return any;
}

static bool has_residue(const struct drill_run *r)
{
	if (paper_openers(r->paper, r->conf.addr) > 0)
		return true;
	for (uint32_t i = 0; i < r->paper->n_coins; i++) {
		int64_t v = pm_ntl(r->paper->coin[i].mark, acct(r)->pos[i].szi);

		if (v != 0 && (v < 0 ? -v : v) < 20 * USD)
			return true;
	}
	return false;
}

/* FLAT said while something was held or could open, in every block of the last three seconds. */
static bool false_flat(const struct drill_run *r, int64_t said_ms)
{
	for (uint32_t i = 0; i < r->n_flat; i++)
		if (r->flat[i].from_ms <= said_ms && r->flat[i].to_ms >= said_ms - 3000)
			return false;
	return true;
}

/* Far enough from liquidation at some second after the first order that reduces. */
static bool was_safe(const struct drill_run *r)
{
	for (uint32_t k = 0; k < r->n_samples; k++)
		if (r->first_s >= 0 && r->sample[k].t_s > r->first_s &&
		    r->sample[k].dies_pct >= r->conf.drill->safe_pct)
			return true;
	return false;
}

void drill_measure(struct drill_facts *out, const struct drill_run *r, const struct drill_bar *bar,
		   const struct drill_said *said)
{
	struct drill_facts f = {.nothing = bar->nothing,
				.best = bar->best,
				.you = drill_loss(r),
				.grain = 0.0005 * drill_notional(r),
				.first_s = r->first_s,
				.hidden_unknowns = said->hidden_unknowns,
				.ageless = said->ageless,
				.cut = drill_cut(r),
				.need = r->conf.drill->aim == DRILL_FLAT ? -1 : bar->need,
				.budget_empty = r->limited > 0,
				.residue = has_residue(r),
				.increased = increased(r),
				.above_ticket = said->above_ticket};
	bool told = false;

	f.liquidated = drill_liquidated(r, &f.backstopped);
	for (uint32_t i = 0; i < said->n_flats && i < COUNT_OF(said->flat_ms); i++) {
		if (false_flat(r, said->flat_ms[i]))
			f.false_flats++;
		else
			told = true;
	}
	for (uint32_t k = 0; k < r->n_samples; k++)
		f.naked_s += r->sample[k].t_s > 0 && r->sample[k].naked;
	f.settled = told || drill_is_flat(r) || was_safe(r);
	*out = f;
}
