/* effect.h: the engine's output alphabet: a bounded list per step, carried out by the host in
 * order.
 *
 * Durable before visible: all EF_RECORDs of a turn form one batch; sends with needs_commit wait for
 * it (kill-lane sends at most 100 ms). The host signs, keeps the signed bytes for byte-identical
 * repeats (EF_RESEND), and answers with EV_ANSWER. */
#ifndef EXEUNT_CORE_EFFECT_H
#define EXEUNT_CORE_EFFECT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/act.h"
#include "core/event.h"
#include "limits.h"

enum lane { LANE_KILL, LANE_EXIT, LANE_PROTECTIVE, LANE_USER, LANE_REFRESH, LANES };

enum effect_kind {
	EF_RECORD,
	EF_SEND,      /* sign and post an action */
	EF_RESEND,    /* the same bytes of this nonce again, on every path */
	EF_FORGET,    /* nonce is terminal: its stored bytes may be deleted */
	EF_QUERY,     /* a read */
	EF_FEED,      /* market data wanted or no longer wanted for a coin */
	EF_TIMER,     /* wake me at this boot time; replaces the earlier one */
	EF_NOTICE,    /* a line for people */
	EF_REPLY,     /* answer to a command */
	EF_DROP_CONN, /* drop this account's connections and connect anew (suspend, barrier failed)
		       */
	EF_CEILING,   /* raise the nonce ceiling to this value, durably */
	EF_SOLVE,     /* a question for the planner beside the engine; may stay unanswered */
	EF_KINDS
};

enum query_kind {
	Q_ACCOUNT, /* margin state of a dex */
	Q_SPOT,
	Q_ORDERS,	/* open orders of a dex, with triggers */
	Q_FILLS,	/* since since_ms */
	Q_TWAP_FILLS,	/* slices of venue TWAPs, since since_ms */
	Q_ORDER_STATUS, /* by cloid, or by oid when the cloid is zero */
	Q_BOOK,
	Q_RATE,
	Q_FEES,
	Q_AGENTS,
	Q_ABSTRACTION,
	Q_TWAPS,
	Q_META,
	Q_SUBS,	 /* sub-accounts of the account */
	Q_DEXES, /* perp dexes of the venue */
	QUERY_KINDS
};

enum rec_kind { /* the journal's kinds, decisions.md "State directory" */
		REC_START,
		REC_LEASE,
		REC_BARRIER,
		REC_COMMAND,
		REC_PLAN,
		REC_INTENT,
		REC_SENT,
		REC_VERDICT,
		REC_FILL,
		REC_BURN,
		REC_DEAD,
		REC_READ,
		REC_OTHER_HAND,
		REC_CEILING,
		REC_GUARD,
		REC_LOCK,
		REC_END,
		REC_KINDS
};

enum {
	REC_BODY_MAX = 3072,
	REC_BODY_ROOM = REC_BODY_MAX + 128, /* a saved part and the engine's own head */
};

/* One journal record. Text fields are columns for people and queries; body is engine/record.c's
 * versioned encoding, enough to rebuild the state. */
struct ef_record {
	uint8_t kind; /* enum rec_kind */
	uint8_t ver;
	uint32_t exit, slice, attempt; /* 0: none */
	uint64_t nonce;		       /* 0: none */
	uint16_t len;
	uint8_t body[REC_BODY_ROOM];
};

struct solve_in;

struct effect {
	uint8_t kind; /* enum effect_kind */
	uint8_t account;
	uint8_t lane; /* enum lane */
	union {
		struct ef_record record;
		struct {
			struct act act;
			struct act_env env;
			bool needs_commit;
			bool all_paths;	    /* socket, HTTP and every endpoint at once */
			int64_t timeout_ns; /* no answer by then: EV_ANSWER with ANSWER_UNKNOWN */
			/* --dry-run: signed and recorded, never sent; the host shows the request to
			 * this client as the answer of its command (no EF_REPLY for it). */
			bool dry;
			uint32_t client, seq;
			const char *note; /* of dry: the sheet's numbers as JSON, NULL none;
					     borrowed until the next step */
		} send;
		struct {
			uint64_t nonce;
			int64_t timeout_ns;
		} resend;
		struct {
			uint64_t nonce;
		} forget;
		struct {
			uint8_t what; /* enum query_kind */
			uint8_t dex;
			uint16_t instr;
			uint32_t id;	  /* given back in the event where it has one */
			uint8_t sig_figs; /* Q_BOOK: 0, or 2..5 to aggregate */
			struct cloid cloid;
			uint64_t oid;
			int64_t since_ms;
		} query;
		struct {
			uint16_t instr;
			bool on;
		} feed;
		struct {
			int64_t at_ns;
		} timer;
		struct {
			uint8_t level; /* 0..3, operations.md 6 */
			uint16_t code; /* enum notice_code of snap.h */
			uint32_t exit; /* 0 none */
			char text[NOTICE_TEXT_MAX];
		} notice;
		struct {
			uint32_t client, seq;
			uint8_t code;  /* enum err_code */
			uint32_t exit; /* exit number made or meant, 0 none */
			char text[CMD_TEXT_MAX];
			const char *more; /* instead of the text, however long; NULL none;
					     borrowed until the next step. It promises nothing */
		} reply;
		struct {
			uint64_t upto;
		} ceiling;
		struct {
			const struct solve_in *in; /* plan/solve.h; borrowed until the next step */
		} solve;
	};
};

struct effects {
	uint32_t n;
	struct effect at[EFFECTS_MAX];
};

#endif
