/* cli_status.c: exeunt status: the snapshot in words, in JSON, or in one line. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "host/breakglass.h"
#include "host/cli.h"
#include "host/clock.h"
#include "host/shellwords.h"
#include "plan/solve.h"

static const char *const nets[] = {"PAPER", "TESTNET", "MAINNET"};
static const char *const states[] = {"waiting", "running", "paused", "stopped_price",
				     "blind",	"closing", "done"};
static const char *const ends[] = {"none", "flat", "target", "ended", "blocked", "dust"};

static int64_t age_ms(int64_t stamp_ns)
{
	return stamp_ns ? (clock_boot_ns() - stamp_ns) / 1000000 : -1;
}

static void put_age(struct buf *b, const char *key, int64_t stamp_ns)
{
	int64_t age = age_ms(stamp_ns);

	if (age < 0)
		buf_printf(b, "\"%s\":null", key);
	else
		buf_printf(b, "\"%s\":%lld", key, (long long)age);
}

static void put_opt(struct buf *b, const char *key, bool has, double v)
{
	if (has && isfinite(v) && fabs(v) < 1e17)
		buf_printf(b, "\"%s\":%.6g", key, v);
	else
		buf_printf(b, "\"%s\":null", key);
}

static const char *const guards[GUARD_STATE_COUNT] = {
	[GUARD_WAITING] = "waiting", [GUARD_PLACING] = "placing", [GUARD_RESTING] = "resting",
	[GUARD_MOVING] = "moving",   [GUARD_GONE] = "gone",
};

static void put_leg(struct buf *b, const struct snap_leg *l)
{
	buf_puts(b, "{\"coin\":");
	buf_json_str(b, l->coin);
	buf_putc(b, ',');
	cli_json_dec(b, "size", l->szi.v, QTY_DIGITS);
	buf_putc(b, ',');
	cli_json_dec(b, "entry", l->entry.v, PRICE_DIGITS);
	buf_putc(b, ',');
	cli_json_dec(b, "mark", l->mark.v, PRICE_DIGITS);
	buf_putc(b, ',');
	if (l->has_liq) {
		cli_json_dec(b, "liquidation", l->liq.v, PRICE_DIGITS);
	} else {
		buf_puts(b, "\"liquidation\":null,\"liquidation_reason\":");
		buf_json_str(b, l->liq_reason);
	}
	buf_putc(b, ',');
	cli_json_dec(b, "notional_usd", l->notional.v, MONEY_DIGITS);
	buf_putc(b, ',');
	cli_json_dec(b, "upnl_usd", l->upnl.v, MONEY_DIGITS);
	buf_printf(b, ",\"leverage\":%d,\"isolated\":%s,\"stop\":", l->leverage,
		   l->mode == MARGIN_ISOLATED ? "true" : "false");
	if (l->stop_state == STOP_NONE) {
		buf_puts(b, "null");
	} else {
		buf_putc(b, '"');
		price_put(b, l->stop_px);
		buf_putc(b, '"');
	}
	buf_printf(b,
		   ",\"stop_late\":%s,\"guard\":", l->stop_state == STOP_LATE ? "true" : "false");
	if (l->guard && l->guard < GUARD_STATE_COUNT)
		buf_printf(b, "\"%s\"", guards[l->guard]);
	else
		buf_puts(b, "null");
	if (l->guard == GUARD_WAITING) {
		buf_puts(b, ",\"guard_reason\":");
		buf_json_str(b, l->guard_reason);
	}
	buf_printf(b, ",\"est\":%s,\"unknown\":%s,", l->est ? "true" : "false",
		   l->unknown ? "true" : "false");
	put_age(b, "mark_age_ms", l->mark_ns);
	buf_putc(b, ',');
	put_age(b, "account_age_ms", l->account_ns);
	buf_putc(b, '}');
}

static void put_pool(struct buf *b, const struct snap *s, const struct snap_pool *p)
{
	buf_puts(b, "{\"name\":");
	buf_json_str(b, p->name);
	buf_putc(b, ',');
	if (p->has_equity) {
		cli_json_dec(b, "equity_usd", p->equity.v, MONEY_DIGITS);
		buf_putc(b, ',');
		cli_json_dec(b, "maintenance_usd", p->maintenance.v, MONEY_DIGITS);
	} else {
		buf_puts(b, "\"equity_usd\":null,\"maintenance_usd\":null,\"reason\":");
		buf_json_str(b, p->reason);
	}
	buf_putc(b, ',');
	cli_json_dec(b, "gross_usd", p->gross.v, MONEY_DIGITS);
	buf_putc(b, ',');
	cli_json_dec(b, "net_usd", p->net.v, MONEY_DIGITS);
	buf_putc(b, ',');
	put_opt(b, "dies_at_btc_pct", p->has_dies, p->dies_pct);
	buf_putc(b, ',');
	put_opt(b, "one_in_ten_s", p->has_time, p->touch_s);
	buf_puts(b, ",\"legs\":[");
	for (uint32_t i = 0; i < p->n_legs; i++) {
		uint32_t at = p->first_leg + i;
		if (at >= s->n_legs || at >= POSITIONS_MAX)
			break;
		if (i)
			buf_putc(b, ',');
		put_leg(b, &s->leg[at]);
	}
	buf_puts(b, "]}");
}

static void put_account(struct buf *b, const struct snap *s, uint8_t i)
{
	const struct snap_account *a = &s->account[i];
	bool first = true;

	buf_puts(b, "{\"name\":");
	buf_json_str(b, a->name);
	buf_puts(b, ",\"address\":");
	buf_json_str(b, a->address);
	buf_printf(b,
		   ",\"connected\":%s,\"key_ready\":%s,\"agent_days\":", a->up ? "true" : "false",
		   a->key_ready ? "true" : "false");
	if (a->agent_days < 0)
		buf_puts(b, "null");
	else
		buf_printf(b, "%d", a->agent_days);
	buf_putc(b, ',');
	cli_json_dec(b, "equity_usd", a->equity.v, MONEY_DIGITS);
	buf_printf(b, ",\"requests_left\":%llu,\"flattens_left\":%u,\"orders\":%u,",
		   (unsigned long long)a->requests_left, a->flattens_left, a->n_orders);
	buf_printf(b, "\"unknown\":%u,", a->n_unknown);
	put_age(b, "read_age_ms", a->read_ns);
	buf_puts(b, ",\"pools\":[");
	for (uint32_t p = 0; p < s->n_pools && p < SNAP_POOLS; p++) {
		if (s->pool[p].account != i)
			continue;
		if (!first)
			buf_putc(b, ',');
		first = false;
		put_pool(b, s, &s->pool[p]);
	}
	buf_puts(b, "]}");
}

/* What is believed of a market: each with its spread, samples, age and where it comes from. */
static void put_market(struct buf *b, const struct snap_book *k)
{
	buf_puts(b, "{\"coin\":");
	buf_json_str(b, k->coin);
	buf_puts(b, ",\"class\":");
	buf_json_str(b, k->est_class);
	buf_printf(b, ",\"sigma_year\":%.10g,\"estimates\":{", k->sigma_year);
	for (int i = 0; i < EST_KINDS; i++) {
		const struct estimate *e = &k->est[i];

		buf_printf(b, "%s\"%s\":{\"value\":%.10g,", i ? "," : "", EST_INFO[i].key,
			   e->value);
		put_opt(b, "sd", e->sd > 0, e->sd);
		buf_printf(b, ",\"samples\":%u,", e->n);
		put_age(b, "age_ms", e->seen_ns);
		buf_printf(b, ",\"prior\":%s,\"from\":\"%s\"}", e->prior ? "true" : "false",
			   est_from_name(e->from));
	}
	buf_puts(b, "}}");
}

