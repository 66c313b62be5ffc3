/* session.h: a session for fuzz entries: known coins, outputs checked, answers counted. */
#ifndef EXEUNT_TESTS_FUZZ_SESSION_H
#define EXEUNT_TESTS_FUZZ_SESSION_H

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "venue/hyperliquid/session.h"

static struct instr_table fz_instrs;
static struct hl_shared fz_shared;
static struct hl *fz_h;
static struct json *fz_json, *fz_own;
static int64_t fz_now;
static unsigned fz_sent, fz_answered[256];

static void fz_sink(void *ctx, const struct event *ev)
{
	(void)ctx;
	ASSERT(ev->kind < EV_KINDS);
	if (ev->kind == EV_INSTRS)
		for (uint32_t i = 0; i < ev->instrs.n; i++)
			instr_put(&fz_instrs, &ev->instrs.at[i]);
	if (ev->kind == EV_ANSWER) {
		ASSERT(ev->answer.nonce < 256);
		fz_answered[ev->answer.nonce]++;
	}
	if (ev->kind == EV_BOOK)
		ASSERT(ev->book.book->instr < fz_instrs.n && ev->book.book->n_bid <= BOOK_LEVELS);
	if (ev->kind == EV_ACCOUNT)
		for (uint32_t i = 0; i < ev->acct.n; i++)
			ASSERT(ev->acct.at[i].instr < fz_instrs.n);
	if (ev->kind == EV_FILLS)
		for (uint32_t i = 0; i < ev->fills.n; i++)
			ASSERT(ev->fills.at[i].instr < fz_instrs.n && ev->fills.at[i].sz.v >= 0);
}

static void fz_coin(const char *coin, uint32_t asset)
{
	struct instr i = {.asset = asset, .sz_decimals = 3, .px_decimals = 3, .px_sig = 5};

	memcpy(i.coin, coin, strlen(coin) + 1);
	instr_put(&fz_instrs, &i);
}

static void fz_init(void)
{
	static const char *const dexes[] = {"xyz"};
	struct hl_conf c = {.roles = HL_MARKET | HL_ACCOUNT,
			    .user = "0x00000000000000000000000000000000000000aa",
			    .agent = "0x00000000000000000000000000000000000000bb",
			    .shared = &fz_shared,
			    .sink = fz_sink};

	if (!fz_h) {
		fz_h = calloc(1, hl_size());
		fz_json = json_new(0);
		fz_own = json_new(0);
	}
	ASSERT(fz_h && fz_json && fz_own);
	c.json = fz_json;
	instr_table_init(&fz_instrs);
	fz_coin("BTC", 0);
	fz_coin("ETH", 1);
	fz_coin("@107", 10107);
	fz_coin("xyz:GOLD", 110000);
	ASSERT(hl_shared_init(&fz_shared, &fz_instrs, dexes, 1, NULL));
	for (int i = 0; i < 2; i++) {
		fz_shared.dex[i].loaded = true;
		fz_shared.dex[i].index = i;
	}
	fz_shared.spot_loaded = true;
	hl_init(fz_h, &c);
	fz_now = 1000000000;
	fz_sent = 0;
	memset(fz_answered, 0, sizeof fz_answered);
}

/* Takes all that wants to leave; every message is JSON by our own door. Newest tag returned. */
static uint32_t fz_drain(void)
{
	struct hl_out o;
	uint32_t tag = 0;

	for (int i = 0; hl_next_output(fz_h, &o, fz_now); i++) {
		ASSERT(i < 10000);
		if (o.kind != HL_OUT_CLOSE)
			ASSERT(json_parse(fz_own, o.p, o.n, NULL));
		tag = o.tag;
	}
	return tag;
}

static void fz_send(uint8_t paths)
{
	if (fz_sent < 256 &&
	    hl_send_action(fz_h, "{\"action\":{}}", 13, fz_sent, paths, 5000000000, fz_now))
		fz_sent++;
}

static void fz_wait(int64_t s)
{
	for (; s; s--) {
		fz_now += 1000000000;
		hl_on_timer(fz_h, fz_now, fz_now / 1000000);
	}
}

/* Whatever happened: each action that was taken is answered in the end, if only by "unknown". */
static void fz_end(void)
{
	hl_on_close(fz_h, "end", fz_now, fz_now / 1000000);
	fz_wait(10);
	for (unsigned i = 0; i < fz_sent; i++)
		ASSERT(fz_answered[i]);
}

#endif
