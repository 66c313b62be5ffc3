/* world.h: the whole program in one thread and one virtual clock: engine, venue session, the
 * host's outbox, paper exchange, a journal that commits late, a signer, and a network that loses
 * things. The simulator is a second host: it carries out effects as src/host does, and can be
 * killed after any of them.
 *
 * Same seed, same world: world_hash() covers every byte that crossed the network. */
#ifndef EXEUNT_TESTS_SIM_WORLD_H
#define EXEUNT_TESTS_SIM_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/prng.h"
#include "engine/engine.h"
#include "host/outbox.h"
#include "paper/drill.h"
#include "paper/fixed.h"
#include "paper/paper.h"
#include "plan/solve.h"
#include "sign/secp.h"
#include "tests/sim/net.h"
#include "venue/hyperliquid/session.h"

enum {
	WORLD_WIRES = 8192,
	WORLD_RECS = 65536,
	WORLD_HTTP = 256,
	WORLD_COINS = 21, /* the last is the builder dex's */
	WORLD_SESSIONS = 2,
	HAND_ORDERS = 64,
	WORLD_HIDDEN = 64,
	WORLD_SOLVES = 8,
};

#define WORLD_DEX "xyz"

/* One account's socket; the first is also the market's. */
struct session {
	struct hl *hl;
	uint8_t state; /* 0 down, 1 connecting, 2 up */
	bool drop_wanted;
	uint64_t conn;
	int64_t reconnect_ns;
};

/* Venue times of the answered reads of one dex of one account: a ring of the newest. */
struct reads {
	int64_t acct_ms, ms[8];
	uint32_t n;
};

/* What the simulated client signed: one for each nonce ever used. */
struct wire {
	uint64_t nonce;
	struct act act;
	uint64_t expires_ms;
	uint8_t account, lane;
	bool noop;
	bool recorded; /* an intent or burn with this nonce was handed to the journal */
	bool durable;  /* ... and committed */
	bool forgotten;
	int64_t signed_ns, left_ns; /* left: first byte handed to the session */
	size_t n;
	char *bytes;
	uint32_t life; /* process life that made it */
};

struct sim_rec {
	struct ef_record rec;
	uint8_t account;
	int64_t wall_ms;
	uint64_t batch;
};

struct world_faults {
	uint32_t http_loss_pm;
	uint32_t ack_lost_pm, ack_error_pm, drop_pm, dup_pm, delay_pm, disconnect_pm, http429_pm;
	uint32_t late_fills_pm;
	int32_t unknown_oid_lag_ms;
	bool freezes, cuts, drops, slow_disk, full_disk, wall_steps, sleeps, storms;
	bool hand, crash, twenty, twap, guards;
	bool dex, sub; /* a builder dex is there; a sub-account with positions: no faults, the world
			*/
	int32_t kills;
	int64_t rtt_ms;
	const struct drill *drill; /* a drill's world instead of the three coins; NULL: none */
};

/* A fill of the venue as the checks want it: whose client id it carries. */
struct seen {
	uint32_t exit, panic; /* of a slice, of a rung; 0: neither */
	int coin;
	int64_t sz;
};

struct truth {
	uint32_t n_fills, n_slices; /* looked at */
	uint32_t n, cap;
	struct seen *seen;
	int64_t added[WORLD_COINS]; /* by others, away from zero, ever */
};

struct world {
	uint64_t seed;
	struct prng rng;
	int64_t now_ns;
	int64_t wall0_ms, skew_ms; /* venue time is wall0 + now; the client's adds skew */
	struct world_faults faults;

	struct fixed_market market;
	int n_coins; /* 3, or 20, and the dex's */
	struct price mid[WORLD_COINS];
	int64_t market_ns;
	struct paper *paper;
	struct drill_run *drill;   /* NULL: no drill; it owns the paper then */
	struct drill_hand *puppet; /* who plays it without a client; NULL: nobody */
	struct drill_said said;
	struct snap *drill_snap;
	uint32_t befell, ageless,
		n_hidden; /* bits of host steps; of books and marks; of hidden[] */
	uint64_t hidden[WORLD_HIDDEN];
	int64_t looked_ns;
	struct simnet net;
	char user[44], sub[44], agent[44];
	uint8_t user_key[32], agent_key[32];
	struct secp *secp;

	/* the client */
	struct engine *engine;
	struct hl_shared *shared;
	uint32_t n_sessions; /* as many as accounts */
	struct session session[WORLD_SESSIONS];
	struct json *json;
	struct effects *fx;
	struct exit *exit_copy;
	bool alive, in_step, died;
	uint32_t n_refused;
	struct {
		uint8_t account;
		uint64_t nonce;
	} refused[64]; /* for which the session had no room: never sent */
	uint32_t life;
	int64_t restart_ns, timer_ns;
	int64_t kill_in; /* effects until the next kill; -1 never */
	uint64_t next_conn;
	struct {
		struct session *of; /* NULL: free */
		uint64_t conn;
		uint32_t tag;
		int64_t due_ns;
	} http[WORLD_HTTP];

	/* the planner beside the engine: questions on their way, answered in virtual time, or
	 * never */
	struct {
		bool used;
		int64_t due_ns;
		struct solve_out out;
	} solve[WORLD_SOLVES];
	struct prng solve_rng;
	union solve_work solve_work;
	uint64_t n_asked, n_solved;

