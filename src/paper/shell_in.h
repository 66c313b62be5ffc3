/* shell_in.h: the inside of the shell, for shell.c, shell_peer.c and shell_http.c. */
#ifndef EXEUNT_PAPER_SHELL_IN_H
#define EXEUNT_PAPER_SHELL_IN_H

#include <libwebsockets.h>
#include <sys/types.h>

#include "paper/shell.h"

enum {
	PEERS_MAX = 256,  /* connections at once */
	IN_MAX = 4 << 20, /* bytes of one body or message */
	PATH_TEXT = 256,
};

struct msg {
	struct msg *next;
	size_t len;
	unsigned char bytes[]; /* LWS_PRE, then the text */
};

struct peer {
	struct lws *wsi;
	struct peer *next, **link;
	uint64_t conn; /* of the request in hand, or of the socket; 0: none */
	bool ws, kill, too_large;
	char ip[64], path[PATH_TEXT], type[PATH_TEXT], method[8];
	char *in;
	size_t in_len, in_cap;
	struct msg *first, **last;
	size_t out_bytes;
	/* the HTTP answer */
	bool answering, head_sent;
	bool body_done; /* of the request in hand */
	int status;
	char out_type[PATH_TEXT];
	size_t sent;
};

extern struct shell {
	const struct shell_conf *conf;
	struct paper *paper;
	struct lws_context *context;
	lws_sorted_usec_list_t timer;
	struct peer *peers;
	unsigned n_peers;
	size_t out_bytes; /* sum of those of the peers */
	uint64_t next_conn;
	/* load: what is due; of a burst; since the last line of the log */
	int64_t flood_us, flood_told_ms;
	double flood_due;
	uint64_t burst_left, flood_made, flood_behind;
	pid_t parent;
} shell;

/* shell_peer.c. The connection of a socket, made when it is new; NULL: no more of them. */
struct peer *shell_peer(struct lws *wsi);
void shell_peer_free(struct lws *wsi);
/* What waits for it is dropped. */
void shell_drop_out(struct peer *p);
/* More of the message in hand, kept with a NUL behind it. False: too long, or no memory. */
bool shell_gather(struct peer *p, const void *bytes, size_t n);
/* To the connection it is for, if that is still there; and everything that the core has. */
void shell_deliver(const struct paper_out *o);
void shell_pump(void);

/* shell.c. The first client after an idle spell must not wait for the slow timer. */
void shell_wake(void);

/* shell_http.c: of libwebsockets' callback; -1 closes. */
int shell_http_start(struct lws *wsi, const char *path);
int shell_http_body_done(struct lws *wsi);
int shell_http_write(struct lws *wsi);

#endif
