/* engine: unified and portfolio accounts, sub-accounts, perp dexes of builders: positions, spot
 * collateral and the venue's liquidation price are shown and can be flattened and guarded; what
 * cannot be computed is a dash with its reason. Frames of our own in the captured shapes, through
 * the session. */
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "tests/run.h"
#include "tests/wire/rig.h"

#define SEC 1000000000LL

static struct engine *e;
static struct effects *out;
static struct rig *r;
static struct effect kept[512];
static uint32_t n_kept;
static struct snap s;

static void step(struct event ev)
{
	ev.account = 0; /* the rig calls it 3 */
	ev.epoch = 0;
	ev.now_ns = r->now_ns;
	ev.wall_ms = r->wall_ms;
	engine_step(e, &ev, out);
	for (uint32_t i = 0; i < out->n; i++)
		if (n_kept < 512 && out->at[i].kind != EF_TIMER && out->at[i].kind != EF_QUERY)
			kept[n_kept++] = out->at[i];
	out->n = 0;
}

/* What the session has said since the last call. */
static void feed(void)
{
	for (uint32_t i = 0; i < r->n; i++)
		step(r->ev[i]);
	rig_clear(r);
}

static void begin(bool vault)
{
	static const char *const dexes[] = {"xyz"};
	struct engine_conf c = {.network = NET_PAPER,
				.venue = "hyperliquid",
				.n_accounts = 1,
				.n_dexes = 2,
				.install = 1,
				.epoch = 1};
	struct event ev = {.kind = EV_CONN};

	memcpy(c.account[0].name, "main", 5);
	memcpy(c.dex[1], "xyz", 4);
	c.account[0].has_vault = vault;
	memset(c.account[0].vault, 0xcc, 20);
	e = calloc(1, sizeof *e);
	out = calloc(1, sizeof *out);
	r = rig_new(HL_MARKET | HL_ACCOUNT, RIG_USER, dexes, 1);
	n_kept = 0;
	engine_init(e, &c, r->now_ns, r->wall_ms);
	engine_start(e, 0, r->now_ns, r->wall_ms, out);
	out->n = 0;
	ev.conn.up = ev.conn.market = ev.conn.account = true;
	ev.conn.epoch = 1;
	step(ev);
	rig_start(r, true);
	feed();
	ev = (struct event){.kind = EV_SIGNER};
	ev.signer.ready = true;
	step(ev);
	ev = (struct event){.kind = EV_STORE};
	ev.store.nonce_ceiling = (uint64_t)r->wall_ms + 600000;
	step(ev);
}

static void end(void)
{
	rig_free(r);
	free(out);
	free(e);
}

static void frame(const char *text)
{
	rig_text(r, text);
	if (!r->n)
		test_fail(__FILE__, __LINE__, "no event of %.60s", text);
	feed();
}

#define POSITION(coin, szi, entry, value, liq)                                                     \
	"{\"type\":\"oneWay\",\"position\":{\"coin\":\"" coin "\",\"szi\":\"" szi                  \
	"\",\"leverage\":{\"type\":\"cross\",\"value\":10},\"entryPx\":\"" entry                   \
	"\",\"positionValue\":\"" value                                                            \
	"\",\"unrealizedPnl\":\"-5.0\",\"returnOnEquity\":\"-0.1\",\"liquidationPx\":" liq         \
	",\"marginUsed\":\"600.0\",\"maxLeverage\":40,\"cumFunding\":{\"allTime\":\"1.0\","        \
	"\"sinceOpen\":\"1.0\",\"sinceChange\":\"1.0\"}}}"
