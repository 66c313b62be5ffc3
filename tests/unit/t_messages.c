/* t_messages.c: the ten messages of operations.md 9, each in its situation: the engine is brought
 * into it, its snapshot goes under the real screen, and the message is read off the cells, in row 0
 * and whole behind Space, at 80x24 and 120x40. No text here is put into a snapshot by hand.
 *
 * The expected words are those of operations.md with the numbers of the situation played. # stands
 * for one number that time or a model makes (an age, a modelled cost); whatever follows from the
 * situation is spelt out. Where operations.md says more than one venue of linear contracts can know
 * (band, hedge keys, the writer's agent, what a catch-up costs), the row says so. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "tests/run.h"
#include "tests/screens/hand.h"
#include "tests/unit/messages_world.h"
#include "ui/fmt.h"
#include "ui/ui_in.h"

static struct world *played;
static char lines[200000], joined[200000];

static void from_engine(struct snap *s)
{
	engine_snap(played->e, s);
}

/* ---- what has to be said ---- */

static const struct message {
	const char *name;
	struct world *(*play)(void);
	uint8_t code, level;
	const char *text, *brief;
	const char *at_80, *at_120; /* row 0 */
	const char *keys;	    /* opened: what can be pressed */
} messages[] = {
	{"1 danger", in_danger, NC_DANGER, 3,
	 "CROSS dies at BTC -1.6 % (all 2 legs) · 1-in-10 in # h (young) · would lose 9,000 USDC · "
	 "NO STOP · press !",
	 "CROSS dies at BTC -1.6 % · 1-in-10 in # h (young) · NO STOP",
	 "!! CROSS dies at BTC −1.6 % · 1-in-10 in ~# h · loses 9,000 · NO STOP · !",
	 "!! CROSS dies at BTC −1.6 % (all 2 legs) · 1-in-10 in # h (young) · would lose 9,000 "
	 "USDC · NO STOP · press !",
	 "! panic…"},
	{"3 unknown", not_answered, NC_UNKNOWN, 2,
	 "NO ANSWER # s to SELL 20 BTC (reduce-only). It may have filled. Sending again, 2 of 4: a "
	 "double cannot sell more than you hold.",
	 "NO ANSWER # s to SELL 20 BTC (reduce-only). It may have filled.",
	 "?  NO ANSWER # s to SELL 20 BTC (reduce-only). It may have filled. ›",
	 "?  NO ANSWER # s to SELL 20 BTC (reduce-only). It may have filled. ›", "! panic…"},
	{"3 unknown, a part", part_not_answered, NC_UNKNOWN, 3,
	 "NO ANSWER # s to SELL # BTC (reduce-only). It may have filled. The same bytes go again; "
	 "its size waits for proof.",
	 "NO ANSWER # s to SELL # BTC (reduce-only). It may have filled.",
	 "!! NO ANSWER # s to SELL # BTC (reduce-only). It may have filled. ›",
	 "!! NO ANSWER # s to SELL # BTC (reduce-only). It may have filled. ›",
	 "r read again · ! panic…"},
	{"4 venue sick", venue_sick, NC_VENUE_ERRORS, 3,
	 "HYPERLIQUID ANSWERS ERRORS (502) for 14 s. Orders may still execute. Last true position "
	 "# s ago: 20 BTC. Your stop at 111,300 rests at the venue.",
	 "HYPERLIQUID ANSWERS ERRORS (502) for 14 s. Orders may still execute.",
	 "!! HYPERLIQUID ANSWERS ERRORS (502) for 14 s. Orders may still execute. ›",
	 "!! HYPERLIQUID ANSWERS ERRORS (502) for 14 s. Orders may still execute. Last true "
	 "position # s ago: 20 BTC. ›",
	 "! panic…"},
	{"4 post-only", post_only, NC_POST_ONLY, 2,
	 "HYPERLIQUID IS POST-ONLY after an upgrade. Nobody can trade. 2 closes wait first in "
	 "line; market close tried every 2 s.",
	 "HYPERLIQUID IS POST-ONLY after an upgrade. Nobody can trade.",
	 "!  HYPERLIQUID IS POST-ONLY after an upgrade. Nobody can trade. ›",
	 "!  HYPERLIQUID IS POST-ONLY after an upgrade. Nobody can trade. ›", "! panic…"},
	{"5 blind", frozen, NC_BLIND, 3,
	 "BLIND: BTC book frozen 9 s. Pricing from mark 111,204 (# s old). First limit 110,647 "
	 "(-0.5 %), last 109,273 (equity zero).",
	 "BLIND: BTC book frozen 9 s. Pricing from mark 111,204 (# s old).",
	 "!! BLIND: BTC book frozen 9 s. Pricing from mark 111,204 (# s old). ›",
	 "!! BLIND: BTC book frozen 9 s. Pricing from mark 111,204 (# s old). ›", "! panic…"},
	{"6 stopped by its price", under_its_price, NC_STOPPED_PRICE, 2,
	 "SELLING STOPPED # min # s ago: 99,490 is under your working price 99,500. 1.99 M USD "
	 "left. Danger 1 in # and rising. At 1 in 10 it sells down to 94,600 by itself. l lower · "
	 "n close rest now · w keep waiting",
	 "SELLING STOPPED # min # s ago: 99,490 is under your working price 99,500.",
	 "!  SELLING STOPPED # min # s ago: 99,490 is under your working price ›",
	 "!  SELLING STOPPED # min # s ago: 99,490 is under your working price 99,500. 1.99 M USD "
	 "left. ›",
	 "l lower… · n close rest… · w keep waiting"},
	{"7 flat", is_flat, NC_FLAT, 1,
	 "FLAT 22:13:26Z on Hyperliquid (1 dex, 1 account), read twice, nothing can open. Left: "
	 "12.5 ETH spot (+50,000 USD delta). Not watched: dexes xyz, abc. Cost # USD.",
	 "FLAT 22:13:26Z on Hyperliquid (1 dex, 1 account), read twice",
	 "FLAT 22:13:26Z on Hyperliquid (1 dex, 1 account), read twice, ›",
	 "FLAT 22:13:26Z on Hyperliquid (1 dex, 1 account), read twice, nothing can open. ›",
	 "Y quiet"},
	{"7 not flat", not_flat, NC_NOT_FLAT, 3,
	 "NOT FLAT: 20 BTC (2,000,000 USD), 4 orders unknown # s. Still trying, 4th time.",
	 "NOT FLAT: 20 BTC (2,000,000 USD), 4 orders unknown # s.",
	 "!! NOT FLAT: 20 BTC (2,000,000 USD), 4 orders unknown # s. ›",
	 "!! NOT FLAT: 20 BTC (2,000,000 USD), 4 orders unknown # s. Still trying, 4th time. ›",
	 "r read again · ! panic…"},
	{"8 the venue acted", liquidated, NC_LIQUIDATED, 3,
	 "LIQUIDATED BY VENUE: 4 of 20 BTC at 110,320. All your orders and stops were cancelled. "
	 "It takes the rest in 23 s if still under. Sell 12.8 BTC or add # USDC now. Y sell · + "
	 "add · g stops back",
	 "LIQUIDATED BY VENUE: 4 of 20 BTC at 110,320. 23 s",
	 "!! LIQUIDATED BY VENUE: 4 of 20 BTC at 110,320. ›",
	 "!! LIQUIDATED BY VENUE: 4 of 20 BTC at 110,320. All your orders and stops were "
	 "cancelled. ›",
	 "Y sell · + add… · g stops back…"},
	/* no band is configured and no key of this program hedges: the delta is said instead */
	{"9 hedge taken", hedge_taken, NC_ADL, 3,
	 "HEDGE TAKEN (ADL, not your liquidation): 0.9 BTC short closed at 99,000. 0.6 short left. "
	 "Net delta -60,000 USD, was -150k; at BTC -2 % it is -58,800. Opening it again costs ~# "
	 "USD, on the venue's page: no key here hedges. ! panic",
	 "HEDGE TAKEN (ADL): 0.9 BTC short closed at 99,000.",
	 "!! HEDGE TAKEN (ADL, not your liquidation): 0.9 BTC short closed at 99,000. ›",
	 "!! HEDGE TAKEN (ADL, not your liquidation): 0.9 BTC short closed at 99,000. 0.6 short "
	 "left. ›",
	 "! panic…"},
	/* which machine it was, and what a catch-up costs, it does not say */
	{"10 asleep", slept, NC_ASLEEP, 2,
	 "ASLEEP 55 min. Nothing sold. BTC -2.1 %. 783k left. Same pace ends 16:24 (chosen). 2 by "
	 "15:30 at 1.8x · 3 trim",
	 "ASLEEP 55 min. Nothing sold. BTC -2.1 %. 783k left.",
	 "!  ASLEEP 55 min. Nothing sold. BTC −2.1 %. 783k left. ›",
	 "!  ASLEEP 55 min. Nothing sold. BTC −2.1 %. 783k left. Same pace ends 16:24 (chosen). 2 "
	 "by 15:30 at 1.8x · 3 trim ›",
	 "2 catch up… · 3 trim…"},
	/* a fill does not tell whose key signed it */
	{"10 other hand", other_hand, NC_OTHER_HAND, 2,
	 "OTHER HAND: +15 BTC bought at 13:41:07. Your exit still ends after 30 more, at 35 BTC. a "
	 "include them",
	 "OTHER HAND: +15 BTC bought at 13:41:07.", "!  OTHER HAND: +15 BTC bought at 13:41:07. ›",
	 "!  OTHER HAND: +15 BTC bought at 13:41:07. Your exit still ends after 30 more, at 35 "
	 "BTC. a include them",
	 "a include them…"},
};

