noinst_LIBRARIES += libcore.a
libcore_a_SOURCES = \
	src/core/act.h \
	src/core/algo.c src/core/algo.h \
	src/core/batch.c src/core/batch.h \
	src/core/book.c src/core/book.h \
	src/core/budget.c src/core/budget.h \
	src/core/cloid.c src/core/cloid.h \
	src/core/cmd.h \
	src/core/dec.c src/core/dec.h \
	src/core/effect.h \
	src/core/estimate.c src/core/estimate.h \
	src/core/event.h \
	src/core/instr.c src/core/instr.h \
	src/core/margin.c src/core/margin.h \
	src/core/order.c src/core/order.h \
	src/core/panic.c src/core/panic.h \
	src/core/pool.c src/core/pool.h \
	src/core/pos.c src/core/pos.h \
	src/core/risk.c src/core/risk.h \
	src/core/season.h \
	src/core/snap.c src/core/snap.h \
	src/core/snap_pack.c src/core/snap_pack.h
libcore_a_SOURCES += src/core/grammar.c src/core/grammar.h src/core/grammar_in.h \
	src/core/grammar_set.c src/core/grammar_table.c src/core/grammar_value.c
