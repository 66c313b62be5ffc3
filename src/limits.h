/* limits.h: every capacity of the program, with its unit and its reason. Memory is sized from these
 * at start-up. Reaching a limit degrades visibly (a notice names the limit) and never aborts. */
#ifndef EXEUNT_LIMITS_H
#define EXEUNT_LIMITS_H

/* This file hides the C library's of the same name from <limits.h>: both are wanted. */
#include_next <limits.h>

enum {
	COIN_MAX = 32,	     /* bytes of a market name with its NUL: "dex:COIN", "@107" */
	NAME_MAX_ = 24,	     /* bytes of an account's name in the configuration */
	DEXES_MAX = 8,	     /* perp dexes watched for one account: one subscription set each */
	ACCOUNTS_MAX = 8,    /* one socket each, the venue allows ten to an address */
	INSTR_MAX = 1024,    /* perps of all dexes and spot pairs together; mainnet has about 500 */
	TIERS_MAX = 8,	     /* margin tiers of one table */
	BOOK_LEVELS = 20,    /* levels a side the venue publishes */
	BOOKS_MAX = 64,	     /* coins whose book is kept: positions, exits, the one on screen */
	POSITIONS_MAX = 128, /* of one account, over all dexes */
	ORDERS_MAX = 4096,   /* orders known at once over all accounts, foreign ones included */
	OPEN_ORDERS_MAX = 5000, /* the venue's own cap to an account */
	EXITS_MAX = 16,		/* exits that run or wait at once */
	/* Runs of the sheet's selling verbs at once, ended ones that are still shown included. An
	 * account may have several; one each is kept for NOW, which is never refused (flat_cmd.c).
	 * A run takes memory by the legs it had: about 1 KiB each. */
	RUNS_MAX = 24,
	RUN_LEGS_MAX = ACCOUNTS_MAX * POSITIONS_MAX, /* of one run: everything that can be held */
	PRIORS_MAX = 64,   /* coins with fitted priors: as many as books are kept */
	SLICES_MAX = 1024, /* slices of one plan */
	/* Actions without an end on one session, and so of one account: a flatten of 128 legs that
	 * are repeated one by one, four rungs within the 5 s that an answer may take. */
	ACTIONS_MAX = 512,
	ACTIONS_ALL = ACCOUNTS_MAX * ACTIONS_MAX, /* of all accounts */
	BATCH_MAX = 40,	    /* orders or cancels in one action: one unit of request weight */
	SUBMIT_BATCH = 30,  /* of ours: their intent fits one record */
	FILLS_SEEN = 16384, /* fill keys remembered; the venue replays at most 2,000 */
	BALANCES_MAX = 64,  /* spot balances shown */
	/* effects of one engine step: every leg there can be, saved and sent in batches, or 700 one
	 * by one; what finds no room leaves in the next step */
	EFFECTS_MAX = 4096,
	FRAME_MAX = 4 << 20, /* bytes of one venue message; the largest seen is 120 kB */
	JSON_DEPTH_MAX = 32,
	CLIENTS_MAX = 16,  /* terminals and shells attached to one engine */
	NOTICES_KEPT = 64, /* newest log lines in the snapshot */
	SNAP_ORDERS = 128, /* orders in the snapshot: ours first, then by distance from the mark */
	SNAP_BOOKS = 24,   /* books in the snapshot */
	SNAP_SLICES = 48,  /* newest slices of an exit in the snapshot */
	SNAP_PLAN = 64,	   /* points of a schedule as drawn */
	SNAP_REPLANS = 6,  /* changes of a schedule before its newest, as told */
	SNAP_TRACE = 240,  /* points of an exit's trace, thinned as it grows */
	SNAP_RUNS = 8,	   /* runs in the snapshot: those under way first */
	SNAP_POOLS = 64,
	CMD_TEXT_MAX = 256,
	NOTICE_TEXT_MAX = 200,
};

#endif
