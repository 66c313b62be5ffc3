/* ticket.c: the exit ticket: five ways and the plan, made again at once when a knob turns (the
 * knobs are ticket_knobs.c's), and the question of it for the grid (think.h).
 *
 * 1. The planner runs here, in the terminal, on the snapshot: the engine is not asked.
 * 2. `s` chooses, `Y` sends; what is sent is the ticket whose sentence stands in the zone: while a
 *    choice stands no answer of the grid changes the urgency.
 * 3. Doubles draw; sizes go out through core/dec as they were typed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/margin.h"
#include "core/pool.h"
#include "base/buf.h"
#include "plan/choose.h"
#include "plan/fund.h"
#include "plan/solve.h"
#include "plan/target.h"
#include "ui/fmt.h"
#include "ui/panic.h"
#include "ui/sheetfill.h"
#include "ui/ui_in.h"

#define ONE	      INT64_C(1000000000000) /* 1.0 as a ratio */
#define GUARD_FROM_MS INT64_C(120000)	     /* longer exits get a stop unless told not to */
#define DEFAULT_MS    INT64_C(600000)	     /* an end nobody gave */

static const struct snap_pool *pool_of(const struct snap *s, const struct snap_leg *leg)
{
	uint32_t i = (uint32_t)(leg - s->leg);

	for (uint32_t p = 0; p < s->n_pools; p++)
		if (i >= s->pool[p].first_leg &&
		    i < (uint32_t)s->pool[p].first_leg + s->pool[p].n_legs)
			return &s->pool[p];
	return NULL;
}

/* Maintenance over notional, by the tiers where they are known. */
static double maint_rate(const struct snap_leg *l)
{
	struct instr i = {.n_tiers = l->n_tiers};
	double n = money_to_double(l->notional);
	struct money m;

	memcpy(i.tiers, l->tier, sizeof i.tiers);
	if (l->n_tiers && n > 0 && margin_maintenance(&m, &i, l->notional))
		return money_to_double(m) / n;
	return l->max_leverage > 0 ? 1.0 / (2.0 * l->max_leverage) : 0.05;
}

static double beta_of(const struct snap_leg *l)
{
	return pool_beta(l->beta > 0 ? l->beta : pool_beta_default(l->coin));
}

/* The pool around this leg, for danger. */
static void account_of(struct plan_account *a, const struct snap *s, const struct snap_leg *leg)
{
	const struct snap_pool *p = pool_of(s, leg);
	const struct snap_book *btc = ui_book(s, "BTC");

	memset(a, 0, sizeof *a);
	if (!p || !p->has_equity) {
		snprintf(a->reason, sizeof a->reason, "%s",
			 p && p->reason[0] ? p->reason : "pool not known");
		return;
	}
	a->known = true;
	a->isolated = p->isolated;
	a->equity = money_to_double(p->equity);
	a->maintenance = money_to_double(p->maintenance);
	a->initial = a->maintenance; /* free is equity less maintenance, as on the account line */
	a->mmr = maint_rate(leg);
	a->leverage = leg->leverage;
	a->beta = beta_of(leg);
	a->btc_sigma = btc ? btc->sigma_year : 0;
	for (uint32_t i = p->first_leg; i < (uint32_t)p->first_leg + p->n_legs && i < s->n_legs;
	     i++) {
		const struct snap_leg *l = &s->leg[i];
		const struct snap_book *b = ui_book(s, l->coin);
		double n = money_to_double(l->notional) * (l->szi.v < 0 ? -1 : 1);
		double beta = beta_of(l);
		if (l == leg)
			continue;
		a->others_beta += beta * n;
		a->others_maint += beta * fabs(n) * maint_rate(l);
		a->others_sd += n * (b && b->sigma_year > 0 ? b->sigma_year : 1.0);
	}
}

