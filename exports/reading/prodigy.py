"""Reading Prodigy's JSONL (`prodigy db-out`): texts with spans in code points, one line an annotator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from annotator.errors import Fault, Refused
from exports.reading.shared import Content, Reading, draft, entity, objects

_ANSWERS = ("accept", "reject", "ignore")
#: Told in another way, or made by Prodigy out of the text.
_READ = {"text", "spans", "answer", "meta", "tokens", "_input_hash", "_task_hash", "_view_id", "_session_id",
         "_annotator_id", "_timestamp", "_is_binary"}  # fmt: skip


def contents(raw: bytes, reading: Reading, file: str) -> Iterator[Content]:
    """The lines of a file. What was rejected is a text without marks: nobody said what is right."""
    rejected = 0
    for number, content in objects(raw, file):
        try:
            line = _line(content, reading)
        except Refused as refusal:
            raise refusal.at(file=file, line=number) from None
        rejected += content.get("answer") == "reject"
        yield number, line
    if rejected:
        reading.notes.append(Fault("{count} lines were rejected there: they come without marks.", {"count": rejected},
                                   file=file))  # fmt: skip


def _line(content: dict[str, Any], reading: Reading) -> dict[str, Any]:
    text, answer = content.get("text"), content.get("answer")
    line: dict[str, Any] = {"text": text, "annotations": [], "meta": content.get("meta") or None}
    line |= {f"Prodigy: {key}": None for key in content if key not in _READ}
    if answer is None:  # nobody was asked yet, but a model may have marked it
        answer = "accept" if content.get("spans") else "reject"
    if answer not in _ANSWERS:
        raise Refused("“{value}” is none of {known}.", path="answer", value=str(answer)[:60], known=", ".join(_ANSWERS))
    if answer == "reject" or not isinstance(text, str):
        return line
    author, moment = reading.author(content.get("_annotator_id") or content.get("_session_id")), _moment(content)
    if answer == "accept":
        entities = [entity(text, path, mark) for path, mark in _marks(content)]
        line["annotations"] = [draft(author, entities, "prodigy", **moment)]
    else:
        skip = {"state": "skipped", "skip_reason": "Prodigy: ignore"}
        line["annotations"] = [{**draft(author, [], "prodigy", **moment), **skip}]
    return line


def _marks(content: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    given = content.get("spans") or []
    if not isinstance(given, list):
        raise Refused("“{value}” is not a list.", path="spans", value=str(given)[:60])
    found = []
    for n, span in enumerate(given):
        if not isinstance(span, dict) or not {"start", "end", "label"} <= span.keys():
            raise Refused("A mark needs {known}.", path=f"spans[{n}]", known="start, end, label")
        found.append((f"spans[{n}]", span))
    return found


def _moment(content: dict[str, Any]) -> dict[str, Any]:
    """When it was answered: `_timestamp` counts seconds from 1970 on."""
    at = content.get("_timestamp")
    if at is None:
        return {}
    if isinstance(at, bool) or not isinstance(at, int | float) or not 0 <= at < 2**35:
        raise Refused("“{value}” is no number of seconds.", path="_timestamp", value=str(at)[:60])
    return {"created_at": datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
