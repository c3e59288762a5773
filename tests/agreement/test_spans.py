"""Spans: the worked example to four digits, nesting, best matchings, and that order does not matter."""

from __future__ import annotations

import math
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.agreement.matching import heaviest, most
from annotator.agreement.spans import ALL, Span, SpanCounts, add, compare, f1, sum_counts
from annotator.agreement.tokens import TokenCounts, count_tokens, token_alpha, tokens

#: qala wazir al-kharijiyya al-misri Samih Shukri fi al-Qahira ams inna, by tokens
FIRST: list[Span] = [(1, 6, "PERS"), (2, 3, "ORG"), (7, 8, "LOC")]
SECOND: list[Span] = [(4, 6, "PERS"), (2, 3, "ORG"), (7, 8, "ORG")]
MEASURES = ("exact", "boundary", "overlap", "overlap_untyped", "iou", "partial")

span = st.tuples(st.integers(0, 8), st.integers(1, 5), st.sampled_from(("PERS", "ORG"))).map(
    lambda s: (s[0], s[0] + s[1], s[2])
)
spans = st.lists(span, max_size=6)


def test_the_worked_example() -> None:
    counts = compare(FIRST, SECOND)[ALL]
    found = {measure: round(counts.f1(getattr(counts, measure)), 4) for measure in MEASURES}
    assert found == {
        "exact": 0.3333, "boundary": 0.6667, "overlap": 0.6667, "overlap_untyped": 1.0, "iou": 0.4667,
        "partial": 0.8333,
    }  # fmt: skip
    counted = count_tokens([(i, i + 1) for i in range(10)], [FIRST, SECOND])
    assert {kind: round(value, 4) for kind, value in counted.alphas().items()} == {
        "PERS": 0.3736, "ORG": 0.6275, "LOC": 0.0,
    }  # fmt: skip
    assert round(counted.micro(), 4) == 0.4099


def test_types_are_counted_by_themselves() -> None:
    found = compare(FIRST, SECOND)
    assert {kind: (c.a, c.b, c.exact) for kind, c in found.items()} == {
        "PERS": (1, 1, 0), "ORG": (1, 2, 1), "LOC": (1, 0, 0), ALL: (3, 3, 1),
    }  # fmt: skip


def test_nested_spans_are_matched_at_their_best() -> None:
    """One long span over two short ones: the first that overlaps would take the long one from the other."""
    long: Span = (0, 10, "PERS")
    counts = compare([long, (0, 2, "PERS")], [(0, 2, "PERS"), (5, 7, "PERS")])["PERS"]
    assert (counts.exact, counts.overlap) == (1, 2)
    assert counts.iou == pytest.approx(1 + 0.2)
    assert counts.partial == 1.5
    nested = [long, (0, 10, "ORG"), (0, 4, "PERS"), (5, 10, "PERS")]
    assert compare(nested, reversed(nested))[ALL] == SpanCounts(4, 4, 4, 4, 4, 4, 4.0, 4.0)


def test_two_types_on_the_same_boundaries_are_two_spans() -> None:
    counts = compare([(0, 2, "PERS"), (0, 2, "ORG")], [(0, 2, "LOC")])[ALL]
    assert (counts.boundary, counts.overlap_untyped, counts.exact) == (1, 1, 0)


def test_touching_is_not_sharing() -> None:
    counts = compare([(0, 3, "PERS")], [(3, 5, "PERS")])[ALL]
    assert (counts.overlap, counts.overlap_untyped, counts.iou, counts.partial) == (0, 0, 0, 0)


def test_nobody_marked_anything() -> None:
    assert compare([], []) == {ALL: SpanCounts()}
    assert math.isnan(f1(0, 0, 0))
    assert math.isnan(TokenCounts().micro())
    assert math.isnan(count_tokens([(0, 3)], [[], []]).micro())
    assert count_tokens([(0, 3)], [[(0, 3, "PERS")]]) == TokenCounts()


@settings(deadline=None)
@given(spans, spans, st.randoms(use_true_random=False))
def test_order_and_side_do_not_matter(first: list[Span], second: list[Span], chance: object) -> None:
    counts = compare(first, second)
    shuffled = [sorted(side, key=lambda _: chance.random()) for side in (first, second)]  # type: ignore[attr-defined]
    assert compare(*shuffled) == counts
    turned = compare(second, first)[ALL]
    assert (turned.b, turned.a) == (counts[ALL].a, counts[ALL].b)
    for measure in MEASURES:
        assert getattr(turned, measure) == pytest.approx(getattr(counts[ALL], measure))


@settings(deadline=None)
@given(spans, spans)
def test_measures_stand_in_their_order(first: list[Span], second: list[Span]) -> None:
    c = compare(first, second)[ALL]
    assert c.exact <= c.boundary <= c.partial <= c.overlap_untyped + 1e-9
    assert c.exact - 1e-9 <= c.iou <= c.overlap + 1e-9
    assert c.overlap <= c.overlap_untyped <= min(c.a, c.b)
    same = compare(first, first)[ALL]
    assert all(getattr(same, measure) == pytest.approx(same.a) for measure in MEASURES)


@settings(deadline=None)
@given(st.lists(st.tuples(spans, spans), max_size=4))
def test_counts_add_up(sentences: list[tuple[list[Span], list[Span]]]) -> None:
    totals: dict[str, SpanCounts] = {}
    for first, second in sentences:
        add(totals, compare(first, second))
    for kind, total in totals.items():
        parts = [found[kind] for pair in sentences if kind in (found := compare(*pair))]
        assert total == sum_counts(parts)
    if sentences:
        assert totals[ALL].exact == sum(total.exact for kind, total in totals.items() if kind != ALL)


@settings(deadline=None)
@given(
    st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.floats(0.01, 1, allow_nan=False), max_size=14)
)
def test_matchings_are_the_best_there_are(weights: dict[tuple[int, int], float]) -> None:
    edges: dict[int, list[int]] = {}
    for left, right in weights:
        edges.setdefault(left, []).append(right)
    tried = [[(i, j) for i, j in enumerate(order) if (i, j) in weights] for order in permutations(range(5))]
    assert most(edges) == max(len(pairs) for pairs in tried)
    best = max(math.fsum(weights[pair] for pair in pairs) for pairs in tried)
    assert heaviest(edges, weights) == pytest.approx(best, abs=1e-12)


def test_tokens_are_runs_of_what_is_not_white_space() -> None:
    assert tokens("قال  زيد،\nثم") == [(0, 3), (5, 9), (10, 12)]
    assert tokens(" \t") == []


def test_a_token_carries_what_touches_it_and_three_annotators_count_in_pairs() -> None:
    places = tokens("قال زيد بن عمرو")
    counted = count_tokens(places, [[(5, 6, "PERS")], [(4, 7, "PERS")], []])
    assert counted == TokenCounts(12, {"PERS": 2}, {"PERS": 2.0})
    one, other = count_tokens(places, [[(0, 3, "LOC")], []]), counted
    assert (one + other).answers == 20
    assert (one + other).differing == {"LOC": 2.0, "PERS": 2.0}


def test_token_alpha_of_draws() -> None:
    values, micro = token_alpha([20, 40], [[7, 3, 1], [14, 6, 2]], [[6, 2, 2], [12, 4, 4]])
    assert values.shape == (2, 3)
    assert micro[0] == pytest.approx(1 - 0.5 / (161 / 190), abs=1e-12)
    assert micro[1] < micro[0]  # the correction for few answers fades
