noinst_LIBRARIES += libcore.a
libcore_a_SOURCES = \
	src/core/act.h \
	src/core/book.c src/core/book.h \
	src/core/cmd.h \
	src/core/dec.c src/core/dec.h \
	src/core/effect.h \
	src/core/event.h \
	src/core/instr.c src/core/instr.h \
	src/core/snap.c src/core/snap.h
libcore_a_SOURCES += src/core/grammar.c src/core/grammar.h src/core/grammar_value.c
