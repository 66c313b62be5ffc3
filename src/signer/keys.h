/* keys.h: the files behind `exeunt key new|import|list|lock`, and how a password is asked for:
 * from the terminal without echo or from a descriptor, never from arguments or the environment. */
#ifndef EXEUNT_SIGNER_KEYS_H
#define EXEUNT_SIGNER_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "sign/keyfile.h"

enum { KEYS_LISTED_MAX = 64, KEY_PATH_MAX = 512, KEY_NAME_MAX = 64 };

struct secret { /* a password; wipe with secret_wipe */
	size_t n;
	char text[PASSWORD_MAX + 1];
};

void secret_wipe(struct secret *s);
/* One line from fd without its end; false at the end of the stream. */
bool secret_line(struct secret *out, int fd, struct err *e);
/* One line from fd, or from the controlling terminal without echo when fd is -1 (asked twice when
 * `twice`). ERR_ARG: no terminal and no fd. */
bool secret_ask(struct secret *out, int fd, const char *prompt, bool twice, struct err *e);

/* $XDG_DATA_HOME/exeunt/keys, or ~/.local/share/exeunt/keys. */
bool keys_dir(char *out, size_t cap, struct err *e);

struct key_made {
	char path[KEY_PATH_MAX];
	uint8_t address[20];
	bool padded;	     /* an old file of 30 or 31 bytes: say so */
	bool empty_password; /* accepted on import: say so */
};

/* dir NULL: keys_dir. name: [A-Za-z0-9._-]{1,48}, becomes NAME.json; an existing file is refused.
 * The empty password is refused for new files. n_log2: KEYFILE_N_LOG2 or ..._LIGHT. */
bool keys_new(struct key_made *out, const char *dir, const char *name,
	      const struct secret *password, int n_log2, struct err *e);
/* text: a keystore (kept as it is once its password opened it) or 64 hex digits of a raw key
 * (encrypted under the password). */
bool keys_import(struct key_made *out, const char *dir, const char *name, const char *text,
		 size_t n, const struct secret *password, int n_log2, struct err *e);
bool keys_is_keystore(const char *text, size_t n); /* so that the prompt can be worded */

struct key_row {
	char name[KEY_NAME_MAX];
	char path[KEY_PATH_MAX];
	uint8_t address[20];
	bool has_address;
	bool readable;	     /* a keystore this program reads */
	bool open_to_others; /* mode lets group or others read */
};
/* Rows sorted by name; the count, or -1. A missing directory is 0 rows. */
int keys_list(struct key_row *rows, int cap, const char *dir, struct err *e);

/* Path of a key by configuration value: a path with a slash as it is, else NAME.json in dir. */
bool keys_path(char *out, size_t cap, const char *dir, const char *name, struct err *e);

/* Asks the signer of a state directory to forget its keys; *was is false when none ran. */
bool keys_lock(const char *state_dir, bool *was, struct err *e);

#endif
