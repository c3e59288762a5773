"""Reading WebAnno TSV 3 (WebAnno, INCEpTION): the spans of one layer; relations and chains are told and left out.

https://inception-project.github.io/releases/current/docs/user-guide.html (appendix WebAnno TSV 3.3). Offsets are
UTF-16 units of the whole document (https://github.com/webanno/webanno/issues/1537).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from annotator.errors import Fault, Refused
from annotator.text.offsets import check_quote, code_point_offset, utf16_offset
from exports.reading.shared import Content, Placing, Reading, blocks, draft

_TOKEN = re.compile(r"\d+-\d+(\.\d+)?")
_PLACE = re.compile(r"(\d{1,12})-(\d{1,12})")
_NUMBERED = re.compile(r"(.*)(?<!\\)\[(\d+)\]", re.DOTALL)
_STACKED = re.compile(r"(?<!\\)\|")
_ESCAPE = re.compile(r"\\(->|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


@dataclass(slots=True)
class _Layer:
    """The columns of the layer that is read: `column` has its values; without features a value is a star."""

    name: str
    column: int
    features: int
    seen: set[str] = field(default_factory=set)  # numbers of the marks of earlier sentences


def contents(raw: bytes, reading: Reading, file: str) -> Iterator[Content]:
    """The sentences of a file. Raises Refused naming file, line, field and value."""
    found = blocks(raw, file)
    head = next(found, [])
    if not head or not head[0][1].startswith("#FORMAT=WebAnno TSV 3"):
        raise Refused("The file does not begin with #FORMAT=WebAnno TSV 3.").at(file=file, line=1)
    declared: list[tuple[int, str]] = []
    sentence: list[tuple[int, str]] = []
    for number, line in head:
        (declared if line.startswith(("#FORMAT", "#T_")) else sentence).append((number, line))
    layer = _layer(declared, reading, file)
    placing = Placing(file, reading)
    for block in ([sentence] if sentence else []) + [*found]:
        try:
            yield block[0][0], _sentence(block, layer, reading, placing)
        except Refused as refusal:
            raise refusal.at(file=file, line=block[0][0]) from None


def _layer(declared: list[tuple[int, str]], reading: Reading, file: str) -> _Layer:
    """Named entities where the file has that layer, else its only layer of spans."""
    spans, column = [], 3
    for number, line in declared[1:]:
        kind, _, rest = line.partition("=")
        name, *features = (part for part in rest.split("|") if part)
        if kind == "#T_SP":
            at = features.index("value") if "value" in features else 0
            spans.append((number, _Layer(name, column + at, len(features))))
        else:
            reading.notes.append(Fault("The layer “{name}” is none of spans and was left out.", {"name": name},
                                       file=file, line=number))  # fmt: skip
        column += max(1, len(features))
    named = [one for one in spans if one[1].name.endswith("NamedEntity")] or spans
    if len(named) != 1:
        raise Refused("Of the layers {known} none is called NamedEntity: export the one with the entities alone.",
                      known=", ".join(one.name for _, one in spans) or "–").at(file=file, line=1)  # fmt: skip
    for number, one in spans:
        if one is not named[0][1]:
            reading.notes.append(Fault("The layer “{name}” holds no named entities and was left out.",
                                       {"name": one.name}, file=file, line=number))  # fmt: skip
    return named[0][1]


def _sentence(
    block: list[tuple[int, str]], layer: _Layer, reading: Reading, placing: Placing
) -> dict[str, Any]:
    text = "\n".join(_plain(line.removeprefix("#Text=")) for _, line in block if line.startswith("#Text="))
    rows = [(number, line.split("\t")) for number, line in block if not line.startswith("#")]
    if not text or not rows:
        raise Refused("A sentence needs a line #Text= and its tokens.")
    base = None
    marks: dict[object, dict[str, Any]] = {}
    for number, row in rows:
        place = _PLACE.fullmatch(row[1]) if len(row) > max(2, layer.column) else None
        if place is None or not _TOKEN.fullmatch(row[0]):
            raise Refused("“{value}” is no line of a token: its number, start-end, the token and its columns.",
                          value="\t".join(row)[:60]).at(line=number)  # fmt: skip
        form = _plain(row[2])
        if base is None:
            base = int(place[1]) - utf16_offset(text, max(0, text.find(form)))
        try:
            start, end = (code_point_offset(text, int(at) - base) for at in place.groups())
            check_quote(text, start, end, form)
        except Refused as refusal:
            raise refusal.at(line=number) from None
        _add(marks, row[layer.column], layer, number, start, end)
    layer.seen |= {key for key in marks if isinstance(key, str)}
    line = {**placing.place(text), "annotations": []}
    if marks:
        line["annotations"] = [draft(reading.author(None), list(marks.values()), "webanno")]
    return line


def _add(marks: dict[object, dict[str, Any]], cell: str, layer: _Layer, line: int, start: int, end: int) -> None:
    """The marks that cover a token; those over several tokens, or beside others, have a number."""
    if cell in ("_", ""):
        return
    for n, part in enumerate(_STACKED.split(cell)):
        numbered = _NUMBERED.fullmatch(part)
        value, key = (numbered[1], numbered[2]) if numbered else (part, None)
        label = _plain(value) if layer.features else layer.name.rpartition(".")[2]
        if key is not None and key in layer.seen:
            raise Refused("The mark {value} goes on in another sentence: an entity belongs to one.",
                          path=layer.name, value=f"[{key}]").at(line=line)  # fmt: skip
        mark = marks.setdefault(key or (line, n), {"start": start, "end": end, "label": label})
        if mark["label"] != label:
            raise Refused("The mark {value} is “{first}” and “{label}”.", path=layer.name, value=f"[{key}]",
                          first=mark["label"], label=label).at(line=line)  # fmt: skip
        mark["end"] = max(mark["end"], end)


def _plain(escaped: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), escaped)
