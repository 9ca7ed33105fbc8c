#!/usr/bin/env python3
"""The example measurements of Docs/own-data.md: a device that is not set P, with noise, as somebody's tables would be.

    python3 Scripts/own_data.py      # writes Docs/examples/own-data/*.csv

Set P with another area, barrier height of the hop back and thermal resistance; 2 % noise on every number, 0.05 nS on every read (seed 1). One
cell of the map is missing on purpose. Cost: ten seconds. Needs the program at .build/release/tausonite.
"""

import csv
import random
import subprocess
import tempfile
from pathlib import Path

from tables import PROGRAM, ROOT

FOLDER = ROOT / "Docs/examples/own-data"
CHANGES = ["--set", "area=3.9e4nm2", "--set", "backward_hop_energy=0.874eV", "--set", "thermal_resistance=3.9e5K/W"]
LEFT_OUT = ("3", "20")


def rows(path):
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def write(name, columns, lines):
    text = "\n".join([",".join(columns)] + [",".join(f"{x:.10g}" if column == "time_s" else f"{x:.5g}" for column, x in zip(columns, line)) for line in lines]) + "\n"
    (FOLDER / name).write_text(text)
    print(f"{name}: {len(lines)} rows")


def main():
    rng = random.Random(1)
    noisy = lambda x, floor=0.0: x * (1 + rng.gauss(0, 0.02)) + rng.gauss(0, floor)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        run = lambda *arguments: subprocess.run([PROGRAM, *arguments, *CHANGES, "--quiet"], cwd=ROOT, check=True, capture_output=True)
        run("extract", "--no-streams", "--tables", str(folder))
        run("simulate", "--protocol", str(FOLDER / "stream.yaml"), "--out", str(folder / "trace.csv"))
        pulses = [r for r in rows(folder / "fig3abc-pulses.csv") if r["repeat"] == "1"]
        write(
            "pulses.csv", ["amplitude_V", "width_us", "delta_F_nS", "energy_pJ"],
            [[float(r["amplitude_V"]), float(r["width_us"]), noisy(float(r["delta_F_nS"])), noisy(float(r["energy_pJ"]))]
             for r in pulses if (r["amplitude_V"], r["width_us"]) != LEFT_OUT])
        decays = [r for r in rows(folder / "fig3d-decays.csv") if round(float(r["bias_V"]) * 10) % 2 == 0]
        write(
            "decays.csv", ["bias_V", "time_s", "F_nS"],
            [[float(r["bias_V"]), float(r["time_s"]), noisy(float(r["short_term_weight_nS"]), 0.05)]
             for r in decays if 0.009 < float(r["time_s"]) < 101])
        levels = rows(folder / "fig2f-levels.csv")
        base = float(rows(folder / "fig2d-course.csv")[0]["conductance_nS"])
        write(
            "reads.csv", ["trains", "conductance_nS"],
            [[0, noisy(base)]] + [[float(r["train"]), noisy(float(r["read_1s_nS"]))] for r in levels[:3]])
        trace = rows(folder / "trace.csv")
        pulsed = [float(r["time_s"]) for r in trace if float(r["voltage_V"]) != 0.6]
        # Reads are not taken within 2 ms of a pulse.
        held = [r for r in trace if all(abs(float(r["time_s"]) - t) > 2e-3 for t in pulsed)]
        write(
            "trace.csv", ["time_s", "conductance_nS"],
            [[float(r["time_s"]), noisy(float(r["conductance_nS"]), 0.05)] for r in held[:-1:max(1, len(held) // 250)]])


if __name__ == "__main__":
    main()
