/* req.h: the signer's socket protocol: one SEQPACKET message each way, fixed size, this machine's
 * own layout (both ends are one build; version and size are checked). A request carries the action
 * itself and never bytes to be signed. Passwords never travel here. */
#ifndef EXEUNT_SIGNER_REQ_H
#define EXEUNT_SIGNER_REQ_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/act.h"
#include "core/dec.h"

#define SIGNER_SOCK	"signer.sock"
#define SIGNER_HW_FILE	"signer.hw"
#define SIGNER_LOG_FILE "signer.log" /* and signer.log.1, the older half */

enum {
	SIGNER_MAGIC = 0x73786531,
	SIGNER_VERSION = 2,	/* 2: keys are named, not counted */
	SIGNER_KEYS_MAX = 8,	/* one key to an account at most */
	SIGNER_CLIENTS_MAX = 8, /* engine, break-glass shell, key verbs */
	SIGNER_VAULTS_MAX = 16, /* sub-accounts and vaults one key may act for */
	SIGNER_LABEL_MAX = 64,	/* bytes of a key's name in the configuration with its NUL */
	SIGNER_TEXT_MAX = 160,
};

enum signer_op {
	SIGNER_SIGN = 1,
	SIGNER_FENCE,  /* refuse epochs below req.epoch from now on, durably */
	SIGNER_STATUS, /* answers at any epoch */
	SIGNER_LOCK,   /* wipe the keys and end: the next signer asks for the password again */
	SIGNER_QUIT,   /* the same, asked by the engine at its own end */
	SIGNER_OPS
};

/* Why the engine asks. The venue's reduce-only bit is judged by the signer itself. */
enum signer_purpose {
	SIGN_PLAIN,
	SIGN_HEDGE, /* lowers |net delta| of the book: the hedge cap applies, not the order caps */
};

struct signer_req {
	uint32_t magic;
	uint16_t version;
	uint8_t op;	 /* enum signer_op */
	uint8_t slot;	 /* the asker's own number of the key, given back and not looked at */
	uint64_t id;	 /* given back */
	uint64_t epoch;	 /* the lease of the one who asks */
	uint8_t purpose; /* enum signer_purpose */
	/* Which key, by its name in the configuration: both ends read that file at their own time,
	 * so a place in it is no name. "" where none is meant (FENCE, LOCK, QUIT, STATUS of the
	 * signer). */
	char key[SIGNER_LABEL_MAX];
	struct act act;
	struct act_env env;
};

struct signer_rep {
	uint32_t magic;
	uint16_t version;
	uint8_t op;
	uint8_t slot;
	uint64_t id;
	uint8_t code;  /* enum err_code; sig is valid only with ERR_OK and SIGNER_SIGN */
	uint8_t ready; /* keys are held */
	uint8_t n_keys;
	uint8_t hw_stale;	   /* the high-water mark could not be written: reductions only */
	uint8_t address[20];	   /* of the key */
	uint64_t epoch;		   /* lowest that is served */
	uint64_t nonce_hw;	   /* order nonces of this key must be above it */
	struct money session_left; /* before the session cap */
	struct act_sig sig;
	char text[SIGNER_TEXT_MAX]; /* rule and value when refused */
};

#endif
