"""``python -m inphase``."""

from inphase.cli import main

main()
