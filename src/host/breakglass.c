/* breakglass.c: not built yet: says so, and that the engine may still act. */
#include "host/breakglass.h"

int breakglass_flatten(struct cli *c, const struct flatten *f, struct err *e)
{
	(void)c;
	(void)f;
	if (e->code != ERR_NET && e->code != ERR_FENCED)
		err_set(e, ERR_UNKNOWN,
			"the engine did not answer in 500 ms. It may still flatten: look with "
			"'exeunt status'. Closing without an engine is not in this version");
	return err_exit_status(e->code);
}
