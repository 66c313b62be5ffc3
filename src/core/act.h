/* act.h: what can be asked of a venue, as plain data. One struct is turned into msgpack by the
 * signer and into JSON by the engine's host, so the two cannot disagree; the signer's gate reads
 * the same struct. Not here, and so never signed: withdrawals, transfers, agents, modify. */
#ifndef EXEUNT_CORE_ACT_H
#define EXEUNT_CORE_ACT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/book.h"
#include "core/dec.h"
#include "limits.h"

enum act_kind {
	ACT_ORDER,
	ACT_CANCEL, /* by venue order id */
	ACT_CANCEL_CLOID,
	ACT_NOOP, /* burns its nonce */
	ACT_SCHEDULE_CANCEL,
	ACT_TWAP,
	ACT_TWAP_CANCEL,
	ACT_UPDATE_ISOLATED_MARGIN, /* adds collateral: a positive amount, nothing else */
	ACT_KINDS
};

/* No cap binds an ADD: the money stays in the account and nothing opens. This one only bounds what
 * can be meant: 1,000 million USD. */
#define ACT_ADD_MAX ((struct money){100000000000000000})

enum tif { TIF_GTC, TIF_IOC, TIF_ALO, TIF_TRIGGER };
enum grouping { GROUP_NA, GROUP_NORMAL_TPSL, GROUP_POSITION_TPSL };

struct cloid {
	uint8_t b[16]; /* all zero: none */
};

static inline bool cloid_is_set(struct cloid c)
{
	for (int i = 0; i < 16; i++)
		if (c.b[i])
			return true;
	return false;
}

/* All fields are used by every builder, so structs are zeroed first. */
struct act_order {
	uint32_t asset;
	bool buy;
	bool reduce_only;
	uint8_t tif;	     /* enum tif */
	bool trigger_market; /* TIF_TRIGGER only */
	bool trigger_tp;     /* take profit, else stop loss */
	struct price px;     /* limit; worst price for triggers */
	struct qty sz;	     /* > 0; 0 only in GROUP_POSITION_TPSL */
	struct price trigger_px;
	struct cloid cloid;
};

struct act_cancel {
	uint32_t asset;
	uint64_t oid;
	struct cloid cloid;
};

struct act {
	uint8_t kind;	  /* enum act_kind */
	uint8_t grouping; /* enum grouping */
	uint8_t n;	  /* orders or cancels used */
	bool fast_cancel;
	union {
		struct act_order order[BATCH_MAX];
		struct act_cancel cancel[BATCH_MAX];
		struct {
			uint64_t time_ms; /* 0: clear */
		} schedule;
		struct {
			uint32_t asset;
			bool buy, reduce_only, randomize;
			uint16_t minutes;
			struct qty sz;
		} twap;
		struct {
			uint32_t asset;
			uint64_t twap_id;
		} twap_cancel;
		struct {
			uint32_t asset;
			bool buy;	  /* side of the position; the venue does not heed it */
			struct money usd; /* > 0, whole millionths of a USD, at most ACT_ADD_MAX */
		} margin;
	};
};

/* The signed frame around an action. */
struct act_env {
	uint64_t nonce;	     /* ms */
	uint64_t expires_ms; /* expiresAfter; 0 only in vectors: the engine always sets it */
	bool has_vault;
	uint8_t vault[20]; /* sub-account or vault acted for */
	bool mainnet;	   /* source "a" */
};

struct act_sig {
	uint8_t r[32], s[32];
	uint8_t v; /* 27 or 28 */
};

#endif
