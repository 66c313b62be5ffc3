/* grammar.c: the verbs that become a struct cmd, as one table; parser, help and completion read it.
 *
 * Invariants:
 *  1. *out is written on success only.
 *  2. Every refusal names the word: its text is in the message and its index in *bad.
 *  3. An unknown option or value is refused with the nearest one; nothing is guessed. */
#include "core/grammar.h"

#include <string.h>

#include "base/buf.h"
#include "base/check.h"

enum opt_id {
	O_SIZE,
	O_TO,
	O_ALGO,
	O_FOR,
	O_BY,
	O_URGENCY,
	O_RISK,
	O_WORKING,
	O_LAST,
	O_CAP,
	O_PLACE,
	O_RANDOM,
	O_SEED,
	O_CATCH_UP,
	O_GUARD,
	O_NO_GUARD,
	O_TRIGGER,
	O_OFF,
	O_USD,
	O_POST_FOR,
	O_CHASE_MAX,
	O_CHASE_BP,
	O_PACE,
	O_LONGS,
	O_SHORTS,
	O_KEEP,
	O_PART,
	O_WORST,
	O_CUSHION,
	O_STOPS,
	O_AT,
	O_WHY,
	O_ACCOUNT,
	O_ALL_ACCOUNTS,
	O_DRY_RUN,
	O_YES,
	O_COUNT
};

#define ALGO_WORDS  "twap ac sweep venue-twap chase"
#define PLACE_WORDS "cross post chase post-cross"

static const struct gram_opt opts[O_COUNT] = {
	[O_SIZE] = {"size", "S", NULL, "how much: 0.5BTC, 40%, 25000USD, all", O_SIZE},
	[O_TO] = {"to", "T", NULL,
		  "until this is left: 0, 0.5BTC, 25000USD, 3x, liq:100k, cushion:5%, delta:0",
		  O_TO},
	[O_ALGO] = {"algo", "A", ALGO_WORDS, "how the slices are planned", O_ALGO},
	[O_FOR] = {"for", "D", NULL, "how long: 90s, 30m, 1h30m", O_FOR},
	[O_BY] = {"by", "T", NULL, "until this time of day: 18:05Z", O_BY},
	[O_URGENCY] = {"urgency", "U", NULL, "0 (even) to 1 (at once), for --algo ac", O_URGENCY},
	[O_RISK] = {"risk", "P", NULL, "danger limit: beyond it the exit hurries; 1%", O_RISK},
	[O_WORKING] =
		{"working", "P", NULL,
		 "working price: beyond it only the danger rule sells; 108.5k, -1%, liq+0.2%, "
		 "'112k wait'",
		 O_WORKING},
	[O_LAST] = {"last", "P", NULL, "last price: beyond it nothing sells without a key", O_LAST},
	[O_CAP] = {"cap", "P", NULL, "share of the market's volume, 10%", O_CAP},
	[O_PLACE] = {"place", "P", PLACE_WORDS, "how each slice is placed", O_PLACE},
	[O_RANDOM] = {"random", "P", NULL, "jitter of sizes and times, 20%", O_RANDOM},
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
	[O_POST_FOR] = {"post-for", "D", NULL, "how long a passive order may wait, 7s", O_POST_FOR},
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
	O(SIZE),     O(TO),	  O(ALGO),    O(FOR),	   O(BY),	O(URGENCY),
	O(RISK),     O(WORKING),  O(LAST),    O(CAP),	   O(PLACE),	O(RANDOM),
	O(SEED),     O(CATCH_UP), O(GUARD),   O(NO_GUARD), O(POST_FOR), O(CHASE_MAX),
	O(CHASE_BP), O(ACCOUNT),  O(DRY_RUN), O(YES),	   NULL};
static const struct gram_opt *const tune_opts[] = {O(PACE),  O(WORKING), O(LAST), O(CAP),
						   O(SIZE),  O(FOR),	 O(BY),	  O(ALGO),
						   O(PLACE), O(URGENCY), O(YES),  NULL};
