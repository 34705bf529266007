"""OpenVINO, loaded once for each process."""

from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def core() -> Any:
    """The `openvino.Core` that compiles every network.

    One that is no longer used unloads its libraries, while other threads may still be in them.
    """
    import openvino

    return openvino.Core()
