/* snapfill.c: engine state into the one struct a screen may show.
 *
 * 1. Reads only; the same state gives the same bytes but for the clocks.
 * 2. What cannot be computed has has_ = false and a reason; nothing held is left out silently: a
 *    table that is full says so by its count. */
#include <math.h>
#include <string.h>

#include "core/margin.h"
#include "engine/inner.h"

static struct money usd(double x)
{
	struct money m = {0};

	money_from_double(&m, x);
	return m;
}

static void copy_text(char *out, size_t cap, const char *s)
{
	struct buf b;

	buf_init(&b, out, cap);
	buf_puts(&b, s);
}

/* Whether a stop at `a` fires before one at `b`. */
static bool nearer(bool buy, struct price a, struct price b)
{
	return buy ? a.v < b.v : a.v > b.v;
}

/* The stop of a leg whose coin, size and liquidation price are set: at which all of it is closed.
 * That is the nearest one that takes the whole position, or the farthest of several that take it
 * together. Stops for less than is held leave the rest to the venue's liquidation: no stop. */
void stop_of(const struct engine *e, uint8_t account, struct snap_leg *l)
{
	struct price part = {0};
	int64_t held = l->szi.v < 0 ? -l->szi.v : l->szi.v, sum = 0;
	bool buy = l->szi.v < 0;

	l->stop_state = STOP_NONE;
	for (uint16_t i = 0; i < ORDERS_MAX; i++) {
		const struct order *o = &e->orders.at[i];

		if (!e->orders.used[i] || o->account != account || o->instr != l->instr ||
		    !o->trigger || !o->reduce_only || o->take_profit ||
		    order_terminal((enum order_state)o->state) || o->buy != buy)
			continue;
		if (o->whole || o->sz.v == 0 || order_left(o).v >= held) {
			if (!l->stop_px.v || nearer(buy, o->trigger_px, l->stop_px))
				l->stop_px = o->trigger_px;
			continue;
		}
		sum += sum < held ? order_left(o).v : 0;
		if (!part.v || nearer(buy, part, o->trigger_px))
			part = o->trigger_px;
	}
	if (sum >= held && part.v && (!l->stop_px.v || nearer(buy, part, l->stop_px)))
		l->stop_px = part;
	if (l->stop_px.v)
		l->stop_state =
			l->has_liq && !nearer(buy, l->stop_px, l->liq) ? STOP_LATE : STOP_OK;
}

static void guard_of(const struct engine *e, uint8_t account, struct snap_leg *l)
{
	const struct guard_slot *s = guard_get(e, account, l->instr);
	const struct guard_order *o = s ? guard_resting(&s->g) : NULL;

	if (!s || s->g.off)
		return;
	l->guard = s->g.state;
	if (o)
		l->guard_px = o->trigger;
	if (s->g.state == GUARD_WAITING)
		copy_text(l->guard_reason, sizeof l->guard_reason, s->g.reason);
}

static bool leg_unknown(const struct engine *e, uint8_t account, uint16_t instr)
{
	for (uint16_t i = 0; i < ORDERS_MAX; i++)
		if (e->orders.used[i] && e->orders.at[i].account == account &&
		    e->orders.at[i].instr == instr && e->orders.at[i].state == ORDER_UNKNOWN)
			return true;
	return false;
}

static void fill_leg(const struct engine *e, const struct epool *p, uint32_t k, double helps,
		     struct snap_leg *l)
{
	const struct held *h = &e->acct[p->account].held[p->held[k]];
	const struct instr *i = &e->instrs.at[h->instr];
	const struct mkt *m = &e->mkt[h->instr];
	double mark, entry;

