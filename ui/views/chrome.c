/* chrome.c: what frames every screen: alarm row, status line, account line, notice line, key bar
 * and the confirm zone. Row 0 is never removed, so nothing moves. */
#include "ui/views/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "ui/panic.h"
#include "base/banned.h"

enum role age_role(double age_s, double amber_s, double red_s)
{
	return age_s >= red_s ? ROLE_DANGER : age_s >= amber_s ? ROLE_CAUTION : ROLE_DIM;
}

struct num age_text(double age_s, double red_s)
{
	struct num n, d = fmt_dur(age_s);

	snprintf(n.s, sizeof n.s, "%s%.12s", age_s >= red_s ? "!! " : "", d.s);
	return n;
}

bool pool_danger(const struct snap_pool *p, int *level)
{
	double d = fabs(p->dies_pct);

	*level = !p->has_dies ? 0 : d <= 3 ? 3 : d <= 5 ? 2 : d <= 10 ? 1 : 0;
	return *level >= 2;
}

static bool pool_no_stop(const struct snap *s, const struct snap_pool *p)
{
	for (uint32_t i = 0; i < p->n_legs && p->first_leg + i < s->n_legs; i++)
		if (s->leg[p->first_leg + i].stop_state == STOP_NONE)
			return true;
	return false;
}

/* One decimal, cut toward zero: never farther than it is. */
static struct num cut1(double pct)
{
	return fmt_double(trunc(pct * 10 + (pct < 0 ? -1e-9 : 1e-9)) / 10, 1, SIGN_MINUS);
}

/* Message 1, from the pool itself so that it can be shortened. */
static void danger_banner(const struct ui *u, char *out, size_t cap, int w)
{
	const struct snap_pool *p = &u->snap->pool[0];
	char legs[40] = "", time[80] = "", stop[64] = "";
	int level;
	bool danger = pool_danger(p, &level);
	const char *hot = danger && level == 3 ? T_DANG : T_CAUT;
	bool no_stop = pool_no_stop(u->snap, p);
	struct num loss = fmt_money(p->equity, 8, SIGN_MINUS);

	if (w >= 100 && p->n_legs > 1)
		snprintf(legs, sizeof legs, T_TEXT " (all %d legs)", p->n_legs);
	if (p->has_time)
		snprintf(time, sizeof time, T_TEXT " · %s1-in-10 in %.30s", hot,
			 fmt_touch_words(p->touch_s).s);
	if (no_stop)
		snprintf(stop, sizeof stop, T_TEXT " · " T_CAUT "NO STOP");
	out[0] = 0;
	if (w >= 100)
		snprintf(out, cap,
			 "%s%s %s dies at BTC %s %%%s%s" T_TEXT " · would lose %s USDC%s" T_TEXT
			 " · press " T_KEY "!",
			 hot, level == 3 ? "!!" : "! ", p->name, cut1(p->dies_pct).s, legs, time,
			 loss.s, stop);
	if (w >= 100 && cv_width(out) <= w)
		return;
	if (w >= 80)
		snprintf(out, cap,
			 "%s%s %s dies at BTC %s %%%s" T_TEXT " · loses %s%s" T_TEXT " · " T_KEY
			 "!",
			 hot, level == 3 ? "!!" : "! ", p->name, cut1(p->dies_pct).s, time, loss.s,
			 stop);
	else if (w >= 48)
		snprintf(out, cap, "%s%s %s dies at BTC %s %%%s" T_TEXT " · " T_KEY "!", hot,
			 level == 3 ? "!!" : "! ", p->name, cut1(p->dies_pct).s, time);
	else if (w >= 36)
		snprintf(out, cap, "%s%s %s dies at BTC %s %%%s%s", hot, level == 3 ? "!!" : "! ",
			 p->name, cut1(p->dies_pct).s, w >= 40 && p->has_time ? " in " : "",
			 w >= 40 && p->has_time ? fmt_touch(p->touch_s).s : "");
	else
		snprintf(out, cap, "%s%s %.6s %s %% %s", hot, level == 3 ? "!!" : "! ", p->name,
			 cut1(p->dies_pct).s, p->has_time ? fmt_touch(p->touch_s).s : "");
}

