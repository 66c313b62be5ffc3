#!/bin/sh
# layers.sh: the include rules of layers.txt, checked over the tree. Prints file, line and rule for each break.
#   layers.sh [ROOT]     exit 0 clean, 1 broken
# It proves on every run that it can fail: a copy with two bad includes must be refused.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=${1:-$here/..}

check() {
	(cd "$1" && find src ui tests -name '*.[ch]' -o -name '*.cc' | LC_ALL=C sort | xargs awk -v rules="$2" '
	BEGIN {
		while ((getline line < rules) > 0) {
			n = split(line, w, " ")
			if (n == 0 || substr(w[1], 1, 1) == "#") continue
			for (i = 3; i <= n; i++) {
				if (w[1] == "allow") allow[w[2]] = allow[w[2]] " " w[i]
				if (w[1] == "forbid") forbid[w[2], w[i]] = 1
				if (w[1] == "door") door[w[2]] = door[w[2]] " " w[i]
			}
			if (w[1] != "door") room[w[2]] = 1
		}
	}
	function under(path, dir) { return path == dir || index(path, dir "/") == 1 || (dir ~ /\/$/ && index(path, dir) == 1) }
	function room_of(path,   r, best) { best = ""; for (r in room) if (under(path, r) && length(r) > length(best)) best = r; return best }
	function bad(why) { print FILENAME ":" FNR ": " why ": " $0; broken = 1 }
	/^[ \t]*#[ \t]*include/ {
		from = room_of(FILENAME)
		name = $0; sub(/^[^<"]*[<"]/, "", name); sub(/[>"].*$/, "", name)
		for (d in door) if (index(name, d) == 1) {
			ok = 0; n = split(door[d], w, " ")
			for (i = 1; i <= n; i++) if (under(FILENAME, w[i])) ok = 1
			if (!ok) bad("only" door[d] " may include " d)
		}
		if (from != "" && ((from, name) in forbid)) bad(from " may not include " name)
		if ($0 !~ /"/ || from == "") next
		path = (name ~ /^ui\// || name ~ /^tests\//) ? name : "src/" name
		if (path ~ /^tests\//) { bad("the product may not include tests"); next }
		if (path == "src/config.h" || path == "src/limits.h" || under(path, "src/base") || under(path, from)) next
		ok = 0; n = split(allow[from], w, " ")
		for (i = 1; i <= n; i++) if (under(path, w[i])) ok = 1
		if (!ok) bad(from " may not include " path)
	}
	END { exit broken }')
}

if ! check "$root" "$here/layers.txt"; then
	echo "layers: broken (rules: tests/layers.txt)"
	exit 1
fi
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/src/core" "$tmp/ui" "$tmp/tests"
printf '#include "engine/engine.h"\n#include <time.h>\n' > "$tmp/src/core/dec.c"
if [ "$(check "$tmp" "$here/layers.txt" | wc -l)" -ne 2 ]; then
	echo "layers: the check accepted a broken tree"
	exit 1
fi
echo "2 passed, 0 failed"
