/* market.c: prices, books, the tape and volatility, by instrument.
 *
 * 1. An age counts from the last frame that proved a stream alive, not from the last change.
 * 2. Volatility is max(5 min EWMA, 1 h EWMA, half the 30-day prior) x 1.4. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "engine/inner.h"

#define TWAP_MEMORY_S 300.0

static struct mkt *mkt(struct engine *e, uint16_t instr)
{
	return instr < e->instrs.n ? &e->mkt[instr] : NULL;
}

double market_sigma_raw(const struct engine *e, uint16_t instr)
{
	return live_sigma_raw(&e->mkt[instr].vol, estimate_sigma_30d(e, instr));
}

double market_sigma(const struct engine *e, uint16_t instr)
{
	return 1.4 * market_sigma_raw(e, instr);
}

struct price market_mark(const struct engine *e, uint16_t instr)
{
	return instr < e->instrs.n ? e->mkt[instr].mark : (struct price){0};
}

void market_ctx(struct engine *e, const struct event *ev)
{
	struct mkt *m = mkt(e, ev->ctx.instr);

	if (!m || ev->ctx.mark.v <= 0)
		return;
	m->mark = ev->ctx.mark;
	m->oracle = ev->ctx.oracle;
	m->mid = ev->ctx.mid;
	m->funding = ev->ctx.funding;
	if (ev->ctx.day_volume.v > 0)
		m->day_usd = ev->ctx.day_volume;
	m->mark_ns = m->mid_ns = e->now_ns;
	e->market_ns = e->now_ns;
	live_vol_add(&m->vol, price_to_double(m->mark), e->now_ns);
	exits_touch(e, ev->ctx.instr);
}

void market_mids(struct engine *e, const struct event *ev)
{
	for (uint32_t i = 0; i < ev->mids.n; i++) {
		struct mkt *m = mkt(e, ev->mids.at[i].instr);

		if (!m || ev->mids.at[i].px.v <= 0)
			continue;
		m->mid = ev->mids.at[i].px;
		m->mid_ns = e->now_ns;
		/* coins without a context stream still need a rough volatility */
		if (e->now_ns - m->mark_ns > 10 * S)
			live_vol_add(&m->vol, price_to_double(m->mid), e->now_ns);
	}
	e->market_ns = e->now_ns;
}

const struct book *market_book_of(const struct engine *e, uint16_t instr)
{
	uint8_t b = instr < e->instrs.n ? e->mkt[instr].book : 0;

	return b ? &e->book[b - 1] : NULL;
}

/* The book of a coin, taken from the coin least lately wanted when all are in use. */
static struct book *book_make(struct engine *e, uint16_t instr)
{
	struct mkt *m = &e->mkt[instr];
	uint32_t at = e->n_books;

	if (m->book)
		return &e->book[m->book - 1];
	if (at < BOOKS_MAX) {
		e->n_books++;
	} else {
		for (uint32_t k = at = 0; k < BOOKS_MAX; k++)
			if (e->mkt[e->book[k].instr].focus_ns < e->mkt[e->book[at].instr].focus_ns)
				at = k;
		if (e->mkt[e->book[at].instr].focus_ns >= m->focus_ns)
			return NULL;
		e->mkt[e->book[at].instr].book = 0;
		limit_told(e, 1, "books kept");
	}
	e->book[at] = e->deep[at] = (struct book){.instr = instr};
	m->book = (uint8_t)(at + 1);
	estimate_begin(e, instr);
	return &e->book[at];
}

static void alive(struct engine *e, struct mkt *m)
{
	m->book_ns = e->now_ns;
	e->market_ns = e->now_ns;
}

/* What of a book outlives its frame. */
static struct book stamps_of(const struct book *b)
{
	return (struct book){.venue_ms = b->venue_ms,
			     .seen_ns = b->seen_ns,
			     .deep_ns = b->deep_ns,
			     .five_bid = b->five_bid,
			     .five_ask = b->five_ask};
}

/* The same block sent again proves that the socket lives, not that the book does: its age goes on.
 */
