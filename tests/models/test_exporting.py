"""An exported network gives the encoder's embeddings, in the engines that others use."""

from pathlib import Path

import numpy as np
import openvino
import pytest
import torch
from numpy.typing import NDArray

from inphase.errors import ModelError, OutputError
from inphase.models import Embedder, Encoder, EncoderConfig, export
from inphase.models.openvino_core import core

SMALL = {"pretrained": False, "image_size": 64, "conv_width": 4, "fc_width": 4, "train_base": "all"}


def _encoder(**options: object) -> Encoder:
    return Encoder(EncoderConfig(**{**SMALL, "embedding_size": 3, **options}), seed=1).eval()


def _frames(encoder: Encoder, count: int) -> torch.Tensor:
    size = (count, encoder.config.context_frames, 64, 64, 3)
    return torch.randint(0, 256, size, dtype=torch.uint8)


def _wanted(encoder: Encoder, frames: torch.Tensor) -> NDArray[np.float32]:
    with torch.inference_mode():
        wanted: NDArray[np.float32] = encoder(frames).numpy()
    return wanted


def _agrees(got: NDArray[np.float32], wanted: NDArray[np.float32]) -> bool:
    return bool(np.abs(got - wanted).max() <= 1e-3 * np.abs(wanted).max())


@pytest.mark.parametrize(
    "options",
    [
        {"base_network": "efficientnet_lite0"},
        {"base_network": "resnet50"},
        {"base_network": "vgg_m"},
        {
            "base_network": "vgg_m",
            "subtract_background": True,
            "coordinates": True,
            "pool": 2,
            "context_frames": 5,
        },
        {"base_network": "vgg_m", "embedder": "none", "embedding_size": 1024},
    ],
    ids=lambda options: "-".join(map(str, options.values())),
)
def test_openvino_gives_the_same_embeddings(options: dict[str, object], tmp_path: Path) -> None:
    encoder = _encoder(**options)
    export(encoder, tmp_path / "model.xml")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.bin", "model.xml"]
    graph = core().read_model(tmp_path / "model.xml")
    run = core().compile_model(graph, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    for count in (1, 4):
        frames = _frames(encoder, count)
        got = run({"frames": frames.numpy()})["embeddings"]
        assert _agrees(got, _wanted(encoder, frames))
    told = graph.get_rt_info(["inphase", "context_seconds"]).astype(str)
    assert "0" in told


def test_onnx_runtime_and_torch_give_the_same_embeddings(tmp_path: Path) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    encoder = _encoder(
        base_network="vgg_m",
        context_frames=3,
        centred_context=True,
        context_gap=0.3,
        smoothing=0.08,
    )
    export(encoder, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    (taken,), (given,) = session.get_inputs(), session.get_outputs()
    assert (taken.name, taken.type, taken.shape[1:]) == ("frames", "tensor(uint8)", [3, 64, 64, 3])
    assert (given.name, given.shape[1:]) == ("embeddings", [3])
    about = session.get_modelmeta().custom_metadata_map
    assert "-0.3, +0, +0.3" in about["inphase.context_seconds"]
    assert "0.08 s" in about["inphase.smoothing"]
    assert about["inphase.fingerprint"] == encoder.fingerprint
    export(encoder, tmp_path / "model.pt2")
    program = torch.export.load(tmp_path / "model.pt2").module()
    for count in (1, 4):
        frames = _frames(encoder, count)
        wanted = _wanted(encoder, frames)
        assert _agrees(session.run(None, {"frames": frames.numpy()})[0], wanted)
        assert _agrees(program(frames).numpy(), wanted)


def test_what_cannot_be_one_network_is_told(tmp_path: Path) -> None:
    poses = Encoder(EncoderConfig(base_network="blazepose", conv_width=4, fc_width=4))
    with pytest.raises(ModelError, match="poses cannot be one network"):
        export(poses, tmp_path / "model.onnx")
    with pytest.raises(OutputError, match=r"must end in one of \.onnx, \.xml, \.pt2"):
        export(_encoder(base_network="vgg_m"), tmp_path / "model.tflite")
    assert list(tmp_path.iterdir()) == []


def test_a_transformer_over_whole_videos_is_not_exported(tmp_path: Path) -> None:
    whole = _encoder(embedder="transformer", transformer_width=8, attention_heads=2)
    with pytest.raises(ModelError, match="transformer over whole videos cannot be exported"):
        export(whole, tmp_path / "model.xml")


def test_a_file_that_gives_other_embeddings_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = _encoder(base_network="vgg_m")
    save = openvino.save_model

    def wrong(_graph: object, path: Path, **options: object) -> None:
        from inphase.models.engine import openvino_graph
        from inphase.models.exporting import ExportedNetwork

        doubled = ExportedNetwork(encoder)
        with torch.no_grad():
            embedder = doubled.maps.encoder.embedder
            assert isinstance(embedder, Embedder)
            embedder.embedding.weight.mul_(2)
        save(openvino_graph(doubled, _frames(encoder, 3)), path, **options)

    monkeypatch.setattr("openvino.save_model", wrong)
    with pytest.raises(ModelError, match="other embeddings"):
        export(encoder, tmp_path / "model.xml")
    assert list(tmp_path.iterdir()) == []
