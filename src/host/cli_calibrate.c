/* cli_calibrate.c: exeunt calibrate: estimates from a recorded market, with their errors, and the
 * file of those that told its second half better than the priors. Nothing is contacted. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "host/calibrate.h"
#include "host/cli.h"
#include "host/log.h"
#include "host/priors.h"

enum { PATH = 4096, OUT_MAX = 256 << 10 };

struct parts {
	uint32_t n;
	char *path[CALIB_PARTS_MAX];
};

static int by_path(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool holds_tape(const char *dir)
{
	DIR *d = opendir(dir);
	bool found = false;

	if (!d)
		return false;
	for (struct dirent *f; !found && (f = readdir(d)) != NULL;)
		found = !strncmp(f->d_name, "orderbooks_", 11);
	closedir(d);
	return found;
}

static bool part_add(struct parts *p, const char *path, struct err *e)
{
	if (p->n == CALIB_PARTS_MAX)
		return err_set(e, ERR_LIMIT, "%s: over %d parts", path, CALIB_PARTS_MAX);
	p->path[p->n] = strdup(path);
	ASSERT(p->path[p->n]);
	p->n++;
	return true;
}

/* The folder itself, else the folders in it that hold a tape, by name: by time. */
static bool parts_find(struct parts *p, const char *dir, struct err *e)
{
	DIR *d = opendir(dir);
	char path[PATH];
	bool ok = true;

	if (!d)
		return err_set(e, ERR_CONF, "%s: %s", dir, strerror(errno));
	if (holds_tape(dir))
		ok = part_add(p, dir, e);
	for (struct dirent *f; ok && !holds_tape(dir) && (f = readdir(d)) != NULL;) {
		int n = snprintf(path, sizeof path, "%s/%s", dir, f->d_name);

		if (f->d_name[0] != '.' && n > 0 && (size_t)n < sizeof path && holds_tape(path))
			ok = part_add(p, path, e);
	}
	closedir(d);
	if (ok && !p->n)
		return err_set(e, ERR_CONF,
			       "%s: neither orderbooks_COIN.csv[.gz] nor folders with them", dir);
	qsort(p->path, p->n, sizeof p->path[0], by_path);
	return ok;
}

static bool load_all(struct calib_series *s, uint32_t *n, const struct parts *p, struct err *e)
{
	struct tape t;

	for (uint32_t i = 0; i < p->n; i++) {
		struct err why = {0};

		if (!tape_load(&t, p->path[i], &why)) {
			/* a part that was begun and killed before its first books */
			if (p->n > 1 && strstr(why.text, "fewer than 2 books")) {
				log_line(LOG_WARN, "left out: %s", why.text);
				continue;
			}
			*e = why;
			return false;
		}
		bool ok = calib_add(s, n, &t, e);

		tape_free(&t);
		if (!ok)
			return false;
	}
	return true;
}

/* What the file gets: fitted, tested on the second half, and nearer to it than the prior. */
static void keep(struct live_prior *out, const struct calib *c)
{
	*out = (struct live_prior){.span_s = c->span_s};
	memcpy(out->name, c->coin, sizeof out->name);
	for (int i = 0; i < PRIOR_ROWS; i++) {
		const struct calib_fit *f = &c->at[prior_row[i].kind];

		if (!f->ok || !f->tested || !f->better)
			continue;
		out->value[prior_row[i].kind] = f->value;
		out->sd[prior_row[i].kind] = f->sd;
		out->n[prior_row[i].kind] = f->n;
	}
}

static bool file_put(const char *path, const struct live_prior *p, uint32_t n, struct err *e)
{
	static char text[OUT_MAX];
	char tmp[PATH + 8];
	struct buf b;
	int fd;
	bool ok;

	buf_init(&b, text, sizeof text);
	buf_puts(&b, "{\"exeunt_priors\":1,\"coins\":[");
	for (uint32_t i = 0; i < n; i++) {
		buf_puts(&b, i ? ",\n" : "\n");
		priors_put(&b, &p[i]);
	}
	buf_puts(&b, "\n]}\n");
	ASSERT(!b.over);
	snprintf(tmp, sizeof tmp, "%s.new", path);
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	ok = fd >= 0 && write(fd, text, b.len) == (ssize_t)b.len && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	ok = ok && rename(tmp, path) == 0;
	if (!ok) {
		err_set(e, ERR_STORE, "%s: %s", path, strerror(errno));
		unlink(tmp);
	}
	return ok;
}

static void put_number(struct buf *b, const char *key, double v)
{
	buf_printf(b, "\"%s\":%.9g", key, v);
}

static void put_fit(struct buf *b, const char *key, const struct calib_fit *f)
{
	buf_printf(b, "\"%s\":{", key);
	if (!f->ok) {
		buf_printf(b, "\"value\":null,\"samples\":%u,\"reason\":\"%s\"}", f->n, f->why);
		return;
	}
	put_number(b, "value", f->value);
	buf_putc(b, ',');
	put_number(b, "sd", f->sd);
	buf_printf(b, ",\"samples\":%u", f->n);
	if (f->prior > 0) {
		buf_putc(b, ',');
		put_number(b, "prior", f->prior);
	}
	if (f->tested) {
		buf_putc(b, ',');
		put_number(b, "first_half", f->first);
		buf_putc(b, ',');
		put_number(b, "second_half", f->later);
		buf_printf(b, ",\"better_than_prior\":%s", f->better ? "true" : "false");
	}
	buf_putc(b, '}');
}

