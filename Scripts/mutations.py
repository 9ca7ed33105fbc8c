#!/usr/bin/env python3
"""Plants known errors in the program, one at a time, and looks which test notices each of them.

Mutant schemata: all errors of Scripts/mutations.yaml are built into one scratch copy of the package, each as
`(mutated(7) ? (WRONG) : (RIGHT))`, where `mutated(n)` asks the environment variable TAUSONITE_MUTANT; so one build serves all. The
tests that an entry names must pass without any error and fail with it; a crash or TIMEOUT seconds without an end count as noticed.

    python3 Scripts/mutations.py                   # build, run all, rewrite the table of Docs/mutations.md
    python3 Scripts/mutations.py --only a,b        # only these; results of the others stay as the scratch folder knows them
    python3 Scripts/mutations.py --check           # only whether every text to be replaced still stands in its file

Exit status: 0 when every error is noticed, 1 when one lives, 2 when a text is not found or the tests fail by themselves.
Needs PyYAML. Cost: a release build and about 5 s an error.
"""
import argparse
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

try:
    import yaml
except ImportError:
    sys.exit("mutations.py: needs PyYAML, which the program and its tests do not: install it (Debian: apt-get install python3-yaml)")

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST, PAGE = ROOT / "Scripts" / "mutations.yaml", ROOT / "Docs" / "mutations.md"
START, END = "<!-- table: Scripts/mutations.py -->", "<!-- end of table -->"
COPIED = ["Package.swift", "Package.resolved", "Sources", "Tests", "Materials", "Docs", "Validation", "README.md"]
ROOMS = "Essentials LinearAlgebra FiniteVolume NeuralNetwork DeviceModel Protocols Simulation CompactModel".split()
TIMEOUT = 120

MANIFEST = """
let mutantRooms: Set<String> = [%s]
package.products = []
package.targets.removeAll { !mutantRooms.contains($0.name) }
for target in package.targets where target.type != .system { target.dependencies.append("CMutant") }
package.targets.append(.target(name: "CMutant"))
"""
HEADER = """#pragma once
#include <stdbool.h>
extern int tausonite_mutant;
static inline bool mutated(int n) { return tausonite_mutant == n; }
"""
SOURCE = """#include "Mutant.h"
#include <stdlib.h>
int tausonite_mutant;
__attribute__((constructor)) static void choose(void) {
    const char *asked = getenv("TAUSONITE_MUTANT");
    tausonite_mutant = asked ? atoi(asked) : 0;
}
"""


def place(entry):
    """Where the entry's text stands in its file: (start, end), or None with a word on why not."""
    path = ROOT / "Sources" / entry["file"]
    if not path.exists():
        return None, "there is no such file"
    text, find, nth = path.read_text(), entry["find"], entry.get("nth")
    starts = [m.start() for m in re.finditer(re.escape(find), text)]
    if not starts:
        return None, f"no longer holds '{find}'"
    if nth is None and len(starts) > 1:
        return None, f"holds '{find}' {len(starts)} times: say which (nth)"
    if (nth or 1) > len(starts):
        return None, f"holds '{find}' only {len(starts)} times"
    start = starts[(nth or 1) - 1]
    return (start, start + len(find)), ""


def mutant(name, entries):
    """The text of a source file with all its errors planted."""
    text = (ROOT / "Sources" / name).read_text()
    last = len(text)
    for (start, end), e in sorted(((place(e)[0], e) for e in entries), key=lambda pair: pair[0], reverse=True):
        if end > last:
            sys.exit(f"mutations.yaml: {e['id']}: overlaps another text of {name}")
        last, wrong, right, n = start, e["replace"], text[start:end], e["number"]
        if e.get("where") == "statement":
            condition = f"(mutated({n}))" if name.endswith(".c") else f"mutated({n})"
            new = f"if {condition} {{ {wrong} }} else {{ {right} }}"
        else:
            new = f"(mutated({n}) ? ({wrong}) : ({right}))"
        text = text[:start] + new + text[end:]
    return ('#include "Mutant.h"\n' if name.endswith(".c") else "import CMutant\n") + text


def plant(scratch, entries, rooms):
    """Brings the copy of the package up to date, every error in its file."""
    names = rooms + [r + "Tests" for r in rooms] + ["COpenBLAS", "CKernels", "TestSupport"]
    files = {pathlib.Path("Package.swift"): (ROOT / "Package.swift").read_text() + MANIFEST % ", ".join(f'"{n}"' for n in names),
             pathlib.Path("Sources/CMutant/include/Mutant.h"): HEADER, pathlib.Path("Sources/CMutant/Mutant.c"): SOURCE}
    for name in {e["file"] for e in entries}:
        files[pathlib.Path("Sources") / name] = mutant(name, [e for e in entries if e["file"] == name])
    for top in COPIED:
        for path in [ROOT / top] if (ROOT / top).is_file() else (ROOT / top).rglob("*"):
            own = path.relative_to(ROOT)
            if path.is_file() and own not in files:
                files[own] = path.read_bytes()
    for path, content in files.items():
        content, target = content.encode() if isinstance(content, str) else content, scratch / path
        # A file that would not change is left alone, so that it is not built again.
        if not target.exists() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    for top in ["Sources", "Tests"]:
        for path in (scratch / top).rglob("*"):
            if path.is_file() and path.relative_to(scratch) not in files:
                path.unlink()


