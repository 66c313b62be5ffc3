/* run.h: the tiny test runner. A file holds TEST(name) bodies and ends with TEST_MAIN(...).
 *
 *   t_book -l           list        t_book -t crossed   one test
 *   t_book --seed 42    the seed of property tests (printed first, always)
 *
 * A failed CHECK prints file, line and both values, and the test goes on; REQUIRE ends it. The last
 * line is "N passed, N failed" (", N skipped" when data was absent); exit 0, 1, or 77 if all
 * skipped. */
#ifndef EXEUNT_TESTS_RUN_H
#define EXEUNT_TESTS_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test {
	const char *name;
	void (*fn)(void);
};

extern uint64_t test_seed; /* from --seed or EXEUNT_SEED, else 1 */

void test_fail(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Marks the running test skipped, with the reason; return from it afterwards. */
void test_skip(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool test_streq(const char *a, const char *b);
/* Path of a data file under EXEUNT_DATA, or NULL (and the test is marked skipped, by name). */
const char *test_data(const char *relative);
/* Whole file, NUL-terminated, malloc'd; NULL when it cannot be read. *n may be NULL. */
char *test_slurp(const char *path, size_t *n);
int test_main(int argc, char **argv, const struct test *tests, size_t n);

#define TEST(name) static void test_##name(void)
#define T(name)                                                                                    \
	{                                                                                          \
#name, test_##name                                                                 \
	}

#define CHECK(cond) ((cond) ? (void)0 : test_fail(__FILE__, __LINE__, "%s", #cond))
#define CHECK_INT(got, want)                                                                       \
	do {                                                                                       \
		long long g_ = (long long)(got), w_ = (long long)(want);                           \
		if (g_ != w_)                                                                      \
			test_fail(__FILE__, __LINE__, "%s = %lld, expected %lld", #got, g_, w_);   \
	} while (0)
#define CHECK_STR(got, want)                                                                       \
	do {                                                                                       \
		const char *g_ = (got), *w_ = (want);                                              \
		if (!test_streq(g_, w_))                                                           \
			test_fail(__FILE__, __LINE__, "%s = \"%s\", expected \"%s\"", #got,        \
				  g_ ? g_ : "(null)", w_ ? w_ : "(null)");                         \
	} while (0)
#define CHECK_NEAR(got, want, tol)                                                                 \
	do {                                                                                       \
		double g_ = (got), w_ = (want), t_ = (tol);                                        \
		if (!(g_ - w_ <= t_ && w_ - g_ <= t_))                                             \
			test_fail(__FILE__, __LINE__, "%s = %.17g, expected %.17g +- %g", #got,    \
				  g_, w_, t_);                                                     \
	} while (0)
#define REQUIRE(cond)                                                                              \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			test_fail(__FILE__, __LINE__, "%s", #cond);                                \
			return;                                                                    \
		}                                                                                  \
	} while (0)

#define TEST_MAIN(...)                                                                             \
	int main(int argc, char **argv)                                                            \
	{                                                                                          \
		static const struct test tests_[] = {__VA_ARGS__};                                 \
		return test_main(argc, argv, tests_, sizeof tests_ / sizeof tests_[0]);            \
	}

#endif
