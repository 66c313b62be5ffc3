/* paper_rig.c: see paper_rig.h. */
#include "paper_rig.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/hex.h"
#include "wire/json.h"

static const int64_t mids[] = {100000, 4000, 200};

void rig_start(struct rig *r)
{
	paper_free(r->p);
	r->conf.market = &r->m.market;
	r->conf.start_ms = r->now;
	r->p = paper_new(&r->conf);
}

static void ladders(struct rig *r)
{
	static const int64_t step[] = {100000000000, 10000000000, 1000000000};
	static const int64_t size[] = {100000000, 1000000000, 10000000000};
	uint16_t i;

	for (i = 0; i < 3; i++)
		fixed_ladder(&r->m, i, (struct price){mids[i] * PX_ONE}, (struct price){step[i]},
			     (struct qty){size[i]}, 20);
}

void rig_open(struct rig *r)
{
	uint8_t addr[20];
	int k;

	*r = (struct rig){.now = (int64_t)RIG_START * 1000};
	r->secp = secp_new(NULL);
	fixed_init(&r->m);
	fixed_majors(&r->m);
	ladders(r);
	for (k = 0; k < RIG_KEYS; k++) {
		memset(r->key[k], 0x11 * (k + 1), 32);
		secp_address(r->secp, addr, r->key[k]);
		addr_hex(r->user[k], addr);
	}
	r->conf.seed = 7;
	r->conf.no_ip_limits = true;
	r->nonce = (uint64_t)r->now;
	rig_start(r);
}

void rig_close(struct rig *r)
{
	paper_free(r->p);
	secp_free(r->secp);
	str_free(&r->answer);
	str_free(&r->frames);
}

void rig_fund(struct rig *r, int k, int64_t usd)
{
	ASSERT(paper_fund(r->p, r->user[k], (struct money){usd * USD}));
}

void rig_drain(struct rig *r)
{
	struct paper_out o;

	while (paper_next(r->p, &o)) {
		if (o.kind == PAPER_OUT_TEXT) {
			str_add(&r->frames, o.bytes, o.len);
			str_putc(&r->frames, '\n');
			r->n_frames++;
		} else if (o.kind == PAPER_OUT_CLOSE) {
			r->n_closed++;
			r->status = -1;
		} else {
			str_clear(&r->answer);
			str_add(&r->answer, o.bytes, o.len);
			r->status = o.status;
		}
	}
}

void rig_run(struct rig *r, int64_t ms)
{
	r->now += ms;
	paper_advance(r->p, r->now);
	rig_drain(r);
}

const char *rig_post(struct rig *r, const char *path, const char *body)
{
	int i;

	str_clear(&r->answer);
	r->status = 0;
	paper_http(r->p, ++r->conn, "127.0.0.1", "POST", path, "application/json", body,
		   strlen(body), r->now);
	rig_drain(r);
	for (i = 0; i < 3 && r->status == 0; i++)
		rig_run(r, 70);
	return str_text(&r->answer);
}

