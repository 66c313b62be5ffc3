/* command.c: what terminals and shells ask for. Each command gets exactly one reply, but a dry run
 * that shows a request: the host answers that one itself.
 *
 * Panic, pause, cancel and end work from every client without the seat, in every state. */
#include <string.h>

#include "base/check.h"
#include "base/prng.h"
#include "core/margin.h"
#include "engine/inner.h"

enum { ARM_S = 300, FOCUS_S = 30 };

typedef void command_fn(struct engine *e, const struct event *ev);

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

/* How many places differ, length counted; twice, so that only letter case is nearest of all. */
static int letters(const char *a, const char *b)
{
	int n = 0;

	for (; *a && *b; a++, b++)
		n += *a == *b ? 0 : upper(*a) == upper(*b) ? 0 : 2;
	return n + 2 * (int)(strlen(a) + strlen(b));
}

static const char *near_coin(const struct engine *e, const char *coin)
{
	const char *best = NULL;
	int least = 6;

	for (uint32_t i = 0; i < e->instrs.n; i++) {
		int d = letters(e->instrs.at[i].coin, coin);

		if (d < least) {
			least = d;
			best = e->instrs.at[i].coin;
		}
	}
	return best;
}

/* Until the first barrier nothing is known, and nothing can be said not to exist. */
bool command_any_read(const struct engine *e)
{
	for (uint8_t a = 0; a < e->conf.n_accounts; a++)
		if (e->acct[a].recon.passes)
			return true;
	return e->conf.n_accounts == 0;
}

/* The instrument of a coin as typed, or the refusal. */
uint16_t coin_wanted(struct engine *e, const struct event *ev, const char *coin)
{
	uint16_t instr = instr_find(&e->instrs, coin);
	const char *near;

	if (instr != INSTR_NONE)
		return instr;
	near = near_coin(e, coin);
	if (!command_any_read(e))
		reply(e, ev, ERR_TIME, 0, "The venue's markets are not read yet.");
	else if (near)
		reply(e, ev, ERR_RULE, 0, "No market %s. Near: %s.", coin, near);
	else
		reply(e, ev, ERR_RULE, 0, "No market %s.", coin);
	return NONE16;
}

bool account_ok(struct engine *e, const struct event *ev, uint8_t account)
{
	if (account < e->conf.n_accounts)
		return true;
	reply(e, ev, ERR_ARG, 0, "No account number %u.", account);
	return false;
}

bool key_ok(struct engine *e, const struct event *ev, uint8_t account)
{
	const struct account *a = &e->acct[account];

	if (a->key_ready)
		return true;
	reply(e, ev, ERR_KEY, 0,
	      "KEY LOCKED: unlock the signing key first; nothing can leave.%s%s%s%s",
	      a->key_why[0] ? " Account " : "", a->key_why[0] ? e->conf.account[account].name : "",
	      a->key_why[0] ? ": " : "", a->key_why);
	return false;
}

/* A price typed for this coin must be one the venue takes. */
bool on_tick(struct engine *e, const struct event *ev, uint16_t instr, const struct price_spec *s)
{
	const struct instr *i = &e->instrs.at[instr];
	struct price lo, hi;
	char a[40], b[40], typed[40], tick[40];
	struct buf out;

	if (s->ref != PREF_ABS || instr_price_ok(i, s->abs))
		return true;
	if (!instr_round_price(i, &lo, s->abs, ROUND_DOWN) ||
	    !instr_round_price(i, &hi, s->abs, ROUND_UP)) {
		reply(e, ev, ERR_RULE, 0, "That is no price for %s.", i->coin);
		return false;
	}
	buf_init(&out, typed, sizeof typed);
	price_put(&out, s->abs);
	buf_init(&out, tick, sizeof tick);
	price_put(&out, instr_tick(i, s->abs));
	reply(e, ev, ERR_RULE, 0, "%s is not on %s's tick of %s. Use %s or %s.", typed, i->coin,
	      tick, price_text(a, i, lo), price_text(b, i, hi));
	return false;
}

