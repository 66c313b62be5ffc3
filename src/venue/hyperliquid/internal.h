/* internal.h: the inside of a session, shared by its files only. */
#ifndef EXEUNT_VENUE_HYPERLIQUID_INTERNAL_H
#define EXEUNT_VENUE_HYPERLIQUID_INTERNAL_H

#include "base/buf.h"
#include "venue/hyperliquid/hot.h"
#include "venue/hyperliquid/session.h"

#define HL_MS 1000000ll
#define HL_S  1000000000ll

enum {
	HL_SUBS_MAX = 5 * BOOKS_MAX + 5 * DEXES_MAX + 16,
	HL_WANTS_MAX = BOOKS_MAX,
	HL_TEXT_MAX = HL_ENVELOPE_MAX + 128,
	HL_COIN_STREAMS = STREAM_CTX + 1, /* streams by coin come first in enum stream */
	HL_PAGES_MAX = 6,		  /* pages of fills: the venue reaches back 10,000 */
};

/* ---- subscriptions (subs.c) ---- */

enum sub_state {
	SUB_FREE,
	SUB_WANT, /* subscribe is to be sent */
	SUB_SENT, /* sent, not acknowledged */
	SUB_LIVE, /* acknowledged */
	SUB_DROP, /* unsubscribe is to be sent */
};

struct sub {
	uint8_t state;	/* enum sub_state */
	uint8_t stream; /* enum stream */
	uint8_t dex;
	uint16_t instr; /* INSTR_NONE when not by coin */
	bool confirmed; /* first data, or the acknowledgement where no snapshot exists */
	bool again;	/* SUB_DROP, and then subscribe anew: it fell silent */
	bool live;	/* trades: the history of this subscription has come */
	uint8_t silences;
	int64_t sent_ns, seen_ns; /* seen: newest frame, or the acknowledgement */
};

/* What was seen of a coin's trades, over subscriptions: a trade is new once (trades.c). */
enum { SEEN_TIDS = 32 };

struct trades_seen {
	uint16_t instr;
	uint8_t n;	 /* trades of the newest millisecond; SEEN_TIDS + 1: more than are kept */
	int64_t ms;	 /* newest time, 0: none */
	int64_t used_ns; /* the oldest row makes room */
	uint64_t tid[SEEN_TIDS];
};

/* ---- posts (post.c) ---- */

enum slot_state {
	SLOT_FREE,
	SLOT_LATE, /* given up, but an answer would still be a verdict */
	SLOT_BUSY,
};

struct action_slot {
	uint8_t state; /* enum slot_state */
	uint8_t todo;  /* or of enum hl_path: not handed out yet */
	uint8_t open;  /* handed out, no answer yet */
	bool answered; /* some path brought a verdict or refusal */
	uint32_t id;   /* post id and HTTP tag */
	uint64_t nonce;
	int64_t deadline_ns;
	uint32_t n; /* bytes of it, in hl.bytes */
};

/* Reads beyond enum query_kind that the session makes for itself. */
enum { QI_PERP_DEXS = QUERY_KINDS, QI_PERP_META, QI_SPOT_META, QI_ROLE, QI_OWNER, QI_KINDS };

struct query_slot {
	uint8_t state;	    /* SLOT_FREE or SLOT_BUSY */
	uint8_t todo, open; /* or of enum hl_path */
	uint8_t what;	    /* enum query_kind or QI_* */
	uint8_t dex, sig_figs, page;
	bool own;	 /* no EV_QUERY */
	bool http_tried; /* the second way was taken */
	uint16_t instr;
	uint32_t id;
	uint32_t query; /* id of the EF_QUERY */
	struct cloid cloid;
	uint64_t oid;
	int64_t since_ms;
	int64_t deadline_ns; /* set when it leaves */
};

