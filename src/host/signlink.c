/* signlink.c: one SEQPACKET connection, remade each second while it is down.
 *
 *   DOWN --connect--> UP (fence, then status of each slot each 5 s) --gone--> DOWN
 *
 * Invariants: every request accepted by signlink_sign ends in exactly one `done`. */
#include "host/signlink.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "host/clock.h"
#include "host/log.h"
#include "signer/client.h"

enum { RETRY_NS = 500000000, STATUS_NS = 1000000000 };

struct pending {
	bool used, written;
	uint64_t id;
	int64_t until_ns;
	uint8_t slot, account;
	struct act act;
	struct act_env env;
};

struct signlink {
	struct loop *loop;
	struct statedir dir;
	uint64_t epoch, next_id, hw;
	uint8_t n_slots;
	char label[SIGNER_KEYS_MAX][SIGNER_LABEL_MAX];
	struct signlink_calls calls;
	void *arg;
	int fd;
	struct loop_fd *watch;
	int64_t retry_ns, status_ns;
	bool ready[SIGNER_KEYS_MAX], told[SIGNER_KEYS_MAX];
	int top; /* places at or above it are free */
	char told_text[SIGNER_KEYS_MAX][SIGNER_TEXT_MAX];
	struct pending at[SIGNLINK_PENDING];
};

static void tell_key(struct signlink *s, uint8_t slot, bool ready, const uint8_t *address,
		     const char *text)
{
	static const uint8_t none[20];

	if (s->told[slot] && s->ready[slot] == ready && !strncmp(s->told_text[slot], text, 100))
		return;
	s->told[slot] = true;
	s->ready[slot] = ready;
	memset(s->told_text[slot], 0, sizeof s->told_text[slot]);
	memcpy(s->told_text[slot], text, strnlen(text, SIGNER_TEXT_MAX - 1));
	s->calls.key(s->arg, slot, ready, address ? address : none, text);
}

static void finish(struct signlink *s, struct pending *p, const struct act_sig *sig,
		   const char *text)
{
	p->used = false;
	while (s->top && !s->at[s->top - 1].used)
		s->top--;
	s->calls.done(s->arg, p->account, &p->act, &p->env, sig, text);
}

static void line_down(struct signlink *s, const char *why, int64_t now_ns)
{
	if (s->watch)
		loop_fd_drop(s->watch); /* closes it */
	s->watch = NULL;
	s->fd = -1;
	s->retry_ns = now_ns + RETRY_NS;
	for (int i = 0; i < s->top; i++)
		if (s->at[i].used)
			finish(s, &s->at[i], NULL, why);
	for (uint8_t i = 0; i < s->n_slots; i++)
		tell_key(s, i, false, NULL, why);
}

static void on_reply(struct signlink *s, const struct signer_rep *r)
{
	if (r->slot < s->n_slots && r->op == SIGNER_STATUS) {
		/* A key that was configured after the others were unlocked is none of the signer's:
		 * it says so, and signs nothing in its name. */
		bool ready = r->code == ERR_OK && r->ready;
		if (r->nonce_hw > s->hw)
			s->hw = r->nonce_hw;
		tell_key(s, r->slot, ready, r->address, ready ? "" : r->text);
		return;
	}
	if (r->code == ERR_FENCED && s->calls.fenced)
		s->calls.fenced(s->arg, r->text);
	if (r->op == SIGNER_FENCE && r->code != ERR_OK)
		log_line(LOG_ERROR, "signer: the fence was refused: %s", r->text);
	if (r->op != SIGNER_SIGN)
		return;
	for (int i = 0; i < s->top; i++) {
		struct pending *p = &s->at[i];
		if (!p->used || p->id != r->id)
			continue;
		finish(s, p, r->code == ERR_OK ? &r->sig : NULL, r->text);
		return;
	}
}

static void on_readable(void *arg)
{
	struct signlink *s = arg;
	struct signer_rep rep;
	enum signer_got got = SIGNER_NONE;

	while (s->fd >= 0 && (got = signer_recv(s->fd, &rep)) == SIGNER_GOT)
		on_reply(s, &rep);
	if (s->fd >= 0 && got == SIGNER_GONE)
		line_down(s, "the signer ended", clock_boot_ns());
}

