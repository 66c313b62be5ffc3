#!/usr/bin/env python3
"""whole.py: the whole program, processes and loopback TLS included, beside the bars of the product page.

  start    from exec of the engine to the first `exeunt status` that shows a live position; no key is unlocked.
           The look itself (a process and a snapshot) is in the figure, and its own median is printed beside it.
  memory   resident memory (VmRSS) of engine and cockpit (a pty of 120x40) with 50 positions and 10 running exits.
Medians of RUNS runs. A missed bar is said and is the exit status.
"""
import fcntl
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import rig as rigs  # noqa: E402
from rig import until  # noqa: E402

RUNS = 7
START_MS, ENGINE_MIB, TERMINAL_MIB = 100, 32, 8
missed = 0


def row(what, figure, bar, unit, note=""):
    global missed
    good = figure <= bar
    missed += not good
    print("%-36s %8s %s, bar %g, ratio %.2f%s%s" % (what, "%.*f" % (1 if figure >= 10 else 2, figure), unit, bar,
                                                    figure / bar, "" if good else "  MISSED", note and "; " + note),
          flush=True)


def tls(where):
    """(cert, key, ca) of a CA of our own for localhost."""
    base = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost", "-keyout", where + "/key", "-out", where + "/crt"]
    subprocess.run(base, check=True, capture_output=True)
    return where + "/crt", where + "/key", where + "/crt"


def load():
    """What else runs here: figures of a busy machine are not those of the program."""
    with open("/proc/loadavg") as f:
        print("load average %s on %d cores" % (f.read().split()[0], os.cpu_count()), flush=True)


def cores_ms(pid):
    """(on a core, waiting for one) of all threads so far, ms."""
    run = wait = 0
    for t in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/schedstat" % (pid, t)) as f:
            words = f.read().split()
        run, wait = run + int(words[0]) / 1e6, wait + int(words[1]) / 1e6
    return run, wait


def start(certs):
    took, looks, ran, waited = [], [], [], []
    for _ in range(RUNS):
        r = rigs.Rig(["--seed", "3", "--book", "default"], tls=certs)
        engine = None
        try:
            t0 = time.monotonic()
            engine = subprocess.Popen(r.argv("engine", "--foreground"), env=r.env, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

            def live():
                t = time.monotonic()
                s = r.status()
                looks.append(time.monotonic() - t)
                return s and s["accounts"] and any(p["legs"] for p in s["accounts"][0]["pools"])
            until(20, "a live position", live, 0.001)
            took.append(1000 * (time.monotonic() - t0))
            run, wait = cores_ms(r.processes()[0])
            ran.append(run)
            waited.append(wait)
        finally:
            r.close()
            if engine:
                engine.wait()
    row("start to first live position", statistics.median(took), START_MS, "ms",
        "least %.0f, most %.0f; one look %.1f ms; the engine ran %.1f ms and waited %.1f ms for a core" % (
            min(took), max(took), 1000 * statistics.median(looks), statistics.median(ran), statistics.median(waited)))


def rss_mib(pid):
    with open("/proc/%d/status" % pid) as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS")) / 1024


def memory():
    r = rigs.Rig(["--seed", "3", "--no-limits", "--coins", "60"])
    names = [c["name"] for c in r.post("/info", {"type": "meta"})["universe"]][:50]
    r.close()
    r = rigs.Rig(["--seed", "3", "--no-limits", "--coins", "60"], ["%s=%d@mid" % (n, 1000 if n not in ("BTC", "ETH") else 1)
                                                 for n in names], fund="900000000")
    child = None
    try:
        r.start()
        until(30, "all positions", lambda: sum(
            len(p["legs"]) for p in r.status()["accounts"][0]["pools"]) == len(names))
        for n in names[:10]:
            rc, out, err = r.run("exit", n, "--size", "50%", "--algo", "twap", "--for", "30m")
            if rc:
                raise rigs.RigError(out + err)
        child, fd = pty.fork()
        if child == 0:
            os.execve(rigs.EXEUNT, r.argv(), dict(r.env, TERM="xterm-256color"))
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        engine, terminal = [], []
        for _ in range(RUNS):
            end = time.monotonic() + 1
            while time.monotonic() < end:
                if select.select([fd], [], [], 0.1)[0]:
                    os.read(fd, 65536)
            engine.append(rss_mib(r.processes()[0]))
            terminal.append(rss_mib(child))
        note = "%d symbols, 10 exits" % len(names)
        row("resident memory, engine", statistics.median(engine), ENGINE_MIB, "MiB", note)
        row("resident memory, terminal", statistics.median(terminal), TERMINAL_MIB, "MiB", note)
    finally:
        if child:
            rigs.end_pid(child)
            os.waitpid(child, 0)
        r.close()


def main():
    where = tempfile.mkdtemp(prefix="exeunt-bench.")
    load()
    try:
        start(tls(where))
        memory()
    finally:
        for name in os.listdir(where):
            os.unlink(os.path.join(where, name))
        os.rmdir(where)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
