"""Reading doccano's JSONL: texts with marks, which become begun answers.

doccano counts UTF-16 units, unless a project counts grapheme clusters, and repeats no words to check by
(https://github.com/doccano/doccano/issues/2290). Hence a text where units and code points differ is refused until
somebody says which; where marks above letters may be counted with them, the reader is told.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from annotator.errors import Fault, Refused
from exports.reading.shared import Content, Reading, draft, entity, objects

_READ = {"id", "text", "data", "label", "labels", "entities", "Comments", "annotator", "username"}
_LABELS = ("relations", "cats")  # of layers that no scheme here has: told, not kept


def contents(raw: bytes, reading: Reading, file: str) -> Iterator[Content]:
    """The lines of a file. Raises Refused naming file, line, field and value."""
    clusters = False
    for number, content in objects(raw, file):
        try:
            line = _line(content, reading)
        except Refused as refusal:
            raise refusal.at(file=file, line=number) from None
        if not clusters and line["annotations"] and any(map(unicodedata.combining, line["text"])):
            clusters = True
            reading.notes.append(Fault(
                "The text holds marks above or below letters, and its offsets were read as code points. If that "
                "doccano project counts grapheme clusters as one character, its marks lie elsewhere: look at some "
                "before you import.", file=file, line=number,
            ))  # fmt: skip
        yield number, line


def _line(content: dict[str, Any], reading: Reading) -> dict[str, Any]:
    text = content.get("text", content.get("data"))
    kept = {key: value for key, value in content.items() if key not in (*_READ, *_LABELS)}
    line: dict[str, Any] = {"text": text, "annotations": [], "meta": kept or None}
    line |= {key: content[key] for key in _LABELS if content.get(key)}
    marks, comment = _marks(content), _comment(content.get("Comments"))
    if not isinstance(text, str) or not (marks or comment):
        return line
    astral = any(character > "\uffff" for character in text)
    if marks and astral and reading.utf16 is None:
        raise Refused("The text holds characters that take two UTF-16 units, so its offsets may mean two places. "
                      "Say what doccano counted.", path="text", remedy="offsets utf16|code-points")  # fmt: skip
    entities = [entity(text, path, mark, utf16=bool(astral and reading.utf16)) for path, mark in marks]
    author = reading.author(content.get("annotator") or content.get("username"))
    line["annotations"] = [draft(author, entities, "doccano", comment=comment)]
    return line


def _marks(content: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """`label` (or `labels`) with triples; `entities` with the same, or with offsets, where a project has relations."""
    key = next((key for key in ("entities", "label", "labels") if key in content), "label")
    given = content.get(key) or []
    if not isinstance(given, list):
        raise Refused("“{value}” is not a list.", path=key, value=str(given)[:60])
    found = []
    for n, mark in enumerate(given):
        path = f"{key}[{n}]"
        if isinstance(mark, list) and len(mark) == 3:
            found.append((path, {"start": mark[0], "end": mark[1], "label": mark[2]}))
        elif isinstance(mark, dict) and {"start_offset", "end_offset", "label"} <= mark.keys():
            found.append((path, {"start": mark["start_offset"], "end": mark["end_offset"], "label": mark["label"]}))
        elif isinstance(mark, dict):
            raise Refused("A mark needs {known}.", path=path, known="start_offset, end_offset, label")
        else:
            raise Refused("“{value}” is no mark: [start, end, label] is needed; classes of whole texts are not read.",
                          path=path, value=str(mark)[:60])  # fmt: skip
    return found


def _comment(given: object) -> str | None:
    if given in (None, [], ""):
        return None
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise Refused("“{value}” is not a list of texts.", path="Comments", value=str(given)[:60])
    return "\n".join(given)
