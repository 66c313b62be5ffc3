/* ticket_knobs.c: the knobs of the exit ticket: turned by arrows, or typed with their unit. A value
 * that cannot be is refused by name beside the line it was typed in, and changes nothing. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/grammar.h"
#include "ui/fmt.h"
#include "ui/panic.h"
#include "ui/ui_in.h"

#define ONE INT64_C(1000000000000) /* 1.0 as a ratio */

static void turn_amount(struct ui *u, int by)
{
	struct ticket *t = &u->ticket.t;
	const struct snap_leg *leg = ticket_leg(u);
	double held = leg ? fabs(qty_to_double(leg->szi)) : 0;
	double now = held > 0 && u->ticket.problem.size.v
			     ? qty_to_double(u->ticket.problem.size) / held
			     : 1;
	int pct = (int)lround(now * 100) + 5 * by;

	pct = pct < 5 ? 5 : pct > 100 ? 100 : pct;
	t->target = TARGET_SIZE;
	memset(&t->size, 0, sizeof t->size);
	t->size.unit = pct == 100 ? SIZE_ALL : SIZE_PERCENT;
	t->size.part.v = ONE / 100 * pct;
}

static void turn_price(struct ui *u, struct price_spec *p, bool last, int by)
{
	const struct snap_leg *leg = ticket_leg(u);
	double mark = leg ? price_to_double(leg->mark) : 0;
	int sign = leg && leg->szi.v > 0 ? -1 : 1; /* a sale's limits lie below */
	double now = p->ref == PREF_ABS	   ? price_to_double(p->abs)
		     : p->ref == PREF_NONE ? mark * (1 + sign * (last ? 0.08 : 0.01))
					   : mark * (1 + ratio_to_double(p->offset));
	struct price to;

	if (mark <= 0 || !leg)
		return;
	if (p->ref != PREF_NONE)
		now += mark * 0.001 * by;
	if (!price_from_double(&to, now, ROUND_HALF_AWAY))
		return;
	dec_round(&to.v, to.v, PRICE_DIGITS, fmt_px_decimals(now, leg->px_decimals),
		  ROUND_HALF_AWAY);
	p->ref = PREF_ABS;
	p->abs = to;
}

static int64_t step_ms(int64_t now, int by)
{
	static const int64_t steps_s[] = {60,	120,   180,   300,   450,   600,
					  900,	1200,  1800,  2700,  3600,  5400,
					  7200, 10800, 14400, 21600, 43200, 86400};
	int at = 0, n = (int)(sizeof steps_s / sizeof steps_s[0]);

	while (at < n - 1 && steps_s[at] * 1000 < now)
		at++;
	at += by;
	return steps_s[at < 0 ? 0 : at >= n ? n - 1 : at] * 1000;
}

static void turn_ratio(struct ratio *r, int64_t step, int64_t lo, int64_t hi, int by)
{
	r->v += step * by;
	r->v = r->v < lo ? lo : r->v > hi ? hi : r->v;
}

/* Over 5x there is always a limit (operations.md 8): no limit is no step then. */
static void turn_risk(struct ratio *r, bool always, int by)
{
	static const int64_t one_in[] = {0, 10, 20, 50, 100, 200, 500};
	int at = 0, n = 7;

	for (int i = 1; i < n; i++)
		if (r->v && r->v <= ONE / one_in[i])
			at = i;
	at = (at + by + n) % n;
	if (!at && always)
		at = by > 0 ? 1 : n - 1;
	r->v = at ? ONE / one_in[at] : 0;
}

void ticket_turn_guard(struct ui *u)
{
	struct ui_ticket *k = &u->ticket;

	if (k->guard == SG_NONE) {
		ui_notice(u, "No guard is offered: %s.", panic_why(k->guard_why));
		return;
	}
	k->t.guard = !k->t.guard;
	k->guard_typed = true;
}

