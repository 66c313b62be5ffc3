/* keys.c: key files on disk, see keys.h.
 *
 *  1. A file is complete or absent: temporary name, fsync, decrypted again, renamed without
 *     replacing, directory fsynced.
 *  2. Key bytes and passwords are wiped on every path; they are never formatted into a text. */
#include "signer/keys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "sign/secp.h"
#include "signer/client.h"

enum { NAME_LIMIT = 48 };

static const char name_rule[] =
	"1 to 48 of letters, digits, '.', '_' and '-', not starting with '.'";

static bool name_ok(const char *name)
{
	size_t n =
		strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

	return n > 0 && n <= NAME_LIMIT && !name[n] && name[0] != '.';
}

bool keys_dir(char *out, size_t cap, struct err *e)
{
	const char *base = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	int n;

	if (base && base[0] == '/')
		n = snprintf(out, cap, "%s/exeunt/keys", base);
	else if (home && home[0] == '/')
		n = snprintf(out, cap, "%s/.local/share/exeunt/keys", home);
	else
		return err_set(e, ERR_ARG, "neither XDG_DATA_HOME nor HOME is set");
	return (n > 0 && (size_t)n < cap) ||
	       err_set(e, ERR_LIMIT, "path of the key directory: too long");
}

bool keys_path(char *out, size_t cap, const char *dir, const char *name, struct err *e)
{
	char mine[KEY_PATH_MAX];
	int n;

	if (strchr(name, '/')) {
		n = snprintf(out, cap, "%s", name);
	} else {
		if (!name_ok(name))
			return err_set(e, ERR_ARG, "key name: %s", name_rule);
		if (!dir && !keys_dir(mine, sizeof mine, e))
			return false;
		n = snprintf(out, cap, "%s/%s.json", dir ? dir : mine, name);
	}
	return (n > 0 && (size_t)n < cap) || err_set(e, ERR_LIMIT, "path of a key: too long");
}

/* mkdir -p with 0700 for what is made here. */
static bool make_dir(const char *path, struct err *e)
{
	char p[KEY_PATH_MAX];
	struct stat st;

	if (snprintf(p, sizeof p, "%s", path) >= (int)sizeof p)
		return err_set(e, ERR_LIMIT, "path of the key directory: too long");
	for (char *slash = p + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = 0;
		if (mkdir(p, 0700) != 0 && errno != EEXIST)
			return err_set(e, ERR_STORE, "key directory: %s", strerror(errno));
		*slash = '/';
	}
	if (mkdir(p, 0700) != 0 && errno != EEXIST)
		return err_set(e, ERR_STORE, "key directory: %s", strerror(errno));
	if (stat(p, &st) != 0 || !S_ISDIR(st.st_mode))
		return err_set(e, ERR_STORE, "key directory: not a directory");
	if ((st.st_mode & 077) && chmod(p, 0700) != 0)
		return err_set(e, ERR_STORE, "key directory: mode %o, must be 0700",
			       (unsigned)(st.st_mode & 07777));
	return true;
}

static bool write_all(int fd, const char *text, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t k = write(fd, text + at, n - at);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		at += (size_t)k;
	}
	return true;
}

/* What was written is read back and must open with the same password to the same address. */
static bool opens_again(int fd, const struct secret *pw, const uint8_t address[20], struct err *e)
{
	char text[KEYFILE_BYTES_MAX];
	struct keyfile_info info;
	uint8_t key[32];
	ssize_t n = pread(fd, text, sizeof text, 0);
	bool ok = n > 0 && keyfile_read(key, &info, text, (size_t)n, pw->text, pw->n, e) &&
		  !memcmp(info.address, address, 20);

	explicit_bzero(key, sizeof key);
	return ok;
}

