/* secret.c: the password of the signing key, typed on the screen.
 *
 * 1. Every printable key is the password, also `!`; Esc leaves first.
 * 2. It is nowhere but in this field, never in history, notices or the journal, and is wiped when
 *    it was used and when the field is left by any way. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/ui_in.h"
#include "base/banned.h"

void secret_open(struct ui *u)
{
	const struct snap_account *a = ui_account(u);

	if (!u->out.unlock) {
		ui_notice(u, "From a shell: exeunt key unlock.");
		return;
	}
	if (!a || a->key_ready) {
		ui_notice(u, "The signing key is not locked.");
		return;
	}
	secret_leave(u);
	u->edit = EDIT_SECRET;
}

void secret_leave(struct ui *u)
{
	explicit_bzero(u->secret, sizeof u->secret);
	u->n_secret = 0;
	if (u->edit == EDIT_SECRET)
		u->edit = EDIT_NONE;
}

static void use(struct ui *u)
{
	char said[160] = "";

	u->secret[u->n_secret] = 0;
	bool ok = u->out.unlock(u->out.ctx, u->secret, said, sizeof said);
	secret_leave(u);
	ui_notice(u, "%s%s", ok ? "" : "! ", said[0] ? said : ok ? "Unlocked." : "Not unlocked.");
}

/* One code point as it came: bytes of UTF-8 are what a terminal's line would have held. */
static void insert(struct ui *u, int key)
{
	char b[4];
	size_t n;

	if (key < ' ' || key == UK_BS || key >= UK_UP)
		return;
	n = utf8_encode(b, (uint32_t)key);
	if (u->n_secret + (int)n >= (int)sizeof u->secret)
		return;
	memcpy(u->secret + u->n_secret, b, n);
	u->n_secret += (int)n;
	explicit_bzero(b, sizeof b);
}

void secret_key(struct ui *u, int key)
{
	switch (key) {
	case UK_ESC:
	case UK_CTRL('C'):
		secret_leave(u);
		return;
	case UK_ENTER:
		if (u->pasting) /* pasted text never sends */
			return;
		use(u);
		return;
	case UK_BS:
		while (u->n_secret > 0 &&
		       ((unsigned char)u->secret[u->n_secret - 1] & 0xc0) == 0x80)
			u->n_secret--;
		u->n_secret -= u->n_secret > 0;
		return;
	case UK_CTRL('U'):
		u->n_secret = 0;
		return;
	default:
		insert(u, key);
	}
}
