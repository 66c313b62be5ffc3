/* cli_table.c: the verbs and options of the shell as two tables, and what is read off them: the
 * parser, --help, completion for bash, zsh and fish, and the table of the man page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "config.h"
#include "host/cli.h"

int (*cli_screen)(struct cli *c);

static const struct cli_opt opts[OPT_IDS] = {
	[OPT_STATE] = {"state", "DIR", NULL, "state directory; default $XDG_STATE_HOME/exeunt"},
	[OPT_CONFIG] =
		{"config", "FILE", NULL,
		 "configuration; default DIR/exeunt.conf, else ~/.config/exeunt/exeunt.conf"},
	[OPT_JSON] = {"json", NULL, NULL, "one JSON object on standard output"},
	[OPT_WAIT] = {"wait", NULL, NULL, "stay until it has ended, with a line of progress"},
	[OPT_TIMEOUT] = {"timeout", "D", NULL, "with --wait: give up waiting after this; 90s"},
	[OPT_PASSWORD_FD] = {"password-fd", "N", NULL, "read the key's password from descriptor N"},
	[OPT_ONELINE] = {"oneline", NULL, NULL, "one line, for a status bar"},
	[OPT_TMUX] = {"tmux", NULL, NULL, "with --oneline: colours in tmux's form"},
	[OPT_MAX_AGE] = {"max-age", "D", NULL, "exit 9 when the feed is older; 5s"},
	[OPT_FOREGROUND] = {"foreground", NULL, NULL, "stay in this terminal, log on stderr"},
	[OPT_READY_FD] = {"ready-fd", "N", NULL, "tell readiness on descriptor N", .hidden = true},
	[OPT_RESCUE] = {"rescue", NULL, NULL, "without a journal if it is refused", .hidden = true},
	[OPT_DIE_WITH_PARENT] = {"die-with-parent", NULL, NULL, "end with the starter",
				 .hidden = true},
	[OPT_SCENARIO] = {"scenario", "S", "calm crash thin outage frozen",
			  "how the market behaves"},
	[OPT_SEED] = {"seed", "N", NULL, "of the market"},
	[OPT_TAPE] = {"tape", "DIR", NULL, "replay a recording instead of the generated market"},
	[OPT_SPEED] = {"speed", "X", NULL, "market seconds in a second"},
	[OPT_BOOK] = {"book", "NAME", "default twenty", "positions of the account"},
	[OPT_HEADLESS] = {"headless", NULL, NULL, "no screen: JSON on standard output"},
	[OPT_COLD] = {"cold", NULL, NULL,
		      "no screen, no engine: `exeunt flatten` at the alarm, measured"},
	[OPT_IN_PROCESS] = {"in-process", NULL, NULL, "the engine as a thread of this program"},
	[OPT_LINEAR] = {"linear", NULL, NULL, "lines instead of a screen"},
	[OPT_THEME] = {"theme", "NAME", "dark light contrast safe mono", "colours"},
	[OPT_KEYS] = {"keys", "NAME", NULL, "keyboard map: a name or a file"},
	[OPT_LIGHT] = {"light", NULL, NULL, "new files: scrypt N 2^17, half the time to unlock"},
	[OPT_CSV] = {"csv", NULL, NULL, "comma-separated, with a header"},
	[OPT_FIT] = {"fit", NULL, NULL, "what the own fills say of placing orders"},
	[OPT_TAIL] = {"tail", "N", NULL, "the newest N records"},
	[OPT_EXIT] = {"exit", "xN", NULL, "of this exit only"},
	[OPT_ADDRESS] = {"address", "0x..", NULL,
			 "no configuration: this account, with --key-file"},
	[OPT_KEY_FILE] = {"key-file", "FILE", NULL, "with --address: the keystore that signs"},
	[OPT_NETWORK] = {"network", "NAME", "paper testnet mainnet",
			 "with --address; default paper"},
	[OPT_URL] = {"url", "URL", NULL, "with --address: of the venue"},
	[OPT_COINS] = {"coins", "C,...", NULL, "markets; default BTC,ETH"},
	[OPT_DIR] = {"dir", "DIR", NULL, "where the parts go; default ./recorded"},
	[OPT_MAX_SIZE] = {"max-size", "S", NULL, "of all parts; the oldest go; default 2GB"},
	[OPT_FOR] = {"for", "D", NULL, "end after this; default: until ^C"},
	[OPT_TAPE_DIR] = {"tape", "DIR", NULL, "a recording; may be repeated, or a word by itself",
			  .many = true},
	[OPT_SLOT] = {"slot", "D", NULL, "length of a slot; 30s"},
	[OPT_LATENCY] = {"latency", "S,...", NULL, "seconds to the venue, each a run; 0.5,1,2"},
	[OPT_FEES] = {"fees", "T/M", NULL, "taker and maker fee in basis points; 4.5/1.5"},
	[OPT_USD_CHILD] = {"usd", "N", NULL,
			   "size of a child order in USD; 25, the least there is"},
	[OPT_BOOKS_ONLY] = {"books-only", NULL, NULL, "without the touches between the books"},
	[OPT_CSV_FILE] = {"csv", "FILE", NULL, "every figure as comma-separated rows"},
	[OPT_OUT] = {"out", "FILE", NULL, "of what was fitted; default DIR/priors.json"},
	[OPT_HELP] = {"help", NULL, NULL, "this text"},
};

#define COMMON OPT_STATE, OPT_CONFIG
#define END    OPT_HELP, OPT_IDS
static const uint8_t o_cmd[] = {COMMON, OPT_JSON, OPT_PASSWORD_FD, END};
static const uint8_t o_wait[] = {COMMON, OPT_JSON, OPT_WAIT, OPT_TIMEOUT, OPT_PASSWORD_FD, END};
static const uint8_t o_flatten[] = {COMMON,	     OPT_JSON,	  OPT_WAIT,	OPT_TIMEOUT,
				    OPT_PASSWORD_FD, OPT_ADDRESS, OPT_KEY_FILE, OPT_NETWORK,
				    OPT_URL,	     END};
static const uint8_t o_status[] = {COMMON, OPT_JSON, OPT_ONELINE, OPT_TMUX, OPT_MAX_AGE, END};
static const uint8_t o_engine[] = {
	COMMON, OPT_FOREGROUND, OPT_READY_FD, OPT_DIE_WITH_PARENT, OPT_RESCUE, END};
static const uint8_t o_demo[] = {OPT_SCENARIO, OPT_SEED,     OPT_TAPE,	OPT_SPEED,
				 OPT_BOOK,     OPT_HEADLESS, OPT_STATE, OPT_IN_PROCESS,
				 OPT_LINEAR,   OPT_THEME,    OPT_KEYS,	END};
static const uint8_t o_drill[] = {OPT_SEED,   OPT_SPEED, OPT_HEADLESS, OPT_COLD, OPT_STATE,
				  OPT_LINEAR, OPT_THEME, OPT_KEYS,     END};
static const uint8_t o_journal[] = {COMMON, OPT_JSON, OPT_TAIL, OPT_EXIT, END};
static const uint8_t o_tca[] = {COMMON, OPT_JSON, OPT_CSV, OPT_FIT, END};
static const uint8_t o_key[] = {COMMON, OPT_PASSWORD_FD, OPT_LIGHT, OPT_JSON, END};
static const uint8_t o_record[] = {COMMON,  OPT_COINS, OPT_DIR, OPT_MAX_SIZE,
				   OPT_FOR, OPT_JSON,  END};
static const uint8_t o_evaluate[] = {OPT_TAPE_DIR,  OPT_SLOT, OPT_LATENCY,    OPT_FEES,
				     OPT_USD_CHILD, OPT_SEED, OPT_BOOKS_ONLY, OPT_CSV_FILE,
				     OPT_JSON,	    END};
static const uint8_t o_calibrate[] = {OPT_OUT, OPT_JSON, END};
static const uint8_t o_none[] = {END};
static const uint8_t o_screen[] = {COMMON,   OPT_IN_PROCESS,  OPT_LINEAR, OPT_THEME,
				   OPT_KEYS, OPT_PASSWORD_FD, END};

static const struct cli_verb verbs[] = {
	{"attach", "", "the cockpit (also without any verb); starts the engine if none runs",
	 cli_cockpit, o_screen, false,
	 "The engine goes on when this terminal ends; attach again at any time.", NULL},
	{"demo", "", "a paper exchange on this machine and the cockpit on it", cli_demo, o_demo,
	 false,
	 "Nothing leaves this machine. With --headless one JSON line is printed (state, paper_url, "
	 "user, agent) and the rig stays until it is ended.",
	 "exeunt demo --tape DIR --speed 4\nexeunt demo --book twenty --headless"},
	{"drill", "NAME", "a drill on the paper exchange, with a score", cli_drill, o_drill, false,
	 "Two minutes of calm, then the alarm. When the screen is left the timeline and the score "
	 "(0 to "
	 "100) are printed. With --headless the program plays: NOW 2 s after the alarm, again "
	 "while "
	 "something is held; one JSON object. Names: gap40 october outage37 frozen postonly alt "
	 "thin4h "
	 "sleep twohands depeg litter empty.",
	 "exeunt drill gap40 --seed 7\nexeunt drill october --headless\nexeunt drill empty --cold"},
	{"status", "", "what is known now, and how old it is", cli_status, o_status, false, NULL,
	 "exeunt status --json\nexeunt status --max-age 5s\nexeunt status --oneline --tmux"},
	{"exit", "COIN --size S|--to T", "start an exit", cli_cmd, o_wait, true,
	 "Sizes carry their unit: 0.5BTC, 25000USD, 40%, all. Prices: 108.5k, -1% of the mark, "
	 "liq+0.2%, bid-3bp. Without --for and --by everything goes at once (sweep). With a danger "
	 "limit and no --algo the plan is chosen: the one of 15 min, 1 h and 4 h (or the end "
	 "given) "
	 "that keeps the chance of liquidation under it at the least 1-in-20 outcome, and it is "
	 "solved anew while it runs. The plan is printed; tca compares it with what came.\n"
	 "--algo vwap follows the day's volume, pov takes --cap of the tape, is chooses end and "
	 "urgency for the least 1-in-20 outcome, adaptive is faster after gains, danger is "
	 "--danger alone; twap, ac, sweep, chase and venue-twap are what they say.\n"
	 "all or BTC,ETH,SOL: one exit a leg, paced together, all of each by --for or --by: no leg "
	 "grows, the risk they share is sold first. --danger is of the pool as a whole. While "
	 "they run they are solved anew together: a fill or a volatility of one paces the others. "
	 "--dry-run shows the plan alone.",
	 "exeunt exit BTC --size all --danger 1%\n"
	 "exeunt exit BTC --size all --algo ac --for 30m --urgency 0.6\n"
	 "exeunt exit BTC --size all --algo pov --cap 5%\n"
	 "exeunt exit BTC --size all --algo is\n"
	 "exeunt exit all --for 1h --danger 1%\n"
	 "exeunt exit BTC,ETH,SOL --for 1h --urgency 0.5 --json\n"
	 "exeunt exit ETH --to 3x --by 18:05Z --risk 1% --wait --json"},
	{"plan", "COIN --size S|--to T", "what an exit would be; nothing is sent", cli_cmd, o_cmd,
	 true,
	 "The words of exit. Prints end, cost, how much of it is model, share of the volume and "
	 "the "
	 "chance of liquidation before it is done; no key is needed. Negative amounts of --json "
	 "are "
	 "costs.",
	 "exeunt plan BTC --size all --danger 1%\nexeunt plan ETH --size 40% --for 2h --json"},
	{"flatten", "[COIN ...]", "close now, most endangered first, until flat", cli_cmd,
	 o_flatten, true,
	 "Reduce-only, at escalating prices; protective stops stay until it is flat. An engine "
	 "that "
	 "is silent for 500 ms is fenced off and this shell closes by itself; --address needs no "
	 "configuration.",
	 "exeunt flatten --wait\nexeunt flatten --address 0x... --key-file agent.json --network "
	 "testnet --yes\nexeunt flatten --longs --keep SOL\nexeunt flatten BTC --part 50%"},
	{"care", "[COIN ...]", "close within two minutes, in slices", cli_cmd, o_wait, true,
	 "12 slices in 120 s, each at most a quarter of what five levels of the book hold. Pause "
	 "it "
	 "with 'pause pN'; flatten replaces it at once. Other accounts and other coins may have "
	 "runs of their own beside it: 'status' lists them.",
	 "exeunt care --wait\nexeunt care SOL HYPE --dry-run"},
	{"trim", "[COIN ...]", "the least cut that survives the cushion", cli_cmd, o_wait, true,
	 "Never sells more than its cut, also when answers are lost, and stops where a sale makes "
	 "it worse (break-even). It may run beside care of the same account, not beside another "
	 "cut of the same position.",
	 "exeunt trim --cushion 5% --dry-run --json\nexeunt trim --wait"},
	{"guard", "[COIN ...]", "a stop at the venue for whole positions, and kept there", cli_cmd,
	 o_cmd, true,
	 "Reduce-only, the whole position, half the way to liquidation; placed again when the "
	 "venue "
	 "takes it, moved when liquidation moves, taken away after flat. Works in every lock.",
	 "exeunt guard\nexeunt guard BTC --trigger liq+0.6%\nexeunt guard ETH --off"},
	{"add", "COIN --usd S", "collateral to an isolated position", cli_cmd, o_cmd, true,
	 "A positive amount only: nothing here can take it out. A cross pool is paid in elsewhere; "
	 "the answer says where.",
	 "exeunt add WLFI --usd 500USD"},
	{"cancel", "entry|exits|all|COIN|OID", "cancel resting orders; stops stay", cli_cmd, o_cmd,
	 true, NULL, NULL},
	{"pause", "[xN|pN]", "no new slices until resumed", cli_cmd, o_cmd, true, NULL, NULL},
	{"resume", "[xN|pN]", "go on", cli_cmd, o_cmd, true, NULL, NULL},
	{"tune", "xN", "change a running exit, without a gap", cli_cmd, o_cmd, true, NULL,
	 "exeunt tune x2 --pace 1.5x --last -4%\nexeunt tune x2 --block 3.5BTC"},
	{"close-rest", "xN", "sell what is left of an exit now", cli_cmd, o_wait, true, NULL, NULL},
	{"end", "xN|pN", "end an exit here; what is left stays open", cli_cmd, o_cmd, true, NULL,
	 NULL},
	{"release", "WORD", "leave LOCAL LOCK; the word is release", cli_cmd, o_cmd, true, NULL,
	 NULL},
	{"auto", "guard|trim|now on|off", "arm an automatic action by its name; all are off",
	 cli_cmd, o_cmd, true,
	 "It acts when two of mark, oracle and mid agree that a pool is so near to liquidation, or "
	 "the mark alone for 3 s. guard places missing stops (5%), trim makes the least cut "
	 "(1.5%), now closes everything (0.7%).",
	 "exeunt auto trim on --at 2% --why 'asleep until 7'\nexeunt auto trim off"},
	{"ack", "", "quiet the newest alarm until it gets worse", cli_cmd, o_cmd, true, NULL, NULL},
	{"read", "", "read the account again", cli_cmd, o_cmd, true, NULL, NULL},
	{"include", "xN", "adopt growth made by another hand into an exit", cli_cmd, o_cmd, true,
	 NULL, NULL},
	{"journal", "", "the records of this state directory", cli_journal, o_journal, false,
	 "Reads beside a running engine; nothing is written.", NULL},
	{"tca", "[xN|gN]", "what exits cost, against arrival", cli_tca, o_tca, false,
	 "Every exit of the journal, with or without an engine. --csv and --json split each slice "
	 "and the whole into delay, spread, impact, timing, fees, funding and unfilled; negative "
	 "is a cost. gN is the legs of a group and their sum, of money alone. --fit: by coin, how "
	 "much of a slice rests and how deep what crosses goes, with 95 % intervals, once there "
	 "are 30 slices.",
	 "exeunt tca x1 --csv\nexeunt tca g1 --json\nexeunt tca --fit"},
	{"record", "", "the market feed into files, to calibrate and to replay", cli_record,
	 o_record, false,
	 "A process of its own that reads public streams only: no key, no account, no engine. Each "
	 "part of DIR holds up to an hour and is a tape by itself; a kill loses the last 5 s. A "
	 "full disk is said and survived.",
	 "exeunt record --coins BTC,ETH,SOL --dir ~/tapes --for 8h\n"
	 "exeunt demo --tape ~/tapes/20261128T053200Z"},
	{"calibrate", "DIR", "estimates from a recorded market, with their errors", cli_calibrate,
	 o_calibrate, false,
	 "DIR is a tape or a folder of parts. Volatility, volume, spread, depth and its return, "
	 "impact: value, standard error, samples, and whether the first half tells the second "
	 "better than the prior of the class. What does goes into the file; [exit] priors = FILE "
	 "lets an engine begin with it. Amounts are USD.",
	 "exeunt calibrate ~/tapes\nexeunt calibrate ~/tapes/20261128T053200Z --json"},
	{"key", "new|import|list|lock|unlock [NAME [FILE]]", "signing keys", cli_key, o_key, false,
	 "Keys are Ethereum keystore files under ~/.local/share/exeunt/keys. The password comes "
	 "from the terminal or from --password-fd, never from arguments or the environment.",
	 "exeunt key new main\nexeunt key import main FILE\nexeunt key lock"},
	{"calc", "plan|frontier|danger|trim|cost|kernel|impact|forecast",
	 "the models as a calculator: JSON in, JSON out", cli_calc, o_none, false,
	 "The problem is read from standard input, units in the names of its fields; what cannot "
	 "be computed is refused by field and rule. exeunt-calc(1) has the fields and an example "
	 "of each. Nothing is contacted.",
	 "exeunt calc danger <problem.json"},
	{"evaluate", "DIR ...", "child tactics judged on recorded markets", cli_evaluate,
	 o_evaluate, false,
	 "One small child order a slot and side, without impact of its own, by every policy on the "
	 "same slots: cost with fees against market TWAP, with intervals (blocks of 5 min), what "
	 "rested, what was left. Thresholds come from the first half of a recording, the figures "
	 "from the second. 'tactic' is what running exits use. Nothing is contacted.",
	 "exeunt evaluate DIR --latency 1\nexeunt evaluate DIR --slot 60s --csv figures.csv"},
	{"engine", "", "run the engine without a screen", cli_engine_verb, o_engine, false,
	 "Without --foreground it starts in the background, in a session of its own.", NULL},
	{"completion", "bash|zsh|fish", "completion for a shell", cli_completion, o_none, false,
	 NULL, "exeunt completion bash > ~/.local/share/bash-completion/completions/exeunt"},
	{"help", "[VERB]", "this text, or that of a verb", cli_help, o_none, false, NULL, NULL},
};

const struct cli_verb *cli_verbs(size_t *n)
{
	*n = COUNT_OF(verbs);
	return verbs;
}

const struct cli_opt *cli_opt(enum cli_opt_id id)
{
	return &opts[id];
}

const struct cli_verb *cli_verb_find(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

/* ---- the parser ---- */