/* Coins of the ticket, whatever it aims at; the account has been read. */
static bool ticket_qty(struct ui *u, const struct snap_leg *leg, struct qty *out)
{
	struct ui_ticket *k = &u->ticket;
	const struct snap *s = u->snap;
	struct target_in in = {.instr = &k->instr,
			       .mark = leg->mark,
			       .position = leg->szi,
			       .account = &k->problem.account};

	for (uint32_t i = 0; i < s->n_pools; i++) {
		const struct snap_pool *p = &s->pool[i];
		if (p->account != leg->account)
			continue;
		in.net_delta += money_to_double(p->net);
		in.account_ntl += money_to_double(p->gross);
		in.account_equity += p->has_equity ? money_to_double(p->equity) : 0;
	}
	if (leg->mark.v <= 0)
		return err_set(&k->err, ERR_RULE, "No mark of %s yet: nothing to plan with.",
			       leg->coin);
	if (!target_size(&k->t, &in, out, &k->err))
		return false;
	double usd = qty_to_double(*out) * price_to_double(leg->mark);
	if (usd < 10 && out->v < llabs(leg->szi.v))
		return err_set(
			&k->err, ERR_RULE,
			"%s USD is below the venue's minimum of 10 USD; only a full close may be "
			"smaller.",
			fmt_usd(usd, 12, 0).s);
	return true;
}

static void instr_of(struct instr *i, const struct snap_leg *leg)
{
	memset(i, 0, sizeof *i);
	snprintf(i->coin, sizeof i->coin, "%s", leg->coin);
	i->sz_decimals = leg->sz_decimals;
	i->px_decimals = leg->px_decimals;
	i->px_sig = 5;
	i->max_leverage = leg->max_leverage;
	i->n_tiers = 1;
	i->tiers[0].max_leverage = leg->max_leverage;
	i->min_notional.v = INT64_C(1000000000);
}

static void problem_of(struct ui *u, const struct snap_leg *leg)
{
	const struct snap *s = u->snap;
	struct plan_problem *p = &u->ticket.problem;
	const struct snap_book *b = ui_book(s, leg->coin);
	const struct snap_account *a =
		leg->account < s->n_accounts ? &s->account[leg->account] : NULL;
	const struct ticket *t = &u->ticket.t;
	double notional = money_to_double(leg->notional);

	memset(p, 0, sizeof *p);
	p->instr = &u->ticket.instr;
	p->book = b && (b->book.n_bid || b->book.n_ask) ? &b->book : NULL;
	p->deep = p->book && b->deep.n_bid && b->deep.n_ask ? &b->deep : NULL;
	p->book_age_ns = p->book ? u->now_ns - p->book->seen_ns : 0;
	p->side = leg->szi.v > 0 ? SIDE_SELL : SIDE_BUY;
	p->position = leg->szi;
	p->mark = leg->mark;
	p->sigma_year = b && b->sigma_year > 0 ? b->sigma_year : 1.0;
	p->sigma_cost = b ? b->sigma_raw : 0;
	p->volume_s = b ? b->volume_1m / 60 : 0;
	if (b && b->est[EST_VOLUME].value > 0)
		p->volume_s = b->est[EST_VOLUME].value;
	if (b)
		p->season = b->season;
	p->sqrt_y = b ? b->est[EST_SQRT_Y].value : 0;
	if (b && b->est[EST_REFILL].value > 0)
		p->impact.refill_s = b->est[EST_REFILL].value;
	if (b)
		plan_usual_of(&p->usual, b->est);
	p->fee_taker = a && a->fee_taker.v ? ratio_to_double(a->fee_taker) : 0.00045;
	p->fee_maker = a && a->fee_taker.v ? ratio_to_double(a->fee_maker) : 0.00015;
	/* positive: longs pay; the snapshot's sign is what we receive */
	p->funding_hour = notional > 0 ? -money_to_double(leg->funding_per_hour) / notional *
						 (leg->szi.v < 0 ? -1 : 1)
				       : 0;
	p->maker_share = -1;
	p->liq = leg->has_liq ? price_to_double(leg->liq) : 0;
	p->now_ms = ui_wall_ms(u);
	p->horizon_ms = t->until_ms ? t->until_ms - p->now_ms : t->horizon_ms;
	if (t->algo == ALGO_SWEEP)
		p->horizon_ms = 0;
	p->urgency = ratio_to_double(t->urgency);
	p->cap = ratio_to_double(t->cap);
	p->algo = t->algo;
	p->place = t->place;
	p->seed = plan_seed(t->seed, 0);
	p->jitter = ratio_to_double(t->random);
	account_of(&p->account, s, leg);
}

