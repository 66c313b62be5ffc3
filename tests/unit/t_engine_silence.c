/* engine and hold list at their limits: every position there can be is closed while nothing at all
 * is answered, then the venue is back. Every close goes on, nothing that waits is lost without a
 * word, and in the end every place is free again. */
#include "base/check.h"
#include "engine/inner.h"
#include "host/outbox.h"
#include "tests/unit/engine_world.h"

enum { LEGS = ACCOUNTS_MAX * POSITIONS_MAX, SILENCE_S = 16 };

struct silence {
	struct engine *e;
	struct effects *out;
	struct outbox *box;
	int64_t now_ns, wall_ms, timer_ns;
	bool back; /* reads and actions are answered */
	uint64_t batch;
	uint32_t refused, closes[LEGS]; /* sends without a place; orders on the wire, by leg */
	int64_t last_ns[LEGS], gap_ns;	/* of one leg between two of them, the longest */
	uint32_t most_slots, most_effects, most_orders;
	int64_t szi[LEGS]; /* at the venue */
	bool keeps, ended; /* ended: the record of a run's end was written */
	uint32_t n_kept, room;
	struct effect *kept; /* records and ceilings, when it keeps them */
	uint64_t tid;
	struct fill first; /* of the first close of leg 0, long given up when it fills */
	uint32_t n_asked, n_wire;
	struct effect asked[QUERIES_MAX];
	struct wire {
		uint64_t nonce;
		uint8_t account;
		struct act act;
	} wire[4096]; /* on their way while the venue is back */
};

static void take(struct silence *s);

static struct event happens(const struct silence *s, enum event_kind kind, uint8_t account)
{
	return (struct event){.kind = (uint8_t)kind,
			      .account = account,
			      .now_ns = s->now_ns,
			      .wall_ms = s->wall_ms};
}

static void step(struct silence *s, struct event *ev)
{
	engine_step(s->e, ev, s->out);
	take(s);
}

static struct act act_of[OUTBOX_SLOTS]; /* what waits for its commit, by slot */

static void add(struct silence *s, const struct effect *x)
{
	struct outbox_slot *slot = outbox_add(s->box, x, s->now_ns);
	struct event ev = happens(s, EV_ANSWER, x->account);

	if (slot) {
		act_of[slot - s->box->at] = x->send.act;
		outbox_signed(s->box, x->send.env.nonce, x->send.act.kind == ACT_NOOP, "x", 1);
		return;
	}
	s->refused++;
	ev.answer.nonce = x->send.env.nonce;
	ev.answer.kind = ANSWER_NOT_SENT;
	step(s, &ev);
}

static struct fill fill_of(struct silence *s, const struct act_order *o, int64_t sz)
{
	return (struct fill){.instr = (uint16_t)o->asset,
			     .buy = o->buy,
			     .crossed = true,
			     .px = o->px,
			     .sz = {sz},
			     .oid = ++s->tid,
			     .tid = s->tid,
			     .cloid = o->cloid,
			     .time_ms = s->wall_ms};
}

static void on_the_wire(struct silence *s, const struct outbox_slot *slot)
{
	const struct act *a = &act_of[slot - s->box->at];

	for (int i = 0; a->kind == ACT_ORDER && i < a->n; i++) {
		int leg = slot->account * POSITIONS_MAX + (int)a->order[i].asset;

		if (s->last_ns[leg] && s->now_ns - s->last_ns[leg] > s->gap_ns)
			s->gap_ns = s->now_ns - s->last_ns[leg];
		if (leg == 0 && !s->closes[leg])
			s->first = fill_of(s, &a->order[i], 40000000);
		s->last_ns[leg] = s->now_ns;
		s->closes[leg]++;
	}
	if (s->back) {
		REQUIRE(s->n_wire < COUNT_OF(s->wire));
		s->wire[s->n_wire++] = (struct wire){slot->nonce, slot->account, *a};
	}
}

static void keep(struct silence *s, const struct effect *x)
{
	s->ended = s->ended || (x->kind == EF_RECORD && x->record.kind == REC_END);
	if (!s->keeps || (x->kind != EF_RECORD && x->kind != EF_CEILING))
		return;
	if (s->n_kept == s->room) {
		s->room = s->room ? 2 * s->room : 4096;
		s->kept = realloc(s->kept, s->room * sizeof *s->kept);
		REQUIRE(s->kept);
	}
	s->kept[s->n_kept++] = *x;
}

