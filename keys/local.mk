key_files = keys/default.keys keys/vi.keys
EXTRA_DIST += $(key_files) keys/README.md

ui/builtin_keys.c: $(key_files) themes/embed.awk
	$(AM_V_GEN)mkdir -p ui && (cd $(srcdir) && $(AWK) -v table=builtin_keys -f themes/embed.awk $(key_files)) >$@.tmp && mv $@.tmp $@
CLEANFILES += ui/builtin_keys.c
