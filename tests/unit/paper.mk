include tests/unit/papercore.mk

check_PROGRAMS += tests/unit/t_market
TESTS += tests/unit/t_market
tests_unit_t_market_SOURCES = tests/unit/t_market.c
tests_unit_t_market_CPPFLAGS = $(AM_CPPFLAGS) -DTOP_SRCDIR='"$(abs_top_srcdir)"'
tests_unit_t_market_LDADD = libtest.a libmarket.a libtape.a libscenario.a libcore.a libbase.a $(ZLIB_LIBS) -lm
EXTRA_DIST += \
	tests/unit/tape/orderbooks_BTC.csv tests/unit/tape/prices_BTC.csv tests/unit/tape/trades_BTC.csv \
	tests/unit/tape/orderbooks_TOY.csv tests/unit/tape/prices_TOY.csv tests/unit/tape/trades_TOY.csv
# Monte Carlo of the models through the matching engine.
check_PROGRAMS += tests/unit/t_stated
TESTS += tests/unit/t_stated
tests_unit_t_stated_SOURCES = tests/unit/t_stated.c
tests_unit_t_stated_LDADD = libtest.a libpaper.a libmarket.a libscenario.a libplan.a libwire.a libsign.a libcore.a libbase.a \
	$(CJSON_LIBS) $(SECP_LIBS) $(CRYPTO_LIBS) $(ZLIB_LIBS) -lm
check_PROGRAMS += tests/unit/t_paper_shell
TESTS += tests/unit/t_paper_shell
tests_unit_t_paper_shell_SOURCES = tests/unit/t_paper_shell.c
tests_unit_t_paper_shell_LDADD = libtest.a libbase.a
check_PROGRAMS += tests/unit/t_paper_world
TESTS += tests/unit/t_paper_world
tests_unit_t_paper_world_SOURCES = tests/unit/t_paper_world.c src/paper/demo_book.c
tests_unit_t_paper_world_LDADD = libtest.a libpaper.a libmarket.a libscenario.a libwire.a libsign.a libcore.a libbase.a \
	$(CJSON_LIBS) $(SECP_LIBS) $(CRYPTO_LIBS) $(ZLIB_LIBS) -lm
check_PROGRAMS += tests/unit/t_drill_score
TESTS += tests/unit/t_drill_score
tests_unit_t_drill_score_SOURCES = tests/unit/t_drill_score.c
tests_unit_t_drill_score_LDADD = libtest.a libdrill.a libbase.a
check_PROGRAMS += tests/unit/t_drill
TESTS += tests/unit/t_drill
tests_unit_t_drill_SOURCES = tests/unit/t_drill.c
tests_unit_t_drill_LDADD = libtest.a libdrill.a libpaper.a libmarket.a libscenario.a libwire.a libsign.a libcore.a libbase.a \
	$(CJSON_LIBS) $(SECP_LIBS) $(CRYPTO_LIBS) $(ZLIB_LIBS) -lm
