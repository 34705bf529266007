"""Objectives and base networks of other packages, made here."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from inphase.data import Collection
from inphase.errors import ConfigError
from inphase.models import EncoderConfig, list_base_networks
from inphase.models.base_networks import create_base_network
from inphase.objectives import create_objective, list_objectives, registry, use_objective
from inphase.training import TrainingConfig, load_config, train

MODULE = """
import torch
from torch import nn
from inphase.models.base_networks import BaseNetwork
from inphase.objectives import Objective

class Still(Objective):
    '''Frames of one video should lie together: collapses, as a test may.'''

    def __init__(self, *, power: float = 2.0) -> None:
        super().__init__()
        self.power = power

    def forward(self, clips, generator=None):
        seen = clips.embeddings.masked_fill(~clips.mask[..., None], 0.0)
        return (seen - seen.mean(dim=1, keepdim=True)).abs().pow(self.power).mean()

    def collapsed_loss(self, clips):
        return 0.0

def stripes(*, pretrained, weights):
    network = nn.Conv2d(3, 4, 16, stride=16)
    half = (127.5, 127.5, 127.5)
    return BaseNetwork(network, out_channels=4, stride=16, mean=half, std=half)
"""
ENTRY_POINTS = """
[inphase.objectives]
still = {module}:Still
broken = {module}:Nothing
[inphase.base_networks]
stripes = {module}:stripes
"""


@pytest.fixture
def package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[str]:
    """An installed package; returns the name of its module."""
    module = f"outside_{abs(hash(request.node.name))}"
    site = tmp_path / "site"
    info = site / f"{module}-1.0.dist-info"
    info.mkdir(parents=True)
    (site / f"{module}.py").write_text(MODULE)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS.format(module=module))
    monkeypatch.syspath_prepend(str(site))
    before = dict(registry._BUILDERS)
    yield module
    registry._BUILDERS.clear()
    registry._BUILDERS.update(before)
    from inphase.models import base_networks

    base_networks._BUILDERS.pop("stripes", None)


def test_entry_points_are_listed_without_an_import_and_built(package: str) -> None:
    assert "still" in list_objectives()
    assert "stripes" in list_base_networks()
    assert package not in sys.modules
    assert vars(create_objective("still", power=1.0))["power"] == 1.0
    with pytest.raises(ConfigError, match="no option `pwer`; did you mean power"):
        create_objective("still", pwer=1.0)
    assert create_base_network("stripes").out_channels == 4
    with pytest.raises(ConfigError, match=r"`broken` .* cannot be imported: AttributeError"):
        create_objective("broken")


def test_a_class_is_named_on_the_command_line(package: str) -> None:
    config = load_config("quick", objective=f"tcc+{package}:Still:0.5")
    assert config.objectives == {"tcc": {"loss": "classification"}, "Still": {"weight": 0.5}}
    config = load_config(
        "quick", objective=f"{package}:Still", overrides=["objectives.Still.power=3"]
    )
    assert config.objectives == {"Still": {"power": 3}}


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("no_such_package.x:Mine", "cannot be imported: ModuleNotFoundError"),
        ("inphase.errors:printable", "must be a subclass of Objective"),
        ("inphase.errors:Missing", "cannot be imported: AttributeError"),
    ],
)
def test_what_cannot_be_imported_is_one_sentence(reference: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        use_objective(reference)
    assert "\n" not in str(caught.value)


def test_a_file_imports_nothing(package: str, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(f"objectives:\n  {package}:Still: {{}}\n")
    with pytest.raises(ConfigError, match="named on the command line"):
        load_config(file=file)
    assert package not in sys.modules


def test_a_model_is_used_where_the_package_is_missing(
    package: str, pouring: Collection, tiny: TrainingConfig, tmp_path: Path
) -> None:
    use_objective(f"{package}:Still")
    config = tiny.model_copy(update={"objectives": {"Still": {}}, "steps": 1, "augment": False})
    run = train(pouring, tmp_path / "run", config=config, cache=tmp_path / "cache")
    assert isinstance(run.encoder.config, EncoderConfig)
    program = (
        "import sys; from inphase.models import Encoder; Encoder.load(sys.argv[1]); "
        "print([name for name in sys.modules if name.startswith('outside_')])"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, str(run.model)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "[]"
