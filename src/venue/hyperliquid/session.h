/* session.h: one connection to Hyperliquid, without I/O: bytes in, events out; requests in, bytes
 * out.
 *
 * The host owns sockets and clocks. It tells the session what arrived (hl_on_*), pulls what should
 * leave (hl_next_output, until it returns false, after every call and for every session of the
 * venue, since meta read by one frees the others), and calls hl_on_timer at hl_next_deadline. All
 * sessions of a venue live on one thread and share struct hl_shared.
 *
 *   roles: HL_MARKET   meta, contexts, books, trades, mids      one per venue
 *          HL_ACCOUNT  state, orders, fills ... of one user     one per account: orderUpdates and
 *                      userEvents name no user                   (both bits on one socket is fine)
 *
 * Events reach the sink during hl_on_text, hl_on_http, hl_on_connect, hl_on_close and hl_on_timer,
 * with account, epoch and both clocks filled in. The sink hands EV_INSTRS to the owner of the
 * instrument table (instr_put, in order) before it returns: shared->instrs is read right after.
 * The sink may call hl_query, hl_feed, hl_send_action; nothing else.
 *
 * Nothing here ever turns silence, an HTTP status, or bytes that cannot be read into a verdict:
 * they are ANSWER_UNKNOWN. Late answers are still reported. */
#ifndef EXEUNT_VENUE_HYPERLIQUID_SESSION_H
#define EXEUNT_VENUE_HYPERLIQUID_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/effect.h"
#include "core/event.h"
#include "core/instr.h"
#include "limits.h"
#include "wire/json.h"

/* Opaque; hl_size() bytes of the caller's memory, 16-byte aligned. Most of it is room for the bytes
 * of actions and is touched only when they are many. */
struct hl;

enum hl_role { HL_MARKET = 1, HL_ACCOUNT = 2 };

enum {
	HL_DEX_NAME = 12,	      /* bytes of a builder dex name with its NUL */
	HL_ENVELOPE_MAX = 16384,      /* bytes of one signed action with its envelope */
	HL_ACTIONS_MAX = ACTIONS_MAX, /* in flight on one session */
	HL_QUERIES_MAX = 60,	      /* reads in flight */
	HL_POSTS_OWN = 96,    /* posts in flight on the socket; what is over goes over HTTP */
	HL_FILLS_PAGE = 2000, /* fills of one answer of the venue */
};

struct hl_dex {
	char name[HL_DEX_NAME]; /* "": the validator dex */
	int32_t index;		/* position in perpDexs; -1 not told yet */
	bool loaded;		/* its meta went out as EV_INSTRS */
};

enum { HL_SUB_ACCOUNTS = 128, HL_DEXES_LISTED = 128 }; /* longer lists are refused */

/* What the sessions of one venue know together, and their scratch space. */
struct hl_shared {
	const struct instr_table *instrs; /* read only; filled by the sink's owner from EV_INSTRS */
	uint8_t n_dexes;
	struct hl_dex dex[DEXES_MAX];
	bool spot_loaded;
	bool coin_missing; /* a coin was met that no list has: meta is read again */
	/* And one that is held: by dex, bit by bit. Its list is read at once, then after 2, 4, 8 s
	 * and so on to a minute, the other lists not. */
	uint8_t held_missing, held_tries;
	int64_t held_asked_ns;
	int64_t minute_ns;   /* start of the running minute of the message count */
	uint32_t minute_out; /* messages sent in it, all sockets: the venue takes 2,000 */
	union hl_scratch {
		struct instr instr[INSTR_MAX];
		struct trade trade[4096];
		struct mid mid[2 * INSTR_MAX];
		struct ev_position position[POSITIONS_MAX];
		struct balance balance[BALANCES_MAX];
		struct venue_order order[OPEN_ORDERS_MAX];
		struct fill fill[HL_FILLS_PAGE];
		struct funding_paid funding[2048];
		struct venue_twap twap[256];
		struct sub_account sub[HL_SUB_ACCOUNTS];
		struct venue_dex dex[HL_DEXES_LISTED];
		struct verdict verdict[BATCH_MAX];
		struct book book;
	} scratch;
};

