"""What the scripts of this folder share: the program, its limits, and good files that it makes itself. Standard library only."""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / ".build/release/tausonite"
GIB = 1 << 30

TRAINING = """name: tiny
algorithm: ppo
total_steps: 64
environments: 2
minibatches: 2
rollout: 16
helpers: 1
workers: 1
epochs: 1
checkpoint_seconds: 0
log_updates: 1
learning_rate: 5e-4
delta_f_step: 0.5
delta_f_max: 20
"""
PROTOCOL = """name: two
read_voltage: 0.6 V
base_state: true
steps:
  - Train 3 x 3 V for 100 us with 0.1 s gaps
  - Rest for 24 s
  - repeat: 2
    steps:
      - Pulse 2 V for 100 us from 0.6 V
      - Hold 0.6 V for 6 s
      - Read
  - Repeat 2 times: [Sweep 0 V to 1 V at 1 V/s, Sweep to 0 V at 1 V/s]
"""
CELLS = "amplitude_V,width_us,delta_F_nS,sigma_nS\n2,100,2.8,0.2\n3,100,9.7,0.5\n"
FREE = ["--free", "forward_hop_energy,redox_potential"]


def environment(**more):
    return {**os.environ, "OPENBLAS_NUM_THREADS": "1", **more}


class Ended:
    """How a run ended: `code` (negative: signal, None: too long), what it printed, seconds, most resident bytes."""

    def __init__(self, code, out, error, seconds, resident):
        self.code, self.out, self.error, self.seconds, self.resident = code, out, error, seconds, resident


def run(arguments, folder, limit=60, env=None, space=6 * GIB, **limits):
    """Runs the program to its end within `limit` seconds of processor time (ten times that on the clock) and `space` of memory."""

    def before():
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (space, space))
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
        for name, value in limits.items():
            kind = getattr(resource, "RLIMIT_" + name.upper())
            resource.setrlimit(kind, (value, value))

    begun = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as error:
        process = subprocess.Popen(
            [str(PROGRAM), *map(str, arguments)], cwd=folder, env=env or environment(), stdin=subprocess.DEVNULL,
            stdout=out, stderr=error, preexec_fn=before)
        found = {}

        def wait():
            _, found["status"], found["usage"] = os.wait4(process.pid, 0)

        waiter = threading.Thread(target=wait)
        waiter.start()
        waiter.join(10 * limit)
        late = waiter.is_alive()
        if late:
            os.killpg(process.pid, signal.SIGKILL)
            waiter.join()
        process.returncode = 0
        seconds = time.monotonic() - begun
        code = None if late else os.waitstatus_to_exitcode(found["status"])
        if code in (-signal.SIGXCPU, -signal.SIGKILL) and seconds >= 0.9 * limit:
            code = None
        texts = []
        for stream in (out, error):
            stream.seek(0)
            texts.append(stream.read(4_000_000).decode("utf-8", "replace"))
    return Ended(code, *texts, seconds, found["usage"].ru_maxrss * 1024)


def must(arguments, folder, **more):
    """Runs what has to work."""
    ended = run(arguments, folder, limit=600, **more)
    if ended.code != 0:
        sys.exit(f"cannot make the good files: {' '.join(map(str, arguments))}: code {ended.code}: {ended.error[-500:]}")
    return ended


