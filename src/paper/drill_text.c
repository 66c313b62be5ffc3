/* drill_text.c: a drill's timeline and score in words and as JSON (drill.h).
 *
 * The timeline is in drill seconds: what the venue did, what came in, what filled (one line a coin
 * and second), and every ten seconds what stood there. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "paper/drill.h"
#include "paper/state.h"

#include "base/banned.h"

/* One line of fills: same coin, side and kind within a second. */
struct sum {
	double from_s, sz, ntl;
	uint32_t n;
	struct fill f;
};

typedef void line_fn(void *ctx, double t_s, const char *text);

struct cursor {
	const struct drill_run *r;
	uint32_t event, sample, fill, slice;
	double next_look_s;
};

static double fill_s(const struct drill_run *r, const struct fill *f)
{
	return (double)(f->time_ms - r->alarm_ms) / 1000.0;
}

static const char *whose(const struct drill_run *r, const struct fill *f)
{
	if (f->adl)
		return "ADL: ";
	if (f->liq_user == r->paper->main)
		return f->backstop ? "BACKSTOP: " : "LIQUIDATED: ";
	if (f->has_cloid && memcmp(f->cloid, "hand", 4) == 0)
		return "other hand: ";
	return f->twap_id ? "venue TWAP: " : "";
}

static bool same(const struct sum *s, const struct drill_run *r, const struct fill *f)
{
	return s->n > 0 && s->f.coin == f->coin && s->f.buy == f->buy &&
	       fill_s(r, f) < s->from_s + 1 && s->f.liq_user == f->liq_user && s->f.adl == f->adl &&
	       s->f.has_cloid == f->has_cloid && s->f.twap_id == f->twap_id;
}

static void sum_put(const struct drill_run *r, const struct sum *s, char *text, size_t cap)
{
	snprintf(text, cap, "%s%s %.6g %s at %.6g%s", whose(r, &s->f), s->f.buy ? "bought" : "sold",
		 s->sz, r->paper->coin[s->f.coin].c.name, s->ntl / s->sz,
		 s->n > 1 ? " (several fills)" : "");
}

static void fills_line(struct cursor *c, bool slices, line_fn *fn, void *ctx)
{
	const struct acct *a = c->r->paper->main;
	const struct fill *list = slices ? a->slices : a->fills;
	uint32_t n = slices ? a->n_slices : a->n_fills, *at = slices ? &c->slice : &c->fill;
	struct sum s = {.from_s = fill_s(c->r, &list[*at]), .f = list[*at]};
	char text[200];

	do {
		const struct fill *f = &list[*at];

		s.n++;
		s.sz += (double)f->sz / 1e8;
		s.ntl += (double)f->sz / 1e8 * (double)f->px / (double)PX_ONE;
		(*at)++;
	} while (*at < n && same(&s, c->r, &list[*at]));
	sum_put(c->r, &s, text, sizeof text);
	fn(ctx, s.from_s, text);
}

static void sample_line(const struct cursor *c, const struct drill_sample *s, line_fn *fn,
			void *ctx)
{
	const struct drill *d = c->r->conf.drill;
	char text[400];
	int n = snprintf(text, sizeof text, "equity %.0f", s->equity);

	if (s->dies_pct < 1e8)
		n += snprintf(text + n, sizeof text - (size_t)n, ", dies at %.2f %%%s", s->dies_pct,
			      s->naked ? " NO STOP" : "");
	for (uint32_t i = 0; i < d->n_legs && n < (int)sizeof text - 80; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, "; %s %.6g, mark %.6g mid %.6g",
			      d->leg[i].coin, s->szi[i], s->mark[i], s->mid[i]);
	fn(ctx, s->t_s, text);
}

static double soonest(const struct cursor *c, int *which)
{
	const struct drill_run *r = c->r;
	const struct acct *a = r->paper->main;
	double at[4] = {1e18, 1e18, 1e18, 1e18}, best = 1e18;

	if (c->event < r->n_events)
		at[0] = r->event[c->event].t_s;
	if (c->fill < a->n_fills)
		at[1] = fill_s(r, &a->fills[c->fill]);
	if (c->slice < a->n_slices)
		at[2] = fill_s(r, &a->slices[c->slice]);
	if (c->sample < r->n_samples)
		at[3] = r->sample[c->sample].t_s;
	for (int i = 0; i < 4; i++)
		if (at[i] < best) {
			best = at[i];
			*which = i;
		}
	return best;
}

