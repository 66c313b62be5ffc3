/* bench_sign.c: what signing costs beside the bare library, in the same run.
 *
 *  (a) order intent to signed request bytes, in process without the self-check, against one bare
 *      secp256k1_ecdsa_sign_recoverable: bar 1.15
 *  (b) the same through the signer process with its self-check, against bare sign + bare recover +
 *      one bare SEQPACKET round trip of the same sizes between two processes: bar 1.25
 *
 * Both sides of a ratio are taken alternately in RUNS runs; medians of times and ratios are
 * printed. Exit 1 when a bar is missed, unless EXEUNT_BENCH_SOFT is set. */
#include <sched.h>
#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/hex.h"
#include "sign/secp.h"
#include "tests/unit/signer_rig.h"
#include "venue/hyperliquid/action.h"

/* Short runs, many of them: a neighbour's time slice spoils a few and not the median. */
enum { RUNS = 151, SIGNS = 40, CALLS = 40 };

static uint8_t key[32];

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static uint64_t wall_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
	qsort(v, n, sizeof v[0], by_size);
	return v[n / 2];
}

static void die(const char *what)
{
	fprintf(stderr, "bench_sign: %s\n", what);
	exit(2);
}

/* us of one bare signature; digests differ so that nothing is remembered. */
static double bare_sign(const secp256k1_context *ctx)
{
	secp256k1_ecdsa_recoverable_signature sig;
	uint8_t digest[32] = {1};
	double t = now_us();

	for (int i = 0; i < SIGNS; i++) {
		memcpy(digest + 4, &i, sizeof i);
		if (!secp256k1_ecdsa_sign_recoverable(ctx, &sig, digest, key, NULL, NULL))
			die("sign");
	}
	return (now_us() - t) / SIGNS;
}

static double bare_recover(const secp256k1_context *ctx)
{
	secp256k1_ecdsa_recoverable_signature sig;
	secp256k1_pubkey pub;
	uint8_t digest[32] = {1};
	double t;

	if (!secp256k1_ecdsa_sign_recoverable(ctx, &sig, digest, key, NULL, NULL))
		die("sign");
	t = now_us();
	for (int i = 0; i < SIGNS; i++)
		if (!secp256k1_ecdsa_recover(ctx, &pub, &sig, digest))
			die("recover");
	return (now_us() - t) / SIGNS;
}

static pid_t echo_pid;

/* A process that only passes messages of a request's and an answer's size. */
static int start_echo(void)
{
	static struct signer_req req;
	static struct signer_rep rep;
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd) != 0)
		die("socketpair");
	echo_pid = fork();
	if (echo_pid == 0) {
		close(fd[0]);
		while (recv(fd[1], &req, sizeof req, 0) == (ssize_t)sizeof req)
			send(fd[1], &rep, sizeof rep, MSG_NOSIGNAL);
		_exit(0);
	}
	close(fd[1]);
	return fd[0];
}

static double bare_round_trip(int fd)
{
	static struct signer_req req;
	static struct signer_rep rep;
	double t = now_us();

	for (int i = 0; i < CALLS; i++)
		if (send(fd, &req, sizeof req, 0) != (ssize_t)sizeof req ||
		    recv(fd, &rep, sizeof rep, 0) != (ssize_t)sizeof rep)
			die("round trip");
	return (now_us() - t) / CALLS;
}

/* One order of an exit: IOC, reduce-only, with client id. */
static struct signer_req intent(uint64_t nonce)
{
	struct signer_req r = rig_order(nonce, nonce, 1);

	memcpy(r.act.order[0].cloid.b, &nonce, 8);
	r.act.order[0].cloid.b[15] = 1;
	return r;
}

