/* venue_acts.c: what the venue does by itself to a position, told as it happens (operations.md 3
 * and 9): partial liquidation, backstop, ADL.
 *
 *   first fill of one -> exits there stop slicing, everything is read, the alarm says what was
 *                        taken
 *   each second       -> the clock of 30 s, and what to sell or to add, computed from what is left
 *
 * 1. Fills of one act that come one by one are one event: the sum, the average, one alarm.
 * 2. The clock counts by the venue's own time: a message that came late has less of it.
 * 3. What closes to zero is not stopped, only slices are. A CARE closes to zero in slices: its two
 *    minutes no longer hold when the venue takes the rest in 30 s, and to wait for the operator
 *    would be the needed order not sent (operations.md 0). So the slices end and the ladder begins:
 *    what is left of its legs in that pool goes at once, and this is said. */
#include <math.h>
#include <string.h>

#include "engine/inner.h"
#include "engine/sheetfill.h"
#include "engine/words.h"

enum { CLOCK_MS = 30000, ONE_ACT_MS = 30000, SHOWN_MS = 3600000 };

static struct venue_act *act_of(struct engine *e, uint8_t kind, uint8_t account,
				const struct fill *f)
{
	struct venue_act *place = &e->act[0];

	for (int i = 0; i < SNAP_VENUE_ACTS; i++) {
		struct venue_act *a = &e->act[i];

		if (a->used && a->kind == kind && a->account == account && a->instr == f->instr &&
		    f->time_ms - a->last_ms <= ONE_ACT_MS)
			return a;
		if (place->used && (!a->used || a->first_ms < place->first_ms))
			place = a; /* a free one, else the oldest */
	}
	place->used = false;
	return place;
}

/* USD, signed, over all pools of the account. */
static double net_of(const struct engine *e, uint8_t account)
{
	struct epool p;
	double net = 0;

	for (uint32_t k = 0; pool_build(e, account, k, &p); k++)
		net += p.sum.net;
	return net;
}

/* Whether the act touches this leg: its own, or of the cross pool that was liquidated. */
static bool touched(const struct engine *e, const struct venue_act *a, uint8_t account,
		    uint16_t instr)
{
	const struct held *h = held_get(e, account, instr);

	if (account != a->account)
		return false;
	return instr == a->instr || (a->kind != VA_ADL && !a->isolated &&
				     e->instrs.at[instr].dex == e->instrs.at[a->instr].dex && h &&
				     h->pos.read.mode == MARGIN_CROSS);
}

/* The same once BTC has moved by x and every coin its beta. */
static double net_at(const struct engine *e, uint8_t account, double x)
{
	struct epool p;
	double net = 0, to;

	for (uint32_t k = 0; pool_build(e, account, k, &p); k++)
		for (uint32_t i = 0; i < p.n; i++) {
			to = 1 + p.leg[i].beta * x;
			net += p.leg[i].notional * (to > 0 ? to : 0);
		}
	return net;
}

/* Exits that slice in what was touched; a close to zero goes on. */
static void stop_slicing(struct engine *e, struct venue_act *a)
{
	for (int i = 0; i < EXITS_MAX; i++) {
		struct exit_slot *s = &e->exit[i];
		struct exec_view v;
		struct err err;

		if (!s->used || s->x.state == XS_DONE || s->x.closing || s->x.operator_paused ||
		    s->x.algo == ALGO_SWEEP)
			continue;
		if (!touched(e, a, s->account, s->instr))
			continue;
		exits_view(e, s, s->account, s->instr, &v);
		if (!exit_pause(&s->x, &v, &err))
			continue;
		s->by_venue = true;
		s->dirty = true;
		s->saved0 = false;
		if (a->n_stopped < VA_EXITS)
			a->stopped[a->n_stopped++] = s->x.id;
		notice(e, 2, NC_EXIT, s->x.id, "x%u slices no more: the venue took a part of %s.",
		       s->x.id, coin_of(e, a->instr));
	}
}

