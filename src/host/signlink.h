/* signlink.h: the engine's line to the signer: requests out, signatures back, the key's state.
 *
 * A request without an answer after SIGNLINK_WAIT_MS, or whose line broke, was not signed as far as
 * this engine is concerned: its bytes are never used afterwards, so it was not sent. */
#ifndef EXEUNT_HOST_SIGNLINK_H
#define EXEUNT_HOST_SIGNLINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/act.h"
#include "host/loop.h"
#include "host/statedir.h"
#include "limits.h"
#include "signer/req.h"

enum {
	SIGNLINK_WAIT_MS = 2000,
	SIGNLINK_PENDING = RUN_LEGS_MAX + 256, /* every leg there can be, alone, and its cancels */
};

struct signlink;

struct signlink_calls {
	/* sig NULL: refused or lost; text says why. act and env are borrowed. */
	void (*done)(void *arg, uint8_t account, const struct act *act, const struct act_env *env,
		     const struct act_sig *sig, const char *text);
	/* The signer serves a higher epoch: nothing of ours is signed any more. May be NULL. */
	void (*fenced)(void *arg, const char *text);
	/* ready false: locked, gone or none. */
	void (*key)(void *arg, uint8_t slot, bool ready, const uint8_t address[20],
		    const char *text);
};

/* label: the keys' names in the configuration, one slot each; copied. */
struct signlink *signlink_new(struct loop *l, const struct statedir *d, uint64_t epoch,
			      const char *const label[], uint8_t n_slots,
			      const struct signlink_calls *calls, void *arg);
void signlink_free(struct signlink *s);
/* False: too many wait; `done` is not called for it. */
bool signlink_sign(struct signlink *s, uint8_t slot, uint8_t account, const struct act *act,
		   const struct act_env *env, int64_t now_ns);
void signlink_tick(struct signlink *s, int64_t now_ns);
int64_t signlink_deadline(const struct signlink *s);
bool signlink_ready(const struct signlink *s, uint8_t slot);
/* Highest order nonce the signer has signed for a slot, 0 unknown. */
uint64_t signlink_nonce_hw(const struct signlink *s);

#endif
