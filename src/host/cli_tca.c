/* cli_tca.c: exeunt tca and the screen's reports: what exits cost, per slice and in all.
 *
 * Rows come from the journal, folded by the engine's own replay, beside a living engine or without
 * one: so every exit of the state directory is known, not only the few the engine still keeps. What
 * the journal does not hold of a running exit (its share of the market's volume) comes from the
 * snapshot.
 *
 * Invariant: the parts of a row, and of the row `all`, add up to its total exactly (exec/cost.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "engine/engine.h"
#include "engine/replay.h"
#include "exec/cost.h"
#include "exec/own.h"
#include "host/accounts.h"
#include "host/cli.h"
#include "host/clock.h"
#include "host/store.h"
#include "plan/plan.h"

enum { ROW_BYTES = 512, TEXT_BYTES = SLICES_MAX * ROW_BYTES + 8192 };

struct tca {
	struct engine *engine;
	const struct snap *live; /* NULL: no engine runs */
	uint32_t id;		 /* 0 all */
	bool group;		 /* id names a group: its legs, and their sum */
	enum tca_form form;
	FILE *out;
	struct own *own; /* of the two forms that fit; else NULL */
	struct err *e;
	uint32_t shown;
	bool bad;
	struct {
		uint32_t group, n, done;
		double total, planned;
		struct cost_parts parts; /* by the journal, exact */
	} sum[EXITS_MAX];		 /* of legs begun together; the newest groups */
	uint32_t n_sums;
	struct snap_exit told;
	struct cost_row rows[SLICES_MAX];
	char text[TEXT_BYTES];
};

/* What the plan said when it began, and how far from it this came. */
static void put_predicted(struct buf *b, const struct snap_exit *x)
{
	const struct snap_cost *k = &x->cost;
	char odds[24];

	buf_printf(b, "  planned %.2f +- %.2f, %.0f %% of it model", k->plan_total, k->plan_sd,
		   100 * x->plan_model);
	if (x->danger_start > 0) {
		plan_odds(odds, sizeof odds, x->danger_start);
		buf_printf(b, "; %s chance of liquidation before it was done (%s)", odds,
			   x->danger_start_grid ? "grid" : "bound");
	}
	buf_printf(b, "\n  came to %.2f, ", k->total);
	if (k->plan_sd > 0)
		buf_printf(b, "%+.1f of its standard deviations; ",
			   (k->total - k->plan_total) / k->plan_sd);
	buf_puts(b, x->state == XS_DONE && x->reason[0] ? x->reason : "it runs");
	if (x->replans)
		buf_printf(b, "\n  re-planned %u time%s, the last: %s", x->replans,
			   x->replans == 1 ? "" : "s", x->replan_text);
	buf_putc(b, '\n');
}

static void put_text(struct buf *b, const struct snap_exit *x)
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
	if (x->state == XS_DONE && x->end == XE_FLAT && x->left.v > 0) {
		buf_puts(b, "  ");
		qty_put(b, x->left);
		buf_printf(b,
			   " %s went by other orders: unfilled prices them at the mid of the end, "
			   "not at their own fills\n",
			   x->coin);
	}
	put_predicted(b, x);
	buf_printf(b, "  posted %.0f %%; %.1f %% of the market's volume\n", 100 * k->maker_share,
		   100 * k->volume_share);
}

static void put_csv(struct buf *b, const struct exit *x, const struct cost_row *rows, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		buf_printf(b, "x%u,%s,", x->id, x->coin);
		cost_csv_row(b, &rows[i]);
	}
	buf_printf(b, "x%u,%s,", x->id, x->coin);
	cost_csv_total(b, &x->cost);
}

static const struct snap_exit *in_snap(const struct snap *s, uint32_t id)
{
	for (uint32_t i = 0; s && i < s->n_exits && i < EXITS_MAX; i++)
		if (s->exit[i].id == id)
			return &s->exit[i];
	return NULL;
}

static void add_sum(struct tca *t, const struct snap_exit *x, const struct cost_parts *parts)
{
	uint32_t k = 0;

	if (!x->ticket.group)
		return;
	while (k < t->n_sums && t->sum[k].group != x->ticket.group)
		k++;
	if (k == EXITS_MAX)
		memmove(t->sum, t->sum + 1, --k * sizeof t->sum[0]);
	if (k >= t->n_sums)
		memset(&t->sum[k], 0, sizeof t->sum[k]);
	t->n_sums = k < t->n_sums ? t->n_sums : k + 1;
	t->sum[k].group = x->ticket.group;
	t->sum[k].n++;
	t->sum[k].total += x->cost.total;
	t->sum[k].planned += x->cost.plan_total;
	t->sum[k].done += x->state == XS_DONE;
	t->bad = !cost_add(&t->sum[k].parts, parts) || t->bad;
}

