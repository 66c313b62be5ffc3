#!/bin/bash
# Break-glass: an engine that is stopped, dead, slow or fenced; no configuration; a locked key. The paper exchange
# itself says what is flat. The key is private key 1 in the cheapest keystore there is: what is measured is ours.
# Full disks need a mount namespace, slow ones strace; without them those parts are skipped by name.
if [ "${1:-}" != inside ] && unshare -m true 2>/dev/null; then exec unshare -m bash "$0" inside; fi
. "$(dirname "$0")/lib.sh"
user=0x00000000000000000000000000000000000000aa
agent=0x7e5f4552091a69125d5dfcb7b8c2659029395bdf
paper_pid=
secret() { printf 'kill points\n'; }
keystore() {
	cat <<-'END'
	{"version":3,"id":"00000000-0000-4000-8000-000000000000","address":"7e5f4552091a69125d5dfcb7b8c2659029395bdf","crypto":{
	"cipher":"aes-128-ctr","cipherparams":{"iv":"00000000000000000000000000000000"},
	"ciphertext":"b1c32d0e2348de4666f5963c690500580b9ca8ed69a48e05f038441f00b2ff02","kdf":"scrypt",
	"kdfparams":{"n":2,"r":1,"p":1,"dklen":32,"salt":"6b696c6c20706f696e7473"},
	"mac":"cabf508808570d0d7782d93f482e3f1a0c7643f0c637fa8ce9927e8c5fa5ce89"}}
	END
}
post() { # PATH BODY: what the exchange answers
	exec 8<>"/dev/tcp/127.0.0.1/$port" || return 1
	printf 'POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' "$1" "${#2}" "$2" >&8
	cat <&8
	exec 8>&-
}
positions() { post /info "{\"type\":\"clearinghouseState\",\"user\":\"$user\"}" | grep -o '"szi"' | wc -l; }
fills() { post /info "{\"type\":\"userFills\",\"user\":\"$user\"}" | grep -o '"tid"' | wc -l; }
orders() { post /info "{\"type\":\"openOrders\",\"user\":\"$user\"}" | grep -o '"oid"' | wc -l; }
venue_flat() { [ "$(positions)" = 0 ]; }
# world NAME: a fresh exchange with three positions and a fresh state directory (in $state when it is set).
world() {
	[ -n "$paper_pid" ] && kill "$paper_pid" 2>/dev/null && wait "$paper_pid" 2>/dev/null
	rm -f "$work/paper.out"
	"$paper" --listen 127.0.0.1:0 --ready-json --die-with-parent --fund $user=1000000 --position BTC=1@mid --position ETH=-20@mid \
		--position SOL=300@mid --agent "$user=$agent" --seed 3 ${paper_more:-} >"$work/paper.out" 2>"$work/paper.err" </dev/null &
	paper_pid=$!
	until_true 20 grep -q port "$work/paper.out" || { no "paper: $(cat "$work/paper.err")"; finish; }
	port=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$work/paper.out")
	: "${dir:=$work/$1}"
	state=$dir
	dir=
	mkdir -p -m 700 "$state" "$state/keys"
	keystore >"$state/keys/main.json"
	chmod 600 "$state/keys/main.json"
	printf '%s\n' '[venue hyperliquid]' 'network = paper' "url = http://127.0.0.1:$port" '[account main]' "address = $user" 'key = main' >"$state/exeunt.conf"
	chmod 600 "$state/exeunt.conf"
	S="--state $state"
}
unlock() { secret | "$exeunt" key unlock --password-fd 0 $S >/dev/null 2>&1; }
engine_up() { "$exeunt" engine $S >/dev/null 2>&1 && until_true 20 positions_known; }
engine_now() { # pid and keeper of what runs now, empty when nothing does
	pid=$(engine_pid 2>/dev/null) keeper=
	[ -z "$pid" ] || keeper=$(ps -o ppid= -p "$pid" | tr -d ' ')
}
world_up() { world "$1"; unlock && engine_up || no "$1: no engine: $(tail -n 3 "$state/log")"; pid=$(engine_pid); keeper=$(ps -o ppid= -p "$pid" | tr -d ' '); }
world_down() {
	kill -9 $keeper $pid 2>/dev/null
	"$exeunt" key lock $S >/dev/null 2>&1
	pid= keeper=
}
now_ms() { date +%s%3N; }
# When the first order was signed after T0: the signer's log has a line a signature, its wall clock first.
first_sign_ms() { awk -v t0="$1" '/ order / && $1 >= t0 { print $1 - t0; exit }' "$state/signer.log"; }
took() { # NAME T0 BAR: printed; a wait that crept in fails it, a busy machine does not
	local ms
	ms=$(first_sign_ms "$2")
	echo "$1: first close signed ${ms:-?} ms after the shell began (bar $3)"
	is "$1: first close within three bars" [ "${ms:-99999}" -le $((3 * $3)) ]
}

