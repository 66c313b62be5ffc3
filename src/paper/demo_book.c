/* demo_book.c: the positions, stops and entry orders of the demo's account (demo_book.h).
 *
 * Sizes and distances are those of the pictures; prices are the market's. Cash is chosen so that a
 * joint fall of DIES_AT (BTC; the others by the betas below) leaves exactly the maintenance margin:
 * equity = maintenance + DIES_AT * sum(size * mid * beta). Doubles are fine: this makes up a world,
 * it trades nothing. */
#include "paper/demo_book.h"

#include <string.h>

#include "base/check.h"
#include "paper/state.h"

#define DIES_AT	  0.0155
#define SPARE_USD 10e6

struct leg {
	const char *coin;
	double size;  /* coins; negative: short */
	double entry; /* of the mid */
	double beta;
	int32_t leverage;
	bool isolated;
};

/* Losses so far: 3.7 % on ETH, 1.7 % on BTC, 5.6 % on HYPE, 14 % on WLFI; the short of SOL gained.
 */
static const struct leg leg[] = {
	{"ETH", 310, 1.0367, 1.10, 25, false},	 {"BTC", 24, 1.0170, 1.00, 40, false},
	{"HYPE", 3000, 1.0558, 1.60, 10, false}, {"SOL", -4200, 1.0417, 1.25, 20, false},
	{"WLFI", 180000, 1.1425, 0.90, 3, true},
};

struct rest {
	const char *coin;
	bool buy, trigger, tp;
	double size;
	double at; /* of the mid */
};

static const struct rest rest[] = {
	{"BTC", true, false, false, 0.8, 0.9828},  {"ETH", true, false, false, 20, 0.9774},
	{"SOL", false, false, false, 300, 1.0238}, {"ETH", false, true, false, 310, 0.9844},
	{"SOL", true, true, false, 4200, 1.0372},  {"WLFI", false, true, true, 180000, 1.1870},
};

static int find_coin(const struct paper *p, const char *name)
{
	for (uint32_t i = 0; i < p->n_coins; i++)
		if (strcmp(p->coin[i].c.name, name) == 0)
			return (int)i;
	return -1;
}

static double mid_of(const struct paper_market *m, int coin)
{
	struct paper_level bid, ask;

	if (!m->depth(m->self, (uint16_t)coin, true, &bid, 1) ||
	    !m->depth(m->self, (uint16_t)coin, false, &ask, 1))
		return 0;
	return (price_to_double(bid.px) + price_to_double(ask.px)) / 2;
}

static int64_t tick_px(const struct coin *c, double px)
{
	struct price out = {0};

	return price_from_double(&out, px, ROUND_HALF_AWAY) ? price_round(c, out.v, false) : 0;
}

/* Rests one order of the account, by the same road as one that came over the wire. */
static bool rest_order(struct paper *p, struct acct *a, int coin, const struct rest *r, double mid)
{
	struct qty sz = {0};
	struct action act = {.kind = AK_ORDER, .n = 1, .grouping = GR_NA};
	struct oreq o = {.asset = (uint32_t)coin,
			 .buy = r->buy,
			 .ro = r->trigger,
			 .trigger = r->trigger,
			 .is_market = r->trigger,
			 .tp = r->tp,
			 .tif = TIF_GTC};
	enum text why = TX_NONE;
	struct str arg = {0};
	int64_t at = tick_px(&p->coin[coin], mid * r->at);
	/* A trigger's worst price: 8 % past it, as the venue's own screen proposes. */
	int64_t worst =
		r->trigger ? tick_px(&p->coin[coin], mid * r->at * (r->buy ? 1.08 : 0.92)) : at;

	if (!qty_from_double(&sz, r->size))
		return false;
	o.p = worst / 100;
	o.tpx = at / 100;
	o.s = sz.v;
	(void)order_place(p, a, &o, &act, false, &why, &arg);
	str_free(&arg);
	return why == TX_NONE;
}

/* Cash that leaves the pool where it should be. */
static double cash_for(const struct paper *p, const struct paper_market *m)
{
	double maintenance = 0, delta = 0, upnl = 0, isolated = 0;

	for (size_t i = 0; i < COUNT_OF(leg); i++) {
		int c = find_coin(p, leg[i].coin);

		if (c < 0)
			continue;
		double mid = mid_of(m, c), ntl = leg[i].size * mid;

		if (leg[i].isolated) {
			isolated += ntl * leg[i].entry / leg[i].leverage;
			continue;
		}
		maintenance += (ntl < 0 ? -ntl : ntl) / (2.0 * p->coin[c].c.max_leverage);
		delta += ntl * leg[i].beta;
		upnl += ntl * (1.0 - leg[i].entry);
	}
	return maintenance + DIES_AT * delta - upnl + isolated;
}

/* Positions, then orders; `addr` has money enough for all of them. */
static bool fill_book(struct paper *p, const struct paper_market *m, const char *addr,
		      struct err *e)
{
	uint8_t bytes[20];

	for (size_t i = 0; i < COUNT_OF(leg); i++) {
		int c = find_coin(p, leg[i].coin);
		struct price entry = {0};
		struct qty szi;

		if (c < 0)
			continue;
		entry.v = tick_px(&p->coin[c], mid_of(m, c) * leg[i].entry);
		if (!qty_from_double(&szi, leg[i].size) ||
		    !paper_position(p, addr, leg[i].coin, szi, entry, leg[i].leverage,
				    leg[i].isolated))
			return err_set(e, ERR_ARG, "--book default: no %s position for %s",
				       leg[i].coin, addr);
	}
	struct acct *a = addr_read(bytes, addr) ? acct_get(p, bytes) : NULL;

	for (size_t i = 0; a && i < COUNT_OF(rest); i++) {
		int c = find_coin(p, rest[i].coin);

		if (c >= 0 && !rest_order(p, a, c, &rest[i], mid_of(m, c)))
			return err_set(e, ERR_ARG, "--book default: the %s order of %s was refused",
				       rest[i].coin, addr);
	}
	return true;
}

bool demo_book(struct paper *p, const struct paper_market *m, const char *addr, bool funded,
	       struct err *e)
{
	struct money cash, spare, back;

	if (find_coin(p, "BTC") < 0)
		return err_set(e, ERR_ARG, "--book default needs a market with BTC");
	if (!funded && (!money_from_double(&cash, cash_for(p, m)) || !paper_fund(p, addr, cash)))
		return err_set(e, ERR_ARG, "--book default: %s cannot be funded", addr);
	/* The entries were placed in better days: the venue asks for margin when an order is
	 * placed, and the account as it stands could not place them now. */
	bool ok = money_from_double(&spare, SPARE_USD) && money_from_double(&back, -SPARE_USD) &&
		  paper_fund(p, addr, spare);

	return ok && fill_book(p, m, addr, e) && paper_fund(p, addr, back);
}
