"""rig.py: one paper exchange, one signer, one engine with its keeper, each in its own state directory.

What the kill campaign and the whole-program benchmarks share. Nothing here sleeps as a proof: conditions are
waited for, with a limit. Every process is found by its own state directory and ended by its id.
"""
import http.client
import json
import os
import shutil
import signal
import ssl
import subprocess
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("abs_top_builddir") or os.path.join(TOP, "build")
if os.path.exists("./exeunt"):  # make bench runs in the build directory
    BUILD = os.getcwd()
EXEUNT = os.path.join(BUILD, "exeunt")
PAPER = os.path.join(BUILD, "exeunt-paper")

USER = "0x00000000000000000000000000000000000000aa"
# A keystore for the private key 1, which everybody knows, with the cheapest scrypt there is (N = 2): a campaign
# unlocks hundreds of times and measures something else.
AGENT = "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"
PASSWORD = b"kill points\n"
KEYSTORE = {
    "version": 3,
    "id": "00000000-0000-4000-8000-000000000000",
    "address": AGENT[2:],
    "crypto": {
        "cipher": "aes-128-ctr",
        "cipherparams": {"iv": "00" * 16},
        "ciphertext": "b1c32d0e2348de4666f5963c690500580b9ca8ed69a48e05f038441f00b2ff02",
        "kdf": "scrypt",
        "kdfparams": {"n": 2, "r": 1, "p": 1, "dklen": 32, "salt": "6b696c6c20706f696e7473"},
        "mac": "cabf508808570d0d7782d93f482e3f1a0c7643f0c637fa8ce9927e8c5fa5ce89",
    },
}


class RigError(Exception):
    """The rig could not do what a condition was waited for."""


def until(seconds, what, test, step=0.02):
    """What test() gave once it was true; RigError after so many seconds."""
    end = time.monotonic() + seconds
    while True:
        got = test()
        if got:
            return got
        if time.monotonic() > end:
            raise RigError("%s: not in %g s" % (what, seconds))
        time.sleep(step)


def procs_with(word):
    """{pid: parent} of the processes with this word, a path of our own, in their arguments."""
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/%s/cmdline" % name, "rb") as f:
                words = f.read().split(b"\0")
            if word.encode() not in words:
                continue
            with open("/proc/%s/stat" % name) as f:
                rest = f.read().rsplit(")", 1)[1].split()
            if rest[0] not in "ZX":
                found[int(name)] = int(rest[1])
        except OSError:
            continue
    return found


