/* twap.c: the venue's own TWAP.
 *
 * 1. n+1 suborders from t = 0 to the end, at least 30 s apart and about $10 each at least:
 *    $10,000 over 1 h are 121 of $83; over 4 days 1,000 of $10.
 * 2. A suborder is an IOC within 3 % of the mid for what the schedule asks by now, at most three
 *    times the normal size; what is under $10 waits for the next one.
 * 3. No fills in a post-only period; what was due is caught up with.
 * 4. Fills have the zero hash and are counted as slice fills only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "paper/state.h"

#include "base/banned.h"

enum {
	TWAP_MIN_MINUTES = 5,
	TWAP_MAX_MINUTES = 10080,
	CATCH_UP = 3,
	SPREAD_PERCENT = 20,
	TWAPS_KEPT = 500
};

static int64_t abs64(int64_t v)
{
	return v < 0 ? -v : v;
}

uint32_t twap_slots(int64_t minutes, int64_t ntl)
{
	int64_t by_time = minutes * 2 + 1, by_value = ntl / (10 * USD);
	int64_t n = by_time < by_value ? by_time : by_value;

	return n < 2 ? 2 : (uint32_t)n;
}

void put_twap_state(struct str *s, const struct twap *t)
{
	str_printf(s, "\"user\":\"%s\",\"side\":\"%s\",\"sz\":", t->a->hex, t->buy ? "B" : "A");
	str_qnum(s, t->sz, 8);
	str_puts(s, ",\"executedSz\":");
	str_qnum(s, t->done, 8);
	str_puts(s, ",\"executedNtl\":");
	str_qnum(s, t->done_ntl, 8);
	str_printf(s, ",\"minutes\":%lld,\"reduceOnly\":%s,\"randomize\":%s,\"timestamp\":%lld",
		   (long long)t->minutes, t->ro ? "true" : "false", t->randomize ? "true" : "false",
		   (long long)t->start_ms);
	if (t->has_trigger) {
		str_puts(s, ",\"trigger\":{\"px\":");
		str_qnum(s, t->trigger_px, 10);
		str_printf(s, ",\"above\":%s}", t->above ? "true" : "false");
	} else {
		str_puts(s, ",\"trigger\":null");
	}
	str_puts(s, ",\"stopPx\":");
	if (t->stop_px > 0)
		str_qnum(s, t->stop_px, 10);
	else
		str_puts(s, "null");
}

/* One line of the history: time is in seconds. The coin's name needs the paper. */
static void put_row(struct paper *p, const struct twap *t, struct str *s)
{
	str_printf(s, "{\"time\":%lld,\"state\":{\"coin\":\"%s\",",
		   (long long)t->end_status_ms / 1000, p->coin[t->coin].c.name);
	put_twap_state(s, t);
	str_printf(s, "},\"status\":{\"status\":\"%s\"", t->status);
	if (t->why[0]) {
		str_puts(s, ",\"description\":");
		str_json(s, t->why);
	}
	str_printf(s, "},\"twapId\":%llu}", (unsigned long long)t->id);
}

void put_twap_history(struct paper *p, struct acct *a, struct str *s)
{
	const struct twap *t;
	bool any = false;

	for (t = p->twaps; t != NULL; t = t->link) {
		if (t->a != a)
			continue;
		if (any)
			str_putc(s, ',');
		any = true;
		put_row(p, t, s);
	}
}

void put_twap_states(struct paper *p, struct acct *a, int dex, struct str *s)
{
	const struct twap *t;
	bool any = false;

	for (t = p->twaps; t != NULL; t = t->link) {
		if (t->a != a || t->ended || p->coin[t->coin].dex != dex)
			continue;
		if (any)
			str_putc(s, ',');
		any = true;
		str_printf(s, "[%llu,{\"coin\":\"%s\",", (unsigned long long)t->id,
			   p->coin[t->coin].c.name);
		put_twap_state(s, t);
		str_puts(s, "}]");
	}
}

