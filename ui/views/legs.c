/* legs.c: the legs of one verb of the emergency sheet as a table: NOW its rungs, TRIM its cuts and
 * what the next quarter costs, CARE its slices, GUARD its triggers, ADD its amounts. */
#include "ui/views/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "ui/panic.h"
#include "base/banned.h"

struct table {
	const struct ui *u;
	struct canvas *c;
	const struct layout *l;
	struct panic_shown p;
	int verb;
};

/* A column: where it ends at 120, 80, 60 and 40 columns (0: not there), and its heading. */
enum { AT_M, AT_S, AT_SHORT, AT_PHONE };
struct col {
	int16_t end[4];
	const char *wide, *brief;
};

static int class_of(const struct layout *l)
{
	return l->size >= SIZE_M       ? AT_M
	       : l->size == SIZE_S     ? AT_S
	       : l->size == SIZE_SHORT ? AT_SHORT
				       : AT_PHONE;
}

/* Right-aligned in its column, or not at all. */
static void put(const struct table *t, const struct col *k, int y, enum role role, const char *s)
{
	int end = k->end[class_of(t->l)], w = cv_width(s);

	if (end)
		cv_num(t->c, end - w, y, w, role, s);
}

static void headings(const struct table *t, int y, const struct col *k, int n)
{
	int cls = class_of(t->l);

	for (int i = 0; i < n; i++)
		if (k[i].end[cls])
			cv_right(t->c, 0, k[i].end[cls], y, ROLE_DIM,
				 cls == AT_M ? k[i].wide : k[i].brief);
}

static const struct sheet_leg_in *in_of(const struct table *t, const struct sheet_leg *g)
{
	return &t->p.in->leg[g->leg];
}

static struct num px(const struct table *t, const struct sheet_leg *g, struct price p)
{
	return fmt_price(p, in_of(t, g)->px_decimals);
}

static struct num size_of(const struct table *t, const struct sheet_leg *g, struct qty q, int w)
{
	return fmt_size_in(q, in_of(t, g)->sz_decimals, w);
}

/* Name and side at the left; `lead` before them: "alone", "1", "". */
static void leg_name(const struct table *t, int y, const struct sheet_leg *g, const char *lead)
{
	int cls = class_of(t->l), x = cls == AT_M ? 9 : cls == AT_PHONE ? 0 : 3;

	if (cls != AT_PHONE)
		cv_put(t->c, 1, y, ROLE_DIM, lead);
	cv_text(t->c, x, y, cls <= AT_S ? 5 : 4, ROLE_STRONG, in_of(t, g)->coin);
	cv_put(t->c, x + (cls == AT_S ? 6 : 5), y, g->hedge ? ROLE_CAUTION : ROLE_TEXT,
	       g->buy ? "buy" : "sell");
}

/* What must be said of a leg takes the place of its numbers. */
static bool says_why(const struct table *t, int y, const struct sheet_leg *g)
{
	int cls = class_of(t->l), x = cls == AT_M ? 20 : cls == AT_S ? 15 : 12;

	if (g->size.v > 0 || !g->why[0])
		return false;
	cv_textf(t->c, x, y, t->l->cols - x - 1, ROLE_CAUTION, "! %s", g->why);
	return true;
}

/* Near the price past which it makes the pool worse, it is shown in caution. */
static enum role past_role(const struct table *t, const struct sheet_leg *g)
{
	double mark = price_to_double(in_of(t, g)->mark), past = price_to_double(g->worse_past);

	return g->never_helps || (mark > 0 && past > 0 && fabs(past / mark - 1) < 0.05)
		       ? ROLE_CAUTION
		       : ROLE_DIM;
}

static void worse_past(const struct table *t, const struct col *k, int y, const struct sheet_leg *g)
{
	put(t, k, y, past_role(t, g), g->never_helps ? "never helps" : px(t, g, g->worse_past).s);
}

/* ---- NOW ---- */

static const struct col now_cols[] = {
	{{29, 27, 24, 18}, "size", "size"},
	{{39, 0, 0, 0}, "mark", "mark"},
	{{51, 37, 36, 29}, "rung 1 +0s", "rung 1"},
	{{63, 47, 0, 0}, "rung 2 +1s", "rung 2"},
	{{75, 57, 0, 0}, "rung 3 +2s", "rung 3"},
	{{87, 67, 47, 40}, "last +3s", "last"},
	{{97, 0, 0, 0}, "expected", ""},
	{{107, 0, 0, 0}, "cost USD", ""},
	{{119, 79, 59, 0}, "worse past", "worse past"},
};

