/* admin.c: POST /paper, the operator's words; a scenario's steps speak them too.
 *
 * 1. One object, one deed: the first row of the table whose key the object has.
 * 2. What is refused changes nothing, and says why. */
#include <string.h>

#include "base/check.h"
#include "paper/admin.h"

#include "base/banned.h"

enum { CLOCK_STEP_MS = 3600000, CLOCK_AT_ONCE_MS = 60000 };

bool admin_no(struct paper *p, const char *why)
{
	p->why = why;
	return false;
}

int32_t admin_int(const struct jv *root, const char *key, int32_t otherwise)
{
	int64_t v;

	if (!jv_i64(jv_get(root, key), &v) || v < INT32_MIN || v > INT32_MAX)
		return otherwise;
	return (int32_t)v;
}

bool admin_yes(const struct jv *root, const char *key, bool otherwise)
{
	bool v = otherwise;

	jv_bool(jv_get(root, key), &v);
	return v;
}

bool admin_num(const struct jv *root, const char *key, int64_t *out)
{
	const struct jv *v = jv_get(root, key);
	const char *s = jv_text(v);
	bool neg = s != NULL && s[0] == '-';
	int64_t n;

	if (jv_i64(v, &n)) {
		if (n > INT64_MAX / USD || n < -(INT64_MAX / USD))
			return false;
		*out = n * USD;
		return true;
	}
	if (s == NULL || !num_read(neg ? s + 1 : s, out))
		return false;
	*out = neg ? -*out : *out;
	return true;
}

struct acct *admin_user(struct paper *p, const struct jv *root)
{
	const char *text = jv_text(jv_get(root, "user"));
	uint8_t addr[20];
	struct acct *a;
	uint32_t i;

	if (text != NULL) {
		if (!addr_read(addr, text)) {
			p->why = "the address is not 40 hexadecimal digits";
			return NULL;
		}
		a = acct_get(p, addr);
		if (a == NULL)
			p->why = "4,096 addresses are kept, and all are taken";
		return a;
	}
	if (p->main != NULL)
		return p->main;
	for (i = 0; i < p->n_acct; i++)
		if (!p->acct[i]->is_vault && p->acct[i]->funded)
			return p->acct[i];
	p->why = "no user is named, and nobody has been funded";
	return NULL;
}

int32_t admin_coin(struct paper *p, const struct jv *root, const char *key)
{
	const char *name = jv_text(jv_get(root, key));

	if (name != NULL && strcmp(name, "*") == 0)
		return -2;
	p->why = "no such coin";
	return coin_by_name(p, name);
}

static bool set_fault(struct paper *p, const struct jv *root)
{
	const char *name = jv_text(jv_get(root, "fault"));
	int k;

	for (k = 0; k < FAULT_KINDS; k++)
		if (name != NULL && strcmp(name, paper_fault_name((enum paper_fault)k)) == 0)
			return paper_fault(p, (enum paper_fault)k, admin_int(root, "count", 1),
					   admin_int(root, "ms", 0),
					   admin_int(root, "per_mille", 0));
	return false;
}

static bool set_position(struct paper *p, const struct jv *root)
{
	const char *coin = jv_text(jv_get(root, "position")), *px = jv_text(jv_get(root, "price"));
	struct acct *a = admin_user(p, root);
	int32_t i = coin_by_name(p, coin);
	int64_t size, at;

	if (a == NULL)
		return false;
	p->why = "position: position, size and price are decimals and names in quotes";
	if (coin == NULL || !admin_num(root, "size", &size) || px == NULL)
		return false;
	if (strcmp(px, "mid") == 0 && i >= 0)
		at = price_round(&p->coin[i], p->coin[i].mid, false) / 100;
	else if (!num_read(px, &at) || at > INT64_MAX / 100)
		return false;
	return paper_position(p, a->hex, coin, (struct qty){size}, (struct price){at * 100},
			      admin_int(root, "leverage", 0), admin_yes(root, "isolated", false));
}

static bool set_mark(struct paper *p, const struct jv *root)
{
	int64_t px = 0;

	if (!num_read(jv_text(jv_get(root, "px")), &px) || px > INT64_MAX / 100)
		return admin_no(p, "mark: px is a decimal in quotes, at most 10,000,000");
	return paper_mark(p, jv_text(jv_get(root, "mark")), (struct price){px * 100});
}