static void put_exit(struct buf *b, const struct snap_exit *x)
{
	buf_printf(b, "{\"exit\":\"x%u\",\"coin\":", x->id);
	buf_json_str(b, x->coin);
	buf_printf(b, ",\"state\":\"%s\",\"end\":\"%s\",\"reason\":",
		   states[x->state % COUNT_OF(states)], ends[x->end % COUNT_OF(ends)]);
	buf_json_str(b, x->reason);
	cli_group_json(b, x);
	buf_puts(b, ",\"doing\":");
	buf_json_str(b, x->doing);
	buf_putc(b, ',');
	cli_json_dec(b, "total", x->total.v, QTY_DIGITS);
	buf_putc(b, ',');
	cli_json_dec(b, "done", x->done.v, QTY_DIGITS);
	buf_putc(b, ',');
	cli_json_dec(b, "left", x->left.v, QTY_DIGITS);
	buf_putc(b, ',');
	cli_json_dec(b, "in_flight", x->in_flight.v, QTY_DIGITS);
	buf_printf(b, ",\"slice\":%u,\"slices\":%u,\"pace\":%.3g,\"tunes\":%u,\"unknown\":%u,",
		   x->slice, x->n_slices, x->pace, x->tunes, x->unknowns);
	put_opt(b, "danger", x->has_danger, plan_shown(x->danger));
	buf_printf(b, ",\"danger_is_under\":%s",
		   !x->has_danger      ? "null"
		   : x->danger < 0.002 ? "true"
				       : "false");
	buf_printf(b, ",\"end_ms\":%lld,\"vs_start_bp\":%.4g}", (long long)x->end_ms,
		   isfinite(x->vs_start_bp) ? x->vs_start_bp : 0.0);
}

