EXTRA_DIST += src/exec/exec.h src/exec/cost.h src/exec/exit.h src/exec/flat.h
