/* serve.c: HTTP: paths, status and bodies as the venue gives them. */
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "paper/state.h"

#include "base/banned.h"

static const char plain[] = "text/plain; charset=utf-8";

static void answer_text(struct paper *p, uint64_t conn, int status, const char *text)
{
	answer_http(p, conn, status, plain, text, strlen(text), p->now);
}

static void answer_null(struct paper *p, uint64_t conn, int status)
{
	answer_http(p, conn, status, "application/json", "null", 4, p->now);
}

/* application/json or application/...+json, parameters allowed. */
static bool is_json_type(const char *type)
{
	size_t n;

	if (type == NULL || strncasecmp(type, "application/", 12) != 0)
		return false;
	type += 12;
	n = strcspn(type, "; \t");
	return (n == 4 && strncasecmp(type, "json", 4) == 0) ||
	       (n > 5 && strncasecmp(type + n - 5, "+json", 5) == 0);
}

/* Long lists cost one more for every 20 entries, candles for every 60; counted after the fact. */
static uint32_t list_weight(const char *type, const char *body)
{
	static const struct {
		const char *type, *mark;
		uint32_t per;
	} row[] = {
		{"recentTrades", "\"tid\":", 20},
		{"historicalOrders", "\"statusTimestamp\":", 20},
		{"userFills", "\"tid\":", 20},
		{"userFillsByTime", "\"tid\":", 20},
		{"fundingHistory", "\"time\":", 20},
		{"userFunding", "\"time\":", 20},
		{"userNonFundingLedgerUpdates", "\"time\":", 20},
		{"twapHistory", "\"time\":", 20},
		{"userTwapSliceFills", "\"tid\":", 20},
		{"userTwapSliceFillsByTime", "\"tid\":", 20},
		{"candleSnapshot", "\"T\":", 60},
	};
	uint32_t n = 0;
	size_t i;

	for (i = 0; i < sizeof row / sizeof row[0]; i++) {
		if (strcmp(type, row[i].type) != 0)
			continue;
		while ((body = strstr(body, row[i].mark)) != NULL) {
			body++;
			n++;
		}
		return n / row[i].per;
	}
	return 0;
}

static void serve_info(struct paper *p, uint64_t conn, struct ip *ip, const struct jv *root)
{
	const char *type = jv_text(jv_get(root, "type"));
	struct str s = {0};
	int status;

	if (type == NULL && jv_type(root) == JV_ARRAY)
		type = jv_text(jv_at(root, 0));
	if (type == NULL) {
		answer_text(p, conn, 422, text_of(TX_HTTP_SCHEMA));
		return;
	}
	if (!ip_charge(p, ip, info_weight(type)) || fault_hits(p, FAULT_429)) {
		answer_null(p, conn, 429);
		return;
	}
	if (fault_hits(p, FAULT_READ_ERROR)) {
		answer_gateway(p, conn, false, 0);
		return;
	}
	status = info_answer(p, root, &s);
	ip_charge(p, ip, list_weight(type, str_text(&s)));
	if (status == 422)
		answer_text(p, conn, 422, text_of(TX_HTTP_SCHEMA));
	else
		answer_http(p, conn, status, "application/json", str_text(&s), s.len, p->now);
	str_free(&s);
}

static uint32_t action_weight(const struct jv *root)
{
	const struct jv *act = jv_get(root, "action");
	size_t n = jv_len(jv_get(act, "orders")) + jv_len(jv_get(act, "cancels")) +
		   jv_len(jv_get(act, "modifies"));

	return 1 + (uint32_t)(n / 40);
}

static void serve_post(struct paper *p, uint64_t conn, struct ip *ip, const char *path,
		       const struct jv *root)
{
	if (strcmp(path, "/info") == 0) {
		serve_info(p, conn, ip, root);
	} else if (strcmp(path, "/exchange") == 0) {
		if (!ip_charge(p, ip, action_weight(root)) || fault_hits(p, FAULT_429))
			answer_null(p, conn, 429);
		else
			exchange_submit(p, conn, false, 0, root);
	} else {
		admin_answer(p, conn, root);
	}
}

/* /info reads the first value of a body and ignores what follows it. */
static size_t first_value(const char *s, size_t n)
{
	size_t i = 0, depth = 0;
	bool text = false;

	while (i < n && (s[i] == ' ' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r'))
		i++;
	if (i == n || (s[i] != '{' && s[i] != '['))
		return n;
	for (; i < n; i++) {
		if (text) {
			if (s[i] == '\\')
				i++;
			else if (s[i] == '"')
				text = false;
		} else if (s[i] == '"') {
			text = true;
		} else if (s[i] == '{' || s[i] == '[') {
			depth++;
		} else if ((s[i] == '}' || s[i] == ']') && --depth == 0) {
			return i + 1;
		}
	}
	return n;
}

void paper_http(struct paper *p, uint64_t conn, const char *ip, const char *method,
		const char *path, const char *type, const char *body, size_t len, int64_t now_ms)
{
	const struct jv *root;
	struct err e = {0};

	paper_advance(p, now_ms);
	if (strcmp(path, "/info") != 0 && strcmp(path, "/exchange") != 0 &&
	    strcmp(path, "/paper") != 0) {
		answer_http(p, conn, 404, plain, "", 0, p->now);
		return;
	}
	if (strcmp(method, "POST") != 0) {
		answer_http(p, conn, 405, plain, "", 0, p->now);
		return;
	}
	if (!is_json_type(type)) {
		answer_text(p, conn, 415, text_of(TX_HTTP_TYPE));
		return;
	}
	if (strcmp(path, "/info") == 0)
		len = first_value(body, len);
	root = json_parse(p->json, body, len, &e);
	if (root == NULL && strstr(e.text, "two members") != NULL) {
		answer_text(p, conn, 422, text_of(TX_HTTP_SCHEMA));
		return;
	}
	if (root == NULL) {
		answer_text(p, conn, 400, text_of(TX_HTTP_PARSE));
		return;
	}
	serve_post(p, conn, ip_find(p, ip), path, root);
}
