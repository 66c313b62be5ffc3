/* fault.c: what goes wrong on purpose. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "paper/state.h"

#include "base/banned.h"

static const char *const names[FAULT_KINDS] = {
	[FAULT_DELAY] = "delay",
	[FAULT_DROP] = "drop",
	[FAULT_DUPLICATE] = "duplicate",
	[FAULT_ACK_LOST] = "ack_lost",
	[FAULT_ACK_ERROR] = "ack_error",
	[FAULT_DISCONNECT] = "disconnect",
	[FAULT_429] = "429",
	[FAULT_FREEZE] = "freeze",
	[FAULT_FREEZE_USER] = "freeze_user",
	[FAULT_LATE_FILLS] = "late_fills",
	[FAULT_READ_ERROR] = "read_error",
	[FAULT_HALF] = "half",
	[FAULT_LATE_EXEC] = "late_exec",
	[FAULT_FREEZE_BOOK] = "freeze_book",
	[FAULT_FREEZE_MARK] = "freeze_mark",
};

const char *paper_fault_name(enum paper_fault kind)
{
	return names[kind];
}

bool paper_fault(struct paper *p, enum paper_fault kind, int32_t count, int32_t ms,
		 int32_t per_mille)
{
	if ((unsigned)kind >= FAULT_KINDS || count < -1 || ms < 0 || per_mille < 0 ||
	    per_mille > 1000)
		return false;
	if ((kind == FAULT_FREEZE_BOOK || kind == FAULT_FREEZE_MARK) && count != 0 &&
	    !fault_span(p, kind))
		stale_keep(p, kind);
	p->fault[kind] = (struct fault){count, ms, per_mille, ms > 0 ? p->now + ms : NONE_MS};
	return true;
}

bool fault_span(const struct paper *p, enum paper_fault kind)
{
	return p->fault[kind].count != 0 && p->now < p->fault[kind].until_ms;
}

bool fault_hits(struct paper *p, enum paper_fault kind)
{
	struct fault *f = &p->fault[kind];

	if (f->count == 0)
		return false;
	if (kind == FAULT_FREEZE || kind == FAULT_FREEZE_USER)
		return fault_span(p, kind); /* a span of time, not a number of answers */
	if (f->per_mille > 0 && prng_below(&p->rng, 1000) >= (uint64_t)f->per_mille)
		return false;
	if (f->count > 0)
		f->count--;
	return true;
}

static void close_conn(struct paper *p, uint64_t conn, bool ws)
{
	struct ws *w = ws ? ws_find(p, conn) : NULL;

	if (w != NULL)
		w->closed = true;
	out_put(p, &(struct paper_out){.conn = conn, .kind = PAPER_OUT_CLOSE}, p->now);
}

static void deliver(struct paper *p, uint64_t conn, bool ws, uint64_t post_id, struct str *body,
		    int64_t due_ms)
{
	if (ws) {
		ws_post_answer(p, conn, post_id, "action", body, due_ms);
		return;
	}
	answer_http(p, conn, 200, "application/json", str_text(body), body->len, due_ms);
}

void answer_gateway(struct paper *p, uint64_t conn, bool ws, uint64_t post_id)
{
	static const char gateway[] = "<html><head><title>502 Bad Gateway</title></head></html>";
	struct str text = {0};

	if (!ws) {
		answer_http(p, conn, 502, "text/html", gateway, sizeof gateway - 1, p->now);
		return;
	}
	str_puts(&text, "502 Bad Gateway");
	ws_post_answer(p, conn, post_id, "error", &text, p->now);
	str_free(&text);
}

void answer_action(struct paper *p, uint64_t conn, bool ws, uint64_t post_id, struct str *body)
{
	if (fault_hits(p, FAULT_ACK_LOST))
		return;
	if (fault_hits(p, FAULT_DISCONNECT)) {
		close_conn(p, conn, ws);
		return;
	}
	if (fault_hits(p, FAULT_ACK_ERROR)) {
		answer_gateway(p, conn, ws, post_id);
		return;
	}
	deliver(p, conn, ws, post_id, body,
		fault_hits(p, FAULT_DELAY) ? p->now + p->fault[FAULT_DELAY].ms : p->now);
}
