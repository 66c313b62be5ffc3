#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

void (*check_hook)(void);

void check_fail(const char *file, int line, const char *what)
{
	void (*hook)(void) = check_hook;

	check_hook = NULL;
	if (hook)
		hook();
	fprintf(stderr, "exeunt: fault of this program: %s:%d: %s\n", file, line, what);
	abort();
}