/* What the size is worth at the mark, whole USD cut; a full close may be as small as it is. */
static bool enough(struct engine *e, const struct event *ev, const struct ticket *t, uint16_t instr,
		   struct qty most)
{
	struct money worth = {0}, least = e->instrs.at[instr].min_notional;
	struct qty q = t->size.coin;

	if (t->target != TARGET_SIZE || !market_mark(e, instr).v)
		return true;
	if (t->size.unit == SIZE_USD)
		worth = t->size.usd;
	else if (t->size.unit == SIZE_PERCENT &&
		 !qty_times_ratio(&q, most, t->size.part, ROUND_DOWN))
		return true;
	if (t->size.unit == SIZE_ALL || (t->size.unit != SIZE_USD && q.v >= most.v))
		return true;
	if (t->size.unit != SIZE_USD &&
	    !price_times_qty(&worth, market_mark(e, instr), q, ROUND_DOWN))
		return true;
	if (worth.v >= least.v)
		return true;
	reply(e, ev, ERR_RULE, 0,
	      "%lld USD is below the venue's minimum of %lld USD; only a full close may be "
	      "smaller.",
	      (long long)(worth.v / 100000000), (long long)(least.v / 100000000));
	return false;
}

static void put_span(struct buf *b, int64_t ms)
{
	int64_t min = ms / 60000;

	if (min >= 60 && min % 60)
		buf_printf(b, "%lldh%02lld", (long long)(min / 60), (long long)(min % 60));
	else if (min >= 60)
		buf_printf(b, "%lldh", (long long)(min / 60));
	else
		buf_printf(b, "%lldm", (long long)min);
}

/* No exit outlives the key that signs it; ten minutes are kept to close by hand. */
static bool key_lasts(struct engine *e, const struct event *ev, const struct ticket *t)
{
	int64_t ends = (int64_t)e->acct[t->account].agent_until_ms;
	int64_t span = t->until_ms ? t->until_ms - e->wall_ms : t->horizon_ms;
	int64_t left = ends - e->wall_ms, near = left - 600000;
	char a[24], b[24], c[24];
	struct buf x;

	if (!ends || span <= left)
		return true;
	buf_init(&x, a, sizeof a);
	put_span(&x, left < 0 ? 0 : left);
	buf_init(&x, b, sizeof b);
	put_span(&x, span);
	buf_init(&x, c, sizeof c);
	put_span(&x, near < 0 ? 0 : near / 600000 * 600000);
	reply(e, ev, ERR_RULE, 0, "The signing key ends in %s; %s is longer. Nearest: %s.", a, b,
	      c);
	return false;
}

static bool ticket_ok(struct engine *e, const struct event *ev, const struct ticket *t,
		      uint16_t instr)
{
	struct qty held = held_szi(e, t->account, instr);
	struct qty most = {held.v < 0 ? -held.v : held.v};
	char a[40], b[40];

	if (most.v == 0 && e->acct[t->account].recon.passes) {
		reply(e, ev, ERR_RULE, 0, "%s is flat. Nothing to exit.", t->coin);
		return false;
	}
	if (t->target == TARGET_SIZE && t->size.unit == SIZE_NONE) {
		reply(e, ev, ERR_ARG, 0, "How much %s? Write 12%s, 12%% or 12000USD.", t->coin,
		      t->coin);
		return false;
	}
	if (t->target == TARGET_SIZE && t->size.unit == SIZE_COIN && t->size.coin.v > most.v) {
		reply(e, ev, ERR_RULE, 0, "You hold %s %s. %s%s is more; write all.",
		      qty_text(a, held), t->coin, qty_text(b, t->size.coin), t->coin);
		return false;
	}
	for (int i = 0; i < EXITS_MAX; i++) {
		const struct exit_slot *s = &e->exit[i];

		if (s->used && s->x.state != XS_DONE && s->instr == instr &&
		    s->account == t->account && !t->dry_run && !t->plan_only) {
			reply(e, ev, ERR_RULE, s->x.id,
			      "x%u already %s %s. t tunes x%u, e ends it.", s->x.id,
			      s->x.buy ? "buys" : "sells", t->coin, s->x.id);
			return false;
		}
	}
	return enough(e, ev, t, instr, most) && key_lasts(e, ev, t) &&
	       on_tick(e, ev, instr, &t->working) && on_tick(e, ev, instr, &t->last);
}

