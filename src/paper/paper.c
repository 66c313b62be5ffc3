/* paper.c: the venue as a whole: start-up, blocks, answers on their way out.
 *
 * One block, in this order: market moves -> depth and prices -> tape trades fill resting orders ->
 * crossed depth -> funding -> the scenario's steps -> triggers -> TWAP -> scheduled cancels -> the
 * queued actions -> front-runners, hunters -> liquidations -> answers and pushes. Everything in a
 * block has the block's time.
 *
 * 1. Determinism: nothing here reads a clock or a random source; the PRNG is the seed's.
 * 2. Answers leave in the order they were made, except those that a fault holds back. */
#include "paper/paper.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "paper/state.h"
#include "sign/secp.h"

#include "base/banned.h"

enum {
	BLOCK_MS = 70,
	OID_FIRST = 91000001,
	ARENA = 1 << 18,
	SLICE_MS = 5000, /* of a large step of the clock, carried out in one call */
};

static void defaults(struct paper_conf *c)
{
	c->source = c->source == 'a' ? 'a' : 'b';
	c->block_ms = c->block_ms > 0 ? c->block_ms : BLOCK_MS;
	c->book_ms = c->book_ms > 0 ? c->book_ms : 5000;
	c->fast_ms = c->fast_ms > 0 ? c->fast_ms : 540;
	c->ctx_ms = c->ctx_ms > 0 ? c->ctx_ms : 1000;
	c->mids_ms = c->mids_ms > 0 ? c->mids_ms : 5000;
	c->state_ms = c->state_ms > 0 ? c->state_ms : 4500;
	if (c->liquidator.v == 0)
		c->liquidator.v = 10000000 * USD;
	if (c->partial_above.v <= 0)
		c->partial_above.v = 100000 * USD;
}

static void market_block(struct paper *p)
{
	const struct paper_market *m = p->conf.market;
	struct paper_trade t;
	int64_t market_ms;
	uint16_t i;

	m->advance(m->self, p->block);
	market_ms = m->clock(m->self);
	for (i = 0; i < p->n_coins; i++)
		depth_refresh(p, i);
	while (m->trade(m->self, &t))
		if (t.coin < p->n_coins && t.sz.v > 0 && !post_only(p))
			match_print(p, &t);
	for (i = 0; i < p->n_coins; i++) {
		match_crossed(p, i);
		price_block(p, i, market_ms);
	}
	funding_block(p, market_ms);
	script_block(p, market_ms);
}

static void block(struct paper *p)
{
	p->height++;
	p->action_id = mix64(p->height, 0);
	market_block(p);
	trigger_block(p);
	twap_block(p);
	schedule_block(p);
	exchange_block(p);
	runner_block(p);
	hunter_block(p);
	liquidate_block(p);
	push_block(p);
	order_prune(p);
}

struct paper *paper_new(const struct paper_conf *conf)
{
	static const uint8_t vault[20] = {0x11, 0x9d, 0xa7, 0x0f};
	struct paper_coin *coins = calloc(PAPER_COINS_MAX, sizeof *coins);
	struct paper *p = calloc(1, sizeof *p);
	uint32_t i;

	ASSERT(p != NULL && coins != NULL && conf->market != NULL);
	p->conf = *conf;
	defaults(&p->conf);
	prng_seed(&p->rng, conf->seed);
	p->json = json_new(ARENA);
	p->secp = secp_new(NULL);
	ASSERT(p->json != NULL && p->secp != NULL);
	p->n_coins = conf->market->coins(conf->market->self, coins, PAPER_COINS_MAX);
	for (i = 0; i < p->n_coins; i++) {
		p->coin[i].c = coins[i];
		p->coin[i].px_decimals = 6 - coins[i].sz_decimals;
	}
	free(coins);
	dexes_init(p);
	p->first_oid = p->next_oid = OID_FIRST;
	p->flood = conf->flood;
	p->next_twap = 1000 + conf->seed % 1000;
	p->vault = acct_get(p, vault);
	p->vault->is_vault = true;
	p->vault->raw = p->conf.liquidator.v > 0 ? p->conf.liquidator.v : 0;
	p->now = p->block = conf->start_ms;
	block(p);
	p->market_start = conf->market->clock(conf->market->self);
	p->next_block = p->block + p->conf.block_ms;
	return p;
}

