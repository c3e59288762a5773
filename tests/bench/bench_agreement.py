"""Agreement among a million sentences with three annotators, beside the krippendorff package in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import krippendorff
import numpy as np

from annotator.agreement import COEFFICIENTS, alpha
from annotator.agreement.deviation import alpha_influence, standard_error
from annotator.agreement.intervals import article_totals, draw_articles, draw_counts, draw_sentences, percentile
from annotator.agreement.patterns import Patterns
from annotator.agreement.truth import from_rows
from tests.bench import Figure

SENTENCES = 1_000_000
ARTICLES = 25_000
LABELS = tuple("abcdef")
ROUNDS = 3


def run() -> Iterator[Figure]:
    codes = _answers(SENTENCES)
    patterns = Patterns.from_codes(codes, LABELS)
    given = np.where(codes < 0, np.nan, codes).T
    domain = np.arange(len(LABELS), dtype=np.float64)
    theirs = krippendorff.alpha(given, value_domain=domain, level_of_measurement="nominal")
    assert abs(theirs - float(alpha.nominal(patterns))) < 1e-9
    peer = _best(lambda: krippendorff.alpha(given, value_domain=domain, level_of_measurement="nominal"))
    build = _best(lambda: Patterns.from_codes(codes, LABELS))
    ours = _best(lambda: [alpha.nominal(patterns) for _ in range(1000)]) / 1000
    yield Figure("alpha, 1M x 3, krippendorff", peer * 1e3, "ms", "from the matrix")
    yield Figure("    from kept patterns", ours * 1e3, "ms", f"{len(patterns.n)} patterns")
    yield Figure("    ratio to krippendorff", peer / ours, "times", "wanted 50")
    yield Figure("    ratio, patterns built from the matrix each time", peer / (build + ours), "times", "")
    yield Figure("bootstrap of alpha, B = 1000", _best(lambda: _bootstrap(patterns)) * 1e3, "ms", "by sentences")
    yield Figure("    standard error in closed form", _best(lambda: _error(patterns)) * 1e3, "ms", "")
    page = _best(lambda: _page(patterns))
    yield Figure("    six figures, each label, with intervals", page * 1e3, "ms", "wanted 100 with all layers")
    per_article = _per_article(codes, patterns)
    by_article = _best(lambda: percentile(alpha.nominal(_drawn(patterns, per_article))))
    yield Figure("bootstrap of alpha, B = 1000, 25,000 articles", by_article * 1e3, "ms", "in the background")
    yield Figure("Dawid-Skene, 100,000 x 3 of 12", _best(lambda: from_rows(_seated(100_000), 6)) * 1e3, "ms", "")


def _answers(sentences: int) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(1)
    true = rng.choice(len(LABELS), sentences, p=[0.45, 0.25, 0.1, 0.1, 0.06, 0.04])
    guess = rng.integers(0, len(LABELS), (sentences, 3))
    codes = np.where(rng.random(guess.shape) < 0.8, true[:, None], guess).astype(np.int8)
    codes[rng.random(guess.shape) < 0.2] = -1
    return codes


def _seated(sentences: int) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(2)
    rows = np.full((sentences, 12), -1, np.int8)
    codes = _answers(sentences)
    for place, seat in enumerate(np.argsort(rng.random(rows.shape), 1)[:, :3].T):
        rows[np.arange(sentences), seat] = codes[:, place]
    return rows


def _per_article(codes: np.ndarray[Any, Any], patterns: Patterns) -> np.ndarray[Any, Any]:
    """(articles, patterns) sentences of each pattern in each article."""
    keys = {tuple(row): place for place, row in enumerate(patterns.counts.tolist())}
    counted = np.stack([(codes == label).sum(1) for label in range(len(LABELS))], axis=1)
    distinct, which = np.unique(counted, axis=0, return_inverse=True)
    places = np.array([keys.get(tuple(row), -1) for row in distinct.tolist()])[which.ravel()]
    table = np.zeros((ARTICLES, len(patterns.n) + 1), np.int32)
    np.add.at(table, (np.arange(len(codes)) % ARTICLES, places), 1)
    return table[:, :-1]


def _drawn(patterns: Patterns, per_article: np.ndarray[Any, Any]) -> Patterns:
    return patterns.with_n(article_totals(draw_articles(ARTICLES), per_article))


def _bootstrap(patterns: Patterns) -> Any:
    return percentile(alpha.nominal(draw_sentences(patterns)))


def _error(patterns: Patterns) -> float:
    return standard_error(alpha_influence(patterns), patterns.n)


def _page(patterns: Patterns) -> None:
    """One layer: every coefficient with its interval, each label's alpha with its own, three pairs."""
    drawn = draw_sentences(patterns)
    tables = draw_counts(np.full((3, len(LABELS), len(LABELS)), SENTENCES // 40))
    for coefficient in COEFFICIENTS:
        percentile(coefficient.function(drawn if coefficient.over == "patterns" else tables))
    percentile(alpha.by_label(drawn))


def _best(work: Callable[[], object]) -> float:
    """Seconds of this process in the fastest round: the rest measures what else the machine did."""
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)
