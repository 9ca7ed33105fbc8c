#!/usr/bin/env python3
"""How far both reductions of several devices are from them, on streams of pulses that no fit saw.

    python3 Scripts/reductions.py            # prints the table
    python3 Scripts/reductions.py --renew    # writes it into Docs/synapse.md

Devices: the four of Materials/, and R1 to R3: set P with the parameters of DRAWN each moved by a uniform random share of up to 10 % (energies
by up to 10 meV). A device that forms or cannot be lumped is drawn anew, and said so. Cost: about two minutes of one core. Needs the
program at .build/release/tausonite.
"""

import argparse
import json
import random
import re
import subprocess

from tables import PROGRAM, ROOT, put

PAGE = ROOT / "Docs/synapse.md"
SETS = {"P": "pt-sto-ti", "T": "pt-sto-ti-store", "D": "pt-sto-ti-drift", "W": "pt-sto-ti-traps"}
DRAWN = {
    "area": "nm2", "permittivity_field": "V/m", "donor_density": "1/m3", "compact_capacitance": "F/m2", "plane_distance": "nm",
    "thermal_resistance": "K/W", "forward_hop_energy": "eV", "backward_hop_energy": "eV",
}
KINDS = ["weak", "mixed", "mixed at -0.6 V", "mixed, changing bias"]


def tested(arguments):
    """Streams of `tausonite extract`, or None where the device cannot be measured."""
    done = subprocess.run([PROGRAM, "extract", *arguments, "--json", "--quiet"], cwd=ROOT, capture_output=True, text=True)
    return json.loads(done.stdout)["reduction"] if done.returncode == 0 else None


def drawn(seed):
    rng = random.Random(seed)
    settings = []
    for key, unit in DRAWN.items():
        settings += ["--set", f"{key}={moved(key, rng.uniform(-1, 1)):.6g} {unit}"]
    return settings


def moved(key, share):
    value = BASE[key]
    return value + 0.01 * share if key.endswith("energy") else value * (1 + 0.1 * share)


def base():
    """Values of the drawn parameters in set P's file."""
    text = (ROOT / "Materials/pt-sto-ti.yaml").read_text()
    names = {"forward_hop_energy": "forward_energy", "backward_hop_energy": "backward_energy", "compact_capacitance": "capacitance"}
    return {key: float(re.search(rf"{names.get(key, key)}: {{value: ([-+0-9.e]+),", text).group(1)) for key in DRAWN}


BASE = base()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--renew", action="store_true", help="write the table of Docs/synapse.md")
    options = parser.parse_args()
    found = {name: tested(["--device", f"Materials/{file}.yaml"]) for name, file in SETS.items()}
    seed, refused = 0, 0
    for k in range(1, 4):
        while (streams := tested(drawn(seed := seed + 1))) is None and refused < 30:
            refused += 1
        found[f"R{k}"] = streams
    lines = ["| device | model | " + " | ".join(KINDS) + " | pulse energy |", "| --- | --- |" + " ---: |" * (len(KINDS) + 1)]
    for name, streams in found.items():
        for model in ("state", "linear"):
            worst = [max(s[model]["error"] for s in streams if s["name"] == kind) for kind in KINDS]
            energy = max((abs(s[model]["energy"]) for s in streams))
            lines.append(f"| {name} | {model} | " + " | ".join(f"{100 * x:.1f} %" for x in worst) + f" | {100 * energy:.1f} % |")
    small = [f"{n}, {s['name']}, {s['trains']} trains" for n, x in found.items() for s in x if s["largest_F_nS"] < 1]
    lines += ["", f"Draws refused because the device forms or cannot be lumped: {refused}. Streams whose F stays below 1 nS: {', '.join(small) or 'none'}."]
    if options.renew:
        PAGE.write_text(put(PAGE.read_text(), "reductions", lines))
    else:
        print("\n".join(lines))


if __name__ == "__main__":
    main()
