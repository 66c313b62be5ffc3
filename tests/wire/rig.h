/* rig.h: a session on a table, for tests: it records events with copies of what they borrow, plays
 * the venue's part of the start-up with a small meta of its own, and moves time by hand. */
#ifndef EXEUNT_TESTS_WIRE_RIG_H
#define EXEUNT_TESTS_WIRE_RIG_H

#include "base/buf.h"
#include "core/instr.h"
#include "venue/hyperliquid/session.h"

enum { RIG_EVENTS = 4096, RIG_TEXT = 1 << 20 };

struct rig {
	struct instr_table instrs;
	struct hl_shared shared;
	struct json *json, *own; /* own: for reading what the session says */
	struct hl *h;
	int64_t now_ns, wall_ms;
	uint32_t n; /* events since the last rig_clear */
	struct event ev[RIG_EVENTS];
	void *copies[RIG_EVENTS];
	struct hl_out out;
	char text[RIG_TEXT]; /* of the newest output, NUL-terminated */
};

#define RIG_USER "0x00000000000000000000000000000000000000aa"

struct rig *rig_new(uint8_t roles, const char *user, const char *const *dexes, size_t n_dexes);
void rig_free(struct rig *r);
void rig_clear(struct rig *r);
/* The n-th event of a kind since rig_clear, from 0; NULL. */
const struct event *rig_event(const struct rig *r, enum event_kind kind, uint32_t nth);
uint32_t rig_count(const struct rig *r, enum event_kind kind);
void rig_text(struct rig *r, const char *frame);
void rig_wait(struct rig *r, int64_t ms); /* moves time; timers that come due run in order */
/* Next output into r->out and r->text; false when there is none. */
bool rig_out(struct rig *r);
/* Puts a coin on the list without the venue. */
uint16_t rig_coin(struct rig *r, const char *coin, uint32_t asset);
/* All lists count as read: for frames without a start-up. */
void rig_ready(struct rig *r);
/* Connects and answers what the session asks for until it asks no more: its meta (RIG_META,
 * RIG_SPOT), and with `data` also acknowledgements and first frames of all subscriptions. */
void rig_start(struct rig *r, bool data);
/* Answers one output as the venue would; false when it is none of the start-up. */
bool rig_serve(struct rig *r, bool data);
/* One frame of each stream that has a beat, for RIG_USER on the validator dex. */
void rig_beat(struct rig *r);
/* Writes a value back as compact JSON. */
void rig_write(struct buf *b, const struct jv *v);

/* The next output whose text holds `part`; others are served as the start-up would. */
bool rig_out_with(struct rig *r, const char *part);
/* The venue's answer to post `id`. */
void rig_post_reply(struct rig *r, uint32_t id, const char *type, const char *payload);
/* A started session of market and account, its outputs taken. */
struct rig *rig_account(void);

#endif
