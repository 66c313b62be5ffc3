check_PROGRAMS += \
	tests/unit/t_dec tests/unit/t_instr tests/unit/t_book tests/unit/t_order \
	tests/unit/t_pos tests/unit/t_margin tests/unit/t_pool tests/unit/t_risk \
	tests/unit/t_cloid tests/unit/t_budget tests/unit/t_snap_pack
TESTS += \
	tests/unit/t_dec tests/unit/t_instr tests/unit/t_book tests/unit/t_order \
	tests/unit/t_pos tests/unit/t_margin tests/unit/t_pool tests/unit/t_risk \
	tests/unit/t_cloid tests/unit/t_budget tests/unit/t_snap_pack
EXTRA_DIST += tests/unit/vectors.h
tests_unit_t_dec_SOURCES = tests/unit/t_dec.c
tests_unit_t_dec_LDADD = libtest.a libcore.a libbase.a
tests_unit_t_instr_SOURCES = tests/unit/t_instr.c
tests_unit_t_instr_LDADD = libtest.a libcore.a libbase.a
tests_unit_t_book_SOURCES = tests/unit/t_book.c
tests_unit_t_book_LDADD = libtest.a libcore.a libbase.a
tests_unit_t_order_SOURCES = tests/unit/t_order.c
tests_unit_t_order_LDADD = libtest.a libcore.a libbase.a
tests_unit_t_pos_SOURCES = tests/unit/t_pos.c
tests_unit_t_pos_LDADD = libtest.a libcore.a libbase.a
tests_unit_t_margin_SOURCES = tests/unit/t_margin.c
tests_unit_t_margin_LDADD = libtest.a libcore.a libbase.a -lm
tests_unit_t_pool_SOURCES = tests/unit/t_pool.c
tests_unit_t_pool_LDADD = libtest.a libcore.a libbase.a -lm
tests_unit_t_risk_SOURCES = tests/unit/t_risk.c
tests_unit_t_risk_LDADD = libtest.a libcore.a libbase.a
tests_unit_t_cloid_SOURCES = tests/unit/t_cloid.c
tests_unit_t_cloid_LDADD = libtest.a libcore.a libbase.a
tests_unit_t_budget_SOURCES = tests/unit/t_budget.c
tests_unit_t_budget_LDADD = libtest.a libcore.a libbase.a
tests_unit_t_snap_pack_SOURCES = tests/unit/t_snap_pack.c
tests_unit_t_snap_pack_LDADD = libtest.a libcore.a libbase.a