static bool set_oi_cap(struct paper *p, const struct jv *root)
{
	int32_t i = admin_coin(p, root, "oi_cap");

	if (i < 0)
		return false;
	p->coin[i].oi_capped = admin_yes(root, "on", true);
	return true;
}

static bool set_fund(struct paper *p, const struct jv *root)
{
	int64_t v;

	return jv_text(jv_get(root, "fund")) != NULL && admin_num(root, "usd", &v) &&
	       paper_fund(p, jv_text(jv_get(root, "fund")), (struct money){v});
}

static bool set_agent(struct paper *p, const struct jv *root)
{
	struct acct *a = admin_user(p, root);

	return a != NULL && jv_text(jv_get(root, "agent")) != NULL &&
	       paper_agent(p, a->hex, jv_text(jv_get(root, "agent")));
}

static bool set_sub(struct paper *p, const struct jv *root)
{
	struct acct *a = admin_user(p, root);
	const char *name = jv_text(jv_get(root, "name"));

	return a != NULL && jv_text(jv_get(root, "sub")) != NULL &&
	       paper_sub(p, a->hex, jv_text(jv_get(root, "sub")), name != NULL ? name : "sub");
}

/* Every block in between is carried out: a large step in slices, so that others are served. */
static bool set_clock(struct paper *p, const struct jv *root)
{
	int64_t ms;

	if (!jv_i64(jv_get(root, "clock"), &ms) || ms > CLOCK_STEP_MS || ms < -CLOCK_STEP_MS ||
	    p->owed > 0)
		return admin_no(p,
				"clock: from -3600000 to 3600000 ms, and one large step at a time");
	if (ms > CLOCK_AT_ONCE_MS)
		p->owed = ms;
	else
		p->skew += ms;
	return true;
}

static bool set_kill(struct paper *p, const struct jv *root)
{
	(void)root;
	paper_kill_sockets(p);
	return true;
}

static const struct {
	const char *key;
	bool (*fn)(struct paper *p, const struct jv *root);
} words[] = {
	{"fault", set_fault},
	{"position", set_position},
	{"mark", set_mark},
	{"oi_cap", set_oi_cap},
	{"fund", set_fund},
	{"agent", set_agent},
	{"sub", set_sub},
	{"clock", set_clock},
	{"kill", set_kill},
	{"post_only", admin_post_only},
	{"budget", admin_budget},
	{"agent_expiry", admin_agent_expiry},
	{"litter", admin_litter},
	{"cover", admin_cover},
	{"dust", admin_dust},
	{"equity", admin_equity},
	{"depth", admin_depth},
	{"oracle", admin_oracle},
	{"external", admin_external},
	{"funding", admin_funding},
	{"liquidator", admin_liquidator},
	{"adl", admin_adl},
	{"reduce_only", admin_reduce_only},
	{"reduce_only_cover", admin_cover_rule},
	{"min_rule", admin_min_rule},
	{"hand", admin_hand},
	{"runner", admin_runner},
	{"hunter", admin_hunter},
	{"flood", admin_flood},
	{"burst", admin_burst},
};

static bool admin(struct paper *p, const struct jv *root)
{
	size_t i;

	p->why = "nothing that is known, or a value out of range";
	for (i = 0; i < COUNT_OF(words); i++)
		if (jv_get(root, words[i].key) != NULL)
			return words[i].fn(p, root);
	return false;
}

bool paper_do(struct paper *p, const char *json, size_t len, const char **why)
{
	const struct jv *root = json_parse(p->json, json, len, NULL);
	bool ok = root != NULL ? admin(p, root) : admin_no(p, "not a JSON object");

	if (!ok)
		*why = p->why;
	return ok;
}

void admin_answer(struct paper *p, uint64_t conn, const struct jv *root)
{
	static const char yes[] = "{\"ok\":true}";
	int64_t owed = p->owed;
	struct str s = {0};

	if (p->ask != NULL && jv_get(root, "drill") != NULL && p->ask(p->spy_ctx, root, &s)) {
		answer_http(p, conn, 200, "application/json", s.p, s.len, p->now);
		str_free(&s);
		return;
	}
	if (admin(p, root)) {
		/* after a large step the answer comes when the venue is there */
		answer_http(p, conn, 200, "application/json", yes, sizeof yes - 1,
			    p->now + p->owed - owed);
		return;
	}
	str_printf(&s, "{\"ok\":false,\"error\":\"%s\"}", p->why);
	answer_http(p, conn, 400, "application/json", s.p, s.len, p->now);
	str_free(&s);
}
