/* paper_rig.h: a paper exchange on a fixed market with keys at hand, for the paper tests. */
#ifndef EXEUNT_TESTS_PAPER_RIG_H
#define EXEUNT_TESTS_PAPER_RIG_H

#include "paper/fixed.h"
#include "paper/state.h"
#include "sign/secp.h"

enum { RIG_KEYS = 4, RIG_START = 1700000000 };

struct rig {
	struct fixed_market m;
	struct paper_conf conf;
	struct paper *p;
	struct secp *secp;
	int64_t now;
	uint64_t nonce, conn;
	uint8_t key[RIG_KEYS][32];
	char user[RIG_KEYS][43]; /* user[3] signs as agent of user[0] once rig_agent was called */
	struct str answer;	 /* of the last request */
	int status;		 /* HTTP status of it; 0: none came; -1: closed */
	struct str frames;	 /* everything the sockets were told, a line each */
	uint32_t n_frames, n_closed;
	uint64_t expires; /* put into the next actions when not 0 */
	char vault[43];	  /* likewise, when not "" */
};

/* BTC 100,000 (steps of 10), ETH 4,000 (1), SOL 200 (0.1): 20 levels a side. */
void rig_open(struct rig *r);
void rig_start(struct rig *r); /* after changes of r->conf; rig_open calls it with the defaults */
void rig_close(struct rig *r);
void rig_fund(struct rig *r, int k, int64_t usd);
void rig_run(struct rig *r, int64_t ms);
/* Signs with key k, posts, runs until the answer; the body. */
const char *rig_act(struct rig *r, int k, const char *action);
const char *rig_post(struct rig *r, const char *path, const char *body);
const char *rig_info(struct rig *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Body of a signed request, for requests that are not simply posted. malloc'd. */
char *rig_sign(struct rig *r, int k, const char *action, uint64_t nonce);
void rig_drain(struct rig *r);
uint64_t rig_ws(struct rig *r);
void rig_ws_send(struct rig *r, uint64_t conn, const char *text);
/* One order: side 'B'/'A', "Gtc"..., ro. */
const char *rig_order(struct rig *r, int k, uint32_t asset, char side, const char *px,
		      const char *sz, const char *tif, bool ro);
/* Half-way number in the last answer after "key": as text in a static buffer. */
uint64_t rig_oid(struct rig *r);
void rig_position(struct rig *r, int k, const char *coin, const char *sz, const char *px,
		  int32_t lev, bool isolated);
int64_t rig_szi(struct rig *r, int k, const char *coin); /* at 1e-8 */
bool rig_has(struct rig *r, const char *text);		 /* in the last answer */
bool rig_saw(struct rig *r, const char *text);		 /* in the frames */
void rig_mark(struct rig *r, const char *coin, int64_t usd);

#endif
