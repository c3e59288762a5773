"""Texts inside of JSON: where a character stands that no text holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: Characters that one of the databases does not keep.
IN_NO_TEXT = re.compile("[\0\ud800-\udfff]")


def bad_texts(content: object) -> Iterator[tuple[str, int, str]]:
    """(path, place in the text, code) of each text or key in parsed JSON that holds such a character."""
    waiting = [("", content)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(f"{path}.{shown(key)}".lstrip("."), part) for key, part in value.items()]
            waiting += [(path, key) for key in value]
        elif isinstance(value, list):
            waiting += [(f"{path}[{n}]", part) for n, part in enumerate(value)]
        elif isinstance(value, str) and (bad := IN_NO_TEXT.search(value)):
            yield path, bad.start(), f"{ord(bad.group()):04X}"


def shown(key: str) -> str:
    return IN_NO_TEXT.sub("\ufffd", key)
