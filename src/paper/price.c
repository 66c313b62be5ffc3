/* price.c: oracle, mark, premium, trades and candles of a coin; the tick rule.
 *
 * 1. Every 3 s of market time: oracle = mid (or the market's own); mark = median of
 *    (oracle + 150 s EMA of mid - oracle), m2 = median(best bid, best ask, last trade), and the
 *    median of other venues' perps; a market without those: the 30 s EMA of m2, as the venue does
 *    when exactly two inputs live. So book and mark part when the rest of the world does not follow
 *    the book, or late. Oracle and the others can be bent (shape.c).
 * 2. EMA: num <- num * f + sample * t, den <- den * f + t, f = exp(-3/tau) per 3 s step.
 * 3. Every 5 s of market time a premium sample from the impact prices. */
#include <string.h>

#include "paper/state.h"

#include "base/banned.h"

enum { SAMPLE_MS = 3000, PREMIUM_MS = 5000, STEPS_MAX = 200 };

/* Far beyond what funding takes (4 % an hour); an hour of samples of it can be summed. */
#define PREMIUM_TOP (100 * RATE_ONE)

#define DECAY_150   INT64_C(980198673307) /* exp(-3/150) at 1e-12 */
#define DECAY_30    INT64_C(904837418036) /* exp(-3/30) */

