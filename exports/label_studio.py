"""Label Studio JSON: an array of tasks, one a unit, one annotation an annotator. Written streaming.

Facts measured on Label Studio 1.23.2: text offsets are code points, end exclusive; ids, times and
the `meta` of annotations are lost there, the task's `data` and `meta` and a region's `meta` are kept.
So what must come back travels in those, under the key `isnad`; the first region of each annotation is
its comment, which carries author, state, version and times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from annotator.errors import Refused
from annotator.layers.answer import ARTICLE, UNCLEAR, Labels, Statement
from annotator.snapshot import Annotation, Line, Snapshot
from exports.jsonl import DEPTH_LIMIT, FORMAT, too_deep
from exports.label_studio_config import ROW, SURFACE
from exports.lines import ReadLine, read_line

NAME = "label-studio"
MEDIA_TYPE = "application/json"
EXTENSION = "json"


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
        about = {"gold": {"basis": line.gold.basis, "votes": line.gold.votes}, "labels": len(line.gold.labels.statements)}
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
        "labels": len(annotation.labels.statements),
    }  # fmt: skip
    made = _annotation(line, annotation.labels, about, annotation.comment, False)
    made["was_cancelled"] = annotation.state == "skipped"
    if annotation.active_ms is not None:
        made["lead_time"] = annotation.active_ms / 1000
    return made


def _annotation(
    line: Line, labels: Labels, about: dict[str, Any], comment: str | None, truth: bool
) -> dict[str, Any]:
    result = [_result("note", "comment", "textarea", {"text": [comment] if comment else []}, about)]
    for n, statement in enumerate(labels.statements):
        result += _row(line, n, statement)
    for n, entity in enumerate(labels.entities):
        value = {"start": entity.start, "end": entity.end, "text": entity.text, "labels": [entity.label]}
        result.append(_result(f"entity-{n}", "entities", "labels", value, {}))
    return {"result": result, "was_cancelled": False, "ground_truth": truth, "lead_time": None}


def _row(line: Line, n: int, statement: Statement) -> Iterator[dict[str, Any]]:
    """The controls of a statement; the primary one (n = 0) belongs to the sentence, others to a region."""
    prefix = "row_" if n else ""
    place: dict[str, Any] = {"start": 0, "end": len(line.text), "text": line.text} if n else {}
    row = {"row": n}
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


def read(raw: bytes, *, file: str) -> Iterator[ReadLine]:
    """The tasks of a file as lines of the format of record. Raises Refused with task and field."""
    if too_deep(raw):
        raise Refused("The file nests deeper than {limit} levels.", limit=DEPTH_LIMIT).at(file=file)
    try:
        tasks = orjson.loads(raw.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise Refused("This is not JSON: {reason}.", reason=str(error)).at(file=file) from error
    if not isinstance(tasks, list):
        raise Refused("A Label Studio file is a JSON array of tasks.").at(file=file)
    for n, found in enumerate(tasks):
        try:
            yield read_line(_line_content(found), n + 1)
        except Refused as refusal:
            raise refusal.at(file=file, path=f"[{n}]") from None


def _line_content(found: object) -> dict[str, Any]:
    """A task in the form of a line of record."""
    if not isinstance(found, dict) or not isinstance(found.get("data"), dict):
        raise Refused("A task is an object with data.")
    data = found["data"]
    told = _isnad(found)
    line: dict[str, Any] = {"text": data.get("text"), "meta": None}
    if told:
        line |= {
            "id": data.get("id"), "document": told.get("document"), "start": data.get("start"),
            "end": data.get("end"), "kind": data.get("kind"), "text_sha256": told.get("text_sha256"),
            "split": told.get("split"), "group": told.get("group"),
        }  # fmt: skip
    annotations = found.get("annotations") or []
    if not isinstance(annotations, list):
        raise Refused("“{value}” is not a list.", path="annotations", value=str(annotations)[:60])
    line["annotations"] = []
    for n, annotation in enumerate(annotations):
        try:
            answer = _answer_content(annotation)
        except Refused as refusal:
            raise refusal.at(path=f"annotations[{n}]") from None
        if answer is not None:
            line["annotations"].append(answer)
    return line


def _isnad(thing: dict[str, Any]) -> dict[str, Any]:
    meta = thing.get("meta")
    told = meta.get("isnad") if isinstance(meta, dict) else None
    return told if isinstance(told, dict) else {}


def _answer_content(annotation: object) -> dict[str, Any] | None:
    """An annotation in the form of a line's; null for gold, which is computed and not imported."""
    result = annotation.get("result") if isinstance(annotation, dict) else None
    if not isinstance(annotation, dict) or not isinstance(result, list):
        raise Refused("An annotation is an object with a list result.")
    about: dict[str, Any] = {}
    rows: dict[int, dict[str, Any]] = {}
    entities = []
    for n, region in enumerate(result):
        value = region.get("value") if isinstance(region, dict) else None
        if not isinstance(region, dict) or not isinstance(value, dict):
            raise Refused("A region is an object with a value.", path=f"result[{n}]")
        told = _isnad(region)
        control = str(region.get("from_name"))
        if control == "comment":
            about = {**told, "comment": _only(value, "text", f"result[{n}]", missing_ok=True)}
        elif control == "entities":
            entities.append({**{k: value.get(k) for k in ("start", "end", "text")},
                             "label": _only(value, "labels", f"result[{n}]")})  # fmt: skip
        elif control != "new_speaker":
            _read_control(rows.setdefault(_row_number(told, control), {}), control, value, told, f"result[{n}]")
    if "gold" in about:
        return None
    for n in range(about.get("labels") or 0):
        rows.setdefault(n, {})
    author = about.get("annotator") or _email(annotation.get("completed_by"))
    if author is None:
        raise Refused("The annotation names no author: give completed_by an e-mail address.", path="completed_by")
    keys = ("version", "skip_reason", "flag", "comment", "active_ms", "created_at", "updated_at", "scheme",
            "guideline", "provenance")  # fmt: skip
    state = about.get("state") or ("skipped" if annotation.get("was_cancelled") else "submitted")
    return {
        "annotator": author, "state": state, **{key: about.get(key) for key in keys},
        "labels": {"statements": [_statement(rows[n]) for n in sorted(rows)], "entities": entities},
    }  # fmt: skip


