/* url.h: addresses of a venue: http(s)://host[:port]. Plain text only to literal loopback. */
#ifndef EXEUNT_HOST_URL_H
#define EXEUNT_HOST_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct url {
	bool set, tls, loopback; /* loopback: literal 127.0.0.0/8 or ::1, or https://localhost */
	bool v6;		 /* host is a literal IPv6 address */
	char host[128];		 /* without brackets */
	uint16_t port;
};

/* `s` as in "https://api.hyperliquid.xyz" or "http://127.0.0.1:3001"; no path, user or query. */
bool url_parse(struct url *out, const char *s, struct err *e);
/* The text again; at most 160 bytes. */
void url_text(const struct url *u, char out[160]);

#endif
