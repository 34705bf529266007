"""ResNet-50 to conv4c: Table 1, a twin written from the paper, torchvision's weight files."""

import hashlib
import http.client
import io
import pickle
import urllib.error
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest
import safetensors.torch
import torch
import torch.nn.functional as F
from torch import Tensor

from inphase.errors import ModelError
from inphase.models import create_base_network, resnet
from inphase.models.resnet import ResNet50, load_resnet50

State = dict[str, Tensor]
_BLOCKS = {1: 3, 2: 4, 3: 6, 4: 3}  # of torchvision's whole ResNet-50
_CONV4C_BLOCKS = {1: 3, 2: 4, 3: 3}


def _torchvision_state() -> State:
    """Names and shapes of torchvision's resnet50, with random values up to conv4c."""
    state: State = {}
    generator = torch.Generator().manual_seed(0)

    def conv(name: str, outputs: int, inputs: int, kernel: int) -> None:
        shape = (outputs, inputs, kernel, kernel)
        state[f"{name}.weight"] = torch.randn(shape, generator=generator) / (inputs**0.5 * kernel)

    def norm(name: str, channels: int) -> None:
        for part in ("weight", "bias", "running_mean", "running_var"):
            state[f"{name}.{part}"] = torch.rand(channels, generator=generator) + 0.5
        state[f"{name}.num_batches_tracked"] = torch.tensor(7)

    conv("conv1", 64, 3, 7)
    norm("bn1", 64)
    inputs = 64
    for layer, blocks in _BLOCKS.items():
        width = 32 * 2**layer
        for block in range(blocks):
            at = f"layer{layer}.{block}"
            for part, sizes in enumerate(
                [(inputs, width, 1), (width, width, 3), (width, 4 * width, 1)]
            ):
                conv(f"{at}.conv{part + 1}", sizes[1], sizes[0], sizes[2])
                norm(f"{at}.bn{part + 1}", sizes[1])
            if block == 0:
                conv(f"{at}.downsample.0", 4 * width, inputs, 1)
                norm(f"{at}.downsample.1", 4 * width)
            inputs = 4 * width
    state["fc.weight"], state["fc.bias"] = torch.zeros(1000, 2048), torch.zeros(1000)
    return state


@pytest.fixture(scope="module")
def state() -> State:
    """The made-up file's content; tests change copies of the dict, not its tensors."""
    return _torchvision_state()


