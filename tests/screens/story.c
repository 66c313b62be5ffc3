/* story.c: see story.h. */
#include "tests/screens/story_in.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct leg_in {
	const char *coin;
	uint8_t mode;
	int8_t pxd, szd;
	int32_t lev;
	double szi, entry, mark, liq, upnl, fund, helps, stop;
};

static void add_leg(struct snap *s, const struct leg_in *in)
{
	struct snap_leg *l = &s->leg[s->n_legs];

	snprintf(l->coin, sizeof l->coin, "%s", in->coin);
	l->instr = (uint16_t)s->n_legs++;
	l->mode = in->mode;
	l->px_decimals = in->pxd;
	l->sz_decimals = in->szd;
	l->leverage = l->max_leverage = in->lev;
	l->szi = qty(in->szi);
	l->entry = px(in->entry);
	l->mark = l->oracle = l->mid = px(in->mark);
	l->has_liq = true;
	l->liq = px(in->liq);
	l->notional = usd(fabs(in->szi) * in->mark);
	l->upnl = usd(in->upnl);
	l->funding_per_hour = usd(in->fund);
	l->has_alone = true;
	l->alone_pct = fabs(in->liq / in->mark - 1) * 100;
	l->has_helps = in->helps > 0;
	l->helps_per_k = in->helps;
	l->stop_state = in->stop > 0 ? STOP_OK : STOP_NONE;
	l->stop_px = px(in->stop);
	l->mark_ns = l->account_ns = s->now_ns - 400000000;
}

static void notice(struct snap *s, int64_t back_ms, uint8_t code, uint8_t level, const char *text)
{
	struct snap_notice *n = &s->notice[s->n_notices++];

	n->wall_ms = s->wall_ms - back_ms;
	n->seq = 100 - s->n_notices;
	n->level = level;
	n->code = code;
	if (sscanf(text, "x%u ", &n->exit) != 1)
		n->exit = 0;
	snprintf(n->text, sizeof n->text, "%s", text);
}

/* As engine/resting.c counts: what opens and what an exit rests goes, the rest stays. */
static void count_rest(struct snap *s, const struct snap_order *o)
{
	for (uint32_t i = 0; i < s->n_legs; i++) {
		struct resting *r = &s->leg[i].rests;

		if (strcmp(s->leg[i].coin, o->coin))
			continue;
		if (o->adds || o->whose == WHOSE_EXIT) {
			r->cancels++;
			continue;
		}
		r->keeps++;
		if (o->trigger)
			r->stops++;
	}
}

static void add_order(struct snap *s, const char *coin, bool buy, double size, double at,
		      uint8_t whose, uint32_t exit, uint32_t slice, double trigger, bool tp)
{
	struct snap_order *o = &s->order[s->n_orders++];
	static const int since_s[] = {2, 1, 5790, 4500, 10440, 11460, 11460, 31620};

	snprintf(o->coin, sizeof o->coin, "%s", coin);
	for (uint32_t i = 0; i < s->n_legs; i++)
		if (!strcmp(s->leg[i].coin, coin))
			o->instr = s->leg[i].instr;
	o->buy = buy;
	o->state = 2;
	o->whose = whose;
	o->reduce_only = whose == WHOSE_EXIT || trigger > 0;
	o->adds = !o->reduce_only;
	o->trigger = trigger > 0;
	o->trigger_market = trigger > 0;
	o->take_profit = tp;
	o->tif = trigger > 0 ? TIF_TRIGGER : whose == WHOSE_EXIT ? TIF_ALO : TIF_GTC;
	o->px = px(at);
	o->trigger_px = px(trigger);
	o->sz = qty(size);
	o->exit = exit;
	o->slice = slice;
	o->oid = 88214190300u + s->n_orders;
	count_rest(s, o);
	o->since_ms = s->wall_ms - since_s[(s->n_orders - 1) % 8] * 1000;
}

