"""Draws a filmed game as an animated GIF, or deflates its bytes for a page.

  film.py deflate BYTES OUT   zlib at its best
  film.py gif FOLDER          header.json, options.json and film (see PackedFilm.swift) to film.gif

Needs numpy and pillow. Lines "progress FRACTION DETAIL" on standard error say how far it is.
"""

import json
import pathlib
import struct
import sys
import zlib

INK, MUTED, HEAT, CLEAR = 0, 16, 32, 255  # palette: 16 steps from page to ink, to muted; 96 of the map; nothing
OTHERS = 128  # single colours from here on
STEPS = {"ramp": 16, "heat": 96}


def deflate(source, target):
    pathlib.Path(target).write_bytes(zlib.compress(pathlib.Path(source).read_bytes(), 9))


def rgb(text):
    return [int(text[i : i + 2], 16) for i in (1, 3, 5)]


def blend(stops, count):
    """`count` colours along the stops."""
    import numpy as np

    stops = np.array([rgb(stop) for stop in stops], float)
    at = np.linspace(0, len(stops) - 1, count)
    return np.stack([np.interp(at, range(len(stops)), stops[:, c]) for c in range(3)], 1).round().astype(int).tolist()


class Film:
    """The header and the sections of a film."""

    def __init__(self, folder):
        import numpy as np

        self.header = header = json.loads((folder / "header.json").read_text())
        block = (folder / "film").read_bytes()
        part, at = {}, 0
        for name, length in header["sections"]:
            part[name] = block[at : at + length]
            at += length
        steps, units = header["steps"], header["units"]
        self.steps, self.changes = steps, part["changes"]
        low, high = header["weight"]
        self.weight = low + (high - low) * np.frombuffer(part["weight"], "<u2") / 65535
        self.deltaF = header["deltaFStep"] * np.frombuffer(part["deltaF"], "<i2").astype(float)
        plastic = np.frombuffer(part["plastic"], np.uint8).reshape(units, steps)
        self.plastic = np.cumsum(plastic, 1, dtype=np.uint8).T

    def screens(self):
        """Every screen in turn: palette indices, [height][width], one array that changes."""
        import numpy as np

        header, data = self.header, self.changes
        screen = np.zeros(header["height"] * header["width"], np.uint8)
        at = 0

        def number():
            nonlocal at
            value = shift = 0
            while True:
                byte = data[at]
                at += 1
                value |= (byte & 127) << shift
                if byte < 128:
                    return value
                shift += 7

        for _ in range(self.steps):
            pixel = 0
            for _ in range(number()):
                pixel += number()
                end = pixel + number()
                screen[pixel:end] = data[at]
                at += 1
                pixel = end
            yield screen.reshape(header["height"], header["width"])


