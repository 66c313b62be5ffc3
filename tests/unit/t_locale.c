/* t_locale.c: a decimal comma changes no byte. The same work is done in the C locale and in one
 * that writes 1,5: decimals, actions, a session's frames and requests, the configuration, and what
 * the paper exchange reads and says. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/hex.h"
#include "host/conf.h"
#include "paper/fixed.h"
#include "paper/paper.h"
#include "tests/run.h"
#include "tests/wire/rig.h"
#include "venue/hyperliquid/action.h"

enum { TEXT = 1 << 20 };

typedef void work_fn(struct buf *out);

static void line(struct buf *out)
{
	buf_puts(out, "\n");
}

static void decimals(struct buf *out)
{
	static const char *const texts[] = {"1.5", "0.00000001", "61234.5", "-3.25", "1,5", "7"};
	struct price px;
	struct qty sz;
	struct money m;

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		int64_t v = 0;
		enum dec_result how = dec_parse(&v, texts[i], strlen(texts[i]), 8);

		buf_u64(out, (uint64_t)how);
		buf_puts(out, " ");
		dec_put(out, v, 8);
		line(out);
	}
	CHECK(price_from_double(&px, 61234.56789, ROUND_DOWN));
	CHECK(qty_from_double(&sz, 0.12345678) && money_from_double(&m, -1234.5));
	price_put(out, px);
	line(out);
	qty_put(out, sz);
	line(out);
	money_put(out, m);
	line(out);
	dec_put_fixed(out, m.v, 8, 2);
	line(out);
	buf_printf(out, "%d %s\n", 1, "text");
}

static void actions(struct buf *out)
{
	struct act_env env = {.nonce = 1700000000000, .expires_ms = 1700000030000};
	struct act a = {.kind = ACT_ORDER, .n = 1};
	uint8_t id[32];
	char hex[65];

	a.order[0] = (struct act_order){
		.asset = 3, .buy = true, .tif = TIF_IOC, .px.v = 612345000000000, .sz.v = 12345000};
	CHECK(action_check(NULL, &a) && action_hash(id, &a, &env, NULL));
	hex_encode(hex, id, 32);
	hex[64] = 0;
	action_envelope(out, &a, &env, NULL);
	line(out);
	action_json(out, &a);
	line(out);
	buf_puts(out, hex);
	line(out);
}

static void session(struct buf *out)
{
	struct rig *r = rig_new(HL_MARKET | HL_ACCOUNT, RIG_USER, NULL, 0);
	uint16_t btc;

	rig_start(r, true);
	btc = instr_find(&r->instrs, "BTC");
	CHECK(hl_feed(r->h, btc, true));
	while (rig_out(r)) {
		buf_puts(out, r->text);
		line(out);
		rig_serve(r, true);
	}
	rig_clear(r);
	/* through the scanner, and, with a field more, through the door */
	for (int i = 0; i < 2; i++) {
		static const char *const more[] = {"", ",\"more\":1.5"};
		char frame[400];

		snprintf(frame, sizeof frame,
			 "{\"channel\":\"l2Book\",\"data\":{\"coin\":\"BTC\",\"time\":7,\"levels\":"
			 "[[{"
			 "\"px\":\"61234.5\",\"sz\":\"1.25\",\"n\":2}],[{\"px\":\"61235.5\",\"sz\":"
			 "\"0.001\",\"n\":1}]]%s}}",
			 more[i]);
		rig_text(r, frame);
	}
	rig_text(r,
		 "{\"channel\":\"activeAssetCtx\",\"data\":{\"coin\":\"BTC\",\"ctx\":{\"markPx\":"
		 "\"61234.25\",\"midPx\":\"61234.75\",\"oraclePx\":\"61230.5\",\"funding\":"
		 "\"0.0000125\",\"openInterest\":\"1234.5\",\"dayNtlVlm\":\"1.5\"}}}");
	REQUIRE(rig_count(r, EV_BOOK) == 2 && rig_count(r, EV_CTX) == 1);
	for (uint32_t i = 0; i < 2; i++) {
		const struct book *b = rig_event(r, EV_BOOK, i)->book.book;

		price_put(out, b->bid[0].px);
		buf_puts(out, " ");
		qty_put(out, b->ask[0].sz);
		line(out);
	}
	price_put(out, rig_event(r, EV_CTX, 0)->ctx.mark);
	ratio_put(out, rig_event(r, EV_CTX, 0)->ctx.funding);
	line(out);
	rig_free(r);
}

static void config(struct buf *out)
{
	static const char text[] = "[venue hyperliquid]\nnetwork = paper\n"
				   "url = http://127.0.0.1:4444\n"
				   "[exit]\nparticipation = 7.5%\nrandom = 12.5%\n"
				   "[caps]\norder = 2500.5USD\nsession = 12.5kUSD\n";
	static struct conf c;
	struct err e = {0};

	if (!conf_read_text(&c, "t", text, &e))
		test_fail(__FILE__, __LINE__, "%s", e.text);
	CHECK_INT(c.caps.order.v, 250050000000);
	CHECK_INT(c.exit.cap.v, 75000000000);
	conf_print(&c, out);
}