static void head(struct snap *s, int64_t wall_ms)
{
	memset(s, 0, sizeof *s);
	s->magic = SNAP_MAGIC;
	s->size = sizeof *s;
	s->number = 1;
	s->now_ns = STORY_NS + (wall_ms - STORY_WALL_MS) * 1000000;
	s->wall_ms = wall_ms;
	s->network = NET_PAPER;
	snprintf(s->venue, sizeof s->venue, "hyperliquid");
	s->you_have_seat = true;
	s->feed_ns = s->now_ns - 300000000;
	s->link_ms = 212;
	s->up_ns = s->now_ns - INT64_C(15120000000000);
	s->n_accounts = 1;
	struct snap_account *a = &s->account[0];
	snprintf(a->name, sizeof a->name, "main");
	snprintf(a->address, sizeof a->address, "0x0000000000000000000000000000000000000001");
	a->up = a->key_ready = true;
	a->agent_days = 173;
	a->flattens_left = 28;
	a->requests_left = 9000;
	a->fee_taker = ratio(0.00045);
	a->fee_maker = ratio(0.00015);
	a->read_ns = s->now_ns - 400000000;
	a->n_balances = 1;
	snprintf(a->balance[0].coin, sizeof a->balance[0].coin, "HYPE");
	a->balance[0].total = qty(120);
}

static void totals(struct snap *s, double equity, double maintenance, double free_usd, double upnl,
		   double funding, double dies, double backstop, double touch_s, double sigma)
{
	struct snap_account *a = &s->account[0];
	struct snap_pool *p = &s->pool[0];

	s->n_pools = 2;
	memset(p, 0, 2 * sizeof *p);
	snprintf(p->name, sizeof p->name, "CROSS");
	p->n_legs = 4;
	p->has_equity = p->has_dies = p->has_time = true;
	p->equity = usd(equity);
	p->maintenance = usd(maintenance);
	p->free = usd(free_usd);
	p->dies_pct = dies;
	p->backstop_pct = backstop;
	p->touch_s = touch_s;
	p->sigma_left = sigma;
	p++;
	snprintf(p->name, sizeof p->name, "WLFI");
	p->n_legs = 1;
	p->first_leg = 4;
	p->isolated = p->has_equity = p->has_dies = p->has_time = true;
	p->equity = usd(8464);
	p->maintenance = usd(3335);
	p->dies_pct = -9.77;
	p->backstop_pct = -12;
	p->touch_s = 15 * 3600 + 600;
	p->sigma_left = 6.4;
	for (int k = 0; k < 2; k++) {
		double gross = 0, net = 0, up = 0, fund = 0;
		for (int i = 0; i < s->pool[k].n_legs; i++) {
			const struct snap_leg *l = &s->leg[s->pool[k].first_leg + i];
			double n = (double)l->notional.v * 1e-8;
			gross += n;
			net += l->szi.v < 0 ? -n : n;
			up += (double)l->upnl.v * 1e-8;
			fund += (double)l->funding_per_hour.v * 1e-8;
		}
		s->pool[k].gross = usd(gross);
		s->pool[k].net = usd(net);
		s->pool[k].upnl = usd(up);
		s->pool[k].funding_per_hour = usd(fund);
	}
	a->equity = usd(equity);
	a->maintenance = usd(maintenance);
	a->free = usd(free_usd);
	a->upnl = usd(upnl);
	a->funding_per_hour = usd(funding);
	s->n_alarms = 1;
	struct snap_alarm *al = &s->alarm[0];
	al->level = 3;
	al->code = NC_DANGER;
	al->since_ms = s->wall_ms - 60000;
	snprintf(al->text, sizeof al->text,
		 "CROSS dies at BTC -1.4 %% (all 4 legs) · 1-in-10 in 12 min · would lose 110,929 "
		 "USDC · NO STOP · press !");
	snprintf(al->brief, sizeof al->brief,
		 "CROSS dies at BTC -1.4 %% · 1-in-10 in 12 min · NO STOP");
}

