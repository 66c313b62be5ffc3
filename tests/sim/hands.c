/* hands.c: who else acts on the simulated account and on the machine.
 *
 * The other hand signs with the user's own key, from somewhere else: it grows, cuts and flips
 * positions, rests orders and stops, starts TWAPs, and takes its orders away again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/hex.h"
#include "tests/sim/world.h"
#include "venue/hyperliquid/action.h"

#define MS 1000000LL
#define S  1000000000LL

static const uint64_t hand_conns = 1ull << 40;

static void post(struct world *w, uint32_t account, const struct act *a)
{
	struct act_env env = {.nonce = (uint64_t)world_venue_ms(w)};
	char text[ACTION_JSON_MAX];
	uint8_t hash[32], digest[32];
	struct act_sig sig;
	struct err e = {0};
	struct buf b;

	if (env.nonce <= w->hand_nonce)
		env.nonce = w->hand_nonce + 1;
	w->hand_nonce = env.nonce;
	env.expires_ms = env.nonce + 60000;
	env.has_vault = account;
	hex_decode(env.vault, 20, w->sub + 2);
	if (!action_check(&e, a) || !action_hash(hash, a, &env, &e))
		BUG(e.text);
	action_digest(digest, hash, false);
	secp_sign(w->secp, sig.r, sig.s, &sig.v, digest, w->user_key);
	buf_init(&b, text, sizeof text);
	action_envelope(&b, a, &env, &sig);
	paper_http(w->paper, hand_conns + ++w->hand_conn, "elsewhere", "POST", "/exchange",
		   "application/json", text, b.len, world_venue_ms(w));
	world_drain(w);
	w->hand_ns = w->now_ns;
	w->hand_ms = world_venue_ms(w);
}

/* An index of the world's coins, as the venue numbers it. */
static uint32_t asset_number(const struct world *w, uint32_t coin)
{
	return w->faults.dex && coin == (uint32_t)w->n_coins - 1 ? 110000 : coin;
}

static struct cloid new_name(struct world *w, uint32_t account, uint32_t asset, struct prng *r)
{
	uint32_t at = w->hand_n++ % HAND_ORDERS;
	uint64_t x = prng_u64(r), y = prng_u64(r);

	w->hand[at].account = account;
	w->hand[at].asset = asset;
	memcpy(w->hand[at].cloid.b, &x, 8);
	memcpy(w->hand[at].cloid.b + 8, &y, 8);
	return w->hand[at].cloid;
}

void hand_cancel(struct world *w)
{
	uint32_t n = w->hand_n < HAND_ORDERS ? w->hand_n : HAND_ORDERS;

	for (uint32_t account = 0; account < w->n_sessions; account++)
		for (uint32_t from = 0; from < n; from += 16) {
			struct act a = {.kind = ACT_CANCEL_CLOID};
			for (uint32_t i = from; i < n && i < from + 16; i++)
				if (w->hand[i].account == account)
					a.cancel[a.n++] =
						(struct act_cancel){.asset = w->hand[i].asset,
								    .cloid = w->hand[i].cloid};
			if (a.n)
				post(w, account, &a);
		}
}

static void hand_twap(struct world *w, uint32_t account, uint32_t asset, bool buy, struct qty sz)
{
	struct act a = {.kind = ACT_TWAP};

	a.twap.asset = asset;
	a.twap.buy = buy;
	a.twap.minutes = 5;
	a.twap.sz = sz;
	post(w, account, &a);
}

/* A stop entry far from the market: it would open something one day. */
void hand_stop_entry(struct world *w, uint32_t account, uint32_t coin, struct prng *r)
{
	struct act a = {.kind = ACT_ORDER, .n = 1};
	struct act_order *o = &a.order[0];
	int64_t whole = w->mid[coin].v / 10000000000LL * 10000000000LL;

	*o = (struct act_order){.asset = asset_number(w, coin),
				.buy = true,
				.tif = TIF_TRIGGER,
				.trigger_market = true,
				.sz = {coin ? 100000000 : 10000000},
				.trigger_px = {whole / 100 * 105},
				.px = {whole / 100 * 109},
				.cloid = new_name(w, account, asset_number(w, coin), r)};
	o->trigger_px.v -= o->trigger_px.v % 10000000000LL;
	o->px.v -= o->px.v % 10000000000LL;
	post(w, account, &a);
}

