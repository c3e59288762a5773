"""Errors over articles without a formula by sentences, the trend, and annotators beside each other on entities."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import Table

from annotator.agreement.annotators import drift, drift_of_marks
from annotator.agreement.clusters import grouped_error, ratio, share_figure, trend
from annotator.agreement.contents import document_content
from annotator.agreement.patterns import NO_OVERLAP
from annotator.agreement.spans import Span, compare
from annotator.agreement.sums import reduce
from annotator.agreement.tallies import Answer, Row
from annotator.agreement.team import marked_history, markers

ROW = Row("ARTICLE", None, "none", None, "none", "fact")
TEXT = "قال وزير الري في القاهرة أمس إن السد آمن"
SPANS: list[Span] = [(0, 3, "PERS"), (4, 12, "OCC"), (4, 8, "PERS"), (17, 24, "GPE"), (25, 28, "DATE"), (32, 36, "LOC")]


def test_a_ratio_of_clusters() -> None:
    """By hand: 9 / 12; residuals 0.5, -0.25, -0.25 over 12; SE² = 3/2 · (0.25 + 0.0625 + 0.0625) / 144."""
    figure = ratio([3.5, 2.75, 2.75], [4, 4, 4])
    error = math.sqrt(1.5 * 0.375 / 144)
    reach = 1.959964 * error
    assert (figure.value, figure.low, figure.high) == pytest.approx((0.75, 0.75 - reach, 0.75 + reach))
    assert ratio([0, 0], [0, 0], NO_OVERLAP).as_json() == {"value": None, "reason": NO_OVERLAP}
    assert ratio([2, 0], [4, 0]).as_json() == {"value": 0.5, "low": None, "high": None}
    assert share_figure(0.02, 0.6).as_json() == {"value": 0.02, "low": 0.0, "high": 1.0}


def test_the_interval_of_a_ratio_holds_as_often_as_it_says() -> None:
    """200 articles that differ in how well they are marked: 95 % of the intervals hold the true share."""
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(1000):
        below = rng.integers(5, 40, 200)
        above = rng.binomial(below, rng.beta(8, 2, 200))
        figure = ratio(above, below)
        held += figure.low is not None and figure.high is not None and figure.low <= 0.8 <= figure.high
    assert 0.93 <= held / 1000 <= 0.97


def test_leaving_single_articles_out_gives_the_error_of_a_mean() -> None:
    values = np.random.default_rng(3).random(40)
    without = np.array([np.delete(values, i).mean() for i in range(40)])
    assert grouped_error(values.mean(), without) == pytest.approx(values.std(ddof=1) / math.sqrt(40))
    assert math.isnan(grouped_error(0.5, np.array([0.5])))
    assert math.isnan(grouped_error(0.5, np.array([0.5, math.nan, 0.4])))


def test_leaving_groups_out_tends_to_the_same_error() -> None:
    rng = np.random.default_rng(5)
    ratios = []
    for _ in range(60):
        values = rng.random(2000)
        groups = [np.delete(values, np.arange(g, 2000, 100)).mean() for g in range(100)]
        ratios.append(grouped_error(values.mean(), np.array(groups)) / (values.std(ddof=1) / math.sqrt(2000)))
    assert np.mean(ratios) == pytest.approx(1, abs=0.03)


def test_the_trend_is_that_of_an_independent_library() -> None:
    rng = np.random.default_rng(11)
    shares = (rng.random(300) < np.linspace(0.9, 0.75, 300)).astype(float)
    found = trend(shares)
    table = np.array([1 - shares, shares])
    told = Table(table, shift_zeros=False).test_ordinal_association(np.arange(2), np.arange(300))
    assert found is not None
    assert found == pytest.approx((told.zscore, told.pvalue), rel=1e-9)
    assert trend(np.ones(100)) is None
    assert trend(np.array([0.0, 1.0])) is None


def test_a_drift_tells_its_trend_from_fifty_sentences_in_ten_articles_on() -> None:
    falling, articles = [1] * 30 + [0, 1] * 20, [n // 5 for n in range(70)]
    assert drift(falling[:49], [1] * 49, articles[:49]).trend is None
    assert drift(falling, [1] * 70, [n // 8 for n in range(70)]).trend is None  # nine articles
    found = drift(falling, [1] * 70, articles)
    assert found.articles == 14 and found.trend is not None
    z, p = found.trend
    assert z < 0 and p < 0.01
    marks = drift_of_marks([2] * 150 + [0] * 50, [2] * 180 + [0] * 20, [n // 10 for n in range(200)])
    assert [window.value for window in marks.windows] == [1.0, pytest.approx(50 / 80)]
    assert marks.fell and marks.articles == 18


def test_chance_alone_seldom_looks_like_a_trend_where_articles_differ() -> None:
    """Articles of 5 to 30 sentences whose agreement varies around 85 %: 5 % of the tests may say p < 0.05."""
    rng, found = np.random.default_rng(4), 0
    for _ in range(1500):
        lengths = rng.integers(5, 31, 15)
        articles = np.repeat(np.arange(15), lengths)
        agreeing = rng.random(len(articles)) < rng.beta(3.4, 0.6, 15)[articles]
        told = drift(agreeing.astype(int).tolist(), [1] * len(articles), articles.tolist()).trend
        found += told is not None and told[1] < 0.05
    assert 0.03 <= found / 1500 <= 0.07


def test_markers_count_what_a_comparison_counts() -> None:
    """Three annotators over eight articles: every sum as the pairwise comparison of their spans gives it."""
    rng = np.random.default_rng(2)
    articles, told = [], []
    for _ in range(8):
        given = [
            {who: frozenset(span for span in SPANS if rng.random() < 0.6) for who in (1, 2, 3) if rng.random() < 0.8}
            for _ in range(5)
        ]
        told.append([one for one in given if len(one) > 1])
        sentences = [
            (TEXT, False, [Answer(who, [ROW], sorted(spans), "2026-03-01") for who, spans in one.items()])
            for one in given
        ]
        content = document_content(sentences, lambda moment: "w")
        votes: dict[str, dict[str, object]] = next(iter(content.values()))
        articles.append(reduce(votes))
    found = markers(articles)
    assert sorted(found) == [1, 2, 3]
    for person, one in found.items():
        shared = [sentence for article in told for sentence in article if person in sentence]
        assert one.sentences == len(shared)
        assert one.pairs == sum(len(sentence) - 1 for sentence in shared)
        total = {"matched": 0, "marked": 0}
        for sentence in shared:
            for pair in combinations(sorted(sentence), 2):
                if person in pair:
                    counts = compare(sentence[pair[0]], sentence[pair[1]])[""]
                    total["matched"] += 2 * counts.exact
                    total["marked"] += counts.a + counts.b
        assert (sum(one.matched), sum(one.marked)) == (total["matched"], total["marked"])
        history = [(1, sorted(sentence.items())) for sentence in shared]
        assert [sum(part) for part in marked_history(history, person)[:2]] == [total["matched"], total["marked"]]
        told_bias = {kind: (own, others) for kind, own, others in one.bias()}
        assert told_bias["PERS"] == pytest.approx(_rates(shared, person, "PERS"))


def _rates(shared: list[dict[int, frozenset[Span]]], person: int, kind: str) -> tuple[float, float]:
    """Own spans of a type, and the others', in each pair of answers to one sentence."""
    pairs = [(sentence[person], sentence[other]) for sentence in shared for other in sentence if other != person]
    counts = [[sum(span[2] == kind for span in spans) for spans in pair] for pair in pairs]
    return sum(own for own, _ in counts) / len(pairs), sum(other for _, other in counts) / len(pairs)
