/* glyph.c: the twins. Invariant: one cell for one cell. */
#include "ui/glyph.h"

#include "base/check.h"

static const struct {
	uint16_t cp;
	char twin;
} table[] = {
	{0x25b8, '>'}, {0x2501, '='}, {0x2500, '-'}, {0x2588, '#'}, {0x2591, '.'}, {0x258c, '#'},
	{0x2503, '|'}, {0x25cf, '@'}, {0x25cb, 'o'}, {0x25c6, 'X'}, {0x2026, '>'}, {0x03c3, 's'},
	{0x2212, '-'}, {0x00d7, 'x'}, {0x2713, '+'}, {0x00b7, '.'}, {0x203a, '>'}, {0x2192, '>'},
	{0x25c2, '<'}, {0x25a0, '#'}, {0x251c, '|'}, {0x2524, '|'}, {0x253c, '+'}, {0x2502, '|'},
	{0x00b1, '~'}, {0x2191, '^'}, {0x2193, 'v'}, {0x2190, '<'}, {0x2013, '-'}, {0x2592, ':'},
	{0x2580, '#'}, {0x2264, '<'},
};

uint32_t glyph_ascii(uint32_t cp)
{
	if (cp < 0x80)
		return cp;
	for (unsigned i = 0; i < COUNT_OF(table); i++)
		if (table[i].cp == cp)
			return (uint32_t)table[i].twin;
	if (cp > 0x2580 && cp < 0x2588) /* eighths: a column's top */
		return cp < 0x2584 ? '.' : ':';
	if (cp >= 0x2800 && cp < 0x2900)
		return cp == 0x2800 ? ' ' : '*';
	return '?';
}