static void add_book(struct snap *s, const char *coin, double mark, double oracle, double last,
		     double best_bid, double best_ask, double step, const double *bid,
		     const double *ask, int n, double sigma)
{
	struct snap_book *b = &s->book[s->n_books++];

	snprintf(b->coin, sizeof b->coin, "%s", coin);
	for (uint32_t i = 0; i < s->n_legs; i++)
		if (!strcmp(s->leg[i].coin, coin))
			b->book.instr = s->leg[i].instr;
	b->book.n_bid = b->book.n_ask = (uint8_t)n;
	b->book.seen_ns = s->now_ns - 300000000;
	b->book.venue_ms = s->wall_ms - 300;
	for (int i = 0; i < n; i++) {
		b->book.bid[i].px = px(best_bid - i * step);
		b->book.bid[i].sz = qty(bid[i]);
		b->book.ask[i].px = px(best_ask + i * step);
		b->book.ask[i].sz = qty(ask[i]);
		b->book.bid[i].n = b->book.ask[i].n = 2;
	}
	b->mark = px(mark);
	b->oracle = px(oracle);
	b->last = px(last);
	b->mark_ns = b->last_ns = s->now_ns - 300000000;
	b->volume_1m = 38.2;
	b->sigma_year = sigma;
	b->sigma_raw = sigma / 1.4;
	b->sigma_samples = 300;
	static const struct {
		uint8_t kind, from;
		double value, sd;
		uint32_t n;
	} est[] = {{EST_SIGMA_5M, EST_LIVE, 1.18, 0.05, 300},
		   {EST_VOLUME, EST_LIVE, 0.66, 0.03, 840},
		   {EST_REFILL, EST_LIVE, 14, 2.1, 412},
		   {EST_SQRT_Y, EST_FITTED, 0.62, 0.04, 200},
		   {EST_LAMBDA, EST_PRIOR, 0.9, 0, 6},
		   {EST_SPREAD, EST_LIVE, 1.82, 0.1, 420},
		   {EST_DEPTH_20, EST_LIVE, 11.4, 0.4, 420}};
	for (unsigned i = 0; i < sizeof est / sizeof est[0]; i++)
		b->est[est[i].kind] = (struct estimate){.value = est[i].value,
							.sd = est[i].sd,
							.n = est[i].n,
							.seen_ns = s->now_ns - 2000000000,
							.prior = est[i].from != EST_LIVE,
							.from = est[i].from};
}

static const double btc_bid[20] = {0.23, 0.21, 0.29, 0.39, 0.42, 0.38, 0.33, 0.32, 0.33, 0.41,
				   0.44, 0.41, 0.33, 0.96, 0.60, 0.44, 0.58, 1.53, 0.92, 0.61};
static const double btc_ask[20] = {0.20, 0.09, 0.11, 0.35, 0.42, 0.28, 0.66, 0.37, 0.35, 0.51,
				   0.44, 0.72, 0.38, 0.29, 0.64, 0.83, 0.55, 0.47, 0.91, 1.02};

static void books(struct snap *s, double btc)
{
	double scaled_b[20], scaled_a[20];

	add_book(s, "BTC", btc, btc * 1.00017, btc * 0.99998, floor((btc - 3) / 10) * 10,
		 ceil((btc + 7) / 10) * 10, 10, btc_bid, btc_ask, 20, 1.65);
	static const struct {
		const char *coin;
		double depth, tick, sigma;
	} rest[] = {{"ETH", 120, 0.1, 2.10},
		    {"HYPE", 900, 0.001, 2.60},
		    {"SOL", 900, 0.01, 2.35},
		    {"WLFI", 60000, 0.00001, 3.10}};
	for (unsigned k = 0; k < 4; k++) {
		double m = 0;
		for (uint32_t i = 0; i < s->n_legs; i++)
			if (!strcmp(s->leg[i].coin, rest[k].coin))
				m = (double)s->leg[i].mark.v * 1e-10;
		for (int i = 0; i < 20; i++) {
			scaled_b[i] = btc_bid[i] * rest[k].depth;
			scaled_a[i] = btc_ask[i] * rest[k].depth;
		}
		double t = rest[k].tick;
		add_book(s, rest[k].coin, m, m * 1.0001, m, floor((m - t / 2) / t) * t,
			 ceil((m + t / 2) / t) * t, t * 2, scaled_b, scaled_a, 20, rest[k].sigma);
	}
}

/* Almgren-Chriss like curve for the picture. */
static double curve(double u, double k)
{
	return sinh(k * (1 - u)) / sinh(k);
}

