/* t_drills: drills in virtual time, policies against each other, and the gate.
 *
 *   t_drills                       the gate: every drill with its policy over EXEUNT_DRILL_SEEDS
 *                                  seeds (3); fails when the worst lies under its frozen value
 *   t_drills NAME --seed N [-v]    one seed, all policies; -v: the timeline (with --policy P)
 *   t_drills --table [NAME]        the table: median and worst of each policy
 *   --policy P, --seeds N, --first N; --raw: a line a run instead of the table
 *
 * The last line is "N passed, N failed". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/plant.h"
#include "tests/sim/drill.h"

#ifdef EXEUNT_PLANTS
int exeunt_plant_chosen;
#endif

enum { SEEDS_MAX = 200 };

struct args {
	const char *name;
	uint64_t first, seeds;
	bool table, raw, verbose, one;
	int policy; /* -1: all */
};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print_row(const char *drill, const char *policy, double *score, double *lost,
		      uint32_t n, uint32_t taken)
{
	qsort(score, n, sizeof *score, by_value);
	qsort(lost, n, sizeof *lost, by_value);
	printf("%-9s %-8s  median %5.1f  worst %5.1f   lost: median %8.0f  worst %8.0f   taken by "
	       "the venue %u of %u\n",
	       drill, policy, score[n / 2], score[0], lost[n / 2], lost[n - 1], taken, n);
	fflush(stdout);
}

static void table_of(const struct drill *d, const struct args *a)
{
	static struct drill_bar bar[SEEDS_MAX];
	uint32_t n = (uint32_t)a->seeds;

	for (uint32_t i = 0; i < n; i++)
		drill_run_bar(&bar[i], d, a->first + i);
	for (int p = 0; p < PLAY_COUNT; p++) {
		double score[SEEDS_MAX], lost[SEEDS_MAX];
		uint32_t taken = 0, refused = 0;
		char words[128] = "";

		if (a->policy >= 0 && p != a->policy)
			continue;
		for (uint32_t i = 0; i < n; i++) {
			struct played x;

			drill_run_policy(&x, d, a->first + i, (enum policy)p, &bar[i], false);
			score[i] = x.points.total;
			lost[i] = x.facts.you;
			taken += x.facts.liquidated;
			if (a->raw)
				printf("%s %s %llu %.2f %.0f %d %d %s\n", d->scene.name,
				       policy_name((enum policy)p),
				       (unsigned long long)(a->first + i), x.points.total,
				       x.facts.you, x.facts.liquidated, x.facts.false_flats,
				       x.refused);
			fflush(stdout);
			refused += x.refused[0] != 0;
			if (x.refused[0])
				snprintf(words, sizeof words, "%.120s", x.refused);
			if (x.broken[0])
				printf("%s %s seed %llu: %s\n", d->scene.name,
				       policy_name((enum policy)p),
				       (unsigned long long)(a->first + i), x.broken);
		}
		if (!a->raw)
			print_row(d->scene.name, policy_name((enum policy)p), score, lost, n,
				  taken);
		if (refused && !a->raw)
			printf("%19s refused in %u of %u: %s\n", "", refused, n, words);
	}
}

static void one_seed(const struct drill *d, const struct args *a)
{
	struct drill_bar bar;

	drill_run_bar(&bar, d, a->first);
	printf("left alone %.0f USD; family:", bar.nothing);
	for (int i = DP_FAMILY_FIRST; i <= DP_FAMILY_LAST; i++)
		printf(" %s %.0f%s;", drill_player_name((enum drill_player)i), bar.loss[i],
		       bar.taken[i] ? " (taken)" : "");
	printf("\n");
	for (int p = 0; p < PLAY_COUNT; p++) {
		struct played x;

		if (a->policy >= 0 && p != a->policy)
			continue;
		drill_run_policy(&x, d, a->first, (enum policy)p, &bar, a->verbose);
		printf("%-9s %-8s %5.1f = money %.1f time %.1f truth %.1f tidy %.1f cap %.0f; lost "
		       "%.0f %s\n",
		       d->scene.name, policy_name((enum policy)p), x.points.total, x.points.money,
		       x.points.time, x.points.truth, x.points.tidy, x.points.cap, x.facts.you,
		       x.broken);
	}
}

/* ---- the gate ---- */

struct floor_row {
	char drill[16], policy[16];
	double least;
};

static bool floor_read(FILE *f, struct floor_row *row)
{
	char line[400];

	while (fgets(line, sizeof line, f))
		if (line[0] != '#' &&
		    sscanf(line, "%15s %15s %lf", row->drill, row->policy, &row->least) == 3)
			return true;
	return false;
}

static bool complain(const struct drill *d, uint64_t seed, const char *fmt, double a, double b)
{
	printf("FAIL %s seed %llu: ", d->scene.name, (unsigned long long)seed);
	printf(fmt, a, b);
	printf("\n");
	return false;
}