#define STATE(dex, positions)                                                                      \
	"{\"channel\":\"clearinghouseState\",\"data\":{\"dex\":\"" dex "\",\"user\":\"" RIG_USER   \
	"\",\"clearinghouseState\":{\"marginSummary\":{\"accountValue\":\"0.0\",\"totalNtlPos\":"  \
	"\"6000.0\",\"totalRawUsd\":\"-6000.0\",\"totalMarginUsed\":\"600.0\"},"                   \
	"\"crossMarginSummary\":{\"accountValue\":\"0.0\",\"totalNtlPos\":\"6000.0\","             \
	"\"totalRawUsd\":\"-6000.0\",\"totalMarginUsed\":\"600.0\"},"                              \
	"\"crossMaintenanceMarginUsed\":\"75.0\",\"withdrawable\":\"0.0\",\"assetPositions\":"     \
	"[" positions "],\"time\":1790000000001}}}"

/* A unified account as it comes: collateral on spot, account value 0, the venue's own prices. */
static void unified(const char *mode)
{
	char text[600];
	struct buf b;

	buf_init(&b, text, sizeof text);
	buf_printf(
		&b,
		"{\"channel\":\"webData3\",\"data\":{\"userState\":{\"agentAddress\":null,"
		"\"agentValidUntil\":null,\"cumLedger\":\"1.0\",\"serverTime\":1790000000000,"
		"\"isVault\":false,\"user\":\"%s\",\"abstraction\":\"%s\"},\"perpDexStates\":[]}}",
		RIG_USER, mode);
	frame(text);
	frame("{\"channel\":\"spotState\",\"data\":{\"user\":\"" RIG_USER
	      "\",\"spotState\":{\"balances\":[{\"coin\":\"USDC\",\"token\":0,\"total\":\"8347.5\","
	      "\"hold\":\"600.0\",\"entryNtl\":\"0.0\"},{\"coin\":\"HYPE\",\"token\":2,\"total\":"
	      "\"120.0\",\"hold\":\"0.0\",\"entryNtl\":\"5000.0\"}]}}}");
	frame(STATE("", POSITION("BTC", "0.1", "60000.0", "6000.0", "\"52000.5\"")));
	frame(STATE("xyz",
		    POSITION("xyz:GOLD", "-2.5", "4000.0", "10000.0", "\"4400.25\"") "," POSITION(
			    "xyz:OIL", "10.0", "60.0", "600.0", "null")));
	e->acct[0].recon.passes = 1; /* the barrier's own tests are elsewhere */
	e->acct[0].recon.state = RECON_PASSED;
	engine_snap(e, &s);
}

static const struct snap_leg *leg(const char *coin)
{
	for (uint32_t i = 0; i < s.n_legs; i++)
		if (!strcmp(s.leg[i].coin, coin))
			return &s.leg[i];
	return NULL;
}

static void shown(const char *reason)
{
	uint32_t with_reason = 0;

	REQUIRE(leg("BTC") && leg("xyz:GOLD") && leg("xyz:OIL"));
	CHECK_INT(s.n_legs, 3);
	CHECK_INT(leg("BTC")->szi.v, 10000000);
	CHECK(leg("BTC")->has_liq && leg("BTC")->liq.v == 520005000000000);
	CHECK_INT(leg("xyz:GOLD")->szi.v, -250000000);
	CHECK(leg("xyz:GOLD")->has_liq && leg("xyz:GOLD")->liq.v == 44002500000000);
	CHECK_INT(leg("xyz:GOLD")->dex, 1);
	CHECK(!leg("xyz:OIL")->has_liq);
	CHECK_STR(leg("xyz:OIL")->liq_reason, "the venue gives none");
	for (uint32_t i = 0; i < s.n_pools; i++) {
		CHECK(!s.pool[i].has_equity && !s.pool[i].has_dies);
		with_reason += !strcmp(s.pool[i].reason, reason);
	}
	CHECK_INT(s.n_pools, 2);
	CHECK_INT(with_reason, 2);
	CHECK_INT(s.account[0].n_balances, 2);
	CHECK_INT(s.account[0].spot_usd.v, 834750000000);
	CHECK_INT(s.account[0].balance[1].total.v, 12000000000);
}

