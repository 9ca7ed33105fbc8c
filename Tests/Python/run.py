#!/usr/bin/env python3
"""Installs a wheel in a fresh virtual environment with an empty PATH and runs the tests of this folder there.

    python3 Tests/Python/run.py WHEEL PROGRAM [pytest's arguments]

The packages it depends on (cffi, numpy; for the tests pytest, pandas, matplotlib) come from the environment of this interpreter, so that no
network is needed; pip checks that the wheel asks for no others. Exit code: pytest's.
"""
import os, subprocess, sys, sysconfig, tempfile
from pathlib import Path


def main():
    wheel, program = (str(Path(name).resolve()) for name in sys.argv[1:3])
    tests = Path(__file__).resolve().parent
    with tempfile.TemporaryDirectory(prefix="tausonite-wheel-") as folder:
        surroundings = {"PATH": "", "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8", "TAUSONITE_PROGRAM": program,
                        "MPLBACKEND": "agg", "PYTHONDONTWRITEBYTECODE": "1"}

        def run(*command, **more):
            return subprocess.run(command, cwd=folder, env=surroundings, **more)

        def must(*command):
            ran = run(*command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if ran.returncode != 0:
                sys.exit(f"{' '.join(command)}: {ran.stdout}")

        fresh = Path(folder, "fresh")
        must(sys.executable, "-m", "venv", str(fresh))
        python = str(fresh / "bin" / "python")
        site = next(fresh.glob("lib/python*/site-packages"))
        (site / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
        must(python, "-m", "pip", "install", "--quiet", "--no-index", "--disable-pip-version-check", wheel)
        must(python, "-m", "pip", "check", "--disable-pip-version-check")
        must(python, "-c", f"import tausonite, pathlib; assert pathlib.Path(tausonite.__file__).is_relative_to({str(fresh)!r})")
        return run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tests), str(tests), *sys.argv[3:]).returncode


if __name__ == "__main__":
    sys.exit(main())
