/* alarms.h: the opened alarm, for views and the state machine. */
#ifndef EXEUNT_UI_ALARMS_H
#define EXEUNT_UI_ALARMS_H

#include "ui/ui.h"

/* The alarm that is open; NULL: it is over. */
const struct snap_alarm *ui_alarm(const struct ui *u);
const struct snap_exit *alarm_exit(const struct ui *u, const struct snap_alarm *a);
/* What the venue did, when the alarm is about that; NULL: not told. */
const struct snap_venue_act *alarm_venue_act(const struct ui *u, const struct snap_alarm *a);
const struct snap_leg *alarm_leg(const struct ui *u, const struct snap_alarm *a);
/* Whether Y would sell what the sheet behind it holds. */
bool alarm_offers_sale(const struct ui *u);

/* A key that acts from there; off: why it does nothing now. */
struct alarm_key {
	char key;
	const char *text, *off;
};
int alarm_keys(const struct ui *u, const struct snap_alarm *a, struct alarm_key *out, int max);

#endif