struct hl {
	struct hl_conf c;
	bool up, closing, close_told;
	char close_reason[96];
	uint32_t epoch, next_id;
	int64_t now_ns, wall_ms; /* of the call being served */
	int64_t up_ns, byte_ns, ping_ns;
	bool refused_told; /* EV_VENUE_ERROR of a refused frame stands */
	int64_t refused_ns;
	uint16_t http_told; /* status of the HTTP trouble that stands, 0 none */

	/* meta, market sessions */
	int64_t meta_ns; /* when it was last asked for */

	/* agent */
	bool agent_unnamed; /* webData3 names our agent as the unnamed one */
	uint64_t agent_until;
	char agent_of[43]; /* whom the key acts for, when that is not the account itself */

	uint16_t n_subs; /* high-water mark */
	struct sub sub[HL_SUBS_MAX];
	uint16_t by_coin[HL_COIN_STREAMS][INSTR_MAX]; /* index + 1 into sub */
	uint16_t n_wants;
	uint16_t want[HL_WANTS_MAX]; /* coins fed, remembered over connections */
	bool all_confirmed;
	struct trades_seen trades_seen[HL_WANTS_MAX];

	uint32_t actions_top; /* beyond the last slot that is not free */
	struct action_slot action[HL_ACTIONS_MAX];
	struct query_slot query[HL_QUERIES_MAX];

	struct hl_stats stats;
	struct hot hot;
	char out[HL_TEXT_MAX];
	char bytes[HL_ACTIONS_MAX][HL_ENVELOPE_MAX]; /* last: not cleared */
};

/* Events with the common fields filled in. */
struct event hl_event(const struct hl *h, enum event_kind kind);
void hl_emit(struct hl *h, const struct event *ev);
/* A frame or answer that breaks a rule: counted, told once a second, never half used. */
void hl_refuse(struct hl *h, const char *what, const char *text, size_t n);
void hl_trouble(struct hl *h, uint16_t http_status, const char *text, size_t n);
void hl_close(struct hl *h, const char *reason, const char *detail);
/* The venue's text, escaped, into a field of an event. */
/* A position in a coin that no list has. */
void hl_held_missing(struct hl *h, uint8_t dex);
void hl_text(char *out, size_t cap, const char *s, size_t n);
bool hl_take_message(struct hl *h); /* counts one message of the minute; false: later */

/* subs.c */
struct stream_row {
	const char *type;    /* subscription type */
	const char *channel; /* channel of its data, NULL: like type */
	const char *extra;   /* JSON after the type */
	uint8_t roles;
	bool by_coin, by_dex, by_user;
	bool by_ack;	   /* no snapshot: the acknowledgement confirms */
	int64_t silent_ns; /* longer without a frame: subscribe anew, then drop the connection */
};
extern const struct stream_row hl_streams[STREAM_KINDS];
void subs_start(struct hl *h);
void subs_stop(struct hl *h);
void subs_wake(struct hl *h); /* turns wants into subscriptions when meta is there */
struct sub *subs_find(struct hl *h, enum stream s, uint8_t dex, uint16_t instr);
/* A frame of this stream came: proof of life, and the confirmation when it is the first. True when
 * it was the first. NULL is ignored. */
bool subs_seen(struct hl *h, struct sub *s);
void subs_ack(struct hl *h, const struct jv *data);
/* The venue already holds it: as good as an acknowledgement. */
void subs_acked(struct hl *h, const struct jv *subscription);
bool subs_output(struct hl *h, struct hl_out *out);
void subs_timer(struct hl *h);
int64_t subs_deadline(const struct hl *h);

/* trades.c: one frame of n trades in the shared scratch becomes EV_TRADES, history apart. */
void trades_use(struct hl *h, uint16_t instr, uint32_t n);

/* post.c */
void post_stop(struct hl *h);
bool post_output(struct hl *h, struct hl_out *out);
void post_answer(struct hl *h, const struct jv *data);
void post_lost(struct hl *h, uint64_t id, const char *text, size_t n);
void post_timer(struct hl *h);
int64_t post_deadline(const struct hl *h);
struct query_slot *post_query_slot(struct hl *h);