/* Whole sentences that fit, then the more-mark. */
static void cut_sentences(char *out, size_t cap, const char *text, int w)
{
	size_t n = strlen(text), keep = 0;
	bool whole = false; /* a whole sentence fits; else a clause will do */

	if (cv_width(text) <= w) {
		snprintf(out, cap, "%s", text);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		char head[320];
		if (text[i] != ' ' || i < 2 || i >= sizeof head)
			continue;
		char before = text[i - 1];
		if (before != '.' && before != ':' && before != ',' && before != ';')
			continue;
		memcpy(head, text, i);
		head[i] = 0;
		if (cv_width(head) + 2 > w)
			break;
		if (before == '.' || !whole)
			keep = i;
		whole = whole || before == '.';
	}
	if (!keep) { /* no whole sentence: whole words, never half a number */
		for (size_t i = 0; i < n && i < 319; i++) {
			char head[320];
			if (text[i] != ' ')
				continue;
			memcpy(head, text, i);
			head[i] = 0;
			if (cv_width(head) + 2 > w)
				break;
			keep = i;
		}
	}
	snprintf(out, cap, "%.*s " T_DIM "›", (int)keep, text);
}

static const struct snap_alarm *top_alarm(const struct snap *s)
{
	for (uint32_t i = 0; i < s->n_alarms; i++)
		if (s->alarm[i].level >= 2 || s->alarm[i].code == NC_FLAT)
			return &s->alarm[i];
	return NULL;
}

static void nearest(const struct ui *u, char *out, size_t cap, int w)
{
	const struct snap *s = u->snap;
	const struct snap_pool *p = &s->pool[0];
	char time[64] = "";

	if (!u->attached) {
		snprintf(out, cap, T_DIM "no word from the engine yet");
	} else if (!s->n_accounts) {
		snprintf(out, cap, T_DIM "nothing watched yet");
	} else if (!s->n_legs &&
		   (s->flat.state == FLAT_SENDING || s->flat.state == FLAT_VERIFYING)) {
		snprintf(out, cap, T_DIM "nothing known to be open%s",
			 w >= 40 ? " · being read again" : "");
	} else if (!s->n_legs) {
		snprintf(out, cap,
			 T_DIM "no positions"
			       "%s",
			 w >= 40 ? " · nothing can be liquidated" : "");
	} else if (!p->has_dies && p->has_equity) {
		snprintf(out, cap, T_DIM "%s: no common move liquidates it", p->name);
	} else if (!p->has_dies) {
		snprintf(out, cap, T_DIM "%s: distance not known: %s", p->name,
			 p->reason[0] ? p->reason : "no answer yet");
	} else {
		if (p->has_time)
			snprintf(time, sizeof time, " · 1-in-10 in %s",
				 fmt_touch_words(p->touch_s).s);
		snprintf(out, cap, T_DIM "%s dies at BTC %s %%%s · %u pool%s watched", p->name,
			 cut1(p->dies_pct).s, time, s->n_pools, s->n_pools == 1 ? "" : "s");
	}
}

void view_banner(const struct ui *u, char *out, size_t cap, int w)
{
	const struct snap *s = u->snap;
	const struct snap_alarm *a = top_alarm(s);
	int level;

	if (a && (a->code != NC_DANGER || !s->n_pools || !s->pool[0].has_dies)) {
		const char *hot = a->code == NC_UNKNOWN && a->level < 3 ? T_UNK "?  "
				  : a->code == NC_FLAT			? T_OK
				  : a->level >= 3			? T_DANG "!! "
									: T_CAUT "!  ";
		char body[360], words[320];
		int more = s->n_alarms > 1;
		fmt_words(words, sizeof words, w < 80 && a->brief[0] ? a->brief : a->text);
		cut_sentences(body, sizeof body, words, w - cv_width(hot) - 2 * more);
		snprintf(out, cap, "%s%s%s", hot, body,
			 more && !strstr(body, "›") ? " " T_DIM "›" : "");
		return;
	}
	if (s->n_pools && s->pool[0].has_dies && pool_danger(&s->pool[0], &level)) {
		danger_banner(u, out, cap, w);
		return;
	}
	nearest(u, out, cap, w);
}

