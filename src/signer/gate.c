/* gate.c: see gate.h.
 *
 *  1. The list is `rows`: an action without a row is never signed.
 *  2. A check only refuses; what passes is booked by gate_commit, after the signature exists.
 *  3. A cap binds the orders of a batch that are not reduce-only, each and in sum. An opening sell
 *     is valued at its limit price, the least it can bring: the signer knows no market.
 *  4. Collateral moves one way: into a position. What action_check lets through is a positive
 *     amount; no cap binds it, since it opens nothing and leaves no account.
 *  5. Which accounts a key acts for is what the configuration said when it was unlocked. One that
 *     was added since may be closed, cancelled and guarded, and nothing else: the venue takes a
 *     vaultAddress only from the key of its own master, and a close is never kept waiting for a
 *     list (operations.md 0). */
#include "signer/gate.h"

#include <string.h>

#include "venue/hyperliquid/action.h"

/* The venue refuses nonces a day ahead; one of those would also jam the high-water mark. */
enum { NONCE_AHEAD_MS = 86400000 };

struct row {
	bool allowed;
	bool rising;  /* its nonce must be above the high-water mark, and raises it */
	bool expires; /* must carry expiresAfter */
};

/* Cancels and noop take any nonce: the first must never be refused, the second burns old ones. */
static const struct row rows[ACT_KINDS] = {
	[ACT_ORDER] = {true, true, true},
	[ACT_CANCEL] = {true, false, false},
	[ACT_CANCEL_CLOID] = {true, false, false},
	[ACT_NOOP] = {true, false, false},
	[ACT_SCHEDULE_CANCEL] = {true, true, true},
	[ACT_TWAP] = {true, true, true},
	[ACT_TWAP_CANCEL] = {true, false, false},
	[ACT_UPDATE_ISOLATED_MARGIN] = {true, true, true},
};

void gate_init(struct gate *g, const struct signer_conf *conf)
{
	memset(g, 0, sizeof *g);
	g->conf = conf;
}

static bool is_bool(const bool *b)
{
	uint8_t byte;

	memcpy(&byte, b, 1);
	return byte <= 1;
}

static bool order_bools(const struct act_order *o)
{
	return is_bool(&o->buy) && is_bool(&o->reduce_only) && is_bool(&o->trigger_market) &&
	       is_bool(&o->trigger_tp);
}

static bool act_bools(const struct act *a)
{
	if (!is_bool(&a->fast_cancel))
		return false;
	if (a->kind == ACT_ORDER)
		for (int i = 0; i < a->n; i++)
			if (!order_bools(&a->order[i]))
				return false;
	if (a->kind == ACT_UPDATE_ISOLATED_MARGIN)
		return is_bool(&a->margin.buy);
	return a->kind != ACT_TWAP || (is_bool(&a->twap.buy) && is_bool(&a->twap.reduce_only) &&
				       is_bool(&a->twap.randomize));
}

bool gate_frame_ok(const struct signer_req *r, struct err *e)
{
	if (r->magic != SIGNER_MAGIC || r->version != SIGNER_VERSION)
		return err_set(e, ERR_PEER, "not a request of this signer (version %u, ours is %d)",
			       r->version, SIGNER_VERSION);
	if (r->op == 0 || r->op >= SIGNER_OPS)
		return err_set(e, ERR_PEER, "operation %u is not known", r->op);
	if (r->op != SIGNER_SIGN)
		return true;
	if (r->purpose > SIGN_HEDGE)
		return err_set(e, ERR_PEER, "purpose %u is not known", r->purpose);
	if (r->act.kind >= ACT_KINDS)
		return err_set(e, ERR_GATE, "action kind %u is not on the list", r->act.kind);
	if (r->act.n > BATCH_MAX)
		return err_set(e, ERR_LIMIT, "%u entries, at most %d in one action", r->act.n,
			       BATCH_MAX);
	if (!is_bool(&r->env.has_vault) || !is_bool(&r->env.mainnet) || !act_bools(&r->act))
		return err_set(e, ERR_PEER, "a flag is neither 0 nor 1");
	return true;
}

bool gate_reduces(const struct act *a)
{
	switch (a->kind) {
	case ACT_ORDER:
		for (int i = 0; i < a->n; i++)
			if (!a->order[i].reduce_only)
				return false;
		return true;
	case ACT_TWAP:
		return a->twap.reduce_only;
	case ACT_CANCEL:
	case ACT_CANCEL_CLOID:
	case ACT_NOOP:
	case ACT_TWAP_CANCEL:
	case ACT_UPDATE_ISOLATED_MARGIN:
		return true;
	default:
		return false;
	}
}

/* Towards zero, for accounts that the key was not told of (5). Collateral is not: it is money. */
static bool closes(const struct act *a)
{
	return a->kind != ACT_UPDATE_ISOLATED_MARGIN && gate_reduces(a);
}

