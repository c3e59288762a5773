"""Dawid and Skene's EM: their own data of 1979, a second program for the same formulas, and simulated annotators."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.agreement.soft import posteriors
from annotator.agreement.truth import Truth, confused, dawid_skene, from_rows, joint_patterns

#: Table 1 of the paper: 45 patients, five anaesthetists, the first of whom saw each patient three times.
TABLE_1 = """
    111 1 1 1 1, 333 4 3 3 4, 112 2 1 2 2, 222 3 1 2 1, 222 3 2 2 2, 222 3 3 2 2, 122 2 1 1 1, 333 3 4 3 3, 222 2 2 2 3,
    232 2 2 2 3, 444 4 4 4 4, 222 3 3 4 3, 111 1 1 1 1, 222 3 2 1 2, 121 1 1 1 1, 111 2 1 1 1, 111 1 1 1 1, 111 1 1 1 1,
    222 2 2 2 1, 222 1 3 2 2, 222 2 2 2 2, 222 2 2 2 1, 222 3 2 2 2, 221 2 2 2 2, 111 1 1 1 1, 111 1 1 1 1, 232 2 2 2 2,
    111 1 1 1 1, 111 1 1 1 1, 112 1 1 2 1, 111 1 1 1 1, 333 3 2 3 3, 111 1 1 1 1, 222 2 2 2 2, 222 3 2 3 2, 433 4 3 4 3,
    221 2 2 3 2, 232 3 2 3 3, 333 3 4 3 2, 111 1 1 1 1, 111 1 1 1 1, 121 2 1 1 1, 232 2 2 2 2, 121 1 1 1 1, 222 2 2 2 2
"""
PATIENTS = [patient.split() for patient in TABLE_1.split(",")]
UNIT, ANNOTATOR, ANSWER = (
    np.array(column)
    for column in zip(
        *[
            (unit, annotator, int(answer) - 1)
            for unit, patient in enumerate(PATIENTS)
            for annotator, answers in enumerate(patient)
            for answer in answers
        ],
        strict=True,
    )
)
SHAPE = (45, 5, 4)


def by_loops(rounds: int) -> tuple[Any, Any, Any]:
    """The paper's formulas 2.3 to 2.5 as they stand, with products instead of logarithms and no smoothing."""
    given_answers = np.zeros(SHAPE)
    np.add.at(given_answers, (UNIT, ANNOTATOR, ANSWER), 1)
    posterior = given_answers.sum(1) / given_answers.sum((1, 2))[:, None]
    for _ in range(rounds):
        prior = posterior.mean(0)
        rates = np.zeros((5, 4, 4))
        for k in range(5):
            for j in range(4):
                weights = [sum(posterior[i, j] * given_answers[i, k, x] for i in range(45)) for x in range(4)]
                rates[k, j] = np.array(weights) / sum(weights)
        for i in range(45):
            chances = [prior[j] * np.prod(rates[:, j, :] ** given_answers[i]) for j in range(4)]
            posterior[i] = np.array(chances) / sum(chances)
    return posterior, prior, rates


@pytest.fixture(scope="module")
def paper() -> Truth:
    return dawid_skene(UNIT, ANNOTATOR, ANSWER, SHAPE, smoothing=0.0, tolerance=1e-13, rounds=2000)


def test_the_data_of_1979(paper: Truth) -> None:
    assert len(PATIENTS) == 45
    assert paper.converged
    assert paper.prior.round(2).tolist() == [0.40, 0.42, 0.11, 0.07]
    assert paper.confusion[0].round(2).tolist() == [
        [0.89, 0.11, 0, 0], [0.07, 0.88, 0.05, 0], [0, 0.34, 0.66, 0], [0, 0, 0.56, 0.44],
    ]  # fmt: skip


def test_the_formulas_written_out_give_the_same(paper: Truth) -> None:
    posterior, prior, rates = by_loops(60)
    assert paper.posterior == pytest.approx(posterior, abs=1e-6)
    assert paper.prior == pytest.approx(prior, abs=1e-6)
    assert paper.confusion == pytest.approx(rates, abs=1e-6)


