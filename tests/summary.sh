#!/bin/sh
# summary.sh BUILD: adds up what the test programs of `make check` printed. Prints what failed, then what was
# skipped and why, then "N passed, N failed, N skipped" as the last line. Exit 0 only if nothing failed and something passed.
set -u
build=${1:-build}
passed=0 failed=0 skipped=0
tmp=$(mktemp) || exit 1
trap 'rm -f "$tmp"' EXIT
# What a program said, without the line that automake adds at its end.
said() { sed '${/^[A-Z]* .* (exit status: [0-9]*)$/d;}' "$1"; }
for trs in $(find "$build/tests" -name '*.trs' | LC_ALL=C sort); do
	log=${trs%.trs}.log
	name=${log#"$build"/tests/}
	name=${name%.log}
	result=$(sed -n 's/^:test-result: *//p' "$trs" | head -n 1)
	line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
	p=$(echo "$line" | sed -n 's/^\([0-9]*\) passed.*/\1/p')
	f=$(echo "$line" | sed -n 's/.* passed, \([0-9]*\) failed.*/\1/p')
	s=$(echo "$line" | sed -n 's/.* failed, \([0-9]*\) skipped.*/\1/p')
	case $result in
	PASS) ;;
	SKIP) ;;
	*)
		# A program that died before its last line counts as one failure.
		[ "${f:-0}" -gt 0 ] || f=1
		echo "FAILED $name: see $log"
		grep -E '^FAIL|^  [^ ]+:[0-9]+: ' "$log" | head -n 10 | sed 's/^/    /'
		;;
	esac
	if [ -z "$line" ]; then
		case $result in
		PASS) p=1 ;;
		SKIP) s=1 && echo "skipped: $name ($(said "$log" | tail -n 1 | sed -e 's/^skipped: [^(]*(\(.*\))$/\1/'))" >>"$tmp" ;;
		esac
	fi
	said "$log" | sed -n "s|^SKIP \([^ ]*\) (\(.*\))\$|skipped: $name \1 (\2)|p" >>"$tmp"
	passed=$((passed + ${p:-0}))
	failed=$((failed + ${f:-0}))
	skipped=$((skipped + ${s:-0}))
done
cat "$tmp"
if [ "$skipped" -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
