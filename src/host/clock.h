/* clock.h: the only place that reads a clock. Deadlines and ages use the boot clock (it counts
 * suspend); wall time is for nonces, expiry and display. */
#ifndef EXEUNT_HOST_CLOCK_H
#define EXEUNT_HOST_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

int64_t clock_boot_ns(void);
int64_t clock_mono_ns(void);
int64_t clock_wall_ms(void);

/* Suspend shows as growth of boot against monotonic time. */
struct clock_watch {
	int64_t gap_ns;
};
enum { CLOCK_JUMP_S = 2 };
void clock_watch_init(struct clock_watch *w);
/* How long the machine slept since the last call when that is over CLOCK_JUMP_S, else 0. */
int64_t clock_watch_slept(struct clock_watch *w);

/* A timerfd on the boot clock, non-blocking; -1 on failure. at_ns 0 disarms. */
int clock_timer_new(void);
void clock_timer_arm(int fd, int64_t at_ns);
void clock_timer_drain(int fd);

/* "2025-09-04T18:02:11Z" (21 bytes with the NUL). */
void clock_put_utc(char out[24], int64_t wall_ms);

#endif
