check_PROGRAMS += tests/unit/t_judge
TESTS += tests/unit/t_judge
tests_unit_t_judge_SOURCES = tests/unit/t_judge.c tests/unit/jnum.h
tests_unit_t_judge_LDADD = libtest.a libjudge.a libtape.a libplan.a libwire.a libcore.a libbase.a \
	$(CJSON_LIBS) $(ZLIB_LIBS) -lpthread -lm
check_PROGRAMS += tests/unit/t_leak
TESTS += tests/unit/t_leak
tests_unit_t_leak_SOURCES = tests/unit/t_leak.c tests/bench/leak.c tests/bench/leak.h
tests_unit_t_leak_LDADD = libtest.a libplan.a libcore.a libbase.a -lm
