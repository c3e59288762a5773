"""Offsets: ours are code points, half-open; browsers and ICU count UTF-16 units.

Invariant: whoever stores a span has checked `text[start:end] == quote` here.
"""

from __future__ import annotations

from typing import Any

from annotator.errors import Refused

# How much of a long quotation a message shows.
SHOWN = 60


def check_span(length: int, start: int, end: int) -> None:
    """Refuse a span that is empty, turned round, negative or past the end of `length` code points."""
    if start < 0 or end < 0:
        raise Refused(
            "The span {start}–{end} has a negative offset; offsets count from 0.", start=start, end=end
        )
    if start >= end:
        raise Refused(
            "The span {start}–{end} is empty or turned round; start must be smaller than end.",
            start=start,
            end=end,
        )
    if end > length:
        raise Refused(
            "The span {start}–{end} goes past the end: the text has {length} code points.",
            start=start,
            end=end,
            length=length,
        )


def check_quote(text: str, start: int, end: int, quote: str) -> None:
    """Refuse unless `text[start:end] == quote`; the message shows the first difference.

    `start` and `end` are code points into `text`.
    """
    check_span(len(text), start, end)
    found = text[start:end]
    if found == quote:
        return
    at = first_difference(found, quote)
    values: dict[str, Any] = {
        "start": start,
        "end": end,
        "found": _shown(found),
        "quote": _shown(quote),
        "at": at,
        "found_rest": _shown(found[at:]),
        "quote_rest": _shown(quote[at:]),
    }
    if looks_like_utf16(text, start, end, quote):
        raise Refused(
            "The text at {start}–{end} is “{found}”, not “{quote}”. The offsets look like UTF-16 units, "
            "as JavaScript and Java count; give code points.",
            **values,
        )
    raise Refused(
        "The text at {start}–{end} is “{found}”, not “{quote}”; they first differ at character {at} "
        "of the span: “{found_rest}” there, “{quote_rest}” given. Offsets are code points, end exclusive.",
        **values,
    )


def first_difference(one: str, other: str) -> int:
    """The first index where the two differ; the shorter length when one begins the other."""
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))


def utf16_length(text: str) -> int:
    """How many UTF-16 units the text takes; a lone surrogate counts as one."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_offset(text: str, index: int) -> int:
    """The UTF-16 offset of the code point offset `index`."""
    if not 0 <= index <= len(text):
        raise Refused(
            "The offset {index} is outside the text of {length} code points.", index=index, length=len(text)
        )
    return utf16_length(text[:index])


def code_point_offset(text: str, utf16: int) -> int:
    """The code point offset of a UTF-16 offset; refused past the end or inside a surrogate pair."""
    units = text.encode("utf-16-le", "surrogatepass")
    if not 0 <= utf16 <= len(units) // 2:
        raise Refused(
            "The UTF-16 offset {offset} is outside the text of {length} units.",
            offset=utf16,
            length=len(units) // 2,
        )
    before = units[: utf16 * 2]
    if _ends_in_high(before) and _begins_with_low(units[utf16 * 2 :]):
        raise Refused(
            "The UTF-16 offset {offset} stands inside a character that takes two units.", offset=utf16
        )
    return len(before.decode("utf-16-le", "surrogatepass"))


def looks_like_utf16(text: str, start: int, end: int, quote: str) -> bool:
    """Whether `start` and `end` are wrong as code points but right as UTF-16 units."""
    if text[max(start, 0) : max(end, 0)] == quote or not 0 <= start < end:
        return False
    units = text.encode("utf-16-le", "surrogatepass")
    return end * 2 <= len(units) and units[start * 2 : end * 2] == quote.encode("utf-16-le", "surrogatepass")


def _shown(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _ends_in_high(units: bytes) -> bool:
    return len(units) >= 2 and 0xD8 <= units[-1] <= 0xDB


def _begins_with_low(units: bytes) -> bool:
    return len(units) >= 2 and 0xDC <= units[1] <= 0xDF