TEST(unified_is_shown_whole)
{
	begin(false);
	unified("unifiedAccount");
	shown("unified account: collateral is spot");
	end();
}

TEST(portfolio_margin_is_shown_whole)
{
	begin(false);
	unified("portfolioMargin");
	shown("portfolio margin: the venue computes it");
	end();
}

static bool closes(uint32_t asset, int64_t *sz, bool *buy, bool *vault)
{
	for (uint32_t i = 0; i < n_kept; i++) {
		const struct effect *f = &kept[i];

		if (f->kind != EF_SEND || f->send.act.kind != ACT_ORDER)
			continue;
		for (int k = 0; k < f->send.act.n; k++)
			if (f->send.act.order[k].asset == asset &&
			    f->send.act.order[k].tif != TIF_TRIGGER) {
				*sz = f->send.act.order[k].sz.v;
				*buy = f->send.act.order[k].buy;
				*vault = f->send.env.has_vault && f->send.env.vault[0] == 0xcc;
				return f->send.act.order[k].reduce_only;
			}
	}
	return false;
}

static uint32_t asset_of(const char *coin)
{
	uint16_t id = instr_find(&e->instrs, coin);

	return id == INSTR_NONE ? 0xffffffff : e->instrs.at[id].asset;
}

static void flatten(void)
{
	struct cmd c = {.kind = CMD_FLATTEN};
	struct event ev = {.kind = EV_CMD};

	c.flatten.part.v = 1000000000000;
	ev.cmd.cmd = &c;
	step(ev);
	for (int i = 0; i < 30; i++) {
		r->now_ns += SEC / 10;
		r->wall_ms += 100;
		step((struct event){.kind = EV_TICK});
	}
}

/* Every dex, both modes, and a sub-account: all that is held is closed, none is skipped for want of
 * a number. */
TEST(flattened_whole)
{
	static const char *const modes[] = {"unifiedAccount", "portfolioMargin", "default"};

	for (int m = 0; m < 6; m++) {
		bool vault = m >= 3, buy, from_vault;
		int64_t sz;

		begin(vault);
		unified(modes[m % 3]);
		flatten();
		CHECK(closes(asset_of("BTC"), &sz, &buy, &from_vault));
		CHECK(sz == 10000000 && !buy && from_vault == vault);
		CHECK(closes(asset_of("xyz:GOLD"), &sz, &buy, &from_vault));
		CHECK(sz == 250000000 && buy && from_vault == vault);
		CHECK(closes(asset_of("xyz:OIL"), &sz, &buy, &from_vault));
		CHECK(sz == 1000000000 && !buy && from_vault == vault);
		end();
	}
}

/* The venue's own liquidation price is enough for a stop; without one it says why. */
TEST(guarded_by_the_venues_price)
{
	struct cmd c = {.kind = CMD_GUARD};
	struct event ev = {.kind = EV_CMD};
	const char *said = "";
	bool btc = false;

	begin(false);
	unified("unifiedAccount");
	ev.cmd.cmd = &c;
	step(ev);
	for (uint32_t i = 0; i < n_kept; i++) {
		const struct effect *f = &kept[i];

		if (f->kind == EF_REPLY)
			said = f->reply.text;
		if (f->kind == EF_SEND && f->send.act.kind == ACT_ORDER &&
		    f->send.act.order[0].asset == asset_of("BTC")) {
			btc = true;
			CHECK(f->send.act.order[0].trigger_px.v > 520005000000000);
			CHECK_INT(f->send.act.grouping, GROUP_POSITION_TPSL);
		}
	}
	CHECK(btc);
	CHECK(strstr(said, "BTC 53,041") != NULL);
	CHECK(strstr(said, "xyz:OIL: no price of this coin kills it") != NULL ||
	      strstr(said, "xyz:OIL: no mark") != NULL);
	end();
}

TEST_MAIN(T(unified_is_shown_whole), T(portfolio_margin_is_shown_whole), T(flattened_whole),
	  T(guarded_by_the_venues_price))
