/* sheets.c: the cancel sheet and small sheets. Nothing here has been sent; the sentence over the
 * key bar is what `Y` sends. */
#include "ui/views/view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/banned.h"

/* Headline of a sheet with "nothing sent yet" at the right. */
void view_headline(struct canvas *c, const struct layout *l, int y, const char *text)
{
	const char *quiet = l->cols >= 60 ? T_ACC "nothing sent yet" : "";
	int w = cv_width(quiet);

	cv_text(c, 1, y, l->cols - 3 - w, ROLE_TITLE, text);
	if (w)
		cv_right(c, 1, l->cols - 1, y, ROLE_TEXT, quiet);
}

static uint32_t count_whose(const struct snap *s, bool entry, bool exits, bool stops, char *list,
			    size_t cap)
{
	uint32_t k = 0;
	int n = 0;

	list[0] = 0;
	for (uint32_t i = 0; i < s->n_orders; i++) {
		const struct snap_order *o = &s->order[i];
		bool stop = o->trigger && o->reduce_only, ex = o->whose == WHOSE_EXIT;
		if (!((stop && stops) || (ex && exits) || (!stop && !ex && entry)))
			continue;
		k++;
		const struct snap_leg *leg = ui_leg_find(s, o->coin, -1);
		struct price px = o->trigger && o->trigger_px.v ? o->trigger_px : o->px;
		if (n < 60)
			n += snprintf(list + n, cap - (size_t)n, "%s%s %s", n ? "  " : "", o->coin,
				      fmt_price(px, leg ? leg->px_decimals : 6).s);
	}
	return k;
}

static void cancel_rows(struct ui *u, struct canvas *c, const struct layout *l, int y,
			uint32_t *sends, uint32_t *keeps)
{
	const struct snap *s = u->snap;
	const struct cancel *k = &u->sheet.cancel;
	char lists[3][120];
	uint32_t n[3] = {count_whose(s, true, false, false, lists[0], sizeof lists[0]),
			 count_whose(s, true, true, false, lists[1], sizeof lists[1]),
			 count_whose(s, true, true, true, lists[2], sizeof lists[2])};
	static const char *const names[] = {"entry orders", "entry and exit orders",
					    "everything, stops too"};
	int live = 0, nx = l->cols >= 32 ? 26 : l->cols - 5;

	for (uint32_t i = 0; i < s->n_exits; i++)
		live += exit_is_live(&s->exit[i]);
	for (int i = 0; i < 3; i++, y++) {
		cv_textf(c, 2, y, nx - 3, ROLE_KEY, "%d" T_TEXT " %s", i + 1, names[i]);
		cv_num(c, nx, y, 4, ROLE_STRONG, fmt_double(n[i], 0, 0).s);
		if (l->cols >= 50)
			cv_text(c, 33, y, l->cols - 35, ROLE_DIM,
				i == 0	 ? lists[0]
				: i == 1 ? (live ? "and the running exits pause" : "")
					 : "type STOPS: those legs would have NO STOP");
		if (u->sheet.line == i) {
			cv_put(c, 0, y, ROLE_ACCENT_B, "▸");
			cv_select(c, 0, y, l->cols);
		}
	}
	int at = u->sheet.line < 3 ? u->sheet.line : 0;
	*sends = n[at];
	*keeps = n[2] - n[at];
	(void)k;
}

void view_cancel(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct cancel *k = &u->sheet.cancel;
	int y = l->body.y;
	uint32_t sends = 0, keeps = 0;
	char head[96], what[64], does[64], s1[160] = "";

	snprintf(head, sizeof head, "Cancel" T_DIM "   %u rest", u->snap->n_orders);
	view_headline(c, l, y, head);
	y += l->rows >= 20 ? 2 : 1;
	if (k->scope == CANCEL_ONE || k->scope == CANCEL_COIN) {
		if (k->scope == CANCEL_ONE)
			snprintf(what, sizeof what, "1 this %s order", k->coin);
		else
			snprintf(what, sizeof what, "1 every %s order but stops", k->coin);
		cv_text(c, 2, y, l->cols - 4, ROLE_TEXT, what);
		if (k->scope == CANCEL_ONE && k->stops)
			cv_text(c, 2, y + 1, l->cols - 4, ROLE_CAUTION,
				"! a protective stop: type STOPS; the leg would have NO STOP");
		snprintf(does, sizeof does, "sends the cancel");
	} else {
		cancel_rows(u, c, l, y, &sends, &keeps);
		static const char *const names[] = {"1 entry orders", "2 entry and exit orders",
						    "3 everything"};
		snprintf(what, sizeof what, "%s", names[u->sheet.line % 3]);
		snprintf(does, sizeof does, "sends %u cancels", sends);
		if (y + 4 < l->rule_y)
			cv_textf(c, 1, y + 4, l->cols - 2, ROLE_DIM,
				 "Sends 1 batch of " T_TEXT "%u" T_DIM " cancels   Keeps " T_TEXT
				 "%u",
				 sends, keeps);
		y += 4;
	}
	if (y + 2 < l->rule_y)
		cv_text(c, 1, y + 2, l->cols - 2, ROLE_DIM,
			"Each order is read back before it is called gone; one may have filled "
			"first.");
	view_confirm(u, c, l, "A digit chooses, then Y within 3 s sends.", what, does, s1, NULL);
}

void view_small_sheet(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct ui_sheet *s = &u->sheet;
	int y = l->body.y;
	char what[120];

	view_headline(c, l, y, s->title);
	y += l->rows >= 20 ? 2 : 1;
	cv_put(c, 0, y, ROLE_ACCENT_B, "▸");
	cv_textf(c, 2, y, l->cols - 4, ROLE_KEY, "%c" T_TEXT " %s", s->choice_key, s->choice_text);
	cv_select(c, 0, y, l->cols);
	y += 2;
	for (int i = 0; i < 2 && y < l->rule_y; i++)
		if (s->sentence[i][0])
			cv_text(c, 1, y++, l->cols - 2, ROLE_DIM, s->sentence[i]);
	snprintf(what, sizeof what, "%c %s", s->choice_key, s->title);
	view_confirm(u, c, l, "1 chooses, then Y within 3 s sends.", what, "sends it",
		     s->choice_text, NULL);
}
