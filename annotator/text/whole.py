"""Whole numbers as addresses, headers and forms carry them."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def whole(text: str, most: int = 9) -> int:
    """The number that a text of 1 to `most` ASCII digits writes, without a sign or a blank.

    Nine is what a database's plainest column holds, 18 its ids.

    Raises:
        ValueError: It is any other text.
    """
    if not (text.isascii() and text.isdecimal() and len(text) <= most):
        raise ValueError(f"no whole number: {text[:100]!r}")
    return int(text)


def whole_or(text: str, otherwise: T, most: int = 9) -> int | T:
    try:
        return whole(text, most)
    except ValueError:
        return otherwise
