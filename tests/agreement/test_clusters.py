"""Intervals that leave articles out, the trend, and annotators beside each other on entities."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import Table

from annotator.agreement.annotators import drift, drift_of_marks
from annotator.agreement.clusters import left_out, ratio, trend
from annotator.agreement.patterns import NO_OVERLAP
from annotator.agreement.spans import Span, compare
from annotator.agreement.tallies import Answer, Row
from annotator.agreement.team import marked_history, markers
from tests.agreement.test_tallies import rows_of_articles

ROW = Row("ARTICLE", None, "none", None, "none", "fact")
TEXT = "قال وزير الري في القاهرة أمس إن السد آمن"
SPANS: list[Span] = [(0, 3, "PERS"), (4, 12, "OCC"), (4, 8, "PERS"), (17, 24, "GPE"), (25, 28, "DATE"), (32, 36, "LOC")]


def test_a_ratio_of_clusters() -> None:
    """By hand: 15 / 20; without one of them 12 / 16 and four times away from it by 1/16 or 1/32 to either side."""
    figure = ratio([4, 3.5, 3, 2.5, 2], [4, 4, 4, 4, 4])
    apart = [0.0625, 0.03125, 0.0, 0.03125, 0.0625]
    error = math.sqrt(3 / 4 * sum(one * one for one in apart))  # four of them move it
    reach = 3.182446 * error / (1 - 0.75**2)  # Student's t with three degrees of freedom
    ends = (math.tanh(math.atanh(0.75) - reach), math.tanh(math.atanh(0.75) + reach))
    assert (figure.value, figure.low, figure.high) == pytest.approx((0.75, *ends))
    assert ratio([0, 0], [0, 0], NO_OVERLAP).as_json() == {"value": None, "reason": NO_OVERLAP}
    assert ratio([2, 0], [4, 0]).as_json() == {"value": 0.5, "low": None, "high": None}
    assert ratio([0, 1, 0, 2, 5], [9, 9, 9, 9, 9]).low == 0.0  # a share


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


def _reach(value: float, low: float, high: float) -> tuple[float, float]:
    """How far an interval reaches to both sides, on Fisher's scale and back."""
    size = 1 - value * value
    return (math.atanh(value) - math.atanh(low)) * size, (math.atanh(high) - math.atanh(value)) * size


def test_leaving_single_articles_out_gives_the_interval_of_a_mean() -> None:
    values = np.random.default_rng(3).random(40)
    without = np.array([np.delete(values, i).mean() for i in range(40)])
    low, high = left_out([values.mean()], without[:, None])
    reach = stats.t.ppf(0.975, 39) * values.std(ddof=1) / math.sqrt(40)
    assert _reach(values.mean(), low[0], high[0]) == pytest.approx((reach, reach), rel=0.01)


def test_no_interval_where_nothing_tells_how_sure_a_figure_is() -> None:
    """Undefined without one of the articles; moved by three of them only; by none; full agreement; four articles."""
    without = np.array([
        [0.5, 0.2, 0.4, 1.0], [math.nan, 0.5, 0.4, 1.0], [0.6, 0.7, 0.4, 1.0], [0.3, 0.5, 0.4, 1.0],
        [0.2, 0.6, 0.4, 1.0],
    ])  # fmt: skip
    low, high = left_out([0.4, 0.5, 0.4, 1.0], without)
    assert np.isnan(low).all() and np.isnan(high).all()
    five = np.array([[0.5], [0.6], [0.3], [0.2], [0.7]])
    assert np.isfinite(left_out([0.4], five)).all() and np.isnan(left_out([0.4], five[:4])).all()


def test_articles_that_a_figure_does_not_rest_on_do_not_make_it_surer() -> None:
    """Five articles hold the label; forty more without it change nothing, neither the spread nor the freedom."""
    five = np.array([[0.45], [0.62], [0.5], [0.6], [0.52]])
    more = np.concatenate([five, np.full((40, 1), 0.55)])
    error = math.sqrt(4 / 5 * (0.1**2 + 0.07**2 + 0.05**2 + 0.05**2 + 0.03**2)) / (1 - 0.55**2)
    ends = [math.tanh(math.atanh(0.55) + side * 2.776445 * error) for side in (-1, 1)]
    for without in (five, more):
        assert [float(end[0]) for end in left_out([0.55], without)] == pytest.approx(ends)
    assert left_out([0.55], five[:1].repeat(7, 0)) == left_out([0.55], five[:1], times=[7])


def test_leaving_groups_out_tends_to_the_same_interval() -> None:
    rng = np.random.default_rng(5)
    ratios = []
    for _ in range(60):
        values = rng.random(2000)
        groups = np.array([np.delete(values, np.arange(g, 2000, 100)).mean() for g in range(100)])
        low, high = left_out([values.mean()], groups[:, None])
        reach = 1.984217 * values.std(ddof=1) / math.sqrt(2000)
        ratios.append(_reach(values.mean(), low[0], high[0])[0] / reach)
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
        articles.append(sentences)
    rows, size = rows_of_articles(articles)
    found = markers(rows.by_home(size))
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
