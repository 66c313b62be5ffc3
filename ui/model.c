/* model.c: questions about the snapshot that views and the state machine both ask. */
#include "ui/ui.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

#define PIN_AGE_S    6.0
#define PIN_DIES_PCT 5.0

enum ui_layer ui_top(const struct ui *u)
{
	return u->depth > 0 ? (enum ui_layer)u->layer[u->depth - 1] : LAYER_NONE;
}

const struct snap_leg *ui_leg_find(const struct snap *s, const char *coin, int account)
{
	for (uint32_t i = 0; i < s->n_legs; i++)
		if (!strcmp(s->leg[i].coin, coin) && (account < 0 || s->leg[i].account == account))
			return &s->leg[i];
	return NULL;
}

const struct snap_leg *ui_leg(const struct ui *u)
{
	const struct snap_leg *leg = ui_leg_find(u->snap, u->coin, u->account);

	if (!leg && u->snap->n_legs)
		leg = &u->snap->leg[0];
	return leg;
}

const struct snap_book *ui_book(const struct snap *s, const char *coin)
{
	for (uint32_t i = 0; i < s->n_books; i++)
		if (!strcmp(s->book[i].coin, coin))
			return &s->book[i];
	return NULL;
}

bool ui_order_shown(const struct ui *u, const struct snap_order *o)
{
	return !u->order_filter || o->whose == u->order_filter - 1;
}

const struct snap_order *ui_order_at(const struct ui *u, int row)
{
	for (uint32_t i = 0; i < u->snap->n_orders; i++)
		if (ui_order_shown(u, &u->snap->order[i]) && row-- == 0)
			return &u->snap->order[i];
	return NULL;
}

static double depth_of(const struct book *b, bool sell)
{
	const struct level *l = sell ? b->bid : b->ask;
	double sum = 0;

	for (int i = 0; i < (sell ? b->n_bid : b->n_ask); i++)
		sum += qty_to_double(l[i].sz);
	return sum;
}

const struct book *ui_depth(const struct snap_book *b, bool sell, double size)
{
	double fine = depth_of(&b->book, sell);

	return fine < size && b->deep.n_bid && b->deep.n_ask && depth_of(&b->deep, sell) > fine
		       ? &b->deep
		       : &b->book;
}

bool exit_is_live(const struct snap_exit *x)
{
	return x->state != XS_DONE;
}

const struct snap_exit *ui_exit_find(const struct snap *s, uint32_t id)
{
	for (uint32_t i = 0; i < s->n_exits; i++)
		if (s->exit[i].id == id)
			return &s->exit[i];
	return NULL;
}

const struct snap_exit *ui_exit(const struct ui *u)
{
	const struct snap *s = u->snap;
	const struct snap_exit *x = u->exit ? ui_exit_find(s, u->exit) : NULL;
	const struct snap_leg *leg = ui_leg(u);

	if (x)
		return x;
	for (uint32_t i = 0; leg && i < s->n_exits; i++)
		if (exit_is_live(&s->exit[i]) && !strcmp(s->exit[i].coin, leg->coin))
			return &s->exit[i];
	for (uint32_t i = 0; i < s->n_exits; i++)
		if (exit_is_live(&s->exit[i]))
			return &s->exit[i];
	return NULL;
}

const char *ui_no_positions(const struct snap *s)
{
	if (!s->n_accounts)
		return "No account yet. Nothing can be sent.";
	for (uint32_t i = 0; i < s->n_accounts && i < ACCOUNTS_MAX; i++)
		if (!s->account[i].read_ns)
			return "Not read yet: what is held is not known.";
	return "No positions. Nothing can be liquidated.";
}

const struct snap_account *ui_account(const struct ui *u)
{
	if (!u->snap->n_accounts)
		return NULL;
	return &u->snap->account[u->account < u->snap->n_accounts ? u->account : 0];
}

double snap_age_s(const struct ui *u, int64_t stamp_ns)
{
	int64_t d = u->now_ns - stamp_ns;

	return d < 0 ? 0 : (double)d * 1e-9;
}

int64_t ui_wall_ms(const struct ui *u)
{
	int64_t d = u->now_ns - u->snap->now_ns;

	if (!u->snap->wall_ms) /* before the first snapshot: no clock but the engine's */
		return 0;
	return u->snap->wall_ms + (d > 0 ? d / 1000000 : 0);
}

int ui_rows(const struct snap *s, struct ui_row *out, int max)
{
	int n = 0;

	for (uint32_t p = 0; p < s->n_pools; p++) {
		if (s->pool[p].n_legs > 1 && n < max)
			out[n++] = (struct ui_row){(int16_t)p, -1};
		for (uint32_t i = 0; i < s->pool[p].n_legs && n < max; i++) {
			uint32_t leg = s->pool[p].first_leg + i;
			if (leg < s->n_legs)
				out[n++] = (struct ui_row){(int16_t)p, (int16_t)leg};
		}
	}
	return n;
}

static bool same_row(const struct snap *s, const struct ui_row *r, const struct ui_held *h)
{
	const struct snap_pool *p = &s->pool[r->pool];

	return p->account == h->account && !strcmp(p->name, h->pool) &&
	       !strcmp(r->leg < 0 ? "" : s->leg[r->leg].coin, h->coin);
}

