"""The notebooks run from top to bottom, and show what they say. Jupyter itself is not needed."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pandas", reason="the notebooks need the extra `pandas`")
EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def _run(name: str) -> list[Any]:
    """Run the cells in one namespace; return what each shows."""
    notebook = json.loads((EXAMPLES / name).read_text(encoding="utf-8"))
    names: dict[str, Any] = {"__name__": "__main__"}
    shown = []
    for number, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "code":
            continue
        assert cell["outputs"] == [], "outputs are not kept in the repository"
        body = ast.parse("".join(cell["source"]), filename=f"{name}, cell {number}")
        last = body.body.pop() if isinstance(body.body[-1], ast.Expr) else None
        exec(compile(body, name, "exec"), names)
        if isinstance(last, ast.Expr):
            shown.append(eval(compile(ast.Expression(last.value), name, "eval"), names))
    return shown


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_videos_are_synchronized() -> None:
    together, numbers, paths, *_ = _run("synchronize.ipynb")
    assert "<video" in together._repr_html_()
    assert len(numbers) == 3
    assert "<img" in paths._repr_html_()
    assert Path("together.mp4").is_file()
    assert Path("together.csv").is_file()


def test_labels_go_from_one_video_to_all() -> None:
    labels, errors, _, events = _run("labels.ipynb")
    assert "<th>event</th>" in labels._repr_html_()
    assert len(errors) == len(events) == 4
    assert errors.median() < 0.5
