/* amend.c: cancels, modifies, leverage, isolated margin, the dead man's switch.
 *
 * 1. A modify is cancel and new order: new oid, the cloid may stay. Without a:true the new order is
 *    an ALO, or a GTC that does not cross (then forced to ALO), and no trigger.
 * 2. scheduleCancel: $1,000,000 traded, at least 5 s ahead, ten triggers a UTC day. */
#include <stdio.h>
#include <string.h>

#include "paper/state.h"

#include "base/banned.h"

enum { SCHEDULE_AHEAD_MS = 5000, SCHEDULE_A_DAY = 10 };

static int64_t abs64(int64_t v)
{
	return v < 0 ? -v : v;
}

static void put_why(const struct paper *p, struct str *s, enum text why, uint32_t asset)
{
	struct str t = {0};
	char id[16];

	snprintf(id, sizeof id, "%u", asset_of(p, asset));
	text_put(&t, why, id, "", "");
	str_puts(s, "{\"error\":");
	str_json(s, str_text(&t));
	str_putc(s, '}');
	str_free(&t);
}

static struct order *open_target(struct paper *p, struct acct *a, const struct creq *c)
{
	struct order *o =
		c->by_cloid ? order_by_cloid(p, a, c->cloid, true) : order_find(p, c->oid);

	return o != NULL && o->a == a && o->listed ? o : NULL;
}

void exec_cancel(struct paper *p, struct acct *a, const struct action *act, struct str *s)
{
	uint32_t i;

	str_puts(s,
		 "{\"status\":\"ok\",\"response\":{\"type\":\"cancel\",\"data\":{\"statuses\":[");
	if (act->n == 0)
		put_why(p, s, TX_EMPTY, 0);
	for (i = 0; i < act->n; i++) {
		const struct creq *c = &act->cancel[i];
		struct order *o = open_target(p, a, c);

		if (i > 0)
			str_putc(s, ',');
		if (o == NULL || o->coin != c->asset || (act->flag && o->kind == OK_TRIGGER)) {
			put_why(p, s, TX_GONE, c->asset);
			continue;
		}
		order_close(p, o, ST_CANCELED);
		str_puts(s, "\"success\"");
	}
	str_puts(s, "]}}}");
}

/* --- modify --- */

static enum text modify_ok(struct paper *p, struct acct *a, const struct action *act,
			   struct action *one, struct str *arg)
{
	struct oreq *r = &one->order[0];
	const struct coin *c;
	enum text why = order_check_batch(p, a, one, arg);
	int64_t best;

	if (why != TX_NONE)
		return why;
	if (act->flag)
		return TX_NONE;
	c = &p->coin[r->asset];
	if (r->trigger || (r->tif != TIF_GTC && r->tif != TIF_ALO))
		return TX_BAD_MODIFY;
	if (r->tif == TIF_GTC && book_best(c, !r->buy, &best) &&
	    (r->buy ? best <= r->p * 100 : best >= r->p * 100))
		return TX_BAD_MODIFY;
	r->tif = TIF_ALO;
	return TX_NONE;
}

/* Cancel and place; the answer's entry, or for a single modify what refuses it. */
static enum text modify_one(struct paper *p, struct acct *a, const struct action *act, uint32_t i,
			    struct str *s)
{
	struct order *was = open_target(p, a, &act->cancel[i]), *o;
	struct action one = {.kind = AK_ORDER, .n = 1, .order = &act->order[i]};
	struct oreq r = act->order[i];
	struct str arg = {0};
	enum text why;
	bool ro_room = was != NULL;

	one.order = &r;
	if (was == NULL && !act->flag) {
		put_why(p, s, TX_MODIFY_GONE, r.asset);
		return TX_MODIFY_GONE;
	}
	why = modify_ok(p, a, act, &one, &arg);
	if (why != TX_NONE) {
		put_why(p, s, why, r.asset);
		str_free(&arg);
		return why;
	}
	if (ro_room)
		order_close(p, was, ST_CANCELED);
	o = order_place(p, a, &r, &one, false, &why, &arg);
	put_order_status(p, s, o, why, str_text(&arg), r.asset);
	str_free(&arg);
	return why;
}

void exec_modify(struct paper *p, struct acct *a, const struct action *act, struct str *s)
{
	struct str entries = {0}, t = {0};
	char id[16];
	enum text why;
	uint32_t i;

	if (act->kind == AK_MODIFY) {
		why = modify_one(p, a, act, 0, &entries);
		snprintf(id, sizeof id, "%u", asset_of(p, act->order[0].asset));
		if (why == TX_NONE) {
			str_puts(s, "{\"status\":\"ok\",\"response\":{\"type\":\"default\"}}");
		} else {
			text_put(&t, why, why == TX_TOO_LARGE ? "" : id, "", id);
			str_puts(s, "{\"status\":\"err\",\"response\":");
			str_json(s, str_text(&t));
			str_putc(s, '}');
		}
	} else {
		for (i = 0; i < act->n; i++) {
			if (i > 0)
				str_putc(&entries, ',');
			modify_one(p, a, act, i, &entries);
		}
		str_printf(s,
			   "{\"status\":\"ok\",\"response\":{\"type\":\"order\",\"data\":{"
			   "\"statuses\":[%s]}}}",
			   str_text(&entries));
	}
	str_free(&entries);
	str_free(&t);
}