void ticket_turn(struct ui *u, int by)
{
	struct ticket *t = &u->ticket.t;
	const struct snap_leg *leg = ticket_leg(u);
	int one = by > 0 ? 1 : -1;

	switch (u->ticket.knob) {
	case KNOB_AMOUNT:
		turn_amount(u, by);
		break;
	case KNOB_WITHIN:
		t->horizon_ms = step_ms(t->horizon_ms, one * (by * one > 1 ? 3 : 1));
		t->until_ms = 0;
		u->ticket.way = WAY_DEADLINE;
		break;
	case KNOB_HOW:
		do
			t->algo = (uint8_t)((t->algo + ALGO_COUNT + one) % ALGO_COUNT);
		while (u->ticket.tunes && !ALGO_INFO[t->algo].tunes);
		t->declared = t->declared && (t->algo == ALGO_TWAP || t->algo == ALGO_VENUE_TWAP);
		if (algo_urgent(t->algo) && !t->urgency.v)
			t->urgency.v = ONE * 4 / 10;
		if (!ALGO_INFO[t->algo].own_end && !t->horizon_ms)
			t->horizon_ms = 600000;
		u->ticket.way = WAY_DEADLINE;
		break;
	case KNOB_URGENCY:
		turn_ratio(&t->urgency, ONE / 20, 0, ONE, by);
		u->ticket.hold = HOLD_DEADLINE; /* typed, so not picked */
		u->ticket.way = WAY_DEADLINE;
		break;
	case KNOB_WORKING:
		turn_price(u, &t->working, false, by);
		break;
	case KNOB_LAST:
		turn_price(u, &t->last, true, by);
		break;
	case KNOB_DANGER:
		turn_risk(&t->risk, leg && leg->leverage > 5, one);
		break;
	case KNOB_CAP:
		turn_ratio(&t->cap, ONE / 100, ONE / 100, ONE / 4, by);
		break;
	case KNOB_LATE:
		t->catch_up = !t->catch_up;
		break;
	case KNOB_SLICE:
		t->place = (uint8_t)((t->place + PLACE_COUNT + one) % PLACE_COUNT);
		t->place_set = true;
		break;
	case KNOB_RANDOM: { /* left of 0: declared, a clockwork for all to see; it crosses */
		bool was = t->declared;
		t->declared = one < 0 && t->random.v == 0;
		if (t->declared && t->algo != ALGO_VENUE_TWAP)
			t->algo = ALGO_TWAP;
		if (t->declared)
			t->place = PLACE_CROSS;
		else if (was)
			t->place = PLACE_POST_CROSS;
		turn_ratio(&t->random, ONE / 20, 0, ONE / 2, by);
		t->random_set = true;
		break;
	}
	case KNOB_GUARD:
		ticket_turn_guard(u);
		break;
	default:
		t->algo = t->algo == ALGO_VENUE_TWAP ? ALGO_AC : ALGO_VENUE_TWAP;
		break;
	}
}

/* The working price must lie on the side where it can wait, unless it says so. */
static bool side_ok(struct ui *u, const struct price_spec *p, const char *typed)
{
	const struct snap_leg *leg = ticket_leg(u);
	double mark = leg ? price_to_double(leg->mark) : 0;
	double v = p->ref == PREF_ABS	      ? price_to_double(p->abs)
		   : p->ref == PREF_FROM_MARK ? mark * (1 + ratio_to_double(p->offset))
					      : 0;

	if (!leg || v <= 0)
		return true;
	bool sell = leg->szi.v > 0;
	if (sell ? v <= mark : v >= mark)
		return true;
	snprintf(u->line.error, sizeof u->line.error,
		 "You %s: a working price of %.40s is %s the mark %s and waits for a %s. Write "
		 "wait to mean "
		 "that.",
		 sell ? "sell" : "buy", typed, sell ? "above" : "below",
		 fmt_price(leg->mark, leg->px_decimals).s, sell ? "rise" : "fall");
	return false;
}

/* "50%", "12BTC", "25000USD", "all"; or what is to be left: "to 3x", "to liq:100k", "to 0.5BTC". */
static bool amount(struct ticket *t, const char *word, struct err *e)
{
	bool until = !strncmp(word, "to ", 3), named = strchr(word, ':') != NULL;
	size_t n = strlen(word);

	if (until || named || (n > 1 && word[n - 1] == 'x' && word[n - 2] <= '9'))
		return gram_target(t, until ? word + 3 : word, t->coin, e);
	t->target = TARGET_SIZE;
	return gram_size(&t->size, word, t->coin, e);
}

