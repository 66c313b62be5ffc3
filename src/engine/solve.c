/* solve.c: questions for the planner beside the engine, and plans that somebody only asks for.
 *
 * 1. Nothing waits for an answer: an exit runs on the closed-form bound until one comes, a plan
 *    asked for is answered with it after WAIT_NS.
 * 2. An answer moves nothing by itself: the exit decides (exec/exit_solve.c), and what it decides
 *    is a record of its own before any order that follows. So a replay needs no planner. */
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "core/algo.h"
#include "engine/inner.h"
#include "plan/fund.h"
#include "plan/legs.h"

static const int64_t WAIT_NS = 1500000000;
static const double TIGHTER = 0.12; /* of the limit, each further search */
static const double KEPT = 1.000001;
enum { SEARCHES = 4 };
/* Numbers of plans asked for; those of groups and exits stay below. */
#define WHATIF_BIT 0x80000000u

static void ask(struct engine *e, uint8_t account, const struct solve_in *in)
{
	if (ef_room(e, 64))
		ef(e, EF_SOLVE, account)->solve.in = in;
}

void solve_ask(struct engine *e, struct exit_slot *s, const struct exec_view *v)
{
	if (!e->replaying &&
	    (exit_question(&s->x, v, &s->question) || exit_adapt_question(&s->x, v, &s->question)))
		ask(e, s->account, &s->question);
}

/* ---- a plan asked for ------------------------------------------------ */

struct told {
	const struct whatif *w;
	const struct ticket_resolved *r;
	const struct plan *plan;
	const struct plan_problem *problem;
	const struct solve_out *grid; /* of this very schedule; NULL: the planner was silent */
	double danger, hold;
	bool has_danger, has_gap, kept;	 /* kept: the limit, where there is one */
	double gap_pct;			 /* instant move of BTC at which the pool dies */
	int64_t latest_ms, key_until_ms; /* end asked for, 0 none; wall */
	double at_cap_s; /* what the volume cap makes of it when it is longer; else 0 */
};

static void put_num(struct buf *b, const char *key, double v)
{
	if (isfinite(v))
		buf_printf(b, ",\"%s\":%.6g", key, v + 0.0); /* no -0 */
	else
		buf_printf(b, ",\"%s\":null", key);
}

static void put_maybe(struct buf *b, const char *key, bool has, double v)
{
	put_num(b, key, has ? v : NAN);
}

/* Two digits, and whether it is less than that. */
static void put_chance(struct buf *b, const char *key, bool has, double p)
{
	if (has)
		buf_printf(b, ",\"%s\":%.2g,\"%s_is_under\":%s", key, plan_shown(p), key,
			   p < 0.002 ? "true" : "false");
	else
		buf_printf(b, ",\"%s\":null,\"%s_is_under\":null", key, key);
}

static void put_size(struct buf *b, const char *key, struct qty q)
{
	buf_printf(b, ",\"%s\":\"", key);
	qty_put(b, q);
	buf_putc(b, '"');
}

/* The limit is broken and no schedule within the cap keeps it. */
static bool none_kept(const struct told *t)
{
	return t->has_danger && !t->kept && t->w->has_found && t->w->found.kind != URGENCY_MET;
}

/* The numbers of the model, for who paces several legs together (host/cli_legs.c). */
static void put_model(struct buf *b, const struct told *t)
{
	const struct plan_problem *p = t->problem;
	struct plan_numbers m;
	if (p->horizon_ms <= 0 || !plan_numbers(p, (double)p->horizon_ms / 1000 / LEGS_SLOTS, &m)) {
		buf_puts(b, ",\"model\":null");
		return;
	}
	buf_printf(b, ",\"model\":{\"slots\":%u",
		   plan_slots(p->horizon_ms, p->instr, p->size, p->mark));
	put_num(b, "position", qty_to_double(p->position));
	put_num(b, "size", m.size);
	put_num(b, "sigma_per_sqrt_s", m.mark * p->sigma_year / sqrt(YEAR_S));
	put_num(b, "eta_usd_s_per_unit2", m.eta);
	put_num(b, "gamma_usd_per_unit2", m.gamma);
	put_num(b, "epsilon_usd_per_unit", m.epsilon);
	put_num(b, "rate_max_per_s", (p->cap > 0 ? p->cap : 0.1) * p->volume_s);
	buf_putc(b, '}');
}

