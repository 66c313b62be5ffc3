/* run.h: the loop between a terminal, an engine's socket and the state machine. */
#ifndef EXEUNT_UI_RUN_H
#define EXEUNT_UI_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/cmd.h"
#include "core/snap.h"
#include "ui/ui.h"

struct ui_reply {
	bool ok;
	char text[ERR_TEXT_MAX];
};

enum ui_read { UI_READ_NONE, UI_READ_SNAP, UI_READ_REPLY, UI_READ_GONE };

/* Supplied by main. Functions get ctx; none may block. */
struct ui_host {
	void *ctx;
	int fd; /* readable when the engine has something; -1: none */
	/* One message: newest snapshot or reply. Called until UI_READ_NONE. GONE: the engine hung
	 * up; the screen says so (with reply->text, or words of its own when that is empty) and
	 * goes on showing the last snapshot until `reattach`. snap is what the screen shows:
	 * written whole, and with UI_READ_SNAP only. */
	enum ui_read (*read)(void *ctx, struct snap *snap, struct ui_reply *reply);
	bool (*send)(void *ctx, const struct cmd *cmd);
	/* Tries to attach again, at most once a second; returns the new fd or -1. May be NULL. */
	int (*reattach)(void *ctx);
	int64_t (*now_ns)(void *ctx); /* CLOCK_BOOTTIME */
	/* d, w, k on the start screen. May be NULL. */
	bool (*start)(void *ctx, int key, char *said, size_t cap);
	/* Unlocks the signing key; takes as long as the key file makes it. May be NULL. */
	bool (*unlock)(void *ctx, char *password, char *said, size_t cap);
	struct ui_source source;
	const char *theme;	/* NULL: dark */
	const char *theme_text; /* own theme file's text, or NULL */
	const char *keys;	/* built-in key map; NULL: default */
	const char *keys_text;	/* own key file's text, or NULL */
	int repaint_hz;		/* 0: 4 */
	bool mouse, linear, bell;
	uint8_t pen;
};

/* Runs until the operator leaves, the terminal hangs up or a signal ends it. Exit status of the
 * program: 0, or that of *err. Chooses linear mode itself where there is no terminal. */
int ui_run(const struct ui_host *h, struct err *err);

/* Linear mode: one fact a line, no cursor movement; see linear.c. */
int linear_run(const struct ui_host *h, struct err *err);

#endif
