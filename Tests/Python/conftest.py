"""What the tests of the Python package share: the command line beside it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import tausonite

# Whoever runs the tests may have blocked or ignored Ctrl-C (a test runner does); one of them presses it.
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parents[2]
# Empty PATH: the program is named by its path, and needs nothing else.
PROGRAM = os.environ.get("TAUSONITE_PROGRAM", str(ROOT / ".build" / "release" / "tausonite"))
sys.path.insert(0, str(ROOT / "Scripts"))


class CommandLine:
    """Runs the program in a folder."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, *arguments, code=0):
        ran = subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True)
        assert ran.returncode == code, ran.stderr
        return ran

    def error(self, *arguments, code=2):
        """The message of an error, without the place that a function's argument has not."""
        text = self(*arguments, code=code).stderr.strip().splitlines()[-1]
        assert text.startswith("error: ")
        return text.removeprefix("error: ").removeprefix("command line: ")


@pytest.fixture
def command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return CommandLine(tmp_path)


@pytest.fixture(scope="session")
def device():
    return tausonite.Device.load("set P")


@pytest.fixture(scope="session")
def synapse(device):
    return device.extract(streams=False)
