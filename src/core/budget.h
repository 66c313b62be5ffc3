/* budget.h: requests as a budget with lanes. Two meters: weight for each minute of this IP, and
 * actions left to an address for ever. Lanes kill > exit > protective > user > refresh: each lower
 * lane must leave more behind, and the kill lane may take the last. */
#ifndef EXEUNT_CORE_BUDGET_H
#define EXEUNT_CORE_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "core/effect.h"

enum {
	IP_WEIGHT_MIN = 1200, /* weight a minute, refilled evenly */
	FLATTEN_RUNGS = 4,    /* actions one leg of a flatten takes before it alarms */
};

struct budget_ip {
	int64_t milli;	  /* thousandths of weight left */
	int64_t at_ns;	  /* when that was so */
	int64_t quiet_ns; /* after a 429: lanes below exit wait until then */
	uint8_t strikes;  /* 429s in a row */
};

struct budget_addr {
	bool known;
	int64_t left;	/* actions; below zero once the venue throttles */
	int64_t at_ns;	/* last action, for one each ten seconds */
	uint32_t needs; /* actions three full flattens of the present legs take */
	int64_t cap;	/* of the venue, for the 25 % */
};

void budget_ip_init(struct budget_ip *b, int64_t now_ns);
/* Takes `weight` when the lane may; false: later. */
bool budget_ip_take(struct budget_ip *b, enum lane lane, int weight, int64_t now_ns);
/* Would it? Takes nothing: for what is only worth asking whole. */
bool budget_ip_can(struct budget_ip *b, enum lane lane, int weight, int64_t now_ns);
void budget_ip_429(struct budget_ip *b, int64_t now_ns);
void budget_ip_fine(struct budget_ip *b);

void budget_addr_set(struct budget_addr *b, uint64_t used, uint64_t cap, uint64_t surplus);
void budget_addr_legs(struct budget_addr *b, uint32_t legs, uint32_t cancels);
/* Counts `n` elements of a batch. Reductions are never refused: lanes kill, exit and protective
 * always pass and are counted; user and refresh leave the reserve alone. */
bool budget_addr_take(struct budget_addr *b, enum lane lane, int n, int64_t now_ns);
uint32_t budget_flattens_left(const struct budget_addr *b);

/* Weight of a read or an action at the venue. */
int budget_query_weight(enum query_kind q);
int budget_action_weight(int n);

#endif
