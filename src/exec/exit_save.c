/* exit_save.c: an exit as journal records.
 *
 * Invariants: (1) one function names every field once, for both directions; (2) what is read back
 * is checked before it is used; (3) the schedule is not stored: it is made again from its inputs;
 * (4) boot clocks are not stored: after a load schedule time stands where it stood, and every child
 * at work is UNKNOWN until reported. */
#include "base/check.h"
#include "exec/exit_in.h"
#include "exec/pack.h"

static void pack_price_spec(struct pack *p, struct price_spec *s)
{
	P8(p, s->ref);
	PV(p, s->abs);
	PV(p, s->offset);
}

static void pack_ticket(struct pack *p, struct ticket *t)
{
	PTEXT(p, t->coin);
	P8(p, t->account);
	P8(p, t->target);
	P8(p, t->size.unit);
	PV(p, t->size.coin);
	PV(p, t->size.usd);
	PV(p, t->size.part);
	P64(p, t->target_v);
	P8(p, t->algo);
	P8(p, t->place);
	P8(p, t->catch_up);
	P8(p, t->guard);
	P64(p, t->horizon_ms);
	P64(p, t->until_ms);
	PV(p, t->urgency);
	PV(p, t->risk);
	pack_price_spec(p, &t->working);
	pack_price_spec(p, &t->last);
	PV(p, t->cap);
	PV(p, t->random);
	P8(p, t->random_set);
	P8(p, t->declared);
	P8(p, t->place_set);
	PV(p, t->depth);
	P64(p, t->post_ms);
	PV(p, t->chase_bp);
	P16(p, t->chase_max);
	P64(p, t->seed);
	P8(p, t->dry_run);
	P8(p, t->by_danger);
	P32(p, t->group);
	PD(p, t->group_lambda);
}

static void pack_parts(struct pack *p, struct cost_parts *c)
{
	PV(p, c->delay);
	PV(p, c->spread);
	PV(p, c->impact);
	PV(p, c->timing);
	PV(p, c->fees);
	PV(p, c->funding);
	PV(p, c->unfilled);
}

static void pack_child(struct pack *p, struct exit_child *c)
{
	P8(p, c->state);
	P8(p, c->kind);
	P8(p, c->posted);
	P32(p, c->slice);
	P32(p, c->attempt);
	PV(p, c->px);
	PV(p, c->avg);
	PV(p, c->qty);
	PV(p, c->filled);
	PV(p, c->filled_seen);
	PV(p, c->at.mid);
	PV(p, c->at.touch);
}

static void pack_numbers(struct pack *p, struct exit *x)
{
	P8(p, x->state);
	P8(p, x->end);
	PTEXT(p, x->reason);
	P8(p, x->buy);
	P8(p, x->to_zero);
	P8(p, x->operator_paused);
	P8(p, x->closing);
	P8(p, x->ending);
	P32(p, x->ended_by);
	P64(p, x->seed);
	PV(p, x->start);
	PV(p, x->total);
	PV(p, x->floor);
	PV(p, x->done);
	PV(p, x->arrival_mark);
	PV(p, x->arrival);
	PV(p, x->working);
	PV(p, x->last);
	PV(p, x->zero);
	PD(p, x->cap);
	PD(p, x->risk);
	PD(p, x->urgency);
	PD(p, x->jitter);
	PD(p, x->pace);
	P8(p, x->algo);
	P8(p, x->place);
	P8(p, x->stops_late);
	P64(p, x->horizon_ms);
	P64(p, x->start_ms);
	P64(p, x->planned_end_ms);
	P64(p, x->end_ms);
	P64(p, x->post_ns);
	P64(p, x->chase_ns);
	P32(p, x->chase_max);
}

