/* alarm.c: what is wrong now, in words, until its cause ends.
 *
 * 1. One alarm for each cause (code, account, instrument, exit); a worse level makes it unseen.
 * 2. Levels 2 and 3 are told again every 30 s until acknowledged; 1.5 % every 10 s. */
#include <math.h>
#include <string.h>

#include "engine/inner.h"

static struct alarm *find(struct engine *e, enum notice_code code, uint8_t account, uint16_t instr,
			  uint32_t exit)
{
	for (int i = 0; i < SNAP_ALARMS; i++) {
		struct alarm *a = &e->alarm[i];

		if (a->used && a->code == code && a->account == account && a->instr == instr &&
		    a->exit == exit)
			return a;
	}
	return NULL;
}

/* A free place; else that of the least and oldest. */
static struct alarm *place(struct engine *e)
{
	struct alarm *least = &e->alarm[0];

	for (int i = 0; i < SNAP_ALARMS; i++) {
		struct alarm *a = &e->alarm[i];

		if (!a->used)
			return a;
		if (a->level < least->level ||
		    (a->level == least->level && a->since_ms < least->since_ms))
			least = a;
	}
	return least;
}

void alarm_raise(struct engine *e, int level, enum notice_code code, uint8_t account,
		 uint16_t instr, uint32_t exit, const char *brief, const char *text)
{
	struct alarm *a = find(e, code, account, instr, exit);
	struct buf b;
	bool tell = false;

	if (e->replaying)
		return;
	if (!a) {
		a = place(e);
		*a = (struct alarm){.used = true,
				    .code = (uint8_t)code,
				    .account = account,
				    .instr = instr,
				    .exit = exit,
				    .since_ms = e->wall_ms};
		tell = true;
	} else if (level > a->level) {
		a->seen = false;
		a->since_ms = e->wall_ms;
		tell = true;
	}
	a->level = (uint8_t)level;
	a->told_ns = e->now_ns;
	buf_init(&b, a->text, sizeof a->text);
	buf_puts(&b, text);
	buf_init(&b, a->brief, sizeof a->brief);
	buf_puts(&b, brief);
	if (tell || (!a->seen && level >= 2 && e->now_ns >= a->repeat_ns)) {
		a->repeat_ns = e->now_ns + 30 * S;
		notice(e, level, code, exit, "%s", text);
	}
}

void alarm_clear(struct engine *e, enum notice_code code, uint8_t account, uint16_t instr,
		 uint32_t exit)
{
	struct alarm *a = find(e, code, account, instr, exit);

	if (a)
		a->used = false;
}

void alarm_clear_exit(struct engine *e, enum notice_code code, uint32_t exit)
{
	for (int i = 0; i < SNAP_ALARMS; i++)
		if (e->alarm[i].used && e->alarm[i].code == code && e->alarm[i].exit == exit)
			e->alarm[i].used = false;
}

static bool has_stop(const struct engine *e, uint8_t account, uint16_t instr)
{
	for (uint16_t i = 0; i < ORDERS_MAX; i++) {
		const struct order *o = &e->orders.at[i];

		if (e->orders.used[i] && o->account == account && o->instr == instr && o->trigger &&
		    o->reduce_only && !o->take_profit &&
		    !order_terminal((enum order_state)o->state))
			return true;
	}
	return false;
}

static void put_money(struct buf *b, double usd)
{
	struct money m = {0};
	char raw[32];
	struct buf r;
	size_t n;

	money_from_double(&m, fabs(usd));
	buf_init(&r, raw, sizeof raw);
	dec_put_fixed(&r, m.v, MONEY_DIGITS, 0);
	n = r.len;
	for (size_t i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0)
			buf_putc(b, ',');
		buf_putc(b, raw[i]);
	}
}

static void put_touch(struct buf *b, double s)
{
	if (s >= POOL_NEVER)
		return;
	buf_puts(b, " · 1-in-10 in ");
	if (s < 60)
		buf_printf(b, "%d s", (int)s);
	else if (s < 600)
		buf_printf(b, "%d min %d s", (int)s / 60, (int)s % 60 / 5 * 5);
	else if (s < 7200)
		buf_printf(b, "%d min", (int)s / 60);
	else if (s < 172800)
		buf_printf(b, "%d h", (int)s / 3600);
	else
		buf_printf(b, "%d d", (int)s / 86400);
}

/* 1 at 10 %, 2 at 5 %, 3 at 3 %. */
static int distance_level(double dies)
{
	return dies <= 0.03 ? 3 : dies <= 0.05 ? 2 : dies <= 0.10 ? 1 : 0;
}

