"""Whole numbers as addresses, headers and forms carry them."""

from __future__ import annotations

import pytest

from annotator.text.whole import whole, whole_or


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("9" * 9, 10**9 - 1)])
def test_digits_are_a_number(text: str, number: int) -> None:
    assert whole(text) == number == whole_or(text, None)


@pytest.mark.parametrize("text", ["", " 1", "+1", "-1", "1.5", "1_0", "٣", "²", "1e3", "9" * 10, "\x00", "x" * 500])
def test_nothing_else_is(text: str) -> None:
    with pytest.raises(ValueError, match="no whole number"):
        whole(text)
    assert whole_or(text, -1) == -1


def test_ids_may_be_longer() -> None:
    assert whole("9" * 18, most=18) == 10**18 - 1 == whole_or("9" * 18, None, most=18)
    assert whole_or("9" * 19, 0, most=18) == 0
