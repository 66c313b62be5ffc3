/* state.h: the inside of the exchange core, for the files of this folder only.
 *
 * Raw int64 in here: px at 1e-10, sz at 1e-8, money at 1e-8, rates at 1e-12 (as core/dec.h).
 * A buy is side 1, a sell side 0, everywhere an index of two is used. */
#ifndef EXEUNT_PAPER_STATE_H
#define EXEUNT_PAPER_STATE_H

#include "base/prng.h"
#include "paper/paper.h"
#include "paper/str.h"
#include "paper/text.h"
#include "wire/json.h"

#define USD		 INT64_C(100000000) /* one dollar */
#define PX_ONE		 INT64_C(10000000000)
#define RATE_ONE	 INT64_C(1000000000000)
#define HOUR_MS		 INT64_C(3600000)
#define DAY_MS		 (24 * HOUR_MS)
#define NONE_MS		 INT64_MAX
#define BUILDER_FEE_UNIT 10000000 /* a tenth of a basis point at 1e-12 */

enum {
	ORDER_CHUNK = 512,
	USED_MAX = 256,
	NONCES_KEPT = 100,
	NONCES_SEEN = 4096,
	AGENTS_MAX = 8,
	BUILDERS_MAX = 8,
	HISTORY_MAX = 2000,
	CANDLES_MAX = 720,
	TRADES_KEPT = 30,
	FUNDINGS_KEPT = 500,
	SUBS_MAX = 1000,
	IPS_MAX = 64,
	BATCH_TOP = 1000, /* orders or cancels of one action */
	PAPER_DEXES_MAX = 8,
	VOLUME_DAYS = 14,
};

enum tif { TIF_GTC, TIF_IOC, TIF_ALO, TIF_FRONTEND, TIF_LIQUIDATION };
enum order_kind { OK_PLAIN, OK_TRIGGER, OK_TWAP, OK_LIQUIDATION, OK_FORCED };
enum grouping { GR_NA, GR_NORMAL, GR_POSITION, GR_PRIORITY };

struct acct;

struct order {
	uint64_t oid;
	struct acct *a;
	uint16_t coin;
	bool buy, ro, tp, is_market, position_tpsl;
	bool fired;   /* a trigger that has gone off */
	bool waiting; /* a child whose parent has not filled: listed inside the parent */
	bool in_book, listed;
	bool has_cloid;
	enum order_kind kind;
	enum tif tif;
	enum status status;
	int64_t px, sz, orig, tpx; /* sz: what remains */
	int64_t done, done_ntl;	   /* filled so far */
	int64_t ahead;		   /* others' size in front of a resting order */
	int64_t time_ms, status_ms;
	uint64_t parent; /* oid of the normalTpsl parent; siblings share it */
	uint64_t twap_id;
	int64_t builder_rate; /* at 1e-12 */
	struct acct *builder;
	uint8_t cloid[16];
	uint64_t action_id; /* of the action that made it: orders of one action share a hash */
	struct order *next, *prev;    /* open orders of the account, oldest first */
	struct order *lower, *higher; /* same side of the book; higher: better or earlier */
};

struct fill {
	uint64_t oid, tid;
	int64_t time_ms, px, sz, start, fee, builder_fee, pnl;
	uint64_t hash, twap_id;
	int64_t liq_mark; /* 0: no liquidation */
	struct acct *liq_user;
	uint16_t coin;
	bool buy, crossed, backstop, adl, liq_isolated, has_cloid, ro;
	uint8_t cloid[16];
};

struct funding_event {
	int64_t time_ms, usdc, szi, rate;
	uint16_t coin;
};

struct position {
	int64_t szi, entry; /* entry: notional at entry, >= 0 */
	int64_t raw;	    /* isolated cash leg */
	bool isolated;
	int64_t fund_all, fund_open, fund_change; /* paid: positive, as the wire shows it */
	int64_t opened_ms;
};

struct agent {
	uint8_t addr[20];
	char name[20];
	int64_t until_ms;
};

struct builder {
	uint8_t addr[20];
	int64_t rate; /* at 1e-12 */
};

