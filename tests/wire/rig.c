/* rig.c: see rig.h. The meta and frames here are made up, in the shapes the venue uses. */
#include "tests/wire/rig.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"

static const char meta[] =
	"[{\"universe\":[{\"szDecimals\":5,\"name\":\"BTC\",\"maxLeverage\":40,\"marginTableId\":"
	"56},"
	"{\"szDecimals\":4,\"name\":\"ETH\",\"maxLeverage\":25,\"marginTableId\":55},"
	"{\"szDecimals\":1,\"name\":\"OLD\",\"maxLeverage\":20,\"marginTableId\":20,"
	"\"isDelisted\":true},"
	"{\"szDecimals\":2,\"name\":\"SOL\",\"maxLeverage\":20,\"marginTableId\":20,"
	"\"onlyIsolated\":true}],\"marginTables\":[[56,{\"description\":\"t\",\"marginTiers\":["
	"{\"lowerBound\":\"0.0\",\"maxLeverage\":40},{\"lowerBound\":\"150000000.0\","
	"\"maxLeverage\":20}]}],[55,{\"description\":\"t\",\"marginTiers\":[{\"lowerBound\":\"0."
	"0\","
	"\"maxLeverage\":25}]}]],\"collateralToken\":0},[{\"funding\":\"0.0000125\","
	"\"openInterest\":\"100.5\",\"prevDayPx\":\"1.0\",\"dayNtlVlm\":\"605822.2557999999\","
	"\"premium\":null,\"oraclePx\":\"60001.5\",\"markPx\":\"60000.7\",\"midPx\":\"60000.5\","
	"\"impactPxs\":null,\"dayBaseVlm\":\"1.0\"},"
	"{\"funding\":\"-0.00001\",\"openInterest\":\"1.0\",\"oraclePx\":\"2000.0\","
	"\"markPx\":\"2001.0\",\"midPx\":null},{\"oraclePx\":\"1.0\",\"markPx\":\"1.0\","
	"\"midPx\":null},{\"oraclePx\":\"100.0\",\"markPx\":\"100.0\",\"midPx\":\"100.1\"}]]";
static const char spot_meta[] =
	"[{\"universe\":[{\"tokens\":[1,0],\"name\":\"PURR/"
	"USDC\",\"index\":0,\"isCanonical\":true},"
	"{\"tokens\":[2,0],\"name\":\"@107\",\"index\":107,\"isCanonical\":false}],\"tokens\":["
	"{\"name\":\"USDC\",\"szDecimals\":8,\"weiDecimals\":8,\"index\":0},"
	"{\"name\":\"PURR\",\"szDecimals\":0,\"weiDecimals\":5,\"index\":1},"
	"{\"name\":\"HYPE\",\"szDecimals\":2,\"weiDecimals\":8,\"index\":2}]},"
	"[{\"markPx\":\"0.2\",\"midPx\":null,\"coin\":\"PURR/USDC\"},"
	"{\"markPx\":\"45.5\",\"midPx\":\"45.6\",\"coin\":\"@107\"}]]";
static const char dexs[] =
	"[null,{\"name\":\"aaa\",\"fullName\":\"x\"},{\"name\":\"xyz\",\"fullName\":\"y\"}]";
static const char dex_meta[] =
	"[{\"universe\":[{\"szDecimals\":3,\"name\":\"xyz:GOLD\",\"maxLeverage\":10,"
	"\"marginTableId\":10,\"marginMode\":\"noCross\"},{\"szDecimals\":2,\"name\":\"xyz:OIL\","
	"\"maxLeverage\":5,\"marginTableId\":5}],\"marginTables\":[],\"collateralToken\":0},[]]";

static void *copy_of(const void *p, size_t n)
{
	void *c = malloc(n ? n : 1);

	ASSERT(c);
	if (n)
		memcpy(c, p, n);
	return c;
}

#define KEEP(list) (list).at = copy = copy_of((list).at, (list).n * sizeof *(list).at)

