check_PROGRAMS += tests/unit/t_grammar
TESTS += tests/unit/t_grammar
tests_unit_t_grammar_SOURCES = tests/unit/t_grammar.c
tests_unit_t_grammar_LDADD = libtest.a libcore.a libbase.a

check_PROGRAMS += tests/unit/t_store
TESTS += tests/unit/t_store
tests_unit_t_store_SOURCES = tests/unit/t_store.c
tests_unit_t_store_LDADD = libtest.a libhost.a libcore.a libbase.a $(SQLITE_LIBS) -lpthread

check_PROGRAMS += tests/unit/t_jtext
TESTS += tests/unit/t_jtext
tests_unit_t_jtext_SOURCES = tests/unit/t_jtext.c
tests_unit_t_jtext_LDADD = libtest.a libcli.a libhost.a libengine.a libexec.a libplan.a libcore.a libbase.a -lm -lpthread

check_PROGRAMS += tests/unit/t_shellwords
TESTS += tests/unit/t_shellwords
tests_unit_t_shellwords_SOURCES = tests/unit/t_shellwords.c
tests_unit_t_shellwords_LDADD = libtest.a libhost.a libbase.a

check_PROGRAMS += tests/unit/t_conf
TESTS += tests/unit/t_conf
tests_unit_t_conf_SOURCES = tests/unit/t_conf.c
tests_unit_t_conf_LDADD = libtest.a libhost.a libcore.a libbase.a $(INIH_LIBS)

check_PROGRAMS += tests/unit/t_recorder
TESTS += tests/unit/t_recorder
tests_unit_t_recorder_SOURCES = tests/unit/t_recorder.c
tests_unit_t_recorder_LDADD = libtest.a libcli.a libhost.a libtape.a libcore.a libbase.a $(ZLIB_LIBS)

check_PROGRAMS += tests/unit/t_calibrate
TESTS += tests/unit/t_calibrate
tests_unit_t_calibrate_SOURCES = tests/unit/t_calibrate.c
tests_unit_t_calibrate_LDADD = libtest.a libcli.a libhost.a libtape.a libplan.a libwire.a libcore.a libbase.a $(ZLIB_LIBS) $(CJSON_LIBS) -lpthread -lm

check_PROGRAMS += tests/unit/t_http
TESTS += tests/unit/t_http
tests_unit_t_http_SOURCES = tests/unit/t_http.c
tests_unit_t_http_LDADD = libtest.a libhost.a libcore.a libbase.a $(LWS_LIBS) $(SSL_LIBS) -lpthread

check_PROGRAMS += tests/unit/t_outbox
TESTS += tests/unit/t_outbox
tests_unit_t_outbox_SOURCES = tests/unit/t_outbox.c
tests_unit_t_outbox_LDADD = libtest.a libhost.a libcore.a libbase.a

# A decimal comma: text of every room that writes numbers.
check_PROGRAMS += tests/unit/t_locale
TESTS += tests/unit/t_locale
tests_unit_t_locale_SOURCES = tests/unit/t_locale.c tests/wire/rig.c tests/wire/rig.h
tests_unit_t_locale_LDADD = libtest.a libhost.a libhl.a libpaper.a libscenario.a libwire.a libsign.a libcore.a \
	libbase.a $(INIH_LIBS) $(CJSON_LIBS) $(SECP_LIBS) -lpthread -lm

check_PROGRAMS += tests/unit/t_tls
TESTS += tests/unit/t_tls
tests_unit_t_tls_SOURCES = tests/unit/t_tls.c
tests_unit_t_tls_CPPFLAGS = $(AM_CPPFLAGS) $(SSL_CFLAGS)
tests_unit_t_tls_LDADD = libtest.a libhost.a libbase.a $(SSL_LIBS)

check_PROGRAMS += tests/unit/t_fence
TESTS += tests/unit/t_fence
tests_unit_t_fence_SOURCES = tests/unit/t_fence.c
tests_unit_t_fence_LDADD = libsignerrig.a libvec.a libtest.a libhost.a libsigner.a libhl.a libsign.a libcore.a libwire.a \
	libbase.a $(LWS_LIBS) $(SSL_LIBS) $(SECP_LIBS) $(CRYPTO_LIBS) $(CJSON_LIBS) $(SECCOMP_LIBS) -lpthread

check_PROGRAMS += tests/unit/t_net
TESTS += tests/unit/t_net
tests_unit_t_net_SOURCES = tests/unit/t_net.c
tests_unit_t_net_LDADD = libtest.a libhost.a libcore.a libbase.a $(LWS_LIBS) $(SSL_LIBS) -lpthread

check_PROGRAMS += tests/unit/t_resolver
TESTS += tests/unit/t_resolver
tests_unit_t_resolver_SOURCES = tests/unit/t_resolver.c
tests_unit_t_resolver_LDADD = libtest.a libhost.a libcore.a libbase.a -lpthread

check_PROGRAMS += tests/unit/t_keeper
TESTS += tests/unit/t_keeper
tests_unit_t_keeper_SOURCES = tests/unit/t_keeper.c
tests_unit_t_keeper_LDADD = libtest.a libhost.a libbase.a -lpthread

check_PROGRAMS += tests/unit/t_accounts
TESTS += tests/unit/t_accounts
tests_unit_t_accounts_SOURCES = tests/unit/t_accounts.c
tests_unit_t_accounts_LDADD = libtest.a libhost.a libcore.a libbase.a

check_PROGRAMS += tests/unit/t_log
TESTS += tests/unit/t_log
tests_unit_t_log_SOURCES = tests/unit/t_log.c
tests_unit_t_log_LDADD = libtest.a libhost.a libbase.a -lpthread

check_PROGRAMS += tests/unit/t_hook
TESTS += tests/unit/t_hook
tests_unit_t_hook_SOURCES = tests/unit/t_hook.c
tests_unit_t_hook_LDADD = libtest.a libhost.a libbase.a
