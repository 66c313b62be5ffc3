/* hunter.c: somebody who learns the clockwork of an account's slices from its public prints (the
 * venue names both sides of every trade), and is there before the next one.
 *
 *   {"hunter":"HYPE","share":"1","lead_ms":1500,"hold_ms":1500}        share 0 ends it
 *   {"hunter":"HYPE","meets":true,...}    the same clock, but he stands ready with a resting order
 *
 *   WATCHES --- due - lead ---> IN: sold (or bid) ahead --- slice seen, hold over ---> OUT: flat
 * again
 *                                                     \-- it did not come in time ---/
 *
 * 1. Prints of one direction within MERGE_MS are one slice. From the last SEEN slices he takes the
 *    median size, and the first and third quartile of the gaps: he enters `lead` before the
 * earliest and waits until `lead` after the latest, so a random clock costs him time at risk, and a
 * size that varies a wrong stake.
 * 2. He hunts `share` of the size, in the direction of the slices; a hunter sells ahead and buys
 *    back `hold` after the slice; one who meets rests at the touch on the other side and gives back
 *    what he got after ten times `hold`.
 * 3. He keeps books, before fees: after TRIES hunts that lost money together he watches only, for
 *    ten gaps, and forgets. A clock that cannot be learned is left alone.
 * 4. He has an address of his own for each coin and stance, and deep pockets. */
#include <string.h>

#include "base/check.h"
#include "paper/admin.h"

#include "base/banned.h"

enum { MERGE_MS = 4000, SEEN_MIN = 4, TRIES = 5, AGAIN_MS = 5000, REST_GAPS = 10, BACK_HOLDS = 10 };

#define HUNTER_USD (1000000000ll * USD)

static int64_t pick(const int64_t *v, uint32_t n, uint32_t quarter)
{
	int64_t s[HUNTER_SEEN];
	uint32_t i, j;

	for (i = 0; i < n; i++) {
		for (j = i; j > 0 && s[j - 1] > v[i]; j--)
			s[j] = s[j - 1];
		s[j] = v[i];
	}
	return s[(n - 1) * quarter / 4];
}

static void push(int64_t *v, uint32_t *n, int64_t x)
{
	if (*n == HUNTER_SEEN) {
		memmove(v, v + 1, (HUNTER_SEEN - 1) * sizeof *v);
		--*n;
	}
	v[(*n)++] = x;
}

/* True: a slice of the prey began in this block. */
static bool observe(struct paper *p, struct hunter *h, uint16_t coin)
{
	const struct acct *a = h->prey;
	int64_t sz = fills_taken(a->fills, h->seen, a->n_fills, coin) +
		     fills_taken(a->slices, h->seen_slices, a->n_slices, coin);

	h->seen = a->n_fills;
	h->seen_slices = a->n_slices;
	if (sz == 0)
		return false;
	if (h->last_ms > 0 && p->block - h->last_ms <= MERGE_MS) {
		h->sz[h->n_sz - 1] += sz < 0 ? -sz : sz;
		return false;
	}
	if (h->last_ms > 0)
		push(h->gap, &h->n_gap, p->block - h->last_ms);
	push(h->sz, &h->n_sz, sz < 0 ? -sz : sz);
	h->last_ms = p->block;
	h->buys = sz > 0;
	return true;
}

static int64_t stake(const struct paper *p, const struct hunter *h, uint16_t coin)
{
	int64_t sz = num_muldiv(pick(h->sz, h->n_sz, 2), h->share, USD);

	return num_cut(sz, 8, p->coin[coin].c.sz_decimals);
}

static void enter(struct paper *p, struct hunter *h, uint16_t coin)
{
	int64_t sz = stake(p, h, coin);
	const struct coin *c = &p->coin[coin];

	h->hunted_ms = h->last_ms;
	if (sz <= 0 || !c->has_book)
		return;
	h->own_fill = h->self->n_fills;
	if (h->meets ? !hand_join(p, h->self, coin, !h->buys, sz)
		     : !hand_market(p, h->self, coin, h->buys, sz))
		return;
	h->in = true;
	h->leave_ms = h->last_ms + pick(h->gap, h->n_gap, 3) + h->lead_ms;
}

