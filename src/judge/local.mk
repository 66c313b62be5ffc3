noinst_LIBRARIES += libjudge.a
libjudge_a_SOURCES = \
	src/judge/judge.c src/judge/judge.h src/judge/judge_in.h \
	src/judge/policy.c \
	src/judge/score.c src/judge/score.h
