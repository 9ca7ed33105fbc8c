#!/usr/bin/env python3
"""How much faster two cores train than one: alternating runs of `tausonite pong train` with the real game.

    python3 Benchmarks/measure_two_cores.py --repeats 5

Wants an idle machine: the ratio is one of clock times. Prints one JSON object a run and a last one with the medians.
Both kinds of run learn the same agent, bit for bit (the script checks it), with environments in groups of two, so that a
minibatch of four is shared by two threads; "one_core_group_4" is the usual setting of one core beside them.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

root = pathlib.Path(__file__).resolve().parent.parent
kinds = {
    "one_core": {"group": 2, "workers": 1, "helpers": 1},
    "two_cores": {"group": 2, "workers": 2, "helpers": 2},
    "one_core_group_4": {"group": 4, "workers": 1, "helpers": 1},
}


def run(program, config, kind, steps, folder, core=None):
    settings = {"total_steps": steps, "checkpoint_seconds": 86400, "learning_rate_steps": 10**7, **kinds[kind]}
    command = [program, "pong", "train", "--config", config, "--out", str(folder), "--json", "--quiet"]
    for key, value in settings.items():
        command += ["--set", f"{key}={value}"]
    if kind.startswith("one"):
        # One core for both processes, as the row says; the helper and the network take turns anyway.
        command = ["taskset", "-c", str(min(os.sched_getaffinity(0)) if core is None else core)] + command
    result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    # The parameters, without the file's own remarks on who trained it.
    data = (folder / "agent.safetensors").read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    return {
        "kind": kind, "steps": result["agent_steps"], "wall_s": result["wall_seconds"],
        "core_s": result["core_seconds"], "steps_per_s": result["agent_steps"] / result["wall_seconds"],
        "parameters": hashlib.sha256(data[start:]).hexdigest()[:12],
    }


def side_by_side(program, config, steps, folder):
    """Two trainings of one core at the same time, each held to a core of its own: what the machine itself can give."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        cores = sorted(os.sched_getaffinity(0))[:2]
        jobs = [pool.submit(run, program, config, "one_core", steps, folder.with_name(f"{folder.name}-{core}"), core) for core in cores]
        return sum(job.result()["steps_per_s"] for job in jobs)


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--program", default=str(root / ".build/release/tausonite"))
parser.add_argument("--config", default=str(root / "Validation/pong/ppo.yaml"))
parser.add_argument("--steps", type=int, default=20480, help="agent steps of a run (some 20 s on one core)")
parser.add_argument("--repeats", type=int, default=5)
options = parser.parse_args()

rows = []
with tempfile.TemporaryDirectory() as folder:
    for repeat in range(options.repeats):
        for kind in kinds:
            rows.append(run(options.program, options.config, kind, options.steps, pathlib.Path(folder) / f"{kind}-{repeat}"))
            print(json.dumps(rows[-1]), flush=True)
    pairs = [side_by_side(options.program, options.config, options.steps, pathlib.Path(folder) / f"pair-{k}") for k in range(options.repeats)]
speed = {kind: statistics.median(row["steps_per_s"] for row in rows if row["kind"] == kind) for kind in kinds}
same = len({row["parameters"] for row in rows if row["kind"] != "one_core_group_4"}) == 1
print(json.dumps({
    "median_steps_per_s": speed, "two_cores_over_one": speed["two_cores"] / speed["one_core"],
    "two_cores_over_one_group_4": speed["two_cores"] / speed["one_core_group_4"],
    "two_trainings_over_one": statistics.median(pairs) / speed["one_core"], "same_agent": same,
    "load_average": os.getloadavg()[0],
}))
