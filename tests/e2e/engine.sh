#!/bin/bash
# An engine, a signer and the paper exchange, from the shell: exits, tuning, flatten, restarts, refusals.
. "$(dirname "$0")/lib.sh"

# A sleep inhibitor of our own: held while its process lives.
mkdir "$work/bin"
printf '#!/bin/sh\necho "$@" >>"%s/inhibit"\nexec 9>"%s/awake"\nflock 9\nexec cat\n' "$work" "$work" >"$work/bin/systemd-inhibit"
chmod +x "$work/bin/systemd-inhibit"
export PATH=$work/bin:$PATH
held_awake() { ! flock -n "$work/awake" true; }

demo_start --seed 7
S="--state $state"

expect "status" 0 '"network":"PAPER"' "$exeunt" status --json $S
is "the user's address is shown" [ "$(first_field address)" = "$user" ]
expect "one line" 0 "PAPER" "$exeunt" status --oneline $S
expect "fresh" 0 "" "$exeunt" status --max-age 10s $S

# Bad input that only an engine can judge.
expect "unknown coin" 3 "No market BTCC. Near: BTC." "$exeunt" exit BTCC --size all $S
expect "flat coin" 3 "is flat. Nothing to exit." "$exeunt" exit DOGE --size all $S
expect "more than held" 3 "is more; write all" "$exeunt" exit BTC --size 5000BTC $S
expect "off tick" 3 "is not on BTC's tick of 1. Use 90,000 or 90,001." "$exeunt" exit BTC --size 1BTC --last 90000.5 $S
expect "a second engine" 7 "Another engine (pid $(engine_pid)) holds this state directory since" "$exeunt" engine --foreground $S

# A dry run: signed, not sent.
expect "dry run" 0 '"request":{"action":{"type":"order"' "$exeunt" exit BTC --size 1BTC --dry-run $S
is "the first slice of a plan too" "$exeunt" exit BTC --size 1BTC --algo ac --for 10m --dry-run $S >/dev/null
expect "the venue's own TWAP" 0 '"request":{"action":{"type":"twapOrder","twap":{"a":0,"b":false,"s":"1","r":true,"m":10,' "$exeunt" exit BTC --size 1BTC --algo venue-twap --for 10m --dry-run $S
expect "and an order once more" 0 '"request":{"action":{"type":"order"' "$exeunt" exit BTC --size 1BTC --dry-run $S
is "with a signature" grep -q '"signature":{"r":"0x' "$work/out"
is "expiresAfter" grep -Eq '"expiresAfter":[0-9]+' "$work/out"
is "vaultAddress is null" grep -q '"vaultAddress":null' "$work/out"

# One exit at once, one in slices, tuned on the way.
expect "exit at once" 0 '"end":"target"' "$exeunt" exit BTC --size 0.5BTC --wait --json $S
is "nothing left" [ "$(first_field left)" = 0 ]
is "read twice" [ "$(first_field reads)" = 2 ]
first=$(first_field exit)
expect "start a long one" 0 '"exit":"x' "$exeunt" exit BTC --size 2BTC --algo ac --for 10m --urgency 0.3 --json $S
x=$(first_field exit)
is "the machine is kept awake" until_true 10 eval 'grep -q -- --what=sleep "$work/inhibit" && held_awake'
expect "already runs" 3 "already sells BTC" "$exeunt" exit BTC --size 1BTC $S
expect "pause" 0 "" "$exeunt" pause "$x" $S
is "paused" until_true 10 status_has '"state":"paused"'
expect "resume" 0 "" "$exeunt" resume "$x" $S
is "running" until_true 10 status_has '"state":"running"'
expect "tune" 0 "" "$exeunt" tune "$x" --pace 1.5x $S
is "tuned once" until_true 10 status_has '"tunes":1'
expect "tune nothing" 2 "What about" "$exeunt" tune "$x" $S
expect "no such exit" 3 "" "$exeunt" pause x99 $S