struct twap {
	uint64_t id;
	struct acct *a;
	uint16_t coin;
	bool buy, ro, randomize, ended, has_trigger, above, armed;
	int64_t minutes, sz, done, done_ntl, start_ms, end_ms, end_status_ms;
	int64_t trigger_px, stop_px;
	uint32_t slots, next; /* of `slots` suborders, index of the next */
	int64_t next_ms;
	const char *status;
	char why[96];
	struct twap *link;
};

struct acct {
	uint8_t addr[20];
	char hex[43];
	bool funded, is_vault;
	struct acct *master; /* of a sub-account */
	char name[20];
	int64_t raw; /* cross cash leg */
	struct position pos[PAPER_COINS_MAX];
	int32_t lev[PAPER_COINS_MAX];
	bool iso[PAPER_COINS_MAX];
	struct order *first, *last; /* open orders */
	uint32_t n_open;
	int64_t volume, day_volume[VOLUME_DAYS], day_cross[VOLUME_DAYS], day;
	uint64_t requests, reserved;
	int64_t limited_ms;
	struct fill *fills, *slices;
	uint32_t n_fills, cap_fills, n_slices, cap_slices;
	struct funding_event *fundings;
	uint32_t n_fundings, cap_fundings;
	uint64_t *history; /* oids in order of their last change; the newest last */
	uint32_t n_history, cap_history;
	struct str ledger; /* newest last, JSON objects separated by commas */
	struct agent agent[AGENTS_MAX];
	uint32_t n_agents;
	struct builder builder[BUILDERS_MAX];
	uint32_t n_builders;
	int64_t builder_earned;
	int64_t schedule_ms; /* NONE_MS: off */
	int32_t schedule_used;
	int64_t schedule_day;
	int64_t cooldown_ms; /* liquidation orders are whole until then */
	char abstraction[20], referrer[24];
	/* What happened in this block, as JSON items; flushed to the sockets at its end. */
	struct str ev_orders, ev_fills, ev_slices, ev_fundings, ev_cancels, ev_liq, ev_twaps;
	struct str ev_ledger, ev_notes, ev_history;
	bool touched; /* anything of the account changed in this block */
};

struct signer {
	uint8_t addr[20];
	uint64_t kept[NONCES_KEPT]; /* ascending */
	uint32_t n_kept;
	uint64_t seen[NONCES_SEEN];
	uint64_t n_seen;
};

struct used {
	int64_t px, sz, t_ms;
};

struct candle {
	int64_t t_ms, o, c, h, l, v;
	uint32_t n;
};

struct funding_row {
	int64_t time_ms, rate, premium;
};

struct print {
	bool sell;
	int64_t px, sz, time_ms;
	uint64_t tid, hash;
	const struct acct *buyer, *seller; /* NULL: one of the others */
};

/* Something that is moved away by `peak` (1 is RATE_ONE), held, and comes back. Venue ms. */
struct ramp {
	int64_t start, peak; /* the value at from_ms; what is held from full_ms to until_ms */
	int64_t from_ms, full_ms, until_ms, back_ms;
};

/* What the venue still shows of a coin while its front end is stuck. */
struct stale {
	struct paper_level level[2][PAPER_DEPTH_MAX];
	uint32_t n[2];
	int64_t time_ms, mid, impact[2];
	struct paper_level bbo[2];
};

/* A front-runner in the coin (runner.c). */
enum { RUNNER_OWED = 64 };
struct owed {
	int64_t sz, at_ms; /* signed: what he took, and when he takes it back */
};
struct runner {
	struct acct *self, *prey;
	int64_t share, back_ms; /* share at 1e-8; 0: none */
	uint32_t seen, seen_slices;
	uint32_t n;
	struct owed owed[RUNNER_OWED];
};

/* Who learns the clockwork of an account's slices (hunter.c). */
enum { HUNTER_SEEN = 12 };
struct hunter {
	struct acct *self, *prey; /* prey NULL: none */
	bool meets, buys, in, giving;
	int64_t share; /* at 1e-8 */
	int64_t lead_ms, hold_ms;
	uint32_t seen, seen_slices, own_fill;
	int64_t last_ms, hunted_ms, leave_ms, rest_until_ms;
	int64_t gap[HUNTER_SEEN], sz[HUNTER_SEEN]; /* oldest first; the last size may still grow */
	uint32_t n_gap, n_sz, tries;
	int64_t pnl, earned; /* of the last tries; ever */
};

