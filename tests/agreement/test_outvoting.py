"""Whose answers tell who is right, and how far the model may be believed where they do not."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from annotator.agreement.outvoting import decided, met, told_apart
from annotator.agreement.soft import posteriors
from annotator.agreement.truth import from_rows


@pytest.mark.parametrize(
    ("pairs", "known"),
    [
        ("", ""),
        ("ab", ""),  # either may be the one who errs
        ("ab ac ad", ""),  # everybody meets one and the same
        ("ab bc cd da", ""),  # an even circle: two sides
        ("ab bc ca", "abc"),
        ("ab bc cd de ea", "abcde"),
        ("ab bc ca cd", "abcd"),  # what is known of c tells of d
        ("ab bc ca de", "abc"),
    ],
)
def test_an_odd_circle_tells_annotators_apart(pairs: str, known: str) -> None:
    meetings = {(one, other): 50 for one, other in pairs.split()}
    assert told_apart(meetings) == set(known)


def test_a_circle_of_too_few_sentences_tells_nothing() -> None:
    assert told_apart({("a", "b"): 50, ("b", "c"): 50, ("a", "c"): 49}) == set()


def test_meetings_are_counted_once_for_each_sentence_and_pair() -> None:
    assert met([(("b", "a"), 3), (("a", "c", "b"), 2), (("a",), 9)]) == {("a", "b"): 5, ("a", "c"): 2, ("b", "c"): 2}


def test_a_sentence_needs_three_whose_answers_count() -> None:
    known = {"a", "b", "c"}
    assert [decided(who, known) for who in ("ab", "abd", "abc", "abcd")] == [False, False, True, True]


def test_posteriors_are_told_where_three_answered() -> None:
    rng = np.random.default_rng(5)
    votes = [(f"u{n:02}", who, "xyz"[rng.integers(3)]) for n in range(60) for who in ("abc" if n < 50 else "ab")]
    assert sorted(posteriors(votes)) == [f"u{n:02}" for n in range(50)]
    assert posteriors([vote for vote in votes if vote[0] != "u00"]) == {}  # 49 with three answers
    assert posteriors([vote for vote in votes if vote[1] != "c"]) == {}


def drawn(seed: int, size: int, labels: int, answers: int) -> tuple[np.ndarray, np.ndarray]:
    """Of three annotators who are right in 85, 75 and 80 %, so many answer each sentence: true labels, rows."""
    rng = np.random.default_rng(seed)
    true = rng.integers(0, labels, size)
    rows = np.full((size, 3), -1)
    teams = list(combinations(range(3), answers))
    for n in range(size):
        for person in teams[n % len(teams)]:
            right = rng.random() < (0.85, 0.75, 0.8)[person]
            rows[n, person] = true[n] if right else (true[n] + rng.integers(1, labels)) % labels
    return true, rows


@pytest.mark.parametrize(("answers", "sure", "right"), [(3, 0.90, 0.86), (2, 0.71, 0.49)])
def test_of_two_answers_that_differ_the_model_is_surer_than_it_is_right(
    answers: int, sure: float, right: float
) -> None:
    told, hits = [], []
    for seed in range(10):
        true, rows = drawn(seed, 600, 5, answers)
        found = from_rows(rows, 5)
        apart = np.array([len(set(row[row >= 0])) > 1 for row in rows])
        told += found.posterior.max(1)[apart].tolist()
        hits += (found.posterior.argmax(1) == true)[apart].tolist()
    assert (np.mean(told), np.mean(hits)) == (pytest.approx(sure, abs=0.03), pytest.approx(right, abs=0.03))
