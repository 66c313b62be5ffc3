/* priors.c: see priors.h. */
#include "host/priors.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "core/dec.h"
#include "host/log.h"
#include "wire/json.h"

enum { FILE_MAX_BYTES = 256 << 10, VERSION_1 = 1, DIGITS = 9 };
static const double SPAN_MAX_S = 10 * 366 * 86400.0;

const struct prior_row prior_row[PRIOR_ROWS] = {
	{EST_SIGMA_30D, "sigma_30d_year", "volatility", "a year", 0.01, 20},
	{EST_VOLUME, "volume_usd_s", "volume", "USD/s", 1e-6, 1e9},
	{EST_SPREAD, "spread_bp", "spread", "bp", 1e-6, 1e3},
	{EST_DEPTH_10BP, "depth_10bp_usd", "depth in 10 bp", "USD", 1, 5e9},
	{EST_DEPTH_20, "depth_levels_usd", "depth of the levels", "USD", 1, 5e9},
	{EST_REFILL, "refill_s", "depth returns in", "s", 0.01, 3600},
	{EST_LAMBDA, "lambda_bp_musd", "impact of order flow", "bp/M USD", 1e-6, 1e6},
	{EST_SQRT_Y, "sqrt_y", "square-root law, Y", "", 1e-3, 100},
};

static void put_number(struct buf *b, double v)
{
	dec_put(b, llround(v * 1e9), DIGITS);
}

void priors_put(struct buf *b, const struct live_prior *p)
{
	buf_puts(b, "{\"coin\":");
	buf_json_str(b, p->name);
	buf_puts(b, ",\"span_s\":");
	buf_i64(b, llround(p->span_s));
	for (int i = 0; i < PRIOR_ROWS; i++) {
		const struct prior_row *r = &prior_row[i];
		double v = p->value[r->kind], sd = p->sd[r->kind];

		if (!p->n[r->kind] || !(v >= r->min && v <= r->max) || !(sd >= 0 && sd <= r->max))
			continue;
		buf_printf(b, ",\"%s\":{\"value\":", r->key);
		put_number(b, v);
		buf_puts(b, ",\"sd\":");
		put_number(b, sd);
		buf_printf(b, ",\"samples\":%u}", p->n[r->kind]);
	}
	buf_putc(b, '}');
}

static bool number(const struct jv *v, double *out)
{
	const char *s;
	size_t n;
	int64_t x;
	enum dec_result r;

	if (!jv_number(v, &s, &n))
		return false;
	r = dec_parse(&x, s, n, DIGITS);
	*out = (double)x / 1e9;
	return r == DEC_OK || r == DEC_INEXACT;
}

static bool estimate_of(struct live_prior *p, const struct jv *v, const char *name, struct err *e)
{
	const char *key = jv_key(v);
	double value, sd;
	uint64_t n;
	int i = 0;

	while (i < PRIOR_ROWS && strcmp(prior_row[i].key, key) != 0)
		i++;
	if (i == PRIOR_ROWS)
		return err_set(e, ERR_CONF, "%s: %.32s: '%.40s' is no estimate", name, p->name,
			       key);
	const struct prior_row *r = &prior_row[i];

	if (p->n[r->kind])
		return err_set(e, ERR_CONF, "%s: %.32s: %s is told twice", name, p->name, key);
	if (jv_type(v) != JV_OBJECT || jv_len(v) != 3 || !number(jv_get(v, "value"), &value) ||
	    !number(jv_get(v, "sd"), &sd) || !jv_u64(jv_get(v, "samples"), &n))
		return err_set(e, ERR_CONF, "%s: %.32s: %s has value, sd and samples, as numbers",
			       name, p->name, key);
	if (!(value >= r->min && value <= r->max))
		return err_set(e, ERR_CONF, "%s: %.32s: %s %g is not within %g to %g", name,
			       p->name, key, value, r->min, r->max);
	if (!(sd >= 0 && sd <= r->max) || n == 0 || n > UINT32_MAX)
		return err_set(e, ERR_CONF, "%s: %.32s: %s: sd %g or samples %llu cannot be", name,
			       p->name, key, sd, (unsigned long long)n);
	p->value[r->kind] = value;
	p->sd[r->kind] = sd;
	p->n[r->kind] = (uint32_t)n;
	return true;
}

