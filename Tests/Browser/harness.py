"""Opens this program's pages in Chromium, for tests.

    with harness.page("results/report.html") as page:     # or an address: http://127.0.0.1:8080/
        page.locator("button").click()

Leaving the block fails when the page wrote an error or a warning to its console, threw, or asked for anything from elsewhere. Chromium
is the one that TAUSONITE_CHROMIUM names, else Debian's; Playwright is in .venv (`make setup` installs both).
"""

import contextlib
import os
import pathlib
import shutil
import sys

MISSING = 77  # exit code: Chromium or Playwright is not there


def chromium():
    """Path of the browser, or None."""
    given = os.environ.get("TAUSONITE_CHROMIUM")
    return given or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def missing():
    """What is missing to open a page, in a few words; empty where nothing is."""
    if chromium() is None:
        return "Chromium (Debian package chromium)"
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return f"Playwright in {sys.executable} (pip package playwright)"
    return ""


@contextlib.contextmanager
def page(address, width=1280, height=900, dark=False, timeout=120):
    """Opens a file or an address; gives Playwright's page."""
    if lack := missing():
        print(f"{lack} is missing: make setup", file=sys.stderr)
        sys.exit(MISSING)
    from playwright.sync_api import sync_playwright

    if "://" not in str(address):
        address = pathlib.Path(address).resolve().as_uri()
    home = address if address.startswith("file:") else "/".join(address.split("/")[:3])
    problems = []
    with sync_playwright() as playwright:
        # Tests run as root in containers, where the sandbox cannot be had; the pages are our own.
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
        )
        context.set_default_timeout(1000 * timeout)
        tab = context.new_page()
        tab.on("console", lambda m: m.type in ("error", "warning") and problems.append(f"console {m.type}: {m.text}"))
        tab.on("pageerror", lambda error: problems.append(f"error: {error}"))
        tab.on(
            "request",
            lambda r: r.url.startswith((home, "data:", "blob:")) or problems.append(f"asked for {r.url[:200]}"),
        )
        tab.goto(address)
        try:
            yield tab
        finally:
            shots = os.environ.get("TAUSONITE_TEST_SCREENSHOTS")
            if shots:
                pathlib.Path(shots).mkdir(parents=True, exist_ok=True)
                name = pathlib.Path(sys.argv[0]).stem + ("-dark" if dark else "") + f"-{width}.png"
                tab.screenshot(path=pathlib.Path(shots) / name)
            browser.close()
    if problems:
        sys.exit("\n".join(problems))


def until(tab, expression, seconds=30):
    """Waits until a JavaScript expression is true; by asking again, as Playwright's own waiting needs what a page's policy forbids."""
    for _ in range(20 * seconds):
        if tab.evaluate(expression):
            return
        tab.wait_for_timeout(50)
    sys.exit(f"never true: {expression}")


def check(holds, words):
    """Ends the test with these words where something does not hold."""
    if not holds:
        sys.exit(words)


if __name__ == "__main__":
    if lack := missing():
        print(lack)
        sys.exit(MISSING)
