/* sandbox.c: see sandbox.h. The allow-list is the whole of what signer.c's loop and the writer of
 * hw.c and the one of audit.c call. ftruncate and pread64 work on what is open only. */
#include "signer/sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/check.h"
#include "config.h"

bool sandbox_close_to_others(struct err *e)
{
	const struct rlimit none = {0, 0};

	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_set(e, ERR_KEY, "the signer cannot close itself to others: %s",
			       strerror(errno));
	return true;
}

bool sandbox_filter(int out_fd, struct err *e)
{
#if EXEUNT_SANITIZED
	(void)out_fd;
	(void)e;
	return true;
#else
	static const int calls[] = {
		SCMP_SYS(poll),		SCMP_SYS(ppoll),	 SCMP_SYS(accept4),
		SCMP_SYS(getsockopt),	SCMP_SYS(recvfrom),	 SCMP_SYS(sendto),
		SCMP_SYS(read),		SCMP_SYS(pwrite64),	 SCMP_SYS(fdatasync),
		SCMP_SYS(getrandom),	SCMP_SYS(clock_gettime), SCMP_SYS(close),
		SCMP_SYS(munmap),	SCMP_SYS(exit_group),	 SCMP_SYS(restart_syscall),
		SCMP_SYS(rt_sigreturn), SCMP_SYS(futex),	 SCMP_SYS(pread64),
		SCMP_SYS(ftruncate),
	};
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int rc = f ? 0 : -ENOMEM;

	for (size_t i = 0; rc == 0 && i < COUNT_OF(calls); i++)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0);
	if (rc == 0 && out_fd >= 0)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
				      SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)out_fd));
	if (rc == 0) /* the writer of signer.hw is under it too */
		rc = seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1);
	if (rc == 0)
		rc = seccomp_load(f);
	if (f)
		seccomp_release(f);
	if (rc != 0)
		return err_set(e, ERR_KEY, "the system-call filter cannot be installed: %s",
			       strerror(-rc));
	return true;
#endif
}

#include "base/banned.h"