/* Carries out what came of a step. */
static void take(struct silence *s)
{
	uint32_t n = s->out->n;
	struct effect *now = malloc((n ? n : 1) * sizeof *now);
	struct outbox_slot *slot;

	if (n > s->most_effects)
		s->most_effects = n;
	memcpy(now, s->out->at, n * sizeof *now);
	s->out->n = 0;
	for (uint32_t i = 0; i < n; i++) /* before what steps below: theirs are newer */
		if (now[i].kind == EF_TIMER)
			s->timer_ns = now[i].timer.at_ns;
	for (uint32_t i = 0; i < n; i++) {
		const struct effect *x = &now[i];
		struct event ev = happens(s, EV_STORE, 0);

		keep(s, x);
		if (x->kind == EF_SEND) {
			add(s, x);
		} else if (x->kind == EF_FORGET) {
			outbox_forget(s->box, x->forget.nonce);
		} else if (x->kind == EF_QUERY && s->back && s->n_asked < QUERIES_MAX) {
			s->asked[s->n_asked++] = *x;
		} else if (x->kind == EF_CEILING) {
			ev.store.nonce_ceiling = x->ceiling.upto;
			step(s, &ev);
		}
	}
	free(now);
	outbox_handed_over(s->box, ++s->batch);
	while ((slot = outbox_next(s->box, s->batch, s->now_ns)))
		on_the_wire(s, slot);
	if (s->box->n > s->most_slots)
		s->most_slots = s->box->n;
	if (s->e->orders.n > s->most_orders)
		s->most_orders = s->e->orders.n;
}

static void account_of(struct silence *s, uint8_t account)
{
	struct event ev = happens(s, EV_ACCOUNT, account);
	struct ev_position p[POSITIONS_MAX];
	uint32_t n = 0;

	for (int k = 0; k < POSITIONS_MAX; k++) {
		int64_t szi = s->szi[account * POSITIONS_MAX + k];

		if (szi)
			p[n++] = (struct ev_position){.instr = (uint16_t)k,
						      .szi = {szi},
						      .leverage = 10,
						      .max_leverage = 40,
						      .entry = {1000000000000},
						      .value = {llabs(szi) * 100}};
	}
	ev.acct.venue_ms = s->wall_ms;
	ev.acct.value.v = ev.acct.cross_value.v = 10000000000000;
	ev.acct.n = n;
	ev.acct.at = p;
	step(s, &ev);
}

static void answer_query(struct silence *s, const struct effect *q)
{
	struct event ev = happens(s, EV_ORDERS, q->account);

	if (q->query.what == Q_ACCOUNT) {
		account_of(s, q->account);
	} else if (q->query.what == Q_ORDERS) {
		ev.orders.venue_ms = s->wall_ms;
		step(s, &ev);
	} else if (q->query.what == Q_TWAPS || q->query.what == Q_FILLS) {
		ev.kind = q->query.what == Q_TWAPS ? EV_TWAPS : EV_FILLS;
		step(s, &ev);
	} else if (q->query.what == Q_ORDER_STATUS) {
		ev.kind = EV_ORDER_STATUS;
		ev.order_status = (__typeof__(ev.order_status)){
			.query = q->query.id, .order = {.status = OS_UNKNOWN_OID}};
		step(s, &ev);
	}
	ev = happens(s, EV_QUERY, q->account);
	ev.query.id = q->query.id;
	ev.query.what = q->query.what;
	ev.query.ok = true;
	step(s, &ev);
}

static void fills(struct silence *s, uint8_t account, const struct fill *f)
{
	struct event ev = happens(s, EV_FILLS, account);

	ev.fills.n = 1;
	ev.fills.at = f;
	step(s, &ev);
}

/* What left while it was silent is lost; from now on orders fill and everything is answered. */
static void answer_action(struct silence *s, const struct wire *w)
{
	struct event ev = happens(s, EV_ANSWER, w->account);
	struct verdict v[BATCH_MAX] = {0};
	struct fill f[1];

	for (int i = 0; i < w->act.n && w->act.kind == ACT_ORDER; i++) {
		int64_t *szi = &s->szi[w->account * POSITIONS_MAX + (int)w->act.order[i].asset];

		v[i] = (struct verdict){.kind = VERDICT_ERROR, .refusal = REFUSED_REDUCE_ONLY};
		if (!*szi)
			continue;
		f[0] = fill_of(s, &w->act.order[i], llabs(*szi));
		f[0].start_position.v = *szi;
		v[i] = (struct verdict){
			.kind = VERDICT_FILLED, .oid = f[0].oid, .filled = f[0].sz, .avg = f[0].px};
		fills(s, w->account, f);
		*szi = 0;
	}
	ev.answer.nonce = w->nonce;
	ev.answer.kind = ANSWER_OK;
	ev.answer.venue_ms = s->wall_ms;
	ev.answer.n = w->act.n ? w->act.n : 1;
	if (w->act.kind != ACT_ORDER)
		for (uint32_t i = 0; i < ev.answer.n; i++)
			v[i].kind = VERDICT_SUCCESS;
	ev.answer.at = v;
	step(s, &ev);
}

