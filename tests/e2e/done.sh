#!/bin/bash
# From a recorded market and a leveraged position to a verified flat with its cost, from a shell alone: a planned exit
# (Almgren-Chriss) tuned twice on the way; and an account of twenty positions emptied by one word.
. "$(dirname "$0")/lib.sh"

flat_of() { # COIN: no leg of it is left
	"$exeunt" status --json --state "$state" | grep -q '"pools":' && ! status_has "{\"coin\":\"$1\",\"size\":\"-\{0,1\}[0-9.]*\",\"entry\""
}
adds_up() { # the parts make the total, slices and the whole, and something was paid
	python3 - "$work/out" <<'EOF'
import csv, decimal, sys
d = decimal.Decimal
rows = list(csv.DictReader(open(sys.argv[1])))
parts = ["delay", "spread", "impact", "timing", "fees", "funding", "unfilled"]
for r in rows:
    assert sum(d(r[p + "_usd"]) for p in parts) == d(r["total_usd"]), r
slices, whole = [r for r in rows if r["slice"] != "all"], [r for r in rows if r["slice"] == "all"][0]
assert len(slices) >= 2, "a planned exit has slices"
assert sum(d(r["filled"]) for r in slices) == d(whole["filled"]) > 0
assert sum(d(r["fees_usd"]) for r in slices) == d(whole["fees_usd"]) < 0
EOF
}

tape=${EXEUNT_DATA:-}/market/hyperliquid_2025-09-04
if [ -d "$tape" ]; then
	demo_start --tape "$tape" --seed 3 --speed 4
	S="--state $state"
	"$exeunt" exit BTC --size all --algo ac --for 10m --urgency 0.5 --wait --json --timeout 150s $S \
		>"$work/wait.json" 2>"$work/progress" </dev/null &
	job=$!
	is "it runs" until_true 20 status_has '"exit":"x1","coin":"BTC","state":"running"'
	expect "tuned once" 0 "x1 tuned" "$exeunt" tune x1 --pace 1.5x $S
	is "slices are sold" until_true 90 status_has '"slice":[2-9]'
	expect "tuned twice" 0 "x1 tuned" "$exeunt" tune x1 --algo twap --cap 25% $S
	is "and another" until_true 60 status_has '"slice":[3-9]'
	# A quarter of what trades is not enough for all of it in a minute: the rest goes at once.
	expect "the rest now" 0 "" "$exeunt" close-rest x1 $S
	is "the waiting shell ends with 0" wait "$job"
	is "flat, read twice, tuned (close-rest is the third)" grep -q '"exit":"x1","coin":"BTC","end":"flat",.*"left":"0",.*"tunes":3,"reads":2' "$work/wait.json"
	is "with its cost" grep -Eq '"cost":\{.*"fees_usd":-[1-9].*"total_usd":' "$work/wait.json"
	is "it told how far it was" grep -q "x1 BTC" "$work/progress"
	is "the venue holds no BTC" flat_of BTC
	expect "the report" 0 "x1,BTC,all" "$exeunt" tca x1 --csv $S
	is "adds up" adds_up
	demo_stop
else
	echo "skipped: done.sh on the tape (no $tape)"
fi

demo_start --book twenty --seed 5
S="--state $state"
legs() { "$exeunt" status --json $S | grep -o '"entry"' | wc -l; }
is "twenty positions" until_true 20 eval '[ "$(legs)" -eq 20 ]'
expect "flatten" 0 '"end":"flat"' "$exeunt" flatten --wait --json --timeout 90s $S
is "twenty legs, read twice" grep -q '"left":\[\],"legs":20,"reads":2,' "$work/out"
is "nothing is held" [ "$(legs)" -eq 0 ]
venue_holds() { # what the exchange itself says, asked without the program
	python3 - "$url" "$user" <<'EOF'
import json, sys, urllib.request
q = json.dumps({"type": "clearinghouseState", "user": sys.argv[2]}).encode()
r = urllib.request.Request(sys.argv[1] + "/info", q, {"Content-Type": "application/json"})
print(len(json.load(urllib.request.urlopen(r, timeout=10))["assetPositions"]))
EOF
}
is "and the exchange says the same" [ "$(venue_holds)" = 0 ]
finish
