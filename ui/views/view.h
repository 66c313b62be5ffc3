/* view.h: the views. Each is pure: (snapshot and ui state, rectangle) to cells; none keeps
 * anything, reads a clock or sends. */
#ifndef EXEUNT_UI_VIEWS_VIEW_H
#define EXEUNT_UI_VIEWS_VIEW_H

#include "ui/canvas.h"
#include "ui/fmt.h"
#include "ui/glyph.h"
#include "ui/layout.h"
#include "ui/ui.h"

/* Frame of every screen. */
void view_alarm_row(const struct ui *u, struct canvas *c, const struct layout *l);
void view_status(const struct ui *u, struct canvas *c, const struct layout *l);
void view_notice(const struct ui *u, struct canvas *c, const struct layout *l);
void view_keys(const struct ui *u, struct canvas *c, const struct layout *l);
void view_account(const struct ui *u, struct canvas *c, const struct layout *l);
/* The whole banner or alarm of row 0 with role marks; w: cells to fill. */
void view_banner(const struct ui *u, char *out, size_t cap, int w);

/* Parts of the cockpit. */
void view_pools(const struct ui *u, struct canvas *c, const struct layout *l);
void view_book(struct ui *u, struct canvas *c, struct rect r, enum size_class size);
/* The same of this market; leg NULL: nothing. */
void view_book_of(struct ui *u, struct canvas *c, struct rect r, enum size_class size,
		  const struct snap_leg *leg);
int view_exits(const struct ui *u, struct canvas *c, struct rect r, enum size_class size);
/* gutter: cells left of the columns, so that charts above each other share their time. */
void view_chart(const struct ui *u, struct canvas *c, struct rect r, int gutter,
		const struct snap_exit *x);
/* Seconds from its start to the right edge of its charts: its end, or now when it is late. */
double chart_span_s(const struct ui *u, const struct snap_exit *x);
void view_glide(struct canvas *c, struct rect r, const struct snap_exit *x);
void view_orders_brief(const struct ui *u, struct canvas *c, struct rect r, enum size_class size);
/* exit: only what is said of that one, whole; 0: everything, a line each. */
void view_log(const struct ui *u, struct canvas *c, struct rect r, uint32_t exit);
void view_slices(const struct ui *u, struct canvas *c, struct rect r, const struct snap_exit *x);
void view_danger(const struct ui *u, struct canvas *c, struct rect r);

/* Screens and layers, each in l->body. */
void view_cockpit(struct ui *u, struct canvas *c, const struct layout *l);
void view_orders(struct ui *u, struct canvas *c, const struct layout *l);
void view_exit_list(struct ui *u, struct canvas *c, const struct layout *l);
void view_risk(struct ui *u, struct canvas *c, const struct layout *l);
void view_journal(struct ui *u, struct canvas *c, const struct layout *l);
void view_record(struct ui *u, struct canvas *c, const struct layout *l);
void view_reports(struct ui *u, struct canvas *c, const struct layout *l);
void view_ticket(struct ui *u, struct canvas *c, const struct layout *l);
void view_exit(struct ui *u, struct canvas *c, const struct layout *l);
/* "predicted 123 USD ±45, chance 1 in 110; cost 131 USD": what the plan said when it began, and
 * what came of it; "so far" while it runs. */
void exit_outcome(const struct snap_exit *x, char *out, size_t cap);
void view_report(struct ui *u, struct canvas *c, const struct layout *l);
void view_panic(struct ui *u, struct canvas *c, const struct layout *l);
void view_stops(struct ui *u, struct canvas *c, const struct layout *l);
/* The legs of a verb as a table from y, at most to bottom - 1; returns the row after it. */
int view_legs(const struct ui *u, struct canvas *c, const struct layout *l, int verb, int y,
	      int bottom);
void view_cancel(struct ui *u, struct canvas *c, const struct layout *l);
void view_small_sheet(struct ui *u, struct canvas *c, const struct layout *l);
void view_run(struct ui *u, struct canvas *c, const struct layout *l);
void view_alarm(struct ui *u, struct canvas *c, const struct layout *l);
void view_help(struct ui *u, struct canvas *c, const struct layout *l);
void view_quit(struct ui *u, struct canvas *c, const struct layout *l);
void view_start(struct ui *u, struct canvas *c, const struct layout *l);
void view_command(struct ui *u, struct canvas *c, const struct layout *l);
/* Headline of a sheet with "nothing sent yet" at the right. */
void view_headline(struct canvas *c, const struct layout *l, int y, const char *text);
/* The confirm zone under the rule; `what` chosen, `sends` after Y, then up to two sentences. */
void view_confirm(const struct ui *u, struct canvas *c, const struct layout *l, const char *ask,
		  const char *what, const char *sends, const char *s1, const char *s2);

/* Pieces. */
enum role age_role(double age_s, double amber_s, double red_s);
/* Age text with its sign: "<1s", "2s", "!! 4s". */
struct num age_text(double age_s, double red_s);
/* Columns of a falling quantity: held up to `now`, planned after; values share `top`. */
void chart_columns(struct canvas *c, struct rect r, const float *v, int n, int n_held, double top);
double chart_top(double v);
/* Labels of an axis of so many rows under a title, left of the columns, and the cells they need, at
 * least `least`. */
void chart_labels(struct canvas *c, struct rect r, int gutter, int rows, double top);
int chart_gutter(int least, double top, int rows);
/* A point at (fx, fy) of r, both 0..1 from the lower left, with the pen of the canvas. */
void view_dot(struct canvas *c, struct rect r, double fx, double fy, enum role role);
const char *algo_text(uint8_t algo);
/* "0.80000", or "all" of a stop for the whole position; sz_decimals -1: five digits. */
struct num order_size(const struct snap_order *o, int sz_decimals, int w);
const char *order_state_text(uint8_t state);
/* "ac 10m" */
struct num how_text(const struct ticket *t);
/* Exits begun together: what their legs come to; false: it is no group of several here. */
struct group_sum {
	uint32_t group, n, live;
	double usd, done, planned; /* at the arrival prices: all, done, what the plan has left */
	double cost, bp;	   /* USD, and of what is done against the start */
	bool has_danger;
	double danger; /* the most of a leg that runs */
	int64_t end_ms;
};
bool group_sum(const struct snap *s, uint32_t group, struct group_sum *out);
/* Exit i is the first of its group in the list (of those that run): its line stands above. */
bool group_begins(const struct snap *s, uint32_t i, bool live_only);
bool pool_danger(const struct snap_pool *p, int *level);

#endif
