"""The figures against independent libraries, on random answers with gaps."""

from __future__ import annotations

import math
import random
import warnings
from collections import Counter
from typing import Any

import krippendorff
import numpy as np
import pytest
from nervaluate.evaluator import Evaluator
from nltk.metrics.agreement import AnnotationTask
from nltk.metrics.distance import masi_distance
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats import inter_rater

from annotator.agreement import alpha, fleiss, kappa, masi, percent, uniform
from annotator.agreement.patterns import Patterns
from annotator.agreement.spans import ALL, SpanCounts, add, compare

LABELS = tuple("123456")
SEEDS = range(12)
#: Both sides are computed in doubles.
CLOSE = 1e-9


def answers(seed: int, annotators: int = 3, missing: float = 0.25, sentences: int = 80) -> np.ndarray[Any, Any]:
    """(sentences, annotators) of label numbers; -1 is missing. One label is common, some are rare."""
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.full(len(LABELS), 0.7))
    true = rng.choice(len(LABELS), sentences, p=shares)
    guess = rng.integers(0, len(LABELS), (sentences, annotators))
    codes = np.where(rng.random(guess.shape) < rng.uniform(0.3, 0.95), true[:, None], guess)
    codes[rng.random(guess.shape) < missing] = -1
    return codes


def triples(codes: np.ndarray[Any, Any]) -> list[tuple[str, int, str]]:
    """For nltk: (annotator, sentence, label), sentences with one answer left out as alpha wants it."""
    return [
        (f"a{rater}", unit, LABELS[code])
        for unit, row in enumerate(codes)
        for rater, code in enumerate(row)
        if code >= 0 and (row >= 0).sum() > 1
    ]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("annotators", [2, 3, 5])
def test_alpha_is_that_of_krippendorff(seed: int, annotators: int) -> None:
    codes = answers(seed, annotators)
    given = np.where(codes < 0, np.nan, codes + 1.0).T
    patterns = Patterns.from_codes(codes, LABELS)
    levels = {"nominal": alpha.nominal, "ordinal": alpha.ordinal, "interval": alpha.interval, "ratio": alpha.ratio}
    for level, function in levels.items():
        expected = krippendorff.alpha(given, level_of_measurement=level, value_domain=[1.0, 2, 3, 4, 5, 6])
        assert float(function(patterns)) == pytest.approx(expected, abs=CLOSE), level
    for place, value in enumerate(alpha.by_label(patterns)):
        binary = np.where(np.isnan(given), np.nan, given == place + 1)
        paired = binary[:, (codes >= 0).sum(1) > 1]
        if np.nanmin(paired) == np.nanmax(paired):
            assert math.isnan(value)
        else:
            assert value == pytest.approx(krippendorff.alpha(binary, level_of_measurement="nominal"), abs=CLOSE)


@pytest.mark.parametrize("seed", SEEDS)
def test_alpha_from_sums_is_that_of_nltk(seed: int) -> None:
    codes = answers(seed)
    paired = [Counter(row[row >= 0].tolist()) for row in codes if (row >= 0).sum() > 1]
    agreeing = sum(c * (c - 1) / (row.total() - 1) for row in paired for c in row.values())
    totals: Counter[int] = sum(paired, Counter())
    found = alpha.from_sums(agreeing, totals.total(), sum(n * n for n in totals.values()))
    assert float(found) == pytest.approx(AnnotationTask(data=triples(codes)).alpha(), abs=CLOSE)


@pytest.mark.parametrize("seed", SEEDS)
def test_masi_is_that_of_nltk(seed: int) -> None:
    rng = random.Random(seed)
    sets = [frozenset(rng.sample("ABCDE", rng.randint(1, 3))) for _ in range(9)]
    names = ["".join(sorted(one)) for one in sets]
    rows = [[rng.choice(names[:4] if unit % 2 else names) for _ in range(3)] for unit in range(30)]
    patterns = Patterns.from_matrix(rows)
    found = masi.masi(patterns, tuple(frozenset(label) for label in patterns.labels))
    data = [(f"a{i}", unit, frozenset(name)) for unit, row in enumerate(rows) for i, name in enumerate(row)]
    assert float(found) == pytest.approx(AnnotationTask(data=data, distance=masi_distance).alpha(), abs=CLOSE)


