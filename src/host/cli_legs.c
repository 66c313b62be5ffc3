/* cli_legs.c: `exit all` and `exit BTC,ETH`: one exit a leg, paced together.
 *
 * The engine is asked for the plan of every leg by itself, which holds the numbers of its model
 * (impact, volatility, pace within the cap); plan/legs.h solves them here, beside the engine; then
 * each leg is an exit like any other, begun with the urgency found and the name of the group.
 *
 * 1. A leg that cannot be planned or begun is named and holds up no other; the status says so.
 * 2. Nothing is sent before every leg has been asked for and the whole has been solved. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/hex.h"
#include "core/instr.h"
#include "host/calc_in.h"
#include "host/cli.h"
#include "plan/legs.h"
#include "plan/solve.h"
#include "wire/json.h"

enum { WORDS_MAX = 64, SNAP_MS = 3000 };
static const double HOUR_S = 3600;

struct group {
	struct cli *c;
	int n_words, at; /* words as typed; which of them names the legs */
	const char *words[WORDS_MAX + 2];
	struct cmd cmd[MULTI_LEGS];
	double size[MULTI_LEGS]; /* coins, signed */
	uint32_t n, n_out;
	char out[MULTI_LEGS][COIN_MAX + 200]; /* legs left out, and why */
	enum err_code refused;		      /* of the first of them */
	double limit, urgency;
	char pool[COIN_MAX]; /* whose chance is told */
	double gap_pct;	     /* move of BTC at which it dies; NAN: none does */
	int64_t end_ms;
	struct legs_in in;
	struct legs_out got;
	uint32_t exit[MULTI_LEGS]; /* 0: not begun */
};

/* Index of the word that names legs together; 0: it is an exit of one coin. */
static int names_legs(int n, const char *const *words)
{
	const struct gram_verb *v = gram_verb_find(words[0]);

	if (!v || v->kind != CMD_EXIT)
		return 0;
	for (int i = 1; i < n; i++) {
		size_t len;
		if (strncmp(words[i], "--", 2) != 0)
			return !strcmp(words[i], "all") || strchr(words[i], ',') ? i : 0;
		len = strcspn(words[i] + 2, "=");
		for (int k = 0; v->opts[k]; k++)
			if (strlen(v->opts[k]->name) == len &&
			    !strncmp(v->opts[k]->name, words[i] + 2, len) && v->opts[k]->arg &&
			    !words[i][2 + len])
				i++;
	}
	return 0;
}

bool cli_is_legs(int n, const char *const *words)
{
	return n > 0 && names_legs(n, words) > 0;
}

static bool given(const struct group *g, const char *option)
{
	size_t len = strlen(option);

	for (int i = 1; i < g->n_words; i++)
		if (!strncmp(g->words[i], option, len) &&
		    (!g->words[i][len] || g->words[i][len] == '='))
			return true;
	return false;
}

static bool words_ok(struct group *g, struct err *e)
{
	static const char *const of_one[] = {"--to",   "--algo",  "--working",
					     "--last", "--block", "--declared"};

	for (size_t i = 0; i < COUNT_OF(of_one); i++)
		if (given(g, of_one[i]))
			return err_set(e, ERR_ARG,
				       "%s is of one coin: legs together take --for or --by, "
				       "--size, --danger and --urgency.",
				       of_one[i]);
	if (!given(g, "--for") && !given(g, "--by"))
		return err_set(e, ERR_ARG,
			       "legs that are paced together end together: give --for or --by. At "
			       "once is `flatten`.");
	if (given(g, "--danger") && given(g, "--urgency"))
		return err_set(e, ERR_ARG, "--danger chooses the urgency; give one of the two.");
	return true;
}

