"""The pattern histogram and what must hold for every coefficient over it."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from annotator.agreement import COEFFICIENTS, alpha
from annotator.agreement.ac1 import ac1
from annotator.agreement.figure import Figure
from annotator.agreement.fleiss import fleiss
from annotator.agreement.kappa import mean_over_pairs
from annotator.agreement.patterns import NO_OVERLAP, NO_VARIATION, Patterns, undefined_reason

OVER_PATTERNS = [one for one in COEFFICIENTS if one.over == "patterns"]
OVER_PAIRS = [one for one in COEFFICIENTS if one.over == "pairs"]
LABELS = "abcd"
answer = st.sampled_from([*LABELS, None])
matrices = st.integers(2, 4).flatmap(
    lambda annotators: st.lists(st.lists(answer, min_size=annotators, max_size=annotators), min_size=1, max_size=25)
)
tables = st.lists(st.integers(0, 9), min_size=9, max_size=9).map(lambda cells: np.array(cells).reshape(3, 3))
#: None of them can be below -1: with two answers to a sentence, nothing can agree less than never.
LOWEST = -1.0 - 1e-12


def same(first: Any, second: Any) -> bool:
    return bool(np.allclose(first, second, atol=1e-12, equal_nan=True))


def test_builders_give_the_same_patterns() -> None:
    rows = [["a", "b", None], ["b", "a", None], ["a", "a", "c"], [None, None, None], ["c", None, None]]
    codes = np.array([[-1 if x is None else "abc".index(x) for x in row] for row in rows])
    key = Counter({(("a", 1), ("b", 1)): 2, (("a", 2), ("c", 1)): 1, (("c", 1),): 1})
    for built in (Patterns.from_matrix(rows), Patterns.from_counter(key), Patterns.from_codes(codes, tuple("abc"))):
        cells = {tuple(row): n for row, n in zip(built.counts.tolist(), built.n.tolist(), strict=True)}
        assert (built.labels, cells) == (("a", "b", "c"), {(1, 1, 0): 2, (2, 0, 1): 1, (0, 0, 1): 1})
        assert built.answers.sum() == 6
        assert built.shared().n.sum() == 3


def test_codes_of_many_annotators_are_packed_in_no_number() -> None:
    codes = np.random.default_rng(1).integers(-1, 9, (50, 30))
    rows = [[None if code < 0 else str(code) for code in row] for row in codes.tolist()]
    names = tuple("012345678")
    first, second = Patterns.from_codes(codes, names), Patterns.from_matrix(rows, names)
    assert same(alpha.nominal(first), alpha.nominal(second))


def test_shapes_that_do_not_fit_are_refused() -> None:
    counts = np.zeros((2, 3), np.int64)
    with pytest.raises(ValueError, match="do not fit 2 labels"):
        Patterns(("a", "b"), counts, np.zeros(2))
    with pytest.raises(ValueError, match="does not fit 2 patterns"):
        Patterns(("a", "b", "c"), counts, np.zeros(3))


@pytest.mark.parametrize("coefficient", OVER_PATTERNS, ids=lambda one: one.name)
@settings(deadline=None)
@given(matrices, st.randoms(use_true_random=False))
def test_order_does_not_matter(coefficient: Any, rows: list[list[str | None]], chance: Any) -> None:
    patterns = Patterns.from_matrix(rows, LABELS)
    value = coefficient.function(patterns)
    columns = list(range(len(rows[0])))
    chance.shuffle(columns)
    names = list(LABELS)
    chance.shuffle(names)
    other = dict(zip(LABELS, names, strict=True))
    turned = [[row[c] and other[row[c]] for c in columns] for row in rows]
    chance.shuffle(turned)
    assert same(coefficient.function(Patterns.from_matrix(turned, names)), value)


@pytest.mark.parametrize("coefficient", OVER_PATTERNS, ids=lambda one: one.name)
@settings(deadline=None)
@given(matrices)
def test_bounds_and_what_is_undefined(coefficient: Any, rows: list[list[str | None]]) -> None:
    patterns = Patterns.from_matrix(rows, LABELS)
    shared = patterns.shared()
    value, reason = float(coefficient.function(shared)), undefined_reason(shared)
    if reason is None or (reason == NO_VARIATION and coefficient.name == "percent"):
        assert LOWEST <= value <= 1
    else:
        assert np.isnan(value)


@pytest.mark.parametrize("coefficient", OVER_PATTERNS, ids=lambda one: one.name)
@settings(deadline=None)
@given(st.lists(st.sampled_from(LABELS), min_size=2, max_size=20), st.integers(2, 5))
def test_perfect_agreement_is_one(coefficient: Any, chosen: list[str], annotators: int) -> None:
    assume(len(set(chosen)) > 1)
    assert float(coefficient.function(Patterns.from_matrix([[a] * annotators for a in chosen]))) == pytest.approx(1)


@pytest.mark.parametrize("coefficient", OVER_PAIRS, ids=lambda one: one.name)
@settings(deadline=None)
@given(tables, st.permutations(range(3)))
def test_pairs_have_no_order(coefficient: Any, table: Any, order: list[int]) -> None:
    value = coefficient.function(table)
    assert same(coefficient.function(table.T), value)
    assert same(coefficient.function(table[np.ix_(order, order)]), value)
    assert np.isnan(value) or LOWEST <= value <= 1
    perfect = np.diag(table.sum(1) + 1)
    assert float(coefficient.function(perfect)) == pytest.approx(1)
    assert np.isnan(coefficient.function(np.diag([5, 0, 0])))


@settings(deadline=None)
@given(matrices)
def test_draws_are_computed_as_one_by_one(rows: list[list[str | None]]) -> None:
    patterns = Patterns.from_matrix(rows, LABELS)
    draws = np.stack([patterns.n, patterns.n * 3, np.zeros_like(patterns.n)])
    for function in [one.function for one in OVER_PATTERNS] + [alpha.by_label, alpha.ordinal]:
        together = function(patterns.with_n(draws))
        assert same(together, np.stack([function(patterns.with_n(n)) for n in draws]))


def test_one_label_of_two_is_the_other_turned() -> None:
    patterns = Patterns.from_matrix([["a", "b"], ["a", "a"], ["b", "b"], ["a", "a"]])
    both = alpha.by_label(patterns)
    assert both == pytest.approx([float(alpha.nominal(patterns))] * 2)


def test_sentences_answered_once_count_in_the_shares_of_gwet_only() -> None:
    rows = [["a", "a"], ["b", "b"], ["a", "b"]]
    more = [*rows, ["a", None], ["a", None]]
    assert same(alpha.nominal(Patterns.from_matrix(more)), alpha.nominal(Patterns.from_matrix(rows)))
    for function in (ac1, fleiss):
        alone, beside = (Patterns.from_matrix(given) for given in (rows, more))
        assert not same(function(beside), function(alone))
        assert same(function(beside.shared()), function(alone))


def test_reasons() -> None:
    assert undefined_reason(Patterns.from_matrix([])) == NO_OVERLAP
    assert undefined_reason(Patterns.from_matrix([["a", None], [None, "b"]])) == NO_OVERLAP
    assert undefined_reason(Patterns.from_matrix([["a", "a"], [None, "b"]])) == NO_VARIATION
    assert undefined_reason(Patterns.from_matrix([["a", "a"], ["b", "b"]])) is None


def test_prevalence() -> None:
    patterns = Patterns.from_matrix([["a", "a"], ["b", "a"], ["b", None]])
    assert patterns.prevalence().tolist() == [0.75, 0.25]


def test_a_pair_without_a_value_is_left_out_of_the_mean() -> None:
    values = np.array([[0.5, np.nan, 0.8], [np.nan, np.nan, np.nan]])
    mean = mean_over_pairs(values, np.array([1, 100, 2]))
    assert same(mean, [0.7, np.nan])


def test_a_figure_says_value_or_reason() -> None:
    assert Figure.of(0.1 + 0.2, 0.2, 0.4).as_json() == {"value": 0.30000000000000004, "low": 0.2, "high": 0.4}
    assert Figure.of(float("nan"), reason=NO_OVERLAP).as_json() == {"value": None, "reason": "no overlap"}
    assert Figure.of(0.5).as_json() == {"value": 0.5, "low": None, "high": None}


def test_the_starting_server_does_not_load_numpy() -> None:
    program = "import sys, app, annotator.cli; print('numpy' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_coefficients_are_named_once() -> None:
    assert [one.name for one in COEFFICIENTS] == ["percent", "alpha", "kappa", "scott", "fleiss", "ac1"]
    assert all(callable(one.function) for one in COEFFICIENTS)