static const struct gram_opt *gram_option(const struct cli_verb *v, const char *name, size_t n)
{
	const struct gram_verb *g = v->gram ? gram_verb_find(v->name) : NULL;

	for (size_t i = 0; g && g->opts[i]; i++)
		if (strlen(g->opts[i]->name) == n && !memcmp(g->opts[i]->name, name, n))
			return g->opts[i];
	return NULL;
}

static int shell_option(const struct cli_verb *v, const char *name, size_t n)
{
	for (const uint8_t *o = v->opts; *o != OPT_IDS; o++)
		if (strlen(opts[*o].name) == n && !memcmp(opts[*o].name, name, n))
			return *o;
	return -1;
}

static bool unknown_option(const struct cli_verb *v, const char *word, size_t n, struct err *e)
{
	const char *names[64];
	const struct gram_verb *g = v->gram ? gram_verb_find(v->name) : NULL;
	char typed[32] = "", near[32] = "";
	size_t k = 0;

	for (const uint8_t *o = v->opts; *o != OPT_IDS; o++)
		if (!opts[*o].hidden)
			names[k++] = opts[*o].name;
	for (size_t i = 0; g && g->opts[i]; i++)
		names[k++] = g->opts[i]->name;
	if (n < sizeof typed)
		memcpy(typed, word, n);
	gram_near(near, sizeof near, typed, names, k);
	return err_set(e, ERR_ARG, "%s has no option --%.*s.%s%s%s", v->name,
		       (int)(n > 40 ? 40 : n), word, *near ? " Near: --" : "", near,
		       *near ? "." : "");
}

