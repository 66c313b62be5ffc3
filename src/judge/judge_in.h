/* judge_in.h: what the replay hands to a policy; shared by the files of the judge only. */
#ifndef EXEUNT_JUDGE_JUDGE_IN_H
#define EXEUNT_JUDGE_JUDGE_IN_H

#include "judge/judge.h"

struct judge_view {
	int64_t now_ms;
	const struct book *book; /* JUDGE_SEEN levels */
	uint8_t own;		 /* enum tactic_own */
	struct price own_px;
	struct qty own_left;
	double sigma; /* of the five minutes before the slot, scaled to it; 0: not known */
};
struct judge_move {
	uint8_t act; /* enum tactic_do */
	struct price px;
	int64_t next_ms; /* asks again at the latest then */
};

/* A policy at work on one child. */
struct judge_agent {
	const struct judge_rule *rule;
	const struct judge_child *child;
	struct tactic tactic;
	struct prng rng;
	int64_t at_ms; /* PLACEBO: crosses then; RANDOM: next throw */
	uint8_t mood;  /* RANDOM: enum tactic_do */
	bool posted, crossing;
};
void judge_agent_init(struct judge_agent *a, const struct judge_rule *r,
		      const struct judge_child *c, struct price tick);
void judge_agent_trade(struct judge_agent *a, const struct tape_trade *t);
struct judge_move judge_agent_step(struct judge_agent *a, const struct judge_view *v);
/* Its orders rest a latency late, and it hears of its cancel before it crosses: two latencies. */
bool judge_agent_strict(const struct judge_agent *a);

#endif
