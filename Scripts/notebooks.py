#!/usr/bin/env python3
"""Runs the code cells of the notebooks in Docs/notebooks and compares what they print with what the files show; exit code 1 where they differ.

    python3 Scripts/notebooks.py                compare
    python3 Scripts/notebooks.py --renew        put today's output and figures into the files

Needs the package (pip install results/wheel/tausonite-*.whl) and matplotlib; no Jupyter. Cells run in order, in one name space, in a folder of
their own beside a link to Docs/examples. Figures are counted, not compared.
"""
import ast, base64, contextlib, io, json, os, sys, tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "Docs" / "notebooks"


def figures():
    """The open figures as PNG, closed afterwards."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    for number in pyplot.get_fignums() if pyplot else []:
        data = io.BytesIO()
        pyplot.figure(number).savefig(data, format="png", dpi=80, bbox_inches="tight", metadata={"Software": None})
        yield base64.b64encode(data.getvalue()).decode()
    if pyplot:
        pyplot.close("all")


def run_cell(source, name, space):
    """Outputs of a cell in the form of the file: what it prints, the value of its last line, its figures."""
    tree = ast.parse(source, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed, outputs, value = io.StringIO(), [], None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, name, "exec"), space)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), name, "eval"), space)
    if printed.getvalue():
        outputs.append({"name": "stdout", "output_type": "stream", "text": printed.getvalue().splitlines(keepends=True)})
    drawn = list(figures())
    if value is not None and not drawn:
        text = repr(value).splitlines(keepends=True)
        outputs.append({"data": {"text/plain": text}, "execution_count": None, "metadata": {}, "output_type": "execute_result"})
    for image in drawn:
        outputs.append({"data": {"image/png": image}, "metadata": {}, "output_type": "display_data"})
    return outputs


def run(path):
    """The notebook with fresh outputs."""
    import matplotlib

    matplotlib.use("agg")
    notebook = json.loads(path.read_text())
    space, before, count = {"__name__": "__main__"}, os.getcwd(), 0
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(f"{folder}/notebooks")
        os.symlink(ROOT / "Docs" / "examples", f"{folder}/examples")
        os.chdir(f"{folder}/notebooks")
        try:
            for number, cell in enumerate(notebook["cells"]):
                if cell["cell_type"] != "code":
                    continue
                count += 1
                cell["outputs"] = run_cell("".join(cell["source"]), f"{path.name}, cell {number}", space)
                cell["execution_count"] = count
                for output in cell["outputs"]:
                    if "execution_count" in output:
                        output["execution_count"] = count
        finally:
            os.chdir(before)
    return notebook


def shown(cell):
    """The words of a cell's outputs, and how many figures it has."""
    texts = [line for output in cell.get("outputs", []) for line in output.get("text", output.get("data", {}).get("text/plain", []))]
    return "".join(texts), sum("image/png" in output.get("data", {}) for output in cell.get("outputs", []))


def compare(path):
    """What differs between the file and a run of it, in words."""
    old, new = json.loads(path.read_text()), run(path)
    differences = []
    for number, (before, now) in enumerate(zip(old["cells"], new["cells"], strict=True)):
        if shown(before) != shown(now):
            (text, count), (fresh, drawn) = shown(before), shown(now)
            differences.append(f"{path.name}, cell {number}: shows {count} figures and\n{text}\nbut gives {drawn} and\n{fresh}")
    return differences


def main():
    paths = sorted(FOLDER.glob("*.ipynb"))
    if sys.argv[1:] == ["--renew"]:
        for path in paths:
            path.write_text(json.dumps(run(path), indent=1, ensure_ascii=False) + "\n")
            print(f"renewed {path.name}")
        return 0
    if sys.argv[1:]:
        sys.exit(__doc__)
    differences = [text for path in paths for text in compare(path)]
    print("\n".join(differences) or f"{len(paths)} notebooks give what they show")
    return bool(differences)


if __name__ == "__main__":
    sys.exit(main())