static void sink(void *ctx, const struct event *ev)
{
	struct rig *r = ctx;
	struct event *e = &r->ev[r->n];
	void *copy = NULL;

	if (ev->kind == EV_INSTRS)
		for (uint32_t i = 0; i < ev->instrs.n; i++)
			instr_put(&r->instrs, &ev->instrs.at[i]);
	if (r->n == RIG_EVENTS)
		return;
	*e = *ev;
	switch (ev->kind) {
	case EV_INSTRS:
		KEEP(e->instrs);
		break;
	case EV_BOOK:
		e->book.book = copy = copy_of(e->book.book, sizeof *e->book.book);
		break;
	case EV_TRADES:
		KEEP(e->trades);
		break;
	case EV_MIDS:
		KEEP(e->mids);
		break;
	case EV_ACCOUNT:
		KEEP(e->acct);
		break;
	case EV_SPOT:
		KEEP(e->spot);
		break;
	case EV_ORDERS:
		KEEP(e->orders);
		break;
	case EV_FILLS:
		KEEP(e->fills);
		break;
	case EV_FUNDING:
		KEEP(e->funding);
		break;
	case EV_ANSWER:
		KEEP(e->answer);
		break;
	case EV_TWAPS:
		KEEP(e->twaps);
		break;
	case EV_SUBS:
		KEEP(e->subs);
		break;
	case EV_DEXES:
		KEEP(e->dexes);
		break;
	default:
		break;
	}
	r->copies[r->n++] = copy;
}

struct rig *rig_new(uint8_t roles, const char *user, const char *const *dexes, size_t n_dexes)
{
	struct rig *r = calloc(1, sizeof *r);
	struct hl_conf c = {.account = 3, .roles = roles, .shared = NULL};
	struct buf b;

	ASSERT(r);
	instr_table_init(&r->instrs);
	r->json = json_new(0);
	r->own = json_new(0);
	r->h = calloc(1, hl_size());
	ASSERT(r->json && r->own && r->h);
	ASSERT(hl_shared_init(&r->shared, &r->instrs, dexes, n_dexes, NULL));
	c.shared = &r->shared;
	c.json = r->json;
	c.sink = sink;
	c.sink_ctx = r;
	c.post_base = 1000;
	buf_init(&b, c.user, sizeof c.user);
	buf_puts(&b, user);
	hl_init(r->h, &c);
	r->now_ns = 5000000000;
	r->wall_ms = 1790000000000;
	return r;
}

void rig_free(struct rig *r)
{
	rig_clear(r);
	json_free(r->json);
	json_free(r->own);
	free(r->h);
	free(r);
}

void rig_clear(struct rig *r)
{
	while (r->n)
		free(r->copies[--r->n]);
}

const struct event *rig_event(const struct rig *r, enum event_kind kind, uint32_t nth)
{
	for (uint32_t i = 0; i < r->n; i++)
		if (r->ev[i].kind == kind && !nth--)
			return &r->ev[i];
	return NULL;
}

uint32_t rig_count(const struct rig *r, enum event_kind kind)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < r->n; i++)
		n += r->ev[i].kind == kind;
	return n;
}

/* An exact copy, so that a sanitizer sees a read beyond the frame. */
void rig_text(struct rig *r, const char *frame)
{
	size_t n = strlen(frame);
	char *copy = copy_of(frame, n);

	hl_on_text(r->h, copy, n, r->now_ns, r->wall_ms);
	free(copy);
}

void rig_wait(struct rig *r, int64_t ms)
{
	int64_t end = r->now_ns + ms * 1000000, at;

	while ((at = hl_next_deadline(r->h)) <= end) {
		if (at > r->now_ns) {
			r->wall_ms += (at - r->now_ns) / 1000000;
			r->now_ns = at;
		}
		hl_on_timer(r->h, r->now_ns, r->wall_ms);
		if (hl_next_deadline(r->h) <= r->now_ns)
			break; /* waits for an output to be taken */
	}
	if (r->now_ns < end) {
		r->wall_ms += (end - r->now_ns) / 1000000;
		r->now_ns = end;
	}
}

