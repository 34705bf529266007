"""Objectives by name.

To add one, write a subclass of `Objective` and register it::

    @register_objective("mine")
    class Mine(Objective): ...

A package of its own offers it by an entry point of the group `inphase.objectives`.
"""

import inspect
import math
from collections.abc import Callable
from typing import Any, TypeVar

from inphase.errors import ConfigError, hint
from inphase.objectives.objective import Objective
from inphase.outside import load_entry_point, load_named, outside_names

Builder = TypeVar("Builder", bound=Callable[..., Objective])

_BUILDERS: dict[str, Callable[..., Objective]] = {}
_LARGEST = {int: 100_000, float: 1e6}
GROUP = "inphase.objectives"
"""Entry points with which other packages offer objectives."""
GIVEN = ("embedding_size", "phases")
"""Arguments of the objectives' classes that the encoder and the videos set, not the user."""


def register_objective(name: str) -> Callable[[Builder], Builder]:
    """Decorate a class so that `create_objective(name, **options)` builds it.

    Raises:
        ConfigError: the name is already taken.
    """

    def register(builder: Builder) -> Builder:
        if name in _BUILDERS:
            raise ConfigError(f"An objective named `{name}` is already registered.")
        _BUILDERS[name] = builder
        return builder

    return register


def list_objectives() -> list[str]:
    """Names that `create_objective` accepts, sorted; those of installed packages too."""
    return sorted({*_BUILDERS, *outside_names(GROUP)})


def use_objective(reference: str) -> str:
    """Import an objective's class from `package.module:Name` and register it by its name.

    Returns:
        `Name`, for `create_objective`.

    Raises:
        ConfigError: it cannot be imported, is no objective, or another one has that name.
    """
    name = reference.partition(":")[2]
    _offer(name, load_named(reference), reference)
    return name


def create_objective(
    name: str, *, embedding_size: int = 128, phases: int = 2, **options: Any
) -> Objective:
    """Build an objective.

    Args:
        name: one of `list_objectives`.
        embedding_size: dims of the embeddings, for objectives with their own classifier.
        phases: number of phases in the videos, for objectives that use them.
        **options: the other arguments of its class.

    Raises:
        ConfigError: there is no such objective or option, or an option's value is invalid.
    """
    if name not in _BUILDERS and (found := load_entry_point(GROUP, name)) is not None:
        _offer(name, found, f"the entry point `{name}`")
    if name not in _BUILDERS:
        raise ConfigError(
            f"There is no objective `{name}`; {hint(name, list_objectives())} One of your own is "
            "named on the command line: --objective package.module:Name."
        )
    known = inspect.signature(_BUILDERS[name]).parameters
    valid = [option for option in known if option not in GIVEN]
    for option in options:
        if option not in valid:
            told = hint(option, valid) if valid else "it takes none."
            raise ConfigError(f"The objective `{name}` has no option `{option}`; {told}")
        _check_number(name, option, options[option])
    given = {"embedding_size": embedding_size, "phases": phases}
    try:
        return _BUILDERS[name](**options, **{k: v for k, v in given.items() if k in known})
    except (TypeError, ValueError) as error:
        raise ConfigError(f"The objective `{name}` cannot be built: {error}") from error


def _offer(name: str, found: Any, source: str) -> None:
    """Register what came from another package, which may have registered it itself."""
    if not (isinstance(found, type) and issubclass(found, Objective)):
        raise ConfigError(f"{source} is no objective: it must be a subclass of Objective.")
    if _BUILDERS.setdefault(name, found) is not found:
        raise ConfigError(f"An objective named `{name}` is already registered; rename {source}.")


def _check_number(name: str, option: str, value: Any) -> None:
    """Refuse numbers that would take days or terabytes, or that are none."""
    largest = _LARGEST.get(type(value))
    if largest is not None and not abs(value) <= largest:
        what = "a finite number" if isinstance(value, float) and not math.isfinite(value) else ""
        raise ConfigError(
            f"The objective `{name}`: `{option}` must be {what or f'at most {largest:g}'}, not "
            f"{value}."
        )
