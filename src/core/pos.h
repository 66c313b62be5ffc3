/* pos.h: a position from the venue's reads and the fills between them.
 *
 * The rule: the read holds when its venue time is at or after the last fill's and no fill of that
 * very time came after it; else start position plus the latest fill. A disagreement asks for a
 * read; nothing is ever averaged, and nothing is summed from what was happened to be heard. */
#ifndef EXEUNT_CORE_POS_H
#define EXEUNT_CORE_POS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/event.h"
#include "limits.h"

/* Fills seen, keyed by (account, coin, time, trade id); the oldest key makes room. */
struct fill_key {
	int64_t time_ms;
	uint64_t tid;
	uint16_t instr;
	uint8_t account;
	bool used;
};

struct fill_set {
	uint32_t next; /* where the next key goes; wraps */
	struct fill_key key[FILLS_SEEN];
	uint16_t chain[FILLS_SEEN]; /* index + 1 of the next key of the same bucket */
	uint16_t head[FILLS_SEEN];
};

void fill_set_init(struct fill_set *s);
/* True when the key is new; it is remembered. */
bool fill_set_add(struct fill_set *s, uint8_t account, uint16_t instr, int64_t time_ms,
		  uint64_t tid);
bool fill_set_has(const struct fill_set *s, uint8_t account, uint16_t instr, int64_t time_ms,
		  uint64_t tid);

struct pos {
	bool has_read, has_fill;
	bool fill_is_newer; /* the last fill stands over the read */
	struct ev_position read;
	int64_t read_ms;  /* venue time of the read */
	int64_t read_ns;  /* boot clock of it */
	int64_t fill_ms;  /* venue time of the latest fill */
	struct qty start; /* before the first fill of that time */
	struct qty after; /* after the latest fill */
};

enum pos_word {
	POS_AGREE,
	POS_READ_WANTED /* fills and reads disagree: read the account */
};

/* Both return whether a read is wanted. A position absent from a whole read is read with szi 0. */
enum pos_word pos_read(struct pos *p, const struct ev_position *read, int64_t venue_ms,
		       int64_t now_ns);
enum pos_word pos_fill(struct pos *p, const struct fill *f);
struct qty pos_szi(const struct pos *p);
/* True when the figure comes from fills and not from a read. */
bool pos_is_est(const struct pos *p);

#endif
