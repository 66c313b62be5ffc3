/* story_alarms.c: every alarm of screens.md 7.1 in its situation: the messages of operations.md 9,
 * whole and short, as the engine would say them on that evening. */
#include "tests/screens/story.h"

#include <stdio.h>
#include <string.h>

static const struct alarm_in {
	const char *name;
	uint8_t code, level;
	bool on_exit; /* about x2 */
	int back_s;   /* since when */
	const char *text, *brief;
} alarms[] = {
	{"danger", NC_DANGER, 3, false, 60,
	 "CROSS dies at BTC -1.4 % (all 4 legs) · 1-in-10 in 12 min · would lose 110,929 USDC · NO "
	 "STOP · press !",
	 "CROSS dies at BTC -1.4 % · 1-in-10 in 12 min · NO STOP"},
	{"no-stop", NC_NO_STOP, 2, false, 60,
	 "NO STOP for BTC, HYPE: nothing rests at the venue to close before liquidation does. "
	 "S places it.",
	 "NO STOP within 5 % of liquidation"},
	{"unknown", NC_UNKNOWN, 2, false, 1,
	 "NO ANSWER 1.6 s to SELL 16.827 BTC (reduce-only). It may have filled. Sending again, 2 "
	 "of 4: a double cannot sell more than you hold.",
	 "NO ANSWER 1.6 s to SELL 16.827 BTC (reduce-only). It may have filled."},
	{"unknown-3s", NC_UNKNOWN, 3, false, 4,
	 "NO ANSWER 4.1 s to SELL 0.5 BTC (reduce-only). It may have filled. The same bytes go "
	 "again; "
	 "its size waits for proof.",
	 "NO ANSWER 4.1 s to SELL 0.5 BTC (reduce-only). It may have filled."},
	{"errors", NC_VENUE_ERRORS, 3, false, 14,
	 "HYPERLIQUID ANSWERS ERRORS (502) for 14 s. Orders may still execute. Last true position "
	 "3.2 s ago: 16.827 BTC and 4 more. NO STOP rests at the venue.",
	 "HYPERLIQUID ANSWERS ERRORS (502) for 14 s. Orders may still execute."},
	{"post-only", NC_POST_ONLY, 2, false, 20,
	 "HYPERLIQUID IS POST-ONLY after an upgrade. Nobody can trade. 5 closes wait first in "
	 "line; "
	 "market close tried every 2 s.",
	 "HYPERLIQUID IS POST-ONLY after an upgrade. Nobody can trade."},
	{"blind", NC_BLIND, 3, false, 9,
	 "BLIND: BTC book frozen 9 s. Pricing from mark 109,383 (0.8 s old). First limit 108,836 "
	 "(-0.5 "
	 "%), last 102,791 (equity zero).",
	 "BLIND: BTC book frozen 9 s. Pricing from mark 109,383 (0.8 s old)."},
	{"stopped", NC_STOPPED_PRICE, 2, true, 130,
	 "SELLING STOPPED 2 min 10 s ago: 109,383 is under your working price 109,500. 528k USD "
	 "left. "
	 "Danger 1 in 110 and rising. At 1 in 100 it sells down to 104,685 by itself. l lower · n "
	 "close rest now · w keep waiting",
	 "SELLING STOPPED 2 min 10 s ago: 109,383 is under your working price 109,500."},
	{"behind", NC_BEHIND, 2, true, 40,
	 "x2 BTC BEHIND PLAN for 40 s. 528k USD left. It keeps its pace and volume cap; the end "
	 "moves.",
	 "x2 BTC BEHIND PLAN for 40 s. 528k USD left."},
	{"liquidated", NC_LIQUIDATED, 3, false, 7,
	 "LIQUIDATED BY VENUE: 2.9 of 16.827 BTC at 107,290. All your orders and stops "
	 "were cancelled. It takes the rest in 23 s if still under. Sell 11.6 BTC and 62 ETH or "
	 "add 94,200 USDC now. Y sell · + add · g stops back",
	 "LIQUIDATED BY VENUE: 2.9 of 16.827 BTC at 107,290. 23 s"},
	{"adl", NC_ADL, 3, false, 3,
	 "HEDGE TAKEN (ADL, not your liquidation): 2,100 SOL short closed at 201.4. 4,032 short "
	 "left. Net delta +2.51 M USD, was +2.09 M; at BTC -2 % it is +2.45 M. Opening it again "
	 "costs ~221 USD, on the venue's page: no key here hedges. ! panic",
	 "HEDGE TAKEN (ADL): 2,100 SOL short closed at 201.4."},
	{"asleep", NC_ASLEEP, 2, false, 5,
	 "ASLEEP 55 min. Nothing sold. BTC -2.1 %. 528k left. Same pace ends 20:57 (chosen). 2 by "
	 "20:02 at 10.3x · 3 trim",
	 "ASLEEP 55 min. Nothing sold. BTC -2.1 %. 528k left."},
	{"other-hand", NC_OTHER_HAND, 2, true, 40,
	 "OTHER HAND: +15 BTC bought at 19:55:47. Your exit still ends after 4.8274 more, at 27 "
	 "BTC. a include them",
	 "OTHER HAND: +15 BTC bought at 19:55:47."},
	{"two-writers", NC_TWO_WRITERS, 2, false, 10,
	 "TWO WRITERS: 3 orders in 10 s are not ours. Exits keep to their tickets; flatten closes "
	 "whoever's it is.",
	 "TWO WRITERS: 3 orders in 10 s are not ours."},
	{"key", NC_KEY, 2, false, 600,
	 "The signing key of main ends in 12 days. No exit outlives it. Approve another one on the "
	 "venue's page and import it (exeunt key import).",
	 "The signing key of main ends in 12 days."},
	{"budget", NC_BUDGET, 3, false, 20,
	 "Request budget of main: 41 actions left, 1 full flattens.",
	 "Request budget of main: 41 actions left, 1 full flattens."},
	{"disk", NC_STORE, 3, false, 20,
	 "NO NEW RISK: disk full. Reductions, cancels and guards still go out.",
	 "The journal cannot be written."},
	{"flat", NC_FLAT, 1, false, 2,
	 "FLAT 19:56:25Z on Hyperliquid (2 dexes, 1 account), read twice, nothing can open. Left: "
	 "120 "
	 "HYPE spot (+5,269 USD delta). Not watched: Aave, Uniswap. Cost 9,688 USD.",
	 "FLAT 19:56:25Z on Hyperliquid (2 dexes, 1 account), read twice"},
	{"not-flat", NC_NOT_FLAT, 3, false, 12,
	 "NOT FLAT: 0.4 ETH (1,698 USD), 1 order unknown 6 s. Still trying, 9th time.",
	 "NOT FLAT: 0.4 ETH (1,698 USD), 1 order unknown 6 s. Still trying, 9th time."},
};

