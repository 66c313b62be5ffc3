#!/bin/bash
# Several legs out together from a shell: asked first, begun as one group, seen in status, and summed in tca.
. "$(dirname "$0")/lib.sh"


demo_start --book twenty --seed 5
S="--state $state"
is "the account is read" until_true 30 eval '"$exeunt" plan all --for 1h --json $S >"$work/out" 2>&1'
expect "a plan of all" 0 "legs together, done by" "$exeunt" plan all --for 1h $S
is "beside each by itself" grep -q "each by itself: cost" "$work/out"
is "with its regret" grep -q "more impact and risk than the joint optimum" "$work/out"
expect "as one object" 0 '{"plan":{"end_ms":' "$exeunt" plan all --for 1h --json $S
is "which Python reads" python3 -c 'import json,sys
p = json.load(open(sys.argv[1]))["plan"]
assert len(p["legs"]) == 20 and not p["left_out"], p["left_out"]
assert p["together"]["sd_usd"] > 0 and p["regret"] >= 0
assert len({l["coin"] for l in p["legs"]}) == 20' "$work/out"
expect "a dry run is a plan" 0 "legs together" "$exeunt" exit all --for 1h --dry-run $S
is "nothing has begun" [ "$("$exeunt" tca $S)" = "no exits yet" ]
expect "a list" 0 "2 legs together" "$exeunt" plan BTC,ETH --for 30m --urgency 0.4 $S

expect "no end" 2 "give --for or --by" "$exeunt" exit all $S
expect "no overshoot" 2 "not in this version" "$exeunt" exit all --for 1h --overshoot $S
expect "a coin that is not held" 3 "NOPE is flat" "$exeunt" exit BTC,NOPE --for 1h $S
expect "a coin twice" 2 "BTC is named twice" "$exeunt" exit BTC,ETH,BTC --for 1h $S
expect "an empty name" 2 "a list is" "$exeunt" exit BTC,,ETH --for 1h $S
expect "a size in coins" 2 "all or a percentage" "$exeunt" exit BTC,ETH --for 1h --size 1BTC $S
expect "a target of one" 2 "--to is of one coin" "$exeunt" exit BTC,ETH --for 1h --to 1x $S
expect "a limit on a part of a pool" 3 "exit all, or --urgency" "$exeunt" exit BTC,ETH --for 1h --danger 1% $S
expect "two masters" 2 "give one of the two" "$exeunt" exit all --for 1h --danger 1% --urgency 0.5 $S

expect "three legs begin" 0 "g1: x1 " "$exeunt" exit BTC,ETH,SOL --for 10m --urgency 0.6 $S
is "status shows the group" until_true 20 status_has '"group":"g1"'
is "of three" eval '[ "$("$exeunt" status --json $S | grep -o "\"group\":\"g1\"" | wc -l)" = 3 ]'
is "in words too" eval '"$exeunt" status $S | grep -q "x1 [A-Z]* [a-z]* of g1"'
expect "a leg that runs already is named, the others go" 3 "BTC: " "$exeunt" exit BTC,DOGE --for 10m $S
is "and DOGE went" grep -q "^g[0-9]*: x[0-9]* DOGE$" "$work/out"
is "the sums are of DOGE alone" grep -q "^1 leg together" "$work/out"
"$exeunt" flatten --wait --timeout 60s $S >"$work/out" 2>&1
expect "the sum of the legs" 0 "g1: 3 legs together" "$exeunt" tca $S
expect "the group alone" 0 "g1,all,all,,,,," "$exeunt" tca g1 --csv $S
# the last row is the sum of the whole of each leg, to the last digit
is "its row is the sum" eval "awk -F, '/^x[0-9]*,[A-Z]*,all/ { sum += \$NF; n++ } /^g1,/ { d = sum - \$NF } END { exit !(n == 3 && d < 1e-7 && d > -1e-7) }' '$work/out'"
expect "and as JSON" 0 '"group":"g1","legs":3,"legs_done":3,' "$exeunt" tca g1 --json $S
is "which is whole" python3 -c 'import json,sys; d = json.load(open(sys.argv[1])); assert len(d["exits"]) == 3 and "total_usd" in d["cost"]' "$work/out"
expect "no such group" 2 "no legs of g77 are known" "$exeunt" tca g77 $S
expect "no group at all" 2 "gx1 is no group" "$exeunt" tca gx1 $S
demo_stop

# five legs, four on cross margin: the limit is of that pool
demo_start --seed 5
S="--state $state"
is "the account is read" until_true 30 eval '"$exeunt" plan all --for 1h --json $S >"$work/out" 2>&1'
expect "at most 1 %" 0 "chance of liquidation of CROSS" "$exeunt" exit all --for 1h --danger 1% $S
is "and a jump beside it" grep -q "CROSS dies at an instant gap of BTC -" "$work/out"
is "five of them" grep -q "^g1: x1 [A-Z]*, x2 [A-Z]*, x3 [A-Z]*, x4 [A-Z]*, x5 [A-Z]*$" "$work/out"
is "each keeps the limit itself" until_true 20 eval '[ "$("$exeunt" status --json $S | grep -o "\"group\":\"g1\"" | wc -l)" = 5 ]'
finish
