/* ui.c: keys to layers, actions and lines.
 *
 *   normal --x--> ticket --s,Y--> normal        any --!--> panic sheet --4,Y--> the seconds after
 *   normal --C--> cancel sheet --1,Y--> normal  any --Space--> alarm   any --?--> help
 *   normal --: /--> line --Enter--> ticket or sheet, filled in; nothing sent
 *
 * Esc leaves one layer and never sends; Enter opens, accepts, and never sends. */
#include "ui/ui.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ui/ui_in.h"
#include "base/check.h"
#include "base/banned.h"

bool ui_init(struct ui *u, const struct ui_out *out, const struct ui_source *source,
	     struct err *err)
{
	static struct snap none; /* before the first snapshot: nothing is known */

	ASSERT(!u->snap); /* zeros, as the header asks */
	u->out = *out;
	u->source = *source;
	u->snap = &none;
	u->cols = 80;
	u->rows = 24;
	snprintf(u->coin, sizeof u->coin, "BTC");
	snprintf(u->theme, sizeof u->theme, "dark");
	return keymap_init(&u->keys, err);
}

void ui_notice(struct ui *u, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(u->notice, sizeof u->notice, fmt, ap);
	va_end(ap);
	u->notice_ns = u->now_ns;
	u->notice_wall_ms = ui_wall_ms(u);
}

void ui_reply(struct ui *u, bool ok, const char *text)
{
	uint8_t kind = CMD_KINDS;

	if (u->n_asked) {
		kind = u->asked[0];
		memmove(u->asked, u->asked + 1, --u->n_asked);
	}
	if (kind == CMD_FLATTEN)
		ui_flat_answered(u, ok, text);
	/* the name of what began is no news: the log says more */
	if (ok && (text[0] == 'x' || text[0] == 'p') &&
	    strlen(text) == 1 + strspn(text + 1, "0123456789"))
		return;
	/* looking at a coin and quieting an alarm are not news */
	if (text[0] && (!ok || (kind != CMD_FOCUS && kind != CMD_ACK)))
		ui_notice(u, "%s%s", ok ? "" : "! ", text);
}

void ui_look(struct ui *u, const char *coin)
{
	struct cmd cmd;

	memset(&cmd, 0, sizeof cmd);
	cmd.kind = CMD_FOCUS;
	snprintf(cmd.focus.coin, sizeof cmd.focus.coin, "%s", coin);
	u->look_ns = u->now_ns;
	ui_send(u, &cmd);
}

void ui_push(struct ui *u, enum ui_layer layer)
{
	if (u->depth < (int)sizeof u->layer)
		u->layer[u->depth++] = (uint8_t)layer;
	u->top = 0;
	u->row = 0;
}

void ui_pop(struct ui *u)
{
	if (u->depth > 0)
		u->depth--;
	memset(&u->confirm, 0, sizeof u->confirm);
	u->top = 0;
	u->row = 0;
}

void ui_send(struct ui *u, struct cmd *cmd)
{
	cmd->snap = u->snap->number;
	cmd->yes = 1;
	if (!u->out.send || !u->out.send(u->out.ctx, cmd))
		ui_notice(u,
			  "! Not sent: the engine does not answer. From a shell: exeunt flatten.");
	else if (u->n_asked < sizeof u->asked)
		u->asked[u->n_asked++] = cmd->kind;
}

void ui_send_kind(struct ui *u, uint8_t kind, uint32_t exit)
{
	struct cmd cmd;

	memset(&cmd, 0, sizeof cmd);
	cmd.kind = kind;
	cmd.which.exit = exit;
	ui_send(u, &cmd);
}

void ui_snap(struct ui *u, const struct snap *snap, int64_t now_ns)
{
	bool first = !u->attached;

	u->snap = snap;
	u->attached = true;
	if (now_ns > u->now_ns)
		u->now_ns = now_ns;
	if (first || !ui_leg_find(snap, u->coin, u->account)) {
		if (first && snap->n_legs && !ui_leg_find(snap, u->coin, u->account))
			snprintf(u->coin, sizeof u->coin, "%s", snap->leg[0].coin);
	}
	const struct snap_flat *f = ui_flat_newest(snap);
	if (f->id > u->run_before && f->id != u->run_seen && f->state != FLAT_NONE && !u->depth &&
	    (f->state < FLAT_FLAT || !first ||
	     snap->wall_ms - f->end_ms < 60000)) { /* whoever asked for it: everybody sees it */
		u->run_seen = u->run = f->id;
		ui_push(u, LAYER_RUN);
	}
	if (first || (!u->depth && u->now_ns - u->key_ns >= QUIET_NS))
		ui_hold_rows(u);
	if (u->out.send && ui_leg(u) &&
	    (first || (ui_top(u) == LAYER_TICKET && u->now_ns - u->look_ns >= LOOK_NS)))
		ui_look(u, ui_leg(u)->coin);
	if (ui_top(u) == LAYER_RUN && f->id > u->run_before)
		u->run_seen = f->id;
	if (ui_top(u) == LAYER_SHEET)
		sheet_refresh(u);
	else if (ui_top(u) == LAYER_ALARM)
		alarm_refresh(u);
	if (ui_top(u) == LAYER_TICKET && u->now_ns - u->ticket.made_ns >= INT64_C(1000000000))
		ticket_remake(u);
}

