/* book: replacement, refusal, the touch on top, and the walk. */
#include <string.h>

#include "base/prng.h"
#include "core/book.h"
#include "tests/run.h"

static struct level lv(int64_t px, int64_t sz)
{
	return (struct level){{px * 10000000000}, {sz * 100000000}, 1};
}

/* n levels a side around 100: bids 99, 98, ..., asks 101, 102, ... of size 1. */
static struct book ladder(int n, int64_t ms)
{
	struct book b = {.instr = 1, .venue_ms = ms, .seen_ns = ms * 1000000};

	for (int i = 0; i < n; i++) {
		b.bid[b.n_bid++] = lv(99 - i, 1);
		b.ask[b.n_ask++] = lv(101 + i, 1);
	}
	return b;
}

TEST(refusals_keep_the_old_book)
{
	struct book b = {0}, good = ladder(3, 10), bad, before;

	CHECK_INT(book_apply(&b, &good), BOOK_OK);
	before = b;
	bad = ladder(3, 20);
	bad.ask[0] = lv(99, 1);
	CHECK_INT(book_apply(&b, &bad), BOOK_CROSSED);
	bad = ladder(3, 20);
	bad.bid[2] = lv(98, 1);
	CHECK_INT(book_apply(&b, &bad), BOOK_UNSORTED);
	bad = ladder(3, 20);
	bad.ask[1] = lv(100, 1);
	CHECK_INT(book_apply(&b, &bad), BOOK_UNSORTED);
	bad = ladder(3, 20);
	bad.ask[1].sz.v = 0;
	CHECK_INT(book_apply(&b, &bad), BOOK_BAD_LEVEL);
	bad = ladder(3, 20);
	bad.bid[2].px.v = -1;
	CHECK_INT(book_apply(&b, &bad), BOOK_BAD_LEVEL);
	bad = ladder(3, 20);
	bad.n_bid = BOOK_LEVELS + 1;
	CHECK_INT(book_apply(&b, &bad), BOOK_BAD_LEVEL);
	bad = ladder(3, 9);
	CHECK_INT(book_apply(&b, &bad), BOOK_OLDER);
	CHECK(!memcmp(&before, &b, sizeof b));
	bad = ladder(0, 20); /* an empty book is a book */
	CHECK_INT(book_apply(&b, &bad), BOOK_OK);
	CHECK_INT(b.n_bid + b.n_ask, 0);
}

TEST(fast_keeps_deep)
{
	struct book b = {0}, full = ladder(20, 10), fast = ladder(5, 20);

	CHECK_INT(book_apply(&b, &full), BOOK_OK);
	CHECK_INT(b.deep_ns, 10000000);
	fast.fast = true;
	fast.bid[4] = lv(90, 7); /* runs over old levels 94..91 and replaces 90 */
	CHECK_INT(book_apply(&b, &fast), BOOK_OK);
	CHECK(!b.fast);
	CHECK_INT(b.deep_ns, 10000000);
	CHECK_INT(b.seen_ns, 20000000);
	CHECK_INT(b.n_bid, 5 + 10); /* 89..80 */
	CHECK_INT(b.bid[5].px.v, lv(89, 1).px.v);
	CHECK_INT(b.bid[4].sz.v, lv(90, 7).sz.v);
	CHECK_INT(b.n_ask, 20);
	fast = ladder(3, 30); /* fewer than five levels: the side ends there */
	fast.fast = true;
	CHECK_INT(book_apply(&b, &fast), BOOK_OK);
	CHECK_INT(b.n_bid, 3);
	CHECK(b.fast);
	CHECK_INT(b.deep_ns, 0);
}

TEST(bbo_on_top)
{
	struct book b = {0}, full = ladder(20, 10);
	struct level bid = lv(97, 9), ask = lv(101, 5), none = {0}, cross = lv(98, 1);

	CHECK_INT(book_apply(&b, &full), BOOK_OK);
	CHECK_INT(book_apply_bbo(&b, &bid, &ask, 20, 20), BOOK_OK);
	CHECK_INT(b.n_bid, 18);
	CHECK_INT(b.bid[0].sz.v, bid.sz.v);
	CHECK_INT(b.bid[1].px.v, lv(96, 1).px.v);
	CHECK_INT(b.n_ask, 20);
	CHECK_INT(b.ask[0].sz.v, ask.sz.v);
	ask = lv(100, 1);
	CHECK_INT(book_apply_bbo(&b, NULL, &ask, 30, 30), BOOK_OK);
	CHECK_INT(b.n_ask, 20); /* full: the last one falls off */
	CHECK_INT(b.ask[1].px.v, lv(101, 1).px.v);
	bid = lv(103, 1); /* up through the asks: 100..103 are gone */
	CHECK_INT(book_apply_bbo(&b, &bid, NULL, 40, 40), BOOK_OK);
	CHECK_INT(b.ask[0].px.v, lv(104, 1).px.v);
	CHECK_INT(book_apply_bbo(&b, &ask, &cross, 50, 50), BOOK_CROSSED);
	CHECK_INT(book_apply_bbo(&b, &none, NULL, 50, 50), BOOK_OK);
	CHECK_INT(b.n_bid, 0);
	CHECK_INT(book_apply_bbo(&b, &bid, NULL, 49, 60), BOOK_OLDER);
	bid.sz.v = 0;
	CHECK_INT(book_apply_bbo(&b, &bid, NULL, 60, 60), BOOK_BAD_LEVEL);
	CHECK_INT(b.seen_ns, 50);
}

