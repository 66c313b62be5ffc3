/* t_accounts.c: an account is its address, wherever the configuration has it now. */
#include <stdio.h>
#include <string.h>

#include "host/accounts.h"
#include "tests/run.h"

/* "abc": accounts of the addresses 0x..0a, 0x..0b, 0x..0c, named and keyed by their letter. */
static struct conf conf_of(const char *letters)
{
	struct conf c = {.n_accounts = (uint8_t)strlen(letters)};

	for (int i = 0; letters[i]; i++) {
		struct conf_account *a = &c.account[i];

		snprintf(a->name, sizeof a->name, "%c", letters[i]);
		snprintf(a->key, sizeof a->key, "key-%c", letters[i]);
		snprintf(a->address, sizeof a->address, "0x%038d0%c", 0, letters[i]);
	}
	return c;
}

/* The settled order as letters: capitals have left. */
static const char *order(const struct conf *c)
{
	static char text[ACCOUNTS_MAX + 1];

	memset(text, 0, sizeof text);
	for (int i = 0; i < c->n_accounts; i++) {
		text[i] = c->account[i].address[41];
		if (!c->account[i].key[0])
			text[i] = (char)(text[i] - 'a' + 'A');
	}
	return text;
}

TEST(places_stay_whatever_is_edited)
{
	static const struct {
		const char *conf, *places;
	} then[] = {
		{"ab", "ab"},	  {"ba", "ab"},		{"cab", "abc"},	      {"cb", "Abc"},
		{"c", "ABc"},	  {"a", "a"},		{"da", "aBCd"},	      {"dcba", "abcd"},
		{"eda", "aBCde"}, {"aabcde", "abcdea"}, {"aabcde", "abcdea"}, {"abcde", "abcde"},
	};
	struct accounts_known k = {0};
	struct err e = {0};

	for (unsigned i = 0; i < sizeof then / sizeof then[0]; i++) {
		struct conf c = conf_of(then[i].conf);

		CHECK(accounts_settle(&c, &k, &e));
		CHECK_STR(order(&c), then[i].places);
	}
	CHECK_INT(k.n, 6);
}

TEST(a_journal_of_too_many_is_refused_by_name)
{
	struct accounts_known k = {0}, was;
	struct err e = {0};
	struct conf c = conf_of("abcdef");

	CHECK(accounts_settle(&c, &k, &e));
	c = conf_of("a");
	c.account[0].address[40] = '1';
	CHECK(accounts_settle(&c, &k, &e));
	CHECK_INT(c.n_accounts, 7);
	c = conf_of("ab");
	c.account[0].address[40] = c.account[1].address[40] = '2';
	was = k;
	CHECK(!accounts_settle(&c, &k, &e));
	CHECK_INT(e.code, ERR_CONF);
	CHECK(strstr(e.text, "9 accounts") && strstr(e.text, "--state"));
	CHECK(!memcmp(&k, &was, sizeof k) && c.n_accounts == 2);
}

/* A shell that reads another order than the engine did means the account that it names. */
TEST(a_command_finds_its_account)
{
	static const uint8_t kinds[] = {CMD_EXIT, CMD_FLATTEN, CMD_CANCEL, CMD_GUARD, CMD_ADD};
	struct conf shell = conf_of("cab"), engine = conf_of("ab");
	struct err e = {0};

	for (unsigned i = 0; i < sizeof kinds; i++) {
		struct cmd c = {.kind = kinds[i]};

		*cmd_account(&c) = 1; /* a */
		accounts_name(&c, &shell);
		CHECK(accounts_place(&c, &engine, &e));
		CHECK_INT(*cmd_account(&c), 0);
		*cmd_account(&c) = 0; /* c: not there when the engine began */
		accounts_name(&c, &shell);
		CHECK(!accounts_place(&c, &engine, &e));
		CHECK(strstr(e.text, "000c") && strstr(e.text, "configured since"));
		*cmd_account(&c) = 0xff; /* all */
		accounts_name(&c, &shell);
		CHECK(accounts_place(&c, &engine, &e));
		CHECK_INT(*cmd_account(&c), 0xff);
		*cmd_account(&c) = 1; /* a terminal's: the engine's own places */
		c.by_address = false;
		CHECK(accounts_place(&c, &engine, &e));
		CHECK_INT(*cmd_account(&c), 1);
	}
	struct cmd none = {.kind = CMD_ARM};
	accounts_name(&none, &shell);
	CHECK(!none.by_address && accounts_place(&none, &engine, &e));
}

TEST_MAIN(T(places_stay_whatever_is_edited), T(a_journal_of_too_many_is_refused_by_name),
	  T(a_command_finds_its_account))
