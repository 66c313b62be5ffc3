# lib.sh: what the end-to-end scripts share. Sourced; needs abs_top_builddir. No sleep as a proof: conditions are
# waited for, with a limit. The last line is "N passed, N failed".
set -u
: "${abs_top_builddir:=$(cd "$(dirname "$0")/../../build" && pwd)}"
exeunt=$abs_top_builddir/exeunt
paper=$abs_top_builddir/exeunt-paper
for program in "$exeunt" "$paper"; do
	[ -x "$program" ] || { echo "no $program: build first"; exit 1; }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/exeunt-e2e.XXXXXX") || exit 1
passed=0 failed=0 demo_pid=
export XDG_STATE_HOME=$work/xdg-state XDG_CONFIG_HOME=$work/xdg-config XDG_DATA_HOME=$work/xdg-data
unset EXEUNT_STATE

ok() { passed=$((passed + 1)); }
no() { failed=$((failed + 1)); echo "FAIL $*"; }
# expect NAME STATUS TEXT COMMAND...: the exit status, and a text in what it says ("" any).
expect() {
	local name=$1 status=$2 text=$3 rc
	shift 3
	"$@" >"$work/out" 2>"$work/err" </dev/null
	rc=$?
	if [ $rc -ne "$status" ]; then
		no "$name: status $rc, expected $status: $(head -c 300 "$work/err") $(head -c 300 "$work/out")"
	elif [ -n "$text" ] && ! cat "$work/out" "$work/err" | grep -qF -- "$text"; then
		no "$name: said '$(head -c 300 "$work/err")$(head -c 300 "$work/out")', expected '$text'"
	else
		ok
	fi
}
# is NAME COMMAND...: it succeeds.
is() {
	local name=$1
	shift
	if "$@"; then ok; else no "$name"; fi
}
# until_true SECONDS COMMAND...: tried ten times a second.
until_true() {
	local n=$(($1 * 10))
	shift
	while [ $n -gt 0 ]; do
		"$@" >/dev/null 2>&1 && return 0
		n=$((n - 1))
		sleep 0.1
	done
	return 1
}
# field NAME: first "NAME":value of the JSON in $work/out, quotes off.
field() { sed -n 's/.*"'"$1"'":"\{0,1\}\([^",}]*\).*/\1/p' "$work/out" | head -n 1; }
first_field() { grep -o "\"$1\":\"\{0,1\}[^\",}]*" "$work/out" | head -n 1 | sed 's/^[^:]*:"\{0,1\}//'; }

# demo_start ARGS...: a headless demo; sets state, url, user, demo_pid.
demo_start() {
	state=$work/state.$((passed + failed)).$$
	rm -f "$work/demo.out" # the line of the one before must not be read
	"$exeunt" demo --headless --state "$state" "$@" >"$work/demo.out" 2>"$work/demo.err" </dev/null &
	demo_pid=$!
	if ! until_true 60 grep -q paper_url "$work/demo.out"; then
		no "demo did not start: $(cat "$work/demo.err")"
		finish
	fi
	url=$(sed -n 's/.*"paper_url":"\([^"]*\)".*/\1/p' "$work/demo.out")
	user=$(sed -n 's/.*"user":"\([^"]*\)".*/\1/p' "$work/demo.out")
	until_true 30 positions_known || no "no positions in 30 s"
}
positions_known() { "$exeunt" status --json --state "$state" | grep -q '"entry"'; }
status_has() { "$exeunt" status --json --state "$state" 2>&1 | grep -q "$1"; }
demo_stop() {
	[ -n "$demo_pid" ] || return 0
	kill "$demo_pid" 2>/dev/null
	wait "$demo_pid" 2>/dev/null
	demo_pid=
}
engine_pid() { "$exeunt" status --json --state "$state" | sed -n 's/.*"engine_pid":\([0-9]*\).*/\1/p'; }

finish() {
	demo_stop
	if [ $failed -eq 0 ]; then rm -rf "$work"; else echo "left for a look: $work"; fi
	echo "$passed passed, $failed failed"
	[ $failed -eq 0 ]
	exit $?
}
trap 'demo_stop; rm -rf "$work"' INT TERM
