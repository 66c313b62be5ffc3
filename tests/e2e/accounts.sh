#!/bin/bash
# Two accounts, one engine: guard, trim, care, flatten and add over every scope, as dry runs and as JSON, then for
# real. What one account is asked to do never touches the other; all of them is written in capitals.
. "$(dirname "$0")/lib.sh"
state=$work/state
one=0x00000000000000000000000000000000000000aa two=0x00000000000000000000000000000000000000bb
mkdir -m 700 "$state" "$state/keys"
S="--state $state"
secret() { printf 'a long password\na long password\n'; }
is "a key" eval 'secret | "$exeunt" key new main --light --password-fd 0 $S >"$work/k1" 2>&1'
is "another" eval 'secret | "$exeunt" key new second --light --password-fd 0 $S >"$work/k2" 2>&1'
agent() { grep -oE '0x[0-9a-fA-F]{40}' "$1" | head -n 1; }
"$paper" --listen 127.0.0.1:0 --ready-json --die-with-parent --fund $one=9000 --fund $two=9000 --agent "$one=$(agent "$work/k1")" \
	--agent "$two=$(agent "$work/k2")" --seed 3 >"$work/paper.out" 2>"$work/paper.err" </dev/null &
until_true 20 grep -q port "$work/paper.out" || no "paper: $(cat "$work/paper.err")"
port=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$work/paper.out")
post() { python3 -c '
import sys, urllib.request
r = urllib.request.Request("http://127.0.0.1:%s%s" % (sys.argv[1], sys.argv[2]), sys.argv[3].encode(), {"Content-Type": "application/json"})
print(urllib.request.urlopen(r, timeout=5).read().decode())' "$port" "$1" "$2"; }
# position USER COIN SIZE: at the mark, through the words of the exchange.
position() { post /paper "{\"user\":\"$1\",\"position\":\"$2\",\"size\":\"$3\",\"price\":\"mid\"}" >>"$work/words" 2>&1; }
coins() { post /info "{\"type\":\"clearinghouseState\",\"user\":\"$1\"}" | python3 -c '
import json, sys
print(" ".join(sorted("%s%s" % ("-" if p["position"]["szi"][0] == "-" else "", p["position"]["coin"]) for p in json.load(sys.stdin)["assetPositions"])))'; }
position "$one" BTC 0.5
position "$one" ETH -3
position "$two" SOL 150
position "$two" HYPE -200
post /paper "{\"user\":\"$two\",\"position\":\"ETH\",\"size\":\"2\",\"price\":\"mid\",\"isolated\":true,\"leverage\":10}" >>"$work/words" 2>&1
for who in "$one" "$two"; do post /paper "{\"user\":\"$who\",\"equity\":\"3000\"}" >>"$work/words" 2>&1; done
printf '%s\n' '[venue hyperliquid]' 'network = paper' "url = http://127.0.0.1:$port" '[account main]' "address = $one" 'key = main' \
	'[account second]' "address = $two" 'key = second' '[panic]' 'care_time = 10s' >"$state/exeunt.conf"
chmod 600 "$state/exeunt.conf"
expect "the keys are unlocked" 0 "" eval 'secret | "$exeunt" key unlock --password-fd 0 $S'
expect "an engine" 0 "" "$exeunt" read $S
is "it knows both accounts" until_true 30 eval 'status_has "\"coin\":\"BTC\"" && status_has "\"coin\":\"HYPE\""'

# legs VERB...: the coins of the sheet's line, sorted, of a dry run; its status is in $rc.
legs() {
	"$exeunt" "$@" --dry-run --json $S >"$work/out" 2>"$work/err" </dev/null
	rc=$?
	python3 -c '
import json, sys
try: print(" ".join(sorted(l["coin"] for l in json.load(open(sys.argv[1]))["sheet"]["legs"])))
except Exception: print("-")' "$work/out"
}
scope() { # EXPECTED WORDS...: for flatten and for care
	local want=$1 verb got
	shift
	for verb in flatten care; do
		got=$(legs $verb "$@")
		is "$verb $*: '$got', expected '$want'" [ "$got" = "$want" ]
	done
	got=$(legs trim "$@") # of those it may cut, and no other
	for leg in $got; do
		case " $want " in *" $leg "*) ;; *) [ "$leg" = - ] || no "trim $* cuts $leg, which is not in '$want'" ;; esac
	done
}
scope "BTC ETH ETH HYPE SOL"
scope "BTC ETH ETH HYPE SOL" --all-accounts
scope "BTC ETH" --account main
scope "ETH HYPE SOL" --account second
scope "BTC ETH SOL" --longs
scope "ETH HYPE" --shorts
scope "ETH SOL" --longs --account second
scope "ETH" --shorts --account main
scope "BTC SOL" BTC SOL
scope "ETH" ETH --account main
scope "ETH ETH" ETH
scope "ETH ETH HYPE SOL" --keep BTC
scope "BTC ETH" --longs --keep SOL
scope "HYPE SOL" --account second --keep ETH
scope "-" BTC --account second
expect "a coin of the other account is refused by name" 3 "no position in BTC" "$exeunt" flatten BTC --account second --dry-run $S
is "trim cuts in the account asked for" [ "$(legs trim --account main --cushion 20%)" != - ]
for bad in "flatten --longs --shorts" "flatten BTC --longs" "care --shorts BTC" "trim --longs ETH" "guard --longs --shorts" \
	"flatten --account nobody" "add --usd 5USD"; do
	expect "$bad is refused" 2 "" "$exeunt" $bad --dry-run $S
