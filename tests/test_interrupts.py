"""Ctrl-C stops a command at its next step, wherever it comes."""

import contextlib
import signal
import sys

import pytest

from inphase.interrupts import check_interrupt, ended_by_interrupt, noting_interrupts
from inphase.progress import progress_bar


def _swallow_one() -> None:
    with contextlib.suppress(BaseException):  # as a library may do
        signal.raise_signal(signal.SIGINT)


def test_an_interrupt_that_a_library_swallows_stops_the_work() -> None:
    done = []

    def work() -> None:
        with noting_interrupts(), progress_bar("Work", 9) as bar:
            for step in range(9):
                bar.advance(1)
                done.append(step)
                if step == 2:
                    _swallow_one()

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == [0, 1, 2]


def test_an_interrupt_in_a_callback_shows_no_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Collected:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    def work() -> None:
        with noting_interrupts():
            one = Collected()
            del one
            check_interrupt()

    monkeypatch.setattr(sys, "unraisablehook", sys.__unraisablehook__)
    with pytest.raises(KeyboardInterrupt):
        work()
    assert capsys.readouterr().err == ""


def test_what_an_interrupt_may_end_goes_on_afterwards() -> None:
    with noting_interrupts():
        with ended_by_interrupt():
            signal.raise_signal(signal.SIGINT)
        check_interrupt()


def test_an_interrupt_is_forgotten_after_its_command() -> None:
    with noting_interrupts():
        _swallow_one()
    check_interrupt()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_command_that_ignores_interrupts_goes_on_ignoring_them() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with noting_interrupts():
            signal.raise_signal(signal.SIGINT)
            check_interrupt()
    finally:
        signal.signal(signal.SIGINT, before)
