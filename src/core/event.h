/* event.h: the engine's input alphabet. Every event carries both clocks; the engine reads no other.
 *
 * Pointers in an event are borrowed for the duration of the step. Venue sessions make events from
 * bytes; the host adds clocks and account index; the simulator does the same. */
#ifndef EXEUNT_CORE_EVENT_H
#define EXEUNT_CORE_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/act.h"
#include "core/book.h"
#include "core/cmd.h"
#include "core/dec.h"
#include "core/instr.h"
#include "limits.h"

enum event_kind {
	EV_TICK,   /* a timer armed by EF_TIMER fired, or the idle tick */
	EV_CONN,   /* a connection came up (epoch rises) or went down */
	EV_INSTRS, /* meta of one dex, or spot meta: complete list */
	EV_CTX,	   /* mark, oracle, mid, funding of one coin */
	EV_BOOK,
	EV_BBO,
	EV_TRADES,
	EV_ACCOUNT, /* whole margin state of one dex of an account */
	EV_SPOT,    /* spot balances */
	EV_ORDERS,  /* complete list of open orders of one dex */
	EV_ORDER,   /* one order update from the stream */
	EV_FILLS,
	EV_FUNDING,	 /* funding payments */
	EV_ANSWER,	 /* verdict, or loss, of an action we sent */
	EV_ORDER_STATUS, /* answer to EF_QUERY of Q_ORDER_STATUS */
	EV_RATE,	 /* address request budget */
	EV_FEES,
	EV_AGENT,	/* agents and their expiry */
	EV_ABSTRACTION, /* account mode: unified, portfolio ... */
	EV_TWAPS,	/* running venue TWAPs: complete list */
	EV_LIQUIDATION,
	EV_VENUE_ERROR, /* the venue answers errors (status), or recovered (status 0) */
	EV_SIGNER,	/* key locked or unlocked, signer lost, refusal of a request */
	EV_STORE, /* journal state: ok, slow, full, read-only; and the nonce ceiling committed */
	EV_WAKE,  /* the boot clock jumped: suspend */
	EV_MAY_SLEEP, /* an exit runs and nothing keeps this machine awake */
	EV_CMD,	      /* command from a terminal or a shell */
	EV_MIDS,      /* mids of one dex: a proof of life and a coarse price, no marks */
	EV_CONFIRMED, /* a subscription of this epoch brought its first data (or, when it has no
			 snapshot, its acknowledgement) */
	EV_SUBS,      /* sub-accounts of an account: complete list */
	EV_DEXES,     /* perp dexes the venue has: complete list, without the validator's */
	EV_SOLVED,    /* answer to an EF_SOLVE */
	EV_QUERY,     /* an EF_QUERY ended; the event with its data, if any, came just before */
	EV_KINDS
};

struct ev_conn {
	bool up;
	bool market;	/* the connection that carries market data */
	bool account;	/* the connection that carries this account's streams; one may be both */
	uint32_t epoch; /* rises with every connect; older epochs are dropped */
	char reason[96];
};

struct ev_ctx {
	uint16_t instr;
	struct price mark, oracle, mid; /* mid 0: none */
	struct ratio funding;		/* of this hour */
	struct qty open_interest;
	struct money day_volume;
};

struct trade {
	enum side side; /* aggressor */
	bool no_hash;	/* of no transaction: a suborder of a venue TWAP, or the system's */
	struct price px;
	struct qty sz;
	int64_t time_ms;
	uint64_t tid;
};

struct ev_trades {
	uint16_t instr;
	bool history; /* of the time before the subscription, or told before: no new volume */
	uint32_t n;
	const struct trade *at;
};

struct ev_mids {
	uint8_t dex;
	uint32_t n;
	const struct mid {
		uint16_t instr;
		struct price px;
	} * at;
};

enum margin_mode { MARGIN_CROSS, MARGIN_ISOLATED };

