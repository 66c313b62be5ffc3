/* snap.h: everything a screen or `status` may show, as one plain-data struct without pointers.
 *
 * Filled by engine/snapfill.c from engine state, copied over engine.sock newest-only, read by
 * views. Magic, size and build id guard against a terminal of another build. Values that cannot be
 * computed carry has_ = false and a reason; ages are computed by the reader from the *_ns stamps
 * and now_ns. */
#ifndef EXEUNT_CORE_SNAP_H
#define EXEUNT_CORE_SNAP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/season.h"
#include "core/book.h"
#include "core/cmd.h"
#include "core/dec.h"
#include "core/estimate.h"
#include "core/event.h"
#include "core/instr.h"
#include "core/order.h"
#include "core/panic.h"
#include "limits.h"

#define SNAP_MAGIC 0x34736e58u /* "Xns4"; raise the digit when the struct changes meaning */

enum notice_code { /* causes: what an alarm or a log line is about */
		   NC_NONE,
		   NC_DANGER,
		   NC_UNKNOWN,
		   NC_VENUE_ERRORS,
		   NC_POST_ONLY,
		   NC_BLIND,
		   NC_STOPPED_PRICE,
		   NC_LATE,
		   NC_LIQUIDATED,
		   NC_ADL,
		   NC_ASLEEP,
		   NC_OTHER_HAND,
		   NC_TWO_WRITERS,
		   NC_FLAT,
		   NC_NOT_FLAT,
		   NC_FILL,
		   NC_EXIT,
		   NC_ORDER,
		   NC_CONN,
		   NC_KEY,
		   NC_BUDGET,
		   NC_STORE,
		   NC_NO_STOP,
		   NC_COMMAND,
		   NC_LIMIT,
		   NC_DELISTED,
		   NC_TIERS, /* margin tiers of a held coin changed */
		   NC_GUARD,
		   NC_FUNDING,
		   NC_ADD,
		   NC_BEHIND,
		   NC_AUTO,
		   NC_UNLISTED, /* held, and in no list of markets as yet */
		   NC_COUNT
};

/* "danger", "venue_errors": for programs. */
const char *notice_name(uint8_t code);

struct snap_notice {
	int64_t wall_ms;
	uint64_t seq;  /* rises for ever: a reader sees how many it missed */
	uint8_t level; /* 0 log, 1 !, 2 caution, 3 danger */
	uint8_t code;  /* enum notice_code */
	uint32_t exit; /* 0 none */
	char text[NOTICE_TEXT_MAX];
};

/* Alarms in force, newest danger first. Level 2 and 3 take row 0. */
enum { SNAP_ALARMS = 16 };
struct snap_alarm {
	int64_t since_ms; /* wall */
	uint8_t level, code;
	bool seen; /* acknowledged and not worse since */
	uint32_t exit;
	uint16_t instr;
	char text[256]; /* the whole message, operations.md 9 */
	char brief[80]; /* at most 78 columns */
};

enum stop_state { STOP_NONE, STOP_OK, STOP_LATE };

/* A stop that this engine keeps at the venue (exec/guard.h). */
enum guard_state {
	GUARD_OFF,     /* not wanted */
	GUARD_WAITING, /* wanted, and cannot be placed now: the reason says why */
	GUARD_PLACING, /* sent, no word yet */
	GUARD_RESTING, /* the venue has it, and it fires before liquidation */
	GUARD_MOVING,  /* a better one is on its way, the old one rests until then */
	GUARD_GONE,    /* the venue cancelled it; being placed again */
	GUARD_STATE_COUNT
};

struct snap_leg {
	char coin[COIN_MAX];
	uint16_t instr;
	uint8_t account, dex;
	uint8_t mode; /* enum margin_mode */
	int8_t px_decimals, sz_decimals;
	int32_t leverage, max_leverage;
	struct qty szi; /* signed; est between reads when est is set */
	bool est, other_hand, unknown;
	struct price entry, mark, oracle, mid;
	bool has_liq;
	struct price liq;    /* the venue's own */
	char liq_reason[40]; /* when !has_liq */
	struct money notional, upnl, margin_used, funding_per_hour;
	bool has_alone;
	double alone_pct; /* distance of mark to liq, % of mark */
	bool has_helps;
	double helps_per_k;   /* % of BTC gained for each 1,000 USD of cost of selling all */
	uint8_t stop_state;   /* enum stop_state */
	struct price stop_px; /* nearest protective stop */
	bool delisted;
	uint8_t guard;		     /* enum guard_state, of ours */
	struct price guard_px;	     /* its trigger, 0 none */
	char guard_reason[96];	     /* of GUARD_WAITING */
	int64_t mark_ns, account_ns; /* boot stamps of the newest proof of life */
	/* for the emergency sheet (plan/sheet.h) */
	bool cannot_trade; /* halted, delisted */
	double beta;	   /* pool_beta has been applied; 0: not told, the default of the coin */
	double sigma_hour; /* honest volatility of an hour; 0: not told */
	uint8_t n_tiers;   /* 0: maintenance is half of 1 / max_leverage */
	struct margin_tier tier[TIERS_MAX];
	struct resting rests;
	uint32_t trim;	    /* number of the running trim that a further cut goes into; 0 none */
	struct qty cutting; /* what that trim has still to cut here */
};

