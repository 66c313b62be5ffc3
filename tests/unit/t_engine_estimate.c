/* Estimates in the engine: fed by the market's events, shown with age, samples and source, begun
 * with the configuration's priors, and never a way round the honest volatility. */
#include <math.h>

#include "engine/inner.h"
#include "tests/unit/engine_world.h"

static struct snap snap;

static const struct snap_book *book_of(const struct world *w)
{
	engine_snap(w->e, &snap);
	for (uint32_t i = 0; i < snap.n_books; i++)
		if (!strcmp(snap.book[i].coin, "BTC"))
			return &snap.book[i];
	CHECK(!"no book");
	return &snap.book[0];
}

static void trade(struct world *w, int64_t sz, bool history)
{
	struct trade t = {.px = {100000 * 10000000000}, .sz = {sz}, .time_ms = w->wall_ms};
	struct event ev = w_event(w, EV_TRADES);

	ev.trades.n = 1;
	ev.trades.at = &t;
	ev.trades.history = history;
	w_step(w, &ev);
}

TEST(fed_and_shown)
{
	struct world *w = w_ready();
	const struct snap_book *b = book_of(w);
	struct exec_view v;
	struct event ev = w_event(w, EV_CTX);

	CHECK_STR(b->est_class, "BTC");
	CHECK(b->est[EST_SPREAD].prior && b->est[EST_VOLUME].prior && b->est[EST_REFILL].prior);
	CHECK_NEAR(b->est[EST_REFILL].value, 60, 0);
	CHECK_NEAR(b->est[EST_VOLUME].value, 29e3 / 100000, 1e-9); /* the class, in coins */
	ev.ctx.mark.v = ev.ctx.oracle.v = ev.ctx.mid.v = 100000 * 10000000000;
	ev.ctx.day_volume.v = 86400ll * 200000 * 100000000;
	w_step(w, &ev);
	b = book_of(w);
	CHECK_INT(b->est[EST_VOLUME].from, EST_VENUE);
	CHECK_NEAR(b->est[EST_VOLUME].value, 2, 1e-9);
	for (int i = 0; i < 200; i++) {
		w_live(w, SEC, 100000);
		trade(w, 50000000, false);
		trade(w, 90000000, true); /* history is no volume */
	}
	b = book_of(w);
	CHECK_INT(b->est[EST_SPREAD].from, EST_LIVE);
	CHECK_NEAR(b->est[EST_SPREAD].value, 0.2, 1e-9);
	CHECK(b->est[EST_SPREAD].n > 90);
	CHECK(w->now_ns - b->est[EST_SPREAD].seen_ns < 3 * SEC);
	CHECK_INT(b->est[EST_VOLUME].from, EST_LIVE);
	CHECK_INT(b->est[EST_VOLUME].n, 200);
	/* the venue's 2 counts as 240 s before the 200 heard (live.c) */
	double heard = 480 * (1 - exp(-200 / 480.0)), day = 240 * exp(-200 / 480.0);
	CHECK_NEAR(b->est[EST_VOLUME].value, (0.5 * heard + 2 * day) / (heard + day), 0.01);
	CHECK_NEAR(b->est[EST_LEAN].value, 0, 1e-12);
	/* an exit sees the same */
	exits_view(w->e, NULL, 0, 0, &v);
	for (int k = 0; k < EST_KINDS; k++) {
		CHECK_NEAR(v.est[k].value, b->est[k].value, 0);
		CHECK_INT(v.est[k].n, b->est[k].n);
	}
	/* a touch between books */
	ev = w_event(w, EV_BBO);
	ev.bbo.bid = (struct level){{99999 * 10000000000}, {900000000}, 1};
	ev.bbo.ask = (struct level){{100001 * 10000000000}, {500000000}, 1};
	ev.bbo.venue_ms = w->wall_ms + 1;
	w_step(w, &ev);
	CHECK_NEAR(book_of(w)->est[EST_OFI].value, 4, 1e-6);
	w_free(w);
}

/* The rule of operations.md 4, whatever was fitted: max(5 min, 1 h, half the month) x 1.4. */
TEST(honest_volatility)
{
	struct world *w = w_new();
	struct engine_conf c = w_conf();

	c.n_priors = 1;
	c.prior[0] = (struct live_prior){.name = "BTC", .span_s = 86400};
	c.prior[0].value[EST_SIGMA_30D] = 0.05; /* a quiet day */
	c.prior[0].n[EST_SIGMA_30D] = 1000;
	c.prior[0].value[EST_REFILL] = 9;
	c.prior[0].n[EST_REFILL] = 1000;
	engine_init(w->e, &c, w->now_ns, w->wall_ms);
	engine_start(w->e, 0, w->now_ns, w->wall_ms, w->out);
	w_take(w);
	w_meta(w);
	w_key(w, true);
	w_connect(w, 1);
	w_market(w, 100000);
	CHECK_NEAR(market_sigma(w->e, 0), 1.4 * 0.45 / 2, 1e-12);
	CHECK_NEAR(book_of(w)->est[EST_REFILL].value, 9, 0);
	CHECK_INT(book_of(w)->est[EST_REFILL].from, EST_FITTED);
	w->e->conf.prior[0].value[EST_SIGMA_30D] = 2; /* a wild one counts */
	CHECK_NEAR(market_sigma(w->e, 0), 1.4, 1e-12);
	w->e->conf.prior[0].value[EST_SIGMA_30D] = 0.05;
	/* 1 % each 6 s: the five minutes say so within a minute */
	for (int i = 0; i < 20; i++) {
		w_pass(w, 6 * SEC);
		w_market(w, i % 2 ? 100000 : 101000);
	}
	const struct snap_book *b = book_of(w);

	CHECK(b->sigma_raw > 10);
	CHECK_NEAR(b->sigma_year, 1.4 * b->sigma_raw, 1e-9);
	CHECK_NEAR(b->sigma_raw, fmax(b->est[EST_SIGMA_5M].value, b->est[EST_SIGMA_1H].value),
		   1e-9);
	CHECK(!b->est[EST_SIGMA_5M].prior);
	w_free(w);
}

/* A file of priors that cannot be used stops nothing, and is said. */
TEST(bad_priors)
{
	struct world *w = w_new();
	struct engine_conf c = w_conf();
	bool said = false;

	memcpy(c.priors_bad, "f: version 9", 13);
	engine_init(w->e, &c, w->now_ns, w->wall_ms);
	engine_start(w->e, 0, w->now_ns, w->wall_ms, w->out);
	w_take(w);
	engine_snap(w->e, &snap);
	for (uint32_t i = 0; i < snap.n_notices; i++)
		said |= strstr(snap.notice[i].text, "f: version 9") != NULL;
	CHECK(said);
	w_free(w);
}

TEST_MAIN(T(fed_and_shown), T(honest_volatility), T(bad_priors))
