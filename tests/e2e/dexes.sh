#!/bin/bash
# A builder's perp dex and a sub-account over sockets. With neither in the configuration FLAT names what it does not
# watch; with both, flatten closes every position of every account on every dex, and the venue's own answers say so.
. "$(dirname "$0")/lib.sh"
user=0x00000000000000000000000000000000000000aa
sub=0x00000000000000000000000000000000000005ab
state=$work/state
mkdir -m 700 "$state" "$state/keys"
S="--state $state"
secret() { printf 'a long password\n'; }
ask() { secret | "$exeunt" "$@" --password-fd 0 $S; }
post() { exec 3<>"/dev/tcp/127.0.0.1/$port" && printf 'POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s' "$1" ${#2} "$2" >&3 && cat <&3 | tr -d '\r' | tail -n 1; exec 3>&-; }
# held USER DEX: the venue's own word on its positions.
held() { post /info "{\"type\":\"clearinghouseState\",\"user\":\"$1\",\"dex\":\"$2\"}" | grep -o '"coin":"[^"]*","szi":"[^"]*"' | tr '\n' ' '; }
conf() { # further lines of the configuration
	printf '%s\n' '[venue hyperliquid]' 'network = paper' "url = http://127.0.0.1:$port" '[account main]' "address = $user" 'key = main' "$@" >"$state/exeunt.conf"
}
engine_stop() {
	kill "$(cut -d' ' -f1 "$state/lock")" 2>/dev/null
	until_true 10 flock -n "$state/lock" true
}

is "a key" eval 'secret | "$exeunt" key new main --light --password-fd 0 $S >"$work/out" 2>&1'
agent=$(grep -oE '0x[0-9a-fA-F]{40}' "$work/out" | head -n 1)
"$paper" --listen 127.0.0.1:0 --ready-json --die-with-parent --dex xyz=BTC,SOL --fund $user=100000 \
	--position BTC=0.2@midx10 --position xyz:SOL=40@midx5 --agent "$user=$agent" --seed 3 \
	--set "{\"sub\":\"$sub\",\"name\":\"hedge\"}" --set "{\"fund\":\"$sub\",\"usd\":\"50000\"}" \
	--set "{\"position\":\"ETH\",\"user\":\"$sub\",\"size\":\"-2\",\"price\":\"mid\",\"leverage\":10}" \
	--set "{\"position\":\"xyz:BTC\",\"user\":\"$sub\",\"size\":\"0.1\",\"price\":\"mid\",\"leverage\":5}" \
	>"$work/paper.out" 2>"$work/paper.err" </dev/null &
paper_pid=$!
until_true 20 grep -q port "$work/paper.out" || no "paper: $(cat "$work/paper.err")"
port=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$work/paper.out")
is "the sub-account holds on both dexes" eval '[ -n "$(held $sub "")" ] && [ -n "$(held $sub xyz)" ]'

conf
expect "flat of what is watched" 0 '"end":"flat"' ask flatten --wait --json --timeout 60s
is "what is not watched is named" eval 'grep -qF "sub-account hedge" "$work/out" && grep -qF "dex xyz" "$work/out"'
is "the account's own dex is flat" eval '[ -z "$(held $user "")" ]'
is "nobody else was touched" eval '[ -n "$(held $user xyz)" ] && [ -n "$(held $sub "")" ] && [ -n "$(held $sub xyz)" ]'
is "ended" engine_stop

# The signer was never told of the sub-account: the key was unlocked before. Closes are signed all the same.
conf 'dexes = xyz' '[account hedge]' "address = $sub" 'key = main' 'vault = yes' 'dexes = xyz'
expect "flat of everything" 0 '"end":"flat"' ask flatten --all-accounts --wait --json --timeout 60s
is "dexes and accounts are counted" grep -qE '2 dexes, 2 accounts' "$work/out"
is "nothing is left unwatched" eval '! grep -qF "Not watched: sub-account" "$work/out"'
for a in $user $sub; do
	for d in "" xyz; do
		is "$a holds nothing on '$d': $(held $a "$d")" eval '[ -z "$(held $a "$d")" ]'
	done
done
is "ended again" engine_stop
kill "$paper_pid" $(pgrep -f -- "--state $state\$") 2>/dev/null
finish
