/* The rules of a running exit one by one: ticket forms, prices, late, danger, other hands, doubt,
 * refusals, close-rest, the venue's TWAP. */
#include <stdio.h>
#include <stdlib.h>

#include "exec/exit_in.h"
#include "tests/unit/exec_world.h"

static struct exit x;
static struct world w;
static struct exec_out out;
static struct ticket_resolved res;

static struct ticket a_ticket(double size)
{
	struct ticket t = {.coin = "BTC", .algo = ALGO_TWAP, .horizon_ms = 600000};
	t.size.unit = SIZE_COIN;
	qty_from_double(&t.size.coin, size + 1e-9);
	t.size.coin.v -= t.size.coin.v % 1000;
	t.risk.v = -1;
	t.random_set = true;
	t.cap.v = 250000000000;
	return t;
}

static void start(const struct ticket *t, double position)
{
	struct err e = {0};
	w_init(&w, test_seed, position);
	if (!exit_init(&x, 3, t, &w.v, 99, &e))
		test_fail(__FILE__, __LINE__, "exit_init: %s", e.text);
}

static void later(int64_t ms)
{
	w.v.now_ns += ms * W_MS;
	w.v.wall_ms += ms;
	w_view(&w);
}

static const struct exec_want *find(uint8_t kind)
{
	for (uint32_t k = 0; k < out.n; k++)
		if (out.at[k].kind == kind)
			return &out.at[k];
	return NULL;
}

static const struct exec_want *step(uint8_t kind)
{
	exit_step(&x, &w.v, &out);
	return find(kind);
}

static void report(const struct exec_want *q, uint8_t kind, int64_t filled, uint8_t reject)
{
	struct exec_report r = {.kind = kind,
				.slice = q->slice,
				.attempt = q->attempt,
				.filled = {filled},
				.px = w.book.bid[0].px,
				.crossed = true,
				.reject = reject};
	snprintf(r.text, sizeof r.text, "words of the venue");
	exit_on_order(&x, &r, &w.v);
}

static void fill_all(const struct exec_want *q)
{
	struct exec_want c = *q;
	w.position -= (w.position > 0 ? 1 : -1) * c.qty.v;
	w_view(&w);
	report(&c, REP_FILL, c.qty.v, 0);
	report(&c, REP_CLOSED, c.qty.v, 0);
}

static bool refused(const struct ticket *t, const char *words)
{
	struct err e = {0};
	bool no = !ticket_resolve(t, &w.v, &res, &e);
	if (!no || !strstr(e.text, words))
		test_fail(__FILE__, __LINE__, "wanted a refusal with \"%s\", got \"%s\"", words,
			  e.text);
	return no;
}

TEST(ticket_sizes)
{
	struct err e = {0};
	struct ticket t = a_ticket(1);
	w_init(&w, 1, 10);
	REQUIRE(ticket_resolve(&t, &w.v, &res, &e));
	CHECK_INT(res.size.v, 100000000);
	CHECK(!res.buy && !res.to_zero && res.floor.v == 900000000);
	t.size.unit = SIZE_USD;
	t.size.usd.v = 25000 * 100000000ll;
	REQUIRE(ticket_resolve(&t, &w.v, &res, &e));
	CHECK_INT(res.size.v, 25000000);
	t.size.unit = SIZE_PERCENT;
	t.size.part.v = 333333333333;
	REQUIRE(ticket_resolve(&t, &w.v, &res, &e));
	CHECK_INT(res.size.v, 333333000);
	t.size.unit = SIZE_ALL;
	REQUIRE(ticket_resolve(&t, &w.v, &res, &e));
	CHECK(res.to_zero && res.size.v == 1000000000);
	t.size.unit = SIZE_NONE;
	refused(&t, "needs its unit");
	t = a_ticket(11);
	refused(&t, "You hold 10.00000 BTC. 11BTC is more; write all.");
	t = a_ticket(0.00005);
	refused(&t, "minimum");
	t = a_ticket(1), t.cap.v = 300000000000;
	refused(&t, "hard limit is 25 %");
	t = a_ticket(1), t.until_ms = w.v.wall_ms - 1;
	refused(&t, "has passed");
	t = a_ticket(1);
	w.v.key_until_ms = w.v.wall_ms + 300000;
	refused(&t, "signing key");
	/* ten minutes would be in time, but 10 % of the volume takes over an hour */
	t = a_ticket(1), t.cap.v = 100000000000;
	w.v.key_until_ms = w.v.wall_ms + 3600000;
	CHECK(exit_init(&x, 1, &t, &w.v, 1, &(struct err){0}));
	w.v.volume_s = 0.0025;
	CHECK(!exit_init(&x, 1, &t, &w.v, 1, &e));
	CHECK(strstr(e.text, "no exit may outlive it: the cap of 10 % of the volume holds it "
			     "back") != NULL);
	CHECK(strstr(e.text, "--cap 25%, the most, ends about") != NULL);
	t.cap.v = 200000000000;
	CHECK(exit_init(&x, 1, &t, &w.v, 1, &(struct err){0}));
	w.v.volume_s = 2;
	w.v.key_until_ms = 0;
	w.v.position.v = 0;
	refused(&t, "no position");
	w.v.position_known = false;
	refused(&t, "not known");
}

