#!/bin/sh
# The installed programs hold no planted bug: nm finds the variable that chooses one in t_plants (so
# that this test can fail) and not in them.
set -eu
top=${abs_top_builddir:-.}
has() { nm "$top/$1" | grep -q exeunt_plant_chosen; }
has tests/sim/t_plants || { echo "FAIL: t_plants holds no plants"; exit 1; }
for p in exeunt exeunt-paper; do
	if has $p; then
		echo "FAIL: $p holds planted bugs"
		exit 1
	fi
done
echo "2 passed, 0 failed"
