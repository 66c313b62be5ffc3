# The runner, then one fragment per room so that two people never edit the same list.
noinst_LIBRARIES += libtest.a
libtest_a_SOURCES = tests/run.c tests/run.h

include tests/unit/base.mk
include tests/unit/core.mk
include tests/unit/wire.mk
include tests/unit/sign.mk
include tests/unit/plan.mk
include tests/unit/judge.mk
include tests/unit/exec.mk
include tests/unit/engine.mk
include tests/unit/hl.mk
include tests/unit/signer.mk
include tests/unit/host.mk
include tests/unit/paper.mk
include tests/unit/ui.mk
include tests/sim/local.mk
include tests/fuzz/local.mk
include tests/bench/local.mk
include tests/e2e/local.mk
include tests/peers/local.mk

TESTS += tests/layers.sh tests/docs.sh tests/shipped.sh tests/calc.sh tests/evaluate.sh
dist_check_SCRIPTS += tests/layers.sh tests/docs.sh tests/shipped.sh tests/calc.sh tests/evaluate.sh
EXTRA_DIST += tests/layers.txt tests/summary.sh tests/long.sh

# Hours, not minutes: EXEUNT_LONG_SCALE=0.01 for a taste. HACKING.md says what each part proves.
.PHONY: check-long
check-long: all
	$(MAKE) $(AM_MAKEFLAGS) check TESTS=
	EXEUNT_DATA='$(EXEUNT_DATA)' abs_top_srcdir='$(abs_top_srcdir)' abs_top_builddir='$(abs_top_builddir)' \
		bash $(srcdir)/tests/long.sh
