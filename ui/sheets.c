/* sheets.c: the cancel sheet, small sheets of one line, and which sheet a key is for. On a sheet
 * nothing has been sent; what its zone says is what `Y` sends. */
#include <stdio.h>
#include <string.h>

#include "ui/ui_in.h"
#include "base/banned.h"

void sheet_open(struct ui *u, enum sheet_kind kind)
{
	if (ui_top(u) != LAYER_SHEET)
		ui_push(u, LAYER_SHEET);
	memset(&u->sheet, 0, sizeof u->sheet);
	u->sheet.kind = (uint8_t)kind;
	confirm_open(u);
}

void sheet_refresh(struct ui *u)
{
	if (u->sheet.kind <= SHEET_STOPS)
		panic_refresh(u);
}

void sheet_cancel(struct ui *u, const struct cancel *c)
{
	sheet_open(u, SHEET_CANCEL);
	u->sheet.cancel.account = u->account;
	if (c)
		u->sheet.cancel = *c;
	u->sheet.line = c && c->scope == CANCEL_ALL ? (c->stops ? 2 : 1) : 0;
}

void sheet_small(struct ui *u, const struct cmd *cmd, const char *title, const char *choice,
		 const char *s1, const char *s2)
{
	sheet_open(u, SHEET_SMALL);
	struct ui_sheet *s = &u->sheet;
	s->cmd = *cmd;
	s->choice_key = '1';
	snprintf(s->title, sizeof s->title, "%s", title);
	snprintf(s->choice_text, sizeof s->choice_text, "%s", choice);
	snprintf(s->sentence[0], sizeof s->sentence[0], "%s", s1);
	snprintf(s->sentence[1], sizeof s->sentence[1], "%s", s2);
}

void ask_word(struct ui *u, const char *word, const struct cmd *cmd)
{
	line_open(u, EDIT_WORD, "");
	snprintf(u->line.word, sizeof u->line.word, "%s", word);
	u->line.cmd = *cmd;
}

static void cancel_choose(struct ui *u, int line)
{
	struct cancel *c = &u->sheet.cancel;
	struct cmd cmd;

	if (c->scope == CANCEL_ONE && line == 1) {
		if (!c->stops) {
			confirm_choose(u, '1');
			return;
		}
		memset(&cmd, 0, sizeof cmd);
		cmd.kind = CMD_CANCEL;
		cmd.cancel = *c;
		ask_word(u, "STOPS", &cmd);
		return;
	}
	if (line > 3 || c->scope == CANCEL_ONE)
		return;
	u->sheet.line = (uint8_t)(line - 1);
	if (c->scope == CANCEL_COIN && line == 1) {
		confirm_choose(u, '1');
		return;
	}
	c->scope = line == 1 ? CANCEL_ENTRY : CANCEL_ALL;
	c->stops = line == 3;
	if (line < 3) {
		confirm_choose(u, '0' + line);
		return;
	}
	memset(&cmd, 0, sizeof cmd);
	cmd.kind = CMD_CANCEL;
	cmd.cancel = *c;
	ask_word(u, "STOPS", &cmd);
}

static void cancel_key(struct ui *u, int key)
{
	struct cancel *c = &u->sheet.cancel;
	const struct snap_leg *leg = ui_leg(u);

	if (key >= '1' && key <= '9') {
		cancel_choose(u, key - '0');
	} else if (key == 'o' && leg) {
		c->scope = CANCEL_COIN;
		snprintf(c->coin, sizeof c->coin, "%s", leg->coin);
		u->confirm.choice = 0;
	} else if (keymap_find(&u->keys, UP_SHEET, key) == UA_SEND && confirm_yes(u)) {
		struct cmd cmd;
		memset(&cmd, 0, sizeof cmd);
		cmd.kind = CMD_CANCEL;
		cmd.cancel = *c;
		ui_pop(u);
		ui_send(u, &cmd);
	}
}

void sheet_key(struct ui *u, int key)
{
	if (u->sheet.kind == SHEET_PANIC) {
		panic_key(u, key);
	} else if (u->sheet.kind == SHEET_STOPS) {
		stops_key(u, key);
	} else if (u->sheet.kind == SHEET_CANCEL) {
		cancel_key(u, key);
	} else if (key == u->sheet.choice_key) {
		confirm_choose(u, key);
	} else if (keymap_find(&u->keys, UP_SHEET, key) == UA_SEND && confirm_yes(u)) {
		struct cmd cmd = u->sheet.cmd;
		ui_pop(u);
		ui_send(u, &cmd);
	}
}
