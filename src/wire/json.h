/* json.h: the strict JSON door. Everything from outside that is not a hot frame comes through here.
 *
 * A document is pre-scanned (length, depth, count of values, UTF-8, control bytes, strict numbers
 * and escapes, whole surrogate pairs, no NUL), then built by cJSON in an arena, then duplicate keys
 * are refused. What passes is a tree of borrowed values that lives until the next json_parse of the
 * same door or json_free.
 *
 * Getters are typed: they return false (or NULL) when the value is absent, of another type or out
 * of range, and then leave *out alone. All of them take NULL for an absent value, so
 * jv_u64(jv_get(o, "oid"), &oid) is one check. Integers are read from their text, never from a
 * double: |x| <= 2^53, no fraction, no exponent. Decimals: take the text (jv_str for the usual
 * string, jv_number for a bare number) to core/dec.h. */
#ifndef EXEUNT_WIRE_JSON_H
#define EXEUNT_WIRE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	JSON_VALUES_MAX = 1 << 18, /* values of one document: bounds memory; largest seen 20k */
	JSON_NUMBER_MAX = 63,	   /* bytes of one number */
};
#define JSON_INT_MAX 9007199254740992 /* 2^53 */

struct json; /* a door: one thread at a time; several threads have one each */
struct jv;   /* a value, opaque */

enum jv_type { JV_NONE, JV_NULL, JV_BOOL, JV_NUMBER, JV_STRING, JV_ARRAY, JV_OBJECT };

/* `arena` bytes are kept between documents; larger documents borrow more and give it back. NULL
 * when memory is out. */
struct json *json_new(size_t arena);
void json_free(struct json *j);
/* NULL when refused; *e (may be NULL) then says where and which rule: ERR_PEER, or ERR_LIMIT for
 * limits of this program. s needs no NUL. */
const struct jv *json_parse(struct json *j, const char *s, size_t n, struct err *e);

enum jv_type jv_type(const struct jv *v); /* JV_NONE for NULL */
/* Member by exact (case-sensitive) name; NULL when absent or v is no object. */
const struct jv *jv_get(const struct jv *v, const char *key);
size_t jv_len(const struct jv *v);		      /* elements or members; walks */
const struct jv *jv_at(const struct jv *v, size_t i); /* element of an array; walks */
const struct jv *jv_first(const struct jv *v);	      /* first element or member, or NULL */
const struct jv *jv_next(const struct jv *v);	      /* its neighbour, or NULL */
const char *jv_key(const struct jv *v);		      /* name of a member, NULL for elements */
bool jv_is_null(const struct jv *v);		      /* present and null */
bool jv_bool(const struct jv *v, bool *out);
bool jv_i64(const struct jv *v, int64_t *out);
bool jv_u64(const struct jv *v, uint64_t *out);
/* NUL-terminated UTF-8 without inner NULs; n may be NULL. */
bool jv_str(const struct jv *v, const char **out, size_t *n);
const char *jv_text(const struct jv *v); /* the same, NULL when it is no string */
/* The text of a JSON number as written. */
bool jv_number(const struct jv *v, const char **out, size_t *n);
bool jv_str_is(const struct jv *v, const char *want);
/* Copies a string of at most cap-1 bytes; longer is false. */
bool jv_copy(const struct jv *v, char *out, size_t cap);

#endif