done
expect "guard of one coin, dry" 0 '"grouping":"positionTpsl"' "$exeunt" guard SOL --account second --dry-run --json $S
expect "guard of the other's coin" 3 "Nothing to guard" "$exeunt" guard BTC --account second --dry-run --json $S
expect "add to the isolated one, dry" 0 '"ntli":100000000' "$exeunt" add ETH --usd 100USD --account second --dry-run --json $S
expect "of a cross one it says where" 3 "may not move money" "$exeunt" add ETH --usd 100USD --account main --dry-run --json $S
is "nothing was sent" [ "$(coins "$one") | $(coins "$two")" = "-ETH BTC | -HYPE ETH SOL" ]

# The configuration is edited under the engine: another account in front, the two the other way round. A name means
# the account of its address, and the journal's numbers stay those of the addresses.
cp "$state/exeunt.conf" "$work/conf"
printf '%s\n' '[venue hyperliquid]' 'network = paper' "url = http://127.0.0.1:$port" '[account third]' \
	'address = 0x00000000000000000000000000000000000000cc' '[account second]' "address = $two" 'key = second' \
	'[account main]' "address = $one" 'key = main' '[panic]' 'care_time = 10s' >"$state/exeunt.conf"
scope "BTC ETH" --account main
scope "ETH HYPE SOL" --account second
expect "one that was configured since is refused by its address" 2 "0cc: it was configured since" "$exeunt" flatten --account third --dry-run $S
expect "the engine is ended" 0 "" kill "$(engine_pid)"
is "and another begins" until_true 30 eval '"$exeunt" read $S >/dev/null 2>&1 && status_has "\"coin\":\"HYPE\""'
"$exeunt" status --json $S >"$work/out"
is "each has its place, the new one the next" [ "$(grep -o '"name":"[a-z]*"' "$work/out" | tr -d '\n')" = '"name":"main""name":"second""name":"third"' ]
cp "$work/conf" "$state/exeunt.conf"

# For real: the other account is never touched.
stops() { post /info "{\"type\":\"frontendOpenOrders\",\"user\":\"$1\"}" | grep -o '"orderType": *"Stop Market"' | wc -l; }
expect "guard of one account" 0 '"done":true' "$exeunt" guard SOL ETH --account second --json $S
is "rests there" until_true 20 eval '[ "$(stops "$two")" -ge 1 ]'
is "and not in the other" [ "$(stops "$one")" = 0 ]
expect "care names the account" 0 "account second" "$exeunt" care --shorts --account second $S
is "its shorts go" until_true 40 eval '[ "$(coins "$two")" = "ETH SOL" ]'
is "the shorts of the other stay" [ "$(coins "$one")" = "-ETH BTC" ]
expect "flatten one account" 0 '"end":"flat"' "$exeunt" flatten --account main --wait --json $S
is "it is flat" [ -z "$(coins "$one")" ]
is "the other is not" [ "$(coins "$two")" = "ETH SOL" ]
expect "all of them, in capitals" 0 "ALL ACCOUNTS" "$exeunt" flatten $S
is "both are flat" until_true 40 eval '[ -z "$(coins "$one")$(coins "$two")" ]'
# Paper and live never stand in one configuration.
printf '%s\n' '[venue hyperliquid]' 'network = mainnet' >>"$state/exeunt.conf"
expect "a second network is refused" 2 "network is written twice" "$exeunt" status $S
finish
