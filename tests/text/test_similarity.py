from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.text.similarity import THRESHOLD, jaccard, near_groups, word_set


def test_near_groups() -> None:
    assert near_groups(
        [
            "تملك الدولة 2500 جندي في البلاد لتدريب القوات",
            "افتتح الوزير المعرض صباح أمس",
            "وللدولة ٢٥٠٠ جندي في البلاد لتدريب القوات المحلية",
            "إفتتح الوزيرُ المعرض، صباح أمس!",
            "لا شيء يجمعه بغيره",
            "؟؟",
            "؟؟",
            "!!",
        ]
    ) == [0, 1, 0, 1, 2, 3, 3, 4]


def test_nearness_is_passed_on() -> None:
    chain = ["أ ب ج د", "ج د ه و", "ه و ز ح"]
    assert jaccard(word_set(chain[0]), word_set(chain[2])) == 0
    assert near_groups(chain) == [0, 0, 0]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("أب ج", "أب ج", 1.0), ("أب ج", "أب د", 1 / 3), ("أب", "د", 0.0), ("", "", 1.0)],
)
def test_jaccard(one: str, other: str, expected: float) -> None:
    assert jaccard(word_set(one), word_set(other)) == expected


def test_three_in_ten_is_near_enough() -> None:
    one, other = "ا ب ت ث ج ح", "ا ب ت خ د ذ ر"
    assert jaccard(word_set(one), word_set(other)) == THRESHOLD
    assert near_groups([one, other]) == [0, 0]


def test_nothing() -> None:
    assert near_groups([]) == []


@given(st.lists(st.lists(st.sampled_from("ابتثجحخدذرز"), max_size=9).map(" ".join), max_size=12))
def test_the_index_finds_what_comparing_all_finds(texts: list[str]) -> None:
    groups = list(range(len(texts)))
    for one, text in enumerate(texts):
        for other in range(one):
            left, right = word_set(text), word_set(texts[other])
            near = text == texts[other] or (left and right and jaccard(left, right) >= THRESHOLD)
            if near:
                groups = [groups[other] if group == groups[one] else group for group in groups]
    order: dict[int, int] = {}
    assert near_groups(texts) == [order.setdefault(group, len(order)) for group in groups]
