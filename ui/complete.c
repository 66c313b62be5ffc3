/* complete.c: the command line's help while it is typed: what may stand at the cursor, each with
 * what it means now, and the whole line in words. Nothing here does anything.
 *
 * 1. The table of verbs, options and choices is core/grammar.h; only the screen's own words are
 *    listed here.
 * 2. Values are resolved against the snapshot, as a reader would: the engine resolves again. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/grammar.h"
#include "ui/fmt.h"
#include "ui/sheetfill.h"
#include "ui/ui_in.h"
#include "base/banned.h"

enum { WORDS = 40 };

/* The line up to the word at the cursor. */
struct at_cursor {
	char text[LINE_CAP], word[LINE_CAP];
	const char *words[WORDS];
	int n; /* words before the one at the cursor */
	int start;
	const struct gram_verb *verb;
	const struct gram_opt *opt; /* whose value is being typed */
	const char *coin;	    /* the market named, NULL */
};

struct list {
	const struct ui *u;
	const struct at_cursor *at;
	struct ui_hint *out;
	int n, max;
};

static const char *const own_words[][2] = {
	{"account", "shows another account"},
	{"guard", "stops that rest at the venue; the sheet asks first"},
	{"journal", "searches the journal"},
	{"panic", "opens the panic sheet, for one market or all"},
	{"quit", "asks, then leaves the screen; exits run on"},
	{"report", "shows the cost of an exit"},
	{"unlock", "asks for the password of the signing key"},
	{"set", "mouse, pen, repaint or theme"},
};

static const char *const settings[][2] = {
	{"mouse", "off on"},
	{"pen", "braille block ascii"},
	{"repaint", "1 2 4 10"},
	{"theme", "dark light contrast safe mono"},
};

static const char *const choice_words[][2] = {
	{"twap", "even slices"},
	{"ac", "Almgren-Chriss, fast first"},
	{"sweep", "all now, down the book"},
	{"venue-twap", "the venue's own, without limits"},
	{"chase", "one order that follows the best price"},
	{"cross", "takes at once"},
	{"post", "rests only, may not fill"},
	{"post-cross", "rests, then takes"},
	{"quotes", "rests far off first, then takes"},
	{"none", "keeps the pace; the end moves"},
	{"by", "keeps the end; the pace rises"},
	{"entry", "entry orders; stops and exits stay"},
	{"exits", "entry and exit orders; exits pause"},
	{"all", "all but stops"},
};

static const char *verb_of(const char *word)
{
	return !strcmp(word, "panic") ? "flatten" : !strcmp(word, "x") ? "exit" : word;
}

static void add(struct list *l, const char *text, const char *what, const char *value,
		const char *note)
{
	if (l->n >= l->max || strncasecmp(text, l->at->word, strlen(l->at->word)))
		return;
	struct ui_hint *h = &l->out[l->n++];
	snprintf(h->text, sizeof h->text, "%s", text);
	snprintf(h->what, sizeof h->what, "%s", what);
	snprintf(h->value, sizeof h->value, "%s", value);
	snprintf(h->note, sizeof h->note, "%s", note);
}

static const char *choice_help(const char *word)
{
	for (unsigned i = 0; i < sizeof choice_words / sizeof choice_words[0]; i++)
		if (!strcmp(choice_words[i][0], word))
			return choice_words[i][1];
	return "";
}

static void add_choices(struct list *l, const char *choices)
{
	while (*choices) {
		char word[32];
		size_t n = strcspn(choices, " ");
		snprintf(word, sizeof word, "%.*s", (int)n, choices);
		add(l, word, choice_help(word), "", "");
		choices += n + (choices[n] == ' ');
	}
}

static void add_coins(struct list *l)
{
	const struct snap *s = l->u->snap;

	for (uint32_t i = 0; i < s->n_legs; i++) {
		const struct snap_leg *g = &s->leg[i];
		char what[64];
		snprintf(what, sizeof what, "%s %s", g->szi.v < 0 ? "SHORT" : "LONG",
			 fmt_size((struct qty){g->szi.v < 0 ? -g->szi.v : g->szi.v}, g->sz_decimals)
				 .s);
		add(l, g->coin, what, fmt_price(g->mark, g->px_decimals).s, "mark");
	}
}

