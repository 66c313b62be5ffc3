/* news.c: what changes around a position without anybody trading: margin tiers, delisting, funding
 * on the hour, the end of the signing key.
 *
 * 1. Only what is held is told, in dollars of what is held.
 * 2. A change is told once with before and after; a state is told as long as it lasts. */
#include <math.h>
#include <string.h>

#include "core/margin.h"
#include "engine/inner.h"
#include "engine/words.h"

#define HOUR_MS 3600000LL
enum { FUNDING_WAIT_S = 3, KEY_DAYS = 14 };

/* ---- margin tiers ---- */

static bool same_rules(const struct instr *a, const struct instr *b)
{
	if (a->n_tiers != b->n_tiers || a->max_leverage != b->max_leverage)
		return false;
	for (int i = 0; i < a->n_tiers; i++)
		if (a->tiers[i].lower.v != b->tiers[i].lower.v ||
		    a->tiers[i].max_leverage != b->tiers[i].max_leverage)
			return false;
	return true;
}

static const char *pool_words(const struct engine *e, const struct epool *p)
{
	return p->isolated ? coin_of(e, p->instr) : "CROSS";
}

static void put_dies(struct buf *b, const struct epool *p)
{
	if (!p->has_equity || !p->sum.has_dies) {
		buf_puts(b, "no common move");
		return;
	}
	buf_puts(b, p->sum.side > 0 ? "BTC -" : "BTC +");
	put_distance(b, p->sum.dies);
}

static void tiers_told(struct engine *e, uint8_t account, uint16_t instr, const struct epool *was,
		       uint32_t leg)
{
	struct epool now;
	char text[256], brief[80];
	uint32_t k;
	struct buf b;
	double before = was->leg[leg].maint, after;

	if (!pool_of(e, account, instr, &now, &k))
		return;
	after = now.leg[k].maint;
	if (fabs(after - before) < 1)
		return;
	buf_init(&b, brief, sizeof brief);
	buf_printf(&b, "MARGIN TIERS of %s changed: maintenance ", coin_of(e, instr));
	put_money(&b, before);
	buf_puts(&b, " -> ");
	put_money(&b, after);
	buf_puts(&b, " USD");
	buf_init(&b, text, sizeof text);
	buf_printf(&b, "MARGIN TIERS of %s changed by the venue: maintenance of your ",
		   coin_of(e, instr));
	put_size(&b, qty_to_double(held_szi(e, account, instr)));
	buf_printf(&b, " %s ", coin_of(e, instr));
	put_money(&b, before);
	buf_puts(&b, " -> ");
	put_money(&b, after);
	buf_printf(&b, " USD. %s dies at ", pool_words(e, &now));
	put_dies(&b, &now);
	buf_puts(&b, ", was ");
	put_dies(&b, was);
	buf_puts(&b, after > before ? ". ! panic" : ".");
	if (after > before)
		alarm_raise(e, 2, NC_TIERS, account, instr, 0, brief, text);
	else
		notice(e, 1, NC_TIERS, 0, "%s", text);
}

uint16_t news_instr(struct engine *e, const struct instr *i)
{
	uint16_t id = instr_find(&e->instrs, i->coin);
	struct epool was;
	uint32_t leg[ACCOUNTS_MAX];
	bool held[ACCOUNTS_MAX] = {false};

	if (id == INSTR_NONE || e->replaying || same_rules(&e->instrs.at[id], i))
		return instr_put(&e->instrs, i);
	for (uint8_t a = 0; a < e->conf.n_accounts; a++) {
		struct instr before = e->instrs.at[id];

		held[a] = held_szi(e, a, id).v && pool_of(e, a, id, &was, &leg[a]);
		if (!held[a])
			continue;
		e->instrs.at[id] = *i;
		tiers_told(e, a, id, &was, leg[a]);
		e->instrs.at[id] = before;
	}
	return instr_put(&e->instrs, i);
}

/* ---- delisting ---- */

static void delisted(struct engine *e, uint8_t account, const struct held *h)
{
	const struct instr *i = &e->instrs.at[h->instr];
	double szi = qty_to_double(pos_szi(&h->pos));
	double mark = price_to_double(market_mark(e, h->instr));
	char text[256], brief[80];
	struct buf b;

	if (!i->delisted || szi == 0) {
		alarm_clear(e, NC_DELISTED, account, h->instr, 0);
		return;
	}
	buf_init(&b, brief, sizeof brief);
	buf_puts(&b, "DELISTED: ");
	put_size(&b, szi);
	buf_printf(&b, " %s %s", i->coin, szi < 0 ? "short" : "long");
	buf_init(&b, text, sizeof text);
	buf_puts(&b, brief);
	buf_puts(&b, " (");
	put_money_short(&b, mark > 0 ? szi * mark : money_to_double(h->pos.read.value));
	buf_puts(&b, " USD). Its orders and stops are cancelled and no order closes it; the venue "
		     "settles it at the oracle's average of an hour. FLAT waits for that. Hedge it "
		     "elsewhere, or wait.");
	alarm_raise(e, 2, NC_DELISTED, account, h->instr, 0, brief, text);
}

/* ---- funding on the hour ---- */

void news_funding(struct engine *e, struct held *h, const struct funding_paid *f)
{
	int64_t hour = f->time_ms / HOUR_MS;

	if (h->fund_hour != hour) {
		h->fund_hour = hour;
		h->fund_paid.v = 0;
	}
	money_add(&h->fund_paid, h->fund_paid, f->usdc);
	e->fund_hour = hour;
	if (!e->fund_due_ns)
		e->fund_due_ns = e->now_ns + FUNDING_WAIT_S * S;
	wake_at(e, e->fund_due_ns);
}

