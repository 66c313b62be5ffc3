/* t_messages.c: the ten messages of operations.md 9, each in its situation: the engine is brought
 * into it, its snapshot goes under the real screen, and the message is read off the cells, in row 0
 * and whole behind Space, at 80x24 and 120x40. No text here is put into a snapshot by hand.
 *
 * The expected words are those of operations.md with the numbers of the situation played. # stands
 * for one number that time or a model makes (an age, a modelled cost); whatever follows from the
 * situation is spelt out. Where operations.md says more than one venue of linear contracts can know
 * (band, hedge keys, the writer's agent, what a catch-up costs), the row says so. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "tests/run.h"
#include "tests/screens/hand.h"
#include "tests/unit/engine_world.h"
#include "ui/fmt.h"
#include "ui/ui_in.h"

static struct world *played;
static char lines[200000], joined[200000];

static void from_engine(struct snap *s)
{
	engine_snap(played->e, s);
}

static void wake(struct world *w, int64_t slept_ns)
{
	struct event ev;

	w->now_ns += slept_ns;
	w->wall_ms += slept_ns / MSEC;
	w->n_asked = 0; /* what was asked before is not answered */
	ev = w_event(w, EV_WAKE);
	ev.wake.slept_ns = slept_ns;
	w_step(w, &ev);
}

/* ---- situations ---- */

static void eth_market(struct world *w, int64_t px)
{
	struct event ev = w_event(w, EV_CTX);
	struct book b = {.venue_ms = w_venue_ms(w), .seen_ns = w->now_ns, .n_bid = 5, .n_ask = 5};

	ev.ctx.instr = 1;
	ev.ctx.mark.v = ev.ctx.oracle.v = ev.ctx.mid.v = px * 10000000000;
	w_step(w, &ev);
	for (int i = 0; i < 5; i++) {
		b.bid[i] = (struct level){{(px - 1 - i) * 10000000000}, {10000000000}, 1};
		b.ask[i] = (struct level){{(px + 1 + i) * 10000000000}, {10000000000}, 1};
	}
	ev = w_event(w, EV_BOOK);
	b.instr = 1;
	ev.book.book = &b;
	w_step(w, &ev);
}

static void both_live(struct world *w, int64_t ns, int64_t btc, int64_t eth)
{
	for (int64_t t = 0; t < ns; t += 500 * MSEC) {
		w_pass(w, 500 * MSEC);
		w_market(w, btc);
		eth_market(w, eth);
	}
}

/* 2.5 BTC and 12 ETH long. */
static struct world *two_legs(int64_t equity_usd)
{
	struct world *w = w_new();

	w->szi = 250000000;
	w->eth_szi = 1200000000;
	w->equity = equity_usd * 100000000;
	w_begin(w, 100000);
	eth_market(w, 4000);
	return w;
}

static struct world *in_danger(void)
{
	struct world *w = two_legs(9000);

	both_live(w, 3 * SEC, 100000, 4000);
	return w;
}

static struct world *held(int64_t szi, int64_t equity_usd, int64_t px)
{
	struct world *w = w_new();

	w->szi = szi;
	w->equity = equity_usd * 100000000;
	w->px = px;
	return w_begin(w, px);
}

static struct world *near_liquidation(void) /* situation 1.1 of situations.md */
{
	struct world *w = w_new();

	w->szi = 2000000000;
	w->px = 112000;
	w->equity = 5454400000000;
	w->liq = 1106560000000000;
	w_begin(w, 112000);
	w_live(w, 2 * SEC, 112000);
	return w;
}

static const struct effect *flatten(struct world *w)
{
	uint32_t from = w->n_kept;

	w_flatten_all(w);
	w_pass(w, 20 * MSEC);
	return w_last_act(w, ACT_ORDER, from);
}

static struct world *not_answered(void)
{
	struct world *w = held(2000000000, 2000000, 100000);
	const struct effect *out = flatten(w);

	if (out)
		w_answer(w, out->send.env.nonce, ANSWER_UNKNOWN, NULL, 0, "timeout");
	w->mute = true;
	w_live(w, 2200 * MSEC, 100000);
	return w;
}

