"""The figures of a layer of thousands of labels, as speakers, from counts that grow with the labels only.

How often each label was chosen by c of m annotators gives every nominal coefficient over several annotators; each
annotator's own counts within a pair give Cohen's kappa and Scott's pi. Formulas as in `alpha`, `fleiss`, `ac1`,
`kappa`; no table of labels by labels is ever built.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.agreement import COEFFICIENTS, alpha
from annotator.agreement.fleiss import corrected
from annotator.agreement.kappa import mean_over_pairs
from annotator.agreement.layouts import Path, summed
from annotator.agreement.patterns import Floats, quotient
from annotator.agreement.sums import Cells

MOST_LABELS = 200  # shown with a figure of their own: those chosen most often


class _Groups:
    """Cells to be summed by a number each: sorted once, summed for every draw."""

    def __init__(self, keys: NDArray[np.int64]) -> None:
        self.order = np.argsort(keys, kind="stable")
        self.keys, self.starts = np.unique(keys[self.order], return_index=True)

    def sums(self, values: NDArray[Any]) -> Floats:
        return summed(values, self.order, self.starts)


class OpenLayout:
    """`part` has the units, `pairs` the pairs; see `sums`. `shown` (labels) are given a figure of their own."""

    def __init__(self, part: Cells, pairs: Cells, shown: Sequence[str] | None = None) -> None:
        sizes = sorted(part.get("", {}))
        units = sorted(group for group in part if group)
        self.cells = [("", m) for m in sizes] + [(g, label) for g in units for label in part[g]]
        self.m = np.array([int(m) for m in sizes], np.float64)
        lengths = [len(part[g]) for g in units]
        self._unit_m, self._c = (
            np.repeat(np.array([int(g.split(" ")[i]) for g in units], np.float64), lengths) for i in (0, 1)
        )
        number: dict[str, int] = {}
        for group in units:
            for label in part[group]:
                number.setdefault(label, len(number))
        self.labels = list(number)
        labels = [number[label] for _, label in self.cells[len(sizes) :]]
        self._by_label = _Groups(np.array(labels, np.int64))
        if shown is None:
            shown = _most(part, self.labels, units)
        self.shown = [label for label in shown if label in number]
        self._shown = np.array([number[label] for label in self.shown], np.int64)
        self._set_pairs(pairs)
        self.heavy = 4 * len(self.cells) + 1
        self.paths: list[Path] = [
            *((c.name,) for c in COEFFICIENTS),
            *(("labels", label, "alpha") for label in self.shown),
            *(("pairs", pair, name) for name in ("percent", "kappa", "scott") for pair in self.pairs),
        ]

    def _set_pairs(self, pairs: Cells) -> None:
        self.pairs = sorted(group.removesuffix(" a") for group in pairs if group.endswith(" a"))
        self._slices = []
        begin = len(self.cells)
        for pair in self.pairs:
            first, second = pairs[f"{pair} a"], pairs[f"{pair} b"]
            place = {label: i for i, label in enumerate(second)}
            both = np.array([(i, place[label]) for i, label in enumerate(first) if label in place], np.int64)
            self._slices.append((begin, begin + len(first), begin + len(first) + len(second), both.reshape(-1, 2)))
            self.cells += [(f"{pair} a", label) for label in first]
            self.cells += [(f"{pair} b", label) for label in second]
            self.cells.append((pair, "same"))
            begin = len(self.cells)

    def totals(self, n: Floats, *, shown: bool = True) -> Floats:
        """(..., S) answers per shown label; of all labels without `shown`."""
        units = n[..., len(self.m) : len(self.m) + len(self._c)]
        totals = self._by_label.sums(units * self._c)
        return totals[..., self._shown] if shown else totals

    def values(self, n: Floats) -> Floats:
        sizes = n[..., : len(self.m)]
        units = n[..., len(self.m) : len(self.m) + len(self._c)]
        c, m, labels = self._c, self._unit_m, len(self.labels)
        sentences = sizes.sum(-1)
        answers = sizes @ self.m
        totals = self._by_label.sums(units * c)
        by_name = {
            "percent": quotient(units @ (c * (c - 1)), sizes @ (self.m * (self.m - 1))),
            "alpha": alpha.from_sums(units @ (c * (c - 1) / (m - 1)), answers, (totals * totals).sum(-1)),
        }
        observed = quotient(units @ (c * (c - 1) / (m * (m - 1))), sentences)
        shares = quotient(self._by_label.sums(units * (c / m)), sentences[..., None])
        even = (shares * shares).sum(-1)
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
        c, m = self._c, self._unit_m
        own = (c * (c - 1) + (m - c) * (m - c - 1)) / (m - 1) - m
        agreeing = answers[..., None] + self._by_label.sums(units * own)[..., self._shown]
        chosen = totals[..., self._shown]
        rest = answers[..., None] - chosen
        return np.asarray(alpha.from_sums(agreeing, answers[..., None], chosen**2 + rest**2), np.float64)

    def _pairs(self, n: Floats) -> dict[str, Floats]:
        shape = (*n.shape[:-1], len(self.pairs))
        found = {name: np.zeros(shape) for name in ("n", "percent", "kappa", "scott")}
        for i, (begin, middle, end, both) in enumerate(self._slices):
            first, second, same = n[..., begin:middle], n[..., middle:end], n[..., end]
            total = first.sum(-1)
            across = (first[..., both[:, 0]] * second[..., both[:, 1]]).sum(-1)
            mean = ((first * first).sum(-1) + (second * second).sum(-1) + 2 * across) / 4
            found["n"][..., i] = total
            found["percent"][..., i] = quotient(same, total)
            for name, expected in (("kappa", across), ("scott", mean)):
                found[name][..., i] = 1 - quotient(total * (total - same), total * total - expected)
        return found


def _most(part: Cells, labels: list[str], units: list[str]) -> list[str]:
    """The labels chosen most often; equals by name."""
    chosen = dict.fromkeys(labels, 0)
    for group in units:
        c = int(group.split(" ")[1])
        for label, n in part[group].items():
            chosen[label] += c * n
    return sorted(chosen, key=lambda label: (-chosen[label], label))[:MOST_LABELS]
