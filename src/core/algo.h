/* algo.h: the algorithms of exits, one row each: their words and what they are by nature. Grammar,
 * ticket, exit, screens and programs read it; what each does is in plan/schedule.c (shape),
 * plan/choose.c (what it chooses by itself) and exec/exit_trade.c (pov). */
#ifndef EXEUNT_CORE_ALGO_H
#define EXEUNT_CORE_ALGO_H

#include <stdbool.h>

#include "core/cmd.h"

struct algo_info {
	const char *word;  /* of --algo, and in JSON */
	const char *name;  /* on screens, at most 8 columns */
	const char *words; /* beside the knob */
	bool scheduled;	   /* slices of ours at the times of a schedule, which may be re-solved */
	bool urgent;	   /* its shape is that of an urgency (Almgren and Chriss) */
	bool own_end;	   /* chooses its end where none is given */
	bool tunes;	   /* a running exit may change to it */
};
extern const struct algo_info ALGO_INFO[ALGO_COUNT];

static inline bool algo_scheduled(uint8_t algo)
{
	return algo < ALGO_COUNT && ALGO_INFO[algo].scheduled;
}
static inline bool algo_urgent(uint8_t algo)
{
	return algo < ALGO_COUNT && ALGO_INFO[algo].urgent;
}

#endif
