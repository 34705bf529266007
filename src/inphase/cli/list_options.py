"""What all verbs share: options that take several words, such as a shell's expansion of `*.mp4`."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from typer.core import TyperCommand

from inphase.cli.inputs import check_arguments
from inphase.errors import ConfigError

# An option takes several words if its metavar ends with this.
SEVERAL = "..."
_LARGEST = 10**9


# Names that people try first, for options of verbs that have no option of that name.
_OTHER_NAMES = {
    "--from": "--sources",
    "--out": "--output",
    "--ref": "--reference",
    "--demos": "--demonstrations",
    "--slowmo": "--slow",
    "--slow-mo": "--slow",
    "--slow-motion": "--slow",
    "--start": "--from",
    "--end": "--to",
    "--freeze": "--hold",
    "--pause": "--hold",
    "--rate": "--speed",
    "--ratio": "--aspect",
    "--mark": "--at",
    "--event": "--at",
}
# The same with a value, for options that people take for switches.
_SWITCHES = {
    **{
        f"{start}{layout}": ("--layout", layout)
        for start in ("--", "--layout-")
        for layout in ("grid", "row", "column", "overlay", "swipe", "difference")
    },
    "--side-by-side": ("--layout", "row"),
    "--wipe": ("--layout", "swipe"),
    "--diff": ("--layout", "difference"),
    "--portrait": ("--aspect", "9:16"),
    "--square": ("--aspect", "1:1"),
    "--zoom": ("--crop", "subject"),
}


class Command(TyperCommand):
    """A verb whose options with a metavar like `VIDEOS...` take several words."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Repeat such an option before each further word."""
        args = self._by_their_names(args)
        lists = {
            name
            for option in self.params
            if (option.metavar or "").endswith(SEVERAL)
            for name in option.opts
            if name.startswith("-")
        }
        spread: list[str] = []
        taker, is_first = "", False
        for index, word in enumerate(args):
            if word == "--":
                return super().parse_args(ctx, [*spread, *args[index:]])
            if word.startswith("-"):
                name, joined, _ = word.partition("=")
                taker, is_first = name if name in lists else "", not joined
            elif taker and not is_first:
                spread.append(taker)
            else:
                is_first = False
            spread.append(word)
        return super().parse_args(ctx, spread)

    def invoke(self, ctx: Any) -> Any:
        """Run the verb, unless an output would replace what the line names."""
        _check_numbers(self.params, ctx.params)
        check_arguments(str(ctx.info_name), ctx.params)
        return super().invoke(ctx)

    def _by_their_names(self, args: list[str]) -> list[str]:
        known = {name for option in self.params for name in option.opts}
        named: list[str] = []
        for index, word in enumerate(args):
            if word == "--":
                return [*named, *args[index:]]
            name, joined, value = word.partition("=")
            other = _OTHER_NAMES.get(name, name)
            option, chosen = _SWITCHES.get(word, ("", ""))
            if name not in known and other in known:
                named.append(other + joined + value)
            elif word not in known and option in known:
                named += [option, chosen]
            else:
                named.append(word)
        return named


def _check_numbers(options: Iterable[Any], values: Mapping[str, Any]) -> None:
    """Refuse what is no number: bounds of an option let it pass."""
    for option in options:
        given = values.get(option.name)
        for value in given if isinstance(given, list) else (given,):
            if isinstance(value, float) and not math.isfinite(value):
                raise ConfigError(f"{option.opts[0]} must be a number, not {value}.")
            if isinstance(value, (int, float)) and abs(value) > _LARGEST:
                raise ConfigError(f"{option.opts[0]} may be at most {_LARGEST}.")
