#!/usr/bin/env python3
"""Feeds damaged input to every command that reads it, and counts what comes of it: `make fuzz`.

    Scripts/robustness/corrupt.py SEED [--count 40] [--only device,agent] [--jobs 2] [--seconds 600] [--report out.json]

Good files are made by the program itself; each is then damaged (bits, lines, numbers, syntax, bombs; `damage.py`) and read by
the commands that read it (`cases.py`). A run is one of

    refused    code 2 or 64 with one line that begins with "error:"
    accepted   code 0 (3 for a run that was stopped), results there and finite
    silent     accepted although it must be refused, or with nan or inf in a result, or without a file that it promises
    trap       ended by a signal
    endless    more than 20 s of processor time, or ten times that on the clock
    rude       refused with another code, without "error:", in several lines, or in more than 2,000 bytes
    memory     more than 1.5 GiB resident

The last line has the counts and begins with PASS or FAIL. What failed stays in the folder that the first line names.
"""

import argparse
import json
import os
import random
import re
import shutil
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bench
from cases import Cases

NOT_FINITE = re.compile(r"(?<![A-Za-z_0-9])[-+]?(nan|inf|infinity)(?![A-Za-z_0-9])", re.I)
# Infinity has a meaning there, or the word is part of a name.
LINES_WITH_MEANING = re.compile("permittivity_field|oxygen_capacity|trap_density|sites: .value: .inf|^agent |W and Gamma times|device_file")
KINDS = ["refused", "accepted", "silent", "trap", "endless"]


def result_text(ended, results, command):
    """All that a run gives to read; None and a word where a promised file is missing."""
    text = ended.out
    for path in results:
        if not path.exists():
            return None, path.name
        if path.suffix in (".csv", ".json", ".yaml"):
            text += path.read_bytes()[:2_000_000].decode("utf-8", "replace")
    return "\n".join(line for line in text.splitlines() if not LINES_WITH_MEANING.search(line)), ""


def kind_of(command, results, must, ended):
    """(kind, flags, remark)"""
    flags = ["memory"] if ended.resident > 1.5 * bench.GIB else []
    if ended.code is None:
        return "endless", flags, f"{ended.seconds:.0f} s"
    if ended.code < 0 or ended.code >= 128:
        return "trap", flags, next((line for line in ended.error.splitlines() if "atal error" in line), f"code {ended.code}")[:200]
    if ended.code == 0 or (ended.code == 3 and command[0] == "simulate"):
        text, missing = result_text(ended, results, command)
        if text is None:
            return "silent", flags, f"{missing} is not there"
        hit = NOT_FINITE.search(text) if command[0] != "parameters" else None
        if hit:
            return "silent", flags, "not finite: " + text[max(0, hit.start() - 60):hit.end() + 20].replace("\n", " ")
        return ("silent", flags, "accepted") if must else ("accepted", flags, "")
    lines = [line for line in ended.error.splitlines() if line.strip()]
    errors = [line for line in lines if "rror:" in line]
    remark = (errors or lines or [""])[-1][:200]
    after = len(lines) - lines.index(errors[0]) if errors else 0
    is_rude = ended.code not in (2, 64) or not errors or (ended.code == 2 and (after > 1 or len(errors[-1].encode()) > 2000))
    return "refused", flags + (["rude"] if is_rude else []), f"code {ended.code}: {remark}"


class Bench:
    """Takes cases until there are no more or the time is over."""

    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, folder
        self.good = bench.GoodFiles(folder)
        self.results, self.lock, self.begun = [], threading.Lock(), time.monotonic()
        self.source = self.every()
        self.next_folder = 0

    def every(self):
        """The cases of all groups in turn, made when they are wanted."""
        wanted = self.arguments.only.split(",") if self.arguments.only else Cases.groups
        opened = []
        for name in wanted:
            cases = Cases(self.good, random.Random(f"{self.arguments.seed} {name}"), self.arguments.count)
            opened.append((name, getattr(cases, name)()))
        while opened:
            for name, cases in list(opened):
                case = next(cases, None)
                if case is None:
                    opened.remove((name, cases))
                else:
                    yield (name, *case)

    def work(self):
        while True:
            with self.lock:
                if time.monotonic() - self.begun > self.arguments.seconds:
                    return
                case = next(self.source, None)
                self.next_folder += 1
                folder = self.folder / f"case-{self.next_folder}"
            if case is None:
                return
            self.one(folder, *case)

    def one(self, folder, group, what, must, files, commands):
        folder.mkdir()
        env, bad = bench.environment(), False
        for name, data in files.items():
            if name == "environment":
                env.update(data)
                continue
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data() if callable(data) else data)
        for command, names in commands:
            if "--resume" in command and command[1] == "train" and not (folder / "r/config.yaml").exists():
                continue
            try:
                ended = bench.run(command, folder, limit=20, env=env)
            except (ValueError, OSError) as error:
                ended = bench.Ended(64, "", f"error: cannot be started: {error}", 0, 0)
            kind, flags, remark = kind_of(command, [folder / name for name in names], must, ended)
            bad |= kind in KINDS[2:] or bool(flags)
            row = {"group": group, "what": what, "command": " ".join(map(str, command))[:300], "kind": kind, "flags": flags,
                   "remark": remark, "seconds": round(ended.seconds, 2), "MiB": ended.resident >> 20, "folder": str(folder)}
            with self.lock:
                self.results.append(row)
                if self.arguments.report and len(self.results) % 100 == 0:
                    Path(self.arguments.report).write_text(json.dumps(self.results, indent=0))
        if not bad:
            shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seed", type=int, help="the same seed makes the same damage")
    parser.add_argument("--count", type=int, default=40, help="random damages of each file")
    parser.add_argument("--only", default="", help=f"groups out of {','.join(Cases.groups)}")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no case after so long")
    parser.add_argument("--report", help="write every run as JSON")
    parser.add_argument("--program", type=Path, default=bench.PROGRAM)
    arguments = parser.parse_args()
    bench.PROGRAM = arguments.program.resolve()
    folder = Path(tempfile.mkdtemp(prefix="corrupt-"))
    print(f"files in {folder}", file=sys.stderr)
    work = Bench(arguments, folder)
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for job in [pool.submit(work.work) for _ in range(arguments.jobs)]:
            job.result()
    rows = work.results
    columns = [*KINDS, "rude", "memory"]

    def counts(part):
        return [sum(r["kind"] == c or c in r["flags"] for r in part) for c in columns]

    print(f"{'group':12}" + "".join(f"{c:>10}" for c in ["runs", *columns]))
    for group in [*sorted({r["group"] for r in rows}), "all"]:
        part = [r for r in rows if group in (r["group"], "all")]
        print(f"{group:12}" + "".join(f"{c:>10}" for c in [len(part), *counts(part)]))
    for row in rows:
        if row["kind"] in KINDS[2:] or row["flags"]:
            print(f"{row['kind']} {','.join(row['flags'])} {row['group']}: {row['what'][:80]}: {row['command'][:140]}: {row['remark']} "
                  f"({row['seconds']} s, {row['MiB']} MiB, {row['folder']})")
    if arguments.report:
        Path(arguments.report).write_text(json.dumps(rows, indent=0))
    found = dict(zip(columns, counts(rows)))
    failed = sum(found[c] for c in ("silent", "trap", "endless", "rude", "memory"))
    if not failed:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{'FAIL' if failed else 'PASS'} seed {arguments.seed}: {len(rows)} runs, " + ", ".join(f"{found[c]} {c}" for c in columns))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
