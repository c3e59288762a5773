"""Label Studio JSON: an array of tasks, one a unit, one annotation an annotator. Written streaming.

Facts measured on Label Studio 1.23.2: text offsets are code points, end exclusive; ids, times and
the `meta` of annotations are lost there, the task's `data` and `meta` and a region's `meta` are kept.
So what must come back travels in those, under the key `isnad`; the first region of each annotation is
its comment, which carries author, state, version and times; every other one repeats the author, since
Label Studio drops an empty comment when somebody saves the annotation there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from annotator.errors import Refused
from annotator.layers.answer import ARTICLE, UNCLEAR, Labels, Statement
from annotator.snapshot import Annotation, Line, Snapshot
from exports.jsonl import FORMAT
from exports.label_studio_config import ROW, SURFACE, config
from exports.label_studio_reading import fingerprint, read

NAME = "label-studio"
MEDIA_TYPE = "application/json"
EXTENSION = "json"

__all__ = ["EXTENSION", "MEDIA_TYPE", "NAME", "config", "invalid", "read", "task", "write"]


def write(snapshot: Snapshot, *, completed_by: str | None = None) -> Iterator[bytes]:
    """The array, a task a part. `completed_by`: e-mail of a user who exists in the Label Studio server."""
    yield b"["
    before = b"\n"
    for line in snapshot.lines:
        yield before + orjson.dumps(task(line, completed_by))
        before = b",\n"
    yield b"\n]\n"


def task(line: Line, completed_by: str | None = None) -> dict[str, Any]:
    """One unit as a task."""
    document = line.document
    if line.gold is not None:
        gold = {"basis": line.gold.basis, "votes": line.gold.votes, "provenance": line.gold.provenance}
        about = {"gold": gold, "labels": len(line.gold.labels.statements)}
        annotations = [_annotation(line, line.gold.labels, about, None, True)]
    else:
        annotations = [_answer(line, annotation) for annotation in line.annotations]
    if completed_by is not None:
        for annotation in annotations:
            annotation["completed_by"] = {"email": completed_by}
    speakers = {ARTICLE: "صوت المقال", UNCLEAR: "غير واضح"}
    for labels in [a.labels for a in line.annotations] + ([line.gold.labels] if line.gold else []):
        speakers |= {s.speaker.id: s.speaker.canonical for s in labels.statements if s.speaker}
    return {
        "id": line.id,  # Label Studio gives its own; its converter takes no task without one
        "data": {
            "text": line.text, "id": line.id, "file": document.file, "start": line.start, "end": line.end,
            "kind": line.kind, "outlet": document.outlet, "event": document.event,
            "speakers": [{"value": key, "html": name} for key, name in speakers.items()],
        },
        "meta": {
            "isnad": {
                "format": FORMAT, "project": line.project,
                "document": {"file": document.file, "sha256": document.sha256, "outlet": document.outlet,
                             "event": document.event, "language": document.language},
                "text_sha256": line.text_sha256, "split": line.split, "group": line.group,
            }
        },
        "annotations": annotations,
    }  # fmt: skip


def _answer(line: Line, annotation: Annotation) -> dict[str, Any]:
    about = {
        "annotator": annotation.annotator, "state": annotation.state, "version": annotation.version,
        "skip_reason": annotation.skip_reason, "flag": annotation.flag, "active_ms": annotation.active_ms,
        "comment": annotation.comment, "created_at": annotation.created_at, "updated_at": annotation.updated_at,
        "scheme": annotation.scheme, "guideline": annotation.guideline, "provenance": annotation.provenance,
        "labels": len(annotation.labels.statements), "sha256": _fingerprint(annotation.labels),
    }  # fmt: skip
    made = _annotation(line, annotation.labels, about, annotation.comment, False)
    made["was_cancelled"] = annotation.state == "skipped"
    made |= {"created_at": annotation.created_at, "updated_at": annotation.updated_at}
    if annotation.active_ms is not None:
        made["lead_time"] = annotation.active_ms / 1000
    return made


def _fingerprint(labels: Labels) -> str:
    rows = [
        (s.speaker.id if s.speaker else None, s.speaker.start if s.speaker else None,
         s.speaker.end if s.speaker else None, s.attribution, s.stance.target, s.stance.value, s.claim_type)
        for s in labels.statements
    ]  # fmt: skip
    return fingerprint(rows, [(e.start, e.end, e.label) for e in labels.entities])


def _annotation(
    line: Line, labels: Labels, about: dict[str, Any], comment: str | None, truth: bool
) -> dict[str, Any]:
    author = {"annotator": about["annotator"]} if "annotator" in about else {}
    result = [_result("note", "comment", "textarea", {"text": [] if comment is None else [comment]}, about)]
    for n, entity in enumerate(labels.entities):  # before other regions: CoNLL there holds the first control alone
        value = {"start": entity.start, "end": entity.end, "text": entity.text, "labels": [entity.label]}
        result.append(_result(f"entity-{n}", "entities", "labels", value, author))
    for n, statement in enumerate(labels.statements):
        result += _row(line, n, statement, author)
    return {"result": result, "was_cancelled": False, "ground_truth": truth, "lead_time": None}


def _row(line: Line, n: int, statement: Statement, author: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The controls of a statement; the primary one (n = 0) belongs to the sentence, others to a region."""
    prefix = "row_" if n else ""
    place: dict[str, Any] = {"start": 0, "end": len(line.text), "text": line.text} if n else {}
    row = {"row": n, **author}
    if n:
        yield _result(f"row-{n}", "regions", "labels", {**place, "labels": [ROW]}, row)
    speaker = statement.speaker
    answers = {
        "speaker": speaker.id if speaker else None, "attribution": statement.attribution,
        "stance_target": statement.stance.target, "stance": statement.stance.value,
        "claim_type": statement.claim_type,
    }  # fmt: skip
    for name, answer in answers.items():
        if answer is not None:
            more = {"canonical": speaker.canonical, "kind": speaker.kind} if name == "speaker" and speaker else {}
            key = f"row-{n}" if n else f"sentence-{name}"
            yield _result(key, prefix + name, "choices", {**place, "choices": [answer]}, {**row, **more})
    if speaker is not None and speaker.start is not None:
        words = {"start": speaker.start, "end": speaker.end, "text": speaker.text, "labels": [SURFACE]}
        yield _result(f"words-{n}", "regions", "labels", words, row)


