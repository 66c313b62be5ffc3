/* command.c: the command line: the shell's grammar (core/grammar.h) without "exeunt" in front, and
 * a few words of the screen. A command never sends: it opens the ticket or the sheet, filled in. */
#include <stdio.h>
#include <string.h>

#include "core/grammar.h"
#include "ui/ui_in.h"
#include "base/banned.h"

enum { WORDS_MAX = 32 };

void command_error(char *out, size_t cap, const char *word, const char *text)
{
	if (!word[0] || strstr(text, word))
		snprintf(out, cap, "%s", text);
	else
		snprintf(out, cap, "%.40s: %s", word, text);
}

static bool fail(struct ui *u, const char *text)
{
	snprintf(u->line.error, sizeof u->line.error, "%s", text);
	return false;
}

static bool set_account(struct ui *u, const char *name)
{
	for (uint32_t i = 0; i < u->snap->n_accounts; i++)
		if (!strcmp(u->snap->account[i].name, name)) {
			if (u->account != i && u->snap->armed)
				ui_send_kind(u, CMD_DISARM, 0);
			u->account = (uint8_t)i;
			return true;
		}
	return fail(u, "No account of that name is configured.");
}

static bool set_value(struct ui *u, const char *name, const char *value)
{
	if (!strcmp(name, "pen")) {
		static const char *const pens[] = {"braille", "block", "ascii"};
		for (uint8_t i = 0; i < 3; i++)
			if (!strcmp(value, pens[i])) {
				u->pen = i;
				return true;
			}
		return fail(u, "pen is braille, block or ascii.");
	}
	if (!strcmp(name, "theme")) {
		snprintf(u->theme, sizeof u->theme, "%s", value);
		u->theme_changed = true;
		return true;
	}
	if (!strcmp(name, "mouse")) {
		u->mouse = !strcmp(value, "on");
		return u->mouse || !strcmp(value, "off") || fail(u, "mouse is on or off.");
	}
	if (!strcmp(name, "repaint")) {
		int hz = 0;
		for (const char *p = value; *p >= '0' && *p <= '9' && hz < 100; p++)
			hz = hz * 10 + *p - '0';
		if (hz < 1 || hz > 10 || value[strspn(value, "0123456789")])
			return fail(u, "repaint is 1 to 10 frames a second.");
		u->repaint_hz = hz;
		return true;
	}
	char text[ERR_TEXT_MAX];
	snprintf(text, sizeof text, "%.40s: set knows mouse, pen, repaint and theme.", name);
	return fail(u, text);
}

static bool guard_word(struct ui *u, int n, const char *const *w)
{
	const struct snap_leg *leg = n > 1 ? ui_leg_find(u->snap, w[1], -1) : NULL;

	if (n > 2 || (n == 2 && !leg))
		return fail(u, ":guard, or :guard COIN of a position that is open");
	u->edit = EDIT_NONE;
	sheet_stops(u, leg ? leg->coin : NULL, leg ? leg->account : -1);
	return true;
}

/* Words of the screen itself; *done tells whether it was one. */
static bool screen_word(struct ui *u, int n, const char *const *w, bool *done)
{
	uint32_t id;

	*done = true;
	if (!strcmp(w[0], "quit") || !strcmp(w[0], "q")) {
		u->edit = EDIT_NONE;
		u->depth = 0;
		ui_push(u, LAYER_QUIT);
		return true;
	}
	if ((!strcmp(w[0], "exit") || !strcmp(w[0], "x")) && n == 1) {
		ui_notice(u, "q leaves the screen, exits run on. :exit BTC --size 50%% plans one.");
		return true;
	}
	if (!strcmp(w[0], "account"))
		return n == 2 ? set_account(u, w[1]) : fail(u, ":account NAME");
	if (!strcmp(w[0], "set"))
		return n == 3 ? set_value(u, w[1], w[2]) : fail(u, ":set NAME VALUE");
	if (!strcmp(w[0], "unlock")) {
		*done = true;
		if (n > 1) { /* perhaps a password: it must not stay */
			explicit_bzero(u->line.text, sizeof u->line.text);
			u->line.len = u->line.cursor = 0;
			return fail(u, "unlock alone; the password is asked for.");
		}
		u->edit = EDIT_NONE;
		secret_open(u);
		*done = true;
		return u->edit != EDIT_SECRET; /* the field stays open */
	}
	if (!strcmp(w[0], "guard"))
		return guard_word(u, n, w);
	if (!strcmp(w[0], "journal")) {
		u->depth = 0;
		u->screen = SCR_JOURNAL;
		snprintf(u->find, sizeof u->find, "%s", n > 1 ? w[1] : "");
		u->row = 0;
		return true;
	}
	if (!strcmp(w[0], "report")) {
		struct err e;
		if (n != 2 || !gram_exit_id(&id, w[1], &e) || !ui_exit_find(u->snap, id))
			return fail(u, ":report xN, of an exit in the list of screen 6");
		u->exit = id;
		ui_push(u, LAYER_REPORT);
		return true;
	}
	*done = false;
	return true;
}

