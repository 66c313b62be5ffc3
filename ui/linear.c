/* linear.c: the screen as lines, for `--linear`, TERM=dumb and pipes: one fact a line, no cursor
 * movement, colour or box; ASCII only. News are alarms, fills and states, at most one line in 2 s.
 *
 * The same state machine decides: a line typed here is keys and commands there. `s` repeats the
 * state, `!` the panic sheet, `4` then `Y` (lines of their own) send, `quiet` holds back all but
 * alarms, `q` leaves. */
#include "ui/run.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ui/fmt.h"
#include "ui/glyph.h"
#include "ui/ui_in.h"
#include "base/utf8.h"
#include "base/banned.h"

struct lin {
	const struct ui_host *h;
	struct ui ui;
	struct snap *snap, *next;
	int fd;
	bool quiet, leave, greeted;
	uint64_t seq;	 /* newest notice said */
	char alarm[256]; /* newest alarm said */
	int64_t said_ns;
	char in[LINE_CAP];
	size_t n_in;
};

/* UTF-8 to its ASCII twins; role marks fall away. */
static void say(const char *text)
{
	size_t n = strlen(text);
	uint32_t cp;

	while (n) {
		size_t k = utf8_decode(&cp, text, n);
		if (!k)
			k = 1, cp = '?';
		if (cp >= ' ')
			putchar((int)glyph_ascii(cp));
		text += k;
		n -= k;
	}
	putchar('\n');
	fflush(stdout);
}

#define SAY(...)                                                                                   \
	do {                                                                                       \
		char say_[600];                                                                    \
		snprintf(say_, sizeof say_, __VA_ARGS__);                                          \
		say(say_);                                                                         \
	} while (0)

static const char *network_word(const struct snap *s)
{
	return s->network == NET_MAINNET   ? "MAINNET"
	       : s->network == NET_TESTNET ? "TESTNET"
					   : "PAPER";
}

static void say_leg(int n, const struct snap_leg *l)
{
	char stop[64] = "No stop.";
	double up = money_to_double(l->upnl);

	if (l->stop_state != STOP_NONE)
		snprintf(stop, sizeof stop, "Stop %s.", fmt_price(l->stop_px, l->px_decimals).s);
	SAY("%d. %s %s %s, mark %s, liquidation %s alone. %s %s. %s", n, l->coin,
	    l->szi.v < 0 ? "short" : "long",
	    fmt_size5((struct qty){l->szi.v < 0 ? -l->szi.v : l->szi.v}).s,
	    fmt_price(l->mark, l->px_decimals).s,
	    l->has_liq ? fmt_price(l->liq, l->px_decimals).s : "not known",
	    up < 0 ? "Loss" : "Gain", fmt_double(up < 0 ? -up : up, 0, 0).s, stop);
}

static void say_state(struct lin *l)
{
	const struct snap *s = l->snap;
	const struct snap_account *a = ui_account(&l->ui);

	SAY("exeunt, linear. %s, %s %s, %s%s. %s UTC. budget %u flattens.", network_word(s),
	    s->venue, a ? a->name : "no account", s->armed ? "ARMED" : "DISARMED",
	    s->local_lock ? ", LOCAL LOCK" : "", fmt_clock(s->wall_ms).s, a ? a->flattens_left : 0);
	for (uint32_t i = 0; i < s->n_pools; i++) {
		const struct snap_pool *p = &s->pool[i];
		double d = p->dies_pct;
		if (p->has_dies)
			SAY("Pool %u. %s, %u leg%s, dies at BTC %s %s percent.%s%s%s", i + 1,
			    p->name, p->n_legs, p->n_legs == 1 ? "" : "s", d < 0 ? "minus" : "plus",
			    fmt_double(d < 0 ? -d : d, 2, 0).s, p->has_time ? " 1 in 10 in " : "",
			    p->has_time ? fmt_touch_words(p->touch_s).s : "",
			    p->has_time ? "." : "");
		else
			SAY("Pool %u. %s, %u legs. Distance not known: %s.", i + 1, p->name,
			    p->n_legs, p->reason[0] ? p->reason : "no answer yet");
		for (uint32_t k = 0; k < p->n_legs && p->first_leg + k < s->n_legs; k++)
			say_leg((int)k + 1, &s->leg[p->first_leg + k]);
	}
	if (!s->n_pools)
		say("No positions.");
	for (uint32_t i = 0; i < s->n_exits; i++) {
		const struct snap_exit *x = &s->exit[i];
		double total = qty_to_double(x->total), done = qty_to_double(x->done);
		if (exit_is_live(x))
			SAY("x%u %s %s %s, %s percent done, danger %s.", x->id, x->coin,
			    x->buy ? "buy" : "sell", fmt_size5(x->total).s,
			    fmt_double(total > 0 ? done / total * 100 : 0, 0, 0).s,
			    x->has_danger ? fmt_chance(x->danger, false).s : "not known");
	}
}

