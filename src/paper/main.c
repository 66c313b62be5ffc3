/* main.c of exeunt-paper: after the options (options.c) the market, the accounts, then shell_run().
 */
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
#include "paper/options.h"
#include "paper/paper.h"
#include "paper/replay.h"
#include "paper/drill.h"
#include "paper/shell.h"
#include "paper/stated.h"

enum {
	ADDR_TEXT = 43,
	DEX_TEXT = 12, /* a dex's name with its NUL */
	DEMO_FUND_USD = 10000,
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
	if (rest && !option_usd("--fund", rest, &cash, e))
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
				  ? option_number("--fault count", value, -1, 1e9, &count, e)
			  : strcmp(key, "ms") == 0
				  ? option_number("--fault ms", value, 0, 1e9, &ms, e)
			  : strcmp(key, "chance") == 0
				  ? option_number("--fault chance", value, 0.001, 1, &chance, e)
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
			options_help();
			return 0;
		}
		if (strcmp(argv[i], "--version") == 0) {
			printf("exeunt-paper %s\n", PACKAGE_VERSION);
			return 0;
		}
	}
	a.shell.log = log_text;
	bool ok = options_parse(&a, argc, argv, &e);

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
