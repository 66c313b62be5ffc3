/* run_in.h: shared by the files of the view of a run only. */
#ifndef EXEUNT_UI_VIEWS_RUN_IN_H
#define EXEUNT_UI_VIEWS_RUN_IN_H

#include "ui/views/view.h"

double run_since_s(const struct ui *u);
struct num run_loss(struct money m);
struct num run_expected(const struct snap_flat *f);
bool run_row_done(const struct snap_flat_row *r);
uint32_t run_slices_of(const struct ui *u);
void run_slice_words(const struct ui *u, char *out, size_t cap);
bool run_whole(struct qty q); /* coins without a fraction */
bool run_row_unknown(const struct snap_flat_row *r);
bool run_first_of_leg(const struct snap_flat *f, uint32_t i);
struct qty run_leg_filled(const struct snap_flat *f, uint32_t i);
bool run_leg_done(const struct snap_flat *f, uint32_t i);
void run_heading(const struct ui *u, struct canvas *c, const struct layout *l, int y);
void run_row(const struct ui *u, struct canvas *c, const struct layout *l, int y, uint32_t i);
const struct snap_flat_row *run_unknown_row(const struct snap_flat *f);
int run_doubt(const struct ui *u, struct canvas *c, const struct layout *l, int y, int bottom);
void run_now_panel(const struct ui *u, struct canvas *c, int x, int y, int w, int bottom);
void run_steps_panel(const struct ui *u, struct canvas *c, int x, int y, int w, int bottom);
int run_care_bar(const struct ui *u, struct canvas *c, const struct layout *l, int y);
void run_ended(struct ui *u, struct canvas *c, const struct layout *l, int y);

#endif
