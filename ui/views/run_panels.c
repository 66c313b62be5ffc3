/* run_panels.c: below the rows of a run: what is not known, how it stands now, the steps to its
 * end; and, once it has ended, what was read. */
#include "ui/views/run_in.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "core/order.h"
#include "base/banned.h"

/* ---- what is not known, in words ---- */

static const struct snap_alarm *unknown_alarm(const struct snap *s)
{
	for (uint32_t i = 0; i < s->n_alarms; i++)
		if (s->alarm[i].code == NC_UNKNOWN)
			return &s->alarm[i];
	return NULL;
}

const struct snap_flat_row *run_unknown_row(const struct snap_flat *f)
{
	for (uint32_t i = 0; i < f->n; i++)
		if (run_row_unknown(&f->row[i]))
			return &f->row[i];
	return NULL;
}

int run_doubt(const struct ui *u, struct canvas *c, const struct layout *l, int y, int bottom)
{
	const struct snap_flat *f = ui_flat(u);
	const struct snap_flat_row *r = run_unknown_row(f);
	const struct snap_alarm *a = unknown_alarm(u->snap);
	int w = l->cols - 2;
	char words[320];

	if (!r || bottom - y < 2)
		return y;
	bool zero = r->verb == VERB_NOW;
	if (l->rows >= 36)
		cv_textf(c, 1, y++, w, ROLE_STRONG, "%s" T_DIM "  %s", r->coin,
			 zero ? "target zero: it never waits for an answer"
			      : "a part: its size stays in flight until a verdict or a proof of "
				"death");
	if (a) {
		fmt_words(words, sizeof words, a->text);
		y += cv_wrap(c, 1, y, w < 78 ? w : 78, bottom - y < 2 ? bottom - y : 2, ROLE_TEXT,
			     words);
	}
	const struct snap_leg *g =
		ui_leg_find(u->snap, r->coin, f->account == 0xff ? -1 : f->account);
	if (g && y < bottom)
		cv_textf(c, 1, y++, w, ROLE_DIM,
			 "Last position %s ago: " T_TEXT "%s %s" T_DIM ".%s",
			 fmt_dur(snap_age_s(u, g->account_ns)).s,
			 fmt_size5((struct qty){llabs(g->szi.v)}).s, r->coin,
			 zero ? " Any path can answer." : " Nothing more goes for it until then.");
	return y;
}

/* ---- Now and Steps ---- */

static void pair(struct canvas *c, int x, int y, int w, const char *name, enum role role,
		 const char *value)
{
	cv_text(c, x, y, w - cv_width(value) - 1, ROLE_DIM, name);
	cv_right(c, x, x + w, y, role, value);
}

/* Legs still open of those under way: "ETH 310 or 0, BTC 4.2". */
static void left_words(const struct ui *u, char *out, size_t cap)
{
	const struct snap_flat *f = ui_flat(u);
	size_t n = 0;
	int named = 0, more = 0;

	snprintf(out, cap, "none");
	for (uint32_t i = 0; i < f->n; i++) {
		const struct snap_flat_row *r = &f->row[i];
		if (!run_first_of_leg(f, i) || run_leg_done(f, i))
			continue;
		if (named >= 2 || (named && n > 14)) {
			more++;
			continue;
		}
		struct qty left = {r->sz.v - run_leg_filled(f, i).v};
		n += (size_t)snprintf(out + n, cap - n, "%s%.10s %s%s", named ? ", " : "", r->coin,
				      run_whole(left) ? fmt_double(qty_to_double(left), 0, 0).s
						      : fmt_size5(left).s,
				      run_row_unknown(r) ? " or 0" : "");
		named++;
	}
	if (more && n + 12 < cap)
		snprintf(out + n, cap - n, ", %d more", more);
}

/* Pools stand sorted: the first of the run's account. */
static const struct snap_pool *nearest_pool(const struct snap *s, uint8_t account)
{
	for (uint32_t i = 0; i < s->n_pools; i++)
		if (account == 0xff || s->pool[i].account == account)
			return &s->pool[i];
	return NULL;
}