/* One line for everything: what is typed, or what a sheet would send; false: neither is open. */
static bool line_open_layer(const struct ui *u, char *out, size_t cap)
{
	const struct ui_confirm *f = &u->confirm;
	double t = (double)(f->chosen_ns + CONFIRM_NS - u->now_ns) * 1e-9;
	bool live = f->choice && !f->late && !f->changed && t > 0;
	bool panic = u->sheet.kind <= SHEET_STOPS;
	int verb = u->sheet.kind == SHEET_STOPS ? SHEET_GUARD : u->sheet.line;

	if (u->edit == EDIT_WORD)
		snprintf(out, cap, T_TEXT "%s? " T_INPUT "%s_", u->line.word, u->line.text);
	else if (u->edit == EDIT_SECRET)
		snprintf(out, cap, T_TEXT "password " T_INPUT "_");
	else if (u->edit != EDIT_NONE)
		snprintf(out, cap, T_INPUT ":%s_", u->line.text);
	else if (ui_top(u) == LAYER_SHEET && live)
		snprintf(out, cap, T_KEY "Y" T_TEXT " sends " T_ACCB "%s s " T_TEXT "%s",
			 fmt_double(t, 1, 0).s,
			 panic ? sheet_verb_name[verb] : u->sheet.choice_text);
	else if (ui_top(u) == LAYER_SHEET && panic)
		snprintf(out, cap, T_KEY "%d" T_TEXT " %s " T_STRONG "%s " T_TEXT "%u legs",
			 u->sheet.kind == SHEET_STOPS ? 1 : verb + 1, sheet_verb_name[verb],
			 verb == SHEET_GUARD || verb == SHEET_ADD
				 ? ""
				 : fmt_km(u->sheet.plan.line[verb].cost, 0).s,
			 u->sheet.plan.line[verb].n);
	else if (ui_top(u) == LAYER_SHEET)
		snprintf(out, cap, T_KEY "1" T_TEXT " %s",
			 u->sheet.kind == SHEET_CANCEL ? "cancel entries" : u->sheet.title);
	else if (ui_top(u) == LAYER_RUN)
		snprintf(out, cap, T_TEXT "%s",
			 u->snap->flat.text[0] ? u->snap->flat.text : "closing");
	else
		return false;
	return true;
}

void view_alarm_row(const struct ui *u, struct canvas *c, const struct layout *l)
{
	char text[512];

	if (l->size == SIZE_LINE && line_open_layer(u, text, sizeof text)) {
		cv_text(c, 0, 0, l->cols, ROLE_TEXT, text);
		return;
	}
	if (l->size == SIZE_LINE) {
		const struct snap *s = u->snap;
		int level = 0;
		if (s->n_pools)
			pool_danger(&s->pool[0], &level);
		const char *hot = level == 3 ? T_DANG "!! " : level == 2 ? T_CAUT "! " : T_DIM;
		if (s->n_pools && s->pool[0].has_dies)
			snprintf(text, sizeof text, "%sBTC %s %s" T_KEY " ! F P", hot,
				 cut1(s->pool[0].dies_pct).s,
				 s->pool[0].has_time ? fmt_touch(s->pool[0].touch_s).s : "");
		else
			snprintf(text, sizeof text, T_DIM "flat" T_KEY " ! F P");
		cv_text(c, 0, 0, l->cols, ROLE_TEXT, text);
		return;
	}
	view_banner(u, text, sizeof text, l->cols);
	cv_text(c, 0, 0, l->cols, ROLE_TEXT, text);
}

static const char *network_badge(const struct ui *u, const char **role)
{
	const struct snap *s = u->snap;

	*role = T_SIM;
	if (!u->attached)
		return " NO ENGINE ";
	if (!s->n_accounts)
		return " NO ACCOUNT ";
	switch (s->network) {
	case NET_MAINNET:
		*role = T_MAIN;
		return " MAINNET ";
	case NET_TESTNET:
		return " TESTNET ";
	default:
		return " PAPER ";
	}
}

static bool key_locked(const struct ui *u)
{
	const struct snap_account *a = ui_account(u);

	return a && !a->key_ready;
}

static int status_left(const struct ui *u, struct seg *g, const struct layout *l)
{
	const struct snap *s = u->snap;
	const struct snap_account *a = ui_account(u);
	const char *role;
	const char *badge = network_badge(u, &role);
	int n = 0;

	seg_set(&g[n++], 0, false, "%s%s", role, badge);
	if (a) {
		seg_set(&g[n++], 8, false, T_TEXT "  %s", s->venue);
		seg_set(&g[n++], 5, false, T_TEXT " %s", a->name);
	}
	if (!s->you_have_seat && s->n_accounts) {
		seg_set(&g[n++], 0, false, T_DIM "  OBSERVER");
	} else if (s->armed) {
		double left = (double)(s->armed_until_ns - u->now_ns) * 1e-9;
		int t = left < 0 ? 0 : (int)left;
		seg_set(&g[n++], 0, false, T_TEXT "  " T_ARMED " ARMED %d:%02d ", t / 60, t % 60);
	} else {
		seg_set(&g[n++], 0, false, l->cols < 60 ? T_DIM " DISARMED " : T_DIM "  DISARMED");
	}
	if (s->local_lock)
		seg_set(&g[n++], 0, false, T_TEXT "  " T_STATE " LOCAL LOCK ");
	if (s->no_new_risk)
		seg_set(&g[n++], 0, false, T_TEXT "  " T_STATE " NO NEW RISK ");
	if (key_locked(u) && s->you_have_seat)
		seg_set(&g[n++], 1, false, T_TEXT "  " T_STATE " KEY LOCKED ");
	return n;
}