/* An end in the past or beyond a week is refused here, by its name. */
static bool within(struct ticket *t, const char *word, int64_t wall_ms, struct err *e)
{
	struct err clock = {0};

	t->until_ms = 0;
	if (!gram_duration(&t->horizon_ms, word, e)) {
		if (!gram_clock(&t->until_ms, word, wall_ms, &clock)) {
			if (strchr(word, ':')) /* it was meant as a time of day */
				*e = clock;
			return false;
		}
		*e = clock;
	}
	int64_t ms = t->until_ms ? t->until_ms - wall_ms : t->horizon_ms;
	if (ms > 7 * INT64_C(86400000))
		return err_set(e, ERR_ARG, "%s is longer than 7 days: no exit, a trade.", word);
	if (ms < 1000)
		return err_set(e, ERR_ARG, "%s is no time at all: 1 sweeps now.", word);
	return true;
}

static bool risk(struct ticket *t, const struct snap_leg *leg, const char *word, struct err *e)
{
	if (!strcmp(word, "none"))
		t->risk.v = 0;
	else if (!gram_percent(&t->risk, word, e))
		return false;
	if (t->risk.v < 0 || t->risk.v >= ONE)
		return err_set(e, ERR_ARG, "%s is no chance: write 1%% for 1 in 100.", word);
	if (!t->risk.v && leg && leg->leverage > 5)
		return err_set(e, ERR_ARG,
			       "At %dx there is always a danger limit; 10%% is a loose one.",
			       leg->leverage);
	return true;
}

/* Shares with an end: what lies beyond is refused, not bent. */
static bool share(struct ratio *out, const char *word, int64_t lo, int64_t hi, const char *what,
		  struct err *e)
{
	struct ratio r;

	if (!gram_percent(&r, word, e))
		return false;
	if (r.v < lo || r.v > hi)
		return err_set(e, ERR_ARG, "%s is no %s: from %lld%% to %lld%%.", word, what,
			       (long long)(lo * 100 / ONE), (long long)(hi * 100 / ONE));
	*out = r;
	return true;
}

bool ticket_set(struct ui *u, const char *text)
{
	struct ui_ticket *k = &u->ticket;
	struct ticket t = k->t;
	struct err e = {0};
	char word[LINE_CAP];
	bool ok = true, wait = false;
	uint8_t way = k->way, hold = k->hold; /* change only with a value that is taken */
	size_t n = strlen(text);

	snprintf(word, sizeof word, "%s", text);
	if (n > 5 && !strcmp(word + n - 5, " wait")) {
		wait = true;
		word[n - 5] = 0;
	}
	switch (k->knob) {
	case KNOB_AMOUNT:
		ok = amount(&t, word, &e);
		break;
	case KNOB_WITHIN:
		ok = within(&t, word, ui_wall_ms(u), &e);
		if (ok && t.algo == ALGO_SWEEP)
			t.algo = ALGO_AC;
		way = WAY_DEADLINE;
		break;
	case KNOB_WORKING:
	case KNOB_LAST: {
		struct price_spec *p = k->knob == KNOB_WORKING ? &t.working : &t.last;
		if (!strcmp(word, "none"))
			memset(p, 0, sizeof *p);
		else
			ok = gram_price(p, word, &e);
		if (ok && k->knob == KNOB_WORKING && !wait && !side_ok(u, p, word))
			return false;
		break;
	}
	case KNOB_DANGER:
		ok = risk(&t, ticket_leg(u), word, &e);
		break;
	case KNOB_CAP:
		ok = share(&t.cap, word, ONE / 100, ONE / 4, "volume cap", &e);
		break;
	case KNOB_RANDOM:
		ok = share(&t.random, word, 0, ONE / 2, "randomness", &e);
		t.random_set = true;
		t.declared = false;
		break;
	case KNOB_URGENCY:
		ok = gram_unit(&t.urgency, word, &e);
		way = WAY_DEADLINE;
		hold = HOLD_DEADLINE; /* typed, so not picked */
		break;
	default:
		snprintf(u->line.error, sizeof u->line.error, "Left and Right turn this one.");
		return false;
	}
	if (!ok) {
		snprintf(u->line.error, sizeof u->line.error, "%s", e.text);
		return false;
	}
	k->t = t;
	k->way = way;
	k->hold = hold;
	ticket_moved(u);
	return true;
}