/* What the next hour costs when exits go by their plan; negative is received. */
static double next_hour(const struct engine *e, uint8_t account, const struct held *h, bool *plan)
{
	const struct mkt *m = &e->mkt[h->instr];
	double szi = qty_to_double(pos_szi(&h->pos)), px = price_to_double(m->oracle);
	int64_t at = (e->wall_ms / HOUR_MS + 1) * HOUR_MS;

	if (px <= 0)
		px = price_to_double(market_mark(e, h->instr));
	for (int i = 0; i < EXITS_MAX; i++) {
		const struct exit_slot *s = &e->exit[i];
		double left, part;

		if (!s->used || s->account != account || s->instr != h->instr ||
		    s->x.state == XS_DONE)
			continue;
		left = qty_to_double(exit_left(&s->x)) * (szi < 0 ? -1 : 1);
		part = s->x.planned_end_ms <= at
			       ? 1
			       : (double)(at - e->wall_ms) /
					 (double)(s->x.planned_end_ms - e->wall_ms);
		szi -= left * part;
		*plan = true;
	}
	return szi * px * ratio_to_double(m->funding);
}

static void put_usd(struct buf *b, double usd)
{
	if (fabs(usd) < 10)
		buf_printf(b, "%.2f", fabs(usd));
	else
		put_money(b, usd);
}

/* "funding 13:00: paid 342 USD on BTC, received 12 USD on ETH; next hour 257 at plan" */
static void funding_told(struct engine *e, uint8_t account)
{
	const struct account *a = &e->acct[account];
	int64_t minutes = e->fund_hour * 60 % 1440;
	char text[NOTICE_TEXT_MAX];
	bool plan = false;
	double next = 0;
	struct buf b;
	int n = 0;

	buf_init(&b, text, sizeof text);
	buf_printf(&b, "funding %02lld:00", (long long)(minutes / 60));
	if (e->conf.n_accounts > 1)
		buf_printf(&b, " %s", e->conf.account[account].name);
	for (uint32_t k = 0; k < a->n_held; k++) {
		const struct held *h = &a->held[k];
		double usd = money_to_double(h->fund_paid);

		if (!h->used)
			continue;
		if (pos_szi(&h->pos).v)
			next += next_hour(e, account, h, &plan);
		if (h->fund_hour != e->fund_hour || h->fund_paid.v == 0)
			continue;
		buf_printf(&b, "%s %s ", n++ ? "," : ":", usd < 0 ? "paid" : "received");
		put_usd(&b, usd);
		buf_printf(&b, " USD on %s", coin_of(e, h->instr));
	}
	if (!n)
		return;
	buf_printf(&b, "; next hour %s", next < 0 ? "receives " : "");
	put_usd(&b, next);
	buf_puts(&b, plan ? " at plan" : " as it is");
	notice(e, 0, NC_FUNDING, 0, "%s", text);
}

/* ---- the signing key ---- */

void cause_agent(struct engine *e, uint8_t k)
{
	const struct account *a = &e->acct[k];
	int64_t left = (int64_t)a->agent_until_ms - e->wall_ms, day = 24 * HOUR_MS;
	const char *name = e->conf.account[k].name;
	char text[256], brief[80];
	struct buf b;

	if (!a->agent_until_ms || left >= KEY_DAYS * day) {
		alarm_clear(e, NC_KEY, k, NONE16, 0);
		return;
	}
	buf_init(&b, brief, sizeof brief);
	if (left <= 0) {
		buf_printf(&b, "THE SIGNING KEY of %s ENDED ", name);
		put_span_words(&b, -left * MS);
		buf_puts(&b, " ago.");
	} else {
		buf_printf(&b, "The signing key of %s ends in ", name);
		if (left >= 2 * day)
			buf_printf(&b, "%lld days.", (long long)(left / day));
		else
			put_span_words(&b, left * MS);
		buf_puts(&b, left >= 2 * day ? "" : ".");
	}
	buf_init(&b, text, sizeof text);
	buf_puts(&b, brief);
	if (left <= 0)
		buf_puts(&b, " The venue refuses whatever it signs: close on the venue's page, or "
			     "approve another one there and import it (exeunt key import).");
	else
		buf_puts(&b, " No exit outlives it. Approve another one on the venue's page and "
			     "import it (exeunt key import).");
	for (int i = 0; i < EXITS_MAX; i++)
		if (e->exit[i].used && e->exit[i].account == k && e->exit[i].x.state != XS_DONE &&
		    e->exit[i].x.planned_end_ms > (int64_t)a->agent_until_ms)
			buf_printf(&b, " x%u would end after it.", e->exit[i].x.id);
	alarm_raise(e, left < 2 * day ? 3 : 2, NC_KEY, k, NONE16, 0, brief, text);
}

void news_tick(struct engine *e)
{
	for (uint8_t k = 0; k < e->conf.n_accounts; k++)
		for (uint32_t i = 0; i < e->acct[k].n_held; i++)
			if (e->acct[k].held[i].used)
				delisted(e, k, &e->acct[k].held[i]);
	if (!e->fund_due_ns || e->now_ns < e->fund_due_ns)
		return;
	e->fund_due_ns = 0;
	for (uint8_t k = 0; k < e->conf.n_accounts; k++)
		funding_told(e, k);
}
