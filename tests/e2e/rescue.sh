#!/bin/bash
# A journal of another schema is refused by name, and flatten works all the same; a damaged record is named.
. "$(dirname "$0")/lib.sh"
if command -v sqlite3 >/dev/null; then
	sql() { sqlite3 -cmd '.timeout 5000' "$state/journal.db" "$1" >/dev/null; }
elif command -v python3 >/dev/null; then
	sql() { python3 -c 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()' "$state/journal.db" "$1"; }
else
	echo "skipped: rescue.sh (no sqlite3, no python3)"
	exit 77
fi
user=0x00000000000000000000000000000000000000aa
state=$work/state
mkdir -m 700 "$state" "$state/keys"
S="--state $state"
secret() { printf 'a long password\n'; }
is "a key" eval 'secret | "$exeunt" key new main --light --password-fd 0 $S >"$work/out" 2>&1'
agent=$(grep -oE '0x[0-9a-fA-F]{40}' "$work/out" | head -n 1)
"$paper" --listen 127.0.0.1:0 --ready-json --die-with-parent --fund $user=100000 --position BTC=1@100000x10 \
	--position ETH=-5@4000x10 --agent "$user=$agent" --seed 3 >"$work/paper.out" 2>"$work/paper.err" </dev/null &
paper_pid=$!
until_true 20 grep -q port "$work/paper.out" || no "paper: $(cat "$work/paper.err")"
port=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$work/paper.out")
printf '%s\n' '[venue hyperliquid]' 'network = paper' "url = http://127.0.0.1:$port" '[account main]' "address = $user" 'key = main' >"$state/exeunt.conf"
engine_stop() {
	kill "$(cut -d' ' -f1 "$state/lock")" 2>/dev/null
	until_true 10 flock -n "$state/lock" true
}
ask() { secret | "$exeunt" "$@" --password-fd 0 $S; }

expect "an exit before" 0 '"end":"target"' ask exit BTC --size 0.2BTC --wait --json --timeout 30s
is "ended" engine_stop
sql "UPDATE meta SET value = x'63000000' WHERE key = 'schema'"
expect "an exit is refused by name" 1 "has schema 99" ask exit BTC --size 0.1BTC
expect "so is the journal" 1 "has schema 99" "$exeunt" journal $S
expect "flatten works" 0 '"end":"flat"' ask flatten --wait --json --timeout 60s
is "no new risk" status_has '"no_new_risk":"journal'
is "the file was left alone" eval '[ "$("$exeunt" journal $S 2>&1 | grep -c "schema 99")" = 1 ]'
is "ended again" engine_stop
sql "UPDATE meta SET value = x'01000000' WHERE key = 'schema'"
expect "its own schema is read again" 0 "target reached" "$exeunt" journal $S
sql "UPDATE rec SET wall_ms = wall_ms + 1 WHERE id = 4"
expect "a damaged record is named" 1 "record 4" "$exeunt" journal $S
# The signer that the first command left (its state directory is nobody else's).
kill "$paper_pid" $(pgrep -f -- "--state $state\$") 2>/dev/null
finish
