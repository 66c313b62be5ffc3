/* push.c: what the sockets are told, and when.
 *
 * 1. Books, mids, contexts and account states go out on their clocks, changed or not; bbo on change
 *    in a block; trades, orders, fills and events in the block in which they happened.
 * 2. isSnapshot is true on the first frame of a subscription and absent afterwards.
 * 3. A socket on which nothing was sent for 60 s is closed. */
#include <string.h>

#include "paper/state.h"

#include "base/banned.h"

enum { IDLE_MS = 60000, CTXS_MS = 13600, CANDLE_MS = 1000 };

static int64_t cadence(const struct paper *p, const struct sub *x)
{
	switch (x->ch) {
	case CH_L2BOOK:
		return x->fast ? p->conf.fast_ms : p->conf.book_ms;
	case CH_MIDS:
		return p->conf.mids_ms;
	case CH_CTX:
	case CH_CTXS:
		return p->conf.ctx_ms;
	case CH_ALL_CTXS:
		return CTXS_MS;
	case CH_CANDLE:
		return CANDLE_MS;
	case CH_ASSET_DATA:
	case CH_STATE:
	case CH_ALL_STATES:
	case CH_OPEN_ORDERS:
	case CH_SPOT_STATE:
	case CH_TWAP_STATES:
	case CH_WEB_DATA3:
		return p->conf.state_ms;
	default:
		return 0; /* by event */
	}
}

static bool is_market(enum channel ch)
{
	return ch < CH_ASSET_DATA;
}

static void begin(struct str *s, const char *channel)
{
	str_printf(s, "{\"channel\":\"%s\",\"data\":", channel);
}

static void finish_at(struct paper *p, struct ws *w, struct str *s, int64_t due_ms)
{
	str_putc(s, '}');
	ws_send(p, w, s, due_ms);
	str_free(s);
}

static void finish(struct paper *p, struct ws *w, struct str *s)
{
	finish_at(p, w, s, p->now);
}

/* When what tells of fills may leave: with FAULT_LATE_FILLS after the orders' updates. */
static int64_t fills_due(struct paper *p)
{
	return fault_hits(p, FAULT_LATE_FILLS) ? p->now + p->fault[FAULT_LATE_FILLS].ms : p->now;
}

static void put_bbo(struct paper *p, uint16_t coin, struct str *s)
{
	const struct coin *c = &p->coin[coin];
	struct paper_level l;
	int side;

	str_printf(s, "{\"coin\":\"%s\",\"time\":%lld,\"bbo\":[", c->c.name,
		   (long long)(book_is_stale(p) ? c->stale.time_ms : p->block));
	for (side = 1; side >= 0; side--) {
		str_puts(s, side ? "" : ",");
		if (shown_levels(p, coin, side, &l, 1) > 0)
			put_level(s, &l);
		else
			str_puts(s, "null");
	}
	str_puts(s, "]}");
}

static void put_all_ctxs(struct paper *p, struct str *s)
{
	int d;

	str_puts(s, "{\"ctxs\":[");
	for (d = 0; d < p->n_dexes; d++) {
		str_printf(s, "%s[\"%s\",", d ? "," : "", p->dex[d].name);
		put_ctxs(p, d, s);
		str_putc(s, ']');
	}
	str_puts(s, "]}");
}

/* Opens what is of one dex, and of an account. */
static void begin_dex(const struct paper *p, const struct sub *x, const char *key, struct str *s)
{
	str_printf(s, "{\"dex\":\"%s\"", p->dex[x->dex].name);
	if (x->a != NULL)
		str_printf(s, ",\"user\":\"%s\"", x->a->hex);
	str_printf(s, ",\"%s\":", key);
}

