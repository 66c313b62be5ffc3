/* escape.h: the one door through which outside text reaches a terminal, a log or a file name.
 * Printable ASCII passes; every other byte becomes \xNN. */
#ifndef EXEUNT_BASE_ESCAPE_H
#define EXEUNT_BASE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

/* Writes at most cap-1 bytes and a NUL into out; a cut never splits an escape. Returns the length.
 */
size_t escape_text(char *out, size_t cap, const void *in, size_t n);

/* Market names from outside: [A-Za-z0-9:@/._#-]{1,31}. */
bool escape_is_symbol(const char *s);

#endif
