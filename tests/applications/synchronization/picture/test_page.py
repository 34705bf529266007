"""Where videos lie: as large as possible, on a page that fits a screen or a phone."""

import numpy as np
import pytest

from inphase.applications.synchronization.clip import Clip
from inphase.applications.synchronization.picture.page import (
    MARGIN,
    Page,
    plan_page,
    tightened,
)

LANDSCAPE, UPRIGHT, OLD = 16 / 9, 480 / 854, 4 / 3


def grid(aspects: list[float], width: int) -> Page:
    return plan_page(Clip(), aspects, width=width)


def shape(page: Page) -> tuple[int, int]:
    """Columns and rows."""
    return len({cell.left for cell in page.cells}), len({cell.top for cell in page.cells})


@pytest.mark.parametrize("count", [1, 2, 3, 5, 9, 40, 127])
@pytest.mark.parametrize("aspect", [LANDSCAPE, UPRIGHT, OLD])
def test_a_grid_fits_the_screen_and_holds_everyone(count: int, aspect: float) -> None:
    page = grid([aspect] * count, 1920)
    columns, rows = shape(page)
    assert len(page.cells) == count
    assert columns * (rows - 1) < count <= columns * rows
    width, height = page.size
    assert width <= 1920
    assert height <= 1080 + 8 * rows
    assert width % 2 == height % 2 == 0


@pytest.mark.parametrize("width", [640, 1280, 1920])
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 9, 16, 40])
@pytest.mark.parametrize("aspect", [LANDSCAPE, UPRIGHT, OLD])
def test_cells_are_as_large_as_any_arrangement_allows(
    aspect: float, count: int, width: int
) -> None:
    widest = 48.0
    for columns in range(1, count + 1):
        # Of a screen's height, less the line of text below each picture.
        room = width * 9 / 16 / -(-count // columns)
        tall = max(room - width * 9 / 16 / 15, room * 9 / (9 + aspect), 0) * aspect
        widest = max(widest, min(width / columns, max(room - 16, 0) * aspect, tall))
    cell = grid([aspect] * count, width).cells[0]
    assert 0.82 * widest <= cell.width <= 1.01 * widest
    # The frame of a picture has its aspect.
    assert cell.width / cell.picture_height == pytest.approx(aspect, rel=0.16)
    # A line of text is legible, and does not take more than it needs.
    assert 16 <= cell.strip_height <= max(16, cell.width / 9 + 1, 16)
    assert cell.strip_height <= max(16, width * 9 / 16 / 15)


def test_known_grids() -> None:
    for aspects, expected in (
        ([LANDSCAPE] * 4, (2, 2)),
        ([LANDSCAPE] * 6, (3, 2)),
        ([LANDSCAPE] * 9, (3, 3)),
        ([UPRIGHT] * 4, (4, 1)),
        ([UPRIGHT] * 9, (5, 2)),
        # One that is unlike the others changes nothing.
        ([LANDSCAPE] * 8 + [UPRIGHT], (3, 3)),
        ([UPRIGHT] * 8 + [LANDSCAPE], (5, 2)),
    ):
        assert shape(grid(aspects, 1280)) == expected


def test_cells_of_a_crowd_stay_large_enough_to_see() -> None:
    cell = grid([UPRIGHT] * 400, 320).cells[0]
    assert cell.width >= 48
    assert cell.picture_height >= 24


@pytest.mark.parametrize(
    ("aspect", "size"),
    [("16:9", (1920, 1080)), ("9:16", (1080, 1920)), ("1:1", (1080, 1080)), ("4:5", (1080, 1350))],
)
def test_a_page_has_the_shape_and_pixels_of_its_format(aspect: str, size: tuple[int, int]) -> None:
    page = plan_page(Clip(aspect=aspect), [LANDSCAPE] * 2, width=1920)
    assert page.size == size
    # The upright page has one below the other; on a wide one they are beside each other.
    assert shape(page) == ((2, 1) if aspect == "16:9" else (1, 2))
    for cell in page.cells:
        assert cell.left >= 0
        assert cell.left + cell.width <= size[0]
        assert cell.top + cell.picture_height + cell.strip_height <= size[1]


@pytest.mark.parametrize(("layout", "expected"), [("row", (3, 1)), ("column", (1, 3))])
def test_rows_and_columns(layout: str, expected: tuple[int, int]) -> None:
    clip = Clip.model_validate({"layout": layout})
    assert shape(plan_page(clip, [LANDSCAPE] * 3, width=1280)) == expected


def test_a_title_lies_right_below_its_picture_in_the_middle_of_the_page() -> None:
    page = tightened(plan_page(Clip(aspect="9:16"), [LANDSCAPE] * 2, width=1920), 600)
    first, second = page.cells
    assert first.picture_height == 600 + 2 * MARGIN
    assert second.top == first.top + first.picture_height + first.strip_height
    bottom = second.top + second.picture_height + second.strip_height
    assert np.isclose(first.top, page.size[1] - bottom, atol=1)
