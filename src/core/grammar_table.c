/* grammar_table.c: the verbs that become a struct cmd, and their options, as one table; parser,
 * help and completion read it. */
#include <string.h>

#include "core/grammar_in.h"

/* In the order of enum algo, then the two that are another one with something set. */
#define ALGO_WORDS  "twap ac sweep venue-twap vwap pov is adaptive chase danger"
#define PLACE_WORDS "cross post chase post-cross quotes"

static const struct gram_opt opts[O_COUNT] = {
	[O_SIZE] = {"size", "S", NULL, "how much: 0.5BTC, 40%, 25000USD, all", O_SIZE},
	[O_TO] = {"to", "T", NULL,
		  "until this is left: 0, 0.5BTC, 25000USD, 3x, liq:100k, cushion:5%, delta:0",
		  O_TO},
	[O_ALGO] = {"algo", "A", ALGO_WORDS, "how the slices are planned", O_ALGO},
	[O_FOR] = {"for", "D", NULL, "how long: 90s, 30m, 1h30m", O_FOR},
	[O_BY] = {"by", "T", NULL, "until this time of day: 18:05Z", O_BY},
	[O_URGENCY] = {"urgency", "U", NULL, "0 (even) to 1 (at once), for --algo ac and adaptive",
		       O_URGENCY},
	[O_RISK] = {"risk", "P", NULL,
		    "danger limit: at most this chance of liquidation on the way; 1%", O_RISK},
	[O_DANGER] = {"danger", "P", NULL, "the same as --risk", O_RISK},
	[O_BLOCK] = {"block", "S", NULL,
		     "sell this much at once, over the volume cap, then on by schedule", O_BLOCK},
	[O_WORKING] =
		{"working", "P", NULL,
		 "working price: beyond it only the danger rule sells; 108.5k, -1%, liq+0.2%, "
		 "'112k wait'",
		 O_WORKING},
	[O_LAST] = {"last", "P", NULL, "last price: beyond it nothing sells without a key", O_LAST},
	[O_CAP] = {"cap", "P", NULL, "share of the market's volume, 10%", O_CAP},
	[O_PLACE] = {"place", "P", PLACE_WORDS, "how each slice is placed", O_PLACE},
	[O_RANDOM] = {"random", "P", NULL, "jitter of sizes and times, 20%", O_RANDOM},
	[O_OVERSHOOT] = {"overshoot", NULL, NULL,
			 "of several legs: let one grow to hedge another; not in this version",
			 O_OVERSHOOT},
	[O_DECLARED] = {"declared", NULL, NULL,
			"equal slices at even times: who knows nothing hides nothing", O_DECLARED},
	[O_DEPTH] = {"depth", "P", NULL, "most of the visible depth a slice takes, 50%", O_DEPTH},
	[O_SEED] = {"seed", "N", NULL, "seed of the jitter", O_SEED},
	[O_CATCH_UP] = {"catch-up", "C", "none by", "after a gap keep the pace, or keep the end",
			O_CATCH_UP},
	[O_GUARD] = {"guard", NULL, NULL, "a stop at the venue first (the default beyond 2 min)",
		     O_GUARD},
	[O_NO_GUARD] = {"no-guard", NULL, NULL, "without a stop at the venue", O_NO_GUARD},
	[O_TRIGGER] = {"trigger", "PRICE", NULL,
		       "of one coin: 111.3k, -1%, liq+0.5%; else half the way to liquidation",
		       O_TRIGGER},
	[O_OFF] = {"off", NULL, NULL, "keep it no longer, and take it away", O_OFF},
	[O_USD] = {"usd", "S", NULL, "how much: 500USD; it only goes in", O_USD},
	[O_POST_FOR] = {"post-for", "D", NULL, "how long a passive order may wait; else its slot",
			O_POST_FOR},
	[O_CHASE_MAX] = {"chase-max", "N", NULL, "reprices of a chase, 5", O_CHASE_MAX},
	[O_CHASE_BP] = {"chase-give-up", "P", NULL, "distance at which a chase gives up, 5bp",
			O_CHASE_BP},
	[O_PACE] = {"pace", "F", NULL, "pace against the plan, 1.5x", O_PACE},
	[O_LONGS] = {"longs", NULL, NULL, "long positions only", O_LONGS},
	[O_SHORTS] = {"shorts", NULL, NULL, "short positions only", O_SHORTS},
	[O_KEEP] = {"keep", "COIN", NULL, "leave this one alone; may be repeated", O_KEEP},
	[O_PART] = {"part", "P", NULL, "a share of each position, 50%", O_PART},
	[O_WORST] = {"worst", "PRICE", NULL, "worst price, for one coin", O_WORST},
	[O_CUSHION] = {"cushion", "P", NULL, "the joint fall of BTC to survive, 5%", O_CUSHION},
	[O_STOPS] = {"stops", NULL, NULL, "protective stops too", O_STOPS},
	[O_AT] = {"at", "P", NULL, "distance of a pool to liquidation at which it acts, 1.5%",
		  O_AT},
	[O_WHY] = {"why", "TEXT", NULL, "the reason it is armed; kept and shown", O_WHY},
	[O_ACCOUNT] = {"account", "NAME", NULL, "an account of the configuration", O_ACCOUNT},
	[O_ALL_ACCOUNTS] = {"all-accounts", NULL, NULL, "every account", O_ALL_ACCOUNTS},
	[O_DRY_RUN] = {"dry-run", NULL, NULL,
		       "show the first action that would leave; live until it expires", O_DRY_RUN},
	[O_YES] = {"yes", NULL, NULL, "confirm: needed on testnet and mainnet without a terminal",
		   O_YES},
};

