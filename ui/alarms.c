/* alarms.c: the opened alarm: the keys its text names. What sends there asks first, like a sheet.
 */
#include <stdio.h>
#include <string.h>

#include "ui/fmt.h"
#include "ui/ui_in.h"
#include "base/banned.h"

void alarm_open(struct ui *u)
{
	if (!u->snap->n_alarms) {
		ui_notice(u, "No alarm is in force.");
		return;
	}
	u->alarm = ui_top(u) == LAYER_ALARM ? (u->alarm + 1) % (int)u->snap->n_alarms : 0;
	if (ui_top(u) != LAYER_ALARM)
		ui_push(u, LAYER_ALARM);
	confirm_open(u);
	ui_send_kind(u, CMD_ACK, 0);
}

/* The exit an alarm is about: its own, or the one at work in its market. */
static const struct snap_exit *alarm_exit(const struct ui *u, const struct snap_alarm *a)
{
	const struct snap *s = u->snap;

	if (a->exit)
		return ui_exit_find(s, a->exit);
	for (uint32_t i = 0; i < s->n_exits; i++)
		if (exit_is_live(&s->exit[i]) && s->exit[i].instr == a->instr)
			return &s->exit[i];
	return NULL;
}

/* The keys an alarm's text names; false: not one of them. All but `r` and `w` ask first. */
static bool alarm_key(struct ui *u, const struct snap_alarm *a, int key)
{
	const struct snap_exit *x = alarm_exit(u, a);
	struct cmd cmd;

	memset(&cmd, 0, sizeof cmd);
	cmd.which.exit = x ? x->id : 0;
	if (key == 'r' && (a->code == NC_UNKNOWN || a->code == NC_NOT_FLAT)) {
		ui_send_kind(u, CMD_READ, 0);
	} else if (key == 'a' && a->code == NC_OTHER_HAND && x) {
		cmd.kind = CMD_INCLUDE;
		exit_sheet(u, &cmd);
	} else if (key == 'a' && a->code == NC_OTHER_HAND) {
		ui_notice(u, "No exit runs there that could include them.");
	} else if ((key == 'l' || key == 'n' || key == 'w') &&
		   (a->code == NC_STOPPED_PRICE || a->code == NC_LATE) && x) {
		cmd.kind = CMD_CLOSE_REST;
		if (key == 'l') {
			exit_lower(u, x);
		} else if (key == 'n') {
			exit_sheet(u, &cmd);
		} else {
			ui_send_kind(u, CMD_ACK, 0);
			ui_pop(u);
			ui_notice(u, "x%u keeps waiting at its working price.", x->id);
		}
	} else if ((key == 'g' || key == '+') && a->code == NC_LIQUIDATED) {
		ui_notice(u, "%s. ! 4 closes now.",
			  key == 'g' ? "Stops at the venue need the guard engine"
				     : "Money is added from your wallet: this program cannot");
	} else if ((key == 'h' || key == 'd') && a->code == NC_ADL) {
		ui_notice(u, "A new hedge needs the hedge engine. ! 4 closes now.");
	} else {
		return false;
	}
	return true;
}

void alarm_layer_key(struct ui *u, int key)
{
	enum ui_action a = keymap_find(&u->keys, UP_ALL, key);

	if (u->now_ns - u->confirm.opened_ns < DEAF_NS && a != UA_BACK)
		return;
	if (key == 'Y') {
		ui_send_kind(u, CMD_ACK, 0);
		ui_pop(u);
		return;
	}
	if (u->alarm < (int)u->snap->n_alarms && alarm_key(u, &u->snap->alarm[u->alarm], key))
		return;
	if (a && sheet_all(a))
		ui_action_all(u, a);
	else if (a == UA_QUIT_LAYER)
		ui_pop(u);
}