void run_now_panel(const struct ui *u, struct canvas *c, int x, int y, int w, int bottom)
{
	const struct snap *s = u->snap;
	const struct snap_flat *f = ui_flat(u);
	const struct snap_account *a =
		f->account < s->n_accounts ? &s->account[f->account] : ui_account(u);
	char left[80], v[64];

	if (!a || y >= bottom)
		return;
	cv_textf(c, x, y++, w, ROLE_TITLE, "Now" T_DIM "  venue read %s ago",
		 fmt_dur(snap_age_s(u, a->read_ns)).s);
	snprintf(v, sizeof v, "%s est", fmt_money(a->equity, 12, 0).s);
	if (y < bottom)
		pair(c, x, y++, w, "equity USD", ROLE_STRONG, v);
	if (y < bottom)
		pair(c, x, y++, w, "cost so far USD, fees in", ROLE_TEXT, run_loss(f->cost).s);
	if (y < bottom)
		pair(c, x, y++, w, "expected was", ROLE_DIM, run_expected(f).s);
	if (y < bottom && f->worst.v)
		pair(c, x, y++, w, "at worst", ROLE_DIM, run_loss(f->worst).s);
	left_words(u, left, sizeof left);
	if (y < bottom)
		pair(c, x, y++, w, f->verb == VERB_TRIM ? "still to cut" : "positions left",
		     f->unknown ? ROLE_UNKNOWN : ROLE_TEXT, left);
	const struct snap_pool *p = nearest_pool(s, f->account);
	if (y < bottom && p && p->has_dies) {
		snprintf(v, sizeof v, "BTC %s %%", fmt_pct(p->dies_pct, 0).s);
		pair(c, x, y, w, f->unknown ? "dies at, if nothing of it filled" : "dies at",
		     ROLE_TEXT, v);
	}
}

static void step(struct canvas *c, int x, int *y, int w, int bottom, const char *sign,
		 const char *words, const char *when)
{
	if (*y >= bottom)
		return;
	enum role r = sign[0] == '?' ? ROLE_UNKNOWN : sign[0] == '!' ? ROLE_CAUTION : ROLE_DIM;
	bool done = !strcmp(sign, "✓");

	cv_put(c, x, *y, done ? ROLE_OK : r, sign);
	cv_text(c, x + 2, *y, w - 3 - cv_width(when), done ? ROLE_TEXT : r, words);
	cv_right(c, x, x + w, *y, ROLE_DIM, when);
	++*y;
}

static struct num at_s(int32_t ms)
{
	struct num n;

	snprintf(n.s, sizeof n.s, "%s s", fmt_double(ms * 1e-3, 3, 0).s);
	return n;
}

/* The orders, as steps: the first, the rest, and each that is not known. */
static void order_steps(const struct ui *u, struct canvas *c, int x, int *y, int w, int bottom)
{
	const struct snap_flat *f = ui_flat(u);
	const struct snap_flat_row *first = NULL;
	unsigned rest = 0, filled = 0, waiting = 0;
	int32_t last = -1;
	char words[96];

	for (uint32_t i = 0; i < f->n; i++)
		if (f->row[i].sent_ms >= 0 && (!first || f->row[i].sent_ms < first->sent_ms))
			first = &f->row[i];
	if (first) {
		snprintf(words, sizeof words, "%s: signed and sent", first->coin);
		step(c, x, y, w, bottom, "✓", words, at_s(first->sent_ms).s);
	}
	for (uint32_t i = 0; i < f->n; i++) {
		const struct snap_flat_row *r = &f->row[i];
		if (!run_first_of_leg(f, i))
			continue;
		waiting += r->sent_ms < 0;
		if (r == first || r->sent_ms < 0)
			continue;
		rest++;
		filled += run_leg_done(f, i);
		last = r->answered_ms > last ? r->answered_ms : last;
	}
	if (rest) {
		snprintf(words, sizeof words, "%u more sent: %u filled", rest, filled);
		step(c, x, y, w, bottom, filled == rest ? "✓" : "·", words,
		     last >= 0 ? at_s(last).s : "waiting");
	}
	if (waiting) {
		snprintf(words, sizeof words, "%u wait%s its turn", waiting,
			 waiting == 1 ? "s" : "");
		step(c, x, y, w, bottom, "·", words, "");
	}
	unsigned unknown = 0;
	for (uint32_t i = 0; i < f->n; i++)
		unknown += run_row_unknown(&f->row[i]);
	if (unknown > 2) {
		snprintf(words, sizeof words, "%u legs: no answer; %s", unknown,
			 f->verb == VERB_NOW ? "the next rung does not wait"
					     : "they wait for proof");
		step(c, x, y, w, bottom, "?", words, "");
		return;
	}
	for (uint32_t i = 0; i < f->n; i++) {
		const struct snap_flat_row *r = &f->row[i];
		if (!run_row_unknown(r))
			continue;
		bool zero = r->verb == VERB_NOW;
		snprintf(words, sizeof words, "%s rung %u: no answer%s", r->coin, r->rung,
			 zero ? "; the next rung does not wait" : "; waits for proof");
		step(c, x, y, w, bottom, "?", words, "");
	}
}

