#!/usr/bin/env python3
"""The tables of Docs/device-model.md: parameters of the shipped devices, and what each gives on the targets of the calibration.

    python3 Scripts/set-tables.py            # rewrite the tables between their marks (needs .build/release/tausonite)
    python3 Scripts/set-tables.py --check    # fail where a parameter in the page is not the device file's
"""

import argparse
import tempfile
from pathlib import Path

from tables import ROOT, put, run

PAGE = ROOT / "Docs/device-model.md"
SETS = {"P": "pt-sto-ti", "T": "pt-sto-ti-store", "D": "pt-sto-ti-drift", "W": "pt-sto-ti-traps"}


def number(value):
    return "infinite" if value is None or value == "inf" else f"{float(value):.5g}".replace("e+", "e")


def parameters():
    """Rows by section and key of the default, then what only other sets have."""
    files = {name: run("parameters", "--device", f"Materials/{file}.yaml") for name, file in SETS.items()}
    rows, order = {}, []
    for name, entries in files.items():
        for e in entries:
            place = (e["section"], e["key"])
            if place not in rows:
                rows[place] = {"symbol": e["symbol"], "unit": e["unit"], "status": e["status"], "of": name}
                order.append(place)
            rows[place][name] = number(e.get("value"))
    lines = ["| symbol | parameter | " + " | ".join(SETS) + " | unit | status in the first set that has it |", "| --- | --- |" + " --- |" * (len(SETS) + 2)]
    for section, key in order:
        row = rows[section, key]
        values = " | ".join(row.get(name, "-") for name in SETS)
        lines.append(f"| {row['symbol']} | {section}: {key} | {values} | {row['unit']} | {row['status']} |")
    return lines


def targets():
    columns = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, file in SETS.items():
            out = Path(folder) / "x.yaml"
            columns[name] = run(
                "calibrate", "--device", f"Materials/{file}.yaml", "--free", "redox_potential", "--iterations", "0", "--out", out)
    lines = ["| target | the paper | " + " | ".join(SETS) + " | unit |", "| --- | --- |" + " --- |" * (len(SETS) + 1)]
    for k, row in enumerate(columns["P"]["rows"]):
        relation = "" if row["relation"] == "=" else row["relation"] + " "
        cells = []
        for name in SETS:
            r = columns[name]["rows"][k]
            value = f"{r['before']:.3g}" if r.get("before") is not None else "none"
            miss = r.get("before_sigmas") or 0
            cells.append(f"**{value}** ({miss:+.1f})" if abs(miss) >= 1.5 else value)
        lines.append(f"| {row['quantity']} | {relation}{row['target']:.3g} | " + " | ".join(cells) + f" | {row['unit']} |")
    lines.append("| cost (sum of squared misses in sigma) | | " + " | ".join(f"{columns[n]['cost_before']:.4g}" for n in SETS) + " | 1 |")
    mechanism = {n: columns[n].get("mechanism") or {} for n in SETS}
    for title, get in [
        ("tau(+0.6 V) where nothing moves in the layer", lambda m: m["tau_without_transport"]),
        ("vacancies beyond the first plane when F is 1/e", lambda m: m["beyond_first_plane"]),
    ]:
        cells = [f"{get(m):.3g}" if m else "-" for m in mechanism.values()]
        lines.append(f"| {title} | | " + " | ".join(cells) + (" | s |" if "tau" in title else " | 1 |"))
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare the parameters instead of writing")
    options = parser.parse_args()
    page = PAGE.read_text()
    if options.check:
        missing = [line for line in parameters() if line not in page]
        raise SystemExit("not in the page:\n" + "\n".join(missing) if missing else 0)
    page = put(page, "parameters", parameters())
    PAGE.write_text(put(page, "targets", targets()))


if __name__ == "__main__":
    main()
