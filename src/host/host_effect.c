/* host_effect.c: what the engine wants, carried out: effects in the order it gave them, the way of
 * an action through the signer and the outbox, and what is let go to the venue.
 *
 * Nothing here steps the engine: what an effect brings about at once goes to host_later. */
#include "host/host_inner.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "host/hook.h"
#include "host/log.h"
#include "venue/hyperliquid/action.h"

static void not_sent(struct host *h, uint8_t account, uint64_t nonce, const char *text)
{
	struct event ev = host_event(h, EV_ANSWER, account);

	ev.answer.nonce = nonce;
	ev.answer.kind = ANSWER_NOT_SENT;
	snprintf(ev.answer.text, sizeof ev.answer.text, "%s", text);
	host_later(h, &ev);
}

/* ---- signing ---- */

/* A dry run's request, and in a line of its own the sheet's numbers if there are any. */
static void answer_dry(struct host *h, const struct outbox_slot *s, enum err_code code,
		       const char *request)
{
	static char text[ATTACH_REPLY_MAX];
	bool note = h->dry_note[0] && h->dry_client == s->client && h->dry_seq == s->seq;
	struct buf b;

	buf_init(&b, text, sizeof text);
	buf_puts(&b, request);
	if (note) {
		buf_putc(&b, '\n');
		buf_puts(&b, h->dry_note);
	}
	h->dry_note[0] = 0;
	attach_answer(h->attach, s->client, s->seq, code, 0, text);
}

static void show_unsigned(struct host *h, const struct outbox_slot *s, const struct act *act,
			  const struct act_env *env)
{
	static char text[ACTION_JSON_MAX];
	struct buf b;

	buf_init(&b, text, sizeof text);
	action_envelope(&b, act, env, NULL);
	answer_dry(h, s, ERR_KEY, text);
}

static void drop_slot(struct host *h, const struct act *act, const struct act_env *env,
		      uint8_t account, const char *why)
{
	struct outbox_slot *s = outbox_find(h->outbox, env->nonce, act->kind == ACT_NOOP);

	if (s && s->dry)
		show_unsigned(h, s, act, env);
	if (s)
		outbox_drop(h->outbox, s);
	not_sent(h, account, env->nonce, why);
}

static void do_send(struct host *h, const struct effect *x)
{
	struct outbox_slot *s = outbox_add(h->outbox, x, h->now_ns);

	if (x->send.dry) {
		snprintf(h->dry_note, sizeof h->dry_note, "%s", x->send.note ? x->send.note : "");
		h->dry_client = x->send.client;
		h->dry_seq = x->send.seq;
	}
	if (!s) {
		not_sent(h, x->account, x->send.env.nonce, "limit: the outbox is full");
		return;
	}
	if (h->slot_of[x->account] == 0xff)
		drop_slot(h, &x->send.act, &x->send.env, x->account,
			  "no key is configured for this account");
	else if (!signlink_sign(h->sign, h->slot_of[x->account], x->account, &x->send.act,
				&x->send.env, h->now_ns))
		drop_slot(h, &x->send.act, &x->send.env, x->account, "the signer is not there");
}

static void on_signed(void *arg, uint8_t account, const struct act *act, const struct act_env *env,
		      const struct act_sig *sig, const char *text)
{
	struct host *h = arg;
	static char bytes[ACTION_JSON_MAX];
	const struct outbox_slot *s;
	struct buf b;

	host_read_clock(h);
	if (!sig) {
		log_line(LOG_WARN, "signer: nonce %llu not signed: %s",
			 (unsigned long long)env->nonce, text);
		drop_slot(h, act, env, account, text);
		return;
	}
	buf_init(&b, bytes, sizeof bytes);
	action_envelope(&b, act, env, sig);
	if (b.over || !outbox_signed(h->outbox, env->nonce, act->kind == ACT_NOOP, bytes, b.len)) {
		drop_slot(h, act, env, account, "the signed action is too long");
		return;
	}
	/* The table has one row for a nonce, and it is the order's: a burn is made anew when
	 * needed. What a dry run shows is never sent again, so it is not kept. */
	s = outbox_find(h->outbox, env->nonce, act->kind == ACT_NOOP);
	if (act->kind != ACT_NOOP && !(s && s->dry) &&
	    !store_put_wire(h->store, env->nonce, account, bytes, b.len))
		log_line(LOG_ERROR, "journal: its queue is full");
}

static void on_fenced(void *arg, const char *text)
{
	char why[200];

	snprintf(why, sizeof why, "the signer says: %.160s", text);
	host_fence_off(arg, why);
}

static void on_key(void *arg, uint8_t slot, bool ready, const uint8_t address[20], const char *text)
{
	struct host *h = arg;

	for (uint8_t i = 0; i < h->c.conf.n_accounts; i++) {
		struct event ev = host_event(h, EV_SIGNER, i);
		if (h->slot_of[i] != slot)
			continue;
		ev.signer.ready = ready;
		ev.signer.nonce_hw = signlink_nonce_hw(h->sign);
		memcpy(ev.signer.address, address, 20);
		snprintf(ev.signer.text, sizeof ev.signer.text, "%s", text);
		if (ready)
			venue_set_agent(h->venue, i, address);
		host_later(h, &ev);
	}
}

