#!/bin/bash
# long.sh: what takes hours (`make check-long`). Parts, each alone with LONG_PARTS="seeds drills models calib kills keys fuzz":
#   seeds   EXEUNT_SEEDS=20000 worlds of the simulator
#   drills  EXEUNT_DRILL_SEEDS=20 seeds of every drill against its frozen score
#   calib   EXEUNT_CALIB=1000 exits: what tickets said against what they cost
#   models  STATED_PATHS=5000 paths of every schedule through the matching engine
#   kills   EXEUNT_KILLS=5000 kill points by strace
#   keys    EXEUNT_KEYS=1000000 random keys at the screen
#   fuzz    ten minutes for each fuzz target (clang; built in build-fuzz beside this build)
# EXEUNT_LONG_SCALE multiplies all of them (0.01: a taste). The last line is "N passed, N failed".
set -u
: "${abs_top_srcdir:=$(cd "$(dirname "$0")/.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
: "${EXEUNT_LONG_SCALE:=1}" "${LONG_PARTS:=seeds drills models calib kills keys fuzz}"
export abs_top_srcdir abs_top_builddir
cd "$abs_top_builddir" || exit 1
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
passed=0 failed=0

# scaled N: at least 1.
scaled() { awk -v n="$1" -v s="$EXEUNT_LONG_SCALE" 'BEGIN { v = int(n * s); print v < 1 ? 1 : v }'; }

# part NAME COMMAND...: its own count if it prints one, else one test.
part() {
	local name=$1 status line t0=$SECONDS
	shift
	echo "=== $name"
	"$@" >"$log" 2>&1
	status=$?
	if [ $status -eq 77 ]; then
		echo "skipped: $name ($(tail -n 1 "$log"))"
		return
	fi
	line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
	if [ -z "$line" ]; then
		[ $status -eq 0 ] && line="1 passed, 0 failed" || line="0 passed, 1 failed"
	fi
	set -- $line
	passed=$((passed + $1)) failed=$((failed + $3))
	if [ $status -ne 0 ]; then
		[ "$3" -gt 0 ] || failed=$((failed + 1))
		tail -n 40 "$log"
	fi
	echo "--- $name: $line; status $status, $((SECONDS - t0)) s"
}

fuzz_build() {
	command -v clang >/dev/null 2>&1 || { echo "no clang"; return 77; }
	mkdir -p "$fuzz" &&
		{ [ -f "$fuzz/Makefile" ] ||
			(cd "$fuzz" && "$abs_top_srcdir"/configure -q --enable-fuzz --disable-campaigns CC=clang CXX=clang++ CFLAGS="-O1 -g"); } &&
		make -C "$fuzz" -s -j"$(nproc)" all
}

for p in $LONG_PARTS; do
	case $p in
	seeds) part "seeds" env EXEUNT_SEEDS="$(scaled 20000)" tests/sim/t_sim ;;
	drills) part "drills" env EXEUNT_DRILL_SEEDS="$(scaled 20)" tests/sim/t_drills ;;
	models) part "models" env STATED_PATHS="$(scaled 5000)" tests/unit/t_stated ;;
	calib) part "calibration" env EXEUNT_CALIB="$(scaled 1000)" tests/sim/t_calib ;;
	kills) part "kill points" env EXEUNT_KILLS="$(scaled 5000)" python3 "$abs_top_srcdir"/tests/e2e/kill.py ;;
	keys) part "random keys" env EXEUNT_KEYS="$(scaled 1000000)" tests/unit/t_ui_send -t random_keys_change_nothing ;;
	fuzz)
		fuzz=$abs_top_builddir/build-fuzz
		part "fuzz targets build" fuzz_build
		[ -x "$fuzz/tests/fuzz/fuzz_json" ] || continue
		for corpus in "$abs_top_srcdir"/tests/fuzz/corpus/*/; do
			name=$(basename "$corpus")
			found=$fuzz/corpus-$name # kept: the next run goes on from there
			mkdir -p "$found"
			part "fuzz $name" "$fuzz/tests/fuzz/fuzz_$name" -max_total_time="$(scaled 600)" -timeout=20 -print_final_stats=1 \
				-artifact_prefix="$fuzz/" "$found" "$corpus"
		done
		;;
	*) echo "long.sh: no part '$p'" >&2; exit 2 ;;
	esac
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