/* query.c */
void query_own(struct hl *h, uint8_t what, uint8_t dex);
bool query_body(struct hl *h, const struct query_slot *q, struct buf *b);
/* Uses the answer: true when it could be read (then *more says that another request follows). */
bool query_use(struct hl *h, struct query_slot *q, const struct jv *v, bool *more,
	       const char **why);
void query_end(struct hl *h, struct query_slot *q, bool ok, const char *text);

/* answer.c: an exchange answer {"status","response"} into ev->answer. */
void answer_read(struct hl *h, struct ev_answer *a, const struct jv *v);

/* parse_*.c: each returns false with *why when the frame is refused. */
bool parse_perp_dexs(struct hl *h, const struct jv *v, const char **why);
bool parse_perp_meta(struct hl *h, uint8_t dex, const struct jv *v, const char **why);
bool parse_spot_meta(struct hl *h, const struct jv *v, const char **why);
bool parse_ctx(struct hl *h, uint16_t instr, const struct jv *ctx, const char **why);
bool parse_mids(struct hl *h, uint8_t dex, const struct jv *mids, const char **why);

bool parse_account(struct hl *h, uint8_t dex, const struct jv *state, const char **why);
bool parse_spot(struct hl *h, const struct jv *state, const char **why);
bool parse_orders(struct hl *h, uint8_t dex, const struct jv *list, const char **why);
bool parse_order(struct hl *h, const struct jv *o, struct venue_order *out);
bool parse_order_status(struct hl *h, const struct jv *v, uint32_t query, const char **why);
bool parse_order_updates(struct hl *h, const struct jv *list, const char **why);
bool parse_twap_states(struct hl *h, uint8_t dex, const struct jv *list, const char **why);
bool parse_twap_history(struct hl *h, uint8_t dex, const struct jv *list, const char **why);

bool parse_subs(struct hl *h, const struct jv *list, const char **why);
bool parse_dex_names(struct hl *h, const struct jv *list, const char **why);

struct fills_page {
	uint32_t n;	 /* entries of the venue's answer */
	int64_t last_ms; /* newest time in it */
};
bool parse_fills(struct hl *h, const struct jv *list, bool snapshot, bool twap,
		 struct fills_page *page, const char **why);
bool parse_fundings(struct hl *h, const struct jv *list, const char **why);
bool parse_user_event(struct hl *h, const struct jv *data, const char **why);
bool parse_user_state(struct hl *h, const struct jv *data, const char **why);

/* words.c: the venue's words. */
enum order_status word_order_status(const char *s);
bool word_abstraction(const char *s, uint8_t *out);
enum tif word_tif(const char *s);

/* value.c: fields of the venue. */
enum { INSTR_FOREIGN = 0xfffe }; /* a coin of a dex that is not watched, or an outcome */
/* The coin's id; INSTR_FOREIGN when it is none of ours to know; INSTR_NONE when it should be known
 * and is not (meta is then read again). */
uint16_t value_coin(struct hl *h, const struct jv *v);
uint16_t value_coin_text(struct hl *h, const char *coin);
bool value_dex(struct hl *h, const struct jv *v, uint8_t *dex); /* absent or "": 0 */
bool value_is_user(struct hl *h, const struct jv *v);
bool value_side(const struct jv *v, bool *buy);
bool value_ms(const struct jv *v, int64_t *ms);
bool value_cloid(const struct jv *v, struct cloid *c); /* absent or null: zero */
/* Strict and exact, for prices and sizes of orders and fills; zero and sign allowed. */
bool value_price(const struct jv *v, struct price *p);
bool value_qty(const struct jv *v, struct qty *q);
/* Digits beyond the scale are cut toward zero. */
bool value_money(const struct jv *v, struct money *m);
bool value_ratio(const struct jv *v, struct ratio *r);
bool value_qty_cut(const struct jv *v, struct qty *q);
bool value_price_cut(const struct jv *v, struct price *p);

#endif