static void now_row(const struct table *t, int y, const struct sheet_leg *g)
{
	bool m = class_of(t->l) == AT_M;

	bool first = g->alone || t->p.line->n == 1;
	leg_name(t, y, g, m ? (first ? "alone" : "batch") : first ? "1" : "2");
	if (says_why(t, y, g))
		return;
	put(t, &now_cols[0], y, ROLE_TEXT, size_of(t, g, g->size, t->l->cols < 60 ? 8 : 11).s);
	put(t, &now_cols[1], y, g->blind ? ROLE_CAUTION : ROLE_DIM, px(t, g, in_of(t, g)->mark).s);
	for (int k = 0; k < SHEET_RUNGS; k++) {
		char s[48];
		snprintf(s, sizeof s, "%s%s", g->zero_from <= k ? "=" : "", px(t, g, g->rung[k]).s);
		put(t, &now_cols[2 + k], y,
		    g->fills == k ? ROLE_ACCENT_B
		    : k == 0	  ? ROLE_TEXT
				  : ROLE_DIM,
		    s);
	}
	put(t, &now_cols[6], y, ROLE_TEXT, px(t, g, g->expected).s);
	put(t, &now_cols[7], y, ROLE_TEXT, fmt_usd(g->cost, 9, 0).s);
	worse_past(t, &now_cols[8], y, g);
}

/* ---- TRIM ---- */

static const struct col trim_cols[] = {
	{{30, 25, 22, 18}, "size", "size"},   {{42, 35, 0, 0}, "of position", "of"},
	{{49, 42, 28, 26}, "part", "part"},   {{60, 53, 0, 0}, "expected", "expected"},
	{{71, 62, 38, 39}, "worst", "worst"}, {{82, 69, 47, 0}, "cost USD", "cost"},
	{{94, 0, 0, 0}, "next 25 %", ""},     {{106, 79, 59, 0}, "it costs", "next 25%"},
	{{118, 0, 0, 0}, "bp", ""},
};

static void trim_row(const struct table *t, int y, const struct sheet_leg *g)
{
	char part[16];
	double n = qty_to_double(g->next) * price_to_double(in_of(t, g)->mark);
	struct qty held = in_of(t, g)->szi;

	held.v = held.v < 0 ? -held.v : held.v;
	leg_name(t, y, g, class_of(t->l) == AT_M ? (g->hedge ? "with" : "cut") : "");
	if (says_why(t, y, g))
		return;
	snprintf(part, sizeof part, "%.8s %%", fmt_double(g->part * 100, 0, 0).s);
	put(t, &trim_cols[0], y, ROLE_STRONG, size_of(t, g, g->size, t->l->cols < 60 ? 8 : 9).s);
	put(t, &trim_cols[1], y, ROLE_DIM, size_of(t, g, held, 9).s);
	put(t, &trim_cols[2], y, ROLE_ACCENT_B, part);
	put(t, &trim_cols[3], y, ROLE_TEXT, px(t, g, g->expected).s);
	put(t, &trim_cols[4], y, past_role(t, g), px(t, g, g->worst).s);
	put(t, &trim_cols[5], y, ROLE_TEXT, fmt_usd(g->cost, 8, 0).s);
	put(t, &trim_cols[6], y, ROLE_DIM, g->next.v ? size_of(t, g, g->next, 9).s : "–");
	put(t, &trim_cols[7], y, ROLE_TEXT, g->next.v ? fmt_usd(g->next_cost, 8, 0).s : "–");
	put(t, &trim_cols[8], y, ROLE_DIM,
	    n > 0 ? fmt_double(-g->next_cost / n * 1e4, 1, 0).s : "–");
}

/* ---- CARE ---- */

static const struct col care_cols[] = {
	{{30, 27, 23, 18}, "size", "size"},	{{40, 35, 30, 0}, "slices", "slices"},
	{{53, 46, 0, 0}, "the first", "first"}, {{62, 53, 38, 26}, "takes", "takes"},
	{{73, 0, 0, 0}, "expected", ""},	{{84, 67, 47, 39}, "worst", "worst"},
	{{95, 0, 0, 0}, "cost USD", ""},	{{107, 79, 59, 0}, "worse past", "worse past"},
};