static double own_sign(const struct secp *s, size_t *bytes)
{
	static char mem[ACTION_JSON_MAX];
	uint64_t nonce = 1790000000000;
	uint8_t id[32], digest[32];
	struct act_sig sig;
	struct buf b;
	struct signer_req r = intent(nonce);
	double t = now_us();

	for (int i = 0; i < SIGNS; i++) {
		r.env.nonce = ++nonce;
		if (!action_hash(id, &r.act, &r.env, NULL))
			die("hash");
		action_digest(digest, id, true);
		if (!secp_sign(s, sig.r, sig.s, &sig.v, digest, key))
			die("sign");
		buf_init(&b, mem, sizeof mem);
		action_envelope(&b, &r.act, &r.env, &sig);
	}
	*bytes = b.len;
	return (now_us() - t) / SIGNS;
}

static double through_signer(struct rig *rig, uint64_t *nonce)
{
	static char mem[ACTION_JSON_MAX];
	struct signer_req r = intent(*nonce);
	struct signer_rep rep;
	struct buf b;
	double t = now_us();

	for (int i = 0; i < CALLS; i++) {
		r.id = r.env.nonce = ++*nonce;
		if (!signer_call(rig->fd, &r, &rep, 5000, NULL) || rep.code != ERR_OK)
			die(rep.text);
		buf_init(&b, mem, sizeof mem);
		action_envelope(&b, &r.act, &r.env, &rep.sig);
	}
	return (now_us() - t) / CALLS;
}

static bool verdict(const char *what, double ratio, double bar)
{
	printf("%-34s ratio %.3f (bar %.2f) %s\n", what, ratio, bar,
	       ratio <= bar ? "ok" : "MISSED");
	return ratio <= bar;
}

/* Everything on one core, the reference too: on two, a sleeping core's wake-up would be measured.
 */
static void one_core(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)sched_getcpu(), &set);
	if (sched_setaffinity(0, sizeof set, &set) != 0)
		fprintf(stderr, "bench_sign: not pinned to one core\n");
}

int main(void)
{
	secp256k1_context *ctx =
		secp256k1_context_create(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY);
	double bare[RUNS], own[RUNS], floor[RUNS], all[RUNS], ratio_a[RUNS], ratio_b[RUNS],
		rtt[RUNS];
	uint64_t nonce = wall_ms();
	uint8_t seed[32] = {3};
	struct secp *s = secp_new(seed);
	struct rig rig;
	size_t bytes = 0;
	bool ok;
	int echo;

	setvbuf(stdout, NULL, _IOLBF, 0);
	one_core();
	if (!ctx || !s || !secp256k1_context_randomize(ctx, seed) ||
	    !hex_decode(key, 32, RIG_KEY_HEX) || !rig_make(&rig) || !rig_start(&rig))
		die("set-up");
	echo = start_echo();
	bare_sign(ctx); /* warm */
	through_signer(&rig, &nonce);
	for (int i = 0; i < RUNS; i++) {
		bare[i] = bare_sign(ctx);
		own[i] = own_sign(s, &bytes);
		ratio_a[i] = own[i] / bare[i];
	}
	for (int i = 0; i < RUNS; i++) {
		rtt[i] = bare_round_trip(echo);
		floor[i] = bare_sign(ctx) + bare_recover(ctx) + rtt[i];
		all[i] = through_signer(&rig, &nonce);
		ratio_b[i] = all[i] / floor[i];
	}
	printf("(a) bare sign %.2f us, intent to %zu request bytes %.2f us\n", median(bare, RUNS),
	       bytes, median(own, RUNS));
	printf("(b) bare sign + recover + round trip (%zu and %zu bytes, %.2f us) %.2f us, "
	       "through the signer %.2f us\n",
	       sizeof(struct signer_req), sizeof(struct signer_rep), median(rtt, RUNS),
	       median(floor, RUNS), median(all, RUNS));
	ok = verdict("intent to signed bytes", median(ratio_a, RUNS), 1.15);
	ok &= verdict("through the signer, self-checked", median(ratio_b, RUNS), 1.25);
	close(echo);
	waitpid(echo_pid, NULL, 0);
	rig_fini(&rig);
	secp_free(s);
	secp256k1_context_destroy(ctx);
	return ok || getenv("EXEUNT_BENCH_SOFT") ? 0 : 1;
}
