"""What cannot be read off the routes: what each endpoint takes, answers and refuses. One entry per endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from annotator.actions.importing import FOREIGN
from annotator.actions.importing import FORMATS as IMPORTS
from annotator.actions.importing_reading import OFFSETS
from annotator.client import answers, shapes
from annotator.queries.exporting import WHAT
from annotator.views import api_lists, api_projects, api_registry
from annotator.views.openapi import bodies
from exports import FORMATS

PUBLIC = "public"
SIGNED_IN = "signed in"

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Raw:
    """A body or an answer that is no JSON of ours: media type → its schema."""

    media: Mapping[str, Schema]


@dataclass(frozen=True, slots=True)
class Operation:
    """`needs` is the verb of `annotator.permissions`; `refusals` are the statuses beside those that all share."""

    group: str
    needs: str
    answer: Any
    status: int = 200
    also: Mapping[int, str] = field(default_factory=dict)  # further statuses with the same answer
    apart: Mapping[int, Any] = field(default_factory=dict)  # further statuses with answers of their own
    query: tuple[Schema, ...] = ()
    headers: tuple[Schema, ...] = ()
    body: Any = None
    example: Any = None
    refusals: tuple[int, ...] = ()


def query(name: str, schema: Schema, description: str, *, required: bool = False) -> Schema:
    return {"in": "query", "name": name, "schema": schema, "description": description, "required": required}


def header(name: str, schema: Schema, description: str, *, required: bool = False) -> Schema:
    return {"in": "header", "name": name, "schema": schema, "description": description, "required": required}


def paged(usual: int = api_lists.LIMIT, most: int = api_lists.MOST) -> tuple[Schema, ...]:
    return (
        query("limit", {"type": "integer", "minimum": 1, "maximum": most, "default": usual}, "Rows on a page."),
        query("cursor", {"type": "string", "pattern": r"^[0-9]{1,18}$"}, "`next` of the page before; none: the first."),
    )


def one_of(name: str, known: tuple[str, ...], usual: str | None, description: str) -> Schema:
    schema: Schema = {"type": "string", "enum": list(known)}
    return query(name, schema if usual is None else {**schema, "default": usual}, description)


def _any_of(media_type: str) -> Schema:
    schema: Schema = {} if media_type == "application/json" else {"type": "string"}
    return {"description": "See the page of formats.", **schema}


_TEXT = {"type": "string"}
_NAME: Schema = {"type": "string", "maxLength": 200}
_SWITCH = {"type": "string", "enum": list(api_projects.SWITCH), "default": "0"}
IF_NONE_MATCH = header("If-None-Match", _TEXT, "An ETag that you hold: 304 where nothing has changed.")

IMPORT_OPTIONS: dict[str, tuple[Schema, str]] = {
    "format": ({"type": "string", "enum": [*IMPORTS, *FOREIGN]}, "Left out, the type of the body decides."),
    "outlet": (_NAME, "Who published it."),
    "event": (_NAME, "What it is about."),
    "published": ({"type": "string", "format": "date"}, "The day, as 2026-01-31."),
    "url": ({"type": "string", "pattern": "^https?://"}, "Where it stands."),
    "encoding": (_TEXT, "Of a text that is not UTF-8, as in windows-1256; left out, it is found out."),
    "new_speakers": (_SWITCH, "1: add speakers that the file names and the project lacks."),
    "new_annotators": (_SWITCH, "1: add annotators that the file names and the project lacks."),
    "annotator": (_TEXT, "Whose the marks of another tool's file are: EMAIL, or NAME=EMAIL for each, with commas."),
    "map": (_TEXT, "Labels there and what they are here, as PERSON=PERS,CITY=GPE."),
    "offsets": ({"type": "string", "enum": list(OFFSETS)}, "What a doccano file counts."),
    "predictions_as": (_TEXT, "Whose drafts Label Studio's predictions become; left out, they are counted only."),
    "dry_run": (_SWITCH, "1: do everything, tell it, and write nothing."),
}
FILE: Schema = {"type": "string", "minLength": 1, "maxLength": 255}
_STATEMENT = {"speaker": {"id": "ARTICLE"}, "attribution": "none", "stance": {"target": None, "value": "none"},
              "claim_type": "fact"}  # fmt: skip

UNDESCRIBED = Operation("Others", SIGNED_IN, Raw({"application/json": {}}))  # a test finds it

OPERATIONS: dict[str, Operation] = {
    "GET api_projects.projects": Operation("Projects", SIGNED_IN, shapes.ProjectPage, query=paged(), refusals=(422,)),
    "GET api_projects.project": Operation("Projects", "see", shapes.ProjectDetail),
    "GET api_projects.progress": Operation("Projects", "see", shapes.Progress, query=paged(), refusals=(422,)),
    "GET api.guideline": Operation("Projects", "see", shapes.GuidelineTexts),
    "GET api.scheme": Operation("Projects", "see", Raw({"application/json": {"type": "object"}})),
    "GET api_projects.document_list": Operation(
        "Documents", "see progress", shapes.DocumentPage, query=paged(), refusals=(422,)
    ),
    "POST api_projects.documents": Operation(
        "Documents", "import", shapes.ImportReport, 201, also={200: "A dry run: what an import would do."},
        query=(
            query("file", FILE, "The name of the file, without folders; a form may give it with its part. "
                                "Left out: one made of its content."),
            *(query(name, schema, text) for name, (schema, text) in IMPORT_OPTIONS.items()),
        ),
        body=Raw({
            "text/plain": _TEXT,
            "application/jsonl": _TEXT,
            "application/json": {"description": "Tasks of Label Studio: an array of objects."},
            "multipart/form-data": {
                "type": "object", "required": ["file"],
                "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"},
                               **{name: {**schema, "description": text}
                                  for name, (schema, text) in IMPORT_OPTIONS.items()}},
            },
        }),
        refusals=(413, 415, 422),
    ),
    "GET api_projects.units": Operation(
        "Documents", "see", answers.DocumentUnits,
        query=paged(api_projects.UNITS_LIMIT, api_projects.UNITS_MOST), refusals=(422,),
    ),
    "POST api.lease": Operation(
        "Labelling", "label", answers.Lease, body=bodies.LeaseWish, example={"count": 2}, refusals=(415, 422)
    ),
    "GET api.sentence": Operation("Labelling", "see", answers.Sentence),
    "GET api.annotation": Operation("Labelling", "see", answers.Annotation),
    "PUT api.save": Operation(
        "Labelling", "label", answers.Saved, body=bodies.SaveWish,
        headers=(
            header("If-Match", _TEXT, 'The version that you edited, in quotes; `"0"` for a first save.', required=True),
            header("Idempotency-Key", {"type": "string", "minLength": 1, "maxLength": 200},
                   "The same key with the same body is the same success, however often it is sent."),
        ),
        example={"labels": {"statements": [_STATEMENT], "entities": []}, "state": "submitted", "active_ms": 5400},
        refusals=(412, 415, 422, 428),
    ),
    "GET api.mine": Operation(
        "Labelling", "see", answers.OwnAnswers, refusals=(422,),
        query=(
            one_of("state", ("flagged", "skipped", "submitted", "draft"), None, "Only these."),
            query("q", _TEXT, "Only sentences that hold these words; written variants of letters count as the same."),
            query("cursor", {"type": "string", "pattern": r"^[0-9TZ:.+-]{0,40}~[0-9]{1,18}$"},
                  "`next` of the page before; none: the first."),
        ),
    ),
    "GET api_own.statistics": Operation("Labelling", "see", answers.OwnStatistics),
    "GET api_own.marked_before": Operation("Labelling", "label", answers.Phrases),
    "GET api_own.speaker_sentences": Operation(
        "Labelling", "see", answers.SpeakerSentences, query=paged()[1:], refusals=(422,)
    ),
    "GET api_registry.speakers": Operation(
        "Registry", "see", shapes.Registry, query=paged(api_registry.LIMIT, api_registry.MOST), refusals=(422,)
    ),
    "POST api_registry.add": Operation(
        "Registry", "label", shapes.Entry, 201, {200: "The project has a speaker of this name: that one."},
        body=bodies.EntryWish, refusals=(409, 415, 422),
        example={"id": "unesco", "canonical": "اليونسكو", "kind": "organisation", "aliases": ["منظمة اليونسكو"]},
    ),
    "PATCH api_registry.change": Operation(
        "Registry", "change scheme", shapes.Entry, body=bodies.EntryChange, example={"en": "UNESCO"},
        refusals=(409, 415, 422),
    ),
    "POST api_registry.add_alias": Operation(
        "Registry", "change scheme", shapes.Entry, body=bodies.AliasWish, example={"text": "يونسكو"},
        refusals=(409, 415, 422),
    ),
    "POST api_registry.merge": Operation(
        "Registry", "change scheme", shapes.Entry, body=bodies.MergeWish, example={"into": "unesco"},
        refusals=(409, 415, 422),
    ),
    "POST api_registry.split": Operation("Registry", "change scheme", shapes.Entry, refusals=(422,)),
    "GET api_people.members": Operation("People", "invite", shapes.People, query=paged(), refusals=(422,)),
    "POST api_people.invite": Operation(
        "People", "invite", shapes.Invited, 201, body=bodies.Invitation, refusals=(409, 415, 422),
        example={"name": "Amal", "email": "amal@example.org", "role": "annotator"},
    ),
    "GET api_export.export": Operation(
        "Datasets", "export", Raw({form.MEDIA_TYPE: _any_of(form.MEDIA_TYPE) for form in FORMATS}),
        also={206: "The part that was asked for."},
        query=(
            one_of("format", tuple(form.NAME for form in FORMATS), "jsonl", "See the page of formats."),
            one_of("what", WHAT, "annotations", "Whose labels."),
            query("release", _TEXT, "The name of a release; left out, the project as it is now."),
        ),
        headers=(
            header("Range", _TEXT, "The bytes that you lack, as in `bytes=1000-`."),
            header("If-Range", _TEXT, "The ETag of what you have: another content is sent whole."),
        ),
        refusals=(416, 422, 503),
    ),
    "GET api_export.counts": Operation(
        "Datasets", "export", shapes.ExportCounts, refusals=(422, 503),
        query=(
            one_of("what", WHAT, "annotations", "Whose labels."),
            query("release", _TEXT, "The name of a release; left out, the project as it is now."),
        ),
    ),
    "GET api_releases.releases": Operation("Datasets", "export", shapes.ReleasePage, query=paged(), refusals=(422,)),
    "POST api_releases.add": Operation(
        "Datasets", "release", shapes.Release, 201, body=bodies.ReleaseWish, refusals=(409, 415, 422),
        apart={202: shapes.ReleaseMaking},
        headers=(header("Prefer", _TEXT, "`respond-async`: answer at once with 202, and make the release beside."),),
        example={"name": "2026-1", "note": "First delivery.", "split": {"train": 80, "dev": 10, "test": 10}},
    ),
    "GET api_releases.release": Operation("Datasets", "export", shapes.ReleaseDetail),
    "GET api_releases.begun": Operation("Datasets", "export", shapes.ReleaseMaking),
    "GET api_releases.download": Operation(
        "Datasets", "export", Raw({"application/zip": {"type": "string", "contentMediaType": "application/zip"}})
    ),
    "GET api_agreement.agreement": Operation(
        "Agreement", "see agreement", shapes.Agreement, refusals=(422,),
        query=(
            query("outlet", _TEXT, "Only sentences of this outlet."),
            query("event", _TEXT, "Only sentences of this event."),
            query("document", _TEXT, "Only sentences of the document of this file name."),
            query("guideline", _TEXT, "Only answers under this guideline, as `guideline@2`."),
            query("week", _TEXT, "Only sentences finished in this ISO week, as `2026-W05`."),
            query("seen", _TEXT, "`1`: only sentences whose annotators saw suggestions; `0`: only others."),
            query("hidden", _TEXT, "`1`: only sentences whose outlet was hidden; `0`: only others."),
            query("without", {"type": "array", "items": _TEXT}, "Leave this annotator out; may be given again."),
            query("copies", _TEXT, "`once`: near-copies count once; `all`, the default: each."),
        ),
    ),
    "GET api_openapi.openapi": Operation("This document", PUBLIC, Raw({"application/json": {"type": "object"}})),
}  # fmt: skip