/* The data of the channels that repeat themselves; false: nothing to say. */
static bool put_timed(struct paper *p, const struct sub *x, struct str *s)
{
	struct acct *a = x->a;
	uint16_t coin = (uint16_t)x->coin;
	size_t was;

	switch (x->ch) {
	case CH_L2BOOK:
		put_book(p, coin, x->sig_figs, x->mantissa, x->fast, s);
		return true;
	case CH_MIDS:
		if (x->dex > 0)
			begin_dex(p, x, "mids", s);
		else
			str_puts(s, "{\"mids\":");
		put_mids(p, x->dex, s);
		str_putc(s, '}');
		return true;
	case CH_CTX:
		str_printf(s, "{\"coin\":\"%s\",\"ctx\":", p->coin[coin].c.name);
		put_ctx(p, coin, s);
		str_putc(s, '}');
		return true;
	case CH_CTXS:
		begin_dex(p, x, "ctxs", s);
		put_ctxs(p, x->dex, s);
		str_putc(s, '}');
		return true;
	case CH_ALL_CTXS:
		put_all_ctxs(p, s);
		return true;
	case CH_CANDLE:
		was = s->len;
		put_candle(p, coin, x->interval_ms, x->interval,
			   p->block / x->interval_ms * x->interval_ms, INT64_MAX / 2, false, s);
		return s->len > was;
	case CH_ASSET_DATA:
		put_asset_data(p, a, coin, s);
		return true;
	case CH_STATE:
		begin_dex(p, x, "clearinghouseState", s);
		put_state(p, a, x->dex, s);
		str_putc(s, '}');
		return true;
	case CH_ALL_STATES:
		str_printf(s, "{\"user\":\"%s\",\"clearinghouseStates\":", a->hex);
		put_dex_states(p, a, s);
		str_putc(s, '}');
		return true;
	case CH_OPEN_ORDERS:
		begin_dex(p, x, "orders", s);
		put_open_orders(p, a, x->dex, true, s);
		str_putc(s, '}');
		return true;
	case CH_SPOT_STATE:
		str_printf(s, "{\"user\":\"%s\",\"spotState\":", a->hex);
		put_spot_state(p, a, s);
		str_putc(s, '}');
		return true;
	case CH_TWAP_STATES:
		begin_dex(p, x, "states", s);
		str_putc(s, '[');
		put_twap_states(p, a, x->dex, s);
		str_puts(s, "]}");
		return true;
	case CH_WEB_DATA3:
		put_web_data3(p, a, s);
		return true;
	default:
		return false;
	}
}

static void send_timed(struct paper *p, struct ws *w, const struct sub *x)
{
	struct str s = {0};

	begin(&s, channel_name(x->ch));
	if (put_timed(p, x, &s))
		finish(p, w, &s);
	else
		str_free(&s);
}

void push_now(struct paper *p, struct ws *w, const struct sub *x)
{
	struct str s = {0};

	if (x->ch != CH_BBO) {
		send_timed(p, w, x);
		return;
	}
	begin(&s, "bbo");
	put_bbo(p, (uint16_t)x->coin, &s);
	finish(p, w, &s);
}

/* --- by event, with a snapshot --- */

static const char *list_key(enum channel ch)
{
	switch (ch) {
	case CH_USER_FILLS:
		return "fills";
	case CH_USER_FUNDINGS:
		return "fundings";
	case CH_USER_LEDGER:
		return "nonFundingLedgerUpdates";
	case CH_SLICE_FILLS:
		return "twapSliceFills";
	case CH_TWAP_HISTORY:
		return "history";
	case CH_HISTORICAL:
		return "orderHistory";
	default:
		return NULL;
	}
}

static const struct str *list_event(const struct acct *a, enum channel ch)
{
	switch (ch) {
	case CH_USER_FILLS:
		return &a->ev_fills;
	case CH_USER_FUNDINGS:
		return &a->ev_fundings;
	case CH_USER_LEDGER:
		return &a->ev_ledger;
	case CH_SLICE_FILLS:
		return &a->ev_slices;
	case CH_TWAP_HISTORY:
		return &a->ev_twaps;
	default:
		return &a->ev_history;
	}
}

