#!/usr/bin/env python3
"""Where the time of the device solver goes: samples a benchmark with Linux perf and adds the samples up by part.

    python3 Benchmarks/profile_device.py --benchmark .build-bench/release/device-benchmark figures
"""
import argparse
import collections
import os
import re
import subprocess
import sys
import tempfile

# (part, pattern of the symbol); the first that fits counts. Swift's mangled names hold the plain ones.
PARTS = [
    ("current over the band (heat balance, reads)", r"balanceHeat|ThermionicCurrent|frozenRead|SelfHeating|settleHeat|electronCurrent"),
    ("exponentials, eight at once", r"tausonite_exp"),
    ("rates at T (exp, pow of libm)", r"RateTable|ieee754|^exp|^pow|expm1|^f?exp@|pow@|exp@"),
    ("correction added, its size", r"C5apply33|C7correct_"),
    ("assembly (vacancy or electron flux, Poisson, contact)", r"assemble|AssemblyC_5grids|SheetElimination|LatticeGas|VacancyConservation|PoissonLaw|ContactLaw|DriftDiffusionElectrons"),
    ("block elimination", r"Blocks"),
    ("step control (prediction, error, order, invariant)", r"AdaptiveIntegrator|BDFCoefficients|errorNorm|isAdmissible|settle|latticeVacancies|inventory|condition|memmove|memset"),
    ("recording and protocol", r"Simulat|Trace|Waveform|Sampler|PulseAccount|Displacement"),
    ("Swift runtime (exclusive access, reference counts, allocation)", r"swift_|swift::|tls_get_addr|malloc|free|cfree"),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--benchmark", default=".build-bench/release/device-benchmark")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("parts", nargs="*", default=["figures"], help="benchmarks to profile: figures, pulse, sto1d, adaptive")
    options = parser.parse_args()
    for part in options.parts or ["figures"]:
        with tempfile.TemporaryDirectory() as folder:
            data = os.path.join(folder, "perf.data")
            command = ["perf", "record", "-q", "-F", "4000", "-o", data, options.benchmark, part, "--repeats", str(options.repeats)]
            if part == "sto1d":
                command += ["--cells", "200"]
            try:
                output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            except FileNotFoundError:
                sys.exit("perf is not installed (Debian: apt-get install linux-perf)")
            except subprocess.CalledProcessError as error:
                sys.exit(f"perf failed: {error.stderr.strip()}")
            report = subprocess.run(
                ["perf", "report", "-i", data, "--stdio", "--no-children", "--sort", "symbol", "-g", "none"],
                check=True, capture_output=True, text=True).stdout
        shares = collections.Counter()
        for line in report.splitlines():
            found = re.match(r"\s*([0-9.]+)%\s+\[(.)\]\s+(.*)", line)
            if not found:
                continue
            share, space, symbol = float(found[1]), found[2], found[3]
            name = "kernel" if space == "k" else next((n for n, p in PARTS if re.search(p, symbol)), "other")
            shares[name] += share
        user = sum(v for k, v in shares.items() if k != "kernel")
        print(output.strip())
        for name, share in shares.most_common():
            if name != "kernel":
                print(f"  {100 * share / user:5.1f} %  {name}")


if __name__ == "__main__":
    main()
