"""Write a result's plain values as JSON, or its table as CSV."""

from pathlib import Path

from inphase.atomic import write_csv, write_json
from inphase.results.result import Result


def json(result: Result, path: Path) -> None:
    """Write `to_dict()`."""
    write_json(path, result.to_dict(), indent=result.json_indent)


def csv(result: Result, path: Path) -> None:
    """Write `table()`."""
    write_csv(path, *result.table())
