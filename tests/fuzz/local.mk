# One fuzz entry per parser of outside bytes. `make check` replays the committed corpus and changes of it;
# with --enable-fuzz CC=clang the same entries are libFuzzer programs:
#   tests/fuzz/fuzz_session -max_total_time=60 /tmp/corpus tests/fuzz/corpus/session
FUZZ_LIBS = libhl.a libwire.a libsign.a libcore.a libbase.a $(CJSON_LIBS) $(SECP_LIBS) -lpthread
FUZZ_SIGN_LIBS = libsigner.a libhl.a libsign.a libwire.a libcore.a libbase.a $(CJSON_LIBS) $(SECP_LIBS) \
	$(CRYPTO_LIBS) $(SECCOMP_LIBS) -lpthread
FUZZ_REPLAY = tests/fuzz/replay.c tests/fuzz/fuzz.h

FUZZ_REPLAYS = tests/fuzz/replay_json tests/fuzz/replay_hot tests/fuzz/replay_session tests/fuzz/replay_http
check_PROGRAMS += $(FUZZ_REPLAYS)
TESTS += $(FUZZ_REPLAYS)
tests_fuzz_replay_json_SOURCES = tests/fuzz/fuzz_json.c $(FUZZ_REPLAY)
tests_fuzz_replay_json_LDADD = libtest.a $(FUZZ_LIBS)
tests_fuzz_replay_hot_SOURCES = tests/fuzz/fuzz_hot.c $(FUZZ_REPLAY)
tests_fuzz_replay_hot_LDADD = libtest.a $(FUZZ_LIBS)
tests_fuzz_replay_session_SOURCES = tests/fuzz/fuzz_session.c tests/fuzz/session.h $(FUZZ_REPLAY)
tests_fuzz_replay_session_LDADD = libtest.a $(FUZZ_LIBS)
tests_fuzz_replay_http_SOURCES = tests/fuzz/fuzz_http.c tests/fuzz/session.h $(FUZZ_REPLAY)
tests_fuzz_replay_http_LDADD = libtest.a $(FUZZ_LIBS)
FUZZ_TAPE_LIBS = libcli.a libhost.a libtape.a libplan.a libwire.a libcore.a libbase.a $(ZLIB_LIBS) $(CJSON_LIBS) -lpthread -lm
check_PROGRAMS += tests/fuzz/replay_tape
TESTS += tests/fuzz/replay_tape
tests_fuzz_replay_tape_SOURCES = tests/fuzz/fuzz_tape.c $(FUZZ_REPLAY)
tests_fuzz_replay_tape_LDADD = libtest.a $(FUZZ_TAPE_LIBS)
check_PROGRAMS += tests/fuzz/replay_sign
TESTS += tests/fuzz/replay_sign
tests_fuzz_replay_sign_SOURCES = tests/fuzz/fuzz_sign.c $(FUZZ_REPLAY)
tests_fuzz_replay_sign_LDADD = libtest.a $(FUZZ_SIGN_LIBS)
EXTRA_DIST += tests/fuzz/corpus

if FUZZ
noinst_PROGRAMS += tests/fuzz/fuzz_json tests/fuzz/fuzz_hot tests/fuzz/fuzz_session tests/fuzz/fuzz_http
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_json_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_json_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_hot_SOURCES = tests/fuzz/fuzz_hot.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_hot_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_hot_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_session_SOURCES = tests/fuzz/fuzz_session.c tests/fuzz/session.h tests/fuzz/fuzz.h
tests_fuzz_fuzz_session_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_session_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_http_SOURCES = tests/fuzz/fuzz_http.c tests/fuzz/session.h tests/fuzz/fuzz.h
tests_fuzz_fuzz_http_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_http_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
noinst_PROGRAMS += tests/fuzz/fuzz_tape
tests_fuzz_fuzz_tape_SOURCES = tests/fuzz/fuzz_tape.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_tape_LDADD = $(FUZZ_TAPE_LIBS)
tests_fuzz_fuzz_tape_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
noinst_PROGRAMS += tests/fuzz/fuzz_sign
tests_fuzz_fuzz_sign_SOURCES = tests/fuzz/fuzz_sign.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_sign_LDADD = $(FUZZ_SIGN_LIBS)
tests_fuzz_fuzz_sign_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
endif
