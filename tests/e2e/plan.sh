#!/bin/bash
# "Get me out of this with at most a 1 % chance of being liquidated" from a shell alone: asked first, then done in a
# market that falls, and what the plan predicted read afterwards beside what happened.
. "$(dirname "$0")/lib.sh"

post() { # JSON to /paper
	python3 - "$url" "$1" <<'PY'
import sys, urllib.request
urllib.request.urlopen(urllib.request.Request(sys.argv[1] + "/paper", sys.argv[2].encode(), {"content-type": "application/json"})).read()
PY
}
sees_danger() { "$exeunt" plan BTC --size all --for 30m --json $S | grep -Eq '"danger":0?\.[0-9]'; }

demo_start --scenario crash --seed 3 --speed 4
S="--state $state"
expect "a plan of all of it" 0 "chance of liquidation before this is done" "$exeunt" plan BTC --size all --danger 1% $S
expect "as one object" 0 '{"plan":{"coin":"BTC","side":"sell"' "$exeunt" plan BTC --size all --danger 1% --json $S
is "with the gap that no volatility foresees" grep -Eq '"dies_at_btc_pct":-[0-9]' "$work/out"
is "by the grid" grep -q '"danger_by":"grid"' "$work/out"
is "with its end, cost and what is model" grep -Eq '"end_ms":[0-9]+.*"total_usd":-.*"model_share":' "$work/out"
for size in --size=25000USD --size=40% --to=0.5BTC --to=100000USD --to=1x --to=delta:0 "--to=cushion:30%"; do
	"$exeunt" plan BTC "$size" --for 30m $S >"$work/out" 2>&1
	rc=$?
	is "target $size: a plan, or why not" eval '[ $rc -eq 0 ] || { [ $rc -eq 3 ] && [ -s "$work/out" ]; }'
done
expect "no end in the past, no sale above what is held" 3 "hold" "$exeunt" plan BTC --size 5000BTC --for 30m $S
expect "no absurd horizon" 3 "7 days" "$exeunt" plan BTC --size all --for 900h $S
expect "no limit that is none" 2 "more than 0%" "$exeunt" plan BTC --size all --danger 0% $S
is "nothing has begun" [ "$("$exeunt" tca $S)" = "no exits yet" ]

post '{"equity":"0.035","of":"notional"}'
is "the account is in danger now" until_true 30 sees_danger
expect "one command" 0 "x1" "$exeunt" exit BTC --size all --danger 1% $S
is "says what it chose" grep -q "chance of liquidation before this is done" "$work/out"
is "no chance below 1 in 500 is written down" status_has '"danger":0[.][0-9]*,"danger_is_under":[tf]'
is "slices are sold" until_true 60 status_has '"slice":[2-9]'
expect "the rest now" 0 "" "$exeunt" flatten BTC --wait --timeout 60s $S
expect "what was predicted" 0 "planned -" "$exeunt" tca x1 $S
is "with its chance" grep -q "chance of liquidation before it was done" "$work/out"
is "and what came" grep -q "came to " "$work/out"
finish
