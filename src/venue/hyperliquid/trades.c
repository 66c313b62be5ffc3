/* trades.c: which trades are new. A subscription begins with the last 30 trades; counted as volume
 * they would let an exit take part in what is long over.
 *
 *  1. Until a subscription is acknowledged a frame is of an earlier one or a history: nothing of it
 *     is new. Neither is the first frame after that.
 *  2. A trade is new once, by time and tid, over all subscriptions of the coin. When more trades
 *     share the newest millisecond than are kept, the rest counts as history: too little volume
 *     slows an exit, too much would overtrade it.
 */
#include "base/check.h"
#include "venue/hyperliquid/internal.h"
#include "base/banned.h"

/* The coin's row, else a free one, else the one that was used longest ago. */
static struct trades_seen *row_of(struct hl *h, uint16_t instr)
{
	struct trades_seen *best = NULL;

	for (size_t i = 0; i < COUNT_OF(h->trades_seen); i++) {
		struct trades_seen *s = &h->trades_seen[i];

		if (s->ms && s->instr == instr)
			return s;
		if (!best || (best->ms && (!s->ms || s->used_ns < best->used_ns)))
			best = s;
	}
	*best = (struct trades_seen){.instr = instr};
	return best;
}

static bool is_new(const struct trades_seen *s, const struct trade *t)
{
	if (t->time_ms != s->ms)
		return t->time_ms > s->ms;
	if (s->n > SEEN_TIDS)
		return false;
	for (uint8_t i = 0; i < s->n; i++)
		if (s->tid[i] == t->tid)
			return false;
	return true;
}

static void keep(struct trades_seen *s, const struct trade *t)
{
	if (t->time_ms > s->ms) {
		s->ms = t->time_ms;
		s->n = 0;
	}
	if (t->time_ms < s->ms || !is_new(s, t))
		return;
	if (s->n < SEEN_TIDS)
		s->tid[s->n] = t->tid;
	s->n++;
}

static void tell(struct hl *h, uint16_t instr, bool history, const struct trade *at, uint32_t n)
{
	struct event ev = hl_event(h, EV_TRADES);

	ev.trades = (struct ev_trades){.instr = instr, .history = history, .n = n, .at = at};
	hl_emit(h, &ev);
}

/* Nothing of this subscription but its history has come. */
static bool still_history(struct sub *p)
{
	bool acked = p && (p->state == SUB_LIVE || p->state == SUB_DROP);
	bool was = !p || !p->live;

	if (acked)
		p->live = true;
	return was;
}

void trades_use(struct hl *h, uint16_t instr, uint32_t n)
{
	const struct trade *t = h->c.shared->scratch.trade;
	struct sub *p = subs_find(h, STREAM_TRADES, 0, instr);
	struct trades_seen *s = row_of(h, instr);
	bool all = still_history(p);
	uint32_t from = 0;

	subs_seen(h, p);
	/* Judged by what was seen before this frame: a history may come newest first. */
	for (uint32_t i = 1; i <= n; i++) {
		bool old = all || !is_new(s, &t[from]);

		if (i < n && old == (all || !is_new(s, &t[i])))
			continue;
		tell(h, instr, old, t + from, i - from);
		from = i;
	}
	for (uint32_t i = 0; i < n; i++)
		keep(s, &t[i]);
	s->used_ns = h->now_ns;
}
