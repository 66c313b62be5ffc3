/* post.c: what is in flight: actions (orders, cancels) and reads, over the socket or HTTP.
 *
 *   action: BUSY -(answer on every path)-> FREE
 *           BUSY -(time is up)-> EV_ANSWER unknown, LATE -(a late answer: still told)-> FREE
 *
 *  1. Every post has its own timer: the venue loses the id of a post it cannot parse.
 *  2. An action that goes over two paths brings an EV_ANSWER for each verdict; "unknown" only when
 *     no path is left and none answered.
 *  3. An action not yet handed out when the socket goes away goes over HTTP instead.
 *  4. Actions leave in the order they were given, whatever slots they sit in; those that the venue
 *     would refuse for too many posts on a socket go over HTTP.
 *  5. Ids rise for the life of the session: an answer of an older connection meets nothing.
 *  6. Only HTTP 200 with a readable body can be a verdict.
 *  7. What is new finds a place as long as something that has left can be given up for it.
 */
#include <stddef.h>
#include <string.h>

#include "base/check.h"
#include "base/plant.h"
#include "venue/hyperliquid/internal.h"
#include "venue/hyperliquid/venue_limits.h"
#include "base/banned.h"

enum { READ_TIMEOUT_S = 5, QUEUE_TIMEOUT_S = 15 };

static uint32_t new_id(struct hl *h)
{
	if (++h->next_id == 0)
		++h->next_id;
	return h->next_id;
}

static bool socket_ok(const struct hl *h)
{
	return h->up && !h->closing;
}

/* ---- actions ---- */

static void slot_free(struct hl *h, struct action_slot *a)
{
	a->state = SLOT_FREE;
	while (h->actions_top && h->action[h->actions_top - 1].state == SLOT_FREE)
		h->actions_top--;
}

static void answer_event(struct hl *h, uint64_t nonce, const struct ev_answer *answer)
{
	struct event ev = hl_event(h, EV_ANSWER);

	ev.answer = *answer;
	ev.answer.nonce = nonce;
	hl_emit(h, &ev);
}

static void unknown(struct hl *h, struct action_slot *a, uint16_t http, const char *text, size_t n)
{
	struct ev_answer answer = {.kind = PLANT(17) && http ? ANSWER_ERR : ANSWER_UNKNOWN,
				   .http = http};

	if (a->answered || a->state != SLOT_BUSY)
		return;
	hl_text(answer.text, sizeof answer.text, text, n);
	answer_event(h, a->nonce, &answer);
}

/* A path ended without a verdict. */
static void path_lost(struct hl *h, struct action_slot *a, uint8_t path, uint16_t http,
		      const char *text, size_t n)
{
	a->open &= (uint8_t)~path;
	if (a->open || a->todo)
		return;
	unknown(h, a, http, text, n);
	slot_free(h, a);
}

static void path_answer(struct hl *h, struct action_slot *a, uint8_t path, uint16_t http,
			const struct jv *v)
{
	struct ev_answer answer = {.http = http};
	uint64_t nonce = a->nonce;

	answer_read(h, &answer, v);
	if (answer.kind == ANSWER_UNKNOWN) {
		path_lost(h, a, path, http, answer.text, strlen(answer.text));
		return;
	}
	h->stats.late_answers += a->state == SLOT_LATE;
	a->open &= (uint8_t)~path;
	a->answered = true;
	if (!a->open && !a->todo)
		slot_free(h, a); /* before the sink, which may send the next */
	answer_event(h, nonce, &answer);
}

/* A free place, else that of the action that has waited for its answer longest: it has left, the
 * engine's own deadline ends its doubt, and what is new may be the close that fills. NULL: none of
 * them has left. */
static struct action_slot *action_slot(struct hl *h)
{
	struct action_slot *old = NULL;

	for (size_t i = 0; i < HL_ACTIONS_MAX; i++) {
		struct action_slot *a = &h->action[i];
		bool late = a->state == SLOT_LATE;

		if (a->state == SLOT_FREE)
			return a;
		if (a->todo || (old && late < (old->state == SLOT_LATE)))
			continue;
		if (!old || late != (old->state == SLOT_LATE) || a->deadline_ns < old->deadline_ns)
			old = a;
	}
	return old;
}