static struct world *venue_sick(void)
{
	struct world *w = held(2000000000, 2000000, 112500);
	struct event ev;

	w->order[0] = (struct venue_order){.reduce_only = true,
					   .is_trigger = true,
					   .limit = {1001700000000000},
					   .trigger_px = {1113000000000000},
					   .left = {2000000000},
					   .orig = {2000000000},
					   .oid = 4};
	w->n_orders = 1;
	w_orders(w);
	w_live(w, 2 * SEC, 112500);
	ev = w_event(w, EV_VENUE_ERROR);
	ev.venue_error.status = 502;
	w_step(w, &ev);
	w->mute = true;
	w_live(w, 14 * SEC, 112500);
	return w;
}

static struct world *post_only(void)
{
	struct world *w = two_legs(2000000);
	struct verdict no[2] = {{.kind = VERDICT_ERROR, .text = "Only post-only orders allowed"},
				{.kind = VERDICT_ERROR, .text = "Only post-only orders allowed"}};
	struct verdict rests[2] = {{.kind = VERDICT_RESTING, .oid = 9},
				   {.kind = VERDICT_RESTING, .oid = 10}};
	uint32_t from = w->n_kept, answered = from;

	w_flatten_all(w);
	for (int t = 0; t < 8; t++) {
		for (; answered < w->n_kept; answered++) {
			const struct effect *s = &w->kept[answered];

			if (s->kind == EF_SEND && s->send.act.kind == ACT_ORDER)
				w_answer(w, s->send.env.nonce, ANSWER_OK,
					 s->send.act.order[0].tif == TIF_ALO ? rests : no,
					 s->send.act.n, NULL);
		}
		both_live(w, 500 * MSEC, 100000, 4000);
	}
	return w;
}

static void marks(struct world *w, int64_t ns, int64_t px)
{
	for (int64_t t = 0; t < ns; t += 500 * MSEC) {
		struct event ev;

		w_pass(w, 500 * MSEC);
		ev = w_event(w, EV_CTX);
		ev.ctx.mark.v = ev.ctx.oracle.v = ev.ctx.mid.v = px * 10000000000;
		w_step(w, &ev);
	}
}

static struct world *frozen(void)
{
	struct world *w = held(2000000000, 38620, 111204);

	marks(w, 9500 * MSEC, 111204);
	return w;
}

static uint32_t ticket(struct world *w, int64_t coins, int64_t horizon_ms, int64_t working,
		       bool risk)
{
	struct cmd c = {.kind = CMD_EXIT};

	memcpy(c.ticket.coin, "BTC", 4);
	c.ticket.algo = ALGO_TWAP;
	c.ticket.horizon_ms = horizon_ms;
	c.ticket.size.unit = coins ? SIZE_COIN : SIZE_ALL;
	c.ticket.size.coin.v = coins;
	if (working)
		c.ticket.working = (struct price_spec){.ref = PREF_ABS, .abs = {working}};
	if (risk)
		c.ticket.risk.v = 100000000000;
	return w_command(w, &c)->reply.exit;
}

static struct world *under_its_price(void)
{
	struct world *w = held(2000000000, 100000, 99600);
	const struct effect *first;

	CHECK_INT(ticket(w, 0, 28800000, 995000000000000, true), 1);
	w_live(w, SEC, 99600);
	first = w_last_act(w, ACT_ORDER, 0);
	if (first)
		w_fill(w, first, 0, first->send.act.order[0].sz.v, 7);
	w_live(w, 131 * SEC, 99490);
	return w;
}

static struct world *is_flat(void)
{
	struct world *w = w_new();
	struct balance spot[2] = {{.coin = "USDC", .total = {5000000000}},
				  {.coin = "ETH", .total = {1250000000}}};
	struct event ev;
	const struct effect *out;

