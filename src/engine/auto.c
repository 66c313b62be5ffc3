/* auto.c: automatic actions. All are off until armed by name with a reason in the operator's words.
 *
 * 1. Nothing here opens or grows anything: guard, trim and now are commands that anyone may give.
 * 2. An action fires when a pool is within its distance by two of {mark, oracle, mid}, or by the
 *    mark alone for PERSIST_S: one bad price sells nothing (operations.md 6).
 * 3. For each account by itself: it fires again no sooner than AGAIN_S, and at most FIRES_MAX times
 *    for one arming. What is done for one account never makes another wait.
 * 4. Armed is a journal record: a restart keeps it. */
#include <math.h>
#include <string.h>

#include "engine/inner.h"
#include "engine/words.h"

enum { PERSIST_S = 3, AGAIN_S = 30, FIRES_MAX = 5, FRESH_S = 6 };

enum source { BY_MARK, BY_ORACLE, BY_MID, SOURCES };
static const char *const source_name[SOURCES] = {"mark", "oracle", "mid"};

static const struct {
	const char *name, *does;
	int64_t at; /* default distance, 1e-12 */
} row[AUTOS] = {
	[AUTO_GUARD] = {"guard", "places the stops that are missing", 50000000000},
	[AUTO_TRIM] = {"trim", "makes the least cut of the sheet", 15000000000},
	[AUTO_NOW] = {"now", "closes everything", 7000000000},
};

const char *auto_name(enum auto_kind k)
{
	return row[k].name;
}

/* Every leg of the pool valued by that source. False: a price of it is missing or old. */
static bool by_source(const struct engine *e, const struct epool *p, enum source src, double *dies)
{
	uint16_t btc = instr_find(&e->instrs, "BTC");
	struct pool_leg leg[POOL_LEGS];
	double equity = p->equity;
	struct pool_sum sum;

	for (uint32_t i = 0; i < p->n; i++) {
		const struct held *h = &e->acct[p->account].held[p->held[i]];
		const struct mkt *m = &e->mkt[h->instr];
		struct price px = src == BY_MARK ? m->mark : src == BY_ORACLE ? m->oracle : m->mid;
		int64_t at = src == BY_MID && m->mid_ns > m->mark_ns ? m->mid_ns : m->mark_ns;
		double mark = price_to_double(m->mark), k;

		if (px.v <= 0 || m->mark.v <= 0 || e->now_ns - at > FRESH_S * S)
			return false;
		k = price_to_double(px) / mark;
		leg[i] = p->leg[i];
		leg[i].notional *= k;
		leg[i].maint *= k;
		equity += p->leg[i].notional * (k - 1);
	}
	sum = pool_measure(leg, (int)p->n, equity,
			   btc != INSTR_NONE ? market_sigma(e, btc) / sqrt(8760.0) : 0.0067);
	*dies = sum.has_dies ? sum.dies : INFINITY;
	return true;
}

/* Which sources say that the pool is within `at`; as bits. */
static unsigned agreeing(const struct engine *e, const struct epool *p, double at)
{
	unsigned bits = 0;
	double dies;

	for (int s = 0; s < SOURCES; s++)
		if (by_source(e, p, (enum source)s, &dies) && dies <= at)
			bits |= 1u << s;
	return bits;
}

/* A pool of the account within the distance, the nearest; *bits: who says so. */
static bool pool_within(const struct engine *e, uint8_t account, double at, struct epool *out,
			unsigned *bits)
{
	struct epool p;
	bool any = false;

	*bits = 0;
	if (!e->acct[account].key_ready) /* where nothing can be signed nothing can be done */
		return false;
	for (uint32_t k = 0; pool_build(e, account, k, &p); k++) {
		unsigned b;

		if (!p.n || !p.has_equity)
			continue;
		b = agreeing(e, &p, at);
		if (!b ||
		    (any && out->sum.has_dies && (!p.sum.has_dies || p.sum.dies >= out->sum.dies)))
			continue;
		*out = p;
		*bits = b;
		any = true;
	}
	return any;
}

/* The command that anyone could give; its answer goes to nobody. */
static void give(struct engine *e, enum auto_kind k, const struct epool *p)
{
	struct cmd c;
	struct event ev = {.kind = EV_CMD, .account = p->account};

	memset(&c, 0, sizeof c);
	ev.now_ns = e->now_ns;
	ev.wall_ms = e->wall_ms;
	ev.cmd.cmd = &c;
	if (k == AUTO_GUARD) {
		c.kind = CMD_GUARD;
		c.guard.account = p->account;
	} else {
		c.kind = CMD_FLATTEN;
		c.flatten.account = p->account;
		c.flatten.verb = k == AUTO_TRIM ? VERB_TRIM : VERB_NOW;
		c.flatten.part.v = 1000000000000;
	}
	command(e, &ev);
}