/* One row over the seeds; the world must be what its row in the table of drills says. */
static bool gate_row(const struct floor_row *row, const struct args *a)
{
	const struct drill *d = drill_find(row->drill);
	double worst = 1000, sum = 0;
	enum policy p;
	bool ok = true;

	if (!d || !policy_find(&p, row->policy)) {
		printf("FAIL drills.txt: no drill %s or no policy %s\n", row->drill, row->policy);
		return false;
	}
	for (uint64_t seed = a->first; seed < a->first + a->seeds; seed++) {
		struct drill_bar bar;
		struct played x;

		drill_run_bar(&bar, d, seed);
		drill_run_policy(&x, d, seed, p, &bar, false);
		worst = x.points.total < worst ? x.points.total : worst;
		sum += x.points.total;
		if (d->deadly && !bar.taken[DP_NOTHING])
			ok = complain(d, seed, "left alone it loses %.0f and is not taken",
				      bar.nothing, 0);
		if (x.broken[0]) {
			printf("%s\n", x.broken);
			ok = complain(d, seed, "an invariant broke", 0, 0);
		}
		if (x.facts.false_flats)
			ok = complain(d, seed, "false FLAT: %.0f", x.facts.false_flats, 0);
		if (x.points.total < row->least)
			ok = complain(d, seed, "%.1f points, frozen are %.1f", x.points.total,
				      row->least);
	}
	printf("%s %s %s: worst %.1f of %llu seeds, mean %.1f, frozen %.1f\n", ok ? "ok" : "FAIL",
	       row->drill, row->policy, worst, (unsigned long long)a->seeds, sum / (double)a->seeds,
	       row->least);
	fflush(stdout);
	return ok;
}

/* The same drill, seed and commands: the same bytes and the same score. */
static bool gate_again(const struct args *a)
{
	const struct drill *d = drill_find("gap40");
	struct drill_bar bar, bar2;
	struct played x, y;

	drill_run_bar(&bar, d, a->first);
	drill_run_bar(&bar2, d, a->first);
	drill_run_policy(&x, d, a->first, PLAY_NOW, &bar, false);
	drill_run_policy(&y, d, a->first, PLAY_NOW, &bar2, false);
	if (x.hash == y.hash && !memcmp(&bar, &bar2, sizeof bar) &&
	    !memcmp(&x.points, &y.points, sizeof x.points))
		return true;
	return complain(d, a->first, "two runs differ: %.3f, %.3f", x.points.total, y.points.total);
}

static int gate(const struct args *a)
{
	const char *top = getenv("abs_top_srcdir");
	uint32_t passed = 0, failed = 0;
	struct floor_row row;
	char path[4096];
	FILE *f;

	snprintf(path, sizeof path, "%s/tests/sim/drills.txt", top ? top : TOP_SRCDIR);
	f = fopen(path, "r");
	if (!f) {
		printf("FAIL %s cannot be read\n0 passed, 1 failed\n", path);
		return 1;
	}
	while (floor_read(f, &row))
		if (!a->name || !strcmp(a->name, row.drill))
			*(gate_row(&row, a) ? &passed : &failed) += 1;
	fclose(f);
	*(gate_again(a) ? &passed : &failed) += 1;
	printf("%u passed, %u failed\n", passed, failed);
	return failed ? 1 : 0;
}

static bool read_args(struct args *a, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		enum policy p;
		if (!strcmp(argv[i], "--table")) {
			a->table = true;
		} else if (!strcmp(argv[i], "--raw")) {
			a->table = a->raw = true;
		} else if (!strcmp(argv[i], "-v")) {
			a->verbose = true;
		} else if (!strcmp(argv[i], "--seed") && i + 1 < argc) {
			a->first = strtoull(argv[++i], NULL, 10);
			a->one = true;
		} else if (!strcmp(argv[i], "--first") && i + 1 < argc) {
			a->first = strtoull(argv[++i], NULL, 10);
		} else if (!strcmp(argv[i], "--seeds") && i + 1 < argc) {
			a->seeds = strtoull(argv[++i], NULL, 10);
		} else if (!strcmp(argv[i], "--policy") && i + 1 < argc &&
			   policy_find(&p, argv[i + 1])) {
			a->policy = (int)p;
			i++;
		} else if (argv[i][0] != '-' && drill_find(argv[i])) {
			a->name = argv[i];
		} else {
			fprintf(stderr, "t_drills: what is '%s'?\n", argv[i]);
			return false;
		}
	}
	return a->seeds >= 1 && a->seeds <= SEEDS_MAX;
}

int main(int argc, char **argv)
{
	const char *env = getenv("EXEUNT_DRILL_SEEDS");
	struct args a = {.first = 1, .seeds = env ? strtoull(env, NULL, 10) : 3, .policy = -1};

	if (!read_args(&a, argc, argv))
		return 2;
	if (!a.one && !a.table)
		return gate(&a);
	for (uint32_t i = 0; drill_row(i); i++) {
		const struct drill *d = drill_row(i);

		if (a.name && strcmp(a.name, d->scene.name))
			continue;
		if (a.one)
			one_seed(d, &a);
		else
			table_of(d, &a);
	}
	return 0;
}
