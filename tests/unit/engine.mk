check_PROGRAMS += tests/unit/t_engine tests/unit/t_record
TESTS += tests/unit/t_engine tests/unit/t_record
EXTRA_DIST += tests/unit/engine_world.h
tests_unit_t_engine_SOURCES = tests/unit/t_engine.c
tests_unit_t_engine_LDADD = libtest.a libengine.a libexec.a libplan.a libcore.a libbase.a -lm
tests_unit_t_record_SOURCES = tests/unit/t_record.c
tests_unit_t_record_LDADD = libtest.a libengine.a libcore.a libbase.a