static bool place(int dir, const char *name, const char *text, size_t n, const struct secret *pw,
		  const uint8_t address[20], struct err *e)
{
	char file[KEY_NAME_MAX], temp[KEY_NAME_MAX + 16];
	bool ok;
	int fd;

	snprintf(file, sizeof file, "%s.json", name);
	snprintf(temp, sizeof temp, ".%s.%d", name, (int)getpid());
	fd = openat(dir, temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_set(e, ERR_STORE, "key file: %s", strerror(errno));
	ok = write_all(fd, text, n) && fsync(fd) == 0;
	if (!ok)
		err_set(e, ERR_STORE, "key file: %s", strerror(errno));
	else if (!opens_again(fd, pw, address, e))
		ok = err_set(e, ERR_STORE, "key file: what was written does not open again");
	close(fd);
	if (ok && renameat2(dir, temp, dir, file, RENAME_NOREPLACE) != 0)
		ok = errno == EEXIST ? err_set(e, ERR_ARG,
					       "a key named %s exists: choose another name", name)
				     : err_set(e, ERR_STORE, "key file: %s", strerror(errno));
	if (!ok)
		unlinkat(dir, temp, 0);
	else if (fsync(dir) != 0)
		ok = err_set(e, ERR_STORE, "key directory: %s", strerror(errno));
	return ok;
}

/* Checks what is cheap before a second is spent on scrypt. */
static int open_dir(char *path, size_t cap, const char *dir, const char *name, struct err *e)
{
	char mine[KEY_PATH_MAX];
	struct stat st;
	int fd;

	if (!name_ok(name)) {
		err_set(e, ERR_ARG, "key name: %s", name_rule);
		return -1;
	}
	if (!dir && !keys_dir(mine, sizeof mine, e))
		return -1;
	dir = dir ? dir : mine;
	if (!keys_path(path, cap, dir, name, e) || !make_dir(dir, e))
		return -1;
	if (lstat(path, &st) == 0) {
		err_set(e, ERR_ARG, "a key named %s exists: choose another name", name);
		return -1;
	}
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		err_set(e, ERR_STORE, "key directory: %s", strerror(errno));
	return fd;
}

/* Encrypts and places a raw key. */
static bool keep(struct key_made *made, int dir, const char *name, const uint8_t key[32],
		 const struct secret *pw, int n_log2, struct err *e)
{
	struct secp *s = secp_new(NULL);
	struct keyfile_salt rnd;
	char text[1024];
	struct buf b;
	bool ok = s && secp_address(s, made->address, key);

	secp_free(s);
	if (!ok)
		return err_set(e, ERR_KEY,
			       "not a secp256k1 key: must be 1 to the order of the group");
	if (getrandom(&rnd, sizeof rnd, 0) != (ssize_t)sizeof rnd)
		return err_set(e, ERR_KEY, "no entropy: %s", strerror(errno));
	buf_init(&b, text, sizeof text);
	return keyfile_write(&b, key, &rnd, n_log2, pw->text, pw->n, e) &&
	       place(dir, name, b.p, b.len, pw, made->address, e);
}

bool keys_new(struct key_made *out, const char *dir, const char *name,
	      const struct secret *password, int n_log2, struct err *e)
{
	struct key_made made = {0};
	struct secp *s;
	uint8_t key[32];
	bool ok = true;
	int fd;

	if (password->n == 0)
		return err_set(e, ERR_ARG, "the empty password is refused for a new key");
	fd = open_dir(made.path, sizeof made.path, dir, name, e);
	if (fd < 0)
		return false;
	s = secp_new(NULL);
	do
		ok = s && getrandom(key, sizeof key, 0) == (ssize_t)sizeof key;
	while (ok && !secp_key_ok(s, key)); /* once in 2^128 */
	secp_free(s);
	ok = ok ? keep(&made, fd, name, key, password, n_log2, e)
		: err_set(e, ERR_KEY, "no entropy or no memory");
	explicit_bzero(key, sizeof key);
	close(fd);
	if (ok)
		*out = made;
	return ok;
}

bool keys_is_keystore(const char *text, size_t n)
{
	while (n && strchr(" \t\r\n", *text)) {
		text++;
		n--;
	}
	return n && *text == '{';
}

/* 64 digits, with or without 0x, white space around. */
static bool raw_key(uint8_t key[32], const char *text, size_t n)
{
	char digits[65];
	bool ok;

	while (n && strchr(" \t\r\n", *text)) {
		text++;
		n--;
	}
	while (n && strchr(" \t\r\n", text[n - 1]))
		n--;
	if (n > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		text += 2;
		n -= 2;
	}
	if (n != 64)
		return false;
	memcpy(digits, text, 64);
	digits[64] = 0;
	ok = hex_decode(key, 32, digits);
	explicit_bzero(digits, sizeof digits);
	return ok;
}

static bool import_keystore(struct key_made *made, int dir, const char *name, const char *text,
			    size_t n, const struct secret *pw, struct err *e)
{
	struct keyfile_info info;
	uint8_t key[32];

	if (!keyfile_read(key, &info, text, n, pw->text, pw->n, e))
		return false;
	explicit_bzero(key, sizeof key);
	memcpy(made->address, info.address, 20);
	made->padded = info.key_bytes < 32;
	made->empty_password = pw->n == 0;
	return place(dir, name, text, n, pw, info.address, e);
}

bool keys_import(struct key_made *out, const char *dir, const char *name, const char *text,
		 size_t n, const struct secret *password, int n_log2, struct err *e)
{
	struct key_made made = {0};
	uint8_t key[32];
	bool ok;
	int fd = open_dir(made.path, sizeof made.path, dir, name, e);

	if (fd < 0)
		return false;
	if (keys_is_keystore(text, n))
		ok = import_keystore(&made, fd, name, text, n, password, e);
	else if (!raw_key(key, text, n))
		ok = err_set(
			e, ERR_ARG,
			"neither a keystore nor a raw key of 64 hex digits (%zu bytes were given)",
			n);
	else if (password->n == 0)
		ok = err_set(e, ERR_ARG, "the empty password is refused for a new key file");
	else
		ok = keep(&made, fd, name, key, password, n_log2, e);
	explicit_bzero(key, sizeof key);
	close(fd);
	if (ok)
		*out = made;
	return ok;
}

static void fill_row(struct key_row *r, int dir)
{
	char text[KEYFILE_BYTES_MAX + 1], file[KEY_NAME_MAX + 8];
	struct keyfile_info info;
	struct stat st;
	ssize_t n = -1;
	int fd;

	snprintf(file, sizeof file, "%s.json", r->name);
	fd = openat(dir, file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		r->open_to_others = (st.st_mode & 077) != 0;
		n = read(fd, text, sizeof text);
	}
	close(fd);
	if (n > 0 && keyfile_peek(&info, text, (size_t)n, NULL)) {
		r->readable = true;
		r->has_address = info.has_address;
		memcpy(r->address, info.address, 20);
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct key_row *)a)->name, ((const struct key_row *)b)->name);
}

