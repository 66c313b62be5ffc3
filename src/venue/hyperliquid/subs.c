/* subs.c: THE table of subscriptions, and what becomes of each.
 *
 *   FREE -> WANT -> SENT -> LIVE -> DROP -> FREE     (LIVE -> DROP -> WANT when it fell silent)
 *
 *  1. A coin is subscribed only when the venue's own list has it: an unknown coin makes the venue
 *     close the socket without a word, and every other stream with it.
 *  2. Acknowledgements are compared by structure: the venue adds and normalises fields.
 *  3. Confirmed means data: the first frame of a stream, or the acknowledgement of a stream that
 *     has no snapshot. A connection whose subscriptions stay unconfirmed for 10 s is dropped.
 *  4. A stream with a known beat that falls silent is subscribed anew, then the connection dropped.
 */
#include <string.h>

#include "base/check.h"
#include "venue/hyperliquid/internal.h"
#include "venue/hyperliquid/venue_limits.h"
#include "base/banned.h"

enum { CONFIRM_S = 10 };

const struct stream_row hl_streams[STREAM_KINDS] = {
	/* by coin, market: 20 levels each 5.0-5.6 s; 5 levels each 0.54 s; on change; ~1 s */
	[STREAM_BOOK] = {"l2Book", NULL, "", HL_MARKET, .by_coin = true, .silent_ns = 16 * HL_S},
	[STREAM_BOOK_FAST] = {"l2Book", NULL, ",\"fast\":true", HL_MARKET, .by_coin = true,
			      .silent_ns = 6 * HL_S},
	[STREAM_BBO] = {"bbo", NULL, "", HL_MARKET, .by_coin = true, .by_ack = true},
	[STREAM_TRADES] = {"trades", NULL, "", HL_MARKET, .by_coin = true, .by_ack = true},
	[STREAM_CTX] = {"activeAssetCtx", NULL, "", HL_MARKET, .by_coin = true,
			.silent_ns = 10 * HL_S},
	[STREAM_MIDS] = {"allMids", NULL, "", HL_MARKET, .by_dex = true, .silent_ns = 20 * HL_S},
	/* by user: whole state each 4-5 s, lists with a first snapshot, and the two without any */
	[STREAM_ACCOUNT] = {"clearinghouseState", NULL, "", HL_ACCOUNT, .by_dex = true,
			    .by_user = true, .silent_ns = 20 * HL_S},
	[STREAM_ORDERS] = {"openOrders", NULL, "", HL_ACCOUNT, .by_dex = true, .by_user = true,
			   .silent_ns = 20 * HL_S},
	[STREAM_SPOT] = {"spotState", NULL, "", HL_ACCOUNT, .by_user = true},
	[STREAM_FILLS] = {"userFills", NULL, "", HL_ACCOUNT, .by_user = true},
	[STREAM_ORDER_UPDATES] = {"orderUpdates", NULL, "", HL_ACCOUNT, .by_user = true,
				  .by_ack = true},
	[STREAM_USER_EVENTS] = {"userEvents", "user", "", HL_ACCOUNT, .by_user = true,
				.by_ack = true},
	[STREAM_FUNDING] = {"userFundings", NULL, "", HL_ACCOUNT, .by_user = true},
	[STREAM_TWAP_FILLS] = {"userTwapSliceFills", NULL, "", HL_ACCOUNT, .by_user = true},
	[STREAM_TWAPS] = {"twapStates", NULL, "", HL_ACCOUNT, .by_dex = true, .by_user = true},
	[STREAM_USER_STATE] = {"webData3", NULL, "", HL_ACCOUNT, .by_user = true},
};

struct sub *subs_find(struct hl *h, enum stream s, uint8_t dex, uint16_t instr)
{
	if (hl_streams[s].by_coin) {
		uint16_t at = instr < INSTR_MAX ? h->by_coin[s][instr] : 0;

		return at ? &h->sub[at - 1] : NULL;
	}
	for (uint16_t i = 0; i < h->n_subs; i++) {
		struct sub *p = &h->sub[i];

		if (p->state != SUB_FREE && p->stream == s && p->dex == dex)
			return p;
	}
	return NULL;
}

static void want(struct hl *h, enum stream s, uint8_t dex, uint16_t instr)
{
	struct sub *p = subs_find(h, s, dex, instr);
	uint16_t i;

	if (p) {
		if (p->state == SUB_DROP)
			p->state = SUB_LIVE;
		return;
	}
	for (i = 0; i < HL_SUBS_MAX && h->sub[i].state != SUB_FREE; i++)
		;
	if (i == HL_SUBS_MAX) { /* unsubscriptions that wait for the next minute's messages */
		hl_close(h, "subscriptions pile up", "");
		return;
	}
	if (i >= h->n_subs)
		h->n_subs = (uint16_t)(i + 1);
	h->sub[i] =
		(struct sub){.state = SUB_WANT, .stream = (uint8_t)s, .dex = dex, .instr = instr};
	if (hl_streams[s].by_coin)
		h->by_coin[s][instr] = (uint16_t)(i + 1);
}

