/* panic.c: the emergency sheet: five verbs over a scope with their numbers, the legs of the line
 * under the cursor, and the zone whose sentence is what `Y` sends; and the stops at the venue. */
#include "ui/views/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "ui/panic.h"
#include "base/banned.h"

/* Where the columns of a verb end, by width; 0: not shown. */
struct verb_cols {
	int name, size, size_w, takes, bp, worst, cost, cost_worst, dies, equity, delta;
};

static struct verb_cols cols_of(const struct layout *l)
{
	static const struct verb_cols m = {4, 11, 29, 46, 58, 70, 80, 90, 99, 108, 119};
	static const struct verb_cols s = {4, 11, 26, 0, 0, 0, 45, 54, 63, 71, 79};
	static const struct verb_cols small = {4, 10, 0, 0, 0, 0, 22, 31, 40, 49, 59};
	static const struct verb_cols phone = {3, 10, 0, 0, 0, 0, 20, 29, 40, 0, 0};

	return l->size >= SIZE_M       ? m
	       : l->size == SIZE_S     ? s
	       : l->size == SIZE_SHORT ? small
				       : phone;
}

static void verb_heading(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	struct verb_cols k = cols_of(l);
	bool m = l->size >= SIZE_M;

	if (m) {
		cv_put(c, 4, y, ROLE_DIM, "what   size");
		cv_right(c, 0, k.takes, y, ROLE_DIM, "takes");
		cv_right(c, 0, k.bp, y, ROLE_DIM, "expected bp");
		cv_right(c, 0, k.worst, y, ROLE_DIM, "worst");
	}
	if (l->size == SIZE_PHONE) {
		char scope[96];
		uint32_t missing = u->sheet.plan.unread + u->sheet.plan.left_out;
		panic_scope_words(u, scope, sizeof scope, true);
		if (missing) /* in no number below: before whose they are */
			snprintf(scope, sizeof scope, T_DANG "%u NOT READ", missing);
		cv_text(c, 0, y, 15, ROLE_TITLE, scope);
	}
	cv_right(c, 0, k.cost, y, ROLE_DIM, m ? "cost USD" : "cost");
	cv_right(c, 0, k.cost_worst, y, ROLE_DIM, "at worst");
	cv_right(c, 0, k.dies, y, ROLE_DIM, "dies at");
	if (k.equity)
		cv_right(c, 0, k.equity, y, ROLE_DIM, "equity");
	if (k.delta)
		cv_right(c, 0, k.delta, y, ROLE_DIM, m ? "net delta" : "delta");
}

static void verb_numbers(const struct ui *u, struct canvas *c, const struct verb_cols *k, int y,
			 int verb)
{
	struct panic_shown p = panic_shown(u, verb);
	const struct sheet_line *n = p.line;
	const struct sheet *s = &u->sheet.plan;
	bool add = verb == SHEET_ADD;
	enum role worst = s->equity > 0 && n->cost_worst > s->equity / 4 ? ROLE_CAUTION : ROLE_TEXT;
	bool at = u->sheet.line == verb || u->sheet.kind == SHEET_STOPS;
	enum role plain = at ? ROLE_STRONG : ROLE_TEXT; /* only what is looked at is loud */
	enum role cost = s->equity > 0 && n->cost > s->equity / 4 ? ROLE_CAUTION : plain;
	if (verb == SHEET_GUARD) /* nothing is lost by placing them: this is what firing costs */
		cost = worst = ROLE_DIM;
	enum role dies = n->has_dies && fabs(n->dies_pct) < 3 ? ROLE_CAUTION : plain;

	if (k->takes) {
		bool here = false;
		for (uint32_t i = 0; add && i < p.in->n_pools; i++)
			here = here || (n->pool[i].add > 0 && n->pool[i].add_here);
		cv_right(c, k->size, k->takes, y, ROLE_DIM,
			 add ? (here ? "Y pays in" : "you send it") : panic_takes(n, verb).s);
		cv_num(c, k->takes, y, k->bp - k->takes, ROLE_TEXT,
		       add || verb == SHEET_GUARD ? "–" : fmt_double(n->expected_bp, 1, 0).s);
		cv_right(c, k->bp, k->worst, y, ROLE_TEXT, panic_worst(p, verb).s);
	}
	cv_num(c, k->cost - 8, y, 8, cost, fmt_usd(n->cost, 8, 0).s);
	cv_num(c, k->cost_worst - 9, y, 9, worst, fmt_usd(n->cost_worst, 8, 0).s);
	cv_right(c, k->cost_worst, k->dies, y, dies, panic_dies(n).s);
	if (k->equity)
		cv_num(c, k->equity - 8, y, 8, ROLE_TEXT, fmt_usd(n->equity, 8, 0).s);
	if (k->delta)
		cv_num(c, k->equity, y, k->delta - k->equity, ROLE_TEXT,
		       fmt_usd(n->net, k->delta - k->equity > 9 ? 9 : 7, SIGN_PLUS).s);
}

