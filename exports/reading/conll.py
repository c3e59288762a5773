"""Reading CoNLL: our own CoNLL-U Plus with whole answers, or a token a line with its tag in the last column.

Plain files (CoNLL-2002, CoNLL-2003 and their kin) hold no text: a sentence is its tokens with a space between them,
unless a comment `# text = …` has it; -DOCSTART- or `# newdoc` begins a document. Tags may be IOB1, IOB2 or IOBES.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from annotator.errors import Fault, Refused
from annotator.text.offsets import check_quote
from exports.jsonl import parse_json
from exports.reading.shared import Content, Placing, Reading, blocks, draft

_COMMENT = re.compile(r"#\s*([\w.:-]+)\s?=\s?(.*)", re.DOTALL)
_BEGUN = re.compile(r"#\s*(newdoc|newpar)(?:\s+id\s*=.*)?")  # CoNLL-U's comments without a value
_TAG = re.compile(r"([BIESLU])[-_](.+)")
_OURS = "ISNAD:START"

Row = tuple[int, list[str]]  # line number, columns
Mark = tuple[int, int, str]  # start, end, label


def contents(raw: bytes, reading: Reading, file: str) -> Iterator[Content]:
    """The sentences of a file. Raises Refused naming file, line, field and value."""
    columns: list[str] = []
    placing, documents = Placing(file, reading), 0
    own: dict[str, Content] = {}
    decided = 0
    for block in blocks(raw, file):
        comments, rows = _parted(block)
        columns = comments.get("global.columns", " ".join(columns)).split()
        if not rows:
            continue
        try:
            marked = rows[0][1][0] == "-DOCSTART-"
            if marked or "newdoc" in comments:
                documents += 1
                if documents > 1:
                    path = PurePath(file)
                    placing.next_document(f"{path.stem}~{documents}{path.suffix}")
                rows = rows[1:] if marked else rows
            if rows and _OURS in columns:
                decided += "basis" in comments
                _gather(own, rows[0][0], _own(comments, rows, columns))
            elif rows:
                yield rows[0][0], _plain(comments, rows, columns, reading, placing)
        except Refused as refusal:
            raise refusal.at(file=file, line=block[0][0]) from None
    yield from own.values()
    if decided:
        reading.notes.append(Fault("{count} blocks hold gold, which is computed here: their sentences come without it.",
                                   {"count": decided}, file=file))  # fmt: skip


def _parted(block: list[tuple[int, str]]) -> tuple[dict[str, str], list[Row]]:
    """The comments of a block by name, and its tokens. A token may begin with # too: comments come before all."""
    comments: dict[str, str] = {}
    rows: list[Row] = []
    for number, line in block:
        comment = None if rows else _COMMENT.fullmatch(line)
        begun = None if rows or comment else _BEGUN.fullmatch(line)
        if comment:
            comments[comment[1]] = comment[2]
        elif begun:
            comments[begun[1]] = ""
        else:
            rows.append((number, line.split("\t") if "\t" in line else [part for part in line.split(" ") if part]))
    return comments, rows


def _plain(
    comments: dict[str, str], rows: list[Row], columns: list[str], reading: Reading, placing: Placing
) -> dict[str, Any]:
    form = columns.index("FORM") if "FORM" in columns else 0
    tag = next((n for n, name in enumerate(columns) if "NER" in name.upper()), -1)
    least = max(form, tag, 1) + 1
    for number, row in rows:
        if len(row) < least:
            raise Refused("A line needs a token and a tag; this one has {count} columns.",
                          count=len(row)).at(line=number)  # fmt: skip
    forms = [(number, row[form]) for number, row in rows]
    text = comments.get("text") or " ".join(word for _, word in forms)
    tokens = _tokens(text, forms)
    marks = _marks([(number, row[tag]) for number, row in rows], tokens)
    line = {**placing.place(text), "annotations": []}
    if marks:
        entities = [{"start": start, "end": end, "label": label} for start, end, label in marks]
        line["annotations"] = [draft(reading.author(comments.get("annotator")), entities, "conll")]
    return line


def _tokens(text: str, forms: list[tuple[int, str]]) -> list[tuple[int, int]]:
    """Where each token stands in the text: in order, with nothing but blanks between them."""
    found, at = [], 0
    for number, form in forms:
        while not text.startswith(form, at) and at < len(text) and text[at].isspace():
            at += 1
        if not text.startswith(form, at):
            raise Refused("The token “{value}” does not stand in the text at character {at}.", path="text",
                          value=form[:60], at=at).at(line=number)  # fmt: skip
        found.append((at, at + len(form)))
        at += len(form)
    if text[at:].strip():
        raise Refused("The text goes on after the last token: “{value}”.", path="text", value=text[at:][:60])
    return found


