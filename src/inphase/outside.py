"""Extensions from other packages: by entry point, or by the name of a module and something in it.

Only the command line and the entry points of installed packages name what is imported here. A file
never does: a configuration or model folder may come from anybody.
"""

import importlib
from importlib.metadata import entry_points
from typing import Any

from inphase.errors import ConfigError


def outside_names(group: str) -> list[str]:
    """Names of the entry points of a group, sorted; nothing is imported."""
    return sorted({point.name for point in entry_points(group=group)})


def load_entry_point(group: str, name: str) -> Any:
    """What an installed package offers under this name; None if none does.

    Raises:
        ConfigError: it cannot be imported.
    """
    for point in entry_points(group=group, name=name):
        try:
            return point.load()
        except Exception as error:  # Foreign code may raise anything.
            raise _cannot(f"`{name}` ({point.value})", error) from error
    return None


def load_named(reference: str) -> Any:
    """What `package.module:Name` names.

    Raises:
        ConfigError: there is no such module or name, or the module cannot be imported.
    """
    module, _, name = reference.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except Exception as error:  # Foreign code may raise anything.
        raise _cannot(f"`{reference}`", error) from error


def _cannot(what: str, error: Exception) -> ConfigError:
    reason = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(".")
    return ConfigError(
        f"{what} cannot be imported: {reason}; install its package here, or name its folder in "
        "PYTHONPATH."
    )
