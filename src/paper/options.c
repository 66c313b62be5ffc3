/* options.c: the options of exeunt-paper are one table: it parses them, prints --help, and the
 * manual is written from it. */
#include "paper/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/check.h"
#include "paper/demo_book.h"
#include "paper/stated.h"

bool option_number(const char *option, const char *text, double lo, double hi, double *out,
		   struct err *e)
{
	char *end = NULL;
	double v = strtod(text, &end);

	if (end == text || *end || !(v >= lo && v <= hi))
		return err_set(e, ERR_ARG, "%s '%.60s': a number from %g to %g", option, text, lo,
			       hi);
	*out = v;
	return true;
}

bool option_usd(const char *option, const char *text, struct money *out, struct err *e)
{
	return money_parse(out, text, strlen(text)) == DEC_OK ||
	       err_set(e, ERR_ARG, "%s: '%.60s' is no amount of USD", option, text);
}

static bool opt_listen(struct args *a, const char *v, struct err *e)
{
	a->have_listen = true;
	return shell_parse_listen(&a->shell, v, a->host, e);
}

static bool opt_ready(struct args *a, const char *v, struct err *e)
{
	(void)v, (void)e;
	a->shell.ready_json = true;
	return true;
}

static bool opt_die(struct args *a, const char *v, struct err *e)
{
	(void)v, (void)e;
	a->shell.die_with_parent = true;
	return true;
}

static bool opt_seed(struct args *a, const char *v, struct err *e)
{
	char *end = NULL;

	a->paper.seed = strtoull(v, &end, 10);
	a->have_seed = true;
	return (end != v && !*end && v[0] != '-') ||
	       err_set(e, ERR_ARG, "--seed '%.60s': a whole number", v);
}

static bool opt_drill(struct args *a, const char *v, struct err *e)
{
	char names[300];
	struct buf b;

	a->drill = drill_find(v);
	if (a->drill)
		return true;
	buf_init(&b, names, sizeof names);
	for (uint32_t i = 0; drill_row(i); i++)
		buf_printf(&b, "%s%s", i ? ", " : "", drill_row(i)->scene.name);
	return err_set(e, ERR_ARG, "--drill '%.60s': there is none. There are: %s", v, names);
}

static bool opt_scenario(struct args *a, const char *v, struct err *e)
{
	a->shell.scenario = a->paper.scenario = scenario_find(v);
	return a->paper.scenario ||
	       err_set(e, ERR_ARG, "--scenario '%.60s': there is none; --help names them", v);
}

static bool opt_tape(struct args *a, const char *v, struct err *e)
{
	(void)e;
	a->tape = v;
	return true;
}

static bool opt_stated(struct args *a, const char *v, struct err *e)
{
	(void)e;
	a->stated = v;
	return true;
}

static bool opt_speed(struct args *a, const char *v, struct err *e)
{
	return option_number("--speed", v, 0.01, 1000, &a->speed, e);
}

static bool opt_refill(struct args *a, const char *v, struct err *e)
{
	double s = 0;

	if (!option_number("--refill", v, 0, 3600, &s, e))
		return false;
	a->refill_ms = s > 0 ? (int32_t)(s * 1000) : -1;
	return true;
}

static bool add(struct list *l, const char *option, const char *v, struct err *e)
{
	if (l->n == LIST_MAX)
		return err_set(e, ERR_LIMIT, "%s: more than %d times", option, LIST_MAX);
	l->at[l->n++] = v;
	return true;
}

static bool opt_fund(struct args *a, const char *v, struct err *e)
{
	return add(&a->fund, "--fund", v, e);
}

static bool opt_fund_any(struct args *a, const char *v, struct err *e)
{
	return option_usd("--fund-any", v, &a->paper.fund_any, e);
}

static bool opt_position(struct args *a, const char *v, struct err *e)
{
	return add(&a->position, "--position", v, e);
}

static bool opt_agent(struct args *a, const char *v, struct err *e)
{
	return add(&a->agent, "--agent", v, e);
}

static bool opt_book(struct args *a, const char *v, struct err *e)
{
	a->book = strcmp(v, "default") == 0  ? BOOK_DEFAULT
		  : strcmp(v, "twenty") == 0 ? BOOK_TWENTY
					     : BOOK_NONE;
	return a->book != BOOK_NONE || err_set(e, ERR_ARG, "--book '%.60s': default or twenty", v);
}

static bool opt_source(struct args *a, const char *v, struct err *e)
{
	a->paper.source = v[0];
	return strcmp(v, "a") == 0 || strcmp(v, "b") == 0 ||
	       err_set(e, ERR_ARG, "--source '%.60s': a (as mainnet) or b (as testnet)", v);
}

static bool opt_tls(struct args *a, const char *v, struct err *e)
{
	(void)e;
	if (!a->shell.cert)
		a->shell.cert = v;
	else
		a->shell.key = v;
	return true;
}

static bool opt_fault(struct args *a, const char *v, struct err *e)
{
	return add(&a->fault, "--fault", v, e);
}