/* --- leverage and isolated margin --- */

enum text exec_leverage(struct paper *p, struct acct *a, const struct action *act)
{
	const struct coin *c;
	struct position *x;
	struct margin m;
	int64_t ntl, need, have;

	if (act->asset >= p->n_coins)
		return TX_BAD_ASSET;
	c = &p->coin[act->asset];
	x = &a->pos[act->asset];
	if (act->num < 1 || act->num > c->c.max_leverage)
		return TX_LEV_VALUE;
	if (act->yes && c->c.only_isolated)
		return TX_NO_CROSS;
	if (x->szi != 0 && x->isolated == act->yes)
		return TX_LEV_SWITCH;
	if (x->szi != 0 && act->num < a->lev[act->asset]) {
		ntl = abs64(pm_ntl(c->mark, x->szi));
		need = ntl / act->num;
		pm_sum(p, a, &m);
		have = m.equity - m.used + ntl / a->lev[act->asset];
		if (x->isolated && isolated_equity(x, c->mark) < need)
			return TX_LEV_ISOLATED;
		if (!x->isolated && have < need)
			return TX_MARGIN;
	}
	a->lev[act->asset] = (int32_t)act->num;
	a->iso[act->asset] = !act->yes;
	a->touched = true;
	return TX_NONE;
}

enum text exec_margin(struct paper *p, struct acct *a, const struct action *act)
{
	const struct coin *c;
	struct position *x;
	struct margin m;
	int64_t add, ntl, keep, need;

	if (act->asset >= p->n_coins)
		return TX_BAD_ASSET;
	c = &p->coin[act->asset];
	x = &a->pos[act->asset];
	if (x->szi == 0 || !x->isolated)
		return TX_NOT_ISOLATED;
	ntl = abs64(pm_ntl(c->mark, x->szi));
	if (act->kind == AK_TOP_UP) {
		if (!c->c.only_isolated)
			return TX_NOT_STRICT;
		if (act->p <= 0)
			return TX_LEV_VALUE;
		add = num_muldiv(ntl, USD, act->p) - isolated_equity(x, c->mark);
	} else {
		add = act->num * (USD / 1000000);
	}
	pm_sum(p, a, &m);
	if (add > 0 && add > pm_withdrawable(&m))
		return TX_ISOLATED_MARGIN;
	need = ntl / a->lev[act->asset];
	keep = need > ntl / 10 ? need : ntl / 10;
	if (add < 0 && isolated_equity(x, c->mark) + add < keep)
		return TX_ISOLATED_MARGIN;
	a->raw -= add;
	x->raw += add;
	a->touched = true;
	return TX_NONE;
}

/* --- scheduleCancel --- */

void exec_schedule(struct paper *p, struct acct *a, const struct action *act, struct str *s)
{
	struct str traded = {0}, t = {0};

	if (!p->conf.no_volume_gate && a->volume < 1000000 * USD) {
		str_trim(&traded, num_cut(a->volume, 8, 2), 8);
		text_put(&t, TX_SCHEDULE_VOLUME, "1000000", str_text(&traded), "");
	} else if (act->has_time && (int64_t)act->time < p->block + SCHEDULE_AHEAD_MS) {
		text_put(&t, TX_SCHEDULE_EARLY, "", "", "");
	} else {
		a->schedule_ms = act->has_time ? (int64_t)act->time : NONE_MS;
	}
	if (t.len > 0) {
		str_puts(s, "{\"status\":\"err\",\"response\":");
		str_json(s, t.p);
		str_putc(s, '}');
	} else {
		str_puts(s, "{\"status\":\"ok\",\"response\":{\"type\":\"default\"}}");
	}
	str_free(&traded);
	str_free(&t);
}

void schedule_block(struct paper *p)
{
	int64_t day = p->block / DAY_MS;
	uint32_t i;

	for (i = 0; i < p->n_acct; i++) {
		struct acct *a = p->acct[i];

		if (p->block < a->schedule_ms)
			continue;
		a->schedule_ms = NONE_MS;
		if (a->schedule_day != day) {
			a->schedule_day = day;
			a->schedule_used = 0;
		}
		if (a->schedule_used++ >= SCHEDULE_A_DAY)
			continue;
		while (a->first != NULL)
			order_close(p, a->first, ST_SCHEDULED_CANCEL);
	}
}
