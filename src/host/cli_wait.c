/* cli_wait.c: waiting in a shell for what a verb began: progress while it runs, and what ended, in
 * words and as JSON. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/check.h"
#include "host/breakglass.h"
#include "host/cli.h"
#include "host/clock.h"

enum { STEP_MS = 1000, QUIET_PROGRESS_S = 5 };
/* A flatten does not wait longer for an engine to be started again by its keeper. */
enum { PANIC_GONE_MS = 2000, GONE_MS = 20000 };

static const char *const end_names[] = {"none", "flat", "target", "ended", "blocked", "dust"};
static const char *const state_names[] = {"waiting", "selling", "paused", "stopped by price",
					  "blind",   "closing", "done"};

/* ---- what ended, as JSON ---- */

void cli_num(struct buf *b, const char *key, double v)
{
	if (isfinite(v))
		buf_printf(b, "\"%s\":%.6g", key, v);
	else
		buf_printf(b, "\"%s\":null", key);
}

static void put_cost(struct buf *b, const struct snap_cost *c)
{
	static const struct {
		const char *key;
		size_t at;
	} parts[] = {
		{"delay_usd", offsetof(struct snap_cost, delay)},
		{"spread_usd", offsetof(struct snap_cost, spread)},
		{"impact_usd", offsetof(struct snap_cost, impact)},
		{"timing_usd", offsetof(struct snap_cost, timing)},
		{"fees_usd", offsetof(struct snap_cost, fees)},
		{"funding_usd", offsetof(struct snap_cost, funding)},
		{"unfilled_usd", offsetof(struct snap_cost, unfilled)},
		{"total_usd", offsetof(struct snap_cost, total)},
		{"total_bp", offsetof(struct snap_cost, bp)},
		{"planned_usd", offsetof(struct snap_cost, plan_total)},
		{"planned_sd_usd", offsetof(struct snap_cost, plan_sd)},
		{"vs_all_now_bp", offsetof(struct snap_cost, vs_all_now_bp)},
		{"maker_share", offsetof(struct snap_cost, maker_share)},
		{"volume_share", offsetof(struct snap_cost, volume_share)},
	};

	buf_putc(b, '{');
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		double v;
		memcpy(&v, (const char *)c + parts[i].at, sizeof v);
		if (i)
			buf_putc(b, ',');
		cli_num(b, parts[i].key, v);
	}
	buf_putc(b, '}');
}

void cli_exit_json(struct buf *b, const struct snap_exit *x)
{
	cli_exit_json_open(b, x);
	buf_putc(b, '}');
}

void cli_group_json(struct buf *b, const struct snap_exit *x)
{
	if (x->ticket.group)
		buf_printf(b, ",\"group\":\"g%u\"", x->ticket.group);
	else
		buf_puts(b, ",\"group\":null");
}

void cli_exit_json_open(struct buf *b, const struct snap_exit *x)
{
	/* The engine ends an exit as flat, at its target or as dust only when two reads said so. */
	bool proven = x->end == XE_FLAT || x->end == XE_TARGET || x->end == XE_DUST;
	int reads = proven ? 2 : 0;

	buf_printf(b, "{\"exit\":\"x%u\",\"coin\":", x->id);
	buf_json_str(b, x->coin);
	buf_printf(b, ",\"end\":\"%s\",\"reason\":", end_names[x->end % COUNT_OF(end_names)]);
	buf_json_str(b, x->reason);
	cli_group_json(b, x);
	buf_putc(b, ',');
	cli_json_dec(b, "left", x->left.v, QTY_DIGITS);
	buf_putc(b, ',');
	cli_json_dec(b, "done", x->done.v, QTY_DIGITS);
	buf_putc(b, ',');
	cli_json_dec(b, "dust", x->dust.v, QTY_DIGITS);
	buf_putc(b, ',');
	cli_json_dec(b, "arrival", x->arrival.v, PRICE_DIGITS);
	buf_putc(b, ',');
	cli_json_dec(b, "average", x->avg.v, PRICE_DIGITS);
	buf_printf(b, ",\"slices\":%u,\"tunes\":%u,\"reads\":%d,\"start_ms\":%lld,\"end_ms\":%lld,",
		   x->slice, x->tunes, reads, (long long)x->start_ms, (long long)x->end_ms);
	cli_num(b, "danger_planned",
		x->danger_start > 0 ? plan_shown(x->danger_start) : (double)NAN);
	buf_printf(b, ",\"danger_planned_by\":%s,\"replans\":%u,\"replan\":",
		   !(x->danger_start > 0) ? "null"
		   : x->danger_start_grid ? "\"grid\""
					  : "\"bound\"",
		   x->replans);
	buf_json_str(b, x->replan_text);
	buf_puts(b, ",\"cost\":");
	put_cost(b, &x->cost);
}

