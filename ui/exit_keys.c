/* exit_keys.c: the knobs of a running exit: what acts at once and what asks first (screens.md 4.5).
 * At once is only what makes the exit faster or looser within what was confirmed, or a pause. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/fmt.h"
#include "ui/sheetfill.h"
#include "ui/ui_in.h"
#include "base/banned.h"

static struct ratio ratio_of(double v)
{
	return (struct ratio){llround(v * 1e12)};
}

static void tune_cmd(struct cmd *cmd, const struct snap_exit *x, uint32_t fields)
{
	memset(cmd, 0, sizeof *cmd);
	cmd->kind = CMD_TUNE;
	cmd->tune.exit = x->id;
	cmd->tune.fields = fields;
}

/* What closing the rest costs, as the emergency sheet has it; "": its position is not known. */
static void rest_cost(const struct ui *u, const struct snap_exit *x, char *out, size_t cap)
{
	const struct snap_leg *g = ui_leg_find(u->snap, x->coin, x->account);
	double cost, model, usd, share;

	if (!g || x->left.v <= 0 ||
	    !sheet_cost_snap(u->snap, u->now_ns, x->account, x->coin, x->left, &cost, &model))
		return;
	usd = qty_to_double(x->left) * price_to_double(g->mark);
	share = cost > 0 ? fmin(model / cost, 1) : 0;
	snprintf(out, cap, "Cost ~%s USD", fmt_usd(cost, 12, 0).s);
	if (usd > 0)
		snprintf(out + strlen(out), cap - strlen(out), " (%s bp of %s), fees in",
			 fmt_double(cost / usd * 1e4, 1, 0).s, fmt_km(usd, 0).s);
	if (share > 0.995)
		snprintf(out + strlen(out), cap - strlen(out), "; no book: all of it model");
	else if (share >= 0.005)
		snprintf(out + strlen(out), cap - strlen(out), "; %s %% of it model",
			 fmt_double(share * 100, 0, 0).s);
	snprintf(out + strlen(out), cap - strlen(out), ".");
}

void exit_sheet(struct ui *u, const struct cmd *cmd)
{
	const struct snap_exit *x =
		ui_exit_find(u->snap, cmd->kind == CMD_TUNE ? cmd->tune.exit : cmd->which.exit);
	char title[64], choice[96], s1[160] = "", s2[160] = "", who[24] = "all exits";
	static const struct {
		uint8_t kind;
		const char *verb, *what;
	} words[] = {
		{CMD_PAUSE, "Pause", "no new slices; resting slices are cancelled"},
		{CMD_RESUME, "Resume", "slices go on at the planned pace; nothing is caught up"},
		{CMD_END, "End", "nothing more is sent; what is left stays open"},
		{CMD_CLOSE_REST, "Close the rest of", "all that is left goes now, reduce-only"},
		{CMD_TUNE, "Tune", "changed without a gap"},
		{CMD_INCLUDE, "Include in", "what another hand added becomes part of this exit"},
		{CMD_TAKE_SEAT, "Take", "the operator's seat comes to this terminal"},
	};

	if (cmd->kind == CMD_TAKE_SEAT)
		snprintf(who, sizeof who, "the seat");
	else if (x)
		snprintf(who, sizeof who, "x%u", x->id);
	for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (words[i].kind != cmd->kind)
			continue;
		snprintf(title, sizeof title, "%s %s", words[i].verb, who);
		snprintf(choice, sizeof choice, "%s", words[i].what);
		if (x)
			snprintf(s1, sizeof s1, "x%u has %s %s left of %s.", x->id,
				 fmt_size5(x->left).s, x->coin, fmt_size5(x->total).s);
		if (x && cmd->kind == CMD_CLOSE_REST)
			rest_cost(u, x, s2, sizeof s2);
		sheet_small(u, cmd, title, choice, s1, s2);
		return;
	}
}

static void sheet_which(struct ui *u, uint8_t kind, uint32_t id)
{
	struct cmd cmd;

	memset(&cmd, 0, sizeof cmd);
	cmd.kind = kind;
	cmd.which.exit = id;
	exit_sheet(u, &cmd);
}

static void tune_sheet(struct ui *u, const struct cmd *cmd, const struct snap_exit *x,
		       const char *words)
{
	char title[64];

	snprintf(title, sizeof title, "Tune x%u", x->id);
	sheet_small(u, cmd, title, words, "The rest of the ticket stays as it was confirmed.", "");
}

