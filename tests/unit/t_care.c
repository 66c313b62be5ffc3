/* CARE and TRIM: slices within their share of the book and of the time, cuts that are never
 * exceeded whatever is lost, pairs that hold the net, break-even, pauses, restarts, and NOW that
 * takes either of them over at any moment. */
#include "tests/unit/flat_world.h"

static const struct flatten care_all = {.account = 0xff, .verb = VERB_CARE};

static struct flatten trim_of(int n, const double cut[])
{
	struct flatten c = {.account = 0xff, .verb = VERB_TRIM, .n_cuts = (uint8_t)n};
	for (int i = 0; i < n; i++) {
		snprintf(c.cut[i].coin, COIN_MAX, "C%d", i);
		c.cut[i].qty = qt(cut[i]);
	}
	return c;
}

/* Two legs, long 10 and long 20, of a book whose five levels hold 40. */
static void two_legs(void)
{
	setup(2);
	for (int i = 0; i < 2; i++) {
		leg[i].szi = qt(i ? 20 : 10);
		leg[i].rank = i;
		book[i].n_bid = 6;
		for (int k = 0; k < 6; k++)
			book[i].bid[k] =
				(struct level){w_px(99.9 - 0.1 * k), qt(k < 5 ? 8 : 900), 1};
	}
}

/* ---- CARE ------------------------------------------------------------ */

TEST(care_slices)
{
	two_legs();
	begin(&care_all);
	f.seed = 7;
	int64_t from = v.now_ns, last[2] = {0};
	uint32_t slices = 0;
	double sizes[2] = {0};
	for (int k = 0; k < 4000 && f.state != FLAT_VERIFYING; k++) {
		flat_step(&f, &v, &out);
		uint32_t n = 0, group = 0;
		for (uint32_t i = 0; i < out.n; i++) {
			const struct flat_want w = out.at[i];
			if (w.kind != FW_PLACE)
				continue;
			if (n++ == 0) {
				CHECK_INT(w.leg, leg[1].szi.v ? 0 : w.leg); /* most endangered */
				group = w.group;
				slices++;
			} else {
				CHECK(w.group != group); /* alone */
			}
			CHECK_INT(w.tif, TIF_IOC);
			CHECK(qty_to_double(w.qty) <= 40 * 0.25 + 1e-9);
			if (last[w.leg]) { /* 10 s +- 20 % apart */
				CHECK(v.now_ns - last[w.leg] >= 7900 * W_MS);
				CHECK(v.now_ns - last[w.leg] <= 12100 * W_MS);
			}
			last[w.leg] = v.now_ns;
			double share = qty_to_double(w.qty) / (f.leg[w.leg].instr_id ? 20 : 10);
			if (w.qty.v != llabs((long long)leg[w.instr_id].szi.v))
				CHECK(share > 0.05 && share < 0.13);
			sizes[w.instr_id] += qty_to_double(w.qty);
			fill(&w, 1);
		}
		if (k == 0)
			CHECK_INT(n, 2); /* the first at once */
		later(100);
	}
	CHECK_INT(slices, 12);
	CHECK(v.now_ns - from > 90000 * W_MS && v.now_ns - from < 135000 * W_MS);
	CHECK_NEAR(sizes[0], 10, 1e-9);
	CHECK_NEAR(sizes[1], 20, 1e-9);
	later(100);
	read_all(0);
	later(100);
	read_all(0);
	CHECK(f.done && f.state == FLAT_FLAT && !strncmp(f.text, "FLAT ", 5));
	CHECK_INT(count(FW_CANCEL_STOPS), 2);
}

/* Nobody answers: every slice counts as sold until proof; nothing beyond the position leaves. */
TEST(care_waits_for_proof)
{
	two_legs();
	begin(&care_all);
	static struct flat_want sent[64];
	uint32_t n = 0;
	int64_t sum[2] = {0};
	for (int k = 0; k < 1200; k++) {
		flat_step(&f, &v, &out);
		for (uint32_t i = 0; i < out.n; i++)
			if (out.at[i].kind == FW_PLACE && n < 64) {
				sent[n++] = out.at[i];
				sum[out.at[i].instr_id] += out.at[i].qty.v;
				CHECK(!out.at[i].target_zero);
			}
		later(100);
	}
	CHECK_INT(n, 24); /* both legs, all twelve: in flight, never twice */
	CHECK_INT(sum[0], qt(10).v);
	CHECK_INT(sum[1], qt(20).v);
	/* half of them died, half had filled unheard */
	for (uint32_t i = 0; i < n; i++) {
		int64_t q = i % 2 ? execute(&sent[i], 1) : 0;
		tell(&sent[i], q, i % 2 ? REP_CLOSED : REP_DEAD);
	}
	for (int k = 0; k < 3000 && !f.done; k++) {
		flat_step(&f, &v, &out);
		for (uint32_t i = 0; i < out.n; i++)
			if (out.at[i].kind == FW_PLACE) {
				struct flat_want w = out.at[i];
				fill(&w, 1);
			}
		later(100);
		if (f.state == FLAT_VERIFYING)
			read_all(0);
	}
	CHECK(f.done && f.state == FLAT_FLAT);
}