static void put_autos(struct buf *b, const struct snap *s)
{
	bool first = true;

	for (int k = 0; k < SNAP_AUTOS; k++) {
		const struct snap_auto *a = &s->automatic[k];

		if (!a->on)
			continue;
		buf_printf(b, "%s{\"name\":\"%s\",\"at_pct\":%.6g,\"fires\":%u,\"why\":",
			   first ? "" : ",", a->name, a->at_pct, a->fires);
		buf_json_str(b, a->why);
		buf_putc(b, '}');
		first = false;
	}
}

static const char *const run_verbs[VERBS] = {"flatten", "care", "trim"};

static uint32_t legs_filled(const struct snap_flat *f)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < f->n && k < FLAT_ROWS; k++)
		n += f->row[k].filled.v >= f->row[k].sz.v;
	return n;
}

static bool under_way(const struct snap_flat *f)
{
	return f->state == FLAT_SENDING || f->state == FLAT_VERIFYING;
}

/* Runs of flatten, care and trim, those under way first. */
static void put_runs(struct buf *b, const struct snap *s)
{
	static const char *const names[] = {"none", "sending", "reading", "flat", "not-flat"};

	for (uint32_t i = 0; i < s->n_flats && i < SNAP_RUNS; i++) {
		const struct snap_flat *f = &s->flat[i];

		buf_printf(b, "%s{\"id\":\"p%u\",\"verb\":\"%s\",\"account\":", i ? "," : "", f->id,
			   run_verbs[f->verb % VERBS]);
		if (f->account < s->n_accounts)
			buf_json_str(b, s->account[f->account].name);
		else
			buf_puts(b, "null"); /* all of them */
		buf_printf(b,
			   ",\"state\":\"%s\",\"paused\":%s,\"legs\":%u,\"filled\":%u,"
			   "\"unknown\":%u,\"reads\":%u,\"slice\":%u,",
			   !f->all && f->state == FLAT_FLAT ? "target"
							    : names[f->state % COUNT_OF(names)],
			   f->paused ? "true" : "false", f->n_all, legs_filled(f), f->unknown,
			   f->reads, f->slice);
		buf_printf(b, "\"start_ms\":%lld,\"end_ms\":%lld,\"text\":", (long long)f->start_ms,
			   (long long)f->end_ms);
		buf_json_str(b, f->text);
		buf_putc(b, '}');
	}
}

/* One line for each that is under way. */
static void put_run_words(struct buf *b, const struct snap *s)
{
	for (uint32_t i = 0; i < s->n_flats && i < SNAP_RUNS; i++) {
		const struct snap_flat *f = &s->flat[i];

		if (!under_way(f))
			continue;
		buf_printf(b, "p%u %s", f->id, run_verbs[f->verb % VERBS]);
		if (s->n_accounts > 1)
			buf_printf(b, " %s",
				   f->account < s->n_accounts ? s->account[f->account].name
							      : "ALL ACCOUNTS");
		buf_printf(b, ": %u of %u legs filled", legs_filled(f), f->n_all);
		if (f->slice)
			buf_printf(b, ", slice %u", f->slice);
		buf_puts(b, f->paused			 ? ", paused\n"
			    : f->state == FLAT_VERIFYING ? ", being read\n"
							 : "\n");
	}
}

