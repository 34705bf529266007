"""Choosing poses loads nothing that only fitting needs."""

import subprocess
import sys


def test_choosing_a_model_does_not_load_torch() -> None:
    code = "import sys, inphase; inphase.choose_model; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