const struct snap_leg *ticket_leg(const struct ui *u)
{
	return ui_leg_find(u->snap, u->ticket.t.coin, u->ticket.t.account);
}

static void set_urgency(struct ui_ticket *k, struct plan_problem *p, double urgency)
{
	k->t.algo = p->algo = ALGO_AC;
	k->t.declared = false;
	k->t.urgency.v = llround(urgency * 1e12);
	p->urgency = ratio_to_double(k->t.urgency); /* what will be sent, digit for digit */
}

/* The point of the frontier that keeps what is held; NULL: none does. Its danger is the bound. */
static const struct frontier_point *pick(const struct ui_ticket *k)
{
	const struct frontier_point *best = NULL;
	double limit = ratio_to_double(k->t.risk);

	for (uint32_t i = 0; i < k->n_front; i++) {
		const struct frontier_point *f = &k->front[i];
		if (k->hold == HOLD_COST) {
			if (f->cost <= k->hold_cost && (!best || f->sd < best->sd))
				best = f;
		} else if (f->has_danger && f->danger <= limit && (!best || f->cost < best->cost)) {
			best = f;
		}
	}
	return best;
}

static void hold(struct ui *u, struct plan_problem *p)
{
	struct ui_ticket *k = &u->ticket;

	k->n_front = p->horizon_ms > 0 ? plan_frontier(p, k->front, FRONTIER_N) : 0;
	if (!k->n_front || k->hold == HOLD_DEADLINE || k->way != WAY_DEADLINE || u->confirm.choice)
		return;
	if (k->hold == HOLD_DANGER && ticket_limit(u)) { /* the grid has said it */
		if (k->limit.kind == URGENCY_MET)
			set_urgency(k, p, k->limit.urgency);
		return;
	}
	const struct frontier_point *f = pick(k);
	if (!f && k->hold == HOLD_COST)
		ui_notice(u, "No schedule within this deadline costs %s USD or less.",
			  fmt_usd(k->hold_cost, 12, 0).s);
	if (f)
		set_urgency(k, p, f->urgency);
}

/* Tab: holds the next of cost, deadline and danger. */
static void hold_next(struct ui *u)
{
	struct ui_ticket *k = &u->ticket;

	k->hold = (uint8_t)((k->hold + 1) % 3);
	if (k->hold == HOLD_DANGER && !k->t.risk.v) {
		ui_notice(u, "No danger limit is set, so none is held. Turn the danger knob.");
		k->hold = HOLD_COST;
	}
	k->hold_cost = k->plan.cost.total * 1.001;
	if (k->way != WAY_DEADLINE && !k->t.horizon_ms && !k->t.until_ms)
		k->t.horizon_ms = DEFAULT_MS;
	if (k->t.algo == ALGO_SWEEP || k->t.algo == ALGO_VENUE_TWAP)
		k->t.algo = ALGO_AC;
	k->way = WAY_DEADLINE;
}

/* The stop for the whole position, as the guard sheet has it; and whether it would fire before this
 * ticket's working price. The default is yes beyond two minutes. */
