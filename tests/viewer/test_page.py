"""The page in a browser, on videos whose frames carry their number as black and white blocks."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.alignment import align
from inphase.applications.anchors import read_alignment_file
from inphase.data import Collection
from inphase.models import EmbeddedVideo, Embeddings
from inphase.video import VideoReader, VideoWriter
from inphase.viewer import Documents, Shelf, create_app, export_page, served
from inphase.viewer.opening import open_documents

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

pytest.importorskip("playwright", reason="playwright is not installed: pip install -e '.[dev]'")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: apt-get install chromium"),
]

BITS, SIZE = 8, (320, 240)
# Number of frames, exponent of the progress, and whether the frame rate varies.
VIDEOS = {"constant": (60, 1.0, False), "variable": (75, 1.6, True), "early": (50, 0.6, False)}

# The number that each visible video shows, read from its pixels.
READ = """() => [...document.querySelectorAll(".tile")].map((tile) => {
  const video = tile.querySelector("video");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0);
  const block = canvas.width / 8;
  let number = 0;
  for (let bit = 0; bit < 8; bit++) {
    const { data } = context.getImageData((bit + 0.3) * block, 0.3 * block, 8, 8);
    const mean = data.filter((_, index) => index % 4 < 3).reduce((a, b) => a + b) / 192;
    if (mean > 127) number |= 1 << bit;
  }
  return number;
})"""
# Whether every video that has a decoder shows the frame it should show.
SETTLED = """() => [...document.querySelectorAll(".tile video[src]")].every((video) => {
  const { presented, frame } = video.closest(".tile").dataset;
  return presented === frame && frame !== undefined && !video.seeking;
})"""

# Once `losing` is set, the report of each video's next frame is skipped, as a busy browser does.
LOSE = """() => {
  const request = HTMLVideoElement.prototype.requestVideoFrameCallback;
  const lost = new WeakSet();
  window.losses = 0;
  HTMLVideoElement.prototype.requestVideoFrameCallback = function (report) {
    return request.call(this, (now, data) => {
      if (!window.losing || lost.has(this)) { report(now, data); return; }
      lost.add(this);
      window.losses++;
      request.call(this, report);
    });
  };
}"""


def draw_numbered(path: Path, frames: int, *, variable: bool) -> None:
    """A video whose frames carry their number in blocks that survive H.264."""
    width, height = SIZE
    block = width // BITS
    steps = np.random.default_rng(0).choice([1 / 60, 1 / 30, 0.1], frames)
    times = np.cumsum(steps) - steps[0] if variable else np.arange(frames) / 25
    with VideoWriter(path, fps=25, size=SIZE) as writer:
        for frame in range(frames):
            picture = np.full((height, width, 3), (90, 120, 200), dtype=np.uint8)
            for bit in range(BITS):
                picture[:block, bit * block : (bit + 1) * block] = 255 * (frame >> bit & 1)
            picture[block:, : 1 + frame * width // frames] = (240, 160, 40)
            writer.write(picture, time=float(times[frame]))


def embedded(path: Path, name: str, frames: int, exponent: float) -> EmbeddedVideo:
    """Points on an arc, by progress: what an ideal encoder gives."""
    progress = (np.arange(frames) / (frames - 1)) ** exponent
    points = np.stack([np.cos(3 * progress), np.sin(3 * progress)], axis=1)
    return EmbeddedVideo(name, path, VideoReader(path).times, points.astype(np.float32))


@dataclass
class Viewed:
    """The served collection."""

    address: str
    folder: Path
    documents: Documents

    @property
    def embeddings(self) -> dict[str, NDArray[np.float32]]:
        """Of each video, by name."""
        return {video.name: video.embedded.embeddings for video in self.documents.viewed.videos}

    def frames(self, reference: str, query: str) -> list[int]:
        """The query frame of each reference frame, aligned independently of the page."""
        one, other = self.embeddings[reference], self.embeddings[query]
        frames: list[int] = align(one, other).query_frames.tolist()
        return frames

    def numbers(self, reference: str, frame: int) -> list[int]:
        """The frames that all videos should show."""
        return [
            frame if name == reference else self.frames(reference, name)[frame]
            for name in self.embeddings
        ]


@pytest.fixture(scope="session")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("numbered")
    for name, (frames, _, variable) in VIDEOS.items():
        draw_numbered(folder / f"{name}.mp4", frames, variable=variable)
    return folder


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


def opened(folder: Path) -> Documents:
    videos = [
        embedded(folder / f"{name}.mp4", name, frames, exponent)
        for name, (frames, exponent, _) in VIDEOS.items()
    ]
    collection = Collection.open([video.path for video in videos])
    return open_documents(Embeddings(tuple(videos)), collection)


@pytest.fixture
def view(numbered: Path, media: Path, tmp_path: Path) -> Iterator[Viewed]:
    for path in numbered.iterdir():
        shutil.copy(path, tmp_path / path.name)
    documents = opened(tmp_path)
    with served(create_app(documents, Shelf(documents.viewed, media))) as address:
        yield Viewed(address, tmp_path, documents)


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: "Browser") -> Iterator["Page"]:
    """A page that must log no error and ask no other host."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    errors: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda r: hosts.add(r.url.split("/")[2]) if r.url[:4] == "http" else None)
    yield page
    context.close()
    assert errors == []
    assert len(hosts) == 1