struct ev_position {
	uint16_t instr;
	uint8_t mode; /* enum margin_mode */
	bool has_liq;
	bool bare; /* only the coin and its size could be read: everything else is 0 */
	int32_t leverage, max_leverage;
	struct qty szi;
	struct price entry, liq;
	struct money value, upnl, margin_used, raw_usd, funding_since_open;
	struct ratio roe;
};

struct ev_account {
	uint8_t dex;
	int64_t venue_ms;
	struct money value, ntl, raw_usd, margin_used; /* cross and isolated */
	struct money cross_value, cross_ntl, cross_raw_usd, cross_margin_used, cross_maintenance;
	struct money withdrawable;
	uint32_t unread; /* held, not in at: in a coin that the list of markets lacks as yet, or too
			    many */
	char unread_coin[COIN_MAX]; /* the first of them, escaped; "" none */
	struct qty unread_szi;	    /* 0: not told */
	uint32_t n;
	const struct ev_position *at;
};

struct balance {
	char coin[COIN_MAX];
	uint32_t token;
	struct qty total, hold;
	struct money entry_ntl;
};

struct ev_spot {
	int64_t venue_ms; /* 0: not told */
	uint32_t n;
	const struct balance *at;
};

/* An order as the venue describes it. */
struct venue_order {
	uint16_t instr;
	bool buy, reduce_only, is_trigger, position_tpsl, trigger_above;
	uint8_t tif; /* enum tif */
	struct price limit, trigger_px;
	struct qty left, orig;
	uint64_t oid;
	struct cloid cloid;
	int64_t time_ms;
};

struct ev_orders {
	uint8_t dex;
	int64_t venue_ms; /* 0: not told */
	uint32_t unread;  /* listed, not in at: of a market that this program has not read yet */
	uint32_t n;
	const struct venue_order *at;
};

enum order_status { /* the venue's words, folded; text keeps the exact one */
		    OS_OPEN,
		    OS_FILLED,
		    OS_CANCELED,
		    OS_TRIGGERED,
		    OS_REJECTED,
		    OS_UNKNOWN_OID,
		    OS_OTHER /* a word this program does not know: never a verdict */
};

struct ev_order {
	struct venue_order order;
	uint8_t status; /* enum order_status */
	char status_text[40];
	int64_t status_ms;
};

enum fill_kind {
	FILL_NORMAL,
	FILL_LIQUIDATION,
	FILL_BACKSTOP,
	FILL_ADL,
	FILL_SETTLEMENT,
	FILL_TWAP
};

struct fill {
	uint16_t instr;
	bool buy, crossed;
	uint8_t kind; /* enum fill_kind; LIQUIDATION only when liquidatedUser is the account */
	struct price px;
	struct qty sz, start_position;
	struct money fee, closed_pnl;
	uint64_t oid, tid, twap_id;
	struct cloid cloid;
	int64_t time_ms;
	char dir[24];
};

struct ev_fills {
	bool snapshot; /* first frame of a subscription, or the answer of a query */
	uint32_t n;
	const struct fill *at; /* any order; keyed by (account, coin, time, tid) */
};

struct ev_funding {
	uint32_t n;
	const struct funding_paid {
		uint16_t instr;
		int64_t time_ms;
		struct money usdc; /* negative: paid */
		struct ratio rate;
	} * at;
};