void run_steps_panel(const struct ui *u, struct canvas *c, int x, int y, int w, int bottom)
{
	const struct snap_flat *f = ui_flat(u);
	bool all_done = true, trim = f->verb == VERB_TRIM;
	char words[96];

	if (y >= bottom)
		return;
	cv_put(c, x, y++, ROLE_TITLE, "Steps");
	order_steps(u, c, x, &y, w, bottom);
	for (uint32_t i = 0; i < f->n; i++)
		all_done = all_done && (!run_first_of_leg(f, i) || run_leg_done(f, i));
	if (f->cancels_sent) {
		snprintf(words, sizeof words, "cancels sent, %u of %u gone", f->cancels_done,
			 f->cancels_sent);
		step(c, x, &y, w, bottom, f->cancels_done >= f->cancels_sent ? "✓" : "·", words,
		     "");
	}
	if (f->verb == VERB_CARE) {
		char when[24] = "";
		double left = (double)(f->next_ms - ui_wall_ms(u)) * 1e-3;
		if (f->next_ms && !f->paused && !all_done)
			snprintf(when, sizeof when, left > 0.5 ? "next in %s s" : "now",
				 fmt_double(left, 0, 0).s);
		run_slice_words(u, words, sizeof words);
		step(c, x, &y, w, bottom, all_done ? "✓" : "·", words, f->paused ? "paused" : when);
	}
	if (f->throttled)
		step(c, x, &y, w, bottom, "!", "the venue throttles: its pace is kept", "");
	snprintf(words, sizeof words, "two reads after the last answer: %u of 2", f->reads);
	step(c, x, &y, w, bottom, f->reads >= 2 ? "✓" : "·", words,
	     f->reads >= 2 ? ""
	     : all_done	   ? "waiting"
			   : "after");
	if (!trim) {
		step(c, x, &y, w, bottom, "·", "cancel protective stops, burn open nonces",
		     "after flat");
		step(c, x, &y, w, bottom, "·", f->all ? "say FLAT" : "say CLOSED", "");
	} else {
		step(c, x, &y, w, bottom, "·", "stops stay; say TRIMMED", "");
	}
}

/* CARE: how far it is against its plan. */
int run_care_bar(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct snap_flat *f = ui_flat(u);
	double done = 0, all = 0;
	int w = l->cols >= 80 ? l->cols - 40 : l->cols - 22;

	for (uint32_t i = 0; i < f->n; i++) {
		const struct snap_flat_row *r = &f->row[i];
		double p = r->px.v ? price_to_double(r->px) : price_to_double(r->avg);
		if (!run_first_of_leg(f, i))
			continue;
		all += qty_to_double(r->sz) * p;
		done += qty_to_double(r->filled) * p;
	}
	double share = all > 0 ? done / all : 0;
	uint32_t n = run_slices_of(u);
	double plan = n ? (double)f->slice / n : 0;
	int k = (int)(share * w), at = (int)((plan < 1 ? plan : 1) * w);
	if (w < 12)
		return y;
	cv_put(c, 1, y, ROLE_DIM, "closed");
	for (int i = 0; i < w; i++)
		cv_cell(c, 9 + i, y, i < k ? ROLE_ACCENT : ROLE_FAINT, i < k ? 0x2501 : G_THIN);
	cv_cell(c, 9 + (at < w ? at : w - 1), y, ROLE_TEXT, G_PLAN);
	cv_textf(c, 10 + w, y, l->cols - w - 11, ROLE_STRONG, "%s %%" T_DIM "%s",
		 fmt_double(share * 100, 0, 0).s, l->cols >= 80 ? "  ┃ plan" : "");
	return y + 1;
}

/* ---- the end ---- */