static void add_exits(struct list *l, bool live)
{
	const struct snap *s = l->u->snap;

	for (uint32_t i = 0; i < s->n_exits; i++) {
		const struct snap_exit *x = &s->exit[i];
		char text[16], what[64];
		if (live && !exit_is_live(x))
			continue;
		snprintf(text, sizeof text, "x%u", x->id);
		snprintf(what, sizeof what, "%s %s", x->buy ? "buys" : "sells", x->coin);
		add(l, text, what, fmt_size5(x->left).s, "left");
	}
}

double ui_price_now(const struct ui *u, const struct snap_leg *g, const struct price_spec *p)
{
	const struct snap_book *b = g ? ui_book(u->snap, g->coin) : NULL;
	double base = 0;

	if (p->ref == PREF_ABS)
		return price_to_double(p->abs);
	if (!g)
		return 0;
	if (p->ref == PREF_FROM_MARK || p->ref == PREF_FROM_ARRIVAL)
		base = price_to_double(g->mark);
	else if (p->ref == PREF_FROM_LIQ && g->has_liq)
		base = price_to_double(g->liq);
	else if (p->ref == PREF_FROM_BID && b && b->book.n_bid)
		base = price_to_double(b->book.bid[0].px);
	else if (p->ref == PREF_FROM_ASK && b && b->book.n_ask)
		base = price_to_double(b->book.ask[0].px);
	return base * (1 + ratio_to_double(p->offset));
}

static const struct snap_leg *leg_of(const struct ui *u, const char *coin)
{
	return coin ? ui_leg_find(u->snap, coin, -1) : NULL;
}

static void add_price(struct list *l, const char *text)
{
	static const char *const from[] = {"",
					   "a price",
					   "from mark",
					   "from liq price",
					   "from best bid",
					   "from best ask",
					   "from the start"};
	const struct snap_leg *g = leg_of(l->u, l->at->coin);
	struct price_spec p = {0};
	struct err e;
	char note[48] = "";

	if (!gram_price(&p, text, &e))
		return;
	double v = ui_price_now(l->u, g, &p), mark = g ? price_to_double(g->mark) : 0;
	if (v > 0 && mark > 0)
		snprintf(note, sizeof note, "%s %% from mark",
			 fmt_double((v / mark - 1) * 100, 2, SIGN_PLUS).s);
	add(l, text, from[p.ref], v > 0 ? fmt_px(v, g ? g->px_decimals : 6).s : "not known now",
	    note);
}

static void add_prices(struct list *l)
{
	const struct snap_leg *g = leg_of(l->u, l->at->coin);
	bool sell = !g || g->szi.v > 0;

	if (l->at->word[0])
		add_price(l, l->at->word);
	/* the other ways to say one stay in sight */
	struct at_cursor any = *l->at;
	const struct at_cursor *own = l->at;
	any.word[0] = 0;
	l->at = &any;
	if (strcmp(own->word, sell ? "-1%" : "+1%"))
		add_price(l, sell ? "-1%" : "+1%");
	if (strcmp(own->word, sell ? "liq+0.2%" : "liq-0.2%"))
		add_price(l, sell ? "liq+0.2%" : "liq-0.2%");
	if (strcmp(own->word, sell ? "bid-3bp" : "ask+3bp"))
		add_price(l, sell ? "bid-3bp" : "ask+3bp");
	l->at = own;
}

static bool size_now(const struct snap_leg *g, const struct size *z, struct qty *out)
{
	struct qty held = {g->szi.v < 0 ? -g->szi.v : g->szi.v};

	*out = held;
	if (z->unit == SIZE_COIN)
		*out = z->coin;
	else if (z->unit == SIZE_PERCENT)
		return qty_times_ratio(out, held, z->part, ROUND_DOWN);
	else if (z->unit == SIZE_USD)
		return money_over_price(out, z->usd, g->mark, ROUND_DOWN);
	return true;
}

static void add_size(struct list *l, const char *text)
{
	const struct snap_leg *g = leg_of(l->u, l->at->coin);
	struct size z = {0};
	struct err e;
	struct qty q;
	char value[48], note[48];

	if (!g || !gram_size(&z, text, g->coin, &e) || !size_now(g, &z, &q))
		return;
	snprintf(value, sizeof value, "%s %s", fmt_size(q, g->sz_decimals).s, g->coin);
	snprintf(note, sizeof note, "%s USD at the mark",
		 fmt_usd(qty_to_double(q) * price_to_double(g->mark), 12, 0).s);
	add(l, text, z.unit == SIZE_PERCENT ? "of what is held" : "a size", value, note);
}

