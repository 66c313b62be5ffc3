/* budget.c: request budgets.
 *
 * 1. A lane takes only what leaves its floor standing; floors fall with the lane's rank, and the
 *    kill lane's floor is below zero: it is never stopped here, the venue may.
 * 2. Refresh never takes more than half of a minute's weight. */
#include "core/budget.h"

#include "base/check.h"

static const int64_t full = (int64_t)IP_WEIGHT_MIN * 1000;

/* What each lane must leave, in thousandths of weight. */
static const int64_t floor_of[LANES] = {
	[LANE_KILL] = -600000, [LANE_EXIT] = 0,		[LANE_PROTECTIVE] = 60000,
	[LANE_USER] = 300000,  [LANE_REFRESH] = 600000,
};

/* Weights of reads (limits of the venue, per request). */
static const uint8_t weight_of[QUERY_KINDS] = {
	[Q_ACCOUNT] = 2, [Q_SPOT] = 2,	[Q_ORDERS] = 20,     [Q_FILLS] = 20,  [Q_ORDER_STATUS] = 2,
	[Q_BOOK] = 2,	 [Q_RATE] = 20, [Q_FEES] = 20,	     [Q_AGENTS] = 20, [Q_ABSTRACTION] = 20,
	[Q_TWAPS] = 20,	 [Q_META] = 20, [Q_TWAP_FILLS] = 20, [Q_SUBS] = 20,   [Q_DEXES] = 20,
};

void budget_ip_init(struct budget_ip *b, int64_t now_ns)
{
	*b = (struct budget_ip){.milli = full, .at_ns = now_ns};
}

static void refill(struct budget_ip *b, int64_t now_ns)
{
	int64_t ns = now_ns - b->at_ns;

	if (ns <= 0)
		return;
	if (ns > 60000000000)
		ns = 60000000000;
	b->milli += ns / 50000; /* 1,200 a minute are 20,000 thousandths a second */
	b->at_ns = now_ns - ns % 50000;
	if (b->milli > full)
		b->milli = full;
}

bool budget_ip_can(struct budget_ip *b, enum lane lane, int weight, int64_t now_ns)
{
	ASSERT(lane < LANES && weight >= 0);
	refill(b, now_ns);
	if (lane > LANE_EXIT && now_ns < b->quiet_ns)
		return false;
	return b->milli - (int64_t)weight * 1000 >= floor_of[lane];
}

bool budget_ip_take(struct budget_ip *b, enum lane lane, int weight, int64_t now_ns)
{
	if (!budget_ip_can(b, lane, weight, now_ns))
		return lane == LANE_KILL;
	b->milli -= (int64_t)weight * 1000;
	return true;
}

void budget_ip_429(struct budget_ip *b, int64_t now_ns)
{
	if (b->strikes < 5)
		b->strikes++;
	b->quiet_ns = now_ns + (1000000000LL << b->strikes); /* 2 to 32 s */
	if (b->milli > 0)
		b->milli = 0;
}

void budget_ip_fine(struct budget_ip *b)
{
	b->strikes = 0;
}

void budget_addr_set(struct budget_addr *b, uint64_t used, uint64_t cap, uint64_t surplus)
{
	const uint64_t most = INT64_MAX / 4;

	used = used > most ? most : used;
	cap = cap > most ? most : cap;
	surplus = surplus > most ? most : surplus;
	b->known = true;
	b->cap = (int64_t)cap;
	b->left = (int64_t)(cap + surplus) - (int64_t)used;
}

void budget_addr_legs(struct budget_addr *b, uint32_t legs, uint32_t cancels)
{
	b->needs = 3 * (legs * FLATTEN_RUNGS + cancels);
}

bool budget_addr_take(struct budget_addr *b, enum lane lane, int n, int64_t now_ns)
{
	int64_t reserve = b->cap / 4;

	ASSERT(lane < LANES && n >= 0);
	if (reserve < b->needs)
		reserve = b->needs;
	/* a fresh address has its cap still ahead: the quarter binds what is left, not more */
	if (reserve > b->left / 4 && b->left / 4 > b->needs)
		reserve = b->left / 4;
	if (b->known && lane >= LANE_USER && b->left - n < reserve &&
	    now_ns - b->at_ns < 10000000000)
		return false;
	b->left -= n;
	b->at_ns = now_ns;
	return true;
}

uint32_t budget_flattens_left(const struct budget_addr *b)
{
	int64_t one = b->needs / 3, n;

	if (!b->known || b->left <= 0)
		return 0;
	n = one ? b->left / one : b->left;
	return n > 99999 ? 99999 : (uint32_t)n;
}

int budget_query_weight(enum query_kind q)
{
	ASSERT(q < QUERY_KINDS);
	return weight_of[q];
}

int budget_action_weight(int n)
{
	return 1 + n / 40;
}
