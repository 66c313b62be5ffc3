/* cloid.c: AES-128 on one block (FIPS 197), and the layout of our ids:
 *
 *   version 8 | install 24 | exit 32 | slice 32 | attempt 16 | leg 8 | kind 8, big-endian
 *
 * Not made for secrets against a local attacker: table look-ups are not constant in time. It hides
 * the plan from readers of a public order query, nothing more. */
#include "core/cloid.h"

#include <string.h>

static uint8_t xtime(uint8_t x)
{
	return (uint8_t)((x << 1) ^ ((x >> 7) * 0x1b));
}

static uint8_t mul(uint8_t a, uint8_t b)
{
	uint8_t r = 0;

	for (; b; b >>= 1, a = xtime(a))
		if (b & 1)
			r ^= a;
	return r;
}

/* The S-box by its definition: inverse in GF(2^8), then the affine map. 254 steps of a
 * multiplication are too slow for every byte, so the inverse comes from the powers of 3. */
static void make_boxes(uint8_t sbox[256], uint8_t inverse[256])
{
	uint8_t p = 1, q = 1;

	do {
		uint8_t x;

		p = (uint8_t)(p ^ xtime(p)); /* times 3 */
		q = (uint8_t)(q ^ (q << 1)); /* divided by 3 */
		q = (uint8_t)(q ^ (q << 2));
		q = (uint8_t)(q ^ (q << 4));
		if (q & 0x80)
			q ^= 0x09;
		x = (uint8_t)(q ^ (uint8_t)((q << 1) | (q >> 7)) ^ (uint8_t)((q << 2) | (q >> 6)) ^
			      (uint8_t)((q << 3) | (q >> 5)) ^ (uint8_t)((q << 4) | (q >> 4)));
		sbox[p] = x ^ 0x63;
	} while (p != 1);
	sbox[0] = 0x63;
	for (int i = 0; i < 256; i++)
		inverse[sbox[i]] = (uint8_t)i;
}

void aes128_init(struct aes128 *a, const uint8_t key[16])
{
	static const uint8_t back[4] = {14, 11, 13, 9};
	const uint8_t *sbox = a->sbox;
	uint8_t rcon = 1;

	make_boxes(a->sbox, a->inverse);
	for (int k = 0; k < 4; k++)
		for (int i = 0; i < 256; i++)
			a->times[k][i] = mul((uint8_t)i, back[k]);
	memcpy(a->round[0], key, 16);
	for (int r = 1; r <= 10; r++) {
		const uint8_t *p = a->round[r - 1];
		uint8_t *n = a->round[r];

		n[0] = p[0] ^ sbox[p[13]] ^ rcon;
		n[1] = p[1] ^ sbox[p[14]];
		n[2] = p[2] ^ sbox[p[15]];
		n[3] = p[3] ^ sbox[p[12]];
		for (int i = 4; i < 16; i++)
			n[i] = p[i] ^ n[i - 4];
		rcon = xtime(rcon);
	}
}

static void add_key(uint8_t s[16], const uint8_t k[16])
{
	for (int i = 0; i < 16; i++)
		s[i] ^= k[i];
}

/* SubBytes and ShiftRows in one; `dir` 1 shifts left, -1 back. */
static void sub_shift(uint8_t s[16], const uint8_t box[256], int dir)
{
	uint8_t t[16];

	for (int c = 0; c < 4; c++)
		for (int r = 0; r < 4; r++)
			t[4 * c + r] = box[s[4 * ((c + dir * r + 4) % 4) + r]];
	memcpy(s, t, 16);
}

static void mix(uint8_t s[16])
{
	for (int c = 0; c < 4; c++) {
		uint8_t *p = s + 4 * c, t[4];

		for (int r = 0; r < 4; r++)
			t[r] = xtime(p[r]) ^ xtime(p[(r + 1) % 4]) ^ p[(r + 1) % 4] ^
			       p[(r + 2) % 4] ^ p[(r + 3) % 4];
		memcpy(p, t, 4);
	}
}

static void mix_back(const struct aes128 *a, uint8_t s[16])
{
	for (int c = 0; c < 4; c++) {
		uint8_t *p = s + 4 * c, t[4];

		for (int r = 0; r < 4; r++)
			t[r] = a->times[0][p[r]] ^ a->times[1][p[(r + 1) % 4]] ^
			       a->times[2][p[(r + 2) % 4]] ^ a->times[3][p[(r + 3) % 4]];
		memcpy(p, t, 4);
	}
}

void aes128_encrypt(const struct aes128 *a, uint8_t out[16], const uint8_t in[16])
{
	uint8_t s[16];

	memcpy(s, in, 16);
	add_key(s, a->round[0]);
	for (int r = 1; r <= 10; r++) {
		sub_shift(s, a->sbox, 1);
		if (r < 10)
			mix(s);
		add_key(s, a->round[r]);
	}
	memcpy(out, s, 16);
}

void aes128_decrypt(const struct aes128 *a, uint8_t out[16], const uint8_t in[16])
{
	uint8_t s[16];

	memcpy(s, in, 16);
	for (int r = 10; r >= 1; r--) {
		add_key(s, a->round[r]);
		if (r < 10)
			mix_back(a, s);
		sub_shift(s, a->inverse, -1);
	}
	add_key(s, a->round[0]);
	memcpy(out, s, 16);
}

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

struct cloid cloid_make(const struct aes128 *a, const struct cloid_id *id)
{
	struct cloid c;
	uint8_t in[16];

	put32(in, (uint32_t)CLOID_VERSION << 24 | (id->install & 0xffffff));
	put32(in + 4, id->exit);
	put32(in + 8, id->slice);
	in[12] = (uint8_t)(id->attempt >> 8);
	in[13] = (uint8_t)id->attempt;
	in[14] = id->leg;
	in[15] = id->kind;
	aes128_encrypt(a, c.b, in);
	return c;
}

bool cloid_open(const struct aes128 *a, struct cloid_id *id, struct cloid c, uint32_t install)
{
	uint8_t in[16];
	uint32_t head;

	if (!cloid_is_set(c))
		return false;
	aes128_decrypt(a, in, c.b);
	head = get32(in);
	if (head != ((uint32_t)CLOID_VERSION << 24 | (install & 0xffffff)))
		return false;
	id->install = install & 0xffffff;
	id->exit = get32(in + 4);
	id->slice = get32(in + 8);
	id->attempt = (uint16_t)(in[12] << 8 | in[13]);
	id->leg = in[14];
	id->kind = in[15];
	return true;
}