bool hl_send_action(struct hl *h, const char *envelope, size_t n, uint64_t nonce, uint8_t paths,
		    int64_t timeout_ns, int64_t now_ns)
{
	struct action_slot *a = action_slot(h);

	if (!a || !n || n > HL_ENVELOPE_MAX)
		return false;
	if (!(paths & HL_PATH_HTTP) && !socket_ok(h))
		paths = HL_PATH_HTTP;
	else if (!paths)
		paths = HL_PATH_WS;
	if (a - h->action >= (ptrdiff_t)h->actions_top)
		h->actions_top = (uint32_t)(a - h->action) + 1;
	a->state = SLOT_BUSY;
	a->todo = paths;
	a->open = 0;
	a->answered = false;
	a->id = new_id(h);
	a->nonce = nonce;
	a->deadline_ns = now_ns + timeout_ns;
	a->n = (uint32_t)n;
	memcpy(h->bytes[a - h->action], envelope, n);
	return true;
}

static void wrap(struct hl *h, struct hl_out *out, uint32_t id, const char *type, const char *body,
		 size_t n)
{
	struct buf b;

	buf_init(&b, h->out, sizeof h->out);
	buf_puts(&b, "{\"method\":\"post\",\"id\":");
	buf_u64(&b, id);
	buf_puts(&b, ",\"request\":{\"type\":\"");
	buf_puts(&b, type);
	buf_puts(&b, "\",\"payload\":");
	buf_put(&b, body, n);
	buf_puts(&b, "}}");
	ASSERT(!b.over);
	*out = (struct hl_out){.kind = HL_OUT_TEXT, .p = b.p, .n = b.len, .tag = id};
}

/* The venue answers one post too many with an error: nothing is learned from it but the delay. */
static bool socket_full(const struct hl *h)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < h->actions_top; i++)
		n += h->action[i].state == SLOT_BUSY && h->action[i].open & HL_PATH_WS;
	for (size_t i = 0; i < HL_QUERIES_MAX; i++)
		n += h->query[i].state == SLOT_BUSY && h->query[i].open & HL_PATH_WS;
	return n >= HL_POSTS_OWN;
}

/* The oldest that has a path to go; ids may wrap. */
static struct action_slot *next_action(struct hl *h)
{
	struct action_slot *first = NULL;

	for (uint32_t i = 0; i < h->actions_top; i++) {
		struct action_slot *a = &h->action[i];

		if (a->state != SLOT_FREE && a->todo &&
		    (!first || (int32_t)(a->id - first->id) < 0))
			first = a;
	}
	return first;
}

static bool action_output(struct hl *h, struct hl_out *out)
{
	struct action_slot *a = next_action(h);

	if (!a)
		return false;
	if (a->todo & HL_PATH_WS && (!socket_ok(h) || socket_full(h)))
		a->todo = HL_PATH_HTTP;
	if (a->todo & HL_PATH_WS) {
		a->todo &= (uint8_t)~HL_PATH_WS;
		a->open |= HL_PATH_WS;
		h->c.shared->minute_out++; /* counted, never held back */
		wrap(h, out, a->id, "action", h->bytes[a - h->action], a->n);
	} else {
		a->todo = 0;
		a->open |= HL_PATH_HTTP;
		*out = (struct hl_out){.kind = HL_OUT_HTTP,
				       .tag = a->id,
				       .path = "/exchange",
				       .weight = 1,
				       .p = h->bytes[a - h->action],
				       .n = a->n};
	}
	out->action = true;
	return true;
}

/* ---- reads ---- */

struct query_slot *post_query_slot(struct hl *h)
{
	for (size_t i = 0; i < HL_QUERIES_MAX; i++) {
		struct query_slot *q = &h->query[i];

		if (q->state != SLOT_FREE)
			continue;
		*q = (struct query_slot){.state = SLOT_BUSY,
					 .id = new_id(h),
					 .todo = socket_ok(h) ? HL_PATH_WS : HL_PATH_HTTP,
					 .deadline_ns = h->now_ns + QUEUE_TIMEOUT_S * HL_S};
		return q;
	}
	return NULL;
}

