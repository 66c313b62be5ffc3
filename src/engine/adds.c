/* adds.c: collateral on its way to an isolated position.
 *
 *   sent -> the venue's word: in, or refused
 *        -> no word: the same bytes again (one nonce, so it goes in once at most)
 *        -> past its expiry: the position's own cash, read after that, says whether it came
 *
 * 1. It is never sent under a second nonce: doubt waits, money does not go twice.
 * 2. "Duplicate nonce" says that it was taken before, not that it went in: the read decides. */
#include <string.h>

#include "engine/inner.h"

enum { RESENDS = 3, MARGIN_MS = 2000 };

static struct add_slot *find(struct engine *e, uint64_t nonce)
{
	for (int i = 0; i < ADDS_MAX; i++)
		if (e->add[i].used && e->add[i].nonce == nonce)
			return &e->add[i];
	return NULL;
}

bool adds_room(const struct engine *e)
{
	for (int i = 0; i < ADDS_MAX; i++)
		if (!e->add[i].used)
			return true;
	return false;
}

void adds_begin(struct engine *e, uint8_t account, uint16_t instr, struct money usd, uint64_t nonce,
		int64_t expires_ms)
{
	const struct held *h = held_get(e, account, instr);

	for (int i = 0; i < ADDS_MAX; i++) {
		if (e->add[i].used)
			continue;
		e->add[i] = (struct add_slot){.used = true,
					      .account = account,
					      .instr = instr,
					      .usd = usd,
					      .nonce = nonce,
					      .sent_ns = e->now_ns,
					      .next_ns = INT64_MAX,
					      .expires_ms = expires_ms};
		if (h) {
			e->add[i].raw = h->pos.read.raw_usd;
			e->add[i].szi = h->pos.read.szi;
		}
		return;
	}
}

static void said(struct engine *e, struct add_slot *s, int level, const char *what)
{
	char text[256], usd[40];
	struct buf b;

	buf_init(&b, usd, sizeof usd);
	money_put(&b, s->usd);
	buf_init(&b, text, sizeof text);
	buf_printf(&b, "ADD %s USD to isolated %s: %s", usd, coin_of(e, s->instr), what);
	if (level >= 2)
		alarm_raise(e, level, NC_ADD, s->account, s->instr, 0, text, text);
	else
		notice(e, level, NC_ADD, 0, "%s", text);
}

static void done(struct engine *e, struct add_slot *s)
{
	alarm_clear(e, NC_ADD, s->account, s->instr, 0);
	recon_want_read(e, s->account);
	s->used = false;
}

void adds_answer(struct engine *e, struct flight *f, const struct ev_answer *a, bool duplicate)
{
	struct add_slot *s = find(e, f->nonce);
	char why[200];
	struct buf b;

	if (!s) {
		flight_drop(e, f);
		return;
	}
	if (a->kind == ANSWER_OK) {
		done(e, s);
		said(e, s, 1, "in.");
		flight_drop(e, f);
		return;
	}
	if ((a->kind == ANSWER_ERR && !duplicate && !s->lost) || a->kind == ANSWER_NOT_SENT) {
		done(e, s);
		buf_init(&b, why, sizeof why);
		buf_printf(&b, "%s. Nothing moved: %s",
			   a->kind == ANSWER_ERR ? "refused by the venue" : "not sent", a->text);
		said(e, s, 2, why);
		flight_drop(e, f);
		return;
	}
	s->lost = true; /* silence, or a nonce that was taken: facts decide */
	f->lost = true;
	f->due_ns = INT64_MAX;
	s->next_ns = e->now_ns;
	e->tick_ns = 0;
	said(e, s, 2, "no answer. It may be in; it cannot go in twice. Being looked up.");
}

/* The position's cash against what it was: true when that decides. */
static bool decided(struct engine *e, struct add_slot *s)
{
	const struct held *h = held_get(e, s->account, s->instr);
	const struct dex_state *d = &e->acct[s->account].dex[e->instrs.at[s->instr].dex];
	int64_t got;

	if (!h || d->venue_ms < s->expires_ms + MARGIN_MS)
		return h && h->pos.read.szi.v == s->szi.v &&
		       h->pos.read.raw_usd.v - s->raw.v >= s->usd.v - s->usd.v / 100;
	if (h->pos.read.szi.v != s->szi.v) {
		done(e, s);
		said(e, s, 2,
		     "nobody can say whether it is in: the position traded meanwhile. Look at its "
		     "margin.");
		return false;
	}
	got = h->pos.read.raw_usd.v - s->raw.v;
	if (got >= s->usd.v - s->usd.v / 100)
		return true;
	done(e, s);
	said(e, s, 2, "it did not go in, and no longer can. Ask again.");
	return false;
}

void adds_tick(struct engine *e)
{
	for (int i = 0; i < ADDS_MAX; i++) {
		struct add_slot *s = &e->add[i];
		struct flight *f;

		if (!s->used || !s->lost)
			continue;
		f = flight_find(e, s->nonce, false);
		if (decided(e, s)) {
			done(e, s);
			said(e, s, 1, "in, as the position shows.");
		}
		if (!s->used) {
			if (f)
				flight_drop(e, f);
			continue;
		}
		if (e->now_ns >= s->next_ns) {
			s->next_ns = e->now_ns + S;
			recon_want_read(e, s->account);
			if (f && s->resends < RESENDS && vtime(e) < s->expires_ms) {
				s->resends++;
				submit_resend(e, f, LANE_PROTECTIVE);
				f->due_ns = INT64_MAX;
			}
		}
		wake_at(e, s->next_ns);
	}
}