static int status_right(const struct ui *u, struct seg *g, const struct layout *l)
{
	const struct snap *s = u->snap;
	const struct snap_account *a = ui_account(u);
	int n = 0, style = l->cols >= 120 ? 3 : l->cols >= 80 ? 2 : l->cols >= 60 ? 1 : 0;
	double age = s->feed_ns ? snap_age_s(u, s->feed_ns) : -1;

	if (!a) {
		seg_set(&g[n++], 0, true, T_TEXT "%s", fmt_clock(ui_wall_ms(u)).s);
		return n;
	}
	const char *gap = style ? "  " : " ";
	const char *hot = age < 0 || age >= 3 ? T_DANG : age >= 1.5 ? T_CAUT : T_DIM;
	seg_set(&g[n++], 0, true, T_DIM "%s%s%s", style ? "feed " : "", hot,
		age < 0 ? "–" : fmt_dur(age).s);
	if (style == 3)
		seg_set(&g[n++], 9, true, T_DIM "  link %s%s",
			s->link_ms < 0 ? "–" : fmt_double(s->link_ms, 0, SIGN_MINUS).s,
			s->link_ms < 0 ? "" : "ms");
	hot = a->flattens_left < 5 ? T_CAUT : T_DIM;
	seg_set(&g[n++], style ? 0 : 1, true, "%s%s%s%s %s", hot, gap, style == 3 ? "budget " : "",
		a->flattens_left > 999 ? ">999" : fmt_double(a->flattens_left, 0, SIGN_MINUS).s,
		style >= 2 ? "flattens" : "fl");
	hot = a->agent_days >= 0 && a->agent_days < 14 ? T_CAUT : T_DIM;
	if (a->agent_days >= 0)
		seg_set(&g[n++], style ? 0 : 2, true, "%s%s%s%dd", hot, gap,
			style >= 2 ? "key " : "", a->agent_days);
	else if (a->key_ready && style)
		seg_set(&g[n++], 4, true, T_DIM "  key no end");
	/* a phone has no room for all: the clock goes first */
	seg_set(&g[n++], style ? 0 : 3, true, T_TEXT "%s%s", gap, fmt_clock(ui_wall_ms(u)).s);
	return n;
}

void view_status(const struct ui *u, struct canvas *c, const struct layout *l)
{
	struct seg g[16];
	int n;

	if (!l->status.h)
		return;
	n = status_left(u, g, l);
	n += status_right(u, g + n, l);
	cv_segs(c, 0, l->status.y, l->cols < 60 ? l->cols : l->cols - 1, g, n);
}

static void strip(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct snap *s = u->snap;
	double down = snap_age_s(u, s->down_since_ns);

	cv_textf(c, 0, y, l->cols, ROLE_TEXT,
		 T_STATE " DISCONNECTED %s " T_CAUT " %s: nothing since %s; try %u",
		 fmt_dur(down).s, s->venue, fmt_clock(ui_wall_ms(u) - (int64_t)(down * 1000)).s,
		 s->tries);
}

