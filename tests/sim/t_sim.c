/* t_sim: seeds of the simulated world. Each seed draws its own faults (swarm), runs exits, tunes
 * and flattens under them, then heals and must converge.
 *
 *   t_sim                 EXEUNT_SEEDS seeds (200) from --first (1), in two processes
 *   t_sim --seed N [-v]   one seed, twice: both runs must have the same hash
 *   t_sim --kills N       one scenario killed after N of its effects, spread evenly, and again
 *                         while it recovers
 *   t_plants              every planted bug must be caught within 400 seeds (EXEUNT_SEEDS when that
 * is less than 60) t_plants --plant N [--seed M -v]   seeds with one planted bug
 *   t_plants --catch N    whether it is caught Prints the first
 * failing seeds; the last line is "N passed, N failed". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/plant.h"
#include "engine/inner.h"
#include "tests/sim/pairs.h"
#include "tests/sim/world.h"

#ifndef S
#define S 1000000000LL
#endif

#ifdef EXEUNT_PLANTS
int exeunt_plant_chosen;
#endif

static bool verbose;

/* Worlds in which runs of the sheet's verbs were under way beside each other. */
static uint32_t two_at_once;

static struct world_faults draw(struct prng *r)
{
	struct world_faults f = {.rtt_ms = prng_range(r, 20, 400)};

	if (prng_below(r, 2))
		f.ack_lost_pm = (uint32_t)prng_range(r, 20, 300);
	if (prng_below(r, 3) == 0)
		f.ack_error_pm = (uint32_t)prng_range(r, 20, 300);
	if (prng_below(r, 3) == 0)
		f.drop_pm = (uint32_t)prng_range(r, 20, 200);
	if (prng_below(r, 4) == 0)
		f.dup_pm = (uint32_t)prng_range(r, 50, 300);
	if (prng_below(r, 4) == 0)
		f.delay_pm = (uint32_t)prng_range(r, 20, 200);
	if (prng_below(r, 4) == 0)
		f.disconnect_pm = (uint32_t)prng_range(r, 10, 100);
	if (prng_below(r, 5) == 0)
		f.http429_pm = (uint32_t)prng_range(r, 20, 200);
	if (prng_below(r, 4) == 0)
		f.http_loss_pm = (uint32_t)prng_range(r, 50, 500);
	if (prng_below(r, 4) == 0)
		f.late_fills_pm = (uint32_t)prng_range(r, 50, 500);
	if (prng_below(r, 3) == 0)
		f.unknown_oid_lag_ms = (int32_t)prng_range(r, 200, 9000);
	f.full_disk = prng_below(r, 6) == 0;
	f.sleeps = prng_below(r, 6) == 0;
	f.storms = prng_below(r, 6) == 0;
	f.hand = prng_below(r, 4) == 0;
	f.crash = prng_below(r, 10) == 0;
	f.twenty = prng_below(r, 25) == 0;
	f.twap = prng_below(r, 12) == 0;
	f.freezes = prng_below(r, 4) == 0;
	f.cuts = prng_below(r, 4) == 0;
	f.drops = prng_below(r, 3) == 0;
	f.slow_disk = prng_below(r, 4) == 0;
	f.wall_steps = prng_below(r, 3) == 0;
	if (prng_below(r, 2))
		f.kills = (int32_t)prng_range(r, 1, 4);
	if (f.unknown_oid_lag_ms) /* what only look-ups and pushes tell comes late */
		f.freezes |= prng_below(r, 2);
	return f;
}

/* Draws nothing where there is one account. */
static uint8_t random_account(const struct world *w, struct prng *r)
{
	return w->n_sessions > 1 ? (uint8_t)prng_below(r, w->n_sessions) : 0;
}

static struct cmd random_exit(const struct world *w, struct prng *r)
{
	struct cmd c = {.kind = CMD_EXIT};
	struct ticket *t = &c.ticket;

