/* cli_journal.c: exeunt journal and exeunt tca: what is on disk, beside a living engine or without
 * one. Costs of finished exits come from the engine's own fold of the journal. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "engine/engine.h"
#include "engine/replay.h"
#include "host/cli.h"
#include "host/clock.h"
#include "host/jtext.h"
#include "host/store.h"

struct list {
	const struct cli *c;
	uint32_t exit; /* 0 all */
	int64_t from;  /* first row shown */
	int64_t rows;
	bool json;
};

static bool wanted(const struct list *l, const struct store_row *r)
{
	return !l->exit || (r->exit == l->exit && jtext_letter(r) == 'x');
}

static bool count_row(void *arg, const struct store_row *r)
{
	struct list *l = arg;

	l->rows += wanted(l, r);
	return true;
}

static bool show_row(void *arg, const struct store_row *r)
{
	struct list *l = arg;
	char text[6000], line[7000], when[24];
	struct buf t, b;

	if (!wanted(l, r))
		return true;
	if (l->rows++ < l->from)
		return true;
	buf_init(&t, text, sizeof text);
	jtext_put(&t, r);
	buf_init(&b, line, sizeof line);
	if (l->json) {
		buf_printf(&b, "{\"id\":%lld,\"turn\":%llu,\"time_ms\":%lld,\"kind\":\"%s\",",
			   (long long)r->id, (unsigned long long)r->turn, (long long)r->wall_ms,
			   jtext_kind(r->kind));
		buf_printf(&b, "\"account\":%u,\"exit\":", r->account);
		if (r->exit)
			buf_printf(&b, "\"%c%u\"", jtext_letter(r), r->exit);
		else
			buf_puts(&b, "null");
		buf_printf(&b, ",\"slice\":%u,\"attempt\":%u,\"nonce\":%llu,\"text\":", r->slice,
			   r->attempt, (unsigned long long)r->nonce);
		buf_json_str(&b, text);
		buf_puts(&b, "}\n");
	} else {
		clock_put_utc(when, r->wall_ms);
		buf_printf(&b, "%6lld %s %-10s %s\n", (long long)r->id, when, jtext_kind(r->kind),
			   text);
	}
	cli_put(STDOUT_FILENO, line);
	return true;
}

static bool number(const char *v, int64_t *out, struct err *e)
{
	if (!*v || strlen(v) > 9 || v[strspn(v, "0123456789")])
		return err_set(e, ERR_ARG, "--tail %.20s: write a number up to 999999999.", v);
	for (*out = 0; *v; v++)
		*out = *out * 10 + (*v - '0');
	return true;
}

int cli_journal(struct cli *c, int n, const char *const *words)
{
	struct list l = {.c = c, .json = cli_has(c, OPT_JSON)};
	struct store *s = NULL;
	struct err e = {0};
	int64_t tail = -1;
	bool ok;

	if (n > 1) {
		err_set(&e, ERR_ARG, "journal takes no word, but got %.40s.", words[1]);
		return cli_fail(c, &e);
	}
	ok = (!cli_has(c, OPT_EXIT) || gram_exit_id(&l.exit, c->value[OPT_EXIT], &e)) &&
	     (!cli_has(c, OPT_TAIL) || number(c->value[OPT_TAIL], &tail, &e)) &&
	     cli_open(c, false, &e) && store_open_reader(&s, &c->dir, &e);
	if (ok && tail >= 0) {
		ok = store_read(s, 0, count_row, &l, &e);
		l.from = l.rows > tail ? l.rows - tail : 0;
		l.rows = 0;
	}
	ok = ok && store_read(s, 0, show_row, &l, &e);
	store_close(s);
	return ok ? 0 : cli_fail(c, &e);
}

/* ---- costs ---- */

struct fold {
	struct engine *engine;
	struct err *e;
	bool bad;
};

static bool fold_row(void *arg, const struct store_row *r)
{
	struct fold *f = arg;
	struct replay_row row = {.ver = r->ver,
				 .kind = r->kind,
				 .account = r->account,
				 .exit = r->exit,
				 .slice = r->slice,
				 .attempt = r->attempt,
				 .nonce = r->nonce,
				 .wall_ms = r->wall_ms,
				 .body = r->body,
				 .len = r->len};

	f->bad = !replay_row(f->engine, &row, f->e);
	return !f->bad;
}