/* What a refusal in the venue's words is about, and so what to do. */
enum refusal {
	REFUSED_OTHER,	       /* not in the table: show it, treat it as a plain refusal */
	REFUSED_GONE,	       /* cancel race: reconcile, no error */
	REFUSED_REDUCE_ONLY,   /* flat, wrong side or covered: read the position again */
	REFUSED_NO_MATCH,      /* immediate order too passive: reprice */
	REFUSED_WOULD_CROSS,   /* post-only would have taken: reprice */
	REFUSED_MIN_VALUE,     /* below the least notional */
	REFUSED_MAX_VALUE,     /* above the order value cap: split */
	REFUSED_MARGIN,	       /* not enough margin or balance */
	REFUSED_PRICE,	       /* tick, band, oracle distance */
	REFUSED_SIZE,	       /* zero, lot, empty batch */
	REFUSED_TRIGGER,       /* trigger price not valid now */
	REFUSED_LIQUIDITY,     /* nothing to trade against */
	REFUSED_OPEN_INTEREST, /* the market's cap */
	REFUSED_REQUESTS,      /* address request budget exhausted */
	REFUSED_EXPIRED,       /* expiresAfter passed: the action can never run */
	REFUSED_NONCE_USED,    /* "duplicate nonce": NEVER a verdict; look the order up */
	REFUSED_NONCE_WINDOW,  /* clock or counter: the action can never run */
	REFUSED_SIGNER,	       /* wrong signature, or the agent is not approved */
	REFUSED_NETWORK,       /* signed for the other network */
	REFUSED_ACCOUNT,  /* configuration of the account: vault, multi-sig, unified, deposit */
	REFUSED_SCHEDULE, /* dead man's switch not available or too early */
	REFUSED_TWAP,	  /* duration, size or gone */
	REFUSALS
};

/* One entry of a verdict. */
enum verdict_kind {
	VERDICT_RESTING,
	VERDICT_FILLED,
	VERDICT_ERROR,	 /* this order was refused: text says why */
	VERDICT_WAITING, /* trigger or child armed: no oid told */
	VERDICT_SUCCESS, /* cancels, noop, schedule */
	VERDICT_TWAP,	 /* oid holds the twap id */
};

struct verdict {
	uint8_t kind;	 /* enum verdict_kind */
	uint8_t refusal; /* enum refusal, of VERDICT_ERROR */
	uint64_t oid;
	struct qty filled;
	struct price avg;
	char text[120];
};

enum answer_kind {
	ANSWER_OK,	 /* per-order verdicts */
	ANSWER_ERR,	 /* the whole action was refused by the venue's words (text) */
	ANSWER_UNKNOWN,	 /* timeout, transport, 4xx/5xx, unreadable: never a verdict */
	ANSWER_NOT_SENT, /* proven never to have left: the signer refused, or no key */
};

struct ev_answer {
	uint64_t nonce;
	uint8_t kind;	  /* enum answer_kind */
	uint8_t refusal;  /* enum refusal, of ANSWER_ERR */
	uint16_t http;	  /* status when known */
	int64_t venue_ms; /* 0: not told */
	char text[160];
	uint32_t n; /* may be 1 for n orders: pre-validation error of a whole batch */
	const struct verdict *at;
};

/* Streams the barrier and the ages speak of. */
enum stream {
	STREAM_BOOK,
	STREAM_BOOK_FAST,
	STREAM_BBO,
	STREAM_TRADES,
	STREAM_CTX,
	STREAM_MIDS,
	STREAM_ACCOUNT,
	STREAM_ORDERS,
	STREAM_SPOT,
	STREAM_FILLS,
	STREAM_ORDER_UPDATES,
	STREAM_USER_EVENTS,
	STREAM_FUNDING,
	STREAM_TWAP_FILLS,
	STREAM_TWAPS,
	STREAM_USER_STATE,
	STREAM_KINDS
};

struct ev_confirmed {
	uint8_t stream; /* enum stream */
	uint8_t dex;	/* of streams by dex */
	uint16_t instr; /* of streams by coin, else INSTR_NONE */
	bool all;	/* nothing of this connection's account streams is missing any more */
};

struct ev_query {
	uint32_t id;
	uint8_t what; /* enum query_kind */
	uint8_t dex;
	bool ok; /* false: no data came; text says why. Never a statement about an order */
	char text[96];
};

struct ev_rate {
	uint64_t used, cap, surplus;
};

struct ev_fees {
	struct ratio taker, maker;
};

