/* misc.c: first start, help, the question before leaving, and the command line. */
#include "ui/views/view.h"

#include <stdio.h>
#include <string.h>

#include "ui/ui_in.h"
#include "base/check.h"
#include "base/banned.h"

void view_start(struct ui *u, struct canvas *c, const struct layout *l)
{
	static const char *const lines[] = {
		T_STRONG "  exeunt" T_TEXT "  gets you out of leveraged positions.",
		"",
		T_TEXT "  There is no account here yet. Nothing can be sent.",
		"",
		T_ACCB "▸ " T_KEY "d" T_TEXT "  practise   " T_DIM
		       "A paper exchange on this machine, recorded markets, no key.",
		T_KEY "  w" T_TEXT "  watch      " T_DIM
		      "Paste an address. You see everything, you can send nothing.",
		T_KEY "  k" T_TEXT "  trade      " T_DIM
		      "Import or make a trading key. It cannot withdraw; the signer",
		T_DIM "                keeps it encrypted, and it never leaves this machine.",
		"",
		T_DIM "  From a shell the same:",
		T_TEXT "     exeunt demo",
		T_TEXT "     exeunt watch 0x...",
		T_TEXT "     exeunt key import FILE",
		"",
		T_DIM
		"  The network is paper. MAINNET and TESTNET are chosen in the configuration:",
		T_TEXT "     ~/.config/exeunt/exeunt.conf   [venue hyperliquid] network = testnet",
	};

	(void)u;
	for (unsigned i = 0; i < COUNT_OF(lines); i++)
		if (l->body.y + 1 + (int)i < l->notice.y)
			cv_text(c, 1, l->body.y + 1 + (int)i, l->cols - 2, ROLE_TEXT, lines[i]);
}

static const uint8_t help_order[] = {UP_ALL,	UP_MOVE,    UP_COCKPIT, UP_TICKET,
				     UP_EXIT,	UP_SHEET,   UP_PANIC,	UP_PANIC_RUN,
				     UP_ORDERS, UP_JOURNAL, UP_REPORT,	UP_RISK};

struct help_line {
	const char *title;
	uint8_t action;
};

/* The table as lines; the place asked for comes after "Everywhere". */
static int help_lines(const struct ui *u, struct help_line *out, int max)
{
	int n = 0;

	for (unsigned k = 0; k < COUNT_OF(help_order); k++) {
		unsigned place = help_order[(k + (unsigned)u->help_place) % COUNT_OF(help_order)];
		if (n && n < max)
			out[n++] = (struct help_line){"", 0};
		if (n < max)
			out[n++] = (struct help_line){place_titles[place], 0};
		for (int a = 1; a < UA_COUNT && n < max; a++)
			if (action_table[a].place == place)
				out[n++] = (struct help_line){NULL, (uint8_t)a};
	}
	return n;
}

static void help_one(const struct ui *u, struct canvas *c, int x, int y, int w,
		     const struct help_line *h)
{
	char keys[80] = "", name[KEY_NAME_MAX];
	int n = 0;

	if (h->title) {
		cv_text(c, x, y, w, ROLE_TITLE, h->title);
		return;
	}
	const int *k = u->keys.key[h->action];
	if (k[0] >= '0' && k[0] <= '9' && k[1] == k[0] + 1 && k[2] == k[1] + 1) {
		int last = 0;
		while (k[last + 1])
			last++;
		snprintf(keys, sizeof keys, "%c-%c", k[0], k[last]);
	} else {
		for (int i = 0; k[i] && n < 11; i++)
			n += snprintf(keys + n, sizeof keys - (size_t)n, "%s%s", i ? " " : "",
				      ui_key_name(k[i], name));
	}
	cv_text(c, x, y, 12, ROLE_KEY, keys[0] ? keys : "none");
	cv_text(c, x + 12, y, w - 12, ROLE_TEXT, action_table[h->action].help);
}

void view_help(struct ui *u, struct canvas *c, const struct layout *l)
{
	struct help_line lines[UA_COUNT + 3 * UP_COUNT];
	int n = help_lines(u, lines, (int)COUNT_OF(lines));
	int y = l->body.y, h = l->notice.y - y - 2,
	    cols = l->cols >= 120  ? 3
		   : l->cols >= 80 ? 2
				   : 1;
	int w = l->cols / cols;

	cv_text(c, 1, y, l->cols - 2, ROLE_TITLE,
		"Keys" T_DIM "   … opens a sheet, nothing is sent yet; Y sends");
	y += 2;
	if (h < 1)
		return;
	u->page = h;
	int most = n > h * cols ? n - h * cols : 0;
	if (u->row > most)
		u->row = most;
	for (int i = 0; i < h * cols && u->row + i < n; i++)
		help_one(u, c, 1 + i / h * w, y + i % h, i / h == cols - 1 ? w - 1 : w,
			 &lines[u->row + i]);
	if (l->cols >= 60)
		cv_rightf(c, 50, l->cols - 1, l->body.y, ROLE_DIM, "%d of %d",
			  u->row + h * cols < n ? u->row + h * cols : n, n);
}

