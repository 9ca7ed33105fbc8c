"""Which file is damaged how, and which commands read it: cases (what, must be refused, {name: bytes}, [(arguments, results)])."""

import re

import bench
import damage

SENTENCES = ["Pulse 3.5 V for 500 us", "Pulse 3 V for 100 us from 0.6 V with 1 us edges", "Train 10 x 3 V for 500 us with 0.1 s gaps",
             "Hold 0.6 V for 375 s", "Rest for 240 s", "Sweep 0 V to 2 V at 1 V/s", "Read", "Read at 0.3 V", "At 350 K",
             "Repeat 3 times: [Pulse 2 V for 20 us; Read]", "[Pulse 2 V for 20 us; Read] * 3", "Train 5 x 2 V for 20 us every 0.2 s"]
ODD_SENTENCES = [
    "Repeat 2 times: [" * 30_000, "Repeat 2 times: [" * 3_000 + "Read" + "]" * 3_000, "[" * 100_000, "[" * 50_000 + "]" * 50_000,
    "(" * 60_000 + "Read" + ")" * 60_000, "Read * 2 " + "* 2 " * 30_000, "a" * 100_000, "Pulse " * 18_000,
    "Pulse " + "9" * 100_000 + " V for 1 us", "Pulse 3 " + "V" * 100_000 + " for 1 us", "", "   ", "Pulse 3 V\nfor 100 us",
    "Pulse\u00a03\u00a0V for 100 us", "Pulse \u22123 V for 100 us", "Pulse ３ V for 100 us", "Pulse 3,5 V for 100 us",
    "Train 1000000000000000000 x 3 V for 1 us with 1 s gaps", "Train 9223372036854775808 x 3 V for 1 us with 1 s gaps",
    "Train -1 x 3 V for 1 us with 1 s gaps", "Repeat 0 times: [Read]", "Read * 99999999999999999999", "Read at 0 V",
    "Hold nan V for 1 s", "Hold 0.6 V for inf s", "Hold 0.6 V for -1 s", "Hold 0.6 V for 0 s", "Hold 0.6 V for 1e10 s",
    "Sweep 0 V to 20 V at 1e12 V/s", "Sweep 1 V to 1 V at 1 V/s", "Sweep 0 V to 1e-300 V at 1e-9 V/s",
    "Train 3 x 3 V for 1 us with 1e-300 s gaps", "Train 3 x 3 V for 1 s every 1 s", "Pulse 3 A for 100 us", "Pulse 3 for 100",
    "Pulse 3 V for 1 us from 0 V from 0 V", "\x1b[2J\x1b]0;x\x07Pulse", "%s%n%d", "Pulse 20 V for 1 s", "Pulse 3 V for 1 ns with 1 ps edges"]
VALUES = ["nan", "inf", "-inf", "-1", "0", "1e308", "1e-320", "1e400", "9223372036854775807", "9223372036854775808",
          "-9223372036854775808", "18446744073709551615", "18446744073709551616", "0x10", "", " ", "１", "1,5", "1e19", "99999999999",
          "4294967296", "1e30"]
NAMES = ['"a: b"', '"a #b"', '" a "', '"[x]"', '"*x"', '"&x"', '"a\\nseed: 5"', '""', '"\\""', "'\"'", '"<script>alert(1)</script>"',
         '"{"', '"- x"', '"null"', '"%a"', '"@a"', '"!x"', '"\\u2028"', '"\\e[2J"']
SETTINGS = [("delta_f_step", "1e-30"), ("delta_f_step", "1e-300"), ("delta_f_step", "5e-324"), ("delta_f_max", "0"), ("start", "x.yaml"),
            ("start", '"x\\"y"'), ("teacher", "x.yaml"), ("actions", "NOOP NOOP"), ("actions", '""'), ("actions", "NOOP"),
            ("noops", "1000"), ("learning_rate", "1"), ("adam_epsilon", "1e-15"), ("gradient_norm", "1e9"), ("seed", "18446744073709551615"),
            ("value_coefficient", "1000"), ("checkpoint_seconds", "-1"), ("gamma_initial", "100"), ("until", "1")]
STATE = [b"\xff" * 8, b"\0" * 8, b"\xff\xff\xff\x7f" * 2, b"\xff\xff\xff\xff\xff\xff\xff\x7f", b"\x00\x00\xc0\x7f" * 2, b"\x00\x00\x80\x80" * 2]


