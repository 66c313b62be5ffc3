# The simulated world: engine, session, outbox and paper exchange in one thread and one virtual clock.
check_PROGRAMS += tests/sim/t_sim
campaign_tests += tests/sim/t_sim
tests_sim_t_sim_SOURCES = \
	tests/sim/check.c \
	tests/sim/net.c tests/sim/net.h \
	tests/sim/t_sim.c \
	tests/sim/world.c tests/sim/world.h
tests_sim_t_sim_LDADD = libhost.a libpaper.a libengine.a libexec.a libplan.a libhl.a libcore.a \
	libsign.a libwire.a libbase.a $(SECP_LIBS) $(CJSON_LIBS) $(CRYPTO_LIBS) -lm
