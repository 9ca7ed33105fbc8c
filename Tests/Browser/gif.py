"""gif.py GIF EXPECTED: Chromium's decoder finds the pictures that were drawn.

EXPECTED is JSON: {"scale": s, "pictures": [{"sha256": of the screen's R, G, B, "ms": how long it stays}, ...]}.
"""

import base64
import hashlib
import json
import pathlib
import sys
import tempfile

from harness import check, page

DECODE = """async ([text, width, height, scale]) => {
    const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
    const decoder = new ImageDecoder({data: bytes, type: "image/gif"});
    await decoder.tracks.ready;
    const out = [];
    for (let k = 0; k < decoder.tracks.selectedTrack.frameCount; k++) {
        const {image} = await decoder.decode({frameIndex: k});
        const canvas = new OffscreenCanvas(image.displayWidth, image.displayHeight);
        const context = canvas.getContext("2d");
        context.drawImage(image, 0, 0);
        const data = context.getImageData(0, 0, width * scale, height * scale).data;
        let text = "";
        for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
            const at = 4 * scale * (y * width * scale + x);
            text += String.fromCharCode(data[at], data[at + 1], data[at + 2]);
        }
        out.push({ms: image.duration / 1000, screen: btoa(text)});
        image.close();
    }
    return out;
}"""


def main(path, expected):
    expected = json.loads(pathlib.Path(expected).read_text())
    with tempfile.TemporaryDirectory() as folder:
        empty = pathlib.Path(folder) / "empty.html"
        empty.write_text("<!DOCTYPE html><title>decoder</title>")
        with page(empty) as tab:
            text = base64.b64encode(pathlib.Path(path).read_bytes()).decode()
            found = tab.evaluate(DECODE, [text, 160, 210, expected["scale"]])
    check(len(found) == len(expected["pictures"]), f"{len(found)} pictures, not {len(expected['pictures'])}")
    for k, (one, other) in enumerate(zip(found, expected["pictures"])):
        digest = hashlib.sha256(base64.b64decode(one["screen"])).hexdigest()
        check(digest == other["sha256"], f"picture {k} shows another screen")
        check(abs(one["ms"] - other["ms"]) < 1, f"picture {k} stays {one['ms']} ms, not {other['ms']}")


main(*sys.argv[1:])
