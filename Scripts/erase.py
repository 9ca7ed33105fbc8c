#!/usr/bin/env python3
"""What a negative pulse on one device erases, as a table.

    python3 Scripts/erase.py            # prints the table
    python3 Scripts/erase.py --renew    # writes it into Docs/erase.md

A state is written from the base state at a bias of 0.6 V; 0.1 s later one negative pulse of -1, -1.5 or -2 V and 0.02 to 10 ms is given. G is
read before writing, before the erase pulse, 2 ms after it and, from the same state without it, at that moment; 60 s later once more. Needs
the program at .build/release/tausonite.
"""

import argparse
import concurrent.futures
import tempfile
from pathlib import Path

from tables import ROOT, put, run

PAGE = ROOT / "Docs/erase.md"
DEVICE = "Materials/pt-sto-ti.yaml"
SET = "Train 100 x 4 V for 500 us with 0.1 s gaps from 0 V"
WRITE = {
    "base state": [],
    "2 V, 20 us": ["Pulse 2 V for 20 us from 0.6 V"],
    "2 V, 100 us": ["Pulse 2 V for 100 us from 0.6 V"],
    "3 V, 100 us": ["Pulse 3 V for 100 us from 0.6 V"],
    "3.5 V, 500 us": ["Pulse 3.5 V for 500 us from 0.6 V"],
    "three SET trains": [SET, "Hold 0 V for 240 s"] * 3 + ["Hold 0.6 V for 375 s"],
    "three SET trains, then 3 V, 100 us": [SET, "Hold 0 V for 240 s"] * 3
    + ["Hold 0.6 V for 375 s", "Pulse 3 V for 100 us from 0.6 V"],
}
ERASE = [(-1, 10000), (-1.5, 100), (-1.5, 10000), (-2, 20), (-2, 100), (-2, 1000), (-2, 10000)]


def sentences(write, pulse):
    """The whole protocol: four reads, the second before the erase pulse."""
    erase = [f"Pulse {pulse[0]} V for {pulse[1]} us from 0.6 V"] if pulse else []
    return ["Hold 0.6 V for 30 s", "Read", *write, "Hold 0.6 V for 0.1 s", "Read", *erase, "Hold 0.6 V for 2 ms", "Read",
            "Hold 0.6 V for 60 s", "Read"]


def measure(case):
    """Reads (nS) and the last pulse of a run; the program's words where it ended early."""
    write, pulse = case
    with tempfile.TemporaryDirectory() as folder:
        try:
            result = run("simulate", "--device", DEVICE, "--out", Path(folder) / "t.csv", "--record", "corners",
                         *sentences(WRITE[write], pulse))
        except SystemExit as stop:
            return str(stop)
    return [r["conductance_nS"] for r in result["reads"]], result["pulses"][-1] if pulse else None


def row(write, pulse, found):
    """One line of the table, or what stopped the run."""
    (before, written, still, rest), _ = found[write, None]
    outcome = found[write, pulse]
    name = f"{pulse[0]:g} V, {pulse[1] / 1000:g} ms"
    if isinstance(outcome, str):
        return f"| {write} | {name} | electroforming | | | |" if "electroforming" in outcome else f"| {write} | {name} | stopped | | | |"
    (_, _, after, later), last = outcome
    energy = last["energy_pJ"] / 1000
    taken = f"{100 * (still - after) / (written - before):.0f} %" if written - before > 0.3 else "-"
    return f"| {write} | {name} | {after - still:+.2f} | {taken} | {later - rest:+.2f} | {energy:.3g} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--renew", action="store_true", help="write the table of Docs/erase.md")
    options = parser.parse_args()
    cases = [(w, p) for w in WRITE for p in [None, *ERASE]]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = dict(zip(cases, pool.map(measure, cases)))
    lines = [
        "| written before | erase pulse | G after it, less G without it (nS) | of what was written | the same 60 s later (nS) | energy (nJ) |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ] + [row(w, p, found) for w, p in cases if p]
    if options.renew:
        PAGE.write_text(put(PAGE.read_text(), "erase", lines))
    else:
        print("\n".join(lines))


if __name__ == "__main__":
    main()
