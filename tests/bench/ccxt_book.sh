#!/bin/sh
# ccxt_book.sh: a 20-level book frame, ours (bench_book) beside ccxt's, on the same frames in the same run. Run in the
# build directory. Without Node, or before `./bootstrap peers` has installed ccxt there, it says so and is skipped.
here=$(cd "$(dirname "$0")" && pwd)
ccxt=$PWD/peers/node_modules/ccxt/js/ccxt.js
skip() { echo "skipped: ccxt book parse ($1)"; exit 0; }
node=$(command -v node || command -v nodejs) || skip "no Node"
[ -f "$ccxt" ] || skip "ccxt is not installed: ./bootstrap peers"
[ -x tests/bench/bench_book ] || skip "bench_book is not built"
frames=$(mktemp) || exit 1
trap 'rm -f "$frames"' EXIT
ours=$(tests/bench/bench_book --frames "$frames" | sed -n 's/^ *frame to applied book *\([0-9]*\) ns.*/\1/p')
theirs=$("$node" "$here/ccxt_book.mjs" "$frames" "$ccxt") || exit 1
[ "${ours:-0}" -gt 0 ] && [ "${theirs:-0}" -gt 0 ] || { echo "ccxt book parse: no figures"; exit 1; }
echo "book frame: ours $ours ns, ccxt $theirs ns (Node $("$node" --version)), ratio $(awk "BEGIN { printf \"%.3f\", $ours / $theirs }")"