struct coin {
	struct paper_coin c;
	uint8_t dex;	/* 0: the validator's */
	uint32_t place; /* in the list of its dex */
	int px_decimals;
	int64_t mark, prev_mark, oracle, forced, mid, last;
	int64_t prev_day, day_ntl, day_base;
	bool oi_capped, has_book, fresh;
	struct paper_level depth[2][PAPER_DEPTH_MAX]; /* others', less what was consumed */
	uint32_t n_depth[2];
	struct used used[2][USED_MAX];
	uint32_t n_used[2];
	struct order *book[2]; /* our users' resting orders, best first */
	/* mark */
	__int128 ema_num, ema_den, ema30_num, ema30_den;
	int64_t next_sample_ms;			    /* market time of the next 3 s sample */
	struct ramp thin, oracle_off, external_off; /* shape.c */
	struct runner runner;
	struct hunter hunter[2]; /* [1] meets */
	struct stale stale;
	struct str stale_ctx;
	/* funding */
	bool has_forced_rate;
	int64_t forced_rate; /* an hour, at 1e-12 */
	int64_t premium_sum, premium_now, next_premium_ms;
	int64_t n_premium, funding_rate, next_funding_ms;
	struct funding_row fundings[FUNDINGS_KEPT];
	uint32_t n_fundings;
	struct candle candles[CANDLES_MAX];
	uint32_t n_candles; /* ever; index modulo */
	struct print prints[TRADES_KEPT];
	uint32_t n_prints;	   /* ever */
	struct paper_level bbo[2]; /* as last pushed */
	bool bbo_moved;
	struct str ev_trades;
};

/* One perp dex. */
struct dex {
	char name[12]; /* "": the validator's */
	uint32_t n_coins;
};

/* One order of a request, typed. */
struct oreq {
	uint32_t asset;
	bool buy, ro, trigger, is_market, tp, has_cloid;
	int64_t p, s, tpx; /* all at 1e-8, as the canonical text has it */
	enum tif tif;
	uint8_t cloid[16];
};

/* One cancel or the target of one modify. */
struct creq {
	uint32_t asset;
	uint64_t oid;
	bool by_cloid;
	uint8_t cloid[16];
};

#define ACTION_TABLE(X)                                                                            \
	X(ORDER, "order")                                                                          \
	X(CANCEL, "cancel")                                                                        \
	X(CANCEL_CLOID, "cancelByCloid")                                                           \
	X(MODIFY, "modify")                                                                        \
	X(BATCH_MODIFY, "batchModify")                                                             \
	X(SCHEDULE, "scheduleCancel")                                                              \
	X(LEVERAGE, "updateLeverage")                                                              \
	X(MARGIN, "updateIsolatedMargin")                                                          \
	X(TOP_UP, "topUpIsolatedOnlyMargin")                                                       \
	X(TWAP, "twapOrder")                                                                       \
	X(TWAP_CANCEL, "twapCancel")                                                               \
	X(NOOP, "noop")                                                                            \
	X(RESERVE, "reserveRequestWeight")                                                         \
	X(REFERRER, "setReferrer")                                                                 \
	X(SUB_CREATE, "createSubAccount")                                                          \
	X(SUB_TRANSFER, "subAccountTransfer")                                                      \
	X(AGENT_ABSTRACTION, "agentSetAbstraction")                                                \
	X(APPROVE_AGENT, "approveAgent")                                                           \
	X(APPROVE_BUILDER, "approveBuilderFee")                                                    \
	X(USER_ABSTRACTION, "userSetAbstraction")                                                  \
	X(USD_SEND, "usdSend")                                                                     \
	X(WITHDRAW, "withdraw3")                                                                   \
	X(CLASS_TRANSFER, "usdClassTransfer")

enum action_kind {
#define X(id, name) AK_##id,
	ACTION_TABLE(X)
#undef X
		AK_COUNT
};

