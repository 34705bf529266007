"""The networks, loaded once, and a picture of a person."""

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from inphase.errors import ModelError
from inphase.models.pose import PoseNetwork


@pytest.fixture(scope="session")
def blazepose() -> PoseNetwork:
    """Both networks; skips where the package was built without their weights."""
    try:
        return PoseNetwork(threads=1)
    except ModelError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def astronaut() -> NDArray[np.uint8]:
    """(512, 512, 3) Eileen Collins; her own right is on the left."""
    image: NDArray[np.uint8] = data.astronaut()
    return image