def test_a_little_smoothing_moves_no_patient(paper: Truth) -> None:
    smooth = dawid_skene(UNIT, ANNOTATOR, ANSWER, SHAPE)
    assert (smooth.posterior.argmax(1) == paper.posterior.argmax(1)).all()
    assert smooth.competence() == pytest.approx(paper.competence(), abs=0.01)
    assert (smooth.confusion > 0).all()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(-1, 3), min_size=3, max_size=3), min_size=1, max_size=20).filter(
        lambda rows: any(code >= 0 for row in rows for code in row)
    ),
    st.sampled_from((0.0, 0.01, 1.0)),
)
def test_the_objective_never_falls(rows: list[list[int]], smoothing: float) -> None:
    found = from_rows(np.array(rows), 4, smoothing)
    rises = np.diff(found.objective)
    assert (rises >= -1e-9 * np.maximum(1, np.abs(found.objective[-1]))).all()
    assert found.posterior.sum(1) == pytest.approx(1)
    assert found.prior.sum() == pytest.approx(1)
    assert found.confusion.sum(2) == pytest.approx(1)
    assert ((found.entropy() > -1e-9) & (found.entropy() <= 2 + 1e-9)).all()


@pytest.fixture(scope="module")
def simulated() -> tuple[Any, Any, Any]:
    """20,000 sentences, three of twelve annotators each, five labels: rows, true labels, true competence."""
    rng = np.random.default_rng(3)
    true, right = rng.integers(0, 5, 20_000), rng.uniform(0.55, 0.98, 12)
    rows = np.full((20_000, 12), -1)
    for annotator in np.argsort(rng.random(rows.shape), 1)[:, :3].T:
        wrong = (true + rng.integers(1, 5, len(true))) % 5
        rows[np.arange(len(true)), annotator] = np.where(rng.random(len(true)) < right[annotator], true, wrong)
    return rows, true, right


def test_competence_is_found_and_beats_the_majority(simulated: tuple[Any, Any, Any]) -> None:
    rows, true, right = simulated
    found = from_rows(rows, 5)
    assert found.competence() == pytest.approx(right, abs=0.03)
    votes = np.stack([(rows == label).sum(1) for label in range(5)], axis=1)
    assert (found.posterior.argmax(1) == true).mean() > (votes.argmax(1) == true).mean() + 0.005


def test_joint_patterns_give_what_the_sentences_give(simulated: tuple[Any, Any, Any]) -> None:
    rows = simulated[0][:800, :]
    unit, annotator = np.nonzero(rows >= 0)
    one_by_one = dawid_skene(unit, annotator, rows[unit, annotator], (800, 12, 5))
    together = from_rows(rows, 5)
    assert together.posterior == pytest.approx(one_by_one.posterior, abs=1e-9)
    for given_rows in (rows, np.hstack([rows] * 4)):  # as one number each, and too long for that
        distinct, which, count = joint_patterns(given_rows)
        assert (distinct[which] == given_rows).all()
        assert (np.bincount(which) == count).all()


def test_an_annotator_confuses_what_is_confused() -> None:
    confusion = np.array([[0.9, 0.1, 0.0], [0.3, 0.7, 0.0], [0.0, 0.0, 1.0]])
    found = confused(confusion, np.array([0.5, 0.3, 0.2]), "abc")
    assert found == [("b", "a", pytest.approx(0.09)), ("a", "b", pytest.approx(0.05))]


def test_without_answers_there_is_nothing_to_infer() -> None:
    nothing = np.zeros(0, np.int64)
    with pytest.raises(ValueError, match="at least one answer"):
        dawid_skene(nothing, nothing, nothing, (0, 0, 3))


def test_the_rounds_end_when_every_probability_stands_in_six_digits() -> None:
    """Answers at random: the objective is flat after some hundred rounds, and the posterior is not there yet."""
    labels = np.random.default_rng(2).integers(0, 4, 864)
    unit, annotator = np.divmod(np.arange(864), 3)
    found = dawid_skene(unit, annotator, labels, (288, 3, 4))
    last = dawid_skene(unit, annotator, labels, (288, 3, 4), rounds=60_000, tolerance=1e-14)
    assert found.converged and len(found.objective) < len(last.objective)
    assert found.posterior == pytest.approx(last.posterior, abs=5e-7)


def test_units_answered_alike_have_the_posterior_of_each() -> None:
    rng = np.random.default_rng(3)
    drawn = rng.integers(0, 3, (200, 3)).tolist()
    votes = [(f"u{n:03}", f"{who}@x.org", f"l{row[i]}") for n, row in enumerate(drawn) for i, who in enumerate("abc")]
    units, people, labels = (sorted(set(column)) for column in zip(*votes, strict=True))
    places = np.array([[units.index(u), people.index(p), labels.index(one)] for u, p, one in votes])
    each = dawid_skene(places[:, 0], places[:, 1], places[:, 2], (200, 3, 3)).posterior
    told = posteriors(votes)
    assert [[told[unit].get(label, 0.0) for label in labels] for unit in units] == pytest.approx(each, abs=1e-6)