void record_command(struct engine *e, const struct event *ev, const char *what, uint32_t exit)
{
	struct rec r = {.kind = REC_COMMAND,
			.account = ev->account,
			.exit = exit,
			.value = ev->cmd.cmd->kind};
	struct buf b;

	buf_init(&b, r.text, sizeof r.text);
	buf_puts(&b, what);
	ef_rec(e, &r);
}

uint64_t exit_seed(const struct engine *e, uint32_t id)
{
	struct prng r;

	prng_seed(&r, e->conf.seed + id);
	return prng_u64(&r) | 1;
}

/* Not refused, said: the venue would be there first. Empty: nothing to say. */
static void liq_warning(const struct exit *x, const struct ticket *t, const struct exec_view *v,
			char *out, size_t cap)
{
	struct price p = t->last.ref != PREF_NONE ? x->last : x->working;
	char at[40], liq[40];
	struct buf b;

	buf_init(&b, out, cap);
	if (!v->has_liq || p.v <= 0 || (x->buy ? p.v <= v->liq.v : p.v >= v->liq.v))
		return;
	buf_printf(&b, "%s is %s the liquidation price %s: liquidation would come first.",
		   price_text(at, v->instr, p), x->buy ? "above" : "below",
		   price_text(liq, v->instr, v->liq));
}

uint32_t dry_number(struct engine *e)
{
	return (e->next_dry ? e->next_dry : DRY_NUMBERS) + 1;
}

void number_taken(struct engine *e, uint32_t *next, uint32_t id)
{
	if (id > DRY_NUMBERS)
		next = &e->next_dry;
	if (id > *next)
		*next = id;
}

static void cmd_exit(struct engine *e, const struct event *ev)
{
	const struct ticket *t = &ev->cmd.cmd->ticket;
	struct err err = {0};
	struct exit_slot *s;
	struct exec_view v;
	char warn[160], guard[160], held[200], size[40];
	uint16_t instr;
	uint32_t id;

	if (!account_ok(e, ev, t->account) || (instr = coin_wanted(e, ev, t->coin)) == NONE16)
		return;
	if (!e->acct[t->account].recon.passes) {
		reply(e, ev, ERR_TIME, 0, "The account is not read yet.");
		return;
	}
	if ((!t->dry_run && !t->plan_only && !key_ok(e, ev, t->account)) ||
	    !ticket_ok(e, ev, t, instr))
		return;
	if (t->plan_only) {
		solve_whatif(e, ev, t, instr);
		return;
	}
	s = t->dry_run ? &e->exit_dry : exit_slot_free(e);
	if (!s) {
		reply(e, ev, ERR_LIMIT, 0, "%d exits run already; end one first.", EXITS_MAX);
		return;
	}
	id = t->dry_run ? dry_number(e) : e->next_exit + 1;
	exits_view(e, NULL, t->account, instr, &v);
	memset(s, 0, sizeof *s);
	if (!exit_init(&s->x, id, t, &v, exit_seed(e, id), &err)) {
		reply(e, ev, err.code, 0, "%s", err.text);
		return;
	}
	if (t->group == TICKET_GROUP_OWN)
		s->x.ticket.group = id;
	number_taken(e, &e->next_exit, id);
	s->used = true;
	s->dirty = true;
	s->instr = instr;
	s->account = t->account;
	s->volume0 = e->mkt[instr].volume;
	if (held_get(e, t->account, instr))
		s->funding0 = held_get(e, t->account, instr)->funding;
	if (t->dry_run) {
		struct dry dry = {true, ev->cmd.client, ev->cmd.seq, NULL};

		if (!exits_dry(e, s, &dry))
			reply(e, ev, ERR_RULE, 0, "Nothing would leave now: %s",
			      v.may_not[0] ? v.may_not : "the first slice waits.");
		s->used = false;
		return;
	}
	record_command(e, ev, "exit", id);
	market_want(e, instr, e->now_ns + FEED_KEEP_S * S);
	notice(e, 0, NC_EXIT, id, "exit x%u started: %s %s %s", id, s->x.buy ? "buy" : "sell",
	       qty_text(size, s->x.total), t->coin);
	liq_warning(&s->x, t, &v, warn, sizeof warn);
	if (warn[0])
		notice(e, 1, NC_EXIT, id, "x%u: %s", id, warn);
	if (exit_held_words(&s->x, &v, held, sizeof held)) /* before its first order */
		notice(e, 1, NC_EXIT, id, "x%u %s: %s", id, t->coin, held);
	guard_offer(e, &s->x, t->account, instr, guard, sizeof guard);
	reply(e, ev, ERR_OK, id, "x%u%s%s%s%s%s%s", id, held[0] ? ": " : "", held,
	      warn[0] || guard[0] ? ". " : "", warn, warn[0] && guard[0] ? " " : "", guard);
}

