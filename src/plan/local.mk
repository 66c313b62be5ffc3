EXTRA_DIST += src/plan/ac.h src/plan/danger.h src/plan/plan.h