static void say_sheet(struct lin *l)
{
	const struct flat_plan *p = &l->ui.sheet.plan;

	if (ui_top(&l->ui) != LAYER_SHEET || l->ui.sheet.kind != SHEET_PANIC)
		return;
	SAY("Panic, %s. Nothing sent yet.", l->ui.sheet.flat.account == 0xff ? "ALL ACCOUNTS"
					    : l->ui.sheet.flat.scope == FLAT_COINS
						    ? l->ui.sheet.flat.coin[0]
						    : "this account");
	say("1 GUARD, 2 TRIM, 3 CARE and 5 ADD need engines this program has not loaded.");
	SAY("4 NOW %u legs, cost %s, at worst %s. Flat.", p->n, fmt_usd(p->cost, 12, 0).s,
	    fmt_usd(p->cost_worst, 12, 0).s);
	say("4 chooses, then Y within 3 seconds sends. Esc on a line of its own goes back.");
}

static void news(struct lin *l, int64_t now)
{
	const struct snap *s = l->snap;

	for (uint32_t i = 0; i < s->n_alarms; i++)
		if (s->alarm[i].level >= 2 && !s->alarm[i].seen) {
			if (strcmp(l->alarm, s->alarm[i].text))
				SAY("%s. %s. %s", fmt_clock(s->wall_ms).s,
				    s->alarm[i].level >= 3 ? "Danger" : "Caution",
				    s->alarm[i].text);
			snprintf(l->alarm, sizeof l->alarm, "%s", s->alarm[i].text);
			break;
		}
	if (l->quiet || now - l->said_ns < INT64_C(2000000000) || !s->n_notices ||
	    s->notice[0].seq <= l->seq)
		return;
	l->seq = s->notice[0].seq;
	l->said_ns = now;
	SAY("%s. %s", fmt_clock(s->notice[0].wall_ms).s, s->notice[0].text);
}

