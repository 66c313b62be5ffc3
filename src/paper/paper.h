/* paper.h: a venue in Hyperliquid's wire format, without sockets, clocks or threads.
 *
 * Bytes go in (HTTP requests, WebSocket frames), bytes come out (paper_next), time is an argument
 * (venue ms, never back). Same seed, same configuration, same calls: same bytes. Heap is used at
 * start-up and for growing tables; one struct paper is one thread's.
 *
 * Life of a request: paper_http / paper_ws_text check and queue it. /info is answered at once;
 * /exchange is executed in the next block (70 ms) and answered after it. The host calls
 * paper_advance at paper_deadline (or later; all blocks in between are made up for) and after each
 * call drains paper_next. Answers held back by a fault come out of a later paper_next. */
#ifndef EXEUNT_PAPER_PAPER_H
#define EXEUNT_PAPER_PAPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/dec.h"
#include "paper/market.h"
#include "scenario/scenario.h"

struct paper;

/* Reduce-only orders below $10 (not settled by the venue in public). */
enum paper_min_rule { PAPER_MIN_FULL_EXEMPT, PAPER_MIN_ALL_EXEMPT, PAPER_MIN_NONE_EXEMPT };

struct paper_conf {
	uint64_t seed;
	const struct paper_market *market; /* borrowed for the life of the paper */
	int64_t start_ms;		   /* venue time of the first block */
	char source;			   /* 'b' (testnet-like, 0 means it) or 'a' */
	/* Given to every address seen in /info, /ws or a user-signed action; 0: only paper_fund.
	 * Not to the signer of a trading action: a wrong signature recovers to a random address,
	 * and must be told so. */
	struct money fund_any;
	enum paper_min_rule min_rule;
	bool reduce_only_reject; /* oversize reduce-only: refused instead of capped */
	bool cover_strict;	 /* untriggered triggers count against the reduce-only cover */
	bool no_ip_limits;	 /* weights, connections and message rates are not enforced */
	bool no_address_limits;
	bool no_volume_gate;	    /* scheduleCancel without the $1,000,000 */
	uint32_t flood;		    /* market messages a second beyond the beat (paper_flood) */
	int32_t unknown_oid_lag_ms; /* orderStatus says unknownOid that long; 0: never */
	int32_t block_ms;	    /* 0: 70 */
	int32_t book_ms, fast_ms;   /* 0: 5000, 540 */
	int32_t ctx_ms, mids_ms, state_ms; /* 0: 1000, 5000, 4500 */
	struct money partial_above;	   /* liquidation: 20 % first above this; 0: 100,000 */
	struct money liquidator;	   /* the vault's capital; 0: 10,000,000, negative: none */
	const struct scenario *scenario;   /* its steps are carried out; borrowed, NULL: none */
};

struct paper *paper_new(const struct paper_conf *conf);
void paper_free(struct paper *p);

/* --- set-up, also at run time. Addresses are "0x" + 40 hex of either case. --- */
bool paper_fund(struct paper *p, const char *addr, struct money usd); /* adds (negative: takes) */
bool paper_position(struct paper *p, const char *addr, const char *coin, struct qty szi,
		    struct price entry, int32_t leverage,
		    bool isolated); /* leverage 0: 20 or max */
bool paper_agent(struct paper *p, const char *user, const char *agent);
/* `sub` is a sub-account of master from now on, under this name. */
bool paper_sub(struct paper *p, const char *master, const char *sub, const char *name);
/* 20 seeded positions (or as many as there are coins) for this address, well margined. */
bool paper_book_twenty(struct paper *p, const char *addr);
/* The account's abstraction text for userAbstraction: "default" (initial), "disabled",
 * "unifiedAccount"... */
bool paper_abstraction(struct paper *p, const char *addr, const char *mode);

/* --- requests --- */
/* One HTTP request. `conn` is the host's id for the answer; `ip` any text that names the client.
 * `method` "POST"/"GET", `path` without host, `type` the Content-Type or NULL. */
void paper_http(struct paper *p, uint64_t conn, const char *ip, const char *method,
		const char *path, const char *type, const char *body, size_t len, int64_t now_ms);
/* False: refused (too many connections); the host closes. */
bool paper_ws_open(struct paper *p, uint64_t conn, const char *ip, int64_t now_ms);
void paper_ws_text(struct paper *p, uint64_t conn, const char *text, size_t len, int64_t now_ms);
void paper_ws_closed(struct paper *p, uint64_t conn, int64_t now_ms); /* the peer went */

/* --- time --- */
void paper_advance(struct paper *p, int64_t now_ms);
int64_t paper_deadline(const struct paper *p); /* venue ms of the next block or held answer */

/* --- load: market frames beyond the venue's beat (flood.c); the host paces them --- */
/* Makes up to n for the subscriptions of a socket, in turn; how many. */
uint32_t paper_flood(struct paper *p, uint64_t conn, uint32_t n);
uint32_t paper_flood_rate(const struct paper *p); /* a second, over all sockets; {"flood":N} */
uint32_t paper_burst_take(struct paper *p);	  /* asked for by {"burst":N} since last asked */

