/* t_gate.c: the signer's gate as a table: each row changes one thing of a request that passes, and
 * says which error it must meet. Then every reduction is crossed with every gate that must not stop
 * it. */
#include <string.h>

#include "base/prng.h"
#include "signer/gate.h"
#include "signer/client.h"
#include "tests/run.h"

#define USD(x)	 ((struct money){(x)*100000000ll})
#define PX(x)	 ((struct price){(x)*10000000000ll})
#define COINS(x) ((struct qty){(x)*100000000ll})

static struct signer_conf conf;
static struct gate gate;

static void set_up(void)
{
	memset(&conf, 0, sizeof conf);
	conf.n_keys = 2;
	conf.key[0].plain = true;
	conf.key[0].n_vaults = 1;
	memset(conf.key[0].vault[0], 0xaa, 20);
	conf.key[1].n_vaults = 1;
	memset(conf.key[1].vault[0], 0xbb, 20);
	conf.caps.order = USD(1000);
	conf.caps.session = USD(3000);
	conf.caps.minute = USD(3000);
	conf.caps.hedge = USD(500);
	gate_init(&gate, &conf);
	gate.epoch = 5;
	gate.nonce_hw[0] = 1000;
	gate.wall_ms = 2000;
}

/* An opening order of exactly the order cap. */
static struct signer_req opening(void)
{
	struct signer_req r;

	signer_req_init(&r, SIGNER_SIGN, 1);
	r.epoch = 5;
	r.act.kind = ACT_ORDER;
	r.act.n = 1;
	r.act.order[0].tif = TIF_IOC;
	r.act.order[0].buy = true;
	r.act.order[0].px = PX(1000);
	r.act.order[0].sz = COINS(1);
	r.env.nonce = 1001;
	r.env.expires_ms = 9000;
	return r;
}

static struct signer_req closing(void)
{
	struct signer_req r = opening();

	r.act.order[0].reduce_only = true;
	r.act.order[0].buy = false;
	return r;
}

/* One byte more than a bool can be. */
static void spoil(bool *b)
{
	uint8_t two = 2;

	memcpy(b, &two, 1);
}

