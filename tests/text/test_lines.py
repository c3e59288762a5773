"""Line changes: both texts can be read out of them again, with no more than two unchanged lines around a change."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotator.text.lines import LineChange, line_changes

TEXTS = st.lists(st.sampled_from("ابتث"), max_size=9).map("\n".join)


def test_a_changed_line_stands_between_those_around_it() -> None:
    old = "\n".join("12345678")
    assert line_changes(old, old.replace("5", "خمسة")) == [
        LineChange("gap"), LineChange("same", "3"), LineChange("same", "4"), LineChange("removed", "5"),
        LineChange("added", "خمسة"), LineChange("same", "6"), LineChange("same", "7"), LineChange("gap"),
    ]  # fmt: skip
    assert line_changes(old, old) == []
    assert line_changes("", "سطر") == [LineChange("added", "سطر")]


@given(TEXTS, TEXTS)
def test_what_was_removed_and_added_is_all_that_differs(old: str, new: str) -> None:
    found = line_changes(old, new)
    removed = [change.text for change in found if change.kind == "removed"]
    added = [change.text for change in found if change.kind == "added"]
    assert sorted([*old.splitlines(), *added]) == sorted([*new.splitlines(), *removed])
