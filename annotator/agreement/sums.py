"""Sums of votes: how often each combination of labels occurs, and each pair of labels between two annotators.

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

from collections import Counter
from collections.abc import Mapping
from itertools import combinations
from typing import Any

from annotator.agreement.tallies import EXTRA, LABELLED, SEP, add_one

#: Layers of so many labels that their sums keep no combinations.
OPEN = frozenset({"speaker", "speaker_raw"})
ENTITIES, SIZE = "entities", "size"

Cells = dict[str, dict[str, int]]
Parts = dict[str, Cells]


def reduce(votes: Mapping[str, Mapping[str, Any]], without: frozenset[int] = frozenset()) -> Parts:
    """The parts of a sum from {annotators: votes}, leaving some annotators out."""
    parts: Parts = {}
    for who, own in votes.items():
        people = [int(one) for one in who.split(" ")]
        kept = [i for i, person in enumerate(people) if person not in without]
        if len(kept) < 2:
            continue
        size = parts.setdefault(SIZE, {})
        add_one(size, "m", str(len(kept)), own["n"])
        for i in kept:
            add_one(size, "who", str(people[i]), own["n"])
        for i, j in combinations(kept, 2):
            add_one(size, "pairs", f"{people[i]} {people[j]}", own["n"])
        for layer in LABELLED:
            _reduce_layer(parts, layer, [str(people[i]) for i in kept], kept, own.get(layer, {}))
        _reduce_spans(parts, people, kept, own)
    return parts


def _reduce_layer(parts: Parts, layer: str, people: list[str], kept: list[int], joints: Mapping[str, int]) -> None:
    counts = parts.setdefault(layer, {})
    pairs = parts.setdefault(f"{layer} pairs", {}) if layer in OPEN else counts
    for joint, n in joints.items():
        labels = joint.split(SEP)
        chosen = [(person, labels[i]) for person, i in zip(people, kept, strict=True) if labels[i]]
        if len(chosen) < 2:
            continue
        if layer in OPEN:
            _count_open(counts, pairs, chosen, n)
            _count_confused(parts.setdefault(f"{layer} confused", {}), chosen, n)
            continue
        add_one(counts, "", SEP.join(sorted(label for _, label in chosen)), n)
        for (a, first), (b, second) in combinations(chosen, 2):
            add_one(pairs, f"{a} {b}", f"{first}{SEP}{second}", n)


def _count_open(counts: Cells, pairs: Cells, chosen: list[tuple[str, str]], n: int) -> None:
    m = len(chosen)
    for label, c in Counter(label for _, label in chosen).items():
        add_one(counts, f"of {m} {c}", label, n)
    add_one(counts, "", str(m), n)
    for (a, first), (b, second) in combinations(chosen, 2):
        add_one(pairs, f"{a} {b} a", first, n)
        add_one(pairs, f"{a} {b} b", second, n)
        if first == second:
            add_one(pairs, f"{a} {b}", "same", n)


def _count_confused(confused: Cells, chosen: list[tuple[str, str]], n: int) -> None:
    for (_, first), (_, second) in combinations(chosen, 2):
        if first != second:
            add_one(confused, "", SEP.join(sorted((first, second))), n)


def _reduce_spans(parts: Parts, people: list[int], kept: list[int], own: Mapping[str, Any]) -> None:
    entities = parts.setdefault(ENTITIES, {})
    m = len(kept)
    for pair in combinations(kept, 2):
        name = f"{people[pair[0]]} {people[pair[1]]}"
        for cell, n in own.get("spans", {}).get(f"{pair[0]} {pair[1]}", {}).items():
            add_one(entities, name, cell, n)
        for cell, n in own.get(EXTRA, {}).get(f"{pair[0]} {pair[1]}", {}).items():
            add_one(parts.setdefault(EXTRA, {}), name, cell, n)
    for mask, by_kind in own.get("tokens", {}).items():
        for kind, n in by_kind.items():
            c = sum(mask[i] == "1" for i in kept) if mask else 0
            if c or not mask:
                add_one(entities, f"tokens {m} {c}", kind, n)


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
