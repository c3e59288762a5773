"""Words as the label scheme means them: white-space tokens without the punctuation around them."""

from __future__ import annotations

import re
import unicodedata

_TOKEN = re.compile(r"\S+")
_WORD = re.compile(r"\w", re.UNICODE)


def words(text: str) -> list[tuple[int, int]]:
    """`[start, end)` of each word; a token without a letter or digit is none.

    Marks that follow the last letter belong to it.
    """
    found = []
    for token in _TOKEN.finditer(text):
        characters = token.group()
        inner = [n for n, character in enumerate(characters) if _belongs(character)]
        if inner and _WORD.search(characters):
            found.append((token.start() + inner[0], token.start() + inner[-1] + 1))
    return found


def _belongs(character: str) -> bool:
    """Letters, digits, and the combining marks and joiners that Arabic words are written with."""
    return character.isalnum() or character == "_" or character > "\u0300" and not _outside(character)


def _outside(character: str) -> bool:
    return unicodedata.category(character)[0] in "PSZC" and character not in "\u200c\u200d\u0640"
