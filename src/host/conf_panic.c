/* conf_panic.c: the keys of [panic] as one table.
 *
 * 1. A value is written whole or not at all; every refusal says what is wrong with it, the table
 *    what would be accepted.
 * 2. No range allows a value that makes a close to zero wait or that gives it no price. */
#include "host/conf_panic.h"

#include <string.h>

#include "base/check.h"
#include "core/grammar.h"

enum kind { K_SHARE, K_LADDER, K_TIME, K_COUNT, K_FACTOR };

#define PCT   10000000000LL /* 1 % */
#define AT(f) offsetof(struct panic_conf, f)
/* lo and hi: shares in 1e-12, milliseconds, counts, factors in 1e-12 */
static const struct row {
	const char *key;
	uint8_t kind;
	size_t at;
	int64_t lo, hi;
	const char *accepted;
} rows[] = {
	{"ladder_liquid", K_LADDER, AT(ladder_liquid), PCT / 10, 50 * PCT,
	 "4 rising shares from 0.1% to 50%, like 0.5% 1.5% 4% 8%"},
	{"ladder_others", K_LADDER, AT(ladder_others), PCT / 10, 50 * PCT,
	 "4 rising shares from 0.1% to 50%, like 1% 3% 8% 15%"},
	{"liquid_leverage", K_COUNT, AT(liquid_leverage), 1, 100, "a number from 1 to 100"},
	{"rung_interval", K_TIME, AT(rung_ms), 200, 10000, "a duration from 0.2s to 10s"},
	{"last_rung_interval", K_TIME, AT(last_rung_ms), 500, 30000, "a duration from 0.5s to 30s"},
	{"rungs_before_alarm", K_COUNT, AT(rungs_alarm), 1, 20, "a number from 1 to 20"},
	{"give_up", K_TIME, AT(give_up_ms), 30000, 3600000, "a duration from 30s to 1h"},
	{"expires_to_zero", K_TIME, AT(expires_zero_ms), 10000, 60000,
	 "a duration from 10s to 60s"},
	{"expires_partial", K_TIME, AT(expires_part_ms), 3000, 30000, "a duration from 3s to 30s"},
	{"post_only_probe", K_TIME, AT(probe_ms), 1000, 30000, "a duration from 1s to 30s"},
	{"care_slices", K_COUNT, AT(care_slices), 1, 60, "a number from 1 to 60"},
	{"care_time", K_TIME, AT(care_ms), 10000, 600000, "a duration from 10s to 10m"},
	{"care_depth", K_SHARE, AT(care_depth), PCT, 100 * PCT, "a share from 1% to 100%"},
	{"care_random", K_SHARE, AT(care_jitter), 0, 50 * PCT, "a share from 0% to 50%"},
	{"trim_cushion", K_SHARE, AT(trim_cushion), PCT / 2, 50 * PCT, "a share from 0.5% to 50%"},
	{"trim_sigmas", K_FACTOR, AT(trim_sigmas), 0, 10000000000000, "a factor from 0x to 10x"},
	{"trim_round", K_SHARE, AT(trim_round), 2 * PCT, 50 * PCT, "a share from 2% to 50%"},
	{"guard_share", K_SHARE, AT(guard_share), 10 * PCT, 90 * PCT, "a share from 10% to 90%"},
	{"guard_nearest", K_SHARE, AT(guard_nearest), PCT / 10, 10 * PCT,
	 "a share from 0.1% to 10%"},
	{"guard_farthest", K_SHARE, AT(guard_farthest), PCT / 10, 50 * PCT,
	 "a share from 0.1% to 50%"},
	{"guard_least", K_SHARE, AT(guard_least), PCT / 10, 10 * PCT, "a share from 0.1% to 10%"},
	{"guard_worst", K_SHARE, AT(guard_worst), PCT, 50 * PCT, "a share from 1% to 50%"},
	{"commit_wait", K_TIME, AT(commit_wait_ms), 1, 1000, "a duration from 0.001s to 1s"},
	{"order_cap", K_SHARE, AT(cap_order), 0, 1000 * PCT, "a share from 0% to 1000%"},
	{"session_cap", K_SHARE, AT(cap_session), 0, 1000 * PCT, "a share from 0% to 1000%"},
	{"hedge_cap", K_SHARE, AT(cap_hedge), 0, 200 * PCT, "a share from 0% to 200%"},
};