	memcpy(w->dex[w->n_dexes++].name, "xyz", 4);
	memcpy(w->dex[w->n_dexes++].name, "abc", 4);
	w->eth_szi = 1; /* so that ETH is listed */
	w_begin(w, 100000);
	w->eth_szi = 0;
	both_live(w, 6 * SEC, 100000, 4000);
	ev = w_event(w, EV_SPOT);
	ev.spot = (struct ev_spot){w_venue_ms(w), 2, spot};
	w_step(w, &ev);
	out = flatten(w);
	if (out)
		w_fill(w, out, 0, 100000000, 3);
	both_live(w, 6 * SEC, 100000, 4000);
	return w;
}

static struct world *not_flat(void)
{
	struct world *w = not_answered();

	w_live(w, 8 * SEC, 100000);
	return w;
}

static struct fill fill_of(const struct world *w, uint8_t kind, bool buy, int64_t sz, int64_t px)
{
	return (struct fill){.buy = buy,
			     .crossed = true,
			     .kind = kind,
			     .px = {px * 10000000000},
			     .sz = {sz},
			     .start_position = {w->szi},
			     .oid = 5001,
			     .tid = 1,
			     .time_ms = w->wall_ms};
}

static void filled(struct world *w, const struct fill *f)
{
	struct event ev = w_event(w, EV_FILLS);

	w->szi += f->buy ? f->sz.v : -f->sz.v;
	ev.fills.n = 1;
	ev.fills.at = f;
	w_step(w, &ev);
}

static struct world *liquidated(void)
{
	struct world *w = held(2000000000, 27664, 110656);
	struct fill f;

	w_live(w, 3 * SEC, 110656);
	f = fill_of(w, FILL_LIQUIDATION, false, 400000000, 110320);
	w->equity = 2613700000000;
	w->px = 110640;
	filled(w, &f);
	w_live(w, 7 * SEC, 110640);
	return w;
}

static struct world *hedge_taken(void)
{
	struct world *w = held(-150000000, 200000, 100000);
	struct fill f = fill_of(w, FILL_ADL, true, 90000000, 99000);

	w->liq = 2000000000000000;
	filled(w, &f);
	w_live(w, 2 * SEC, 100000);
	return w;
}

static struct world *slept(void)
{
	struct world *w = held(800000000, 2000000, 100000);

	w->wall_ms = 1700055000000; /* 13:30 */
	CHECK_INT(ticket(w, 0, 7200000, 0, false), 1);
	w_live(w, 5 * SEC, 100000);
	wake(w, 55 * 60 * SEC);
	w_connect(w, 2);
	w_market(w, 97900);
	w_live(w, 3 * SEC, 97900);
	return w;
}

static struct world *other_hand(void)
{
	struct world *w = held(5000000000, 2000000, 100000);
	struct fill f;

	CHECK_INT(ticket(w, 3000000000, 7200000, 0, false), 1);
	w->wall_ms = 1700055667000; /* 13:41:07 */
	f = fill_of(w, FILL_NORMAL, true, 1500000000, 100000);
	filled(w, &f);
	w_live(w, 2 * SEC, 100000);
	return w;
}

/* ---- what has to be said ---- */