/* The words of one leg: its coin, all of it unless said otherwise, Almgren and Chriss. */
static bool leg_cmd(struct group *g, const char *coin, struct cmd *cmd, struct err *e)
{
	const char *w[WORDS_MAX + 2];
	int n = 0;

	for (int i = 0; i < g->n_words; i++)
		w[n++] = i == g->at ? coin : g->words[i];
	w[n++] = "--algo=ac";
	if (!given(g, "--size"))
		w[n++] = "--size=all";
	if (!cli_parse(g->c, n, w, cmd, e))
		return false;
	if (cmd->ticket.size.unit != SIZE_ALL && cmd->ticket.size.unit != SIZE_PERCENT)
		return err_set(e, ERR_ARG,
			       "--size of legs together is all or a percentage of each: 40%%.");
	return true;
}

static void leave_out(struct group *g, const char *coin, const struct err *e)
{
	struct buf b;

	if (g->n_out == MULTI_LEGS)
		return;
	if (!g->n_out)
		g->refused = e->code;
	buf_init(&b, g->out[g->n_out], sizeof g->out[0]);
	buf_printf(&b, "%s: %s", coin, e->text);
	g->n_out++;
}

/* ---- the numbers of a leg ---- */

static bool number(const struct jv *v, const char *key, double *out, struct err *e)
{
	if (calc_number(jv_get(v, key), out))
		return true;
	return err_set(e, ERR_UNKNOWN, "its plan does not say %s.", key);
}

static bool read_model(struct group *g, const char *text, struct leg *l, double *position,
		       struct err *e)
{
	struct json *j = json_new(16384);
	const char *end = strchr(text, '\n');
	const struct jv *v, *m;
	double slots = 0, end_ms = 0;
	bool ok;

	if (!j)
		return err_set(e, ERR_LIMIT, "no memory");
	v = end ? json_parse(j, text, (size_t)(end - text), e) : NULL;
	m = jv_get(v, "model");
	ok = number(m, "position", position, e) && number(m, "sigma_per_sqrt_s", &l->sigma_s, e) &&
	     number(m, "eta_usd_s_per_unit2", &l->eta, e) &&
	     number(m, "gamma_usd_per_unit2", &l->gamma, e) &&
	     number(m, "epsilon_usd_per_unit", &l->epsilon, e) && number(m, "size", &l->x, e) &&
	     number(m, "slots", &slots, e) && number(m, "rate_max_per_s", &l->rate_max, e) &&
	     number(v, "horizon_s", &g->in.horizon_s, e) && number(v, "end_ms", &end_ms, e);
	if (ok && slots >= 1 && slots <= SLICES_MAX)
		l->slots = (uint32_t)slots;
	if (ok && (int64_t)end_ms > g->end_ms)
		g->end_ms = (int64_t)end_ms;
	json_free(j);
	return ok;
}

/* An exit that runs has the leg: it is in no sum of this one. */
static bool is_free(const struct snap *s, const struct snap_leg *at, struct err *e)
{
	for (uint32_t i = 0; i < s->n_exits; i++) {
		const struct snap_exit *x = &s->exit[i];
		if (x->state != XS_DONE && x->account == at->account && !strcmp(x->coin, at->coin))
			return err_set(e, ERR_RULE, "x%u already has %s: tune it, or end it.",
				       x->id, x->coin);
	}
	return true;
}

static bool add_leg(struct group *g, const struct snap *s, const struct snap_leg *at, struct err *e)
{
	static struct attach_reply r;
	struct leg *l = &g->in.leg[g->n];
	struct cmd *cmd = &g->cmd[g->n], ask;
	double position = 0, btc = s->sigma_btc > 0 ? s->sigma_btc : 0.0067;

	if (!leg_cmd(g, at->coin, cmd, e) || (!cmd->ticket.plan_only && !is_free(s, at, e)))
		return false;
	ask = *cmd;
	ask.ticket.plan_only = true;
	ask.ticket.dry_run = ask.ticket.by_danger = false;
	ask.ticket.risk.v = 0;
	if (!cli_ask_ready(g->c, &ask, &r, e))
		return false;
	if (r.code != ERR_OK)
		return err_set(e, (enum err_code)(r.code < ERR_COUNT ? r.code : ERR_BUG), "%s",
			       r.text);
	*l = (struct leg){.coin = ""};
	memcpy(l->coin, at->coin, sizeof l->coin);
	if (!read_model(g, r.text, l, &position, e))
		return false;
	if (position < 0)
		l->x = -l->x;
	l->beta_s = at->beta * price_to_double(at->mark) * btc / sqrt(HOUR_S);
	g->size[g->n++] = l->x;
	g->in.n = g->n;
	return true;
}

