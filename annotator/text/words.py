"""Words as spans use them: what white space divides, without the punctuation around it."""

from __future__ import annotations

import re

from annotator.text.characters import JOINERS, MARK_RANGES, TATWEEL

# Greedy to the last letter of the token: the punctuation after it is given back, marks are kept.
_WORD = re.compile(rf"[^\W_](?:\S*[\w{MARK_RANGES}{JOINERS}])?")


def words(text: str) -> list[tuple[int, int]]:
    """(start, end) of every word, code points. Attached letters stay; a lone tatweel is a dash, no word."""
    return [match.span() for match in _WORD.finditer(text) if match.group().strip(TATWEEL)]