static void care_row(const struct table *t, int y, const struct sheet_leg *g)
{
	const char *about = g->about ? "~" : "";
	char worst[48], slices[24], takes[48];

	leg_name(t, y, g, "");
	if (says_why(t, y, g))
		return;
	snprintf(worst, sizeof worst, "%s%s", g->zero_from < SHEET_RUNGS ? "=" : "",
		 px(t, g, g->worst).s);
	put(t, &care_cols[0], y, ROLE_STRONG, size_of(t, g, g->size, t->l->cols < 60 ? 8 : 10).s);
	snprintf(slices, sizeof slices, "%s%u", about, g->slices);
	snprintf(takes, sizeof takes, "%s%s", about, fmt_dur(g->takes_s).s);
	put(t, &care_cols[1], y, ROLE_TEXT, slices);
	put(t, &care_cols[2], y, ROLE_DIM, size_of(t, g, g->slice, 10).s);
	put(t, &care_cols[3], y, ROLE_DIM, takes);
	put(t, &care_cols[4], y, ROLE_TEXT, px(t, g, g->expected).s);
	put(t, &care_cols[5], y, ROLE_DIM, worst);
	put(t, &care_cols[6], y, ROLE_TEXT, fmt_usd(g->cost, 8, 0).s);
	worse_past(t, &care_cols[7], y, g);
}

/* ---- GUARD ---- */

static const struct col guard_cols[] = {
	{{48, 44, 29, 29}, "trigger", "trigger"}, {{57, 53, 38, 39}, "away", "away"},
	{{69, 66, 48, 0}, "worst", "worst"},	  {{81, 79, 59, 0}, "dies at", "dies at"},
	{{37, 33, 0, 0}, "size", "size"},
};

/* What must be said of a stop: whether it fires before a running exit would give up. */
static void guard_note(const struct table *t, const struct sheet_leg *g, char *out, size_t cap)
{
	out[0] = 0;
	if (g->before_working)
		snprintf(out, cap, "! before x%u's working price %s", g->exit,
			 px(t, g, in_of(t, g)->working).s);
	else if (g->guard != SG_NONE && g->why[0])
		snprintf(out, cap, "%s", g->why);
}

static void guard_row(const struct table *t, int y, const struct sheet_leg *g)
{
	static const char *const state[] = {"", "place", "repair", "stands"};
	const struct sheet_leg_in *x = in_of(t, g);
	int cls = class_of(t->l), from = cls == AT_M	   ? 20
					 : cls == AT_S	   ? 14
					 : cls == AT_SHORT ? 13
							   : 10;
	double mark = price_to_double(x->mark), at = price_to_double(g->trigger);
	char away[24], note[SHEET_WHY + 40] = "";

	leg_name(t, y, g, "");
	if (g->guard == SG_NONE) {
		cv_textf(t->c, from, y, t->l->cols - from - 1, ROLE_KEY_OFF, "%s%s",
			 cls == AT_PHONE ? "no: " : "none: ", panic_why(g->why));
		return;
	}
	if (cls != AT_PHONE)
		cv_put(t->c, from, y,
		       g->guard == SG_IN_PLACE ? ROLE_OK
		       : g->guard == SG_REPAIR ? ROLE_CAUTION
					       : ROLE_STRONG,
		       state[g->guard]);
	if (g->guard == SG_IN_PLACE && x->stop.v)
		at = price_to_double(x->stop);
	snprintf(away, sizeof away, "%.12s %%",
		 mark > 0 && at > 0 ? fmt_pct((at / mark - 1) * 100, SIGN_PLUS).s : "–");
	put(t, &guard_cols[0], y, ROLE_STRONG, fmt_px(at, x->px_decimals).s);
	put(t, &guard_cols[1], y, ROLE_DIM, away);
	put(t, &guard_cols[2], y, ROLE_DIM, g->rung[0].v ? px(t, g, g->rung[0]).s : "–");
	put(t, &guard_cols[3], y, ROLE_DIM, px(t, g, g->dies).s);
	put(t, &guard_cols[4], y, ROLE_TEXT, size_of(t, g, g->size, 10).s);
	guard_note(t, g, note, sizeof note);
	int end = guard_cols[3].end[cls];
	if (note[0] && cls == AT_M)
		cv_text(t->c, end + 2, y, t->l->cols - end - 3, ROLE_CAUTION, note);
}

/* ---- ADD ---- */

