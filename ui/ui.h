/* ui.h: the screen as a state machine without a terminal: keys and times in, commands out, cells on
 * demand. Everything shown comes from struct snap; everything wanted leaves as struct cmd.
 *
 * 1. Nothing is sent by one key but pausing and disarming: sending takes a choice and then `Y`,
 *    within CONFIRM_NS, and not in the first DEAF_NS of a sheet. Enter and Esc never send.
 * 2. Pasted text, mouse and time never send.
 * 3. What is sent is what the confirm zone said: a plan that changed drops the choice,
 *    but of what closes to zero. */
#ifndef EXEUNT_UI_UI_H
#define EXEUNT_UI_UI_H

#include <stdbool.h>
#include <stdint.h>

#include "core/cmd.h"
#include "core/snap.h"
#include "plan/plan.h"
#include "plan/sheet.h"
#include "ui/canvas.h"
#include "ui/keymap.h"
#include "ui/layout.h"
#include "ui/think.h"

#define CONFIRM_NS  INT64_C(3000000000)
#define DEAF_NS	    INT64_C(150000000)
#define CTRL_C_NS   INT64_C(1000000000)
#define ESC_TAIL_NS INT64_C(400000000)
#define QUIET_NS    INT64_C(3000000000)	 /* rows stand still so long after a key */
#define LOOK_NS	    INT64_C(10000000000) /* an open ticket says again what it looks at */

enum ui_screen { SCR_COCKPIT, SCR_ORDERS, SCR_EXITS, SCR_RISK, SCR_JOURNAL, SCR_REPORTS };

enum ui_layer {
	LAYER_NONE,
	LAYER_TICKET,
	LAYER_EXIT,  /* one exit in full */
	LAYER_SHEET, /* panic, cancel, and the small ones of enum sheet_kind */
	LAYER_RUN,   /* the seconds after a flatten */
	LAYER_ALARM,
	LAYER_REPORT,
	LAYER_RECORD, /* one journal record in full */
	LAYER_HELP,
	LAYER_QUIT
};

enum ui_edit {
	EDIT_NONE,
	EDIT_COMMAND,
	EDIT_SEARCH,
	EDIT_KNOB,
	EDIT_WORD,
	EDIT_PRICE,
	EDIT_SECRET
};

enum sheet_kind { SHEET_PANIC, SHEET_STOPS, SHEET_CANCEL, SHEET_SMALL };

/* One line of the journal as a row of text; supplied by main, from the store. */
struct ui_record {
	uint64_t number;
	int64_t wall_ms;
	uint8_t level;
	char what[16], who[16];
	char text[300];
};

/* The journal behind the screen. Both may be NULL: then only the notices of the snapshot are shown.
 */
struct ui_source {
	void *ctx;
	/* Newest n records before number `before` (0: the newest), newest first, holding `find`
	 * when it is not empty. Returns how many. */
	int (*records)(void *ctx, uint64_t before, const char *find, struct ui_record *out, int n);
	uint64_t (*count)(void *ctx); /* records today */
	/* Writes a report or the journal shown to a file; says where, or why not, in `said`. */
	bool (*export)(void *ctx, uint32_t exit, char *said, size_t cap);
	bool ends; /* the engine ends with the screen: a demo or a drill */
};

struct ui_out {
	void *ctx;
	bool (*send)(void *ctx, const struct cmd *cmd); /* false: the engine cannot be reached */
	/* The day's hints for first start: d, w, k of the start screen. May be NULL. */
	bool (*start)(void *ctx, int key, char *said, size_t cap);
	/* Unlocks the signing key; `said` tells how it went. May be NULL. */
	bool (*unlock)(void *ctx, char *password, char *said, size_t cap);
};

struct ui_confirm {
	int choice;	   /* key that chose, 0 none */
	int64_t chosen_ns; /* when */
	int64_t opened_ns; /* of the sheet */
	bool late;	   /* chosen, and the 3 s are over */
	bool changed;	   /* the plan moved away under the choice */
	int fell;	   /* the choice that fell, for the sentence */
	double cost_then, cost_now;
};

