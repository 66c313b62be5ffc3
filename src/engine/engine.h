/* engine.h: the engine as a pure state machine: one event in, a bounded list of effects out.
 *
 * The host allocates one struct engine (a few MiB, fixed), calls engine_init, feeds it the journal
 * with replay_row (replay.h) in order, calls engine_start once, then engine_step for every event.
 * The effects of a call are appended to *out; the host empties it before each call and carries them
 * out in order. No globals, no clock, no allocation: the same events give the same effects.
 *
 * `instrs` is the one instrument table: a venue session may read it (EV_INSTRS fills it during the
 * step). Ids of effects, events and snapshot are its indices. */
#ifndef EXEUNT_ENGINE_ENGINE_H
#define EXEUNT_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/budget.h"
#include "core/cloid.h"
#include "core/effect.h"
#include "core/event.h"
#include "core/instr.h"
#include "core/order.h"
#include "core/panic.h"
#include "core/pos.h"
#include "core/risk.h"
#include "core/snap.h"
#include "exec/exit.h"
#include "exec/flat.h"
#include "exec/guard.h"
#include "plan/live.h"
#include "plan/sheet.h"

/* Numbers of flattens and exits that belong to one epoch: those of a break-glass shell, and of an
 * engine that cannot know which ones the life before it gave. */
enum { ENGINE_NUMBERS = 1000 };
/* Dry runs count for themselves, from here: what they show is signed and whoever saw it may send
 * it, so their names are given once too, but take none of x1, x2, ... or p1, p2, ... */
#define DRY_NUMBERS 0x20000000u

struct engine_account_conf {
	char name[NAME_MAX_];
	char address[44]; /* 0x... of the user whose account it is */
	bool has_vault;	  /* acted for as sub-account or vault */
	uint8_t vault[20];
};

struct engine_conf {
	uint8_t network; /* enum net */
	char venue[24];
	char build[16];
	uint8_t n_accounts;
	struct engine_account_conf account[ACCOUNTS_MAX];
	uint8_t n_dexes; /* perp dexes of the venue watched for every account; 0 is the validator's
			  */
	char dex[DEXES_MAX][COIN_MAX];
	char not_watched[96]; /* of the dexes, said until the venue's list has been read; "" */
	uint8_t cloid_key[16];
	uint32_t install; /* 24 bits */
	uint64_t seed;	  /* entropy, for exits without a seed of their own */
	uint64_t epoch;	  /* lease */
	/* The newest records of the life before may be missing (store_lost): numbers of this one
	 * are then from ENGINE_NUMBERS x epoch, for none may be given twice. */
	bool lost;
	int32_t pid;
	int64_t rtt_ns;		 /* expected round trip until measured; 0: 250 ms */
	double beta_of_btc;	 /* reserved, 0 */
	struct panic_conf panic; /* rung_ms 0: all defaults */
	char priors_bad[200];	 /* why the file of priors is not used; "" it is, or none */
	uint32_t n_priors;	 /* estimates fitted by `exeunt calibrate`, by coin */
	struct live_prior prior[PRIORS_MAX];
};

/* Capacities of the engine's own tables. */
enum {
	DRY_NOTE_MAX = 3900,	   /* the sheet's numbers beside a dry run's request */
	FLIGHTS_MAX = ACTIONS_ALL, /* actions without an end yet */
	FLIGHT_BUCKETS = 4096,	   /* of their index */
	QUERIES_MAX = 256,	   /* reads under way */
	FEED_KEEP_S = 120,	   /* a coin looked at keeps its book this long */
	UNDECIDED_MAX = 32,	   /* slices kept until their TWAP has a number */
	TWAPS_MAX = 64,		   /* running venue TWAPs known */
	ORDER_BUCKETS = 4096,	   /* of the order index */
	GUARDS_MAX = 64,	   /* stops kept at the venue */
	ADDS_MAX = 8		   /* collateral on its way */
};

/* ---- state: read it freely (tests, snapfill), change it only through engine_step ---- */

