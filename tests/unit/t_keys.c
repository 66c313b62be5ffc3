/* t_keys.c: key files on disk: made, imported, listed; what is refused and how it is named. */
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/hex.h"
#include "signer/keys.h"
#include "tests/run.h"
#include "tests/unit/signer_rig.h"
#include "tests/unit/vec.h"

static struct secret secret(const char *text)
{
	struct secret s = {.n = strlen(text)};

	memcpy(s.text, text, s.n);
	return s;
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_mode & 07777 : 0;
}

TEST(new_then_list)
{
	struct secret pw = secret("a password"), empty = secret("");
	struct key_made made, other;
	struct key_row rows[4];
	char dir[600], *text;
	struct err e = {0};
	struct rig r;
	size_t n;
	uint8_t key[32];
	struct keyfile_info info;

	REQUIRE(rig_make(&r));
	snprintf(dir, sizeof dir, "%s/data/keys", r.dir);
	CHECK_INT(keys_list(rows, 4, dir, &e), 0);
	CHECK(!keys_new(&made, dir, "main", &empty, KEYFILE_N_LOG2_LIGHT, &e) && e.code == ERR_ARG);
	CHECK(!keys_new(&made, dir, "../main", &pw, KEYFILE_N_LOG2_LIGHT, &e) && e.code == ERR_ARG);
	CHECK(!keys_new(&made, dir, ".main", &pw, KEYFILE_N_LOG2_LIGHT, &e));
	CHECK(!keys_new(&made, dir, "", &pw, KEYFILE_N_LOG2_LIGHT, &e));
	if (!keys_new(&made, dir, "main", &pw, KEYFILE_N_LOG2_LIGHT, &e)) {
		test_fail(__FILE__, __LINE__, "%s", e.text);
		return;
	}
	CHECK_INT(mode_of(made.path), 0600);
	CHECK_INT(mode_of(dir), 0700);
	text = test_slurp(made.path, &n);
	REQUIRE(text && keyfile_read(key, &info, text, n, pw.text, pw.n, &e));
	CHECK(!memcmp(info.address, made.address, 20));
	free(text);
	CHECK(!keys_new(&other, dir, "main", &pw, KEYFILE_N_LOG2_LIGHT, &e) &&
	      strstr(e.text, "exists"));
	REQUIRE(keys_new(&other, dir, "b2", &pw, KEYFILE_N_LOG2_LIGHT, &e));
	CHECK(memcmp(made.address, other.address, 20) != 0);
	CHECK(chmod(other.path, 0644) == 0);
	REQUIRE(keys_list(rows, 4, dir, &e) == 2);
	CHECK_STR(rows[0].name, "b2");
	CHECK(rows[0].open_to_others && rows[0].readable);
	CHECK_STR(rows[1].name, "main");
	CHECK(!rows[1].open_to_others && !memcmp(rows[1].address, made.address, 20));
	rig_fini(&r);
}

TEST(imports)
{
	struct secret pw = secret("x"), empty = secret(""), right = secret(RIG_PASSWORD);
	struct key_made made;
	char dir[600], path[600], *text;
	struct err e = {0};
	struct rig r;
	size_t n;

	REQUIRE(rig_make(&r));
	snprintf(dir, sizeof dir, "%s/keys", r.dir);
	snprintf(path, sizeof path, "%s/key.json", r.dir);
	text = test_slurp(path, &n);
	REQUIRE(text && keys_is_keystore(text, n));
	CHECK(!keys_import(&made, dir, "k", text, n, &pw, KEYFILE_N_LOG2_LIGHT, &e) &&
	      e.code == ERR_KEY);
	REQUIRE(keys_import(&made, dir, "k", text, n, &right, KEYFILE_N_LOG2_LIGHT, &e));
	CHECK_HEX("address", made.address, 20, RIG_ADDRESS);
	CHECK(!made.padded && !made.empty_password && mode_of(made.path) == 0600);
	free(text);
	/* a raw key, as a file would hold it */
	REQUIRE(keys_import(&made, dir, "raw", " 0x" RIG_KEY_HEX "\n", 68, &pw,
			    KEYFILE_N_LOG2_LIGHT, &e));
	CHECK_HEX("address", made.address, 20, RIG_ADDRESS);
	CHECK(!keys_import(&made, dir, "r2", RIG_KEY_HEX, 64, &empty, KEYFILE_N_LOG2_LIGHT, &e));
	CHECK(!keys_import(&made, dir, "r3", RIG_KEY_HEX, 63, &pw, KEYFILE_N_LOG2_LIGHT, &e));
	CHECK_INT(e.code, ERR_ARG);
	CHECK(!strstr(e.text, "516a")); /* no digit of it in a message */
	CHECK(!keys_import(&made, dir, "r4",
			   "0000000000000000000000000000000000000000000000000000000000000000", 64,
			   &pw, KEYFILE_N_LOG2_LIGHT, &e));
	rig_fini(&r);
}

