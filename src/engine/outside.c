/* outside.c: what exists at the venue and is not in the configuration, for the sentence FLAT.
 *
 * 1. Asked after the barrier and when a flatten begins; nothing ever waits for the answer.
 * 2. A list that has not come is named as not watched: never taken for empty.
 * 3. What finds no room in the sentence is counted, never cut in two. */
#include <math.h>
#include <string.h>

#include "engine/inner.h"
#include "engine/words.h"

static const int64_t again = 3 * S;

static bool same_address(const char *s, const char *t)
{
	size_t i;

	for (i = 0; s[i] && t[i]; i++)
		if ((s[i] | 0x20) != (t[i] | 0x20))
			return false;
	return s[i] == t[i];
}

/* What the sentences are made of has changed. */
static void made_anew(struct engine *e)
{
	for (int i = 0; i <= ACCOUNTS_MAX; i++)
		e->outside.words[i].made = false;
}

static void ask(struct engine *e, uint8_t account, bool dexes)
{
	struct outside_subs *s = &e->outside.subs[account];

	s->read = false;
	s->asked_ns = e->now_ns;
	made_anew(e);
	query_send(e, account, Q_SUBS, 0, NONE16, QW_POLL, LANE_USER);
	if (!dexes)
		return;
	e->outside.dexes_read = false;
	query_send(e, account, Q_DEXES, 0, NONE16, QW_POLL, LANE_USER);
}

void outside_ask(struct engine *e, uint8_t account)
{
	bool dexes = true;

	for (uint8_t a = 0; a < e->conf.n_accounts; a++)
		if (account == 0xff || account == a) {
			ask(e, a, dexes);
			dexes = false;
		}
}

/* While a flatten runs a list that did not come is asked for again. */
void outside_tick(struct engine *e, uint8_t account)
{
	struct outside_subs *s = &e->outside.subs[account];

	if (!flats_run_for(e, account) || (s->read && e->outside.dexes_read) ||
	    e->now_ns - s->asked_ns < again)
		return;
	ask(e, account, !e->outside.dexes_read);
}

void outside_failed(struct engine *e, const struct query *q)
{
	if (q->what == Q_SUBS)
		e->outside.subs[q->account].read = false;
	else
		e->outside.dexes_read = false;
	made_anew(e);
}

void outside_subs(struct engine *e, const struct event *ev)
{
	struct outside_subs *s = &e->outside.subs[ev->account];

	s->read = true;
	s->n = 0;
	made_anew(e);
	for (uint32_t i = 0; i < ev->subs.n; i++) {
		const struct sub_account *x = &ev->subs.at[i];
		bool known = false;

		for (uint8_t a = 0; a < e->conf.n_accounts; a++)
			if (same_address(e->conf.account[a].address, x->address)) {
				known = true;
				e->outside.has_master |= (uint8_t)(1u << a);
			}
		if (known || !x->holds)
			continue;
		if (s->n < OUTSIDE_SUBS)
			s->at[s->n] = *x;
		s->n++;
	}
}

void outside_dexes(struct engine *e, const struct event *ev)
{
	struct outside *o = &e->outside;

	o->dexes_read = true;
	made_anew(e);
	o->n_dexes = 0;
	for (uint32_t i = 0; i < ev->dexes.n; i++) {
		bool known = false;

		for (uint8_t d = 1; d < e->conf.n_dexes && !known; d++)
			known = !strcmp(e->conf.dex[d], ev->dexes.at[i].name);
		if (known)
			continue;
		if (o->n_dexes < OUTSIDE_DEXES)
			o->dex[o->n_dexes] = ev->dexes.at[i];
		o->n_dexes++;
	}
}

/* ---- words ---- */

enum { MORE_BYTES = 12 }; /* ", 99 more" */

struct list {
	struct buf b;
	uint32_t more;
};

static void item(struct list *l, const char *text)
{
	size_t comma = l->b.len ? 2 : 0;

	if (l->b.len + comma + strlen(text) + MORE_BYTES >= l->b.cap) {
		l->more++;
		return;
	}
	buf_puts(&l->b, comma ? ", " : "");
	buf_puts(&l->b, text);
}

