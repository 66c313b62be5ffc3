/* err.h: what can go wrong, as one table: code, exit status of the shell, one line, what to do.
 *
 * Three kinds of trouble are never mixed: our own fault (check.h: abort), the world's fault (these
 * codes, returned and never ignored), and the outcome of an order, which is a state and no error.
 */
#ifndef EXEUNT_BASE_ERR_H
#define EXEUNT_BASE_ERR_H

#include <stddef.h>

/* name, exit status, one line, what to do */
#define ERR_TABLE(X)                                                                               \
	X(OK, 0, "done", "")                                                                       \
	X(ARG, 2, "argument not understood", "see --help of this verb")                            \
	X(CONF, 2, "configuration not understood", "correct what is named")                        \
	X(RULE, 3, "refused by a rule", "change the value that is named")                          \
	X(GATE, 3, "refused by a gate", "reductions, cancels and guards are never refused here")   \
	X(VENUE, 3, "refused by the venue", "read the venue's words; nothing was executed")        \
	X(UNKNOWN, 5, "outcome unknown",                                                           \
	  "do not repeat by hand; 'exeunt status' shows when it is known")                         \
	X(NET, 4, "not reachable", "check the address and the network; the program tries again")   \
	X(TLS, 4, "TLS verification failed",                                                       \
	  "check host name, certificate and clock; no switch turns it off")                        \
	X(TIME, 4, "no answer in time", "'exeunt status' says what is known")                      \
	X(STORE, 1, "journal or disk",                                                             \
	  "free space in the state directory; reductions still go out")                            \
	X(KEY, 8, "key or password", "check the key file and the password; 'exeunt key list'")     \
	X(FENCED, 7, "state directory in use or fenced",                                           \
	  "stop the other engine, or use another --state")                                         \
	X(LIMIT, 3, "over a limit of this program", "the limit is named; see src/limits.h")        \
	X(PEER, 4, "peer broke the protocol", "the message was dropped and counted; see the log")  \
	X(NOTFLAT, 6, "ended but not flat",                                                        \
	  "what is left is named; run it again or use close-rest")                                 \
	X(ENGINE, 4, "no engine here",                                                             \
	  "'exeunt' or 'exeunt engine' starts one; --state DIR names another place")               \
	X(STALE, 9, "stale", "the feed is older than --max-age allows")                            \
	X(BUG, 1, "a fault of this program", "please report the line above")

enum err_code {
#define X(name, status, text, todo) ERR_##name,
	ERR_TABLE(X)
#undef X
		ERR_COUNT
};

enum { ERR_TEXT_MAX = 320 };

/* Filled by the one who fails: which rule, which value. Zero-initialised means no error. */
struct err {
	enum err_code code;
	char text[ERR_TEXT_MAX]; /* never empty once code is set; escaped, printable */
};

const char *err_name(enum err_code code); /* "ARG" */
const char *err_line(enum err_code code); /* one line for a person */
const char *err_todo(enum err_code code); /* what to do about it */
int err_exit_status(enum err_code code);  /* decisions.md "exit codes" */

/* Sets *e (may be NULL) and returns false, so that `return err_set(...)` reads well. The text says
 * what is wrong, which value, and the rule. */
_Bool err_set(struct err *e, enum err_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
