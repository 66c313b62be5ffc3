/* flat_report.c: what became of the orders of a flatten.
 *
 * 1. An execution counts once, whether a fill or a verdict tells it first, and over a restart.
 * 2. Only a terminal report frees a try; silence never does.
 * 3. A refusal changes what is done next, never whether it is done. */
#include "base/buf.h"
#include "exec/flat_in.h"

static void leg_fill(struct flat *f, struct flat_leg *l, int64_t q, struct price px,
		     struct money fee, int64_t ahead)
{
	struct money value;
	int64_t fresh = q;
	l->fee.v += fee.v;
	if (ahead) {
		l->ahead.v += ahead;
	} else if (l->ahead.v > 0) { /* booked already, by the verdict */
		int64_t known = l->ahead.v < q ? l->ahead.v : q;
		l->ahead.v -= known;
		fresh -= known;
	}
	if (fresh <= 0)
		return;
	l->filled.v += fresh;
	f->moved = true;
	if (price_times_qty(&value, px, (struct qty){fresh}, ROUND_HALF_AWAY))
		l->value.v += value.v;
}

static void leg_refused(struct flat *f, struct flat_leg *l, const struct flat_try *t,
			const struct exec_report *r, int64_t now_ns)
{
	int64_t half = t->size.v / 2;
	struct buf b;
	f->all_alone = f->all_alone || r->batch_error;
	l->order_state = ORDER_REJECTED;
	switch (r->reject) {
	case REJ_REDUCE_ONLY:
		l->ro_again = true;
		break;
	case REJ_CROWDED:
		l->crowded++;
		l->ro_again = true;
		break;
	case REJ_VALUE_CAP:
		/* pieces of one rung are refused together: half of a piece, not of a half */
		if (half > 0 && (l->max.v == 0 || half < l->max.v))
			l->max.v = half;
		l->next_ns = now_ns;
		break;
	case REJ_NOT_TRADABLE:
	case REJ_MIN_NTL: /* dust that the venue does not take: named */
		buf_init(&b, l->said, sizeof l->said);
		buf_puts(&b, r->text);
		l->dust = r->reject == REJ_MIN_NTL;
		if (++l->rejects >= FLAT_REFUSED_MAX)
			l->state = FL_CANNOT;
		break;
	case REJ_RATE: /* for the whole address: the most endangered leg alone, each ten seconds */
		f->throttled = true;
		if (f->rate_ns < now_ns)
			f->rate_ns = now_ns + FLAT_THROTTLED_S * FLAT_SEC;
		break;
	case REJ_EXPIRED:
		l->next_ns = now_ns;
		break;
	default:
		if (r->batch_error)
			l->next_ns = now_ns; /* at once, alone */
		break;
	}
	/* none of these says anything about the price: the same rung again. Once for all the pieces
	 * of a rung, and not for those of older ones: the ladder never goes back */
	if ((r->batch_error || r->reject == REJ_VALUE_CAP || r->reject == REJ_EXPIRED) && l->rung &&
	    t->sent_ns == l->sent_ns && l->back_ns != t->sent_ns) {
		l->back_ns = t->sent_ns;
		l->rung--;
	}
}

/* The verdict may know more than the fills so far: book it once. What was heard as fills before a
 * restart is not told again. */
static void settle(struct flat *f, struct flat_leg *l, struct flat_try *t,
		   const struct exec_report *r)
{
	int64_t seen = t->size.v - t->left.v, told = r->filled.v;
	int64_t heard = r->heard.v > seen ? r->heard.v : seen;
	if (heard > told)
		heard = told;
	if (told > seen)
		leg_fill(f, l, told - seen, r->px, (struct money){0}, told - heard);
	if (told > 0 && told < t->size.v && l->order_state == ORDER_FILLED)
		l->order_state = ORDER_PARTIAL;
	t->attempt = 0;
}

static struct flat_try *try_find(struct flat_leg *l, uint32_t attempt)
{
	for (int i = 0; i < FLAT_TRIES; i++)
		if (l->open[i].attempt && l->open[i].attempt == attempt)
			return &l->open[i];
	return NULL;
}

