"""Pictures for the documents, small enough to look at over a network.

    .venv/bin/python Scripts/pictures.py results/figures/reduction.png Docs/figures/reduction.png

Needs pillow (Scripts/setup.sh).
"""

import io
import pathlib
import sys

from PIL import Image

LIMIT = 150_000


def keep(picture, path, width=1300):
    """Writes a picture, at most so wide (pixels), with as many colours as fit below the limit."""
    if picture.width > width:
        picture = picture.resize((width, round(picture.height * width / picture.width)), Image.LANCZOS)
    for colours in (256, 128, 64, 32, 16):
        data = io.BytesIO()
        picture.convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(data, "PNG", optimize=True)
        if len(data.getvalue()) < LIMIT:
            break
    else:
        sys.exit(f"{path} stays above {LIMIT} bytes")
    pathlib.Path(path).write_bytes(data.getvalue())
    print(f"{path}: {len(data.getvalue()) // 1000} kB, {colours} colours")


if __name__ == "__main__":
    keep(Image.open(sys.argv[1]), sys.argv[2])
