/* pos: reads and fills in any order, and the set of fills seen. */
#include "base/prng.h"
#include "core/pos.h"
#include "tests/run.h"

static struct fill fill(int64_t ms, int64_t start, int64_t delta)
{
	return (struct fill){.time_ms = ms,
			     .start_position = {start},
			     .buy = delta > 0,
			     .sz = {delta < 0 ? -delta : delta}};
}

static struct ev_position at(int64_t szi)
{
	return (struct ev_position){.szi = {szi}};
}

TEST(read_or_fill_whichever_is_newer)
{
	struct pos p = {0};
	struct ev_position r = at(100);
	struct fill f = fill(1000, 100, -30);

	CHECK_INT(pos_szi(&p).v, 0);
	CHECK_INT(pos_read(&p, &r, 900, 1), POS_AGREE);
	CHECK_INT(pos_szi(&p).v, 100);
	CHECK_INT(pos_fill(&p, &f), POS_AGREE);
	CHECK_INT(pos_szi(&p).v, 70);
	CHECK(pos_is_est(&p));
	r = at(100); /* made before the fill, arrives after it */
	CHECK_INT(pos_read(&p, &r, 950, 2), POS_AGREE);
	CHECK_INT(pos_szi(&p).v, 70);
	r = at(70);
	CHECK_INT(pos_read(&p, &r, 1000, 3), POS_AGREE);
	CHECK(!pos_is_est(&p));
	f = fill(1000, 70, -10); /* same time as the read, later in the stream */
	CHECK_INT(pos_fill(&p, &f), POS_AGREE);
	CHECK_INT(pos_szi(&p).v, 60);
	r = at(60);
	CHECK_INT(pos_read(&p, &r, 1001, 4), POS_AGREE);
	f = fill(990, 100, -1); /* old */
	CHECK_INT(pos_fill(&p, &f), POS_AGREE);
	CHECK_INT(pos_szi(&p).v, 60);
	r = at(55);
	CHECK_INT(pos_read(&p, &r, 800, 5), POS_AGREE); /* an old answer */
	CHECK_INT(pos_szi(&p).v, 60);
}

TEST(disagreement_asks_for_a_read)
{
	struct pos p = {0};
	struct ev_position r = at(100);
	struct fill f = fill(1000, 90, -30);

	pos_read(&p, &r, 900, 1);
	CHECK_INT(pos_fill(&p, &f), POS_READ_WANTED); /* ten went unheard */
	CHECK_INT(pos_szi(&p).v, 60);
	r = at(50);
	CHECK_INT(pos_read(&p, &r, 1100, 1), POS_READ_WANTED);
	CHECK_INT(pos_szi(&p).v, 50);
	CHECK_INT(pos_read(&p, &r, 1200, 1), POS_AGREE);
	f = fill(1300, INT64_MAX, 1);
	CHECK_INT(pos_fill(&p, &f), POS_READ_WANTED);
	CHECK_INT(pos_szi(&p).v, 50);
}

TEST(fills_of_one_block_in_any_order)
{
	struct fill f[3] = {fill(5, 100, -10), fill(5, 90, -20), fill(5, 70, -30)};
	static const int order[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
					{1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

	for (int k = 0; k < 6; k++) {
		struct pos p = {0};
		bool wanted = false;

		for (int i = 0; i < 3; i++)
			wanted |= pos_fill(&p, &f[order[k][i]]) == POS_READ_WANTED;
		CHECK(pos_szi(&p).v == 40 || wanted);
	}
}

TEST(set_is_exact_until_full)
{
	static struct fill_set s;
	struct prng r;

	prng_seed(&r, test_seed);
	fill_set_init(&s);
	for (uint64_t i = 0; i < FILLS_SEEN; i++)
		CHECK(fill_set_add(&s, (uint8_t)(i % 3), (uint16_t)(i % 7), (int64_t)(i / 5),
				   i / 2));
	for (int k = 0; k < 10000; k++) {
		uint64_t i = prng_below(&r, FILLS_SEEN);

		CHECK(fill_set_has(&s, (uint8_t)(i % 3), (uint16_t)(i % 7), (int64_t)(i / 5),
				   i / 2));
		CHECK(!fill_set_add(&s, (uint8_t)(i % 3), (uint16_t)(i % 7), (int64_t)(i / 5),
				    i / 2));
		CHECK(!fill_set_has(&s, (uint8_t)(i % 3 + 3), (uint16_t)(i % 7), (int64_t)(i / 5),
				    i / 2));
	}
	for (uint64_t i = 0; i < 3 * FILLS_SEEN; i++) /* the oldest make room */
		CHECK(fill_set_add(&s, 9, 9, (int64_t)prng_u64(&r), i));
	CHECK(!fill_set_has(&s, 0, 0, 0, 0));
}

TEST_MAIN(T(read_or_fill_whichever_is_newer), T(disagreement_asks_for_a_read),
	  T(fills_of_one_block_in_any_order), T(set_is_exact_until_full))
