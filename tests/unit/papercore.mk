# The exchange core. The rig is a library of its own: a fixed market, keys, signed requests.
noinst_LIBRARIES += librig.a
librig_a_SOURCES = tests/unit/paper_rig.c tests/unit/paper_rig.h
PAPER_LIBS = librig.a libtest.a libpaper.a libscenario.a libwire.a libsign.a libcore.a libbase.a \
	$(CJSON_LIBS) $(SECP_LIBS) -lm

check_PROGRAMS += tests/unit/t_paper_match tests/unit/t_paper_acct tests/unit/t_paper_text \
	tests/unit/t_paper_wire tests/unit/t_paper_prop tests/unit/t_paper_forced \
	tests/unit/t_paper_words
TESTS += tests/unit/t_paper_match tests/unit/t_paper_acct tests/unit/t_paper_text \
	tests/unit/t_paper_wire tests/unit/t_paper_prop tests/unit/t_paper_forced \
	tests/unit/t_paper_words
tests_unit_t_paper_match_SOURCES = tests/unit/t_paper_match.c
tests_unit_t_paper_match_LDADD = $(PAPER_LIBS)
tests_unit_t_paper_acct_SOURCES = tests/unit/t_paper_acct.c
tests_unit_t_paper_acct_LDADD = $(PAPER_LIBS)
tests_unit_t_paper_text_SOURCES = tests/unit/t_paper_text.c
tests_unit_t_paper_text_LDADD = $(PAPER_LIBS)
tests_unit_t_paper_wire_SOURCES = tests/unit/t_paper_wire.c
tests_unit_t_paper_wire_LDADD = $(PAPER_LIBS)
tests_unit_t_paper_prop_SOURCES = tests/unit/t_paper_prop.c
tests_unit_t_paper_prop_LDADD = $(PAPER_LIBS)
tests_unit_t_paper_forced_SOURCES = tests/unit/t_paper_forced.c
tests_unit_t_paper_forced_LDADD = $(PAPER_LIBS)
tests_unit_t_paper_words_SOURCES = tests/unit/t_paper_words.c
tests_unit_t_paper_words_LDADD = $(PAPER_LIBS)

# Every model and every problem of `exeunt calc`, with every bad value.
check_PROGRAMS += tests/unit/t_bad tests/unit/t_bad_calc
TESTS += tests/unit/t_bad tests/unit/t_bad_calc
tests_unit_t_bad_SOURCES = tests/unit/t_bad.c
tests_unit_t_bad_LDADD = libtest.a libplan.a libcore.a libbase.a -lm
tests_unit_t_bad_calc_SOURCES = tests/unit/t_bad_calc.c src/host/calc_in.c src/host/calc_models.c src/host/calc_more.c \
	src/host/calc_updates.c
tests_unit_t_bad_calc_LDADD = libtest.a libplan.a libwire.a libcore.a libbase.a $(CJSON_LIBS) -lm

check_PROGRAMS += tests/unit/t_paper_dex
TESTS += tests/unit/t_paper_dex
tests_unit_t_paper_dex_SOURCES = tests/unit/t_paper_dex.c
tests_unit_t_paper_dex_LDADD = $(PAPER_LIBS)
check_PROGRAMS += tests/unit/t_route_dex
TESTS += tests/unit/t_route_dex
tests_unit_t_route_dex_SOURCES = tests/unit/t_route_dex.c tests/unit/jnum.h
tests_unit_t_route_dex_LDADD = $(PAPER_LIBS) libplan.a libcore.a libbase.a $(CJSON_LIBS) -lpthread -lm