static int add_rows(const struct table *t, int y, int bottom)
{
	const struct sheet_line *n = t->p.line;
	bool m = class_of(t->l) == AT_M;

	for (uint32_t i = 0; i < t->p.in->n_pools && y < bottom; i++) {
		const struct sheet_after *a = &n->pool[i];
		char dies[48] = "", name[COIN_MAX + NAME_MAX_ + 2];
		if (!(a->add > 0))
			continue;
		if (a->has_dies && t->l->cols >= 60)
			snprintf(dies, sizeof dies, T_DIM "dies at %s %%",
				 fmt_pct(a->dies_pct, SIGN_PLUS).s);
		panic_pool_name(t->u, t->p.in, i, name, sizeof name);
		cv_text(t->c, 1, y, 11, ROLE_STRONG, name);
		cv_num(t->c, 12, y, 9, ROLE_STRONG, fmt_usd(a->add, 9, 0).s);
		cv_put(t->c, 22, y, ROLE_DIM, "USDC");
		if (dies[0])
			cv_put(t->c, 28, y, ROLE_TEXT, dies);
		int x = dies[0] ? 46 : 28;
		cv_text(t->c, x, y, t->l->cols - x - 1, ROLE_TEXT,
			a->add_here ? (m ? "Y pays it into this isolated position" : "Y pays it in")
			: m	    ? "you send it: a deposit or a transfer to this account"
				    : "you send it");
		y++;
	}
	return y;
}

/* ---- all ---- */

static const struct {
	void (*row)(const struct table *, int y, const struct sheet_leg *);
	const struct col *cols;
	int n;
	const char *title;
} tables[SHEET_VERBS] = {
	[SHEET_GUARD] = {guard_row, guard_cols, COUNT_OF(guard_cols), "GUARD places"},
	[SHEET_TRIM] = {trim_row, trim_cols, COUNT_OF(trim_cols), "TRIM sends"},
	[SHEET_CARE] = {care_row, care_cols, COUNT_OF(care_cols), "CARE sends"},
	[SHEET_NOW] = {now_row, now_cols, COUNT_OF(now_cols), "NOW sends"},
	[SHEET_ADD] = {NULL, NULL, 0, "ADD"},
};

static const struct panic_conf *knobs(const struct table *t)
{
	return t->p.in->panic.rung_ms ? &t->p.in->panic : panic_default();
}

/* "ETH first, alone: most danger; then one batch of 4" */
static void now_goes(const struct table *t, char *out, size_t cap)
{
	const struct sheet_line *n = t->p.line;
	const struct sheet_leg *first = &n->leg[0];
	char then[48] = "";
	size_t len;

	for (uint32_t i = 0; i < n->n; i++)
		if (n->leg[i].alone)
			first = &n->leg[i];
	if (n->actions == 2)
		snprintf(then, sizeof then, "one batch of %u", n->orders - first->orders);
	else
		snprintf(then, sizeof then, "%u orders in %u actions", n->orders - first->orders,
			 n->actions ? n->actions - 1 : 0);
	if (n->n > 1)
		snprintf(out, cap, "%.12s first, alone: most danger; then %s; ",
			 t->p.in->leg[first->leg].coin, then);
	else
		snprintf(out, cap, "%.12s; ", n->n ? t->p.in->leg[first->leg].coin : "–");
	len = strlen(out);
	snprintf(out + len, cap - len, "reduce-only; one rung a second from %s",
		 n->n && n->leg[0].blind ? T_DANG "the mark alone" : "min(mark, bid)");
}

static void lead(const struct table *t, int y)
{
	char how[200] = "";

	switch (t->verb) {
	case SHEET_NOW:
		now_goes(t, how, sizeof how);
		break;
	case SHEET_TRIM:
		snprintf(how, sizeof how,
			 "the least cut that survives BTC %s %% and %s σ of an hour; nothing past "
			 "break-even; doubt waits for proof",
			 fmt_double(-(t->p.in->shock > 0 ? t->p.in->shock : 0.05) * 100, 0, 0).s,
			 fmt_double(t->p.in->sigmas > 0 ? t->p.in->sigmas : 3, 0, 0).s);
		break;
	case SHEET_CARE:
		snprintf(how, sizeof how,
			 "slices that cross, %s %% of five levels each, the first at once; "
			 "reduce-only; doubt waits for proof",
			 fmt_double(ratio_to_double(knobs(t)->care_depth) * 100, 0, 0).s);
		break;
	case SHEET_GUARD:
		snprintf(
			how, sizeof how,
			"reduce-only stop-markets for whole positions, resting at the venue; worst "
			"%s %% past the trigger",
			fmt_double(ratio_to_double(knobs(t)->guard_worst) * 100, 0, 0).s);
		break;
	default:
		snprintf(how, sizeof how,
			 "the collateral that reaches the cushion of TRIM; nothing "
			 "is sold");
	}
	cv_textf(t->c, 1, y, t->l->cols - 2, ROLE_TITLE, "%s" T_DIM "   %s", tables[t->verb].title,
		 how);
}

