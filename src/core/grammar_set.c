/* grammar_set.c: one option or one argument of a command, into the draft of it. A function for each
 * verb, a case for each of its options.
 *
 * Invariants:
 *  1. A refusal names the option and the value.
 *  2. Nothing here looks at what else was written, but for options that only together mean
 *     something (--algo chase and --place): what must fit together is judged in grammar.c. */
#include "core/grammar_in.h"

#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "core/algo.h"

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

enum { WORD_CHASE = ALGO_COUNT, WORD_DANGER }; /* of --algo, after the algorithms themselves */

static bool tune_algo(struct tune *u, int word, const char *typed, struct err *e)
{
	if (word == WORD_DANGER || (word < ALGO_COUNT && !ALGO_INFO[word].tunes))
		return err_set(e, ERR_ARG,
			       "--algo %s begins an exit and is no change of one: --danger, "
			       "--urgency or --for say what should change.",
			       typed);
	u->algo = word == WORD_CHASE ? (uint8_t)ALGO_SWEEP : (uint8_t)word;
	u->fields |= TUNE_ALGO;
	if (word == WORD_CHASE && !(u->fields & TUNE_PLACE)) {
		u->place = PLACE_CHASE;
		u->fields |= TUNE_PLACE;
	}
	return true;
}

static bool set_algo(struct draft *d, const struct gram_opt *o, const char *v, struct err *e)
{
	struct ticket *t = &d->cmd.ticket;
	int i;

	if (!choice(&i, o, v, e))
		return false;
	if (d->verb->kind != CMD_EXIT)
		return tune_algo(&d->cmd.tune, i, v, e);
	t->by_danger = i == WORD_DANGER;
	t->algo = i == WORD_CHASE    ? (uint8_t)ALGO_SWEEP
		  : i == WORD_DANGER ? (uint8_t)ALGO_AC
				     : (uint8_t)i;
	if (i == WORD_CHASE && !(d->given & 1ull << O_PLACE))
		t->place = PLACE_CHASE, t->place_set = true;
	return true;
}

/* A share that must be something: left out it has a default, so nothing is not a way to say that.
 */
static bool share_some(struct ratio *out, const struct gram_opt *o, const char *v, struct err *e)
{
	if (!gram_percent(out, v, e))
		return false;
	if (out->v <= 0)
		return err_set(e, ERR_ARG, "--%s %s: write more than 0%%, or leave it out.",
			       o->name, v);
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
		return share_some(&t->risk, o, v, e) &&
		       (t->risk.v < 1000000000000 ||
			err_set(e, ERR_ARG, "--%s %s: write more than 0%% and less than 100%%.",
				o->name, v));
	case O_WORKING:
		return gram_price(&t->working, v, e);
	case O_LAST:
		return gram_price(&t->last, v, e);
	case O_CAP:
		return share_some(&t->cap, o, v, e);
	case O_PLACE:
		if (!choice(&i, o, v, e))
			return false;
		t->place = (uint8_t)i;
		t->place_set = true;
		return true;
	case O_RANDOM:
		t->random_set = true;
		return gram_percent(&t->random, v, e);
	case O_DECLARED:
		t->declared = true;
		return true;
	case O_OVERSHOOT:
		return err_set(e, ERR_ARG,
			       "--overshoot is not in this version: every leg only falls.");
	case O_DEPTH:
		return share_some(&t->depth, o, v, e);
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
	case O_RISK:
		t->fields |= TUNE_RISK;
		return gram_percent(&t->risk, v, e);
	case O_BLOCK:
		t->fields |= TUNE_BLOCK;
		return gram_size(&t->block, v, NULL, e);
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

static bool set_value(struct draft *d, const struct gram_opt *o, const char *v, struct err *e)
{
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

bool gram_set_option(struct draft *d, const struct gram_opt *o, const char *v, struct err *e)
{
	if ((d->given & 1ull << o->id) && o->id != O_KEEP)
		return err_set(e, ERR_ARG, "--%s is written twice.", o->name);
	d->given |= 1ull << o->id;
	if (o->id == O_YES) {
		d->cmd.yes = 1;
		return true;
	}
	if (set_value(d, o, v, e))
		return true;
	/* "3 is not between 0 and 1." says which value, not of what */
	if (e && v && *v && !strncmp(e->text, v, strlen(v))) {
		struct err bare = *e;
		err_set(e, bare.code, "--%s %s", o->name, bare.text);
	}
	return false;
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

bool gram_set_argument(struct draft *d, const char *word, struct err *e)
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
