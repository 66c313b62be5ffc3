/* cli_evaluate.c: exeunt evaluate: child tactics judged on recorded markets (src/judge), as a
 * table, CSV or JSON. Nothing is contacted.
 *
 * Walk-forward: thresholds come from the first half of each tape, the figures from the second;
 * judge_fit never sees more than the first. Every policy meets the same slots, both sides. */
#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/check.h"
#include "host/cli.h"
#include "judge/score.h"

enum { LATENCIES_MAX = 8, BP_DIGITS = 6, OUT_BYTES = 1 << 20 };

struct asked {
	struct judge_setup setup; /* latency_ms is set for each run */
	int64_t latency_ms[LATENCIES_MAX];
	uint32_t n_latencies;
	bool books_only;
};

/* One coin of one tape at one latency. */
struct run {
	const char *dir;
	const struct tape_coin *coin;
	int64_t latency_ms;
	uint32_t slots, excluded;
	struct judge_score score[JUDGE_POLICIES];
	double theta[JUDGE_POLICIES];
};

struct report {
	FILE *csv;
	struct buf json;
	bool as_json;
	uint32_t runs;
};

/* ---- what was asked ---- */

static bool decimal(double *out, const char *s, size_t n, double least, double most,
		    const char *what, struct err *e)
{
	int64_t v;

	if (dec_parse(&v, s, n, BP_DIGITS) != DEC_OK || (double)v < least * 1e6 ||
	    (double)v > most * 1e6)
		return err_set(e, ERR_ARG, "--%s: '%.*s' is no number from %g to %g.", what,
			       (int)(n > 40 ? 40 : n), s, least, most);
	*out = (double)v / 1e6;
	return true;
}

static bool latencies(struct asked *a, const char *s, struct err *e)
{
	for (a->n_latencies = 0;;) {
		size_t n = strcspn(s, ",");
		double v;

		if (a->n_latencies == LATENCIES_MAX)
			return err_set(e, ERR_ARG, "--latency: over %d values.", LATENCIES_MAX);
		if (!decimal(&v, s, n, 0, 60, "latency", e))
			return false;
		a->latency_ms[a->n_latencies++] = (int64_t)(v * 1000 + 0.5);
		if (!s[n])
			return true;
		s += n + 1;
	}
}

static bool fees(struct asked *a, const char *s, struct err *e)
{
	size_t n = strcspn(s, "/");

	if (!s[n])
		return err_set(e, ERR_ARG, "--fees: write TAKER/MAKER in basis points: 4.5/1.5.");
	return decimal(&a->setup.taker_bp, s, n, -100, 100, "fees", e) &&
	       decimal(&a->setup.maker_bp, s + n + 1, strlen(s + n + 1), -100, 100, "fees", e);
}

static bool ask(struct asked *a, const struct cli *c, struct err *e)
{
	int64_t slot_ms = 30000;
	double seed = 1;
	const char *usd = c->value[OPT_USD_CHILD], *n = c->value[OPT_SEED];

	*a = (struct asked){.setup = {.taker_bp = 4.5, .maker_bp = 1.5, .usd = 25}};
	if (!cli_seconds(&slot_ms, c, OPT_SLOT, e) ||
	    !latencies(a, cli_has(c, OPT_LATENCY) ? c->value[OPT_LATENCY] : "0.5,1,2", e) ||
	    (cli_has(c, OPT_FEES) && !fees(a, c->value[OPT_FEES], e)) ||
	    (usd && !decimal(&a->setup.usd, usd, strlen(usd), 1, 1e6, "usd", e)) ||
	    (n && !decimal(&seed, n, strlen(n), 0, 1e9, "seed", e)))
		return false;
	if (slot_ms < 2000 || slot_ms > 3600000)
		return err_set(e, ERR_ARG, "--slot: from 2s to 1h.");
	a->setup.slot_ms = slot_ms;
	a->setup.seed = (uint64_t)seed;
	a->books_only = cli_has(c, OPT_BOOKS_ONLY);
	return true;
}

/* ---- the run ---- */

static bool judge_coin(struct run *r, const struct asked *a, const struct judge_path half[2],
		       struct err *e)
{
	struct judge_setup s = a->setup;
	uint32_t max, ex, n;
	struct judge_row *rows, *base;

	s.latency_ms = r->latency_ms;
	max = judge_rows_max(&half[0], &s);
	if (judge_rows_max(&half[1], &s) > max)
		max = judge_rows_max(&half[1], &s);
	rows = calloc(max, sizeof *rows);
	base = calloc(max, sizeof *base);
	ASSERT(rows && base);
	struct judge_rule rule = {.policy = JUDGE_MARKET, .param = tactic_defaults()};

