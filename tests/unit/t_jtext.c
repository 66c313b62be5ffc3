/* t_jtext.c: rows of the journal as a trader reads them. */
#include <string.h>

#include "core/act.h"
#include "core/order.h"
#include "core/snap.h"
#include "engine/engine.h"
#include "engine/record.h"
#include "exec/exit.h"
#include "host/jtext.h"
#include "tests/run.h"

/* The words of a record after a trip through its bytes. */
static const char *words(const struct rec *r)
{
	static char text[4096];
	static struct ef_record e;
	struct store_row row = {0};
	struct buf b;

	memset(&e, 0, sizeof e);
	rec_encode(r, &e);
	row.kind = e.kind;
	row.ver = e.ver;
	row.exit = e.exit;
	row.slice = e.slice;
	row.attempt = e.attempt;
	row.nonce = e.nonce;
	row.body = e.body;
	row.len = e.len;
	buf_init(&b, text, sizeof text);
	jtext_put(&b, &row);
	return text;
}

TEST(orders)
{
	static struct rec r;

	memset(&r, 0, sizeof r);
	r.kind = REC_INTENT;
	r.exit = 1;
	r.slice = 2;
	r.attempt = 1;
	r.intent.n = 1;
	struct rec_order *o = &r.intent.order[0];
	memcpy(o->coin, "BTC", 4);
	o->reduce_only = true;
	o->tif = TIF_IOC;
	o->sz.v = 50000000;
	o->px.v = 1100000000000000;
	CHECK_STR(words(&r), "x1 slice 2.1 sell 0.5 BTC at 110000 ioc reduce-only");
	/* a guard has no size of its own, and its numbers are no slice */
	r.exit = 0;
	r.slice = 3;
	o->whose = WHOSE_GUARD;
	o->target_zero = true;
	o->sz.v = 0;
	o->trigger_px.v = 1090000000000000;
	o->px.v = 981000000000000;
	CHECK_STR(words(&r),
		  "g3 sell the whole position of BTC when the mark is at 109000, to 98100 "
		  "reduce-only to zero");
	r.intent.n = 0;
	r.slice = 0;
	r.intent.flight = FLIGHT_CANCEL;
	CHECK_STR(words(&r), "cancel");
	r.intent.flight = FLIGHT_CANCEL | REC_DRY;
	CHECK_STR(words(&r), "dry run, not sent: cancel");
}

TEST(verdicts)
{
	static struct rec r;

	memset(&r, 0, sizeof r);
	r.kind = REC_VERDICT;
	r.verdict.n = 2;
	r.verdict.word[0] = (struct rec_word){.evidence = EVID_RESTING, .oid = 77};
	r.verdict.word[1] = (struct rec_word){.evidence = EVID_FILLED, .told = {150000000}};
	CHECK_STR(words(&r), "resting, oid 77; filled 1.5");
}

TEST(kept_state)
{
	static struct exit x;
	static struct rec r;

	memset(&r, 0, sizeof r);
	memset(&x, 0, sizeof x);
	r.kind = REC_PLAN;
	r.exit = 4;
	r.plan.what = PART_EXIT;
	memcpy(r.plan.coin, "BTC", 4);
	x.id = 4;
	x.state = XS_PAUSED;
	x.total.v = 1200000000;
	x.start.v = 2400000000;
	x.done.v = 717257000;
	x.slice = 25;
	x.replans = 1;
	x.pace = 1;
	x.child[0].state = CS_SENT;
	r.plan.len = (uint16_t)exit_save(&x, 0, r.plan.bytes);
	CHECK_STR(words(&r),
		  "x4 BTC sells 12: 7.17257 done in 25 slices, paused, an order at work, "
		  "solved anew 1 time");
	r.plan.bytes[0]++; /* of a later version: told, never guessed */
	CHECK_STR(words(&r), "x4 BTC: an exit of another version of this program");
	r.slice = 2;
	CHECK_STR(words(&r), "x4 what its slices 25 to 48 filled and cost");
	memset(&r, 0, sizeof r);
	r.kind = REC_GUARD;
	memcpy(r.guard.coin, "BTC", 4);
	r.slice = r.guard.id = 3;
	CHECK_STR(words(&r), "g3 stop for the whole BTC, kept at the venue");
	r.guard.off = true;
	CHECK_STR(words(&r), "g3 stop for the whole BTC, turned off");
}

TEST_MAIN(T(orders), T(verdicts), T(kept_state))