def load(page: "Page", address: str) -> None:
    page.goto(address)
    page.wait_for_selector(".tile[data-presented]")
    page.wait_for_function(SETTLED)


def scrub(page: "Page", frame: int) -> None:
    page.get_by_label("Frame of the reference").fill(str(frame))
    page.wait_for_function(SETTLED)


def shown(page: "Page") -> list[int]:
    # A video whose proxy is still being made has no decoder yet, and would settle without it.
    page.wait_for_function("() => document.querySelector('.tile:not([data-presented])') === null")
    page.wait_for_function(SETTLED)
    numbers: list[int] = page.evaluate(READ)
    return numbers


def place(page: "Page") -> int:
    return int(page.get_by_label("Frame of the reference").input_value())


@pytest.fixture(params=["files", "proxies"])
def source(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The media played: the files themselves, or proxies that seek faster."""
    played: str = request.param
    if played == "files":
        monkeypatch.setattr("inphase.viewer.videos.MOST_KEY_DISTANCE", 10**6)
    return played


@pytest.mark.parametrize("reference", ["constant", "variable"])
def test_scrubbing_shows_the_very_frames(
    source: str, view: Viewed, page: "Page", reference: str
) -> None:
    load(page, view.address)
    if source == "proxies":
        # The second one is not played without a proxy in the first place.
        for video in ("v0", "v2"):
            page.wait_for_selector(f"[data-video={video}][data-quick=true]")
    page.get_by_label("Reference", exact=True).select_option(label=reference)
    # Its matches come from the server first.
    leads = f"[aria-label='Make {reference} the reference'][aria-pressed=true]"
    page.wait_for_selector(leads)
    last = VIDEOS[reference][0] - 1
    for frame in [0, last, 1, last - 1, *np.random.default_rng(1).permutation(last)[:12].tolist()]:
        scrub(page, frame)
        assert shown(page) == view.numbers(reference, frame), f"at frame {frame}"
    quick = page.locator(".tile[data-quick=true]").count()
    assert quick == (2 if source == "proxies" else 0)


def test_frames_are_stepped_through_by_keys(view: Viewed, page: "Page") -> None:
    load(page, view.address)
    keys = ["ArrowRight", "ArrowRight", "Shift+ArrowRight", "ArrowLeft", "End", "Home"]
    for key, frame in zip(keys, [1, 2, 12, 11, 59, 0], strict=True):
        page.keyboard.press(key)
        assert place(page) == frame
        assert shown(page) == view.numbers("constant", frame)


def test_a_frame_whose_report_the_browser_skipped_is_asked_for_again(
    view: Viewed, page: "Page"
) -> None:
    page.add_init_script(f"({LOSE})()")
    load(page, view.address)
    for video in ("v0", "v2"):  # from now on nothing is mounted again
        page.wait_for_selector(f"[data-video={video}][data-quick=true]")
    shown(page)
    page.evaluate("window.losing = true")
    page.keyboard.press("End")
    assert shown(page) == view.numbers("constant", 59)
    assert page.evaluate("window.losses") == len(VIDEOS)


def test_a_timeline_goes_through_its_own_video(view: Viewed, page: "Page") -> None:
    load(page, view.address)
    page.get_by_label("Timeline of variable").focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowRight")
    numbers = shown(page)
    mapping = np.array(view.frames("constant", "variable"))
    target = mapping[0] + 31
    assert numbers[1] == target
    # The others show the matches of the nearest reference frame.
    assert abs(mapping[numbers[0]] - target) == np.abs(mapping - target).min()
    assert numbers[2] == view.frames("constant", "early")[numbers[0]]


def test_playing_goes_on_to_the_end_and_pausing_is_exact(view: Viewed, page: "Page") -> None:
    load(page, view.address)
    page.keyboard.press("Space")
    page.wait_for_function(
        """() => [...document.querySelectorAll(".tile")].every((tile) =>
          Number(tile.dataset.presented) > 8)"""
    )
    page.keyboard.press("Space")
    assert shown(page) == view.numbers("constant", place(page))
    page.get_by_label("Speed", exact=True).select_option("3")
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_role("button", name="Pause", exact=True).wait_for()
    page.get_by_role("button", name="Play", exact=True).wait_for()
    assert place(page) == 59
    assert shown(page) == view.numbers("constant", 59)


def test_a_loop_goes_round(view: Viewed, page: "Page") -> None:
    load(page, view.address)
    page.get_by_label("Speed", exact=True).select_option("0.25")
    scrub(page, 20)
    page.keyboard.press("[")
    scrub(page, 26)
    page.keyboard.press("]")
    page.evaluate(
        """() => {
          window.seen = [];
          const bar = document.querySelector(".scrub");
          const look = () => { window.seen.push(Number(bar.value)); requestAnimationFrame(look); };
          look();
        }"""
    )
    page.keyboard.press("Space")
    page.wait_for_function(
        """() => window.seen.filter((frame, index) =>
          index > 0 && frame < window.seen[index - 1]).length >= 3"""
    )
    page.keyboard.press("Space")
    seen = page.evaluate("window.seen")
    assert min(seen) == 20
    # A slow machine presents a frame or two past the border before it turns back.
    assert max(seen) < 40


def test_another_reference_leads_from_the_same_moment(view: Viewed, page: "Page") -> None:
    load(page, view.address)
    scrub(page, 30)
    before = shown(page)
    page.get_by_label("Make early the reference").click()
    page.wait_for_function("() => document.querySelector('.scrub').max === '49'")
    assert place(page) == before[2]
    assert shown(page) == view.numbers("early", before[2])


def test_a_match_is_put_right_by_keys_and_by_mouse(view: Viewed, page: "Page") -> None:
    load(page, view.address)
    scrub(page, 30)
    board = page.get_by_label("Alignment of constant and variable")
    match = view.frames("constant", "variable")[30]
    board.focus()
    for _ in range(6):
        page.keyboard.press("ArrowDown")
    assert shown(page)[1] == match - 6  # the frame is seen before it is set
    page.keyboard.press("Enter")
    page.get_by_role("button", name=f"Frame 30 → {match - 6}").wait_for()
    assert shown(page)[:2] == [30, match - 6]
    scrub(page, 31)
    points = view.embeddings["constant"], view.embeddings["variable"]
    through = align(*points, anchors=[(30, match - 6)])
    assert shown(page)[1] == through.query_frames[31]
    pair = [video.embedded for video in view.documents.viewed.videos[:2]]
    saved = read_alignment_file(view.folder / "alignment.json")
    assert [tuple(anchor) for anchor in saved.between(*pair)] == [(30, match - 6)]

    # The handle at frame 45 is dragged up by 5 frames.
    scrub(page, 45)
    first, higher = shown(page)[1], shown(page)[1] + 5
    box = board.bounding_box()
    assert box is not None
    x = box["x"] + 45.5 / 60 * box["width"]
    page.mouse.move(x, box["y"] + (1 - (first + 0.5) / 75) * box["height"])
    page.mouse.down()
    page.mouse.move(x, box["y"] + (1 - (higher + 0.5) / 75) * box["height"], steps=4)
    page.mouse.up()
    page.get_by_role("button", name=f"Frame 45 → {higher}").wait_for()
    assert shown(page)[1] == higher

    for frame in (30, 45):
        page.get_by_label(f"Remove the corrected match of frame {frame}").click()
        page.get_by_label(f"Remove the corrected match of frame {frame}").wait_for(state="detached")
    scrub(page, 30)
    assert shown(page) == view.numbers("constant", 30)


def test_dragging_along_the_path_moves_both_videos(view: Viewed, page: "Page") -> None:
    load(page, view.address)
    box = page.get_by_label("Alignment of constant and variable").bounding_box()
    assert box is not None
    mapping = view.frames("constant", "variable")
    page.mouse.move(box["x"] + 0.5 / 60 * box["width"], box["y"] + 0.7 * box["height"])
    page.mouse.down()
    for frame in (10, 25, 50):
        x, y = (frame + 0.5) / 60, 1 - (mapping[frame] + 0.5) / 75
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        numbers = shown(page)
        assert abs(numbers[0] - frame) <= 1
        assert abs(numbers[1] - mapping[frame]) <= 1
    page.mouse.up()


def test_search_finds_the_nearest_frames_and_plays_from_one(view: Viewed, page: "Page") -> None:
    load(page, view.address)
    scrub(page, 24)
    page.get_by_role("tab", name="Search").click()
    found = page.get_by_role("list", name="Nearest frames").get_by_role("button")
    found.nth(1).wait_for()
    sought = view.embeddings["constant"][24]
    distances = {
        name: ((view.embeddings[name] - sought) ** 2).sum(axis=1) for name in ("variable", "early")
    }
    order = sorted(distances, key=lambda name: float(distances[name].min()))
    for index, name in enumerate(order):
        told = found.nth(index).get_attribute("aria-label") or ""
        assert f"frame {distances[name].argmin()} of {name}" in told
    found.first.click()
    page.get_by_role("button", name="Pause", exact=True).wait_for()
    nearest = int(distances[order[0]].argmin())
    page.wait_for_function(
        f"""() => Number([...document.querySelectorAll(".tile")][{list(VIDEOS).index(order[0])}]
          .dataset.presented) > {nearest}"""
    )


def test_the_map_shows_a_frame_and_goes_there(view: Viewed, page: "Page") -> None:
    load(page, view.address)
    page.get_by_role("tab", name="Map").click()
    page.get_by_text("of the embeddings. Point at a frame").wait_for()
    board = page.get_by_label("Map of all frames")
    board.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    assert shown(page) == view.numbers("constant", 20)
    # Over the whole map in steps, until the pointer is on a frame.
    box = board.bounding_box()
    assert box is not None
    for cell in np.ndindex(12, 12):
        x, y = ((one + 0.5) / 12 for one in cell)
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        told = page.locator(".hovered p").inner_text()
        if ", frame " in told:
            break
    else:
        pytest.fail("no frame anywhere on the map")
    page.mouse.down()
    page.mouse.up()
    name, frame = told.split(",")[0], int(told.split("frame ")[1])
    assert shown(page)[list(VIDEOS).index(name)] == frame


def test_events_are_marked_carried_over_saved_and_downloaded(view: Viewed, page: "Page") -> None:
    load(page, view.address)
    page.get_by_role("tab", name="Labels").click()
    for name in ("lift", "drop"):
        page.get_by_label("Name of a new key event").fill(name)
        page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("tab", name="Labels").focus()
    for key, frame in (("1", 12), ("2", 40)):
        scrub(page, frame)
        page.keyboard.press(key)
    page.get_by_role("button", name="Transfer to all videos").click()
    carried = zip(view.numbers("constant", 12), view.numbers("constant", 40), strict=True)
    expected = {
        name: {"lift": lift, "drop": drop}
        for name, (lift, drop) in zip(VIDEOS, carried, strict=True)
    }
    page.get_by_label("Mark on").select_option(label="variable")
    page.get_by_label("lift one frame later").click()
    expected["variable"]["lift"] += 1
    assert shown(page)[1] == expected["variable"]["lift"]
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved in labels.json").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download labels.json").click()
    for path in (view.folder / "labels.json", Path(download.value.path())):
        told = json.loads(path.read_text())
        assert told["events"] == ["lift", "drop"]
        assert {name: entry["events"] for name, entry in told["videos"].items()} == expected
    assert Collection.open(view.folder / "labels.json")["early"].events == expected["early"]


def test_two_windows_keep_each_others_marks_and_ask(view: Viewed, page: "Page") -> None:
    other = page.context.new_page()
    path = view.folder / "labels.json"
    for window in (page, other):
        load(window, view.address)
        window.get_by_role("tab", name="Labels").click()
        window.get_by_label("Name of a new key event").fill("touch")
        window.get_by_role("button", name="Add", exact=True).click()
        window.get_by_role("tab", name="Labels").focus()

    def marked(window: "Page", name: str, frame: int) -> None:
        window.get_by_label("Mark on").select_option(label=name)
        scrub(window, frame)
        window.get_by_label("Mark touch at the frame shown").click()

    def save(window: "Page") -> None:
        window.get_by_role("button", name="Save", exact=True).click()
        window.get_by_role("button", name="Saved", exact=True).wait_for()

    def saved(name: str) -> int:
        return int(json.loads(path.read_text())["videos"][name]["events"]["touch"])

    marked(page, "constant", 12)
    save(page)
    marked(other, "early", 20)
    save(other)  # which now shows the mark of the first window, too
    assert saved("constant") == 12
    assert other.get_by_label("Go to touch of constant, frame 12", exact=False).count()
    marked(page, "constant", 14)
    save(page)
    marked(other, "constant", 16)
    asked: list[str] = []

    def answer(dialog: "Dialog") -> None:
        asked.append(dialog.message)
        dialog.dismiss() if len(asked) == 1 else dialog.accept()

    other.on("dialog", answer)
    other.get_by_role("button", name="Save", exact=True).click()
    other.get_by_role("alert").get_by_text("touch of constant (frame 14 there").wait_for()
    assert saved("constant") == 14
    save(other)
    assert saved("constant") == 16
    assert len(asked) == 2
    other.close()


def test_two_videos_are_compared_in_one_picture(view: Viewed, page: "Page") -> None:
    load(page, view.address)
    scrub(page, 30)
    page.get_by_role("tab", name="Overlay").click()
    pixel = """() => {
      const canvas = document.querySelector(".comparison");
      const context = canvas.getContext("2d");
      const block = canvas.width / 8;
      return [0, 1, 2, 3, 4, 5, 6, 7].map((bit) =>
        context.getImageData((bit + 0.5) * block, 0.5 * block, 1, 1).data[0]);
    }"""
    one, other = shown(page)[:2]
    for share, number in ((0, one), (100, other)):
        page.get_by_label("Share of the second video").fill(str(share))
        bits = [value > 127 for value in page.evaluate(pixel)]
        assert bits == [bool(number >> bit & 1) for bit in range(BITS)]
    page.get_by_label("How", exact=True).select_option("difference")
    bits = [value > 127 for value in page.evaluate(pixel)]
    assert bits == [bool((one ^ other) >> bit & 1) for bit in range(BITS)]


def test_an_exported_page_plays_and_says_why_it_cannot_save(
    page: "Page", numbered: Path, media: Path, tmp_path: Path
) -> None:
    from starlette.staticfiles import StaticFiles

    documents = opened(numbered)
    export_page(documents, tmp_path / "page", cache=media)
    with served(StaticFiles(directory=tmp_path / "page", html=True)) as address:
        load(page, address)
        scrub(page, 33)
        view = Viewed(address, tmp_path, documents)
        assert shown(page) == view.numbers("constant", 33)
        page.get_by_text("corrected matches cannot be saved").wait_for()
        assert page.get_by_role("button", name="Set this match").count() == 0
        page.get_by_role("tab", name="Labels").click()
        page.get_by_text("labels cannot be saved here").wait_for()
        page.get_by_label("Name of a new key event").fill("lift")
        page.keyboard.press("Enter")
        page.get_by_label("Mark lift at the frame shown").click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download labels.json").click()
        told = json.loads(Path(download.value.path()).read_text())
        assert told["videos"]["constant"]["events"] == {"lift": 33}
        page.goto("about:blank")  # before the server ends


def test_an_exported_page_works_on_a_host_that_answers_no_ranges(
    page: "Page", numbered: Path, media: Path, tmp_path: Path
) -> None:
    documents = opened(numbered)
    export_page(documents, tmp_path / "page", cache=media)
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "page"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        view = Viewed(address, tmp_path, documents)
        load(page, address)
        for frame in (33, 59, 5):
            scrub(page, frame)
            assert shown(page) == view.numbers("constant", frame)
        page.goto("about:blank")  # before the server ends
        server.shutdown()


def test_of_a_hundred_videos_only_those_in_view_are_decoded(
    page: "Page", numbered: Path, media: Path, tmp_path: Path
) -> None:
    one = embedded(numbered / "constant.mp4", "constant", *VIDEOS["constant"][:2])
    paths = [tmp_path / f"take_{number:03d}.mp4" for number in range(100)]
    for path in paths:
        shutil.copy(one.path, path)
    videos = [EmbeddedVideo(p.stem, p, one.times, one.embeddings) for p in paths]
    documents = open_documents(Embeddings(tuple(videos)), Collection.open(paths))
    decoded = "() => document.querySelectorAll('video[src]').length"
    with served(create_app(documents, Shelf(documents.viewed, media))) as address:
        page.goto(address)
        page.wait_for_selector(".tile[data-presented]")
        assert page.locator(".tile").count() == 100
        assert 2 <= page.evaluate(decoded) < 30
        page.locator(".tile").last.scroll_into_view_if_needed()
        page.wait_for_selector("[data-video=v99][data-presented]")
        assert 2 <= page.evaluate(decoded) < 30
        # The reference keeps its decoder, wherever it is: the others follow it.
        assert page.locator("[data-video=v0] video[src]").count() == 1
        page.goto("about:blank")  # before the server ends


@pytest.mark.parametrize("width", [1400, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_controls_have_names_and_nothing_is_cut_off(
    view: Viewed, page: "Page", width: int, theme: str
) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 800})
    load(page, view.address)
    for tab in ("Overlay", "Map", "Search", "Labels", "Alignment"):
        page.get_by_role("tab", name=tab).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, tab
        nameless = page.evaluate(
            """() => [...document.querySelectorAll("button, select, input, [role=slider]")]
              .filter((one) => one.checkVisibility() && !one.ariaLabel?.trim()
                && !(one.tagName !== "SELECT" && one.innerText?.trim())
                && !one.labels?.[0]?.innerText.trim())
              .map((one) => one.outerHTML)"""
        )
        assert nameless == [], tab
    back = page.evaluate("getComputedStyle(document.body).backgroundColor")
    light = sum(int(part) for part in back[4:-1].split(",")) > 3 * 127
    assert light == (theme == "light")
    page.keyboard.press("t")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != back
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0
