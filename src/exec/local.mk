noinst_LIBRARIES += libexec.a
libexec_a_SOURCES = \
	src/exec/care.c \
	src/exec/child.c src/exec/child.h \
	src/exec/cost.c src/exec/cost.h \
	src/exec/exec.h \
	src/exec/exit.c src/exec/exit.h src/exec/exit_in.h \
	src/exec/exit_adapt.c \
	src/exec/exit_joint.c \
	src/exec/exit_order.c \
	src/exec/exit_plan.c \
	src/exec/exit_save.c src/exec/pack.h \
	src/exec/exit_snap.c \
	src/exec/exit_solve.c \
	src/exec/exit_trade.c \
	src/exec/exit_tune.c \
	src/exec/exit_watch.c \
	src/exec/flat.c src/exec/flat.h src/exec/flat_in.h \
	src/exec/flat_ctl.c \
	src/exec/flat_post.c src/exec/flat_report.c \
	src/exec/flat_save.c \
	src/exec/guard.c src/exec/guard.h \
	src/exec/flat_words.c \
	src/exec/ladder.c \
	src/exec/own.c src/exec/own.h \
	src/exec/reject.c \
	src/exec/ticket.c \
	src/exec/trim.c
