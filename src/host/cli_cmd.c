/* cli_cmd.c: the verbs that command the engine: words, confirmation, the question and its answer.
 * Waiting for what they began is cli_wait.c. */
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

enum { ASK_MS = 10000, PLANNER_MS = 1500 };
enum { READ_MS = 10000, EARLY_US = 20000 };
/* A flatten does not wait longer for an engine to start. */
enum { PANIC_READY_MS = 700, CANCEL_MS = 3000 };

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
	cli_num(b, "urgency", x->urgency);
	buf_putc(b, ',');
	cli_num(b, "total_usd", x->cost.plan_total);
	buf_putc(b, ',');
	cli_num(b, "sd_usd", x->cost.plan_sd);
	buf_putc(b, ',');
	cli_num(b, "model_share", x->plan_model);
	buf_putc(b, ',');
	cli_num(b, "danger", x->has_danger ? plan_shown(x->danger) : (double)NAN);
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
		x = s ? cli_exit_find(s, id) : NULL;
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
	int ready = cli_is_now(cmd) ? PANIC_READY_MS : CANCEL_MS;
	int silence = cli_is_now(cmd) ? GLASS_SILENCE_MS : CANCEL_MS;
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
	if (cli_is_now(&cmd) || cli_is_part(&cmd) || cmd.kind == CMD_CANCEL) {
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