static const struct gram_opt *const flatten_opts[] = {
	O(LONGS),   O(SHORTS),	     O(KEEP),	 O(PART), O(WORST),
	O(ACCOUNT), O(ALL_ACCOUNTS), O(DRY_RUN), O(YES),  NULL};
static const struct gram_opt *const care_opts[] = {O(LONGS),	    O(SHORTS),	O(KEEP), O(ACCOUNT),
						   O(ALL_ACCOUNTS), O(DRY_RUN), O(YES),	 NULL};
static const struct gram_opt *const trim_opts[] = {O(CUSHION), O(ACCOUNT), O(ALL_ACCOUNTS),
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

/* What a command is collected in before it is judged whole. */
struct draft {
	const struct gram_ctx *ctx;
	const struct gram_verb *verb;
	const char *coin; /* the argument that names a market, NULL */
	uint64_t given;	  /* or of 1 << opt_id */
	struct cmd cmd;
};

static bool choice_find(int *at, const char *choices, const char *word)
{
	size_t n = strlen(word);
	int i = 0;

	for (const char *p = choices; *p; i++) {
		size_t len = strcspn(p, " ");
		if (len == n && !memcmp(p, word, n)) {
			*at = i;
			return true;
		}
		p += len + (p[len] == ' ');
	}
	return false;
}

static bool choice(int *at, const struct gram_opt *o, const char *word, struct err *e)
{
	if (choice_find(at, o->choices, word))
		return true;
	return err_set(e, ERR_ARG, "--%s %s: write one of %s.", o->name, word, o->choices);
}

static bool count(uint64_t *out, const char *word, uint64_t max, struct err *e)
{
	uint64_t v = 0;

	if (!*word)
		return err_set(e, ERR_ARG, "a number is missing.");
	for (const char *p = word; *p; p++) {
		if (*p < '0' || *p > '9' || __builtin_mul_overflow(v, (uint64_t)10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*p - '0'), &v) || v > max)
			return err_set(e, ERR_ARG, "%s is not a whole number up to %llu.", word,
				       (unsigned long long)max);
	}
	*out = v;
	return true;
}

static bool coin_copy(char *out, const char *word, struct err *e)
{
	size_t n = strlen(word);

	if (!n || n >= COIN_MAX)
		return err_set(e, ERR_ARG, "%.40s is not a market name.", word);
	for (size_t i = 0; i < n; i++) {
		char c = word[i];
		bool ok = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			  (c >= '0' && c <= '9') || strchr(":@/._#-", c);
		if (!ok)
			return err_set(e, ERR_ARG, "%.40s is not a market name.", word);
	}
	memcpy(out, word, n + 1);
	return true;
}

static bool account_find(const struct gram_ctx *ctx, uint8_t *out, const char *name, struct err *e)
{
	char near[NAME_MAX_] = "";

	for (int i = 0; i < ctx->n_accounts; i++) {
		if (!strcmp(ctx->accounts[i], name)) {
			*out = (uint8_t)i;
			return true;
		}
	}
	gram_near(near, sizeof near, name, ctx->accounts, (size_t)ctx->n_accounts);
	return err_set(e, ERR_ARG, "No account %s.%s%s%s", name, *near ? " Near: " : "", near,
		       *near ? "." : "");
}

static const struct {
	uint8_t algo, place;
	bool sets_place;
} algos[] = {
	{ALGO_TWAP, 0, false},		 {ALGO_AC, 0, false},
	{ALGO_SWEEP, 0, false},		 {ALGO_VENUE_TWAP, 0, false},
	{ALGO_SWEEP, PLACE_CHASE, true},
};

static bool set_algo(struct draft *d, const struct gram_opt *o, const char *v, struct err *e)
{
	struct ticket *t = &d->cmd.ticket;
	struct tune *u = &d->cmd.tune;
	int i;

	if (!choice(&i, o, v, e))
		return false;
	if (d->verb->kind == CMD_EXIT) {
		t->algo = algos[i].algo;
		if (algos[i].sets_place && !(d->given & 1ull << O_PLACE))
			t->place = algos[i].place;
		return true;
	}
	u->algo = algos[i].algo;
	u->fields |= TUNE_ALGO;
	if (algos[i].sets_place && !(u->fields & TUNE_PLACE)) {
		u->place = algos[i].place;
		u->fields |= TUNE_PLACE;
	}
	return true;
}

