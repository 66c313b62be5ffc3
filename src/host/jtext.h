/* jtext.h: a journal row as one line of words, for people; for the shell and for the screen. */
#ifndef EXEUNT_HOST_JTEXT_H
#define EXEUNT_HOST_JTEXT_H

#include "base/buf.h"
#include "host/store.h"

const char *jtext_kind(uint8_t kind);
/* 'p' a flatten's record, 'x' an exit's, 0 nobody's. */
char jtext_letter(const struct store_row *r);
/* What happened, without number and time; ASCII. */
void jtext_put(struct buf *b, const struct store_row *r);

#endif