/* ---- which legs ---- */

static bool named(const char *list, const char *coin)
{
	size_t n = strlen(coin);

	for (const char *p = list; *p; p += *p == ',') {
		size_t len = strcspn(p, ",");
		char word[COIN_MAX] = "";

		if (len == n && len < sizeof word)
			memcpy(word, p, len);
		if (len == n && coin_same(word, coin))
			return true;
		p += len;
	}
	return false;
}

/* Every name of the list is held, and named once. */
static bool list_ok(const struct snap *s, uint8_t account, const char *list, struct err *e)
{
	for (const char *p = list; *p; p += *p == ',') {
		size_t len = strcspn(p, ",");
		uint32_t held = 0;
		char coin[COIN_MAX];
		if (!len || len >= sizeof coin)
			return err_set(e, ERR_ARG, "%s: a list is BTC,ETH,SOL.", list);
		memcpy(coin, p, len);
		coin[len] = 0;
		for (uint32_t i = 0; i < s->n_legs; i++)
			held += s->leg[i].account == account && s->leg[i].szi.v &&
				coin_same(s->leg[i].coin, coin);
		if (held > 1)
			return err_set(e, ERR_ARG,
				       "%s can be two coins that are held: exit each by itself.",
				       coin);
		if (!held)
			return err_set(e, ERR_RULE, "%s is flat. Nothing to exit.", coin);
		if (p[len] && named(p + len + 1, coin))
			return err_set(e, ERR_ARG, "%s is named twice.", coin);
		p += len;
	}
	return true;
}

static bool in_pool(const struct snap *s, const struct snap_pool *p, const char *coin)
{
	for (uint32_t i = p->first_leg; i < p->first_leg + (uint32_t)p->n_legs; i++)
		if (!strcmp(s->leg[i].coin, coin))
			return true;
	return false;
}

/* The pool whose chance is told: the most endangered one on cross margin that is left whole by
 * these legs, else the most endangered isolated one. The others have margin of their own. */
static const struct snap_pool *whole_pool(const struct group *g, const struct snap *s,
					  uint8_t account)
{
	const struct snap_pool *alone = NULL;

	for (uint32_t k = 0; k < s->n_pools && k < SNAP_POOLS; k++) {
		const struct snap_pool *p = &s->pool[k];
		uint32_t mine = 0;
		for (uint32_t j = 0; j < g->n; j++)
			mine += in_pool(s, p, g->in.leg[j].coin);
		if (p->account != account || !p->has_equity || !mine || mine != p->n_legs)
			continue;
		if (!p->isolated)
			return p;
		alone = alone ? alone : p;
	}
	return alone;
}

static void find_pool(struct group *g, const struct snap *s, uint8_t account)
{
	const struct snap_pool *p = whole_pool(g, s, account);

	if (!p || g->cmd[0].ticket.size.unit != SIZE_ALL)
		return;
	g->in.has_pool = true;
	g->in.distance = money_to_double(p->equity) - money_to_double(p->maintenance);
	memcpy(g->pool, p->name, sizeof g->pool);
	g->gap_pct = p->has_dies ? p->dies_pct : (double)NAN;
	for (uint32_t j = 0; j < g->n; j++)
		g->in.leg[j].apart = !in_pool(s, p, g->in.leg[j].coin);
}

