/* Flatten: rungs of the panic sheet's worked example, one leg alone and the rest in a batch,
 * silence that stops nobody, fractions that wait, refusals, verification and the sentence. */
#include "tests/unit/flat_world.h"

static void check_rungs(const struct instr *i, enum side side, double bid, double ask, double mark,
			double zero, const double want[RUNGS])
{
	struct book b = deep(bid, ask);
	struct ladder_in in = {.instr = i,
			       .side = side,
			       .size = qt(10),
			       .mark = w_px(mark),
			       .book = &b,
			       .zero = w_px(zero)};
	struct ladder l;
	REQUIRE(ladder_make(&in, &l));
	for (int k = 0; k < RUNGS; k++)
		CHECK_NEAR(price_to_double(l.px[k]), want[k], 1e-9);
}

/* The numbers of the panic sheet, sells rounded down and buys up. */
TEST(ladder_numbers)
{
	struct instr btc = coin("BTC", 5, 40), sol = coin("SOL", 2, 20), hype = coin("HYPE", 2, 10);
	struct instr wlfi = coin("WLFI", 0, 5), eth = coin("ETH", 4, 25);
	check_rungs(&btc, SIDE_SELL, 108251, 108265, 108264, 102425,
		    (double[]){107709, 106627, 103920, 102425});
	check_rungs(&sol, SIDE_BUY, 198.01, 198.03, 198.02, 0,
		    (double[]){199.03, 201.01, 205.96, 213.88});
	check_rungs(&hype, SIDE_SELL, 43.896, 43.91, 43.905, 0,
		    (double[]){43.457, 42.579, 40.384, 37.311});
	check_rungs(&wlfi, SIDE_SELL, 0.18116, 0.18121, 0.18120, 0,
		    (double[]){0.17934, 0.17572, 0.16666, 0.15398});
	/* ETH: the walk of the book for the whole size, plus 0.2 %, is wider than 0.5 % */
	struct book b = deep(4188.1, 4188.7);
	b.bid[0].sz = qt(10);
	b.bid[1] = (struct level){w_px(4172.6), qt(400), 1};
	b.n_bid = 2;
	struct ladder_in in = {.instr = &eth,
			       .side = SIDE_SELL,
			       .size = qt(310),
			       .mark = w_px(4188.6),
			       .book = &b,
			       .zero = w_px(3914.9)};
	struct ladder l;
	REQUIRE(ladder_make(&in, &l));
	const double want[RUNGS] = {4164.2, 4125.2, 4020.5, 3914.9};
	for (int k = 0; k < RUNGS; k++)
		CHECK_NEAR(price_to_double(l.px[k]), want[k], 1e-9);
	CHECK(l.at_zero[3] && !l.at_zero[2]);
	/* blind: from the mark alone; a typed price goes past zero */
	in.blind = true;
	REQUIRE(ladder_make(&in, &l));
	CHECK(l.blind);
	CHECK_NEAR(price_to_double(l.px[0]), 4167.6, 1e-9);
	in.typed = w_px(3800);
	REQUIRE(ladder_make(&in, &l));
	CHECK_NEAR(price_to_double(l.px[3]), 3853.5, 1e-9);
	in.mark.v = 0, in.book = NULL;
	CHECK(!ladder_make(&in, &l));
}

TEST(ladder_properties)
{
	struct prng r;
	prng_seed(&r, test_seed);
	for (int k = 0; k < 3000; k++) {
		struct instr i = coin("X", (int)prng_below(&r, 6), 3 + (int)prng_below(&r, 40));
		double mid = pow(10, 5 * prng_unit(&r) - 1), half = mid * 0.001 * prng_unit(&r);
		bool sell = prng_below(&r, 2);
		struct book b = deep(mid - half, mid + half);
		struct ladder_in in = {.instr = &i,
				       .side = sell ? SIDE_SELL : SIDE_BUY,
				       .size = qt(1),
				       .mark = w_px(mid * (0.98 + 0.04 * prng_unit(&r))),
				       .book = &b,
				       .blind = prng_below(&r, 4) == 0};
		if (prng_below(&r, 2))
			in.zero = w_px(mid * (sell ? 0.9 : 1.1));
		struct ladder l;
		if (!ladder_make(&in, &l))
			continue;
		for (int n = 0; n < RUNGS; n++) {
			CHECK(instr_price_ok(&i, l.px[n]));
			if (n)
				CHECK(sell ? l.px[n].v <= l.px[n - 1].v
					   : l.px[n].v >= l.px[n - 1].v);
			if (in.zero.v)
				CHECK(sell ? l.px[n].v >= in.zero.v : l.px[n].v <= in.zero.v);
		}
	}
}

