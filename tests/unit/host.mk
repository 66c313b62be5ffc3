check_PROGRAMS += tests/unit/t_grammar
TESTS += tests/unit/t_grammar
tests_unit_t_grammar_SOURCES = tests/unit/t_grammar.c
tests_unit_t_grammar_LDADD = libtest.a libcore.a libbase.a