struct mkt {
	struct price mark, oracle, mid, last;
	int64_t mark_ns, last_ns, mid_ns;
	struct ratio funding;
	struct qty volume;		     /* traded since the engine began, tape */
	double minute[12];		     /* coins in slots of 5 s */
	int64_t minute_slot;		     /* index of the newest slot */
	struct {			     /* by side of the taker, EWMA over 5 min of the tape */
		double all, no_hash, prints; /* coins, coins, moments with one */
		int64_t print_ms;
	} taken[2];
	int64_t taken_ns;
	struct live_vol vol;
	struct money day_usd; /* the venue's volume of 24 h, 0 not told */
	int64_t focus_ns;     /* its feed is wanted until */
	int64_t look_ns;      /* somebody looks at it until */
	uint8_t book;	      /* index + 1 of the book pool */
	bool feed;	      /* EF_FEED on was given */
	int64_t book_ns;      /* newest proof of life of its book stream */
	int64_t book_poll_ns, deep_poll_ns;
	uint8_t deep_figs; /* digits its aggregated book is asked with, 0: 5 */
	int64_t blind_ns;  /* alarm raised */
};

struct held { /* a position of an account */
	uint16_t instr;
	bool used, other_hand;
	struct pos pos;
	struct money funding;	/* paid or received since the engine began */
	struct qty heard;	/* last szi for change detection */
	struct qty foreign_sum; /* fills of another hand that came together */
	int64_t foreign_ms;	/* venue time of the newest of them */
	int64_t fund_hour;	/* hours since 1970 of fund_paid */
	struct money fund_paid;
};

struct dex_state {
	bool has, orders_has;
	/* at the venue by the last list, not in our table: no market of ours, or no room */
	uint32_t orders_lost, twaps_lost, positions_lost;
	char lost_coin[COIN_MAX]; /* one of the positions, and its size, 0 not told */
	struct qty lost_szi;
	bool bare; /* of a position only the size is known: so is no equity of its pool */
	int64_t venue_ms, read_ns, orders_ns, orders_ms;
	uint64_t reads;
	struct money equity, raw_usd, ntl, margin_used, cross_equity, cross_ntl, cross_used,
		cross_maint, withdrawable;
};

enum { WRITERS = 3 }; /* orders of others within 10 s that are told */

enum recon_state { RECON_DOWN, RECON_CONFIRM, RECON_READ, RECON_PASSED };
struct recon {
	uint8_t state;				 /* enum recon_state */
	uint8_t missing_account, missing_orders; /* bit by dex */
	bool missing_fills, missing_slices;	 /* slices: of venue TWAPs of ours */
	int64_t retry_ns;
	uint32_t passes;
};

struct account {
	bool up, key_ready, agent_known, has_abstraction, agent_warned;
	char key_why[96]; /* what the signer says while key_ready is false; "" nothing special */
	uint8_t abstraction;
	uint32_t room_n; /* orders cancelled for guards ... */
	int64_t room_ns; /* ... at that time */
	uint32_t epoch;
	int64_t down_ns, last_up_ns;
	uint32_t tries;
	struct recon recon;
	struct dex_state dex[DEXES_MAX];
	uint32_t n_held;
	struct held held[POSITIONS_MAX];
	uint32_t n_balances;
	struct balance balance[BALANCES_MAX];
	int64_t spot_ns;
	uint64_t agent_until_ms;
	uint8_t agent[20];
	struct budget_addr budget;
	struct ratio fee_taker, fee_maker;
	bool has_fees;
	int64_t fills_ms;  /* venue time of the newest fill heard */
	int64_t venue_ms;  /* newest venue time heard for this account */
	int64_t answer_ms; /* venue time of the newest answer to, or fill of, an order of ours */
	int64_t poll_ns, slow_poll_ns, read_want_ns, poll_fills_ns;
	bool read_wanted, fills_wanted;
	bool orders_wanted; /* a foreign order is known by a push alone */
	int64_t orders_poll_ns;
	int64_t fills_from_ms; /* fills_ms when the want began: the budget may let it wait long */
	int64_t fills_want_ns; /* a read of fills sent at or after this ends the want */
	uint32_t n_twaps;
	struct venue_twap twap[TWAPS_MAX];
	uint32_t foreign_n; /* foreign orders in the last 10 s: the first of them by name */
	uint64_t foreign_oid[WRITERS];
	int64_t foreign_ns;
	bool two_writers;
};