unsigned story_alarms(void)
{
	return sizeof alarms / sizeof alarms[0];
}

const char *story_alarm_name(unsigned i)
{
	return alarms[i].name;
}

static void put(struct snap *s, struct snap_alarm *a, const struct alarm_in *in)
{
	memset(a, 0, sizeof *a);
	a->since_ms = s->wall_ms - in->back_s * 1000;
	a->level = in->level;
	a->code = in->code;
	a->exit = in->on_exit ? 2 : 0;
	a->instr = in->code == NC_ADL ? 3 : in->code == NC_DANGER ? 0xffff : 1;
	snprintf(a->text, sizeof a->text, "%s", in->text);
	snprintf(a->brief, sizeof a->brief, "%s", in->brief);
}

/* What else is different in its situation. */
static void situation(struct snap *s, const struct alarm_in *in)
{
	switch (in->code) {
	case NC_UNKNOWN:
		s->leg[1].unknown = true;
		s->order[0].state = 7;
		s->account[0].n_unknown = 1;
		break;
	case NC_BLIND:
		s->book[0].book.seen_ns = s->now_ns - INT64_C(9000000000);
		s->exit[0].state = XS_BLIND;
		break;
	case NC_STOPPED_PRICE:
		s->exit[0].state = XS_STOPPED_PRICE;
		s->exit[0].working.v = INT64_C(109500) * 10000000000;
		s->exit[0].danger = 1 / 110.0;
		break;
	case NC_LIQUIDATED:
		s->n_orders = s->n_orders_all = 0;
		s->exit[0].state = s->exit[1].state = XS_PAUSED;
		break;
	case NC_KEY:
		s->account[0].agent_days = 12;
		break;
	case NC_BUDGET:
		s->account[0].flattens_left = 1;
		s->account[0].requests_left = 41;
		break;
	case NC_STORE:
		s->no_new_risk = true;
		snprintf(s->no_new_risk_reason, sizeof s->no_new_risk_reason, "disk full");
		break;
	case NC_ASLEEP:
		s->exit[0].planned_end_ms += 55 * 60000; /* 20:57:20 */
		break;
	case NC_OTHER_HAND:
		s->leg[1].szi.v += INT64_C(1500000000);
		s->leg[1].other_hand = true;
		break;
	case NC_TWO_WRITERS:
		s->leg[1].other_hand = true;
		break;
	case NC_FLAT:
		s->n_legs = s->n_pools = s->n_orders = s->n_exits = 0;
		break;
	default:
		break;
	}
}

void story_alarm(struct snap *s, unsigned i)
{
	story_cockpit(s);
	put(s, &s->alarm[0], &alarms[i]);
	s->n_alarms = 1;
	situation(s, &alarms[i]);
	if (alarms[i].code != NC_DANGER &&
	    alarms[i].code != NC_FLAT) { /* the danger stands behind it */
		put(s, &s->alarm[1], &alarms[0]);
		s->n_alarms = 2;
	}
}