struct action {
	enum action_kind kind;
	uint32_t n;	    /* orders, cancels, modifies */
	struct oreq *order; /* malloc'd */
	struct creq *cancel;
	enum grouping grouping;
	uint64_t priority;
	bool has_builder,
		flag; /* flag: f of cancels, a of modifies, always wins the hash if true */
	uint8_t builder[20];
	uint64_t builder_f;
	/* scalars of the small actions */
	uint32_t asset;
	bool yes, yes2, has_time, has_details, has_trigger, has_stop, has_name;
	int64_t num, s, p, stop; /* leverage, ntli, minutes, weight, twap id */
	uint64_t time;
	uint8_t addr[20];
	char text[80], text2[80], chain[12];
	uint64_t chain_id;
	/* envelope */
	uint64_t nonce, expires;
	bool has_vault, has_expires;
	uint8_t vault[20], r[32], sig_s[32];
	int v;
};

struct pending {
	uint64_t conn, post_id, seq;
	bool ws, late;	 /* late: answered already, executed at due_ms */
	struct acct *by; /* a drill's own hand: no signature, no answer; NULL: the wire's */
	int64_t due_ms;
	struct action act;
	struct pending *next;
};

struct outmsg {
	struct paper_out out;
	char *bytes;
	int64_t due_ms;
	struct outmsg *next;
};

struct ip {
	char name[48];
	int64_t minute;
	uint32_t weight, messages, opened;
	uint32_t sockets;
};

#define CHANNEL_TABLE(X)                                                                           \
	X(L2BOOK, "l2Book")                                                                        \
	X(BBO, "bbo")                                                                              \
	X(TRADES, "trades")                                                                        \
	X(MIDS, "allMids")                                                                         \
	X(CTX, "activeAssetCtx")                                                                   \
	X(CTXS, "assetCtxs")                                                                       \
	X(ALL_CTXS, "allDexsAssetCtxs")                                                            \
	X(CANDLE, "candle")                                                                        \
	X(ASSET_DATA, "activeAssetData")                                                           \
	X(STATE, "clearinghouseState")                                                             \
	X(ALL_STATES, "allDexsClearinghouseState")                                                 \
	X(OPEN_ORDERS, "openOrders")                                                               \
	X(SPOT_STATE, "spotState")                                                                 \
	X(TWAP_STATES, "twapStates")                                                               \
	X(WEB_DATA3, "webData3")                                                                   \
	X(ORDER_UPDATES, "orderUpdates")                                                           \
	X(USER_EVENTS, "userEvents")                                                               \
	X(USER_FILLS, "userFills")                                                                 \
	X(USER_FUNDINGS, "userFundings")                                                           \
	X(USER_LEDGER, "userNonFundingLedgerUpdates")                                              \
	X(SLICE_FILLS, "userTwapSliceFills")                                                       \
	X(TWAP_HISTORY, "userTwapHistory")                                                         \
	X(HISTORICAL, "userHistoricalOrders")                                                      \
	X(NOTIFICATION, "notification")

enum channel {
#define X(id, name) CH_##id,
	CHANNEL_TABLE(X)
#undef X
		CH_COUNT
};

struct sub {
	enum channel ch;
	int dex;      /* of those that are one dex's */
	int32_t coin; /* -1 none */
	struct acct *a;
	bool fast, aggregate, flag;
	uint8_t sig_figs, mantissa;
	int64_t interval_ms;
	char interval[4];
	int64_t next_ms;
};

struct ws {
	uint64_t conn;
	struct ip *ip;
	int64_t last_sent_ms;
	uint32_t n_subs, posts;
	struct sub *sub;
	bool closed;
	struct ws *next;
};

struct fault {
	int32_t count, ms, per_mille;
	int64_t until_ms;
};

struct secp;

/* Who is being liquidated in the trade at hand; both sides' fills carry it. */
struct forcing {
	struct acct *user;
	bool isolated, backstop, adl;
};

enum { NOTES_KEPT = 64 };

