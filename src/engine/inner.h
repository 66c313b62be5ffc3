/* inner.h: what the files of the engine share among themselves. Nothing outside includes it. */
#ifndef EXEUNT_ENGINE_INNER_H
#define EXEUNT_ENGINE_INNER_H

#include "core/pool.h"
#include "engine/engine.h"
#include "engine/record.h"

enum { NONE16 = 0xffff };

#define MS 1000000LL
#define S  1000000000LL

/* out.c: effects, notices, replies, names */
struct effect *ef(struct engine *e, enum effect_kind kind, uint8_t account);
bool ef_room(const struct engine *e, uint32_t n); /* room for what may be left out */
void ef_rec(struct engine *e, const struct rec *r);
void notice(struct engine *e, int level, enum notice_code code, uint32_t exit, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
void reply(struct engine *e, const struct event *ev, enum err_code code, uint32_t exit,
	   const char *fmt, ...) __attribute__((format(printf, 5, 6)));
void limit_told(struct engine *e, int bit, const char *name);
void wake_at(struct engine *e, int64_t at_ns);
const char *coin_of(const struct engine *e, uint16_t instr);
/* "16.82743", "109,383" into static-free caller memory of 40 bytes. */
const char *qty_text(char out[40], struct qty q);
const char *price_text(char out[40], const struct instr *i, struct price p);

/* orders.c: the table */
uint16_t orders_add(struct engine *e, const struct order *o); /* index, NONE16: full */
void orders_set_oid(struct engine *e, uint16_t at, uint64_t oid);
void orders_remove(struct engine *e, uint16_t at);
uint16_t orders_by_cloid(const struct engine *e, struct cloid c);
uint16_t orders_by_oid(const struct engine *e, uint8_t account, uint64_t oid);
/* A close that was given up for another, as its fill describes it; NONE16: it is no run's here. */
uint16_t orders_again(struct engine *e, uint8_t account, const struct fill *f);
bool order_is_ours(const struct order *o);
bool order_adds(const struct engine *e, const struct order *o); /* could open or grow a position */

/* market.c */
void market_ctx(struct engine *e, const struct event *ev);
void market_mids(struct engine *e, const struct event *ev);
void market_book(struct engine *e, const struct event *ev);
void market_bbo(struct engine *e, const struct event *ev);
void market_trades(struct engine *e, const struct event *ev);
void market_want(struct engine *e, uint16_t instr, int64_t until_ns); /* keep its book */
void market_tick(struct engine *e);
const struct book *market_book_of(const struct engine *e, uint16_t instr); /* NULL: none */
uint8_t market_deep_figs(struct engine *e, uint16_t instr, struct qty szi);
/* The finest book that holds `szi`, else the deepest; NULL: none. */
const struct book *market_book_for(const struct engine *e, uint16_t instr, struct qty szi);
const struct book *market_deep_of(const struct engine *e, uint16_t instr); /* NULL: none, old */
double market_sigma(const struct engine *e, uint16_t instr);		   /* honest, a year */
double market_sigma_raw(const struct engine *e, uint16_t instr);
/* Of the volume; all 0 until a whole day of the tape was heard. */
void estimate_season(const struct engine *e, uint16_t instr, struct season *out);
struct price market_mark(const struct engine *e, uint16_t instr); /* 0: none */
/* estimate.c */
void estimate_begin(struct engine *e, uint16_t instr); /* its book is kept from now on */
void estimate_book(struct engine *e, uint16_t instr);  /* its book changed */
void estimate_deep(struct engine *e, uint16_t instr);
void estimate_trade(struct engine *e, uint16_t instr, const struct trade *t);
double estimate_sigma_30d(const struct engine *e, uint16_t instr);
/* Returns whose priors they begin with. */
const char *estimates_fill(const struct engine *e, uint16_t instr, struct estimate out[EST_KINDS]);

/* Of what takers of that side traded of late, the share that carries no hash, and in how many
 * moments: a venue TWAP, anybody's, when they are several. */
void market_twaps(const struct engine *e, uint16_t instr, bool buy, double *share, double *prints);
double market_volume_1m(const struct engine *e, uint16_t instr);

/* account.c */
struct held *held_find(struct engine *e, uint8_t account, uint16_t instr, bool make);
const struct held *held_get(const struct engine *e, uint8_t account, uint16_t instr);
/* Positions at the venue that could not be told here, by the newest reads. */
uint32_t account_lost(const struct engine *e, uint8_t account);
struct qty held_szi(const struct engine *e, uint8_t account, uint16_t instr);
void account_saw_time(struct engine *e, struct account *a, int64_t venue_ms);
void account_read(struct engine *e, const struct event *ev);
void account_spot(struct engine *e, const struct event *ev);
void account_orders(struct engine *e, const struct event *ev);
void account_order(struct engine *e, const struct event *ev);
void account_fills(struct engine *e, const struct event *ev);
void account_decide(struct engine *e);
void account_funding(struct engine *e, const struct event *ev);
void account_twaps(struct engine *e, const struct event *ev);
/* The venue's word on one of our orders; reports to its exit. */
void order_word(struct engine *e, uint16_t at, const struct ev_order *w);
/* Moves and reports; `filled` as the venue tells it (-1: as known). */
struct why { /* a refusal, as the session read it */
	const char *text;
	uint8_t refusal; /* enum refusal */
	bool batch;	 /* said of the whole action */
};
static const struct why no_words = {0};
/* Journals a word about one order that came outside an answer (REC_VERDICT), or its death. */
void order_word_record(struct engine *e, uint16_t at, uint8_t kind, enum evidence evid,
		       const char *text);
void order_moves(struct engine *e, uint16_t at, enum evidence evid, int64_t told, struct price avg,
		 struct why why, int64_t venue_ms);

/* Fills were read after the word that it ended: what was heard is all. */
void order_settled(struct engine *e, uint16_t at);
/* After a restart: tells an exit what the journal knows of one of its orders. */
void order_retell(struct engine *e, uint16_t at);

/* Pools of an account, by danger unsorted; legs point into the account's held. */
enum { POOLS_ACCOUNT = 40, POOL_LEGS = POSITIONS_MAX };
enum { VOL_YOUNG = 60 }; /* samples of 5 s: one constant of the fast average */
struct epool {
	uint8_t account, dex;
	bool isolated, has_equity, est;
	bool young; /* a volatility in it rests on less than VOL_YOUNG samples: times jump */
	const char *reason;
	uint16_t instr; /* isolated */
	double equity, used;
	uint32_t n;
	uint16_t held[POOL_LEGS]; /* indices */
	struct pool_leg leg[POOL_LEGS];
	struct pool_sum sum;
};
/* Pool number k of the account into *p; false past the last. Cross pools by dex come first. */
bool pool_build(const struct engine *e, uint8_t account, uint32_t k, struct epool *p);
/* The pool that holds the instrument; false: no position there. *leg is its place. */
bool pool_of(const struct engine *e, uint8_t account, uint16_t instr, struct epool *p,
	     uint32_t *leg);
double pool_danger_rank(const struct epool *p);
/* Pools of an account (0xff: of all), the most endangered first; returns how many. */
struct pool_place {
	uint8_t account;
	uint32_t number; /* for pool_build */
};
int pools_sorted(const struct engine *e, uint8_t account, struct pool_place at[SNAP_POOLS]);
/* What closing `szi` costs now, USD; `mark` stands in where the market has none. */
double cost_now(const struct engine *e, uint8_t account, uint16_t instr, struct qty szi,
		double mark);
/* Legs by how much they help for their cost (% of BTC for 1,000 USD), the best first. */
void pool_order(const struct epool *p, uint16_t order[POOL_LEGS], double helps[POOL_LEGS]);
double sigma_btc_hour(const struct engine *e);

/* snapfill.c: the nearest protective stop of a leg whose coin, size and liquidation price are set
 */
void stop_of(const struct engine *e, uint8_t account, struct snap_leg *l);

/* submit.c: the only road to an outbound action */
struct dry {
	bool on;
	uint32_t client, seq;
	const char *note;
};
uint64_t submit_orders(struct engine *e, const struct approved *ok, const struct order *meta, int n,
		       enum lane lane, const struct dry *dry);
uint64_t submit_cancels(struct engine *e, uint8_t account, const struct act_cancel *c, int n,
			enum lane lane);
uint64_t submit_twap(struct engine *e, const struct order *meta, uint16_t minutes, bool randomize,
		     const struct dry *dry);
uint64_t submit_twap_cancel(struct engine *e, uint8_t account, uint32_t asset, uint64_t id);
void submit_burn(struct engine *e, uint8_t account, uint64_t nonce, enum lane lane);
void submit_resend(struct engine *e, struct flight *f, enum lane lane);
void submit_answer(struct engine *e, const struct event *ev);
void submit_tick(struct engine *e); /* our own deadline of every action */
void ceiling_care(struct engine *e);
void submit_record_instr(struct engine *e, uint16_t instr);
struct cloid submit_name(const struct engine *e, const struct order *o);
uint32_t gates_closed(const struct engine *e, uint8_t account);

/* vtime.c: the venue's clock, ms since 1970 */
void vtime_saw(struct engine *e, int64_t venue_ms);
int64_t vtime_told(const struct engine *e, int64_t venue_ms); /* 0: nonsense */
int64_t vtime(const struct engine *e);			      /* for what must not come late */
int64_t vtime_late(const struct engine *e);		      /* for what must not come too early */
int64_t vtime_start(const struct engine *e);		      /* when this engine began */

/* flights.c: actions without an end yet */
struct flight *flight_find(struct engine *e, uint64_t nonce, bool noop);
/* Never NULL: another is given up for it. */
struct flight *flight_new(struct engine *e, uint64_t nonce, enum flight_kind kind);
struct flight *flight_restored(struct engine *e, uint64_t nonce, enum flight_kind kind); /* or NULL
											  */
void flight_free(struct engine *e, struct flight *f);
void flight_drop(struct engine *e, struct flight *f); /* and the host forgets its bytes */

/* unknown.c */
void unknown_begin(struct engine *e, uint16_t at);
void unknown_tick(struct engine *e);
void unknown_missed(struct engine *e, uint16_t at); /* a read did not know it */
void unknown_lookup(struct engine *e, uint16_t at);
void unknown_status(struct engine *e, const struct event *ev);
void unknown_query_end(struct engine *e, const struct query *q, bool ok);
void unknown_burn_answer(struct engine *e, uint64_t nonce, bool ok, bool duplicate);

/* recon.c: queries, barrier, polls */
uint32_t query_send(struct engine *e, uint8_t account, enum query_kind what, uint8_t dex,
		    uint16_t instr, enum query_why why, enum lane lane);
struct query *query_find(struct engine *e, uint32_t id);
void recon_conn(struct engine *e, const struct event *ev);
void recon_confirmed(struct engine *e, const struct event *ev);
void recon_query(struct engine *e, const struct event *ev);
void recon_tick(struct engine *e);
void recon_want_read(struct engine *e, uint8_t account);
/* What: Q_FILLS, or Q_TWAP_FILLS, since the oldest order of ours that has no end. */
uint32_t recon_ask_fills(struct engine *e, uint8_t account, enum query_kind what,
			 enum query_why why);
bool recon_passed(const struct engine *e, uint8_t account);

/* outside.c: what FLAT does not speak of */
void outside_ask(struct engine *e, uint8_t account); /* 0xff: of all */
void outside_tick(struct engine *e, uint8_t account);
void outside_subs(struct engine *e, const struct event *ev);
void outside_dexes(struct engine *e, const struct event *ev);
void outside_failed(struct engine *e, const struct query *q);
/* Spot of the run's accounts; what finds no room in the sentence is counted. */
enum { LEFT_BYTES = 61 };
void outside_left(const struct engine *e, const struct flat *f, char out[LEFT_BYTES]);
/* For the sentence; and, once those were made, all of it for the screen. */
const char *outside_words(struct engine *e, uint8_t account);
const char *outside_text(const struct engine *e, uint8_t account);

/* exits.c, flats.c */
void exits_view(const struct engine *e, const struct exit_slot *s, uint8_t account, uint16_t instr,
		struct exec_view *v);
void exits_touch(struct engine *e, uint16_t instr);			   /* NONE16: all */
void exits_trade(struct engine *e, uint16_t instr, const struct trade *t); /* of the tape */
void exits_run(struct engine *e);
/* A fill, of the order `at` if known: true if a running exit counts it as another hand's. */
bool exits_foreign_fill(struct engine *e, uint8_t account, const struct fill *f, uint16_t at);
void exits_report(struct engine *e, const struct order *o, const struct exec_report *r);
struct exit_slot *exit_slot_find(struct engine *e, uint32_t id);
struct exit_slot *exit_slot_free(struct engine *e);
void exit_save_to_journal(struct engine *e, struct exit_slot *s, uint32_t slice);
bool exits_dry(struct engine *e, struct exit_slot *s, const struct dry *dry);
bool flat_dry(struct engine *e, struct flat_slot *s, const struct dry *dry);
void flat_view_fill(struct engine *e, struct flat_slot *s, struct flat_view *v);
void flat_report(struct engine *e, const struct order *o, const struct exec_report *r);
void flat_run(struct engine *e);
void flat_save_to_journal(struct engine *e, struct flat_slot *s);
/* flat_round.c: a complete read of everything a run is about. */
void flat_round_begin(struct engine *e, struct flat_slot *s);
void flat_round_care(struct engine *e, struct flat_slot *s);
/* A run waits for the budget of its round: polls, and look-ups of closes, take nothing meanwhile.
 */
bool flat_round_saves(const struct engine *e);
void flat_round_query_end(struct engine *e, const struct query *q, bool ok);
void flat_rebind(struct engine *e); /* ids of its legs by their names: after a load */

/* groups.c */
#define GROUP_BIT 0x40000000u /* names of groups; those of exits stay below */
void groups_tick(struct engine *e);
void groups_answered(struct engine *e, const struct solve_out *a);

/* flat_slots.c: the runs of the sheet's selling verbs, p1, p2, ... */
bool flat_runs(const struct flat_slot *s);		    /* under way */
struct flat_slot *flat_find(struct engine *e, uint32_t id); /* NULL: not kept */
/* The run with the highest number, of those kept; never NULL. */
const struct flat_slot *flat_newest(const struct engine *e);
/* A place for another: an unused one, else that of the oldest ended one; NULL: all run. */
struct flat_slot *flat_slot_free(struct engine *e);
uint32_t flats_running(const struct engine *e);
bool flats_run_for(const struct engine *e, uint8_t account);
/* The place of the running trim that a cut of this position goes into: the one that cuts it, else
 * one of its account; -1: none, or another run has the position. */
int flats_trim(const struct engine *e, uint8_t account, uint16_t instr);
/* Its number, 0 none; *left: what it has still to cut of a position of szi. */
uint32_t flats_trim_of(const struct engine *e, uint8_t account, uint16_t instr, struct qty szi,
		       struct qty *left);
/* What runs other than `s` do with that position: or of enum flat_taken. */
uint8_t flats_take(const struct engine *e, const struct flat_slot *s, uint8_t account,
		   uint16_t instr);
/* Key of its alarms: no coin has it. */
uint16_t flat_alarm_key(const struct flat *f);

/* solve.c */
void solve_ask(struct engine *e, struct exit_slot *s, const struct exec_view *v);
void solve_answered(struct engine *e, const struct event *ev);
/* A ticket that only wants to know: answered once the planner has spoken. */
void solve_whatif(struct engine *e, const struct event *ev, const struct ticket *t, uint16_t instr);
void solve_tick(struct engine *e);

/* adds.c */
uint64_t submit_margin(struct engine *e, uint8_t account, uint16_t instr, struct money usd,
		       const struct dry *dry);
bool adds_room(const struct engine *e);
void adds_begin(struct engine *e, uint8_t account, uint16_t instr, struct money usd, uint64_t nonce,
		int64_t expires_ms);
void adds_answer(struct engine *e, struct flight *f, const struct ev_answer *a, bool duplicate);
void adds_tick(struct engine *e);

/* guards.c */
struct guard_slot *guard_find(struct engine *e, uint8_t account, uint16_t instr);
const struct guard_slot *guard_get(const struct engine *e, uint8_t account, uint16_t instr);
/* Wanted from now on, and looked at at once; `typed` 0: by the rule. NULL: no room. */
struct guard_slot *guard_want(struct engine *e, uint8_t account, uint16_t instr,
			      struct price typed);
void guard_off(struct engine *e, uint8_t account, uint16_t instr);
/* The price that a stop of this position must fire before, 0 none. */
struct price guard_dies(const struct engine *e, uint8_t account, uint16_t instr);
void guard_view_fill(const struct engine *e, uint8_t account, uint16_t instr, struct guard_view *v);
struct act_order guard_order_of(const struct engine *e, uint16_t instr, bool buy,
				struct price trigger, struct price limit);
struct order guard_meta(const struct guard_slot *s, uint32_t attempt);
void guards_touch(struct engine *e, uint16_t instr); /* NONE16: all */
void guards_run(struct engine *e);
/* crowd.c: thirty resting orders go, the farthest first; `stops`: stops too, last. How many. */
uint32_t crowd_clear(struct engine *e, uint8_t account, bool stops);
void guards_report(struct engine *e, const struct order *o, const struct exec_report *r);
void guards_seen(struct engine *e, uint16_t at, const struct venue_order *v);
bool guards_replay(struct engine *e, const struct rec *r, uint16_t instr);

/* venue_acts.c */
void venue_acted(struct engine *e, uint8_t account, const struct fill *f);
void venue_acts_run(struct engine *e);
/* care_danger.c: once a second, whether danger is nearer than the last slice of a CARE */
void care_danger(struct engine *e);
void venue_acts_tick(struct engine *e);
void venue_acts_snap(const struct engine *e, struct snap *out);

/* hands.c */
void other_fill(struct engine *e, uint8_t account, const struct fill *f);
void other_order(struct engine *e, uint8_t account, const struct venue_order *o);

/* news.c */
uint16_t news_instr(struct engine *e, const struct instr *i); /* instr_put, and what it changes */
void news_funding(struct engine *e, struct held *h, const struct funding_paid *f);
void cause_agent(struct engine *e, uint8_t account);
void news_tick(struct engine *e);

/* guard_cmd.c */
void cmd_guard(struct engine *e, const struct event *ev);
void cmd_add(struct engine *e, const struct event *ev);
/* An exit longer than two minutes asks for one: what became of it, in words; "" nothing to say. */
void guard_offer(struct engine *e, const struct exit *x, uint8_t account, uint16_t instr, char *out,
		 size_t cap);

/* Its working price changed: what that means for a guard, "" nothing. */
void guard_tuned(struct engine *e, const struct exit_slot *s, char *out, size_t cap);

/* command.c */
uint16_t coin_wanted(struct engine *e, const struct event *ev, const char *coin);
bool account_ok(struct engine *e, const struct event *ev, uint8_t account);
bool key_ok(struct engine *e, const struct event *ev, uint8_t account);
bool on_tick(struct engine *e, const struct event *ev, uint16_t instr, const struct price_spec *s);
/* The refusal of a number that does not run; kind 'x', 'p', or 0: no number was given. */
void says_what_runs(struct engine *e, const struct event *ev, char kind, uint32_t id);
void record_command(struct engine *e, const struct event *ev, const char *what, uint32_t exit);
void command(struct engine *e, const struct event *ev);
/* At the start: exits older than the newest flatten that covers them, which another process ran,
 * end; a position opened since is none of theirs. */
void exits_end_flattened(struct engine *e);
void flats_end_replaced(struct engine *e);     /* and so do runs */
bool command_any_read(const struct engine *e); /* an account has been read */
/* Numbers are given once. Dry runs have their own; a number that is told belongs where it says. */
uint32_t dry_number(struct engine *e);
void number_taken(struct engine *e, uint32_t *next, uint32_t id);
uint64_t exit_seed(const struct engine *e, uint32_t id);

/* flat_sheet.c: the cuts of the sheet's TRIM line; false: it offers none. */
bool flat_cuts(struct engine *e, struct flatten *c, struct err *err);
void flat_expect(struct engine *e, const struct flatten *c, struct flat *f);
void flat_note(struct engine *e, const struct flatten *c, char *out, size_t cap);

/* flat_cmd.c */
void cmd_flatten(struct engine *e, const struct event *ev);
/* Exits of the run's legs end, their books are kept: at the start, and when legs join. */
void flat_legs_begin(struct engine *e, const struct flatten *c, const struct flat *f);
/* Pause, resume or end of pN; false: the command names no flatten. */
bool flat_named(struct engine *e, const struct event *ev, const char *name);
void cancel_scope_now(struct engine *e, uint8_t account, enum cancel_scope scope, uint16_t instr,
		      uint64_t oid, bool stops, enum lane lane, uint32_t *n);
/* Whether a cancel of this scope would name the order in place `at`, of whatever account. */
bool cancel_takes(const struct engine *e, uint16_t at, enum cancel_scope scope, uint16_t instr,
		  uint64_t oid, bool stops);

/* resting.c: of one coin; of all coins that are not held: what closing everything cancels too. */
struct resting resting_of(const struct engine *e, uint8_t account, uint16_t instr);
struct resting resting_apart(const struct engine *e, uint8_t account);

/* alarm.c */
void alarm_raise(struct engine *e, int level, enum notice_code code, uint8_t account,
		 uint16_t instr, uint32_t exit, const char *brief, const char *text);
void alarm_clear(struct engine *e, enum notice_code code, uint8_t account, uint16_t instr,
		 uint32_t exit);
void alarm_clear_exit(struct engine *e, enum notice_code code, uint32_t exit);
void alarm_tick(struct engine *e);
struct alarm *alarm_find(struct engine *e, enum notice_code code, uint8_t account, uint16_t instr,
			 uint32_t exit);

/* auto.c */
void auto_tick(struct engine *e);
void auto_set(struct engine *e, enum auto_kind k, int64_t at, const char *why); /* at 0: off */
const char *auto_name(enum auto_kind k);
void cmd_auto(struct engine *e, const struct event *ev);

/* alarm_cause.c: one look at each cause, once a second */
void cause_pool(struct engine *e, const struct epool *p);
void cause_unknown(struct engine *e, const struct order *o);
void cause_venue(struct engine *e);
void cause_blind(struct engine *e, const struct epool *p, uint32_t leg);
void cause_account(struct engine *e, uint8_t account);
void cause_store(struct engine *e);
void cause_exits(struct engine *e);
bool stop_resting(const struct engine *e, uint8_t account, uint16_t instr); /* a protective one */

#endif
