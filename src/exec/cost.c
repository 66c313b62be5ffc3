/* cost.c: the split of the shortfall. See cost.h for the parts.
 *
 * Invariants: (1) the price parts of one fill sum to side * q * (P - arrival), to the last 1e-8
 * USD; (2) the total shown is the sum of the seven parts shown. */
#include <string.h>

#include "base/check.h"
#include "exec/cost.h"
#include "base/banned.h"

/* side * q * (to - from); selling gains when the price is higher. */
static bool gain(const struct cost *c, struct money *out, struct price from, struct price to,
		 struct qty q)
{
	struct price d;
	if (__builtin_sub_overflow(to.v, from.v, &d.v))
		return false;
	if (c->side == SIDE_BUY)
		d.v = -d.v;
	return price_times_qty(out, d, q, ROUND_HALF_AWAY);
}

bool cost_add(struct cost_parts *to, const struct cost_parts *p)
{
	return money_add(&to->delay, to->delay, p->delay) &&
	       money_add(&to->spread, to->spread, p->spread) &&
	       money_add(&to->impact, to->impact, p->impact) &&
	       money_add(&to->timing, to->timing, p->timing) &&
	       money_add(&to->fees, to->fees, p->fees) &&
	       money_add(&to->funding, to->funding, p->funding) &&
	       money_add(&to->unfilled, to->unfilled, p->unfilled);
}

bool cost_fill(struct cost *c, struct cost_parts *slice, struct price px, struct qty sz,
	       struct money fee, bool crossed, const struct cost_mark *at)
{
	struct cost_parts p = {0};
	struct money all, value;
	struct price mid = at && at->mid.v > 0 ? at->mid : c->first.v > 0 ? c->first : c->arrival;
	struct price first = c->first.v > 0 ? c->first : mid;
	struct price touch = at && at->touch.v > 0 ? at->touch : mid;
	if (!gain(c, &all, c->arrival, px, sz) || !gain(c, &p.delay, c->arrival, first, sz) ||
	    !gain(c, &p.timing, first, mid, sz) ||
	    !price_times_qty(&value, px, sz, ROUND_HALF_AWAY))
		return false;
	int64_t rest = all.v - p.delay.v - p.timing.v;
	if (crossed) {
		if (!gain(c, &p.spread, mid, touch, sz))
			return false;
		p.impact.v = rest - p.spread.v;
	} else {
		p.spread.v = rest;
	}
	p.fees.v = -fee.v;
	struct cost_parts sum = c->sum;
	struct money v = c->value;
	if (!cost_add(&sum, &p) || !money_add(&v, v, value))
		return false;
	c->sum = sum;
	c->value = v;
	c->filled.v += sz.v;
	if (!crossed)
		c->maker.v += sz.v;
	return !slice || cost_add(slice, &p);
}

void cost_funding(struct cost *c, struct money paid)
{
	c->sum.funding = paid;
}

bool cost_unfilled(struct cost *c, struct qty left, struct price mid)
{
	if (mid.v <= 0 || c->arrival.v <= 0)
		left.v = 0;
	return gain(c, &c->sum.unfilled, c->arrival, mid, left);
}

struct money cost_total(const struct cost_parts *p)
{
	return (struct money){p->delay.v + p->spread.v + p->impact.v + p->timing.v + p->fees.v +
			      p->funding.v + p->unfilled.v};
}

bool cost_avg(const struct cost *c, struct price *avg)
{
	return c->filled.v > 0 && money_over_qty(avg, c->value, c->filled, ROUND_HALF_AWAY);
}

void cost_snap(const struct cost *c, struct snap_cost *out)
{
	const struct cost_parts *p = &c->sum;
	struct price avg;
	out->delay = money_to_double(p->delay);
	out->spread = money_to_double(p->spread);
	out->impact = money_to_double(p->impact);
	out->timing = money_to_double(p->timing);
	out->fees = money_to_double(p->fees);
	out->funding = money_to_double(p->funding);
	out->unfilled = money_to_double(p->unfilled);
	out->total = out->delay + out->spread + out->impact + out->timing + out->fees +
		     out->funding + out->unfilled;
	double notional = qty_to_double(c->filled) * price_to_double(c->arrival);
	out->bp = notional > 0 ? out->total / notional * 1e4 : 0;
	out->maker_share = c->filled.v > 0 ? qty_to_double(c->maker) / qty_to_double(c->filled) : 0;
	out->vs_start_bp = 0;
	if (cost_avg(c, &avg) && c->arrival.v > 0) {
		double sgn = c->side == SIDE_SELL ? 1 : -1, a = price_to_double(c->arrival);
		out->vs_start_bp = sgn * (price_to_double(avg) - a) / a * 1e4;
	}
}

