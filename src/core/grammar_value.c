/* grammar_value.c: single values of the grammar: sizes, prices, targets, times.
 *
 * Invariants:
 *  1. A number without a unit is refused wherever a unit could change its meaning.
 *  2. Nothing is rounded: digits that the scale cannot hold are refused.
 *  3. The coin's own name wins over the multipliers, so that 12kPEPE is twelve kPEPE. */
#include "core/grammar.h"

#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "core/dec.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool same(const char *a, const char *b)
{
	for (; *a && lower(*a) == lower(*b); a++, b++)
		;
	return !*a && !*b;
}

/* Length of a plain number at s: sign, digits, point, digits. 0: none. */
static size_t number_span(const char *s)
{
	size_t n = 0, digits = 0;

	if (s[n] == '-' || s[n] == '+')
		n++;
	for (; is_digit(s[n]); n++)
		digits++;
	if (s[n] == '.')
		for (n++; is_digit(s[n]); n++)
			digits++;
	return digits ? n : 0;
}

/* "1,234,567": one to three digits, no leading zero, then groups of exactly three. Where half the
 * world writes its decimal point, a comma that only vanished would turn 0,5BTC into five. */
static bool thousands(const char *comma, size_t run, bool grouped)
{
	if (!grouped && (run < 1 || run > 3 || comma[-(ptrdiff_t)run] == '0'))
		return false;
	return is_digit(comma[1]) && is_digit(comma[2]) && is_digit(comma[3]) &&
	       !is_digit(comma[4]);
}

/* The word as the parsers below read it: a typographic minus, which people copy from the screen,
 * becomes a plain one; commas between thousands, as printed, go; any other comma is refused. */
static bool plain(char *out, size_t cap, const char *word, const char *what, struct err *e)
{
	size_t n = 0, run = 0;
	bool grouped = false, point = false;

	for (const char *s = word; *s; s++) {
		if (n + 1 >= cap)
			return err_set(e, ERR_ARG, "%.40s... is too long for a %s.", word, what);
		if (*s == ',') {
			if (point || !thousands(s, run, grouped))
				return err_set(e, ERR_ARG,
					       "%s: a comma only parts thousands; the decimal "
					       "point is a point, as in 0.5.",
					       word);
			grouped = true;
			continue;
		}
		run = is_digit(*s) ? run + 1 : 0;
		point = *s == '.' || (point && run);
		grouped = grouped && run;
		if (!strncmp(s, "\xe2\x88\x92", 3)) {
			out[n++] = '-';
			s += 2;
		} else {
			out[n++] = *s;
		}
	}
	out[n] = 0;
	return true;
}

static bool scaled(int64_t *out, const char *s, size_t n, int digits, int64_t times, struct err *e,
		   const char *whole)
{
	int64_t v;

	if (n && s[0] == '+') {
		s++;
		n--;
	}
	switch (dec_parse(&v, s, n, digits)) {
	case DEC_OK:
		break;
	case DEC_INEXACT:
		return err_set(e, ERR_ARG, "%s has more digits than can be kept (%d).", whole,
			       digits);
	case DEC_RANGE:
		return err_set(e, ERR_ARG, "%s is too large.", whole);
	default:
		return err_set(e, ERR_ARG, "%s is not a number.", whole);
	}
	if (__builtin_mul_overflow(v, times, out))
		return err_set(e, ERR_ARG, "%s is too large.", whole);
	return true;
}

static int64_t multiplier(const char **s)
{
	if (**s == 'k') {
		(*s)++;
		return 1000;
	}
	if (**s == 'M') {
		(*s)++;
		return 1000000;
	}
	return 1;
}

/* The multiplier of a size, or a power of ten as in 1e6; a price has none. */
static int64_t size_multiplier(const char **s)
{
	const char *p = *s + 1;
	int64_t times = 1;
	int power = 0;

	if ((**s != 'e' && **s != 'E') || !is_digit(*p))
		return multiplier(s);
	for (; is_digit(*p); p++)
		power = power > 18 ? power : power * 10 + (*p - '0');
	*s = p;
	if (power > 18)
		return INT64_MAX; /* too large of anything */
	while (power--)
		times *= 10;
	return times;
}

/* "BTC" for BTC, "COIN" or "dex:COIN" for dex:COIN. */
static bool names_coin(const char *s, const char *coin)
{
	const char *bare;

	if (!coin || !*s)
		return false;
	bare = strchr(coin, ':');
	return same(s, coin) || (bare && same(s, bare + 1));
}

