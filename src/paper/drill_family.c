/* drill_family.c: players that see the truth (drill.h): the fixed family of a seed's yardstick, and
 * three dummies.
 *
 * They act from 2 s after the alarm, by the venue's own doors: their orders wait for the block, are
 * refused in a post-only period, come late in an outage, find the book that stands there. They know
 * what became of them, which no client can: a best that can be reached, not hindsight of the path.
 *
 *   now      every second what is left of each leg, reduce-only, through the book
 *   trim X   one cut, the legs in order of distance gained per dollar, until the joint distance is
 *            X; tried every second until it is reached
 *   care     12 slices in 120 s, each at most a quarter of five levels; then the rest
 *   ac K     Almgren-Chriss holdings sinh(K (1 - t/T)) / sinh(K) over the drill's plan, every 5 s
 *   guard    a stop for each leg at half the distance, 0.4 to 2 %; nothing else
 *   close 1  one market close with a 1 % cap, pressed again every 5 s while something is left
 *   twap     the venue's own, five minutes, reduce-only */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "paper/drill.h"
#include "paper/state.h"

#include "base/banned.h"

#define ACT_S	2.0 /* after the alarm */
#define FEE	0.00045
#define CARE_N	12
#define CARE_S	10.0
#define PART	0.05 /* of a leg: the step of a trim */
#define DISTANT 1e8

static const char *const names[DRILL_PLAYER_COUNT] = {
#define X(id, name) [DP_##id] = name,
	DRILL_PLAYERS(X)
#undef X
};

const char *drill_player_name(enum drill_player who)
{
	return names[who];
}

static struct acct *acct(const struct drill_run *r)
{
	return r->paper->main;
}

static int64_t szi_of(const struct drill_run *r, uint32_t leg)
{
	return acct(r)->pos[r->asset[leg]].szi;
}

static int64_t lots(const struct drill_run *r, uint32_t leg, double coins)
{
	const struct coin *c = &r->paper->coin[r->asset[leg]];
	int64_t szi = szi_of(r, leg), most = szi < 0 ? -szi : szi;
	double v = floor(coins * 1e8);

	return v >= (double)most ? most : v <= 0 ? 0 : num_cut((int64_t)v, 8, c->c.sz_decimals);
}

/* The last rung of the ladder: 8 % through for 20x and more, 15 % for others. */
static double reach_of(const struct drill_run *r, uint32_t leg)
{
	return r->paper->coin[r->asset[leg]].c.max_leverage >= 20 ? 0.08 : 0.15;
}

/* One action for each order; split where the venue caps the value of one. */
static void send(struct drill_run *r, struct oreq o)
{
	const struct coin *c = &r->paper->coin[o.asset];
	int64_t most = num_cut(num_muldiv(place_value_cap(c, true), USD, o.p) / 100 * 99, 8,
			       c->c.sz_decimals);

	for (int64_t left = o.s; left > 0; left -= most) {
		struct action act = {.kind = AK_ORDER, .n = 1, .grouping = GR_NA};

		act.order = malloc(sizeof *act.order);
		ASSERT(act.order != NULL && most > 0);
		act.order[0] = o;
		act.order[0].s = left < most ? left : most;
		exchange_known(r->paper, acct(r), &act);
	}
}

/* What rests in the way of reduce-only orders, and what could open: all but stops. */
static void clear_way(struct drill_run *r)
{
	struct action act = {.kind = AK_CANCEL};
	uint32_t n = 0;

	if (acct(r)->n_open == 0)
		return;
	act.cancel = calloc(acct(r)->n_open, sizeof *act.cancel);
	ASSERT(act.cancel != NULL);
	for (const struct order *o = acct(r)->first; o != NULL; o = o->next)
		if (o->kind == OK_PLAIN || !o->ro)
			act.cancel[n++] = (struct creq){.asset = o->coin, .oid = o->oid};
	act.n = n;
	if (n > 0)
		exchange_known(r->paper, acct(r), &act);
	else
		free(act.cancel);
}

