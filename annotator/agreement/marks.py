"""The spans of many sentences and their tokens, by columns: how far each two annotators marked the same.

Counts are those of `spans.compare` and `tokens.count_tokens`. Where one of two annotators marked nothing but what
both did, no matching has more pairs than those. Else overlapping spans are looked at; only where one of them has
several partners to choose from is a matching searched for, sentence by sentence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from annotator.agreement.answers import Answers
from annotator.agreement.numbering import Ints, number_rows, runs, spread, together, total
from annotator.agreement.pairing import BOUNDARY, EXACT, OVERLAP, UNTYPED, Pairs, Places, each_side, pairs, shared
from annotator.agreement.spans import Span, matched

ALL_KINDS = 0  # the number of the empty name: `spans.ALL`
Piece = tuple[Ints | int, ...]


@dataclass(frozen=True, slots=True)
class Carried:
    """Tokens that carry a type, by the annotators who say so: rows of `masks` (M, k), 1 for each of these."""

    group: Ints
    mask: Ints
    kind: Ints
    count: Ints
    masks: Ints


@dataclass(frozen=True, slots=True)
class Marks:
    """`tokens` (G,) of each group; `marked` (G,): whether anybody marked a span in it."""

    tokens: Ints
    marked: Ints
    pairs: Pairs
    carried: Carried


@dataclass(frozen=True, slots=True)
class _Spans:
    """N spans in a table of sentences, in the order of (row, position), and the first of each answer."""

    row: Ints
    position: Ints
    start: Ints
    end: Ints
    kind: Ints


def count_marks(answers: Answers, sentences: Ints, places: Places) -> Marks:
    """Of a table of sentences, given by their numbers (R,)."""
    begun, ended = answers.texts.tokens()
    begin, end = answers.texts.begin[sentences], answers.texts.end[sentences]
    groups = int(places.group.max(initial=-1)) + 1
    tokens = np.bincount(places.group, begun[end] - begun[begin], groups).astype(np.int64)
    own = answers.spans
    found = _ordered(_Spans(*places.of(own.answer, own.start, own.end, own.kind)), places.k)
    marked = np.bincount(places.group[found.row], minlength=groups) > 0
    first = ended[np.minimum(begin[found.row] + found.start, end[found.row])]
    beyond = begun[np.minimum(begin[found.row] + found.end, end[found.row])]
    carried = _carried(found, first, np.maximum(beyond - first, 0), places)
    return Marks(tokens, marked, _pairs(found, places, answers.names.texts), carried)


def _ordered(spans: _Spans, k: int) -> _Spans:
    answer = spans.row * k + spans.position
    if np.all(answer[1:] >= answer[:-1]):
        return spans
    order = np.argsort(answer, kind="stable")
    return _Spans(*(getattr(spans, name)[order] for name in _Spans.__slots__))


def _carried(spans: _Spans, first: Ints, tokens: Ints, places: Places) -> Carried:
    """`first` token that a span shares a code point with, and how many `tokens` it does; numbered over all texts."""
    span, further = spread(tokens)
    (token, kind, row, position), _ = total(
        [first[span] + further, spans.kind[span], spans.row[span], spans.position[span]]
    )
    begins = runs(together([token, kind]))[:-1]
    said = np.zeros((len(begins), places.k), np.int64)
    said[np.cumsum(np.isin(np.arange(len(token)), begins)) - 1, position] = 1
    masks, mask = number_rows(said)
    (group, mask, kind), count = total([places.group[row[begins]], mask, kind[begins]])
    return Carried(group, mask, kind, count, masks)


def _pairs(spans: _Spans, places: Places, kinds: list[str]) -> Pairs:
    group, k = places.group, places.k
    one = np.ones(len(spans.row), np.int64)
    pieces: list[Piece] = []
    for kind in (spans.kind, np.full(len(one), ALL_KINDS)):
        pieces += each_side(group[spans.row], spans.position, kind, one, k)
    first, second = shared(spans.row, spans.position, together([spans.start, spans.end, spans.kind]), k)
    i, j, own = spans.position[first], spans.position[second], group[spans.row[first]]
    alike = np.bincount((spans.row[first] * k + i) * k + j, minlength=len(group) * k * k).reshape(-1, k, k)
    sizes = np.bincount(spans.row * k + spans.position, minlength=len(group) * k).reshape(-1, k)
    differ = np.triu((alike < sizes[:, :, None]) & (alike < sizes[:, None, :]), 1)
    settled = ~differ[spans.row[first], i, j]
    pieces.append((own, i, j, spans.kind[first], EXACT, 1))
    pieces.append((own, i, j, ALL_KINDS, EXACT, 1))
    pieces.append((own[settled], i[settled], j[settled], spans.kind[first][settled], OVERLAP, 1))
    for measure in (OVERLAP, BOUNDARY, UNTYPED):
        pieces.append((own[settled], i[settled], j[settled], ALL_KINDS, measure, 1))
    return pairs([*pieces, *_matched(spans, differ, sizes, group, kinds)])


def _matched(spans: _Spans, differ: Ints, sizes: Ints, group: Ints, kinds: list[str]) -> list[Piece]:
    """Spans that are matched where two annotators (`differ` (R, k, k)) marked each something else."""
    row, i, j = np.nonzero(differ)
    begin = (np.cumsum(sizes) - sizes.ravel()).reshape(sizes.shape)
    pair, n = spread(sizes[row, i] * sizes[row, j])
    a = begin[row, i][pair] + n // sizes[row, j][pair]
    b = begin[row, j][pair] + n % sizes[row, j][pair]
    near = np.maximum(spans.start[a], spans.start[b]) < np.minimum(spans.end[a], spans.end[b])
    pair, a, b = pair[near], a[near], b[near]
    crowded = np.zeros(len(row), np.bool_)
    for side in (a, b):
        _, place = np.unique(together([pair, side]), return_inverse=True)
        crowded[pair[np.bincount(place)[place] > 1]] = True
    pieces = _searched(spans, (row[crowded], i[crowded], j[crowded]), begin, sizes, group, kinds)
    easy = ~crowded[pair]
    pair, a, b = pair[easy], a[easy], b[easy]
    typed = spans.kind[a] == spans.kind[b]
    bounds = (spans.start[a] == spans.start[b]) & (spans.end[a] == spans.end[b])
    for some, kind, measure in (
        (typed, spans.kind[a], OVERLAP), (typed, None, OVERLAP), (bounds, None, BOUNDARY), (None, None, UNTYPED),
    ):  # fmt: skip
        at = slice(None) if some is None else some
        who = pair[at]
        pieces.append((group[row[who]], i[who], j[who], ALL_KINDS if kind is None else kind[at], measure, 1))
    return pieces


def _searched(
    spans: _Spans, where: tuple[Ints, Ints, Ints], begin: Ints, sizes: Ints, group: Ints, kinds: list[str]
) -> list[Piece]:
    """The same where a span has several partners to choose from."""
    numbers = {kind: number for number, kind in enumerate(kinds)}
    found: list[tuple[int, int, int, int, int, int]] = []
    for row, i, j in zip(*(one.tolist() for one in where), strict=True):
        first, second = (_of(spans, int(begin[row, at]), int(sizes[row, at]), kinds) for at in (i, j))
        counts = matched(first, second)
        for kind, count in counts.overlap.items():
            found.append((int(group[row]), i, j, numbers[kind], OVERLAP, count))
        for measure, count in ((OVERLAP, sum(counts.overlap.values())), (BOUNDARY, counts.boundary),
                               (UNTYPED, counts.untyped)):  # fmt: skip
            found.append((int(group[row]), i, j, ALL_KINDS, measure, count))
    return [tuple(np.array(found, np.int64).reshape(-1, 6).T)]


def _of(spans: _Spans, begin: int, size: int, kinds: list[str]) -> list[Span]:
    own = slice(begin, begin + size)
    columns = (spans.start[own].tolist(), spans.end[own].tolist(), spans.kind[own].tolist())
    return [(start, end, kinds[kind]) for start, end, kind in zip(*columns, strict=True)]
