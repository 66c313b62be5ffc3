/* calc_in.c: the schema of `exeunt calc`: reading and writing. See calc_in.h.
 *
 * Numbers are read and written in the C locale (cli_calc.c sets it for its thread). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "host/calc_in.h"

static double room[CALC_NUMBERS];
static uint32_t used;
static bool finite_so_far;

void calc_begin(void)
{
	used = 0;
	finite_so_far = true;
}

bool calc_finite(void)
{
	return finite_so_far;
}

bool calc_number(const struct jv *v, double *out)
{
	const char *s;
	size_t n;

	if (!jv_number(v, &s, &n))
		return false;
	*out = strtod(s, NULL);
	return true;
}

static bool rule_ok(const struct calc_field *f, const char *where, int at, double v, struct err *e)
{
	char index[16] = "";
	const char *must = NULL;

	if (at >= 0)
		snprintf(index, sizeof index, "[%d]", at);
	if (!isfinite(v))
		must = "a finite number";
	else if (f->rule == CALC_ABOVE_0 && !(v > 0))
		must = "above 0";
	else if (f->rule == CALC_FROM_0 && !(v >= 0))
		must = "0 or more";
	else if (f->rule == CALC_SHARE && !(v >= 0 && v <= 1))
		must = "from 0 to 1";
	else if (f->rule == CALC_NOT_0 && v == 0)
		must = "other than 0";
	if (must)
		return err_set(e, ERR_ARG, "%s%s%s is %g; it must be %s.", where, f->name, index, v,
			       must);
	if (fabs(v) > (f->max > 0 ? f->max : CALC_LARGEST))
		return err_set(e, ERR_ARG, "%s%s%s is %g; at most %g is taken.", where, f->name,
			       index, v, f->max > 0 ? f->max : CALC_LARGEST);
	if (v != 0 && fabs(v) < CALC_LEAST)
		return err_set(e, ERR_ARG, "%s%s%s is %g; 0 or at least %g is taken.", where,
			       f->name, index, v, CALC_LEAST);
	return true;
}

static bool read_list(const struct jv *v, const struct calc_field *f, const char *where,
		      struct calc_list *out, struct err *e)
{
	uint32_t from = used;
	int k = 0;

	if (jv_type(v) != JV_ARRAY)
		return err_set(e, ERR_ARG, "%s%s must be a list of numbers.", where, f->name);
	for (const struct jv *x = jv_first(v); x; x = jv_next(x), k++) {
		if (used == CALC_NUMBERS)
			return err_set(e, ERR_LIMIT, "%s%s: more than %d numbers in all.", where,
				       f->name, CALC_NUMBERS);
		if (!calc_number(x, &room[used]))
			return err_set(e, ERR_ARG, "%s%s[%d] is not a number.", where, f->name, k);
		if (!rule_ok(f, where, k, room[used], e))
			return false;
		used++;
	}
	*out = (struct calc_list){room + from, used - from};
	return true;
}

static bool word_ok(const char *words, const char *w)
{
	size_t n = strlen(w);

	for (const char *p = strstr(words, w); n && p; p = strstr(p + 1, w))
		if ((p == words || p[-1] == ' ') && (p[n] == 0 || p[n] == ' '))
			return true;
	return false;
}

static bool read_one(const struct jv *v, const struct calc_field *f, const char *where, void *to,
		     struct err *e)
{
	double x;

	switch (f->kind) {
	case CALC_NUM:
	case CALC_INT:
		if (!calc_number(v, &x))
			return err_set(e, ERR_ARG, "%s%s must be a number.", where, f->name);
		if (!rule_ok(f, where, -1, x, e))
			return false;
		if (f->kind == CALC_NUM) {
			*(double *)to = x;
			return true;
		}
		if (x != floor(x) || x < 0 || x > 1e9)
			return err_set(e, ERR_ARG, "%s%s is %g; it must be a whole number.", where,
				       f->name, x);
		*(uint32_t *)to = (uint32_t)x;
		return true;
	case CALC_BOOL:
		return jv_bool(v, to) ||
		       err_set(e, ERR_ARG, "%s%s must be true or false.", where, f->name);
	case CALC_WORD:
		*(const char **)to = jv_text(v);
		return (jv_text(v) && word_ok(f->words, jv_text(v))) ||
		       err_set(e, ERR_ARG, "%s%s must be one of: %s.", where, f->name, f->words);
	case CALC_LIST:
		return read_list(v, f, where, to, e);
	default:
		*(const struct jv **)to = v;
		return true;
	}
}

bool calc_read(const struct jv *v, const struct calc_field *fields, const char *where,
	       void *problem, struct err *e)
{
	if (jv_type(v) != JV_OBJECT)
		return err_set(e, ERR_ARG, "%s: a JSON object is needed.",
			       *where ? where : "the problem");
	for (const struct jv *m = jv_first(v); m; m = jv_next(m)) {
		const struct calc_field *f = fields;
		while (f->name && strcmp(f->name, jv_key(m)))
			f++;
		if (!f->name)
			return err_set(e, ERR_ARG,
				       "%s%.60s is not a field of this problem; see "
				       "exeunt-calc(1).",
				       where, jv_key(m));
	}
	for (const struct calc_field *f = fields; f->name; f++) {
		const struct jv *m = jv_get(v, f->name);
		void *to = (char *)problem + f->at;
		if (m) {
			if (!read_one(m, f, where, to, e))
				return false;
		} else if (!f->optional) {
			return err_set(e, ERR_ARG, "%s%s is missing.", where, f->name);
		} else if (f->kind == CALC_NUM) {
			*(double *)to = f->fallback;
		} else if (f->kind == CALC_INT) {
			*(uint32_t *)to = (uint32_t)f->fallback;
		}
	}
	return true;
}

static bool in_range(double v)
{
	return fabs(v) <= CALC_LARGEST && (v == 0 || fabs(v) >= CALC_LEAST);
}

int calc_levels(const struct jv *v, const char *name, double *out, uint32_t rows, struct err *e)
{
	uint32_t n = 0;

	if (jv_type(v) != JV_ARRAY || jv_len(v) > rows) {
		err_set(e, ERR_ARG, "%s must be a list of at most %u [price, size].", name, rows);
		return -1;
	}
	for (const struct jv *l = jv_first(v); l; l = jv_next(l), n++)
		if (jv_len(l) != 2 || !calc_number(jv_at(l, 0), &out[2 * n]) ||
		    !calc_number(jv_at(l, 1), &out[2 * n + 1]) || !in_range(out[2 * n]) ||
		    !in_range(out[2 * n + 1])) {
			err_set(e, ERR_ARG, "%s[%u] must be [price, size], 0 or %g to %g.", name, n,
				CALC_LEAST, CALC_LARGEST);
			return -1;
		}
	return (int)n;
}

/* ---- out ---- */

static void put(struct buf *b, double v)
{
	char text[40];

	if (!isfinite(v)) {
		finite_so_far = false;
		buf_puts(b, "null");
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	buf_puts(b, text);
}

void calc_key(struct buf *b, const char *key)
{
	if (b->len && b->p[b->len - 1] != '{')
		buf_putc(b, ',');
	buf_json_str(b, key);
	buf_putc(b, ':');
}

void calc_num(struct buf *b, const char *key, double v)
{
	calc_key(b, key);
	put(b, v);
}

void calc_null(struct buf *b, const char *key)
{
	calc_key(b, key);
	buf_puts(b, "null");
}

void calc_nums(struct buf *b, const char *key, const double *v, uint32_t n)
{
	calc_key(b, key);
	for (uint32_t k = 0; k < n; k++) {
		buf_putc(b, k ? ',' : '[');
		put(b, v[k]);
	}
	buf_puts(b, n ? "]" : "[]");
}

void calc_str(struct buf *b, const char *key, const char *s)
{
	calc_key(b, key);
	buf_json_str(b, s);
}

void calc_flag(struct buf *b, const char *key, bool v)
{
	calc_key(b, key);
	buf_puts(b, v ? "true" : "false");
}