enum flight_kind {
	FLIGHT_ORDERS,
	FLIGHT_CANCEL,
	FLIGHT_NOOP,
	FLIGHT_TWAP,
	FLIGHT_OTHER,
	FLIGHT_ADD /* collateral: adds.c */
};
struct flight {
	bool used, answered, lost, all_paths, dry;
	uint8_t kind, account, lane, n, resends;
	uint16_t next; /* in its bucket: index + 1 */
	uint64_t nonce;
	int64_t sent_ns, due_ns, resend_ns;
	int64_t reply_ms; /* venue time of its answer */
	uint16_t order[BATCH_MAX];
};
struct flight_table {			   /* flights.c */
	uint32_t n, hand;		   /* used; where the search for a free place goes on */
	uint16_t by_nonce[FLIGHT_BUCKETS]; /* index + 1 */
	struct flight at[FLIGHTS_MAX];
};

enum query_why { QW_POLL, QW_BARRIER, QW_ROUND, QW_LOOKUP, QW_WANT };
struct query {
	bool used;
	uint8_t what, why, account, dex;
	uint16_t instr, order; /* order: index + 1 for QW_LOOKUP */
	uint32_t id;
	int64_t sent_ns, venue_ms;
	uint64_t nonce; /* of the order looked up */
	bool found;
	uint32_t round; /* QW_ROUND: of which (flat_slot.round) */
};

struct vtime { /* vtime.c: the venue's clock less our boot clock */
	bool known;
	int64_t ahead_ms, before_ms; /* the greatest of this window, and of the one before */
	int64_t turn_ns;	     /* this window began */
};

struct order_table {
	uint32_t n, hand; /* used; where eviction looks next */
	bool used[ORDERS_MAX];
	struct order at[ORDERS_MAX];
	bool listed[ORDERS_MAX]; /* in the newest list of open orders */
	bool twap[ORDERS_MAX];
	int64_t venue_ms[ORDERS_MAX];
	uint16_t by_cloid[ORDER_BUCKETS], next_cloid[ORDERS_MAX]; /* index + 1 */
	uint16_t by_oid[ORDER_BUCKETS], next_oid[ORDERS_MAX];
};

struct exit_slot {
	bool used, dirty, saved0;
	bool by_venue; /* paused because the venue took a part */
	uint16_t instr;
	uint8_t account;
	struct exit x;
	int64_t next_ns;
	struct qty volume0;
	struct money funding0;
	struct qty foreign;	  /* exec_view.foreign_net */
	struct qty stop_taken;	  /* exec_view.stop_taken */
	uint32_t told;		  /* slices said in the log */
	int64_t behind_ns;	  /* outside its corridor since; 0: inside */
	struct solve_in question; /* the newest for the planner */
	/* groups.c, of the leg that asks for its group */
	struct solve_in group_question;
	int64_t group_asked_ns;
	struct qty group_done;
	struct price asleep_mark; /* when the machine fell asleep, and the end it had then */
	int64_t asleep_end_ms;
	int64_t finished_ns;
};

enum { WHATIFS_MAX = 4, PLAN_NOTE_MAX = 4096 };
struct whatif { /* a plan asked for, until the planner has spoken or is given up */
	bool used;
	uint32_t client, seq, number;
	uint16_t instr;
	int64_t due_ns;
	bool has_found;
	uint8_t tries;
	double urgent;	      /* by the bound */
	double asked_urgency; /* of the question */
	double chosen;	      /* what is told, has_found */
	double risk;	      /* the limit, 0 none */
	struct ticket ticket;
	struct solve_in question;
	struct solve_out found; /* of the last search, has_found */
};

struct guard_slot {
	bool used, dirty;
	uint8_t account;
	uint16_t instr;
	struct guard_keep g;
	int64_t next_ns;
};