const char *rig_info(struct rig *r, const char *fmt, ...)
{
	char body[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(body, sizeof body, fmt, ap);
	va_end(ap);
	return rig_post(r, "/info", body);
}

static void envelope(struct rig *r, struct str *s, const char *action, uint64_t nonce,
		     const char *sig)
{
	str_printf(s, "{\"action\":%s,\"nonce\":%llu,\"signature\":%s", action,
		   (unsigned long long)nonce, sig);
	if (r->expires > 0)
		str_printf(s, ",\"expiresAfter\":%llu", (unsigned long long)r->expires);
	if (r->vault[0])
		str_printf(s, ",\"vaultAddress\":\"%s\"", r->vault);
	str_putc(s, '}');
}

char *rig_sign(struct rig *r, int k, const char *action, uint64_t nonce)
{
	struct json *j = json_new(1 << 16);
	uint8_t digest[32], rr[32], ss[32], v;
	char rh[65], sh[65], sig[256];
	struct str s = {0};
	struct action act;
	bool ok;

	envelope(r, &s, action, nonce, "{\"r\":\"0x1\",\"s\":\"0x1\",\"v\":27}");
	ok = action_read(&act, json_parse(j, s.p, s.len, NULL));
	str_clear(&s);
	memset(digest, 0, sizeof digest);
	if (ok) { /* what cannot be read is sent with some signature */
		act_digest(&act, r->conf.source == 'a' ? 'a' : 'b', digest);
		action_free(&act);
	}
	ASSERT(secp_sign(r->secp, rr, ss, &v, digest, r->key[k]));
	hex_encode(rh, rr, 32);
	hex_encode(sh, ss, 32);
	snprintf(sig, sizeof sig, "{\"r\":\"0x%s\",\"s\":\"0x%s\",\"v\":%d}", rh, sh, v);
	envelope(r, &s, action, nonce, sig);
	json_free(j);
	return s.p;
}

const char *rig_act(struct rig *r, int k, const char *action)
{
	uint64_t nonce = ++r->nonce > (uint64_t)r->now ? r->nonce : (r->nonce = (uint64_t)r->now);
	char *body = rig_sign(r, k, action, nonce);
	const char *answer = rig_post(r, "/exchange", body);

	free(body);
	return answer;
}

uint64_t rig_ws(struct rig *r)
{
	uint64_t conn = 1000000 + ++r->conn;

	ASSERT(paper_ws_open(r->p, conn, "127.0.0.1", r->now));
	return conn;
}

void rig_ws_send(struct rig *r, uint64_t conn, const char *text)
{
	paper_ws_text(r->p, conn, text, strlen(text), r->now);
	rig_drain(r);
}

const char *rig_order(struct rig *r, int k, uint32_t asset, char side, const char *px,
		      const char *sz, const char *tif, bool ro)
{
	char a[512];

	snprintf(a, sizeof a,
		 "{\"type\":\"order\",\"orders\":[{\"a\":%u,\"b\":%s,\"p\":\"%s\",\"s\":\"%s\","
		 "\"r\":%s,\"t\":{\"limit\":{\"tif\":\"%s\"}}}],\"grouping\":\"na\"}",
		 asset, side == 'B' ? "true" : "false", px, sz, ro ? "true" : "false", tif);
	return rig_act(r, k, a);
}

uint64_t rig_oid(struct rig *r)
{
	const char *at = strstr(str_text(&r->answer), "\"oid\":");

	return at != NULL ? strtoull(at + 6, NULL, 10) : 0;
}

void rig_position(struct rig *r, int k, const char *coin, const char *sz, const char *px,
		  int32_t lev, bool isolated)
{
	int64_t s, p;
	bool neg = sz[0] == '-';

	ASSERT(num_read(sz + neg, &s) && num_read(px, &p));
	ASSERT(paper_position(r->p, r->user[k], coin, (struct qty){neg ? -s : s},
			      (struct price){p * 100}, lev, isolated));
}

int64_t rig_szi(struct rig *r, int k, const char *coin)
{
	return paper_szi(r->p, r->user[k], coin).v;
}

bool rig_has(struct rig *r, const char *text)
{
	bool has = strstr(str_text(&r->answer), text) != NULL;

	if (!has)
		fprintf(stderr, "answer %d: %s\n", r->status, str_text(&r->answer));
	return has;
}

bool rig_saw(struct rig *r, const char *text)
{
	bool saw = strstr(str_text(&r->frames), text) != NULL;

	if (!saw)
		fprintf(stderr, "no frame with %s in:\n%.3000s\n", text, str_text(&r->frames));
	return saw;
}

void rig_mark(struct rig *r, const char *coin, int64_t usd)
{
	ASSERT(paper_mark(r->p, coin, (struct price){usd * PX_ONE}));
}