static void guard_of(struct ui *u, const struct snap_leg *leg, int64_t horizon_ms)
{
	struct ui_ticket *k = &u->ticket;
	struct ui_sheet *s = &u->sheet; /* no sheet is open under a ticket: its room is free */
	struct flatten f;

	memset(&f, 0, sizeof f);
	f.account = leg->account;
	f.scope = FLAT_COINS;
	f.n_coins = 1;
	snprintf(f.coin[0], sizeof f.coin[0], "%s", leg->coin);
	sheet_fill_snap(u->snap, u->now_ns, &f, &s->in);
	sheet_make(&s->in, &s->plan);
	const struct sheet_line *l = &s->plan.line[SHEET_GUARD];
	const struct sheet_leg *g = l->n ? &l->leg[0] : NULL;
	k->guard = g ? g->guard : SG_NONE;
	k->guard_px = g && g->guard == SG_IN_PLACE ? leg->stop_px
		      : g			   ? g->trigger
						   : (struct price){0};
	snprintf(k->guard_why, sizeof k->guard_why, "%s", g ? g->why : "no position");
	if (!k->guard_typed && !k->tunes)
		k->t.guard = horizon_ms > GUARD_FROM_MS && k->guard != SG_NONE;
	double working = ui_price_now(u, leg, &k->t.working), at = price_to_double(k->guard_px);
	k->guard_first = k->t.working.ref != PREF_NONE && working > 0 && at > 0 &&
			 (leg->szi.v > 0 ? at > working : at < working);
}

/* The amount of a running exit, not turned by hand: it shrinks with every fill. */
static bool own_amount(const struct ui_ticket *k)
{
	return k->tunes && k->t.target == TARGET_SIZE && k->t.size.unit == SIZE_COIN &&
	       k->t.size.coin.v == k->tune_left.v;
}

static void follow_left(struct ui *u)
{
	struct ui_ticket *k = &u->ticket;
	const struct snap_exit *x = own_amount(k) ? ui_exit_find(u->snap, k->tunes) : NULL;

	if (x && x->left.v) {
		k->tune_left.v = x->left.v < 0 ? -x->left.v : x->left.v;
		k->t.size.coin = k->tune_left;
	}
}

/* Wall ms at which the signing key ends, 0: never. */
static int64_t key_end(const struct ui *u)
{
	const struct snap_account *a = ui_account(u);

	return a && a->agent_days >= 0 ? ui_wall_ms(u) + a->agent_days * INT64_C(86400000) : 0;
}

/* The latest end of what chooses its own, ms from now; 0: none. */
static int64_t latest(const struct ticket *t, int64_t now_ms)
{
	return t->until_ms ? t->until_ms - now_ms : t->horizon_ms;
}

void ticket_remake(struct ui *u)
{
	struct ui_ticket *k = &u->ticket;
	const struct snap_leg *leg = ticket_leg(u);
	struct qty q = {0};

	follow_left(u);
	k->made_ns = u->now_ns;
	k->valid = false;
	memset(&k->err, 0, sizeof k->err);
	if (!leg || leg->szi.v == 0) {
		err_set(&k->err, ERR_RULE, "%s is flat. Nothing to exit.", k->t.coin);
		return;
	}
	instr_of(&k->instr, leg);
	problem_of(u, leg);
	if (!ticket_qty(u, leg, &q))
		return;
	k->problem.size = q;
	struct plan_problem p = k->problem;
	if (k->way == WAY_DEADLINE && !plan_choose(&p, key_end(u), &k->err))
		return;
	if (k->t.algo == ALGO_IS)
		k->t.urgency.v = llround(p.urgency * 1e12);
	plan_ways(&p, key_end(u), k->ways);
	const struct plan_way *w = &k->ways[k->way];
	if (k->way != WAY_DEADLINE) {
		p.algo = w->algo;
		p.horizon_ms = w->horizon_ms;
		p.urgency = w->urgency;
	}
	guard_of(u, leg, p.horizon_ms);
	if (!w->ok) {
		err_set(&k->err, ERR_RULE, "%s", w->reason);
		return;
	}
	if (!plan_sane(&p, &k->err))
		return;
	hold(u, &p);
	if (!plan_make(&p, &k->plan, &k->err))
		return;
	plan_after(&p, &k->plan, k->after);
	plan_risk(&p, &k->plan, &k->risk);
	plan_meter(&p, q, &k->meter);
	k->n_pay = plan_payments(&p, &k->plan, k->pay, TICKET_PAYS);
	struct buf b;
	buf_init(&b, k->fund, sizeof k->fund);
	plan_fund_words(&p, &k->plan, latest(&k->t, p.now_ms), key_end(u), &k->other, &b);
	k->chosen = p;
	k->asks = true;
	k->valid = true;
}

