"""``import inphase`` is light, and offers the verbs a person looks for."""

import subprocess
import sys

import pytest

import inphase

HEAVY = ("torch", "av", "openvino", "numba", "scipy", "sklearn", "pyarrow", "numpy", "PIL")


def test_importing_loads_nothing_heavy() -> None:
    program = f"import inphase, sys; print([m for m in {HEAVY} if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert loaded.stdout.decode().strip() == "[]"


def test_asking_for_help_loads_no_torch() -> None:
    program = """
import sys
from inphase.cli import run
code = run(["train", "--help"])
assert code == 0 and "torch" not in sys.modules and "av" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)


@pytest.mark.parametrize("name", [name for name in inphase.__all__ if name != "__version__"])
def test_every_verb_is_there(name: str) -> None:
    assert callable(getattr(inphase, name))
    assert name in dir(inphase)


def test_anything_else_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="sing"):
        inphase.sing  # noqa: B018