/* Reduce-only, at once, up to `reach` from the worse of mark and mid. */
static void close_now(struct drill_run *r, uint32_t leg, int64_t sz, double reach)
{
	const struct coin *c = &r->paper->coin[r->asset[leg]];
	bool buy = szi_of(r, leg) < 0;
	int64_t from = (c->mark < c->mid) == buy ? c->mid : c->mark;
	double px = (double)from * (buy ? 1 + reach : 1 - reach);

	if (sz <= 0)
		return;
	send(r, (struct oreq){.asset = r->asset[leg],
			      .buy = buy,
			      .ro = true,
			      .tif = TIF_IOC,
			      .s = sz,
			      .p = price_round(c, (int64_t)px, buy) / 100});
}

static void all_now(struct drill_run *r, double reach)
{
	for (uint32_t i = 0; i < r->conf.drill->n_legs; i++)
		close_now(r, i, lots(r, i, DISTANT), reach > 0 ? reach : reach_of(r, i));
}

/* ---- trim ---- */

struct plan {
	double left[DRILL_LEGS], mark[DRILL_LEGS], equity; /* coins, signed */
};

/* What selling `coins` of a leg costs against the mark, USD: the book as it stands, and the fee. */
static double cost_of(const struct drill_run *r, uint32_t leg, double coins)
{
	const struct coin *c = &r->paper->coin[r->asset[leg]];
	bool bids = szi_of(r, leg) > 0;
	double mark = (double)c->mark / (double)PX_ONE, got = 0, sum = 0, px = mark;

	for (uint32_t i = 0; i < c->n_depth[bids] && got < coins; i++) {
		double sz = (double)c->depth[bids][i].sz.v / 1e8;

		px = (double)c->depth[bids][i].px.v / (double)PX_ONE;
		sz = fmin(sz, coins - got);
		sum += sz * px;
		got += sz;
	}
	sum += (coins - got) * px * (bids ? 0.97 : 1.03); /* beyond what is seen */
	return (bids ? coins * mark - sum : sum - coins * mark) + sum * FEE;
}

static double joint(const struct drill_run *r, const struct plan *p)
{
	const struct drill *d = r->conf.drill;
	double maint = 0, delta = 0, back = 0;

	for (uint32_t i = 0; i < d->n_legs; i++) {
		double n = p->left[i] * p->mark[i];
		double m = fabs(n) / (2.0 * r->paper->coin[r->asset[i]].c.max_leverage);

		maint += m;
		delta += n * d->leg[i].beta;
		back += m * d->leg[i].beta;
	}
	double speed = fabs(delta) - (delta >= 0 ? back : -back);

	return speed > 0 && fabs(delta) > 1 ? 100 * (p->equity - maint) / speed : 1e9;
}

/* The leg whose next step gains most distance for its cost; -1: none gains. */
static int best_leg(const struct drill_run *r, const struct plan *p, struct plan *next)
{
	double now = joint(r, p), most = 0;
	int best = -1;

	for (uint32_t i = 0; i < r->conf.drill->n_legs; i++) {
		struct plan q = *p;
		double whole = fabs(r->size0[i]), held = fabs((double)szi_of(r, i) / 1e8);
		double sold = held - fabs(p->left[i]), step = fmin(PART * whole, fabs(p->left[i]));
		double cost = cost_of(r, i, sold + step) - cost_of(r, i, sold);

		if (!(step > 0))
			continue;
		q.left[i] -= p->left[i] > 0 ? step : -step;
		q.equity -= cost;
		double gain = (joint(r, &q) - now) / fmax(cost, 1);

		if (gain > most) {
			most = gain;
			best = (int)i;
			*next = q;
		}
	}
	return best;
}

