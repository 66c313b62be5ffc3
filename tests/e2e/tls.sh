#!/bin/bash
# TLS on loopback with a CA of our own: the right one connects, every wrong one is refused with its reason.
. "$(dirname "$0")/lib.sh"
command -v openssl >/dev/null || { echo "skipped: tls.sh (no openssl program)"; exit 77; }

ca() { # NAME
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=exeunt test $1" -keyout "$work/$1.key" -out "$work/$1.pem" 2>/dev/null
}
cert() { # NAME CA CN
	openssl req -newkey rsa:2048 -nodes -subj "/CN=$3" -keyout "$work/$1.key" -out "$work/$1.csr" 2>/dev/null &&
		printf 'subjectAltName=DNS:%s\n' "$3" >"$work/$1.ext" &&
		openssl x509 -req -in "$work/$1.csr" -CA "$work/$2.pem" -CAkey "$work/$2.key" -CAcreateserial -days 2 -extfile "$work/$1.ext" -out "$work/$1.crt" 2>/dev/null
}
is "certificates made" eval 'ca good && ca other && cert right good localhost && cert wrong good example.com'

# serve CERT: an exchange over TLS; sets port.
serve() {
	rm -f "$work/paper.out" # the line of the one before must not be read
	"$paper" --listen 127.0.0.1:0 --ready-json --die-with-parent --tls "$work/$1.crt" "$work/$1.key" --fund-any 1000 \
		>"$work/paper.out" 2>"$work/paper.err" &
	paper_pid=$!
	until_true 60 grep -q '"port":[0-9]' "$work/paper.out" || no "exchange over TLS: $(cat "$work/paper.err")"
	port=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$work/paper.out")
}
# engine CA: an engine against it; sets engine_job.
engine() {
	state=$work/state.$1.$port
	mkdir -m 700 "$state"
	printf '%s\n' '[venue hyperliquid]' 'network = paper' "url = https://localhost:$port" ${1:+"ca_file = $work/$1.pem"} \
		'[account main]' 'address = 0x00000000000000000000000000000000000000aa' >"$state/exeunt.conf"
	"$exeunt" engine --foreground --state "$state" >"$work/engine.out" 2>&1 &
	engine_job=$!
	until_true 60 status_has '"network":"PAPER"' || no "engine: $(cat "$work/engine.out")"
}
stop() { kill "$engine_job" "$paper_pid" 2>/dev/null; wait "$engine_job" "$paper_pid" 2>/dev/null; }
connected() { status_has '"connected":true'; }
log_says() { grep -qi -- "$1" "$state/log"; }

serve right
engine good
is "the right CA connects" until_true 60 connected
is "and reads the account" until_true 60 status_has '"read_age_ms":[0-9]'
# Sockets of market and account, and two of HTTP that are kept warm: verified, or they would not stay.
established() { awk -v p="$(printf ':%04X' "$port")" '$3 ~ p "$" && $4 == "01" { n++ } END { print n + 0 }' /proc/net/tcp; }
four() { [ "$(established)" -eq 4 ]; }
is "HTTP is warm beside it" until_true 10 four
is "and its handshake is done" eval '! grep -q "http to" "$state/log"'
stop

serve right
engine other
is "another CA is refused" until_true 60 log_says 'TLS'
is "not connected" eval '! status_has "\"read_age_ms\":[0-9]"'
stop

serve right
engine ""
is "the system's CAs do not know it" until_true 60 log_says 'TLS'
is "not connected without it" eval '! status_has "\"read_age_ms\":[0-9]"'
stop

serve wrong
engine good
is "a certificate for another host is refused" until_true 60 log_says 'hostname mismatch'
is "not connected to another host" eval '! status_has "\"read_age_ms\":[0-9]"'
stop
finish