static void settle(struct paper *p, struct hunter *h)
{
	int64_t sum = 0;
	uint32_t i;

	for (i = h->own_fill; i < h->self->n_fills; i++)
		sum += h->self->fills[i].pnl;
	h->in = false;
	h->pnl += sum;
	h->earned += sum;
	if (++h->tries < TRIES)
		return;
	if (h->pnl <= 0)
		h->rest_until_ms = p->block + REST_GAPS * pick(h->gap, h->n_gap, 2);
	h->pnl = 0;
	h->tries = 0;
}

static void leave(struct paper *p, struct hunter *h, uint16_t coin)
{
	int64_t szi = h->self->pos[coin].szi;

	while (h->self->first != NULL)
		order_close(p, h->self->first, ST_CANCELED);
	if (szi != 0 && h->meets && !h->giving) { /* what he got he does not throw back at once */
		h->giving = true;
		h->leave_ms = p->block + BACK_HOLDS * h->hold_ms;
		return;
	}
	if (szi != 0 && !hand_market(p, h->self, coin, szi < 0, szi < 0 ? -szi : szi))
		h->leave_ms = p->block + AGAIN_MS; /* no book: later */
	else if (h->self->pos[coin].szi != 0)
		h->leave_ms = p->block + AGAIN_MS;
	else {
		h->giving = false;
		settle(p, h);
	}
}

static void hunter_step(struct paper *p, struct hunter *h, uint16_t coin)
{
	bool slice = observe(p, h, coin);

	if (h->in && slice && !h->giving)
		h->leave_ms = p->block + h->hold_ms;
	if (h->in) {
		if (p->block >= h->leave_ms)
			leave(p, h, coin);
		return;
	}
	if (h->share == 0 || h->n_gap < SEEN_MIN || h->hunted_ms == h->last_ms ||
	    p->block < h->rest_until_ms)
		return;
	if (p->block >= h->last_ms + pick(h->gap, h->n_gap, 1) - h->lead_ms)
		enter(p, h, coin);
}

void hunter_block(struct paper *p)
{
	uint16_t i;

	for (i = 0; i < p->n_coins; i++)
		for (int k = 0; k < 2; k++)
			if (p->coin[i].hunter[k].prey != NULL)
				hunter_step(p, &p->coin[i].hunter[k], i);
}

bool admin_hunter(struct paper *p, const struct jv *root)
{
	struct acct *a = admin_user(p, root), *self;
	int32_t coin = admin_coin(p, root, "hunter"), lead = admin_int(root, "lead_ms", 1500);
	int32_t hold = admin_int(root, "hold_ms", 1500);
	bool meets = admin_yes(root, "meets", false);
	uint8_t addr[20] = {0xf0, 0x0d, meets};
	int64_t share = USD;
	struct hunter *h;

	if (a == NULL || coin < 0)
		return false;
	if (jv_get(root, "share") != NULL &&
	    (!admin_num(root, "share", &share) || share < 0 || share > 5 * USD))
		return admin_no(p, "hunter: share from 0 to 5");
	if (lead < 0 || hold < 0)
		return admin_no(p, "hunter: lead_ms and hold_ms are 0 or more");
	addr[19] = (uint8_t)coin;
	addr[18] = (uint8_t)(coin >> 8);
	self = acct_get(p, addr);
	if (self == NULL)
		return admin_no(p, "4,096 addresses are kept, and all are taken");
	if (self->raw < HUNTER_USD / 2)
		self->raw = HUNTER_USD;
	h = &p->coin[coin].hunter[meets];
	if (h->prey != a)
		*h = (struct hunter){.seen = a->n_fills, .seen_slices = a->n_slices};
	h->self = self;
	h->prey = a;
	h->meets = meets;
	h->share = share;
	h->lead_ms = lead;
	h->hold_ms = hold;
	return true;
}

int64_t paper_hunter_earned(const struct paper *p, const char *coin, bool meets)
{
	int32_t c = coin_by_name(p, coin);

	return c < 0 ? 0 : p->coin[c].hunter[meets].earned;
}
