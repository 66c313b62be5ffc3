/* risk.c: the gate table.
 *
 * 1. No gate but GATE_KEY stops a reducing deed; a test crosses every gate with every such deed.
 * 2. A struct approved without the seal is refused at the door (engine/submit.c). */
#include "core/risk.h"

#include "base/check.h"

/* The deeds a closed gate stops: C cancel, P pause, G guard, R reduce, H hedge, I increase. */
static const struct gate_row {
	const char *name, *stops, *words;
} rows[GATES] = {
	[GATE_KEY] = {"key", "CGRHI", "KEY LOCKED: nothing can be signed. exeunt key unlocks it."},
	[GATE_BOOK_AGE] = {"book age", "I", "The book is too old for an order that adds."},
	[GATE_COLLAR] = {"collar", "HI",
			 "The price is too far from the mark for an order that adds."},
	[GATE_DUPLICATE] = {"duplicate", "I", "The same order left less than 2 s ago."},
	[GATE_THROTTLE] = {"throttle", "HI", "Too many orders in this minute."},
	[GATE_ORDER_CAP] = {"order cap", "HI",
			    "Over your cap an order. Caps do not stop reductions; this one adds."},
	[GATE_SESSION_CAP] =
		{"session cap", "HI",
		 "Over your cap a session. Caps do not stop reductions; this one adds."},
	[GATE_DISARMED] = {"disarmed", "HI", "DISARMED: this adds. a arms for 5m."},
	[GATE_LOCAL_LOCK] = {"local lock", "HI", "LOCAL LOCK: this adds. :release ends it."},
	[GATE_NO_NEW_RISK] = {"no new risk", "I",
			      "NO NEW RISK. Reductions, cancels and guards still go out."},
	[GATE_SEAT] = {"seat", "HI", "OBSERVER: another terminal holds the seat. :take"},
	[GATE_BARRIER] = {"barrier", "HI", "The account is being read again after a connect."},
	[GATE_COMMIT] = {"commit", "HI", "The journal has not committed."},
};

static const char letter[DEEDS] = {
	[DEED_CANCEL] = 'C', [DEED_PAUSE] = 'P', [DEED_GUARD] = 'G',
	[DEED_REDUCE] = 'R', [DEED_HEDGE] = 'H', [DEED_INCREASE] = 'I',
};

bool risk_stops(enum gate g, enum deed d)
{
	ASSERT(g < GATES && d < DEEDS);
	for (const char *p = rows[g].stops; *p; p++)
		if (*p == letter[d])
			return true;
	return false;
}

bool risk_is_reducing(enum deed d)
{
	return d == DEED_CANCEL || d == DEED_PAUSE || d == DEED_GUARD || d == DEED_REDUCE;
}

const char *risk_gate_name(enum gate g)
{
	return g < GATES ? rows[g].name : "?";
}

const char *risk_gate_words(enum gate g)
{
	return g < GATES ? rows[g].words : "?";
}

enum deed risk_deed(const struct act_order *o, struct qty position)
{
	bool towards_zero = o->buy ? position.v < 0 : position.v > 0;
	uint64_t held = position.v < 0 ? 0 - (uint64_t)position.v : (uint64_t)position.v;

	if (o->reduce_only) /* the venue cannot let it add, whatever we believe we hold */
		return o->tif == TIF_TRIGGER ? DEED_GUARD : DEED_REDUCE;
	if (towards_zero && o->tif != TIF_TRIGGER && o->sz.v > 0 && (uint64_t)o->sz.v <= held)
		return DEED_REDUCE;
	return DEED_INCREASE;
}

static bool numbers_ok(const struct instr *i, const struct act_order *o, struct err *e)
{
	if (o->asset != i->asset)
		return err_set(e, ERR_BUG, "order for asset %u checked against %u", o->asset,
			       i->asset);
	if (!instr_price_ok(i, o->px))
		return err_set(e, ERR_RULE, "price is not on %s's tick", i->coin);
	if (o->tif == TIF_TRIGGER && !instr_price_ok(i, o->trigger_px))
		return err_set(e, ERR_RULE, "trigger price is not on %s's tick", i->coin);
	/* a stop of size 0 is one of the whole position (positionTpsl) */
	if (!instr_qty_ok(i, o->sz) && (o->sz.v || o->tif != TIF_TRIGGER || !o->reduce_only))
		return err_set(e, ERR_RULE, "size is not a positive multiple of %s's lot", i->coin);
	return true;
}

bool risk_approve(struct approved *out, const struct instr *i, const struct act_order *o,
		  struct qty position, uint32_t closed, struct err *e)
{
	enum deed d = risk_deed(o, position);

	for (int g = 0; g < GATES; g++)
		if ((closed & gate_bit((enum gate)g)) && risk_stops((enum gate)g, d))
			return err_set(e, g == GATE_KEY ? ERR_KEY : ERR_GATE, "%s", rows[g].words);
	if (!numbers_ok(i, o, e))
		return false;
	*out = (struct approved){.order = *o, .deed = (uint8_t)d, .passed = RISK_SEAL | closed};
	return true;
}

bool risk_sealed(const struct approved *a)
{
	return (a->passed & 0xff000000u) == RISK_SEAL;
}
