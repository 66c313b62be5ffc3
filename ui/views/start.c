/* start.c: the first start. */
#include "ui/views/view.h"
#include "base/banned.h"
void view_start(struct ui *u, struct canvas *c, const struct layout *l)
{
	(void)u;
	cv_text(c, 1, l->body.y + 1, l->cols - 2, ROLE_TEXT,
		"There is no account here yet. Nothing can be sent.");
}