static bool query_output(struct hl *h, struct hl_out *out)
{
	char body[512];

	for (size_t i = 0; i < HL_QUERIES_MAX; i++) {
		struct query_slot *q = &h->query[i];
		struct buf b;

		if (q->state != SLOT_BUSY || !q->todo)
			continue;
		if (q->todo & HL_PATH_WS && !socket_ok(h))
			q->todo = HL_PATH_HTTP;
		if (q->todo & HL_PATH_WS && !hl_take_message(h))
			return false;
		buf_init(&b, body, sizeof body);
		if (!query_body(h, q, &b) || b.over) {
			query_end(h, q, false, "the request cannot be written");
			continue;
		}
		if (q->todo & HL_PATH_WS) {
			wrap(h, out, q->id, "info", b.p, b.len);
		} else {
			memcpy(h->out, b.p, b.len + 1);
			*out = (struct hl_out){.kind = HL_OUT_HTTP,
					       .tag = q->id,
					       .path = "/info",
					       .p = h->out,
					       .n = b.len};
			out->weight =
				(uint8_t)(q->what < QUERY_KINDS ? hl_query_weight(q->what, 0) : 20);
			q->http_tried = true;
		}
		q->open = q->todo;
		q->todo = 0;
		q->deadline_ns = h->now_ns + READ_TIMEOUT_S * HL_S;
		return true;
	}
	return false;
}

/* The other way once, then the end. */
static void query_failed(struct hl *h, struct query_slot *q, const char *text, size_t n)
{
	char said[96];

	if (!q->http_tried) {
		q->open = 0;
		q->todo = HL_PATH_HTTP;
		q->id = new_id(h);
		q->deadline_ns = h->now_ns + QUEUE_TIMEOUT_S * HL_S;
		return;
	}
	hl_text(said, sizeof said, text, n);
	query_end(h, q, false, said);
}

static void query_answer(struct hl *h, struct query_slot *q, const struct jv *v)
{
	const char *why = "the answer cannot be read";
	bool more = false;

	if (!query_use(h, q, v, &more, &why)) {
		hl_refuse(h, "answer refused: ", why, strlen(why));
		query_end(h, q, false, why);
	} else if (more) {
		q->id = new_id(h);
		q->open = 0;
		q->todo = socket_ok(h) && !q->http_tried ? HL_PATH_WS : HL_PATH_HTTP;
		q->deadline_ns = h->now_ns + QUEUE_TIMEOUT_S * HL_S;
	} else {
		query_end(h, q, true, "");
	}
}

/* ---- both ---- */

bool post_output(struct hl *h, struct hl_out *out)
{
	return action_output(h, out) || query_output(h, out);
}

static struct action_slot *find_action(struct hl *h, uint64_t id, uint8_t path)
{
	for (uint32_t i = 0; i < h->actions_top; i++)
		if (h->action[i].state != SLOT_FREE && h->action[i].id == id &&
		    h->action[i].open & path)
			return &h->action[i];
	return NULL;
}

static struct query_slot *find_query(struct hl *h, uint64_t id, uint8_t path)
{
	for (size_t i = 0; i < HL_QUERIES_MAX; i++)
		if (h->query[i].state == SLOT_BUSY && h->query[i].id == id &&
		    h->query[i].open & path)
			return &h->query[i];
	return NULL;
}

/* "429 Too Many Requests" of a socket answer. */
static uint16_t leading_status(const char *s)
{
	uint16_t v = 0;

	for (int i = 0; i < 3; i++) {
		if (s[i] < '0' || s[i] > '9')
			return 0;
		v = (uint16_t)(v * 10 + (s[i] - '0'));
	}
	return v;
}

void post_answer(struct hl *h, const struct jv *data)
{
	const struct jv *response = jv_get(data, "response"),
			*payload = jv_get(response, "payload"), *inner;
	struct action_slot *a;
	struct query_slot *q;
	uint64_t id;

	if (!jv_u64(jv_get(data, "id"), &id)) {
		h->stats.ignored++;
		return;
	}
	a = find_action(h, id, HL_PATH_WS);
	q = a ? NULL : find_query(h, id, HL_PATH_WS);
	if (jv_str_is(jv_get(response, "type"), "error")) {
		const char *s = jv_text(payload) ? jv_text(payload) : "error without text";
		uint16_t status = leading_status(s);

		if (status)
			hl_trouble(h, status, s, strlen(s));
		if (a)
			path_lost(h, a, HL_PATH_WS, status, s, strlen(s));
		else if (q)
			query_failed(h, q, s, strlen(s));
		return;
	}
	if (jv_str_is(jv_get(response, "type"), "action") ||
	    jv_str_is(jv_get(response, "type"), "info"))
		hl_trouble(h, 0, "", 0);
	if (a && jv_str_is(jv_get(response, "type"), "action")) {
		path_answer(h, a, HL_PATH_WS, 0, payload);
	} else if (q && jv_str_is(jv_get(response, "type"), "info")) {
		inner = jv_get(payload, "data");
		query_answer(h, q, jv_get(payload, "type") && inner ? inner : payload);
	} else if (a) {
		path_lost(h, a, HL_PATH_WS, 0, "an answer of another kind", 25);
	} else if (q) {
		query_failed(h, q, "an answer of another kind", 25);
	} else {
		h->stats.ignored++;
	}
}

