# The exchange core: no sockets, no clocks.
noinst_LIBRARIES += libpaper.a
libpaper_a_SOURCES = \
	src/paper/account.c src/paper/adl.c src/paper/admin.c src/paper/admin.h \
	src/paper/admin_world.c src/paper/amend.c src/paper/depth.c src/paper/dexes.c src/paper/exchange.c \
	src/paper/fault.c src/paper/fixed.c src/paper/fixed.h src/paper/flood.c src/paper/funding.c \
	src/paper/hand.c src/paper/info.c src/paper/info_user.c src/paper/limits.c \
	src/paper/liquidate.c \
	src/paper/margin.c src/paper/match.c src/paper/order.c src/paper/paper.c \
	src/paper/paper.h src/paper/parse.c src/paper/place.c src/paper/price.c \
	src/paper/push.c src/paper/hunter.c src/paper/runner.c src/paper/script.c src/paper/serve.c \
	src/paper/setup.c src/paper/shape.c src/paper/state.h \
	src/paper/str.c src/paper/str.h src/paper/text.c src/paper/text.h \
	src/paper/trigger.c src/paper/twap.c src/paper/verify.c src/paper/views.c \
	src/paper/ws.c
