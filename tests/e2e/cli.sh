#!/bin/bash
# The shell without an engine: help, completion, and every bad input with its words and status.
. "$(dirname "$0")/lib.sh"

expect version 0 "exeunt 0.1" "$exeunt" --version
expect help 0 "usage: exeunt" "$exeunt" --help
# Every verb of the table; nine of them are named here so that an empty list fails.
verbs=$("$exeunt" help | sed -n 's/^  \([a-z-]*\) .*/\1/p')
for verb in attach exit flatten care trim guard cancel tca calc; do
	is "main help lists $verb" grep -qx -- "$verb" <<<"$verbs"
done
for verb in $verbs; do
	expect "help of $verb" 0 "exeunt $verb" "$exeunt" $verb --help
done
expect "no such verb" 2 "No command exti. Near: exit." "$exeunt" exti BTC
expect "no such option" 2 "exit has no option --sise. Near: --size." "$exeunt" exit BTC --sise all
expect "help of nothing" 2 "No command nothing." "$exeunt" help nothing

"$exeunt" completion bash >"$work/c.bash"
is "bash completion parses" bash -n "$work/c.bash"
complete_words() { # WORDS...: what bash would offer for the last one
	bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _exeunt; echo "${COMPREPLY[@]}"' x "$work/c.bash" "$@"
}
is "bash offers verbs" [ "$(complete_words exeunt fla)" = flatten ]
is "bash offers options" [ "$(complete_words exeunt exit --wor)" = --working ]
is "bash offers choices" [ "$(complete_words exeunt exit --algo tw)" = twap ]
expect "zsh completion" 0 "#compdef exeunt" "$exeunt" completion zsh
expect "fish completion" 0 "complete -c exeunt" "$exeunt" completion fish
command -v zsh >/dev/null && { "$exeunt" completion zsh >"$work/_exeunt"; is "zsh completion parses" zsh -n "$work/_exeunt"; }
command -v fish >/dev/null && { "$exeunt" completion fish >"$work/c.fish"; is "fish completion parses" fish -n "$work/c.fish"; }
expect "no such shell" 2 "write one of bash zsh fish" "$exeunt" completion ksh

conf() { mkdir -p -m 700 "$work/s"; printf '%s\n' "$@" >"$work/s/exeunt.conf"; }
S="--state $work/s"
A='[account main]
address = 0x00000000000000000000000000000000000000aa'

conf "$A"
expect "size without a unit" 2 "12 of what? Write 12BTC, 12% or 12000USD." "$exeunt" exit BTC --size 12 $S
expect "no size" 2 "How much BTC?" "$exeunt" exit BTC $S
expect "clock without a zone" 2 "18:05 of which zone? Write 18:05Z (UTC)." "$exeunt" exit BTC --size all --algo twap --by 18:05 $S
expect "unknown account" 2 "No account mian. Near: main." "$exeunt" exit BTC --size all --account mian $S
expect "error as JSON" 2 '"error":"ARG"' "$exeunt" exit BTC --size 12 --json $S
expect "no engine" 4 "no engine runs on $work/s" "$exeunt" status $S
expect "no state directory" 4 "no state directory" "$exeunt" status --state "$work/none"
expect "and what to do" 4 "'exeunt engine' starts one" "$exeunt" status --state "$work/none"
expect "an empty variable is not the default" 2 "--state is empty" "$exeunt" flatten --state ""
expect "nor here" 2 "--config is empty" "$exeunt" flatten --config= $S
expect "decimal comma" 2 "0,5BTC: a comma only parts thousands" "$exeunt" exit BTC --size 0,5BTC $S
expect "max-age without a unit" 2 "5 of what?" "$exeunt" status --max-age 5 $S

conf '[venue hyperliquid]' 'network = prod'
expect "no such network" 2 "exeunt.conf:2: network = prod: it is not a network; accepted: paper, testnet or mainnet" "$exeunt" flatten $S
conf '[venue hyperliquid]' 'network = testnet' 'url = http://127.0.0.1:1' "$A"
expect "wrong network for plain http" 2 "plain http goes only to literal" "$exeunt" flatten $S
conf '[venue hyperliquid]' 'network = mainnet' 'url = https://api.hyperliquid-testnet.xyz' "$A"
expect "mainnet with testnet's address" 2 "network = mainnet, but api.hyperliquid-testnet.xyz is the venue's testnet" "$exeunt" flatten $S
conf '[venue hyperliquid]' 'network = testnet' "$A"
expect "another network needs --yes" 3 "TESTNET: without a terminal this needs --yes." "$exeunt" flatten $S
conf 'nonsense'
expect "nonsense" 2 "exeunt.conf:1:" "$exeunt" status $S
conf ''
expect "no account" 2 "no account is configured" "$exeunt" flatten $S
chmod 755 "$work/s"
expect "open state directory" 2 "it must be yours and 0700" "$exeunt" status $S
chmod 700 "$work/s"

# Keys: made, listed, wrong password.
printf 'correct horse\n' >"$work/pw"
printf 'wrong\n' >"$work/pw2"
key_new() { "$exeunt" key new main --light --password-fd 3 3<"$work/pw"; }
expect "key new" 0 "0x" key_new
expect "key exists" 2 "a key named main exists" key_new
expect "key list" 0 "main" "$exeunt" key list
head -c 200 "$XDG_DATA_HOME/exeunt/keys/main.json" >"$work/cut.json"
key_import() { "$exeunt" key import cut "$1" --password-fd 3 3<"$work/pw"; }
expect "truncated key file" 2 "$work/cut.json: key file: JSON refused at byte 200 of 200" key_import "$work/cut.json"
: >"$work/empty.json"
expect "empty key file" 2 "$work/empty.json: neither a keystore nor a raw key" key_import "$work/empty.json"
expect "key verb" 2 "write new NAME" "$exeunt" key frob
conf '[venue hyperliquid]' 'url = http://127.0.0.1:9' "$A" 'key = main'
unlock() { "$exeunt" key unlock $S --password-fd 3 3<"$1"; }
expect "wrong password" 8 "password" unlock "$work/pw2"
locked_exit() { setsid "$exeunt" exit BTC --size all $S; }
expect "no terminal to ask" 8 "no terminal to ask for the password" locked_exit
expect "right password" 0 "unlocked" unlock "$work/pw"
expect "lock" 0 "locked" "$exeunt" key lock $S
expect "lock again" 0 "nothing was unlocked" "$exeunt" key lock $S
finish
