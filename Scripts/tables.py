"""What the scripts that write tables of the documents share: the program's JSON, and a table between its marks."""

import json
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / ".build/release/tausonite"


def program(*arguments):
    """Standard output of the program; ends the script with the program's own words where it fails."""
    arguments = [str(a) for a in arguments]
    done = subprocess.run([PROGRAM, *arguments, "--quiet"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def run(*arguments):
    """The same as JSON."""
    return json.loads(program(*arguments, "--json"))


def put(page, name, lines):
    """The text of a page with `lines` between <!-- name --> and <!-- end -->."""
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.S)
    assert pattern.search(page), name
    return pattern.sub(lambda m: m.group(1) + "\n".join(lines) + "\n" + m.group(2), page)