	*l = (struct snap_leg){.instr = h->instr,
			       .account = p->account,
			       .dex = i->dex,
			       .mode = h->pos.read.mode,
			       .px_decimals = i->px_decimals,
			       .sz_decimals = i->sz_decimals,
			       .leverage = h->pos.read.leverage,
			       .max_leverage = h->pos.read.max_leverage,
			       .szi = pos_szi(&h->pos),
			       .est = pos_is_est(&h->pos),
			       .other_hand = h->other_hand,
			       .entry = h->pos.read.entry,
			       .mark = m->mark,
			       .oracle = m->oracle,
			       .mid = m->mid,
			       .has_liq = h->pos.read.has_liq,
			       .liq = h->pos.read.liq,
			       .mark_ns = m->mark_ns,
			       .account_ns = e->acct[p->account].dex[i->dex].read_ns,
			       .cannot_trade = i->delisted,
			       .beta = p->leg[k].beta,
			       .sigma_hour = p->leg[k].sigma,
			       .n_tiers = p->leg[k].n_tiers};
	memcpy(l->tier, i->tiers, l->n_tiers * sizeof l->tier[0]);
	l->rests = resting_of(e, p->account, h->instr);
	l->trim = flats_trim_of(e, p->account, h->instr, l->szi, &l->cutting);
	copy_text(l->coin, sizeof l->coin, i->coin);
	l->unknown = leg_unknown(e, p->account, h->instr);
	if (!l->has_liq)
		copy_text(l->liq_reason, sizeof l->liq_reason, "the venue gives none");
	l->notional = usd(fabs(p->leg[k].notional));
	mark = price_to_double(l->mark);
	entry = price_to_double(l->entry);
	l->upnl = l->mark.v && !l->est ? usd(qty_to_double(l->szi) * (mark - entry))
				       : h->pos.read.upnl;
	l->margin_used = h->pos.read.margin_used;
	l->funding_per_hour = usd(-qty_to_double(l->szi) * price_to_double(m->oracle) *
				  ratio_to_double(m->funding));
	if (l->has_liq && l->mark.v) {
		l->has_alone = true;
		l->alone_pct = fabs(price_to_double(l->liq) - mark) / mark * 100;
	}
	if (p->has_equity && p->sum.has_dies) {
		l->has_helps = true;
		l->helps_per_k = helps;
	}
	stop_of(e, p->account, l);
	l->delisted = i->delisted;
	guard_of(e, p->account, l);
}

static void fill_pool(const struct epool *p, struct snap_pool *s)
{
	s->account = p->account;
	s->dex = p->dex;
	s->isolated = p->isolated;
	s->has_equity = p->has_equity;
	copy_text(s->reason, sizeof s->reason, p->reason);
	s->equity = usd(p->equity);
	s->maintenance = usd(p->sum.maint);
	s->gross = usd(p->sum.gross);
	s->net = usd(p->sum.net);
	s->free = usd(p->sum.free);
	if (p->has_equity) {
		s->has_dies = p->sum.has_dies;
		s->dies_pct = -p->sum.side * p->sum.dies * 100;
		s->backstop_pct = -p->sum.side * p->sum.backstop * 100;
		s->has_time = true;
		s->young = p->young;
		s->touch_s = p->sum.touch_s;
		s->sigma_left = p->sum.sigma_left;
		s->leverage = p->equity > 0 ? p->sum.gross / p->equity : 0;
	}
}

static void pool_name(const struct engine *e, const struct epool *p, struct snap_pool *s)
{
	if (p->isolated)
		copy_text(s->name, sizeof s->name, coin_of(e, p->instr));
	else if (p->dex && e->conf.dex[p->dex][0])
		copy_text(s->name, sizeof s->name, e->conf.dex[p->dex]);
	else
		copy_text(s->name, sizeof s->name, "CROSS");
}

static void one_pool(const struct engine *e, uint8_t account, uint32_t number, struct snap *out)
{
	struct epool p;
	struct snap_pool *s;
	uint16_t order[POOL_LEGS];
	double helps[POOL_LEGS];

	if (!pool_build(e, account, number, &p) || out->n_pools == SNAP_POOLS)
		return;
	s = &out->pool[out->n_pools++];
	*s = (struct snap_pool){.first_leg = (uint16_t)out->n_legs};
	fill_pool(&p, s);
	pool_name(e, &p, s);
	pool_order(&p, order, helps);
	out->n_legs_all += p.n;
	for (uint32_t k = 0; k < p.n && out->n_legs < POSITIONS_MAX; k++) {
		struct snap_leg *l = &out->leg[out->n_legs++];

		fill_leg(e, &p, order[k], helps[order[k]], l);
		s->n_legs++;
		money_add(&s->upnl, s->upnl, l->upnl);
		money_add(&s->funding_per_hour, s->funding_per_hour, l->funding_per_hour);
	}
}

