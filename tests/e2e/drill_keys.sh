#!/bin/bash
# Five drills played by keys on a real terminal (tmux), at twenty times the speed: `!` opens the sheet, a digit
# chooses, Y sends; then the screen is left and the venue's score is read.
. "$(dirname "$0")/lib.sh"
command -v tmux >/dev/null || { echo "skipped: drill_keys.sh (no tmux)"; exit 77; }

# POST /paper without a client of its own.
ask() {
	local port
	port=$(sed -n 's/^url = .*:\([0-9]*\)$/\1/p' "$state/exeunt.conf") || return 1
	exec 7<>"/dev/tcp/127.0.0.1/$port" || return 1
	printf 'POST /paper HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' \
		${#1} "$1" >&7
	timeout 5 cat <&7
	exec 7>&-
}
alarm_came() { ask '{"drill":"status"}' | grep -q '"t_s":[0-9]'; }
shows() { $tmux capture-pane -p -t t -S - 2>/dev/null | grep -q -- "$1"; }
score() { $tmux capture-pane -p -t t -S - | sed -n 's/.*seed 2: \([0-9]*\) of 100.*/\1/p'; }

# play NAME KEY TEXT LEAST: the verb's digit, what the screen says after it, and the least score.
play() {
	local name=$1 key=$2 text=$3 least=$4 got
	state=$work/$name
	tmux="tmux -L exeunt-drill-$$-$name"
	$tmux -f /dev/null new-session -d -s t -x 120 -y 40 \
		"$exeunt drill $name --seed 2 --speed 20 --state $state; echo left; exec sleep 60"
	is "$name: the screen" until_true 60 shows PAPER
	is "$name: the alarm" until_true 60 alarm_came
	$tmux send-keys -t t '!'
	is "$name: the sheet" until_true 10 shows 'Panic'
	is "$name: its line is chosen" until_true 10 eval '$tmux send-keys -t t '"$key"'; sleep 0.3; shows "▸ '"$key"'"'
	is "$name: it is sent" until_true 10 eval '$tmux send-keys -t t '"$key"'; sleep 0.3; $tmux send-keys -t t Y; sleep 0.7; shows "started\|GUARD .* rests"'
	is "$name: $text" until_true 60 shows "$text"
	$tmux send-keys -t t Escape
	is "$name: left" until_true 60 eval '$tmux send-keys -t t q; sleep 0.3; $tmux send-keys -t t y; sleep 0.5; shows "of 100"'
	got=$(score)
	if [ "${got:-0}" -ge "$least" ]; then ok; else no "$name: ${got:-no} points, expected $least"; fi
	$tmux kill-server 2>/dev/null
}
play gap40 4 'FLAT ..:..:..Z' 50
play frozen 4 'FLAT ..:..:..Z' 50
play litter 4 'FLAT ..:..:..Z' 50
play alt 2 'TRIMMED' 30
play empty 3 'FLAT ..:..:..Z' 20
finish
