#!/usr/bin/env python3
"""wire.py: from the key to the venue's socket, and the engine under load, over loopback TLS.

  key to wire   from the confirming byte's write into the terminal's pty (it is readable there from then on) to the
                return of the write on the venue socket: CLOCK_BOOTTIME of this program, and the one that the engine
                logs at level debug after each write of an action. Commit included. Idle, and with 5,000 market
                messages a second. Each sample closes one of 50 positions from the screen (F, 4, Y).
  flatten 50    the same key on 50 positions: until the write of the last closing action on the socket, beside one
                (the copies of the second path, over HTTP, leave two at a time and are not counted).
  load          CPU of the engine (all threads, /proc/PID/stat) with 300 symbols listed, 64 of them held and so fed
                (books, bbo, trades, contexts), at 5,000 messages a second; the exchange logs what it sent.
  burst         50,000 messages as fast as they are read while exits trade: every fill that the exchange has is
                in the engine's journal.
  cold shell    `exeunt flatten` with no engine and no signer before: from the password's newline to the first fill
                at the venue; the key derivation alone beside it. With an engine that is stopped (SIGSTOP) and a
                signer that holds the key: from the start of the shell.
Medians of RUNS runs where it is not a distribution. A missed bar is said and is the exit status.
  wire.py [PART...]   parts: key flatten load cold (all)   EXEUNT_BENCH_KEYS=N samples of the first (50 to 64 a round)
On a busy machine these measure its scheduler. EXEUNT_BENCH_RT=1 (root) gives terminal, engine, signer and exchange
real-time priority for key and flatten: what a quiet machine would give them. The disk is as it is: the engine's last
commit after each sample is printed beside.
"""
import collections
import fcntl
import hashlib
import json
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rig as rigs  # noqa: E402
import whole  # noqa: E402
from rig import until  # noqa: E402
from whole import row  # noqa: E402

RUNS = 5
RATE = 5000
KEYS = int(os.environ.get("EXEUNT_BENCH_KEYS", "50"))
LOUD = "\n[log]\nlevel = debug\n"
RT = os.environ.get("EXEUNT_BENCH_RT") == "1"


def boot():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def names(n, first=0):
    """Coins of the exchange with so many; the first twenty have real names."""
    r = rigs.Rig(["--seed", "3", "--no-limits", "--coins", str(n)])
    try:
        return [c["name"] for c in r.post("/info", {"type": "meta"})["universe"]][first:n]
    finally:
        r.close()


def held(coins):
    """A position of each, of about a thousand USD or more."""
    small = {"BTC": "0.05", "ETH": "1"}
    return ["%s=%s@mid" % (c, small.get(c, "1000")) for c in coins]


class Screen:
    """The cockpit in a pty of 120x40; what it draws is read away by a thread."""

    def __init__(self, r):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(rigs.EXEUNT, r.argv(), dict(r.env, TERM="xterm-256color"))
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.text = b""
        self.ended = False
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        while not self.ended:
            try:
                if select.select([self.fd], [], [], 0.2)[0]:
                    self.text = (self.text + os.read(self.fd, 65536))[-200000:]
            except OSError:
                return

    def key(self, text):
        os.write(self.fd, text.encode())

    def close(self):
        self.ended = True
        rigs.end_pid(self.pid)
        os.waitpid(self.pid, 0)
        self.reader.join()
        os.close(self.fd)


def quiet(r, screen):
    """With EXEUNT_BENCH_RT: what is measured does not wait for a core."""
    engine, _, signer = r.processes()
    for pid in (engine, signer, screen.pid, r.paper.pid) if RT else ():
        for tid in os.listdir("/proc/%d/task" % pid):
            os.sched_setscheduler(int(tid), os.SCHED_RR, os.sched_param(5))


class Wire:
    """The times of the engine's writes of actions, from its log."""

    def __init__(self, r):
        self.path = os.path.join(r.state, "log")
        self.at = 0
        self.tail = ""

    def news(self):
        with open(self.path, errors="replace") as f:
            f.seek(self.at)
            text = self.tail + f.read()
            self.at = f.tell()
        cut = text.rfind("\n") + 1
        self.tail = text[cut:]
        return [int(ns) / 1e9 for ns in re.findall(r"wire: socket, \d+ bytes written at (\d+) ns", text[:cut])]


def legs(r):
    s = r.status()
    return sum(len(p["legs"]) for a in s["accounts"] for p in a["pools"]) if s else None


def ended(r):
    """Flattens that are over, by the journal."""
    return len(re.findall(r" end +p\d+", r.run("journal", "--tail", "2000")[1]))


def open_rig(certs, coins, paper=()):
    r = rigs.Rig(["--seed", "3", "--no-limits", "--coins", "300"] + list(paper), held(coins), fund="900000000",
                 tls=certs, conf=LOUD)
    try:
        r.start()
        until(30, "all positions", lambda: legs(r) == len(coins))
    except Exception:
        r.close()
        raise
    return r


