/* linear.c: the screen as lines, for `--linear`, TERM=dumb and pipes: one fact a line, no cursor
 * movement, colour or box; ASCII only. News are alarms, fills and states, at most one line in 2 s.
 *
 * The same state machine decides: a line typed here is keys and commands there. `s` repeats the
 * state, `!` the panic sheet, a digit then `Y` (lines of their own) send, `quiet` holds back all
 * but alarms, `q` leaves. */
#include "ui/run.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ui/fmt.h"
#include "ui/glyph.h"
#include "ui/panic.h"
#include "ui/ui_in.h"
#include "base/utf8.h"
#include "base/banned.h"

struct lin {
	const struct ui_host *h;
	struct ui ui;
	struct snap *snap, *next;
	int fd;
	bool quiet, leave, greeted;
	uint64_t seq;			 /* newest notice said */
	uint8_t alarm_code, alarm_level; /* newest alarm said, and when */
	uint32_t alarm_exit;
	int64_t alarm_ns, said_ns;
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

/* The nearest pool, when it is near, in words. */
static void say_danger(const struct snap *s)
{
	const struct snap_pool *p = &s->pool[0];
	char naked[160] = "", legs[32] = "", time[64] = "";
	double d = s->n_pools ? p->dies_pct : 0;
	int n = 0;

	if (!s->n_pools || !p->has_dies || d > 10 || d < -10)
		return;
	for (uint32_t i = 0; i < p->n_legs && p->first_leg + i < s->n_legs && n < 120; i++)
		if (s->leg[p->first_leg + i].stop_state == STOP_NONE)
			n += snprintf(naked + n, sizeof naked - (size_t)n, "%s%s",
				      n ? ", " : " No stop on ", s->leg[p->first_leg + i].coin);
	if (p->n_legs > 1)
		snprintf(legs, sizeof legs, ", all %d legs", p->n_legs);
	if (p->has_time)
		snprintf(time, sizeof time, " 1 in 10 in %s%s.", fmt_touch_words(p->touch_s).s,
			 p->young ? ", young" : "");
	SAY("%s. %s dies at BTC %s %s percent%s.%s Would lose %s USDC.%s%s",
	    d < 5 && d > -5 ? "Danger" : "Caution", p->name, d < 0 ? "minus" : "plus",
	    fmt_double(d < 0 ? -d : d, d > -3 && d < 3 ? 2 : 1, 0).s, legs, time,
	    fmt_money(p->equity, 12, SIGN_MINUS).s, naked, n ? "." : "");
}

static unsigned live_exits(const struct snap *s)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < s->n_exits; i++)
		n += exit_is_live(&s->exit[i]);
	return n;
}

