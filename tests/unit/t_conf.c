/* The configuration: what is read, and every refusal with file, line, key and accepted values. */
#include <stdio.h>
#include <string.h>

#include "host/conf.h"
#include "tests/run.h"

#define ADDR "0x00000000000000000000000000000000000000aB"

TEST(whole)
{
	static struct conf c;
	struct err e = {0};
	static const char text[] = "# a comment\n"
				   "[venue hyperliquid]\n"
				   "network = paper\n"
				   "url = http://127.0.0.1:4444/\n"
				   "endpoints = http://[::1]:5 , http://127.9.9.9:6\n"
				   "\n"
				   "[account main]\n"
				   "venue = hyperliquid\n"
				   "address = " ADDR "\n"
				   "key = demo\n"
				   "dexes = xyz, abc\n"
				   "[account second]\n"
				   "address = " ADDR "\n"
				   "vault = yes\n"
				   "[exit]\n"
				   "participation = 8%\n"
				   "random = 0%\n"
				   "place = post-cross\n"
				   "[caps]\n"
				   "order = 25kUSD\n"
				   "[log]\n"
				   "level = debug\n";

	REQUIRE(conf_read_text(&c, "t", text, &e));
	CHECK_INT(c.network, NET_PAPER);
	CHECK_STR(c.url.host, "127.0.0.1");
	CHECK_INT(c.url.port, 4444);
	CHECK_INT(c.n_endpoints, 2);
	CHECK(c.endpoint[0].v6 && c.endpoint[0].loopback);
	CHECK_INT(c.n_accounts, 2);
	CHECK_STR(c.account[0].address, "0x00000000000000000000000000000000000000ab");
	CHECK_INT(c.account[0].n_dexes, 2);
	CHECK(c.account[1].vault);
	CHECK_INT(c.exit.cap.v, 80000000000);
	CHECK(c.exit.random_set);
	CHECK_INT(c.exit.place, 3);
	CHECK_INT(c.caps.order.v, 2500000000000);
	CHECK_INT(c.log_level, 3);
}

TEST(defaults)
{
	static struct conf c;
	struct err e = {0};

	REQUIRE(conf_read_text(&c, "t", "", &e));
	CHECK_INT(c.network, NET_PAPER);
	CHECK(c.url.loopback && !c.url.tls);
	REQUIRE(conf_read_text(&c, "t", "[venue hyperliquid]\nnetwork = testnet\n", &e));
	CHECK(c.url.tls && !strcmp(c.url.host, "api.hyperliquid-testnet.xyz"));
}

TEST(print_reads_back)
{
	static struct conf a, b;
	struct err e = {0};
	char text[2000];
	struct buf out;

	REQUIRE(conf_read_text(&a, "t",
			       "[account m]\naddress = " ADDR "\ndexes = xyz abc\nkey = k\n", &e));
	buf_init(&out, text, sizeof text);
	conf_print(&a, &out);
	REQUIRE(!out.over && conf_read_text(&b, "t", text, &e));
	CHECK(!memcmp(&a, &b, sizeof a));
}