TEST(ticket_targets)
{
	struct err e = {0};
	struct ticket t = a_ticket(1);
	double liq, pct;
	w_init(&w, 1, 10);
	t.target = TARGET_POSITION, t.target_v = 400000000;
	REQUIRE(ticket_resolve(&t, &w.v, &res, &e));
	CHECK_INT(res.size.v, 600000000);
	t.target = TARGET_NOTIONAL, t.target_v = 300000 * 100000000ll;
	REQUIRE(ticket_resolve(&t, &w.v, &res, &e));
	CHECK_INT(res.size.v, 700000000);
	t.target = TARGET_LEVERAGE, t.target_v = 2000000000000;
	refused(&t, "not known");
	w.v.account_ntl = 1e6, w.v.account_equity = 250000;
	REQUIRE(ticket_resolve(&t, &w.v, &res, &e));
	CHECK_INT(res.size.v, 500000000);
	t.target_v = 4000000000000;
	refused(&t, "already there");
	t.target = TARGET_DELTA, t.target_v = 200000 * 100000000ll;
	w.v.net_delta = -5;
	refused(&t, "would raise it");
	w.v.net_delta = 600000;
	REQUIRE(ticket_resolve(&t, &w.v, &res, &e));
	CHECK_INT(res.size.v, 400000000);
	w.v.net_delta = 5e6;
	refused(&t, "does not get there");
	t.target = TARGET_CUSHION, t.target_v = 100000000000; /* survives -10 % */
	snprintf(w.v.account.reason, sizeof w.v.account.reason, "portfolio margin");
	refused(&t, "portfolio margin");
	w.v.account = (struct plan_account){.known = true,
					    .isolated = true,
					    .equity = 50000,
					    .maintenance = 12500,
					    .mmr = 0.0125,
					    .beta = 1};
	REQUIRE(ticket_resolve(&t, &w.v, &res, &e));
	double left = 10 - qty_to_double(res.size);
	REQUIRE(pool_dies(&w.v.account, 10, left, 100000, 0, &pct));
	CHECK(pct <= -10);
	REQUIRE(pool_dies(&w.v.account, 10, left + 2e-5, 100000, 0, &pct));
	CHECK(pct > -10);
	t.target = TARGET_LIQ_PRICE, t.target_v = 900000000000000;
	REQUIRE(ticket_resolve(&t, &w.v, &res, &e));
	left = 10 - qty_to_double(res.size);
	REQUIRE(venue_liq(&w.v.account, 10, left, 100000, 0, &liq));
	CHECK(liq <= 90000);
}

TEST(ticket_prices)
{
	struct err e = {0};
	struct ticket t = a_ticket(1);
	w_init(&w, 1, 10);
	REQUIRE(ticket_resolve(&t, &w.v, &res, &e));
	CHECK_INT(res.working.v, 0);
	CHECK_NEAR(price_to_double(res.last), 92000, 2); /* 8 % from arrival */
	w.v.zero = w_px(95000);
	REQUIRE(ticket_resolve(&t, &w.v, &res, &e));
	CHECK_NEAR(price_to_double(res.last), 95000, 1e-9); /* never past zero equity */
	t.working = (struct price_spec){PREF_FROM_MARK, {0}, {-10000000000}, false};
	REQUIRE(ticket_resolve(&t, &w.v, &res, &e));
	CHECK_NEAR(price_to_double(res.working), 99000, 1e-9);
	t.last = (struct price_spec){PREF_ABS, w_px(99500), {0}, false};
	refused(&t, "beyond the last price");
	t.last.ref = PREF_FROM_LIQ;
	refused(&t, "no liquidation price");
	t = a_ticket(1);
	t.working = (struct price_spec){PREF_ABS, w_px(112000), {0}, false};
	refused(&t, "You sell: a working price of 112,000 is above the mark 100,000 and waits for "
		    "a rise. Write wait to mean that.");
	t.working.wait = true;
	REQUIRE(ticket_resolve(&t, &w.v, &res, &e));
	t.working.ref = PREF_NONE;
	t.last = (struct price_spec){PREF_FROM_MARK, {0}, {10000000000}, false};
	refused(&t, "You sell: a last price of 101,000 is above the mark 100,000");
	w.instr.max_leverage = 10;
	w.v.zero.v = 0;
	t = a_ticket(1);
	w_init(&w, 1, -10);
	w.instr.max_leverage = 10;
	REQUIRE(ticket_resolve(&t, &w.v, &res, &e));
	CHECK_NEAR(price_to_double(res.last), 115000, 2);
	t.working = (struct price_spec){PREF_ABS, w_px(99000), {0}, false};
	refused(&t, "You buy: a working price of 99,000 is below the mark 100,000 and waits for a "
		    "fall.");
}

