/* secret.c: passwords: from the terminal without echo, or a line from a descriptor. Read byte by
 * byte so that what follows the line stays for the next reader. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

#include "signer/keys.h"

void secret_wipe(struct secret *s)
{
	explicit_bzero(s, sizeof *s);
}

bool secret_line(struct secret *out, int fd, struct err *e)
{
	size_t n = 0;
	bool any = false;
	char c = 0;

	for (;;) {
		ssize_t k = read(fd, &c, 1);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0) {
			secret_wipe(out);
			return err_set(e, ERR_KEY, "password: %s", strerror(errno));
		}
		if (k == 0 && !any)
			return err_set(e, ERR_KEY, "password: the descriptor is at its end");
		any = true;
		if (k == 0 || c == '\n')
			break;
		if (n == PASSWORD_MAX) {
			secret_wipe(out);
			return err_set(e, ERR_ARG, "password: more than %d bytes", PASSWORD_MAX);
		}
		out->text[n++] = c;
	}
	if (n && out->text[n - 1] == '\r')
		n--;
	memset(out->text + n, 0, sizeof out->text - n);
	out->n = n;
	return true;
}

static void say(int fd, const char *text)
{
	ssize_t n = write(fd, text, strlen(text));

	(void)n; /* a prompt that cannot be shown does not stop the typing */
}

static bool from_terminal(struct secret *out, const char *prompt, struct err *e)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios was, quiet;
	sigset_t all, old;
	bool ok;

	if (fd < 0 || tcgetattr(fd, &was) != 0) {
		if (fd >= 0)
			close(fd);
		return err_set(e, ERR_ARG,
			       "no terminal to ask for the password: use --password-fd N");
	}
	quiet = was;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	quiet.c_lflag |= ECHONL;
	/* Ctrl-C waits until the echo is back. */
	sigemptyset(&all);
	sigaddset(&all, SIGTSTP);
	sigprocmask(SIG_BLOCK, &all, &old);
	quiet.c_lflag &= ~(tcflag_t)ISIG;
	tcsetattr(fd, TCSAFLUSH, &quiet);
	say(fd, prompt);
	ok = secret_line(out, fd, e);
	tcsetattr(fd, TCSAFLUSH, &was);
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(fd);
	if (ok && memchr(out->text, 3, out->n)) { /* ^C typed while signals were off */
		secret_wipe(out);
		return err_set(e, ERR_KEY, "password: given up");
	}
	return ok;
}

bool secret_ask(struct secret *out, int fd, const char *prompt, bool twice, struct err *e)
{
	struct secret again;
	bool same;

	/* From here on this process leaves no core file, and its memory is open to root alone. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return err_set(e, ERR_KEY, "password: this process cannot close itself: %s",
			       strerror(errno));
	if (fd >= 0)
		return secret_line(out, fd, e);
	if (!from_terminal(out, prompt, e))
		return false;
	if (!twice)
		return true;
	if (!from_terminal(&again, "once more: ", e)) {
		secret_wipe(out);
		return false;
	}
	same = again.n == out->n && !memcmp(again.text, out->text, out->n);
	secret_wipe(&again);
	if (same)
		return true;
	secret_wipe(out);
	return err_set(e, ERR_KEY, "password: the two were not the same");
}

#include "base/banned.h"
