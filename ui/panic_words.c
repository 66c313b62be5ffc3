/* panic_words.c: see panic.h. Words for the emergency sheet; the numbers are those of plan/sheet.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "ui/canvas.h"
#include "ui/panic.h"
#include "base/banned.h"

/* A size as one says it: three digits, "186", "5.1", "0.25", "3,000". */
static struct num said(double q)
{
	double a = fabs(q);

	return fmt_double(q, a >= 99.95 ? 0 : a >= 9.995 ? 1 : a >= 0.995 ? 2 : 3, SIGN_MINUS);
}

static const struct sheet_leg_in *in_of(struct panic_shown p, const struct sheet_leg *g)
{
	return &p.in->leg[g->leg];
}

static struct num price_of(struct panic_shown p, const struct sheet_leg *g, struct price px)
{
	return fmt_price(px, in_of(p, g)->px_decimals);
}

void panic_scope_words(const struct ui *u, char *out, size_t cap, bool brief)
{
	const struct flatten *f = &u->sheet.flat;
	const struct snap_account *a = ui_account(u);
	const char *who = f->scope == FLAT_LONGS    ? ", longs only"
			  : f->scope == FLAT_SHORTS ? ", shorts only"
						    : "";

	if (f->scope == FLAT_COINS)
		snprintf(out, cap, "only %s%s", f->n_coins ? f->coin[0] : "–",
			 f->n_coins > 1 ? " and others" : "");
	else if (f->account == 0xff)
		snprintf(out, cap, T_CAUT "ALL ACCOUNTS%s" T_DIM, who);
	else if (brief)
		snprintf(out, cap, "this account%s", who);
	else
		snprintf(out, cap, "account on screen: %s %s%s", u->snap->venue, a ? a->name : "–",
			 who);
}

void panic_pool_name(const struct ui *u, const struct sheet_in *in, uint32_t pool, char *out,
		     size_t cap)
{
	const struct sheet_pool_in *p = &in->pool[pool];

	if (u->snap->n_accounts > 1 && p->account < u->snap->n_accounts)
		snprintf(out, cap, "%s %s", u->snap->account[p->account].name, p->name);
	else
		snprintf(out, cap, "%s", p->name);
}

/* "ETH 60, BTC 35, HYPE 25 %", as many as fit; the rest counted. */
static void part_list(const struct ui *u, struct panic_shown p, char *out, size_t cap, int w)
{
	uint16_t at[SHEET_LEGS];
	uint32_t n = panic_rows(u, p, at);
	char try[160] = "";

	snprintf(out, cap, "%u legs", n);
	for (uint32_t i = 0; i < n; i++) {
		const struct sheet_leg *g = &p.line->leg[at[i]];
		size_t k = strlen(try);
		char more[24] = "";
		if (k + 40 >= sizeof try)
			return;
		if (g->part >= 0.9995)
			snprintf(try + k, sizeof try - k, "%s%.12s all", k ? ", " : "",
				 in_of(p, g)->coin);
		else
			snprintf(try + k, sizeof try - k, "%s%.12s %s", k ? ", " : "",
				 in_of(p, g)->coin, fmt_double(g->part * 100, 0, 0).s);
		if (i + 1 < n)
			snprintf(more, sizeof more, ", %u more", n - i - 1);
		bool pct = g->part < 0.9995;
		if (cv_width(try) + cv_width(more) + (pct ? 2 : 0) > w)
			return;
		snprintf(out, cap, "%s%s%s", try, pct ? " %" : "", more);
	}
}

static void guard_size(struct panic_shown p, char *out, size_t cap)
{
	unsigned place = 0, repair = 0, stands = 0;

	for (uint32_t i = 0; i < p.line->n; i++) {
		place += p.line->leg[i].guard == SG_PLACE;
		repair += p.line->leg[i].guard == SG_REPAIR;
		stands += p.line->leg[i].guard == SG_IN_PLACE;
	}
	if (place && repair)
		snprintf(out, cap, "%u stop%s, %u to repair", place, place == 1 ? "" : "s", repair);
	else if (place)
		snprintf(out, cap, "%u stop%s%s", place, place == 1 ? "" : "s",
			 stands ? ", others stand" : "");
	else if (repair)
		snprintf(out, cap, "%u stop%s to repair", repair, repair == 1 ? "" : "s");
	else if (stands)
		snprintf(out, cap, "every stop stands: %u at the venue", stands);
	else
		snprintf(out, cap, "nothing to guard");
}

