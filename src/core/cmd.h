/* cmd.h: what a terminal or a shell may ask of the engine: fixed-size plain data. Each is answered
 * by one EF_REPLY. Sizes carry their unit; a bare number cannot be written here. */
#ifndef EXEUNT_CORE_CMD_H
#define EXEUNT_CORE_CMD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/dec.h"
#include "limits.h"

enum cmd_kind {
	CMD_EXIT, /* start an exit */
	CMD_FLATTEN,
	CMD_CANCEL,
	CMD_PAUSE,
	CMD_RESUME,
	CMD_TUNE,
	CMD_CLOSE_REST,
	CMD_END,
	CMD_ARM,
	CMD_DISARM,
	CMD_RELEASE, /* leave LOCAL LOCK */
	CMD_TAKE_SEAT,
	CMD_ACK,     /* quiet the newest alarm */
	CMD_FOCUS,   /* this client looks at that coin: keep its book fresh */
	CMD_READ,    /* read the account again */
	CMD_INCLUDE, /* adopt growth made by another hand into an exit's ticket */
	CMD_GUARD,   /* place, move or repair stops at the venue, or take them away */
	CMD_ADD,     /* collateral to an isolated position: a positive amount only */
	CMD_AUTO,    /* arm or disarm an automatic action by its name */
	CMD_KINDS
};

enum size_unit { SIZE_NONE, SIZE_COIN, SIZE_USD, SIZE_PERCENT, SIZE_ALL };

struct size {
	uint8_t unit;	   /* enum size_unit */
	struct qty coin;   /* SIZE_COIN */
	struct money usd;  /* SIZE_USD: notional at the mark */
	struct ratio part; /* SIZE_PERCENT: 1.0 is all */
};

/* What an exit aims at (operations.md 5). */
enum target_kind {
	TARGET_SIZE,	  /* sell this much */
	TARGET_POSITION,  /* until this much is left (coins, absolute) */
	TARGET_NOTIONAL,  /* until this notional is left */
	TARGET_LEVERAGE,  /* until account leverage is at most this */
	TARGET_LIQ_PRICE, /* until the venue's liquidation price is beyond this */
	TARGET_CUSHION,	  /* until the pool survives this joint shock */
	TARGET_DELTA,	  /* until |net delta| is at most this notional */
};

/* What each is: core/algo.h. The order is that of records and snapshots: new ones at the end. */
enum algo {
	ALGO_TWAP,
	ALGO_AC,
	ALGO_SWEEP,
	ALGO_VENUE_TWAP,
	ALGO_VWAP,
	ALGO_POV,
	ALGO_IS,
	ALGO_ADAPTIVE,
	ALGO_COUNT
};
enum placement {
	PLACE_CROSS,
	PLACE_POST,
	PLACE_CHASE,
	PLACE_POST_CROSS,
	PLACE_QUOTES, /* post-cross at the liquidation quote (plan/tactic.h) */
	PLACE_COUNT
};
enum catch_up { CATCH_NONE, CATCH_BY }; /* BY keeps the end and shows the pace it needs */

/* A price as typed; resolved by the engine against what it holds. */
enum price_ref {
	PREF_NONE,
	PREF_ABS,
	PREF_FROM_MARK,
	PREF_FROM_LIQ,
	PREF_FROM_BID,
	PREF_FROM_ASK,
	PREF_FROM_ARRIVAL
};

struct price_spec {
	uint8_t ref;	     /* enum price_ref */
	struct price abs;    /* PREF_ABS */
	struct ratio offset; /* others: signed share, -0.01 is 1 % lower */
	bool wait;	     /* beyond the market on the good side is meant */
};

#define TICKET_GROUP_OWN UINT32_MAX

/* The ticket. Zero means the default of operations.md 8 unless said otherwise. */
struct ticket {
	char coin[COIN_MAX];
	uint8_t account;
	uint8_t target;	      /* enum target_kind */
	struct size size;     /* TARGET_SIZE */
	int64_t target_v;     /* raw value of the others, in the type its kind implies */
	uint8_t algo;	      /* enum algo */
	uint8_t place;	      /* enum placement */
	uint8_t catch_up;     /* enum catch_up */
	bool guard;	      /* wanted; carried out by the guard issue, recorded here */
	int64_t horizon_ms;   /* 0 with until_ms 0: sweep */
	int64_t until_ms;     /* wall clock end, 0 none */
	struct ratio urgency; /* of urgent algorithms: 0..1; 0 is TWAP-like, 1 close to sweep */
	struct ratio risk;    /* danger limit, 0 none (default 1 % above 5x) */
	struct price_spec working, last;
	struct ratio cap;    /* participation, 0: 10 % */
	struct ratio random; /* size and time jitter, 0.2 is 20 % */
	bool random_set;     /* random 0 is meant */
	/* Equal slices at even times, nothing hidden ("sunshine"): for an exit that knows nothing.
	 * Others see a clockwork and stand ready; visible TWAPs pay less than hidden ones and leave
	 * less behind (Barone and Lillo 2026). Only with ALGO_TWAP; the venue's own TWAP is the
	 * same in its hands. */
	bool declared;
	bool place_set;	       /* place 0 (cross) is meant */
	struct ratio depth;    /* most of the visible depth a child takes at once, 0: 50 % */
	int64_t post_ms;       /* how long a passive order may wait, 0: its slot */
	struct ratio chase_bp; /* give-up distance, 0: 5 bp */
	uint16_t chase_max;    /* reprices, 0: 5 */
	uint64_t seed;	       /* 0: from entropy */
	bool dry_run;
	bool by_danger; /* urgency, and without an end the horizon too, are chosen to keep `risk` */
	bool plan_only; /* answered with the plan; nothing is started */
	/* Legs begun together share the number of the first; they are paced by what begins them,
	 * and together from then on (engine/groups.c). 0: none. TICKET_GROUP_OWN: this is the
	 * first. */
	uint32_t group;
	double group_lambda; /* risk aversion they are paced with, 1/USD; 0: each by itself */
};