/* Negative is a cost, as in the report of an exit. */
static void put_json(struct buf *b, const struct told *t, double urgency)
{
	const struct plan *p = t->plan;
	buf_puts(b, "{\"coin\":");
	buf_json_str(b, t->w->ticket.coin);
	buf_printf(b, ",\"side\":\"%s\"", t->r->buy ? "buy" : "sell");
	put_size(b, "size", t->r->size);
	buf_printf(b, ",\"algo\":\"%s\",\"slices\":%u,\"end_ms\":%lld", ALGO_INFO[p->algo].word,
		   p->n, (long long)p->end_ms);
	put_num(b, "horizon_s", (double)p->horizon_ms / 1000);
	put_num(b, "urgency", urgency);
	put_num(b, "spread_usd", -p->cost.spread);
	put_num(b, "impact_usd", -p->cost.impact);
	put_num(b, "fees_usd", -p->cost.fees);
	put_num(b, "funding_usd", -p->cost.funding);
	put_num(b, "total_usd", -p->cost.total);
	put_num(b, "total_bp", -p->cost.bp);
	put_num(b, "sd_usd", p->sd);
	put_num(b, "bad_1in20_usd", -p->bad_1in20);
	put_num(b, "model_share", p->cost.share[SRC_MODEL]);
	put_maybe(b, "volume_share", p->has_volume, p->volume_share);
	put_maybe(b, "asked_volume_share", p->has_volume, p->asked_share);
	put_maybe(b, "danger_limit", t->r->risk > 0, t->r->risk);
	put_chance(b, "danger", t->has_danger, t->danger);
	buf_printf(b, ",\"danger_by\":%s",
		   !t->has_danger ? "null"
		   : t->grid	  ? "\"grid\""
				  : "\"bound\"");
	put_chance(b, "danger_of_waiting", t->has_danger, t->hold);
	put_maybe(b, "dies_at_btc_pct", t->has_gap, t->gap_pct);
	put_maybe(b, "liquidation_loss_usd", t->grid != NULL, t->grid ? -t->grid->lgd : 0);
	buf_printf(b, ",\"keeps_limit\":%s",
		   !t->has_danger || !(t->r->risk > 0) ? "null"
		   : t->kept			       ? "true"
						       : "false");
	bool block = none_kept(t) && t->w->found.block > 0;
	put_maybe(b, "block_first", block, t->w->found.block);
	put_maybe(b, "block_cost_usd", block, -t->w->found.block_cost);
	struct plan_fund f;
	struct plan other;
	bool ends = plan_fund(t->problem, p, t->key_until_ms, &other, &f);
	put_maybe(b, "funding_horizon_s", ends, ends ? (double)f.horizon_ms / 1000 : 0);
	put_maybe(b, "funding_saved_usd", ends, ends ? f.saves : 0);
	put_maybe(b, "horizon_at_cap_s", t->at_cap_s > 0, t->at_cap_s);
	put_model(b, t);
	buf_putc(b, '}');
}

