"""Bare sentences, `{"text": "…"}` a line: many are read at once, in a third of the time."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from annotator.text.decoding import FORBIDDEN

AT_ONCE = 500
MOST_BYTES = 4_000_000
_COLONS = (b"\\u003a", b"\\u003A")


def bare_texts(lines: Sequence[bytes]) -> list[str] | None:
    """The texts of these lines, where each is a sound bare sentence; null where any may be something else.

    Joined by commas and line breaks they are one JSON list: no string goes on over a line break.
    """
    if sum(map(len, lines)) > MOST_BYTES:
        return None
    joined = b",\n".join(lines)
    if b"[" in joined or joined.count(b"{") != len(lines) or any(colon in joined for colon in _COLONS):
        return None
    try:
        content = orjson.loads(b"[" + joined + b"]")
        texts = [one["text"] for one in content]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    if len(texts) != len(lines) or set(map(len, content)) != {1} or set(map(type, texts)) != {str}:
        return None
    again = orjson.dumps(content)
    if again.count(b":") != joined.count(b":"):  # a key stands twice in one object
        return None
    sound = is_clean(again) or _are_sound(texts)
    return texts if sound and all(map(str.strip, texts)) else None


def _are_sound(texts: Sequence[str]) -> bool:
    whole = "".join(texts)
    return not FORBIDDEN.search(whole) and "\n" not in whole and "\r" not in whole


def is_clean(raw: bytes) -> bool:
    """Whether it is seen without reading them that no text in JSON holds a control character or a noncharacter.

    JSON holds controls as escapes alone, the parser refuses lone surrogates, and noncharacters have one of these bytes.
    One byte is looked for quickly, and few Arabic texts have any of them.
    """
    return b"\\" not in raw and b"\xbf" not in raw and b"\xef" not in raw
