/* think.h: what takes too long for a frame: the absorbing grid of a ticket (plan/outlook.h). A
 * question is plain data with its own copies; think() is pure and runs wherever: in the thread of
 * thinker.h under a terminal, at once in a test or in linear mode. Its absence changes nothing but
 * the label: a bound instead of a chance. */
#ifndef EXEUNT_UI_THINK_H
#define EXEUNT_UI_THINK_H

#include "plan/outlook.h"

enum { THINK_CURVE = 8 };
struct think_in {
	uint32_t turn; /* of the knobs: an answer to other knobs is dropped */
	int64_t asked_ns;
	struct plan_problem p; /* of the row chosen; think() aims its pointers at the copies */
	struct plan_way way[WAYS];
	uint8_t chosen;
	bool has_book, has_deep;
	struct instr instr;
	struct book book, deep;
	bool has_near[2];
	double near[2];	 /* urgencies of the neighbours on the frontier */
	uint8_t n_curve; /* and of points along it, when it is on screen */
	double curve[THINK_CURVE];
	bool search; /* for the urgency that keeps `eps` */
	double eps;
};

struct think_out {
	uint32_t turn;
	int64_t asked_ns;
	bool ok; /* the row chosen has a chance */
	char reason[96];
	struct plan_chance chosen;
	bool has_way[WAYS], has_near[2];
	double way[WAYS], near[2];
	uint8_t n_curve;
	double curve[THINK_CURVE];
	bool searched, found;
	char why_not[96]; /* when searched and not found */
	struct plan_limit limit;
};

/* The worker's memory, about 100 kB. */
struct think_work {
	struct grid_work grid;
	struct plan plan;
};

/* About 20 ms; with a search 50 to 250 ms. */
void think(struct think_in *in, struct think_work *w, struct think_out *out);

#endif
