/* flat_words.c: message 7 of operations.md: the end of a flatten in one sentence, and how far it is
 * until then. Amounts are what is left by the freshest position; counts are tries of the leg that
 * took most. */
#include "base/buf.h"
#include "base/check.h"
#include "exec/flat_in.h"

enum { NAMED_LEGS = 3 };

/* Whole USD with its commas. */
static void put_usd(struct buf *b, double usd)
{
	char raw[32];
	struct buf r;

	buf_init(&r, raw, sizeof raw);
	buf_printf(&r, "%.0f", usd);
	dec_group(b, raw);
}

static void put_time(struct buf *b, int64_t wall_ms)
{
	int64_t s = wall_ms / 1000 % 86400;
	buf_printf(b, "%02d:%02d:%02dZ", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}

bool flat_takes_all(const struct flat *f)
{
	return f->scope == FLAT_ALL && !f->part && !f->cmd.n_keep;
}

/* One of several: whose positions is said. */
static bool named_account(const struct flat_view *v)
{
	return v->who && *v->who;
}

static void words_flat(const struct flat *f, const struct flat_view *v, struct buf *b)
{
	bool all = flat_takes_all(f);
	uint32_t legs = 0;
	for (uint32_t i = 0; i < f->n; i++)
		legs += f->leg[i].state == FL_ZERO;
	buf_puts(b, all			   ? "FLAT "
		    : f->verb == VERB_TRIM ? "TRIMMED "
		    : f->part		   ? "REDUCED "
					   : "CLOSED ");
	put_time(b, v->wall_ms);
	if (all && named_account(v))
		buf_printf(
			b,
			" on Hyperliquid (%u dex%s, account %.23s), read twice, nothing can open.",
			v->dexes, v->dexes == 1 ? "" : "es", v->who);
	else if (all)
		buf_printf(
			b,
			" on Hyperliquid (%u dex%s, %u account%s), read twice, nothing can open.",
			v->dexes, v->dexes == 1 ? "" : "es", v->accounts,
			v->accounts == 1 ? "" : "s");
	else
		buf_printf(b, " %u leg%s%s%.23s as chosen, read twice.", legs, legs == 1 ? "" : "s",
			   named_account(v) ? " of " : "", named_account(v) ? v->who : "");
	for (uint8_t i = 0; i < f->cmd.n_keep; i++)
		buf_printf(b, "%s%.31s", i ? ", " : " Kept: ", f->cmd.keep[i]);
	if (f->cmd.n_keep)
		buf_putc(b, '.');
	if (v->left && *v->left)
		buf_printf(b, " Left: %.60s.", v->left);
	if (f->scope == FLAT_ALL && v->not_watched && *v->not_watched)
		buf_printf(b, " Not watched: %.72s.", v->not_watched);
	buf_puts(b, " Cost ");
	put_usd(b, money_to_double(flat_cost(f)));
	buf_puts(b, " USD.");
}

/* A few dollars with their cents: dust is judged by them. */
static void put_worth(struct buf *b, double usd)
{
	if (usd < 100)
		buf_printf(b, "%.2f", usd);
	else
		put_usd(b, usd);
}

static void put_nth(struct buf *b, uint32_t n)
{
	static const char *const ends[] = {"th", "st", "nd", "rd"};
	uint32_t k = n % 100 >= 11 && n % 100 <= 13 ? 0 : n % 10;
	buf_printf(b, "%u%s", n, ends[k < COUNT_OF(ends) ? k : 0]);
}

/* In scope and still held, though no leg of this run is: another closes it. */
static bool others_have(const struct flat *f, const struct flat_view *v)
{
	for (uint32_t i = 0; i < v->n && !f->part; i++)
		if (v->leg[i].taken && flat_in_scope(f, &v->leg[i]))
			return true;
	return false;
}

static void put_legs(const struct flat *f, const struct flat_view *v, struct buf *b)
{
	uint32_t named = 0, more = 0;
	char px[40];
	for (uint32_t i = 0; i < f->n; i++) {
		const struct flat_leg *l = &f->leg[i];
		const struct flat_leg_view *p = flat_leg_find(v, l);
		struct qty q = {flat_leg_left(l, flat_live(l, p))};
		if (q.v <= 0 || l->state == FL_KEPT)
			continue;
		if (named++ >= NAMED_LEGS) {
			more++;
			continue;
		}
		buf_puts(b, named > 1 ? ", " : " ");
		dec_group(b, qty_word(px, q));
		buf_printf(b, " %.12s (", l->coin);
		put_worth(b, qty_to_double(q) * (p ? price_to_double(p->mark) : 0));
		buf_puts(b, " USD)");
		if (p && p->no_key)
			buf_puts(b, " KEY LOCKED");
		else if (l->state == FL_CANNOT && l->said[0])
			buf_printf(b, " cannot close: venue said \"%.44s\"", l->said);
		else if (l->state == FL_CANNOT)
			buf_puts(b, " cannot trade");
		else if (l->beyond)
			buf_printf(b, " past %s it is worse", price_word(px, l->px));
	}
	if (more)
		buf_printf(b, " and %u more", more);
	if (v->openers && !f->part)
		buf_printf(b, "%s %u order%s that could open", named ? "," : "", v->openers,
			   v->openers == 1 ? "" : "s");
	if (v->lost && !f->part)
		buf_printf(b, "%s %u position%s that cannot be read",
			   named || v->openers ? "," : "", v->lost, v->lost == 1 ? "" : "s");
	if (!named && others_have(f, v))
		buf_puts(b, " what is left is another run's");
	else if (!named && ((!v->openers && !v->lost) || f->part))
		buf_puts(b, " all closed, two reads have to say so");
}

/* The oldest order nobody has answered; 0: none. */
static int64_t oldest_unknown(const struct flat *f, const struct flat_view *v)
{
	int64_t oldest = 0;
	for (uint32_t i = 0; i < f->n; i++)
		for (int k = 0; k < FLAT_TRIES; k++) {
			const struct flat_try *t = &f->leg[i].open[k];
			if (t->attempt && v->now_ns - t->sent_ns > oldest)
				oldest = v->now_ns - t->sent_ns;
		}
	return oldest;
}

static void words_end(const struct flat *f, const struct flat_view *v, uint32_t tries,
		      struct buf *b)
{
	if (f->ended)
		buf_puts(b, ". Ended by you; what is left stays open.");
	else if (f->asked && f->verb == VERB_TRIM)
		buf_printf(b, ". Stopped after %u tries: trim again, or flatten.", tries);
	else if (f->asked)
		buf_printf(b,
			   ". Stopped after %lld s and %u tries: flatten again, or call the venue.",
			   (long long)(flat_knobs(v)->give_up_ms / 1000), tries);
	else
		buf_printf(b, ". After %u tries.", tries);
}

static void words_care(const struct flat *f, const struct flat_view *v, struct buf *b)
{
	uint32_t n = care_slices(f, v);
	int64_t next = f->due_ns > v->now_ns ? (f->due_ns - v->now_ns) / FLAT_SEC : 0;
	if (f->paused)
		buf_puts(b, ". Paused: nothing is sold until resumed; flatten closes now.");
	else if (n > flat_knobs(v)->care_slices)
		buf_printf(
			b,
			". The book holds it back: on at the same pace, slice %u of about %u, next "
			"in %lld s.",
			f->slice, n, (long long)next);
	else
		buf_printf(b, ". With care: slice %u of %u, next in %lld s.", f->slice, n,
			   (long long)next);
}

static void words_not(const struct flat *f, const struct flat_view *v, struct buf *b)
{
	uint32_t tries = 0;
	bool waits = false;
	for (uint32_t i = 0; i < f->n; i++) {
		const struct flat_leg *l = &f->leg[i];
		if (l->tries > tries)
			tries = l->tries;
		waits = waits || flat_waiting(l) > 0;
	}
	buf_puts(b, f->verb == VERB_TRIM ? "NOT TRIMMED" : "NOT FLAT");
	if (named_account(v))
		buf_printf(b, " (%.23s)", v->who);
	buf_putc(b, ':');
	put_legs(f, v, b);
	if (f->unknown)
		buf_printf(b, ", %u order%s unknown %lld s", f->unknown, f->unknown == 1 ? "" : "s",
			   (long long)(oldest_unknown(f, v) / FLAT_SEC));
	if (waits && f->unknown)
		buf_puts(b, ", waits for proof");
	if (f->done || f->asked || f->ended) {
		words_end(f, v, tries, b);
	} else if (f->throttled) {
		buf_printf(b, ". No requests left: one action each 10 s, %.12s first.",
			   f->n ? f->leg[0].coin : "");
	} else if (f->verb == VERB_CARE) {
		words_care(f, v, b);
	} else if (f->paused) {
		buf_puts(b, ". Paused: nothing is sold until resumed.");
	} else {
		buf_puts(b, ". Still trying, ");
		put_nth(b, tries);
		buf_puts(b, " time.");
	}
}

void flat_words_to(const struct flat *f, const struct flat_view *v, bool flat, char *out,
		   size_t cap)
{
	struct buf b;
	buf_init(&b, out, cap);
	if (flat)
		words_flat(f, v, &b);
	else
		words_not(f, v, &b);
}

void flat_words(struct flat *f, const struct flat_view *v, bool flat)
{
	flat_words_to(f, v, flat, f->text, sizeof f->text);
}