static void add_sizes(struct list *l)
{
	static const char *const usual[] = {"25%", "50%", "all"};

	if (l->at->word[0] && strcmp(l->at->word, "all"))
		add_size(l, l->at->word);
	for (unsigned i = 0; i < 3; i++)
		if (strcmp(l->at->word, usual[i]) || !strcmp(usual[i], "all"))
			add_size(l, usual[i]);
}

static void add_value(struct list *l, const char *text)
{
	const char *name = l->at->opt->name;
	struct err e;
	struct ratio r;
	int64_t ms;

	if (!strcmp(name, "for") && gram_duration(&ms, text, &e))
		add(l, text, "how long", fmt_clock(ui_wall_ms(l->u) + ms).s, "the end, from now");
	else if (!strcmp(name, "by") && gram_clock(&ms, text, ui_wall_ms(l->u), &e))
		add(l, text, "time of day", fmt_dur((double)(ms - ui_wall_ms(l->u)) / 1000).s,
		    "from now");
	else if (!strcmp(name, "risk") && gram_percent(&r, text, &e))
		add(l, text, "danger limit", fmt_chance(ratio_to_double(r), true).s, "");
	else if (!strcmp(name, "pace") && gram_factor(&r, text, &e))
		add(l, text, "against the plan", fmt_double(ratio_to_double(r) * 100, 0, 0).s,
		    "% of the planned speed");
	else if (!strcmp(name, "urgency") && gram_unit(&r, text, &e))
		add(l, text, "0 even, 1 at once", "", "");
	else if ((!strcmp(name, "cap") || !strcmp(name, "random") || !strcmp(name, "part")) &&
		 gram_percent(&r, text, &e))
		add(l, text, l->at->opt->help, "", "");
}

static const struct {
	const char *name, *values[4];
} usual_values[] = {
	{"for", {"10m", "30m", "1h30m", NULL}}, {"risk", {"1%", "2%", "0.5%", NULL}},
	{"pace", {"1x", "1.2x", "1.5x", NULL}}, {"urgency", {"0.2", "0.4", "0.8", NULL}},
	{"cap", {"5%", "10%", "25%", NULL}},	{"random", {"0%", "20%", NULL}},
	{"part", {"25%", "50%", NULL}},		{"by", {NULL}},
};

static void add_values(struct list *l)
{
	const struct gram_opt *o = l->at->opt;

	if (o->choices) {
		add_choices(l, o->choices);
		return;
	}
	if (!strcmp(o->name, "working") || !strcmp(o->name, "last")) {
		add_prices(l);
	} else if (!strcmp(o->name, "size")) {
		add_sizes(l);
	} else if (!strcmp(o->name, "keep")) {
		add_coins(l);
	} else if (!strcmp(o->name, "account")) {
		for (uint32_t i = 0; i < l->u->snap->n_accounts; i++)
			add(l, l->u->snap->account[i].name, "an account", "", "");
	}
	for (unsigned i = 0; i < sizeof usual_values / sizeof usual_values[0]; i++) {
		if (strcmp(usual_values[i].name, o->name))
			continue;
		if (l->at->word[0])
			add_value(l, l->at->word);
		for (int k = 0; usual_values[i].values[k]; k++)
			if (strcmp(usual_values[i].values[k], l->at->word))
				add_value(l, usual_values[i].values[k]);
	}
}

static void add_verbs(struct list *l)
{
	for (const struct gram_verb *v = gram_verbs; v->name; v++)
		add(l, v->name, v->help, "", "");
	for (unsigned i = 0; i < sizeof own_words / sizeof own_words[0]; i++)
		add(l, own_words[i][0], own_words[i][1], "", "");
}

static bool given(const struct at_cursor *at, const char *name)
{
	for (int i = 1; i < at->n; i++)
		if (!strncmp(at->words[i], "--", 2) && !strcmp(at->words[i] + 2, name))
			return true;
	return false;
}

static void add_options(struct list *l)
{
	for (int i = 0; l->at->verb->opts[i]; i++) {
		const struct gram_opt *o = l->at->verb->opts[i];
		char text[40];
		if (given(l->at, o->name) || !strcmp(o->name, "yes"))
			continue;
		snprintf(text, sizeof text, "--%s", o->name);
		add(l, text, o->help, "", "");
	}
}

