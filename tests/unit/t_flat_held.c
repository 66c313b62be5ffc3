/* A flatten's smaller promises, one test each: what a resting close and a resting cut do when they
 * are over, when care gives up beside NOW, that it says once that it takes longer, which of two
 * accounts is meant, and which legs are in which part of the journal. */
#include "exec/flat_in.h"
#include "tests/unit/flat_world.h"

static uint32_t told_notices(uint8_t code)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < out.n; i++)
		n += out.at[i].kind == FW_NOTICE && out.at[i].code == code;
	return n;
}

static struct flat_want resting(void)
{
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == FW_PLACE && out.at[i].tif == TIF_ALO)
			return out.at[i];
	return (struct flat_want){0};
}

/* The venue takes post-only orders alone. A cut that rested waited for its end as for a proof: the
 * rest goes at once. A close to zero waits for nothing, so its end is no reason to be early. */
TEST(the_end_of_a_resting_order)
{
	const double cuts[] = {2, 2, 2};
	struct flatten all = {.account = 0xff}, trim = trim_of(3, cuts);
	struct flat_want w;

	for (int cut = 0; cut < 2; cut++) {
		setup(3);
		for (int i = 0; i < 3; i++)
			leg[i].szi = qt(10);
		v.post_only = true;
		begin(cut ? &trim : &all);
		flat_step(&f, &v, &out);
		w = resting();
		REQUIRE(w.qty.v > 0);
		later(100);
		tell(&w, 0, REP_CLOSED);
		flat_step(&f, &v, &out);
		CHECK_INT(count(FW_PLACE), cut);
	}
}

/* Nothing fills any more. Care alone asks when its time is over and then nothing moved for as long
 * as the ladder tries; with a leg under NOW, as soon as the ladder does; and not once that leg is
 * flat. */
TEST(when_care_gives_up)
{
	const struct flatten now = {.account = 0xff, .scope = FLAT_COINS, .n_coins = 1};
	int64_t give_up = panic_default()->give_up_ms, care = panic_default()->care_ms;

	for (int k = 0; k < 3; k++) {
		struct flatten c = now;
		two_legs();
		begin(&care_all);
		if (k) {
			memcpy(c.coin[0], "C1", 3);
			CHECK_INT(flat_now(&f, &c, &v), 1);
		}
		if (k == 2)
			leg[1].szi.v = 0;
		flat_step(&f, &v, &out);
		later(give_up + 1000);
		flat_step(&f, &v, &out);
		CHECK_INT(f.asked, k == 1);
		later(care + 1000);
		flat_step(&f, &v, &out);
		CHECK(f.asked);
	}
}

/* A book that holds little: that it takes longer than said is said once, at the slice after the
 * planned ones. */
TEST(care_says_once_that_it_takes_longer)
{
	uint32_t said = 0, at = 0;

	two_legs();
	for (int i = 0; i < 2; i++)
		for (int k = 0; k < 6; k++)
			book[i].bid[k].sz = qt(0.4);
	begin(&care_all);
	for (int k = 0; k < 3000 && f.slice < 20; k++) {
		flat_step(&f, &v, &out);
		for (uint32_t i = 0; i < out.n; i++)
			if (out.at[i].kind == FW_PLACE) {
				struct flat_want w = out.at[i];
				fill(&w, 1);
			}
		if (told_notices(NC_NOT_FLAT)) {
			said += told_notices(NC_NOT_FLAT);
			at = f.slice;
		}
		later(1000);
	}
	CHECK_INT(f.slice, 20);
	CHECK_INT(said, 1);
	CHECK_INT(at, panic_default()->care_slices + 1);
}

/* Two accounts hold the same coin: only the leg of the one that is named changes hands. */
TEST(the_account_that_is_named)
{
	struct flatten c = {.account = 1, .scope = FLAT_COINS, .n_coins = 1};

	two_legs();
	leg[1] = leg[0];
	leg[1].account = 1;
	begin(&care_all);
	REQUIRE(f.n == 2);
	memcpy(c.coin[0], "C0", 3);
	CHECK_INT(flat_now(&f, &c, &v), 1);
	for (int i = 0; i < 2; i++)
		CHECK_INT(f.leg[i].verb, f.leg[i].account == 1 ? VERB_NOW : VERB_CARE);
	CHECK(!flat_hurry(&f, &v, 1, 0)); /* it is under NOW already */
	CHECK(!flat_hurry(&f, &v, 2, 0));
	CHECK(flat_hurry(&f, &v, 0, 0));
	for (int i = 0; i < 2; i++)
		CHECK_INT(f.leg[i].verb, VERB_NOW);
	/* what is read later of the second account is a leg of its own */
	two_legs();
	begin(&care_all);
	leg[2] = leg[0];
	leg[2].account = 1;
	v.n = 3;
	CHECK_INT(flat_legs_take(&f, &v), 1);
	CHECK_INT(f.leg[2].account, 1);
}

/* Each part of the journal holds its legs and no others, and there is none behind the last. */
TEST(every_leg_is_in_its_part)
{
	uint8_t body[REC_BODY_MAX];

	for (int n = 1; n <= 2 * FLAT_PART_LEGS + 1; n++) {
		uint32_t parts = 1 + ((uint32_t)n + FLAT_PART_LEGS - 1) / FLAT_PART_LEGS;
		setup(n);
		begin(&care_all);
		REQUIRE(f.n == (uint32_t)n);
		for (uint32_t k = 0; k < parts; k++)
			CHECK(flat_save(&f, k, body) > 0);
		CHECK_INT(flat_save(&f, parts, body), 0);
		reload();
		CHECK_INT(f.n, n);
		for (int i = 0; i < n; i++)
			for (int k = 0; k < i; k++)
				CHECK(strcmp(f.leg[i].coin, f.leg[k].coin) != 0);
		for (int i = 0; i < n; i++)
			CHECK_INT(f.leg[i].start.v, llabs(leg[f.leg[i].instr_id].szi.v));
		CHECK(!flat_load(&f, parts, body, 1, v.now_ns));
	}
}

TEST_MAIN(T(the_end_of_a_resting_order), T(when_care_gives_up),
	  T(care_says_once_that_it_takes_longer), T(the_account_that_is_named),
	  T(every_leg_is_in_its_part))
