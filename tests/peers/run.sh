#!/bin/sh
# run.sh BUILD: drives BUILD/exeunt-paper with third-party clients (package.json: exact versions).
#
# Packages are installed into BUILD/peers, never into the source tree, without their scripts. Where
# there is no Node of 18 or newer, or the packages cannot be installed, every test is skipped by name
# and the exit status is 0. The last lines are "skipped: NAME (why)" and "N passed, N failed, N skipped".
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=${1:-build}
case $build in
/*) ;;
*) build=$(pwd)/$build ;;
esac
paper=$build/exeunt-paper
[ -x "$paper" ] || { echo "peers: $paper is not built" >&2; exit 1; }

skip_all() {
	n=0
	for f in "$here"/*.test.mjs; do
		suite=$(basename "$f" .test.mjs)
		sed -n 's/^test("\([^"]*\)".*/\1/p' "$f" | sed "s/^/skipped: $suite: /; s/\$/ ($1)/"
	done
	n=$(cat "$here"/*.test.mjs | grep -c '^test("')
	echo "0 passed, 0 failed, $n skipped"
	exit 0
}

node=
for n in node nodejs; do
	if command -v "$n" >/dev/null 2>&1 && "$n" -e 'process.exit(+process.versions.node.split(".")[0] >= 18 ? 0 : 1)'; then
		node=$n
		break
	fi
done
[ -n "$node" ] || skip_all "no Node of 18 or newer"

work=$build/peers
mkdir -p "$work" || exit 1
if ! cmp -s "$here/package.json" "$work/installed.json"; then
	rm -rf "$work/node_modules" "$work/package-lock.json"
	cp "$here/package.json" "$work/package.json"
	command -v npm >/dev/null 2>&1 || skip_all "no npm"
	if (cd "$work" && timeout 300 npm install --ignore-scripts --no-audit --no-fund --no-package-lock >npm.log 2>&1); then
		cp "$here/package.json" "$work/installed.json"
	else
		tail -n 3 "$work/npm.log" >&2
		skip_all "the packages cannot be installed"
	fi
fi
cp "$here"/*.mjs "$work"/ || exit 1
cd "$work" && exec "$node" main.mjs "$paper"