/* Takes the shell's options out; what is left is for the verb. */
static bool take_options(struct cli *c, int argc, char **argv, const char **words, int *n,
			 struct err *e)
{
	for (int i = 0; i < argc; i++) {
		const char *w = argv[i];
		size_t len;
		int id;
		if (!strcmp(w, "-h"))
			w = "--help";
		if (w[0] != '-' || w[1] != '-' || !w[2]) {
			words[(*n)++] = w;
			continue;
		}
		len = strcspn(w + 2, "=");
		id = shell_option(c->verb, w + 2, len);
		if (id < 0) {
			const struct gram_opt *g = gram_option(c->verb, w + 2, len);
			if (!g)
				return unknown_option(c->verb, w + 2, len, e);
			words[(*n)++] = w;
			if (g->arg && !w[2 + len] && i + 1 < argc)
				words[(*n)++] = argv[++i];
			continue;
		}
		if (c->value[id] && !opts[id].many)
			return err_set(e, ERR_ARG, "--%s is written twice.", opts[id].name);
		if (!opts[id].arg) {
			if (w[2 + len])
				return err_set(e, ERR_ARG, "--%s takes no value.", opts[id].name);
			c->value[id] = "";
		} else if (w[2 + len]) {
			c->value[id] = w + 3 + len;
		} else if (i + 1 < argc) {
			c->value[id] = argv[++i];
		} else {
			return err_set(e, ERR_ARG, "--%s needs a value: %s.", opts[id].name,
				       opts[id].help);
		}
		/* An empty variable of a script must not mean the default, which may be live. */
		if (opts[id].arg && !*c->value[id])
			return err_set(e, ERR_ARG, "--%s is empty: %s.", opts[id].name,
				       opts[id].help);
		if (opts[id].many)
			words[(*n)++] = c->value[id];
	}
	return true;
}