static void one_pool(struct engine *e, const struct epool *p)
{
	uint16_t key = p->isolated ? p->instr : (uint16_t)(INSTR_MAX + p->dex);
	int level = p->has_equity && p->sum.has_dies ? distance_level(p->sum.dies) : 0;
	char text[256], brief[80];
	bool naked = false;
	struct alarm *a;
	struct buf b;

	if (p->n == 0 || level == 0) {
		alarm_clear(e, NC_DANGER, p->account, key, 0);
		alarm_clear(e, NC_NO_STOP, p->account, key, 0);
		return;
	}
	if (level >= 2)
		e->danger_ns = e->now_ns + 10 * S;
	for (uint32_t i = 0; i < p->n; i++)
		naked = naked ||
			!has_stop(e, p->account, e->acct[p->account].held[p->held[i]].instr);
	buf_init(&b, text, sizeof text);
	buf_printf(&b, "%s dies at BTC %s%.1f %%", p->isolated ? coin_of(e, p->instr) : "CROSS",
		   p->sum.side > 0 ? "-" : "+", p->sum.dies * 100);
	buf_init(&b, brief, sizeof brief);
	buf_puts(&b, text);
	put_touch(&b, p->sum.touch_s);
	if (naked)
		buf_puts(&b, " · NO STOP");
	buf_init(&b, text, sizeof text);
	buf_printf(&b, "%s dies at BTC %s%.1f %%", p->isolated ? coin_of(e, p->instr) : "CROSS",
		   p->sum.side > 0 ? "-" : "+", p->sum.dies * 100);
	if (p->n > 1)
		buf_printf(&b, " (all %u legs)", p->n);
	put_touch(&b, p->sum.touch_s);
	buf_puts(&b, " · would lose ");
	put_money(&b, p->equity);
	buf_printf(&b, " USDC%s · press !", naked ? " · NO STOP" : "");
	a = find(e, NC_DANGER, p->account, key, 0);
	if (a && p->sum.dies <= 0.015 && e->now_ns >= a->repeat_ns - 20 * S)
		a->repeat_ns = e->now_ns; /* every 10 s down there */
	if (a && level < a->level)
		a->level = (uint8_t)level;
	alarm_raise(e, level, NC_DANGER, p->account, key, 0, brief, text);
	if (naked && level >= 2)
		alarm_raise(e, 2, NC_NO_STOP, p->account, key, 0,
			    "NO STOP within 5 % of liquidation",
			    "NO STOP: nothing rests at the venue to sell before liquidation does.");
	else
		alarm_clear(e, NC_NO_STOP, p->account, key, 0);
}

static void one_unknown(struct engine *e, const struct order *o)
{
	int64_t age = e->now_ns - o->unknown_ns;
	char text[256], q[40];
	struct buf b;

	if (age < S)
		return;
	buf_init(&b, text, sizeof text);
	buf_printf(&b, "NO ANSWER %lld.%lld s to %s %s %s%s. It may have filled. ",
		   (long long)(age / S), (long long)(age % S / (S / 10)), o->buy ? "BUY" : "SELL",
		   qty_text(q, o->sz), coin_of(e, o->instr),
		   o->reduce_only ? " (reduce-only)" : "");
	if (o->target_zero)
		buf_puts(&b,
			 "The next try goes out anyway: a double cannot sell more than you hold.");
	else
		buf_puts(&b, "The same bytes go again; its size waits for a fact.");
	alarm_raise(e, age < 3 * S ? 2 : 3, NC_UNKNOWN, o->account, o->instr, o->exit, text, text);
}

static void venue_alarms(struct engine *e)
{
	char text[200];
	struct buf b;

	if (e->venue_status >= 400 && e->now_ns - e->venue_bad_ns > 2 * S) {
		buf_init(&b, text, sizeof text);
		buf_printf(&b,
			   "HYPERLIQUID ANSWERS ERRORS (%u) for %lld s. Orders may still execute.",
			   e->venue_status, (long long)((e->now_ns - e->venue_bad_ns) / S));
		alarm_raise(e, 3, NC_VENUE_ERRORS, 0, NONE16, 0, text, text);
	} else if (!e->venue_status) {
		alarm_clear(e, NC_VENUE_ERRORS, 0, NONE16, 0);
	}
	if (e->post_only && e->now_ns - e->post_only_ns > 10 * S)
		e->post_only = false; /* not said again for a while */
	if (e->post_only)
		alarm_raise(
			e, 2, NC_POST_ONLY, 0, NONE16, 0,
			"HYPERLIQUID IS POST-ONLY. Nobody can trade.",
			"HYPERLIQUID IS POST-ONLY after an upgrade. Nobody can trade. Closes wait "
			"first in line; market close tried every 2 s.");
	else
		alarm_clear(e, NC_POST_ONLY, 0, NONE16, 0);
}

static void blind(struct engine *e, uint8_t account, uint16_t instr)
{
	struct mkt *m = &e->mkt[instr];
	const struct instr *i = &e->instrs.at[instr];
	int64_t age = e->now_ns - m->book_ns, mark_age = e->now_ns - m->mark_ns;
	char text[200], p[40];
	struct buf b;

	if (!m->book_ns || age < 3 * S) {
		alarm_clear(e, NC_BLIND, account, instr, 0);
		return;
	}
	buf_init(&b, text, sizeof text);
	buf_printf(&b, "BLIND: %s book frozen %lld s. Pricing from mark %s (%lld.%lld s old).",
		   i->coin, (long long)(age / S), price_text(p, i, m->mark),
		   (long long)(mark_age / S), (long long)(mark_age % S / (S / 10)));
	alarm_raise(e, 3, NC_BLIND, account, instr, 0, text, text);
}

