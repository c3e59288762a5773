"""The five real articles: every unit, its kind and its place. Their sentences stay out of the repository."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest

from annotator.text.decoding import decode
from annotator.text.sentences import split

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