void says_what_runs(struct engine *e, const struct event *ev, char kind, uint32_t id)
{
	char what[CMD_TEXT_MAX / 2];
	struct buf b;
	uint32_t n = 0;

	buf_init(&b, what, sizeof what);
	for (int i = 0; i < EXITS_MAX; i++)
		if (e->exit[i].used && e->exit[i].x.state != XS_DONE && n++ < 4)
			buf_printf(&b, "%sx%u %s", n > 1 ? ", " : "", e->exit[i].x.id,
				   e->exit[i].x.coin);
	for (int i = 0; i < RUNS_MAX; i++)
		if (flat_runs(&e->flat[i]) && n++ < 4)
			buf_printf(&b, "%sp%u", n > 1 ? ", " : "", e->flat[i].f.id);
	if (n > 4)
		buf_printf(&b, " and %u more", n - 4);
	if (!n)
		buf_puts(&b, "Nothing runs");
	if (kind)
		reply(e, ev, ERR_RULE, id, "%c%u does not run. %s%s.", kind, id, what,
		      !n       ? ""
		      : n == 1 ? " does"
			       : " do");
	else
		reply(e, ev, ERR_RULE, id, "No exit runs.%s%s%s", n ? " " : "", n ? what : "",
		      !n       ? ""
		      : n == 1 ? " does."
			       : " do.");
}

/* Every exit named by `which`, 0 all; how many took it. */
static void each_exit(struct engine *e, const struct event *ev, const char *name,
		      bool (*fn)(struct exit *, const struct exec_view *, struct err *))
{
	uint32_t id = ev->cmd.cmd->which.exit, n = 0, seen = 0;
	struct err err = {0};

	for (int i = 0; i < EXITS_MAX; i++) {
		struct exit_slot *s = &e->exit[i];
		struct exec_view v;

		if (!s->used || s->x.state == XS_DONE || (id && s->x.id != id))
			continue;
		seen++;
		exits_view(e, s, s->account, s->instr, &v);
		if (fn(&s->x, &v, &err))
			n++;
		s->dirty = true;
		s->saved0 = false;
	}
	if (!seen)
		says_what_runs(e, ev, id ? 'x' : 0, id);
	else if (!n)
		reply(e, ev, err.code, id, "%s", err.text);
	else {
		record_command(e, ev, name, id);
		if (id)
			reply(e, ev, ERR_OK, id, "%s: x%u", name, id);
		else
			reply(e, ev, ERR_OK, id, "%s: %u exit%s", name, n, n == 1 ? "" : "s");
	}
}

static void cmd_pause(struct engine *e, const struct event *ev)
{
	if (!flat_named(e, ev, "pause"))
		each_exit(e, ev, "pause", exit_pause);
}

static void cmd_resume(struct engine *e, const struct event *ev)
{
	if (!flat_named(e, ev, "resume"))
		each_exit(e, ev, "resume", exit_resume);
}

static void cmd_close_rest(struct engine *e, const struct event *ev)
{
	each_exit(e, ev, "close-rest", exit_close_rest);
}

static void cmd_end(struct engine *e, const struct event *ev)
{
	if (!flat_named(e, ev, "end"))
		each_exit(e, ev, "end", exit_end);
}

static void cmd_include(struct engine *e, const struct event *ev)
{
	each_exit(e, ev, "include", exit_include);
}