static void put_sums(struct tca *t)
{
	struct buf b;

	buf_init(&b, t->text, sizeof t->text);
	for (uint32_t k = 0; k < t->n_sums; k++) {
		switch (t->form) {
		case TCA_FIT: /* of slices, not of money */
		case TCA_FIT_JSON:
			break;
		case TCA_TEXT:
			buf_printf(&b,
				   "g%u: %u legs together, %u of them done\n  USD, negative is a "
				   "cost: total %.2f, planned %.2f leg by leg\n",
				   t->sum[k].group, t->sum[k].n, t->sum[k].done, t->sum[k].total,
				   t->sum[k].planned);
			break;
		case TCA_CSV:
			buf_printf(&b, "g%u,all,", t->sum[k].group);
			cost_csv_sum(&b, &t->sum[k].parts);
			break;
		case TCA_JSON:
			buf_printf(&b,
				   "],\"group\":\"g%u\",\"legs\":%u,\"legs_done\":%u,"
				   "\"planned_total_usd\":%.6f,\"cost\":{",
				   t->sum[k].group, t->sum[k].n, t->sum[k].done, t->sum[k].planned);
			cost_json_parts(&b, &t->sum[k].parts);
			buf_puts(&b, "}}\n");
			break;
		}
	}
	fwrite(t->text, 1, b.len, t->out);
}

static void show(struct tca *t, const struct exit *x)
{
	const struct snap_exit *s = in_snap(t->live, x->id);
	uint32_t n;
	struct buf b;

	if (t->id && t->id != (t->group ? x->ticket.group : x->id))
		return;
	if (t->own) {
		own_add(t->own, x);
		t->shown++;
		return;
	}
	if (!s) {
		exit_fill_snap(x, NULL, &t->told);
		s = &t->told;
	}
	n = exit_rows(x, 0, t->rows, SLICES_MAX);
	buf_init(&b, t->text, sizeof t->text);
	switch (t->form) {
	case TCA_TEXT:
		put_text(&b, s);
		break;
	case TCA_CSV:
		if (!t->shown) {
			buf_puts(&b, "exit,coin,");
			cost_csv_header(&b);
		}
		put_csv(&b, x, t->rows, n);
		break;
	case TCA_FIT:
	case TCA_FIT_JSON:
		break;
	case TCA_JSON:
		buf_puts(&b, t->shown ? "," : t->group ? "{\"exits\":[" : "[");
		cli_exit_json_open(&b, s);
		buf_puts(&b, ",\"per_slice\":[");
		for (uint32_t i = 0; i < n; i++) {
			if (i)
				buf_putc(&b, ',');
			cost_json_row(&b, &t->rows[i]);
		}
		buf_puts(&b, "]}");
		break;
	}
	ASSERT(!b.over);
	fwrite(t->text, 1, b.len, t->out);
	add_sum(t, s, &x->cost.sum);
	t->shown++;
}

static bool fold_row(void *arg, const struct store_row *r)
{
	struct tca *t = arg;
	struct replay_row row = store_replay_row(r);
	const struct exit *gone = replay_drops(t->engine, &row);

	if (gone)
		show(t, gone);
	t->bad = !replay_row(t->engine, &row, t->e);
	return !t->bad;
}

static void show_kept(struct tca *t)
{
	uint32_t last = 0;

	for (;;) {
		const struct exit *next = NULL;

		for (int i = 0; i < EXITS_MAX; i++) {
			const struct exit_slot *s = &t->engine->exit[i];
			if (s->used && s->x.id > last && (!next || s->x.id < next->id))
				next = &s->x;
		}
		if (!next)
			return;
		last = next->id;
		show(t, next);
	}
}

