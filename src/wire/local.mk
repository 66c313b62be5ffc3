noinst_LIBRARIES += libwire.a
libwire_a_CPPFLAGS = $(AM_CPPFLAGS) $(CJSON_CFLAGS)
libwire_a_SOURCES = \
	src/wire/json.c src/wire/json.h \
	src/wire/scan.c src/wire/scan.h \
	src/wire/msgpack.c src/wire/msgpack.h
