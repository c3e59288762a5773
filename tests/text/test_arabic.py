from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.text.arabic import Folded, find, fold, fold_with_map
from tests.text.samples import ZOO, nasty


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("القُوّاتُ", "القوات"),
        ("القـــوات", "القوات"),
        ("أإآٱا", "ااااا"),
        ("مسؤول شيئ على مدرسة", "مسوول شيي علي مدرسه"),
        ("٢٥٠٠ ۲۵۰۰", "2500 2500"),
        ("ﷲ ﻻ", "الله لا"),
        ("“قال” «نعم»", '"قال" "نعم"'),
        ("أ – ب — ج", "ا - ب - ج"),
        ("a\u00a0b\tHMC", "a b hmc"),
        ("می\u200cخواهم\u200f", "ميخواهم"),
        ("أُ".encode().decode(), "ا"),
        ("é É é", "e e e"),
    ],
)
def test_fold(text: str, expected: str) -> None:
    assert fold(text) == expected


def test_the_map_leads_back() -> None:
    assert fold_with_map("قـَﷲ") == Folded("قالله", [0, 3, 3, 3, 3])


@pytest.mark.parametrize(
    ("haystack", "needle", "expected"),
    [
        ("القـوات والقُوّات والقوات", "القوات", [(0, 7), (9, 17), (19, 25)]),
        ("😀 الأمريكى 😀", "الامريكي", [(2, 10)]),
        ("قالَـ ثم", "قال", [(0, 5)]),
        ("ﷲ", "الله", [(0, 1)]),
        ("ﷲ", "الل", []),
        ("aaaa", "aa", [(0, 2), (2, 4)]),
        ("نص", "", []),
        ("نص", "َ", []),
        ("", "نص", []),
    ],
)
def test_find(haystack: str, needle: str, expected: list[tuple[int, int]]) -> None:
    assert find(haystack, needle) == expected


@given(nasty)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(nasty)
def test_map_and_fold_agree(text: str) -> None:
    folded = fold_with_map(text)
    assert folded.text == fold(text)
    assert folded.starts == sorted(folded.starts)
    assert len(folded.starts) == len(folded.text)
    assert all(letter in fold(text[start]) for letter, start in zip(folded.text, folded.starts, strict=True))


@given(st.data(), nasty)
def test_what_is_found_folds_to_what_was_sought(data: st.DataObject, text: str) -> None:
    start = data.draw(st.integers(0, len(text)))
    needle = text[start : data.draw(st.integers(start, len(text)))]
    places = find(text, needle)
    assert [fold(text[start:end]) for start, end in places] == [fold(needle)] * len(places)
    assert bool(places) == bool(fold(needle))


@pytest.mark.parametrize("name", ZOO)
def test_every_word_of_the_zoo_is_found(name: str) -> None:
    for word in ZOO[name].split():
        found = [fold(ZOO[name][start:end]) for start, end in find(ZOO[name], word)]
        assert set(found) == ({fold(word)} if fold(word) else set())


def test_every_character_folds_alike_alone_and_among_others() -> None:
    for code in (*range(0xD800), *range(0xE000, 0x10000), 0x1F600):
        assert fold(chr(code)) == fold_with_map(chr(code)).text
        assert fold(f"ة{chr(code)}1") == fold_with_map(f"ة{chr(code)}1").text