static void defaults(struct ui *u, struct ticket *t, const struct snap_leg *leg)
{
	const struct snap_pool *p = pool_of(u->snap, leg);
	bool new = !t->coin[0];

	if (new) {
		snprintf(t->coin, sizeof t->coin, "%s", leg->coin);
		t->account = leg->account;
		t->size.unit = SIZE_ALL;
		t->algo = ALGO_AC;
	}
	if (t->by_danger)
		t->algo = ALGO_AC;
	if (!t->horizon_ms && !t->until_ms && !ALGO_INFO[t->algo].own_end)
		t->horizon_ms = DEFAULT_MS;
	if (!t->urgency.v && algo_urgent(t->algo))
		t->urgency.v = ONE * 4 / 10;
	if (!t->cap.v)
		t->cap.v = ONE / 10;
	if (!t->random_set && !t->random.v)
		t->random.v = ONE / 5;
	if (!t->seed) /* shown and kept, so that the schedule is the one that runs */
		t->seed = (uint64_t)u->now_ns | 1;
	if (new) {
		t->place = PLACE_POST_CROSS;
		t->place_set = true;
	}
	double lev = p && p->equity.v > 0 ? (double)p->gross.v / (double)p->equity.v : 0;
	if (!t->risk.v && (lev > 5 || leg->leverage > 5)) /* as the engine would by itself */
		t->risk.v = ONE / 100;
}

/* "At most 1 %" was asked for: the end too when none was given, then the urgency is held to it; the
 * grid refines what the bound begins with. */
static void by_danger(struct ui *u, bool has_end)
{
	struct ui_ticket *k = &u->ticket;
	struct danger_plan d;
	struct err e = {0};

	k->t.by_danger = false;
	if (!has_end && k->problem.size.v > 0 &&
	    plan_by_danger(&k->problem, ratio_to_double(k->t.risk), key_end(u), &d, &e))
		k->t.horizon_ms = d.horizon_ms;
	k->hold = HOLD_DANGER;
	k->frontier = true;
	ticket_moved(u);
}

bool ticket_open(struct ui *u, const struct ticket *t)
{
	const struct snap_leg *leg = t ? ui_leg_find(u->snap, t->coin, -1) : ui_leg(u);
	struct ui_ticket *k = &u->ticket;

	const struct snap_account *a = ui_account(u);

	if (!leg && (!a || !a->read_ns)) { /* not known is not flat */
		ui_notice(u, "The account is not read yet: what is held is not known. Again in a "
			     "second.");
		return false;
	}
	if (!leg || leg->szi.v == 0) {
		ui_notice(u, "%s is flat. Nothing to exit.", t ? t->coin : u->coin);
		return false;
	}
	for (uint32_t i = 0; i < u->snap->n_exits; i++) {
		const struct snap_exit *x = &u->snap->exit[i];
		if (exit_is_live(x) && !strcmp(x->coin, leg->coin) && x->account == leg->account) {
			ui_notice(u, "x%u already %s %s. t tunes x%u, e ends it.", x->id,
				  x->buy ? "buys" : "sells", x->coin, x->id);
			return false;
		}
	}
	memset(k, 0, sizeof *k);
	if (t)
		k->t = *t;
	k->guard_typed = t != NULL; /* the grammar has the same default and its own word */
	k->t.account = leg->account;
	defaults(u, &k->t, leg);
	k->way = k->t.algo == ALGO_SWEEP ? WAY_SWEEP : WAY_DEADLINE;
	k->knob = KNOB_WORKING;
	k->hold = HOLD_DEADLINE;
	snprintf(u->coin, sizeof u->coin, "%s", leg->coin);
	ui_push(u, LAYER_TICKET);
	confirm_open(u);
	ticket_remake(u);
	if (k->t.by_danger)
		by_danger(u, t->horizon_ms || t->until_ms);
	return true;
}

