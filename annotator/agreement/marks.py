"""The spans of many sentences and their tokens, by columns: how far each two annotators marked the same.

Counts are those of `spans.compare` and `tokens.count_tokens`. Where one of two annotators marked nothing but what
both did, no matching has more pairs than those. Else the spans that overlap are matched.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from annotator.agreement.answers import Answers, Flags
from annotator.agreement.matching import largest
from annotator.agreement.numbering import Ints, distinct, number_rows, spread, together, total
from annotator.agreement.pairing import BOUNDARY, EXACT, OVERLAP, UNTYPED, Pairs, Places, each_side, pairs, shared

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
    marked: Flags
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
    return Marks(tokens, marked, _pairs(found, places), carried)


def _ordered(spans: _Spans, k: int) -> _Spans:
    answer = spans.row * k + spans.position
    if np.all(answer[1:] >= answer[:-1]):
        return spans
    order = np.argsort(answer, kind="stable")
    return _Spans(*(getattr(spans, name)[order] for name in _Spans.__slots__))


def _carried(spans: _Spans, first: Ints, tokens: Ints, places: Places) -> Carried:
    """`first` token that a span shares a code point with, and how many `tokens` it does; numbered over all texts."""
    span, further = spread(tokens)
    kinds, local = distinct(spans.kind)
    token = together([first[span] + further, local[span]])
    found, place = distinct(token)
    said = np.zeros((len(found), places.k), np.int64)
    said[place, spans.position[span]] = 1
    example = np.empty(len(found), np.int64)
    example[place] = span
    masks, mask = number_rows(said)
    (group, mask, kind), count = total([places.group[spans.row[example]], mask, local[example]])
    return Carried(group, mask, kinds[kind], count, masks)


def _pairs(spans: _Spans, places: Places) -> Pairs:
    group, k = places.group, places.k
    kinds_of, local = distinct(spans.kind)
    (of, position, kind), count = total([group[spans.row], spans.position, local])
    pieces: list[Piece] = []
    for told in (kinds_of[kind], np.full_like(kind, ALL_KINDS)):
        pieces += each_side(of, position, told, count, k)
    first, second = shared(spans.row, spans.position, together([spans.start, spans.end, local]), k)
    row, i, j = spans.row[first], spans.position[first], spans.position[second]
    alike = np.bincount((row * k + i) * k + j, minlength=len(group) * k * k).reshape(-1, k, k)
    sizes = np.bincount(spans.row * k + spans.position, minlength=len(group) * k).reshape(-1, k)
    differ = np.triu((alike < sizes[:, :, None]) & (alike < sizes[:, None, :]), 1)
    (of, i, j, kind, settled), count = total([group[row], i, j, local[first], (~differ[row, i, j]).astype(np.int64)])
    kind, settled_count = kinds_of[kind], count * settled
    pieces += [(of, i, j, kind, EXACT, count), (of, i, j, ALL_KINDS, EXACT, count),
               (of, i, j, kind, OVERLAP, settled_count)]  # fmt: skip
    pieces += [(of, i, j, ALL_KINDS, measure, settled_count) for measure in (OVERLAP, BOUNDARY, UNTYPED)]
    return pairs([*pieces, *_matched(spans, differ, sizes, group)])


def _matched(spans: _Spans, differ: Flags, sizes: Ints, group: Ints) -> list[Piece]:
    """Spans that are matched where two annotators (`differ` (R, k, k)) marked each something else."""
    row, i, j = np.nonzero(differ)
    begin = (np.cumsum(sizes) - sizes.ravel()).reshape(sizes.shape)
    pair, n = spread(sizes[row, i] * sizes[row, j])
    left, right = n // sizes[row, j][pair], n % sizes[row, j][pair]
    a, b = begin[row, i][pair] + left, begin[row, j][pair] + right
    near = np.flatnonzero(np.maximum(spans.start[a], spans.start[b]) < np.minimum(spans.end[a], spans.end[b]))
    pair, left, right, a, b = pair[near], left[near], right[near], a[near], b[near]
    kinds, kind = distinct(spans.kind[a])
    typed = np.flatnonzero(spans.kind[a] == spans.kind[b])
    bounds = np.flatnonzero((spans.start[a] == spans.start[b]) & (spans.end[a] == spans.end[b]))
    pieces: list[Piece] = []
    owner = together([pair, kind])[typed]
    owners, count = largest(owner, left[typed], right[typed])
    example = np.zeros(len(owners), np.int64)
    example[np.searchsorted(owners, owner)] = typed
    who = pair[example]
    for told in (kinds[kind[example]], ALL_KINDS):
        pieces.append((group[row[who]], i[who], j[who], told, OVERLAP, count))
    for measure, at in ((BOUNDARY, bounds), (UNTYPED, np.arange(len(pair)))):
        who, count = largest(pair[at], left[at], right[at])
        pieces.append((group[row[who]], i[who], j[who], ALL_KINDS, measure, count))
    return pieces