static void cmd_tune(struct engine *e, const struct event *ev)
{
	const struct tune *t = &ev->cmd.cmd->tune;
	struct exit_slot *s = exit_slot_find(e, t->exit);
	struct err err = {0};
	struct exec_view v;
	char guard[160];

	if (!s || s->x.state == XS_DONE) {
		says_what_runs(e, ev, 'x', t->exit);
		return;
	}
	if (((t->fields & TUNE_WORKING) && !on_tick(e, ev, s->instr, &t->working)) ||
	    ((t->fields & TUNE_LAST) && !on_tick(e, ev, s->instr, &t->last)))
		return;
	exits_view(e, s, s->account, s->instr, &v);
	if (!exit_tune(&s->x, t, &v, &err)) {
		reply(e, ev, err.code, t->exit, "%s", err.text);
		return;
	}
	s->dirty = true;
	s->saved0 = false;
	record_command(e, ev, "tune", t->exit);
	guard_tuned(e, s, guard, sizeof guard);
	reply(e, ev, ERR_OK, t->exit, guard[0] ? "x%u tuned. %s" : "x%u tuned", t->exit, guard);
}

static bool cancel_matches(const struct engine *e, const struct order *o, enum cancel_scope scope,
			   uint16_t instr, uint64_t oid, bool stops)
{
	bool stop = o->trigger && o->reduce_only;

	if (scope == CANCEL_ONE)
		return o->oid == oid && (!stop || stops);
	if (stop && !stops)
		return false;
	if (instr != NONE16 && o->instr != instr)
		return false;
	switch (scope) {
	case CANCEL_ENTRY:
		return order_adds(e, o);
	case CANCEL_EXITS:
		return !stop && (order_is_ours(o) || o->reduce_only);
	default:
		return true;
	}
}

bool cancel_takes(const struct engine *e, uint16_t at, enum cancel_scope scope, uint16_t instr,
		  uint64_t oid, bool stops)
{
	const struct order *o = &e->orders.at[at];

	return e->orders.used[at] && !e->orders.twap[at] &&
	       !order_terminal((enum order_state)o->state) && o->tif != TIF_IOC &&
	       (o->oid || cloid_is_set(o->cloid)) && cancel_matches(e, o, scope, instr, oid, stops);
}

static void flush_cancels(struct engine *e, uint8_t account, struct act_cancel *c, int *n,
			  enum lane lane, uint32_t *sent)
{
	if (*n && submit_cancels(e, account, c, *n, lane))
		*sent += (uint32_t)*n;
	*n = 0;
}

void cancel_scope_now(struct engine *e, uint8_t account, enum cancel_scope scope, uint16_t instr,
		      uint64_t oid, bool stops, enum lane lane, uint32_t *sent)
{
	struct act_cancel by_oid[SUBMIT_BATCH], by_cloid[SUBMIT_BATCH];
	int n_oid = 0, n_cloid = 0;

	for (uint16_t i = 0; i < ORDERS_MAX && ef_room(e, 32); i++) {
		const struct order *o = &e->orders.at[i];
		struct act_cancel c = {.oid = o->oid};

		if (o->account != account || !cancel_takes(e, i, scope, instr, oid, stops))
			continue;
		c.asset = e->instrs.at[o->instr].asset;
		if (o->whose == WHOSE_GUARD) /* taken away for good */
			guard_off(e, account, o->instr);
		if (c.oid) {
			by_oid[n_oid++] = c;
		} else {
			c.cloid = o->cloid;
			by_cloid[n_cloid++] = c;
		}
		if (n_oid == SUBMIT_BATCH)
			flush_cancels(e, account, by_oid, &n_oid, lane, sent);
		if (n_cloid == SUBMIT_BATCH)
			flush_cancels(e, account, by_cloid, &n_cloid, lane, sent);
	}
	flush_cancels(e, account, by_oid, &n_oid, lane, sent);
	flush_cancels(e, account, by_cloid, &n_cloid, lane, sent);
}