/* ---- reading ---- */

/* How much of `text` the pattern takes from its beginning, 0: it does not fit. */
static size_t fits(const char *pattern, const char *text)
{
	const char *t = text;

	for (const char *p = pattern; *p; p++) {
		if (*p != '#') {
			if (*p != *t++)
				return 0;
			continue;
		}
		if (*t < '0' || *t > '9')
			return 0;
		while ((*t >= '0' && *t <= '9') ||
		       ((*t == ',' || *t == '.') && t[1] >= '0' && t[1] <= '9'))
			t++;
	}
	return (size_t)(t - text);
}

static bool is_like(const char *pattern, const char *text)
{
	size_t n = fits(pattern, text);

	return n && !text[n];
}

static bool stands(const char *pattern, const char *text)
{
	for (; *text; text++)
		if (fits(pattern, text))
			return true;
	return false;
}

static void says(const char *name, const char *where, const char *pattern, const char *text)
{
	if (!is_like(pattern, text))
		test_fail(__FILE__, __LINE__, "%s, %s:\n  %s\n  wanted:\n  %s", name, where, text,
			  pattern);
}

/* The cells as one line: a line break is the blank that begins the next line. */
static void read_cells(void)
{
	size_t m = 0;

	text_of(lines, sizeof lines);
	for (const char *p = lines; *p && m + 1 < sizeof joined; p++)
		if (*p != '\n' || p[1] != ' ')
			joined[m++] = *p;
	joined[m] = 0;
}