static bool choices_ok(const struct cli *c, struct err *e)
{
	for (int id = 0; id < OPT_IDS; id++) {
		const char *v = c->value[id], *p = opts[id].choices;
		size_t n;
		if (!v || !p || strchr(v, '/'))
			continue;
		n = strlen(v);
		while (*p && (strncmp(p, v, n) || (p[n] && p[n] != ' '))) {
			p += strcspn(p, " ");
			p += strspn(p, " ");
		}
		if (!*p || !n)
			return err_set(e, ERR_ARG, "--%s %s: write one of %s.", opts[id].name, v,
				       opts[id].choices);
	}
	return true;
}

static int run_verb(struct cli *c, int argc, char **argv)
{
	const char **words = calloc((size_t)argc + 2, sizeof *words);
	struct err e = {0};
	int n = 0, status;

	ASSERT(words);
	words[n++] = c->verb->name;
	if (!take_options(c, argc, argv, words, &n, &e) || !choices_ok(c, &e)) {
		status = cli_fail(c, &e);
	} else if (cli_has(c, OPT_HELP)) {
		const char *two[] = {"help", c->verb->name};
		status = cli_help(c, 2, two);
	} else {
		status = c->verb->run(c, n, words);
	}
	free(words);
	return status;
}

static int unknown_verb(struct cli *c, const char *word)
{
	const char *names[COUNT_OF(verbs)];
	char near[24] = "";
	struct err e = {0};

	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		names[i] = verbs[i].name;
	gram_near(near, sizeof near, word, names, COUNT_OF(verbs));
	err_set(&e, ERR_ARG, "No command %.40s. %s%s.", word, *near ? "Near: " : "",
		*near ? near : "exeunt help lists them");
	return cli_fail(c, &e);
}

