/* cli.h: the shell. One table of verbs and options yields the parser, --help, the completion of
 * three shells and the man page's table; the verbs that command an engine share their grammar with
 * the screen (core/grammar.h). */
#ifndef EXEUNT_HOST_CLI_H
#define EXEUNT_HOST_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/err.h"
#include "core/cmd.h"
#include "core/grammar.h"
#include "core/snap.h"
#include "exec/own.h"
#include "host/attach.h"
#include "host/conf.h"
#include "host/statedir.h"

enum cli_opt_id {
	OPT_STATE,
	OPT_CONFIG,
	OPT_JSON,
	OPT_WAIT,
	OPT_TIMEOUT,
	OPT_PASSWORD_FD,
	OPT_ONELINE,
	OPT_TMUX,
	OPT_MAX_AGE,
	OPT_FOREGROUND,
	OPT_READY_FD,
	OPT_DIE_WITH_PARENT,
	OPT_RESCUE,
	OPT_SCENARIO,
	OPT_SEED,
	OPT_TAPE,
	OPT_SPEED,
	OPT_BOOK,
	OPT_HEADLESS,
	OPT_COLD,
	OPT_IN_PROCESS,
	OPT_LINEAR,
	OPT_THEME,
	OPT_KEYS,
	OPT_LIGHT,
	OPT_CSV,
	OPT_FIT,
	OPT_TAIL,
	OPT_EXIT,
	OPT_ADDRESS,
	OPT_KEY_FILE,
	OPT_NETWORK,
	OPT_URL,
	OPT_COINS,
	OPT_DIR,
	OPT_MAX_SIZE,
	OPT_FOR,
	OPT_TAPE_DIR,
	OPT_SLOT,
	OPT_LATENCY,
	OPT_FEES,
	OPT_USD_CHILD,
	OPT_BOOKS_ONLY,
	OPT_CSV_FILE,
	OPT_OUT,
	OPT_HELP,
	OPT_IDS
};

struct cli_opt {
	const char *name, *arg, *choices, *help;
	bool hidden;
	bool many; /* may be repeated: each value is a word of the verb */
};

struct cli;
typedef int cli_run_fn(struct cli *c, int n, const char *const *words);

struct cli_verb {
	const char *name, *args, *help;
	cli_run_fn *run;
	const uint8_t *opts; /* of enum cli_opt_id, ends with OPT_IDS */
	bool gram;	     /* its words go to core/grammar.h */
	const char *more;    /* a paragraph for --help, or NULL */
	const char *examples;
};

struct cli {
	const struct cli_verb *verb;
	const char *value[OPT_IDS]; /* NULL: not given; "" for switches */
	struct conf conf;
	char conf_path[1024]; /* what was read; "" none */
	struct statedir dir;
	struct attach *attach;
	bool rescue;			 /* an engine started here may go without the journal */
	bool started;			 /* an engine was started by this call */
	bool glass;			 /* the engine runs in this shell */
	char own_dir[STATEDIR_PATH_MAX]; /* made for this call, removed by cli_leave; "" none */
};

/* The screen, supplied by main.c: the only part that may include ui. */
extern int (*cli_screen)(struct cli *c);

int cli_main(int argc, char **argv);
const struct cli_verb *cli_verbs(size_t *n);
const struct cli_opt *cli_opt(enum cli_opt_id id);
const struct cli_verb *cli_verb_find(const char *name);

/* ---- shared by the verbs ---- */

static inline bool cli_has(const struct cli *c, enum cli_opt_id id)
{
	return c->value[id] != NULL;
}

/* Prints "exeunt: text" and what to do, or the JSON form; returns the exit status. */
int cli_fail(const struct cli *c, const struct err *e);
/* Text for a terminal: control bytes and what could turn a line around are shown as '?'. */
void cli_put(int fd, const char *text);
void cli_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* State directory (created when asked) and configuration. */
bool cli_open(struct cli *c, bool create, struct err *e);
/* A signer with the configured keys runs; asks for the password if need be. */
bool cli_signer(struct cli *c, struct err *e);
/* An engine runs and c->attach is open; started on demand when `start`. */
bool cli_engine(struct cli *c, bool start, struct err *e);
/* The same, started, within ready_ms. */
bool cli_engine_soon(struct cli *c, int ready_ms, struct err *e);
/* The same for each account that a cancel means; ends with the first refusal. */
bool cli_ask_each(struct cli *c, const struct cmd *cmd, int timeout_ms, struct attach_reply *out,
		  struct err *e);
