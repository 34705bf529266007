"""The built page: the files under `page/`, listed once, so that requests only look up names."""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

INDEX = "index.html"
_MISSING = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>inphase</title>
<p>The viewer's page is missing from this installation: run `npm ci && npm run build` in web/, or
install a released wheel.</p></html>
"""
# For these, the result of `mimetypes` depends on the machine.
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True)
class PageFile:
    """One file of the page.

    Attributes:
        content: its bytes.
        media_type: for the `Content-Type` header.
    """

    content: bytes
    media_type: str


def page_files() -> Mapping[str, PageFile]:
    """The files (`index.html` and its assets) by their path below the page."""
    folder = Path(str(resources.files("inphase.viewer"))) / "page"
    found = {
        path.relative_to(folder).as_posix(): PageFile(path.read_bytes(), _media_type(path))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
    if INDEX not in found:
        found = {INDEX: PageFile(_MISSING, _TYPES[".html"])}
    return found


def _media_type(path: Path) -> str:
    guessed = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return _TYPES.get(path.suffix.lower(), guessed)