static void put_list(struct paper *p, const struct sub *x, struct str *s)
{
	struct acct *a = x->a;
	uint32_t i;

	switch (x->ch) {
	case CH_USER_FILLS:
		put_fills(p, a, false, 0, INT64_MAX, true, x->aggregate, s);
		break;
	case CH_USER_FUNDINGS:
		str_putc(s, '[');
		for (i = 0; i < a->n_fundings; i++) {
			if (i > 0)
				str_putc(s, ',');
			put_funding(p, &a->fundings[i], s);
		}
		str_putc(s, ']');
		break;
	case CH_USER_LEDGER:
		str_printf(s, "[%s]", str_text(&a->ledger));
		break;
	case CH_SLICE_FILLS:
		put_fills(p, a, true, 0, INT64_MAX, true, false, s);
		break;
	case CH_TWAP_HISTORY:
		str_putc(s, '[');
		put_twap_history(p, a, s);
		str_putc(s, ']');
		break;
	default:
		put_history(p, a, s);
	}
}

void push_snapshot(struct paper *p, struct ws *w, struct sub *x)
{
	struct str s = {0};

	x->next_ms = p->block + cadence(p, x);
	begin(&s, channel_name(x->ch));
	if (list_key(x->ch) != NULL) {
		str_printf(&s, "{\"isSnapshot\":true,\"user\":\"%s\",\"%s\":", x->a->hex,
			   list_key(x->ch));
		put_list(p, x, &s);
		str_putc(&s, '}');
	} else if (x->ch == CH_TRADES) {
		put_trades(p, (uint16_t)x->coin, &s);
	} else if (x->ch == CH_BBO) {
		put_bbo(p, (uint16_t)x->coin, &s);
	} else if (!put_timed(p, x, &s)) {
		str_free(&s);
		return;
	}
	finish(p, w, &s);
}

/* --- one block --- */

static void send_event(struct paper *p, struct ws *w, const char *channel, const char *open,
		       const char *items, size_t n, const char *close)
{
	bool fills = strcmp(channel, "user") == 0 || strcmp(channel, "userFills") == 0;
	struct str s = {0};

	begin(&s, channel);
	str_puts(&s, open);
	str_add(&s, items, n);
	str_puts(&s, close);
	finish_at(p, w, &s, fills ? fills_due(p) : p->now);
}

static void send_fundings(struct paper *p, struct ws *w, const struct acct *a)
{
	const char *at = str_text(&a->ev_fundings), *end;

	while (*at != '\0') { /* flat objects: one frame each */
		end = strchr(at, '}');
		send_event(p, w, "user", "{\"funding\":", at, (size_t)(end + 1 - at), "}");
		at = end[1] == ',' ? end + 2 : end + 1;
	}
}

static void send_user_events(struct paper *p, struct ws *w, const struct acct *a)
{
	const struct {
		const struct str *ev;
		const char *open, *close;
	} row[] = {
		{&a->ev_fills, "{\"fills\":[", "]}"},
		{&a->ev_liq, "{\"liquidation\":", "}"},
		{&a->ev_cancels, "{\"nonUserCancel\":[", "]}"},
		{&a->ev_twaps, "{\"twapHistory\":[", "]}"},
		{&a->ev_slices, "{\"twapSliceFills\":[", "]}"},
	};
	size_t i;

	for (i = 0; i < sizeof row / sizeof row[0]; i++)
		if (row[i].ev->len > 0)
			send_event(p, w, "user", row[i].open, row[i].ev->p, row[i].ev->len,
				   row[i].close);
	send_fundings(p, w, a);
}

static void send_notes(struct paper *p, struct ws *w, const struct acct *a)
{
	const char *at = str_text(&a->ev_notes);
	struct str one = {0}, text = {0};

	while (*at != '\0') {
		size_t n = strcspn(at, "\n");

		str_add(&one, at, n);
		str_json(&text, one.p);
		send_event(p, w, "notification", "{\"notification\":", text.p, text.len, "}");
		str_clear(&one);
		str_clear(&text);
		at += at[n] == '\n' ? n + 1 : n;
	}
	str_free(&one);
	str_free(&text);
}

