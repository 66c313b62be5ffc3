#!/bin/bash
# The key locked under an open screen, and unlocked on it: the password is not shown and takes every key.
. "$(dirname "$0")/lib.sh"
if ! command -v tmux >/dev/null; then
	echo "skipped: unlock.sh (no tmux)"
	rm -rf "$work"
	exit 77
fi
user=0x00000000000000000000000000000000000000aa
state=$work/locked
mkdir -m 700 "$state" "$state/keys"
secret() { printf 'a long ! password\n'; }
is "a key" eval 'secret | "$exeunt" key new main --light --password-fd 0 --state "$state" >"$work/out" 2>&1'
agent=$(grep -oE '0x[0-9a-fA-F]{40}' "$work/out" | head -n 1)
"$paper" --listen 127.0.0.1:0 --ready-json --die-with-parent --fund $user=100000 --position BTC=1@100000x10 \
	--agent "$user=$agent" --seed 3 >"$work/paper.out" 2>/dev/null </dev/null &
paper_pid=$!
until_true 20 grep -q port "$work/paper.out"
printf '%s\n' '[venue hyperliquid]' "url = http://127.0.0.1:$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$work/paper.out")" \
	'[account main]' "address = $user" 'key = main' >"$state/exeunt.conf"
is "unlocked once" eval 'secret | "$exeunt" key unlock --password-fd 0 --state "$state" >/dev/null 2>&1'
tmux="tmux -L exeunt-e2e-$$-key"
screen_has() { $tmux capture-pane -p -t t 2>/dev/null | grep -q -- "$1"; }
$tmux -f /dev/null new-session -d -s t -x 120 -y 40 "$exeunt --state $state"
is "cockpit" until_true 20 screen_has 'PAPER'
expect "locked from a shell" 0 "locked" "$exeunt" key lock --state "$state"
key_locked() { $tmux capture-pane -p -t t 2>/dev/null | sed -n 2p | grep -q 'KEY LOCKED'; }
is "the screen says so" until_true 30 key_locked
$tmux send-keys -t t -l ':unlock'
$tmux send-keys -t t Enter
is "a field for the password" until_true 10 screen_has 'Password of the signing key'
$tmux send-keys -t t -l 'a long ! password'
is "it is not shown" eval '! screen_has "long"'
$tmux send-keys -t t Enter
is "unlocked" until_true 20 screen_has 'Unlocked'
is "the engine has it" until_true 30 eval '! key_locked'
$tmux kill-server
"$exeunt" key lock --state "$state" >/dev/null
kill "$(cut -d' ' -f1 "$state/lock")" "$paper_pid"
finish