static const struct message {
	const char *name;
	struct world *(*play)(void);
	uint8_t code, level;
	const char *text, *brief;
	const char *at_80, *at_120; /* row 0 */
	const char *keys;	    /* opened: what can be pressed */
} messages[] = {
	{"1 danger", in_danger, NC_DANGER, 3,
	 "CROSS dies at BTC -1.6 % (all 2 legs) · 1-in-10 in # h (young) · would lose 9,000 USDC · "
	 "NO STOP · press !",
	 "CROSS dies at BTC -1.6 % · 1-in-10 in # h (young) · NO STOP",
	 "!! CROSS dies at BTC −1.6 % · 1-in-10 in ~# h · loses 9,000 · NO STOP · !",
	 "!! CROSS dies at BTC −1.6 % (all 2 legs) · 1-in-10 in # h (young) · would lose 9,000 "
	 "USDC · NO STOP · press !",
	 "! panic…"},
	{"3 unknown", not_answered, NC_UNKNOWN, 2,
	 "NO ANSWER # s to SELL 20 BTC (reduce-only). It may have filled. Sending again, 2 of 4: a "
	 "double cannot sell more than you hold.",
	 "NO ANSWER # s to SELL 20 BTC (reduce-only). It may have filled.",
	 "?  NO ANSWER # s to SELL 20 BTC (reduce-only). It may have filled. ›",
	 "?  NO ANSWER # s to SELL 20 BTC (reduce-only). It may have filled. ›", "! panic…"},
	{"4 venue sick", venue_sick, NC_VENUE_ERRORS, 3,
	 "HYPERLIQUID ANSWERS ERRORS (502) for 14 s. Orders may still execute. Last true position "
	 "# s ago: 20 BTC. Your stop at 111,300 rests at the venue.",
	 "HYPERLIQUID ANSWERS ERRORS (502) for 14 s. Orders may still execute.",
	 "!! HYPERLIQUID ANSWERS ERRORS (502) for 14 s. Orders may still execute. ›",
	 "!! HYPERLIQUID ANSWERS ERRORS (502) for 14 s. Orders may still execute. Last true "
	 "position # s ago: 20 BTC. ›",
	 "! panic…"},
	{"4 post-only", post_only, NC_POST_ONLY, 2,
	 "HYPERLIQUID IS POST-ONLY after an upgrade. Nobody can trade. 2 closes wait first in "
	 "line; market close tried every 2 s.",
	 "HYPERLIQUID IS POST-ONLY after an upgrade. Nobody can trade.",
	 "!  HYPERLIQUID IS POST-ONLY after an upgrade. Nobody can trade. ›",
	 "!  HYPERLIQUID IS POST-ONLY after an upgrade. Nobody can trade. ›", "! panic…"},
	{"5 blind", frozen, NC_BLIND, 3,
	 "BLIND: BTC book frozen 9 s. Pricing from mark 111,204 (# s old). First limit 110,647 "
	 "(-0.5 %), last 109,273 (equity zero).",
	 "BLIND: BTC book frozen 9 s. Pricing from mark 111,204 (# s old).",
	 "!! BLIND: BTC book frozen 9 s. Pricing from mark 111,204 (# s old). ›",
	 "!! BLIND: BTC book frozen 9 s. Pricing from mark 111,204 (# s old). ›", "! panic…"},
	{"6 stopped by its price", under_its_price, NC_STOPPED_PRICE, 2,
	 "SELLING STOPPED # min # s ago: 99,490 is under your working price 99,500. 1.99 M USD "
	 "left. Danger 1 in # and rising. At 1 in 10 it sells down to 94,600 by itself. l lower · "
	 "n close rest now · w keep waiting",
	 "SELLING STOPPED # min # s ago: 99,490 is under your working price 99,500.",
	 "!  SELLING STOPPED # min # s ago: 99,490 is under your working price ›",
	 "!  SELLING STOPPED # min # s ago: 99,490 is under your working price 99,500. 1.99 M USD "
	 "left. ›",
	 "l lower… · n close rest… · w keep waiting"},
	{"7 flat", is_flat, NC_FLAT, 1,
	 "FLAT 22:13:26Z on Hyperliquid (1 dex, 1 account), read twice, nothing can open. Left: "
	 "12.5 ETH spot (+50,000 USD delta). Not watched: dexes xyz, abc. Cost # USD.",
	 "FLAT 22:13:26Z on Hyperliquid (1 dex, 1 account), read twice",
	 "FLAT 22:13:26Z on Hyperliquid (1 dex, 1 account), read twice, ›",
	 "FLAT 22:13:26Z on Hyperliquid (1 dex, 1 account), read twice, nothing can open. ›",
	 "Y quiet"},
	{"7 not flat", not_flat, NC_NOT_FLAT, 3,
	 "NOT FLAT: 20 BTC (2,000,000 USD), 4 orders unknown # s. Still trying, 4th time.",
	 "NOT FLAT: 20 BTC (2,000,000 USD), 4 orders unknown # s.",
	 "!! NOT FLAT: 20 BTC (2,000,000 USD), 4 orders unknown # s. ›",
	 "!! NOT FLAT: 20 BTC (2,000,000 USD), 4 orders unknown # s. Still trying, 4th time. ›",
	 "r read again · ! panic…"},
	{"8 the venue acted", liquidated, NC_LIQUIDATED, 3,
	 "LIQUIDATED BY VENUE: 4 of 20 BTC at 110,320. All your orders and stops were cancelled. "
	 "It takes the rest in 23 s if still under. Sell 12.8 BTC or add # USDC now. Y sell · + "
	 "add · g stops back",
	 "LIQUIDATED BY VENUE: 4 of 20 BTC at 110,320. 23 s",
	 "!! LIQUIDATED BY VENUE: 4 of 20 BTC at 110,320. ›",
	 "!! LIQUIDATED BY VENUE: 4 of 20 BTC at 110,320. All your orders and stops were "
	 "cancelled. ›",
	 "Y sell · + add… · g stops back…"},
	/* no band is configured and no key of this program hedges: the delta is said instead */
	{"9 hedge taken", hedge_taken, NC_ADL, 3,
	 "HEDGE TAKEN (ADL, not your liquidation): 0.9 BTC short closed at 99,000. 0.6 short left. "
	 "Net delta -60,000 USD, was -150k; at BTC -2 % it is -58,800. Opening it again costs ~# "
	 "USD, on the venue's page: no key here hedges. ! panic",
	 "HEDGE TAKEN (ADL): 0.9 BTC short closed at 99,000.",
	 "!! HEDGE TAKEN (ADL, not your liquidation): 0.9 BTC short closed at 99,000. ›",
	 "!! HEDGE TAKEN (ADL, not your liquidation): 0.9 BTC short closed at 99,000. 0.6 short "
	 "left. ›",
	 "! panic…"},
	/* which machine it was, and what a catch-up costs, it does not say */
	{"10 asleep", slept, NC_ASLEEP, 2,
	 "ASLEEP 55 min. Nothing sold. BTC -2.1 %. 783k left. Same pace ends 16:24 (chosen). 2 by "
	 "15:30 at 1.8x · 3 trim",
	 "ASLEEP 55 min. Nothing sold. BTC -2.1 %. 783k left.",
	 "!  ASLEEP 55 min. Nothing sold. BTC −2.1 %. 783k left. ›",
	 "!  ASLEEP 55 min. Nothing sold. BTC −2.1 %. 783k left. Same pace ends 16:24 (chosen). 2 "
	 "by 15:30 at 1.8x · 3 trim ›",
	 "2 catch up… · 3 trim…"},
	/* a fill does not tell whose key signed it */
	{"10 other hand", other_hand, NC_OTHER_HAND, 2,
	 "OTHER HAND: +15 BTC bought at 13:41:07. Your exit still ends after 30 more, at 35 BTC. a "
	 "include them",
	 "OTHER HAND: +15 BTC bought at 13:41:07.", "!  OTHER HAND: +15 BTC bought at 13:41:07. ›",
	 "!  OTHER HAND: +15 BTC bought at 13:41:07. Your exit still ends after 30 more, at 35 "
	 "BTC. a include them",
	 "a include them…"},
};