static bool known_coin(struct ui *u, const char *coin)
{
	const char *names[POSITIONS_MAX];
	char near[COIN_MAX] = "", text[160];

	if (ui_leg_find(u->snap, coin, -1))
		return true;
	if (ui_book(u->snap, coin)) {
		snprintf(text, sizeof text, "%s is flat. Nothing to exit.", coin);
		return fail(u, text);
	}
	for (uint32_t i = 0; i < u->snap->n_legs; i++)
		names[i] = u->snap->leg[i].coin;
	gram_near(near, sizeof near, coin, names, u->snap->n_legs);
	snprintf(text, sizeof text, "No market %s.%s%s%s", coin, near[0] ? " Near: " : "", near,
		 near[0] ? "." : "");
	return fail(u, text);
}

static void open_for(struct ui *u, struct cmd *cmd)
{
	switch (cmd->kind) {
	case CMD_EXIT:
		cmd->ticket.plan_only = false; /* here the ticket is the plan, and chooses it */
		if (known_coin(u, cmd->ticket.coin) && ticket_open(u, &cmd->ticket))
			u->edit = EDIT_NONE;
		return;
	case CMD_FLATTEN:
		for (int i = 0; i < cmd->flatten.n_coins; i++)
			if (!known_coin(u, cmd->flatten.coin[i]))
				return;
		u->edit = EDIT_NONE;
		sheet_panic(u, &cmd->flatten);
		return;
	case CMD_GUARD:
		u->edit = EDIT_NONE;
		sheet_stops(u, cmd->guard.n_coins ? cmd->guard.coin[0] : NULL, cmd->guard.account);
		return;
	case CMD_CANCEL:
		u->edit = EDIT_NONE;
		sheet_cancel(u, &cmd->cancel);
		return;
	case CMD_TUNE:
	case CMD_PAUSE:
	case CMD_RESUME:
	case CMD_CLOSE_REST:
	case CMD_END:
	case CMD_INCLUDE:
	case CMD_TAKE_SEAT: {
		uint32_t id = cmd->kind == CMD_TUNE ? cmd->tune.exit : cmd->which.exit;
		if (cmd->kind != CMD_TAKE_SEAT && id && !ui_exit_find(u->snap, id)) {
			char text[80];
			snprintf(text, sizeof text, "No exit x%u.", id);
			fail(u, text);
			return;
		}
		u->edit = EDIT_NONE;
		exit_sheet(u, cmd);
		return;
	}
	case CMD_ARM:
		u->edit = EDIT_NONE;
		ui_key(u, u->keys.key[UA_ARM][0], u->now_ns);
		return;
	default: /* disarm, ack, focus, read: nothing at the venue changes */
		u->edit = EDIT_NONE;
		ui_send(u, cmd);
	}
}

void command_run(struct ui *u, char *text)
{
	const char *words[WORDS_MAX];
	const char *names[ACCOUNTS_MAX];
	struct cmd cmd;
	struct err e = {0};
	int bad = -1, n = gram_split(text, words, WORDS_MAX);
	bool done;

	if (n <= 0) {
		fail(u, n < 0 ? "Too many words." : "Nothing typed.");
		return;
	}
	if (!strcmp(words[0], "panic"))
		words[0] = "flatten";
	if (!strcmp(words[0], "x") && n > 1)
		words[0] = "exit";
	if (!strcmp(words[0], "release")) {
		memset(&cmd, 0, sizeof cmd);
		cmd.kind = CMD_RELEASE;
		snprintf(cmd.word.word, sizeof cmd.word.word, "release");
		ask_word(u, "RELEASE", &cmd);
		return;
	}
	bool ok = screen_word(u, n, words, &done);
	if (done) {
		if (ok)
			u->edit = EDIT_NONE;
		return;
	}
	for (uint32_t i = 0; i < u->snap->n_accounts && i < ACCOUNTS_MAX; i++)
		names[i] = u->snap->account[i].name;
	struct gram_ctx ctx = {ui_wall_ms(u), u->account, (int)u->snap->n_accounts, names};
	if (!gram_parse(&ctx, &cmd, n, words, &bad, &e)) {
		char text2[ERR_TEXT_MAX];
		command_error(text2, sizeof text2, bad >= 0 && bad < n ? words[bad] : "", e.text);
		fail(u, text2);
		return;
	}
	open_for(u, &cmd);
}