@pytest.fixture(scope="module")
def file(state: State, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up file in torchvision's format."""
    path = tmp_path_factory.mktemp("weights") / "resnet50.pth"
    torch.save(state, path)
    return path


def _twin(state: State, images: Tensor) -> Tensor:
    """The network to conv4c, straight from the paper, with torchvision's names."""

    def norm(x: Tensor, name: str) -> Tensor:
        mean, var, weight, bias = (
            state[f"{name}.{part}"][:, None, None]
            for part in ("running_mean", "running_var", "weight", "bias")
        )
        return (x - mean) / (var + 1e-5).sqrt() * weight + bias

    def conv(x: Tensor, name: str, stride: int = 1) -> Tensor:
        weight = state[f"{name}.weight"]
        return F.conv2d(x, weight, stride=stride, padding=weight.shape[-1] // 2)

    x = F.relu(norm(conv(images, "conv1", 2), "bn1"))
    x = F.max_pool2d(x, 3, 2, 1)
    for layer in _CONV4C_BLOCKS:
        for block in range(_CONV4C_BLOCKS[layer]):
            at = f"layer{layer}.{block}"
            stride = 2 if block == 0 and layer > 1 else 1
            y = F.relu(norm(conv(x, f"{at}.conv1"), f"{at}.bn1"))
            y = F.relu(norm(conv(y, f"{at}.conv2", stride), f"{at}.bn2"))
            y = norm(conv(y, f"{at}.conv3"), f"{at}.bn3")
            if block == 0:
                x = norm(conv(x, f"{at}.downsample.0", stride), f"{at}.downsample.1")
            x = F.relu(x + y)
    return x


def test_output_size_after_every_layer_of_table_1() -> None:
    network = ResNet50().eval()
    sizes: dict[str, tuple[int, ...]] = {}
    network.bn1.register_forward_hook(
        lambda _m, _i, output: sizes.update(conv1=tuple(output.shape[1:]))
    )
    network.layer1.register_forward_pre_hook(
        lambda _m, inputs: sizes.update(pool1=tuple(inputs[0].shape[1:]))
    )
    for name in ("layer1", "layer2", "layer3"):
        for index, block in enumerate(network.get_submodule(name).children()):
            block.register_forward_hook(
                lambda _m, _i, output, at=f"{name}.{index}": sizes.update(
                    {at: tuple(output.shape[1:])}
                )
            )
    with torch.inference_mode():
        maps = network(torch.zeros(1, 3, 224, 224))
    assert sizes == {
        "conv1": (64, 112, 112),
        "pool1": (64, 56, 56),
        **{f"layer1.{i}": (256, 56, 56) for i in range(3)},
        **{f"layer2.{i}": (512, 28, 28) for i in range(4)},
        **{f"layer3.{i}": (1024, 14, 14) for i in range(3)},
    }
    assert maps.shape == (1, 1024, 14, 14)


def test_parameter_count_by_hand() -> None:
    def block(inputs: int, width: int, *, first: bool) -> int:
        convs = inputs * width + 9 * width**2 + width * 4 * width
        norms = 2 * (width + width + 4 * width)
        shortcut = inputs * 4 * width + 2 * 4 * width if first else 0
        return convs + norms + shortcut

    by_hand = (
        7 * 7 * 3 * 64 + 2 * 64
        + block(64, 64, first=True) + 2 * block(256, 64, first=False)
        + block(256, 128, first=True) + 3 * block(512, 128, first=False)
        + block(512, 256, first=True) + 2 * block(1024, 256, first=False)
    )  # fmt: skip
    assert sum(parameter.numel() for parameter in ResNet50().parameters()) == by_hand


def test_the_made_up_file_is_a_whole_resnet50(state: State) -> None:
    learned = [t for name, t in state.items() if not name.endswith(("_mean", "_var", "_tracked"))]
    assert sum(t.numel() for t in learned) == 25_557_032  # as torchvision documents it


def test_a_torchvision_file_gives_the_maps_of_its_network(state: State, file: Path) -> None:
    images = torch.randn(2, 3, 64, 96, generator=torch.Generator().manual_seed(1))
    base = create_base_network("resnet50", weights=file).eval()
    with torch.inference_mode():
        wanted, got = _twin(state, images), base(images)
    assert got.shape == (2, 1024, 4, 6)
    torch.testing.assert_close(got, wanted, rtol=1e-3, atol=1e-3 * wanted.abs().max().item())


def test_a_safetensors_file_loads_likewise(state: State, tmp_path: Path) -> None:
    path = tmp_path / "resnet50.safetensors"
    names = ResNet50().state_dict().keys()
    safetensors.torch.save_file({name: state[name] for name in names}, path)
    loaded = load_resnet50(path).state_dict()
    assert all(torch.equal(loaded[name], state[name]) for name in loaded)


def test_a_file_older_than_step_counters_loads(state: State, tmp_path: Path) -> None:
    path = tmp_path / "old.pth"
    torch.save({k: v for k, v in state.items() if not k.endswith("num_batches_tracked")}, path)
    loaded = load_resnet50(path).state_dict()
    assert torch.equal(loaded["layer3.2.conv3.weight"], state["layer3.2.conv3.weight"])


def _resnet18(state: State) -> State:
    return {k: v for k, v in state.items() if ".conv3" not in k and ".bn3" not in k}


def _resnet101(state: State) -> State:
    return state | {"layer3.6.conv1.weight": torch.zeros(256, 1024, 1, 1)}


def _wide(state: State) -> State:
    return state | {"layer1.0.conv1.weight": torch.zeros(128, 64, 1, 1)}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_resnet18, r"`layer1\.0\.bn3\.bias` is missing"),
        (_resnet101, r"`layer3\.6\.conv1\.weight` does not belong"),
        (_wide, r"`layer1\.0\.conv1\.weight` has shape \(128, 64, 1, 1\) instead of \(64, 64"),
        (lambda state: {"state_dict": state}, "something other than named tensors"),
        (lambda state: dict(enumerate(state.values())), "something other than named tensors"),
        (lambda state: list(state.values()), "something other than named tensors"),
    ],
)
def test_another_networks_file_is_refused(
    change: Callable[[State], object], sentence: str, state: State, tmp_path: Path
) -> None:
    path = tmp_path / "other.pth"
    # The values do not matter for names and shapes; expanded zeros take no space on disk.
    torch.save(change({k: v.new_zeros(()).expand(v.shape) for k, v in state.items()}), path)
    with pytest.raises(ModelError, match=sentence) as raised:
        load_resnet50(path)
    assert str(path) in str(raised.value)


