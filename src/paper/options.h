/* options.h: what exeunt-paper was asked for on its command line. */
#ifndef EXEUNT_PAPER_OPTIONS_H
#define EXEUNT_PAPER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "paper/drill.h"
#include "paper/paper.h"
#include "paper/shell.h"

enum { LIST_MAX = 64 }; /* of each repeatable option */

enum book_name { BOOK_NONE, BOOK_DEFAULT, BOOK_TWENTY };

struct list {
	unsigned n;
	const char *at[LIST_MAX];
};

struct args {
	struct shell_conf shell;
	struct paper_conf paper;
	char host[64];
	const char *tape, *stated, *log;
	double speed;
	int32_t refill_ms;
	uint32_t coins;
	bool have_seed, have_listen;
	const struct drill *drill;
	enum book_name book;
	struct list fund, position, agent, fault, set, dex;
};

/* Fills *a, zeroed first; what it points to is of argv. False names the option and its value. */
bool options_parse(struct args *a, int argc, char **argv, struct err *e);
/* --help, on standard output. */
void options_help(void);
/* A number in lo..hi, an amount of USD, named by their option when they are none. */
bool option_number(const char *option, const char *text, double lo, double hi, double *out,
		   struct err *e);
bool option_usd(const char *option, const char *text, struct money *out, struct err *e);

#endif