/* Pools of all accounts, the most endangered first; their legs stay together. */
static void fill_pools(const struct engine *e, struct snap *out)
{
	struct pool_place at[SNAP_POOLS];
	int n = pools_sorted(e, 0xff, at);

	out->sigma_btc = sigma_btc_hour(e);
	for (int i = 0; i < n; i++)
		one_pool(e, at[i].account, at[i].number, out);
}

static void count_orders(const struct engine *e, uint8_t account, struct snap_account *s)
{
	for (uint16_t i = 0; i < ORDERS_MAX; i++) {
		const struct order *o = &e->orders.at[i];

		if (!e->orders.used[i] || o->account != account ||
		    order_terminal((enum order_state)o->state))
			continue;
		s->n_orders++;
		if (o->state == ORDER_UNKNOWN)
			s->n_unknown++;
		if (o->trigger && o->reduce_only)
			s->n_protective++;
		else if (o->whose == WHOSE_EXIT || o->whose == WHOSE_PANIC)
			s->n_exit++;
		else if (o->whose == WHOSE_OTHER)
			s->n_other++;
		else
			s->n_entry++;
	}
}

static void fill_account(const struct engine *e, uint8_t k, const struct snap *out,
			 struct snap_account *s)
{
	const struct account *a = &e->acct[k];
	const struct engine_account_conf *c = &e->conf.account[k];

	memset(s, 0, sizeof *s);
	copy_text(s->name, sizeof s->name, c->name);
	copy_text(s->address, sizeof s->address, c->address);
	s->abstraction = a->abstraction;
	s->up = a->up && recon_passed(e, k);
	s->key_ready = a->key_ready;
	s->agent_days = a->agent_until_ms
				? (int32_t)(((int64_t)a->agent_until_ms - e->wall_ms) / 86400000)
				: -1;
	s->rests = resting_apart(e, k);
	s->unread = account_lost(e, k);
	s->requests_left = a->budget.left > 0 ? (uint64_t)a->budget.left : 0;
	s->flattens_left = budget_flattens_left(&a->budget);
	for (uint32_t i = 0; i < out->n_pools; i++) {
		const struct snap_pool *p = &out->pool[i];

		if (p->account != k)
			continue;
		money_add(&s->equity, s->equity, p->equity);
		money_add(&s->maintenance, s->maintenance, p->maintenance);
		money_add(&s->free, s->free, p->free);
		money_add(&s->upnl, s->upnl, p->upnl);
		money_add(&s->funding_per_hour, s->funding_per_hour, p->funding_per_hour);
	}
	for (uint32_t i = 0; i < a->n_balances; i++)
		if (!strcmp(a->balance[i].coin, "USDC"))
			s->spot_usd.v = a->balance[i].total.v;
	s->fee_taker = a->fee_taker;
	s->fee_maker = a->fee_maker;
	s->read_ns = e->now_ns;
	for (uint8_t d = 0; d < e->conf.n_dexes; d++)
		if (a->dex[d].read_ns < s->read_ns)
			s->read_ns = a->dex[d].read_ns;
	s->n_balances = a->n_balances < 16 ? a->n_balances : 16;
	memcpy(s->balance, a->balance, s->n_balances * sizeof s->balance[0]);
	count_orders(e, k, s);
}

/* Coins in play first: positions, exits, then whatever was looked at. */
static void add_book(const struct engine *e, uint16_t instr, struct snap *out)
{
	const struct mkt *m = &e->mkt[instr];
	const struct book *b = market_book_of(e, instr);
	struct snap_book *s;

	for (uint32_t i = 0; i < out->n_books; i++)
		if (!strcmp(out->book[i].coin, coin_of(e, instr)))
			return;
	if (out->n_books == SNAP_BOOKS)
		return;
	s = &out->book[out->n_books++];
	memset(s, 0, sizeof *s);
	if (b)
		s->book = *b;
	s->book.instr = instr;
	if (market_deep_of(e, instr))
		s->deep = *market_deep_of(e, instr);
	s->mark = m->mark;
	s->oracle = m->oracle;
	s->last = m->last;
	s->mark_ns = m->mark_ns;
	s->last_ns = m->last_ns;
	copy_text(s->coin, sizeof s->coin, coin_of(e, instr));
	s->volume_1m = market_volume_1m(e, instr);
	s->sigma_year = market_sigma(e, instr);
	s->sigma_raw = market_sigma_raw(e, instr);
	estimate_season(e, instr, &s->season);
	s->sigma_samples = m->vol.n;
	copy_text(s->est_class, sizeof s->est_class, estimates_fill(e, instr, s->est));
}

