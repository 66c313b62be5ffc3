/* exec_world.h: a small venue for the exits' property tests: one coin, a random walk, a book, IOC
 * and post-only orders, answers that come late, twice as words and fills, or not at all. */
#ifndef EXEUNT_TESTS_EXEC_WORLD_H
#define EXEUNT_TESTS_EXEC_WORLD_H

#include <math.h>
#include <string.h>

#include "base/prng.h"
#include "exec/exit.h"
#include "tests/run.h"

static const int64_t W_MS = 1000000;
enum { W_ORDERS = 256 };

struct w_order {
	bool used, alo, dead, told, lost, twap;
	uint32_t slice, attempt;
	struct price px;
	int64_t hidden; /* filled, and nobody was told yet */
	struct price hidden_px;
	int64_t left, filled, arrive_ns, answer_ns, truth_ns, cancel_ns, every_ns;
};

struct world {
	struct prng rng;
	struct instr instr;
	struct book book;
	struct exec_view v;
	double mid, sigma_step;
	int64_t position; /* signed, the truth */
	int64_t filled;	  /* by our orders */
	double loss_rate; /* answers lost */
	bool lag;	  /* the position is seen by reads and told fills only */
	int64_t seen;
	bool ro_strict; /* oversize reduce-only is rejected, not capped */
	struct w_order order[W_ORDERS];
	uint32_t reports;
};

static struct price w_px(double x)
{
	struct price p = {0};
	price_from_double(&p, x, ROUND_HALF_AWAY);
	return p;
}

static void w_book(struct world *w)
{
	double half = w->mid * 1e-5, step = w->mid * 2e-5;
	w->book.n_bid = w->book.n_ask = BOOK_LEVELS;
	for (int i = 0; i < BOOK_LEVELS; i++) {
		double sz = 0.2 + prng_unit(&w->rng);
		struct price b = {0}, a = {0};
		instr_round_price(&w->instr, &b, w_px(w->mid - half - i * step - 1), ROUND_DOWN);
		instr_round_price(&w->instr, &a, w_px(w->mid + half + i * step + 1), ROUND_UP);
		qty_from_double(&w->book.bid[i].sz, sz);
		qty_from_double(&w->book.ask[i].sz, sz);
		w->book.bid[i].sz = instr_floor_qty(&w->instr, w->book.bid[i].sz);
		w->book.ask[i].sz = instr_floor_qty(&w->instr, w->book.ask[i].sz);
		w->book.bid[i].px = b;
		w->book.ask[i].px = a;
	}
}

static void w_view(struct world *w)
{
	w->v.instr = &w->instr;
	w->v.book = &w->book;
	w->v.book_ns = w->v.now_ns;
	w->v.mark_ns = w->v.now_ns;
	w->v.mark = w_px(w->mid);
	instr_round_price(&w->instr, &w->v.mark, w->v.mark, ROUND_HALF_AWAY);
	w->v.oracle = w->v.mark;
	if (!w->lag) {
		w->seen = w->position;
		w->v.position_ns = w->v.now_ns;
	}
	w->v.position.v = w->seen;
	w->v.position_known = true;
}

__attribute__((unused)) static void w_init(struct world *w, uint64_t seed, double position)
{
	memset(w, 0, sizeof *w);
	prng_seed(&w->rng, seed);
	w->instr = (struct instr){.coin = "BTC",
				  .sz_decimals = 5,
				  .px_decimals = 1,
				  .px_sig = 5,
				  .max_leverage = 40,
				  .n_tiers = 1};
	w->instr.min_notional.v = 1000000000;
	w->mid = 100000;
	w->sigma_step = 2e-5;
	struct qty q;
	qty_from_double(&q, position + (position > 0 ? 1e-9 : -1e-9));
	w->position = instr_floor_qty(&w->instr, q).v;
	w->v.now_ns = 5000000000;
	w->v.wall_ms = 1757000000000;
	w->v.may_send = true;
	w->v.sigma_year = 1;
	w->v.volume_s = 2;
	w->v.fee_taker = 0.00045;
	w->v.fee_maker = 0.00015;
	w->v.leverage = 3;
	w_book(w);
	w_view(w);
}

static void w_read(struct world *w)
{
	w->v.reads++;
	w->seen = w->position;
	w->v.position_ns = w->v.now_ns;
}

