# The screen: goldens and properties without a terminal, and a demo to look at in one.
noinst_LIBRARIES += libstory.a
libstory_a_SOURCES = tests/screens/story.c tests/screens/story.h
libstory_a_CFLAGS = $(AM_CFLAGS) -Wno-format-truncation

EXTRA_PROGRAMS += ui_demo
CLEANFILES += ui_demo
ui_demo_SOURCES = tests/screens/ui_demo.c
ui_demo_LDADD = libstory.a libui.a libplan.a libcore.a libbase.a $(NCURSES_LIBS) -lm
