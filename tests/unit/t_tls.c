/* tls: the client of raw connections against OpenSSL's server, both in memory. */
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/tls.h"
#include "tests/run.h"

struct pair {
	char file[64]; /* its certificate, as a file of trusted ones */
	SSL_CTX *ctx;
	X509 *crt;
};

/* A server whose certificate is for `san`, signed by itself, and valid from now + from_s. */
static void pair_make(struct pair *p, const char *san, long from_s, int max_version)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, san);
	FILE *f;
	int fd;

	memset(p, 0, sizeof *p);
	REQUIRE(key && x && ext);
	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), from_s);
	X509_gmtime_adj(X509_getm_notAfter(x), from_s + 3600);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
				   (const unsigned char *)"rig", -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	X509_set_pubkey(x, key);
	X509_add_ext(x, ext, -1);
	REQUIRE(X509_sign(x, key, EVP_sha256()));
	X509_EXTENSION_free(ext);
	snprintf(p->file, sizeof p->file, "/tmp/t_tls.XXXXXX");
	fd = mkstemp(p->file);
	REQUIRE(fd >= 0);
	f = fdopen(fd, "w");
	PEM_write_X509(f, x);
	fclose(f);
	p->crt = x;
	p->ctx = SSL_CTX_new(TLS_server_method());
	SSL_CTX_set_security_level(p->ctx, 0); /* for the old version */
	if (max_version)
		SSL_CTX_set_max_proto_version(p->ctx, max_version);
	REQUIRE(SSL_CTX_use_certificate(p->ctx, x) == 1 &&
		SSL_CTX_use_PrivateKey(p->ctx, key) == 1);
	EVP_PKEY_free(key);
}

static void pair_free(struct pair *p)
{
	unlink(p->file);
	X509_free(p->crt);
	SSL_CTX_free(p->ctx);
}

/* Both sides until nothing moves; what the client said last. got: what it read. */
static int talk(struct tls *t, SSL *server, char *got, size_t cap)
{
	char room[4096], heard[256];
	int last = 0, moved = 1;

	*got = 0;
	while (moved && last >= 0) {
		size_t n;
		int k;

		moved = 0;
		while ((n = tls_take(t, room, 7)) > 0) /* in small pieces */
			moved |= BIO_write(SSL_get_rbio(server), room, (int)n) > 0;
		if (!SSL_is_init_finished(server))
			SSL_do_handshake(server);
		while ((k = SSL_read(server, heard, sizeof heard)) > 0)
			SSL_write(server, heard, k); /* an echo */
		while ((k = BIO_read(SSL_get_wbio(server), room, sizeof room)) > 0) {
			moved = 1;
			CHECK(tls_feed(t, room, (size_t)k));
		}
		while ((last = tls_read(t, room, sizeof room - 1)) > 0) {
			room[last] = 0;
			strncat(got, room, cap - strlen(got) - 1);
		}
	}
	return last;
}

/* Whether `host` with the certificates of `ca` gets through to `p`; its reason else. */
static bool gets_through(struct pair *p, const char *ca, const char *host, char *why, size_t cap)
{
	struct err e = {0};
	struct tls_conf *c = tls_conf_new(ca, &e);
	SSL *server = SSL_new(p->ctx);
	struct tls *t;
	char got[512];
	bool open;

	CHECK(c && server);
	if (!c || !server)
		return false;
	SSL_set_bio(server, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	SSL_set_accept_state(server);
	t = tls_new(c, host);
	CHECK(t != NULL);
	if (!t)
		return false;
	CHECK(!tls_write(t, "early", 5));
	CHECK_INT(tls_read(t, got, sizeof got), 0);
	talk(t, server, got, sizeof got);
	open = tls_is_open(t);
	snprintf(why, cap, "%s", tls_why(t));
	if (open) {
		CHECK_STR(SSL_get_version(server), "TLSv1.3");
		CHECK(tls_write(t, "hello ", 6) && tls_write(t, "there", 5));
		CHECK_INT(talk(t, server, got, sizeof got), 0);
		CHECK_STR(got, "hello there");
		SSL_shutdown(server);
		CHECK_INT(talk(t, server, got, sizeof got), -1);
		CHECK_STR(tls_why(t), "the peer closed the connection");
	} else {
		CHECK(!tls_write(t, "never", 5));
	}
	tls_free(t);
	SSL_free(server);
	tls_conf_free(c);
	return open;
}

TEST(who_gets_through)
{
	struct pair p, other, address, late, old;
	char why[200];

	pair_make(&p, "DNS:localhost", -60, 0);
	pair_make(&other, "DNS:localhost", -60, 0);
	pair_make(&address, "IP:127.0.0.1", -60, 0);
	pair_make(&late, "DNS:localhost", 3000, 0);
	pair_make(&old, "DNS:localhost", -60, TLS1_1_VERSION);
	CHECK(gets_through(&p, p.file, "localhost", why, sizeof why));
	CHECK(gets_through(&address, address.file, "127.0.0.1", why, sizeof why));
	CHECK(!gets_through(&p, other.file, "localhost", why, sizeof why));
	CHECK(strstr(why, "TLS: ") && strstr(why, "self-signed"));
	CHECK(!gets_through(&p, NULL, "localhost", why, sizeof why)); /* the system's */
	CHECK(!gets_through(&p, p.file, "example.com", why, sizeof why));
	CHECK(strstr(why, "hostname mismatch"));
	CHECK(!gets_through(&address, address.file, "127.0.0.2", why, sizeof why));
	CHECK(strstr(why, "IP address mismatch"));
	CHECK(!gets_through(&late, late.file, "localhost", why, sizeof why));
	CHECK(strstr(why, "not yet valid"));
	CHECK(!gets_through(&old, old.file, "localhost", why, sizeof why));
	CHECK(strstr(why, "TLS: "));
	pair_free(&p);
	pair_free(&other);
	pair_free(&address);
	pair_free(&late);
	pair_free(&old);
}

TEST(no_certificates)
{
	struct err e = {0};

	CHECK(!tls_conf_new("/nonexistent/ca.pem", &e));
	CHECK_INT(e.code, ERR_TLS);
	CHECK(strstr(e.text, "/nonexistent/ca.pem"));
}

TEST_MAIN(T(who_gets_through), T(no_certificates))
