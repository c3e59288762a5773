"""CoNLL-U Plus: a token a line, entities in BIO, each depth of nesting in a column of its own.

https://universaldependencies.org/ext-format.html. A block is one answer (or the gold) to one sentence; all answers
to a sentence have the same tokens, cut at white space, at punctuation and at the edges of every answer's entities.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from annotator.layers import labels_json
from annotator.layers.answer import Labels
from annotator.snapshot import Line, Snapshot, provenance
from annotator.text.decoding import FORBIDDEN
from exports.tokens import bio, edges, levels, tokens

NAME = "conll"
MEDIA_TYPE = "text/plain"
EXTENSION = "conllup"
WHAT = ("annotations", "gold")
#: Columns of nesting; what nests deeper stands in the comment `labels` alone.
DEPTH = 4
COLUMNS = ("ID", "FORM", "ISNAD:START", "ISNAD:END", *(f"ISNAD:NER{n + 1}" for n in range(DEPTH)), "MISC")
_BLANK = re.compile(r"\s")
#: What a line cannot hold, or no text file: ids, parts and groups may, as they come from elsewhere.
_ODD = re.compile(rf"[^\S ]|{FORBIDDEN.pattern}")


def write(snapshot: Snapshot) -> Iterator[bytes]:
    """The names of the columns, then a block a part, ended by an empty line."""
    before = f"# global.columns = {' '.join(COLUMNS)}\n"
    for line in snapshot.lines:
        for block in _blocks(line):
            yield (before + block).encode()
            before = ""
    if before:
        yield before.encode()


def _blocks(line: Line) -> Iterator[str]:
    cuts = edges(line)
    places = tokens(line.text, cuts)
    if line.gold is not None:
        about = {"basis": line.gold.basis, "votes": line.gold.votes, "provenance": line.gold.provenance}
        yield _block(line, line.id, about, line.gold.labels, places)
    for answer in line.annotations:
        if answer.state == "submitted":
            about = {"annotator": answer.annotator, "version": answer.version, "provenance": provenance([answer])}
            yield _block(line, f"{line.id}/{answer.annotator}", about, answer.labels, places)


def _block(
    line: Line, key: str, about: Mapping[str, Any], labels: Labels, places: list[tuple[int, int]]
) -> str:
    plain = _BLANK.sub(" ", line.text)
    told: dict[str, Any] = {"unit": line.id, "document": line.document.file, "start": line.start, "end": line.end,
                            "kind": line.kind, "split": line.split, "group": line.group, **about,
                            "labels": labels_json(labels, line.text)}  # fmt: skip
    if plain != line.text or plain.strip() != plain:  # blanks that no line of this format holds
        told["exact_text"] = line.text
    comments = [f"# sent_id = {_ODD.sub(_escaped, key)}", f"# text = {plain}"]
    comments += [f"# {name} = {json_comment(value)}" for name, value in told.items()]
    columns = [bio(level, places) for level in levels(labels)[:DEPTH]]
    columns += [["O"] * len(places)] * (DEPTH - len(columns))
    rows = []
    for n, (start, end) in enumerate(places):
        follows = n + 1 < len(places) and places[n + 1][0] == end
        tags = "\t".join(column[n] for column in columns)
        rows.append(f"{n + 1}\t{line.text[start:end]}\t{start}\t{end}\t{tags}\t{'SpaceAfter=No' if follows else '_'}")
    return "\n".join([*comments, *rows]) + "\n\n"


def json_comment(value: Any) -> str:
    """JSON on one line for every reader: also U+0085, U+2028 and the like are escaped."""
    return _ODD.sub(_escaped, orjson.dumps(value).decode())


def _escaped(odd: re.Match[str]) -> str:
    return json.dumps(odd[0])[1:-1]
