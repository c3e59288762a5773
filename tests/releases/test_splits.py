"""Splits: shares, groups that stay together, labels spread evenly, copies that never stand on two sides."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.errors import Refused
from annotator.releases.leaks import COPY, copies, leaks
from annotator.releases.splits import Plan, Unit, group, split

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
    with pytest.raises(Refused, match="fall into 1 groups by event and near-copy, too few for 3 parts"):
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
    assert {(pair.one.id, pair.other.id) for pair in crossing} == {("000-0", "014-1"), ("000-0", "025-1")}
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