void view_account(const struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct snap *s = u->snap;
	const struct snap_account *a = ui_account(u);
	struct seg g[12];
	int n = 0, y = l->account.y;
	bool wide = l->size >= SIZE_M;
	double gross = 0, net = 0;

	if (!a)
		return;
	if (s->down_since_ns) {
		strip(u, c, l, y);
		return;
	}
	double eq = (double)a->equity.v, mt = (double)a->maintenance.v;
	double share = eq > 0 ? mt / eq * 100 : 0;
	for (uint32_t i = 0; i < s->n_pools; i++) {
		if (s->pool[i].isolated)
			continue;
		gross += money_to_double(s->pool[i].gross);
		net += money_to_double(s->pool[i].net);
	}
	const char *hot = share >= 60 ? T_STRONG : T_TEXT;
	seg_set(&g[n++], 0, false, T_DIM "equity " T_STRONG "%s%s", fmt_money(a->equity, 12, 0).s,
		l->cols >= 80 ? T_DIM " USD" : "");
	if (l->size <= SIZE_SHORT) {
		seg_set(&g[n++], 2, false,
			T_DIM "%s"
			      "%s%s %%",
			l->size == SIZE_SHORT ? "  maintenance " : "  maint ", hot,
			fmt_double(share, 1, 0).s);
	} else {
		seg_set(&g[n++], 1, false, T_DIM "   maintenance " T_TEXT "%s" T_DIM " = %s%s %%",
			fmt_money(a->maintenance, 12, 0).s, hot, fmt_double(share, 1, 0).s);
	}
	if (wide) {
		seg_set(&g[n++], 5, false, T_DIM " (100 %% = liquidation)");
		seg_set(&g[n++], 4, false, T_DIM "   free " T_TEXT "%s",
			fmt_money(a->free, 12, 0).s);
	}
	if (l->size == SIZE_L) {
		seg_set(&g[n++], 6, true, T_DIM "gross " T_TEXT "%s", fmt_usd(gross, 12, 0).s);
		seg_set(&g[n++], 6, true, T_DIM "   net " T_TEXT "%s",
			fmt_usd(net, 12, SIGN_PLUS).s);
		seg_set(&g[n++], 6, true,
			T_DIM "   leverage " T_TEXT "%s"
			      "x",
			eq > 0 ? fmt_double(gross / (eq * 1e-8), 1, 0).s : "–");
	}
	if (l->size == SIZE_S || l->size == SIZE_SHORT)
		seg_set(&g[n++], 3, false, T_DIM "  uPnL " T_TEXT "%s",
			fmt_money(a->upnl, 10, SIGN_PLUS).s);
	else if (wide)
		seg_set(&g[n++], 3, true, T_DIM "   uPnL " T_TEXT "%s",
			fmt_money(a->upnl, 10, SIGN_PLUS).s);
	if (l->size >= SIZE_S)
		seg_set(&g[n++], 7, wide, T_DIM "   funding " T_TEXT "%s/h",
			fmt_money(a->funding_per_hour, 8, SIGN_PLUS).s);
	cv_segs(c, l->size <= SIZE_PHONE ? 0 : 1, y, l->cols - 2, g, n);
}

static bool alarm_says(const struct snap *s, const struct snap_notice *n)
{
	for (uint32_t i = 0; i < s->n_alarms && n->level >= 1; i++)
		if (s->alarm[i].code == n->code && s->alarm[i].exit == n->exit)
			return true;
	return false;
}

void view_notice(const struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct snap *s = u->snap;
	int y = l->notice.y, x0 = l->size <= SIZE_PHONE ? 0 : 1;
	int w = l->cols - 1 - x0;

	if (!l->notice.h)
		return;
	char said[NOTICE_TEXT_MAX + 40];
	fmt_words(said, sizeof said, u->notice);
	if (u->notice[0] && u->now_ns - u->notice_ns < 10 * INT64_C(1000000000)) {
		cv_textf(c, x0, y, w, ROLE_TEXT, T_DIM "%s  " T_TEXT "%s",
			 fmt_clock(u->notice_wall_ms).s, said);
		return;
	}
	if (s->no_new_risk && s->no_new_risk_reason[0]) {
		cv_textf(c, x0, y, w, ROLE_TEXT,
			 T_CAUT "NO NEW RISK: %s. " T_TEXT
				"Reductions, cancels and guards still go out.",
			 s->no_new_risk_reason);
		return;
	}
	const struct snap_leg *leg = ui_leg(u);
	if (leg && !leg->has_liq && leg->liq_reason[0] && ui_top(u) == LAYER_NONE &&
	    u->now_ns - u->key_ns < 4 * INT64_C(1000000000)) {
		cv_textf(c, x0, y, w, ROLE_TEXT, T_DIM "%s liq price –: " T_TEXT "%s", leg->coin,
			 leg->liq_reason);
		return;
	}
	if (!s->n_notices)
		return;
	/* what stands in row 0 or behind Space is not said twice */
	uint32_t at = 0;
	while (at < s->n_notices && alarm_says(s, &s->notice[at]))
		at++;
	const struct snap_notice *n = &s->notice[at < s->n_notices ? at : 0];
	const char *sign = n->level >= 3 ? T_DANG "!! " : n->level >= 2 ? T_CAUT "! " : T_TEXT;
	char text[NOTICE_TEXT_MAX + 40];
	fmt_words(text, sizeof text, n->text);
	cv_textf(c, x0, y, w, ROLE_TEXT, T_DIM "%s  %s" T_TEXT "%s", fmt_clock(n->wall_ms).s, sign,
		 text);
}

