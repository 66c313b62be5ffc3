/* conf_panic.h: the keys of [panic]: a table of names, kinds, ranges and words. */
#ifndef EXEUNT_HOST_CONF_PANIC_H
#define EXEUNT_HOST_CONF_PANIC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "core/panic.h"

/* Row number of a key, -1: none. */
int conf_panic_find(const char *key);
const char *conf_panic_name(size_t row); /* NULL past the last */
const char *conf_panic_accepted(int row);
/* False: *why says what is wrong with the value; nothing is written. */
bool conf_panic_set(struct panic_conf *p, int row, const char *v, struct err *why);
/* What one line alone cannot tell; false: *why names both keys. */
bool conf_panic_judge(const struct panic_conf *p, struct err *why);

#endif
