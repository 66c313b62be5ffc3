noinst_LIBRARIES += libsigner.a
libsigner_a_CPPFLAGS = $(AM_CPPFLAGS) $(SECCOMP_CFLAGS)
libsigner_a_SOURCES = \
	src/signer/audit.c src/signer/audit.h \
	src/signer/client.c src/signer/client.h \
	src/signer/gate.c src/signer/gate.h \
	src/signer/hw.c src/signer/hw.h \
	src/signer/keyring.c src/signer/keyring.h \
	src/signer/keys.c src/signer/keys.h \
	src/signer/req.h \
	src/signer/sandbox.c src/signer/sandbox.h \
	src/signer/secret.c \
	src/signer/signer.c src/signer/signer.h \
	src/signer/start.c
