/* exchange.c: signed actions: queue, order within a block, admission, execution.
 *
 *   schema (422) at once -> next block: signer -> account -> vault -> nonce -> expiry -> budget ->
 *   the action
 *
 * 1. Within a block: actions that cannot take (post-only, settings) first, then cancels, then those
 *    with GTC or IOC; by arrival inside a class.
 * 2. A refusal by the business rules has used its nonce; an unknown signer or a bad nonce has not.
 *    An expired action has, and costs five requests.
 * 3. What a fault delays is judged when it is executed: nonce, expiry and all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "paper/state.h"

#include "base/banned.h"

enum { EXPIRED_COST = 5, AGENT_NAMED_MAX = 3, AGENT_DAYS = 90, AGENT_DAYS_MAX = 180 };

static int action_class(const struct action *act)
{
	uint32_t i;

	if (act->kind == AK_CANCEL || act->kind == AK_CANCEL_CLOID)
		return 1;
	for (i = 0; act->order != NULL && i < act->n; i++)
		if (!act->order[i].trigger && act->order[i].tif != TIF_ALO)
			return 2;
	return 0;
}

static void drop(struct pending *n)
{
	action_free(&n->act);
	free(n);
}

static void gateway(struct paper *p, const struct pending *n)
{
	if (n->by == NULL)
		answer_gateway(p, n->conn, n->ws, n->post_id);
}

/* Through the faults of the front end into the next block. */
static void queue(struct paper *p, struct pending *n)
{
	struct pending **at = &p->pending;

	if (p->spy != NULL)
		p->spy(p->spy_ctx, &n->act);
	if (fault_hits(p, FAULT_DROP)) {
		drop(n);
		return;
	}
	if (fault_hits(p, FAULT_HALF)) {
		gateway(p, n);
		if (prng_below(&p->rng, 2) == 0) {
			drop(n);
			return;
		}
		n->late = true;
	} else if (fault_hits(p, FAULT_LATE_EXEC)) {
		gateway(p, n);
		n->late = true;
		n->due_ms = p->now + prng_range(&p->rng, p->fault[FAULT_LATE_EXEC].ms / 8,
						p->fault[FAULT_LATE_EXEC].ms);
	}
	n->seq = p->pending_seq++;
	while (*at != NULL && action_class(&(*at)->act) <= action_class(&n->act))
		at = &(*at)->next;
	n->next = *at;
	*at = n;
}

void exchange_submit(struct paper *p, uint64_t conn, bool ws, uint64_t post_id,
		     const struct jv *root)
{
	struct pending *n = calloc(1, sizeof *n);
	struct str body = {0};

	ASSERT(n != NULL);
	if (!action_read(&n->act, root)) {
		free(n);
		if (ws) {
			str_printf(&body, "422 %s", text_of(TX_HTTP_SCHEMA));
			ws_post_answer(p, conn, post_id, "error", &body, p->now);
			str_free(&body);
		} else {
			answer_http(p, conn, 422, "text/plain; charset=utf-8",
				    text_of(TX_HTTP_SCHEMA), strlen(text_of(TX_HTTP_SCHEMA)),
				    p->now);
		}
		return;
	}
	n->conn = conn;
	n->ws = ws;
	n->post_id = post_id;
	queue(p, n);
}

void exchange_known(struct paper *p, struct acct *a, const struct action *act)
{
	struct pending *n = calloc(1, sizeof *n);

	ASSERT(n != NULL);
	n->act = *act;
	n->by = a;
	queue(p, n);
}

static void put_err(struct str *s, const char *text)
{
	str_puts(s, "{\"status\":\"err\",\"response\":");
	str_json(s, text);
	str_putc(s, '}');
}

static void refuse(struct str *s, enum text t, const char *a, const char *b)
{
	struct str msg = {0};

	text_put(&msg, t, a, b, "");
	put_err(s, str_text(&msg));
	str_free(&msg);
}