static void pack_progress(struct pack *p, struct exit *x)
{
	P32(p, x->plan_base);
	PV(p, x->plan_done);
	PV(p, x->plan_size);
	PV(p, x->plan_mark);
	P64(p, x->plan_horizon_ms);
	P32(p, x->plan_slots);
	P64(p, x->plan_seed);
	P64(p, x->plan_from_ms);
	for (int i = 0; i < DAY_HOURS; i++)
		P16(p, x->plan_season.hour[i]);
	P32(p, x->plan_n);
	P8(p, x->plan_algo);
	PD(p, x->plan_urgency);
	PV(p, x->plan_block);
	PD(p, x->plan_sigma);
	PD(p, x->plan_eta);
	PD(p, x->lambda);
	PD(p, x->kappa_need);
	P8(p, x->adapt);
	P8(p, x->adapt_of);
	P8(p, x->adapt_from);
	PD(p, x->adapt_s);
	PD(p, x->adapt_sd);
	PD(p, x->adapt_mu);
	PD(p, x->adapt_lambda);
	PD(p, x->adapt_gain0);
	PD(p, x->adapt_x);
	PD(p, x->adapt_left);
	PD(p, x->adapt_spent);
	PD(p, x->adapt_kappa);
	P8(p, x->need_by_bound);
	P32(p, x->replans);
	P8(p, x->replan_why);
	PTEXT(p, x->replan_text);
	P64(p, x->replan_ms);
	P64(p, x->clock_ns);
	P32(p, x->next);
	P64(p, x->turn_ms);
	P8(p, x->owes);
	P32(p, x->slice);
	P32(p, x->attempt);
	PV(p, x->slice_left);
	PV(p, x->slice_planned);
	P8(p, x->slice_open);
	P8(p, x->crossing);
	P8(p, x->slice_danger);
	PV(p, x->child_max);
	PV(p, x->volume0);
	PV(p, x->tape);
	PV(p, x->other_hand);
	PV(p, x->adopted);
	P8(p, x->in_danger);
	PD(p, x->danger);
	PD(p, x->danger_start);
	P8(p, x->danger_start_grid);
	PD(p, x->plan_model);
	P32(p, x->tunes);
	P32(p, x->unknowns);
	P32(p, x->rung);
	P32(p, x->n_results);
	P8(p, x->cost.side);
	PV(p, x->cost.arrival);
	PV(p, x->cost.first);
	PV(p, x->cost.filled);
	PV(p, x->cost.maker);
	PV(p, x->cost.value);
	pack_parts(p, &x->cost.sum);
	for (size_t i = 0; i < COUNT_OF(x->plan_cost); i++)
		PD(p, x->plan_cost[i]);
	PD(p, x->all_now_px);
	PD(p, x->liq_before);
	PD(p, x->dies_before);
	PD(p, x->maint_before);
	PD(p, x->mark_time);
	PD(p, x->mark_sum);
	PD(p, x->behind_max);
	PD(p, x->outside_s);
	PD(p, x->largest);
}

static void pack_head(struct pack *p, struct exit *x)
{
	uint8_t n = 0, ver = EXIT_VERSION;
	P8(p, ver);
	if (ver != EXIT_VERSION)
		p->ok = false;
	P32(p, x->id);
	pack_ticket(p, &x->ticket);
	pack_numbers(p, x);
	pack_progress(p, x);
	for (int i = 0; i < EXIT_CHILDREN; i++)
		n = (uint8_t)(n + (x->child[i].state != CS_FREE));
	P8(p, n);
	if (n > EXIT_CHILDREN) {
		p->ok = false;
		return;
	}
	if (!p->out) {
		for (uint8_t i = 0; i < n; i++)
			pack_child(p, &x->child[i]);
		return;
	}
	for (int i = 0; i < EXIT_CHILDREN; i++)
		if (x->child[i].state != CS_FREE)
			pack_child(p, &x->child[i]);
}

static void pack_results(struct pack *p, struct exit *x, uint32_t part)
{
	uint32_t from = (part - 1) * EXIT_PART_SLICES, n = 0;
	if (from < x->n_results)
		n = x->n_results - from;
	if (n > EXIT_PART_SLICES)
		n = EXIT_PART_SLICES;
	P32(p, n);
	if (n > EXIT_PART_SLICES || from + n > SLICES_MAX) {
		p->ok = false;
		return;
	}
	for (uint32_t k = from; k < from + n; k++) {
		struct exit_slice_result *r = &x->result[k];
		PV(p, r->planned);
		PV(p, r->filled);
		PV(p, r->value);
		PV(p, r->maker);
		P64(p, r->wall_ms);
		pack_parts(p, &r->parts);
	}
}

