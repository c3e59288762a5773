"""Checking an export again, from its bytes alone: offsets, quotes, hashes, order, rules between layers."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from annotator.errors import Fault, Refused
from annotator.layers import parse_labels, speaker_ids
from annotator.layers.answer import Speaker
from annotator.layers.scheme import Label, Scheme
from annotator.progress import passing
from exports import jsonl, label_studio
from exports.lines import ReadLine
from exports.verify_form import form_faults

MOST_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked; `faults` is empty when the file is sound (at most 100 are listed)."""

    format: str
    lines: int
    annotations: int
    faults: tuple[Fault, ...]


def verify(path: Path, *, scheme: Scheme | None = None) -> Report:
    """Check a JSONL of record or a Label Studio file; with `scheme`, its label sets too.

    Raises Refused for a file that is neither.
    """
    name = _format_of(path)
    faults: list[Fault] = []
    lines = annotations = 0
    before: ReadLine | None = None
    ids: dict[str, int] = {}
    for line in passing(_lines(path, name, faults), "units checked"):
        lines += 1
        annotations += len(line.annotations)
        faults += [replace(fault, file=path.name, line=line.line_number) for fault in _check(line, scheme)]
        if line.id is not None and ids.setdefault(line.id, line.line_number) != line.line_number:
            twice = {"value": line.id, "first": ids[line.id]}
            faults.append(Fault("The id “{value}” stands in line {first} already.", twice, "id", path.name,
                                line.line_number))  # fmt: skip
        faults += [replace(fault, file=path.name, line=line.line_number) for fault in _check_place(before, line)]
        before = line if line.document is not None else before
        if len(faults) >= MOST_FAULTS:
            break
    if not lines and not faults:
        faults.append(Fault("The file holds no unit.", file=path.name))
    return Report(name, lines, annotations, tuple(faults[:MOST_FAULTS]))


def _format_of(path: Path) -> str:
    """Which of the formats that are checked the file is in, by how it begins."""
    with open(path, "rb") as file:
        first = file.readline(jsonl.LINE_LIMIT).lstrip(b"\xef\xbb\xbf \t\r\n")
    if first.startswith(b"["):
        return label_studio.NAME
    if first and not (first.startswith(b"{") and (b'"format"' in first or b'"annotations"' in first)):
        raise Refused("{file} is neither JSONL of record nor Label Studio JSON; only these are checked.",
                      file=path.name)  # fmt: skip
    return jsonl.NAME


def _lines(path: Path, name: str, faults: list[Fault]) -> Iterator[ReadLine]:
    if name == label_studio.NAME:
        try:
            yield from label_studio.read(path.read_bytes(), file=path.name)
        except Refused as refusal:
            faults += refusal.faults
        return
    with open(path, "rb") as file:
        for number, raw in enumerate(file, 1):
            raw = raw.removeprefix(BOM_UTF8) if number == 1 else raw
            if not raw.strip():
                continue
            try:
                content, line = jsonl.parsed(raw, number)
                yield line
                found = tuple(form_faults(content))
            except Refused as refusal:
                found = refusal.faults
            faults += [replace(fault, file=path.name, line=number) for fault in found]


def _check_place(before: ReadLine | None, line: ReadLine) -> Iterator[Fault]:
    """How a unit stands to the one before it: after it, and in the same document where that has the same name."""
    if before is None or before.document is None or line.document is None or None in (before.start, line.start):
        return
    place, last = (line.document.file, line.start or 0), (before.document.file, before.start or 0)
    told = {"document": place[0], "first": before.line_number, "start": line.start, "end": line.end}
    if place <= last:
        yield Fault("The units are not ordered by file and start, or stand twice.", {}, "start")
    elif place[0] == last[0] and place[1] < last[1] + len(before.text):
        yield Fault("The unit {start}–{end} of “{document}” overlaps the one in line {first}.", told, "start")
    if place[0] == last[0] and line.document != before.document:
        yield Fault("This line tells other particulars of “{document}” than line {first}.", told, "document")


def _check(line: ReadLine, scheme: Scheme | None) -> Iterator[Fault]:
    if line.gold is not None:
        yield from _check_labels(line.gold["labels"], line, scheme, "gold.labels", complete=False)
    authors = [annotation.annotator for annotation in line.annotations]
    if authors != sorted(set(authors)):
        yield Fault("The annotations are not ordered by annotator, or one annotates twice.", {}, "annotations")
    for n, annotation in enumerate(line.annotations):
        complete = annotation.state == "submitted"
        yield from _check_labels(annotation.labels, line, scheme, f"annotations[{n}].labels", complete=complete)


def _check_labels(labels: Any, line: ReadLine, scheme: Scheme | None, path: str, *, complete: bool) -> Iterator[Fault]:
    speakers = {key: Speaker(key, key, "") for key in speaker_ids(labels)}
    try:
        parsed = parse_labels(
            labels, text=line.text, scheme=scheme or _as_used(labels), speakers=speakers, complete=complete, path=path
        )
    except Refused as refusal:
        yield from refusal.faults
        return
    given = [(row["start"], row["end"], row["label"]) for row in labels.get("entities") or []]
    if given != [(entity.start, entity.end, entity.label) for entity in parsed.entities]:
        yield Fault("The entities are not ordered by start, then by end from the longest.", {}, f"{path}.entities")


def _as_used(labels: Any) -> Scheme:
    """A scheme of just the labels used: what is left to check are the rules between them."""
    used: dict[str, set[str]] = {name: set() for name in ("attribution", "target", "value", "claim_type", "label")}
    statements = labels.get("statements") if isinstance(labels.get("statements"), list) else []
    entities = labels.get("entities") if isinstance(labels.get("entities"), list) else []
    for row in (row for row in statements if isinstance(row, dict)):
        stance: Any = row.get("stance") if isinstance(row.get("stance"), dict) else {}
        for name, value in (("attribution", row.get("attribution")), ("claim_type", row.get("claim_type")),
                            ("target", stance.get("target")), ("value", stance.get("value"))):  # fmt: skip
            used[name] |= {value} if isinstance(value, str) else set()
    used["label"] = {e["label"] for e in entities if isinstance(e, dict) and isinstance(e.get("label"), str)}
    label = {name: tuple(Label(key, key, key) for key in sorted(keys)) for name, keys in used.items()}
    return Scheme("", "", "ar", (), (), label["attribution"], label["target"], label["value"],
                  label["claim_type"], label["label"], {}, (), "{}")  # fmt: skip