static void row_0(const struct message *m, int cols, int rows, const char *want)
{
	char where[32];

	draw(cols, rows);
	CHECK_INT(canvas.clipped_digits, 0);
	read_cells();
	lines[strcspn(lines, "\n")] = 0;
	snprintf(where, sizeof where, "row 0 at %dx%d", cols, rows);
	says(m->name, where, want, lines);
}

/* All of it stands there, but for the keys at its end, which have a line of their own. */
static void opened(const struct message *m, int cols, int rows)
{
	static const char *const ends[] = {" Y sell", " l lower"};
	const char *body;
	char want[400], *cut;

	draw(cols, rows);
	read_cells();
	fmt_words(want, sizeof want, snap.alarm[0].text);
	for (unsigned k = 0; k < COUNT_OF(ends); k++)
		if ((cut = strstr(want, ends[k])) != NULL)
			*cut = 0;
	body = joined + strcspn(lines, "\n"); /* under row 0 */
	if (!strstr(body, want))
		test_fail(__FILE__, __LINE__, "%s at %dx%d: not whole: %s\n%s", m->name, cols, rows,
			  want, lines);
	if (!strstr(body, m->keys))
		test_fail(__FILE__, __LINE__, "%s at %dx%d: no keys: %s\n%s", m->name, cols, rows,
			  m->keys, lines);
}

/* At most 78 columns; where it begins as the text does, it ends between words. */
static void short_form(const struct snap_alarm *a)
{
	size_t n = strlen(a->brief);

	CHECK(n > 0 && a->brief[n - 1] != ' ');
	CHECK(cv_width(a->brief) <= 78);
	if (!strncmp(a->brief, a->text, n) && a->text[n] && !strchr(" ,", a->text[n]))
		test_fail(__FILE__, __LINE__, "cut within a word: %s", a->brief);
}

TEST(each_in_its_situation)
{
	for (unsigned i = 0; i < COUNT_OF(messages); i++) {
		const struct message *m = &messages[i];

		played = m->play();
		begin(from_engine);
		if (!snap.n_alarms || snap.alarm[0].code != m->code) { /* newest danger on top */
			test_fail(__FILE__, __LINE__, "%s: not on top: %s", m->name,
				  snap.n_alarms ? snap.alarm[0].text : "no alarm");
		} else {
			says(m->name, "its text", m->text, snap.alarm[0].text);
			says(m->name, "its short form", m->brief, snap.alarm[0].brief);
			CHECK_INT(snap.alarm[0].level, m->level);
			for (uint32_t k = 0; k < snap.n_alarms; k++)
				short_form(&snap.alarm[k]);
			row_0(m, 80, 24, m->at_80);
			row_0(m, 120, 40, m->at_120);
			type(" ");
			opened(m, 80, 24);
			opened(m, 120, 40);
		}
		w_free(played);
	}
}

