"""Tables for papers."""

from pathlib import Path

from inphase.evaluation import Evaluation
from inphase.evaluation.report.paper import latex, markdown, score_paper


def test_special_characters_are_escaped() -> None:
    rows = [["a_b & 50 % {x}", "~^\\#$"], ["τ-b, R²", "−0.5"]]
    told = latex(["score", "95 %"], rows)
    assert r"a\_b \& 50 \% \{x\} & \textasciitilde{}\textasciicircum{}\textbackslash{}\#\$" in told
    assert r"$\tau$-b, R$^2$ & $-$0.5 \\" in told
    assert markdown(["a"], [["x|y"]]) == "| a |\n| --- |\n| x\\|y |\n"


def test_the_scores_are_a_table_beside_the_csv(evaluation: Evaluation, tmp_path: Path) -> None:
    evaluation.save(tmp_path)
    headings, rows = score_paper(evaluation)
    assert headings[:3] == ["score", "model", "95 %"]
    assert {"frozen video", "trimmed start", "time-stretching"} <= set(headings)
    assert len(rows) == len(evaluation.scores)
    assert f"{evaluation['tau_b']:.3f}" in (tmp_path / "scores.md").read_text()
    told = (tmp_path / "scores.tex").read_text()
    assert told.count(r"\\") == 1 + len(rows)
    assert told.isascii()