static int fact(struct canvas *c, const struct layout *l, int y, const char *name, enum role role,
		unsigned n, const char *note)
{
	if (y >= l->notice.y)
		return y;
	cv_put(c, 1, y, ROLE_DIM, name);
	cv_num(c, 15, y, 5, role, fmt_double(n, 0, 0).s);
	if (l->cols < 60 && l->rows >= 30 && cv_width(note) > l->cols - 23)
		return y + 1 +
		       cv_wrap(c, 3, y + 1, l->cols - 4, l->notice.y - y - 1, ROLE_DIM, note);
	cv_text(c, 22, y, l->cols - 23, ROLE_DIM, note);
	return y + 1;
}

static int end_facts(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct snap *s = u->snap;
	const struct snap_flat *f = ui_flat(u);
	unsigned open = 0, dead = 0, orders = 0, adds = 0, live = 0;
	char note[96], left[80];

	for (uint32_t i = 0; i < s->n_legs; i++)
		open += s->leg[i].szi.v && (f->account == 0xff || s->leg[i].account == f->account);
	for (uint32_t i = 0; i < s->n_orders; i++) {
		orders++;
		adds += s->order[i].adds;
	}
	for (uint32_t i = 0; i < f->n; i++)
		dead += f->row[i].state == ORDER_DEAD;
	for (uint32_t i = 0; i < s->n_exits; i++)
		live += exit_is_live(&s->exit[i]);
	left_words(u, left, sizeof left);
	if (f->state == FLAT_FLAT)
		snprintf(note, sizeof note, "read %u times, venue time after the last answer",
			 f->reads ? f->reads : 2);
	else
		snprintf(note, sizeof note, "not closed: %s", left);
	y = fact(c, l, y, "positions", open && f->all ? ROLE_DANGER : ROLE_TEXT, open, note);
	y = fact(c, l, y, "can still open", adds ? ROLE_CAUTION : ROLE_TEXT, adds,
		 "orders, triggers, venue TWAPs, foreign ones too");
	snprintf(note, sizeof note, "%s", orders ? "screen 2 lists them" : "");
	y = fact(c, l, y, "resting", ROLE_TEXT, orders, note);
	y = fact(c, l, y, "unknown", f->unknown ? ROLE_UNKNOWN : ROLE_TEXT, f->unknown,
		 !f->unknown		 ? ""
		 : f->state == FLAT_FLAT ? "never answered; nothing is left to fill, nonces burned"
					 : "r reads again; it may have filled");
	if (dead)
		y = fact(c, l, y, "burned", ROLE_TEXT, dead, "it cannot arrive later");
	return fact(c, l, y, "exits", ROLE_TEXT, live, live ? "run on" : "");
}

void run_ended(struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct snap_flat *f = ui_flat(u);
	int w = l->cols - 2;
	bool flat = f->state == FLAT_FLAT;
	char words[320];

	fmt_words(words, sizeof words, f->text);
	y += cv_wrap(c, 1, y, w < 78 ? w : 78,
		     l->rows >= 30 && l->cols < 60 ? 8
		     : l->rows >= 20		   ? 4
						   : 3,
		     flat ? ROLE_OK : ROLE_DANGER, words) +
	     (l->rows >= 16);
	y = end_facts(u, c, l, y) + (l->rows >= 16);
	snprintf(words, sizeof words, "cost USD  " T_STRONG "%10s" T_DIM "  expected %s%s%s",
		 run_loss(f->cost).s, run_expected(f).s, f->worst.v ? ", at worst " : "",
		 f->worst.v ? run_loss(f->worst).s : "");
	y += cv_wrap(c, 1, y, w, l->notice.y - y < 4 ? l->notice.y - y : 4, ROLE_DIM, words);
	if (u->snap->local_lock)
		y += cv_wrap(c, 1, y, w, l->notice.y - y < 4 ? l->notice.y - y : 4, ROLE_DIM,
			     T_STRONG "LOCAL LOCK" T_DIM
				      ": no new risk from here; other clients can open.  " T_KEY
				      ":release");
	/* what every order did, while there is room */
	if (l->notice.y - y < 4 || l->cols < 60 || !f->n)
		return;
	run_heading(u, c, l, ++y);
	y++;
	for (uint32_t i = 0; i < f->n && y < l->notice.y; i++)
		run_row(u, c, l, y++, i);
}
