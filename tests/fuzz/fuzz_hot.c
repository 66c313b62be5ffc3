/* fuzz_hot.c: the pull scanner against the JSON door: what the scanner takes the door takes, with
 * the same numbers. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "tests/fuzz/fuzz.h"
#include "venue/hyperliquid/hot.h"

static struct trade scanned[HOT_TRADES_MAX], read_[HOT_TRADES_MAX];
static struct hot a, b;

static void same_levels(const struct level *x, const struct level *y, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		ASSERT(x[i].px.v == y[i].px.v && x[i].sz.v == y[i].sz.v && x[i].n == y[i].n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct json *j;
	const struct jv *v, *d;
	const char *why;

	if (!j)
		j = json_new(0);
	if (!hot_scan(&a, scanned, (const char *)data, n))
		return 0;
	v = json_parse(j, (const char *)data, n, NULL);
	d = jv_get(v, "data");
	switch (a.kind) {
	case HOT_BOOK:
		ASSERT(jv_str_is(jv_get(v, "channel"), "l2Book") && hot_book(&b, d, false, &why));
		ASSERT(a.book.n_bid == b.book.n_bid && a.book.n_ask == b.book.n_ask);
		ASSERT(a.book.fast == b.book.fast && !b.aggregated);
		same_levels(a.book.bid, b.book.bid, a.book.n_bid);
		same_levels(a.book.ask, b.book.ask, a.book.n_ask);
		break;
	case HOT_BBO:
		ASSERT(jv_str_is(jv_get(v, "channel"), "bbo") && hot_bbo(&b, d, &why));
		same_levels(&a.bid, &b.bid, 1);
		same_levels(&a.ask, &b.ask, 1);
		break;
	default:
		ASSERT(jv_str_is(jv_get(v, "channel"), "trades") && hot_trades(&b, read_, d, &why));
		ASSERT(a.n == b.n);
		for (uint32_t i = 0; i < a.n; i++)
			ASSERT(scanned[i].px.v == read_[i].px.v &&
			       scanned[i].sz.v == read_[i].sz.v &&
			       scanned[i].side == read_[i].side && scanned[i].tid == read_[i].tid &&
			       scanned[i].time_ms == read_[i].time_ms);
	}
	ASSERT(!strcmp(a.coin, b.coin) && a.venue_ms == b.venue_ms);
	return 0;
}