/* One verb; returns the rows it took. */
static int verb_row(const struct ui *u, struct canvas *c, const struct layout *l, int y, int verb,
		    bool two)
{
	struct panic_shown p = panic_shown(u, verb);
	struct verb_cols k = cols_of(l);
	bool on = p.line->offered, at = u->sheet.line == verb;
	char digit[2] = {(char)('1' + verb), 0}, size[96];
	bool unread = !u->sheet.plan.n_legs && panic_unread(u), can = unread && verb == SHEET_NOW;
	int used = 1;

	cv_put(c, k.name - 2, y, on || can ? ROLE_KEY : ROLE_KEY_OFF, digit);
	cv_put(c, k.name, y,
	       !on && !can ? ROLE_KEY_OFF
	       : at	   ? ROLE_STRONG
			   : ROLE_TEXT,
	       sheet_verb_name[verb]);
	if (can) {
		cv_text(c, k.size, y, l->cols - k.size - 1, ROLE_TEXT,
			"all that the first read shows");
	} else if (!on) {
		const char *why = unread ? "the account is not read yet" : panic_why(p.line->why);
		bool same = !unread && why != p.line->why &&
			    p.line->why[0]; /* "not offered under ..." */
		cv_textf(c, k.size, y, l->cols - k.size - 1, ROLE_KEY_OFF, "%s%s",
			 l->size == SIZE_PHONE ? "no: "
			 : same		       ? "not offered "
					       : "not offered: ",
			 why);
	} else {
		verb_numbers(u, c, &k, y, verb);
	}
	if (on && (k.size_w || two)) {
		int w = k.size_w ? k.size_w : l->cols - k.size - 1;
		panic_size_words(u, verb, size, sizeof size, w);
		cv_text(c, k.size, y + !k.size_w, w, k.size_w ? ROLE_TEXT : ROLE_DIM, size);
		used += !k.size_w;
	}
	if (at) {
		cv_put(c, 0, y, ROLE_ACCENT_B, "▸");
		for (int i = 0; i < used; i++)
			cv_select(c, 0, y + i, l->cols);
	}
	return used;
}

static int verb_rows(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	bool two = l->size == SIZE_SHORT && l->rows >= 28;

	for (int verb = 0; verb < SHEET_VERBS; verb++)
		y += verb_row(u, c, l, y, verb, two);
	return y;
}

static double worst_book_age(const struct ui *u)
{
	const struct ui_sheet *s = &u->sheet;
	double age = 0;

	for (uint32_t i = 0; i < s->in.n_legs; i++) {
		if (!s->in.leg[i].wanted)
			continue;
		const struct snap_book *b = ui_book(u->snap, s->in.leg[i].coin);
		double a = b ? snap_age_s(u, b->book.seen_ns) : 1e9;
		age = a > age ? a : age;
	}
	return age;
}