static bool set_ticket(struct draft *d, const struct gram_opt *o, const char *v, struct err *e)
{
	struct ticket *t = &d->cmd.ticket;
	uint64_t n;
	int i;

	switch (o->id) {
	case O_SIZE:
		t->target = TARGET_SIZE;
		return gram_size(&t->size, v, d->coin, e);
	case O_TO:
		return gram_target(t, v, d->coin, e);
	case O_ALGO:
		return set_algo(d, o, v, e);
	case O_FOR:
		return gram_duration(&t->horizon_ms, v, e);
	case O_BY:
		t->catch_up = CATCH_BY;
		return gram_clock(&t->until_ms, v, d->ctx->wall_ms, e);
	case O_URGENCY:
		return gram_unit(&t->urgency, v, e);
	case O_RISK:
		return gram_percent(&t->risk, v, e);
	case O_WORKING:
		return gram_price(&t->working, v, e);
	case O_LAST:
		return gram_price(&t->last, v, e);
	case O_CAP:
		return gram_percent(&t->cap, v, e);
	case O_PLACE:
		if (!choice(&i, o, v, e))
			return false;
		t->place = (uint8_t)i;
		return true;
	case O_RANDOM:
		t->random_set = true;
		return gram_percent(&t->random, v, e);
	case O_SEED:
		return count(&t->seed, v, UINT64_MAX / 2, e);
	case O_CATCH_UP:
		if (!choice(&i, o, v, e))
			return false;
		t->catch_up = (uint8_t)i;
		return true;
	case O_GUARD:
	case O_NO_GUARD:
		if ((d->given & 1ull << O_GUARD) && (d->given & 1ull << O_NO_GUARD))
			return err_set(e, ERR_ARG, "--guard and --no-guard exclude each other.");
		t->guard = o->id == O_GUARD;
		return true;
	case O_POST_FOR:
		return gram_duration(&t->post_ms, v, e);
	case O_CHASE_MAX:
		if (!count(&n, v, 1000, e))
			return false;
		t->chase_max = (uint16_t)n;
		return true;
	case O_CHASE_BP:
		return gram_percent(&t->chase_bp, v, e);
	case O_ACCOUNT:
		return account_find(d->ctx, &t->account, v, e);
	case O_DRY_RUN:
		t->dry_run = true;
		return true;
	default:
		return true;
	}
}

static bool set_tune(struct draft *d, const struct gram_opt *o, const char *v, struct err *e)
{
	struct tune *t = &d->cmd.tune;
	int i;

	switch (o->id) {
	case O_PACE:
		t->fields |= TUNE_PACE;
		return gram_factor(&t->pace, v, e);
	case O_WORKING:
		t->fields |= TUNE_WORKING;
		return gram_price(&t->working, v, e);
	case O_LAST:
		t->fields |= TUNE_LAST;
		return gram_price(&t->last, v, e);
	case O_CAP:
		t->fields |= TUNE_CAP;
		return gram_percent(&t->cap, v, e);
	case O_SIZE:
		t->fields |= TUNE_SIZE;
		return gram_size(&t->size, v, NULL, e);
	case O_FOR:
		t->fields |= TUNE_END;
		return gram_duration(&t->horizon_ms, v, e);
	case O_BY:
		t->fields |= TUNE_END;
		return gram_clock(&t->until_ms, v, d->ctx->wall_ms, e);
	case O_ALGO:
		return set_algo(d, o, v, e);
	case O_PLACE:
		if (!choice(&i, o, v, e))
			return false;
		t->place = (uint8_t)i;
		t->fields |= TUNE_PLACE;
		return true;
	case O_URGENCY:
		t->fields |= TUNE_URGENCY;
		return gram_unit(&t->urgency, v, e);
	default:
		return true;
	}
}