struct add_slot { /* collateral sent, until a fact tells what became of it */
	bool used, lost;
	uint8_t account, resends;
	uint16_t instr;
	struct money usd, raw; /* raw: of the position when it left */
	struct qty szi;
	uint64_t nonce;
	int64_t sent_ns, next_ns, expires_ms;
};

struct venue_act { /* what the venue took by itself: venue_acts.c */
	bool used, fresh, isolated, bought, has_sell, has_add, add_here;
	uint8_t kind, account; /* enum venue_act_kind */
	uint16_t instr;
	struct qty taken, of;
	struct money value, add; /* value: of what was taken, at its prices */
	int64_t first_ms, last_ms, clock_end_ms, began_ns; /* venue time, but began_ns */
	double net_before, net_after, cost_again;	   /* USD */
	double net_fallen; /* once BTC has fallen by 2 %, every coin by its beta */
	char sell_text[96], reason[64];
	uint32_t n_stopped, stopped[VA_EXITS];
};

struct flat_slot { /* a run of the sheet's selling verbs; f last, its legs are not all touched */
	bool used, dirty;
	bool unsaved; /* the step that had to save it had no room */
	int64_t next_ns;
	/* the newest complete read of everything in scope */
	uint64_t read_id;
	int64_t read_venue_ms;
	uint32_t openers;
	uint32_t round;	      /* number of the one under way, 0 none */
	uint32_t round_left;  /* reads of it not answered */
	uint32_t round_asked; /* places of it that had their turn */
	bool round_bad;
	bool round_again;
	bool round_poor; /* the request budget did not reach for it */
	int64_t round_at_ns, round_ns;
	int64_t danger_ns; /* CARE: next look at care_danger.c */
	char left[160];
	struct flat f;
};

enum auto_kind { AUTO_GUARD, AUTO_TRIM, AUTO_NOW, AUTOS };
/* What the venue has and the configuration does not name (outside.c). */
enum { OUTSIDE_SUBS = 8, OUTSIDE_DEXES = 32 };
struct outside {
	bool dexes_read;
	uint32_t n_dexes; /* not watched; those beyond the room are counted */
	struct venue_dex dex[OUTSIDE_DEXES];
	struct outside_subs {
		bool read;
		int64_t asked_ns;
		uint32_t n; /* that hold something and are not configured */
		struct sub_account at[OUTSIDE_SUBS];
	} subs[ACCOUNTS_MAX];
	uint8_t has_master;    /* bit by account: a sub-account of another that is configured */
	struct outside_words { /* by scope: an account, or the last for all of them */
		bool made;
		char brief[73], text[200];
	} words[ACCOUNTS_MAX + 1];
};

struct automatic_state {
	bool on;
	struct ratio at;	  /* distance of a pool at which it fires */
	struct {		  /* each account by itself: a crash takes them all at once */
		int64_t since_ns; /* within it by the mark since */
		int64_t fired_ns;
		uint32_t fires; /* in this arming */
	} of[ACCOUNTS_MAX];
	char why[80];
};

struct alarm {
	bool used, seen;
	uint8_t level, code, account;
	uint16_t instr;
	uint32_t exit;
	int64_t since_ms, repeat_ns, seen_level;
	int64_t told_ns;  /* the last time its cause was seen */
	int64_t lower_ns; /* its cause is less grave since */
	char text[256], brief[80];
};

