"""Network files, each run once before it gets its name."""

import contextlib
import importlib.util
import io
import logging
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from inphase.atomic import replacing
from inphase.errors import ModelError
from inphase.models.engine import openvino_graph
from inphase.models.exporting import INPUT, OUTPUT, Network, Run
from inphase.models.openvino_core import core

Check = Callable[[Run], None]


def xml(network: Network, path: Path, check: Check) -> None:
    """Write OpenVINO's IR: a graph, and a `.bin` with the weights beside it."""
    import openvino

    try:
        graph = openvino_graph(network.module, network.example)
    except Exception as error:  # its converter raises whatever an operation raises
        raise _cannot(path, error) from error
    graph.input(0).get_node().set_friendly_name(INPUT)
    graph.input(0).get_tensor().set_names({INPUT})
    graph.output(0).get_tensor().set_names({OUTPUT})
    for name, text in network.about.items():
        graph.set_rt_info(text, name.split("."))
    # The weights get their name first: without the graph they are of no use to anybody.
    with replacing(path) as beside, replacing(path.with_suffix(".bin")) as weights:
        openvino.save_model(graph, beside, compress_to_fp16=False)
        check(_in_openvino(beside))
        beside.with_suffix(".bin").replace(weights)


def onnx(network: Network, path: Path, check: Check) -> None:
    """Write ONNX; OpenVINO runs it for the check."""
    _needs("onnx", "onnxscript", path=path)
    with _quiet():
        program = torch.onnx.export(
            _exported(network, path),
            dynamo=True,
            input_names=[INPUT],
            output_names=[OUTPUT],
            verbose=False,
        )
    assert program is not None
    program.model.doc_string = "An inphase encoder: video frames to embeddings."
    program.model.producer_name = "inphase"
    program.model.metadata_props.update(network.about)
    with replacing(path) as beside:
        # Weights inside the file, up to ONNX's limit of 2 GB.
        program.save(beside, external_data=False)
        check(_in_openvino(beside))


def pt2(network: Network, path: Path, check: Check) -> None:
    """Write what `torch.export.load` reads."""
    program = _exported(network, path)
    check(lambda frames: program.module()(torch.from_numpy(frames)).numpy())
    with replacing(path) as beside:
        content = io.BytesIO()
        with _quiet():
            torch.export.save(program, content, extra_files=network.about)
        beside.write_bytes(content.getvalue())


def _exported(network: Network, path: Path) -> torch.export.ExportedProgram:
    frames = torch.export.Dim("n")
    try:
        with _quiet():
            return torch.export.export(
                network.module, (network.example,), dynamic_shapes=({0: frames},)
            )
    except Exception as error:  # whatever the tracing of an operation raises
        raise _cannot(path, error) from error


def _in_openvino(file: Path) -> Run:
    precision = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = core().compile_model(core().read_model(file), "CPU", precision)

    def run(frames: NDArray[np.uint8]) -> NDArray[np.float32]:
        result: NDArray[np.float32] = compiled([frames])[0]
        return result

    return run


def _needs(*packages: str, path: Path) -> None:
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing:
        raise ModelError(
            f"{path} needs {' and '.join(missing)}: `pip install inphase[export]`; "
            "a .xml for OpenVINO needs nothing more."
        )


def _cannot(path: Path, error: Exception) -> ModelError:
    reason = " ".join(str(error).split())[:200]
    return ModelError(f"{path} cannot be written: the base network does not convert ({reason}).")


@contextlib.contextmanager
def _quiet() -> Iterator[Any]:
    """Without the exporters' own warnings, which are of no use to the person who exports."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