TEST(any_sequence_stays_sorted)
{
	struct prng r;
	struct book b = {0};

	prng_seed(&r, test_seed);
	for (int i = 1; i < 20000; i++) {
		struct book next = ladder((int)prng_below(&r, 21), i), twin;
		struct level bid = lv(prng_range(&r, 80, 120), 1),
			     ask = lv(prng_range(&r, 80, 120), 1);
		int64_t shift = prng_range(&r, -15, 15) * 10000000000;

		for (int k = 0; k < next.n_bid; k++)
			next.bid[k].px.v += shift;
		for (int k = 0; k < next.n_ask; k++)
			next.ask[k].px.v += shift;
		switch (prng_below(&r, 3)) {
		case 0:
			CHECK_INT(book_apply(&b, &next), BOOK_OK);
			break;
		case 1:
			next.fast = true;
			next.n_bid = next.n_bid > 5 ? 5 : next.n_bid;
			next.n_ask = next.n_ask > 5 ? 5 : next.n_ask;
			CHECK_INT(book_apply(&b, &next), BOOK_OK);
			break;
		default:
			book_apply_bbo(&b, prng_below(&r, 2) ? &bid : NULL,
				       prng_below(&r, 2) ? &ask : NULL, i, i);
		}
		twin = (struct book){0};
		next = b;
		next.fast = false;
		CHECK_INT(book_apply(&twin, &next), BOOK_OK);
	}
}

TEST(walk)
{
	struct book b = {0}, full = ladder(3, 10);
	struct book_walk w;
	struct price mid;

	CHECK(!book_mid(&b, &mid));
	w = book_take(&b, SIDE_SELL, (struct qty){1}, (struct price){0});
	CHECK_INT(w.filled.v + w.avg.v + w.levels, 0);
	book_apply(&b, &full);
	CHECK(book_mid(&b, &mid));
	CHECK_INT(mid.v, lv(100, 1).px.v);
	w = book_take(&b, SIDE_SELL, (struct qty){150000000}, (struct price){0});
	CHECK_INT(w.filled.v, 150000000);
	CHECK_INT(w.levels, 2);
	CHECK_INT(w.worst.v, lv(98, 1).px.v);
	CHECK_INT(w.value.v, 14800000000); /* 99 + 49 */
	CHECK_INT(w.avg.v, 986666666667);  /* 98.6666666667 */
	w = book_take(&b, SIDE_BUY, (struct qty){1000000000}, (struct price){0});
	CHECK_INT(w.filled.v, 300000000);
	CHECK_INT(w.worst.v, lv(103, 1).px.v);
	w = book_take(&b, SIDE_BUY, (struct qty){1000000000}, lv(102, 1).px);
	CHECK_INT(w.filled.v, 200000000);
	w = book_take(&b, SIDE_SELL, (struct qty){1000000000}, lv(100, 1).px);
	CHECK_INT(w.filled.v, 0);
	w = book_take(&b, SIDE_SELL, (struct qty){-5}, (struct price){0});
	CHECK_INT(w.filled.v, 0);
}

/* The mean of the five best levels: begins with a frame, follows with a time of half a minute. */
TEST(five_levels_are_a_mean)
{
	struct book b = ladder(20, 10);

	CHECK_INT(book_five(&b, SIDE_SELL).v, 500000000);
	book_note_five(&b, (struct qty){0}, (struct qty){0}, 0);
	CHECK(b.five_bid.v == 500000000 && b.five_ask.v == 500000000);
	b.n_bid = 0; /* a frame without bids is one frame */
	book_note_five(&b, b.five_bid, b.five_ask, 540000000);
	CHECK(b.five_bid.v < 500000000 && b.five_bid.v > 490000000);
	CHECK_INT(b.five_ask.v, 500000000);
	for (int i = 0; i < 400; i++)
		book_note_five(&b, b.five_bid, b.five_ask, 540000000);
	CHECK(b.five_bid.v < 2000000); /* e^-7 of it */
	book_note_five(&b, (struct qty){1}, (struct qty){1}, -5);
	CHECK(b.five_bid.v == 1 && b.five_ask.v == 1); /* no time, no step */
}

TEST_MAIN(T(five_levels_are_a_mean), T(refusals_keep_the_old_book), T(fast_keeps_deep),
	  T(bbo_on_top), T(any_sequence_stays_sorted), T(walk))
