/* t_drill.c: each drill's world is what its row says, left alone on one seed; the record and the
 * players. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paper/drill.h"
#include "paper/str.h"
#include "tests/run.h"

static struct drill_conf conf_of(const char *name)
{
	struct drill_conf c = {
		.drill = drill_find(name), .seed = test_seed, .start_ms = 1760000010000LL};

	snprintf(c.addr, sizeof c.addr, "0x%040d", 1);
	snprintf(c.agent, sizeof c.agent, "0x%040d", 2);
	return c;
}

/* To the end, or to `until` drill seconds. */
static void play(struct drill_run *r, enum drill_player who, double until)
{
	struct drill_hand h = {.who = who};

	while (!drill_over(r) && drill_seconds(r) < until) {
		paper_advance(r->paper, paper_deadline(r->paper));
		drill_tick(r);
		drill_play(r, &h);
	}
	drill_finish(r);
}

static bool open_as(struct drill_run *r, const char *name, enum drill_player who)
{
	struct drill_conf c = conf_of(name);
	struct err e = {0};

	if (!c.drill || !drill_open(r, &c, &e)) {
		test_fail(__FILE__, __LINE__, "%s: %s", name, e.text);
		return false;
	}
	play(r, who, 1e9);
	return true;
}

static const struct drill_sample *at(const struct drill_run *r, double t)
{
	for (uint32_t i = 0; i < r->n_samples; i++)
		if (r->sample[i].t_s >= t)
			return &r->sample[i];
	return &r->sample[r->n_samples - 1];
}

static uint32_t notes(const struct drill_run *r, const char *part)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < r->n_events; i++)
		n += r->event[i].kind == DE_NOTE && strstr(r->event[i].text, part) != NULL;
	return n;
}

/* Every step of every drill is taken by the venue; the account dies where the row says; what is
 * deadly is taken. */
TEST(rows)
{
	for (uint32_t i = 0; drill_row(i); i++) {
		const struct drill *d = drill_row(i);
		struct drill_run r;
		bool backstop;

		CHECK(drill_find(d->scene.name) == d);
		if (!open_as(&r, d->scene.name, DP_NOTHING))
			continue;
		if (notes(&r, "REFUSED"))
			test_fail(__FILE__, __LINE__, "%s: a step is refused", d->scene.name);
		CHECK_NEAR(r.sample[1].dies_pct, d->dies_pct, 0.15 + d->dies_pct * 0.1);
		CHECK_INT(drill_liquidated(&r, &backstop), d->deadly);
		CHECK(drill_loss(&r) > 0);
		CHECK_NEAR(drill_cut(&r), 0, 0);
		CHECK(r.first_s < 0);
		drill_close(&r);
	}
	CHECK(!drill_find("hedge"));
	CHECK_INT(drill_row(12) == NULL, 1);
}

TEST(gap40)
{
	struct drill_run r;
	double behind = 0;

	if (!open_as(&r, "gap40", DP_NOTHING))
		return;
	for (uint32_t i = 0; i < r.n_samples; i++)
		behind = fmax(behind, r.sample[i].mark[0] / r.sample[i].mid[0] - 1);
	CHECK(behind > 0.009 && behind < 0.02); /* the mark over the book */
	CHECK_NEAR(at(&r, 92)->mid[0] / at(&r, 0)->mid[0] - 1, -0.035, 0.008);
	CHECK_NEAR(drill_notional(&r), 20 * 112000, 20000);
	CHECK_NEAR(r.equity0, 54544, 3000);
	CHECK(drill_loss(&r) <= r.equity0 + 1e-6);
	drill_close(&r);
}

TEST(october)
{
	struct drill_run r;

	if (!open_as(&r, "october", DP_NOW))
		return;
	CHECK_NEAR(at(&r, 225)->mid[0] / at(&r, 0)->mid[0] - 1, -0.12, 0.03);
	CHECK(at(&r, 225)->mid[4] / at(&r, 0)->mid[4] < 0.45);
	drill_close(&r);
	/* Who keeps the hedge loses it: sell the longs, hold the short of HYPE. */
	struct drill_conf c = conf_of("october");
	struct err e = {0};
	struct money more;

	REQUIRE(drill_open(&r, &c, &e) && money_from_double(&more, 3e6));
	CHECK(paper_fund(r.paper, c.addr, more));
	play(&r, DP_NOTHING, 70);
	CHECK(r.sample[r.n_samples - 1].szi[3] > -4040 * 0.7);
	CHECK(notes(&r, "adl") > 0);
	drill_close(&r);
}

