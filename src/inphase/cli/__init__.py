"""The command line: one module per verb; parse, call, print, no logic."""

import difflib
import io
import os
import sys

import typer

from inphase.cli.app import VERBOSE, app
from inphase.errors import InphaseError
from inphase.interrupts import noting_interrupts
from inphase.overwriting import protecting

EXIT_OK, EXIT_SKIPPED, EXIT_WRONG, EXIT_STOPPED = 0, 1, 2, 130


def main(arguments: list[str] | None = None) -> None:
    """Run `inphase`; exits with 0, with 1 if inputs were skipped, with 2 on bad input."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # As on standard error: no character of a file's name may end the work.
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; a mistake is one line on standard error."""
    # An option of the whole command, but people add it at the end.
    verbose = [argument for argument in arguments if argument in VERBOSE]
    arguments = verbose[:1] + [argument for argument in arguments if argument not in VERBOSE]
    try:
        # The original arguments, for a verb that restarts itself in several processes.
        with noting_interrupts(), protecting():
            result = app(arguments, standalone_mode=False, prog_name="inphase", obj=arguments)
    except InphaseError as error:
        return _say(str(error))
    except MemoryError:
        return _say("There is not enough memory for this: use fewer, shorter or smaller videos.")
    except OSError as error:  # of the system: a name too long, no permission, a disk that fails
        if error.filename is None or error.strerror is None:
            raise
        return _say(f"{os.fsdecode(error.filename)}: {error.strerror.lower()}.")
    except typer.TyperException as error:
        possible = getattr(error, "possibilities", None)
        message = error.format_message()  # names the option
        if possible:
            message = f"{str(error.message).rstrip('.')}. {_nearest(error, possible)}"
        elif "'-o'" in message:
            message = f"{message.rstrip('.')}: say where to write."
        return _say(message)
    except typer.Exit as error:
        result = error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return _stopped()
    if result == EXIT_STOPPED:  # how typer reports an interrupt
        return _stopped()
    return result if isinstance(result, int) else EXIT_OK


def _nearest(error: typer.TyperException, possible: list[str]) -> str:
    """The option that was meant, or where all are listed."""
    given = str(getattr(error, "option_name", "")).lstrip("-")
    options = {option.lstrip("-"): option for option in possible}  # the dashes are always alike
    nearest = difflib.get_close_matches(given, options, n=1, cutoff=0.55)
    if nearest:
        return f"Did you mean {options[nearest[0]]}?"
    context = getattr(error, "ctx", None)
    return f"`{context.command_path} --help` lists the options." if context else ""


def _say(message: str) -> int:
    _tell(" ".join(message.split()))
    return EXIT_WRONG


def _stopped() -> int:
    _tell("stopped; run the same command again to continue.")
    return EXIT_STOPPED


def _tell(message: str) -> None:
    # When several processes hit the same error, only one reports it.
    if os.environ.get("LOCAL_RANK", "0") == "0":
        print(f"inphase: {message}", file=sys.stderr)
