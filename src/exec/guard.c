/* guard.c: see guard.h.
 *
 * 1. Silence about a placement lasts GIVE_UP, then another goes out beside it; the older one, if it
 *    turns up, is cancelled.
 * 2. Refusals are met with pauses that double, 1 s to 30 s; a refusal because the mark has passed
 *    the trigger asks for new prices at once.
 * 3. Moving needs more than a quarter of the room between trigger and death, so that a pool whose
 *    other legs breathe does not spend its request budget. */
#include "exec/guard.h"

#include <string.h>

#include "plan/sheet.h"

#define MS 1000000LL
#define S  1000000000LL

static const int64_t GIVE_UP = 3 * S, CHECK_EVERY = 2 * S, CANCEL_AGAIN = 3 * S, MOVE_EVERY = 5 * S,
		     SEEN_BY = 10 * S;
enum { TAKEN_MOST = 2 };
#define TAKEN_SPAN (60 * S)

void guard_init(struct guard_keep *g, uint32_t id, const char *coin, struct price typed)
{
	struct buf b;

	*g = (struct guard_keep){.id = id, .typed = typed, .state = GUARD_WAITING};
	buf_init(&b, g->coin, sizeof g->coin);
	buf_puts(&b, coin);
}

static struct guard_want *want(struct guard_out *out, enum guard_want_kind kind)
{
	struct guard_want *w = &out->at[out->n < GUARD_WANTS - 1 ? out->n++ : GUARD_WANTS - 1];

	*w = (struct guard_want){.kind = (uint8_t)kind};
	return w;
}