	snprintf(t->coin, sizeof t->coin, "%s",
		 world_coin(w, (int)prng_below(r, (uint64_t)w->n_coins)));
	t->account = random_account(w, r);
	t->target = TARGET_SIZE;
	if (prng_below(r, 3) == 0) {
		t->size.unit = SIZE_ALL;
	} else {
		t->size.unit = SIZE_PERCENT;
		t->size.part.v = prng_range(r, 10, 90) * 10000000000LL;
	}
	t->algo = (uint8_t)prng_below(r, 3);
	t->place = (uint8_t)prng_below(r, PLACE_COUNT);
	t->horizon_ms = t->algo == ALGO_SWEEP ? 0 : prng_range(r, 15, 90) * 1000;
	t->urgency.v = prng_range(r, 0, 10) * 100000000000LL;
	t->cap.v = 250000000000LL;
	t->seed = 1 + prng_below(r, 1u << 30);
	t->guard = w->faults.guards;
	if (w->faults.twap && prng_below(r, 3) == 0) {
		t->algo = ALGO_VENUE_TWAP;
		t->horizon_ms = 300000;
	}
	return c;
}

/* A trim of one or two coins, by what the engine believes it holds. */
static struct cmd random_cut(const struct world *w, struct prng *r)
{
	struct cmd c = {.kind = CMD_FLATTEN};
	struct flatten *f = &c.flatten;
	int first = (int)prng_below(r, (uint64_t)w->n_coins), n = 1 + (int)prng_below(r, 2);

	f->verb = VERB_TRIM;
	f->part.v = 1000000000000LL;
	f->account = random_account(w, r);
	for (int i = 0; i < n; i++) {
		const char *coin = world_coin(w, (first + i) % w->n_coins);
		uint16_t id = instr_find(&w->engine->instrs, coin);
		struct qty q;

		if (id == INSTR_NONE)
			continue;
		q = held_szi(w->engine, f->account, id);
		q.v = (q.v < 0 ? -q.v : q.v) / 100 * prng_range(r, 5, 60);
		q = instr_floor_qty(&w->engine->instrs.at[id], q);
		if (q.v <= 0)
			continue;
		snprintf(f->cut[f->n_cuts].coin, COIN_MAX, "%s", coin);
		f->cut[f->n_cuts++].qty = q;
	}
	if (!f->n_cuts)
		c.kind = CMD_READ;
	return c;
}

static void do_work(struct world *w, struct prng *r)
{
	struct cmd c = {0};
	uint32_t id = 1 + (uint32_t)prng_below(r, 4);

	switch (prng_below(r, 10)) {
	case 8:
		c = random_cut(w, r);
		break;
	case 9:
		c.kind = CMD_FLATTEN;
		c.flatten.verb = VERB_CARE;
		c.flatten.part.v = 1000000000000LL;
		c.flatten.account = random_account(w, r);
		if (prng_below(r, 2)) {
			c.flatten.scope = FLAT_COINS;
			c.flatten.n_coins = 1;
			snprintf(c.flatten.coin[0], COIN_MAX, "%s",
				 world_coin(w, (int)prng_below(r, 3)));
		}
		break;
	case 0:
	case 1:
	case 2:
		c = random_exit(w, r);
		break;
	case 3:
		c.kind = CMD_TUNE;
		c.tune.exit = id;
		c.tune.fields = TUNE_PACE;
		c.tune.pace.v = prng_range(r, 5, 15) * 100000000000LL;
		break;
	case 4:
		c.kind = CMD_PAUSE;
		c.which.exit = id;
		break;
	case 5:
		c.kind = CMD_RESUME;
		c.which.exit = 0;
		break;
	case 6:
		c.kind = prng_below(r, 2) ? CMD_CLOSE_REST : CMD_END;
		c.which.exit = id;
		break;
	default:
		if (prng_below(r, w->faults.hand ? 2 : 3))
			return;
		c.kind = CMD_FLATTEN;
		c.flatten.scope = FLAT_ALL;
		c.flatten.account = random_account(w, r) ? 0xff : 0;
		if (c.flatten.account == 0xff && prng_below(r, 2))
			c.flatten.account = 1;
		if (c.flatten.account == 1 && prng_below(r, 2)) { /* each by itself, at once */
			c.flatten.account = 0;
			if (world_cmd(w, &c) && w->reply.code == ERR_OK)
				check_cut(w, &c.flatten, w->reply.exit);
			c.flatten.account = 1;
		}
		c.flatten.part.v = 1000000000000LL;
		break;
	}
	if (world_cmd(w, &c) && c.kind == CMD_FLATTEN && w->reply.code == ERR_OK)
		check_cut(w, &c.flatten, w->reply.exit);
	if (verbose)
		printf("%9.3f  cmd %u -> %u %s\n", (double)w->now_ns / 1e9, c.kind, w->reply.code,
		       w->reply.text);
}