int cli_main(int argc, char **argv)
{
	struct cli *c = calloc(1, sizeof *c);
	int status;

	ASSERT(c);
	c->dir.fd = -1;
	if (argc >= 2 && (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))) {
		printf("exeunt %s (%s)\n", PACKAGE_VERSION, build_id());
		status = 0;
	} else if (argc >= 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		const char *one[] = {"help"};
		status = cli_help(c, 1, one);
	} else if (argc < 2 || argv[1][0] == '-') {
		c->verb = cli_verb_find("attach");
		status = run_verb(c, argc - 1, argv + 1);
	} else {
		c->verb = cli_verb_find(argv[1]);
		status = c->verb ? run_verb(c, argc - 2, argv + 2) : unknown_verb(c, argv[1]);
	}
	attach_close(c->attach);
	cli_leave(c);
	statedir_close(&c->dir);
	free(c);
	return status;
}

/* ---- help ---- */

static void option_line(const char *name, const char *arg, const char *help)
{
	char left[40];

	snprintf(left, sizeof left, "--%s%s%s", name, arg ? " " : "", arg ? arg : "");
	printf("  %-20s %s\n", left, help);
}

static int help_verb(const struct cli_verb *v)
{
	const struct gram_verb *g = v->gram ? gram_verb_find(v->name) : NULL;

	printf("exeunt %s%s%s: %s\n", v->name, *v->args ? " " : "", v->args, v->help);
	if (v->more)
		printf("\n%s\n", v->more);
	printf("\n");
	for (size_t i = 0; g && g->opts[i]; i++) {
		option_line(g->opts[i]->name, g->opts[i]->arg, g->opts[i]->help);
		if (g->opts[i]->choices)
			printf("  %-20s one of: %s\n", "", g->opts[i]->choices);
	}
	for (const uint8_t *o = v->opts; *o != OPT_IDS; o++) {
		if (opts[*o].hidden)
			continue;
		option_line(opts[*o].name, opts[*o].arg, opts[*o].help);
		if (opts[*o].choices)
			printf("  %-20s one of: %s\n", "", opts[*o].choices);
	}
	if (v->examples) {
		printf("\n");
		for (const char *p = v->examples; *p;) {
			size_t n = strcspn(p, "\n");
			printf("    %.*s\n", (int)n, p);
			p += n + (p[n] == '\n');
		}
	}
	return 0;
}

