/* signer.h: the daemon that alone holds key bytes. */
#ifndef EXEUNT_SIGNER_SIGNER_H
#define EXEUNT_SIGNER_SIGNER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/dec.h"
#include "signer/req.h"

struct signer_key_conf {
	char label[SIGNER_LABEL_MAX]; /* its name in the configuration: requests name it */
	char path[512];		      /* keystore V3 file */
	bool plain; /* may act for the key's own (or its master's) account: no vault */
	uint8_t n_vaults;
	uint8_t vault[SIGNER_VAULTS_MAX][20]; /* and for these */
};

/* Caps bind what is neither reduce-only, a cancel nor a noop. 0 lets none of it through. */
struct signer_caps {
	struct money order;   /* notional of one order at its limit price */
	struct money session; /* summed since the keys were unlocked */
	struct money minute;  /* summed over any 60 s, besides the session's */
	struct money hedge;   /* summed, SIGN_HEDGE only */
};

struct signer_conf {
	const char *state_dir; /* holds signer.sock, signer.hw, signer.log; 0700 */
	bool mainnet;	       /* the only network it signs for */
	uint8_t n_keys;
	struct signer_key_conf key[SIGNER_KEYS_MAX];
	struct signer_caps caps;
	int64_t key_idle_ms; /* ends after so long without a client; 0: never */
	/* Passwords, one line a key in order (a missing line repeats the last one), read to the end
	 * and closed; must not be a terminal. Keyless: -1 with n_keys 0 is refused. */
	int password_fd;
	/* One line when the socket listens, "ok\n", or "CODE text\n" and exit; then closed. -1:
	 * none. */
	int ready_fd;
};

/* Runs until locked, idle, or SIGTERM. Returns the exit status of the process (err.h). To be called
 * in a process of its own that has no threads and nothing else to do: it installs a system-call
 * filter that ends the process at the first call off its list. */
int signer_main(const struct signer_conf *conf);

/* Forks (setsid, fds above 2 but the two closed) and runs signer_main in the child; waits for the
 * ready line. passwords: the lines as above, wiped in any case, and before the fork: the signer's
 * process has them in its locked pages and nowhere else. The engine's host and `exeunt` call this.
 */
bool signer_start(const struct signer_conf *conf, char *passwords, struct err *e);

#endif
