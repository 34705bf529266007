"""The page of trajectories as a person uses it: a real pointer in a real browser."""

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest

from inphase.applications.trajectory.result import Trajectories
from inphase.applications.trajectory.trajectories import trajectories
from inphase.data import Collection
from inphase.models import EmbeddedVideo
from inphase.video import probe

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Where Debian and related systems put it.
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def result(pouring: Collection) -> Trajectories:
    """Two videos on straight lines far apart, so that the pointer cannot miss a point."""
    videos = []
    for number, video in enumerate(pouring.videos[:2]):
        times = probe(video.path).times
        line = np.stack([np.linspace(0, 10, len(times)), np.full(len(times), 4.0 * number)], axis=1)
        videos.append(EmbeddedVideo(video.name, video.path, times, line.astype(np.float32)))
    return trajectories(videos, method="pca")


@pytest.fixture(scope="module")
def page(result: Trajectories, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Page"]:
    """The page, opened from disk without a network; any error in it fails the test."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("there is no chromium on this machine")
    path = tmp_path_factory.mktemp("page") / "map.html"
    result.save(path)
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1100, "height": 800})
        errors: list[str] = []
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.on("requestfailed", lambda request: errors.append(request.url))
        opened.context.set_offline(True)
        opened.goto(path.as_uri())
        yield opened
        assert errors == []
        browser.close()


def _point_at(page: "Page", video: int, frame: int) -> None:
    """Move the pointer onto the small circle of a frame, as a hand does: in steps."""
    circle = page.locator("svg g").nth(video).locator("circle[r='4']").nth(frame)
    box = circle.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)


@pytest.mark.slow
def test_a_pointer_over_a_point_shows_its_frame(page: "Page", result: Trajectories) -> None:
    shown = set()
    for video, frame in ((0, 0), (0, 12), (1, 3), (1, 20)):
        _point_at(page, video, frame)
        name, seconds = result.videos[video].name, result.videos[video].times[frame]
        told = page.locator("#told").inner_text()
        assert told.startswith(f"{name}, {seconds:.2f} s, frame {frame}")
        picture = page.locator("#frame")
        assert picture.is_visible()
        # It has been decoded: a broken picture has no natural size.
        page.wait_for_function("document.getElementById('frame').naturalWidth > 0")
        shown.add(picture.get_attribute("src"))
    assert len(shown) == 4


@pytest.mark.slow
def test_the_keys_go_on_from_the_point_and_a_hidden_video_is_not_met(
    page: "Page", result: Trajectories
) -> None:
    _point_at(page, 0, 5)
    page.locator("#map").press("ArrowRight")
    assert f"{result.videos[0].name}, " in page.locator("#told").inner_text()
    assert "frame 6" in page.locator("#told").inner_text()
    boxes = page.locator("#names input")
    circle = page.locator("svg g").nth(0).locator("circle[r='4']").nth(9).bounding_box()
    assert circle is not None
    boxes.nth(0).uncheck()
    page.mouse.move(circle["x"] + 2, circle["y"] + 2, steps=3)
    assert "frame 9" not in page.locator("#told").inner_text()
    boxes.nth(0).check()
    _point_at(page, 0, 9)
    assert "frame 9" in page.locator("#told").inner_text()