/* Where it acts: draws only where there is more than three coins of one account. */
static uint32_t hand_coin(const struct world *w, struct prng *r)
{
	uint32_t coin = (uint32_t)prng_below(r, w->faults.dex ? 4 : 3);

	return coin == 3 ? (uint32_t)w->n_coins - 1 : coin;
}

void hand_act(struct world *w, struct prng *r)
{
	uint32_t coin = hand_coin(w, r);
	uint32_t account = w->n_sessions > 1 ? (uint32_t)prng_below(r, 2) : 0;
	const struct paper_coin *c = &w->market.coin[coin];
	uint32_t asset = asset_number(w, coin);
	struct act a = {.kind = ACT_ORDER, .n = 1};
	struct act_order *o = &a.order[0];
	struct price mid = w->mid[coin];
	int64_t tick = coin == 0	       ? 10000000000LL
		       : coin == 1 || coin > 2 ? 1000000000LL
					       : 100000000LL;
	int64_t lot = 100000000;
	uint64_t what = prng_below(r, 8);

	for (int i = 0; i < c->sz_decimals; i++)
		lot /= 10;
	o->asset = asset;
	o->buy = prng_below(r, 2);
	/* 1 to 20 % of what was held in the beginning: 4 BTC, 50 ETH, 800 SOL, 37.21 of the dex's
	 */
	o->sz.v = (coin == 0   ? 400000000LL
		   : coin == 1 ? 5000000000LL
		   : coin == 2 ? 80000000000LL
			       : 3721000000LL) /
		  100 * prng_range(r, 1, 20);
	o->sz.v = o->sz.v / lot * lot;
	o->tif = TIF_GTC;
	mid.v = mid.v / tick * tick;
	if (what == 0) {
		hand_cancel(w);
		return;
	}
	if (what == 1) {
		hand_twap(w, account, asset, o->buy, o->sz);
		return;
	}
	o->cloid = new_name(w, account, asset, r);
	o->px.v = mid.v + (o->buy ? -3 : 3) * tick; /* rests near the touch */
	if (what == 2) {			    /* a stop entry, or a stop */
		o->tif = TIF_TRIGGER;
		o->trigger_market = true;
		o->reduce_only = prng_below(r, 2);
		o->trigger_px.v = mid.v + (o->buy ? 40 : -40) * tick;
		o->px.v = mid.v + (o->buy ? 400 : -400) * tick;
	} else if (what < 6) { /* takes now */
		o->tif = TIF_IOC;
		o->px.v = mid.v + (o->buy ? 30 : -30) * tick;
		o->reduce_only = what == 3;
	} else if (what == 6) {
		o->reduce_only = true;
	}
	post(w, account, &a);
}

void world_sleep(struct world *w, int64_t ns)
{
	if (!w->alive || w->sleep_until_ns)
		return;
	w->slept_ns = w->now_ns;
	w->sleep_until_ns = w->now_ns + ns;
}

void world_wake(struct world *w)
{
	struct event ev = world_event(w, EV_WAKE);

	w->sleep_until_ns = 0;
	ev.wake.slept_ns = w->now_ns - w->slept_ns;
	world_step(w, &ev);
}

/* The disk takes nothing until then; the engine is told, as the journal's thread does. */
void world_disk_full(struct world *w, int64_t ns)
{
	struct event ev = world_event(w, EV_STORE);

	if (!w->alive || w->sleep_until_ns)
		return;
	w->full_until_ns = w->now_ns + ns;
	if (w->commit_ns != INT64_MAX)
		w->commit_ns += ns;
	ev.store.state = STORE_FULL;
	ev.store.nonce_ceiling = w->ceiling;
	world_step(w, &ev);
}
