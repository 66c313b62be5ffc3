/* t_hook.c: how often the alarm hook is begun: a flood of events is no flood of processes, and what
 * is deadly is told in the middle of it. */
#include "host/hook.h"
#include "tests/run.h"

#define MS 1000000LL
#define S  1000000000LL

TEST(a_flood_is_bounded_and_the_deadly_is_told)
{
	struct hook_rate r = {0};
	int64_t now = 5 * S;
	int told = 0, deadly = 0;

	for (int i = 0; i < 1000; i++) /* all at once */
		told += hook_may(&r, 2, now);
	CHECK_INT(told, 6);
	for (int i = 0; i < 1000; i++)
		deadly += hook_may(&r, 3, now);
	CHECK_INT(deadly, 4);
	for (told = 0; now < 65 * S; now += 10 * MS) /* a minute of fifty legs */
		told += hook_may(&r, 2, now);
	CHECK(told >= 54 && told <= 60);
	CHECK(hook_may(&r, 3, now));
	for (int i = 0; i < 3; i++) /* calm: each at once, also after a day */
		CHECK(hook_may(&r, 2, now += 86400 * S));
	CHECK(!hook_may(&(struct hook_rate){.room_ns = 0, .from_ns = 1}, 3, 2));
}

TEST_MAIN(T(a_flood_is_bounded_and_the_deadly_is_told))