static void legs_size(const struct ui *u, struct panic_shown p, int verb, char *out, size_t cap,
		      int w)
{
	const struct sheet_line *l = p.line;
	const struct sheet_leg_in *g = l->n ? in_of(p, &l->leg[0]) : NULL;
	const char *about = l->about ? "~" : "";
	double part = ratio_to_double(p.in->part);
	uint32_t slices = 0;
	char all[24] = "all";

	(void)u;
	if (part > 0 && part < 1)
		snprintf(all, sizeof all, "%.8s %% of", fmt_double(part * 100, 0, 0).s);
	for (uint32_t i = 0; i < l->n; i++)
		slices = l->leg[i].slices > slices ? l->leg[i].slices : slices;
	if (!g)
		snprintf(out, cap, "nothing is open here");
	else if (verb == SHEET_CARE && l->n == 1)
		snprintf(out, cap, "%.12s %s, %s%u slices", g->coin,
			 fmt_size(l->leg[0].size, g->sz_decimals).s, about, slices);
	else if (verb == SHEET_CARE)
		snprintf(out, cap, "%s %u legs, %s%u slices", all, l->n, about, slices);
	else if (l->n == 1)
		snprintf(out, cap, "%.12s %s", g->coin, fmt_size(l->leg[0].size, g->sz_decimals).s);
	else
		snprintf(out, cap, "%s %u legs, %.12s first", all, l->n, g->coin);
	if (cv_width(out) > w)
		snprintf(out, cap, "%u legs", l->n);
}

void panic_size_words(const struct ui *u, int verb, char *out, size_t cap, int w)
{
	struct panic_shown p = panic_shown(u, verb);

	switch (verb) {
	case SHEET_GUARD:
		guard_size(p, out, cap);
		return;
	case SHEET_TRIM:
		if (p.line->n)
			part_list(u, p, out, cap, w);
		else
			snprintf(out, cap, "nothing to cut");
		return;
	case SHEET_ADD:
		snprintf(out, cap, "%s USDC", fmt_usd(p.line->add, 12, 0).s);
		return;
	default:
		legs_size(u, p, verb, out, cap, w);
	}
}

struct num panic_dies(const struct sheet_line *l)
{
	struct num n;

	if (l->has_dies)
		snprintf(n.s, sizeof n.s, "%.20s %%", fmt_pct(l->dies_pct, SIGN_PLUS).s);
	else
		snprintf(n.s, sizeof n.s, "%s", l->flat ? "flat" : "none");
	return n;
}

struct num panic_dies_now(const struct ui *u)
{
	const struct sheet *s = &u->sheet.plan;
	struct num n = {"–"};

	if (s->has_dies)
		snprintf(n.s, sizeof n.s, "%.20s %%", fmt_pct(s->dies_pct, SIGN_PLUS).s);
	return n;
}

struct num panic_takes(const struct sheet_line *l, int verb)
{
	const char *about = l->about ? "~" : "";
	struct num n;

	if (verb == SHEET_GUARD)
		snprintf(n.s, sizeof n.s, "if it fires");
	else if (verb == SHEET_NOW)
		snprintf(n.s, sizeof n.s, "1-3 s");
	else if (l->takes_s < 1)
		snprintf(n.s, sizeof n.s, "at once");
	else if (l->takes_s < 60)
		snprintf(n.s, sizeof n.s, "%s%.20s s", about, fmt_double(ceil(l->takes_s), 0, 0).s);
	else if (l->takes_s < 7200)
		snprintf(n.s, sizeof n.s, "%s%.20s min", about,
			 fmt_double(ceil(l->takes_s / 60), 0, 0).s);
	else
		snprintf(n.s, sizeof n.s, "%s%.20s h", about,
			 fmt_double(ceil(l->takes_s / 3600), 0, 0).s);
	return n;
}

struct num panic_worst(struct panic_shown p, int verb)
{
	const struct sheet_line *l = p.line;
	struct num n = {"–"};

	if (verb == SHEET_ADD || !l->n)
		return n;
	if (l->n == 1)
		return price_of(p, &l->leg[0],
				verb == SHEET_GUARD ? l->leg[0].rung[0] : l->leg[0].worst);
	snprintf(n.s, sizeof n.s, "%s",
		 verb == SHEET_GUARD  ? "10 % past"
		 : verb == SHEET_TRIM ? "break-even"
				      : "equity 0");
	return n;
}

