/* story_after.c: the seconds after: NOW with an answer lost, TRIM, CARE, and both ends. */
#include <stdio.h>
#include <string.h>

#include "tests/screens/story_in.h"

void story_run(struct snap *s)
{
	static const struct {
		const char *coin;
		bool buy;
		int8_t pxd, szd;
		uint8_t rung, state;
		double sz, filled, px, avg, bp;
		int32_t sent, answered;
	} in[] = {
		{"ETH", false, 2, 4, 1, 7, 310, 0, 4164.2, 0, 0, 1, -1},
		{"ETH", false, 2, 4, 2, 1, 310, 0, 4125.2, 0, 0, 1001, -1},
		{"BTC", false, 1, 5, 1, 4, 14.53485, 14.53485, 107709, 108051, -19.6, 4, 231},
		{"HYPE", false, 4, 2, 1, 4, 3000, 3000, 43.457, 43.764, -32.1, 4, 231},
		{"SOL", true, 4, 2, 1, 4, 3878, 3878, 199.03, 198.34, -16.2, 4, 231},
		{"WLFI", false, 6, 0, 1, 3, 180000, 127800, 0.17934, 0.18030, -49.0, 4, 231},
		{"WLFI", false, 6, 0, 2, 4, 52200, 52200, 0.17572, 0.18028, -50.5, 1002, 1238},
	};

	story_panic(s);
	s->wall_ms += 1600;
	s->now_ns += INT64_C(1600000000);
	s->local_lock = true;
	s->feed_ns = s->now_ns - 300000000;
	s->n_exits = 0;
	struct snap_flat *f = &s->flat[0];
	s->n_flats = s->n_flats_all = 1;
	f->id = 1;
	f->state = FLAT_SENDING;
	f->start_ms = s->wall_ms - 1600;
	f->start_ns = s->now_ns - INT64_C(1600000000);
	f->n = sizeof in / sizeof in[0];
	f->all = true;
	f->cancels_sent = f->cancels_done = 4;
	f->unknown = 1;
	f->cost = usd(6046);
	f->expected = usd(9726);
	f->worst = usd(89791);
	for (uint32_t i = 0; i < f->n; i++) {
		struct snap_flat_row *r = &f->row[i];
		snprintf(r->coin, sizeof r->coin, "%s", in[i].coin);
		r->buy = in[i].buy;
		r->px_decimals = in[i].pxd;
		r->sz_decimals = in[i].szd;
		r->rung = in[i].rung;
		r->state = in[i].state;
		r->sz = qty(in[i].sz);
		r->filled = qty(in[i].filled);
		r->px = px(in[i].px);
		r->avg = px(in[i].avg);
		r->bp = in[i].bp;
		r->sent_ms = in[i].sent;
		r->answered_ms = in[i].answered;
	}
	s->n_alarms = 2;
	s->alarm[1] = s->alarm[0];
	struct snap_alarm *a = &s->alarm[0];
	a->level = 2;
	a->code = NC_UNKNOWN;
	a->since_ms = f->start_ms + 1000;
	snprintf(a->text, sizeof a->text,
		 "NO ANSWER 1.6 s to SELL 310 ETH (reduce-only). It may have filled. Sending "
		 "again, 2 of 4: a "
		 "double cannot sell more than you hold.");
	snprintf(a->brief, sizeof a->brief,
		 "NO ANSWER 1.6 s to SELL 310 ETH (reduce-only). It may have filled.");
}

/* TRIM 6 s on: ETH's answer was lost; its size stays in flight until something proves it. */
void story_trim(struct snap *s)
{
	static const struct {
		const char *coin;
		uint8_t state;
		double sz, filled, px, avg, bp;
		int32_t sent, answered;
		bool waits, beyond;
	} in[] = {
		{"ETH", 7, 186, 0, 4095.5, 0, 0, 2, -1, true, false},
		{"BTC", 4, 5.08720, 5.08720, 105856, 108116, -13.7, 4, 236, false, false},
		{"HYPE", 3, 750, 512, 42.929, 43.61, -67.2, 4, 241, false, true},
	};

	story_panic(s);
	s->wall_ms += 6200;
	s->now_ns += INT64_C(6200000000);
	s->feed_ns = s->now_ns - 300000000;
	for (uint32_t i = 0; i < s->n_books; i++)
		s->book[i].book.seen_ns = s->now_ns - 300000000;
	for (uint32_t i = 0; i < s->n_legs; i++)
		s->leg[i].mark_ns = s->leg[i].account_ns = s->now_ns - 400000000;
	s->account[0].read_ns = s->now_ns - 400000000;
	struct snap_flat *f = &s->flat[0];
	s->n_flats = s->n_flats_all = 1;
	f->id = 2;
	f->verb = VERB_TRIM;
	f->state = FLAT_SENDING;
	f->start_ms = s->wall_ms - 6200;
	f->start_ns = s->now_ns - INT64_C(6200000000);
	f->n = sizeof in / sizeof in[0];
	f->unknown = 1;
	f->cost = usd(1104);
	f->expected = usd(2629);
	f->worst = usd(30299);
	for (uint32_t i = 0; i < f->n; i++) {
		struct snap_flat_row *r = &f->row[i];
		const struct snap_leg *l = &s->leg[i];
		snprintf(r->coin, sizeof r->coin, "%s", in[i].coin);
		r->verb = VERB_TRIM;
		r->px_decimals = l->px_decimals;
		r->sz_decimals = l->sz_decimals;
		r->rung = 1;
		r->state = in[i].state;
		r->sz = qty(in[i].sz);
		r->filled = qty(in[i].filled);
		r->px = px(in[i].px);
		r->avg = px(in[i].avg);
		r->bp = in[i].bp;
		r->sent_ms = in[i].sent;
		r->answered_ms = in[i].answered;
		r->waits = in[i].waits;
		r->beyond = in[i].beyond;
		r->tries = 1;
	}
	s->n_alarms = 2;
	s->alarm[1] = s->alarm[0];
	struct snap_alarm *a = &s->alarm[0];
	a->level = 3;
	a->code = NC_UNKNOWN;
	a->since_ms = f->start_ms + 1000;
	snprintf(a->text, sizeof a->text,
		 "NO ANSWER 6.2 s to SELL 186 ETH (reduce-only). It may have filled. The "
		 "same bytes go again; its size waits for proof.");
	snprintf(a->brief, sizeof a->brief,
		 "NO ANSWER 6.2 s to SELL 186 ETH (reduce-only). It may have filled.");
}

