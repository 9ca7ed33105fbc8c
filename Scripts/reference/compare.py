"""Compares the program with the rows of `run.py` and prints a table; exit code 1 where a row differs by more than 1 %.

    python3 Scripts/reference/compare.py --device FILE --reference FOLDER [--program .build/release/tausonite] [--limit 1]

`chargeless.csv` is compared with `calibrate --ignore-charge` before its only iteration (dF, tau, base, W after the first SET
train); `charged.csv` with `simulate --electrons drift_diffusion` (base and pulses), and with `extract --tables`, which takes
the electrons' charge up only where it expects it to count (--like-for-like: its rows are shown, but leave the exit code alone).
Peak temperatures are compared as rises above ambient. Needs PyYAML beside the standard library. Run from the repository's root.
"""
import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile

import yaml

TARGET = {"paper": "fig2f_long_term_levels.range.value[0]", "sigma_percent": 5, "reason": "compared with a reference"}


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def key(quantity, voltage="", width=""):
    return quantity, *(f"{float(x):g}" if x != "" else "" for x in (voltage, width))


def call(program, *arguments):
    return subprocess.run([program, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def chargeless(program, device, rows, folder):
    """Ours by key, electrons' charge left out: a fit's values before its first step."""
    names = {}
    for quantity, voltage, width in rows:
        if quantity == "base_conductance":
            names["base"] = quantity, voltage, width
        elif quantity == "delta_F":
            names[f"cell {voltage} V {width} us"] = quantity, voltage, width
        elif quantity == "tau":
            names[f"tau {voltage} V"] = quantity, voltage, width
        elif quantity == "level_1":
            names["level 1"] = quantity, voltage, width
    with open("Validation/calibration-targets.yaml", encoding="utf-8") as file:
        bounds = yaml.safe_load(file).get("bounds", [])
    seconds = {"paper": 12.0, "statement": "fig3de_decay.lambda_step"}
    targets = [{**TARGET, **(seconds if name.startswith("tau") else {}), "id": f"row{i}", "measures": name, "quantity": name,
                "unit": "s" if name.startswith("tau") else "nS"} for i, name in enumerate(names)]
    weights = os.path.join(folder, "weights.yaml")
    with open(weights, "w", encoding="utf-8") as file:
        yaml.safe_dump({"targets": targets, "bounds": bounds}, file)
    text = call(program, "calibrate", "--device", device, "--weights", weights, "--free", "area", "--iterations", "1",
                "--ignore-charge", "--out", os.path.join(folder, "fit.yaml"), "--json", "--quiet")
    order = list(names.values())
    return {order[int(row["id"][3:])]: row["before"] for row in json.loads(text)["rows"]}


def simulated(program, device, rows, folder):
    """Ours by key with drift-diffusion electrons from the first second on."""
    ours = {}
    for quantity, voltage, width in rows:
        if quantity not in ("delta_F", "base_conductance"):
            continue
        steps = [f"Pulse {voltage} V for {width} us", "Hold 0.6 V for 2 ms"] if voltage else ["Hold 0.6 V for 1 ms"]
        found = json.loads(call(
            program, "simulate", "--device", device, "--electrons", "drift_diffusion", "Read", *steps, "Read", "--record",
            "corners", "--json", "--quiet", "--out", os.path.join(folder, "pulse.csv")))
        before, after = (read["conductance_nS"] for read in found["reads"])
        if not voltage:
            ours[key("base_conductance")] = before
            continue
        ours[key("delta_F", voltage, width)] = after - before
        ours[key("pulse_energy", voltage, width)] = found["pulses"][0]["energy_pJ"]
        ours[key("peak_temperature", voltage, width)] = found["pulses"][0]["peak_temperature_K"]
    return ours


def extracted(program, device, folder, more):
    """Ours by key from the tables of a campaign."""
    call(program, "extract", "--device", device, "--tables", folder, *more, "--json", "--quiet")
    ours = {}
    for row in read(os.path.join(folder, "fig3abc-pulses.csv")):
        if row["repeat"] != "1":
            continue
        label = row["amplitude_V"], row["width_us"]
        ours[key("delta_F", *label)] = float(row["delta_F_nS"])
        ours[key("pulse_energy", *label)] = float(row["energy_pJ"])
        ours[key("peak_temperature", *label)] = float(row["peak_temperature_K"])
    for row in read(os.path.join(folder, "fig3e-tau.csv")):
        ours[key("tau", row["bias_V"])] = float(row["tau_s"])
    first = read(os.path.join(folder, "fig2f-levels.csv"))[0]
    ours[key("level_1")] = float(first["read_1s_nS"])
    ours[key("train_peak_temperature", 4, 500)] = float(first["peak_temperature_K"])
    simulated = json.loads(call(
        program, "simulate", "--device", device, "--no-base-state", "Hold 0 V for 1000 s", "Read", "Hold 0.6 V for 300 s",
        "Read", "--record", "corners", "--json", "--quiet", "--out", os.path.join(folder, "base.csv")))
    for name, found in zip(("rest_conductance", "base_conductance"), simulated["reads"]):
        ours[key(name)] = found["conductance_nS"]
    return ours


def table(title, reference, ours, ambient, limit):
    """Prints the rows and returns how many lie beyond the limit."""
    bad = 0
    print(f"{title}\n{'quantity':24}{'V':>6}{'us':>7}{'program':>14}{'reference':>14}{'difference':>12}")
    for row in reference:
        name = key(row["quantity"], row["voltage_V"], row["width_us"])
        if name not in ours:
            continue
        a, b = ours[name], float(row["value"])
        rise = ambient if row["unit"] == "K" else 0.0
        difference = 100 * ((a - rise) / (b - rise) - 1)
        bad += abs(difference) > limit
        mark = "  <<<" if abs(difference) > limit else ""
        print(f"{name[0]:24}{name[1]:>6}{name[2]:>7}{a:14.6g}{b:14.6g}{difference:+11.3f}%{mark}  {row['unit']}")
    print()
    return bad


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", required=True)
    parser.add_argument("--reference", required=True, help="folder with charged.csv and chargeless.csv")
    parser.add_argument("--program", default=".build/release/tausonite")
    parser.add_argument("--fine", action="store_true", help="the program's fine grid and time error for the charged rows")
    parser.add_argument("--like-for-like", action="store_true", help="rows of extract leave the exit code alone")
    parser.add_argument("--limit", type=float, default=1.0, help="per cent")
    asked = parser.parse_args()
    with open(asked.device, encoding="utf-8") as file:
        ambient = float(yaml.safe_load(file)["heat"]["ambient_temperature"]["value"])
    bad, more = 0, ["--fine"] if asked.fine else []
    with tempfile.TemporaryDirectory() as folder:
        for name in ("chargeless", "charged"):
            path = os.path.join(asked.reference, name + ".csv")
            if not os.path.exists(path):
                continue
            rows = read(path)
            keys = [key(row["quantity"], row["voltage_V"], row["width_us"]) for row in rows]
            if name == "chargeless":
                ours = chargeless(asked.program, asked.device, keys, folder)
                bad += table("electrons' charge left out (calibrate --ignore-charge)", rows, ours, ambient, asked.limit)
                continue
            ours = simulated(asked.program, asked.device, keys, folder)
            bad += table("with it (simulate --electrons drift_diffusion)", rows, ours, ambient, asked.limit)
            ours = extracted(asked.program, asked.device, folder, more)
            beyond = table("as the program takes it up by itself (extract)", rows, ours, ambient, asked.limit)
            bad += 0 if asked.like_for_like else beyond
    print(f"{bad} rows differ by more than {asked.limit:g} %" if bad else f"every row within {asked.limit:g} %")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