const char *panic_why(const char *why)
{
	static const char lead[] = "not offered ";

	if (!why[0])
		return "nothing to do";
	return strncmp(why, lead, sizeof lead - 1) ? why : why + sizeof lead - 1;
}

void panic_worse(struct panic_shown p, char *out, size_t cap)
{
	const struct sheet_line *l = p.line;

	out[0] = 0;
	if (l->worse_leg >= l->n)
		return;
	const struct sheet_leg *g = &l->leg[l->worse_leg];
	double most = 0;
	for (uint32_t i = 0; g->never_helps && l->n > 1 && i < l->n;
	     i++) { /* the largest that can */
		const struct sheet_leg *k = &l->leg[i];
		double usd = qty_to_double(k->size) * price_to_double(in_of(p, k)->mark);
		if (!k->never_helps && k->worse_past.v > 0 && usd > most) {
			most = usd;
			g = k;
		}
	}
	if (g->never_helps)
		snprintf(out, cap, "%s %s never helps the pool alone.",
			 g->buy ? "Buying" : "Selling", in_of(p, g)->coin);
	else if (g->worse_past.v > 0)
		snprintf(out, cap, "%s %s %s makes it worse.",
			 g->buy ? "Buying above" : "Selling below", in_of(p, g)->coin,
			 price_of(p, g, g->worse_past).s);
}

/* ---- the sentence ---- */

/* Pieces of it, each in the fullest form and in a short one. */
struct pieces {
	char what[2][150], least[24], worst[2][90], cost[60], then[60], now[40], worse[110],
		tail[100];
};

static void cut_words(const struct ui *u, struct panic_shown p, struct pieces *k)
{
	uint16_t at[SHEET_LEGS];
	uint32_t n = panic_rows(u, p, at);
	size_t len = 0, wlen = 0;

	part_list(u, p, k->what[1], sizeof k->what[1], 60);
	for (uint32_t i = 0; i < n && len + 50 < sizeof k->what[0]; i++) {
		const struct sheet_leg *g = &p.line->leg[at[i]];
		const struct sheet_leg_in *x = in_of(p, g);
		if (i == 4 && n > 5) {
			snprintf(k->what[0] + len, sizeof k->what[0] - len, ", %u more", n - i);
			break;
		}
		len += (size_t)snprintf(k->what[0] + len, sizeof k->what[0] - len,
					"%s%s%s of %s %.12s", i ? ", " : "",
					!i || g->buy != p.line->leg[at[i - 1]].buy
						? (g->buy ? "buy " : "sell ")
						: "",
					said(qty_to_double(g->size)).s,
					said(fabs(qty_to_double(x->szi))).s, x->coin);
		if (i < 2 && g->worst.v > 0)
			wlen += (size_t)snprintf(k->worst[0] + wlen, sizeof k->worst[0] - wlen,
						 n == 1 ? "%s%.0s%s" : "%s%.12s %s",
						 i ? ", " : ", worst ", x->coin,
						 price_of(p, g, g->worst).s);
	}
}

static void guard_words(const struct ui *u, struct panic_shown p, struct pieces *k)
{
	uint16_t at[SHEET_LEGS];
	uint32_t n = panic_rows(u, p, at), m = 0;
	size_t len = 0;
	char size[64];

	guard_size(p, size, sizeof size);
	snprintf(k->what[1], sizeof k->what[1], "place %s", size);
	for (uint32_t i = 0; i < n && m < 5; i++) {
		const struct sheet_leg *g = &p.line->leg[at[i]];
		if (g->guard != SG_PLACE && g->guard != SG_REPAIR)
			continue;
		len += (size_t)snprintf(k->what[0] + len, sizeof k->what[0] - len, "%s%.12s %s",
					m ? ", " : "stops at ", in_of(p, g)->coin,
					price_of(p, g, g->trigger).s);
		m++;
	}
	snprintf(k->tail, sizeof k->tail, "Each for its whole position, reduce-only.");
}