def end_pid(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        pass


def gone(pid):
    """True once its files and locks are let go."""
    try:
        with open("/proc/%d/stat" % pid) as f:
            state = f.read().rsplit(")", 1)[1].split()[0]
        # A leader that is dead may still have threads with its files.
        return state == "X" or (state == "Z" and len(os.listdir("/proc/%d/task" % pid)) == 1)
    except OSError:
        return True


class Rig:
    """PAPER_ARGS come after the account's; TLS is (cert, key, ca) paths; CONF is added to exeunt.conf."""

    def __init__(self, paper_args=(), positions=(), fund="1000000", tls=None, conf="", url=None):
        self.dir = tempfile.mkdtemp(prefix="exeunt-rig.", dir=os.environ.get("TMPDIR", "/tmp"))
        self.state = os.path.join(self.dir, "s")
        os.makedirs(os.path.join(self.state, "keys"), mode=0o700)
        os.chmod(self.state, 0o700)
        with open(os.path.join(self.state, "keys", "rig.json"), "w", opener=private) as f:
            json.dump(KEYSTORE, f)
        self.env = dict(os.environ, HOME=self.dir, XDG_CONFIG_HOME=self.dir, XDG_DATA_HOME=self.dir)
        self.env.pop("EXEUNT_STATE", None)
        self.paper = None
        self.tls = tls
        self.port = 0
        try:
            if url is None:
                self.paper_start(paper_args, positions, fund, tls)
                url = "%s:%d" % ("https://localhost" if tls else "http://127.0.0.1", self.port)
            text = "[venue hyperliquid]\nnetwork = paper\nurl = %s\n" % url
            if tls:
                text += "ca_file = %s\n" % tls[2]
            text += "\n[account main]\naddress = %s\nkey = rig\n%s" % (USER, conf)
            with open(os.path.join(self.state, "exeunt.conf"), "w", opener=private) as f:
                f.write(text)
        except Exception:
            self.close()
            raise

    def paper_start(self, paper_args, positions, fund, tls):
        argv = [PAPER, "--listen", "127.0.0.1:0", "--ready-json", "--fund", "%s=%s" % (USER, fund)]
        argv += ["--agent", "%s=%s" % (USER, AGENT), "--log", os.path.join(self.dir, "paper.log")]
        for p in positions:
            argv += ["--position", p]
        if tls:
            argv += ["--tls", tls[0], tls[1]]
        argv += list(paper_args)
        self.paper = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=self.env)
        line = self.paper.stdout.readline()
        if not line:
            raise RigError("the paper exchange did not start")
        self.port = json.loads(line)["port"]

    # ---- the program's own verbs ----

    def argv(self, *words):
        return [EXEUNT] + list(words) + ["--state", self.state]

    def run(self, *words, prefix=(), timeout=30):
        """(exit status, standard output, standard error) of a verb."""
        p = subprocess.run(list(prefix) + self.argv(*words), stdin=subprocess.DEVNULL, capture_output=True,
                           env=self.env, timeout=timeout)
        return p.returncode, p.stdout.decode(), p.stderr.decode()

    def unlock(self, prefix=()):
        """What the operator does after a signer has died: the key's password once more."""
        p = subprocess.run(list(prefix) + self.argv("key", "unlock", "--password-fd", "0"), env=self.env,
                           input=PASSWORD, capture_output=True, timeout=30)
        return p.returncode, p.stdout.decode(), p.stderr.decode()

    def engine(self):
        return self.run("engine")

    def start(self):
        for name, step in (("unlock", self.unlock), ("engine", self.engine)):
            rc, out, err = step()
            if rc:
                raise RigError("%s: status %d: %s%s" % (name, rc, out, err))
        return until(20, "positions", self.ready)

    def status(self):
        try:
            rc, out, _ = self.run("status", "--json", timeout=10)
            return json.loads(out) if rc == 0 else None
        except (ValueError, subprocess.TimeoutExpired):
            return None

    def ready(self):
        s = self.status()
        ok = s and s["connected"] and s["accounts"][0]["key_ready"] and s["accounts"][0]["pools"]
        return s if ok else None

    # ---- processes ----

    def processes(self):
        """(engine, keeper, signer) ids, None where there is none."""
        found = procs_with(self.state)
        engine = keeper = sign = None
        for pid in found:
            try:
                with open("/proc/%d/cmdline" % pid, "rb") as f:
                    words = f.read().split(b"\0")
            except OSError:
                continue
            if words[0] != EXEUNT.encode():
                continue  # strace and the like
            if b"engine" in words and b"--foreground" in words:
                if any(parent == pid for parent in found.values()):
                    keeper = pid
                elif found[pid] in found:
                    engine = pid
                elif keeper is None:
                    keeper = pid  # between two engines
            elif b"unlock" in words:
                sign = pid
        if keeper is not None and engine is None and os.path.exists("/proc/%d/task" % keeper):
            if len(os.listdir("/proc/%d/task" % keeper)) > 1:  # an engine whose keeper is gone
                engine, keeper = keeper, None
        return engine, keeper, sign

    # ---- the exchange's truth ----

    def post(self, path, body):
        if self.tls:
            trust = ssl.create_default_context(cafile=self.tls[2])
            c = http.client.HTTPSConnection("localhost", self.port, timeout=10, context=trust)
        else:
            c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            c.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            return json.loads(c.getresponse().read())
        finally:
            c.close()

    def info(self, kind):
        return self.post("/info", {"type": kind, "user": USER})

    def log(self, lines=12):
        try:
            with open(os.path.join(self.state, "log"), errors="replace") as f:
                return "".join("    " + t for t in f.readlines()[-lines:])
        except OSError:
            return ""

    def close(self, keep=False):
        for pid in procs_with(self.state):
            end_pid(pid)
        if self.paper:
            self.paper.kill()
            self.paper.wait()
            self.paper.stdout.close()
        if not keep:
            shutil.rmtree(self.dir, ignore_errors=True)


def private(path, flags):
    return os.open(path, flags, 0o600)
