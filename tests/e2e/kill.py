#!/usr/bin/env python3
"""kill.py: a SIGKILL at every kind of system call of the engine, the signer and the keeper, while exits run.

Two short exits run (one in slices of which the rest is closed early, one that rests at the venue before it crosses).
They are recorded once to a target with strace, which counts system calls to a thread; then points k spread evenly
over 1..count of every system call are run again with `-e inject=CALL:signal=SIGKILL:when=K` on that one process.
What restarts it: the keeper (a killed engine), the operator (`exeunt engine` after a killed keeper, `exeunt key
unlock` with the password after a killed signer: nothing else on the machine knows the key). Then, from the paper
exchange's own answers:
  1. the position is exactly what it was less the tickets,
  2. the fills are exactly the tickets: nothing was sold twice,
  3. nothing rests, every exit ended at its target, nothing is UNKNOWN.
A run in which nothing was killed, and at none of the three points before it either, is a failure.

Targets: engine (attached while it runs), restart (an engine from its start, after both it and its keeper were
killed in the middle), signer, unlock (a signer from its start), keeper (while it starts a killed engine again).

EXEUNT_KILLS: points (40). EXEUNT_KILL_JOBS: rigs side by side (8). EXEUNT_KILL_ONLY: TARGET[:CALL[:K]].
"""
import collections
import concurrent.futures
import decimal
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rig as rigs  # noqa: E402
from rig import RigError, until  # noqa: E402

CALLS = ("pwrite64 fdatasync fsync ftruncate unlink rename sendto sendmsg write recvfrom recvmsg connect").split()
TARGETS = ("engine", "restart", "signer", "unlock", "keeper")
POLL_S = 0.1  # a look costs a process; more often would measure ourselves
MORE = 8
END_S = 40  # until the exits have ended after a kill
D = decimal.Decimal
# coin: held before, words of the exit, what it sells (signed)
TICKETS = {
    "BTC": ("BTC=1@mid", ["--size", "0.02BTC", "--algo", "twap", "--for", "10s", "--random", "0%"], D("-0.02")),
    "ETH": ("ETH=20@mid", ["--size", "0.05ETH", "--algo", "twap", "--for", "1s", "--place", "post-cross",
                           "--post-for", "1s"], D("-0.05")),
}
CLOSE_S = {"BTC": 0, "ETH": 0.3}  # after its start; the second rests at the venue by then
HELD = {"BTC": D(1), "ETH": D(20)}


class Wrong(Exception):
    """A promise was broken."""


def calls_of(path):
    """{call: highest count of one thread} of a trace written with strace -f -o, or of one process without -f."""
    n = collections.Counter()
    try:
        with open(path, errors="replace") as f:
            for line in f:
                m = re.match(r"(?:(\d+) +)?([a-z0-9_]+)\(", line)
                if m:
                    n[(m.group(1), m.group(2))] += 1
    except OSError:
        pass
    most = collections.Counter()
    for (_, call), count in n.items():
        most[call] = max(most[call], count)
    return most