/* Message 2 is no alarm: the line of TRIM, chosen and not sent. */
TEST(the_line_of_the_sheet)
{
	static const int sizes[][2] = {{80, 24}, {120, 40}};

	played = near_liquidation();
	begin(from_engine);
	type("!2");
	for (unsigned k = 0; k < COUNT_OF(sizes); k++) {
		draw(sizes[k][0], sizes[k][1]);
		read_cells();
		if (!stands("2 TRIM  sell 13.0 of 20.0 BTC, worst 109,324, cost ~# → dies at −5.69 "
			    "% "
			    "(now −1.20 %). Selling below BTC 109,323 makes it worse. Y send",
			    joined))
			test_fail(__FILE__, __LINE__, "at %dx%d:\n%s", sizes[k][0], sizes[k][1],
				  lines);
	}
	CHECK_INT(sent.venue, 0);
	w_free(played);
}

/* ---- the stories ---- */

/* The words without the numbers, coins and units of one evening. */
static void bare(char *out, size_t cap, const char *text)
{
	static const char *const same[][2] = {
		{" BTC", " C"},	    {" ETH", " C"},	{" SOL", " C"},	  {" HYPE", " C"},
		{"#k", "#"},	    {"# M", "#"},	{"# min", "# s"}, {"# h", "# s"},
		{"# s # s", "# s"}, {" (young)", ""},	{"dexes", "dex"}, {" and # more", ""},
		{" and # C", ""},   {"orders", "order"}};
	size_t n = 0;

	for (const char *p = text; *p && n + 2 < cap; p++) {
		bool digit = *p >= '0' && *p <= '9', next = p[1] >= '0' && p[1] <= '9';

		if (next &&
		    (*p == '-' || *p == '+' || (n && out[n - 1] == '#' && strchr(".,", *p))))
			continue;
		if (!digit || !n || out[n - 1] != '#')
			out[n++] = digit ? '#' : *p;
	}
	out[n] = 0;
	for (unsigned i = 0; i < COUNT_OF(same); i++)
		for (char *at = out; (at = strstr(at, same[i][0])) != NULL; at++) {
			size_t was = strlen(same[i][0]), is = strlen(same[i][1]);

			memmove(at + is, at + was, strlen(at + was) + 1);
			memcpy(at, same[i][1], is);
			if (!*at)
				break;
		}
}

/* The next sentence or clause of *text, bare of numbers; false: there is none. */
static bool next_clause(char out[256], const char **text)
{
	size_t n = 0;
	const char *p = *text;

	while (p[n] && strncmp(p + n, ". ", 2) && strncmp(p + n, " · ", 4))
		n++;
	snprintf(out, 256, "%.*s", (int)n, p);
	*text = p + n + (p[n] == '.' && p[n + 1] ? 2 : p[n] == ' ' ? 4 : 0);
	return n > 0;
}

/* Of what no situation here makes it say. */
static const char *const not_played[] = {"NO STOP rests at the venue.",
					 "Not watched: Aave, Uniswap"};

static char heard[40000];

static bool was_heard(const char *clause)
{
	for (unsigned i = 0; i < COUNT_OF(not_played); i++)
		if (!strcmp(clause, not_played[i]))
			return true;
	return strstr(heard, clause) != NULL;
}

/* The alarms that the goldens are drawn from were written by hand: each of their clauses has to be
 * one the engine said. */
TEST(the_stories_say_what_it_says)
{
	size_t n = 0;

	for (unsigned i = 0; i < COUNT_OF(messages); i++) {
		char words[256];

		played = messages[i].play();
		engine_snap(played->e, &snap);
		w_free(played);
		bare(words, sizeof words, snap.n_alarms ? snap.alarm[0].text : "");
		n += (size_t)snprintf(heard + n, sizeof heard - n, "%s\n", words);
	}
	for (unsigned i = 0; i < story_alarms(); i++) {
		char words[256], clause[256];
		const char *rest = words;
		bool ours = false;

		story_alarm(&snap, i);
		for (unsigned k = 0; k < COUNT_OF(messages); k++)
			ours = ours || messages[k].code == snap.alarm[0].code;
		bare(words, sizeof words, snap.alarm[0].text);
		while (ours && next_clause(clause, &rest))
			if (!was_heard(clause))
				test_fail(__FILE__, __LINE__, "%s: the engine never says: %s",
					  story_alarm_name(i), clause);
	}
}

TEST_MAIN(T(the_stories_say_what_it_says), T(each_in_its_situation), T(the_line_of_the_sheet))
