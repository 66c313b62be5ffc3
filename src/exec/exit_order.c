/* exit_order.c: what became of a child.
 *
 * Invariants: (1) a coin is counted once: fills add, a verdict only raises the sum to what it
 * tells; (2) silence changes no size; (3) a refusal is answered as operations.md 1.4 says, and
 * never by the same order again at once. */
#include "base/check.h"
#include "base/plant.h"
#include "exec/child.h"
#include "exec/exit_in.h"

enum { BLOCK_AFTER = 3, RO_BLOCK_AFTER = 20 };

static struct exit_slice_result *result_of(struct exit *x, uint32_t slice)
{
	uint32_t n = slice == 0 ? 1 : slice <= SLICES_MAX ? slice : SLICES_MAX;
	if (n > x->n_results)
		x->n_results = n;
	return &x->result[n - 1];
}

static void count(struct exit *x, const struct exit_child *c, uint32_t slice, int64_t more)
{
	x->done.v += more;
	if (c && c->kind == CHILD_DANGER)
		exit_over_cap(x, more);
	if (slice == x->slice)
		x->slice_left.v = x->slice_left.v > more ? x->slice_left.v - more : 0;
	double q = qty_to_double((struct qty){more});
	if (q > x->largest)
		x->largest = q;
}

static void on_fill(struct exit *x, struct exit_child *c, const struct exec_report *r,
		    const struct exec_view *v)
{
	struct exit_slice_result *s = result_of(x, r->slice);
	struct cost_mark now = {x->mid_now, {0}};
	struct money value = {0};
	int64_t more = r->filled.v;
	/* the end of the exit has booked its cost by verdict already */
	bool booked = c && x->state == XS_DONE && c->state == CS_SETTLING && c->avg.v > 0;
	if (c) {
		c->filled_seen.v += r->filled.v;
		more = c->filled_seen.v > c->filled.v ? c->filled_seen.v - c->filled.v : 0;
		if (PLANT(14))
			more = r->filled.v;
		c->filled.v += more;
		if (c->state == CS_SETTLING && c->filled_seen.v >= c->filled.v)
			c->state = CS_FREE;
	}
	if (more > 0)
		count(x, c, r->slice, more);
	s->filled.v += r->filled.v;
	if (price_times_qty(&value, r->px, r->filled, ROUND_HALF_AWAY))
		s->value.v += value.v;
	if (!r->crossed)
		s->maker.v += r->filled.v;
	s->wall_ms = v->wall_ms;
	if (!booked)
		(void)cost_fill(&x->cost, &s->parts, r->px, r->filled, r->fee, r->crossed,
				c ? &c->at : &now);
	if (x->n_trace) {
		struct snap_point *p = &x->trace[x->n_trace - 1];
		p->fill = r->crossed ? 2 : 1;
		p->fill_px = (float)price_to_double(r->px);
		p->left = (float)qty_to_double(exit_left(x));
	}
	x->rejects = 0;
	x->ro_rejects = 0;
}

/* What closes to zero in haste is tried on: close-rest for its two minutes, in danger as long as
 * that lasts. Of a schedule the operator is asked. */
static void block(struct exit *x, const char *what, const char *words)
{
	struct buf b;
	if (x->to_zero && (x->closing || x->in_danger))
		return;
	buf_init(&b, x->reason, sizeof x->reason);
	buf_puts(&b, what);
	if (words && *words) {
		buf_puts(&b, ": ");
		buf_puts(&b, words);
	}
}