/* ---- a run ----------------------------------------------------------- */

TEST(twenty_positions)
{
	struct flatten c = {.account = 0xff};
	static struct flat_out first;
	setup(N);
	begin(&c);
	flat_step(&f, &v, &out);
	first = out;
	CHECK(out.save);
	CHECK_INT(count(FW_PLACE), N);
	CHECK_INT(count(FW_CANCEL_OPENING), 1);
	CHECK_INT(count(FW_CANCEL_STOPS), 0);
	uint32_t k = 0, group = 0, places = 0;
	for (; k < first.n; k++) {
		const struct flat_want *w = &first.at[k];
		if (w->kind != FW_PLACE)
			continue;
		CHECK(w->target_zero && w->tif == TIF_IOC && w->rung == 1);
		CHECK(w->buy == (leg[w->instr_id].szi.v < 0));
		if (places == 0)
			CHECK_INT(w->instr_id, 7); /* the most endangered, alone */
		else if (places == 1)
			group = w->group;
		else
			CHECK_INT(w->group, group);
		places++;
	}
	CHECK(group != first.at[1].group);
	later(230);
	for (k = 0; k < first.n; k++)
		if (first.at[k].kind == FW_PLACE)
			fill(&first.at[k], 1);
	flat_step(&f, &v, &out);
	CHECK_INT(f.state, FLAT_VERIFYING);
	CHECK_INT(count(FW_READ), 1);
	read_all(0); /* of the same venue time as the answers: does not count */
	CHECK_INT(f.zero_reads, 1 * (v.read_venue_ms > f.last_answer_ms));
	later(300);
	read_all(1); /* something could still open */
	CHECK(!f.done && f.zero_reads == 0);
	later(300);
	read_all(0);
	CHECK(!f.done);
	later(300);
	v.not_watched = "Aave";
	read_all(0);
	CHECK(f.done && f.state == FLAT_FLAT);
	CHECK(strstr(f.text, "FLAT 14:02:1") && strstr(f.text, "read twice, nothing can open."));
	CHECK(strstr(f.text, "Not watched: Aave."));
	CHECK_INT(count(FW_CANCEL_STOPS), N);
	CHECK_INT(count(FW_END), 1);
	CHECK_INT(count(FW_BURN), 0);
	/* every leg lost 0.1 of its coins against the mark */
	double coins = 0;
	for (int i = 0; i < N; i++)
		coins += 5 + i;
	CHECK_NEAR(money_to_double(flat_cost(&f)), coins * 0.1, 1e-6);
}