/* Today's rows in the order held; false: a row came or went. */
static bool rows_as_held(const struct ui *u, struct ui_row *out, int max)
{
	struct ui_row rows[SNAP_POOLS + POSITIONS_MAX];
	int n = ui_rows(u->snap, rows, SNAP_POOLS + POSITIONS_MAX);

	if (n != u->n_held || n > max)
		return false;
	for (int i = 0; i < n; i++) {
		int k = 0;
		while (k < n && !same_row(u->snap, &rows[k], &u->held[i]))
			k++;
		if (k == n)
			return false;
		out[i] = rows[k];
	}
	return true;
}

/* The order held is still as good as the snapshot's: near equals do not change places. */
static bool order_holds(const struct ui *u, const struct ui_row *rows, int n)
{
	const struct snap *s = u->snap;

	for (int i = 0; i + 1 < n; i++) {
		const struct ui_row *a = &rows[i], *b = &rows[i + 1];
		if (a->leg >= 0 && b->leg >= 0 && a->pool == b->pool) {
			if (s->leg[b->leg].helps_per_k > s->leg[a->leg].helps_per_k * 1.5 + 0.05)
				return false;
		} else if (a->pool != b->pool) {
			const struct snap_pool *p = &s->pool[a->pool], *q = &s->pool[b->pool];
			if (q->has_dies &&
			    (!p->has_dies || fabs(q->dies_pct) < fabs(p->dies_pct) * 0.95))
				return false;
		}
	}
	return true;
}

void ui_hold_rows(struct ui *u)
{
	struct ui_row rows[SNAP_POOLS + POSITIONS_MAX];
	const struct snap *s = u->snap;

	if (rows_as_held(u, rows, SNAP_POOLS + POSITIONS_MAX) && order_holds(u, rows, u->n_held))
		return;

	u->n_held = ui_rows(s, rows, SNAP_POOLS + POSITIONS_MAX);
	for (int i = 0; i < u->n_held; i++) {
		struct ui_held *h = &u->held[i];
		const struct snap_pool *p = &s->pool[rows[i].pool];
		memcpy(h->pool, p->name, sizeof h->pool);
		h->account = p->account;
		if (rows[i].leg < 0)
			h->coin[0] = 0;
		else
			memcpy(h->coin, s->leg[rows[i].leg].coin, sizeof h->coin);
	}
}

int ui_rows_held(const struct ui *u, struct ui_row *out, int max)
{
	return rows_as_held(u, out, max) ? u->n_held : ui_rows(u->snap, out, max);
}

/* 2: an order without an answer or another hand; 1: a feed that stands still. */
static int leg_doubt(const struct ui *u, const struct snap_leg *l)
{
	bool stale =
		snap_age_s(u, l->mark_ns) >= PIN_AGE_S || snap_age_s(u, l->account_ns) >= PIN_AGE_S;

	return l->unknown || l->other_hand ? 2 : stale;
}

/* What never scrolls away: a pool near its end or in doubt; what is only old yields to these. */
static int row_doubt(const struct ui *u, const struct ui_row *r)
{
	const struct snap_pool *p = &u->snap->pool[r->pool];
	double d = p->dies_pct < 0 ? -p->dies_pct : p->dies_pct;
	int most = 0;

	if (r->leg >= 0 && p->n_legs > 1)
		return leg_doubt(u, &u->snap->leg[r->leg]);
	for (uint32_t i = 0; i < p->n_legs && p->first_leg + i < u->snap->n_legs; i++) {
		int k = leg_doubt(u, &u->snap->leg[p->first_leg + i]);
		most = k > most ? k : most;
	}
	return p->has_dies && d <= PIN_DIES_PCT ? 2 : most;
}

int ui_rows_shown(const struct ui *u, int h, struct ui_row *out, int max, int *n)
{
	struct ui_row rows[SNAP_POOLS + POSITIONS_MAX];
	bool show[SNAP_POOLS + POSITIONS_MAX] = {false};
	const struct snap_leg *leg = ui_leg(u);
	int sel = -1, left = h - 1, before = 0, k = 0;

	*n = ui_rows_held(u, rows,
			  max < SNAP_POOLS + POSITIONS_MAX ? max : SNAP_POOLS + POSITIONS_MAX);
	if (*n <= h) {
		memcpy(out, rows, (size_t)*n * sizeof *out);
		return *n;
	}
	for (int i = 0; i < *n; i++)
		if (rows[i].leg >= 0 && &u->snap->leg[rows[i].leg] == leg)
			sel = i;
	if (sel >= 0 && left > 0) {
		show[sel] = true;
		left--;
	}
	for (int doubt = 2; doubt > 0; doubt--)
		for (int i = 0; i < *n && left > 0; i++)
			if (!show[i] && row_doubt(u, &rows[i]) == doubt) {
				show[i] = true;
				left--;
			}
	for (int i = 0; i < sel; i++) /* the window ends at the cursor, or begins at the top */
		before += !show[i];
	int skip = before > left ? before - left : 0;
	for (int i = 0; i < *n && left > 0; i++) {
		if (show[i] || skip-- > 0)
			continue;
		show[i] = true;
		left--;
	}
	for (int i = 0; i < *n; i++)
		if (show[i])
			out[k++] = rows[i];
	int shown = k;
	for (int i = 0; i < *n; i++)
		if (!show[i])
			out[k++] = rows[i];
	return shown;
}