static struct snap_exit *add_exit(struct snap *s, uint32_t id, const char *coin, bool buy,
				  double start, double total, double done, int64_t age_ms,
				  int64_t horizon_ms, uint8_t algo, double bow)
{
	struct snap_exit *x = &s->exit[s->n_exits++];

	x->id = id;
	snprintf(x->coin, sizeof x->coin, "%s", coin);
	for (uint32_t i = 0; i < s->n_legs; i++)
		if (!strcmp(s->leg[i].coin, coin))
			x->instr = s->leg[i].instr;
	x->state = XS_RUNNING;
	x->buy = buy;
	x->ticket.algo = algo;
	x->ticket.horizon_ms = horizon_ms;
	x->ticket.place = PLACE_POST_CROSS;
	snprintf(x->ticket.coin, sizeof x->ticket.coin, "%s", coin);
	x->ticket.risk = ratio(0.01);
	x->start_position = qty(buy ? -start : start);
	x->total = qty(total);
	x->done = qty(done);
	x->left = qty(total - done);
	x->pace = 1;
	x->cap = 0.1;
	x->start_ms = s->wall_ms - age_ms;
	x->end_ms = x->planned_end_ms = x->start_ms + horizon_ms;
	x->has_danger = true;
	x->n_plan = 64;
	for (int i = 0; i < 64; i++)
		x->plan_left[i] = (float)(total * curve(i / 63.0, bow));
	double now = (double)age_ms / (double)horizon_ms;
	x->n_trace = 60;
	for (int i = 0; i < 60; i++) {
		struct snap_point *t = &x->trace[i];
		double u = now * i / 59;
		double wob = i > 35 && i < 48 ? 0.489 * (1 - fabs(i - 41.0) / 7.0) : 0.03 * sin(i);
		t->t_s = (float)(u * (double)horizon_ms * 1e-3);
		t->planned = (float)(total * curve(u, bow));
		t->band = (float)(total * (curve(u - 1 / 60.0, bow) - curve(u, bow)));
		t->left = (float)(t->planned + (i == 59 ? -0.029 : wob * total / 12));
		t->px = (float)(109742 - 359 * u / now + 60 * sin(i * 0.7));
		t->fill = i % 3 == 0 ? 1 : i % 7 == 0 ? 2 : 0;
		t->fill_px = t->fill ? t->px : 0;
		t->danger = (float)(0.01 * pow(10, -u / now) * (1 + 0.3 * sin(i * 0.4)));
	}
	return x;
}

static void add_slices(struct snap_exit *x, int64_t wall_ms)
{
	static const struct {
		uint32_t n;
		int back_s;
		double planned, filled, at, bp, fee;
		bool posted;
	} in[] = {
		{25, 5, 0.19696, 0.25905, 109377, -33.3, 4.25, true},
		{24, 18, 0.20251, 0.22367, 109373, -33.6, 3.67, true},
		{23, 26, 0.20828, 0.23733, 109393, -31.8, 3.89, true},
		{22, 37, 0.21429, 0.25542, 109373, -33.6, 4.19, true},
		{21, 49, 0.22053, 0.25438, 109390, -32.1, 4.17, true},
		{20, 57, 0.22702, 0.50232, 109530, -19.3, 8.25, true},
		{19, 66, 0.23376, 0.44603, 109548, -17.7, 21.99, false},
		{18, 76, 0.24076, 0.05677, 109568.7, -15.8, 2.80, false},
	};

	for (unsigned i = 0; i < sizeof in / sizeof in[0]; i++) {
		struct snap_slice *k = &x->slices[x->n_slices_shown++];
		k->n = in[i].n;
		k->wall_ms = wall_ms - in[i].back_s * 1000;
		k->planned = qty(in[i].planned);
		k->filled = qty(in[i].filled);
		k->avg = px(in[i].at);
		k->bp = in[i].bp;
		k->posted = in[i].posted;
		k->fee = usd(in[i].fee);
	}
}

