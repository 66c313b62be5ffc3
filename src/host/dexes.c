/* dexes.c: see dexes.h. One POST on a loop of its own, before the engine begins; a list that does
 * not come in time is said, never waited for. */
#include "host/dexes.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "host/clock.h"
#include "host/loop.h"
#include "host/pool.h"
#include "host/resolver.h"
#include "wire/json.h"

enum { BODY_MAX = 1 << 18, ARENA = 1 << 20, LOOK_MS = 10 };

static const char unread[] = "builder dexes (their list did not come)";

static bool name_ok(const char *s, size_t n)
{
	if (!n || n >= sizeof((struct dex_list *)0)->name[0])
		return false;
	for (size_t i = 0; i < n; i++)
		if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z') ||
		      (s[i] >= '0' && s[i] <= '9')))
			return false;
	return true;
}

void dexes_parse(struct dex_list *out, const char *text, size_t n)
{
	struct json *j = json_new(ARENA);
	const struct jv *v = j ? json_parse(j, text, n, NULL) : NULL;
	struct buf more;

	memset(out, 0, sizeof *out);
	buf_init(&more, out->missing, sizeof out->missing);
	if (jv_type(v) != JV_ARRAY)
		buf_puts(&more, unread);
	for (v = jv_type(v) == JV_ARRAY ? jv_first(v) : NULL; v; v = jv_next(v)) {
		const char *name = "?";
		size_t len = 1;
		if (jv_is_null(v)) /* the validator's, always watched */
			continue;
		if (jv_str(jv_get(v, "name"), &name, &len) && name_ok(name, len) &&
		    out->n < DEXES_MAX - 1)
			memcpy(out->name[out->n++], name, len + 1);
		else if (!more.over)
			buf_printf(&more, "%sdex %.11s", more.len ? ", " : "",
				   name_ok(name, len) ? name : "?");
	}
	json_free(j);
}

struct ask {
	struct dex_list *out;
	bool done;
};

static void on_answer(void *arg, uint32_t tag, int status, const char *body, size_t n)
{
	struct ask *a = arg;

	(void)tag;
	a->done = true;
	if (status == 200)
		dexes_parse(a->out, body, n);
}

static void on_timer(void *arg)
{
	clock_timer_drain(*(int *)arg);
}

static void point(struct pool *p, struct resolver *r, const struct url *u)
{
	char address[64];

	if (!strcmp(u->host, "localhost"))
		pool_set_address(p, "127.0.0.1");
	else if (u->loopback)
		pool_set_address(p, u->host);
	else if (resolver_get(r, u->host, 0, address, sizeof address))
		pool_set_address(p, address);
}

void dexes_ask(struct dex_list *out, const struct conf *c, const struct statedir *d, int timeout_ms)
{
	static const char body[] = "{\"type\":\"perpDexs\"}";
	int64_t now = clock_boot_ns(), until = now + (int64_t)timeout_ms * 1000000;
	struct ask a = {.out = out};
	struct resolver *r;
	struct loop *l;
	struct pool *p;
	struct err e;
	int timer;

	memset(out, 0, sizeof *out);
	snprintf(out->missing, sizeof out->missing, "%s", unread);
	l = loop_new(c->ca_file, &e);
	timer = clock_timer_new();
	if (!l || timer < 0) {
		loop_free(l);
		return;
	}
	loop_fd_add(l, timer, on_timer, NULL, &timer);
	r = resolver_new(d);
	resolver_ask(r, c->url.host);
	p = pool_new(l, &c->url, BODY_MAX, on_answer, &a);
	pool_post(p, "/info", body, sizeof body - 1, 0, true, now);
	while (!a.done && (now = clock_boot_ns()) < until) {
		point(p, r, &c->url);
		pool_tick(p, now);
		clock_timer_arm(timer, now + (int64_t)LOOK_MS * 1000000);
		if (!a.done && !loop_wait(l))
			break;
	}
	pool_free(p);
	resolver_free(r);
	loop_free(l);
}