class Run:
    """One run: target, and call and k, or a record of the calls when call is None."""

    def __init__(self, target, call, k):
        self.target, self.call, self.k = target, call, k
        self.rig = self.strace = None
        self.trace = ""
        self.sent = {}  # coin: exit's name, once the engine has taken it
        self.tries = collections.Counter()
        self.closed = set()  # coins whose rest was asked for, or that had ended before
        self.close_at = {}
        self.more = self.lost = 0  # further exits of 1 SOL: taken, and without an answer

    def name(self):
        return "%s %s %s" % (self.target, self.call, self.k) if self.call else "%s record" % self.target

    # ---- strace ----

    def options(self, follow=True):
        self.trace = os.path.join(self.rig.dir, "trace")
        out = ["strace"] + (["-f"] if follow else []) + ["-o", self.trace]
        if self.call is None:
            return out + ["-e", "trace=" + ",".join(CALLS)]
        return out + ["-e", "trace=" + self.call, "-e", "inject=%s:signal=SIGKILL:when=%d" % (self.call, self.k)]

    def attach(self, pid, follow=True):
        err = os.path.join(self.rig.dir, "strace.err")
        argv = self.options(follow) + ["-p", str(pid)]
        with open(err, "w") as f:
            self.strace = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=f)
        threads = len(os.listdir("/proc/%d/task" % pid)) if follow else 1

        def attached():
            if self.strace.poll() is not None:
                with open(err) as f:
                    raise RigError("strace: " + f.read()[:200])
            with open("/proc/%d/status" % pid) as f:
                return "TracerPid:\t%d\n" % self.strace.pid in f.read() and threads
        until(10, "attached", attached)

    def killed(self):
        """True when the injected signal has come: strace writes the end of the thread it hit."""
        try:
            with open(self.trace, errors="replace") as f:
                return "+++ killed by SIGKILL +++" in f.read()
        except OSError:
            return False

    def let_go(self):
        if self.strace and self.strace.poll() is None:
            self.strace.send_signal(signal.SIGTERM)  # it detaches
            try:
                self.strace.wait(2)
            except subprocess.TimeoutExpired:
                self.strace.kill()
                self.strace.wait()
        self.strace = None

    # ---- what the user does ----

    def send(self, again=False):
        for coin, (_, words, _) in TICKETS.items():
            if coin in self.sent:
                continue
            if self.tries[coin]:  # the answer was lost: did it begin?
                have = self.find(coin)
                if have is None:
                    return
                if have or any(f["coin"] == coin for f in self.rig.info("userFills")):
                    self.sent[coin] = have
                    continue
            self.tries[coin] += 1
            rc, out, err = self.rig.run("exit", coin, *words, "--json")
            if rc == 0:
                self.sent[coin] = json.loads(out.splitlines()[0])["exit"]
            elif not self.call:
                raise RigError("exit %s: %s%s" % (coin, out, err))
        for coin in self.sent:
            now = time.monotonic()
            at = self.close_at.setdefault(coin, now + CLOSE_S[coin])
            if coin not in self.closed and now >= at:
                rc, _, _ = self.rig.run("close-rest", self.sent[coin], "--json")
                if rc == 0:
                    self.closed.add(coin)

    def find(self, coin):
        s = self.rig.ready()
        if not s:
            return None
        return next((x["exit"] for x in s["exits"] if x["coin"] == coin), "")

    def operator(self):
        """What a person would do now; True when everything has ended."""
        engine, keeper, sign = self.rig.processes()
        if sign is None:
            self.rig.unlock()
        if engine is None and keeper is None:
            self.rig.engine()
        s = self.rig.ready()
        if not s:
            return False
        self.send()
        for coin in self.sent:
            x = next((x for x in s["exits"] if x["coin"] == coin), None)
            if x is None or x["state"] in ("closing", "done"):
                self.closed.add(coin)
        s = self.rig.ready()
        # One that ended before a restart is no longer listed: its fills are looked at in check().
        if not s or len(self.sent) < len(TICKETS) or len(self.closed) < len(TICKETS):
            return False
        return all(x["state"] == "done" for x in s["exits"]) and not s["accounts"][0]["unknown"] and s

    # ---- one run ----

    def end(self, pid):
        rigs.end_pid(pid)
        until(5, "process %d gone" % pid, lambda: rigs.gone(pid), 0.005)

    def begin(self):
        r = self.rig
        r.start()
        engine, keeper, sign = r.processes()
        if engine is None or keeper is None or sign is None:
            raise RigError("engine %s keeper %s signer %s" % (engine, keeper, sign))
        if self.target == "engine":
            self.attach(engine)
        elif self.target == "signer":
            self.attach(sign)
        elif self.target == "keeper":
            self.attach(keeper, follow=False)
        self.send()
        if self.target == "keeper":
            rigs.end_pid(engine)
        elif self.target == "restart":
            self.end(keeper)
            self.end(engine)
            argv = self.options() + r.argv("engine", "--foreground")
            self.strace = subprocess.Popen(argv, env=r.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                           stderr=subprocess.DEVNULL)
            until(20, "engine under strace", lambda: self.killed() or self.rig.status(), 0.01)
        elif self.target == "unlock":
            self.end(sign)
            options = self.options()
            threading.Thread(target=r.unlock, args=(options,), daemon=True).start()
            until(20, "unlock under strace", lambda: self.killed() or self.signer_up(), 0.01)

    def signer_up(self):
        s = self.rig.status()
        return s and s["accounts"][0]["key_ready"]

    def wait(self):
        r = self.rig
        if self.call is None:
            until(END_S, "the end", self.operator, POLL_S)
            return
        until(END_S, "killed, or the end", lambda: self.killed() or self.quiet_end(), POLL_S)
        # Counts differ a little from run to run: more exits until the point is reached.
        for _ in range(MORE):
            if self.killed():
                break
            rc, _, _ = r.run("exit", "SOL", "--size", "1SOL", "--json")
            self.more += rc == 0
            self.lost += rc != 0
            until(END_S, "killed, or one more ended", lambda: self.killed() or self.quiet_end(), POLL_S)
        if not self.killed():
            raise RigError("nothing was killed")
        if self.target in ("restart", "unlock"):
            # What was restarted under strace would be killed at the same call for ever.
            for pid in r.processes()[:2] if self.target == "restart" else r.processes()[2:]:
                if pid:
                    self.end(pid)
        else:
            self.let_go()
        until(END_S, "the end after the kill", self.operator, POLL_S)

    def quiet_end(self):
        self.send()
        s = self.rig.ready()
        return s and len(self.sent) == len(TICKETS) and all(x["state"] == "done" for x in s["exits"])

    def check(self):
        r = self.rig
        fills = collections.Counter()
        for f in r.info("userFills"):
            fills[f["coin"]] += D(f["sz"]) * (1 if f["side"] == "B" else -1)
        now = {p["position"]["coin"]: D(p["position"]["szi"])
               for p in r.info("clearinghouseState")["assetPositions"]}
        for coin, (_, _, ticket) in TICKETS.items():
            if fills[coin] != ticket:
                raise Wrong("%s: filled %s, the ticket was %s" % (coin, fills[coin], ticket))
            if now.get(coin, D(0)) != HELD[coin] + ticket:
                raise Wrong("%s: position %s, expected %s" % (coin, now.get(coin), HELD[coin] + ticket))
        if not D(self.more) <= fills["SOL"] <= D(self.more + self.lost) or fills["SOL"] % 1:
            raise Wrong("SOL: filled %s, %d tickets and %d unanswered" % (fills["SOL"], self.more, self.lost))
        if now["SOL"] != fills["SOL"] - 100:
            raise Wrong("SOL: position %s, filled %s" % (now["SOL"], fills["SOL"]))
        rest = r.info("openOrders")
        if rest:
            raise Wrong("resting: %s" % rest[:2])
        s = until(10, "status", r.ready)
        for x in s["exits"]:
            if x["end"] != "target" or x["unknown"] or D(x["left"]) != 0 or D(x["in_flight"]) != 0:
                raise Wrong("exit: %s" % x)
        if s["accounts"][0]["unknown"]:
            raise Wrong("UNKNOWN orders: %s" % s["accounts"][0]["unknown"])

    def go(self):
        """(None or what was wrong, seconds, counts of calls)."""
        t0 = time.monotonic()
        wrong = None
        counts = {}
        try:
            self.rig = rigs.Rig(["--seed", "3"], [t[0] for t in TICKETS.values()] + ["SOL=-100@mid"])
            self.begin()
            self.wait()
            self.check()
        except (RigError, Wrong, OSError, ValueError, KeyError, subprocess.SubprocessError) as e:
            wrong = "%s: %s" % (type(e).__name__, e)
            if self.rig:
                s = self.rig.status()
                wrong += "\n    exits %s\n%s" % (json.dumps(s["exits"]) if s else None, self.rig.log())
        finally:
            if self.call is None and self.trace:
                counts = calls_of(self.trace)
            if self.rig:
                self.rig.close()
            self.let_go()
        return wrong, time.monotonic() - t0, counts