/* A partial child that went silent keeps its size until proof; a close to zero does not. */
TEST(doubt)
{
	struct ticket t = a_ticket(1);
	t.horizon_ms = 0, t.algo = ALGO_SWEEP;
	start(&t, 10);
	const struct exec_want *q = step(WANT_PLACE);
	REQUIRE(q);
	CHECK_INT(q->qty.v, 100000000);
	CHECK(!q->target_zero && q->tif == TIF_IOC && out.save);
	struct exec_want c = *q;
	report(&c, REP_UNKNOWN, 0, 0);
	for (int k = 0; k < 100; k++) {
		later(500);
		CHECK(!step(WANT_PLACE));
		CHECK_INT(exit_remaining(&x, &w.v).v, 0);
	}
	report(&c, REP_DEAD, 0, 0);
	later(1100);
	q = step(WANT_PLACE);
	REQUIRE(q);
	CHECK_INT(q->qty.v, 100000000);
	CHECK(q->attempt != c.attempt || q->slice != c.slice);
	CHECK_INT(x.unknowns, 1);

	t.size.unit = SIZE_ALL;
	start(&t, 10);
	q = step(WANT_PLACE);
	REQUIRE(q);
	CHECK(q->target_zero);
	later(999);
	CHECK(!step(WANT_PLACE));
	later(1);
	q = step(WANT_PLACE);
	REQUIRE(q);
	CHECK_INT(q->qty.v, 1000000000);
	/* a slice on the way to zero is a part, until the last one */
	t.algo = ALGO_TWAP, t.horizon_ms = 600000;
	start(&t, 10);
	q = step(WANT_PLACE);
	REQUIRE(q && !q->target_zero);
	c = *q;
	report(&c, REP_UNKNOWN, 0, 0);
	for (int k = 0; k < 590; k++) {
		later(1000);
		if ((q = step(WANT_PLACE)) && x.next < x.plan.n)
			fill_all(q);
	}
	CHECK(x.done.v > 800000000 && x.done.v <= 1000000000 - c.qty.v);
	t.algo = ALGO_SWEEP, t.horizon_ms = 0;
	/* with growth by another hand it is no close to zero any more: it waits */
	start(&t, 10);
	q = step(WANT_PLACE);
	REQUIRE(q);
	report(q, REP_UNKNOWN, 0, 0);
	w.position += 500000000;
	for (int k = 0; k < 20; k++) {
		later(500);
		CHECK(!step(WANT_PLACE));
	}
}

/* The verdict may come before its fills, or after: a coin is counted once. */
TEST(counted_once)
{
	struct ticket t = a_ticket(5);
	start(&t, 10);
	const struct exec_want *q = step(WANT_PLACE);
	REQUIRE(q);
	struct exec_want c = *q;
	report(&c, REP_CLOSED, c.qty.v, 0);
	CHECK_INT(x.done.v, c.qty.v);
	CHECK_INT(x.cost.filled.v, 0);
	report(&c, REP_FILL, c.qty.v / 2 / 1000 * 1000, 0);
	report(&c, REP_FILL, c.qty.v - c.qty.v / 2 / 1000 * 1000, 0);
	CHECK_INT(x.done.v, c.qty.v);
	CHECK_INT(x.cost.filled.v, c.qty.v);
	CHECK(!exit_child_find(&x, c.slice, c.attempt));
}

/* A silent slice of a partial target is not placed again inside its slot; the next slot goes on. */
TEST(silent_slice)
{
	struct ticket t = a_ticket(5);
	start(&t, 10);
	const struct exec_want *q = step(WANT_PLACE);
	REQUIRE(q);
	struct exec_want c = *q;
	report(&c, REP_UNKNOWN, 0, 0);
	uint32_t placed = 0;
	int64_t at = 0;
	for (int k = 1; k <= 25; k++) {
		later(1000);
		q = step(WANT_PLACE);
		if (q && !placed++)
			at = k;
	}
	CHECK_INT(placed, 1);
	CHECK_INT(at, x.plan.at_ms[1] / 1000);
	CHECK(exit_in_flight(&x).v >= c.qty.v);
}