# ---- a stopped engine ----
paper_more="--litter 5" world_up stopped
before=$(fills)
kill -STOP "$pid"
t0=$(now_ms)
expect "flatten beside a stopped engine" 0 '"end":"flat"' "$exeunt" flatten --json $S
took "wedged engine" "$t0" 2500
is "its words" grep -q "This shell acts by itself" "$work/err"
is "flat at the venue" venue_flat
is "what could open is cancelled" [ "$(orders)" = 0 ]
is "one fill or more a leg" [ "$(fills)" -ge $((before + 3)) ]
expect "status says who holds the lease" 7 "FENCED: a break-glass shell (pid" "$exeunt" status $S
expect "and that the engine stands still" 7 "(pid $pid, epoch" "$exeunt" status $S
expect "nobody starts beside it" 7 "kill -9 $pid" "$exeunt" engine $S
signed=$(wc -l <"$state/signer.log") after=$(fills)
kill -CONT "$pid"
is "the woken engine ends" until_true 5 eval '! kill -0 "$pid" 2>/dev/null'
is "and so does its keeper" until_true 5 eval '! kill -0 "$keeper" 2>/dev/null'
is "it said why" grep -q "FENCED: a break-glass shell" "$state/log"
is "it signed nothing" [ "$(grep -c ' ok' <(tail -n +$((signed + 1)) "$state/signer.log"))" = 0 ]
is "it sent nothing" [ "$(fills)" = "$after" ]
expect "status still says it" 7 "FENCED" "$exeunt" status --json $S
is "the journal has the close" eval '"$exeunt" journal $S | grep -q "FLAT"'
expect "another engine begins above it" 0 "engine runs" "$exeunt" engine $S
is "and knows" until_true 10 status_has '"lock":true'
engine_now
world_down

# ---- the engine wakes in the middle, with an exit of its own running ----
epoch1_signed() { awk '/fence epoch=/ { split($3, f, "="); if (f[2] > 1) fenced = 1 } fenced && /epoch=1 .* ok$/' "$state/signer.log"; }
world_up woken
"$exeunt" exit BTC --size 0.5BTC --algo twap --for 20s $S >/dev/null 2>&1
is "a slice is out" until_true 10 grep -q ' order ' "$state/signer.log"
kill -STOP "$pid"
rm "$state/fence" # the signer alone must do: the engine has another file open than the shell will write
"$exeunt" flatten --json $S >"$work/glass.out" 2>"$work/glass.err" </dev/null &
shell=$!
is "the shell took over" until_true 5 grep -q "acts by itself" "$work/glass.err"
kill -CONT "$pid"
wait $shell
is "flat all the same" [ $? -eq 0 ]
is "at the venue" venue_flat
is "the woken engine heard it from the signer" until_true 5 grep -q "FENCED: the signer says" "$state/log"
is "the woken engine ended" until_true 5 eval '! kill -0 "$pid" 2>/dev/null'
is "it signed nothing after the fence" [ -z "$(epoch1_signed)" ]
"$exeunt" engine $S >/dev/null 2>&1
is "its exit does not go on" until_true 10 status_has '"exit":"x1","coin":"BTC","state":"done"'
engine_now
world_down

# ---- engine and keeper killed; the breaking shell killed too; two shells ----
world_up killed
kill -9 $keeper $pid
t0=$(now_ms)
expect "flatten with a dead engine" 0 '"end":"flat"' "$exeunt" flatten --wait --json $S
took "dead engine" "$t0" 2000
is "flat at the venue, dead engine" venue_flat
engine_now
world_down

