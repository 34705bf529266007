"""The plan of the house holds: imports go down only, and none goes round in a circle."""

import ast
import graphlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "inphase"
CONTRIBUTING = PACKAGE.parents[1] / "CONTRIBUTING.md"
# What every room may use. The package's own __init__ and __main__ offer what the rooms hold.
EVERYWHERE = {
    "atomic",
    "cache",
    "compiled",
    "errors",
    "interrupts",
    "lazy",
    "locks",
    "outside",
    "overwriting",
    "progress",
    "rooms",
    "settings",
    "strict_yaml",
    "__init__",
    "__main__",
}


def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path, known: set[str]) -> Iterator[str]:
    """The package's modules that a file imports, wherever in the file, for types alone too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            for name in node.names:
                inside = f"{node.module}.{name.name}"
                yield inside if inside in known else node.module


def allowed() -> dict[str, set[str]]:
    """CONTRIBUTING's table: for each room, the rooms that it may import."""
    rows = re.findall(r"^\| `(\S+)/` \|.*\| (.*) \|$", CONTRIBUTING.read_text(), re.MULTILINE)
    return {room: set(re.findall(r"`(\w+)`", rest)) for room, rest in rows}


def room(module: str) -> str:
    """The room that a module is in; `evaluation/metrics` is one of its own."""
    parts = module.split(".")[1:]
    if parts[:2] == ["evaluation", "metrics"]:
        return "evaluation/metrics"
    return parts[0] if parts else "__init__"


MODULES = modules()
IMPORTS = {name: set(imports(path, set(MODULES))) for name, path in MODULES.items()}


def test_the_table_names_every_room() -> None:
    rooms = {room(name) for name in MODULES} - EVERYWHERE
    assert set(allowed()) == rooms


@pytest.mark.parametrize("name", sorted(set(allowed())))
def test_imports_go_down_only(name: str) -> None:
    may = allowed()[name] | EVERYWHERE | {name}
    if "evaluation" in may:
        may.add("evaluation/metrics")
    up = sorted(
        f"{module} imports {other}"
        for module, others in IMPORTS.items()
        for other in others
        if room(module) == name and room(other) not in may and other != "inphase"
    )
    assert up == []


def test_no_import_goes_round_in_a_circle() -> None:
    # Raises CycleError, which names the circle.
    list(graphlib.TopologicalSorter(IMPORTS).static_order())


def test_what_every_room_uses_uses_no_room() -> None:
    shared = EVERYWHERE - {"__init__", "__main__"}
    for name in shared:
        assert {room(other) for other in IMPORTS[f"inphase.{name}"]} <= shared | {"__init__"}


def test_a_file_is_no_longer_than_a_reader_can_hold() -> None:
    long = {
        name: len(path.read_text(encoding="utf-8").splitlines())
        for name, path in MODULES.items()
        if room(name) in ("applications", "evaluation", "evaluation/metrics", "results")
    }
    assert {name: lines for name, lines in long.items() if lines > 350} == {}