static double confirmed_cap(const struct snap_exit *x)
{
	return x->ticket.cap.v ? ratio_to_double(x->ticket.cap) : 0.1;
}

/* From waiting to crossing. */
static int place_rank(uint8_t place)
{
	static const uint8_t rank[PLACE_COUNT] = {[PLACE_POST] = 0,
						  [PLACE_QUOTES] = 1,
						  [PLACE_CHASE] = 2,
						  [PLACE_POST_CROSS] = 3,
						  [PLACE_CROSS] = 4};

	return rank[place % PLACE_COUNT];
}

/* screens.md 4.5: what acts at once is faster or looser within the limits, or back towards what was
 * confirmed; all else asks. */
static bool working_at_once(const struct snap_exit *x, double to)
{
	double now = price_to_double(x->working), last = price_to_double(x->last);
	bool abs = x->ticket.working.ref == PREF_ABS;
	double was = abs ? price_to_double(x->ticket.working.abs) : 0;
	int sign = x->buy ? 1 : -1; /* looser: up for a buy */

	if (to <= 0)
		return x->ticket.working.ref == PREF_NONE;
	if (last > 0 && sign * (to - last) > 0)
		return false;
	return sign * (to - now) > 0 || (was > 0 && sign * (to - was) >= 0);
}

static bool at_once(const struct snap_exit *x, uint32_t field, double to)
{
	switch (field) {
	case TUNE_PACE:
		return to <= 1.5 + 1e-9 && (to > x->pace || to >= 1 - 1e-9);
	case TUNE_WORKING:
		return working_at_once(x, to);
	case TUNE_CAP:
		return to <= 0.25 + 1e-9 && (to > x->cap || to >= confirmed_cap(x) - 1e-9);
	case TUNE_PLACE:
		return place_rank((uint8_t)to) > place_rank(x->ticket.place);
	default:
		return false;
	}
}

/* Pace: up to 1.5x at once; slower than 1.0 and above 1.5 asks. */
static void pace(struct ui *u, const struct snap_exit *x, bool up)
{
	static const double steps[] = {0.5, 0.75, 1, 1.2, 1.5, 2, 3};
	struct cmd cmd;
	char words[96];
	double to = x->pace;

	for (int i = 0; i < 7; i++) {
		if (up && steps[i] > x->pace + 1e-6) {
			to = steps[i];
			break;
		}
		if (!up && steps[i] < x->pace - 1e-6)
			to = steps[i];
	}
	if (fabs(to - x->pace) < 1e-6) {
		ui_notice(u, "x%u: the pace is %sx already, the %s there is.", x->id,
			  fmt_double(x->pace, 1, 0).s, up ? "fastest" : "slowest");
		return;
	}
	tune_cmd(&cmd, x, TUNE_PACE);
	cmd.tune.pace = ratio_of(to);
	if (at_once(x, TUNE_PACE, to)) {
		ui_send(u, &cmd);
		return;
	}
	snprintf(words, sizeof words, "pace %sx → %sx", fmt_double(x->pace, 1, 0).s,
		 fmt_double(to, to < 1 ? 2 : 1, 0).s);
	tune_sheet(u, &cmd, x, words);
}

/* A price 0.1 % on; looser for the working price acts at once, never past the last price. */
static void price(struct ui *u, const struct snap_exit *x, bool down, bool last)
{
	double now = price_to_double(last ? x->last : x->working);
	const struct snap_leg *leg = ui_leg_find(u->snap, x->coin, -1);
	struct cmd cmd;
	struct price to;
	char words[96];

	if (now <= 0) {
		ui_notice(u, "x%u has no %s price. t opens the ticket, where one can be typed.",
			  x->id, last ? "last" : "working");
		return;
	}
	if (!price_from_double(&to, now * (down ? 0.999 : 1.001), ROUND_HALF_AWAY))
		return;
	int dec = fmt_px_decimals(now, leg ? leg->px_decimals : 6);
	dec_round(&to.v, to.v, PRICE_DIGITS, dec, down ? ROUND_FLOOR : ROUND_CEIL);
	double v = price_to_double(to);
	tune_cmd(&cmd, x, last ? TUNE_LAST : TUNE_WORKING);
	struct price_spec *spec = last ? &cmd.tune.last : &cmd.tune.working;
	spec->ref = PREF_ABS;
	spec->abs = to;
	if (!last && at_once(x, TUNE_WORKING, v)) {
		ui_send(u, &cmd);
		return;
	}
	snprintf(words, sizeof words, "%s price %s → %s", last ? "last" : "working",
		 fmt_double(now, dec, 0).s, fmt_double(v, dec, 0).s);
	tune_sheet(u, &cmd, x, words);
}