static void proven(struct engine *e, struct mkt *m, struct book *b, const struct book *was)
{
	book_note_five(b, was->five_bid, was->five_ask, e->now_ns - was->seen_ns);
	if (b->venue_ms > was->venue_ms || !was->seen_ns) {
		alive(e, m);
		estimate_book(e, b->instr);
		return;
	}
	b->seen_ns = was->seen_ns;
	if (b->deep_ns > was->deep_ns)
		b->deep_ns = was->deep_ns;
}

static int64_t side_depth(const struct book *b, bool bids)
{
	const struct level *l = bids ? b->bid : b->ask;
	int n = bids ? b->n_bid : b->n_ask;
	int64_t sum = 0;

	for (int i = 0; i < n; i++)
		sum += l[i].sz.v;
	return sum;
}

static void deep_book(struct engine *e, struct mkt *m, const struct book *b)
{
	struct book *d = m->book ? &e->deep[m->book - 1] : NULL;

	if (!d)
		return;
	*d = (struct book){.instr = b->instr};
	if (book_apply(d, b) != BOOK_OK)
		*d = (struct book){.instr = b->instr};
	d->seen_ns = e->now_ns;
	estimate_deep(e, b->instr);
}

/* With how many digits a book should be read so that it holds `szi`; 0: the 20 levels do. */
uint8_t market_deep_figs(struct engine *e, uint16_t instr, struct qty szi)
{
	struct mkt *m = mkt(e, instr);
	const struct book *d;
	int64_t q = szi.v < 0 ? -szi.v : szi.v, had;

	if (!m || !m->book || side_depth(&e->book[m->book - 1], szi.v > 0) >= q)
		return 0;
	d = &e->deep[m->book - 1];
	had = side_depth(d, szi.v > 0);
	if (!m->deep_figs)
		m->deep_figs = 5;
	else if (d->n_bid && had < q && m->deep_figs > 3)
		m->deep_figs--;
	else if (d->n_bid && had / 8 > q && m->deep_figs < 5)
		m->deep_figs++;
	return m->deep_figs;
}

const struct book *market_deep_of(const struct engine *e, uint16_t instr)
{
	uint8_t b = instr < e->instrs.n ? e->mkt[instr].book : 0;

	return b && e->deep[b - 1].n_bid && e->now_ns - e->deep[b - 1].seen_ns < 10 * S
		       ? &e->deep[b - 1]
		       : NULL;
}

const struct book *market_book_for(const struct engine *e, uint16_t instr, struct qty szi)
{
	const struct book *b = market_book_of(e, instr), *d = market_deep_of(e, instr);
	int64_t q = szi.v < 0 ? -szi.v : szi.v, fine = b ? side_depth(b, szi.v > 0) : 0;

	return d && fine < q && side_depth(d, szi.v > 0) > fine ? d : b;
}

void market_book(struct engine *e, const struct event *ev)
{
	struct mkt *m = mkt(e, ev->book.book->instr);
	struct book *b, was;
	enum book_result r;

	if (!m)
		return;
	if (ev->book.answer && ev->book.sig_figs) {
		deep_book(e, m, ev->book.book);
		return;
	}
	vtime_saw(e, ev->book.book->venue_ms);
	b = book_make(e, ev->book.book->instr);
	if (!b)
		return;
	if (!vtime_told(e, b->venue_ms))
		b->venue_ms = 0; /* after nonsense none is older */
	was = stamps_of(b);
	r = book_apply(b, ev->book.book);
	if (r == BOOK_OK)
		proven(e, m, b, &was);
	else if (r == BOOK_OLDER && !ev->book.answer)
		return;
	exits_touch(e, ev->book.book->instr);
}

void market_bbo(struct engine *e, const struct event *ev)
{
	struct mkt *m = mkt(e, ev->bbo.instr);

	struct book *b, was;

	if (!m || !m->book)
		return;
	b = &e->book[m->book - 1];
	was = stamps_of(b);
	if (book_apply_bbo(b, &ev->bbo.bid, &ev->bbo.ask, ev->bbo.venue_ms, e->now_ns) == BOOK_OK)
		proven(e, m, b, &was);
	exits_touch(e, ev->bbo.instr);
}

static void minute_roll(struct mkt *m, int64_t now_ns)
{
	int64_t slot = now_ns / (5 * S);

	for (int k = 0; m->minute_slot < slot && k < 12; k++)
		m->minute[++m->minute_slot % 12] = 0;
	m->minute_slot = slot;
}