static void add_settings(struct list *l)
{
	for (unsigned i = 0; i < sizeof settings / sizeof settings[0]; i++) {
		if (l->at->n == 1)
			add(l, settings[i][0], settings[i][1], "", "");
		else if (l->at->n == 2 && !strcmp(l->at->words[1], settings[i][0]))
			add_choices(l, settings[i][1]);
	}
}

static void add_arguments(struct list *l)
{
	const struct at_cursor *at = l->at;
	const char *v = at->words[0];

	if (!strcmp(v, "set"))
		add_settings(l);
	else if (!strcmp(v, "report"))
		add_exits(l, false);
	else if (!strcmp(v, "account"))
		for (uint32_t i = 0; i < l->u->snap->n_accounts; i++)
			add(l, l->u->snap->account[i].name, "an account", "", "");
	if (!at->verb)
		return;
	switch (at->verb->kind) {
	case CMD_CANCEL:
		if (at->n == 1)
			add_choices(l, "entry exits all");
		add_coins(l);
		break;
	case CMD_EXIT:
	case CMD_FOCUS:
		if (at->n == 1)
			add_coins(l);
		break;
	case CMD_FLATTEN:
		add_coins(l);
		break;
	case CMD_PAUSE:
	case CMD_RESUME:
	case CMD_TUNE:
	case CMD_CLOSE_REST:
	case CMD_END:
	case CMD_INCLUDE:
		if (at->n == 1)
			add_exits(l, true);
		break;
	default:
		break;
	}
}

/* The market the line is about: named, or that of the exit named. */
static const char *coin_of(const struct ui *u, const struct at_cursor *at)
{
	struct err e;
	uint32_t id;

	if (!at->verb || at->n < 2)
		return NULL;
	if (at->verb->kind == CMD_EXIT)
		return at->words[1];
	if (at->verb->kind == CMD_TUNE && gram_exit_id(&id, at->words[1], &e)) {
		const struct snap_exit *x = ui_exit_find(u->snap, id);
		return x ? x->coin : NULL;
	}
	return NULL;
}

static void find_cursor(const struct ui *u, struct at_cursor *at)
{
	const struct ui_line *l = &u->line;

	memset(at, 0, sizeof *at);
	at->start = l->hint >= 0 ? l->stem_at : l->cursor;
	while (l->hint < 0 && at->start > 0 && l->text[at->start - 1] != ' ')
		at->start--;
	if (l->hint >= 0)
		snprintf(at->word, sizeof at->word, "%s", l->stem);
	else
		snprintf(at->word, sizeof at->word, "%.*s", l->cursor - at->start,
			 l->text + at->start);
	snprintf(at->text, sizeof at->text, "%.*s", at->start, l->text);
	at->n = gram_split(at->text, at->words, WORDS);
	if (at->n < 1)
		return;
	at->verb = gram_verb_find(verb_of(at->words[0]));
	const char *before = at->words[at->n - 1];
	if (at->verb && at->n > 1 && !strncmp(before, "--", 2))
		for (int i = 0; at->verb->opts[i]; i++)
			if (at->verb->opts[i]->arg && !strcmp(at->verb->opts[i]->name, before + 2))
				at->opt = at->verb->opts[i];
	at->coin = coin_of(u, at);
}

int complete_hints(const struct ui *u, struct ui_hint *out, int max)
{
	struct at_cursor at;
	struct list l = {u, &at, out, 0, max};

	find_cursor(u, &at);
	if (at.n < 0)
		return 0;
	if (at.n == 0)
		add_verbs(&l);
	else if (at.opt)
		add_values(&l);
	else if (at.word[0] == '-' && at.verb)
		add_options(&l);
	else
		add_arguments(&l);
	if (!l.n && at.n > 0 && at.verb && !at.word[0] && !at.opt)
		add_options(&l);
	return l.n;
}

static void replace(struct ui_line *l, int from, const char *with)
{
	int n = (int)strlen(with), tail = l->len - l->cursor;

	if (from + n + tail + 1 >= LINE_CAP)
		return;
	memmove(l->text + from + n, l->text + l->cursor, (size_t)tail + 1);
	memcpy(l->text + from, with, (size_t)n);
	l->len = from + n + tail;
	l->cursor = from + n;
	l->error[0] = 0;
}

/* How many letters all hints share. */
static size_t shared(const struct ui_hint *h, int n)
{
	size_t k = strlen(h[0].text);

	for (int i = 1; i < n; i++) {
		size_t j = 0;
		while (j < k && h[i].text[j] == h[0].text[j])
			j++;
		k = j;
	}
	return k;
}