TEST(two_prices)
{
	struct ticket t = a_ticket(5);
	t.working = (struct price_spec){PREF_ABS, w_px(99900), {0}, false};
	start(&t, 10);
	const struct exec_want *q = step(WANT_PLACE);
	REQUIRE(q);
	CHECK(q->px.v >= w_px(99900).v);
	fill_all(q);
	w.mid = 99000;
	w_book(&w);
	uint32_t told = 0;
	for (int k = 0; k < 300; k++) {
		later(1000);
		CHECK(!step(WANT_PLACE));
		const struct exec_want *n = find(WANT_NOTICE);
		if (!n)
			continue;
		told++;
		CHECK(strstr(n->text, "SELLING STOPPED: "));
		CHECK(strstr(n->text, "under your working price 99,900"));
	}
	CHECK_INT(x.state, XS_STOPPED_PRICE);
	CHECK_INT(told, 1);
	static struct snap_exit s;
	uint32_t due = 0;
	while (due < x.plan.n && x.plan.at_ms[due] * W_MS <= x.clock_ns)
		due++;
	REQUIRE(due > 0 && due < x.plan.n);
	exit_fill_snap(&x, &w.v, &s); /* the band: the slice at work, and it alone */
	CHECK_NEAR(s.corridor, qty_to_double(x.plan.qty[due - 1]), 1e-9);
	/* back over it: the pace of before, nothing caught up at once */
	w.mid = 100100;
	w_book(&w);
	uint32_t placed = 0;
	int64_t sold = 0;
	for (int k = 0; k < 22; k++) {
		later(1000);
		q = step(WANT_PLACE);
		if (q) {
			placed++;
			sold += q->qty.v;
			fill_all(q);
		}
	}
	CHECK(placed >= 1 && placed <= 2);
	CHECK(sold <= x.plan.qty[0].v * 3);
	/* tuned looser: at once */
	w.mid = 99000;
	w_book(&w);
	later(1000);
	(void)step(0);
	CHECK_INT(x.state, XS_STOPPED_PRICE);
	struct tune u = {.fields = TUNE_WORKING, .working = {PREF_ABS, w_px(98000), {0}, false}};
	struct err e = {0};
	CHECK(exit_tune(&x, &u, &w.v, &e));
	(void)step(0);
	CHECK_INT(x.state, XS_RUNNING);
	CHECK(strstr(x.tune_text[0], "working price 99900 -> 98000"));
}

TEST(blind_and_late)
{
	struct ticket t = a_ticket(5);
	start(&t, 10);
	const struct exec_want *q = step(WANT_PLACE);
	REQUIRE(q);
	fill_all(q);
	int64_t seen = w.v.now_ns;
	for (int k = 0; k < 120; k++) {
		later(1000);
		w.v.book_ns = seen; /* the book stands still */
		CHECK(!step(WANT_PLACE) || k < 3);
	}
	CHECK_INT(x.state, XS_BLIND);
	later(100);
	(void)step(0);
	CHECK_INT(x.state, XS_RUNNING);
	/* 55 minutes asleep: one slice is due, not forty; the end moves */
	struct snap_exit *s = malloc(sizeof *s);
	exit_fill_snap(&x, &w.v, s);
	int64_t end = s->planned_end_ms;
	later(55 * 60000);
	uint32_t placed = 0;
	int64_t sold = 0;
	bool told = false;
	for (int k = 0; k < 20; k++) {
		q = step(WANT_PLACE);
		for (uint32_t n = 0; n < out.n; n++)
			told = told || (out.at[n].kind == WANT_NOTICE && out.at[n].code == NC_LATE);
		if (q) {
			placed++;
			sold += q->qty.v;
			fill_all(find(WANT_PLACE));
		}
		later(1000);
	}
	CHECK(told && placed >= 1 && placed <= 2);
	CHECK(sold <= x.plan.qty[0].v * 3);
	exit_fill_snap(&x, &w.v, s);
	CHECK(s->planned_end_ms > end + 50 * 60000);
	free(s);
	/* close-rest does not care for the book */
	struct err e = {0};
	REQUIRE(exit_close_rest(&x, &w.v, &e));
	later(10000);
	w.v.book_ns = seen;
	q = step(WANT_PLACE);
	REQUIRE(q);
	CHECK_NEAR(price_to_double(q->px), 99500, 20);
	CHECK_INT(q->qty.v, exit_left(&x).v);
}

