"""What the documents show runs."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("page", ["Docs/python.md", "Python/README.md"])
def test_code_of_the_page_runs(page, tmp_path, monkeypatch, capsys):
    text = (ROOT / page).read_text()
    monkeypatch.chdir(tmp_path)
    for name in ("pulses.csv", "decays.csv", "reads.csv"):
        (tmp_path / name).write_text((ROOT / "Docs/examples/own-data" / name).read_text())
    blocks = re.findall(r"```python\n(.*?)```\n(?:\n    (.*?)\n\n)?", text, re.DOTALL)
    assert blocks
    space = {"__name__": "page"}
    for number, (code, _) in enumerate(blocks):
        exec(compile(code, f"{page}, block {number + 1}", "exec"), space)
    shown = [line for _, lines in blocks for line in lines.split("\n    ") if line]
    printed = capsys.readouterr().out.splitlines()
    for line in shown:
        assert line in printed, f"{page} shows {line!r}, printed was {printed}"


@pytest.mark.parametrize("notebook", sorted(path.name for path in (ROOT / "Docs/notebooks").glob("*.ipynb")))
def test_notebooks_run(notebook):
    pytest.importorskip("matplotlib")
    import notebooks

    differences = notebooks.compare(ROOT / "Docs/notebooks" / notebook)
    assert not differences, "\n".join(differences)


def test_there_are_two_notebooks():
    assert len(list((ROOT / "Docs/notebooks").glob("*.ipynb"))) == 2