class Cases:
    """The cases of a group, `count` random ones of each file; `cases.device()` and so on."""

    groups = ["device", "protocol", "sentence", "record", "cut", "left", "synapse", "game", "arrays", "agent", "training", "checkpoint",
              "cells", "measured", "weights", "paper", "state", "log", "numbers", "environment"]

    def __init__(self, good, rng, count):
        self.good, self.rng, self.count = good, rng, count
        self.files, self.yaml, self.json = damage.whole_files(), damage.yaml_bombs(), damage.json_bombs()

    def spread(self, data, name, commands, fixed=(), kinds=(damage.generic, damage.numbers), count=None):
        for _ in range(self.count if count is None else count):
            what, made = self.rng.choice(kinds)(data, self.rng)
            yield what, False, {name: made}, commands
        for what, made, must in fixed:
            yield what, must, {name: made}, commands

    @staticmethod
    def simulate(*more):
        return (["simulate", "Pulse 3 V for 100 us", "Read", "--out", "o.csv", "-q", "--record", "200 samples", *more], ["o.csv", "o.json"])

    def device(self):
        for name, count in (("pt-sto-ti", 2 * self.count), ("pt-sto-ti-traps", self.count)):
            data = (bench.ROOT / f"Materials/{name}.yaml").read_bytes()
            commands = [(["parameters", "--device", "x.yaml"], []), self.simulate("--device", "x.yaml")]
            yield from self.spread(data, "x.yaml", commands, self.files + self.yaml if name == "pt-sto-ti" else (), count=count)

    def protocol(self):
        command = ["simulate", "--protocol", "x.yaml", "--record", "100 samples", "-q", "--out", "o.csv"]
        cases = self.spread(
            self.good["protocol.yaml"], "x.yaml", [(command, ["o.csv", "o.json"])], self.files + self.yaml, count=2 * self.count)
        for case in cases:
            # Ten thousands of pulses are a valid and a long protocol.
            if not re.search(rb"(Train|[Rr]epeat:?) *\d{5}", case[2]["x.yaml"][:5000]):
                yield case

    def sentence(self):
        head = ["simulate", "-q", "--record", "100 samples"]
        for text in ODD_SENTENCES:
            yield text[:40], False, {}, [([*head, "--out", "o.csv", "--", text], ["o.csv", "o.json"])]
        for _ in range(2 * self.count):
            what, made = self.rng.choice((damage.generic, damage.numbers))(self.rng.choice(SENTENCES).encode(), self.rng)
            yield what, False, {}, [([*head, "--", made.replace(b"\0", b"").decode("utf-8", "surrogateescape")], [])]

    def record(self):
        command = ["simulate", "--again", "x.json", "-q", "--record", "100 samples", "--out", "o.csv"]
        self.good["trace.csv"]
        yield from self.spread(self.good["trace.json"], "x.json", [(command, ["o.csv", "o.json"])], self.files + self.json,
                               (damage.generic, damage.numbers, damage.json_value))

    def cut(self):
        """A run that was interrupted, gone on with."""
        command = ["simulate", "--from-state", "x.json", "-q", "--out", "o.csv"]
        yield from self.spread(self.good["cut.state.json"], "x.json", [(command, ["o.csv", "o.json"])], self.files + self.json,
                               (damage.json_value, damage.json_value, damage.numbers, damage.generic), 2 * self.count)

    def left(self):
        """The state at the end of a run, which another begins with."""
        command = ["simulate", "Pulse 2 V for 100 us", "Read", "--from-state", "x.json", "-q", "--out", "o.csv"]
        yield from self.spread(self.good["left.json"], "x.json", [(command, ["o.csv", "o.json"])], (),
                               (damage.json_value, damage.json_value, damage.numbers, damage.generic))

    def energy(self, synapse, game):
        return (["energy", "--synapse", synapse, "--game", game, "--out", "e.json", "-q"], ["e.json"])

    def synapse(self):
        game, agent = self.good.path("game.json"), self.good.path("agent.safetensors")
        data = self.good["synapse.yaml"]
        read = [self.energy("x.yaml", game)]
        play = [(["pong", "evaluate", "--agent", agent, "--synapse", "x.yaml", "--frame-limit", "100", "--out", "g.json", "-q"],
                 ["g.json", "g.safetensors"]), (["pong", "init", "--synapse", "x.yaml", "--out", "i.safetensors", "-q"], ["i.safetensors"])]
        yield from self.spread(data, "x.yaml", read, self.files + self.yaml, (damage.numbers, damage.numbers, damage.generic), 2 * self.count)
        yield from self.spread(data, "x.yaml", play, (), (damage.numbers,), self.count // 2)
        text = data.decode()
        grid = "step: 0.5\n  maximum: " + text.split("step: 0.5\n  maximum: ", 1)[-1].split("\n", 1)[0]
        for what, old, new in [
            ("step 1e-300", "step: 0.5", "step: 1e-300"), ("grid below a Float", grid, "step: 1e-50\n  maximum: 1e-48"),
            ("grid above a Float", grid, "step: 1e200\n  maximum: 1e201"),
            ("read voltage 1e200 V", "read_voltage: {value: 0.6", "read_voltage: {value: 1e200"), ("train 1e300", "- [1, ", "- [1e300, ")]:
            assert old in text, old
            yield what, True, {"x.yaml": text.replace(old, new, 1).encode()}, read + play

    def game(self):
        arrays, synapse = self.good_arrays(), self.good.path("synapse.yaml")
        data = self.good["game.json"].replace(b"game.safetensors", b"x.safetensors")
        for files, must, (what, made) in [
            *[({"x.safetensors": arrays}, False, self.rng.choice((damage.generic, damage.numbers, damage.json_value, damage.json_value))(data, self.rng))
              for _ in range(self.count)],
            *[({}, must, (what, made)) for what, made, must in self.files + self.json],
            *[({}, True, (f"arrays {name!r}", data.replace(b"x.safetensors", name))) for name in (b"..", b"../x.safetensors", b"", b"x\\u0000y")]]:
            yield what, must, {"x.json": made, **files}, [self.energy(synapse, "x.json")]

    def good_arrays(self):
        self.good["game.json"]
        return (self.good.folder / "game.safetensors").read_bytes()

    def arrays(self):
        record = self.good["game.json"].replace(b"game.safetensors", b"x.safetensors")
        command, data = [self.energy(self.good.path("synapse.yaml"), "x.json")], self.good_arrays()
        for what, made, must in damage.tensor_files(data):
            yield what, must, {"x.json": record, "x.safetensors": made}, command
        for _ in range(self.count):
            what, made = damage.generic(data, self.rng)
            yield what, False, {"x.json": record, "x.safetensors": made}, command

    def agent(self):
        data = self.good["agent.safetensors"]
        scale = [(["pong", "scale", "--agent", "x.safetensors", "--by", "2", "--out", "s.safetensors", "-q"], ["s.safetensors"])]
        play = [(["pong", "evaluate", "--agent", "x.safetensors", "--frame-limit", "100", "-q"], [])]
        for what, made, must in damage.agent_files(data):
            yield what, must, {"x.safetensors": made}, scale + (play if not must else [])
        for _ in range(self.count):
            what, made = damage.generic(data, self.rng)
            yield what, False, {"x.safetensors": made}, scale
            at, changed = self.rng.randrange(1700), bytearray(data)
            changed[at] = self.rng.randrange(256)
            yield f"header byte {at}", False, {"x.safetensors": bytes(changed)}, scale

    def training(self):
        data = self.good["train.yaml"]
        train = [(["pong", "train", "--config", "x.yaml", "--out", "r", "-q"], ["r/agent.safetensors", "r/checkpoint.safetensors"]),
                 (["pong", "train", "--out", "r", "--resume", "-q"], [])]
        for case in self.spread(data, "x.yaml", train, self.files + self.yaml, (damage.numbers, damage.numbers, damage.generic)):
            # Hundreds of games or of steps are a valid and a long training.
            if not re.search(rb"(?m)^(environments|rollout|epochs|total_steps): *([1-9]_?\d{2}|[1-9]\d{3}|1e3)", case[2]["x.yaml"][:5000]):
                yield case
        for key, new in [("name", name) for name in NAMES] + SETTINGS:
            lines = [line for line in data.decode().splitlines() if not line.startswith(key + ":")] + [f"{key}: {new}"]
            yield f"{key}: {new}", False, {"x.yaml": ("\n".join(lines) + "\n").encode()}, train

    def checkpoint(self):
        resume = [(["pong", "train", "--out", "r", "--resume", "-q"], [])]
        files = {f"r/{name}": self.good[f"run/{name}"] for name in ("checkpoint.safetensors", "config.yaml", "log.csv")}
        data = files["r/checkpoint.safetensors"]
        header, body = damage.tensors(data)
        fixed = damage.tensor_files(data)
        for name, size in (("games.next_noops", 4), ("games.score", 4), ("games.steps", 4), ("games.emulator_length", 4), ("adam.steps", 8),
                           ("generators", 8), ("games.emulator", 1), ("state.F", 4), ("games.observation", 4), ("adam.v.stpn.W", 4)):
            for value in STATE:
                made = damage.patched(header, body, header[name]["data_offsets"][0], value[:size])
                fixed.append((f"{name}[0] = {value[:size].hex()}", made, False))
        for what, made, must in fixed:
            yield what, must, {**files, "r/checkpoint.safetensors": made}, resume
        for _ in range(self.count // 2):
            what, made = damage.generic(data, self.rng)
            yield what, False, {**files, "r/checkpoint.safetensors": made}, resume
        for name in ("config.yaml", "log.csv"):
            for _ in range(self.count // 3):
                what, made = self.rng.choice((damage.generic, damage.numbers))(files[f"r/{name}"], self.rng)
                yield f"{name}: {what}", False, {**files, f"r/{name}": made}, resume

    def fit(self, *more):
        return [(["calibrate", *more, *bench.FREE, "--iterations", "1", "-q", "--out", "f.yaml"], ["f.yaml", "f.state.json"])]

    def cells(self):
        yield from self.spread(self.good["cells.csv"], "x.csv", self.fit("--data", "x.csv", "--data-only"), self.files,
                               (damage.generic, damage.numbers, damage.numbers))

    def measured(self):
        command = self.fit("--trace", "x.csv", "--protocol", self.good.path("protocol.yaml"), "--data-only")
        yield from self.spread(self.good["measured.csv"], "x.csv", command, self.files, (damage.generic, damage.numbers, damage.numbers))

    def weights(self):
        data = (bench.ROOT / "Validation/calibration-targets.yaml").read_bytes()
        command = self.fit("--weights", "x.yaml", "--data", self.good.path("cells.csv"), "--data-only")
        yield from self.spread(data, "x.yaml", command, self.files + self.yaml, (damage.generic, damage.numbers, damage.numbers))

    def paper(self):
        data = (bench.ROOT / "Validation/weilenmann2024.yaml").read_bytes()
        account, results = self.energy(self.good.path("synapse.yaml"), self.good.path("game.json"))
        commands = self.fit("--targets", "x.yaml", "--data", self.good.path("cells.csv"), "--data-only")
        commands += [([*account, "--published", "x.yaml"], results)]
        yield from self.spread(data, "x.yaml", commands, self.files + self.yaml, (damage.generic, damage.numbers, damage.numbers))

    def state(self):
        data = self.good_state()
        command = ["calibrate", "--data", self.good.path("cells.csv"), "--data-only", "--resume", "x.json", *bench.FREE, "--iterations", "2",
                   "-q", "--out", "f.yaml"]
        yield from self.spread(data, "x.json", [(command, ["f.yaml"])], self.files + self.json,
                               (damage.json_value, damage.json_value, damage.numbers, damage.generic), 2 * self.count)

    def good_state(self):
        self.good["fit.yaml"]
        return (self.good.folder / "fit.state.json").read_bytes()

    def log(self):
        def curve(option, name):
            return [(["pong", "curve", option, name, "--out", "c", "-q"], ["c.png", "c.svg"])]

        folder = bench.ROOT / "Validation/pong"
        log = (folder / "log-device-last.csv").read_bytes()
        kinds = (damage.generic, damage.numbers, damage.numbers)
        yield from self.spread(log, "x.csv", curve("--log", "x.csv"), self.files, kinds, self.count // 2)
        yield from self.spread((folder / "lambda-sweep.csv").read_bytes(), "x.csv", curve("--sweep", "x.csv"), self.files, kinds, self.count // 2)
        lines = [("until 2^63-1 twice", "{name: a, logs: [{log: l.csv, until: 9223372036854775807}, {log: l.csv, until: 9223372036854775807}]}", True),
                 ("until negative", "{name: a, logs: [{log: l.csv, until: -5}, l.csv]}", True),
                 ("name a script", '{name: "</script><script>alert(1)</script>", logs: [l.csv]}', False)]
        fixed = [(what, f"curves:\n  - {line}\n".encode(), must) for what, line, must in lines]
        for what, made, must in self.yaml + fixed:
            yield f"curves: {what}", must, {"x.yaml": made, "l.csv": log}, curve("--list", "x.yaml")

    def numbers(self):
        cells = ["calibrate", "-q", "--data", self.good.path("cells.csv"), "--data-only", "--free", "area", "--iterations", "1"]
        play = ["pong", "evaluate", "--agent", self.good.path("agent.safetensors"), "-q", "--frame-limit", "100"]
        sweep = ["pong", "sweep", "-q", "--config", self.good.path("train.yaml"), "--set", "total_steps=32", "--out", "sw"]
        train = ["pong", "train", "-q", "--config", self.good.path("train.yaml"), "--out", "r", "--set"]
        read = ["simulate", "Read", "-q"]
        options = [([*read, "--read-voltage"], "{} V"), ([*read, "--record"], "{} s"), ([*read, "--record"], "{} samples"),
                   ([*read, "--record"], "{}/decade"), ([*read, "--set"], "area={}"), (["forming", "-q", "--hold"], "{} s"),
                   (["forming", "-q", "--from"], "{}"), (["forming", "-q", "--step"], "{}"), (["levels", "-q", "--trains"], "{}"),
                   (["fuzz", "-q", "--runs", "2", "--seed"], "{}"), (["fuzz", "-q", "--only"], "{}"), ([*cells, "--data-sigma"], "{}"),
                   ([*cells[:-1]], "{}"), ([*cells, "--perturb"], "{}"), ([*cells, "--within"], "area=1:{}"), ([*cells, "--within"], "area={}"),
                   (["pong", "init", "--out", "i.st", "--seed"], "{}"), (["pong", "init", "--out", "i.st", "--frame-skip"], "{}"),
                   (["pong", "init", "--out", "i.st", "--gamma-range"], "{}"), (["pong", "init", "--out", "i.st", "--actions"], "{}"),
                   (["pong", "scale", "--agent", self.good.path("agent.safetensors"), "--out", "s.st", "--by"], "{}"),
                   ([*play, "--games"], "{}"), ([*play, "--noops"], "{}"), ([*play, "--seed"], "{}"), ([*play[:-1]], "{}"), ([*play, "--sticky"], "{}"),
                   ([*sweep, "--steps", "32", "--seeds", "1", "--ranges", "0", "--minutes"], "{}"),
                   ([*sweep, "--seeds", "1", "--ranges", "0", "--steps"], "{}"), ([*sweep, "--steps", "32", "--seeds", "1", "--ranges", "0", "--jobs"], "{}"),
                   ([*sweep, "--steps", "32", "--seeds", "1", "--ranges"], "{}"), ([*sweep, "--steps", "32", "--ranges", "0", "--seeds"], "{}"),
                   (train, "delta_f_step={}"), (train, "delta_f_max={}"), (train, "environments={}"), (train, "learning_rate={}"), (train, "total_steps={}")]
        for arguments, form in options:
            for value in VALUES if self.count >= 20 else self.rng.sample(VALUES, 4):
                text = form.format(value)
                yield f"{arguments[-1]}={text}", False, {}, [([*arguments[:-1], f"{arguments[-1]}={text}"], [])]

    def environment(self):
        play = [(["pong", "evaluate", "--agent", self.good.path("agent.safetensors"), "--frame-limit", "100", "-q"], [])]
        for name, value in [
            *[("TAUSONITE_PYTHON", v) for v in ("/nonexistent", "/bin/true", "/bin/false", "/etc/passwd", "/usr/bin", "a" * 5000, "/bin/echo")],
            ("TMPDIR", "/nonexistent"), ("HOME", "/nonexistent"), ("PATH", ""), ("LC_ALL", "de_DE.UTF-8"), ("LANG", "xx_XX"), ("TZ", "Nowhere/Else"),
            ("TERM", ""), ("COLUMNS", "-5"), ("OPENBLAS_NUM_THREADS", "-1"), ("OPENBLAS_NUM_THREADS", "99999999"), ("OMP_NUM_THREADS", "abc"),
            ("PYTHONPATH", "/nonexistent"), ("PYTHONHOME", "/nonexistent"), ("PYTHONSTARTUP", "/etc/passwd"), ("MALLOC_ARENA_MAX", "x")]:
            python = name == "TAUSONITE_PYTHON"
            yield f"{name}={value[:40]}", python, {"environment": {name: value}}, play + ([] if python else [self.simulate()])