class GoodFiles:
    """Files as the program writes them, each made when it is first asked for; `self[name]` are its bytes."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.bytes = {}
        self.made = set()

    def path(self, name):
        self[name]
        return self.folder / name

    def __getitem__(self, name):
        if name not in self.bytes:
            kind = name.split(".")[0].split("/")[0]
            if kind not in self.made:
                self.made.add(kind)
                getattr(self, "make_" + kind)()
            self.bytes[name] = (self.folder / name).read_bytes()
        return self.bytes[name]

    def text(self, name, text):
        (self.folder / name).write_text(text)

    def make_protocol(self):
        self.text("protocol.yaml", PROTOCOL)

    def make_cells(self):
        self.text("cells.csv", CELLS)

    def make_train(self):
        self.text("train.yaml", TRAINING)

    def make_trace(self):
        must(["simulate", "Pulse 3 V for 100 us", "Read", "Hold 0.6 V for 1 s", "--out", "trace.csv", "-q"], self.folder)

    def make_left(self):
        must(["simulate", "Pulse 3 V for 100 us", "--save-state", "left.json", "-q"], self.folder)

    def make_cut(self):
        """The state of a run that was interrupted after some of its pulses."""
        words = ["simulate", "Train 200 x 2 V for 20 us with 1 ms gaps", "--record", "100 samples", "--out", "cut.csv", "-q"]
        for seconds in (0.3, 0.5, 1, 2, 4, 0.2):
            process = subprocess.Popen([str(PROGRAM), *words], cwd=self.folder, env=environment(), stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)
            process.wait()
            if (self.folder / "cut.state.json").exists():
                return
        sys.exit("cannot make the good files: the run ends before it is interrupted, or had not begun")

    def make_synapse(self):
        must(["extract", "--out", "synapse.yaml", "--no-streams", "-q"], self.folder)

    def make_agent(self):
        must(["pong", "init", "--out", "agent.safetensors", "-q"], self.folder)

    def make_game(self):
        self["synapse.yaml"]
        shipped = ROOT / "Validation/pong/agent-skip4.safetensors"
        must(["pong", "evaluate", "--agent", shipped, "--synapse", "synapse.yaml", "--frame-limit", "400", "--out", "game.json",
              "-q"], self.folder)

    def make_run(self):
        must(["pong", "train", "--config", self.path("train.yaml"), "--out", "run", "-q"], self.folder)
        # The checkpoint before the last, so that a resumed run has something left to do.
        os.replace(self.folder / "run/checkpoint-previous.safetensors", self.folder / "run/checkpoint.safetensors")

    def make_measured(self):
        must(["simulate", "--protocol", self.path("protocol.yaml"), "--record", "40 samples", "--out", "samples.csv", "-q"],
             self.folder)
        rows = [line.split(",") for line in (self.folder / "samples.csv").read_text().splitlines()]
        time_at = next(i for i, name in enumerate(rows[0]) if name.startswith("time"))
        value_at = next(i for i, name in enumerate(rows[0]) if name.startswith("conductance"))
        lines = ["time_s,conductance_nS"] + [f"{row[time_at]},{row[value_at]}" for row in rows[1:]]
        self.text("measured.csv", "\n".join(lines) + "\n")

    def make_fit(self):
        must(["calibrate", "--data", self.path("cells.csv"), "--data-only", *FREE, "--iterations", "1", "--out", "fit.yaml", "-q"],
             self.folder)


def litter(folder):
    """Names of half-written files below a folder."""
    return sorted(str(p.relative_to(folder)) for p in Path(folder).rglob("*") if p.name.endswith((".tmp", ".partial")))


def whole(path):
    """What is wrong with a file by its kind; nothing where it is whole."""
    path = Path(path)
    data = path.read_bytes()
    try:
        if path.suffix in (".json", ".partial") and b"{" in data[:1]:
            json.loads(data)
        elif path.suffix == ".safetensors":
            size = int.from_bytes(data[:8], "little")
            header = json.loads(data[8:8 + size])
            end = max([t["data_offsets"][1] for name, t in header.items() if name != "__metadata__"], default=0)
            if end != len(data) - 8 - size:
                return "is cut"
        elif path.suffix in (".csv", ".yaml"):
            if not data.endswith(b"\n"):
                return "ends within a line"
        elif path.suffix == ".html" and not data.rstrip().endswith(b"</html>"):
            return "is cut"
    except ValueError as problem:
        return str(problem)[:80]
    return ""
