/* exit_in.h: between the files that draw a running exit (exit.c). A panel draws in its rectangle,
 * title first, and returns the row after its last; what does not fit is left out from below. */
#ifndef EXEUNT_UI_VIEWS_EXIT_IN_H
#define EXEUNT_UI_VIEWS_EXIT_IN_H

#include "ui/views/view.h"

enum { EXIT_GUTTER = 9 }; /* cells of the price left of a chart */

/* The position it works on; NULL when it is gone. */
const struct snap_leg *exit_leg(const struct ui *u, const struct snap_exit *x);
/* "1 in 63"; "at most 1 in 26" while it is the bound. */
struct num exit_odds(double p, bool grid);

/* pxd: decimals of the market's prices. */
int exit_panel_done(const struct snap_exit *x, struct canvas *c, struct rect r, int pxd);
int exit_panel_knobs(const struct ui *u, const struct snap_exit *x, struct canvas *c, struct rect r,
		     int pxd);
int exit_panel_danger(const struct ui *u, const struct snap_exit *x, struct canvas *c,
		      struct rect r, bool start_told);
void exit_panel_slices(struct canvas *c, struct rect r, const struct snap_exit *x, int pxd);

/* Every change of the schedule by the program, newest first, with its reason. */
int exit_panel_anew(const struct snap_exit *x, struct canvas *c, struct rect r);
/* What the operator turned. */
int exit_panel_tuned(const struct snap_exit *x, struct canvas *c, struct rect r);
int exit_panel_going(const struct snap_exit *x, struct canvas *c, struct rect r);

/* Traces on the time axis of the plan: title, then h - 1 rows. */
void exit_chart_off(const struct ui *u, struct canvas *c, struct rect r, const struct snap_exit *x);
void exit_chart_price(const struct ui *u, struct canvas *c, struct rect r,
		      const struct snap_exit *x, int pxd);
void exit_chart_danger(const struct ui *u, struct canvas *c, struct rect r,
		       const struct snap_exit *x);
/* The danger from the start until now in one row of w cells. */
void exit_spark(struct canvas *c, int x0, int y, int w, const struct snap_exit *x);

#endif
