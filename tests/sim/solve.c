/* solve.c: the planner beside the engine in virtual time: the same pure function as the host's
 * thread, answered some milliseconds later, late, or never. In a drill always: there it is the
 * program that is judged, not its patience. */
#include "plan/solve.h"
#include "tests/sim/world.h"

#define MS 1000000LL

void sim_ask(struct world *w, const struct solve_in *in)
{
	bool drill = w->faults.drill != NULL;
	uint64_t lot;

	w->n_asked++;
	if (w->n_asked == 1)
		prng_seed(&w->solve_rng, w->seed ^ 0x736f6c76);
	lot = prng_below(&w->solve_rng, 16);
	if (!drill && lot >= 8) /* half of them fall silent: it costs 2 to 100 ms each */
		return;
	for (int i = 0; i < WORLD_SOLVES; i++) {
		if (w->solve[i].used && w->solve[i].out.exit != in->exit)
			continue;
		w->solve[i].used = true;
		w->solve[i].due_ns = w->now_ns + prng_range(&w->solve_rng, 3, 60) * MS +
				     (!drill && lot == 0 ? 5000 * MS : 0);
		plan_answer(in, &w->solve_work, &w->solve[i].out);
		return;
	}
}

int64_t sim_solve_due(const struct world *w)
{
	int64_t at = INT64_MAX;

	for (int i = 0; i < WORLD_SOLVES; i++)
		if (w->solve[i].used && w->solve[i].due_ns < at)
			at = w->solve[i].due_ns;
	return at;
}

void sim_solved(struct world *w)
{
	for (int i = 0; i < WORLD_SOLVES && w->alive; i++) {
		struct event ev = world_event(w, EV_SOLVED);
		struct solve_out out = w->solve[i].out;

		if (!w->solve[i].used || w->solve[i].due_ns > w->now_ns)
			continue;
		w->solve[i].used = false;
		w->n_solved++;
		ev.solved.out = &out;
		world_step(w, &ev);
	}
}

void sim_solve_clear(struct world *w)
{
	for (int i = 0; i < WORLD_SOLVES; i++)
		w->solve[i].used = false;
}