def _result(key: str, control: str, kind: str, value: dict[str, Any], about: dict[str, Any]) -> dict[str, Any]:
    return {"id": key, "from_name": control, "to_name": "text", "type": kind, "origin": "manual",
            "value": value, "meta": {"isnad": about}}  # fmt: skip


def server(url: str, token: str) -> Any:
    """The SDK's client of a Label Studio server; `token`: a personal access token or a legacy one."""
    from label_studio_sdk import LabelStudio

    return LabelStudio(base_url=url, api_key=token)


def refusal(error: BaseException) -> Refused | None:
    """What the client's error means to a person; null for an error that is not the server's or the network's."""
    from httpx import HTTPError, InvalidURL
    from label_studio_sdk.core.api_error import ApiError
    from pydantic import ValidationError

    if isinstance(error, ApiError):
        return Refused(
            "The Label Studio server refused ({status}): {reason}. Check --url, --token and the project there.",
            status=error.status_code, reason=_reason(error.body),
        )  # fmt: skip
    if isinstance(error, HTTPError | InvalidURL):
        return Refused("The Label Studio server cannot be reached: {reason}. Check --url and the network.",
                       reason=str(error))  # fmt: skip
    if isinstance(error, ValidationError):
        return Refused("The Label Studio server answers otherwise than its SDK expects: {reason}.",
                       reason=str(error)[:300])  # fmt: skip
    return None


def _reason(body: object) -> str:
    """The server's own words, where it has any that a person can read."""
    if isinstance(body, dict):
        body = body.get("validation_errors") or body.get("detail") or body
    told = str(body).strip()
    return "–" if told.startswith("<") or not told else told[:300]


def invalid(tasks: Iterable[dict[str, Any]], label_config: str) -> list[str]:
    """What Label Studio's own SDK finds wrong in the config and in each task and annotation.

    `validate_task` of label-studio-sdk 2.1.2 fails on tasks that have annotations, so these are
    validated one by one.
    """
    from label_studio_sdk.label_interface import LabelInterface

    interface = LabelInterface(label_config)
    interface.validate()
    faults = []
    for n, found in enumerate(tasks):
        if not interface.validate_task({"data": found["data"]}):
            faults.append(f"[{n}].data")
        faults += [
            f"[{n}].annotations[{m}]"
            for m, annotation in enumerate(found["annotations"])
            if not interface.validate_annotation(annotation)
        ]
    return faults