bool rig_out(struct rig *r)
{
	if (!hl_next_output(r->h, &r->out, r->now_ns))
		return false;
	ASSERT(r->out.n < RIG_TEXT);
	memcpy(r->text, r->out.p, r->out.n);
	r->text[r->out.n] = 0;
	return true;
}

uint16_t rig_coin(struct rig *r, const char *coin, uint32_t asset)
{
	struct instr i = {.asset = asset, .sz_decimals = 2, .px_decimals = 4, .px_sig = 5};
	struct buf b;

	buf_init(&b, i.coin, sizeof i.coin);
	buf_puts(&b, coin);
	return instr_put(&r->instrs, &i);
}

void rig_ready(struct rig *r)
{
	for (uint8_t i = 0; i < r->shared.n_dexes; i++) {
		r->shared.dex[i].loaded = true;
		r->shared.dex[i].index = i;
	}
	r->shared.spot_loaded = true;
}

static bool answer_meta(struct rig *r, uint64_t id, const struct jv *payload)
{
	static char frame[RIG_TEXT];
	const char *type = jv_text(jv_get(payload, "type")), *body = NULL;
	struct buf b;

	if (!type)
		return false;
	if (!strcmp(type, "metaAndAssetCtxs"))
		body = jv_get(payload, "dex") ? dex_meta : meta;
	else if (!strcmp(type, "spotMetaAndAssetCtxs"))
		body = spot_meta;
	else if (!strcmp(type, "perpDexs"))
		body = dexs;
	if (!body)
		return false;
	buf_init(&b, frame, sizeof frame);
	buf_printf(&b,
		   "{\"channel\":\"post\",\"data\":{\"id\":%llu,\"response\":{\"type\":\"info\","
		   "\"payload\":{\"type\":\"%s\",\"data\":%s}}}}",
		   (unsigned long long)id, type, body);
	rig_text(r, frame);
	return true;
}