static const char *const part_name[] = {"delay_usd", "spread_usd",  "impact_usd",  "timing_usd",
					"fees_usd",  "funding_usd", "unfilled_usd"};

static void part_values(const struct cost_parts *p, struct money v[COUNT_OF(part_name)])
{
	v[0] = p->delay, v[1] = p->spread, v[2] = p->impact, v[3] = p->timing;
	v[4] = p->fees, v[5] = p->funding, v[6] = p->unfilled;
}

void cost_csv_header(struct buf *b)
{
	buf_puts(b, "slice,time_ms,planned,filled,average,posted");
	for (size_t i = 0; i < COUNT_OF(part_name); i++) {
		buf_putc(b, ',');
		buf_puts(b, part_name[i]);
	}
	buf_puts(b, ",total_usd\n");
}

static void csv_parts(struct buf *b, const struct cost_parts *p)
{
	struct money v[COUNT_OF(part_name)];
	part_values(p, v);
	for (size_t i = 0; i < COUNT_OF(part_name); i++) {
		buf_putc(b, ',');
		money_put(b, v[i]);
	}
	buf_putc(b, ',');
	money_put(b, cost_total(p));
	buf_putc(b, '\n');
}

void cost_csv_row(struct buf *b, const struct cost_row *r)
{
	buf_printf(b, "%u,%lld,", r->slice, (long long)r->wall_ms);
	qty_put(b, r->planned);
	buf_putc(b, ',');
	qty_put(b, r->filled);
	buf_putc(b, ',');
	price_put(b, r->avg);
	buf_puts(b, r->posted ? ",1" : ",0");
	csv_parts(b, &r->parts);
}

void cost_csv_total(struct buf *b, const struct cost *c)
{
	struct price avg = {0};
	(void)cost_avg(c, &avg);
	buf_puts(b, "all,,,");
	qty_put(b, c->filled);
	buf_putc(b, ',');
	price_put(b, avg);
	buf_putc(b, ',');
	csv_parts(b, &c->sum);
}

void cost_csv_sum(struct buf *b, const struct cost_parts *sum)
{
	buf_puts(b, "all,,,,,");
	csv_parts(b, sum);
}

void cost_json_parts(struct buf *b, const struct cost_parts *p)
{
	struct money v[COUNT_OF(part_name)];
	part_values(p, v);
	for (size_t i = 0; i < COUNT_OF(part_name); i++) {
		buf_printf(b, "\"%s\":\"", part_name[i]);
		money_put(b, v[i]);
		buf_puts(b, "\",");
	}
	buf_puts(b, "\"total_usd\":\"");
	money_put(b, cost_total(p));
	buf_putc(b, '"');
}

static void json_qty(struct buf *b, const char *key, struct qty q)
{
	buf_printf(b, "\"%s\":\"", key);
	qty_put(b, q);
	buf_puts(b, "\",");
}

static void json_price(struct buf *b, const char *key, struct price p)
{
	buf_printf(b, "\"%s\":\"", key);
	price_put(b, p);
	buf_puts(b, "\",");
}

void cost_json_row(struct buf *b, const struct cost_row *r)
{
	buf_printf(b, "{\"slice\":%u,\"time_ms\":%lld,", r->slice, (long long)r->wall_ms);
	json_qty(b, "planned", r->planned);
	json_qty(b, "filled", r->filled);
	json_price(b, "average", r->avg);
	buf_printf(b, "\"posted\":%s,", r->posted ? "true" : "false");
	cost_json_parts(b, &r->parts);
	buf_putc(b, '}');
}
