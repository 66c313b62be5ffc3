PAPER_LIBS = libtest.a libpaper.a libwire.a libsign.a libcore.a libbase.a \
	$(CJSON_LIBS) $(SECP_LIBS) -lm
PAPER_RIG = tests/unit/paper_rig.c tests/unit/paper_rig.h

check_PROGRAMS += tests/unit/t_paper_match
TESTS += tests/unit/t_paper_match
tests_unit_t_paper_match_SOURCES = tests/unit/t_paper_match.c $(PAPER_RIG)
tests_unit_t_paper_match_LDADD = $(PAPER_LIBS)