TEST(silence_stops_nobody)
{
	struct flatten c = {.account = 0xff};
	setup(3);
	begin(&c);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 3);
	const double want[] = {1.5, 4, 8};
	for (int k = 0; k < 3; k++) { /* a rung a second, new attempts, each leg alone */
		later(999);
		flat_step(&f, &v, &out);
		CHECK_INT(count(FW_PLACE), 0);
		later(1);
		flat_step(&f, &v, &out);
		CHECK_INT(count(FW_PLACE), 3);
		uint32_t groups[3], n = 0;
		for (uint32_t i = 0; i < out.n; i++) {
			const struct flat_want *w = &out.at[i];
			if (w->kind != FW_PLACE)
				continue;
			CHECK_INT(w->rung, k + 2);
			CHECK_INT(w->qty.v, llabs((long long)leg[w->instr_id].szi.v));
			if (w->instr_id == 1)
				CHECK_NEAR(price_to_double(w->px), 99.9 * (1 - want[k] / 100),
					   0.01);
			groups[n++] = w->group;
		}
		CHECK(groups[0] != groups[1] && groups[1] != groups[2]);
	}
	later(1000);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 0); /* then the last each 2 s */
	later(1000);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 3);
	CHECK_INT(count(FW_NOTICE), 1);
	CHECK(strstr(f.text, "NOT FLAT: ") && strstr(f.text, "unknown"));
	/* a restart goes on where it was */
	uint8_t body[REC_BODY_MAX];
	memset(&g, 0x5a, sizeof g);
	for (uint32_t part = 0;; part++) {
		size_t n = flat_save(&f, part, body);
		if (!n)
			break;
		REQUIRE(flat_load(&g, part, body, n, v.now_ns));
	}
	static struct flat cut;
	CHECK(!flat_load(&cut, 0, body, flat_save(&f, 0, body) - 1, v.now_ns));
	CHECK_INT(g.n, f.n);
	CHECK_INT(g.leg[2].attempt, f.leg[2].attempt);
	f = g;
	/* the position comes to zero although nobody answered: flat, and the nonces are burned */
	for (int i = 0; i < 3; i++)
		leg[i].szi.v = 0;
	later(500);
	flat_step(&f, &v, &out);
	CHECK_INT(f.state, FLAT_VERIFYING);
	later(100);
	read_all(0);
	later(100);
	read_all(0);
	CHECK(f.done && f.state == FLAT_FLAT);
	CHECK_INT(count(FW_BURN), 15);
}

TEST(asks_after_two_minutes)
{
	struct flatten c = {.account = 0xff};
	uint32_t orders = 0;
	setup(1);
	begin(&c);
	while (!f.done && v.now_ns < 300000000000) {
		flat_step(&f, &v, &out);
		orders += count(FW_PLACE);
		for (uint32_t k = 0; k < out.n; k++)
			if (out.at[k].kind == FW_PLACE)
				fill(&out.at[k], 0);
		later(250);
	}
	CHECK(f.done && f.state == FLAT_NOT_FLAT && f.asked);
	CHECK(orders >= 4 + 55 && orders <= 4 + 60);
	CHECK(strstr(f.text, "NOT FLAT: 5 C0 (500 USD)"));
	flat_again(&f, &v);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 1);
	CHECK_INT(out.at[0].kind == FW_PLACE ? out.at[0].rung : out.at[1].rung, 1);
}

TEST(a_fraction_waits)
{
	struct flatten c = {.account = 0xff, .part = {500000000000}};
	setup(2);
	begin(&c);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 2);
	struct flat_want w0 = out.at[out.n - 1], w1 = out.at[out.n - 2];
	CHECK(!w0.target_zero);
	for (int k = 0; k < 20; k++) { /* silence: nothing more of it is sent */
		later(500);
		flat_step(&f, &v, &out);
		CHECK_INT(count(FW_PLACE), 0);
	}
	fill(&w0, 0.5);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 1);
	struct flat_want again = out.at[out.n - 1];
	CHECK_INT(again.leg, w0.leg);
	CHECK_INT(again.qty.v, w0.qty.v / 2);
	fill(&again, 1);
	fill(&w1, 1);
	flat_step(&f, &v, &out);
	CHECK_INT(f.state, FLAT_VERIFYING);
	later(100);
	read_all(0);
	later(100);
	read_all(0);
	CHECK(f.done && strstr(f.text, "REDUCED") && strstr(f.text, "2 legs"));
	CHECK_INT(count(FW_CANCEL_STOPS), 0); /* the rest still needs them */
	CHECK_INT(leg[0].szi.v, -250000000);
}

static void refuse(const struct flat_want *w, uint8_t reject, bool batch)
{
	struct exec_report r = {.kind = REP_CLOSED,
				.reject = reject,
				.batch_error = batch,
				.slice = w->leg + 1,
				.attempt = w->attempt};
	flat_on_order(&f, &r, &v);
}

/* Above the venue's order value a leg goes in pieces, and nobody answers any of them: each rung
 * goes out whole all the same. What an older piece became of is burned with the rest after FLAT. */
