#!/usr/bin/env python3
"""The coupled path beside DEVSIM on STO-1D: processor time of the same 880 backward Euler steps, in one run.

    swift build -c release --package-path Benchmarks --scratch-path .build-bench
    python3 -m venv .venv-devsim && .venv-devsim/bin/pip install devsim numpy
    .venv-devsim/bin/python Benchmarks/compare_with_devsim.py --benchmark .build-bench/release/device-benchmark

Both run on one core and alternate; medians are shown. The densities at the left contact after every step are compared as well, so
that the times belong to the same answer. The peer is Peers/devsim_peer.py.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys

PEER = pathlib.Path(__file__).resolve().parent / "Peers" / "devsim_peer.py"


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--benchmark", default=".build-bench/release/device-benchmark")
    parser.add_argument("--cells", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    ours, peers = [], []
    for _ in range(arguments.repeats):
        mine = run([arguments.benchmark, "sto1d", "--cells", str(arguments.cells), "--repeats", "5", "--trace"])
        peer = run([sys.executable, str(PEER), "--cells", str(arguments.cells)])
        ours.append(mine["median_s"])
        peers.append(peer["seconds"])
    nodes = arguments.cells + 1
    # The solvers differ in how electrons take the picoseconds after a voltage jump and in the electrons of the contact cells.
    differences = [abs(a / b - 1) for a, b in zip(mine["left"], peer["left"])]
    print(f"STO-1D, {nodes} nodes, 880 backward Euler steps, processor time, median of {arguments.repeats}")
    for name, times in (("this solver", ours), (f"DEVSIM {peer['version']}", peers)):
        seconds = statistics.median(times)
        print(f"  {name:14} {seconds:8.4f} s   {seconds * 1e6 / 880 / nodes:7.3f} us per step and node")
    print(f"  ratio          {statistics.median(peers) / statistics.median(ours):8.0f}")
    print(f"  largest difference of c at the left contact over the train: {max(differences):.1e}")


if __name__ == "__main__":
    main()