static bool set_flatten(struct draft *d, const struct gram_opt *o, const char *v, struct err *e)
{
	struct flatten *f = &d->cmd.flatten;
	struct price_spec p;

	switch (o->id) {
	case O_LONGS:
	case O_SHORTS:
		if (f->scope != FLAT_ALL)
			return err_set(e, ERR_ARG,
				       "--%s: longs, shorts and coins exclude each other.",
				       o->name);
		f->scope = o->id == O_LONGS ? FLAT_LONGS : FLAT_SHORTS;
		return true;
	case O_KEEP:
		if (f->n_keep == COUNT_OF(f->keep))
			return err_set(e, ERR_ARG, "--keep %s: at most %d can be kept.", v,
				       (int)COUNT_OF(f->keep));
		return coin_copy(f->keep[f->n_keep++], v, e);
	case O_PART:
		if (!gram_percent(&f->part, v, e))
			return false;
		if (f->part.v <= 0 || f->part.v > 1000000000000)
			return err_set(e, ERR_ARG,
				       "--part %s: write more than 0%% and at most 100%%.", v);
		return true;
	case O_CUSHION:
		if (!gram_percent(&f->cushion, v, e))
			return false;
		if (f->cushion.v <= 0 || f->cushion.v > 500000000000)
			return err_set(e, ERR_ARG,
				       "--cushion %s: write more than 0%% and at most 50%%.", v);
		return true;
	case O_WORST:
		if (!gram_price(&p, v, e))
			return false;
		if (p.ref != PREF_ABS)
			return err_set(e, ERR_ARG, "--worst %s: write the price itself.", v);
		f->worst = p.abs;
		return true;
	case O_ACCOUNT:
		return account_find(d->ctx, &f->account, v, e);
	case O_ALL_ACCOUNTS:
		f->account = 0xff;
		return true;
	case O_DRY_RUN:
		f->dry_run = true;
		return true;
	default:
		return true;
	}
}

static bool set_cancel(struct draft *d, const struct gram_opt *o, const char *v, struct err *e)
{
	switch (o->id) {
	case O_STOPS:
		d->cmd.cancel.stops = true;
		return true;
	case O_ACCOUNT:
		return account_find(d->ctx, &d->cmd.cancel.account, v, e);
	case O_ALL_ACCOUNTS:
		d->cmd.cancel.account = 0xff;
		return true;
	default:
		return true;
	}
}

static bool set_auto(struct draft *d, const struct gram_opt *o, const char *v, struct err *e)
{
	struct automatic *a = &d->cmd.automatic;

	if (o->id == O_AT) {
		if (!gram_percent(&a->at, v, e))
			return false;
		if (a->at.v < 1000000000 || a->at.v > 500000000000)
			return err_set(e, ERR_ARG, "--at %s: write 0.1%% to 50%%.", v);
		return true;
	}
	if (strlen(v) >= sizeof a->why)
		return err_set(e, ERR_ARG, "--why: at most %d bytes.", (int)sizeof a->why - 1);
	memcpy(a->why, v, strlen(v) + 1);
	return true;
}

/* "trim on": the name, then the switch. */
static bool set_auto_arg(struct automatic *a, const char *word, struct err *e)
{
	int i;

	if (!a->name[0]) {
		if (!choice_find(&i, "guard trim now", word))
			return err_set(e, ERR_ARG,
				       "No automatic action %.40s. There are guard, trim and now.",
				       word);
		memcpy(a->name, word, strlen(word) + 1);
		return true;
	}
	if (!choice_find(&i, "off on", word))
		return err_set(e, ERR_ARG, "auto %s %.40s: write on or off.", a->name, word);
	a->on = i == 1;
	return true;
}