struct paper {
	struct paper_conf conf;
	struct prng rng;
	int64_t now, block, next_block; /* venue ms: last call, current block, next block */
	int64_t skew;			/* added to the caller's clock (POST /paper clock) */
	int64_t owed;			/* of a large step of it: added bit by bit */
	uint32_t flood, burst,
		flood_at; /* load (flood.c): a rate, messages asked for, whose turn */
	const char *why;  /* what the last refused paper_fund, _position... did not take */
	uint64_t height, next_oid, first_oid, next_tid, next_twap, action_id, pending_seq;
	struct coin coin[PAPER_COINS_MAX];
	uint32_t n_coins;
	struct dex dex[PAPER_DEXES_MAX];
	uint8_t n_dexes; /* 1 with the validator's alone */
	struct acct **acct;
	uint32_t n_acct, cap_acct;
	struct acct *vault; /* the liquidator */
	struct acct *main;  /* the first that was funded by name */
	struct forcing forcing;
	int64_t post_only_until; /* venue ms; 0: off, NONE_MS: until cleared */
	int64_t market_start;
	uint32_t step_done[SCENARIO_STEPS_MAX];
	struct paper_note note[NOTES_KEPT];
	uint32_t notes_in, notes_out;
	uint64_t made_up; /* accounts and orders that the operator's words made */
	struct signer **signer;
	uint32_t n_signers, cap_signers;
	struct order **chunk;
	uint32_t n_chunks, cap_chunks;
	struct twap *twaps; /* newest first */
	struct pending *pending;
	struct outmsg *out_first, *out_last, *out_given;
	struct ip ip[IPS_MAX];
	uint32_t n_ips;
	struct ws *ws;
	struct fault fault[FAULT_KINDS];
	uint64_t lid;
	struct json *json;
	struct secp *secp;
	struct str scratch;
	/* Sees every action as it comes in, before any fault; NULL when one is refused for want of
	 * requests. */
	void (*spy)(void *ctx, const struct action *act);
	void *spy_ctx;
	/* POST /paper {"drill":...}; NULL: no drill runs. */
	bool (*ask)(void *ctx, const struct jv *root, struct str *out);
};

/* account.c */
enum { ACCTS_MAX = 4096 }; /* addresses kept, ever */
struct acct *acct_find(const struct paper *p, const uint8_t addr[20]);
/* Makes it; funds by fund_any. NULL: the venue has all the addresses it keeps. */
struct acct *acct_get(struct paper *p, const uint8_t addr[20]);
/* The account an address signs for: itself, or its master's when it is an agent; NULL: none. */
struct acct *acct_of_signer(struct paper *p, const uint8_t addr[20]);
struct agent *agent_find(struct paper *p, const uint8_t addr[20], struct acct **master);
bool addr_read(uint8_t out[20], const char *text); /* 0x may be missing, 0X is refused */
void addr_hex(char out[43], const uint8_t addr[20]);
int64_t acct_volume14(const struct paper *p, const struct acct *a);
int64_t fee_rate(const struct paper *p, const struct acct *a, bool crossed);
void acct_add_volume(struct paper *p, struct acct *a, int64_t ntl, bool crossed);
/* Moves the position by one trade; returns the closed profit, *start the position before. */
int64_t position_trade(struct paper *p, struct acct *a, uint16_t coin, bool buy, int64_t px,
		       int64_t sz, int64_t *start);
void ledger_add(struct paper *p, struct acct *a, const char *delta_json);

/* margin.c: sums over one account at the marks */
struct margin {
	int64_t equity, ntl, raw, used, maintenance; /* cross only */
	int64_t all_equity, all_ntl, all_raw, all_used;
};
int64_t pm_ntl(int64_t px, int64_t sz);					/* toward zero, signed */
int32_t pm_tier(const struct coin *c, int64_t ntl, int64_t *deduction); /* max leverage */
int64_t pm_maintenance(const struct coin *c, int64_t ntl);
void pm_sum(const struct paper *p, const struct acct *a, struct margin *out);
/* Of one dex: a builder's has isolated positions and no cash. */
void pm_sum_dex(const struct paper *p, const struct acct *a, int dex, struct margin *out);
int64_t pm_withdrawable(const struct margin *m);
/* (others' maintenance + N - equity - deduction) = k; false: none (<= 0). */
bool pm_liq_px(int64_t k, int64_t szi, int32_t max_leverage, int64_t *out);
bool pm_position_liq(const struct paper *p, const struct acct *a, uint16_t coin, int64_t *out);
int64_t pm_roe(int64_t upnl, int64_t ntl, int side, int32_t leverage); /* at 1e-10 */
int64_t position_upnl(const struct position *x, int64_t mark);
int64_t isolated_equity(const struct position *x, int64_t mark);
/* Can the account carry `add` more (signed by side) of the coin at px? */
bool pm_allows(const struct paper *p, const struct acct *a, uint16_t coin, bool buy, int64_t px,
	       int64_t sz, int64_t resting_px);

