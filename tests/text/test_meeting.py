"""Near-copies among very many texts: what arrays find is what comparing all finds."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from annotator.text import meeting
from annotator.text.similarity import FEW, THRESHOLD, groups_of, jaccard, near_groups, word_set


def _by_comparing_all(texts: Sequence[str]) -> list[int]:
    groups, sets = list(range(len(texts))), [word_set(text) for text in texts]
    for one in range(len(texts)):
        for other in range(one):
            left, right = sets[one], sets[other]
            near = left and right and jaccard(left, right) >= THRESHOLD - 1e-9
            if (near or texts[one] == texts[other]) and groups[one] != groups[other]:
                groups = [groups[other] if group == groups[one] else group for group in groups]
    order: dict[int, int] = {}
    return [order.setdefault(group, len(order)) for group in groups]


def _drawn(seed: int, count: int, vocabulary: int, longest: int) -> list[str]:
    """Texts of words that are drawn as often as words are in language; some have none."""
    draw = random.Random(seed)
    words = ["".join(draw.choices("ابتثجحخدذرز", k=6)) for _ in range(vocabulary)]
    shares = [1 / (rank + 3) for rank in range(vocabulary)]
    return [" ".join(draw.choices(words, shares, k=draw.randint(0, longest))) for _ in range(count)]


@pytest.mark.parametrize("rare", [0, 2, 100])
@pytest.mark.parametrize(("vocabulary", "longest"), [(5, 4), (20, 4), (40, 12), (300, 25), (300, 60)])
def test_arrays_find_what_comparing_all_finds(
    monkeypatch: pytest.MonkeyPatch, rare: int, vocabulary: int, longest: int
) -> None:
    monkeypatch.setattr(meeting, "RARE", rare)
    monkeypatch.setattr(meeting, "PAIRED", 40)
    monkeypatch.setattr(meeting, "KEYS_AT_ONCE", 1000)
    for seed in range(10):
        texts = _drawn(seed, 80, vocabulary, longest)
        assert groups_of(texts) == _by_comparing_all(texts)


def test_many_texts_are_grouped_as_few_are() -> None:
    texts = _drawn(1, 1500, 3000, 20)
    texts += [f"{text} ختاما" for text in texts[::7]]
    assert len(texts) > FEW
    assert near_groups(texts) == _by_comparing_all(texts)


def test_a_template_is_one_group_however_often_it_is_filled() -> None:
    texts = [f"أعلنت الوزارة اليوم النشرة رقم {n} عن الأسعار" for n in range(5000)]
    texts += [f"خبر {n} وحيد{n} لا{n} يجمعه{n}" for n in range(100)]
    assert near_groups(texts) == [0] * 5000 + list(range(1, 101))


def test_texts_without_a_word_are_near_when_they_are_equal() -> None:
    assert groups_of(["؟؟", "!!", "", "؟؟", "كلمة", ""]) == [0, 1, 2, 0, 3, 2]
    assert groups_of([]) == []
