#!/usr/bin/env python3
"""Sends Ctrl-C, a request to terminate and the loss of the terminal to every long command, in a terminal of its own.

    Scripts/robustness/signals.py [--only train,calibrate] [--wait 4]

Ctrl-C is a byte typed into the pseudo-terminal, so that it goes to the whole group as a shell's does; SIGTERM is sent to the group;
the terminal is lost by closing its other end. For each the table says the exit code (130, 143, 129 are asked), the last words, what of
the promise is kept, and which processes outlived the program. Code 1 where one of these is not as asked.
"""

import argparse
import fcntl
import json
import os
import pty
import shutil
import signal
import sys
import tempfile
import termios
import time
from pathlib import Path

import bench

SIGNALS = {"SIGINT": 130, "SIGTERM": 143, "SIGHUP": 129}


class Command:
    """Arguments; the file whose appearance says that the work is under way; what must work afterwards."""

    def __init__(self, arguments, sign=None, after=None, promise=""):
        self.arguments, self.sign, self.after, self.promise = arguments, sign, after, promise


def commands(good):
    train = ["pong", "train", "--config", good.path("train.yaml"), "--set", "checkpoint_seconds=86400", "--out", "run"]
    sweep = ["pong", "sweep", "--config", good.path("train.yaml"), "--ranges", "0,0.08:0.92", "--seeds", "1", "--jobs", "2", "--out", "sweep"]
    agent, synapse = good.path("agent.safetensors"), good.path("synapse.yaml")
    return {
        "simulate": Command(["simulate", "Repeat 200000 times: [Pulse 1.5 V for 10 us; Hold 0.6 V for 1 ms; Read]", "--record", "5000 samples",
                             "--out", "trace.csv"], "trace.csv.partial", lambda folder: whole(folder, "trace.csv", "trace.json"), "the trace so far"),
        "train": Command([*train, "--set", "total_steps=10000000"], "run/config.yaml", resumed_train, "the update under way, in a checkpoint"),
        "sweep": Command([*sweep, "--set", "total_steps=10000000", "--steps", "10000000"], "sweep/lambda-0.08-0.92/seed-1/config.yaml",
                         lambda folder: whole(folder, "sweep/lambda-sweep.csv", "sweep/lambda-0.08-0.92/seed-1/checkpoint.safetensors"),
                         "a checkpoint of every run"),
        "calibrate": Command(["calibrate", "--out", "fit.yaml"], "fit.state.json",
                             lambda folder: whole(folder, "fit.state.json"),
                             "the finished iterations"),
        "extract": Command(["extract", "--out", "new.yaml", "--tables", "tables"], None, nothing_new, "nothing half written"),
        "ensemble": Command(["ensemble", "--devices", "2000", "--spread", "area=5%", "--out", "ensemble"], None, nothing_new, "nothing half written"),
        "evaluate": Command(["pong", "evaluate", "--agent", agent, "--synapse", synapse, "--games", "500", "--out", "game.json"], None,
                            nothing_new, "nothing half written"),
        "reproduce": Command(["reproduce", "--out", "results"], "results/synapse.yaml", nothing_new, "whole files"),
    }


def whole(folder, *names):
    for name in names:
        if not (folder / name).exists():
            return f"{name} is not there"
        if problem := bench.whole(folder / name):
            return f"{name} {problem}"
    return ""


def nothing_new(folder):
    bad = [f"{p.name} {bench.whole(p)}" for p in folder.rglob("*") if p.is_file() and bench.whole(p)]
    return "; ".join(bad)


def resumed_train(folder):
    """The checkpoint has every update that the log has, and a resumed run goes on from there."""
    steps = int((folder / "run/log.csv").read_text().split("\n")[-2].split(",")[0])
    data = (folder / "run/checkpoint.safetensors").read_bytes()
    saved = int(json.loads(data[8:8 + int.from_bytes(data[:8], "little")])["__metadata__"]["agent_steps"])
    if saved != steps or steps < 64:
        return f"{steps} steps in the log, {saved} in the checkpoint"
    return whole(folder, "run/agent.safetensors")


def sessions(leader):
    """Processes of a session that are left, by their programs."""
    left = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split()
                if int(fields[3]) == leader and fields[0] != "Z":
                    left.append(Path(f"/proc/{entry}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:40])
            except OSError:
                pass
    return left


def one(command, name, folder, wait):
    """(exit code, last words, what is wrong)"""
    master, slave = pty.openpty()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for number in (0, 1):
            os.dup2(slave, number)
        # The screen is lost with the terminal: what is said there is kept beside.
        words = os.open(folder / "words.txt", os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(words, 2)
        os.closerange(3, 100)
        os.chdir(folder)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.execve(bench.PROGRAM, [str(bench.PROGRAM), *map(str, command.arguments)], bench.environment())
    os.close(slave)
    begun = time.monotonic()
    while command.sign and not (folder / command.sign).exists() and time.monotonic() - begun < 600:
        time.sleep(0.05)
    time.sleep(wait)
    if name == "SIGINT":
        os.write(master, b"\x03")
    elif name == "SIGTERM":
        os.killpg(pid, signal.SIGTERM)
    else:
        os.close(master)
    sent = time.monotonic()
    status = None
    while time.monotonic() - sent < 300:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            break
        if name != "SIGHUP":
            os.set_blocking(master, False)
            try:
                os.read(master, 1 << 16)
            except OSError:
                pass
        time.sleep(0.02)
    else:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        return "none", 300.0, "", "did not end"
    seconds = time.monotonic() - sent
    if name != "SIGHUP":
        os.close(master)
    time.sleep(0.5)
    wrong = []
    if left := sessions(pid):
        wrong.append(f"left running: {left}")
    words = (folder / "words.txt").read_text().strip().split("\n")[-1][-110:]
    (folder / "words.txt").unlink()
    got = os.waitstatus_to_exitcode(status)
    if got != SIGNALS[name]:
        wrong.append(f"code {got}")
    if found := bench.litter(folder):
        wrong.append(f"litter: {found}")
    try:
        if command.after and (problem := command.after(folder)):
            wrong.append(problem)
    except (OSError, ValueError, IndexError) as problem:
        wrong.append(repr(problem))
    return got, seconds, words, "; ".join(wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="commands, separated by commas")
    parser.add_argument("--wait", type=float, default=2, help="seconds of work before the signal")
    parser.add_argument("--program", type=Path, default=bench.PROGRAM)
    arguments = parser.parse_args()
    bench.PROGRAM = arguments.program.resolve()
    top = Path(tempfile.mkdtemp(prefix="signals-"))
    failed = 0
    table = commands(bench.GoodFiles(top))
    print("| command | signal | exit code | after | last words | as asked |\n| --- | --- | ---: | ---: | --- | --- |")
    for command in arguments.only.split(",") if arguments.only else table:
        for name in SIGNALS:
            folder = top / f"{command}-{name}"
            folder.mkdir()
            got, seconds, words, wrong = one(table[command], name, folder, arguments.wait)
            failed += bool(wrong)
            print(f"| {command} | {name} | {got} | {seconds:.1f} s | {words.strip()} | {wrong or 'yes: ' + table[command].promise} |", flush=True)
    if not failed:
        shutil.rmtree(top, ignore_errors=True)
    print(f"{'FAIL' if failed else 'PASS'}: {failed} rows not as asked")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
