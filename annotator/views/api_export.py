"""The export over the HTTP API: streamed from one moment of the database, packed, and taken up where it broke off."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from annotator.actions import releases
from annotator.context import database, settings
from annotator.errors import Refused
from annotator.queries import exporting, listing
from annotator.releases import files
from annotator.views import left_out
from annotator.views.api import answer
from annotator.views.loading import demand_known, project_for
from exports import FORMATS, Format, check_view, format_named

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from annotator.models import Project

api_export = Blueprint("api_export", __name__, url_prefix="/api/v1")

PART = 65_536  # bytes handed to the server at once
COUNTING = 20  # seconds that a request waits for counts
WAIT = 5  # seconds after which to ask again when too many downloads run, or counts take longer
_SOURCES = (
    "exports", "annotator/layers", "annotator/queries/snapshots.py", "annotator/queries/exporting.py",
    "annotator/queries/registry.py",
    "annotator/snapshot.py", "annotator/agreement/gold.py", "annotator/agreement/soft.py",
    "annotator/agreement/truth.py",
)  # fmt: skip


class Busy(Refused):
    """Too many downloads run in this process (HTTP 503)."""

    status = 503
    retry_after = WAIT


@api_export.get("/projects/<int:project_id>/export")
def export(project_id: int) -> Response:
    """Download a project in a format. Resumable: send Range with If-Range; 304 when nothing was done since."""
    with database().read() as session:
        project, _ = project_for(session, project_id, "export")
    demand_known(request.args, ("format", "what", "release"))
    form, what = _asked()
    release = request.args.get("release")
    packed = request.accept_encodings["gzip"] > 0
    with ExitStack() as stack:
        session = stack.enter_context(database().snapshot())
        sealed = None if release is None else releases.named(session, project, release).sha256
        tag = _tag(session, project, form, what, packed, sealed)
        if request.if_none_match.contains_weak(tag):
            response = Response(status=304)
        else:
            _take_turn(stack)
            response = _download(session, project, form, what, packed=packed, tag=tag, release=release)
        # also where nobody reads on: the transaction and the turn end with the answer, sent or broken off
        response.call_on_close(stack.pop_all().close)
    response.set_etag(tag)
    response.headers["Vary"] = "Accept-Encoding, Cookie"
    return response


@api_export.get("/projects/<int:project_id>/export/counts")
def counts(project_id: int) -> Response:
    """Count what an export holds, before it is made: units with labels, and those without by reason."""
    with database().read() as session:
        project, _ = project_for(session, project_id, "export")
    demand_known(request.args, ("what", "release"))
    found = left_out.counts(project, _view_asked(), request.args.get("release"), COUNTING)
    if found is None:
        raise Busy("This is being counted. Try again in {seconds} seconds.", seconds=WAIT)
    return answer(found, Cache_Control="private, no-cache")


def _asked() -> tuple[Format, str]:
    name, what = request.args.get("format", "jsonl"), _view_asked()
    known = [form.NAME for form in FORMATS]
    if name not in known:
        raise Refused("“{value}” is none of {known}.", path="format", value=name[:100], known=", ".join(known))
    check_view(format_named(name), what)
    return format_named(name), what


def _view_asked() -> str:
    what = request.args.get("what", "annotations")
    if what not in exporting.WHAT:
        raise Refused("“{value}” is none of {known}.", path="what", value=what[:100], known=", ".join(exporting.WHAT))
    return what


def _take_turn(stack: ExitStack) -> None:
    """Half of the server's threads may send downloads: slow readers must not keep everybody else waiting."""
    turns: BoundedSemaphore = current_app.extensions.setdefault(
        "isnad.downloads", BoundedSemaphore(max(1, settings().threads // 2))
    )
    if not turns.acquire(blocking=False):
        raise Busy("Too many downloads run at the moment. Try again in {seconds} seconds.", seconds=WAIT)
    stack.callback(turns.release)


def _download(
    session: Session, project: Project, form: Format, what: str, *, packed: bool, tag: str, release: str | None
) -> Response:
    def parts() -> Iterator[bytes]:
        if release is None:
            parts = form.write(exporting.take(session, project, what))
        else:
            parts = form.write(files.snapshot(releases.folder_of(settings().releases, project.id, release), what))
        return _packed(parts) if packed else _joined(parts)

    response = _ranged(parts, tag)
    response.mimetype = form.MEDIA_TYPE
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Accept-Ranges"] = "bytes"
    file = f"isnad-{project.id}-{what if release is None else f'{release}-{what}'}.{form.EXTENSION}"
    response.headers.set("Content-Disposition", "attachment", filename=file)
    return response


def _ranged(parts: Callable[[], Iterator[bytes]], tag: str) -> Response:
    """The whole, or the range asked for when it is of this very content; several ranges at once get the whole."""
    wished = request.range
    fresh = "If-Range" not in request.headers or request.if_range.etag == tag
    if wished is None or wished.units != "bytes" or len(wished.ranges) != 1 or not fresh:
        return Response(parts())
    total = sum(len(part) for part in parts())  # equal state, equal bytes: made twice instead of kept
    found = wished.range_for_length(total)
    if found is None:
        raise RequestedRangeNotSatisfiable(total)
    start, stop = found
    response = Response(_slice(parts(), start, stop), 206)
    response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{total}"
    response.headers["Content-Length"] = str(stop - start)
    return response


def _slice(parts: Iterable[bytes], start: int, stop: int) -> Iterator[bytes]:
    at = 0
    for part in parts:
        if at >= stop:
            return
        if at + len(part) > start:
            yield part[max(0, start - at) : stop - at]
        at += len(part)


def _joined(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in larger parts; the first at once, so that the reader sees that something comes."""
    waiting, size, least = [], 0, 1
    for part in parts:
        waiting.append(part)
        size += len(part)
        if size >= least:
            yield b"".join(waiting)
            waiting, size, least = [], 0, PART
    if waiting:
        yield b"".join(waiting)


def _packed(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same as gzip, without a time in it: equal content, equal bytes."""
    packing = zlib.compressobj(5, zlib.DEFLATED, 31)
    for n, part in enumerate(_joined(parts)):
        out = packing.compress(part) + (packing.flush(zlib.Z_SYNC_FLUSH) if n == 0 else b"")
        if out:
            yield out
    yield packing.flush()


def _tag(
    session: Session, project: Project, form: Format, what: str, packed: bool, sealed: str | None
) -> str:
    """Names the bytes without making them: the moment of the project or the hash of the release, format, code."""
    moment = listing.moment(session, project.id) if sealed is None else sealed
    parts = (project.id, moment, form.NAME, what, packed, zlib.ZLIB_RUNTIME_VERSION, _code())
    return hashlib.sha256("\0".join(str(part) for part in parts).encode()).hexdigest()[:32]


@cache
def _code() -> str:
    root = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for name in _SOURCES:
        place = root / name
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            digest.update(path.read_bytes())
    return digest.hexdigest()
