"""Broken inputs of every kind, drawn from a seed, and verbs that read them.

`python -m tests.fuzzing --cases 2000 --seed 1`, or `make fuzz CASES=2000 SEED=1`.
"""
