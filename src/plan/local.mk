noinst_LIBRARIES += libplan.a
libplan_a_SOURCES = \
	src/plan/ac.c src/plan/ac.h src/plan/ac_more.c \
	src/plan/adaptive.c src/plan/adaptive.h src/plan/fund.c src/plan/fund.h \
	src/plan/choose.c src/plan/choose.h \
	src/plan/cost.c src/plan/cost.h \
	src/plan/curve.c \
	src/plan/danger.c src/plan/danger.h \
	src/plan/forecast.c src/plan/forecast.h \
	src/plan/games.c src/plan/games.h \
	src/plan/grid.c src/plan/grid.h \
	src/plan/guard.c \
	src/plan/jitter.c src/plan/jitter.h \
	src/plan/kernel.c src/plan/kernel.h \
	src/plan/legs.c src/plan/legs.h \
	src/plan/lin.c src/plan/lin.h \
	src/plan/live.c src/plan/live.h \
	src/plan/meter.c src/plan/mood.c \
	src/plan/multi.c src/plan/multi_band.c src/plan/multi_factor.c src/plan/multi.h \
	src/plan/outlook.c src/plan/outlook.h \
	src/plan/pace.c src/plan/pace.h \
	src/plan/pairs.c src/plan/pairs.h \
	src/plan/plan.c src/plan/plan.h src/plan/plan_in.h \
	src/plan/power.c src/plan/power.h \
	src/plan/replan.c src/plan/replan.h \
	src/plan/route.c src/plan/route.h \
	src/plan/sane.h src/plan/schedule.c \
	src/plan/side.c src/plan/side.h \
	src/plan/tactic.c src/plan/tactic.h \
	src/plan/solve.c src/plan/solve.h \
	src/plan/sheet.c src/plan/sheet.h src/plan/sheet_inner.h \
	src/plan/sheet_line.c src/plan/sheet_sent.c src/plan/sheet_verbs.c \
	src/plan/trim.c src/plan/trim_convex.c src/plan/trim_convex.h src/plan/trim_keep.c \
	src/plan/target.c src/plan/target.h \
	src/plan/urgency.c \
	src/plan/ways.c