static void walk(const struct drill_run *r, line_fn *fn, void *ctx)
{
	struct cursor c = {.r = r, .next_look_s = -10};
	int which = 0;

	while (soonest(&c, &which) < 1e17) {
		if (which == 0) {
			const struct drill_event *v = &r->event[c.event++];
			static const char *const say[] = {
				"venue: ", "order in: ", "stop in: ", "", "", "REFUSED: "};
			char text[160];

			snprintf(text, sizeof text, "%s%s", say[v->kind], v->text);
			fn(ctx, v->t_s, text);
		} else if (which == 1 || which == 2) {
			fills_line(&c, which == 2, fn, ctx);
		} else {
			const struct drill_sample *s = &r->sample[c.sample++];

			if (s->t_s + 0.5 < c.next_look_s)
				continue;
			sample_line(&c, s, fn, ctx);
			c.next_look_s = s->t_s + 10;
		}
	}
}

static void plain(void *ctx, double t_s, const char *text)
{
	str_printf(ctx, "%+8.1f s  ", t_s);
	str_puts(ctx, text);
	str_putc(ctx, '\n');
}

void drill_put_timeline(struct str *s, const struct drill_run *r)
{
	walk(r, plain, s);
}

void drill_put_score(struct str *s, const struct drill_run *r, const struct drill_bar *bar,
		     const struct drill_facts *f, const struct drill_points *p)
{
	str_printf(s, "%s, seed %llu: %.0f of 100\n", r->scene.name,
		   (unsigned long long)r->conf.seed, p->total);
	str_printf(
		s,
		"  money     %4.1f of 60   lost %.0f USD; left alone %.0f, the best of the family "
		"%.0f (%s)\n",
		p->money, f->you, f->nothing, f->best, drill_player_name(bar->who));
	if (f->first_s >= 0)
		str_printf(s, "  time      %4.1f of 15   first order that reduces after %.1f s%s\n",
			   p->time, f->first_s, f->settled ? "" : "; never flat or safe after it");
	else
		str_printf(s, "  time      %4.1f of 15   no order that reduces\n", p->time);
	str_printf(s, "  truth     %4.1f of 15   false FLAT %u, hidden unknowns %u, ageless %u\n",
		   p->truth, f->false_flats, f->hidden_unknowns, f->ageless);
	str_printf(s, "  tidiness  %4.1f of 10   naked %.0f s, cut %.0f USD", p->tidy, f->naked_s,
		   f->cut);
	if (f->need >= 0)
		str_printf(s, " of %.0f needed", f->need);
	str_printf(s, "%s%s\n", f->budget_empty ? ", requests ran out" : "",
		   f->residue ? ", residue" : "");
	if (p->cap < 100)
		str_printf(s, "  capped at %.0f: %s\n", p->cap, p->why_cap);
}

struct list {
	struct str *s;
	uint32_t n;
};

static void as_json(void *ctx, double t_s, const char *text)
{
	struct list *l = ctx;

	str_printf(l->s, "%s{\"t_s\":%.1f,\"text\":", l->n++ ? "," : "", t_s);
	str_json(l->s, text);
	str_putc(l->s, '}');
}

static const char *yes(bool b)
{
	return b ? "true" : "false";
}

void drill_put_json(struct str *s, const struct drill_run *r, const struct drill_bar *bar,
		    const struct drill_facts *f, const struct drill_points *p, bool timeline)
{
	struct list l = {.s = s};

	str_printf(s, "{\"drill\":\"%s\",\"seed\":%llu,\"score\":%.1f,", r->scene.name,
		   (unsigned long long)r->conf.seed, p->total);
	str_printf(s, "\"money\":%.1f,\"time\":%.1f,\"truth\":%.1f,\"tidiness\":%.1f,", p->money,
		   p->time, p->truth, p->tidy);
	str_printf(s, "\"cap\":%.0f,\"cap_reason\":\"%s\",", p->cap, p->why_cap);
	str_printf(s, "\"lost_usd\":%.0f,\"nothing_usd\":%.0f,\"best_usd\":%.0f,\"best\":\"%s\",",
		   f->you, f->nothing, f->best, drill_player_name(bar->who));
	str_printf(s, "\"first_s\":%.2f,\"settled\":%s,\"false_flats\":%u,", f->first_s,
		   yes(f->settled), f->false_flats);
	str_printf(s, "\"naked_s\":%.0f,\"cut_usd\":%.0f,\"need_usd\":%.0f,", f->naked_s, f->cut,
		   f->need);
	str_printf(s, "\"budget_empty\":%s,\"residue\":%s,\"liquidated\":%s,\"backstop\":%s",
		   yes(f->budget_empty), yes(f->residue), yes(f->liquidated), yes(f->backstopped));
	if (timeline) {
		str_puts(s, ",\"timeline\":[");
		walk(r, as_json, &l);
		str_putc(s, ']');
	}
	str_putc(s, '}');
}