/* A thin book: after the last slice it goes on at the same pace and says so. */
TEST(care_goes_on)
{
	two_legs();
	leg[0].szi = qt(500); /* a slice may take 10 */
	begin(&care_all);
	uint32_t n = 0, told = 0;
	for (int k = 0; k < 3000; k++) {
		flat_step(&f, &v, &out);
		for (uint32_t i = 0; i < out.n; i++) {
			struct flat_want w = out.at[i];
			told += w.kind == FW_NOTICE && strstr(w.text, "same pace");
			/* of the first on: the 50 of the sheet, whatever the plan was */
			if (k == 0)
				CHECK_INT(care_slices(&f, &v), 50);
			if (w.kind != FW_PLACE)
				continue;
			if (w.instr_id == 0) {
				CHECK(w.qty.v <= qt(10).v);
				n++;
			}
			fill(&w, 1);
		}
		later(100);
	}
	CHECK(n >= 24 && n <= 38); /* 300 s */
	CHECK_INT(told, 1);
	CHECK(!f.done);
	/* what moves does not give up; what stands still asks after two minutes */
	for (int k = 0; k < 1500 && !f.done; k++) {
		flat_step(&f, &v, &out);
		for (uint32_t i = 0; i < out.n; i++)
			if (out.at[i].kind == FW_PLACE) {
				struct flat_want w = out.at[i];
				fill(&w, 0);
			}
		later(100);
	}
	CHECK(f.done && f.asked && f.state == FLAT_NOT_FLAT);
}

TEST(care_blind_pause_restart)
{
	two_legs();
	begin(&care_all);
	f.seed = 3;
	struct err e = {0};
	leg[0].book_ns = leg[1].book_ns = v.now_ns - 4000 * W_MS;
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 2); /* to zero: a stale book never means wait */
	CHECK_INT(count(FW_NOTICE), 2);
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == FW_PLACE) {
			struct flat_want w = out.at[i];
			const struct flat_leg_view *p = &leg[w.instr_id == leg[1].instr_id];
			/* its share of the time, within 20 %, at half a per cent from the mark */
			CHECK(w.qty.v > p->szi.v / 16 && w.qty.v < p->szi.v / 9);
			CHECK(price_to_double(w.px) / price_to_double(p->mark) > 0.98 &&
			      price_to_double(w.px) / price_to_double(p->mark) < 1.02);
			fill(&w, 1);
		}
	leg[0].book_ns = leg[1].book_ns = v.now_ns;
	later(13000);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 2);
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == FW_PLACE) {
			struct flat_want w = out.at[i];
			fill(&w, 1);
		}
	REQUIRE(flat_pause(&f, true, &v, &e));
	CHECK(!flat_pause(&f, true, &v, &e));
	for (int k = 0; k < 100; k++) {
		later(2500);
		flat_step(&f, &v, &out);
		CHECK_INT(count(FW_PLACE), 0);
	}
	CHECK(!f.done);
	REQUIRE(flat_pause(&f, false, &v, &e));
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 2);
	uint32_t slice = f.slice;
	REQUIRE(slice == 3); /* one blind, one, one */
	/* a restart keeps the time of the next slice, and what is in flight */
	reload();
	CHECK_INT(f.slice, slice);
	v.now_ns += 100000 * W_MS; /* another boot clock */
	later(500);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 0);
	CHECK(f.due_ns - v.now_ns > 6000 * W_MS && f.due_ns - v.now_ns < 12000 * W_MS);
	REQUIRE(flat_end(&f, &v, &e));
	flat_step(&f, &v, &out);
	CHECK(f.done && f.state == FLAT_NOT_FLAT && strstr(f.text, "Ended by you"));
}

/* ---- TRIM ------------------------------------------------------------ */

