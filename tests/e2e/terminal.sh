#!/bin/bash
# Terminals: none, unknown, lost. The engine survives all of them; the cockpit attaches again.
. "$(dirname "$0")/lib.sh"

demo_start --seed 11
S="--state $state"
pid=$(engine_pid)

# No terminal: says so, and gives lines. Its input stays open until it has spoken.
lines() { # NAME TEXT WORDS...
	local name=$1 text=$2 job
	shift 2
	mkfifo "$work/in"
	env TERM=xterm "$@" --state "$state" <"$work/in" >"$work/lines" 2>&1 &
	job=$!
	exec 8>"$work/in"
	is "$name" until_true 20 grep -q "$text" "$work/lines"
	exec 8>&-
	is "$name: ends with its input" until_true 20 eval "! kill -0 $job 2>/dev/null"
	rm "$work/in"
}
lines "no terminal" "No terminal on output: lines instead of a screen" "$exeunt"
lines "no terminal, lines" "exeunt, linear" "$exeunt"
lines "linear on request" "exeunt, linear" "$exeunt" --linear
is "engine lives" [ "$(engine_pid)" = "$pid" ]

if command -v tmux >/dev/null; then
	# A server of its own for each: one that is ending would swallow the next session.
	server() { tmux="tmux -L exeunt-e2e-$$-$1"; }
	server 1
	screen_has() { $tmux capture-pane -p -t t 2>/dev/null | grep -q -- "$1"; }
	$tmux -f /dev/null new-session -d -s t -x 100 -y 30 "$exeunt --state $state"
	is "cockpit in tmux" until_true 20 screen_has 'PAPER'
	is "shows the book" until_true 20 screen_has 'BTC'
	is "the first terminal has the seat" until_true 20 eval '! screen_has OBSERVER && screen_has DISARMED'
	$tmux new-window -d -t t:2 "$exeunt --state $state"
	second_observes() { $tmux capture-pane -p -t t:2 2>/dev/null | grep -q OBSERVER; }
	is "the second one observes" until_true 20 second_observes
	$tmux kill-server
	server 2
	is "terminal gone, engine lives" eval '[ "$(engine_pid)" = "$pid" ]'
	$tmux -f /dev/null new-session -d -s t -x 100 -y 30 "TERM=no-such-terminal $exeunt --state $state"
	is "unknown TERM still shows a screen" until_true 20 screen_has 'PAPER'
	is "and says so" screen_has 'TERM=no-such-terminal is not known here; drawn as xterm-256color'
	$tmux kill-server
	server 3
	$tmux -f /dev/null new-session -d -s t -x 100 -y 30 "TERM=dumb $exeunt --state $state"
	is "dumb terminal: lines" until_true 20 screen_has 'exeunt, linear'
	$tmux kill-server 2>/dev/null
	is "engine never noticed" eval '[ "$(engine_pid)" = "$pid" ]'
else
	echo "skipped: terminal.sh in tmux (no tmux)"
fi

# The screen is killed or stopped while an exit runs: it goes on. Small, so that the participation cap never holds it back.
expect "an exit" 0 '"exit":"x' "$exeunt" exit BTC --size 0.1BTC --algo twap --for 20s --json $S
x=$(first_field exit)
script -qfc "$exeunt --state $state" /dev/null >/dev/null 2>&1 </dev/null &
view=$!
kill -STOP "$view" 2>/dev/null
is "it ends while a screen is stopped" until_true 60 status_has "\"exit\":\"$x\",\"coin\":\"BTC\",\"state\":\"done\",\"end\":\"target\""
kill -KILL "$view" 2>/dev/null
wait "$view" 2>/dev/null

demo_stop
# In one process: engine as a thread, the same socket for shells.
state=$work/inproc
mkdir -m 700 "$state"
"$paper" --listen 127.0.0.1:0 --ready-json --die-with-parent --fund-any 1000 >"$work/paper.out" 2>/dev/null &
paper_pid=$!
until_true 20 grep -q port "$work/paper.out"
printf '%s\n' '[venue hyperliquid]' "url = http://127.0.0.1:$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$work/paper.out")" \
	'[account main]' 'address = 0x00000000000000000000000000000000000000aa' >"$state/exeunt.conf"
mkfifo "$work/keys"
"$exeunt" --in-process --linear --state "$state" <"$work/keys" >"$work/linear.out" 2>&1 &
job=$!
exec 9>"$work/keys"
is "in process: shells attach" until_true 20 status_has '"connected":true'
is "in process: lines come" until_true 20 grep -q 'exeunt, linear' "$work/linear.out"
exec 9>&-
is "in process: ends with its input" until_true 20 eval "! kill -0 $job 2>/dev/null"
is "in process: ends well" wait "$job"
kill "$paper_pid"
finish
