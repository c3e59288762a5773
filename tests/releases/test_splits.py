"""Splits: shares, groups that stay together, labels spread evenly, copies that never stand on two sides."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.errors import Refused
from annotator.releases.closest import closest
from annotator.releases.leaks import COPY, copies, leaks
from annotator.releases.splits import Largest, Plan, Unit, far, group, largest, reached, split
from annotator.text.similarity import jaccard, word_set

WIRE = "أعلنت وزارة النقل اليوم أن الجسر الجديد سيفتح أمام السيارات صباح الأحد المقبل"


def units(documents: int, sentences: int = 4) -> list[Unit]:
    """Documents of their own events, each of sentences with words of their own."""
    return [
        Unit(f"{d:03}-{n}", f"{d:03}.txt", f"event {d}", None, f"جملة{d} كلمة{d}{n} وقول{d}{n} ثم{d}{n} نص{n}",
             ("stance:support",) if d % 2 else ("stance:oppose",))
        for d in range(documents) for n in range(sentences)
    ]  # fmt: skip


def test_shares_are_kept_and_labels_are_spread() -> None:
    found = units(100)
    parts = split(found, Plan(80, 10, 10, seed=7))
    assert Counter(parts) == {"train": 320, "dev": 40, "test": 40}
    for part, size in (("train", 320), ("dev", 40), ("test", 40)):
        held = Counter(unit.strata[0] for unit, p in zip(found, parts, strict=True) if p == part)
        assert held == {"stance:support": size // 2, "stance:oppose": size // 2}


def test_the_seed_decides_and_nothing_else() -> None:
    found = units(40)
    assert split(found, Plan(50, 25, 25, seed=1)) == split(found, Plan(50, 25, 25, seed=1))
    assert split(found, Plan(50, 25, 25, seed=1)) != split(found, Plan(50, 25, 25, seed=2))


def test_an_event_stays_together_or_only_a_document() -> None:
    found = [replace(unit, event="one event") for unit in units(6)]
    with pytest.raises(Refused, match="All sentences fall into one group by event and near-copy, too few to be parted"):
        split(found, Plan(60, 20, 20))
    parts = split(found, Plan(50, 25, 25, by="document"))
    by_file = {unit.file: {p for u, p in zip(found, parts, strict=True) if u.file == unit.file} for unit in found}
    assert all(len(held) == 1 for held in by_file.values())
    assert set(parts) == {"train", "dev", "test"}


@pytest.mark.parametrize("shares", [(80, 10, 5), (-10, 100, 10), (0, 0, 0)])
def test_shares_that_are_none(shares: tuple[int, int, int]) -> None:
    with pytest.raises(Refused, match="are no split: whole percents that sum to 100"):
        split(units(5), Plan(*shares))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_group_is_parted(data: st.DataObject) -> None:
    names = st.sampled_from([None, "a", "b", "c", "d"])
    found = [
        Unit(f"{n}", f"{data.draw(st.integers(0, 11))}.txt", data.draw(names), data.draw(names), f"نص {n}")
        for n in range(data.draw(st.integers(1, 40)))
    ]  # fmt: skip
    numbers = group(found, "event")
    try:
        parts = split(found, Plan(60, 20, 20, seed=data.draw(st.integers(0, 9))))
    except Refused:
        assert len(set(numbers)) < 3
        return
    assert set(parts) == {"train", "dev", "test"}
    for key in ("file", "event", "group"):
        for value in {getattr(unit, key) for unit in found} - {None}:
            assert len({p for u, p in zip(found, parts, strict=True) if getattr(u, key) == value}) == 1


def planted() -> list[Unit]:
    """Forty events; a wire sentence in three of them, once with a word changed."""
    found = units(40)
    for position, text in ((0, WIRE), (57, WIRE), (101, WIRE.replace("صباح", "مساء"))):
        found[position] = replace(found[position], text=text)
    return found


def test_wire_copies_never_cross_whatever_the_seed() -> None:
    found = planted()
    joined = copies(found)
    assert joined == [(0, 57), (0, 101)]
    for seed in range(20):
        assert leaks(found, split(found, Plan(50, 25, 25, seed=seed), joined)).copies == ()


def test_without_joining_the_copies_they_do_cross() -> None:
    found = planted()
    crossing = [
        pair for seed in range(20) for pair in leaks(found, split(found, Plan(50, 25, 25, seed=seed))).copies
    ]
    assert {(pair.one.id, pair.other.id) for pair in crossing} == {
        ("000-0", "014-1"), ("000-0", "025-1"), ("014-1", "025-1"),
    }  # fmt: skip
    assert all(pair.similarity >= COPY for pair in crossing)


def test_a_parted_near_copy_group_is_told_however_short() -> None:
    found = [Unit("1", "a", None, "g", "نعم"), Unit("2", "b", None, "g", "نعم"), Unit("3", "c", None, None, "لا")]
    told = leaks(found, ["train", "test", "test"])
    assert [(pair.one.id, pair.other.id, pair.parts) for pair in told.copies] == [("1", "2", ("train", "test"))]
    assert leaks(found, ["train", "train", "test"]).pairs == ()


def test_the_closest_pairs_are_reported_though_they_are_no_copies() -> None:
    found = units(3, 1)
    found[0] = replace(found[0], text="افتتح الوزير الجسر الجديد في المدينة أمس")
    found[2] = replace(found[2], text="افتتح الوزير المدرسة الجديدة في المدينة اليوم")
    told = leaks(found, ["train", "dev", "test"])
    assert told.copies == ()
    assert [(pair.one.id, pair.other.id, round(pair.similarity, 4)) for pair in told.pairs] == [("000-0", "002-0", 0.4)]
    assert told.highest == pytest.approx(0.4)


def brute(texts: list[str], parts: list[str | None]) -> list[tuple[int, int, float]]:
    sets = [word_set(text) for text in texts]
    found = [(one, other, jaccard(sets[one], sets[other])) for one, other in combinations(range(len(texts)), 2)
             if parts[one] and parts[other] and parts[one] != parts[other]
             and min(len(sets[one]), len(sets[other])) >= 4 and sets[one] & sets[other]]  # fmt: skip
    return sorted(found, key=lambda pair: (-pair[2], pair[0], pair[1]))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_closest_pairs_are_those_that_comparing_each_with_each_finds(data: st.DataObject) -> None:
    most = data.draw(st.sampled_from([8, 30, 200]))
    word = st.integers(0, most).map(lambda n: "ابجدهوزحطي"[n % 10] + "كلم" * (n // 10))
    drawn = data.draw(st.lists(st.sets(word, min_size=2, max_size=14), min_size=2, max_size=30))
    texts = list(dict.fromkeys(" ".join(sorted(words)) for words in drawn))
    parts = [data.draw(st.sampled_from(["train", "train", "dev", "test", None])) for _ in texts]
    expected = brute(texts, parts)
    told = closest(texts, parts, 20, 4)
    assert [round(pair[2], 9) for pair in told.pairs] == [round(pair[2], 9) for pair in expected[:20]]
    assert set(told.pairs) <= set(expected)
    assert told.near == sum(pair[2] >= 0.3 - 1e-9 for pair in expected)


def test_a_closest_pair_far_from_a_copy_is_told_as_it_is() -> None:
    found = units(2, 1)
    found[0] = replace(found[0], text="افتتح الوزير الجسر أمس")
    found[1] = replace(found[1], text="زار الوزير بيروت غدا")
    told = leaks(found, ["train", "dev"])
    assert (told.highest, told.looked_from, told.near) == (pytest.approx(1 / 7), 0.0, 0)
    found[1] = replace(found[1], text="زار السفير بيروت غدا")
    assert (leaks(found, ["train", "dev"]).highest, leaks(found, ["train", "dev"]).pairs) == (0.0, ())


def test_a_search_that_would_cost_too_much_says_how_far_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [replace(unit, text=f"{unit.text} قال") for unit in units(40, 1)]
    parts = ["train"] * 20 + ["dev"] * 20
    monkeypatch.setattr("annotator.releases.closest.STEPS", (0.3, 0.0))
    monkeypatch.setattr("annotator.releases.closest.MOST_WORK", 799)
    told = leaks(found, parts)
    assert (told.highest, told.looked_from, told.near, told.pairs) == (None, 0.3, 0, ())
    monkeypatch.setattr("annotator.releases.closest.MOST_WORK", 800)
    assert leaks(found, parts).looked_from == 0.0 and len(leaks(found, parts).pairs) == 20


def test_the_largest_group_is_named_and_a_split_far_from_its_plan_is_known() -> None:
    found = [replace(unit, event="one event") if unit.file < "004" else unit for unit in units(6)]
    assert largest(found, "event") == Largest(3, 16, 4, "one event", "000.txt")
    assert largest(found, "document") == Largest(6, 4, 1, None, "000.txt")
    plan = {"train": 80, "dev": 10, "test": 10}
    assert reached({"train": 74, "dev": 69, "test": 2}) == {"train": 74 / 145, "dev": 69 / 145, "test": 2 / 145}
    assert far(plan, {"train": 74, "dev": 69, "test": 2}) and not far(plan, {"train": 84, "dev": 6, "test": 10})