class Painter:
    """Pictures of palette indices: what stands still is drawn once, the rest over a copy of it."""

    def __init__(self, film, options):
        import numpy as np
        from PIL import ImageFont

        self.np, self.film, self.options = np, film, options
        theme = film.header["themes"]["light"]
        scale = options["scale"]
        self.left = film.header["width"] * scale, film.header["height"] * scale
        self.unit = scale / 2  # the panel is laid out for two pixels each, 320 high
        self.width, self.height = self.left[0] + round(330 * self.unit), self.left[1]
        colours = blend([theme["@page"], theme["@ink"]], 16) + blend([theme["@page"], theme["@muted"]], 16)
        colours += blend([theme[name] for name in ("@band", "@a1", "@a2", "@a3", "@a4")], STEPS["heat"])
        self.single = {}
        for name in ("@ours", "@second", "@grid", "@soft"):
            self.single[name] = len(colours)
            colours.append(rgb(theme[name]))
        self.screen_colour = np.zeros(256, np.uint8)
        for index, text in film.header["colours"].items():
            self.screen_colour[int(index)] = len(colours)
            colours.append(rgb(text))
        if len(colours) > CLEAR:
            sys.exit(f"the game has {len(film.header['colours'])} colours, more than a GIF holds beside the drawing's")
        self.palette = colours + [[0, 0, 0]] * (256 - len(colours))
        self.fonts = {size: ImageFont.load_default(round(size * self.unit)) for size in (12, 14, 26)}
        self.base = self.still()

    def at(self, *numbers):
        return [round(number * self.unit) for number in numbers]

    def text(self, picture, x, y, text, size=12, ramp=MUTED, anchor="la"):
        """Sets text with its anchor at x, y of the panel; smooth edges by the steps of a ramp."""
        from PIL import Image, ImageDraw

        np = self.np
        font = self.fonts[size]
        box = [int(v) for v in font.getbbox(text, anchor=anchor)]
        mask = Image.new("L", (box[2] - box[0] + 2, box[3] - box[1] + 2))
        ImageDraw.Draw(mask).text((-box[0], -box[1]), text, 255, font=font, anchor=anchor)
        x, y = self.at(x, y)
        x, y = x + self.left[0] + box[0], y + box[1]
        part = picture[y : y + mask.height, x : x + mask.width]
        steps = (np.asarray(mask)[: part.shape[0], : part.shape[1]].astype(int) * 15 + 127) // 255
        part[steps > 0] = (ramp + steps[steps > 0]).astype(np.uint8)

    def still(self):
        """Titles, axes and the grid."""
        np, film, options = self.np, self.film, self.options
        picture = np.zeros((self.height, self.width), np.uint8)
        shown = slice(options["from"], options["to"])
        self.text(picture, 20, 58, "G = W + F of the synapse with the largest dF", 12, INK)
        self.text(picture, 20, 168, "its dF", 12, INK)
        self.text(picture, 20, 268, "mean |F| of each unit (unitless)", 12, INK)
        weight, updates = film.weight[shown], film.deltaF[shown]
        reach = max(abs(updates).max(), film.header["deltaFStep"])
        low, high = weight.min(), weight.max()
        if high - low < 1e-6:
            low, high = low - 0.5, high + 0.5
        self.curves = [(82, 156, low, high), (192, 254, -reach, reach)]
        for top, bottom, low, high in self.curves:
            for value in (low, high) if low >= 0 or high <= 0 else (low, 0, high):
                y = bottom + (value - low) / (high - low) * (top - bottom)
                self.text(picture, 52, y, f"{value:.3g}", 12, MUTED, "rm")
                row, first, last = self.at(y, 58, 316)
                picture[row, self.left[0] + first : self.left[0] + last] = self.single["@grid"]
        size = film.header["units"]
        self.columns = max(1, int(np.ceil(size**0.5)))
        self.side = 108 / self.columns
        for k in range(100):
            y, x0, x1 = self.at(292 + k, 146, 158)
            colour = HEAT + round((1 - k / 99) * (STEPS["heat"] - 1))
            picture[y : y + max(1, round(self.unit) + 1), self.left[0] + x0 : self.left[0] + x1] = colour
        self.text(picture, 164, 293, f"{film.header['plasticMaximum']:.3g}", 12, MUTED, "lm")
        self.text(picture, 164, 391, "0", 12, MUTED, "lm")
        self.text(picture, 190, 330, f"framed: unit {film.header['unit']},", 12)
        self.text(picture, 190, 346, "that of the synapse", 12)
        return picture

    def begin(self):
        """A picture before the first step that is shown; curves grow in it."""
        self.growing = self.base.copy()
        self.last = None

    def grow(self, step):
        """Adds the step to both curves."""
        first, count = self.options["from"], self.options["to"] - self.options["from"]
        x0, x1 = self.at(58, 316)
        x = self.left[0] + x0 + round((step - first) / max(count - 1, 1) * (x1 - x0 - 1))
        thick = max(1, round(self.unit))

        def row(curve, value):
            top, bottom, low, high = curve
            return self.at(bottom + (value - low) / (high - low) * (top - bottom))[0]

        y = row(self.curves[0], self.film.weight[step])
        from_x, from_y = self.last or (x, y)
        # An upright stroke in each column between the last step and this one: steep parts stay whole.
        for column in range(min(from_x + 1, x), x + 1):
            ends = [from_y + (y - from_y) * min(max(k - from_x, 0) / max(x - from_x, 1), 1) for k in (column - 1, column)]
            a, b = (round(end) for end in sorted(ends if x > from_x else [from_y, y]))
            self.growing[a : b + thick, column] = self.single["@ours"]
        update = self.film.deltaF[step]
        if update != 0:
            a, b = sorted((row(self.curves[1], 0), row(self.curves[1], update)))
            self.growing[a : b + 1, x : x + thick] = self.single["@second"]
        self.last, self.cursor = (x, y), x

    def picture(self, step, screen, score):
        np, film = self.np, self.film
        picture = self.growing.copy()
        scale = self.options["scale"]
        picture[:, : self.left[0]] = np.kron(self.screen_colour[screen], np.ones((scale, scale), np.uint8))
        self.text(picture, 20, 14, f"{score[1]} : {score[0]}", 26, INK)
        seconds = step * film.header["frameSkip"] / film.header["framesPerSecond"]
        self.text(picture, 316, 16, "opponent : agent", 12, MUTED, "ra")
        self.text(picture, 316, 34, f"{int(seconds // 60)}:{seconds % 60:04.1f}, step {step + 1:,} of {film.steps:,}", 12, MUTED, "ra")
        for top, bottom, _, _ in self.curves:
            a, b = self.at(top, bottom)
            line = picture[a : b + 1, self.cursor]
            line[line == 0] = self.single["@soft"]
        values = film.plastic[step].astype(int) * (STEPS["heat"] - 1) // film.header["plasticLevels"]
        for unit, value in enumerate(values):
            x, y = 24 + unit % self.columns * self.side, 288 + unit // self.columns * self.side
            x0, x1, y0, y1 = self.at(x, x + self.side, y, y + self.side)
            box = picture[y0 : y1 - 1, self.left[0] + x0 : self.left[0] + x1 - 1]
            box[:] = HEAT + value
            if unit == film.header["unit"]:
                box[0, :] = box[-1, :] = INK + 15
                box[:, 0] = box[:, -1] = INK + 15
        return picture


