#!/bin/sh
# calc.sh: exeunt calc: every worked example of exeunt-calc(1) gives the answer printed there, and every bad
# problem is refused with status 2 or 3 and the words that name field and rule. Needs the built program; contacts nobody.
set -u
src=${abs_top_srcdir:-.}
build=${abs_top_builddir:-build}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
ok() { passed=$((passed + 1)); }
no() { echo "  $*"; failed=$((failed + 1)); }

# Examples: between .EX and .EE, "$ exeunt calc MODEL <<END", the problem, END, the answer.
awk -v dir="$work" '
	/^\.EX/ { n++; part = "head"; next }
	/^\.EE/ { part = ""; next }
	part == "" { next }
	{ gsub(/\\-/, "-") }
	part == "head" { print $4 > (dir "/" n ".model"); part = "in"; next }
	part == "in" && /^END$/ { part = "out"; next }
	{ print > (dir "/" n "." part) }
' "$src/man/exeunt-calc.1"

# Text and numbers apart; numbers may differ in the last digits from machine to machine.
same() {
	awk 'function near(a, b) { d = a - b; if (d < 0) d = -d; m = a < 0 ? -a : a; return d <= 1e-9 * m + 1e-12 }
		FNR == 1 { f++ }
		{ gsub(/[ \t]/, ""); text[f] = text[f] $0 }
		END {
			n = split(text[1], a, /[][{},:]/); m = split(text[2], b, /[][{},:]/)
			if (n != m || n < 4) exit 1
			for (i = 1; i <= n; i++)
				if (a[i] != b[i] && !(a[i] ~ /^-?[0-9]/ && b[i] ~ /^-?[0-9]/ && near(a[i], b[i]))) exit 1
		}' "$1" "$2"
}

