"""The quotations of one line, paired by place and not by shape.

Real articles turn guillemets round, open with a closing mark (`و”…”`) and leave strays (`"»`), so a
mark opens when a word begins right after it and closes when one ends right before it. Pairing is
strict: an opening mark that meets another before its end is given up, since a quotation made too
long would swallow sentences.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_MARK = re.compile('[“”„‟"″«»]')
_GUILLEMETS = "«»"
_ENDERS = ".؟!?۔"
_BEFORE_OPENING = "([{:،؛,;–—-/"
_AFTER_CLOSING = ".،؛,;:؟!?۔…)]}\"“”«»'’–—-/"
# Conjunctions and prepositions written with the next word.
_ATTACHED = "وفبكل"
_AFTER = re.compile(r"[”“»«\"’')\]]{0,4}\s{0,4}(.?)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Quotation:
    """From the opening mark to the closing one; `resumes`: the sentence goes on after it."""

    open: int
    close: int
    resumes: bool


class Quotations:
    """The closed quotations of `text[start:end]`, a line; one pass over its marks."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self._found = sorted(_pairs(text, start, end), key=lambda quotation: quotation.open)
        self._opens = [quotation.open for quotation in self._found]

    def around(self, start: int, end: int) -> Quotation | None:
        """The quotation that begins before `start` and has not closed at `end`."""
        at = bisect_right(self._opens, start) - 1
        if at < 0 or self._found[at].close < end:
            return None
        return self._found[at]


def _pairs(text: str, start: int, end: int) -> list[Quotation]:
    """Outermost pairs only: marks of the other family inside an open quotation are its own."""
    pairs: list[Quotation] = []
    opened = -1
    for match in _MARK.finditer(text, start, end):
        at = match.start()
        if opened >= 0 and _family(text[at]) != _family(text[opened]):
            continue
        if _opens(text, at, start, end, opened >= 0):
            opened = at
        elif opened >= 0:
            pairs.append(Quotation(opened, at, _resumes(text, at, end)))
            opened = -1
    return pairs


def _family(mark: str) -> bool:
    return mark in _GUILLEMETS


def _opens(text: str, at: int, start: int, end: int, is_open: bool) -> bool:
    before = text[at - 1] if at > start else " "
    after = text[at + 1] if at + 1 < end else " "
    begins = before.isspace() or before in _BEFORE_OPENING or _is_attached(text, at, start)
    ends = after.isspace() or after in _AFTER_CLOSING
    if begins == ends:  # a mark between two blanks or between two words: the state decides
        return not is_open
    return begins


def _is_attached(text: str, at: int, start: int) -> bool:
    """Whether only one or two attached letters stand between a blank and the mark."""
    index = at - 1
    while index >= start and at - index <= 2 and text[index] in _ATTACHED:
        index -= 1
    return index < at - 1 and (index < start or text[index].isspace())


def _resumes(text: str, close: int, end: int) -> bool:
    """Whether the reporting clause goes on after the closing mark: `“أ. ب”، مشيراً إلى`."""
    match = _AFTER.match(text, close + 1, end)
    after = match.group(1) if match else ""
    if not after or after in _ENDERS + "…":
        return False
    return after in "،؛,;" or text[close - 1] not in _ENDERS
