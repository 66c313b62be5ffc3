noinst_LIBRARIES += libhost.a libcli.a
libhost_a_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(INIH_CFLAGS) $(LWS_CFLAGS) $(SSL_CFLAGS)
libhost_a_SOURCES = \
	src/host/accounts.c src/host/accounts.h \
	src/host/answers.c src/host/answers.h \
	src/host/handover.c src/host/handover.h \
	src/host/attach.c src/host/attach.h \
	src/host/clock.c src/host/clock.h \
	src/host/conf.c src/host/conf.h src/host/conf_in.h src/host/conf_keys.c \
	src/host/conf_panic.c src/host/conf_panic.h \
	src/host/dexes.c src/host/dexes.h \
	src/host/entropy.c src/host/entropy.h \
	src/host/fold.c src/host/fold.h \
	src/host/hook.c src/host/hook.h \
	src/host/host.c src/host/host.h src/host/host_effect.c src/host/host_inner.h \
	src/host/host_start.c \
	src/host/http.c src/host/http.h \
	src/host/inhibit.c src/host/inhibit.h \
	src/host/keeper.c src/host/keeper.h \
	src/host/lease.c src/host/lease.h \
	src/host/log.c src/host/log.h \
	src/host/loop.c src/host/loop.h \
	src/host/outbox.c src/host/outbox.h \
	src/host/pool.c src/host/pool.h \
	src/host/priors.c src/host/priors.h \
	src/host/resolver.c src/host/resolver.h \
	src/host/shellwords.c src/host/shellwords.h \
	src/host/signlink.c src/host/signlink.h \
	src/host/solver.c src/host/solver.h \
	src/host/statedir.c src/host/statedir.h \
	src/host/store.c src/host/store_in.h src/host/store_open.c src/host/store_queue.c \
	src/host/store_thread.c src/host/store.h \
	src/host/tls.c src/host/tls.h \
	src/host/url.c src/host/url.h \
	src/host/venue.c src/host/venue.h

# The shell: verbs, and what the screen needs of the host.
libcli_a_CFLAGS = $(AM_CFLAGS)
libcli_a_SOURCES = \
	src/host/breakglass.c src/host/breakglass.h \
	src/host/cli.h src/host/cli_table.c src/host/cli_run.c \
	src/host/cli_cmd.c src/host/cli_wait.c src/host/cli_legs.c src/host/cli_status.c src/host/cli_key.c \
	src/host/record.c src/host/record.h src/host/cli_record.c \
	src/host/calibrate.c src/host/calibrate.h src/host/cli_calibrate.c \
	src/host/calc_in.c src/host/calc_in.h src/host/calc_models.c src/host/calc_more.c \
	src/host/calc_updates.c \
	src/host/cli_calc.c src/host/cli_journal.c src/host/cli_tca.c src/host/cli_tca_fit.c src/host/cli_demo.c src/host/cli_drill.c src/host/cli_evaluate.c src/host/demo.h \
	src/host/front.c src/host/front.h \
	src/host/jtext.c src/host/jtext.h

bin_PROGRAMS += exeunt
exeunt_SOURCES = src/main.c
exeunt_LDADD = libcli.a libjudge.a libhost.a libui.a libengine.a libexec.a libplan.a libhl.a libsigner.a \
	libtape.a libsign.a libwire.a libcore.a libbase.a \
	$(LWS_LIBS) $(SQLITE_LIBS) $(INIH_LIBS) $(SECP_LIBS) $(CJSON_LIBS) $(NCURSES_LIBS) \
	$(SSL_LIBS) $(CRYPTO_LIBS) $(SECCOMP_LIBS) $(ZLIB_LIBS) -lpthread -lm
