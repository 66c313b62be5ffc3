/* bench_book.c: a 20-level l2Book frame of about 1.6 kB into a checked, sorted, applied fixed-point
 * book, beside two yardsticks over the same bytes in the same run: simdjson's DOM parse (no use of
 * what it parsed) and cJSON's parse. Medians of runs. Bars: 1.5 of simdjson, 0.25 of cJSON.
 *
 *   bench_book [ROUNDS]          bench_book --frames FILE: also writes the frames, a line each */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cjson/cJSON.h>

#include "base/buf.h"
#include "base/prng.h"
#include "config.h"
#include "core/book.h"
#include "tests/bench/simd.h"
#include "venue/hyperliquid/hot.h"

enum { RUNS = 9, FRAMES = 64 };

static char frame[FRAMES][4096];
static size_t len[FRAMES];
static struct trade trades[HOT_TRADES_MAX];

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Books like the venue's: five-digit prices with one decimal, sizes with up to five. */
static void make(struct prng *r, char *mem, size_t cap, size_t *n)
{
	int64_t mid = prng_range(r, 80000, 120000);
	struct buf b;

	buf_init(&b, mem, cap);
	buf_printf(&b,
		   "{\"channel\":\"l2Book\",\"data\":{\"coin\":\"BTC\",\"time\":%lld,\"levels\":[",
		   (long long)prng_range(r, 1790000000000, 1790099999999));
	for (int side = 0; side < 2; side++) {
		buf_puts(&b, side ? ",[" : "[");
		for (int i = 0; i < BOOK_LEVELS; i++)
			buf_printf(&b, "%s{\"px\":\"%lld.0\",\"sz\":\"%lld.%05lld\",\"n\":%lld}",
				   i ? "," : "", (long long)(side ? mid + 1 + i : mid - i),
				   (long long)prng_range(r, 0, 20),
				   (long long)prng_range(r, 1, 99999),
				   (long long)prng_range(r, 1, 60));
		buf_puts(&b, "]");
	}
	buf_puts(&b, "]}}");
	*n = b.len;
}

static bool write_frames(const char *path)
{
	FILE *f = fopen(path, "w");
	bool ok = f != NULL;

	for (int i = 0; ok && i < FRAMES; i++)
		ok = fwrite(frame[i], 1, len[i], f) == len[i] && fputc('\n', f) == '\n';
	if (f && fclose(f) != 0)
		ok = false;
	if (!ok)
		perror(path);
	return ok;
}

static double run_ours(unsigned rounds, uint64_t *sum)
{
	static struct book kept;
	static struct hot h;
	static int64_t clock; /* each frame newer than the last */
	double t = now_s();

	for (unsigned i = 0; i < rounds; i++) {
		unsigned k = i % FRAMES;

		if (!hot_scan(&h, trades, frame[k], len[k]))
			abort();
		h.book.venue_ms = ++clock;
		h.book.seen_ns = clock;
		if (book_apply(&kept, &h.book) != BOOK_OK)
			abort();
		*sum += (uint64_t)kept.bid[0].px.v;
	}
	return (now_s() - t) / rounds;
}

static double run_cjson(unsigned rounds, uint64_t *sum)
{
	double t = now_s();

	for (unsigned i = 0; i < rounds; i++) {
		unsigned k = i % FRAMES;
		cJSON *v = cJSON_ParseWithLength(frame[k], len[k]);

		*sum += v != NULL;
		cJSON_Delete(v);
	}
	return (now_s() - t) / rounds;
}

static double run_simd(unsigned rounds, uint64_t *sum)
{
	double t = now_s();

#if HAVE_SIMD
	for (unsigned i = 0; i < rounds; i++)
		*sum += (uint64_t)simd_parse(frame[i % FRAMES], len[i % FRAMES]);
#else
	(void)sum;
#endif
	return (now_s() - t) / rounds;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v)
{
	qsort(v, RUNS, sizeof *v, by_value);
	return v[RUNS / 2];
}

int main(int argc, char **argv)
{
	bool keep = argc > 2 && !strcmp(argv[1], "--frames");
	unsigned rounds = argc > 1 && !keep ? (unsigned)strtoul(argv[1], NULL, 10) : 100000;
	double ours[RUNS], cjson[RUNS], simd[RUNS], o, c, s;
	uint64_t sum = 0;
	size_t bytes = 0;
	struct prng r;

	prng_seed(&r, 1);
	for (int i = 0; i < FRAMES; i++) {
		make(&r, frame[i], sizeof frame[i] - 64, &len[i]);
		bytes += len[i];
	}
	if (keep && !write_frames(argv[2]))
		return 1;
	for (int i = 0; i < RUNS; i++) { /* interleaved: a slow moment hits all three */
		ours[i] = run_ours(rounds, &sum);
		simd[i] = run_simd(rounds, &sum);
		cjson[i] = run_cjson(rounds, &sum);
	}
	o = median(ours);
	c = median(cjson);
	s = median(simd);
	printf("book: %zu bytes a frame, %u frames a run, median of %d runs (check %llx)\n",
	       bytes / FRAMES, rounds, (int)RUNS, (unsigned long long)sum);
	printf("  frame to applied book  %8.0f ns\n", o * 1e9);
	if (HAVE_SIMD)
		printf("  simdjson DOM parse     %8.0f ns   ratio %.2f (bar 1.50)\n", s * 1e9,
		       o / s);
	else
		printf("  simdjson               not installed: no ratio\n");
	printf("  cJSON parse            %8.0f ns   ratio %.3f (bar 0.250)\n", c * 1e9, o / c);
	return 0;
}
