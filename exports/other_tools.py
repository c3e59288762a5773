"""Reading what doccano and Prodigy write: one text a line with marked stretches, as lines of the format of record.

Those tools hold entities only, so what comes is a begun answer (a draft): the annotator completes it. Prodigy counts
code points (its offsets are those of Python); doccano's may be UTF-16 units, as its page is written in JavaScript,
and it repeats no words to check them by. Hence a line where the two differ is refused until somebody says which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from annotator.errors import Refused
from annotator.text.offsets import code_point_offset
from exports.jsonl import parse_json
from exports.lines import ReadLine, read_line


@dataclass(frozen=True, slots=True)
class Reading:
    """What the importer says: whose the marks are, label there → label here, and doccano's units (null: unsaid)."""

    annotator: str | None = None
    labels: Mapping[str, str] | None = None
    utf16: bool | None = None


def read(name: str, lines: Iterable[bytes], reading: Reading, *, file: str) -> Iterator[ReadLine]:
    """The lines of a file of the tool `name` (a key of TOOLS). Raises Refused naming file, line, field and value."""
    for number, content in _contents(lines, file):
        try:
            yield read_line(TOOLS[name](content, reading), number)
        except Refused as refusal:
            raise refusal.at(file=file, line=number) from None


def labels(name: str, lines: Iterable[bytes], *, file: str) -> dict[str, tuple[int, int]]:
    """Label there → (how often, in which line first), in the order in which they come."""
    found: dict[str, tuple[int, int]] = {}
    for number, content in _contents(lines, file):
        try:
            spans = _SPANS[name](content)
        except Refused as refusal:
            raise refusal.at(file=file, line=number) from None
        for _, span in spans:
            count, first = found.get(str(span["label"]), (0, number))
            found[str(span["label"])] = (count + 1, first)
    return found


def _contents(lines: Iterable[bytes], file: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, raw in enumerate(lines, 1):
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if not raw.strip():
            continue
        try:
            content = parse_json(raw)
            if not isinstance(content, dict):
                raise Refused("The line is not a JSON object.")
        except Refused as refusal:
            raise refusal.at(file=file, line=number) from None
        yield number, content


def _doccano(content: dict[str, Any], reading: Reading) -> dict[str, Any]:
    text = content.get("text", content.get("data"))
    line: dict[str, Any] = {"text": text, "annotations": []}
    spans = _doccano_spans(content)
    if not isinstance(text, str) or not spans:
        return line
    astral = any(character > "\uffff" for character in text)
    if astral and reading.utf16 is None:
        raise Refused("The text holds characters that take two UTF-16 units, so its offsets may mean two places. "
                      "Say which with --offsets utf16 or --offsets code-points.", path="text")  # fmt: skip
    entities = [_entity(text, path, span, reading, utf16=bool(astral and reading.utf16)) for path, span in spans]
    author = content.get("annotator") or content.get("username")
    line["annotations"] = [_draft(author, entities, reading, "doccano")]
    return line


def _doccano_spans(content: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """`entities` with start_offset and end_offset (newer), or `label`/`labels` with triples (older)."""
    if isinstance(content.get("entities"), list):
        return [
            (f"entities[{n}]", _renamed(span, f"entities[{n}]", "start_offset", "end_offset"))
            for n, span in enumerate(content["entities"])
        ]
    key = "label" if "label" in content else "labels"
    given = content.get(key) or []
    if not isinstance(given, list):
        raise Refused("“{value}” is not a list.", path=key, value=str(given)[:60])
    found = []
    for n, span in enumerate(given):
        if not isinstance(span, list) or len(span) != 3:
            raise Refused("“{value}” is no mark: [start, end, label] is needed; classes of whole texts are not read.",
                          path=f"{key}[{n}]", value=str(span)[:60])  # fmt: skip
        found.append((f"{key}[{n}]", {"start": span[0], "end": span[1], "label": span[2]}))
    return found


def _prodigy(content: dict[str, Any], reading: Reading) -> dict[str, Any]:
    text, answer = content.get("text"), content.get("answer", "accept")
    line: dict[str, Any] = {"text": text, "annotations": []}
    if answer not in ("accept", "reject", "ignore"):
        raise Refused("“{value}” is none of {known}.", path="answer", value=str(answer)[:60],
                      known="accept, reject, ignore")  # fmt: skip
    author = content.get("_annotator_id") or content.get("_session_id")
    if answer == "accept" and isinstance(text, str):
        entities = [_entity(text, path, span, reading) for path, span in _prodigy_spans(content)]
        line["annotations"] = [_draft(author, entities, reading, "prodigy")]
    elif answer == "ignore":
        skip = {"state": "skipped", "skip_reason": "Prodigy: ignore"}
        line["annotations"] = [{**_draft(author, [], reading, "prodigy"), **skip}]
    return line  # what was rejected is a text without marks: nobody said what is right


def _prodigy_spans(content: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    given = content.get("spans") or []
    if not isinstance(given, list):
        raise Refused("“{value}” is not a list.", path="spans", value=str(given)[:60])
    return [(f"spans[{n}]", _renamed(span, f"spans[{n}]", "start", "end")) for n, span in enumerate(given)]


def _renamed(span: object, path: str, start: str, end: str) -> dict[str, Any]:
    if not isinstance(span, dict) or not all(key in span for key in (start, end, "label")):
        raise Refused("A mark needs {known}.", path=path, known=f"{start}, {end}, label")
    return {"start": span[start], "end": span[end], "label": span["label"], "text": span.get("text")}


def _entity(text: str, path: str, span: dict[str, Any], reading: Reading, *, utf16: bool = False) -> dict[str, Any]:
    start, end = span["start"], span["end"]
    for name, value in (("start", start), ("end", end)):
        if type(value) is not int or value < 0:
            raise Refused("“{value}” is not a whole number of characters.", path=f"{path}.{name}",
                          value=str(value)[:60])  # fmt: skip
    if utf16:
        try:
            start, end = code_point_offset(text, start), code_point_offset(text, end)
        except Refused as refusal:
            raise refusal.at(path=path) from None
    label = str(span["label"])
    entity = {"start": start, "end": end, "label": (reading.labels or {}).get(label, label)}
    return entity if span.get("text") is None else {**entity, "text": span["text"]}


def _draft(author: object, entities: list[dict[str, Any]], reading: Reading, tool: str) -> dict[str, Any]:
    who = reading.annotator or (author if isinstance(author, str) and "@" in author else None)
    if who is None:
        raise Refused("The line names no annotator by e-mail (“{value}”). Say whose it is with --annotator.",
                      path="annotator", value=str(author)[:60])  # fmt: skip
    entities = sorted(entities, key=lambda one: (one["start"], -one["end"], one["label"]))
    return {"annotator": who, "state": "draft", "labels": {"statements": [], "entities": entities},
            "provenance": {"imported_from": tool}}  # fmt: skip


TOOLS: dict[str, Callable[[dict[str, Any], Reading], dict[str, Any]]] = {"doccano": _doccano, "prodigy": _prodigy}
_SPANS: dict[str, Callable[[dict[str, Any]], list[tuple[str, dict[str, Any]]]]] = {
    "doccano": _doccano_spans, "prodigy": _prodigy_spans,
}  # fmt: skip
