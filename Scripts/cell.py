#!/usr/bin/env python3
"""The tables of Docs/cell.md: games on devices, synapses of them on the full device, and their energies.

    .venv/bin/python Scripts/cell.py            # prints the tables
    .venv/bin/python Scripts/cell.py --renew    # writes them and Docs/figures/replay.png
    .venv/bin/python Scripts/cell.py --folder runs/cell --renew    # keeps what is done there and goes on with it

Both shipped agents play greedily from no no-ops on the algebraic cell and on pairs of devices, in two readings of the step; then many games
from other starts and under sticky actions. Twenty synapses of a game are replayed. Needs the program at .build/release/tausonite. Takes
about half an hour of two cores.
"""

import argparse
import json
import tempfile
from pathlib import Path

from PIL import Image

from pictures import keep
from tables import ROOT, program, put, run

PAGE = ROOT / "Docs/cell.md"
AGENTS = {"agent-skip4": "skip 4", "agent": "no skip"}
READINGS = ["paper", "time-consistent"]
MANY = [
    ("agent-skip4", 30, 0.0),
    ("agent", 10, 0.0),
    ("agent-skip4", 20, 0.25),
    ("agent", 10, 0.25),
]


class Study:
    """What was run, one file a result; what is there is not run again."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.synapse = self.folder / "synapse.yaml"
        if not self.synapse.exists():
            run("extract", "--out", self.synapse)

    def once(self, name, *arguments):
        """The JSON of a command, kept under a name."""
        kept = self.folder / f"{name}.result.json"
        if not kept.exists():
            print(name, flush=True)
            kept.write_text(json.dumps(run(*arguments)))
        return json.loads(kept.read_text())

    def play(self, agent, cell, reading):
        name = f"{agent}-{cell}-{reading}"
        return self.once(
            name, "pong", "evaluate", "--agent", f"Validation/pong/{agent}.safetensors", "--synapse", self.synapse,
            "--cell", cell, "--reading", reading, "--out", self.folder / f"{name}.json")

    def many(self, agent, games, sticky, cell):
        return self.once(
            f"{agent}-{cell}-{games}-games-sticky-{sticky}", "pong", "evaluate", "--agent",
            f"Validation/pong/{agent}.safetensors", "--synapse", self.synapse, "--cell", cell, "--games", games,
            "--sticky", sticky)

    def replay(self, agent):
        return self.once(
            f"{agent}-replay", "replay", self.folder / f"{agent}-device-paper.json", "--synapse", self.synapse, "--synapses", 20,
            "--out", self.folder / f"{agent}-replay")

    def energy(self, agent):
        text = self.folder / f"{agent}-energy.txt"
        if not text.exists():
            text.write_text(program(
                "energy", "--synapse", self.synapse, "--game", self.folder / f"{agent}-device-paper.json", "--reading", "paper"))
        return text.read_text()


def games(study):
    lines = [
        "| agent | reading | synapses | score | steps | F from the cell's | actions that differ | pulses, bias (mJ) |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for agent, name in AGENTS.items():
        for reading in READINGS:
            for cell in ["algebraic", "device"]:
                result = study.play(agent, cell, reading)
                game = result["games"][0]
                tail = "| | |"
                if cell == "device":
                    d = result["devices"][0]
                    tail = (f"{100 * d['relative_error']:.0f} % | {100 * d['differing_actions'] / game['steps']:.0f} % | "
                            f"{1e3 * d['pulse_energy']:.3g}, {1e3 * d['bias_energy']:.3g} |")
                    tail = "| " + tail
                else:
                    tail = "| | | |"
                lines.append(f"| {name} | {reading} | {cell} | {game['score']} | {game['steps']:,} " + tail)
    return lines


def many(study):
    lines = [
        "| agent | games | sticky | on the cell: mean (sd, least ... greatest) | on devices |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for agent, count, sticky in MANY:
        cells = []
        for cell in ["algebraic", "device"]:
            s = study.many(agent, count, sticky, cell)["score"]
            cells.append(f"{s['mean']:.1f} ({s['sd']:.1f}, {s['min']:g} ... {s['max']:g})")
        lines.append(f"| {AGENTS[agent]} | {count} | {sticky:g} | {cells[0]} | {cells[1]} |")
    return lines


def synapses(study):
    lines = [
        "| agent | W | SET trains | bias (V) | pulses | largest F (nS) | state model | tables | W, F, Lambda | network |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for agent, name in AGENTS.items():
        result = study.replay(agent)

        def errors(e):
            return " | ".join(f"{100 * e[k]:.1f} %" for k in ["state", "tables", "linear", "network"])
        for s in result["synapses"][:8]:
            lines.append(
                f"| {name} | {s['W']:.2f} | {s['trains']} | {s['bias_V']:.3f} | {s['pulses']} | {s['largest_F_nS']:.2f} | "
                + errors(s["error"]) + " |")
        device, tables = (sum(s[k] for s in result["synapses"]) for k in ["pulse_energy_device_J", "pulse_energy_tables_J"])
        stopped = sum("stopped" in s and s["stopped"] is not None for s in result["synapses"])
        words = f"all {len(result['synapses'])}, {result['steps']:,} steps; pulse energy of the tables {100 * (tables / device - 1):+.2f} %"
        lines.append(f"| {name} | {words}{f'; {stopped} stopped' if stopped else ''} | | | | | " + errors(result["error"]) + " |")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--renew", action="store_true", help="write the tables of Docs/cell.md and its figure")
    parser.add_argument("--folder", help="where results are kept; default: a temporary folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        study = Study(options.folder or folder)
        parts = {"cell-games": games(study), "cell-synapses": synapses(study), "cell-many": many(study)}
        for agent in AGENTS:
            text = study.energy(agent)
            part = text[text.index("Pairs as the devices"):].split("\n\n")[0].splitlines()
            parts[f"cell-energy-{agent}"] = ["    " + line for line in part]
        if not options.renew:
            for name, lines in parts.items():
                print(f"[{name}]", *lines, "", sep="\n")
            return
        page = PAGE.read_text()
        for name, lines in parts.items():
            page = put(page, name, lines)
        PAGE.write_text(page)
        keep(Image.open(study.folder / "agent-skip4-replay.png"), ROOT / "Docs/figures/replay.png")


if __name__ == "__main__":
    main()
