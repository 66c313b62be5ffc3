#!/bin/bash
# A full disk: entries wait, reductions go out, the state says so, and room heals it. Needs a mount namespace.
if [ "${1:-}" != inside ]; then
	unshare -m true 2>/dev/null || { echo "skipped: disk.sh (no mount namespace here)"; exit 77; }
	exec unshare -m bash "$0" inside
fi
. "$(dirname "$0")/lib.sh"
mount --make-rprivate / 2>/dev/null
mkdir "$work/small"
mount -t tmpfs -o size=40m,mode=700 tmpfs "$work/small" || { echo "skipped: disk.sh (no tmpfs)"; rm -rf "$work"; exit 77; }

state=$work/small
export TMPDIR=$work
"$exeunt" demo --headless --state "$state" --seed 3 >"$work/demo.out" 2>"$work/demo.err" </dev/null &
demo_pid=$!
until_true 60 grep -q paper_url "$work/demo.out" || no "demo: $(cat "$work/demo.err")"
until_true 30 positions_known || no "no positions"
S="--state $state"
is "the reserve is there" [ "$(stat -c %s "$state/reserve")" -eq $((16 << 20)) ]
dd if=/dev/zero of="$state/fill" bs=64k >/dev/null 2>&1
expect "a reduction goes out on a full disk" 0 '"end":"target"' "$exeunt" exit BTC --size 0.5BTC --wait --json --timeout 30s $S
# Records until SQLite meets the end of the disk: what its log has as room of its own is used first.
"$exeunt" exit BTC --size 0.1BTC --algo twap --for 30m $S >/dev/null 2>&1
i=0
while [ -e "$state/reserve" ] && [ $((i += 1)) -le 400 ]; do
	"$exeunt" pause x2 $S >/dev/null 2>&1
	"$exeunt" resume x2 $S >/dev/null 2>&1
done
is "the reserve was given up" until_true 30 eval '[ ! -e "$state/reserve" ]'
expect "what wrote them can be ended" 0 "" "$exeunt" end x2 $S
is "NO NEW RISK" until_true 20 status_has '"no_new_risk":"'
expect "still reducing" 0 '"end":"target"' "$exeunt" exit BTC --size 0.1BTC --wait --json --timeout 30s $S
rm -f "$state/fill"
expect "flatten" 0 '"end":"flat"' "$exeunt" flatten --wait --json --timeout 60s $S
demo_stop
umount "$work/small"
finish