static void x2_running(struct snap *s)
{
	struct snap_exit *x =
		add_exit(s, 2, "BTC", false, 24, 12, 7.17257, 247000, 600000, ALGO_AC, 1.5);

	x->arrival = px(109742);
	x->avg = px(109573.9);
	x->working = px(108500);
	x->last = px(104685);
	x->next_ms = s->wall_ms + 3000;
	x->slice = 25;
	x->n_slices = 60;
	x->planned_left = 4.85643;
	x->corridor = 0.19696; /* the slice at work */
	x->vs_start_bp = -15.3;
	x->danger = 0.001;
	x->danger_grid = x->danger_start_grid = true;
	x->danger_start = 0.01;
	x->danger_loss = 3218;
	/* solved anew twice: the old schedule had less behind it */
	x->replans = 2;
	x->replan_ms = s->wall_ms - 62000;
	snprintf(x->replan_text, sizeof x->replan_text,
		 "volatility 96 %% -> 118 %%; half of the rest in 2.1 min, was 2.9");
	x->n_past = 1;
	x->past[0].wall_ms = s->wall_ms - 231000;
	snprintf(x->past[0].text, sizeof x->past[0].text,
		 "danger 1 in 83, limit 1 in 100; half of the rest in 3.3 min, was 4.1");
	x->plan_from_s = 185;
	x->plan_to_s = 600;
	x->n_old = x->n_plan = SNAP_PLAN;
	x->old_from_s = 0;
	x->old_to_s = 600;
	for (int i = 0; i < SNAP_PLAN; i++) {
		double u = i / (SNAP_PLAN - 1.0);
		x->plan_left[i] = (float)(6.02 * curve(u, 1.35));
		x->old_left[i] = (float)(12 * curve(u, 0.9));
	}
	x->tunes = 2;
	snprintf(x->tune_text[0], sizeof x->tune_text[0], "pace 1.0x → 1.2x");
	snprintf(x->tune_text[1], sizeof x->tune_text[1], "pace 1.2x → 1.0x");
	x->tune_ms[0] = s->wall_ms - 115000;
	x->tune_ms[1] = s->wall_ms - 47000;
	x->cost.total = -1431;
	x->cost.timing = -985;
	x->cost.spread = 8;
	x->cost.impact = -235;
	x->cost.fees = -219;
	x->cost.plan_total = -414;
	x->cost.maker_share = 0.54;
	x->cost.volume_share = 0.06;
	x->most_behind = 0.489;
	x->largest_slice = 0.50232;
	x->outside_s = 11;
	add_slices(x, s->wall_ms);
}

void story_cockpit(struct snap *s)
{
	static const struct leg_in legs[] = {
		{"ETH", 0, 2, 4, 25, 310, 4402.1, 4246.1, 4132.1, -48360, -14.5, 0.86, 4180},
		{"BTC", 0, 1, 5, 40, 16.82743, 111240, 109383, 107299, -31249, -23.0, 0.78, 0},
		{"HYPE", 0, 4, 2, 10, 3000, 47.205, 44.710, 32.561, -7485, -1.7, 0.51, 0},
		{"SOL", 0, 4, 2, 20, -4032, 209.41, 201.02, 209.40, 33828, 7.3, 0.09, 208.5},
		{"WLFI", 1, 6, 0, 5, 180000, 0.21170, 0.18530, 0.14909, -4752, 1.3, 0, 0},
	};

	head(s, STORY_WALL_MS);
	for (int i = 0; i < 5; i++)
		add_leg(s, &legs[i]);
	totals(s, 110929, 76303, 34626, -58017, -31, -1.45, -2.48, 740, 0.748);
	books(s, 109383);
	x2_running(s);
	struct snap_exit *x =
		add_exit(s, 1, "SOL", true, 4200, 1050, 168, 147000, 900000, ALGO_TWAP, 0.01);
	x->arrival = px(201.40);
	x->avg = px(201.02);
	x->next_ms = s->wall_ms + 4000;
	x->slice = 10;
	x->n_slices = 60;
	x->planned_left = 878.5;
	x->corridor = 17.5;
	x->vs_start_bp = 18.8;
	x->danger = 1 / 64.0;
	add_order(s, "BTC", false, 0.16, 109397, WHOSE_EXIT, 2, 26, 0, false);
	add_order(s, "SOL", true, 12, 200.99, WHOSE_EXIT, 1, 11, 0, false);
	add_order(s, "BTC", true, 0.8, 107500, WHOSE_YOURS, 0, 0, 0, false);
	add_order(s, "ETH", true, 20, 4150, WHOSE_YOURS, 0, 0, 0, false);
	add_order(s, "SOL", false, 300, 205.80, WHOSE_YOURS, 0, 0, 0, false);
	add_order(s, "ETH", false, 310, 4100, WHOSE_YOURS, 0, 0, 4180, false);
	add_order(s, "SOL", true, 4032, 212, WHOSE_YOURS, 0, 0, 208.50, false);
	add_order(s, "WLFI", false, 180000, 0.215, WHOSE_YOURS, 0, 0, 0.22, true);
	s->n_orders_all = s->n_orders;
	s->account[0].n_orders = 8;
	s->account[0].n_exit = 2;
	s->account[0].n_entry = 3;
	s->account[0].n_protective = 3;
	notice(s, 0, NC_FILL, 0, "x1 slice 10 bought 17.70 at 201.12, maker");
	notice(s, 5000, NC_FILL, 0,
	       "x2 slice 25 sold 0.25905 at 109,377, maker. 4.82743 BTC left.");
	notice(s, 15000, NC_FILL, 0, "x1 slice 9 bought 16.83 at 201.13, maker");
	notice(s, 18000, NC_FILL, 0, "x2 slice 24 sold 0.22367 at 109,373, maker");
	notice(s, 26000, NC_FILL, 0, "x2 slice 23 sold 0.23733 at 109,393, maker");
	notice(s, 30000, NC_FILL, 0, "x1 slice 8 bought 15.52 at 201.19, maker");
	notice(s, 37000, NC_FILL, 0, "x2 slice 22 sold 0.25542 at 109,373, maker");
	notice(s, 66000, NC_EXIT, 0, "x2 back inside its band");
	notice(s, 76000, NC_EXIT, 0,
	       "x2 behind by 0.489 BTC, more than its 1-in-20 band of 0.205: thin book.");
	notice(s, 147000, NC_EXIT, 0, "exit x1 started: buy 1,050 SOL, twap 15m");
}