static bool set_guard(struct draft *d, const struct gram_opt *o, const char *v, struct err *e)
{
	struct guard *g = &d->cmd.guard;

	switch (o->id) {
	case O_TRIGGER:
		return gram_price(&g->trigger, v, e);
	case O_OFF:
		g->off = true;
		return true;
	case O_LONGS:
	case O_SHORTS:
		if (g->scope != FLAT_ALL)
			return err_set(e, ERR_ARG,
				       "--%s: longs, shorts and coins exclude each other.",
				       o->name);
		g->scope = o->id == O_LONGS ? FLAT_LONGS : FLAT_SHORTS;
		return true;
	case O_ACCOUNT:
		return account_find(d->ctx, &g->account, v, e);
	case O_ALL_ACCOUNTS:
		g->account = 0xff;
		return true;
	case O_DRY_RUN:
		g->dry_run = true;
		return true;
	default:
		return true;
	}
}

static bool set_add(struct draft *d, const struct gram_opt *o, const char *v, struct err *e)
{
	struct add *a = &d->cmd.add;
	struct size s = {0};

	switch (o->id) {
	case O_USD:
		if (!gram_size(&s, v, NULL, e))
			return false;
		if (s.unit != SIZE_USD || s.usd.v <= 0)
			return err_set(e, ERR_ARG, "--usd %s: write an amount like 500USD.", v);
		a->usd = s.usd;
		return true;
	case O_ACCOUNT:
		return account_find(d->ctx, &a->account, v, e);
	case O_DRY_RUN:
		a->dry_run = true;
		return true;
	default:
		return true;
	}
}

static bool set_option(struct draft *d, const struct gram_opt *o, const char *v, struct err *e)
{
	if ((d->given & 1ull << o->id) && o->id != O_KEEP)
		return err_set(e, ERR_ARG, "--%s is written twice.", o->name);
	d->given |= 1ull << o->id;
	if (o->id == O_YES) {
		d->cmd.yes = 1;
		return true;
	}
	switch (d->verb->kind) {
	case CMD_EXIT:
		return set_ticket(d, o, v, e);
	case CMD_TUNE:
		return set_tune(d, o, v, e);
	case CMD_FLATTEN:
		return set_flatten(d, o, v, e);
	case CMD_CANCEL:
		return set_cancel(d, o, v, e);
	case CMD_AUTO:
		return set_auto(d, o, v, e);
	case CMD_GUARD:
		return set_guard(d, o, v, e);
	case CMD_ADD:
		return set_add(d, o, v, e);
	default:
		return true;
	}
}

static bool set_cancel_arg(struct cancel *c, const char *word, struct err *e)
{
	static const char scopes[] = "entry exits all"; /* in the order of enum cancel_scope */
	int i;

	if (choice_find(&i, scopes, word)) {
		c->scope = (uint8_t)i;
		return true;
	}
	if (word[0] >= '0' && word[0] <= '9' && !word[strspn(word, "0123456789")]) {
		c->scope = CANCEL_ONE;
		return count(&c->oid, word, UINT64_MAX / 2, e);
	}
	c->scope = CANCEL_COIN;
	return coin_copy(c->coin, word, e);
}

static bool set_argument(struct draft *d, const char *word, struct err *e)
{
	struct cmd *c = &d->cmd;
	size_t n = strlen(word);

	switch (c->kind) {
	case CMD_EXIT:
		d->coin = c->ticket.coin;
		return coin_copy(c->ticket.coin, word, e);
	case CMD_FLATTEN:
		c->flatten.scope = FLAT_COINS;
		return coin_copy(c->flatten.coin[c->flatten.n_coins++], word, e);
	case CMD_CANCEL:
		return set_cancel_arg(&c->cancel, word, e);
	case CMD_GUARD:
		c->guard.scope = FLAT_COINS;
		return coin_copy(c->guard.coin[c->guard.n_coins++], word, e);
	case CMD_ADD:
		return coin_copy(c->add.coin, word, e);
	case CMD_TUNE:
		return gram_exit_id(&c->tune.exit, word, e);
	case CMD_FOCUS:
		return coin_copy(c->focus.coin, word, e);
	case CMD_AUTO:
		return set_auto_arg(&c->automatic, word, e);
	case CMD_ARM:
	case CMD_RELEASE:
		if (n >= sizeof c->word.word)
			return err_set(e, ERR_ARG, "%.40s is not the word.", word);
		memcpy(c->word.word, word, n + 1);
		return true;
	default:
		return c->kind == CMD_PAUSE || c->kind == CMD_RESUME || c->kind == CMD_END
			       ? gram_which(&c->which.exit, word, e)
			       : gram_exit_id(&c->which.exit, word, e);
	}
}

