/* guard_cmd.c: GUARD and ADD as asked for: which positions, at which price, and the answer in
 * words.
 *
 * 1. Nothing here asks for the seat, for ARMED, or for a lock to be open: both lower risk. A key
 *    that is not unlocked is said at once.
 * 2. An ADD goes once: one nonce, its bytes repeated while nobody answers; after that a read of the
 *    position says what became of it. */
#include <string.h>

#include "base/check.h"
#include "core/margin.h"
#include "engine/inner.h"

enum { OFFER_MS = 120000 };

/* ---- which ---- */

static bool named(const struct guard *c, const char *coin)
{
	for (int i = 0; i < c->n_coins; i++)
		if (!strcmp(c->coin[i], coin))
			return true;
	return false;
}

static bool wanted(const struct engine *e, const struct guard *c, const struct held *h)
{
	struct qty szi = pos_szi(&h->pos);

	if (!h->used || !szi.v)
		return false;
	switch ((enum flatten_scope)c->scope) {
	case FLAT_LONGS:
		return szi.v > 0;
	case FLAT_SHORTS:
		return szi.v < 0;
	case FLAT_COINS:
		return named(c, coin_of(e, h->instr));
	default:
		return true;
	}
}

/* Every coin named must be a market and held. */
static bool coins_held(struct engine *e, const struct event *ev, const struct guard *c)
{
	for (int i = 0; i < c->n_coins && c->scope == FLAT_COINS; i++) {
		uint16_t instr = coin_wanted(e, ev, c->coin[i]);
		bool held = c->off;

		if (instr == NONE16)
			return false;
		for (uint8_t a = 0; a < e->conf.n_accounts; a++)
			held = held ||
			       ((c->account == 0xff || c->account == a) && held_szi(e, a, instr).v);
		if (!held) {
			reply(e, ev, ERR_RULE, 0, "%s is flat. Nothing to guard.", c->coin[i]);
			return false;
		}
	}
	return true;
}

/* One account that is read and has its key is enough: the others hold up nobody. A stop wanted for
 * an account without its key is kept, and placed when the key is there. */
static bool accounts_ready(struct engine *e, const struct event *ev, const struct guard *c)
{
	bool read = false, ready = false;
	uint8_t last = 0;

	if (c->account != 0xff && !account_ok(e, ev, c->account))
		return false;
	for (uint8_t a = 0; a < e->conf.n_accounts; a++) {
		if ((c->account != 0xff && c->account != a) || !e->acct[a].recon.passes)
			continue;
		read = true;
		ready = ready || c->dry_run || e->acct[a].key_ready;
		last = a;
	}
	if (!read)
		reply(e, ev, ERR_TIME, 0, "The account is not read yet.");
	return read && (ready || key_ok(e, ev, last));
}

/* ---- at which price ---- */

static bool typed_price(struct engine *e, const struct event *ev, const struct guard *c,
			uint8_t account, uint16_t instr, struct price *out)
{
	const struct price_spec *s = &c->trigger;
	const struct instr *i = &e->instrs.at[instr];
	struct price base = {0}, p;
	struct guard_view v;
	struct err err = {0};

	out->v = 0;
	if (s->ref == PREF_NONE)
		return true;
	guard_view_fill(e, account, instr, &v);
	if (s->ref == PREF_ABS) {
		if (!on_tick(e, ev, instr, s))
			return false;
		*out = s->abs;
	} else {
		base = s->ref == PREF_FROM_MARK ? v.mark : s->ref == PREF_FROM_LIQ ? v.dies : base;
		if (!base.v ||
		    !price_times_ratio(&p, base, (struct ratio){1000000000000 + s->offset.v},
				       ROUND_HALF_AWAY) ||
		    !instr_round_price(i, out, p, v.szi.v > 0 ? ROUND_UP : ROUND_DOWN)) {
			reply(e, ev, ERR_RULE, 0,
			      "That trigger has nothing to count from. Write the price, -1%% from "
			      "the "
			      "mark, or liq+0.5%%.");
			return false;
		}
	}
	if (guard_typed_ok(&v, *out, &err))
		return true;
	reply(e, ev, err.code, 0, "%s", err.text);
	return false;
}

/* "fires before the working price": of the exit that runs there. */
static bool before_working(const struct guard_view *v, struct price trigger)
{
	return v->works.v && (v->szi.v > 0 ? trigger.v > v->works.v : trigger.v < v->works.v);
}