static void trouble(struct world *w, struct prng *r)
{
	const struct world_faults *f = &w->faults;

	if (f->freezes && prng_below(r, 10) == 0)
		paper_fault(w->paper, FAULT_FREEZE, -1, (int32_t)prng_range(r, 2000, 9000), 0);
	if (f->freezes && prng_below(r, 10) == 0)
		paper_fault(w->paper, FAULT_FREEZE_USER, -1, (int32_t)prng_range(r, 2000, 9000), 0);
	w->net.cut = f->cuts && prng_below(r, 12) == 0;
	if (f->drops && prng_below(r, 10) == 0)
		paper_kill_sockets(w->paper);
	if (f->storms)
		paper_fault(w->paper, FAULT_429, prng_below(r, 6) ? 0 : -1, 0, 0);
	if (f->sleeps && prng_below(r, 12) == 0)
		world_sleep(w, prng_range(r, 1, 90) * S);
	if (f->full_disk && prng_below(r, 8) == 0)
		world_disk_full(w, prng_range(r, 200, 9000) * 1000000LL);
	if (f->crash && prng_below(r, 12) == 0) {
		struct price *mid = &w->mid[prng_below(r, 3)];
		mid->v -= mid->v / 100 * prng_range(r, 5, 35);
		mid->v -= mid->v % 10000000000LL;
	}
	if (f->hand)
		for (uint64_t n = prng_below(r, 3); n > 0; n--)
			hand_act(w, r);
}

static void finish(struct world *w)
{
	struct cmd c = {.kind = CMD_RESUME};
	int64_t until = w->now_ns + (w->faults.twap ? 900 : 400) * S;

	world_heal(w);
	if (w->sleep_until_ns > w->now_ns)
		world_run(w, w->sleep_until_ns);
	hand_cancel(w);
	world_run(w, w->now_ns + 15 * S);
	world_cmd(w, &c);
	while (w->now_ns < until && !w->broken[0]) {
		bool all = paper_openers(w->paper, w->user) + paper_open_orders(w->paper, w->user) +
				   paper_openers(w->paper, w->sub) +
				   paper_open_orders(w->paper, w->sub) ==
			   0;
		world_run(w, w->now_ns + 10 * S);
		for (int i = 0; i < EXITS_MAX; i++) {
			const struct exit_slot *x = &w->engine->exit[i];
			all &= !x->used || x->x.state == XS_DONE;
			/* the price went away for good: the operator takes what there is */
			if (x->used &&
			    (x->x.state == XS_STOPPED_PRICE || x->x.state == XS_PAUSED)) {
				c = (struct cmd){.kind = CMD_CLOSE_REST};
				c.which.exit = x->x.id;
				world_cmd(w, &c);
			}
		}
		if (all && !flats_running(w->engine))
			break;
	}
	world_run(w, w->now_ns + 10 * S);
	for (uint32_t a = 0; a < w->n_sessions; a++)
		for (int i = 0; i < 6 && w->engine->acct[a].recon.state != RECON_PASSED; i++)
			world_run(w, w->now_ns + 10 * S);
	if (!w->broken[0])
		check_end(w);
}

