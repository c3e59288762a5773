"""The five real articles: every unit, its kind and its place. Their sentences stay out of the repository."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path

import pytest

from annotator.text.decoding import decode
from annotator.text.sentences import split
from tests.test_architecture import kept_files

_LETTERS = {"s": "sentence", "h": "headline", "u": "subheading", "d": "dateline"} | {
    "c": "caption",
    "b": "boilerplate",
    "a": "ad",
    "y": "byline",
}
# File: (kind of each unit, SHA-256 of `start-end start-end …`), worked out by reading.
EXPECTED = {
    "000_c885463bdda2e700.txt": (
        "sssssssssusssssssss",
        "bce55416546ac2ade24fba8928771c509a3a6d22b08eeaa0d641d24858f4344f",
    ),
    "001_a54217c168f06ee1.txt": (
        "dssssssssssssssss",
        "450fb39e9f9326814a454cf7fc89a82b6ee326350ba677614f8f1e368e94931f",
    ),
    "002_2aa83d9a329875e0.txt": (
        "ascssssssssssssssssssssssab",
        "8e17919b19b9d702cf20758e1ab36ca736d681104d8272c6943602c0dc81cfd6",
    ),
    "003_41b2fde5789d507b.txt": (
        "hussssusssssusssssussssussssssusss",
        "b68c90e60187788040fe1248c779990ddf2f6542879e6d665a2d0831729d7a16",
    ),
    "004_5d4c7b7a80708a78.txt": (
        "bbbbhccsssusssssss",
        "a915b58872bc40db8a06ed66246aba3721d1e12924ad5ea4e9956d443d0dac24",
    ),
}


def runs(text: str, words: int = 5) -> set[tuple[str, ...]]:
    """Every so many Arabic words in a row."""
    found = re.findall(r"[\u0621-\u064a\u064b-\u0652]+", text)
    return {tuple(found[at : at + words]) for at in range(len(found) - words + 1)}


def test_no_five_words_in_a_row_stand_in_the_repository(founding_articles: Path) -> None:
    texts = [decode(path.read_bytes(), file=path.name).text for path in founding_articles.glob("*.txt")]
    theirs = set().union(*map(runs, texts))
    assert len(theirs) > 2000
    copied: dict[str, list[str]] = {}
    for path in kept_files():
        for line in path.read_bytes().decode("utf-8", "replace").splitlines():
            if shared := runs(line) & theirs:
                copied.setdefault(path.name, []).extend(" ".join(run) for run in sorted(shared))
    assert copied == {}


@pytest.mark.parametrize("name", EXPECTED)
def test_units_of_an_article(founding_articles: Path, name: str) -> None:
    kinds, places = EXPECTED[name]
    found = split(decode((founding_articles / name).read_bytes(), file=name).text)
    assert [unit.kind for unit in found] == [_LETTERS[letter] for letter in kinds]
    spans = " ".join(f"{unit.start}-{unit.end}" for unit in found)
    assert hashlib.sha256(spans.encode()).hexdigest() == places


def test_units_of_all_articles(founding_articles: Path) -> None:
    kinds = Counter(
        unit.kind
        for path in sorted(founding_articles.glob("*.txt"))
        for unit in split(decode(path.read_bytes(), file=path.name).text)
    )
    assert kinds == {
        "sentence": 94,
        "subheading": 8,
        "boilerplate": 5,
        "caption": 3,
        "headline": 2,
        "ad": 2,
        "dateline": 1,
    }
