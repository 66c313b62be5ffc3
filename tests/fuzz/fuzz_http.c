/* fuzz_http.c: bodies of HTTP answers. The first byte chooses: '0'..'9', 'a', 'b' a read of that
 * kind, 'm' the lists of markets, 'x' an action; the second the status ('2' 200, else 4xx, 5xx). */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const int statuses[] = {0, 200, 200, 200, 400, 422, 429, 500, 502, 200};
	struct effect q = {.kind = EF_QUERY};
	struct hl_out o;
	int status;

	if (n < 2)
		return 0;
	fz_init();
	if (data[0] == 'm') {
		hl_on_connect(fz_h, fz_now, 0); /* asks for its lists */
		fz_drain();
		hl_on_close(fz_h, "x", fz_now, 0); /* and asks again over HTTP */
	} else if (data[0] == 'x') {
		fz_send(HL_PATH_HTTP);
	} else {
		q.query.what = (uint8_t)(data[0] <= '9' ? data[0] - '0' : data[0] - 'a' + 10);
		q.query.sig_figs = 0;
		if (q.query.what >= QUERY_KINDS || !hl_query(fz_h, &q, fz_now))
			return 0;
	}
	status = statuses[data[1] % 10];
	for (int i = 0; i < 8 && hl_next_output(fz_h, &o, fz_now); i++)
		if (o.kind == HL_OUT_HTTP)
			hl_on_http(fz_h, o.tag, status, (const char *)data + 2, n - 2, fz_now, 0);
	fz_end();
	return 0;
}