/* Legs of a CARE there: no more slices. */
static void hurry_care(struct engine *e, struct flat_slot *s, const struct venue_act *a)
{
	char names[96];
	struct flat_view v;
	struct buf b;
	uint32_t n = 0;

	if (a->kind == VA_ADL || !flat_runs(s) || s->f.verb != VERB_CARE)
		return;
	flat_view_fill(e, s, &v);
	buf_init(&b, names, sizeof names);
	for (uint32_t i = 0; i < s->f.n; i++) {
		const struct flat_leg *l = &s->f.leg[i];

		if (!touched(e, a, l->account, l->instr_id) ||
		    !flat_hurry(&s->f, &v, l->account, l->instr_id))
			continue;
		if (n++ < 4)
			buf_printf(&b, "%s%s", n > 1 ? ", " : "", l->coin);
	}
	if (!n)
		return;
	s->dirty = true;
	e->tick_ns = 0;
	flat_save_to_journal(e, s);
	if (n > 4)
		buf_printf(&b, " and %u more", n - 4);
	notice(e, 2, NC_NOT_FLAT, 0,
	       "p%u: CARE ends its slices, the venue takes the rest: %s close%s NOW.", s->f.id,
	       names, n > 1 ? "" : "s");
}

static void began(struct engine *e, struct venue_act *a, uint8_t kind, uint8_t account,
		  const struct fill *f)
{
	const struct held *h = held_get(e, account, f->instr);
	double mark = price_to_double(market_mark(e, f->instr));
	double part = qty_to_double(f->sz) * mark * (f->buy ? 1 : -1);
	int64_t start = f->start_position.v;

	*a = (struct venue_act){.used = true,
				.kind = kind,
				.account = account,
				.instr = f->instr,
				.isolated = h && h->pos.read.mode == MARGIN_ISOLATED,
				.bought = f->buy,
				.of = {start < 0 ? -start : start},
				.first_ms = f->time_ms,
				.last_ms = f->time_ms,
				.began_ns = e->now_ns};
	a->net_before = net_of(e, account) - part; /* the fill is in the position already */
	if (kind == VA_LIQUIDATED)
		a->clock_end_ms = f->time_ms + CLOCK_MS;
	stop_slicing(e, a);
	for (int i = 0; i < RUNS_MAX; i++)
		hurry_care(e, &e->flat[i], a);
	for (uint8_t d = 0; kind != VA_ADL && d < e->conf.n_dexes; d++)
		query_send(e, account, Q_ORDERS, d, NONE16, QW_WANT, LANE_EXIT);
}

void venue_acted(struct engine *e, uint8_t account, const struct fill *f)
{
	uint8_t kind = f->kind == FILL_ADL	  ? VA_ADL
		       : f->kind == FILL_BACKSTOP ? VA_BACKSTOP
						  : VA_LIQUIDATED;
	struct venue_act *a = act_of(e, kind, account, f);
	struct money v;

	if (!a->used)
		began(e, a, kind, account, f);
	if (f->time_ms > a->last_ms)
		a->last_ms = f->time_ms;
	qty_add(&a->taken, a->taken, f->sz);
	if (price_times_qty(&v, f->px, f->sz, ROUND_HALF_AWAY))
		money_add(&a->value, a->value, v);
	if (a->taken.v > a->of.v)
		a->of = a->taken;
	a->fresh = true;
	e->danger_ns = e->now_ns + 60 * S;
	e->tick_ns = 0;
	recon_want_read(e, account);
	guards_touch(e, NONE16);
}

/* ---- what to do now ---- */

static const struct sheet_pool_in *pool_of_act(const struct engine *e, const struct venue_act *a,
					       uint32_t *at)
{
	const struct sheet_in *in = &e->sheet_in;

	for (uint32_t k = 0; k < in->n_pools; k++) {
		const struct sheet_pool_in *p = &in->pool[k];

		if (p->account != a->account || p->isolated != a->isolated ||
		    p->dex != e->instrs.at[a->instr].dex)
			continue;
		if (a->isolated && (!p->n || in->leg[p->first].instr != a->instr))
			continue;
		*at = k;
		return p;
	}
	return NULL;
}

