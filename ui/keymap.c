/* keymap.c: the table of actions and its keys.
 *
 * 1. A key means at most one action in one place.
 * 2. Every action of the table has a key, or its file says "none". */
#include "ui/keymap.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/lines.h"
#include "base/banned.h"

const struct action action_table[UA_COUNT] = {
#define X(place, id, name, keys, help, flags) [UA_##id] = {UP_##place, flags, name, keys, help},
	ACTION_TABLE(X)
#undef X
};

const char *const place_names[UP_COUNT] = {
	[UP_ALL] = "all",	  [UP_MOVE] = "move",		[UP_COCKPIT] = "cockpit",
	[UP_TICKET] = "ticket",	  [UP_EXIT] = "exit",		[UP_SHEET] = "sheet",
	[UP_PANIC] = "panic",	  [UP_PANIC_RUN] = "panic-run", [UP_ORDERS] = "orders",
	[UP_JOURNAL] = "journal", [UP_REPORT] = "report",	[UP_RISK] = "risk",
};

const char *const place_titles[UP_COUNT] = {
	[UP_ALL] = "Everywhere",     [UP_MOVE] = "Moving",	     [UP_COCKPIT] = "Cockpit",
	[UP_TICKET] = "Exit ticket", [UP_EXIT] = "Running exit",     [UP_SHEET] = "Sheets",
	[UP_PANIC] = "Panic sheet",  [UP_PANIC_RUN] = "After panic", [UP_ORDERS] = "Orders",
	[UP_JOURNAL] = "Journal",    [UP_REPORT] = "Cost report",    [UP_RISK] = "Risk",
};

static const struct {
	const char *name;
	int key;
} named[] = {
	{"Space", ' '},	     {"Esc", UK_ESC},	  {"Enter", UK_ENTER}, {"Tab", UK_TAB},
	{"BTab", UK_BTAB},   {"Up", UK_UP},	  {"Down", UK_DOWN},   {"Left", UK_LEFT},
	{"Right", UK_RIGHT}, {"Home", UK_HOME},	  {"End", UK_END},     {"PgUp", UK_PGUP},
	{"PgDn", UK_PGDN},   {"Bs", UK_BS},	  {"Del", UK_DEL},     {"F1", UK_F1},
	{"F2", UK_F1 + 1},   {"F3", UK_F1 + 2},	  {"F4", UK_F1 + 3},   {"F5", UK_F1 + 4},
	{"F6", UK_F1 + 5},   {"F7", UK_F1 + 6},	  {"F8", UK_F1 + 7},   {"F9", UK_F1 + 8},
	{"F10", UK_F1 + 9},  {"F11", UK_F1 + 10}, {"F12", UK_F12},
};

int key_parse(const char *s)
{
	uint32_t cp;
	size_t n = strlen(s);

	for (unsigned i = 0; i < sizeof named / sizeof named[0]; i++)
		if (!strcmp(named[i].name, s))
			return named[i].key;
	if (n == 6 && !memcmp(s, "Ctrl-", 5) && s[5] >= '@' && s[5] <= '_')
		return UK_CTRL(s[5]);
	if (n && utf8_decode(&cp, s, n) == n && cp > ' ' && cp != 127)
		return (int)cp;
	return 0;
}

const char *ui_key_name(int key, char out[KEY_NAME_MAX])
{
	for (unsigned i = 0; i < sizeof named / sizeof named[0]; i++)
		if (named[i].key == key) {
			snprintf(out, KEY_NAME_MAX, "%s", named[i].name);
			return out;
		}
	if (key > 0 && key < ' ') {
		snprintf(out, KEY_NAME_MAX, "Ctrl-%c", key | 0x40);
	} else if (key >= ' ' && key < 0x110000) {
		char u[4];
		size_t n = utf8_encode(u, (uint32_t)key);
		memcpy(out, u, n);
		out[n] = 0;
	} else {
		snprintf(out, KEY_NAME_MAX, "-");
	}
	return out;
}