void ticket_tune(struct ui *u, const struct snap_exit *x)
{
	struct ui_ticket *k = &u->ticket;
	const struct snap_leg *leg = ui_leg_find(u->snap, x->coin, x->account);

	if (!leg)
		return;
	memset(k, 0, sizeof *k);
	k->t = x->ticket;
	snprintf(k->t.coin, sizeof k->t.coin, "%s", x->coin);
	k->t.account = x->account;
	k->t.target = TARGET_SIZE;
	k->t.size.unit = SIZE_COIN;
	k->t.size.coin.v = x->left.v < 0 ? -x->left.v : x->left.v;
	int64_t left = x->planned_end_ms - ui_wall_ms(u);
	k->t.horizon_ms = left > 60000 ? left : 60000;
	k->t.until_ms = 0;
	k->t.cap.v = llround(x->cap * 1e12);
	if (!ALGO_INFO[k->t.algo].tunes) /* it has chosen; what is left runs by its urgency */
		k->t.algo = ALGO_AC;
	defaults(u, &k->t, leg);
	k->tunes = x->id;
	k->tune_left = k->t.size.coin;
	k->tune_ms = k->t.horizon_ms;
	k->tune_risk = k->t.risk;
	k->way = k->t.algo == ALGO_SWEEP ? WAY_SWEEP : WAY_DEADLINE;
	k->knob = KNOB_WORKING;
	k->hold = HOLD_DEADLINE;
	ui_push(u, LAYER_TICKET);
	confirm_open(u);
	ticket_remake(u);
}

/* What was chosen is not what would be sent any more. */
void ticket_moved(struct ui *u)
{
	u->confirm.choice = 0;
	u->ticket.turn++;
	ticket_remake(u);
}

/* A block that lets the rest keep the danger limit has been offered: `1` takes it. */
static bool take_block(struct ui *u)
{
	struct ui_ticket *k = &u->ticket;

	if (k->hold != HOLD_DANGER || k->way != WAY_DEADLINE || !ticket_limit(u) ||
	    k->limit.kind != URGENCY_BLOCK)
		return false;
	memset(&k->t.size, 0, sizeof k->t.size);
	k->t.target = TARGET_SIZE;
	k->t.size.unit = SIZE_COIN;
	k->t.size.coin = k->limit.block;
	k->hold = HOLD_DEADLINE;
	ui_notice(u, "The block: s, then Y sells it now. x again for the rest, within the limit.");
	return true;
}

static void move_knob(struct ui *u, int by)
{
	struct ui_ticket *k = &u->ticket;

	k->knob = (uint8_t)((k->knob + KNOBS + by) % KNOBS);
}