/* depth.c */
void depth_refresh(struct paper *p, uint16_t coin);
void depth_take(struct paper *p, uint16_t coin, bool from_bids, int64_t px, int64_t sz);
bool book_best(const struct coin *c, bool bids, int64_t *px); /* ours and the others' */
uint32_t book_levels(const struct coin *c, bool bids, struct paper_level *out, uint32_t max);
int64_t book_impact(const struct coin *c, bool bids); /* average price of the impact notional; 0 */
int64_t depth_at(const struct coin *c, bool bids, int64_t px);

/* price.c */
void price_block(struct paper *p, uint16_t coin, int64_t market_ms);
void price_print(struct paper *p, uint16_t coin, bool sell, int64_t px, int64_t sz, int64_t time_ms,
		 const struct acct *buyer, const struct acct *seller, uint64_t hash, uint64_t tid);
bool price_ok(const struct coin *c, int64_t px); /* the tick rule */
int64_t price_round(const struct coin *c, int64_t px, bool up);
uint64_t mix64(uint64_t a, uint64_t b);
uint64_t next_tid(struct paper *p);
void put_hash(struct str *s, uint64_t seed); /* 0 is the zero hash */

/* order.c */
struct order *order_find(const struct paper *p, uint64_t oid);
struct order *order_new(struct paper *p, struct acct *a, uint16_t coin);
void order_status(struct paper *p, struct order *o, enum status st); /* and its update */
void order_update(struct paper *p, struct order *o);
void order_list(struct order *o);				    /* among the open ones */
void order_close(struct paper *p, struct order *o, enum status st); /* out of book and list */
void book_join(struct paper *p, struct order *o);
void book_leave(struct paper *p, struct order *o);
struct order *order_by_cloid(const struct paper *p, const struct acct *a, const uint8_t cloid[16],
			     bool open_only);
void order_prune(struct paper *p);
/* Others of the same parent, or the waiting children of a parent. */
void siblings_close(struct paper *p, struct order *o, enum status st);
void children_activate(struct paper *p, struct order *parent);
void children_close(struct paper *p, struct order *parent, enum status st);

/* match.c */
/* Executes o against the book up to its limit; returns what was filled. */
int64_t match_take(struct paper *p, struct order *o, int64_t limit_px);
void match_print(struct paper *p, const struct paper_trade *t);
void match_crossed(struct paper *p, uint16_t coin); /* rule Q4 */
void match_fill(struct paper *p, struct order *o, int64_t px, int64_t sz, bool crossed,
		uint64_t hash, uint64_t tid);
/* Reduce-only upkeep after a position changed. */
void reduce_only_sweep(struct paper *p, struct acct *a, uint16_t coin);
int64_t reduce_only_room(const struct paper *p, const struct acct *a, uint16_t coin, bool buy,
			 const struct order *except, bool strict);

/* place.c */
void exec_orders(struct paper *p, struct acct *a, const struct action *act, struct str *s);
enum text order_execute(struct paper *p, struct order *o);
int64_t place_value_cap(const struct coin *c, bool market); /* of one order */
enum text order_check_batch(struct paper *p, struct acct *a, const struct action *act,
			    struct str *s);
struct order *order_place(struct paper *p, struct acct *a, const struct oreq *r,
			  const struct action *act, bool child, enum text *why, struct str *arg);
void put_order_status(const struct paper *p, struct str *s, const struct order *o, enum text why,
		      const char *arg, uint32_t asset);

/* amend.c: cancel, modify, leverage, margin, schedule */
void exec_cancel(struct paper *p, struct acct *a, const struct action *act, struct str *s);
void exec_modify(struct paper *p, struct acct *a, const struct action *act, struct str *s);
enum text exec_leverage(struct paper *p, struct acct *a, const struct action *act);
enum text exec_margin(struct paper *p, struct acct *a, const struct action *act);
void exec_schedule(struct paper *p, struct acct *a, const struct action *act, struct str *s);
void schedule_block(struct paper *p);

