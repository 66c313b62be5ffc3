#!/bin/bash
# exeunt drill over the real protocol, at twenty times the speed: the program plays, a shell plays beside the screen,
# and a cold shell without engine and signer. Scores are the venue's.
. "$(dirname "$0")/lib.sh"

expect "no such drill" 2 "there is none" "$exeunt" drill nothing --headless
expect "no name" 2 "There are: gap40, october," "$exeunt" drill

expect "headless" 0 '"mode":"headless","policy":"now","drill":"gap40"' "$exeunt" drill gap40 --headless --seed 2 --speed 20
is "it was flat and said so" [ "$(field settled)" = true ]
is "no false FLAT" [ "$(field false_flats)" = 0 ]
is "an order left within 4 s" awk -v t="$(field first_s)" 'BEGIN { exit !(t > 1.5 && t < 4) }'

expect "cold" 0 '"mode":"cold"' "$exeunt" drill empty --cold --seed 2 --speed 20
is "flat" [ "$(field flatten_status)" = 0 ]
is "within 10 s of the shell prompt" awk -v t="$(field flatten_s)" 'BEGIN { exit !(t > 0 && t < 10) }'

# Left alone on a screen: the venue takes it, and the timeline says so.
mkfifo "$work/keys"
"$exeunt" drill gap40 --linear --seed 2 --speed 20 --state "$work/state" <"$work/keys" >"$work/lines" 2>"$work/err.drill" &
demo_pid=$!
exec 9>"$work/keys"
is "the venue takes it" until_true 60 grep -q 'LIQUIDATED BY VENUE' "$work/lines"
exec 9>&-
wait "$demo_pid"
is "status 0" [ $? -eq 0 ]
demo_pid=
is "the timeline has the liquidation" grep -q 'venue: liquidated' "$work/lines"
is "the score is capped" grep -q 'capped at' "$work/lines"
is "its directory is not removed when named" [ -d "$work/state" ]
finish