/* CARE 44 s on: slice 5 of 12 is out, one leg is done, none in doubt. */
void story_care(struct snap *s)
{
	static const struct {
		const char *coin;
		bool buy;
		uint8_t state;
		double sz, filled, px, avg, bp;
		int32_t sent, answered;
	} in[] = {
		{"ETH", false, 2, 310, 129.17, 4164.2, 4186.2, -5.7, 2, 43612},
		{"BTC", false, 3, 14.53485, 5.92, 107709, 108190, -6.8, 3, 43655},
		{"HYPE", false, 3, 3000, 1250, 43.457, 43.84, -14.8, 3, 43640},
		{"SOL", true, 3, 3878, 1615, 199.03, 198.10, -4.0, 3, 43671},
		{"WLFI", false, 4, 180000, 180000, 0.17934, 0.18090, -16.5, 3, 21260},
	};

	story_panic(s);
	s->wall_ms += 44000;
	s->now_ns += INT64_C(44000000000);
	s->feed_ns = s->now_ns - 300000000;
	for (uint32_t i = 0; i < s->n_books; i++)
		s->book[i].book.seen_ns = s->now_ns - 300000000;
	for (uint32_t i = 0; i < s->n_legs; i++)
		s->leg[i].mark_ns = s->leg[i].account_ns = s->now_ns - 400000000;
	s->account[0].read_ns = s->now_ns - 400000000;
	struct snap_flat *f = &s->flat[0];
	s->n_flats = s->n_flats_all = 1;
	f->id = 3;
	f->verb = VERB_CARE;
	f->all = true;
	f->state = FLAT_SENDING;
	f->start_ms = s->wall_ms - 44000;
	f->start_ns = s->now_ns - INT64_C(44000000000);
	f->n = sizeof in / sizeof in[0];
	f->cancels_sent = f->cancels_done = 4;
	f->slice = 5;
	f->n_slices = 12;
	f->next_ms = s->wall_ms + 6000;
	f->cost = usd(2611);
	f->expected = usd(6280);
	f->worst = usd(89791);
	for (uint32_t i = 0; i < f->n; i++) {
		struct snap_flat_row *r = &f->row[i];
		const struct snap_leg *l = &s->leg[i];
		snprintf(r->coin, sizeof r->coin, "%s", in[i].coin);
		r->verb = VERB_CARE;
		r->buy = in[i].buy;
		r->px_decimals = l->px_decimals;
		r->sz_decimals = l->sz_decimals;
		r->rung = 1;
		r->state = in[i].state;
		r->sz = qty(in[i].sz);
		r->filled = qty(in[i].filled);
		r->px = px(in[i].px);
		r->avg = px(in[i].avg);
		r->bp = in[i].bp;
		r->sent_ms = in[i].sent;
		r->answered_ms = in[i].answered;
		r->tries = 5;
	}
}

/* 120 s are over and ETH is not closed: it says so, in red, and asks. */
void story_not_flat(struct snap *s)
{
	story_run(s);
	s->wall_ms += 121000;
	s->now_ns += INT64_C(121000000000);
	s->feed_ns = s->now_ns - 300000000;
	struct snap_flat *f = &s->flat[0];
	s->n_flats = s->n_flats_all = 1;
	f->state = FLAT_NOT_FLAT;
	f->end_ms = s->wall_ms - 600;
	f->row[1].rung = 4;
	s->n_legs = s->n_pools = 1;
	s->pool[0].n_legs = 1;
	s->leg[0].szi = qty(0.4);
	snprintf(f->text, sizeof f->text,
		 "NOT FLAT: 0.4 ETH (1,675 USD), 1 order unknown 6 s. Stopped after 120 s and 61 "
		 "tries: flatten again, or call the venue.");
	s->n_alarms = 1;
	s->alarm[0].level = 3;
	s->alarm[0].code = NC_NOT_FLAT;
	snprintf(s->alarm[0].text, sizeof s->alarm[0].text, "%.250s", f->text);
	snprintf(s->alarm[0].brief, sizeof s->alarm[0].brief,
		 "NOT FLAT: 0.4 ETH (1,675 USD), 1 order unknown 6 s.");
}

