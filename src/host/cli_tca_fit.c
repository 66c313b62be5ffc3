/* cli_tca_fit.c: exeunt tca --fit: what the own fills of the journal say (exec/own.h), as text or
 * JSON. */
#include "host/cli.h"

static void words(struct buf *b, const struct own_coin *c, const struct own_fit *f)
{
	buf_printf(b, "%s, %u exit%s\n", c->coin, c->exits, c->exits == 1 ? "" : "s");
	if (f->rested_ok)
		buf_printf(b, "  rested  %.0f %% of a slice [%.0f %.0f], %u slices\n",
			   100 * f->rested, 100 * f->rested_lo, 100 * f->rested_hi, c->slices);
	else
		buf_printf(b, "  rested  not fitted: %u slices were to rest first, %d are needed\n",
			   c->slices, OWN_LEAST);
	if (f->impact_ok)
		buf_printf(b,
			   "  impact  %.2f bp and %.3g [%.3g %.3g] for each 10,000 USD that "
			   "crosses, %u slices\n",
			   f->impact_bp, f->per_10k, f->per_10k_lo, f->per_10k_hi, c->crossed);
	else if (c->crossed < OWN_LEAST)
		buf_printf(b, "  impact  not fitted: %u slices crossed, %d are needed\n",
			   c->crossed, OWN_LEAST);
	else
		buf_puts(b, "  impact  not fitted: all that crossed is of one size\n");
}

static void json(struct buf *b, const struct own_coin *c, const struct own_fit *f)
{
	buf_puts(b, "{\"coin\":");
	buf_json_str(b, c->coin);
	buf_printf(b, ",\"exits\":%u,\"rest_first_slices\":%u,\"crossed_slices\":%u,\"rested\":",
		   c->exits, c->slices, c->crossed);
	if (f->rested_ok)
		buf_printf(b, "{\"share\":%.6f,\"lo\":%.6f,\"hi\":%.6f}", f->rested, f->rested_lo,
			   f->rested_hi);
	else
		buf_puts(b, "null");
	buf_puts(b, ",\"impact\":");
	if (f->impact_ok)
		buf_printf(b,
			   "{\"bp\":%.6f,\"bp_per_10k_usd\":%.6f,\"lo_bp_per_10k_usd\":%.6f,"
			   "\"hi_bp_per_10k_usd\":%.6f}",
			   f->impact_bp, f->per_10k, f->per_10k_lo, f->per_10k_hi);
	else
		buf_puts(b, "null");
	buf_putc(b, '}');
}

bool cli_tca_fit(struct buf *b, const struct own *o, bool as_json, struct err *e)
{
	uint32_t fitted = 0, slices = 0, crossed = 0;
	struct own_fit f;

	if (as_json)
		buf_putc(b, '[');
	for (uint32_t i = 0; i < o->n; i++) {
		own_solve(&f, &o->coin[i]);
		fitted += f.rested_ok + f.impact_ok;
		if (o->coin[i].slices > slices)
			slices = o->coin[i].slices;
		if (o->coin[i].crossed > crossed)
			crossed = o->coin[i].crossed;
		if (as_json && i)
			buf_putc(b, ',');
		(as_json ? json : words)(b, &o->coin[i], &f);
	}
	if (as_json)
		buf_puts(b, "]\n");
	else if (o->more)
		buf_printf(b, "%u exits of further coins are not in it\n", o->more);
	return fitted > 0 ||
	       err_set(e, ERR_RULE,
		       "tca --fit: no coin has %d slices yet: the most is %u that were to rest "
		       "first and %u that crossed.",
		       OWN_LEAST, slices, crossed);
}
