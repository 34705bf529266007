"""Objectives by name.

To add one, write a module that maps :class:`~inphase.objectives.clips.ClipEmbeddings` to a scalar
and register it::

    @register_objective("mine")
    class Mine(nn.Module): ...
"""

import inspect
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor

from inphase.errors import ConfigError, hint
from inphase.objectives.clips import ClipEmbeddings


class Objective(Protocol):
    """What training needs of an objective, besides being an ``nn.Module``."""

    def __call__(self, clips: ClipEmbeddings, generator: torch.Generator | None = None) -> Tensor:
        """Loss of a batch, a scalar."""

    def collapsed_loss(self, clips: ClipEmbeddings) -> float:
        """Value of the loss if every frame had the same embedding."""


Builder = TypeVar("Builder", bound=Callable[..., Objective])

_BUILDERS: dict[str, Callable[..., Objective]] = {}


def register_objective(name: str) -> Callable[[Builder], Builder]:
    """Decorate a class so that ``create_objective(name, **options)`` builds it.

    Raises:
        ConfigError: the name is taken.
    """

    def register(builder: Builder) -> Builder:
        if name in _BUILDERS:
            raise ConfigError(f"An objective named `{name}` is registered already.")
        _BUILDERS[name] = builder
        return builder

    return register


def list_objectives() -> list[str]:
    """Names that :func:`create_objective` takes, sorted."""
    return sorted(_BUILDERS)


def create_objective(name: str, **options: Any) -> Objective:
    """Build an objective.

    Args:
        name: one of :func:`list_objectives`.
        **options: the arguments of its class.

    Raises:
        ConfigError: no such objective, no such option of it, or an option's value is wrong.
    """
    if name not in _BUILDERS:
        raise ConfigError(f"There is no objective `{name}`; {hint(name, list_objectives())}")
    valid = list(inspect.signature(_BUILDERS[name]).parameters)
    for option in options:
        if option not in valid:
            raise ConfigError(
                f"The objective `{name}` has no option `{option}`; {hint(option, valid)}"
            )
    try:
        return _BUILDERS[name](**options)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"The objective `{name}` cannot be built: {error}") from error