/* A leg as it stood when the sheet was opened: rows do not move under the hand. */
struct ui_sheet_row {
	char coin[COIN_MAX];
	uint8_t account;
};

struct ui_sheet {
	uint8_t kind;	     /* enum sheet_kind */
	uint8_t line;	     /* under the cursor; SHEET_PANIC: enum sheet_verb */
	bool details;	     /* Enter: the legs on small screens */
	struct flatten flat; /* the scope; verb and cuts come with the choice */
	bool off;	     /* SHEET_STOPS: take them away */
	int64_t made_ns;     /* when the plan below was made */
	struct sheet_in in;  /* as the newest snapshot has it; its pointers are not kept */
	struct sheet plan;
	/* What was chosen, as it was drawn: this is what `Y` sends. */
	struct sheet_in in_then;
	struct sheet_line then;
	uint32_t n_rows;
	struct ui_sheet_row row[SHEET_LEGS];
	struct cancel cancel;
	/* SHEET_SMALL: one line, one command */
	char title[64], choice_text[96], sentence[2][160];
	int choice_key;
	struct cmd cmd;
};

enum knob {
	KNOB_AMOUNT,
	KNOB_WITHIN,
	KNOB_HOW,
	KNOB_URGENCY,
	KNOB_WORKING,
	KNOB_LAST,
	KNOB_DANGER,
	KNOB_CAP,
	KNOB_LATE,
	KNOB_SLICE,
	KNOB_RANDOM,
	KNOB_GUARD,
	KNOB_RUNS,
	KNOBS
};

/* The urgency of a plan is as typed; or the calmest that costs no more; or the cheapest within the
 * danger limit. */
enum hold { HOLD_COST, HOLD_DEADLINE, HOLD_DANGER };
enum { FRONTIER_N = 64, TICKET_PAYS = 24 };
struct ui_ticket {
	struct ticket t;
	uint8_t way; /* enum way */
	uint8_t knob;
	uint8_t hold;	  /* enum hold: what stays when another knob turns */
	double hold_cost; /* USD, HOLD_COST */
	bool frontier;
	uint32_t tunes;	      /* exit id when this ticket tunes a running exit */
	struct qty tune_left; /* its amount and time left as shown; unless turned they stay, */
	int64_t tune_ms;      /* and are not sent: the exit's own are exact */
	struct ratio tune_risk;
	/* The stop that would go first (operations.md 4): by the rule, or why none is
	 * offered. */
	bool guard_typed; /* turned by hand: the default of two minutes does not touch
			     it */
	uint8_t guard;	  /* enum sheet_guard */
	bool guard_first; /* fires before the working price */
	struct price guard_px;
	char guard_why[SHEET_WHY];
	bool valid; /* the plan below was made */
	struct err err;
	int64_t made_ns; /* when it was made; 0: make it anew */
	uint64_t made_snap;
	struct instr instr;
	struct plan_problem problem;
	struct plan_way ways[WAYS];
	struct plan plan, other; /* other: scratch */
	struct plan_after after[PLAN_AFTER];
	struct frontier_point front[FRONTIER_N];
	uint32_t n_front;
	struct plan_risk risk;	 /* the danger meter */
	struct plan_meter meter; /* what the amount costs at once: where book and model meet */
	struct plan_payment pay[TICKET_PAYS]; /* funding, by the hour */
	uint32_t n_pay;
	char fund[160]; /* what funding does to the end (plan/fund.h); empty: nothing */
	/* The grid's part (think.h): asked after a frame, valid while the knobs stand as they did.
	 */
	struct plan_problem chosen; /* of the plan above; its pointers aim at the snapshot */
	uint32_t turn;		    /* rises with every knob */
	bool asks, look_made, limit_ok;
	struct think_out look;
	struct plan_limit limit; /* HOLD_DANGER: what keeps the danger limit, or the block */
	uint32_t limit_turn;
	int64_t limit_ns;
};

