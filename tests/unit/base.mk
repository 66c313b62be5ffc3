check_PROGRAMS += tests/unit/t_base
TESTS += tests/unit/t_base
tests_unit_t_base_SOURCES = tests/unit/t_base.c
tests_unit_t_base_LDADD = libtest.a libbase.a
