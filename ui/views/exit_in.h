/* exit_in.h: between the files that draw a running exit (exit.c). A panel draws in its rectangle,
 * title first, and returns the row after its last; what does not fit is left out from below. */
#ifndef EXEUNT_UI_VIEWS_EXIT_IN_H
#define EXEUNT_UI_VIEWS_EXIT_IN_H

#include "ui/views/view.h"

/* "1 in 63"; "at most 1 in 26" while it is the bound. */
struct num exit_odds(double p, bool grid);

/* pxd: decimals of the market's prices. */
int exit_panel_done(const struct snap_exit *x, struct canvas *c, struct rect r, int pxd);
int exit_panel_knobs(const struct ui *u, const struct snap_exit *x, struct canvas *c, struct rect r,
		     int pxd);
int exit_panel_danger(const struct ui *u, const struct snap_exit *x, struct canvas *c,
		      struct rect r);
void exit_panel_slices(struct canvas *c, struct rect r, const struct snap_exit *x, int pxd);

/* The trace off plan or of the price, on the time axis of the plan. */
void exit_chart_trace(const struct ui *u, struct canvas *c, struct rect r,
		      const struct snap_exit *x, bool price, int pxd);

#endif
