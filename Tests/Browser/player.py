"""player.py PAGE EXPECTED: the player of a filmed game does what its buttons say.

EXPECTED is JSON: {"steps": n, "shots": [{"step": k, "sha256": of the screen's R, G, B, "score": "3 : 7", "weight": "1.25"}, ...]}.
"""

import base64
import hashlib
import json
import pathlib
import sys

from harness import check, page, until

PIXELS = """canvas => {
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", {willReadFrequently: true});
    copy.drawImage(canvas, 0, 0);
    const data = copy.getImageData(0, 0, canvas.width, canvas.height).data;
    let text = "";
    for (let k = 0; k < data.length; k += 4) text += String.fromCharCode(data[k], data[k + 1], data[k + 2]);
    return btoa(text);
}"""


def main(path, expected):
    expected = json.loads(pathlib.Path(expected).read_text())
    with page(path) as tab:
        film = tab.locator(".film")
        tab.wait_for_selector(".film[data-state]")
        check(film.get_attribute("data-state") == "ready", f"not ready: {film.inner_text()}")

        def scrub(step):
            tab.locator(".film-slider").evaluate(
                "(slider, step) => { slider.value = step; slider.dispatchEvent(new Event('input')); }", step
            )
            check(film.get_attribute("data-step") == str(step), f"scrubbed to {step}: {film.get_attribute('data-step')}")

        def picture(name):
            return base64.b64decode(tab.locator(name).evaluate(PIXELS))

        # Every way round: forwards, backwards, over the whole game. The screens are those of the film, to the pixel.
        shots = expected["shots"]
        for shot in shots + shots[::-1] + shots[::2] + shots[1::2]:
            scrub(shot["step"])
            found = hashlib.sha256(picture(".film-screen")).hexdigest()
            check(found == shot["sha256"], f"step {shot['step']} shows another screen")
            score = tab.locator(".film-score").inner_text().replace("\n", " ")
            check(shot["score"] in score, f"step {shot['step']}: {score} and not {shot['score']}")
            title = tab.locator(".film-title").first.inner_text()
            check(shot["weight"] in title.replace("\u2212", "-"), f"step {shot['step']}: {title} and not {shot['weight']}")
        # Scrubbing redraws all four drawings.
        scrub(0)
        before = {name: picture(name) for name in (".film-screen", ".film-curve >> nth=0", ".film-low", ".film-map")}
        scrub(shots[-1]["step"])
        for name, old in before.items():
            check(picture(name) != old, f"{name} stayed as it was")
        # Play goes on by itself, pause holds.
        scrub(0)
        tab.locator(".film-speed").select_option("4")
        tab.locator(".film-play").click()
        until(tab, "Number(document.querySelector('.film').dataset.step) > 3")
        tab.locator(".film-play").click()
        held = film.get_attribute("data-step")
        tab.wait_for_timeout(300)
        check(film.get_attribute("data-step") == held, "goes on after pause")
        # To the end, where it stops.
        scrub(expected["steps"] - 3)
        tab.locator(".film-play").click()
        until(tab, f"document.querySelector('.film').dataset.step === '{expected['steps'] - 1}'")
        tab.wait_for_selector(".film[data-playing=false]")
        # Buttons to the points.
        scrub(0)
        tab.get_by_text("point ▶").click()
        check(film.get_attribute("data-step") != "0", "the next point is not found")
        tab.locator(".film-map").hover(position={"x": 3, "y": 3})
        check(tab.locator(".film-under").inner_text().startswith("unit 0"), "the map does not name its units")
        scrub(shots[-1]["step"])
    for size, dark in ((1280, True), (480, False)):
        with page(path, width=size, dark=dark) as tab:
            tab.wait_for_selector(".film[data-state=ready]")
            wide = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            check(wide <= 0, f"the page is {wide} pixels wider than a window of {size}")


main(*sys.argv[1:])
