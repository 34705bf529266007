"""The tables of an evaluation and of a comparison for a paper: Markdown, and LaTeX (booktabs)."""

import math
from collections.abc import Sequence
from pathlib import Path

from inphase.atomic import write_text
from inphase.evaluation.comparison import Comparison
from inphase.evaluation.report.tables import beside, interval, label, number
from inphase.evaluation.result import MODEL, Evaluation

Rows = Sequence[Sequence[str]]
_SPECIAL = {
    "\\": r"\textbackslash{}",
    **{one: "\\" + one for one in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "τ": r"$\tau$",
    "²": r"$^2$",
    "−": "$-$",
    "–": "--",
}


def md(result: Comparison, path: Path) -> None:
    """Write a comparison in Markdown."""
    notes = "".join(f"\n{told}\n" for told in result.warnings)
    write_text(path, markdown(*comparison_paper(result)) + notes)


def tex(result: Comparison, path: Path) -> None:
    """Write a comparison in LaTeX; warnings are comments."""
    notes = "".join(f"% {told}\n" for told in result.warnings)
    write_text(path, notes + latex(*comparison_paper(result)))


def score_paper(evaluation: Evaluation) -> tuple[list[str], Rows]:
    """Headings and cells: the model's scores and intervals, beside the other methods."""
    others = beside(evaluation)
    headings = ["score", MODEL, "95 %", *others]
    rows = [
        [
            label(figures),
            number(figures),
            interval(figures),
            *(number(evaluation.figures[name].get(key)) for name in others),
        ]
        for key, figures in evaluation.figures[MODEL].items()
    ]
    return headings, rows


def comparison_paper(comparison: Comparison) -> tuple[list[str], Rows]:
    """Headings and cells: a row per score and run, with the difference to the first run."""
    headings = ["score", "run", "value", "difference", "95 %", "p", "p (Holm)"]
    rows = []
    for score in comparison.scores:
        title = score.title + (f" ({score.unit})" if score.unit else "")
        rows.append([title, comparison.runs[0], _decimals(score.values[0]), "", "", "", ""])
        for run, value, told, p in zip(
            comparison.runs[1:], score.values[1:], score.differences, score.p_holm, strict=True
        ):
            known = math.isfinite(told.low)
            limits = f"{_decimals(told.low)} to {_decimals(told.high)}" if known else "–"
            cells = [_decimals(value), _decimals(told.difference, "+"), limits]
            rows.append([title, run, *cells, _decimals(told.p), _decimals(p)])
    return headings, rows


def markdown(headings: Sequence[str], rows: Rows) -> str:
    """A table in Markdown; all columns but the first are aligned to the right."""
    rule = ["---", *["---:"] * (len(headings) - 1)]
    cells = ([cell.replace("|", r"\|") for cell in row] for row in (headings, rule, *rows))
    return "".join(f"| {' | '.join(row)} |\n" for row in cells)


def latex(headings: Sequence[str], rows: Rows) -> str:
    """A table in LaTeX, which needs the package booktabs."""
    lines = [_line(row) for row in rows]
    columns = "l" + "r" * (len(headings) - 1)
    return "\n".join(
        [
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            _line(headings),
            r"\midrule",
            *lines,
            r"\bottomrule",
            r"\end{tabular}",
            "",
        ]
    )


def _line(cells: Sequence[str]) -> str:
    told = ("".join(_SPECIAL.get(one, one) for one in cell) for cell in cells)
    return " & ".join(told) + r" \\"


def _decimals(value: float, sign: str = "") -> str:
    return f"{value:{sign}.3f}".replace("-", "−") if math.isfinite(value) else "–"