class _Trap:
    """Unpickling it writes a file."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return Path.write_text, (self.mark, "ran")


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_code_in_a_weights_file_is_not_run(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    (tmp_path / "trap.pth").write_bytes(pickle.dumps({"conv1.weight": _Trap(mark)}))
    torch.save({"conv1.weight": _Trap(mark)}, tmp_path / "trap2.pth")
    for name in ("trap.pth", "trap2.pth"):
        with pytest.raises(ModelError, match="plain weights"):
            load_resnet50(tmp_path / name)
    assert not mark.exists()


@pytest.mark.parametrize("name", ["text.pth", "text.safetensors"])
def test_a_file_that_is_no_weights_is_one_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("not weights")
    with pytest.raises(ModelError, match=name):
        load_resnet50(tmp_path / name)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"absent\.pth does not exist"):
        load_resnet50(tmp_path / "absent.pth")


class _Server:
    """Stands in for the network."""

    def __init__(self, answer: bytes | Exception, cut: Exception | None = None) -> None:
        self.answer, self.cut, self.asked = answer, cut, 0

    def __call__(self, url: str, *, timeout: float) -> io.BytesIO:
        assert url == resnet.WEIGHTS_URL
        assert timeout > 0
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        response = io.BytesIO(self.answer)
        if self.cut:
            response.read = self._cut  # type: ignore[method-assign, assignment]
        return response

    def _cut(self) -> bytes:
        assert self.cut is not None
        raise self.cut


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty cache folder instead of the user's."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda _name: str(folder))
    return folder


def test_weights_are_downloaded_once(
    file: Path, state: State, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    monkeypatch.setattr(resnet, "WEIGHTS_URL", f"https://example.org/resnet50-{digest[:8]}.pth")
    server = _Server(content)
    monkeypatch.setattr("urllib.request.urlopen", server)
    for _ in range(2):
        loaded = load_resnet50().state_dict()
        assert torch.equal(loaded["conv1.weight"], state["conv1.weight"])
    assert server.asked == 1
    assert [path.name for path in cache.rglob("*") if path.is_file()] == [
        f"resnet50-{digest[:8]}.pth"
    ]


@pytest.mark.parametrize(
    ("server", "sentence"),
    [
        (
            _Server(urllib.error.URLError("Name or service not known")),
            "cannot be downloaded from .*Name or service not known.*"
            "without a network, set `weights`",
        ),
        (_Server(TimeoutError("timed out")), "cannot be downloaded from .*timed out"),
        (
            _Server(b"", http.client.IncompleteRead(b"abc", 97)),
            r"cannot be downloaded from .*IncompleteRead\(3 bytes read, 97 more expected\)",
        ),
        (_Server(b"<html>Log in to the hotel's network</html>"), "sha256 does not begin with"),
    ],
)
def test_a_failed_download_is_one_sentence_and_leaves_nothing(
    server: _Server, sentence: str, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("urllib.request.urlopen", server)
    with pytest.raises(ModelError, match=sentence):
        create_base_network("resnet50")
    assert server.asked == 1
    assert not [path for path in cache.rglob("*") if path.is_file()]
