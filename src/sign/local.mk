noinst_LIBRARIES += libsign.a
libsign_a_CPPFLAGS = $(AM_CPPFLAGS) $(SECP_CFLAGS) $(CRYPTO_CFLAGS)
libsign_a_SOURCES = \
	src/sign/eip712.c src/sign/eip712.h \
	src/sign/keccak.c src/sign/keccak.h \
	src/sign/keyfile.c src/sign/keyfile.h \
	src/sign/scrypt.c src/sign/scrypt.h \
	src/sign/secp.c src/sign/secp.h
