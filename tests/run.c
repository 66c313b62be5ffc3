#include "tests/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

uint64_t test_seed = 1;
static int fails_in_test;
static char skip_reason[256];

void test_fail(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	/* A broken loop must not bury its first lines. */
	if (++fails_in_test > 20)
		return;
	printf("  %s:%d: ", file, line);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

void test_skip(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(skip_reason, sizeof skip_reason, fmt, ap);
	va_end(ap);
}

bool test_streq(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

const char *test_data(const char *relative)
{
	static char path[1024];
	const char *root = getenv("EXEUNT_DATA");

	if (!root || !*root)
		root = "../shared/data";
	snprintf(path, sizeof path, "%s/%s", root, relative);
	if (access(path, R_OK)) {
		test_skip("no data: %s", relative);
		return NULL;
	}
	return path;
}

char *test_slurp(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *text = NULL;
	size_t len = 0, cap = 0;

	if (!f)
		return NULL;
	for (;;) {
		size_t got;
		if (len + 4097 > cap) {
			char *more = realloc(text, cap = 2 * cap + 8192);
			if (!more)
				break;
			text = more;
		}
		got = fread(text + len, 1, cap - len - 1, f);
		len += got;
		if (!got)
			break;
	}
	fclose(f);
	if (text)
		text[len] = 0;
	if (n)
		*n = len;
	return text;
}

int test_main(int argc, char **argv, const struct test *tests, size_t n)
{
	const char *only = NULL, *env = getenv("EXEUNT_SEED");
	int passed = 0, failed = 0, skipped = 0;

	if (env)
		test_seed = strtoull(env, NULL, 10);
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-l")) {
			for (size_t k = 0; k < n; k++)
				puts(tests[k].name);
			return 0;
		} else if (!strcmp(argv[i], "-t") && i + 1 < argc) {
			only = argv[++i];
		} else if (!strcmp(argv[i], "--seed") && i + 1 < argc) {
			test_seed = strtoull(argv[++i], NULL, 10);
		} else {
			fprintf(stderr, "usage: %s [-l] [-t NAME] [--seed N]\n", argv[0]);
			return 2;
		}
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("seed %llu\n", (unsigned long long)test_seed);
	for (size_t k = 0; k < n; k++) {
		if (only && strcmp(only, tests[k].name))
			continue;
		fails_in_test = 0;
		skip_reason[0] = 0;
		tests[k].fn();
		if (fails_in_test) {
			failed++;
			printf("FAIL %s\n", tests[k].name);
		} else if (skip_reason[0]) {
			skipped++;
			printf("SKIP %s (%s)\n", tests[k].name, skip_reason);
		} else {
			passed++;
		}
	}
	printf("%d passed, %d failed", passed, failed);
	if (skipped)
		printf(", %d skipped", skipped);
	printf("\n");
	if (failed || (only && !passed && !skipped))
		return 1;
	return !passed && skipped ? 77 : 0;
}
