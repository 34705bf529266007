"""The exponential and the logarithm of the kernels are numpy's."""

import numpy as np
import pytest

from inphase.objectives.soft_dtw_kernels import exp_of_negative, log_to_three


def test_the_exponential() -> None:
    generator = np.random.default_rng(0)
    given = -np.concatenate([700 * generator.random(3000), 10 ** generator.uniform(-18, 2, 3000)])
    found = [exp_of_negative(float(x)) for x in given]
    np.testing.assert_allclose(found, np.exp(given), rtol=5e-16)
    assert exp_of_negative(0.0) == 1.0
    assert exp_of_negative(-701.0) == exp_of_negative(-np.inf) == 0.0
    assert np.isnan(exp_of_negative(np.nan))


@pytest.mark.parametrize("end", [1.0, 1.5, 3.0])
def test_the_logarithm(end: float) -> None:
    given = [*np.random.default_rng(0).uniform(1.0, 3.0, 3000).tolist(), end]
    found = [log_to_three(x) for x in given]
    np.testing.assert_allclose(found, np.log(given), rtol=0, atol=3e-16)