static const char exit_codes[] =
	"Exit status: 0 done; 1 a fault; 2 argument or configuration; 3 refused by a rule, gate or "
	"the venue;\n4 engine or venue not reachable; 5 outcome unknown; 6 ended but not flat; 7 "
	"state directory in use;\n8 key or password; 9 stale (--max-age).\n";

/* Rows for the man page: the same tables, as roff. */
static int help_man(void)
{
	for (size_t i = 0; i < COUNT_OF(verbs); i++) {
		const struct cli_verb *v = &verbs[i];
		const struct gram_verb *g = v->gram ? gram_verb_find(v->name) : NULL;
		printf(".TP\n.B %s\n.RI \"%s\"\n%s.", v->name, v->args, v->help);
		if (v->more)
			printf(" %s", v->more);
		printf("\n.RS\n");
		for (size_t k = 0; g && g->opts[k]; k++)
			printf(".TP\n.BI \\-\\-%s \" %s\"\n%s.\n", g->opts[k]->name,
			       g->opts[k]->arg ? g->opts[k]->arg : "", g->opts[k]->help);
		for (const uint8_t *o = v->opts; *o != OPT_IDS; o++)
			if (!opts[*o].hidden && *o != OPT_HELP)
				printf(".TP\n.BI \\-\\-%s \" %s\"\n%s.\n", opts[*o].name,
				       opts[*o].arg ? opts[*o].arg : "", opts[*o].help);
		printf(".RE\n");
	}
	return 0;
}