/* "? F1", "1-5", "none" into a list. */
static bool keys_parse(int list[BIND_MAX], const char *s)
{
	int n = 0;
	char word[KEY_NAME_MAX];

	memset(list, 0, sizeof(int) * BIND_MAX);
	while (*s) {
		size_t l = strcspn(s, " ");
		if (!l || l >= sizeof word)
			return false;
		memcpy(word, s, l);
		word[l] = 0;
		s += l;
		while (*s == ' ')
			s++;
		if (!strcmp(word, "none"))
			continue;
		if (l == 3 && word[1] == '-' && word[0] < word[2]) {
			for (int k = word[0]; k <= word[2] && n < BIND_MAX - 1; k++)
				list[n++] = k;
			continue;
		}
		int k = key_parse(word);
		if (!k || n >= BIND_MAX - 1)
			return false;
		list[n++] = k;
	}
	return true;
}

static bool has_key(const int list[BIND_MAX], int key)
{
	for (int i = 0; list[i]; i++)
		if (list[i] == key)
			return true;
	return false;
}

static bool check_unique(const struct keymap *k, const char *file, struct err *err)
{
	char name[KEY_NAME_MAX];

	for (int a = 1; a < UA_COUNT; a++)
		for (int b = a + 1; b < UA_COUNT; b++) {
			if (action_table[a].place != action_table[b].place)
				continue;
			for (int i = 0; k->key[a][i]; i++)
				if (has_key(k->key[b], k->key[a][i]))
					return err_set(err, ERR_CONF,
						       "%s: %s is both %s and %s in %s", file,
						       ui_key_name(k->key[a][i], name),
						       action_table[a].name, action_table[b].name,
						       place_names[action_table[a].place]);
		}
	return true;
}

bool keymap_init(struct keymap *k, struct err *err)
{
	memset(k, 0, sizeof *k);
	for (int a = 1; a < UA_COUNT; a++)
		if (!keys_parse(k->key[a], action_table[a].keys))
			return err_set(err, ERR_BUG, "action %s: keys %s", action_table[a].name,
				       action_table[a].keys);
	return check_unique(k, "ui/action.h", err);
}

struct reading {
	struct keymap *k;
	const char *file;
};

static bool on_pair(void *ctx, int line, const char *section, const char *name, const char *value,
		    struct err *err)
{
	struct reading *r = ctx;

	for (int a = 1; a < UA_COUNT; a++) {
		if (strcmp(action_table[a].name, name) ||
		    strcmp(place_names[action_table[a].place], section))
			continue;
		if (!keys_parse(r->k->key[a], value))
			return err_set(err, ERR_CONF, "%s:%d: %s = %s: not a key", r->file, line,
				       name, value);
		return true;
	}
	return err_set(err, ERR_CONF, "%s:%d: no action %s in [%s]", r->file, line, name, section);
}

bool keymap_read(struct keymap *k, const char *file, const char *text, struct err *err)
{
	struct keymap next = *k;
	struct reading r = {&next, file};

	if (!lines_read(file, text, on_pair, &r, err) || !check_unique(&next, file, err))
		return false;
	*k = next;
	return true;
}

bool keymap_builtin(struct keymap *k, const char *name, struct err *err)
{
	const char *text = builtin_find(builtin_keys, name);

	if (!text)
		return err_set(err, ERR_CONF, "no key map %s: default or vi", name);
	return keymap_init(k, err) && keymap_read(k, name, text, err);
}

enum ui_action keymap_find(const struct keymap *k, enum ui_place place, int key)
{
	for (int a = 1; a < UA_COUNT; a++)
		if (action_table[a].place == place && has_key(k->key[a], key))
			return (enum ui_action)a;
	return UA_NONE;
}

const char *keymap_label(const struct keymap *k, enum ui_action a, char out[KEY_NAME_MAX])
{
	return ui_key_name(k->key[a][0], out);
}
