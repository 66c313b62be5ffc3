/* cli_record.c: exeunt record: the venue's market feed into files, by a process of its own. It
 * opens one connection, reads public streams, and has no way to the engine, the signer or an
 * account. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/check.h"
#include "host/cli.h"
#include "host/clock.h"
#include "host/log.h"
#include "host/loop.h"
#include "host/record.h"
#include "host/resolver.h"
#include "host/venue.h"

enum { TICK_MS = 500, NAMES_S = 15 };
static const char DEFAULT_COINS[] = "BTC,ETH";
static const int64_t DEFAULT_BYTES = 2ll << 30, DAY_MS = 86400000;

struct rec_run {
	struct cli *c;
	struct loop *loop;
	struct resolver *resolver;
	struct venue *venue;
	struct recorder *rec;
	struct instr_table *instrs;
	struct record_conf conf;
	int timer, signal_fd;
	bool stop;
};

/* "200MB", "2GB"; a bare number is refused. */
static bool size_of(const char *v, int64_t *out, struct err *e)
{
	static const struct {
		const char *unit;
		int shift;
	} units[] = {{"MB", 20}, {"GB", 30}, {"TB", 40}};
	size_t n = strspn(v, "0123456789");
	int64_t x = 0;

	for (size_t i = 0; i < n && n < 7; i++)
		x = x * 10 + (v[i] - '0');
	for (size_t i = 0; x > 0 && i < COUNT_OF(units); i++)
		if (!strcmp(v + n, units[i].unit)) {
			*out = x << units[i].shift;
			return true;
		}
	return err_set(e, ERR_ARG, "--max-size %.40s: write 500MB or 2GB, at least 1MB", v);
}

static void on_venue(void *arg, const struct event *ev)
{
	record_event(((struct rec_run *)arg)->rec, ev);
}

static void on_feed(void *arg, uint16_t instr)
{
	venue_feed(((struct rec_run *)arg)->venue, instr, true);
}

static void on_say(void *arg, bool bad, const char *text)
{
	(void)arg;
	log_line(bad ? LOG_WARN : LOG_NOTE, "%s", text);
}

static void on_timer(void *arg)
{
	clock_timer_drain(((struct rec_run *)arg)->timer);
}

static void on_signal(void *arg)
{
	struct rec_run *r = arg;
	struct signalfd_siginfo si;

	if (read(r->signal_fd, &si, sizeof si) == (ssize_t)sizeof si)
		r->stop = true;
}

static void on_resolved(void *arg)
{
	struct rec_run *r = arg;

	resolver_drain(r->resolver);
	venue_resolved(r->venue);
}

/* Builder dexes that the coins name: "dex:COIN". */
static size_t dexes_of(const struct record_conf *c, char name[][COIN_MAX], const char **out)
{
	size_t n = 0;

	for (uint32_t i = 0; i < c->n; i++) {
		size_t len = strcspn(c->coin[i], ":"), k;

		if (!c->coin[i][len])
			continue;
		for (k = 0; k < n && (strlen(name[k]) != len || memcmp(name[k], c->coin[i], len));)
			k++;
		if (k < n || n == DEXES_MAX - 1)
			continue;
		memcpy(name[n], c->coin[i], len);
		name[n][len] = 0;
		out[n] = name[n];
		n++;
	}
	return n;
}

static bool begin(struct rec_run *r, struct err *e)
{
	char name[DEXES_MAX][COIN_MAX];
	const char *dexes[DEXES_MAX];
	size_t n = dexes_of(&r->conf, name, dexes);
	sigset_t set;

	r->c->conf.n_accounts = 0; /* nobody's: public streams only */
	r->c->conf.n_endpoints = 0;
	r->instrs = calloc(1, sizeof *r->instrs);
	ASSERT(r->instrs);
	instr_table_init(r->instrs);
	r->rec = record_new(&r->conf, r->instrs, clock_boot_ns(), clock_wall_ms(), e);
	if (!r->rec)
		return false;
	r->loop = loop_new(r->c->conf.ca_file, e);
	if (!r->loop)
		return false;
	r->resolver = resolver_new(&r->c->dir);
	r->venue =
		venue_new(r->loop, r->resolver, &r->c->conf, r->instrs, dexes, n, on_venue, r, e);
	if (!r->venue)
		return false;
	r->timer = clock_timer_new();
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	r->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (r->timer < 0 || r->signal_fd < 0)
		return err_set(e, ERR_STORE, "no descriptors");
	loop_fd_add(r->loop, r->timer, on_timer, NULL, r);
	loop_fd_add(r->loop, r->signal_fd, on_signal, NULL, r);
	loop_fd_add(r->loop, dup(resolver_fd(r->resolver)), on_resolved, NULL, r);
	return true;
}

