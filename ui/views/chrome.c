/* chrome.c: what frames every screen: alarm row, status line, account line, notice line, key bar
 * and the confirm zone. Row 0 is never removed, so nothing moves. */
#include "ui/views/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "ui/alarms.h"
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
		snprintf(time, sizeof time, T_TEXT " · %s1-in-10 in %s%.30s%s", hot,
			 p->young && w < 100 ? "~" : "", fmt_touch_words(p->touch_s).s,
			 p->young && w >= 100 ? " (young)" : "");
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
	if (!keep ||
	    (!whole &&
	     (int)keep * 5 < w * 3)) { /* no whole sentence: whole words, never half a number */
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
	snprintf(out, cap, "%.*s" T_DIM " ›", (int)keep, text);
}

static const struct snap_alarm *top_alarm(const struct snap *s)
{
	for (uint32_t i = 0; i < s->n_alarms; i++) {
		const struct snap_alarm *a = &s->alarm[i];
		if (a->code == NC_DANGER && !s->n_legs) /* nothing is left that could die */
			continue;
		if (a->level >= 2 || a->code == NC_FLAT)
			return a;
	}
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
	} else if (!s->n_legs && ui_flats(s)) {
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
			snprintf(time, sizeof time, " · 1-in-10 in %s%s", p->young ? "~" : "",
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
	else if (ui_top(u) == LAYER_ALARM && alarm_offers_sale(u) && live)
		snprintf(out, cap, T_KEY "Y" T_TEXT " sells " T_ACCB "%s s", fmt_double(t, 1, 0).s);
	else if (ui_top(u) == LAYER_ALARM)
		snprintf(out, cap, T_CAUT "%s", ui_alarm(u) ? ui_alarm(u)->brief : "alarm over");
	else if (ui_top(u) == LAYER_RUN)
		snprintf(out, cap, T_TEXT "%s", ui_flat(u)->text[0] ? ui_flat(u)->text : "closing");
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
	} else if (l->cols >= 60 || !(s->local_lock && s->no_new_risk)) {
		seg_set(&g[n++], l->cols < 40 ? 4 : 0, false,
			l->cols < 60 ? T_DIM " DISARMED " : T_DIM "  DISARMED");
	} /* on a phone both locks say it already, and there is no room for three */
	const char *gap = l->cols < 60 ? " " : "  ";
	if (s->local_lock)
		seg_set(&g[n++], 0, false, T_TEXT "%s" T_STATE " LOCAL LOCK ", gap);
	if (s->no_new_risk)
		seg_set(&g[n++], 0, false, T_TEXT "%s" T_STATE " NO NEW RISK ", gap);
	if (key_locked(u) && s->you_have_seat)
		seg_set(&g[n++], 1, false, T_TEXT "  " T_STATE " KEY LOCKED ");
	return n;
}

static int status_right(const struct ui *u, struct seg *g, int style)
{
	const struct snap *s = u->snap;
	const struct snap_account *a = ui_account(u);
	int n = 0;
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
		style < 2		? "fl"
		: a->flattens_left == 1 ? "flatten"
					: "flattens");
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
	/* two locks and a badge are never cut: the right side says the same in fewer letters */
	int w = l->cols < 60 ? l->cols : l->cols - 1;
	for (int style = l->cols >= 120	 ? 3
			 : l->cols >= 80 ? 2
					 : l->cols >= 60;
	     style >= 0; style--) {
		int must = 0;
		n = status_left(u, g, l);
		n += status_right(u, g + n, style);
		for (int i = 0; i < n; i++)
			must += g[i].drop ? 0 : cv_width(g[i].s);
		if (must <= w)
			break;
	}
	cv_segs(c, 0, l->status.y, w, g, n);
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
	if (!l->status.h) { /* never left to be guessed */
		const char *role, *badge = network_badge(u, &role);
		seg_set(&g[n++], 0, false, "%s%s" T_TEXT " ", role, badge);
	}
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
			 u->notice_wall_ms ? fmt_clock(u->notice_wall_ms).s : "        ", said);
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
	/* what stands in row 0 or behind Space is not said twice, and what FLAT has ended no more
	 */
	uint32_t at = 0;
	bool flat = false;
	for (; at < s->n_notices; at++) {
		flat = flat || s->notice[at].code == NC_FLAT;
		if (!alarm_says(s, &s->notice[at]) && !(flat && s->notice[at].code == NC_NOT_FLAT))
			break;
	}
	const struct snap_notice *n = &s->notice[at < s->n_notices ? at : 0];
	const char *sign = n->level >= 3 ? T_DANG "!! " : n->level >= 2 ? T_CAUT "! " : T_TEXT;
	char text[NOTICE_TEXT_MAX + 40];
	fmt_words(text, sizeof text, n->text);
	cv_textf(c, x0, y, w, ROLE_TEXT, T_DIM "%s  %s" T_TEXT "%s", fmt_clock(n->wall_ms).s, sign,
		 text);
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
