#!/usr/bin/env python3
"""Runs the commands of Docs/tour.md and compares what they print with what the page shows; exit code 1 where they differ.

    python3 Scripts/tour.py            compare
    python3 Scripts/tour.py --renew    put today's lines in the place of those that differ

A line "..." stands for lines left out, " ... " within a line perhaps for words. A line of the page is sought by its words: numbers may
differ, and are what is renewed.
Times of the clock are not compared. Commands that the page shows without output are not run.
"""
import os, re, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGE = os.path.join(ROOT, "Docs", "tour.md")
PROGRAM = os.path.join(ROOT, ".build", "release", "tausonite")


def shape(line):
    """The words of a line, with # for each number, unit prefix or digest."""
    line = re.sub(r"\b[0-9a-f]{12,}\b", "#", line)
    line = re.sub(r"[-+]?\d[\d.]*(e[-+]?\d+)?( [munpkM]?[VASJKWs]\b| %)?", "#", line)
    return " ".join(re.sub(r"\bFAIL\b|\bok\b|[#\s()|-]+", " ", line).split())


def is_elided(line, printed):
    """Whether the parts of a line between " ... " stand in the printed one, in this order."""
    at = 0
    for part in line.split(" ... "):
        at = printed.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return " ... " in line


def without_clock(line):
    return re.sub(r"^time .*|in [\d.]+ s$", "", line)


def blocks(lines):
    """(first line, lines after the last) of the output below each command line of an indented block."""
    start = None
    for number, line in enumerate(lines + [""]):
        ends = line.startswith("    $ ") or (line.strip() and not line.startswith("    ")) or number == len(lines)
        if start is not None and ends:
            end = number
            while end > start and not lines[end - 1].strip():
                end -= 1
            yield lines[start - 1][len("    $ "):], start, end
            start = None
        if line.startswith("    $ "):
            start = number + 1


def pieces(shown):
    """Runs of lines between those that say "..."."""
    run = []
    for line in shown + ["..."]:
        if line.strip() == "...":
            yield run
            run = []
        else:
            run.append(line)


def renewed(shown, printed):
    """The lines of the page as they are printed now, or the first that is not found."""
    result, at = [], 0
    parts = list(pieces(shown))
    for number, part in enumerate(parts):
        if number > 0:
            result.append("...")
        tail = printed[len(printed) - len(part):]
        if number == len(parts) - 1 and number > 0 and [*map(shape, tail)] == [*map(shape, part)]:
            return result + tail, None
        for place, line in enumerate(part):
            wanted = shape(line)
            while line.strip() and at < len(printed) and not printed[at].strip():
                at += 1
            # The first line after a gap is sought; those below it follow at once.
            last = len(printed) if place == 0 and number > 0 else at + 1
            places = range(at, min(last, len(printed)))
            found = next((i for i in places if shape(printed[i]) == wanted or is_elided(line, printed[i])), None)
            if found is None:
                return None, line
            result.append(line if is_elided(line, printed[found]) else printed[found])
            at = found + 1
    return result, None


def main():
    renew = "--renew" in sys.argv[1:]
    lines = open(PAGE, encoding="utf-8").read().split("\n")
    changes, failures = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for name in ("Docs", "Materials", "Validation", ".venv"):
            os.symlink(os.path.join(ROOT, name), os.path.join(folder, name))
        for command, start, end in blocks(lines):
            shown = [line[4:] for line in lines[start:end]]
            if not shown:
                continue
            ran = subprocess.run(
                ["bash", "-c", 'tausonite() { "%s" "$@"; }; %s' % (PROGRAM, command)], cwd=folder, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            printed = [line for line in ran.stdout.rstrip("\n").split("\n") if not re.search(r"\[#*-* *\] +\d+ %", line)]
            now, missing = renewed(shown, printed)
            if now is None:
                failures += 1
                print(f"$ {command}\n    not printed any more: {missing}")
                continue
            differ = [(a, b) for a, b in zip(shown, now) if without_clock(a.rstrip()) != without_clock(b.rstrip())]
            failures += bool(differ)
            print(f"{'differs' if differ else 'as shown'}: {command[:100]}")
            for a, b in differ:
                print(f"  - {a}\n  + {b}")
            if differ:
                changes.append((start, end, now))
    if renew:
        for start, end, now in reversed(changes):
            lines[start:end] = [("    " + line).rstrip() for line in now]
        open(PAGE, "w", encoding="utf-8").write("\n".join(lines))
    sys.exit(failures > 0)


main()