static void flat_json(struct buf *b, const struct snap_flat *f)
{
	uint32_t n = f->n < FLAT_ROWS ? f->n : FLAT_ROWS;

	buf_printf(b, "{\"exit\":\"p%u\",\"end\":\"%s\",\"reason\":", f->id,
		   f->state != FLAT_FLAT ? "blocked"
		   : f->all		 ? "flat"
					 : "target"); /* what was chosen; others may stand */
	buf_json_str(b, f->text);
	buf_puts(b, ",\"not_watched\":");
	buf_json_str(b, f->not_watched);
	buf_puts(b, ",\"left\":[");
	for (uint32_t i = 0, shown = 0; i < n; i++) {
		const struct snap_flat_row *r = &f->row[i];
		int64_t left = r->sz.v - r->filled.v;
		if (f->state == FLAT_FLAT || left <= 0)
			continue;
		buf_printf(b, "%s{\"coin\":", shown++ ? "," : "");
		buf_json_str(b, r->coin);
		buf_putc(b, ',');
		cli_json_dec(b, "size", left, QTY_DIGITS);
		buf_putc(b, '}');
	}
	buf_printf(b, "],\"legs\":%u,\"reads\":%u,\"cancelled\":%u,\"unknown\":%u,", f->n_all,
		   f->reads, f->cancels_done, f->unknown);
	buf_printf(b, "\"start_ms\":%lld,\"end_ms\":%lld,\"cost\":{", (long long)f->start_ms,
		   (long long)f->end_ms);
	/* As in an exit's: negative is a cost. */
	cli_json_dec(b, "total_usd", -f->cost.v, MONEY_DIGITS);
	buf_putc(b, ',');
	cli_json_dec(b, "expected_usd", -f->expected.v, MONEY_DIGITS);
	buf_putc(b, ',');
	cli_json_dec(b, "expected_model_usd", -f->model.v, MONEY_DIGITS);
	buf_puts(b, "}}");
}

/* ---- progress ---- */

struct progress {
	bool tty;
	int64_t said_ns;
	char last[200];
};

/* One line, rewritten in place: what does not fit would leave a trail. */
static void rewrite(const char *text)
{
	struct winsize w = {0};
	char line[240];
	int cols = ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 1 ? w.ws_col - 1 : 79;
	int n = snprintf(line, sizeof line, "\r\033[K%.*s", cols, text); /* ASCII, of our making */
	ssize_t ignored = write(STDERR_FILENO, line, (size_t)n);

	(void)ignored;
}

static void say(struct progress *p, const char *text)
{
	int64_t now = clock_boot_ns();

	if (!strcmp(text, p->last))
		return;
	if (!p->tty && now - p->said_ns < (int64_t)QUIET_PROGRESS_S * 1000000000)
		return;
	p->said_ns = now;
	snprintf(p->last, sizeof p->last, "%s", text);
	if (p->tty) {
		rewrite(text);
		return;
	}
	cli_put(STDERR_FILENO, text);
	cli_put(STDERR_FILENO, "\n");
}

static void exit_progress(struct progress *p, const struct snap_exit *x)
{
	char text[200], left[40], total[40];
	struct buf b;

	buf_init(&b, left, sizeof left);
	qty_put(&b, x->left);
	buf_init(&b, total, sizeof total);
	qty_put(&b, x->total);
	snprintf(text, sizeof text, "x%u %s %s: %s of %s left, slice %u of %u, %+.1f bp", x->id,
		 x->coin,
		 x->state == XS_RUNNING && x->buy ? "buying"
						  : state_names[x->state % COUNT_OF(state_names)],
		 left, total, x->slice, x->n_slices, x->vs_start_bp);
	say(p, text);
}

static void flat_progress(struct progress *p, const struct snap_flat *f)
{
	static const char *const names[] = {"waiting", "sending", "reading", "flat", "NOT FLAT"};
	char text[200];
	uint32_t done = 0, n = f->n < FLAT_ROWS ? f->n : FLAT_ROWS;

	for (uint32_t i = 0; i < n; i++)
		done += f->row[i].filled.v >= f->row[i].sz.v;
	snprintf(text, sizeof text, "p%u %s: %u of %u legs filled, %u reads, %u unknown", f->id,
		 names[f->state % COUNT_OF(names)], done, f->n_all, f->reads, f->unknown);
	say(p, text);
}

static void progress_end(struct progress *p)
{
	if (p->tty && p->last[0])
		cli_put(STDERR_FILENO, "\n");
}

/* ---- waiting ---- */

const struct snap_exit *cli_exit_find(const struct snap *s, uint32_t id)
{
	for (uint32_t i = 0; i < s->n_exits && i < EXITS_MAX; i++)
		if (s->exit[i].id == id)
			return &s->exit[i];
	return NULL;
}

static const struct snap_flat *flat_of(const struct snap *s, uint32_t id)
{
	for (uint32_t i = 0; i < s->n_flats && i < SNAP_RUNS; i++)
		if (s->flat[i].id == id)
			return &s->flat[i];
	return NULL;
}