/* What each exit is at, for -v. */
static void dump(struct world *w)
{
	struct paper_truth_fill f;

	const struct recon *c = &w->engine->acct[0].recon;

	printf("%9.3f  end; barrier %u (account %x orders %x fills %d, retry in %.1f s), "
	       "connection %u\n",
	       (double)w->now_ns / 1e9, c->state, c->missing_account, c->missing_orders,
	       c->missing_fills, (double)(c->retry_ns - w->now_ns) / 1e9, w->session[0].state);

	for (uint32_t i = 0; paper_fill(w->paper, w->user, i, &f); i++) {
		uint16_t id = instr_find(&w->engine->instrs, f.coin);
		if (!fill_set_has(&w->engine->fills, 0, id, f.time_ms, f.tid))
			printf("%9.3f  never heard: fill %llu of oid %llu %s %lld\n",
			       (double)(f.time_ms - w->wall0_ms) / 1e3, (unsigned long long)f.tid,
			       (unsigned long long)f.oid, f.coin, (long long)f.sz.v);
	}
	for (int i = 0; i < EXITS_MAX; i++) {
		const struct exit *x = &w->engine->exit[i].x;
		if (!w->engine->exit[i].used || x->state == XS_DONE)
			continue;
		printf("x%u state %u algo %u place %u: %lld of %lld done, floor %lld, live %lld, "
		       "slice %u.%u open %d left %lld, next %u of %u, rejects %u/%u, paused %d, "
		       "danger %d, clock %.1f s, pace %.2f\n",
		       x->id, x->state, x->algo, x->place, (long long)x->done.v,
		       (long long)x->total.v, (long long)x->floor.v, (long long)x->live.v, x->slice,
		       x->attempt, x->slice_open, (long long)x->slice_left.v, x->next, x->plan.n,
		       x->rejects, x->ro_rejects, x->operator_paused, x->in_danger,
		       (double)x->clock_ns / 1e9, x->pace);
		for (int k = 0; k < EXIT_CHILDREN; k++)
			if (x->child[k].state != CS_FREE)
				printf("  child %u.%u state %u kind %u %lld, %lld filled, %lld "
				       "seen\n",
				       x->child[k].slice, x->child[k].attempt, x->child[k].state,
				       x->child[k].kind, (long long)x->child[k].qty.v,
				       (long long)x->child[k].filled.v,
				       (long long)x->child[k].filled_seen.v);
	}
	for (uint32_t i = 0; i < ORDERS_MAX; i++) {
		const struct order *o = &w->engine->orders.at[i];
		if (w->engine->orders.used[i] && !order_terminal((enum order_state)o->state))
			printf("order nonce %llu oid %llu x%u %u.%u state %s sz %lld filled %lld "
			       "told %lld\n",
			       (unsigned long long)o->nonce, (unsigned long long)o->oid, o->exit,
			       o->slice, o->attempt, order_state_name((enum order_state)o->state),
			       (long long)o->sz.v, (long long)o->filled.v, (long long)o->told.v);
	}
}

static uint64_t run_seed(uint64_t seed, char broken[400])
{
	struct world_faults f;
	struct prng r;
	struct world *w;
	uint64_t hash;
	bool two = false;

	prng_seed(&r, seed * 7919);
	f = draw(&r);
	/* these draw nothing: the other worlds stay what they were */
	f.guards = seed % 4 == 0;
	f.dex = seed % 3 == 0;
	f.sub = seed % 5 < 2;
	w = world_new(seed, &f);
	w->verbose = verbose;
	world_run(w, w->now_ns + 5 * S);
	for (int i = 0; i < 30 && !w->broken[0]; i++) {
		world_run(w, w->now_ns + prng_range(&r, 500, 4000) * 1000000LL);
		trouble(w, &r);
		if (i < 22)
			do_work(w, &r);
		two = two || (w->alive && flats_running(w->engine) > 1);
		if (f.guards && i % 6 == 1) {
			struct cmd c = {.kind = CMD_GUARD};

			world_cmd(w, &c);
		}
	}
	two_at_once += two;
	if (!w->broken[0])
		finish(w);
	memcpy(broken, w->broken, 400);
	hash = w->hash;
	if (verbose)
		dump(w);
	if (verbose)
		printf("seed %llu: %llu effects, %llu sends, %llu kills, %llu messages, hash "
		       "%016llx\n",
		       (unsigned long long)seed, (unsigned long long)w->n_effects,
		       (unsigned long long)w->n_sends, (unsigned long long)w->n_kills,
		       (unsigned long long)w->n_msgs, (unsigned long long)hash);
	world_free(w);
	return hash;
}

/* One scenario without other faults: exits of three kinds, then a flatten. The process is killed
 * after effect k, and again after a few effects of the recovery. */