static void legs_words(const struct ui *u, struct panic_shown p, int verb, struct pieces *k)
{
	const struct sheet_line *l = p.line;
	char size[64];

	legs_size(u, p, verb, size, sizeof size, 60);
	snprintf(k->what[0], sizeof k->what[0], "close %s",
		 strncmp(size, "all ", 4) ? size : size + 4);
	snprintf(k->what[1], sizeof k->what[1], "close %u leg%s", l->n, l->n == 1 ? "" : "s");
	if (l->n == 1)
		snprintf(k->worst[0], sizeof k->worst[0], ", worst %s",
			 price_of(p, &l->leg[0], l->leg[0].worst).s);
	else
		snprintf(k->worst[0], sizeof k->worst[0], ", worst: equity zero");
	if (verb == SHEET_CARE)
		snprintf(k->tail, sizeof k->tail, "Over %s; doubt waits for proof.",
			 panic_takes(l, SHEET_CARE).s);
}

static void add_words(struct panic_shown p, struct pieces *k)
{
	const struct sheet_line *l = p.line;
	size_t len = 0;
	int here = 0, yours = 0;

	for (uint32_t i = 0; i < p.in->n_pools; i++) {
		if (!(l->pool[i].add > 0))
			continue;
		here += l->pool[i].add_here;
		yours += !l->pool[i].add_here;
		if (len + 40 < sizeof k->what[0])
			len += (size_t)snprintf(k->what[0] + len, sizeof k->what[0] - len,
						"%s%s USDC to %.12s", len ? ", " : "",
						fmt_usd(l->pool[i].add, 12, 0).s,
						p.in->pool[i].name);
	}
	snprintf(k->what[1], sizeof k->what[1], "%s USDC", fmt_usd(l->add, 12, 0).s);
	snprintf(k->tail, sizeof k->tail, "%s",
		 here && yours ? "Y pays in the isolated ones; the cross pool is your transfer."
		 : here	       ? "It can be taken out again once it is not needed."
			       : "You send it: no transfer leaves from here.");
}

static void gather(const struct ui *u, int verb, struct pieces *k)
{
	struct panic_shown p = panic_shown(u, verb);
	const struct sheet_line *l = p.line;
	bool sells = verb == SHEET_TRIM || verb == SHEET_CARE || verb == SHEET_NOW;

	memset(k, 0, sizeof *k);
	snprintf(k->least, sizeof k->least, "%u leg%s", l->n, l->n == 1 ? "" : "s");
	if (verb == SHEET_TRIM && l->joins)
		snprintf(k->tail, sizeof k->tail,
			 "It goes into p%u, which runs: of each leg the larger cut stands.",
			 l->joins);
	if (verb == SHEET_TRIM)
		cut_words(u, p, k);
	else if (verb == SHEET_GUARD)
		guard_words(u, p, k);
	else if (verb == SHEET_ADD)
		add_words(p, k);
	else
		legs_words(u, p, verb, k);
	if (sells)
		snprintf(k->cost, sizeof k->cost, ", cost ~%s", fmt_km(l->cost, 0).s);
	if (sells || verb == SHEET_ADD) {
		struct num d = panic_dies(l);
		bool flat = !strcmp(d.s, "flat"), none = !strcmp(d.s, "none");
		snprintf(k->then, sizeof k->then, " → %s%s",
			 flat	? ""
			 : none ? "no move kills it"
				: "dies at ",
			 none ? "" : d.s);
		snprintf(k->now, sizeof k->now, " (now %s)", panic_dies_now(u).s);
	}
	if (sells)
		panic_worse(p, k->worse, sizeof k->worse);
}

/* One sentence after what stands in out[at]: on the same line if it fits, else on the next, broken
 * at words if it must. False: no room. */
static bool put_sentence(char out[][PANIC_SENTENCE], int n, int w, int *at, const char *text,
			 bool nice)
{
	char line[2 * PANIC_SENTENCE];

	if (!text[0])
		return true;
	snprintf(line, sizeof line, "%s%s%s", out[*at], out[*at][0] ? " " : "", text);
	if (cv_width(line) <= w && strlen(line) < PANIC_SENTENCE) {
		memcpy(out[*at], line, strlen(line) + 1);
		return true;
	}
	if (out[*at][0])
		++*at;
	while (*at < n) {
		size_t cut = 0, good = 0, len = strlen(text);
		for (size_t i = 0; i <= len && i < PANIC_SENTENCE; i++) {
			if (i < len && (text[i] != ' ' || text[i + 1] == '%' ||
					(i > 4 && !strncmp(text + i - 4, "(now", 4))))
				continue;
			memcpy(line, text, i);
			line[i] = 0;
			if (cv_width(line) > w)
				break;
			cut = i;
			if (i == len || strchr(",.;:", text[i - 1]))
				good = i;
		}
		if (nice && good) /* after a mark rather than between a coin and its price */
			cut = good;
		if (!cut)
			return false;
		memcpy(out[*at], text, cut);
		out[*at][cut] = 0;
		text += cut + (text[cut] == ' ');
		if (!*text)
			return true;
		++*at;
	}
	return false;
}