void story_before(struct snap *s)
{
	static const struct leg_in legs[] = {
		{"ETH", 0, 2, 4, 25, 310, 4402.1, 4267.3, 4155.4, -41788, -14.5, 0.86, 4180},
		{"BTC", 0, 1, 5, 40, 24, 111240, 109742, 108307, -35952, -33.0, 0.78, 0},
		{"HYPE", 0, 4, 2, 10, 3000, 47.205, 45.120, 33.190, -6255, -1.7, 0.51, 0},
		{"SOL", 0, 4, 2, 20, -4200, 209.41, 202.18, 210.08, 30366, 7.3, 0.09, 208.5},
		{"WLFI", 1, 6, 0, 5, 180000, 0.21170, 0.18640, 0.14909, -4554, 1.3, 0, 0},
	};

	head(s, STORY_WALL_MS - 260000);
	for (int i = 0; i < 5; i++)
		add_leg(s, &legs[i]);
	totals(s, 121377, 87377, 34001, -58183, -40, -1.09, -1.9, 445, 0.578);
	books(s, 109742);
	s->account[0].flattens_left = 29;
	notice(s, 0, NC_COMMAND, 0, "Attached. Engine up 4h12; nothing runs; nothing unknown.");
}

void story_panic(struct snap *s)
{
	static const struct leg_in legs[] = {
		{"ETH", 0, 2, 4, 25, 310, 4402.1, 4188.6, 4140.1, -66185, -14.5, 0.86, 4180},
		{"BTC", 0, 1, 5, 40, 14.53485, 111240, 108264, 107080, -43256, -20.0, 0.78, 0},
		{"HYPE", 0, 4, 2, 6, 3000, 47.205, 43.905, 33.9, -9900, -1.7, 0.51, 0},
		{"SOL", 0, 4, 2, 20, -3878, 209.41, 198.02, 204.0, 44170, 7.0, 0.09, 208.5},
		{"WLFI", 1, 6, 0, 5, 180000, 0.21170, 0.18120, 0.14909, -5490, 1.3, 0, 0},
	};

	head(s, STORY_WALL_MS + 134000);
	for (int i = 0; i < 5; i++)
		add_leg(s, &legs[i]);
	totals(s, 84877, 75813, 9064, -80661, -28, -0.61, -1.5, 135, 0.32);
	books(s, 108264);
	s->link_ms = 238;
	s->account[0].flattens_left = 27;
	s->account[0].equity = usd(93341);
	s->account[0].maintenance = usd(79075);
	add_order(s, "SOL", true, 12, 197.99, WHOSE_EXIT, 1, 22, 0, false);
	add_order(s, "BTC", true, 0.8, 107500, WHOSE_YOURS, 0, 0, 0, false);
	add_order(s, "ETH", true, 20, 4150, WHOSE_YOURS, 0, 0, 0, false);
	add_order(s, "SOL", false, 300, 205.80, WHOSE_YOURS, 0, 0, 0, false);
	add_order(s, "ETH", false, 310, 4100, WHOSE_YOURS, 0, 0, 4180, false);
	add_order(s, "SOL", true, 3878, 212, WHOSE_YOURS, 0, 0, 208.50, false);
	add_order(s, "WLFI", false, 180000, 0.215, WHOSE_YOURS, 0, 0, 0.22, true);
	s->n_orders_all = s->n_orders;
	s->account[0].n_orders = 7;
	s->account[0].n_exit = 1;
	s->account[0].n_entry = 3;
	s->account[0].n_protective = 3;
	s->leg[2].rests.twaps = 1; /* started on the venue's page */
	x2_running(s);
	snprintf(s->alarm[0].text, sizeof s->alarm[0].text,
		 "CROSS dies at BTC -0.6 %% (all 4 legs) · 1-in-10 in 2 min 15 s · would lose "
		 "84,877 "
		 "USDC · NO STOP · press !");
	snprintf(s->alarm[0].brief, sizeof s->alarm[0].brief,
		 "CROSS dies at BTC -0.6 %% · 1-in-10 in 2 min 15 s · NO STOP");
	notice(s, 29000, NC_EXIT, 1,
	       "x2 sells under its working price 108,500, down to 104,685: danger over 1 in 100.");
}