TEST(danger_overrides)
{
	struct ticket t = a_ticket(5);
	t.risk.v = 10000000000;
	t.working = (struct price_spec){PREF_ABS, w_px(99900), {0}, false};
	start(&t, 10);
	w.v.account = (struct plan_account){.known = true,
					    .isolated = true,
					    .equity = 400000,
					    .maintenance = 12500,
					    .mmr = 0.0125,
					    .beta = 1};
	const struct exec_want *q = step(WANT_PLACE);
	REQUIRE(q);
	fill_all(q);
	w.mid = 99500; /* under the working price, and near the end */
	w_book(&w);
	w.v.account.equity = 14000;
	uint32_t placed = 0, first = 0;
	bool told = false;
	for (int k = 0; k < 60; k++) {
		later(500);
		q = step(WANT_PLACE);
		for (uint32_t n = 0; n < out.n; n++)
			told = told || (out.at[n].kind == WANT_NOTICE && out.at[n].level == 3);
		if (q && !first)
			first = (uint32_t)k;
		if (q) {
			CHECK_INT(q->child, CHILD_DANGER);
			CHECK(q->px.v < w_px(99900).v && q->px.v >= x.last.v);
			placed++;
			fill_all(find(WANT_PLACE));
			step(WANT_PLACE); /* between two sales it says who sells, and when next */
			static struct snap_exit s;
			exit_fill_snap(&x, &w.v, &s);
			CHECK_STR(s.doing, "the danger rule sells every 10 s");
			CHECK_INT(s.next_ms - w.v.wall_ms, 10000);
		}
	}
	CHECK(x.in_danger && told);
	CHECK(first >= 5); /* three seconds of persistence */
	CHECK(placed >= 2);
	w.v.account.equity = 900000;
	for (int k = 0; k < 12; k++) {
		later(500);
		q = step(WANT_PLACE);
		if (q)
			fill_all(find(WANT_PLACE));
	}
	CHECK(!x.in_danger);
	CHECK_INT(x.state, XS_STOPPED_PRICE);
}

TEST(other_hands)
{
	struct ticket t = a_ticket(5);
	struct err e = {0};
	start(&t, 10);
	const struct exec_want *q = step(WANT_PLACE);
	REQUIRE(q);
	fill_all(q);
	CHECK(!exit_include(&x, &w.v, &e));
	w.position += 300000000; /* growth is seen, told and not adopted */
	bool told = false;
	for (int k = 0; k < 6; k++) {
		later(600);
		(void)step(0);
		for (uint32_t n = 0; n < out.n; n++)
			told = told || out.at[n].code == NC_OTHER_HAND;
	}
	CHECK(told);
	CHECK_INT(exit_left(&x).v, 500000000 - x.done.v);
	CHECK(exit_include(&x, &w.v, &e));
	CHECK_INT(x.total.v, 800000000);
	w.position = x.floor.v + 1000000; /* shrinkage ends it early */
	later(1);
	CHECK(exit_remaining(&x, &w.v).v == 1000000);
	w.position = x.floor.v;
	later(100);
	(void)step(0);
	w.v.reads += 2;
	later(100);
	q = step(WANT_END);
	REQUIRE(q);
	CHECK_INT(q->code, XE_TARGET);
	/* a flip ends it at once */
	start(&t, 10);
	REQUIRE(step(WANT_PLACE));
	w.position = -1000;
	later(10);
	q = step(WANT_END);
	REQUIRE(q);
	CHECK_INT(q->code, XE_BLOCKED);
	CHECK(strstr(q->text, "flipped"));
}

TEST(refusals_of_the_venue)
{
	struct ticket t = a_ticket(5);
	t.algo = ALGO_SWEEP;
	start(&t, 10);
	const struct exec_want *q = step(WANT_PLACE);
	REQUIRE(q);
	report(q, REP_CLOSED, 0, REJ_REDUCE_ONLY);
	CHECK(step(WANT_READ) && !find(WANT_PLACE));
	later(200);
	w.v.reads++;
	q = step(WANT_PLACE);
	REQUIRE(q);
	report(q, REP_CLOSED, 0, REJ_VALUE_CAP);
	q = step(WANT_PLACE);
	REQUIRE(q);
	CHECK_INT(q->qty.v, 250000000);
	report(q, REP_CLOSED, 0, REJ_RATE);
	for (int k = 0; k < 9; k++) {
		later(1000);
		CHECK(!step(WANT_PLACE));
	}
	later(1001);
	for (int k = 0; k < 3; k++) {
		q = step(WANT_PLACE);
		REQUIRE(q);
		report(q, REP_CLOSED, 0, REJ_ACCESS);
		later(1001);
	}
	q = step(WANT_END);
	REQUIRE(q);
	CHECK_INT(q->code, XE_BLOCKED);
	CHECK(strstr(q->text, "refuses the key: words of the venue"));
}

TEST(dust)
{
	struct ticket t = a_ticket(0.001);
	t.algo = ALGO_SWEEP;
	start(&t, 10);
	const struct exec_want *q = step(WANT_PLACE);
	REQUIRE(q);
	struct exec_want c = *q;
	w.position -= 95000;
	w_view(&w);
	report(&c, REP_FILL, 95000, 0);
	report(&c, REP_CLOSED, 95000, 0);
	later(2000);
	(void)step(0);
	w.v.reads += 2;
	later(1000);
	q = step(WANT_END);
	REQUIRE(q);
	CHECK_INT(q->code, XE_DUST);
	CHECK(strstr(q->text, "dust: 0.00005 BTC (5.00 USD)"));
	/* all of a small position is never under the minimum */
	t.size.unit = SIZE_ALL;
	start(&t, 0.00005);
	q = step(WANT_PLACE);
	REQUIRE(q);
	CHECK_INT(q->qty.v, 5000);
}

