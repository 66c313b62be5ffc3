/* The hold list: what leaves when, and that nothing leaves twice or unsigned. */
#include <string.h>

#include "base/prng.h"
#include "host/outbox.h"
#include "tests/run.h"

static struct outbox room;
static struct outbox *const box = &room;
static struct effect ef;

static void add(uint64_t nonce, uint8_t lane, bool needs_commit, int64_t now)
{
	memset(&ef, 0, sizeof ef);
	ef.kind = EF_SEND;
	ef.lane = lane;
	ef.send.env.nonce = nonce;
	ef.send.needs_commit = needs_commit;
	CHECK(outbox_add(box, &ef, now) != NULL);
}

static uint64_t next(uint64_t committed, int64_t now)
{
	struct outbox_slot *s = outbox_next(box, committed, now);

	return s ? s->nonce : 0;
}

static void fresh(void)
{
	outbox_init(box);
}

TEST(waits_for_its_commit)
{
	fresh();
	add(10, LANE_EXIT, true, 0);
	CHECK_INT(next(99, 0), 0); /* not signed */
	CHECK(outbox_unsigned(box));
	CHECK(outbox_signed(box, 10, false, "abc", 3));
	CHECK(!outbox_unsigned(box));
	CHECK_INT(next(99, 0), 0); /* not handed over: no number yet */
	outbox_handed_over(box, 5);
	CHECK_INT(next(4, 10000000000), 0); /* no 100 ms rule in this lane */
	CHECK_INT(next(5, 0), 10);
	CHECK_INT(next(5, 0), 0); /* once */
	CHECK(outbox_find(box, 10, false)->sent);
	outbox_forget(box, 10);
	CHECK(outbox_find(box, 10, false) == NULL);
}

TEST(kill_lane_goes_after_100_ms)
{
	fresh();
	add(10, LANE_KILL, true, 1000);
	CHECK_INT(outbox_due(box), INT64_MAX); /* it needs its signature first */
	CHECK(outbox_signed(box, 10, false, "abc", 3));
	CHECK_INT(outbox_due(box), 1000 + OUTBOX_KILL_WAIT_NS);
	CHECK_INT(next(0, 1000 + OUTBOX_KILL_WAIT_NS - 1), 0);
	CHECK_INT(next(0, 1000 + OUTBOX_KILL_WAIT_NS), 10);
	CHECK_INT(outbox_due(box), INT64_MAX);
}

TEST(lanes_then_age)
{
	fresh();
	add(1, LANE_USER, false, 0);
	add(2, LANE_EXIT, false, 0);
	add(3, LANE_KILL, false, 0);
	add(4, LANE_EXIT, false, 0);
	for (uint64_t i = 1; i <= 4; i++)
		CHECK(outbox_signed(box, i, false, "x", 1));
	CHECK_INT(next(0, 0), 3);
	CHECK_INT(next(0, 0), 2);
	CHECK_INT(next(0, 0), 4);
	CHECK_INT(next(0, 0), 1);
	CHECK_INT(next(0, 0), 0);
}

TEST(full_and_twice)
{
	fresh();
	for (uint64_t i = 1; i <= OUTBOX_SLOTS; i++)
		add(i, LANE_USER, false, 0);
	ef.send.env.nonce = 99999;
	CHECK(outbox_add(box, &ef, 0) == NULL);
	ef.send.env.nonce = 7;
	CHECK(outbox_add(box, &ef, 0) == outbox_find(box, 7, false));
	CHECK(!outbox_signed(box, 424242, false, "x", 1));
	CHECK(outbox_signed(box, 7, false, "x", 1));
	CHECK(!outbox_signed(box, 7, false, "y", 1)); /* the first bytes stay */
	CHECK_INT(outbox_find(box, 7, false)->bytes[0], 'x');
}

TEST(restored_bytes_are_only_repeated)
{
	fresh();
	CHECK(outbox_restore(box, 55, 1, "bytes", 5));
	CHECK_INT(next(UINT64_MAX, INT64_MAX), 0);
	CHECK_INT(outbox_find(box, 55, false)->len, 5);
	CHECK_INT(outbox_find(box, 55, false)->account, 1);
}

/* Against a plain model: never unsigned, never twice, never before its commit but by the rule. */
TEST(random_life)
{
	struct prng r;
	uint64_t nonce = 0, batch = 0, committed = 0;
	int64_t now = 0;

	fresh();
	prng_seed(&r, test_seed);
	for (int i = 0; i < 20000; i++) {
		uint64_t pick = nonce ? 1 + prng_below(&r, nonce) : 0;
		struct outbox_slot *s;
		now += (int64_t)prng_below(&r, 40000000);
		switch (prng_below(&r, 6)) {
		case 0:
			if (box->n < OUTBOX_SLOTS - 1)
				add(++nonce, (uint8_t)prng_below(&r, LANES), prng_below(&r, 2),
				    now);
			break;
		case 1:
			outbox_signed(box, pick, false, "z", 1);
			break;
		case 2:
			outbox_handed_over(box, ++batch);
			break;
		case 3:
			if (committed < batch)
				committed++;
			break;
		case 4:
			while ((s = outbox_next(box, committed, now))) {
				bool by_rule = s->lane == LANE_KILL &&
					       now - s->added_ns >= OUTBOX_KILL_WAIT_NS;
				CHECK(s->is_signed);
				CHECK(!s->needs_commit || by_rule ||
				      (s->batch && s->batch <= committed));
				CHECK(!(s->timeout_ns & 1));
				s->timeout_ns |= 1; /* marks it as given */
			}
			break;
		default:
			s = outbox_find(box, pick, false);
			if (s && s->sent)
				outbox_forget(box, pick);
		}
	}
}

TEST(a_burn_does_not_meet_its_order)
{
	static struct effect burn;

	fresh();
	add(10, LANE_EXIT, true, 1000);
	CHECK(outbox_signed(box, 10, false, "order", 5));
	burn.kind = EF_SEND;
	burn.lane = LANE_EXIT;
	burn.send.act.kind = ACT_NOOP;
	burn.send.env.nonce = 10;
	CHECK(outbox_add(box, &burn, 1000) != outbox_find(box, 10, false));
	CHECK(outbox_signed(box, 10, true, "burn", 4));
	CHECK_INT(outbox_find(box, 10, false)->len, 5);
	CHECK(outbox_next(box, 0, 1000)->burn);
	/* lost: made anew, and it leaves again */
	CHECK(outbox_add(box, &burn, 2000) && outbox_signed(box, 10, true, "again", 5));
	CHECK(outbox_next(box, 0, 2000)->burn);
	outbox_forget(box, 10);
	CHECK(!outbox_find(box, 10, true) && !outbox_find(box, 10, false));
}

TEST_MAIN(T(a_burn_does_not_meet_its_order), T(waits_for_its_commit),
	  T(kill_lane_goes_after_100_ms), T(lanes_then_age), T(full_and_twice),
	  T(restored_bytes_are_only_repeated), T(random_life))