/* One line typed: a word of this mode, a command, or keys one by one. */
static void obey(struct lin *l, char *line, int64_t now)
{
	struct ui *u = &l->ui;

	if (!strcmp(line, "s")) {
		say_state(l);
		return;
	}
	if (!strcmp(line, "quiet")) {
		l->quiet = !l->quiet;
		say(l->quiet ? "Quiet: only alarms from here." : "News again.");
		return;
	}
	if (!strcmp(line, "q")) {
		l->leave = true;
		return;
	}
	u->notice[0] = 0;
	if (!strcasecmp(line, "esc")) {
		ui_key(u, UK_ESC, now);
	} else if (u->edit == EDIT_WORD) {
		snprintf(u->line.text, sizeof u->line.text, "%s", line);
		u->line.len = u->line.cursor = (int)strlen(u->line.text);
		ui_key(u, UK_ENTER, now);
	} else if (line[0] == ':' || strlen(line) > 1) {
		line_open(u, EDIT_COMMAND, line + (line[0] == ':'));
		ui_key(u, UK_ENTER, now);
		if (u->edit == EDIT_COMMAND) {
			say(u->line.error);
			u->edit = EDIT_NONE;
		}
	} else if (line[0]) {
		ui_key(u, line[0], now);
	}
	if (line[0] == '!' || line[0] == 'F' || !strncmp(line, ":panic", 6))
		say_sheet(l);
	if (u->edit == EDIT_WORD)
		SAY("Type %s.", u->line.word);
	if (!strcmp(line, "4") && ui_top(u) == LAYER_SHEET && !u->confirm.choice)
		say("Not taken: too soon after the sheet opened, or nothing to close. 4 again.");
	if (!strcmp(line, "Y") && ui_top(u) == LAYER_SHEET)
		say("Nothing was sent: choose first, then Y within 3 seconds.");
	if (u->confirm.choice)
		say("Chosen. Y within 3 seconds sends.");
	if (ui_top(u) == LAYER_TICKET && u->ticket.valid)
		SAY("Exit ticket %s: cost %s USD, ends %s. s chooses, then Y sends.",
		    u->ticket.t.coin, fmt_usd(u->ticket.plan.cost.total, 12, 0).s,
		    fmt_clock(u->ticket.plan.end_ms).s);
	if (u->notice[0])
		say(u->notice);
}

static void read_input(struct lin *l, int64_t now)
{
	char buf[256];
	ssize_t n = read(STDIN_FILENO, buf, sizeof buf);

	if (n <= 0) {
		l->leave = true;
		return;
	}
	for (ssize_t i = 0; i < n; i++) {
		if (buf[i] != '\n') {
			if (l->n_in + 1 < sizeof l->in && buf[i] >= ' ')
				l->in[l->n_in++] = buf[i];
			continue;
		}
		l->in[l->n_in] = 0;
		l->n_in = 0;
		obey(l, l->in, now);
	}
}

static void read_engine(struct lin *l, int64_t now)
{
	struct ui_reply reply;

	for (int i = 0; i < 64 && l->fd >= 0; i++) {
		enum ui_read r = l->h->read(l->h->ctx, l->next, &reply);
		if (r == UI_READ_NONE)
			return;
		if (r == UI_READ_REPLY) {
			SAY("%s%s", reply.ok ? "" : "Refused. ", reply.text);
		} else if (r == UI_READ_GONE) {
			say("The engine does not answer. From a shell: exeunt flatten.");
			l->fd = -1;
		} else {
			struct snap *t = l->snap;
			l->snap = l->next;
			l->next = t;
			ui_snap(&l->ui, l->snap, now);
			if (!l->greeted)
				say_state(l);
			l->greeted = true;
			news(l, now);
		}
	}
}

static bool send_cmd(void *ctx, const struct cmd *cmd)
{
	struct lin *l = ctx;

	return l->h->send(l->h->ctx, cmd);
}

int linear_run(const struct ui_host *h, struct err *err)
{
	struct lin *l = calloc(1, sizeof *l);
	int status = 0;

	if (!l)
		return 1;
	struct ui_out out = {l, send_cmd, NULL, NULL};
	l->h = h;
	l->fd = h->fd;
	l->snap = calloc(1, sizeof *l->snap);
	l->next = calloc(1, sizeof *l->next);
	if (!l->snap || !l->next || !ui_init(&l->ui, &out, &h->source, err))
		status = 1;
	while (!status && !l->leave) {
		struct pollfd p[2] = {{STDIN_FILENO, POLLIN, 0}, {l->fd, POLLIN, 0}};
		int n = poll(p, l->fd >= 0 ? 2 : 1, 1000);
		int64_t now = h->now_ns(h->ctx);
		if (l->fd < 0 && h->reattach)
			l->fd = h->reattach(h->ctx);
		if (n > 0 && l->fd >= 0 && p[1].revents)
			read_engine(l, now);
		if (n > 0 && p[0].revents)
			read_input(l, now);
	}
	free(l->snap);
	free(l->next);
	free(l);
	return status;
}