static const char *first_data(const char *type)
{
	static const struct {
		const char *type, *data;
	} rows[] = {
		{"allMids", "{\"mids\":{\"BTC\":\"60000.5\",\"#12\":\"1.0\"}}"},
		{"l2Book", "{\"coin\":\"BTC\",\"time\":1,\"levels\":[[],[]]}"},
		{"activeAssetCtx", "{\"coin\":\"BTC\",\"ctx\":{\"markPx\":\"60000.0\"}}"},
		{"clearinghouseState",
		 "{\"dex\":\"%D\",\"user\":\"%U\",\"clearinghouseState\":{\"marginSummary\":{"
		 "\"accountValue\":\"1.5\",\"totalNtlPos\":\"0.0\",\"totalRawUsd\":\"1.5\","
		 "\"totalMarginUsed\":\"0.0\"},\"crossMarginSummary\":{\"accountValue\":\"1.5\","
		 "\"totalNtlPos\":\"0.0\",\"totalRawUsd\":\"1.5\",\"totalMarginUsed\":\"0.0\"},"
		 "\"withdrawable\":\"1.5\",\"assetPositions\":[],\"time\":1}}"},
		{"openOrders", "{\"dex\":\"%D\",\"user\":\"%U\",\"orders\":[]}"},
		{"spotState", "{\"user\":\"%U\",\"spotState\":{\"balances\":[]}}"},
		{"userFills", "{\"isSnapshot\":true,\"user\":\"%U\",\"fills\":[]}"},
		{"userFundings", "{\"isSnapshot\":true,\"user\":\"%U\",\"fundings\":[]}"},
		{"userTwapSliceFills",
		 "{\"isSnapshot\":true,\"user\":\"%U\",\"twapSliceFills\":[]}"},
		{"twapStates", "{\"dex\":\"%D\",\"user\":\"%U\",\"states\":[]}"},
		{"webData3", "{\"userState\":{\"user\":\"%U\",\"agentAddress\":null},"
			     "\"perpDexStates\":[]}"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!strcmp(rows[i].type, type))
			return rows[i].data;
	return NULL;
}

static void serve_subscription(struct rig *r, const struct jv *sub, bool data)
{
	static char frame[RIG_TEXT];
	const char *type = jv_text(jv_get(sub, "type")), *p = first_data(type);
	const char *dex = jv_text(jv_get(sub, "dex")), *user = jv_text(jv_get(sub, "user"));
	struct buf b;

	buf_init(&b, frame, sizeof frame);
	buf_puts(&b, "{\"channel\":\"subscriptionResponse\",\"data\":{\"method\":\"subscribe\","
		     "\"subscription\":");
	rig_write(&b, sub);
	buf_puts(&b, "}}");
	rig_text(r, frame);
	if (!data || !p)
		return;
	buf_reset(&b);
	buf_printf(&b, "{\"channel\":\"%s\",\"data\":", type);
	for (; *p; p++) {
		if (!strncmp(p, "%U", 2)) {
			buf_puts(&b, user);
			p++;
		} else if (!strncmp(p, "%D", 2)) {
			buf_puts(&b, dex ? dex : "");
			p++;
		} else {
			buf_putc(&b, *p);
		}
	}
	buf_puts(&b, "}");
	rig_text(r, frame);
}

void rig_beat(struct rig *r)
{
	static const char *const subs[] = {
		"{\"type\":\"allMids\"}",
		"{\"type\":\"clearinghouseState\",\"user\":\"" RIG_USER "\"}",
		"{\"type\":\"openOrders\",\"user\":\"" RIG_USER "\"}",
	};

	for (size_t i = 0; i < COUNT_OF(subs); i++)
		serve_subscription(r, json_parse(r->own, subs[i], strlen(subs[i]), NULL), true);
}

bool rig_serve(struct rig *r, bool data)
{
	const struct jv *v = json_parse(r->own, r->text, r->out.n, NULL);
	const struct jv *request = jv_get(v, "request");
	uint64_t id = 0;

	ASSERT(v || r->out.kind == HL_OUT_CLOSE);
	if (jv_str_is(jv_get(v, "method"), "subscribe")) {
		serve_subscription(r, jv_get(v, "subscription"), data);
		return true;
	}
	return jv_u64(jv_get(v, "id"), &id) && answer_meta(r, id, jv_get(request, "payload"));
}

void rig_start(struct rig *r, bool data)
{
	hl_on_connect(r->h, r->now_ns, r->wall_ms);
	while (rig_out(r))
		rig_serve(r, data);
}

void rig_write(struct buf *b, const struct jv *v)
{
	const char *s;
	bool yes = false, obj = jv_type(v) == JV_OBJECT;

	switch (jv_type(v)) {
	case JV_BOOL:
		jv_bool(v, &yes);
		buf_puts(b, yes ? "true" : "false");
		break;
	case JV_NUMBER:
		jv_number(v, &s, NULL);
		buf_puts(b, s);
		break;
	case JV_STRING:
		buf_json_str(b, jv_text(v));
		break;
	case JV_ARRAY:
	case JV_OBJECT:
		buf_putc(b, obj ? '{' : '[');
		for (const struct jv *m = jv_first(v); m; m = jv_next(m)) {
			if (obj) {
				buf_json_str(b, jv_key(m));
				buf_putc(b, ':');
			}
			rig_write(b, m);
			if (jv_next(m))
				buf_putc(b, ',');
		}
		buf_putc(b, obj ? '}' : ']');
		break;
	default:
		buf_puts(b, "null");
	}
}

bool rig_out_with(struct rig *r, const char *part)
{
	while (rig_out(r)) {
		if (strstr(r->text, part))
			return true;
		rig_serve(r, true);
	}
	return false;
}

void rig_post_reply(struct rig *r, uint32_t id, const char *type, const char *payload)
{
	char frame[4096];
	struct buf b;

	buf_init(&b, frame, sizeof frame);
	buf_printf(&b,
		   "{\"channel\":\"post\",\"data\":{\"id\":%u,\"response\":{\"type\":\"%s\","
		   "\"payload\":%s}}}",
		   id, type, payload);
	rig_text(r, frame);
}

struct rig *rig_account(void)
{
	struct rig *r = rig_new(HL_MARKET | HL_ACCOUNT, RIG_USER, NULL, 0);

	rig_start(r, true);
	rig_clear(r);
	return r;
}
