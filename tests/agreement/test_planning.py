"""Planning, against simulation: with as many sentences as were asked for the interval is as narrow as was wished."""

from __future__ import annotations

import numpy as np
import pytest

from annotator.agreement import alpha
from annotator.agreement.deviation import alpha_influence, design_effect
from annotator.agreement.intervals import article_totals, draw_articles, percentile
from annotator.agreement.patterns import Patterns
from annotator.agreement.planning import more_by_interval, more_needed, sentences_needed
from tests.agreement import clustered


@pytest.mark.parametrize("half_width", [0.06, 0.03])
def test_the_plan_holds_for_single_sentences(half_width: float) -> None:
    rng = np.random.default_rng(1)
    shares = clustered.shares().mean(0)
    pilot = [Patterns(clustered.LABELS, clustered.PAIRS, rng.multinomial(300, shares)) for _ in range(50)]
    more = [more_needed(patterns, half_width) for patterns in pilot]
    planned = 300 + int(np.mean([n for n in more if n is not None]))
    drawn = Patterns(clustered.LABELS, clustered.PAIRS, rng.multinomial(planned, shares, size=4000))
    assert 1.96 * alpha.nominal(drawn).std() == pytest.approx(half_width, rel=0.1)


def test_the_plan_holds_for_articles() -> None:
    rng, half_width = np.random.default_rng(2), 0.05
    plans = []
    for _ in range(60):
        per_article = clustered.articles(rng, 60)
        patterns = clustered.patterns(per_article)
        more = more_needed(patterns, half_width, design_effect(alpha_influence(patterns), per_article))
        assert more is not None
        plans.append((int(patterns.n.sum()) + more) / 17.5)  # an article has 17.5 sentences in the mean
    number = round(float(np.mean(plans)))
    spread = np.std([float(alpha.nominal(clustered.patterns(clustered.articles(rng, number)))) for _ in range(3000)])
    assert 1.96 * spread == pytest.approx(half_width, rel=0.1)


def test_an_interval_by_articles_gives_the_plan_of_the_jackknife() -> None:
    per_article = clustered.articles(np.random.default_rng(4), 250)
    patterns = clustered.patterns(per_article)
    low, high = percentile(alpha.nominal(patterns.with_n(article_totals(draw_articles(250), per_article))))
    n = float(patterns.n.sum())
    first = more_by_interval(n, float(low), float(high), 0.02, 250)
    second = more_needed(patterns, 0.02, design_effect(alpha_influence(patterns), per_article))
    assert first is not None and second is not None
    assert first + n == pytest.approx(second + n, rel=0.15)  # the ends of 1000 draws waver by some per cent
    assert more_by_interval(n, float(low), float(high), 0.5, 250) == 0
    assert more_by_interval(n, 0.4, 0.4, 0.02, 250) is None
    assert more_by_interval(10, 0.4, 0.6, 0.02, 250) is None
    assert [more_by_interval(100, 0.4, 0.6, 0.05, articles) for articles in (1, 9, 10)] == [None, None, 300]


def test_what_is_known_well_enough_needs_no_more() -> None:
    patterns = Patterns(clustered.LABELS, clustered.PAIRS, np.array([400, 300, 200, 30, 40, 30]))
    assert more_needed(patterns, 0.2) == 0
    first, second = more_needed(patterns, 0.02), more_needed(patterns, 0.02, design_effect=4.0)
    assert first is not None and second is not None
    assert second + 1000 == pytest.approx(4 * (first + 1000), abs=4)


def test_no_plan_without_a_spread() -> None:
    assert more_needed(Patterns.from_matrix([["a", "b"]] * 10 + [["a", "a"]] * 10), 0.05) is None
    assert more_needed(Patterns.from_matrix([["a", "a"]] * 50), 0.05) is None
    assert more_needed(Patterns.from_matrix([["a", "a"], ["b", "b"]] * 50), 0.05) is None


def test_a_width_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        sentences_needed(100, 0.1, 0.0)
    assert sentences_needed(100, 0.1, 1.959963984540054 * 0.1) == 100
