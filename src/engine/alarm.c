/* alarm.c: what is wrong now, in words, until its cause ends.
 *
 * 1. One alarm for each cause (code, account, instrument, exit); a worse level makes it unseen.
 * 2. Its short form has at most BRIEF_MAX columns, whatever its text was.
 * 3. Levels 2 and 3 are told again every 30 s until acknowledged; 1.5 % every 10 s. */
#include <math.h>
#include <string.h>

#include "engine/inner.h"

enum { BRIEF_MAX = 78 }; /* bytes, and so at most as many columns */

struct alarm *alarm_find(struct engine *e, enum notice_code code, uint8_t account, uint16_t instr,
			 uint32_t exit)
{
	for (int i = 0; i < SNAP_ALARMS; i++) {
		struct alarm *a = &e->alarm[i];

		if (a->used && a->code == code && a->account == account && a->instr == instr &&
		    a->exit == exit)
			return a;
	}
	return NULL;
}

/* A free place; else that of the least and oldest. */
static struct alarm *place(struct engine *e)
{
	struct alarm *least = &e->alarm[0];

	for (int i = 0; i < SNAP_ALARMS; i++) {
		struct alarm *a = &e->alarm[i];

		if (!a->used)
			return a;
		if (a->level < least->level ||
		    (a->level == least->level && a->since_ms < least->since_ms))
			least = a;
	}
	return least;
}

/* The short form: whole sentences of it, else clauses, else words; never half a number. */
static void put_brief(char out[BRIEF_MAX + 2], const char *text)
{
	size_t n = strlen(text), keep[3] = {0};

	while (n && text[n - 1] == ' ')
		n--;
	for (size_t i = 1; n > BRIEF_MAX && i <= BRIEF_MAX; i++)
		if (text[i] == ' ')
			keep[text[i - 1] == '.' ? 0 : text[i - 1] == ',' ? 1 : 2] = i;
	if (n > BRIEF_MAX)
		n = keep[0] ? keep[0] : keep[1] ? keep[1] - 1 : keep[2] ? keep[2] : BRIEF_MAX;
	memcpy(out, text, n);
	out[n] = 0;
}

void alarm_raise(struct engine *e, int level, enum notice_code code, uint8_t account,
		 uint16_t instr, uint32_t exit, const char *brief, const char *text)
{
	struct alarm *a = alarm_find(e, code, account, instr, exit);
	struct buf b;
	bool tell = false;

	if (e->replaying)
		return;
	if (!a) {
		a = place(e);
		*a = (struct alarm){.used = true,
				    .code = (uint8_t)code,
				    .account = account,
				    .instr = instr,
				    .exit = exit,
				    .since_ms = e->wall_ms};
		tell = true;
	} else if (level > a->level) {
		a->seen = false;
		a->since_ms = e->wall_ms;
		tell = true;
	}
	a->level = (uint8_t)level;
	a->told_ns = e->now_ns;
	buf_init(&b, a->text, sizeof a->text);
	buf_puts(&b, text);
	put_brief(a->brief, brief);
	if (tell || (!a->seen && level >= 2 && e->now_ns >= a->repeat_ns)) {
		a->repeat_ns = e->now_ns + 30 * S;
		notice(e, level, code, exit, "%s", text);
	}
}

void alarm_clear(struct engine *e, enum notice_code code, uint8_t account, uint16_t instr,
		 uint32_t exit)
{
	struct alarm *a = alarm_find(e, code, account, instr, exit);

	if (a)
		a->used = false;
}

void alarm_clear_exit(struct engine *e, enum notice_code code, uint32_t exit)
{
	for (int i = 0; i < SNAP_ALARMS; i++)
		if (e->alarm[i].used && e->alarm[i].code == code && e->alarm[i].exit == exit)
			e->alarm[i].used = false;
}

/* Told again until acknowledged. What happened once and is over goes when it has been seen. */
static void repeat(struct engine *e)
{
	for (int i = 0; i < SNAP_ALARMS; i++) {
		struct alarm *a = &e->alarm[i];
		bool once = a->code == NC_OTHER_HAND || a->code == NC_LIQUIDATED ||
			    a->code == NC_ADL || a->code == NC_ASLEEP || a->code == NC_AUTO ||
			    a->code == NC_TIERS || a->code == NC_ADD;

		if (!a->used)
			continue;
		if (once && a->seen) {
			a->used = false;
			if (a->code == NC_OTHER_HAND && held_find(e, a->account, a->instr, false))
				held_find(e, a->account, a->instr, false)->other_hand = false;
		} else if (!a->seen && a->level >= 2 && e->now_ns >= a->repeat_ns) {
			a->repeat_ns = e->now_ns + 30 * S;
			notice(e, a->level, (enum notice_code)a->code, a->exit, "%s", a->text);
		}
	}
}

/* A pool or a position that is gone cannot be in danger; FLAT is true until something opens. */
static void gone(struct engine *e, uint32_t legs)
{
	for (int i = 0; i < SNAP_ALARMS; i++) {
		struct alarm *a = &e->alarm[i];

		if ((a->code == NC_DANGER || a->code == NC_NO_STOP || a->code == NC_BLIND) &&
		    a->told_ns < e->now_ns)
			a->used = false;
		if (a->code == NC_FLAT && legs)
			a->used = false;
	}
}

void alarm_tick(struct engine *e)
{
	uint32_t all = 0;
	struct epool p;

	if (e->now_ns < e->alarm_tick_ns) {
		wake_at(e, e->alarm_tick_ns);
		return;
	}
	e->alarm_tick_ns = e->now_ns + S;
	wake_at(e, e->alarm_tick_ns);
	for (uint8_t a = 0; a < e->conf.n_accounts; a++) {
		uint32_t legs = 0;

		for (uint32_t k = 0; pool_build(e, a, k, &p); k++) {
			legs += p.n;
			cause_pool(e, &p);
			for (uint32_t i = 0; i < p.n; i++)
				cause_blind(e, &p, i);
		}
		all += legs;
		budget_addr_legs(&e->acct[a].budget, legs, 2);
		cause_account(e, a);
	}
	gone(e, all);
	for (uint16_t i = 0; i < ORDERS_MAX; i++)
		if (e->orders.used[i] && e->orders.at[i].state == ORDER_UNKNOWN &&
		    order_is_ours(&e->orders.at[i]))
			cause_unknown(e, &e->orders.at[i]);
	cause_venue(e);
	cause_store(e);
	cause_exits(e);
	venue_acts_tick(e);
	news_tick(e);
	auto_tick(e);
	repeat(e);
}
