#!/bin/bash
# Stops at the venue and collateral from the shell: placed, seen by the venue itself, kept over a killed
# engine, moved by a typed price, taken away; an addition that goes in once, and the one that is refused.
. "$(dirname "$0")/lib.sh"

user=0x00000000000000000000000000000000000000aa
state=$work/state
mkdir -m 700 "$state" "$state/keys"
S="--state $state"
secret() { printf 'a long password\n'; }
is "a key" eval 'secret | "$exeunt" key new main --light --password-fd 0 $S >"$work/out" 2>&1'
agent=$(grep -oE '0x[0-9a-fA-F]{40}' "$work/out" | head -n 1)
"$paper" --listen 127.0.0.1:0 --ready-json --die-with-parent --fund $user=12000 --position BTC=1@100000x20 \
	--position ETH=-2@4000x10i --agent "$user=$agent" --seed 3 >"$work/paper.out" 2>"$work/paper.err" </dev/null &
paper_pid=$!
until_true 20 grep -q port "$work/paper.out" || no "paper: $(cat "$work/paper.err")"
port=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$work/paper.out")
printf '%s\n' '[venue hyperliquid]' 'network = paper' "url = http://127.0.0.1:$port" '[account main]' "address = $user" \
	'key = main' >"$state/exeunt.conf"
ask() { secret | "$exeunt" "$@" --password-fd 0 $S; }
venue() { python3 - "$port" "$1" <<'P'
import json, sys, urllib.request
body = json.dumps({"type": sys.argv[2], "user": "0x00000000000000000000000000000000000000aa"}).encode()
r = urllib.request.Request("http://127.0.0.1:%s/info" % sys.argv[1], body, {"Content-Type": "application/json"})
print(urllib.request.urlopen(r, timeout=5).read().decode())
P
}
# stops COIN N TRIGGER: the venue's own list has N whole-position stops there ("" any trigger).
stops() {
	venue frontendOpenOrders | python3 -c '
import json, sys
coin, n, px = sys.argv[1], int(sys.argv[2]), sys.argv[3]
o = [x for x in json.load(sys.stdin) if x["coin"] == coin and x["isPositionTpsl"] and x["reduceOnly"] and
     x["orderType"] == "Stop Market" and (not px or float(x["triggerPx"]) == float(px))]
sys.exit(len(o) != n)' "$@"
}
expect "an engine" 0 "" ask read
is "it knows the positions" until_true 30 positions_known

expect "only what would leave" 0 '"grouping":"positionTpsl"' "$exeunt" guard BTC --dry-run --json $S
is "nothing rests" stops BTC 0 ""
expect "placed" 0 "GUARD BTC " "$exeunt" guard BTC $S
is "the venue has it" until_true 15 stops BTC 1 ""
is "and it was read back" until_true 15 status_has '"guard":"resting"'
expect "asked again: it rests" 0 " rests." "$exeunt" guard BTC $S
expect "nothing of ETH" 3 "No guard of ours rests there." "$exeunt" guard ETH --off $S

# The engine dies: the stop does not, and the next engine keeps it.
old=$(engine_pid)
kill -9 "$old"
another_engine() { local p; p=$(engine_pid) && [ -n "$p" ] && [ "$p" != "$old" ]; }
is "another engine" until_true 15 another_engine
is "which keeps it" until_true 30 status_has '"guard":"resting"'
is "once" stops BTC 1 ""

# A price of one's own: the new one rests before the old one goes.
expect "not past the mark" 3 "would fire at once" "$exeunt" guard BTC --trigger +5% $S
expect "typed" 0 "GUARD BTC 98,000" "$exeunt" guard BTC --trigger 98k $S
is "moved" until_true 20 stops BTC 1 98000
is "and only that one" until_true 20 stops BTC 1 ""
expect "as JSON" 0 '"text":"GUARD BTC 98,000 rests."' "$exeunt" guard BTC --json $S

# Collateral.
expect "a cross pool is paid in elsewhere" 3 "this key may not move money" "$exeunt" add BTC --usd 500USD $S
raw() { venue clearinghouseState | python3 -c '
import json, sys
print([p["position"]["leverage"]["rawUsd"] for p in json.load(sys.stdin)["assetPositions"] if p["position"]["coin"] == "ETH"][0])'; }
before=$(raw)
expect "only what would be added" 0 '"ntli":250000000' "$exeunt" add ETH --usd 250USD --dry-run --json $S
expect "added" 0 "ADD 250 USD to isolated ETH: sent." "$exeunt" add ETH --usd 250USD $S
more() { python3 -c 'import sys; sys.exit(not 249.9 < float(sys.argv[2]) - float(sys.argv[1]) < 250.1)' "$before" "$(raw)"; }
is "it is in, once" until_true 15 more
expect "nothing comes out" 2 "" "$exeunt" add ETH --usd -5USD $S

# Off: gone at the venue, and it does not come back.
expect "off" 0 "GUARD off: BTC" "$exeunt" guard BTC --off $S
is "the venue has none" until_true 15 stops BTC 0 ""
expect "a bare cancel keeps stops" 0 "stops stay" "$exeunt" cancel all $S
is "nothing comes back" stops BTC 0 ""

# In LOCAL LOCK, and with a flatten: it goes after flat.
expect "flatten" 0 "" "$exeunt" flatten BTC --wait $S
expect "placed for the other" 0 "GUARD ETH " "$exeunt" guard ETH $S
is "it rests" until_true 15 stops ETH 1 ""
expect "all" 0 "FLAT" "$exeunt" flatten --wait $S
is "no stop is left" until_true 20 stops ETH 0 ""
expect "nothing to guard" 3 "Nothing to guard" "$exeunt" guard $S
kill "$paper_pid" $(pgrep -f -- "--state $state") 2>/dev/null
finish
