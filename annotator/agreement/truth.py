"""What the answers say together, and how good each annotator is: Dawid and Skene's model by EM.

Dawid, A. P., Skene, A. M. (1979). Maximum likelihood estimation of observer error-rates using the EM algorithm.
Journal of the Royal Statistical Society C 28(1).

Each sentence has one true label, label t with probability prior[t]; annotator r answers l with probability
confusion[r, t, l], apart from what others answer. `smoothing` adds that many imagined answers to each cell of a
confusion matrix (a Dirichlet prior of parameter 1 + smoothing), so that nobody is certain after three answers;
0 gives the paper's maximum likelihood. What rises with every round is then the log posterior, which is the log
likelihood where smoothing is 0. Inference stands beside gold and never replaces it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.agreement.patterns import Floats

_FALL = 1e-9  # relative: rounding of a sum of millions of logarithms


@dataclass(frozen=True, eq=False)
class Truth:
    """`posterior` (U, L) of each unit; `prior` (L,); `confusion` (R, L true, L answered); `objective`: one value per
    round, never falling; `converged`: whether the rounds sufficed."""

    posterior: Floats
    prior: Floats
    confusion: Floats
    objective: tuple[float, ...]
    converged: bool

    def competence(self) -> Floats:
        """(R,) probability that each annotator's answer is right: the diagonal weighted by the prior."""
        return np.asarray(np.einsum("rll,l->r", self.confusion, self.prior), np.float64)

    def entropy(self) -> Floats:
        """(U,) bits of doubt left about each unit."""
        p = self.posterior
        return np.asarray(-(p * np.log2(np.where(p > 0, p, 1))).sum(1), np.float64)


def dawid_skene(
    units: NDArray[Any], annotators: NDArray[Any], answers: NDArray[Any], shape: tuple[int, int, int],
    weights: NDArray[Any] | None = None, smoothing: float = 0.01, rounds: int = 10_000, tolerance: float = 1e-9,
) -> Truth:  # fmt: skip
    """From (A,) arrays of numbers from 0: unit, annotator and label of each answer; `shape` = (U, R, L).

    An annotator may answer a unit more than once. `weights` (U,): how many sentences stand behind a unit, as
    `joint_patterns` counts them. Begins with the shares of the votes. Stops when no probability moves by more than
    `tolerance`: the objective is flat long before, where annotators are hard to tell apart.
    """
    size, raters, labels = shape
    weight = np.ones(size) if weights is None else np.asarray(weights, np.float64)
    if labels < 1 or not len(units):
        raise ValueError("Dawid-Skene needs at least one answer")
    cell = np.asarray(annotators, np.int64) * labels + answers
    votes = np.bincount(np.asarray(units, np.int64) * labels + answers, minlength=size * labels).reshape(size, labels)
    posterior = (votes + 1e-12) / (votes + 1e-12).sum(1, keepdims=True)
    objective: list[float] = []
    while True:
        prior, confusion = _maximise(posterior * weight[:, None], units, cell, (raters, labels), smoothing)
        before = posterior
        posterior, value = _expect(prior, confusion, units, cell, weight, smoothing)
        rise = value - objective[-1] if objective else np.inf
        assert rise >= -_FALL * max(1.0, abs(value)), "EM never lowers its objective"
        objective.append(value)
        settled = float(np.abs(posterior - before).max()) <= tolerance
        if settled or len(objective) >= rounds:
            return Truth(posterior, prior, confusion, tuple(objective), settled)


def joint_patterns(rows: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64], NDArray[np.int64]]:
    """(sentences, annotators) of label numbers, negative where missing → the distinct rows, which of them each
    sentence is, and how many sentences each stands for: EM then costs as much as there are distinct rows."""
    base = int(rows.max(initial=0)) + 2
    if base ** rows.shape[1] < 2**62:  # a row is one number: sorting numbers is much faster than sorting rows
        packed = np.zeros(len(rows), np.int64)
        for column in rows.T:
            packed = packed * base + np.maximum(column, -1) + 1
        _, first, which, count = np.unique(packed, return_index=True, return_inverse=True, return_counts=True)
        return rows[first], np.asarray(which, np.int64).ravel(), np.asarray(count, np.int64)
    distinct, which, count = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
    return distinct, np.asarray(which, np.int64).ravel(), np.asarray(count, np.int64)


def from_rows(rows: NDArray[Any], labels: int, smoothing: float = 0.01) -> Truth:
    """(sentences, annotators) of label numbers, negative where missing → as `dawid_skene`, one posterior per row."""
    distinct, which, count = joint_patterns(np.asarray(rows))
    unit, annotator = np.nonzero(distinct >= 0)
    shape = (len(distinct), distinct.shape[1], labels)
    found = dawid_skene(unit, annotator, distinct[unit, annotator], shape, count, smoothing)
    return Truth(found.posterior[which], found.prior, found.confusion, found.objective, found.converged)


def confused(confusion: Floats, prior: Floats, labels: Sequence[str], most: int = 3) -> list[tuple[str, str, float]]:
    """One annotator's (L, L) matrix → the `most` frequent mistakes: true label, answer, share of all answers."""
    share = confusion * prior[:, None]
    np.fill_diagonal(share, 0.0)
    order = np.argsort(-share, axis=None, kind="stable")[:most]
    places = [divmod(int(at), len(labels)) for at in order]
    return [(labels[t], labels[a], float(share[t, a])) for t, a in places if share[t, a] > 0]


def _maximise(
    expected: Floats, units: NDArray[Any], cell: NDArray[np.int64], shape: tuple[int, int], smoothing: float
) -> tuple[Floats, Floats]:
    """Prior (L,) and confusion (R, L, L) that explain the expected labels best."""
    raters, labels = shape
    answered: Floats = np.stack(
        [np.bincount(cell, expected[units, true], raters * labels).reshape(raters, labels) for true in range(labels)],
        axis=1,
    )
    counts = answered + smoothing
    rows = counts.sum(2, keepdims=True)
    even = np.full_like(counts, 1 / labels)  # a true label that the annotator never met
    confusion = np.divide(counts, rows, out=even, where=rows > 0)
    prior = expected.sum(0) + smoothing
    return prior / prior.sum(), confusion


def _expect(
    prior: Floats, confusion: Floats, units: NDArray[Any], cell: NDArray[np.int64], weight: Floats, smoothing: float
) -> tuple[Floats, float]:
    """Posterior (U, L) and the objective at these parameters."""
    raters, labels, _ = confusion.shape
    with np.errstate(divide="ignore"):
        log_prior, log_confusion = np.log(prior), np.log(confusion)
    by_cell = log_confusion.transpose(0, 2, 1).reshape(raters * labels, labels)
    joint = np.tile(log_prior, (len(weight), 1))
    for true in range(labels):
        joint[:, true] += np.bincount(units, np.maximum(by_cell[cell, true], -1e6), len(weight))
    top = joint.max(1, keepdims=True)
    scaled = np.exp(joint - top)
    sums = scaled.sum(1, keepdims=True)
    value = float(weight @ (np.log(sums) + top)[:, 0])
    if smoothing:
        value += smoothing * float(log_confusion.sum() + log_prior.sum())
    return scaled / sums, value