static void put_json(struct buf *b, const struct calib *c, uint32_t n, const char *file)
{
	buf_puts(b, "{\"file\":");
	buf_json_str(b, file);
	buf_puts(b, ",\"coins\":[");
	for (uint32_t i = 0; i < n; i++) {
		buf_puts(b, i ? ",{\"coin\":" : "{\"coin\":");
		buf_json_str(b, c[i].coin);
		buf_printf(b,
			   ",\"span_s\":%.0f,\"price\":%.9g,\"books\":%u,\"trades\":%u,"
			   "\"holes_over_3_s\":%u",
			   c[i].span_s, c[i].price, c[i].books, c[i].trades, c[i].holes);
		for (int k = 0; k < PRIOR_ROWS; k++) {
			buf_putc(b, ',');
			put_fit(b, prior_row[k].key, &c[i].at[prior_row[k].kind]);
		}
		for (int k = EST_KINDS; k < CALIB_KINDS; k++) {
			buf_putc(b, ',');
			put_fit(b, calib_key[k], &c[i].at[k]);
		}
		buf_putc(b, '}');
	}
	buf_puts(b, "]}\n");
}

/* 80 columns: key, value, error, samples, prior, both halves, which of first half and prior was
 * nearer to the second half. */
static void put_line(struct buf *b, const char *key, const struct calib_fit *f)
{
	buf_printf(b, "%-23s", key);
	if (!f->ok) {
		buf_printf(b, "%9s  %s\n", "-", f->why);
		return;
	}
	buf_printf(b, "%9.3g%8.2g%7u", f->value, f->sd, f->n);
	if (f->prior > 0)
		buf_printf(b, "%9.3g", f->prior);
	if (f->tested)
		buf_printf(b, "%9.3g%9.3g %s", f->first, f->later, f->better ? "first" : "prior");
	buf_putc(b, '\n');
}

static void put_words(struct buf *b, const struct calib *c)
{
	buf_printf(b, "%s  %.1f h, %u books, %u trades, silences over 3 s: %u\n", c->coin,
		   c->span_s / 3600, c->books, c->trades, c->holes);
	buf_printf(b, "%-23s%9s%8s%7s%9s%9s%9s nearer\n", "", "value", "+- sd", "n", "prior",
		   "1st half", "2nd half");
	for (int k = 0; k < PRIOR_ROWS; k++)
		put_line(b, prior_row[k].key, &c->at[prior_row[k].kind]);
	for (int k = EST_KINDS; k < CALIB_KINDS; k++)
		put_line(b, calib_key[k], &c->at[k]);
	buf_putc(b, '\n');
}

static bool calibrate(struct cli *c, const char *dir, struct err *e)
{
	static struct calib_series series[CALIB_COINS_MAX];
	static struct calib fits[CALIB_COINS_MAX];
	static struct live_prior prior[CALIB_COINS_MAX];
	static struct parts parts;
	static char text[OUT_MAX];
	char file[PATH], whole[PATH];
	uint32_t n = 0, kept = 0;
	struct buf b;
	bool ok;

	snprintf(file, sizeof file, "%s/priors.json", dir);
	if (cli_has(c, OPT_OUT))
		snprintf(file, sizeof file, "%s", c->value[OPT_OUT]);
	ok = parts_find(&parts, dir, e) && load_all(series, &n, &parts, e);
	for (uint32_t i = 0; ok && i < n; i++) {
		ok = calib_fit_all(&series[i], &fits[i], e);
		keep(&prior[i], &fits[i]);
	}
	calib_free(series, n);
	for (uint32_t i = 0; i < parts.n; i++)
		free(parts.path[i]);
	if (!ok || !file_put(file, prior, n, e))
		return false;
	if (realpath(file, whole)) /* the configuration takes absolute paths */
		snprintf(file, sizeof file, "%s", whole);
	buf_init(&b, text, sizeof text);
	if (cli_has(c, OPT_JSON))
		put_json(&b, fits, n, file);
	for (uint32_t i = 0; !cli_has(c, OPT_JSON) && i < n; i++)
		put_words(&b, &fits[i]);
	cli_put(STDOUT_FILENO, text);
	for (uint32_t i = 0; i < n; i++)
		for (int k = 0; k < PRIOR_ROWS; k++)
			kept += prior[i].n[prior_row[k].kind] > 0;
	if (!cli_has(c, OPT_JSON))
		cli_print("%s: %u estimates that told the second half better than the priors.\n"
			  "In the configuration: [exit] priors = %s\n",
			  file, kept, file);
	return true;
}

int cli_calibrate(struct cli *c, int n, const char *const *words)
{
	struct err e = {0};

	if (n != 2) {
		err_set(&e, ERR_ARG,
			"calibrate takes one folder, got %d; 'exeunt record' makes one", n - 1);
		return cli_fail(c, &e);
	}
	return calibrate(c, words[1], &e) ? 0 : cli_fail(c, &e);
}
