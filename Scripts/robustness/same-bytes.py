#!/usr/bin/env python3
"""Runs every command that writes three times, twice on all cores and once on one, and compares what it wrote byte for byte.

    Scripts/robustness/same-bytes.py [--only simulate,train] [--cores 2]

Left out of the comparison: the date of a run (`date` in results.json and report.html), and how long it took (columns of log.csv and
lambda-sweep.csv, seconds of ensemble.json). The last line begins with PASS or FAIL.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import bench

TIMES = {"steps_per_s", "wall_s", "core_s"}


def commands(good):
    config, cells, agent = good.path("train.yaml"), good.path("cells.csv"), good.path("agent.safetensors")
    synapse, game = good.path("synapse.yaml"), good.path("game.json")
    return {
        "simulate": ["simulate", "Train 20 x 3 V for 100 us with 0.1 s gaps", "Hold 0.6 V for 60 s", "--out", "t.csv"],
        "calibrate": ["calibrate", "--data", cells, "--data-only", *bench.FREE, "--iterations", "3", "--out", "fit.yaml"],
        "train": ["pong", "train", "--config", config, "--set", "total_steps=512", "--set", "environments=4", "--set", "helpers=2", "--set",
                  "workers=2", "--set", "group=1", "--out", "run"],
        "evaluate": ["pong", "evaluate", "--agent", agent, "--synapse", synapse, "--games", "4", "--frame-limit", "400", "--out", "g.json"],
        "ensemble": ["ensemble", "--devices", "10", "--spread", "area=5%", "--out", "ensemble", "--figure"],
        "energy": ["energy", "--synapse", synapse, "--game", game, "--out", "e.json", "--periphery", "--figures", "figures"],
        "export": ["export", synapse, "--model", "linear", "--format", "spice", "--out", "x.cir"],
        "sweep": ["pong", "sweep", "--config", config, "--ranges", "0,0.08:0.92", "--seeds", "1", "--steps", "64", "--jobs", "2", "--out", "sweep"],
        "synapse": ["extract", "--no-streams", "--out", "s.yaml"],
        "extract": ["extract", "--out", "s.yaml", "--tables", "tables"],
        "reproduce": ["reproduce", "--out", "results"],
    }


def content(path):
    data = path.read_bytes()
    if path.name in ("results.json", "report.html", "ensemble.json"):
        data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"DATE", data)
        data = re.sub(rb'"(wall_)?seconds" ?: ?[-0-9.e]+', b'"seconds": T', data)
    if path.name in ("log.csv", "lambda-sweep.csv"):
        rows = [line.split(",") for line in data.decode().splitlines()]
        kept = [i for i, name in enumerate(rows[0]) if name not in TIMES]
        data = "\n".join(",".join(row[i] for i in kept) for row in rows).encode()
    if path.name.startswith("checkpoint"):
        # Its metadata count the seconds and the bytes of the log; the tensors are everything that goes on.
        data = data[8 + int.from_bytes(data[:8], "little"):]
    return data


def written(arguments, folder, cores):
    def before():
        os.sched_setaffinity(0, cores)

    folder.mkdir(parents=True)
    ended = subprocess.run([str(bench.PROGRAM), *map(str, arguments), "-q"], cwd=folder, env=bench.environment(), stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=before)
    if ended.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}: code {ended.returncode}: {ended.stderr.decode()[-400:]}")
    return {str(p.relative_to(folder)): content(p) for p in sorted(folder.rglob("*")) if p.is_file() and p.name != ".lock"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="commands, separated by commas")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--program", type=Path, default=bench.PROGRAM)
    arguments = parser.parse_args()
    bench.PROGRAM = arguments.program.resolve()
    every = sorted(os.sched_getaffinity(0))
    many, single = set(every[:arguments.cores]), {every[0]}
    top = Path(tempfile.mkdtemp(prefix="same-"))
    table, failed = commands(bench.GoodFiles(top)), 0
    print("| command | files | twice | on one core and on all |\n| --- | ---: | --- | --- |")
    for name in arguments.only.split(",") if arguments.only else table:
        runs = [written(table[name], top / f"{name}-{k}" / "work", cores) for k, cores in enumerate((many, many, single))]
        different = [[f for f in sorted({*runs[0], *other}) if runs[0].get(f) != other.get(f)] for other in runs[1:]]
        failed += sum(map(bool, different))
        print(f"| {name} | {len(runs[0])} | " + " | ".join(", ".join(d) or "the same" for d in different) + " |", flush=True)
    if not failed:
        shutil.rmtree(top, ignore_errors=True)
    print(f"{'FAIL' if failed else 'PASS'}: {failed} comparisons differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