/* Nobody's order fills while it is post-only; afterwards the first does. */
TEST(postonly)
{
	struct drill_run r;

	if (!open_as(&r, "postonly", DP_NOW))
		return;
	CHECK_NEAR(at(&r, 148)->szi[0], 10, 1e-9);
	CHECK_NEAR(at(&r, 156)->szi[0], 0, 1e-9);
	CHECK(r.first_s >= 2 && r.first_s < 2.5);
	drill_close(&r);
}

/* Orders come 5 to 40 s late, and none is lost. */
TEST(outage37)
{
	struct drill_run r;

	if (!open_as(&r, "outage37", DP_NOW))
		return;
	CHECK_NEAR(at(&r, 6.5)->szi[0], 8, 1e-9);
	CHECK_NEAR(at(&r, 44)->szi[0], 0, 1e-9);
	drill_close(&r);
}

TEST(frozen)
{
	struct drill_conf c = conf_of("frozen");
	struct drill_run r;
	struct err e = {0};

	REQUIRE(drill_open(&r, &c, &e));
	play(&r, DP_NOTHING, 60);
	CHECK(drill_still_s(&r, false) > 60 && drill_still_s(&r, true) < 1);
	play(&r, DP_NOTHING, 150);
	CHECK(drill_still_s(&r, true) > 25);
	drill_close(&r);
}

/* The hour strikes in the depeg, and is paid; then nothing more. */
TEST(depeg)
{
	struct drill_run r;
	double paid;

	if (!open_as(&r, "depeg", DP_NOTHING))
		return;
	paid = at(&r, 479)->equity - at(&r, 483)->equity -
	       27 * (at(&r, 479)->mark[0] - at(&r, 483)->mark[0]);
	CHECK(paid > 3000 && paid < 25000);
	drill_close(&r);
}

TEST(twohands)
{
	struct drill_run r;

	if (!open_as(&r, "twohands", DP_NOTHING))
		return;
	CHECK_NEAR(at(&r, 4)->szi[0], 55, 1e-9);
	CHECK(at(&r, 60)->szi[0] > 45 && notes(&r, "hand") >= 7);
	drill_close(&r);
}

TEST(litter)
{
	struct drill_run r;

	if (!open_as(&r, "litter", DP_NOTHING))
		return;
	CHECK(notes(&r, "litter") == 1 && notes(&r, "dust") == 2);
	drill_close(&r);
	if (!open_as(&r, "litter", DP_CLOSE1)) /* covered: a close alone is refused */
		return;
	CHECK_NEAR(at(&r, 10)->szi[0], 8, 1e-9);
	drill_close(&r);
}

/* The same again is the same; another seed is not. */
TEST(seeds)
{
	struct drill_run a, b;
	struct str s = {0}, t = {0};

	if (!open_as(&a, "alt", DP_TRIM5) || !open_as(&b, "alt", DP_TRIM5))
		return;
	drill_put_timeline(&s, &a);
	drill_put_timeline(&t, &b);
	CHECK(strcmp(str_text(&s), str_text(&t)) == 0 && s.len > 1000);
	CHECK(drill_cut(&a) > 100000 && drill_cut(&a) < drill_notional(&a) * 1.01);
	drill_close(&b);
	test_seed++;
	if (!open_as(&b, "alt", DP_TRIM5))
		return;
	test_seed--;
	str_clear(&t);
	drill_put_timeline(&t, &b);
	CHECK(strcmp(str_text(&s), str_text(&t)) != 0);
	str_free(&s);
	str_free(&t);
	drill_close(&a);
	drill_close(&b);
}

/* A stop over everything is no naked minute; without one it is. */
TEST(naked)
{
	struct drill_run r;
	double bare = 0, kept = 0;

	if (!open_as(&r, "frozen", DP_NOTHING))
		return;
	for (uint32_t i = 0; i < r.n_samples; i++)
		bare += r.sample[i].t_s > 0 && r.sample[i].naked;
	drill_close(&r);
	if (!open_as(&r, "frozen", DP_GUARD))
		return;
	for (uint32_t i = 0; i < r.n_samples; i++)
		kept += r.sample[i].t_s > 0 && r.sample[i].naked;
	CHECK(bare > 120);
	CHECK(kept < 5);
	drill_close(&r);
}

TEST_MAIN(T(rows), T(gap40), T(october), T(postonly), T(outage37), T(frozen), T(depeg), T(twohands),
	  T(litter), T(seeds), T(naked))