static void twap_status(struct paper *p, struct twap *t, const char *status, const char *why)
{
	struct acct *a = t->a;

	t->status = status;
	t->end_status_ms = p->block;
	snprintf(t->why, sizeof t->why, "%s", why);
	t->ended = strcmp(status, "activated") != 0 && strcmp(status, "waitingForTrigger") != 0;
	a->touched = true;
	if (a->ev_twaps.len > 0)
		str_putc(&a->ev_twaps, ',');
	put_row(p, t, &a->ev_twaps);
}

static enum text twap_check(struct paper *p, struct acct *a, const struct action *act, char arg[24])
{
	const struct coin *c;
	int64_t szi;

	if (act->asset >= p->n_coins)
		return TX_BAD_ASSET;
	c = &p->coin[act->asset];
	snprintf(arg, 24, "%lld", (long long)act->num);
	if (act->num < TWAP_MIN_MINUTES || act->num > TWAP_MAX_MINUTES)
		return TX_TWAP_DURATION;
	if (act->s == 0)
		return TX_ZERO_SIZE;
	if (act->s % num_pow10(8 - c->c.sz_decimals) != 0)
		return TX_BAD_SIZE;
	if (pm_ntl(c->mark, act->s) < 100 * USD)
		return TX_TWAP_SMALL;
	szi = a->pos[act->asset].szi;
	if (act->yes2 && (szi == 0 || (szi > 0) == act->yes))
		return TX_TWAP_REDUCE;
	return TX_NONE;
}

void exec_twap(struct paper *p, struct acct *a, const struct action *act, struct str *s)
{
	char arg[24] = "";
	enum text why = twap_check(p, a, act, arg);
	struct str t_err = {0};
	struct twap *t;

	str_puts(s,
		 "{\"status\":\"ok\",\"response\":{\"type\":\"twapOrder\",\"data\":{\"status\":{");
	if (why != TX_NONE) {
		text_put(&t_err, why, arg, "", "");
		str_puts(s, "\"error\":");
		str_json(s, str_text(&t_err));
		str_free(&t_err);
	} else {
		t = calloc(1, sizeof *t);
		ASSERT(t != NULL);
		*t = (struct twap){.id = p->next_twap++,
				   .a = a,
				   .coin = (uint16_t)act->asset,
				   .buy = act->yes,
				   .ro = act->yes2,
				   .randomize = act->flag,
				   .minutes = act->num,
				   .sz = act->s,
				   .has_trigger = act->has_trigger,
				   .above = act->has_name,
				   .trigger_px = act->p * 100,
				   .stop_px = act->stop * 100,
				   .armed = !act->has_trigger,
				   .start_ms = p->block,
				   .link = p->twaps};
		t->slots = twap_slots(t->minutes, pm_ntl(p->coin[t->coin].mark, t->sz));
		t->next_ms = p->block;
		p->twaps = t;
		twap_status(p, t, t->armed ? "activated" : "waitingForTrigger", "");
		str_printf(s, "\"running\":{\"twapId\":%llu}", (unsigned long long)t->id);
	}
	str_puts(s, "}}}}");
}

void exec_twap_cancel(struct paper *p, struct acct *a, const struct action *act, struct str *s)
{
	struct twap *t;

	for (t = p->twaps; t != NULL; t = t->link)
		if (t->a == a && t->id == (uint64_t)act->num && t->coin == act->asset && !t->ended)
			break;
	str_puts(s,
		 "{\"status\":\"ok\",\"response\":{\"type\":\"twapCancel\",\"data\":{\"status\":");
	if (t == NULL) {
		str_puts(s, "{\"error\":");
		str_json(s, text_of(TX_TWAP_GONE));
		str_putc(s, '}');
	} else {
		twap_status(p, t, "terminated", "");
		str_puts(s, "\"success\"");
	}
	str_puts(s, "}}}");
}

