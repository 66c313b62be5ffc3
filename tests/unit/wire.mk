check_PROGRAMS += tests/unit/t_json
TESTS += tests/unit/t_json
tests_unit_t_json_SOURCES = tests/unit/t_json.c
tests_unit_t_json_LDADD = libtest.a libwire.a libbase.a $(CJSON_LIBS) -lpthread