static void cap(struct ui *u, const struct snap_exit *x, bool up)
{
	double to = x->cap + (up ? 0.05 : -0.05);
	struct cmd cmd;
	char words[96];

	if (to > 0.25 + 1e-9 || to < 0.01) {
		ui_notice(u, "x%u: the volume cap is %s %%; it ends at %s %%.", x->id,
			  fmt_double(x->cap * 100, 0, 0).s, up ? "25" : "5");
		return;
	}
	tune_cmd(&cmd, x, TUNE_CAP);
	cmd.tune.cap = ratio_of(to);
	if (at_once(x, TUNE_CAP, to)) {
		ui_send(u, &cmd);
		return;
	}
	snprintf(words, sizeof words, "volume cap %s %% → %s %%", fmt_double(x->cap * 100, 0, 0).s,
		 fmt_double(to * 100, 0, 0).s);
	tune_sheet(u, &cmd, x, words);
}

/* Towards crossing at once; round to the most patient one asks. */
static void placement(struct ui *u, const struct snap_exit *x)
{
	static const uint8_t next[PLACE_COUNT] = {[PLACE_POST] = PLACE_QUOTES,
						  [PLACE_QUOTES] = PLACE_CHASE,
						  [PLACE_CHASE] = PLACE_POST_CROSS,
						  [PLACE_POST_CROSS] = PLACE_CROSS,
						  [PLACE_CROSS] = PLACE_POST};
	struct cmd cmd;

	tune_cmd(&cmd, x, TUNE_PLACE);
	cmd.tune.place = next[x->ticket.place % PLACE_COUNT];
	if (at_once(x, TUNE_PLACE, cmd.tune.place))
		ui_send(u, &cmd);
	else
		tune_sheet(u, &cmd, x, "each slice: cross → post, and wait");
}

static bool undo_one(struct cmd *cmd, const struct snap_exit *x, uint32_t k)
{
	double from = x->tune_from[k];
	struct tune *t = &cmd->tune;
	struct price px = {0};

	switch (x->tune_field[k]) {
	case TUNE_PACE:
		t->pace = ratio_of(from);
		break;
	case TUNE_CAP:
		t->cap = ratio_of(from / 100);
		break;
	case TUNE_PLACE:
		t->place = (uint8_t)from;
		break;
	case TUNE_URGENCY:
		t->urgency = ratio_of(from);
		break;
	case TUNE_ALGO:
		t->algo = (uint8_t)from;
		break;
	case TUNE_WORKING:
	case TUNE_LAST: {
		struct price_spec *p = x->tune_field[k] == TUNE_LAST ? &t->last : &t->working;
		if (from > 0 && !price_from_double(&px, from, ROUND_HALF_AWAY))
			return false;
		p->ref = from > 0 ? PREF_ABS : PREF_NONE;
		p->abs = px;
		break;
	}
	case TUNE_SIZE:
		t->size.unit = SIZE_COIN;
		t->size.coin.v = llround(from * 1e8);
		break;
	case TUNE_END:
		t->until_ms = x->tune_ms[k] + llround(from * 1000);
		break;
	default:
		return false;
	}
	t->fields |= x->tune_field[k];
	return true;
}

/* The newest tuning goes back to what stood before: all its fields, for one key or one ticket may
 * have turned several. */