static void posted(const struct exec_want *q)
{
	report(q, REP_OPEN, 0, 0);
}

TEST(placement)
{
	struct ticket t = a_ticket(5);
	t.place = PLACE_POST_CROSS;
	t.post_ms = 7000;
	start(&t, 10);
	w.v.est[EST_SIGMA_5M].value = 1e-9; /* still: at the touch at once */
	const struct exec_want *q = step(WANT_PLACE);
	REQUIRE(q);
	CHECK_INT(q->tif, TIF_ALO);
	const int64_t tick = 10000000000; /* the spread is two wide: one better, no line */
	CHECK_INT(q->px.v, w.book.ask[0].px.v - tick);
	struct exec_want c = *q;
	posted(&c);
	later(6300);
	CHECK(!step(WANT_CANCEL));
	later(600);
	CHECK(step(WANT_CANCEL)); /* 7 s less the way to the venue, then cross what is left */
	report(&c, REP_CLOSED, 0, 0);
	later(10);
	q = step(WANT_PLACE);
	REQUIRE(q);
	CHECK_INT(q->tif, TIF_IOC);
	CHECK_INT(q->qty.v, c.qty.v);
	CHECK_INT(q->slice, c.slice);

	t.place = PLACE_CHASE;
	start(&t, 10);
	q = step(WANT_PLACE);
	REQUIRE(q && q->tif == TIF_ALO);
	for (int k = 0; k < 12; k++) { /* the market walks away; it follows, then gives up */
		c = *q;
		posted(&c);
		w.mid -= 4;
		w_book(&w);
		later(300);
		if (!step(WANT_CANCEL))
			break;
		report(&c, REP_CLOSED, 0, 0);
		later(10);
		q = step(WANT_PLACE);
		REQUIRE(q);
		CHECK(q->kind == WANT_PLACE);
		if (q->tif == TIF_IOC)
			break;
		CHECK_INT(q->px.v, w.book.ask[0].px.v - tick);
	}
	CHECK_INT(q->tif, TIF_IOC);
	CHECK(x.reprices <= 6);

	t.place = PLACE_POST; /* too near to liquidation: cross */
	start(&t, 10);
	w.v.has_liq = true;
	w.v.liq = w_px(97500);
	q = step(WANT_PLACE);
	REQUIRE(q);
	CHECK_INT(q->tif, TIF_IOC);
	/* pause takes it from the venue */
	w.v.has_liq = false;
	start(&t, 10);
	q = step(WANT_PLACE);
	REQUIRE(q && q->tif == TIF_ALO);
	posted(q);
	struct err e = {0};
	CHECK(exit_pause(&x, &w.v, &e));
	CHECK(step(WANT_CANCEL) && x.state == XS_PAUSED);
}

TEST(volume_cap)
{
	struct ticket t = a_ticket(5);
	t.cap.v = 100000000000;
	start(&t, 10);
	w.v.volume_s = 0.001; /* a quiet tape */
	int64_t sold = 0;
	uint32_t placed = 0;
	for (int k = 0; k < 600; k++) {
		later(1000);
		w.v.volume.v += 100000;
		const struct exec_want *q = step(WANT_PLACE);
		if (q) {
			sold += q->qty.v;
			placed++;
			fill_all(q);
		}
	}
	/* 10 % of 0.6 coins and of the credit of a slot, and the floor */
	CHECK(sold > 3000000 && sold < 8000000);
	CHECK(placed >= 4);
	/* a short exit on a lively tape: 10 % of its minute, not of the minute before as well */
	t.horizon_ms = 60000;
	start(&t, 10);
	w.v.volume_s = 0.1;
	for (int k = 0; k < 60; k++) {
		later(1000);
		w.v.volume.v += 10000000;
		const struct exec_want *q = step(WANT_PLACE);
		if (q)
			fill_all(q);
	}
	CHECK(x.behind_told); /* and that it falls behind is said */
	static struct snap_exit s;
	exit_fill_snap(&x, &w.v, &s);
	/* orders that cross: the slice that is due, whatever the placement of the ticket's model */
	CHECK_NEAR(s.corridor, qty_to_double(x.plan.qty[x.plan.n - 1]), 1e-9);
	CHECK(s.cap_end_ms > w.v.wall_ms); /* the cap forbids the end, and says where it would be */
	double left = qty_to_double(s.left), rate = 0.1 * w.v.volume_s;
	CHECK_NEAR((double)(s.cap_end_ms - w.v.wall_ms), left / rate * 1000, 1);
	w.v.volume_s = 1000;
	exit_fill_snap(&x, &w.v, &s);
	CHECK_INT(s.cap_end_ms, 0);
	int64_t fair = w.v.volume.v / 10, slot = x.plan.spacing_ms * 1000;
	CHECK(x.done.v > fair / 2 && x.done.v <= fair + slot);
}

