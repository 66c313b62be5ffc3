/* cli_cmd.c: the verbs that command the engine, and waiting for what they began. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/check.h"
#include "host/accounts.h"
#include "host/breakglass.h"
#include "host/cli.h"
#include "host/clock.h"
#include "host/shellwords.h"
#include "plan/solve.h"

enum { ASK_MS = 10000, STEP_MS = 1000, QUIET_PROGRESS_S = 5, PLANNER_MS = 1500 };
enum { READ_MS = 10000, EARLY_US = 20000 };
/* A flatten does not wait longer for an engine to start, or to be started again by its keeper. */
enum { PANIC_READY_MS = 700, PANIC_GONE_MS = 2000, CANCEL_MS = 3000, GONE_MS = 20000 };

static const char *const end_names[] = {"none", "flat", "target", "ended", "blocked", "dust"};
static const char *const state_names[] = {"waiting", "selling", "paused", "stopped by price",
					  "blind",   "closing", "done"};

/* ---- confirmation ---- */

static bool is_plan(const struct cmd *cmd)
{
	return cmd->kind == CMD_EXIT && cmd->ticket.plan_only;
}

/* Without a terminal nothing prompts: PAPER needs none, other networks need --yes. */
bool cli_confirmed(const struct cli *c, const struct cmd *cmd, struct err *e)
{
	char line[16] = "";
	bool trades = cmd->kind == CMD_EXIT || cmd->kind == CMD_FLATTEN ||
		      cmd->kind == CMD_CLOSE_REST || cmd->kind == CMD_CANCEL ||
		      cmd->kind == CMD_GUARD || cmd->kind == CMD_ADD;
	const char *net = c->conf.network == NET_MAINNET ? "MAINNET" : "TESTNET";

	if (!trades || is_plan(cmd) || cmd->yes || c->conf.network == NET_PAPER)
		return true;
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return err_set(e, ERR_GATE, "%s: without a terminal this needs --yes.", net);
	fprintf(stderr, "This trades on %s. Write yes to send it: ", net);
	fflush(stderr);
	if (fgets(line, sizeof line, stdin) && !strcmp(line, "yes\n"))
		return true;
	return err_set(e, ERR_GATE, "not confirmed; nothing was sent.");
}

/* ---- what ended, as JSON ---- */