static unsigned blind_legs(const struct ui *u)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < u->sheet.in.n_legs; i++)
		n += u->sheet.in.leg[i].wanted && u->sheet.in.leg[i].blind;
	return n;
}

/* Of the pools in scope; where nothing is held, what the accounts are worth. */
static struct num equity_of(const struct ui *u)
{
	const struct flatten *f = &u->sheet.flat;
	double sum = 0;

	if (u->sheet.plan.n_pools)
		return fmt_usd(u->sheet.plan.equity, 12, 0);
	if (panic_unread(u))
		return (struct num){"–"};
	for (uint32_t i = 0; i < u->snap->n_accounts; i++)
		if (f->account == 0xff || f->account == i)
			sum += money_to_double(u->snap->account[i].equity);
	return fmt_usd(sum, 12, 0);
}

static void title(const struct ui *u, struct canvas *c, const struct layout *l, int y,
		  const char *name)
{
	const struct sheet *s = &u->sheet.plan;
	char scope[110], head[300], blind[96] = "", book[40] = "";
	unsigned n = blind_legs(u), missing = s->unread + s->left_out;
	struct num equity = equity_of(u);
	double age = worst_book_age(u);
	bool m = l->size >= SIZE_M;

	panic_scope_words(u, scope, sizeof scope, !m || n || missing || u->sheet.flat.dry_run);
	if (u->sheet.flat.dry_run) {
		size_t at = strlen(scope);
		snprintf(scope + at, sizeof scope - at, "  " T_CAUT "DRY RUN" T_DIM);
	}
	if (n && n < s->n_legs && m)
		snprintf(blind, sizeof blind, T_DANG "BLIND for %u: mark prices   ", n);
	else if (n && n < s->n_legs)
		snprintf(blind, sizeof blind, T_DANG "BLIND for %u" T_DIM "  ", n);
	else if (n)
		snprintf(blind, sizeof blind, T_DANG "BLIND%s" T_DIM "%s", m ? ": mark prices" : "",
			 m ? "   " : "  ");
	if (missing) { /* in no number below */
		size_t at = strlen(blind);
		snprintf(blind + at, sizeof blind - at, T_DANG "%u NOT READ" T_DIM "%s", missing,
			 m ? "   " : "  ");
	}
	snprintf(book, sizeof book, "book %s", age > 1e8 ? "–" : fmt_dur(age).s);
	double share = s->equity > 0 ? s->maintenance / s->equity * 100 : 0;
	if (m)
		snprintf(head, sizeof head,
			 "%s" T_DIM "   %s   equity " T_STRONG "%s" T_DIM "   maintenance " T_STRONG
			 "%s %%" T_DIM "   %s%s",
			 name, scope, equity.s, s->n_pools ? fmt_double(share, 1, 0).s : "0", blind,
			 n && n == s->n_legs ? "" : book);
	else if (l->cols >= 80 && !n && !missing)
		snprintf(head, sizeof head,
			 "%s" T_DIM "  %s  equity " T_STRONG "%s" T_DIM "  maintenance " T_STRONG
			 "%s %%",
			 name, scope, equity.s, s->n_pools ? fmt_double(share, 1, 0).s : "0");
	else
		snprintf(head, sizeof head, "%s" T_DIM "  %s  %sequity " T_STRONG "%s", name, scope,
			 blind, equity.s);
	view_headline(c, l, y, head);
}

/* ---- below the table ---- */

