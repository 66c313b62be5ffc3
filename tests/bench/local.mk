BENCHES += tests/bench/bench_estimates
tests_bench_bench_estimates_SOURCES = tests/bench/bench_estimates.c
tests_bench_bench_estimates_LDADD = libcli.a libhost.a libtape.a libplan.a libwire.a libcore.a libbase.a $(ZLIB_LIBS) $(CJSON_LIBS) -lpthread -lm
BENCHES += tests/bench/bench_plan
tests_bench_bench_plan_SOURCES = tests/bench/bench_plan.c
tests_bench_bench_plan_LDADD = libexec.a libplan.a libcore.a libbase.a -lm

BENCHES += tests/bench/bench_book
tests_bench_bench_book_SOURCES = tests/bench/bench_book.c tests/bench/simd.h
tests_bench_bench_book_CPPFLAGS = $(AM_CPPFLAGS) $(CJSON_CFLAGS)
tests_bench_bench_book_LDADD = libhl.a libwire.a libcore.a libbase.a $(CJSON_LIBS) -lpthread
if HAVE_SIMDJSON
tests_bench_bench_book_SOURCES += tests/bench/simd.cc
tests_bench_bench_book_CPPFLAGS += -DWITH_SIMDJSON $(SIMDJSON_CFLAGS)
tests_bench_bench_book_LDADD += $(SIMDJSON_LIBS)
endif
EXTRA_DIST += tests/bench/simd.cc

BENCHES += tests/bench/bench_sign
tests_bench_bench_sign_SOURCES = tests/bench/bench_sign.c
tests_bench_bench_sign_CPPFLAGS = $(AM_CPPFLAGS) $(SECP_CFLAGS)
tests_bench_bench_sign_LDADD = $(signer_test_libs)
BENCHES += tests/bench/bench_ui
tests_bench_bench_ui_SOURCES = tests/bench/bench_ui.c
tests_bench_bench_ui_LDADD = libstory.a libui.a libplan.a libcore.a libbase.a $(NCURSES_LIBS) -lm

# Beside ccxt, where Node and the packages of tests/peers are; skipped by name elsewhere.
bench_programs += tests/bench/ccxt_book.sh
EXTRA_DIST += tests/bench/ccxt_book.sh tests/bench/ccxt_book.mjs

# The whole program: needs python3 and openssl. A missed bar does not keep the next from being measured.
bench_programs += tests/bench/whole.py tests/bench/wire.py
EXTRA_DIST += tests/bench/whole.py tests/bench/wire.py

bench_programs += tests/bench/drills.sh
EXTRA_DIST += tests/bench/drills.sh

BENCHES += tests/bench/bench_flat
tests_bench_bench_flat_SOURCES = tests/bench/bench_flat.c $(SIM_WORLD)
tests_bench_bench_flat_LDADD = libhost.a libengine.a libexec.a libhl.a $(SIM_LIBS)

BENCHES += tests/bench/bench_sheet
tests_bench_bench_sheet_SOURCES = tests/bench/bench_sheet.c
tests_bench_bench_sheet_LDADD = libplan.a libcore.a libbase.a -lm

BENCHES += tests/bench/bench_danger
tests_bench_bench_danger_SOURCES = tests/bench/bench_danger.c
tests_bench_bench_danger_LDADD = libplan.a libcore.a libbase.a -lm

BENCHES += tests/bench/bench_hunt
tests_bench_bench_hunt_SOURCES = tests/bench/bench_hunt.c tests/bench/leak.c tests/bench/leak.h $(SIM_WORLD)
tests_bench_bench_hunt_LDADD = libhost.a libengine.a libexec.a libhl.a $(SIM_LIBS)