static void free_acct(struct acct *a)
{
	struct str *ev[] = {&a->ev_orders,  &a->ev_fills,   &a->ev_slices, &a->ev_fundings,
			    &a->ev_cancels, &a->ev_liq,	    &a->ev_twaps,  &a->ev_ledger,
			    &a->ev_notes,   &a->ev_history, &a->ledger};
	size_t i;

	for (i = 0; i < COUNT_OF(ev); i++)
		str_free(ev[i]);
	free(a->fills);
	free(a->slices);
	free(a->fundings);
	free(a->history);
	free(a);
}

static void free_out(struct outmsg *m)
{
	if (m == NULL)
		return;
	free(m->bytes);
	free(m);
}

static void free_wire(struct paper *p)
{
	while (p->ws != NULL) {
		struct ws *w = p->ws;

		p->ws = w->next;
		free(w->sub);
		free(w);
	}
	while (p->pending != NULL) {
		struct pending *n = p->pending;

		p->pending = n->next;
		action_free(&n->act);
		free(n);
	}
	while (p->out_first != NULL) {
		struct outmsg *m = p->out_first;

		p->out_first = m->next;
		free_out(m);
	}
	free_out(p->out_given);
}

void paper_free(struct paper *p)
{
	uint32_t i;

	if (p == NULL)
		return;
	free_wire(p);
	for (i = 0; i < p->n_acct; i++)
		free_acct(p->acct[i]);
	for (i = 0; i < p->n_signers; i++)
		free(p->signer[i]);
	for (i = 0; i < p->n_chunks; i++)
		free(p->chunk[i]);
	for (i = 0; i < p->n_coins; i++) {
		str_free(&p->coin[i].ev_trades);
		str_free(&p->coin[i].stale_ctx);
	}
	while (p->twaps != NULL) {
		struct twap *t = p->twaps;

		p->twaps = t->link;
		free(t);
	}
	free(p->acct);
	free(p->signer);
	free(p->chunk);
	str_free(&p->scratch);
	json_free(p->json);
	secp_free(p->secp);
	free(p);
}

void paper_advance(struct paper *p, int64_t now_ms)
{
	int64_t slice = p->owed < SLICE_MS ? p->owed : SLICE_MS;

	p->owed -= slice;
	p->skew += slice;
	now_ms += p->skew;
	if (now_ms < p->now)
		now_ms = p->now;
	while (p->next_block <= now_ms) {
		p->now = p->block = p->next_block;
		p->next_block += p->conf.block_ms;
		block(p);
	}
	p->now = now_ms;
}

int64_t paper_deadline(const struct paper *p)
{
	const struct outmsg *m;
	int64_t due = p->next_block;

	if (p->owed > 0)
		return p->now - p->skew;
	for (m = p->out_first; m != NULL; m = m->next)
		if (m->due_ms > p->now && m->due_ms < due)
			due = m->due_ms;
	return due - p->skew;
}

int64_t paper_now(const struct paper *p)
{
	return p->now;
}

/* --- answers --- */

void out_put(struct paper *p, const struct paper_out *out, int64_t due_ms)
{
	struct outmsg *m = calloc(1, sizeof *m);

	ASSERT(m != NULL);
	m->out = *out;
	m->due_ms = due_ms;
	m->bytes = malloc(out->len + 1);
	ASSERT(m->bytes != NULL);
	if (out->len > 0)
		memcpy(m->bytes, out->bytes, out->len);
	m->bytes[out->len] = '\0';
	m->out.bytes = m->bytes;
	if (p->out_last != NULL)
		p->out_last->next = m;
	else
		p->out_first = m;
	p->out_last = m;
}

void answer_http(struct paper *p, uint64_t conn, int status, const char *type, const char *bytes,
		 size_t len, int64_t due_ms)
{
	out_put(p,
		&(struct paper_out){.conn = conn,
				    .kind = PAPER_OUT_HTTP,
				    .status = status,
				    .type = type,
				    .bytes = bytes,
				    .len = len},
		due_ms);
}

bool paper_next(struct paper *p, struct paper_out *out)
{
	struct outmsg *m, *before = NULL;

	free_out(p->out_given);
	p->out_given = NULL;
	for (m = p->out_first; m != NULL && m->due_ms > p->now; m = m->next)
		before = m;
	if (m == NULL)
		return false;
	if (before != NULL)
		before->next = m->next;
	else
		p->out_first = m->next;
	if (p->out_last == m)
		p->out_last = before;
	p->out_given = m;
	*out = m->out;
	return true;
}
