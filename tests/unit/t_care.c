/* CARE: slices within their share of the book and of the time, on whatever is lost, blind, paused
 * or restarted, in a venue where nobody can trade, and NOW that takes one leg over. */
#include "tests/unit/flat_world.h"

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

/* Trading of one leg is halted for a minute: its slices go on being tried, alone, the other leg's
 * go on as ever, and all of it is closed by the end. */
TEST(a_halted_leg_is_tried_on)
{
	uint32_t refused = 0;
	two_legs();
	begin(&care_all);
	f.seed = 7;
	for (int ms = 0; ms < 300000 && f.state != FLAT_VERIFYING; ms += 500, later(500)) {
		flat_step(&f, &v, &out);
		struct flat_out step = out;
		for (uint32_t i = 0; i < step.n; i++) {
			const struct flat_want *w = &step.at[i];
			bool named = f.leg[w->leg < f.n ? w->leg : 0].state == FL_CANNOT;
			if (w->kind != FW_PLACE)
				continue;
			for (uint32_t k = 0; k < step.n && named; k++)
				CHECK(k == i || step.at[k].kind != FW_PLACE ||
				      step.at[k].group != w->group);
			if (w->instr_id == 1 && ms < 60000) {
				refuse_saying(w, REJ_NOT_TRADABLE, "Trading is halted.");
				refused++;
			} else {
				fill(w, 1);
			}
		}
	}
	CHECK(refused > 6);
	CHECK(leg[0].szi.v == 0 && leg[1].szi.v == 0);
	read_all(0);
	later(100);
	read_all(0);
	CHECK(f.done && f.state == FLAT_FLAT);
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
		refuse_saying(&probe, REJ_POST_ONLY, "Only post-only orders allowed");
	}
	v.post_only = false;
	later(2000);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_CANCEL_RO), 3);
	CHECK(count(FW_PLACE) > 0);
	for (uint32_t k = 0; k < out.n; k++)
		CHECK(out.at[k].kind != FW_PLACE || out.at[k].tif == TIF_IOC);
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

TEST_MAIN(T(care_slices), T(a_halted_leg_is_tried_on), T(care_waits_for_proof), T(care_goes_on),
	  T(care_blind_pause_restart), T(care_in_a_post_only_venue), T(now_for_one_leg))