static void put_clock(struct buf *b, int64_t wall_ms)
{
	int64_t s = wall_ms / 1000 % 86400;
	buf_printf(b, "%02d:%02d:%02dZ", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}

static void put_span(struct buf *b, int64_t ms)
{
	int64_t s = ms / 1000, min = s / 60;

	if (min >= 120 && min % 60)
		buf_printf(b, "%lldh%02lld", (long long)(min / 60), (long long)(min % 60));
	else if (min >= 120)
		buf_printf(b, "%lldh", (long long)(min / 60));
	else if (s >= 60 && s % 60 && min < 10)
		buf_printf(b, "%lldm%02lld", (long long)min, (long long)(s % 60));
	else if (s >= 60)
		buf_printf(b, "%lldm", (long long)min);
	else
		buf_printf(b, "%llds", (long long)s);
}

/* Too little time for the volume cap, whatever the danger. */
static void put_held(struct buf *b, const struct told *t)
{
	const struct solve_out *f = &t->w->found;
	struct plan other;
	struct buf held;
	char words[200];

	buf_init(&held, words, sizeof words);
	if (!plan_held_words(t->problem, t->plan, &other, &held))
		return;
	buf_printf(b, "  %s", words);
	if (t->w->has_found && t->kept && f->block > 0 && t->at_cap_s > 0)
		buf_printf(b, "; %.6g %s sold at once first makes the rest fit, about %.0f USD",
			   f->block, t->w->ticket.coin, f->block_cost);
	buf_putc(b, '\n');
}

/* What funding does to its end, and what a schedule along the volume does not know yet. */
static void put_notes(struct buf *b, const struct told *t)
{
	struct plan other;
	struct buf fund;
	char words[200];

	buf_init(&fund, words, sizeof words);
	if (plan_fund_words(t->problem, t->plan, t->latest_ms, t->key_until_ms, &other, &fund))
		buf_printf(b, "  %s\n", words);
	if (plan_flat(t->problem))
		buf_printf(b, "  no day of %s's volume has been heard yet: even slices, as twap\n",
			   t->w->ticket.coin);
}

static void put_words(struct buf *b, const struct told *t, double urgency)
{
	const struct plan *p = t->plan;
	char odds[24];
	buf_printf(b, "%s: %s ", t->w->ticket.coin, t->r->buy ? "buy" : "sell");
	qty_put(b, t->r->size);
	if (p->algo == ALGO_SWEEP) {
		buf_puts(b, " at once");
	} else {
		buf_puts(b, " in ");
		put_span(b, p->horizon_ms);
		buf_printf(b, ", %u slice%s (%s", p->n, p->n == 1 ? "" : "s",
			   ALGO_INFO[p->algo].word);
		if (algo_urgent(p->algo))
			buf_printf(b, ", urgency %.2f", urgency);
		buf_puts(b, "), done by ");
		put_clock(b, p->end_ms);
	}
	buf_printf(b,
		   "\n  cost %.2f USD (%.1f bp), 1 in 20 worse than %.2f; %.0f %% of it is model",
		   p->cost.total, p->cost.bp, p->bad_1in20, 100 * p->cost.share[SRC_MODEL]);
	if (p->has_volume)
		buf_printf(b, "; %.1f %% of the volume", 100 * p->volume_share);
	if (p->has_volume && p->horizon_ms > t->problem->horizon_ms)
		buf_printf(b, " (%.1f %% until the asked end)", 100 * p->asked_share);
	buf_putc(b, '\n');
	put_held(b, t);
	put_notes(b, t);
	if (!t->has_danger) {
		buf_puts(b, "  chance of liquidation: not known\n");
		return;
	}
	plan_odds(odds, sizeof odds, t->danger);
	buf_printf(b, "  %s chance of liquidation before this is done (%s)", odds,
		   t->grid ? "grid" : "bound, at most");
	plan_odds(odds, sizeof odds, t->hold);
	buf_printf(b, "; %s if nothing is sold", odds);
	if (t->r->risk > 0) {
		plan_odds(odds, sizeof odds, t->r->risk);
		buf_printf(b, "; limit %s", odds);
	}
	/* no volatility foresees a jump: the gap stands beside every chance (operations.md 4) */
	if (t->has_gap)
		buf_printf(b, "\n  dies at an instant gap of BTC %+.2f %%", t->gap_pct);
	buf_putc(b, '\n');
	if (none_kept(t) && t->w->found.block > 0)
		buf_printf(b,
			   "  no schedule within the volume cap keeps the limit: %.6g %s sold at "
			   "once first does, about %.0f USD\n",
			   t->w->found.block, t->w->ticket.coin, t->w->found.block_cost);
	else if (none_kept(t))
		buf_puts(b, "  nothing that is sold keeps the limit: add collateral, or flatten "
			    "now\n");
	else if (!t->kept && t->w->has_found)
		buf_puts(b,
			 "  over the limit as it stands; when it runs it is made faster until it "
			 "keeps it, and --algo ac begins so\n");
}

/* The plan as it would be made now, with what the planner found. False: it cannot be any more. */
static bool resolve(struct engine *e, struct whatif *w, struct exec_view *v,
		    struct ticket_resolved *r, struct plan_problem *p, struct err *err)
{
	exits_view(e, NULL, w->ticket.account, w->instr, v);
	if (!ticket_resolve(&w->ticket, v, r, err) ||
	    !ticket_choose(&w->ticket, v, r, &w->urgent, err))
		return false;
	exec_problem(v, &w->ticket, r, p);
	p->jitter = ticket_jitter(&w->ticket); /* the draw that the next exit would run */
	p->seed = plan_seed(w->ticket.seed ? w->ticket.seed : exit_seed(e, e->next_exit + 1), 0);
	p->urgency = w->has_found ? w->chosen : fmax(p->urgency, w->urgent);
	return true;
}

static void whatif_reply(struct engine *e, struct whatif *w, enum err_code code, const char *text)
{
	struct effect *f = ef(e, EF_REPLY, w->ticket.account);
	struct buf b;
	f->reply.client = w->client;
	f->reply.seq = w->seq;
	f->reply.code = (uint8_t)code;
	buf_init(&b, f->reply.text, sizeof f->reply.text);
	buf_puts(&b, text);
	f->reply.more = code == ERR_OK ? e->plan_note : NULL;
	w->used = false;
}

static void whatif_end(struct engine *e, struct whatif *w, const struct solve_out *grid)
{
	struct ticket_resolved r;
	struct plan_problem p;
	struct exec_view v;
	struct plan room;
	struct err err = {0};
	struct told t = {.w = w, .r = &r, .plan = &e->whatif_plan, .problem = &p, .grid = grid};
	struct buf b;

	if (!resolve(e, w, &v, &r, &p, &err)) {
		whatif_reply(e, w, err.code, err.text);
		return;
	}
	if (!plan_make(&p, &e->whatif_plan, &err) ||
	    !plan_in_key(&p, &e->whatif_plan, v.key_until_ms, &room, &err)) {
		whatif_reply(e, w, err.code, err.text);
		return;
	}
	t.latest_ms = w->ticket.until_ms ? w->ticket.until_ms - v.wall_ms : w->ticket.horizon_ms;
	t.key_until_ms = v.key_until_ms;
	t.has_danger = e->whatif_plan.has_danger;
	double held = qty_to_double(p.position);
	t.has_gap = p.account.known &&
		    pool_dies(&p.account, held, held, price_to_double(p.mark), 0, &t.gap_pct);
	t.danger = grid ? grid->p : e->whatif_plan.danger;
	t.kept = !(r.risk > 0) || t.danger <= r.risk * KEPT;
	t.hold = w->has_found ? w->found.p_hold : e->whatif_plan.danger_hold;
	if (e->whatif_plan.has_volume && p.algo != ALGO_VENUE_TWAP && r.cap > 0 &&
	    e->whatif_plan.asked_share > r.cap)
		t.at_cap_s = (double)p.horizon_ms / 1000 * e->whatif_plan.asked_share / r.cap;
	buf_init(&b, e->plan_note, sizeof e->plan_note);
	put_json(&b, &t, p.urgency);
	buf_putc(&b, '\n');
	put_words(&b, &t, p.urgency);
	ASSERT(!b.over);
	whatif_reply(e, w, ERR_OK, "plan");
}

/* The question of a plan: its schedule, slot by slot; search: and the least haste that keeps the
 * limit. */
static bool question(struct engine *e, struct whatif *w, const struct plan_problem *p,
		     const struct ticket_resolved *r, bool search, struct err *err)
{
	struct solve_in *q = &w->question;
	const struct plan *plan = &e->whatif_plan;
	struct plan_numbers m;
	uint32_t n = plan_slots(p->horizon_ms, p->instr, p->size, p->mark), k = 0;
	double held = qty_to_double(p->position), s = (double)p->horizon_ms / 1000;

	if (!plan_make(p, &e->whatif_plan, err))
		return false;
	w->risk = r->risk;
	w->asked_urgency = p->urgency;
	*q = (struct solve_in){0};
	if (plan->n < 2) /* one order: nothing happens between slices that a grid could watch */
		return true;
	if (!plan->has_danger || !plan_numbers(p, s / n, &m))
		return true;
	*q = (struct solve_in){.exit = WHATIF_BIT | w->number,
			       .account = p->account,
			       .mark = m.mark,
			       .sigma_year = p->sigma_year,
			       .n = SOLVE_SLOTS,
			       /* to its real end, which the volume cap may have moved */
			       .tau_s = (double)plan->horizon_ms / 1000 / SOLVE_SLOTS,
			       .eta = m.eta,
			       .epsilon = m.epsilon,
			       .slope = m.slope,
			       .search = search,
			       .limit = r->risk * (1 - TIGHTER * w->tries),
			       .size = m.size,
			       .horizon_s = s,
			       .slots = n,
			       .rate_max = p->cap * p->volume_s};
	for (uint32_t j = 0; j < SOLVE_SLOTS; j++) {
		for (; k < plan->n && (double)plan->at[k].at_ms < 1000 * q->tau_s * j - 0.5; k++)
			held = qty_to_double(plan->at[k].position);
		q->held[j] = held;
	}
	return true;
}

void solve_whatif(struct engine *e, const struct event *ev, const struct ticket *t, uint16_t instr)
{
	struct whatif *w = NULL;
	struct ticket_resolved r;
	struct plan_problem p;
	struct exec_view v;
	struct err err = {0};

	for (int i = 0; i < WHATIFS_MAX && !w; i++)
		if (!e->whatif[i].used)
			w = &e->whatif[i];
	if (!w) {
		reply(e, ev, ERR_LIMIT, 0, "%d plans are being made already.", WHATIFS_MAX);
		return;
	}
	*w = (struct whatif){.used = true,
			     .client = ev->cmd.client,
			     .seq = ev->cmd.seq,
			     .number = ++e->whatifs & ~WHATIF_BIT,
			     .instr = instr,
			     .due_ns = e->now_ns + WAIT_NS,
			     .ticket = *t};
	market_want(e, instr, e->now_ns + FEED_KEEP_S * S);
	if (!resolve(e, w, &v, &r, &p, &err) || !question(e, w, &p, &r, r.risk > 0, &err)) {
		whatif_reply(e, w, err.code, err.text);
		return;
	}
	if (!w->question.n) { /* nothing the planner could add: a sweep, or no danger known */
		whatif_end(e, w, NULL);
		return;
	}
	ask(e, t->account, &w->question);
	wake_at(e, w->due_ns);
}

void solve_tick(struct engine *e)
{
	for (int i = 0; i < WHATIFS_MAX; i++) {
		struct whatif *w = &e->whatif[i];
		if (w->used && e->now_ns >= w->due_ns)
			whatif_end(e, w, NULL);
		else if (w->used)
			wake_at(e, w->due_ns);
	}
}

/* ---- the answer ------------------------------------------------------ */

/* A search finds the haste of a smooth schedule. What is told is the chance of the schedule that
 * would run, in whole lots and with its randomness: that one is asked about too, and when it breaks
 * the limit the search is made again, a little tighter. False: nothing more to ask. */
static bool whatif_again(struct engine *e, struct whatif *w, const struct solve_out *a)
{
	struct ticket_resolved r;
	struct plan_problem p;
	struct exec_view v;
	struct err err = {0};
	bool search = false;

	if (!a->ok || !algo_urgent(w->ticket.algo))
		return false;
	if (a->searched) {
		double kt = a->kind == URGENCY_MET ? a->kappa_t : a->kappa_t_max;
		if (kt < 0)
			return false; /* nothing ends in time: as it was asked for */
		uint32_t n = w->question.slots;
		w->chosen = fmax(ratio_to_double(w->ticket.urgency),
				 plan_urgency_of(fmin(kt, 4.0 * n), n));
	} else {
		search = w->has_found && w->found.kind == URGENCY_MET && a->p > w->risk * KEPT &&
			 ++w->tries < SEARCHES;
		if (!search)
			return false;
	}
	if (!resolve(e, w, &v, &r, &p, &err) || !question(e, w, &p, &r, search, &err) ||
	    !w->question.n)
		return false;
	ask(e, w->ticket.account, &w->question);
	return true;
}

static void whatif_answered(struct engine *e, struct whatif *w, const struct solve_out *a)
{
	if (a->ok && a->searched) {
		w->has_found = true;
		w->found = *a;
		if (!algo_urgent(w->ticket.algo) || a->kappa_t_max < 0)
			w->chosen = w->asked_urgency;
	}
	if (!whatif_again(e, w, a))
		whatif_end(e, w, a->ok && w->question.n ? a : NULL);
}

void solve_answered(struct engine *e, const struct event *ev)
{
	const struct solve_out *a = ev->solved.out;
	struct exit_slot *s;
	struct exec_view v;

	if (a->exit & WHATIF_BIT) {
		for (int i = 0; i < WHATIFS_MAX; i++)
			if (e->whatif[i].used && e->whatif[i].number == (a->exit & ~WHATIF_BIT))
				whatif_answered(e, &e->whatif[i], a);
		return;
	}
	if (a->exit & GROUP_BIT) {
		groups_answered(e, a);
		return;
	}
	s = exit_slot_find(e, a->exit);
	if (!s || s->x.state == XS_DONE || s->instr >= e->instrs.n)
		return;
	exits_view(e, s, s->account, s->instr, &v);
	exit_answer(&s->x, a, &v);
	s->dirty = true;
}