static void arm(struct ui *u)
{
	struct cmd cmd;

	memset(&cmd, 0, sizeof cmd);
	cmd.kind = CMD_ARM;
	if (u->snap->network == NET_MAINNET && !u->snap->armed)
		ask_word(u, "MAINNET", &cmd);
	else
		ui_send(u, &cmd);
}

static void show_screen(struct ui *u, enum ui_screen s)
{
	u->depth = 0;
	u->screen = (uint8_t)s;
	u->row = u->top = 0;
	u->record = 0;
	memset(&u->confirm, 0, sizeof u->confirm);
}

static void back(struct ui *u)
{
	if (ui_top(u) == LAYER_TICKET && u->ticket.frontier) {
		u->ticket.frontier = false;
		u->confirm.choice = 0;
		ticket_remake(u);
		return;
	}
	if (u->depth)
		ui_pop(u);
	else if (u->screen != SCR_COCKPIT)
		show_screen(u, SCR_COCKPIT);
}

static void quit_layer(struct ui *u)
{
	if (u->depth || u->screen != SCR_COCKPIT) {
		back(u);
		return;
	}
	ui_push(u, LAYER_QUIT);
}

static void resume_sheet(struct ui *u)
{
	struct cmd cmd;

	memset(&cmd, 0, sizeof cmd);
	cmd.kind = CMD_RESUME;
	exit_sheet(u, &cmd);
}

static void suspend(struct ui *u)
{
	u->suspend = true;
	if (u->snap->armed) /* nobody is at the keys */
		ui_send_kind(u, CMD_DISARM, 0);
	u->depth = 0; /* the sheet closes */
	memset(&u->confirm, 0, sizeof u->confirm);
}

/* What works everywhere; false: nothing is bound there. */
bool ui_action_all(struct ui *u, enum ui_action a)
{
	switch (a) {
	case UA_PANIC:
		sheet_panic(u, NULL);
		return true;
	case UA_PANIC_ONE:
		sheet_panic_one(u);
		return true;
	case UA_CANCEL_ORDERS:
		sheet_cancel(u, NULL);
		return true;
	case UA_GUARD:
		sheet_stops(u, NULL, -1);
		return true;
	case UA_PAUSE_EXITS:
		ui_send_kind(u, CMD_PAUSE, 0);
		return true;
	case UA_RESUME_EXITS:
		resume_sheet(u);
		return true;
	case UA_ALARM:
		alarm_open(u);
		return true;
	case UA_ARM:
		arm(u);
		return true;
	case UA_DISARM:
		ui_send_kind(u, CMD_DISARM, 0);
		return true;
	case UA_COMMAND:
		line_open(u, EDIT_COMMAND, "");
		return true;
	case UA_HELP:
		u->help_place = 0;
		ui_push(u, LAYER_HELP);
		return true;
	case UA_SEARCH:
		line_open(u, EDIT_SEARCH, "");
		return true;
	case UA_SEARCH_NEXT:
		search_again(u, 1);
		return true;
	case UA_SEARCH_PREV:
		search_again(u, -1);
		return true;
	case UA_VIEW_COCKPIT:
	case UA_VIEW_ORDERS:
	case UA_VIEW_EXITS:
	case UA_VIEW_RISK:
	case UA_VIEW_JOURNAL:
	case UA_VIEW_REPORTS:
		show_screen(u, (enum ui_screen)(SCR_COCKPIT + (a - UA_VIEW_COCKPIT)));
		return true;
	case UA_BACK:
		back(u);
		return true;
	case UA_QUIT_LAYER:
		quit_layer(u);
		return true;
	case UA_REPAINT:
		u->repaint = true;
		return true;
	case UA_SUSPEND:
		suspend(u);
		return true;
	default:
		return false;
	}
}

