noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	src/limits.h \
	src/base/banned.h \
	src/base/buf.c src/base/buf.h \
	src/base/check.c src/base/check.h \
	src/base/crc.c src/base/crc.h \
	src/base/err.c src/base/err.h \
	src/base/escape.c src/base/escape.h \
	src/base/hex.c src/base/hex.h \
	src/base/plant.h \
	src/base/pow10.c src/base/pow10.h \
	src/base/prng.c src/base/prng.h \
	src/base/utf8.c src/base/utf8.h