TEST(pieces_without_an_answer)
{
	struct flatten c = {.account = 0xff};
	uint32_t rungs = 0, pieces = 0;
	setup(1);
	instr[0].max_leverage = 5; /* 5 M USD an order */
	leg[0].szi = qt(350000);   /* 35 M at 100 */
	begin(&c);
	for (int ms = 0; ms <= 34000; ms += 500, later(500)) {
		flat_step(&f, &v, &out);
		int64_t sent = 0;
		for (uint32_t k = 0; k < out.n; k++)
			if (out.at[k].kind == FW_PLACE) {
				sent += out.at[k].qty.v;
				pieces++;
			}
		if (!sent)
			continue;
		rungs++;
		CHECK_INT(sent, leg[0].szi.v);
	}
	CHECK_INT(rungs, 4 + 15); /* at 0, 1, 2, 3 s, then each 2 s */
	CHECK(pieces >= 6 * rungs);
}

TEST(refusals)
{
	struct flatten c = {.account = 0xff};
	setup(4);
	begin(&c);
	flat_step(&f, &v, &out);
	struct flat_want w[4];
	uint32_t n = 0;
	for (uint32_t k = 0; k < out.n; k++)
		if (out.at[k].kind == FW_PLACE)
			w[n++] = out.at[k];
	REQUIRE(n == 4);
	later(200);
	fill(&w[0], 1);
	refuse(&w[1], REJ_REDUCE_ONLY, false); /* read, clear what covers, again within 1 s */
	refuse(&w[2], REJ_VALUE_CAP, false);
	refuse(&w[3], REJ_NUMBER, true); /* one bad leg kills the batch: alone, at once */
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_CANCEL_RO), 1);
	CHECK(count(FW_READ) >= 1);
	uint32_t half = 0, last = 0, groups = 0;
	for (uint32_t k = 0; k < out.n; k++)
		if (out.at[k].kind == FW_PLACE) {
			half += out.at[k].leg == w[2].leg;
			groups += out.at[k].group != last;
			last = out.at[k].group;
			CHECK(out.at[k].leg != w[1].leg);
		}
	CHECK_INT(half, 2); /* split */
	CHECK_INT(groups, 2);
	later(500);
	flat_step(&f, &v, &out);
	CHECK(count(FW_PLACE) >= 1 && out.at[out.n - 1].leg == w[1].leg &&
	      out.at[out.n - 1].rung == 1);
	/* a leg that cannot trade is named, tried all the same, and holds nobody up */
	leg[w[3].instr_id].cannot_trade = true;
	leg[w[1].instr_id].szi.v = leg[w[2].instr_id].szi.v = 0;
	later(100);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_NOTICE), 1);
	for (int k = 0; k < 240 && !f.done; k++) {
		later(500);
		flat_step(&f, &v, &out);
		for (uint32_t i = 0; i < out.n; i++)
			CHECK(out.at[i].kind != FW_PLACE || out.at[i].leg == w[3].leg);
	}
	CHECK(f.leg[w[3].leg].tries > 60);
	CHECK(f.done && f.state == FLAT_NOT_FLAT && strstr(f.text, "cannot trade"));
}

/* The venue's largest order is smaller than the table says: every piece of a rung is refused at
 * once, and the next rung's are half as large, not a thousandth. */
TEST(pieces_over_the_cap)
{
	struct flatten c = {.account = 0xff};
	uint32_t pieces = 0, rungs = 0;
	setup(1);
	instr[0].max_leverage = 5; /* 5 M USD an order, it is thought; in truth 3 */
	leg[0].szi = qt(350000);
	begin(&c);
	for (int k = 0; k < 4 && leg[0].szi.v; k++, later(1000)) {
		flat_step(&f, &v, &out);
		struct flat_out step = out;
		pieces = 0;
		rungs++;
		for (uint32_t i = 0; i < step.n; i++) {
			const struct flat_want *w = &step.at[i];
			if (w->kind != FW_PLACE)
				continue;
			pieces++;
			if (qty_to_double(w->qty) * 100 > 3e6)
				refuse(w, REJ_VALUE_CAP, false);
			else
				fill(w, 1);
		}
	}
	CHECK_INT(leg[0].szi.v, 0);
	CHECK_INT(rungs, 2);
	CHECK(pieces <= 16);
}

/* Orders that arrived too late say nothing of the price: the third rung goes again as the third,
 * however many pieces and older rungs were refused with it. */