static void m_nothing(struct signer_req *r)
{
	(void)r;
}
static void m_magic(struct signer_req *r)
{
	r->magic++;
}
static void m_version(struct signer_req *r)
{
	r->version++;
}
static void m_op_0(struct signer_req *r)
{
	r->op = 0;
}
static void m_op_high(struct signer_req *r)
{
	r->op = SIGNER_OPS;
}
static void m_purpose(struct signer_req *r)
{
	r->purpose = SIGN_HEDGE + 1;
}
static void m_kind(struct signer_req *r)
{
	r->act.kind = ACT_KINDS;
}
static void m_count(struct signer_req *r)
{
	r->act.n = BATCH_MAX + 1;
}
static void m_empty(struct signer_req *r)
{
	r->act.n = 0;
}
static void m_bool_mainnet(struct signer_req *r)
{
	spoil(&r->env.mainnet);
}
static void m_bool_vault(struct signer_req *r)
{
	spoil(&r->env.has_vault);
}
static void m_bool_fast(struct signer_req *r)
{
	spoil(&r->act.fast_cancel);
}
static void m_bool_reduce(struct signer_req *r)
{
	spoil(&r->act.order[0].reduce_only);
}
static void m_slot(struct signer_req *r)
{
	r->slot = 2;
}
static void m_epoch_low(struct signer_req *r)
{
	r->epoch = 4;
}
static void m_epoch_high(struct signer_req *r)
{
	r->epoch = 6;
}
static void m_mainnet(struct signer_req *r)
{
	r->env.mainnet = true;
}
static void m_vault_ours(struct signer_req *r)
{
	r->env.has_vault = true;
	memset(r->env.vault, 0xaa, 20);
}
static void m_vault_of_other_key(struct signer_req *r)
{
	r->env.has_vault = true;
	memset(r->env.vault, 0xbb, 20);
}
static void m_vault_last_byte(struct signer_req *r)
{
	m_vault_ours(r);
	r->env.vault[19]++;
}
static void m_key_without_plain(struct signer_req *r)
{
	r->slot = 1;
}
static void m_key_1_vault(struct signer_req *r)
{
	r->slot = 1;
	m_vault_of_other_key(r);
}
static void m_nonce_same(struct signer_req *r)
{
	r->env.nonce = 1000;
}
static void m_nonce_zero(struct signer_req *r)
{
	r->env.nonce = 0;
}
static void m_nonce_far(struct signer_req *r)
{
	r->env.nonce = 2000 + 86400001;
}
static void m_nonce_day(struct signer_req *r)
{
	r->env.nonce = 2000 + 86400000;
}
static void m_no_expiry(struct signer_req *r)
{
	r->env.expires_ms = 0;
}
static void m_tif(struct signer_req *r)
{
	r->act.order[0].tif = 9;
}
static void m_price_zero(struct signer_req *r)
{
	r->act.order[0].px.v = 0;
}
static void m_size_zero(struct signer_req *r)
{
	r->act.order[0].sz.v = 0;
}
static void m_cap_unit_over(struct signer_req *r)
{
	r->act.order[0].sz.v++;
}
static void m_cap_unit_under(struct signer_req *r)
{
	r->act.order[0].sz.v--;
}
static void m_cap_price_over(struct signer_req *r)
{
	r->act.order[0].px.v += 100;
}
static void m_overflow(struct signer_req *r)
{
	r->act.order[0].px.v = INT64_MAX / 100 * 100;
	r->act.order[0].sz.v = INT64_MAX;
}
static void m_three(struct signer_req *r)
{
	r->act.n = 3;
	r->act.order[1] = r->act.order[2] = r->act.order[0];
}
static void m_three_and_unit(struct signer_req *r)
{
	m_three(r);
	r->act.n = 4;
	r->act.order[3] = r->act.order[0];
	r->act.order[3].sz.v = 1;
}
static void m_hedge_fits(struct signer_req *r)
{
	r->purpose = SIGN_HEDGE;
	r->act.order[0].sz.v /= 2;
}
static void m_hedge_over(struct signer_req *r)
{
	m_hedge_fits(r);
	r->act.order[0].sz.v++;
}
static void m_twap_opening(struct signer_req *r)
{
	memset(&r->act, 0, sizeof r->act);
	r->act.kind = ACT_TWAP;
	r->act.twap.sz = COINS(1);
	r->act.twap.minutes = 5;
}
static void m_position_stop_opening(struct signer_req *r)
{
	r->act.grouping = GROUP_POSITION_TPSL;
	r->act.order[0].tif = TIF_TRIGGER;
	r->act.order[0].trigger_px = PX(900);
	r->act.order[0].sz.v = 0;
}
static void m_schedule(struct signer_req *r)
{
	memset(&r->act, 0, sizeof r->act);
	r->act.kind = ACT_SCHEDULE_CANCEL;
}
/* 500 USD into an isolated position: no cap counts it. */
static void m_add(struct signer_req *r)
{
	memset(&r->act, 0, sizeof r->act);
	r->act.kind = ACT_UPDATE_ISOLATED_MARGIN;
	r->act.margin.usd = USD(500);
}
static void m_add_nothing(struct signer_req *r)
{
	m_add(r);
	r->act.margin.usd = USD(0);
}
static void m_add_less(struct signer_req *r)
{
	m_add(r);
	r->act.margin.usd.v = -100;
}
static void m_add_crumb(struct signer_req *r)
{
	m_add(r);
	r->act.margin.usd.v++;
}
static void m_add_bound(struct signer_req *r)
{
	m_add(r);
	r->act.margin.usd = ACT_ADD_MAX;
}
static void m_add_over(struct signer_req *r)
{
	m_add_bound(r);
	r->act.margin.usd.v += 100;
}
static void m_add_bool(struct signer_req *r)
{
	m_add(r);
	spoil(&r->act.margin.buy);
}
static void m_add_nonce(struct signer_req *r)
{
	m_add(r);
	r->env.nonce = 1000;
}
static void m_add_no_expiry(struct signer_req *r)
{
	m_add(r);
	r->env.expires_ms = 0;
}
static void m_add_stale(struct signer_req *r)
{
	m_add(r);
	gate.hw_stale = true;
}
static void m_stale(struct signer_req *r)
{
	(void)r;
	gate.hw_stale = true;
}

