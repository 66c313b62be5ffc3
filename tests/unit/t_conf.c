/* The configuration: what is read, and every refusal with file, line, key and accepted values. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "host/conf.h"
#include "host/conf_panic.h"
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
				   "priors = /var/lib/p.json\n"
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
	CHECK_STR(c.exit.priors, "/var/lib/p.json");
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

/* Every key of [panic], once: its default comes back, and each moves its own value alone. */
TEST(panic_keys)
{
	static const struct {
		const char *key, *usual, *other;
		size_t at, n;
	} row[] = {
#define R(k, u, o, f) {k, u, o, offsetof(struct panic_conf, f), sizeof((struct panic_conf *)0)->f}
		R("ladder_liquid", "0.5% 1.5% 4% 8%", "1% 2% 3% 4%", ladder_liquid),
		R("ladder_others", "1%, 3%, 8%, 15%", "1% 2% 3% 4%", ladder_others),
		R("liquid_leverage", "20", "25", liquid_leverage),
		R("rung_interval", "1s", "0.5s", rung_ms),
		R("last_rung_interval", "2s", "3s", last_rung_ms),
		R("rungs_before_alarm", "4", "6", rungs_alarm),
		R("give_up", "120s", "5m", give_up_ms),
		R("expires_to_zero", "30s", "20s", expires_zero_ms),
		R("expires_partial", "8s", "5s", expires_part_ms),
		R("post_only_probe", "2s", "4s", probe_ms),
		R("care_slices", "12", "6", care_slices),
		R("care_time", "120s", "60s", care_ms),
		R("care_depth", "25%", "10%", care_depth),
		R("care_random", "20%", "0%", care_jitter),
		R("trim_cushion", "5%", "8%", trim_cushion),
		R("trim_sigmas", "3x", "2.5x", trim_sigmas),
		R("trim_round", "5%", "2%", trim_round),
		R("guard_share", "50%", "40%", guard_share),
		R("guard_nearest", "0.4%", "0.5%", guard_nearest),
		R("guard_farthest", "2%", "3%", guard_farthest),
		R("guard_least", "0.8%", "1%", guard_least),
		R("guard_worst", "10%", "5%", guard_worst),
		R("commit_wait", "0.1s", "0.2s", commit_wait_ms),
		R("order_cap", "50%", "20%", cap_order),
		R("session_cap", "200%", "100%", cap_session),
		R("hedge_cap", "120%", "100%", cap_hedge),
#undef R
	};
	static struct conf c, d;
	struct err e = {0};
	char text[200];
	size_t n = 0;

	conf_defaults(&d);
	while (conf_panic_name(n))
		n++;
	CHECK_INT(n, sizeof row / sizeof row[0]);
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		snprintf(text, sizeof text, "[panic]\n%s = %s\n", row[i].key, row[i].usual);
		REQUIRE(conf_read_text(&c, "t", text, &e));
		CHECK(!memcmp(&c.panic, &d.panic, sizeof c.panic));
		snprintf(text, sizeof text, "[panic]\n%s = %s\n", row[i].key, row[i].other);
		REQUIRE(conf_read_text(&c, "t", text, &e));
		CHECK(memcmp((char *)&c.panic + row[i].at, (char *)&d.panic + row[i].at, row[i].n));
		memcpy((char *)&c.panic + row[i].at, (char *)&d.panic + row[i].at, row[i].n);
		CHECK(!memcmp(&c.panic, &d.panic, sizeof c.panic)); /* nothing else moved */
	}
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
		 "NAME], [caps], [exit], [panic], [ui], [alarm], [log], [key]"},
		{"[venue binance]\n", "t:1: [venue binance]: the venues are: hyperliquid"},
		{V "network\n", "t:2: the line is neither [section], key = value nor a comment"},
		{V "network =\n", "t:2: network has no value; accepted: paper, testnet or mainnet"},
		{V "url = http://api.hyperliquid.xyz\n",
		 "t: url http://api.hyperliquid.xyz with network = paper: plain http goes only "
		 "to literal 127.0.0.0/8 or ::1 with network = paper; write https"},
		{V "network = testnet\nurl = http://127.0.0.1:1\n",
		 "t: url http://127.0.0.1 with network = testnet: plain http goes only to "
		 "literal 127.0.0.0/8 or ::1 with network = paper; write https"},
		{V "url = http://localhost:1\n",
		 "t: url http://localhost with network = paper: plain http goes only to literal "
		 "127.0.0.0/8 or ::1 with network = paper; write https"},
		{V "network = mainnet\nurl = https://api.hyperliquid-testnet.xyz\n",
		 "t: network = mainnet, but api.hyperliquid-testnet.xyz is the venue's testnet"},
		{V "url = https://example.com\n",
		 "t: network = paper, but example.com is not a loopback address; a real venue "
		 "needs network = testnet or mainnet"},
		{V "network = mainnet\nca_file = /x\n",
		 "t: ca_file is for loopback addresses only; api.hyperliquid.xyz is judged by "
		 "the system's certificates"},
		{"[account a]\naddress = 0x12\n", "t:2: address = 0x12: it is not an address; "
						  "accepted: 0x and 40 hexadecimal digits"},
		{"[account a]\nkey = x\n", "t: [account a] has no address"},
		{"[exit]\nparticipation = 30%\n", "t:2: participation = 30%: the hard limit is 25 "
						  "%; accepted: a share up to 25%"},
		{"[exit]\nparticipation = 10\n",
		 "t:2: participation = 10: 10 of what? Write 10% or 10bp.; accepted: a share up to "
		 "25%"},
		{"[exit]\npriors = p.json\n", "t:2: priors = p.json: it is not an absolute path; "
					      "accepted: an absolute path of a file "
					      "of 'exeunt calibrate'"},
		{"[caps]\norder = 50%\n",
		 "t:2: order = 50%: it is not an amount in USD; accepted: an "
		 "amount, like 25000USD"},
		{"[ui]\ntheme = a\x1b[31m\n", "t:2: character 10 is a control character"},
		{"[panic]\nladder_liquid = 1% 2% 3%\n",
		 "t:2: ladder_liquid = 1% 2% 3%: it has 3 rungs; accepted: 4 rising shares from "
		 "0.1% to 50%, like 0.5% 1.5% 4% 8%"},
		{"[panic]\nladder_others = 1% 3% 2% 15%\n",
		 "t:2: ladder_others = 1% 3% 2% 15%: 2% is not beyond the rung before it; "
		 "accepted: 4 rising shares from 0.1% to 50%, like 1% 3% 8% 15%"},
		{"[panic]\nrung_interval = 11s\n",
		 "t:2: rung_interval = 11s: it is out of range; accepted: a duration from 0.2s to "
		 "10s"},
		{"[panic]\nrungs_before_alarm = 0\n",
		 "t:2: rungs_before_alarm = 0: it is out of range; accepted: a number from 1 to "
		 "20"},
		{"[panic]\ncare_depth = 25\n",
		 "t:2: care_depth = 25: 25 of what? Write 25% or 25bp.; accepted: a share from 1% "
		 "to 100%"},
		{"[panic]\nrung_intervall = 1s\n",
		 "t:2: rung_intervall: no such key in [panic]; near: rung_interval; exeunt.conf(5) "
		 "lists them"},
		{"[panic]\ngive_up = 60s\ngive_up = 60s\n",
		 "t:3: give_up is written twice in [panic]"},
		{"[panic]\nguard_nearest = 3%\n",
		 "t: [panic] guard_nearest is beyond guard_farthest: write it smaller"},
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

TEST_MAIN(T(whole), T(defaults), T(print_reads_back), T(panic_keys), T(refusals), T(long_line),
	  T(file_rules), T(urls))