TEST(the_ladder_never_goes_back)
{
	struct flatten c = {.account = 0xff};
	static struct flat_want w[64];
	uint32_t n = 0;
	setup(1);
	instr[0].max_leverage = 5;
	leg[0].szi = qt(220000); /* 5 pieces */
	begin(&c);
	for (int k = 0; k < 3; k++, later(1000)) {
		flat_step(&f, &v, &out);
		for (uint32_t i = 0; i < out.n; i++)
			if (out.at[i].kind == FW_PLACE)
				w[n++] = out.at[i];
	}
	REQUIRE(w[n - 1].rung == 3 && n >= 12);
	for (uint32_t i = 0; i < n; i++)
		refuse(&w[i], REJ_EXPIRED, false);
	flat_step(&f, &v, &out);
	CHECK_INT(first_place().rung, 3);
	CHECK_INT(first_place().px.v, w[n - 1].px.v);
}

/* Three refusals name a leg whose trading is halted; it goes on being tried, after the others and
 * in an action of its own, and is closed when trading begins again. Dust is not tried on. */
TEST(halted_is_tried_on)
{
	struct flatten c = {.account = 0xff};
	static const uint8_t why[2] = {REJ_NOT_TRADABLE, REJ_MIN_NTL};
	for (int dust = 0; dust < 2; dust++) {
		uint32_t told = 0, sent = 0;
		setup(3);
		begin(&c);
		uint32_t bad = 1; /* leg 0 is always answered with a fill, leg 1 refused */
		for (int k = 0; k < 20 && !f.done; k++, later(1000)) {
			flat_step(&f, &v, &out);
			struct flat_out step = out;
			for (uint32_t i = 0; i < step.n; i++) {
				const struct flat_want *w = &step.at[i];
				told += w->kind == FW_NOTICE &&
					strstr(w->text, "other legs") != NULL;
				if (w->kind != FW_PLACE || w->leg == 2)
					continue;
				sent += w->leg == bad;
				if (w->leg == bad)
					refuse_saying(w, why[dust], "Trading is halted.");
				else
					fill(w, 1);
				/* once named it takes nobody along */
				for (uint32_t n = 0; n < step.n && told && w->leg == bad; n++)
					CHECK(n == i || step.at[n].kind != FW_PLACE ||
					      step.at[n].group != w->group);
			}
		}
		CHECK_INT(told, 1);
		CHECK(!f.done); /* leg 2 is silent */
		CHECK_INT(f.leg[bad].state, FL_CANNOT);
		CHECK(dust ? sent == 3 : sent > 10);
		if (dust)
			continue;
		for (int k = 0; k < 6 && !f.done; k++, later(1000)) {
			flat_step(&f, &v, &out);
			struct flat_out step = out;
			for (uint32_t i = 0; i < step.n; i++)
				if (step.at[i].kind == FW_PLACE)
					fill(&step.at[i], step.at[i].leg == bad && k < 3 ? 0.5 : 1);
		}
		read_all(0);
		later(100);
		read_all(0);
		CHECK(f.done && f.state == FLAT_FLAT);
	}
}

/* Nobody can take: one post-only close a leg at the touch, a probe for the first leg alone. */
TEST(post_only_venue)
{
	struct flatten c = {.account = 0xff};
	setup(3);
	v.post_only = true;
	begin(&c);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 3);
	for (uint32_t k = 0; k < out.n; k++)
		if (out.at[k].kind == FW_PLACE) {
			CHECK_INT(out.at[k].tif, TIF_ALO);
			CHECK_INT(out.at[k].px.v, w_px(out.at[k].buy ? 99.9 : 100.1).v);
		}
	later(2000);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 1);
	CHECK(out.at[out.n - 1].tif == TIF_IOC && out.at[out.n - 1].leg == 0);
	v.post_only = false; /* over: the resting closes would cover the position */
	later(2000);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_CANCEL_RO), 3);
	CHECK_INT(count(FW_PLACE), 3);
}