/* ---- reading ---- */

/* How much of `text` the pattern takes from its beginning, 0: it does not fit. */
static size_t fits(const char *pattern, const char *text)
{
	const char *t = text;

	for (const char *p = pattern; *p; p++) {
		if (*p != '#') {
			if (*p != *t++)
				return 0;
			continue;
		}
		if (*t < '0' || *t > '9')
			return 0;
		while ((*t >= '0' && *t <= '9') ||
		       ((*t == ',' || *t == '.') && t[1] >= '0' && t[1] <= '9'))
			t++;
	}
	return (size_t)(t - text);
}

static bool is_like(const char *pattern, const char *text)
{
	size_t n = fits(pattern, text);

	return n && !text[n];
}

static bool stands(const char *pattern, const char *text)
{
	for (; *text; text++)
		if (fits(pattern, text))
			return true;
	return false;
}

static void says(const char *name, const char *where, const char *pattern, const char *text)
{
	if (!is_like(pattern, text))
		test_fail(__FILE__, __LINE__, "%s, %s:\n  %s\n  wanted:\n  %s", name, where, text,
			  pattern);
}

/* The cells as one line: a line break is the blank that begins the next line. */
static void read_cells(void)
{
	size_t m = 0;

	text_of(lines, sizeof lines);
	for (const char *p = lines; *p && m + 1 < sizeof joined; p++)
		if (*p != '\n' || p[1] != ' ')
			joined[m++] = *p;
	joined[m] = 0;
}

