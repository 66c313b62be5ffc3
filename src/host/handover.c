/* handover.c: see handover.h. */
#include "host/handover.h"

void handover_turn(struct handover *h, struct store *s, struct outbox *o, struct answers *a,
		   int64_t now_ns)
{
	uint64_t n;

	if (!store_pending(s)) {
		h->open_ns = 0;
		/* A dry run and a burn keep no bytes, so their late signature opens no batch:
		 * their intent is in the last one at the latest. */
		outbox_handed_over(o, store_submit(s));
		answers_handed_over(a, 1); /* they promise nothing new */
		return;
	}
	if (!h->open_ns)
		h->open_ns = now_ns;
	if (outbox_unsigned(o) && now_ns - h->open_ns < HANDOVER_SIGN_NS)
		return;
	h->open_ns = 0;
	n = store_submit(s);
	outbox_handed_over(o, n);
	answers_handed_over(a, n);
}

int64_t handover_due(const struct handover *h)
{
	return h->open_ns ? h->open_ns + HANDOVER_SIGN_NS : INT64_MAX;
}
