/* keymap.h: keys by name and the binding of keys to actions, place by place. */
#ifndef EXEUNT_UI_KEYMAP_H
#define EXEUNT_UI_KEYMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "ui/action.h"

/* A key is a code point, or one of these. */
enum ui_key {
	UK_NONE = 0,
	UK_TAB = 9,
	UK_ENTER = 13,
	UK_ESC = 27,
	UK_BS = 127,
	UK_UP = 0x110000,
	UK_DOWN,
	UK_LEFT,
	UK_RIGHT,
	UK_HOME,
	UK_END,
	UK_PGUP,
	UK_PGDN,
	UK_DEL,
	UK_BTAB,
	UK_F1,
	UK_F12 = UK_F1 + 11,
	UK_RESIZE
};
#define UK_CTRL(c) ((c)&0x1f)

enum { BIND_MAX = 12, KEY_NAME_MAX = 12 };

struct keymap {
	int key[UA_COUNT][BIND_MAX]; /* 0 ends the list */
};

/* The table's own keys. */
bool keymap_init(struct keymap *k, struct err *err);
/* Rebinds what the text names; refuses unknown names and two actions on one key in one place. */
bool keymap_read(struct keymap *k, const char *file, const char *text, struct err *err);
bool keymap_builtin(struct keymap *k, const char *name, struct err *err);
enum ui_action keymap_find(const struct keymap *k, enum ui_place place, int key);
/* "Space", "Ctrl-L", "x"; UTF-8, valid until the next call with the same memory. */
const char *ui_key_name(int key, char out[KEY_NAME_MAX]);
int key_parse(const char *name); /* 0: not a key */
/* The first key of an action as text, "-" when unbound. */
const char *keymap_label(const struct keymap *k, enum ui_action a, char out[KEY_NAME_MAX]);

#endif