/* "sell 10.8 BTC and buy 62 SOL": the cuts of TRIM in that pool. */
static bool sell_words(const struct engine *e, uint32_t pool, char out[96])
{
	const struct sheet_line *l = &e->sheet.line[SHEET_TRIM];
	const char *verb = "";
	struct buf b;
	uint32_t n = 0;

	buf_init(&b, out, 96);
	for (int side = 0; side < 2; side++)
		for (uint32_t i = 0; i < l->n; i++) {
			const struct sheet_leg *g = &l->leg[i];
			const char *does = g->buy ? "buy " : "sell ";

			if (g->pool != pool || g->buy != (side == 1) || g->size.v <= 0)
				continue;
			buf_printf(&b, "%s%s", n++ ? " and " : "", does == verb ? "" : does);
			verb = does;
			put_size(&b, qty_to_double(g->size));
			buf_printf(&b, " %s", e->sheet_in.leg[g->leg].coin);
		}
	return n > 0;
}

static void advise(struct engine *e, struct venue_act *a)
{
	struct flatten scope = {.account = a->account, .scope = FLAT_ALL};
	const struct sheet_line *trim = &e->sheet.line[SHEET_TRIM];
	const struct sheet_after *add;
	const struct sheet_pool_in *p;
	uint32_t at;
	struct buf b;

	a->has_sell = a->has_add = false;
	buf_init(&b, a->reason, sizeof a->reason);
	sheet_fill_engine(e, &scope, &e->sheet_in);
	p = pool_of_act(e, a, &at);
	if (!p || !p->n) {
		buf_puts(&b, "nothing of it is left");
		return;
	}
	if (!p->has_equity) {
		buf_puts(&b, p->reason);
		return;
	}
	sheet_make(&e->sheet_in, &e->sheet);
	a->has_sell = sell_words(e, at, a->sell_text);
	if (!a->has_sell)
		buf_puts(&b, trim->impossible ? "every sale brings liquidation nearer" : trim->why);
	add = &e->sheet.line[SHEET_ADD].pool[at];
	a->has_add = add->add > 0;
	money_from_double(&a->add, add->add);
	a->add_here = add->add_here;
}

/* ---- words ---- */

static struct qty left_of(const struct engine *e, const struct venue_act *a)
{
	return held_szi(e, a->account, a->instr);
}

static void px_of(const struct engine *e, const struct venue_act *a, char out[40])
{
	struct price px = {0};

	money_over_qty(&px, a->value, a->taken, ROUND_HALF_AWAY);
	price_text(out, &e->instrs.at[a->instr], px);
}

static void taken_words(const struct engine *e, const struct venue_act *a, struct buf *b)
{
	char px[40];

	put_size(b, qty_to_double(a->taken));
	if (a->kind != VA_ADL) {
		buf_puts(b, " of ");
		put_size(b, qty_to_double(a->of));
	}
	px_of(e, a, px);
	buf_printf(b, " %s", coin_of(e, a->instr));
	if (a->kind == VA_ADL)
		buf_printf(b, " %s closed", a->bought ? "short" : "long");
	buf_printf(b, " at %s.", px);
}

/* Message 8. */
static void liquidated_words(const struct engine *e, const struct venue_act *a, struct buf *b)
{
	int64_t left_ms = a->clock_end_ms - e->wall_ms;
	char sell[96];

	buf_puts(b, " All your orders and stops were cancelled.");
	if (!left_of(e, a).v) {
		buf_puts(b, " Nothing of it is left.");
		return;
	}
	if (left_ms > 0)
		buf_printf(b, " It takes the rest in %lld s if still under.",
			   (long long)((left_ms + 999) / 1000));
	else
		buf_puts(b, " It takes the rest at once if still under.");
	memcpy(sell, a->sell_text, sizeof sell);
	if (sell[0] >= 'a' && sell[0] <= 'z')
		sell[0] = (char)(sell[0] - 'a' + 'A');
	if (a->has_sell)
		buf_printf(b, " %s", sell);
	if (a->has_add) {
		buf_puts(b, a->has_sell ? " or add " : " Add ");
		put_money(b, money_to_double(a->add));
		buf_puts(b, " USDC");
	}
	if (a->has_sell || a->has_add)
		buf_puts(b, " now.");
	else if (a->reason[0])
		buf_printf(b, " TRIM: %s.", a->reason);
	buf_printf(b, "%s%s · g stops back", a->has_sell ? " Y sell" : " ! panic",
		   a->has_add ? " · + add" : "");
}