	/* the journal */
	uint64_t batch; /* newest handed over */
	uint64_t committed;
	int64_t commit_ns; /* when the running commit ends; INT64_MAX none */
	uint64_t committing;
	uint64_t ceiling, ceiling_wanted;
	uint32_t n_recs, n_durable;
	struct sim_rec *rec;
	struct outbox *box;
	uint32_t n_wires;
	struct wire *wire;

	int64_t full_until_ns;	/* the disk takes nothing */
	bool lost;		/* the last kill may have taken records that a full disk had not */
	int64_t sleep_until_ns; /* the machine is suspended; 0 awake */
	int64_t slept_ns;	/* since when */

	/* the other hand: the user's own key, from elsewhere */
	uint64_t hand_nonce, hand_conn;
	int64_t hand_ns; /* newest time it did something, or something of it filled; 0 never */
	int64_t hand_ms; /* the same in venue time */
	uint32_t hand_n;
	struct {
		uint32_t account, asset;
		struct cloid cloid;
	} hand[HAND_ORDERS];

	/* cuts asked for, by number of their trim */
	uint32_t n_cuts;
	struct {
		uint32_t panic;
		struct cut cut;
	} cut[256];

	/* what a command's run was said to cancel (rests.c); how often it was held to that, and
	 * how often there was anything */
	struct {
		bool on;
		struct resting said;
		uint32_t under_way, wires, held, some;
		bool now; /* NOW: its orders too, which all leave in that step */
		uint32_t orders, actions, sent;
	} rests;

	/* answers to commands */
	uint32_t seq;
	struct {
		uint32_t seq, exit;
		uint8_t code;
		char text[CMD_TEXT_MAX];
	} reply;
	uint32_t n_replies;
	uint64_t top_nonce; /* of orders, over all lives */
	struct truth truth[WORLD_SESSIONS];
	int64_t truth_ns;
	uint64_t flat_said; /* FLAT sentences seen */
	/* what FLAT must rest on: account reads that were asked for, and our newest fill */
	int64_t our_fill_ms[WORLD_SESSIONS];
	struct reads reads[WORLD_SESSIONS][DEXES_MAX];
	int64_t flat_ns;
	int32_t kill_first, kill_second; /* effects until then, in the first two lives; 0: drawn */
	bool verbose;

	uint64_t hash;
	char broken[400]; /* first invariant broken, "" none */
	uint64_t n_effects, n_sends, n_kills, n_msgs;
};

struct world *world_new(uint64_t seed, const struct world_faults *f);
void world_free(struct world *w);
/* Runs until now_ns. Stops early when an invariant breaks. */
void world_run(struct world *w, int64_t until_ns);
/* Gives a command to the engine (nothing when the process is dead); the reply is in w->reply. */
bool world_cmd(struct world *w, const struct cmd *c);
void world_heal(struct world *w); /* no faults from now on */
void world_break(struct world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int64_t world_venue_ms(const struct world *w);

const char *world_coin(const struct world *w, int i);
const char *world_user(const struct world *w, uint32_t account); /* its address */

/* Between the files of the world. effects.c: */
int64_t world_wall_ms(const struct world *w); /* the client's clock */
void world_mix(struct world *w, const void *p, size_t n);
void client_step(struct world *w, const struct event *ev);
void client_effects(struct world *w);
void client_release(struct world *w); /* what the journal held back */
void client_sink(void *world, const struct event *ev);
void journal_begin(struct world *w); /* a commit, if there is anything to commit */
void journal_durable(struct world *w, uint64_t upto);
/* sockets.c: */
void sockets_send(struct world *w, uint8_t kind, bool to_venue, uint64_t conn, const char *p,
		  size_t n);
void sockets_deliver(struct world *w, const struct net_msg *m);
void sockets_to_venue(struct world *w, const struct net_msg *m);
void sockets_due(struct world *w);
int64_t sockets_next(const struct world *w);
void sockets_gone(struct world *w);
void client_pump(struct world *w);

/* hands.c: who else acts: another hand on the account, the machine that sleeps, a full disk. */
void hand_act(struct world *w, struct prng *r);
void hand_stop_entry(struct world *w, uint32_t account, uint32_t coin, struct prng *r);
void hand_cancel(struct world *w); /* everything it has resting; TWAPs go on */
void world_sleep(struct world *w, int64_t ns);
void world_wake(struct world *w);
void world_disk_full(struct world *w, int64_t ns);
void world_step(struct world *w, const struct event *ev);
void world_drain(struct world *w);
struct event world_event(struct world *w, uint8_t kind);

/* solve.c: the planner beside the engine. */
void sim_ask(struct world *w, const struct solve_in *in);
int64_t sim_solve_due(const struct world *w); /* INT64_MAX none */
void sim_solved(struct world *w);	      /* gives what is due */
void sim_solve_clear(struct world *w);	      /* the process died */

/* rig.c: the world of a drill. */
void rig_make(struct world *w);
void rig_tick(struct world *w); /* after each advance of the paper */
void rig_free(struct world *w);

/* check.c: invariants while it runs (after every event) and at the end of a healed run. */
void check_send(struct world *w, const struct effect *ef);
void check_leave(struct world *w, const struct wire *s, bool kill_waited);
void check_flat(struct world *w, const char *text);   /* the sentence that was said */
void rests_say(struct world *w, const struct cmd *c); /* before its step, */
void rests_hold(struct world *w);		      /* after it */
void check_cut(struct world *w, const struct flatten *f, uint32_t panic); /* from now on */
void check_step(struct world *w);
void check_end(struct world *w);

#endif
