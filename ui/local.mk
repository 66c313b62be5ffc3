noinst_LIBRARIES += libui.a
libui_a_SOURCES = \
	ui/action.h \
	ui/alarms.c ui/alarms.h ui/command.c ui/complete.c ui/confirm.c ui/exit_keys.c ui/line.c ui/secret.c ui/sheets.c ui/think.c ui/think.h ui/thinker.c ui/thinker.h ui/ticket.c ui/ticket_grid.c ui/ticket_knobs.c ui/ui_in.h \
	ui/run.c ui/run.h ui/linear.c \
	ui/canvas.c ui/canvas.h \
	ui/draw.c \
	ui/fmt.c ui/fmt.h \
	ui/glyph.c ui/glyph.h \
	ui/keymap.c ui/keymap.h \
	ui/layout.c ui/layout.h \
	ui/lines.c ui/lines.h \
	ui/model.c \
	ui/panic.c ui/panic.h ui/panic_words.c ui/panic_beside.c \
	ui/runs.c \
	ui/sheetfill.c ui/sheetfill.h \
	ui/move.c \
	ui/style.c ui/style.h \
	ui/term_curses.c ui/term_curses.h \
	ui/ui.c ui/ui.h \
	ui/views/book.c \
	ui/views/chart.c \
	ui/views/chrome.c \
	ui/views/cockpit.c \
	ui/views/exits.c ui/views/groups.c \
	ui/views/pools.c \
	ui/views/report.c \
	ui/views/exit.c ui/views/exit_chart.c ui/views/exit_in.h ui/views/exit_panels.c ui/views/alarm.c ui/views/bars.c ui/views/legs.c ui/views/lists.c ui/views/misc.c ui/views/panic.c ui/views/run.c ui/views/run_in.h ui/views/run_panels.c \
	ui/views/sheets.c \
	ui/views/ticket.c ui/views/ticket_in.h ui/views/ticket_knobs.c ui/views/ticket_meter.c ui/views/ticket_plot.c \
	ui/views/view.h
nodist_libui_a_SOURCES = ui/builtin_themes.c ui/builtin_keys.c
libui_a_CPPFLAGS = $(AM_CPPFLAGS) $(NCURSES_CFLAGS)
# Text is composed into bounded lines on purpose; what is cut is cut by the canvas, visibly.
libui_a_CFLAGS = $(AM_CFLAGS) -Wno-format-truncation
