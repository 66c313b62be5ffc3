/* grammar.c: words to struct cmd, by the table of grammar_table.c.
 *
 * What one option or argument means is grammar_set.c, what a single value means grammar_value.c;
 * here words are told apart, and the whole command is judged.
 *
 * Invariants:
 *  1. *out is written on success only.
 *  2. Every refusal names the word: its text is in the message and its index in *bad.
 *  3. An unknown option or value is refused with the nearest one; nothing is guessed. */
#include "core/grammar_in.h"

#include <string.h>

#include "base/check.h"
#include "core/algo.h"

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
	bool ends = ALGO_INFO[t->algo].own_end || t->by_danger;
	if (!(d->given & end) && !ends && (d->given & 1ull << O_ALGO))
		return err_set(e, ERR_ARG,
			       "This plan needs an end: write --for 30m or --by 18:05Z.");
	if ((d->given & end) && t->algo == ALGO_POV)
		return err_set(e, ERR_ARG,
			       "--algo pov ends when the market has traded enough: give --cap, and "
			       "no --for or --by.");
	if (!(d->given & 1ull << O_URGENCY))
		return true;
	if (t->by_danger || t->algo == ALGO_IS ||
	    (t->algo == ALGO_TWAP && d->given & 1ull << O_RISK))
		return err_set(e, ERR_ARG,
			       "--urgency belongs to --algo ac and adaptive; with %s it is chosen.",
			       t->algo == ALGO_IS ? "is" : "a danger limit alone");
	if (!ALGO_INFO[t->algo].urgent)
		return err_set(e, ERR_ARG, "--urgency belongs to --algo ac and adaptive.");
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
		/* a limit and no plan: the plan is chosen to keep the limit */
		if (!(d->given & 1ull << O_ALGO))
			c->ticket.by_danger = d->given & 1ull << O_RISK;
		if (c->ticket.by_danger)
			c->ticket.algo = ALGO_AC;
		else if (!(d->given & end) && !(d->given & 1ull << O_ALGO))
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
		c->flatten.verb = !strcmp(d->verb->name, "care")   ? VERB_CARE
				  : !strcmp(d->verb->name, "trim") ? VERB_TRIM
								   : VERB_NOW;
	} else if (c->kind == CMD_CANCEL) {
		c->cancel.account = ctx->account;
	} else if (c->kind == CMD_GUARD) {
		c->guard.account = ctx->account;
	} else if (c->kind == CMD_ADD) {
		c->add.account = ctx->account == 0xff ? 0 : ctx->account;
	} else if (c->kind == CMD_EXIT) {
		c->ticket.guard = true; /* beyond two minutes */
		c->ticket.plan_only = !strcmp(d->verb->name, "plan");
		c->ticket.account = ctx->account == 0xff ? 0 : ctx->account;
	}
}

/* "exit BTC danger 1%": the word of an option without its dashes is told so. */
static bool word_too_many(const struct gram_verb *v, const char *word, struct err *e)
{
	struct err none;

	if (option_find(v, word, strlen(word), &none))
		return err_set(e, ERR_ARG, "%s: one word too many, %.40s. Write --%.40s.", v->name,
			       word, word);
	return err_set(e, ERR_ARG, "%s: one word too many, %.40s.", v->name, word);
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
				return word_too_many(d->verb, words[i], e);
			if (!gram_set_argument(d, words[i], e))
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
		if (!gram_set_option(&d, o, value, e))
			return false;
	}
	*bad = n;
	if (!whole(&d, e))
		return false;
	*out = d.cmd;
	return true;
}