static bool coin_of(struct live_prior *p, const struct jv *v, const char *name, struct err *e)
{
	*p = (struct live_prior){0};
	if (jv_type(v) != JV_OBJECT || !jv_copy(jv_get(v, "coin"), p->name, sizeof p->name) ||
	    !p->name[0])
		return err_set(e, ERR_CONF, "%s: a coin has no name of 1 to %d bytes", name,
			       COIN_MAX - 1);
	if (!number(jv_get(v, "span_s"), &p->span_s) ||
	    !(p->span_s >= 0 && p->span_s <= SPAN_MAX_S))
		return err_set(e, ERR_CONF,
			       "%s: %.32s: span_s is the length of its recording in "
			       "seconds",
			       name, p->name);
	for (const struct jv *k = jv_first(v); k; k = jv_next(k))
		if (strcmp(jv_key(k), "coin") && strcmp(jv_key(k), "span_s") &&
		    !estimate_of(p, k, name, e))
			return false;
	return true;
}

static bool whole(const struct jv *root, struct live_prior *out, uint32_t *n, const char *name,
		  struct err *e)
{
	const struct jv *coins = jv_get(root, "coins");
	uint64_t version;
	uint32_t at = 0;

	if (!jv_u64(jv_get(root, "exeunt_priors"), &version) || jv_type(coins) != JV_ARRAY ||
	    jv_len(root) != 2)
		return err_set(e, ERR_CONF, "%s: no file of 'exeunt calibrate'", name);
	if (version != VERSION_1)
		return err_set(e, ERR_CONF, "%s: version %llu; this program reads %d", name,
			       (unsigned long long)version, VERSION_1);
	for (const struct jv *c = jv_first(coins); c; c = jv_next(c), at++) {
		if (at == PRIORS_MAX)
			return err_set(e, ERR_CONF, "%s: over %d coins", name, PRIORS_MAX);
		if (!coin_of(&out[at], c, name, e))
			return false;
		for (uint32_t i = 0; i < at; i++)
			if (!strcmp(out[i].name, out[at].name))
				return err_set(e, ERR_CONF, "%s: %.32s is told twice", name,
					       out[at].name);
	}
	*n = at;
	return true;
}

bool priors_parse(struct live_prior *out, uint32_t *n, const char *text, size_t len,
		  const char *name, struct err *e)
{
	struct json *j = json_new(4 * FILE_MAX_BYTES);
	const struct jv *root;
	struct err why = {0};
	bool ok;

	ASSERT(j);
	root = json_parse(j, text, len, &why);
	ok = root ? whole(root, out, n, name, e)
		  : err_set(e, ERR_CONF, "%s: %.200s", name, why.text);
	json_free(j);
	return ok;
}

bool priors_read(struct live_prior *out, uint32_t *n, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	char *text = NULL;
	ssize_t got = -1;
	bool ok;

	if (fd < 0)
		return err_set(e, ERR_CONF, "priors %s: %s", path, strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX_BYTES) {
		close(fd);
		return err_set(e, ERR_CONF, "priors %s: not a file of up to %d kB", path,
			       FILE_MAX_BYTES >> 10);
	}
	text = malloc((size_t)st.st_size + 1);
	ASSERT(text);
	got = read(fd, text, (size_t)st.st_size);
	close(fd);
	ok = got == st.st_size ? priors_parse(out, n, text, (size_t)got, path, e)
			       : err_set(e, ERR_CONF, "priors %s: cannot be read", path);
	free(text);
	return ok;
}

void priors_fill(const char *path, struct live_prior *out, uint32_t *n, char *bad, size_t cap)
{
	struct err e;

	*n = 0;
	bad[0] = 0;
	if (path[0] && !priors_read(out, n, path, &e)) {
		*n = 0;
		snprintf(bad, cap, "%s", e.text);
		log_line(LOG_WARN, "estimates begin with the tables of their class: %s", e.text);
	}
}
