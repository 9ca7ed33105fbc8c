#!/usr/bin/env python3
"""The coupled path beside IDA of SUNDIALS on STO-1D: processor time and error of the pulse train with error control, in one run.

    apt-get install libsundials-dev      (as root, Debian; nothing else in the project needs it)
    swift build -c release --package-path Benchmarks --scratch-path .build-bench --product device-benchmark
    python3 Benchmarks/compare_with_sundials.py --benchmark .build-bench/release/device-benchmark

Builds Peers/sundials_peer.c with cc, then runs both on one core, alternating, at several tolerances; medians are shown. The error is
the largest relative difference of the density at the left contact, at the ends of all 21 segments, from scipy's Radau solution at
rtol 1e-8 (Tests/DeviceModelTests/Fixtures/sto-1d), on the same grid of 201 nodes.
"""
import argparse
import csv
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent
FIXTURES = FOLDER.parent / "Tests/DeviceModelTests/Fixtures/sto-1d"


def run(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{(done.stderr or done.stdout)[-2000:]}")
    return done.stdout


def build(folder, compiler):
    source = FOLDER / "Peers/sundials_peer.c"
    probe = subprocess.run([compiler, "-E", "-x", "c", "-"], input="#include <ida/ida.h>\n", capture_output=True, text=True)
    if probe.returncode:
        sys.exit("SUNDIALS is not installed: apt-get install libsundials-dev (as root)")
    peer = pathlib.Path(folder) / "sundials_peer"
    run([compiler, "-O3", "-march=native", source, "-o", peer, "-lsundials_ida", "-lsundials_nvecserial", "-lm"])
    return peer


def reference():
    last = {}
    with open(FIXTURES / "pulses_radau.csv") as file:
        for row in csv.DictReader(file):
            last[int(row["segment"])] = float(row["cL_m-3"])
    return [last[k] for k in sorted(last)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--benchmark", default=".build-bench/release/device-benchmark")
    parser.add_argument("--compiler", default="cc")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--tolerances", type=float, nargs="+", default=[1e-3, 1e-4, 1e-5, 1e-6, 1e-7])
    arguments = parser.parse_args()
    expected = reference()
    print(f"{'tolerance':>9}  {'solver':16} {'steps':>6} {'Newton':>7} {'time, s':>8} {'us a step':>10} {'us a Newton it.':>16} {'error':>8}")
    print(f"{'':9}  {'':16} {'':6} {'':7} {'':8} {'and node':>10} {'and node':>16}")
    with tempfile.TemporaryDirectory() as folder:
        peer = build(folder, arguments.compiler)
        for tolerance in arguments.tolerances:
            ours, theirs = [], []
            for _ in range(arguments.repeats):
                ours.append(json.loads(run(
                    [arguments.benchmark, "adaptive", "--tolerance", tolerance, "--repeats", 5, "--trace"]).splitlines()[-1]))
                theirs.append(json.loads(run([peer, FIXTURES / "profile_eq.csv", tolerance, 5])))
            for name, results in (("this solver", ours), (f"IDA {theirs[0]['version']}", theirs)):
                first = results[0]
                seconds = statistics.median(result["median_s"] for result in results)
                error = max(abs(a / b - 1) for a, b in zip(first["left"], expected, strict=True))
                print(f"{tolerance:9.0e}  {name:16} {first['steps']:6} {first['newton']:7} {seconds:8.4f} "
                      f"{seconds * 1e6 / first['steps'] / 201:10.3f} {seconds * 1e6 / first['newton'] / 201:16.3f} {error:8.1e}")


if __name__ == "__main__":
    main()
