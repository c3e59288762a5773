"""Folding for search and comparison, never for storage.

Folding drops what readers do not search by: vowel marks, tatweel, invisible characters, the seats
of hamza, presentation forms, the two digit sets, letter case. It merges words that differ only in
`ى`/`ي` or `ة`/`ه`, so a match must always be shown in its original spelling.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from annotator.text.characters import BLANKS, DASHES, EMPTY_BLANKS, TATWEEL

_LETTERS = {
    "ٱ": "ا",
    "ى": "ي",
    "ی": "ي",
    "ې": "ي",
    "ک": "ك",
    "ة": "ه",
    "ۃ": "ه",
    "ہ": "ه",
    "ھ": "ه",
    "ە": "ه",
}
_QUOTES = "\"“”„‟«»″‹›‘’‚‛'`´"
_DROPPED = frozenset({"Mn", "Me", "Cf", "Cc"})


def _fold_once(character: str) -> str:
    if character in EMPTY_BLANKS:
        return ""
    if character in BLANKS:
        return " "
    spread = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", character).casefold())
    return "".join(_fold_part(part) for part in spread)


def _fold_part(part: str) -> str:
    if part == TATWEEL or (part not in BLANKS and unicodedata.category(part) in _DROPPED):
        return ""
    if part in BLANKS:
        return " "
    if part in _QUOTES:
        return '"'
    if part in DASHES:
        return "-"
    if unicodedata.category(part) == "Nd":
        return str(unicodedata.digit(part))
    return _LETTERS.get(part, part)


class _Table(dict[int, str]):
    """Code point → its folding, worked out at first sight; at most one entry per code point."""

    def __missing__(self, code: int) -> str:
        folded = _fold_once(chr(code))
        while (again := "".join(map(_fold_once, folded))) != folded:
            folded = again
        self[code] = folded
        return folded


_TABLE = _Table()


@dataclass(frozen=True, slots=True)
class Folded:
    """`starts[i]` is the offset, in the original, of the code point that `text[i]` comes from."""

    text: str
    starts: list[int]


def fold(text: str) -> str:
    """The text as it is searched and compared. Folding is done code point by code point."""
    return text.translate(_TABLE)


def fold_with_map(text: str) -> Folded:
    """The folded text with the way back to the original offsets."""
    pieces = [_TABLE[code] for code in map(ord, text)]
    folded = "".join(pieces)
    starts = [index for index, piece in enumerate(pieces) for _ in piece]
    return Folded(folded, starts)


def find(haystack: str, needle: str) -> list[tuple[int, int]]:
    """Every place of `needle` in `haystack`, both folded: original offsets, in order, not overlapping.

    A place ends after the marks and tatweel that follow its last letter. One that would begin or
    end inside a ligature (`ﷲ`) is left out, since no original slice equals it.
    """
    wanted = fold(needle)
    if not wanted:
        return []
    folded = fold_with_map(haystack)
    places = []
    at = folded.text.find(wanted)
    while at >= 0:
        until = at + len(wanted)
        if _whole(folded.starts, at) and _whole(folded.starts, until):
            places.append((folded.starts[at], _grown(haystack, folded.starts[until - 1] + 1)))
        else:
            until = at + 1
        at = folded.text.find(wanted, until)
    return places


def _whole(starts: list[int], at: int) -> bool:
    """Whether the folded offset `at` lies between two original characters."""
    return at == 0 or at == len(starts) or starts[at - 1] != starts[at]


def _grown(text: str, end: int) -> int:
    while end < len(text) and (text[end] == TATWEEL or unicodedata.category(text[end]) in ("Mn", "Me")):
        if _TABLE[ord(text[end])]:
            break
        end += 1
    return end
