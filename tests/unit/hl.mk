check_PROGRAMS += tests/unit/t_action tests/unit/t_num
TESTS += tests/unit/t_action tests/unit/t_num
tests_unit_t_action_SOURCES = tests/unit/t_action.c
tests_unit_t_action_LDADD = libvec.a libtest.a libhl.a libsign.a libcore.a libwire.a libbase.a \
	$(SECP_LIBS) $(CJSON_LIBS)
tests_unit_t_num_SOURCES = tests/unit/t_num.c
tests_unit_t_num_LDADD = libvec.a libtest.a libhl.a libsign.a libcore.a libwire.a libbase.a $(CJSON_LIBS)
