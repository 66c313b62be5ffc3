/* check.h: assertions that stay on in every build. A broken invariant stops the program at once:
 * the keeper restarts the engine from the journal, which is safer than going on with a lie. */
#ifndef EXEUNT_BASE_CHECK_H
#define EXEUNT_BASE_CHECK_H

#define ASSERT(cond) ((cond) ? (void)0 : check_fail(__FILE__, __LINE__, #cond))
#define BUG(text)    check_fail(__FILE__, __LINE__, text)
#define COUNT_OF(a)  (sizeof(a) / sizeof((a)[0]))

/* Called before the abort, once; the screen restores its terminal here. */
extern void (*check_hook)(void);

_Noreturn void check_fail(const char *file, int line, const char *what);

#endif