/* The engine's place of the account that the words name: the configuration may be younger. */
static bool place_in(const struct snap *s, const struct cmd *cmd, uint8_t *out, struct err *e)
{
	char address[43] = "0x";

	hex_encode(address + 2, cmd->address, 20);
	for (*out = 0; *out < s->n_accounts; ++*out)
		if (!strcmp(s->account[*out].address, address))
			return true;
	return err_set(e, ERR_CONF, "the engine that runs does not know account %s yet", address);
}

static bool choose(struct group *g, struct err *e)
{
	struct cmd any;
	const char *list = g->words[g->at];
	bool all = !strcmp(list, "all");
	const struct snap *live;
	static struct snap s; /* stands while the engine is asked */
	uint32_t seen = 0;
	uint8_t mine;

	if (!leg_cmd(g, "BTC", &any, e))
		return false;
	live = cli_snap(g->c, SNAP_MS, e);
	if (!live)
		return false;
	s = *live;
	if (!place_in(&s, &any, &mine, e))
		return false;
	if (!all && !list_ok(&s, mine, list, e))
		return false;
	g->limit = given(g, "--danger") ? ratio_to_double(any.ticket.risk) : 0;
	g->urgency = given(g, "--urgency") ? ratio_to_double(any.ticket.urgency) : 0.5;
	for (uint32_t i = 0; i < s.n_legs && i < POSITIONS_MAX; i++) {
		const struct snap_leg *l = &s.leg[i];
		struct err why = {0};
		if (l->account != mine || !l->szi.v || (!all && !named(list, l->coin)))
			continue;
		seen++;
		if (g->n == MULTI_LEGS)
			err_set(&why, ERR_LIMIT, "%d legs go together at most; ask again for it.",
				MULTI_LEGS);
		if (g->n == MULTI_LEGS || !add_leg(g, &s, l, &why))
			leave_out(g, l->coin, &why);
	}
	if (!seen)
		return err_set(e, ERR_RULE, "Nothing is held. Nothing to exit.");
	if (!g->n)
		return err_set(e, g->refused, "%s", g->out[0]);
	find_pool(g, &s, mine);
	if (g->limit > 0 && !g->in.has_pool)
		return err_set(e, ERR_RULE,
			       "--danger is of a whole pool, and these legs are not all of one "
			       "whose equity is known: exit all, or --urgency.");
	return true;
}

/* ---- what is said ---- */

static void put_num(struct buf *b, const char *key, double v)
{
	buf_printf(b, isfinite(v) ? ",\"%s\":%.6g" : ",\"%s\":null", key, v);
}

static void put_sum_json(struct buf *b, const struct group *g, const char *key,
			 const struct legs_sum *s)
{
	buf_printf(b, ",\"%s\":{\"total_usd\":%.6g", key, -s->cost);
	put_num(b, "sd_usd", s->sd);
	if (g->in.has_pool)
		buf_printf(b, ",\"danger\":%.2g,\"danger_is_under\":%s}", plan_shown(s->chance),
			   s->chance < 0.002 ? "true" : "false");
	else
		buf_puts(b, ",\"danger\":null,\"danger_is_under\":null}");
}

