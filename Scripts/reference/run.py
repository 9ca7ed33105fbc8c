"""Computes the rows that the program is compared with: base state, dF and energy of pulses, decay times, first SET train.

    python3 -m venv .venv-reference && .venv-reference/bin/pip install numpy scipy pyyaml
    .venv-reference/bin/python Scripts/reference/run.py --device Validation/reference/device-p/device.yaml \\
        --out Validation/reference/device-p

Writes `charged.csv` (electrons' charge in Gauss' law at every time), `chargeless.csv` (nowhere), and with --halve
`convergence.csv`: the largest change of each quantity when errors in time, panels, and edges beyond 4 nm are halved or better.
About two minutes of one core a device; --train adds a SET train (some minutes for each file).
Protocols: Docs/device-model.md, end of section 3, and Sources/CompactModel/Campaign*.swift.
"""
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import csv
import sys
import time

import numpy as np
import scipy
import yaml
from scipy.optimize import least_squares

from device import load
from grid import Grid
from model import Model
from protocol import TRAIN_EDGE, Bench

CELLS = [(2.0, 20e-6), (2.0, 100e-6), (3.0, 100e-6), (3.5, 500e-6)]
BIASES = [0.6, 0.0, -0.6]
READ = 0.6


def decay_time(times, values):
    """tau of one exponential with free amplitude, least squares relative to the first value."""
    f = np.array(values) / values[0]
    start = next((t for t, x in zip(times, f) if x < np.exp(-1)), times[-1])
    fit = least_squares(lambda p: p[1] * np.exp(-times * np.exp(-p[0])) - f, [np.log(start), 1.0], xtol=1e-12, ftol=1e-12)
    return float(np.exp(fit.x[0]))


def branch(bench):
    """Another bench at the same state."""
    new = Bench(bench.model, bench.rtol, bench.atol)
    new.y, new.voltage = bench.y.copy(), bench.voltage
    return new


def measure(device, charge, train=False, rtol=1e-5, panel=0.1e-9, ti=4, split=1, cells=CELLS, biases=BIASES, say=print):
    """Rows (quantity, voltage in V, width in us, value, unit)."""
    rows, began = [], time.time()

    def add(*row):
        rows.append(row)
        say(f"  {time.time() - began:6.0f} s  {row[0]:20} {row[1]!s:>5} {row[2]!s:>6} {row[3]:.7g} {row[4]}")

    base = Bench(Model(device, Grid(device.layer, ti, split), charge, panel), rtol)
    base.hold(0.0, 1e3)
    add("rest_conductance", "", "", base.read() * 1e9, "nS")
    base.hold(READ, 300.0)
    before = base.read()
    add("base_conductance", "", "", before * 1e9, "nS")
    for amplitude, width in cells:
        bench = branch(base)
        energy, peak = bench.pulse(amplitude, width)
        bench.hold(READ, 2e-3)
        label = amplitude, round(width * 1e6, 6)
        add("delta_F", *label, (bench.read() - before) * 1e9, "nS")
        add("pulse_energy", *label, energy * 1e12, "pJ")
        add("peak_temperature", *label, peak, "K")
    for bias in biases:
        bench = branch(base)
        bench.hold(bias, 30.0)
        held = bench.read()
        bench.pulse(3.5, 500e-6)
        times = 1e-2 * 10 ** (np.arange(33) / 8)
        states = bench.hold(bias, 100.1, times)
        course = [bench.model.conductance(y) - held for y in states]
        add("tau", bias, "", decay_time(times, course), "s")
    if train:
        bench, peaks = branch(base), []
        bench.hold(0.0, 1e-9)  # the joint to 0 V
        for k in range(100):
            peaks.append(bench.pulse(4.0, 500e-6, TRAIN_EDGE)[1])
            bench.hold(0.0, 0.1)
        bench.hold(0.0, 240 - 0.1)
        bench.hold(READ, 1.0)
        add("level_1", "", "", bench.read() * 1e9, "nS")
        add("train_peak_temperature", 4.0, 500.0, max(peaks), "K")
    return rows


def save(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([f"{x:.7g}" if isinstance(x, float) else x for x in row] for row in rows)


def halved(device, ti, names, say=print):
    """Relative change (per cent) of every row of a short list by each refinement."""
    few = {"cells": [CELLS[0], CELLS[3]], "biases": [0.0], "say": lambda *_: None}
    rows = []
    for name in names:
        charge = name == "charged"
        plain = measure(device, charge, ti=ti, **few)
        for what, change in (("time: rtol 1e-6", {"rtol": 1e-6}), ("panels halved", {"panel": 0.05e-9}),
                             ("edges beyond 4 nm halved", {"split": 2})):
            for a, b in zip(plain, measure(device, charge, **{**few, "ti": ti, **change})):
                rows.append((name, what, a[0], a[1], a[2], 100 * (b[3] / a[3] - 1)))
                say(f"  {name:10} {what:26} {a[0]:20} {a[1]!s:>5} {a[2]!s:>6} {rows[-1][-1]:+.4f} %")
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--train", action="store_true", help="also the first SET train")
    parser.add_argument("--halve", action="store_true", help="also convergence.csv")
    parser.add_argument("--ti", type=int, default=4, help="parts of each lattice edge within 6 nm of Ti (default 4)")
    parser.add_argument("--no-rows", dest="rows", action="store_false", help="convergence.csv alone")
    parser.add_argument("--only", choices=["charged", "chargeless"], help="one of the two files")
    asked = parser.parse_args()
    device = load(asked.device)
    os.makedirs(asked.out, exist_ok=True)
    print(f"{device.name}: python {sys.version.split()[0]}, numpy {np.__version__}, scipy {scipy.__version__}, "
          f"pyyaml {yaml.__version__}", flush=True)
    say = lambda text: print(text, flush=True)
    names = [asked.only] if asked.only else ["chargeless", "charged"]
    for name in names if asked.rows else []:
        say(name)
        rows = measure(device, name == "charged", asked.train, ti=asked.ti, say=say)
        save(f"{asked.out}/{name}.csv", ["quantity", "voltage_V", "width_us", "value", "unit"], rows)
    if asked.halve:
        save(f"{asked.out}/convergence.csv", ["electrons", "refined", "quantity", "voltage_V", "width_us", "change_percent"],
             halved(device, asked.ti, names, say))


if __name__ == "__main__":
    main()
