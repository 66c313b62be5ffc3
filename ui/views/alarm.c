/* alarm.c: an alarm opened with Space: its whole text, what stands behind it, the keys that act. */
#include "ui/views/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/banned.h"

static const char *alarm_keys(uint8_t code)
{
	switch (code) {
	case NC_OTHER_HAND:
		return "a include them · Y quiet · Esc back";
	case NC_STOPPED_PRICE:
	case NC_LATE:
		return "l lower… · n close rest… · w keep waiting · Space next";
	case NC_UNKNOWN:
	case NC_NOT_FLAT:
		return "r read again · ! panic · Y quiet · Space next";
	case NC_TWO_WRITERS:
		return ":take takes the seat · Y quiet · Esc back";
	case NC_DANGER:
	case NC_VENUE_ERRORS:
	case NC_BLIND:
	case NC_LIQUIDATED:
		return "! panic · Y quiet · Esc back";
	default:
		return "Y quiet · Esc back";
	}
}

void view_alarm(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct snap *s = u->snap;
	int y = l->body.y, w = l->cols - 2;

	if (!s->n_alarms) {
		cv_text(c, 1, y, w, ROLE_OK, "No alarm is in force any more.");
		return;
	}
	int i = u->alarm < (int)s->n_alarms ? u->alarm : 0;
	const struct snap_alarm *a = &s->alarm[i];
	cv_textf(c, 1, y, w, ROLE_TITLE, "Alarm" T_DIM "  %d of %u, level %d, since %s%s", i + 1,
		 s->n_alarms, a->level, fmt_clock(a->since_ms).s,
		 a->seen ? "; bell quiet: you have seen it" : "");
	y += l->rows >= 16 ? 2 : 1;
	char words[320];
	fmt_words(words, sizeof words, a->text);
	int rows = l->notice.y - y;
	y += cv_wrap(c, 1, y, w, rows < 6 ? rows : 6,
		     a->level >= 3   ? ROLE_STRONG
		     : a->level == 2 ? ROLE_CAUTION
				     : ROLE_TEXT,
		     words);
	if (y < l->notice.y)
		cv_text(c, 1, y, w, ROLE_TEXT, alarm_keys(a->code));
	y += 2;
	const struct snap_exit *x = a->exit ? ui_exit_find(s, a->exit) : NULL;
	if (x && y < l->notice.y)
		cv_textf(c, 1, y++, w, ROLE_DIM,
			 "exit           " T_TEXT "x%u has %s %s left of %s", x->id,
			 fmt_size5(x->left).s, x->coin, fmt_size5(x->total).s);
	if (s->n_pools && s->pool[0].has_dies && y < l->notice.y)
		cv_textf(c, 1, y++, w, ROLE_DIM, "dies at        " T_TEXT "%s: BTC %s %%",
			 s->pool[0].name, fmt_pct(s->pool[0].dies_pct, 0).s);
	if (s->n_alarms > 1 && y < l->notice.y)
		cv_textf(c, 1, y, w, ROLE_DIM, "also           " T_TEXT "%s",
			 s->alarm[(i + 1) % (int)s->n_alarms].brief);
}
