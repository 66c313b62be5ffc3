/* hands.c: orders and fills that are not ours: what they were, how large, when, and what a running
 * exit makes of them (operations.md 5 and 9).
 *
 * 1. Fills of another hand within TOGETHER_S of each other are one message with their sum.
 * 2. The fills of one order are one order, whoever counts writers.
 * 3. The venue tells no agent beside a fill or an order, so none is named. */
#include <string.h>

#include "engine/inner.h"
#include "engine/words.h"

enum { TOGETHER_S = 10 };

static void put_time(struct buf *b, int64_t wall_ms)
{
	int64_t s = wall_ms / 1000 % 86400;

	buf_printf(b, "%02lld:%02lld:%02lld", (long long)(s / 3600), (long long)(s / 60 % 60),
		   (long long)(s % 60));
}

/* Many within a short time: another program keeps trading here. */
static void count_writer(struct engine *e, uint8_t account, uint64_t oid)
{
	struct account *a = &e->acct[account];
	struct rec r = {.kind = REC_OTHER_HAND, .account = account};
	char text[200];
	struct buf b;

	if (e->now_ns - a->foreign_ns > TOGETHER_S * S) {
		a->foreign_ns = e->now_ns;
		a->foreign_n = 0;
	}
	for (uint32_t i = 0; oid && i < a->foreign_n && i < WRITERS; i++)
		if (a->foreign_oid[i] == oid)
			return;
	if (a->foreign_n < WRITERS)
		a->foreign_oid[a->foreign_n] = oid;
	if (++a->foreign_n < WRITERS || a->two_writers)
		return;
	a->two_writers = true;
	buf_init(&b, text, sizeof text);
	buf_printf(&b, "TWO WRITERS: %u orders in %d s are not ours", a->foreign_n, TOGETHER_S);
	if (e->conf.n_accounts > 1)
		buf_printf(&b, " on %s", e->conf.account[account].name);
	buf_puts(&b, ". Exits keep to their tickets; flatten closes whoever's it is.");
	alarm_raise(e, 2, NC_TWO_WRITERS, account, NONE16, 0, text, text);
	memcpy(r.text, text, strlen(text) + 1);
	ef_rec(e, &r);
}

static const struct exit_slot *exit_there(const struct engine *e, uint8_t account, uint16_t instr)
{
	for (int i = 0; i < EXITS_MAX; i++)
		if (e->exit[i].used && e->exit[i].account == account && e->exit[i].instr == instr &&
		    e->exit[i].x.state != XS_DONE)
			return &e->exit[i];
	return NULL;
}

/* "Your exit still ends after 15 more, at 35 BTC. a include them" */
static void exit_words(const struct engine *e, const struct exit_slot *s, int64_t sum,
		       struct buf *b)
{
	const char *coin = coin_of(e, s->instr);
	int64_t szi = held_szi(e, s->account, s->instr).v, live = szi < 0 ? -szi : szi;
	int64_t left = exit_left(&s->x).v;
	bool grows = (sum > 0) != s->x.buy, turned = szi && (szi < 0) != s->x.buy;

	if (turned) {
		buf_printf(b, " The position turned over: x%u ends.", s->x.id);
		return;
	}
	if (left > live)
		left = live;
	if (grows)
		buf_puts(b, " Your exit still ends after ");
	else
		buf_puts(b, " Your exit now ends after ");
	put_size(b, qty_to_double((struct qty){left}));
	buf_puts(b, " more, at ");
	put_size(b, qty_to_double((struct qty){live - left}));
	buf_printf(b, " %s.%s", coin, grows ? " a include them" : "");
}

void other_fill(struct engine *e, uint8_t account, const struct fill *f)
{
	struct held *h = held_find(e, account, f->instr, false);
	const struct exit_slot *s = exit_there(e, account, f->instr);
	int64_t sum = f->buy ? f->sz.v : -f->sz.v;
	char text[256], brief[80];
	struct buf b;

	count_writer(e, account, f->oid);
	if (h) {
		if (f->time_ms - h->foreign_ms > TOGETHER_S * 1000)
			h->foreign_sum.v = 0;
		h->foreign_ms = f->time_ms;
		h->foreign_sum.v += sum;
		h->other_hand = true;
		sum = h->foreign_sum.v;
	}
	buf_init(&b, brief, sizeof brief);
	buf_printf(&b, "OTHER HAND: %c", sum < 0 ? '-' : '+');
	put_size(&b, qty_to_double((struct qty){sum}));
	buf_printf(&b, " %s %s at ", coin_of(e, f->instr), sum < 0 ? "sold" : "bought");
	put_time(&b, f->time_ms);
	buf_putc(&b, '.');
	buf_init(&b, text, sizeof text);
	buf_puts(&b, brief);
	if (e->conf.n_accounts > 1)
		buf_printf(&b, " On %s.", e->conf.account[account].name);
	if (s)
		exit_words(e, s, sum, &b);
	alarm_raise(e, 2, NC_OTHER_HAND, account, f->instr, 0, brief, text);
}

void other_order(struct engine *e, uint8_t account, const struct venue_order *o)
{
	struct held *h = held_find(e, account, o->instr, false);
	char text[256], px[40];
	struct buf b;

	count_writer(e, account, o->oid);
	if (h)
		h->other_hand = true;
	buf_init(&b, text, sizeof text);
	buf_printf(&b, "OTHER HAND: order to %s ", o->buy ? "buy" : "sell");
	if (o->orig.v)
		put_size(&b, qty_to_double(o->orig));
	else
		buf_puts(&b, "the whole position of");
	buf_printf(
		&b, " %s at %s%s, placed at ", coin_of(e, o->instr),
		price_text(px, &e->instrs.at[o->instr], o->is_trigger ? o->trigger_px : o->limit),
		o->is_trigger ? " (stop)" : "");
	put_time(&b, o->time_ms);
	buf_puts(&b, ".");
	if (e->conf.n_accounts > 1)
		buf_printf(&b, " On %s.", e->conf.account[account].name);
	alarm_raise(e, 2, NC_OTHER_HAND, account, o->instr, 0, text, text);
}
