/* engine against a venue of forty lines that loses, repeats and delays: whatever happens, no intent
 * runs twice, no ticket is exceeded, nonces rise, and in the end the ticket is done. */
#include "base/prng.h"
#include "engine/inner.h"
#include "tests/unit/engine_world.h"

enum { NONCES = 512, LATE = 256 };

struct venue_nonce {
	uint64_t nonce;
	bool taken; /* by the order or by a noop */
	struct effect send;
	int64_t filled;
	bool is_order, ran;
};

struct late { /* an answer on its way */
	int64_t at_ns;
	uint64_t nonce;
	int kind; /* enum answer_kind */
	struct verdict v;
	char text[64];
};

struct rig {
	struct world *w;
	struct prng r;
	struct venue_nonce n[NONCES];
	uint32_t n_nonces, seen, n_late, fill_id;
	struct late late[LATE];
	int64_t sold;
	bool well;
	uint64_t last_nonce;
	uint32_t lost, burned, resent;
};

static struct venue_nonce *nonce_of(struct rig *g, uint64_t nonce)
{
	for (uint32_t i = 0; i < g->n_nonces; i++)
		if (g->n[i].nonce == nonce)
			return &g->n[i];
	return NULL;
}

static void answer_later(struct rig *g, uint64_t nonce, int kind, const struct verdict *v,
			 const char *text)
{
	struct late *l;

	if (g->n_late == LATE)
		return;
	l = &g->late[g->n_late++];
	*l = (struct late){.nonce = nonce, .kind = kind};
	if (v)
		l->v = *v;
	if (text)
		memcpy(l->text, text, strlen(text) + 1);
	l->at_ns = g->w->now_ns + prng_range(&g->r, 50, g->well ? 300 : 3000) * MSEC;
	if (!g->well && prng_below(&g->r, 3) == 0) { /* the answer is lost, whatever happened */
		g->lost++;
		if (prng_below(&g->r, 2))
			g->n_late--; /* not even an error */
		else
			l->kind = ANSWER_UNKNOWN;
	}
}

/* The order runs, once: some or all of it. */
static void run_order(struct rig *g, struct venue_nonce *n)
{
	const struct act_order *o = &n->send.send.act.order[0];
	int64_t want = o->sz.v < g->w->szi ? o->sz.v : g->w->szi;
	struct verdict v = {.oid = 1000 + n->nonce % 1000, .avg = o->px};

	n->ran = true;
	if (want > 0 && prng_below(&g->r, 4))
		n->filled = prng_below(&g->r, 3) ? want : want / 2 / 1000 * 1000;
	if (n->filled) {
		w_fill(g->w, &n->send, 0, n->filled, ++g->fill_id);
		g->sold += n->filled;
		v.kind = VERDICT_FILLED;
		v.filled.v = n->filled;
	} else {
		v.kind = VERDICT_ERROR;
		v.refusal = REFUSED_NO_MATCH;
		memcpy(v.text, "Order could not immediately match", 34);
	}
	answer_later(g, n->nonce, ANSWER_OK, &v, NULL);
}

static void arrives(struct rig *g, struct venue_nonce *n, bool noop)
{
	struct verdict ok = {.kind = VERDICT_SUCCESS};

	if (!g->well && prng_below(&g->r, 4) == 0) { /* the request never arrives */
		g->lost++;
		return;
	}
	if (n->taken) {
		answer_later(g, n->nonce, ANSWER_ERR, NULL, "Invalid nonce: duplicate nonce 1");
		return;
	}
	n->taken = true;
	if (noop) {
		g->burned++;
		answer_later(g, n->nonce, ANSWER_OK, &ok, NULL);
	} else {
		run_order(g, n);
	}
}

static void carry_out(struct rig *g, const struct effect *f)
{
	struct venue_nonce *n;

	if (f->kind == EF_RESEND) {
		n = nonce_of(g, f->resend.nonce);
		g->resent++;
		if (n)
			arrives(g, n, false);
		return;
	}
	if (f->kind != EF_SEND || (f->send.act.kind != ACT_ORDER && f->send.act.kind != ACT_NOOP))
		return;
	n = nonce_of(g, f->send.env.nonce);
	if (f->send.act.kind == ACT_ORDER) {
		CHECK(!n); /* an order never leaves under a used nonce */
		CHECK(f->send.env.nonce > g->last_nonce);
		CHECK(f->send.act.order[0].reduce_only);
		g->last_nonce = f->send.env.nonce;
		if (g->n_nonces == NONCES)
			return;
		n = &g->n[g->n_nonces++];
		*n = (struct venue_nonce){.nonce = f->send.env.nonce, .send = *f, .is_order = true};
	}
	if (n)
		arrives(g, n, f->send.act.kind == ACT_NOOP);
}