TEST(trim_cuts)
{
	setup(6); /* 0 and 3 are short */
	struct flatten c = trim_of(0, NULL);
	struct err e = {0};
	CHECK(!flat_init(&f, 1, &c, &v, &e));
	c = trim_of(1, (double[]){-1});
	CHECK(!flat_init(&f, 1, &c, &v, &e));
	c = trim_of(2, (double[]){1, 1});
	memcpy(c.cut[0].coin, "C1", 3);
	CHECK(!flat_init(&f, 1, &c, &v, &e) && strstr(e.text, "cut twice"));
	c.n_cuts = 2;
	memcpy(c.cut[0].coin, "C2", 3);
	c.cut[0].qty = qt(3.456); /* rounded down to the lot */
	begin(&c);
	CHECK_INT(f.n, 2);
	CHECK_STR(f.leg[0].coin, "C2"); /* the sheet's order */
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 2);
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == FW_PLACE) {
			struct flat_want w = out.at[i];
			CHECK(!w.target_zero && !w.buy);
			CHECK_INT(w.qty.v, w.leg ? qt(1).v : qt(3.45).v);
			fill(&w, 1);
		}
	flat_step(&f, &v, &out);
	CHECK_INT(f.state, FLAT_VERIFYING);
	later(50);
	read_all(3); /* what rests does not matter to a cut */
	later(50);
	read_all(3);
	CHECK(f.done && f.state == FLAT_FLAT && !strncmp(f.text, "TRIMMED ", 8));
	CHECK_INT(count(FW_CANCEL_STOPS), 0);
}

/* Selling past break-even makes it worse: the limit stays there, and it is said once. */
TEST(trim_stops_at_break_even)
{
	for (int buy = 0; buy < 2; buy++) {
		setup(1);
		leg[0].szi = qt(buy ? -5 : 5);
		leg[0].worse = w_px(buy ? 102 : 98);
		leg[0].zero = w_px(buy ? 104 : 96);
		struct flatten c = trim_of(1, (double[]){2});
		uint32_t told = 0, sent = 0;
		begin(&c);
		for (int k = 0; k < 1300 && !f.done; k++) {
			if (k == 60)
				book[0] = deep(buy ? 102.9 : 97, buy ? 103 : 97.1);
			flat_step(&f, &v, &out);
			for (uint32_t i = 0; i < out.n; i++) {
				struct flat_want w = out.at[i];
				told += w.kind == FW_NOTICE && strstr(w.text, "makes it worse");
				if (w.kind != FW_PLACE)
					continue;
				sent++;
				CHECK(buy ? w.px.v <= leg[0].worse.v : w.px.v >= leg[0].worse.v);
				if (w.rung == 4)
					CHECK_INT(w.px.v, leg[0].worse.v);
				fill(&w, 0);
			}
			later(100);
		}
		CHECK_INT(told, 1);
		CHECK(sent > 50 && sent < 66);
		CHECK(f.done && f.state == FLAT_NOT_FLAT);
		CHECK(!strncmp(f.text, "NOT TRIMMED: 2 C0 (200 USD) past ", 33));
	}
}

/* A hedged book: neither side runs ahead of the other, whichever of them fills. */
TEST(trim_pairs)
{
	struct prng r;
	prng_seed(&r, test_seed);
	for (int run = 0; run < 400; run++) {
		setup(4);
		double big = 0, net = 0, least = 1e18, sums[2] = {0};
		double cut[4];
		for (int i = 0; i < 4; i++) {
			double q = 1 + (double)prng_below(&r, 50);
			leg[i].szi = qt(i % 2 ? -q : q);
			cut[i] = floor(q * 60) / 100;
			leg[i].beta_usd = 100 * (1 + (double)prng_below(&r, 4));
			net += qty_to_double(leg[i].szi) * leg[i].beta_usd;
			sums[i % 2] += cut[i] * leg[i].beta_usd;
		}
		least = sums[0] < sums[1] ? sums[0] : sums[1];
		double bound = fabs(net) > least / 4 ? fabs(net) : least / 4;
		struct flatten c = trim_of(4, cut);
		begin(&c);
		static struct flat_want pend[64];
		uint32_t np = 0;
		for (int k = 0; k < 1500 && !f.done; k++) {
			flat_step(&f, &v, &out);
			for (uint32_t i = 0; i < out.n; i++)
				if (out.at[i].kind == FW_PLACE && np < 64)
					pend[np++] = out.at[i];
			while (np && prng_below(&r, 3)) {
				uint32_t at = (uint32_t)prng_below(&r, np);
				struct flat_want w = pend[at];
				pend[at] = pend[--np];
				fill(&w, prng_below(&r, 4) ? 1.0 : prng_unit(&r) * 0.8);
				double now = 0;
				for (int i = 0; i < 4; i++)
					now += qty_to_double(leg[i].szi) * leg[i].beta_usd;
				big = fabs(now) > big ? fabs(now) : big;
			}
			if (prng_below(&r, 20) == 0)
				reload();
			later(200);
		}
		CHECK(big <= bound + 10); /* lots */
		for (uint32_t i = 0; i < f.n; i++)
			CHECK(f.leg[i].filled.v <= f.leg[i].start.v - f.leg[i].target.v);
	}
}

