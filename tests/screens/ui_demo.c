/* ui_demo.c: the story's snapshots in a real terminal, through the real loop, to be looked at.
 * Nothing is sent anywhere: commands are answered with their kind. ui_demo [SCENE [THEME [linear]]]
 * SCENE: cockpit before panic two run trim care runs all flat notflat blind many done empty first
 * mainnet observer locked unknown blocked, or an alarm of story_alarms.c */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/screens/story.h"
#include "ui/run.h"

static const struct {
	const char *name;
	void (*fill)(struct snap *);
} scenes[] = {{"cockpit", story_cockpit},  {"before", story_before},   {"panic", story_panic},
	      {"run", story_run},	   {"flat", story_flat},       {"blind", story_blind},
	      {"many", story_many},	   {"done", story_done},       {"empty", story_empty},
	      {"first", story_first},	   {"two", story_two},	       {"trim", story_trim},
	      {"care", story_care},	   {"runs", story_runs},       {"all", story_run_all},
	      {"notflat", story_not_flat}, {"mainnet", story_mainnet}, {"observer", story_observer},
	      {"locked", story_locked},	   {"unknown", story_unknown}, {"blocked", story_blocked}};

struct demo {
	struct snap snap;
	int pipe[2];
	int64_t t0;
	bool told;
	char reply[64];
};

static int64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* Time stands nearly still in a story, so that ages stay as told; keys still see it pass. */
static int64_t now_ns(void *ctx)
{
	struct demo *d = ctx;
	int64_t t = clock_ns() - d->t0;

	return d->snap.now_ns + t;
}

static bool send_cmd(void *ctx, const struct cmd *cmd)
{
	struct demo *d = ctx;

	snprintf(d->reply, sizeof d->reply, "demo: command %d taken, nothing sent", cmd->kind);
	return write(d->pipe[1], "r", 1) == 1;
}

static enum ui_read read_engine(void *ctx, struct snap *snap, struct ui_reply *reply)
{
	struct demo *d = ctx;
	char b;

	if (!d->told && read(d->pipe[0], &b, 1) == 1) {
		d->told = true;
		*snap = d->snap;
		return UI_READ_SNAP;
	}
	if (!d->reply[0] || read(d->pipe[0], &b, 1) != 1)
		return UI_READ_NONE;
	reply->ok = true;
	snprintf(reply->text, sizeof reply->text, "%s", d->reply);
	d->reply[0] = 0;
	return UI_READ_REPLY;
}

int main(int argc, char **argv)
{
	static struct demo demo;
	struct err err = {0};

	for (unsigned i = 0; i < sizeof scenes / sizeof scenes[0]; i++)
		if (!strcmp(scenes[i].name, argc > 1 ? argv[1] : "cockpit"))
			scenes[i].fill(&demo.snap);
	for (unsigned i = 0; i < story_alarms(); i++) /* an alarm by its name */
		if (!strcmp(story_alarm_name(i), argc > 1 ? argv[1] : ""))
			story_alarm(&demo.snap, i);
	if (!demo.snap.magic || pipe(demo.pipe) || write(demo.pipe[1], "s", 1) != 1) {
		fprintf(stderr, "no such scene\n");
		return 2;
	}
	demo.t0 = clock_ns();
	struct ui_host host = {.ctx = &demo,
			       .fd = demo.pipe[0],
			       .read = read_engine,
			       .send = send_cmd,
			       .now_ns = now_ns,
			       .theme = argc > 2 ? argv[2] : "dark",
			       .linear = argc > 3};
	int status = ui_run(&host, &err);
	if (err.code)
		fprintf(stderr, "%s\n", err.text);
	return status;
}