/* Key bars: key, words, priority (higher goes first), right part, and when it works. */
struct bar {
	const char *key, *text, *brief;
	uint8_t drop;
	bool right;
	bool off;
};

/* Under 60 columns words go, the keys that close stay. */
static int bar_phone(const struct ui *u, struct bar *b)
{
	bool any = u->snap->n_legs > 0;
	int n = 0;

	b[n++] = (struct bar){"!", "panic…", "panic…", 0, false, false};
	b[n++] = (struct bar){"F", "", "", 0, false, !any};
	b[n++] = (struct bar){"P", "", "", 2, false, false};
	b[n++] = (struct bar){"C", "", "", 0, false, false};
	b[n++] = (struct bar){"x", "exit…", "exit…", 5, false, !any};
	b[n++] = (struct bar){"Space", "alarm", "alarm", 6, false, u->snap->n_alarms == 0};
	b[n++] = (struct bar){"?", "help", "", 1, true, false};
	return n;
}

static int bar_cockpit(const struct ui *u, struct bar *b, char *only, size_t cap)
{
	const struct snap_leg *leg = ui_leg(u);
	bool any = u->snap->n_legs > 0;
	int n = 0;

	if (u->cols < 60)
		return bar_phone(u, b);
	snprintf(only, cap, "only %s…", leg ? leg->coin : "–");
	b[n++] = (struct bar){"!", "panic…", "panic…", 0, false, false};
	b[n++] = (struct bar){"F", only, only, 1, false, !any};
	b[n++] = (struct bar){"x", "exit…", "exit…", 5, false, !any};
	b[n++] = (struct bar){"C", "cancel…", "cancel…", 1, false, false};
	b[n++] = (struct bar){"P", "pause exits", "pause", 2, false, false};
	b[n++] = (struct bar){"S", "guard…", NULL, 8, false, !any};
	b[n++] = (struct bar){"Space", "alarm", "alarm", 6, false, u->snap->n_alarms == 0};
	b[n++] = (struct bar){"a", "arm", NULL, 9, false, false};
	b[n++] = (struct bar){":", "command", "", 7, true, false};
	b[n++] = (struct bar){"?", "help", "", 0, true, false};
	return n;
}

/* The emergency sheet: what the scope keys do now. */
static int bar_panic(const struct ui *u, struct bar *b, char *only, size_t cap)
{
	static const char *const verb[] = {"guard", "trim", "care", "now", "add"};
	static const char *const digit[] = {"1", "2", "3", "4", "5"};
	const struct flatten *f = &u->sheet.flat;
	const struct snap_leg *leg = ui_leg(u);
	bool all = f->account == 0xff, one = f->scope == FLAT_COINS;
	int n = 0;

	if (one)
		snprintf(only, cap, "all markets");
	else
		snprintf(only, cap, "only %s", leg ? leg->coin : "–");
	if (u->cols < 60) {
		b[n++] = (struct bar){"Esc", "back", "back", 0, false, false};
		b[n++] = (struct bar){"a", "ALL", all ? "this one" : "ALL", 1, false, false};
		b[n++] = (struct bar){"Enter", "legs", u->sheet.details ? "totals" : "legs",
				      2,       false,  false};
		b[n++] = (struct bar){"?", "", "", 3, true, false};
		return n;
	}
	for (int i = 0; u->cols >= 120 && i < 5; i++)
		b[n++] = (struct bar){digit[i], verb[i], verb[i], 1, false, false};
	if (!n)
		b[n++] = (struct bar){"1-5", "choose", "choose", 1, false, false};
	b[n++] = (struct bar){"Y", "send", "send", 1, false, false};
	b[n++] = (struct bar){"a",
			      all ? "this account" : "ALL ACCOUNTS",
			      all ? "this account" : "ALL ACCOUNTS",
			      2,
			      false,
			      false};
	b[n++] = (struct bar){"o", only, only, 3, false, !leg};
	b[n++] = (struct bar){"w", "last price…", "last price…", 6, false, !one};
	b[n++] = (struct bar){"d", "dry run", "dry run", 7, false, false};
	b[n++] = (struct bar){"←→", "longs, shorts", "longs, shorts", 8, false, false};
	b[n++] = (struct bar){"?", "help", u->cols >= 100 ? "help" : "", 0, true, false};
	return n;
}

#define B(k, t, d)                                                                                 \
	{                                                                                          \
		k, t, t, d, false, false                                                           \
	}
#define BR(k, t, d)                                                                                \
	{                                                                                          \
		k, t, t, d, true, false                                                            \
	}