TEST(venue_twap)
{
	struct ticket t = a_ticket(5);
	t.algo = ALGO_VENUE_TWAP;
	start(&t, 10);
	const struct exec_want *q = step(WANT_TWAP);
	REQUIRE(q);
	CHECK(q->reduce_only && q->minutes == 10 && q->qty.v == 500000000);
	struct exec_want c = *q;
	posted(&c);
	later(60000);
	CHECK(!step(WANT_TWAP) && !find(WANT_PLACE));
	struct err e = {0};
	CHECK(exit_pause(&x, &w.v, &e));
	CHECK(step(WANT_TWAP_CANCEL));
	w.position -= 100000000;
	report(&c, REP_FILL, 100000000, 0);
	report(&c, REP_CLOSED, 100000000, 0);
	later(1000);
	CHECK(exit_resume(&x, &w.v, &e));
	q = step(WANT_TWAP);
	REQUIRE(q);
	CHECK_INT(q->qty.v, 400000000);
	CHECK(q->minutes >= 8 && q->attempt + 100 * q->slice != c.attempt + 100 * c.slice);
	report(q, REP_CLOSED, 0, REJ_MIN_NTL);
	report(q, REP_CLOSED, 0, REJ_MIN_NTL); /* of a child that is gone: nothing */
	later(2000);
	q = step(WANT_TWAP);
	REQUIRE(q);
	report(q, REP_CLOSED, 0, REJ_MIN_NTL);
	later(2000);
	(void)step(0);
	later(1000);
	CHECK(step(WANT_PLACE) && x.algo == ALGO_TWAP); /* our own slices then */
	t.horizon_ms = 240000;
	CHECK(!exit_init(&x, 1, &t, &w.v, 1, &e) && strstr(e.text, "5 to 1440"));
}

TEST(tune_limits)
{
	struct ticket t = a_ticket(5);
	struct err e = {0};
	start(&t, 10);
	struct tune u = {.fields = TUNE_PACE, .pace = {1600000000000}};
	CHECK(!exit_tune(&x, &u, &w.v, &e) && strstr(e.text, "1.5x"));
	w.v.key_until_ms = w.v.wall_ms + 3600000;
	u = (struct tune){.fields = TUNE_END, .until_ms = w.v.key_until_ms + 1000};
	CHECK(!exit_tune(&x, &u, &w.v, &e) && strstr(e.text, "signing key"));
	u.until_ms = w.v.key_until_ms - 60000;
	CHECK(exit_tune(&x, &u, &w.v, &e));
	w.v.key_until_ms = 0;
	u = (struct tune){.fields = TUNE_CAP, .cap = {260000000000}};
	CHECK(!exit_tune(&x, &u, &w.v, &e));
	u = (struct tune){.fields = TUNE_SIZE, .size = {SIZE_COIN, {1100000000}, {0}, {0}}};
	CHECK(!exit_tune(&x, &u, &w.v, &e) && strstr(e.text, "held"));
	const struct exec_want *q = step(WANT_PLACE);
	REQUIRE(q);
	u.size.coin.v = 1000;
	CHECK(!exit_tune(&x, &u, &w.v, &e) && strstr(e.text, "on the way"));
	u.size.coin.v = 1000000000;
	CHECK(exit_tune(&x, &u, &w.v, &e));
	CHECK(x.to_zero && x.floor.v == 0);
	u = (struct tune){.fields = TUNE_END, .horizon_ms = 60000};
	CHECK(exit_tune(&x, &u, &w.v, &e));
	CHECK_INT(x.plan_horizon_ms, 60000);
	u = (struct tune){.fields = TUNE_PACE, .pace = {3000000000000}};
	CHECK(!exit_tune(&x, &u, &w.v, &e));
	struct tune by = {.fields = TUNE_END, .until_ms = w.v.wall_ms + 60000};
	CHECK(exit_tune(&x, &by, &w.v, &e)); /* --by: the end stays, the pace may rise to 3x */
	CHECK(exit_tune(&x, &u, &w.v, &e));
	CHECK(exit_end(&x, &w.v, &e));
	fill_all(q);
	q = step(WANT_END);
	REQUIRE(q);
	CHECK_INT(q->code, XE_ENDED);
	CHECK(!exit_tune(&x, &u, &w.v, &e) && strstr(e.text, "has ended"));
}

/* The chance is worked out once a second, whatever moves between. */
TEST(danger_once_a_second)
{
	struct ticket t = a_ticket(5);
	start(&t, 10);
	w.v.account = (struct plan_account){.known = true,
					    .isolated = true,
					    .equity = 60000,
					    .maintenance = 12500,
					    .mmr = 0.0125,
					    .beta = 1};
	step(WANT_PLACE);
	double was = x.danger;
	CHECK(x.has_danger && was > 0);
	w.v.account.equity = 20000;
	later(999);
	step(WANT_PLACE);
	CHECK(x.danger == was);
	later(1);
	step(WANT_PLACE);
	CHECK(x.danger > was);
}