static void pass(struct silence *s, int64_t ns)
{
	int64_t end = s->now_ns + ns;

	while (s->now_ns < end) {
		int64_t at = s->timer_ns > s->now_ns && s->timer_ns < end ? s->timer_ns : end;
		static struct effect asked[QUERIES_MAX];
		static struct wire wire[4096];
		uint32_t n = s->n_asked, m = s->n_wire;
		struct event ev;

		if ((n || m) && at > s->now_ns + 30 * MSEC)
			at = s->now_ns + 30 * MSEC;
		memcpy(asked, s->asked, n * sizeof asked[0]);
		memcpy(wire, s->wire, m * sizeof wire[0]);
		s->wall_ms += at / MSEC - s->now_ns / MSEC;
		s->now_ns = at;
		s->n_asked = s->n_wire = 0;
		for (uint32_t i = 0; i < n; i++)
			answer_query(s, &asked[i]);
		for (uint32_t i = 0; i < m; i++)
			answer_action(s, &wire[i]);
		ev = happens(s, EV_TICK, 0);
		step(s, &ev);
	}
}

static void list(struct silence *s)
{
	struct event ev = happens(s, EV_INSTRS, 0);
	static struct instr all[POSITIONS_MAX];

	for (int k = 0; k < POSITIONS_MAX; k++) {
		struct buf b;

		all[k] = w_btc;
		all[k].asset = (uint32_t)k;
		buf_init(&b, all[k].coin, sizeof all[k].coin);
		buf_printf(&b, "C%d", k);
	}
	ev.instrs.n = POSITIONS_MAX;
	ev.instrs.at = all;
	step(s, &ev);
	for (int k = 0; k < POSITIONS_MAX; k++) {
		ev = happens(s, EV_CTX, 0);
		ev.ctx.instr = (uint16_t)k;
		ev.ctx.mark.v = ev.ctx.oracle.v = ev.ctx.mid.v = 1000000000000; /* 100 USD */
		step(s, &ev);
	}
}

static void connect(struct silence *s, uint8_t account)
{
	struct event ev = happens(s, EV_SIGNER, account);

	ev.signer.ready = true;
	step(s, &ev);
	ev = happens(s, EV_CONN, account);
	ev.conn.up = ev.conn.account = true;
	ev.conn.market = account == 0;
	ev.conn.epoch = 1;
	step(s, &ev);
	ev = happens(s, EV_CONFIRMED, account);
	ev.confirmed.stream = STREAM_ACCOUNT;
	ev.confirmed.all = true;
	step(s, &ev);
}

static struct engine_conf conf_of_all(void)
{
	struct engine_conf c = w_conf();

	c.n_accounts = ACCOUNTS_MAX;
	for (int a = 0; a < ACCOUNTS_MAX; a++) {
		memcpy(c.account[a].name, "a0", 3);
		c.account[a].name[1] = (char)('0' + a);
		memset(c.account[a].address, '1' + a, 42);
	}
	return c;
}

static struct silence *everything_held(void)
{
	struct silence *s = calloc(1, sizeof *s);
	struct engine_conf c = conf_of_all();

	s->e = calloc(1, sizeof *s->e);
	s->out = calloc(1, sizeof *s->out);
	s->box = calloc(1, sizeof *s->box);
	s->now_ns = 100 * SEC;
	s->wall_ms = 1700000000000;
	for (int i = 0; i < LEGS; i++)
		s->szi[i] = i % 2 ? 100000000 : -100000000;
	s->keeps = true;
	outbox_init(s->box);
	engine_init(s->e, &c, s->now_ns, s->wall_ms);
	engine_start(s->e, 0, s->now_ns, s->wall_ms, s->out);
	take(s);
	list(s);
	for (uint8_t a = 0; a < ACCOUNTS_MAX; a++) {
		connect(s, a);
		account_of(s, a);
	}
	return s;
}

static void over(struct silence *s)
{
	free(s->kept);
	free(s->box);
	free(s->out);
	free(s->e);
	free(s);
}

static uint32_t live(const struct silence *s)
{
	uint32_t n = 0;

	for (int i = 0; i < ORDERS_MAX; i++)
		n += s->e->orders.used[i] &&
		     !order_terminal((enum order_state)s->e->orders.at[i].state);
	return n;
}

static uint32_t alarms(const struct silence *s, enum notice_code code)
{
	uint32_t n = 0;

	for (int i = 0; i < SNAP_ALARMS; i++)
		n += s->e->alarm[i].used && s->e->alarm[i].code == code;
	return n;
}