static void effects_wide(const struct ui *u, struct canvas *c, const struct layout *l, int y,
			 int bottom, int verb)
{
	struct panic_effects e;
	char twaps[48] = "";
	int w = l->cols - 2;

	panic_effects(u, verb, &e);
	if (e.rests.twaps)
		snprintf(twaps, sizeof twaps, " and " T_STRONG "%u" T_DIM " venue TWAP%s",
			 e.rests.twaps, e.rests.twaps == 1 ? "" : "s");
	if (y < bottom)
		cv_textf(c, 1, y++, w, ROLE_TITLE,
			 "Cancels" T_DIM "    " T_STRONG "%-4u" T_DIM
			 "entry and exit orders%s, in parallel%s",
			 e.rests.cancels, twaps, e.named[0]);
	if (y < bottom)
		cv_textf(c, 1, y++, w, ROLE_TITLE,
			 "Keeps" T_DIM "      " T_STRONG "%-4u" T_DIM "%s%s%s", e.rests.keeps,
			 panic_kept_word(&e.rests), verb == SHEET_TRIM ? "" : ", until flat",
			 e.named[1]);
	if (y < bottom)
		cv_textf(c, 1, y++, w, ROLE_TITLE,
			 "Ends" T_DIM "       " T_STRONG "%-4u" T_DIM "exits%s%s", e.ends,
			 e.exits[0] ? ": " : "", e.exits);
	if (y < bottom)
		cv_textf(c, 1, y++, w, ROLE_TITLE,
			 "Leaves" T_DIM "     %s%s%sother venues and chains are NOT WATCHED",
			 e.spot[0] ? "spot: " : "", e.spot, e.spot[0] ? ".   " : "");
	if (y < bottom && verb == SHEET_NOW && panic_whole(u))
		cv_textf(c, 1, y, w, ROLE_TITLE,
			 "Then" T_DIM "       " T_STRONG "LOCAL LOCK" T_DIM
			 "   no new risk from here; other clients can still open");
}

/* What TRIM would do, under the details of another line: the operator who looks at NOW sees the
 * smaller way out too. */
static void trim_words(const struct ui *u, struct canvas *c, const struct layout *l, int y,
		       int bottom)
{
	const struct sheet_line *t = &u->sheet.plan.line[SHEET_TRIM];
	char s[3][PANIC_SENTENCE];

	if (bottom - y < 4 || !t->offered)
		return;
	panic_sentence(u, SHEET_TRIM, s, 2, l->cols - 14);
	cv_put(c, 1, y, ROLE_TITLE, "TRIM");
	for (int i = 0; i < 2; i++) {
		char *tail = strstr(s[i], " Y send"), *body = s[i];
		if (tail)
			*tail = 0;
		if (!strncmp(body, "2 TRIM  ", 8))
			body += 8;
		cv_text(c, 12, y++, l->cols - 13, ROLE_DIM, body);
	}
}

/* One row of it, for every verb that sells. */
static void effects_brief(const struct ui *u, struct canvas *c, const struct layout *l, int y,
			  int verb)
{
	bool wide = l->cols >= 80, lock = verb == SHEET_NOW && panic_whole(u);
	const char *until = !wide ? "" : verb == SHEET_TRIM ? "" : " until flat";
	struct panic_effects e;
	char twaps[48] = "";

	panic_effects(u, verb, &e);
	if (e.rests.twaps)
		snprintf(twaps, sizeof twaps, T_DIM " + " T_TEXT "%u" T_DIM " TWAP", e.rests.twaps);
	if (wide)
		cv_textf(c, 1, y, l->cols - 2, ROLE_DIM,
			 "Cancels " T_TEXT "%u%s" T_DIM "  Keeps " T_TEXT "%u" T_DIM
			 " %s%s  Ends " T_TEXT "%s" T_DIM "%s" T_STRONG "%s",
			 e.rests.cancels, twaps, e.rests.keeps, panic_kept_word(&e.rests), until,
			 e.exits[0] ? e.exits : "0", lock ? "  Then " : "",
			 lock ? "LOCAL LOCK" : "");
	else
		cv_textf(c, 1, y, l->cols - 2, ROLE_DIM,
			 "%scancels " T_TEXT "%u%s" T_DIM "  keeps " T_TEXT "%u" T_DIM "%s" T_STRONG
			 "%s",
			 verb == SHEET_TRIM ? "" : "= equity 0  ", e.rests.cancels, twaps,
			 e.rests.keeps, lock ? "  then " : "", lock ? "LOCAL LOCK" : "");
}

/* Each pool before and after: where it dies, what it is worth, what is left free. Returns the row
 * below. */