static void cmd_cancel(struct engine *e, const struct event *ev)
{
	const struct cancel *c = &ev->cmd.cmd->cancel;
	uint16_t instr = NONE16;
	uint32_t n = 0;

	if (!account_ok(e, ev, c->account) || !key_ok(e, ev, c->account))
		return;
	if (c->scope == CANCEL_COIN && (instr = coin_wanted(e, ev, c->coin)) == NONE16)
		return;
	if (!e->acct[c->account].recon.passes) { /* "0 cancels sent" would be a lie */
		reply(e, ev, ERR_TIME, 0, "The account's orders are not read yet.");
		return;
	}
	record_command(e, ev, "cancel", 0);
	cancel_scope_now(e, c->account, (enum cancel_scope)c->scope, instr, c->oid, c->stops,
			 LANE_USER, &n);
	if (!n && c->scope == CANCEL_ONE)
		reply(e, ev, ERR_OK, 0, "0 cancels sent: no order %llu rests here",
		      (unsigned long long)c->oid);
	else
		reply(e, ev, ERR_OK, 0, "%u cancels sent%s", n, c->stops ? "" : "; stops stay");
}

static void cmd_arm(struct engine *e, const struct event *ev)
{
	e->armed = true;
	e->armed_until_ns = e->now_ns + ARM_S * S;
	wake_at(e, e->armed_until_ns);
	reply(e, ev, ERR_OK, 0, "ARMED for 5 min: orders that add may leave.");
}

static void cmd_disarm(struct engine *e, const struct event *ev)
{
	e->armed = false;
	reply(e, ev, ERR_OK, 0, "DISARMED");
}

static void cmd_release(struct engine *e, const struct event *ev)
{
	struct rec r = {.kind = REC_LOCK, .value = 0};
	const char *word = ev->cmd.cmd->word.word;

	if (strncmp(word, "RELEASE", sizeof ev->cmd.cmd->word.word)) {
		reply(e, ev, ERR_RULE, 0, "The word is RELEASE, you typed %.15s. Nothing changed.",
		      word);
		return;
	}
	if (e->local_lock)
		ef_rec(e, &r);
	e->local_lock = false;
	reply(e, ev, ERR_OK, 0, "LOCAL LOCK ended: new risk is possible from here.");
}

static void cmd_seat(struct engine *e, const struct event *ev)
{
	e->seat = ev->cmd.client;
	reply(e, ev, ERR_OK, 0, "The seat is yours.");
}

static void cmd_ack(struct engine *e, const struct event *ev)
{
	struct alarm *best = NULL;

	for (int i = 0; i < SNAP_ALARMS; i++) {
		struct alarm *a = &e->alarm[i];

		if (a->used && !a->seen &&
		    (!best || a->level > best->level ||
		     (a->level == best->level && a->since_ms > best->since_ms)))
			best = a;
	}
	if (best)
		best->seen = true;
	reply(e, ev, ERR_OK, 0, best ? "quiet until it gets worse" : "no alarm");
}

static void cmd_focus(struct engine *e, const struct event *ev)
{
	uint16_t instr = coin_wanted(e, ev, ev->cmd.cmd->focus.coin);

	if (instr == NONE16)
		return;
	market_want(e, instr, e->now_ns + FOCUS_S * S);
	e->mkt[instr].look_ns = e->now_ns + FOCUS_S * S;
	reply(e, ev, ERR_OK, 0, "%s", coin_of(e, instr));
}

static void cmd_read(struct engine *e, const struct event *ev)
{
	for (uint8_t a = 0; a < e->conf.n_accounts; a++)
		recon_want_read(e, a);
	reply(e, ev, ERR_OK, 0, "reading");
}

static command_fn *const commands[CMD_KINDS] = {
	[CMD_EXIT] = cmd_exit,
	[CMD_FLATTEN] = cmd_flatten,
	[CMD_CANCEL] = cmd_cancel,
	[CMD_PAUSE] = cmd_pause,
	[CMD_RESUME] = cmd_resume,
	[CMD_TUNE] = cmd_tune,
	[CMD_CLOSE_REST] = cmd_close_rest,
	[CMD_END] = cmd_end,
	[CMD_ARM] = cmd_arm,
	[CMD_DISARM] = cmd_disarm,
	[CMD_RELEASE] = cmd_release,
	[CMD_TAKE_SEAT] = cmd_seat,
	[CMD_ACK] = cmd_ack,
	[CMD_FOCUS] = cmd_focus,
	[CMD_READ] = cmd_read,
	[CMD_INCLUDE] = cmd_include,
	[CMD_AUTO] = cmd_auto,
	[CMD_GUARD] = cmd_guard,
	[CMD_ADD] = cmd_add,
};

