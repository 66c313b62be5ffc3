/* answer.c: the venue's answer to an action, as verdicts.
 *
 *  1. Whatever cannot be read whole is ANSWER_UNKNOWN, never a part of a verdict.
 *  2. The list may hold one entry for n orders: a pre-validation error of the whole batch.
 *  3. TWAP answers use `status`, not `statuses`.
 */
#include <string.h>

#include "base/check.h"
#include "venue/hyperliquid/errors.h"
#include "venue/hyperliquid/internal.h"
#include "base/banned.h"

static bool say(struct verdict *d, enum verdict_kind kind, const char *text)
{
	d->kind = (uint8_t)kind;
	hl_text(d->text, sizeof d->text, text, strlen(text));
	return true;
}

static bool read_word(const char *s, struct verdict *d)
{
	if (!strcmp(s, "success"))
		return say(d, VERDICT_SUCCESS, s);
	if (!strcmp(s, "waitingForFill") || !strcmp(s, "waitingForTrigger"))
		return say(d, VERDICT_WAITING, s);
	return false;
}

static bool read_entry(const struct jv *v, struct verdict *d)
{
	const struct jv *in;

	memset(d, 0, sizeof *d);
	if (jv_text(v))
		return read_word(jv_text(v), d);
	if (jv_text(jv_get(v, "error"))) {
		d->refusal = (uint8_t)hl_error_class(jv_text(jv_get(v, "error")));
		return say(d, VERDICT_ERROR, jv_text(jv_get(v, "error")));
	}
	if ((in = jv_get(v, "resting"))) {
		d->kind = VERDICT_RESTING;
		return jv_u64(jv_get(in, "oid"), &d->oid);
	}
	if ((in = jv_get(v, "filled"))) {
		d->kind = VERDICT_FILLED;
		return jv_u64(jv_get(in, "oid"), &d->oid) &&
		       value_qty(jv_get(in, "totalSz"), &d->filled) &&
		       value_price_cut(jv_get(in, "avgPx"), &d->avg);
	}
	if ((in = jv_get(v, "running"))) {
		d->kind = VERDICT_TWAP;
		return jv_u64(jv_get(in, "twapId"), &d->oid);
	}
	return false;
}

static bool read_ok(struct hl *h, struct ev_answer *a, const struct jv *response)
{
	struct verdict *at = h->c.shared->scratch.verdict;
	const struct jv *data = jv_get(response, "data"), *list = jv_get(data, "statuses"),
			*one = jv_get(data, "status");

	a->at = at;
	if (jv_str_is(jv_get(response, "type"), "default")) {
		memset(at, 0, sizeof *at);
		at->kind = VERDICT_SUCCESS;
		a->n = 1;
		return true;
	}
	if (one) {
		a->n = 1;
		return read_entry(one, at);
	}
	if (jv_type(list) != JV_ARRAY)
		return false;
	for (const struct jv *v = jv_first(list); v; v = jv_next(v)) {
		if (a->n == BATCH_MAX || !read_entry(v, &at[a->n]))
			return false;
		a->n++;
	}
	return a->n > 0;
}

void answer_read(struct hl *h, struct ev_answer *a, const struct jv *v)
{
	const struct jv *response = jv_get(v, "response");
	const char *text = jv_text(response);

	if (jv_str_is(jv_get(v, "status"), "err") && text) {
		a->kind = ANSWER_ERR;
		a->refusal = (uint8_t)hl_error_class(text);
		hl_text(a->text, sizeof a->text, text, strlen(text));
		return;
	}
	if (jv_str_is(jv_get(v, "status"), "ok") && read_ok(h, a, response)) {
		a->kind = ANSWER_OK;
		return;
	}
	a->kind = ANSWER_UNKNOWN;
	a->n = 0;
	a->at = NULL;
	hl_text(a->text, sizeof a->text, "the answer cannot be read", 25);
}