/* Suborders of venue TWAPs carry no hash on the tape: who runs one is not told, that one runs is.
 */
static void twaps_add(struct mkt *m, const struct trade *t, int64_t now_ns)
{
	double old = exp(-(double)(now_ns - m->taken_ns) / 1e9 / TWAP_MEMORY_S);
	int s = t->side == SIDE_SELL;

	for (int k = 0; k < 2; k++) {
		m->taken[k].all *= old;
		m->taken[k].no_hash *= old;
		m->taken[k].prints *= old;
	}
	m->taken_ns = now_ns;
	m->taken[s].all += qty_to_double(t->sz);
	if (!t->no_hash)
		return;
	m->taken[s].no_hash += qty_to_double(t->sz);
	m->taken[s].prints += t->time_ms != m->taken[s].print_ms;
	m->taken[s].print_ms = t->time_ms;
}

void market_twaps(const struct engine *e, uint16_t instr, bool buy, double *share, double *prints)
{
	const struct mkt *m = &e->mkt[instr];
	double age = (double)(e->now_ns - m->taken_ns) / 1e9;

	*prints = m->taken[!buy].prints * exp(-age / TWAP_MEMORY_S);
	*share = m->taken[!buy].all > 0 ? m->taken[!buy].no_hash / m->taken[!buy].all : 0;
}

void market_trades(struct engine *e, const struct event *ev)
{
	struct mkt *m = mkt(e, ev->trades.instr);

	if (!m)
		return;
	minute_roll(m, e->now_ns);
	for (uint32_t i = 0; i < ev->trades.n; i++) {
		const struct trade *t = &ev->trades.at[i];

		m->last = t->px;
		m->last_ns = e->now_ns;
		if (ev->trades.history)
			continue;
		qty_add(&m->volume, m->volume, t->sz);
		m->minute[m->minute_slot % 12] += qty_to_double(t->sz);
		twaps_add(m, t, e->now_ns);
		estimate_trade(e, ev->trades.instr, t);
		exits_trade(e, ev->trades.instr, t);
	}
	e->market_ns = e->now_ns;
	if (!ev->trades.history)
		exits_touch(e, ev->trades.instr);
}

double market_volume_1m(const struct engine *e, uint16_t instr)
{
	const struct mkt *m = &e->mkt[instr];
	int64_t slot = e->now_ns / (5 * S);
	double sum = 0;

	for (int k = 0; k < 12; k++) /* slots older than a minute count no more */
		if (m->minute_slot - k > slot - 12 && m->minute_slot - k >= 0)
			sum += m->minute[(m->minute_slot - k) % 12];
	return sum;
}

void market_want(struct engine *e, uint16_t instr, int64_t until_ns)
{
	struct mkt *m = mkt(e, instr);

	if (!m)
		return;
	if (until_ns > m->focus_ns)
		m->focus_ns = until_ns;
	if (m->feed || e->instrs.at[instr].delisted || !ef_room(e, 8))
		return;
	if (book_make(e, instr)) {
		struct effect *f = ef(e, EF_FEED, 0);

		f->feed.instr = instr;
		f->feed.on = m->feed = true;
	}
}

/* Feeds follow what is in play: positions, exits, the flatten, the coin looked at. */
void market_tick(struct engine *e)
{
	for (int a = 0; a < e->conf.n_accounts; a++)
		for (uint32_t k = 0; k < e->acct[a].n_held; k++) {
			const struct held *h = &e->acct[a].held[k];

			if (h->used && pos_szi(&h->pos).v)
				market_want(e, h->instr, e->now_ns + FEED_KEEP_S * S);
		}
	for (int x = 0; x < EXITS_MAX; x++)
		if (e->exit[x].used && e->exit[x].x.state != XS_DONE)
			market_want(e, e->exit[x].instr, e->now_ns + FEED_KEEP_S * S);
	for (uint32_t b = 0; b < e->n_books; b++) {
		uint16_t instr = e->book[b].instr;
		struct mkt *m = &e->mkt[instr];

		if (m->book == b + 1 && m->feed && m->focus_ns < e->now_ns && ef_room(e, 8)) {
			struct effect *f = ef(e, EF_FEED, 0);

			f->feed.instr = instr;
			m->feed = false;
		}
	}
}