/* The whole of it in one form; forms say less and less, but what makes it worse stays. */
static bool lay(const struct pieces *k, const char *name, bool sendable, int form,
		char out[][PANIC_SENTENCE], int n, int w, bool nice)
{
	char head[2 * PANIC_SENTENCE];
	int at = 0;

	for (int i = 0; i < n; i++)
		out[i][0] = 0;
	snprintf(head, sizeof head, "%s%s%s%s%s%s.", form < 7 ? name : "",
		 form == 8 ? k->least : k->what[form >= 4],
		 form < 2 || form == 4 ? k->worst[0] : "", k->cost, k->then,
		 form < 6 ? k->now : "");
	if (strlen(head) >= PANIC_SENTENCE)
		return false;
	return put_sentence(out, n, w, &at, head, nice) &&
	       put_sentence(out, n, w, &at, k->worse, nice) &&
	       (form % 2 || form == 8 || put_sentence(out, n, w, &at, k->tail, nice)) &&
	       (!sendable || form > 5 || put_sentence(out, n, w, &at, "Y send", nice));
}

void panic_sentence(const struct ui *u, int verb, char out[][PANIC_SENTENCE], int n, int w)
{
	struct pieces k;
	char name[16];

	for (int i = 0; i < n; i++)
		out[i][0] = 0;
	if (!panic_shown(u, verb).line->offered)
		return;
	gather(u, verb, &k);
	snprintf(name, sizeof name, "%d %s  ", verb + 1, sheet_verb_name[verb]);
	bool sendable = verb != SHEET_ADD || !strstr(k.tail, "You send");
	for (int form = 0; form < 9; form++)
		if (lay(&k, name, sendable, form, out, n, w, true) ||
		    lay(&k, name, sendable, form, out, n, w, false))
			return;
}

void panic_sends(const struct ui *u, int verb, char *out, size_t cap, bool wide)
{
	struct panic_shown p = panic_shown(u, verb);
	const struct sheet_line *l = p.line;
	bool dry = u->sheet.flat.dry_run;
	char into[24] = "";
	unsigned n = 0;

	if (verb == SHEET_TRIM && l->joins)
		snprintf(into, sizeof into, " into p%u", l->joins);
	if (verb == SHEET_NOW && !l->n && panic_unread(u)) {
		snprintf(out, cap, "closes what the first read shows");
	} else if (verb == SHEET_GUARD) {
		for (uint32_t i = 0; i < l->n; i++)
			n += l->leg[i].guard == SG_PLACE || l->leg[i].guard == SG_REPAIR;
		snprintf(out, cap, "%s %u stop%s", dry ? "shows" : "places", n, n == 1 ? "" : "s");
	} else if (verb == SHEET_ADD) {
		double usd = 0;
		for (uint32_t i = 0; i < p.in->n_pools; i++)
			usd += l->pool[i].add_here ? l->pool[i].add : 0;
		snprintf(out, cap, "%s %s USDC", dry ? "shows" : "adds", fmt_usd(usd, 12, 0).s);
	} else if (dry) {
		snprintf(out, cap, "shows the bytes of %u order%s, sends nothing", l->orders,
			 l->orders == 1 ? "" : "s");
	} else if (verb == SHEET_CARE) {
		snprintf(out, cap, wide ? "sends the first of %u orders" : "sends slice 1",
			 l->orders);
	} else if (wide) {
		n = l->rests.cancels;
		snprintf(out, cap, "sends %u order%s in %u action%s%s", l->orders,
			 l->orders == 1 ? "" : "s", l->actions, l->actions == 1 ? "" : "s", into);
		size_t len = strlen(out);
		if (n)
			snprintf(out + len, cap - len, ", %u cancel%s", n, n == 1 ? "" : "s");
		len = strlen(out);
		if (l->rests.twaps)
			snprintf(out + len, cap - len, ", ends %u TWAP%s", l->rests.twaps,
				 l->rests.twaps == 1 ? "" : "s");
	} else {
		snprintf(out, cap, "sends %u order%s%s", l->orders, l->orders == 1 ? "" : "s",
			 into);
	}
}