const struct signlink_calls host_signer_calls = {on_signed, on_fenced, on_key};

/* ---- what the engine wants ---- */

static void transmit(struct host *h, struct outbox_slot *s, bool all_paths, int64_t timeout_ns)
{
	if (venue_send(h->venue, s->account, s->bytes, s->len, s->nonce, all_paths, timeout_ns,
		       h->now_ns))
		return;
	not_sent(h, s->account, s->nonce, "limit: too many actions wait on this connection");
}

static void do_resend(struct host *h, const struct effect *x)
{
	struct outbox_slot *s = outbox_find(h->outbox, x->resend.nonce, false);
	struct event ev;

	if (s && s->sent && !s->dry) {
		/* A repeat that finds no room proves nothing about the first. */
		if (!venue_send(h->venue, s->account, s->bytes, s->len, s->nonce, true,
				x->resend.timeout_ns, h->now_ns))
			log_line(LOG_WARN, "repeat of %llu found no room",
				 (unsigned long long)s->nonce);
		return;
	}
	if (s)
		return; /* not released yet: it will go */
	ev = host_event(h, EV_ANSWER, x->account);
	ev.answer.nonce = x->resend.nonce;
	ev.answer.kind = ANSWER_UNKNOWN;
	snprintf(ev.answer.text, sizeof ev.answer.text, "its bytes are not stored any more");
	host_later(h, &ev);
}

static void do_query(struct host *h, const struct effect *x)
{
	struct event ev;

	if (venue_query(h->venue, x, h->now_ns))
		return;
	ev = host_event(h, EV_QUERY, x->account);
	ev.query.id = x->query.id;
	ev.query.what = x->query.what;
	ev.query.dex = x->query.dex;
	snprintf(ev.query.text, sizeof ev.query.text, "too many reads are under way");
	host_later(h, &ev);
}

static void do_notice(struct host *h, const struct effect *x)
{
	static const uint8_t levels[] = {LOG_NOTE, LOG_NOTE, LOG_WARN, LOG_ERROR};

	log_line(levels[x->notice.level & 3], "%s", x->notice.text);
	if (x->notice.level >= 2 && h->c.conf.hook[0])
		hook_run(h->c.conf.hook, x->notice.level, notice_name((uint8_t)x->notice.code),
			 h->wall_ms, x->notice.exit, x->notice.text);
}

static void give_answers(struct host *h)
{
	const struct answer *w;

	while ((w = answers_next(&h->answers, h->store_status.committed, h->now_ns)))
		attach_answer(h->attach, w->client, w->seq, w->code, w->exit, w->text);
}

static void do_effect(struct host *h, const struct effect *x)
{
	switch (x->kind) {
	case EF_RECORD:
		if (!store_put_record(h->store, h->turn, x->account, h->wall_ms, h->now_ns,
				      &x->record))
			log_line(LOG_ERROR, "journal: its queue is full");
		break;
	case EF_SEND:
		do_send(h, x);
		break;
	case EF_RESEND:
		do_resend(h, x);
		break;
	case EF_FORGET:
		outbox_forget(h->outbox, x->forget.nonce);
		store_put_forget(h->store, x->forget.nonce);
		break;
	case EF_QUERY:
		do_query(h, x);
		break;
	case EF_FEED:
		if (!venue_feed(h->venue, x->feed.instr, x->feed.on))
			log_line(LOG_WARN, "limit: no room for one more market's data");
		break;
	case EF_TIMER:
		h->engine_timer_ns = x->timer.at_ns;
		break;
	case EF_NOTICE:
		do_notice(h, x);
		break;
	case EF_REPLY:
		if (!x->reply.seq) /* we asked it ourselves */
			break;
		if (x->reply.more) {
			attach_answer(h->attach, x->reply.client, x->reply.seq, x->reply.code,
				      x->reply.exit, x->reply.more);
			break;
		}
		answers_hold(&h->answers, x, h->now_ns);
		if (h->answers.n == ANSWERS_MAX)
			give_answers(h);
		break;
	case EF_DROP_CONN:
		venue_drop(h->venue, x->account);
		break;
	case EF_CEILING:
		store_put_ceiling(h->store, x->ceiling.upto);
		break;
	case EF_SOLVE:
		if (h->solver)
			(void)solver_ask(h->solver, x->solve.in);
		break;
	default:
		BUG("an effect this host does not know");
	}
}

void host_carry_out(struct host *h)
{
	for (uint32_t i = 0; i < h->out->n; i++)
		do_effect(h, &h->out->at[i]);
	h->out->n = 0;
}

/* ---- let go ---- */

void host_release(struct host *h)
{
	/* With the glass broken nothing waits for a disk. */
	uint64_t committed = h->c.glass ? UINT64_MAX : h->store_status.committed;
	struct outbox_slot *s;

	give_answers(h);
	while ((s = outbox_next(h->outbox, committed, h->now_ns))) {
		if (!s->dry) {
			transmit(h, s, s->all_paths, s->timeout_ns);
			continue;
		}
		s->bytes[s->len < OUTBOX_BYTES ? s->len : OUTBOX_BYTES - 1] = 0;
		answer_dry(h, s, ERR_OK, s->bytes);
		outbox_drop(h->outbox, s);
	}
}