static void row_0(const struct message *m, int cols, int rows, const char *want)
{
	char where[32];

	draw(cols, rows);
	CHECK_INT(canvas.clipped_digits, 0);
	read_cells();
	lines[strcspn(lines, "\n")] = 0;
	snprintf(where, sizeof where, "row 0 at %dx%d", cols, rows);
	says(m->name, where, want, lines);
}

/* All of it stands there, but for the keys at its end, which have a line of their own. */
static void opened(const struct message *m, int cols, int rows)
{
	static const char *const ends[] = {" Y sell", " l lower"};
	const char *body;
	char want[400], *cut;

	draw(cols, rows);
	read_cells();
	fmt_words(want, sizeof want, snap.alarm[0].text);
	for (unsigned k = 0; k < COUNT_OF(ends); k++)
		if ((cut = strstr(want, ends[k])) != NULL)
			*cut = 0;
	body = joined + strcspn(lines, "\n"); /* under row 0 */
	if (!strstr(body, want))
		test_fail(__FILE__, __LINE__, "%s at %dx%d: not whole: %s\n%s", m->name, cols, rows,
			  want, lines);
	if (!strstr(body, m->keys))
		test_fail(__FILE__, __LINE__, "%s at %dx%d: no keys: %s\n%s", m->name, cols, rows,
			  m->keys, lines);
}

/* At most 78 columns; where it begins as the text does, it ends between words. */
static void short_form(const struct snap_alarm *a)
{
	size_t n = strlen(a->brief);

	CHECK(n > 0 && a->brief[n - 1] != ' ');
	CHECK(cv_width(a->brief) <= 78);
	if (!strncmp(a->brief, a->text, n) && a->text[n] && !strchr(" ,", a->text[n]))
		test_fail(__FILE__, __LINE__, "cut within a word: %s", a->brief);
}

TEST(each_in_its_situation)
{
	for (unsigned i = 0; i < COUNT_OF(messages); i++) {
		const struct message *m = &messages[i];

		played = m->play();
		begin(from_engine);
		if (!snap.n_alarms || snap.alarm[0].code != m->code) { /* newest danger on top */
			test_fail(__FILE__, __LINE__, "%s: not on top: %s", m->name,
				  snap.n_alarms ? snap.alarm[0].text : "no alarm");
		} else {
			says(m->name, "its text", m->text, snap.alarm[0].text);
			says(m->name, "its short form", m->brief, snap.alarm[0].brief);
			CHECK_INT(snap.alarm[0].level, m->level);
			for (uint32_t k = 0; k < snap.n_alarms; k++)
				short_form(&snap.alarm[k]);
			row_0(m, 80, 24, m->at_80);
			row_0(m, 120, 40, m->at_120);
			type(" ");
			opened(m, 80, 24);
			opened(m, 120, 40);
		}
		w_free(played);
	}
}

/* Message 2 is no alarm: the line of TRIM, chosen and not sent. */
TEST(the_line_of_the_sheet)
{
	static const int sizes[][2] = {{80, 24}, {120, 40}};

	played = near_liquidation();
	begin(from_engine);
	type("!2");
	for (unsigned k = 0; k < COUNT_OF(sizes); k++) {
		draw(sizes[k][0], sizes[k][1]);
		read_cells();
		if (!stands("2 TRIM  sell 13.0 of 20.0 BTC, worst 109,324, cost ~# → dies at −5.69 "
			    "% "
			    "(now −1.20 %). Selling below BTC 109,323 makes it worse. Y send",
			    joined))
			test_fail(__FILE__, __LINE__, "at %dx%d:\n%s", sizes[k][0], sizes[k][1],
				  lines);
	}
	CHECK_INT(sent.venue, 0);
	w_free(played);
}

TEST_MAIN(T(each_in_its_situation), T(the_line_of_the_sheet))
