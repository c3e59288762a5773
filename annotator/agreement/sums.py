"""Sums of votes: how often each combination of labels occurs, and each pair of labels between two annotators.

`rows` makes them.

For speakers, of whom there are thousands, a sum keeps how often c of m annotators chose each (all coefficients
over several annotators follow from that exactly), and each annotator's own counts within a pair. A sum is
{part: {group: {cell: count}}}, so that adding, subtracting and comparing are one function each:

- `size`: "m" {annotators: sentences}, "who" {annotator: shared sentences}, "pairs" {"a b": sentences};
- a layer: "" {labels in order: sentences}, "a b" {label of a, label of b: sentences};
- an open layer: "" {answers: sentences}, "of m c" {label: sentences}; its pairs, a part of their own: "a b a" and
  "a b b" {label: sentences}, "a b" {"same": sentences}; a third part counts what was confused: "" {two labels:
  pairs of answers};
- `entities`: "a b" {type, measure: spans}, "tokens m c" {type: tokens}, "tokens m 0" {"": all tokens};
- `extra_statements`: "a b" {measure: statements}.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Layers of so many labels that their sums keep no combinations.
OPEN = frozenset({"speaker", "speaker_raw"})
ENTITIES, SIZE = "entities", "size"

Cells = dict[str, dict[str, int]]
Parts = dict[str, Cells]


def add(into: Parts, more: Mapping[str, Mapping[str, Mapping[str, int]]], sign: int = 1) -> None:
    """Add (or subtract) the counts of one sum to another; what comes to 0 goes."""
    for part, groups in more.items():
        own = into.setdefault(part, {})
        for group, cells in groups.items():
            mine = own.setdefault(group, {})
            for cell, n in cells.items():
                total = mine.get(cell, 0) + sign * n
                if total:
                    mine[cell] = total
                else:
                    mine.pop(cell, None)
            if not mine:
                del own[group]
        if not own:
            del into[part]


def add_votes(into: dict[str, dict[str, Any]], more: Mapping[str, Mapping[str, Any]]) -> None:
    """Add {annotators: votes} of one document to those of many: cheaper than reducing each by itself."""
    for who, votes in more.items():
        mine = into.setdefault(who, {"n": 0})
        for name, value in votes.items():
            if name == "n":
                mine["n"] += value
                continue
            own = mine.setdefault(name, {})
            for key, n in value.items():
                if isinstance(n, int):
                    own[key] = own.get(key, 0) + n
                else:
                    cells = own.setdefault(key, {})
                    for cell, count in n.items():
                        cells[cell] = cells.get(cell, 0) + count