static bool bare_number(const char *s, const char *coin, struct err *e)
{
	char last = s[strlen(s) - 1];

	if (last == 'k' || last == 'M' || strpbrk(s, "eE"))
		return err_set(e, ERR_ARG, "%s of what? Write %s%s or %sUSD.", s, s,
			       coin ? coin : "BTC", s);
	coin = coin ? coin : "BTC";
	if (strchr(s, '.') || !strpbrk(s, "123456789")) /* of nought no thousands are made */
		return err_set(e, ERR_ARG, "%s of what? Write %s%s, %s%% or 25000USD.", s, s, coin,
			       s);
	return err_set(e, ERR_ARG, "%s of what? Write %s%s, %s%% or %s000USD.", s, s, coin, s, s);
}

bool gram_size(struct size *out, const char *word, const char *coin, struct err *e)
{
	struct size z = {0};
	char s[64];
	const char *unit;
	int64_t times;
	size_t n;

	if (!plain(s, sizeof s, word, "size", e))
		return false;
	if (same(s, "all")) {
		z.unit = SIZE_ALL;
		*out = z;
		return true;
	}
	n = number_span(s);
	if (!n)
		return err_set(e, ERR_ARG, "%s is not a size. Write 0.5%s, 40%%, 25000USD or all.",
			       word, coin ? coin : "BTC");
	if (s[0] == '-')
		return err_set(e, ERR_ARG, "%s is negative; a size is how much to close.", word);
	unit = s + n;
	if (!*unit)
		return bare_number(s, coin, e);
	if (names_coin(unit, coin)) {
		z.unit = SIZE_COIN;
		if (!scaled(&z.coin.v, s, n, QTY_DIGITS, 1, e, word))
			return false;
	} else if (same(unit, "%")) {
		z.unit = SIZE_PERCENT;
		if (!scaled(&z.part.v, s, n, RATIO_DIGITS - 2, 1, e, word))
			return false;
		if (z.part.v > 1000000000000)
			return err_set(e, ERR_ARG, "%s is more than all; write all.", word);
	} else {
		times = size_multiplier(&unit);
		if (!*unit)
			return bare_number(s, coin, e);
		if (same(unit, "USD") || same(unit, "USDC") || same(unit, "$")) {
			z.unit = SIZE_USD;
			if (!scaled(&z.usd.v, s, n, MONEY_DIGITS, times, e, word))
				return false;
		} else if (names_coin(unit, coin)) {
			z.unit = SIZE_COIN;
			if (!scaled(&z.coin.v, s, n, QTY_DIGITS, times, e, word))
				return false;
		} else {
			return err_set(e, ERR_ARG,
				       "%s: %s is not a unit here. Write %s, %% or USD.", word,
				       unit, coin ? coin : "the coin");
		}
	}
	if (z.coin.v <= 0 && z.usd.v <= 0 && z.part.v <= 0)
		return err_set(e, ERR_ARG, "%s is nothing; a size is more than zero.", word);
	*out = z;
	return true;
}

/* Values of --to with a name in front: "liq:100k". */
static bool named_target(struct ticket *t, const char *s, struct err *e)
{
	struct price_spec p;
	struct ratio r;
	struct size z;

	if (!strncmp(s, "liq:", 4)) {
		if (!gram_price(&p, s + 4, e))
			return false;
		if (p.ref != PREF_ABS)
			return err_set(e, ERR_ARG, "%s: write the price itself, like liq:100k.", s);
		t->target = TARGET_LIQ_PRICE;
		t->target_v = p.abs.v;
		return true;
	}
	if (!strncmp(s, "cushion:", 8)) {
		if (!gram_percent(&r, s + 8, e))
			return false;
		t->target = TARGET_CUSHION;
		t->target_v = r.v < 0 ? -r.v : r.v;
		return true;
	}
	if (!strncmp(s, "delta:", 6)) {
		if (same(s + 6, "0")) {
			z.usd.v = 0;
		} else {
			if (!gram_size(&z, s + 6, NULL, e))
				return false;
			if (z.unit != SIZE_USD)
				return err_set(e, ERR_ARG, "%s: write it in USD, delta:10000USD.",
					       s);
		}
		t->target = TARGET_DELTA;
		t->target_v = z.usd.v;
		return true;
	}
	return err_set(e, ERR_ARG,
		       "%s is not a target. Write 0, 0.5%s, 25000USD, 3x, liq:100k, cushion:5%% or "
		       "delta:10000USD.",
		       s, t->coin[0] ? t->coin : "BTC");
}

