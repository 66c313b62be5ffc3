/* signer_rig.h: a signer in a directory of its own, for tests: a planted key, quick to unlock. */
#ifndef EXEUNT_TESTS_UNIT_SIGNER_RIG_H
#define EXEUNT_TESTS_UNIT_SIGNER_RIG_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "signer/client.h"
#include "signer/signer.h"

#define RIG_PASSWORD "open sesame"
#define RIG_KEY_HEX  "516a0f20c59eb354690227f89db64b6c01daff90b54e6304d9f297a84d663bdc"
#define RIG_ADDRESS  "97a445e94a5eeb7846e0533bf93bca75ebcddde3"

struct rig {
	char dir[512]; /* state directory and the key file */
	struct signer_conf conf;
	int fd;	   /* connected, or -1 */
	pid_t pid; /* of the signer */
	int pidfd;
};

/* A temporary directory with the key file; conf is ready to be changed. */
bool rig_make(struct rig *r);
bool rig_start(struct rig *r); /* starts and connects */
bool rig_connect(struct rig *r);
/* Ends the signer the hard way and waits until it is gone. */
void rig_kill(struct rig *r);
/* Waits for the signer to end by itself. */
bool rig_ended(struct rig *r, int timeout_ms);
void rig_fini(struct rig *r); /* kills, removes the directory */

/* A reduce-only order of the rig's key. */
struct signer_req rig_order(uint64_t id, uint64_t nonce, uint64_t epoch);
bool rig_call(struct rig *r, const struct signer_req *q, struct signer_rep *out);

#endif