static void say_state(struct lin *l)
{
	const struct snap *s = l->snap;
	const struct snap_account *a = ui_account(&l->ui);

	double feed = s->feed_ns ? snap_age_s(&l->ui, s->feed_ns) : -1;
	char key[40] = "", old[48] = "no feed yet";

	if (a && a->agent_days >= 0)
		snprintf(key, sizeof key, " key %d days.", a->agent_days);
	if (feed >= 0)
		snprintf(old, sizeof old, feed < 1 ? "feed under 1 s" : "feed %s old",
			 fmt_dur(feed).s);
	SAY("exeunt, linear. %s, %s %s, %s%s%s%s. %s UTC. %s. budget %u flattens.%s",
	    network_word(s), s->venue, a ? a->name : "no account",
	    s->you_have_seat ? "" : "OBSERVER, ", s->armed ? "ARMED" : "DISARMED",
	    s->local_lock ? ", LOCAL LOCK" : "", s->no_new_risk ? ", NO NEW RISK" : "",
	    fmt_clock(s->wall_ms).s, old, a ? a->flattens_left : 0, key);
	say_danger(s);
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
		say(ui_no_positions(s));
	if (live_exits(s))
		SAY("%u exit%s.", live_exits(s), live_exits(s) == 1 ? "" : "s");
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

/* "minus 5.3 percent", "plus 3.0 percent". */
static struct num percent_words(double pct)
{
	struct num n;
	double a = pct < 0 ? -pct : pct;

	snprintf(n.s, sizeof n.s, "%s %s percent", pct < 0 ? "minus" : "plus",
		 fmt_double(a, a < 3 ? 2 : 1, 0).s);
	return n;
}

static void say_after_of(const struct sheet_line *n, char *out, size_t cap)
{
	if (n->has_dies)
		snprintf(out, cap, " Dies at BTC %s.", percent_words(n->dies_pct).s);
	else
		snprintf(out, cap, "%s", n->flat ? " Flat." : " No common move kills it.");
}

/* What is cut, in words: "60 percent of ETH, 35 of BTC". */
static void cut_words(const struct sheet_in *in, const struct sheet_line *n, char *out, size_t cap)
{
	size_t len = 0;

	for (uint32_t i = 0; i < n->n && len + 60 < cap; i++) {
		const struct sheet_leg *g = &n->leg[i];
		bool first = !i || g->buy != n->leg[i - 1].buy;
		len += (size_t)snprintf(out + len, cap - len, "%s%s%s%s of %s", i ? ", " : "",
					!first	 ? ""
					: g->buy ? "buy back "
						 : "sell ",
					fmt_double(g->part * 100, 0, 0).s, i ? "" : " percent",
					in->leg[g->leg].coin);
	}
}

static void say_verb(const struct ui *u, int verb)
{
	const struct sheet_line *n = &u->sheet.plan.line[verb];
	const struct sheet_in *in = &u->sheet.in;
	char what[300] = "", after[80] = "", size[64];
	const char *name = sheet_verb_name[verb];

	if (!n->offered) {
		SAY("%d %s not offered: %s.", verb + 1, name, n->why[0] ? n->why : "nothing to do");
		return;
	}
	say_after_of(n, after, sizeof after);
	switch (verb) {
	case SHEET_TRIM:
		cut_words(in, n, what, sizeof what);
		SAY("2 TRIM %s, cost %s, at worst %s.%s Equity %s. Net delta %s.", what,
		    fmt_usd(n->cost, 12, 0).s, fmt_usd(n->cost_worst, 12, 0).s, after,
		    fmt_usd(n->equity, 12, 0).s, fmt_usd(n->net, 14, 0).s);
		return;
	case SHEET_ADD:
		SAY("5 ADD %s USDC.%s Equity %s.", fmt_usd(n->add, 12, 0).s, after,
		    fmt_usd(n->equity, 12, 0).s);
		return;
	case SHEET_GUARD:
		panic_size_words(u, verb, size, sizeof size, 60);
		SAY("1 GUARD %s, at the venue.", size);
		return;
	default:
		SAY("%d %s %u leg%s%s%s%s, cost %s, at worst %s.%s", verb + 1, name, n->n,
		    n->n == 1 ? "" : "s", verb == SHEET_CARE ? " in 2 minutes" : "",
		    verb == SHEET_NOW && n->n > 1 ? ", " : "",
		    verb == SHEET_NOW && n->n > 1 ? in->leg[n->leg[0].leg].coin : "",
		    fmt_usd(n->cost, 12, 0).s, fmt_usd(n->cost_worst, 12, 0).s, after);
	}
}

static void say_panic(struct lin *l)
{
	const struct ui *u = &l->ui;
	const struct sheet *p = &u->sheet.plan;
	char scope[96], worse[110];

	panic_scope_words(u, scope, sizeof scope, true);
	SAY("Panic, %s. Nothing sent yet.", scope);
	if (!p->n_legs) {
		say("Nothing is open here. Nothing to close.");
		return;
	}
	for (int verb = 0; verb < SHEET_VERBS; verb++)
		say_verb(u, verb);
	panic_worse(panic_shown(u, SHEET_NOW), worse, sizeof worse);
	SAY("%s%sA digit chooses, then Y within 3 seconds sends. Esc leaves.", worse,
	    worse[0] ? " " : "");
}

/* The stops at the venue, one line a leg. */
static void say_stops(struct lin *l)
{
	const struct ui *u = &l->ui;
	const struct sheet_line *n = &u->sheet.plan.line[SHEET_GUARD];
	static const char *const state[] = {"not offered", "place", "repair", "stands"};

	say("Stops at the venue. Nothing sent yet.");
	for (uint32_t i = 0; i < n->n; i++) {
		const struct sheet_leg *g = &n->leg[i];
		const struct sheet_leg_in *x = &u->sheet.in.leg[g->leg];
		if (g->guard == SG_NONE)
			SAY("%s not offered: %s.", x->coin, g->why);
		else
			SAY("%s %s, %s.", x->coin, state[g->guard],
			    fmt_price(g->guard == SG_IN_PLACE ? x->stop : g->trigger,
				      x->px_decimals)
				    .s);
	}
	if (!n->offered)
		SAY("None is placed: %s.", n->why[0] ? n->why : "nothing to do");
	say("1 places and repairs, then Y within 3 seconds sends. 2 takes ours away, by the word.");
}

static void say_sheet(struct lin *l)
{
	const struct ui_sheet *h = &l->ui.sheet;
	const struct snap_account *a = ui_account(&l->ui);

	if (h->kind == SHEET_PANIC) {
		say_panic(l);
	} else if (h->kind == SHEET_STOPS) {
		say_stops(l);
	} else if (h->kind == SHEET_CANCEL) {
		say("Cancel. Nothing sent yet.");
		SAY("1 entry orders%s", h->cancel.scope == CANCEL_ONE	 ? ": this one order."
					: h->cancel.scope == CANCEL_COIN ? " of one market."
									 : ".");
		if (h->cancel.scope != CANCEL_ONE && h->cancel.scope != CANCEL_COIN && a)
			SAY("2 entry and exit orders. 3 everything, stops too, by the word. %u "
			    "rest.",
			    a->n_orders);
		say("A digit chooses, then Y within 3 seconds sends. Esc leaves.");
	} else {
		SAY("%s. %s. %s", h->title, h->choice_text, h->sentence[0]);
		say("1 chooses, then Y within 3 seconds sends. Esc leaves.");
	}
}

/* An alarm is said when it is new or worse, and every 30 s until it is seen: its numbers move all
 * the time. */
static bool say_alarm(struct lin *l, int64_t now)
{
	const struct snap *s = l->snap;

	for (uint32_t i = 0; i < s->n_alarms; i++) {
		const struct snap_alarm *a = &s->alarm[i];
		if (a->level < 2 || a->seen)
			continue;
		bool same = a->code == l->alarm_code && a->exit == l->alarm_exit &&
			    a->level <= l->alarm_level;
		if (same && now - l->alarm_ns < INT64_C(30000000000))
			return false;
		l->alarm_code = a->code;
		l->alarm_exit = a->exit;
		l->alarm_level = a->level;
		l->alarm_ns = now;
		SAY("%s. %s. %s", fmt_clock(s->wall_ms).s, a->level >= 3 ? "Danger" : "Caution",
		    a->text);
		return true;
	}
	l->alarm_code = NC_NONE;
	return false;
}

/* Own fills, states and what is marked; not every order's life. */
static bool is_news(const struct snap_notice *n)
{
	return n->level > 0 || (n->code != NC_NONE && n->code != NC_ORDER && n->code != NC_COMMAND);
}

static void news(struct lin *l, int64_t now)
{
	const struct snap *s = l->snap;

	if (now - l->said_ns < INT64_C(2000000000))
		return;
	if (say_alarm(l, now)) {
		l->said_ns = now;
		return;
	}
	if (l->quiet) {
		l->seq = s->n_notices ? s->notice[0].seq : l->seq;
		return;
	}
	for (uint32_t i = s->n_notices; i-- > 0;) { /* the oldest not said yet */
		if (s->notice[i].seq <= l->seq)
			continue;
		l->seq = s->notice[i].seq;
		if (!is_news(&s->notice[i]))
			continue;
		l->said_ns = now;
		SAY("%s. %s", fmt_clock(s->notice[i].wall_ms).s, s->notice[i].text);
		return;
	}
}

/* What the keys typed have opened or chosen. */
static void say_after(struct lin *l, const char *line, bool sheet_before)
{
	struct ui *u = &l->ui;
	bool sheet = ui_top(u) == LAYER_SHEET;
	int verb = sheet ? panic_chosen(u) : -1;
	char sends[110];

	if (sheet &&
	    (!sheet_before || !strcmp(line, "!") || !strcmp(line, "a") || !strcmp(line, "o")))
		say_sheet(l);
	if (u->edit == EDIT_WORD)
		SAY("Type %s.", u->line.word);
	else if (u->edit == EDIT_PRICE)
		say("Type the last price.");
	if (sheet && line[0] >= '1' && line[0] <= '9' && !line[1] && !u->confirm.choice &&
	    u->edit == EDIT_NONE && !u->notice[0])
		SAY("Not taken: too soon, or nothing to send. %s again.", line);
	if (!strcmp(line, "Y") && sheet)
		say("Nothing was sent: choose first, then Y within 3 seconds.");
	else if (!strcmp(line, "Y") && sheet_before)
		say("Sent.");
	if (verb >= 0) {
		panic_sends(u, verb, sends, sizeof sends, true);
		SAY("%d %s chosen. Y %s.", verb + 1, sheet_verb_name[verb], sends);
	} else if (u->confirm.choice) {
		say("Chosen. Y within 3 seconds sends.");
	}
	if (ui_top(u) == LAYER_TICKET)
		ui_think_now(u); /* nobody waits for a frame here */
	if (ui_top(u) == LAYER_TICKET && u->ticket.valid) {
		double p;
		bool grid = ticket_danger(u, u->ticket.way, &p), has = u->ticket.plan.has_danger;
		SAY("Exit ticket %s: cost %s USD, ends %s.%s%s%s s chooses, then Y sends.",
		    u->ticket.t.coin, fmt_usd(u->ticket.plan.cost.total, 12, 0).s,
		    fmt_clock(u->ticket.plan.end_ms).s,
		    !has   ? ""
		    : grid ? " "
			   : " At most ",
		    has ? fmt_chance(p, false).s : "",
		    has ? " chance of liquidation before it is done." : "");
	} else if (ui_top(u) == LAYER_TICKET)
		SAY("Exit ticket %s: %s", u->ticket.t.coin, u->ticket.err.text);
	if (ui_top(u) == LAYER_ALARM && u->alarm < (int)l->snap->n_alarms)
		SAY("Alarm %d of %u. %s", u->alarm + 1, l->snap->n_alarms,
		    l->snap->alarm[u->alarm].text);
	if (u->notice[0])
		say(u->notice);
}

static void say_help(void)
{
	say("s says the state again. x opens the exit ticket: s chooses, then Y sends.");
	say("! panic, S stops, C cancel: a digit chooses, then Y within 3 seconds sends. Esc "
	    "leaves.");
	say("P pauses all exits, R resumes. Space opens the newest alarm.");
	say("Commands as in a shell: exit BTC --size all --danger 1%, tune x1 --pace 1.2x, pause "
	    "x1, close-rest x1, flatten.");
	say("quiet holds back all but alarms. q leaves; exits go on.");
}

/* One line typed: a word of this mode, a command, or keys one by one. */
static void obey(struct lin *l, char *line, int64_t now)
{
	struct ui *u = &l->ui;

	bool sheet_before = ui_top(u) == LAYER_SHEET;

	if (!strcmp(line, "s") && ui_top(u) != LAYER_TICKET) {
		say_state(l);
		return;
	}
	if (!strcmp(line, "help") || !strcmp(line, "?")) {
		say_help();
		return;
	}
	if (!strcmp(line, "quiet")) {
		l->quiet = !l->quiet;
		say(l->quiet ? "Quiet: only alarms from here." : "News again.");
		return;
	}
	if (!strcmp(line, "q") && !u->depth) {
		l->leave = true;
		return;
	}
	u->notice[0] = 0;
	if (!strcasecmp(line, "esc")) {
		ui_key(u, UK_ESC, now);
	} else if (u->edit == EDIT_WORD || u->edit == EDIT_PRICE) {
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
	say_after(l, line, sheet_before);
}

static void read_input(struct lin *l)
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
		obey(l, l->in, l->h->now_ns(l->h->ctx)); /* each line at its own time */
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
			say(reply.text[0] ? reply.text
					  : "The engine does not answer. From a shell: exeunt "
					    "flatten.");
			l->fd = -1;
		} else {
			struct snap *t = l->snap;
			l->snap = l->next;
			l->next = t;
			ui_snap(&l->ui, l->snap, now);
			if (!l->greeted) { /* the state says what was before */
				l->seq = l->snap->n_notices ? l->snap->notice[0].seq : 0;
				say_state(l);
				say("help says what can be typed.");
			}
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
			read_input(l);
	}
	free(l->snap);
	free(l->next);
	free(l);
	return status;
}