/* Writes what waits, oldest first, until the socket is full. */
static void flush(struct signlink *s)
{
	struct signer_req r;
	struct err e;

	while (s->fd >= 0) {
		struct pending *next = NULL;
		for (int i = 0; i < s->top; i++)
			if (s->at[i].used && !s->at[i].written && (!next || s->at[i].id < next->id))
				next = &s->at[i];
		if (!next)
			return;
		signer_req_init(&r, SIGNER_SIGN, next->id);
		r.slot = next->slot;
		memcpy(r.key, s->label[next->slot], sizeof r.key);
		r.epoch = s->epoch;
		r.purpose = SIGN_PLAIN;
		r.act = next->act;
		r.env = next->env;
		if (!signer_send(s->fd, &r, &e))
			return;
		next->written = true;
	}
}

static void ask_status(struct signlink *s, int64_t now_ns)
{
	struct signer_req r;
	struct err e;

	s->status_ns = now_ns + STATUS_NS;
	for (uint8_t i = 0; i < s->n_slots; i++) {
		signer_req_init(&r, SIGNER_STATUS, ++s->next_id);
		r.slot = i;
		memcpy(r.key, s->label[i], sizeof r.key);
		r.epoch = s->epoch;
		signer_send(s->fd, &r, &e);
	}
}

static void try_connect(struct signlink *s, int64_t now_ns)
{
	struct signer_req r;
	struct err e = {0};

	s->retry_ns = now_ns + RETRY_NS;
	s->fd = signer_connect(s->dir.path, &e);
	if (s->fd < 0) {
		for (uint8_t i = 0; i < s->n_slots; i++)
			tell_key(s, i, false, NULL, e.text);
		return;
	}
	s->watch = loop_fd_add(s->loop, s->fd, on_readable, NULL, s);
	ASSERT(s->watch);
	signer_req_init(&r, SIGNER_FENCE, ++s->next_id);
	r.epoch = s->epoch;
	signer_send(s->fd, &r, &e);
	ask_status(s, now_ns);
}

struct signlink *signlink_new(struct loop *l, const struct statedir *d, uint64_t epoch,
			      const char *const label[], uint8_t n_slots,
			      const struct signlink_calls *calls, void *arg)
{
	struct signlink *s = calloc(1, sizeof *s);

	ASSERT(s && n_slots <= SIGNER_KEYS_MAX);
	s->loop = l;
	s->dir = *d;
	s->epoch = epoch;
	s->n_slots = n_slots;
	for (uint8_t i = 0; i < n_slots; i++)
		memcpy(s->label[i], label[i], strnlen(label[i], SIGNER_LABEL_MAX - 1));
	s->calls = *calls;
	s->arg = arg;
	s->fd = -1;
	return s;
}

void signlink_free(struct signlink *s)
{
	if (!s)
		return;
	if (s->watch)
		loop_fd_drop(s->watch);
	free(s);
}

bool signlink_sign(struct signlink *s, uint8_t slot, uint8_t account, const struct act *act,
		   const struct act_env *env, int64_t now_ns)
{
	if (s->fd < 0 || slot >= s->n_slots)
		return false;
	for (int i = 0; i < SIGNLINK_PENDING; i++) {
		struct pending *p = &s->at[i];
		if (p->used)
			continue;
		if (i >= s->top)
			s->top = i + 1;
		*p = (struct pending){.used = true,
				      .id = ++s->next_id,
				      .until_ns = now_ns + (int64_t)SIGNLINK_WAIT_MS * 1000000,
				      .slot = slot,
				      .account = account,
				      .act = *act,
				      .env = *env};
		flush(s);
		return true;
	}
	return false;
}

void signlink_tick(struct signlink *s, int64_t now_ns)
{
	if (!s->n_slots)
		return;
	if (s->fd < 0 && now_ns >= s->retry_ns)
		try_connect(s, now_ns);
	if (s->fd >= 0 && now_ns >= s->status_ns)
		ask_status(s, now_ns);
	flush(s);
	for (int i = 0; i < s->top; i++)
		if (s->at[i].used && now_ns >= s->at[i].until_ns)
			finish(s, &s->at[i], NULL, "the signer did not answer");
}

int64_t signlink_deadline(const struct signlink *s)
{
	int64_t at = s->n_slots ? s->fd < 0 ? s->retry_ns : s->status_ns : INT64_MAX;

	for (int i = 0; i < s->top; i++)
		if (s->at[i].used && s->at[i].until_ns < at)
			at = s->at[i].until_ns;
	return at;
}

bool signlink_ready(const struct signlink *s, uint8_t slot)
{
	return slot < s->n_slots && s->ready[slot];
}

uint64_t signlink_nonce_hw(const struct signlink *s)
{
	return s->hw;
}
