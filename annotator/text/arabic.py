"""Folding for search and comparison, never for storage.

Folding drops what readers do not search by: vowel marks, tatweel, invisible characters, the seats
of hamza, presentation forms, the two digit sets, letter case. It merges words that differ only in
`ى`/`ي` or `ة`/`ه`, so a match must always be shown in its original spelling.
"""

from __future__ import annotations

import codecs
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


# Nearly all texts are written in fewer than 256 characters, each of which becomes one or none. For these folding is
# a code page: written in ours and read in another, which is ten times faster than looking up each code point.
_RANGES = (
    (0x00, 0x7F), (0xA0, 0xA0), (0xAB, 0xAB), (0xBB, 0xBB), (0x60C, 0x60C), (0x61B, 0x61B), (0x61F, 0x61F),
    (0x621, 0x63A), (0x640, 0x66D), (0x670, 0x671), (0x67E, 0x67E), (0x686, 0x686), (0x698, 0x698), (0x6A4, 0x6A4),
    (0x6A9, 0x6A9), (0x6AF, 0x6AF), (0x6CC, 0x6CC), (0x6D4, 0x6D4), (0x6F0, 0x6F9), (0x200B, 0x200F),
    (0x2013, 0x2014), (0x2018, 0x2019), (0x201C, 0x201D),
)  # fmt: skip
_USUAL = "".join(chr(code) for first, last in _RANGES for code in range(first, last + 1)).ljust(256, "\ufffe")
_WRITTEN = codecs.charmap_build(_USUAL)
_READ = "".join(_TABLE[ord(character)] or "\ufffe" for character in _USUAL)
_NONE = bytes(n for n, character in enumerate(_USUAL) if not _TABLE[ord(character)])


@dataclass(frozen=True, slots=True)
class Folded:
    """`starts[i]` is the offset, in the original, of the code point that `text[i]` comes from."""

    text: str
    starts: list[int]


def fold(text: str) -> str:
    """The text as it is searched and compared. Folding is done code point by code point."""
    try:
        written = codecs.charmap_encode(text, "strict", _WRITTEN)[0]
    except UnicodeEncodeError:
        return text.translate(_TABLE)
    return codecs.charmap_decode(written.translate(None, _NONE), "strict", _READ)[0]


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
