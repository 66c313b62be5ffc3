#!/bin/bash
# The engine as a thread beside the screen and the journal's thread, in one process: it trades, shells attach, it ends
# well. Built with --enable-sanitize=thread this is where data races show; whatever a sanitizer says in any of the
# processes fails the test.
. "$(dirname "$0")/lib.sh"
export TSAN_OPTIONS="log_path=$work/said ${TSAN_OPTIONS:-}" ASAN_OPTIONS="log_path=$work/said ${ASAN_OPTIONS:-}"

state=$work/state
S="--state $state"
mkfifo "$work/keys"
"$exeunt" demo --in-process --linear --seed 5 --state "$state" <"$work/keys" >"$work/lines" 2>"$work/err.demo" &
demo_pid=$!
exec 9>"$work/keys"
is "lines come" until_true 90 grep -q 'exeunt, linear' "$work/lines"
is "a book is held" until_true 90 positions_known
expect "a shell closes a part" 0 '"end":"target"' "$exeunt" exit BTC --size 0.5BTC --wait --json --timeout 90s $S
expect "a sliced exit" 0 '"end":"target"' "$exeunt" exit BTC --size 0.2BTC --algo twap --for 10s --wait --json --timeout 120s $S
echo s >&9
expect "the journal is read beside its writer" 0 'intent' "$exeunt" journal $S
expect "flatten" 0 '"end":"flat"' "$exeunt" flatten --wait --json --timeout 120s $S
is "the screen heard of it" until_true 60 grep -qi 'flat' "$work/lines"
exec 9>&-
is "ends with its input" until_true 60 eval "! kill -0 $demo_pid 2>/dev/null"
wait "$demo_pid"
is "status 0" [ $? -eq 0 ]
demo_pid=
for f in "$work"/said.*; do
	[ -e "$f" ] && no "a sanitizer spoke: $(head -n 40 "$f")"
done
ok
finish