enum { LINE_CAP = CMD_TEXT_MAX, HISTORY = 16, HINTS_MAX = 32 };
struct ui_line {
	char text[LINE_CAP];
	int len, cursor;
	char history[HISTORY][LINE_CAP];
	int n_history, at_history;
	char draft[LINE_CAP]; /* what was typed before history was walked */
	int hint;	      /* completion standing at the cursor, -1 none */
	int stem_at;	      /* where its word begins, and what was typed of it */
	char stem[40];
	char error[ERR_TEXT_MAX];
	struct cmd cmd; /* of EDIT_WORD: what the word releases */
	char word[24];
};

struct ui {
	const struct snap *snap; /* never NULL once attached */
	bool attached;
	struct ui_out out;
	struct ui_source source;
	struct keymap keys;
	int64_t now_ns; /* of the newest key or frame */
	int64_t key_ns;
	int64_t look_ns; /* the engine was told what is looked at */
	int64_t esc_ns;
	int64_t ctrl_c_ns;
	bool esc_tail; /* swallowing the rest of a torn sequence */
	bool pasting;

	uint8_t screen; /* enum ui_screen */
	uint8_t layer[8];
	int depth;
	uint8_t edit; /* enum ui_edit */
	struct ui_line line;
	char secret[260]; /* see secret.c */
	int n_secret;
	char find[64];

	/* Rows as they stood: they do not move while a layer is open or within QUIET_NS of a key.
	 */
	struct ui_held {
		char pool[COIN_MAX], coin[COIN_MAX];
		uint8_t account;
	} held[SNAP_POOLS + POSITIONS_MAX];
	int n_held;

	char coin[COIN_MAX]; /* the selected market; sticks to it */
	uint8_t account;
	uint32_t exit; /* the selected exit */
	uint64_t order;
	int book_step;	  /* offset from the chosen row step */
	double book_auto; /* the chosen one, and for which market */
	char book_coin[COIN_MAX];
	int top; /* first row shown of the list on screen */
	int help_place;
	int row;	      /* cursor of the list on screen */
	uint64_t record;      /* first journal record shown; 0 follows */
	uint8_t order_filter; /* 0 all, else 1 + enum order_whose */
	int alarm;	      /* which alarm is open: its place, and what it is about */
	uint8_t alarm_code;
	uint16_t alarm_instr;
	uint32_t alarm_exit;
	uint32_t run;	      /* the run on screen; 0, or gone: the newest */
	uint32_t run_seen;    /* flatten whose running view opened by itself */
	uint32_t run_before;  /* newest flatten when one was asked for here */
	uint8_t run_verb;     /* enum flatten_verb of that */
	int64_t run_asked_ns; /* and when that was */

	struct ui_confirm confirm;
	struct ui_sheet sheet;
	struct ui_ticket ticket;

	char notice[NOTICE_TEXT_MAX];
	int64_t notice_ns;
	int64_t notice_wall_ms;
	int page; /* rows of the list on screen, set by drawing */

	uint8_t asked[32]; /* kinds of commands not answered yet: answers come in order */
	uint8_t n_asked;

	bool quit, suspend, repaint;
	uint8_t pen;
	bool mouse;
	int row_y;	/* of the list's cursor, as drawn; -1 none */
	int repaint_hz; /* :set repaint; 0 as configured */
	int cols, rows; /* of the screen, set by ui_draw; 80x24 before */
	char theme[16];
	bool theme_changed;
};

/* *u is zeros (calloc: a sheet that is never opened is memory that is never touched). `snap` is
 * read at each key and frame and may change in between. */
bool ui_init(struct ui *u, const struct ui_out *out, const struct ui_source *source,
	     struct err *err);
