/* t_hw.c: signer.hw on good, slow and refusing disks. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "signer/hw.h"
#include "tests/run.h"
#include "tests/unit/signer_rig.h"

static int gate_pipe[2]; /* a sync that waits for a byte */

static int slow_sync(int fd)
{
	char c;

	return read(gate_pipe[0], &c, 1) == 1 ? fdatasync(fd) : -1;
}

static int no_sync(int fd)
{
	(void)fd;
	errno = EIO;
	return -1;
}

static bool open_in(struct hw *h, const struct rig *r, bool *damaged)
{
	int dir = open(r->dir, O_RDONLY | O_DIRECTORY);
	struct err e = {0};
	bool ok = dir >= 0 && hw_open(h, dir, 1000, damaged, &e);

	close(dir);
	return ok;
}

TEST(kept_over_reopening)
{
	static struct hw h, again;
	uint8_t a[20] = {1}, b[20] = {2};
	bool damaged;
	struct rig r;

	REQUIRE(rig_make(&r) && open_in(&h, &r, &damaged) && !damaged && hw_start(&h, NULL));
	CHECK_INT(hw_ceiling(&h, a), 0);
	CHECK(!open_in(&again, &r, &damaged)); /* locked */
	hw_raise(&h, a, 500);
	hw_fence(&h, 7);
	CHECK(hw_wait(&h, 10000));
	CHECK_INT(hw_ceiling(&h, a), 500);
	CHECK_INT(hw_ceiling(&h, b), 0);
	hw_close(&h);
	REQUIRE(open_in(&again, &r, &damaged) && !damaged);
	CHECK_INT(hw_ceiling(&again, a), 500);
	CHECK_INT(hw_epoch(&again), 7);
	hw_close(&again);
	rig_fini(&r);
}

TEST(more_addresses_than_rows_leave_a_floor)
{
	static struct hw h;
	uint8_t a[20] = {0};
	bool damaged;
	struct rig r;

	REQUIRE(rig_make(&r) && open_in(&h, &r, &damaged) && hw_start(&h, NULL));
	for (int i = 0; i < 40; i++) {
		a[0] = (uint8_t)i;
		hw_raise(&h, a, 1000 + (uint64_t)i);
	}
	CHECK(hw_wait(&h, 10000));
	for (int i = 0; i < 40; i++) { /* never below what was asked for */
		a[0] = (uint8_t)i;
		CHECK(hw_ceiling(&h, a) >= 1000 + (uint64_t)i);
	}
	hw_close(&h);
	rig_fini(&r);
}

TEST(a_slow_disk_is_waited_for_only_so_long)
{
	static struct hw h;
	uint8_t a[20] = {1};
	bool damaged;
	struct rig r;

	REQUIRE(pipe(gate_pipe) == 0);
	REQUIRE(rig_make(&r) && open_in(&h, &r, &damaged));
	h.sync = slow_sync;
	REQUIRE(hw_start(&h, NULL));
	hw_raise(&h, a, 500);
	CHECK(!hw_wait(&h, 20));
	CHECK_INT(hw_ceiling(&h, a), 0); /* not on disk, so not said */
	hw_raise(&h, a, 900);
	CHECK(!hw_wait(&h, 0));
	CHECK(write(gate_pipe[1], "xx", 2) == 2); /* the disk comes back */
	CHECK(hw_wait(&h, 10000));
	CHECK_INT(hw_ceiling(&h, a), 900);
	hw_close(&h);
	rig_fini(&r);
}

TEST(a_refusing_disk_is_known_at_once)
{
	static struct hw h;
	uint8_t a[20] = {1};
	bool damaged;
	struct rig r;

	REQUIRE(rig_make(&r) && open_in(&h, &r, &damaged));
	h.sync = no_sync;
	REQUIRE(hw_start(&h, NULL));
	hw_raise(&h, a, 500);
	CHECK(!hw_wait(&h, 600000)); /* does not sit out its time */
	CHECK_INT(hw_ceiling(&h, a), 0);
	h.sync = fdatasync;
	hw_raise(&h, a, 600);
	CHECK(hw_wait(&h, 10000));
	CHECK_INT(hw_ceiling(&h, a), 600);
	hw_close(&h);
	rig_fini(&r);
}

/* A copy torn in the middle: the other one stands. */
TEST(a_torn_write_leaves_the_older_copy)
{
	static struct hw h;
	uint8_t a[20] = {1};
	char path[600];
	bool damaged;
	struct rig r;
	int fd;

	REQUIRE(rig_make(&r) && open_in(&h, &r, &damaged) && hw_start(&h, NULL));
	for (uint64_t v = 100; v <= 300; v += 100) {
		hw_raise(&h, a, v);
		REQUIRE(hw_wait(&h, 10000));
	}
	hw_close(&h);
	snprintf(path, sizeof path, "%s/%s", r.dir, SIGNER_HW_FILE);
	fd = open(path, O_RDWR); /* sequence 5 was the last: the second copy */
	CHECK(pwrite(fd, "torn", 4, 4096 + 40) == 4);
	close(fd);
	REQUIRE(open_in(&h, &r, &damaged) && !damaged);
	CHECK_INT(hw_ceiling(&h, a), 200);
	hw_close(&h);
	fd = open(path, O_RDWR);
	CHECK(pwrite(fd, "torn", 4, 40) == 4);
	close(fd);
	REQUIRE(open_in(&h, &r, &damaged) && damaged);
	CHECK_INT(hw_ceiling(&h, a), 1000 + HW_STEP_MS);
	hw_close(&h);
	rig_fini(&r);
}

TEST_MAIN(T(kept_over_reopening), T(more_addresses_than_rows_leave_a_floor),
	  T(a_slow_disk_is_waited_for_only_so_long), T(a_refusing_disk_is_known_at_once),
	  T(a_torn_write_leaves_the_older_copy))
