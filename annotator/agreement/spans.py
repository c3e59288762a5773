"""How far two annotators' spans agree, sentence by sentence; counts add up, F1 comes from the sums.

F1 = 2 * matched / (a + b), symmetric in the two annotators. With no countable negatives it is what kappa tends to:
Hripcsak, G., Rothschild, A. S. (2005). Agreement, the F-measure, and reliability in information retrieval. JAMIA 12(3).

A span is (start, end, type), half-open; spans may nest and overlap. An annotator's spans of a sentence are a set. What
counts as matched: `exact` same start, end and type; `boundary` same start and end; `overlap` same type and at least
one code point shared; `overlap_untyped` the same of any type; `iou` same type, each match worth its intersection over
union; `partial` any type, same boundaries worth 1, an overlap 1/2 (SemEval-2013 task 9.1, after MUC-5). The last four
take the best one-to-one matching, not the first that fits: taking whatever comes first depends on the order of the
spans. Both annotators must have finished the sentence; then no spans is an answer, the empty set.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from annotator.agreement.matching import Edges, heaviest, most

Span = tuple[int, int, str]
#: The key of the counts over all types together; no type is called so.
ALL = ""


@dataclass(frozen=True, slots=True)
class SpanCounts:
    """Spans of the first (`a`) and the second (`b`) annotator and how many matched, in each sense of the module.

    Those of one type compare the spans of that type alone, so there `boundary` is `exact` and
    `overlap_untyped` is `overlap`.
    """

    a: int = 0
    b: int = 0
    exact: int = 0
    boundary: int = 0
    overlap: int = 0
    overlap_untyped: int = 0
    iou: float = 0.0
    partial: float = 0.0

    def __add__(self, other: SpanCounts) -> SpanCounts:
        return SpanCounts(
            self.a + other.a, self.b + other.b, self.exact + other.exact, self.boundary + other.boundary,
            self.overlap + other.overlap, self.overlap_untyped + other.overlap_untyped,
            self.iou + other.iou, self.partial + other.partial,
        )  # fmt: skip

    def f1(self, matched: float) -> float:
        """2 * matched / (a + b), as in `counts.f1(counts.exact)`; NaN where neither has a span."""
        return f1(matched, self.a, self.b)


def f1(matched: float, a: float, b: float) -> float:
    """From summed counts; NaN where neither has a span: two empty answers say nothing of spans."""
    return 2 * matched / (a + b) if a + b else math.nan


def compare(first: Iterable[Span], second: Iterable[Span]) -> dict[str, SpanCounts]:
    """One sentence of two annotators: type → counts, and `ALL` → counts over all types."""
    a, b = sorted(set(first)), sorted(set(second))
    if a == b:
        own = Counter(span[2] for span in a)
        return {kind: _equal(own[kind]) for kind in sorted(own)} | {ALL: _equal(len(a))}
    found = {kind: _of_type(kind, a, b) for kind in sorted({span[2] for span in (*a, *b)})}
    edges = _overlaps(a, b)
    partial = heaviest(edges, {(i, j): _semeval(a[i], b[j]) for i, near in edges.items() for j in near})
    found[ALL] = SpanCounts(
        len(a), len(b), sum(one.exact for one in found.values()), _boundaries(a, b),
        sum(one.overlap for one in found.values()), most(edges), sum(one.iou for one in found.values()), partial,
    )  # fmt: skip
    return found


def sum_counts(counts: Iterable[SpanCounts]) -> SpanCounts:
    total = SpanCounts()
    for one in counts:
        total += one
    return total


def add(totals: dict[str, SpanCounts], sentence: Mapping[str, SpanCounts]) -> None:
    """Adds one sentence's counts to those of many, type by type."""
    for kind, counts in sentence.items():
        totals[kind] = totals.get(kind, SpanCounts()) + counts


def _of_type(kind: str, first: list[Span], second: list[Span]) -> SpanCounts:
    a, b = ([span for span in spans if span[2] == kind] for spans in (first, second))
    if a == b:
        return _equal(len(a))
    exact = len(set(a) & set(b))
    edges = _overlaps(a, b)
    pairs = [(i, j) for i in edges for j in edges[i]]
    overlap = most(edges)
    iou = heaviest(edges, {(i, j): _iou(a[i], b[j]) for i, j in pairs})
    partial = heaviest(edges, {(i, j): _semeval(a[i], b[j]) for i, j in pairs})
    return SpanCounts(len(a), len(b), exact, exact, overlap, overlap, iou, partial)


def _equal(size: int) -> SpanCounts:
    """Of two who marked the same."""
    return SpanCounts(size, size, size, size, size, size, float(size), float(size))


def _overlaps(a: list[Span], b: list[Span]) -> Edges:
    """Index in a → indexes in b with which it shares a code point. Both sorted by their start."""
    return {
        i: near
        for i, (start, end, _) in enumerate(a)
        if (near := [j for j, span in enumerate(b) if max(start, span[0]) < min(end, span[1])])
    }


def _boundaries(a: list[Span], b: list[Span]) -> int:
    """Two types on the same boundaries are two spans: each is matched once."""
    return (Counter(span[:2] for span in a) & Counter(span[:2] for span in b)).total()


def _iou(a: Span, b: Span) -> float:
    shared = min(a[1], b[1]) - max(a[0], b[0])
    return shared / (a[1] - a[0] + b[1] - b[0] - shared)


def _semeval(a: Span, b: Span) -> float:
    return 1.0 if a[:2] == b[:2] else 0.5