/* Lost answers, late truths, other hands, restarts: never more than the cut by our orders, and in
 * the end the cut. */
TEST(trim_never_exceeds)
{
	struct prng r;
	prng_seed(&r, test_seed);
	uint32_t met = 0, runs = 0;
	for (int run = 0; run < 400; run++) {
		setup(3);
		for (int i = 0; i < 3; i++)
			leg[i].szi = qt(i == 1 ? -20 : 20);
		double cut[3] = {1 + (double)prng_below(&r, 18), 1 + (double)prng_below(&r, 18),
				 1 + (double)prng_below(&r, 18)};
		bool hand = prng_below(&r, 3) == 0;
		if (cut[1] > cut[0] + cut[2]) /* it would raise the net in the end */
			cut[1] = cut[0] + cut[2];
		struct flatten c = trim_of(3, cut);
		begin(&c);
		static struct flat_want pend[1024];
		static int64_t due[1024], q[1024];
		int64_t sold[3] = {0};
		uint32_t np = 0;
		for (int k = 0; k < 3000 && !f.done; k++) {
			flat_step(&f, &v, &out);
			for (uint32_t i = 0; i < out.n && np < 1024; i++) {
				const struct flat_want *w = &out.at[i];
				if (w->kind != FW_PLACE)
					continue;
				bool lost = prng_below(&r, 3) == 0;
				pend[np] = *w;
				/* executed now; told soon, late or as a death */
				q[np] = lost && prng_below(&r, 2)
						? 0
						: execute(w, prng_below(&r, 3) ? 1 : prng_unit(&r));
				sold[w->instr_id] += q[np];
				CHECK(sold[w->instr_id] <= c.cut[w->instr_id].qty.v);
				due[np++] =
					v.now_ns +
					(lost ? 1500 + (int64_t)prng_below(&r, 9000) : 150) * W_MS;
			}
			for (uint32_t i = 0; i < np; i++) {
				if (due[i] > v.now_ns || pend[i].qty.v == 0)
					continue;
				if (prng_below(&r, 8) == 0) { /* still nobody knows */
					struct exec_report u = {.kind = REP_UNKNOWN,
								.slice = pend[i].leg + 1,
								.attempt = pend[i].attempt};
					flat_on_order(&f, &u, &v);
					due[i] += 1000 * W_MS;
					continue;
				}
				tell(&pend[i], q[i], q[i] ? REP_CLOSED : REP_DEAD);
				pend[i].qty.v = 0;
			}
			if (hand && prng_below(&r, 60) == 0) {
				struct flat_leg_view *p = &leg[prng_below(&r, 3)];
				p->szi.v += (p->szi.v > 0 ? 1 : -1) * qt(1).v;
			}
			if (prng_below(&r, 25) == 0)
				reload();
			if (prng_below(&r, 3) == 0) {
				v.read_id++;
				v.read_venue_ms = v.wall_ms + 1;
			}
			later(100);
		}
		CHECK(f.done || hand); /* who adds to a side may leave the other one waiting */
		runs++;
		met += f.state == FLAT_FLAT;
		if (f.state == FLAT_FLAT)
			for (int i = 0; i < 3; i++)
				CHECK(c.cut[i].qty.v - sold[i] <
				      qt(0.1).v); /* crumbs below 10 USD */
	}
	CHECK(met > runs * 9 / 10);
}

/* ---- NOW takes over -------------------------------------------------- */