/* What it comes to for one position; true when a stop rests or goes out. */
static bool words(struct engine *e, const struct guard_slot *s, struct buf *b)
{
	const struct instr *i = &e->instrs.at[s->instr];
	const struct guard_order *o = guard_resting(&s->g);
	struct price trigger, limit;
	struct guard_view v;
	char why[96], t[40], l[40];

	guard_view_fill(e, s->account, s->instr, &v);
	if (o && (!v.dies.v || (s->g.buy ? o->trigger.v < v.dies.v : o->trigger.v > v.dies.v)) &&
	    (!s->g.typed.v || s->g.typed.v == o->trigger.v)) {
		buf_printf(b, "%s %s rests", i->coin, price_text(t, i, o->trigger));
		trigger = o->trigger;
	} else if (guard_prices(&s->g, &v, &trigger, &limit, why)) {
		buf_printf(b, "%s %s, worst %s", i->coin, price_text(t, i, trigger),
			   price_text(l, i, limit));
	} else {
		buf_printf(b, "%s: %s", i->coin, why);
		return false;
	}
	if (before_working(&v, trigger))
		buf_printf(b, " (before the working price %s of x%u)", price_text(t, i, v.works),
			   v.exit);
	return true;
}

static void dry(struct engine *e, const struct event *ev, uint8_t account, uint16_t instr,
		struct price typed)
{
	struct guard_slot s = {.used = true, .account = account, .instr = instr};
	struct dry d = {true, ev->cmd.client, ev->cmd.seq, NULL};
	struct price trigger, limit;
	struct act_order a;
	struct order meta;
	struct approved ok;
	struct guard_view v;
	struct err err = {0};
	char why[96];

	guard_view_fill(e, account, instr, &v);
	v.may_send = true; /* without a key it is shown unsigned */
	guard_init(&s.g, ++e->next_guard, coin_of(e, instr), typed);
	if (!guard_prices(&s.g, &v, &trigger, &limit, why)) {
		reply(e, ev, ERR_RULE, 0, "Nothing would leave: %s: %s", coin_of(e, instr), why);
		return;
	}
	a = guard_order_of(e, instr, v.szi.v < 0, trigger, limit);
	meta = guard_meta(&s, 1);
	if (!risk_approve(&ok, &e->instrs.at[instr], &a, v.szi,
			  gates_closed(e, account) & ~gate_bit(GATE_KEY), &err) ||
	    !submit_orders(e, &ok, &meta, 1, LANE_KILL, &d))
		reply(e, ev, ERR_RULE, 0, "Nothing would leave: %s",
		      err.text[0] ? err.text : "no room");
}

static void off(struct engine *e, const struct event *ev, const struct guard *c)
{
	struct buf b;
	char text[200];
	uint32_t n = 0;

	buf_init(&b, text, sizeof text);
	for (int i = 0; i < GUARDS_MAX; i++) {
		struct guard_slot *s = &e->guard[i];
		const struct held *h;

		if (!s->used || s->g.off || (c->account != 0xff && c->account != s->account))
			continue;
		h = held_get(e, s->account, s->instr);
		if (c->scope == FLAT_COINS ? !named(c, s->g.coin) : h && !wanted(e, c, h))
			continue;
		guard_off(e, s->account, s->instr);
		buf_printf(&b, "%s%s", n++ ? ", " : "", s->g.coin);
	}
	if (n)
		record_command(e, ev, "guard off", 0);
	if (n)
		reply(e, ev, ERR_OK, 0, "GUARD off: %s. Its stop is being cancelled: NO STOP.",
		      text);
	else
		reply(e, ev, ERR_RULE, 0, "No guard of ours rests there.");
}

void cmd_guard(struct engine *e, const struct event *ev)
{
	const struct guard *c = &ev->cmd.cmd->guard;
	uint32_t n = 0, good = 0;
	struct price typed;
	char text[230];
	struct buf b;

	if (!accounts_ready(e, ev, c) || !coins_held(e, ev, c))
		return;
	if (c->off) {
		off(e, ev, c);
		return;
	}
	buf_init(&b, text, sizeof text);
	for (uint8_t a = 0; a < e->conf.n_accounts; a++)
		for (uint32_t k = 0; k < e->acct[a].n_held; k++) {
			const struct held *h = &e->acct[a].held[k];
			struct guard_slot *s;

			if ((c->account != 0xff && c->account != a) || !wanted(e, c, h))
				continue;
			if (!typed_price(e, ev, c, a, h->instr, &typed))
				return;
			if (c->dry_run) {
				dry(e, ev, a, h->instr, typed);
				return;
			}
			s = guard_want(e, a, h->instr, typed);
			if (n++)
				buf_puts(&b, "; ");
			if (!s)
				buf_printf(&b, "%s: %d guards are kept already",
					   coin_of(e, h->instr), GUARDS_MAX);
			else
				good += words(e, s, &b);
		}
	if (!n) {
		reply(e, ev, ERR_RULE, 0, "Nothing is held there. Nothing to guard.");
		return;
	}
	record_command(e, ev, "guard", 0);
	reply(e, ev, good ? ERR_OK : ERR_RULE, 0, good ? "GUARD %s." : "No guard now: %s.", text);
}

/* ---- with an exit ---- */

