#!/bin/bash
# Alarms from the shell: the hook and its JSON, acknowledgement, the line for a status bar, ages for a
# watchdog, automatic actions by name, and a dead engine that can only be told by its keeper.
. "$(dirname "$0")/lib.sh"

user=0x00000000000000000000000000000000000000aa
state=$work/state
mkdir -m 700 "$state" "$state/keys"
S="--state $state"
secret() { printf 'a long password\n'; }
is "a key" eval 'secret | "$exeunt" key new main --light --password-fd 0 $S >"$work/out" 2>&1'
agent=$(grep -oE '0x[0-9a-fA-F]{40}' "$work/out" | head -n 1)
"$paper" --listen 127.0.0.1:0 --ready-json --die-with-parent --fund $user=100000 --position BTC=1@100000x10 \
	--agent "$user=$agent" --seed 3 >"$work/paper.out" 2>"$work/paper.err" </dev/null &
paper_pid=$!
until_true 20 grep -q port "$work/paper.out" || no "paper: $(cat "$work/paper.err")"
port=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$work/paper.out")
# A hook that keeps what it gets, then hangs: nobody may wait for it.
printf '#!/bin/sh\ncat >>"%s/heard"\nexec sleep 317\n' "$work" >"$work/hook"
chmod +x "$work/hook"
printf '%s\n' '[venue hyperliquid]' 'network = paper' "url = http://127.0.0.1:$port" '[account main]' "address = $user" \
	'key = main' '[alarm]' "hook = $work/hook" >"$state/exeunt.conf"
ask() { secret | "$exeunt" "$@" --password-fd 0 $S; }
expect "an engine" 0 "" ask read
is "it knows the positions" until_true 30 positions_known

expect "no such action" 2 "There are guard, trim and now." "$exeunt" auto sell on --why x $S
expect "a reason is wanted" 2 "say why" "$exeunt" auto now on $S
expect "a distance has bounds" 2 "write 0.1% to 50%" "$exeunt" auto now on --at 80% --why x $S
expect "armed" 0 "it closes everything" "$exeunt" auto now on --at 0.1% --why "asleep until 7" $S
expect "shown" 0 '"automatic":[{"name":"now","at_pct":0.1,"fires":0,"why":"asleep until 7"}]' \
	"$exeunt" status --json $S

# The engine dies: its keeper tells, and the next one still is armed.
old=$(engine_pid)
kill -9 "$old"
is "the keeper tells the hook" until_true 10 grep -q '"level":3,"event":"engine".*ENGINE DIED' "$work/heard"
another_engine() { local p; p=$(engine_pid) && [ -n "$p" ] && [ "$p" != "$old" ]; }
is "another engine" until_true 10 another_engine
is "armed still" until_true 10 status_has '"name":"now","at_pct":0.1'
expect "off" 0 "auto now off" "$exeunt" auto now off $S
expect "not shown" 0 '"automatic":[]' "$exeunt" status --json $S
is "it knows the positions again" until_true 30 positions_known

# The exchange falls silent: the feed grows old, the watchdog sees it, an alarm rings until somebody has seen it.
expect "fresh enough" 0 "" "$exeunt" status --max-age 20s $S
kill -STOP "$paper_pid"
stale() { "$exeunt" status --max-age 2s $S >/dev/null 2>&1; [ $? -eq 9 ]; }
is "stale is status 9" until_true 20 stale
is "an alarm" until_true 30 status_has '"event":"blind","since_ms":[0-9]*,"seen":false'
is "the hook has it" until_true 10 grep -Eq '"level":3,"event":"blind","time_ms":[0-9]+,"exit":null,"text":"BLIND: ' "$work/heard"
is "every line is JSON" python3 -c 'import json,sys; [json.loads(l) for l in open(sys.argv[1])]' "$work/heard"
expect "one line tells it" 0 "!! PAPER" "$exeunt" status --oneline $S
expect "in tmux's colours" 0 "#[fg=red,bold]!! PAPER" "$exeunt" status --oneline --tmux $S
seen_all() { "$exeunt" ack $S >/dev/null; ! status_has '"seen":false'; }
is "seen" until_true 20 seen_all
expect "and quiet" 0 "PAPER" "$exeunt" status --oneline $S
is "no sign before it" sh -c '! grep -q "^!" "$0"' "$work/out"
kill -CONT "$paper_pid"
is "connected again" until_true 30 status_has '"connected":true,"key_ready":true'
# What is left of this directory's: hooks, signer, engine.
kill "$paper_pid" $(pgrep -f -- "--state $state") $(pgrep -f "$work/hook") 2>/dev/null
kill $(pgrep -x sleep -a | sed -n 's/^\([0-9]*\) sleep 317$/\1/p') 2>/dev/null
finish