static void fill_books(const struct engine *e, struct snap *out)
{
	for (int i = 0; i < EXITS_MAX; i++)
		if (e->exit[i].used && e->exit[i].x.state != XS_DONE)
			add_book(e, e->exit[i].instr, out);
	for (uint32_t b = 0; b < e->n_books; b++) /* looked at right now */
		if (e->mkt[e->book[b].instr].feed && e->mkt[e->book[b].instr].book == b + 1 &&
		    e->mkt[e->book[b].instr].focus_ns > e->now_ns)
			add_book(e, e->book[b].instr, out);
	for (uint32_t i = 0; i < out->n_legs; i++)
		add_book(e, out->leg[i].instr, out);
}

static double away(const struct engine *e, const struct order *o)
{
	double mark = price_to_double(market_mark(e, o->instr));
	double px = price_to_double(o->trigger ? o->trigger_px : o->px);

	return mark > 0 ? fabs(px / mark - 1) : 1e9;
}

/* Ours first, unknown before all, then by distance from the mark. */
static bool order_before(const struct engine *e, const struct order *a, const struct order *b)
{
	bool ua = a->state == ORDER_UNKNOWN, ub = b->state == ORDER_UNKNOWN;

	if (ua != ub)
		return ua;
	if (order_is_ours(a) != order_is_ours(b))
		return order_is_ours(a);
	return away(e, a) < away(e, b);
}

static void put_order(const struct engine *e, const struct order *o, struct snap_order *s)
{
	*s = (struct snap_order){.instr = o->instr,
				 .account = o->account,
				 .state = o->state,
				 .whose = o->whose,
				 .buy = o->buy,
				 .reduce_only = o->reduce_only,
				 .trigger = o->trigger,
				 .trigger_market = o->trigger_market,
				 .take_profit = o->take_profit,
				 .adds = order_adds(e, o),
				 .tif = o->tif,
				 .px = o->px,
				 .trigger_px = o->trigger_px,
				 .sz = o->sz,
				 .oid = o->oid,
				 .exit = o->exit,
				 .slice = o->slice,
				 .since_ms = o->placed_ms};
	s->filled.v = o->filled.v > o->told.v ? o->filled.v : o->told.v;
	copy_text(s->coin, sizeof s->coin, coin_of(e, o->instr));
}

static void fill_orders(const struct engine *e, struct snap *out)
{
	uint16_t at[SNAP_ORDERS];
	uint32_t n = 0;

	for (uint16_t i = 0; i < ORDERS_MAX; i++) {
		const struct order *o = &e->orders.at[i];
		uint32_t j;

		if (!e->orders.used[i] || order_terminal((enum order_state)o->state))
			continue;
		out->n_orders_all++;
		if (n == SNAP_ORDERS && !order_before(e, o, &e->orders.at[at[n - 1]]))
			continue;
		j = n < SNAP_ORDERS ? n++ : n - 1;
		for (; j > 0 && order_before(e, o, &e->orders.at[at[j - 1]]); j--)
			at[j] = at[j - 1];
		at[j] = i;
	}
	for (uint32_t k = 0; k < n; k++)
		put_order(e, &e->orders.at[at[k]], &out->order[k]);
	out->n_orders = n;
}

static bool exit_before(const struct exit_slot *a, const struct exit_slot *b)
{
	bool da = a->x.state == XS_DONE, db = b->x.state == XS_DONE;

	if (da != db)
		return db;
	return da ? a->finished_ns > b->finished_ns : a->x.id < b->x.id;
}