struct ev_agent {
	bool known;		 /* the signing address acts for this account */
	uint64_t valid_until_ms; /* 0: no expiry told */
};

enum abstraction { ABS_DEFAULT, ABS_DISABLED, ABS_UNIFIED, ABS_PORTFOLIO, ABS_DEX };

struct venue_twap {
	uint64_t id;
	uint16_t instr;
	bool buy, reduce_only;
	struct qty sz, executed;
	struct money executed_ntl;
	uint16_t minutes;
	int64_t time_ms;
};

struct ev_twaps {
	uint8_t dex;
	uint32_t unread; /* as of orders */
	uint32_t n;
	const struct venue_twap *at;
};

struct sub_account {
	char name[NAME_MAX_]; /* escaped */
	char address[44];
	bool holds;	    /* a position, collateral or a spot balance */
	struct money worth; /* at least: perp account values or USDC spot, whichever is more */
};

struct ev_subs {
	uint32_t n;
	const struct sub_account *at;
};

struct venue_dex {
	char name[12];
};

struct ev_dexes {
	uint32_t n;
	const struct venue_dex *at;
};

enum store_state { STORE_OK, STORE_SLOW, STORE_FULL, STORE_BROKEN };

struct ev_store {
	uint8_t state;		/* enum store_state */
	uint64_t nonce_ceiling; /* committed; nonces stay at or below it */
	uint32_t commit_us;	/* last commit took */
};

struct ev_signer {
	bool ready; /* a key is unlocked for this account */
	uint8_t address[20];
	uint64_t nonce_hw; /* orders must be above it; 0 unknown. A new signer's is ahead of time */
	char text[96];
};

struct solve_out;

struct event {
	uint8_t kind;	 /* enum event_kind */
	uint8_t account; /* index in the configuration */
	uint32_t epoch;	 /* connection epoch the bytes came over; 0: not from a connection */
	int64_t now_ns;	 /* CLOCK_BOOTTIME */
	int64_t wall_ms; /* unix time */
	union {
		struct ev_conn conn;
		struct {
			bool spot;
			uint8_t dex;
			uint32_t n;
			const struct instr *at;
		} instrs;
		struct ev_ctx ctx;
		struct {
			const struct book
				*book;	  /* instr, levels, venue_ms set; seen_ns is now_ns */
			bool answer;	  /* came by request, not by stream */
			uint8_t sig_figs; /* answers: 0, or aggregated to so many digits */
		} book;
		struct {
			uint16_t instr;
			struct level bid, ask; /* px 0: none */
			int64_t venue_ms;
		} bbo;
		struct ev_trades trades;
		struct ev_mids mids;
		struct ev_confirmed confirmed;
		struct ev_query query;
		struct ev_account acct;
		struct ev_spot spot;
		struct ev_orders orders;
		struct ev_order order;
		struct ev_fills fills;
		struct ev_funding funding;
		struct ev_answer answer;
		struct {
			uint32_t query;	       /* id of the EF_QUERY */
			struct ev_order order; /* status OS_UNKNOWN_OID: not found */
		} order_status;
		struct ev_rate rate;
		struct ev_fees fees;
		struct ev_agent agent;
		struct {
			uint8_t mode; /* enum abstraction */
		} abstraction;
		struct ev_twaps twaps;
		struct ev_subs subs;
		struct ev_dexes dexes;
		struct {
			struct money ntl, value;
			bool ours;
		} liquidation;
		struct {
			uint16_t status; /* 0: well again; 1: a frame was refused; else HTTP */
			char text[96];
		} venue_error;
		struct ev_signer signer;
		struct ev_store store;
		struct {
			int64_t slept_ns;
		} wake;
		struct {
			const struct solve_out *out; /* plan/solve.h */
		} solved;
		struct {
			uint32_t client; /* whom to answer */
			uint32_t seq;	 /* number the client gave it */
			const struct cmd *cmd;
		} cmd;
	};
};

#endif