	n = judge_measure(base, max, &r->excluded, &half[1], &s, &rule);
	r->slots = n / 2;
	for (int p = 0; p < JUDGE_POLICIES && n > 0; p++) {
		rule.policy = (enum judge_policy)p;
		if (judge_fitted(rule.policy))
			rule.theta = judge_fit(rows, max, &half[0], &s, rule.policy);
		r->theta[p] = rule.theta;
		ASSERT(judge_measure(rows, max, &ex, &half[1], &s, &rule) == n);
		judge_compare(&r->score[p], rows, base, n, &s);
	}
	free(rows);
	free(base);
	return n > 0 || err_set(e, ERR_RULE,
				"%s: the second half of tape %s has no slot of %" PRId64
				" s without a gap: give a shorter --slot.",
				r->coin->coin, r->dir, s.slot_ms / 1000);
}

/* ---- the table, CSV, JSON ---- */

static void print_head(const struct run *r, const struct asked *a, const struct judge_path *test)
{
	time_t t = (time_t)(r->coin->book[0].ms / 1000);
	struct tm tm;
	char day[24] = "";

	if (gmtime_r(&t, &tm))
		strftime(day, sizeof day, "%Y-%m-%d %H:%M", &tm);
	cli_print("\n%s, tape %s of %sZ: %u books, %u touches, %u prints, %u gaps over 3 s\n",
		  r->coin->coin, r->dir, day, r->coin->n_book, a->books_only ? 0 : r->coin->n_touch,
		  r->coin->n_trade, r->coin->gaps);
	cli_print("second half (%.0f s), slots of %.0f s, latency %.1f s, fees %g/%g bp, child %g "
		  "USD: %u slots, two sides, %u blocks; %u left out (gap)\n",
		  (double)(test->end_ms - test->begin_ms) / 1000, (double)a->setup.slot_ms / 1000,
		  (double)r->latency_ms / 1000, a->setup.taker_bp, a->setup.maker_bp, a->setup.usd,
		  r->slots, r->score[JUDGE_MARKET].blocks, r->excluded);
	cli_print("  %-20s %5s %7s %7s  %-15s %7s %6s %5s %6s %6s %6s\n", "policy", "theta",
		  "all-in", "vs TWAP", "95 %", "rel", "sd", "MDE", "rested", "done", "time");
}

static void print_row(const struct run *r, int p)
{
	const struct judge_score *k = &r->score[p];
	char theta[8] = "", range[32] = "", rel[16] = "";

	if (judge_fitted((enum judge_policy)p))
		snprintf(theta, sizeof theta, "%.2f", r->theta[p]);
	if (p != JUDGE_MARKET) {
		if (k->blocks < 2)
			snprintf(range, sizeof range, "one block");
		else
			snprintf(range, sizeof range, "[%+.2f %+.2f]", k->lo, k->hi);
		snprintf(rel, sizeof rel, "%+.1f%%", 100 * k->relative);
	}
	cli_print("  %-20s %5s %7.3f %+7.2f  %-15s %7s %6.2f %5.2f %5.0f%% %5.1f%% %5.1fs\n",
		  judge_policy_name[p], theta, k->all_in_bp, k->diff_bp, range, rel, k->diff_sd,
		  k->mde, 100 * k->maker, 100 * k->complete, k->seconds);
}

static const char csv_head[] =
	"tape,coin,slot_s,latency_s,taker_bp,maker_bp,child_usd,seed,policy,"
	"theta,rows,slots_left_out,"
	"all_in_bp,sd_bp,diff_bp,blocks,diff_lo_bp,diff_hi_bp,relative,diff_sd_bp,"
	"mde_bp,independent_slots,"
	"rested,complete,left,seconds,posts\n";

static void csv_row(FILE *f, const struct run *r, const struct judge_setup *s, int p)
{
	const struct judge_score *k = &r->score[p];
	char range[2][32] = {"", ""};

	if (k->blocks >= 2) {
		snprintf(range[0], sizeof range[0], "%.6f", k->lo);
		snprintf(range[1], sizeof range[1], "%.6f", k->hi);
	}
	for (const char *q = r->dir; *q; q++)
		fputc(*q == ',' || *q == '"' || (unsigned char)*q < 32 ? '_' : *q, f);
	fprintf(f,
		",%s,%.3f,%.3f,%g,%g,%g,%" PRIu64 ",%s,%.2f,%u,%u,%.6f,%.6f,%.6f,%u,%s,%s,%.6f,"
		"%.6f,%.6f,%u,%.6f,%.6f,%.6f,%.3f,%.3f\n",
		r->coin->coin, (double)s->slot_ms / 1000, (double)r->latency_ms / 1000, s->taker_bp,
		s->maker_bp, s->usd, s->seed, judge_policy_name[p], r->theta[p], k->n, r->excluded,
		k->all_in_bp, k->sd, k->diff_bp, k->blocks, range[0], range[1], k->relative,
		k->diff_sd, k->mde, k->independent, k->maker, k->complete, k->left, k->seconds,
		k->posts);
}

