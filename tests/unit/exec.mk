check_PROGRAMS += tests/unit/t_exit
TESTS += tests/unit/t_exit
tests_unit_t_exit_SOURCES = tests/unit/t_exit.c tests/unit/exec_world.h
tests_unit_t_exit_LDADD = libtest.a libexec.a libplan.a libcore.a libbase.a -lm
check_PROGRAMS += tests/unit/t_flat
TESTS += tests/unit/t_flat
tests_unit_t_flat_SOURCES = tests/unit/t_flat.c tests/unit/exec_world.h
tests_unit_t_flat_LDADD = libtest.a libexec.a libplan.a libcore.a libbase.a -lm
