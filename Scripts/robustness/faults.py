#!/usr/bin/env python3
"""Lets the machine fail under every command that writes: seven faults, eight commands. Needs root for the disks.

    Scripts/robustness/faults.py [--only simulate,train]

Each command first runs well, so that old results are there; then again, on other input, with a disk of a few kB that is full, a disk
that is read-only, a folder that one may not write to (as user nobody), a limit of file sizes (as a quota), eight open files, little
memory, and standard output that is full. Asked: a code other than 0, one line that begins with "error:", and every old file as it was
or whole. Full standard output is allowed to leave new, whole files. The last line begins with PASS or FAIL.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import bench

FAULTS = ["disk full", "read-only disk", "no permission", "limit of file sizes", "eight open files", "little memory", "standard output full"]


def commands(good):
    """name: (arguments of the run whose results are there, arguments of the run that meets the fault, MiB of memory that are too few)"""
    cells, config = good.path("cells.csv"), good.path("train.yaml")
    agent, synapse, game = good.path("agent.safetensors"), good.path("synapse.yaml"), good.path("game.json")
    fit = ["calibrate", "--data", cells, "--data-only", "--iterations", "1", "--out", "fit.yaml", "--free"]
    play = ["pong", "evaluate", "--agent", agent, "--synapse", synapse, "--out", "game.json", "--frame-limit"]
    write = ["export", synapse, "--model", "linear", "--format"]
    return {
        "simulate": (["simulate", "Hold 0.6 V for 1 s", "--out", "t.csv"], ["simulate", "Pulse 3 V for 100 us", "Hold 0.6 V for 9 s", "--out", "t.csv"]),
        "extract": (["extract", "--no-streams", "--out", "s.yaml"], ["extract", "--no-streams", "--out", "s.yaml", "--set", "area=3000nm2"]),
        "calibrate": ([*fit, "forward_hop_energy"], [*fit, "redox_potential"]),
        "train": (["pong", "train", "--config", config, "--set", "total_steps=32", "--out", "old"],
                  ["pong", "train", "--config", config, "--set", "total_steps=32", "--out", "new"]),
        "evaluate": ([*play, "100"], [*play, "400"]),
        "energy": (["energy", "--synapse", synapse, "--game", game, "--out", "e.json"],
                   ["energy", "--synapse", synapse, "--game", game, "--out", "e.json", "--periphery"]),
        "export": ([*write, "spice", "--out", "x"], [*write, "verilog-a", "--out", "x"]),
        "init": (["pong", "init", "--out", "a.safetensors"], ["pong", "init", "--out", "a.safetensors", "--seed", "2"]),
    }


def snapshot(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != ".lock"}


def run(arguments, folder, fault):
    """Code and last line of standard error."""
    limits = {"limit of file sizes": (resource.RLIMIT_FSIZE, 1024), "eight open files": (resource.RLIMIT_NOFILE, 8),
              "little memory": (resource.RLIMIT_AS, 400 << 20)}
    words = [str(bench.PROGRAM), *map(str, arguments), "-q"]
    if fault == "no permission":
        words = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", *words]

    def before():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if fault in limits:
            kind, value = limits[fault]
            resource.setrlimit(kind, (value, value))

    with open("/dev/full" if fault == "standard output full" else "/dev/null", "w") as out:
        ended = subprocess.run(words, cwd=folder, env=bench.environment(), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE,
                               preexec_fn=before, timeout=900)
    lines = [line for line in ended.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    return ended.returncode, lines[-1] if lines else ""


def one(old, new, folder, fault):
    """What is wrong, and the last words."""
    mounted = fault in ("disk full", "read-only disk")
    if mounted:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder], check=True)
    try:
        bench.must([*old, "-q"], folder)
        before = snapshot(folder)
        if fault == "disk full":
            with open(folder / "ballast", "wb", buffering=0) as ballast:
                try:
                    while True:
                        ballast.write(b"\0" * 4096)
                except OSError:
                    pass
        elif fault == "read-only disk":
            subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        elif fault == "no permission":
            folder.chmod(0o755)
        code, words = run(new, folder, fault)
        after = snapshot(folder)
        # `export` prints nothing, so that nothing is lost on a full standard output.
        # With eight open files a short command may come through; what it wrote is then whole.
        prints = not (fault == "standard output full" and new[0] == "export")
        through = fault == "eight open files" and code == 0
        wrong = [] if through or (code != 0) == prints else [f"code {code}"]
        if prints and not through and not words.startswith("error: ") and not (code == 64):
            wrong.append("no error: " + words[:60])
        for name, data in before.items():
            if through and name in after and not bench.whole(folder / name):
                continue
            if after.get(name) != data and not (fault == "standard output full" and name in after and not bench.whole(folder / name)):
                wrong.append(f"{name} is lost or changed")
        if left := bench.litter(folder):
            wrong.append(f"litter: {left}")
        return code, words, wrong
    finally:
        if mounted:
            subprocess.run(["umount", folder], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="commands, separated by commas")
    parser.add_argument("--faults", default="", help=f"faults, separated by commas: {', '.join(FAULTS)}")
    parser.add_argument("--program", type=Path, default=bench.PROGRAM)
    arguments = parser.parse_args()
    bench.PROGRAM = arguments.program.resolve()
    if os.geteuid() != 0:
        sys.exit("needs root: it mounts small disks and runs as another user")
    top = Path(tempfile.mkdtemp(prefix="faults-"))
    top.chmod(0o755)
    table, failed, rows = commands(bench.GoodFiles(top)), 0, 0
    print("| command | fault | exit code | last words | as asked |\n| --- | --- | ---: | --- | --- |")
    for name in arguments.only.split(",") if arguments.only else table:
        for fault in arguments.faults.split(",") if arguments.faults else FAULTS:
            folder = top / f"{name}-{fault.replace(' ', '-')}"
            folder.mkdir()
            code, words, wrong = one(*table[name], folder, fault)
            rows += 1
            failed += bool(wrong)
            print(f"| {name} | {fault} | {code} | {words[:160].replace('|', '/').replace(str(top), '')} | {'; '.join(wrong) or 'yes'} |", flush=True)
    if not failed:
        shutil.rmtree(top, ignore_errors=True)
    print(f"{'FAIL' if failed else 'PASS'}: {failed} of {rows} rows not as asked")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
