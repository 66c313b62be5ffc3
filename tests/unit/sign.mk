# vec.c reads recorded vectors for every test of the signing rooms.
noinst_LIBRARIES += libvec.a
libvec_a_SOURCES = tests/unit/vec.c tests/unit/vec.h

check_PROGRAMS += tests/unit/t_sign
TESTS += tests/unit/t_sign
tests_unit_t_sign_SOURCES = tests/unit/t_sign.c
tests_unit_t_sign_LDADD = libvec.a libtest.a libsign.a libwire.a libbase.a $(SECP_LIBS) $(CJSON_LIBS)

check_PROGRAMS += tests/unit/t_eip712
TESTS += tests/unit/t_eip712
tests_unit_t_eip712_SOURCES = tests/unit/t_eip712.c
tests_unit_t_eip712_LDADD = libvec.a libtest.a libsign.a libwire.a libbase.a $(SECP_LIBS) $(CJSON_LIBS)

check_PROGRAMS += tests/unit/t_keyfile
TESTS += tests/unit/t_keyfile
tests_unit_t_keyfile_SOURCES = tests/unit/t_keyfile.c
tests_unit_t_keyfile_LDADD = libvec.a libtest.a libsign.a libwire.a libbase.a \
	$(SECP_LIBS) $(CRYPTO_LIBS) $(CJSON_LIBS)
