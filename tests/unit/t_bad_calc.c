/* bad_calc: every problem of `exeunt calc` x every bad value: each number of each problem is
 * replaced by each bad token. What makes no sense is refused with the field's name, what is merely
 * odd is answered with finite numbers. */
#include <stdio.h>
#include <string.h>

#include "host/calc_in.h"
#include "tests/run.h"

enum { WHY_MAX = 400 };
enum answer { REFUSED, FINITE, NONSENSE };

static const struct {
	const char *name;
	calc_fn *run;
	const char *json;
} problems[] = {
	{"plan", calc_plan,
	 "{\"size_units\":1000000,\"horizon_s\":5,\"slots\":5,\"sigma_usd_per_sqrt_s\":0.95,"
	 "\"eta_usd_s_per_unit2\":2.5e-6,\"gamma_usd_per_unit2\":2.5e-7,"
	 "\"epsilon_usd_per_unit\":0.0625,\"lambda_per_usd\":1e-6,\"alpha_usd_per_s\":0.02}"},
	{"plan", calc_plan,
	 "{\"size_units\":10,\"horizon_s\":60,\"slots\":4,\"sigma_usd_per_sqrt_s\":0.1,"
	 "\"eta_usd_s_per_unit2\":0.1,\"lambda_per_usd\":1e-3,\"rate_max_units_per_s\":1}"},
	{"plan", calc_plan,
	 "{\"sizes_units\":[10,-5],\"horizon_s\":60,\"slots\":6,\"lambda_per_usd\":0.01,"
	 "\"covariance_usd2_per_unit2_s\":[1e-4,2e-5,2e-5,1e-4],"
	 "\"eta_usd_s_per_unit2\":[0.1,0,0,0.1]}"},
	{"plan", calc_plan,
	 "{\"size_units\":100,\"horizon_s\":3600,\"slots\":60,\"sigma_usd_per_sqrt_s\":0.1,"
	 "\"eta_usd_s_per_unit2\":50,\"gamma_usd_per_unit2\":0.01,"
	 "\"epsilon_usd_per_unit\":0.0625,\"lambda_per_usd\":0.002,\"updates\":2,"
	 "\"updates_done\":1,\"left_units\":50,\"spent_usd\":70,\"kappa_per_s\":0.0005}"},
	{"frontier", calc_frontier,
	 "{\"size_units\":1000000,\"horizon_s\":5,\"slots\":5,\"sigma_usd_per_sqrt_s\":0.95,"
	 "\"eta_usd_s_per_unit2\":2.5e-6,\"gamma_usd_per_unit2\":2.5e-7,"
	 "\"epsilon_usd_per_unit\":0.0625,\"points\":4,\"kappa_t_max\":6}"},
	{"danger", calc_danger,
	 "{\"position_units\":10,\"size_units\":8,\"mark_usd\":60000,\"equity_usd\":30000,"
	 "\"maintenance_usd\":8000,\"maintenance_rate\":0.0125,\"sigma_per_sqrt_year\":0.8,"
	 "\"fat_tail\":1.2,\"horizon_s\":86400,\"slots\":12,\"kappa_t\":2,"
	 "\"eta_usd_s_per_unit2\":100,\"epsilon_usd_per_unit\":30,\"slope_usd_per_unit2\":2}"},
	{"danger", calc_danger,
	 "{\"position_units\":10,\"mark_usd\":60000,\"equity_usd\":30000,"
	 "\"maintenance_rate\":0.0125,\"sigma_per_sqrt_year\":0.8,\"horizon_s\":86400,"
	 "\"slots\":12,\"rate_max_units_per_s\":0.001,\"chance_max\":0.01}"},
	{"trim", calc_trim,
	 "{\"equity_usd\":30000,\"shock\":0.05,\"sigmas\":3,\"btc_sigma_per_sqrt_hour\":0.005,"
	 "\"step\":0.05,\"legs\":[{\"coin\":\"BTC\",\"size_units\":10,\"mark_usd\":60000,"
	 "\"max_leverage\":40,\"beta\":1,\"sigma_per_sqrt_hour\":0.01,\"fee_rate\":0.00045,"
	 "\"size_decimals\":4,\"bids\":[[59999,4],[59998,8]],\"asks\":[[60001,5],[60003,9]]}]}"},
	{"cost", calc_cost,
	 "{\"side\":\"sell\",\"size_units\":5,\"bids\":[[99.5,2],[98.5,2]],"
	 "\"asks\":[[100.5,3]],\"sigma_per_sqrt_day\":0.04,\"volume_units_per_day\":400,\"y\":0.7,"
	 "\"traded_14d_usd\":6000000,\"fee_tiers\":[[0,0.00045,0.00015],[5000000,0.0004,0.00012]],"
	 "\"maker_share\":0.2,\"funding_per_hour\":0.0001,\"horizon_s\":7200,"
	 "\"next_funding_s\":1800}"},
	{"kernel", calc_kernel,
	 "{\"size_units\":100000,\"horizon_s\":1,\"trades\":11,\"weights_usd_per_unit2\":[1,0.5],"
	 "\"rates_per_s\":[2.231,1],\"permanent_usd_per_unit2\":0.1,"
	 "\"power_weight_usd_per_unit2\":0.1,\"power_rate_per_s\":1,\"power\":0.5,\"delta\":1,"
	 "\"lambda_per_usd\":1e-6,\"sigma_usd_per_sqrt_s\":1}"},
	{"impact", calc_impact,
	 "{\"model\":\"athl\",\"size_units\":656100,\"volume_units_per_day\":6561000,"
	 "\"shares_outstanding\":1728000000,\"sigma_per_sqrt_day\":0.0157,"
	 "\"horizon_volume_days\":0.1,\"gamma\":0.314,\"eta\":0.142,\"beta\":0.6}"},
	{"impact", calc_impact,
	 "{\"model\":\"power\",\"size_units\":1000,\"horizon_s\":600,\"slots\":8,\"eta\":0.02,"
	 "\"exponent\":0.6,\"lambda_per_usd\":1e-3,\"sigma_usd_per_sqrt_s\":0.01}"},
	{"forecast", calc_forecast,
	 "{\"returns\":[0.001,-0.002,0.0015],\"keep\":0.94,\"prior_variance\":1e-5,"
	 "\"ofi_units\":[5,-3,8,0,-6,2],\"mid_change_usd\":[0.9,-0.7,1.1,0.2,-1.5,0.1],"
	 "\"impact_prior\":0.1,\"impact_prior_variance\":0.05,\"impact_walk_variance\":1e-4,"
	 "\"noise_variance_usd2\":0.04}"},
};