/* The snapshot of an engine that does not run: the journal, folded. */
static bool folded(struct cli *c, struct snap *out, struct err *e)
{
	struct engine_conf ec = {.network = c->conf.network, .n_dexes = 1};
	struct fold f = {.engine = calloc(1, sizeof *f.engine), .e = e};
	struct store *s;
	bool ok;

	ASSERT(f.engine);
	ec.n_accounts = c->conf.n_accounts;
	for (int i = 0; i < c->conf.n_accounts; i++) {
		snprintf(ec.account[i].name, sizeof ec.account[i].name, "%s",
			 c->conf.account[i].name);
		snprintf(ec.account[i].address, sizeof ec.account[i].address, "%s",
			 c->conf.account[i].address);
	}
	ok = store_open_reader(&s, &c->dir, e);
	if (ok) {
		if (!store_meta_get(s, "cloid_key", ec.cloid_key, sizeof ec.cloid_key, NULL))
			memset(ec.cloid_key, 0, sizeof ec.cloid_key);
		engine_init(f.engine, &ec, clock_boot_ns(), clock_wall_ms());
		ok = store_read(s, 0, fold_row, &f, e) && !f.bad;
		store_close(s);
	}
	if (ok)
		engine_snap(f.engine, out);
	free(f.engine);
	return ok;
}

static void put_csv(struct buf *b, const struct snap_exit *x)
{
	for (uint32_t i = x->n_slices_shown; i-- > 0;) {
		const struct snap_slice *s = &x->slices[i];
		buf_printf(b, "x%u,%s,%u,%lld,", x->id, x->coin, s->n, (long long)s->wall_ms);
		qty_put(b, s->planned);
		buf_putc(b, ',');
		qty_put(b, s->filled);
		buf_putc(b, ',');
		price_put(b, s->avg);
		buf_printf(b, ",%.4f,%s,", s->bp, s->posted ? "posted" : "crossed");
		money_put(b, s->fee);
		buf_putc(b, '\n');
	}
}

static const char csv_header[] = "exit,coin,slice,time_ms,planned,filled,average,bp,how,fee_usd\n";

void cli_exit_csv(struct buf *b, const struct snap_exit *x)
{
	buf_puts(b, csv_header);
	put_csv(b, x);
}

static void put_tca(struct buf *b, const struct snap_exit *x)
{
	const struct snap_cost *k = &x->cost;

	buf_printf(b, "x%u %s: ", x->id, x->coin);
	qty_put(b, x->done);
	buf_puts(b, " of ");
	qty_put(b, x->total);
	buf_puts(b, " at ");
	price_put(b, x->avg);
	buf_puts(b, ", arrival ");
	price_put(b, x->arrival);
	buf_printf(b,
		   "\n  USD, negative is a cost: total %.2f (%+.2f bp) = delay %.2f, spread %.2f, "
		   "impact %.2f, timing %.2f, fees %.2f, funding %.2f, unfilled %.2f\n",
		   k->total, k->bp, k->delay, k->spread, k->impact, k->timing, k->fees, k->funding,
		   k->unfilled);
	buf_printf(b, "  planned %.2f +- %.2f; posted %.0f %%; %.1f %% of the market's volume\n",
		   k->plan_total, k->plan_sd, 100 * k->maker_share, 100 * k->volume_share);
}

int cli_tca(struct cli *c, int n, const char *const *words)
{
	static char text[256 << 10];
	struct snap *s = calloc(1, sizeof *s);
	const struct snap *live;
	struct err e = {0};
	uint32_t id = 0, shown = 0;
	struct buf b;
	bool ok;

	ASSERT(s);
	if (n > 2)
		err_set(&e, ERR_ARG, "tca takes one exit, but got %.40s too.", words[2]);
	ok = n <= 2 && (n < 2 || gram_exit_id(&id, words[1], &e)) && cli_open(c, false, &e);
	if (ok && cli_engine(c, false, &e)) {
		live = cli_snap(c, 3000, &e);
		ok = live != NULL;
		if (ok)
			memcpy(s, live, sizeof *s);
	} else if (ok) {
		ok = folded(c, s, &e);
	}
	buf_init(&b, text, sizeof text);
	if (cli_has(c, OPT_CSV))
		buf_puts(&b, csv_header);
	else if (cli_has(c, OPT_JSON))
		buf_putc(&b, '[');
	for (uint32_t i = 0; ok && i < s->n_exits && i < EXITS_MAX; i++) {
		const struct snap_exit *x = &s->exit[i];
		if (id && x->id != id)
			continue;
		if (cli_has(c, OPT_CSV)) {
			put_csv(&b, x);
		} else if (cli_has(c, OPT_JSON)) {
			if (shown)
				buf_putc(&b, ',');
			cli_exit_json(&b, x);
		} else {
			put_tca(&b, x);
		}
		shown++;
	}
	free(s);
	if (ok && id && !shown)
		ok = err_set(&e, ERR_ARG, "no exit x%u is known here.", id);
	if (!ok)
		return cli_fail(c, &e);
	if (cli_has(c, OPT_JSON))
		buf_puts(&b, "]\n");
	else if (!shown && !cli_has(c, OPT_CSV))
		buf_puts(&b, "no exits yet\n");
	fwrite(text, 1, b.len, stdout);
	return 0;
}
