"""serve.py ADDRESS: the page runs the solver, shows its curves and its messages, and gives files."""

import sys

from harness import check, page, until

with page(sys.argv[1]) as tab:
    until(tab, "document.querySelector('#live').dataset.state === 'done'")
    vacancies = tab.locator("#vacancies path[stroke]").first
    first = vacancies.get_attribute("d")
    check(first.count("L") > 10, "no profile")
    # Another protocol, as one types it.
    tab.locator("#sentences").fill("Hold 0.6 V for 1 s\nPulse 3.5 V for 500 us\nHold 0.6 V for 10 s")
    until(tab, "document.querySelectorAll('#runs tr').length === 3 && document.querySelector('#live').dataset.state === 'done'")
    check(vacancies.get_attribute("d") != first, "the curves stay")
    check(tab.locator("#band path[stroke]").count() == 4, "the run before is not beside it")
    # A changed number, and what the solver says of a wrong one.
    tab.locator("#set").fill("platinum_barrier=0.8eV")
    until(tab, "document.querySelectorAll('#runs tr').length === 4 && document.querySelector('#live').dataset.state === 'done'")
    tab.locator("#set").fill("platinum_barier=0.8eV")
    until(tab, "document.querySelector('#live').dataset.state === 'failed'")
    said = tab.locator("#message").inner_text()
    check("platinum_barrier" in said, f"no help in: {said}")
    tab.locator("#set").fill("")
    tab.locator("#sentences").fill("Pulse 3 <b>V</b> for ages")
    until(tab, "document.querySelector('#message').textContent.includes('ages')")
    check(tab.locator("#message b").count() == 0, "a message is taken for elements")
    # A sentence that names a file is refused.
    tab.locator("#sentences").fill("Waveform /etc/passwd")
    until(tab, "document.querySelector('#message').textContent.includes('cannot be named')")
    tab.locator("#sentences").fill("Pulse 3 V for 100 us")
    until(tab, "document.querySelector('#live').dataset.state === 'done'")
    with tab.expect_download() as waiting:
        tab.locator("#downloads button", has_text="trace.csv").click()
    lines = open(waiting.value.path(), encoding="utf-8").read().splitlines()
    check(lines[0].startswith("time_s,voltage_V") and len(lines) > 20, f"the trace is {lines[:2]}")
    with tab.expect_download() as waiting:
        tab.locator("#downloads button", has_text="device.yaml").click()
    check("layers" in open(waiting.value.path(), encoding="utf-8").read(), "no device file")