static void on_reject(struct exit *x, struct exit_child *c, const struct exec_report *r,
		      const struct exec_view *v)
{
	bool posted = c->posted;
	x->retry_ns = v->now_ns + SEC_NS;
	switch (r->reject) {
	case REJ_REDUCE_ONLY:
		x->ro_reads = v->reads + 1;
		x->read_ns = 0;
		x->retry_ns = 0; /* after a read, at the latest 0.9 s from now */
		if (++x->ro_rejects >= RO_BLOCK_AFTER)
			block(x, "reduce-only refused again and again", r->text);
		break;
	case REJ_NO_MATCH:
		x->retry_ns = v->now_ns + (x->attempt < 3 ? 300 * MS_NS : SEC_NS);
		break;
	case REJ_POST_CROSS:
		x->retry_ns = 0;
		if (++x->reprices >= x->chase_max)
			x->crossing = true;
		break;
	case REJ_MIN_NTL:
		x->rejects++;
		slice_close(x);
		break;
	case REJ_VALUE_CAP:
		x->child_max.v = c->qty.v / 2;
		x->retry_ns = 0;
		break;
	case REJ_RATE:
		x->retry_ns = v->now_ns + 10 * SEC_NS;
		break;
	case REJ_EXPIRED:
	case REJ_GONE:
		x->retry_ns = 0;
		break;
	case REJ_POST_ONLY:
		x->retry_ns = v->now_ns + 2 * SEC_NS;
		break;
	case REJ_ACCESS:
	case REJ_NUMBER:
	case REJ_NOT_TRADABLE:
		if (++x->rejects >= BLOCK_AFTER)
			block(x, r->reject == REJ_ACCESS ? "the venue refuses the key" : "refused",
			      r->text);
		break;
	default:
		if (++x->rejects >= RO_BLOCK_AFTER)
			block(x, "refused again and again", r->text);
		break;
	}
	if (posted && r->reject != REJ_POST_CROSS && r->reject != REJ_REDUCE_ONLY)
		x->crossing = true;
}

static void on_closed(struct exit *x, struct exit_child *c, const struct exec_report *r,
		      const struct exec_view *v)
{
	int64_t told = min64(r->filled.v, c->qty.v);
	if (told > c->filled.v) {
		count(x, c, c->slice, told - c->filled.v);
		c->filled.v = told;
		if (r->px.v > 0)
			c->avg = r->px;
	}
	c->state = c->filled_seen.v < c->filled.v ? CS_SETTLING : CS_FREE;
	if (r->kind == REP_CLOSED && r->reject != REJ_NONE)
		on_reject(x, c, r, v);
	else if (r->kind == REP_NOT_SENT)
		x->retry_ns = v->now_ns + SEC_NS;
	else if (c->kind == CHILD_SLICE && c->slice == x->slice && x->slice_left.v > 0)
		x->retry_ns =
			v->now_ns + SEC_NS; /* an IOC that filled in part: let the book refill */
	if (c->kind == CHILD_TWAP && x->slice_open)
		slice_close(x);
}

void exit_on_order(struct exit *x, const struct exec_report *r, const struct exec_view *v)
{
	struct exit_child *c = NULL;
	for (int i = 0; i < EXIT_CHILDREN && !c; i++)
		if (x->child[i].state != CS_FREE && x->child[i].slice == r->slice &&
		    x->child[i].attempt == r->attempt)
			c = &x->child[i];
	exit_touch(x, r->slice);
	x->changed_ns = v->now_ns;
	if (r->kind == REP_FILL) {
		on_fill(x, c, r, v);
		return;
	}
	if (!c)
		return;
	switch (r->kind) {
	case REP_OPEN:
		if (c->state == CS_SENT)
			child_heard(x, v->now_ns - c->sent_ns);
		if (c->state == CS_SENT || c->state == CS_UNKNOWN)
			c->state = CS_OPEN;
		break;
	case REP_UNKNOWN:
		if (child_unresolved(c) && c->state != CS_UNKNOWN) {
			c->state = CS_UNKNOWN;
			c->unknown_ns = v->now_ns;
			x->unknowns++;
		}
		break;
	case REP_CLOSED:
	case REP_DEAD:
	case REP_NOT_SENT:
		on_closed(x, c, r, v);
		break;
	default:
		BUG("report kind");
	}
}