static int pools_after(const struct ui *u, struct canvas *c, const struct layout *l, int y,
		       int bottom, int verb)
{
	struct panic_shown p = panic_shown(u, verb);
	const struct sheet *s = &u->sheet.plan;
	bool m = l->size >= SIZE_M;
	static const int wide[] = {28, 42, 56, 72, 86, 102}, narrow[] = {22, 33, 43, 55, 67, 79};
	static const char *const head[] = {"dies now",	  "after", "equity",
					   "maintenance", "free",  "net delta"};
	const int *end = m ? wide : narrow;
	char name[COIN_MAX + NAME_MAX_ + 2];

	if (bottom - y < 3 || l->cols < 80 || !p.line->offered)
		return y;
	cv_put(c, 1, y, ROLE_TITLE, "Pools");
	for (int i = 0; i < 6; i++)
		cv_right(c, 8, end[i], y, ROLE_DIM, head[i]);
	y++;
	for (uint32_t i = 0; i < p.in->n_pools && y < bottom; i++) {
		const struct sheet_after *a = &p.line->pool[i];
		const struct pool_sum *now = &s->pool[i].sum;
		if (!s->pool[i].wanted)
			continue;
		panic_pool_name(u, p.in, i, name, sizeof name);
		cv_text(c, 1, y, 12, ROLE_STRONG, name);
		if (!p.in->pool[i].has_equity) {
			cv_textf(c, end[0] - 8, y++, l->cols - end[0] + 7, ROLE_DIM, "– %s",
				 p.in->pool[i].reason);
			continue;
		}
		cv_rightf(c, 8, end[0], y, ROLE_DIM, "%s%s",
			  now->has_dies ? fmt_pct(-now->side * now->dies * 100, SIGN_PLUS).s
					: "none",
			  now->has_dies ? " %" : "");
		cv_rightf(c, 8, end[1], y, ROLE_STRONG, "%s%s",
			  a->flat	? "flat"
			  : a->has_dies ? fmt_pct(a->dies_pct, SIGN_PLUS).s
					: "none",
			  !a->flat && a->has_dies ? " %" : "");
		cv_right(c, 8, end[2], y, ROLE_TEXT, fmt_usd(a->equity, 9, 0).s);
		cv_rightf(c, 8, end[3], y, ROLE_TEXT, "%s %%",
			  a->equity > 0 ? fmt_double(a->maintenance / a->equity * 100, 1, 0).s
					: "–");
		cv_right(c, 8, end[4], y, ROLE_TEXT, fmt_usd(a->free, 9, 0).s);
		cv_right(c, 8, end[5], y, ROLE_TEXT, fmt_usd(a->net, 9, SIGN_PLUS).s);
		if (a->short_by > 0 && m)
			cv_textf(c, end[5] + 2, y, l->cols - end[5] - 3, ROLE_CAUTION, "! %s short",
				 fmt_km(a->short_by, 0).s);
		y++;
	}
	if (y < bottom && verb == SHEET_TRIM && p.line->bounded)
		cv_textf(c, 1, y++, l->cols - 2, ROLE_TITLE,
			 "Least" T_DIM "      no cut that is enough costs under " T_STRONG
			 "%s" T_DIM "; this one " T_STRONG "%s" T_DIM " more, whole steps of %s %%",
			 fmt_usd(fmax(p.line->least, 0), 9, 0).s,
			 fmt_usd(fmax(p.line->cost - p.line->least, 0), 9, 0).s,
			 fmt_double(p.in->step > 0 ? p.in->step * 100 : 5, 0, 0).s);
	return y;
}

/* ---- the zone ---- */

