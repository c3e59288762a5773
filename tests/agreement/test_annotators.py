"""One annotator beside the others: the rule for carelessness with its measured errors, bias, drift."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annotator.agreement.annotators import LEAST, Standing, bias, careless, drift, leave_one_out, standing
from annotator.agreement.patterns import NO_OVERLAP

LABELS = 5
ROUNDS = 1200


def test_leave_one_out_has_an_interval_or_a_reason() -> None:
    figure = leave_one_out(Standing(81, 263, 140))
    assert (figure.value, figure.low, figure.high) == pytest.approx((0.30798, 0.25527, 0.36620), abs=5e-5)
    assert leave_one_out(Standing(0, 0, 0)).as_json() == {"value": None, "reason": NO_OVERLAP}


def test_standing_and_bias_from_pairs() -> None:
    table = np.array([[6, 3], [1, 10]])  # own label in rows
    assert standing(table, 15) == Standing(16, 20, 15)
    assert bias(table).tolist() == pytest.approx([0.1, -0.1])
    assert np.isnan(bias(np.zeros((2, 2)))).all()


def team(rng: np.random.Generator, sentences: int, right: np.ndarray[Any, Any]) -> dict[str, Standing]:
    """Twelve annotators, three to a sentence, drawn anew each time; each of them answers `sentences` sentences."""
    seated = np.argsort(rng.random((sentences, len(right))), 1).reshape(-1, 3)
    true = rng.integers(0, LABELS, (len(seated), 1))
    wrong = (true + rng.integers(1, LABELS, seated.shape)) % LABELS
    answers = np.where(rng.random(seated.shape) < right[seated], true, wrong)
    agreeing = (answers[:, :, None] == answers[:, None, :]).sum(2) - 1
    sums = np.bincount(seated.ravel(), agreeing.ravel(), len(right)).astype(int)
    return {f"a{i}": Standing(together, 2 * sentences, sentences) for i, together in enumerate(sums.tolist())}


def flagged(right: float, sentences: int) -> tuple[float, float]:
    """Of teams that are right in 88 %: how often one who is right in `right` is flagged, and how often another."""
    rng, skill = np.random.default_rng(7), np.array([right, *[0.88] * 11])
    verdicts = [list(careless(team(rng, sentences, skill)).values()) for _ in range(ROUNDS)]
    table = np.array(verdicts, dtype=bool)
    return float(table[:, 0].mean()), float(table[:, 1:].mean())


@pytest.mark.parametrize("sentences", [50, 100, 200])
@pytest.mark.parametrize("right", [0.88, 0.50])
def test_a_good_annotator_is_hardly_ever_flagged(sentences: int, right: float) -> None:
    assert flagged(right, sentences)[1] <= 0.003


@pytest.mark.parametrize(("right", "sentences", "least"), [(0.3, 50, 0.95), (0.5, 50, 0.93), (0.5, 100, 0.99)])
def test_a_careless_annotator_is_found(right: float, sentences: int, least: float) -> None:
    assert flagged(right, sentences)[0] >= least


def test_nobody_is_judged_below_fifty_sentences() -> None:
    few = {"a": Standing(0, 98, LEAST - 1), "b": Standing(95, 98, LEAST), "c": Standing(95, 98, LEAST)}
    assert careless(few) == {"a": None, "b": False, "c": False}
    assert careless({"a": Standing(0, 0, 0)}) == {"a": None}
    assert careless({**few, "a": Standing(0, 98, LEAST)}) == {"a": True, "b": False, "c": False}


def test_a_fall_is_seen_and_chance_is_not() -> None:
    steady, fallen = [1] * 90 + [0] * 10, [1] * 60 + [0] * 40
    assert drift(steady + steady, [1] * 200, range(200)).fell is False
    found = drift([0] * 30 + steady + fallen, [1] * 230, range(230))
    assert [window.value for window in found.windows] == [0.9, 0.6]
    assert found.fell is True
    assert drift(steady, [1] * 100, range(100)).fell is False
    assert drift([], [], []).windows == ()


def test_chance_alone_seldom_looks_like_a_fall() -> None:
    rng = np.random.default_rng(1)
    falls: list[Any] = [
        drift((rng.random(200) < 0.85).astype(int).tolist(), [1] * 200, range(200)).fell for _ in range(3000)
    ]
    assert sum(falls) / len(falls) < 0.12
