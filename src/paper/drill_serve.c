/* drill_serve.c: a drill over POST /paper:
 *
 *   {"drill":"status"}   {"drill","seed","t_s","length_s","over","flat","first_s","host":[...]}
 *   {"drill":"end"}      nothing more is to come: the loss is what it is now
 *   {"drill":"score"}    plays the family on the same seed (some seconds), then the score;
 *                        "flats":[ms,...] when a screen said FLAT, "hidden_unknowns", "ageless",
 *                        "above_ticket" as told by who watched it; "timeline":true for the lines */
#include <string.h>

#include "base/check.h"
#include "paper/admin.h"
#include "paper/drill.h"
#include "paper/state.h"

#include "base/banned.h"

static void put_status(struct drill_run *r, struct str *s)
{
	static const char *const what[] = {
		[DRILL_SLEEP] = "sleep", [DRILL_DISK_FULL] = "disk_full", [DRILL_WEDGE] = "wedge"};
	const struct drill *d = r->conf.drill;
	bool any = false;

	str_printf(s, "{\"drill\":\"%s\",\"seed\":%llu,\"t_s\":%.3f,\"length_s\":%.0f,",
		   r->scene.name, (unsigned long long)r->conf.seed, drill_seconds(r),
		   (double)(r->end_ms - r->alarm_ms) / 1000.0);
	str_printf(s, "\"over\":%s,\"flat\":%s,\"others\":%s,\"first_s\":%.3f,\"host\":[",
		   drill_over(r) ? "true" : "false", drill_is_flat(r) ? "true" : "false",
		   d->others ? "true" : "false", r->first_s);
	for (uint32_t i = 0; i < DRILL_HOST_STEPS; i++) {
		if (!(d->host[i].for_s > 0))
			continue;
		str_printf(s, "%s{\"what\":\"%s\",\"at_s\":%.1f,\"for_s\":%.1f}", any ? "," : "",
			   what[d->host[i].what], d->host[i].at_s * r->pace,
			   d->host[i].for_s * r->pace);
		any = true;
	}
	str_puts(s, "]}");
}

static bool put_score(struct drill_run *r, const struct jv *root, struct str *s)
{
	struct drill_said said = {0};
	struct drill_facts f;
	struct drill_points p;
	struct drill_bar bar;
	struct str text = {0};
	struct err e = {0};

	for (const struct jv *v = jv_first(jv_get(root, "flats")); v != NULL; v = jv_next(v))
		if (said.n_flats < COUNT_OF(said.flat_ms) && jv_i64(v, &said.flat_ms[said.n_flats]))
			said.n_flats++;
	said.hidden_unknowns = (uint32_t)admin_int(root, "hidden_unknowns", 0);
	said.ageless = (uint32_t)admin_int(root, "ageless", 0);
	said.above_ticket = admin_yes(root, "above_ticket", false);
	if (r->n_samples == 0 || !drill_bar(&bar, &r->conf, &e))
		return false;
	drill_finish(r);
	drill_measure(&f, r, &bar, &said);
	drill_score(&p, &f);
	drill_put_score(&text, r, &bar, &f, &p);
	drill_put_json(s, r, &bar, &f, &p, admin_yes(root, "timeline", false));
	s->len--; /* the brace: one key more */
	str_puts(s, ",\"text\":");
	str_json(s, str_text(&text));
	str_putc(s, '}');
	str_free(&text);
	return true;
}

bool drill_ask(void *run, const struct jv *root, struct str *out)
{
	struct drill_run *r = run;
	const char *what = jv_text(jv_get(root, "drill"));

	r->paper->why = "drill: status, end or score";
	if (what == NULL)
		return false;
	if (strcmp(what, "end") == 0)
		r->ended_flat = true;
	if (strcmp(what, "score") == 0)
		return put_score(r, root, out);
	if (strcmp(what, "status") != 0 && strcmp(what, "end") != 0)
		return false;
	put_status(r, out);
	return true;
}
