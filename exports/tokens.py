"""Tokens with offsets, the same for every answer to a sentence, on whose edges every marked stretch begins and ends."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from annotator.layers.answer import Entity, Labels
from annotator.snapshot import Line
from annotator.text.words import words

_RUN = re.compile(r"\S+")


def edges(line: Line) -> set[int]:
    """Where an entity of any submitted answer (or of gold) begins or ends: drafts are not written."""
    labels = [answer.labels for answer in line.annotations if answer.state == "submitted"]
    labels += [line.gold.labels] if line.gold else []
    return {at for one in labels for entity in one.entities for at in (entity.start, entity.end)}


def tokens(text: str, cuts: Iterable[int] = ()) -> list[tuple[int, int]]:
    """(start, end) of words and of the punctuation around them, in code points; never white space."""
    inner = sorted({at for word in words(text) for at in word} | set(cuts))
    found = []
    for run in _RUN.finditer(text):
        start, end = run.span()
        bounds = [start, *inner[bisect_right(inner, start) : bisect_left(inner, end)], end]
        found += list(zip(bounds, bounds[1:], strict=False))
    return found


def levels(labels: Labels) -> list[list[Entity]]:
    """Entities by depth of nesting: in each level none touches another."""
    found: list[list[Entity]] = []
    for entity in labels.entities:  # by start, the longest first
        for level in found:
            if level[-1].end <= entity.start:
                level.append(entity)
                break
        else:
            found.append([entity])
    return found


def bio(entities: Sequence[Entity], places: Sequence[tuple[int, int]]) -> list[str]:
    """A tag a token: B- where an entity begins, I- inside it, O elsewhere."""
    tags = ["O"] * len(places)
    starts = [start for start, _ in places]
    for entity in entities:
        mark = "B-"
        for n in range(bisect_left(starts, entity.start), len(places)):
            if places[n][1] > entity.end:
                break
            tags[n], mark = mark + entity.label, "I-"
    return tags
