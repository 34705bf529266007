"""The command line: one module a verb; parse, call, print, no logic."""

import sys

import typer

from inphase.cli.app import VERBOSE, app
from inphase.errors import InphaseError

EXIT_OK, EXIT_SKIPPED, EXIT_WRONG = 0, 1, 2


def main(arguments: list[str] | None = None) -> None:
    """Run ``inphase``; leaves with 0, with 1 if inputs were skipped, with 2 on a wrong input."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; a mistake is one line on standard error."""
    # Belongs to the whole command, but people add it at the end.
    verbose = [argument for argument in arguments if argument in VERBOSE]
    arguments = verbose[:1] + [argument for argument in arguments if argument not in VERBOSE]
    try:
        result = app(arguments, standalone_mode=False, prog_name="inphase")
    except InphaseError as error:
        return _say(str(error))
    except typer.TyperException as error:
        possible = getattr(error, "possibilities", None)
        message = str(error.message)
        if possible:
            message += f" Did you mean {sorted(possible)[0]}?"
        return _say(message or error.format_message())
    except typer.Exit as error:
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        print("inphase: stopped; the same command goes on from here.", file=sys.stderr)
        return 130
    return result if isinstance(result, int) else EXIT_OK


def _say(message: str) -> int:
    print(f"inphase: {' '.join(message.split())}", file=sys.stderr)
    return EXIT_WRONG