static int totals(const struct table *t, int y)
{
	const struct sheet_line *n = t->p.line;

	cv_textf(t->c, 1, y, 40, ROLE_DIM, "all    %15s USD", fmt_usd(n->notional, 14, 0).s);
	if (t->verb == SHEET_NOW) {
		cv_text(t->c, 41, y, 50, ROLE_DIM, "bold: the book fills it   =: equity is zero");
		cv_num(t->c, 97, y, 10, ROLE_STRONG, fmt_usd(n->cost, 9, 0).s);
	} else if (t->verb == SHEET_TRIM) {
		cv_num(t->c, 72, y, 10, ROLE_STRONG, fmt_usd(n->cost, 9, 0).s);
	} else {
		cv_num(t->c, 85, y, 10, ROLE_STRONG, fmt_usd(n->cost, 9, 0).s);
	}
	return y + 1;
}

/* What must be said of the line or of a leg that is sent all the same. */
static int notes(const struct table *t, int y, int bottom)
{
	const struct sheet_line *n = t->p.line;

	if (t->verb == SHEET_NOW && class_of(t->l) == AT_S && y < bottom)
		cv_text(t->c, 1, y++, t->l->cols - 2, ROLE_DIM,
			n->n > 1 ? "1 alone first, 2 in batches; one rung a second; = the pool's "
				   "equity is zero"
				 : "one rung a second; = the pool's equity is zero");
	if (t->verb == SHEET_ADD)
		return y; /* its rows say it */
	if (n->offered && n->why[0] && y < bottom)
		cv_textf(t->c, 1, y++, t->l->cols - 2, ROLE_CAUTION, "! %s", n->why);
	if (t->verb == SHEET_TRIM && !n->enough && n->offered && y < bottom) {
		double short_by = 0;
		for (uint32_t i = 0; i < t->p.in->n_pools; i++)
			short_by += n->pool[i].short_by;
		if (short_by > 0)
			cv_textf(t->c, 1, y++, t->l->cols - 2, ROLE_CAUTION,
				 "! the cushion is still missed by %s USD: 5 adds, 4 closes",
				 fmt_usd(short_by, 12, 0).s);
	}
	for (uint32_t i = 0; i < n->n && y < bottom; i++) {
		const struct sheet_leg *g = &n->leg[i];
		char note[SHEET_WHY + 40] = "";
		if (t->verb == SHEET_GUARD && class_of(t->l) != AT_M)
			guard_note(t, g, note, sizeof note);
		else if (t->verb == SHEET_NOW || t->verb == SHEET_TRIM)
			snprintf(note, sizeof note, "%s", g->size.v > 0 ? g->why : "");
		if (note[0])
			cv_textf(t->c, 1, y++, t->l->cols - 2, ROLE_CAUTION, "%s%s: %s",
				 note[0] == '!' ? "" : "! ", in_of(t, g)->coin,
				 note + 2 * (note[0] == '!'));
	}
	return y;
}

int view_legs(const struct ui *u, struct canvas *c, const struct layout *l, int verb, int y,
	      int bottom)
{
	struct table t = {u, c, l, panic_shown(u, verb), verb};
	int cls = class_of(l);
	uint16_t at[SHEET_LEGS];
	uint32_t n = panic_rows(u, t.p, at);

	if (bottom - y < 2 || !(t.p.line->offered || t.p.line->n))
		return y;
	if (cls == AT_M)
		lead(&t, y++);
	if (!tables[verb].row)
		return notes(&t, add_rows(&t, y + (cls != AT_M), bottom), bottom);
	if (cls != AT_M && cls != AT_PHONE)
		cv_put(c, 1, y, ROLE_TITLE, cls == AT_S ? tables[verb].title : "");
	headings(&t, y, tables[verb].cols, tables[verb].n);
	if (cls == AT_M)
		cv_put(c, 9, y, ROLE_DIM, "leg");
	y++;
	int rows = bottom - y - (cls == AT_M && n > 1 && verb != SHEET_GUARD) -
		   (cls == AT_S && verb == SHEET_NOW);
	rows = rows < 1 ? 1 : rows;
	for (uint32_t i = 0; i < n && rows > 0; i++, rows--) {
		if (rows == 1 && i + 1 < n) {
			cv_textf(c, 1, y++, l->cols - 2, ROLE_DIM, "and %u legs more, all sent",
				 n - i);
			break;
		}
		tables[verb].row(&t, y++, &t.p.line->leg[at[i]]);
	}
	if (cls == AT_M && n > 1 && verb != SHEET_GUARD && y < bottom)
		y = totals(&t, y);
	return notes(&t, y, bottom);
}
