"""Votes of a document counted sentence by sentence, and sums of votes one by one: slow and plain, to hold the fast
way to it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from annotator.agreement.spans import ALL, compare
from annotator.agreement.sums import ENTITIES, OPEN, SIZE, Cells, Parts
from annotator.agreement.tallies import (
    CHOICES,
    EXTRA,
    LABELLED,
    MIXED,
    SAME_TARGET,
    SEP,
    Answer,
    Content,
    Stratum,
    add_one,
    labels_of,
)
from annotator.agreement.tokens import bounds


def document_content(sentences: Iterable[tuple[str, bool, Sequence[Answer]]], week: Callable[[str], str]) -> Content:
    """The votes of a document: of each sentence its text, whether it is a later near-copy, its answers.

    `week` names the week of a moment.
    """
    content: Content = {}
    for text, copy, answers in sentences:
        if len(answers) < 2:
            continue
        if len(answers) > 1:
            answers = sorted(answers, key=lambda answer: answer.person)
        guidelines = {answer.guideline for answer in answers}
        stratum = Stratum(
            any(answer.seen for answer in answers), all(answer.hidden for answer in answers), copy,
            week(max(answer.finished for answer in answers)),
            MIXED if len(guidelines) > 1 else guidelines.pop() or "",
        ).key()  # fmt: skip
        who = " ".join(str(answer.person) for answer in answers)
        votes = content.setdefault(stratum, {}).setdefault(who, _empty())
        votes["n"] += 1
        _count_choices(votes, answers)
        _count_spans(votes, text, answers)
        _count_extra(votes, answers)
    return _plain(content)


def _empty() -> dict[str, Any]:
    return {"n": 0, **{layer: defaultdict(int) for layer in LABELLED}, "spans": {}, "tokens": {}, EXTRA: {}}


def _plain(content: Content) -> Content:
    """Without what is empty."""
    return {
        stratum: {who: {name: value for name, value in votes.items() if value} for who, votes in by_who.items()}
        for stratum, by_who in content.items()
    }


def _count_choices(votes: dict[str, Any], answers: Sequence[Answer]) -> None:
    columns = [labels_of(answer.rows[0]) for answer in answers]
    for layer, *labels in zip(CHOICES, *columns, strict=True):
        votes[layer][SEP.join(labels)] += 1
    targets = [column[3] for column in columns]
    for target in set(targets):
        if target != "none" and targets.count(target) > 1:
            votes[SAME_TARGET][SEP.join(c[4] if c[3] == target else "" for c in columns)] += 1


def _count_spans(votes: dict[str, Any], text: str, answers: Sequence[Answer]) -> None:
    starts, ends = bounds(text)
    add_one(votes["tokens"], "", "", len(starts))
    marked = [frozenset(answer.spans) for answer in answers]
    if not any(marked):
        return
    for i, j in combinations(range(len(marked)), 2):
        cells = votes["spans"].setdefault(f"{i} {j}", defaultdict(int))
        for kind, counts in compare(marked[i], marked[j]).items():
            told = {"a": counts.a, "b": counts.b, "exact": counts.exact, "overlap": counts.overlap}
            if kind == ALL:
                told |= {"boundary": counts.boundary, "untyped": counts.overlap_untyped}
            for name, n in told.items():
                if n:
                    cells[f"{kind}{SEP}{name}"] += n
    touched: dict[tuple[str, int], list[str]] = {}  # (type, token) → which annotators' spans share a code point with it
    for i, spans in enumerate(marked):
        for start, end, kind in spans:
            for place in range(bisect_right(ends, start), bisect_left(starts, end)):
                touched.setdefault((kind, place), ["0"] * len(answers))[i] = "1"
    for (kind, _), mask in touched.items():
        add_one(votes["tokens"], "".join(mask), kind, 1)


def _count_extra(votes: dict[str, Any], answers: Sequence[Answer]) -> None:
    if all(len(answer.rows) < 2 for answer in answers):
        return
    further = [Counter((r.speaker, r.attribution, r.target, r.stance, r.claim_type) for r in answer.rows[1:])
               for answer in answers]  # fmt: skip
    for (i, first), (j, second) in combinations(enumerate(further), 2):
        for name, count in (("a", first.total()), ("b", second.total()), ("matched", (first & second).total())):
            add_one(votes[EXTRA], f"{i} {j}", name, count)


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
