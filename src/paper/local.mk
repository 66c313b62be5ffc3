include src/paper/core.mk

# Markets; they and the core read scenarios: libscenario.a comes after both.
noinst_LIBRARIES += libmarket.a
libmarket_a_SOURCES = \
	src/paper/crowd.c src/paper/crowd.h \
	src/paper/gen.c src/paper/gen.h src/paper/gen_table.c \
	src/paper/market.h \
	src/paper/replay.c src/paper/replay.h \
	src/paper/stated.c src/paper/stated.h

# `make fit` fits the generator to a tape; never installed.
EXTRA_PROGRAMS += exeunt-fit
exeunt_fit_SOURCES = src/paper/fit.c
exeunt_fit_LDADD = libmarket.a libtape.a libscenario.a libcore.a libbase.a $(ZLIB_LIBS) -lm
CLEANFILES += exeunt-fit
.PHONY: fit
fit: exeunt-fit

# Drills: markets and core together. Before libpaper.a and libmarket.a on a link line.
noinst_LIBRARIES += libdrill.a
libdrill_a_SOURCES = \
	src/paper/drill.h src/paper/drill_family.c src/paper/drill_run.c \
	src/paper/drill_score.c src/paper/drill_score.h src/paper/drill_serve.c src/paper/drill_text.c src/paper/drills.c

# The paper exchange as a program: its own shell around libpaper.a and libmarket.a.
bin_PROGRAMS += exeunt-paper
exeunt_paper_SOURCES = \
	src/paper/main.c src/paper/options.c src/paper/options.h \
	src/paper/demo_book.c src/paper/demo_book.h \
	src/paper/shell.c src/paper/shell.h src/paper/shell_http.c src/paper/shell_in.h src/paper/shell_peer.c
exeunt_paper_CFLAGS = $(AM_CFLAGS) $(LWS_CFLAGS)
exeunt_paper_LDADD = libdrill.a libpaper.a libmarket.a libtape.a libscenario.a libwire.a libsign.a libcore.a libbase.a \
	$(LWS_LIBS) $(CJSON_LIBS) $(SECP_LIBS) $(CRYPTO_LIBS) $(ZLIB_LIBS) -lm