/* Whatever became of the trim, all of it goes at once. */
TEST(now_after_a_trim_that_nobody_answers)
{
	setup(2);
	leg[0].szi = qt(5);
	struct flatten c = trim_of(2, (double[]){2, 3}), now = {.account = 0xff};
	begin(&c);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 2);
	later(1500);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 0); /* it waits */
	flat_now(&f, &now, &v);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 2);
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == FW_PLACE) {
			struct flat_want w = out.at[i];
			CHECK(w.target_zero && w.rung == 1);
			CHECK_INT(w.qty.v, llabs((long long)leg[w.instr_id].szi.v));
		}
}

/* NOW for one coin: that leg closes, the others go on with care. */
TEST(now_for_one_leg)
{
	two_legs();
	begin(&care_all);
	struct flatten now = {.account = 0xff, .scope = FLAT_COINS, .n_coins = 1};
	memcpy(now.coin[0], "C1", 3);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 2);
	flat_now(&f, &now, &v);
	later(100);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 1);
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == FW_PLACE) {
			CHECK_INT(out.at[i].instr_id, 1);
			CHECK_INT(out.at[i].qty.v, qt(20).v);
			CHECK(out.at[i].target_zero);
		}
	later(1000);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 1); /* rung 2, without an answer */
	reload();
	CHECK_INT(f.leg[0].verb, VERB_NOW);
	CHECK_INT(f.leg[1].verb, VERB_CARE);
	CHECK(!flat_covers(&f, &now));
	struct err e = {0};
	REQUIRE(flat_pause(&f, true, &v, &e)); /* the care, not the close */
	later(2000);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 1);
}

/* Another hand takes a position through zero: it is closed on its new side, and FLAT waits for it.
 */
TEST(a_position_that_turns_is_followed)
{
	struct flatten c = {.account = 0xff};
	setup(2);
	begin(&c);
	flat_step(&f, &v, &out);
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == FW_PLACE) {
			struct flat_want w = out.at[i];
			fill(&w, 1);
		}
	leg[1].szi = qt(-3); /* it was long */
	later(100);
	flat_step(&f, &v, &out);
	CHECK_INT(f.state, FLAT_SENDING);
	REQUIRE(count(FW_PLACE) == 1);
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == FW_PLACE) {
			struct flat_want w = out.at[i];
			CHECK(w.buy && w.target_zero && w.rung == 1);
			CHECK_INT(w.qty.v, qt(3).v);
			fill(&w, 1);
		}
	flat_step(&f, &v, &out);
	CHECK_INT(f.state, FLAT_VERIFYING);
	/* each side lost 0.1 a coin: 5 + 6 of the first sides, 3 of the second */
	CHECK_NEAR(money_to_double(flat_cost(&f)), 1.4, 1e-6);
	/* a cut does not follow */
	setup(2);
	struct flatten t = trim_of(1, (double[]){2});
	memcpy(t.cut[0].coin, "C1", 3);
	begin(&t);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 1);
	leg[1].szi = qt(-3);
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == FW_PLACE) {
			struct flat_want w = out.at[i];
			tell(&w, 0, REP_CLOSED);
		}
	later(3000);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 0);
}

/* ---- what the venue refuses ------------------------------------------ */

static struct flat_want first_place(void)
{
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == FW_PLACE)
			return out.at[i];
	return (struct flat_want){0};
}

static void refuse(const struct flat_want *w, uint8_t reject, const char *text)
{
	struct exec_report r = {
		.kind = REP_CLOSED, .reject = reject, .slice = w->leg + 1, .attempt = w->attempt};
	snprintf(r.text, sizeof r.text, "%s", text);
	flat_on_order(&f, &r, &v);
}

/* No requests left: one action each ten seconds, the most endangered leg's, as far as it may go. */
TEST(empty_request_budget)
{
	struct flatten c = {.account = 0xff};
	uint32_t sent = 0;
	setup(4);
	begin(&c);
	flat_step(&f, &v, &out);
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == FW_PLACE)
			refuse(&out.at[i], REJ_RATE, "Too many cumulative requests sent");
	for (int k = 0; k < 300; k++) {
		later(100);
		flat_step(&f, &v, &out);
		if (!count(FW_PLACE))
			continue;
		struct flat_want w = first_place();
		CHECK_INT(count(FW_PLACE), 1);
		CHECK_INT(w.leg, 0);
		CHECK_INT(w.rung, RUNGS);
		sent++;
		refuse(&w, REJ_RATE, "Too many cumulative requests sent");
	}
	CHECK(sent == 2 || sent == 3); /* 30 s */
	/* taken again: everybody goes */
	do {
		later(100);
		flat_step(&f, &v, &out);
	} while (!count(FW_PLACE));
	struct flat_want w = first_place();
	fill(&w, 1);
	later(1000);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 3);
}