static int show_exit(const struct cli *c, const struct snap_exit *x)
{
	char text[4096];
	struct buf b;

	buf_init(&b, text, sizeof text);
	if (cli_has(c, OPT_JSON)) {
		cli_exit_json(&b, x);
	} else {
		buf_printf(&b, "x%u %s: %s", x->id, x->coin,
			   end_names[x->end % COUNT_OF(end_names)]);
		if (x->reason[0])
			buf_printf(&b, " (%s)", x->reason);
		buf_puts(&b, ", left ");
		qty_put(&b, x->left);
		buf_printf(&b, ", cost %.2f USD (%+.1f bp)", -x->cost.total, x->cost.bp);
	}
	buf_putc(&b, '\n');
	cli_put(STDOUT_FILENO, text);
	return x->end == XE_FLAT || x->end == XE_TARGET ? 0 : err_exit_status(ERR_NOTFLAT);
}

static int show_flat(const struct cli *c, const struct snap_flat *f)
{
	static char text[16384];
	struct buf b;

	buf_init(&b, text, sizeof text);
	if (cli_has(c, OPT_JSON))
		flat_json(&b, f);
	else
		buf_puts(&b, f->text);
	buf_putc(&b, '\n');
	cli_put(STDOUT_FILENO, text);
	return f->state == FLAT_FLAT ? 0 : err_exit_status(ERR_NOTFLAT);
}

/* The engine may die and be started again meanwhile: attach anew and go on waiting. */
static const struct snap *next_snap(struct cli *c, int gone_ms, struct err *e)
{
	int64_t until = clock_boot_ns() + (int64_t)gone_ms * 1000000;

	for (;;) {
		const struct snap *s = c->attach ? cli_snap(c, STEP_MS, e) : NULL;
		if (s || (c->attach && e->code == ERR_TIME))
			return s;
		if (c->glass)
			return NULL;
		attach_close(c->attach);
		c->attach = NULL;
		if (clock_boot_ns() > until)
			return NULL;
		usleep(100000);
		c->attach = attach_open(&c->dir, e);
	}
}

/* What the shell may do without an engine, and take over from one that falls silent: whatever ends
 * at zero. */
bool cli_is_now(const struct cmd *cmd)
{
	return cmd->kind == CMD_FLATTEN && cmd->flatten.verb != VERB_TRIM &&
	       !cmd->flatten.dry_run && cmd->flatten.part.v >= 1000000000000;
}

/* These too, when there is no other way: they are not to be begun twice. */
bool cli_is_part(const struct cmd *cmd)
{
	return cmd->kind == CMD_FLATTEN && !cmd->flatten.dry_run && !cli_is_now(cmd);
}

/* Quiet is no proof of a dead engine: it publishes what changes. It answers a question. */
static bool silent(struct cli *c)
{
	static struct attach_reply r;
	const struct cmd ping = {.kind = CMD_READ};
	struct err e;

	return !c->glass && !cli_ask(c, &ping, GLASS_SILENCE_MS, &r, &e);
}

static bool on_terminal(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb");
}

int cli_wait(struct cli *c, uint32_t id, const struct cmd *cmd)
{
	struct progress p = {.tty = on_terminal()};
	bool flatten = cmd->kind == CMD_FLATTEN, now = cli_is_now(cmd);
	int64_t limit = 0, t0 = clock_boot_ns();
	struct err e = {0};

	if (!cli_seconds(&limit, c, OPT_TIMEOUT, &e))
		return cli_fail(c, &e);
	for (;;) {
		const struct snap *s = next_snap(c, now ? PANIC_GONE_MS : GONE_MS, &e);
		const struct snap_exit *x;
		if (!s && (!c->attach || (c->glass && e.code != ERR_TIME)))
			break;
		if (!s && now && silent(c)) {
			progress_end(&p);
			return breakglass_run(c, cmd, "the engine fell silent", true);
		}
		const struct snap_flat *f = s && flatten ? flat_of(s, id) : NULL;
		if (f) {
			flat_progress(&p, f);
			if (f->state == FLAT_FLAT || f->state == FLAT_NOT_FLAT) {
				progress_end(&p);
				return show_flat(c, f);
			}
		}
		x = s && !flatten ? cli_exit_find(s, id) : NULL;
		if (x) {
			exit_progress(&p, x);
			if (x->state == XS_DONE) {
				progress_end(&p);
				return show_exit(c, x);
			}
		}
		if (limit && clock_boot_ns() - t0 > limit * 1000000) {
			progress_end(&p);
			err_set(&e, ERR_TIME, "not ended after %s; %s", c->value[OPT_TIMEOUT],
				c->glass ? "nobody goes on: what rests at the venue is all"
					 : "it goes on without this shell");
			return cli_fail(c, &e);
		}
	}
	progress_end(&p);
	if (now && !c->glass)
		return breakglass_run(c, cmd, "the engine went away", true);
	if (!c->glass)
		err_set(&e, ERR_UNKNOWN, "the engine went away and did not come back in 20 s");
	return cli_fail(c, &e);
}
