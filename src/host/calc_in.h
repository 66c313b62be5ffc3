/* calc_in.h: problems of `exeunt calc` as tables: name with its unit, rule, where it goes. What is
 * not in the table is refused by name, what breaks its rule with name, value and rule. */
#ifndef EXEUNT_HOST_CALC_IN_H
#define EXEUNT_HOST_CALC_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "wire/json.h"

enum calc_kind {
	CALC_NUM,  /* double */
	CALC_INT,  /* uint32_t */
	CALC_BOOL, /* bool */
	CALC_WORD, /* const char *, one of `words` */
	CALC_LIST, /* struct calc_list of numbers */
	CALC_ANY,  /* const struct jv *, read by the model */
};

enum calc_rule { CALC_FREE, CALC_ABOVE_0, CALC_FROM_0, CALC_SHARE, CALC_NOT_0 };

/* Sizes of numbers beyond which products leave the range of a double. */
#define CALC_LARGEST 1e18
#define CALC_LEAST   1e-30

enum { CALC_NUMBERS = 65536, CALC_HORIZON_S = 31 * 86400 };

struct calc_list {
	const double *v;
	uint32_t n;
};

struct calc_field {
	const char *name;
	uint8_t kind, rule;
	bool optional;
	double fallback; /* of CALC_NUM and CALC_INT when optional */
	double max;	 /* 0: none */
	size_t at;	 /* offset in the problem */
	const char *words;
};

#define CALC_END                                                                                   \
	{                                                                                          \
		NULL, 0, 0, false, 0, 0, 0, NULL                                                   \
	}

/* Reads object v into *problem; numbers of lists go into a fixed room of this file, given back by
 * calc_begin. `where` prefixes names in errors: "legs[2]." or "". */
void calc_begin(void);
/* False: a number written since then was not finite, and the answer is none. */
bool calc_finite(void);
bool calc_read(const struct jv *v, const struct calc_field *fields, const char *where,
	       void *problem, struct err *e);
/* [[price, size], ...] into out (2 numbers a row); the number of rows, -1 refused. */
int calc_levels(const struct jv *v, const char *name, double *out, uint32_t rows, struct err *e);
bool calc_number(const struct jv *v, double *out);

/* "key":value, with a comma before all but the first of an object; the shortest text that reads
 * back the same. null is written only where a field does
 * not apply. */
void calc_key(struct buf *b, const char *key);
void calc_num(struct buf *b, const char *key, double v);
void calc_null(struct buf *b, const char *key);
void calc_nums(struct buf *b, const char *key, const double *v, uint32_t n);
void calc_str(struct buf *b, const char *key, const char *s);
void calc_flag(struct buf *b, const char *key, bool v);

/* The models: a problem, already an object, in; members of the answer out. */
typedef bool calc_fn(const struct jv *problem, struct buf *out, struct err *e);
calc_fn calc_plan, calc_plan_updates, calc_frontier, calc_danger, calc_trim, calc_cost, calc_kernel,
	calc_impact, calc_forecast;

#endif