static void undo(struct ui *u, const struct snap_exit *x)
{
	uint32_t n = x->tunes < 6 ? x->tunes : 6, last = (x->tunes + 5) % 6;
	char words[96] = "";
	bool now = true, any = false;
	struct cmd cmd;

	if (!n) {
		ui_notice(u, "Nothing was tuned.");
		return;
	}
	tune_cmd(&cmd, x, 0);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = (last + 6 - i) % 6;
		size_t at = strlen(words);
		if (x->tune_ms[k] != x->tune_ms[last] || !undo_one(&cmd, x, k))
			break;
		double to = x->tune_from[k];
		now = now &&
		      at_once(x, x->tune_field[k], x->tune_field[k] == TUNE_CAP ? to / 100 : to);
		any = true;
		if (at < sizeof words)
			snprintf(words + at, sizeof words - at, "%s%s",
				 at ? "; " : "undo: ", x->tune_text[k]);
	}
	if (!any)
		ui_notice(u, "x%u: what stood before the last change is not known. t tunes it.",
			  x->id);
	else if (now)
		ui_send(u, &cmd);
	else
		tune_sheet(u, &cmd, x, words);
}

/* SELLING STOPPED, l: the working price goes to where it sells again, no farther than the last. */
void exit_lower(struct ui *u, const struct snap_exit *x)
{
	const struct snap_leg *leg = ui_leg_find(u->snap, x->coin, x->account);
	double last = price_to_double(x->last), mark = leg ? price_to_double(leg->mark) : 0;
	double to = mark * (x->buy ? 1.001 : 0.999);
	char words[96];
	struct cmd cmd;
	struct price px;

	if (last > 0 && (x->buy ? to > last : to < last))
		to = last;
	if (mark <= 0 || !price_from_double(&px, to, ROUND_HALF_AWAY))
		return;
	int dec = fmt_px_decimals(to, leg->px_decimals);
	dec_round(&px.v, px.v, PRICE_DIGITS, dec, x->buy ? ROUND_FLOOR : ROUND_CEIL);
	tune_cmd(&cmd, x, TUNE_WORKING);
	cmd.tune.working.ref = PREF_ABS;
	cmd.tune.working.abs = px;
	snprintf(words, sizeof words, "working price %s -> %s",
		 fmt_price(x->working, leg->px_decimals).s, fmt_px(price_to_double(px), dec).s);
	tune_sheet(u, &cmd, x, words);
}

/* The block without which no schedule keeps the danger limit; the rest goes on by schedule. */
static void sell_block(struct ui *u, const struct snap_exit *x)
{
	struct cmd cmd;
	char words[96];

	if (!x->block.v) {
		ui_notice(u, "x%u: no block is offered; the schedule keeps its danger limit.",
			  x->id);
		return;
	}
	tune_cmd(&cmd, x, TUNE_BLOCK);
	cmd.tune.block.unit = SIZE_COIN;
	cmd.tune.block.coin = x->block;
	snprintf(words, sizeof words, "%s %s %s now, about %s USD, then on by schedule",
		 x->buy ? "buy" : "sell", fmt_size5(x->block).s, x->coin,
		 fmt_usd(x->block_cost, 9, 0).s);
	tune_sheet(u, &cmd, x, words);
}

void exit_action(struct ui *u, enum ui_action a, int key)
{
	const struct snap_exit *x = ui_exit(u);

	if (!x || !exit_is_live(x)) {
		ui_notice(u, "This exit is over. Esc goes back, 6 shows its cost.");
		return;
	}
	switch (a) {
	case UA_PAUSE_THIS:
		if (x->state == XS_PAUSED)
			sheet_which(u, CMD_RESUME, x->id);
		else
			ui_send_kind(u, CMD_PAUSE, x->id);
		break;
	case UA_FASTER:
		pace(u, x, true);
		break;
	case UA_SLOWER:
		pace(u, x, false);
		break;
	case UA_WORKING:
		price(u, x, key == u->keys.key[UA_WORKING][0], false);
		break;
	case UA_LAST:
		price(u, x, key == u->keys.key[UA_LAST][0], true);
		break;
	case UA_CAP:
		cap(u, x, key != u->keys.key[UA_CAP][0]);
		break;
	case UA_PLACEMENT:
		placement(u, x);
		break;
	case UA_GUARD_EXIT:
		sheet_stops(u, x->coin, x->account);
		break;
	case UA_UNDO_TUNE:
		undo(u, x);
		break;
	case UA_SELL_BLOCK:
		sell_block(u, x);
		break;
	case UA_TUNE:
		ticket_tune(u, x);
		break;
	case UA_CLOSE_REST:
		sheet_which(u, CMD_CLOSE_REST, x->id);
		break;
	case UA_END_EXIT:
		sheet_which(u, CMD_END, x->id);
		break;
	default:
		break;
	}
}
