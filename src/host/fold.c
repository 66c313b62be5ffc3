/* fold.c: see fold.h. */
#include "host/fold.h"

#include <string.h>

/* 200 says what the venue thinks; any other status that the way there is broken; 0 nothing. */
static int rank_of(int status)
{
	return status == 200 ? 2 : status != 0;
}

static bool duplicate_nonce(const char *p, size_t n)
{
	static const char word[] = "duplicate nonce";
	size_t len = sizeof word - 1;

	for (size_t i = 0; n < FOLD_BODY && i + len <= n; i++)
		if (!memcmp(p + i, word, len))
			return true;
	return false;
}

bool fold_add(struct fold *f, int *status, const char **body, size_t *n)
{
	f->left--;
	if (f->told)
		return false;
	if (*status == 200 && !duplicate_nonce(*body, *n))
		return f->told = true;
	if (rank_of(*status) >= rank_of(f->status)) {
		f->told = !f->left;
		f->status = *status;
		f->n = (uint16_t)(*n < sizeof f->body ? *n : sizeof f->body);
		memcpy(f->body, *body, f->n);
		return f->told;
	}
	if (f->left)
		return false;
	*status = f->status;
	*body = f->body;
	*n = f->n;
	return f->told = true;
}
