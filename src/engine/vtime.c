/* vtime.c: what time it is at the venue, for whatever the venue compares with its own clock:
 * expiry, the age of a read, what came before what.
 *
 * A frame's venue time less our boot clock, the greatest of half an hour to an hour, is the venue's
 * clock but for the quickest way here: never ahead of it. The boot clock is never set, so a wall
 * clock that jumps changes nothing, and a feed that stands still for less is not mistaken for a
 * clock.
 *
 * 1. Nothing heard: the wall clock. So at the start, and without a network.
 * 2. What goes to zero gets the later of the two: too late is harmless, too early is a refusal.
 * 3. Everything else gets the later one too, unless the wall clock is over a minute ahead: no
 *    frame is so old, and a part that arrives an hour later is one too many.
 * 4. Times of which the venue would refuse our nonces, a day behind us or two ahead, are nonsense.
 *    One frame with such a time must not make every later one look old: it is a frame without a
 *    time. */
#include "engine/inner.h"

enum { DAY_MS = 86400000, APART_MS = 60000 };
#define WINDOW (1800 * S)

void vtime_saw(struct engine *e, int64_t venue_ms)
{
	struct vtime *t = &e->vtime;
	int64_t ahead = venue_ms - e->now_ns / MS;

	if (venue_ms < e->wall_ms - DAY_MS || venue_ms > e->wall_ms + 2 * DAY_MS)
		return;
	if (!t->known || e->now_ns - t->turn_ns >= WINDOW) {
		t->before_ms = t->known ? t->ahead_ms : ahead;
		t->ahead_ms = ahead;
		t->turn_ns = e->now_ns;
		t->known = true;
	}
	if (ahead > t->ahead_ms)
		t->ahead_ms = ahead;
}

static int64_t at_venue(const struct engine *e, int64_t boot_ns)
{
	const struct vtime *t = &e->vtime;

	return boot_ns / MS + (t->before_ms > t->ahead_ms ? t->before_ms : t->ahead_ms);
}

int64_t vtime_late(const struct engine *e)
{
	int64_t there = e->vtime.known ? at_venue(e, e->now_ns) : 0;

	return there > e->wall_ms ? there : e->wall_ms;
}

int64_t vtime_told(const struct engine *e, int64_t venue_ms)
{
	return venue_ms <= vtime_late(e) ? venue_ms : 0;
}

int64_t vtime(const struct engine *e)
{
	int64_t there = e->vtime.known ? at_venue(e, e->now_ns) : e->wall_ms;

	return e->wall_ms - there > APART_MS ? there : vtime_late(e);
}

int64_t vtime_start(const struct engine *e)
{
	int64_t there = e->vtime.known ? at_venue(e, e->start_ns) : e->start_wall_ms;
	int64_t apart = there - e->start_wall_ms;

	return apart > APART_MS || apart < -APART_MS ? there : e->start_wall_ms;
}