int cli_show_reply(const struct cli *c, const struct cmd *cmd, const struct attach_reply *r);
/* Without a terminal nothing prompts: PAPER needs none, other networks need --yes. */
bool cli_confirmed(const struct cli *c, const struct cmd *cmd, struct err *e);
bool cli_parse(struct cli *c, int n, const char *const *words, struct cmd *cmd, struct err *e);
/* As cli_ask, with patience for an engine that has just begun. */
bool cli_ask_ready(struct cli *c, const struct cmd *cmd, struct attach_reply *r, struct err *e);
/* Whether the words are an exit or plan of several legs, `all` or a list; and that verb. */
bool cli_is_legs(int n, const char *const *words);
int cli_legs(struct cli *c, int n, const char *const *words);
/* Follows what `cmd` began (exit or panic number id) to its end; says it and gives the status. */
int cli_wait(struct cli *c, uint32_t id, const struct cmd *cmd);
/* Closes whatever it names to zero: what the shell may do without an engine. A part of it may be
 * done so only when there is no other way, and never begun twice. */
bool cli_is_now(const struct cmd *cmd);
bool cli_is_part(const struct cmd *cmd);
const struct snap_exit *cli_exit_find(const struct snap *s, uint32_t id); /* NULL: not in it */
/* At the end of a verb: what was made for it goes. */
void cli_leave(struct cli *c);
void cli_dir_remove(const char *path);
/* Sends and waits for the answer; false with *e = the engine's refusal. */
bool cli_ask(struct cli *c, const struct cmd *cmd, int timeout_ms, struct attach_reply *out,
	     struct err *e);
/* The next snapshot; NULL when none came in time. */
const struct snap *cli_snap(struct cli *c, int timeout_ms, struct err *e);
bool cli_seconds(int64_t *ms, const struct cli *c, enum cli_opt_id id, struct err *e);
void cli_num(struct buf *b, const char *key, double v); /* "key":1.5; null when it is none */
void cli_json_dec(struct buf *b, const char *key, int64_t v, int digits); /* "key":"1.5" */

/* Fills a signer configuration from the accounts that share its keys. */
struct signer_conf;
bool cli_signer_conf(struct cli *c, struct signer_conf *out, struct err *e);
/* Starts the program in the background with these words; `ready` as signer.h says. */
pid_t cli_spawn(const char *const *argv, int *ready_fd, bool detach, struct err *e);
bool cli_ready(int fd, int timeout_ms, struct err *e);
bool cli_self(char *out, size_t cap, const char *sibling); /* path of a program beside this one */

/* JSON of an exit or flatten that ended, as decisions.md says. */
void cli_exit_json(struct buf *b, const struct snap_exit *x);
/* ,"group":"g1" or ,"group":null */
void cli_group_json(struct buf *b, const struct snap_exit *x);
void cli_exit_json_open(struct buf *b, const struct snap_exit *x); /* without the last brace */

/* What exits cost, by slice, from the journal; `id` 0: all of them. `live` (may be NULL) knows more
 * of those that run. */
enum tca_form { TCA_TEXT, TCA_CSV, TCA_JSON, TCA_FIT, TCA_FIT_JSON };
/* What own fills say, all coins. False: not one could be fitted, and how many slices there are. */
bool cli_tca_fit(struct buf *b, const struct own *o, bool as_json, struct err *e);
#define TCA_GROUP 0x80000000u /* in id: of a group, its legs and their sum */
bool cli_tca_write(const struct cli *c, const struct snap *live, uint32_t id, enum tca_form form,
		   FILE *out, uint32_t *shown, struct err *e);

cli_run_fn cli_calc, cli_calibrate, cli_evaluate, cli_cmd, cli_status, cli_engine_verb, cli_demo,
	cli_drill, cli_journal, cli_record, cli_tca, cli_key, cli_completion, cli_help, cli_cockpit;

#endif