# kill -9: the keeper starts it again within a second, and the exit goes on.
old=$(engine_pid)
kill -9 "$old"
another_engine() { local p; p=$(engine_pid) && [ -n "$p" ] && [ "$p" != "$old" ]; }
t0=$(date +%s%N)
is "the keeper starts it again" until_true 10 another_engine
echo "restarted after $((($(date +%s%N) - t0) / 1000000)) ms"
is "the exit is still there" until_true 20 status_has "\"exit\":\"$x\",\"coin\":\"BTC\",\"state\":\"running\""
is "its tune too" status_has '"tunes":1'
is "connected again" until_true 20 status_has '"connected":true,"key_ready":true'
expect "close the rest and wait" 0 "\"exit\":\"$x\"" "$exeunt" close-rest "$x" --wait --json --timeout 60s $S
is "it may sleep again" until_true 10 eval '! held_awake'
is "it ended as asked" grep -Eq '"end":"(target|flat)"' "$work/out"

# The terminal goes: the engine does not. (setsid is the session; the demo's own is the same.)
expect "end an exit" 0 '"exit":"x' "$exeunt" exit ETH --size 1ETH --algo twap --for 30m --json $S
y=$(first_field exit)
pid=$(engine_pid)
kill -HUP "$pid"
is "SIGHUP does nothing" status_has "\"engine_pid\":$pid"
expect "end it" 0 "" "$exeunt" end "$y" $S
is "ended" until_true 10 status_has "\"exit\":\"$y\",\"coin\":\"ETH\",\"state\":\"done\",\"end\":\"ended\""

# More exits than the engine keeps (16): the journal knows the first one, below.
many() { for _ in $(seq 17); do "$exeunt" exit ETH --size 0.1ETH --wait $S >/dev/null 2>&1 || return 1; done; }
is "seventeen more exits" many
is "the engine forgot the first" eval '! status_has "\"exit\":\"$first\","'
expect "a part is no flat" 0 '"end":"target"' "$exeunt" flatten HYPE --part 50% --wait --json --timeout 60s $S
expect "cancel" 0 "" "$exeunt" cancel entry $S
expect "flatten" 0 '"end":"flat"' "$exeunt" flatten --wait --json --timeout 90s $S
is "no positions" until_true 10 status_has '"pools":\[[^]]*"legs":\[\]'
expect "release needs the word" 3 "" "$exeunt" release please $S

expect "costs, of the first exit too" 0 "$first BTC" "$exeunt" tca "$first" $S
expect "costs as CSV" 0 "exit,coin,slice,time_ms,planned,filled,average,posted,delay_usd,spread_usd,impact_usd,timing_usd,fees_usd,funding_usd,unfilled_usd,total_usd" "$exeunt" tca --csv $S
# Seven parts make a row's total, to the last digit; money is a cost, so fees are not zero.
adds_up() {
	python3 - "$work/out" <<'EOF'
import csv, decimal, sys
rows = list(csv.DictReader(open(sys.argv[1])))
parts = ["delay", "spread", "impact", "timing", "fees", "funding", "unfilled"]
d = decimal.Decimal
assert [r for r in rows if r["slice"] == "all"] and [r for r in rows if r["slice"] == "1"]
for r in rows:
    assert sum(d(r[p + "_usd"]) for p in parts) == d(r["total_usd"]), r
assert any(d(r["fees_usd"]) < 0 for r in rows)
EOF
}
is "each row adds up" adds_up
expect "a fit wants more slices" 3 "no coin has 30 slices yet" "$exeunt" tca --fit $S
expect "costs as JSON, by slice" 0 '"per_slice":[{"slice":1,' "$exeunt" tca "$first" --json $S
expect "journal" 0 "intent" "$exeunt" journal $S
is "a flatten has its own name" grep -Eq 'end +p[0-9]+ FLAT' "$work/out"
expect "journal, the newest" 0 "" "$exeunt" journal --tail 3 --json $S
is "three of them" [ "$(wc -l <"$work/out")" -eq 3 ]

# Alarms are in the log, in signs that every pager shows.
is "the log tells the danger" grep -q ' dies at BTC -' "$state/log"
is "without escapes" eval '! grep -q "[\\]x[0-9a-f][0-9a-f]" "$state/log"'

# The key is locked: nothing starts, and says why.
expect "lock the key" 0 "locked" "$exeunt" key lock $S
is "the engine knows" until_true 10 status_has '"key_ready":false'
expect "exit with a locked key" 8 "" setsid "$exeunt" exit BTC --size all $S
finish