void story_flat(struct snap *s)
{
	story_run(s);
	s->wall_ms += 3000;
	s->now_ns += INT64_C(3000000000);
	s->feed_ns = s->now_ns - 300000000;
	s->n_legs = s->n_pools = s->n_orders = 0;
	s->account[0].n_orders = s->account[0].n_exit = s->account[0].n_entry = 0;
	s->account[0].n_protective = 0;
	s->flat[0].state = FLAT_FLAT;
	s->flat[0].unknown = 0;
	s->flat[0].reads = 2;
	s->flat[0].end_ms = s->wall_ms - 1000;
	s->flat[0].cost = usd(9688);
	s->flat[0].row[0].state = 4;
	s->flat[0].row[0].filled = qty(310);
	s->flat[0].row[0].avg = px(4178.8);
	s->flat[0].row[0].answered_ms = 2400;
	s->flat[0].row[1].state = 8;
	snprintf(s->flat[0].text, sizeof s->flat[0].text,
		 "FLAT 19:58:45Z on Hyperliquid (2 dexes, 1 account), read twice, nothing can "
		 "open. Left: 120 "
		 "HYPE spot (+5,269 USD delta). Not watched: Aave, Uniswap. Cost 9,688 USD.");
	s->n_alarms = 1;
	s->alarm[0].level = 1;
	s->alarm[0].code = NC_FLAT;
	snprintf(s->alarm[0].text, sizeof s->alarm[0].text, "%.250s", s->flat[0].text);
	snprintf(s->alarm[0].brief, sizeof s->alarm[0].brief,
		 "FLAT 19:58:45Z on Hyperliquid (2 dexes, 1 account), read twice");
}

/* Three runs: NOW of the second account, begun a second ago, beside CARE of the first, and a trim
 * that has ended. The newest is in front. */
void story_runs(struct snap *s)
{
	static struct snap care;
	struct snap_flat *f = &s->flat[0];

	story_care(&care);
	story_two(s);
	s->now_ns = care.now_ns;
	s->wall_ms = care.wall_ms;
	s->feed_ns = care.feed_ns;
	for (uint32_t i = 0; i < s->n_books; i++)
		s->book[i].book.seen_ns = s->now_ns - 300000000;
	for (uint32_t i = 0; i < s->n_legs; i++)
		s->leg[i].mark_ns = s->leg[i].account_ns = s->now_ns - 400000000;
	for (uint32_t i = 0; i < s->n_accounts; i++)
		s->account[i].read_ns = s->now_ns - 400000000;
	s->n_flats = s->n_flats_all = 3;
	s->flat[1] = care.flat[0];
	s->flat[2] = care.flat[0];
	s->flat[2].id = 2;
	s->flat[2].verb = VERB_TRIM;
	s->flat[2].all = false;
	s->flat[2].state = FLAT_FLAT;
	memset(f, 0, sizeof *f);
	f->id = 4;
	f->account = 1;
	f->all = true;
	f->state = FLAT_SENDING;
	f->start_ms = s->wall_ms - 1100;
	f->start_ns = s->now_ns - INT64_C(1100000000);
	f->n = f->n_all = 1;
	f->cost = usd(12);
	f->expected = usd(41);
	f->worst = usd(310);
	f->row[0] = (struct snap_flat_row){.coin = "ARB",
					   .account = 1,
					   .buy = true,
					   .px_decimals = 5,
					   .sz_decimals = 1,
					   .rung = 1,
					   .state = 3,
					   .sz = qty(90000),
					   .filled = qty(61200),
					   .px = px(0.4514),
					   .avg = px(0.4481),
					   .bp = -22.4,
					   .sent_ms = 2,
					   .answered_ms = 412,
					   .tries = 1};
}

/* NOW of all accounts: the same coin in two of them. */
void story_run_all(struct snap *s)
{
	struct snap_flat *f = &s->flat[0];

	story_runs(s);
	s->n_flats = s->n_flats_all = 1;
	f->account = 0xff;
	f->n = f->n_all = 3;
	f->row[1] = f->row[0];
	f->row[1].account = 0;
	f->row[1].sz = qty(12000);
	f->row[1].filled = qty(0);
	f->row[1].avg = px(0);
	f->row[1].state = 8;
	f->row[2] = f->row[1];
	snprintf(f->row[2].coin, sizeof f->row[2].coin, "BTC");
	f->row[2].px_decimals = 1;
	f->row[2].sz_decimals = 5;
	f->row[2].buy = false;
	f->row[2].sz = qty(14.53485);
	f->row[2].px = px(107709);
	f->row[2].state = 1;
}