/* `dexes` names the builder dexes watched by any account, without the validator dex, which is
 * always dex 0. ERR_LIMIT over DEXES_MAX - 1 of them, ERR_CONF for a name that cannot be one. */
bool hl_shared_init(struct hl_shared *s, const struct instr_table *instrs, const char *const *dexes,
		    size_t n, struct err *e);
/* All lists asked for are read: coins may be subscribed, account state can be named. */
bool hl_shared_ready(const struct hl_shared *s);

typedef void hl_sink(void *ctx, const struct event *ev);

struct hl_conf {
	uint8_t account;    /* put into events */
	uint8_t roles;	    /* or of enum hl_role */
	char user[43];	    /* 0x + 40 digits of either case; "" for a pure market session */
	char agent[43];	    /* address that signs; "" when not known yet */
	uint32_t post_base; /* first post id; posts count up for the life of the session */
	struct hl_shared *shared;
	struct json *json; /* door of this thread, may be shared by its sessions */
	hl_sink *sink;
	void *sink_ctx;
};

size_t hl_size(void);
void hl_init(struct hl *h, const struct hl_conf *c);
void hl_set_agent(struct hl *h, const char *agent);

void hl_on_connect(struct hl *h, int64_t now_ns, int64_t wall_ms); /* the socket is up */
void hl_on_text(struct hl *h, const char *s, size_t n, int64_t now_ns, int64_t wall_ms);
void hl_on_close(struct hl *h, const char *reason, int64_t now_ns, int64_t wall_ms);
/* Answer to an HL_OUT_HTTP; status 0: the transport failed. */
void hl_on_http(struct hl *h, uint32_t tag, int status, const char *body, size_t n, int64_t now_ns,
		int64_t wall_ms);
void hl_on_timer(struct hl *h, int64_t now_ns, int64_t wall_ms);
int64_t hl_next_deadline(const struct hl *h); /* boot clock; INT64_MAX: none */

enum hl_path { HL_PATH_WS = 1, HL_PATH_HTTP = 2 };

/* Posts a signed envelope {"action":...,"nonce":...,...} exactly as given, over the paths asked for
 * (the socket when it is up, else HTTP). The bytes are copied. False, and nothing sent nor ever
 * going to be, when it is too long or all slots are taken. Repeats of a nonce are fine. */
bool hl_send_action(struct hl *h, const char *envelope, size_t n, uint64_t nonce, uint8_t paths,
		    int64_t timeout_ns, int64_t now_ns);
/* Carries out an EF_QUERY. False when no slot is free or it makes no sense here (then no EV_QUERY
 * comes). */
bool hl_query(struct hl *h, const struct effect *query, int64_t now_ns);
/* Market data wanted or not for a coin; remembered over connections. False: unknown, or too many.
 */
bool hl_feed(struct hl *h, uint16_t instr, bool on);

enum hl_out_kind {
	HL_OUT_TEXT,  /* write p, n as one text message */
	HL_OUT_HTTP,  /* POST p, n to path as application/json; answer by hl_on_http(tag) */
	HL_OUT_CLOSE, /* drop the socket, then hl_on_close; p is the reason */
};

struct hl_out {
	uint8_t kind;	/* enum hl_out_kind */
	bool action;	/* an order or cancel: goes before everything else, over warm connections */
	uint8_t weight; /* IP weight of an HTTP request */
	uint32_t tag;
	const char *path; /* "/info" or "/exchange" */
	const char *p;	  /* borrowed until the next call for this session */
	size_t n;
};

bool hl_next_output(struct hl *h, struct hl_out *out, int64_t now_ns);

/* The barrier: every account stream has brought its first data since hl_on_connect. */
bool hl_confirmed(const struct hl *h);
/* Boot time of the newest frame of a stream; 0 none yet or not subscribed. instr or dex as the
 * stream needs. */
int64_t hl_stream_seen(const struct hl *h, enum stream s, uint8_t dex, uint16_t instr);

struct hl_stats {
	uint64_t frames, hot, door, refused, ignored, late_answers;
	uint32_t epoch, connects;
	char last_refusal[160];
};
struct hl_stats hl_stats(const struct hl *h);

#endif
