/* host_start.c: what stands before the first turn (the engine's configuration, its journal, its
 * memory), and what comes after the last.
 *
 * 1. Client ids are the journal's: key and install number are drawn once and kept in it.
 * 2. A journal that cannot be read whole is never added to and never half believed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "engine/replay.h"
#include "host/accounts.h"
#include "host/entropy.h"
#include "host/host_inner.h"
#include "host/log.h"
#include "host/priors.h"

static bool on_row(void *arg, const struct store_row *r)
{
	struct {
		struct host *h;
		struct err *e;
		bool bad;
	} *x = arg;
	struct replay_row row = store_replay_row(r);

	if (replay_row(x->h->engine, &row, x->e))
		return true;
	x->bad = true;
	return false;
}

static bool on_wire(void *arg, uint64_t nonce, uint8_t account, const char *bytes, size_t n)
{
	struct host *h = arg;

	/* A cancel, or what had its end before the process had: nobody asks for them again. */
	if (!engine_may_resend(h->engine, nonce)) {
		store_put_forget(h->store, nonce);
		return true;
	}
	if (account >= h->c.conf.n_accounts || !outbox_restore(h->outbox, nonce, account, bytes, n))
		log_line(LOG_WARN, "journal: the bytes of nonce %llu found no place",
			 (unsigned long long)nonce);
	return true;
}

static bool identity(struct host *h, struct engine_conf *ec, struct err *e)
{
	uint8_t install[4];

	if (!store_meta_get(h->store, "cloid_key", ec->cloid_key, sizeof ec->cloid_key, e)) {
		entropy_fill(ec->cloid_key, sizeof ec->cloid_key);
		entropy_fill(install, sizeof install);
		if (!store_meta_set(h->store, "cloid_key", ec->cloid_key, sizeof ec->cloid_key,
				    e) ||
		    !store_meta_set(h->store, "install", install, sizeof install, e))
			return false;
	}
	if (!store_meta_get(h->store, "install", install, sizeof install, e))
		memset(install, 0, sizeof install);
	ec->install = (uint32_t)install[0] << 16 | (uint32_t)install[1] << 8 | install[2];
	return true;
}

uint8_t host_dexes(const struct conf *c, const char *out[DEXES_MAX - 1])
{
	uint8_t n = 0;

	for (int a = 0; a < c->n_accounts; a++) {
		for (int d = 0; d < c->account[a].n_dexes; d++) {
			uint8_t i = 0;
			while (i < n && strcmp(out[i], c->account[a].dex[d]))
				i++;
			if (i == n && n < DEXES_MAX - 1)
				out[n++] = c->account[a].dex[d];
		}
	}
	return n;
}

void host_engine_conf(struct host *h, struct engine_conf *ec)
{
	const struct conf *c = &h->c.conf;
	const char *dexes[DEXES_MAX - 1];
	uint8_t n = host_dexes(c, dexes);

	ec->network = c->network;
	snprintf(ec->venue, sizeof ec->venue, "hyperliquid");
	memcpy(ec->build, build_id(), sizeof ec->build);
	ec->n_accounts = c->n_accounts;
	for (int i = 0; i < c->n_accounts; i++) {
		struct engine_account_conf *a = &ec->account[i];
		memcpy(a->name, c->account[i].name, sizeof a->name);
		snprintf(a->address, sizeof a->address, "%s", c->account[i].address);
		a->has_vault = c->account[i].vault;
		if (a->has_vault)
			hex_decode(a->vault, 20, c->account[i].address + 2);
	}
	ec->n_dexes = (uint8_t)(1 + n);
	for (uint8_t i = 0; i < n; i++)
		snprintf(ec->dex[1 + i], sizeof ec->dex[0], "%s", dexes[i]);
	ec->panic = c->panic;
	priors_fill(c->exit.priors, ec->prior, &ec->n_priors, ec->priors_bad,
		    sizeof ec->priors_bad);
	snprintf(ec->not_watched, sizeof ec->not_watched, "%s", h->c.not_watched);
	ec->seed = entropy_u64();
	ec->epoch = h->lease.epoch;
	ec->pid = getpid();
}

/* The numbers that records give to accounts are theirs for ever. */
static bool accounts(struct host *h, struct err *e)
{
	struct accounts_known k = {0}, was;
	struct err why = {0};

	store_meta_get(h->store, ACCOUNTS_META, &k, sizeof k, NULL);
	was = k;
	if (!accounts_settle(&h->c.conf, &k, e))
		return false;
	for (uint8_t i = 0; i < h->c.conf.n_accounts; i++)
		if (!strncmp(h->c.conf.account[i].name, "left-", 5))
			log_line(LOG_WARN,
				 "account %s has left the configuration: it keeps its place in "
				 "the journal, watched and without a key",
				 h->c.conf.account[i].address);
	if (memcmp(&k, &was, sizeof k) != 0 &&
	    !store_meta_set(h->store, ACCOUNTS_META, &k, sizeof k, &why))
		log_line(LOG_ERROR, "%s", why.text);
	return true;
}