static void put_json(struct buf *b, const struct snap *s)
{
	uint32_t flattens = 0;

	for (uint32_t i = 0; i < s->n_accounts && i < ACCOUNTS_MAX; i++)
		if (!i || s->account[i].flattens_left < flattens)
			flattens = s->account[i].flattens_left;
	buf_printf(b,
		   "{\"network\":\"%s\",\"venue\":\"%s\",\"armed\":%s,\"lock\":%s,\"no_new_risk\":",
		   nets[s->network % 3], s->venue, s->armed ? "true" : "false",
		   s->local_lock ? "true" : "false");
	if (s->no_new_risk)
		buf_json_str(b, s->no_new_risk_reason);
	else
		buf_puts(b, "null");
	buf_printf(b, ",\"epoch\":%llu,\"engine_pid\":%d,\"build\":", (unsigned long long)s->epoch,
		   s->engine_pid);
	buf_json_str(b, s->build);
	buf_putc(b, ',');
	put_age(b, "feed_age_ms", s->feed_ns);
	buf_printf(b, ",\"connected\":%s,\"link_ms\":%d,\"budget_flattens\":%u,\"budget\":%u,",
		   s->down_since_ns ? "false" : "true", s->link_ms, flattens, flattens);
	buf_printf(b, "\"commit_us\":%u,\"accounts\":[", s->commit_us);
	for (uint8_t i = 0; i < s->n_accounts && i < ACCOUNTS_MAX; i++) {
		if (i)
			buf_putc(b, ',');
		put_account(b, s, i);
	}
	buf_puts(b, "],\"markets\":[");
	for (uint32_t i = 0; i < s->n_books; i++) {
		if (i)
			buf_putc(b, ',');
		put_market(b, &s->book[i]);
	}
	buf_puts(b, "],\"exits\":[");
	for (uint32_t i = 0; i < s->n_exits && i < EXITS_MAX; i++) {
		if (i)
			buf_putc(b, ',');
		put_exit(b, &s->exit[i]);
	}
	buf_puts(b, "],\"runs\":[");
	put_runs(b, s);
	buf_printf(b, "],\"runs_not_shown\":%u,\"alarms\":[", s->n_flats_all - s->n_flats);
	for (uint32_t i = 0; i < s->n_alarms && i < SNAP_ALARMS; i++) {
		const struct snap_alarm *a = &s->alarm[i];

		buf_printf(b,
			   "%s{\"level\":%u,\"event\":\"%s\",\"since_ms\":%lld,\"seen\":%s,"
			   "\"text\":",
			   i ? "," : "", a->level, notice_name(a->code), (long long)a->since_ms,
			   a->seen ? "true" : "false");
		buf_json_str(b, a->text);
		buf_putc(b, '}');
	}
	buf_puts(b, "],\"automatic\":[");
	put_autos(b, s);
	buf_puts(b, "]}\n");
}

static uint8_t worst(const struct snap *s)
{
	uint8_t level = 0;

	for (uint32_t i = 0; i < s->n_alarms && i < SNAP_ALARMS; i++)
		if (s->alarm[i].level > level && !s->alarm[i].seen)
			level = s->alarm[i].level;
	return level;
}

static uint32_t running(const struct snap *s)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->n_exits && i < EXITS_MAX; i++)
		n += s->exit[i].state != XS_DONE;
	return n;
}

static void put_line(const struct cli *c, struct buf *b, const struct snap *s)
{
	static const char *const colour[] = {"", "", "#[fg=yellow]", "#[fg=red,bold]"};
	uint8_t level = worst(s);
	char words[SHELL_WORDS_MAX];
	bool tmux = cli_has(c, OPT_TMUX) && level >= 2;

	if (tmux)
		buf_puts(b, colour[level & 3]);
	if (level >= 2)
		buf_puts(b, level == 3 ? "!! " : "! ");
	buf_puts(b, nets[s->network % 3]);
	if (s->n_pools && s->pool[0].has_dies)
		buf_printf(b, " %s dies at BTC %+.1f%%", s->pool[0].name, s->pool[0].dies_pct);
	else
		buf_printf(b, " %u positions", s->n_legs);
	if (running(s))
		buf_printf(b, ", %u exit%s", running(s), running(s) == 1 ? "" : "s");
	if (s->down_since_ns)
		buf_puts(b, ", NOT CONNECTED");
	else
		buf_printf(b, ", feed %.1fs", (double)age_ms(s->feed_ns) / 1000.0);
	for (uint32_t i = 0; level >= 2 && i < s->n_alarms && i < SNAP_ALARMS; i++)
		if (s->alarm[i].level == level && !s->alarm[i].seen) {
			buf_printf(b, ", %s", shell_words(s->alarm[i].brief, words, sizeof words));
			break;
		}
	if (tmux)
		buf_puts(b, "#[default]");
	buf_putc(b, '\n');
}