int keys_list(struct key_row *rows, int cap, const char *dir, struct err *e)
{
	char mine[KEY_PATH_MAX];
	struct dirent *d;
	int n = 0;
	DIR *at;

	if (!dir && !keys_dir(mine, sizeof mine, e))
		return -1;
	dir = dir ? dir : mine;
	at = opendir(dir);
	if (!at) {
		if (errno == ENOENT)
			return 0;
		err_set(e, ERR_STORE, "key directory: %s", strerror(errno));
		return -1;
	}
	while ((d = readdir(at)) && n < cap) {
		size_t len = strlen(d->d_name);
		struct key_row *r = &rows[n];

		if (len < 6 || len > NAME_LIMIT + 5 || strcmp(d->d_name + len - 5, ".json") != 0)
			continue;
		memset(r, 0, sizeof *r);
		memcpy(r->name, d->d_name, len - 5);
		if (!name_ok(r->name) || !keys_path(r->path, sizeof r->path, dir, r->name, NULL))
			continue;
		fill_row(r, dirfd(at));
		n++;
	}
	closedir(at);
	qsort(rows, (size_t)n, sizeof rows[0], by_name);
	return n;
}

bool keys_lock(const char *state_dir, bool *was, struct err *e)
{
	struct signer_req req;
	struct signer_rep rep;
	int fd = signer_connect(state_dir, NULL);
	bool ok;

	*was = fd >= 0;
	if (fd < 0)
		return true;
	signer_req_init(&req, SIGNER_LOCK, 1);
	ok = signer_call(fd, &req, &rep, 5000, e);
	close(fd);
	return ok;
}

#include "base/banned.h"