void story_two(struct snap *s)
{
	static const struct leg_in leg = {"ARB",  0,	  5,	 1,   20,  -90000, 0.4200,
					  0.4471, 0.5903, -2439, 3.1, 0.4, 0};

	story_panic(s);
	s->account[1] = s->account[0];
	snprintf(s->account[1].name, sizeof s->account[1].name, "second");
	s->n_accounts = 2;
	add_leg(s, &leg);
	struct snap_leg *l = &s->leg[s->n_legs - 1];
	l->account = 1;
	struct snap_pool *p = &s->pool[s->n_pools++];
	snprintf(p->name, sizeof p->name, "CROSS");
	p->account = 1;
	p->n_legs = 1;
	p->first_leg = (uint16_t)(s->n_legs - 1);
	p->has_equity = p->has_dies = true;
	p->equity = s->account[1].equity = usd(14200);
	p->maintenance = s->account[1].maintenance = usd(1006);
	p->dies_pct = 8.2;
	p->gross = l->notional;
	p->net.v = -l->notional.v;
}

void story_again(struct snap *s)
{
	story_panic(s);
	s->account[0].unread = 2;
	for (uint32_t i = 0; i < s->n_legs; i++) {
		struct snap_leg *l = &s->leg[i];
		if (l->account != 0)
			continue;
		l->trim = 3;
		if (!strcmp(l->coin, "BTC"))
			l->cutting.v = (l->szi.v < 0 ? -l->szi.v : l->szi.v) / 4;
	}
}

void story_blind(struct snap *s)
{
	story_cockpit(s);
	s->wall_ms += 14000;
	s->now_ns += INT64_C(14000000000);
	s->down_since_ns = s->now_ns - INT64_C(14000000000);
	s->tries = 3;
	s->link_ms = -1;
	for (uint32_t i = 0; i < s->n_exits; i++)
		s->exit[i].state = XS_BLIND;
	s->n_alarms = 2;
	s->alarm[1] = s->alarm[0];
	struct snap_alarm *a = &s->alarm[0];
	a->level = 3;
	a->code = NC_BLIND;
	a->since_ms = s->wall_ms - 11000;
	snprintf(a->text, sizeof a->text,
		 "BLIND: BTC book frozen 14 s. Pricing from mark 109,383 (14 s old). First limit "
		 "108,836 (-0.5 %%), last 102,791 (equity zero).");
	snprintf(a->brief, sizeof a->brief,
		 "BLIND: BTC book frozen 14 s. Pricing from mark 109,383 (14 s old).");
	for (uint32_t i = s->n_notices; i > 0; i--)
		s->notice[i] = s->notice[i - 1];
	s->n_notices++;
	s->notice[0].level = 3;
	s->notice[0].wall_ms = s->wall_ms - 11000;
	snprintf(s->notice[0].text, sizeof s->notice[0].text,
		 "feed older than 3 s: x1 and x2 wait.");
}

void story_many(struct snap *s)
{
	head(s, STORY_WALL_MS);
	for (int i = 0; i < 40; i++) {
		char coin[16];
		struct leg_in in = {coin, 1,	  3,	  2,   10,  10 + i, 100,
				    101,  80 - i, 10 * i, 0.1, 0.5, 0};
		snprintf(coin, sizeof coin, "M%02d", i);
		add_leg(s, &in);
		struct snap_pool *p = &s->pool[s->n_pools++];
		snprintf(p->name, sizeof p->name, "%s", coin);
		p->n_legs = 1;
		p->first_leg = (uint16_t)i;
		p->isolated = p->has_equity = p->has_dies = true;
		p->equity = usd(1000);
		p->dies_pct = -6 - i;
		p->has_time = true;
		p->touch_s = 3600 * (i + 1);
		p->sigma_left = 4 + i;
	}
	s->account[0].equity = usd(40000);
	s->account[0].maintenance = usd(9000);
}

