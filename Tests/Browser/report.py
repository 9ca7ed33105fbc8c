"""report.py PAGE: the report draws all its figures, and its player is ready."""

import sys

from harness import check, page

with page(sys.argv[1], timeout=120) as tab:
    tab.wait_for_selector("body[data-drawn=all]")
    empty = tab.locator(".plot:not(:has(svg))").evaluate_all("plots => plots.map(plot => plot.id)")
    check(not empty, f"not drawn: {empty}")
    if tab.locator(".film").count():
        tab.wait_for_selector(".film[data-state=ready]")
        before = tab.locator(".film-screen").evaluate("canvas => canvas.toDataURL()")
        tab.locator(".film-slider").focus()
        tab.keyboard.press("End")
        check(tab.locator(".film-screen").evaluate("canvas => canvas.toDataURL()") != before, "scrubbing changes nothing")
        tab.locator("#film").scroll_into_view_if_needed()