static void put_json(struct buf *b, const struct group *g)
{
	const struct legs_out *o = &g->got;

	buf_printf(b, "\"plan\":{\"end_ms\":%lld", (long long)g->end_ms);
	put_num(b, "horizon_s", g->in.horizon_s);
	put_num(b, "lambda_per_usd", o->lambda);
	put_sum_json(b, g, "together", &o->joint);
	put_sum_json(b, g, "each_by_itself", &o->alone);
	put_sum_json(b, g, "optimum", &o->best);
	put_num(b, "regret", o->regret);
	put_num(b, "dies_at_gap_pct", g->in.has_pool ? g->gap_pct : (double)NAN);
	put_num(b, "danger_limit", g->limit > 0 ? g->limit : (double)NAN);
	buf_printf(b, ",\"keeps_limit\":%s,\"danger_by\":%s,\"legs\":[",
		   !(g->limit > 0) ? "null"
		   : o->kept	   ? "true"
				   : "false",
		   g->in.has_pool ? "\"bound\"" : "null");
	for (uint32_t i = 0; i < g->n; i++) {
		buf_printf(b, "%s{\"coin\":", i ? "," : "");
		buf_json_str(b, g->in.leg[i].coin);
		buf_printf(b, ",\"side\":\"%s\"", g->size[i] < 0 ? "buy" : "sell");
		put_num(b, "size", fabs(g->size[i]));
		put_num(b, "urgency", o->urgency[i]);
		put_num(b, "kappa_t", o->kappa_t[i]);
		put_num(b, "kappa_t_by_itself", o->alone_t[i]);
		buf_printf(b, ",\"capped\":%s,\"too_short\":%s}", o->capped[i] ? "true" : "false",
			   o->too_short[i] ? "true" : "false");
	}
	buf_puts(b, "],\"left_out\":[");
	for (uint32_t i = 0; i < g->n_out; i++) {
		buf_puts(b, i ? "," : "");
		buf_json_str(b, g->out[i]);
	}
	buf_puts(b, "]}");
}

static void put_sum(struct buf *b, const struct group *g, const char *name,
		    const struct legs_sum *s)
{
	char odds[24];

	buf_printf(b, "  %-15s cost %.2f USD +- %.2f", name, s->cost, s->sd);
	if (g->in.has_pool) {
		plan_odds(odds, sizeof odds, s->chance);
		buf_printf(b, ", %s chance of liquidation of %s (bound, at most)", odds, g->pool);
	}
	buf_putc(b, '\n');
}