void story_done(struct snap *s)
{
	story_cockpit(s);
	s->wall_ms += 357000;
	s->now_ns += INT64_C(357000000000);
	s->feed_ns = s->now_ns - 300000000;
	struct snap_exit *x = &s->exit[0];
	x->state = XS_DONE;
	x->end = XE_TARGET;
	x->end_ms = x->start_ms + 590000;
	x->done = x->total;
	x->left = qty(0);
	x->avg = px(109476.3);
	x->vs_start_bp = -24.2;
	x->slice = 60;
	struct snap_cost c = {.delay = -56,
			      .spread = 8,
			      .impact = -335,
			      .timing = -2805,
			      .fees = -355,
			      .funding = -2,
			      .total = -3545,
			      .plan_total = -695,
			      .plan_sd = 4375,
			      .plan_fees = -364,
			      .plan_impact = -335,
			      .plan_spread = 6,
			      .bp = -26.9,
			      .vs_start_bp = -24.2,
			      .vs_mean_bp = 2,
			      .vs_all_now_bp = -11.5,
			      .vs_end_bp = 5.7,
			      .maker_share = 0.6,
			      .volume_share = 0.06};
	x->cost = c;
	for (int i = 0; i < 60; i++) {
		x->trace[i].t_s = (float)i * 10;
		x->trace[i].left = (float)(12 * curve(i / 59.0, 1.5));
	}
	x->danger_start = 1 / 110.0;
	x->danger_start_grid = true;
	x->largest_slice = 0.50232;
	x->liq_before = 108307;
	x->liq_after = 105783;
	x->dies_before = -1.09;
	x->dies_after = -2.37;
	x->maint_before = 72;
	x->maint_after = 62.1;
	x->margin_freed = usd(16416);
	s->leg[1].szi = qty(12);
	notice(s, 14000, NC_EXIT, 0, "x2 done: 12.00000 BTC sold, target reached, read twice.");
	struct snap_notice n = s->notice[s->n_notices - 1];
	for (uint32_t i = s->n_notices - 1; i > 0; i--)
		s->notice[i] = s->notice[i - 1];
	s->notice[0] = n;
}

void story_empty(struct snap *s)
{
	head(s, STORY_WALL_MS);
	s->account[0].equity = s->account[0].free = usd(52000);
}

void story_first(struct snap *s)
{
	head(s, STORY_WALL_MS);
	s->n_accounts = 0;
	s->feed_ns = 0;
}

/* exit BTC,ETH,HYPE: g3, beside x1; HYPE is done. */
void story_group(struct snap *s)
{
	static const struct {
		const char *coin;
		double held, done, arrival, avg, bp, danger, cost;
	} legs[] = {
		{"BTC", 16.82743, 7.17257, 109742, 109573.9, -15.3, 0.001, -1431},
		{"ETH", 310, 82.4, 4251.2, 4244.1, -16.7, 0.001, -601},
		{"HYPE", 3000, 3000, 44.912, 44.871, -9.1, 0, -148},
	};

	story_cockpit(s);
	s->exit[0] = s->exit[1]; /* x1 stays */
	s->n_exits = 1;
	for (uint32_t i = 0; i < 3; i++) {
		double total = legs[i].held;
		struct snap_exit *x = add_exit(s, 3 + i, legs[i].coin, false, total, total,
					       legs[i].done, 247000, 600000, ALGO_AC, 1.5);
		x->ticket.group = 3;
		x->arrival = px(legs[i].arrival);
		x->avg = px(legs[i].avg);
		x->planned_left = total * curve(247.0 / 600, 1.5);
		x->corridor = total / 60;
		x->vs_start_bp = legs[i].bp;
		x->danger = legs[i].danger;
		x->cost.total = legs[i].cost;
		x->next_ms = s->wall_ms + 3000 + 2000 * i;
		x->slice = 25;
		x->n_slices = 60;
		if (i == 2) {
			x->state = XS_DONE;
			x->end = XE_FLAT;
			x->has_danger = false;
			x->end_ms = s->wall_ms - 20000;
		}
	}
}
