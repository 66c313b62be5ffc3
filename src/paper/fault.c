/* fault.c: what goes wrong on purpose, and POST /paper. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "paper/state.h"

#include "base/banned.h"

enum { CLOCK_STEP_MS = 3600000, CLOCK_AT_ONCE_MS = 60000 };

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
	p->fault[kind] = (struct fault){count, ms, per_mille, ms > 0 ? p->now + ms : NONE_MS};
	return true;
}

bool fault_hits(struct paper *p, enum paper_fault kind)
{
	struct fault *f = &p->fault[kind];

	if (f->count == 0)
		return false;
	if (kind == FAULT_FREEZE || kind == FAULT_FREEZE_USER)
		return p->now < f->until_ms; /* a span of time, not a number of answers */
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

void answer_action(struct paper *p, uint64_t conn, bool ws, uint64_t post_id, struct str *body)
{
	static const char gateway[] = "<html><head><title>502 Bad Gateway</title></head></html>";
	struct str text = {0};

	if (fault_hits(p, FAULT_ACK_LOST))
		return;
	if (fault_hits(p, FAULT_DISCONNECT)) {
		close_conn(p, conn, ws);
		return;
	}
	if (fault_hits(p, FAULT_ACK_ERROR)) {
		if (ws) {
			str_puts(&text, "502 Bad Gateway");
			ws_post_answer(p, conn, post_id, "error", &text, p->now);
			str_free(&text);
		} else {
			answer_http(p, conn, 502, "text/html", gateway, sizeof gateway - 1, p->now);
		}
		return;
	}
	deliver(p, conn, ws, post_id, body,
		fault_hits(p, FAULT_DELAY) ? p->now + p->fault[FAULT_DELAY].ms : p->now);
}

/* --- POST /paper --- */

static int32_t small(const struct jv *root, const char *key, int32_t otherwise)
{
	int64_t v;

	if (!jv_i64(jv_get(root, key), &v) || v < INT32_MIN || v > INT32_MAX)
		return otherwise;
	return (int32_t)v;
}

static bool set_fault(struct paper *p, const struct jv *root)
{
	const char *name = jv_text(jv_get(root, "fault"));
	int k;

	for (k = 0; k < FAULT_KINDS; k++)
		if (name != NULL && strcmp(name, names[k]) == 0)
			return paper_fault(p, (enum paper_fault)k, small(root, "count", 1),
					   small(root, "ms", 0), small(root, "per_mille", 0));
	return false;
}

static bool read_signed(const struct jv *v, int64_t *out)
{
	const char *s = jv_text(v);
	bool neg = s != NULL && s[0] == '-';

	if (!num_read(neg ? s + 1 : s, out))
		return false;
	*out = neg ? -*out : *out;
	return true;
}

static bool set_position(struct paper *p, const struct jv *root)
{
	const char *user = jv_text(jv_get(root, "user")), *coin = jv_text(jv_get(root, "position"));
	int64_t size, px;
	bool isolated = false;

	p->why = "position: user, position, size and price are decimals and names in quotes";
	if (user == NULL || coin == NULL || !read_signed(jv_get(root, "size"), &size) ||
	    !num_read(jv_text(jv_get(root, "price")), &px) || px > INT64_MAX / 100)
		return false;
	jv_bool(jv_get(root, "isolated"), &isolated);
	return paper_position(p, user, coin, (struct qty){size}, (struct price){px * 100},
			      small(root, "leverage", 0), isolated);
}

static bool set_coin(struct paper *p, const struct jv *root)
{
	const char *coin = jv_text(jv_get(root, "mark"));
	int32_t i;
	int64_t px = 0;
	bool on = true;

	p->why = "mark: px is a decimal in quotes, at most 10,000,000";
	if (coin != NULL) {
		if (!num_read(jv_text(jv_get(root, "px")), &px) || px > INT64_MAX / 100)
			return false;
		return paper_mark(p, coin, (struct price){px * 100});
	}
	coin = jv_text(jv_get(root, "oi_cap"));
	i = coin != NULL ? coin_by_name(p, coin) : -1;
	p->why = "no such coin";
	if (i < 0)
		return false;
	jv_bool(jv_get(root, "on"), &on);
	p->coin[i].oi_capped = on;
	return true;
}

/* Every block in between is carried out: a large step in slices, so that others are served. */
static bool set_clock(struct paper *p, int64_t ms)
{
	p->why = "clock: from -3600000 to 3600000 ms, and one large step at a time";
	if (ms > CLOCK_STEP_MS || ms < -CLOCK_STEP_MS || p->owed > 0)
		return false;
	if (ms > CLOCK_AT_ONCE_MS)
		p->owed = ms;
	else
		p->skew += ms;
	return true;
}

static bool admin(struct paper *p, const struct jv *root)
{
	const char *user = jv_text(jv_get(root, "user"));
	int64_t v;

	if (jv_get(root, "fault") != NULL)
		return set_fault(p, root);
	if (jv_get(root, "position") != NULL)
		return set_position(p, root);
	if (jv_get(root, "mark") != NULL || jv_get(root, "oi_cap") != NULL)
		return set_coin(p, root);
	if (jv_get(root, "fund") != NULL)
		return jv_text(jv_get(root, "fund")) != NULL &&
		       read_signed(jv_get(root, "usd"), &v) &&
		       paper_fund(p, jv_text(jv_get(root, "fund")), (struct money){v});
	if (jv_get(root, "agent") != NULL)
		return user != NULL && jv_text(jv_get(root, "agent")) != NULL &&
		       paper_agent(p, user, jv_text(jv_get(root, "agent")));
	if (jv_i64(jv_get(root, "clock"), &v)) {
		return set_clock(p, v);
	}
	if (jv_get(root, "kill") != NULL) {
		paper_kill_sockets(p);
		return true;
	}
	return false;
}

void admin_answer(struct paper *p, uint64_t conn, const struct jv *root)
{
	static const char yes[] = "{\"ok\":true}";
	int64_t owed = p->owed;
	struct str s = {0};

	p->why = "nothing that is known, or a value out of range";
	if (admin(p, root)) {
		/* after a large step the answer comes when the venue is there */
		answer_http(p, conn, 200, "application/json", yes, sizeof yes - 1,
			    p->now + p->owed - owed);
		return;
	}
	str_printf(&s, "{\"ok\":false,\"error\":\"%s\"}", p->why);
	answer_http(p, conn, 400, "application/json", s.p, s.len, p->now);
	str_free(&s);
}
