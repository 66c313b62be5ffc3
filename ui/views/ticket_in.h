/* ticket_in.h: the files of the ticket's view, only. */
#ifndef EXEUNT_UI_VIEWS_TICKET_IN_H
#define EXEUNT_UI_VIEWS_TICKET_IN_H

#include "ui/views/view.h"

const struct snap_leg *ticket_leg_of(const struct ui *u);

/* ticket_knobs.c */
void ticket_price_text(const struct ui *u, const struct price_spec *p, char *value, size_t vc,
		       char *note, size_t nc, bool last);
/* Rows y..bottom-1, w columns from the left edge; the list moves with the cursor. */
void ticket_knobs(const struct ui *u, struct canvas *c, int y, int bottom, int w);
/* The knob under the cursor in one line: "within 10m  30 slices". */
void ticket_knob_line(const struct ui *u, char *out, size_t cap);

/* ticket_plot.c: both answer a knob within the frame */
void ticket_schedule(const struct ui *u, struct canvas *c, struct rect r);
void ticket_frontier(const struct ui *u, struct canvas *c, struct rect r);

/* ticket_meter.c: each a titled panel of at most r.h rows; returns the row after it */
int ticket_danger_meter(const struct ui *u, struct canvas *c, struct rect r);
int ticket_cost_meter(const struct ui *u, struct canvas *c, struct rect r);
int ticket_estimates(const struct ui *u, struct canvas *c, struct rect r);
void ticket_after(const struct ui *u, struct canvas *c, const struct layout *l, int y, int bottom);
/* "1 in 190", "at most 1 in 77" while it is a bound; brief: "1 in 190", "≤1 in 77". */
struct num ticket_chance(const struct ui *u, int way, bool brief);
/* When the next payment is, who pays how much now, what of it the plan meets; wide: with all words.
 */
void ticket_funding_words(const struct ui *u, bool wide, char *out, size_t cap);
/* Where the book ends and the model begins, in one sentence of so many words (0 short). */
void ticket_book_words(const struct ui *u, bool wide, char *out, size_t cap);

#endif
