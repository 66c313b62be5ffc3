/* url.c: see url.h. */
#include "host/url.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static bool host_ok(const char *s)
{
	for (; *s; s++)
		if (!((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
		      (*s >= '0' && *s <= '9') || *s == '.' || *s == '-'))
			return false;
	return true;
}

static bool port_parse(uint16_t *out, const char *s)
{
	uint32_t v = 0;

	if (!*s || strlen(s) > 5)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return false;
		v = v * 10 + (uint32_t)(*s - '0');
	}
	if (!v || v > 65535)
		return false;
	*out = (uint16_t)v;
	return true;
}

bool url_parse(struct url *out, const char *s, struct err *e)
{
	struct url u = {.set = true};
	struct in_addr v4;
	struct in6_addr v6;
	const char *rest;
	char host[160], *port;
	size_t n;

	if (!strncmp(s, "https://", 8)) {
		u.tls = true;
		u.port = 443;
		rest = s + 8;
	} else if (!strncmp(s, "http://", 7)) {
		u.port = 80;
		rest = s + 7;
	} else {
		return err_set(e, ERR_CONF, "%.120s: write https://HOST, or http://127.0.0.1:PORT",
			       s);
	}
	n = strlen(rest);
	if (n && rest[n - 1] == '/')
		n--;
	if (!n || n >= sizeof host)
		return err_set(e, ERR_CONF, "%.120s names no host", s);
	memcpy(host, rest, n);
	host[n] = 0;
	if (host[0] == '[') {
		char *end = strchr(host, ']');
		if (!end || (end[1] && end[1] != ':'))
			return err_set(e, ERR_CONF, "%.120s: the bracket is not closed", s);
		*end = 0;
		port = end[1] ? end + 2 : NULL;
		memmove(host, host + 1, strlen(host + 1) + 1);
		u.v6 = true;
	} else {
		port = strchr(host, ':');
		if (port)
			*port++ = 0;
	}
	if (port && !port_parse(&u.port, port))
		return err_set(e, ERR_CONF, "%.120s: the port is a number from 1 to 65535", s);
	if (!*host || strlen(host) >= sizeof u.host ||
	    (u.v6 ? inet_pton(AF_INET6, host, &v6) != 1 : !host_ok(host)))
		return err_set(e, ERR_CONF, "%.120s: write https://HOST[:PORT], nothing after it",
			       s);
	if (u.v6)
		u.loopback = IN6_IS_ADDR_LOOPBACK(&v6);
	else if (inet_pton(AF_INET, host, &v4) == 1)
		u.loopback = (ntohl(v4.s_addr) >> 24) == 127;
	else /* its certificate is checked, and it is only ever reached at 127.0.0.1 */
		u.loopback = u.tls && !strcmp(host, "localhost");
	memcpy(u.host, host, strlen(host) + 1);
	*out = u;
	return true;
}

void url_text(const struct url *u, char out[160])
{
	snprintf(out, 160, "%s://%s%s%s:%u", u->tls ? "https" : "http", u->v6 ? "[" : "", u->host,
		 u->v6 ? "]" : "", u->port);
}