static void put_default(struct str *s)
{
	str_puts(s, "{\"status\":\"ok\",\"response\":{\"type\":\"default\"}}");
}

/* --- account actions --- */

/* A name may end in " valid_until <ms>". */
static bool agent_name(const struct paper *p, const char *text, char name[20], int64_t *until)
{
	static const char mark[] = " valid_until ";
	const char *at = strstr(text, mark);
	size_t n = at != NULL ? (size_t)(at - text) : strlen(text);
	int64_t v = 0;

	if (n > 16)
		return false;
	memcpy(name, text, n);
	name[n] = '\0';
	*until = p->block + AGENT_DAYS * DAY_MS;
	if (at == NULL)
		return true;
	if (!num_read(at + strlen(mark), &v))
		return false;
	*until = v / USD;
	if (*until > p->block + AGENT_DAYS_MAX * DAY_MS)
		*until = p->block + AGENT_DAYS_MAX * DAY_MS;
	return true;
}

static enum text approve_agent(struct paper *p, struct acct *a, const struct action *act)
{
	static const uint8_t zero[20];
	char name[20];
	int64_t until;
	uint32_t i, named = 0;

	if (!agent_name(p, act->text, name, &until))
		return TX_BAD_DECIMAL;
	if (until <= p->block)
		return TX_AGENT_EXPIRED;
	for (i = 0; i < a->n_agents; i++) {
		named += a->agent[i].name[0] != '\0';
		if (strcmp(a->agent[i].name, name) == 0)
			break;
	}
	if (memcmp(act->addr, zero, 20) == 0) {
		if (i < a->n_agents)
			a->agent[i] = a->agent[--a->n_agents];
		return TX_NONE;
	}
	if (agent_find(p, act->addr, NULL) != NULL)
		return TX_AGENT_USED;
	if (i == a->n_agents && (i == AGENTS_MAX || (name[0] != '\0' && named >= AGENT_NAMED_MAX)))
		return TX_TOO_MANY_AGENTS;
	if (i == a->n_agents)
		a->n_agents++;
	memcpy(a->agent[i].addr, act->addr, 20);
	memcpy(a->agent[i].name, name, sizeof name);
	a->agent[i].until_ms = until;
	return TX_NONE;
}

static enum text approve_builder(struct acct *a, const struct action *act)
{
	char text[80];
	size_t n = strlen(act->text);
	int64_t percent;
	uint32_t i;

	if (n < 2 || act->text[n - 1] != '%')
		return TX_BAD_DECIMAL;
	memcpy(text, act->text, n - 1);
	text[n - 1] = '\0';
	if (!num_read(text, &percent) || percent > USD)
		return TX_BAD_DECIMAL;
	for (i = 0; i < a->n_builders; i++)
		if (memcmp(a->builder[i].addr, act->addr, 20) == 0)
			break;
	if (i == BUILDERS_MAX)
		i = 0;
	else if (i == a->n_builders)
		a->n_builders++;
	memcpy(a->builder[i].addr, act->addr, 20);
	a->builder[i].rate = percent * (RATE_ONE / USD) / 100;
	return TX_NONE;
}

static enum text send_usd(struct paper *p, struct acct *a, const struct action *act)
{
	struct acct *to;
	struct margin m;
	uint8_t addr[20];
	int64_t usd;

	if (!num_read(act->text, &usd))
		return TX_BAD_DECIMAL;
	if (usd == 0)
		return TX_ZERO_SEND;
	if (usd % (USD / 1000000) != 0)
		return TX_BAD_DECIMALS;
	if (!addr_read(addr, act->text2))
		return TX_BAD_DECIMAL;
	pm_sum(p, a, &m);
	if (usd > pm_withdrawable(&m))
		return act->kind == AK_WITHDRAW ? TX_NO_WITHDRAWAL : TX_NO_BALANCE;
	to = act->kind == AK_USD_SEND ? acct_get(p, addr) : NULL;
	if (act->kind == AK_USD_SEND && to == NULL)
		return TX_FULL;
	a->raw -= usd;
	if (to != NULL) {
		to->raw += usd;
		to->funded = true;
		ledger_add(p, to, "{\"type\":\"internalTransfer\"}");
	}
	ledger_add(p, a,
		   act->kind == AK_WITHDRAW ? "{\"type\":\"withdraw\"}"
					    : "{\"type\":\"internalTransfer\"}");
	return TX_NONE;
}

