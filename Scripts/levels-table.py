#!/usr/bin/env python3
"""The table of Docs/F-and-W.md: what one change of set T does to dF and the decay times as W grows.

Runs `tausonite levels` for each case, interpolates to where G has grown to 1.5 times its first value, and divides by the first value.

    python3 Scripts/levels-table.py [path of tausonite]
"""
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / ".build/release/tausonite")
GROWTH = 1.5
NO_HOPS = ["vacancy_diffusivity=1e-27m2/s"]
NO_STORE = ["oxygen_loss_rate=0m2/s", "trap_field_length=0.8nm"]
AT_15 = NO_STORE + ["trap_capture_rate=2e-5/s", "trap_depth=15nm"]
AT_30 = NO_STORE + ["trap_capture_rate=1e-5/s", "trap_depth=30nm"]
MIXED = NO_HOPS + [
    "oxygen_loss_rate=7e-22m2/s", "trap_capture_rate=1.5e-5/s", "trap_field_length=0.8nm", "trap_depth=30nm", "trap_density=2e16/m2"]
# (what was changed, settings, device, SET trains: fewer where W runs the device into its thermal fold)
CASES = [
    ("nothing", [], "pt-sto-ti-store", 6),
    ("no hops in the layer", NO_HOPS, "pt-sto-ti-store", 6),
    ("permittivity that falls with field", ["high_field_permittivity=100", "permittivity_field=1e8V/m"], "pt-sto-ti-store", 6),
    ("oxygen that returns twice as fast", ["oxygen_return_rate=1.2e-4/s"], "pt-sto-ti-store", 6),
    ("deep traps at 15 nm instead of the store (a)", AT_15, "pt-sto-ti-store", 6),
    ("the same, no hops in the layer", AT_15 + NO_HOPS, "pt-sto-ti-store", 6),
    ("deep traps at 30 nm instead of the store (b)", AT_30, "pt-sto-ti-store", 6),
    ("the same, no hops in the layer", AT_30 + NO_HOPS, "pt-sto-ti-store", 3),
    ("deep traps at 30 nm and a quarter of the store, no hops in the layer (c)", MIXED, "pt-sto-ti-store", 6),
    ("set D", [], "pt-sto-ti-drift", 6),
]


def values(level):
    return level["delta_F_nS"] + level["tau_s"]


print("| changed in set T | dF(2 V) | dF(2.5 V) | dF(3 V) | tau(-0.6 V) | tau(+0.6 V) |")
print("| --- | --- | --- | --- | --- | --- |")
for name, settings, device, trains in CASES:
    command = [PROGRAM, "levels", "--json", "--quiet", "--trains", str(trains), "--device", str(ROOT / f"Materials/{device}.yaml")]
    command += [part for setting in settings for part in ("--set", setting)]
    levels = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["levels"]
    target = GROWTH * levels[0]["conductance_nS"]
    before, after = next((a, b) for a, b in zip(levels, levels[1:]) if a["conductance_nS"] < target <= b["conductance_nS"])
    share = (target - before["conductance_nS"]) / (after["conductance_nS"] - before["conductance_nS"])
    ratios = [(x + share * (y - x)) / first for x, y, first in zip(values(before), values(after), values(levels[0]))]
    print(f"| {name} | " + " | ".join(f"{ratio:.2f}" for ratio in ratios) + " |")
