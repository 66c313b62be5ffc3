/* shellwords.h: what the engine says names keys of the screen; in a shell the same is a verb. */
#ifndef EXEUNT_HOST_SHELLWORDS_H
#define EXEUNT_HOST_SHELLWORDS_H

#include <stddef.h>

enum { SHELL_WORDS_MAX = 768 };

/* The text with verbs in the place of keys, into out; returns out. Cut at cap - 1 bytes. */
const char *shell_words(const char *text, char *out, size_t cap);

#endif
