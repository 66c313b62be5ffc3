/* gate.h: what the signer signs, as one table. Pure: no key, no clock, no file.
 *
 * Reductions (reduce-only orders and TWAPs, cancels, noop) pass every cap, and the list of accounts
 * a key acts for. Nothing else passes a foreign vault; nothing at all passes a wrong network, a
 * fenced epoch or an action that is not on the list. */
#ifndef EXEUNT_SIGNER_GATE_H
#define EXEUNT_SIGNER_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "signer/req.h"
#include "signer/signer.h"

struct gate {
	const struct signer_conf *conf;
	uint64_t epoch; /* fenced: lower ones are refused */
	uint64_t nonce_hw[SIGNER_KEYS_MAX];
	struct money session, hedge; /* notional spent */
	struct gate_second {
		int64_t at; /* boot clock, s */
		struct money spent;
	} second[60];	  /* of the minute cap; at its time modulo 60 */
	int64_t boot_s;	  /* set by the caller before each check */
	bool hw_stale;	  /* the mark cannot be kept on disk */
	uint64_t wall_ms; /* set by the caller before each check; 0: nonces are unbounded */
};

void gate_init(struct gate *g, const struct signer_conf *conf);
/* True: may be signed. *spend is the notional to book with gate_commit once it was. e->code: PEER
 * for a frame that is no request, FENCED, GATE, RULE or LIMIT for the rest. */
bool gate_check(const struct gate *g, const struct signer_req *r, struct money *spend,
		struct err *e);
void gate_commit(struct gate *g, const struct signer_req *r, struct money spend);
/* Neither opens nor grows a position, whatever the book holds. */
bool gate_reduces(const struct act *a);
/* Its nonce must rise and raises the mark. */
bool gate_raises(const struct act *a);
/* The bytes of every enum and bool are in range, so that the struct may be used as one. */
bool gate_frame_ok(const struct signer_req *r, struct err *e);

#endif