bool gram_target(struct ticket *out, const char *word, const char *coin, struct err *e)
{
	struct ticket t = *out;
	struct size z;
	struct ratio r;
	char s[64];
	size_t n;

	if (!plain(s, sizeof s, word, "target", e))
		return false;
	n = number_span(s);
	t.target_v = 0;
	if (same(s, "0") || same(s, "flat")) {
		t.target = TARGET_POSITION;
	} else if (n && same(s + n, "x")) {
		if (!gram_factor(&r, s, e))
			return false;
		if (r.v <= 0)
			return err_set(e, ERR_ARG, "%s: leverage is more than 0x; write flat.",
				       word);
		t.target = TARGET_LEVERAGE;
		t.target_v = r.v;
	} else if (n) {
		if (!gram_size(&z, s, coin, e))
			return false;
		if (z.unit == SIZE_COIN) {
			t.target = TARGET_POSITION;
			t.target_v = z.coin.v;
		} else if (z.unit == SIZE_USD) {
			t.target = TARGET_NOTIONAL;
			t.target_v = z.usd.v;
		} else {
			return err_set(e, ERR_ARG,
				       "%s: a share is of what you hold now; write --size %s.",
				       word, word);
		}
	} else if (!named_target(&t, s, e)) {
		return false;
	}
	*out = t;
	return true;
}

bool gram_percent(struct ratio *out, const char *word, struct err *e)
{
	char s[64];
	size_t n;
	int64_t v;

	if (!plain(s, sizeof s, word, "share", e))
		return false;
	n = number_span(s);
	if (n && same(s + n, "%")) {
		if (!scaled(&v, s, n, RATIO_DIGITS - 2, 1, e, word))
			return false;
	} else if (n && same(s + n, "bp")) {
		if (!scaled(&v, s, n, RATIO_DIGITS - 4, 1, e, word))
			return false;
	} else if (n && !s[n]) {
		return err_set(e, ERR_ARG, "%s of what? Write %s%% or %sbp.", word, s, s);
	} else {
		return err_set(e, ERR_ARG, "%s is not a share. Write 10%% or 25bp.", word);
	}
	out->v = v;
	return true;
}

bool gram_factor(struct ratio *out, const char *word, struct err *e)
{
	size_t n = number_span(word);
	int64_t v;

	if (!n || !same(word + n, "x"))
		return err_set(e, ERR_ARG, "%s is not a factor. Write 1.5x.", word);
	if (!scaled(&v, word, n, RATIO_DIGITS, 1, e, word))
		return false;
	out->v = v;
	return true;
}

bool gram_unit(struct ratio *out, const char *word, struct err *e)
{
	size_t n = number_span(word);
	int64_t v;

	if (!n || word[n])
		return err_set(e, ERR_ARG, "%s is not a number from 0 to 1. Write 0.5.", word);
	if (!scaled(&v, word, n, RATIO_DIGITS, 1, e, word))
		return false;
	if (v < 0 || v > 1000000000000)
		return err_set(e, ERR_ARG, "%s is not between 0 and 1.", word);
	out->v = v;
	return true;
}

static const struct {
	const char *name;
	uint8_t ref;
} price_refs[] = {
	{"mark", PREF_FROM_MARK}, {"liq", PREF_FROM_LIQ},	  {"bid", PREF_FROM_BID},
	{"ask", PREF_FROM_ASK},	  {"arrival", PREF_FROM_ARRIVAL},
};

