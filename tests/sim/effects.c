/* effects.c: the client's side of a step: what the engine wants is carried out as src/host does it,
 * by a journal that commits late and a signer that never waits. A kill may come after any effect.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "tests/sim/world.h"
#include "venue/hyperliquid/action.h"

#define MS 1000000LL

/* ---- journal ---- */

void journal_begin(struct world *w)
{
	int64_t took = prng_range(&w->rng, 1, 8) * MS;

	if (w->commit_ns != INT64_MAX || w->batch == w->committed)
		return;
	if (w->faults.slow_disk && prng_below(&w->rng, 40) == 0)
		took = prng_range(&w->rng, 200, 1500) * MS;
	if (w->now_ns < w->full_until_ns)
		took += w->full_until_ns - w->now_ns;
	w->committing = w->batch;
	w->commit_ns = w->now_ns + took;
}

void journal_durable(struct world *w, uint64_t upto)
{
	while (w->n_durable < w->n_recs && w->rec[w->n_durable].batch <= upto) {
		uint64_t nonce = w->rec[w->n_durable++].rec.nonce;
		for (uint32_t i = w->n_wires; nonce && i > 0; i--)
			if (w->wire[i - 1].nonce == nonce) /* an order, and its burn */
				w->wire[i - 1].durable = true;
	}
	w->committed = upto;
}

/* ---- effects ---- */

void client_step(struct world *w, const struct event *ev)
{
	if (!w->alive)
		return;
	ASSERT(!w->in_step);
	w->in_step = true;
	w->fx->n = 0;
	engine_step(w->engine, ev, w->fx);
	client_effects(w);
	w->in_step = false;
	if (w->alive)
		check_step(w);
}

void world_step(struct world *w, const struct event *ev)
{
	client_step(w, ev);
	client_pump(w);
}

struct event world_event(struct world *w, uint8_t kind)
{
	return (struct event){.kind = kind, .now_ns = w->now_ns, .wall_ms = world_wall_ms(w)};
}

/* Seen from outside: which reads were answered, and when something of ours filled. */
static void witness(struct world *w, const struct event *ev)
{
	struct reads *r = &w->reads[ev->account][ev->kind == EV_QUERY ? ev->query.dex : 0];

	if (ev->kind == EV_ACCOUNT)
		w->reads[ev->account][ev->acct.dex].acct_ms = ev->acct.venue_ms;
	if (ev->kind == EV_QUERY && ev->query.ok && ev->query.what == Q_ACCOUNT)
		r->ms[r->n++ % 8] = r->acct_ms;
	for (uint32_t i = 0; ev->kind == EV_FILLS && i < ev->fills.n; i++) {
		const struct fill *f = &ev->fills.at[i];
		struct cloid_id what;

		if (f->time_ms > w->our_fill_ms[ev->account] &&
		    cloid_open(&w->engine->aes, &what, f->cloid, w->engine->conf.install))
			w->our_fill_ms[ev->account] = f->time_ms;
	}
}

void client_sink(void *ctx, const struct event *ev)
{
	witness(ctx, ev);
	client_step(ctx, ev);
}

static struct wire *wire_find(struct world *w, uint64_t nonce, bool noop)
{
	for (uint32_t i = w->n_wires; i > 0; i--)
		if (w->wire[i - 1].nonce == nonce && w->wire[i - 1].noop == noop)
			return &w->wire[i - 1];
	return NULL;
}

static void leave(struct world *w, const struct outbox_slot *o, bool all_paths, int64_t timeout_ns)
{
	uint8_t paths = all_paths ? HL_PATH_WS | HL_PATH_HTTP : HL_PATH_WS;
	struct wire *s = wire_find(w, o->nonce, o->burn);

	if (s && !s->left_ns)
		s->left_ns = w->now_ns;
	if (s && (s->n != o->len || memcmp(s->bytes, o->bytes, s->n)))
		world_break(w, "I2: other bytes for nonce %llu", (unsigned long long)o->nonce);
	w->n_sends++;
	if (hl_send_action(w->session[o->account].hl, o->bytes, o->len, o->nonce, paths, timeout_ns,
			   w->now_ns))
		return;
	/* As the host: said in a later turn; a repeat that finds no room proves nothing. */
	if (o->sent && s && s->left_ns == w->now_ns && w->n_refused < 64) {
		w->refused[w->n_refused].account = o->account;
		w->refused[w->n_refused++].nonce = o->nonce;
	}
}

void client_release(struct world *w)
{
	struct outbox_slot *o;

	while ((o = outbox_next(w->box, w->committed, w->now_ns))) {
		struct wire *s = wire_find(w, o->nonce, o->burn);
		ASSERT(s);
		if (o->needs_commit)
			check_leave(w, s,
				    o->lane == LANE_KILL && w->now_ns - o->added_ns >= 100 * MS);
		leave(w, o, o->all_paths, o->timeout_ns);
	}
}