def press(screen, keys, wire):
    """Opens a sheet with the first key, chooses, confirms: (time of the confirming byte)."""
    screen.key(keys[0])
    time.sleep(0.3)  # a sheet is deaf at first, and shows what it will send
    screen.key(keys[1])
    time.sleep(0.1)
    wire.news()
    t = boot()
    screen.key(keys[2])
    return t


def first_after(wire, t, limit=5):
    return until(limit, "an action on the wire", lambda: [w for w in wire.news() if w >= t], 0.005)[0] - t


def samples(certs, flood, want):
    got, commits, coins = [], [], names(64)
    while len(got) < want:
        r = open_rig(certs, coins, ["--flood", str(flood)] if flood else [])
        screen = None
        try:
            screen = Screen(r)
            wire = Wire(r)
            quiet(r, screen)
            time.sleep(1.5)  # the first frames; nothing is proved by it
            left = len(coins)
            while left > 1 and len(got) < want:
                screen.key("g")
                t = press(screen, "F4Y", wire)
                got.append(1000 * first_after(wire, t))
                commits.append(r.status()["commit_us"] / 1000)
                left -= 1
                until(30, "verified", lambda: legs(r) == left and ended(r) == len(coins) - left, 0.1)
                screen.key("\x1b")
                time.sleep(0.2)
        finally:
            if screen:
                screen.close()
            r.close()
    return sorted(got), sorted(commits)


def quantile(sorted_ms, q):
    return sorted_ms[min(len(sorted_ms) - 1, int(q * len(sorted_ms)))]


def key(certs):
    p50 = {}
    for name, flood, bar99 in (("idle", 0, 3), ("%d/s" % RATE, RATE, 6)):
        ms, commits = samples(certs, flood, KEYS)
        p50[name] = quantile(ms, 0.5)
        note = "p50 %.2f, p99.9 %s, max %.2f; %d samples; a commit p50 %.2f, p99 %.2f" % (
            p50[name], "%.2f" % quantile(ms, 0.999) if len(ms) >= 1000 else "needs 1,000", ms[-1], len(ms),
            quantile(commits, 0.5), quantile(commits, 0.99))
        row("key to wire, p99, %s" % name, quantile(ms, 0.99), bar99, "ms", note)
    row("key to wire, p50 at %d/s by idle" % RATE, p50["%d/s" % RATE] / p50["idle"], 1.5, "x")


def flatten(certs):
    took, actions = {}, {}
    for n in (1, 50):
        took[n] = []
        for _ in range(RUNS):
            r = open_rig(certs, names(n))
            screen = None
            try:
                screen = Screen(r)
                wire = Wire(r)
                quiet(r, screen)
                time.sleep(1.0)
                t = press(screen, "!4Y", wire)
                time.sleep(0.5)
                # one record an action: those of first attempts, which leave first
                rc, out, err = r.run("journal", "--tail", "2000")
                first = len(re.findall(r" intent +slice \d+\.1 ", out))
                got = [w for w in wire.news() if w >= t]
                if rc or not 0 < first <= len(got):
                    raise rigs.RigError("%d first closes, %d writes: %s" % (first, len(got), err))
                took[n].append(1000 * (got[first - 1] - t))
                actions[n] = first
            finally:
                if screen:
                    screen.close()
                r.close()
    one, fifty = statistics.median(took[1]), statistics.median(took[50])
    row("flatten 50, last close on the wire", fifty / one, 3, "x of one",
        "%.2f ms for %d actions, %.2f ms for one" % (fifty, actions[50], one))


def cpu_s(pid):
    with open("/proc/%d/stat" % pid) as f:
        words = f.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def flooded(r):
    """(messages, ms, not taken) of the exchange's log so far."""
    with open(os.path.join(r.dir, "paper.log"), errors="replace") as f:
        got = re.findall(r"flood: (\d+) messages in (\d+) ms, (\d+) not taken", f.read())
    return [sum(int(g[i]) for g in got) for i in range(3)]


def load(certs):
    coins = names(64)
    r = open_rig(certs, coins)
    try:
        pid = r.processes()[0]
        share, rate = [], []
        r.post("/paper", {"flood": RATE})
        time.sleep(2)
        for _ in range(RUNS):
            m0, _, lost0 = flooded(r)
            t0, c0 = time.monotonic(), cpu_s(pid)
            time.sleep(4)
            m1, _, lost1 = flooded(r)
            gone = time.monotonic() - t0
            share.append(100 * (cpu_s(pid) - c0) / gone)
            rate.append((m1 - m0) / gone)
        r.post("/paper", {"flood": 0})
        row("engine, 300 symbols, %d/s over TLS" % RATE, statistics.median(share), 30, "% of a core",
            "%.0f messages/s sent and taken, 64 symbols fed" % statistics.median(rate))
        if statistics.median(rate) < 0.9 * RATE:
            print("  the exchange could not send so many: the figure is for the rate it says")
        burst(r, coins)
    finally:
        r.close()


