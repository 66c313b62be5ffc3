/* json.c: the strict JSON door, and the only file of the product that includes cJSON.
 *
 * cJSON alone accepts bad escapes, control bytes, leading zeros, broken UTF-8 and trailing garbage,
 * keeps duplicate keys, finds members in any letter case and turns integers into doubles. So:
 *
 *  1. prescan() proves the whole document against RFC 8259 before cJSON sees a byte of it.
 *  2. cJSON builds the tree inside an arena of the calling thread: nothing is freed one by one,
 *     and two threads never share memory though cJSON's hooks are global.
 *  3. finish() walks the tree once: keys of an object are different after unescaping, and every
 *     number carries its own text (valuestring), found again in the source in document order.
 *  4. Nothing here looks at valuedouble or valueint, and no cJSON type leaves this file.
 */
#include "wire/json.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <cjson/cJSON.h>

#include "base/check.h"
#include "base/utf8.h"
#include "limits.h"
#include "base/banned.h"

enum { CHUNK_MIN = 64 << 10, DUP_SMALL = 12 };

struct chunk {
	struct chunk *next;
	size_t cap, used;
	_Alignas(16) unsigned char mem[];
};

struct json {
	struct chunk *first; /* kept */
	struct chunk *cur;   /* newest; later ones than first are given back at reset */
};

/* The arena cJSON allocates from during json_parse on this thread. */
static _Thread_local struct json *arena_now;

static struct chunk *chunk_new(size_t cap)
{
	struct chunk *c = malloc(sizeof *c + cap);

	if (!c)
		return NULL;
	c->next = NULL;
	c->cap = cap;
	c->used = 0;
	return c;
}

static void *arena_take(struct json *j, size_t n)
{
	struct chunk *c = j->cur;
	void *p;

	n = (n + 15) & ~(size_t)15;
	if (n > c->cap - c->used) {
		struct chunk *more = chunk_new(n > 2 * c->cap ? n : 2 * c->cap);

		if (!more)
			return NULL;
		c->next = more;
		j->cur = c = more;
	}
	p = c->mem + c->used;
	c->used += n;
	return p;
}

static void arena_reset(struct json *j)
{
	struct chunk *c = j->first->next;

	while (c) {
		struct chunk *next = c->next;

		free(c);
		c = next;
	}
	j->first->next = NULL;
	j->first->used = 0;
	j->cur = j->first;
}

static void *hook_malloc(size_t n)
{
	ASSERT(arena_now); /* cJSON is used through this door only */
	return arena_take(arena_now, n);
}

static void hook_free(void *p)
{
	(void)p; /* the arena forgets all at once */
}

static void hooks_set(void)
{
	cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = hook_malloc, .free_fn = hook_free});
}

struct json *json_new(size_t arena)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct json *j = malloc(sizeof *j);

	if (!j)
		return NULL;
	pthread_once(&once, hooks_set);
	j->first = j->cur = chunk_new(arena < CHUNK_MIN ? CHUNK_MIN : arena);
	if (!j->first) {
		free(j);
		return NULL;
	}
	return j;
}

void json_free(struct json *j)
{
	if (!j)
		return;
	arena_reset(j);
	free(j->first);
	free(j);
}

/* ---- the pre-scan ---- */

struct pre {
	const char *s;
	size_t n, at;
	size_t values;
	const char *why; /* the broken rule */
	bool limit;	 /* it is a limit of this program, not of JSON */
};

static bool no(struct pre *p, const char *why)
{
	if (!p->why)
		p->why = why;
	return false;
}

static bool over(struct pre *p, const char *why)
{
	p->limit = true;
	return no(p, why);
}