static void sub_item(struct list *l, const struct sub_account *s)
{
	char text[96], digits[24];
	struct buf b, d;

	buf_init(&b, text, sizeof text);
	buf_printf(&b, "sub-account %s%s%.4s..%s", s->name, s->name[0] ? " " : "", s->address,
		   s->address + 40);
	buf_init(&d, digits, sizeof digits);
	buf_printf(&d, "%lld", (long long)(s->worth.v / 100000000));
	if (s->worth.v >= 100000000) {
		buf_puts(&b, " (");
		for (size_t i = 0; i < d.len; i++) {
			if (i && (d.len - i) % 3 == 0)
				buf_putc(&b, ',');
			buf_putc(&b, digits[i]);
		}
		buf_puts(&b, " USD)");
	}
	item(l, text);
}

static void account_items(const struct engine *e, struct list *l, uint8_t a)
{
	const struct outside_subs *s = &e->outside.subs[a];
	const struct engine_account_conf *c = &e->conf.account[a];
	char text[64];
	struct buf b;

	for (uint32_t i = 0; s->read && i < s->n && i < OUTSIDE_SUBS; i++)
		sub_item(l, &s->at[i]);
	if (s->read && s->n > OUTSIDE_SUBS)
		l->more += s->n - OUTSIDE_SUBS;
	buf_init(&b, text, sizeof text);
	if (!s->read)
		buf_printf(&b, "sub-accounts of %.23s (not read)", c->name);
	else if (c->has_vault && !(e->outside.has_master & (1u << a)))
		buf_printf(&b, "the master of %.23s", c->name); /* and its other sub-accounts */
	if (b.len)
		item(l, text);
}

static void dex_items(const struct engine *e, struct list *l)
{
	const struct outside *o = &e->outside;

	if (!o->dexes_read) {
		item(l, e->conf.not_watched[0] ? e->conf.not_watched
					       : "builder dexes (list not read)");
		return;
	}
	for (uint32_t i = 0; i < o->n_dexes && i < OUTSIDE_DEXES; i++) {
		char text[24];
		struct buf b;

		buf_init(&b, text, sizeof text);
		buf_printf(&b, "%s%s", i ? "" : o->n_dexes > 1 ? "dexes " : "dex ", o->dex[i].name);
		item(l, text);
	}
	if (o->n_dexes > OUTSIDE_DEXES)
		l->more += o->n_dexes - OUTSIDE_DEXES;
}

static void put_all(const struct engine *e, uint8_t account, char *out, size_t cap)
{
	struct list l = {.more = 0};

	buf_init(&l.b, out, cap);
	for (uint8_t a = 0; a < e->conf.n_accounts; a++)
		if (account == 0xff || account == a)
			account_items(e, &l, a);
	dex_items(e, &l);
	if (l.more)
		buf_printf(&l.b, "%s%u more", l.b.len ? ", " : "", l.more);
}

/* "1,200 HYPE spot (+52,900 USD delta)": by the mark of the perpetual of that name, a debt with its
 * sign. */
void outside_left(const struct engine *e, const struct flat *f, char out[LEFT_BYTES])
{
	struct list l = {.more = 0};

	buf_init(&l.b, out, LEFT_BYTES);
	for (uint8_t a = 0; a < e->conf.n_accounts; a++)
		for (uint32_t k = 0; k < e->acct[a].n_balances; k++) {
			const struct balance *x = &e->acct[a].balance[k];
			uint16_t perp = instr_find(&e->instrs, x->coin);
			double coins = qty_to_double(x->total), usd;
			char text[80];
			struct buf b;

			if (!flat_has_account(f, a) || !x->total.v || !strcmp(x->coin, "USDC"))
				continue;
			buf_init(&b, text, sizeof text);
			buf_puts(&b, coins < 0 ? "-" : "");
			put_size(&b, fabs(coins));
			buf_printf(&b, " %.15s spot", x->coin);
			usd = perp == INSTR_NONE
				      ? 0
				      : fabs(coins) * price_to_double(market_mark(e, perp));
			if (usd >= 1) {
				buf_printf(&b, " (%c", coins < 0 ? '-' : '+');
				put_money(&b, usd);
				buf_puts(&b, " USD delta)");
			}
			item(&l, text);
		}
	if (l.more)
		buf_printf(&l.b, "%s%u more", l.b.len ? ", " : "", l.more);
}

const char *outside_words(struct engine *e, uint8_t account)
{
	struct outside_words *w =
		&e->outside.words[account < ACCOUNTS_MAX ? account : ACCOUNTS_MAX];

	if (!w->made) {
		w->made = true;
		put_all(e, account, w->brief, sizeof w->brief);
		put_all(e, account, w->text, sizeof w->text);
	}
	return w->brief;
}

const char *outside_text(const struct engine *e, uint8_t account)
{
	return e->outside.words[account < ACCOUNTS_MAX ? account : ACCOUNTS_MAX].text;
}