static const struct bar bar_ticket[] = {
	B("1-5", "way", 2),  B("↑↓", "knob", 3),	 B("←→", "turn", 4),  B("f", "frontier", 7),
	B("g", "guard", 5),  B("v", "at the venue", 10), B("s", "start…", 1), B("Y", "send", 1),
	B("Esc", "back", 6), BR("!", "panic…", 0),	 BR("?", "help", 0)};
static const struct bar bar_exit[] = {
	B("!", "panic…", 0),  B("F", "only it…", 8),	B("p", "pause", 1), B("+", "faster", 3),
	B("-", "slower…", 4), B("n", "close-rest…", 2), B("e", "end…", 2),  B("t", "tune…", 5),
	B("Esc", "back", 6),  BR("?", "help", 0)};
static const struct bar bar_stops[] = {B("1", "place", 1),
				       B("2", "take away", 3),
				       B("Y", "send", 1),
				       B("a", "ALL ACCOUNTS", 4),
				       B("o", "only the market", 4),
				       B("Esc", "back", 2),
				       BR("!", "panic…", 0),
				       BR("?", "help", 0)};
static const struct bar bar_cancel[] = {B("1-3", "choose", 1),	      B("Y", "send", 1),
					B("o", "only the market", 3), B("Esc", "back", 2),
					BR("!", "panic…", 0),	      BR("?", "help", 0)};
static const struct bar bar_small[] = {B("Y", "send", 1), B("Esc", "back", 1), BR("!", "panic…", 0),
				       BR("?", "help", 0)};
static const struct bar bar_run[] = {B("!", "panic again…", 0), B("r", "read again", 2),
				     B("5", "journal", 3), B("Esc", "cockpit, this goes on", 1),
				     BR("?", "help", 0)};
static const struct bar bar_orders[] = {
	B("c", "cancel this…", 2), B("C", "cancel…", 3), B("f", "filter", 4),	B("/", "search", 5),
	B("Esc", "back", 1),	   BR("!", "panic…", 0), BR(":", "command", 6), BR("?", "help", 0)};
static const struct bar bar_list[] = {
	B("j k", "move", 3), B("Enter", "open", 2), B("p", "pause all", 7), B("/", "search", 5),
	B("Esc", "back", 1), BR("!", "panic…", 0),  BR(":", "command", 6),  BR("?", "help", 0)};
static const struct bar bar_journal[] = {
	B("f", "follow", 2),	       B("/", "search", 3),
	B("n N", "next, previous", 5), B("e", "write to a file…", 6),
	B("Enter", "whole record", 4), B("Esc", "back", 1),
	BR("!", "panic…", 0),	       BR("?", "help", 0)};
static const struct bar bar_report[] = {B("e", "write CSV and JSON", 2), B("5", "journal", 3),
					B("Esc", "back", 1), BR("!", "panic…", 0),
					BR("?", "help", 0)};
static const struct bar bar_alarm[] = {B("Space", "next", 2), B("Y", "quiet it", 1),
				       B("Esc", "back", 1), BR("!", "panic…", 0),
				       BR("?", "help", 0)};
static const struct bar bar_help[] = {B("j k", "scroll", 2), B("Tab", "other screens", 3),
				      B("Esc", "back", 1), BR("!", "panic…", 0)};
static const struct bar bar_start[] = {B("d", "practise", 1), B("w", "watch an address", 2),
				       B("k", "key…", 3), B("q", "leave", 1), BR("?", "help", 0)};
static const struct bar bar_edit[] = {B("Enter", "accept", 1), B("Esc", "back", 1),
				      BR("!", "panic…", 0)};
static const struct bar bar_secret[] = {B("Enter", "unlocks", 1),
					B("Esc", "leaves; here ! is a letter", 1)};
static const struct bar bar_command[] = {B("Enter", "opens it, nothing is sent", 1),
					 B("Tab", "complete", 2), B("↑", "history", 3),
					 B("Esc", "back", 1), BR("!", "panic…", 0)};
static const struct bar bar_quit[] = {B("y", "leave", 1), B("Esc", "stay", 1),
				      BR("!", "panic…", 0)};
#undef B
#undef BR