/* As the journal numbers them. */
static void accounts_of(struct engine_conf *ec, const struct cli *c, struct store *s)
{
	static struct conf conf;
	struct accounts_known k = {0};

	conf = c->conf;
	store_meta_get(s, ACCOUNTS_META, &k, sizeof k, NULL);
	accounts_settle(&conf, &k, NULL); /* too many: by their places in the configuration */
	ec->n_accounts = conf.n_accounts;
	for (int i = 0; i < conf.n_accounts; i++) {
		snprintf(ec->account[i].name, sizeof ec->account[i].name, "%s",
			 conf.account[i].name);
		snprintf(ec->account[i].address, sizeof ec->account[i].address, "%s",
			 conf.account[i].address);
	}
}

bool cli_tca_write(const struct cli *c, const struct snap *live, uint32_t id, enum tca_form form,
		   FILE *out, uint32_t *shown, struct err *e)
{
	struct engine_conf ec = {.network = c->conf.network, .n_dexes = 1};
	struct tca *t = calloc(1, sizeof *t);
	struct store *s;
	bool ok;

	ASSERT(t);
	t->engine = calloc(1, sizeof *t->engine);
	ASSERT(t->engine);
	t->live = live;
	t->id = id & ~TCA_GROUP;
	t->group = id & TCA_GROUP;
	t->form = form;
	t->out = out;
	t->e = e;
	if (form == TCA_FIT || form == TCA_FIT_JSON) {
		t->own = calloc(1, sizeof *t->own);
		ASSERT(t->own);
	}
	ok = store_open_reader(&s, &c->dir, e);
	if (ok) {
		accounts_of(&ec, c, s);
		if (!store_meta_get(s, "cloid_key", ec.cloid_key, sizeof ec.cloid_key, NULL))
			memset(ec.cloid_key, 0, sizeof ec.cloid_key);
		engine_init(t->engine, &ec, clock_boot_ns(), clock_wall_ms());
		ok = store_read(s, 0, fold_row, t, e) && !t->bad;
		store_close(s);
	}
	if (ok)
		show_kept(t);
	if (ok && (t->group || (form == TCA_TEXT && !id)))
		put_sums(t);
	if (ok && form == TCA_JSON && !t->group)
		fputs(t->shown ? "]\n" : "[]\n", out);
	if (ok && t->own && (t->shown || form == TCA_FIT_JSON)) {
		struct buf b;

		buf_init(&b, t->text, sizeof t->text);
		ok = cli_tca_fit(&b, t->own, form == TCA_FIT_JSON, e);
		ASSERT(!b.over);
		fwrite(t->text, 1, b.len, out);
	}
	*shown = t->shown;
	free(t->own);
	free(t->engine);
	free(t);
	return ok;
}

/* x1, or g1. */
static bool which(uint32_t *id, const char *word, struct err *e)
{
	if (word[0] != 'g')
		return gram_exit_id(id, word, e);
	if (!gram_exit_id(id, word + 1, NULL) || *id & TCA_GROUP || word[1] == 'x')
		return err_set(e, ERR_ARG, "%.40s is no group. Write g1.", word);
	*id |= TCA_GROUP;
	return true;
}

int cli_tca(struct cli *c, int n, const char *const *words)
{
	struct err e = {0}, none = {0};
	const struct snap *live = NULL;
	uint32_t id = 0, shown = 0;
	bool ok;

	if (n > 2)
		err_set(&e, ERR_ARG, "tca takes one exit, but got %.40s too.", words[2]);
	ok = n <= 2 && (n < 2 || which(&id, words[1], &e)) && cli_open(c, false, &e);
	if (ok && cli_engine(c, false, &none))
		live = cli_snap(c, 3000, &none);
	bool json = cli_has(c, OPT_JSON);
	enum tca_form form = cli_has(c, OPT_FIT)   ? json ? TCA_FIT_JSON : TCA_FIT
			     : cli_has(c, OPT_CSV) ? TCA_CSV
			     : json		   ? TCA_JSON
						   : TCA_TEXT;
	if (ok && cli_has(c, OPT_FIT) && cli_has(c, OPT_CSV))
		ok = err_set(&e, ERR_ARG, "tca: --fit goes with --json, not with --csv.");
	ok = ok && cli_tca_write(c, live, id, form, stdout, &shown, &e);
	if (ok && id && !shown)
		ok = err_set(&e, ERR_ARG,
			     id & TCA_GROUP ? "no legs of g%u are known here."
					    : "no exit x%u is known here.",
			     id & ~TCA_GROUP);
	if (!ok)
		return cli_fail(c, &e);
	if (!shown && !cli_has(c, OPT_JSON) && !cli_has(c, OPT_CSV))
		cli_print("no exits yet\n");
	return 0;
}
