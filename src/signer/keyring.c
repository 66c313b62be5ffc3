/* keyring.c: see keyring.h. A guard page stands on either side. */
#include "signer/keyring.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, SPAN = (sizeof(struct keyring) + PAGE - 1) / PAGE * PAGE };

struct keyring *keyring_new(struct err *e)
{
	char *p = mmap(NULL, SPAN + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const char *what;

	if (p == MAP_FAILED) {
		err_set(e, ERR_LIMIT, "key pages: %s", strerror(errno));
		return NULL;
	}
	if (mprotect(p + PAGE, SPAN, PROT_READ | PROT_WRITE) != 0)
		what = "cannot be made writable";
	else if (mlock(p + PAGE, SPAN) != 0)
		what = "cannot be locked in memory (raise RLIMIT_MEMLOCK)";
	else if (madvise(p + PAGE, SPAN, MADV_DONTDUMP) != 0)
		what = "cannot be left out of core dumps";
	else if (madvise(p + PAGE, SPAN, MADV_WIPEONFORK) != 0)
		what = "cannot be kept from forks";
	else
		return (struct keyring *)(p + PAGE);
	err_set(e, ERR_KEY, "key pages %s: %s", what, strerror(errno));
	munmap(p, SPAN + 2 * PAGE);
	return NULL;
}

void keyring_free(struct keyring *k)
{
	if (!k)
		return;
	explicit_bzero(k, sizeof *k);
	munmap((char *)k - PAGE, SPAN + 2 * PAGE);
}

#include "base/banned.h"