static bool run_kill(int32_t k, char broken[400])
{
	const struct world_faults f = {.rtt_ms = 120};
	struct world *w = world_new(77, &f);
	struct cmd c = {.kind = CMD_EXIT};
	bool died;

	w->verbose = verbose;
	w->kill_in = w->kill_first = k;
	w->kill_second = 1 + k % 97;
	world_run(w, w->now_ns + 5 * S);
	for (int i = 0; i < 3; i++) {
		c.ticket = (struct ticket){.target = TARGET_SIZE, .seed = 5};
		snprintf(c.ticket.coin, sizeof c.ticket.coin, "%s", world_coin(w, i));
		c.ticket.size.unit = i ? SIZE_PERCENT : SIZE_ALL;
		c.ticket.size.part.v = 400000000000LL;
		c.ticket.algo = i == 2 ? ALGO_SWEEP : ALGO_TWAP;
		c.ticket.place = i ? PLACE_CROSS : PLACE_POST_CROSS;
		c.ticket.horizon_ms = i == 2 ? 0 : 15000;
		c.ticket.cap.v = 250000000000LL;
		world_cmd(w, &c);
	}
	world_run(w, w->now_ns + 12 * S);
	c = (struct cmd){.kind = CMD_FLATTEN};
	c.flatten.scope = FLAT_ALL;
	c.flatten.part.v = 1000000000000LL;
	world_cmd(w, &c);
	world_run(w, w->now_ns + 10 * S);
	died = w->n_kills > 0;
	finish(w);
	memcpy(broken, w->broken, 400);
	world_free(w);
	return died;
}

/* Points spread evenly over all effects of the scenario: at most `points`. */
static int run_kills(int points)
{
	char broken[400];
	int32_t n = 1;
	int failed = 0, ran = 0;

	while (n < 1 << 20 && run_kill(n, broken)) /* how many effects there are */
		n *= 2;
	for (int32_t step = n / 2; step > 0; step /= 2)
		if (n - step > 0 && !run_kill(n - step, broken))
			n -= step;
	for (int i = 0; i < points && i < n - 1; i++) {
		int32_t k = points < n ? 1 + (int32_t)((int64_t)i * (n - 1) / points) : i + 1;
		bool died = run_kill(k, broken);
		ran++;
		if (died && !broken[0])
			continue;
		failed++;
		printf("FAIL kill_%d\n  %s\n", k, died ? broken : "was not killed");
	}
	printf("%d of %d kill points\n%d passed, %d failed\n", ran, n - 1, ran - failed, failed);
	return failed != 0;
}

/* Runs seeds first, first+stride ... below end; returns how many failed, 255 at most. */
static int run_range(uint64_t first, uint64_t end, uint64_t stride)
{
	int failed = 0;

	for (uint64_t seed = first; seed < end; seed += stride) {
		char broken[400];
		uint64_t h = run_seed(seed, broken);
		if (broken[0]) {
			failed++;
			if (failed <= 5)
				printf("FAIL seed_%llu\n  t_sim --seed %llu: %s\n",
				       (unsigned long long)seed, (unsigned long long)seed, broken);
			continue;
		}
		if (seed % 50 == 0) { /* determinism costs a second run */
			char again[400];
			if (run_seed(seed, again) != h) {
				failed++;
				printf("FAIL seed_%llu\n  two runs differ\n",
				       (unsigned long long)seed);
			}
		}
	}
	if (end - first >= 100) { /* else chance */
		printf("runs beside each other in %u worlds\n", two_at_once);
		failed += !two_at_once;
	}
	fflush(stdout);
	return failed < 250 ? failed : 250;
}

static int run_all(uint64_t first, uint64_t n)
{
	int failed = 0;

	fflush(stdout);
	for (uint64_t k = 0; k < 2; k++)
		if (fork() == 0)
			_exit(run_range(first + k, first + n, 2));
	for (int k = 0; k < 2; k++) {
		int status;
		wait(&status);
		failed += WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	}
	printf("%llu passed, %d failed\n", (unsigned long long)n - (uint64_t)failed, failed);
	return failed != 0;
}

#ifdef EXEUNT_PLANTS
enum { FIRST_OF_PAIRS = 19 }; /* plants that the pairs of fault and phase look for first */