def build(scratch):
    flags = ["-c", "release", "-Xswiftc", "-enable-testing", "--scratch-path", str(scratch / ".build")]
    subprocess.run(["swift", "build", "--build-tests", *flags], cwd=scratch, check=True)


def run(scratch, pattern, number):
    """Runs the tests that match; None when all pass, else the test that failed first."""
    binary = scratch / ".build/release/TausonitePackageTests.xctest"
    process = subprocess.Popen([str(binary), "--testing-library", "swift-testing", "--filter", pattern], cwd=scratch, text=True, bufsize=1,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace",
                               env={**os.environ, "TAUSONITE_MUTANT": str(number)}, start_new_session=True)
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(process.pid, signal.SIGKILL))
    signal.alarm(TIMEOUT if number else 0)
    started, failure, count, tail = time.time(), None, 0, []
    for line in process.stdout:
        tail = tail[-15:] + [line]
        count += " passed after" in line
        if found := re.search(r'Test (.+?) recorded an issue', line):
            failure = found[1]
            if number:
                break
            print(line.rstrip())
    if failure and process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    code = process.wait()
    signal.alarm(0)
    if failure:
        return named(failure)
    if code == 0 and count:
        return None
    if code in (0, 69):
        sys.exit(f"no test matches '{pattern}'")
    if not number:
        print("".join(tail))
    return "no end within the time allowed" if time.time() - started > TIMEOUT - 1 else f"crash ({code})"


def named(display):
    """File and function of a test from the name that it is reported by."""
    text = re.sub(r" with \d+ argument.*$", "", display).strip('"')
    for path in sorted((ROOT / "Tests").glob("*/*.swift")):
        source = path.read_text()
        at = source.find(f'"{text}"') if "(" not in text or " " in text else source.find(f"func {text.split('(')[0]}(")
        if at >= 0:
            return f"{path.stem}/{re.search(r'func (`[^`]+`|[A-Za-z0-9_]+)', source[at:])[1]}"
    return text


def table(entries, known):
    rows = ["| error | file | what | noticed by |", "| --- | --- | --- | --- |"]
    for e in entries:
        result = known.get(e["id"], "not run")
        rows.append(f"| {e['id']} | `{e['file']}` | {e['what']} | {'**lives**' if result is None else result if ' ' in result else f'`{result}`'} |")
    return "\n".join(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scratch", default=str(ROOT / ".build-mutations"), help="folder of the copy (kept, so that a second build is short)")
    parser.add_argument("--only", default="", help="ids, separated by commas")
    parser.add_argument("--rooms", default=" ".join(ROOMS), help="rooms whose tests are built")
    parser.add_argument("--check", action="store_true", help="only look for the texts")
    options = parser.parse_args()
    entries = yaml.safe_load(LIST.read_text())
    missing = 0
    for number, e in enumerate(entries, 1):
        e["number"] = number
        span, problem = place(e)
        if span is None:
            print(f"mutations.yaml: {e['id']}: Sources/{e['file']} {problem}", file=sys.stderr)
            missing += 1
    if len({e["id"] for e in entries}) < len(entries):
        sys.exit("mutations.yaml: an id stands twice")
    if missing or options.check:
        print(f"{len(entries)} errors, {missing} without their text")
        sys.exit(2 if missing else 0)
    scratch = pathlib.Path(options.scratch)
    scratch.mkdir(parents=True, exist_ok=True)
    plant(scratch, entries, options.rooms.split())
    build(scratch)
    chosen = [e for e in entries if not options.only or e["id"] in options.only.split(",")]
    store = scratch / "results.json"
    known = json.loads(store.read_text()) if store.exists() else {}
    print("without an error:", flush=True)
    if failure := run(scratch, "|".join(sorted({t for e in chosen for t in e["tests"].split("|")})), 0):
        print(f"the tests fail by themselves: {failure}", file=sys.stderr)
        sys.exit(2)
    for e in chosen:
        started = time.time()
        known[e["id"]] = run(scratch, e["tests"], e["number"])
        print(f"{e['id']:42} {known[e['id']] or '*** LIVES ***'}  ({time.time() - started:.1f} s)", flush=True)
        store.write_text(json.dumps(known, indent=1))
    page = PAGE.read_text()
    head, rest = page.split(START)
    caught = sum(known.get(e["id"], None) not in (None, "not run") for e in entries)
    PAGE.write_text(f"{head}{START}\n\n{len(entries)} errors, {caught} noticed.\n\n{table(entries, known)}\n\n{END}{rest.split(END)[1]}")
    living = [e["id"] for e in entries if e["id"] in known and known[e["id"]] is None]
    print(f"{caught} of {len(entries)} noticed; living: {', '.join(living) or 'none'}")
    sys.exit(1 if living else 0)


if __name__ == "__main__":
    main()
