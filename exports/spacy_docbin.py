"""spaCy's DocBin: a Doc per answer (or per unit in `gold` and `soft`), read with `DocBin().from_disk(FILE)`.

The only module that imports spaCy, and only when such an export is asked for: it is no part of an installation.
`doc.text` is the sentence to the letter. `doc.spans["entities"]` holds every entity; `doc.ents`, which cannot nest,
the outermost; where the entities are not decided its tokens are missing, not outside. `doc.cats` has `layer=label` → 1,
in `soft` its share. `doc.user_data["isnad"]` is the flat row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from annotator.errors import Refused
from annotator.snapshot import CHOICES, Snapshot
from exports.flat import rows
from exports.tokens import tokens

NAME = "spacy"
MEDIA_TYPE = "application/octet-stream"
EXTENSION = "spacy"


def write(snapshot: Snapshot) -> Iterator[bytes]:
    """The whole file as one part: DocBin packs it at the end, so it is held in memory.

    Raises Refused where spaCy is not installed, before anything is read.
    """
    try:
        import spacy.tokens  # noqa: F401
    except ImportError as error:
        raise Refused("This format needs the package “{package}”: pip install {package}.", package="spacy") from error
    return _packed(snapshot)


def _packed(snapshot: Snapshot) -> Iterator[bytes]:
    from spacy.tokens import Doc, DocBin
    from spacy.vocab import Vocab

    vocab = Vocab()
    packed = DocBin(attrs=["ORTH", "SPACY", "ENT_IOB", "ENT_TYPE"], store_user_data=True)
    for row in rows(snapshot):
        words, spaces = pieces(row["text"], [(entity["start"], entity["end"]) for entity in row["entities"]])
        doc = Doc(vocab, words=words, spaces=spaces)
        _mark(doc, row["entities"], ents=snapshot.what != "soft" and row.get("basis_entities") != "none")
        doc.cats = _cats(row, snapshot.what)
        doc.user_data["isnad"] = row
        packed.add(doc)
    yield packed.to_bytes()


def pieces(text: str, spans: Sequence[tuple[int, int]]) -> tuple[list[str], list[bool]]:
    """Words, and whether a space follows each: together they are the text. Other blanks are words of their own."""
    starts, ends = {start for start, _ in spans}, {end for _, end in spans}
    edges = starts | ends
    words: list[str] = []
    spaces: list[bool] = []
    at = 0
    for start, end in [*tokens(text, edges), (len(text), len(text))]:
        if words and start > at and text[at] == " " and at not in starts and at + 1 not in ends:
            spaces[-1] = True
            at += 1
        bounds = sorted({at, start, end, *(edge for edge in edges if at < edge < start)})
        words += [text[left:right] for left, right in zip(bounds, bounds[1:], strict=False)]
        spaces += [False] * (len(bounds) - 1)
        at = end
    return words, spaces


def _mark(doc: Any, entities: Sequence[dict[str, Any]], *, ents: bool) -> None:
    spans = [doc.char_span(entity["start"], entity["end"], label=entity["label"]) for entity in entities]
    doc.spans["entities"] = spans
    if ents:
        outer: list[Any] = []
        for span in spans:  # by start, the longest first
            if not outer or outer[-1].end_char <= span.start_char:
                outer.append(span)
        doc.ents = outer


def _cats(row: dict[str, Any], what: str) -> dict[str, float]:
    if what == "soft":
        return {f"{layer}={label}": share for layer in CHOICES for label, share in row[f"{layer}_shares"].items()}
    return {f"{layer}={row[layer]}": 1.0 for layer in CHOICES if row[layer] is not None}