static void zone(const struct ui *u, struct canvas *c, const struct layout *l)
{
	int chosen = panic_chosen(u), verb = chosen >= 0 ? chosen : u->sheet.line;
	bool stops = u->sheet.kind == SHEET_STOPS;
	char sends[110], what[24], s[2][PANIC_SENTENCE];
	const char *ask = stops		 ? "1 or 2 chooses, then Y within 3 s sends."
			  : l->cols < 60 ? "1-5, then Y within 3 s"
					 : "1 to 5 chooses, then Y within 3 s sends.";

	if (stops)
		verb = SHEET_GUARD;
	snprintf(what, sizeof what, "%d %s", stops ? 1 : verb + 1,
		 stops ? "stops" : sheet_verb_name[verb]);
	panic_sends(u, verb, sends, sizeof sends, l->cols >= 100);
	panic_sentence(u, verb, s, 2, l->cols - 2);
	view_confirm(u, c, l, ask, what, sends, s[0], s[1][0] ? s[1] : NULL);
}

/* The last line of a phone or less: what chooses, what sends. */
static void ask_line(const struct ui *u, struct canvas *c, int y, int w)
{
	const struct ui_confirm *f = &u->confirm;
	double t = (double)(f->chosen_ns + CONFIRM_NS - u->now_ns) * 1e-9;
	int verb = panic_chosen(u);
	char sends[110], key[KEY_NAME_MAX];

	if (u->edit != EDIT_NONE)
		return;
	if (f->changed) {
		cv_textf(c, 0, y, w, ROLE_CAUTION, "Plan changed, %s again",
			 ui_key_name(f->fell, key));
	} else if (verb >= 0 && !f->late && t > 0) {
		panic_sends(u, verb, sends, sizeof sends, false);
		cv_textf(c, 0, y, w, ROLE_STRONG, "%d %s  " T_KEY "Y" T_TEXT " %s  " T_ACCB "%s s",
			 verb + 1, sheet_verb_name[verb], w >= 36 ? sends : "sends",
			 fmt_double(t, 1, 0).s);
	} else if (verb >= 0) {
		cv_textf(c, 0, y, w, ROLE_CAUTION, "Too late: %d again, then Y", verb + 1);
	} else {
		cv_textf(c, 0, y, w, ROLE_TEXT,
			 T_KEY "%s" T_TEXT " chooses, then " T_KEY "Y" T_TEXT " sends",
			 u->sheet.kind == SHEET_STOPS ? "1" : "1-5");
	}
}

/* A narrow terminal that is tall: every verb with its cost and where it dies then. */
static int tall_verbs(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	for (int verb = 0; verb < SHEET_VERBS; verb++, y++) {
		const struct sheet_line *n = panic_shown(u, verb).line;
		enum role r = !n->offered	      ? ROLE_KEY_OFF
			      : verb == u->sheet.line ? ROLE_STRONG
						      : ROLE_TEXT;
		cv_textf(c, 0, y, 9, r, "%s%d %s", verb == u->sheet.line ? "▸" : " ", verb + 1,
			 sheet_verb_name[verb]);
		if (!n->offered) {
			cv_text(c, 10, y, l->cols - 10, ROLE_KEY_OFF, "no");
			continue;
		}
		cv_rightf(c, 9, 17, y, r, "%s", fmt_km(verb == SHEET_ADD ? n->add : n->cost, 0).s);
		cv_right(c, 17, l->cols < 30 ? l->cols : 29, y, r, panic_dies(n).s);
	}
	return y + 1;
}

/* And its legs: side, size. */
static void tall_legs(const struct ui *u, struct canvas *c, const struct layout *l, int y,
		      int bottom)
{
	struct panic_shown p = panic_shown(u, u->sheet.line);
	uint16_t at[SHEET_LEGS];
	uint32_t n = panic_rows(u, p, at);

	for (uint32_t i = 0; i < n && y < bottom; i++, y++) {
		const struct sheet_leg *g = &p.line->leg[at[i]];
		const struct sheet_leg_in *x = &p.in->leg[g->leg];
		if (y + 1 == bottom && i + 1 < n) {
			cv_textf(c, 0, y, l->cols, ROLE_DIM, "and %u legs more", n - i);
			return;
		}
		cv_textf(c, 0, y, l->cols, ROLE_DIM, "%-6.6s%s " T_TEXT "%s", x->coin,
			 g->buy ? "buy " : "sell", fmt_size(g->size, x->sz_decimals).s);
	}
}