static void json_run(struct buf *b, const struct run *r, bool first)
{
	buf_printf(b, "%s{\"tape\":", first ? "" : ",");
	buf_json_str(b, r->dir);
	buf_printf(b,
		   ",\"coin\":\"%s\",\"latency_s\":%.3f,\"slots\":%u,\"slots_left_out\":%u,"
		   "\"policies\":[",
		   r->coin->coin, (double)r->latency_ms / 1000, r->slots, r->excluded);
	for (int p = 0; p < JUDGE_POLICIES; p++) {
		const struct judge_score *k = &r->score[p];

		buf_printf(b,
			   "%s{\"policy\":\"%s\",\"theta\":%.2f,\"all_in_bp\":%.6f,\"sd_bp\":%.6f,"
			   "\"diff_bp\":%.6f,\"blocks\":%u,",
			   p ? "," : "", judge_policy_name[p], r->theta[p], k->all_in_bp, k->sd,
			   k->diff_bp, k->blocks);
		if (k->blocks >= 2)
			buf_printf(b, "\"diff_lo_bp\":%.6f,\"diff_hi_bp\":%.6f,", k->lo, k->hi);
		else
			buf_puts(b, "\"diff_lo_bp\":null,\"diff_hi_bp\":null,");
		buf_printf(b,
			   "\"relative\":%.6f,\"diff_sd_bp\":%.6f,\"mde_bp\":%.6f,"
			   "\"independent_slots\":%u,\"rested\":%.6f,\"complete\":%.6f,"
			   "\"left\":%.6f,\"seconds\":%.3f,\"posts\":%.3f}",
			   k->relative, k->diff_sd, k->mde, k->independent, k->maker, k->complete,
			   k->left, k->seconds, k->posts);
	}
	buf_puts(b, "]}");
}

static bool judge_tape(struct report *out, const char *dir, const struct asked *a, struct err *e)
{
	struct tape *t = calloc(1, sizeof *t);
	bool ok;

	ASSERT(t);
	ok = tape_load(t, dir, e);
	for (uint32_t i = 0; ok && i < t->n; i++) {
		struct judge_path half[2];

		if (!judge_halves(half, &t->at[i])) {
			ok = err_set(e, ERR_RULE, "%s: tape %s is too short to be cut in halves.",
				     t->at[i].coin, dir);
			break;
		}
		if (a->books_only)
			half[0].n_touch = half[1].n_touch = 0;
		for (uint32_t k = 0; ok && k < a->n_latencies; k++) {
			struct run r = {
				.dir = dir, .coin = &t->at[i], .latency_ms = a->latency_ms[k]};

			ok = judge_coin(&r, a, half, e);
			if (!ok)
				break;
			if (out->as_json)
				json_run(&out->json, &r, out->runs == 0);
			else
				print_head(&r, a, &half[1]);
			for (int p = 0; p < JUDGE_POLICIES; p++) {
				if (!out->as_json)
					print_row(&r, p);
				if (out->csv)
					csv_row(out->csv, &r, &a->setup, p);
			}
			out->runs++;
		}
	}
	tape_free(t);
	free(t);
	return ok;
}

static bool evaluate(struct cli *c, int n, const char *const *words, struct err *e)
{
	struct report out = {.as_json = cli_has(c, OPT_JSON)};
	const char *path = c->value[OPT_CSV_FILE];
	struct asked a;
	bool ok;

	if (!ask(&a, c, e))
		return false;
	if (n < 2)
		return err_set(e, ERR_ARG, "evaluate wants a folder of recorded markets.");
	if (path) {
		out.csv = fopen(path, "w");
		if (!out.csv)
			return err_set(e, ERR_ARG, "--csv %.120s: %s.", path, strerror(errno));
		fputs(csv_head, out.csv);
	}
	char *text = malloc(OUT_BYTES);

	ASSERT(text);
	buf_init(&out.json, text, OUT_BYTES);
	buf_puts(&out.json, "{\"runs\":[");
	ok = true;
	for (int i = 1; ok && i < n; i++)
		ok = judge_tape(&out, words[i], &a, e);
	buf_puts(&out.json, "]}\n");
	if (ok && out.json.over)
		ok = err_set(e, ERR_LIMIT, "the answer is longer than %d bytes.", OUT_BYTES);
	if (ok && out.as_json)
		fputs(text, stdout);
	if (out.csv && (ferror(out.csv) | fclose(out.csv)) && ok)
		ok = err_set(e, ERR_STORE, "--csv %.120s: cannot be written whole.", path);
	free(text);
	return ok;
}

int cli_evaluate(struct cli *c, int n, const char *const *words)
{
	locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0), was;
	struct err e = {0};
	bool ok;

	was = uselocale(plain); /* numbers have points, whatever the terminal's locale */
	ok = evaluate(c, n, words, &e);
	uselocale(was);
	if (plain)
		freelocale(plain);
	return ok ? 0 : cli_fail(c, &e);
}