static const struct {
	const char *name;
	void (*mutate)(struct signer_req *);
	enum err_code want;
} table[] = {
	{"as it is", m_nothing, ERR_OK},
	{"magic", m_magic, ERR_PEER},
	{"version", m_version, ERR_PEER},
	{"no operation", m_op_0, ERR_PEER},
	{"operation off the list", m_op_high, ERR_PEER},
	{"purpose", m_purpose, ERR_PEER},
	{"action kind off the list", m_kind, ERR_GATE},
	{"too many orders", m_count, ERR_LIMIT},
	{"no orders", m_empty, ERR_LIMIT},
	{"mainnet flag is 2", m_bool_mainnet, ERR_PEER},
	{"vault flag is 2", m_bool_vault, ERR_PEER},
	{"fast flag is 2", m_bool_fast, ERR_PEER},
	{"reduce-only flag is 2", m_bool_reduce, ERR_PEER},
	{"key that is not held", m_slot, ERR_GATE},
	{"fenced epoch", m_epoch_low, ERR_FENCED},
	{"newer epoch", m_epoch_high, ERR_OK},
	{"other network", m_mainnet, ERR_GATE},
	{"configured vault", m_vault_ours, ERR_OK},
	{"vault of another key", m_vault_of_other_key, ERR_GATE},
	{"vault off by one bit", m_vault_last_byte, ERR_GATE},
	{"key for vaults only", m_key_without_plain, ERR_GATE},
	{"key for vaults only, with its vault", m_key_1_vault, ERR_OK},
	{"nonce used", m_nonce_same, ERR_GATE},
	{"nonce zero", m_nonce_zero, ERR_GATE},
	{"nonce a day and 1 ms ahead", m_nonce_far, ERR_GATE},
	{"nonce a day ahead", m_nonce_day, ERR_OK},
	{"no expiresAfter", m_no_expiry, ERR_GATE},
	{"time in force", m_tif, ERR_RULE},
	{"price zero", m_price_zero, ERR_RULE},
	{"size zero", m_size_zero, ERR_RULE},
	{"one unit of size over the order cap", m_cap_unit_over, ERR_GATE},
	{"one unit of size under the order cap", m_cap_unit_under, ERR_OK},
	{"one unit of price over the order cap", m_cap_price_over, ERR_GATE},
	{"notional overflows", m_overflow, ERR_LIMIT},
	{"three orders fill the session cap", m_three, ERR_OK},
	{"and one unit more", m_three_and_unit, ERR_GATE},
	{"hedge at its cap", m_hedge_fits, ERR_OK},
	{"hedge one unit over", m_hedge_over, ERR_GATE},
	{"TWAP that opens", m_twap_opening, ERR_GATE},
	{"whole-position stop that opens", m_position_stop_opening, ERR_GATE},
	{"dead man's switch", m_schedule, ERR_OK},
	{"mark cannot be written", m_stale, ERR_STORE},
	{"collateral in", m_add, ERR_OK},
	{"collateral: nothing", m_add_nothing, ERR_RULE},
	{"collateral out", m_add_less, ERR_RULE},
	{"collateral finer than the venue counts", m_add_crumb, ERR_RULE},
	{"collateral at its bound, far over every cap", m_add_bound, ERR_OK},
	{"collateral beyond it", m_add_over, ERR_LIMIT},
	{"collateral, side flag is 2", m_add_bool, ERR_PEER},
	{"collateral, nonce used", m_add_nonce, ERR_GATE},
	{"collateral without expiresAfter", m_add_no_expiry, ERR_GATE},
	{"collateral, mark cannot be written", m_add_stale, ERR_OK},
};

TEST(allowed_or_refused_with_which_error)
{
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct err e = {0};
		struct money spend;
		struct signer_req r;
		bool ok;

		set_up();
		r = opening();
		table[i].mutate(&r);
		ok = gate_check(&gate, &r, &spend, &e);
		if (ok != (table[i].want == ERR_OK) || e.code != table[i].want)
			test_fail(__FILE__, __LINE__, "%s: %s (%s), expected %s", table[i].name,
				  err_name(e.code), e.text, err_name(table[i].want));
		CHECK(ok || e.text[0]);
	}
}

static void r_close(struct signer_req *r)
{
	(void)r;
}
static void r_huge_close(struct signer_req *r)
{
	r->act.order[0].sz.v = INT64_MAX;
}
static void r_stop(struct signer_req *r)
{
	m_position_stop_opening(r);
}
static void r_batch(struct signer_req *r)
{
	r->act.n = BATCH_MAX;
	for (int i = 1; i < BATCH_MAX; i++)
		r->act.order[i] = r->act.order[0];
}
static void r_cancel(struct signer_req *r)
{
	memset(&r->act, 0, sizeof r->act);
	r->act.kind = ACT_CANCEL;
	r->act.n = 1;
}
static void r_cancel_cloid(struct signer_req *r)
{
	r_cancel(r);
	r->act.kind = ACT_CANCEL_CLOID;
	r->act.cancel[0].cloid.b[0] = 1;
}
static void r_noop(struct signer_req *r)
{
	memset(&r->act, 0, sizeof r->act);
	r->act.kind = ACT_NOOP;
}
static void r_twap(struct signer_req *r)
{
	m_twap_opening(r);
	r->act.twap.reduce_only = true;
}
static void r_twap_cancel(struct signer_req *r)
{
	memset(&r->act, 0, sizeof r->act);
	r->act.kind = ACT_TWAP_CANCEL;
}

