check_PROGRAMS += tests/unit/t_exit
TESTS += tests/unit/t_exit
tests_unit_t_exit_SOURCES = tests/unit/t_exit.c tests/unit/exec_world.h
tests_unit_t_exit_LDADD = libtest.a libexec.a libplan.a libcore.a libbase.a -lm
