# The simulated world: engine, session, outbox and paper exchange in one thread and one virtual clock.
SIM_WORLD = \
	tests/sim/check.c tests/sim/effects.c tests/sim/hands.c \
	tests/sim/net.c tests/sim/net.h tests/sim/rests.c tests/sim/rig.c \
	tests/sim/sockets.c tests/sim/solve.c tests/sim/world.c tests/sim/world.h
SIM_LIBS = libdrill.a libpaper.a libmarket.a libscenario.a libplan.a libcore.a libsign.a libwire.a libbase.a \
	$(SECP_LIBS) $(CJSON_LIBS) $(CRYPTO_LIBS) $(ZLIB_LIBS) -lm
check_PROGRAMS += tests/sim/t_sim
campaign_programs += tests/sim/t_plants
campaign_longest += tests/sim/t_sim tests/sim/t_plants
campaign_tests += tests/sim/no_plants.sh
tests_sim_t_sim_SOURCES = $(SIM_WORLD) tests/sim/t_sim.c
tests_sim_t_sim_LDADD = libhost.a libengine.a libexec.a libhl.a $(SIM_LIBS)

# Every fault in every phase of a flatten.
campaign_programs += tests/sim/t_pairs
campaign_tests += tests/sim/t_pairs
tests_sim_t_pairs_SOURCES = $(SIM_WORLD) tests/sim/pairs.c tests/sim/pairs.h tests/sim/t_pairs.c
tests_sim_t_pairs_LDADD = libhost.a libengine.a libexec.a libhl.a $(SIM_LIBS)

# Drills in that world, against the frozen values of drills.txt.
campaign_programs += tests/sim/t_drills
campaign_longest += tests/sim/t_drills
tests_sim_t_drills_SOURCES = $(SIM_WORLD) tests/sim/drill.c tests/sim/drill.h tests/sim/t_drills.c
tests_sim_t_drills_CPPFLAGS = $(AM_CPPFLAGS) -DTOP_SRCDIR='"$(abs_top_srcdir)"'
tests_sim_t_drills_LDADD = libhost.a libengine.a libexec.a libhl.a $(SIM_LIBS)

# What a ticket says against what its exit cost.
check_PROGRAMS += tests/sim/t_calib
campaign_tests += tests/sim/t_calib
tests_sim_t_calib_SOURCES = $(SIM_WORLD) tests/sim/t_calib.c
tests_sim_t_calib_LDADD = libhost.a libengine.a libexec.a libhl.a $(SIM_LIBS)

# The same sources once more, with the planted bugs of plants.txt: they exist in this program only.
tests_sim_t_plants_SOURCES = $(SIM_WORLD) tests/sim/t_sim.c tests/sim/pairs.c src/host/outbox.c \
	$(libengine_a_SOURCES) $(libexec_a_SOURCES) $(libhl_a_SOURCES)
tests_sim_t_plants_CPPFLAGS = $(AM_CPPFLAGS) -DEXEUNT_PLANTS -DEXEUNT_PLANT_COUNT=26
tests_sim_t_plants_LDADD = $(SIM_LIBS)

dist_check_SCRIPTS += tests/sim/no_plants.sh
EXTRA_DIST += tests/sim/drills.txt tests/sim/plants.txt