static void forget(struct hl *h, struct sub *p)
{
	if (hl_streams[p->stream].by_coin)
		h->by_coin[p->stream][p->instr] = 0;
	p->state = SUB_FREE;
}

void subs_stop(struct hl *h)
{
	memset(h->sub, 0, sizeof h->sub);
	memset(h->by_coin, 0, sizeof h->by_coin);
	h->n_subs = 0;
	h->all_confirmed = false;
}

/* Spot contexts and mids exist, spot funding does not: the same streams serve both kinds. */
static void want_coin(struct hl *h, uint16_t instr)
{
	for (enum stream s = 0; s < STREAM_KINDS; s++)
		if (hl_streams[s].by_coin)
			want(h, s, h->c.shared->instrs->at[instr].dex, instr);
}

void subs_wake(struct hl *h)
{
	const struct hl_shared *sh = h->c.shared;

	if (!h->up || h->n_subs || !hl_shared_ready(sh))
		return;
	for (enum stream s = 0; s < STREAM_KINDS; s++) {
		const struct stream_row *r = &hl_streams[s];

		if (r->by_coin || !(r->roles & h->c.roles))
			continue;
		want(h, s, 0, INSTR_NONE);
		for (uint8_t d = 1; r->by_dex && d < sh->n_dexes; d++)
			if (sh->dex[d].index > 0) /* the venue has it */
				want(h, s, d, INSTR_NONE);
	}
	if (h->c.roles & HL_MARKET)
		for (uint16_t i = 0; i < h->n_wants; i++)
			want_coin(h, h->want[i]);
}

void subs_start(struct hl *h)
{
	subs_stop(h);
	subs_wake(h);
}

bool hl_feed(struct hl *h, uint16_t instr, bool on)
{
	uint16_t i;

	if (!(h->c.roles & HL_MARKET) || instr >= h->c.shared->instrs->n)
		return false;
	for (i = 0; i < h->n_wants && h->want[i] != instr; i++)
		;
	if (on) {
		if (i == h->n_wants) {
			if (h->n_wants == HL_WANTS_MAX)
				return false;
			h->want[h->n_wants++] = instr;
		}
		if (h->up && hl_shared_ready(h->c.shared)) {
			subs_wake(h);
			want_coin(h, instr);
		}
		return true;
	}
	if (i < h->n_wants)
		h->want[i] = h->want[--h->n_wants];
	for (enum stream s = 0; s < STREAM_KINDS; s++) {
		struct sub *p = hl_streams[s].by_coin ? subs_find(h, s, 0, instr) : NULL;

		if (!p)
			continue;
		p->again = false;
		if (p->state == SUB_WANT)
			forget(h, p);
		else
			p->state = SUB_DROP;
	}
	return true;
}

static bool account_stream(const struct sub *p)
{
	return hl_streams[p->stream].roles & HL_ACCOUNT;
}

bool hl_confirmed(const struct hl *h)
{
	return h->up && h->all_confirmed;
}

static bool none_missing(const struct hl *h)
{
	bool any = false;

	for (uint16_t i = 0; i < h->n_subs; i++) {
		const struct sub *p = &h->sub[i];

		if (p->state == SUB_FREE || !account_stream(p))
			continue;
		any = true;
		if (!p->confirmed)
			return false;
	}
	return any;
}

static void confirm(struct hl *h, struct sub *p)
{
	struct event ev;

	if (p->confirmed)
		return;
	p->confirmed = true;
	h->all_confirmed = h->all_confirmed || none_missing(h);
	ev = hl_event(h, EV_CONFIRMED);
	ev.confirmed = (struct ev_confirmed){
		.stream = p->stream, .dex = p->dex, .instr = p->instr, .all = h->all_confirmed};
	hl_emit(h, &ev);
}

bool subs_seen(struct hl *h, struct sub *p)
{
	bool first;

	if (!p)
		return false;
	first = p->seen_ns == 0;
	p->seen_ns = h->now_ns;
	/* the snapshot of a new subscription alone does not make a silent stream well */
	if (h->now_ns - p->sent_ns > 2 * hl_streams[p->stream].silent_ns)
		p->silences = 0;
	if (p->state == SUB_SENT)
		p->state = SUB_LIVE;
	confirm(h, p);
	return first;
}

