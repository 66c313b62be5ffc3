/* sheet: "N orders in M actions" is what the run then sends: random pools of several accounts, with
 * legs above the venue's largest order, played through exec/flat until nothing more goes out. */
#include <stdlib.h>

#include "core/batch.h"
#include "exec/flat.h"
#include "tests/unit/sheet_world.h"

enum { LEGS = 48 };

static struct instr instrs[LEGS];
static struct flat_leg_view views[LEGS];
static struct flat_view v;
static struct flat f;
static struct flat_out step;
static struct panic_conf knobs;

struct sent {
	uint32_t orders, actions;
};

/* Positions as the run sees them, ranked as the sheet ranks them. */
static void see(const struct sheet_line *line)
{
	memset(&v, 0, sizeof v);
	v.now_ns = 9000000000;
	v.wall_ms = 1757080931000;
	v.may_send = true;
	v.leg = views;
	v.dexes = v.accounts = 1;
	v.panic = &knobs;
	v.n = in.n_legs;
	for (uint32_t k = 0; k < in.n_legs; k++) {
		const struct sheet_leg_in *l = &in.leg[k];
		struct instr *i = &instrs[k];

		*i = (struct instr){.sz_decimals = l->sz_decimals,
				    .px_decimals = l->px_decimals,
				    .px_sig = 5,
				    .max_leverage = l->max_leverage,
				    .min_notional = {1000000000}};
		memcpy(i->coin, l->coin, sizeof i->coin);
		views[k] = (struct flat_leg_view){.account = l->account,
						  .instr_id = (uint16_t)k,
						  .instr = i,
						  .szi = l->szi,
						  .book = l->book,
						  .book_ns = l->blind ? 0 : v.now_ns,
						  .mark = l->mark,
						  .beta_usd = l->beta * d(l->mark),
						  .cannot_trade = l->cannot_trade};
	}
	for (uint32_t k = 0; k < line->n; k++) {
		views[line->leg[k].leg].rank = line->n - k;
		views[line->leg[k].leg].zero = line->leg[k].zero;
		views[line->leg[k].leg].worse = line->leg[k].worse_past;
	}
}

/* Everything that goes out is filled at once. Groups are actions, cut as the engine cuts them. */
static void fill_all(struct sent *s)
{
	uint32_t group = 0, of = 0;

	for (uint32_t i = 0; i < step.n; i++) {
		const struct flat_want *w = &step.at[i];
		struct flat_leg_view *p;
		struct exec_report r;

		if (w->kind != FW_PLACE)
			continue;
		of = s->orders && w->group == group && of < SUBMIT_BATCH ? of + 1 : 1;
		group = w->group;
		s->actions += of == 1;
		s->orders++;
		p = &views[w->instr_id];
		p->szi.v += w->buy ? w->qty.v : -w->qty.v;
		r = (struct exec_report){.kind = REP_FILL,
					 .slice = w->leg + 1,
					 .attempt = w->attempt,
					 .filled = w->qty,
					 .px = w->px};
		flat_on_order(&f, &r, &v);
		r.kind = REP_CLOSED;
		r.heard = r.filled;
		flat_on_order(&f, &r, &v);
	}
}

static struct sent play(const struct flatten *c)
{
	struct sent s = {0};
	struct err e = {0};

	if (!flat_init(&f, 1, c, &v, &e))
		test_fail(__FILE__, __LINE__, "%s", e.text);
	for (int k = 0; k < 20000 && f.state != FLAT_VERIFYING && !f.done; k++) {
		flat_step(&f, &v, &step);
		fill_all(&s);
		v.now_ns += c->verb == VERB_CARE ? 10000000000 : 1000000000;
		v.wall_ms += c->verb == VERB_CARE ? 10000 : 1000;
		f.rung_start_ns = v.now_ns; /* as patient as the pieces are many */
		for (uint32_t i = 0; i < v.n; i++)
			if (!in.leg[i].blind)
				views[i].book_ns = v.now_ns;
	}
	return s;
}

static struct flatten of_line(uint8_t verb, const struct sheet_line *l)
{
	struct flatten c = {.account = 0xff, .verb = verb, .part = in.part};

	for (uint32_t i = 0; verb == VERB_TRIM && i < l->n; i++) {
		const struct sheet_leg_in *g = &in.leg[l->leg[i].leg];

		memcpy(c.cut[c.n_cuts].coin, g->coin, sizeof g->coin);
		c.cut[c.n_cuts].account = g->account;
		c.cut[c.n_cuts++].qty = l->leg[i].size;
	}
	return c;
}

