/* hook.h: the configured alarm program, run with the event as JSON on its standard input. It is
 * never waited for; it inherits nothing but standard error's place in /dev/null. */
#ifndef EXEUNT_HOST_HOOK_H
#define EXEUNT_HOST_HOOK_H

#include <stdbool.h>
#include <stdint.h>

/* One line: {"level", "event", "time_ms", "exit" ("x2" or null), "text"}; events are named by
 * notice_name of core/snap.h and "engine". */
void hook_run(const char *path, uint8_t level, const char *event, int64_t wall_ms, uint32_t exit,
	      const char *text);

/* The bound of hook_run: one a second and ten at once, of which four are kept for level 3. */
struct hook_rate {
	int64_t room_ns, from_ns; /* zeroed: full */
};
bool hook_may(struct hook_rate *r, uint8_t level, int64_t now_ns);

#endif