#define O(x) &opts[O_##x]
static const struct gram_opt *const exit_opts[] = {
	O(SIZE),      O(TO),	   O(ALGO),    O(FOR),	    O(BY),    O(URGENCY),  O(RISK),
	O(DANGER),    O(WORKING),  O(LAST),    O(CAP),	    O(PLACE), O(RANDOM),   O(DECLARED),
	O(OVERSHOOT), O(DEPTH),	   O(SEED),    O(CATCH_UP), O(GUARD), O(NO_GUARD), O(POST_FOR),
	O(CHASE_MAX), O(CHASE_BP), O(ACCOUNT), O(DRY_RUN),  O(YES),   NULL};
static const struct gram_opt *const tune_opts[] = {
	O(PACE),  O(WORKING), O(LAST), O(CAP),	  O(SIZE),  O(FOR), O(BY), O(ALGO),
	O(PLACE), O(URGENCY), O(RISK), O(DANGER), O(BLOCK), O(YES), NULL};
static const struct gram_opt *const flatten_opts[] = {
	O(LONGS),   O(SHORTS),	     O(KEEP),	 O(PART), O(WORST),
	O(ACCOUNT), O(ALL_ACCOUNTS), O(DRY_RUN), O(YES),  NULL};
static const struct gram_opt *const care_opts[] = {O(LONGS),	    O(SHORTS),	O(KEEP), O(ACCOUNT),
						   O(ALL_ACCOUNTS), O(DRY_RUN), O(YES),	 NULL};
static const struct gram_opt *const trim_opts[] = {O(CUSHION), O(LONGS),   O(SHORTS),
						   O(KEEP),    O(ACCOUNT), O(ALL_ACCOUNTS),
						   O(DRY_RUN), O(YES),	   NULL};
static const struct gram_opt *const guard_opts[] = {O(TRIGGER), O(OFF),	    O(LONGS),
						    O(SHORTS),	O(ACCOUNT), O(ALL_ACCOUNTS),
						    O(DRY_RUN), O(YES),	    NULL};
static const struct gram_opt *const add_opts[] = {O(USD), O(ACCOUNT), O(DRY_RUN), O(YES), NULL};
static const struct gram_opt *const cancel_opts[] = {O(STOPS), O(ACCOUNT), O(ALL_ACCOUNTS), O(YES),
						     NULL};
static const struct gram_opt *const auto_opts[] = {O(AT), O(WHY), O(YES), NULL};
static const struct gram_opt *const yes_opts[] = {O(YES), NULL};
static const struct gram_opt *const account_opts[] = {O(ACCOUNT), O(YES), NULL};
#undef O

const struct gram_verb gram_verbs[] = {
	{"exit", "COIN --size S|--to T", "start an exit", CMD_EXIT, 1, 1, exit_opts},
	{"plan", "COIN --size S|--to T", "what an exit would be; nothing is sent", CMD_EXIT, 1, 1,
	 exit_opts},
	{"flatten", "[COIN ...]", "close now, most endangered first, until flat", CMD_FLATTEN, 0, 8,
	 flatten_opts},
	{"care", "[COIN ...]", "close within two minutes, in slices", CMD_FLATTEN, 0, 8, care_opts},
	{"trim", "[COIN ...]", "the least cut that survives the cushion", CMD_FLATTEN, 0, 8,
	 trim_opts},
	{"guard", "[COIN ...]", "a stop at the venue for whole positions, and kept there",
	 CMD_GUARD, 0, 8, guard_opts},
	{"add", "COIN --usd S", "collateral to an isolated position", CMD_ADD, 1, 1, add_opts},
	{"cancel", "entry|exits|all|COIN|OID", "cancel resting orders; stops stay", CMD_CANCEL, 1,
	 1, cancel_opts},
	{"pause", "[xN|pN]", "no new slices until resumed; without a number every exit", CMD_PAUSE,
	 0, 1, yes_opts},
	{"resume", "[xN|pN]", "go on", CMD_RESUME, 0, 1, yes_opts},
	{"tune", "xN", "change a running exit, without a gap", CMD_TUNE, 1, 1, tune_opts},
	{"close-rest", "xN", "sell what is left of an exit now", CMD_CLOSE_REST, 1, 1, yes_opts},
	{"end", "xN|pN", "end an exit here; what is left stays open", CMD_END, 1, 1, yes_opts},
	{"arm", "", "keys may trade for 5 minutes", CMD_ARM, 0, 1, yes_opts},
	{"disarm", "", "keys may not trade", CMD_DISARM, 0, 0, yes_opts},
	{"release", "WORD", "leave LOCAL LOCK; the word is release", CMD_RELEASE, 1, 1, yes_opts},
	{"take", "", "take the operator's seat", CMD_TAKE_SEAT, 0, 0, yes_opts},
	{"ack", "", "quiet the newest alarm", CMD_ACK, 0, 0, yes_opts},
	{"focus", "COIN", "keep the book of this coin fresh", CMD_FOCUS, 1, 1, yes_opts},
	{"read", "", "read the account again", CMD_READ, 0, 0, account_opts},
	{"include", "xN", "adopt growth made by another hand", CMD_INCLUDE, 1, 1, yes_opts},
	{"auto", "guard|trim|now on|off", "arm an automatic action by its name; all are off",
	 CMD_AUTO, 2, 2, auto_opts},
	{NULL, NULL, NULL, 0, 0, 0, NULL},
};

const struct gram_verb *gram_verb_find(const char *name)
{
	for (const struct gram_verb *v = gram_verbs; v->name; v++)
		if (!strcmp(v->name, name))
			return v;
	return NULL;
}