static void trim(struct drill_run *r, struct drill_hand *h, double want)
{
	struct plan p, next;
	struct margin m;

	pm_sum(r->paper, acct(r), &m);
	p.equity = (double)m.all_equity / (double)USD;
	for (uint32_t i = 0; i < r->conf.drill->n_legs; i++) {
		p.left[i] = (double)szi_of(r, i) / 1e8;
		p.mark[i] = (double)r->paper->coin[r->asset[i]].mark / (double)PX_ONE;
	}
	if (joint(r, &p) >= want) {
		h->reached = true;
		return;
	}
	while (joint(r, &p) < want && best_leg(r, &p, &next) >= 0)
		p = next;
	for (uint32_t i = 0; i < r->conf.drill->n_legs; i++) {
		double held = fabs((double)szi_of(r, i) / 1e8);

		close_now(r, i, lots(r, i, held - fabs(p.left[i]) + 1e-9), reach_of(r, i));
	}
}

/* ---- the others ---- */

static void care(struct drill_run *r, struct drill_hand *h)
{
	for (uint32_t i = 0; i < r->conf.drill->n_legs; i++) {
		const struct coin *c = &r->paper->coin[r->asset[i]];
		bool bids = szi_of(r, i) > 0;
		double five = 0, held = fabs((double)szi_of(r, i) / 1e8);

		for (uint32_t k = 0; k < 5 && k < c->n_depth[bids]; k++)
			five += (double)c->depth[bids][k].sz.v / 1e8;
		if (h->done < CARE_N)
			held = fmin(held, fmax(fabs(r->size0[i]) / CARE_N, 0.25 * five));
		close_now(r, i, lots(r, i, held), reach_of(r, i));
	}
	h->done++;
	h->next_s += h->done <= CARE_N ? CARE_S : 1;
}

static void schedule(struct drill_run *r, struct drill_hand *h, double k)
{
	double t = (drill_seconds(r) - ACT_S) / (r->conf.drill->plan_s * r->pace);
	double left = t >= 1 ? 0 : sinh(k * (1 - t)) / sinh(k);

	for (uint32_t i = 0; i < r->conf.drill->n_legs; i++) {
		double held = fabs((double)szi_of(r, i) / 1e8);

		close_now(r, i, lots(r, i, held - left * fabs(r->size0[i])), reach_of(r, i));
	}
	h->next_s += t >= 1 ? 1 : fmin(5, r->conf.drill->plan_s * r->pace / 40);
}

/* Whether a fall of BTC, or a rise, is what kills. */
static bool fall_kills(const struct drill_run *r)
{
	double delta = 0;

	for (uint32_t i = 0; i < r->conf.drill->n_legs; i++)
		delta += r->size0[i] * r->mark0[i] * r->conf.drill->leg[i].beta;
	return delta >= 0;
}

static void guard(struct drill_run *r)
{
	double far = r->sample[r->n_samples - 1].dies_pct;

	for (uint32_t i = 0; i < r->conf.drill->n_legs; i++) {
		const struct coin *c = &r->paper->coin[r->asset[i]];
		int64_t szi = szi_of(r, i);
		bool buy = szi < 0;
		double away = fmin(2.0, fmax(0.4, far / 2)) / 100 * r->conf.drill->leg[i].beta;
		double at = (double)c->mark * (buy ? 1 + away : 1 - away);

		if (szi == 0 || (szi > 0) != fall_kills(r))
			continue;
		send(r, (struct oreq){.asset = r->asset[i],
				      .buy = buy,
				      .ro = true,
				      .trigger = true,
				      .is_market = true,
				      .tif = TIF_IOC,
				      .s = szi < 0 ? -szi : szi,
				      .tpx = price_round(c, (int64_t)at, buy) / 100,
				      .p = price_round(c, (int64_t)(at * (buy ? 1.1 : 0.9)), buy) /
					   100});
	}
}