void post_lost(struct hl *h, uint64_t id, const char *text, size_t n)
{
	struct action_slot *a = find_action(h, id, HL_PATH_WS);
	struct query_slot *q = a ? NULL : find_query(h, id, HL_PATH_WS);

	if (a)
		path_lost(h, a, HL_PATH_WS, 0, text, n);
	else if (q)
		query_failed(h, q, text, n);
}

void hl_on_http(struct hl *h, uint32_t tag, int status, const char *body, size_t n, int64_t now_ns,
		int64_t wall_ms)
{
	struct action_slot *a;
	struct query_slot *q;
	const struct jv *v = NULL;
	struct err e = {0};

	h->now_ns = now_ns;
	h->wall_ms = wall_ms;
	if (status < 0 || status > 999)
		status = 0;
	a = find_action(h, tag, HL_PATH_HTTP);
	q = a ? NULL : find_query(h, tag, HL_PATH_HTTP);
	if (status == 200) {
		hl_trouble(h, 0, "", 0);
		v = json_parse(h->c.json, body, n, &e);
		if (!v) {
			hl_refuse(h, "answer refused: ", e.text, strlen(e.text));
			body = e.text;
			n = strlen(e.text);
		}
	} else if (status) {
		hl_trouble(h, (uint16_t)status, body, n);
	} else {
		body = "the HTTP request failed";
		n = strlen(body);
	}
	if (a && v)
		path_answer(h, a, HL_PATH_HTTP, (uint16_t)status, v);
	else if (a)
		path_lost(h, a, HL_PATH_HTTP, (uint16_t)status, body, n);
	else if (q && v)
		query_answer(h, q, v);
	else if (q)
		query_failed(h, q, body, n);
	else
		h->stats.ignored++;
}

void post_stop(struct hl *h)
{
	static const char lost[] = "the connection was lost before an answer";

	for (uint32_t i = 0; i < h->actions_top; i++) {
		struct action_slot *a = &h->action[i];

		if (a->state == SLOT_FREE)
			continue;
		if (a->todo & HL_PATH_WS)
			a->todo = HL_PATH_HTTP;
		if (a->open & HL_PATH_WS)
			path_lost(h, a, HL_PATH_WS, 0, lost, sizeof lost - 1);
	}
	for (size_t i = 0; i < HL_QUERIES_MAX; i++) {
		struct query_slot *q = &h->query[i];

		if (q->state == SLOT_BUSY && q->open & HL_PATH_WS)
			query_failed(h, q, lost, sizeof lost - 1);
	}
}

void post_timer(struct hl *h)
{
	static const char late[] = "no answer in time";

	for (uint32_t i = 0; i < h->actions_top; i++) {
		struct action_slot *a = &h->action[i];

		if (a->state != SLOT_BUSY || a->deadline_ns > h->now_ns)
			continue;
		a->todo = 0; /* what did not leave in time must not leave later */
		unknown(h, a, 0, late, sizeof late - 1);
		if (a->open)
			a->state = SLOT_LATE;
		else
			slot_free(h, a);
	}
	for (size_t i = 0; i < HL_QUERIES_MAX; i++) {
		struct query_slot *q = &h->query[i];

		if (q->state == SLOT_BUSY && q->deadline_ns <= h->now_ns)
			query_failed(h, q, late, sizeof late - 1);
	}
}

int64_t post_deadline(const struct hl *h)
{
	int64_t at = INT64_MAX;

	for (uint32_t i = 0; i < h->actions_top; i++)
		if (h->action[i].state == SLOT_BUSY && h->action[i].deadline_ns < at)
			at = h->action[i].deadline_ns;
	for (size_t i = 0; i < HL_QUERIES_MAX; i++)
		if (h->query[i].state == SLOT_BUSY && h->query[i].deadline_ns < at)
			at = h->query[i].deadline_ns;
	return at;
}