/* A thousand orders: the openers and the limits go first, then what is farthest. */
TEST(too_many_open_orders)
{
	struct flatten c = {.account = 0xff};
	setup(1);
	begin(&c);
	flat_step(&f, &v, &out);
	for (int k = 0; k < 3; k++) {
		struct flat_want w = first_place();
		refuse(&w, REJ_CROWDED, "Too many open orders. asset=0");
		later(100);
		flat_step(&f, &v, &out);
		CHECK_INT(count(FW_CANCEL_OPENING), 1);
		CHECK_INT(count(FW_CANCEL_RO), 1);
		CHECK_INT(count(FW_CANCEL_FAR), k >= 1);
		CHECK_INT(count(FW_PLACE), 0);
		later(500);
		flat_step(&f, &v, &out);
		CHECK_INT(count(FW_PLACE), 1); /* within a second, at the same rung */
		CHECK_INT(first_place().rung, 1);
	}
}

/* Dust is tried whole, then named with the venue's words. */
TEST(dust)
{
	struct flatten c = {.account = 0xff};
	setup(1);
	leg[0].szi = qt(0.07);
	begin(&c);
	flat_step(&f, &v, &out);
	for (int k = 0; k < 3; k++) {
		struct flat_want w = first_place();
		CHECK_INT(w.qty.v, qt(0.07).v);
		refuse(&w, REJ_MIN_NTL, "Order must have minimum value of $10.");
		later(2000);
		flat_step(&f, &v, &out);
	}
	later(100);
	read_all(0);
	later(100);
	read_all(0);
	CHECK(f.done && f.state == FLAT_NOT_FLAT);
	CHECK(strstr(f.text,
		     "0.07 C0 (7.00 USD) cannot close: venue said \"Order must have minimum"));
}

/* Post-only: the resting close follows the touch, cancelled before it is placed again; the probe
 * of the first leg does not disturb it. */
TEST(post_only_reprices)
{
	struct flatten c = {.account = 0xff};
	setup(2);
	v.post_only = true;
	leg[0].szi = qt(5);
	begin(&c);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 2);
	struct flat_want rest[2];
	uint32_t n = 0;
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == FW_PLACE) {
			rest[n++] = out.at[i];
			CHECK_INT(out.at[i].tif, TIF_ALO);
		}
	later(2000);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 1); /* the probe */
	struct flat_want probe = first_place();
	CHECK(probe.tif == TIF_IOC && probe.leg == 0);
	refuse(&probe, REJ_POST_ONLY, "Only post-only orders allowed");
	for (int i = 0; i < 2; i++)
		book[i] = deep(98.9, 99.1); /* the market walks away from us */
	later(2000);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_CANCEL_RO), 2);
	for (uint32_t i = 0; i < out.n; i++)
		CHECK(out.at[i].kind != FW_PLACE || out.at[i].tif == TIF_IOC);
	for (uint32_t i = 0; i < n; i++)
		tell(&rest[i], 0, REP_CLOSED);
	later(2000);
	flat_step(&f, &v, &out);
	uint32_t again = 0;
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == FW_PLACE && out.at[i].tif == TIF_ALO) {
			again++;
			CHECK_INT(out.at[i].px.v, w_px(99.1).v);
		}
	CHECK_INT(again, 2);
}

/* CARE in a post-only venue: every leg rests whole at the touch, the first one probes with its
 * slice; when trading is open again what rests goes before a slice crosses. */
TEST(care_in_a_post_only_venue)
{
	struct flatten c = {.account = 0xff, .verb = VERB_CARE};
	uint32_t alo = 0;
	setup(3);
	v.post_only = true;
	begin(&c);
	flat_step(&f, &v, &out);
	for (uint32_t k = 0; k < out.n; k++) {
		const struct flat_want *w = &out.at[k];
		if (w->kind != FW_PLACE)
			continue;
		alo++;
		CHECK_INT(w->tif, TIF_ALO);
		CHECK_INT(w->px.v, w_px(w->buy ? 99.9 : 100.1).v);
		CHECK_INT(w->qty.v, f.leg[w->leg].start.v);
		CHECK(w->target_zero);
	}
	CHECK_INT(alo, 3);
	for (int k = 0; k < 70; k++) { /* longer than care gives up after */
		later(2000);
		flat_step(&f, &v, &out);
		uint32_t n = count(FW_PLACE);
		CHECK(n <= 1 && !f.done);
		if (!n)
			continue;
		struct flat_want probe = first_place();
		CHECK(probe.tif == TIF_IOC && probe.leg == 0 && probe.rung == 1);
		CHECK(probe.qty.v <= f.leg[0].start.v);
		refuse(&probe, REJ_POST_ONLY, "Only post-only orders allowed");
	}
	v.post_only = false;
	later(2000);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_CANCEL_RO), 3);
	CHECK(count(FW_PLACE) > 0);
	for (uint32_t k = 0; k < out.n; k++)
		CHECK(out.at[k].kind != FW_PLACE || out.at[k].tif == TIF_IOC);
}

