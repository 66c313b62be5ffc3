/* ui.c: state machine. */
#include "ui/ui.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

bool ui_init(struct ui *u, const struct ui_out *out, const struct ui_source *source,
	     struct err *err)
{
	static struct snap none;

	memset(u, 0, sizeof *u);
	u->out = *out;
	u->source = *source;
	u->snap = &none;
	u->cols = 80;
	u->rows = 24;
	snprintf(u->coin, sizeof u->coin, "BTC");
	return keymap_init(&u->keys, err);
}

void ui_snap(struct ui *u, const struct snap *snap, int64_t now_ns)
{
	u->snap = snap;
	u->attached = true;
	if (now_ns > u->now_ns)
		u->now_ns = now_ns;
}

void ui_key(struct ui *u, int key, int64_t now_ns)
{
	u->now_ns = now_ns;
	if (key == 'q')
		u->quit = true;
}
