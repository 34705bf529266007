"""Kernels compiled by numba, kept on the disk for the next process."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled(**options: Any) -> Callable[[Kernel], Kernel]:
    """Compile a kernel that runs without the interpreter's lock.

    Args:
        options: of `numba.njit`.
    """

    def decorate(kernel: Kernel) -> Kernel:
        always = {"nogil": True, **options}
        try:
            return cast(Kernel, numba.njit(cache=True, **always)(kernel))
        except RuntimeError:
            # Neither the source folder nor the user's cache folder is writable.
            return cast(Kernel, numba.njit(**always)(kernel))

    return decorate