static void r_add(struct signer_req *r)
{
	m_add_bound(r);
}

static void (*const reductions[])(struct signer_req *) = {
	r_close,	r_huge_close, r_stop, r_batch,	     r_cancel,
	r_cancel_cloid, r_noop,	      r_twap, r_twap_cancel, r_add,
};

static void g_none(void)
{
}
static void g_caps_zero(void)
{
	memset(&conf.caps, 0, sizeof conf.caps);
}
static void g_spent(void)
{
	gate.session = conf.caps.session;
}
static void g_hedge_spent(void)
{
	gate.hedge = conf.caps.hedge;
}
static void g_stale(void)
{
	gate.hw_stale = true;
}
static void g_no_clock(void)
{
	gate.wall_ms = 0;
}
static void g_clock_back(void)
{
	gate.wall_ms = 1001;
}

static void (*const gates[])(void) = {g_none,  g_caps_zero, g_spent,	 g_hedge_spent,
				      g_stale, g_no_clock,  g_clock_back};

TEST(no_cap_stops_a_reduction)
{
	for (size_t i = 0; i < sizeof reductions / sizeof reductions[0]; i++)
		for (size_t k = 0; k < sizeof gates / sizeof gates[0]; k++)
			for (int purpose = SIGN_PLAIN; purpose <= SIGN_HEDGE; purpose++) {
				struct signer_req r;
				struct err e = {0};
				struct money spend = {-1};

				set_up();
				r = closing();
				reductions[i](&r);
				r.purpose = (uint8_t)purpose;
				gates[k]();
				CHECK(gate_reduces(&r.act));
				if (!gate_check(&gate, &r, &spend, &e))
					test_fail(__FILE__, __LINE__, "reduction %zu, gate %zu: %s",
						  i, k, e.text);
				CHECK_INT(spend.v, 0);
			}
}

/* What was configured after the unlocking may be closed, and nothing else. */
TEST(accounts_the_key_was_not_told_of)
{
	static void (*const who[])(struct signer_req *) = {m_vault_of_other_key, m_vault_last_byte,
							   m_key_without_plain};

	for (size_t k = 0; k < sizeof who / sizeof who[0]; k++) {
		struct signer_req r;
		struct money spend;

		for (size_t i = 0; i < sizeof reductions / sizeof reductions[0]; i++) {
			struct err e = {0};
			bool money = reductions[i] == r_add;

			set_up();
			r = closing();
			reductions[i](&r);
			who[k](&r);
			if (gate_check(&gate, &r, &spend, &e) == money)
				test_fail(__FILE__, __LINE__, "reduction %zu, account %zu: %s", i,
					  k, e.text);
			CHECK_INT(e.code, money ? ERR_GATE : ERR_OK);
		}
		set_up();
		r = closing();
		r_batch(&r);
		r.act.order[BATCH_MAX - 1].reduce_only = false; /* one that adds spoils them all */
		who[k](&r);
		struct err e = {0};
		CHECK(!gate_check(&gate, &r, &spend, &e));
		CHECK_INT(e.code, ERR_GATE);
	}
}

/* Cancels and noop: any nonce, used or new, and they leave the mark alone. */
TEST(what_takes_any_nonce)
{
	static const uint64_t nonces[] = {0, 999, 1000, 1001};

	for (size_t i = 0; i < sizeof reductions / sizeof reductions[0]; i++)
		for (int k = 0; k < 4; k++) {
			struct signer_req r;
			struct money spend;
			struct err e = {0};
			bool any, ok;

			set_up();
			r = closing();
			reductions[i](&r);
			r.env.nonce = nonces[k];
			any = r.act.kind != ACT_ORDER && r.act.kind != ACT_TWAP &&
			      r.act.kind != ACT_UPDATE_ISOLATED_MARGIN;
			ok = gate_check(&gate, &r, &spend, &e);
			CHECK_INT(ok, any || nonces[k] > 1000);
			if (!ok)
				continue;
			gate_commit(&gate, &r, spend);
			CHECK_INT(gate.nonce_hw[0], any ? 1000 : 1001);
		}
}

