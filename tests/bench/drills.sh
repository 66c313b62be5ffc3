#!/bin/bash
# The drills as a table: median and worst of EXEUNT_DRILL_SEEDS seeds (20) for each policy, in virtual time, and how
# many accounts the venue took. Long: twenty minutes of one core.
set -u
: "${abs_top_builddir:=$(pwd)}"
make -C "$abs_top_builddir" -s tests/sim/t_drills || exit 1
exec "$abs_top_builddir/tests/sim/t_drills" --table --seeds "${EXEUNT_DRILL_SEEDS:-20}"