static void put_words(struct buf *b, const struct group *g)
{
	const struct legs_out *o = &g->got;
	int64_t s = g->end_ms / 1000 % 86400;

	buf_printf(b, "%u leg%s together, done by %02d:%02d:%02dZ\n", g->n, g->n == 1 ? "" : "s",
		   (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
	for (uint32_t i = 0; i < g->n; i++)
		buf_printf(b, "  %-12s %-4s %14.6g  urgency %.2f, by itself %.2f%s\n",
			   g->in.leg[i].coin, g->size[i] < 0 ? "buy" : "sell", fabs(g->size[i]),
			   o->urgency[i], plan_urgency_of(o->alone_t[i], g->in.slots),
			   o->too_short[i] ? "; the volume cap holds it beyond the end"
			   : o->capped[i]  ? "; held back by the volume cap"
					   : "");
	put_sum(b, g, "together:", &o->joint);
	put_sum(b, g, "each by itself:", &o->alone);
	buf_printf(b, "  %.2f %% more impact and risk than the joint optimum%s\n", 100 * o->regret,
		   o->overshoots ? ", which would let a leg grow or turn over" : "");
	/* no volatility foresees a jump: the gap stands beside every chance (operations.md 4) */
	if (g->in.has_pool && isfinite(g->gap_pct))
		buf_printf(b, "  %s dies at an instant gap of BTC %+.2f %%\n", g->pool, g->gap_pct);
	if (!g->in.has_pool)
		buf_puts(b, "  chance of liquidation: not told, they are not all of a pool whose "
			    "equity is known\n");
	if (g->limit > 0 && !o->kept)
		buf_puts(b, "  no schedule keeps the limit; this one is nearest. Sell a part at "
			    "once, or add collateral\n");
	for (uint32_t i = 0; i < g->n_out; i++)
		buf_printf(b, "  left out: %s\n", g->out[i]);
}

/* ---- the verb ---- */

static bool solve(struct group *g, struct err *e)
{
	static struct legs_work work;

	g->in.slots = LEGS_SLOTS;
	g->in.limit = g->limit;
	g->in.urgency = g->limit > 0 ? 0 : g->urgency;
	return legs_solve(&g->in, &work, &g->got, e);
}

static void begin(struct group *g)
{
	static struct attach_reply r;
	uint32_t group = TICKET_GROUP_OWN;

	for (uint32_t i = 0; i < g->n; i++) {
		struct cmd *cmd = &g->cmd[i];
		struct err e = {0};
		cmd->ticket.by_danger = false;
		cmd->ticket.urgency.v = (int64_t)(g->got.urgency[i] * 1e12);
		cmd->ticket.group = group;
		cmd->ticket.group_lambda = g->got.lambda;
		if (cli_ask_ready(g->c, cmd, &r, &e) && r.code != ERR_OK)
			err_set(&e, (enum err_code)(r.code < ERR_COUNT ? r.code : ERR_BUG), "%s",
				r.text);
		if (e.code != ERR_OK) {
			leave_out(g, g->in.leg[i].coin, &e);
			continue;
		}
		g->exit[i] = r.exit;
		if (group == TICKET_GROUP_OWN)
			group = r.exit;
	}
}

static void show(const struct group *g, bool began)
{
	static char text[32768];
	uint32_t name = 0, n = 0;
	struct buf b;

	for (uint32_t i = g->n; i-- > 0;)
		name = g->exit[i] ? g->exit[i] : name;
	buf_init(&b, text, sizeof text);
	if (cli_has(g->c, OPT_JSON)) {
		buf_puts(&b, "{");
		if (began && name)
			buf_printf(&b, "\"done\":true,\"group\":\"g%u\",", name);
		else if (began)
			buf_puts(&b, "\"done\":false,\"group\":null,");
		if (began)
			buf_puts(&b, "\"exits\":[");
		for (uint32_t i = 0; i < g->n; i++)
			if (g->exit[i])
				buf_printf(&b, "%s\"x%u\"", n++ ? "," : "", g->exit[i]);
		if (began)
			buf_puts(&b, "],");
		put_json(&b, g);
		buf_puts(&b, "}\n");
	} else {
		if (name)
			buf_printf(&b, "g%u:", name);
		for (uint32_t i = 0; i < g->n; i++)
			if (g->exit[i])
				buf_printf(&b, "%s x%u %s", n++ ? "," : "", g->exit[i],
					   g->in.leg[i].coin);
		buf_puts(&b, name ? "\n" : "");
		put_words(&b, g);
	}
	cli_put(STDOUT_FILENO, text);
}

int cli_legs(struct cli *c, int n, const char *const *words)
{
	static struct group g;
	struct cmd any;
	struct err e = {0};
	int status = 0;

	g.c = c;
	g.at = names_legs(n, words);
	g.n_words = n;
	if (n > WORDS_MAX) {
		err_set(&e, ERR_ARG, "%d words are too many.", n);
		return cli_fail(c, &e);
	}
	memcpy(g.words, words, (size_t)n * sizeof words[0]);
	if (!words_ok(&g, &e) || !cli_open(c, true, &e) || !leg_cmd(&g, "BTC", &any, &e))
		return cli_fail(c, &e);
	bool only = any.ticket.plan_only || any.ticket.dry_run;
	if ((!only && (!cli_confirmed(c, &any, &e) || !cli_signer(c, &e))) ||
	    !cli_engine(c, true, &e) || !choose(&g, &e) || !solve(&g, &e))
		return cli_fail(c, &e);
	if (!only)
		begin(&g);
	show(&g, !only);
	for (uint32_t i = 0; cli_has(c, OPT_WAIT) && i < g.n; i++) {
		int one = g.exit[i] ? cli_wait(c, g.exit[i], &g.cmd[i]) : 0;
		status = status ? status : one;
	}
	return status ? status : err_exit_status(g.n_out ? g.refused : ERR_OK);
}
