"""Folding Arabic for search and comparison. Never for storage: stored text stays as it came.

Folding merges `على` with `علي` and `كرة` with `كره`: right for finding, wrong for counting or identity.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_LETTERS = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ی": "ي", "ؤ": "و", "ة": "ه", "ک": "ك",
        "ھ": "ه", "ـ": None,
        **dict(zip("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789", strict=True)),
        **dict.fromkeys("“”«»„‟‹›\"", '"'), **dict.fromkeys("‘’‚‛'`´", "'"), **dict.fromkeys("‐‑‒–—―−", "-"),
    }
)  # fmt: skip
_BLANKS = re.compile("  +")
_DROPPED = {"Mn", "Me", "Cf"}


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `starts[i]` is the code point of the original that folded character i came from."""

    text: str
    starts: tuple[int, ...]


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> str:
    """What one code point folds to: nothing for marks, one blank for any blank, else some characters."""
    parts = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", character))
    kept = "".join(c for c in parts if unicodedata.category(c) not in _DROPPED)
    kept = kept.translate(_LETTERS).casefold()
    return "".join(" " if c.isspace() else c for c in kept)


class _Table(dict[int, str]):
    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


_TABLE = _Table()


def fold(text: str) -> str:
    """The text as it is compared: marks, tatweel and letter variants gone, digits ASCII, blanks single."""
    return _BLANKS.sub(" ", text.translate(_TABLE))


def fold_with_map(text: str) -> Folded:
    """`fold(text)` and where each of its characters stands in the original."""
    characters: list[str] = []
    starts: list[int] = []
    for index, character in enumerate(text):
        for folded in _TABLE[ord(character)]:
            if folded == " " and characters and characters[-1] == " ":
                continue
            characters.append(folded)
            starts.append(index)
    return Folded("".join(characters), tuple(starts))


def find(haystack: str, needle: str) -> Iterator[tuple[int, int]]:
    """Where the needle occurs in the haystack, compared folded: `[start, end)` of the original.

    The end takes in the marks and tatweel that follow the last letter.
    """
    folded, wanted = fold_with_map(haystack), fold(needle).strip()
    at = folded.text.find(wanted) if wanted else -1
    while at >= 0:
        last = at + len(wanted)
        start = folded.starts[at]
        end = folded.starts[last] if last < len(folded.starts) else len(haystack)
        while last < len(folded.starts) and end > start and haystack[end - 1].isspace():
            end -= 1
        yield start, end
        at = folded.text.find(wanted, last)
