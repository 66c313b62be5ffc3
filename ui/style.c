/* style.c: see style.h. */
#include "ui/style.h"

#include <string.h>

#include "ui/lines.h"
#include "base/banned.h"

static const char *const names[ROLE_COUNT] = {
#define X(id, text) [ROLE_##id] = text,
	ROLE_TABLE(X)
#undef X
};

const char *role_name(enum role r)
{
	return r < ROLE_COUNT ? names[r] : "?";
}

struct parse {
	struct style *s;
	const char *file;
	bool seen[ROLE_COUNT];
};

/* "231", "-": a palette entry; moves past it. */
static bool color(const char **p, int16_t *out)
{
	int v = 0, n = 0;

	if (**p == '-') {
		(*p)++;
		*out = -1;
		return true;
	}
	for (; **p >= '0' && **p <= '9' && n < 4; (*p)++, n++)
		v = v * 10 + (**p - '0');
	*out = (int16_t)v;
	return n > 0 && v < 256;
}

static bool look_parse(struct look *l, const char *v)
{
	*l = (struct look){-1, -1, 0};
	if (!color(&v, &l->fg))
		return false;
	if (*v == '/') {
		v++;
		if (!color(&v, &l->bg))
			return false;
	}
	for (; *v; v++) {
		if (*v == 'b')
			l->attr |= ATTR_BOLD;
		else if (*v == 'u')
			l->attr |= ATTR_UNDERLINE;
		else if (*v == 'r')
			l->attr |= ATTR_REVERSE;
		else if (*v != ' ')
			return false;
	}
	return true;
}

static bool on_pair(void *ctx, int line, const char *section, const char *name, const char *value,
		    struct err *err)
{
	struct parse *p = ctx;
	struct look l;

	if (!look_parse(&l, value))
		return err_set(err, ERR_CONF,
			       "%s:%d: %s = %s: expected FG[/BG] [b][u][r], 0-255 or -", p->file,
			       line, name, value);
	if (!strcmp(section, "theme") && !strcmp(name, "background")) {
		p->s->background = l.fg;
		return true;
	}
	for (int r = 0; r < ROLE_COUNT; r++)
		if (!strcmp(section, "roles") && !strcmp(names[r], name)) {
			if (p->seen[r])
				return err_set(err, ERR_CONF, "%s:%d: %s is there twice", p->file,
					       line, name);
			p->seen[r] = true;
			p->s->role[r] = l;
			return true;
		}
	return err_set(err, ERR_CONF, "%s:%d: no role %s", p->file, line, name);
}

bool style_parse(struct style *s, const char *file, const char *text, struct err *err)
{
	struct parse p;

	memset(&p, 0, sizeof p);
	memset(s, 0, sizeof *s);
	s->background = -1;
	p.s = s;
	p.file = file;
	if (!lines_read(file, text, on_pair, &p, err))
		return false;
	for (int r = 0; r < ROLE_COUNT; r++)
		if (!p.seen[r])
			return err_set(err, ERR_CONF, "%s: role %s is missing", file, names[r]);
	return true;
}

bool style_builtin(struct style *s, const char *name, int colors, struct err *err)
{
	const char *use = name;

	if (!builtin_find(builtin_themes, name))
		return err_set(err, ERR_CONF,
			       "no theme %s: one of dark, light, contrast, safe, mono", name);
	if (colors < 8)
		use = "mono";
	else if (colors < 256 && strcmp(name, "mono"))
		use = "sixteen";
	if (!style_parse(s, use, builtin_find(builtin_themes, use), err))
		return false;
	s->mono = !strcmp(use, "mono");
	if (colors >= 8 && colors < 16) /* bright black is told from nothing there */
		for (int r = 0; r < ROLE_COUNT; r++) {
			if (s->role[r].fg >= 8)
				s->role[r].fg = s->role[r].fg == 15 ? 7 : -1;
			if (s->role[r].bg >= 8)
				s->role[r].bg = 7;
		}
	return true;
}

struct look style_look(const struct style *s, const struct cell *c)
{
	struct look l = s->role[c->role < ROLE_COUNT ? c->role : ROLE_TEXT];
	const struct look *sel = &s->role[ROLE_SEL];

	if (c->sel) {
		if (l.bg < 0)
			l.bg = sel->bg;
		l.attr |= (uint8_t)(sel->attr & (ATTR_REVERSE | ATTR_BOLD));
	}
	if (l.bg < 0)
		l.bg = s->background;
	return l;
}