static void cancel_one(struct ui *u)
{
	struct cancel c;

	const struct snap_order *o = ui_order_at(u, u->row);

	if (!o)
		return;
	memset(&c, 0, sizeof c);
	c.account = o->account;
	c.scope = CANCEL_ONE;
	c.oid = o->oid;
	c.stops = o->trigger && o->reduce_only;
	snprintf(c.coin, sizeof c.coin, "%s", o->coin);
	sheet_cancel(u, &c);
}

static void export_shown(struct ui *u, uint32_t exit)
{
	char said[160] = "";

	if (!u->source.export || !u->source.export(u->source.ctx, exit, said, sizeof said))
		ui_notice(u, "%s", said[0] ? said : "Nothing to write to a file here.");
	else
		ui_notice(u, "%s", said);
}

/* Actions of the screen on top; false: nothing is bound there. */
static bool on_screen(struct ui *u, enum ui_action a)
{
	switch (a) {
	case UA_EXIT_TICKET:
		ticket_open(u, NULL);
		return true;
	case UA_HEDGE_DELTA:
		ui_notice(u, "D hedges the net delta: it needs the hedge engine.");
		return true;
	case UA_SORT_NEXT:
		ui_notice(u, "Rows stand by danger: nearest pool first, then distance gained for "
			     "each dollar.");
		return true;
	case UA_BOOK_FINER:
		u->book_step--;
		return true;
	case UA_BOOK_COARSER:
		u->book_step++;
		return true;
	case UA_CANCEL_ONE:
		cancel_one(u);
		return true;
	case UA_FILTER:
		u->order_filter = (uint8_t)((u->order_filter + 1) % 5);
		u->row = u->top = 0;
		return true;
	case UA_FOLLOW:
		u->record = 0;
		u->row = 0;
		return true;
	case UA_EXPORT:
		export_shown(u, 0);
		return true;
	case UA_EXPORT_REPORT:
		export_shown(u, u->exit);
		return true;
	case UA_NEXT_RUN:
		ui_flat_next(u);
		return true;
	case UA_READ_AGAIN:
		ui_send_kind(u, CMD_READ, 0);
		return true;
	default:
		return false;
	}
}

static enum ui_place place_of(const struct ui *u)
{
	switch (ui_top(u)) {
	case LAYER_TICKET:
		return UP_TICKET;
	case LAYER_EXIT:
		return UP_EXIT;
	case LAYER_RUN:
		return UP_PANIC_RUN;
	case LAYER_REPORT:
		return UP_REPORT;
	default:
		break;
	}
	switch (u->screen) {
	case SCR_ORDERS:
		return UP_ORDERS;
	case SCR_JOURNAL:
		return UP_JOURNAL;
	case SCR_RISK:
		return UP_RISK;
	default:
		return UP_COCKPIT;
	}
}

static void plain_key(struct ui *u, int key)
{
	enum ui_place place = place_of(u);
	enum ui_action a = keymap_find(&u->keys, place, key);

	if (ui_top(u) == LAYER_HELP || ui_top(u) == LAYER_RECORD)
		a = UA_NONE;
	if (a && place == UP_TICKET) {
		ticket_action(u, a, key);
		return;
	}
	if (a && place == UP_EXIT) {
		exit_action(u, a, key);
		return;
	}
	if (a && on_screen(u, a))
		return;
	a = keymap_find(&u->keys, UP_MOVE, key);
	if (place == UP_TICKET && (a == UA_NEXT_ROW || a == UA_PREV_ROW)) {
		ticket_action(u, a, key);
		return;
	}
	if (place == UP_TICKET && key == 'Y') {
		ticket_yes(u);
		return;
	}
	if (a && move_action(u, a))
		return;
	a = keymap_find(&u->keys, UP_ALL, key);
	if (a)
		ui_action_all(u, a);
}

bool sheet_all(enum ui_action a)
{
	return a == UA_PANIC || a == UA_PANIC_ONE || a == UA_CANCEL_ORDERS || a == UA_PAUSE_EXITS ||
	       a == UA_GUARD || a == UA_ALARM || a == UA_HELP || a == UA_BACK || a == UA_REPAINT ||
	       a == UA_SUSPEND;
}

