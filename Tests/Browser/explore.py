"""explore.py PAGE AMPLITUDE WIDTH_US BIAS DF_NS TAU_S: sliders move what is shown, runs can be overlaid, and the synapse computes as it should."""

import sys

from harness import check, page

address, *numbers = sys.argv[1:]
amplitude, width, bias, expected_step, expected_tau = map(float, numbers)


def put(tab, name, value):
    """Moves a slider, as a hand does: the value, then the event."""
    tab.locator(f"#{name}").evaluate(
        "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input', {bubbles: true})); }", str(value)
    )


with page(address) as tab:
    tab.wait_for_selector("body[data-ready=yes]")
    if tab.locator("#moment").count():
        last = int(tab.locator("#moment").get_attribute("max"))
        check(last > 10, f"only {last} moments")
        curve = tab.locator("#vacancies path[stroke]").first
        place = tab.locator("#readings [data-run='0'][data-value=t]")
        put(tab, "moment", 0)
        before, time = curve.get_attribute("d"), place.inner_text()
        check(before.count("L") > 10, "the profile has no points")
        put(tab, "moment", last // 2)
        check(curve.get_attribute("d") != before and place.inner_text() != time, "the slider moves nothing")
        # The keyboard moves it as well.
        middle = place.inner_text()
        tab.locator("#moment").focus()
        tab.keyboard.press("End")
        check(place.inner_text() != middle, "the keyboard moves nothing")
        tab.keyboard.press("ArrowLeft")
        check(int(tab.locator("#moment").input_value()) == last - 1, "the arrow key moves nothing")
        # Every quantity and both axes can be drawn, without a number that is none.
        for quantity in "VITG":
            tab.locator("#quantity").select_option(quantity)
            for axis in ("log", "linear"):
                tab.locator("#time-axis").select_option(axis)
                drawn = tab.locator("#course path[stroke]").first.get_attribute("d")
                check(drawn.count("L") > 10 and "NaN" not in drawn, f"{quantity} against {axis} time: {drawn[:60]}")
        rows = tab.locator("#runs input[name=run-b]")
        if rows.count() > 2:
            rows.nth(1).check()
            check(tab.locator("#band path[stroke]").count() == 4, "no second run in the band diagram")
            check(tab.locator("#readings tr").count() == 2, "no second row of readings")
        tab.locator("#play").click()
        tab.wait_for_timeout(300)
        check(int(tab.locator("#moment").input_value()) != last - 1, "it does not play")
        tab.locator("#play").click()
    if tab.locator("#amplitude").count():
        import math

        put(tab, "amplitude", amplitude)
        put(tab, "width", math.log(width))
        put(tab, "bias", bias)
        step = float(tab.locator("#dF").inner_text().split()[0])
        check(abs(step - expected_step) <= 2e-3 + 1e-3 * expected_step, f"dF is {step} nS, not {expected_step}")
        tau = tab.locator("#tau").inner_text().split()
        seconds = float(tau[0]) * {"s": 1, "ms": 1e-3}[tau[1]]
        check(abs(seconds - expected_tau) <= 2e-3 * expected_tau, f"tau is {seconds} s, not {expected_tau}")
        marker = tab.locator("#map circle").last.get_attribute("cx")
        # Away from the border of the map that it may stand at.
        isShorter = math.log(width) - 0.5 > float(tab.locator("#width").get_attribute("min"))
        put(tab, "width", math.log(width) + (-0.5 if isShorter else 0.5))
        check(tab.locator("#map circle").last.get_attribute("cx") != marker, "the mark on the map stays")
        other = float(tab.locator("#dF").inner_text().split()[0])
        check(other < step if isShorter else other > step, "a longer pulse is not a larger step")
        put(tab, "train", 2)
        check(tab.locator("#train-value").inner_text() == "2", "no trains")
    check("NaN" not in tab.content(), "NaN on the page")
