"""On the page: doubtful matches, mirrored performers, and choosing whom to follow."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from inphase.alignment import align, trust
from inphase.data import Collection
from inphase.errors import ConfigError
from inphase.models import EmbeddedVideo, Embeddings
from inphase.models.pose import Place
from inphase.viewer import Documents, Shelf, create_app, served
from inphase.viewer.opening import open_documents
from inphase.viewer.people import People
from tests.viewer import test_page
from tests.viewer.test_page import SIZE, VIDEOS, embedded, load, scrub, shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = test_page.pytestmark
browser, page = test_page.browser, test_page.page
numbered, media = test_page.numbered, test_page.media

# Whoever is left of here in the picture is somebody.
EDGE = 200


def in_mirror(one: EmbeddedVideo) -> EmbeddedVideo:
    """What an encoder would make of the flipped video."""
    side = np.array([-1, 1], np.float32)
    return replace(one, embeddings=one.embeddings * side, mirrored=not one.mirrored)


class Followed:
    """In the place of `People`: whoever is chosen performs like the mirror image."""

    def __init__(self, videos: list[EmbeddedVideo]) -> None:
        self._videos = {video.name: video for video in videos}
        self.asked: list[tuple[str, Place]] = []

    def embed(self, name: str, place: Place) -> tuple[EmbeddedVideo, EmbeddedVideo]:
        self.asked.append((name, place))
        if place.x > EDGE:
            raise ConfigError("Nobody is found there.")
        one = self._videos[name]
        return replace(in_mirror(one), mirrored=False), replace(one, mirrored=True)


@pytest.fixture
def videos(numbered: Path) -> list[EmbeddedVideo]:
    """The second is performed the other way round; the third soon stops."""
    one, two, three = (
        embedded(numbered / f"{name}.mp4", name, frames, exponent)
        for name, (frames, exponent, _) in VIDEOS.items()
    )
    stopped = three.embeddings.copy()
    stopped[5:] = stopped[5]
    return [one, replace(in_mirror(two), mirrored=False), replace(three, embeddings=stopped)]


@pytest.fixture
def people(videos: list[EmbeddedVideo]) -> Followed:
    return Followed(videos)


@pytest.fixture
def documents(videos: list[EmbeddedVideo], people: Followed, tmp_path: Path) -> Documents:
    return open_documents(
        Embeddings(tuple(videos)),
        Collection.open([video.path for video in videos]),
        mirror_images=[in_mirror(video) for video in videos],
        labels=tmp_path / "labels.json",
        people=cast(People, people),
    )


@pytest.fixture
def address(documents: Documents, media: Path) -> Iterator[str]:
    with served(create_app(documents, Shelf(documents.viewed, media))) as found:
        yield found


def strip(page: "Page", name: str) -> list[bool]:
    """Which of the pixels of the strip under a timeline are coloured, from left to right."""
    pixels: list[bool] = (
        page.locator(".tile")
        .filter(has_text=name)
        .locator(".doubt")
        .evaluate(
            """(strip) => {
          const canvas = strip.querySelector("canvas");
          const { data } = canvas.getContext("2d").getImageData(0, 2, canvas.width, 1);
          return [...data].filter((_, index) => index % 4 === 3).map((alpha) => alpha > 0);
        }"""
        )
    )
    return pixels


def test_doubtful_stretches_are_seen_under_the_timeline_and_said(
    address: str, page: "Page", documents: Documents
) -> None:
    load(page, address)
    pair = documents.viewed.videos
    found = align(pair[0].embedded.embeddings, pair[2].embedded.embeddings)
    ((start, end),) = trust(found.confidence).doubtful
    tile = page.locator(".tile").filter(has_text="early")
    tile.get_by_text("unreliable", exact=True).wait_for()
    coloured = np.array(strip(page, "early"))
    frames = VIDEOS["early"][0]
    marked = np.flatnonzero(coloured)
    assert marked[0] / len(coloured) == pytest.approx(found.query_frames[start] / frames, abs=0.02)
    last = (found.query_frames[end] + 1) / frames
    assert (marked[-1] + 1) / len(coloured) == pytest.approx(last, abs=0.02)
    assert len(marked) == marked[-1] - marked[0] + 1
    assert not any(strip(page, "variable"))
    # Under the reference, where at least half of the matches are doubtful: one of two.
    marked = np.flatnonzero(strip(page, "constant"))
    assert marked[0] / len(coloured) == pytest.approx(start / 60, abs=0.02)
    tile.get_by_role("heading").click()
    told = page.get_by_role("tabpanel").get_by_text("The match looks unreliable: early (")
    times = pair[0].times
    assert f"{times[start]:.1f} to {times[end]:.1f} s" in told.inner_text()
    assert "set a few matches" in told.inner_text()


def test_a_mirrored_performer_is_named_and_shown_flipped_on_request(
    address: str, page: "Page", videos: list[EmbeddedVideo]
) -> None:
    load(page, address)
    tile = page.locator(".tile").filter(has_text="variable")
    tile.get_by_text("mirrored", exact=True).wait_for()
    scrub(page, 30)
    known = align(videos[0].embeddings, in_mirror(videos[1]).embeddings)
    assert shown(page)[1] == known.query_frames[30]
    page.get_by_text("The match looks reliable. Matched as seen in a mirror.").wait_for()
    transform = "(video) => getComputedStyle(video).transform"
    pictures = [tile.locator("video"), page.locator(".pair canvas").nth(1)]
    assert [one.evaluate(transform) for one in pictures] == ["none"] * 2
    page.get_by_role("button", name="Flip mirrored videos").click()
    assert [one.evaluate(transform) for one in pictures] == ["matrix(-1, 0, 0, 1, 0, 0)"] * 2
    others = page.locator(".tile").filter(has_not_text="variable").locator("video")
    assert {one.evaluate(transform) for one in others.all()} == {"none"}
    page.get_by_role("tab", name="Overlay").click()
    page.get_by_label("Share of the second video").fill("100")
    bits = page.evaluate(
        """() => {
          const canvas = document.querySelector(".comparison");
          const block = canvas.width / 8;
          return [0, 1, 2, 3, 4, 5, 6, 7].map((bit) => canvas.getContext("2d")
            .getImageData((bit + 0.5) * block, 0.5 * block, 1, 1).data[0] > 127);
        }"""
    )
    number = int(known.query_frames[30])
    assert bits == [bool(number >> bit & 1) for bit in reversed(range(8))]
    page.get_by_label("Reference", exact=True).select_option(label="variable")
    page.locator(".tile").filter(has_text="constant").get_by_text("mirrored").wait_for()


def test_a_click_on_somebody_follows_them(
    address: str, page: "Page", people: Followed, videos: list[EmbeddedVideo]
) -> None:
    load(page, address)
    scrub(page, 30)
    frame = shown(page)[1]
    tile = page.locator(".tile").filter(has_text="variable")
    tile.get_by_role("button", name="Follow another person in variable").click()
    box = tile.locator(".picker").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"])
    tile.get_by_text("--subject variable=").wait_for()
    ((name, place),) = people.asked
    assert name == "variable"
    # The shape of the pictures is that of all videos: there are no bars.
    assert place.x == pytest.approx(0.25 * SIZE[0], abs=2)
    assert place.y == pytest.approx(0.5 * SIZE[1], abs=2)
    times = videos[1].times
    assert times[frame] <= place.seconds < times[frame + 1]
    assert tile.locator("code").inner_text() == f"--subject variable={place}"
    tile.get_by_text("mirrored", exact=True).wait_for(state="hidden")
    known = align(videos[0].embeddings, in_mirror(videos[1]).embeddings)
    assert shown(page)[1] == known.query_frames[30]
    assert tile.locator(".picker").is_hidden()
    load(page, address)  # The choice outlasts the page.
    assert tile.locator("code").inner_text() == f"--subject variable={place}"


def test_the_person_is_chosen_by_keys_and_where_nobody_is_it_says_so(
    address: str, browser: "Browser", people: Followed
) -> None:
    page = browser.new_page()  # `page` would not allow that the request is refused
    load(page, address)
    tile = page.locator(".tile").filter(has_text="early")
    follow = tile.get_by_role("button", name="Follow another person in early")
    follow.focus()
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.get_by_role("alert").get_by_text("Nobody is found there.").wait_for()
    ((name, place),) = people.asked
    assert name == "early"
    assert place.x == pytest.approx(0.8 * SIZE[0], abs=2)
    assert place.y == pytest.approx(0.48 * SIZE[1], abs=2)
    assert tile.locator("code").inner_text() == ""
    follow.click()
    page.keyboard.press("Escape")
    assert tile.locator(".picker").is_hidden()
    assert len(people.asked) == 1
    page.close()


def test_a_click_on_a_flipped_video_means_the_person_seen_there(
    address: str, page: "Page", people: Followed
) -> None:
    load(page, address)
    page.get_by_role("button", name="Flip mirrored videos").click()
    tile = page.locator(".tile").filter(has_text="variable")
    tile.get_by_role("button", name="Follow another person in variable").click()
    box = tile.locator(".picker").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.5 * box["height"])
    tile.get_by_text("--subject variable=").wait_for()
    assert people.asked[0][1].x == pytest.approx(0.25 * SIZE[0], abs=2)
