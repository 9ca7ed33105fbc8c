#!/usr/bin/env python3
"""Predictions of a device that no fit saw, as a table.

    python3 Scripts/holdouts.py [--device Materials/pt-sto-ti.yaml] [--seed 1]
    python3 Scripts/holdouts.py --renew        # the table of Docs/set-P.md: sets P, T and D

Streams: forty random pulses at a bias of 0.6 V, the compact synapse (step from the measured cell, one Lambda) against the device that it
was taken from; rms of the error of F over rms of F, read 2 ms after each pulse and just before the next. Temperatures: tau(+0.6 V) after
3.5 V, 500 us at 300 to 325 K; the slope of its logarithm is an activation energy. Slow decays: F after 3.5 V, 500 us at +0.6 V and -0.6 V
followed for a day. Needs the program at .build/release/tausonite.
"""

import argparse
import math
import random
import tempfile
from pathlib import Path

from tables import ROOT, put, run

PAGE = ROOT / "Docs/set-P.md"
SETS = {"P": "Materials/pt-sto-ti.yaml", "T": "Materials/pt-sto-ti-store.yaml", "D": "Materials/pt-sto-ti-drift.yaml"}
BOLTZMANN = 8.617333262e-5  # eV/K


def reads(device, sentences):
    """Conductances in nS of all reads of a protocol."""
    with tempfile.TemporaryDirectory() as folder:
        protocol = Path(folder) / "p.yaml"
        lines = "".join(f'  - "{s}"\n' for s in sentences)
        protocol.write_text(f"name: hold-out\nread_voltage: 0.6 V\nbase_state: true\nsteps:\n{lines}")
        result = run("simulate", "--device", device, "--protocol", protocol, "--out", Path(folder) / "t.csv", "--record", "corners")
    return [(r["time_s"], r["conductance_nS"]) for r in result["reads"]]


def fitted_tau(times, values):
    """Time constant of values[0] e^(-t/tau) with a free amplitude, by least squares on samples even in log t (as the campaign fits)."""
    relative = [v / values[0] for v in values]

    def cost(tau):
        basis = [math.exp(-t / tau) for t in times]
        amplitude = sum(b * r for b, r in zip(basis, relative)) / sum(b * b for b in basis)
        return sum((amplitude * b - r) ** 2 for b, r in zip(basis, relative))

    grid = [10 ** (k / 200) for k in range(-500, 901)]
    k = min(range(len(grid)), key=lambda k: cost(grid[k]))
    a, b = grid[max(k - 1, 0)], grid[min(k + 1, len(grid) - 1)]
    for _ in range(60):
        x, y = a + 0.382 * (b - a), a + 0.618 * (b - a)
        a, b = (a, y) if cost(x) < cost(y) else (x, b)
    return 0.5 * (a + b)


def decay(device, bias, pulse=(3.5, 500), temperature=None, until=100.0):
    """Times (s) and F (nS) after a pulse at a bias, eight reads a decade from 10 ms; and tau of the campaign's window."""
    at = [f"At {temperature} K", f"Hold {bias} V for 600 s"] if temperature else []
    steps = [*at, f"Hold {bias} V for 30 s", "Read", f"Pulse {pulse[0]} V for {pulse[1]} us from {bias} V"]
    times, now = [], 0.0
    while (t := 0.01 * 10 ** (len(times) / 8)) < until * 1.001:
        steps += [f"Hold {bias} V for {t - now:.9g} s", "Read"]
        times.append(t)
        now = t
    values = [g for _, g in reads(device, steps)]
    course = [v - values[0] for v in values[1:]]
    window = [(t, f) for t, f in zip(times, course) if t < 100.1]
    return times, course, fitted_tau(*zip(*window))