TEST(scopes)
{
	struct flatten c = {.account = 0xff, .scope = FLAT_LONGS};
	struct err e = {0};
	setup(6);
	begin(&c);
	CHECK_INT(f.n, 4); /* 0 and 3 are short */
	c.scope = FLAT_SHORTS;
	begin(&c);
	CHECK_INT(f.n, 2);
	c.scope = FLAT_ALL;
	c.n_keep = 1;
	memcpy(c.keep[0], "C2", 3);
	begin(&c);
	CHECK_INT(f.n, 5);
	c.scope = FLAT_COINS;
	c.n_keep = 0;
	c.n_coins = 2;
	memcpy(c.coin[0], "C2", 3);
	memcpy(c.coin[1], "C4", 3);
	begin(&c);
	CHECK_INT(f.n, 2);
	memcpy(c.coin[1], "ZZ", 3);
	CHECK(!flat_init(&f, 1, &c, &v, &e) && strstr(e.text, "no position in ZZ"));
	/* nothing held: verified and said */
	c = (struct flatten){.account = 0xff};
	v.n = 0;
	begin(&c);
	flat_step(&f, &v, &out);
	later(50);
	read_all(0);
	later(50);
	read_all(0);
	CHECK(f.done && f.state == FLAT_FLAT);
}

/* Random venue: half of the answers lost, partial fills, never across zero, never a false FLAT. */
TEST(random_flattens)
{
	struct prng r;
	prng_seed(&r, test_seed);
	uint32_t flats = 0;
	for (int run = 0; run < 300; run++) {
		struct flatten c = {.account = 0xff};
		if (prng_below(&r, 3) == 0)
			c.part.v = 250000000000;
		setup(1 + (int)prng_below(&r, N));
		begin(&c);
		static struct flat_want pend[4096];
		static int64_t due[4096];
		uint32_t np = 0;
		for (int k = 0; k < 1500 && !f.done; k++) {
			if (prng_below(&r, 30) == 0) {
				uint8_t body[REC_BODY_MAX];
				for (uint32_t part = 0;; part++) {
					size_t n = flat_save(&f, part, body);
					if (!n)
						break;
					REQUIRE(flat_load(&g, part, body, n, v.now_ns));
				}
				g.rung_start_ns = f.rung_start_ns;
				f = g;
			}
			flat_step(&f, &v, &out);
			for (uint32_t i = 0; i < out.n; i++) {
				const struct flat_want *w = &out.at[i];
				if (w->kind == FW_PLACE && np < 4096) {
					due[np] = v.now_ns +
						  (int64_t)prng_below(
							  &r, prng_below(&r, 3) ? 400 : 9000) *
							  W_MS;
					pend[np++] = *w;
				}
			}
			for (uint32_t i = 0; i < np; i++) {
				if (due[i] > v.now_ns || pend[i].qty.v == 0)
					continue;
				const struct flat_leg_view *p = &leg[pend[i].instr_id];
				bool right = pend[i].buy ? p->szi.v < 0 : p->szi.v > 0;
				fill(&pend[i], right ? prng_unit(&r) + 0.3 : 0);
				pend[i].qty.v = 0;
			}
			if (prng_below(&r, 3) == 0) {
				v.read_id++;
				v.read_venue_ms = v.wall_ms + 1;
			}
			for (uint32_t i = 0; i < f.n; i++) {
				int64_t live = llabs((long long)leg[f.leg[i].instr_id].szi.v);
				CHECK(live >= f.leg[i].target.v || f.leg[i].target.v == 0);
				CHECK(f.leg[i].buy ? leg[f.leg[i].instr_id].szi.v <= 0
						   : leg[f.leg[i].instr_id].szi.v >= 0);
			}
			later(100);
		}
		CHECK(f.done);
		flats += f.state == FLAT_FLAT;
		if (f.state == FLAT_FLAT)
			for (uint32_t i = 0; i < f.n; i++)
				CHECK(llabs((long long)leg[f.leg[i].instr_id].szi.v) -
					      f.leg[i].target.v <
				      (f.leg[i].target.v ? qt(0.1).v : 1)); /* below 10 USD */
	}
	CHECK(flats > 250);
}

TEST_MAIN(T(ladder_numbers), T(ladder_properties), T(twenty_positions), T(silence_stops_nobody),
	  T(asks_after_two_minutes), T(a_fraction_waits), T(pieces_without_an_answer),
	  T(pieces_over_the_cap), T(the_ladder_never_goes_back), T(halted_is_tried_on), T(refusals),
	  T(post_only_venue), T(scopes), T(random_flattens))