/* An end that was chosen is kept by the pace: what is left to work over the time that is left. */
TEST(pace_that_keeps_the_end)
{
	struct ticket t = a_ticket(5);
	start(&t, 10);
	x.pace = 1.25;
	x.stops_late = true;
	x.plan_horizon_ms = 600000;
	x.clock_ns = 300000 * W_MS;
	x.planned_end_ms = w.v.wall_ms + 150000;
	CHECK(exit_pace(&x, &w.v) == 2);
	x.planned_end_ms = w.v.wall_ms + 400000;
	CHECK(exit_pace(&x, &w.v) == 1); /* never slower than planned */
	x.planned_end_ms = w.v.wall_ms;
	CHECK(exit_pace(&x, &w.v) == 3); /* nor faster than --by may */
	x.clock_ns = 600000 * W_MS;
	CHECK(exit_pace(&x, &w.v) == 1.25); /* nothing is left to work */
	x.stops_late = false;
	x.clock_ns = 0;
	CHECK(exit_pace(&x, &w.v) == 1.25);
}

/* Everything is on its way: a block of the rest is nothing, and refused. */
TEST(block_of_nothing)
{
	struct ticket t = a_ticket(5);
	struct err e = {0};
	start(&t, 10);
	struct tune u = {.fields = TUNE_BLOCK, .block = {.unit = SIZE_ALL}};
	REQUIRE(exit_tune(&x, &u, &w.v, &e));
	REQUIRE(step(WANT_PLACE));
	REQUIRE(exit_in_flight(&x).v == exit_left(&x).v);
	CHECK(!exit_tune(&x, &u, &w.v, &e));
	CHECK(strstr(e.text, "0.00 USD is under the venue's minimum"));
}

TEST(refusal_kinds)
{
	CHECK_INT(reject_of(REFUSED_REDUCE_ONLY, ""), REJ_REDUCE_ONLY);
	CHECK_INT(reject_of(REFUSED_MAX_VALUE, ""), REJ_VALUE_CAP);
	CHECK_INT(reject_of(REFUSED_OTHER, "Trading is halted."), REJ_NOT_TRADABLE);
	CHECK_INT(reject_of(REFUSED_OTHER, "no row for this"), REJ_OTHER);
	CHECK_INT(reject_of(200, NULL), REJ_OTHER);
}

/* What no schedule is made of starts none, by name; all at once is never refused for it. */
TEST(nonsense_starts_no_schedule)
{
	static const char *const word[] = {"the book is stale, 20 s old",
					   "the book is crossed",
					   "the book shows no bids",
					   "volatility",
					   "below its maintenance",
					   "volume",
					   "holds nothing"};
	for (uint32_t k = 0; k < sizeof word / sizeof *word; k++) {
		struct ticket t = {.coin = "BTC", .algo = ALGO_TWAP, .horizon_ms = 3600000};
		struct err e = {0};
		t.size.unit = SIZE_ALL;
		w_init(&w, test_seed, 2);
		CHECK(exit_init(&x, 1, &t, &w.v, 1, &e));
		if (k == 0)
			w.v.now_ns += 20000 * W_MS;
		else if (k == 1)
			w.book.bid[0].px.v = w.book.ask[0].px.v;
		else if (k == 2)
			w.book.n_bid = 0;
		else if (k == 3)
			w.v.sigma_year = NAN;
		else if (k == 4)
			w.v.account = (struct plan_account){
				.known = true, .equity = 99, .maintenance = 100, .mmr = 0.01};
		else if (k == 5)
			w.v.volume_s = w.v.est[EST_VOLUME].value = -1;
		else
			w.book.bid[2].sz.v = 0;
		if (exit_init(&x, 1, &t, &w.v, 1, &e) || !strstr(e.text, word[k]))
			test_fail(__FILE__, __LINE__, "%s: \"%s\"", word[k], e.text);
		t.algo = ALGO_SWEEP;
		t.horizon_ms = 0;
		if (k == 3 || k == 5)
			continue; /* numbers that no engine has; a book and an account it may have
				   */
		if (!exit_init(&x, 1, &t, &w.v, 1, &e))
			test_fail(__FILE__, __LINE__, "%s: a sweep: \"%s\"", word[k], e.text);
	}
}

TEST_MAIN(T(danger_once_a_second), T(pace_that_keeps_the_end), T(block_of_nothing), T(ticket_sizes),
	  T(ticket_targets), T(ticket_prices), T(doubt), T(counted_once), T(silent_slice),
	  T(two_prices), T(blind_and_late), T(danger_overrides), T(other_hands),
	  T(refusals_of_the_venue), T(dust), T(placement), T(volume_cap), T(venue_twap),
	  T(tune_limits), T(refusal_kinds), T(nonsense_starts_no_schedule))
