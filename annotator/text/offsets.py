"""Offsets: code points of a text, half-open. `text[start:end] == quote`, or it is refused."""

from __future__ import annotations

from annotator.errors import Refused


def check_quote(text: str, start: int, end: int, quote: str) -> None:
    """Pass when `text[start:end]` is the quote; else Refused, showing the first difference."""
    if not 0 <= start < end <= len(text):
        raise Refused("The span {start}–{end} does not lie within the {length} characters of the text.",
                      path="end" if start >= 0 else "start", start=start, end=end, length=len(text))  # fmt: skip
    found = text[start:end]
    if found == quote:
        return
    if looks_like_utf16(text, start, end, quote):
        raise Refused(
            "The span {start}–{end} holds “{found}”, not “{quote}”: these look like UTF-16 offsets; "
            "count code points.", path="text", start=start, end=end, found=found[:60], quote=quote[:60],
        )  # fmt: skip
    at = next((n for n, (a, b) in enumerate(zip(found, quote, strict=False)) if a != b), min(len(found), len(quote)))
    raise Refused(
        "The span {start}–{end} holds “{found}”, not “{quote}”: they differ from character {at} on.",
        path="text", start=start, end=end, found=found[:60], quote=quote[:60], at=at,
    )  # fmt: skip


def utf16_offset(text: str, index: int) -> int:
    """The UTF-16 code units before code point `index`."""
    return index + sum(1 for character in text[:index] if character > "\uffff")


def code_point_offset(text: str, units: int) -> int:
    """The code points before UTF-16 code unit `units`. Raises ValueError inside a pair or past the end."""
    passed = 0
    for index, character in enumerate(text):
        if passed == units:
            return index
        passed += 2 if character > "\uffff" else 1
    if passed == units:
        return len(text)
    raise ValueError(f"{units} is no code point boundary of this text")


def looks_like_utf16(text: str, start: int, end: int, quote: str) -> bool:
    """Whether the quote stands at these offsets counted in UTF-16 code units."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    return encoded[2 * start : 2 * end] == quote.encode("utf-16-le", "surrogatepass")