struct snap_pool {
	char name[COIN_MAX]; /* CROSS, the coin of an isolated leg, dex names */
	uint8_t account, dex, n_legs;
	uint16_t first_leg; /* legs of a pool are consecutive in snap.leg */
	bool isolated;
	bool has_equity; /* false: portfolio margin and the like */
	char reason[48];
	struct money equity, maintenance, gross, net, upnl, free, funding_per_hour;
	bool has_dies;
	double dies_pct; /* BTC move in %, signed; joint, betas floored */
	double backstop_pct;
	bool has_time;
	bool young;	   /* the volatility under touch_s has few samples yet: it jumps */
	double touch_s;	   /* seconds until the 1-in-10 touch; INFINITY-like 1e18: beyond a week */
	double sigma_left; /* distance in sigmas of one hour */
	double leverage;
};

struct snap_account {
	char name[NAME_MAX_];
	char address[44];
	uint8_t abstraction; /* enum abstraction */
	bool up;	     /* connected and past the barrier */
	bool key_ready;
	int32_t agent_days; /* -1: no expiry told */
	uint64_t requests_left;
	uint32_t flattens_left; /* requests left as full flattens of present legs */
	struct money equity, maintenance, free, upnl, funding_per_hour, spot_usd;
	struct ratio fee_taker, fee_maker;
	int64_t read_ns; /* last full read */
	uint32_t n_balances;
	struct balance balance[16];
	uint32_t n_orders, n_entry, n_exit, n_protective, n_other, n_unknown;
	struct resting rests; /* of coins without a position: closing all cancels these too */
	uint32_t unread;      /* positions the venue told of that could not be read */
};

struct snap_book {
	struct book book;
	struct book deep; /* aggregated; n_bid 0: not needed, or none */
	struct price mark, oracle, last;
	int64_t mark_ns, last_ns;
	char coin[COIN_MAX];
	double volume_1m;     /* coins */
	double sigma_year;    /* honest volatility in use, 1.0 = 100 % */
	double sigma_raw;     /* before the 1.4 */
	struct season season; /* of the volume, all 0: not known */
	uint32_t sigma_samples;
	char est_class[COIN_MAX]; /* whose priors: "majors", "large alts", the coin when fitted */
	struct estimate est[EST_KINDS];
};

enum order_whose { WHOSE_EXIT, WHOSE_YOURS, WHOSE_OTHER, WHOSE_PANIC, WHOSE_GUARD };

struct snap_order {
	char coin[COIN_MAX];
	uint16_t instr;
	uint8_t account, state; /* enum order_state of core/order.h */
	uint8_t whose; /* enum order_whose; YOURS: resting before, made by the user elsewhere */
	bool buy, reduce_only, trigger, trigger_market, take_profit, adds;
	uint8_t tif;
	struct price px, trigger_px;
	struct qty sz, filled;
	uint64_t oid;
	uint32_t exit, slice;
	int64_t since_ms; /* wall */
};

enum exit_state {
	XS_WAITING,
	XS_RUNNING,
	XS_PAUSED,
	XS_STOPPED_PRICE,
	XS_BLIND,
	XS_CLOSING,
	XS_DONE
};
enum exit_end { XE_NONE, XE_FLAT, XE_TARGET, XE_ENDED, XE_BLOCKED, XE_DUST };

struct snap_slice {
	uint32_t n; /* from 1 */
	int64_t wall_ms;
	struct qty planned, filled;
	struct price avg;
	double bp;   /* against arrival, + is good */
	bool posted; /* filled resting (mostly) */
	struct money fee;
};

struct snap_point { /* trace of an exit, time since start */
	float t_s;
	float left;    /* coins */
	float planned; /* coins left by plan */
	float band;    /* coins, as snap_exit.corridor then */
	float px;      /* mark */
	float fill_px; /* 0 none */
	float danger;  /* chance of liquidation before it is done, as known then; < 0 not known */
	uint8_t fill;  /* 1 posted, 2 crossed */
};

struct snap_replan { /* one change of a schedule by the program */
	int64_t wall_ms;
	char text[120];
};

