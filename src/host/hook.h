/* hook.h: the configured alarm program, run with the event as JSON on its standard input. It is
 * never waited for; it inherits nothing but standard error's place in /dev/null. */
#ifndef EXEUNT_HOST_HOOK_H
#define EXEUNT_HOST_HOOK_H

#include <stdint.h>

void hook_run(const char *path, uint8_t level, uint16_t code, int64_t wall_ms, const char *text);

#endif