TEST(what_passes_is_booked_once)
{
	struct signer_req r;
	struct money spend;
	struct err e = {0};

	set_up();
	for (int i = 0; i < 3; i++) {
		r = opening();
		r.env.nonce += (uint64_t)i;
		CHECK(gate_check(&gate, &r, &spend, &e));
		CHECK_INT(spend.v, USD(1000).v);
		gate_commit(&gate, &r, spend);
	}
	CHECK_INT(gate.session.v, USD(3000).v);
	r.env.nonce++;
	CHECK(!gate_check(&gate, &r, &spend, &e) && strstr(e.text, "session cap"));
	r.purpose = SIGN_HEDGE; /* a purse of its own */
	r.act.order[0].sz = (struct qty){50000000};
	CHECK(gate_check(&gate, &r, &spend, &e));
	gate_commit(&gate, &r, spend);
	CHECK_INT(gate.hedge.v, USD(500).v);
	r.env.nonce++;
	CHECK(!gate_check(&gate, &r, &spend, &e) && strstr(e.text, "hedge cap"));
	r.epoch = 8; /* a newer lease fences the older */
	r.act.order[0].reduce_only = true;
	CHECK(gate_check(&gate, &r, &spend, &e));
	gate_commit(&gate, &r, spend);
	r.epoch = 7;
	r.env.nonce++;
	CHECK(!gate_check(&gate, &r, &spend, &e) && e.code == ERR_FENCED);
}

/* Notional of any 60 seconds, besides the session's; hedges and reductions are not counted. */
TEST(minute_cap)
{
	struct signer_req r;
	struct money spend;
	struct err e = {0};

	set_up();
	conf.caps.minute = USD(2000);
	for (int i = 0; i < 2; i++) {
		gate.boot_s = 1000 + 30 * i;
		r = opening();
		r.env.nonce += (uint64_t)i;
		CHECK(gate_check(&gate, &r, &spend, &e));
		gate_commit(&gate, &r, spend);
	}
	r.env.nonce++;
	gate.boot_s = 1059; /* the first is 59 s old */
	CHECK(!gate_check(&gate, &r, &spend, &e) && strstr(e.text, "minute cap"));
	r.act.order[0].reduce_only = true;
	CHECK(gate_check(&gate, &r, &spend, &e));
	r.act.order[0].reduce_only = false;
	gate.boot_s = 1060;
	CHECK(gate_check(&gate, &r, &spend, &e));
	gate_commit(&gate, &r, spend);
	CHECK_INT(gate.session.v, USD(3000).v);
	set_up();
	conf.caps.minute = USD(0);
	r = opening();
	CHECK(!gate_check(&gate, &r, &spend, &e) && strstr(e.text, "minute cap"));
	r.purpose = SIGN_HEDGE;
	r.act.order[0].sz = (struct qty){50000000};
	CHECK(gate_check(&gate, &r, &spend, &e));
}

/* Any bytes: an answer, and with the wrong magic always a refusal. */
TEST(random_requests)
{
	struct prng p;

	prng_seed(&p, test_seed);
	set_up();
	for (int i = 0; i < 100000; i++) {
		union {
			struct signer_req r;
			uint64_t w[sizeof(struct signer_req) / 8];
		} u;
		struct money spend;
		struct err e = {0};
		bool ok;

		for (size_t k = 0; k < sizeof u.w / 8; k++)
			u.w[k] = k < 32 || k % 16 == (size_t)i % 16 ? prng_u64(&p) : 0;
		if (i % 2) {
			u.r.magic = SIGNER_MAGIC;
			u.r.version = SIGNER_VERSION;
			u.r.op = SIGNER_SIGN;
			u.r.purpose &= 1;
			u.r.slot &= 1;
			u.r.act.kind = (uint8_t)(u.r.act.kind % (ACT_KINDS + 1));
			u.r.act.n = (uint8_t)(u.r.act.n % (BATCH_MAX + 2));
		}
		ok = gate_check(&gate, &u.r, &spend, &e);
		CHECK(ok == (e.code == ERR_OK));
		if (i % 2 == 0)
			CHECK(!ok);
	}
}

TEST_MAIN(T(allowed_or_refused_with_which_error), T(no_cap_stops_a_reduction),
	  T(accounts_the_key_was_not_told_of), T(what_takes_any_nonce),
	  T(what_passes_is_booked_once), T(minute_cap), T(random_requests))
