/* action.h: every action of the screen as one table: where it works, its name, its keys, its help
 * line (at most 28 cells) and its flags. The only source of the key map's names, the help screen,
 * the man page and the tests. keys/ files rebind it.
 *
 * Flags: A acts at once, S opens a sheet, L needs ARMED, R also for observers, E works while
 * typing. */
#ifndef EXEUNT_UI_ACTION_H
#define EXEUNT_UI_ACTION_H

enum ui_place {
	UP_ALL,
	UP_MOVE,
	UP_COCKPIT,
	UP_TICKET,
	UP_EXIT,
	UP_SHEET,
	UP_PANIC,
	UP_PANIC_RUN,
	UP_ORDERS,
	UP_JOURNAL,
	UP_REPORT,
	UP_RISK,
	UP_COUNT
};

enum ui_flag { UF_A = 1, UF_S = 2, UF_L = 4, UF_R = 8, UF_E = 16 };

/* place, id, name, default keys, help, flags */
/* clang-format off */
#define ACTION_TABLE(X) \
	X(ALL, PANIC, "panic", "!", "panic sheet…", UF_S|UF_R|UF_E) \
	X(ALL, PANIC_ONE, "panic-one", "F", "panic, selected market…", UF_S|UF_R) \
	X(ALL, CANCEL_ORDERS, "cancel-orders", "C", "cancel orders…", UF_S|UF_R) \
	X(ALL, GUARD, "guard", "S", "guard: stops at the venue…", UF_S|UF_R) \
	X(ALL, PAUSE_EXITS, "pause-exits", "P", "pause all exits", UF_A|UF_R) \
	X(ALL, RESUME_EXITS, "resume-exits", "R", "resume paused exits…", UF_S) \
	X(ALL, ALARM, "alarm", "Space", "open and quiet the alarm", UF_R) \
	X(ALL, ARM, "arm", "a", "arm for 5 minutes", UF_A) \
	X(ALL, DISARM, "disarm", "A", "disarm", UF_A) \
	X(ALL, COMMAND, "command", ":", "command line", UF_R) \
	X(ALL, HELP, "help", "? F1", "help for this screen", UF_R) \
	X(ALL, SEARCH, "search", "/", "search in this list", UF_R) \
	X(ALL, SEARCH_NEXT, "search-next", "n", "next match", UF_R) \
	X(ALL, SEARCH_PREV, "search-prev", "N", "previous match", UF_R) \
	X(ALL, VIEW_COCKPIT, "view-cockpit", "1", "cockpit", UF_R) \
	X(ALL, VIEW_ORDERS, "view-orders", "2", "orders", UF_R) \
	X(ALL, VIEW_EXITS, "view-exits", "3", "exits", UF_R) \
	X(ALL, VIEW_RISK, "view-risk", "4", "risk and Greeks", UF_R) \
	X(ALL, VIEW_JOURNAL, "view-journal", "5", "journal", UF_R) \
	X(ALL, VIEW_REPORTS, "view-reports", "6", "cost reports", UF_R) \
	X(ALL, BACK, "back", "Esc", "one step back", UF_R) \
	X(ALL, QUIT_LAYER, "quit-layer", "q", "close layer; cockpit: leave", UF_R) \
	X(ALL, REPAINT, "repaint", "Ctrl-L", "draw everything again", UF_R) \
	X(ALL, SUSPEND, "suspend", "Ctrl-Z", "to the shell; exits run on", UF_R) \
	X(MOVE, NEXT_ROW, "next-row", "j Down", "down", UF_R) \
	X(MOVE, PREV_ROW, "prev-row", "k Up", "up", UF_R) \
	X(MOVE, LEFT, "left", "h Left", "left", UF_R) \
	X(MOVE, RIGHT, "right", "l Right", "right", UF_R) \
	X(MOVE, FIRST_ROW, "first-row", "g Home", "first", UF_R) \
	X(MOVE, LAST_ROW, "last-row", "G End", "last", UF_R) \
	X(MOVE, PAGE_DOWN, "page-down", "PgDn Ctrl-F", "page down", UF_R) \
	X(MOVE, PAGE_UP, "page-up", "PgUp Ctrl-B", "page up", UF_R) \
	X(MOVE, NEXT_PANE, "next-pane", "Tab", "next pane", UF_R) \
	X(MOVE, OPEN, "open", "Enter", "open the selected row", UF_R) \
	X(COCKPIT, EXIT_TICKET, "exit-ticket", "x", "exit ticket…", UF_S) \
	X(COCKPIT, HEDGE_DELTA, "hedge-delta", "D", "hedge the net delta…", UF_S) \
	X(COCKPIT, SORT_NEXT, "sort-next", "o", "sort by the next column", UF_R) \
	X(COCKPIT, BOOK_FINER, "book-finer", ",", "finer book rows", UF_R) \
	X(COCKPIT, BOOK_COARSER, "book-coarser", ".", "coarser book rows", UF_R) \
	X(TICKET, WAY, "way", "1-5", "five ways, sweep to deadline", UF_R) \
	X(TICKET, TURN, "turn", "Left Right", "turn the knob", UF_R) \
	X(TICKET, TURN_FAR, "turn-far", "H L", "turn it far", UF_R) \
	X(TICKET, EDIT, "edit", "Enter", "type a value with its unit", UF_R) \
	X(TICKET, FRONTIER, "frontier", "f", "five ways, or the frontier", UF_R) \
	X(TICKET, PICK_BY, "pick-by", "Tab", "by cost, deadline, danger", UF_R) \
	X(TICKET, GUARD_KNOB, "guard-knob", "g", "guard on, off", UF_R) \
	X(TICKET, AT_VENUE, "at-venue", "v", "run it at the venue", UF_R) \
	X(TICKET, START, "start", "s", "start, then Y", UF_S) \
	X(EXIT, PAUSE_THIS, "pause-this", "p", "pause it, or resume it…", UF_A) \
	X(EXIT, FASTER, "faster", "+", "pace up one step", UF_A) \
	X(EXIT, SLOWER, "slower", "-", "pace down one step…", UF_S) \
	X(EXIT, WORKING, "working", "[ ]", "working price down, up…", UF_A|UF_S) \
	X(EXIT, LAST, "last", "( )", "last price down, up…", UF_S) \
	X(EXIT, CAP, "cap", "{ }", "volume cap down…, up", UF_A|UF_S) \
	X(EXIT, PLACEMENT, "placement", "m", "next way of placing…", UF_A|UF_S) \
	X(EXIT, GUARD_EXIT, "guard-exit", "g", "guard…", UF_S) \
	X(EXIT, UNDO_TUNE, "undo-tune", "u", "undo the last tuning", UF_A|UF_S) \
	X(EXIT, SELL_BLOCK, "sell-block", "b", "the block that is offered…", UF_S) \
	X(EXIT, TUNE, "tune", "t", "tune in the ticket…", UF_S) \
	X(EXIT, CLOSE_REST, "close-rest", "n", "close-rest…", UF_S) \
	X(EXIT, END_EXIT, "end-exit", "e", "end, keep the rest…", UF_S) \
	X(SHEET, CHOOSE, "choose", "1-9", "choose a line", UF_R) \
	X(SHEET, SEND, "send", "Y", "send what is chosen", UF_A) \
	X(PANIC, SCOPE_ALL, "scope-all", "a", "ALL ACCOUNTS", UF_R) \
	X(PANIC, SCOPE_ONE, "scope-one", "o", "only the selected market", UF_R) \
	X(PANIC, LAST_PRICE, "last-price", "w", "type the last price", UF_R) \
	X(PANIC, DRY_RUN, "dry-run", "d", "show the bytes, send nothing", UF_R) \
	X(PANIC_RUN, NEXT_RUN, "next-run", "Tab", "the next run", UF_R) \
	X(PANIC_RUN, READ_AGAIN, "read-again", "r", "read the account again", UF_R) \
	X(ORDERS, CANCEL_ONE, "cancel-one", "c", "cancel this order…", UF_S) \
	X(ORDERS, FILTER, "filter", "f", "filter by kind", UF_R) \
	X(JOURNAL, EXPORT, "export", "e", "write what is shown to file", UF_R) \
	X(JOURNAL, FOLLOW, "follow", "f", "follow the newest", UF_R) \
	X(REPORT, EXPORT_REPORT, "export-report", "e", "write CSV and JSON", UF_R) \
	X(RISK, UNDERLYING, "underlying", "u", "next underlying", UF_R) \
	X(RISK, GRID_OF, "grid-of", "Tab", "grid: now, after, difference", UF_R)
/* clang-format on */

enum ui_action {
	UA_NONE,
#define X(place, id, name, keys, help, flags) UA_##id,
	ACTION_TABLE(X)
#undef X
		UA_COUNT
};

struct action {
	unsigned char place, flags; /* enum ui_place, or of enum ui_flag */
	const char *name, *keys, *help;
};

extern const struct action action_table[UA_COUNT]; /* [UA_NONE] is empty */
extern const char *const place_names[UP_COUNT];	   /* as in key files: "panic-run" */
extern const char *const place_titles[UP_COUNT];   /* as in help: "Panic, running" */

#endif