static void backstop_words(const struct engine *e, const struct venue_act *a, struct buf *b)
{
	if (a->isolated)
		buf_puts(b, " The liquidator has the position and its margin.");
	else
		buf_puts(b, " The liquidator has all cross positions and their margin.");
	if (left_of(e, a).v)
		buf_puts(b, " What is left is being read. ! panic");
	else
		buf_puts(b, " Nothing of it is left to sell. r read again");
}

static void signed_short(struct buf *b, double usd)
{
	buf_putc(b, usd < 0 ? '-' : '+');
	put_money_short(b, usd);
}

/* Message 9, as far as one venue of linear contracts knows it: no band is configured, and no key
 * hedges, because nothing of this program opens a position. */
static void adl_words(const struct engine *e, const struct venue_act *a, struct buf *b)
{
	struct qty left = left_of(e, a);

	if (left.v) {
		buf_putc(b, ' ');
		put_size(b, qty_to_double(left));
		buf_printf(b, " %s left.", left.v < 0 ? "short" : "long");
	}
	buf_puts(b, " Net delta ");
	signed_short(b, a->net_after);
	buf_puts(b, " USD, was ");
	signed_short(b, a->net_before);
	buf_puts(b, "; at BTC -2 % it is ");
	signed_short(b, a->net_fallen);
	buf_puts(b, ". Opening it again costs ~");
	put_money(b, a->cost_again);
	buf_puts(b, " USD, on the venue's page: no key here hedges. ! panic");
}

static void tell(struct engine *e, struct venue_act *a)
{
	static const char *const head[] = {[VA_LIQUIDATED] = "LIQUIDATED BY VENUE: ",
					   [VA_BACKSTOP] = "TAKEN BY THE BACKSTOP: ",
					   [VA_ADL] = "HEDGE TAKEN (ADL, not your liquidation): "};
	char text[256], brief[80];
	struct buf b;

	if (a->kind == VA_LIQUIDATED)
		advise(e, a);
	a->net_after = net_of(e, a->account);
	a->net_fallen = net_at(e, a->account, -0.02);
	a->cost_again = cost_now(e, a->account, a->instr,
				 (struct qty){a->bought ? a->taken.v : -a->taken.v},
				 price_to_double(market_mark(e, a->instr)));
	buf_init(&b, brief, sizeof brief);
	buf_puts(&b, a->kind == VA_ADL ? "HEDGE TAKEN (ADL): " : head[a->kind]);
	taken_words(e, a, &b);
	if (a->clock_end_ms > e->wall_ms && left_of(e, a).v)
		buf_printf(&b, " %lld s", (long long)((a->clock_end_ms - e->wall_ms + 999) / 1000));
	buf_init(&b, text, sizeof text);
	buf_puts(&b, head[a->kind]);
	taken_words(e, a, &b);
	if (a->kind == VA_LIQUIDATED)
		liquidated_words(e, a, &b);
	else if (a->kind == VA_BACKSTOP)
		backstop_words(e, a, &b);
	else
		adl_words(e, a, &b);
	alarm_raise(e, 3, a->kind == VA_ADL ? NC_ADL : NC_LIQUIDATED, a->account, a->instr, 0,
		    brief, text);
}

