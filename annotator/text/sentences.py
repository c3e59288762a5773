"""Cutting a text into units. Offsets are code points of the unaltered text, half-open.

A line break always ends a unit; inside a line a unit ends at a full stop, question or exclamation mark
(with the closing marks behind it) that is followed by white space. Everything between units is white space.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from annotator.text.kinds import line_kinds

#: str.splitlines' breaks, without the control characters that decoding refuses.
_LINE = re.compile(r"[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
#: The end of a unit, or a quotation mark: read in one pass, so that no text costs more than its length.
_TOKEN = re.compile(r"""[.؟!?۔][.؟!?۔”»"’')\]]*(?=\s|\Z)|[“”«»]""")
_ELLIPSIS = re.compile(r"\.\.+[”»\"’')\]]*\Z")
_LONE = re.compile(r"(?:^|[\s(«“\"ـ])[^\W\d_]\Z")  # د. أ. م. and U.: an abbreviation, no end
_NUMBERING = re.compile(r"\s*[(\d٠-٩۰-۹]{1,3}\Z")
_CREDIT = re.compile(r"\s*\([^()]{2,40}\)\s*\.?\s*\Z")
_DATELINE = re.compile(r"(?:\S+ ){0,3}\S+\s*\([^()]{2,30}\)\s*[–—-]\s+(?=\S)|\w+\s[–—-]\s+(?=\S)")
_CLOSERS = {"“": "”", "«": "»"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of the text. `continues_quote`: it begins inside a quotation that an earlier unit opened."""

    start: int
    end: int
    kind: str
    continues_quote: bool = False


def split(text: str) -> list[Unit]:
    """Every unit of a text with its kind, in order."""
    lines: list[str] = []
    cuts: list[list[tuple[int, int, bool]]] = []
    datelines: list[tuple[int, int] | None] = []
    for match in _LINE.finditer(text):
        line = match.group()
        trimmed = line.strip()
        if not trimmed:
            continue
        start = match.start() + line.index(trimmed[0])
        dateline = _dateline(trimmed)
        skip = dateline[1] if dateline else 0
        lines.append(trimmed[skip:])
        datelines.append((start, start + dateline[0]) if dateline else None)
        cuts.append([(start + skip + a, start + skip + b, quoted) for a, b, quoted in _units(trimmed[skip:])])
    kinds = line_kinds(lines, [len(units) for units in cuts])
    found: list[Unit] = []
    for units, kind, dateline_span in zip(cuts, kinds, datelines, strict=True):
        if dateline_span is not None:
            found.append(Unit(*dateline_span, "dateline"))
        found += [Unit(a, b, kind, quoted) for a, b, quoted in units]
    return found


def _dateline(line: str) -> tuple[int, int] | None:
    """(end of a dateline at the head of a paragraph, start of what follows it); null for none."""
    if len(line) < 60:
        return None
    match = _DATELINE.match(line, 0, 80)
    return None if match is None else (len(match.group().rstrip()), match.end())


def _units(line: str) -> Iterator[tuple[int, int, bool]]:
    """(start, end, continues a quotation) of each unit of one trimmed line."""
    start = 0
    continues = False
    for end, inside in _ends(line):
        if end >= len(line) or _CREDIT.match(line, end):
            break
        if _NUMBERING.match(line, start, end - 1) and end - start < 5:
            continue
        yield start, end, continues
        continues = inside
        start = end
        while line[start].isspace():
            start += 1
    yield start, len(line), continues


def _ends(line: str) -> Iterator[tuple[int, bool]]:
    """Where units end in a line, and whether a quotation is open there.

    An end inside a quotation counts only when nothing follows the closing mark: where the
    sentence goes on after it, the whole quotation belongs to that sentence.
    """
    if not _TOKEN.search(line, 0, max(len(line) - 1, 0)):
        return
    closer = ""
    waiting: list[int] = []
    for match in _TOKEN.finditer(line):
        token = match.group()
        if token in _CLOSERS and not closer:
            if match.end() < len(line) and not line[match.end()].isspace():
                closer = _CLOSERS[token]
        elif len(token) == 1 and token in "“”«»":
            if token == closer:
                resumes = match.end() < len(line) and line[match.end()] not in ".؟!?۔"
                if not resumes:
                    yield from ((end, True) for end in waiting)
                closer, waiting = "", []
        elif not _is_end(line, match):
            continue
        elif closer and closer in token:
            yield from ((end, True) for end in waiting)
            closer, waiting = "", []
            yield match.end(), False
        elif closer:
            waiting.append(match.end())
        else:
            yield match.end(), False
    # a quotation that is never closed in its line holds nothing together
    yield from ((end, False) for end in waiting)


def _is_end(line: str, match: re.Match[str]) -> bool:
    token = match.group()
    if _ELLIPSIS.match(token):
        return match.end() == len(line)
    if token[0] != ".":
        return True
    at = match.start()
    return not _LONE.search(line, max(0, at - 3), at)
