/* t_linear.c: linear mode on pipes, in a child: what it says and what it sends. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/prng.h"
#include "tests/run.h"
#include "tests/screens/hand.h"
#include "ui/run.h"

/* A host for linear mode: one snapshot, then silence; a clock that moves 200 ms a look. */
static int lin_given;

static enum ui_read lin_read(void *ctx, struct snap *out, struct ui_reply *reply)
{
	(void)ctx;
	(void)reply;
	if (lin_given++)
		return UI_READ_NONE;
	*out = snap;
	return UI_READ_SNAP;
}

static bool lin_send(void *ctx, const struct cmd *cmd)
{
	(void)ctx;
	printf("[command %d]\n", cmd->kind);
	return true;
}

static int64_t lin_now(void *ctx)
{
	int64_t *now = ctx;

	return *now += 200000000;
}

/* Runs the mode in a child on pipes; what it said. */
static char *linear_says(void (*scene)(struct snap *), const char *typed)
{
	static char text[65536];
	int in[2], out[2], wake[2], status;
	size_t n = 0;
	ssize_t k;

	fflush(stdout);
	if (pipe(in) || pipe(out) || pipe(wake))
		return NULL;
	pid_t pid = fork();
	if (pid == 0) {
		struct err e = {0};
		scene(&snap);
		int64_t now = snap.now_ns;
		struct ui_host h = {.ctx = &now,
				    .fd = wake[0],
				    .read = lin_read,
				    .send = lin_send,
				    .now_ns = lin_now,
				    .linear = true};
		alarm(60);
		if (dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0 || write(wake[1], "x", 1) != 1)
			_exit(3);
		close(in[1]);
		status = linear_run(&h, &e);
		fflush(stdout);
		_exit(status);
	}
	close(out[1]);
	while (n + 1 < sizeof text && (k = read(out[0], text + n, sizeof text - 1 - n)) > 0) {
		n += (size_t)k;
		text[n] = 0;
		if (*typed && strstr(text, "exeunt, linear.")) { /* greeted: now type */
			if (write(in[1], typed, strlen(typed)) < 0)
				break;
			typed = "";
			close(in[1]);
		}
	}
	text[n] = 0;
	close(out[0]);
	close(in[0]);
	close(wake[0]);
	close(wake[1]);
	if (waitpid(pid, &status, 0) != pid || status)
		test_fail(__FILE__, __LINE__, "linear mode ended with %d", status);
	return text;
}

TEST(linear_mode)
{
	char *t = linear_says(story_panic, "!\nY\n4\nY\nq\n");

	REQUIRE(t != NULL);
	CHECK(strstr(t, "exeunt, linear. PAPER, hyperliquid main, DISARMED.") != NULL);
	CHECK(strstr(t, "\nDanger. CROSS dies at BTC minus 0.6") != NULL);
	CHECK(strstr(t, "Panic, this account. Nothing sent yet.\n") != NULL);
	CHECK(strstr(t, "Nothing was sent: choose first") != NULL);
	CHECK(strstr(t, "4 NOW chosen. Y sends 5 orders in 2 actions, 4 cancels, ends 1 TWAP.\n") !=
	      NULL);
	CHECK(strstr(t, "[command 1]\n") != NULL); /* CMD_FLATTEN, once */
	if (strstr(t, "[command 1]"))
		CHECK(!strstr(strstr(t, "[command 1]") + 5, "[command 1]"));
	for (const char *c = t; *c; c++)
		CHECK(*c == '\n' || (*c >= ' ' && *c <= '~'));
	if (strstr(t, "[command 1]") && strstr(t, "chosen."))
		CHECK(strstr(t, "chosen.") < strstr(t, "[command 1]"));
	t = linear_says(story_cockpit, "s\nquiet\nC\n1\nesc\npause x2\nq\nq\n");
	REQUIRE(t != NULL);
	CHECK(strstr(t, "2 exits.\n") != NULL);
	CHECK(strstr(t, "Quiet: only alarms from here.") != NULL);
	CHECK(strstr(t, "Pause x2.") != NULL);
	CHECK(!strstr(t, "[command 3]"));
}

TEST_MAIN(T(linear_mode))
