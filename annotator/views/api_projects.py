"""The HTTP API of whole projects: list, progress, documents, import."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from annotator.actions.importing import FOREIGN, FORMATS, ImportOptions, ImportReport, try_file
from annotator.actions.importing_labels import mapped_labels
from annotator.actions.importing_reading import foreign_options, listed, read_ahead
from annotator.context import database, settings
from annotator.errors import NotAllowed, NotFound, Refused
from annotator.i18n import gettext
from annotator.importing import import_whole, trial
from annotator.queries import labelling as reading
from annotator.queries import listing
from annotator.queries import projects as projects_reading
from annotator.queries import scheme as schemes
from annotator.views.api import answer
from annotator.views.api_lists import cut, page_asked
from annotator.views.errors import answer as refused
from annotator.views.loading import current_actor, demand_known, document_for, importable, project_for

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from annotator.models import Project

api_projects = Blueprint("api_projects", __name__, url_prefix="/api/v1")

UNITS_LIMIT, UNITS_MOST = 1_000, 5_000
_JSON_LINES = ("application/jsonl", "application/x-ndjson", "application/json-lines", "application/x-jsonlines")
_ENDINGS = {"text": "txt", "label-studio": "json", "conll": "conll", "webanno": "tsv"}
PARAMETERS = (
    "file", "format", "outlet", "event", "published", "url", "encoding", "new_speakers", "new_annotators", "annotator",
    "map", "offsets", "predictions_as", "dry_run",
)  # fmt: skip
SWITCH = {"0": False, "1": True, "false": False, "true": True}


@api_projects.get("/projects")
def projects() -> Response:
    """List the projects that you belong to."""
    actor = current_actor()
    page = page_asked()
    with database().read() as session:
        shown, more = cut(listing.projects(session, actor, page), page)
        content = [_project(project, role) for project, role in shown]
    return answer({"projects": content, "next": str(shown[-1][0].id) if more else None})


@api_projects.get("/projects/<int:project_id>")
def project(project_id: int) -> Response:
    """Show one project."""
    with database().read() as session:
        found, role = project_for(session, project_id, "see")
        scheme, guideline = schemes.in_force(session, project_id).sha256, schemes.guideline_name(found)
    return answer({**_project(found, role), "scheme": scheme, "guideline": guideline})


def _project(project: Project, role: str) -> dict[str, Any]:
    return {"id": project.id, "name": project.name, "role": role, "overlap": project.overlap}


@api_projects.get("/projects/<int:project_id>/progress")
def progress(project_id: int) -> Response:
    """Show your own counts, and everyone's to leads, adjudicators and viewers."""
    actor = current_actor()
    annotators: list[dict[str, Any]] = []
    following = None
    with database().read() as session:
        _, role = project_for(session, project_id, "see")
        page = page_asked()
        own = reading.own_progress(session, actor.id, project_id)
        if projects_reading.sees_progress(actor, role):
            shown, more = cut(listing.members(session, project_id, page), page)
            last = listing.last_saves(session, project_id, [person.id for _, person in shown])
            following = str(shown[-1][1].id) if more else None
            annotators = [
                {"annotator": p.email, "name": p.name, "role": m.role, "submitted": m.submitted, "drafts": m.drafts,
                 "skipped": m.skipped, "flagged": m.flagged, "active_ms": m.active_ms, "last_at": last.get(p.id)}
                for m, p in shown
            ]  # fmt: skip
    return answer({**own, "annotators": annotators, "next": following})


@api_projects.get("/projects/<int:project_id>/documents")
def document_list(project_id: int) -> Response:
    """List the documents of a project in the order of their import."""
    with database().read() as session:
        project_for(session, project_id, "see progress")
        page = page_asked(first=-1)
        shown, more = cut(listing.documents(session, project_id, page), page)
    content = [
        {"id": row.id, "file": row.file, "sha256": row.sha256, "language": row.language, "outlet": row.outlet,
         "event": row.event, "published": row.published, "url": row.url, "characters": row.characters}
        for row in shown
    ]  # fmt: skip
    return answer({"documents": content, "next": str(shown[-1].ordinal) if more else None})


@api_projects.get("/documents/<int:document_id>")
def units(document_id: int) -> Response:
    """Show the units of a document with the state of your own answers and what they say."""
    actor = current_actor()
    with database().read() as session:
        found, _, _ = document_for(session, document_id, "see")
        page = page_asked(usual=UNITS_LIMIT, most=UNITS_MOST, first=-1)
        shown, more = cut(listing.units(session, actor, document_id, page), page)
    content = [
        {"id": row.id, "text": row.text, "kind": row.kind, "start": row.start, "end": row.end, "mine": row.mine,
         "labels": _labels_of(row)}
        for row in shown
    ]  # fmt: skip
    return answer({"id": found.id, "file": found.file, "sentences": content,
                   "next": str(shown[-1].start) if more else None})  # fmt: skip


