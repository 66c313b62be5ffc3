/* fuzz_session.c: a conversation, one line a step: a frame as text, or a step of ours:
 *   !o open   !c close   !w wait 3 s   !a action   !b action on both paths   !q0..!q9,!r,!s reads
 *   !f feed on   !g feed off   and @ in a frame becomes the id of the newest post. */
#include "tests/fuzz/fuzz.h"
#include "base/buf.h"
#include "tests/fuzz/session.h"

static uint32_t newest;

static void query(char c)
{
	struct effect q = {.kind = EF_QUERY};

	q.query.what = (uint8_t)(c == 'r' ? 10 : c == 's' ? 11 : c - '0');
	q.query.id = 5;
	q.query.oid = 9;
	q.query.dex = c & 1;
	if (q.query.what < QUERY_KINDS)
		hl_query(fz_h, &q, fz_now);
}

static void step(const char *s, size_t n)
{
	switch (n > 1 ? s[1] : 0) {
	case 'o':
		hl_on_connect(fz_h, fz_now, fz_now / 1000000);
		break;
	case 'c':
		hl_on_close(fz_h, "peer", fz_now, fz_now / 1000000);
		break;
	case 'w':
		fz_wait(3);
		break;
	case 'a':
		fz_send(0);
		break;
	case 'b':
		fz_send(HL_PATH_WS | HL_PATH_HTTP);
		break;
	case 'q':
		query(n > 2 && s[2] >= '0' && s[2] <= '9' ? s[2] : '0');
		break;
	case 'r':
	case 's':
		query(s[1]);
		break;
	case 'f':
	case 'g':
		hl_feed(fz_h, n > 2 ? (uint16_t)(s[2] - '0') : 0, s[1] == 'f');
		break;
	default:
		break;
	}
}

static void frame(const char *s, size_t n)
{
	static char text[1 << 16];
	struct buf b;
	char *exact;

	buf_init(&b, text, sizeof text);
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '@')
			buf_u64(&b, newest);
		else
			buf_putc(&b, s[i]);
	}
	exact = malloc(b.len ? b.len : 1);
	ASSERT(exact);
	memcpy(exact, text, b.len);
	hl_on_text(fz_h, exact, b.len, fz_now, fz_now / 1000000);
	free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *s = (const char *)data, *end = s + n;

	fz_init();
	newest = 0;
	hl_on_connect(fz_h, fz_now, 0);
	while (s < end) {
		const char *nl = memchr(s, '\n', (size_t)(end - s));
		size_t len = (size_t)((nl ? nl : end) - s);
		uint32_t tag;

		if (len && *s == '!')
			step(s, len);
		else
			frame(s, len);
		tag = fz_drain();
		newest = tag ? tag : newest;
		s += len + (nl != NULL);
	}
	fz_end();
	return 0;
}
