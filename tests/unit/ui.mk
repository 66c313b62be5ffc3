# The screen: goldens and properties without a terminal, and a demo to look at in one.
noinst_LIBRARIES += libstory.a
libstory_a_SOURCES = tests/screens/story.c tests/screens/story_after.c tests/screens/story_alarms.c \
	tests/screens/story_states.c tests/screens/story.h tests/screens/story_in.h
libstory_a_CFLAGS = $(AM_CFLAGS) -Wno-format-truncation

EXTRA_PROGRAMS += ui_demo
CLEANFILES += ui_demo
ui_demo_SOURCES = tests/screens/ui_demo.c
ui_demo_LDADD = libstory.a libui.a libplan.a libcore.a libbase.a $(NCURSES_LIBS) -lm

check_PROGRAMS += tests/unit/t_ui tests/unit/t_screens tests/unit/t_ui_send tests/unit/t_linear
TESTS += tests/unit/t_ui tests/unit/t_screens tests/unit/t_ui_send tests/unit/t_linear
ui_test_libs = libtest.a libstory.a libui.a libplan.a libcore.a libbase.a -lm
tests_unit_t_ui_SOURCES = tests/unit/t_ui.c tests/screens/hand.c tests/screens/hand.h
tests_unit_t_ui_LDADD = $(ui_test_libs)
tests_unit_t_screens_SOURCES = tests/unit/t_screens.c tests/screens/hand.c
tests_unit_t_screens_LDADD = $(ui_test_libs)
tests_unit_t_ui_send_SOURCES = tests/unit/t_ui_send.c tests/screens/hand.c
tests_unit_t_ui_send_LDADD = $(ui_test_libs)
tests_unit_t_linear_SOURCES = tests/unit/t_linear.c tests/screens/hand.c
tests_unit_t_linear_LDADD = $(ui_test_libs)
check_PROGRAMS += tests/unit/t_ui_marks
TESTS += tests/unit/t_ui_marks
tests_unit_t_ui_marks_SOURCES = tests/unit/t_ui_marks.c tests/screens/hand.c
tests_unit_t_ui_marks_LDADD = $(ui_test_libs)
check_PROGRAMS += tests/unit/t_messages
TESTS += tests/unit/t_messages
tests_unit_t_messages_SOURCES = tests/unit/t_messages.c tests/unit/messages_world.h \
	tests/screens/hand.c
tests_unit_t_messages_LDADD = libtest.a libstory.a libui.a libengine.a libexec.a libplan.a libcore.a libbase.a -lm
check_PROGRAMS += tests/unit/t_ticket
TESTS += tests/unit/t_ticket
tests_unit_t_ticket_SOURCES = tests/unit/t_ticket.c tests/screens/hand.c
tests_unit_t_ticket_LDADD = libtest.a libstory.a libui.a libexec.a libplan.a libcore.a libbase.a -lpthread -lm
EXTRA_DIST += tests/screens/cockpit-80.txt \
	tests/screens/report-80.txt tests/screens/ticket-cap-80.txt \
	tests/screens/ticket-cap-120.txt tests/screens/ticket-frontier-40.txt \
	tests/screens/ticket-frontier-60.txt \
	tests/screens/ticket-120.txt \
	tests/screens/ticket-200.txt \
	tests/screens/ticket-60.txt \
	tests/screens/ticket-40.txt \
	tests/screens/ticket-danger-120.txt \
	tests/screens/ticket-danger-80.txt \
	tests/screens/exit-120.txt \
	tests/screens/exit-200.txt \
	tests/screens/exit-40.txt \
	tests/screens/exit-80.txt \
	tests/screens/cockpit-120.txt \
	tests/screens/cockpit-200.txt \
	tests/screens/cockpit-60.txt \
	tests/screens/cockpit-40.txt \
	tests/screens/panic-120.txt \
	tests/screens/panic-80.txt \
	tests/screens/panic-trim-120.txt \
	tests/screens/panic-trim-80.txt \
	tests/screens/panic-care-120.txt \
	tests/screens/panic-guard-80.txt \
	tests/screens/panic-60.txt \
	tests/screens/panic-40.txt \
	tests/screens/panic-legs-40.txt \
	tests/screens/panic-tall-30.txt \
	tests/screens/panic-tall-40.txt \
	tests/screens/panic-add-80.txt \
	tests/screens/panic-24.txt \
	tests/screens/panic-blind-80.txt \
	tests/screens/panic-again-120.txt \
	tests/screens/panic-again-80.txt \
	tests/screens/panic-again-40.txt \
	tests/screens/panic-nothing-80.txt \
	tests/screens/panic-all-80.txt \
	tests/screens/guard-80.txt \
	tests/screens/run-80.txt \
	tests/screens/flat-80.txt \
	tests/screens/run-120.txt \
	tests/screens/run-60.txt \
	tests/screens/run-40.txt \
	tests/screens/run-trim-120.txt \
	tests/screens/run-trim-80.txt \
	tests/screens/run-care-80.txt \
	tests/screens/run-care-40.txt \
	tests/screens/not-flat-80.txt \
	tests/screens/mainnet-armed-80.txt \
	tests/screens/mainnet-armed-120.txt \
	tests/screens/observer-80.txt \
	tests/screens/locked-80.txt \
	tests/screens/unknown-80.txt \
	tests/screens/unknown-120.txt \
	tests/screens/blocked-80.txt \
	tests/screens/blocked-exits-120.txt \
	tests/screens/blind-80.txt \
	tests/screens/cancel-80.txt \
	tests/screens/ticket-80.txt \
	tests/screens/many-80.txt \
	tests/screens/command-80.txt \
	tests/screens/help-80.txt \
	tests/screens/first-80.txt \
	tests/screens/alarm-80.txt \
	tests/screens/report-120.txt \
	tests/screens/group-120.txt \
	tests/screens/group-exits-120.txt \
	tests/screens/group-exits-80.txt \
	tests/screens/run-all-120.txt \
	tests/screens/run-all-40.txt \
	tests/screens/run-all-60.txt \
	tests/screens/run-all-80.txt \
	tests/screens/run-beside-120.txt \
	tests/screens/run-beside-40.txt \
	tests/screens/run-beside-80.txt \
	tests/screens/alarms-row0.txt \
	tests/screens/alarms-opened.txt