size_t exit_save(const struct exit *x, uint32_t part, uint8_t out[REC_BODY_MAX])
{
	struct pack p = {.out = out, .cap = REC_BODY_MAX, .ok = true};
	/* the one function of both directions writes back what it wrote: nothing changes */
	struct exit *same = (struct exit *)(uintptr_t)x;
	if (part == 0)
		pack_head(&p, same);
	else if ((part - 1) * EXIT_PART_SLICES < x->n_results)
		pack_results(&p, same, part);
	else
		return 0;
	ASSERT(p.ok);
	return p.at;
}

static bool sane(const struct exit *x)
{
	bool ok = x->state <= XS_DONE && x->end <= XE_DUST && x->algo < ALGO_COUNT &&
		  x->place < PLACE_COUNT && x->total.v > 0 && x->done.v >= 0 && x->start.v > 0 &&
		  x->floor.v >= 0 && x->n_results <= SLICES_MAX && x->plan_size.v >= 0 &&
		  x->pace > 0 && x->pace <= 3 && x->plan_algo < ALGO_COUNT &&
		  x->plan_urgency >= 0 && x->plan_urgency <= 1 && x->plan_block.v >= 0 &&
		  x->plan_block.v <= x->plan_size.v && x->lambda >= 0 && x->kappa_need >= 0 &&
		  x->turn_ms >= 0 && x->tape.v >= 0 && x->ticket.group_lambda >= 0 &&
		  x->adapt <= ADAPT_DONE && x->adapt_sd >= 0 && x->adapt_of <= ADAPTIVE_UPDATES &&
		  x->adapt_from <= x->adapt_of && x->jitter >= 0 && x->jitter <= 0.5 &&
		  x->urgency >= 0 && x->urgency <= 1 && x->cost.side <= SIDE_SELL;
	for (int i = 0; i < EXIT_CHILDREN; i++)
		ok = ok && x->child[i].state <= CS_SETTLING && x->child[i].kind <= CHILD_DANGER &&
		     x->child[i].filled.v >= 0;
	return ok;
}

static void wake_up(struct exit *x, const struct instr *i, int64_t now_ns)
{
	exit_plan_build(x, i);
	memcpy(x->coin, x->ticket.coin, sizeof x->coin);
	x->clock_at_ns = x->start_ns = x->slice_ns = x->watch_ns = x->changed_ns = now_ns;
	x->post_since_ns = now_ns;
	x->cap_since_ns = now_ns;
	x->close_ns = x->closing && x->rung ? now_ns : 0;
	x->rung_ns = x->closing ? now_ns + SEC_NS : 0;
	x->trace_every = 1;
	for (int k = 0; k < EXIT_CHILDREN; k++) {
		struct exit_child *c = &x->child[k];
		c->sent_ns = c->unknown_ns = now_ns;
		c->cancel_ns = 0;
		if (child_unresolved(c))
			c->state = CS_UNKNOWN;
	}
}

bool exit_read(struct exit *x, const uint8_t *in, size_t n)
{
	struct pack p = {.in = in, .cap = n, .ok = true};
	memset(x, 0, sizeof *x);
	pack_head(&p, x);
	if (p.ok && p.at == n && sane(x))
		return true;
	memset(x, 0, sizeof *x);
	return false;
}

bool exit_load(struct exit *x, uint32_t part, const uint8_t *in, size_t n, const struct instr *i,
	       int64_t now_ns)
{
	struct pack p = {.in = in, .cap = n, .ok = true};
	if (part > 0) {
		pack_results(&p, x, part);
		return p.ok;
	}
	if (!exit_read(x, in, n))
		return false;
	prng_seed(&x->rng, x->seed);
	wake_up(x, i, now_ns);
	return true;
}