/* --- answers --- */
enum paper_out_kind {
	PAPER_OUT_HTTP,	 /* answer status, type, bytes; then the exchange of this conn is over */
	PAPER_OUT_TEXT,	 /* one WebSocket text message */
	PAPER_OUT_CLOSE, /* end the connection at once: no close frame, no HTTP answer */
};

struct paper_out {
	uint64_t conn;
	enum paper_out_kind kind;
	int status;	   /* HTTP */
	const char *type;  /* HTTP: content type */
	const char *bytes; /* valid until the next call of any function but paper_next's caller's
			      reads */
	size_t len;
};

bool paper_next(struct paper *p, struct paper_out *out);

/* --- faults, the same that POST /paper {"fault":NAME,"count":N,"ms":M} sets --- */
enum paper_fault {
	FAULT_DELAY,	   /* answers to actions come `ms` later */
	FAULT_DROP,	   /* an action is not executed and not answered */
	FAULT_DUPLICATE,   /* answers and pushes come twice */
	FAULT_ACK_LOST,	   /* executed, not answered */
	FAULT_ACK_ERROR,   /* executed, answered 502 (socket: {"type":"error"}) */
	FAULT_DISCONNECT,  /* executed, the connection is closed instead of the answer */
	FAULT_429,	   /* refused with 429 null, not executed */
	FAULT_FREEZE,	   /* `ms` (or until cleared) without market data; sockets stay up */
	FAULT_FREEZE_USER, /* the same for the account's streams */
	FAULT_LATE_FILLS,  /* userFills and userEvents come `ms` after the orderUpdates */
	FAULT_READ_ERROR,  /* /info is answered 502 */
	FAULT_HALF,	   /* an action is answered 502; every other one, by chance, is executed */
	FAULT_LATE_EXEC,   /* answered 502 at once, executed between `ms` / 8 and `ms` later */
	FAULT_FREEZE_BOOK, /* `ms` (or until cleared): books, bbo and mids go out unchanged */
	FAULT_FREEZE_MARK, /* the same for asset contexts: mark, oracle, funding */
	FAULT_KINDS
};

/* count: how many answers (0 clears, -1 until cleared); per_mille: chance per answer from the
 * seed, 0 means always. False: bad name or value. */
bool paper_fault(struct paper *p, enum paper_fault kind, int32_t count, int32_t ms,
		 int32_t per_mille);
const char *paper_fault_name(enum paper_fault kind); /* "ack_lost" */
/* One object as POST /paper takes it (man exeunt-paper); false: *why says what is wrong. Not to be
 * called between a request's text and its answer; the host's time must have been told. */
bool paper_do(struct paper *p, const char *json, size_t len, const char **why);

/* What the venue did by its scenario, and whom it liquidated: for a log or a timeline. */
struct paper_note {
	int64_t time_ms;   /* venue */
	int64_t market_ms; /* market time since the start */
	bool ok;	   /* false: a step was refused */
	char text[200];
};
bool paper_note(struct paper *p, struct paper_note *out); /* the next; false: no more */

/* Forces the mark (and oracle) of a coin; 0 gives it back to the rule. */
bool paper_mark(struct paper *p, const char *coin, struct price px);
/* Closes every socket of the venue (a restart of its front end). */
void paper_kill_sockets(struct paper *p);

/* --- for tests and simulators: truth without the wire --- */
int64_t paper_now(const struct paper *p);
struct qty paper_szi(const struct paper *p, const char *addr, const char *coin);
struct money paper_equity(const struct paper *p, const char *addr); /* all dexes, at mark */
uint32_t paper_open_orders(const struct paper *p, const char *addr);
/* What could open or grow a position: orders and triggers that are not reduce-only, running TWAPs.
 */
uint32_t paper_openers(const struct paper *p, const char *addr);
/* Open reduce-only stops on that coin. */
uint32_t paper_stops(const struct paper *p, const char *addr, const char *coin);
struct price paper_mark_px(const struct paper *p, const char *coin);
struct price paper_mid_px(const struct paper *p, const char *coin);
/* A print of the public tape; i counts from the first ever. False: not yet, or not kept any more
 * (TRADES_KEPT of them are). own: one side of it is `addr`. */
struct paper_truth_print {
	int64_t time_ms;
	bool sell, own;
	struct price px;
	struct qty sz;
};
uint32_t paper_prints(const struct paper *p, const char *coin); /* ever */
bool paper_print(const struct paper *p, const char *coin, const char *addr, uint32_t i,
		 struct paper_truth_print *out);

struct paper_truth_fill {
	uint64_t oid, tid, twap_id;
	int64_t time_ms;
	char coin[COIN_MAX];
	char cloid[35];				 /* "" when none */
	bool buy, reduce_only, liquidation, adl; /* liquidation: of this account; adl: against it */
	struct price px;
	struct qty sz, start; /* start: signed position before */
	struct money fee, closed_pnl;
};
/* The i-th fill ever of the address (0 the oldest kept); false: there is none. */
bool paper_fill(const struct paper *p, const char *addr, uint32_t i, struct paper_truth_fill *out);
/* The same for fills of TWAPs. */
/* What a hunter of the coin has earned so far, before fees, at 1e-8 USD. */
int64_t paper_hunter_earned(const struct paper *p, const char *coin, bool meets);
bool paper_slice(const struct paper *p, const char *addr, uint32_t i, struct paper_truth_fill *out);

#endif