void view_quit(struct ui *u, struct canvas *c, const struct layout *l)
{
	char exits[96] = "";
	int n = 0, live = 0;

	for (uint32_t i = 0; i < u->snap->n_exits && n < 60; i++)
		if (exit_is_live(&u->snap->exit[i])) {
			n += snprintf(exits + n, sizeof exits - (size_t)n, "%sx%u",
				      n ? " and " : "", u->snap->exit[i].id);
			live++;
		}
	cv_hline(c, 0, l->notice.y, l->cols, ROLE_TEXT, ' ');
	if (u->source.ends) /* true of a rig, and never to be read on a real account */
		cv_textf(c, 1, l->notice.y, l->cols - 2, ROLE_STRONG,
			 "Leave? The paper exchange ends%s%s. " T_KEY "y" T_TEXT " leave, " T_KEY
			 "Esc" T_TEXT " stay.",
			 live ? ", and with it " : "", exits);
	else if (live)
		cv_textf(c, 1, l->notice.y, l->cols - 2, ROLE_STRONG,
			 "Leave the screen? %s run%s on in the engine. " T_KEY "y" T_TEXT
			 " leave, " T_KEY "Esc" T_TEXT " stay.",
			 exits, live == 1 ? "s" : "");
	else
		cv_text(c, 1, l->notice.y, l->cols - 2, ROLE_STRONG,
			"Leave the screen? No exit runs. " T_KEY "y" T_TEXT " leave, " T_KEY
			"Esc" T_TEXT " stay.");
}

/* What may stand at the cursor, each with what it means now; nearest the line last. */
static void hints(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	struct ui_hint h[HINTS_MAX];
	int n = complete_hints(u, h, HINTS_MAX), room = y - l->body.y - 1, from = 0;
	int show = n < 6 ? n : 6;

	show = show < room ? show : room;
	if (show < 1)
		return;
	if (u->line.hint >= show)
		from = u->line.hint - show + 1;
	cv_hline(c, 1, y - show - 1, l->cols - 2, ROLE_FAINT, G_THIN);
	for (int i = 0; i < show; i++) {
		const struct ui_hint *k = &h[from + i];
		int at = y - show + i, w = l->cols - 1;
		bool value = k->value[0] && l->cols >= 60;
		cv_hline(c, 0, at, l->cols, ROLE_TEXT, ' ');
		if (from + i == u->line.hint)
			cv_put(c, 0, at, ROLE_ACCENT_B, "▸");
		cv_text(c, 2, at, 18, ROLE_KEY, k->text);
		cv_text(c, 22, at, value ? 18 : w - 22, ROLE_DIM, k->what);
		if (!value)
			continue;
		cv_right(c, 41, 60, at, ROLE_TEXT, k->value);
		cv_text(c, 62, at, w - 62, ROLE_DIM, k->note);
	}
}

static void typed(struct canvas *c, int x, int y, int w, char lead, const struct ui_line *n)
{
	int from = n->cursor > w - 4 ? n->cursor - (w - 4) : 0;

	cv_hline(c, x, y, w, ROLE_INPUT, ' ');
	if (lead)
		cv_cell(c, x++, y, ROLE_INPUT, (uint32_t)(unsigned char)lead);
	for (int i = from; n->text[i] && i - from < w - 2; i++)
		cv_cell(c, x + i - from, y, ROLE_INPUT, (uint32_t)(unsigned char)n->text[i]);
	if (!n->text[n->cursor])
		cv_cell(c, x + n->cursor - from, y, ROLE_INPUT, '_');
}

void view_command(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct ui_line *n = &u->line;
	char text[300];
	int y = l->notice.y - 1, w = l->cols - 2;

	if (l->size == SIZE_LINE)
		return;
	if (u->edit == EDIT_COMMAND && y > 1) {
		for (int k = 0; k < 2 && y + k < l->keys.y; k++)
			cv_hline(c, 0, y + k, l->cols, ROLE_TEXT, ' ');
		hints(u, c, l, y);
		typed(c, 1, y, w, ':', n);
		if (n->error[0]) {
			cv_text(c, 1, y + 1, w, ROLE_CAUTION, n->error);
			return;
		}
		bool right = complete_words(u, text, sizeof text);
		cv_text(c, 1, y + 1, w, right ? ROLE_DIM : ROLE_CAUTION, text);
		return;
	}
	y = l->notice.y;
	cv_hline(c, 0, y, l->cols, ROLE_TEXT, ' ');
	if (n->error[0]) {
		cv_text(c, 1, y, w, ROLE_CAUTION, n->error);
		y--;
		cv_hline(c, 0, y, l->cols, ROLE_TEXT, ' ');
	}
	if (u->edit == EDIT_WORD) {
		int at = cv_textf(c, 1, y, w / 2, ROLE_TEXT,
				  "Type " T_STRONG "%s" T_TEXT " and Enter: ", n->word);
		typed(c, at, y, l->cols - 1 - at < 24 ? l->cols - 1 - at : 24, 0, n);
		return;
	}
	if (u->edit == EDIT_SECRET) {
		int at = cv_text(c, 1, y, w, ROLE_TEXT, "Password of the signing key: ");
		for (int i = 0; i < u->n_secret && at < l->cols - 2; i++)
			cv_cell(c, at++, y, ROLE_INPUT, '*');
		cv_cell(c, at, y, ROLE_INPUT, '_');
		return;
	}
	if (u->edit == EDIT_PRICE) {
		int at = cv_textf(c, 1, y, w / 2, ROLE_TEXT,
				  "Last price, %s: ", u->sheet.flat.coin[0]);
		typed(c, at, y, l->cols - 1 - at < 24 ? l->cols - 1 - at : 24, 0, n);
		return;
	}
	typed(c, 1, y, w, u->edit == EDIT_SEARCH ? '/' : '=', n);
}
