/* ui_in.h: between the files of the state machine; not for views or main. */
#ifndef EXEUNT_UI_IN_H
#define EXEUNT_UI_IN_H

#include "ui/ui.h"

void ui_push(struct ui *u, enum ui_layer layer);
void ui_pop(struct ui *u);
void ui_flat_answered(struct ui *u, bool ok, const char *text);
void ui_send(struct ui *u, struct cmd *cmd);
/* The engine reads this coin's books each second for a while. */
void ui_look(struct ui *u, const char *coin);
void ui_send_kind(struct ui *u, uint8_t kind, uint32_t exit);

/* ui.c */
bool ui_action_all(struct ui *u, enum ui_action a); /* what works everywhere; false: not bound */
bool sheet_all(enum ui_action a);		    /* of those, what works on a sheet too */

/* move.c */
bool move_action(struct ui *u, enum ui_action a);
void search_again(struct ui *u, int dir);

/* alarms.c */
void alarm_open(struct ui *u);
void alarm_layer_key(struct ui *u, int key);
void alarm_refresh(struct ui *u); /* a new snapshot under an open alarm */

/* confirm.c */
void confirm_open(struct ui *u);
bool confirm_choose(struct ui *u, int key);
void confirm_drop(struct ui *u);
/* Whether `Y` now sends what was chosen; clears the choice when it does. */
bool confirm_yes(struct ui *u);
/* The plan moved away under the choice. */
void confirm_fell(struct ui *u, double cost_then, double cost_now);
void confirm_tick(struct ui *u);

/* panic.c: the emergency sheet and the stops at the venue */
void sheet_panic(struct ui *u, const struct flatten *f); /* NULL: the account on screen */
void sheet_panic_one(struct ui *u);
/* With the cursor on a verb (enum sheet_verb). */
void sheet_panic_verb(struct ui *u, const struct flatten *f, int verb);
/* coin NULL: all of the account; account -1: the one on screen. */
void sheet_stops(struct ui *u, const char *coin, int account);
void panic_key(struct ui *u, int key);
void stops_key(struct ui *u, int key);
void panic_refresh(struct ui *u);
/* The sheet without its layer: made for a scope, a verb chosen at once. */
void panic_prepare(struct ui *u, const struct flatten *f, int verb);
void panic_yes(struct ui *u);
/* `w` on the panic sheet: the last price as typed; false: refused, or to be typed again. */
bool sheet_price(struct ui *u, const char *text);
void sheet_word(struct ui *u, const struct cmd *cmd);

/* sheets.c */
void sheet_open(struct ui *u, enum sheet_kind kind);
void sheet_cancel(struct ui *u, const struct cancel *c);
void sheet_small(struct ui *u, const struct cmd *cmd, const char *title, const char *choice,
		 const char *s1, const char *s2);
void sheet_key(struct ui *u, int key);
void sheet_refresh(struct ui *u);
void ask_word(struct ui *u, const char *word, const struct cmd *cmd);

/* exits_keys.c: one exit on screen */
void exit_action(struct ui *u, enum ui_action a, int key);
/* Opens the small sheet for a command about an exit. */
void exit_sheet(struct ui *u, const struct cmd *cmd);
void exit_lower(struct ui *u, const struct snap_exit *x);

/* ticket.c */
bool ticket_open(struct ui *u, const struct ticket *t); /* t NULL: for the selected market */
void ticket_tune(struct ui *u, const struct snap_exit *x);
void ticket_action(struct ui *u, enum ui_action a, int key);
void ticket_remake(struct ui *u);
void ticket_moved(struct ui *u); /* a knob was turned: the plan is made again */
void ticket_yes(struct ui *u);
const struct snap_leg *ticket_leg(const struct ui *u);

/* ticket_knobs.c */
void ticket_turn(struct ui *u, int by); /* the knob under the cursor */
void ticket_turn_guard(struct ui *u);
bool ticket_set(struct ui *u, const char *text); /* the same, as typed */

/* line.c */
void line_open(struct ui *u, enum ui_edit kind, const char *text);
void line_key(struct ui *u, int key);
void line_insert(struct ui *u, int key);

/* secret.c */
void secret_open(struct ui *u);
void secret_leave(struct ui *u);
void secret_key(struct ui *u, int key);

/* command.c */
void command_run(struct ui *u, char *text);
/* The wrong word and what is wrong with it. */
void command_error(char *out, size_t cap, const char *word, const char *text);

/* complete.c */
struct ui_hint {
	char text[40], what[96], value[40], note[48];
};
/* A price as typed, at today's numbers; 0 when it cannot be told. */
double ui_price_now(const struct ui *u, const struct snap_leg *g, const struct price_spec *p);
int complete_hints(const struct ui *u, struct ui_hint *out, int max);
void complete_tab(struct ui *u);
/* The line in words, with its values as they are now; false: what is wrong with it. */
bool complete_words(const struct ui *u, char *out, size_t cap);

#endif