def _labels_of(row: listing.UnitRow) -> dict[str, str | None] | None:
    """What the asker's own answer to a unit says, as far as a list tells it."""
    if row.statement is None:
        return None
    return {"speaker": row.speaker, "name": row.name, "target": row.target, "stance": row.stance,
            "claim_type": row.claim_type}  # fmt: skip


@api_projects.post("/projects/<int:project_id>/documents")
def documents(project_id: int) -> Response:
    """Import one file, whole or not at all: as the body or as a form's part."""
    request.max_content_length = settings().max_import_bytes
    with database().read() as session:
        # nobody else may make the server hold a large body
        served = importable(project_id)(session).served_kinds
    raw, options = _sent_form() if request.mimetype == "multipart/form-data" else _sent_body()
    dry = _switched({**request.args.to_dict(), **request.form.to_dict()}, "dry_run")
    if dry:
        return _try(project_id, raw, options, served)
    report = import_whole(database(), current_actor(), importable(project_id), raw, options)
    return answer(_told(report), 201)


def _told(report: ImportReport) -> dict[str, Any]:
    return {
        "file": report.file, "documents": report.documents, "sentences": report.sentences,
        "annotations": report.annotations, "already_there": report.already_there,
        "notes": [note.full() for note in report.notes],
    }  # fmt: skip


def _try(project_id: int, raw: bytes, options: ImportOptions, served: Collection[str]) -> Response:
    """What an import would do, and what becomes of each label; a refusal tells the labels too."""
    with database().read() as session:
        labels = [
            {"layer": one.layer, "theirs": one.theirs, "ours": one.ours, "count": one.count, "line": one.line,
             "why": one.why and one.why.text(gettext), "new": one.new}
            for one in mapped_labels(session, project_id, raw, options)
        ]  # fmt: skip
    ahead = None
    with suppress(Refused):  # told below, with the labels
        ahead = read_ahead(raw, options, served)
    with trial(database()) as session:
        project = importable(project_id)(session)
        try:
            report = try_file(session, current_actor(), project, raw, options, ahead)
        except (NotAllowed, NotFound):
            raise
        except Refused as refusal:
            return refused(refusal.status, refusal.faults, labels=labels)
    return answer({**_told(report), "labels": labels})


def _sent_body() -> tuple[bytes, ImportOptions]:
    raw = request.get_data(cache=False)
    return raw, _options(request.args, request.args.get("file"), request.mimetype, raw)


def _sent_form() -> tuple[bytes, ImportOptions]:
    """A form with the file as its part `file`; its other fields are the options. The address may hold them too."""
    files = request.files.getlist("file")
    if len(files) != 1:
        raise Refused("The form has {count} parts named file; send one.", path="file", count=len(files))
    given = {**request.args.to_dict(), **request.form.to_dict()}
    named = given.get("file") or re.split(r"[/\\]", files[0].filename or "")[-1] or None
    raw = files[0].read()
    return raw, _options(given, named, files[0].mimetype, raw)


def _options(given: Mapping[str, str], name: str | None, media_type: str, raw: bytes) -> ImportOptions:
    demand_known(given, PARAMETERS)
    form = given.get("format") or _format_of(media_type)
    if form not in (*FORMATS, *FOREIGN):
        raise Refused("“{value}” is none of {known}.", path="format", value=form[:100],
                      known=", ".join((*FORMATS, *FOREIGN)))  # fmt: skip
    if name is None:  # the same content again gets the same name, so that it is there already
        name = f"import-{hashlib.sha256(raw).hexdigest()[:12]}.{_ENDINGS.get(form, 'jsonl')}"
    return ImportOptions(
        name=name, format=form,
        outlet=given.get("outlet"), event=given.get("event"), published=given.get("published"),
        url=given.get("url"), encoding=given.get("encoding"),
        **foreign_options(listed(given.get("annotator")), listed(given.get("map")), given.get("offsets")),
        predictions_as=given.get("predictions_as"),
        new_speakers=_switched(given, "new_speakers"), new_annotators=_switched(given, "new_annotators"),
    )  # fmt: skip


def _switched(given: Mapping[str, str], name: str) -> bool:
    value = given.get(name, "0")
    if value not in SWITCH:
        raise Refused("“{value}” is none of {known}.", path=name, value=value[:100], known=", ".join(SWITCH))
    return SWITCH[value]


def _format_of(media_type: str) -> str:
    if media_type in _JSON_LINES:
        return "jsonl"
    return "label-studio" if media_type == "application/json" else "text"