void complete_tab(struct ui *u)
{
	struct ui_line *l = &u->line;
	struct ui_hint h[HINTS_MAX];
	struct at_cursor at;
	char text[64];
	int n = complete_hints(u, h, HINTS_MAX);

	if (!n)
		return;
	find_cursor(u, &at);
	if (n == 1) {
		snprintf(text, sizeof text, "%s ", h[0].text);
		replace(l, at.start, text);
		l->hint = -1;
		return;
	}
	size_t k = shared(h, n);
	if (l->hint < 0 && k > strlen(at.word)) {
		snprintf(text, sizeof text, "%.*s", (int)k, h[0].text);
		replace(l, at.start, text);
		return;
	}
	if (l->hint < 0) {
		snprintf(l->stem, sizeof l->stem, "%.*s", (int)sizeof l->stem - 1, at.word);
		l->stem_at = at.start;
	}
	l->hint = (l->hint + 1) % n;
	if (!strcmp(h[l->hint].text, l->stem)) /* what stands there already is no step */
		l->hint = (l->hint + 1) % n;
	replace(l, at.start, h[l->hint].text);
}

static void price_words(const struct ui *u, const struct snap_leg *g, const char *name,
			const struct price_spec *p, char *out, size_t cap)
{
	double v = ui_price_now(u, g, p);
	size_t n = strlen(out);

	if (p->ref != PREF_NONE && n < cap)
		snprintf(out + n, cap - n, ", %s %s", name,
			 v > 0 ? fmt_px(v, g ? g->px_decimals : 6).s : "not known now");
}

static void exit_words(const struct ui *u, const struct ticket *t, char *out, size_t cap)
{
	const struct snap_leg *g = leg_of(u, t->coin);
	struct qty q, held;
	char when[48];
	size_t n;

	if (!g || !g->szi.v) {
		snprintf(out, cap, "%s is flat. Nothing to exit.", t->coin);
		return;
	}
	held.v = g->szi.v < 0 ? -g->szi.v : g->szi.v;
	int64_t end = t->until_ms ? t->until_ms : ui_wall_ms(u) + t->horizon_ms;
	if (t->until_ms || t->horizon_ms)
		snprintf(when, sizeof when, "by %s", fmt_clock(end).s);
	else
		snprintf(when, sizeof when, "now");
	const char *verb = g->szi.v < 0 ? "buy" : "sell";
	if (t->target == TARGET_SIZE && size_now(g, &t->size, &q))
		snprintf(out, cap, "%s %s of %s %s %s", verb, fmt_size(q, g->sz_decimals).s,
			 fmt_size(held, g->sz_decimals).s, g->coin, when);
	else
		snprintf(out, cap, "%s %s until the target is reached, %s", verb, g->coin, when);
	n = strlen(out);
	if (t->risk.v && n < cap)
		snprintf(out + n, cap - n, ", danger %s",
			 fmt_chance(ratio_to_double(t->risk), true).s);
	price_words(u, g, "working", &t->working, out, cap);
	price_words(u, g, "last", &t->last, out, cap);
}

static void tune_words(const struct ui *u, const struct tune *t, char *out, size_t cap)
{
	const struct snap_exit *x = ui_exit_find(u->snap, t->exit);
	const struct snap_leg *g = x ? leg_of(u, x->coin) : NULL;
	size_t n;

	if (!x) {
		snprintf(out, cap, "No exit x%u.", t->exit);
		return;
	}
	snprintf(out, cap, "x%u %s %s", x->id, x->buy ? "buys" : "sells", x->coin);
	n = strlen(out);
	if ((t->fields & TUNE_PACE) && n < cap)
		snprintf(out + n, cap - n, ", pace %sx, now %sx",
			 fmt_double(ratio_to_double(t->pace), 2, 0).s, fmt_double(x->pace, 2, 0).s);
	n = strlen(out);
	if ((t->fields & TUNE_CAP) && n < cap)
		snprintf(out + n, cap - n, ", cap %s %%, now %s %%",
			 fmt_double(ratio_to_double(t->cap) * 100, 0, 0).s,
			 fmt_double(x->cap * 100, 0, 0).s);
	n = strlen(out);
	if ((t->fields & TUNE_END) && n < cap)
		snprintf(out + n, cap - n, ", ends %s",
			 fmt_clock(t->until_ms ? t->until_ms : ui_wall_ms(u) + t->horizon_ms).s);
	if (t->fields & TUNE_WORKING)
		price_words(u, g, "working", &t->working, out, cap);
	if (t->fields & TUNE_LAST)
		price_words(u, g, "last", &t->last, out, cap);
}

