#!/usr/bin/env python3
"""What the tests run of the sources: `make coverage`.

    Scripts/coverage.py [--functions 20] [--skip-run]

Runs the tests of a build with counters (.build-coverage; the programs that tests start count as well) and prints, by the toolchain's own
llvm-cov, lines of each room that were run, and the functions of the libraries with the most lines that were not. `--skip-run` takes the
counts of the last run. Arguments after -- go to `swift test`.
"""

import argparse
import collections
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / ".build-coverage"
FLAGS = ["-c", "release", "-Xswiftc", "-enable-testing", "--scratch-path", str(WORK), "--enable-code-coverage"]


def tool(name):
    """A program of the toolchain that swift belongs to."""
    swift = subprocess.run(["which", "swift"], capture_output=True, text=True, check=True).stdout.strip()
    return str(Path(os.path.realpath(swift)).parent / name)


def counts(arguments):
    """The merged counts of a run of the tests."""
    profiles = WORK / "profiles"
    if not arguments.skip_run:
        profiles.mkdir(parents=True, exist_ok=True)
        for old in profiles.glob("*.profraw"):
            old.unlink()
        environment = {**os.environ, "LLVM_PROFILE_FILE": f"{profiles}/%4m.profraw", "OPENBLAS_NUM_THREADS": "1"}
        ended = subprocess.run(["swift", "test", "--skip-build", *FLAGS, *arguments.further], cwd=ROOT, env=environment, stdout=sys.stderr)
        if ended.returncode != 0:
            print("some tests failed; what they ran is counted all the same", file=sys.stderr)
    # SwiftPM keeps its own place for what the test process counts.
    found = [*profiles.glob("*.profraw"), *(WORK / "release/codecov").glob("*.profraw")]
    if not found:
        sys.exit("no counts: run without --skip-run")
    subprocess.run([tool("llvm-profdata"), "merge", "-sparse", *found, "-o", WORK / "tests.profdata"], check=True)
    return WORK / "tests.profdata"


def export(profile):
    tests = next((WORK / "release").glob("*PackageTests.xctest"))
    command = [tool("llvm-cov"), "export", "-instr-profile", profile, tests, "-object", WORK / "release/tausonite", "-skip-expansions",
               "-skip-branches", "-ignore-filename-regex", r"\.build|/Tests/|derived"]
    return json.loads(subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, check=True).stdout)["data"][0]


def rooms(data):
    """room: (lines run, lines)"""
    table = collections.defaultdict(lambda: [0, 0])
    for file in data["files"]:
        path = Path(file["filename"])
        if "Sources" in path.parts:
            room = path.parts[path.parts.index("Sources") + 1]
            lines = file["summary"]["lines"]
            table[room][0] += lines["covered"]
            table[room][1] += lines["count"]
    return table


def functions(data):
    """(lines not run, lines, share of regions run, place, name) of every function of the libraries, the worst first."""
    seen = {}
    for function in data["functions"]:
        path = Path(function["filenames"][0])
        if "Sources" not in path.parts or path.parts[path.parts.index("Sources") + 1] in ("tausonite", "CKernels"):
            continue
        # Code regions of the function's own file: [line, column, end line, end column, count, file, expanded file, kind].
        own = [r for r in function["regions"] if r[5] == 0 and r[7] == 0]
        if not own:
            continue
        key = (str(path.relative_to(ROOT)), own[0][0], own[0][1])
        known = seen.setdefault(key, [function["name"], {}])
        for r in own:
            place = tuple(r[:4])
            known[1][place] = known[1].get(place, 0) + r[4]
    rows = []
    for (path, line, _), (name, regions) in seen.items():
        # The innermost region that holds a line says whether it was run.
        count = {}
        for (first, _, last, _), times in sorted(regions.items(), key=lambda r: (r[0][0], -r[0][2])):
            for k in range(first, last + 1):
                count[k] = times
        missed = sum(not times for times in count.values())
        run = sum(times > 0 for times in regions.values()) / len(regions)
        rows.append((missed, len(count), run, f"{path}:{line}", name))
    return sorted(rows, key=lambda r: (-r[0], r[2]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--functions", type=int, default=20, help="functions listed")
    parser.add_argument("--skip-run", action="store_true", help="take the counts of the last run")
    parser.add_argument("further", nargs="*", help="for swift test")
    arguments = parser.parse_args()
    data = export(counts(arguments))
    table = rooms(data)
    print("| room | lines | run by tests |\n| --- | ---: | ---: |")
    for room, (run, lines) in sorted(table.items(), key=lambda r: r[1][0] / max(r[1][1], 1)):
        print(f"| {room} | {lines:,} | {100 * run / max(lines, 1):.1f} % |")
    run, lines = (sum(row[k] for row in table.values()) for k in (0, 1))
    print(f"| all | {lines:,} | {100 * run / max(lines, 1):.1f} % |\n")
    listed = functions(data)[:arguments.functions]
    names = subprocess.run(["swift", "demangle", "--simplified", "--compact", *[r[4].split(":")[-1] for r in listed]], capture_output=True, text=True,
                           check=True).stdout.splitlines()
    print("| function | lines not run | of | place |\n| --- | ---: | ---: | --- |")
    for (missed, lines, _, place, _), name in zip(listed, names):
        print(f"| `{name[:110].replace('|', '/')}` | {missed} | {lines} | {place} |")


if __name__ == "__main__":
    main()