static bool opt_reduce_only(struct args *a, const char *v, struct err *e)
{
	a->paper.reduce_only_reject = strcmp(v, "reject") == 0;
	return a->paper.reduce_only_reject || strcmp(v, "cap") == 0 ||
	       err_set(e, ERR_ARG, "--reduce-only '%.60s': cap or reject", v);
}

static bool opt_cover(struct args *a, const char *v, struct err *e)
{
	a->paper.cover_strict = strcmp(v, "strict") == 0;
	return a->paper.cover_strict || strcmp(v, "limits") == 0 ||
	       err_set(e, ERR_ARG, "--reduce-only-cover '%.60s': limits or strict", v);
}

static bool opt_min_rule(struct args *a, const char *v, struct err *e)
{
	static const char *const name[] = {"full-exempt", "all-exempt", "none-exempt"};

	for (size_t i = 0; i < COUNT_OF(name); i++)
		if (strcmp(v, name[i]) == 0) {
			a->paper.min_rule = (enum paper_min_rule)i;
			return true;
		}
	return err_set(e, ERR_ARG, "--min-rule '%.60s': full-exempt, all-exempt or none-exempt", v);
}

static bool opt_set(struct args *a, const char *v, struct err *e)
{
	return add(&a->set, "--set", v, e);
}

/* A flag that is a word of POST /paper with one number. */
static bool set_number(struct args *a, const char *option, const char *v, double lo, double hi,
		       double scale, const char *fmt, struct err *e)
{
	static char text[LIST_MAX][80];
	double n = 0;

	if (!option_number(option, v, lo, hi, &n, e))
		return false;
	if (a->set.n < LIST_MAX)
		snprintf(text[a->set.n], sizeof text[0], fmt, (long long)(n * scale));
	return add(&a->set, option, text[a->set.n], e);
}

static bool opt_post_only(struct args *a, const char *v, struct err *e)
{
	return set_number(a, "--post-only", v, 0, 86400, 1000, "{\"post_only\":true,\"ms\":%lld}",
			  e);
}

static bool opt_budget(struct args *a, const char *v, struct err *e)
{
	return set_number(a, "--budget", v, 0, 1e9, 1, "{\"budget\":%lld}", e);
}

static bool opt_expiry(struct args *a, const char *v, struct err *e)
{
	return set_number(a, "--agent-expiry", v, 0, 180 * 86400.0, 1000, "{\"agent_expiry\":%lld}",
			  e);
}

static bool opt_litter(struct args *a, const char *v, struct err *e)
{
	return set_number(a, "--litter", v, 1, 5000, 1, "{\"litter\":%lld,\"dust\":true}", e);
}

static bool opt_liquidator(struct args *a, const char *v, struct err *e)
{
	if (!option_usd("--liquidator", v, &a->paper.liquidator, e))
		return false;
	if (a->paper.liquidator.v == 0)
		a->paper.liquidator.v = -1;
	return true;
}

static bool opt_no_limits(struct args *a, const char *v, struct err *e)
{
	(void)v, (void)e;
	a->paper.no_ip_limits = a->paper.no_address_limits = true;
	return true;
}

static bool opt_no_gate(struct args *a, const char *v, struct err *e)
{
	(void)v, (void)e;
	a->paper.no_volume_gate = true;
	return true;
}

static bool opt_coins(struct args *a, const char *v, struct err *e)
{
	double n = 0;

	if (!option_number("--coins", v, 1, PAPER_COINS_MAX, &n, e))
		return false;
	a->coins = (uint32_t)n;
	return true;
}

static bool opt_dex(struct args *a, const char *v, struct err *e)
{
	return add(&a->dex, "--dex", v, e);
}

static bool opt_flood(struct args *a, const char *v, struct err *e)
{
	double n = 0;

	if (!option_number("--flood", v, 0, 100000, &n, e))
		return false;
	a->paper.flood = (uint32_t)n;
	return true;
}

static bool opt_log(struct args *a, const char *v, struct err *e)
{
	(void)e;
	a->log = v;
	return true;
}

