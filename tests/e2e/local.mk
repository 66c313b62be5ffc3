# The programs end to end, over sockets and processes. Slow: campaigns only.
e2e_scripts = \
	tests/e2e/cli.sh \
	tests/e2e/engine.sh \
	tests/e2e/done.sh \
	tests/e2e/legs.sh \
	tests/e2e/plan.sh \
	tests/e2e/record.sh \
	tests/e2e/tls.sh \
	tests/e2e/terminal.sh \
	tests/e2e/inprocess.sh \
	tests/e2e/unlock.sh \
	tests/e2e/disk.sh \
	tests/e2e/rescue.sh \
	tests/e2e/dexes.sh \
	tests/e2e/glass.sh \
	tests/e2e/alarm.sh \
	tests/e2e/guard.sh \
	tests/e2e/accounts.sh \
	tests/e2e/drill.sh \
	tests/e2e/drill_keys.sh
campaign_tests += $(e2e_scripts)
dist_check_SCRIPTS += $(e2e_scripts)
EXTRA_DIST += tests/e2e/lib.sh

# EXEUNT_KILLS kill points with strace; skipped by name where ptrace is refused.
campaign_longest += tests/e2e/kill.py
dist_check_SCRIPTS += tests/e2e/kill.py
EXTRA_DIST += tests/e2e/rig.py
