/* snap_pack.h: the snapshot as it travels and as it is kept: of every array only what its count
 * says. Ten exits and fifty positions are a third of sizeof(struct snap), and the pages of what is
 * not used are never touched at either end.
 *
 * Both ends are one build (attach.h), so bytes go as they lie in memory. Of a snapshot that was
 * unpacked, and of one from engine_snap, everything beyond a count is zero. */
#ifndef EXEUNT_CORE_SNAP_PACK_H
#define EXEUNT_CORE_SNAP_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/snap.h"

/* Into room for sizeof *s; returns the bytes used. The part of struct snap before its first array
 * stands at the beginning, each field at its own offset. */
size_t snap_pack(uint8_t *out, const struct snap *s);
/* *s: zeros, or what was unpacked there before. False: the n bytes are no snapshot (a count beyond
 * its array, too few bytes, too many), and *s is zeros. */
bool snap_unpack(struct snap *s, const uint8_t *in, size_t n);

#endif
