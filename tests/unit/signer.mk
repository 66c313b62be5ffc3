noinst_LIBRARIES += libsignerrig.a
libsignerrig_a_SOURCES = tests/unit/signer_rig.c tests/unit/signer_rig.h

signer_test_libs = libsignerrig.a libvec.a libtest.a libsigner.a libhl.a libsign.a libcore.a libwire.a \
	libbase.a $(SECP_LIBS) $(CRYPTO_LIBS) $(CJSON_LIBS) $(SECCOMP_LIBS) -lpthread

check_PROGRAMS += tests/unit/t_gate tests/unit/t_hw tests/unit/t_signer tests/unit/t_keys
TESTS += tests/unit/t_gate tests/unit/t_hw tests/unit/t_signer tests/unit/t_keys
tests_unit_t_gate_SOURCES = tests/unit/t_gate.c
tests_unit_t_gate_LDADD = $(signer_test_libs)
tests_unit_t_signer_SOURCES = tests/unit/t_signer.c
tests_unit_t_signer_LDADD = $(signer_test_libs)
tests_unit_t_keys_SOURCES = tests/unit/t_keys.c
tests_unit_t_keys_LDADD = $(signer_test_libs)
tests_unit_t_hw_SOURCES = tests/unit/t_hw.c
tests_unit_t_hw_LDADD = $(signer_test_libs)
