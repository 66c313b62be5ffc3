check_PROGRAMS += tests/unit/t_plan
TESTS += tests/unit/t_plan
tests_unit_t_plan_SOURCES = tests/unit/t_plan.c
tests_unit_t_plan_LDADD = libtest.a libplan.a libcore.a libbase.a -lm
check_PROGRAMS += tests/unit/t_sheet
TESTS += tests/unit/t_sheet
tests_unit_t_sheet_SOURCES = tests/unit/t_sheet.c
tests_unit_t_sheet_LDADD = libtest.a libexec.a libplan.a libcore.a libbase.a -lm
