#!/usr/bin/env python3
"""Feeds the readers of other people's files, one after the other, with what libFuzzer makes up: `make fuzzers`.

    Scripts/robustness/fuzz-readers.py [--only sentence,csv] [--runs 10000000] [--seconds 60] [--fresh]

Each reader (Tests/Fuzzers/Reader.swift) runs in one process until it has made `--runs` executions in all sittings or `--seconds` are
over. What was learnt lies in .build-fuzz/corpus, the counts in .build-fuzz/executions.json; `--fresh` forgets the counts. A crash, an
endless read or more than 2 GiB stops a reader, and its input lies in .build-fuzz/found. The last line begins with PASS or FAIL.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import bench

WORK = bench.ROOT / ".build-fuzz"
PROGRAM = WORK / "release/fuzzers"
SEEDS = bench.ROOT / "Tests/Fuzzers/Corpus"
# Readers whose seeds lie elsewhere in the repository as well.
FURTHER = {"device": ["Materials"]}


def readers():
    usage = subprocess.run([str(PROGRAM)], capture_output=True, text=True).stderr
    return usage.split("readers: ")[-1].split()


def sitting(name, runs, seconds):
    """(executions, seconds, edges, inputs of the corpus, what went wrong)"""
    corpus, found = WORK / "corpus" / name, WORK / "found"
    corpus.mkdir(parents=True, exist_ok=True)
    found.mkdir(exist_ok=True)
    seeds = [SEEDS / name, *[bench.ROOT / folder for folder in FURTHER.get(name, [])]]
    command = [str(PROGRAM), name, corpus, *[s for s in seeds if s.is_dir()], f"-runs={runs}", f"-max_total_time={seconds}",
               f"-dict={SEEDS / 'words.txt'}", f"-artifact_prefix={found}/{name}-", "-print_final_stats=1", "-reload=0", "-verbosity=1"]
    log = WORK / f"{name}.log"
    begun = time.monotonic()
    with open(log, "wb") as out:
        ended = subprocess.run([str(word) for word in command], cwd=bench.ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                               env={**os.environ, "SWIFT_BACKTRACE": "enable=no", "OPENBLAS_NUM_THREADS": "1"})
    text = log.read_bytes().decode("utf-8", "replace")
    status = re.findall(r"^#(\d+)\s.*?cov: (\d+).*?corp: (\d+)", text, re.M)
    done = re.findall(r"(?:Done |number_of_executed_units: )(\d+)", text)
    executions = int(done[-1]) if done else int(status[-1][0]) if status else 0
    wrong = ""
    if ended.returncode != 0:
        wrong = next((line for line in text.splitlines() if "atal error" in line or "ERROR:" in line), f"code {ended.returncode}")[:160]
    edges, inputs = status[-1][1:] if status else ("", "")
    return executions, time.monotonic() - begun, edges, inputs, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="readers, separated by commas")
    parser.add_argument("--runs", type=int, default=10_000_000, help="executions of each reader, over all sittings")
    parser.add_argument("--seconds", type=int, default=0, help="at most so long a reader in this sitting; 0: until the executions are made")
    parser.add_argument("--fresh", action="store_true", help="count from 0")
    arguments = parser.parse_args()
    if not PROGRAM.exists():
        sys.exit("no fuzzers: make fuzzers builds them")
    tally = WORK / "executions.json"
    counts = json.loads(tally.read_text()) if tally.exists() and not arguments.fresh else {}
    print("| reader | executions in all | in this sitting | a second | edges | inputs kept | found |\n| --- | ---: | ---: | ---: | ---: | ---: | --- |")
    failed = 0
    for name in arguments.only.split(",") if arguments.only else readers():
        left = arguments.runs - counts.get(name, 0)
        if left <= 0:
            print(f"| {name} | {counts[name]:,} | 0 | | | | |", flush=True)
            continue
        executions, seconds, edges, inputs, wrong = sitting(name, left, arguments.seconds)
        counts[name] = counts.get(name, 0) + executions
        tally.write_text(json.dumps(counts, indent=1, sort_keys=True) + "\n")
        failed += bool(wrong)
        print(f"| {name} | {counts[name]:,} | {executions:,} | {executions / max(seconds, 1e-9):,.0f} | {edges} | {inputs} | {wrong or 'nothing'} |",
              flush=True)
    print(f"{'FAIL' if failed else 'PASS'}: {failed} readers broke")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
