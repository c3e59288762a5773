"""An article's units: where each sentence, heading or caption begins and ends.

A line break always ends a unit. Inside a line a full stop, question or exclamation mark ends one
when a blank follows; commas, colons, dashes and ellipses do not. The comments say what each
exception is for. Everything here is linear in the length of the text: clusters of marks are matched
whole and never twice, and the quotation marks of a line are paired at most once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from annotator.text.characters import BIDI_CONTROLS, BLANKS, INVISIBLE, LINE_BREAKS
from annotator.text.kinds import Line, dateline_end, kinds_of
from annotator.text.quotations import Quotations

_ENDERS = ".؟!?۔"
_CLOSERS = "”“»«\"’'›)\\]}" + BIDI_CONTROLS
_LINE = re.compile(f"[^{LINE_BREAKS}]+")
# The marks that end a sentence, with the closing marks before and after a second full stop: `…”.` `.”.`
_CLUSTER = re.compile(f"[{_ENDERS}]++(?:[{_CLOSERS}]++[{_ENDERS}]*+)*+")
# One full stop or any other mark; two or more full stops are an ellipsis, which ends nothing.
_FINAL = re.compile(rf"(?<!\.)\.(?!\.)|[{_ENDERS[1:]}]")
_BLANKS = frozenset(BLANKS)
_VISIBLE = re.compile(f"[^{BLANKS}{INVISIBLE}]")
_WORD = re.compile(r"[^\W_ـ]")
# A photographer, agency or source in brackets after the last full stop of a line: `… مبررة. (غيتي)`.
_CREDIT = re.compile(rf"[(\[][^()\[\]{_ENDERS}]{{1,60}}[)\]]")
_LONGEST_REMARK = 200
_LIST_NUMBER = re.compile(r"[(\[]?\d{1,3}")


@dataclass(frozen=True, slots=True)
class Unit:
    """`text[start:end]` in code points of the original, never with a blank at either end.

    `continues_quote`: it begins inside a quotation that an earlier unit of the line has opened.
    """

    start: int
    end: int
    kind: str
    continues_quote: bool = False


def split(text: str) -> list[Unit]:
    """The units of an article in order; everything between them is blank."""
    lines: list[Line] = []
    pieces: list[list[tuple[int, int, bool]]] = []
    for start, end in _visible_lines(text):
        dateline = dateline_end(text, start, end)
        if dateline:
            lines.append(Line(text[start:dateline], 1))
            pieces.append([(start, dateline, False)])
            start = _after_blanks(text, dateline, end)
        found = _pieces(text, start, end)
        lines.append(Line(text[start:end], len(found), after_dateline=dateline > 0))
        pieces.append(found)
    return [
        Unit(start, end, kind, continues)
        for kind, found in zip(kinds_of(lines), pieces, strict=True)
        for start, end, continues in found
    ]


def _visible_lines(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each line without its edge blanks; a line of blanks or invisible controls is none."""
    for match in _LINE.finditer(text):
        line = match.group()
        body = line.strip(BLANKS)
        if body and _VISIBLE.search(body):
            start = match.start() + (len(line) - len(line.lstrip(BLANKS)))
            yield start, start + len(body)


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int, bool]]:
    """One line's units: (start, end, whether it continues a quotation)."""
    pieces: list[tuple[int, int, bool]] = []
    quotations: Quotations | None = None
    begin, continues = start, False
    for match in _CLUSTER.finditer(text, start, end):
        stop = match.end()
        if stop == end or not _is_boundary(text, begin, match):
            continue
        if quotations is None:
            quotations = Quotations(text, start, end)
        inside = quotations.around(match.start(), stop)
        if inside is not None and inside.resumes:
            continue
        _add(text, pieces, begin, stop, continues)
        begin, continues = _after_blanks(text, stop, end), inside is not None
    _add(text, pieces, begin, end, continues)
    if len(pieces) > 1 and _CREDIT.fullmatch(text, pieces[-1][0], end):
        pieces.pop()
        pieces[-1] = (pieces[-1][0], end, pieces[-1][2])
    return pieces


def _add(text: str, pieces: list[tuple[int, int, bool]], begin: int, end: int, continues: bool) -> None:
    """A piece without a letter or digit is a stray mark: it stays with its neighbour."""
    if pieces and (not _WORD.search(text, begin, end) or _is_stray(text, pieces)):
        pieces[-1] = (pieces[-1][0], end, pieces[-1][2])
    else:
        pieces.append((begin, end, continues))


def _is_stray(text: str, pieces: list[tuple[int, int, bool]]) -> bool:
    """Only the first piece can be one; asked of no other, so that nothing is searched over and over."""
    return len(pieces) == 1 and not _WORD.search(text, pieces[0][0], pieces[0][1])


def _is_boundary(text: str, begin: int, match: re.Match[str]) -> bool:
    """Whether the cluster of marks ends a unit that began at `begin`, quotations aside."""
    start, stop = match.span()
    if text[stop] not in _BLANKS:
        return False
    if stop - start == 1 and text[start] == ".":
        return not (_is_abbreviation(text, begin, start) or _is_list_number(text, begin, start))
    if _is_remark(text, begin, start, stop):
        return False
    return _FINAL.search(text, start, stop) is not None


def _is_remark(text: str, begin: int, start: int, stop: int) -> bool:
    """A question or exclamation in brackets inside a sentence: `قال (!) ثم`, `سأل (متى؟) ثم`."""
    if text[stop - 1] not in ")]" or text[start] == ".":
        return False
    opening = "(" if text[stop - 1] == ")" else "["
    return text.rfind(opening, max(begin + 1, start - _LONGEST_REMARK), start) > begin


def _is_abbreviation(text: str, begin: int, dot: int) -> bool:
    """A single letter before the full stop, as in `د. محمد`; not the `م` of a year (`2014 م.`)."""
    if dot <= begin or not text[dot - 1].isalpha():
        return False
    before = dot - 2
    if before < begin:
        return True
    if text[before] not in _BLANKS and text[before] not in ".(":
        return False
    return not (before > begin and text[before] in _BLANKS and text[before - 1].isdigit())


def _is_list_number(text: str, begin: int, dot: int) -> bool:
    return dot - begin <= 4 and _LIST_NUMBER.fullmatch(text, begin, dot) is not None


def _after_blanks(text: str, index: int, end: int) -> int:
    while index < end and text[index] in _BLANKS:
        index += 1
    return index