static void say(struct engine *e, enum auto_kind k, const struct epool *p, unsigned bits)
{
	const struct automatic_state *a = &e->automatic[k];
	char text[256];
	struct buf b;
	int told = 0;

	buf_init(&b, text, sizeof text);
	buf_printf(&b, "AUTO %s: %s dies at BTC %s", row[k].name,
		   p->isolated ? coin_of(e, p->instr) : "CROSS", p->sum.side > 0 ? "-" : "+");
	put_distance(&b, p->sum.dies);
	buf_puts(&b, " by ");
	for (int s = 0; s < SOURCES; s++)
		if (bits & 1u << s)
			buf_printf(&b, "%s%s", told++ ? " and " : "", source_name[s]);
	if (told < 2)
		buf_printf(&b, " for %d s", PERSIST_S);
	buf_printf(&b, ". It %s. Armed because: %s", row[k].does, a->why);
	alarm_raise(e, 3, NC_AUTO, p->account, (uint16_t)k, 0, text, text);
}

static bool naked(const struct engine *e, const struct epool *p)
{
	for (uint32_t i = 0; i < p->n; i++)
		if (!stop_resting(e, p->account, e->acct[p->account].held[p->held[i]].instr))
			return true;
	return false;
}

/* A run of that account; to NOW only one that closes all of it at once. */
static bool runs_there(const struct engine *e, uint8_t account, bool to_now)
{
	for (int i = 0; i < RUNS_MAX; i++) {
		const struct flat *f = &e->flat[i].f;

		if (flat_runs(&e->flat[i]) &&
		    (to_now ? f->verb == VERB_NOW && flat_has_whole(f, account)
			    : flat_has_account(f, account)))
			return true;
	}
	return false;
}

static bool may_fire(const struct engine *e, enum auto_kind k, const struct epool *p)
{
	uint8_t a = p->account;
	uint32_t fires = e->automatic[k].of[a].fires;

	if (fires >= FIRES_MAX ||
	    (fires && e->now_ns - e->automatic[k].of[a].fired_ns < AGAIN_S * S) ||
	    (k == AUTO_TRIM && !recon_passed(e, a)))
		return false; /* a cut wants proof; a stop and a close to zero wait for no barrier
			       */
	if (k == AUTO_GUARD)
		return naked(e, p);
	return !runs_there(e, a, k == AUTO_NOW);
}

static void look(struct engine *e, enum auto_kind k, uint8_t account)
{
	struct automatic_state *a = &e->automatic[k];
	int64_t *since = &a->of[account].since_ns;
	struct epool p = {0};
	unsigned bits;

	if (!a->on || !pool_within(e, account, ratio_to_double(a->at), &p, &bits)) {
		*since = 0;
		return;
	}
	if (!(bits & 1u << BY_MARK))
		*since = 0;
	else if (!*since)
		*since = e->now_ns;
	if (__builtin_popcount(bits) < 2 && (!*since || e->now_ns - *since < PERSIST_S * S))
		return;
	if (!may_fire(e, k, &p))
		return;
	a->of[account].fires++;
	a->of[account].fired_ns = e->now_ns;
	say(e, k, &p, bits);
	give(e, k, &p);
}

void auto_tick(struct engine *e)
{
	for (int k = 0; k < AUTOS; k++)
		for (uint8_t a = 0; a < e->conf.n_accounts; a++)
			look(e, (enum auto_kind)k, a);
}

void auto_set(struct engine *e, enum auto_kind k, int64_t at, const char *why)
{
	struct automatic_state *a = &e->automatic[k];
	struct buf b;

	memset(a, 0, sizeof *a);
	a->on = at > 0;
	a->at.v = at;
	buf_init(&b, a->why, sizeof a->why);
	buf_puts(&b, why);
}

void cmd_auto(struct engine *e, const struct event *ev)
{
	const struct automatic *c = &ev->cmd.cmd->automatic;
	struct rec r = {.kind = REC_LOCK};
	int64_t at;
	int k = 0;

	while (k < AUTOS && strcmp(c->name, row[k].name))
		k++;
	if (k == AUTOS) {
		reply(e, ev, ERR_ARG, 0, "No automatic action %s. There are guard, trim and now.",
		      c->name);
		return;
	}
	if (c->on && !c->why[0]) {
		reply(e, ev, ERR_ARG, 0,
		      "auto %s acts by itself: say why, as in --why 'asleep until 7'.", c->name);
		return;
	}
	if (c->at.v < 0 || c->at.v > 500000000000) {
		reply(e, ev, ERR_ARG, 0, "A distance of %g %%: it is 0.1 to 50 %%.",
		      100 * ratio_to_double(c->at));
		return;
	}
	at = !c->on ? 0 : c->at.v ? c->at.v : row[k].at;
	auto_set(e, (enum auto_kind)k, at, c->on ? c->why : "");
	r.slice = 1 + (uint32_t)k;
	r.value = (uint64_t)at;
	memcpy(r.text, c->why, strlen(c->why) + 1);
	ef_rec(e, &r);
	for (uint8_t a = 0; !c->on && a < e->conf.n_accounts; a++)
		alarm_clear(e, NC_AUTO, a, (uint16_t)k, 0);
	notice(e, c->on ? 1 : 0, NC_AUTO, 0, c->on ? "auto %s armed: it %s" : "auto %s off",
	       c->name, row[k].does);
	reply(e, ev, ERR_OK, 0, c->on ? "auto %s at %.2f %%: it %s" : "auto %s off", c->name,
	      (double)at / 1e10, row[k].does);
}