def spread(counts, points):
    """Points for every (target, call) with count n: equal shares, what a short one leaves goes to the others."""
    left, share = dict(counts), {}
    while left:
        each = max(1, (points - sum(share.values())) // len(left))
        small = {key: n for key, n in left.items() if n <= each}
        if not small:
            for i, key in enumerate(sorted(left)):
                rest = points - sum(share.values())
                share[key] = max(1, rest // (len(left) - i))
            break
        share.update(small)
        for key in small:
            del left[key]
    out = []
    for key, m in sorted(share.items()):
        n = counts[key]
        out += [key + (1 + (i * n + n // 2) // m if m < n else i + 1,) for i in range(m)]
    return [(t, c, min(k, counts[(t, c)])) for t, c, k in out]


def no_strace():
    """Why strace cannot be used here, or None."""
    if not shutil.which("strace"):
        return "no strace"
    sleeper = subprocess.Popen(["sleep", "60"])
    p = subprocess.Popen(["strace", "-qq", "-o", "/dev/null", "-p", str(sleeper.pid)], stderr=subprocess.PIPE)
    try:
        until(5, "attach", lambda: p.poll() is not None or "TracerPid:\t%d\n" % p.pid in
              open("/proc/%d/status" % sleeper.pid).read())
        why = p.stderr.read().decode().strip()[:120] if p.poll() is not None else None
    except RigError as e:
        why = str(e)
    sleeper.kill()
    sleeper.wait()
    p.kill()
    p.wait()
    return why


def main():
    sys.stdout.reconfigure(line_buffering=True)
    why = no_strace()
    if why:
        print("kill points: strace cannot be used here: %s" % why)
        return 77
    only = os.environ.get("EXEUNT_KILL_ONLY", "").split(":")
    points = int(os.environ.get("EXEUNT_KILLS") or 40)
    jobs = int(os.environ.get("EXEUNT_KILL_JOBS") or 8)
    passed = failed = 0
    counts, t0, times = {}, time.monotonic(), []
    pool = concurrent.futures.ThreadPoolExecutor(jobs)
    for target, (wrong, took, n) in zip(TARGETS, pool.map(lambda t: Run(t, None, 0).go(), TARGETS)):
        if only[0] and target != only[0]:
            continue
        if wrong or not n:
            failed += 1
            print("FAIL record %s: %s" % (target, wrong))
            continue
        print("%s (%.1f s): %s" % (target, took, " ".join("%s %d" % i for i in sorted(n.items()))))
        counts.update({(target, c): k for c, k in n.items() if k and (len(only) < 2 or c == only[1])})
    plan = spread(counts, points) if counts else []
    if len(only) > 2:
        plan = [(only[0], only[1], int(only[2]))]
    def point(p):
        """Counts differ from run to run (connections are opened as answers are late): where nothing was killed because
        the call was not made so often, the one before is the point."""
        target, call, k = p
        wrong, took, n = Run(target, call, k).go()
        if wrong and "/task'" in str(wrong):  # replaced before the trace was on it: nothing was tried yet
            wrong, took, n = Run(target, call, k).go()
        while wrong and "nothing was killed" in str(wrong) and k > 1 and p[2] - k < 3:
            k -= 1
            wrong, took, n = Run(target, call, k).go()
        return wrong, took, n

    for p, (wrong, took, _) in zip(plan, pool.map(point, plan)):
        times.append(took)
        if wrong:
            failed += 1
            print("FAIL %s %s k=%d: %s" % (p + (wrong,)))
        else:
            passed += 1
    times.sort()
    if times:
        print("%d points in %.0f s; one run: median %.1f s, longest %.1f s"
              % (len(plan), time.monotonic() - t0, times[len(times) // 2], times[-1]))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