/* Implementation shortfall, USD, negative is a cost. total = sum of the parts. */
struct snap_cost {
	double delay, spread, impact, timing, fees, funding, unfilled, total;
	double plan_total, plan_sd, plan_fees, plan_impact, plan_spread;
	double bp; /* total over arrival notional */
	double vs_start_bp, vs_mean_bp, vs_all_now_bp, vs_end_bp;
	double maker_share, volume_share;
};

struct snap_exit {
	uint32_t id;	/* x<id> */
	uint32_t panic; /* p<n> when it is a flatten run's leg, else 0 */
	char coin[COIN_MAX];
	uint16_t instr;
	uint8_t account;
	uint8_t state; /* enum exit_state */
	uint8_t end;   /* enum exit_end */
	char reason[96];
	char doing[96]; /* what the child does now, in plain words; "" nothing */
	struct ticket ticket;
	bool buy; /* side of our orders */
	struct qty start_position, total, done, left, in_flight, dust;
	struct price arrival, avg, working, last; /* 0: none */
	bool has_guard;
	double pace; /* 1.0 as planned */
	double cap;
	int64_t start_ms, end_ms, planned_end_ms, next_ms; /* wall; next_ms 0: none due */
	uint32_t slice, n_slices;
	double planned_left;
	double corridor;    /* coins off the schedule, passed in 1 of 20 moments: exit_band() */
	int64_t cap_end_ms; /* wall: where the volume cap alone lets it end; 0: it allows its end */
	double vs_start_bp;
	bool has_danger;
	double danger;	    /* 0..1, chance before the exit is done */
	bool danger_grid;   /* on the absorbing grid; else its closed-form bound: never less */
	double danger_loss; /* USD lost when it happens, by the venue's rules; 0 not told */
	/* what was predicted when it began */
	bool danger_start_grid;
	double danger_start, plan_model; /* chance; share of the planned cost that is model */
	/* the newest change of the schedule by the program, 0 changes: none */
	uint32_t replans;
	uint8_t replan_why; /* enum replan_why of plan/replan.h */
	int64_t replan_ms;
	char replan_text[120];
	uint32_t n_past; /* the changes before it, newest first; from before a restart none */
	struct snap_replan past[SNAP_REPLANS];
	double urgency; /* of the schedule that runs, 0..1 */
	/* no schedule within the volume cap keeps the danger limit: this block, sold now, does */
	struct qty block; /* 0: nothing offered */
	double block_cost;
	uint32_t tunes, unknowns;
	char tune_text[6][64];
	int64_t tune_ms[6];
	uint16_t tune_field[6]; /* enum tune_field, 0: cannot be undone */
	double tune_from[6];
	struct snap_cost cost;
	double largest_slice, most_behind, outside_s;
	uint32_t n_slices_shown, n_trace;
	struct snap_slice slices[SNAP_SLICES]; /* newest first */
	struct snap_point trace[SNAP_TRACE];   /* oldest first */
	uint32_t n_plan;
	float plan_left[SNAP_PLAN]; /* planned holdings at even times from plan_from_s to plan_to_s
				     */
	float plan_from_s, plan_to_s; /* since the start, on the clock of the exit */
	uint32_t n_old; /* the same of the schedule before the newest change; 0 none */
	float old_left[SNAP_PLAN], old_from_s, old_to_s;
	double liq_before, liq_after, dies_before, dies_after, maint_before, maint_after;
	struct money margin_freed;
};

/* A flatten under way or ended. */
enum flat_state { FLAT_NONE, FLAT_SENDING, FLAT_VERIFYING, FLAT_FLAT, FLAT_NOT_FLAT };
enum { FLAT_ROWS = 64 };
struct snap_flat_row {
	char coin[COIN_MAX];
	uint16_t instr;
	uint8_t account;
	bool buy;
	int8_t px_decimals, sz_decimals;
	uint8_t rung;
	uint8_t state; /* enum order_state */
	struct qty sz, filled;
	struct price px, avg;
	int32_t sent_ms, answered_ms; /* since start; -1 not yet */
	double bp;
	uint8_t verb; /* enum flatten_verb, of this leg */
	bool waits;   /* CARE, TRIM: for the proof of what became of its last order */
	bool beyond;  /* TRIM: held at its break-even price */
	bool rests;   /* post-only venue: first in line */
	bool done;    /* by the freshest position: zero, or the cut is made; not: an order filled */
	uint32_t tries;
};
struct snap_flat {
	uint32_t id;		  /* p<id> */
	uint8_t state, account;	  /* 0xff: all */
	int64_t start_ms, end_ms; /* wall */
	int64_t start_ns;
	uint32_t n_all; /* legs; more than n when some found no room */
	uint32_t n, reads, cancels_sent, cancels_done, unknown;
	struct money cost, expected, worst; /* positive is a loss; fees in */
	struct money model;		    /* of expected: beyond every book that is seen */
	bool all;			    /* everything: its end is FLAT, else as chosen */
	uint8_t verb;			    /* enum flatten_verb */
	bool paused, throttled;
	uint32_t slice, n_slices; /* CARE */
	int64_t next_ms;	  /* CARE: wall, of the next slice */
	char text[256];		  /* message 7 */
	char not_watched[200];	  /* what exists and is not in the configuration; "" nothing */
	struct snap_flat_row row[FLAT_ROWS];
};

