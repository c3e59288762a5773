from __future__ import annotations

import pytest
from hypothesis import given

from annotator.text.words import words
from tests.text.samples import nasty


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("قال: «نعم»، وعاد.", ["قال", "نعم", "وعاد"]),
        ("أمرٌ مهمٌّ!", ["أمرٌ", "مهمٌّ"]),
        ("أمريكي ـ عراقي – 2.5% (HMC)", ["أمريكي", "عراقي", "2.5", "HMC"]),
        ("و”المتطلبات التشغيلية” يناير/كانون", ["و”المتطلبات", "التشغيلية", "يناير/كانون"]),
        ("می‌خواهم\u00a0😀\u200fنص\u200f", ["می‌خواهم", "نص"]),
        ("... ! «»", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in words(text)] == expected


@given(nasty)
def test_words_hold_no_blank_and_stand_in_order(text: str) -> None:
    before = 0
    for start, end in words(text):
        assert before <= start < end
        assert len(text[start:end].split()) == 1
        assert text[start].isalnum()
        before = end