static void tiny(const struct ui *u, struct canvas *c, const struct layout *l)
{
	int verb = u->sheet.line, y = l->body.y;
	struct panic_shown p = panic_shown(u, verb);
	bool tall = l->body.h >= 14;
	char size[64];

	if (tall)
		y = tall_verbs(u, c, l, y);

	if (!p.line->offered) {
		cv_textf(c, 0, y++, l->cols, ROLE_KEY_OFF, "%d %s no: %s", verb + 1,
			 sheet_verb_name[verb],
			 !u->sheet.plan.n_legs && panic_unread(u) ? "not read yet"
								  : panic_why(p.line->why));
		y++;
	} else {
		panic_size_words(u, verb, size, sizeof size, l->cols - 8);
		cv_textf(c, 0, y++, l->cols, ROLE_STRONG, "%d %s " T_DIM "%s", verb + 1,
			 sheet_verb_name[verb], size);
		cv_textf(c, 0, y++, l->cols, ROLE_DIM,
			 "cost " T_TEXT "%s" T_DIM " → " T_STRONG "%s",
			 fmt_km(verb == SHEET_ADD ? p.line->add : p.line->cost, 0).s,
			 panic_dies(p.line).s);
	}
	if (tall && verb != SHEET_GUARD && verb != SHEET_ADD && p.line->offered)
		tall_legs(u, c, l, y + 2, l->body.y + l->body.h);
	ask_line(u, c, y, l->cols);
}

static void phone(const struct ui *u, struct canvas *c, const struct layout *l)
{
	int y = l->body.y, verb = u->sheet.line, bottom = l->body.y + l->body.h;
	struct panic_shown p = panic_shown(u, verb);
	char worse[110] = "", size[64];

	verb_heading(u, c, l, y++);
	if (u->sheet.details) {
		view_legs(u, c, l, verb, y, bottom - 1);
		ask_line(u, c, bottom - 1, l->cols);
		return;
	}
	y = verb_rows(u, c, l, y);
	if (p.line->offered) {
		panic_size_words(u, verb, size, sizeof size, l->cols - 18);
		cv_textf(c, 0, y++, l->cols, ROLE_TEXT, "%s%s", size,
			 verb == SHEET_NOW && panic_whole(u) ? "; then " T_STRONG "LOCAL LOCK"
							     : "");
		cv_textf(c, 0, y++, l->cols, ROLE_DIM,
			 "equity after " T_TEXT "%s" T_DIM ", net delta " T_TEXT "%s",
			 fmt_usd(p.line->equity, 9, 0).s, fmt_usd(p.line->net, 9, SIGN_PLUS).s);
		if (verb != SHEET_GUARD && verb != SHEET_ADD)
			panic_worse(p, worse, sizeof worse);
		int more = cv_wrap(c, 0, y, l->cols, bottom - y > 12 ? 2 : 1, ROLE_DIM, worse);
		y += more > 1 ? more : 1;
		if (bottom - y > 8) /* room is not wasted: what Enter lists */
			view_legs(u, c, l, verb, y + 1, bottom - 2);
	}
	ask_line(u, c, bottom - 1, l->cols);
}