struct engine {
	struct engine_conf conf;
	int64_t now_ns, wall_ms, start_ns, start_wall_ms;
	struct aes128 aes;
	struct instr_table instrs;
	uint8_t dex_of_unknown;
	struct mkt mkt[INSTR_MAX];
	uint32_t n_books;
	struct book book[BOOKS_MAX];
	struct book deep[BOOKS_MAX]; /* aggregated, of the coins whose size needs more */
	struct live live[BOOKS_MAX]; /* estimates of the coins whose book is kept */
	struct live_prior prior[BOOKS_MAX];
	struct account acct[ACCOUNTS_MAX];
	struct order_table orders;
	struct fill_set fills;
	uint32_t n_undecided; /* slices of a TWAP that may be ours and has no number yet */
	struct undecided {
		uint8_t account;
		struct fill fill;
	} undecided[UNDECIDED_MAX];
	struct flight_table flights;
	struct query query[QUERIES_MAX];
	struct budget_ip ip;
	struct exit_slot exit[EXITS_MAX];
	struct exit_slot exit_dry; /* of a dry run: it takes no place from those that run */
	struct flat_slot flat[RUNS_MAX];
	struct flat_slot flat_dry; /* of a dry run */
	uint32_t next_round;
	struct outside outside;
	struct guard_slot guard[GUARDS_MAX];
	struct add_slot add[ADDS_MAX];
	uint32_t slow_polls;		/* of the first account */
	int64_t fund_hour, fund_due_ns; /* payments of that hour are told then */
	struct venue_act act[SNAP_VENUE_ACTS];
	struct cmd named; /* the running command, with coins as the venue writes them */
	struct exec_out exec_out;
	struct flat_out flat_out;
	struct flat_leg_view flat_legs[RUN_LEGS_MAX];
	struct sheet_in sheet_in; /* room of flat_sheet.c */
	struct sheet sheet;
	char dry_note[DRY_NOTE_MAX];
	struct whatif whatif[WHATIFS_MAX];
	uint32_t whatifs;
	struct plan whatif_plan; /* room of solve.c */
	char plan_note[PLAN_NOTE_MAX];

	struct vtime vtime;
	uint64_t last_nonce, ceiling, ceiling_asked;
	uint32_t next_exit, next_panic, next_guard, next_query, next_other;
	uint32_t next_dry; /* of dry runs, 0 none yet */
	bool local_lock, started, replaying;
	uint8_t store_state;
	uint32_t commit_us;
	uint32_t venue_status; /* 0 well; else the HTTP status or text of trouble */
	int64_t venue_bad_ns;
	bool post_only;
	int64_t post_only_ns;
	bool market_up;
	int64_t market_ns, market_down_ns;
	int64_t rtt_ns, rtt_p90_ns;
	bool armed;
	int64_t armed_until_ns;
	uint32_t seat; /* client that holds it, 0 none */
	int64_t slept_ns;

	struct automatic_state automatic[AUTOS];
	struct alarm alarm[SNAP_ALARMS];
	struct snap_notice notice[NOTICES_KEPT]; /* ring */
	uint64_t notice_seq;
	int64_t danger_ns;		   /* account figures near danger: fast polls until */
	int64_t alarm_tick_ns;		   /* next look at distances */
	int64_t timer_ns;		   /* last EF_TIMER */
	int64_t wake_ns;		   /* earliest deadline known */
	int64_t tick_ns;		   /* next housekeeping */
	uint32_t limit_told;		   /* bits of limits already told */
	uint8_t instr_told[INSTR_MAX / 8]; /* rules journalled in this run */
	struct effects *out;		   /* of the running step */
};

void engine_init(struct engine *e, const struct engine_conf *c, int64_t now_ns, int64_t wall_ms);
/* After replay: records the start, asks for a nonce ceiling, arms the timer. `ceiling` is the
 * journal's newest committed one (store_ceiling), 0 for a new journal: nonces begin above it. */
void engine_start(struct engine *e, uint64_t ceiling, int64_t now_ns, int64_t wall_ms,
		  struct effects *out);
void engine_step(struct engine *e, const struct event *ev, struct effects *out);

/* An exit or a flatten runs: the machine should stay awake. */
bool engine_busy(const struct engine *e);
/* A fingerprint of what must survive a restart: live orders, fills seen, exits, lock, counters. */
uint64_t engine_digest(const struct engine *e);
/* The snapshot, without number and you_have_seat, which the host fills in for each client. */
void engine_snap(const struct engine *e, struct snap *out);
/* Row index in `accounts` of --account NAME, -1. */
int engine_account_find(const struct engine *e, const char *name);
/* Whether the signed bytes of that nonce may still be wanted: after a replay the others are
 * forgotten. */
bool engine_may_resend(const struct engine *e, uint64_t nonce);

#endif