int conf_panic_find(const char *key)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (!strcmp(rows[i].key, key))
			return (int)i;
	return -1;
}

const char *conf_panic_name(size_t row)
{
	return row < COUNT_OF(rows) ? rows[row].key : NULL;
}

const char *conf_panic_accepted(int row)
{
	return rows[row].accepted;
}

static bool in_range(int64_t v, const struct row *r, struct err *why)
{
	return (v >= r->lo && v <= r->hi) || err_set(why, ERR_CONF, "it is out of range");
}

static bool share(int64_t *out, const struct row *r, const char *v, struct err *why)
{
	struct ratio x;

	if (!gram_percent(&x, v, why) || !in_range(x.v, r, why))
		return false;
	*out = x.v;
	return true;
}

static bool ladder(int64_t out[PANIC_RUNGS], const struct row *r, const char *v, struct err *why)
{
	int64_t got[PANIC_RUNGS];
	int n = 0;

	for (v += strspn(v, " ,\t"); *v; v += strspn(v, " ,\t")) {
		char one[40] = "";
		size_t len = strcspn(v, " ,\t");

		if (n == PANIC_RUNGS)
			return err_set(why, ERR_CONF, "it has more than %d rungs", PANIC_RUNGS);
		if (len >= sizeof one)
			return err_set(why, ERR_CONF, "a share is too long");
		memcpy(one, v, len);
		if (!share(&got[n], r, one, why))
			return false;
		if (n && got[n] <= got[n - 1])
			return err_set(why, ERR_CONF, "%s is not beyond the rung before it", one);
		n++;
		v += len;
	}
	if (n < PANIC_RUNGS)
		return err_set(why, ERR_CONF, "it has %d rungs", n);
	memcpy(out, got, sizeof got);
	return true;
}

static bool whole_number(int64_t *out, const struct row *r, const char *v, struct err *why)
{
	int64_t n = 0;

	if (!*v || strlen(v) > 9 || v[strspn(v, "0123456789")])
		return err_set(why, ERR_CONF, "it is not a whole number");
	for (; *v; v++)
		n = n * 10 + (*v - '0');
	if (!in_range(n, r, why))
		return false;
	*out = n;
	return true;
}

bool conf_panic_set(struct panic_conf *p, int row, const char *v, struct err *why)
{
	const struct row *r = &rows[row];
	unsigned char *at = (unsigned char *)p + r->at;
	int64_t got[PANIC_RUNGS];
	struct ratio f;
	uint32_t n;

	switch ((enum kind)r->kind) {
	case K_LADDER:
		if (!ladder(got, r, v, why))
			return false;
		memcpy(at, got, sizeof got);
		return true;
	case K_SHARE:
		if (!share(got, r, v, why))
			return false;
		break;
	case K_TIME:
		if (!gram_duration(got, v, why) || !in_range(got[0], r, why))
			return false;
		break;
	case K_FACTOR:
		if (!gram_factor(&f, v, why) || !in_range(f.v, r, why))
			return false;
		got[0] = f.v;
		break;
	case K_COUNT:
		if (!whole_number(got, r, v, why))
			return false;
		n = (uint32_t)got[0];
		memcpy(at, &n, sizeof n);
		return true;
	}
	memcpy(at, got, sizeof got[0]);
	return true;
}

bool conf_panic_judge(const struct panic_conf *p, struct err *why)
{
	if (p->guard_nearest.v > p->guard_farthest.v)
		return err_set(why, ERR_CONF,
			       "[panic] guard_nearest is beyond guard_farthest: write it smaller");
	if (p->guard_nearest.v >= p->guard_least.v)
		return err_set(why, ERR_CONF,
			       "[panic] guard_nearest is not under guard_least: a guard at the "
			       "least distance would not lie before liquidation");
	if (p->rung_ms > p->give_up_ms / 4 || p->last_rung_ms > p->give_up_ms / 4)
		return err_set(why, ERR_CONF,
			       "[panic] give_up ends before four rungs: write it longer");
	return true;
}