/* A new snapshot stands in *snap: keeps cursors, drops choices whose plan changed. */
void ui_snap(struct ui *u, const struct snap *snap, int64_t now_ns);
void ui_key(struct ui *u, int key, int64_t now_ns);
void ui_paste(struct ui *u, bool begin);
/* Mouse, when it is on: the wheel scrolls, a click selects the row at y. Neither confirms. */
void ui_wheel(struct ui *u, int by, int64_t now_ns);
void ui_click(struct ui *u, int y, int64_t now_ns);
/* The engine's answer to a command. */
void ui_reply(struct ui *u, bool ok, const char *text);
/* The run on screen; its state is FLAT_NONE when there is none. The newest that is known. How many
 * are under way. */
const struct snap_flat *ui_flat(const struct ui *u);
const struct snap_flat *ui_flat_newest(const struct snap *s);
uint32_t ui_flats(const struct snap *s);
void ui_flat_next(struct ui *u);
void ui_notice(struct ui *u, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ui_draw(struct ui *u, struct canvas *c, int64_t now_ns);

/* What takes too long for a frame: a question when there is a new one, and its answer; true when
 * something on screen may have changed. ui_think_now does both at once, for those without a
 * thread. */
bool ui_question(struct ui *u, struct think_in *in);
bool ui_answer(struct ui *u, const struct think_out *out);
void ui_think_now(struct ui *u);

/* Of the ticket: the grid's answer is about the knobs as they stand; the search for a schedule
 * within the danger limit has ended for them; the chance of a row, true: on the grid, false: a
 * bound (never less). */
bool ticket_looked(const struct ui *u);
bool ticket_limit(const struct ui *u);
bool ticket_danger(const struct ui *u, int way, double *p);
/* The same of a point of the frontier, between the points that the grid was asked about; which. */
bool ticket_front_danger(const struct ui *u, uint32_t at, double *p);
uint32_t ticket_curve_at(uint32_t i);

/* Shared by the state machine and the views. */
enum ui_layer ui_top(const struct ui *u);
const struct snap_leg *ui_leg(const struct ui *u);
const struct snap_leg *ui_leg_find(const struct snap *s, const char *coin, int account);
const struct snap_book *ui_book(const struct snap *s, const char *coin);
const struct snap_exit *ui_exit(const struct ui *u); /* selected, or that of the market, or NULL */
const struct snap_exit *ui_exit_find(const struct snap *s, uint32_t id);
const struct snap_account *ui_account(const struct ui *u);
/* Why no position is listed: none is held, or nobody has read what is. */
const char *ui_no_positions(const struct snap *s);
/* The order in row `row` of screen 2, as filtered; NULL: none. */
const struct snap_order *ui_order_at(const struct ui *u, int row);
bool ui_order_shown(const struct ui *u, const struct snap_order *o);
/* The finest book that holds `size` on the side a seller (or buyer) would take. */
const struct book *ui_depth(const struct snap_book *b, bool sell, double size);
bool exit_is_live(const struct snap_exit *x);
double snap_age_s(const struct ui *u, int64_t stamp_ns);
/* Wall clock at the frame's time. */
int64_t ui_wall_ms(const struct ui *u);

/* Rows of the table: pools and legs. */
struct ui_row {
	int16_t pool, leg; /* leg -1: a pool of several legs */
};
int ui_rows(const struct snap *s, struct ui_row *out, int max);
/* The same in the order held; in the snapshot's own when a row came or went. */
int ui_rows_held(const struct ui *u, struct ui_row *out, int max);
void ui_hold_rows(struct ui *u);
/* Those that h lines show: the selected one, pools in danger or in doubt, then the window around
 * the cursor; the rest stands behind them in `out`. Returns how many are shown: h, or h - 1 with
 * the rest in one line; *n all of them. */
int ui_rows_shown(const struct ui *u, int h, struct ui_row *out, int max, int *n);

#endif
