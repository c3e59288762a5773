"""A unit as a Label Studio task.

What repeats from task to task is encoded once and kept as text: an export is mostly the same few controls around
other words. Whatever is kept is told apart by all that stands in it, so the bytes are those of encoding it anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import orjson

from annotator.layers.answer import ARTICLE, UNCLEAR, Labels
from annotator.layers.stored import StatementRow, entity_rows, statement_rows
from annotator.snapshot import Annotation, DocumentRef, Line
from exports.label_studio_config import ROW, SURFACE
from exports.label_studio_reading import fingerprint
from exports.lines import FORMAT

_HERE = "\0"  # no text holds it: where the particulars of a marked stretch go into its kept form
_CUT = b'"\\u0000"'


def task(line: Line, completed_by: str | None = None) -> dict[str, Any]:
    """One unit as a task."""
    found: dict[str, Any] = orjson.loads(task_bytes(line, completed_by))
    return found


def task_bytes(line: Line, completed_by: str | None = None) -> bytes:
    """One unit as a task, encoded."""
    document = line.document
    if line.gold is not None:
        gold = {"basis": line.gold.basis, "votes": line.gold.votes, "provenance": line.gold.provenance}
        about = {"gold": gold, "labels": len(statement_rows(line.gold.labels))}
        annotations = [_annotation(line, line.gold.labels, about, None, None, True)]
    else:
        annotations = [_answer(line, annotation) for annotation in line.annotations]
    if completed_by is not None:
        for annotation in annotations:
            annotation["completed_by"] = {"email": completed_by}
    return orjson.dumps(
        {
            "id": line.id,  # Label Studio gives its own; its converter takes no task without one
            "data": {
                "text": line.text, "id": line.id, "file": document.file, "start": line.start, "end": line.end,
                "kind": line.kind, "outlet": document.outlet, "event": document.event, "speakers": _choosable(line),
            },
            "meta": {
                "isnad": {
                    "format": FORMAT, "project": line.project, "document": _document(document),
                    "text_sha256": line.text_sha256, "split": line.split, "group": line.group,
                }
            },
            "annotations": annotations,
        }
    )  # fmt: skip


@lru_cache(64)
def _document(document: DocumentRef) -> orjson.Fragment:
    return orjson.Fragment(
        orjson.dumps({"file": document.file, "sha256": document.sha256, "outlet": document.outlet,
                      "event": document.event, "language": document.language})
    )  # fmt: skip


def _choosable(line: Line) -> orjson.Fragment:
    """The speakers that the control of the task offers."""
    speakers = {ARTICLE: "صوت المقال", UNCLEAR: "غير واضح"}
    for answer in (*line.annotations, *((line.gold,) if line.gold else ())):
        for row in statement_rows(answer.labels):
            if row[0] is not None and row[1] is not None:
                speakers[row[0]] = row[1]
    return _offered(tuple(speakers.items()))


@lru_cache(2048)
def _offered(speakers: tuple[tuple[str, str], ...]) -> orjson.Fragment:
    return orjson.Fragment(orjson.dumps([{"value": key, "html": name} for key, name in speakers]))


def _answer(line: Line, annotation: Annotation) -> dict[str, Any]:
    labels = annotation.labels
    rows = statement_rows(labels)
    about = {
        "annotator": annotation.annotator, "state": annotation.state, "version": annotation.version,
        "skip_reason": annotation.skip_reason, "flag": annotation.flag, "active_ms": annotation.active_ms,
        "comment": annotation.comment, "created_at": annotation.created_at, "updated_at": annotation.updated_at,
        "scheme": annotation.scheme, "guideline": annotation.guideline, "provenance": annotation.provenance,
        "labels": len(rows), "sha256": fingerprint([(r[0], *r[3:]) for r in rows], entity_rows(labels)),
    }  # fmt: skip
    made = _annotation(line, labels, about, annotation.annotator, annotation.comment, False)
    made["was_cancelled"] = annotation.state == "skipped"
    made["created_at"], made["updated_at"] = annotation.created_at, annotation.updated_at
    if annotation.active_ms is not None:
        made["lead_time"] = annotation.active_ms / 1000
    return made


def _annotation(
    line: Line, labels: Labels, about: dict[str, Any], author: str | None, comment: str | None, truth: bool
) -> dict[str, Any]:
    text = line.text
    note = _result("note", "comment", "textarea", {"text": [] if comment is None else [comment]}, about)
    regions = [orjson.dumps(note)]
    # entities before other regions: CoNLL there holds the first control alone
    for n, (start, end, label) in enumerate(entity_rows(labels)):
        a, b, c, d = _marked(f"entity-{n}", "entities", label, None, author)
        regions.append(b"%b%d%b%d%b%b%b" % (a, start, b, end, c, orjson.dumps(text[start:end]), d))
    for n, row in enumerate(statement_rows(labels)):
        regions += _row(text, n, row, author)
    result = orjson.Fragment(b"[%b]" % b",".join(regions))
    return {"result": result, "was_cancelled": False, "ground_truth": truth, "lead_time": None}


def _row(text: str, n: int, row: StatementRow, author: str | None) -> Iterator[bytes]:
    """The controls of a statement; the primary one (n = 0) belongs to the sentence, others to a region."""
    key, canonical, kind, start, end, *answers = row
    if n == 0:
        choices = _primary(key, canonical, kind, *answers, author)
        if choices:
            yield choices
    else:
        place = {"start": 0, "end": len(text), "text": text}
        yield orjson.dumps(_result(f"row-{n}", "regions", "labels", {**place, "labels": [ROW]}, _about(n, author)))
        yield from map(orjson.dumps, _choices(n, place, (key, canonical, kind, *answers), author))
    if key is not None and start is not None and end is not None:
        a, b, c, d = _marked(f"words-{n}", "regions", SURFACE, n, author)
        yield b"%b%d%b%d%b%b%b" % (a, start, b, end, c, orjson.dumps(text[start:end]), d)


@lru_cache(8192)
def _primary(*given: str | None) -> bytes:
    """The choices of a primary statement, whose last is the author: they hold nothing of the sentence."""
    return b",".join(map(orjson.dumps, _choices(0, {}, given[:-1], given[-1])))


def _choices(
    n: int, place: dict[str, Any], row: Sequence[str | None], author: str | None
) -> Iterator[dict[str, Any]]:
    """`row`: the speaker's id, name and kind, then the other answers."""
    key, canonical, kind, *others = row
    prefix = "row_" if n else ""
    names = ("speaker", "attribution", "stance_target", "stance", "claim_type")
    for name, answer in zip(names, (key, *others), strict=True):
        if answer is not None:
            more = {"canonical": canonical, "kind": kind} if name == "speaker" else {}
            yield _result(f"row-{n}" if n else f"sentence-{name}", prefix + name, "choices",
                          {**place, "choices": [answer]}, {**_about(n, author), **more})  # fmt: skip


@lru_cache(4096)
def _marked(key: str, control: str, label: str, n: int | None, author: str | None) -> tuple[bytes, ...]:
    """A marked stretch around its start, end and text; `n`: the statement that it belongs to."""
    value = {"start": _HERE, "end": _HERE, "text": _HERE, "labels": [label]}
    return tuple(orjson.dumps(_result(key, control, "labels", value, _about(n, author))).split(_CUT))


def _about(n: int | None, author: str | None) -> dict[str, Any]:
    return {**({} if n is None else {"row": n}), **({} if author is None else {"annotator": author})}


def _result(key: str, control: str, kind: str, value: dict[str, Any], about: dict[str, Any]) -> dict[str, Any]:
    return {"id": key, "from_name": control, "to_name": "text", "type": kind, "origin": "manual",
            "value": value, "meta": {"isnad": about}}  # fmt: skip

