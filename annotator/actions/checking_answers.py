"""Checking stored answers against the log: each is what its last save, or its import, says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, aliased

from annotator.errors import Fault
from annotator.layers.answer import Labels
from annotator.layers.stored import StatementRow, entity_rows, statement_rows
from annotator.models import Annotation, Entry, LogLine, Sentence
from annotator.progress import tell
from annotator.queries.answers import labels_by_annotation

AT_ONCE = 1000
_INTO = aliased(Entry)
#: What the log has as it stands in the table.
_PLAIN = ("state", "skip_reason", "flag", "comment", "active_ms", "scheme", "provenance")
_ROWS = (
    select(
        Annotation.id, Annotation.project_id, Annotation.sentence_id, Annotation.person_id, Annotation.version,
        Annotation.guideline, *(getattr(Annotation, name) for name in _PLAIN), Sentence.text,
    )
    .join(Sentence, Sentence.id == Annotation.sentence_id)
    .order_by(Annotation.id)
    .limit(AT_ONCE)
)  # fmt: skip
_Lines = defaultdict[tuple[int, int | None], list[tuple[int, dict[str, Any]]]]


def answers_unlike_log(session: Session) -> Iterator[Fault]:
    """Answers whose version the log does not know, or knows otherwise."""
    merged: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for project_id, key, into in session.execute(
        select(Entry.project_id, Entry.key, _INTO.key).join(_INTO, _INTO.id == Entry.merged_into_id)
    ):
        merged[project_id][key] = into
    after = done = 0
    total = session.scalar(select(func.count()).select_from(Annotation))
    while rows := session.execute(_ROWS.where(Annotation.id > after)).all():
        after = rows[-1].id
        labels = labels_by_annotation(session, {row.id: row.text for row in rows})
        lines = _lines(session, {row.sentence_id for row in rows})
        for row in rows:
            yield from _faults(row, labels[row.id], lines, merged[row.project_id])
        done += len(rows)
        tell("answers checked", done, total)


def _lines(session: Session, sentences: set[int]) -> _Lines:
    """Version and content of each save, by sentence and person; of imports, which others ran, under null."""
    found: _Lines = defaultdict(list)
    for sentence_id, person_id, verb, version, content in session.execute(
        select(LogLine.sentence_id, LogLine.person_id, LogLine.verb, LogLine.version, LogLine.content)
        .where(LogLine.sentence_id.in_(sentences), LogLine.verb.in_(("save", "import answer")))
        .order_by(LogLine.id)
    ):
        found[sentence_id, person_id if verb == "save" else None].append((version, content))
    return found


def _faults(row: Row[Any], labels: Labels, lines: _Lines, merged: Mapping[str, str]) -> Iterator[Fault]:
    known = lines[row.sentence_id, row.person_id][-1:] or lines[row.sentence_id, None]
    told = [content for version, content in known if version == row.version]
    if not known:
        yield Fault("Annotation {id} is not in the log.", {"id": row.id})
    elif not told:
        yield Fault("Annotation {id} is of version {version}, but the log knows {last}.",
                    {"id": row.id, "version": row.version, "last": known[-1][0]})  # fmt: skip
    unlike = [_unlike(row, labels, content, merged) for content in told]
    if unlike and all(unlike):
        yield Fault("Annotation {id} is stored otherwise than its last save says: {what}.",
                    {"id": row.id, "what": ", ".join(unlike[-1])})  # fmt: skip


def _unlike(row: Row[Any], labels: Labels, content: Mapping[str, Any], merged: Mapping[str, str]) -> list[str]:
    """What of an answer the log has otherwise, by the names of the fields."""
    found = [name for name in _PLAIN if getattr(row, name) != content[name]]
    guideline = content["guideline"]
    if row.guideline != (f"guideline@{guideline}" if isinstance(guideline, int) else guideline):
        found.append("guideline")
    statements, told = statement_rows(labels), content["labels"]["statements"]
    same = (_same_statement(*pair, merged) for pair in zip(statements, told, strict=False))
    if len(statements) != len(told) or not all(same):
        found.append("statements")
    if list(entity_rows(labels)) != [(one["start"], one["end"], one["label"]) for one in content["labels"]["entities"]]:
        found.append("entities")
    return found


def _same_statement(stored: StatementRow, told: Mapping[str, Any], merged: Mapping[str, str]) -> bool:
    """A speaker who was merged since is stored as the other one."""
    key, _, _, *rest = stored
    speaker, stance = told["speaker"] or {"id": None, "start": None, "end": None}, told["stance"]
    return key in (speaker["id"], merged.get(speaker["id"])) and rest == [
        speaker["start"], speaker["end"], told["attribution"], stance["target"], stance["value"], told["claim_type"],
    ]  # fmt: skip
