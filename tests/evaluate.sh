#!/bin/sh
# evaluate.sh: exeunt evaluate from a shell: the table, CSV and JSON say the same, numbers have points in any
# locale, and every bad input is refused by its words.
set -u
src=${abs_top_srcdir:-.}
build=${abs_top_builddir:-build}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
ok() { passed=$((passed + 1)); }
no() { echo "  $*"; failed=$((failed + 1)); }
tape=$src/tests/unit/tape

run() { "$build/exeunt" evaluate "$@" >"$work/out" 2>"$work/err"; }
refused() { # status, words, arguments
	want=$1 words=$2
	shift 2
	run "$@"
	status=$?
	[ $status -eq "$want" ] || { no "evaluate $*: status $status, not $want"; return; }
	[ ! -s "$work/out" ] || [ -z "${*##*--json*}" ] || ok
	grep -qF -- "$words" "$work/err" && ok || no "evaluate $*: '$(cat "$work/err")' does not say '$words'"
}

run "$tape" --slot 2s --latency 0.5 --csv "$work/a.csv" && ok || no "$(cat "$work/err")"
for word in "market TWAP" "random time" "random policy" "imbalance timed" "passive first" "quotes" "tactic" "one block"; do
	grep -qF "$word" "$work/out" && ok || no "the table has no '$word'"
done
LC_ALL=$(locale -a 2>/dev/null | grep -i '^de_\|^fr_' | head -n 1) run "$tape" --slot 2s --latency 0.5 --csv "$work/b.csv"
cmp -s "$work/a.csv" "$work/b.csv" && ok || no "the same question, another CSV"
columns=$(head -n 1 "$work/a.csv" | tr ',' '\n' | wc -l)
awk -F, -v n="$columns" 'NF != n { exit 1 }' "$work/a.csv" && ok || no "rows of the CSV differ in their columns"
[ "$(wc -l <"$work/a.csv")" -eq 21 ] && ok || no "two coins by ten policies and a head: $(wc -l <"$work/a.csv") lines"
run --tape "$tape" --slot 2s --latency 0.5 --json || no "$(cat "$work/err")"
for key in policy diff_bp diff_lo_bp relative mde_bp complete slots_left_out; do
	grep -q "\"$key\":" "$work/out" && ok || no "the JSON has no $key"
done
awk -F, '$2 == "BTC" && $9 == "tactic" { print $13 }' "$work/a.csv" >"$work/figure"
grep -q "\"policy\":\"tactic\",\"theta\":[0-9.]*,\"all_in_bp\":$(cat "$work/figure")," "$work/out" && ok ||
	no "CSV and JSON differ: $(cat "$work/figure")"

mkdir "$work/second"
cp "$tape"/*.csv "$work/second"
run --tape "$tape" --tape "$work/second" --slot 2s --latency 0.5 --csv "$work/two.csv" || no "$(cat "$work/err")"
[ "$(wc -l <"$work/two.csv")" -eq 41 ] && ok || no "two tapes: $(wc -l <"$work/two.csv") lines"

refused 2 "wants a folder"
refused 2 "--slot: from 2s to 1h" "$tape" --slot 1s
refused 2 "--latency: 'x' is no number" "$tape" --latency x
refused 2 "--latency: '' is no number" "$tape" --latency 1,,2
refused 2 "--latency: over 8 values" "$tape" --latency 1,1,1,1,1,1,1,1,1
refused 2 "TAKER/MAKER" "$tape" --fees 4.5
refused 2 "--fees: '4,5' is no number" "$tape" --fees 4,5/1
refused 2 "--usd: 'nan' is no number" "$tape" --usd nan
refused 2 "not a folder" "$work/none"
refused 2 "--csv $work/none/x" "$tape" --csv "$work/none/x"
refused 3 "no slot of 30 s" "$tape"
mkdir "$work/bad"
printf 'timestamp,price\n1,2\n' >"$work/bad/orderbooks_X.csv"
refused 2 "no column exchange_timestamp" "$work/bad"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
