# Bad days as data: no sockets, no clocks, no exchange.
noinst_LIBRARIES += libscenario.a
libscenario_a_SOURCES = \
	src/scenario/days.c src/scenario/scenario.c src/scenario/scenario.h
