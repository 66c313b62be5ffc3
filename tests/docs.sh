#!/bin/sh
# docs.sh: the documentation against the code. Every configuration key is in exeunt.conf(5), every man page
# formats without a warning, and every folder of the tree has its line in HACKING.md.
set -u
src=${abs_top_srcdir:-.}
build=${abs_top_builddir:-build}
passed=0 failed=0
ok() { passed=$((passed + 1)); }
no() { echo "  $*"; failed=$((failed + 1)); }

for key in $(sed -n 's/^\t{S_[A-Z]*, "\([a-z_]*\)", set_.*/\1/p' "$src/src/host/conf_keys.c"); do
	grep -q "^\.B $key\$" "$src/man/exeunt.conf.5" && ok || no "exeunt.conf.5 does not explain '$key'"
done
[ $passed -gt 10 ] || no "the table of keys in src/host/conf_keys.c was not found"
for page in "$src/man/exeunt.conf.5" "$src/man/exeunt-calc.1" "$build/man/exeunt.1" "$build/man/exeunt-paper.1" "$build/man/exeunt-keys.7"; do
	if ! command -v man >/dev/null 2>&1; then
		echo "SKIP format of $(basename "$page") (no man here)"
		continue
	fi
	said=$(LC_ALL=C.UTF-8 MANROFFSEQ=t MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null | grep -v "can't break line\|cannot adjust" | head -n 3)
	[ -z "$said" ] && ok || no "$(basename "$page"): $said"
done
for room in base core plan exec engine wire sign signer host paper; do
	grep -q "src/$room" "$src/HACKING.md" && ok || no "HACKING.md does not name src/$room"
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