static void flatten_all(struct silence *s)
{
	struct cmd c = {.kind = CMD_FLATTEN};
	struct event ev = happens(s, EV_CMD, 0);

	c.flatten.account = 0xff;
	c.flatten.part.v = 1000000000000;
	ev.cmd.cmd = &c;
	step(s, &ev);
}

TEST(every_close_goes_on_in_total_silence)
{
	struct silence *s = everything_held();
	const struct flat *run;

	s->keeps = false;
	flatten_all(s);
	run = &flat_newest(s->e)->f;
	REQUIRE(run->n == LEGS);
	pass(s, SILENCE_S * SEC);
	/* every leg, all the time, at the ladder's pace: 4 rungs, then one each 2 s */
	CHECK_INT(s->refused, 0);
	for (int i = 0; i < LEGS; i++)
		CHECK_INT(s->closes[i], 4 + (SILENCE_S - 4) / 2);
	CHECK(s->gap_ns <= 2 * SEC + 100 * MSEC);
	CHECK(s->most_effects <= EFFECTS_MAX - 16);
	CHECK_INT(s->most_orders, ORDERS_MAX); /* it was full, and so were the actions */
	CHECK_INT(s->most_slots, OUTBOX_SLOTS);
	/* what was given up longest ago fills now: it is ours, and no other hand's */
	CHECK(orders_by_cloid(s->e, s->first.cloid) == NONE16);
	s->back = true;
	s->first.start_position.v = s->szi[0];
	s->szi[0] += 40000000;
	fills(s, 0, &s->first);
	for (uint32_t i = 0; i < run->n; i++)
		if (run->leg[i].account == 0 && run->leg[i].instr_id == 0)
			CHECK_INT(run->leg[i].filled.v, 40000000);
	CHECK_INT(alarms(s, NC_OTHER_HAND), 0);
	/* the next rung of each leg fills; reads have to wait for the budget that the rungs took */
	pass(s, 3 * SEC);
	for (int i = 0; i < LEGS; i++)
		CHECK_INT(s->szi[i], 0);
	pass(s, 90 * SEC);
	CHECK_INT(run->state, FLAT_FLAT);
	CHECK(s->ended);
	pass(s, 10 * SEC); /* what was never answered is burned */
	CHECK_INT(live(s), 0);
	CHECK_INT(s->e->flights.n, 0);
	CHECK_INT(s->box->n, 0);
	CHECK_INT(alarms(s, NC_OTHER_HAND), 0);
	over(s);
}

static void replay(struct silence *s, uint64_t *ceiling)
{
	struct err err = {0};

	for (uint32_t i = 0; i < s->n_kept; i++) {
		const struct ef_record *r = &s->kept[i].record;
		struct replay_row row = {.ver = r->ver,
					 .kind = r->kind,
					 .account = s->kept[i].account,
					 .exit = r->exit,
					 .slice = r->slice,
					 .attempt = r->attempt,
					 .nonce = r->nonce,
					 .body = r->body,
					 .len = r->len};

		if (s->kept[i].kind == EF_CEILING)
			*ceiling = s->kept[i].ceiling.upto;
		else if (!replay_row(s->e, &row, &err))
			test_fail(__FILE__, __LINE__, "replay: %s", err.text);
	}
}

/* More closes than there is room for are in the journal: it is read whole all the same, no bytes of
 * the life before keep a place for ever, and every leg goes on. */
TEST(a_restart_within_the_silence)
{
	struct silence *s = everything_held();
	struct engine_conf c = conf_of_all();
	uint64_t ceiling = 0;
	uint32_t again = 0, sent = 0;

	flatten_all(s);
	pass(s, 6 * SEC);
	s->keeps = false;
	c.epoch = 2;
	s->now_ns += SEC;
	s->wall_ms += 1000;
	engine_init(s->e, &c, s->now_ns, s->wall_ms);
	replay(s, &ceiling);
	for (uint32_t i = 0; i < OUTBOX_SLOTS; i++) /* as the host does with what it stored */
		if (s->box->at[i].used && engine_may_resend(s->e, s->box->at[i].nonce))
			again++;
		else if (s->box->at[i].used)
			outbox_drop(s->box, &s->box->at[i]);
	CHECK_INT(again, s->box->n);
	engine_start(s->e, ceiling, s->now_ns, s->wall_ms, s->out);
	take(s);
	list(s);
	for (uint8_t a = 0; a < ACCOUNTS_MAX; a++) {
		connect(s, a);
		account_of(s, a);
	}
	memset(s->closes, 0, sizeof s->closes);
	pass(s, 5 * SEC);
	CHECK_INT(s->refused, 0);
	for (int i = 0; i < LEGS; i++)
		sent += s->closes[i] > 0;
	CHECK_INT(sent, LEGS);
	over(s);
}

TEST_MAIN(T(every_close_goes_on_in_total_silence), T(a_restart_within_the_silence))