static void do_send(struct world *w, const struct effect *ef)
{
	char text[ACTION_JSON_MAX];
	uint8_t hash[32], digest[32];
	struct act_sig sig;
	struct err e = {0};
	struct buf b;
	struct wire *s;

	check_send(w, ef);
	ASSERT(w->n_wires < WORLD_WIRES);
	if (!action_check(&e, &ef->send.act) ||
	    !action_hash(hash, &ef->send.act, &ef->send.env, &e)) {
		world_break(w, "signer refuses: %s", e.text);
		return;
	}
	action_digest(digest, hash, ef->send.env.mainnet);
	secp_sign(w->secp, sig.r, sig.s, &sig.v, digest, w->agent_key);
	buf_init(&b, text, sizeof text);
	action_envelope(&b, &ef->send.act, &ef->send.env, &sig);
	ASSERT(!b.over);
	s = &w->wire[w->n_wires];
	*s = (struct wire){.nonce = ef->send.env.nonce,
			   .act = ef->send.act,
			   .expires_ms = ef->send.env.expires_ms,
			   .account = ef->account,
			   .lane = ef->lane,
			   .noop = ef->send.act.kind == ACT_NOOP,
			   .signed_ns = w->now_ns,
			   .n = b.len,
			   .life = w->life};
	s->bytes = malloc(b.len + 1);
	ASSERT(s->bytes);
	memcpy(s->bytes, b.p, b.len + 1);
	w->n_wires++;
	if (ef->send.dry)
		return;
	for (uint32_t i = w->n_recs; i > 0; i--)
		if (w->rec[i - 1].rec.nonce == s->nonce) {
			s->recorded = true;
			s->durable = i - 1 < w->n_durable;
			break;
		}
	if (!outbox_add(w->box, ef, w->now_ns) ||
	    !outbox_signed(w->box, s->nonce, s->noop, s->bytes, s->n))
		world_break(w, "the outbox takes nonce %llu not", (unsigned long long)s->nonce);
}

static void do_notice(struct world *w, const struct effect *ef)
{
	if (w->verbose)
		printf("%9.3f  [%u] %s\n", (double)w->now_ns / 1e9, ef->notice.level,
		       ef->notice.text);
	if (!strncmp(ef->notice.text, "FLAT ", 5)) {
		w->flat_said++;
		w->flat_ns = w->now_ns;
		check_flat(w, ef->notice.text);
	}
}

static void do_effect(struct world *w, const struct effect *ef, uint64_t batch)
{
	switch ((enum effect_kind)ef->kind) {
	case EF_RECORD:
		ASSERT(w->n_recs < WORLD_RECS);
		w->rec[w->n_recs++] = (struct sim_rec){.rec = ef->record,
						       .account = ef->account,
						       .wall_ms = world_wall_ms(w),
						       .batch = batch};
		break;
	case EF_SEND:
		do_send(w, ef);
		break;
	case EF_RESEND: {
		struct outbox_slot *o = outbox_find(w->box, ef->resend.nonce, false);
		if (o && o->sent)
			leave(w, o, true, ef->resend.timeout_ns);
		break;
	}
	case EF_FORGET:
		outbox_forget(w->box, ef->forget.nonce);
		for (uint32_t i = 0; i < w->n_wires; i++)
			w->wire[i].forgotten |= w->wire[i].nonce == ef->forget.nonce;
		break;
	case EF_QUERY:
		if (!hl_query(w->session[ef->account].hl, ef, w->now_ns) && w->verbose)
			printf("query %u refused\n", ef->query.what);
		break;
	case EF_FEED:
		hl_feed(w->session[0].hl, ef->feed.instr, ef->feed.on);
		break;
	case EF_TIMER:
		w->timer_ns = ef->timer.at_ns;
		break;
	case EF_NOTICE:
		do_notice(w, ef);
		break;
	case EF_REPLY:
		w->reply.seq = ef->reply.seq;
		w->reply.code = ef->reply.code;
		w->reply.exit = ef->reply.exit;
		snprintf(w->reply.text, sizeof w->reply.text, "%s", ef->reply.text);
		w->n_replies++;
		break;
	case EF_DROP_CONN:
		w->session[ef->account].drop_wanted = true;
		break;
	case EF_CEILING:
		w->ceiling_wanted = ef->ceiling.upto;
		break;
	case EF_SOLVE:
		sim_ask(w, ef->solve.in);
		break;
	case EF_KINDS:
		break;
	}
}

/* A turn: its records are one batch. A kill may come after any effect. */
void client_effects(struct world *w)
{
	uint64_t batch = w->batch + 1;

	for (uint32_t i = 0; i < w->fx->n; i++)
		if (w->fx->at[i].kind == EF_RECORD || w->fx->at[i].kind == EF_CEILING) {
			w->batch = batch;
			break;
		}
	if (w->batch != batch)
		batch = w->batch;
	for (uint32_t i = 0; i < w->fx->n; i++) {
		do_effect(w, &w->fx->at[i], batch);
		w->n_effects++;
		if (w->kill_in > 0 && --w->kill_in == 0) {
			w->alive = false;
			w->died = true;
			return;
		}
	}
	outbox_handed_over(w->box, batch);
	journal_begin(w);
	client_release(w);
}