bool host_open_journal(struct host *h, struct engine_conf *ec, struct err *e)
{
	struct {
		struct host *h;
		struct err *e;
		bool bad;
	} x = {.h = h};
	struct err why = {0};
	char boot[40];

	if (!store_open(&h->store, &h->c.dir, true, e)) {
		if (!h->c.rescue || e->code != ERR_STORE)
			return false;
		log_line(LOG_ERROR, "%s", e->text);
		*e = (struct err){0};
		if (!store_open_rescue(&h->store, &h->c.dir, e))
			return false;
	}
	lease_raise(&h->lease, store_epoch(h->store));
	lease_boot_id(boot);
	if (!accounts(h, e))
		return false;
	host_engine_conf(h, ec);
	ec->lost = store_lost(h->store);
	if (!store_lease_put(h->store, h->lease.epoch, getpid(), boot, &why))
		log_line(LOG_ERROR, "%s", why.text);
	if (!identity(h, ec, e))
		return false;
	engine_init(h->engine, ec, clock_boot_ns(), clock_wall_ms());
	x.e = &why;
	if (store_read(h->store, 0, on_row, &x, &why) && !x.bad)
		return store_wire_read(h->store, on_wire, h, e);
	log_line(LOG_ERROR,
		 "%s. The journal is not trusted: it stays as it is, nothing is added to it, and "
		 "only reductions go out, by the venue's truth",
		 why.text);
	ec->lost = true;
	engine_init(h->engine, ec, clock_boot_ns(), clock_wall_ms());
	store_distrust(h->store);
	return true;
}

bool host_open_glass(struct host *h, struct engine_conf *ec, uint64_t *ceiling, struct err *e)
{
	struct accounts_known k = {0};
	uint8_t install[4];

	*ceiling = 0;
	if (!h->c.no_journal &&
	    store_peek(&h->c.dir, ec->cloid_key, install, ceiling, ACCOUNTS_META, &k, sizeof k)) {
		/* too many to number them: this close needs no numbers */
		if (!accounts_settle(&h->c.conf, &k, e))
			log_line(LOG_ERROR, "%s", e->text);
		*e = (struct err){0};
	} else {
		entropy_fill(ec->cloid_key, sizeof ec->cloid_key);
		entropy_fill(install, sizeof install);
	}
	ec->install = (uint32_t)install[0] << 16 | (uint32_t)install[1] << 8 | install[2];
	host_engine_conf(h, ec);
	engine_init(h->engine, ec, clock_boot_ns(), clock_wall_ms());
	h->engine->next_panic = (uint32_t)(h->lease.epoch * ENGINE_NUMBERS); /* no engine's */
	h->engine->next_dry = DRY_NUMBERS + h->engine->next_panic;
	if (!store_open_late(&h->store, &h->c.dir, h->lease.epoch, e))
		return false;
	if (h->c.no_journal)
		store_distrust(h->store);
	return true;
}

/* ---- the end ---- */

enum { LOG_END_MS = 500 };

void host_stop(struct host *h)
{
	uint64_t one = 1;
	ssize_t ignored = write(h->stop_fd, &one, sizeof one);

	(void)ignored;
}

bool host_fenced(const struct host *h)
{
	return atomic_load(&h->fenced);
}

unsigned host_waiting(const struct host *h)
{
	return atomic_load(&h->waiting);
}

bool host_drain(struct host *h, int timeout_ms)
{
	if (store_pending(h->store) && !atomic_load(&h->fenced))
		store_submit(h->store);
	return store_drain(h->store, timeout_ms);
}

void host_free(struct host *h)
{
	if (!h)
		return;
	if (h->store && store_pending(h->store) && !atomic_load(&h->fenced))
		store_submit(h->store);
	inhibit_end(&h->awake);
	attach_server_free(h->attach);
	signlink_free(h->sign);
	venue_free(h->venue);
	resolver_free(h->resolver);
	loop_free(h->loop);
	solver_free(h->solver);
	store_close(h->store);
	lease_drop(&h->lease);
	free(h->engine);
	free(h->out);
	free(h->outbox);
	free(h->snap);
	free(h);
	log_flush(LOG_END_MS);
}
