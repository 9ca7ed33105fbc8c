#!/usr/bin/env python3
"""The device solver beside that of an older commit: processor time of the same runs, in turn, in one go.

    python3 Benchmarks/compare_with_old.py

builds the benchmark of dd52af4 (the last commit before the solver was assembled from laws) and the present one, each in a folder of its
own below .build-old, and runs in turn a pulse and its decay on set T, and STO-1D in fixed steps and with error control. Printed are
the medians and the median of the ratios of the pairs, present over old; asked was at most 1.1. Use an idle machine: times on a loaded one
move by tens of per cent, ratios of pairs by less. --commit compares with another commit.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
RUNS = [
    ("a pulse and its decay, set T", ["pulse", "--repeats", "3"]),
    ("STO-1D, 880 fixed steps, 201 nodes", ["sto1d", "--cells", "200", "--repeats", "3"]),
    ("STO-1D with error control, 201 nodes", ["adaptive", "--repeats", "5"]),
]


def call(command, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def build(source, scratch):
    print(f"building {source}", file=sys.stderr)
    call(
        ["swift", "build", "-c", "release", "--package-path", source / "Benchmarks", "--scratch-path", scratch, "--product",
         "device-benchmark"])
    return scratch / "release" / "device-benchmark"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commit", default="dd52af4")
    parser.add_argument("--repeats", type=int, default=9, help="pairs of runs")
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / ".build-old", help="where both are built")
    parser.add_argument("--benchmark", type=pathlib.Path, help="a present benchmark that is built already")
    options = parser.parse_args()
    source = options.folder / options.commit
    if not source.exists():
        options.folder.mkdir(parents=True, exist_ok=True)
        source.mkdir()
        archive = subprocess.Popen(["git", "-C", ROOT, "archive", options.commit], stdout=subprocess.PIPE)
        call(["tar", "-x", "-C", source], stdin=archive.stdout)
        if archive.wait():
            sys.exit(f"git archive {options.commit} failed")
    old = build(source, options.folder / f"build-{options.commit}")
    new = options.benchmark or build(ROOT, options.folder / "build-present")
    for name, arguments in RUNS:
        times = {old: [], new: []}
        for pair in range(options.repeats):
            # The first of a pair may profit from a warm machine, or suffer from a cold one: in turn.
            for program in (old, new) if pair % 2 == 0 else (new, old):
                rows = [json.loads(line) for line in call([program, *arguments]).splitlines()]
                times[program].append(rows[-1]["median_s"])
        ratios = [b / a for a, b in zip(times[old], times[new])]
        print(
            f"{name}: old {statistics.median(times[old]) * 1e3:.3f} ms, present {statistics.median(times[new]) * 1e3:.3f} ms, "
            f"ratio {statistics.median(ratios):.3f} ({min(ratios):.3f} ... {max(ratios):.3f})")


if __name__ == "__main__":
    main()
