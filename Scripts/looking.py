#!/usr/bin/env python3
"""Renews the figures of Docs/looking.md: runs its commands in a folder of their own and keeps what they draw, each below 150 kB.

    .venv/bin/python Scripts/looking.py [results/synapse.yaml]

The synapse is that of the export's tests unless one is given. Needs pillow and, for the picture of the explorer, Playwright and Chromium
(Scripts/setup.sh --tests).
"""

import io
import pathlib
import shlex
import subprocess
import sys
import tempfile

from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / ".build/release/tausonite"
LIMIT = 150_000
sys.path.insert(0, str(ROOT / "Tests/Browser"))


def keep(picture, name):
    """Writes a picture with as many colours as fit below the limit."""
    for colours in (256, 128, 64, 32):
        data = io.BytesIO()
        picture.convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(data, "PNG", optimize=True)
        if len(data.getvalue()) < LIMIT:
            break
    else:
        sys.exit(f"{name} stays above {LIMIT} bytes")
    (ROOT / "Docs/figures" / name).write_bytes(data.getvalue())
    print(f"Docs/figures/{name}: {len(data.getvalue()) // 1000} kB, {colours} colours")


def main():
    synapse = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "Tests/ExportTests/Fixtures/set-p/synapse.yaml")
    page = (ROOT / "Docs/looking.md").read_text(encoding="utf-8")
    commands = [line.strip() for line in page.splitlines() if line.startswith("    tausonite ")]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "Docs").symlink_to(ROOT / "Docs")
        (folder / "synapse.yaml").write_bytes(synapse.read_bytes())
        for command in commands:
            if not command.startswith("tausonite serve"):
                subprocess.run([PROGRAM, *shlex.split(command)[1:]], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        for piece in page.split("](figures/look-")[1:]:
            name = piece.split(")")[0]
            if (folder / name).exists():
                picture = Image.open(folder / name)
                keep(picture.resize((picture.width * 3 // 4, picture.height * 3 // 4), Image.LANCZOS), "look-" + name)
        import harness

        with harness.page(folder / "explore.html", width=1200, height=1100) as tab:
            tab.wait_for_selector("body[data-ready=yes]")
            tab.locator("input[name=run-b]").nth(1).check()
            tab.locator("#moment").evaluate(
                "(s) => { s.value = Math.round(0.6 * s.max); s.dispatchEvent(new Event('input', {bubbles: true})); }"
            )
            tab.locator("#inside").scroll_into_view_if_needed()
            shot = tab.locator("#inside").screenshot()
        keep(Image.open(io.BytesIO(shot)), "look-explore.png")


if __name__ == "__main__":
    main()
