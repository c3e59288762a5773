"""The figures of marked spans, and of statements beyond the first, from their summed counts."""

from __future__ import annotations

import numpy as np

from annotator.agreement.layouts import Path, cells_of, counts_of
from annotator.agreement.patterns import Floats, quotient
from annotator.agreement.spans import ALL
from annotator.agreement.sums import Cells
from annotator.agreement.tallies import SEP
from annotator.agreement.tokens import token_alpha

#: Figure → the measure that counts as matched.
F1 = {"exact_f1": "exact", "boundary_f1": "boundary", "overlap_f1": "overlap", "overlap_untyped_f1": "untyped"}
OF_TYPE = ("exact_f1", "overlap_f1")


class EntityLayout:
    """Pairs' span counts and token counts; F1 is of the sums over all pairs."""

    def __init__(self, part: Cells) -> None:
        self.cells = list(cells_of(part))
        place = {cell: i for i, cell in enumerate(self.cells)}
        self.pairs = sorted(group for group in part if not group.startswith("tokens "))
        named = {tuple(cell.split(SEP)) for pair in self.pairs for cell in part[pair]}
        self.types = sorted(
            {kind for kind, *_ in named if kind != ALL}
            | {cell for group in part if group.startswith("tokens ") for cell in part[group] if cell}
        )
        self._at = {
            (pair, kind, measure): place[pair, f"{kind}{SEP}{measure}"]
            for pair in self.pairs
            for kind, measure in named
            if (pair, f"{kind}{SEP}{measure}") in place
        }
        self._answers, self._carrying, self._differing = self._token_weights()
        self.heavy = 2 * len(self.cells) + 1
        self.n = counts_of(part, self.cells)
        self.paths: list[Path] = [
            *((name,) for name in F1), ("token_alpha",),
            *(("types", kind, name) for kind in self.types for name in OF_TYPE),
            *(("types", kind, "token_alpha") for kind in self.types),
            *(("pairs", pair, name) for pair in self.pairs for name in F1),
        ]  # fmt: skip

    def _token_weights(self) -> tuple[Floats, Floats, Floats]:
        """What each cell adds to the answers, and to each type's carrying and differing answers (see `tokens`)."""
        size, types = len(self.cells), {kind: i for i, kind in enumerate(self.types)}
        answers, carrying, differing = np.zeros(size), np.zeros((size, len(types))), np.zeros((size, len(types)))
        for i, (group, kind) in enumerate(self.cells):
            if not group.startswith("tokens "):
                continue
            m, c = (int(number) for number in group.split(" ")[1:])
            if kind:
                carrying[i, types[kind]] = c
                differing[i, types[kind]] = 2 * c * (m - c) / (m - 1)
            else:
                answers[i] = m
        return answers, carrying, differing

    def values(self, n: Floats) -> Floats:
        by_type, micro = token_alpha(n @ self._answers, n @ self._carrying, n @ self._differing)
        columns = [self._f1(n, self.pairs, ALL, measure) for measure in F1.values()]
        columns.append(micro)
        columns += [self._f1(n, self.pairs, kind, F1[name]) for kind in self.types for name in OF_TYPE]
        columns += [by_type[..., i] for i in range(len(self.types))]
        columns += [self._f1(n, [pair], ALL, measure) for pair in self.pairs for measure in F1.values()]
        return np.stack(np.broadcast_arrays(*columns), -1)

    def _f1(self, n: Floats, pairs: list[str], kind: str, measure: str) -> Floats:
        found: Floats = quotient(
            2 * self._sum(n, pairs, kind, measure),
            self._sum(n, pairs, kind, "a") + self._sum(n, pairs, kind, "b"),
        )
        return found

    def _sum(self, n: Floats, pairs: list[str], kind: str, measure: str) -> Floats:
        places = [self._at[pair, kind, measure] for pair in pairs if (pair, kind, measure) in self._at]
        return np.asarray(n[..., places].sum(-1), np.float64)

    def spans(self, n: Floats, kind: str) -> float:
        """How many spans of a type the annotators of all pairs marked."""
        return float(self._sum(n, self.pairs, kind, "a") + self._sum(n, self.pairs, kind, "b"))


class ExtraLayout:
    """Statements beyond the first: how many are the same in every respect."""

    def __init__(self, part: Cells) -> None:
        self.cells = list(cells_of(part))
        self.pairs = sorted(part)
        self.heavy = len(self.cells) + 1
        self.n = counts_of(part, self.cells)
        self.paths: list[Path] = [("exact_f1",), *(("pairs", pair, "exact_f1") for pair in self.pairs)]
        measures = [cell for _, cell in self.cells]
        self._matched = np.array([measure == "matched" for measure in measures], np.float64)
        self._own = {pair: np.array([group == pair for group, _ in self.cells], np.float64) for pair in self.pairs}

    def values(self, n: Floats) -> Floats:
        matched, all_ = self._matched, 1 - self._matched
        columns = [quotient(2 * (n @ matched), n @ all_)]
        columns += [quotient(2 * (n @ (matched * own)), n @ (all_ * own)) for own in self._own.values()]
        return np.stack(np.broadcast_arrays(*columns), -1)
