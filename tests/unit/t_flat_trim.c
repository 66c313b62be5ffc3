/* TRIM: cuts that are never exceeded whatever is lost, pairs that hold the net, break-even, and NOW
 * after a trim that nobody answers. */
#include "tests/unit/flat_world.h"

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
			refuse_saying(w, REJ_POST_ONLY, "Only post-only orders allowed");
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
		refuse_saying(&probe, REJ_POST_ONLY, "Only post-only orders allowed");
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

/* A second cut of a leg of 20: `q` of what was read as `of`. */
static uint32_t cut_again(double q, double of)
{
	struct flatten c = trim_of(1, (const double[]){q});
	c.cut[0].of = qt(of);
	return flat_trim_again(&f, &c, &v);
}

static double kept(int i)
{
	return qty_to_double(f.leg[i].target);
}

/* Pressed again: of each leg the lower target stands, never the sum of both cuts; what is in flight
 * or sold since the sheet was read is not cut twice, and the ladder goes on where it is. */
TEST(a_trim_pressed_again_takes_the_larger_cut)
{
	const double ten[] = {10}, both[] = {3, 8};
	struct flatten c = trim_of(1, ten), two;
	struct flat_want first, w;
	struct qty left;

	two_legs();
	leg[0].szi = qt(20);
	begin(&c);
	flat_step(&f, &v, &out);
	first = first_place();
	CHECK_NEAR(qty_to_double(first.qty), 10, 1e-9);
	CHECK_INT(cut_again(3, 20), 1); /* less: what was confirmed first stands */
	CHECK_NEAR(kept(0), 10, 1e-9);
	CHECK_INT(cut_again(12, 20), 1);
	CHECK_NEAR(kept(0), 8, 1e-9);
	later(1500);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 0); /* ten are in flight: they wait for proof */
	fill(&first, 1);
	flat_step(&f, &v, &out);
	w = first_place();
	CHECK_NEAR(qty_to_double(w.qty), 2, 1e-9);
	CHECK_INT(w.rung, 2); /* on down the ladder */
	fill(&w, 0.5);
	CHECK(flat_cut_left(&f, leg[0].account, 0, leg[0].szi, &left));
	CHECK_NEAR(qty_to_double(left), 1, 1e-9);
	/* read beside 20, pressed beside 9: what has gone meanwhile is part of it */
	CHECK_INT(cut_again(15, 20), 1);
	CHECK_NEAR(kept(0), 5, 1e-9);
	/* the other leg joins; this one keeps what it had */
	two = trim_of(2, both);
	CHECK_INT(flat_trim_again(&f, &two, &v), 2);
	CHECK_INT(f.n, 2);
	CHECK_NEAR(kept(0), 5, 1e-9);
	CHECK_NEAR(kept(1), 12, 1e-9);
	for (int k = 0; k < 12; k++) {
		later(1000);
		flat_step(&f, &v, &out);
		for (uint32_t i = 0; i < out.n; i++)
			if (out.at[i].kind == FW_PLACE)
				fill(&out.at[i], 1);
	}
	CHECK_NEAR(qty_to_double(leg[0].szi), 5, 1e-9);
	CHECK_NEAR(qty_to_double(leg[1].szi), 12, 1e-9);
	CHECK_INT(f.state, FLAT_VERIFYING);
	/* done, and cut once more before the reads: by what somebody else added too */
	leg[0].szi = qt(9);
	CHECK_INT(cut_again(6, 9), 1);
	CHECK_NEAR(kept(0), 3, 1e-9);
	later(1000);
	flat_step(&f, &v, &out);
	w = first_place();
	CHECK_NEAR(qty_to_double(w.qty), 6, 1e-9);
	CHECK_INT(w.rung, 1);
	CHECK_INT(f.state, FLAT_SENDING);
}

/* Another hand sold of it since, and bought again after the second press: that is in no ticket. */
TEST(a_second_cut_sells_no_more_than_it_says)
{
	const double four[] = {4};
	struct flatten c = trim_of(1, four);
	struct flat_want w;

	two_legs();
	leg[0].szi = qt(20);
	begin(&c);
	flat_step(&f, &v, &out);
	w = first_place();
	fill(&w, 1);
	leg[0].szi = qt(12); /* four of them are not ours */
	CHECK_INT(cut_again(3, 12), 1);
	leg[0].szi = qt(16);
	later(1500);
	flat_step(&f, &v, &out);
	w = first_place();
	CHECK_NEAR(qty_to_double(w.qty), 3, 1e-9);
}

/* A cut of ten of a leg of twenty, its order sent. */
static struct flat_want ten_of_twenty(void)
{
	const double ten[] = {10};
	struct flatten c = trim_of(1, ten);

	two_legs();
	leg[0].szi = qt(20);
	begin(&c);
	flat_step(&f, &v, &out);
	return first_place();
}

/* A verdict says that so much is sold; the position does not show it yet. */
static void told_ahead(const struct flat_want *w, struct qty sold)
{
	struct exec_report r = {.kind = REP_CLOSED,
				.slice = w->leg + 1,
				.attempt = w->attempt,
				.filled = sold,
				.px = w->px};

	flat_on_order(&f, &r, &v);
}

static double next_order(struct flat_want *w)
{
	later(1500);
	flat_step(&f, &v, &out);
	*w = first_place();
	return qty_to_double(w->qty);
}

TEST(what_a_verdict_told_ahead_is_not_cut_twice)
{
	struct flat_want w = ten_of_twenty();

	told_ahead(&w, qt(6));
	CHECK_INT(cut_again(12, 20), 1);
	CHECK_NEAR(next_order(&w), 6, 1e-9);
}

/* The verdict of what was in flight at the second press comes before its fill does. */
TEST(a_verdict_after_the_second_press_is_not_cut_twice)
{
	struct flat_want w = ten_of_twenty();

	CHECK_INT(cut_again(12, 20), 1);
	told_ahead(&w, w.qty);
	CHECK_NEAR(next_order(&w), 2, 1e-9);
	told_ahead(&w, w.qty);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 0);
	CHECK_INT(f.state, FLAT_SENDING); /* not done either before the fills are heard */
}

TEST_MAIN(T(a_second_cut_sells_no_more_than_it_says), T(a_trim_pressed_again_takes_the_larger_cut),
	  T(what_a_verdict_told_ahead_is_not_cut_twice),
	  T(a_verdict_after_the_second_press_is_not_cut_twice), T(trim_cuts),
	  T(trim_stops_at_break_even), T(trim_pairs), T(trim_never_exceeds),
	  T(trim_in_a_post_only_venue), T(now_after_a_trim_that_nobody_answers))