static bool whole_exit(const struct draft *d, struct err *e)
{
	const struct ticket *t = &d->cmd.ticket;
	const uint64_t how_much = 1ull << O_SIZE | 1ull << O_TO, end = 1ull << O_FOR | 1ull << O_BY;

	if (!(d->given & how_much))
		return err_set(e, ERR_ARG, "How much %s? Write --size all, --size 40%% or --to 0.",
			       t->coin);
	if ((d->given & how_much) == how_much)
		return err_set(e, ERR_ARG, "--size and --to exclude each other.");
	if ((d->given & end) == end)
		return err_set(e, ERR_ARG, "--for and --by exclude each other.");
	if (!(d->given & end) && t->algo != ALGO_SWEEP && (d->given & 1ull << O_ALGO))
		return err_set(e, ERR_ARG,
			       "This plan needs an end: write --for 30m or --by 18:05Z.");
	if ((d->given & 1ull << O_URGENCY) && t->algo != ALGO_AC)
		return err_set(e, ERR_ARG, "--urgency belongs to --algo ac.");
	return true;
}

/* Defaults and rules that need the whole command. */
static bool whole(struct draft *d, struct err *e)
{
	struct cmd *c = &d->cmd;
	const uint64_t end = 1ull << O_FOR | 1ull << O_BY;

	switch (c->kind) {
	case CMD_EXIT:
		if (!whole_exit(d, e))
			return false;
		if (!(d->given & end))
			c->ticket.algo = ALGO_SWEEP;
		return true;
	case CMD_TUNE:
		if (!c->tune.fields)
			return err_set(e, ERR_ARG,
				       "What about x%u? Write --pace 1.5x, --working -1%%, --for "
				       "30m or another of its options.",
				       c->tune.exit);
		if ((d->given & end) == end)
			return err_set(e, ERR_ARG, "--for and --by exclude each other.");
		return true;
	case CMD_FLATTEN:
		if (c->flatten.n_coins && (d->given & (1ull << O_LONGS | 1ull << O_SHORTS)))
			return err_set(e, ERR_ARG, "longs, shorts and coins exclude each other.");
		if (c->flatten.worst.v && c->flatten.n_coins != 1)
			return err_set(e, ERR_ARG, "--worst is for one named coin.");
		return true;
	case CMD_AUTO:
		if (c->automatic.on && !c->automatic.why[0])
			return err_set(e, ERR_ARG,
				       "auto %s acts by itself: say why, as in --why 'asleep "
				       "until 7'.",
				       c->automatic.name);
		return true;
	case CMD_GUARD:
		if (c->guard.trigger.ref != PREF_NONE && c->guard.n_coins != 1)
			return err_set(e, ERR_ARG, "--trigger is for one named coin.");
		if (c->guard.trigger.ref != PREF_NONE && c->guard.off)
			return err_set(e, ERR_ARG, "--off and --trigger exclude each other.");
		return true;
	case CMD_ADD:
		if (!c->add.usd.v)
			return err_set(e, ERR_ARG, "How much for %s? Write --usd 500USD.",
				       c->add.coin);
		return true;
	default:
		return true;
	}
}

static const struct gram_opt *option_find(const struct gram_verb *v, const char *word, size_t n,
					  struct err *e)
{
	const char *names[O_COUNT];
	char typed[32] = "", near[32] = "";
	size_t i;

	for (i = 0; v->opts[i]; i++) {
		names[i] = v->opts[i]->name;
		if (strlen(names[i]) == n && !memcmp(names[i], word, n))
			return v->opts[i];
	}
	if (n < sizeof typed)
		memcpy(typed, word, n);
	gram_near(near, sizeof near, typed, names, i);
	err_set(e, ERR_ARG, "%s has no option --%.*s.%s%s%s", v->name, (int)(n > 40 ? 40 : n), word,
		*near ? " Near: --" : "", near, *near ? "." : "");
	return NULL;
}