static void fill_exits(const struct engine *e, struct snap *out)
{
	const struct exit_slot *slots[EXITS_MAX];
	uint32_t n = 0;

	for (int i = 0; i < EXITS_MAX; i++) {
		uint32_t j = n;

		if (!e->exit[i].used)
			continue;
		for (n++; j > 0 && exit_before(&e->exit[i], slots[j - 1]); j--)
			slots[j] = slots[j - 1];
		slots[j] = &e->exit[i];
	}
	for (uint32_t k = 0; k < n; k++) {
		struct snap_exit *x = &out->exit[k];
		const struct guard_slot *guard;
		struct exec_view v;

		memset(x, 0, sizeof *x);
		exits_view(e, slots[k], slots[k]->account, slots[k]->instr, &v);
		exit_fill_snap(&slots[k]->x, slots[k]->x.state == XS_DONE ? NULL : &v, x);
		x->instr = slots[k]->instr;
		x->account = slots[k]->account;
		guard = guard_get(e, x->account, x->instr);
		x->has_guard = guard && guard_resting(&guard->g);
		if (slots[k]->by_venue && x->state == XS_PAUSED)
			copy_text(x->reason, sizeof x->reason,
				  "stopped by the venue: it took a part; resume goes on");
	}
	out->n_exits = n;
}

/* The run's estimate beside its cost: both with fees, and no pool loses more than it has. */
static void fill_flat(const struct engine *e, const struct flat *f, const struct snap *out,
		      struct snap_flat *x)
{
	struct money equity = {0};

	flat_fill_snap(f, NULL, x);
	copy_text(x->not_watched, sizeof x->not_watched, outside_text(e, f->account));
	for (uint32_t i = 0; i < f->n; i++) {
		const struct flat_leg *l = &f->leg[i];
		const struct account *a = &e->acct[l->account];
		double fee = a->has_fees ? ratio_to_double(a->fee_taker) : 0.00045;

		if (f->verb == VERB_NOW && l->mark0.v && l->first_ns) /* the sheet's has them */
			money_add(&x->expected, x->expected,
				  usd(qty_to_double(l->start) * price_to_double(l->mark0) * fee));
	}
	for (uint32_t a = 0; a < out->n_accounts; a++)
		if (f->account == 0xff || f->account == a)
			money_add(&equity, equity, out->account[a].equity);
	money_add(&equity, equity, x->cost);
	/* what the venue has taken meanwhile was there to be lost too */
	if (equity.v > x->expected.v && x->worst.v > equity.v)
		x->worst = equity;
}

/* Under way first, each newest first. */
static void fill_flats(const struct engine *e, struct snap *out)
{
	const struct flat_slot *by[RUNS_MAX];

	for (int i = 0; i < RUNS_MAX; i++) {
		const struct flat_slot *s = &e->flat[i];
		uint32_t at = out->n_flats_all;

		if (!s->used)
			continue;
		for (; at > 0 &&
		       (flat_runs(s) > flat_runs(by[at - 1]) ||
			(flat_runs(s) == flat_runs(by[at - 1]) && s->f.id > by[at - 1]->f.id));
		     at--)
			by[at] = by[at - 1];
		by[at] = s;
		out->n_flats_all++;
	}
	out->n_flats = out->n_flats_all < SNAP_RUNS ? out->n_flats_all : SNAP_RUNS;
	for (uint32_t i = 0; i < out->n_flats; i++)
		fill_flat(e, &by[i]->f, out, &out->flat[i]);
}

static void fill_alarms(const struct engine *e, struct snap *out)
{
	for (int i = 0; i < SNAP_ALARMS; i++) {
		const struct alarm *a = &e->alarm[i];
		struct snap_alarm s = {.since_ms = a->since_ms,
				       .level = a->level,
				       .code = a->code,
				       .seen = a->seen,
				       .exit = a->exit,
				       .instr = a->instr};
		uint32_t j = out->n_alarms;

		if (!a->used)
			continue;
		copy_text(s.text, sizeof s.text, a->text);
		copy_text(s.brief, sizeof s.brief, a->brief);
		for (out->n_alarms++; j > 0 && (s.level > out->alarm[j - 1].level ||
						(s.level == out->alarm[j - 1].level &&
						 s.since_ms > out->alarm[j - 1].since_ms));
		     j--)
			out->alarm[j] = out->alarm[j - 1];
		out->alarm[j] = s;
	}
	for (uint64_t k = 0; k < NOTICES_KEPT && k < e->notice_seq; k++)
		out->notice[out->n_notices++] = e->notice[(e->notice_seq - 1 - k) % NOTICES_KEPT];
}