static enum text set_abstraction(struct acct *a, const char *mode)
{
	static const char *const full[] = {"disabled", "unifiedAccount", "portfolioMargin",
					   "default", "dexAbstraction"};
	size_t i;

	for (i = 0; i < COUNT_OF(full); i++)
		if (strcmp(mode, full[i]) == 0 ||
		    (i < 3 && mode[1] == '\0' && mode[0] == "iup"[i])) {
			snprintf(a->abstraction, sizeof a->abstraction, "%s", full[i]);
			return TX_NONE;
		}
	return TX_BAD_DECIMAL;
}

static void create_sub(struct paper *p, struct acct *a, const struct action *act, struct str *s)
{
	uint64_t h[3] = {mix64(p->conf.seed ^ 0x737562, p->n_acct), 0, 0};
	uint8_t addr[24];
	struct acct *sub;

	h[1] = mix64(h[0], 1);
	h[2] = mix64(h[0], 2);
	memcpy(addr, h, sizeof addr);
	sub = acct_get(p, addr);
	if (sub == NULL) {
		refuse(s, TX_FULL, "", "");
		return;
	}
	sub->master = a;
	sub->funded = true;
	sub->raw = 0;
	snprintf(sub->name, sizeof sub->name, "%.16s", act->text);
	str_printf(
		s,
		"{\"status\":\"ok\",\"response\":{\"type\":\"createSubAccount\",\"data\":\"%s\"}}",
		sub->hex);
}

static enum text transfer_sub(struct paper *p, struct acct *a, const struct action *act)
{
	struct acct *sub = acct_find(p, act->addr), *from, *to;
	int64_t usd = act->num * (USD / 1000000);
	struct margin m;

	if (sub == NULL || sub->master != a)
		return TX_NO_BALANCE;
	from = act->yes ? a : sub;
	to = act->yes ? sub : a;
	pm_sum(p, from, &m);
	if (usd > pm_withdrawable(&m))
		return TX_NO_BALANCE;
	from->raw -= usd;
	to->raw += usd;
	ledger_add(p, from, "{\"type\":\"subAccountTransfer\"}");
	ledger_add(p, to, "{\"type\":\"subAccountTransfer\"}");
	return TX_NONE;
}

static enum text reserve_weight(struct acct *a, const struct action *act)
{
	int64_t cost = act->num * (USD / 2000); /* 0.0005 USDC a request */

	if (cost > a->raw)
		return TX_NO_BALANCE;
	a->raw -= cost;
	a->reserved += (uint64_t)act->num;
	return TX_NONE;
}

static enum text exec_account(struct paper *p, struct acct *a, const struct action *act)
{
	switch (act->kind) {
	case AK_LEVERAGE:
		return exec_leverage(p, a, act);
	case AK_MARGIN:
	case AK_TOP_UP:
		return exec_margin(p, a, act);
	case AK_NOOP:
	case AK_CLASS_TRANSFER:
		return TX_NONE;
	case AK_RESERVE:
		return reserve_weight(a, act);
	case AK_REFERRER:
		snprintf(a->referrer, sizeof a->referrer, "%.20s", act->text);
		return TX_NONE;
	case AK_SUB_TRANSFER:
		return transfer_sub(p, a, act);
	case AK_AGENT_ABSTRACTION:
	case AK_USER_ABSTRACTION:
		return set_abstraction(a, act->text);
	case AK_APPROVE_AGENT:
		return approve_agent(p, a, act);
	case AK_APPROVE_BUILDER:
		return approve_builder(a, act);
	default:
		return send_usd(p, a, act);
	}
}