/* Fields that take a negative, and those that take a zero, besides those that take both. */
static const char negative[] = " lambda_per_usd position_units size_units sizes_units sigmas ";
static const char either[] =
	" alpha_usd_per_s covariance_usd2_per_unit2_s equity_usd returns ofi_units mid_change_usd "
	"impact_prior funding_per_hour fee_tiers weights_usd_per_unit2 gamma_usd_per_unit2 "
	"eta_usd_s_per_unit2 ";
static const char zero[] =
	" sigma_usd_per_sqrt_s epsilon_usd_per_unit lambda_per_usd maintenance_usd "
	"maintenance_rate sigma_per_sqrt_year kappa_t slope_usd_per_unit2 chance_max "
	"rate_max_units_per_s sigma_per_sqrt_day volume_units_per_day traded_14d_usd maker_share "
	"horizon_s next_funding_s permanent_usd_per_unit2 power_weight_usd_per_unit2 "
	"power_rate_per_s power shares_outstanding keep impact_walk_variance "
	"btc_sigma_per_sqrt_hour sigma_per_sqrt_hour fee_rate size_decimals sigmas "
	"sizes_units shock left_units spent_usd kappa_per_s updates_done ";

static bool listed(const char *list, const char *key)
{
	char word[68];

	snprintf(word, sizeof word, " %s ", key);
	return strstr(list, word) != NULL;
}

