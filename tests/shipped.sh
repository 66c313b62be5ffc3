#!/bin/sh
# shipped.sh: every file of the repository is named in a makefile, itself or by its folder, so that the tarball that
# `make distcheck` builds is whole. Seconds here, against fifteen minutes until distcheck misses a screen's picture.
set -u
src=${abs_top_srcdir:-.}
cd "$src" || exit 1
if ! files=$(git ls-files 2>/dev/null) || [ -z "$files" ]; then
	echo "SKIP every file is shipped (this is no git checkout)"
	echo "0 passed, 0 failed"
	exit 0
fi
passed=0 failed=0
named=$(cat Makefile.am $(echo "$files" | grep '\.mk$') | sed '/^#/d' | tr -s ' \t\\=' '\n' | sed 's|/$||' | sort -u)
for file in $files; do
	case $file in
	.ci/* | .editorconfig | .gitignore | Makefile.am | configure.ac) continue ;; # autoconf's own, or of the checkout
	esac
	at=$file
	while [ "$at" != . ] && ! printf '%s\n' "$named" | grep -qxF "$at"; do
		at=$(dirname "$at")
		case $at in */*) ;; *) at=. ;; esac # no makefile ships a whole top folder
	done
	if [ "$at" = . ]; then
		echo "  $file is in no makefile: name it in EXTRA_DIST of its folder's local.mk"
		failed=$((failed + 1))
	else
		passed=$((passed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
