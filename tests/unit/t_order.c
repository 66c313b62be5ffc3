/* order: every pair of state and evidence, from the rules and not from the table. */
#include "core/order.h"
#include "tests/run.h"

/* The rules of order.c's head, written a second time. */
static enum order_state rule(enum order_state s, enum evidence e)
{
	bool open = s == ORDER_RESTING || s == ORDER_PARTIAL;

	if (order_terminal(s))
		return s;
	switch (e) {
	case EVID_SENT:
		return s == ORDER_INTENT ? ORDER_SENT : s;
	case EVID_NOT_SENT: /* an earlier copy may have gone once it is unknown */
		return s == ORDER_INTENT || s == ORDER_SENT ? ORDER_DEAD : s;
	case EVID_RESTING:
		return s == ORDER_PARTIAL ? s : ORDER_RESTING;
	case EVID_PART:
		return ORDER_PARTIAL;
	case EVID_FILLED:
		return ORDER_FILLED;
	case EVID_CANCELLED:
		return ORDER_CANCELLED;
	case EVID_REJECTED: /* what has filled was not rejected */
		return s == ORDER_PARTIAL ? s : ORDER_REJECTED;
	case EVID_LOST:
		return open ? s : ORDER_UNKNOWN;
	case EVID_NOT_FOUND:
		return s;
	case EVID_BURNED:
	case EVID_EXPIRED:
		return open ? s : ORDER_DEAD;
	case EVID_COUNT:
		break;
	}
	return ORDER_STATES;
}

TEST(every_pair)
{
	for (int s = 0; s < ORDER_STATES; s++)
		for (int e = 0; e < EVID_COUNT; e++) {
			struct order o = {.state = (uint8_t)s, .sz = {10}};
			enum order_state want = rule((enum order_state)s, (enum evidence)e);

			CHECK_STR(
				order_state_name(order_next((enum order_state)s, (enum evidence)e)),
				order_state_name(want));
			CHECK_INT(order_apply(&o, (enum evidence)e, 5), (int)want != s);
			CHECK_INT(o.state, want);
		}
}

TEST(silence_never_ends)
{
	static const enum evidence silent[] = {EVID_SENT, EVID_LOST, EVID_NOT_FOUND};

	for (int s = 0; s < ORDER_STATES; s++)
		for (unsigned k = 0; k < sizeof silent / sizeof silent[0]; k++)
			CHECK(order_terminal((enum order_state)s) ||
			      !order_terminal(order_next((enum order_state)s, silent[k])));
}

TEST(fills_count_everywhere)
{
	struct price px = {20000000000}; /* 2 */
	struct qty sz = {400000000};	 /* 4 */
	struct money fee = {100};

	for (int s = 0; s < ORDER_STATES; s++) {
		struct order o = {.state = (uint8_t)s, .sz = {1000000000}};

		order_fill(&o, px, sz, fee, 1);
		CHECK_INT(o.filled.v, 400000000);
		CHECK_INT(o.value.v, 800000000);
		CHECK_INT(o.fee.v, 100);
		CHECK_INT(o.state, order_terminal((enum order_state)s) ? s : ORDER_PARTIAL);
		CHECK_INT(o.contradicted, s == ORDER_DEAD || s == ORDER_REJECTED);
		order_fill(&o, px, (struct qty){600000000}, fee, 1);
		CHECK_INT(o.filled.v, 1000000000);
		CHECK_INT(o.state, order_terminal((enum order_state)s) ? s : ORDER_FILLED);
		CHECK_INT(order_left(&o).v, 0);
	}
}

TEST(lost_answer_then_found)
{
	struct order o = {.sz = {10}};

	CHECK(order_apply(&o, EVID_SENT, 1));
	CHECK_INT(o.sent_ns, 1);
	CHECK(order_apply(&o, EVID_LOST, 2));
	CHECK_INT(o.state, ORDER_UNKNOWN);
	CHECK_INT(o.unknown_ns, 2);
	CHECK(!order_apply(&o, EVID_NOT_FOUND, 3));
	CHECK(!order_apply(&o, EVID_NOT_SENT, 3));
	CHECK(order_apply(&o, EVID_PART, 4));
	CHECK(!order_apply(&o, EVID_RESTING, 5));
	o.filled.v = 3;
	CHECK_INT(order_left(&o).v, 7);
	o.told.v = 4;
	CHECK_INT(order_left(&o).v, 6);
	CHECK(order_apply(&o, EVID_CANCELLED, 6));
	CHECK_INT(order_left(&o).v, 0);
	CHECK_INT(o.ended_ns, 6);
}

TEST_MAIN(T(every_pair), T(silence_never_ends), T(fills_count_everywhere),
	  T(lost_answer_then_found))