@pytest.mark.parametrize("seed", SEEDS)
def test_cohen_is_that_of_scikit_learn_and_scott_that_of_nltk(seed: int) -> None:
    codes = answers(seed, annotators=2)
    both = codes[(codes >= 0).all(1)]
    table = np.zeros((6, 6))
    np.add.at(table, (both[:, 0], both[:, 1]), 1)
    for weights, theirs in (("nominal", None), ("linear", "linear"), ("quadratic", "quadratic")):
        expected = cohen_kappa_score(both[:, 0], both[:, 1], weights=theirs, labels=range(6))
        assert float(kappa.cohen(table, weights)) == pytest.approx(expected, abs=CLOSE)
    assert float(kappa.scott(table)) == pytest.approx(AnnotationTask(data=triples(both)).pi(), abs=CLOSE)
    assert float(kappa.cohen(table)) == pytest.approx(inter_rater.cohens_kappa(table, return_results=False), abs=CLOSE)


@pytest.mark.parametrize("seed", SEEDS)
def test_fleiss_and_even_odds_are_those_of_statsmodels(seed: int) -> None:
    codes = answers(seed, annotators=4, missing=0.0)
    table = np.stack([(codes == label).sum(1) for label in range(6)], axis=1)
    patterns = Patterns.from_codes(codes, LABELS)
    assert float(fleiss.fleiss(patterns)) == pytest.approx(inter_rater.fleiss_kappa(table, "fleiss"), abs=CLOSE)
    assert float(uniform.uniform(patterns)) == pytest.approx(inter_rater.fleiss_kappa(table, "randolph"), abs=CLOSE)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_mean_over_pairs_is_the_share_of_agreeing_pairs(seed: int) -> None:
    """Two ways to the same figure: from the patterns, and pair by pair."""
    codes = answers(seed)
    tables = []
    for first, second in ((0, 1), (0, 2), (1, 2)):
        both = codes[(codes[:, [first, second]] >= 0).all(1)]
        table = np.zeros((6, 6))
        np.add.at(table, (both[:, first], both[:, second]), 1)
        tables.append(table)
    pairs = np.stack(tables)
    mean = kappa.mean_over_pairs(kappa.percent(pairs), pairs.sum((1, 2)))
    assert float(mean) == pytest.approx(float(percent.percent(Patterns.from_codes(codes, LABELS))), abs=CLOSE)


def flat_spans(rng: random.Random, size: int = 30) -> list[tuple[int, int, str]]:
    """Spans that do not touch one another: the only ones for which nervaluate does not depend on their order."""
    spans, at = [], 0
    while (at := at + rng.randint(1, 5)) < size:
        end = min(size, at + rng.randint(1, 3))
        spans.append((at, end, rng.choice(("PERS", "ORG", "LOC"))))
        at = end + 1
    return spans


@pytest.mark.parametrize("seed", SEEDS)
def test_flat_spans_are_those_of_nervaluate(seed: int) -> None:
    rng = random.Random(seed)
    sentences = []
    for _ in range(40):
        first = flat_spans(rng)
        second = [
            (s, e, k if rng.random() < 0.8 else "ORG") if rng.random() < 0.7 else (s, s + 1, k)
            for s, e, k in first
            if rng.random() < 0.9
        ]
        sentences.append((first, second))
    totals: dict[str, SpanCounts] = {}
    for first, second in sentences:
        add(totals, compare(first, second))
    given = [
        [[{"label": k, "start": s, "end": e - 1} for s, e, k in spans] for spans in side]
        for side in zip(*sentences, strict=True)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = Evaluator(*given, tags=["PERS", "ORG", "LOC"], loader="dict").evaluate()
    counts = totals[ALL]
    overall = theirs["overall"]
    assert counts.f1(counts.exact) == pytest.approx(overall["strict"].f1, abs=CLOSE)
    assert counts.f1(counts.boundary) == pytest.approx(overall["exact"].f1, abs=CLOSE)
    assert counts.f1(counts.partial) == pytest.approx(overall["partial"].f1, abs=CLOSE)
    assert counts.f1(counts.overlap) == pytest.approx(overall["ent_type"].f1, abs=CLOSE)