static void put_words(struct buf *b, const struct snap *s)
{
	char words[SHELL_WORDS_MAX];

	buf_printf(b, "%s %s, %s%s%s. engine pid %d, epoch %llu.", nets[s->network % 3], s->venue,
		   s->armed ? "ARMED" : "DISARMED", s->no_new_risk ? ", NO NEW RISK" : "",
		   s->local_lock ? ", LOCAL LOCK" : "", s->engine_pid,
		   (unsigned long long)s->epoch);
	if (s->down_since_ns)
		buf_puts(b, " not connected.\n");
	else
		buf_printf(b, " feed %.1f s old.\n", (double)age_ms(s->feed_ns) / 1000.0);
	for (uint32_t i = 0; i < s->n_alarms && i < SNAP_ALARMS; i++)
		buf_printf(b, "%s %s\n", s->alarm[i].level == 3 ? "!!" : "!",
			   shell_words(s->alarm[i].text, words, sizeof words));
	for (int k = 0; k < SNAP_AUTOS; k++)
		if (s->automatic[k].on)
			buf_printf(b, "auto %s at %.2f %%: %s\n", s->automatic[k].name,
				   s->automatic[k].at_pct, s->automatic[k].why);
	for (uint32_t i = 0; i < s->n_pools && i < SNAP_POOLS; i++) {
		const struct snap_pool *p = &s->pool[i];
		buf_printf(b, "%s: equity ", p->name);
		if (p->has_equity)
			dec_put_fixed(b, p->equity.v, MONEY_DIGITS, 2);
		else
			buf_printf(b, "- (%s)", p->reason);
		if (p->has_dies)
			buf_printf(b, ", dies at BTC %+.2f %%", p->dies_pct);
		buf_putc(b, '\n');
		for (uint32_t k = 0; k < p->n_legs; k++) {
			const struct snap_leg *l;
			if (p->first_leg + k >= s->n_legs)
				break;
			l = &s->leg[p->first_leg + k];
			buf_printf(b, "  %-10s ", l->coin);
			qty_put(b, l->szi);
			buf_puts(b, " at ");
			price_put(b, l->mark);
			buf_puts(b, ", pnl ");
			dec_put_fixed(b, l->upnl.v, MONEY_DIGITS, 2);
			buf_puts(b, l->stop_state == STOP_NONE ? ", NO STOP\n" : "\n");
		}
	}
	put_run_words(b, s);
	for (uint32_t i = 0; i < s->n_exits && i < EXITS_MAX; i++) {
		const struct snap_exit *x = &s->exit[i];
		buf_printf(b, "x%u %s %s", x->id, x->coin,
			   x->state == XS_DONE ? ends[x->end % COUNT_OF(ends)]
					       : states[x->state % COUNT_OF(states)]);
		if (x->ticket.group)
			buf_printf(b, " of g%u", x->ticket.group);
		buf_puts(b, ", left ");
		qty_put(b, x->left);
		buf_puts(b, " of ");
		qty_put(b, x->total);
		if (x->reason[0])
			buf_printf(b, " (%s)", x->reason);
		else if (x->doing[0])
			buf_printf(b, ", %s", x->doing);
		buf_putc(b, '\n');
	}
}

int cli_status(struct cli *c, int n, const char *const *words)
{
	static char text[512 << 10];
	const struct snap *s;
	int64_t max_ms = 0;
	struct err e = {0};
	struct buf b;

	if (n > 1) {
		err_set(&e, ERR_ARG, "status takes no word, but got %.40s.", words[1]);
		return cli_fail(c, &e);
	}
	if (!cli_seconds(&max_ms, c, OPT_MAX_AGE, &e) || !cli_open(c, false, &e))
		return cli_fail(c, &e);
	/* With a fence above every engine's epoch none may act, so none is asked. */
	s = !breakglass_holds(c, &e) && cli_engine(c, false, &e) ? cli_snap(c, 3000, &e) : NULL;
	if (!s)
		return cli_fail(c, &e);
	buf_init(&b, text, sizeof text);
	if (cli_has(c, OPT_JSON))
		put_json(&b, s);
	else if (cli_has(c, OPT_ONELINE))
		put_line(c, &b, s);
	else
		put_words(&b, s);
	ASSERT(!b.over);
	fflush(stdout);
	if (cli_has(c, OPT_JSON)) {
		for (size_t at = 0; at < b.len;) {
			ssize_t k = write(STDOUT_FILENO, text + at, b.len - at);
			if (k <= 0)
				break;
			at += (size_t)k;
		}
	} else {
		cli_put(STDOUT_FILENO, text);
	}
	if (max_ms && (s->down_since_ns || age_ms(s->feed_ns) < 0 || age_ms(s->feed_ns) > max_ms)) {
		err_set(&e, ERR_STALE, "the feed is %.1f s old; --max-age is %s",
			(double)age_ms(s->feed_ns) / 1000.0, c->value[OPT_MAX_AGE]);
		cli_put(STDERR_FILENO, "exeunt: ");
		cli_put(STDERR_FILENO, e.text);
		cli_put(STDERR_FILENO, "\n");
		return err_exit_status(ERR_STALE);
	}
	return 0;
}
