/* fuzz_tape.c: what `exeunt calibrate` reads: a folder of three files, parted by the byte 0x1e, and
 * a file of priors. What loads is sorted and positive; what is fitted is finite. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "host/calibrate.h"
#include "host/priors.h"
#include "tests/fuzz/fuzz.h"

static char dir[] = "/tmp/fuzz_tape.XXXXXX";
static const char *const name[] = {"orderbooks_C.csv", "trades_C.csv", "prices_C.csv"};

static void away(void)
{
	char path[128];

	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s/%s", dir, name[i]);
		unlink(path);
	}
	rmdir(dir);
}

static void put(int i, const uint8_t *p, size_t n)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name[i]);
	f = fopen(path, "wb");
	ASSERT(f);
	fwrite(p, 1, n, f);
	fclose(f);
}

static void sane(const struct tape_coin *c)
{
	for (uint32_t i = 0; i < c->n_book; i++) {
		const struct tape_book *b = &c->book[i];

		ASSERT(b->n[0] && b->n[1] && b->side[0][0].px.v < b->side[1][0].px.v);
		ASSERT(i == 0 || b->ms >= c->book[i - 1].ms);
	}
	for (uint32_t i = 0; i < c->n_trade; i++)
		ASSERT(c->trade[i].px.v > 0 && c->trade[i].sz.v > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct calib_series s[CALIB_COINS_MAX];
	static struct live_prior prior[PRIORS_MAX];
	static struct calib c;
	static bool begun;
	const uint8_t *at = data, *end = data + n;
	struct tape t;
	struct err e;
	uint32_t coins = 0, priors = 0;

	if (!begun) {
		ASSERT(mkdtemp(dir));
		atexit(away);
		begun = true;
	}
	if (priors_parse(prior, &priors, (const char *)data, n, "f", &e))
		for (uint32_t i = 0; i < priors; i++)
			for (int k = 0; k < EST_KINDS; k++)
				ASSERT(!prior[i].n[k] || prior[i].value[k] > 0);
	for (int i = 0; i < 3; i++) {
		const uint8_t *stop = at < end ? memchr(at, 0x1e, (size_t)(end - at)) : NULL;

		if (!stop)
			stop = end;
		put(i, at, (size_t)(stop - at));
		at = stop < end ? stop + 1 : end;
	}
	if (!tape_load(&t, dir, &e))
		return 0;
	sane(&t.at[0]);
	if (calib_add(s, &coins, &t, &e) && s[0].n) {
		calib_fit_part(&s[0], 0, s[0].n, &c);
		for (int k = 0; k < CALIB_KINDS; k++)
			ASSERT(isfinite(c.at[k].value) && isfinite(c.at[k].sd) &&
			       c.at[k].ok == !c.at[k].why);
	}
	calib_free(s, coins);
	memset(s, 0, sizeof s);
	tape_free(&t);
	return 0;
}