/* After the fills of a step: one look at the sheet for all of them. */
void venue_acts_run(struct engine *e)
{
	for (int i = 0; i < SNAP_VENUE_ACTS; i++)
		if (e->act[i].used && e->act[i].fresh) {
			e->act[i].fresh = false;
			tell(e, &e->act[i]);
		}
}

/* ---- every second ---- */

void venue_acts_tick(struct engine *e)
{
	for (int i = 0; i < SNAP_VENUE_ACTS; i++) {
		struct venue_act *a = &e->act[i];
		const struct alarm *told;

		if (!a->used)
			continue;
		told = alarm_find(e, a->kind == VA_ADL ? NC_ADL : NC_LIQUIDATED, a->account,
				  a->instr, 0);
		/* over when it was seen and its clock is out, or after an hour */
		if (e->wall_ms - a->first_ms > SHOWN_MS ||
		    ((!told || told->seen) && e->wall_ms > a->clock_end_ms)) {
			a->used = false;
			continue;
		}
		if (told && !told->seen)
			tell(e, a);
		else if (a->kind == VA_LIQUIDATED)
			advise(e, a);
	}
}

/* ---- snapshot ---- */

static void guards_of(const struct engine *e, const struct venue_act *a, struct snap_venue_act *s)
{
	for (int i = 0; i < GUARDS_MAX && s->n_guards < VA_GUARDS; i++) {
		const struct guard_slot *g = &e->guard[i];
		const struct guard_order *o;
		int64_t at;

		if (!g->used || g->account != a->account || a->kind == VA_ADL)
			continue;
		o = guard_resting(&g->g);
		at = o ? g->g.placed_ns : g->g.gone_ns;
		if (at < a->began_ns && o)
			continue; /* it was not cancelled */
		memcpy(s->guard[s->n_guards].coin, g->g.coin, COIN_MAX);
		s->guard[s->n_guards].state = g->g.state;
		if (o)
			s->guard[s->n_guards].px = o->trigger;
		s->guard[s->n_guards].since_ms = e->wall_ms - (at ? (e->now_ns - at) / MS : 0);
		s->n_guards++;
	}
}

static void fill_one(const struct engine *e, const struct venue_act *a, struct snap_venue_act *s)
{
	*s = (struct snap_venue_act){.kind = a->kind,
				     .account = a->account,
				     .instr = a->instr,
				     .isolated = a->isolated,
				     .bought = a->bought,
				     .taken = a->taken,
				     .of = a->of,
				     .left = left_of(e, a),
				     .wall_ms = a->first_ms,
				     .clock_end_ms = a->clock_end_ms,
				     .has_sell = a->has_sell,
				     .has_add = a->has_add,
				     .add_here = a->add_here,
				     .add = a->add,
				     .n_stopped = a->n_stopped};
	memcpy(s->coin, coin_of(e, a->instr), strlen(coin_of(e, a->instr)) + 1);
	memcpy(s->sell_text, a->sell_text, sizeof s->sell_text);
	memcpy(s->reason, a->reason, sizeof s->reason);
	memcpy(s->stopped, a->stopped, sizeof s->stopped);
	money_over_qty(&s->px, a->value, a->taken, ROUND_HALF_AWAY);
	money_from_double(&s->net_after, a->net_after);
	money_from_double(&s->net_before, a->net_before);
	money_from_double(&s->net_fallen, a->net_fallen);
	money_from_double(&s->cost_again, a->cost_again);
	guards_of(e, a, s);
}

void venue_acts_snap(const struct engine *e, struct snap *out)
{
	bool done[SNAP_VENUE_ACTS] = {false};

	for (int n = 0; n < SNAP_VENUE_ACTS; n++) {
		int best = -1;

		for (int i = 0; i < SNAP_VENUE_ACTS; i++)
			if (e->act[i].used && !done[i] &&
			    (best < 0 || e->act[i].first_ms > e->act[best].first_ms))
				best = i;
		if (best < 0)
			return;
		done[best] = true;
		fill_one(e, &e->act[best], &out->venue_act[out->n_venue_acts++]);
	}
}
