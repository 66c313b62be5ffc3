/* replay.h: journal rows back into engine state. Rows come in order, before engine_start. Orders
 * whose verdict is not in the journal are UNKNOWN afterwards, exits go on where they stood,
 * children at work are looked up; nothing is sent before the barrier but what reduces. */
#ifndef EXEUNT_ENGINE_REPLAY_H
#define EXEUNT_ENGINE_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "engine/engine.h"

struct replay_row {
	uint8_t ver, kind, account; /* enum rec_kind */
	uint32_t exit, slice, attempt;
	uint64_t nonce;
	int64_t wall_ms;
	const uint8_t *body;
	size_t len;
};

/* False: the row cannot be understood (version, damage); *e names it. The journal is then not to be
 * trusted: start without it and read the venue's truth. */
bool replay_row(struct engine *e, const struct replay_row *row, struct err *err);

/* The ended exit that this row will push out of the engine's few slots; NULL: none. */
const struct exit *replay_drops(struct engine *e, const struct replay_row *row);

#endif
