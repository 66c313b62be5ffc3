/* snap_pack: what arrives is what was sent, over whatever stood there; and nothing else is taken.
 */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/prng.h"
#include "core/snap_pack.h"
#include "tests/run.h"

static struct snap from, to, none;
static uint8_t wire[sizeof(struct snap)];

static void noise(struct prng *r, void *at, size_t n)
{
	for (uint8_t *p = at; n--; p++)
		*p = (uint8_t)prng_u64(r);
}

/* Noise in the first of an array; how many they are is the answer. */
#define SOME(r, array) some(r, array, sizeof(array)[0], COUNT_OF(array))
static uint32_t some(struct prng *r, void *array, size_t each, size_t max)
{
	/* one of them full, one empty: the ends matter */
	uint64_t how = prng_below(r, 4);
	uint32_t n = how == 0 ? 0 : how == 1 ? (uint32_t)max : (uint32_t)prng_below(r, max + 1);

	noise(r, array, n * each);
	return n;
}

/* Every field is noise, every array full to a random count, zeros beyond: as engine_snap leaves
 * one. */
static void make(struct snap *s, struct prng *r)
{
	memset(s, 0, sizeof *s);
	noise(r, s, offsetof(struct snap, account));
	noise(r, s->automatic, sizeof s->automatic);
	s->n_accounts = SOME(r, s->account);
	s->n_pools = SOME(r, s->pool);
	s->n_legs = SOME(r, s->leg);
	s->n_books = SOME(r, s->book);
	s->n_orders = SOME(r, s->order);
	s->n_exits = SOME(r, s->exit);
	s->n_flats = SOME(r, s->flat);
	s->n_venue_acts = SOME(r, s->venue_act);
	s->n_alarms = SOME(r, s->alarm);
	s->n_notices = SOME(r, s->notice);
	for (uint32_t i = 0; i < s->n_accounts; i++) {
		memset(s->account[i].balance, 0, sizeof s->account[i].balance);
		s->account[i].n_balances = SOME(r, s->account[i].balance);
	}
	for (uint32_t i = 0; i < s->n_flats; i++) {
		memset(s->flat[i].row, 0, sizeof s->flat[i].row);
		s->flat[i].n = SOME(r, s->flat[i].row);
	}
	for (uint32_t i = 0; i < s->n_exits; i++) {
		struct snap_exit *x = &s->exit[i];
		memset(x->past, 0, sizeof x->past);
		memset(x->slices, 0, sizeof x->slices);
		memset(x->trace, 0, sizeof x->trace);
		memset(x->plan_left, 0, sizeof x->plan_left);
		memset(x->old_left, 0, sizeof x->old_left);
		x->n_past = SOME(r, x->past);
		x->n_slices_shown = SOME(r, x->slices);
		x->n_trace = SOME(r, x->trace);
		x->n_plan = SOME(r, x->plan_left);
		x->n_old = SOME(r, x->old_left);
	}
}

TEST(what_arrives_is_what_was_sent)
{
	struct prng r;

	prng_seed(&r, test_seed);
	memset(&to, 0, sizeof to);
	for (int i = 0; i < 100; i++) { /* each over the one before */
		make(&from, &r);
		size_t n = snap_pack(wire, &from);
		REQUIRE(n <= sizeof from);
		REQUIRE(snap_unpack(&to, wire, n));
		REQUIRE(!memcmp(&to, &from, sizeof to));
	}
}

TEST(only_what_counts_travels)
{
	size_t empty;

	memset(&from, 0, sizeof from);
	empty = snap_pack(wire, &from);
	CHECK(empty < 2048);
	from.n_exits = 1;
	from.exit[0].n_trace = 3;
	CHECK_INT(snap_pack(wire, &from) - empty,
		  sizeof from.exit[0] - sizeof from.exit[0].past - sizeof from.exit[0].slices -
			  sizeof from.exit[0].trace - sizeof from.exit[0].plan_left -
			  sizeof from.exit[0].old_left + 3 * sizeof from.exit[0].trace[0]);
}

TEST(what_is_no_snapshot_leaves_zeros)
{
	static uint8_t bad[sizeof wire + 1];
	struct prng r;
	size_t n;

	prng_seed(&r, test_seed);
	make(&from, &r);
	n = snap_pack(wire, &from);
	for (size_t k = 0; k < n; k += 1 + n / 300) {
		REQUIRE(snap_unpack(&to, wire, n));
		CHECK(!snap_unpack(&to, wire, k));
		CHECK(!memcmp(&to, &none, sizeof to));
	}
	memcpy(bad, wire, n);
	CHECK(!snap_unpack(&to, bad, n + 1));
	uint32_t over = COUNT_OF(from.pool) + 1;
	memcpy(bad + offsetof(struct snap, n_pools), &over, sizeof over);
	CHECK(!snap_unpack(&to, bad, n));
	CHECK(!memcmp(&to, &none, sizeof to));
}

TEST(noise_is_refused_or_read_within_its_bounds)
{
	struct prng r;

	prng_seed(&r, test_seed);
	for (int i = 0; i < 100; i++) {
		make(&from, &r);
		size_t n = snap_pack(wire, &from);
		for (int k = 0; k < 20; k++) { /* more and more of it */
			wire[prng_below(&r, n)] ^= (uint8_t)prng_u64(&r);
			wire[prng_below(&r, sizeof(struct snap) / 400)] ^= (uint8_t)prng_u64(&r);
			snap_unpack(&to, wire, n);
		}
	}
}

TEST_MAIN(T(what_arrives_is_what_was_sent), T(only_what_counts_travels),
	  T(what_is_no_snapshot_leaves_zeros), T(noise_is_refused_or_read_within_its_bounds))