/* What the venue did by itself to a position: the alarm opened (screens.md 4.8). */
enum venue_act_kind { VA_LIQUIDATED, VA_BACKSTOP, VA_ADL };
enum { SNAP_VENUE_ACTS = 8, VA_EXITS = 8, VA_GUARDS = 4 };
struct snap_venue_act {
	uint8_t kind; /* enum venue_act_kind */
	uint8_t account;
	uint16_t instr;
	char coin[COIN_MAX];
	bool isolated;
	bool bought;	      /* the venue bought it back: a short was taken */
	struct qty taken, of; /* so far; |position| before the first of it */
	struct qty left;      /* signed, freshest */
	struct price px;      /* average */
	int64_t wall_ms;      /* of its first fill, venue time */
	int64_t clock_end_ms; /* until then it takes no more than this (30 s); 0: no clock */
	/* computed anew from what is left; has_sell false: reason */
	bool has_sell, has_add, add_here; /* add_here: isolated, the engine can send it */
	char sell_text[96];		  /* "sell 10.8 BTC and buy 62 SOL" */
	struct money add;		  /* USDC */
	char reason[64];
	/* VA_ADL: the account's net notional after, before, and once BTC has fallen by 2 %; what
	 * opening it again costs */
	struct money net_after, net_before, net_fallen, cost_again;
	uint32_t n_stopped; /* exits that slice no more */
	uint32_t stopped[VA_EXITS];
	uint32_t n_guards; /* stops it cancelled that are placed again, or wait */
	struct {
		char coin[COIN_MAX];
		uint8_t state; /* enum guard_state */
		struct price px;
		int64_t since_ms; /* wall: placed again, or gone */
	} guard[VA_GUARDS];
};

/* Automatic actions that are armed. */
enum { SNAP_AUTOS = 3 };
struct snap_auto {
	char name[8];
	bool on;
	double at_pct;
	uint32_t fires; /* in this arming */
	char why[80];
};

enum net { NET_PAPER, NET_TESTNET, NET_MAINNET };

struct snap {
	uint32_t magic, size;
	char build[16];
	uint64_t number; /* rises with every publication */
	int64_t now_ns, wall_ms;
	uint8_t network; /* enum net */
	char venue[24];
	uint64_t epoch; /* lease */
	int32_t engine_pid;
	int64_t up_ns;					    /* engine start, boot clock */
	bool armed, no_new_risk, local_lock, you_have_seat; /* armed_until_ns: countdown */
	int64_t armed_until_ns;
	char no_new_risk_reason[64];
	int64_t feed_ns;       /* oldest proof of life among streams in use */
	int32_t link_ms;       /* smoothed round trip, -1 unknown */
	int64_t down_since_ns; /* 0: connected */
	uint32_t tries;
	uint8_t store_state;
	uint32_t commit_us;
	struct panic_conf panic; /* knobs in force */

	uint32_t n_accounts, n_pools, n_legs, n_books, n_orders, n_orders_all, n_exits, n_alarms,
		n_notices;
	uint32_t n_flats, n_flats_all; /* runs of the sheet's verbs; kept by the engine */
	uint32_t n_legs_all;	       /* held; more than n_legs when some found no room */
	double sigma_btc;	       /* honest volatility of BTC of an hour, 0: not told */
	struct snap_account account[ACCOUNTS_MAX];
	struct snap_pool pool[SNAP_POOLS]; /* sorted: most endangered first */
	struct snap_leg leg[POSITIONS_MAX];
	struct snap_book book[SNAP_BOOKS];
	struct snap_order order[SNAP_ORDERS];
	struct snap_exit exit[EXITS_MAX]; /* running first, then finished, newest first */
	struct snap_flat flat[SNAP_RUNS]; /* under way first, each newest first */
	uint32_t n_venue_acts;
	struct snap_venue_act venue_act[SNAP_VENUE_ACTS]; /* newest first; until acknowledged */
	struct snap_auto automatic[SNAP_AUTOS];
	struct snap_alarm alarm[SNAP_ALARMS];
	struct snap_notice notice[NOTICES_KEPT]; /* newest first */
};

#endif
