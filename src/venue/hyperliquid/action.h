/* action.h: struct act to the venue's bytes. One walk writes both forms, msgpack for the hash and
 * JSON for the wire, so the two cannot disagree in key order, text or absent keys.
 *
 * Pure: no allocation, no clock. Numbers keep at most 8 decimals on the wire; more is refused here,
 * never rounded. */
#ifndef EXEUNT_VENUE_HYPERLIQUID_ACTION_H
#define EXEUNT_VENUE_HYPERLIQUID_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "core/act.h"

enum {
	/* BATCH_MAX trigger orders with cloid: 234 bytes each as JSON, 160 as msgpack */
	ACTION_BYTES_MAX = 12 << 10,
	ACTION_JSON_MAX = 16 << 10, /* the whole envelope */
};

/* Everything that would make an action unsendable: ranges of the enums, counts, prices and sizes.
 * The writers below expect an act that passed. */
bool action_check(struct err *e, const struct act *a);

/* Name on the wire: "order", "cancel", ... */
const char *action_name(enum act_kind kind);

void action_msgpack(struct buf *b, const struct act *a);
void action_json(struct buf *b, const struct act *a);
/* The body of /exchange and of a WebSocket post. sig NULL leaves `signature` out (dry run,
 * DISARMED). Unused vaultAddress and expiresAfter are null. */
void action_envelope(struct buf *b, const struct act *a, const struct act_env *env,
		     const struct act_sig *sig);

/* connectionId: keccak(msgpack, nonce, vault mark, expiry). False: action_check says why. */
bool action_hash(uint8_t out[32], const struct act *a, const struct act_env *env, struct err *e);
/* The same tail over msgpack written elsewhere (tests, foreign actions). */
void action_hash_bytes(uint8_t out[32], const void *msgpack, size_t n, const struct act_env *env);
/* EIP-712 digest of the phantom agent: what is signed. */
void action_digest(uint8_t out[32], const uint8_t connection_id[32], bool mainnet);

#endif