static bool run(struct rec_run *r, int64_t for_ms, struct err *e)
{
	int64_t start = clock_boot_ns(), listed = 0;
	const char *unknown;

	while (!r->stop && loop_wait(r->loop)) {
		int64_t now = clock_boot_ns(), wall = clock_wall_ms(), due;

		venue_tick(r->venue, now, wall);
		venue_pump(r->venue, now);
		record_tick(r->rec, now, wall);
		unknown = record_unknown(r->rec);
		if (unknown && !listed)
			listed = now;
		/* lists of several dexes come one after another */
		if (unknown && now - listed > NAMES_S * 1000000000ll)
			return err_set(e, ERR_ARG, "--coins: the venue has no market %s", unknown);
		if (for_ms && now - start >= for_ms * 1000000)
			return true;
		due = venue_deadline(r->venue);
		now += TICK_MS * 1000000;
		clock_timer_arm(r->timer, due < now ? due : now);
	}
	return true;
}

static void tell(const struct record_sum *s, bool json)
{
	if (json)
		cli_print("{\"part\":\"%s\",\"parts\":%u,\"books\":%llu,\"trades\":%llu,"
			  "\"touches\":%llu,\"bytes\":%lld,\"gaps_over_3_s\":%u,\"rows_lost\":%llu}"
			  "\n",
			  s->part, s->parts, (unsigned long long)s->books,
			  (unsigned long long)s->trades, (unsigned long long)s->touches,
			  (long long)s->bytes, s->gaps, (unsigned long long)s->lost);
	else
		cli_print("Recorded %llu books, %llu trades, %llu touches, %lld bytes, in %u "
			  "part%s; %u silences over 3 s. Newest: %s\n",
			  (unsigned long long)s->books, (unsigned long long)s->trades,
			  (unsigned long long)s->touches, (long long)s->bytes, s->parts,
			  s->parts == 1 ? "" : "s", s->gaps, s->part);
}

static void end(struct rec_run *r)
{
	venue_free(r->venue);
	if (r->loop)
		loop_free(r->loop);
	if (r->resolver)
		resolver_free(r->resolver);
	free(r->instrs);
}

int cli_record(struct cli *c, int n, const char *const *words)
{
	struct rec_run r = {.c = c, .timer = -1, .signal_fd = -1};
	struct record_sum sum = {0};
	struct err e = {0}, late;
	int64_t for_ms = 0;
	const char *coins = cli_has(c, OPT_COINS) ? c->value[OPT_COINS] : DEFAULT_COINS;
	sigset_t set;
	bool ok;

	if (n > 1) {
		err_set(&e, ERR_ARG,
			"record takes no word, but got %.40s; --coins BTC,ETH names "
			"markets.",
			words[1]);
		return cli_fail(c, &e);
	}
	/* before any thread, which inherits the mask */
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	setpriority(PRIO_PROCESS, 0, 10); /* never before an engine */
	r.conf = (struct record_conf){.dir = cli_has(c, OPT_DIR) ? c->value[OPT_DIR] : "recorded",
				      .max_bytes = DEFAULT_BYTES,
				      .feed = on_feed,
				      .say = on_say,
				      .arg = &r};
	ok = record_coins(&r.conf, coins, &e) &&
	     (!cli_has(c, OPT_MAX_SIZE) ||
	      size_of(c->value[OPT_MAX_SIZE], &r.conf.max_bytes, &e)) &&
	     (!cli_has(c, OPT_FOR) || gram_duration(&for_ms, c->value[OPT_FOR], &e)) &&
	     (for_ms <= 366 * DAY_MS ||
	      err_set(&e, ERR_ARG, "--for %.40s: at most 366 days", c->value[OPT_FOR])) &&
	     cli_open(c, true, &e) && begin(&r, &e);
	if (ok) {
		log_line(LOG_NOTE, "recording %s to %s; ^C ends it", coins, r.conf.dir);
		ok = run(&r, for_ms, &e);
	}
	end(&r);
	if (r.rec && !record_end(r.rec, &sum, &late) && ok) {
		e = late;
		ok = false;
	}
	if (r.rec)
		tell(&sum, cli_has(c, OPT_JSON));
	return ok ? 0 : cli_fail(c, &e);
}