void view_panic(struct ui *u, struct canvas *c, const struct layout *l)
{
	int y = l->body.y, bottom = l->rule_y, verb = u->sheet.line;
	bool m = l->size >= SIZE_M;

	if (l->size == SIZE_TINY) {
		tiny(u, c, l);
		return;
	}
	if (l->size == SIZE_PHONE) {
		phone(u, c, l);
		return;
	}
	title(u, c, l, y, "Panic");
	y += m ? 2 : 1;
	verb_heading(u, c, l, y++);
	y = verb_rows(u, c, l, y) + (l->rows >= 24);
	bool sells = verb == SHEET_NOW || verb == SHEET_CARE || verb == SHEET_TRIM;
	int keep = m ? (sells && verb != SHEET_TRIM ? 6 : 0) : sells;
	if (bottom - y < 3)
		keep = 0;
	if (u->sheet.plan.n_legs)
		y = view_legs(u, c, l, verb, y, bottom - keep);
	else
		cv_text(c, 1, y++, l->cols - 2, ROLE_DIM,
			panic_unread(u) ? "The account is not read yet: what is open is not known."
					: "Nothing is open in this scope.");
	if (m && (verb == SHEET_NOW || verb == SHEET_CARE)) {
		effects_wide(u, c, l, y + 1, bottom, verb);
		trim_words(u, c, l, y + 7, bottom);
	} else if (u->sheet.plan.n_legs) {
		if (!m && sells && y < bottom && panic_shown(u, verb).line->offered)
			effects_brief(u, c, l, y++, verb);
		if (verb != SHEET_NOW)
			y = pools_after(u, c, l, y + 1, bottom, verb);
		if (m && verb == SHEET_TRIM && panic_shown(u, verb).line->offered)
			effects_wide(u, c, l, y + 1, bottom, verb);
	}
	zone(u, c, l);
}

/* ---- the stops at the venue ---- */

void view_stops(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct sheet_line *g = panic_shown(u, SHEET_GUARD).line;
	int y = l->body.y, bottom = l->rule_y;
	char size[64];

	if (l->size <= SIZE_PHONE)
		bottom = l->body.y + l->body.h - 1;
	if (l->size == SIZE_TINY) {
		panic_size_words(u, SHEET_GUARD, size, sizeof size, l->cols - 8);
		cv_textf(c, 0, y, l->cols, ROLE_STRONG, "1 GUARD " T_DIM "%s",
			 g->offered ? size : "not offered");
		cv_text(c, 0, y + 1, l->cols, ROLE_TEXT,
			panic_chosen(u) >= 0 && !u->confirm.late ? T_KEY "Y" T_TEXT " places them"
								 : T_KEY "1" T_TEXT ", then " T_KEY
									 "Y");
		return;
	}
	if (l->size == SIZE_PHONE)
		cv_text(c, 0, y, l->cols, ROLE_TITLE, "Guard" T_DIM "  stops at the venue");
	else
		title(u, c, l, y, "Guard");
	y += l->rows >= 20 ? 2 : 1;
	panic_size_words(u, SHEET_GUARD, size, sizeof size, 40);
	bool stand = !g->offered && !strncmp(g->why, "in place", 8);
	cv_textf(c, 2, y, l->cols - 3, g->offered ? ROLE_KEY : ROLE_KEY_OFF, "1 %s%s",
		 g->offered ? T_TEXT "place and repair   " T_DIM
		 : stand    ? "place and repair   " T_OK
			    : "place and repair   not offered: ",
		 g->offered || stand ? size : panic_why(g->why));
	cv_text(c, 2, y + 1, l->cols - 3, ROLE_KEY,
		"2" T_TEXT " take ours away     " T_DIM "type STOPS: they would have NO STOP");
	cv_put(c, 0, y + (u->sheet.line == 1), ROLE_ACCENT_B, "▸");
	cv_select(c, 0, y + (u->sheet.line == 1), l->cols);
	y += 3;
	y -= l->size == SIZE_PHONE; /* no row to spare */
	if (y < bottom)
		y = view_legs(u, c, l, SHEET_GUARD, y, bottom - (l->rows >= 20));
	if (y < bottom && l->size >= SIZE_SHORT)
		cv_text(c, 1, y, l->cols - 2, ROLE_DIM,
			l->cols >= 100
				? "They rest at the venue and work without this program; after "
				  "the venue cancels them they are placed again."
				: "They rest at the venue and work without us.");
	if (l->size <= SIZE_PHONE)
		ask_line(u, c, bottom, l->cols);
	else
		zone(u, c, l);
}