/* Legs dealt to two or three accounts, some of them larger than one order may be. */
static void random_accounts(struct prng *r, double margin)
{
	int accounts = (int)prng_range(r, 1, 3), at = 0;

	begin(0);
	in.n_pools = 0;
	in.sigma_btc = 0.006;
	for (int a = 0; a < accounts; a++) {
		struct sheet_pool_in *p = &in.pool[in.n_pools++];
		int legs = (int)prng_range(r, 1, LEGS / accounts);
		double maint = 0;

		*p = (struct sheet_pool_in){.account = (uint8_t)a, .has_equity = true};
		for (int k = 0; k < legs; k++) {
			struct sheet_leg_in *l = random_leg(r, prng_below(r, 2) ? 3 : 0);

			if (prng_below(r, 3) == 0) /* to 60 M USD, of caps from 5 M on */
				l->szi.v *= 1 + (int64_t)prng_below(r, 75);
			l->cannot_trade = prng_below(r, 12) == 0;
			snprintf(l->coin, sizeof l->coin, "C%d", at++);
			maint += venue_maint(l, fabs(qty_to_double(l->szi)) * d(l->mark));
		}
		p->equity = maint * margin;
	}
	in.panic = *panic_default();
	in.panic.care_jitter.v = 0;
	in.part.v = prng_below(r, 4) ? 1000000000000 : prng_range(r, 1, 1000) * 1000000000;
	knobs = in.panic;
}

TEST(orders_and_actions_are_those_that_are_sent)
{
	static const uint8_t line_of[VERBS] = {
		[VERB_NOW] = SHEET_NOW, [VERB_CARE] = SHEET_CARE, [VERB_TRIM] = SHEET_TRIM};
	uint32_t split = 0, several = 0, hedged = 0, trims = 0, off = 0;
	struct prng r;

	prng_seed(&r, test_seed + 11);
	for (int k = 0; k < 400; k++) {
		random_accounts(&r, 1.05 + 0.4 * prng_unit(&r));
		sheet_make(&in, &out);
		for (int verb = 0; verb < VERBS; verb++) {
			const struct sheet_line *l = &out.line[line_of[verb]];
			struct flatten c;
			struct sent s;
			bool buys = false, sells = false;

			if (!l->offered || (verb == VERB_CARE && l->takes_s > 3000))
				continue; /* thousands of slices say nothing more */
			c = of_line((uint8_t)verb, l);
			see(l);
			s = play(&c);
			for (uint32_t i = 0; i < l->n; i++) {
				split += verb == VERB_NOW && l->leg[i].orders > 1;
				buys = buys || l->leg[i].buy;
				sells = sells || !l->leg[i].buy;
			}
			several += verb == VERB_NOW && in.n_pools > 1 && l->n > 3;
			hedged += verb == VERB_TRIM && buys && sells;
			trims += verb == VERB_TRIM;
			if (s.orders == l->orders && s.actions == l->actions)
				continue;
			if (buys && sells && abs((int)s.orders - (int)l->orders) <= 1) {
				off++; /* a lot that one double has room for and another not */
				continue;
			}
			test_fail(__FILE__, __LINE__, "world %d %s: said %u in %u, sent %u in %u",
				  k, sheet_verb_name[line_of[verb]], l->orders, l->actions,
				  s.orders, s.actions);
		}
	}
	printf("  %u legs split, %u sheets of several accounts, %u trims, %u of both sides\n",
	       split, several, trims, hedged);
	CHECK(off <= 2);
	CHECK(split > 200 && several > 100 && trims > 100 && hedged > 50);
}

/* Two accounts by turns: an action each, behind the one of the leg in most danger; and twenty legs
 * of one never go before the second most endangered of the other. */
TEST(accounts_share_an_action_each)
{
	uint8_t account[60];
	uint16_t at[60];
	struct batch b = {0};

	for (uint32_t i = 0; i < 8; i++)
		account[i] = i % 2;
	batch_order(account, 8, true, at);
	for (uint32_t i = 0; i < 8; i++) {
		uint8_t a = at[i] % 2;

		batch_sent(&b, a, 1, batch_begins(&b, a, i == 0), i == 0);
	}
	CHECK_INT(at[0], 0);
	CHECK_INT(at[1], 1);
	CHECK_INT(at[2], 3);
	CHECK_INT(at[7], 6);
	CHECK_INT(b.actions, 3);
	memset(account, 0, sizeof account);
	account[30] = 1;
	batch_order(account, 60, true, at);
	CHECK_INT(at[20], 20);
	CHECK_INT(at[40], 41);
	CHECK_INT(at[41], 30); /* before the third action of the other */
	/* pieces: 19, and 25 more that join them, are two signed actions of at most 30 */
	b = (struct batch){0};
	batch_sent(&b, 0, 19, true, false);
	CHECK(!batch_begins(&b, 0, false));
	batch_sent(&b, 0, 25, false, false);
	CHECK_INT(b.actions, 2);
	CHECK(batch_begins(&b, 0, false) && batch_begins(&b, 1, false));
}

TEST_MAIN(T(accounts_share_an_action_each), T(orders_and_actions_are_those_that_are_sent))