static void flatten_words(const struct ui *u, const struct flatten *f, char *out, size_t cap)
{
	static struct sheet_in in; /* too large for a stack */
	static struct sheet sheet;
	static const int verb_of_flatten[VERBS] = {
		[VERB_NOW] = SHEET_NOW, [VERB_CARE] = SHEET_CARE, [VERB_TRIM] = SHEET_TRIM};

	sheet_fill_snap(u->snap, u->now_ns, f, &in);
	sheet_make(&in, &sheet);
	const struct sheet_line *l = &sheet.line[verb_of_flatten[f->verb % VERBS]];
	snprintf(out, cap, "%s %u leg%s%s%s, cost ~%s USD; the sheet asks first",
		 f->verb == VERB_TRIM ? "cut" : "close", l->n, l->n == 1 ? "" : "s",
		 f->verb == VERB_NOW ? " now" : "", f->account == 0xff ? " on ALL ACCOUNTS" : "",
		 fmt_usd(l->cost, 12, 0).s);
}

static void cmd_words(const struct ui *u, const struct cmd *c, char *out, size_t cap)
{
	const struct gram_verb *v = gram_verbs;
	const struct snap_exit *x;

	switch (c->kind) {
	case CMD_EXIT:
		exit_words(u, &c->ticket, out, cap);
		return;
	case CMD_TUNE:
		tune_words(u, &c->tune, out, cap);
		return;
	case CMD_FLATTEN: {
		flatten_words(u, &c->flatten, out, cap);
		return;
	}
	case CMD_PAUSE:
	case CMD_RESUME:
	case CMD_CLOSE_REST:
	case CMD_END:
	case CMD_INCLUDE:
		while (v->name && v->kind != c->kind)
			v++;
		x = c->which.exit ? ui_exit_find(u->snap, c->which.exit) : NULL;
		if (x)
			snprintf(out, cap, "%s x%u: %s %s left of %s", v->name, x->id,
				 fmt_size5(x->left).s, x->coin, fmt_size5(x->total).s);
		else if (c->which.exit)
			snprintf(out, cap, "No exit x%u.", c->which.exit);
		else
			snprintf(out, cap, "%s every exit", v->name);
		return;
	default:
		while (v->name && v->kind != c->kind)
			v++;
		snprintf(out, cap, "%s", v->name ? v->help : "");
	}
}

bool complete_words(const struct ui *u, char *out, size_t cap)
{
	const struct ui_line *l = &u->line;
	char text[LINE_CAP];
	const char *words[WORDS], *names[ACCOUNTS_MAX];
	struct cmd cmd;
	struct err e = {0};
	int bad = -1, n;

	out[0] = 0;
	snprintf(text, sizeof text, "%s", l->text);
	n = gram_split(text, words, WORDS);
	if (n < 1)
		return true;
	for (unsigned i = 0; i < sizeof own_words / sizeof own_words[0]; i++)
		if (!strcmp(words[0], own_words[i][0]) && strcmp(words[0], "panic")) {
			snprintf(out, cap, "%s: %s", words[0], own_words[i][1]);
			return true;
		}
	bool typing = l->cursor == l->len && l->len && l->text[l->len - 1] != ' ';
	words[0] = verb_of(words[0]);
	const struct gram_verb *v = gram_verb_find(words[0]);
	if (!v) {
		if (typing && n == 1)
			return true;
		snprintf(out, cap, "No command %.40s. Tab completes, ? shows the keys.", words[0]);
		return false;
	}
	for (uint32_t i = 0; i < u->snap->n_accounts && i < ACCOUNTS_MAX; i++)
		names[i] = u->snap->account[i].name;
	struct gram_ctx ctx = {ui_wall_ms(u), u->account, (int)u->snap->n_accounts, names};
	if (gram_parse(&ctx, &cmd, n, words, &bad, &e)) {
		cmd_words(u, &cmd, out, cap);
		return true;
	}
	if (bad >= n || (typing && bad == n - 1)) { /* not wrong, not finished */
		snprintf(out, cap, "%s %s: %s", v->name, v->args, v->help);
		return true;
	}
	command_error(out, cap, bad >= 0 ? words[bad] : "", e.text);
	return false;
}
