/* line.c: one line of text being typed: command, search, knob, or the word that confirms. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/ui_in.h"
#include "base/banned.h"

void line_open(struct ui *u, enum ui_edit kind, const char *text)
{
	struct ui_line *l = &u->line;

	u->edit = (uint8_t)kind;
	memset(l->text, 0, sizeof l->text);
	snprintf(l->text, sizeof l->text, "%s", text);
	l->len = l->cursor = (int)strlen(l->text);
	l->at_history = l->n_history;
	l->error[0] = 0;
	l->word[0] = 0;
	l->hint = -1;
}

void line_insert(struct ui *u, int key)
{
	struct ui_line *l = &u->line;

	/* the line holds what commands are made of: printable ASCII */
	if (key < ' ' || key > '~' || l->len + 1 >= LINE_CAP)
		return;
	memmove(l->text + l->cursor + 1, l->text + l->cursor, (size_t)(l->len - l->cursor + 1));
	l->text[l->cursor++] = (char)key;
	l->len++;
	l->error[0] = 0;
	l->hint = -1;
}

static void erase(struct ui_line *l, int from, int to)
{
	if (from < 0 || to > l->len || from >= to)
		return;
	memmove(l->text + from, l->text + to, (size_t)(l->len - to + 1));
	l->len -= to - from;
	l->cursor = from;
	l->error[0] = 0;
	l->hint = -1;
}

static void history(struct ui_line *l, int by)
{
	int at = l->at_history + by;

	if (at < 0 || at > l->n_history)
		return;
	if (l->at_history == l->n_history)
		memcpy(l->draft, l->text, sizeof l->draft);
	l->at_history = at;
	memcpy(l->text, at < l->n_history ? l->history[at] : l->draft, sizeof l->text);
	l->len = l->cursor = (int)strlen(l->text);
	l->error[0] = 0;
	l->hint = -1;
}

static void remember(struct ui_line *l)
{
	if (!l->len || !strncmp(l->text, "unlock", 6) ||
	    (l->n_history && !strcmp(l->history[l->n_history - 1], l->text)))
		return;
	if (l->n_history == HISTORY) {
		memmove(l->history[0], l->history[1], sizeof l->history - sizeof l->history[0]);
		l->n_history--;
	}
	memcpy(l->history[l->n_history++], l->text, LINE_CAP);
}

static void accept_word(struct ui *u)
{
	struct ui_line *l = &u->line;

	if (strcmp(l->text, l->word)) {
		ui_notice(u, "The word is %s, you typed %s. Nothing changed.", l->word, l->text);
		u->edit = EDIT_NONE;
		return;
	}
	u->edit = EDIT_NONE;
	if (l->cmd.kind == CMD_KINDS) {
		sheet_word(u, &l->cmd);
		return;
	}
	if (ui_top(u) == LAYER_SHEET)
		ui_pop(u);
	ui_send(u, &l->cmd);
}

static void accept(struct ui *u)
{
	struct ui_line *l = &u->line;
	char text[LINE_CAP];

	switch (u->edit) {
	case EDIT_SEARCH:
		snprintf(u->find, sizeof u->find, "%s", l->text);
		u->edit = EDIT_NONE;
		if (u->screen != SCR_JOURNAL && u->find[0])
			ui_key(u, 'n', u->now_ns);
		u->row = u->screen == SCR_JOURNAL ? 0 : u->row;
		return;
	case EDIT_KNOB:
		snprintf(text, sizeof text, "%s", l->text);
		if (ticket_set(u, text))
			u->edit = EDIT_NONE;
		return;
	case EDIT_PRICE:
		snprintf(text, sizeof text, "%s", l->text);
		if (sheet_price(u, text))
			u->edit = EDIT_NONE;
		return;
	case EDIT_WORD:
		accept_word(u);
		return;
	default:
		break;
	}
	remember(l);
	snprintf(text, sizeof text, "%s", l->text);
	if (!l->len) {
		u->edit = EDIT_NONE;
		return;
	}
	command_run(u, text);
}

void line_key(struct ui *u, int key)
{
	struct ui_line *l = &u->line;

	switch (key) {
	case UK_ESC:
		u->edit = EDIT_NONE;
		return;
	case UK_ENTER:
		accept(u);
		return;
	case UK_BS:
		if (!l->len && u->edit != EDIT_WORD)
			u->edit = EDIT_NONE;
		erase(l, l->cursor - 1, l->cursor);
		return;
	case UK_DEL:
		erase(l, l->cursor, l->cursor + 1);
		return;
	case UK_LEFT:
		l->cursor -= l->cursor > 0;
		return;
	case UK_RIGHT:
		l->cursor += l->cursor < l->len;
		return;
	case UK_HOME:
	case UK_CTRL('A'):
		l->cursor = 0;
		return;
	case UK_END:
	case UK_CTRL('E'):
		l->cursor = l->len;
		return;
	case UK_CTRL('U'):
		erase(l, 0, l->cursor);
		return;
	case UK_CTRL('W'): {
		int from = l->cursor;
		while (from > 0 && l->text[from - 1] == ' ')
			from--;
		while (from > 0 && l->text[from - 1] != ' ')
			from--;
		erase(l, from, l->cursor);
		return;
	}
	case UK_UP:
		if (u->edit == EDIT_COMMAND)
			history(l, -1);
		return;
	case UK_DOWN:
		if (u->edit == EDIT_COMMAND)
			history(l, 1);
		return;
	case UK_TAB:
		if (u->edit == EDIT_COMMAND)
			complete_tab(u);
		return;
	default:
		line_insert(u, key);
	}
}