void guard_offer(struct engine *e, const struct exit *x, uint8_t account, uint16_t instr, char *out,
		 size_t cap)
{
	struct guard_slot *s;
	char text[160];
	struct buf b;
	bool ok;

	out[0] = 0;
	if (!x->ticket.guard || x->planned_end_ms - x->start_ms <= OFFER_MS)
		return;
	s = guard_want(e, account, instr, (struct price){0});
	if (!s)
		return;
	buf_init(&b, text, sizeof text);
	ok = words(e, s, &b);
	buf_init(&b, out, cap);
	buf_printf(&b, ok ? "GUARD %s." : "No guard now: %s; placed when there is room.", text);
	s->g.waits_told = true; /* said here */
}

void guard_tuned(struct engine *e, const struct exit_slot *x, char *out, size_t cap)
{
	struct guard_slot *s = guard_find(e, x->account, x->instr);
	const struct guard_order *o = s ? guard_resting(&s->g) : NULL;
	const struct instr *i = &e->instrs.at[x->instr];
	struct guard_view v;
	char t[40], p[40];
	struct buf b;

	out[0] = 0;
	if (!o)
		return;
	guard_view_fill(e, x->account, x->instr, &v);
	if (!before_working(&v, o->trigger) || s->g.works_told.v == v.works.v)
		return;
	s->g.works_told = v.works;
	buf_init(&b, out, cap);
	buf_printf(&b, "The guard at %s fires before your working price %s.",
		   price_text(t, i, o->trigger), price_text(p, i, v.works));
}

/* ---- collateral ---- */

static const char *usd_text(char out[40], struct money m)
{
	struct buf b;

	buf_init(&b, out, 40);
	money_put(&b, m);
	return out;
}

static void refuse_cross(struct engine *e, const struct event *ev, const struct add *c)
{
	const struct account *a = &e->acct[c->account];
	char usd[40];

	usd_text(usd, c->usd);
	if (a->has_abstraction &&
	    (a->abstraction == ABS_UNIFIED || a->abstraction == ABS_PORTFOLIO))
		reply(e, ev, ERR_RULE, 0,
		      "%s lives from the account's spot balance, and this key may not move money. "
		      "Deposit %s USDC to the account: the venue's page, Deposit.",
		      c->coin, usd);
	else
		reply(e, ev, ERR_RULE, 0,
		      "%s is in a cross pool, and this key may not move money. On the venue's "
		      "page: "
		      "Deposit, or Transfer from Spot to Perps, %s USDC.",
		      c->coin, usd);
}

void cmd_add(struct engine *e, const struct event *ev)
{
	const struct add *c = &ev->cmd.cmd->add;
	const struct held *h;
	struct dry d = {true, ev->cmd.client, ev->cmd.seq, NULL};
	struct money usd = c->usd, raw;
	struct price after;
	char text[40], now[40], then[40];
	uint16_t instr;

	if (!account_ok(e, ev, c->account) || (instr = coin_wanted(e, ev, c->coin)) == NONE16)
		return;
	if (!e->acct[c->account].recon.passes) {
		reply(e, ev, ERR_TIME, 0, "The account is not read yet.");
		return;
	}
	usd.v -= usd.v > 0 ? usd.v % 100 : 0; /* the venue counts millionths */
	if (usd.v <= 0 || usd.v > ACT_ADD_MAX.v) {
		reply(e, ev, ERR_ARG, 0, "How much? Write --usd 500USD; it only goes in.");
		return;
	}
	h = held_get(e, c->account, instr);
	if (!h || !pos_szi(&h->pos).v) {
		reply(e, ev, ERR_RULE, 0, "%s is flat. Nothing to add to.", c->coin);
		return;
	}
	if (h->pos.read.mode != MARGIN_ISOLATED) {
		refuse_cross(e, ev, c);
		return;
	}
	if (!c->dry_run && !key_ok(e, ev, c->account))
		return;
	if (!submit_margin(e, c->account, instr, usd, c->dry_run ? &d : NULL)) {
		reply(e, ev, ERR_LIMIT, 0, "Not sent: %d additions wait for their answer.",
		      ADDS_MAX);
		return;
	}
	if (c->dry_run)
		return;
	record_command(e, ev, "add", 0);
	usd_text(text, usd);
	raw = h->pos.read.raw_usd;
	if (h->pos.read.has_liq && money_add(&raw, raw, usd) &&
	    margin_liq_isolated(&after, &e->instrs.at[instr], pos_szi(&h->pos), raw))
		reply(e, ev, ERR_OK, 0,
		      "ADD %s USD to isolated %s: sent. Liquidation %s -> %s once it is in.", text,
		      c->coin, price_text(now, &e->instrs.at[instr], h->pos.read.liq),
		      price_text(then, &e->instrs.at[instr], after));
	else
		reply(e, ev, ERR_OK, 0, "ADD %s USD to isolated %s: sent.", text, c->coin);
}