def stream(device, synapse, shapes, seed, count=40):
    """Errors of the linear synapse on random pulses: rms over rms of F, and mean of model over device."""
    rng = random.Random(seed)
    pulses = [(rng.choice(shapes), math.exp(rng.uniform(math.log(0.35), math.log(26)))) for _ in range(count)]
    steps = ["Hold 0.6 V for 30 s", "Read"]
    for (voltage, width), gap in pulses:
        steps += [f"Pulse {voltage} V for {width} us from 0.6 V", "Hold 0.6 V for 2 ms", "Read"]
        steps += [f"Hold 0.6 V for {gap:.6g} s", "Read"]
    values = reads(device, steps)
    weight = values[0][1]
    device_f = [g - weight for _, g in values[1:]]
    model, f = [], 0.0
    for (voltage, width), gap in pulses:
        f += synapse["steps"][voltage, width]
        model.append(f)
        f *= math.exp(-gap / synapse["tau"])
        model.append(f)
    scale = math.sqrt(sum(x * x for x in device_f))
    error = math.sqrt(sum((m - x) ** 2 for m, x in zip(model, device_f))) / scale
    return error, sum(model) / sum(device_f), max(device_f)


def predictions(device, seed):
    """Name to (value, unit), in the order of the table."""
    found = {}

    def row(name, value, unit=""):
        found[name] = (value, unit)

    steps = {}
    for voltage, width in [(2, 20), (2, 100), (2.5, 100), (3, 100), (3.5, 100), (3.5, 500)]:
        g = reads(device, ["Read", f"Pulse {voltage} V for {width} us from 0.6 V", "Hold 0.6 V for 2 ms", "Read"])
        steps[voltage, width] = g[1][1] - g[0][1]
    tau = decay(device, 0.6)[2]
    synapse = {"steps": steps, "tau": tau}
    for name, shapes in [
        ("weak stream, 2 V, 20 us", [(2, 20)]),
        ("weak stream, 2 V, 100 us", [(2, 100)]),
        ("mixed stream, 2-3.5 V, 20-500 us", list(steps)),
    ]:
        errors = [stream(device, synapse, shapes, seed + k) for k in range(3)]
        row(f"{name}: rms error of F over rms F", math.sqrt(sum(e[0] ** 2 for e in errors) / 3))
        row(f"{name}: mean F, model over device", sum(e[1] for e in errors) / 3)
        row(f"{name}: largest F", max(e[2] for e in errors), "nS")
    for bias in (0.6, 0, -0.6):
        taus = {t: decay(device, bias, temperature=t)[2] for t in (300, 312, 325)}
        for t, value in taus.items():
            row(f"tau({bias:+g} V) at {t} K", value, "s")
        energy = BOLTZMANN * math.log(taus[300] / taus[325]) / (1 / 300 - 1 / 325)
        row(f"activation energy of tau({bias:+g} V), 300-325 K", energy, "eV")
    all_taus = [decay(device, 0.6, pulse=p)[2] for p in [(2, 100), (2.5, 100), (3, 100), (3.5, 100), (3.5, 500)]]
    row("tau(+0.6 V), 2 V, 100 us to 3.5 V, 500 us: largest over smallest", max(all_taus) / min(all_taus))
    for bias in (0.6, -0.6):
        times, course, _ = decay(device, bias, until=86400)
        for t, f in zip(times, course):
            if abs(math.log10(t) - round(math.log10(t))) < 1e-6 and t > 500:
                row(f"share of F left at {bias:+g} V after {t:g} s", f / course[0])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--device", default=SETS["P"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--renew", action="store_true", help="write the table of Docs/set-P.md")
    options = parser.parse_args()
    columns = SETS if options.renew else {options.device: options.device}
    found = {name: predictions(device, options.seed) for name, device in columns.items()}
    lines = ["| prediction | " + " | ".join(columns) + " | unit |", "| --- |" + " ---: |" * len(columns) + " --- |"]
    for key, (_, unit) in next(iter(found.values())).items():
        lines.append(f"| {key} | " + " | ".join(f"{found[name][key][0]:.3g}" for name in columns) + f" | {unit or 1} |")
    if options.renew:
        PAGE.write_text(put(PAGE.read_text(), "holdouts", lines))
    else:
        print("\n".join(lines))


if __name__ == "__main__":
    main()
