/* answers.c: see answers.h. Order is kept: nobody is overtaken, and what may wait no longer takes
 * those before it along. */
#include "host/answers.h"

#include <string.h>

#include "base/check.h"

void answers_hold(struct answers *a, const struct effect *reply, int64_t now_ns)
{
	struct answer *w;

	ASSERT(a->n < ANSWERS_MAX);
	w = &a->at[(a->first + a->n++) % ANSWERS_MAX];
	w->client = reply->reply.client;
	w->seq = reply->reply.seq;
	w->exit = reply->reply.exit;
	w->code = reply->reply.code;
	w->batch = 0;
	memcpy(w->text, reply->reply.text, sizeof w->text);
	w->until_ns = now_ns + (w->exit && w->text[0] == 'x' ? ANSWER_PROMISE_NS : ANSWER_HELD_NS);
}

void answers_handed_over(struct answers *a, uint64_t batch)
{
	for (uint32_t i = 0; i < a->n; i++) {
		struct answer *w = &a->at[(a->first + i) % ANSWERS_MAX];
		if (!w->batch)
			w->batch = batch;
	}
}

const struct answer *answers_next(struct answers *a, uint64_t committed, int64_t now_ns)
{
	const struct answer *w = &a->at[a->first];

	if (!a->n)
		return NULL;
	if ((!w->batch || w->batch > committed) && now_ns < answers_due(a) && a->n < ANSWERS_MAX)
		return NULL;
	a->first = (a->first + 1) % ANSWERS_MAX;
	a->n--;
	return w;
}

int64_t answers_due(const struct answers *a)
{
	int64_t at = INT64_MAX;

	for (uint32_t i = 0; i < a->n; i++)
		if (a->at[(a->first + i) % ANSWERS_MAX].until_ns < at)
			at = a->at[(a->first + i) % ANSWERS_MAX].until_ns;
	return at;
}
