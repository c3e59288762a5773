"""Intervals: simulated coverage, in both directions, and the sums that they are drawn from."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from annotator.agreement import alpha
from annotator.agreement.ac1 import ac1
from annotator.agreement.clusters import left_out
from annotator.agreement.deviation import (
    alpha_influence,
    article_influences,
    clustered_error,
    design_effect,
    influence,
    normal_figure,
    standard_error,
)
from annotator.agreement.fleiss import fleiss
from annotator.agreement.intervals import (
    article_totals,
    draw_articles,
    draw_counts,
    draw_sentences,
    figures,
    held,
    percentile,
    student_quantile,
    wilson,
)
from annotator.agreement.kappa import cohen
from annotator.agreement.patterns import NO_OVERLAP, Patterns
from annotator.agreement.percent import percent
from tests.agreement import clustered

ROUNDS = 1000
ARTICLES = 200


@pytest.fixture(scope="module")
def coverage() -> dict[str, float]:
    """Share of simulated projects whose 95 % interval of alpha holds the true alpha."""
    rng, truth = np.random.default_rng(5), clustered.true_alpha()
    weights = draw_articles(ARTICLES)
    times = dict.fromkeys(("articles", "sentences", "jackknife by articles"), 0)
    for _ in range(ROUNDS):
        per_article = clustered.articles(rng, ARTICLES)
        patterns = clustered.patterns(per_article)
        drawn = patterns.with_n(article_totals(weights, per_article))
        low, high = percentile(alpha.nominal(drawn))
        times["articles"] += bool(low <= truth <= high)
        low, high = percentile(alpha.nominal(draw_sentences(patterns)))
        times["sentences"] += bool(low <= truth <= high)
        error = clustered_error(article_influences(alpha_influence(patterns), per_article))
        times["jackknife by articles"] += bool(abs(float(alpha.nominal(patterns)) - truth) <= 1.96 * error)
    return {name: count / ROUNDS for name, count in times.items()}


@pytest.mark.parametrize("way", ["articles", "jackknife by articles"])
def test_the_interval_by_articles_holds_what_it_says(coverage: dict[str, float], way: str) -> None:
    assert 0.93 <= coverage[way] <= 0.97, coverage


FEW_ROUNDS = 1500


@pytest.fixture(scope="module")
def from_few() -> dict[int, tuple[float, float]]:
    """Number of articles → how often their interval held the true alpha: by leaving each out, and by drawing them."""
    truth, found = clustered.true_alpha(), {}
    for number in (2, 5, 8, 20):
        rng, times = np.random.default_rng(number), np.zeros(2)
        weights = draw_articles(number, draws=400)
        given = 0
        for _ in range(FEW_ROUNDS):
            per_article = clustered.articles(rng, number)
            patterns = clustered.patterns(per_article)
            without = alpha.nominal(patterns.with_n(patterns.n - per_article))
            low, high = left_out([alpha.nominal(patterns)], without[:, None])
            given += bool(np.isfinite(low[0]))
            drawn = percentile(alpha.nominal(patterns.with_n(article_totals(weights, per_article))))
            times += [low[0] <= truth <= high[0], drawn[0] <= truth <= drawn[1]]
        found[number] = (times[0] / given if given else math.nan, times[1] / FEW_ROUNDS)
    return found


@pytest.mark.parametrize("number", [5, 8, 20])
def test_the_interval_of_few_articles_holds_what_the_page_says(
    from_few: dict[int, tuple[float, float]], number: int
) -> None:
    """Within what 1500 rounds can tell of it (2.5 standard errors); never far above, where it would say nothing."""
    told = held(number)
    assert told - 2.5 * math.sqrt(told * (1 - told) / FEW_ROUNDS) <= from_few[number][0] <= 0.97, from_few


def test_drawing_few_articles_would_be_far_too_narrow(from_few: dict[int, tuple[float, float]]) -> None:
    """So the test above can fail: the bootstrap of as many articles does not pass it."""
    assert from_few[2][1] < 0.6 and from_few[5][1] < 0.87, from_few
    assert math.isnan(from_few[2][0])  # two have no interval


def test_what_is_told_of_few_articles() -> None:
    told = [(5, 0.91), (7, 0.91), (8, 0.93), (14, 0.93), (15, 0.94), (1000, 0.94)]
    assert [(number, held(number)) for number, _ in told] == told


def test_students_t_is_that_of_an_independent_library() -> None:
    freedom = [*range(1, 120), 999, 1000]
    assert [student_quantile(one) for one in freedom] == pytest.approx(stats.t.ppf(0.975, freedom).tolist(), rel=1e-9)
    assert student_quantile(7, 0.99) == pytest.approx(stats.t.ppf(0.995, 7))


def test_the_interval_by_sentences_is_too_narrow_for_articles(coverage: dict[str, float]) -> None:
    assert coverage["sentences"] < 0.85, coverage


def test_sentences_that_do_not_hang_together_need_no_articles() -> None:
    """The same check passes the bootstrap by sentences where it is right: the one above can tell the two apart."""
    rng, truth, times = np.random.default_rng(6), clustered.true_alpha(), 0
    for _ in range(ROUNDS):
        patterns = clustered.patterns(clustered.articles(rng, 60, independent=True))
        low, high = percentile(alpha.nominal(draw_sentences(patterns)))
        times += bool(low <= truth <= high)
    assert 0.93 <= times / ROUNDS <= 0.97


def test_weights_draw_as_many_articles_as_there_are() -> None:
    for articles in (1, 7, 300):
        weights = draw_articles(articles, draws=200)
        assert (weights.sum(1) == articles).all()
        assert weights.mean(0) == pytest.approx(1, abs=0.4)
    assert (draw_articles(30) == draw_articles(30)).all()


def test_totals_of_many_articles_are_summed_in_blocks() -> None:
    rng = np.random.default_rng(2)
    counts = rng.poisson(0.4, (2500, 3, 2))
    weights = draw_articles(2500, draws=20)
    expected = np.einsum("bd,dij->bij", weights.astype(np.int64), counts)
    assert (article_totals(weights, counts) == expected).all()


@pytest.mark.parametrize("function", [alpha.nominal, alpha.ordinal, fleiss, ac1, percent])
def test_the_jackknife_gives_the_spread_of_the_bootstrap(function: object) -> None:
    patterns = clustered.patterns(clustered.articles(np.random.default_rng(3), 60))
    drawn = function(draw_sentences(patterns, draws=6000))  # type: ignore[operator]
    error = standard_error(influence(function, patterns), patterns.n)  # type: ignore[arg-type]
    assert error == pytest.approx(drawn.std(), rel=0.05)


def test_the_closed_form_of_alpha_is_its_derivative() -> None:
    rows = [["a", "b", "b"], ["a", None, None], ["a", "a", None], ["c", "c", "b"], ["b", "b", "b"]]
    patterns = Patterns.from_matrix(rows)
    assert alpha_influence(patterns) == pytest.approx(influence(alpha.nominal, patterns), abs=1e-14)
    assert np.isnan(alpha_influence(Patterns.from_matrix([["a", "a"]]))).all()


def test_the_jackknife_by_articles_gives_the_spread_of_their_bootstrap() -> None:
    per_article = clustered.articles(np.random.default_rng(4), 300)
    patterns = clustered.patterns(per_article)
    drawn = alpha.nominal(patterns.with_n(article_totals(draw_articles(300, draws=6000), per_article)))
    error = clustered_error(article_influences(alpha_influence(patterns), per_article))
    assert error == pytest.approx(drawn.std(), rel=0.05)
    assert design_effect(alpha_influence(patterns), per_article) > 2
    alone = clustered.articles(np.random.default_rng(4), 300, independent=True)
    assert design_effect(alpha_influence(clustered.patterns(alone)), alone) < 1.4


def test_nothing_to_draw_from() -> None:
    empty = Patterns.from_matrix([])
    assert alpha.nominal(draw_sentences(empty, draws=3)).shape == (3,)
    assert np.isnan(alpha.nominal(draw_sentences(empty, draws=3))).all()
    assert draw_counts(np.zeros((2, 2)), draws=3).tolist() == np.zeros((3, 2, 2)).tolist()
    assert math.isnan(standard_error(np.array([1.0]), np.array([1])))
    assert math.isnan(clustered_error([1.0]))
    assert draw_articles(0, draws=2).shape == (2, 0)


def test_tables_are_drawn_like_sentences() -> None:
    table = np.array([[40, 9], [6, 45]])
    drawn = draw_counts(table, draws=2000)
    assert (drawn.sum((1, 2)) == 100).all()
    assert drawn.mean(0) == pytest.approx(table, abs=1)
    assert cohen(drawn).std() == pytest.approx(0.0712, rel=0.1)


def test_figures_of_several_values() -> None:
    drawn = np.array([[0.1 * i, math.nan, 0.5] for i in range(11)])
    first, second, third = figures([0.5, 0.7, math.nan], drawn, [None, None, NO_OVERLAP])
    assert (first.value, first.low, first.high) == (0.5, pytest.approx(0.025), pytest.approx(0.975))
    assert second.as_json() == {"value": 0.7, "low": None, "high": None}
    assert third.as_json() == {"value": None, "reason": "no overlap"}
    assert normal_figure(0.95, 0.1).high == 1.0


def test_wilson() -> None:
    """Against the example of Newcombe, R. G. (1998), Statistics in Medicine 17: 81 of 263."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 20)[0] == 0.0
    assert wilson(20, 20)[1] == 1.0
