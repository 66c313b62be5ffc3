/* main.c of exeunt-paper: options, the market, the accounts, then shell_run().
 *
 * The options are one table: it parses them, prints --help, and the manual is written from it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/check.h"
#include "base/err.h"
#include "config.h"
#include "paper/crowd.h"
#include "paper/demo_book.h"
#include "paper/gen.h"
#include "paper/paper.h"
#include "paper/replay.h"
#include "paper/drill.h"
#include "paper/shell.h"
#include "paper/stated.h"

enum {
	LIST_MAX = 64, /* of each repeatable option */
	ADDR_TEXT = 43,
	DEX_TEXT = 12, /* a dex's name with its NUL */
	DEMO_FUND_USD = 10000,
};

enum book_name { BOOK_NONE, BOOK_DEFAULT, BOOK_TWENTY };

struct list {
	unsigned n;
	const char *at[LIST_MAX];
};

struct args {
	struct shell_conf shell;
	struct paper_conf paper;
	char host[64];
	const char *tape, *stated, *log;
	double speed;
	int32_t refill_ms;
	uint32_t coins;
	bool have_seed, have_listen;
	const struct drill *drill;
	enum book_name book;
	struct list fund, position, agent, fault, set, dex;
};

static FILE *log_file;

static void log_text(const char *text)
{
	struct timespec t;
	struct tm tm;
	char when[32];
	size_t n = strlen(text);

	clock_gettime(CLOCK_REALTIME, &t);
	gmtime_r(&t.tv_sec, &tm);
	strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &tm);
	while (n > 0 && text[n - 1] == '\n')
		n--;
	fprintf(log_file ? log_file : stderr, "%s.%03ldZ %.*s\n", when, t.tv_nsec / 1000000, (int)n,
		text);
	fflush(log_file ? log_file : stderr);
}

/* --- options --- */

static bool number(const char *option, const char *text, double lo, double hi, double *out,
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

static bool usd(const char *option, const char *text, struct money *out, struct err *e)
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
	return number("--speed", v, 0.01, 1000, &a->speed, e);
}

