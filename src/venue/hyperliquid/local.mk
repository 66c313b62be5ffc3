noinst_LIBRARIES += libhl.a
libhl_a_SOURCES = \
	src/venue/hyperliquid/action.c src/venue/hyperliquid/action.h \
	src/venue/hyperliquid/num.c src/venue/hyperliquid/num.h
libhl_a_SOURCES += \
	src/venue/hyperliquid/answer.c \
	src/venue/hyperliquid/errors.c src/venue/hyperliquid/errors.h \
	src/venue/hyperliquid/hot.c src/venue/hyperliquid/hot.h \
	src/venue/hyperliquid/internal.h \
	src/venue/hyperliquid/parse_account.c \
	src/venue/hyperliquid/parse_fills.c \
	src/venue/hyperliquid/parse_meta.c \
	src/venue/hyperliquid/parse_outside.c \
	src/venue/hyperliquid/post.c \
	src/venue/hyperliquid/query.c \
	src/venue/hyperliquid/session.c src/venue/hyperliquid/session.h \
	src/venue/hyperliquid/subs.c \
	src/venue/hyperliquid/trades.c \
	src/venue/hyperliquid/value.c \
	src/venue/hyperliquid/venue_limits.c src/venue/hyperliquid/venue_limits.h \
	src/venue/hyperliquid/words.c