static const struct bar *bar_for(const struct ui *u, int *n)
{
#define IS(t) (*n = (int)COUNT_OF(t), (t))
	if (u->edit == EDIT_COMMAND)
		return IS(bar_command);
	if (u->edit == EDIT_SECRET)
		return IS(bar_secret);
	if (u->edit != EDIT_NONE)
		return IS(bar_edit);
	switch (ui_top(u)) {
	case LAYER_TICKET:
		return IS(bar_ticket);
	case LAYER_EXIT:
		return IS(bar_exit);
	case LAYER_SHEET:
		return u->sheet.kind == SHEET_PANIC    ? NULL
		       : u->sheet.kind == SHEET_STOPS  ? IS(bar_stops)
		       : u->sheet.kind == SHEET_CANCEL ? IS(bar_cancel)
						       : IS(bar_small);
	case LAYER_RUN:
		return IS(bar_run);
	case LAYER_ALARM:
		return IS(bar_alarm);
	case LAYER_REPORT:
	case LAYER_RECORD:
		return IS(bar_report);
	case LAYER_HELP:
		return IS(bar_help);
	case LAYER_QUIT:
		return IS(bar_quit);
	case LAYER_NONE:
		break;
	}
	if (!u->snap->n_accounts)
		return IS(bar_start);
	switch (u->screen) {
	case SCR_ORDERS:
		return IS(bar_orders);
	case SCR_EXITS:
	case SCR_REPORTS:
	case SCR_RISK:
		return IS(bar_list);
	case SCR_JOURNAL:
		return IS(bar_journal);
	default:
		return NULL;
	}
#undef IS
}

void view_keys(const struct ui *u, struct canvas *c, const struct layout *l)
{
	struct bar own[16];
	struct seg g[20];
	char only[COIN_MAX + 16];
	int n;
	const struct bar *b = bar_for(u, &n);

	if (!l->keys.h)
		return;
	if (!b) {
		n = ui_top(u) == LAYER_SHEET ? bar_panic(u, own, only, sizeof only)
					     : bar_cockpit(u, own, only, sizeof only);
		b = own;
	}
	bool brief = l->cols < 120;
	int k = 0;
	for (int i = 0; i < n; i++) {
		const char *text = brief ? b[i].brief : b[i].text;
		if (!text)
			continue;
		const char *gap = b[i].right ? "  " : k ? "  " : "";
		if (b[i].off)
			seg_set(&g[k++], b[i].drop, b[i].right, T_OFF "%s(%s%s%s)", gap, b[i].key,
				*text ? " " : "", text);
		else
			seg_set(&g[k++], b[i].drop, b[i].right, T_KEY "%s%s" T_DIM "%s%s", gap,
				b[i].key, *text ? " " : "", text);
	}
	cv_segs(c, l->size <= SIZE_PHONE ? 0 : 1, l->keys.y,
		l->cols - (l->size <= SIZE_PHONE ? 0 : 2), g, k);
}

void view_confirm(const struct ui *u, struct canvas *c, const struct layout *l, const char *ask,
		  const char *what, const char *sends, const char *s1, const char *s2)
{
	const struct ui_confirm *f = &u->confirm;
	int y = l->rule_y, w = l->cols - 2;
	char left[200], key[KEY_NAME_MAX];

	cv_hline(c, 1, y, w, ROLE_FAINT, G_THIN);
	double t = (double)(f->chosen_ns + CONFIRM_NS - u->now_ns) * 1e-9;
	if (u->edit == EDIT_WORD)
		snprintf(left, sizeof left, T_TEXT "Type %s and Enter: " T_INPUT "%s_",
			 u->line.word, u->line.text);
	else if (f->changed)
		snprintf(left, sizeof left,
			 T_CAUT "The plan changed: at worst ~%s, was ~%s. %s again.",
			 fmt_km(f->cost_now, 0).s, fmt_km(f->cost_then, 0).s,
			 ui_key_name(f->fell, key));
	else if (f->choice && !f->late && t > 0)
		snprintf(left, sizeof left,
			 T_STRONG "%s" T_DIM " chosen   " T_KEY "Y" T_TEXT " %s   " T_ACCB "%s s%s",
			 what, sends, fmt_double(t, 1, 0).s, l->cols >= 120 ? T_DIM " left" : "");
	else if (f->choice)
		snprintf(left, sizeof left,
			 T_CAUT "Too late: 3 s are over. %s again, then Y. Nothing was sent.",
			 ui_key_name(f->choice, key));
	else
		snprintf(left, sizeof left, T_TEXT "%s", ask);
	const char *back = T_KEY "Esc" T_DIM " back, nothing sent";
	int end = cv_text(c, 1, y + 1, w, ROLE_TEXT, left);
	cv_right(c, end + 2, l->cols - 1, y + 1, ROLE_TEXT, back);
	if (s1)
		cv_text(c, 1, y + 2, w, ROLE_TEXT, s1);
	if (s2)
		cv_text(c, 1, y + 3, w, ROLE_TEXT, s2);
}