static bool opt_refill(struct args *a, const char *v, struct err *e)
{
	double s = 0;

	if (!number("--refill", v, 0, 3600, &s, e))
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
	return usd("--fund-any", v, &a->paper.fund_any, e);
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

	if (!number(option, v, lo, hi, &n, e))
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
	if (!usd("--liquidator", v, &a->paper.liquidator, e))
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

	if (!number("--coins", v, 1, PAPER_COINS_MAX, &n, e))
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

	if (!number("--flood", v, 0, 100000, &n, e))
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

static void print_help(void)
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

static bool parse(struct args *a, int argc, char **argv, struct err *e)
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

/* --- accounts --- */

/* ADDR before '=' into addr; the rest, or NULL. */
static bool split_addr(const char *option, const char *text, char addr[ADDR_TEXT],
		       const char **rest, struct err *e)
{
	size_t n = strcspn(text, "=");

	if (n != ADDR_TEXT - 1 || strncmp(text, "0x", 2) != 0 ||
	    strspn(text + 2, "0123456789abcdefABCDEF") != 40)
		return err_set(e, ERR_ARG, "%s '%.60s': an address is 0x and 40 hex digits", option,
			       text);
	memcpy(addr, text, n);
	addr[n] = '\0';
	*rest = text[n] == '=' ? text + n + 1 : NULL;
	return true;
}

static bool mid_of(const struct paper_market *m, const char *coin, struct price *out)
{
	static struct paper_coin c[PAPER_COINS_MAX];
	uint32_t n = m->coins(m->self, c, PAPER_COINS_MAX);
	struct paper_level bid, ask;

	for (uint32_t i = 0; i < n; i++)
		if (strcmp(c[i].name, coin) == 0 && m->depth(m->self, (uint16_t)i, true, &bid, 1) &&
		    m->depth(m->self, (uint16_t)i, false, &ask, 1)) {
			out->v = (bid.px.v + ask.px.v) / 2;
			return true;
		}
	return false;
}

/* COIN=SIZE@PRICE[xLEV][i] */
static bool give_position(struct paper *p, const struct paper_market *m, const char *addr,
			  const char *text, struct err *e)
{
	const char *eq = strchr(text, '='), *at = eq ? strchr(eq, '@') : NULL;
	char coin[COIN_MAX];
	struct qty szi;
	struct price px = {0};
	long lev = 0;
	bool isolated = false;

	if (!eq || !at || (size_t)(eq - text) >= sizeof coin ||
	    qty_parse(&szi, eq + 1, (size_t)(at - eq - 1)) != DEC_OK)
		return err_set(e, ERR_ARG,
			       "--position '%.80s': expected COIN=SIZE@PRICE[xLEV][i], as "
			       "BTC=-0.5@109000x20",
			       text);
	memcpy(coin, text, (size_t)(eq - text));
	coin[eq - text] = '\0';
	if (!mid_of(m, coin, &px))
		return err_set(e, ERR_ARG, "--position '%.80s': this market has no %s", text, coin);
	const char *from = at + 1;
	size_t n = strcspn(from, "xi");

	if (strncmp(from, "mid", 3) == 0)
		n = 3;
	else if (price_parse(&px, from, n) != DEC_OK || px.v <= 0)
		return err_set(e, ERR_ARG, "--position '%.80s': the price is positive, or mid",
			       text);
	const char *tail = from + n;

	if (*tail == 'x') {
		char *end = NULL;

		lev = strtol(tail + 1, &end, 10);
		tail = end;
		if (lev < 1 || lev > 1000)
			return err_set(e, ERR_ARG,
				       "--position '%.80s': leverage 1 to the coin's most", text);
	}
	if (*tail == 'i') {
		isolated = true;
		tail++;
	}
	if (*tail)
		return err_set(e, ERR_ARG, "--position '%.80s': '%s' at the end", text, tail);
	return paper_position(p, addr, coin, szi, px, (int32_t)lev, isolated) ||
	       err_set(e, ERR_ARG, "--position '%.80s': refused (lot, leverage or cash)", text);
}

static bool give_account(struct paper *p, const struct paper_market *m, const struct args *a,
			 const char *text, struct err *e)
{
	char addr[ADDR_TEXT];
	const char *rest = NULL;
	struct money cash = {0};

	if (!split_addr("--fund", text, addr, &rest, e))
		return false;
	if (rest && !usd("--fund", rest, &cash, e))
		return false;
	if (!rest && a->book != BOOK_DEFAULT && !money_from_double(&cash, DEMO_FUND_USD))
		return err_set(e, ERR_BUG, "demo fund");
	if (cash.v != 0 && !paper_fund(p, addr, cash))
		return err_set(e, ERR_ARG, "--fund '%.80s': refused", text);
	for (unsigned i = 0; i < a->position.n; i++)
		if (!give_position(p, m, addr, a->position.at[i], e))
			return false;
	if (a->book == BOOK_TWENTY && !paper_book_twenty(p, addr))
		return err_set(e, ERR_ARG, "--book twenty: refused for %s", addr);
	return a->book != BOOK_DEFAULT || demo_book(p, m, addr, rest != NULL, e);
}

static bool give_agent(struct paper *p, const char *text, struct err *e)
{
	char user[ADDR_TEXT], agent[ADDR_TEXT];
	const char *rest = NULL, *none = NULL;

	if (!split_addr("--agent", text, user, &rest, e))
		return false;
	if (!rest)
		return err_set(e, ERR_ARG, "--agent '%.90s': expected USER=AGENT", text);
	return split_addr("--agent", rest, agent, &none, e) &&
	       (paper_agent(p, user, agent) ||
		err_set(e, ERR_ARG, "--agent '%.90s': refused", text));
}

/* NAME[:key=value,...] */
static bool give_fault(struct paper *p, const char *text, struct err *e)
{
	char name[32], key[16];
	size_t n = strcspn(text, ":");
	double count = 1, ms = 0, chance = 0;
	int kind = FAULT_KINDS;

	snprintf(name, sizeof name, "%.*s", (int)(n < sizeof name ? n : sizeof name - 1), text);
	for (int k = 0; k < FAULT_KINDS; k++)
		if (strcmp(paper_fault_name((enum paper_fault)k), name) == 0)
			kind = k;
	if (kind == FAULT_KINDS)
		return err_set(e, ERR_ARG, "--fault '%.60s': no fault of this name; see --help",
			       text);
	for (const char *at = text[n] ? text + n + 1 : ""; *at;) {
		size_t k = strcspn(at, "="), v = strcspn(at, ",");
		char value[32];

		if (k >= v || k >= sizeof key || v - k - 1 >= sizeof value)
			return err_set(e, ERR_ARG, "--fault '%.60s': expected key=value", text);
		snprintf(key, sizeof key, "%.*s", (int)k, at);
		snprintf(value, sizeof value, "%.*s", (int)(v - k - 1), at + k + 1);
		bool ok = strcmp(key, "count") == 0
				  ? number("--fault count", value, -1, 1e9, &count, e)
			  : strcmp(key, "ms") == 0 ? number("--fault ms", value, 0, 1e9, &ms, e)
			  : strcmp(key, "chance") == 0
				  ? number("--fault chance", value, 0.001, 1, &chance, e)
				  : err_set(e, ERR_ARG, "--fault '%.60s': no key '%s'", text, key);

		if (!ok)
			return false;
		at += v + (at[v] == ',');
	}
	return paper_fault(p, (enum paper_fault)kind, (int32_t)count, (int32_t)ms,
			   (int32_t)(chance * 1000)) ||
	       err_set(e, ERR_ARG, "--fault '%.60s': refused", text);
}

static bool give_word(struct paper *p, const char *text, struct err *e)
{
	const char *why = "";

	return paper_do(p, text, strlen(text), &why) ||
	       err_set(e, ERR_ARG, "--set '%.90s': %s", text, why);
}

/* --- the whole --- */

/* NAME=COIN,COIN... */
static bool give_dex(struct crowd *c, const char *text, struct err *e)
{
	const char *eq = strchr(text, '=');
	size_t n = eq ? (size_t)(eq - text) : 0;

	if (n < 1 || n >= DEX_TEXT ||
	    strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != n)
		return err_set(
			e, ERR_ARG,
			"--dex '%.60s': expected NAME=COIN,..., a name of 1 to %d letters or "
			"digits",
			text, DEX_TEXT - 1);
	for (const char *at = eq + 1;; at++) {
		size_t k = strcspn(at, ",");
		char name[COIN_MAX + DEX_TEXT], like[COIN_MAX];

		snprintf(like, sizeof like, "%.*s", (int)(k < sizeof like ? k : sizeof like - 1),
			 at);
		snprintf(name, sizeof name, "%.*s:%s", (int)n, text, like);
		if (!crowd_add(c, name, like))
			return err_set(e, ERR_ARG,
				       "--dex '%.60s': this market has no %s, or the name is too "
				       "long, or all %d coins are taken",
				       text, like, PAPER_COINS_MAX);
		at += k;
		if (!*at)
			return true;
	}
}

static bool run_with(struct args *a, const struct paper_market *m, struct err *e)
{
	bool more = a->coins || a->dex.n, ok = true;
	struct crowd *crowd = more ? crowd_new(m, a->coins) : NULL;
	struct paper *p = NULL;

	if (more && !crowd)
		return err_set(e, ERR_LIMIT, "out of memory");
	if (crowd)
		m = crowd_market(crowd);
	for (unsigned i = 0; ok && i < a->dex.n; i++)
		ok = give_dex(crowd, a->dex.at[i], e);
	a->paper.market = m;
	p = ok ? paper_new(&a->paper) : NULL;
	if (ok && !p)
		ok = err_set(e, ERR_LIMIT, "out of memory");
	for (unsigned i = 0; ok && i < a->fund.n; i++)
		ok = give_account(p, m, a, a->fund.at[i], e);
	for (unsigned i = 0; ok && i < a->agent.n; i++)
		ok = give_agent(p, a->agent.at[i], e);
	for (unsigned i = 0; ok && i < a->fault.n; i++)
		ok = give_fault(p, a->fault.at[i], e);
	for (unsigned i = 0; ok && i < a->set.n; i++)
		ok = give_word(p, a->set.at[i], e);
	ok = ok && shell_run(&a->shell, p, e);
	paper_free(p);
	crowd_free(crowd);
	return ok;
}

static void tell_tape(const struct tape *t)
{
	char text[200];

	for (uint32_t i = 0; i < t->n; i++) {
		const struct tape_coin *k = &t->at[i];

		snprintf(text, sizeof text,
			 "tape %s: %u books, %u trades (%u older than the first book dropped), %u "
			 "gaps over 3 s (longest %.1f s)",
			 k->coin, k->n_book, k->n_trade, k->dropped_trades, k->gaps,
			 (double)k->gap_ms_max / 1000.0);
		log_text(text);
	}
}

static bool run_tape(struct args *a, struct err *e)
{
	static struct tape tape;

	if (!tape_load(&tape, a->tape, e))
		return false;
	tell_tape(&tape);
	struct replay_conf conf = {
		.tape = &tape,
		.start_ms = a->paper.start_ms,
		.speed = a->speed,
		.refill_ms = a->refill_ms,
		.seed = a->paper.seed,
		.scenario = a->shell.scenario,
		.log = log_text,
	};
	struct replay *r = replay_new(&conf);
	bool ok = r ? run_with(a, replay_market(r), e) : err_set(e, ERR_LIMIT, "out of memory");

	replay_free(r);
	tape_free(&tape);
	return ok;
}

/* ---- a drill ---- */

static void drill_told(void *ctx)
{
	struct drill_run *r = ctx;
	uint32_t was = r->n_events;
	char text[200];

	drill_tick(r);
	for (uint32_t i = was; i < r->n_events; i++)
		if (r->event[i].kind == DE_NOTE) {
			snprintf(text, sizeof text, "%+.1f s %s", r->event[i].t_s,
				 r->event[i].text);
			log_text(text);
		}
}

static bool run_drill(struct args *a, struct err *e)
{
	static struct drill_run r;
	struct drill_conf c = {.drill = a->drill,
			       .seed = a->paper.seed,
			       .speed = a->speed,
			       .start_ms = a->paper.start_ms,
			       .source = a->paper.source};
	const char *rest = NULL, *none = NULL;
	char user[ADDR_TEXT];

	if (a->fund.n != 1 || a->agent.n > 1 || a->position.n || a->book != BOOK_NONE || a->tape ||
	    a->stated || a->shell.scenario || a->coins || a->dex.n)
		return err_set(e, ERR_ARG,
			       "--drill wants one --fund ADDR, at most one --agent, and brings "
			       "positions, book and scenario itself");
	if (!split_addr("--fund", a->fund.at[0], c.addr, &rest, e))
		return false;
	if (a->agent.n && (!split_addr("--agent", a->agent.at[0], user, &rest, e) || !rest ||
			   !split_addr("--agent", rest, c.agent, &none, e)))
		return false;
	if (!drill_open(&r, &c, e))
		return false;
	a->shell.scenario = &r.scene;
	a->shell.tick = drill_told;
	a->shell.tick_ctx = &r;
	bool ok = shell_run(&a->shell, r.paper, e);

	drill_close(&r);
	return ok;
}

static bool run_generated(struct args *a, struct err *e)
{
	struct gen_conf conf = {
		.seed = a->paper.seed,
		.start_ms = a->paper.start_ms,
		.speed = a->speed,
		.scenario = a->shell.scenario,
	};
	struct gen *g = gen_new(&conf);
	bool ok = g ? run_with(a, gen_market(g), e) : err_set(e, ERR_LIMIT, "out of memory");

	gen_free(g);
	return ok;
}

static bool run_stated(struct args *a, struct err *e)
{
	struct stated_conf conf;

	if (a->tape || a->shell.scenario || a->speed > 0)
		return err_set(e, ERR_ARG,
			       "--stated goes with neither --tape, --scenario nor --speed");
	if (!stated_parse(&conf, a->stated, e))
		return false;
	conf.seed = a->paper.seed;
	conf.start_ms = a->paper.start_ms;
	struct stated *s = stated_new(&conf, e);
	bool ok = s && run_with(a, stated_market(s), e);

	stated_free(s);
	return ok;
}

int main(int argc, char **argv)
{
	static struct args a;
	struct err e = {0};

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			print_help();
			return 0;
		}
		if (strcmp(argv[i], "--version") == 0) {
			printf("exeunt-paper %s\n", PACKAGE_VERSION);
			return 0;
		}
	}
	a.shell.log = log_text;
	bool ok = parse(&a, argc, argv, &e);

	if (ok && a.log) {
		log_file = fopen(a.log, "a");
		ok = log_file || err_set(&e, ERR_ARG, "--log '%.200s' cannot be written", a.log);
	}
	if (ok) {
		a.shell.start_ms = a.paper.start_ms = shell_now_ms();
		a.shell.seed = a.paper.seed;
		ok = a.drill	? run_drill(&a, &e)
		     : a.stated ? run_stated(&a, &e)
		     : a.tape	? run_tape(&a, &e)
				: run_generated(&a, &e);
	}
	if (!ok)
		fprintf(stderr, "exeunt-paper: %s\n  %s\n", e.text, err_todo(e.code));
	if (log_file)
		fclose(log_file);
	return ok ? 0 : err_exit_status(e.code);
}