/* Runs a text; *why is what a refusal says. */
static enum answer calc(calc_fn *run, const char *text, char why[WHY_MAX], char out[65536])
{
	struct json *door = json_new(1 << 16);
	struct err e = {0};
	const struct jv *v = json_parse(door, text, strlen(text), &e);
	struct buf b;
	enum answer got = REFUSED;

	buf_init(&b, out, 65536);
	calc_begin();
	if (v && run(v, &b, &e))
		got = calc_finite() && !strstr(out, "nan") && !strstr(out, "inf") ? FINITE
										  : NONSENSE;
	if (got == NONSENSE && !calc_finite())
		got = REFUSED, snprintf(e.text, sizeof e.text, "range"); /* as cli_calc.c says */
	snprintf(why, WHY_MAX, "%s", e.text);
	json_free(door);
	return got;
}

/* The key before the number at `at`; lists and rows belong to their key. */
static void key_of(const char *json, const char *at, char key[64])
{
	const char *k = json, *end = json;

	for (const char *p = json; p < at; p++)
		if (*p == ':' && p[-1] == '"') {
			end = p - 1;
			for (k = end; k[-1] != '"'; k--)
				;
		}
	snprintf(key, 64, "%.*s", (int)(end - k), k);
}

TEST(calc_problems)
{
	static const struct {
		const char *token;
		enum { ALWAYS, NEGATIVE, ZERO_, ODD } kind;
	} bad[] = {{"1e999", ALWAYS},  {"-1e999", ALWAYS}, {"1e300", ALWAYS}, {"-1e300", ALWAYS},
		   {"1e-300", ALWAYS}, {"\"x\"", ALWAYS},  {"null", ALWAYS},  {"true", ALWAYS},
		   {"[]", ALWAYS},     {"{}", ALWAYS},	   {"NaN", ALWAYS},   {"-1", NEGATIVE},
		   {"0", ZERO_},       {"1e18", ODD},	   {"1e-9", ODD}};
	static char text[4096], why[WHY_MAX], out[65536];
	int tried = 0, refused = 0;

	for (size_t m = 0; m < sizeof problems / sizeof problems[0]; m++) {
		const char *j = problems[m].json;

		if (calc(problems[m].run, j, why, out) != FINITE)
			test_fail(__FILE__, __LINE__, "calc %s: the good problem is refused: %s",
				  problems[m].name, why);
		for (const char *p = j; *p; p++) {
			char key[64];
			size_t n = strspn(p, "0123456789.e+-");

			if (n == 0 || strchr("0123456789-", *p) == NULL || !strchr(":,[", p[-1])) {
				continue;
			}
			key_of(j, p, key);
			for (size_t b = 0; b < sizeof bad / sizeof bad[0]; b++) {
				bool must = bad[b].kind == ALWAYS ||
					    (bad[b].kind == NEGATIVE && !listed(negative, key) &&
					     !listed(either, key)) ||
					    (bad[b].kind == ZERO_ && !listed(zero, key) &&
					     !listed(either, key));
				enum answer got;

				snprintf(text, sizeof text, "%.*s%s%s", (int)(p - j), j,
					 bad[b].token, p + n);
				got = calc(problems[m].run, text, why, out);
				tried++;
				refused += got == REFUSED;
				if (!strcmp(key, "fee_tiers") && !strcmp(bad[b].token, "1e-300"))
					must = false; /* a fee of next to nothing */
				if (got == NONSENSE || (must && got != REFUSED))
					test_fail(__FILE__, __LINE__, "calc %s: %s %s: %.120s",
						  problems[m].name, key, bad[b].token, out);
				if (got == REFUSED && strlen(why) < 10)
					test_fail(__FILE__, __LINE__,
						  "calc %s: %s %s is refused with '%s'",
						  problems[m].name, key, bad[b].token, why);
				if (got == REFUSED && must && strcmp(bad[b].token, "NaN") &&
				    !strstr(why, key))
					test_fail(__FILE__, __LINE__,
						  "calc %s: %s %s is refused without its name: %s",
						  problems[m].name, key, bad[b].token, why);
			}
			p += n - 1;
		}
	}
	printf("  %d problems, %d refused\n", tried, refused);
	CHECK(tried > 1500);
}

TEST_MAIN(T(calc_problems))
