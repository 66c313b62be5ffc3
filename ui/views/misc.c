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
	if (live)
		cv_textf(c, 1, l->notice.y, l->cols - 2, ROLE_STRONG,
			 "Leave the screen? %s run%s on in the engine. " T_KEY "y" T_TEXT
			 " leave, " T_KEY "Esc" T_TEXT " stay.",
			 exits, live == 1 ? "s" : "");
	else
		cv_text(c, 1, l->notice.y, l->cols - 2, ROLE_STRONG,
			"Leave the screen? No exit runs. " T_KEY "y" T_TEXT " leave, " T_KEY
			"Esc" T_TEXT " stay.");
}

/* What the line would do, in words, without doing it. */
static void restate(const struct ui *u, char *out, size_t cap)
{
	const char *t = u->line.text;
	const char *const *verbs;
	int n = command_words(&verbs);
	size_t len = strcspn(t, " ");
	static const char *const words[][2] = {
		{"exit", "plans an exit: COIN --size 50% --for 10m --working P --last P --risk 1%"},
		{"panic", "opens the panic sheet, for one market or all"},
		{"flatten", "opens the panic sheet, for one market or all"},
		{"cancel", "opens the cancel sheet: entry, exits, all or a market; stops stay"},
		{"pause", "opens the sheet that pauses exits"},
		{"resume", "opens the sheet that lets exits go on"},
		{"tune", "opens the sheet that changes a running exit: xN --pace 1.2x --working P"},
		{"end", "opens the sheet that ends an exit; what is left stays open"},
		{"close-rest", "opens the sheet that sells what is left of an exit now"},
		{"release", "leaves LOCAL LOCK, after the word"},
		{"arm", "arms the keys of this terminal for 5 minutes"},
		{"disarm", "disarms the keys of this terminal"},
		{"take", "opens the sheet that takes the operator's seat"},
		{"journal", "searches the journal"},
		{"report", "shows the cost of an exit: report x2"},
		{"account", "shows another account"},
		{"set", "pen braille, block or ascii; theme dark, light, contrast, safe or mono"},
		{"quit", "asks, then leaves the screen; exits run on"},
	};

	out[0] = 0;
	if (!len) {
		int k = 0;
		for (int i = 0; i < n && k < (int)cap - 14; i++)
			k += snprintf(out + k, cap - (size_t)k, "%s%s", i ? " " : "", verbs[i]);
		return;
	}
	for (unsigned i = 0; i < COUNT_OF(words); i++)
		if (!strncmp(words[i][0], t, len)) {
			snprintf(out, cap, "%s: %s", words[i][0], words[i][1]);
			return;
		}
	snprintf(out, cap, "No command begins like that. Tab completes, ? shows the keys.");
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
		for (int k = 0; k < 3 && y - 1 + k < l->keys.y; k++)
			cv_hline(c, 0, y - 1 + k, l->cols, ROLE_TEXT, ' ');
		cv_hline(c, 1, y - 1, w, ROLE_FAINT, G_THIN);
		typed(c, 1, y, w, ':', n);
		if (n->error[0]) {
			cv_text(c, 1, y + 1, w, ROLE_CAUTION, n->error);
			return;
		}
		restate(u, text, sizeof text);
		cv_text(c, 1, y + 1, w, ROLE_DIM, text);
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
	typed(c, 1, y, w, u->edit == EDIT_SEARCH ? '/' : '=', n);
}