for model in "$work"/*.model; do
	at=${model%.model}
	name=$(cat "$model")
	seen="${seen:-} $name"
	if ! "$build/exeunt" calc "$name" <"$at.in" >"$at.got" 2>"$at.err"; then
		no "calc $name: $(cat "$at.err")"
	elif same "$at.got" "$at.out"; then
		ok
	else
		no "calc $name: the answer is not that of the man page:"
		cat "$at.got"
	fi
done
for name in plan frontier danger trim cost kernel impact forecast; do
	case "${seen:-} " in *" $name "*) ok ;; *) no "exeunt-calc(1) has no example of $name" ;; esac
done

refused() { # MODEL WORDS PROBLEM
	printf '%s' "$3" | "$build/exeunt" calc "$1" >"$work/out" 2>"$work/err"
	status=$?
	if [ $status -ne 2 ] && [ $status -ne 3 ]; then no "calc $1: status $status for $3"; return; fi
	[ ! -s "$work/out" ] || { no "calc $1: an answer beside the refusal of $3"; return; }
	grep -qF -- "$2" "$work/err" && ok || no "calc $1: '$(cat "$work/err")' does not say '$2'"
}
P='"size_units":1,"horizon_s":60,"slots":6,"eta_usd_s_per_unit2":1'
refused plan 'sigma_usd_per_sqrt_s is -1; it must be 0 or more' "{$P,\"lambda_per_usd\":1,\"sigma_usd_per_sqrt_s\":-1}"
refused plan 'lambda_per_usd is missing' "{$P,\"sigma_usd_per_sqrt_s\":1}"
refused plan 'sigma_usd is not a field' "{$P,\"lambda_per_usd\":1,\"sigma_usd\":1}"
refused plan 'horizon_s is 1e+12; at most' '{"size_units":1,"horizon_s":1e12,"slots":6,"eta_usd_s_per_unit2":1,"lambda_per_usd":1,"sigma_usd_per_sqrt_s":1}'
refused plan 'it must be a finite number' "{$P,\"lambda_per_usd\":1,\"sigma_usd_per_sqrt_s\":1e999}"
refused plan 'exeunt: ' "{$P,\"lambda_per_usd\":NaN,\"sigma_usd_per_sqrt_s\":1}"
refused plan 'slots is 2.5' '{"size_units":1,"horizon_s":60,"slots":2.5,"eta_usd_s_per_unit2":1,"lambda_per_usd":1,"sigma_usd_per_sqrt_s":1}'
refused plan 'sells 0.6 in 60 s, not 1' "{$P,\"lambda_per_usd\":1,\"sigma_usd_per_sqrt_s\":1,\"rate_max_units_per_s\":0.01}"
refused plan 'neither buys nor sells more than it holds' "{$P,\"lambda_per_usd\":0.01,\"sigma_usd_per_sqrt_s\":0.1,\"alpha_usd_per_s\":10}"
refused plan 'covariance is singular: leg 1' '{"sizes_units":[1,1],"horizon_s":60,"slots":6,"lambda_per_usd":1,"covariance_usd2_per_unit2_s":[1,2,2,4],"eta_usd_s_per_unit2":[1,0,0,1]}'
refused plan 'give one' '{"sizes_units":[1],"horizon_s":60,"slots":6,"lambda_per_usd":1,"covariance_usd2_per_unit2_s":[1],"exposures_per_unit":[1],"factor_covariance_per_s":[1],"eta_usd_s_per_unit2":[1]}'
refused plan 'need a row of 2' '{"sizes_units":[1,1],"horizon_s":60,"slots":6,"lambda_per_usd":1,"exposures_per_unit":[1,1,1],"factor_covariance_per_s":[1],"eta_usd_s_per_unit2":[1,0,0,1]}'
refused plan 'it must hold 0' '{"sizes_units":[1,1],"horizon_s":60,"slots":6,"lambda_per_usd":1,"exposures_per_unit":[1,1],"factor_covariance_per_s":[1],"own_variance_usd2_per_unit2_s":[1,1],"band_low":[1],"band_high":[2],"eta_usd_s_per_unit2":[1,0,0,1]}'
refused plan 'go with exposures_per_unit' '{"sizes_units":[1],"horizon_s":60,"slots":6,"lambda_per_usd":1,"covariance_usd2_per_unit2_s":[1],"band_high":[2],"eta_usd_s_per_unit2":[1]}'
refused plan 'these legs need 4' '{"sizes_units":[1,1],"horizon_s":60,"slots":6,"lambda_per_usd":1,"covariance_usd2_per_unit2_s":[1],"eta_usd_s_per_unit2":[1,0,0,1]}'
refused kernel 'size_units is 1e+300; at most 1e+18' '{"size_units":1e300,"horizon_s":1,"trades":11,"weights_usd_per_unit2":[1],"rates_per_s":[1]}'
refused frontier 'eta_usd_s_per_unit2 is 1e-300; 0 or at least' '{"size_units":1,"horizon_s":60,"slots":6,"eta_usd_s_per_unit2":1e-300,"sigma_usd_per_sqrt_s":1}'
refused frontier 'sigma_usd_per_sqrt_s is 0; it must be above 0' "{$P,\"sigma_usd_per_sqrt_s\":0}"
D='"position_units":10,"mark_usd":60000,"maintenance_rate":0.0125,"horizon_s":86400'
refused danger 'at or below the maintenance of 7500' "{$D,\"equity_usd\":7000,\"sigma_per_sqrt_year\":0.8}"
refused danger 'sigma_per_sqrt_year is -0.8' "{$D,\"equity_usd\":30000,\"sigma_per_sqrt_year\":-0.8}"
refused danger 'never sells more' "{$D,\"equity_usd\":30000,\"sigma_per_sqrt_year\":0.8,\"size_units\":11}"
refused danger 'chance_max is 1.5' "{$D,\"equity_usd\":30000,\"sigma_per_sqrt_year\":0.8,\"chance_max\":1.5}"
refused cost 'the book is crossed' '{"side":"sell","size_units":1,"bids":[[101,1]],"asks":[[100,1]]}'
refused cost 'bids[0]: a depth of 0' '{"side":"sell","size_units":1,"bids":[[99,0]],"asks":[[100,1]]}'
refused cost 'side must be one of: sell buy' '{"side":"hold","size_units":1,"bids":[[99,1]],"asks":[[100,1]]}'
refused cost 'the book has no level' '{"side":"sell","size_units":1,"bids":[],"asks":[[100,1]]}'
K='"size_units":1,"horizon_s":1,"trades":11'
refused kernel 'admits a round trip' "{$K,\"weights_usd_per_unit2\":[1],\"rates_per_s\":[1],\"delta\":0.5}"
refused kernel 'rises' "{$K,\"weights_usd_per_unit2\":[-1],\"rates_per_s\":[1],\"permanent_usd_per_unit2\":2}"
refused kernel 'depth must be positive' "{$K}"
refused impact 'model must be one of' '{"model":"none"}'
refused impact 'volume_units_per_day is 0' '{"model":"athl","size_units":1,"volume_units_per_day":0,"sigma_per_sqrt_day":0.1,"horizon_volume_days":1}'
refused trim 'the venue liquidates now' '{"equity_usd":1,"legs":[{"coin":"BTC","size_units":1,"mark_usd":60000,"max_leverage":40}]}'
refused trim 'legs[0].mark_usd is -1' '{"equity_usd":1,"legs":[{"coin":"BTC","size_units":1,"mark_usd":-1,"max_leverage":40}]}'
refused trim 'crossed' '{"equity_usd":9999,"legs":[{"coin":"BTC","size_units":1,"mark_usd":60000,"max_leverage":40,"bids":[[60001,1]],"asks":[[60000,1]]}]}'
refused forecast 'realised_variance[1] is -1' '{"realised_variance":[1,-1]}'
refused forecast 'ofi_units has 2 and mid_change_usd 1' '{"ofi_units":[1,2],"mid_change_usd":[1]}'
U='"size_units":100,"horizon_s":3600,"eta_usd_s_per_unit2":50,"sigma_usd_per_sqrt_s":0.1'
refused plan 'updates is 5; at most 4' "{$U,\"lambda_per_usd\":0.002,\"updates\":5}"
refused plan 'there is no next one' "{$U,\"lambda_per_usd\":0.002,\"updates\":1,\"updates_done\":1}"
refused plan 'are told with updates_done' "{$U,\"lambda_per_usd\":0.002,\"updates\":2,\"left_units\":5}"
refused plan 'leave nothing to adapt to' "{$U,\"lambda_per_usd\":9000,\"updates\":2}"
refused plan 'lambda_per_usd is 0; it must be above 0' "{$U,\"lambda_per_usd\":0,\"updates\":2}"
refused plan 'exeunt: ' 'nonsense'
refused nothing 'calc wants one of plan' '{}'
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