/* Text inside a command may come from any local program: every array is closed before it is read.
 */
static bool closed(const char *s, size_t n)
{
	return memchr(s, 0, n) != NULL;
}

static bool flatten_ok(const struct flatten *f)
{
	if (f->n_coins > 8 || f->n_keep > 8 || f->scope > FLAT_COINS || f->verb >= VERBS ||
	    f->n_cuts > CUTS_MAX)
		return false;
	for (int i = 0; i < 8; i++)
		if (!closed(f->coin[i], COIN_MAX) || !closed(f->keep[i], COIN_MAX))
			return false;
	for (int i = 0; i < CUTS_MAX; i++)
		if (!closed(f->cut[i].coin, COIN_MAX))
			return false;
	return true;
}

static bool command_ok(const struct cmd *c)
{
	switch ((enum cmd_kind)c->kind) {
	case CMD_EXIT:
		return closed(c->ticket.coin, COIN_MAX);
	case CMD_CANCEL:
		return closed(c->cancel.coin, COIN_MAX) && c->cancel.scope <= CANCEL_ONE;
	case CMD_FOCUS:
		return closed(c->focus.coin, COIN_MAX);
	case CMD_RELEASE:
		return closed(c->word.word, sizeof c->word.word);
	case CMD_FLATTEN:
		return flatten_ok(&c->flatten);
	case CMD_GUARD:
		if (c->guard.n_coins > 8 || c->guard.scope > FLAT_COINS)
			return false;
		for (int i = 0; i < 8; i++)
			if (!closed(c->guard.coin[i], COIN_MAX))
				return false;
		return true;
	case CMD_ADD:
		return closed(c->add.coin, COIN_MAX);
	case CMD_AUTO:
		return closed(c->automatic.name, sizeof c->automatic.name) &&
		       closed(c->automatic.why, sizeof c->automatic.why);
	default:
		return c->kind < CMD_KINDS;
	}
}

/* Coins as the venue writes them, where what was typed can mean one of them only. */
static void settle_coins(const struct engine *e, char coin[][COIN_MAX], uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint16_t id = instr_typed(&e->instrs, coin[i]);

		if (id != INSTR_NONE)
			memcpy(coin[i], e->instrs.at[id].coin, COIN_MAX);
	}
}

static void settle_names(const struct engine *e, struct cmd *c)
{
	switch ((enum cmd_kind)c->kind) {
	case CMD_EXIT:
		settle_coins(e, &c->ticket.coin, 1);
		break;
	case CMD_FLATTEN:
		settle_coins(e, c->flatten.coin, c->flatten.n_coins);
		settle_coins(e, c->flatten.keep, c->flatten.n_keep);
		break;
	case CMD_GUARD:
		settle_coins(e, c->guard.coin, c->guard.n_coins);
		break;
	case CMD_ADD:
		settle_coins(e, &c->add.coin, 1);
		break;
	case CMD_CANCEL:
		settle_coins(e, &c->cancel.coin, c->cancel.scope == CANCEL_COIN);
		break;
	case CMD_FOCUS:
		settle_coins(e, &c->focus.coin, 1);
		break;
	default:
		break;
	}
}

void command(struct engine *e, const struct event *ev)
{
	struct event named = *ev;

	if (!command_ok(ev->cmd.cmd) || !commands[ev->cmd.cmd->kind]) {
		reply(e, ev, ERR_ARG, 0, "That command cannot be read (kind %u).",
		      ev->cmd.cmd->kind);
		return;
	}
	e->named = *ev->cmd.cmd;
	settle_names(e, &e->named);
	named.cmd.cmd = &e->named;
	commands[e->named.kind](e, &named);
}
