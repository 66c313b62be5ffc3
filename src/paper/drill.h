/* drill.h: a drill is a row of data: an account, a bad day (scenario), a length; the venue plays it
 * over its own protocol and writes down what happened, for the score and the timeline.
 *
 * Three clocks. Venue time is the player's. The scenario's time is the market's, `speed` times as
 * fast. The drill's time (timeline, score) is venue seconds since the alarm, which comes after
 * DRILL_CALM_S of calm: negative before it.
 *
 * Seed families: the market of a seed, and how far and how soon the scenario goes (its vary_
 * fields). The same drill, seed, speed and requests give the same bytes. */
#ifndef EXEUNT_PAPER_DRILL_H
#define EXEUNT_PAPER_DRILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "paper/drill_score.h"
#include "paper/gen.h"
#include "paper/paper.h"

enum {
	DRILL_CALM_S = 120,
	DRILL_LEGS = 6,
	DRILL_COINS = 6,
	DRILL_HOST_STEPS = 4,
	DRILL_FLATS = 64,
	DRILL_NONCES = 64
};

struct drill_leg {
	const char *coin;
	double size;  /* coins; negative: short */
	double entry; /* of the mid at the start */
	double beta;  /* on BTC, for the joint distance */
	int32_t leverage;
};

struct drill_coin {
	struct gen_like like;
	double refill_s; /* half-life of consumed depth; 0: as the coin it is like */
};

/* What befalls the player's machine: carried out by whoever runs the client. */
enum drill_host { DRILL_SLEEP, DRILL_DISK_FULL, DRILL_WEDGE };
struct drill_host_step {
	enum drill_host what;
	double at_s, for_s; /* drill seconds */
};

enum drill_aim {
	DRILL_SAFE, /* survive; less than everything may be enough */
	DRILL_FLAT, /* everything is to be closed */
};

struct drill {
	struct scenario scene; /* name, about, path, steps: from the start of the calm */
	const char *shows;     /* what it must show */
	const struct drill_coin *coin;
	const struct drill_leg *leg;
	struct drill_host_step host[DRILL_HOST_STEPS]; /* for_s 0: unused */
	uint32_t n_coins, n_legs;
	double dies_pct; /* of BTC, joint: where the account is liquidated, at the start */
	double safe_pct; /* joint distance that counts as safe */
	double plan_s;	 /* horizon of a planned exit, drill seconds */
	double length_s; /* after the alarm */
	double speed;	 /* market seconds a venue second unless said otherwise */
	double hour_s;	 /* the funding hour strikes at this drill second; 0: whenever */
	enum drill_aim aim;
	bool deadly; /* left alone, the venue takes the account in every seed */
	bool others; /* somebody else acts on the account: flat is no end */
};

const struct drill *drill_row(uint32_t i); /* NULL past the end */
const struct drill *drill_find(const char *name);

/* One second of truth. */
struct drill_sample {
	double t_s, equity;
	double dies_pct; /* joint, BTC; 1e9: no common fall or rise kills */
	bool naked;	 /* a leg that loses has no stop, within 5 % */
	double szi[DRILL_LEGS], mark[DRILL_LEGS], mid[DRILL_LEGS];
};

enum drill_event_kind { DE_NOTE, DE_ORDER, DE_STOP, DE_CANCEL, DE_OTHER, DE_LIMITED };
struct drill_event {
	double t_s;
	enum drill_event_kind kind;
	bool reduces;
	char text[120];
};

struct drill_conf {
	const struct drill *drill;
	uint64_t seed;
	double speed;		  /* 0: the drill's */
	int64_t start_ms;	  /* venue time */
	char addr[43], agent[43]; /* agent: "" none */
	int32_t block_ms;	  /* 0: the venue's */
	char source;
};

struct drill_run {
	struct drill_conf conf;
	double pace; /* venue seconds a drill second: 1 at the drill's own speed */
	struct scenario scene;
	struct gen_param par[DRILL_COINS];
	struct gen *gen;
	struct paper *paper;
	int64_t alarm_ms, end_ms, sampled_ms, looked_ms;
	struct {
		int64_t from_ms, to_ms;
	} flat[DRILL_FLATS]; /* nothing held, nothing that could open; venue ms */
	uint32_t n_flat;
	uint64_t nonce[DRILL_NONCES]; /* of the newest actions */
	uint32_t n_nonces;
	uint16_t asset[DRILL_LEGS];
	double mark0[DRILL_LEGS], size0[DRILL_LEGS], equity0; /* at the alarm */
	bool alarmed, ended_flat; /* ended_flat: cut short, there was nothing left to lose */
	double first_s;		  /* first risk-reducing request; < 0 none */
	uint32_t limited;	  /* refusals for want of requests */
	double still_s[2];	  /* newest drill second in which book, mark moved */
	struct drill_sample *sample;
	uint32_t n_samples, cap_samples;
	struct drill_event *event;
	uint32_t n_events, cap_events;
};

