/* fuzz_sign.c: what reaches the signing rooms from outside. The first byte chooses: 'k' a key file
 * (read, not decrypted), 'g' a request to the signer's gate (zeros follow what is missing), 'n' a
 * number's text. What the gate lets through is encoded and hashed, so its checks are the only ones.
 */
#include <string.h>

#include "base/check.h"
#include "sign/keyfile.h"
#include "signer/client.h"
#include "signer/gate.h"
#include "tests/fuzz/fuzz.h"
#include "venue/hyperliquid/action.h"
#include "venue/hyperliquid/num.h"

static void key_file(const char *s, size_t n)
{
	struct keyfile_info info;
	struct err e;

	if (!keyfile_peek(&info, s, n, &e))
		ASSERT(e.text[0]);
}

static void request(const uint8_t *s, size_t n)
{
	static struct signer_conf conf = {
		.n_keys = 1, .key[0].plain = true, .caps = {{INT64_MAX}, {INT64_MAX}, {INT64_MAX}}};
	static char mem[ACTION_JSON_MAX];
	struct signer_req r;
	struct money spend;
	struct gate g;
	uint8_t id[32];
	struct err e = {0};
	struct buf b;

	signer_req_init(&r, SIGNER_SIGN, 1);
	memcpy(&r.epoch, s, n < sizeof r - 24 ? n : sizeof r - 24);
	gate_init(&g, &conf);
	if (!gate_check(&g, &r, &spend, &e)) {
		ASSERT(e.code != ERR_OK && e.text[0]);
		return;
	}
	ASSERT(spend.v >= 0 && (!gate_reduces(&r.act) || spend.v == 0));
	gate_commit(&g, &r, spend);
	ASSERT(action_hash(id, &r.act, &r.env, &e));
	buf_init(&b, mem, sizeof mem);
	action_envelope(&b, &r.act, &r.env, NULL);
	ASSERT(!b.over);
}

static void number(const char *s, size_t n)
{
	struct instr i = {.px_sig = 5, .px_decimals = 4, .sz_decimals = 2};
	char t[NUM_TEXT_MAX + 1], again[NUM_TEXT_MAX + 1];

	if (num_to_wire(t, s, n))
		ASSERT(num_wire_ok(t, strlen(t)) && num_to_wire(again, t, strlen(t)) &&
		       !strcmp(t, again));
	for (int how = ROUND_DOWN; how <= ROUND_HALF_AWAY; how++) {
		/* what was rounded stays as it is */
		if (num_round_price(t, &i, s, n, (enum round)how) == NUM_OK)
			ASSERT(num_round_price(again, &i, t, strlen(t), (enum round)how) ==
				       NUM_OK &&
			       !strcmp(t, again));
		if (num_round_qty(t, &i, s, n, (enum round)how) == NUM_OK)
			ASSERT(num_round_qty(again, &i, t, strlen(t), (enum round)how) == NUM_OK &&
			       !strcmp(t, again));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n < 1)
		return 0;
	if (data[0] == 'k')
		key_file((const char *)data + 1, n - 1);
	else if (data[0] == 'g')
		request(data + 1, n - 1);
	else if (data[0] == 'n')
		number((const char *)data + 1, n - 1);
	return 0;
}
