# Man pages: the tables in them come from the programs' own tables, so they cannot fall behind.
dist_man_MANS += man/exeunt.conf.5 man/exeunt-calc.1
nodist_man_MANS = man/exeunt.1 man/exeunt-paper.1 man/exeunt-keys.7
CLEANFILES += $(nodist_man_MANS)
EXTRA_DIST += man/exeunt.1.in man/exeunt-paper.1.in man/exeunt-keys.7.in man/keys.awk

# $(call man_page,INPUT,MARK,TABLE FILE)
man_page = mkdir -p man && $(SED) -e 's/@VERSION@/$(VERSION)/' -e '/^@$(2)@$$/{' -e 'r $(3)' -e 'd' -e '}' $(srcdir)/$(1) >$@.tmp && mv $@.tmp $@ && rm -f $(3)

man/exeunt.1: man/exeunt.1.in exeunt$(EXEEXT)
	$(AM_V_GEN)mkdir -p man && ./exeunt$(EXEEXT) help man >$@.tab && $(call man_page,man/exeunt.1.in,VERBS,$@.tab)
man/exeunt-paper.1: man/exeunt-paper.1.in exeunt-paper$(EXEEXT)
	$(AM_V_GEN)mkdir -p man && ./exeunt-paper$(EXEEXT) --help | $(AWK) '/^Scenarios:/ { print ".SH SCENARIOS"; on = 0; sc = 1; next } /^Drills:/ { print ".SH DRILLS"; next } /^$$/ { next } sc { name = $$1; sub(/^ *[^ ]+ +/, ""); print ".TP\n.B " name "\n" $$0; next } /^  --/ { sub(/^  /, ""); sub(/ *$$/, ""); gsub(/-/, "\\-"); print ".TP\n.B " $$0; on = 1; next } on { sub(/^ */, ""); print }' >$@.tab && $(call man_page,man/exeunt-paper.1.in,OPTIONS,$@.tab)
man/exeunt-keys.7: man/exeunt-keys.7.in man/keys.awk ui/action.h
	$(AM_V_GEN)mkdir -p man && $(AWK) -f $(srcdir)/man/keys.awk $(srcdir)/ui/action.h >$@.tab && $(call man_page,man/exeunt-keys.7.in,TABLES,$@.tab)
EXTRA_DIST += man/cockpit.png man/panic.png man/running.png man/ticket.png man/ticket-danger.png