void twap_fill(struct paper *p, uint64_t id, int64_t px, int64_t sz)
{
	struct twap *t;

	for (t = p->twaps; t != NULL && t->id != id; t = t->link)
		;
	if (t == NULL)
		return;
	t->done += sz;
	t->done_ntl += pm_ntl(px, sz);
}

/* What the schedule asks of this suborder; 0: nothing now. */
static int64_t slice_size(struct paper *p, struct twap *t)
{
	const struct coin *c = &p->coin[t->coin];
	int64_t normal = t->sz / t->slots, due = num_muldiv(t->sz, t->next + 1, t->slots);
	int64_t sz = due - t->done, left = t->sz - t->done, room;

	if (t->next + 1 == t->slots)
		sz = left;
	else if (t->randomize)
		sz = num_muldiv(sz, 100 + prng_range(&p->rng, -SPREAD_PERCENT, SPREAD_PERCENT),
				100);
	if (sz > CATCH_UP * normal)
		sz = CATCH_UP * normal;
	sz = num_cut(sz < left ? sz : left, 8, c->c.sz_decimals);
	if (t->ro) {
		room = abs64(t->a->pos[t->coin].szi);
		sz = sz < room ? sz : room;
	}
	if (pm_ntl(c->mid, sz) < 10 * USD && !(t->ro && sz == abs64(t->a->pos[t->coin].szi)))
		return 0;
	return sz;
}

static void slice(struct paper *p, struct twap *t)
{
	const struct coin *c = &p->coin[t->coin];
	int64_t sz = slice_size(p, t), px;
	struct order *o;

	if (sz <= 0 || c->mid == 0)
		return;
	px = c->mid + (t->buy ? 1 : -1) * (c->mid / 100 * 3);
	px = price_round(c, px, !t->buy);
	if (!t->ro && !pm_allows(p, t->a, t->coin, t->buy, px, sz, px)) {
		twap_status(p, t, "error", "Insufficient margin to place order.");
		return;
	}
	o = order_new(p, t->a, t->coin);
	o->kind = OK_TWAP;
	o->tif = TIF_IOC;
	o->buy = t->buy;
	o->ro = t->ro;
	o->px = px;
	o->sz = o->orig = sz;
	o->twap_id = t->id;
	match_take(p, o, px);
	order_close(p, o, o->done > 0 ? ST_FILLED : ST_IOC_REJECTED);
	reduce_only_sweep(p, t->a, t->coin);
}

static void twap_step(struct paper *p, struct twap *t)
{
	const struct coin *c = &p->coin[t->coin];
	int64_t szi = t->a->pos[t->coin].szi;

	if (!t->armed) {
		if (t->above ? c->mark < t->trigger_px : c->mark > t->trigger_px)
			return;
		t->armed = true;
		t->start_ms = t->next_ms = p->block;
		twap_status(p, t, "activated", "");
	}
	if (t->stop_px > 0 && (t->buy ? c->mark >= t->stop_px : c->mark <= t->stop_px)) {
		twap_status(p, t, "stopped", "");
		return;
	}
	if (p->block < t->next_ms)
		return;
	if (t->ro && (szi == 0 || (szi > 0) == t->buy)) {
		twap_status(p, t, "error", text_of(TX_TWAP_REDUCE));
		return;
	}
	if (!post_only(p))
		slice(p, t);
	t->next++;
	t->next_ms = t->start_ms + t->minutes * 60000 * t->next / (t->slots - 1);
	if (!t->ended && (t->next == t->slots || t->done >= t->sz))
		twap_status(p, t, "finished", "");
}

void twap_block(struct paper *p)
{
	struct twap *t, *last = NULL;
	uint32_t n = 0;

	for (t = p->twaps; t != NULL; t = t->link) {
		if (!t->ended)
			twap_step(p, t);
		if (n++ >= TWAPS_KEPT && t->ended) { /* the oldest are at the end */
			last->link = t->link;
			free(t);
			t = last;
			continue;
		}
		last = t;
	}
}