/* The market moves dt forward. */
__attribute__((unused)) static void w_tick(struct world *w, int64_t dt_ns)
{
	w->v.now_ns += dt_ns;
	w->v.wall_ms += dt_ns / W_MS;
	double n = prng_unit(&w->rng) + prng_unit(&w->rng) + prng_unit(&w->rng) - 1.5;
	w->mid *= 1 + w->sigma_step * 2 * n;
	w->v.volume.v += (int64_t)(2e8 * (double)dt_ns / 1e9 * 2 * prng_unit(&w->rng));
	if (prng_below(&w->rng, 8) == 0)
		w_read(w);
	w_book(w);
	w_view(w);
}

static int64_t w_live(const struct world *w, bool buy)
{
	bool ours = buy ? w->position < 0 : w->position > 0;
	return ours ? (w->position < 0 ? -w->position : w->position) : 0;
}

static void w_report(struct world *w, struct exit *x, const struct w_order *o, uint8_t kind,
		     int64_t filled, struct price px, bool crossed, uint8_t reject)
{
	struct exec_report r = {.kind = kind,
				.reject = reject,
				.crossed = crossed,
				.slice = o->slice,
				.attempt = o->attempt,
				.filled = {filled},
				.px = px};
	if (kind == REP_FILL) {
		struct money value;
		price_times_qty(&value, px, (struct qty){filled}, ROUND_HALF_AWAY);
		money_from_double(&r.fee, money_to_double(value) * (crossed ? 0.00045 : 0.00015));
	}
	w->reports++;
	exit_on_order(x, &r, &w->v);
}

static void w_execute(struct world *w, struct exit *x, struct w_order *o, int64_t q,
		      struct price px, bool crossed)
{
	int64_t live = w_live(w, x->buy);
	q = q < live ? q : live;
	q = q < o->left ? q : o->left;
	if (q <= 0)
		return;
	w->position += x->buy ? q : -q;
	w->filled += q;
	o->left -= q;
	o->filled += q;
	if (o->lost) { /* told with the truth, later */
		o->hidden += q;
		o->hidden_px = px;
		w_view(w);
		return;
	}
	w->seen += x->buy ? q : -q;
	w_view(w);
	w_report(w, x, o, REP_FILL, q, px, crossed, 0);
}

/* Takes up what the exit wants. */
__attribute__((unused)) static void w_want(struct world *w, struct exit *x,
					   const struct exec_out *out)
{
	for (uint32_t k = 0; k < out->n; k++) {
		const struct exec_want *q = &out->at[k];
		if (q->kind == WANT_READ)
			w_read(w);
		if (q->kind == WANT_CANCEL || q->kind == WANT_TWAP_CANCEL) {
			for (int i = 0; i < W_ORDERS; i++)
				if (w->order[i].used && w->order[i].slice == q->slice &&
				    w->order[i].attempt == q->attempt)
					w->order[i].cancel_ns = w->v.now_ns + 100 * W_MS;
		}
		if (q->kind != WANT_PLACE && q->kind != WANT_TWAP)
			continue;
		CHECK(q->reduce_only && q->buy == x->buy && q->qty.v > 0);
		CHECK(instr_qty_ok(&w->instr, q->qty));
		CHECK(q->kind == WANT_TWAP || instr_price_ok(&w->instr, q->px));
		struct w_order *o = NULL;
		for (int i = 0; i < W_ORDERS; i++) {
			struct w_order *p = &w->order[i];
			CHECK(!(p->slice == q->slice &&
				p->attempt == q->attempt)); /* one name, once */
			if (!p->used && p->slice == 0 && !o)
				o = p;
		}
		if (!o) { /* forget the names of old, dead orders */
			for (int i = 0; i < W_ORDERS; i++)
				if (!w->order[i].used)
					memset(&w->order[i], 0, sizeof w->order[i]);
			for (int i = 0; i < W_ORDERS && !o; i++)
				if (!w->order[i].used)
					o = &w->order[i];
		}
		REQUIRE(o);
		*o = (struct w_order){.used = true,
				      .alo = q->tif == TIF_ALO,
				      .twap = q->kind == WANT_TWAP,
				      .slice = q->slice,
				      .attempt = q->attempt,
				      .px = q->px,
				      .left = q->qty.v,
				      .arrive_ns = w->v.now_ns + 100 * W_MS +
						   (int64_t)prng_below(&w->rng, 300) * W_MS};
		o->answer_ns = o->arrive_ns + 50 * W_MS;
		o->lost = prng_unit(&w->rng) < w->loss_rate;
		if (o->lost) { /* half of them never arrive, nobody knows for a while */
			o->dead = prng_below(&w->rng, 2);
			o->answer_ns =
				w->v.now_ns + (1000 + (int64_t)prng_below(&w->rng, 3000)) * W_MS;
			o->truth_ns = o->answer_ns + (int64_t)prng_below(&w->rng, 20000) * W_MS;
			if (prng_below(&w->rng, 2))
				o->arrive_ns =
					o->answer_ns + (int64_t)prng_below(&w->rng, 2000) * W_MS;
			if (o->truth_ns < o->arrive_ns + 100 * W_MS)
				o->truth_ns = o->arrive_ns + 100 * W_MS;
		}
	}
}

