"""The viewer's server as an ASGI application."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StrictInt
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from inphase.errors import InphaseError, LabelConflictError, OutputError
from inphase.viewer.background import Background
from inphase.viewer.documents import Documents
from inphase.viewer.guard import LOCAL, Access, Guard
from inphase.viewer.label_merging import LabelState
from inphase.viewer.page_files import INDEX, page_files
from inphase.viewer.shelf import MEDIA, PROXIES, Shelf

_MOST = 10_000
_LARGEST_SIDE = 100_000
_FRESH = {"Cache-Control": "no-store"}
_CHECKED = {"Cache-Control": "private, no-cache"}
# Names of assets change with their content.
_KEPT = {"Cache-Control": "private, max-age=31536000, immutable"}

Pixels = Annotated[float, Field(strict=True, ge=0, le=_LARGEST_SIDE, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AnchorsBody(_Body):
    """`POST data/anchors`: matching frames of two videos, before and after the change."""

    reference: Name
    query: Name
    anchors: Annotated[list[tuple[StrictInt, StrictInt]], Field(max_length=_MOST)]
    before: Annotated[list[tuple[StrictInt, StrictInt]] | None, Field(max_length=_MOST)] = None


class SubjectBody(_Body):
    """`POST data/subject`: whom to follow in a video, at a pixel of a frame."""

    video: Name
    x: Pixels
    y: Pixels
    frame: Annotated[StrictInt, Field(ge=0)]


class _Labels(_Body):
    """The key events of all videos."""

    events: Annotated[list[Name], Field(max_length=_MOST)]
    videos: Annotated[dict[Name, dict[Name, StrictInt]], Field(max_length=_MOST)]


class LabelsBody(_Labels):
    """`PUT data/labels.json`: the key events, those before the change, and whether to insist."""

    before: _Labels | None = None
    insist: bool = False


def create_app(documents: Documents, shelf: Shelf, *, access: Access = LOCAL) -> ASGIApp:
    """The viewer as an ASGI application.

    Every address is looked up among the video ids and page files listed at the start. Nothing that
    a client sends is ever turned into a path.

    Args:
        documents: of the collection.
        shelf: its media and thumbnails.
        access: who may connect.
    """
    viewed = documents.viewed
    known = {video.id for video in viewed.videos}
    files = page_files()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        shelf.start()
        yield
        await asyncio.to_thread(shelf.close)

    app = FastAPI(
        title="inphase", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan
    )
    _explain_errors(app)

    def checked(video: str) -> str:
        if video not in known:
            raise HTTPException(404, "There is no such video.")
        return video

    @app.get("/data/collection.json")
    def collection() -> Response:
        made = shelf.progress()
        content = documents.collection(editable=True, ready=made[MEDIA], quick=made[PROXIES])
        return JSONResponse(content, headers=_FRESH)

    @app.get("/data/embeddings/{video}.bin")
    def embeddings(video: str) -> Response:
        content = documents.embeddings(checked(video))
        return Response(content, media_type="application/octet-stream", headers=_CHECKED)

    @app.get("/data/mirrored/{video}.bin")
    def mirrored_embeddings(video: str) -> Response:
        content = documents.mirrored_embeddings(checked(video))
        if content is None:
            raise HTTPException(404, "This video has no mirror image.")
        return Response(content, media_type="application/octet-stream", headers=_CHECKED)

    @app.get("/data/alignments/{video}.json")
    def alignments(video: str) -> Response:
        content = documents.alignments(checked(video))
        return Response(content, media_type="application/json", headers=_FRESH)

    @app.get("/data/map.json")
    def place() -> Response:
        return _when_computed(documents.map, "The map is being computed.")

    @app.get("/data/anomalies.json")
    def anomalies() -> Response:
        return _when_computed(documents.anomalies, "The anomaly curves are being computed.")

    @app.get("/data/progress.json")
    def progress(watched: str = "") -> Response:
        # Ids of the videos in view, separated by commas.
        shelf.prefer(video for video in watched.split(",") if video in known)
        return JSONResponse(shelf.progress(), headers=_FRESH)

    @app.get("/data/labels.json")
    def labels() -> Response:
        return JSONResponse(documents.label_document(), headers=_FRESH)

    @app.api_route("/media/{video}.mp4", methods=["GET", "HEAD"])
    def media(video: str, request: Request) -> Response:
        return _file(shelf.media(checked(video)), request)

    @app.api_route("/proxies/{video}.mp4", methods=["GET", "HEAD"])
    def proxies(video: str, request: Request) -> Response:
        return _file(shelf.proxy(checked(video)), request)

    @app.api_route("/thumbnails/{video}.jpg", methods=["GET", "HEAD"])
    def thumbnails(video: str, request: Request) -> Response:
        return _file(shelf.thumbnails(checked(video)), request)

    @app.post("/data/anchors")
    def anchors(body: AnchorsBody) -> Response:
        reference, query = checked(body.reference), checked(body.query)
        if reference == query:
            raise HTTPException(422, "A video cannot be matched with itself.")
        entry = documents.set_anchors(reference, query, body.anchors, before=body.before)
        return Response(entry, media_type="application/json", headers=_FRESH)

    @app.post("/data/subject")
    def subject(body: SubjectBody) -> Response:
        found = documents.follow(checked(body.video), x=body.x, y=body.y, frame=body.frame)
        return _answer(found, "This person is being followed through the video.")

    @app.put("/data/labels.json")
    def save_labels(body: LabelsBody) -> Response:
        before = body.before
        for video in [*body.videos, *(before.videos if before is not None else ())]:
            checked(video)
        saved = documents.set_labels(
            body.events,
            body.videos,
            before=None if before is None else LabelState(before.events, before.videos),
            insist=body.insist,
        )
        return JSONResponse(saved, headers=_FRESH)

    @app.api_route("/{name:path}", methods=["GET", "HEAD"])
    def page(name: str) -> Response:
        file = files.get(name or INDEX)
        if file is None:
            raise HTTPException(404, "There is no such page.")
        cache = _CHECKED if name in ("", INDEX) else _KEPT
        return Response(file.content, media_type=file.media_type, headers=cache)

    return Guard(app, access)


def _when_computed(document: Background[Any], meanwhile: str) -> Response:
    return _answer(document.result(), meanwhile)


def _answer(content: object | None, meanwhile: str) -> Response:
    """The content, or 202 while it is being computed."""
    if content is None:
        # Not an error status, which browsers show in their console.
        headers = {**_FRESH, "Retry-After": "1"}
        return JSONResponse({"detail": meanwhile}, status_code=202, headers=headers)
    return JSONResponse(content, headers=_FRESH)


def _file(found: tuple[Path, str] | None, request: Request) -> Response:
    """A file, or the requested part of it; 503 while it is being made."""
    if found is None:
        told = {"detail": "This is still being made."}
        return JSONResponse(told, status_code=503, headers={**_FRESH, "Retry-After": "1"})
    path, media_type = found
    try:
        state = path.stat()
    except OSError as error:
        raise HTTPException(410, f"The file of this video is gone: {error.strerror}.") from error
    if "," in request.headers.get("range", ""):
        # Several parts at once: no player requests them, and a full answer is also correct.
        headers = [(name, value) for name, value in request.scope["headers"] if name != b"range"]
        request.scope["headers"] = headers
    return FileResponse(path, media_type=media_type, headers=_CHECKED, stat_result=state)


def _explain_errors(app: FastAPI) -> None:
    def told(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
        return JSONResponse(
            {"detail": detail}, status_code=status, headers={**_FRESH, **(headers or {})}
        )

    @app.exception_handler(HTTPException)
    async def refused(_request: Request, error: HTTPException) -> Response:
        # FastAPI's own error for a body that Python cannot parse: too deep, wrong encoding.
        detail = "The request is not JSON." if error.status_code == 400 else str(error.detail)
        return told(error.status_code, f"{detail.rstrip('.')}.", error.headers)

    @app.exception_handler(RequestValidationError)
    async def malformed(_request: Request, error: RequestValidationError) -> Response:
        return told(422, _sentence(error.errors()))

    @app.exception_handler(InphaseError)
    async def mistaken(_request: Request, error: InphaseError) -> Response:
        status = {OutputError: 507, LabelConflictError: 409}.get(type(error), 422)
        return told(status, str(error))


def _sentence(errors: Sequence[Any]) -> str:
    first = errors[0]
    if first["type"] == "json_invalid":
        return "The request is not JSON."
    place = ".".join(str(part) for part in first["loc"] if part != "body")
    return f"{f'`{place}`: ' if place else ''}{str(first['msg']).lower()}."
