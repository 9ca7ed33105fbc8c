#!/usr/bin/env python3
"""Measures what Docs/scale.md states: overhead of a unit, efficiency at 2 ranks, and the estimate for 1,000 from both.

    Scripts/scale.py [PROGRAM]     default: .build/release/tausonite; takes some minutes of processor time

Processor times (user and system, of all ranks) decide: other work on the machine lengthens the clock, and is stated as the load.
"""
import os, resource, shutil, subprocess, sys, tempfile, time

program = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "../.build/release/tausonite"))
os.environ.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")


def run(arguments, ranks=0):
    """Processor and clock seconds."""
    folder = tempfile.mkdtemp(prefix="tausonite-scale-", dir=os.environ.get("SCALE_FOLDER"))
    command = [program, "sweep", *arguments, "--out", folder + "/study", "--quiet"]
    if ranks:
        command = ["mpirun", "-n", str(ranks), "--oversubscribe", "--bind-to", "none", *command]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    table = open(folder + "/study/sweep.csv", "rb").read()
    shutil.rmtree(folder)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall, table


def load():
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


# A point that takes next to nothing: a fresh device, a read.
points = 2000
cheap = ["Read", "--no-base-state", "--vary", f"area=+-10% in {points}", "--output", "G of read 1", "--threads", "1"]
one, many = run(cheap), run(cheap + ["--batch", "500"])
assert one[2] == many[2]
units = points - points // 500
processor, clock = (one[0] - many[0]) / units, (one[1] - many[1]) / units
print(f"overhead of a unit: {1e3 * processor:.2f} ms of processor, {1e3 * clock:.2f} ms on the clock ({load()})")
print(f"a cheap point itself: {1e3 * many[0] / points:.2f} ms; {points} units alone {one[0]:.2f} s of processor, {one[1]:.2f} s on the clock")

# Units of some tenths of a second.
heavy = ["--vary", "area=+-5% in 6", "--output", "level 6", "--threads", "1"]
alone = run(heavy)
print(f"6 units by one process: {alone[0]:.2f} s of processor ({alone[0] / 6:.3f} s a unit), {alone[1]:.2f} s on the clock ({load()})")
for ranks in [1, 2]:
    processor_all, clock_all, table = run(heavy, ranks)
    assert table == alone[2]
    print(
        f"{ranks} ranks: {processor_all:.2f} s of processor, {clock_all:.2f} s on the clock ({load()}); "
        f"efficiency {100 * alone[0] / processor_all:.1f} % by processor time, {100 * alone[1] / (min(ranks, os.cpu_count()) * clock_all):.0f} % by the clock")



def finished(count):
    """Clock seconds of a rank that finds everything done, and of a process that lays the table together, the best of five."""
    folder = tempfile.mkdtemp(prefix="tausonite-scale-", dir=os.environ.get("SCALE_FOLDER"))
    arguments = [word.replace(f"in {points}", f"in {count}") for word in cheap]
    done = [program, "sweep", *arguments, "--out", folder + "/study", "--quiet"]
    subprocess.run(done, check=True, stdout=subprocess.DEVNULL)
    best = []
    for rank in [{"OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2"}, {}]:
        times = []
        for _ in range(5):
            start = time.monotonic()
            subprocess.run(done, check=True, stdout=subprocess.DEVNULL, env=dict(os.environ, **rank))
            times.append(time.monotonic() - start)
        best.append(min(times))
    shutil.rmtree(folder)
    return best


few, all_of = finished(10), finished(points)
look = max(all_of[0] - few[0], 0) / (points - 10)
merge = max(all_of[1] - few[1], 0) / (points - 10) - look
print(f"a rank that finds 10 units done: {few[0]:.3f} s; each further unit {1e6 * look:.0f} us to look at, {1e6 * merge:.0f} us to lay together ({load()})")

# 1,000 ranks, 100,000 units of half a second each: what is serial, and what each rank adds.
t, n, ranks = 0.5, 100_000, 1000
begin, serial = few[0] + look * n, merge * n
busy = n / ranks * (t + clock)
total = begin + busy + t / 2 + serial
print(
    f"1,000 ranks, {n} units of {t} s: {busy:.1f} s of units, {begin:.1f} s to begin, {t / 2:.2f} s for the last ones, "
    f"{serial:.1f} s to lay the table together: efficiency {100 * n / ranks * t / total:.0f} %, {100 * n / ranks * t / (total - serial):.0f} % without the table")
