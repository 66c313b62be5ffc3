/* glyph.h: the only table of glyphs outside ASCII, each with a twin of the same width. */
#ifndef EXEUNT_UI_GLYPH_H
#define EXEUNT_UI_GLYPH_H

#include <stdint.h>

/* The twin of cp, or cp itself when it is ASCII; '?' for what the table does not know. */
uint32_t glyph_ascii(uint32_t cp);

enum {
	G_MARK = 0x25b8,  /* the cursor's mark */
	G_FULL = 0x2501,  /* heavy line: done, depth */
	G_THIN = 0x2500,  /* light line: to do, rule */
	G_BLOCK = 0x2588, /* full block */
	G_SHADE = 0x2591,
	G_SIDE = 0x258c, /* left half block: rows this exit takes */
	G_PLAN = 0x2503,
	G_DOT = 0x25cf,
	G_RING = 0x25cb,
	G_MORE = 0x203a,
	G_EIGHTH = 0x2580, /* + 1..8: lower eighths */
	G_BRAILLE = 0x2800,
};

#endif
