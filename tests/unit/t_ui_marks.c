/* t_ui_marks: what tells where a price stands and how far a number can be trusted: the row of the
 * mark in the book, and times that rest on a young volatility. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "tests/run.h"
#include "tests/screens/hand.h"

enum { PRICE_END = 10 }; /* columns of the price in the book at the left of the cockpit */

static bool marked(int y)
{
	const struct cell *c = &canvas.cell[y * canvas.cols + PRICE_END + 1];

	return c[0].cp == 'm' && c[1].cp == 'a' && c[2].cp == 'r' && c[3].cp == 'k';
}

/* 0: no price there. */
static double price_at(int y)
{
	char text[PRICE_END + 1];
	int n = 0;

	for (int x = 0; x < PRICE_END; x++) {
		uint32_t cp = canvas.cell[y * canvas.cols + x].cp;

		if ((cp >= '0' && cp <= '9') || cp == '.')
			text[n++] = (char)cp;
	}
	text[n] = 0;
	return n ? strtod(text, NULL) : 0;
}

/* The mark away from the touch, on either side and between its own prices: the row above is dearer,
 * the one below is not, and there is one such row. */
TEST(the_mark_stands_between_its_prices)
{
	static const double marks[] = {109383, 109415, 109427, 109391, 109375, 109352, 109331};

	for (size_t k = 0; k < sizeof marks / sizeof marks[0]; k++) {
		int rows = 0;

		begin(story_cockpit);
		for (uint32_t i = 0; i < snap.n_books; i++)
			if (!strcmp(snap.book[i].coin, "BTC"))
				price_from_double(&snap.book[i].mark, marks[k], ROUND_HALF_AWAY);
		draw(120, 40);
		for (int y = 1; y + 1 < canvas.rows; y++) {
			if (!marked(y))
				continue;
			rows++;
			CHECK_NEAR(price_at(y), marks[k], 0.5);
			if (!(price_at(y - 1) > marks[k]) || !(price_at(y + 1) <= marks[k]))
				test_fail(__FILE__, __LINE__,
					  "mark %.0f stands between %.0f and %.0f", marks[k],
					  price_at(y - 1), price_at(y + 1));
		}
		CHECK_INT(rows, 1);
	}
}

/* A volatility of few samples jumps: every time that rests on it says so, at every width. */
TEST(young_times_are_marked)
{
	static const struct {
		int cols, rows;
		const char *young[3]; /* all are there when it is, none when it is not */
	} sizes[] = {{120, 40, {"~12m", "1-in-10 in 12 min (young)", NULL}},
		     {200, 60, {"~12m", "1-in-10 in 12 min (young)", NULL}},
		     {80, 24, {"~12m", "1-in-10 in ~12 min", NULL}},
		     {60, 30, {"~12m", NULL, NULL}}};

	for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++)
		for (int young = 0; young < 2; young++) {
			begin(story_cockpit);
			snap.pool[0].young = young;
			draw(sizes[k].cols, sizes[k].rows);
			for (int i = 0; sizes[k].young[i]; i++)
				if (on_screen(sizes[k].young[i]) != (young == 1))
					test_fail(__FILE__, __LINE__, "%dx%d, young %d: \"%s\"",
						  sizes[k].cols, sizes[k].rows, young,
						  sizes[k].young[i]);
		}
}

TEST_MAIN(T(the_mark_stands_between_its_prices), T(young_times_are_marked))
