noinst_LIBRARIES += libhost.a
libhost_a_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(INIH_CFLAGS) $(LWS_CFLAGS)
libhost_a_SOURCES = \
	src/host/attach.c src/host/attach.h \
	src/host/clock.c src/host/clock.h \
	src/host/conf.c src/host/conf.h \
	src/host/entropy.c src/host/entropy.h \
	src/host/hook.c src/host/hook.h \
	src/host/host.c src/host/host.h \
	src/host/http.c src/host/http.h \
	src/host/lease.c src/host/lease.h \
	src/host/log.c src/host/log.h \
	src/host/loop.c src/host/loop.h \
	src/host/outbox.c src/host/outbox.h \
	src/host/pool.c src/host/pool.h \
	src/host/resolver.c src/host/resolver.h \
	src/host/signlink.c src/host/signlink.h \
	src/host/statedir.c src/host/statedir.h \
	src/host/store.c src/host/store.h \
	src/host/url.c src/host/url.h \
	src/host/venue.c src/host/venue.h