void subs_acked(struct hl *h, const struct jv *sub)
{
	const char *type = jv_text(jv_get(sub, "type"));
	bool fast = false;
	uint8_t dex;

	jv_bool(jv_get(sub, "fast"), &fast);
	if (!type || !value_dex(h, jv_get(sub, "dex"), &dex))
		return;
	for (uint16_t i = 0; i < h->n_subs; i++) {
		struct sub *p = &h->sub[i];
		const struct stream_row *r = &hl_streams[p->stream];

		if (p->state != SUB_SENT || strcmp(r->type, type) ||
		    (p->stream == STREAM_BOOK_FAST) != fast || (r->by_dex && p->dex != dex))
			continue;
		if (r->by_user && !value_is_user(h, jv_get(sub, "user")))
			continue;
		if (r->by_coin &&
		    !jv_str_is(jv_get(sub, "coin"), h->c.shared->instrs->at[p->instr].coin))
			continue;
		p->state = SUB_LIVE;
		if (r->by_ack)
			confirm(h, p);
		return;
	}
}

void subs_ack(struct hl *h, const struct jv *data)
{
	if (jv_str_is(jv_get(data, "method"), "subscribe"))
		subs_acked(h, jv_get(data, "subscription"));
}

static void put_request(struct hl *h, struct buf *b, const struct sub *p, const char *method)
{
	const struct stream_row *r = &hl_streams[p->stream];

	buf_puts(b, "{\"method\":\"");
	buf_puts(b, method);
	buf_puts(b, "\",\"subscription\":{\"type\":\"");
	buf_puts(b, r->type);
	buf_puts(b, "\"");
	if (r->by_coin) {
		buf_puts(b, ",\"coin\":");
		buf_json_str(b, h->c.shared->instrs->at[p->instr].coin);
	}
	if (r->by_user) {
		buf_puts(b, ",\"user\":");
		buf_json_str(b, h->c.user);
	}
	if (r->by_dex && p->dex) {
		buf_puts(b, ",\"dex\":");
		buf_json_str(b, h->c.shared->dex[p->dex].name);
	}
	buf_puts(b, r->extra);
	buf_puts(b, "}}");
}

bool subs_output(struct hl *h, struct hl_out *out)
{
	for (uint16_t i = 0; i < h->n_subs; i++) {
		struct sub *p = &h->sub[i];
		struct buf b;

		if (p->state != SUB_WANT && p->state != SUB_DROP)
			continue;
		if (!hl_take_message(h))
			return false;
		buf_init(&b, h->out, sizeof h->out);
		put_request(h, &b, p, p->state == SUB_WANT ? "subscribe" : "unsubscribe");
		ASSERT(!b.over);
		if (p->state == SUB_WANT) {
			p->state = SUB_SENT;
			p->sent_ns = h->now_ns;
		} else if (p->again) {
			p->state = SUB_WANT;
			p->again = p->live = false;
		} else {
			forget(h, p);
		}
		*out = (struct hl_out){.kind = HL_OUT_TEXT, .p = b.p, .n = b.len};
		return true;
	}
	return false;
}

/* When this subscription is overdue; INT64_MAX: never. A delisted coin is acknowledged, and then
 * nothing may ever come. */
static int64_t due(const struct hl *h, const struct sub *p)
{
	const struct stream_row *r = &hl_streams[p->stream];
	int64_t life = p->seen_ns > p->sent_ns ? p->seen_ns : p->sent_ns;

	if (p->state != SUB_SENT && p->state != SUB_LIVE)
		return INT64_MAX;
	if (p->state == SUB_LIVE && r->by_coin && h->c.shared->instrs->at[p->instr].delisted)
		return INT64_MAX;
	if (!p->confirmed || p->state == SUB_SENT)
		return p->sent_ns + CONFIRM_S * HL_S;
	return r->silent_ns ? life + r->silent_ns : INT64_MAX;
}

void subs_timer(struct hl *h)
{
	for (uint16_t i = 0; i < h->n_subs; i++) {
		struct sub *p = &h->sub[i];

		if (due(h, p) > h->now_ns)
			continue;
		if (!p->confirmed || p->state == SUB_SENT || p->silences) {
			hl_close(h, p->confirmed ? "stream silent: " : "not confirmed: ",
				 hl_streams[p->stream].type);
			return;
		}
		p->silences++;
		p->state = SUB_DROP;
		p->again = true;
	}
}

int64_t subs_deadline(const struct hl *h)
{
	int64_t at = INT64_MAX;

	for (uint16_t i = 0; i < h->n_subs; i++)
		if (due(h, &h->sub[i]) < at)
			at = due(h, &h->sub[i]);
	return at;
}

int64_t hl_stream_seen(const struct hl *h, enum stream s, uint8_t dex, uint16_t instr)
{
	const struct sub *p = subs_find((struct hl *)h, s, dex, instr);

	return p ? p->seen_ns : 0;
}