static void on_fill(struct flat *f, struct flat_leg *l, struct flat_try *t,
		    const struct exec_report *r)
{
	bool known = l->ahead.v > 0;
	leg_fill(f, l, r->filled.v, r->px, r->fee, 0);
	if (t && !known)
		t->left.v = t->left.v > r->filled.v ? t->left.v - r->filled.v : 0;
	if (t) /* else its verdict has said already what became of it */
		l->order_state = t->left.v ? ORDER_PARTIAL : ORDER_FILLED;
}

/* Still alive, by the journal after a restart: fills that were heard are not told again. */
static void on_open(struct flat *f, struct flat_leg *l, struct flat_try *t,
		    const struct exec_report *r)
{
	int64_t seen = t->size.v - t->left.v;
	if (r->heard.v <= seen)
		return;
	int64_t before = l->ahead.v;
	l->ahead.v = 0;
	leg_fill(f, l, r->heard.v - seen, r->px, (struct money){0}, 0);
	l->ahead.v = before;
	t->left.v = t->size.v > r->heard.v ? t->size.v - r->heard.v : 0;
}

/* Nothing was asked: the same rung in the next step, as if it had not been tried. */
static void leg_unsent(struct flat_leg *l, int64_t now_ns)
{
	l->next_ns = now_ns;
	l->rung = (uint8_t)(l->rung ? l->rung - 1 : 0);
	l->tries = l->tries ? l->tries - 1 : 0;
}

static void on_report(struct flat *f, struct flat_leg *l, struct flat_try *t,
		      const struct exec_report *r, int64_t now_ns)
{
	if (r->kind == REP_OPEN || r->kind == REP_UNKNOWN)
		on_open(f, l, t, r);
	if (r->kind == REP_OPEN) {
		l->order_state = ORDER_RESTING;
		return;
	}
	if (r->kind == REP_UNKNOWN) {
		l->order_state = ORDER_UNKNOWN;
		l->unknowns++;
		f->all_alone = true;
		return;
	}
	if (r->no_room)
		leg_unsent(l, now_ns);
	if (!f->first_answer_ns && !r->no_room)
		f->first_answer_ns = now_ns;
	l->answered_ns = now_ns;
	if (r->attempt == l->rest_attempt) {
		l->resting = false;
		if (l->target.v > 0 && (r->reject == REJ_NONE || r->reject == REJ_NO_MATCH))
			l->next_ns = now_ns; /* the proof it waited for */
	}
	if (r->kind == REP_CLOSED && r->reject != REJ_RATE)
		f->throttled = false;
	if (r->kind == REP_CLOSED && (r->reject == REJ_NONE || r->reject == REJ_NO_MATCH))
		l->rejects = 0; /* it trades */
	if (r->kind == REP_CLOSED && r->reject != REJ_CROWDED)
		l->crowded = 0;
	if (r->kind == REP_CLOSED && r->reject != REJ_NONE && r->reject != REJ_NO_MATCH)
		leg_refused(f, l, t, r, now_ns);
	else if (r->kind == REP_DEAD)
		l->order_state = ORDER_DEAD;
	else
		l->order_state = r->filled.v > 0 ? ORDER_FILLED : ORDER_CANCELLED;
	settle(f, l, t, r);
}

void flat_on_order(struct flat *f, const struct exec_report *r, const struct flat_view *v)
{
	if (r->slice == 0 || r->slice > f->n)
		return;
	struct flat_leg *l = &f->leg[r->slice - 1];
	struct flat_try *t = try_find(l, r->attempt);
	f->moved = false;
	if (r->venue_ms > f->last_answer_ms)
		f->last_answer_ms = r->venue_ms;
	if (r->kind == REP_FILL)
		on_fill(f, l, t, r);
	else if (t)
		on_report(f, l, t, r, v->now_ns);
	if (f->moved)
		f->moved_ns = v->now_ns;
}