static bool verb_known(struct draft *d, const char *word, struct err *e)
{
	const char *names[32];
	char near[16] = "";
	size_t n = 0;

	d->verb = gram_verb_find(word);
	if (d->verb)
		return true;
	for (const struct gram_verb *v = gram_verbs; v->name; v++)
		names[n++] = v->name;
	gram_near(near, sizeof near, word, names, n);
	return err_set(e, ERR_ARG, "No command %.40s.%s%s%s", word, *near ? " Near: " : "", near,
		       *near ? "." : "");
}

static void draft_init(struct draft *d, const struct gram_ctx *ctx)
{
	struct cmd *c = &d->cmd;

	c->kind = d->verb->kind;
	if (c->kind == CMD_FLATTEN) {
		c->flatten.account = ctx->account;
		c->flatten.part.v = 1000000000000;
		c->flatten.verb = d->verb->opts == care_opts   ? VERB_CARE
				  : d->verb->opts == trim_opts ? VERB_TRIM
							       : VERB_NOW;
	} else if (c->kind == CMD_CANCEL) {
		c->cancel.account = ctx->account;
	} else if (c->kind == CMD_GUARD) {
		c->guard.account = ctx->account;
	} else if (c->kind == CMD_ADD) {
		c->add.account = ctx->account == 0xff ? 0 : ctx->account;
	} else if (c->kind == CMD_EXIT) {
		c->ticket.guard = true; /* beyond two minutes */
		c->ticket.account = ctx->account == 0xff ? 0 : ctx->account;
	}
}

/* Arguments first: what an option's value means may depend on the coin. */
static bool take_arguments(struct draft *d, int n, const char *const *words, int *bad,
			   struct err *e)
{
	int args = 0;

	for (int i = 1; i < n; i++) {
		const struct gram_opt *o;
		size_t len;
		if (words[i][0] != '-' || words[i][1] != '-') {
			*bad = i;
			if (args++ == d->verb->args_max)
				return err_set(e, ERR_ARG, "%s: one word too many, %.40s.",
					       d->verb->name, words[i]);
			if (!set_argument(d, words[i], e))
				return false;
			continue;
		}
		*bad = i;
		len = strcspn(words[i] + 2, "=");
		o = option_find(d->verb, words[i] + 2, len, e);
		if (!o)
			return false;
		if (o->arg && !words[i][2 + len])
			i++;
	}
	*bad = n;
	if (args < d->verb->args_min)
		return err_set(e, ERR_ARG, "%s needs %s.", d->verb->name, d->verb->args);
	return true;
}

bool gram_parse(const struct gram_ctx *ctx, struct cmd *out, int n, const char *const *words,
		int *bad, struct err *e)
{
	struct draft d = {.ctx = ctx};

	*bad = 0;
	if (n < 1)
		return err_set(e, ERR_ARG, "No command.");
	if (!verb_known(&d, words[0], e))
		return false;
	draft_init(&d, ctx);
	if (!take_arguments(&d, n, words, bad, e))
		return false;
	for (int i = 1; i < n; i++) {
		const struct gram_opt *o;
		const char *value = "";
		size_t len;
		if (words[i][0] != '-' || words[i][1] != '-')
			continue;
		len = strcspn(words[i] + 2, "=");
		*bad = i;
		o = option_find(d.verb, words[i] + 2, len, e);
		ASSERT(o);
		if (!o->arg && words[i][2 + len])
			return err_set(e, ERR_ARG, "--%s takes no value.", o->name);
		if (o->arg && words[i][2 + len])
			value = words[i] + 3 + len;
		else if (o->arg && i + 1 < n)
			value = words[ *bad = ++i];
		else if (o->arg)
			return err_set(e, ERR_ARG, "--%s needs a value: %s.", o->name, o->help);
		if (!set_option(&d, o, value, e))
			return false;
	}
	*bad = n;
	if (!whole(&d, e))
		return false;
	*out = d.cmd;
	return true;
}