static bool pairs_catch(char *line, size_t cap)
{
	for (int f = 0; f < pair_faults; f++) {
		/* the last row is chance: reads that fail must fall on the right ones */
		uint64_t seeds = f == pair_faults - 1 ? 30 : 3;

		for (uint64_t seed = 1; seed <= seeds; seed++)
			for (int p = 0; p < pair_phases; p++) {
				char broken[400] = "";

				pair_run(f, p, seed, false, broken);
				if (!broken[0])
					continue;
				snprintf(line, cap, "pair %d %d seed %llu: %s", f, p,
					 (unsigned long long)seed, broken);
				return true;
			}
	}
	return false;
}

/* One plant in a process of its own: an assertion that fires is a catch as good as a checker's. */
static bool plant_caught(int p, uint64_t seeds)
{
	char line[500] = "";
	int fd[2], status;
	ssize_t n;
	pid_t pid;
	bool caught;

	if (pipe(fd))
		return false;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		exeunt_plant_chosen = p;
		if (p >= FIRST_OF_PAIRS && pairs_catch(line, sizeof line))
			_exit(write(fd[1], line, strlen(line)) < 0 ? 2 : 1);
		for (uint64_t seed = 1; seed <= seeds; seed++) {
			char broken[400] = "";
			run_seed(seed, broken);
			if (broken[0]) {
				int len = snprintf(line, sizeof line, "seed %llu: %s",
						   (unsigned long long)seed, broken);
				_exit(write(fd[1], line, (size_t)len) < 0 ? 2 : 1);
			}
		}
		_exit(0);
	}
	close(fd[1]);
	waitpid(pid, &status, 0);
	n = read(fd[0], line, sizeof line - 1);
	close(fd[0]);
	caught = !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	printf("%s plant_%d  %s\n", caught ? "caught" : "FAIL", p,
	       n > 0	? line
	       : caught ? "assertion"
			: "not found");
	return caught;
}

static int run_plants(uint64_t seeds)
{
	int failed = 0;

	for (int k = 0; k < 2; k++) {
		fflush(stdout);
		if (fork() != 0)
			continue;
		for (int p = 1 + k; p <= EXEUNT_PLANT_COUNT; p += 2)
			failed += !plant_caught(p, seeds);
		fflush(stdout);
		_exit(failed);
	}
	for (int k = 0; k < 2; k++) {
		int status;
		wait(&status);
		failed += WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	}
	printf("%d passed, %d failed\n", EXEUNT_PLANT_COUNT - failed, failed);
	return failed != 0;
}
#endif

int main(int argc, char **argv)
{
	const char *env = getenv("EXEUNT_SEEDS");
	uint64_t n = env ? strtoull(env, NULL, 10) : 200, first = 1;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-v")) {
			verbose = true;
		} else if (!strcmp(argv[i], "--kills") && i + 1 < argc) {
			return run_kills(atoi(argv[i + 1]));
		} else if (!strcmp(argv[i], "--first") && i + 1 < argc) {
			first = strtoull(argv[++i], NULL, 10);
#ifdef EXEUNT_PLANTS
		} else if (!strcmp(argv[i], "--catch") && i + 1 < argc) {
			return !plant_caught(atoi(argv[i + 1]), n);
		} else if (!strcmp(argv[i], "--plant") && i + 1 < argc) {
			exeunt_plant_chosen = atoi(argv[++i]);
#endif
		} else if (!strcmp(argv[i], "--seed") && i + 1 < argc) {
			char a[400], b[400];
			uint64_t seed = strtoull(argv[++i], NULL, 10), h;
			for (int k = i + 1; k < argc; k++)
				verbose |= !strcmp(argv[k], "-v");
			h = run_seed(seed, a);
			if (a[0])
				printf("seed %llu: %s\n", (unsigned long long)seed, a);
			verbose = false;
			if (run_seed(seed, b) != h)
				printf("two runs differ\n");
			printf("%d passed, %d failed\n", !a[0], !!a[0]);
			return a[0] != 0;
		} else {
			fprintf(stderr, "usage: t_sim [--first N] [--seed N [-v]]\n");
			return 2;
		}
	}
#ifdef EXEUNT_PLANTS
	if (!exeunt_plant_chosen)
		return run_plants(n < 60 ? n : 400);
#endif
	printf("seeds %llu to %llu\n", (unsigned long long)first,
	       (unsigned long long)(first + n - 1));
	return run_all(first, n);
}