static void fill_autos(const struct engine *e, struct snap *out)
{
	for (int k = 0; k < AUTOS && k < SNAP_AUTOS; k++) {
		const struct automatic_state *a = &e->automatic[k];
		struct snap_auto *x = &out->automatic[k];

		copy_text(x->name, sizeof x->name, auto_name((enum auto_kind)k));
		copy_text(x->why, sizeof x->why, a->why);
		x->on = a->on;
		x->at_pct = 100 * ratio_to_double(a->at);
		for (uint8_t i = 0; i < e->conf.n_accounts; i++)
			x->fires += a->of[i].fires;
	}
}

/* The oldest proof of life among the streams of coins in play. */
static int64_t feed_oldest(const struct engine *e, const struct snap *out)
{
	int64_t oldest = e->market_ns;

	for (uint32_t i = 0; i < out->n_legs; i++) {
		const struct mkt *m = &e->mkt[out->leg[i].instr];

		if (m->mark_ns < oldest)
			oldest = m->mark_ns;
		if (m->feed && m->book_ns && m->book_ns < oldest)
			oldest = m->book_ns;
	}
	return oldest;
}

static void fill_head(const struct engine *e, struct snap *out)
{
	bool any_down = false;

	out->magic = SNAP_MAGIC;
	out->size = sizeof *out;
	copy_text(out->build, sizeof out->build, e->conf.build);
	out->now_ns = e->now_ns;
	out->wall_ms = e->wall_ms;
	out->network = e->conf.network;
	copy_text(out->venue, sizeof out->venue, e->conf.venue);
	out->epoch = e->conf.epoch;
	out->engine_pid = e->conf.pid;
	out->up_ns = e->start_ns;
	out->armed = e->armed && e->now_ns < e->armed_until_ns;
	out->armed_until_ns = e->armed_until_ns;
	out->local_lock = e->local_lock;
	out->store_state = e->store_state;
	out->commit_us = e->commit_us;
	out->panic = e->conf.panic;
	out->link_ms = e->rtt_ns ? (int32_t)(e->rtt_ns / MS) : -1;
	for (uint8_t a = 0; a < e->conf.n_accounts; a++) {
		const struct account *x = &e->acct[a];

		if (!x->up && (!out->down_since_ns || x->down_ns < out->down_since_ns))
			out->down_since_ns = x->down_ns;
		if (x->tries > out->tries)
			out->tries = x->tries;
		any_down = any_down || !recon_passed(e, a);
	}
	if (e->market_down_ns && (!out->down_since_ns || e->market_down_ns < out->down_since_ns))
		out->down_since_ns = e->market_down_ns;
	if (e->store_state == STORE_FULL || e->store_state == STORE_BROKEN) {
		out->no_new_risk = true;
		copy_text(out->no_new_risk_reason, sizeof out->no_new_risk_reason,
			  e->store_state == STORE_FULL ? "disk full" : "journal broken");
	} else if (any_down) {
		out->no_new_risk = true;
		copy_text(out->no_new_risk_reason, sizeof out->no_new_risk_reason,
			  "the account is being read");
	}
}

void engine_snap(const struct engine *e, struct snap *out)
{
	memset(out, 0, sizeof *out);
	fill_head(e, out);
	fill_pools(e, out);
	out->n_accounts = e->conf.n_accounts;
	for (uint8_t a = 0; a < e->conf.n_accounts; a++)
		fill_account(e, a, out, &out->account[a]);
	fill_books(e, out);
	fill_orders(e, out);
	fill_exits(e, out);
	fill_flats(e, out);
	fill_alarms(e, out);
	venue_acts_snap(e, out);
	fill_autos(e, out);
	out->feed_ns = feed_oldest(e, out);
}