TEST(refusals)
{
#define V "[venue hyperliquid]\n"
	static const struct {
		const char *text, *says;
	} bad[] = {
		{V "network = prod\n", "t:2: network = prod: it is not a network; accepted: paper, "
				       "testnet or mainnet"},
		{V "netwrok = paper\n", "t:2: netwrok: no such key in [venue hyperliquid]; there "
					"are network, url, endpoints, ca_file"},
		{V "network = paper\nnetwork = paper\n",
		 "t:3: network is written twice in [venue hyperliquid]"},
		{V "network = paper\n mainnet\n",
		 "t:3: the line is indented; a value cannot go on in the next line"},
		{"[nothing]\n",
		 "t:1: no section [nothing]; there are [venue hyperliquid], [account "
		 "NAME], [caps], [exit], [ui], [alarm], [log], [key]"},
		{"[venue binance]\n", "t:1: [venue binance]: the venues are: hyperliquid"},
		{V "network\n", "t:2: the line is neither [section], key = value nor a comment"},
		{V "network =\n", "t:2: network has no value; accepted: paper, testnet or mainnet"},
		{V "url = http://api.hyperliquid.xyz\n",
		 "t:0: url http://api.hyperliquid.xyz with network = paper: plain http goes only "
		 "to literal 127.0.0.0/8 or ::1 with network = paper; write https"},
		{V "network = testnet\nurl = http://127.0.0.1:1\n",
		 "t:0: url http://127.0.0.1 with network = testnet: plain http goes only to "
		 "literal 127.0.0.0/8 or ::1 with network = paper; write https"},
		{V "url = http://localhost:1\n",
		 "t:0: url http://localhost with network = paper: plain http goes only to literal "
		 "127.0.0.0/8 or ::1 with network = paper; write https"},
		{V "network = mainnet\nurl = https://api.hyperliquid-testnet.xyz\n",
		 "t:0: network = mainnet, but api.hyperliquid-testnet.xyz is the venue's testnet"},
		{V "url = https://example.com\n",
		 "t:0: network = paper, but example.com is not a loopback address; a real venue "
		 "needs network = testnet or mainnet"},
		{V "network = mainnet\nca_file = /x\n",
		 "t:0: ca_file is for loopback addresses only; api.hyperliquid.xyz is judged by "
		 "the system's certificates"},
		{"[account a]\naddress = 0x12\n", "t:2: address = 0x12: it is not an address; "
						  "accepted: 0x and 40 hexadecimal digits"},
		{"[account a]\nkey = x\n", "t:0: [account a] has no address"},
		{"[exit]\nparticipation = 30%\n", "t:2: participation = 30%: the hard limit is 25 "
						  "%; accepted: a share up to 25%"},
		{"[exit]\nparticipation = 10\n",
		 "t:2: participation = 10: 10 of what? Write 10% or 10bp.; accepted: a share up to "
		 "25%"},
		{"[caps]\norder = 50%\n",
		 "t:2: order = 50%: it is not an amount in USD; accepted: an "
		 "amount, like 25000USD"},
		{"[ui]\ntheme = a\x1b[31m\n", "t:2: character 10 is a control character"},
		{"[account a b]\n", "t:1: [account a b]: letters, digits, - and _ only"},
	};
	static struct conf c;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct err e = {0};
		CHECK(!conf_read_text(&c, "t", bad[i].text, &e));
		CHECK_INT(e.code, ERR_CONF);
		CHECK_STR(e.text, bad[i].says);
	}
}

TEST(long_line)
{
	static struct conf c;
	struct err e = {0};
	char text[400];

	snprintf(text, sizeof text, "[ui]\ntheme = %0185d\n", 1);
	CHECK(!conf_read_text(&c, "t", text, &e));
	CHECK_STR(e.text, "t:2: the line has 193 characters; at most 190 are read");
}

TEST(file_rules)
{
	static struct conf c;
	struct err e = {0};

	CHECK(conf_read(&c, "/nonexistent/exeunt.conf", false, &e));
	CHECK(!conf_read(&c, "/nonexistent/exeunt.conf", true, &e));
	CHECK(!strcmp(e.text, "cannot read /nonexistent/exeunt.conf: No such file or directory"));
	CHECK(!conf_read(&c, "/", true, &e));
}

TEST(urls)
{
	static const char *const bad[] = {
		"",
		"ftp://x",
		"http://",
		"http://u@h",
		"http://h/p",
		"https://h:0",
		"https://h:70000",
		"https://h:1x",
		"http://[::1",
		"http://[::x]",
		"http://h?q",
		"https://:443",
		"https://h:",
		"https://a b",
	};
	struct url u;
	struct err e;
	char text[160];

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (url_parse(&u, bad[i], &e))
			test_fail(__FILE__, __LINE__, "accepted %s", bad[i]);
	REQUIRE(url_parse(&u, "https://[::1]:8443", &e));
	CHECK(u.tls && u.v6 && u.loopback && u.port == 8443);
	url_text(&u, text);
	CHECK_STR(text, "https://[::1]:8443");
	REQUIRE(url_parse(&u, "https://127.0.0.1.evil.example", &e));
	CHECK(!u.loopback);
}

TEST_MAIN(T(whole), T(defaults), T(print_reads_back), T(refusals), T(long_line), T(file_rules),
	  T(urls))
