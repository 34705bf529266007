"""Say which matches look unreliable, and what helps."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from inphase.cli.options import console

if TYPE_CHECKING:
    from inphase.applications.verdict import Verdict

Strict = Annotated[
    bool, typer.Option("--strict", help="Exit with code 1 if a match looks unreliable.")
]

# What helps, for the verbs to choose from.
LOOK = "Look at the videos side by side with `inphase view`."
CORRECT = (
    "Correct a few matches in `inphase view` and give the file that it saves with --alignment."
)
CORRECT_ELSEWHERE = (
    "Correct a few matches in `inphase view`; `inphase synchronize` and `transfer` keep to them "
    "with --alignment."
)
SUBJECT = "If several people are in the picture, --subject chooses whom to follow."
SUBJECT_OF_REFERENCE = (
    "If several people are in the reference, --subject chooses whom to follow there."
)


def say_verdict(verdicts: "Sequence[Verdict]", *, strict: bool, helps: Sequence[str]) -> int:
    """Name the matches that look unreliable; the exit code is 1 if there are any and `strict`.

    Args:
        verdicts: on all matches.
        strict: whether an unreliable match is an error.
        helps: sentences that say what to do.
    """
    from inphase.applications.verdict import unreliable

    told = unreliable(verdicts)
    if not told:
        return 0
    warnings = console()
    what, _, which = told.partition(": ")
    warnings.print(f"[yellow]{what}:[/yellow]", end=" ")
    warnings.print(which, markup=False, highlight=False, soft_wrap=True)
    warnings.print(" ".join(helps), highlight=False)
    return int(strict)