/* TRIM: the cuts of all but the first rest, each of its size and no more, and each waits for the
 * proof that it is gone before anything else of it goes out. Paused or ended nothing rests on. */
TEST(trim_in_a_post_only_venue)
{
	struct flatten c = trim_of(3, (double[]){1, 2, 3});
	struct flat_want rest[3] = {0};
	uint32_t n = 0;
	setup(3);
	leg[0].szi = qt(5); /* all long */
	v.post_only = true;
	begin(&c);
	flat_step(&f, &v, &out);
	for (uint32_t k = 0; k < out.n; k++) {
		const struct flat_want *w = &out.at[k];
		if (w->kind != FW_PLACE)
			continue;
		CHECK_INT(w->tif, w->leg ? TIF_ALO : TIF_IOC);
		CHECK_INT(w->qty.v, f.leg[w->leg].start.v - f.leg[w->leg].target.v);
		if (!w->leg)
			refuse(w, REJ_POST_ONLY, "Only post-only orders allowed");
		else if (n < 3)
			rest[n++] = *w;
	}
	CHECK_INT(n, 2);
	for (int k = 0; k < 70; k++) {
		later(2000);
		flat_step(&f, &v, &out);
		CHECK_INT(count(FW_PLACE), 1);
		CHECK(!f.done);
		struct flat_want probe = first_place();
		CHECK(probe.leg == 0 && probe.tif == TIF_IOC);
		refuse(&probe, REJ_POST_ONLY, "Only post-only orders allowed");
	}
	flat_pause(&f, true, &v, &(struct err){0});
	later(2000);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_CANCEL_RO), 2);
	CHECK_INT(count(FW_PLACE), 0);
	flat_pause(&f, false, &v, &(struct err){0});
	v.post_only = false;
	later(2000);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_CANCEL_RO), 2); /* asked again: nobody has answered */
	for (uint32_t k = 0; k < out.n; k++)
		CHECK(out.at[k].kind != FW_PLACE || out.at[k].leg == 0);
	for (uint32_t i = 0; i < n; i++)
		tell(&rest[i], 0, REP_CLOSED);
	flat_step(&f, &v, &out);
	uint32_t again = 0;
	for (uint32_t k = 0; k < out.n; k++)
		if (out.at[k].kind == FW_PLACE) {
			again++;
			CHECK_INT(out.at[k].tif, TIF_IOC);
			CHECK_INT(out.at[k].qty.v,
				  f.leg[out.at[k].leg].start.v - f.leg[out.at[k].leg].target.v);
		}
	CHECK_INT(again, 2);
	/* ended while something rests */
	setup(2);
	leg[0].szi = qt(5);
	v.post_only = true;
	c = trim_of(2, (double[]){1, 2});
	begin(&c);
	flat_step(&f, &v, &out);
	CHECK(f.leg[1].resting);
	flat_end(&f, &v, &(struct err){0});
	flat_step(&f, &v, &out);
	CHECK(f.done);
	CHECK_INT(count(FW_CANCEL_RO), 1);
}

/* What a close was expected to cost: the walk, its tail beyond the book, fees; and how much of it
 * nobody has seen. */