static const struct option_row {
	const char *name, *value, *help;
	int values;
	bool (*set)(struct args *a, const char *value, struct err *e);
} options[] = {
	{"--listen", "HOST:PORT", "loopback address and port; port 0 is any (127.0.0.1:3001)", 1,
	 opt_listen},
	{"--ready-json", "", "print one JSON line with port and url when it listens", 0, opt_ready},
	{"--tls", "CERT KEY", "serve https and wss with these PEM files", 2, opt_tls},
	{"--seed", "N", "of the market and of chance in faults; default: random", 1, opt_seed},
	{"--drill", "NAME",
	 "a drill: an account, a bad day, a record and a score; needs --fund ADDR", 1, opt_drill},
	{"--scenario", "NAME", "a bad day: one of those below", 1, opt_scenario},
	{"--tape", "DIR", "replay a recording instead of the generated market", 1, opt_tape},
	{"--stated", "KEY=NUMBER[,...]",
	 "a market with stated impact instead of the generated one; \"\" is the default. "
	 "Keys: " STATED_KEYS,
	 1, opt_stated},
	{"--speed", "X", "market seconds in a second; blocks stay at 70 ms", 1, opt_speed},
	{"--refill", "SECONDS", "tape: until depth you took is whole again (8; 0: at once)", 1,
	 opt_refill},
	{"--fund", "ADDR[=USD]", "an account; with --book default the cash may be left out", 1,
	 opt_fund},
	{"--fund-any", "USD", "every address seen gets this", 1, opt_fund_any},
	{"--position", "COIN=SIZE@PRICE[xLEV][i]",
	 "a position of each --fund account; PRICE may be `mid`; i: isolated", 1, opt_position},
	{"--agent", "USER=AGENT", "AGENT may sign for USER", 1, opt_agent},
	{"--book", "NAME", "default: the demo's account; twenty: 20 positions", 1, opt_book},
	{"--source", "a|b", "signing source: a as mainnet, b as testnet (default)", 1, opt_source},
	{"--fault", "NAME[:count=N][,ms=N][,chance=P]",
	 "delay drop duplicate ack_lost ack_error disconnect 429 freeze freeze_user late_fills "
	 "read_error half late_exec freeze_book freeze_mark",
	 1, opt_fault},
	{"--reduce-only", "cap|reject",
	 "an oversize reduce-only order is capped (default) or refused", 1, opt_reduce_only},
	{"--reduce-only-cover", "limits|strict", "strict: triggers count against the position too",
	 1, opt_cover},
	{"--min-rule", "RULE",
	 "which reduce-only orders may be under 10 USD: full-exempt, "
	 "all-exempt, none-exempt",
	 1, opt_min_rule},
	{"--post-only", "SECONDS", "only post-only orders so long after the start; 0: for ever", 1,
	 opt_post_only},
	{"--budget", "N", "actions left to the first --fund address; then one in 10 s", 1,
	 opt_budget},
	{"--agent-expiry", "SECONDS", "its agents end so long after the start", 1, opt_expiry},
	{"--litter", "N", "so many resting orders lie around on it, and legs of 6 and 11 USD", 1,
	 opt_litter},
	{"--liquidator", "USD",
	 "what the liquidator can lose before ADL begins (10000000; 0: ADL at once)", 1,
	 opt_liquidator},
	{"--set", "JSON", "at the start, anything that POST /paper takes", 1, opt_set},
	{"--no-limits", "", "no rate limits by IP or address", 0, opt_no_limits},
	{"--no-volume-gate", "", "scheduleCancel without the 1,000,000 USD of volume", 0,
	 opt_no_gate},
	{"--coins", "N", "so many coins, 320 at most: those over the market's show its books again",
	 1, opt_coins},
	{"--dex", "NAME=COIN,...",
	 "a builder's perp dex: NAME:COIN shows the books of COIN again; isolated-only", 1,
	 opt_dex},
	{"--flood", "N", "load: N more market messages a second over all subscriptions", 1,
	 opt_flood},
	{"--die-with-parent", "", "end when the process that started this one ends", 0, opt_die},
	{"--log", "FILE", "append log lines here; default: standard error", 1, opt_log},
};

void options_help(void)
{
	printf("usage: exeunt-paper [OPTION...]\n\n"
	       "A paper exchange in Hyperliquid's wire format, on loopback only:\n"
	       "POST /info, POST /exchange, WebSocket /ws; POST /paper for faults at run "
	       "time.\n\n");
	for (size_t i = 0; i < COUNT_OF(options); i++)
		printf("  %s %s\n        %s\n", options[i].name, options[i].value, options[i].help);
	printf("  --help\n  --version\n\nScenarios:\n");
	for (uint32_t i = 0; scenario_row(i); i++)
		printf("  %-10s %s\n", scenario_row(i)->name, scenario_row(i)->about);
	printf("\nDrills:\n");
	for (uint32_t i = 0; drill_row(i); i++)
		printf("  %-10s %s\n", drill_row(i)->scene.name, drill_row(i)->scene.about);
}

bool options_parse(struct args *a, int argc, char **argv, struct err *e)
{
	for (int i = 1; i < argc; i++) {
		const struct option_row *o = NULL;

		for (size_t k = 0; k < COUNT_OF(options); k++)
			if (strcmp(argv[i], options[k].name) == 0)
				o = &options[k];
		if (!o)
			return err_set(e, ERR_ARG, "no option '%.60s'; see --help", argv[i]);
		if (i + o->values >= argc)
			return err_set(e, ERR_ARG, "%s needs %s", o->name, o->value);
		if (o->values == 0 && !o->set(a, NULL, e))
			return false;
		for (int k = 0; k < o->values; k++)
			if (!o->set(a, argv[++i], e))
				return false;
	}
	if (!a->have_listen && !opt_listen(a, "127.0.0.1:3001", e))
		return false;
	if (!a->have_seed && getrandom(&a->paper.seed, 4, 0) != 4)
		return err_set(e, ERR_BUG, "no random seed; give --seed");
	if ((a->position.n > 0 || a->book != BOOK_NONE) && a->fund.n == 0)
		return err_set(e, ERR_ARG,
			       "--position and --book need an account: --fund ADDR[=USD]");
	return true;
}