def fills(r):
    """(the exchange's fills, the journal's) as sorted lists of coin and size."""
    venue = sorted((f["coin"], float(f["sz"])) for f in r.info("userFills"))
    rc, out, err = r.run("journal", "--json", timeout=60)
    if rc:
        raise rigs.RigError(err)
    rows = [json.loads(line)["text"] for line in out.splitlines() if '"kind":"fill"' in line]
    ours = re.findall(r"(?:sold|bought) (\S+) (\S+) at", "\n".join(rows))
    return venue, sorted((coin, float(size)) for size, coin in ours)


def burst(r, coins):
    before = len(r.info("userFills"))
    for c in coins[2:12]:
        rc, out, err = r.run("exit", c, "--size", "50%", "--algo", "twap", "--for", "1m")
        if rc:
            raise rigs.RigError(out + err)
    m0 = flooded(r)[0]
    t = time.monotonic()
    r.post("/paper", {"burst": 50000})
    until(60, "the burst is out", lambda: flooded(r)[0] - m0 >= 50000)
    took = time.monotonic() - t
    time.sleep(2)  # what is under way
    for name in ["x%d" % (i + 1) for i in range(10)]:
        r.run("pause", name)
    venue, ours = [], []

    def same():
        venue[:], ours[:] = fills(r)
        return venue == ours
    try:
        until(20, "the journal holds every fill", same, 0.5)
    except rigs.RigError:
        pass
    lost = sum((collections.Counter(venue) - collections.Counter(ours)).values())
    note = "%d fills told meanwhile, %.1f s" % (len(venue) - before, took)
    with open(os.path.join(r.state, "log"), errors="replace") as f:
        drops = len(re.findall(r"connection of .*: ", f.read()))
    row("burst of 50,000: fills lost", lost, 0.5, "", note)
    row("burst of 50,000: connections lost", drops, 0.5, "")


def first_fill(r, limit):
    """Venue time (this machine's wall clock, ends of blocks of 70 ms) of the first fill, s; None: none in time."""
    try:
        got = until(limit, "a fill", lambda: r.info("userFills"), 0.02)
        return min(f["time"] for f in got) / 1000
    except rigs.RigError:
        return None


def closing(certs, wedged):
    """From the password's newline, or with a wedged engine from the start of the shell, to the first fill, s."""
    r = rigs.Rig(["--seed", "3", "--no-limits"], ["SOL=1000@mid", "BTC=1@mid"], fund="900000000", tls=certs)
    stopped, shell = None, None
    try:
        if wedged:
            r.start()
            stopped = r.processes()[0]
            os.kill(stopped, signal.SIGSTOP)
        t = time.time()
        shell = subprocess.Popen(r.argv("flatten", "--wait", "--password-fd", "0"), env=r.env, stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if not wedged:
            time.sleep(0.5)  # it waits for the password by now
            t = time.time()
        shell.stdin.write(rigs.PASSWORD)
        shell.stdin.close()
        at = first_fill(r, 10)
        if at is None:
            shell.kill()
            return None, shell.stdout.read().decode().strip().replace("\n", "; ")[:160]
        return at - t, ""
    finally:
        if shell:
            shell.kill()
            shell.wait()
        if stopped:
            os.kill(stopped, signal.SIGCONT)
        r.close()


def cold(certs):
    for name, wedged, bar in (("cold shell to first close", False, 2), ("wedged engine to first close", True, 2.5)):
        took = []
        for _ in range(RUNS):
            s, said = closing(certs, wedged)
            if s is None:
                print("%s: this build does not: %s" % (name, said))
                whole.missed += not wedged
                break
            took.append(s)
        else:
            row(name, statistics.median(took), bar, "s", "most %.2f; up to a block of 70 ms is in it" % max(took))
    derive = []
    for _ in range(RUNS):
        t = time.monotonic()
        hashlib.scrypt(b"x", salt=b"y" * 32, n=1 << 18, r=8, p=1, maxmem=512 << 20, dklen=32)
        derive.append(time.monotonic() - t)
    print("key derivation apart: scrypt N 2^18 %.2f s (OpenSSL's, which the signer calls); the rig's key has N 2" %
          statistics.median(derive))


PARTS = {"key": key, "flatten": flatten, "load": load, "cold": cold}


def main():
    where = tempfile.mkdtemp(prefix="exeunt-bench.")
    whole.load()
    if RT:
        print("key and flatten: terminal, engine, signer and exchange at real-time priority")
    try:
        certs = whole.tls(where)
        for part in sys.argv[1:] or PARTS:
            PARTS[part](certs)
    finally:
        for name in os.listdir(where):
            os.unlink(os.path.join(where, name))
        os.rmdir(where)
    return 1 if whole.missed else 0


if __name__ == "__main__":
    sys.exit(main())
