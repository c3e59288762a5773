"""The figures of a layer of thousands of labels, as speakers, from counts that grow with the labels only.

How often each label was chosen by c of m annotators gives every nominal coefficient over several annotators; each
annotator's own counts within a pair give Cohen's kappa and Scott's pi. Formulas as in `alpha`, `fleiss`, `ac1`,
`kappa`; no table of labels by labels is ever built.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.agreement import COEFFICIENTS, alpha
from annotator.agreement.fleiss import corrected
from annotator.agreement.kappa import mean_over_pairs
from annotator.agreement.layouts import Path
from annotator.agreement.numbering import runs
from annotator.agreement.packed import Packed
from annotator.agreement.patterns import Floats, quotient

MOST_LABELS = 200  # shown with a figure of their own: those chosen most often


class OpenLayout:
    """`part` has the units, `pairs` the pairs; see `sums`. The labels chosen most often have a figure of their own."""

    def __init__(self, part: Mapping[str, Mapping[str, int]], pairs: Mapping[str, Mapping[str, int]]) -> None:
        units, pairs = Packed.of(part), Packed.of(pairs)
        self._units, self._shared = units, pairs
        self._sizes = sorted(units.plain.get("", {}))
        self._groups = sorted(units.columns)
        self.m = np.array([int(m) for m in self._sizes], np.float64)
        self.labels = units.labels
        numbers = _joined([units.columns[g][0] for g in self._groups])
        order = np.argsort(numbers, kind="stable")  # label by label, so that sums by label are sums of stretches
        self._numbers = numbers[order]
        self._group = np.repeat(np.arange(len(self._groups)), [len(units.columns[g][0]) for g in self._groups])[order]
        self._unit_m, self._c = (
            np.array([int(g.split(" ")[i]) for g in self._groups], np.float64)[self._group] for i in (1, 2)
        )
        counts = _joined([units.columns[g][1] for g in self._groups])[order]
        self._starts = runs(self._numbers)[:-1]
        self._shown = _most(np.bincount(self._numbers, self._c * counts, len(self.labels)))
        self.shown = [self.labels[i] for i in self._shown]
        self._of_shown = np.flatnonzero(np.isin(self._numbers, self._shown))
        sizes = np.array([units.plain[""][m] for m in self._sizes], np.float64)
        self._set_pairs(pairs, len(sizes) + len(counts))
        self.n: Floats = np.concatenate([sizes, counts.astype(np.float64), self._pair_counts])
        self.heavy = 4 * len(self.n) + 1
        self.paths: list[Path] = [
            *((c.name,) for c in COEFFICIENTS),
            *(("labels", label, "alpha") for label in self.shown),
            *(("pairs", pair, name) for name in ("percent", "kappa", "scott") for pair in self.pairs),
        ]

    def _set_pairs(self, pairs: Packed, begin: int) -> None:
        """Both annotators of a pair have a count for each label that one of them chose."""
        self.pairs = sorted(group.removesuffix(" a") for group in pairs.columns if group.endswith(" a"))
        self._begins, self._of_pair = [begin], []
        counts: list[NDArray[Any]] = [np.zeros(0)]
        for pair in self.pairs:
            (first, of_a), (second, of_b) = pairs.columns[f"{pair} a"], pairs.columns[f"{pair} b"]
            labels = np.union1d(first, second)
            both = np.zeros((2, len(labels)))
            both[0, np.searchsorted(labels, first)] = of_a
            both[1, np.searchsorted(labels, second)] = of_b
            self._of_pair.append(labels)
            self._begins.append(self._begins[-1] + both.size + 1)
            counts += [both.ravel(), np.array([pairs.plain.get(pair, {}).get("same", 0)])]
        self._pair_counts = np.concatenate(counts).astype(np.float64)

    @property
    def cells(self) -> list[tuple[str, str]]:
        """Names of the counts, in their order."""
        units, pairs = self._units, self._shared
        named = [("", m) for m in self._sizes]
        for group, label in zip(self._group.tolist(), self._numbers.tolist(), strict=True):
            named.append((self._groups[group], units.labels[label]))
        for pair, labels in zip(self.pairs, self._of_pair, strict=True):
            for group in (f"{pair} a", f"{pair} b"):
                named += [(group, pairs.labels[i]) for i in labels.tolist()]
            named.append((pair, "same"))
        return named

    def totals(self, n: Floats, *, shown: bool = True) -> Floats:
        """(..., S) answers per shown label; of all labels without `shown`."""
        units = n[..., len(self.m) : len(self.m) + len(self._c)]
        totals = _by_stretch(units * self._c, self._starts)
        return totals[..., self._shown] if shown else totals

    def values(self, n: Floats) -> Floats:
        sizes = n[..., : len(self.m)]
        units = n[..., len(self.m) : len(self.m) + len(self._c)]
        c, m, labels = self._c, self._unit_m, len(self.labels)
        sentences = sizes.sum(-1)
        answers = _dot(sizes, self.m)
        totals = _by_stretch(units * c, self._starts)
        by_name = {
            "percent": quotient(_dot(units, c * (c - 1)), _dot(sizes, self.m * (self.m - 1))),
            "alpha": alpha.from_sums(_dot(units, c * (c - 1) / (m - 1)), answers, _product(totals, totals)),
        }
        observed = quotient(_dot(units, c * (c - 1) / (m * (m - 1))), sentences)
        shares = quotient(_by_stretch(units * (c / m), self._starts), sentences[..., None])
        even = _product(shares, shares)
        by_name["fleiss"] = corrected(observed, even)
        several = (shares > 0).sum(-1) > 1
        by_name["ac1"] = np.where(several, corrected(observed, (shares.sum(-1) - even) / max(labels - 1, 1)), np.nan)
        pairs = self._pairs(n)
        by_name |= {name: mean_over_pairs(pairs[name], pairs["n"]) for name in ("kappa", "scott")}
        single = np.stack(np.broadcast_arrays(*(by_name[c.name] for c in COEFFICIENTS)), -1)
        own = self._label_alphas(units, answers, totals)
        return np.concatenate([single, own, pairs["percent"], pairs["kappa"], pairs["scott"]], -1)

    def _label_alphas(self, units: Floats, answers: Floats, totals: Floats) -> Floats:
        """(..., S) alpha of each shown label against the rest, as `alpha.by_label`."""
        at = self._of_shown
        c, m = self._c[at], self._unit_m[at]
        own = (c * (c - 1) + (m - c) * (m - c - 1)) / (m - 1) - m
        by_label = _by_stretch(units[..., at] * own, runs(self._numbers[at])[:-1])  # in the order of the labels
        agreeing = answers[..., None] + by_label[..., np.argsort(np.argsort(self._shown))]
        chosen = totals[..., self._shown]
        rest = answers[..., None] - chosen
        return np.asarray(alpha.from_sums(agreeing, answers[..., None], chosen**2 + rest**2), np.float64)

    def _pairs(self, n: Floats) -> dict[str, Floats]:
        shape = (*n.shape[:-1], len(self.pairs))
        found = {name: np.zeros(shape) for name in ("n", "percent", "kappa", "scott")}
        for i, (begin, labels) in enumerate(zip(self._begins[:-1], self._of_pair, strict=True)):
            middle, end = begin + len(labels), begin + 2 * len(labels)
            first, second, same = n[..., begin:middle], n[..., middle:end], n[..., end]
            total, across = first.sum(-1), _product(first, second)
            mean = (_product(first, first) + _product(second, second) + 2 * across) / 4
            found["n"][..., i] = total
            found["percent"][..., i] = quotient(same, total)
            for name, expected in (("kappa", across), ("scott", mean)):
                found[name][..., i] = 1 - quotient(total * (total - same), total * total - expected)
        return found


def _by_stretch(values: NDArray[Any], starts: NDArray[np.int64]) -> Floats:
    """(..., C) → (..., L): sums of stretches of cells, of which none is empty."""
    if not len(starts):
        return np.zeros((*values.shape[:-1], 0))
    return np.asarray(np.add.reduceat(values, starts, axis=-1), np.float64)


def _most(chosen: NDArray[Any]) -> NDArray[np.int64]:
    """The labels chosen most often; equals by name, in whose order they come."""
    return np.asarray(np.argsort(-chosen, kind="stable")[:MOST_LABELS], np.int64)


def _dot(counts: NDArray[Any], weights: Floats) -> Floats:
    """(..., C) and (C,) → (...). Not `@`: its threads wait for one another where others use the processors."""
    return np.asarray(np.einsum("...c,c->...", counts, weights), np.float64)


def _product(first: NDArray[Any], second: NDArray[Any]) -> Floats:
    """(..., C) and (..., C) → (...): the sum of their products."""
    return np.asarray(np.einsum("...c,...c->...", first, second), np.float64)


def _joined(columns: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate(columns) if columns else np.zeros(0, np.int64)