static void on_sheet(struct ui *u, int key)
{
	enum ui_action a = keymap_find(&u->keys, UP_ALL, key);

	if (u->now_ns - u->confirm.opened_ns < DEAF_NS && a != UA_BACK)
		return;
	if (a && sheet_all(a) && a != UA_CANCEL_ORDERS) {
		ui_action_all(u, a);
		return;
	}
	if (a == UA_CANCEL_ORDERS && u->sheet.kind != SHEET_CANCEL) {
		ui_action_all(u, a);
		return;
	}
	sheet_key(u, key);
}

static void start_key(struct ui *u, int key)
{
	char said[160] = "";

	if ((key == 'd' || key == 'w' || key == 'k') && u->out.start) {
		u->out.start(u->out.ctx, key, said, sizeof said);
		if (said[0])
			ui_notice(u, "%s", said);
		return;
	}
	if (key == 'd' || key == 'w' || key == 'k') {
		ui_notice(u, key == 'd'	  ? "Leave with q, then: exeunt demo"
			     : key == 'w' ? "Leave with q, then: exeunt watch 0x..."
					  : "Leave with q, then: exeunt key import FILE");
		return;
	}
	plain_key(u, key);
}

static void ctrl_c(struct ui *u)
{
	if (u->ctrl_c_ns && u->now_ns - u->ctrl_c_ns <= CTRL_C_NS) {
		u->quit = true;
		return;
	}
	u->ctrl_c_ns = u->now_ns;
	if (u->edit != EDIT_NONE) {
		if (u->line.len) {
			u->line.len = u->line.cursor = 0;
			u->line.text[0] = 0;
		} else {
			u->edit = EDIT_NONE;
		}
	} else if (ui_top(u) == LAYER_RUN) {
		ui_notice(u, "this goes on; Esc goes back");
	} else if (u->depth) {
		ui_pop(u);
	} else {
		ui_notice(u, "q leaves; exits run on. Ctrl-C again leaves at once.");
	}
}

/* The rest of a torn escape sequence is not typed: "[A" after a lone Esc. */
static bool swallow(struct ui *u, int key)
{
	if (u->esc_tail) {
		if ((key >= 'A' && key <= 'Z') || (key >= 'a' && key <= 'z') || key == '~')
			u->esc_tail = false;
		if (u->now_ns - u->esc_ns > ESC_TAIL_NS)
			u->esc_tail = false;
		return true;
	}
	if (u->esc_ns && u->now_ns - u->esc_ns <= ESC_TAIL_NS && (key == '[' || key == 'O')) {
		u->esc_tail = true;
		return true;
	}
	return false;
}

void ui_paste(struct ui *u, bool begin)
{
	u->pasting = begin;
}

void ui_key(struct ui *u, int key, int64_t now_ns)
{
	if (now_ns > u->now_ns)
		u->now_ns = now_ns;
	confirm_tick(u);
	if (u->edit == EDIT_SECRET && key != UK_CTRL('Z') && key != UK_CTRL('\\')) {
		u->key_ns = u->now_ns;
		secret_key(u, key);
		return;
	}
	secret_leave(u);
	if (u->pasting) {
		if (u->edit != EDIT_NONE && u->edit != EDIT_WORD)
			line_insert(u, key);
		return;
	}
	if (swallow(u, key))
		return;
	u->key_ns = u->now_ns;
	u->esc_ns = key == UK_ESC ? u->now_ns : 0;
	if (key == UK_CTRL('C')) {
		ctrl_c(u);
		return;
	}
	if (key == UK_CTRL('\\')) {
		u->quit = true;
		return;
	}
	if (key == UK_CTRL('Z') || key == UK_CTRL('L')) {
		if (key == UK_CTRL('Z'))
			u->edit = EDIT_NONE;
		ui_action_all(u, keymap_find(&u->keys, UP_ALL, key));
		return;
	}
	if (u->edit != EDIT_NONE) {
		if (keymap_find(&u->keys, UP_ALL, key) == UA_PANIC) {
			u->edit = EDIT_NONE;
			sheet_panic(u, NULL);
		} else {
			line_key(u, key);
		}
		return;
	}
	switch (ui_top(u)) {
	case LAYER_SHEET:
		on_sheet(u, key);
		return;
	case LAYER_ALARM:
		alarm_layer_key(u, key);
		return;
	case LAYER_QUIT:
		if (key == 'y')
			u->quit = true;
		else if (key == UK_ESC || key == 'q' || key == 'n')
			ui_pop(u);
		else if (keymap_find(&u->keys, UP_ALL, key) == UA_PANIC)
			sheet_panic(u, NULL);
		return;
	default:
		break;
	}
	if (!u->snap->n_accounts && u->attached && !u->depth)
		start_key(u, key);
	else
		plain_key(u, key);
}
