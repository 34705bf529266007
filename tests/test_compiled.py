"""Compiled kernels must run wherever they can or cannot be cached."""

from collections.abc import Callable
from typing import Any

import numba
import pytest

from inphase.compiled import compiled


def test_without_any_writable_folder_kernels_are_compiled_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = numba.njit

    def njit(*, cache: bool = False, **options: Any) -> Callable[..., Any]:
        if cache:
            # What numba raises in a read-only installation of a user without a home.
            raise RuntimeError("cannot cache function: no locator available for file")
        return real(**options)  # type: ignore[no-any-return]

    monkeypatch.setattr(numba, "njit", njit)
    assert compiled()(lambda x: x + 1)(2) == 3