# ---- slices, a trim and a share without an engine ----
panic() { printf '[panic]\n%s\n' "$1" >>"$state/exeunt.conf"; }
world care
panic 'care_time = 10s'
unlock && engine_up || no "care: no engine"
engine_now
kill -STOP "$pid"
expect "care beside a stopped engine" 0 '"end":"flat"' "$exeunt" care --wait --json $S
is "flat at the venue, care" venue_flat
is "in slices" [ "$(fills)" -ge 12 ]
world_down

world trimmed
panic 'expires_to_zero = 10s'
post /paper "{\"user\":\"$user\",\"equity\":\"7000\"}" >/dev/null
unlock && engine_up || no "trim: no engine"
engine_now
kill -STOP "$pid"
t0=$(now_ms)
expect "a share that the silent engine may have begun is refused" 5 "may have begun" "$exeunt" flatten BTC --part 50% $S
is "nothing was signed for it" [ -z "$(first_sign_ms "$t0")" ]
expect "trim beside a stopped engine" 0 '"end":"target"' "$exeunt" trim --wait --json $S
is "it said what it waits for" grep -q "waiting 15 s: an order of the silent engine" "$work/err"
is "and waited" [ "$(first_sign_ms "$t0")" -ge 15000 ]
is "positions are left" [ "$(positions)" -ge 1 ]
kill -9 $keeper $pid
signed=$(wc -l <"$state/signer.log")
expect "a share with no engine at all" 0 '"end":"target"' "$exeunt" flatten BTC --part 50% --wait --json $S
is "half of BTC" eval 'tail -n +$((signed + 1)) "$state/signer.log" | grep -q "reduce-only"'
engine_now
world_down

world_up twice
kill -STOP "$pid"
"$exeunt" flatten --json $S >"$work/first.out" 2>"$work/first.err" </dev/null &
shell=$!
is "a shell begins" until_true 5 grep -q "acts by itself" "$work/first.err"
kill -STOP $shell
expect "a second one takes over from the first" 0 '"end":"flat"' "$exeunt" flatten --json $S
is "flat at the venue, two shells" venue_flat
kill -CONT $shell
wait $shell
is "the first one says FENCED" [ $? -eq 7 ]
kill -9 "$pid" "$keeper"
world_down

# ---- an engine that stops in the middle of its flatten, a keeper that would start another, a shell that dies ----
paper_more="--post-only 6" world_up middle
"$exeunt" flatten --wait --json $S >"$work/middle.out" 2>"$work/middle.err" </dev/null &
shell=$!
is "the engine flattens" until_true 5 grep -q "^p1" "$work/middle.err"
kill -STOP "$pid"
is "the shell sees it stand still" until_true 5 grep -q "the engine fell silent" "$work/middle.err"
is "its journal has begun" until_true 5 eval '"$exeunt" journal $S | grep -q p2001'
kill -9 "$pid"
is "the keeper starts none beside it" until_true 5 eval '! kill -0 "$keeper" 2>/dev/null'
is "and says so" grep -q "A break-glass shell (pid $shell) acts here" "$state/log"
kill -9 $shell
wait $shell 2>/dev/null
is "not flat yet" [ "$(positions)" = 3 ]
expect "the next engine" 0 "engine runs" "$exeunt" engine $S
is "goes on with what the shell began" until_true 15 venue_flat
is "to its end" until_true 5 eval '"$exeunt" journal $S | grep -q "p2001 FLAT"'
engine_now
world_down

# ---- a cancel, by the shell too ----
paper_more="--litter 5" world_up cancel
is "orders rest" [ "$(orders)" = 5 ]
kill -STOP "$pid"
expect "a cancel beside a stopped engine" 0 "5 cancels sent; stops stay" "$exeunt" cancel all $S
is "nothing rests" [ "$(orders)" = 0 ]
is "positions stay" [ "$(positions)" = 3 ]
kill -9 "$pid" "$keeper"
world_down

