"""The inference engine: on the CPU, a frozen network runs in OpenVINO, which is faster than torch.

OpenVINO reads the torch module directly, and computes in the precision that the processor is built
for: bfloat16 where there are instructions for it, otherwise float32. In float32 it differs from
torch by a few millionths of the largest value. In bfloat16 the embeddings differ by some 5 % of
their spread, which changes neither alignments nor the scores of a model, also if the two are mixed
(docs/studies/speed.md): caches, stores and models made with one are valid for the other.
Without OpenVINO, on a GPU, or for a network that it cannot run, torch does the work.
"""

import copy
import importlib.util
import logging
import warnings
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

from inphase.models.openvino_core import core

M = TypeVar("M", bound=nn.Module)

_log = logging.getLogger(__name__)

# How far OpenVINO may differ from torch, in root mean square, as a share of torch's: in float32,
# and in less.
_TOLERANCE, _REDUCED_TOLERANCE = 1e-4, 0.1
# Whether to compute in less than float32 where the processor is built for it.
_REDUCED = True
_FLOAT32 = {"INFERENCE_PRECISION_HINT": "f32"}
_PRECISIONS = {"f32": "float32", "bf16": "bfloat16", "f16": "float16"}


class FrozenNetwork(Generic[M]):
    """A module for inference, compiled on its first call.

    It copies the weights: after further training, make a new one.

    Args:
        module: takes one tensor `(n, ...)` and returns one.
        for_torch: speeds up the module if OpenVINO does not run it.
    """

    def __init__(self, module: M, *, for_torch: Callable[[M], nn.Module] | None = None) -> None:
        self._module: M = copy.deepcopy(module).eval().requires_grad_(False)
        self._for_torch = for_torch
        self._run: Callable[[Tensor], Tensor] | None = None
        self.engine = ""
        """What runs it, `openvino` or `torch`; empty before the first call."""
        self.precision = ""
        """In what: `float32`, `bfloat16` or `float16`; empty before the first call."""

    def __call__(self, batch: Tensor) -> Tensor:
        """The module's output for a batch of any size."""
        with torch.inference_mode():
            if self._run is None:
                self._run = self._compiled(batch)
            return self._run(batch)

    def _compiled(self, batch: Tensor) -> Callable[[Tensor], Tensor]:
        is_cpu = next(iter(self._module.parameters()), batch).device.type == "cpu"
        if is_cpu and importlib.util.find_spec("openvino") is not None:
            try:
                run, self.precision = _in_openvino(self._module, batch[:1])
            except Exception as error:  # its converter raises whatever an operation raises
                _log.info("OpenVINO cannot run this network, so torch does: %s", error)
            else:
                self.engine = "openvino"
                return run
        self.engine, self.precision = "torch", "float32"
        return self._for_torch(self._module) if self._for_torch is not None else self._module


def openvino_graph(module: nn.Module, example: Tensor) -> Any:
    """The `openvino.Model` of a module that takes one tensor, of any number along its first axis.

    Raises:
        Exception: OpenVINO does not know one of its operations.
    """
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    # Not with `convert_model`, which reports its use over the network.
    frontend = FrontEndManager().load_by_framework("pytorch")
    with warnings.catch_warnings():
        # Sizes become constants, which is fine here: all frames have the same size.
        warnings.simplefilter("ignore")
        decoder = TorchScriptPythonDecoder(module, example_input=example)
    graph = frontend.convert(frontend.load(decoder))
    graph.reshape([-1, *example.shape[1:]])
    return graph


def _in_openvino(module: nn.Module, example: Tensor) -> tuple[Callable[[Tensor], Tensor], str]:
    """The module compiled by OpenVINO, and its precision; the result is checked against torch's.

    Raises:
        ValueError: the results differ.
    """
    graph = openvino_graph(module, example)
    settings = {"INFERENCE_NUM_THREADS": torch.get_num_threads(), "NUM_STREAMS": 1}
    wanted = module(example)
    # Without a hint, it computes in what is fastest on this processor.
    for hint in ({}, _FLOAT32) if _REDUCED else (_FLOAT32,):
        compiled = core().compile_model(graph, "CPU", {**settings, **hint})
        kind = compiled.get_property("INFERENCE_PRECISION_HINT").to_string()
        run = _runs(compiled.create_infer_request())
        allowed = _TOLERANCE if kind == "f32" else _REDUCED_TOLERANCE
        if bool((run(example) - wanted).norm() <= allowed * wanted.norm().clamp(min=1e-6)):
            return run, _PRECISIONS.get(kind, kind)
    raise ValueError("the results differ")


def _runs(request: Any) -> Callable[[Tensor], Tensor]:
    def run(batch: Tensor) -> Tensor:
        (output,) = request.infer([batch.contiguous().numpy()], share_inputs=True).values()
        return torch.from_numpy(output.copy())

    return run
