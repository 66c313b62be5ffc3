/* words.c: see words.h. */
#include "engine/words.h"

#include <math.h>

static void put_fixed(struct buf *b, double v, int decimals)
{
	struct money m = {0};
	char raw[40];
	struct buf r;

	money_from_double(&m, fabs(v));
	buf_init(&r, raw, sizeof raw);
	dec_put_fixed(&r, m.v, MONEY_DIGITS, decimals);
	dec_group(b, raw);
}

void put_money(struct buf *b, double usd)
{
	put_fixed(b, usd, 0);
}

void put_money_short(struct buf *b, double usd)
{
	double v = fabs(usd);

	if (v >= 999500) {
		put_fixed(b, v / 1e6, v < 9.995e6 ? 2 : v < 99.95e6 ? 1 : 0);
		buf_puts(b, " M");
	} else if (v >= 99950) {
		put_fixed(b, v / 1000, 0);
		buf_putc(b, 'k');
	} else {
		put_fixed(b, v, 0);
	}
}

void put_size(struct buf *b, double coins)
{
	double v = fabs(coins);
	int decimals = v >= 9999.5 ? 0 : v >= 1000 ? 1 : v >= 100 ? 2 : v >= 10 ? 3 : 4;
	char raw[40];
	struct buf r;
	struct qty q = {0};

	while (v > 0 && v < 1 && decimals < 8 && v < pow(10, 1 - decimals))
		decimals++;
	qty_from_double(&q, v);
	buf_init(&r, raw, sizeof raw);
	dec_put_fixed(&r, q.v, QTY_DIGITS, decimals);
	if (decimals) /* a size has no digits that say nothing */
		while (r.len && (raw[r.len - 1] == '0' || raw[r.len - 1] == '.')) {
			bool dot = raw[r.len - 1] == '.';

			raw[--r.len] = 0;
			if (dot)
				break;
		}
	dec_group(b, raw);
}

void put_span_words(struct buf *b, int64_t ns)
{
	int64_t s = ns / 1000000000;

	if (ns < 0)
		s = ns = 0;
	if (s < 10)
		buf_printf(b, "%lld.%lld s", (long long)s, (long long)(ns / 100000000 % 10));
	else if (s < 60)
		buf_printf(b, "%lld s", (long long)s);
	else if (s < 600)
		buf_printf(b, "%lld min %lld s", (long long)(s / 60), (long long)(s % 60));
	else if (s < 7200)
		buf_printf(b, "%lld min", (long long)(s / 60));
	else
		buf_printf(b, "%lld h", (long long)(s / 3600));
}

void put_since_words(struct buf *b, int64_t ns)
{
	int64_t s = ns / 1000000000;

	if (s >= 0 && s < 10)
		buf_printf(b, "%lld s", (long long)s);
	else
		put_span_words(b, ns);
}

void put_touch_words(struct buf *b, double s)
{
	if (s < 60)
		buf_printf(b, "%d s", (int)s);
	else if (s < 600 && (int)s % 60 / 5)
		buf_printf(b, "%d min %d s", (int)s / 60, (int)s % 60 / 5 * 5);
	else if (s < 7200)
		buf_printf(b, "%d min", (int)s / 60);
	else if (s < 172800)
		buf_printf(b, "%d h", (int)s / 3600);
	else
		buf_printf(b, "%d d", (int)s / 86400);
}

void put_pct(struct buf *b, double share)
{
	buf_puts(b, share < 0 ? "-" : "+");
	put_fixed(b, share * 100, 1);
	buf_puts(b, " %");
}

void put_distance(struct buf *b, double share)
{
	put_fixed(b, trunc(share * 1000 + 1e-8) / 10, 1);
	buf_puts(b, " %");
}
