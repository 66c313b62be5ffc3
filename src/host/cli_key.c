/* cli_key.c: exeunt key new|import|list|lock|unlock: words around signer/keys.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/hex.h"
#include "host/cli.h"
#include "signer/client.h"
#include "signer/keys.h"
#include "signer/signer.h"

static int password_fd(const struct cli *c)
{
	const char *v = c->value[OPT_PASSWORD_FD];

	if (!v)
		return -1;
	return *v >= '0' && *v <= '9' && !v[1] ? *v - '0' : 1000;
}

static int made(const struct cli *c, const struct key_made *m)
{
	char address[41];

	hex_encode(address, m->address, 20);
	if (m->padded)
		cli_put(STDERR_FILENO,
			"the key was shorter than 32 bytes and was padded on the left: "
			"compare the address\n");
	if (m->empty_password)
		cli_put(STDERR_FILENO, "the password of this file is empty: anybody who reads the "
				       "file has the key\n");
	if (cli_has(c, OPT_JSON))
		cli_print("{\"address\":\"0x%s\",\"path\":\"%s\"}\n", address, m->path);
	else
		cli_print("0x%s  %s\nApprove it as an agent at the venue; it cannot withdraw.\n",
			  address, m->path);
	return 0;
}

static int key_new(struct cli *c, const char *name)
{
	struct key_made m;
	struct secret s;
	struct err e = {0};
	bool ok = secret_ask(&s, password_fd(c), "New password: ", true, &e);

	ok = ok && keys_new(&m, NULL, name, &s,
			    cli_has(c, OPT_LIGHT) ? KEYFILE_N_LOG2_LIGHT : KEYFILE_N_LOG2, &e);
	secret_wipe(&s);
	return ok ? made(c, &m) : cli_fail(c, &e);
}

static int key_import(struct cli *c, const char *name, const char *path)
{
	static char text[KEYFILE_BYTES_MAX + 1];
	struct key_made m;
	struct secret s;
	struct err e = {0};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);
	bool ok, store;

	if (n < 0 || n > KEYFILE_BYTES_MAX) {
		err_set(&e, ERR_KEY, n < 0 ? "cannot read %.200s: %s" : "%.200s is no key file%.0s",
			path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return cli_fail(c, &e);
	}
	close(fd);
	store = keys_is_keystore(text, (size_t)n);
	ok = secret_ask(&s, password_fd(c),
			store ? "Password of the file: " : "New password: ", !store, &e);
	if (ok && !keys_import(&m, NULL, name, text, (size_t)n, &s,
			       cli_has(c, OPT_LIGHT) ? KEYFILE_N_LOG2_LIGHT : KEYFILE_N_LOG2, &e)) {
		struct err why = e;
		ok = err_set(&e, why.code, "%.120s: %.190s", path, why.text);
	}
	secret_wipe(&s);
	explicit_bzero(text, sizeof text);
	return ok ? made(c, &m) : cli_fail(c, &e);
}

static int key_list(struct cli *c)
{
	static struct key_row rows[KEYS_LISTED_MAX];
	struct err e = {0};
	int n = keys_list(rows, KEYS_LISTED_MAX, NULL, &e);

	if (n < 0)
		return cli_fail(c, &e);
	if (cli_has(c, OPT_JSON))
		cli_print("[");
	for (int i = 0; i < n; i++) {
		char address[41] = "";
		if (rows[i].has_address)
			hex_encode(address, rows[i].address, 20);
		if (cli_has(c, OPT_JSON))
			cli_print("%s{\"name\":\"%s\",\"address\":\"0x%s\",\"readable\":%s,"
				  "\"open_to_others\":%s}",
				  i ? "," : "", rows[i].name, address,
				  rows[i].readable ? "true" : "false",
				  rows[i].open_to_others ? "true" : "false");
		else
			cli_print("%-20s %s%s%s%s\n", rows[i].name, *address ? "0x" : "", address,
				  rows[i].readable ? "" : "  not a key file this program reads",
				  rows[i].open_to_others ? "  OTHERS CAN READ IT: chmod 600" : "");
	}
	if (cli_has(c, OPT_JSON))
		cli_print("]\n");
	else if (!n)
		cli_print("no keys yet: exeunt key new NAME\n");
	return 0;
}

static int key_lock(struct cli *c)
{
	struct err e = {0};
	bool was;

	if (!cli_open(c, false, &e) || !keys_lock(c->dir.path, &was, &e))
		return cli_fail(c, &e);
	cli_print(was ? "locked: the signer forgot its keys and ended\n"
		      : "no signer ran; nothing was unlocked\n");
	return 0;
}

/* A signer that ran already holds what was configured when it began. It is not replaced under a
 * running exit: whether every password is known shows only once the old one has forgotten. */
static bool holds_all(struct cli *c, struct err *e)
{
	struct signer_conf sc;
	struct signer_req req;
	struct signer_rep rep;
	int fd;
	bool ok = true;

	if (!cli_signer_conf(c, &sc, e))
		return false;
	if (!sc.n_keys)
		return true;
	fd = signer_connect(c->dir.path, e);
	if (fd < 0)
		return false;
	for (uint8_t i = 0; ok && i < sc.n_keys; i++) {
		signer_req_init(&req, SIGNER_STATUS, 1 + i);
		memcpy(req.key, sc.key[i].label, sizeof req.key);
		ok = signer_call(fd, &req, &rep, 5000, e);
		if (ok && rep.code != ERR_OK)
			ok = err_set(e, ERR_KEY, "the signer that runs: %s", rep.text);
	}
	close(fd);
	return ok;
}

static int key_unlock(struct cli *c)
{
	struct err e = {0};

	if (!cli_open(c, true, &e) || !cli_signer(c, &e) || !holds_all(c, &e))
		return cli_fail(c, &e);
	cli_print("unlocked\n");
	return 0;
}

int cli_key(struct cli *c, int n, const char *const *words)
{
	struct err e = {0};

	if (n == 3 && !strcmp(words[1], "new"))
		return key_new(c, words[2]);
	if (n == 4 && !strcmp(words[1], "import"))
		return key_import(c, words[2], words[3]);
	if (n == 2 && !strcmp(words[1], "list"))
		return key_list(c);
	if (n == 2 && !strcmp(words[1], "lock"))
		return key_lock(c);
	if (n == 2 && !strcmp(words[1], "unlock"))
		return key_unlock(c);
	err_set(&e, ERR_ARG, "key: write new NAME, import NAME FILE, list, lock or unlock%s%.40s%s",
		n > 1 ? "; got " : "", n > 1 ? words[1] : "", n > 1 ? "." : ".");
	return cli_fail(c, &e);
}