bool gram_price(struct price_spec *out, const char *word, struct err *e)
{
	struct price_spec p = {0};
	const char *rest;
	char s[64];
	int64_t times;
	size_t n;

	if (!plain(s, sizeof s, word, "price", e))
		return false;
	n = strlen(s);
	if (n > 4 && same(s + n - 4, "wait")) { /* "112k wait" */
		p.wait = true;
		for (n -= 4; n && (s[n - 1] == ' ' || s[n - 1] == ':'); n--)
			;
		s[n] = 0;
	}
	for (size_t i = 0; i < COUNT_OF(price_refs); i++) {
		size_t len = strlen(price_refs[i].name);
		if (strncmp(s, price_refs[i].name, len))
			continue;
		p.ref = price_refs[i].ref;
		if (s[len] && s[len] != '+' && s[len] != '-')
			break;
		if (s[len] && !gram_percent(&p.offset, s + len, e))
			return false;
		*out = p;
		return true;
	}
	n = number_span(s);
	if (!n)
		return err_set(e, ERR_ARG,
			       "%s is not a price. Write 108.5k, -1%%, liq+0.2%% or bid-3bp.",
			       word);
	rest = s + n;
	if (same(rest, "%") || same(rest, "bp")) {
		if (s[0] != '-' && s[0] != '+')
			return err_set(e, ERR_ARG, "%s of the mark up or down? Write -%s or +%s.",
				       word, s, s);
		p.ref = PREF_FROM_MARK;
		if (!gram_percent(&p.offset, s, e))
			return false;
		*out = p;
		return true;
	}
	times = multiplier(&rest);
	if (*rest || s[0] == '-' || s[0] == '+')
		return err_set(e, ERR_ARG,
			       "%s is not a price. Write 108.5k, -1%%, liq+0.2%% or bid-3bp.",
			       word);
	p.ref = PREF_ABS;
	if (!scaled(&p.abs.v, s, n, PRICE_DIGITS, times, e, word))
		return false;
	if (p.abs.v <= 0)
		return err_set(e, ERR_ARG, "%s is not a price: it must be above zero.", word);
	*out = p;
	return true;
}

static int64_t time_unit_ms(char c)
{
	switch (c) {
	case 's':
		return 1000;
	case 'm':
		return 60000;
	case 'h':
		return 3600000;
	case 'd':
		return 86400000;
	default:
		return 0;
	}
}

bool gram_duration(int64_t *ms, const char *word, struct err *e)
{
	const int64_t max = 366 * (int64_t)86400000;
	int64_t total = 0, last = 0;
	const char *s = word;

	if (!is_digit(*s))
		return err_set(e, ERR_ARG, "%s is not a duration. Write 90s, 30m or 1h30m.", word);
	while (*s) {
		int64_t v, unit;
		size_t n = number_span(s);
		if (!n || !is_digit(*s))
			return err_set(e, ERR_ARG, "%s is not a duration. Write 90s, 30m or 1h30m.",
				       word);
		unit = time_unit_ms(s[n]);
		if (!s[n] && last) /* "2h50": what is printed for people */
			unit = last == 3600000 ? 60000 : last == 60000 ? 1000 : 0;
		else if (!s[n])
			return err_set(e, ERR_ARG, "%s of what? Write %ss, %sm or %sh.", word, word,
				       word, word);
		if (!unit || (last && unit >= last))
			return err_set(e, ERR_ARG, "%s is not a duration. Write 90s, 30m or 1h30m.",
				       word);
		if (!scaled(&v, s, n, 3, unit, e, word))
			return false;
		v /= 1000;
		if (v > max || total + v > max)
			return err_set(e, ERR_ARG, "%s is longer than a year.", word);
		total += v;
		last = unit;
		s += n + (s[n] != 0);
	}
	if (total <= 0)
		return err_set(e, ERR_ARG, "%s is no time at all.", word);
	*ms = total;
	return true;
}

static int two_digits(const char *s)
{
	return is_digit(s[0]) && is_digit(s[1]) ? (s[0] - '0') * 10 + s[1] - '0' : -1;
}

bool gram_clock(int64_t *until_ms, const char *s, int64_t wall_ms, struct err *e)
{
	const int64_t day = 86400000;
	size_t n = strlen(s);
	bool z = n && (s[n - 1] == 'Z' || s[n - 1] == 'z');
	size_t len = n - z;
	int h = -1, m = -1, sec = 0;
	int64_t t;

	if (len == 5 || len == 8) {
		h = two_digits(s);
		m = s[2] == ':' ? two_digits(s + 3) : -1;
		if (len == 8)
			sec = s[5] == ':' ? two_digits(s + 6) : -1;
	}
	if (h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 59)
		return err_set(e, ERR_ARG, "%s is not a time of day. Write 18:05Z.", s);
	if (!z)
		return err_set(e, ERR_ARG, "%s of which zone? Write %sZ (UTC).", s, s);
	t = wall_ms - wall_ms % day + ((int64_t)h * 3600 + m * 60 + sec) * 1000;
	*until_ms = t > wall_ms ? t : t + day;
	return true;
}