static void dispatch(struct paper *p, struct acct *a, const struct action *act, struct str *s)
{
	struct str id = {0};
	enum text why;

	switch (act->kind) {
	case AK_ORDER:
		exec_orders(p, a, act, s);
		return;
	case AK_CANCEL:
	case AK_CANCEL_CLOID:
		exec_cancel(p, a, act, s);
		return;
	case AK_MODIFY:
	case AK_BATCH_MODIFY:
		exec_modify(p, a, act, s);
		return;
	case AK_SCHEDULE:
		exec_schedule(p, a, act, s);
		return;
	case AK_TWAP:
		exec_twap(p, a, act, s);
		return;
	case AK_TWAP_CANCEL:
		exec_twap_cancel(p, a, act, s);
		return;
	case AK_SUB_CREATE:
		create_sub(p, a, act, s);
		return;
	default:
		break;
	}
	why = exec_account(p, a, act);
	if (why == TX_NONE) {
		put_default(s);
		return;
	}
	str_printf(&id, "%u", asset_of(p, act->asset));
	refuse(s, why, str_text(&id), "");
	str_free(&id);
}

/* The account the action is for, or the refusal. */
static struct acct *admit(struct paper *p, const struct action *act, const uint8_t signer[20],
			  struct str *s)
{
	struct acct *a, *v;
	char hex[43];

	addr_hex(hex, signer);
	if (action_is_user_signed(act->kind)) {
		if (p->conf.fund_any.v > 0)
			acct_get(p, signer); /* the main key shows itself */
		a = agent_find(p, signer, NULL) != NULL ? NULL : acct_of_signer(p, signer);
		if (a == NULL)
			refuse(s, TX_MUST_DEPOSIT, hex, "");
		return a;
	}
	a = acct_of_signer(p, signer);
	if (a == NULL) {
		refuse(s, TX_NO_USER, hex, "");
		return NULL;
	}
	if (!act->has_vault)
		return a;
	v = acct_find(p, act->vault);
	if (v != NULL && v->master == a)
		return v;
	addr_hex(hex, act->vault);
	refuse(s, TX_NO_VAULT, hex, "");
	return NULL;
}

void exec_action(struct paper *p, struct action *act, struct str *s)
{
	uint8_t signer[20];
	char arg[24], arg2[24];
	struct str msg = {0};
	struct acct *a;
	enum text why = action_recover(p, act, signer);

	if (why != TX_NONE) {
		refuse(s, why, "", "");
		return;
	}
	assets_inside(p, act); /* what was signed has been looked at */
	a = admit(p, act, signer, s);
	if (a == NULL)
		return;
	why = nonce_check(p, signer, act->nonce, arg, arg2);
	if (why != TX_NONE) {
		refuse(s, why, arg, arg2);
		return;
	}
	nonce_use(p, signer, act->nonce);
	if (act->has_expires && (int64_t)act->expires < p->block) {
		a->requests += EXPIRED_COST;
		refuse(s, TX_EXPIRED, "", "");
		return;
	}
	if (!addr_charge(p, a, act, &msg)) {
		put_err(s, str_text(&msg));
	} else {
		p->action_id = mix64(p->height, act->nonce);
		a->touched = true;
		dispatch(p, a, act, s);
	}
	str_free(&msg);
}

void exchange_block(struct paper *p)
{
	struct pending *n, **at = &p->pending;

	while ((n = *at) != NULL) {
		struct str body = {0};

		if (n->due_ms > p->block) {
			at = &n->next;
			continue;
		}
		*at = n->next;
		if (n->by != NULL) {
			p->action_id = mix64(p->height, p->pending_seq + n->seq);
			n->by->touched = true;
			dispatch(p, n->by, &n->act, &body);
		} else {
			exec_action(p, &n->act, &body);
		}
		if (!n->late && n->by == NULL)
			answer_action(p, n->conn, n->ws, n->post_id, &body);
		action_free(&n->act);
		str_free(&body);
		free(n);
	}
}