uint64_t mix64(uint64_t a, uint64_t b)
{
	uint64_t z = a + 0x9e3779b97f4a7c15u * (b + 1);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

void put_hash(struct str *s, uint64_t seed)
{
	static const char digit[] = "0123456789abcdef";
	char text[66] = "0x";

	for (int i = 0; i < 64; i++) {
		uint64_t part = seed ? mix64(seed, (uint64_t)(i / 16)) : 0;

		text[2 + i] = digit[part >> (60 - 4 * (i % 16)) & 15];
	}
	str_add(s, text, sizeof text);
}

static int64_t median3(int64_t a, int64_t b, int64_t c)
{
	int64_t lo = a < b ? a : b, hi = a < b ? b : a;

	return c < lo ? lo : c > hi ? hi : c;
}

static int64_t to_decimals(const struct coin *c, int64_t px)
{
	int64_t unit = num_pow10(10 - c->px_decimals);

	return (px + unit / 2) / unit * unit;
}

static void ema_step(__int128 *num, __int128 *den, int64_t sample, int64_t decay)
{
	*num = *num / RATE_ONE * decay + *num % RATE_ONE * decay / RATE_ONE;
	*num += (__int128)sample * SAMPLE_MS;
	*den = (*den * decay) / RATE_ONE + SAMPLE_MS;
}

/* What other venues' perps say; 0: there are none. */
static int64_t external_px(const struct paper *p, uint16_t coin)
{
	const struct paper_market *m = p->conf.market;
	const struct coin *c = &p->coin[coin];
	struct price given = {0};

	if (m->external != NULL && m->external(m->self, coin, &given) && given.v > 0)
		return ramp_px(&c->external_off, given.v, p->block);
	if (ramp_at(&c->external_off, p->block) != 0)
		return ramp_px(&c->external_off, c->mid, p->block);
	return 0;
}

static void mark_sample(struct paper *p, uint16_t coin, int64_t steps)
{
	const struct paper_market *m = p->conf.market;
	struct coin *c = &p->coin[coin];
	struct price given;
	int64_t bid = 0, ask = 0, two, i, third = external_px(p, coin);

	c->oracle = to_decimals(c, c->mid);
	if (m->oracle != NULL && m->oracle(m->self, coin, &given) && given.v > 0)
		c->oracle = given.v;
	c->oracle = ramp_px(&c->oracle_off, c->oracle, p->block);
	book_best(c, true, &bid);
	book_best(c, false, &ask);
	two = bid > 0 && ask > 0 ? median3(bid, ask, c->last) : c->last;
	for (i = 0; i < steps && i < STEPS_MAX; i++) {
		ema_step(&c->ema_num, &c->ema_den, c->mid - c->oracle, DECAY_150);
		ema_step(&c->ema30_num, &c->ema30_den, two, DECAY_30);
	}
	if (third == 0)
		third = (int64_t)(c->ema30_num / c->ema30_den);
	c->prev_mark = c->mark;
	c->mark =
		to_decimals(c, median3(c->oracle + (int64_t)(c->ema_num / c->ema_den), two, third));
}

static void premium_sample(struct coin *c)
{
	int64_t bid = book_impact(c, true), ask = book_impact(c, false), diff = 0;

	if (bid == 0 || ask == 0 || c->oracle == 0)
		return;
	if (bid > c->oracle)
		diff += bid - c->oracle;
	if (ask < c->oracle)
		diff -= c->oracle - ask;
	c->premium_now = num_muldiv(diff, RATE_ONE, c->oracle);
	if (c->premium_now > PREMIUM_TOP)
		c->premium_now = PREMIUM_TOP;
	if (c->premium_now < -PREMIUM_TOP)
		c->premium_now = -PREMIUM_TOP;
	c->premium_sum += c->premium_now;
	c->n_premium++;
	c->funding_rate =
		c->has_forced_rate ? c->forced_rate : funding_hourly(c->premium_sum / c->n_premium);
}

static void first_prices(struct coin *c, int64_t market_ms)
{
	c->next_sample_ms = market_ms / SAMPLE_MS * SAMPLE_MS;
	c->next_premium_ms = market_ms;
	c->next_funding_ms = (market_ms / HOUR_MS + 1) * HOUR_MS;
	if (c->last == 0)
		c->last = c->mid;
	c->prev_day = c->c.prev_day_px.v > 0 ? c->c.prev_day_px.v : c->mid;
}

void price_block(struct paper *p, uint16_t coin, int64_t market_ms)
{
	struct coin *c = &p->coin[coin];
	int64_t bid, ask, steps;

	if (book_best(c, true, &bid) && book_best(c, false, &ask))
		c->mid = bid + (ask - bid) / 2;
	else if (c->last > 0)
		c->mid = c->last;
	if (c->mid == 0)
		return;
	if (c->prev_day == 0)
		first_prices(c, market_ms);
	if (market_ms >= c->next_sample_ms) {
		steps = (market_ms - c->next_sample_ms) / SAMPLE_MS + 1;
		mark_sample(p, coin, steps);
		c->next_sample_ms += steps * SAMPLE_MS;
	}
	if (c->forced > 0 && c->mark != c->forced)
		c->prev_mark = c->mark;
	if (c->forced > 0)
		c->mark = c->oracle = c->forced;
	if (market_ms >= c->next_premium_ms) {
		premium_sample(c);
		c->next_premium_ms = market_ms + PREMIUM_MS;
	}
}

/* --- trades --- */

static void candle_add(struct coin *c, int64_t px, int64_t sz, int64_t time_ms)
{
	int64_t t = time_ms / 60000 * 60000;
	struct candle *k = c->n_candles ? &c->candles[(c->n_candles - 1) % CANDLES_MAX] : NULL;

	if (k == NULL || k->t_ms != t) {
		k = &c->candles[c->n_candles++ % CANDLES_MAX];
		*k = (struct candle){.t_ms = t, .o = px, .h = px, .l = px};
	}
	k->c = px;
	k->h = px > k->h ? px : k->h;
	k->l = px < k->l ? px : k->l;
	k->v += sz;
	k->n++;
}

void price_print(struct paper *p, uint16_t coin, bool sell, int64_t px, int64_t sz, int64_t time_ms,
		 const struct acct *buyer, const struct acct *seller, uint64_t hash, uint64_t tid)
{
	struct coin *c = &p->coin[coin];
	struct print *x = &c->prints[c->n_prints++ % TRADES_KEPT];

	*x = (struct print){sell, px, sz, time_ms, tid, hash, buyer, seller};
	c->last = px;
	c->day_ntl += pm_ntl(px, sz);
	c->day_base += sz;
	candle_add(c, px, sz, time_ms);
	if (p->ws == NULL)
		return; /* nobody listens */
	if (c->ev_trades.len > 0)
		str_putc(&c->ev_trades, ',');
	put_print(c, x, &c->ev_trades);
}

/* --- the tick rule --- */

static int64_t tick_of(const struct coin *c, int64_t px)
{
	int64_t unit = num_pow10(10 - c->px_decimals), sig = 1;

	while (sig <= px / 100000) /* five significant digits */
		sig *= 10;
	if (sig > PX_ONE)
		sig = PX_ONE; /* integers are always allowed */
	return sig > unit ? sig : unit;
}

bool price_ok(const struct coin *c, int64_t px)
{
	return px > 0 && px % tick_of(c, px) == 0;
}

int64_t price_round(const struct coin *c, int64_t px, bool up)
{
	int64_t tick = tick_of(c, px);

	return (up ? px + tick - 1 : px) / tick * tick;
}
