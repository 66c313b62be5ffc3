/* shellwords: keys of the screen become verbs, and nothing else changes. */
#include <string.h>

#include "host/shellwords.h"
#include "tests/run.h"

TEST(keys_become_verbs)
{
	static const struct {
		const char *said, *shell;
	} row[] = {
		{"0.50 % is too close for a stop (0.8 %): ! 2 trims",
		 "0.50 % is too close for a stop (0.8 %): exeunt trim"},
		{"CROSS dies at BTC -1.4 % · NO STOP · press !",
		 "CROSS dies at BTC -1.4 % · NO STOP · exeunt flatten"},
		{"or add 48,400 USDC now. Y sell · + add · g stops back",
		 "or add 48,400 USDC now. exeunt trim · exeunt add · exeunt guard"},
		{"x1 already sells BTC. t tunes x1, e ends it.",
		 "x1 already sells BTC. exeunt tune x1, or exeunt end."},
		{"LOCAL LOCK: this adds. :release ends it.",
		 "LOCAL LOCK: this adds. exeunt release ends it."},
		{"GUARD BTC 94,860, worst 85,374.", "GUARD BTC 94,860, worst 85,374."},
		{"", ""},
	};
	char out[SHELL_WORDS_MAX], small[8];

	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
		CHECK_STR(shell_words(row[i].said, out, sizeof out), row[i].shell);
	CHECK_STR(shell_words("press ! now", small, sizeof small), "exeunt ");
}

TEST_MAIN(T(keys_become_verbs))