static void account_alarms(struct engine *e, uint8_t k)
{
	struct account *a = &e->acct[k];
	int64_t days =
		a->agent_until_ms ? ((int64_t)a->agent_until_ms - e->wall_ms) / 86400000 : 9999;
	uint32_t left = budget_flattens_left(&a->budget);
	char text[120];
	struct buf b;

	buf_init(&b, text, sizeof text);
	if (days < 14) {
		buf_printf(&b, "The signing key of %s ends in %lld days. No exit outlives it.",
			   e->conf.account[k].name, (long long)days);
		alarm_raise(e, days < 2 ? 3 : 2, NC_KEY, k, NONE16, 0, text, text);
	}
	buf_init(&b, text, sizeof text);
	if (a->budget.known && (left < 5 || a->budget.left < 500)) {
		buf_printf(&b, "Request budget of %s: %lld actions left, %u full flattens.",
			   e->conf.account[k].name, (long long)a->budget.left, left);
		alarm_raise(e, left < 2 ? 3 : 2, NC_BUDGET, k, NONE16, 0, text, text);
	} else {
		alarm_clear(e, NC_BUDGET, k, NONE16, 0);
	}
	if (a->two_writers && e->now_ns - a->foreign_ns > 120 * S) {
		a->two_writers = false;
		alarm_clear(e, NC_TWO_WRITERS, k, NONE16, 0);
	}
}

static void store_alarm(struct engine *e)
{
	if (e->store_state == STORE_FULL || e->store_state == STORE_BROKEN)
		alarm_raise(
			e, 3, NC_STORE, 0, NONE16, 0, "The journal cannot be written.",
			e->store_state == STORE_FULL
				? "NO NEW RISK: disk full. Reductions, cancels and guards still go "
				  "out."
				: "NO NEW RISK: the journal is broken. Reductions still go out.");
	else
		alarm_clear(e, NC_STORE, 0, NONE16, 0);
}

/* Told again until acknowledged. What happened once and is over goes when it has been seen. */
static void repeat(struct engine *e)
{
	for (int i = 0; i < SNAP_ALARMS; i++) {
		struct alarm *a = &e->alarm[i];
		bool once = a->code == NC_OTHER_HAND || a->code == NC_LIQUIDATED ||
			    a->code == NC_ADL || a->code == NC_ASLEEP;

		if (!a->used)
			continue;
		if (once && a->seen) {
			a->used = false;
			if (a->code == NC_OTHER_HAND && held_find(e, a->account, a->instr, false))
				held_find(e, a->account, a->instr, false)->other_hand = false;
		} else if (!a->seen && a->level >= 2 && e->now_ns >= a->repeat_ns) {
			a->repeat_ns = e->now_ns + 30 * S;
			notice(e, a->level, (enum notice_code)a->code, a->exit, "%s", a->text);
		}
	}
}

/* A pool or a position that is gone cannot be in danger; FLAT is true until something opens. */
static void gone(struct engine *e, uint32_t legs)
{
	for (int i = 0; i < SNAP_ALARMS; i++) {
		struct alarm *a = &e->alarm[i];

		if ((a->code == NC_DANGER || a->code == NC_NO_STOP || a->code == NC_BLIND) &&
		    a->told_ns < e->now_ns)
			a->used = false;
		if (a->code == NC_FLAT && legs)
			a->used = false;
	}
}

void alarm_tick(struct engine *e)
{
	uint32_t all = 0;
	struct epool p;

	if (e->now_ns < e->alarm_tick_ns) {
		wake_at(e, e->alarm_tick_ns);
		return;
	}
	e->alarm_tick_ns = e->now_ns + S;
	wake_at(e, e->alarm_tick_ns);
	for (uint8_t a = 0; a < e->conf.n_accounts; a++) {
		uint32_t legs = 0;

		for (uint32_t k = 0; pool_build(e, a, k, &p); k++) {
			legs += p.n;
			one_pool(e, &p);
			for (uint32_t i = 0; i < p.n; i++)
				blind(e, a, e->acct[a].held[p.held[i]].instr);
		}
		all += legs;
		budget_addr_legs(&e->acct[a].budget, legs, 2);
		account_alarms(e, a);
	}
	gone(e, all);
	for (uint16_t i = 0; i < ORDERS_MAX; i++)
		if (e->orders.used[i] && e->orders.at[i].state == ORDER_UNKNOWN &&
		    order_is_ours(&e->orders.at[i]))
			one_unknown(e, &e->orders.at[i]);
	venue_alarms(e);
	store_alarm(e);
	repeat(e);
}