void ticket_action(struct ui *u, enum ui_action a, int key)
{
	struct ui_ticket *k = &u->ticket;

	if (u->now_ns - u->confirm.opened_ns < DEAF_NS)
		return;
	switch (a) {
	case UA_WAY:
		if (key == '1')
			(void)take_block(u);
		k->way = (uint8_t)(key >= '1' && key <= '5' ? key - '1' : WAY_DEADLINE);
		ticket_moved(u);
		break;
	case UA_TURN:
		ticket_turn(u, key == u->keys.key[UA_TURN][0] ? -1 : 1);
		ticket_moved(u);
		break;
	case UA_TURN_FAR:
		ticket_turn(u, key == u->keys.key[UA_TURN_FAR][0] ? -5 : 5);
		ticket_moved(u);
		break;
	case UA_EDIT:
		line_open(u, EDIT_KNOB, "");
		break;
	case UA_FRONTIER:
		k->frontier = !k->frontier;
		ticket_moved(u);
		break;
	case UA_PICK_BY:
		hold_next(u);
		k->frontier = true; /* shows what was picked */
		ticket_moved(u);
		break;
	case UA_GUARD_KNOB:
		ticket_turn_guard(u);
		ticket_moved(u);
		break;
	case UA_AT_VENUE:
		k->t.algo = k->t.algo == ALGO_VENUE_TWAP ? ALGO_AC : ALGO_VENUE_TWAP;
		k->way = WAY_DEADLINE;
		ticket_moved(u);
		break;
	case UA_START:
		if (!k->valid)
			ui_notice(u, "%s", k->err.text[0] ? k->err.text : "No plan yet.");
		else
			confirm_choose(u, 's');
		break;
	case UA_NEXT_ROW:
		move_knob(u, 1);
		break;
	case UA_PREV_ROW:
		move_knob(u, -1);
		break;
	default:
		break;
	}
}

static void as_sent(const struct ui *u, struct ticket *t)
{
	const struct ui_ticket *k = &u->ticket;

	*t = k->t;
	if (k->way == WAY_DEADLINE)
		return;
	t->algo = k->ways[k->way].algo;
	t->declared = false; /* goes with twap alone */
	t->horizon_ms = k->ways[k->way].horizon_ms;
	t->until_ms = 0;
	t->urgency.v = llround(k->ways[k->way].urgency * 1e12);
}

/* The ticket speaks of what is left, the engine of the whole exit with what it has done: a size
 * that was not turned is not sent, one that was is sent as the whole. */
static void tune_size(const struct ui *u, struct tune *t)
{
	const struct ui_ticket *k = &u->ticket;
	const struct snap_exit *x = ui_exit_find(u->snap, k->tunes);
	const struct snap_leg *leg = ticket_leg(u);

	if (own_amount(k) || !x)
		return;
	t->fields |= TUNE_SIZE;
	if (leg && k->problem.size.v == llabs(leg->szi.v)) {
		t->size.unit = SIZE_ALL;
		return;
	}
	t->size.unit = SIZE_COIN;
	t->size.coin.v = llabs(x->done.v) + k->problem.size.v;
}

void ticket_yes(struct ui *u)
{
	struct ui_ticket *k = &u->ticket;
	struct cmd cmd;
	struct ticket t;

	if (!k->valid || !confirm_yes(u))
		return;
	as_sent(u, &t);
	memset(&cmd, 0, sizeof cmd);
	if (!k->tunes) {
		cmd.kind = CMD_EXIT;
		cmd.ticket = t;
	} else {
		cmd.kind = CMD_TUNE;
		cmd.tune.exit = k->tunes;
		cmd.tune.fields = TUNE_CAP | TUNE_ALGO | TUNE_PLACE | TUNE_URGENCY;
		cmd.tune.cap = t.cap;
		tune_size(u, &cmd.tune);
		if (t.until_ms || t.horizon_ms != k->tune_ms)
			cmd.tune.fields |= TUNE_END; /* starts the pace anew */
		cmd.tune.horizon_ms = t.horizon_ms;
		cmd.tune.until_ms = t.until_ms;
		cmd.tune.algo = t.algo;
		cmd.tune.place = t.place;
		cmd.tune.urgency = t.urgency;
		if (t.risk.v != k->tune_risk.v)
			cmd.tune.fields |= TUNE_RISK;
		cmd.tune.risk = t.risk;
		if (t.working.ref != PREF_NONE)
			cmd.tune.fields |= TUNE_WORKING;
		if (t.last.ref != PREF_NONE)
			cmd.tune.fields |= TUNE_LAST;
		cmd.tune.working = t.working;
		cmd.tune.last = t.last;
	}
	ui_pop(u);
	ui_send(u, &cmd);
}
