/* flat_in.h: shared by the files of the flatten only. */
#ifndef EXEUNT_EXEC_FLAT_IN_H
#define EXEUNT_EXEC_FLAT_IN_H

#include "exec/flat.h"

const struct flat_leg_view *flat_leg_find(const struct flat_view *v, const struct flat_leg *l);
/* |position| on the side this leg closes, by the view. */
int64_t flat_live(const struct flat_leg *l, const struct flat_leg_view *p);

/* Message 7 into f->text. */
void flat_words(struct flat *f, const struct flat_view *v, bool flat);

#endif