enum tune_field {
	TUNE_PACE = 1,
	TUNE_WORKING = 2,
	TUNE_LAST = 4,
	TUNE_CAP = 8,
	TUNE_SIZE = 16,
	TUNE_END = 32,
	TUNE_ALGO = 64,
	TUNE_PLACE = 128,
	TUNE_URGENCY = 256,
	TUNE_RISK = 512,  /* danger limit; 0 takes it away */
	TUNE_BLOCK = 1024 /* `block`, sold at once and over the volume cap, then on by schedule */
};

struct tune {
	uint32_t exit;
	uint32_t fields;   /* or of enum tune_field */
	struct ratio pace; /* 1.0 as planned; at most 1.5, 3.0 with --by */
	struct price_spec working, last;
	struct ratio cap, urgency, risk;
	struct size size, block;
	int64_t horizon_ms, until_ms;
	uint8_t algo, place;
};

enum flatten_scope { FLAT_ALL, FLAT_LONGS, FLAT_SHORTS, FLAT_COINS };

/* The verbs of the sheet that sell (operations.md 3). NOW: the ladder, at once. CARE: slices within
 * two minutes. TRIM: the cuts of the sheet, or those that the engine computes when there are none;
 * a partial target: doubt waits for proof. */
enum flatten_verb { VERB_NOW, VERB_CARE, VERB_TRIM, VERBS };

enum { CUTS_MAX = POSITIONS_MAX }; /* legs of one trim: all that a sheet shows */
struct cut {
	char coin[COIN_MAX];
	uint8_t account;
	struct qty qty; /* > 0; to take off |position|, cut to what is held */
	struct qty of;	/* |position| it was read beside; 0: that of now */
};

struct flatten {
	uint8_t account; /* 0xff: all accounts */
	uint8_t scope;	 /* enum flatten_scope */
	uint8_t verb;	 /* enum flatten_verb */
	uint8_t n_cuts;	 /* VERB_TRIM; 0: computed */
	struct cut cut[CUTS_MAX];
	struct ratio cushion; /* VERB_TRIM: joint shock to survive, 0: the default of 5 % */
	uint8_t n_coins, n_keep;
	char coin[8][COIN_MAX];
	char keep[8][COIN_MAX];
	struct ratio part; /* 1.0 is all; less is a partial target: doubt waits */
	bool dry_run;
	struct price worst; /* typed worst price for one coin, 0 none */
};

/* Stops that rest at the venue: reduce-only stop-markets for whole positions. */
struct guard {
	uint8_t account; /* 0xff: all accounts */
	uint8_t scope;	 /* enum flatten_scope; COINS with the list */
	uint8_t n_coins;
	char coin[8][COIN_MAX];
	struct price_spec trigger; /* of one coin; PREF_NONE: the default of operations.md 8 */
	bool off;		   /* stop keeping them, and take ours away */
	bool dry_run;
};

/* To an isolated position; a cross pool is paid in elsewhere (the transfer is the user's to sign).
 */
struct add {
	uint8_t account;
	char coin[COIN_MAX];
	struct money usd; /* > 0 */
	bool dry_run;
};

/* Automatic actions are off until armed by name, with the reason in the operator's own words. */
struct automatic {
	char name[24]; /* guard, trim, now */
	bool on;
	struct ratio at; /* distance of a pool to liquidation, 0: the action's default */
	char why[80];	 /* not empty when on */
};

enum cancel_scope { CANCEL_ENTRY, CANCEL_EXITS, CANCEL_ALL, CANCEL_COIN, CANCEL_ONE };

struct cancel {
	uint8_t account;
	uint8_t scope; /* enum cancel_scope */
	bool stops;    /* stops too: only after the typed word */
	char coin[COIN_MAX];
	uint64_t oid;
};

/* Pause, resume and end name pn, a CARE or TRIM under way, by this bit. */
#define WHICH_PANIC 0x80000000u

struct cmd {
	uint8_t kind;  /* enum cmd_kind */
	uint8_t yes;   /* shell: --yes */
	uint64_t snap; /* number of the snapshot the operator saw, 0 from a shell */
	/* A shell's place of the account is that of the configuration as it is now; the engine's is
	 * that of when it began: what is meant is the address. The host puts the place right. */
	bool by_address;
	uint8_t address[20];
	union {
		struct ticket ticket;
		struct tune tune;
		struct flatten flatten;
		struct cancel cancel;
		struct guard guard;
		struct add add;
		struct automatic automatic;
		struct {
			uint32_t exit; /* 0: all; WHICH_PANIC | n: pn, with care or a trim */
		} which;
		struct {
			char coin[COIN_MAX];
		} focus;
		struct {
			char word[16]; /* typed confirmation */
		} word;
	};
};

/* Where a command says which account it is for; NULL: it is for none. */
static inline uint8_t *cmd_account(struct cmd *c)
{
	switch ((enum cmd_kind)c->kind) {
	case CMD_EXIT:
		return &c->ticket.account;
	case CMD_FLATTEN:
		return &c->flatten.account;
	case CMD_CANCEL:
		return &c->cancel.account;
	case CMD_GUARD:
		return &c->guard.account;
	case CMD_ADD:
		return &c->add.account;
	default:
		return 0;
	}
}

#endif