/* The old files of 30 and 31 bytes and the empty password come in with a warning. */
TEST(imports_worth_a_warning)
{
	static const char padded[] =
		"{\"crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":{\"iv\":"
		"\"e0c41130a323adc1446fc82f724bca2f\"},\"ciphertext\":"
		"\"9517cd5bdbe69076f9bf5057248c6c050141e970efa36ce53692d5d59a3984\",\"kdf\":"
		"\"scrypt\","
		"\"kdfparams\":{\"dklen\":32,\"n\":2,\"r\":8,\"p\":1,\"salt\":"
		"\"711f816911c92d649fb4c84b047915679933555030b3552c1212609b38208c63\"},\"mac\":"
		"\"d5e116151c6aa71470e67a7d42c9620c75c4d23229847dcc127794f0732b0db5\"},\"version\":"
		"3}";
	static const char no_password[] =
		"{\"crypto\":{\"cipher\":\"aes-128-ctr\",\"ciphertext\":"
		"\"b87781948a1befd247bff51ef4063f716cf6c2d3481163e9a8f42e1f9bb74145\","
		"\"cipherparams\":{\"iv\":\"dc4926b48a105133d2f16b96833abf1e\"},\"kdf\":\"scrypt\","
		"\"kdfparams\":{\"dklen\":32,\"n\":2,\"p\":1,\"r\":8,\"salt\":"
		"\"004244bbdc51cadda545b1cfa43cff9ed2ae88e08c61f1479dbb45410722f8f0\"},\"mac\":"
		"\"39990c1684557447940d4c69e06b1b82b2aceacb43f284df65c956daf3046b85\"},\"version\":"
		"3}";
	struct secret foo = secret("foo"), empty = secret("");
	struct key_made made;
	char dir[600];
	struct err e = {0};
	struct rig r;

	REQUIRE(rig_make(&r));
	snprintf(dir, sizeof dir, "%s/keys", r.dir);
	REQUIRE(keys_import(&made, dir, "old", padded, strlen(padded), &foo, KEYFILE_N_LOG2_LIGHT,
			    &e));
	CHECK(made.padded && !made.empty_password);
	REQUIRE(keys_import(&made, dir, "open", no_password, strlen(no_password), &empty,
			    KEYFILE_N_LOG2_LIGHT, &e));
	CHECK(!made.padded && made.empty_password);
	rig_fini(&r);
}

TEST(passwords_from_a_descriptor)
{
	struct secret s;
	struct err e = {0};
	char big[PASSWORD_MAX + 2];
	int fd[2];

	REQUIRE(pipe(fd) == 0);
	CHECK(write(fd[1], "one\r\ntwo words \n\nlast", 21) == 21);
	close(fd[1]);
	CHECK(secret_ask(&s, fd[0], "", true, &e));
	CHECK_STR(s.text, "one");
	CHECK(secret_line(&s, fd[0], &e));
	CHECK_STR(s.text, "two words ");
	CHECK(secret_line(&s, fd[0], &e) && s.n == 0);
	CHECK(secret_line(&s, fd[0], &e));
	CHECK_STR(s.text, "last");
	CHECK(!secret_line(&s, fd[0], &e));
	close(fd[0]);
	REQUIRE(pipe(fd) == 0);
	memset(big, 'x', sizeof big);
	CHECK(write(fd[1], big, sizeof big) == sizeof big);
	close(fd[1]);
	CHECK(!secret_line(&s, fd[0], &e) && e.code == ERR_ARG);
	close(fd[0]);
}

static int ask_and_compare(const char *want)
{
	struct secret s;
	struct err e = {0};

	if (!secret_ask(&s, -1, "password: ", true, &e))
		return e.code;
	return strcmp(s.text, want) ? 100 : 0;
}

/* Everything that appears on the terminal until `until` does (or its end). */
static void read_until(int fd, char *all, size_t cap, const char *until)
{
	size_t n = strlen(all);

	while (n + 1 < cap) {
		ssize_t k = read(fd, all + n, cap - 1 - n);

		if (k <= 0)
			return;
		n += (size_t)k;
		all[n] = 0;
		if (until && strstr(all, until))
			return;
	}
}

static int at_terminal(const char *first, const char *second, char *screen, size_t cap)
{
	struct termios t;
	int fd, status = -1;
	pid_t pid = forkpty(&fd, NULL, NULL, NULL);

	if (pid == 0)
		_exit(ask_and_compare("hunter2"));
	screen[0] = 0;
	read_until(fd, screen, cap, "password: ");
	CHECK(tcgetattr(fd, &t) == 0 && !(t.c_lflag & ECHO));
	CHECK(write(fd, first, strlen(first)) == (ssize_t)strlen(first));
	if (second) {
		read_until(fd, screen, cap, "once more: ");
		CHECK(write(fd, second, strlen(second)) == (ssize_t)strlen(second));
	}
	read_until(fd, screen, cap, NULL);
	waitpid(pid, &status, 0);
	close(fd);
	return WEXITSTATUS(status);
}

TEST(passwords_from_the_terminal_are_not_echoed)
{
	char screen[1024];
	int status;
	pid_t pid;

	CHECK_INT(at_terminal("hunter2\n", "hunter2\n", screen, sizeof screen), 0);
	CHECK(!strstr(screen, "hunter"));
	CHECK_INT(at_terminal("hunter2\n", "hunter3\n", screen, sizeof screen), ERR_KEY);
	CHECK_INT(at_terminal("hun\003\n", NULL, screen, sizeof screen), ERR_KEY); /* ctrl-c */
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0) {
		setsid(); /* no terminal at all */
		_exit(ask_and_compare(""));
	}
	waitpid(pid, &status, 0);
	CHECK_INT(WEXITSTATUS(status), ERR_ARG);
}

TEST(paths_and_lock)
{
	char path[KEY_PATH_MAX];
	struct err e = {0};
	bool was = true;
	struct rig r;

	CHECK(keys_path(path, sizeof path, "/d", "main", &e));
	CHECK_STR(path, "/d/main.json");
	CHECK(keys_path(path, sizeof path, "/d", "./here/x.json", &e));
	CHECK_STR(path, "./here/x.json");
	CHECK(!keys_path(path, sizeof path, "/d", "a b", &e));
	CHECK(!keys_path(path, 8, "/dir", "main", &e));
	REQUIRE(rig_make(&r));
	CHECK(keys_lock(r.dir, &was, &e) && !was);
	REQUIRE(rig_start(&r));
	CHECK(keys_lock(r.dir, &was, &e) && was);
	CHECK(rig_ended(&r, 10000));
	rig_fini(&r);
}

TEST_MAIN(T(new_then_list), T(imports), T(imports_worth_a_warning), T(passwords_from_a_descriptor),
	  T(passwords_from_the_terminal_are_not_echoed), T(paths_and_lock))