TEST(expected_counts_beyond_the_book)
{
	struct flatten c = {.account = 0xff};
	double seen, more;
	setup(1);
	leg[0].szi = qt(5);
	leg[0].fee = 0.00045;
	begin(&c);
	flat_step(&f, &v, &out);
	seen = 5 * 0.1 + 5 * 99.9 * 0.00045;
	CHECK_NEAR(money_to_double(f.expected), seen, 1e-6);
	CHECK_NEAR(money_to_double(f.model), 0, 1e-9);
	CHECK(f.worst.v > f.expected.v);
	setup(1);
	leg[0].szi = qt(5);
	leg[0].fee = 0.00045;
	book[0].bid[0].sz = qt(1); /* four of five are beyond it */
	begin(&c);
	flat_step(&f, &v, &out);
	/* coef sqrt(u) past the best, 5 bp of the mark at the edge: 2/3 coef (5 sqrt 5 - 1) */
	more = 2.0 / 3 * 0.05 * (5 * 2.2360679775 - 1);
	CHECK_NEAR(money_to_double(f.expected), seen + more * (1 - 0.00045), 1e-6);
	CHECK_NEAR(money_to_double(f.model), more, 1e-6);
	leg[0].book_ns = 1; /* blind: all of it is model */
	begin(&c);
	flat_step(&f, &v, &out);
	CHECK_INT(f.model.v, f.expected.v);
}

/* ---- bytes ----------------------------------------------------------- */

/* Version 1 as it was written by the first release is still read. */
TEST(bytes_of_version_1)
{
	uint8_t body[REC_BODY_MAX], one[REC_BODY_MAX];
	struct flatten c = {.account = 0xff};
	setup(1);
	begin(&c);
	flat_step(&f, &v, &out);
	size_t head = flat_save(&f, 0, body), part = flat_save(&f, 1, one);
	/* what version 2 appended: 1+8 in the command, then 1+1+1+1+8+4+8+8; in a leg 1 for each
	 * try and 1+1+4+8+8+8 */
	/* 3: then 8; 4: then 1+1 */
	size_t tail = 1 + 1 + 1 + 1 + 8 + 4 + 8 + 8 + 8 + 1 + 1, text = sizeof f.text;
	memmove(body + head - tail - text - 9, body + head - tail - text, text);
	body[0] = 1;
	size_t cut = part - 30;
	memmove(one + cut - 1, one + cut, 0);
	memset(&g, 0x5a, sizeof g);
	REQUIRE(flat_load(&g, 0, body, head - tail - 9, v.now_ns));
	REQUIRE(flat_load(&g, 1, one, cut - 1, v.now_ns));
	CHECK_INT(g.n, 1);
	CHECK_INT(g.verb, VERB_NOW);
	CHECK_INT(g.leg[0].attempt, f.leg[0].attempt);
	CHECK(g.leg[0].open[0].zero);
	CHECK_INT(g.leg[0].open[0].left.v, f.leg[0].open[0].left.v);
	head = flat_save(&f, 0, body);
	body[0] = FLAT_VERSION + 1;
	CHECK(!flat_load(&g, 0, body, head, v.now_ns));
	body[0] = 2; /* before the model's share of the estimate */
	REQUIRE(flat_load(&g, 0, body, head - 10, v.now_ns));
	CHECK_INT(g.model.v, 0);
	CHECK_INT(g.expected.v, f.expected.v);
	body[0] = 3; /* before accounts could join */
	REQUIRE(flat_load(&g, 0, body, head - 2, v.now_ns));
	CHECK_INT(g.joined | g.joined_all, 0);
	CHECK_INT(g.model.v, f.model.v);
}

/* The golden bytes of version 4: raise FLAT_VERSION when they change. */
TEST(golden_bytes)
{
	struct flatten c = trim_of(1, (double[]){2.5});
	uint8_t body[REC_BODY_MAX];
	uint64_t h = 0xcbf29ce484222325u;
	setup(1);
	c.cushion.v = 50000000000;
	begin(&c);
	f.seed = 0x1122334455667788;
	flat_step(&f, &v, &out);
	for (uint32_t part = 0; part < 2; part++) {
		size_t n = flat_save(&f, part, body);
		CHECK_INT(n, part ? 190 : 397);
		for (size_t i = 0; i < n; i++)
			h = (h ^ body[i]) * 0x100000001b3u;
	}
	CHECK(h == 0x178ec96a056d32cd);
}

TEST_MAIN(T(care_slices), T(care_waits_for_proof), T(care_goes_on), T(care_blind_pause_restart),
	  T(trim_cuts), T(trim_stops_at_break_even), T(trim_pairs), T(trim_never_exceeds),
	  T(now_after_a_trim_that_nobody_answers), T(now_for_one_leg),
	  T(a_position_that_turns_is_followed), T(empty_request_budget), T(too_many_open_orders),
	  T(dust), T(post_only_reprices), T(care_in_a_post_only_venue),
	  T(trim_in_a_post_only_venue), T(expected_counts_beyond_the_book), T(bytes_of_version_1),
	  T(golden_bytes))
