"""A marked stretch of the sentence: its offsets, its quote, and how stretches may lie to each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotator.errors import Fault, Refused
from annotator.layers.answer import Entity
from annotator.text.offsets import check_quote, utf16_offset


def parse_offsets(payload: dict[str, object], text: str, path: str, faults: list[Fault]) -> tuple[int, int] | None:
    """`start` and `end` of a payload, with its quote and UTF-16 twins checked where given; null when faulty."""
    before = len(faults)
    for name in ("start", "end"):
        value = payload.get(name)
        if type(value) is not int:  # True, 1.0 and "1" are none
            faults.append(Fault("“{value}” is not a whole number of characters.", {"value": value}, f"{path}.{name}"))
    if len(faults) > before:
        return None
    start, end = payload["start"], payload["end"]
    assert isinstance(start, int) and isinstance(end, int)
    if not 0 <= start < end <= len(text):
        faults.append(
            Fault("The span {start}–{end} does not lie within the {length} characters of the sentence.",
                  {"start": start, "end": end, "length": len(text)}, f"{path}.{'start' if start < 0 else 'end'}")
        )  # fmt: skip
        return None
    quote = payload.get("text")
    if quote is not None:
        if not isinstance(quote, str):
            faults.append(Fault("“{value}” is not a text.", {"value": quote}, f"{path}.text"))
            return None
        try:
            check_quote(text, start, end, quote)
        except Refused as refusal:
            faults += refusal.at(path=f"{path}.text").faults
            return None
    for name, index in (("start_utf16", start), ("end_utf16", end)):
        units = payload.get(name)
        if units is not None and units != utf16_offset(text, index):
            faults.append(
                Fault("{value} is not the UTF-16 offset of code point {index}; that is {units}.",
                      {"value": units, "index": index, "units": utf16_offset(text, index)}, f"{path}.{name}")
            )  # fmt: skip
    return (start, end) if len(faults) == before else None


def clashes(entities: Sequence[tuple[str, Entity]]) -> Iterator[Fault]:
    """Crossing spans and two labels on one span; `entities` come with their paths.

    One pass over the spans in order of start keeps the stack of those still open.
    """
    ordered = sorted(entities, key=lambda pair: (pair[1].start, -pair[1].end))
    open_spans: list[Entity] = []
    for path, entity in ordered:
        while open_spans and open_spans[-1].end <= entity.start:
            open_spans.pop()
        if open_spans:
            outer = open_spans[-1]
            if (outer.start, outer.end) == (entity.start, entity.end):
                yield Fault("The span {start}–{end} “{text}” is marked twice, as {first} and as {second}.",
                            {"start": entity.start, "end": entity.end, "text": entity.text[:60],
                             "first": outer.label, "second": entity.label}, path)  # fmt: skip
                continue
            if entity.end > outer.end:
                yield Fault("The span {start}–{end} “{text}” crosses {first}–{last} “{other}”.",
                            {"start": entity.start, "end": entity.end, "text": entity.text[:60],
                             "first": outer.start, "last": outer.end, "other": outer.text[:60]}, path)  # fmt: skip
                continue
        open_spans.append(entity)
