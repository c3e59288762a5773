"""Open labels: the sparse sums give the figures of the dense histogram."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.agreement import alpha
from annotator.agreement.ac1 import ac1
from annotator.agreement.deviation import influence
from annotator.agreement.fleiss import fleiss
from annotator.agreement.open_labels import OpenPatterns
from annotator.agreement.patterns import Key, Patterns, undefined_reason
from annotator.agreement.percent import percent

rows = st.lists(st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=4), max_size=25)


def histogram(answers: list[list[str]]) -> Counter[Key]:
    return Counter(tuple(sorted(Counter(row).items())) for row in answers)


@given(rows)
def test_figures_are_those_of_the_dense_histogram(answers: list[list[str]]) -> None:
    counted = histogram(answers)
    dense, sparse = Patterns.from_counter(counted), OpenPatterns.from_counter(counted)
    for theirs, ours in (
        (alpha.nominal, sparse.alpha), (percent, sparse.percent), (fleiss, sparse.fleiss), (ac1, sparse.ac1),
    ):  # fmt: skip
        assert ours() == pytest.approx(float(theirs(dense)), abs=1e-12, nan_ok=True)
    assert sparse.undefined_reason() == undefined_reason(dense)
    if not np.isnan(sparse.alpha()):
        assert sparse.alpha_influence() == pytest.approx(influence(alpha.nominal, dense), abs=1e-12)
        assert sparse.percent_influence() == pytest.approx(influence(percent, dense), abs=1e-12)


def test_thousands_of_speakers_need_no_matrix() -> None:
    rng = np.random.default_rng(1)
    true = rng.zipf(1.3, 100_000) % 20_000
    answers = np.where(rng.random((100_000, 2)) < 0.9, true[:, None], rng.integers(0, 20_000, (100_000, 2)))
    counted = histogram([[str(a), str(b)] for a, b in answers.tolist()])
    sparse = OpenPatterns.from_counter(counted)
    assert len(sparse.labels) > 15_000
    assert sparse.alpha() == pytest.approx(sparse.percent(), abs=0.1)