bool gram_exit_id(uint32_t *out, const char *s, struct err *e)
{
	const char *p = s + (*s == 'x');
	uint32_t v = 0;

	if (!*p)
		return err_set(e, ERR_ARG, "%s is not an exit. Write x1.", s);
	for (; *p; p++) {
		if (!is_digit(*p) || __builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint32_t)(*p - '0'), &v))
			return err_set(e, ERR_ARG, "%s is not an exit. Write x1.", s);
	}
	if (!v)
		return err_set(e, ERR_ARG, "%s is not an exit. Write x1.", s);
	*out = v;
	return true;
}

bool gram_which(uint32_t *out, const char *word, struct err *e)
{
	char x[24] = "x";
	struct err none;
	uint32_t n;

	if (word[0] != 'p')
		return gram_exit_id(out, word, e);
	if (strlen(word) >= sizeof x)
		return gram_exit_id(out, word, e);
	memcpy(x + 1, word + 1, strlen(word));
	if (!gram_exit_id(&n, x, &none) || n >= WHICH_PANIC)
		return err_set(e, ERR_ARG, "%.40s is neither x2 nor p2.", word);
	*out = WHICH_PANIC | n;
	return true;
}

void gram_price_text(char *out, size_t cap, struct price p)
{
	char raw[48];
	struct buf b, o;
	size_t whole;

	buf_init(&b, raw, sizeof raw);
	price_put(&b, p);
	buf_init(&o, out, cap);
	for (whole = 0; raw[whole] && raw[whole] != '.'; whole++)
		;
	for (size_t i = 0; raw[i]; i++) {
		if (i && i < whole && (whole - i) % 3 == 0 && raw[i - 1] != '-')
			buf_putc(&o, ',');
		buf_putc(&o, raw[i]);
	}
}

bool gram_price_on_tick(const struct instr *i, struct price p, struct err *e)
{
	struct price lo, hi, tick;
	char at[64], below[64], above[64], step[64];

	if (instr_price_ok(i, p))
		return true;
	gram_price_text(at, sizeof at, p);
	if (!instr_round_price(i, &lo, p, ROUND_DOWN) || !instr_round_price(i, &hi, p, ROUND_UP))
		return err_set(e, ERR_RULE, "%s is no price that %s can have.", at, i->coin);
	tick = instr_tick(i, p);
	gram_price_text(below, sizeof below, lo);
	gram_price_text(above, sizeof above, hi);
	gram_price_text(step, sizeof step, tick);
	return err_set(e, ERR_RULE, "%s is not on %s's tick of %s. Use %s or %s.", at, i->coin,
		       step, below, above);
}

int gram_split(char *line, const char **words, int cap)
{
	int n = 0;

	while (*line) {
		bool quoted = false;
		char *to;
		while (*line == ' ' || *line == '\t')
			line++;
		if (!*line)
			break;
		if (n == cap)
			return -1;
		words[n++] = to = line;
		for (; *line && (quoted || (*line != ' ' && *line != '\t')); line++) {
			if (*line == '"')
				quoted = !quoted;
			else
				*to++ = *line;
		}
		if (*line)
			line++;
		*to = 0;
	}
	return n;
}

int gram_distance(const char *a, const char *b)
{
	enum { MAX = 32, FAR = 4 };
	int row[MAX + 1];
	int na = (int)strlen(a), nb = (int)strlen(b);

	if (na > MAX || nb > MAX || na - nb >= FAR || nb - na >= FAR)
		return FAR;
	for (int j = 0; j <= nb; j++)
		row[j] = j;
	for (int i = 1; i <= na; i++) {
		int diag = row[0];
		row[0] = i;
		for (int j = 1; j <= nb; j++) {
			int best = diag + (a[i - 1] != b[j - 1]);
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diag = row[j];
			row[j] = best;
		}
	}
	return row[nb] < FAR ? row[nb] : FAR;
}

void gram_near(char *out, size_t cap, const char *word, const char *const *names, size_t n)
{
	int best = strlen(word) > 3 ? 3 : 2;
	struct buf b;

	buf_init(&b, out, cap);
	for (size_t i = 0; i < n; i++) {
		int d = gram_distance(word, names[i]);
		if (d < best) {
			best = d;
			buf_reset(&b);
			buf_puts(&b, names[i]);
		}
	}
}
