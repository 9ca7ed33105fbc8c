#!/usr/bin/env python3
"""The network's speed beside PyTorch's, in one run: agent steps per core-second, medians of alternating repeats.

Needs a Python with torch (any version; the rows of the real game also need ale-py, gymnasium and opencv) and the built
benchmark. Example:

    swift build -c release --package-path Benchmarks --scratch-path .build-bench
    python3 -m venv .venv-torch && .venv-torch/bin/pip install torch numpy
    .venv-torch/bin/python Benchmarks/compare_with_torch.py --benchmark .build-bench/release/network-benchmark

Both sides run on one thread and are measured in processor time, so other programs on the machine disturb little; still,
figures for publication want an idle machine. The peer is Peers/torch_peer.py: the same network written for PyTorch.
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROWS = [
    # name, peer's arguments, ours, environments, required ratio
    ("training A2C, 4 environments", ["bench-train", "--envs", "4"], ["a2c", "--envs", "4"], 3.5),
    ("training A2C, 16 environments", ["bench-train", "--envs", "16"], ["a2c", "--envs", "16"], 3.5),
    ("inference, 1 environment", ["bench-infer", "--envs", "1"], ["infer", "--envs", "1"], 3.0),
    ("inference, 16 environments", ["bench-infer", "--envs", "16"], ["infer", "--envs", "16"], 4.0),
]
PEER_PPO = (
    "bench-train --env ale --frameskip 4 --envs 16 --rollout 64 --algo ppo --epochs 3 --mb 4 --gae 0.95 "
    "--loss mean --clip 0.5 --adam-eps 1e-5 --actions 3"
).split()


def peer(arguments, seconds):
    """Agent steps per core-second of the peer, its last printed figure."""
    environment = dict(os.environ, OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
    command = [sys.executable, str(HERE / "Peers" / "torch_peer.py"), *arguments, "--seconds", str(seconds)]
    text = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+) per CPU-s", text)
    if not found:
        sys.exit(f"the peer printed no figure:\n{text}")
    return float(found.group(1))


def ours(benchmark, arguments, seconds):
    text = subprocess.run(
        [benchmark, *arguments, "--seconds", str(seconds)], capture_output=True, text=True, check=True
    ).stdout
    return float(json.loads(text.splitlines()[0])["steps_per_core_s"])


def game(program, config, steps):
    """Agent steps per core-second of `tausonite pong train` on the real game, the emulators' time included."""
    import shutil
    import tempfile

    folder = tempfile.mkdtemp()
    try:
        command = [program, "pong", "train", "--config", config, "--out", folder, "--set", f"total_steps={steps}"]
        subprocess.run(command, capture_output=True, text=True, check=True)
        with open(os.path.join(folder, "log.csv")) as file:
            head, *lines = file.read().split("\n")
        column = {name: i for i, name in enumerate(head.split(","))}
        first, last = lines[0].split(","), [line for line in lines if line][-1].split(",")
        steps = float(last[column["agent_steps"]]) - float(first[column["agent_steps"]])
        return steps / (float(last[column["core_s"]]) - float(first[column["core_s"]]))
    finally:
        shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--benchmark", required=True, help="the built network-benchmark")
    parser.add_argument("--tausonite", help="the built tausonite, for the row of the real game")
    parser.add_argument("--config", default=str(HERE.parent / "Validation" / "pong" / "ppo.yaml"))
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6.0, help="of one measurement")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    rows = []
    for name, theirs, mine, required in ROWS:
        a, b = [], []
        for _ in range(options.repeats):
            a.append(peer(theirs, options.seconds))
            b.append(ours(options.benchmark, mine, options.seconds))
        rows.append((name, statistics.median(a), statistics.median(b), required))
        print(f"{name}: done", file=sys.stderr)
    if options.tausonite:
        a, b = [], []
        for _ in range(options.repeats):
            a.append(peer(PEER_PPO, options.seconds * 3))
            b.append(game(options.tausonite, options.config, 40000))
        rows.append(("PPO on the real game, frame skip 4, 16 environments", statistics.median(a), statistics.median(b), 3.0))
    if options.json:
        print(json.dumps([
            {"row": n, "torch_steps_per_core_s": t, "steps_per_core_s": o, "ratio": round(o / t, 2), "required": r}
            for n, t, o, r in rows
        ], indent=1))
    else:
        print(f"{'agent steps per core-second':52} {'PyTorch':>8} {'ours':>8} {'ratio':>6} {'wanted':>7}")
        for n, t, o, r in rows:
            print(f"{n:52} {t:8.0f} {o:8.0f} {o / t:6.1f} {r:7.1f}")


if __name__ == "__main__":
    main()