static bool check_who(const struct gate *g, const struct signer_req *r, struct err *e)
{
	const struct signer_key_conf *k;

	if (r->slot >= g->conf->n_keys)
		return err_set(e, ERR_GATE, "key %u: this signer holds %u", r->slot,
			       g->conf->n_keys);
	if (r->epoch < g->epoch)
		return err_set(e, ERR_FENCED, "epoch %llu is fenced off, %llu holds the lease",
			       (unsigned long long)r->epoch, (unsigned long long)g->epoch);
	if (r->env.mainnet != g->conf->mainnet)
		return err_set(e, ERR_GATE, "asked for %s, this signer signs for %s",
			       r->env.mainnet ? "mainnet" : "testnet",
			       g->conf->mainnet ? "mainnet" : "testnet");
	k = &g->conf->key[r->slot];
	if (closes(&r->act) || (!r->env.has_vault && k->plain))
		return true;
	if (!r->env.has_vault)
		return err_set(e, ERR_GATE, "key %u acts for its sub-accounts only", r->slot);
	for (int i = 0; i < k->n_vaults; i++)
		if (!memcmp(k->vault[i], r->env.vault, 20))
			return true;
	return err_set(e, ERR_GATE,
		       "key %u was unlocked before account 0x%02x%02x%02x.. was configured: closes "
		       "only. exeunt key lock, then exeunt key unlock",
		       r->slot, r->env.vault[0], r->env.vault[1], r->env.vault[2]);
}

static bool check_nonce(const struct gate *g, const struct signer_req *r, struct err *e)
{
	const struct row *row = &rows[r->act.kind];
	const char *name = action_name(r->act.kind);

	if (row->expires && !r->env.expires_ms)
		return err_set(e, ERR_GATE, "%s: expiresAfter is missing", name);
	if (!row->rising)
		return true;
	if (r->env.nonce <= g->nonce_hw[r->slot])
		return err_set(e, ERR_GATE, "%s: nonce %llu is not above %llu", name,
			       (unsigned long long)r->env.nonce,
			       (unsigned long long)g->nonce_hw[r->slot]);
	if (g->wall_ms && r->env.nonce > g->wall_ms + NONCE_AHEAD_MS)
		return err_set(e, ERR_GATE, "%s: nonce %llu is more than a day ahead", name,
			       (unsigned long long)r->env.nonce);
	return true;
}

static bool over(struct err *e, const char *cap, struct money v, struct money most)
{
	return err_set(e, ERR_GATE, "%s cap: %lld.%02lld USD, %lld.%02lld USD left", cap,
		       (long long)(v.v / 100000000), (long long)(v.v % 100000000 / 1000000),
		       (long long)(most.v / 100000000), (long long)(most.v % 100000000 / 1000000));
}

static struct money left_of(struct money cap, struct money spent)
{
	return (struct money){cap.v > spent.v ? cap.v - spent.v : 0};
}

static struct money spent_in_minute(const struct gate *g)
{
	struct money sum = {0};

	for (int i = 0; i < 60; i++)
		if (g->second[i].at > g->boot_s - 60)
			sum.v += g->second[i].spent.v; /* below the session cap, so it fits */
	return sum;
}

static bool check_caps(const struct gate *g, const struct signer_req *r, struct money *spend,
		       struct err *e)
{
	const struct signer_caps *caps = &g->conf->caps;
	bool hedge = r->purpose == SIGN_HEDGE;
	struct money sum = {0}, left;

	if (r->act.kind != ACT_ORDER) /* a TWAP carries no price, so nothing could bound it */
		return r->act.kind != ACT_TWAP || r->act.twap.reduce_only ||
		       err_set(e, ERR_GATE, "twapOrder must be reduce-only");
	for (int i = 0; i < r->act.n; i++) {
		const struct act_order *o = &r->act.order[i];
		struct money v;

		if (o->reduce_only)
			continue;
		if (o->sz.v == 0)
			return err_set(e, ERR_GATE,
				       "order %d: a whole-position order must be reduce-only", i);
		if (!price_times_qty(&v, o->px, o->sz, ROUND_UP) || !money_add(&sum, sum, v))
			return err_set(e, ERR_LIMIT, "order %d: its notional does not fit", i);
		if (!hedge && v.v > caps->order.v)
			return over(e, "order", v, caps->order);
	}
	left = hedge ? left_of(caps->hedge, g->hedge) : left_of(caps->session, g->session);
	if (sum.v > left.v)
		return over(e, hedge ? "hedge" : "session", sum, left);
	left = left_of(caps->minute, spent_in_minute(g));
	if (!hedge && sum.v > left.v)
		return over(e, "minute", sum, left);
	*spend = sum;
	return true;
}

bool gate_check(const struct gate *g, const struct signer_req *r, struct money *spend,
		struct err *e)
{
	struct money sum = {0};

	if (!gate_frame_ok(r, e) || !check_who(g, r, e))
		return false;
	if (!rows[r->act.kind].allowed)
		return err_set(e, ERR_GATE, "%s is not on the list", action_name(r->act.kind));
	if (!action_check(e, &r->act) || !check_nonce(g, r, e) || !check_caps(g, r, &sum, e))
		return false;
	if (g->hw_stale && !gate_reduces(&r->act))
		return err_set(e, ERR_STORE, "signer.hw cannot be written: reductions only");
	*spend = sum;
	return true;
}

bool gate_raises(const struct act *a)
{
	return rows[a->kind].rising;
}

void gate_commit(struct gate *g, const struct signer_req *r, struct money spend)
{
	struct gate_second *s = &g->second[g->boot_s % 60];
	struct money *book = r->purpose == SIGN_HEDGE ? &g->hedge : &g->session;

	if (gate_raises(&r->act))
		g->nonce_hw[r->slot] = r->env.nonce;
	if (r->epoch > g->epoch)
		g->epoch = r->epoch;
	book->v += spend.v; /* below the cap, so it fits */
	if (r->purpose == SIGN_HEDGE)
		return;
	if (s->at != g->boot_s)
		*s = (struct gate_second){.at = g->boot_s};
	s->spent.v += spend.v;
}

#include "base/banned.h"
