/* replay.c: runs a fuzz entry over files, and over cuts and single-byte changes of each, without
 * any fuzzer: `replay_x DIR|FILE...`; without arguments the committed corpus of its name. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/prng.h"
#include "tests/fuzz/fuzz.h"
#include "tests/run.h"

static unsigned files, runs;

static void once(const char *s, size_t n)
{
	uint8_t *exact = malloc(n ? n : 1); /* so that a sanitizer sees a read beyond */

	if (!exact)
		abort();
	memcpy(exact, s, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	runs++;
}

static void file(const char *path)
{
	struct prng r;
	size_t n;
	char *s = test_slurp(path, &n);

	if (!s) {
		fprintf(stderr, "%s: cannot be read\n", path);
		exit(1);
	}
	files++;
	once(s, n);
	prng_seed(&r, n + test_seed);
	for (int i = 0; n && i < 200; i++) {
		size_t at = prng_below(&r, n);
		char kept = s[at];

		s[at] = (char)prng_below(&r, 256);
		once(s, i % 4 ? n : at);
		s[at] = kept;
	}
	free(s);
}

static void path(const char *p)
{
	struct stat st;
	struct dirent *d;
	DIR *dir;

	if (stat(p, &st) || !S_ISDIR(st.st_mode)) {
		file(p);
		return;
	}
	dir = opendir(p);
	if (!dir)
		exit(1);
	while ((d = readdir(dir))) {
		char full[4096];

		if (d->d_name[0] == '.')
			continue;
		snprintf(full, sizeof full, "%s/%s", p, d->d_name);
		file(full);
	}
	closedir(dir);
}

int main(int argc, char **argv)
{
	const char *src = getenv("abs_top_srcdir"), *name = strstr(argv[0], "replay_");
	char corpus[4096];

	for (int i = 1; i < argc; i++)
		path(argv[i]);
	if (argc < 2 && name) {
		snprintf(corpus, sizeof corpus, "%s/tests/fuzz/corpus/%s", src ? src : ".",
			 name + 7);
		path(corpus);
	}
	printf("%u files, %u runs\n", files, runs);
	if (!files)
		return 1;
	printf("1 passed, 0 failed\n");
	return 0;
}
