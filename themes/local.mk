theme_files = themes/dark.theme themes/light.theme themes/contrast.theme themes/safe.theme \
	themes/mono.theme themes/sixteen.theme
EXTRA_DIST += themes/embed.awk $(theme_files)

ui/builtin_themes.c: $(theme_files) themes/embed.awk
	$(AM_V_GEN)mkdir -p ui && (cd $(srcdir) && $(AWK) -v table=builtin_themes -f themes/embed.awk $(theme_files)) >$@.tmp && mv $@.tmp $@
CLEANFILES += ui/builtin_themes.c