def _row_number(told: dict[str, Any], control: str) -> int:
    row = told.get("row", 1 if control.startswith("row_") else 0)
    return row if type(row) is int and 0 <= row < 50 else 0


def _read_control(
    row: dict[str, Any], control: str, value: dict[str, Any], told: dict[str, Any], path: str
) -> None:
    name = control.removeprefix("row_")
    if control == "regions":
        if _only(value, "labels", path) == SURFACE:
            row["words"] = {k: value.get(k) for k in ("start", "end", "text")}
        return
    if name not in ("speaker", "attribution", "stance_target", "stance", "claim_type"):
        raise Refused("“{value}” is no control of our label config.", path=f"{path}.from_name", value=control[:60])
    row[name] = _only(value, "choices", path)
    if name == "speaker":
        row["entry"] = {"canonical": told.get("canonical"), "kind": told.get("kind")}


def _statement(row: dict[str, Any]) -> dict[str, Any]:
    speaker = None
    if row.get("speaker") is not None:
        speaker = {"id": row["speaker"], **row["entry"], **row.get("words", {})}
    return {
        "speaker": speaker, "attribution": row.get("attribution"),
        "stance": {"target": row.get("stance_target"), "value": row.get("stance")},
        "claim_type": row.get("claim_type"),
    }  # fmt: skip


def _only(value: dict[str, Any], key: str, path: str, *, missing_ok: bool = False) -> str | None:
    """The one string of a list such as `choices`."""
    found = value.get(key)
    if missing_ok and found in (None, []):
        return None
    if not isinstance(found, list) or len(found) != 1 or not isinstance(found[0], str):
        raise Refused("“{value}” is not a list of one label.", path=f"{path}.value.{key}", value=str(found)[:60])
    return found[0]


def _email(completed_by: object) -> str | None:
    email = completed_by.get("email") if isinstance(completed_by, dict) else None
    return email if isinstance(email, str) else None


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
