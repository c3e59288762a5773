"""The HTTP API of whole projects: list, progress, import, export."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, request

from annotator.actions.importing import ImportOptions, import_file
from annotator.context import database, settings
from annotator.errors import Refused
from annotator.queries import labelling as reading
from annotator.queries import projects as projects_reading
from annotator.queries import snapshots
from annotator.views.api import answer
from annotator.views.loading import current_actor, project_for
from exports import FORMATS, format_named

api_projects = Blueprint("api_projects", __name__, url_prefix="/api/v1/projects")


@api_projects.get("")
def projects() -> Response:
    """The projects that this person belongs to."""
    with database().read() as session:
        own = projects_reading.own_projects(session, current_actor())
    return answer({"projects": [{"id": p.id, "name": p.name, "role": p.role, "overlap": p.overlap} for p in own]})


@api_projects.get("/<int:project_id>/progress")
def progress(project_id: int) -> Response:
    """The own counts, and everyone's for who may see them."""
    actor = current_actor()
    with database().read() as session:
        project_for(session, project_id, "see")
        own = reading.own_progress(session, actor.id, project_id)
        role = projects_reading.role_of(session, actor, project_id)
        everyone = reading.progress(session, project_id) if projects_reading.sees_progress(actor, role) else []
    return answer(
        {
            **own,
            "annotators": [
                {"annotator": p.email, "name": p.name, "role": p.role, "submitted": p.submitted,
                 "drafts": p.drafts, "skipped": p.skipped, "flagged": p.flagged, "active_ms": p.active_ms,
                 "last_at": p.last_at}
                for p in everyone
            ],
        }
    )  # fmt: skip


@api_projects.post("/<int:project_id>/documents")
def documents(project_id: int) -> Response:
    """Import one file, sent as the body: raw text, JSONL or Label Studio JSON."""
    limit = settings().max_import_bytes
    request.max_content_length = limit
    options = ImportOptions(
        name=request.args.get("file", ""),
        format=request.args.get("format", _format_sent()),
        outlet=request.args.get("outlet"), event=request.args.get("event"),
        published=request.args.get("published"), url=request.args.get("url"),
        encoding=request.args.get("encoding"),
        new_speakers=request.args.get("new_speakers") == "1",
        new_annotators=request.args.get("new_annotators") == "1",
    )  # fmt: skip
    with database().read() as session:
        project_for(session, project_id, "import")  # nobody else may make the server hold a large body
    raw = request.get_data(cache=False)
    with database().write() as session:
        project, _ = project_for(session, project_id, "import")
        report = import_file(session, current_actor(), project, raw, options)
    return answer(
        {"file": report.file, "documents": report.documents, "sentences": report.sentences,
         "annotations": report.annotations, "already_there": report.already_there,
         "notes": [note.full() for note in report.notes]},
        201,
    )  # fmt: skip


def _format_sent() -> str:
    sent = request.mimetype
    if sent in ("application/jsonl", "application/x-ndjson", "application/json-lines"):
        return "jsonl"
    return "label-studio" if sent == "application/json" else "text"


@api_projects.get("/<int:project_id>/export")
def export(project_id: int) -> Response:
    """The project in a format, streamed."""
    name = request.args.get("format", "jsonl")
    what = request.args.get("what", "annotations")
    if name not in [form.NAME for form in FORMATS]:
        raise Refused("“{value}” is none of {known}.", path="format", value=name,
                      known=", ".join(form.NAME for form in FORMATS))  # fmt: skip
    if what not in snapshots.WHAT:
        raise Refused("“{value}” is none of {known}.", path="what", value=what, known=", ".join(snapshots.WHAT))
    form = format_named(name)
    with database().read() as session:
        project, _ = project_for(session, project_id, "export")

    def stream() -> Iterator[bytes]:
        with database_.snapshot() as session:
            yield from form.write(snapshots.take(session, project, what))

    database_ = database()
    response = Response(stream(), mimetype=form.MEDIA_TYPE)
    file = f"{project.id}-{what}.{form.EXTENSION}"
    response.headers["Content-Disposition"] = f'attachment; filename="isnad-{file}"'
    return response