/* shape.c: what is bent on purpose */
int64_t ramp_at(const struct ramp *r, int64_t now_ms);
void ramp_set(struct ramp *r, int64_t peak, int64_t now_ms, int64_t over_ms, int64_t for_ms,
	      int64_t back_ms);
int64_t ramp_px(const struct ramp *r, int64_t px, int64_t now_ms); /* px * (1 + value) */
bool post_only(const struct paper *p);
void stale_keep(struct paper *p, enum paper_fault kind);
bool book_is_stale(const struct paper *p);
bool mark_is_stale(const struct paper *p);
/* What is published: the book, or what is left of it. */
uint32_t shown_levels(const struct paper *p, uint16_t coin, bool bids, struct paper_level *out,
		      uint32_t max);
int64_t shown_mid(const struct paper *p, uint16_t coin);

/* script.c */
void script_block(struct paper *p, int64_t market_ms);
void note_add(struct paper *p, bool ok, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* runner.c */
void runner_block(struct paper *p);
/* Signed size that the fills from `from` on took in the coin. */
int64_t fills_taken(const struct fill *f, uint32_t from, uint32_t n, uint16_t coin);
/* hunter.c */
void hunter_block(struct paper *p);

/* adl.c */
/* Closes sz of the loser's position at px against those on the other side who are in profit, the
 * highest in rank first; what nobody is left for goes to the crowd. */
void adl_close(struct paper *p, struct acct *loser, uint16_t coin, int64_t px, int64_t sz);
/* All of it to the liquidator. */
void backstop_take(struct paper *p, struct acct *a, uint16_t coin);
/* mark/entry (entry/mark of a short) * notional / account value, 1 is RATE_ONE; 0: not in profit.
 */
int64_t adl_rank(const struct paper *p, const struct acct *a, uint16_t coin);

/* trigger.c, twap.c, liquidate.c, funding.c */
bool trigger_met(const struct coin *c, const struct order *o);
void trigger_block(struct paper *p);
void exec_twap(struct paper *p, struct acct *a, const struct action *act, struct str *s);
void exec_twap_cancel(struct paper *p, struct acct *a, const struct action *act, struct str *s);
void twap_block(struct paper *p);
void twap_fill(struct paper *p, uint64_t id, int64_t px, int64_t sz);
void put_twap_state(struct str *s, const struct twap *t);
void put_twap_row(struct str *s, const struct twap *t);
uint32_t twap_slots(int64_t minutes, int64_t ntl);
void liquidate_block(struct paper *p);
void funding_block(struct paper *p, int64_t market_ms);
int64_t funding_hourly(int64_t premium); /* at 1e-12 */

/* parse.c, verify.c */
bool action_read(struct action *act, const struct jv *root); /* false: 422 */
void action_free(struct action *act);
bool action_is_user_signed(enum action_kind k);
const char *act_name(enum action_kind k);
void act_msgpack(const struct action *act, struct str *s);
/* Digest that was to be signed. */
void act_digest(const struct action *act, char source, uint8_t out[32]);
enum text action_recover(struct paper *p, const struct action *act, uint8_t signer[20]);

/* exchange.c */
void exchange_submit(struct paper *p, uint64_t conn, bool ws, uint64_t post_id,
		     const struct jv *root);
/* An action of `a` without a wire: it meets faults, block and rules like any other. Takes what
 * act owns. */
void exchange_known(struct paper *p, struct acct *a, const struct action *act);
void exchange_block(struct paper *p);
void exec_action(struct paper *p, struct action *act, struct str *s);

/* limits.c */
enum text nonce_check(struct paper *p, const uint8_t signer[20], uint64_t nonce, char arg[24],
		      char arg2[24]);
void nonce_use(struct paper *p, const uint8_t signer[20], uint64_t nonce);
struct ip *ip_find(struct paper *p, const char *name);
bool ip_charge(struct paper *p, struct ip *ip, uint32_t weight);
uint64_t addr_cap(const struct paper *p, const struct acct *a);
bool addr_charge(struct paper *p, struct acct *a, const struct action *act, struct str *err);

/* dexes.c */
void dexes_init(struct paper *p);			       /* from the coins' names */
int dex_by_name(const struct paper *p, const char *name);      /* NULL or "": 0; -1 none */
uint32_t asset_of(const struct paper *p, uint32_t coin);       /* the wire's number */
void assets_inside(const struct paper *p, struct action *act); /* from the wire's to coin[] */
void put_perp_dexs(const struct paper *p, struct str *s);
void put_dex_states(struct paper *p, struct acct *a, struct str *s);

/* info.c, info_user.c, views.c */
int info_answer(struct paper *p, const struct jv *root, struct str *s); /* HTTP status */
bool info_user(struct paper *p, const char *type, const struct jv *root, struct str *s,
	       int *status);
uint32_t info_weight(const char *type);
void put_book(struct paper *p, uint16_t coin, int sig_figs, int mantissa, bool fast, struct str *s);
void put_ctx(struct paper *p, uint16_t coin, struct str *s);
void put_mids(struct paper *p, int dex, struct str *s);
void put_ctxs(struct paper *p, int dex, struct str *s);
void put_trades(struct paper *p, uint16_t coin, struct str *s);
void put_print(const struct coin *c, const struct print *x, struct str *s);
void put_level(struct str *s, const struct paper_level *l);
void put_candle(struct paper *p, uint16_t coin, int64_t interval_ms, const char *name, int64_t from,
		int64_t to, bool array, struct str *s);
int64_t interval_ms(const char *name);
int32_t coin_by_name(const struct paper *p, const char *name);
void put_state(struct paper *p, struct acct *a, int dex, struct str *s);
void put_spot_state(struct paper *p, struct acct *a, struct str *s);
void put_order(struct paper *p, const struct order *o, bool full, struct str *s);
void put_open_orders(struct paper *p, const struct acct *a, int dex, bool full, struct str *s);
void put_history(struct paper *p, const struct acct *a, struct str *s);
void put_history_row(struct paper *p, const struct order *o, struct str *s);
void put_fill(struct paper *p, const struct acct *a, const struct fill *f, bool twap_null,
	      struct str *s);
/* Of the account: its fills, or its TWAPs' slices; by time, or the newest first. */
void put_fills(struct paper *p, const struct acct *a, bool twap, int64_t from, int64_t to,
	       bool newest, bool aggregate, struct str *s);
void put_funding(struct paper *p, const struct funding_event *e, struct str *s);
void put_asset_data(struct paper *p, struct acct *a, uint16_t coin, struct str *s);
void put_web_data3(struct paper *p, struct acct *a, struct str *s);
void put_twap_states(struct paper *p, struct acct *a, int dex, struct str *s);
void put_twap_history(struct paper *p, struct acct *a, struct str *s);
void put_cloid(struct str *s, const uint8_t cloid[16]);

/* ws.c, push.c */
struct ws *ws_find(struct paper *p, uint64_t conn);
void ws_send(struct paper *p, struct ws *w, const struct str *s, int64_t due_ms);
void ws_post_answer(struct paper *p, uint64_t conn, uint64_t id, const char *type,
		    const struct str *payload, int64_t due_ms);
const char *channel_name(enum channel ch);
void put_subscription(struct paper *p, const struct sub *x, struct str *s);
void push_snapshot(struct paper *p, struct ws *w, struct sub *x);
void push_block(struct paper *p);
void push_now(struct paper *p, struct ws *w, const struct sub *x); /* a book, bbo or context */

/* fault.c, serve.c, paper.c */
bool fault_hits(struct paper *p, enum paper_fault kind);
bool fault_span(const struct paper *p, enum paper_fault kind); /* of those that are a time */
/* 502 at once, over HTTP or the socket. */
void answer_gateway(struct paper *p, uint64_t conn, bool ws, uint64_t post_id);
void admin_answer(struct paper *p, uint64_t conn, const struct jv *root);
void out_put(struct paper *p, const struct paper_out *out, int64_t due_ms);
void answer_http(struct paper *p, uint64_t conn, int status, const char *type, const char *bytes,
		 size_t len, int64_t due_ms);
/* Delivers the answer to an action through the faults. */
void answer_action(struct paper *p, uint64_t conn, bool ws, uint64_t post_id, struct str *body);

#endif