static void say(struct guard_out *out, int level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void say(struct guard_out *out, int level, const char *fmt, ...)
{
	struct guard_want *w = want(out, GW_NOTICE);
	struct buf b;
	va_list ap;

	w->level = (uint8_t)level;
	buf_init(&b, w->text, sizeof w->text);
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
}

static void put_reason(struct guard_keep *g, const char *text)
{
	struct buf b;

	buf_init(&b, g->reason, sizeof g->reason);
	buf_puts(&b, text);
}

static void wait_until(struct guard_out *out, int64_t at)
{
	if (at < out->next_ns)
		out->next_ns = at;
}

static struct guard_order *find(struct guard_keep *g, uint32_t attempt)
{
	for (int i = 0; i < GUARD_ORDERS; i++)
		if (g->at[i].state != GO_FREE && g->at[i].attempt == attempt)
			return &g->at[i];
	return NULL;
}

/* A free place, else the oldest that nobody knows anything about. */
static struct guard_order *place_for(struct guard_keep *g)
{
	struct guard_order *old = NULL;

	for (int i = 0; i < GUARD_ORDERS; i++) {
		struct guard_order *o = &g->at[i];

		if (o->state == GO_FREE)
			return o;
		if (o->state != GO_OPEN && (!old || o->attempt < old->attempt))
			old = o;
	}
	return old;
}

const struct guard_order *guard_resting(const struct guard_keep *g)
{
	const struct guard_order *best = NULL;

	for (int i = 0; i < GUARD_ORDERS; i++) {
		const struct guard_order *o = &g->at[i];

		if (o->state == GO_OPEN && o->checked && (!best || o->attempt > best->attempt))
			best = o;
	}
	return best;
}

/* On its way and not given up. */
static const struct guard_order *coming(const struct guard_keep *g)
{
	const struct guard_order *best = NULL;

	for (int i = 0; i < GUARD_ORDERS; i++) {
		const struct guard_order *o = &g->at[i];
		bool live = (o->state == GO_SENT || o->state == GO_UNKNOWN ||
			     (o->state == GO_OPEN && !o->checked)) &&
			    !o->lost;

		if (live && (!best || o->attempt > best->attempt))
			best = o;
	}
	return best;
}

static bool behind(bool buy, struct price trigger, struct price dies)
{
	return dies.v && (buy ? trigger.v >= dies.v : trigger.v <= dies.v);
}

/* A pause that doubles with every try that came to nothing. */
static void again_later(struct guard_keep *g, int64_t now_ns)
{
	uint32_t k = g->tries < 6 ? g->tries : 6;
	int64_t pause = k ? S << (k - 1) : S;

	g->retry_ns = now_ns + (pause > 30 * S ? 30 * S : pause);
}

/* ---- prices ---- */

static const struct panic_conf *knobs(const struct guard_view *v)
{
	return v->panic ? v->panic : panic_default();
}

bool guard_typed_ok(const struct guard_view *v, struct price trigger, struct err *e)
{
	bool is_long = v->szi.v > 0;
	char t[40], p[40];

	price_word(t, trigger);
	if (v->mark.v && (is_long ? trigger.v >= v->mark.v : trigger.v <= v->mark.v))
		return err_set(e, ERR_RULE,
			       "A stop at %s would fire at once: the mark is %s. It belongs %s it.",
			       t, price_word(p, v->mark), is_long ? "below" : "above");
	if (behind(!is_long, trigger, v->dies))
		return err_set(e, ERR_RULE,
			       "A stop at %s comes after liquidation at %s. It belongs %s it.", t,
			       price_word(p, v->dies), is_long ? "above" : "below");
	return true;
}

bool guard_prices(const struct guard_keep *g, const struct guard_view *v, struct price *trigger,
		  struct price *limit, char why[96])
{
	struct err e = {0};
	struct buf b;
	double room, least; /* for the words alone */

	buf_init(&b, why, 96);
	if (!v->may_send) {
		buf_puts(&b, "KEY LOCKED");
		return false;
	}
	if (v->instr->delisted) {
		buf_puts(&b, "delisted: the venue takes no orders for it");
		return false;
	}
	/* a typed one holds as long as it does its work, then the rule's does */
	if (g->typed.v && guard_typed_ok(v, g->typed, &e)) {
		*trigger = g->typed;
		return sheet_guard_limit(knobs(v), v->instr, v->szi.v > 0, g->typed, limit);
	}
	if (sheet_guard_prices(knobs(v), v->instr, v->szi.v > 0, v->mark, v->dies, trigger, limit,
			       why)) {
		/* the venue's band: 95 % from its reference */
		if (limit->v > v->mark.v / 20 && limit->v / 39 < v->mark.v / 20)
			return true;
		buf_init(&b, why, 96);
		buf_puts(&b, "liquidation is so far away that the venue takes no stop there");
		return false;
	}
	room = price_to_double(v->mark) - price_to_double(v->dies);
	room = (v->szi.v > 0 ? room : -room) / price_to_double(v->mark) * 100;
	least = ratio_to_double(knobs(v)->guard_least) * 100;
	if (v->mark.v && v->dies.v && room < least) {
		buf_init(&b, why, 96);
		buf_printf(&b, "%.2f %% is too close for a stop (%g %%): ! 2 trims",
			   room > 0 ? room : 0, least);
	}
	return false;
}

/* The price of death moved by more than a quarter of the room that was left before it. */
static bool moved(const struct guard_order *o, const struct guard_view *v)
{
	int64_t room = o->trigger.v - o->dies.v, shift = v->dies.v - o->dies.v;

	if (!v->dies.v)
		return false;
	if (!o->dies.v)
		return true;
	room = room < 0 ? -room : room;
	shift = shift < 0 ? -shift : shift;
	return shift > room / 4 && shift > v->mark.v / 1000;
}

/* ---- steps ---- */

static void cancel(struct guard_order *o, const struct guard_view *v, struct guard_out *out)
{
	if (o->state == GO_LEAVING && v->now_ns - o->cancel_ns < CANCEL_AGAIN) {
		wait_until(out, o->cancel_ns + CANCEL_AGAIN);
		return;
	}
	o->state = GO_LEAVING;
	o->cancel_ns = v->now_ns;
	want(out, GW_CANCEL)->attempt = o->attempt;
	wait_until(out, v->now_ns + CANCEL_AGAIN);
}

/* True: nothing of it is left at the venue, as far as anyone knows. */
static bool take_away(struct guard_keep *g, const struct guard_view *v, struct guard_out *out)
{
	bool none = true;

	for (int i = 0; i < GUARD_ORDERS; i++)
		if (g->at[i].state != GO_FREE) {
			none = false;
			cancel(&g->at[i], v, out);
		}
	return none;
}

static void place(struct guard_keep *g, const struct guard_view *v, struct guard_out *out,
		  struct price trigger, struct price limit)
{
	struct guard_order *o = place_for(g);
	struct guard_want *w;

	if (!o)
		return;
	*o = (struct guard_order){.state = GO_SENT,
				  .attempt = ++g->attempt,
				  .trigger = trigger,
				  .limit = limit,
				  .dies = v->dies,
				  .sent_ns = v->now_ns};
	g->place_ns = v->now_ns;
	g->tries++;
	w = want(out, GW_PLACE);
	w->attempt = o->attempt;
	w->buy = g->buy;
	w->trigger = trigger;
	w->limit = limit;
	out->save = true;
	wait_until(out, v->now_ns + GIVE_UP);
}

/* A trigger before the working price of a running exit is never silent about it. */
static void compare_working(struct guard_keep *g, const struct guard_view *v, struct price trigger,
			    struct guard_out *out)
{
	char t[40], p[40];
	bool before = v->works.v && (g->buy ? trigger.v < v->works.v : trigger.v > v->works.v);

	if (g->works_told.v == v->works.v)
		return;
	g->works_told = v->works;
	if (before)
		say(out, 1, "The guard of %s at %s fires before the working price %s of x%u.",
		    g->coin, price_word(t, trigger), price_word(p, v->works), v->exit);
}

/* Worse than a line when there was one, and the venue took it or refuses the next. */
static void tell_waiting(struct guard_keep *g, bool bad, struct guard_out *out)
{
	if (g->waits_told || !g->reason[0])
		return;
	g->waits_told = true;
	g->alarmed = g->alarmed || bad;
	say(out, bad ? 2 : 1, bad ? "NO STOP on %s: %s." : "No guard for %s now: %s.", g->coin,
	    g->reason);
}

static void not_now(struct guard_keep *g, const char *why, struct guard_out *out)
{
	if (strcmp(g->reason, why) != 0)
		g->waits_told = false;
	g->state = GUARD_WAITING;
	put_reason(g, why);
	tell_waiting(g, g->gone_ns != 0, out);
}

/* Of all that rest only the newest one shown by the venue stays. */
static void drop_old(struct guard_keep *g, const struct guard_view *v, struct guard_out *out)
{
	const struct guard_order *best = guard_resting(g);

	for (int i = 0; best && i < GUARD_ORDERS; i++) {
		struct guard_order *o = &g->at[i];

		if (o != best && (o->state == GO_OPEN || o->state == GO_LEAVING) &&
		    o->attempt < best->attempt)
			cancel(o, v, out);
	}
	for (int i = 0; i < GUARD_ORDERS; i++) /* cancels that were not heard of */
		if (g->at[i].state == GO_LEAVING)
			cancel(&g->at[i], v, out);
}

/* What is sent and silent; what is open and was not read back. */
static void look_after(struct guard_keep *g, const struct guard_view *v, struct guard_out *out)
{
	for (int i = 0; i < GUARD_ORDERS; i++) {
		struct guard_order *o = &g->at[i];
		int64_t since = o->state == GO_UNKNOWN ? o->unknown_ns : o->sent_ns;

		if ((o->state == GO_SENT || o->state == GO_UNKNOWN) && !o->lost) {
			o->lost = v->now_ns - since >= GIVE_UP;
			if (o->lost)
				again_later(g, v->now_ns);
			else
				wait_until(out, since + GIVE_UP);
		}
		if (o->state == GO_OPEN && !o->checked) {
			o->lost = o->lost || v->now_ns - o->sent_ns >= SEEN_BY;
			if (v->now_ns - o->asked_ns >= CHECK_EVERY) {
				o->asked_ns = v->now_ns;
				want(out, GW_CHECK);
			}
			wait_until(out, o->asked_ns + CHECK_EVERY);
		}
	}
}

static void resting(struct guard_keep *g, const struct guard_order *best,
		    const struct guard_view *v, struct guard_out *out)
{
	bool late = behind(g->buy, best->trigger, v->dies);
	struct price trigger, limit;
	char why[96], t[40], p[40];

	if (g->state != GUARD_RESTING && g->state != GUARD_MOVING) {
		g->placed_ns = v->now_ns;
		say(out, g->gone_ns ? 1 : 0, "GUARD %s rests at %s, seen at the venue.", g->coin,
		    price_word(t, best->trigger));
	}
	g->state = coming(g) ? GUARD_MOVING : GUARD_RESTING;
	g->gone_ns = 0;
	g->tries = 0;
	g->waits_told = false;
	if (g->alarmed && !late) {
		g->alarmed = false;
		want(out, GW_WELL);
	}
	compare_working(g, v, best->trigger, out);
	if (!late)
		g->late_told = false;
	if (g->state == GUARD_MOVING || !(late || moved(best, v)))
		return;
	if (!late && v->now_ns - g->place_ns < MOVE_EVERY) {
		wait_until(out, g->place_ns + MOVE_EVERY);
		return;
	}
	if (v->now_ns < g->retry_ns) {
		wait_until(out, g->retry_ns);
		return;
	}
	if (guard_prices(g, v, &trigger, &limit, why)) {
		if (trigger.v == best->trigger.v) {
			find(g, best->attempt)->dies = v->dies;
			return;
		}
		place(g, v, out, trigger, limit);
		g->state = GUARD_MOVING;
	} else if (late) {
		put_reason(g, why);
		if (!g->late_told)
			say(out, 3,
			    "STOP TOO LATE: the guard of %s at %s lies behind liquidation at %s, "
			    "and none can be nearer: %s. ! panic",
			    g->coin, price_word(t, best->trigger), price_word(p, v->dies), why);
		g->late_told = g->alarmed = true;
		wait_until(out, v->now_ns + S);
	}
}

static void naked(struct guard_keep *g, const struct guard_view *v, struct guard_out *out)
{
	struct price trigger, limit;
	char why[96];

	if (coming(g)) {
		if (g->state != GUARD_GONE)
			g->state = GUARD_PLACING;
		return;
	}
	wait_until(out, v->now_ns + S);
	if (v->now_ns < g->retry_ns) {
		if (g->state == GUARD_WAITING)
			tell_waiting(g, true, out);
		wait_until(out, g->retry_ns);
		return;
	}
	if (g->place_ns && v->now_ns - g->place_ns < S) {
		wait_until(out, g->place_ns + S);
		return;
	}
	if (!guard_prices(g, v, &trigger, &limit, why)) {
		not_now(g, why, out);
		return;
	}
	place(g, v, out, trigger, limit);
	compare_working(g, v, trigger, out);
	if (g->state != GUARD_GONE)
		g->state = GUARD_PLACING;
}

/* Zero in two complete reads that began to count after it was first seen. */
static bool is_over(struct guard_keep *g, const struct guard_view *v)
{
	if (v->szi.v) {
		g->zero_reads = 0;
		return false;
	}
	if (!g->zero_reads)
		g->zero_reads = v->reads + 1;
	return v->reads + 1 >= g->zero_reads + 2;
}

void guard_step(struct guard_keep *g, const struct guard_view *v, struct guard_out *out)
{
	const struct guard_order *best;

	*out = (struct guard_out){.next_ns = INT64_MAX};
	if (!v->position_known && !g->off)
		return;
	if (g->off || is_over(g, v)) {
		if (!g->off)
			out->save = g->off = true;
		g->state = GUARD_OFF;
		if (!v->may_send) {
			wait_until(out, v->now_ns + S);
			return;
		}
		if (take_away(g, v, out)) {
			if (g->alarmed)
				want(out, GW_WELL);
			want(out, GW_END);
		}
		return;
	}
	if (!v->szi.v)
		return; /* the second read decides; the stop stays until then */
	if (g->buy != (v->szi.v < 0)) {
		g->buy = v->szi.v < 0;
		g->typed.v = 0; /* it was for the other side */
		out->save = true;
		take_away(g, v, out);
	}
	if (g->barren) {
		g->barren = false;
		g->alarmed = true;
		say(out, 3,
		    "GUARD FIRED AND SOLD NOTHING: the venue refused the stop of %s, other "
		    "reduce-only orders hold the position. They are being cancelled. ! 4 closes",
		    g->coin);
	}
	if (g->fired && !g->fired_told) {
		g->fired_told = g->alarmed = true;
		say(out, 3, "GUARD FIRED: the stop of %s is %s at the venue. ! panic", g->coin,
		    g->buy ? "buying" : "selling");
	}
	look_after(g, v, out);
	drop_old(g, v, out);
	if (g->crowded) {
		g->crowded = false;
		want(out, GW_ROOM);
		wait_until(out, g->retry_ns);
		return;
	}
	best = guard_resting(g);
	if (best)
		resting(g, best, v, out);
	else
		naked(g, v, out);
	wait_until(out, v->now_ns + S); /* the price of death moves with the marks */
}

/* ---- reports ---- */

static void refused(struct guard_keep *g, const struct exec_report *r, int64_t now_ns)
{
	struct buf b;

	again_later(g, now_ns);
	g->state = GUARD_WAITING;
	g->waits_told = false;
	buf_init(&b, g->reason, sizeof g->reason);
	if (strstr(r->text, "Too many open orders") || strstr(r->text, "tooManyOpenOrders")) {
		buf_puts(&b, "1,000 orders rest here and the venue takes no stop beside them");
		g->crowded = true;
		g->retry_ns = now_ns + S;
	} else if (strstr(r->text, "TP/SL") || strstr(r->text, "badTriggerPx")) {
		buf_puts(&b, "the mark passed its trigger on the way: ! 2 trims");
		g->retry_ns = now_ns + S;
	} else if (r->reject == REJ_REDUCE_ONLY) {
		buf_puts(&b, "the venue sees no such position; it is read again");
		g->retry_ns = now_ns + S;
	} else {
		buf_puts(&b, "the venue refused it: ");
		buf_puts(&b, r->text);
	}
}

void guard_room(struct guard_keep *g, uint32_t gone, int64_t now_ns)
{
	struct buf b;

	buf_init(&b, g->reason, sizeof g->reason);
	if (gone) {
		buf_printf(&b, "%u of 1,000 orders that protect nothing are cancelled to make room",
			   gone);
	} else {
		buf_puts(&b, "1,000 orders rest here and none of them may go: cancel some, or "
			     "! 2 trims");
		g->retry_ns = now_ns + 5 * S;
	}
	g->waits_told = false;
}

/* It ended without our asking. */
static void taken(struct guard_keep *g, const struct exec_report *r, int64_t now_ns)
{
	bool by_venue = strcmp(r->text, "canceled") != 0;

	g->state = GUARD_GONE;
	g->gone_ns = now_ns;
	g->retry_ns = now_ns;
	g->place_ns = 0;
	if (by_venue)
		return;
	if (now_ns - g->taken_ns > TAKEN_SPAN)
		g->taken = 0;
	g->taken++;
	g->taken_ns = now_ns;
	if (g->taken >= TAKEN_MOST) { /* somebody means it */
		g->state = GUARD_WAITING;
		put_reason(g, "another hand cancels it each time; exeunt guard places it again");
		g->retry_ns = now_ns + TAKEN_SPAN;
	}
}

void guard_on_order(struct guard_keep *g, const struct exec_report *r, struct price trigger,
		    struct price limit, int64_t now_ns)
{
	struct guard_order *o = find(g, r->attempt);

	if (!o) {
		if (r->kind == REP_CLOSED || r->kind == REP_DEAD || r->kind == REP_NOT_SENT ||
		    r->kind == REP_FILL || !(o = place_for(g)))
			return;
		*o = (struct guard_order){.state = GO_UNKNOWN,
					  .attempt = r->attempt,
					  .trigger = trigger,
					  .limit = limit,
					  .sent_ns = now_ns,
					  .unknown_ns = now_ns};
		if (r->attempt > g->attempt)
			g->attempt = r->attempt;
	}
	switch ((enum report_kind)r->kind) {
	case REP_OPEN:
		if (o->state != GO_LEAVING)
			o->state = GO_OPEN;
		o->lost = false;
		break;
	case REP_UNKNOWN:
		if (o->state != GO_LEAVING)
			o->state = GO_UNKNOWN;
		o->unknown_ns = now_ns;
		break;
	case REP_FILL:
		g->fired = true;
		break;
	case REP_NOT_SENT:
	case REP_DEAD:
		o->state = GO_FREE;
		again_later(g, now_ns);
		break;
	case REP_CLOSED: {
		bool ours = o->state == GO_LEAVING, had = o->state == GO_OPEN;

		o->state = GO_FREE;
		if (r->filled.v || g->fired) {
			g->fired = g->fired_told = false;
			g->gone_ns = now_ns;
			g->state = GUARD_GONE;
			g->place_ns = 0;
			g->retry_ns = now_ns;
		} else if (!had && !ours && r->reject != REJ_NONE) {
			refused(g, r, now_ns);
		} else if (!ours && !guard_resting(g)) {
			taken(g, r, now_ns);
			/* fired beside limits that reserve the size: they go, then another */
			g->barren = g->crowded = had && r->reject == REJ_REDUCE_ONLY;
		}
		break;
	}
	default:
		break;
	}
}

void guard_seen(struct guard_keep *g, uint32_t attempt, struct price trigger, bool whole)
{
	struct guard_order *o = find(g, attempt);

	if (!o) { /* of a life whose last records are lost: one too many, or the one that counts */
		o = place_for(g);
		if (!o)
			return;
		*o = (struct guard_order){.state = GO_OPEN, .attempt = attempt};
		g->attempt = attempt > g->attempt ? attempt : g->attempt;
	}
	if (o->state == GO_LEAVING)
		return;
	if (o->state != GO_OPEN)
		o->state = GO_OPEN;
	/* what rests there is what counts: a stop at another price is moved by the next step */
	if (o->trigger.v != trigger.v) {
		o->trigger = trigger;
		o->dies.v = 0;
	}
	o->checked = whole;
	o->lost = !whole; /* covers a part only: another one takes its place */
}

#include "base/banned.h"
