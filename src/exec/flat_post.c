/* flat_post.c: a venue that takes post-only orders alone (operations.md 3 and 8): one close of each
 * leg rests at the touch and follows it, and the most endangered leg probes the market.
 *
 *   NOW, CARE  the whole leg rests, a close to zero: it makes nothing wait. CARE's slices stay the
 *              probe: resting at the touch costs no impact, so it is not sliced
 *   TRIM       its cut rests, and waits for proof like any order of a cut; the leg that probes does
 *              not rest, for it cannot have its size in flight twice
 *
 * 1. What rests is cancelled when trading is open again, before anything crosses: it would cover
 *    the position. Nothing of a run that is paused or over goes on resting, but closes of NOW. */
#include "exec/flat_in.h"

static bool touch_left(const struct flat_leg *l, const struct flat_leg_view *p, struct price *touch)
{
	const struct book *b = p->book;

	touch->v = 0;
	if (b && (l->buy ? b->n_bid : b->n_ask))
		*touch = l->buy ? b->bid[0].px : b->ask[0].px;
	return touch->v > 0 && (l->buy ? touch->v > l->px.v : touch->v < l->px.v);
}

bool flat_post_rest(struct flat *f, struct flat_leg *l, const struct flat_leg_view *p,
		    const struct flat_view *v, struct flat_out *o, int64_t size)
{
	struct price touch;
	bool left = touch_left(l, p, &touch);

	l->state = FL_WORKING;
	l->next_ns = v->now_ns + flat_knobs(v)->probe_ms * FLAT_MS;
	flat_wake(o, l->next_ns);
	if (l->resting && left) /* cancelled now, placed again when its end is heard */
		flat_leg_want(f, o, FW_CANCEL_RO, (uint32_t)(l - f->leg));
	if (l->resting || touch.v <= 0 || size <= 0)
		return false;
	l->resting = true;
	f->group++;
	flat_order_put(f, l, p, v, o, touch, size, TIF_ALO, l->target.v == 0);
	l->rest_attempt = l->attempt;
	return true;
}

void flat_post_look(struct flat *f, const struct flat_view *v)
{
	for (uint32_t i = 0; f->nobody_trades && !v->post_only && i < f->n; i++)
		if (f->leg[i].resting)
			f->leg[i].next_ns = v->now_ns;
	f->nobody_trades = v->post_only;
}

void flat_post_over(const struct flat *f, struct flat_leg *l, struct flat_out *o)
{
	if (!l->resting)
		return;
	l->resting = false;
	flat_leg_want(f, o, FW_CANCEL_RO, (uint32_t)(l - f->leg));
}

bool flat_post_waits(const struct flat *f, struct flat_leg *l, const struct flat_leg_view *p,
		     const struct flat_view *v, struct flat_out *o)
{
	struct price touch;

	if (!l->resting || l->target.v == 0)
		return false;
	if (v->now_ns >= l->next_ns) {
		if (!v->post_only || touch_left(l, p, &touch))
			flat_leg_want(f, o, FW_CANCEL_RO, (uint32_t)(l - f->leg));
		l->next_ns = v->now_ns + flat_knobs(v)->probe_ms * FLAT_MS;
	}
	flat_wake(o, l->next_ns);
	return true;
}

void flat_post_stop(struct flat *f, const struct flat_view *v, struct flat_out *o)
{
	for (uint32_t i = 0; i < f->n; i++) {
		struct flat_leg *l = &f->leg[i];

		if (!l->resting || l->verb == VERB_NOW)
			continue;
		if (f->done || v->now_ns >= l->next_ns) {
			flat_leg_want(f, o, FW_CANCEL_RO, i);
			l->next_ns = v->now_ns + flat_knobs(v)->probe_ms * FLAT_MS;
		}
		flat_wake(o, l->next_ns);
	}
}