# ---- nothing but address, key file and network ----
world bare
keystore >"$work/agent.json"
bare() { secret | TMPDIR=$work "$exeunt" flatten --address $user --key-file "$work/agent.json" --network paper --url "http://127.0.0.1:$port" --password-fd 0 --json; }
expect "no configuration" 0 '"end":"flat"' bare
is "flat at the venue, no configuration" venue_flat
is "the venue told its dexes" eval '! grep -qi "not watched" "$work/out"'
is "its directory is gone" [ -z "$(ls -d "$work"/exeunt-glass.* 2>/dev/null)" ]
expect "half of it" 2 "--address needs --key-file" "$exeunt" flatten --address $user
expect "a dry run needs an engine" 2 "--dry-run needs an engine" "$exeunt" flatten --dry-run --address $user --key-file "$work/agent.json"
expect "another network needs --yes" 3 "without a terminal this needs --yes" "$exeunt" flatten --address $user --key-file "$work/agent.json" --network testnet

# ---- a locked key ----
world locked
expect "locked, and nobody to ask" 8 "no terminal to ask for the password" setsid "$exeunt" flatten $S
is "nothing was sent" [ "$(fills)" = 0 ]
wrong() { echo nonsense | "$exeunt" flatten --password-fd 0 $S; }
expect "a wrong password" 8 "password" wrong
t0=$(now_ms)
cold() { secret | "$exeunt" flatten --wait --json --password-fd 0 $S; }
expect "the password, then all the rest" 0 '"end":"flat"' cold
took "cold shell" "$t0" 2000
is "flat at the venue, cold" venue_flat
engine_now
world_down

# ---- a full disk: the reserve there, the reserve used ----
if [ "${1:-}" = inside ] && mkdir "$work/small" && mount --make-rprivate / && mount -t tmpfs -o size=24m,mode=700 tmpfs "$work/small"; then
	dir=$work/small/a
	world_up full
	dd if=/dev/zero of="$work/small/fill" bs=4k >/dev/null 2>&1
	kill -STOP "$pid"
	expect "flatten on a full disk" 0 '"end":"flat"' "$exeunt" flatten --json $S
	is "flat at the venue, full disk" venue_flat
	is "the fence was written" [ "$(cut -d' ' -f2 "$state/fence")" = 2 ]
	kill -9 "$pid" "$keeper"
	world_down
	rm -rf "$work/small/fill" "$state"
	dir=$work/small/b
	world full
	unlock
	rm -f "$state/reserve"
	dd if=/dev/zero of="$work/small/fill" bs=4k >/dev/null 2>&1
	"$exeunt" key lock $S >/dev/null
	expect "everything from cold, without a reserve" 0 '"end":"flat"' cold
	is "flat at the venue, no room at all" venue_flat
	engine_now
	world_down
	umount "$work/small"
else
	echo "skipped: glass.sh, full disk (no mount namespace)"
fi

# ---- a slow disk: every sync takes 1.5 s ----
slow() { strace -D -f -qq -o /dev/null -e trace=fsync,fdatasync -e inject=fsync,fdatasync:delay_exit=1500000 "$@"; }
if slow true 2>/dev/null; then
	world_up slow
	kill -STOP "$pid"
	t0=$(now_ms)
	expect "flatten on a slow disk" 0 '"end":"flat"' slow "$exeunt" flatten --json $S
	took "wedged engine, slow disk" "$t0" 2500
	is "flat at the venue, slow disk" venue_flat
	kill -9 "$pid" "$keeper"
	world_down
	world slowcold
	t0=$(now_ms)
	slow_cold() { secret | slow "$exeunt" flatten --wait --json --password-fd 0 $S; }
	expect "everything from cold on a slow disk" 0 '"end":"flat"' slow_cold
	took "cold shell, slow disk" "$t0" 2000
	is "flat at the venue, slow and cold" venue_flat
	is "the engine that came too late is fenced off" until_true 40 eval '! pgrep -f -- "engine --foreground --state $state" >/dev/null'
	world_down
else
	echo "skipped: glass.sh, slow disk (no strace)"
fi
kill "$paper_pid"
# What a failed step left standing: only of this run's own directory.
kill -9 $(pgrep -f -- "--state $work/") 2>/dev/null
finish
