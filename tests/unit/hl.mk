check_PROGRAMS += tests/unit/t_action tests/unit/t_num
TESTS += tests/unit/t_action tests/unit/t_num
tests_unit_t_action_SOURCES = tests/unit/t_action.c
tests_unit_t_action_LDADD = libvec.a libtest.a libhl.a libsign.a libcore.a libwire.a libbase.a \
	$(SECP_LIBS) $(CJSON_LIBS)
tests_unit_t_num_SOURCES = tests/unit/t_num.c
tests_unit_t_num_LDADD = libvec.a libtest.a libhl.a libsign.a libcore.a libwire.a libbase.a $(CJSON_LIBS)

HL_RIG = tests/wire/rig.c tests/wire/rig.h
HL_RIG_LIBS = libtest.a libhl.a libwire.a libsign.a libcore.a libbase.a $(CJSON_LIBS) $(SECP_LIBS) -lpthread
check_PROGRAMS += tests/unit/t_hot
TESTS += tests/unit/t_hot
tests_unit_t_hot_SOURCES = tests/unit/t_hot.c $(HL_RIG)
tests_unit_t_hot_LDADD = $(HL_RIG_LIBS)
check_PROGRAMS += tests/unit/t_hl_frames
TESTS += tests/unit/t_hl_frames
tests_unit_t_hl_frames_SOURCES = tests/unit/t_hl_frames.c $(HL_RIG)
tests_unit_t_hl_frames_LDADD = $(HL_RIG_LIBS)
check_PROGRAMS += tests/unit/t_hl_session
TESTS += tests/unit/t_hl_session
tests_unit_t_hl_session_SOURCES = tests/unit/t_hl_session.c $(HL_RIG)
tests_unit_t_hl_session_LDADD = $(HL_RIG_LIBS)
check_PROGRAMS += tests/unit/t_hl_events
TESTS += tests/unit/t_hl_events
tests_unit_t_hl_events_SOURCES = tests/unit/t_hl_events.c $(HL_RIG)
tests_unit_t_hl_events_LDADD = $(HL_RIG_LIBS)
check_PROGRAMS += tests/unit/t_engine_modes
TESTS += tests/unit/t_engine_modes
tests_unit_t_engine_modes_SOURCES = tests/unit/t_engine_modes.c $(HL_RIG)
tests_unit_t_engine_modes_LDADD = libtest.a libengine.a libexec.a libplan.a $(HL_RIG_LIBS) -lm
check_PROGRAMS += tests/unit/t_hl_paper
TESTS += tests/unit/t_hl_paper
tests_unit_t_hl_paper_SOURCES = tests/unit/t_hl_paper.c $(HL_RIG)
tests_unit_t_hl_paper_LDADD = libtest.a libhl.a libpaper.a libscenario.a libwire.a libsign.a libcore.a libbase.a \
	$(CJSON_LIBS) $(SECP_LIBS) -lpthread -lm