/* What a look-up says is the truth of that order, late by nothing. */
static void set_status(void *arg, const struct effect *q)
{
	struct rig *g = arg;

	g->w->known = false;
	for (uint32_t i = 0; i < g->n_nonces; i++) {
		struct venue_nonce *n = &g->n[i];
		struct cloid c = n->send.send.act.order[0].cloid;

		if (n->is_order && n->ran && !memcmp(c.b, q->query.cloid.b, 16))
			w_status(g->w, &n->send, 0,
				 n->filled >= n->send.send.act.order[0].sz.v ? OS_FILLED
									     : OS_CANCELED,
				 n->send.send.act.order[0].sz.v - n->filled);
	}
}

static void deliver(struct rig *g)
{
	for (uint32_t i = 0; i < g->n_late;) {
		struct late l = g->late[i];

		if (l.at_ns > g->w->now_ns) {
			i++;
			continue;
		}
		g->late[i] = g->late[--g->n_late];
		w_answer(g->w, l.nonce, (enum answer_kind)l.kind, &l.v, l.kind == ANSWER_OK ? 1 : 0,
			 l.text);
	}
}

static void turn(struct rig *g)
{
	struct world *w = g->w;

	w_pass(w, 40 * MSEC);
	for (; g->seen < w->n_kept; g->seen++)
		carry_out(g, &w->kept[g->seen]);
	deliver(g);
}

static void restart(struct rig *g)
{
	struct world *old = g->w, *n = w_restart(old, 2 * SEC);

	/* what left before the crash is on its way all the same */
	for (; g->seen < old->n_kept; g->seen++)
		carry_out(g, &old->kept[g->seen]);
	n->szi = old->szi;
	memmove(n->kept + old->n_kept, n->kept, n->n_kept * sizeof n->kept[0]);
	memcpy(n->kept, old->kept, old->n_kept * sizeof n->kept[0]);
	g->seen = old->n_kept;
	n->n_kept += old->n_kept;
	g->w = n;
	n->before_status = set_status;
	n->arg = g;
	w_free(old);
	w_meta(n);
	w_key(n, true);
	w_connect(n, 1);
	w_market(n, 100000);
}

static void one_seed(uint64_t seed)
{
	static struct rig g;
	int64_t ticket;
	int crash;

	memset(&g, 0, sizeof g);
	prng_seed(&g.r, seed);
	g.w = w_ready();
	g.w->before_status = set_status;
	g.w->arg = &g;
	ticket = prng_range(&g.r, 1, 9) * 10000000;
	crash = (int)prng_below(&g.r, 600);
	w_exit(g.w, "BTC", ticket);
	for (int k = 0; k < 4000; k++) {
		g.well = k > 1000;
		if (k % 12 == 0)
			w_market(g.w, 100000);
		if (k == crash)
			restart(&g);
		turn(&g);
		CHECK(g.sold <= ticket);
		CHECK(g.w->szi >= 100000000 - ticket);
		if (g.w->e->exit[0].x.state == XS_DONE && k > crash)
			break;
	}
	if (g.w->e->exit[0].x.state != XS_DONE || g.sold != ticket ||
	    g.w->e->exit[0].x.done.v != ticket)
		test_fail(__FILE__, __LINE__,
			  "seed %llu: state %u, sold %lld of %lld, done %lld: %s",
			  (unsigned long long)seed, g.w->e->exit[0].x.state, (long long)g.sold,
			  (long long)ticket, (long long)g.w->e->exit[0].x.done.v,
			  g.w->e->exit[0].x.reason);
	w_free(g.w);
}

/* FLAT is never said while anything is held, and it is said in the end. */
static void one_flatten(uint64_t seed)
{
	static struct rig g;
	struct cmd c = {.kind = CMD_FLATTEN};
	int crash;

	memset(&g, 0, sizeof g);
	prng_seed(&g.r, seed);
	g.w = w_ready();
	g.w->before_status = set_status;
	g.w->arg = &g;
	crash = (int)prng_below(&g.r, 200);
	c.flatten.part.v = 1000000000000;
	w_command(g.w, &c);
	for (int k = 0; k < 3000 && flat_newest(g.w->e)->f.state != FLAT_FLAT; k++) {
		g.well = k > 600;
		if (k % 12 == 0)
			w_market(g.w, 100000);
		if (k == crash)
			restart(&g);
		turn(&g);
		CHECK(g.w->szi >= 0);
		if (flat_newest(g.w->e)->f.done && flat_newest(g.w->e)->f.state != FLAT_FLAT)
			w_command(g.w, &c); /* it asked: pressed again */
	}
	if (flat_newest(g.w->e)->f.state != FLAT_FLAT || g.w->szi)
		test_fail(__FILE__, __LINE__, "seed %llu: state %u with %lld held",
			  (unsigned long long)seed, flat_newest(g.w->e)->f.state,
			  (long long)g.w->szi);
	w_free(g.w);
}

TEST(flat_is_true)
{
	for (uint64_t s = 0; s < 60; s++)
		one_flatten(test_seed * 1000 + s);
}

TEST(no_double_no_loss)
{
	for (uint64_t s = 0; s < 100; s++)
		one_seed(test_seed * 1000 + s);
}

TEST_MAIN(T(no_double_no_loss), T(flat_is_true))