def gif(folder):
    import numpy as np
    from PIL import GifImagePlugin, Image

    folder = pathlib.Path(folder)
    options = json.loads((folder / "options.json").read_text())
    film = Film(folder)
    painter = Painter(film, options)
    first, end, stride = options["from"], options["to"], options["stride"]
    wanted = sorted({*range(first, end, stride), end - 1})
    due = set(wanted)
    points = dict((step, 0) for step, _ in film.header["points"])
    for step, reward in film.header["points"]:
        points[step] += reward
    flat = [value for colour in painter.palette for value in colour]
    score = [0, 0]
    size, shown, before = 0, 0, None
    with open(folder / "film.gif", "wb") as out:

        def put(data):
            nonlocal size
            size += len(data)
            if size > options["limit"]:
                sys.exit(
                    f"it is above the limit of {options['limit'] / 1e6:g} MB after {shown} of {len(wanted)} pictures: "
                    "a later --from, an earlier --to, a higher --speed, a lower --rate or --scale, or a larger --limit"
                )
            out.write(data)

        put(b"GIF89a" + struct.pack("<HHBBB", painter.width, painter.height, 0xF7, 0, 0) + bytes(flat))
        put(b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")
        painter.begin()
        for step, screen in enumerate(film.screens()):
            if step >= end:
                break
            reward = points.get(step, 0)
            score[reward < 0] += abs(reward)
            if step < first:
                continue
            painter.grow(step)
            if step not in due:
                continue
            picture = painter.picture(step, screen, score)
            # Hundredths of a second, so that rounding never adds up; the last picture stays for two seconds.
            following = wanted[shown + 1] if shown + 1 < len(wanted) else end
            moments = [round(100 * options["seconds"] * (k - first)) for k in (step, following)]
            wait = 200 if shown == len(wanted) - 1 else max(2, moments[1] - moments[0])
            data, offset = picture, (0, 0)
            if before is not None:
                changed = picture != before
                rows, columns = changed.any(1).nonzero()[0], changed.any(0).nonzero()[0]
                if len(rows) == 0:
                    rows = columns = np.array([0])
                box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
                data = np.where(changed[box], picture[box], CLEAR).astype(np.uint8)
                offset = int(columns[0]), int(rows[0])
            image = Image.frombytes("P", data.shape[::-1], data.tobytes())
            parameters = {"duration": 10 * wait, "disposal": 1}
            if before is not None:
                parameters["transparency"] = CLEAR
            put(b"".join(GifImagePlugin.getdata(image, offset, **parameters)))
            before = picture
            shown += 1
            if shown % 10 == 0:
                print(f"progress {shown / len(wanted):.4f} picture {shown} of {len(wanted)}", file=sys.stderr, flush=True)
        put(b";")


if __name__ == "__main__":
    {"deflate": deflate, "gif": gif}[sys.argv[1]](*sys.argv[2:])
