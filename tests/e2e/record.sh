#!/bin/bash
# A market recorded over the wire: killed and ended parts load, replay in the paper exchange and calibrate;
# status --json shows the estimates of the market; hostile folders are refused by name.
. "$(dirname "$0")/lib.sh"

stop() { kill "$1" 2>/dev/null; wait "$1" 2>/dev/null; }
# serve NAME ARGS...: a paper exchange; sets pid and port.
serve() {
	local out=$work/$1.out
	shift
	rm -f "$out" # the line of the one before must not be read
	"$paper" --listen 127.0.0.1:0 --ready-json --die-with-parent --seed 5 "$@" >"$out" 2>"$work/paper.err" </dev/null &
	pid=$!
	until_true 30 grep -q port "$out" || no "paper: $(cat "$work/paper.err")"
	port=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$out")
	printf '%s\n' '[venue hyperliquid]' 'network = paper' "url = http://127.0.0.1:$port" >"$state/exeunt.conf"
}
state=$work/state
mkdir -m 700 "$state"
S="--state $state"
rows() { zcat "$1" 2>/dev/null | wc -l; }

serve market --scenario calm --speed 20
# Ended by a signal: all that was heard is there.
"$exeunt" record $S --coins BTC,SOL --dir "$work/tapes" --json >"$work/out" 2>"$work/err" &
recorder=$!
part() { ls -d "$work"/tapes/*Z 2>/dev/null | head -n 1; }
grown() { [ "$(rows "$(part)/orderbooks_BTC.csv.gz")" -gt 30 ] && [ "$(rows "$(part)/trades_SOL.csv.gz")" -gt 5 ]; }
is "rows come" until_true 60 grown
kill -INT $recorder
is "it ends well" wait $recorder
is "it says what it has" grep -q '"rows_lost":0' "$work/out"
one=$(part)
books=$(rows "$one/orderbooks_BTC.csv.gz")
is "all books counted" [ "$(first_field books)" -eq $((books + $(rows "$one/orderbooks_SOL.csv.gz") - 2)) ]

# Killed: what was flushed is whole.
"$exeunt" record $S --coins BTC --dir "$work/killed" >"$work/killed.out" 2>&1 &
recorder=$!
killed() { ls -d "$work"/killed/*Z 2>/dev/null | head -n 1; }
some() { [ "$(rows "$(killed)/orderbooks_BTC.csv.gz")" -gt 8 ]; }
is "rows come again" until_true 60 some
kill -9 $recorder
wait $recorder 2>/dev/null
is "no half member" gzip -t "$(killed)"/*.gz
stop $pid

# What was recorded is a market again.
for tape in "$one" "$(killed)"; do
	serve replay --tape "$tape"
	until_true 20 eval 'curl -sf -H "content-type: application/json" -d "{\"type\":\"l2Book\",\"coin\":\"BTC\"}" \
		"http://127.0.0.1:$port/info" >"$work/book" 2>/dev/null || python3 -c "
import urllib.request as u
r=u.Request(\"http://127.0.0.1:$port/info\",b\"{\\\"type\\\":\\\"l2Book\\\",\\\"coin\\\":\\\"BTC\\\"}\",{\"content-type\":\"application/json\"})
open(\"$work/book\",\"wb\").write(u.urlopen(r).read())"'
	is "a book of $tape" grep -q '"levels":\[\[{"px"' "$work/book"
	stop $pid
done

# Calibrated: too short is said; the recorded hours of the data are fitted and written.
expect "too short" 3 "a calibration takes 600" "$exeunt" calibrate "$one"
expect "no folder" 2 "$work/nowhere" "$exeunt" calibrate "$work/nowhere"
mkdir "$work/empty" "$work/bad"
expect "nothing in it" 2 "neither orderbooks_COIN" "$exeunt" calibrate "$work/empty"
printf 'timestamp,exchange_timestamp,bid_price_0\n1,x,2\n' >"$work/bad/orderbooks_BTC.csv"
expect "a bad column" 2 "ask_price_0" "$exeunt" calibrate "$work/bad"
expect "no folder named" 2 "takes one folder" "$exeunt" calibrate
data=${EXEUNT_DATA:-}/market/hyperliquid_2025-09-04
if [ -r "$data/orderbooks_BTC.csv.gz" ]; then
	expect "the recorded data" 0 '"better_than_prior":true' "$exeunt" calibrate "$data" --json --out "$work/p.json"
	is "a file of priors" grep -q '"coin":"WLFI","span_s":20[0-9][0-9],.*"refill_s\|"depth_10bp_usd"' "$work/p.json"
else
	echo "skipped: calibrate of the recorded data (no $data)"
fi

# Words of the command line.
expect "a bare size" 2 "--max-size 5: write 500MB" "$exeunt" record $S --max-size 5
serve again --scenario calm
expect "no such market" 2 "no market NOSUCH" "$exeunt" record $S --coins BTC,NOSUCH --dir "$work/none" --for 40s
expect "a path as a coin" 2 "--coins ../x: '../x' is no market" "$exeunt" record $S --coins ../x
stop $pid

# The engine measures by itself, and says what is measured and what is believed.
demo_start --scenario calm --seed 5
market() { "$exeunt" status --json --state "$state" >"$work/status" 2>/dev/null && grep -q "$1" "$work/status"; }
is "estimates of a market" until_true 60 market '"markets":\[{"coin":.*"class":"[A-Za-z ]*".*"refill_s":{"value":60,"sd":null,"samples":0,"age_ms":null,"prior":true,"from":"prior"}'
is "measured after a while" until_true 90 market '"spread_bp":{"value":[0-9.]*,"sd":[0-9.e-]*,"samples":[0-9]*,"age_ms":[0-9]*,"prior":false,"from":"live"}'
demo_stop
finish