static void native_twap(struct drill_run *r)
{
	for (uint32_t i = 0; i < r->conf.drill->n_legs; i++) {
		int64_t szi = szi_of(r, i);
		struct action act = {.kind = AK_TWAP, .asset = r->asset[i], .num = 5};

		if (szi == 0)
			continue;
		act.yes = szi < 0;
		act.yes2 = true;
		act.s = szi < 0 ? -szi : szi;
		exchange_known(r->paper, acct(r), &act);
	}
}

static void act(struct drill_run *r, struct drill_hand *h)
{
	static const double want[] = {[DP_TRIM3] = 3, [DP_TRIM5] = 5, [DP_TRIM8] = 8};
	static const double urgency[] = {
		[DP_AC0] = 0.5, [DP_AC1] = 1, [DP_AC2] = 2, [DP_AC4] = 4, [DP_AC8] = 8};

	switch (h->who) {
	case DP_NOW:
		all_now(r, 0);
		h->next_s += 1;
		break;
	case DP_TRIM3:
	case DP_TRIM5:
	case DP_TRIM8:
		trim(r, h, want[h->who]);
		h->next_s += 1;
		break;
	case DP_CARE:
		care(r, h);
		break;
	case DP_AC0:
	case DP_AC1:
	case DP_AC2:
	case DP_AC4:
	case DP_AC8:
		schedule(r, h, urgency[h->who]);
		break;
	case DP_GUARD:
		guard(r);
		h->reached = true;
		break;
	case DP_TWAP5:
		native_twap(r);
		h->reached = true;
		break;
	case DP_CLOSE1:
		all_now(r, 0.01);
		h->next_s += 5;
		break;
	default:
		h->reached = true;
		break;
	}
}

void drill_play(struct drill_run *r, struct drill_hand *h)
{
	double t = drill_seconds(r);

	if (h->reached || !r->alarmed || t < ACT_S || t < h->next_s)
		return;
	if (h->next_s < ACT_S)
		h->next_s = t;
	if (h->who >= DP_NOW && h->who <= DP_AC8)
		clear_way(r);
	act(r, h);
}

/* ---- the yardstick ---- */

/* Nothing held, nothing rests: the loss is what it is, but for the other hand. */
static bool settled(const struct drill_run *r)
{
	return r->alarmed && drill_seconds(r) > ACT_S + 5 && drill_is_flat(r) &&
	       r->paper->pending == NULL && !r->conf.drill->others;
}

static bool play(struct drill_bar *out, const struct drill_conf *conf, enum drill_player who,
		 struct err *e)
{
	struct drill_run r;
	struct drill_hand h = {.who = who};
	bool backstop;

	if (!drill_open(&r, conf, e))
		return false;
	while (!drill_over(&r) && !settled(&r)) {
		paper_advance(r.paper, paper_deadline(r.paper));
		drill_tick(&r);
		drill_play(&r, &h);
	}
	drill_finish(&r);
	out->loss[who] = drill_loss(&r);
	out->cut[who] = drill_cut(&r);
	out->taken[who] = drill_liquidated(&r, &backstop);
	drill_close(&r);
	return true;
}

bool drill_bar(struct drill_bar *out, const struct drill_conf *conf, struct err *e)
{
	struct drill_conf c = *conf;

	*out = (struct drill_bar){.need = -1};
	c.agent[0] = '\0';
	for (int who = 0; who <= DP_FAMILY_LAST; who++)
		if (!play(out, &c, (enum drill_player)who, e))
			return false;
	out->nothing = out->loss[DP_NOTHING];
	out->who = DP_FAMILY_FIRST;
	for (int who = DP_FAMILY_FIRST; who <= DP_FAMILY_LAST; who++)
		if (out->loss[who] < out->loss[out->who])
			out->who = (enum drill_player)who;
	out->best = out->loss[out->who];
	for (int who = DP_NOW; who <= DP_TRIM8; who++)
		if (!out->taken[who] && (out->need < 0 || out->cut[who] < out->need))
			out->need = out->cut[who];
	return true;
}
