/* cli_calc.c: exeunt calc MODEL: a JSON problem on standard input, a JSON answer on standard
 * output.
 *
 * The models are those of src/plan; the table below is the list of them. Nothing is read but the
 * problem, nothing is contacted, and there is no fallback: what cannot be computed is refused with
 * the field and its rule, status 2. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "host/calc_in.h"
#include "host/cli.h"

enum { PROBLEM_MAX = 1 << 20, ANSWER_MAX = 4 << 20 };

static const struct model {
	const char *name;
	calc_fn *run;
} model[] = {
	{"plan", calc_plan},	 {"frontier", calc_frontier}, {"danger", calc_danger},
	{"trim", calc_trim},	 {"cost", calc_cost},	      {"kernel", calc_kernel},
	{"impact", calc_impact}, {"forecast", calc_forecast},
};

static bool read_all(char *text, size_t *len, struct err *e)
{
	ssize_t k = 1;

	for (*len = 0; k > 0 && *len < PROBLEM_MAX; *len += (size_t)k) {
		k = read(STDIN_FILENO, text + *len, PROBLEM_MAX - *len);
		if (k < 0)
			return err_set(e, ERR_ARG, "standard input cannot be read.");
	}
	if (*len == PROBLEM_MAX)
		return err_set(e, ERR_LIMIT, "the problem is longer than %d bytes.", PROBLEM_MAX);
	return true;
}

static bool solve(const struct model *m, char *text, char *answer, struct err *e)
{
	struct json *door = json_new(PROBLEM_MAX);
	const struct jv *problem;
	struct buf b;
	size_t len;
	bool ok;

	ASSERT(door);
	ok = read_all(text, &len, e);
	problem = ok ? json_parse(door, text, len, e) : NULL;
	if (ok && !problem)
		e->code = ERR_ARG; /* not a peer here: the problem */
	buf_init(&b, answer, ANSWER_MAX);
	buf_putc(&b, '{');
	calc_begin();
	ok = problem && m->run(problem, &b, e);
	buf_puts(&b, "}\n");
	if (ok && !calc_finite())
		ok = err_set(e, ERR_RULE,
			     "these numbers lead beyond what a double can hold: check "
			     "the units of the fields.");
	if (ok && b.over)
		ok = err_set(e, ERR_LIMIT, "the answer is longer than %d bytes.", ANSWER_MAX);
	if (ok)
		fputs(answer, stdout);
	json_free(door);
	return ok;
}

int cli_calc(struct cli *c, int n, const char *const *words)
{
	locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0), was;
	char *text, *answer;
	struct err e = {0};
	const struct model *m = NULL;
	bool ok;

	for (size_t i = 0; n == 2 && i < COUNT_OF(model); i++)
		if (!strcmp(words[1], model[i].name))
			m = &model[i];
	if (!m) {
		err_set(&e, ERR_ARG,
			"calc wants one of plan, frontier, danger, trim, cost, kernel, impact, "
			"forecast.");
		return cli_fail(c, &e);
	}
	was = uselocale(plain); /* numbers have points, whatever the terminal's locale */
	text = malloc(PROBLEM_MAX);
	answer = malloc(ANSWER_MAX);
	ASSERT(text && answer);
	ok = solve(m, text, answer, &e);
	free(text);
	free(answer);
	uselocale(was);
	if (plain)
		freelocale(plain);
	return ok ? 0 : cli_fail(c, &e);
}
