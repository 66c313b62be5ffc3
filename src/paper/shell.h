/* shell.h: the paper exchange on a loopback port: HTTP POST /info, /exchange, /paper and the
 * WebSocket /ws, with libwebsockets. The only I/O of the program besides its log. */
#ifndef EXEUNT_PAPER_SHELL_H
#define EXEUNT_PAPER_SHELL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "paper/paper.h"

struct shell_conf {
	const char *host;	/* literal 127.0.0.0/8 or ::1 */
	int port;		/* 0: any */
	const char *cert, *key; /* PEM files; NULL: no TLS */
	bool ready_json;	/* one line on standard output once it listens */
	bool die_with_parent;
	uint64_t seed;
	const struct scenario *scenario; /* NULL: calm */
	int64_t start_ms;
	void (*log)(const char *text);
	void (*tick)(void *ctx); /* after every advance; may be NULL */
	void *tick_ctx;
};

/* ms since 1970, never going back. */
int64_t shell_now_ms(void);
/* Host and port of "127.0.0.1:0", "[::1]:9000"; host points into `mem`. False unless loopback. */
bool shell_parse_listen(struct shell_conf *conf, const char *text, char mem[64], struct err *e);
/* Serves until SIGTERM, SIGINT or, if asked, the parent's death. */
bool shell_run(const struct shell_conf *conf, struct paper *p, struct err *e);

#endif