int cli_help(struct cli *c, int n, const char *const *words)
{
	if (n > 1 && !strcmp(words[1], "man"))
		return help_man();
	if (n > 1) {
		const struct cli_verb *v = cli_verb_find(words[1]);
		return v ? help_verb(v) : unknown_verb(c, words[1]);
	}
	printf("exeunt %s: gets you out of leveraged positions.\n\n", PACKAGE_VERSION);
	printf("usage: exeunt [VERB] [options]\n\n");
	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		printf("  %-12s %s\n", verbs[i].name, verbs[i].help);
	printf("\nexeunt VERB --help says more. Sizes carry their unit: 0.5BTC, 25000USD, 40%%, "
	       "all.\n\n%s",
	       exit_codes);
	return 0;
}

/* ---- completion ---- */

typedef void each_fn(const char *verb, const char *name, bool arg, const char *choices,
		     const char *help);

static void each_option(const struct cli_verb *v, each_fn *fn)
{
	const struct gram_verb *g = v->gram ? gram_verb_find(v->name) : NULL;

	for (size_t i = 0; g && g->opts[i]; i++)
		fn(v->name, g->opts[i]->name, g->opts[i]->arg != NULL, g->opts[i]->choices,
		   g->opts[i]->help);
	for (const uint8_t *o = v->opts; *o != OPT_IDS; o++)
		if (!opts[*o].hidden)
			fn(v->name, opts[*o].name, opts[*o].arg != NULL, opts[*o].choices,
			   opts[*o].help);
}

static void bash_word(const char *verb, const char *name, bool arg, const char *choices,
		      const char *help)
{
	(void)verb, (void)arg, (void)choices, (void)help;
	printf(" --%s", name);
}

static void bash_choice(const char *verb, const char *name, bool arg, const char *choices,
			const char *help)
{
	(void)arg, (void)help;
	if (choices)
		printf("\t%s:--%s) COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return ;;\n", verb,
		       name, choices);
}

/* The words an argument may be, where the table lists them. */
static bool args_are_words(const struct cli_verb *v)
{
	return *v->args >= 'a' && *v->args <= 'z' && strchr(v->args, '|');
}

static void put_words(const char *args)
{
	for (; *args && *args != ' '; args++)
		if (*args >= 'A' && *args <= 'Z')
			return;
		else
			putchar(*args == '|' ? ' ' : *args);
}