static void put_num(struct buf *b, const char *key, double v)
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
		put_num(b, parts[i].key, v);
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
	put_num(b, "danger_planned",
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

static const struct snap_exit *exit_find(const struct snap *s, uint32_t id)
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
static bool is_now(const struct cmd *cmd)
{
	return cmd->kind == CMD_FLATTEN && cmd->flatten.verb != VERB_TRIM &&
	       !cmd->flatten.dry_run && cmd->flatten.part.v >= 1000000000000;
}

/* These too, when there is no other way: they are not to be begun twice. */
static bool is_part(const struct cmd *cmd)
{
	return cmd->kind == CMD_FLATTEN && !cmd->flatten.dry_run && !is_now(cmd);
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
	bool flatten = cmd->kind == CMD_FLATTEN, now = is_now(cmd);
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
		x = s && !flatten ? exit_find(s, id) : NULL;
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

/* ---- the verb ---- */

static bool is_dry(const struct cmd *cmd)
{
	return (cmd->kind == CMD_EXIT && cmd->ticket.dry_run) ||
	       (cmd->kind == CMD_FLATTEN && cmd->flatten.dry_run) ||
	       (cmd->kind == CMD_GUARD && cmd->guard.dry_run) ||
	       (cmd->kind == CMD_ADD && cmd->add.dry_run);
}

/* Live ammunition: say so. Key locked: the body without its signature, and status 8. */
static int show_dry(const struct cli *c, const struct attach_reply *r)
{
	static char text[ATTACH_REPLY_MAX + 512];
	const char *sheet = strchr(r->text, '\n');
	int n = sheet ? (int)(sheet - r->text) : (int)strlen(r->text);
	struct buf b;
	struct err e = {0};

	if ((r->code != ERR_OK && r->code != ERR_KEY) || r->text[0] != '{') {
		err_set(&e, r->code ? (enum err_code)r->code : ERR_UNKNOWN, "%s", r->text);
		return cli_fail(c, &e);
	}
	buf_init(&b, text, sizeof text);
	buf_printf(&b, "{\"request\":%.*s,", n, r->text);
	if (sheet)
		buf_printf(&b, "\"sheet\":%s,", sheet + 1);
	buf_printf(&b, "\"note\":\"%s\"}\n",
		   r->code == ERR_OK
			   ? "live until expiresAfter: whoever posts it to /exchange trades; its "
			     "nonce is spent"
			   : "no signature: the key is locked");
	cli_put(STDOUT_FILENO, text);
	return err_exit_status((enum err_code)r->code);
}

/* The first line is the plan as JSON, the others are for people. */
static int show_plan(const struct cli *c, const struct attach_reply *r)
{
	static char text[ATTACH_REPLY_MAX + 16];
	const char *words = strchr(r->text, '\n');
	struct buf b;
	struct err e = {0};

	if (r->text[0] != '{' || !words) {
		err_set(&e, ERR_UNKNOWN, "%s", r->text);
		return cli_fail(c, &e);
	}
	buf_init(&b, text, sizeof text);
	if (cli_has(c, OPT_JSON))
		buf_printf(&b, "{\"plan\":%.*s}\n", (int)(words - r->text), r->text);
	else
		buf_puts(&b, words + 1);
	cli_put(STDOUT_FILENO, text);
	return 0;
}

/* Its schedule's end, or what the volume cap makes of it. */
static int64_t end_of(const struct snap_exit *x)
{
	return x->cap_end_ms > x->planned_end_ms ? x->cap_end_ms : x->planned_end_ms;
}

/* What it was planned to be, when it began, in the words of plan. */
static void put_begun(struct buf *b, const struct snap_exit *x)
{
	char odds[24];
	int64_t s = end_of(x) / 1000 % 86400;

	buf_puts(b, "  ");
	qty_put(b, x->total);
	buf_printf(b,
		   " %s by %02d:%02d:%02dZ, %u slices, urgency %.2f; cost %.2f USD +- %.2f, "
		   "%.0f %% of it is model\n",
		   x->coin, (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60), x->n_slices,
		   x->urgency, -x->cost.plan_total, x->cost.plan_sd, 100 * x->plan_model);
	if (!x->has_danger) {
		buf_puts(b, "  chance of liquidation: not known\n");
		return;
	}
	plan_odds(odds, sizeof odds, x->danger);
	buf_printf(b, "  %s chance of liquidation before this is done (%s)\n", odds,
		   x->danger_grid ? "grid" : "bound, at most");
	if (x->block.v > 0) {
		buf_puts(b,
			 "  no schedule within the volume cap keeps the limit; this does: tune ");
		buf_printf(b, "x%u --block ", x->id);
		qty_put(b, x->block);
		buf_printf(b, "%s, about %.0f USD\n", x->coin, x->block_cost);
	}
}

static void begun_json(struct buf *b, const struct snap_exit *x)
{
	buf_printf(b, ",\"plan\":{\"end_ms\":%lld,\"slices\":%u,", (long long)end_of(x),
		   x->n_slices);
	put_num(b, "urgency", x->urgency);
	buf_putc(b, ',');
	put_num(b, "total_usd", x->cost.plan_total);
	buf_putc(b, ',');
	put_num(b, "sd_usd", x->cost.plan_sd);
	buf_putc(b, ',');
	put_num(b, "model_share", x->plan_model);
	buf_putc(b, ',');
	put_num(b, "danger", x->has_danger ? plan_shown(x->danger) : (double)NAN);
	buf_printf(b, ",\"danger_by\":%s,",
		   !x->has_danger   ? "null"
		   : x->danger_grid ? "\"grid\""
				    : "\"bound\"");
	cli_json_dec(b, "block_first", x->block.v, QTY_DIGITS);
	buf_putc(b, '}');
}

/* The exit as the engine shows it, once the planner has spoken of it or PLANNER_MS are over; NULL
 * when it does not come. */
static const struct snap_exit *begun(struct cli *c, uint32_t id)
{
	int64_t until = clock_boot_ns() + (int64_t)PLANNER_MS * 1000000;
	const struct snap_exit *x = NULL;
	struct err e;

	do {
		const struct snap *s = cli_snap(c, PLANNER_MS, &e);
		x = s ? exit_find(s, id) : NULL;
		if (!s || (x && (x->danger_grid || !x->has_danger || x->danger < 1.0 / 600)))
			break;
	} while (clock_boot_ns() < until);
	return x;
}

static int show_begun(struct cli *c, const struct attach_reply *r)
{
	const struct snap_exit *x = begun(c, r->exit);
	char text[2048];
	struct buf b;

	buf_init(&b, text, sizeof text);
	if (cli_has(c, OPT_JSON)) {
		buf_printf(&b, "{\"done\":true,\"exit\":\"x%u\",\"text\":", r->exit);
		buf_json_str(&b, r->text);
		if (x)
			begun_json(&b, x);
		buf_puts(&b, "}\n");
	} else {
		buf_printf(&b, "%s\n", r->text);
		if (x)
			put_begun(&b, x);
	}
	cli_put(STDOUT_FILENO, text);
	return 0;
}

int cli_show_reply(const struct cli *c, const struct cmd *cmd, const struct attach_reply *r)
{
	char text[1024], words[SHELL_WORDS_MAX];
	struct buf b;

	shell_words(r->text, words, sizeof words);
	if (!cli_has(c, OPT_JSON)) {
		cli_print("%s\n", words);
		return 0;
	}
	buf_init(&b, text, sizeof text);
	buf_puts(&b, "{\"done\":true,\"exit\":");
	if (r->exit)
		buf_printf(&b, "\"%c%u\"", cmd->kind == CMD_FLATTEN ? 'p' : 'x', r->exit);
	else
		buf_puts(&b, "null");
	buf_puts(&b, ",\"text\":");
	buf_json_str(&b, words);
	buf_puts(&b, "}\n");
	cli_put(STDOUT_FILENO, text);
	return 0;
}

bool cli_parse(struct cli *c, int n, const char *const *words, struct cmd *cmd, struct err *e)
{
	const char *accounts[ACCOUNTS_MAX];
	struct gram_ctx ctx = {.wall_ms = clock_wall_ms(),
			       .account = 0xff,
			       .n_accounts = c->conf.n_accounts,
			       .accounts = accounts};
	int bad;

	for (int i = 0; i < c->conf.n_accounts; i++)
		accounts[i] = c->conf.account[i].name;
	if (!gram_parse(&ctx, cmd, n, words, &bad, e))
		return false;
	accounts_name(cmd, &c->conf);
	return true;
}

static bool nothing_sent(const struct attach_reply *r)
{
	return !strncmp(r->text, "0 cancels", 9);
}

bool cli_ask_each(struct cli *c, const struct cmd *cmd, int timeout_ms, struct attach_reply *r,
		  struct err *e)
{
	static struct attach_reply got;
	struct cmd one = *cmd;

	if (cmd->kind != CMD_CANCEL || cmd->cancel.account != 0xff)
		return cli_ask(c, cmd, timeout_ms, r, e);
	/* An account that cannot holds up no other; what is shown is the first refusal. */
	for (uint8_t i = 0; i < c->conf.n_accounts; i++) {
		one.cancel.account = i;
		accounts_name(&one, &c->conf);
		if (!cli_ask(c, &one, timeout_ms, &got, e))
			return false;
		if (!i || (r->code == ERR_OK && (got.code != ERR_OK || !nothing_sent(&got))))
			*r = got;
	}
	return true;
}

/* An engine that has just begun has not read the account (ERR_TIME) nor met its signer (ERR_KEY, if
 * it was started here). */
static bool too_early(const struct cli *c, const struct cmd *cmd, const struct attach_reply *r)
{
	bool starts = cmd->kind == CMD_EXIT || cmd->kind == CMD_FLATTEN ||
		      cmd->kind == CMD_CANCEL || cmd->kind == CMD_GUARD || cmd->kind == CMD_ADD;

	return starts && (r->code == ERR_TIME || (r->code == ERR_KEY && c->started && !r->exit));
}

static bool ask(struct cli *c, const struct cmd *cmd, int silence_ms, struct attach_reply *r,
		struct err *e)
{
	int64_t until = clock_boot_ns() + (int64_t)READ_MS * 1000000;

	for (;;) {
		if (!cli_ask_each(c, cmd, silence_ms, r, e))
			return false;
		if (!too_early(c, cmd, r) || clock_boot_ns() > until)
			return true;
		usleep(EARLY_US);
	}
}

bool cli_ask_ready(struct cli *c, const struct cmd *cmd, struct attach_reply *r, struct err *e)
{
	return ask(c, cmd, ASK_MS, r, e);
}

/* Flatten and cancel: whatever keeps an engine from answering, the shell has a way of its own. A
 * cancel is more patient, since fencing ends the exits that run. True: the engine has answered;
 * else *status is the end. */
static bool answered(struct cli *c, const struct cmd *cmd, struct attach_reply *r, int *status)
{
	int ready = is_now(cmd) ? PANIC_READY_MS : CANCEL_MS;
	int silence = is_now(cmd) ? GLASS_SILENCE_MS : CANCEL_MS;
	struct err e = {0};
	char why[ERR_TEXT_MAX + 32];

	if (cli_has(c, OPT_ADDRESS)) {
		*status = breakglass_run(c, cmd, "no configuration, so no engine", false);
		return false;
	}
	if (cli_engine_soon(c, ready, &e) && ask(c, cmd, silence, r, &e))
		return true;
	if (c->attach && e.code == ERR_UNKNOWN)
		snprintf(why, sizeof why, "the engine does not answer in %d ms", silence);
	else
		snprintf(why, sizeof why, "no engine: %s", e.text);
	*status = breakglass_run(c, cmd, why, c->attach && e.code == ERR_UNKNOWN);
	return false;
}

int cli_cmd(struct cli *c, int n, const char *const *words)
{
	static struct attach_reply r;
	struct err e = {0};
	struct cmd cmd;
	bool wait = cli_has(c, OPT_WAIT);
	int status;

	if (cli_is_legs(n, words))
		return cli_legs(c, n, words);
	/* The words are judged before anything is opened, started or asked for. */
	if (!cli_open(c, true, &e) || !cli_parse(c, n, words, &cmd, &e) ||
	    !cli_confirmed(c, &cmd, &e))
		return cli_fail(c, &e);
	if (!c->conf.n_accounts) {
		err_set(&e, ERR_CONF, "no account is configured in %s: add [account NAME] address",
			c->conf_path);
		return cli_fail(c, &e);
	}
	if (cli_has(c, OPT_ADDRESS) && is_dry(&cmd)) {
		err_set(&e, ERR_ARG, "--dry-run needs an engine, so a configuration.");
		return cli_fail(c, &e);
	}
	c->rescue = cmd.kind == CMD_FLATTEN; /* works with a journal that is refused */
	/* A dry run needs no key: it shows the body without a signature. */
	if (!is_plan(&cmd) && !cli_signer(c, &e) && !(is_dry(&cmd) && e.code == ERR_KEY))
		return cli_fail(c, &e);
	if (is_now(&cmd) || is_part(&cmd) || cmd.kind == CMD_CANCEL) {
		if (!answered(c, &cmd, &r, &status))
			return status;
	} else if (!cli_engine(c, true, &e) || !ask(c, &cmd, ASK_MS, &r, &e)) {
		return cli_fail(c, &e);
	}
	if (is_dry(&cmd))
		return show_dry(c, &r);
	if (r.code != ERR_OK) {
		err_set(&e, (enum err_code)(r.code < ERR_COUNT ? r.code : ERR_BUG), "%s", r.text);
		return cli_fail(c, &e);
	}
	if (is_plan(&cmd))
		return show_plan(c, &r);
	if (!wait && cmd.kind == CMD_EXIT && cmd.ticket.algo != ALGO_SWEEP)
		return show_begun(c, &r);
	if (!wait)
		return cli_show_reply(c, &cmd, &r);
	if (!cli_has(c, OPT_JSON))
		cli_print("%s\n", r.text);
	return cli_wait(c, r.exit, &cmd);
}
