/* tls.c: OpenSSL's client between two memory buffers (tls.h).
 *
 * Invariants:
 *  1. A peer that does not verify never gets to tls_is_open: nothing is written to it but the
 *     handshake, nothing of it is read.
 *  2. No option turns verification off. */
#include "host/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "limits.h"

struct tls_conf {
	SSL_CTX *ctx;
};

struct tls {
	SSL *ssl;
	BIO *in, *out; /* owned by ssl */
	bool open;
	char why[160];
};

struct tls_conf *tls_conf_new(const char *ca_file, struct err *e)
{
	struct tls_conf *c = calloc(1, sizeof *c);
	bool ok;

	ASSERT(c);
	c->ctx = SSL_CTX_new(TLS_client_method());
	ok = c->ctx && SSL_CTX_set_min_proto_version(c->ctx, TLS1_2_VERSION) == 1;
	if (ok && ca_file && *ca_file)
		ok = SSL_CTX_load_verify_file(c->ctx, ca_file) == 1;
	else if (ok)
		ok = SSL_CTX_set_default_verify_paths(c->ctx) == 1;
	ERR_clear_error();
	if (!ok) {
		err_set(e, ERR_TLS, "cannot prepare TLS%s%s", ca_file && *ca_file ? " with " : "",
			ca_file ? ca_file : "");
		tls_conf_free(c);
		return NULL;
	}
	SSL_CTX_set_verify(c->ctx, SSL_VERIFY_PEER, NULL);
	return c;
}

void tls_conf_free(struct tls_conf *c)
{
	if (!c)
		return;
	SSL_CTX_free(c->ctx);
	free(c);
}

/* Whom the certificate must be for. Addresses are not sent as a server name (RFC 6066). */
static bool expect(SSL *ssl, const char *host)
{
	unsigned char raw[16];

	if (inet_pton(AF_INET, host, raw) == 1 || inet_pton(AF_INET6, host, raw) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1;
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return SSL_set1_host(ssl, host) == 1 && SSL_set_tlsext_host_name(ssl, host) == 1;
}

struct tls *tls_new(struct tls_conf *c, const char *host)
{
	static const unsigned char http[] = "\x08http/1.1";
	struct tls *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	t->ssl = SSL_new(c->ctx);
	t->in = BIO_new(BIO_s_mem());
	t->out = BIO_new(BIO_s_mem());
	if (!t->ssl || !t->in || !t->out || !expect(t->ssl, host) ||
	    SSL_set_alpn_protos(t->ssl, http, sizeof http - 1) != 0) {
		BIO_free(t->in);
		BIO_free(t->out);
		SSL_free(t->ssl);
		free(t);
		ERR_clear_error();
		return NULL;
	}
	SSL_set_bio(t->ssl, t->in, t->out);
	SSL_set_connect_state(t->ssl);
	return t;
}

void tls_free(struct tls *t)
{
	if (!t)
		return;
	SSL_free(t->ssl);
	free(t);
}

bool tls_feed(struct tls *t, const void *p, size_t n)
{
	return n <= INT_MAX && BIO_write(t->in, p, (int)n) == (int)n;
}

static int failed(struct tls *t)
{
	long verify = SSL_get_verify_result(t->ssl);
	unsigned long code = ERR_peek_last_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;

	if (t->why[0])
		return -1;
	if (verify != X509_V_OK)
		reason = X509_verify_cert_error_string(verify);
	snprintf(t->why, sizeof t->why, "TLS: %s", reason ? reason : "the connection broke");
	ERR_clear_error();
	return -1;
}

int tls_read(struct tls *t, void *out, size_t cap)
{
	int n, why;

	ERR_clear_error();
	if (!t->open) {
		n = SSL_do_handshake(t->ssl);
		why = n == 1 ? 0 : SSL_get_error(t->ssl, n);
		if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
			return 0;
		if (n != 1 || SSL_get_verify_result(t->ssl) != X509_V_OK)
			return failed(t);
		t->open = true;
	}
	n = SSL_read(t->ssl, out, cap < INT_MAX ? (int)cap : INT_MAX);
	if (n > 0)
		return n;
	why = SSL_get_error(t->ssl, n);
	if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
		return 0;
	if (why == SSL_ERROR_ZERO_RETURN)
		snprintf(t->why, sizeof t->why, "the peer closed the connection");
	return failed(t);
}

bool tls_is_open(const struct tls *t)
{
	return t->open;
}

bool tls_write(struct tls *t, const void *p, size_t n)
{
	ERR_clear_error();
	/* A memory buffer takes all of it, or there is no memory. */
	return t->open && n <= INT_MAX && SSL_write(t->ssl, p, (int)n) == (int)n;
}

size_t tls_take(struct tls *t, void *out, size_t cap)
{
	int n = BIO_read(t->out, out, cap < INT_MAX ? (int)cap : INT_MAX);

	return n > 0 ? (size_t)n : 0;
}

const char *tls_why(const struct tls *t)
{
	return t->why;
}
