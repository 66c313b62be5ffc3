/* answers.c: see answers.h. Order is kept: nobody is overtaken. */
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
	w->until_ns = now_ns + ANSWER_HELD_NS;
	memcpy(w->text, reply->reply.text, sizeof w->text);
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
	if ((!w->batch || w->batch > committed) && now_ns < w->until_ns && a->n < ANSWERS_MAX)
		return NULL;
	a->first = (a->first + 1) % ANSWERS_MAX;
	a->n--;
	return w;
}

int64_t answers_due(const struct answers *a)
{
	return a->n ? a->at[a->first].until_ns : INT64_MAX;
}
