noinst_LIBRARIES += libtape.a
libtape_a_SOURCES = \
	src/tape/columns.c src/tape/columns.h \
	src/tape/tape.c src/tape/tape.h \
	src/tape/write.c src/tape/write.h
libtape_a_CFLAGS = $(AM_CFLAGS) $(ZLIB_CFLAGS)