def _marks(tags: list[tuple[int, str]], tokens: list[tuple[int, int]]) -> list[Mark]:
    """Entities of a column of tags; one begins at B, S and U, and where a label follows another or O."""
    found: list[Mark] = []
    going = None  # the label that may go on
    for (number, tag), (start, end) in zip(tags, tokens, strict=True):
        if tag == "O":
            going = None
            continue
        parts = _TAG.fullmatch(tag)
        if parts is None:
            raise Refused("“{value}” is no tag: O, or B-, I-, E-, S-, L-, U- and a label.", path="tag",
                          value=tag[:60]).at(line=number)  # fmt: skip
        mark, label = parts[1], parts[2]
        if mark in "BSU" or going != label:
            found.append((start, end, label))
        else:
            found[-1] = (found[-1][0], end, label)
        going = None if mark in "ESLU" else label
    return found


def _own(comments: dict[str, str], rows: list[Row], columns: list[str]) -> dict[str, Any]:
    """A block of our own export as a line of record with one answer; gold is computed and not read."""
    told = {}
    for name in ("unit", "document", "start", "end", "kind", "split", "group", "annotator", "version", "labels",
                 "exact_text"):  # fmt: skip
        if name in comments:
            try:
                told[name] = parse_json(comments[name].encode())
            except Refused as refusal:
                raise refusal.at(path=name) from None
    text = told.get("exact_text", comments.get("text"))
    line = {"id": told.get("unit"), "document": {"file": told.get("document")}, "text": text, "annotations": []}
    line |= {name: told.get(name) for name in ("start", "end", "kind", "split", "group")}
    labels = told.get("labels")
    if not isinstance(text, str) or "annotator" not in told or not isinstance(labels, dict):
        return line
    line["annotations"] = [{"annotator": told["annotator"], "version": told.get("version"), "labels": labels}]
    _compare(text, labels.get("entities"), rows, columns)
    return line


def _compare(text: str, entities: object, rows: list[Row], columns: list[str]) -> None:
    """Refuse where tokens are not those of the text, or the columns mark other entities than `labels` holds."""
    start, end, form = columns.index(_OURS), columns.index("ISNAD:END"), columns.index("FORM")
    levels = [n for n, name in enumerate(columns) if name.startswith("ISNAD:NER")]
    tokens = []
    for number, row in rows:
        if len(row) != len(columns) or not (row[start].isdecimal() and row[end].isdecimal()):
            raise Refused("A token has {count} columns, with its offsets as numbers.",
                          count=len(columns)).at(line=number)  # fmt: skip
        try:
            check_quote(text, int(row[start]), int(row[end]), row[form])
        except Refused as refusal:
            raise refusal.at(line=number) from None
        tokens.append((int(row[start]), int(row[end])))
    marked = [set(_marks([(number, row[n]) for number, row in rows], tokens)) for n in levels]
    told = set()
    for one in entities if isinstance(entities, list) else []:
        inside = [place for place in tokens if isinstance(one, dict) and type(one.get("start")) is int
                  and type(one.get("end")) is int and one["start"] <= place[0] and place[1] <= one["end"]]  # fmt: skip
        if inside:
            told.add((inside[0][0], inside[-1][1], str(one.get("label"))))
    found = set().union(*marked)
    odd = sorted(found - told) or ([] if marked and marked[-1] else sorted(told - found))
    if odd:
        raise Refused("The columns and the comment “labels” differ in the entity {start}–{end} {label}: change both.",
                      path="labels", start=odd[0][0], end=odd[0][1], label=odd[0][2])  # fmt: skip


def _gather(own: dict[str, Content], number: int, line: dict[str, Any]) -> None:
    """The answers of all blocks of a unit, which say the same of it, as one line."""
    there = own.setdefault(str(line["id"]), (number, line))[1]
    if there is line:
        return
    for name in ("text", "document", "start", "end", "kind", "split", "group"):
        if there[name] != line[name]:
            raise Refused("“{value}” differs from the block in line {first} of the same unit.", path=name,
                          value=str(line[name])[:60], first=own[str(line["id"])][0]).at(line=number)  # fmt: skip
    there["annotations"] += line["annotations"]