static void skip_space(struct pre *p)
{
	while (p->at < p->n && (p->s[p->at] == ' ' || p->s[p->at] == '\n' || p->s[p->at] == '\r' ||
				p->s[p->at] == '\t'))
		p->at++;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool digits(struct pre *p)
{
	size_t from = p->at;

	while (p->at < p->n && is_digit(p->s[p->at]))
		p->at++;
	return p->at > from || no(p, "a digit is missing in a number");
}

static bool scan_number(struct pre *p)
{
	size_t from = p->at;

	if (p->s[p->at] == '-')
		p->at++;
	if (p->at < p->n && p->s[p->at] == '0')
		p->at++;
	else if (!digits(p))
		return false;
	if (p->at < p->n && is_digit(p->s[p->at]))
		return no(p, "a number starts with 0");
	if (p->at < p->n && p->s[p->at] == '.') {
		p->at++;
		if (!digits(p))
			return false;
	}
	if (p->at < p->n && (p->s[p->at] == 'e' || p->s[p->at] == 'E')) {
		p->at++;
		if (p->at < p->n && (p->s[p->at] == '+' || p->s[p->at] == '-'))
			p->at++;
		if (!digits(p))
			return false;
	}
	return p->at - from <= JSON_NUMBER_MAX || over(p, "a number is longer than 63 bytes");
}

/* Reads four hex digits after \u. */
static bool hex4(struct pre *p, unsigned *out)
{
	unsigned v = 0;

	if (p->n - p->at < 4)
		return no(p, "a \\u escape is cut");
	for (int i = 0; i < 4; i++) {
		char c = p->s[p->at++];
		unsigned d;

		if (is_digit(c))
			d = (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			d = (unsigned)(c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			d = (unsigned)(c - 'A' + 10);
		else
			return no(p, "a \\u escape has a bad digit");
		v = v << 4 | d;
	}
	*out = v;
	return true;
}

static bool scan_escape(struct pre *p)
{
	unsigned hi, lo;
	char c;

	if (p->at >= p->n)
		return no(p, "a string is not closed");
	c = p->s[p->at++];
	if (c != 'u')
		return (c && strchr("\"\\/bfnrt", c)) || no(p, "unknown escape in a string");
	if (!hex4(p, &hi))
		return false;
	if (!hi)
		return over(p, "\\u0000 in a string");
	if (hi >= 0xdc00 && hi <= 0xdfff)
		return no(p, "a low surrogate stands alone");
	if (hi < 0xd800 || hi > 0xdbff)
		return true;
	if (p->n - p->at < 2 || p->s[p->at] != '\\' || p->s[p->at + 1] != 'u')
		return no(p, "a high surrogate stands alone");
	p->at += 2;
	if (!hex4(p, &lo))
		return false;
	return (lo >= 0xdc00 && lo <= 0xdfff) || no(p, "a high surrogate stands alone");
}

static bool scan_string(struct pre *p)
{
	p->at++;
	while (p->at < p->n) {
		unsigned char c = (unsigned char)p->s[p->at];

		if (c == '"') {
			p->at++;
			return true;
		}
		if (c < 0x20)
			return no(p, "a control byte in a string");
		if (c == '\\') {
			p->at++;
			if (!scan_escape(p))
				return false;
		} else if (c < 0x80) {
			p->at++;
		} else {
			uint32_t cp;
			size_t len = utf8_decode(&cp, p->s + p->at, p->n - p->at);

			if (!len)
				return no(p, "bytes that are not UTF-8");
			p->at += len;
		}
	}
	return no(p, "a string is not closed");
}

static bool scan_word(struct pre *p, const char *word)
{
	size_t len = strlen(word);

	if (p->n - p->at < len || memcmp(p->s + p->at, word, len))
		return no(p, "an unknown word");
	p->at += len;
	return true;
}

static bool scan_value(struct pre *p, int depth);

static bool scan_members(struct pre *p, int depth, char close)
{
	p->at++;
	skip_space(p);
	if (p->at < p->n && p->s[p->at] == close) {
		p->at++;
		return true;
	}
	for (;;) {
		if (close == '}') {
			skip_space(p);
			if (p->at >= p->n || p->s[p->at] != '"')
				return no(p, "a member has no name");
			if (!scan_string(p))
				return false;
			skip_space(p);
			if (p->at >= p->n || p->s[p->at] != ':')
				return no(p, "a ':' is missing");
			p->at++;
		}
		if (!scan_value(p, depth))
			return false;
		skip_space(p);
		if (p->at >= p->n)
			return no(p, "the document is cut");
		if (p->s[p->at] == close) {
			p->at++;
			return true;
		}
		if (p->s[p->at] != ',')
			return no(p, "a ',' is missing");
		p->at++;
	}
}

static bool scan_value(struct pre *p, int depth)
{
	skip_space(p);
	if (p->at >= p->n)
		return no(p, "a value is missing");
	if (++p->values > JSON_VALUES_MAX)
		return over(p, "more than 262144 values");
	switch (p->s[p->at]) {
	case '{':
		return depth < JSON_DEPTH_MAX ? scan_members(p, depth + 1, '}')
					      : over(p, "nested deeper than 32");
	case '[':
		return depth < JSON_DEPTH_MAX ? scan_members(p, depth + 1, ']')
					      : over(p, "nested deeper than 32");
	case '"':
		return scan_string(p);
	case 't':
		return scan_word(p, "true");
	case 'f':
		return scan_word(p, "false");
	case 'n':
		return scan_word(p, "null");
	default:
		if (p->s[p->at] == '-' || is_digit(p->s[p->at]))
			return scan_number(p);
		return no(p, "a value is missing");
	}
}

static bool prescan(struct pre *p)
{
	if (p->n > FRAME_MAX)
		return over(p, "longer than 4 MiB");
	if (!scan_value(p, 0))
		return false;
	skip_space(p);
	return p->at == p->n || no(p, "something follows the document");
}

/* ---- after cJSON ---- */

static int by_key(const void *a, const void *b)
{
	return strcmp((*(const cJSON *const *)a)->string, (*(const cJSON *const *)b)->string);
}

static bool keys_differ(struct json *j, const cJSON *obj)
{
	const cJSON **all, *m, *o;
	size_t n = 0, i = 0;

	for (m = obj->child; m; m = m->next)
		n++;
	if (n <= DUP_SMALL) {
		for (m = obj->child; m; m = m->next)
			for (o = m->next; o; o = o->next)
				if (!strcmp(m->string, o->string))
					return false;
		return true;
	}
	all = arena_take(j, n * sizeof *all);
	if (!all)
		return false;
	for (m = obj->child; m; m = m->next)
		all[i++] = m;
	qsort(all, n, sizeof *all, by_key);
	for (i = 1; i < n; i++)
		if (!strcmp(all[i - 1]->string, all[i]->string))
			return false;
	return true;
}

/* Moves to the next number of a proven document and returns its length. */
static size_t next_number(struct pre *p)
{
	size_t from;

	for (;; p->at++) {
		char c = p->s[p->at];

		if (c == '"') {
			for (p->at++; p->s[p->at] != '"'; p->at++)
				if (p->s[p->at] == '\\')
					p->at++;
		} else if (c == '-' || is_digit(c)) {
			break;
		}
	}
	for (from = p->at; p->at < p->n; p->at++) {
		char c = p->s[p->at];

		if (!is_digit(c) && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E')
			break;
	}
	return p->at - from;
}

static bool finish(struct json *j, struct pre *p, cJSON *v)
{
	for (; v; v = v->next) {
		if (cJSON_IsNumber(v)) {
			size_t len = next_number(p);

			v->valuestring = arena_take(j, len + 1);
			if (!v->valuestring)
				return over(p, "out of memory");
			memcpy(v->valuestring, p->s + p->at - len, len);
			v->valuestring[len] = 0;
		}
		if (cJSON_IsObject(v) && !keys_differ(j, v))
			return no(p, "two members have one name");
		if (v->child && !finish(j, p, v->child))
			return false;
	}
	return true;
}

const struct jv *json_parse(struct json *j, const char *s, size_t n, struct err *e)
{
	struct pre p = {.s = s, .n = n};
	cJSON *root = NULL;

	arena_reset(j);
	if (prescan(&p)) {
		ASSERT(!arena_now);
		arena_now = j;
		root = cJSON_ParseWithLengthOpts(s, n, NULL, 0);
		arena_now = NULL;
		p.at = 0;
		if (!root)
			no(&p, "not taken by the parser");
		else if (!finish(j, &p, root))
			root = NULL;
	}
	if (!root) {
		err_set(e, p.limit ? ERR_LIMIT : ERR_PEER, "JSON refused at byte %zu of %zu: %s",
			p.at, n, p.why);
		return NULL;
	}
	return (const struct jv *)root;
}

/* ---- getters ---- */

static const cJSON *in(const struct jv *v)
{
	return (const cJSON *)v;
}

static const struct jv *out_(const cJSON *v)
{
	return (const struct jv *)v;
}

enum jv_type jv_type(const struct jv *v)
{
	if (!v)
		return JV_NONE;
	switch (in(v)->type & 0xff) {
	case cJSON_NULL:
		return JV_NULL;
	case cJSON_True:
	case cJSON_False:
		return JV_BOOL;
	case cJSON_Number:
		return JV_NUMBER;
	case cJSON_String:
		return JV_STRING;
	case cJSON_Array:
		return JV_ARRAY;
	case cJSON_Object:
		return JV_OBJECT;
	default:
		return JV_NONE;
	}
}

const struct jv *jv_get(const struct jv *v, const char *key)
{
	if (jv_type(v) != JV_OBJECT)
		return NULL;
	for (const cJSON *m = in(v)->child; m; m = m->next)
		if (!strcmp(m->string, key))
			return out_(m);
	return NULL;
}

const struct jv *jv_first(const struct jv *v)
{
	return v ? out_(in(v)->child) : NULL;
}

const struct jv *jv_next(const struct jv *v)
{
	return v ? out_(in(v)->next) : NULL;
}

size_t jv_len(const struct jv *v)
{
	size_t n = 0;

	for (v = jv_first(v); v; v = jv_next(v))
		n++;
	return n;
}

const struct jv *jv_at(const struct jv *v, size_t i)
{
	if (jv_type(v) != JV_ARRAY)
		return NULL;
	for (v = jv_first(v); v && i; v = jv_next(v))
		i--;
	return v;
}

const char *jv_key(const struct jv *v)
{
	return v ? in(v)->string : NULL;
}

bool jv_is_null(const struct jv *v)
{
	return jv_type(v) == JV_NULL;
}

bool jv_bool(const struct jv *v, bool *out)
{
	if (jv_type(v) != JV_BOOL)
		return false;
	*out = cJSON_IsTrue(in(v));
	return true;
}

bool jv_i64(const struct jv *v, int64_t *out)
{
	int64_t x = 0;
	const char *s;
	bool neg;

	if (!jv_number(v, &s, NULL))
		return false;
	neg = *s == '-';
	for (s += neg; *s; s++) {
		if (!is_digit(*s))
			return false;
		x = x * 10 + (*s - '0');
		if (x > JSON_INT_MAX)
			return false;
	}
	*out = neg ? -x : x;
	return true;
}

bool jv_u64(const struct jv *v, uint64_t *out)
{
	int64_t x;

	if (!jv_i64(v, &x) || x < 0)
		return false;
	*out = (uint64_t)x;
	return true;
}

bool jv_str(const struct jv *v, const char **out, size_t *n)
{
	if (jv_type(v) != JV_STRING)
		return false;
	*out = in(v)->valuestring;
	if (n)
		*n = strlen(*out);
	return true;
}

const char *jv_text(const struct jv *v)
{
	return jv_type(v) == JV_STRING ? in(v)->valuestring : NULL;
}

bool jv_number(const struct jv *v, const char **out, size_t *n)
{
	if (jv_type(v) != JV_NUMBER)
		return false;
	*out = in(v)->valuestring;
	if (n)
		*n = strlen(*out);
	return true;
}

bool jv_str_is(const struct jv *v, const char *want)
{
	const char *s = jv_text(v);

	return s && !strcmp(s, want);
}

bool jv_copy(const struct jv *v, char *out, size_t cap)
{
	const char *s = jv_text(v);
	size_t n;

	if (!s || (n = strlen(s)) >= cap)
		return false;
	memcpy(out, s, n + 1);
	return true;
}