static void completion_bash(void)
{
	printf("# completion of exeunt for bash; made by: exeunt completion bash\n_exeunt() {\n"
	       "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} "
	       "verb=${COMP_WORDS[1]}\n\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	       "\t\tCOMPREPLY=($(compgen -W '--help --version");
	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		printf(" %s", verbs[i].name);
	printf("' -- \"$cur\")); return\n\tfi\n\tcase $verb:$prev in\n");
	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		each_option(&verbs[i], bash_choice);
	printf("\t*:--state|*:--tape) COMPREPLY=($(compgen -d -- \"$cur\")); return ;;\n"
	       "\t*:--config) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n\tesac\n"
	       "\tcase $verb in\n");
	for (size_t i = 0; i < COUNT_OF(verbs); i++) {
		printf("\t%s) COMPREPLY=($(compgen -W '", verbs[i].name);
		if (args_are_words(&verbs[i]))
			put_words(verbs[i].args);
		each_option(&verbs[i], bash_word);
		printf("' -- \"$cur\")) ;;\n");
	}
	printf("\tesac\n}\ncomplete -F _exeunt exeunt\n");
}

static void quoted(const char *s, const char *special)
{
	for (; *s; s++) {
		if (*s == '\'')
			printf("'\\''");
		else {
			if (strchr(special, *s))
				putchar('\\');
			putchar(*s);
		}
	}
}

static void zsh_option(const char *verb, const char *name, bool arg, const char *choices,
		       const char *help)
{
	(void)verb;
	printf(" \\\n\t\t'--%s[", name);
	quoted(help, "[]:");
	printf("]");
	if (arg && choices)
		printf(":value:(%s)", choices);
	else if (arg)
		printf(":value:%s", !strcmp(name, "state") || !strcmp(name, "tape") ? "_files -/"
				    : !strcmp(name, "config")			    ? "_files"
										    : "");
	printf("'");
}

static void completion_zsh(void)
{
	printf("#compdef exeunt\n# completion of exeunt for zsh; made by: exeunt completion zsh\n"
	       "_exeunt() {\n\tlocal -a verbs\n\tverbs=(\n");
	for (size_t i = 0; i < COUNT_OF(verbs); i++) {
		printf("\t\t'%s:", verbs[i].name);
		quoted(verbs[i].help, ":");
		printf("'\n");
	}
	printf("\t)\n\tif (( CURRENT == 2 )); then _describe verb verbs; return; fi\n"
	       "\tcase $words[2] in\n");
	for (size_t i = 0; i < COUNT_OF(verbs); i++) {
		printf("\t%s) _arguments '*:word:", verbs[i].name);
		if (args_are_words(&verbs[i])) {
			printf("(");
			put_words(verbs[i].args);
			printf(")");
		}
		printf("'");
		each_option(&verbs[i], zsh_option);
		printf(" ;;\n");
	}
	printf("\tesac\n}\n_exeunt \"$@\"\n");
}

static void fish_option(const char *verb, const char *name, bool arg, const char *choices,
			const char *help)
{
	printf("complete -c exeunt -n '__fish_seen_subcommand_from %s' -l %s%s", verb, name,
	       arg ? " -r" : "");
	if (choices)
		printf(" -f -a '%s'", choices);
	printf(" -d '");
	quoted(help, "");
	printf("'\n");
}

static void completion_fish(void)
{
	printf("# completion of exeunt for fish; made by: exeunt completion fish\n"
	       "complete -c exeunt -f\n");
	for (size_t i = 0; i < COUNT_OF(verbs); i++) {
		printf("complete -c exeunt -n __fish_use_subcommand -a %s -d '", verbs[i].name);
		quoted(verbs[i].help, "");
		printf("'\n");
		if (args_are_words(&verbs[i])) {
			printf("complete -c exeunt -n '__fish_seen_subcommand_from %s' -a '",
			       verbs[i].name);
			put_words(verbs[i].args);
			printf("'\n");
		}
		each_option(&verbs[i], fish_option);
	}
}

int cli_completion(struct cli *c, int n, const char *const *words)
{
	struct err e = {0};

	if (n == 2 && !strcmp(words[1], "bash"))
		completion_bash();
	else if (n == 2 && !strcmp(words[1], "zsh"))
		completion_zsh();
	else if (n == 2 && !strcmp(words[1], "fish"))
		completion_fish();
	else {
		err_set(&e, ERR_ARG, "completion needs a shell: write one of bash zsh fish.");
		return cli_fail(c, &e);
	}
	return 0;
}
