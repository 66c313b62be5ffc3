/* hw.h: signer.hw, what must survive a crash of the signer: the fenced epoch and, for each key's
 * address, a ceiling above every order nonce it ever signed. Held under an exclusive lock: one
 * signer to a state directory. */
#ifndef EXEUNT_SIGNER_HW_H
#define EXEUNT_SIGNER_HW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { HW_ADDRESSES = 16, HW_STEP_MS = 60000 };

struct hw_row {
	uint8_t address[20];
	uint32_t unused;
	uint64_t ceiling;
};

struct hw_rec {
	uint32_t magic, crc;
	uint64_t seq; /* the newer of the two copies wins */
	uint64_t epoch;
	uint64_t floor; /* for addresses without a row */
	uint32_t n, unused;
	struct hw_row at[HW_ADDRESSES];
};

struct hw {
	int fd;
	struct hw_rec rec; /* as last written */
};

/* ERR_FENCED: another signer holds it. A damaged file gives a floor of wall_ms + HW_STEP_MS, above
 * every ceiling that can have been written before, and *damaged. */
bool hw_open(struct hw *h, int dir_fd, uint64_t wall_ms, bool *damaged, struct err *e);
uint64_t hw_ceiling(const struct hw *h, const uint8_t address[20]);
/* Both write and sync before they return; false: the disk refused, the old values stand. */
bool hw_raise(struct hw *h, const uint8_t address[20], uint64_t ceiling, struct err *e);
bool hw_fence(struct hw *h, uint64_t epoch, struct err *e);

#endif