/* What a screen said, as far as somebody watched it; wall times are venue ms. */
struct drill_said {
	uint32_t n_flats;
	int64_t flat_ms[16];
	uint32_t hidden_unknowns, ageless;
	bool above_ticket;
};

/* Makes market, venue and account. False: *e says what is wrong; nothing is left behind. */
bool drill_open(struct drill_run *r, const struct drill_conf *conf, struct err *e);
void drill_close(struct drill_run *r);
/* After every paper_advance: the second's truth and the venue's notes. */
void drill_tick(struct drill_run *r);
bool drill_over(const struct drill_run *r);
/* Once, when nothing more is to come: the last word on equity. */
void drill_finish(struct drill_run *r);
double drill_seconds(const struct drill_run *r); /* since the alarm */
/* For how long the venue has shown an unchanged book (or mark) while the market went on; 0: it
 * does not. Drill seconds. */
double drill_still_s(const struct drill_run *r, bool mark);
/* No position, nothing that could open one. */
bool drill_is_flat(const struct drill_run *r);
double drill_notional(const struct drill_run *r); /* gross, at the alarm's marks */
/* Equity lost since the alarm; what is still held counts at the worst mark of the last minute. */
double drill_loss(const struct drill_run *r);
/* USD at the alarm's marks that requests (not the venue, not the others) have cut. */
double drill_cut(const struct drill_run *r);
bool drill_liquidated(const struct drill_run *r, bool *backstop);

/* --- the family and the dummies (drill_family.c): players that see the truth --- */
#define DRILL_PLAYERS(X)                                                                           \
	X(NOTHING, "nothing")                                                                      \
	X(NOW, "now")                                                                              \
	X(TRIM3, "trim 3 %")                                                                       \
	X(TRIM5, "trim 5 %")                                                                       \
	X(TRIM8, "trim 8 %")                                                                       \
	X(CARE, "care")                                                                            \
	X(AC0, "ac 0.5")                                                                           \
	X(AC1, "ac 1")                                                                             \
	X(AC2, "ac 2")                                                                             \
	X(AC4, "ac 4")                                                                             \
	X(AC8, "ac 8")                                                                             \
	X(GUARD, "guard only")                                                                     \
	X(CLOSE1, "close 1 %")                                                                     \
	X(TWAP5, "native twap 5 min")

enum drill_player {
#define X(id, name) DP_##id,
	DRILL_PLAYERS(X)
#undef X
		DRILL_PLAYER_COUNT,
	DP_FAMILY_FIRST = DP_NOW,
	DP_FAMILY_LAST = DP_GUARD,
};
const char *drill_player_name(enum drill_player who);

/* Who acts by himself on a run, after every drill_tick. */
struct drill_hand {
	enum drill_player who;
	double next_s;
	uint32_t done;
	bool reached;
};
void drill_play(struct drill_run *r, struct drill_hand *h);

/* The yardstick of a seed: every member of the family played to the end. */
struct drill_bar {
	double nothing, best, need; /* need: USD; < 0: no member that cut survived, so everything */
	double loss[DRILL_PLAYER_COUNT], cut[DRILL_PLAYER_COUNT];
	bool taken[DRILL_PLAYER_COUNT]; /* liquidated */
	enum drill_player who;		/* the best */
};
bool drill_bar(struct drill_bar *out, const struct drill_conf *conf, struct err *e);

/* Facts of a run that is over; the bar is of the same drill, seed and speed. */
void drill_measure(struct drill_facts *out, const struct drill_run *r, const struct drill_bar *bar,
		   const struct drill_said *said);

struct jv;
struct str;
/* drill_serve.c: POST /paper {"drill":...}; `run` is the struct drill_run. */
bool drill_ask(void *run, const struct jv *root, struct str *out);

/* --- words (drill_text.c) --- */
void drill_put_timeline(struct str *s, const struct drill_run *r);
void drill_put_score(struct str *s, const struct drill_run *r, const struct drill_bar *bar,
		     const struct drill_facts *f, const struct drill_points *p);
/* One JSON object: drill, seed, score, parts, facts, bar; timeline lines when asked. */
void drill_put_json(struct str *s, const struct drill_run *r, const struct drill_bar *bar,
		    const struct drill_facts *f, const struct drill_points *p, bool timeline);

#endif