static void push_user(struct paper *p, struct ws *w, const struct sub *x)
{
	const struct acct *a = x->a;
	const struct str *ev;
	struct str open = {0};

	if (x->ch == CH_ORDER_UPDATES) {
		if (a->ev_orders.len > 0)
			send_event(p, w, "orderUpdates", "[", a->ev_orders.p, a->ev_orders.len,
				   "]");
	} else if (x->ch == CH_USER_EVENTS) {
		send_user_events(p, w, a);
	} else if (x->ch == CH_NOTIFICATION) {
		send_notes(p, w, a);
	} else if ((ev = list_event(a, x->ch))->len > 0) {
		str_printf(&open, "{\"user\":\"%s\",\"%s\":[", a->hex, list_key(x->ch));
		send_event(p, w, channel_name(x->ch), open.p, ev->p, ev->len, "]}");
		str_free(&open);
	}
}

static void push_sub(struct paper *p, struct ws *w, struct sub *x)
{
	struct coin *c = x->coin >= 0 ? &p->coin[x->coin] : NULL;
	int64_t every = cadence(p, x);
	struct str s = {0};

	if (fault_hits(p, is_market(x->ch) ? FAULT_FREEZE : FAULT_FREEZE_USER))
		return;
	if (every > 0) {
		if (p->block < x->next_ms)
			return;
		x->next_ms += every;
		if (x->next_ms <= p->block)
			x->next_ms = p->block + every;
		send_timed(p, w, x);
	} else if (x->ch == CH_BBO) {
		if (!c->bbo_moved)
			return;
		begin(&s, "bbo");
		put_bbo(p, (uint16_t)x->coin, &s);
		finish(p, w, &s);
	} else if (x->ch == CH_TRADES) {
		if (c->ev_trades.len > 0)
			send_event(p, w, "trades", "[", c->ev_trades.p, c->ev_trades.len, "]");
	} else if (x->a->touched) {
		push_user(p, w, x);
	}
}

static void note_bbo(struct paper *p, uint16_t coin)
{
	struct coin *c = &p->coin[coin];
	int side;

	c->bbo_moved = false;
	for (side = 0; side < 2; side++) {
		struct paper_level l = {0};

		shown_levels(p, coin, side, &l, 1);
		if (l.px.v != c->bbo[side].px.v || l.sz.v != c->bbo[side].sz.v ||
		    l.n != c->bbo[side].n)
			c->bbo_moved = true;
		c->bbo[side] = l;
	}
}

static void clear_events(struct paper *p)
{
	uint32_t i;

	for (i = 0; i < p->n_coins; i++)
		str_clear(&p->coin[i].ev_trades);
	for (i = 0; i < p->n_acct; i++) {
		struct acct *a = p->acct[i];

		if (!a->touched && a->ev_ledger.len == 0)
			continue;
		a->touched = false;
		str_clear(&a->ev_orders);
		str_clear(&a->ev_fills);
		str_clear(&a->ev_slices);
		str_clear(&a->ev_fundings);
		str_clear(&a->ev_cancels);
		str_clear(&a->ev_liq);
		str_clear(&a->ev_twaps);
		str_clear(&a->ev_ledger);
		str_clear(&a->ev_notes);
		str_clear(&a->ev_history);
	}
}

void push_block(struct paper *p)
{
	struct ws *w;
	uint32_t i;

	for (i = 0; i < p->n_coins; i++)
		note_bbo(p, (uint16_t)i);
	for (i = 0; i < p->n_acct; i++)
		if (p->acct[i]->ev_ledger.len > 0)
			p->acct[i]->touched = true;
	for (w = p->ws; w != NULL; w = w->next) {
		for (i = 0; !w->closed && i < w->n_subs; i++)
			push_sub(p, w, &w->sub[i]);
		if (!w->closed && p->block - w->last_sent_ms >= IDLE_MS) {
			w->closed = true;
			out_put(p, &(struct paper_out){.conn = w->conn, .kind = PAPER_OUT_CLOSE},
				p->now);
		}
	}
	clear_events(p);
}
