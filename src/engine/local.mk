noinst_LIBRARIES += libengine.a
libengine_a_SOURCES = \
	src/engine/account.c \
	src/engine/adds.c \
	src/engine/alarm.c \
	src/engine/alarm_cause.c \
	src/engine/auto.c \
	src/engine/care_danger.c \
	src/engine/command.c \
	src/engine/crowd.c \
	src/engine/engine.c src/engine/engine.h \
	src/engine/estimate.c \
	src/engine/exits.c \
	src/engine/flat_cmd.c \
	src/engine/flat_sheet.c \
	src/engine/flats.c \
	src/engine/flights.c \
	src/engine/groups.c \
	src/engine/flat_round.c \
	src/engine/flat_slots.c \
	src/engine/guard_cmd.c \
	src/engine/guards.c \
	src/engine/hands.c \
	src/engine/inner.h \
	src/engine/market.c \
	src/engine/news.c \
	src/engine/orders.c \
	src/engine/resting.c \
	src/engine/outside.c \
	src/engine/out.c \
	src/engine/pools.c \
	src/engine/recon.c \
	src/engine/record.c src/engine/record.h \
	src/engine/replay.c src/engine/replay.h \
	src/engine/sheetfill.c src/engine/sheetfill.h \
	src/engine/snapfill.c \
	src/engine/solve.c \
	src/engine/submit.c \
	src/engine/unknown.c \
	src/engine/venue_acts.c \
	src/engine/vtime.c \
	src/engine/words.c src/engine/words.h
