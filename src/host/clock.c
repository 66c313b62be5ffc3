/* clock.c: clocks, the timerfd and the suspend detector. */
#include "host/clock.h"

#include <stdio.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"

static int64_t read_ns(clockid_t id)
{
	struct timespec t;

	ASSERT(clock_gettime(id, &t) == 0);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t clock_boot_ns(void)
{
	return read_ns(CLOCK_BOOTTIME);
}

int64_t clock_mono_ns(void)
{
	return read_ns(CLOCK_MONOTONIC);
}

int64_t clock_wall_ms(void)
{
	return read_ns(CLOCK_REALTIME) / 1000000;
}

static int64_t gap_now(void)
{
	/* Two reads cannot be simultaneous: the smaller of two tries is the truer one. */
	int64_t a = clock_boot_ns() - clock_mono_ns();
	int64_t b = clock_boot_ns() - clock_mono_ns();

	return a < b ? a : b;
}

void clock_watch_init(struct clock_watch *w)
{
	w->gap_ns = gap_now();
}

int64_t clock_watch_slept(struct clock_watch *w)
{
	int64_t gap = gap_now(), slept = gap - w->gap_ns;

	w->gap_ns = gap;
	return slept > (int64_t)CLOCK_JUMP_S * 1000000000 ? slept : 0;
}

int clock_timer_new(void)
{
	return timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
}

void clock_timer_arm(int fd, int64_t at_ns)
{
	struct itimerspec t = {0};

	if (at_ns > 0) {
		t.it_value.tv_sec = at_ns / 1000000000;
		t.it_value.tv_nsec = at_ns % 1000000000;
	}
	ASSERT(timerfd_settime(fd, TFD_TIMER_ABSTIME, &t, NULL) == 0);
}

void clock_timer_drain(int fd)
{
	uint64_t n;

	while (read(fd, &n, sizeof n) == (ssize_t)sizeof n)
		;
}

void clock_put_utc(char out[24], int64_t wall_ms)
{
	time_t t = (time_t)(wall_ms / 1000);
	struct tm tm;

	if (!gmtime_r(&t, &tm) || strftime(out, 24, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		snprintf(out, 24, "?");
}