static void w_take(struct world *w, struct exit *x, struct w_order *o)
{
	struct level *l = x->buy ? w->book.ask : w->book.bid;
	for (int i = 0; i < BOOK_LEVELS && o->left > 0; i++) {
		bool ok = x->buy ? l[i].px.v <= o->px.v : l[i].px.v >= o->px.v;
		if (!ok && !o->twap)
			break;
		w_execute(w, x, o, l[i].sz.v, l[i].px, true);
	}
}

static void w_tell(struct world *w, struct exit *x, struct w_order *o)
{
	if (!o->hidden)
		return;
	w_report(w, x, o, REP_FILL, o->hidden, o->hidden_px, !o->alo, 0);
	o->hidden = 0;
}

static void w_close(struct world *w, struct exit *x, struct w_order *o, uint8_t kind,
		    uint8_t reject)
{
	o->used = false;
	w_tell(w, x, o);
	w_report(w, x, o, kind, o->filled, (struct price){0}, false, reject);
}

static void w_order_step(struct world *w, struct exit *x, struct w_order *o)
{
	int64_t now = w->v.now_ns;
	bool resting = o->alo || o->twap;
	if (o->arrive_ns && now >= o->arrive_ns && !o->dead) {
		o->arrive_ns = 0;
		if (o->twap)
			o->every_ns = now;
		else if (w_live(w, x->buy) == 0 || (w->ro_strict && o->left > w_live(w, x->buy))) {
			w_close(w, x, o, REP_CLOSED, REJ_REDUCE_ONLY);
			return;
		} else if (!o->alo)
			w_take(w, x, o);
		else if (x->buy ? o->px.v >= w->book.ask[0].px.v : o->px.v <= w->book.bid[0].px.v) {
			w_close(w, x, o, REP_CLOSED, REJ_POST_CROSS);
			return;
		}
	}
	if (resting && !o->arrive_ns && !o->dead && o->alo && prng_below(&w->rng, 20) == 0)
		w_execute(w, x, o, (int64_t)prng_below(&w->rng, 20000) * 1000, o->px, false);
	if (o->twap && o->every_ns && now >= o->every_ns) {
		int64_t q = o->left;
		o->every_ns = now + 30000 * W_MS;
		w_execute(w, x, o, q / 5 > 100000 ? q / 5 / 1000 * 1000 : q,
			  x->buy ? w->book.ask[0].px : w->book.bid[0].px, true);
	}
	if (!o->told && now >= o->answer_ns) {
		o->told = true;
		if (o->lost)
			w_report(w, x, o, REP_UNKNOWN, 0, (struct price){0}, false, 0);
		else if (!resting) {
			w_close(w, x, o, REP_CLOSED, o->filled ? REJ_NONE : REJ_NO_MATCH);
			return;
		} else
			w_report(w, x, o, REP_OPEN, 0, (struct price){0}, false, 0);
	}
	bool gone = resting && (o->left == 0 || w_live(w, x->buy) == 0 ||
				(o->cancel_ns && now >= o->cancel_ns && !o->arrive_ns));
	if (o->lost && now >= o->truth_ns && o->truth_ns) {
		if (o->dead)
			w_close(w, x, o, REP_DEAD, 0);
		else if (!resting || gone)
			w_close(w, x, o, REP_CLOSED, 0);
		else {
			o->truth_ns = 0;
			o->lost = false;
			w_tell(w, x, o);
			w_report(w, x, o, REP_OPEN, 0, (struct price){0}, false, 0);
		}
	} else if (gone && o->told && !o->lost)
		w_close(w, x, o, REP_CLOSED, 0);
}

__attribute__((unused)) static void w_orders(struct world *w, struct exit *x)
{
	for (int i = 0; i < W_ORDERS; i++)
		if (w->order[i].used)
			w_order_step(w, x, &w->order[i]);
}

/* Coins that orders at the venue, or on their way, may still execute. */
__attribute__((unused)) static int64_t w_flying(const struct world *w)
{
	int64_t q = 0;
	for (int i = 0; i < W_ORDERS; i++)
		if (w->order[i].used && !w->order[i].dead)
			q += w->order[i].left;
	return q;
}

#endif