static void ask(struct paper *p, struct buf *out, const char *path, const char *body)
{
	static uint64_t conn;
	struct paper_out o;

	paper_http(p, ++conn, "127.0.0.1", "POST", path, "application/json", body, strlen(body),
		   paper_now(p));
	paper_advance(p, paper_now(p) + 280);
	while (paper_next(p, &o)) {
		buf_printf(out, "%d ", o.status);
		buf_put(out, o.bytes, o.len);
		line(out);
	}
}

static void paper(struct buf *out)
{
	static const char user[] = "0x00000000000000000000000000000000000000aa";
	static struct fixed_market m;
	struct paper_conf conf = {.seed = 7, .start_ms = 1700000000000, .no_ip_limits = true};
	struct paper *p;
	char body[300];

	fixed_init(&m);
	fixed_majors(&m);
	fixed_ladder(&m, 0, (struct price){612345000000000}, (struct price){5000000000},
		     (struct qty){12345000}, 5);
	conf.market = &m.market;
	p = paper_new(&conf);
	snprintf(body, sizeof body, "{\"fund\":\"%s\",\"usd\":\"100000.5\"}", user);
	ask(p, out, "/paper", body);
	snprintf(body, sizeof body,
		 "{\"position\":\"BTC\",\"user\":\"%s\",\"size\":\"0.125\",\"price\":\"61000.5\"}",
		 user);
	ask(p, out, "/paper", body);
	ask(p, out, "/paper", "{\"mark\":\"BTC\",\"px\":\"61234.5\"}");
	ask(p, out, "/info", "{\"type\":\"metaAndAssetCtxs\"}");
	ask(p, out, "/info", "{\"type\":\"allMids\"}");
	ask(p, out, "/info", "{\"type\":\"l2Book\",\"coin\":\"BTC\"}");
	snprintf(body, sizeof body, "{\"type\":\"clearinghouseState\",\"user\":\"%s\"}", user);
	ask(p, out, "/info", body);
	snprintf(body, sizeof body, "{\"type\":\"userFees\",\"user\":\"%s\"}", user);
	ask(p, out, "/info", body);
	CHECK(strstr(out->p, "\"szi\":\"0.125\"") != NULL);
	CHECK(strstr(out->p, "400 ") == NULL);
	paper_free(p);
}

/* ---- the locale ---- */

static bool comma(void)
{
	return strcmp(localeconv()->decimal_point, ",") == 0;
}

static bool try_locale(const char *name)
{
	setenv("LC_ALL", name, 1);
	return setlocale(LC_ALL, "") && comma();
}

/* Made with localedef where the machine has none. */
static bool make_locale(char dir[256])
{
	const char *tmp = getenv("TMPDIR");
	char path[300];
	int status = 1;
	pid_t pid;

	snprintf(dir, 256, "%s/exeunt-locale-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir))
		return false;
	snprintf(path, sizeof path, "%s/de_DE.UTF-8", dir);
	pid = fork();
	if (pid == 0) {
		execlp("localedef", "localedef", "-c", "--quiet", "-i", "de_DE", "-f", "UTF-8",
		       path, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		return false;
	setenv("LOCPATH", dir, 1);
	return try_locale("de_DE.UTF-8");
}

static void remove_locale(const char *dir)
{
	pid_t pid = fork();

	if (pid == 0) {
		execlp("rm", "rm", "-rf", dir, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

static bool comma_locale(char dir[256])
{
	static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE",
					    "fr_FR",	   "es_ES.UTF-8", "ru_RU.UTF-8"};

	dir[0] = 0;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (try_locale(names[i]))
			return true;
	return make_locale(dir);
}

static void same_bytes(work_fn *work)
{
	char *plain = malloc(TEXT), *other = malloc(TEXT), dir[256], number[16];
	struct buf a, b;

	REQUIRE(plain && other);
	setlocale(LC_ALL, "C");
	buf_init(&a, plain, TEXT);
	work(&a);
	if (comma_locale(dir)) {
		snprintf(number, sizeof number, "%.1f", 1.5);
		CHECK_STR(number, "1,5"); /* it is in force */
		buf_init(&b, other, TEXT);
		work(&b);
		CHECK(!a.over && a.len > 40);
		CHECK_STR(b.p, a.p);
	} else {
		test_skip("no decimal-comma locale, and localedef makes none");
	}
	setlocale(LC_ALL, "C");
	if (dir[0])
		remove_locale(dir);
	free(plain);
	free(other);
}

TEST(decimals)
{
	same_bytes(decimals);
}

TEST(actions)
{
	same_bytes(actions);
}

TEST(session)
{
	same_bytes(session);
}

TEST(config)
{
	same_bytes(config);
}

TEST(paper)
{
	same_bytes(paper);
}

TEST_MAIN(T(decimals), T(actions), T(session), T(config), T(paper))
