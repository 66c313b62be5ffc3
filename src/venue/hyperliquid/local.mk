noinst_LIBRARIES += libhl.a
libhl_a_SOURCES = \
	src/venue/hyperliquid/action.c src/venue/hyperliquid/action.h \
	src/venue/hyperliquid/num.c src/venue/hyperliquid/num.h
libhl_a_SOURCES += \
	src/venue/hyperliquid/session.h \
	src/venue/hyperliquid/venue_limits.c src/venue/hyperliquid/venue_limits.h
