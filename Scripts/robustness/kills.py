#!/usr/bin/env python3
"""Kills long commands (kill -9) at random moments and counts what is lost.

    Scripts/robustness/kills.py [--seed 1] [--kills train=80,sweep=40,calibrate=60,simulate=60,extract=40,reproduce=20]

A training, a sweep and a calibration are killed again and again and resumed by the same command until their kills are used up, then
end undisturbed: their agents, curves and fitted devices have to be those of a run that was never killed, byte for byte (but for the
times in a log). After every kill each file that is there must be whole, and the next run must take away what was half written. The
last line begins with PASS or FAIL.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import bench

STANDARD = "train=80,sweep=40,calibrate=60,simulate=60,extract=40,reproduce=20"


def start(arguments, folder):
    return subprocess.Popen([str(bench.PROGRAM), *map(str, arguments)], cwd=folder, env=bench.environment(), stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=open(folder / "words.txt", "ab"), process_group=0)


def killed(arguments, folder, seconds, rng):
    """Starts, kills after a random time; whether it was still running."""
    process = start(arguments, folder)
    end = time.monotonic() + rng.uniform(0, seconds)
    while time.monotonic() < end and process.poll() is None:
        time.sleep(0.005)
    alive = process.poll() is None
    os.killpg(process.pid, signal.SIGKILL) if alive else None
    process.wait()
    return alive


def damaged(folder):
    """Files that are not whole; half-written ones (.tmp) may be cut, for that is what they are."""
    return [f"{p.relative_to(folder)} {bench.whole(p)}" for p in sorted(folder.rglob("*"))
            if p.is_file() and not p.name.endswith(".tmp") and p.name != "log.csv" and p.suffix != ".txt" and bench.whole(p)]


def without_times(text):
    """A table without the columns that say how long it took."""
    rows = [line.split(",") for line in text.strip().split("\n")]
    kept = [i for i, name in enumerate(rows[0]) if name not in ("steps_per_s", "wall_s", "core_s")]
    return [[row[i] for i in kept] for row in rows]


class Series:
    """A command that is killed `count` times and then ends."""

    def __init__(self, name, count, good, top, rng):
        self.name, self.count, self.good, self.rng = name, count, good, rng
        self.folder, self.reference = top / name, top / f"{name}-undisturbed"
        for folder in (self.folder, self.reference):
            folder.mkdir()
        self.wrong, self.kills, self.litter = [], 0, 0

    def arguments(self, folder):
        """The command as a person would give it again after a kill."""
        config, cells = self.good.path("train.yaml"), self.good.path("cells.csv")
        if self.name == "train":
            fresh = ["pong", "train", "--config", config, "--set", f"total_steps={64 * self.count}", "--out", "run", "-q"]
            return ["pong", "train", "--out", "run", "--resume", "-q"] if (folder / "run/config.yaml").exists() else fresh
        if self.name == "sweep":
            steps = 32 * self.count
            return ["pong", "sweep", "--config", config, "--set", f"total_steps={steps}", "--steps", steps, "--ranges", "0,0.08:0.92", "--seeds",
                    "1", "--jobs", "2", "--out", "sweep", "-q"]
        if self.name == "calibrate":
            fit = ["calibrate", "--data", cells, "--data-only", "--free", "forward_hop_energy,redox_potential,area", "--perturb", "20",
                   "--iterations", "8", "--out", "fit.yaml", "-q"]
            return [*fit[:-1], "--resume", "fit.state.json", "-q"] if (folder / "fit.state.json").exists() else fit
        if self.name == "simulate":
            return ["simulate", "Repeat 20000 times: [Pulse 1.5 V for 10 us; Hold 0.6 V for 1 ms; Read]", "--record", "5000 samples", "--out",
                    "trace.csv", "-q"]
        if self.name == "extract":
            return ["extract", "--out", "synapse.yaml", "--tables", "tables", "--no-streams", "-q"]
        return ["reproduce", "--out", "results", "-q"]

    def seconds(self):
        return {"train": 4, "sweep": 5, "calibrate": 1, "simulate": 8, "extract": 20, "reproduce": 120}[self.name]

    def run(self):
        while self.kills < self.count:
            arguments = self.arguments(self.folder)
            if not killed(arguments, self.folder, self.seconds(), self.rng):
                if self.name in ("train", "sweep"):
                    break  # done before its kills were used up
                if self.name == "calibrate":
                    # Fitted: compared at once, and begun anew for the kills that are left.
                    if not (self.reference / "fit.yaml").exists():
                        self.finish(self.reference)
                    self.compare()
                    for path in self.folder.glob("fit*"):
                        path.unlink()
                continue
            self.kills += 1
            self.litter += len(bench.litter(self.folder))
            self.wrong += damaged(self.folder)
        self.finish(self.folder)
        if left := bench.litter(self.folder):
            self.wrong.append(f"litter: {left}")
        if self.name in ("train", "sweep", "calibrate"):
            if self.name != "calibrate" or not (self.reference / "fit.yaml").exists():
                self.finish(self.reference)
            self.compare()

    def finish(self, folder):
        ended = bench.run(self.arguments(folder), folder, limit=3600)
        if ended.code != 0:
            self.wrong.append(f"the last run ends with code {ended.code}: {ended.error[-200:]}")

    def compare(self):
        same = {"train": ["run/agent.safetensors"], "sweep": ["sweep/lambda-0/seed-1/agent.safetensors",
                "sweep/lambda-0.08-0.92/seed-1/agent.safetensors"], "calibrate": []}[self.name]
        tables = {"train": ["run/log.csv"], "sweep": ["sweep/lambda-sweep.csv"], "calibrate": []}[self.name]
        for name in same:
            if (self.folder / name).read_bytes() != (self.reference / name).read_bytes():
                self.wrong.append(f"{name} is not that of a run that was never killed")
        for name in tables:
            if without_times((self.folder / name).read_text()) != without_times((self.reference / name).read_text()):
                self.wrong.append(f"{name} is not that of a run that was never killed")
        if self.name == "calibrate":
            texts = [[line for line in (f / "fit.yaml").read_text().replace("--resume fit.state.json ", "").splitlines()
                      if "fitted by" not in line or "value" in line] for f in (self.folder, self.reference)]
            states = [(f / "fit.state.json").read_bytes() for f in (self.folder, self.reference)]
            if texts[0] != texts[1] or states[0] != states[1]:
                self.wrong.append("the fit is not that of a run that was never killed")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", default=STANDARD, help=f"how many of each: {STANDARD}")
    parser.add_argument("--program", type=Path, default=bench.PROGRAM)
    arguments = parser.parse_args()
    bench.PROGRAM = arguments.program.resolve()
    top = Path(tempfile.mkdtemp(prefix="kills-"))
    good, total, failed = bench.GoodFiles(top), 0, 0
    print("| command | kills | half-written files on the way | lost, damaged or different |\n| --- | ---: | ---: | --- |")
    for part in arguments.kills.split(","):
        name, count = part.split("=")
        series = Series(name, int(count), good, top, random.Random(f"{arguments.seed} {name}"))
        series.run()
        total += series.kills
        failed += len(series.wrong)
        print(f"| {name} | {series.kills} | {series.litter} | {'; '.join(series.wrong) or 'nothing'} |", flush=True)
    if not failed:
        shutil.rmtree(top, ignore_errors=True)
    print(f"{'FAIL' if failed else 'PASS'}: {total} kills, {failed} things lost")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
