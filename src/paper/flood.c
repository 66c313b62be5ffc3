/* flood.c: load: market frames beyond the venue's own beat, for whoever subscribed to them.
 *
 * The host paces them (a rate, or a burst as fast as the socket is read) and asks for n at a time;
 * here each is made like its own kind: books, bbo and contexts as they are now, trades as one print
 * at the touch with an id of its own. Private streams are not touched, and no frame invents a
 * price. */
#include "paper/admin.h"

#include "base/banned.h"

enum { RATE_MAX = 100000, BURST_MAX = 10000000 };

static bool fits(const struct sub *x)
{
	return x->coin >= 0 &&
	       (x->ch == CH_L2BOOK || x->ch == CH_BBO || x->ch == CH_TRADES || x->ch == CH_CTX);
}

static void send_trade(struct paper *p, struct ws *w, uint16_t coin)
{
	struct print x = {.time_ms = p->block, .tid = next_tid(p)};
	struct paper_level l;
	struct str s = {0};

	str_puts(&s, "{\"channel\":\"trades\",\"data\":[");
	if (book_levels(&p->coin[coin], 0, &l, 1) > 0) {
		x.px = l.px.v;
		x.sz = l.sz.v;
		put_print(&p->coin[coin], &x, &s);
	}
	str_puts(&s, "]}");
	ws_send(p, w, &s, p->now);
	str_free(&s);
}

uint32_t paper_flood(struct paper *p, uint64_t conn, uint32_t n)
{
	struct ws *w = ws_find(p, conn);
	uint32_t made = 0, passed = 0;

	while (w != NULL && !w->closed && made < n && passed < w->n_subs) {
		const struct sub *x = &w->sub[p->flood_at++ % w->n_subs];

		passed++;
		if (!fits(x))
			continue;
		if (x->ch == CH_TRADES)
			send_trade(p, w, (uint16_t)x->coin);
		else
			push_now(p, w, x);
		made++;
		passed = 0;
	}
	return made;
}

uint32_t paper_flood_rate(const struct paper *p)
{
	return p->flood;
}

uint32_t paper_burst_take(struct paper *p)
{
	uint32_t n = p->burst;

	p->burst = 0;
	return n;
}

bool admin_flood(struct paper *p, const struct jv *root)
{
	int64_t v;

	if (!jv_i64(jv_get(root, "flood"), &v) || v < 0 || v > RATE_MAX)
		return admin_no(p, "flood: messages a second, from 0 to 100000");
	p->flood = (uint32_t)v;
	return true;
}

bool admin_burst(struct paper *p, const struct jv *root)
{
	int64_t v;

	if (!jv_i64(jv_get(root, "burst"), &v) || v < 0 || v > BURST_MAX)
		return admin_no(p, "burst: messages, from 0 to 10000000");
	p->burst = (uint32_t)v;
	return true;
}
